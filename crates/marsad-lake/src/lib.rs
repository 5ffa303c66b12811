//! Readings filed as Delta tables, and the column scans over them.
//!
//! **What.** One Delta table per kind of row (posts, fingerprints, channels, coverage, events,
//! problems), written with `delta_kernel` and Parquet, opened as they are by DuckDB, Polars, Spark.
//!
//! **Main path.** [`Lake::open`] → [`Filer::take`] (identity, versions, duplicates) →
//! [`Lake::file`] (one commit per table, with the evidence position it covers) → [`Lake::corpus`]
//! (columns for the measures).
//!
//! **Invariants.** A commit carries the evidence log's size as its Delta transaction id, so that
//! what is filed is known after a restart: nothing twice, nothing lost. A data file is never written
//! over. Rows are sorted by channel and time in a file; equal archives give equal corpora, whatever
//! the order of imports.
//!
//! **Not here.** How records are read, what statements are, what a number means.

mod compact;
mod contents;
mod corpus;
mod error;
mod filer;
mod frame;
mod piece;
mod read;
mod schema;
mod settle;
mod table;
mod tables;
mod texts;
mod versions;
mod write;

pub use compact::Compaction;
pub use corpus::Selection;
pub use error::Error;
pub use filer::{Batch, Filed, FiledPost, Filer};
pub use frame::write_rows;
pub use read::{ExportRow, Place, ProblemRow};
pub use schema::TABLES;
pub use tables::{Counts, Lake, Membership};
pub use texts::TextRow;
