//! What an import did, as the contract prints it.

use std::time::Duration;

use hashbrown::HashSet;
use marsad_evidence::Head;
use marsad_types::{Post, Problem};
use serde_json::{Value, json};

use crate::beside::KEPT_BYTES_MAX;

/// How many problems and rows are shown.
const SHOWN_MAX: usize = 5;

/// Counts of one import.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) files: u64,
    pub(crate) rows: u64,
    pub(crate) posts_added: u64,
    pub(crate) posts_duplicate: u64,
    pub(crate) versions_added: u64,
    /// Posts found gone.
    pub(crate) deleted: u64,
    /// Posts that were erased here by request and are not kept again.
    pub(crate) left_out: u64,
    /// Hashes of the channels met.
    pub(crate) channels: HashSet<u64>,
    pub(crate) problems: u64,
    pub(crate) media: MediaCounts,
    /// The first few problems: file and problem.
    pub(crate) shown: Vec<(String, Problem)>,
    /// The first few posts of a dry run.
    pub(crate) samples: Vec<Sample>,
    pub(crate) notes: Vec<String>,
    pub(crate) elapsed: Duration,
    pub(crate) head: Option<Head>,
}

/// What became of the files that posts name and that should lie beside the input.
#[derive(Debug, Default)]
pub(crate) struct MediaCounts {
    /// Kept, and not in the evidence before.
    pub(crate) added: u64,
    /// Not there.
    pub(crate) missing: u64,
    /// Hashed, but too large to be kept.
    pub(crate) too_large: u64,
    /// There, and not to be read or not read on purpose.
    pub(crate) unread: u64,
    /// Of the last kind, the first: name and reason.
    pub(crate) first_unread: Option<(String, String)>,
}

impl MediaCounts {
    pub(crate) fn unread(&mut self, name: &str, reason: &std::io::Error) {
        self.unread += 1;
        self.first_unread.get_or_insert_with(|| (name.to_owned(), reason.to_string()));
    }

    /// What a person should know of files that were not kept, a sentence each.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.missing > 0 {
            let missing = self.missing;
            notes.push(format!("{missing} files that posts name do not lie beside the input"));
        }
        if self.too_large > 0 {
            let (count, max) = (self.too_large, KEPT_BYTES_MAX >> 20);
            notes.push(format!(
                "{count} files are larger than {max} MiB: their SHA-256 is noted, their bytes are not kept"
            ));
        }
        if let Some((name, reason)) = &self.first_unread {
            let count = self.unread;
            notes.push(format!("{count} files were not read, the first '{name}': {reason}"));
        }
        notes
    }
}

/// A post as a dry run shows it.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) channel: String,
    pub(crate) published_at: String,
    pub(crate) text: String,
}

impl Summary {
    pub(crate) fn add_problem(&mut self, file: &str, problem: &Problem) {
        self.problems += 1;
        if self.shown.len() < SHOWN_MAX {
            self.shown.push((file.to_owned(), problem.clone()));
        }
    }

    pub(crate) fn add_sample(&mut self, post: &Post) {
        if self.samples.len() < SHOWN_MAX {
            self.samples.push(Sample {
                channel: post.channel.to_string(),
                published_at: post.published_at.to_string(),
                text: post.text.chars().take(80).collect(),
            });
        }
    }

    /// Everything worth a note, a sentence each.
    pub(crate) fn all_notes(&self) -> Vec<String> {
        let left_out = (self.left_out > 0).then(|| {
            let count = self.left_out;
            format!("{count} posts were erased here by request and were left out; `marsad evidence lift` undoes that")
        });
        let left_out: Vec<String> = left_out.into_iter().collect();
        [self.notes.clone(), self.media.notes(), left_out].concat()
    }

    /// The contract's object.
    pub(crate) fn to_json(&self) -> Value {
        let mut written = json!({
            "files": self.files,
            "rows": self.rows,
            "posts_added": self.posts_added,
            "posts_duplicate": self.posts_duplicate,
            "versions_added": self.versions_added,
            "channels": self.channels.len(),
            "problems": self.problems,
            "left_out": self.left_out,
            "media_added": self.media.added,
            "media_missing": self.media.missing + self.media.unread,
            "seconds": (self.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        });
        if let (Some(head), Some(object)) = (&self.head, written.as_object_mut()) {
            object
                .insert("evidence".to_owned(), json!({"size": head.size, "root": head.root_hex()}));
        }
        written
    }
}
