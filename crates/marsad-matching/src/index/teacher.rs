//! The frames of channels while posts arrive.
//!
//! Grouping learns a channel's frame from stretches of a hundred posts with their neighbours on
//! both sides; who answers at once knows only the past. So a channel has the frame that its last
//! finished stretch taught, and what its open stretch teaches at five, ten, twenty, fifty and a
//! hundred posts. The posts of open stretches are held in memory, at most [`HELD_MAX`] bytes: beyond
//! that, the channels that were silent longest lose theirs (not their frames) and begin a new one,
//! and so does every channel when the index is opened. A build settles what was answered early.

use std::sync::Arc;

use hashbrown::HashMap;
use marsad_types::Corpus;

use super::error::Error;
use super::history::{History, NO_FRAME};
use crate::fingerprint::Fingerprint;
use crate::frames::{STRETCH, teach};
use crate::mask::{Frame, Masker};
use crate::prints::Prints;

/// Posts of the open stretch at which a channel is learnt again.
const LESSONS: [usize; 5] = [5, 10, 20, 50, STRETCH];
/// Bytes of posts in open stretches.
const HELD_MAX: usize = 64 << 20;
/// Bytes of an open stretch and of a post besides its text, about.
const OPEN_BYTES: usize = 160;
/// Frames kept at hand.
const CACHED_MAX: usize = 4096;

/// The frames of channels.
pub(super) struct Teacher {
    boilerplate: Arc<Frame>,
    boilerplate_name: u64,
    /// Name of each channel's frame.
    current: HashMap<u32, u64>,
    open: HashMap<u32, Stretch>,
    /// Bytes of the open stretches.
    held: usize,
    /// Counts posts, to tell which channel was silent longest.
    clock: u64,
    cached: HashMap<u64, Arc<Frame>>,
    masker: Masker,
}

/// The latest posts of a channel.
struct Stretch {
    /// What the stretch before taught.
    before: Arc<Frame>,
    posts: Vec<Heard>,
    bytes: usize,
    last: u64,
}

/// A post of a channel, as far as it teaches.
struct Heard {
    body: u128,
    lines: Box<[u32]>,
    text: Box<str>,
    /// Milliseconds.
    published_at: i64,
}

impl Teacher {
    pub(super) fn open(history: &History, boilerplate: u64) -> Result<Self, Error> {
        let mut current = HashMap::new();
        history.each_taught(|channel, frame| {
            current.insert(channel, frame);
        })?;
        Ok(Self {
            boilerplate: Arc::new(history.frame(boilerplate)?),
            boilerplate_name: boilerplate,
            current,
            open: HashMap::new(),
            held: 0,
            clock: 0,
            cached: HashMap::new(),
            masker: Masker::default(),
        })
    }

    pub(super) fn boilerplate(&self) -> &Arc<Frame> {
        &self.boilerplate
    }

    /// Takes other boilerplate.
    #[cfg(test)]
    pub(super) fn give_boilerplate(&mut self, boilerplate: Arc<Frame>, name: u64) {
        self.boilerplate = boilerplate;
        self.boilerplate_name = name;
    }

    pub(super) fn boilerplate_name(&self) -> u64 {
        self.boilerplate_name
    }

    /// The name of a channel's frame.
    pub(super) fn name(&self, channel: u32) -> u64 {
        self.current.get(&channel).copied().unwrap_or(NO_FRAME)
    }

    /// The frame of a name; none for no frame.
    pub(super) fn frame(
        &mut self,
        history: &History,
        name: u64,
    ) -> Result<Option<Arc<Frame>>, Error> {
        if name == NO_FRAME {
            return Ok(None);
        }
        if let Some(frame) = self.cached.get(&name) {
            return Ok(Some(Arc::clone(frame)));
        }
        if self.cached.len() >= CACHED_MAX {
            self.cached.clear();
        }
        let frame = Arc::new(history.frame(name)?);
        self.cached.insert(name, Arc::clone(&frame));
        Ok(Some(frame))
    }

    /// Takes in a post of a channel, and learns.
    pub(super) fn hear(
        &mut self,
        history: &mut History,
        channel: u32,
        (print, text, published_at): (&Fingerprint, &str, i64),
    ) -> Result<(), Error> {
        let name = self.name(channel);
        let frame = self.frame(history, name)?.unwrap_or_default();
        self.clock += 1;
        let stretch = self.open.entry(channel).or_insert_with(|| Stretch {
            before: Arc::clone(&frame),
            posts: Vec::new(),
            bytes: 0,
            last: 0,
        });
        let bytes = OPEN_BYTES + text.len() + print.lines.len() * 4;
        stretch.last = self.clock;
        stretch.bytes += bytes;
        let (body, lines, text) = (print.body, print.lines.as_slice().into(), text.into());
        stretch.posts.push(Heard { body, lines, text, published_at });
        self.held += bytes;
        if LESSONS.contains(&stretch.posts.len()) {
            let taught = stretch.teach(&mut self.masker);
            let mut all = (*stretch.before).clone();
            all.absorb(&taught);
            if stretch.posts.len() >= STRETCH {
                self.held -= stretch.bytes;
                *stretch = Stretch {
                    before: Arc::new(taught),
                    posts: Vec::new(),
                    bytes: 0,
                    last: self.clock,
                };
            }
            if all != *frame {
                let name = history.push_frame(&all)?;
                history.push_taught(channel, name)?;
                self.current.insert(channel, name);
            }
        }
        self.forget();
        Ok(())
    }

    /// Gives up the stretches of channels that were silent longest.
    fn forget(&mut self) {
        if self.held <= HELD_MAX {
            return;
        }
        let mut silent: Vec<(u64, u32)> =
            self.open.iter().map(|(channel, stretch)| (stretch.last, *channel)).collect();
        silent.sort_unstable();
        for (_, channel) in silent {
            // A quarter at once, so that this is seldom done.
            if self.held <= HELD_MAX / 4 * 3 {
                break;
            }
            if let Some(stretch) = self.open.remove(&channel) {
                self.held -= stretch.bytes;
            }
        }
    }

    /// Bytes of memory, about: of open stretches, and of what each channel has.
    pub(super) fn held(&self) -> (usize, usize) {
        (self.held + self.cached.len() * 256, self.current.capacity() * 18)
    }
}

impl Stretch {
    /// What the posts teach by themselves.
    fn teach(&self, masker: &mut Masker) -> Frame {
        let (mut corpus, mut prints) = (Corpus::default(), Prints::with_capacity(self.posts.len()));
        for Heard { body, lines, text, published_at } in &self.posts {
            corpus.posts.text.push(text);
            corpus.posts.published_at.push(*published_at);
            prints.push(&Fingerprint {
                body: *body,
                lines: lines.to_vec(),
                ..Fingerprint::default()
            });
        }
        let rows: Vec<u32> = (0..self.posts.len() as u32).collect();
        teach(&corpus, &prints, &rows, masker)
    }
}
