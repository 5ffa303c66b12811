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
    habits: Vec<Habits>,
}

/// What is asked again and again about a channel, each list ascending.
#[derive(Debug, Clone, Default)]
struct Habits {
    /// When it published its statements.
    times: Vec<i64>,
    /// The same of those that stand in several channels.
    shared_times: Vec<i64>,
    /// How far behind the first post it published those.
    lags: Vec<i64>,
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
        let mut shares = Self { first, channels, by_channel, sums, habits: Vec::new() };
        shares.habits = shares.by_channel.par_iter().map(|own| shares.habits_of(own)).collect();
        shares
    }

    fn habits_of(&self, own: &[(u32, i64)]) -> Habits {
        let mut habits = Habits::default();
        for (statement, at) in own {
            habits.times.push(*at);
            let several = self.channels.get(*statement as usize).is_some_and(|list| list.len() > 1);
            if several {
                let first = self.first.get(*statement as usize).copied().unwrap_or(*at);
                habits.shared_times.push(*at);
                habits.lags.push(at - first);
            }
        }
        habits.times.sort_unstable();
        habits.shared_times.sort_unstable();
        habits.lags.sort_unstable();
        habits
    }

    /// A channel's statements.
    pub(super) fn of_channel(&self, channel: ChannelId) -> &[(u32, i64)] {
        self.by_channel.get(channel as usize).map_or(&[], Vec::as_slice)
    }

    /// When a channel first and last published any.
    pub(super) fn span(&self, channel: ChannelId) -> Option<(i64, i64)> {
        let times = &self.habits.get(channel as usize)?.times;
        Some((*times.first()?, *times.last()?))
    }

    /// Statements a channel published in a window (ends included), and those of them in several
    /// channels.
    pub(super) fn published(&self, channel: ChannelId, from: i64, to: i64) -> (u64, u64) {
        let count = |times: &[i64]| {
            let start = times.partition_point(|at| *at < from);
            times.partition_point(|at| *at <= to).saturating_sub(start) as u64
        };
        let habits = self.habits.get(channel as usize);
        habits.map_or((0, 0), |habits| (count(&habits.times), count(&habits.shared_times)))
    }

    /// How far behind the first post a channel repeats, ascending.
    pub(super) fn lags(&self, channel: ChannelId) -> &[i64] {
        self.habits.get(channel as usize).map_or(&[], |habits| habits.lags.as_slice())
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
