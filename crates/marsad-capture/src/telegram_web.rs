//! Telegram's public web preview: no account, no redirects followed.
//!
//! `/s/NAME` newest page, `?before=N` older, `?after=N` newer, `/NAME` the channel itself,
//! `/NAME/N?embed=1` one post. A gap in the numbers is no deletion: a post that was there and is
//! missing on a page that covers its number is asked for alone, and that answer decides.

use std::collections::BTreeSet;

use crate::page::{self, Landing, Page};
use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Outcome, Place, Plan, Source, Visit};

/// The reader of the answers.
const READER: &str = "telegram-web";
/// Terms name no limit; one request a second was never refused, and asks for no more than a reader.
pub(crate) const LIMIT: Limit = Limit::per_second(1);
/// What a language decides on a page is to stay the same.
const LANGUAGE: &str = "en";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The channel's own page; `true` when a page of posts sent us here.
    Landing(bool),
    /// The newest page.
    Head,
    /// Posts after the newest one known, up to this one.
    Forward(u64),
    /// The page before the oldest post known.
    Backfill,
    /// The page before this post, to see whether its posts are still there.
    Recheck(u64),
    /// One post.
    Confirm(u64),
    Over,
}

pub(crate) struct TelegramVisit {
    name: String,
    place: Place,
    plan: Plan,
    memory: Memory,
    /// What was known of the newest posts when the visit began.
    previous: Option<(i64, String)>,
    step: Step,
    pages_back: u32,
    /// Known posts that a page should have shown.
    missing: BTreeSet<u64>,
    look: Look,
    followed: bool,
    /// The channel's own page is still to be asked for.
    wants_landing: bool,
}

impl TelegramVisit {
    pub(crate) fn new(source: &Source, place: Place, memory: Memory, plan: Plan) -> Self {
        // Only posts show the channel's number: before it is known they come first, so that
        // everything that is said of the channel stands under one key.
        let reads = plan.follow || plan.recheck > 0;
        let step = if plan.check && (memory.channel.is_some() || !reads) {
            Step::Landing(false)
        } else if reads {
            Step::Head
        } else if plan.backfill > 0 {
            Step::Backfill
        } else {
            Step::Over
        };
        Self {
            name: memory.handle.clone().unwrap_or_else(|| source.name.clone()),
            previous: memory.previous(),
            place,
            plan,
            memory,
            step,
            pages_back: 0,
            missing: BTreeSet::new(),
            look: Look::Saw,
            followed: false,
            wants_landing: plan.check,
        }
    }

    fn newest(&self) -> Option<u64> {
        self.memory.newest.as_ref()?.parse().ok()
    }

    fn oldest(&self) -> Option<u64> {
        self.memory.oldest.as_ref()?.parse().ok()
    }

