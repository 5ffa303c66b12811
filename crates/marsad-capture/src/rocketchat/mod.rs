//! A Rocket.Chat server over REST, as one of its users.
//!
//! `channels.info` says whether the room is a public channel; nothing is read before it said so.
//! The first posts and the old ones come from `channels.history`, newest first, with `latest` as
//! the newer bound. It is asked **inclusively**: posts may share a millisecond, and a page may end
//! within one. Only where a whole page shares one millisecond are those shown already skipped by
//! `offset`: a millisecond that is past gets no more posts, though one deleted there in between
//! could hide another.
//!
//! What is new, edited or deleted since comes from `chat.syncMessages`: everything after
//! `lastUpdate`, at once. That form loses nothing where changes share a millisecond; the one with
//! pages (`next`) does. Servers of one workspace write with clocks of their own, so that each
//! question begins a little before the last change that was seen.
//!
//! Times order the posts: `newest` and `oldest` of the memory are milliseconds, `recent` has a line
//! `MILLISECONDS ID` for each post, `channel` is the room's `_id`. The token is `@MS`, the last
//! change seen, or `TOP REACHED` while the newest posts are read downwards.

mod anonymous;
mod ddp;
mod page;
mod realtime;

use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Missed, Outcome, Place, Places, Plan};
use crate::{Source, Visit};
pub(crate) use anonymous::AnonymousVisit;
use page::{Changes, Page, Room, iso};
pub use realtime::{Realtime, Saying, Standing, Step as RealtimeStep};

/// The reader of the answers.
const READER: &str = "rocketchat";
/// Messages on one page: what servers allow unless told otherwise.
const PAGE: usize = 100;
/// A page with fewer messages was not cut: no server gives so few at a time.
const SHORT: usize = 10;
/// Milliseconds by which the clocks of a workspace's servers may differ.
const OVERLAP_MS: i64 = 5000;
/// Milliseconds by which the server's clock and ours may differ.
const CLOCKS_MS: i64 = 3_600_000;
/// What the platform allows on each route, unless told otherwise.
pub(crate) const LIMIT: Limit = Limit { asks: 10, window_ms: 60_000 };

/// Which room, where, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// `HOST/NAME`, by which the channel goes.
    key: String,
    own: String,
    room: String,
    place: Place,
}

impl Host {
    pub(crate) fn of(source: &Source, places: &Places) -> Self {
        let (host, room) = source.name.split_once('/').unwrap_or(("", &source.name));
        Self {
            key: source.name.clone(),
            own: host.to_owned(),
            room: room.to_owned(),
            place: places.rocketchat.clone(),
        }
    }

    /// The host that is asked, with its port.
    pub(crate) fn name(&self) -> String {
        self.place.host(&self.own)
    }

    pub(crate) fn has_user(&self) -> bool {
        self.place.secret != crate::Secret::None
    }

    fn base(&self) -> String {
        self.place.base(&format!("https://{}", self.own))
    }

    /// A question on a route; the limit is the route's.
    fn ask(&self, route: &str, fields: &[(&str, &str)]) -> Ask {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields);
        let base = self.base();
        let lane = (format!("{}/{route}", self.name()), self.place.limit(LIMIT));
        let mut ask = Ask::get(format!("{base}/api/v1/{route}?{}", query.finish()), READER, lane);
        ask.secret = self.place.secret.clone();
        ask.channel = Some(self.key.clone());
        ask
    }
}

