//! A Matrix room over its homeserver's client-server API: read from outside, never joined.
//!
//! **Public** is a room that is world-readable and not encrypted; that is asked before the first
//! page, and again when a page shows a change. A room that is not is left with nothing read.
//!
//! **Paging.** Forwards from a kept place to the tip, backwards from another to the beginning. What
//! is new moves the place only after every edit in it whose post stands elsewhere was asked for, so
//! that a process that dies reads the page again. A second look reads back from the tip to the posts
//! that are known: that also finds what a homeserver left out of its forward pages, which it may do
//! when it was restored from a backup or got events late. Where the place is not known any more, the
//! same look closes the gap; only then does the place move.
//!
//! A token is sent to the homeserver that settings name and to nobody else. Tombstones are noted by
//! the interpreter; the room that takes the place is not followed.

mod address;
mod page;
mod sync;

use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Outcome, Place, Plan, Source, Visit};
use address::{Homeserver, Room};
use page::{Page, Way};
pub(crate) use sync::SyncVisit;

/// The reader of the answers.
const READER: &str = "matrix";
pub(crate) const LIMIT: Limit = Limit::per_second(5);
/// Pages without an event in a row after which the homeserver is not asked for another.
const EMPTY_PAGES_MAX: u32 = 50;
/// Failures of the server to show one event after which the page goes on without it.
const EVENT_TRIES_MAX: u32 = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Which room the alias stands for.
    Alias,
    /// What the room is.
    Summary,
    /// Whether everybody may read, of a homeserver without summaries.
    Visibility,
    /// Whether the room is encrypted, likewise.
    Encryption,
    /// Whether another room takes its place.
    Tombstone,
    /// The newest page.
    Head,
    /// A page between the newest and what is known.
    Gap(String),
    /// What is new.
    Tail,
    /// One post, with the edit that came without it.
    Event(String),
    /// A page of known posts.
    Recheck(String),
    /// The page before the oldest.
    Backfill,
    Over,
}

/// What was read on the way from the tip to what is known.
#[derive(Debug, Default)]
struct Gap {
    token: String,
    /// When the newest page was read.
    at_ms: i64,
    /// Posts and edits, newest first.
    ids: Vec<String>,
    edited: Vec<String>,
    newest: Option<i64>,
}

/// New posts that are kept, and not remembered before their edits are complete.
#[derive(Debug)]
struct News {
    token: Option<String>,
    /// Posts and edits, oldest first.
    ids: Vec<String>,
    newest: Option<i64>,
    /// When it was read, if it reaches to the tip.
    tip_at: Option<i64>,
    is_whole: bool,
    /// Backwards when nothing is said.
    then: Option<Step>,
}

pub(crate) struct MatrixVisit {
    named: Room,
    /// `None` with a failed look when there is nobody to ask.
    home: Option<Homeserver>,
    place: Place,
    plan: Plan,
    memory: Memory,
    /// The room asked about: known before it is known to be public.
    room: Option<String>,
    /// What was known of the newest posts when the visit began.
    previous: Option<(i64, String)>,
    step: Step,
    gap: Option<Gap>,
    news: Option<News>,
    /// Posts whose edits came without them.
    wanted: Vec<String>,
    event_tries: u32,
    empty_pages: u32,
    pages_back: u32,
    rechecked: usize,
    /// The room was found public in this visit.
    is_checked: bool,
    /// A page made us ask again.
    has_doubted: bool,
    look: Look,
    followed: bool,
}

/// The host that a room is asked at.
pub(crate) fn lane(source: &Source, place: &Place) -> String {
    let home = Homeserver::of(&Room::of(&source.name), place);
    home.map_or_else(|_nobody| source.name.clone(), |home| home.host)
}

