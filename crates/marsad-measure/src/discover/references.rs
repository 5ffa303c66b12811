//! Who names whom: forwards, links, mentions, descriptions.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use marsad_types::{ChannelId, ChannelKey, NONE, Names};
use rayon::prelude::*;
use serde::Serialize;

use super::named::{link, links_in, mentions_in};
use crate::scope::Selected;
use crate::study::Study;

/// References whose posts are named.
const SHOWN: usize = 3;

/// How a channel came to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReasonKind {
    /// The platform's own forward.
    Forward,
    /// A link to it in a post.
    Link,
    /// A link to it in a channel's description.
    Description,
    /// Its name after an `@` in a post.
    Mention,
    /// A statement that both published.
    Copy,
}

impl ReasonKind {
    /// The word in rows and parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Link => "link",
            Self::Description => "description",
            Self::Mention => "mention",
            Self::Copy => "copy",
        }
    }

    /// How much one such reference counts.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Forward => 1.0,
            Self::Link | Self::Description => 0.8,
            Self::Copy => 0.7,
            Self::Mention => 0.5,
        }
    }
}

/// What a name in a text, a link or a forward stands for.
pub(super) struct Directory<'a> {
    study: &'a Study<'a>,
    names: Names,
    /// Keys in lower case of channels that the archive has something of; [`NONE`] when several are
    /// alike but for case.
    known: HashMap<ChannelKey, ChannelId>,
    /// Rocket.Chat servers.
    hosts: HashSet<String>,
    /// The latest name that is a channel's alone.
    handles: HashMap<ChannelId, String>,
}

impl<'a> Directory<'a> {
    pub(super) fn of(study: &'a Study<'a>) -> Self {
        let corpus = study.corpus();
        let names = Names::of(&corpus.observations);
        let mut known: HashMap<ChannelKey, ChannelId> = HashMap::new();
        let mut hosts = HashSet::new();
        for (id, key) in corpus.channels.keys().iter().enumerate() {
            if key.platform.as_str() == "rocketchat"
                && let Some((host, _)) = key.id.split_once('/')
            {
                hosts.insert(host.to_ascii_lowercase());
            }
            if study.is_known(id as u32) {
                let slot = known.entry(in_lower_case(key));
                slot.and_modify(|other| *other = NONE).or_insert(id as u32);
            }
        }
        let mut handles = HashMap::new();
        for seen in &corpus.observations {
            let Some(handle) = seen.handle.as_deref() else { continue };
            let name = ChannelKey::new(seen.key.platform.clone(), handle.trim_start_matches('@'));
            if names.channel(&name) == Some(&seen.key)
                && let Some(id) = corpus.channels.find(&seen.key)
            {
                handles.insert(id, name.id.to_string()); // by channel and time: the latest stays
            }
        }
        Self { study, names, known, hosts, handles }
    }

    /// The one key of what a key or a name stands for, and its channel where the archive has
    /// something of it.
    pub(super) fn resolve(&self, key: &ChannelKey) -> (ChannelKey, Option<ChannelId>) {
        let key = self.names.resolve(key);
        let corpus = self.study.corpus();
        let exact = corpus.channels.find(key).filter(|id| self.study.is_known(*id));
        if exact.is_some() {
            return (key.clone(), exact);
        }
        let lower = in_lower_case(key);
        match self.known.get(&lower).filter(|id| **id != NONE) {
            Some(id) => (corpus.channels.key(*id).cloned().unwrap_or(lower), Some(*id)),
            None => (lower, None),
        }
    }

    /// How `marsad sources add` takes a channel; `None` where only a number is known and the
    /// platform shows channels by name.
    pub(super) fn source(&self, key: &ChannelKey, id: Option<ChannelId>) -> Option<String> {
        let is_number = key.id.bytes().all(|b| b.is_ascii_digit());
        if key.platform.as_str() == "telegram" && is_number {
            let handle = id.and_then(|id| self.handles.get(&id))?;
            return Some(format!("telegram:{}", handle.to_ascii_lowercase()));
        }
        Some(format!("{}:{}", key.platform, key.id))
    }
}

