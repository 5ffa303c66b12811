//! A post before it is posted.

/// What a channel is about to post.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its text; line breaks, links, mentions and emoji become what t.me makes of them.
    pub text: String,
    /// Views from the start.
    pub views: u64,
    /// Whether it is a line of the platform, without views.
    pub service: bool,
    /// Where it was forwarded from.
    pub forward: Option<Forward>,
    /// The post of the same channel that it answers.
    pub reply_to: Option<u32>,
    /// Who signed it.
    pub signature: Option<String>,
    /// What is attached.
    pub media: Option<Media>,
    /// Reactions with their counts.
    pub reactions: Vec<(Reaction, u64)>,
    /// A link shown with its page's title.
    pub link_preview: Option<LinkPreview>,
    /// HTML that stands in place of the text until it is edited, for what [`Draft::text`] cannot
    /// say: custom emoji, spoilers, links with words of their own.
    pub html: Option<String>,
}

/// A link shown with what its page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkPreview {
    /// Its address.
    pub address: String,
    /// The site's name.
    pub site: String,
    /// The page's title.
    pub title: String,
    /// The page's description.
    pub about: String,
}

/// Where a post was forwarded from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// The name shown.
    pub name: String,
    /// `name/77` of a public source; none where it is hidden or private.
    pub post: Option<String>,
    /// Who signed it there.
    pub author: Option<String>,
}

/// What is attached to a post.
#[derive(Debug, Clone, PartialEq)]
pub enum Media {
    /// A photo; of a service line, the channel's new one.
    Photo,
    /// So many photos, each a message with an id of its own.
    Album(u32),
    /// A video of so many seconds.
    Video(u32),
    /// A voice note of so many seconds.
    Voice(u32),
    /// A round video.
    Round,
    /// A file, with its name and its size as shown.
    File(String, String),
    /// A place, with latitude and longitude.
    Location(f64, f64),
    /// A sticker.
    Sticker,
    /// A poll: question, options with their percent, voters.
    Poll(String, Vec<(String, u8)>, u64),
    /// Something that the web does not show.
    NotSupported,
}

/// A reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// An emoji.
    Emoji(String),
    /// A custom one, known by its id, without a character.
    Custom(u64),
    /// A paid one.
    Paid,
}

impl Draft {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), views: 1, ..Self::default() }
    }

    /// A line of the platform: "Channel created", "Coast Weather pinned «...»".
    pub fn service(text: impl Into<String>) -> Self {
        Self { text: text.into(), service: true, ..Self::default() }
    }

    /// So many photos in one post.
    pub fn album(pictures: u32, text: impl Into<String>) -> Self {
        Self { media: Some(Media::Album(pictures)), ..Self::text(text) }
    }

    /// The same with views.
    #[must_use]
    pub fn with_views(self, views: u64) -> Self {
        Self { views, ..self }
    }

    /// The same as a forward of a public post: the source's title, its name and the post's id.
    #[must_use]
    pub fn forwarded(self, title: &str, name: &str, id: u32) -> Self {
        let post = Some(format!("{name}/{id}"));
        Self { forward: Some(Forward { name: title.to_owned(), post, author: None }), ..self }
    }

    /// The same as a forward from somebody hidden or private.
    #[must_use]
    pub fn forwarded_hidden(self, name: &str) -> Self {
        let forward = Forward { name: name.to_owned(), post: None, author: None };
        Self { forward: Some(forward), ..self }
    }

    /// The same as an answer to an earlier post.
    #[must_use]
    pub fn replying(self, id: u32) -> Self {
        Self { reply_to: Some(id), ..self }
    }

    /// The same, signed.
    #[must_use]
    pub fn signed(self, by: &str) -> Self {
        Self { signature: Some(by.to_owned()), ..self }
    }

    /// The same with something attached.
    #[must_use]
    pub fn with(self, media: Media) -> Self {
        Self { media: Some(media), ..self }
    }
}
