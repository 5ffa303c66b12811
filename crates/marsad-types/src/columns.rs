//! The compact columns that measures work on: integers for keys, times in milliseconds.

use hashbrown::HashMap;

use crate::{ChannelKey, Coverage, Event, Media, Timestamp};

/// "None" in a column of `u32`.
pub const NONE: u32 = u32::MAX;

/// Position of a channel in [`Channels`].
pub type ChannelId = u32;

/// Texts end to end, with offsets: 8 bytes a row beside the bytes themselves.
#[derive(Debug, Clone, Default)]
pub struct Strings {
    ends: Vec<u64>,
    bytes: String,
}

impl Strings {
    /// Room for `rows` texts of `bytes` together.
    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        Self { ends: Vec::with_capacity(rows), bytes: String::with_capacity(bytes) }
    }

    /// Appends one text.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The text of a row; empty when there is no such row.
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends.get(row - 1).copied().unwrap_or(0) };
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.bytes.get(start as usize..end as usize).unwrap_or("")
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Bytes of text held.
    pub fn text_bytes(&self) -> usize {
        self.bytes.len()
    }
}

impl<'a> FromIterator<&'a str> for Strings {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut strings = Self::default();
        for text in texts {
            strings.push(text);
        }
        strings
    }
}

/// The channels of a corpus; a [`ChannelId`] is the position here.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    keys: Vec<ChannelKey>,
    ids: HashMap<ChannelKey, ChannelId>,
}

impl Channels {
    /// The id of a channel, given on first sight.
    pub fn intern(&mut self, key: &ChannelKey) -> ChannelId {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = self.keys.len() as ChannelId;
        self.keys.push(key.clone());
        self.ids.insert(key.clone(), id);
        id
    }

    /// The id of a channel that is known already.
    pub fn find(&self, key: &ChannelKey) -> Option<ChannelId> {
        self.ids.get(key).copied()
    }

    /// The key of an id.
    pub fn key(&self, id: ChannelId) -> Option<&ChannelKey> {
        self.keys.get(id as usize)
    }

    /// All keys, in the order of their ids.
    pub fn keys(&self) -> &[ChannelKey] {
        &self.keys
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Posts as columns, one row a post, first-published version, in the order
/// (`published_at`, channel key, post id), so that equal archives give equal rows.
#[derive(Debug, Clone, Default)]
pub struct Posts {
    /// Channel of the post.
    pub channel: Vec<ChannelId>,
    /// Its id there, unescaped.
    pub post: Strings,
    /// When published, milliseconds UTC.
    pub published_at: Vec<i64>,
    /// Resolution of that, milliseconds; 0 where not stated (then 1 s by contract).
    pub resolution_ms: Vec<u32>,
    /// When first seen by us, milliseconds; `i64::MIN` where unknown.
    pub observed_first: Vec<i64>,
    /// First found missing, milliseconds; `i64::MIN` where not.
    pub deleted_at: Vec<i64>,
    /// Text as first published.
    pub text: Strings,
    /// Row in [`Corpus::forwards`]; [`NONE`] where the post is no forward.
    pub forward: Vec<u32>,
    /// Attached files: (row of the post, file), by row.
    pub media: Vec<(u32, Media)>,
    /// Addresses in the post: (row of the post, address), by row.
    pub links: Vec<(u32, String)>,
}

impl Posts {
    /// Room for so many posts, whose ids take so many bytes together; none yet for their texts.
    pub fn with_capacity(rows: usize, id_bytes: usize) -> Self {
        Self {
            channel: Vec::with_capacity(rows),
            post: Strings::with_capacity(rows, id_bytes),
            published_at: Vec::with_capacity(rows),
            resolution_ms: Vec::with_capacity(rows),
            observed_first: Vec::with_capacity(rows),
            deleted_at: Vec::with_capacity(rows),
            forward: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.channel.len()
    }

    /// No row.
    pub fn is_empty(&self) -> bool {
        self.channel.is_empty()
    }
}

/// Origins of forwards as columns.
#[derive(Debug, Clone, Default)]
pub struct Forwards {
    /// Channel of the original (interned in [`Corpus::channels`] though it may have no posts there).
    pub channel: Vec<ChannelId>,
    /// Its post id; empty where unknown.
    pub post: Strings,
    /// When the original was published, milliseconds; `i64::MIN` where unknown.
    pub published_at: Vec<i64>,
}

/// Everything a measure may look at, for one window of one archive.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// Channels named by any row below.
    pub channels: Channels,
    /// Posts, sorted.
    pub posts: Posts,
    /// Origins of forwards.
    pub forwards: Forwards,
    /// Observations of channels, by channel key and time.
    pub observations: Vec<crate::Channel>,
    /// Stretches of watching, by platform, channel and time.
    pub coverage: Vec<Coverage>,
    /// Ids that bear no post of their own, by channel and id.
    pub taken: Vec<crate::Taken>,
    /// Claimed interventions, by time.
    pub events: Vec<Event>,
}

impl Corpus {
    /// `platform:channel/post` of a row.
    pub fn post_key(&self, row: usize) -> String {
        let channel = self.posts.channel.get(row).and_then(|id| self.channels.key(*id));
        let Some(channel) = channel else { return String::new() };
        crate::PostKey { channel: channel.clone(), post: self.posts.post.get(row).into() }
            .to_string()
    }

    /// When a row was published.
    pub fn published_at(&self, row: usize) -> Timestamp {
        Timestamp(self.posts.published_at.get(row).copied().unwrap_or(i64::MIN))
    }
}
