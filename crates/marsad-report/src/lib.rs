//! Findings to pages: one self-contained HTML file for a reader at a newsroom desk.
//!
//! **What.** [`html`] takes what the measures answered (as the contract's JSON) and writes one page:
//! the answers first, then a section each with its picture, its numbers with their intervals, and
//! what was not seen.
//!
//! **Main path.** [`ReportInput`] in; `page` puts `sections` together; pictures come from `chart`
//! as inline SVG.
//!
//! **Invariants.** The page asks nobody for anything: no script, no font, no image, no link that
//! leaves it; its content security policy forbids them too. Every text that came from a post or a
//! platform goes through `markup::Text`. A null result has the same place and size as any other.
//! Equal input gives equal bytes.
//!
//! **Not here.** Measuring, choosing windows, reading archives.

mod answer;
mod chart;
mod comparison;
mod finding;
mod format;
mod markup;
mod page;
mod sections;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use marsad_types::Timestamp;
use serde_json::Value;

pub use comparison::{Comparison, Mark, Side, Wanted, wanted};

/// Everything a page is made of.
#[derive(Debug, Clone)]
pub struct ReportInput {
    /// Headline of the page.
    pub title: String,
    /// When the page was made.
    pub made_at: Timestamp,
    /// Where the findings come from.
    pub archive: ArchiveFacts,
    /// The contract's finding documents, by name: `statements` (with members), `primacy_platform`,
    /// `primacy_channel`, `surge`, `audience`, `networks`, `migration`, `migration_daily`. What is
    /// missing gets a sentence that says so. `events`, where given, holds claimed interventions as
    /// rows of `name`, `platform`, `from`, `to`, `source`, `claim`; they are drawn into the pictures.
    pub findings: BTreeMap<&'static str, Value>,
    /// Lags behind the rows of `primacy_platform`, for the picture.
    pub lags: Vec<LagSeries>,
    /// Posts of the statements shown, compared; [`wanted`] says which.
    pub comparisons: Vec<Comparison>,
}

/// The archive, in numbers that a sceptic asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchiveFacts {
    /// Its folder or name.
    pub name: String,
    /// Version of the lake's posts table.
    pub version: u64,
    /// Leaves in the evidence log.
    pub log_size: u64,
    /// Root of the log, 64 hex digits.
    pub root: String,
    /// Posts filed.
    pub posts: u64,
    /// Channels known.
    pub channels: u64,
    /// Inputs or parts of inputs that were not understood.
    pub problems: u64,
    /// Files imported.
    pub files: u64,
}

/// Follower minus leader for every statement of a pair.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LagSeries {
    /// Side more often first, as in the row.
    pub leader: String,
    /// The other.
    pub follower: String,
    /// Seconds, from the middles of the intervals; negative where the follower was first.
    pub lags_s: Vec<f64>,
}

/// Writes the page.
pub fn html(input: &ReportInput) -> String {
    page::write(input)
}
