//! When a lane may be asked again: never more than its limit, and never before the platform allows.
//!
//! A lane keeps the times of its last asks, so that no window of its length ever holds more than
//! the limit: stricter than a bucket that refills, which lets twice as many into one window.
//! Failures back off 1, 2, 4 … 60 s with jitter; ten in a row open the breaker: the lane then gets
//! one try every five minutes until one succeeds.

use std::collections::{BTreeMap, VecDeque};

/// At most so many asks in any window of so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Asks.
    pub asks: u32,
    /// Milliseconds.
    pub window_ms: u32,
}

impl Limit {
    /// So many in each second.
    pub const fn per_second(asks: u32) -> Self {
        Self { asks, window_ms: 1000 }
    }
}

/// The clocks of two machines and the way between them differ: a window is held 2 % longer.
const SLACK_PER_CENT: i64 = 2;
const BACKOFF_MS_MAX: i64 = 60_000;
/// Failures in a row that open the breaker.
const BREAKER: u32 = 10;
const BREAKER_MS: i64 = 300_000;

#[derive(Debug, Default)]
struct Lane {
    asked: VecDeque<i64>,
    /// Not before this, whatever the limit says.
    not_before: i64,
    failures: u32,
}

/// The lanes of all hosts.
#[derive(Debug, Default)]
pub struct Budget {
    lanes: BTreeMap<String, Lane>,
    waited_ms: i64,
    /// State of the jitter.
    seed: u64,
}

impl Budget {
    /// `seed` moves the jitter: equal seeds wait alike.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// The first moment from `now` on at which the lane may be asked.
    pub fn ready_at(&self, lane: &str, limit: Limit, now: i64) -> i64 {
        let Some(lane) = self.lanes.get(lane) else { return now };
        let window = i64::from(limit.window_ms) * (100 + SLACK_PER_CENT) / 100;
        let asks = limit.asks.max(1) as usize;
        let full = lane.asked.len().checked_sub(asks).and_then(|at| lane.asked.get(at));
        let free = full.map_or(now, |oldest| oldest + window);
        free.max(lane.not_before).max(now)
    }

    /// Notes that the lane is asked now.
    pub fn asked(&mut self, lane: &str, limit: Limit, now: i64) {
        let lane = self.lanes.entry(lane.to_owned()).or_default();
        lane.asked.push_back(now);
        while lane.asked.len() > limit.asks.max(1) as usize {
            lane.asked.pop_front();
        }
    }

    /// Notes an answer that was none of the two below.
    pub fn answered(&mut self, lane: &str) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.failures = 0;
        }
    }

    /// The platform asks to wait: that is obeyed, however long.
    pub fn wait(&mut self, lane: &str, ms: i64, now: i64) {
        let lane = self.lanes.entry(lane.to_owned()).or_default();
        let until = now.saturating_add(ms);
        if until > lane.not_before {
            self.waited_ms += until - lane.not_before.max(now);
            lane.not_before = until;
        }
    }

    /// A wait that was asked for before this process began: it is obeyed, and not counted again.
    pub fn resume(&mut self, lane: &str, until: i64) {
        let lane = self.lanes.entry(lane.to_owned()).or_default();
        lane.not_before = lane.not_before.max(until);
    }

    /// No answer, an error of the server, or a refusal without a time: backs off.
    pub fn failed(&mut self, lane: &str, now: i64) {
        let jitter = self.jitter();
        let lane = self.lanes.entry(lane.to_owned()).or_default();
        lane.failures = lane.failures.saturating_add(1);
        let doubled = 1000_i64 << (lane.failures - 1).min(6);
        let pause = if lane.failures >= BREAKER { BREAKER_MS } else { doubled.min(BACKOFF_MS_MAX) };
        // Between three and five quarters of it, so that hosts are not asked in step.
        let pause = pause * 3 / 4 + pause / 2 * jitter / 1000;
        lane.not_before = lane.not_before.max(now + pause);
    }

    /// Lanes whose breaker is open.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        self.lanes
            .iter()
            .filter(|(_, lane)| lane.failures >= BREAKER)
            .map(|(name, _)| name.as_str())
    }

    /// Lanes that may not be asked yet for another reason than their limit, with the moment when.
    pub fn waiting(&self, now: i64) -> impl Iterator<Item = (&str, i64)> {
        let later = self.lanes.iter().filter(move |(_, lane)| lane.not_before > now);
        later.map(|(name, lane)| (name.as_str(), lane.not_before))
    }

    /// Milliseconds that platforms asked us to wait, in all.
    pub fn waited_ms(&self) -> i64 {
        self.waited_ms
    }

    /// 0 to 1000 (splitmix64).
    fn jitter(&mut self) -> i64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % 1001) as i64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            asks in 1..12_u32, window_ms in 100..70_000_u32, pauses in prop::collection::vec(0..5000_i64, 1..200)
        ) {
            let (mut budget, limit) = (Budget::new(1), Limit { asks, window_ms });
            let (mut now, mut times) = (0, Vec::new());
            for pause in pauses {
                now = budget.ready_at("host", limit, now + pause);
                budget.asked("host", limit, now);
                times.push(now);
            }
            for (at, time) in times.iter().enumerate() {
                let within = times[..=at].iter().filter(|t| **t > time - i64::from(window_ms)).count();
                prop_assert!(within <= asks as usize);
            }
        }
    }

    #[test]
    fn what_the_platform_asks_for_is_waited() {
        let mut budget = Budget::new(1);
        budget.wait("host", 42_000, 1000);
        budget.wait("host", 1000, 1000); // shorter: nothing new
        assert_eq!(budget.ready_at("host", Limit::per_second(10), 2000), 43_000);
        assert_eq!(budget.waited_ms(), 42_000);
        assert_eq!(budget.ready_at("other", Limit::per_second(10), 2000), 2000);
    }

    #[test]
    fn a_wait_of_an_earlier_process_is_obeyed() {
        let mut budget = Budget::new(1);
        budget.resume("host", 9000);
        assert_eq!(budget.ready_at("host", Limit::per_second(10), 2000), 9000);
        assert_eq!(budget.waited_ms(), 0);
    }

    #[test]
    fn failures_back_off_and_ten_open_the_breaker() {
        let (mut budget, limit) = (Budget::new(1), Limit::per_second(1));
        let mut now = 0;
        for round in 0..12 {
            budget.failed("host", now);
            let ready = budget.ready_at("host", limit, now);
            let pause = ready - now;
            let expected = if round >= 9 { 300_000 } else { (1000 << round.min(6)).min(60_000) };
            assert!((expected * 3 / 4..=expected * 5 / 4).contains(&pause), "{round}: {pause}");
            now = ready;
        }
        assert_eq!(budget.broken().collect::<Vec<_>>(), ["host"]);
        budget.answered("host");
        assert_eq!(budget.broken().count(), 0);
    }
}
