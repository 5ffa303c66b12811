//! A visit to a channel by an account.

use std::collections::BTreeSet;

use super::address::{self, Channel};
use super::page::{self, Named, Page, Shown, reduced_full, reduced_name, reduced_page};
use crate::{Account, Answer, Ask, Heard, Look, Memory, Outcome, Plan, RpcError, Source, Visit};

/// Messages that are asked for by their numbers at a time: Telegram's most.
const CONFIRMED_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// What stands behind the name: once, and again when its number is no more ours.
    Resolve,
    /// The channel itself.
    Full,
    /// The newest posts, down to the newest one known.
    Forward,
    /// Posts to look at again, below this number; 0 for the newest.
    Recheck(i32),
    /// Posts that a page should have shown.
    Confirm,
    /// Posts before the oldest one known.
    Backfill,
    Over,
}

/// The newest posts were read from `top` down to `reached`, not yet to the newest one known. Kept in
/// the memory's token, so that a visit that is cut off goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    top: i32,
    reached: i32,
}

impl Gap {
    fn of(memory: &Memory) -> Option<Self> {
        let (top, reached) = memory.token.as_ref()?.split_once(' ')?;
        Some(Self { top: top.parse().ok()?, reached: reached.parse().ok()? })
    }
}

pub(crate) struct AccountVisit {
    name: String,
    account: Account,
    plan: Plan,
    memory: Memory,
    /// What was known of the newest posts when the visit began.
    previous: Option<(i64, String)>,
    step: Step,
    /// The name was asked for in this visit.
    is_resolved: bool,
    /// When the page was read that the posts down to the newest one known hang on, epoch ms.
    head_at: Option<i64>,
    pages_back: u32,
    /// Known posts that a page should have shown.
    missing: BTreeSet<i32>,
    look: Look,
    followed: bool,
}

impl AccountVisit {
    pub(crate) fn new(source: &Source, account: Account, memory: Memory, plan: Plan) -> Self {
        let mut visit = Self {
            name: memory.handle.clone().unwrap_or_else(|| source.name.clone()),
            previous: memory.previous(),
            account,
            plan,
            memory,
            step: Step::Over,
            is_resolved: false,
            head_at: None,
            pages_back: 0,
            missing: BTreeSet::new(),
            look: Look::Saw,
            followed: false,
        };
        visit.step = if visit.channel().is_some() { visit.after_resolve() } else { Step::Resolve };
        visit
    }

    fn channel(&self) -> Option<Channel> {
        let id = self.memory.channel.as_ref()?.parse().ok()?;
        Some(Channel { id, access: self.memory.access.as_ref()?.parse().ok()? })
    }

    fn number(written: Option<&String>) -> Option<i32> {
        written?.parse().ok()
    }

    fn newest(&self) -> Option<i32> {
        Self::number(self.memory.newest.as_ref())
    }

    fn oldest(&self) -> Option<i32> {
        Self::number(self.memory.oldest.as_ref())
    }

    fn recent(&self) -> BTreeSet<i32> {
        self.memory.recent.iter().filter_map(|post| post.parse().ok()).collect()
    }

