//! Records to readings: from kept bytes to posts, channels, coverage, events and problems.
//!
//! **What.** One file per format. An import is one decompressed file, cut into chunks; a
//! [`Manifest`] keeps the settings, so that the chunks can be read again at any time.
//!
//! **Main path.** [`recognise`] → [`prepare`] → ([`reduce`] where [`needs_reduction`]) → [`Cutter`]
//! → [`read`], or [`read_document`] for the formats that only mean something as a whole. What a
//! platform answered while it was watched goes through [`read_exchange`].
//!
//! **Invariants.** Pure and total: no file, no clock, no panic, and no error for content. What is
//! not understood becomes a `Problem` with its line, and everything around it is kept. Chunks of a
//! line format read alike whole and apart, in any order.
//!
//! **Not here.** Where bytes come from or are kept; pseudonyms, derived ids and duplicates, which
//! are the filer's.

mod bot_api;
mod crowdtangle;
mod csv;
mod cut;
mod discord;
mod document;
mod element;
mod exchange;
mod files;
mod format;
mod fourcat;
mod html;
mod json;
mod lines;
mod manifest;
mod matrix_api;
mod matrix_event;
mod named;
mod ndjson;
mod peers;
mod prepare;
mod read;
mod recognise;
mod rocketchat;
mod rocketchat_api;
mod rows;
mod shape;
mod tamtam;
mod telegram_desktop;
mod telegram_tl;
mod telegram_web;
mod telethon;
mod tgdataset;
mod times;
mod twitter;
mod wacz;
mod walk;
mod warc;
mod without;
mod zeeschuimer;

pub use cut::{CHUNK_MAX, Chunk, Cutter, Piece, RECORD_MAX};
pub use exchange::{Exchange, Previous, Reader, read_exchange};
pub use format::{Cutting, Format};
pub use manifest::{Manifest, ManifestError};
pub use marsad_types::Reading;
pub use prepare::{SetupError, prepare};
pub use read::{read, read_document};
pub use recognise::recognise;
pub use telegram_desktop::{Reduction, needs_reduction, reduce};
pub use wacz::WACZ_BYTES_MAX;
pub use without::{Left, without};

/// Version of the readings that this crate gives: raised whenever the same bytes are read otherwise, so
/// that a lake says which rows it holds and `marsad doctor` when they should be read again.
/// `tests/interpret/version.rs` holds us to it.
pub const INTERPRETER_VERSION: u32 = 3;
