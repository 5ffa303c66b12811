//! Which pairs of channels are tied beyond chance.

use marsad_stats::{
    Population, benjamini_yekutieli_of, binomial_upper, hypergeometric_upper, poisson_upper,
};
use marsad_types::{ChannelId, Timestamp};
use rayon::prelude::*;

use super::shares::Shares;
use crate::study::gallop;

/// Fewer shared statements are no tie.
const SHARED_MIN: u32 = 3;
/// Fewer are no tie by content alone.
const CONTENT_SHARED_MIN: u32 = 6;
/// Share of the smaller channel's statements found in the other that makes a mirror.
const CONTAINED_MIRROR: f64 = 0.5;
/// The same where the popularity of statements is accounted for, and where times agree.
const CONTAINED_LINKED: f64 = 0.25;
const CONTAINED_TIMED: f64 = 0.1;
/// Where content and time agree so much, no other channels are needed to compare with.
const CONTAINED_COPY: f64 = 0.8;
const COPY_SHARED_MIN: u32 = 10;
/// Synchrony: how close in time, milliseconds.
const CLOSE_MS: [i64; 2] = [60_000, 300_000];
/// Channels are compared over the time both existed, and a day around it.
const MARGIN_MS: i64 = Timestamp::DAY_MS;
const LEVEL: f64 = 0.05;
/// Statements in more channels say nothing about a pair and cost much.
const CHANNELS_MAX: usize = 2_000;

/// A validated tie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tie {
    pub(super) a: ChannelId,
    pub(super) b: ChannelId,
    /// Statements both published.
    pub(super) shared: u32,
    /// Of the smaller channel's statements.
    contained: f64,
    /// Of the test that validates it.
    pub(super) p: f64,
    pub(super) q: f64,
    /// Whether the times agree beyond chance too.
    pub(super) timed: bool,
}

impl Tie {
    /// Containment in whole percent.
    pub(super) fn percent(&self) -> u32 {
        (self.contained * 100.0).round() as u32
    }
}

/// Everything that is tested about a pair.
struct Tested {
    a: ChannelId,
    b: ChannelId,
    shared: u32,
    contained: f64,
    /// Hypergeometric co-sharing; co-sharing given how widely statements spread; lags permuted
    /// within each channel; lags spread over a day.
    p: [f64; 4],
}

/// All ties of the corpus, by a and b.
pub(super) fn validated(shares: &Shares) -> Vec<Tie> {
    let counts = pair_counts(shares);
    let candidates = (0..shares.by_channel.len() as ChannelId)
        .filter(|channel| shares.of_channel(*channel).len() >= SHARED_MIN as usize)
        .count() as u64;
    let pairs = candidates * candidates.saturating_sub(1) / 2;
    let tested: Vec<Tested> =
        counts.into_par_iter().filter_map(|(a, b)| test(shares, a, b)).collect();
    let q: Vec<Vec<f64>> = (0..4)
        .map(|kind| {
            let p: Vec<f64> = tested.iter().map(|pair| pair.p[kind]).collect();
            benjamini_yekutieli_of(&p, pairs)
        })
        .collect();
    let passes = |kind: usize, at: usize| q[kind][at] < LEVEL;
    let mut ties = Vec::new();
    for (at, pair) in tested.iter().enumerate() {
        let (alike, beyond_popularity) = (passes(0, at), passes(1, at));
        let synchronous = passes(2, at);
        let by_time = synchronous && pair.contained >= CONTAINED_TIMED;
        let by_content = pair.shared >= CONTENT_SHARED_MIN
            && (pair.contained >= CONTAINED_MIRROR
                || (pair.contained >= CONTAINED_LINKED && beyond_popularity));
        let copies =
            passes(3, at) && pair.contained >= CONTAINED_COPY && pair.shared >= COPY_SHARED_MIN;
        if !(alike && (by_time || by_content)) && !copies {
            continue;
        }
        let kind = if alike { 0 } else { 3 };
        ties.push(Tie {
            a: pair.a,
            b: pair.b,
            shared: pair.shared,
            contained: pair.contained,
            p: pair.p[kind],
            q: q[kind][at],
            timed: alike && (synchronous || passes(3, at)),
        });
    }
    ties
}

