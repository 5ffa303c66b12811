//! What a perfect watcher would know, to hold against what a real one found.

/// Everything that happened behind a mock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Channels, in the order they were added.
    pub channels: Vec<TrueChannel>,
    /// Posts, by channel and then in the order they were posted.
    pub posts: Vec<TruePost>,
}

/// A channel and what it was when. Times are in milliseconds since 1970 UTC, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueChannel {
    /// The key that posts name: on Telegram the name it has last, elsewhere the platform's id.
    pub channel: String,
    /// Its names over time.
    pub names: Vec<(i64, String)>,
    /// Its members or subscribers over time.
    pub subscribers: Vec<(i64, u64)>,
    /// Its status over time, in the mock's words.
    pub statuses: Vec<(i64, String)>,
}

/// A post with everything that became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruePost {
    /// Key of its channel.
    pub channel: String,
    /// The platform's id.
    pub post: String,
    /// When it was posted, in milliseconds since 1970 UTC.
    pub published_ms: i64,
    /// Its texts, the first as it was posted.
    pub versions: Vec<TrueVersion>,
    /// When it was deleted.
    pub deleted_ms: Option<i64>,
    /// What it is.
    pub kind: PostKind,
}

/// A text that a post had from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueVersion {
    /// From when, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The text.
    pub text: String,
}

impl TrueVersion {
    /// From an entry of a timeline.
    pub(crate) fn of((at_ms, text): &(i64, String)) -> Self {
        Self { at_ms: *at_ms, text: text.clone() }
    }
}

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostKind {
    /// Something that the channel said.
    Post,
    /// A line of the platform: joined, pinned, photo changed.
    Service,
    /// Something that the channel said and nobody outside can read.
    Encrypted,
}

impl TruePost {
    /// Whether it is to be seen at an instant.
    pub fn is_up(&self, now_ms: i64) -> bool {
        self.published_ms <= now_ms && self.deleted_ms.is_none_or(|deleted| deleted > now_ms)
    }

    /// Its text at an instant.
    pub fn text(&self, now_ms: i64) -> Option<&str> {
        let until = self.versions.iter().take_while(|version| version.at_ms <= now_ms);
        until.last().map(|version| version.text.as_str())
    }
}

impl Truth {
    /// A post by its channel and id.
    pub fn post(&self, channel: &str, post: &str) -> Option<&TruePost> {
        self.posts.iter().find(|p| p.channel == channel && p.post == post)
    }
}
