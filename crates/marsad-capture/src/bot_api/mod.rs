//! The Bot API of TamTam and of MAX, its descendant: a token, JSON, and pages by time.
//!
//! `GET /chats/{id}` says whether the chat is a public channel; nothing is read before it said so.
//! `GET /messages` gives the newest first, from `from` (the newer bound) down to `to` (the older
//! one), both included, and no marker. Posts may share a millisecond, so that a page goes on **at**
//! the time of the last post and not below it; what was seen is known by its `mid`. A page that is
//! full of one millisecond cannot be gone past: the visit fails and says so.
//!
//! Times order the posts: `newest` and `oldest` of the memory are milliseconds, `recent` has a
//! line `MILLISECONDS MID` for each post.

mod hook;
mod page;
mod stream;

use std::collections::BTreeSet;

use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Outcome, Place, Places, Plan, Source, Visit};
pub use hook::{Hook, HookPlace, HookSecret, HookStanding, HookUpdate, Subscription};
use page::{Chat, Page};
pub(crate) use stream::BotApiStream;

/// The reader of the answers.
const READER: &str = "bot-api";
/// Posts on one page: the platform's most.
const PAGE: usize = 100;

/// Which of the two, where, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    platform: &'static str,
    place: Place,
}

impl Host {
    pub(crate) fn of(platform: &str, places: &Places) -> Self {
        match platform {
            "max" => Self { platform: "max", place: places.max.clone() },
            _ => Self { platform: "tamtam", place: places.tamtam.clone() },
        }
    }

    fn own(&self) -> (&'static str, Limit) {
        match self.platform {
            // MAX allows 30 a second; TamTam names no limit.
            "max" => ("platform-api2.max.ru", Limit::per_second(20)),
            _ => ("botapi.tamtam.chat", Limit::per_second(10)),
        }
    }

    fn base(&self) -> String {
        self.place.base(&format!("https://{}", self.own().0))
    }

    /// The host that is asked, with its port.
    pub(crate) fn name(&self) -> String {
        self.place.host(self.own().0)
    }

    /// How often it may be asked.
    pub(crate) fn limit(&self) -> Limit {
        self.place.limit(self.own().1)
    }

    /// What is wrong when nothing says who asks.
    fn without_token(&self) -> Option<String> {
        let variable = self.variable();
        let platform = self.platform;
        (self.place.secret == crate::Secret::None).then(|| {
            format!("{platform} answers only to a bot's token; set {variable} to watch it")
        })
    }

    fn variable(&self) -> String {
        format!("MARSAD_{}_TOKEN", self.platform.to_ascii_uppercase())
    }

