//! Whose turn it is: what is new comes first, then whether channels are there, then a second look at
//! the last posts, then what is old; within each, who has waited longest.

use std::collections::{BTreeMap, BTreeSet};

/// A kind of visit, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Read what is new.
    Follow,
    /// Ask whether the channel is there, and what it calls itself.
    Check,
    /// Look again at the last posts.
    Recheck,
    /// Read what is old.
    Backfill,
}

impl Turn {
    const ALL: [Self; 4] = [Self::Follow, Self::Check, Self::Recheck, Self::Backfill];
}

/// Of this many visits to a host, one is for what would else never come about: a host whose new posts
/// take all its budget still has its posts looked at again.
const OTHERS_SHARE: u32 = 5;

#[derive(Debug, Default)]
struct Lane {
    /// (when it is due, source) of each kind.
    due: BTreeMap<Turn, BTreeSet<(i64, u64)>>,
    busy: u32,
    follows_in_a_row: u32,
}

/// Sources by the lane that they are asked in.
#[derive(Debug, Default)]
pub struct Schedule {
    lanes: BTreeMap<String, Lane>,
    /// Sources that are being visited: one visit at a time.
    visiting: BTreeSet<u64>,
    parallel: u32,
}

impl Schedule {
    /// At most `parallel` visits to a lane at a time.
    pub fn new(parallel: u32) -> Self {
        Self { parallel: parallel.max(1), ..Self::default() }
    }

    /// Plans a visit; one that was planned of this kind is replaced.
    pub fn plan(&mut self, lane: &str, source: u64, turn: Turn, due: i64) {
        let lane = self.lanes.entry(lane.to_owned()).or_default();
        let turns = lane.due.entry(turn).or_default();
        turns.retain(|(_, known)| *known != source);
        turns.insert((due, source));
    }

    /// Forgets a source.
    pub fn remove(&mut self, source: u64) {
        for lane in self.lanes.values_mut() {
            for turns in lane.due.values_mut() {
                turns.retain(|(_, known)| *known != source);
            }
        }
    }

    /// Takes the next visit that is due in a lane that `is_free`; it is over with
    /// [`Schedule::done`].
    pub fn next(
        &mut self,
        now: i64,
        is_free: &dyn Fn(&str) -> bool,
    ) -> Option<(String, u64, Turn)> {
        for (name, lane) in &mut self.lanes {
            if lane.busy >= self.parallel || !is_free(name) {
                continue;
            }
            if let Some((source, turn)) = lane.take(now, &self.visiting) {
                lane.busy += 1;
                self.visiting.insert(source);
                return Some((name.clone(), source, turn));
            }
        }
        None
    }

    /// A visit is over.
    pub fn done(&mut self, lane: &str, source: u64) {
        self.visiting.remove(&source);
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.busy = lane.busy.saturating_sub(1);
        }
    }

    /// When the next visit is due, in any lane.
    pub fn next_due(&self) -> Option<i64> {
        let turns = self.lanes.values().flat_map(|lane| lane.due.values());
        turns.filter_map(|turns| turns.first().map(|(due, _)| *due)).min()
    }

    /// How long the visit that is due longest has been waiting, in milliseconds.
    pub fn lag_ms(&self, turn: Turn, now: i64) -> i64 {
        let turns = self.lanes.values().filter_map(|lane| lane.due.get(&turn)?.first());
        turns.map(|(due, _)| (now - due).max(0)).max().unwrap_or(0)
    }

    /// Visits planned, of each kind.
    pub fn planned(&self, turn: Turn) -> usize {
        self.lanes.values().filter_map(|lane| lane.due.get(&turn)).map(BTreeSet::len).sum()
    }
}

impl Lane {
    fn take(&mut self, now: i64, visiting: &BTreeSet<u64>) -> Option<(u64, Turn)> {
        let others_first = self.follows_in_a_row + 1 >= OTHERS_SHARE;
        let (urgent, others) = Turn::ALL.split_at(1);
        let order: Vec<Turn> =
            if others_first { [others, urgent].concat() } else { Turn::ALL.to_vec() };
        for turn in order {
            let Some(turns) = self.due.get_mut(&turn) else { continue };
            let ready = turns.iter().take_while(|(due, _)| *due <= now);
            let mut ready = ready.filter(|(_, source)| !visiting.contains(source));
            if let Some(found) = ready.next().copied() {
                turns.remove(&found);
                let is_follow = turn == Turn::Follow;
                self.follows_in_a_row = if is_follow { self.follows_in_a_row + 1 } else { 0 };
                return Some((found.1, turn));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(schedule: &mut Schedule, now: i64, times: usize) -> Vec<(u64, Turn)> {
        let mut order = Vec::new();
        for _ in 0..times {
            let Some((lane, source, turn)) = schedule.next(now, &|_| true) else { break };
            schedule.done(&lane, source);
            if turn == Turn::Follow {
                schedule.plan(&lane, source, turn, now);
            }
            order.push((source, turn));
        }
        order
    }

    #[test]
    fn new_posts_come_first_and_nothing_starves() {
        let mut schedule = Schedule::new(1);
        for source in 0..3 {
            schedule.plan("host", source, Turn::Follow, 0);
            schedule.plan("host", source, Turn::Recheck, 0);
        }
        let order = order(&mut schedule, 0, 15);
        assert_eq!(order.iter().filter(|(_, turn)| *turn == Turn::Recheck).count(), 3);
        let first: Vec<Turn> = order.iter().take(5).map(|(_, turn)| *turn).collect();
        assert_eq!(first, [Turn::Follow, Turn::Follow, Turn::Follow, Turn::Follow, Turn::Recheck]);
    }

    #[test]
    fn who_waited_longest_is_next_and_a_source_is_visited_once_at_a_time() {
        let mut schedule = Schedule::new(2);
        schedule.plan("host", 1, Turn::Follow, 30);
        schedule.plan("host", 2, Turn::Follow, 10);
        schedule.plan("host", 2, Turn::Recheck, 10);
        assert_eq!(schedule.next(5, &|_| true), None);
        let (_, first, _) = schedule.next(40, &|_| true).unwrap();
        let (_, second, turn) = schedule.next(40, &|_| true).unwrap();
        assert_eq!((first, second, turn), (2, 1, Turn::Follow));
        assert_eq!(schedule.next(40, &|_| true), None); // the lane is full
        schedule.done("host", 1);
        assert_eq!(schedule.next(40, &|_| true), None); // 2 is being visited
        schedule.done("host", 2);
        assert_eq!(schedule.next(40, &|_| true), Some(("host".into(), 2, Turn::Recheck)));
    }

    #[test]
    fn a_host_that_waits_holds_nobody_else_up() {
        let mut schedule = Schedule::new(1);
        schedule.plan("a.example", 1, Turn::Follow, 0);
        schedule.plan("b.example", 2, Turn::Follow, 0);
        let next = schedule.next(0, &|lane| lane != "a.example");
        assert_eq!(next, Some(("b.example".into(), 2, Turn::Follow)));
    }
}
