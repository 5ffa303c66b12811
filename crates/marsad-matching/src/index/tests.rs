//! The laws of the stream path: what it answers is what grouping says.

mod disk;
mod runs;
mod same;
mod world;

use std::sync::Arc;

use super::history::NO_FRAME;
use super::*;
use crate::frames::Frames;

impl Index {
    /// Takes the frames of all rows to come, as grouping learnt them, instead of learning.
    fn give(&mut self, frames: &Frames) {
        let history = &mut self.history;
        let names: Vec<u64> =
            frames.learnt().iter().map(|frame| history.push_frame(frame).unwrap()).collect();
        let boilerplate = history.push_frame(frames.boilerplate()).unwrap();
        let of_row = |row| frames.number(row).map_or(NO_FRAME, |number| names[number as usize]);
        self.given_names = (0..frames.rows()).map(of_row).collect();
        self.teacher.give_boilerplate(Arc::new(frames.boilerplate().clone()), boilerplate);
        self.write().unwrap();
    }

    /// Closes and opens it.
    fn reopened(mut self) -> Self {
        self.flush().unwrap();
        let (folder, options) = (self.folder.clone(), self.options);
        let (given_names, recent_max) = (std::mem::take(&mut self.given_names), self.recent_max);
        drop(self);
        let mut index = Self::open(&folder, &options).unwrap();
        index.given_names = given_names;
        index.recent_max = recent_max;
        index
    }
}