/// Pairs that share enough statements, by a and b.
fn pair_counts(shares: &Shares) -> Vec<(ChannelId, ChannelId)> {
    let channels = shares.by_channel.len();
    (0..channels as ChannelId)
        .into_par_iter()
        .map_init(
            || (vec![0u32; channels], Vec::<ChannelId>::new()),
            |(counts, touched), a| {
                for (statement, _) in shares.of_channel(a) {
                    let list =
                        shares.channels.get(*statement as usize).map_or(&[][..], Vec::as_slice);
                    if list.len() < 2 || list.len() > CHANNELS_MAX {
                        continue;
                    }
                    let later = list.partition_point(|(channel, _)| *channel <= a);
                    for (b, _) in list.iter().skip(later) {
                        let Some(count) = counts.get_mut(*b as usize) else { continue };
                        if *count == 0 {
                            touched.push(*b);
                        }
                        *count += 1;
                    }
                }
                touched.sort_unstable();
                let mut pairs = Vec::new();
                for b in touched.drain(..) {
                    let count = counts.get_mut(b as usize).map_or(0, std::mem::take);
                    if count >= SHARED_MIN {
                        pairs.push((a, b));
                    }
                }
                pairs
            },
        )
        .flatten_iter()
        .collect()
}

fn test(shares: &Shares, a: ChannelId, b: ChannelId) -> Option<Tested> {
    let ((first_a, last_a), (first_b, last_b)) = (shares.span(a)?, shares.span(b)?);
    let from = first_a.max(first_b).saturating_sub(MARGIN_MS);
    let to = last_a.min(last_b).saturating_add(MARGIN_MS);
    let inside = |at: i64| from <= at && at <= to;
    let (of_a, spread_a) = shares.published(a, from, to);
    let (of_b, spread_b) = shares.published(b, from, to);
    let both: Vec<(u32, i64, i64)> = shared(shares, a, b)
        .into_iter()
        .filter(|(_, at_a, at_b)| inside(*at_a) && inside(*at_b))
        .collect();
    let n = both.len() as u64;
    if n < u64::from(SHARED_MIN) {
        return None;
    }
    let (statements, publications, pairs) = shares.window(from, to);
    let size = statements.max(of_a).max(of_b).max(of_a + of_b - n);
    let alike = hypergeometric_upper(n, Population { size, marked: of_a, drawn: of_b });
    let expected =
        spread_a as f64 * spread_b as f64 * pairs / (publications * publications).max(1.0);
    let contained = n as f64 / of_a.min(of_b).max(1) as f64;
    let worth_timing = contained >= CONTAINED_TIMED && alike < LEVEL; // else it decides nothing
    let timed = if worth_timing { lag_permutation(shares, (a, b), &both) } else { 1.0 };
    Some(Tested {
        a,
        b,
        shared: n as u32,
        contained,
        p: [alike, poisson_upper(n, expected), timed, day_spread(&both)],
    })
}

/// Statements both published: (statement, when a did, when b did).
fn shared(shares: &Shares, a: ChannelId, b: ChannelId) -> Vec<(u32, i64, i64)> {
    let (one, other) = (shares.of_channel(a), shares.of_channel(b));
    let (short, long, turned) =
        if one.len() <= other.len() { (one, other, false) } else { (other, one, true) };
    let mut both = Vec::new();
    let mut rest = long;
    for (statement, at) in short {
        rest = rest.get(gallop(rest, |(other, _)| other < statement)..).unwrap_or(&[]);
        let Some((found, at_other)) = rest.first() else { break };
        if found == statement {
            let (at_a, at_b) = if turned { (*at_other, *at) } else { (*at, *at_other) };
            both.push((*statement, at_a, at_b));
        }
    }
    both
}

/// Null L of the method: each channel's own lags behind the first post are permuted over the
/// statements it shared. Its mean has a closed form: every shared statement is close with the share
/// of pairs of lags that are, so no drawing is needed; p is the Poisson tail, for two windows.
fn lag_permutation(shares: &Shares, pair: (ChannelId, ChannelId), both: &[(u32, i64, i64)]) -> f64 {
    let (lags_a, lags_b) = (shares.lags(pair.0), shares.lags(pair.1));
    let possible = (lags_a.len() * lags_b.len()).max(1) as f64;
    let mut least = 1.0f64;
    for window in CLOSE_MS {
        let (mut low, mut high, mut close) = (0, 0, 0usize);
        for lag in lags_a {
            while lags_b.get(low).is_some_and(|other| *other < lag - window) {
                low += 1;
            }
            while lags_b.get(high).is_some_and(|other| *other <= lag + window) {
                high += 1;
            }
            close += high - low;
        }
        let mean = both.len() as f64 * close as f64 / possible;
        let seen = both.iter().filter(|(_, a, b)| a.abs_diff(*b) <= window as u64).count();
        least = least.min(poisson_upper(seen as u64, mean));
    }
    (least * CLOSE_MS.len() as f64).min(1.0)
}

/// How likely so many close pairs are if each copy came at any moment within a day of the other.
fn day_spread(both: &[(u32, i64, i64)]) -> f64 {
    let window = CLOSE_MS[1];
    let close = both.iter().filter(|(_, a, b)| a.abs_diff(*b) <= window as u64).count();
    binomial_upper(close as u64, both.len() as u64, window as f64 / Timestamp::DAY_MS as f64)
}
