//! Normalise, fingerprint and group texts into statements.
//!
//! **What.** A statement is the same text wherever it reappears: re-posted word for word, with
//! another footer, with diacritics or without, inside a digest, cut short, or forwarded.
//!
//! **Main path.** [`Fingerprinter::fingerprint`] at import (one pass over the text, no allocation
//! but for lines), kept as columns ([`Prints`]); then [`group`] over a whole corpus: learn channel
//! frames, mask them, find candidates by signature, verify them on the texts, resolve in the order
//! of time. A post that arrives later is matched against all of them by [`Index`], with the same
//! rules.
//!
//! **Invariants.** Pure: no I/O, no clock, no chance; [`index`] alone reads and writes, in the folder
//! that it is given. A post is judged by what came before it. Equal corpora give equal statements, and rows
//! are in an order that does not depend on the input's. Every post is in at least one statement,
//! and leads or joins exactly one, besides those it merely contains. Statements do not chain: a
//! member is alike to the first post, not to another member. Empty texts match nothing.
//!
//! **Not here.** Reading texts from anywhere, storing prints, who was first.

mod alike;
mod dates;
mod explain;
mod fingerprint;
mod frames;
mod grams;
mod group;
pub mod index;
mod inserts;
mod labels;
mod mask;
pub mod normalise;
pub mod pdq;
mod prints;
mod sources;
mod stamps;
mod statement;

pub use alike::{Alike, alike};
pub use explain::{Explanation, Piece, Role, explain};
pub use fingerprint::{FINGERPRINT_VERSION, Fingerprint, Fingerprinter};
pub use group::{Options, group};
pub use index::{Answer, Arrival, Index, Standing};
pub use prints::Prints;
pub use statement::{Member, Members, Relation, Statement, Statements, Tally};
