//! The words every other crate speaks.
//!
//! **What.** Platform, channel, post, reading, finding, and the clocks between them; plus the
//! compact columns that measures work on.
//!
//! **Invariants.** No I/O, no clock, no chance, no serde derive: persisted and wire shapes live at
//! the edges (`interpret`, `lake`, `measure`), each with a version. `Author` prints no name.
//!
//! **Not here.** How anything is read, stored, matched or measured.

mod columns;
mod key;
mod names;
mod reading;
mod time;

pub use columns::{ChannelId, Channels, Corpus, Forwards, NONE, Posts, Strings};
pub use key::{ChannelKey, KeyError, Platform, PostKey};
pub use names::{Names, is_own_id};
pub use reading::{
    Author, Channel, Coverage, Event, Forward, Media, Outcome, Post, PostId, Problem, Reading,
    Removal, Status, Taken, TakenBy,
};
pub use time::{Bound, Resolution, TimeError, Timestamp};
