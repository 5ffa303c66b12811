//! What an import did, as the contract prints it.

use std::time::Duration;

use hashbrown::HashSet;
use marsad_evidence::Head;
use marsad_types::{Post, Problem};
use serde_json::{Value, json};

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
    /// Hashes of the channels met.
    pub(crate) channels: HashSet<u64>,
    pub(crate) problems: u64,
    /// The first few problems: file and problem.
    pub(crate) shown: Vec<(String, Problem)>,
    /// The first few posts of a dry run.
    pub(crate) samples: Vec<Sample>,
    pub(crate) notes: Vec<String>,
    pub(crate) elapsed: Duration,
    pub(crate) head: Option<Head>,
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
            "seconds": (self.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        });
        if let (Some(head), Some(object)) = (&self.head, written.as_object_mut()) {
            object
                .insert("evidence".to_owned(), json!({"size": head.size, "root": head.root_hex()}));
        }
        written
    }
}
