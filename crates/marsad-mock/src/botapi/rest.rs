//! The calls.

use serde_json::{Value, json};

use super::chat::Chat;
use super::{BotApi, Flavour, Kind, State, Status, Update};
use crate::gate::{Effect, Platform};
use crate::http::{Request, Response};

pub(super) fn refuse(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, &json!({"code": code, "message": message}))
}

fn not_found() -> Response {
    refuse(404, "not.found", "Chat not found")
}

fn denied() -> Response {
    refuse(403, "chat.denied", "chat.denied")
}

pub(super) fn bad_payload(message: &str) -> Response {
    refuse(400, "proto.payload", message)
}

/// A number of the query within bounds; the default where it is absent.
fn number(
    request: &Request,
    name: &str,
    (default, low, high): (i64, i64, i64),
) -> Result<i64, Response> {
    let Some(written) = request.parameter(name).filter(|written| written != "null") else {
        return Ok(default);
    };
    let parsed = written.parse().ok().filter(|n| (low..=high).contains(n));
    parsed.ok_or_else(|| bad_payload(&format!("{name}: Invalid value")))
}

impl Platform for BotApi {
    fn route(&self, request: &Request, now_ms: i64, effect: Effect) -> Response {
        let token = match self.flavour {
            Flavour::TamTam => request.parameter("access_token"),
            Flavour::Max => request.header("Authorization").map(str::to_owned),
        };
        if token.as_deref() != Some(&self.token) {
            return refuse(401, "verify.token", "Invalid access_token");
        }
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let mut state = self.state();
        if request.method != "GET" {
            let is_hook = segments == ["subscriptions"];
            let answer = match (request.method.as_str(), is_hook) {
                ("POST", true) => state.hooks.subscribe(self.flavour, request, now_ms, effect),
                ("DELETE", true) => state.hooks.unsubscribe(request, effect),
                _ => Err(refuse(405, "method.not.allowed", "Method not allowed")),
            };
            return answer.map_or_else(|refusal| refusal, |body| Response::json(200, &body));
        }
        let answer = match *segments.as_slice() {
            ["me"] => Ok(self.me()),
            // Withdrawn on MAX in June 2026; what it answers since is written nowhere.
            ["chats"] if self.flavour == Flavour::TamTam => self.chats(&state, request, now_ms),
            ["chats", chat] => self.chat(&state, chat, now_ms),
            ["messages"] => self.messages(&state, request, now_ms),
            ["messages", mid] => self.message(&state, mid, now_ms),
            ["updates"] => self.updates(&mut state, request, now_ms, effect),
            ["subscriptions"] => Ok(state.hooks.list()),
            _ => Err(not_found()),
        };
        answer.map_or_else(|refusal| refusal, |body| Response::json(200, &body))
    }

    /// No header says how long to wait.
    fn too_many(&self, _: i64, _: i64) -> Response {
        refuse(429, "too.many.requests", "Rate limit exceeded")
    }

    fn failed(&self, status: u16) -> Response {
        match status {
            503 => refuse(503, "service.unavailable", "Service unavailable"),
            _ => refuse(status, "internal.error", "Internal server error"),
        }
    }
}

/// How long an empty answer to `/updates` is held; none for other calls.
pub(super) fn timeout_ms(request: &Request) -> Option<i64> {
    let is_updates = request.method == "GET" && request.segments() == ["updates"];
    let seconds = number(request, "timeout", (30, 0, 90)).ok().filter(|_| is_updates)?;
    Some(seconds * 1000)
}

pub(super) type Answer = Result<Value, Response>;

impl BotApi {
    fn me(&self) -> Value {
        let mut me = json!({"user_id": 591_582_329_999_i64, "name": "Test bot", "username": "test_bot",
            "is_bot": true, "last_activity_time": 1_795_400_000_000_i64, "description": null, "commands": null});
        if self.flavour == Flavour::Max {
            me["first_name"] = json!("Test bot");
            me["last_name"] = Value::Null;
        }
        me
    }

    fn chats(&self, state: &State, request: &Request, now_ms: i64) -> Answer {
        let count = number(request, "count", (50, 1, 100))? as usize;
        let marker = number(request, "marker", (0, 0, i64::MAX))? as usize;
        let own = state.chats.iter().filter(|chat| chat.is_there(now_ms) && chat.has_bot(now_ms));
        let own: Vec<&Chat> = own.collect();
        let page = own.iter().skip(marker).take(count);
        let chats: Vec<Value> = page.map(|chat| chat.json(self.flavour, now_ms)).collect();
        let next = marker + chats.len();
        let marker = (next < own.len()).then_some(next);
        Ok(json!({"chats": chats, "marker": marker}))
    }

    /// By id where the bot may know the chat, by link where it is public.
    fn chat(&self, state: &State, asked: &str, now_ms: i64) -> Answer {
        let mut there = state.chats.iter().filter(|chat| chat.is_there(now_ms));
        let found = match asked.parse::<i64>() {
            Ok(id) => there.find(|chat| chat.id == id),
            Err(_) => there.find(|chat| {
                let is_shown = self.flavour == Flavour::TamTam || chat.kind == Kind::Channel;
                let link = asked.strip_prefix('@').unwrap_or(asked);
                is_shown && chat.is_public(now_ms) && chat.link(now_ms).eq_ignore_ascii_case(link)
            }),
        };
        let chat = found.ok_or_else(not_found)?;
        let is_known = chat.is_public(now_ms) || chat.has_bot(now_ms);
        is_known.then(|| chat.json(self.flavour, now_ms)).ok_or_else(denied)
    }

