//! Channels that share statements with the seeds more than others do, without any link.

use marsad_stats::{benjamini_yekutieli_of, binomial_upper};
use marsad_types::{ChannelId, NONE};
use rayon::prelude::*;

use crate::scope::Selected;
use crate::study::Study;

/// Fewer shared statements are no reason, nor is a smaller share of a channel's own: what everybody
/// repeats can be a quarter of a channel that publishes little else.
const SHARED_MIN: u64 = 2;
const CONTAINED_MIN: f64 = 0.5;
const LEVEL: f64 = 0.05;
/// What share is usual is estimated again without the channels that stand out, at most so often.
const ROUNDS: usize = 6;
/// Statements in more channels say nothing about a pair.
const CHANNELS_MAX: usize = 2_000;

/// What a channel has in common with the seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlap {
    /// Its statements.
    pub(super) own: u64,
    /// Of those, published by a seed too.
    pub(super) shared: u64,
    /// So many would be shared at the share that is usual among the others.
    pub(super) expected: f64,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Overlap {
    /// Whether it stands out.
    pub(super) fn is_reason(&self) -> bool {
        self.q < LEVEL
            && self.shared >= SHARED_MIN
            && self.shared as f64 >= self.own as f64 * CONTAINED_MIN
    }
}

/// A statement: the channels that published it with the row of their earliest post.
type Published = Vec<(ChannelId, u32)>;

/// Statements of the window that are long enough to tell something.
pub(super) fn published(study: &Study<'_>, selected: &Selected<'_>) -> Vec<Published> {
    let lists = study.statements().par_iter().enumerate();
    lists
        .filter(|(at, _)| study.is_telling(*at))
        .filter_map(|(_, statement)| {
            let first = statement.members.first()?;
            if !selected.time(study.time(first.post)) {
                return None;
            }
            let mut seen: Published = Study::appearances(statement)
                .filter(|member| selected.time(study.time(member.post)))
                .map(|member| (study.channel(member.post), member.post))
                .collect();
            seen.sort_unstable(); // rows are in the order of time
            seen.dedup_by_key(|(channel, _)| *channel);
            Some(seen)
        })
        .collect()
}

/// What every channel has in common with the seeds; `None` for seeds and channels without statements.
///
/// A channel's own count is compared with the share that is usual among all others outside the seeds
/// (binomial tail, half a statement added), Benjamini-Yekutieli over all of them. Who stands out is
/// left out of what is usual, and all are compared again, until nothing changes.
pub(super) fn overlaps(statements: &[Published], is_seed: &[bool]) -> Vec<Option<Overlap>> {
    let (mut own, mut shared) = (vec![0u64; is_seed.len()], vec![0u64; is_seed.len()]);
    let seed = |channel: ChannelId| is_seed.get(channel as usize).copied().unwrap_or(false);
    for list in statements {
        let with_seed = u64::from(list.iter().any(|(channel, _)| seed(*channel)));
        for (channel, _) in list.iter().filter(|(channel, _)| !seed(*channel)) {
            let at = *channel as usize;
            if let (Some(own), Some(shared)) = (own.get_mut(at), shared.get_mut(at)) {
                *own += 1;
                *shared += with_seed;
            }
        }
    }
    let tested: Vec<usize> = (0..own.len()).filter(|at| own.get(*at) > Some(&0)).collect();
    let counts: Vec<(u64, u64)> = tested
        .iter()
        .map(|at| (own.get(*at).copied().unwrap_or(0), shared.get(*at).copied().unwrap_or(0)))
        .collect();
    let mut stands_out = vec![false; counts.len()];
    let mut found = compare(&counts, &stands_out);
    for _ in 1..ROUNDS {
        let now: Vec<bool> = found.iter().map(Overlap::is_reason).collect();
        if now == stands_out {
            break;
        }
        stands_out = now;
        found = compare(&counts, &stands_out);
    }
    let mut overlaps = vec![None; is_seed.len()];
    for (at, overlap) in tested.into_iter().zip(found) {
        if let Some(slot) = overlaps.get_mut(at) {
            *slot = Some(overlap);
        }
    }
    overlaps
}

fn compare(counts: &[(u64, u64)], stands_out: &[bool]) -> Vec<Overlap> {
    let usual: Vec<&(u64, u64)> =
        counts.iter().zip(stands_out).filter(|(_, out)| !**out).map(|(count, _)| count).collect();
    let all: u64 = usual.iter().map(|count| count.0).sum();
    let with_seeds: u64 = usual.iter().map(|count| count.1).sum();
    let mut found: Vec<Overlap> = counts
        .iter()
        .zip(stands_out)
        .map(|((own, shared), out)| {
            // A channel is not compared with itself.
            let (others, others_shared) =
                if *out { (all, with_seeds) } else { (all - own, with_seeds - shared) };
            let share = (others_shared as f64 + 0.5) / (others as f64 + 1.0);
            let p = binomial_upper(*shared, *own, share);
            Overlap { own: *own, shared: *shared, expected: share * *own as f64, p, q: 1.0 }
        })
        .collect();
    let p: Vec<f64> = found.iter().map(|overlap| overlap.p).collect();
    let q = benjamini_yekutieli_of(&p, p.len() as u64);
    for (overlap, q) in found.iter_mut().zip(q) {
        overlap.q = q;
    }
    found
}

/// A statement that a seed and a candidate both published: their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) seed: ChannelId,
    pub(super) candidate: ChannelId,
    pub(super) rows: (u32, u32),
}

/// Hands over all copies between seeds and the channels that stand out. What a seed forwarded from the candidate
/// is a forward, not a copy.
pub(super) fn copies(
    study: &Study<'_>,
    statements: &[Published],
    is_seed: &[bool],
    overlaps: &[Option<Overlap>],
    take: &mut dyn FnMut(Copy),
) {
    let seed = |channel: ChannelId| is_seed.get(channel as usize).copied().unwrap_or(false);
    let candidate = |channel: ChannelId| {
        let overlap = overlaps.get(channel as usize).and_then(Option::as_ref);
        overlap.is_some_and(Overlap::is_reason)
    };
    let forwards = &study.corpus().forwards;
    let origin = |row: u32| match study.corpus().posts.forward.get(row as usize) {
        Some(&at) if at != NONE => forwards.channel.get(at as usize).copied(),
        _ => None,
    };
    for list in statements.iter().filter(|list| list.len() <= CHANNELS_MAX) {
        for (other, row) in list.iter().filter(|(channel, _)| candidate(*channel)) {
            for (own, of_seed) in list.iter().filter(|(channel, _)| seed(*channel)) {
                if origin(*of_seed) != Some(*other) {
                    take(Copy { seed: *own, candidate: *other, rows: (*of_seed, *row) });
                }
            }
        }
    }
}
