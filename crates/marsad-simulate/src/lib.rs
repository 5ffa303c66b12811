//! Worlds with known truth, in marsad-ndjson: the demo, the tests and the benchmarks feed on them.
//!
//! **What.** [`World::Article`] tells the story that Marsad grew from, [`World::Quiet`] holds nothing
//! to find, [`World::Scale`] is of any size. All content is neutral: weather, railways, football.
//!
//! **Main path.** [`write`]: settings in; lines and `truth.json` out. Small worlds are a `Scene` of
//! actors and drafts (`world`), filled by `article` or `quiet`; `scale` streams.
//!
//! **Invariants.** The same settings give the same bytes on every machine. The truth is counted from
//! what was written, not from what was meant. Nothing here reads a clock or the network.
//!
//! **Not here.** Importing, measuring, or knowing what the measures think of these worlds.

mod article;
mod background;
mod chance;
mod change;
mod grammar;
mod line;
mod quiet;
mod scale;
#[cfg(test)]
mod tests;
mod world;

use std::io::{self, Write};

/// A kind of world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// The article's story: a network leaves one platform for another.
    Article,
    /// Independent channels, nothing to find.
    Quiet,
    /// Heavy-tailed channels with duplicates, as many posts as asked for.
    Scale,
}

impl World {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Article, Self::Quiet, Self::Scale];

    /// The name that users type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Quiet => "quiet",
            Self::Scale => "scale",
        }
    }

    /// Reads the name that users type.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|world| world.as_str() == name)
    }
}

/// Which world, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Its kind.
    pub world: World,
    /// Chance begins here; equal seeds give equal worlds.
    pub seed: u64,
    /// Posts wanted: exact in `scale` (1,000,000 when not said), about right in `quiet`
    /// (8,000 when not said), refused in `article`, whose size is part of the story.
    pub posts: Option<u64>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// `post` lines.
    pub posts: u64,
    /// Different channels.
    pub channels: u64,
    /// `channel` lines.
    pub observations: u64,
    /// `coverage` lines.
    pub coverage: u64,
    /// `event` lines.
    pub events: u64,
}

/// Writes a world as marsad-ndjson to `posts` and what is true in it as JSON to `truth`.
///
/// # Errors
/// What the writers answer; `InvalidInput` when a number of posts is asked of the article world.
pub fn write(
    settings: &Settings,
    posts: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Summary> {
    match settings.world {
        World::Article if settings.posts.is_some() => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the article world has its own size; leave the number of posts out, or choose 'scale'",
        )),
        World::Article => article::write(settings.seed, posts, truth),
        World::Quiet => quiet::write(settings.seed, settings.posts, posts, truth),
        World::Scale => scale::write(settings.seed, settings.posts, posts, truth),
    }
}
