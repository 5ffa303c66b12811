//! Files known by sight, in memory.
//!
//! A picture is found among its like by 272 small look-ups, which no disk answers in time. So files
//! are held in memory, at most [`FILES_MAX`] distinct ones: beyond that, a file not seen yet is not
//! remembered until the next build.

use super::history::FileRow;
use crate::group::media::{Carries, Files, Marks};
use crate::group::resolve::{Home, by_media};

/// Distinct files remembered: about 200 bytes each.
const FILES_MAX: usize = 1 << 20;
/// Bytes of a remembered file, about.
const FILE_BYTES: usize = 200;

/// Files and where they were first seen.
#[derive(Default)]
pub(super) struct Pictures {
    files: Files,
    /// Statement of each file, and whether a post of comparable text carried it there first.
    first: Vec<Option<(u32, bool)>>,
}

impl Pictures {
    fn first(&self, file: u32) -> Option<(u32, bool)> {
        self.first.get(file as usize).copied().flatten()
    }

    /// The files of a post that say something, as they would be taken in.
    pub(super) fn look(&self, marks: &[Marks], text: Option<u32>) -> Vec<Carries> {
        let found = marks.iter().filter_map(|marks| self.files.find(marks));
        let mut carries: Vec<Carries> =
            found.filter(|(file, _)| self.files.says(*file, text)).collect();
        carries.sort_by_key(|(file, _)| *file);
        carries
    }

    /// The statement of a file of a post, where one of the two has no text to compare.
    pub(super) fn home(&self, carries: &[Carries], has_text: bool) -> Option<Home> {
        by_media(carries.iter().copied(), has_text, |file| self.first(file))
    }

    /// Takes in a file of a post in a statement.
    pub(super) fn push(&mut self, file: &FileRow) {
        if self.files.len() >= FILES_MAX && self.files.find(&file.marks).is_none() {
            return;
        }
        let Some((number, _)) = self.files.carry(&file.marks, file.text) else { return };
        self.first.resize(self.files.len(), None);
        if let Some(first) = self.first.get_mut(number as usize) {
            first.get_or_insert((file.statement, file.text.is_some()));
        }
    }

    /// Bytes of memory, about.
    pub(super) fn held(&self) -> usize {
        self.files.len() * FILE_BYTES
    }
}
