//! When channels came to be, and how we know.

use marsad_types::ChannelId;
use serde::Serialize;

use crate::study::Study;

/// How the day of a birth is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The platform says when the channel was created.
    CreatedAt,
    /// Its first post that we have.
    FirstPost,
    /// Our first look at it.
    FirstSeen,
}

/// A channel's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Birth {
    pub(crate) channel: ChannelId,
    pub(crate) at: i64,
    pub(crate) basis: Basis,
}

/// Fewer posts tell nothing about how often a channel posts.
const POSTS_MIN: u64 = 3;
/// A silence of three mean gaps is rarer than one in twenty (e^-3).
const GAPS: i64 = 3;
/// What a channel of too few posts must lie behind the archive's start to be called new.
const DAYS_BEHIND: i64 = 14 * marsad_types::Timestamp::DAY_MS;

/// Births by channel, and how many channels were there already when the archive begins: their first
/// post comes so soon after its start that an older one is likely.
pub(crate) fn births(study: &Study<'_>) -> (Vec<Birth>, u64) {
    let corpus = study.corpus();
    let channels = corpus.channels.len();
    let mut posts: Vec<Option<(i64, i64, u64)>> = vec![None; channels];
    for (channel, at) in corpus.posts.channel.iter().zip(&corpus.posts.published_at) {
        if let Some(slot) = posts.get_mut(*channel as usize) {
            let (first, last, count) = slot.unwrap_or((*at, *at, 0));
            *slot = Some((first.min(*at), last.max(*at), count + 1));
        }
    }
    let Some((start, _)) = study.reach() else { return (Vec::new(), 0) };
    let (mut births, mut older) = (Vec::new(), 0);
    for channel in 0..channels as ChannelId {
        let created = study.observations(channel).filter_map(|seen| seen.created_at).min();
        let posted = posts.get(channel as usize).copied().flatten();
        let seen = study.observations(channel).map(|seen| seen.observed_at.0).min();
        let birth = match (created, posted, seen) {
            (Some(created), ..) => Birth { channel, at: created.0, basis: Basis::CreatedAt },
            (None, Some((first, last, count)), _) => {
                if began_before(start, first, last, count) {
                    older += 1;
                    continue;
                }
                Birth { channel, at: first, basis: Basis::FirstPost }
            }
            (None, None, Some(at)) => Birth { channel, at, basis: Basis::FirstSeen },
            (None, None, None) => continue,
        };
        births.push(birth);
    }
    (births, older)
}

fn began_before(start: i64, first: i64, last: i64, count: u64) -> bool {
    let margin =
        if count < POSTS_MIN { DAYS_BEHIND } else { (last - first) / (count as i64 - 1) * GAPS };
    first - start <= margin
}
