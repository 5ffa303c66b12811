//! Who published which statement when, as sorted lists of integers.

use marsad_types::ChannelId;
use rayon::prelude::*;

use crate::study::Study;

/// Statements long enough to tell something, by time of their first appearance.
pub(super) struct Shares {
    /// First appearance of each, ascending.
    pub(super) first: Vec<i64>,
    /// For each: the channels that published it and when they first did.
    pub(super) channels: Vec<Vec<(ChannelId, i64)>>,
    /// For each channel: its statements and when it first published them, by statement.
    pub(super) by_channel: Vec<Vec<(u32, i64)>>,
    /// Sums over the statements of several channels before a position: their channels, and channels
    /// times others.
    sums: Vec<(f64, f64)>,
}

impl Shares {
    pub(super) fn of(study: &Study<'_>) -> Self {
        let mut lists: Vec<(i64, Vec<(ChannelId, i64)>)> = study
            .statements()
            .par_iter()
            .enumerate()
            .filter(|(at, _)| study.is_telling(*at))
            .filter_map(|(_, statement)| {
                let mut seen: Vec<(ChannelId, i64)> = Study::appearances(statement)
                    .map(|member| (study.channel(member.post), study.time(member.post)))
                    .collect();
                seen.sort_unstable();
                seen.dedup_by_key(|(channel, _)| *channel);
                let first = seen.iter().map(|(_, at)| *at).min()?;
                Some((first, seen))
            })
            .collect();
        lists.sort_by_key(|(first, _)| *first);
        let mut by_channel = vec![Vec::new(); study.corpus().channels.len()];
        let (mut sums, mut sum) = (vec![(0.0, 0.0)], (0.0, 0.0));
        for (statement, (_, seen)) in lists.iter().enumerate() {
            for (channel, at) in seen {
                if let Some(own) = by_channel.get_mut(*channel as usize) {
                    own.push((statement as u32, *at));
                }
            }
            let size = seen.len() as f64;
            if size > 1.0 {
                sum = (sum.0 + size, sum.1 + size * (size - 1.0));
            }
            sums.push(sum);
        }
        let (first, channels) = lists.into_iter().unzip();
        Self { first, channels, by_channel, sums }
    }

    /// A channel's statements.
    pub(super) fn of_channel(&self, channel: ChannelId) -> &[(u32, i64)] {
        self.by_channel.get(channel as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a statement stands in several channels.
    pub(super) fn is_shared(&self, statement: u32) -> bool {
        self.channels.get(statement as usize).is_some_and(|list| list.len() > 1)
    }

    /// When a channel first and last published any.
    pub(super) fn span(&self, channel: ChannelId) -> Option<(i64, i64)> {
        let times = self.of_channel(channel).iter().map(|(_, at)| *at);
        times.fold(None, |span, at| {
            let (first, last) = span.unwrap_or((at, at));
            Some((at.min(first), at.max(last)))
        })
    }

    /// Statements that first appeared in a window: how many, and of those in several channels the
    /// publications and pairs of publications.
    pub(super) fn window(&self, from: i64, to: i64) -> (u64, f64, f64) {
        let start = self.first.partition_point(|first| *first < from);
        let end = self.first.partition_point(|first| *first <= to).max(start);
        let (before, after) = (self.sums[start], self.sums[end]);
        ((end - start) as u64, after.0 - before.0, after.1 - before.1)
    }
}
