//! A query against one post, without an index: for whoever reads posts as they arrive.

use super::{Filter, Node, Query};
use crate::script::scripts;
use crate::token::{Token, tokens};
use crate::writer::{Entry, langs};

impl Query {
    /// Whether a post answers, exactly as an index of it alone would say.
    pub fn holds(&self, entry: &Entry<'_>) -> bool {
        self.root.holds(&tokens(entry.text), entry)
    }
}

impl Node {
    fn holds(&self, words: &[Token], entry: &Entry<'_>) -> bool {
        match self {
            Self::Word { loose, .. } => words.iter().any(|token| token.loose == *loose),
            Self::Phrase(phrase) => {
                (0..words.len()).any(|at| begins(words.get(at..).unwrap_or(&[]), phrase))
            }
            Self::Prefix(start) => words.iter().any(|token| {
                token.exact.starts_with(start.as_str()) || token.loose.starts_with(start.as_str())
            }),
            Self::Only(filter) => filter.holds(entry),
            Self::All(parts) => parts.iter().all(|part| part.holds(words, entry)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(words, entry)),
            Self::Not(part) => !part.holds(words, entry),
        }
    }
}

/// Whether a phrase begins with the first of these words.
fn begins(words: &[Token], phrase: &[(u32, String)]) -> bool {
    let (Some(first), Some((from, word))) = (words.first(), phrase.first()) else { return false };
    first.exact == *word
        && phrase.iter().all(|(place, word)| {
            let position = first.position + place - from;
            let near = words.iter().take_while(|token| token.position <= position);
            near.into_iter().any(|token| token.position == position && token.exact == *word)
        })
}

impl Filter {
    fn holds(&self, entry: &Entry<'_>) -> bool {
        match self {
            Self::Platform(platform) => platform == entry.platform,
            Self::Channel { keys, .. } => {
                keys.iter().any(|key| key.platform == *entry.platform && key.id == entry.channel)
            }
            Self::Lang(lang) => langs(entry.lang).contains(lang),
            Self::Script(script) => scripts(entry.text).contains(script),
            Self::Since(time) => entry.published_at >= *time,
            Self::Until(time) => entry.published_at < *time,
        }
    }
}
