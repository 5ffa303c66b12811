//! What may be asked now: by the limits of hosts, by what platforms asked us to wait, by what else is
//! under way.

use marsad_capture::INVOKE;
use marsad_types::Timestamp;

use super::{Active, UNDER_WAY_MAX, Watch};
use crate::failure::Failure;

/// A question of a kind that may not be asked for longer than this gives its place to others.
const HELD_MS_MAX: i64 = 5_000;

impl Watch {
    /// Sends what may be sent; gives the moment when the next may be.
    pub(super) fn ask(&mut self, now: Timestamp) -> Result<i64, Failure> {
        let mut wake = self.schedule.next_due().unwrap_or(i64::MAX).max(now.0 + 1);
        let idle: Vec<u64> = self
            .active
            .iter()
            .filter(|(_, active)| active.asked.is_none())
            .map(|(id, _)| *id)
            .collect();
        let is_invoked =
            |active: &Active| active.asked.as_ref().is_some_and(|(ask, _)| ask.method == INVOKE);
        let mut is_account_asked = self.active.values().any(is_invoked);
        for id in idle {
            let Some(active) = self.active.get_mut(&id) else { continue };
            let Some(ask) = active.visit.next() else {
                self.end_visit(id, now)?;
                wake = now.0; // a place in its lane is free
                continue;
            };
            if ask.method == INVOKE && is_account_asked {
                continue; // its answer may say that nothing is to be asked
            }
            let also = ask.also.as_ref();
            let held =
                also.map_or(now.0, |(lane, limit)| self.budget.ready_at(lane, *limit, now.0));
            if held > now.0 + HELD_MS_MAX {
                // Others of its lane may ask meanwhile; it comes back when its own kind may.
                self.postpone(id, held);
                wake = now.0;
                continue;
            }
            let ready = self.budget.ready_at(&ask.lane, ask.limit, now.0).max(held);
            if ready > now.0 || self.fetcher.under_way() >= UNDER_WAY_MAX {
                wake = wake.min(ready.max(now.0 + 1));
                continue;
            }
            self.budget.asked(&ask.lane, ask.limit, now.0);
            if let Some((lane, limit)) = &ask.also {
                self.budget.asked(lane, *limit, now.0);
            }
            self.report.requests += 1;
            is_account_asked |= ask.method == INVOKE;
            active.asked = Some((ask.clone(), now));
            self.fetcher.send(id, ask);
        }
        Ok(wake)
    }

    /// Ends a visit that has to wait for long, without a word: it begins anew then.
    fn postpone(&mut self, id: u64, until: i64) {
        if let Some(active) = self.active.remove(&id) {
            self.schedule.done(&active.lane, id);
            self.schedule.plan(&active.lane, id, active.turn, until);
        }
    }
}
