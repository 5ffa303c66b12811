//! What every measure answers: rows with their method, window, coverage and archive.

use std::fmt::Display;

use marsad_types::{Outcome, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::scope::Selected;
use crate::study::Study;

/// Which state of which archive a finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveRef {
    /// Version of the lake's posts table.
    pub version: u64,
    /// Leaves in the evidence log.
    pub log_size: u64,
    /// Root of the log, 64 hex digits.
    pub root: String,
}

/// From when to when; the end is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Start asked for, else the first post.
    #[serde(serialize_with = "written_if")]
    pub from: Option<Timestamp>,
    /// End asked for, else just after the last post.
    #[serde(serialize_with = "written_if")]
    pub to: Option<Timestamp>,
}

/// How much was watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WatchedPart {
    /// Channels in scope that have posts or were looked at.
    pub channels: u64,
    /// Mean share of the window in which a channel was watched; `None` where no coverage is known.
    pub watched_share: Option<f64>,
    /// Stretches inside the window, after a channel's first watching, in which it was not watched.
    pub gaps: u64,
}

/// How far a row may be believed: one of five fixed strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Wording {
    /// Too little to say anything; a note says why.
    #[serde(rename = "not estimable")]
    NotEstimable,
    /// No method tells it from chance.
    #[serde(rename = "not distinguishable from chance")]
    Chance,
    /// One method excludes chance.
    #[serde(rename = "consistent with")]
    Consistent,
    /// Two methods do, and it survives the least kind reading of what is undecided.
    #[serde(rename = "well supported")]
    WellSupported,
    /// A direct record, nothing inferred.
    #[serde(rename = "observed")]
    Observed,
}

impl Wording {
    /// The contract's words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotEstimable => "not estimable",
            Self::Chance => "not distinguishable from chance",
            Self::Consistent => "consistent with",
            Self::WellSupported => "well supported",
            Self::Observed => "observed",
        }
    }
}

/// No field beyond the common ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Nothing {}

/// An answer of a measure. Only this crate makes one, and never without method, window and coverage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding<Row, Extra = Nothing> {
    /// Its name.
    pub measure: &'static str,
    /// Of the shape, not of the program.
    pub version: u32,
    /// Everything that was chosen.
    pub parameters: Map<String, Value>,
    /// Of time.
    pub window: Extent,
    /// What was looked at.
    pub archive: ArchiveRef,
    /// How much of it was watched.
    pub coverage: WatchedPart,
    /// How the rows came about, one paragraph.
    pub method: &'static str,
    /// The answer.
    pub rows: Vec<Row>,
    /// What stands beside the rows.
    #[serde(flatten)]
    pub extra: Extra,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// Name and method of a measure.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) measure: &'static str,
    pub(crate) text: &'static str,
}

impl<Row, Extra> Finding<Row, Extra> {
    pub(crate) fn of(
        study: &Study<'_>,
        selected: &Selected<'_>,
        method: Method,
        answer: (Vec<Row>, Extra),
    ) -> Self {
        let mut notes = selected.notes();
        let (coverage, is_elsewhere) = coverage(study, selected);
        if coverage.watched_share.is_none() {
            let what = if is_elsewhere { "no coverage within the window" } else { "no coverage" };
            notes.push(format!(
                "{what} is known: what was not collected cannot be told from what was not published"
            ));
        }
        Self {
            measure: method.measure,
            version: 1,
            parameters: selected.parameters(),
            window: selected.extent(),
            archive: study.archive().clone(),
            coverage,
            method: method.text,
            rows: answer.0,
            extra: answer.1,
            notes,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// How much was watched, and whether something was outside of the window.
fn coverage(study: &Study<'_>, selected: &Selected<'_>) -> (WatchedPart, bool) {
    let extent = selected.extent();
    let (from, to) = (extent.from.map_or(0, |t| t.0), extent.to.map_or(0, |t| t.0));
    let corpus = study.corpus();
    let (mut channels, mut watched, mut gaps, mut known) = (0u64, 0.0f64, 0u64, 0u64);
    let mut is_elsewhere = false;
    for (id, key) in corpus.channels.keys().iter().enumerate() {
        if !selected.channel(id as u32) || !study.is_known(id as u32) {
            continue;
        }
        channels += 1;
        let mut stretches: Vec<(i64, i64)> = study
            .coverage_of(key)
            .filter(|stretch| stretch.outcome == Outcome::Ok)
            .map(|stretch| (stretch.from.0.max(from), stretch.to.0.min(to)))
            .filter(|(start, end)| start < end)
            .collect();
        let Some((first, _)) = stretches.iter().min().copied() else {
            is_elsewhere |= study.coverage_of(key).next().is_some();
            continue;
        };
        known += 1;
        stretches.sort_unstable();
        let (mut covered, mut reached) = (0i64, first);
        for (start, end) in stretches {
            gaps += u64::from(start > reached);
            covered += (end - start.max(reached)).max(0);
            reached = reached.max(end);
        }
        gaps += u64::from(reached < to);
        watched += covered as f64 / (to - from).max(1) as f64;
    }
    let watched_share = (known > 0).then(|| watched / channels as f64);
    (WatchedPart { channels, watched_share, gaps }, is_elsewhere)
}

/// Serialises what can be displayed as its text.
pub(crate) fn written<T: Display, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(value)
}

/// The same, or null.
#[expect(clippy::ref_option, reason = "serde's serialize_with gives a reference to the field")]
pub(crate) fn written_if<T: Display, S: Serializer>(
    value: &Option<T>,
    out: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => out.collect_str(value),
        None => out.serialize_none(),
    }
}

/// A list of what can be displayed.
pub(crate) fn written_all<T: Display, S: Serializer>(
    values: &[T],
    out: S,
) -> Result<S::Ok, S::Error> {
    out.collect_seq(values.iter().map(ToString::to_string))
}
