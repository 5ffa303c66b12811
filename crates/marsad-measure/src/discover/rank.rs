//! The score of a candidate, and which of them a short list shows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use marsad_stats::Random;
use marsad_types::{ChannelId, ChannelKey, Timestamp};

use super::copies::Overlap;
use super::references::Candidate;
use super::{Draw, Factors};
use crate::study::Study;

/// What one full reference of a seed adds to what is left to one.
pub(super) const RHO: f64 = 0.3;
/// Days after which a reference counts half.
pub(super) const HALF_LIFE_D: f64 = 3.0;
/// Share of a short list that is drawn by lot, and where its chance starts.
pub(super) const LOT_SHARE: f64 = 0.2;
pub(super) const LOT_SEED: u64 = 20_191_201;

/// A candidate with its place.
pub(super) struct Ranked {
    pub(super) rank: u64,
    pub(super) key: ChannelKey,
    pub(super) candidate: Candidate,
    pub(super) overlap: Option<Overlap>,
    pub(super) factors: Factors,
    pub(super) draw: Draw,
}

/// All candidates, best first; of equals by name.
pub(super) fn ranked(
    study: &Study<'_>,
    candidates: BTreeMap<ChannelKey, Candidate>,
    overlaps: &[Option<Overlap>],
    end: i64,
) -> Vec<Ranked> {
    let channels = study.with_posts() as f64;
    let mut all: Vec<(f64, Ranked)> = candidates
        .into_iter()
        .map(|(key, candidate)| {
            let overlap = candidate.id.and_then(|id| overlaps.get(id as usize)).copied().flatten();
            let (factors, ln_score) = factors(&candidate, overlap.as_ref(), (channels, end));
            (ln_score, Ranked { rank: 0, key, candidate, overlap, factors, draw: Draw::Rank })
        })
        .collect();
    // By the logarithm: what was last named years ago still has an order.
    all.sort_by(|a, b| {
        b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then_with(|| a.1.key.cmp(&b.1.key))
    });
    let place =
        |(at, (_, ranked)): (usize, (f64, Ranked))| Ranked { rank: at as u64 + 1, ..ranked };
    all.into_iter().enumerate().map(place).collect()
}

/// Σ over seeds of 1 − (1 − ρ)^n, times specificity, recency and similarity (methods, 2.11); all seeds
/// count alike and looking costs the same for all, so neither w nor cost changes the order.
fn factors(
    candidate: &Candidate,
    overlap: Option<&Overlap>,
    (channels, end): (f64, i64),
) -> (Factors, f64) {
    let mut by_seed: BTreeMap<ChannelId, f64> = BTreeMap::new();
    for ((kind, seed), tally) in &candidate.tallies {
        *by_seed.entry(*seed).or_default() += kind.weight() * tally.count as f64;
    }
    let references: f64 = by_seed.values().map(|n| 1.0 - (1.0 - RHO).powf(*n)).sum();
    let specificity = (channels / (1.0 + candidate.outside.len() as f64)).ln_1p();
    let days = end.saturating_sub(candidate.times().1).max(0) as f64 / Timestamp::DAY_MS as f64;
    let halvings = days / HALF_LIFE_D;
    let (shared, own) = overlap.map_or((0, 0), |overlap| (overlap.shared, overlap.own));
    let similarity = (shared as f64 + 1.0) / (own as f64 + 2.0);
    let ln_score = (references * specificity * similarity).ln() - halvings * std::f64::consts::LN_2;
    let recency = (-halvings).exp2();
    (Factors { references, specificity, recency, similarity }, ln_score)
}

/// The best, and a fifth of the list by lot from the rest: what the score misses shows only there.
/// With fewer than five rows there is no lot.
pub(super) fn draw(mut all: Vec<Ranked>, limit: usize) -> Vec<Ranked> {
    if all.len() <= limit {
        return all;
    }
    let lots = (limit as f64 * LOT_SHARE).floor() as usize;
    let mut rest = all.split_off(limit - lots);
    Random::new(LOT_SEED).shuffle(&mut rest);
    rest.truncate(lots);
    rest.sort_by_key(|ranked| ranked.rank);
    all.extend(rest.into_iter().map(|ranked| Ranked { draw: Draw::Lot, ..ranked }));
    all
}