    /// The last posts, those of a page among them.
    fn remember(&mut self, page: &Page) {
        let mut recent = self.recent();
        recent.extend(page.posts());
        while recent.len() > self.plan.remember {
            recent.pop_first();
        }
        self.memory.recent = recent.iter().map(ToString::to_string).collect();
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn refuse(&mut self, why: &str) -> Heard {
        // It has to show that it is public again before anything more is read.
        self.memory.access = None;
        self.stop(Look::NotPublic(why.to_owned()))
    }

    fn after_resolve(&self) -> Step {
        if self.plan.check { Step::Full } else { self.after_full() }
    }

    fn after_full(&self) -> Step {
        if self.plan.follow { Step::Forward } else { self.after_forward() }
    }

    fn after_forward(&self) -> Step {
        let looks = self.previous.is_some() && self.plan.recheck > 0;
        let has_posts = !self.memory.recent.is_empty();
        if looks && has_posts { Step::Recheck(0) } else { self.after_recheck() }
    }

    fn after_recheck(&self) -> Step {
        if self.missing.is_empty() { self.next_back() } else { Step::Confirm }
    }

    fn next_back(&self) -> Step {
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        if wants && self.oldest().is_some() { Step::Backfill } else { Step::Over }
    }

    /// An error of Telegram's.
    fn hear_error(&mut self, error: &RpcError) -> Heard {
        let word = error.message.as_str();
        if let Some(wait) = error.wait_s() {
            return Heard::Again(format!("Telegram asks the account to wait {wait} s ({word})"));
        }
        match (error.status(), word) {
            (500.., _) => Heard::Again(format!("Telegram failed ({word})")),
            (303, _) => self.stop(Look::Failed(format!(
                "the account belongs to another data centre now ({word}); log in again with marsad sources login telegram"
            ))),
            (401, _) | (_, "AUTH_KEY_DUPLICATED" | "USER_DEACTIVATED" | "USER_DEACTIVATED_BAN") => {
                self.stop(Look::Failed(format!(
                    "Telegram does not know the account's session any more ({word}); log in again with marsad sources login telegram"
                )))
            }
            (_, "CHANNEL_PRIVATE") => self.stop(Look::Absent(word.to_owned())),
            (_, "USERNAME_NOT_OCCUPIED" | "USERNAME_INVALID") => {
                self.stop(Look::Absent(word.to_owned()))
            }
            // The second number is another account's: the name gives ours.
            (_, "CHANNEL_INVALID") if !self.is_resolved => {
                self.memory.access = None;
                self.step = Step::Resolve;
                Heard::Understood
            }
            _ => self.stop(Look::Failed(format!("Telegram does not take the question ({word})"))),
        }
    }

    fn hear_name(&mut self, body: &[u8]) -> Heard {
        let shown = match Named::read(body) {
            None => return Heard::Again("the answer is cut or names nothing".to_owned()),
            Some(Named::Other(why)) => return self.refuse(why),
            Some(Named::Forbidden) => return self.stop(Look::Absent("CHANNEL_PRIVATE".to_owned())),
            Some(Named::Channel(shown)) => shown,
        };
        let id = shown.id.to_string();
        if self.memory.channel.as_ref().is_some_and(|known| *known != id) {
            return self.stop(Look::Replaced(id));
        }
        if let Some(why) = shown.refusal(self.account.may_read_groups) {
            return self.refuse(why);
        }
        let Some(access) = shown.access else {
            return Heard::Again("the answer does not say how to ask for the channel".to_owned());
        };
        self.memory.channel = Some(id);
        self.memory.access = Some(access.to_string());
        self.memory.handle = shown.name;
        self.is_resolved = true;
        self.step = self.after_resolve();
        Heard::Understood
    }

    /// What the channel shows of itself in any answer. `Some` where it is not to be read any more.
    fn note(&mut self, shown: &Shown) -> Option<Heard> {
        if let Some(why) = shown.refusal(self.account.may_read_groups) {
            return Some(self.refuse(why));
        }
        self.memory.handle.clone_from(&shown.name);
        None
    }

    fn hear_full(&mut self, body: &[u8], channel: Channel) -> Heard {
        let Some(shown) = page::full(body, channel.id) else {
            return Heard::Again("the answer is cut or is about no channel".to_owned());
        };
        if let Some(heard) = self.note(&shown) {
            return heard;
        }
        self.step = self.after_full();
        Heard::Understood
    }

    fn hear_page(&mut self, body: &[u8], channel: Channel, at_ms: i64) -> Heard {
        let Some(page) = Page::read(body, channel.id) else {
            return Heard::Again("the answer is cut or has no messages".to_owned());
        };
        if let Some(heard) = page.channel.as_ref().and_then(|shown| self.note(shown)) {
            return heard;
        }
        match self.step {
            Step::Forward => self.hear_forward(&page, at_ms),
            Step::Recheck(before) => self.hear_recheck(&page, before),
            Step::Confirm => self.hear_single(&page),
            _ => self.hear_older(&page),
        }
        Heard::Understood
    }

    fn hear_forward(&mut self, page: &Page, at_ms: i64) {
        let Some(newest) = self.newest() else {
            self.memory.newest = page.highest().map(|id| id.to_string());
            self.memory.oldest = page.lowest().map(|id| id.to_string());
            self.memory.is_whole = page.is_empty();
            self.remember(page);
            return self.followed(at_ms);
        };
        let resumed = Gap::of(&self.memory);
        if resumed.is_none() {
            self.head_at = Some(at_ms);
        }
        let top = resumed.map_or_else(|| page.highest().unwrap_or(newest), |gap| gap.top);
        self.remember(page);
        // A page may be short though more follows: only what is next to the newest known, or nothing,
        // is the end.
        match page.lowest().filter(|lowest| *lowest > newest + 1) {
            Some(reached) => self.memory.token = Some(format!("{top} {reached}")),
            None => self.close(top.max(newest)),
        }
    }

    /// Everything from `top` down to the newest post known was read.
    fn close(&mut self, top: i32) {
        self.memory.newest = Some(top.to_string());
        self.memory.token = None;
        // Where an earlier visit read the top of it, what came since is read next.
        if let Some(at_ms) = self.head_at {
            self.followed(at_ms);
        }
    }

    fn followed(&mut self, at_ms: i64) {
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        self.step = self.after_forward();
    }

    /// Known posts within what a page covers and that it does not show.
    fn hear_recheck(&mut self, page: &Page, before: i32) {
        let shown = page.posts();
        let lowest = page.lowest().filter(|_| page.is_full());
        let recent = self.recent();
        let is_covered =
            |id: &i32| lowest.is_none_or(|lowest| *id >= lowest) && (before == 0 || *id < before);
        self.missing.extend(recent.iter().filter(|id| is_covered(id) && !shown.contains(id)));
        let oldest = recent.iter().rev().take(self.plan.recheck).next_back();
        self.step = match lowest {
            Some(lowest) if oldest.is_some_and(|oldest| *oldest < lowest) => Step::Recheck(lowest),
            _ => self.after_recheck(),
        };
    }

    fn hear_single(&mut self, page: &Page) {
        let asked = self.confirmed();
        let gone: Vec<String> =
            asked.iter().filter(|id| page.gone.contains(id)).map(ToString::to_string).collect();
        self.memory.recent.retain(|known| !gone.contains(known));
        self.missing.retain(|id| !asked.contains(id));
        self.step = self.after_recheck();
    }

    fn confirmed(&self) -> Vec<i32> {
        self.missing.iter().take(CONFIRMED_MAX).copied().collect()
    }

    fn hear_older(&mut self, page: &Page) {
        self.pages_back += 1;
        self.memory.is_whole = page.is_empty();
        if let Some(lowest) = page.lowest() {
            self.memory.oldest = Some(lowest.to_string());
        }
        self.remember(page);
        self.step = self.next_back();
    }
}

impl Visit for AccountVisit {
    fn next(&mut self) -> Option<Ask> {
        if self.step == Step::Over {
            return None;
        }
        let channel = self.channel();
        let mut ask = match (&self.step, channel) {
            (Step::Full, Some(channel)) => address::full(channel),
            (Step::Forward, Some(channel)) => {
                let from = Gap::of(&self.memory).map_or(0, |gap| gap.reached);
                address::history(channel, from, self.newest().unwrap_or(0))
            }
            (Step::Recheck(before), Some(channel)) => address::history(channel, *before, 0),
            (Step::Confirm, Some(channel)) => address::messages(channel, &self.confirmed()),
            (Step::Backfill, Some(channel)) => {
                address::history(channel, self.oldest().unwrap_or(0), 0)
            }
            (Step::Resolve | Step::Over, _) | (_, None) => address::resolve(&self.name),
        };
        ask.limit = self.account.limit();
        ask.channel.clone_from(&self.memory.channel);
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    fn reduced(&self, answer: Answer) -> (Answer, u64) {
        let may_read_groups = self.account.may_read_groups;
        match (&self.step, self.channel()) {
            (Step::Resolve, _) => reduced_name(answer, may_read_groups),
            (Step::Full, Some(channel)) => reduced_full(answer, channel.id, may_read_groups),
            (_, Some(channel)) => reduced_page(answer, channel.id, may_read_groups),
            (_, None) => (answer, 0),
        }
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if let Some(error) = RpcError::read(&answer.body) {
            return self.hear_error(&error);
        }
        match (&self.step, self.channel()) {
            (Step::Over, _) => Heard::Understood,
            (Step::Full, Some(channel)) => self.hear_full(&answer.body, channel),
            (Step::Resolve, _) | (_, None) => self.hear_name(&answer.body),
            (_, Some(channel)) => self.hear_page(&answer.body, channel, at_ms),
        }
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
