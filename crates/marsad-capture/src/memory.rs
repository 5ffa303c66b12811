//! How far a source has been read; survives the process.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::Public;

/// Posts that are looked at again for edits and deletions, unless settings say otherwise.
pub const RECENT_MAX: usize = 100;

/// What the next visit has to know of the ones before. Kept after what it speaks of is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The platform's stable id of the channel, when it showed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The name it goes by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The newest post seen: what the platform orders by, an id or milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// When the newest posts were last read whole, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<i64>,
    /// The oldest post seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// Everything back to the first post was read.
    pub is_whole: bool,
    /// Where the platform's own paging goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where its paging backwards goes on, for a platform that pages by marks of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_back: Option<String>,
    /// What the platform wants to be told beside the channel's id, where it gives each account its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// The last posts that were there, oldest first; edits too where they are events of their own.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub recent: VecDeque<String>,
}

impl Memory {
    /// Remembers a newer post.
    pub fn push_newer(&mut self, post: String, max: usize) {
        self.recent.push_back(post);
        while self.recent.len() > max {
            self.recent.pop_front();
        }
    }

    /// Remembers an older post, if there is room.
    pub fn push_older(&mut self, post: String, max: usize) {
        if self.recent.len() < max {
            self.recent.push_front(post);
        }
    }

    /// The last posts with their times (epoch ms), oldest first, where lines are `MS ID`.
    pub(crate) fn timed(&self) -> impl DoubleEndedIterator<Item = (i64, &str)> {
        self.recent.iter().filter_map(|line| {
            let (at, id) = line.split_once(' ')?;
            Some((at.parse().ok()?, id))
        })
    }

    /// Puts a post where its time belongs among the last ones, once.
    pub(crate) fn insert_timed(&mut self, at: i64, id: &str, max: usize) {
        if self.timed().any(|(_, known)| known == id) {
            return;
        }
        let after = self.timed().rev().take_while(|(known, _)| *known > at).count();
        let place = self.recent.len().saturating_sub(after);
        self.recent.insert(place, format!("{at} {id}"));
        while self.recent.len() > max {
            self.recent.pop_front();
        }
    }

    /// Forgets a post that is not there any more.
    pub(crate) fn remove_timed(&mut self, id: &str) {
        self.recent.retain(|line| line.split_once(' ').is_none_or(|(_, known)| known != id));
    }

    /// A stream's memory: a channel of it may not be public any more. It is left out until a visit
    /// that began after that has found that it is.
    pub(crate) fn doubt(&mut self, channel: &str, at: i64) {
        self.remove_timed(channel);
        self.insert_timed(at, channel, usize::MAX);
    }

    /// Whether a channel of the stream is in doubt.
    pub(crate) fn doubts(&self, channel: &str) -> bool {
        self.timed().any(|(_, known)| known == channel)
    }

    /// Ends doubts that a visit has answered.
    pub(crate) fn settle(&mut self, public: &[Public]) {
        for channel in public {
            let is_answered = self
                .timed()
                .any(|(at, known)| known == channel.id && channel.checked_at >= Some(at));
            if is_answered {
                self.remove_timed(&channel.id);
            }
        }
    }

    /// The last look and the newest post then, for what is asked now.
    pub fn previous(&self) -> Option<(i64, String)> {
        Some((self.looked_at?, self.newest.clone()?))
    }
}
