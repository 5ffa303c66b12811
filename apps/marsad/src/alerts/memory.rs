//! What rules remember of the last 30 days: who published which statement when.

use std::collections::BTreeMap;

use compact_str::CompactString;
use hashbrown::HashMap;
use marsad_types::{ChannelId, ChannelKey, Channels, PostKey};

use super::event::{Sighting, Span};
use super::rule::{CHANNELS_MAX, MEMORY_MS};

/// Between two clearings of what is too old.
const CLEAR_EVERY_MS: i64 = 3_600_000;

/// What was seen lately.
#[derive(Debug, Default)]
pub(super) struct Memory {
    channels: Channels,
    /// Whether anybody asks who had what before whom.
    counts_pairs: bool,
    /// Times of a channel's posts, sorted.
    posts: Vec<Vec<i64>>,
    /// How many statements a channel has.
    distinct: Vec<u32>,
    /// For a channel, how many of its statements another had by then.
    had_by: Vec<BTreeMap<ChannelId, u32>>,
    statements: HashMap<PostKey, Known>,
    cleared_at: i64,
}

/// A statement.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The earliest in each channel, in the order of first sight.
    pub(super) appearances: Vec<Appearance>,
    /// Times of all its posts, sorted.
    pub(super) times: Vec<i64>,
}

/// The earliest post of a statement in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Appearance {
    pub(super) channel: ChannelId,
    pub(super) id: CompactString,
    pub(super) published: Span,
}

impl Known {
    /// The earliest of all; ties by first sight.
    pub(super) fn first(&self) -> Option<&Appearance> {
        self.appearances.iter().min_by_key(|one| one.published.from)
    }

    fn last_at(&self) -> i64 {
        self.times.last().copied().unwrap_or(i64::MIN)
    }
}

impl Memory {
    pub(super) fn new(counts_pairs: bool) -> Self {
        Self { counts_pairs, ..Self::default() }
    }

    /// Remembers a post.
    pub(super) fn note(&mut self, seen: &Sighting<'_>) {
        self.clear(seen.at.0);
        let channel = self.channel(&seen.post.channel);
        if let Some(times) = self.posts.get_mut(channel as usize) {
            insert(times, seen.published.from);
        }
        let Some(belongs) = &seen.belongs else { return };
        for statement in std::iter::once(&belongs.statement).chain(&belongs.appears_in) {
            self.appear(statement, channel, seen);
        }
    }

    fn channel(&mut self, key: &ChannelKey) -> ChannelId {
        let channel = self.channels.intern(key);
        let many = self.channels.len();
        self.posts.resize_with(many, Vec::new);
        self.distinct.resize(many, 0);
        self.had_by.resize_with(many, BTreeMap::new);
        channel
    }

    fn appear(&mut self, statement: &PostKey, channel: ChannelId, seen: &Sighting<'_>) {
        let mut known = self.statements.remove(statement).unwrap_or_default();
        if known.last_at() < seen.published.from.saturating_sub(MEMORY_MS) {
            // Silent for so long that it counts as not remembered, whenever clearing comes round.
            self.forget(&known);
            known = Known::default();
        }
        insert(&mut known.times, seen.published.from);
        let id = seen.post.post.clone();
        let appearance = Appearance { channel, id, published: seen.published };
        let own = known.appearances.iter().position(|one| one.channel == channel);
        match own.and_then(|at| known.appearances.get(at)) {
            Some(own) if own.published.from <= seen.published.from => {}
            None if known.appearances.len() >= CHANNELS_MAX => {}
            other => {
                if let Some(other) = other {
                    self.count(other, &known.appearances, Count::Out);
                }
                self.count(&appearance, &known.appearances, Count::In);
                known.appearances.retain(|one| one.channel != channel);
                known.appearances.push(appearance);
            }
        }
        self.statements.insert(statement.clone(), known);
    }

    /// Counts an appearance among those of other channels in or out of what channels have and had by
    /// then.
    fn count(&mut self, own: &Appearance, all: &[Appearance], how: Count) {
        if !self.counts_pairs {
            return;
        }
        if let Some(distinct) = self.distinct.get_mut(own.channel as usize) {
            how.change(distinct);
        }
        for other in all.iter().filter(|other| other.channel != own.channel) {
            let (at, other_at) = (own.published.from, other.published.from);
            if other_at <= at {
                self.change(own.channel, other.channel, how);
            }
            if at <= other_at {
                self.change(other.channel, own.channel, how);
            }
        }
    }