/// Telegram, TamTam and MAX take names in any case; other platforms keep theirs.
fn in_lower_case(key: &ChannelKey) -> ChannelKey {
    match key.platform.as_str() {
        "telegram" | "tamtam" | "max" => {
            ChannelKey::new(key.platform.clone(), &key.id.to_lowercase())
        }
        _ => key.clone(),
    }
}

/// A reference of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) seed: ChannelId,
    pub(super) kind: ReasonKind,
    /// When the post was published, or the description seen.
    pub(super) at: i64,
    /// The seed's post, and the candidate's where it is a copy; [`NONE`] for a description.
    pub(super) rows: (u32, u32),
}

/// The references of one kind by one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Everything that speaks for a candidate.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    /// Its channel, where the archive has something of it.
    pub(super) id: Option<ChannelId>,
    /// Whether something shows that the name is a channel's.
    pub(super) is_channel: bool,
    /// References by seeds.
    pub(super) tallies: BTreeMap<(ReasonKind, ChannelId), Tally>,
    /// The last few of each kind, latest first.
    pub(super) latest: BTreeMap<ReasonKind, Vec<Reference>>,
    /// Channels outside the seeds that refer to it.
    pub(super) outside: BTreeSet<ChannelId>,
}

/// What a post or description names, before it is known what the name stands for.
struct Found {
    channel: ChannelId,
    reference: Reference,
    key: ChannelKey,
    is_channel: bool,
}

/// All candidates that a seed refers to, and how many names were left out because they stand only
/// after an `@`: those may be people's.
pub(super) fn referred(
    study: &Study<'_>,
    selected: &Selected<'_>,
    directory: &Directory<'_>,
    is_seed: &[bool],
) -> (BTreeMap<ChannelKey, Candidate>, usize) {
    let posts = 0..study.corpus().posts.len() as u32;
    let mut found: Vec<Found> = posts
        .into_par_iter()
        .filter(|row| selected.time(study.time(*row)))
        .flat_map_iter(|row| in_post(study, directory, row))
        .collect();
    found.extend(in_descriptions(study, selected, directory));
    let mut candidates: BTreeMap<ChannelKey, Candidate> = BTreeMap::new();
    let (mentions, others): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|found| found.reference.kind == ReasonKind::Mention);
    for found in others {
        let (key, id) = directory.resolve(&found.key);
        candidates.entry(key).or_default().take(&found, id, is_seed);
    }
    let mut only_mentioned = BTreeSet::new();
    for found in mentions {
        let (key, id) = directory.resolve(&found.key);
        match candidates.get_mut(&key) {
            Some(candidate) => candidate.take(&found, id, is_seed),
            None if id.is_some() => {
                candidates.entry(key).or_default().take(&found, id, is_seed);
            }
            None if is_seed.get(found.channel as usize) == Some(&true) => {
                only_mentioned.insert(key);
            }
            None => {}
        }
    }
    candidates.retain(|_, candidate| !candidate.tallies.is_empty());
    (candidates, only_mentioned.len())
}

impl Candidate {
    fn take(&mut self, found: &Found, id: Option<ChannelId>, is_seed: &[bool]) {
        self.id = self.id.or(id);
        self.is_channel |= found.is_channel || id.is_some();
        if id == Some(found.channel) {
            return; // a channel that names itself
        }
        if is_seed.get(found.channel as usize) == Some(&true) {
            self.add(found.reference);
        } else {
            self.outside.insert(found.channel);
        }
    }

    pub(super) fn add(&mut self, reference: Reference) {
        let Reference { seed, kind, at, .. } = reference;
        let new = Tally { count: 0, first: at, last: at };
        let tally = self.tallies.entry((kind, seed)).or_insert(new);
        tally.count += 1;
        (tally.first, tally.last) = (tally.first.min(at), tally.last.max(at));
        let latest = self.latest.entry(kind).or_default();
        let order = |reference: &Reference| (Reverse(reference.at), reference.rows);
        let place = latest.partition_point(|other| order(other) <= order(&reference));
        latest.insert(place, reference);
        latest.truncate(SHOWN);
    }