    fn refused_token(&self, answer: &Answer) -> Look {
        let (code, variable) = (page::code(answer), self.variable());
        Look::Failed(format!("the token is refused ({code}); see {variable}"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The chat itself.
    Chat,
    /// The newest posts, down to the newest one known.
    Forward,
    /// Posts to look at again, from this time downwards.
    Recheck(Option<i64>),
    /// One post.
    Confirm(String),
    /// The posts from the oldest one known downwards.
    Backfill,
    Over,
}

/// The newest posts were read from `top` down to `reached`, not yet to the newest one known.
///
/// Kept in the memory's token, so that a visit that is cut off goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    top: i64,
    reached: i64,
}

impl Gap {
    fn of(memory: &Memory) -> Option<Self> {
        let (top, reached) = memory.token.as_ref()?.split_once(' ')?;
        Some(Self { top: top.parse().ok()?, reached: reached.parse().ok()? })
    }

    fn written(self) -> String {
        format!("{} {}", self.top, self.reached)
    }
}

pub(crate) struct BotApiVisit {
    /// The chat's number, or the name of its link.
    name: String,
    host: Host,
    plan: Plan,
    memory: Memory,
    /// What was known of the newest posts when the visit began.
    previous: Option<(i64, String)>,
    step: Step,
    /// What comes after the chat said that it is public.
    then: Step,
    /// The chat said so in this visit.
    is_checked: bool,
    /// When the page was read that the posts down to the newest one known hang on, epoch ms.
    head_at: Option<i64>,
    pages_back: u32,
    /// Known posts shown while looking again.
    seen: BTreeSet<String>,
    /// Known posts that a page should have shown.
    missing: BTreeSet<String>,
    look: Look,
    followed: bool,
}

impl BotApiVisit {
    pub(crate) fn new(source: &Source, host: Host, memory: Memory, plan: Plan) -> Self {
        let failure = host.without_token();
        let mut visit = Self {
            name: source.name.clone(),
            previous: memory.previous(),
            host,
            plan,
            memory,
            step: Step::Over,
            then: Step::Over,
            is_checked: false,
            head_at: None,
            pages_back: 0,
            seen: BTreeSet::new(),
            missing: BTreeSet::new(),
            look: Look::Saw,
            followed: false,
        };
        if let Some(why) = failure {
            visit.look = Look::Failed(why);
            return visit;
        }
        let first = if plan.follow { Step::Forward } else { visit.after_forward() };
        // What no visit has found public is asked first, whatever the plan.
        let is_unknown = visit.memory.channel.is_none() && first != Step::Over;
        if plan.check || is_unknown {
            visit.then = first;
            visit.step = Step::Chat;
        } else {
            visit.step = first;
        }
        visit
    }

    fn newest(&self) -> Option<i64> {
        self.memory.newest.as_ref()?.parse().ok()
    }

    fn oldest(&self) -> Option<i64> {
        self.memory.oldest.as_ref()?.parse().ok()
    }

    /// A page has the newest first.
    fn remember(&mut self, page: &Page) {
        for post in page.posts.iter().rev() {
            if let Some(mid) = &post.mid {
                self.memory.insert_timed(post.at, mid, self.plan.remember);
            }
        }
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    /// Statuses that mean the same in every answer; `None` for 200 and 404.
    fn refused(&mut self, answer: &Answer) -> Option<Heard> {
        if let Some(why) = unusable(answer) {
            return Some(Heard::Again(why));
        }
        match answer.status {
            200 | 404 => None,
            401 => Some(self.stop(self.host.refused_token(answer))),
            403 if self.step == Step::Chat => Some(self.stop(Look::Absent(page::code(answer)))),
            403 => Some(self.stop(Look::KeptOut(page::code(answer)))),
            status => {
                let code = page::code(answer);
                let why =
                    format!("the platform does not take the question (HTTP {status}, {code})");
                Some(self.stop(Look::Failed(why)))
            }
        }
    }

    fn hear_chat(&mut self, answer: &Answer) -> Heard {
        if answer.status == 404 {
            return self.stop(Look::Absent(page::code(answer)));
        }
        let Some(chat) = Chat::read(&answer.body) else {
            return Heard::Again("the answer is cut or is no chat".to_owned());
        };
        let id = chat.id.to_string();
        let is_number = self.name.starts_with('-');
        if is_number && self.name != id {
            return Heard::Again("the answer is about another chat".to_owned());
        }
        if self.memory.channel.as_ref().is_some_and(|known| *known != id) {
            return self.stop(Look::Replaced(id));
        }
        if chat.status == "closed" {
            return self.stop(Look::Absent(chat.status));
        }
        if let Some(why) = chat.refusal() {
            // It has to say that it is public again before anything more is read.
            self.memory.channel = None;
            return self.stop(Look::NotPublic(why));
        }
        self.memory.channel = Some(id);
        self.memory.handle = chat.name.or_else(|| self.memory.handle.take());
        self.is_checked = true;
        self.step = std::mem::replace(&mut self.then, Step::Over);
        Heard::Understood
    }

    fn hear_page(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if answer.status == 404 {
            return self.stop(Look::Absent(page::code(answer)));
        }
        let Some(page) = Page::read(&answer.body) else {
            return Heard::Again("the answer is cut or has no list of messages".to_owned());
        };
        let heard = match self.step {
            Step::Forward => self.hear_forward(&page, at_ms),
            Step::Recheck(from) => self.hear_recheck(&page, from),
            _ => self.hear_older(&page),
        };
        // Posts without a public address: the channel may not be public any more. It is asked
        // before the next page is.
        let is_doubtful = !page.posts.is_empty() && !page.has_address && !self.is_checked;
        if heard == Heard::Understood && is_doubtful && self.step != Step::Over {
            self.then = std::mem::replace(&mut self.step, Step::Chat);
        }
        heard
    }

    fn hear_forward(&mut self, page: &Page, at_ms: i64) -> Heard {
        let Some(newest) = self.newest() else {
            self.memory.newest = page.highest().map(|at| at.to_string());
            self.memory.oldest = page.lowest().map(|at| at.to_string());
            self.memory.is_whole = page.posts.is_empty();
            self.remember(page);
            return self.followed(at_ms);
        };
        let resumed = Gap::of(&self.memory);
        if resumed.is_none() {
            self.head_at = Some(at_ms);
        }
        let Some((lowest, highest)) = page.lowest().zip(page.highest()) else {
            return self.close(resumed.map_or(newest, |gap| gap.top), newest);
        };
        let is_full = page.posts.len() >= PAGE;
        let start = resumed.map(|gap| gap.reached);
        if start.is_some_and(|start| lowest > start) {
            return Heard::Again("the page does not go on from where it was asked".to_owned());
        }
        if is_full && start == Some(lowest) {
            return self.stuck(lowest);
        }
        self.remember(page);
        let top = resumed.map_or(highest.max(newest), |gap| gap.top);
        let is_end = lowest < newest || (lowest == newest && !is_full);
        if is_end || start == Some(lowest) {
            return self.close(top, newest);
        }
        self.memory.token = Some(Gap { top, reached: lowest }.written());
        Heard::Understood
    }

    /// Everything from `top` down to the newest post known was read.
    fn close(&mut self, top: i64, newest: i64) -> Heard {
        self.memory.newest = Some(top.max(newest).to_string());
        self.memory.token = None;
        match self.head_at {
            Some(at_ms) => self.followed(at_ms),
            // An earlier visit read the top of it: what came since is read next.
            None => Heard::Understood,
        }
    }

    fn followed(&mut self, at_ms: i64) -> Heard {
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        self.step = self.after_forward();
        Heard::Understood
    }

    /// A full page of one millisecond: below it may be more of the same, which no question reaches.
    fn stuck(&mut self, at: i64) -> Heard {
        self.stop(Look::Failed(format!(
            "{PAGE} or more posts share the millisecond {at}; the platform's paging cannot go past them"
        )))
    }

    fn after_forward(&self) -> Step {
        let looks = self.previous.is_some() && self.plan.recheck > 0;
        let has_posts = !self.memory.recent.is_empty();
        if looks && has_posts { Step::Recheck(None) } else { self.next_back() }
    }

    fn hear_recheck(&mut self, page: &Page, from: Option<i64>) -> Heard {
        let lowest = page.lowest();
        let is_full = page.posts.len() >= PAGE;
        if is_full && from.is_some() && from == lowest {
            return self.stuck(lowest.unwrap_or_default());
        }
        let is_end = lowest.is_none() || from == lowest;
        let window: Vec<(i64, String)> = self
            .memory
            .timed()
            .rev()
            .take(self.plan.recheck)
            .map(|(at, mid)| (at, mid.to_owned()))
            .collect();
        let mut has_more = false;
        for (at, mid) in window {
            if page.shows(&mid) {
                self.seen.insert(mid);
            } else if !self.seen.contains(&mid) {
                // A page covers what is newer than its last post; more of that one's millisecond
                // may be on the next.
                let is_covered = is_end || lowest.is_some_and(|lowest| at > lowest);
                if is_covered {
                    self.missing.insert(mid);
                } else {
                    has_more = true;
                }
            }
        }
        self.step = if has_more { Step::Recheck(lowest) } else { self.next_missing() };
        Heard::Understood
    }

    fn next_missing(&mut self) -> Step {
        self.missing.pop_first().map_or_else(|| self.next_back(), Step::Confirm)
    }

    fn hear_older(&mut self, page: &Page) -> Heard {
        let Some(oldest) = self.oldest() else {
            return self.stop(Look::Failed("nothing older can be asked for".to_owned()));
        };
        let lowest = page.lowest();
        let is_full = page.posts.len() >= PAGE;
        match lowest {
            Some(lowest) if lowest > oldest => {
                return Heard::Again("the page does not go on from where it was asked".to_owned());
            }
            Some(lowest) if lowest == oldest && is_full => return self.stuck(lowest),
            // Nothing older: a short page alone does not say so.
            Some(lowest) if lowest == oldest => self.memory.is_whole = true,
            Some(lowest) => self.memory.oldest = Some(lowest.to_string()),
            None => self.memory.is_whole = true,
        }
        self.pages_back += 1;
        self.remember_older(page);
        self.step = self.next_back();
        Heard::Understood
    }

    /// Older posts are remembered while there is room.
    fn remember_older(&mut self, page: &Page) {
        let mut posts = page.posts.clone();
        posts.sort_by_key(|post| std::cmp::Reverse(post.at));
        let room = self.plan.remember.saturating_sub(self.memory.recent.len());
        posts.retain(|post| {
            let mid = post.mid.as_deref();
            !self.memory.timed().any(|(_, known)| Some(known) == mid)
        });
        posts.truncate(room);
        self.remember(&Page { posts, has_address: page.has_address });
    }

    fn next_back(&self) -> Step {
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        if wants && self.memory.oldest.is_some() { Step::Backfill } else { Step::Over }
    }

    fn hear_post(&mut self, answer: &Answer, mid: &str) -> Heard {
        if answer.status == 404 {
            self.memory.remove_timed(mid);
        }
        self.step = self.next_missing();
        Heard::Understood
    }

    /// The question after the page's address.
    fn bounds(&self) -> String {
        match self.step {
            Step::Forward => match (self.newest(), Gap::of(&self.memory)) {
                (None, _) => String::new(),
                // One below the newest known: `to` must be less than `from`, and the post itself
                // on the page shows that nothing lies between.
                (Some(newest), None) => format!("&to={}", newest - 1),
                (Some(newest), Some(gap)) => {
                    format!("&from={}&to={}", gap.reached, newest.min(gap.reached) - 1)
                }
            },
            Step::Recheck(Some(from)) => format!("&from={from}"),
            Step::Backfill => self.oldest().map_or(String::new(), |at| format!("&from={at}")),
            _ => String::new(),
        }
    }
}

impl Visit for BotApiVisit {
    fn next(&mut self) -> Option<Ask> {
        let path = match &self.step {
            Step::Over => return None,
            Step::Chat if self.name.starts_with('-') => format!("/chats/{}", self.name),
            Step::Chat => format!("/chats/@{}", self.name),
            Step::Confirm(mid) => format!("/messages/{mid}"),
            Step::Forward | Step::Recheck(_) | Step::Backfill => {
                let chat = self.memory.channel.as_ref()?;
                format!("/messages?chat_id={chat}&count={PAGE}{}", self.bounds())
            }
        };
        let lane = (self.host.name(), self.host.limit());
        let mut ask = Ask::get(format!("{}{path}", self.host.base()), READER, lane);
        ask.secret = self.host.place.secret.clone();
        ask.channel.clone_from(&self.memory.channel);
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if let Some(heard) = self.refused(answer) {
            return heard;
        }
        match self.step.clone() {
            Step::Chat => self.hear_chat(answer),
            Step::Confirm(mid) => self.hear_post(answer, &mid),
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
