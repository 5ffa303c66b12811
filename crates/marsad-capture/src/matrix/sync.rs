//! What happens in the watched rooms that our account has joined: `GET /sync`, long polling.
//!
//! Nobody joins anything here: an operator who wants a room by this way joins it with the desk's
//! account. A visit asks which rooms that account is in, and keeps of the answer those that are
//! watched and were found public; sync is asked about these alone. Visits by `/messages` stay what a
//! room is read by: this tells of it sooner. Where an answer leaves events out (`limited`), a visit
//! is asked for. The place in the stream (`next_batch`) moves only after the answer is kept and every
//! post that it edits was asked for.
//!
//! A member is shown more than everybody may see. So of an answer nothing is kept that is older than a
//! change that opens its room or comes after one that closes it; a room that closes is left out then
//! until a visit has found it public again.
//!
//! Of the memory: `token` is the place, `token_back` the joined rooms as `MS ID ID …`, `looked_at`
//! the last answer, `newest` the one before it, `recent` the rooms in doubt.

use serde_json::Value;

use super::address::{Homeserver, NOT_TYPES, STATE_TYPES};
use super::{EVENT_TRIES_MAX, LIMIT, READER, page};
use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Nudge, Outcome, Place, Public, Turn, Visit};

/// Milliseconds that the homeserver waits for something to happen.
const WAIT_MS: u64 = 30_000;
/// How often it is asked which rooms our account is in.
const JOINED_EVERY_MS: i64 = 600_000;
/// Rooms of one question: its address would be too long for more.
const ROOMS_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Which rooms our account is in.
    Joined,
    /// What happened in them.
    Sync,
    /// A post whose edit came without it: its room and id.
    Event(String, String),
    Over,
}

/// An answer that is kept, and not done with before its edits are complete.
#[derive(Debug)]
struct News {
    token: String,
    at_ms: i64,
}

/// One long poll.
pub(crate) struct SyncVisit {
    home: Option<Homeserver>,
    place: Place,
    memory: Memory,
    /// Ids of rooms that are watched, were found public, and are not in doubt.
    public: Vec<String>,
    step: Step,
    news: Option<News>,
    wanted: Vec<(String, String)>,
    event_tries: u32,
    nudges: Vec<Nudge>,
    look: Look,
    followed: bool,
}

impl SyncVisit {
    pub(crate) fn new(place: Place, mut memory: Memory, public: &[Public]) -> Self {
        memory.settle(public);
        let is_sure = |room: &&Public| !memory.doubts(&room.id);
        let mut visit = Self {
            home: Homeserver::set(&place),
            place,
            public: public.iter().filter(is_sure).map(|room| room.id.clone()).collect(),
            step: Step::Over,
            news: None,
            wanted: Vec::new(),
            event_tries: 0,
            nudges: Vec::new(),
            look: Look::Saw,
            followed: false,
            memory,
        };
        for room in public.iter().filter(|room| visit.memory.doubts(&room.id)) {
            visit.nudges.push(Nudge { channel: room.id.clone(), turn: Turn::Check });
        }
        if !visit.public.is_empty() {
            let is_known = !visit.rooms().is_empty();
            visit.step = if is_known { Step::Sync } else { Step::Joined };
        }
        visit
    }

    /// The rooms that are asked about: joined when that was asked last.
    fn rooms(&self) -> Vec<&str> {
        let joined = self.memory.token_back.as_deref().unwrap_or_default();
        let joined = joined.split(' ').skip(1);
        let rooms = joined.filter(|joined| self.public.iter().any(|room| room == joined));
        rooms.take(ROOMS_MAX).collect()
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.step = Step::Over;
        Heard::Understood
    }

    fn nudge(&mut self, room: &str, turn: Turn) {
        let nudge = Nudge { channel: room.to_owned(), turn };
        if !self.nudges.contains(&nudge) {
            self.nudges.push(nudge);
        }
    }

    /// What an answer other than 200 means.
    fn refused(&mut self, answer: &Answer) -> Heard {
        let code = page::error_code(answer);
        let said = code.clone().unwrap_or_else(|| format!("HTTP {}", answer.status));
        match (answer.status, code.as_deref()) {
            (401, _) => self.stop(Look::Failed(
                "the homeserver does not take our account; look at MARSAD_MATRIX_TOKEN".to_owned(),
            )),
            // It does not know our place any more: how the rooms are now, and what lies between is
            // the visits' as ever.
            (400, Some(_)) if self.step == Step::Sync && self.memory.token.is_some() => {
                self.memory.token = None;
                self.memory.newest = None;
                Heard::Understood
            }
            (400 | 403 | 404 | 405, _) => self.stop(Look::Failed(format!(
                "the homeserver gives no live news ({said}); its rooms are read by visits alone"
            ))),
            (status, _) => Heard::Again(format!("HTTP {status} is no homeserver's answer")),
        }
    }

