//! What rules hear: posts as they are first seen, and channels that change.

use marsad_matching::{Answer, Relation, Standing};
use marsad_types::{ChannelKey, Post, PostId, PostKey, Resolution, Status, Timestamp};

const MINUTE_MS: i64 = 60_000;

/// One thing that happened.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// A post that was not known.
    Post(Sighting<'a>),
    /// A watched channel that is something else now.
    Status(Change),
}

/// A post that was not known.
#[derive(Debug, Clone)]
pub(crate) struct Sighting<'a> {
    pub(crate) post: PostKey,
    pub(crate) published: Span,
    /// When it was first seen.
    pub(crate) at: Timestamp,
    pub(crate) text: &'a str,
    pub(crate) lang: Option<&'a str>,
    /// `None` where nobody could say.
    pub(crate) belongs: Option<Belongs>,
}

/// Which statements a post belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Belongs {
    /// Its own, named by the first post.
    pub(crate) statement: PostKey,
    pub(crate) first_at: Timestamp,
    /// Whether it leads that one.
    pub(crate) is_new: bool,
    /// Others in which it counts as an appearance.
    pub(crate) appears_in: Vec<PostKey>,
}

/// A channel that is something else now.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) channel: ChannelKey,
    /// As the watch list writes it.
    pub(crate) source: String,
    pub(crate) was: Status,
    /// Since when it was that.
    pub(crate) since: Timestamp,
    /// The last look that saw it so.
    pub(crate) seen_at: Option<Timestamp>,
    pub(crate) is: Status,
    pub(crate) cause: Option<String>,
    pub(crate) at: Timestamp,
}

/// When something was published: somewhere in [from, to), milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    /// As the platform's clock shows it.
    pub(crate) fn of(at: Timestamp, resolution: Option<Resolution>) -> Self {
        let ms = i64::from(resolution.unwrap_or(Resolution::DEFAULT).ms.max(1));
        Self { from: at.0, to: at.0.saturating_add(ms) }
    }

    /// Where the clock is not remembered: a full minute may be all that was shown.
    pub(crate) fn remembered(at: Timestamp) -> Self {
        let is_minute = at.0.rem_euclid(MINUTE_MS) == 0;
        Self::of(at, is_minute.then_some(Resolution::MINUTE))
    }

    /// Whether it is over before the other begins.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.to <= other.from
    }

    /// Seconds from this one to the other: from the middles, at least, at most.
    pub(crate) fn lag_s(self, other: Self) -> Lag {
        let s = |ms: i64| ms as f64 / 1000.0;
        let middle = (other.from + other.to - self.from - self.to) as f64 / 2000.0;
        Lag { middle, least: s(other.from - self.to), most: s(other.to - self.from) }
    }
}

/// A lag, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lag {
    pub(crate) middle: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl<'a> Sighting<'a> {
    /// A post of a reading; `None` where it has no id of its own.
    pub(crate) fn of(post: &'a Post, at: Timestamp, belongs: Option<Belongs>) -> Option<Self> {
        let PostId::Given(id) = &post.id else { return None };
        Some(Self {
            post: PostKey { channel: post.channel.clone(), post: id.clone() },
            published: Span::of(post.published_at, post.resolution),
            at,
            text: &post.text,
            lang: post.lang.as_deref(),
            belongs,
        })
    }

    /// A post of the past, as the index remembers it: without its words.
    pub(crate) fn remembered(standing: Standing) -> Sighting<'static> {
        Sighting {
            post: standing.post,
            published: Span::remembered(standing.published_at),
            at: standing.published_at,
            text: "",
            lang: None,
            belongs: Some(Belongs {
                is_new: standing.relation == Relation::First,
                statement: standing.statement,
                first_at: standing.first_published_at,
                appears_in: standing.appears_in,
            }),
        }
    }
}

impl From<Answer> for Belongs {
    fn from(answer: Answer) -> Self {
        let appears = answer.holds.into_iter().filter(|held| held.appears);
        Self {
            statement: answer.statement,
            first_at: answer.first_published_at,
            is_new: answer.is_new,
            appears_in: appears.map(|held| held.statement).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_is_an_interval_and_an_overlap_decides_nothing() {
        let minute = |m: i64| Span::of(Timestamp(m * 60_000), Some(Resolution::MINUTE));
        let lag = minute(0).lag_s(minute(1));
        assert_eq!((lag.middle, lag.least, lag.most), (60.0, 0.0, 120.0));
        assert!(minute(0).is_before(minute(1)) && !minute(1).is_before(minute(0)));
        let second = Span::of(Timestamp(30_000), None);
        assert!(!minute(0).is_before(second) && !second.is_before(minute(0)));
        assert_eq!(Span::remembered(Timestamp(120_000)).to, 180_000);
        assert_eq!(Span::remembered(Timestamp(121_000)).to, 122_000);
    }
}