/// What a refusal means; `None` for 200.
fn refused(answer: &Answer) -> Option<Result<Look, String>> {
    if let Some(why) = unusable(answer) {
        return Some(Err(why));
    }
    let code = page::code(answer);
    let look = match answer.status {
        200 => return None,
        401 => Look::Failed(format!(
            "the user is refused ({code}); see MARSAD_ROCKETCHAT_USER and MARSAD_ROCKETCHAT_TOKEN"
        )),
        _ if code == "error-room-not-found" => Look::Absent(code),
        403 => Look::KeptOut(code),
        400 if code == "error-not-allowed" || code == "error-room-archived" => Look::KeptOut(code),
        404 => Look::Failed(format!("the host does not answer as Rocket.Chat does ({code})")),
        status => {
            Look::Failed(format!("the platform does not take the question (HTTP {status}, {code})"))
        }
    };
    Some(Ok(look))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The room itself, by its name or, where that leads nowhere, by its id.
    Info {
        by_id: bool,
    },
    /// The newest posts, down to the newest one known.
    Head,
    /// What changed since.
    Sync,
    /// Which of the last posts were deleted; so many were told.
    Deleted {
        since: i64,
        told: usize,
    },
    /// The posts from the oldest one known downwards.
    Backfill,
    Over,
}

pub(crate) struct RocketChatVisit {
    host: Host,
    plan: Plan,
    memory: Memory,
    /// What was known of the newest posts when the visit began.
    previous: Option<(i64, String)>,
    step: Step,
    /// When the page was read that the posts down to the newest one known hang on, epoch ms.
    head_at: Option<i64>,
    /// Posts of the millisecond asked for that were shown already.
    offset: usize,
    pages_back: u32,
    look: Look,
    followed: bool,
}

impl RocketChatVisit {
    pub(crate) fn new(host: Host, memory: Memory, plan: Plan) -> Self {
        let mut visit = Self {
            previous: memory.previous(),
            host,
            plan,
            memory,
            step: Step::Over,
            head_at: None,
            offset: 0,
            pages_back: 0,
            look: Look::Saw,
            followed: false,
        };
        let first = visit.first();
        let is_unknown = visit.memory.channel.is_none() && first != Step::Over;
        let asks_room = plan.check || is_unknown;
        visit.step = if asks_room { Step::Info { by_id: false } } else { first };
        visit
    }

    fn first(&self) -> Step {
        if !self.plan.follow {
            return self.after_follow();
        }
        if self.cursor().is_some() { Step::Sync } else { Step::Head }
    }

    fn newest(&self) -> Option<i64> {
        self.memory.newest.as_ref()?.parse().ok()
    }

    fn oldest(&self) -> Option<i64> {
        self.memory.oldest.as_ref()?.parse().ok()
    }

    /// The last change that was seen, epoch ms.
    fn cursor(&self) -> Option<i64> {
        self.memory.token.as_ref()?.strip_prefix('@')?.parse().ok()
    }

