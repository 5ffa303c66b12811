//! Attempt cards.

use std::collections::BTreeMap;

use marsad_types::{ChannelId, Status, Timestamp};

use super::{AttemptEnd, AttemptRow, Network, Posted, distinct};
use crate::study::Study;
use crate::surge::platform_name;

/// A loss so close to the last post is part of the end.
const WEEK_MS: i64 = 7 * Timestamp::DAY_MS;

/// A channel's first and last post in an attempt.
type Spans = BTreeMap<ChannelId, (i64, i64)>;

/// A card for each attempt of a network, by rank.
pub(super) fn cards(study: &Study<'_>, network: &Network, silence_ms: i64) -> Vec<AttemptRow> {
    let mut platforms: Vec<u32> = network.posts.iter().map(|post| post.platform).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let mut cards = Vec::new();
    for platform in platforms {
        let posts: Vec<Posted> =
            network.posts.iter().filter(|post| post.platform == platform).copied().collect();
        for episode in posts.chunk_by(|a, b| b.at - a.at < silence_ms) {
            cards.extend(card(study, network, episode, silence_ms));
        }
    }
    cards.sort_by(|a, b| {
        let larger = b.statement_share.total_cmp(&a.statement_share);
        larger
            .then_with(|| b.statements.cmp(&a.statements))
            .then_with(|| (a.first_at, &a.platform).cmp(&(b.first_at, &b.platform)))
    });
    for (rank, card) in cards.iter_mut().enumerate() {
        card.rank = rank as u64 + 1;
    }
    cards
}

fn card(
    study: &Study<'_>,
    network: &Network,
    episode: &[Posted],
    silence_ms: i64,
) -> Option<AttemptRow> {
    let (first, last) = (episode.first()?, episode.last()?);
    let mut spans = Spans::new();
    let mut per_day: BTreeMap<i64, u64> = BTreeMap::new();
    for post in episode {
        spans.entry(post.channel).or_insert((post.at, post.at)).1 = post.at;
        *per_day.entry(Timestamp(post.at).day()).or_default() += 1;
    }
    let start = network.carried.partition_point(|c| c.at < first.at);
    let end = network.carried.partition_point(|c| c.at <= last.at);
    // A short attempt is judged over the length of a silence, or its brevity would flatter it.
    let judged_to = last.at.max(first.at.saturating_add(silence_ms));
    let judged_end = network.carried.partition_point(|c| c.at <= judged_to);
    let (_, here) = distinct(network.carried.get(start..end)?, first.platform);
    let (all, _) = distinct(network.carried.get(start..judged_end)?, first.platform);
    let losses = losses(study, &spans);
    Some(AttemptRow {
        network: network.name.clone(),
        platform: platform_name(study, first.platform),
        first_at: Timestamp(first.at),
        last_at: Timestamp(last.at),
        channels_total: spans.len() as u64,
        channels_peak: peak(&spans),
        subscribers_max: subscribers(study, &spans, first.at..last.at.saturating_add(silence_ms)),
        posts: episode.len() as u64,
        posts_per_day_peak: per_day.values().max().copied().unwrap_or(0),
        statements: here as u64,
        statement_share: here as f64 / all.max(1) as f64,
        days_active: per_day.len() as u64,
        half_gone_d: half_gone(&losses, first.at),
        end: how_it_ended(study, &losses, last.at, silence_ms),
        rank: 0,
    })
}

/// Most channels between their first and last post at one time.
fn peak(spans: &Spans) -> u64 {
    let mut turns: Vec<(i64, i64)> = Vec::with_capacity(spans.len() * 2);
    for (first, last) in spans.values() {
        turns.push((*first, -1)); // a start sorts before an end of the same moment
        turns.push((*last, 1));
    }
    turns.sort_unstable();
    let (mut now, mut most) = (0i64, 0i64);
    for (_, turn) in turns {
        now -= turn;
        most = most.max(now);
    }
    most as u64
}

fn subscribers(study: &Study<'_>, spans: &Spans, when: std::ops::Range<i64>) -> Option<u64> {
    spans
        .keys()
        .flat_map(|channel| study.observations(*channel))
        .filter(|seen| when.contains(&seen.observed_at.0))
        .filter_map(|seen| seen.subscribers.or(seen.subscribers_max).or(seen.subscribers_min))
        .max()
}

/// What became of one channel after its last post in the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Loss {
    last_post: i64,
    /// First look that found it gone for good, and whether it was gone (else private).
    lost: Option<(i64, bool)>,
    /// Last look before that, or at all, which found it there.
    alive: Option<i64>,
}

fn losses(study: &Study<'_>, spans: &Spans) -> Vec<Loss> {
    let mut losses = Vec::with_capacity(spans.len());
    for (channel, (_, last_post)) in spans {
        let mut loss = Loss { last_post: *last_post, ..Loss::default() };
        for seen in study.observations(*channel) {
            let at = seen.observed_at.0;
            match seen.status {
                Status::Gone | Status::Private if loss.lost.is_none() => {
                    loss.lost = Some((at, seen.status == Status::Gone));
                }
                Status::Alive | Status::Empty | Status::Restricted => {
                    (loss.lost, loss.alive) = (None, Some(at));
                }
                Status::Gone | Status::Private | Status::Error => {}
            }
        }
        losses.push(loss);
    }
    losses
}

/// Days until half of the channels had been found gone or private.
fn half_gone(losses: &[Loss], start: i64) -> Option<f64> {
    let mut lost: Vec<i64> = losses.iter().filter_map(|loss| loss.lost.map(|(at, _)| at)).collect();
    lost.sort_unstable();
    let half = losses.len().div_ceil(2);
    let at = lost.get(half.checked_sub(1)?)?;
    Some((at - start).max(0) as f64 / Timestamp::DAY_MS as f64)
}

fn how_it_ended(study: &Study<'_>, losses: &[Loss], last: i64, silence_ms: i64) -> AttemptEnd {
    let gone: Vec<&Loss> = losses.iter().filter(|l| matches!(l.lost, Some((_, true)))).collect();
    let most = |count: usize, of: usize| count * 2 > of;
    // A loss lies between the last sign of life and the look that found it.
    let around_the_end = |loss: &&&Loss| {
        let found = loss.lost.map_or(i64::MAX, |(at, _)| at);
        let sign = loss.alive.map_or(loss.last_post, |alive| alive.max(loss.last_post));
        found >= last - WEEK_MS && sign <= last + WEEK_MS
    };
    if most(gone.len(), losses.len())
        && most(gone.iter().filter(around_the_end).count(), gone.len())
    {
        return AttemptEnd::Removed;
    }
    let end_of_archive = study.reach().map_or(last, |(_, end)| end);
    if end_of_archive - last < silence_ms {
        return AttemptEnd::Active;
    }
    let there = losses.iter().filter(|loss| loss.lost.is_none() && loss.alive > Some(last));
    if most(there.count(), losses.len()) { AttemptEnd::Left } else { AttemptEnd::Unknown }
}
