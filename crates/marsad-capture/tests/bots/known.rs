//! What a reader of kept answers and frames knows.

use std::collections::{BTreeMap, BTreeSet};

use marsad_interpret::{Exchange, Reader, read_exchange};
use marsad_types::{Platform, PostId, Timestamp};

/// Posts by their ids: the texts they had and since when, the last one last. An answer that is paged
/// backwards tells the newest edit first.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) posts: BTreeMap<String, Vec<(Timestamp, String)>>,
    pub(crate) removed: BTreeSet<String>,
    pub(crate) problems: Vec<String>,
    /// Everything that was kept, as it was kept.
    pub(crate) kept: Vec<Vec<u8>>,
}

/// Something to be kept.
pub(crate) struct Kept<'a> {
    pub(crate) reader: &'a str,
    pub(crate) url: &'a str,
    pub(crate) status: u16,
    pub(crate) channel: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) at: i64,
}

impl Known {
    /// Keeps it, and reads it as it is read when it is filed or filed again.
    pub(crate) fn take(&mut self, kept: &Kept<'_>) {
        self.kept.push(kept.body.to_vec());
        let reading = read_exchange(&Exchange {
            reader: Reader::parse(kept.reader).unwrap(),
            platform: &Platform::new("any").unwrap(),
            url: kept.url,
            status: kept.status,
            headers: &[],
            body: kept.body,
            at: Timestamp(kept.at),
            channel: kept.channel,
            previous: None,
            steady: None,
        });
        for post in reading.posts {
            let PostId::Given(id) = post.id else { panic!("a post without an id") };
            let versions = self.posts.entry(id.to_string()).or_default();
            let since = post.edited_at.unwrap_or(post.published_at);
            if !versions.iter().any(|(_, text)| *text == post.text) {
                versions
                    .insert(versions.partition_point(|(at, _)| *at <= since), (since, post.text));
            }
        }
        self.removed.extend(reading.removals.into_iter().map(|removal| removal.post.to_string()));
        self.problems.extend(reading.problems.into_iter().map(|problem| problem.reason));
    }

    /// Whether a text was ever kept.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.kept.iter().any(|body| String::from_utf8_lossy(body).contains(text))
    }

    /// What is known of a post: its last text, and whether it is gone.
    pub(crate) fn of(&self, id: &str) -> Option<(&str, bool)> {
        let (_, text) = self.posts.get(id)?.last()?;
        Some((text, self.removed.contains(id)))
    }
}
