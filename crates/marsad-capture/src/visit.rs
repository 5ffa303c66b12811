//! A visit: the questions that one look at a source takes, one after the other.

use crate::{Answer, Ask, Memory, Missed, Turn};

/// What a visit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Ask for the channel itself: its title, its subscribers, whether it is there.
    pub check: bool,
    /// Read what is new.
    pub follow: bool,
    /// Read so many pages of what is older than everything read so far.
    pub backfill: u32,
    /// Look again at so many of the last posts.
    pub recheck: usize,
    /// Remember so many of the last posts.
    pub remember: usize,
}

impl Plan {
    /// All there is now.
    pub fn everything(recheck: usize) -> Self {
        Self { check: true, follow: true, backfill: u32::MAX, recheck, remember: recheck }
    }

    /// Only whether the channel is there and public.
    pub fn check() -> Self {
        Self { check: true, follow: false, backfill: 0, recheck: 0, remember: 0 }
    }

    /// What is new.
    pub fn follow(remember: usize) -> Self {
        Self { check: false, follow: true, backfill: 0, recheck: 0, remember }
    }
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Understood; go on.
    Understood,
    /// Not an answer to what was asked: ask the same again later. Says what was wrong.
    Again(String),
}

/// How a visit went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Looked and saw, whatever there was.
    Saw,
    /// Looked; the platform shows the channel but not its posts.
    KeptOut(String),
    /// Looked; the channel is not there, or not there for us.
    Absent(String),
    /// What is there is not a public channel: it is not watched.
    NotPublic(String),
    /// The name belongs to another channel now.
    Replaced(String),
    /// Could not look.
    Failed(String),
}

/// The end of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it went.
    pub look: Look,
    /// More is to be read backwards.
    pub has_older: bool,
    /// The newest posts were read, so that what was published before is known.
    pub followed: bool,
}

/// A watched channel that a visit found public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    /// The platform's own id of it.
    pub id: String,
    /// How it is named where its posts stand.
    pub key: String,
    /// When the last visit of this process began that asked whether it is public and heard yes,
    /// epoch ms.
    pub checked_at: Option<i64>,
}

/// A visit that a stream asks for, because it shows a channel in part only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudge {
    /// The platform's own id of the channel.
    pub channel: String,
    /// What the visit is for.
    pub turn: Turn,
}

/// One look at a source: no socket, no clock.
///
/// `next` names the same question until `hear` understood its answer.
pub trait Visit: Send {
    /// The next question; `None` when the visit is over.
    fn next(&mut self) -> Option<Ask>;

    /// Which channels are watched and public now, for a question that was held while that changed. To be
    /// called before an answer is reduced.
    fn admit(&mut self, _public: &[Public]) {}

    /// Leaves out of an answer what is not of public channels, before anything of it is kept; says how
    /// many things it left out. Most answers are of one public channel and stay as they came.
    fn reduced(&self, answer: Answer) -> (Answer, u64) {
        (answer, 0)
    }

    /// Hears the answer to that question, which is kept already.
    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard;

    /// Visits to channels that the answers so far ask for, each once.
    fn nudges(&mut self) -> Vec<Nudge> {
        Vec::new()
    }

    /// No answer will be had: the visit ends here.
    fn give_up(&mut self, why: String);

    /// How far it came; true after every answer.
    fn memory(&self) -> &Memory;

    /// How it went; once `next` gave `None`.
    fn end(&self) -> Outcome;
}

/// Why an answer is no answer, for statuses that mean the same everywhere.
pub(crate) fn unusable(answer: &Answer) -> Option<String> {
    match answer.status {
        429 => Some("the platform asks to slow down (HTTP 429)".to_owned()),
        500.. => Some(format!("the server failed (HTTP {})", answer.status)),
        _ => None,
    }
}

impl From<&Missed> for Heard {
    fn from(missed: &Missed) -> Self {
        Self::Again(missed.to_string())
    }
}