    /// How far down the newest posts were read: from, to.
    fn gap(&self) -> Option<(i64, i64)> {
        let (top, reached) = self.memory.token.as_ref()?.split_once(' ')?;
        Some((top.parse().ok()?, reached.parse().ok()?))
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn hear_info(&mut self, answer: &Answer, by_id: bool) -> Heard {
        match refused(answer) {
            Some(Err(why)) => return Heard::Again(why),
            // The room may go by another name now.
            Some(Ok(Look::Absent(_))) if !by_id && self.memory.channel.is_some() => {
                self.step = Step::Info { by_id: true };
                return Heard::Understood;
            }
            Some(Ok(look)) => return self.stop(look),
            None => {}
        }
        let Some(room) = Room::read(&answer.body) else {
            return Heard::Again("the answer is cut or is no room".to_owned());
        };
        if self.memory.channel.as_ref().is_some_and(|known| *known != room.id) {
            return self.stop(Look::Replaced(room.id));
        }
        if let Some(why) = room.refusal() {
            // It has to say that it is public again before anything more is read.
            self.memory.channel = None;
            return self.stop(Look::NotPublic(why));
        }
        self.memory.channel = Some(room.id);
        self.memory.handle = room.name.or_else(|| self.memory.handle.take());
        self.step = self.first();
        Heard::Understood
    }

    fn hear_head(&mut self, page: &Page, at_ms: i64) -> Heard {
        let Some(newest) = self.newest() else {
            self.memory.newest = page.highest().map(|at| at.to_string());
            self.memory.oldest = page.lowest().map(|at| at.to_string());
            self.memory.is_whole = page.posts.is_empty();
            page.remember(&mut self.memory, self.plan.remember);
            // In an empty room everything is a change since now, by whatever clock.
            let cursor = page.highest().unwrap_or(at_ms - CLOCKS_MS);
            self.memory.token = Some(format!("@{cursor}"));
            return self.followed(at_ms);
        };
        let gap = self.gap();
        if gap.is_none() {
            self.head_at = Some(at_ms);
        }
        let Some((lowest, highest)) = page.lowest().zip(page.highest()) else {
            return self.close(gap.map_or(newest, |(top, _)| top), newest);
        };
        let start = gap.map(|(_, reached)| reached);
        if start.is_some_and(|start| lowest > start) {
            return Heard::Again("the page does not go on from where it was asked".to_owned());
        }
        page.remember(&mut self.memory, self.plan.remember);
        let top = gap.map_or(highest.max(newest), |(top, _)| top);
        let is_short = page.posts.len() < SHORT;
        if lowest < newest || (is_short && (lowest == newest || start == Some(lowest))) {
            return self.close(top, newest);
        }
        self.offset = if start == Some(lowest) { self.offset + page.posts.len() } else { 0 };
        self.memory.token = Some(format!("{top} {lowest}"));
        Heard::Understood
    }

    /// Everything from `top` down to the newest post known was read.
    fn close(&mut self, top: i64, newest: i64) -> Heard {
        let top = top.max(newest);
        self.offset = 0;
        self.memory.newest = Some(top.to_string());
        let Some(head_at) = self.head_at else {
            // An earlier visit read the top of it: what came since is read next.
            self.memory.token = None;
            return Heard::Understood;
        };
        // A post's last change is never before its publication.
        self.memory.token = Some(format!("@{top}"));
        self.followed(head_at)
    }

    fn followed(&mut self, at_ms: i64) -> Heard {
        self.followed = true;
        self.memory.looked_at = Some(at_ms);
        self.step = self.after_follow();
        Heard::Understood
    }

    fn hear_sync(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        let Some(changes) = Changes::read(&answer.body) else {
            return Heard::Again("the answer is cut or says nothing of changes".to_owned());
        };
        for id in &changes.deleted {
            self.memory.remove_timed(id);
        }
        let newest = self.newest().unwrap_or(i64::MIN);
        for post in changes.updated.posts.iter().rev() {
            if post.is_system {
                // A line may stand where a post was.
                self.memory.remove_timed(&post.id);
            } else if post.at >= newest {
                self.memory.insert_timed(post.at, &post.id, self.plan.remember);
            }
        }
        if let Some(highest) = changes.updated.highest() {
            self.memory.newest = Some(highest.max(newest).to_string());
        }
        let cursor = self.cursor().max(changes.newest);
        self.memory.token = cursor.map(|at| format!("@{at}"));
        self.followed(at_ms)
    }

    fn after_follow(&self) -> Step {
        let looks = self.previous.is_some() && self.plan.recheck > 0;
        let window = self.memory.timed().rev().take(self.plan.recheck);
        match window.map(|(at, _)| at).min() {
            Some(since) if looks => Step::Deleted { since, told: 0 },
            _ => self.next_back(),
        }
    }

    fn hear_deleted(&mut self, answer: &Answer, since: i64, told: usize) -> Heard {
        let Some((ids, total)) = page::deleted(&answer.body) else {
            return Heard::Again("the answer is cut or says nothing of deletions".to_owned());
        };
        for id in &ids {
            self.memory.remove_timed(id);
        }
        let told = told + ids.len();
        let has_more = !ids.is_empty() && told < total;
        self.step = if has_more { Step::Deleted { since, told } } else { self.next_back() };
        Heard::Understood
    }

    fn hear_older(&mut self, page: &Page) -> Heard {
        let Some(oldest) = self.oldest() else {
            return self.stop(Look::Failed("nothing older can be asked for".to_owned()));
        };
        match page.lowest() {
            Some(lowest) if lowest > oldest => {
                return Heard::Again("the page does not go on from where it was asked".to_owned());
            }
            Some(lowest) if lowest == oldest && page.posts.len() >= SHORT => {
                self.offset += page.posts.len();
            }
            Some(lowest) if lowest < oldest => {
                self.offset = 0;
                self.memory.oldest = Some(lowest.to_string());
            }
            _ => self.memory.is_whole = true,
        }
        self.pages_back += 1;
        page.remember_older(&mut self.memory, self.plan.remember);
        self.step = self.next_back();
        Heard::Understood
    }

    fn next_back(&self) -> Step {
        let wants = self.pages_back < self.plan.backfill && !self.memory.is_whole;
        if wants && self.memory.oldest.is_some() { Step::Backfill } else { Step::Over }
    }

    fn history(&self, room: &str, latest: Option<i64>) -> Ask {
        let (count, offset) = (PAGE.to_string(), self.offset.to_string());
        let latest = latest.map(iso).unwrap_or_default();
        let mut fields = vec![("roomId", room), ("count", count.as_str())];
        // Replies are posts; newer servers leave them out unless asked.
        fields.push(("showThreadMessages", "true"));
        if !latest.is_empty() {
            fields.extend([("latest", latest.as_str()), ("inclusive", "true")]);
        }
        if self.offset > 0 {
            fields.push(("offset", offset.as_str()));
        }
        self.host.ask("channels.history", &fields)
    }
}

impl Visit for RocketChatVisit {
    fn next(&mut self) -> Option<Ask> {
        let room = self.memory.channel.clone().unwrap_or_default();
        let mut ask = match self.step {
            Step::Over => return None,
            Step::Info { by_id: true } => self.host.ask("channels.info", &[("roomId", &room)]),
            Step::Info { by_id: false } => {
                self.host.ask("channels.info", &[("roomName", &self.host.room)])
            }
            Step::Head => self.history(&room, self.gap().map(|(_, reached)| reached)),
            Step::Backfill => self.history(&room, self.oldest()),
            Step::Sync => {
                let since = iso(self.cursor()? - OVERLAP_MS);
                let fields = [("roomId", room.as_str()), ("lastUpdate", &since)];
                self.host.ask("chat.syncMessages", &fields)
            }
            Step::Deleted { since, told } => {
                let (since, count, told) = (iso(since), PAGE.to_string(), told.to_string());
                let fields = [
                    ("roomId", room.as_str()),
                    ("since", &since),
                    ("count", &count),
                    ("offset", &told),
                ];
                self.host.ask("chat.getDeletedMessages", &fields)
            }
        };
        ask.previous.clone_from(&self.previous);
        Some(ask)
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if let Step::Info { by_id } = self.step {
            return self.hear_info(answer, by_id);
        }
        match refused(answer) {
            Some(Err(why)) => return Heard::Again(why),
            Some(Ok(look)) => return self.stop(look),
            None => {}
        }
        match self.step {
            Step::Sync => return self.hear_sync(answer, at_ms),
            Step::Deleted { since, told } => return self.hear_deleted(answer, since, told),
            _ => {}
        }
        let Some(page) = Page::read(&answer.body) else {
            return Heard::Again("the answer is cut or has no list of messages".to_owned());
        };
        if self.step == Step::Head { self.hear_head(&page, at_ms) } else { self.hear_older(&page) }
    }

    fn give_up(&mut self, why: String) {
        // More changed than one answer holds: the posts are then read by pages. What was edited
        // meanwhile among the old ones is not learnt.
        if self.step == Step::Sync && why.contains(&Missed::TooLong.to_string()) {
            self.memory.token = None;
        }
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
