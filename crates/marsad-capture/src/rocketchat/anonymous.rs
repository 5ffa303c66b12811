//! A Rocket.Chat server that lets everybody read: `channels.anonymousread`, without a user.
//!
//! It has no bounds in time, only `offset` from the newest post and the `total`. New posts push a
//! page's posts onto the next one, which shows them again; deletions pull posts up, which would hide
//! them. So pages overlap, and a page is taken only when it begins within what was read: otherwise
//! the question is asked again from further up. Deletions and edits of old posts are not learnt
//! this way. The token of the memory is the offset at which reading backwards goes on.

use super::page::Page;
use super::{Host, PAGE, refused};
use crate::{Answer, Ask, Heard, Look, Memory, Outcome, Plan, Visit};

/// Messages that a page shares with the one before.
const SHARED: usize = 10;
/// Steps back in one visit before it fails.
const STEPS_BACK_MAX: u32 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The newest posts, down to the newest one known.
    Forward,
    /// Posts older than the oldest one known.
    Backfill,
    Over,
}

pub(crate) struct AnonymousVisit {
    host: Host,
    plan: Plan,
    memory: Memory,
    previous: Option<(i64, String)>,
    step: Step,
    offset: usize,
    /// The newest post seen, and the oldest one down to which everything was: epoch ms.
    read: Option<(i64, i64)>,
    /// Ids on the page before.
    shown: Vec<String>,
    head_at: Option<i64>,
    steps_back: u32,
    pages_back: u32,
    look: Look,
    followed: bool,
}

impl AnonymousVisit {
    pub(crate) fn new(host: Host, memory: Memory, plan: Plan) -> Self {
        let mut visit = Self {
            previous: memory.previous(),
            host,
            plan,
            memory,
            step: Step::Forward,
            offset: 0,
            read: None,
            shown: Vec::new(),
            head_at: None,
            steps_back: 0,
            pages_back: 0,
            look: Look::Saw,
            followed: false,
        };
        if !plan.follow && !plan.check {
            visit.begin_back();
        }
        visit
    }

