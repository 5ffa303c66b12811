//! What was watched when, and how that went: lines of marsad-ndjson.

use marsad_capture::{Look, Outcome};
use marsad_types::{Platform, Timestamp};
use serde_json::json;

/// What was before a visit ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Was {
    /// The look before.
    pub(crate) looked_at: Option<Timestamp>,
    /// When the visit began.
    pub(crate) began: Timestamp,
    /// The platform did not let us in.
    pub(crate) is_kept_out: bool,
}

/// Lines that are not in the log yet.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    lines: Vec<u8>,
}

impl Ledger {
    /// Notes a visit. One that read what is new covers everything since the look before, because
    /// what was published between is read now; one that failed covers its own time alone.
    pub(crate) fn note(
        &mut self,
        (platform, channel): (&Platform, &str),
        Was { looked_at, began, is_kept_out }: Was,
        outcome: &Outcome,
        now: Timestamp,
    ) {
        let (word, from) = match (&outcome.look, outcome.followed) {
            (Look::Saw, true) => ("ok", looked_at.unwrap_or(began)),
            (Look::KeptOut(_), _) => ("blocked", began),
            (Look::Failed(_), _) if is_kept_out => ("blocked", began),
            (Look::Failed(_), _) => ("failed", began),
            // Looked at for another reason than its posts, or found not to be there: that is a
            // status, not a stretch of watching.
            (Look::Saw, false) | (Look::Absent(_) | Look::NotPublic(_) | Look::Replaced(_), _) => {
                return;
            }
        };
        // A stretch has an end after its beginning.
        let to = Timestamp(now.0.max(from.0 + 1));
        let poll_s = looked_at.map(|before| (now.0 - before.0).max(0) / 1000);
        let line = json!({
            "kind": "coverage",
            "platform": platform.as_str(),
            "channel": channel,
            "from": from.to_string(),
            "to": to.to_string(),
            "poll_s": poll_s,
            "outcome": word,
        });
        self.lines.extend_from_slice(line.to_string().as_bytes());
        self.lines.push(b'\n');
    }

    /// Hands the lines over.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }
}
