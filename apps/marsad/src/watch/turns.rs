//! How often what is done.

use std::collections::BTreeSet;

use marsad_capture::{Look, Memory, Outcome, Plan, Turn};
use marsad_desk::Watched;
use marsad_types::Timestamp;

/// Pages of old posts read in one visit: between two of them others have their turn.
const BACKFILL_PAGES: u32 = 5;
/// Between two looks at what a channel calls itself.
const CHECK_EVERY_MS: i64 = 6 * 3_600_000;
/// Between two looks at a channel's last posts.
const RECHECK_EVERY_MS: i64 = 3_600_000;
/// A channel that is not there is asked for less and less often, up to this.
const ABSENT_EVERY_MS: i64 = 6 * 3_600_000;

/// How long a watch goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Everything that is there now is read.
    Read,
    /// Every source was asked whether it is there.
    Checked,
    /// It is stopped.
    Stopped,
}

/// How a watch goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pace {
    until: Until,
    poll_ms: i64,
    recheck: usize,
    /// Only these sources; all of the list when there are none.
    only: Option<BTreeSet<u64>>,
}

impl Pace {
    /// All there is now, once.
    pub(crate) fn once(recheck: usize) -> Self {
        Self { until: Until::Read, poll_ms: 0, recheck, only: None }
    }

    /// Only whether sources are there and public.
    pub(crate) fn check() -> Self {
        Self { until: Until::Checked, poll_ms: 0, recheck: 0, only: None }
    }

    /// Until it is stopped.
    pub(crate) fn steadily(poll_s: u32, recheck: usize) -> Self {
        let poll_ms = i64::from(poll_s) * 1000;
        Self { until: Until::Stopped, poll_ms, recheck, only: None }
    }

    /// Only these sources of the list.
    pub(crate) fn only(self, sources: BTreeSet<u64>) -> Self {
        Self { only: Some(sources), ..self }
    }

    /// Whether posts are what it is about.
    pub(crate) fn reads_posts(&self) -> bool {
        self.until != Until::Checked
    }

    pub(crate) fn takes(&self, source: u64) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&source))
    }

    /// How often an ask is repeated in one visit: one that comes again soon need not insist.
    pub(crate) fn tries(&self) -> u32 {
        match self.until {
            Until::Read => 10,
            Until::Checked | Until::Stopped => 4,
        }
    }

    /// The first visits to a source of the list. Canaries first: by them others' absence is judged.
    pub(crate) fn first_turns(&self, source: &Watched, now: Timestamp) -> Vec<(Turn, i64)> {
        let due = if source.is_canary { 0 } else { now.0 };
        match self.until {
            Until::Read => return vec![(Turn::Follow, due)],
            Until::Checked => return vec![(Turn::Check, due)],
            Until::Stopped => {}
        }
        // Looks again and looks back are spread over their time, by the source's number.
        let spread = |every: i64| now.0 + (source.id.cast_signed() * 7919 * 1000) % every;
        let first_check = if source.status.is_none() { due } else { spread(CHECK_EVERY_MS) };
        vec![
            (Turn::Follow, due),
            (Turn::Check, first_check),
            (Turn::Recheck, spread(RECHECK_EVERY_MS)),
            (Turn::Backfill, now.0),
        ]
    }

    /// What a visit does.
    pub(crate) fn plan(&self, turn: Turn, memory: &Memory) -> Plan {
        match self.until {
            Until::Read => return Plan::everything(self.recheck),
            Until::Checked => return Plan::check(),
            Until::Stopped => {}
        }
        let plan = Plan { remember: self.recheck, ..Plan::check() };
        match turn {
            Turn::Follow => Plan { check: false, follow: true, ..plan },
            Turn::Check => plan,
            Turn::Recheck => Plan { check: false, follow: true, recheck: self.recheck, ..plan },
            // Without a newest post there is nothing to look back from.
            Turn::Backfill => Plan {
                check: false,
                follow: memory.newest.is_none(),
                backfill: BACKFILL_PAGES,
                ..plan
            },
        }
    }

    /// The visits that follow one.
    pub(crate) fn next_turns(
        &self,
        turn: Turn,
        source: &Watched,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Vec<(Turn, i64)> {
        if self.until != Until::Stopped {
            return Vec::new();
        }
        let every = match (turn, &outcome.look) {
            (_, Look::Absent(_) | Look::KeptOut(_)) => {
                let absent = source.status_at.map_or(0, |since| now.0 - since.0);
                absent.clamp(self.poll_ms, ABSENT_EVERY_MS)
            }
            (Turn::Follow, _) | (Turn::Backfill, Look::Failed(_)) => self.poll_ms,
            (Turn::Check, _) => CHECK_EVERY_MS,
            (Turn::Recheck, _) => RECHECK_EVERY_MS,
            (Turn::Backfill, _) if outcome.has_older => 0,
            (Turn::Backfill, _) => return Vec::new(),
        };
        vec![(turn, now.0 + every)]
    }
}