    fn number(text: Option<&String>) -> Option<i64> {
        text?.parse().ok()
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn begin_back(&mut self) {
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        let is_known = self.memory.oldest.is_some();
        self.step = if wants && is_known { Step::Backfill } else { Step::Over };
        self.offset = self.memory.token.as_ref().and_then(|n| n.parse().ok()).unwrap_or(0);
        self.shown.clear();
    }

    fn hear_forward(&mut self, page: &Page, at_ms: i64) -> Heard {
        let newest = Self::number(self.memory.newest.as_ref());
        let is_last = self.is_last(page);
        let head_at = *self.head_at.get_or_insert(at_ms);
        let edge = self.read.map(|(_, reached)| reached);
        if !self.joins(page, edge) {
            return self.step_back(page);
        }
        if let Some((lowest, highest)) = page.lowest().zip(page.highest()) {
            let (top, reached) = self.read.unwrap_or((highest, lowest));
            self.read = Some((top.max(highest), reached.min(lowest)));
        }
        page.remember(&mut self.memory, self.plan.remember);
        let is_met = newest.is_none_or(|newest| page.lowest().is_some_and(|low| low < newest));
        if !is_met && !is_last {
            self.go_down(page);
            return Heard::Understood;
        }
        let top = self.read.map(|(top, _)| top).max(newest);
        self.memory.newest = top.map(|at| at.to_string());
        if newest.is_none() {
            self.memory.oldest = page.lowest().map(|at| at.to_string());
            self.memory.is_whole = is_last;
            self.memory.token = Some(page.posts.len().saturating_sub(SHARED).to_string());
        }
        self.memory.looked_at = Some(head_at);
        self.followed = true;
        self.begin_back();
        Heard::Understood
    }

    fn hear_older(&mut self, page: &Page) -> Heard {
        let oldest = Self::number(self.memory.oldest.as_ref());
        self.pages_back += 1;
        if !self.joins(page, oldest) {
            return self.step_back(page);
        }
        let lowest = page.lowest().into_iter().chain(oldest).min();
        self.memory.oldest = lowest.map(|at| at.to_string());
        self.memory.is_whole = self.is_last(page);
        page.remember_older(&mut self.memory, self.plan.remember);
        self.go_down(page);
        self.memory.token = Some(self.offset.to_string());
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        self.step = if wants { Step::Backfill } else { Step::Over };
        Heard::Understood
    }

    /// There is nothing behind this page.
    fn is_last(&self, page: &Page) -> bool {
        let end = self.offset + page.posts.len();
        page.total.map_or(page.posts.is_empty(), |total| end >= total)
    }

    /// The page begins within what was read down to `edge`, so that nothing lies between.
    fn joins(&self, page: &Page, edge: Option<i64>) -> bool {
        let Some(edge) = edge else { return true };
        let is_known = |post: &super::page::Shown| self.shown.contains(&post.id);
        self.offset == 0
            || page.highest().is_some_and(|highest| highest > edge)
            || page.posts.iter().any(is_known)
    }

    fn go_down(&mut self, page: &Page) {
        let posts = page.posts.len();
        let shared = if posts > 2 * SHARED { SHARED } else { posts / 2 };
        self.offset += (posts - shared).max(1);
        self.shown = page.posts.iter().map(|post| post.id.clone()).collect();
    }

    /// Posts between were deleted, and the others moved up.
    fn step_back(&mut self, page: &Page) -> Heard {
        self.steps_back += 1;
        if self.steps_back > STEPS_BACK_MAX {
            return self
                .stop(Look::Failed("the room changes faster than it can be read".to_owned()));
        }
        let end = page.total.unwrap_or(self.offset).min(self.offset);
        self.offset = end.saturating_sub(PAGE / 2);
        self.memory.token = match self.step {
            Step::Backfill => Some(self.offset.to_string()),
            _ => self.memory.token.take(),
        };
        let is_over = self.step == Step::Backfill && self.pages_back >= self.plan.backfill;
        if is_over {
            self.step = Step::Over;
        }
        Heard::Understood
    }
}

impl Visit for AnonymousVisit {
    fn next(&mut self) -> Option<Ask> {
        if self.step == Step::Over {
            return None;
        }
        let (count, offset) = (PAGE.to_string(), self.offset.to_string());
        let fields =
            [("roomName", self.host.room.as_str()), ("count", &count), ("offset", &offset)];
        let mut ask = self.host.ask("channels.anonymousread", &fields);
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        match refused(answer) {
            Some(Err(why)) => return Heard::Again(why),
            Some(Ok(Look::KeptOut(code))) => {
                return self.stop(Look::KeptOut(format!(
                    "{code}: the server shows its channels to its users only; set \
                     MARSAD_ROCKETCHAT_USER and MARSAD_ROCKETCHAT_TOKEN"
                )));
            }
            Some(Ok(look)) => return self.stop(look),
            None => {}
        }
        let Some(page) = Page::read(&answer.body) else {
            return Heard::Again("the answer is cut or has no list of messages".to_owned());
        };
        if let (Some(known), Some(shown)) = (&self.memory.channel, &page.room)
            && known != shown
        {
            return self.stop(Look::Replaced(shown.clone()));
        }
        if page.room.is_some() {
            self.memory.channel.clone_from(&page.room);
        }
        self.memory.handle.get_or_insert_with(|| self.host.room.clone());
        if self.step == Step::Backfill {
            return self.hear_older(&page);
        }
        if !self.plan.follow {
            self.step = Step::Over;
            return Heard::Understood;
        }
        self.hear_forward(&page, at_ms)
    }

    fn give_up(&mut self, why: String) {
        self.stop(Look::Failed(why));
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    fn end(&self) -> Outcome {
        let has_older = !self.memory.is_whole && self.memory.oldest.is_some();
        Outcome { look: self.look.clone(), has_older, followed: self.followed }
    }
}
