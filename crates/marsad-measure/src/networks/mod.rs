//! `measure networks`: groups of channels that stay together. Definitions in `method.md`.

mod attach;
mod shares;
#[cfg(test)]
mod tests;
mod ties;

use marsad_stats::{Graph, components, leiden_best, normalised_mutual_information};
use marsad_types::{ChannelId, ChannelKey, Timestamp};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Method, Nothing, Wording, written, written_all};
use crate::scope::{Scope, Selected};
use crate::study::{Study, network_id};
use shares::Shares;
use ties::Tie;

const METHOD: Method = Method { measure: "networks", text: include_str!("method.md") };

/// Fewer channels are a pair, not a network.
const CHANNELS_MIN: usize = 3;
/// Runs of the community search, and where its chance starts.
const RESTARTS: usize = 20;
const SEED: u64 = 20_191_201;
/// Above so many ties the search is run less often.
const TIES_QUICK: usize = 100_000;

/// A group of channels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkRow {
    /// Id, derived from its members.
    pub network: String,
    /// Members, by name.
    #[serde(serialize_with = "written_all")]
    pub channels: Vec<ChannelKey>,
    /// Members a platform.
    pub platforms: BTreeMap<String, u64>,
    /// Groups inside, largest first.
    pub communities: Vec<Vec<String>>,
    /// Statements its channels published in the window.
    pub statements: u64,
    /// First post in the window.
    #[serde(serialize_with = "written")]
    pub first_at: Timestamp,
    /// Last post in the window.
    #[serde(serialize_with = "written")]
    pub last_at: Timestamp,
    /// Mean agreement of the communities with those of other runs; 1 is perfect.
    pub stability: f64,
    /// Validated ties between members.
    pub ties: u64,
    /// Members joined by what they publish with the whole network rather than by single ties.
    pub attached: u64,
    /// p of the weakest tie that holds it together.
    pub p: f64,
    /// Its q, Benjamini-Yekutieli over all pairs of channels.
    pub q: f64,
    /// How far to believe it.
    pub wording: Wording,
    /// Strongest ties: both channels, shared statements, containment of the smaller in the larger.
    pub examples: Vec<(String, String, u64, f64)>,
}

/// A network before its row is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) id: String,
    /// By key.
    pub(crate) members: Vec<ChannelId>,
    communities: Vec<Vec<ChannelId>>,
    stability: f64,
    ties: Vec<Tie>,
    attached: usize,
    p: f64,
    q: f64,
    timed: bool,
}

/// All networks of the archive that have posts in scope, most channels first.
pub fn networks(study: &Study<'_>, scope: &Scope) -> Finding<NetworkRow> {
    let selected = Selected::new(study, scope);
    let mut rows: Vec<NetworkRow> =
        study.networks().par_iter().filter_map(|found| row(study, &selected, found)).collect();
    rows.sort_by(|a, b| (b.channels.len(), &a.network).cmp(&(a.channels.len(), &b.network)));
    rows.truncate(selected.limit());
    let none = rows.is_empty();
    let mut finding = Finding::of(study, &selected, METHOD, (rows, Nothing {}))
        .with("threshold", study.threshold())
        .with("channels_min", CHANNELS_MIN)
        .with("restarts", RESTARTS)
        .with("seed", SEED)
        .noting(
            "networks are searched in the whole archive, so that an id means the same in every window; \
             a row says that channels publish the same, not who runs them",
        );
    if none {
        finding = finding.noting("no group of channels is distinguishable from chance");
    }
    finding
}

/// Searches the whole archive.
pub(crate) fn find(study: &Study<'_>) -> Vec<Found> {
    let shares = Shares::of(study);
    let ties = ties::validated(&shares);
    let channels = study.corpus().channels.len();
    let labels = components(channels, ties.iter().map(|tie| (tie.a, tie.b)));
    let mut groups: BTreeMap<u32, Vec<ChannelId>> = BTreeMap::new();
    for (channel, label) in labels.iter().enumerate() {
        groups.entry(*label).or_default().push(channel as ChannelId);
    }
    let seeds: Vec<Vec<ChannelId>> =
        groups.into_values().filter(|group| group.len() >= CHANNELS_MIN).collect();
    let grown = attach::attach(&shares, &seeds);
    let mut ties_of = vec![Vec::new(); seeds.len()];
    let mut group_of = vec![usize::MAX; channels];
    for (group, seed) in seeds.iter().enumerate() {
        for channel in seed {
            group_of[*channel as usize] = group;
        }
    }
    for tie in ties {
        if let Some(own) = group_of.get(tie.a as usize).and_then(|group| ties_of.get_mut(*group)) {
            own.push(tie);
        }
    }
    let mut found: Vec<Found> = seeds
        .iter()
        .zip(&grown)
        .zip(ties_of)
        .map(|((seed, joined), ties)| {
            let closest = attach::closest(&shares, study.corpus().channels.keys(), (seed, joined));
            assemble(study, seed, &closest, ties)
        })
        .collect();
    found.sort_by(|a, b| (b.members.len(), &a.id).cmp(&(a.members.len(), &b.id)));
    found
}

