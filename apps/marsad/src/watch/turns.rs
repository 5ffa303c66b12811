//! How often what is done.

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

/// How a watch goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Everything that is there now is read, and that is all.
    is_once: bool,
    poll_ms: i64,
    recheck: usize,
}

impl Pace {
    /// All there is now, once.
    pub(crate) fn once(recheck: usize) -> Self {
        Self { is_once: true, poll_ms: 0, recheck }
    }

    /// Until it is stopped.
    pub(crate) fn steadily(poll_s: u32, recheck: usize) -> Self {
        Self { is_once: false, poll_ms: i64::from(poll_s) * 1000, recheck }
    }

    /// Whether sources are visited again and again.
    pub(crate) fn goes_on(&self) -> bool {
        !self.is_once
    }

    /// How often an ask is repeated in one visit: one that comes again soon need not insist.
    pub(crate) fn tries(&self) -> u32 {
        if self.is_once { 10 } else { 4 }
    }

    /// The first visits to a source of the list. Canaries first: by them others' absence is judged.
    pub(crate) fn first_turns(self, source: &Watched, now: Timestamp) -> Vec<(Turn, i64)> {
        let due = if source.is_canary { 0 } else { now.0 };
        if self.is_once {
            return vec![(Turn::Follow, due)];
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
    pub(crate) fn plan(self, turn: Turn, memory: &Memory) -> Plan {
        if self.is_once {
            return Plan::everything(self.recheck);
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
        self,
        turn: Turn,
        source: &Watched,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Vec<(Turn, i64)> {
        if self.is_once {
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