    fn recent(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.memory.recent.iter().filter_map(|post| post.parse().ok())
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn hear_landing(&mut self, answer: &Answer, was_sent: bool) -> Heard {
        if answer.status != 200 {
            return Heard::Again(format!("the channel's page answered HTTP {}", answer.status));
        }
        let Some(landing) = page::read_landing(&answer.body) else {
            return Heard::Again("the channel's page is cut or of an unknown kind".to_owned());
        };
        match landing {
            Landing::Channel if was_sent => {
                Heard::Again("the channel shows a preview, but sent us away from it".to_owned())
            }
            Landing::Channel => {
                self.wants_landing = false;
                let reads = self.plan.follow || self.plan.recheck > 0 || self.plan.backfill > 0;
                self.step = if reads && !self.followed { Step::Head } else { Step::Over };
                Heard::Understood
            }
            Landing::NoPreview => self.stop(Look::KeptOut("preview_unavailable".to_owned())),
            Landing::Group => self.stop(Look::NotPublic("a public group".to_owned())),
            Landing::Nobody => self.stop(Look::Absent("no such name".to_owned())),
        }
    }

    fn hear_page(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if answer.status == 302 {
            self.step = Step::Landing(true);
            return Heard::Understood;
        }
        if answer.status != 200 {
            return Heard::Again(format!("the page answered HTTP {}", answer.status));
        }
        let Some(page) = page::read(&answer.body) else {
            return Heard::Again("the page is cut or of an unknown kind".to_owned());
        };
        if let (Some(known), Some(shown)) = (&self.memory.channel, &page.channel)
            && known != shown
        {
            return self.stop(Look::Replaced(shown.clone()));
        }
        if page.channel.is_some() {
            self.memory.channel.clone_from(&page.channel);
        }
        if page.name.is_some() {
            self.memory.handle.clone_from(&page.name);
        }
        match self.step {
            Step::Head => self.hear_head(&page, at_ms),
            Step::Forward(until) => self.hear_forward(&page, until, at_ms),
            Step::Backfill => self.hear_older(&page),
            Step::Recheck(before) => {
                self.note_missing(&page, Some(before));
                self.step = match page.posts.first() {
                    Some(first) if page.has_older => self.next_recheck(*first),
                    _ => self.after_recheck(),
                };
            }
            Step::Landing(_) | Step::Confirm(_) | Step::Over => {}
        }
        Heard::Understood
    }

    fn hear_head(&mut self, page: &Page, at_ms: i64) {
        self.note_missing(page, None);
        let (first, last) = (page.posts.first().copied(), page.posts.last().copied());
        match (self.newest(), first, last) {
            (None, Some(first), Some(last)) => {
                self.memory.newest = Some(last.to_string());
                self.memory.oldest = Some(first.to_string());
                self.memory.is_whole = !page.has_older;
                for post in &page.posts {
                    self.memory.push_newer(post.to_string(), self.plan.remember);
                }
            }
            (Some(newest), Some(first), Some(last)) if first > newest + 1 && page.has_older => {
                // There may be posts between: they are read upwards, so that what is known always
                // reaches without a hole from the oldest to the newest.
                self.step = Step::Forward(last);
                return;
            }
            (Some(newest), ..) => self.take_newer(page, newest),
            (None, ..) => self.memory.is_whole = true,
        }
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        self.step = self.after_head(first);
    }

    fn hear_forward(&mut self, page: &Page, until: u64, at_ms: i64) {
        let newest = self.newest().unwrap_or(0);
        self.take_newer(page, newest);
        let reached = self.newest().unwrap_or(0);
        if page.has_newer && reached < until && reached > newest {
            return;
        }
        if reached < until && reached > newest {
            // The platform says that there is no more: the page was the last.
            self.memory.newest = Some(until.to_string());
        }
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        self.step = self.after_head(page.posts.first().copied());
    }

    fn take_newer(&mut self, page: &Page, newest: u64) {
        for post in page.posts.iter().filter(|post| **post > newest) {
            self.memory.newest = Some(post.to_string());
            self.memory.push_newer(post.to_string(), self.plan.remember);
        }
    }

    fn hear_older(&mut self, page: &Page) {
        self.pages_back += 1;
        let oldest = self.oldest();
        for post in page.posts.iter().rev() {
            if oldest.is_none_or(|oldest| *post < oldest) {
                self.memory.push_older(post.to_string(), self.plan.remember);
            }
        }
        if let Some(first) = page.posts.first() {
            self.memory.oldest = Some(first.to_string());
        }
        self.memory.is_whole = page.posts.is_empty() || !page.has_older;
        self.step = self.next_back();
    }

    /// Known posts whose numbers a page covers and that it does not show. A page covers everything
    /// from its first post, or from the beginning where it has none older, up to the one it was asked
    /// to end before.
    fn note_missing(&mut self, page: &Page, before: Option<u64>) {
        let from = if page.has_older { page.posts.first().copied().unwrap_or(u64::MAX) } else { 0 };
        let shown: BTreeSet<u64> = page.posts.iter().copied().collect();
        let gone = self.recent().filter(|post| {
            *post >= from && before.is_none_or(|before| *post < before) && !shown.contains(post)
        });
        let gone: Vec<u64> = gone.collect();
        self.missing.extend(gone);
    }

    fn after_head(&mut self, first: Option<u64>) -> Step {
        let knew = self.previous.is_some();
        match first {
            Some(first) if knew && self.plan.recheck > 0 => self.next_recheck(first),
            _ => self.after_recheck(),
        }
    }

    /// The next page with posts that are to be looked at again, all of them before this one.
    fn next_recheck(&mut self, before: u64) -> Step {
        let oldest = self.recent().rev().take(self.plan.recheck).last();
        match oldest {
            Some(oldest) if oldest < before => Step::Recheck(before),
            _ => self.after_recheck(),
        }
    }

    fn after_recheck(&mut self) -> Step {
        match self.missing.pop_first() {
            Some(post) => Step::Confirm(post),
            None => self.next_back(),
        }
    }

    fn next_back(&self) -> Step {
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        if wants && self.memory.oldest.is_some() {
            return Step::Backfill;
        }
        if self.wants_landing { Step::Landing(false) } else { Step::Over }
    }

    fn hear_post(&mut self, answer: &Answer, post: u64) -> Heard {
        let page = (answer.status == 200).then(|| page::read(&answer.body)).flatten();
        let Some(page) = page else {
            return Heard::Again(format!(
                "the post's page answered HTTP {} or is cut",
                answer.status
            ));
        };
        if page.says_not_found {
            let name = post.to_string();
            self.memory.recent.retain(|known| *known != name);
        }
        self.step = self.after_recheck();
        Heard::Understood
    }
}

impl Visit for TelegramVisit {
    fn next(&mut self) -> Option<Ask> {
        let name = &self.name;
        let path = match self.step {
            Step::Over => return None,
            Step::Landing(_) => format!("/{name}"),
            Step::Head => format!("/s/{name}"),
            Step::Forward(_) => format!("/s/{name}?after={}", self.newest()?),
            Step::Backfill => format!("/s/{name}?before={}", self.oldest()?),
            Step::Recheck(before) => format!("/s/{name}?before={before}"),
            Step::Confirm(post) => format!("/{name}/{post}?embed=1"),
        };
        let base = self.place.base("https://t.me");
        let lane = (self.place.host("t.me"), self.place.limit(LIMIT));
        let mut ask = Ask::get(format!("{base}{path}"), READER, lane);
        ask.headers.push(("Accept-Language", LANGUAGE.to_owned()));
        ask.channel.clone_from(&self.memory.channel);
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if let Some(why) = unusable(answer) {
            return Heard::Again(why);
        }
        match self.step {
            Step::Landing(was_sent) => self.hear_landing(answer, was_sent),
            Step::Confirm(post) => self.hear_post(answer, post),
            _ => self.hear_page(answer, at_ms),
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