    fn change(&mut self, own: ChannelId, other: ChannelId, how: Count) {
        let Some(had_by) = self.had_by.get_mut(own as usize) else { return };
        let shared = had_by.entry(other).or_default();
        how.change(shared);
        if *shared == 0 {
            had_by.remove(&other);
        }
    }

    /// Counts a whole statement out.
    fn forget(&mut self, known: &Known) {
        let mut rest = known.appearances.as_slice();
        while let Some((own, others)) = rest.split_first() {
            self.count(own, others, Count::Out);
            rest = others;
        }
    }

    /// Forgets what is older than rules look back.
    fn clear(&mut self, now: i64) {
        if now < self.cleared_at.saturating_add(CLEAR_EVERY_MS) {
            return;
        }
        self.cleared_at = now;
        let oldest = now.saturating_sub(MEMORY_MS);
        let old: Vec<PostKey> = self
            .statements
            .iter()
            .filter(|(_, known)| known.last_at() < oldest)
            .map(|(statement, _)| statement.clone())
            .collect();
        for statement in old {
            if let Some(known) = self.statements.remove(&statement) {
                self.forget(&known);
            }
        }
        for times in &mut self.posts {
            let from = times.partition_point(|time| *time < oldest);
            times.drain(..from);
        }
    }

    pub(super) fn key(&self, channel: ChannelId) -> Option<&ChannelKey> {
        self.channels.key(channel)
    }

    /// The key and time of an appearance.
    pub(super) fn post(&self, one: &Appearance) -> Option<(PostKey, Span)> {
        let channel = self.channels.key(one.channel)?.clone();
        Some((PostKey { channel, post: one.id.clone() }, one.published))
    }

    pub(super) fn statement(&self, statement: &PostKey) -> Option<&Known> {
        self.statements.get(statement)
    }

    /// Times of a channel's posts, sorted.
    pub(super) fn posts(&self, channel: &ChannelKey) -> &[i64] {
        let channel = self.channels.find(channel);
        channel.and_then(|id| self.posts.get(id as usize)).map_or(&[], Vec::as_slice)
    }

    /// Of a channel's statements how many there are, and how many each older channel had by then.
    pub(super) fn shares(&self, channel: &ChannelKey) -> Option<(u32, Vec<(ChannelId, u32)>)> {
        let id = self.channels.find(channel)?;
        let began = |id: ChannelId| self.posts.get(id as usize)?.first().copied();
        let own = began(id)?;
        let had_by = self.had_by.get(id as usize)?.iter();
        let older = had_by.filter(|(other, _)| began(**other).is_some_and(|other| other < own));
        Some((*self.distinct.get(id as usize)?, older.map(|(id, shared)| (*id, *shared)).collect()))
    }

    /// Posts of a channel with the earlier ones of another, latest first.
    pub(super) fn pairs(
        &self,
        channel: &ChannelKey,
        other: ChannelId,
    ) -> Vec<(Appearance, Appearance)> {
        let Some(id) = self.channels.find(channel) else { return Vec::new() };
        let mut pairs = Vec::new();
        for known in self.statements.values() {
            let of = |id: ChannelId| known.appearances.iter().find(|one| one.channel == id);
            if let (Some(own), Some(other)) = (of(id), of(other))
                && other.published.from <= own.published.from
            {
                pairs.push((own.clone(), other.clone()));
            }
        }
        pairs.sort_by(|(a, _), (b, _)| (b.published, &b.id).cmp(&(a.published, &a.id)));
        pairs
    }
}

#[derive(Debug, Clone, Copy)]
enum Count {
    In,
    Out,
}

impl Count {
    fn change(self, number: &mut u32) {
        *number = match self {
            Self::In => number.saturating_add(1),
            Self::Out => number.saturating_sub(1),
        };
    }
}

/// Keeps a sorted list sorted.
fn insert(times: &mut Vec<i64>, time: i64) {
    let at = times.partition_point(|known| *known <= time);
    times.insert(at, time);
}