    fn hear_joined(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let Some(rooms) = body.as_ref().and_then(|body| body.get("joined_rooms")?.as_array())
        else {
            return Heard::Again("the answer is cut or names no rooms".to_owned());
        };
        let joined = rooms.iter().filter_map(Value::as_str);
        let joined = joined.filter(|id| self.public.iter().any(|room| room == id));
        let list = joined.fold(at_ms.to_string(), |list, id| format!("{list} {id}"));
        self.memory.token_back = Some(list);
        self.step = if self.rooms().is_empty() { Step::Over } else { Step::Sync };
        Heard::Understood
    }

    fn hear_sync(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let Some((body, token)) = body.and_then(|body| {
            let token = body.get("next_batch")?.as_str()?.to_owned();
            Some((body, token))
        }) else {
            return Heard::Again("the answer is cut or does not say where it ends".to_owned());
        };
        let joined = body.pointer("/rooms/join").and_then(Value::as_object);
        for (id, room) in joined.into_iter().flatten() {
            self.hear_room(id, room, at_ms);
        }
        self.news = Some(News { token, at_ms });
        self.next_event();
        Heard::Understood
    }

    fn hear_room(&mut self, id: &str, room: &Value, at_ms: i64) {
        let (state, timeline) = (events(room, "/state/events"), events(room, "/timeline/events"));
        if room.pointer("/timeline/limited") == Some(&Value::Bool(true)) {
            self.nudge(id, Turn::Follow);
        }
        if state.iter().chain(timeline).any(page::closes) {
            self.memory.doubt(id, at_ms);
            self.nudge(id, Turn::Check);
            self.nudge(id, Turn::Follow);
        }
        if timeline.iter().any(|event| event.get("state_key").is_some()) {
            self.nudge(id, Turn::Check);
        }
        let edited = page::edited_elsewhere(timeline);
        self.wanted.extend(edited.into_iter().map(|post| (id.to_owned(), post)));
    }

    fn next_event(&mut self) {
        self.event_tries = 0;
        if let Some((room, post)) = self.wanted.pop() {
            self.step = Step::Event(room, post);
            return;
        }
        self.step = Step::Over;
        let Some(News { token, at_ms }) = self.news.take() else { return };
        self.memory.token = Some(token);
        self.memory.newest = self.memory.looked_at.map(|at| at.to_string());
        self.memory.looked_at = Some(at_ms);
        self.followed = true;
        let listed = self.memory.token_back.as_deref().and_then(|list| list.split(' ').next());
        let listed_at: i64 = listed.and_then(|at| at.parse().ok()).unwrap_or(0);
        if at_ms - listed_at >= JOINED_EVERY_MS {
            self.memory.token_back = None;
        }
    }

    /// Of rooms that are watched what is kept of them, and how many things are not.
    fn reduce(&self, body: &mut Value) -> u64 {
        let Some(fields) = body.as_object_mut() else { return 0 };
        let before = fields.len();
        fields.retain(|name, _| matches!(name.as_str(), "next_batch" | "rooms" | "joined_rooms"));
        let mut left_out = before - fields.len();
        if let Some(joined) = fields.get_mut("joined_rooms").and_then(Value::as_array_mut) {
            let before = joined.len();
            joined.retain(|id| self.public.iter().any(|room| id == room));
            left_out += before - joined.len();
        }
        if let Some(rooms) = fields.get_mut("rooms").and_then(Value::as_object_mut) {
            let before = rooms.len();
            rooms.retain(|name, _| name == "join");
            left_out += before - rooms.len();
            if let Some(joined) = rooms.get_mut("join").and_then(Value::as_object_mut) {
                let before = joined.len();
                joined.retain(|id, room| self.public.contains(id) && room.is_object());
                left_out += before - joined.len();
                left_out += joined.values_mut().map(reduce_room).sum::<usize>();
            }
        }
        left_out as u64
    }
}

