//! A post of a made world and what is true of it.

use marsad_types::{ChannelKey, Corpus, Media, NONE, Platform};

/// What a post is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// A statement as it first appeared.
    Original,
    /// The same statement again.
    Copy,
    /// Looks like another statement and is its own.
    Decoy,
    /// Carries several statements.
    Digest,
}

/// A post, the statements it carries, and what was done to it.
#[derive(Clone, Debug)]
pub(crate) struct Labelled {
    pub(crate) channel: usize,
    pub(crate) at: i64,
    pub(crate) text: String,
    pub(crate) carries: Vec<usize>,
    pub(crate) role: Role,
    /// The kind of change, or of decoy.
    pub(crate) kind: &'static str,
    /// The style of the channel's frame.
    pub(crate) frame: &'static str,
    /// The post that this one is a forward of, as the platform says.
    pub(crate) forward_of: Option<usize>,
    pub(crate) media: Option<Media>,
}

/// Posts in the order of time, with their truth.
pub(crate) struct World {
    pub(crate) posts: Vec<Labelled>,
}

impl World {
    /// The posts as columns.
    pub(crate) fn corpus(&self) -> Corpus {
        let mut corpus = Corpus::default();
        let platform = Platform::new("bench").expect("a platform name");
        let key =
            |post: &Labelled| ChannelKey::new(platform.clone(), &format!("c{}", post.channel));
        for (number, post) in self.posts.iter().enumerate() {
            let channel = corpus.channels.intern(&key(post));
            corpus.posts.channel.push(channel);
            corpus.posts.post.push(&number.to_string());
            corpus.posts.published_at.push(post.at);
            corpus.posts.resolution_ms.push(0);
            corpus.posts.observed_first.push(i64::MIN);
            corpus.posts.deleted_at.push(i64::MIN);
            corpus.posts.text.push(&post.text);
            let forward = match post.forward_of {
                None => NONE,
                Some(original) => {
                    let channel = corpus.channels.intern(&key(&self.posts[original]));
                    corpus.forwards.channel.push(channel);
                    corpus.forwards.post.push(&original.to_string());
                    corpus.forwards.published_at.push(i64::MIN);
                    corpus.forwards.channel.len() as u32 - 1
                }
            };
            corpus.posts.forward.push(forward);
            if let Some(media) = &post.media {
                corpus.posts.media.push((number as u32, media.clone()));
            }
        }
        corpus
    }
}
