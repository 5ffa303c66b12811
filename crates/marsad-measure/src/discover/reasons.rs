//! The reasons of a row, with the posts behind them.

use marsad_types::{NONE, Timestamp};
use serde::Serialize;

use super::copies::Overlap;
use super::references::{Candidate, ReasonKind, Reference, Tally};
use crate::finding::written;
use crate::study::Study;

/// One kind of reference to a candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Of which kind.
    pub kind: ReasonKind,
    /// References by seeds; for copies the candidate's statements that a seed published too.
    pub count: u64,
    /// Seeds that made them.
    pub seeds: u64,
    /// The first.
    #[serde(serialize_with = "written")]
    pub first_at: Timestamp,
    /// The last.
    #[serde(serialize_with = "written")]
    pub last_at: Timestamp,
    /// Copies: of so many statements of the candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// Copies: so many would be shared at the share that is usual among other channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Posts of the last three references; for copies the seed's and the candidate's, in turn. A
    /// description has none.
    pub posts: Vec<String>,
}

/// The reasons of a candidate, those that count most first.
pub(super) fn reasons(
    study: &Study<'_>,
    candidate: &Candidate,
    overlap: Option<&Overlap>,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = candidate
        .latest
        .iter()
        .map(|(kind, latest)| {
            let tallies = candidate.tallies.iter().filter(|((of, _), _)| of == kind);
            let tallies: Vec<&Tally> = tallies.map(|(_, tally)| tally).collect();
            let overlap = overlap.filter(|_| *kind == ReasonKind::Copy);
            let count: u64 = tallies.iter().map(|tally| tally.count).sum();
            Reason {
                kind: *kind,
                count: overlap.map_or(count, |overlap| overlap.shared),
                seeds: tallies.len() as u64,
                first_at: Timestamp(tallies.iter().map(|t| t.first).min().unwrap_or(i64::MIN)),
                last_at: Timestamp(tallies.iter().map(|t| t.last).max().unwrap_or(i64::MIN)),
                of: overlap.map(|overlap| overlap.own),
                expected: overlap.map(|overlap| overlap.expected),
                posts: posts(study, latest),
            }
        })
        .collect();
    reasons.sort_by(|a, b| {
        let worth = |reason: &Reason| reason.count as f64 * reason.kind.weight();
        worth(b).total_cmp(&worth(a)).then(a.kind.cmp(&b.kind))
    });
    reasons
}

fn posts(study: &Study<'_>, references: &[Reference]) -> Vec<String> {
    let rows = references.iter().flat_map(|reference| [reference.rows.0, reference.rows.1]);
    rows.filter(|row| *row != NONE).map(|row| study.corpus().post_key(row as usize)).collect()
}

/// The reasons in words: `3 forwards by 1 channel; 17 of 20 statements shared with 2 channels`.
pub(super) fn why(reasons: &[Reason]) -> String {
    let number = |count: u64, one: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
    };
    let written = |reason: &Reason| {
        let what = match (reason.kind, reason.of.zip(reason.expected)) {
            (ReasonKind::Copy, Some((of, expected))) => {
                let usual = format!("{expected:.1} would be usual");
                let of = number(of, "statement");
                return format!(
                    "{} of {of} shared with {}, {usual}",
                    reason.count,
                    number(reason.seeds, "channel")
                );
            }
            (ReasonKind::Forward, _) => number(reason.count, "forward"),
            (ReasonKind::Link, _) => number(reason.count, "link"),
            (ReasonKind::Description, _) => number(reason.count, "link") + " in descriptions",
            (ReasonKind::Mention, _) => number(reason.count, "mention"),
            (ReasonKind::Copy, None) => number(reason.count, "shared statement"),
        };
        format!("{what} by {}", number(reason.seeds, "channel"))
    };
    reasons.iter().map(written).collect::<Vec<_>>().join("; ")
}
