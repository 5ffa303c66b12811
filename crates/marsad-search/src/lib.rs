//! Full text search over posts: an index beside the lake, made from it, with Marsad's own words.
//!
//! **What.** Every post once, in its latest version. Words go through the matcher's normaliser on
//! both sides, so that diacritics, tatweel, hamza, presentation forms, look-alike letters and
//! zero-width characters do not hide a word; a second, loose form (light stems for Arabic, Russian
//! and English) finds a word in its other forms, and the form that was asked for ranks higher.
//!
//! **Main path.** [`Lock::wait`] → [`Writer::begin`] → [`Writer::put`] → [`Writer::commit`], then
//! [`Index::open`] → [`Query::parse`] → [`Index::search`].
//!
//! **Invariants.** Derived: the folder can be deleted at any time. What an index covers stands in
//! its own commit ([`Covers`]); one without is not believed. The total is exact; hits are in an order that
//! depends on the posts alone, not on how often or in which order they were added. Texts are
//! indexed, authors are not.
//!
//! **Not here.** Where posts come from, near-duplicates (that is the matcher's), printing.

mod collect;
mod compile;
mod error;
mod index;
mod phrase;
mod query;
mod schema;
mod script;
mod search;
mod snippet;
mod token;
mod writer;

pub use error::Error;
pub use index::{Covers, Index, Lock};
pub use query::{Query, QueryError};
pub use script::Script;
pub use search::{Answer, Hit, Request, Sort};
pub use snippet::Snippet;
pub use writer::{Entry, Repeats, Writer};
