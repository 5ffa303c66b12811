//! Channels too small for single ties, joined by what they publish with a whole network.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use marsad_stats::{benjamini_yekutieli, binomial_upper};
use marsad_types::{ChannelId, ChannelKey};

use super::shares::Shares;

/// Fewest statements that a channel must have in common with a network, and what share of its own.
const SHARED_MIN: u64 = 2;
const CONTAINED_MIN: f64 = 0.5;
const LEVEL: f64 = 0.05;
/// Rounds; each may join channels through those joined before.
const ROUNDS: usize = 3;

/// For each network the channels that join it.
///
/// A channel joins when at least half of its statements are the network's, and more than the usual
/// share among channels outside all networks allows for (binomial tail, Benjamini-Yekutieli).
pub(super) fn attach(shares: &Shares, seeds: &[Vec<ChannelId>]) -> Vec<Vec<ChannelId>> {
    let mut joined = vec![Vec::new(); seeds.len()];
    let mut network_of: Vec<Option<usize>> = vec![None; shares.by_channel.len()];
    for (network, members) in seeds.iter().enumerate() {
        for member in members {
            network_of[*member as usize] = Some(network);
        }
    }
    if seeds.is_empty() {
        return joined;
    }
    for _ in 0..ROUNDS {
        let newcomers = round(shares, &network_of);
        if newcomers.is_empty() {
            break;
        }
        for (channel, network) in newcomers {
            network_of[channel as usize] = Some(network);
            joined[network].push(channel);
        }
    }
    joined
}

/// For each channel that joined: the member of the seed that shares most statements with it, and
/// how many; that is where it belongs among the communities.
pub(super) fn closest(
    shares: &Shares,
    keys: &[ChannelKey],
    (seed, joined): (&[ChannelId], &[ChannelId]),
) -> Vec<(ChannelId, ChannelId, u32)> {
    let members: BTreeSet<ChannelId> = seed.iter().copied().collect();
    let mut closest = Vec::with_capacity(joined.len());
    for channel in joined {
        let mut counts: BTreeMap<ChannelId, u32> = BTreeMap::new();
        for (statement, _) in shares.of_channel(*channel) {
            let list = shares.channels.get(*statement as usize).map_or(&[][..], Vec::as_slice);
            for (other, _) in list.iter().filter(|(other, _)| members.contains(other)) {
                *counts.entry(*other).or_default() += 1;
            }
        }
        let most = counts
            .into_iter()
            .max_by_key(|(other, shared)| (*shared, Reverse(keys.get(*other as usize))));
        let (member, shared) = most.unwrap_or((*channel, 0));
        closest.push((*channel, member, shared));
    }
    closest
}

fn round(shares: &Shares, network_of: &[Option<usize>]) -> Vec<(ChannelId, usize)> {
    let (mut counts, mut pooled) = (Vec::new(), BTreeMap::<usize, u64>::new());
    let mut outside = 0u64;
    for (channel, own) in shares.by_channel.iter().enumerate() {
        let free = network_of.get(channel) == Some(&None);
        if !free || own.is_empty() {
            continue;
        }
        let mut with: BTreeMap<usize, u64> = BTreeMap::new();
        for (statement, _) in own {
            let list = shares.channels.get(*statement as usize).map_or(&[][..], Vec::as_slice);
            let mut networks: Vec<usize> = list
                .iter()
                .filter_map(|(other, _)| network_of.get(*other as usize).copied().flatten())
                .collect();
            networks.sort_unstable();
            networks.dedup();
            for network in networks {
                *with.entry(network).or_default() += 1;
            }
        }
        outside += own.len() as u64;
        for (network, shared) in &with {
            *pooled.entry(*network).or_default() += shared;
        }
        counts.push((channel as ChannelId, own.len() as u64, with));
    }
    let mut tests = Vec::new();
    for (channel, own, with) in &counts {
        for (network, shared) in with {
            let all = pooled.get(network).copied().unwrap_or(0);
            // The others outside, with half a statement added so that none is no certainty.
            let usual = ((all - shared) as f64 + 0.5) / ((outside - own) as f64 + 1.0);
            tests.push((*channel, *network, *shared, *own, binomial_upper(*shared, *own, usual)));
        }
    }
    let p: Vec<f64> = tests.iter().map(|test| test.4).collect();
    let q = benjamini_yekutieli(&p);
    let mut best: BTreeMap<ChannelId, (f64, usize)> = BTreeMap::new();
    for ((channel, network, shared, own, _), q) in tests.into_iter().zip(q) {
        let joins =
            q < LEVEL && shared >= SHARED_MIN && shared as f64 >= own as f64 * CONTAINED_MIN;
        let better = best.get(&channel).is_none_or(|(held, _)| q < *held);
        if joins && better {
            best.insert(channel, (q, network));
        }
    }
    best.into_iter().map(|(channel, (_, network))| (channel, network)).collect()
}