fn assemble(
    study: &Study<'_>,
    seed: &[ChannelId],
    joined: &[(ChannelId, ChannelId, u32)],
    ties: Vec<Tie>,
) -> Found {
    let keys = study.corpus().channels.keys();
    let by_key = |members: &mut Vec<ChannelId>| {
        members.sort_unstable_by_key(|member| keys.get(*member as usize));
    };
    let mut members: Vec<ChannelId> =
        seed.iter().copied().chain(joined.iter().map(|j| j.0)).collect();
    by_key(&mut members);
    let place: BTreeMap<ChannelId, u32> =
        members.iter().enumerate().map(|(at, member)| (*member, at as u32)).collect();
    let mut edges: Vec<(u32, u32, f64)> = ties
        .iter()
        .filter_map(|tie| Some((*place.get(&tie.a)?, *place.get(&tie.b)?, f64::from(tie.shared))))
        .collect();
    for (a, b, _) in &mut edges {
        (*a, *b) = ((*a).min(*b), (*a).max(*b));
    }
    edges.sort_unstable_by_key(|(a, b, _)| (*a, *b)); // by name, not by who was met first
    let graph = Graph::new(members.len(), &edges);
    let restarts = if ties.len() > TIES_QUICK { 3 } else { RESTARTS };
    let runs = leiden_best(&graph, 1.0, restarts, SEED);
    let (best, others) = runs.split_first().map_or((&[][..], &[][..]), |(b, o)| (b.as_slice(), o));
    let agreements: Vec<f64> =
        others.iter().filter_map(|other| normalised_mutual_information(best, other)).collect();
    let stability = agreements.iter().sum::<f64>() / agreements.len().max(1) as f64;
    let mut communities: BTreeMap<u32, Vec<ChannelId>> = BTreeMap::new();
    for (member, label) in members.iter().zip(best) {
        communities.entry(*label).or_default().push(*member);
    }
    let mut communities: Vec<Vec<ChannelId>> = communities.into_values().collect();
    communities.sort_by_key(|community| std::cmp::Reverse(community.len()));
    let (p, q, timed) = weakest_link(seed, &ties);
    let names: Vec<ChannelKey> =
        members.iter().filter_map(|member| keys.get(*member as usize).cloned()).collect();
    Found {
        id: network_id(&names),
        attached: joined.len(),
        members,
        communities,
        stability,
        ties,
        p,
        q,
        timed,
    }
}

/// p and q of the weakest tie of the strongest tree that spans the seed, and whether most of that
/// tree's ties are synchronous as well as alike in content.
fn weakest_link(seed: &[ChannelId], ties: &[Tie]) -> (f64, f64, bool) {
    let place: BTreeMap<ChannelId, u32> =
        seed.iter().enumerate().map(|(at, channel)| (*channel, at as u32)).collect();
    let mut strongest: Vec<&Tie> = ties.iter().collect();
    strongest.sort_by(|a, b| {
        (a.q, !a.timed, a.a, a.b)
            .partial_cmp(&(b.q, !b.timed, b.a, b.b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut joined: Vec<(u32, u32)> = Vec::new();
    let mut labels: Vec<u32> = (0..seed.len() as u32).collect();
    let (mut p, mut q, mut timed) = (0.0f64, 0.0f64, 0usize);
    for tie in strongest {
        let (Some(a), Some(b)) = (place.get(&tie.a), place.get(&tie.b)) else { continue };
        if labels.get(*a as usize) == labels.get(*b as usize) {
            continue;
        }
        joined.push((*a, *b));
        let (from, to) = (labels[*a as usize], labels[*b as usize]);
        labels.iter_mut().filter(|label| **label == from).for_each(|label| *label = to);
        (p, q) = (p.max(tie.p), q.max(tie.q));
        timed += usize::from(tie.timed);
    }
    (p, q, timed * 2 >= joined.len())
}

fn row(study: &Study<'_>, selected: &Selected<'_>, found: &Found) -> Option<NetworkRow> {
    let corpus = study.corpus();
    let mut inside = vec![false; corpus.channels.len()];
    for member in found.members.iter().filter(|member| selected.channel(**member)) {
        inside[*member as usize] = true;
    }
    let posts = |row: &u32| inside.get(study.channel(*row) as usize) == Some(&true);
    let in_scope = |row: &u32| posts(row) && selected.time(study.time(*row));
    let mut times = (0..corpus.posts.len() as u32).filter(in_scope).map(|row| study.time(row));
    let first = times.next()?;
    let last = times.last().unwrap_or(first);
    let statements = study
        .statements()
        .iter()
        .filter(|statement| {
            statement.members.first().is_some_and(|first| selected.time(study.time(first.post)))
                && Study::appearances(statement).any(|member| in_scope(&member.post))
        })
        .count() as u64;
    let key = |channel: &ChannelId| corpus.channels.key(*channel).cloned();
    let name = |channel: &ChannelId| key(channel).map(|key| key.to_string()).unwrap_or_default();
    let channels: Vec<ChannelKey> = found.members.iter().filter_map(key).collect();
    let mut platforms: BTreeMap<String, u64> = BTreeMap::new();
    for channel in &channels {
        *platforms.entry(channel.platform.to_string()).or_default() += 1;
    }
    let mut strongest: BTreeSet<_> = BTreeSet::new();
    for tie in &found.ties {
        let (a, b) = (name(&tie.a), name(&tie.b));
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        strongest.insert((std::cmp::Reverse(tie.shared), a, b, tie.percent()));
        if strongest.len() > 5 {
            strongest.pop_last();
        }
    }
    let examples = strongest
        .into_iter()
        .map(|(shared, a, b, percent)| (a, b, u64::from(shared.0), f64::from(percent) / 100.0))
        .collect();
    let wording = if found.timed { Wording::WellSupported } else { Wording::Consistent };
    Some(NetworkRow {
        network: found.id.clone(),
        platforms,
        communities: found.communities.iter().map(|c| c.iter().map(name).collect()).collect(),
        channels,
        statements,
        first_at: Timestamp(first),
        last_at: Timestamp(last),
        stability: found.stability,
        ties: found.ties.len() as u64,
        attached: found.attached as u64,
        p: found.p,
        q: found.q,
        wording,
        examples,
    })
}
