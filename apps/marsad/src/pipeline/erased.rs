//! Erased stays erased: what was forgotten by request is not kept again when it is met again.
//!
//! A mark is a keyed digest of what a post is known by, and says nothing without the archive's key.
//! Marks stand in the log, one record for each post, committed with its tombstones; a mark holds
//! until a later record lifts it, with a reason.
//!
//! **Main path.** [`record`] at the erasure → [`Marks::read`] when somebody opens the log to write →
//! [`Marks::takes`] before anything is kept.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;
use marsad_evidence::{Error, NewRecord, Prepared, Reader, Record, RecordKind, prepare};
use marsad_types::{ChannelKey, Post, PostId, PostKey, Timestamp};
use serde::{Deserialize, Serialize};

use crate::archive::Pseudonyms;
use crate::failure::Failure;

/// Media type of the marks of one post.
const MARKS_TYPE: &str = "application/vnd.marsad.erased+json";
/// Media type of a record that lifts marks.
const LIFTED_TYPE: &str = "application/vnd.marsad.erased-lifted+json";
/// Says in a record of how many posts its bytes were kept free.
pub(crate) const LEFT_OUT_FIELD: &str = "Marsad-Erased-Left-Out";

/// What a post that was erased is known by.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Erased {
    /// Its keys: under the channel's id and under its names.
    pub(crate) keys: BTreeSet<PostKey>,
    /// Where its source gave it no id: channel, time, text.
    pub(crate) contents: BTreeSet<(ChannelKey, i64, String)>,
    /// Ids of its further pictures.
    pub(crate) pictures: BTreeSet<PostKey>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    marks: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pictures: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Lifted {
    version: u32,
    lifts: Vec<u64>,
    reason: String,
}

/// The marks that hold.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    keyed: Pseudonyms,
    posts: HashSet<String>,
    pictures: HashSet<String>,
    /// Which record set a mark.
    leaves: BTreeMap<u64, Vec<String>>,
}

impl Marks {
    /// Reads the marks of a log; the index alone where there are none.
    pub(crate) fn read(reader: &Reader, keyed: Pseudonyms) -> Result<Self, Failure> {
        let mut marks = Self {
            keyed,
            posts: HashSet::new(),
            pictures: HashSet::new(),
            leaves: BTreeMap::new(),
        };
        let mut pictures: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for leaf in reader.leaves(0, &|kind| kind == RecordKind::Note)? {
            let record = match reader.record(leaf) {
                Ok(record) => record,
                Err(Error::Erased { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if let Some(written) = parsed::<Written>(&record, MARKS_TYPE) {
                marks.leaves.insert(leaf, written.marks);
                pictures.insert(leaf, written.pictures);
            } else if let Some(lifted) = parsed::<Lifted>(&record, LIFTED_TYPE) {
                for leaf in lifted.lifts {
                    marks.leaves.remove(&leaf);
                    pictures.remove(&leaf);
                }
            }
        }
        marks.posts.extend(marks.leaves.values().flatten().cloned());
        marks.pictures.extend(pictures.into_values().flatten());
        Ok(marks)
    }

    /// Nothing was erased, or everything was lifted.
    pub(crate) fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// Whether a post was erased and is not to be kept again.
    pub(crate) fn takes(&self, post: &Post) -> bool {
        if self.posts.is_empty() {
            return false;
        }
        match &post.id {
            PostId::Given(id) => self.posts.contains(&of_key(&self.keyed, &post.channel, id)),
            PostId::Derived => {
                let content = (&post.channel, post.published_at.0, post.text.as_str());
                self.posts.contains(&of_content(&self.keyed, content))
            }
        }
    }

    /// Whether an id of a channel was an erased post's or one of its pictures'.
    pub(crate) fn takes_id(&self, channel: &ChannelKey, id: &str) -> bool {
        if self.posts.is_empty() {
            return false;
        }
        let mark = of_key(&self.keyed, channel, id);
        self.posts.contains(&mark) || self.pictures.contains(&mark)
    }

    /// The records that mark a post under any of these keys.
    pub(crate) fn records_of<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k PostKey>,
    ) -> BTreeSet<u64> {
        let keys = keys.into_iter();
        let wanted: HashSet<String> =
            keys.map(|key| of_key(&self.keyed, &key.channel, &key.post)).collect();
        let has_one = |marks: &Vec<String>| marks.iter().any(|mark| wanted.contains(mark));
        let found = self.leaves.iter().filter(|(_, marks)| has_one(marks));
        found.map(|(leaf, _)| *leaf).collect()
    }
}

fn parsed<T: for<'de> Deserialize<'de>>(record: &Record, content_type: &str) -> Option<T> {
    let is_it = record.content_type == content_type;
    is_it.then(|| serde_json::from_slice(&record.payload).ok())?
}

/// Names of channels are written in any case; ids have one.
fn of_key(keyed: &Pseudonyms, channel: &ChannelKey, post: &str) -> String {
    let written = format!("{}\0{}\0{post}", channel.platform, channel.id.to_lowercase());
    keyed.keyed_digest("marsad/erased/v1", &written)
}

fn of_content(keyed: &Pseudonyms, (channel, at, text): (&ChannelKey, i64, &str)) -> String {
    let written = format!("{}\0{}\0{at}\0{text}", channel.platform, channel.id.to_lowercase());
    keyed.keyed_digest("marsad/erased-content/v1", &written)
}

/// The record that marks one post.
pub(crate) fn record(keyed: &Pseudonyms, post: &Erased, at: Timestamp) -> Prepared {
    let keys = post.keys.iter().map(|key| of_key(keyed, &key.channel, &key.post));
    let contents =
        post.contents.iter().map(|(channel, at, text)| of_content(keyed, (channel, *at, text)));
    let marks: BTreeSet<String> = keys.chain(contents).collect();
    let pictures = post.pictures.iter().map(|key| of_key(keyed, &key.channel, &key.post));
    let pictures: BTreeSet<String> = pictures.collect();
    let written = Written {
        version: 1,
        marks: marks.into_iter().collect(),
        pictures: pictures.into_iter().collect(),
    };
    note(MARKS_TYPE, &serde_json::to_vec(&written).unwrap_or_default(), at)
}

/// The record that lifts what others marked.
pub(crate) fn lifting(leaves: &BTreeSet<u64>, reason: &str, at: Timestamp) -> Prepared {
    let lifts = leaves.iter().copied().collect();
    let lifted = Lifted { version: 1, lifts, reason: reason.to_owned() };
    note(LIFTED_TYPE, &serde_json::to_vec(&lifted).unwrap_or_default(), at)
}

fn note(content_type: &str, payload: &[u8], at: Timestamp) -> Prepared {
    let (kind, target, fields) = (RecordKind::Note, String::new(), Vec::new());
    prepare(&NewRecord { kind, target, content_type, at, fields, payload })
}
