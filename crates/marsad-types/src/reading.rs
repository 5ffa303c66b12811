//! What an interpreter hands over: posts, channels, coverage, events, problems.

use std::fmt;

use compact_str::CompactString;

use crate::{ChannelKey, Resolution, Timestamp};

/// Everything understood in one record, and everything that was not.
#[derive(Debug, Default)]
pub struct Reading {
    /// Posts in the order of the record.
    pub posts: Vec<Post>,
    /// Observations of channels.
    pub channels: Vec<Channel>,
    /// Stretches of watching.
    pub coverage: Vec<Coverage>,
    /// Interventions somebody claims.
    pub events: Vec<Event>,
    /// Posts that the platform itself says are not there any more.
    pub removals: Vec<Removal>,
    /// Ids that are given out and bear no post of their own.
    pub taken: Vec<Taken>,
    /// Posts whose words the record has in events of their own, such as edits, read or not: each with
    /// its key and the time of that event, and nothing else. Asked where posts are to be forgotten.
    pub retold: Vec<Post>,
    /// What could not be understood, each with its place.
    pub problems: Vec<Problem>,
    /// Rows looked at: understood or not.
    pub rows: u64,
}

/// One observed version of a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Where it stands.
    pub channel: ChannelKey,
    /// Its id in the channel.
    pub id: PostId,
    /// When the platform says it was published.
    pub published_at: Timestamp,
    /// How coarse that is; `None` when not stated.
    pub resolution: Option<Resolution>,
    /// When we first saw it.
    pub observed_first: Option<Timestamp>,
    /// Our last look before that, when it was not there.
    pub observed_prev: Option<Timestamp>,
    /// When the platform says it was edited.
    pub edited_at: Option<Timestamp>,
    /// When we first found it missing.
    pub deleted_at: Option<Timestamp>,
    /// Number of this version, when the source counts them.
    pub version: Option<u32>,
    /// The text as published; empty for a post of media alone.
    pub text: String,
    /// BCP 47 tag, when stated.
    pub lang: Option<CompactString>,
    /// Where the platform says it was forwarded from.
    pub forward: Option<Forward>,
    /// Post id in the same channel that this one answers.
    pub reply_to: Option<CompactString>,
    /// Addresses in the post, as written.
    pub links: Vec<String>,
    /// Photos, videos, files.
    pub media: Vec<Media>,
    /// Views at the time of observation.
    pub views: Option<u64>,
    /// Forwards at the time of observation.
    pub forwards: Option<u64>,
    /// Who signed it.
    pub author: Author,
    /// The object id that the input brought (`coortweet`: object, `cnt`: repost id), for measures over given objects.
    pub object: Option<String>,
    /// Row number in an input whose order and multiplicity count (`coortweet`, `cnt`); such rows are never merged.
    pub row: Option<u64>,
    /// Line of the imported file, from 1.
    pub line: u64,
}

impl Post {
    /// A post with only what every post has.
    pub fn new(channel: ChannelKey, id: PostId, published_at: Timestamp, text: String) -> Self {
        Self {
            channel,
            id,
            published_at,
            resolution: None,
            observed_first: None,
            observed_prev: None,
            edited_at: None,
            deleted_at: None,
            version: None,
            text,
            lang: None,
            forward: None,
            reply_to: None,
            links: Vec::new(),
            media: Vec::new(),
            views: None,
            forwards: None,
            author: Author::Unknown,
            object: None,
            row: None,
            line: 0,
        }
    }

    /// Which of two versions of a post is the later one, for a version that was filed under a number:
    /// edited, seen, counted. Numbers alone do not say it: answers that are paged backwards tell the
    /// newest edit first.
    pub fn version_order(&self, number: u32) -> (Option<Timestamp>, Option<Timestamp>, u32) {
        (self.edited_at, self.observed_first, number)
    }
}

/// A post's id in its channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PostId {
    /// The platform's own.
    Given(CompactString),
    /// The input had none: whoever files the post derives it from channel, time, text and which
    /// occurrence of the three it is in its file, so that repeated posts are all kept.
    Derived,
}

/// A post that was asked for and is not there any more, by the platform's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Where it stood.
    pub channel: ChannelKey,
    /// Its id there.
    pub post: CompactString,
    /// When we looked, or when the platform says that it was taken away.
    pub at: Timestamp,
    /// Line of the record, from 1.
    pub line: u64,
}

/// An id of a channel that is given out and bears no post of its own: where ids are consecutive, it
/// explains a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The channel.
    pub channel: ChannelKey,
    /// The id there.
    pub id: CompactString,
    /// What has it.
    pub by: TakenBy,
    /// Line of the record, from 1.
    pub line: u64,
}

/// What has an id that bears no post of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakenBy {
    /// A picture of a post that is known by the id of its first one.
    Album,
    /// A line of the platform, such as "pinned a message".
    Service,
    /// A message that is there and could not be read; a problem says why.
    Unread,
}

