//! What channels are when looked at, and whether we see at all.

use marsad_desk::Sight;
use marsad_types::{Platform, Reading, Status, Timestamp};

use super::Watch;
use crate::alerts::Change;
use crate::failure::Failure;

/// A steady channel that was seen this lately says that we see.
const STEADY_MS: i64 = 600_000;

impl Watch {
    /// Whether a platform's steady channels could be read lately; `None` when none is named.
    pub(super) fn steady(&self, platform: &Platform, now: Timestamp) -> Option<bool> {
        let mut canaries = self
            .sources
            .values()
            .filter(|source| source.is_canary && source.platform == platform.as_str())
            .peekable();
        canaries.peek()?;
        Some(canaries.any(|canary| {
            let saw = canary.saw_at.is_some_and(|at| now.0 - at.0 < STEADY_MS);
            saw && canary.failures == 0
        }))
    }

    /// Notes what an answer says of its channel.
    pub(super) fn note_sight(
        &mut self,
        id: u64,
        reading: &Reading,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let Some(seen) = reading.channels.last() else { return Ok(()) };
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