impl MatrixVisit {
    pub(crate) fn new(source: &Source, place: Place, memory: Memory, plan: Plan) -> Self {
        let named = Room::of(&source.name);
        let (home, look) = match Homeserver::of(&named, &place) {
            Ok(home) => (Some(home), Look::Saw),
            Err(why) => (None, Look::Failed(why)),
        };
        let own = (!named.is_alias()).then(|| named.name.clone());
        let mut visit = Self {
            room: memory.channel.clone().or(own),
            named,
            home,
            place,
            plan,
            previous: memory.previous(),
            memory,
            step: Step::Over,
            gap: None,
            news: None,
            wanted: Vec::new(),
            event_tries: 0,
            empty_pages: 0,
            pages_back: 0,
            rechecked: 0,
            is_checked: false,
            has_doubted: false,
            look,
            followed: false,
        };
        let reading = visit.first_reading();
        let must_check = plan.check || (reading != Step::Over && visit.memory.channel.is_none());
        visit.step = match (must_check, visit.named.is_alias()) {
            _ if visit.home.is_none() => Step::Over,
            (false, _) => reading,
            (true, true) => Step::Alias,
            (true, false) => Step::Summary,
        };
        visit
    }

    fn first_reading(&self) -> Step {
        let Plan { follow, backfill, recheck, .. } = self.plan;
        let reads = follow || backfill > 0 || recheck > 0;
        match &self.memory.token {
            None if reads => Step::Head,
            Some(_) if follow => Step::Tail,
            Some(_) if recheck > 0 => Step::Head,
            _ => self.next_back(),
        }
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn go(&mut self, step: Step) -> Heard {
        self.step = step;
        Heard::Understood
    }

    /// What an answer other than 200 means wherever it comes.
    fn refused(&mut self, answer: &Answer, code: Option<&str>) -> Option<Heard> {
        let is_homeserver = code.is_some_and(|code| code != "M_UNRECOGNIZED");
        if answer.status == 401 {
            let has_token = self.home.as_ref().is_some_and(|home| home.is_set);
            return Some(self.stop(Look::Failed(if has_token {
                "the homeserver does not take our account; look at MARSAD_MATRIX_TOKEN".to_owned()
            } else {
                "the homeserver shows posts to accounts only; set MARSAD_MATRIX_URL and \
                 MARSAD_MATRIX_TOKEN to an account's"
                    .to_owned()
            })));
        }
        let is_refusal = matches!(answer.status, 400 | 403 | 404) && is_homeserver;
        (answer.status != 200 && !is_refusal).then(|| {
            Heard::Again(format!(
                "HTTP {} is no homeserver's answer; is this the host of its API?",
                answer.status
            ))
        })
    }

    fn hear_alias(&mut self, answer: &Answer) -> Heard {
        if answer.status != 200 {
            // Its name may go, the room need not.
            let is_known = self.memory.channel.is_some();
            let gone = Look::Absent("no room has this alias".to_owned());
            return if is_known { self.go(Step::Summary) } else { self.stop(gone) };
        }
        let Some(room) = page::read_alias(&answer.body) else {
            return Heard::Again("the alias was answered with no room".to_owned());
        };
        if self.memory.channel.as_ref().is_some_and(|known| *known != room) {
            return self.stop(Look::Replaced(room));
        }
        self.room = Some(room);
        self.go(Step::Summary)
    }

    fn hear_summary(&mut self, answer: &Answer) -> Heard {
        if answer.status != 200 {
            return self.stop(absent());
        }
        let summary = page::read_summary(&answer.body);
        let Some(summary) = summary.filter(|summary| Some(&summary.room) == self.room.as_ref())
        else {
            return Heard::Again("the summary is of no room, or of another".to_owned());
        };
        if summary.is_encrypted {
            return self.stop(Look::NotPublic("the room is encrypted".to_owned()));
        }
        if !summary.is_world_readable {
            return self.stop(Look::NotPublic("only its members may read it".to_owned()));
        }
        if summary.alias.is_some() {
            self.memory.handle = summary.alias;
        }
        self.is_public()
    }

    fn hear_visibility(&mut self, answer: &Answer) -> Heard {
        match (answer.status, page::read_visibility(&answer.body)) {
            (200, Some(true)) => self.go(Step::Encryption),
            (200, Some(false)) => {
                self.stop(Look::NotPublic("only its members may read it".to_owned()))
            }
            (200, None) => Heard::Again("the room's visibility is no answer".to_owned()),
            _ => self.stop(absent()),
        }
    }

    fn hear_encryption(&mut self, answer: &Answer) -> Heard {
        match answer.status {
            200 => self.stop(Look::NotPublic("the room is encrypted".to_owned())),
            404 => self.is_public(),
            _ => self.stop(absent()),
        }
    }

    fn is_public(&mut self) -> Heard {
        self.is_checked = true;
        self.memory.channel.clone_from(&self.room);
        if self.memory.handle.is_none() && self.named.is_alias() {
            self.memory.handle = Some(self.named.name.clone());
        }
        let step = if self.plan.check && !self.has_doubted {
            Step::Tombstone
        } else {
            self.first_reading()
        };
        self.go(step)
    }

    fn hear_page(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        match answer.status {
            200 => {}
            400 => return self.hear_lost_place(),
            _ if self.is_checked => {
                return self.stop(Look::KeptOut("posts_forbidden".to_owned()));
            }
            // Not public any more, or not there: that is told apart as far as it can be.
            _ => return self.go(Step::Summary),
        }
        let way = if self.step == Step::Tail { Way::Forward } else { Way::Back };
        let Some(mut page) = page::read(&answer.body, way) else {
            return Heard::Again("the page is cut or of an unknown kind".to_owned());
        };
        let from = self.from();
        if page.end.is_some() && page.end == from {
            page.end = None;
        }
        self.empty_pages = if page.events == 0 { self.empty_pages + 1 } else { 0 };
        if self.empty_pages > EMPTY_PAGES_MAX && page.end.is_some() && self.step != Step::Tail {
            let why = format!("{EMPTY_PAGES_MAX} pages of the homeserver in a row were empty");
            return self.stop(Look::Failed(why));
        }
        page.newest = page.newest.map(|newest| newest.min(at_ms));
        let is_new = matches!(self.step, Step::Head | Step::Gap(_) | Step::Tail);
        if is_new && page.says_not_public && !self.has_doubted {
            self.has_doubted = true;
            return self.go(Step::Summary);
        }
        match self.step {
            Step::Head => return self.hear_head(page, at_ms),
            Step::Gap(_) => self.hear_gap(page),
            Step::Tail => self.hear_tail(page, at_ms),
            Step::Recheck(_) => {
                self.rechecked += page.posts;
                self.step = self.next_recheck(page.end);
            }
            Step::Backfill => self.hear_older(page),
            _ => {}
        }
        Heard::Understood
    }

    /// Where the page that is asked for begins.
    fn from(&self) -> Option<String> {
        match &self.step {
            Step::Tail => self.memory.token.clone(),
            Step::Backfill => self.memory.token_back.clone(),
            Step::Gap(from) | Step::Recheck(from) => Some(from.clone()),
            _ => None,
        }
    }

    /// The homeserver does not know our place in its pages.
    fn hear_lost_place(&mut self) -> Heard {
        match self.step {
            Step::Tail => self.go(Step::Head),
            Step::Backfill if self.memory.token_back != self.memory.token => {
                // From the newest known post back to the beginning: what is known comes again.
                self.memory.token_back.clone_from(&self.memory.token);
                Heard::Understood
            }
            _ => Heard::Again("the homeserver does not know its own page".to_owned()),
        }
    }

    fn hear_head(&mut self, page: Page, at_ms: i64) -> Heard {
        let Some(token) = page.start.clone() else {
            return Heard::Again("the page does not say where it begins".to_owned());
        };
        if self.memory.token.is_some() {
            self.gap = Some(Gap { token, at_ms, ..Gap::default() });
            self.hear_gap(page);
            return Heard::Understood;
        }
        self.memory.token = Some(token);
        self.memory.is_whole = page.end.is_none();
        self.memory.token_back = page.end;
        self.memory.oldest = page.ids.last().cloned();
        for id in page.ids.into_iter().rev() {
            self.memory.push_newer(id, self.plan.remember);
        }
        self.note_newest(page.newest);
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        let step = self.next_back();
        self.go(step)
    }

    fn hear_gap(&mut self, page: Page) {
        self.rechecked += page.posts;
        let mut gap = self.gap.take().unwrap_or_default();
        gap.newest = gap.newest.max(page.newest);
        let new = page.ids.iter().position(|id| self.memory.recent.contains(id));
        let is_closed = new.is_some() || page.end.is_none();
        let new = new.unwrap_or(page.ids.len());
        // Edits among what is known were asked for when they came.
        let edited = page.edited.into_iter().filter(|(place, _)| *place < new);
        gap.edited.extend(edited.map(|(_, post)| post));
        gap.ids.extend(page.ids.into_iter().take(new));
        if let (false, Some(end)) = (is_closed, &page.end) {
            self.step = Step::Gap(end.clone());
            self.gap = Some(gap);
            return;
        }
        gap.edited.retain(|post| !gap.ids.contains(post));
        gap.ids.reverse();
        let news = News {
            token: Some(gap.token),
            ids: gap.ids,
            newest: gap.newest,
            tip_at: Some(gap.at_ms),
            is_whole: page.end.is_none(),
            then: page.end.filter(|_| self.rechecked < self.plan.recheck).map(Step::Recheck),
        };
        self.take(news, gap.edited);
    }

    fn hear_tail(&mut self, page: Page, at_ms: i64) {
        let is_tip = page.end.is_none() || self.empty_pages > EMPTY_PAGES_MAX;
        let then = match (is_tip, self.plan.recheck > 0) {
            (false, _) => Some(Step::Tail),
            (true, true) => Some(Step::Head),
            (true, false) => None,
        };
        let tip_at = is_tip.then_some(at_ms);
        let Page { end: token, ids, newest, edited, .. } = page;
        let edited = edited.into_iter().map(|(_, post)| post).collect();
        self.take(News { token, ids, newest, tip_at, is_whole: false, then }, edited);
    }

    /// Remembers what is new once the posts that it edits were asked for.
    fn take(&mut self, news: News, edited: Vec<String>) {
        self.news = Some(news);
        self.wanted = edited;
        self.wanted.sort_unstable();
        self.wanted.dedup();
        self.next_event();
    }

    fn next_event(&mut self) {
        self.event_tries = 0;
        if let Some(post) = self.wanted.pop() {
            self.step = Step::Event(post);
            return;
        }
        let Some(news) = self.news.take() else { return };
        if news.token.is_some() {
            self.memory.token = news.token;
        }
        for id in news.ids {
            if !self.memory.recent.contains(&id) {
                self.memory.push_newer(id, self.plan.remember);
            }
        }
        self.note_newest(news.newest);
        if let Some(at) = news.tip_at {
            self.followed = true;
            self.memory.looked_at = Some(at);
        }
        if news.is_whole {
            self.memory.is_whole = true;
            self.memory.token_back = None;
        }
        self.step = news.then.unwrap_or_else(|| self.next_back());
    }

    fn note_newest(&mut self, newest: Option<i64>) {
        let known = self.memory.newest.as_ref().and_then(|time| time.parse().ok());
        self.memory.newest = known.max(newest).map(|time: i64| time.to_string());
    }

    fn next_recheck(&self, end: Option<String>) -> Step {
        let end = end.filter(|_| self.rechecked < self.plan.recheck);
        end.map_or_else(|| self.next_back(), Step::Recheck)
    }

    fn hear_older(&mut self, page: Page) {
        self.pages_back += 1;
        if let Some(last) = page.ids.last() {
            self.memory.oldest = Some(last.clone());
        }
        for id in page.ids {
            if !self.memory.recent.contains(&id) {
                self.memory.push_older(id, self.plan.remember);
            }
        }
        self.memory.is_whole = page.end.is_none();
        self.memory.token_back = page.end;
        self.step = self.next_back();
    }

    fn next_back(&self) -> Step {
        let has_older = !self.memory.is_whole && self.memory.token_back.is_some();
        let wants = self.pages_back < self.plan.backfill && has_older;
        if wants { Step::Backfill } else { Step::Over }
    }

    fn address(&self) -> Option<String> {
        let home = self.home.as_ref()?;
        let room = self.room.as_deref().unwrap_or_default();
        let from = self.from();
        let from = from.as_deref();
        Some(match &self.step {
            Step::Over => return None,
            Step::Alias => home.alias(&self.named.name),
            Step::Summary => home.summary(room, self.named.server.as_deref()),
            Step::Visibility => home.state(room, "m.room.history_visibility"),
            Step::Encryption => home.state(room, "m.room.encryption"),
            Step::Tombstone => home.state(room, "m.room.tombstone"),
            Step::Event(event) => home.event(room, event),
            Step::Tail => home.messages(room, 'f', from),
            Step::Head | Step::Gap(_) | Step::Recheck(_) | Step::Backfill => {
                home.messages(room, 'b', from)
            }
        })
    }
}

/// The same answer comes for all three.
fn absent() -> Look {
    Look::Absent(
        "it is private, removed, or never was: the homeserver does not say which".to_owned(),
    )
}

impl Visit for MatrixVisit {
    fn next(&mut self) -> Option<Ask> {
        let url = self.address()?;
        let home = self.home.as_ref()?;
        let lane = (home.host.clone(), self.place.limit(LIMIT));
        let mut ask = Ask::get(url, READER, lane);
        if home.is_set {
            ask.secret = self.place.secret.clone();
        }
        ask.channel.clone_from(&self.memory.channel);
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    /// Where our account is a member, pages show it more than everybody may read.
    fn reduced(&self, answer: Answer) -> (Answer, u64) {
        let way = match self.step {
            Step::Tail => Way::Forward,
            Step::Head | Step::Gap(_) | Step::Recheck(_) | Step::Backfill => Way::Back,
            _ => return (answer, 0),
        };
        let Ok(mut read) = serde_json::from_slice(&answer.body) else { return (answer, 0) };
        match page::reduce(&mut read, way) {
            0 => (answer, 0),
            left_out => (Answer { body: read.to_string().into_bytes(), ..answer }, left_out as u64),
        }
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        let is_event = matches!(self.step, Step::Event(_));
        if let Some(why) = unusable(answer) {
            self.event_tries += u32::from(is_event && answer.status != 429);
            if self.event_tries >= EVENT_TRIES_MAX {
                self.next_event();
                return Heard::Understood;
            }
            return Heard::Again(why);
        }
        let code = page::error_code(answer);
        let is_unheard = code.as_deref() == Some("M_UNRECOGNIZED");
        if self.step == Step::Summary && is_unheard {
            return self.go(Step::Visibility);
        }
        // Nothing but news hangs on this: a server that does not tell is not asked again.
        if self.step == Step::Tombstone && matches!(answer.status, 400 | 403 | 404) {
            let step = self.first_reading();
            return self.go(step);
        }
        if let Some(heard) = self.refused(answer, code.as_deref()) {
            return heard;
        }
        match self.step {
            Step::Alias => self.hear_alias(answer),
            Step::Summary => self.hear_summary(answer),
            Step::Visibility => self.hear_visibility(answer),
            Step::Encryption => self.hear_encryption(answer),
            Step::Tombstone => {
                let step = self.first_reading();
                self.go(step)
            }
            Step::Event(_) if answer.status == 200 && !page::is_event(&answer.body) => {
                Heard::Again("the event is cut or of an unknown kind".to_owned())
            }
            // An event that is not there for us has no edit for us either.
            Step::Event(_) => {
                self.next_event();
                Heard::Understood
            }
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
        let has_older = !self.memory.is_whole && self.memory.token_back.is_some();
        Outcome { look: self.look.clone(), has_older, followed: self.followed }
    }
}

#[cfg(test)]
mod tests;