impl TakenBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Album, Self::Service, Self::Unread];

    /// The word in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Service => "service",
            Self::Unread => "unread",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == word)
    }
}

/// Who signed a post. People become keyed pseudonyms before they are filed.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Author {
    /// Nobody is named.
    #[default]
    Unknown,
    /// A name or account id as the platform gave it; never filed as it is.
    Name(String),
    /// A pseudonym already; kept as it is.
    Pseudonym(String),
}

impl fmt::Debug for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("Unknown"),
            Self::Name(name) => write!(f, "Name({} bytes)", name.len()),
            Self::Pseudonym(pid) => write!(f, "Pseudonym({pid})"),
        }
    }
}

/// The origin of a forward, as far as the platform says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Channel of the original.
    pub channel: ChannelKey,
    /// Its id there.
    pub post: Option<CompactString>,
    /// When the original was published.
    pub published_at: Option<Timestamp>,
}

/// One attached file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `image`, `video`, `audio`, `file`, …
    pub kind: CompactString,
    /// SHA-256 of the bytes, lowercase hex.
    pub sha256: Option<String>,
    /// PDQ hash, 64 hex digits.
    pub pdq: Option<String>,
    /// PDQ quality, 0..100.
    pub pdq_quality: Option<u8>,
    /// Path of the bytes beside the input, as the input names it; only until the bytes are kept.
    pub file: Option<String>,
}

/// One observation of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// The channel.
    pub key: ChannelKey,
    /// Its name on the platform at that time.
    pub handle: Option<String>,
    /// Its title at that time.
    pub title: Option<String>,
    /// Its description at that time.
    pub description: Option<String>,
    /// When the platform says it was created.
    pub created_at: Option<Timestamp>,
    /// When we looked.
    pub observed_at: Timestamp,
    /// Subscribers, exact or as shown.
    pub subscribers: Option<u64>,
    /// Lower end when the platform rounds.
    pub subscribers_min: Option<u64>,
    /// Upper end when the platform rounds.
    pub subscribers_max: Option<u64>,
    /// What state it was in.
    pub status: Status,
    /// Why, when the platform shows it.
    pub status_cause: Option<String>,
    /// Line of the imported file, from 1.
    pub line: u64,
}

impl Channel {
    /// An observation that says only that the channel was there.
    pub fn seen(key: ChannelKey, observed_at: Timestamp) -> Self {
        Self {
            key,
            handle: None,
            title: None,
            description: None,
            created_at: None,
            observed_at,
            subscribers: None,
            subscribers_min: None,
            subscribers_max: None,
            status: Status::Alive,
            status_cause: None,
            line: 0,
        }
    }
}

/// The state of a channel at one observation. `Error` is ours, not the channel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// There, with posts.
    Alive,
    /// There, without posts.
    Empty,
    /// No longer public.
    Private,
    /// There, but hidden from some readers.
    Restricted,
    /// Not there any more.
    Gone,
    /// We could not tell.
    Error,
}

impl Status {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 6] =
        [Self::Alive, Self::Empty, Self::Private, Self::Restricted, Self::Gone, Self::Error];

    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Empty => "empty",
            Self::Private => "private",
            Self::Restricted => "restricted",
            Self::Gone => "gone",
            Self::Error => "error",
        }
    }

    /// Reads the contract's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// A stretch of watching and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The channel watched, or `None` id for a whole platform.
    pub platform: crate::Platform,
    /// Channel id; `None` when the stretch speaks of the whole platform.
    pub channel: Option<CompactString>,
    /// First instant.
    pub from: Timestamp,
    /// End, excluded.
    pub to: Timestamp,
    /// Seconds between looks.
    pub poll_s: Option<u64>,
    /// How it went.
    pub outcome: Outcome,
    /// Line of the imported file, from 1.
    pub line: u64,
}

/// How a stretch of watching went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Looked and saw.
    Ok,
    /// Looked and failed.
    Failed,
    /// Was kept out.
    Blocked,
}

impl Outcome {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Blocked => "blocked",
        }
    }

    /// Reads the contract's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ok, Self::Failed, Self::Blocked].into_iter().find(|o| o.as_str() == word)
    }
}

/// An intervention that somebody claims: an interval, not a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The platform it happened on.
    pub platform: Option<crate::Platform>,
    /// Start.
    pub from: Timestamp,
    /// End, excluded; a bare date in the source includes that day.
    pub to: Timestamp,
    /// Who says so.
    pub source: Option<String>,
    /// What they say.
    pub claim: Option<String>,
    /// Line of the imported file, from 1.
    pub line: u64,
}

/// Something in the input that was not understood. The input itself is kept in the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the imported file, from 1.
    pub line: u64,
    /// One sentence, lower case, no full stop: what was wrong and, if known, what was expected.
    pub reason: String,
}