    /// First and last reference.
    pub(super) fn times(&self) -> (i64, i64) {
        let first = self.tallies.values().map(|tally| tally.first).min();
        let last = self.tallies.values().map(|tally| tally.last).max();
        (first.unwrap_or(i64::MIN), last.unwrap_or(i64::MIN))
    }

    /// The seeds behind it, most references first.
    pub(super) fn seeds(&self) -> Vec<ChannelId> {
        let mut counts: BTreeMap<ChannelId, u64> = BTreeMap::new();
        for ((_, seed), tally) in &self.tallies {
            *counts.entry(*seed).or_default() += tally.count;
        }
        let mut seeds: Vec<(ChannelId, u64)> = counts.into_iter().collect();
        seeds.sort_by_key(|(channel, count)| (Reverse(*count), *channel));
        seeds.into_iter().map(|(channel, _)| channel).collect()
    }
}

/// What one post refers to, each kind of reference to each name once.
fn in_post(study: &Study<'_>, directory: &Directory<'_>, row: u32) -> Vec<Found> {
    let corpus = study.corpus();
    let (channel, at) = (study.channel(row), study.time(row));
    let found = |kind, key, is_channel| Found {
        channel,
        reference: Reference { seed: channel, kind, at, rows: (row, NONE) },
        key,
        is_channel,
    };
    let mut all = Vec::new();
    let origin = corpus.posts.forward.get(row as usize).copied().unwrap_or(NONE);
    let origin =
        corpus.forwards.channel.get(origin as usize).and_then(|id| corpus.channels.key(*id));
    if let Some(key) = origin {
        all.push(found(ReasonKind::Forward, key.clone(), true));
    }
    let text = corpus.posts.text.get(row as usize);
    let mut links = links_in(text, &directory.hosts);
    let start = corpus.posts.links.partition_point(|(at, _)| *at < row);
    let beside = corpus.posts.links.iter().skip(start).take_while(|(at, _)| *at == row);
    links.extend(beside.filter_map(|(_, written)| link(written, &directory.hosts)));
    // The form that shows a channel comes first, and stands for the others.
    links.sort_unstable_by(|a, b| (&a.key, !a.is_channel).cmp(&(&b.key, !b.is_channel)));
    links.dedup_by(|later, first| later.key == first.key);
    all.extend(links.into_iter().map(|link| found(ReasonKind::Link, link.key, link.is_channel)));
    if let Some(key) = corpus.channels.key(channel) {
        let mut mentions = mentions_in(text, &key.platform);
        mentions.sort_unstable();
        mentions.dedup();
        all.extend(mentions.into_iter().map(|key| found(ReasonKind::Mention, key, false)));
    }
    all
}

/// What descriptions link to, each name once for each channel, at the first look that saw it.
fn in_descriptions(
    study: &Study<'_>,
    selected: &Selected<'_>,
    directory: &Directory<'_>,
) -> Vec<Found> {
    let corpus = study.corpus();
    let mut first: BTreeMap<(ChannelId, ChannelKey), (i64, bool)> = BTreeMap::new();
    for seen in &corpus.observations {
        let Some(channel) = corpus.channels.find(&seen.key) else { continue };
        let at = seen.observed_at.0;
        let description = seen.description.as_deref().filter(|_| selected.time(at));
        for link in links_in(description.unwrap_or(""), &directory.hosts) {
            let slot = first.entry((channel, link.key)).or_insert((at, link.is_channel));
            *slot = (slot.0.min(at), slot.1 || link.is_channel);
        }
    }
    let found = |((channel, key), (at, is_channel))| Found {
        channel,
        reference: Reference {
            seed: channel,
            kind: ReasonKind::Description,
            at,
            rows: (NONE, NONE),
        },
        key,
        is_channel,
    };
    first.into_iter().map(found).collect()
}
