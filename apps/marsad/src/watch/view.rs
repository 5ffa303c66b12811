//! What a watch did, as the contract prints it.

use marsad_capture::Source;
use marsad_types::Status;
use serde_json::{Value, json};

use crate::pipeline::Summary;

/// How many sentences of one kind are kept to be shown.
const SHOWN_MAX: usize = 20;

/// Counts of one watch.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) sources: u64,
    pub(crate) requests: u64,
    /// Frames of streams that were kept.
    pub(crate) frames: u64,
    pub(crate) waits_ms: i64,
    pub(crate) posts_added: u64,
    pub(crate) versions_added: u64,
    pub(crate) deleted: u64,
    pub(crate) status_changes: u64,
    pub(crate) problems: u64,
    /// Visits that could not look.
    pub(crate) failed: u64,
    /// A sentence for each source that is not public.
    pub(crate) refused: Vec<String>,
    /// Alerts that were told at the end.
    pub(crate) alerts: Vec<String>,
    /// What a person should know, a sentence each.
    pub(crate) notes: Vec<String>,
}

impl Report {
    pub(crate) fn fail(&mut self, source: &Source, why: &str) {
        self.failed += 1;
        self.problems += 1;
        if self.notes.len() < SHOWN_MAX {
            self.notes.push(format!("{source}: {why}"));
        }
    }

    pub(crate) fn changed(&mut self, channel: &str, was: Status, is: Status) {
        if self.notes.len() < SHOWN_MAX {
            self.notes.push(format!("{channel}: was {}, is {}", was.as_str(), is.as_str()));
        }
    }

    /// Adds what was filed.
    pub(crate) fn take(&mut self, summary: Summary) {
        self.posts_added += summary.posts_added;
        // A post that is gone is a version too, and is counted once.
        self.versions_added += summary.versions_added;
        self.deleted += summary.deleted;
        self.problems += summary.problems;
        self.notes.extend(summary.notes);
        for (file, problem) in summary.shown {
            self.notes.push(format!("problem: {file}: {}", problem.reason));
        }
    }

    /// The contract's object.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "sources": self.sources,
            "requests": self.requests,
            "waits_s": self.waits_ms as f64 / 1000.0,
            "posts_added": self.posts_added,
            "versions_added": self.versions_added,
            "deleted": self.deleted,
            "status_changes": self.status_changes,
            "problems": self.problems,
        })
    }
}
