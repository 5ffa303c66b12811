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
            self.count(&known, Count::Out);
            known = Known::default();
        }
        self.count(&known, Count::Out);
        insert(&mut known.times, seen.published.from);
        let is_full = known.appearances.len() >= CHANNELS_MAX;
        let id = seen.post.post.clone();
        let appearance = Appearance { channel, id, published: seen.published };
        match known.appearances.iter_mut().find(|one| one.channel == channel) {
            Some(own) if seen.published.from < own.published.from => *own = appearance,
            Some(_) => {}
            None if is_full => {}
            None => known.appearances.push(appearance),
        }
        self.count(&known, Count::In);
        self.statements.insert(statement.clone(), known);
    }

    /// Counts a statement in or out of what channels have and had by then.
    fn count(&mut self, known: &Known, how: Count) {
        for own in &known.appearances {
            if let Some(distinct) = self.distinct.get_mut(own.channel as usize) {
                how.change(distinct);
            }
            let Some(had_by) = self.had_by.get_mut(own.channel as usize) else { continue };
            for other in &known.appearances {
                if other.channel == own.channel || own.published.from < other.published.from {
                    continue;
                }
                let shared = had_by.entry(other.channel).or_default();
                how.change(shared);
                if *shared == 0 {
                    had_by.remove(&other.channel);
                }
            }
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
                self.count(&known, Count::Out);
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