/// Of a room what is said and what it is, as far as everybody may read it.
fn reduce_room(room: &mut Value) -> usize {
    let is_closed = events(room, "/state/events").iter().any(page::closes);
    let said: Vec<&Value> = events(room, "/timeline/events").iter().collect();
    let mut is_public = page::public_part(&said, is_closed).into_iter();
    let Some(fields) = room.as_object_mut() else { return 0 };
    let before = fields.len();
    fields.retain(|name, part| matches!(name.as_str(), "state" | "timeline") && part.is_object());
    let mut left_out = before - fields.len();
    let mut list = |part: &str, keeps: &mut dyn FnMut(&str) -> bool| {
        let events = fields.get_mut(part).and_then(|part| part.get_mut("events"));
        let Some(events) = events.and_then(Value::as_array_mut) else { return };
        let before = events.len();
        events.retain(|event| keeps(event.get("type").and_then(Value::as_str).unwrap_or_default()));
        left_out += before - events.len();
    };
    list("state", &mut |kind| STATE_TYPES.contains(&kind));
    list("timeline", &mut |kind| {
        let is_public = is_public.next().unwrap_or(false);
        is_public && !NOT_TYPES.contains(&kind) && kind != "m.room.encrypted"
    });
    left_out
}

fn events<'a>(room: &'a Value, place: &str) -> &'a [Value] {
    room.pointer(place).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl Visit for SyncVisit {
    fn next(&mut self) -> Option<Ask> {
        let home = self.home.as_ref()?;
        let (url, lane) = match &self.step {
            Step::Over => return None,
            Step::Joined => (home.joined(), home.host.clone()),
            // A poll that waits must not hold up the questions to the same host.
            Step::Sync => {
                let since = self.memory.token.as_deref();
                let url = home.sync(&self.rooms(), since, WAIT_MS);
                (url, format!("{}/sync", home.host))
            }
            Step::Event(room, post) => (home.event(room, post), home.host.clone()),
        };
        let is_sync = self.step == Step::Sync;
        let limit = if is_sync { Limit::per_second(1) } else { self.place.limit(LIMIT) };
        let mut ask = Ask::get(url, READER, (lane, limit));
        ask.secret = self.place.secret.clone();
        if is_sync {
            ask.holds_ms = WAIT_MS;
        }
        if let Step::Event(room, _) = &self.step {
            ask.channel = Some(room.clone());
        }
        // What came with this answer was not there when the one before the last came: the last may
        // have been written a moment before.
        let before = self.memory.newest.as_ref().and_then(|at| at.parse().ok());
        ask.previous = before.map(|at: i64| (at, at.to_string()));
        Some(ask)
    }

    fn reduced(&self, answer: Answer) -> (Answer, u64) {
        // The post whose edit came is asked for in a room that was found public.
        if answer.status != 200 || matches!(self.step, Step::Event(..)) {
            return (answer, 0);
        }
        let Ok(mut read) = serde_json::from_slice::<Value>(&answer.body) else {
            // Of what cannot be read nobody knows whose it is.
            return (Answer { body: Vec::new(), ..answer }, 1);
        };
        match self.reduce(&mut read) {
            0 => (answer, 0),
            left_out => (Answer { body: read.to_string().into_bytes(), ..answer }, left_out),
        }
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        let is_event = matches!(self.step, Step::Event(..));
        if let Some(why) = unusable(answer) {
            self.event_tries += u32::from(is_event && answer.status != 429);
            if self.event_tries >= EVENT_TRIES_MAX {
                self.next_event();
                return Heard::Understood;
            }
            return Heard::Again(why);
        }
        if is_event {
            if answer.status == 200 && !page::is_event(&answer.body) {
                return Heard::Again("the event is cut or of an unknown kind".to_owned());
            }
            // An event that is not there for us has no edit for us either.
            self.next_event();
            return Heard::Understood;
        }
        match (answer.status, &self.step) {
            (200, Step::Joined) => self.hear_joined(answer, at_ms),
            (200, _) => self.hear_sync(answer, at_ms),
            _ => self.refused(answer),
        }
    }

    fn nudges(&mut self) -> Vec<Nudge> {
        std::mem::take(&mut self.nudges)
    }

    fn give_up(&mut self, why: String) {
        self.stop(Look::Failed(why));
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    fn end(&self) -> Outcome {
        Outcome { look: self.look.clone(), has_older: false, followed: self.followed }
    }
}