    /// Whether the bot may read a chat's messages. What a closed or suspended one answers is written
    /// nowhere; here it is denied.
    fn reads(&self, chat: &Chat, now_ms: i64) -> bool {
        let is_open = self.flavour == Flavour::TamTam && chat.is_public(now_ms);
        chat.status(now_ms) == Status::Active && (is_open || chat.has_bot(now_ms))
    }

    fn messages(&self, state: &State, request: &Request, now_ms: i64) -> Answer {
        let count = number(request, "count", (50, 1, 100))? as usize;
        // `from` is the newer bound, `to` the older one; both are inclusive.
        let from = number(request, "from", (i64::MAX, i64::MIN, i64::MAX))?;
        let to = number(request, "to", (i64::MIN, i64::MIN, i64::MAX))?;
        if let Some(mids) = request.parameter("message_ids") {
            let found = mids.split(',').filter_map(|mid| {
                let (place, key) = state.places.get(mid)?;
                let chat = state.chats.get(*place).filter(|chat| self.reads(chat, now_ms))?;
                let message = chat.messages.get(key).filter(|message| message.is_up(now_ms))?;
                Some(message.json_with_views(chat, self.flavour, now_ms))
            });
            return Ok(json!({"messages": found.take(count).collect::<Vec<_>>()}));
        }
        let Some(asked) = request.parameter("chat_id") else {
            return Err(bad_payload("chat_id or message_ids is required"));
        };
        let parsed = asked.parse::<i64>().ok();
        let id = parsed.ok_or_else(|| bad_payload("chat_id: Invalid value"))?;
        let mut there = state.chats.iter().filter(|chat| chat.is_there(now_ms));
        let chat = there.find(|chat| chat.id == id).ok_or_else(not_found)?;
        if !self.reads(chat, now_ms) {
            return Err(denied());
        }
        let page = chat.newest_first((from, to), now_ms).take(count);
        let messages: Vec<Value> =
            page.map(|message| message.json_with_views(chat, self.flavour, now_ms)).collect();
        Ok(json!({"messages": messages}))
    }

    fn message(&self, state: &State, mid: &str, now_ms: i64) -> Answer {
        let missing = || refuse(404, "not.found", "Message not found");
        let (place, key) = state.places.get(mid).ok_or_else(missing)?;
        let chat = state.chats.get(*place).ok_or_else(missing)?;
        if !self.reads(chat, now_ms) {
            return Err(denied());
        }
        let message = chat.messages.get(key).filter(|message| message.is_up(now_ms));
        Ok(message.ok_or_else(missing)?.json(chat, self.flavour, now_ms))
    }

    /// The first update to tell, and how many there are.
    fn window(&self, state: &State, marker: i64, now_ms: i64) -> (usize, usize) {
        let known = state.updates.partition_point(|update| update.at_ms <= now_ms);
        let start = match (usize::try_from(marker), self.flavour) {
            (Ok(marker), _) => marker.min(known),
            (Err(_), Flavour::TamTam) => state.committed,
            (Err(_), Flavour::Max) => known.saturating_sub(1),
        };
        (start.max(state.committed), known)
    }

    /// Whether `/updates` has something to tell, of whatever type.
    pub(super) fn has_news(&self, state: &State, request: &Request, now_ms: i64) -> bool {
        let marker = number(request, "marker", (-1, i64::MIN, i64::MAX)).unwrap_or(-1);
        let (start, known) = self.window(state, marker, now_ms);
        start < known
    }

    /// Sending a marker commits everything before it, and that is gone. Without one: TamTam gives
    /// everything since the last commit, MAX only the latest.
    fn updates(&self, state: &mut State, request: &Request, now_ms: i64, effect: Effect) -> Answer {
        if state.hooks.stand() {
            // That it is refused is written; how is not.
            return Err(refuse(405, "method.not.allowed", "A web hook is set"));
        }
        let limit = number(request, "limit", (100, 1, 1000))? as usize;
        number(request, "timeout", (30, 0, 90))?;
        let marker = number(request, "marker", (-1, i64::MIN, i64::MAX))?;
        let types = request.parameter("types");
        let is_wanted = |update: &Value| {
            let kind = update["update_type"].as_str().unwrap_or_default();
            types.as_deref().is_none_or(|types| types.split(',').any(|wanted| wanted == kind))
        };
        let (start, known) = self.window(state, marker, now_ms);
        let sent = usize::try_from(marker).ok();
        if effect == Effect::Full && sent.is_some() {
            state.committed = start;
        }
        let mut next = start;
        let mut updates = Vec::new();
        for Update { value: update, .. } in state.updates.get(start..known).unwrap_or_default() {
            if updates.len() >= limit {
                break;
            }
            next += 1;
            if is_wanted(update) {
                updates.push(update.clone());
            }
        }
        Ok(json!({"updates": updates, "marker": next}))
    }
}
