//! What channels are when looked at, and whether we see at all.

use marsad_capture::{Look, Turn};
use marsad_desk::{Sight, State, Watched};
use marsad_types::{Reading, Status, Timestamp};

use super::{Active, Watch};
use crate::alerts::Change;
use crate::failure::Failure;

/// A steady channel that was seen so long before a visit began still speaks for it.
const STEADY_MS: i64 = 60_000;

/// What is said of a channel that bad news came of while no steady channel was seen.
pub(super) const NO_SIGHT: &str =
    "no channel known to be steady could be seen at that time, so this one is not taken for gone";

impl Watch {
    /// Whether a steady channel of the platform was seen at about the time of this visit; `None`
    /// when none is named. A steady channel is not its own witness.
    pub(super) fn steady(&self, id: u64, active: &Active) -> Option<bool> {
        let platform = active.source.platform.as_str();
        let mut canaries = self.canaries(platform).peekable();
        canaries.peek()?;
        let since = self.began.0.max(active.began.0 - STEADY_MS);
        Some(canaries.any(|canary| {
            let saw = canary.saw_at.is_some_and(|at| at.0 >= since);
            canary.id != id && saw && canary.failures == 0
        }))
    }

    pub(super) fn canaries(&self, platform: &str) -> impl Iterator<Item = &Watched> {
        self.sources.values().filter(move |source| source.is_canary && source.platform == platform)
    }

    /// Bad news while nobody saw anything is no news: the look failed. The steady channels are
    /// looked at next, and this one again after them.
    pub(super) fn judge(&mut self, id: u64, active: &Active, look: Look, now: Timestamp) -> Look {
        let is_bad = matches!(look, Look::Absent(_) | Look::KeptOut(_));
        if !is_bad || self.steady(id, active) != Some(false) {
            return look;
        }
        if self.pace.goes_on() {
            let platform = active.source.platform.as_str();
            let canaries: Vec<u64> = self.canaries(platform).map(|canary| canary.id).collect();
            for canary in canaries {
                self.schedule.plan(&active.lane, canary, Turn::Follow, 0);
            }
            self.schedule.plan(&active.lane, id, Turn::Check, now.0);
        }
        Look::Failed(NO_SIGHT.to_owned())
    }

    /// Notes what an answer says of its channel.
    pub(super) fn note_sight(
        &mut self,
        id: u64,
        reading: &Reading,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let is_account = self.sources.get(&id).is_some_and(|source| source.state == State::Account);
        let Some(seen) = reading.channels.last().filter(|_| !is_account) else { return Ok(()) };
        if seen.status == Status::Error {
            return Ok(()); // that is ours, not the channel's
        }
        let sight = Sight { status: seen.status, cause: seen.status_cause.clone() };
        if let Some(source) = self.sources.get(&id)
            && let (Some(was), Some(since)) = (source.status, source.status_at)
            && was != seen.status
        {
            // Before it is noted: a process that dies in between looks again and tells then.
            let change = Change {
                channel: seen.key.clone(),
                source: format!("{}:{}", source.platform, source.name),
                was,
                since,
                seen_at: source.saw_at,
                is: seen.status,
                cause: seen.status_cause.clone(),
                at,
            };
            self.alerts.hear_change(&mut self.desk, change)?;
        }
        if let Some(was) = self.desk.sighted(id, &sight, at)? {
            self.report.status_changes += 1;
            self.report.changed(&seen.key.to_string(), was.status, sight.status);
        }
        if let Some(source) = self.sources.get_mut(&id)
            && source.status != Some(sight.status)
        {
            source.status = Some(sight.status);
            source.status_at = Some(at);
        }
        Ok(())
    }
}
