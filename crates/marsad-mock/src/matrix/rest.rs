//! The calls.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::room::{Event, Room};
use super::{Matrix, State};
use crate::gate::{Effect, Platform};
use crate::http::{Request, Response};

pub(super) fn refuse(status: u16, code: &str, error: &str) -> Response {
    Response::json(status, &json!({"errcode": code, "error": error}))
}

pub(super) fn missing_token() -> Response {
    refuse(401, "M_MISSING_TOKEN", "Missing access token")
}

pub(super) type Answer = Result<Value, Response>;

/// A call as far as it is read: who asks, of what, when.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) state: &'a State,
    pub(super) now_ms: i64,
}

/// Whether a question for what is new waits for it still.
pub(super) fn holds_sync(state: &State, request: &Request, (asked_ms, now_ms): (i64, i64)) -> bool {
    let timeout = request.parameter("timeout").and_then(|wait| wait.parse().ok()).unwrap_or(0);
    now_ms < asked_ms + timeout && Call { request, state, now_ms }.has_no_news()
}

impl Platform for Matrix {
    fn route(&self, request: &Request, now_ms: i64, effect: Effect) -> Response {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let mut state = self.state();
        if let ["_matrix", "client", _, "register"] = *segments.as_slice() {
            return register(&mut state, effect);
        }
        let call = Call { request, state: &state, now_ms };
        let answer = match *segments.as_slice() {
            ["_matrix", "client", "versions"] => Ok(json!({"versions": ["v1.11", "v1.15"]})),
            ["_matrix", "client", _, "login"] => call.login(),
            ["_matrix", "client", "v3" | "r0", "publicRooms"] => call.list(),
            ["_matrix", "client", "v3" | "r0", "directory", "room", alias] => call.alias(alias),
            ["_matrix", "client", "v1", "room_summary", room]
            | ["_matrix", "client", "unstable", "im.nheko.summary", "summary", room] => {
                call.summary(room)
            }
            ["_matrix", "client", _, "rooms", room, ref rest @ ..] => call.room(room, rest),
            ["_matrix", "client", "v3" | "r0", "joined_rooms"] => call.joined_rooms(),
            ["_matrix", "client", "v3" | "r0", "sync"] => call.sync(),
            _ => Err(refuse(404, "M_UNRECOGNIZED", "Unrecognized request")),
        };
        answer.map_or_else(|refusal| refusal, |body| Response::json(200, &body))
    }

    fn too_many(&self, wait_ms: i64, _: i64) -> Response {
        let body = json!({"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": wait_ms});
        let seconds = (wait_ms + 999).div_euclid(1000).max(1);
        Response::json(429, &body).with_header("Retry-After", seconds.to_string())
    }

    /// The server's own failure is JSON; what stands before it answers with a page.
    fn failed(&self, status: u16) -> Response {
        match status {
            500 => refuse(500, "M_UNKNOWN", "Internal server error"),
            _ => Response::html(status, format!("<html><body><h1>{status}</h1></body></html>\n")),
        }
    }
}

fn register(state: &mut State, effect: Effect) -> Response {
    if !state.allows_guests {
        return refuse(403, "M_GUEST_ACCESS_FORBIDDEN", "Guest access is disabled");
    }
    if effect == Effect::None {
        return Response::json(200, &json!({"user_id": "@0:marsad.test", "access_token": ""}));
    }
    let number = state.users.len() + 1;
    let guest = state.add_user(format!("@{number}:marsad.test"), None);
    Response::json(
        200,
        &json!({"user_id": guest.id, "device_id": "guest_device", "access_token": guest.token,
            "home_server": "marsad.test"}),
    )
}

/// A place between events: after the event of this depth and stream.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) depth: u64,
    pub(super) stream: u64,
}

impl Position {
    pub(super) fn written(self) -> String {
        format!("t{}-{}{}", self.depth, self.stream, "_0".repeat(13))
    }

    /// A token of `/messages` (`t`), or of sync (`s`), which knows the stream alone.
    fn parse(token: &str) -> Option<Self> {
        let number = |written: &str| written.split('_').next()?.parse::<u64>().ok();
        if let Some(stream) = token.strip_prefix('s') {
            return Some(Self { depth: u64::MAX, stream: number(stream)? });
        }
        let (depth, stream) = token.strip_prefix('t')?.split_once('-')?;
        Some(Self { depth: depth.parse().ok()?, stream: number(stream)? })
    }

    /// How many of a room's events lie before this place.
    fn count_before(self, events: &[Event]) -> usize {
        let in_stream = events.partition_point(|event| event.stream <= self.stream);
        in_stream.min(usize::try_from(self.depth).unwrap_or(usize::MAX))
    }
}

/// What of a page's events is wanted; the server applies this before it counts.
pub(super) struct Filter(pub(super) Value);

impl Filter {
    pub(super) fn takes(&self, event: &Event) -> bool {
        let holds = |name: &str, value: &str| {
            self.0[name].as_array().map(|list| list.iter().any(|item| item == value))
        };
        let has_url = event.content["url"].is_string();
        holds("types", &event.kind).unwrap_or(true)
            && !holds("not_types", &event.kind).unwrap_or(false)
            && holds("senders", &event.sender).unwrap_or(true)
            && self.0["contains_url"].as_bool().is_none_or(|wanted| wanted == has_url)
    }
}

impl<'a> Call<'a> {
    /// Who asks; none without a token.
    pub(super) fn user(&self) -> Result<Option<&'a str>, Response> {
        let bearer = self.request.header("Authorization").and_then(|h| h.strip_prefix("Bearer "));
        let token = bearer.map(str::to_owned).or_else(|| self.request.parameter("access_token"));
        let Some(token) = token else { return Ok(None) };
        let found = self.state.users.iter().find(|user| user.token == token);
        found.map(|user| Some(user.id.as_str())).ok_or_else(|| {
            Response::json(
                401,
                &json!({"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed.",
                    "soft_logout": false}),
            )
        })
    }

    fn login(&self) -> Answer {
        let asked = self.request.json();
        let name =
            asked["identifier"]["user"].as_str().or(asked["user"].as_str()).unwrap_or_default();
        let full = format!("@{name}:marsad.test");
        let password = asked["password"].as_str();
        let found = self.state.users.iter().find(|user| {
            (user.id == full || user.id == name)
                && user.password.is_some()
                && user.password.as_deref() == password
        });
        let user =
            found.ok_or_else(|| refuse(403, "M_FORBIDDEN", "Invalid username or password"))?;
        Ok(json!({"user_id": user.id, "access_token": user.token, "device_id": "DEVICE",
            "home_server": "marsad.test"}))
    }

    /// The list, the largest rooms first, and its tokens: a side and the room at the page's end.
    fn list(&self) -> Answer {
        if self.user()?.is_none() && !self.state.lists_without_token {
            return Err(missing_token());
        }
        let body = self.request.json();
        let given = |name: &str| match self.request.method.as_str() {
            "POST" => body[name]
                .as_str()
                .map(str::to_owned)
                .or_else(|| body[name].as_u64().map(|n| n.to_string())),
            _ => self.request.parameter(name),
        };
        let term =
            body["filter"]["generic_search_term"].as_str().unwrap_or_default().to_lowercase();
        let is_meant = |room: &&Room| {
            let says = |text: &str| text.to_lowercase().contains(&term);
            let is_found = says(room.alias(self.now_ms).unwrap_or_default())
                || room.titles.at(self.now_ms).is_some_and(|title| says(title));
            room.is_there(self.now_ms) && room.is_listed.at(self.now_ms) == Some(&true) && is_found
        };
        let order = |room: &Room| {
            let members = room.members.at(self.now_ms).copied().unwrap_or(0);
            (std::cmp::Reverse(members), room.id.clone())
        };
        let mut rooms: Vec<&Room> = self.state.rooms.iter().filter(is_meant).collect();
        rooms.sort_by_key(|room| order(room));
        let limit = given("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100);
        let (first, last) = match given("since") {
            None => (0, limit.min(rooms.len())),
            Some(since) => {
                let (side, edge) = token_edge(&since)
                    .ok_or_else(|| refuse(400, "M_INVALID_PARAM", "Invalid since token"))?;
                let edge = (std::cmp::Reverse(edge.0), edge.1);
                if side == "n" {
                    let first = rooms.partition_point(|room| order(room) <= edge);
                    (first, first.saturating_add(limit).min(rooms.len()))
                } else {
                    let last = rooms.partition_point(|room| order(room) < edge);
                    (last.saturating_sub(limit), last)
                }
            }
        };
        let token = |side: &str, room: &Room| {
            let (members, id) = order(room);
            URL_SAFE_NO_PAD.encode(format!("{side} {} {id}", members.0))
        };
        let page = rooms.get(first..last).unwrap_or_default();
        let chunk: Vec<Value> = page.iter().map(|room| room.item(self.now_ms)).collect();
        let mut list = json!({"chunk": chunk});
        if let Some(room) = page.last().filter(|_| last < rooms.len()) {
            list["next_batch"] = json!(token("n", room));
        }
        if let Some(room) = page.first().filter(|_| first > 0) {
            list["prev_batch"] = json!(token("p", room));
        }
        list["total_room_count_estimate"] = json!(rooms.len());
        Ok(list)
    }

    fn by_alias(&self, alias: &str) -> Result<&'a Room, Response> {
        let mut there = self.state.rooms.iter().filter(|room| room.is_there(self.now_ms));
        let found = there.find(|room| room.alias(self.now_ms) == Some(alias));
        found.ok_or_else(|| refuse(404, "M_NOT_FOUND", &format!("Room alias {alias} not found")))
    }

    fn alias(&self, alias: &str) -> Answer {
        Ok(json!({"room_id": self.by_alias(alias)?.id, "servers": ["marsad.test"]}))
    }

    fn summary(&self, asked: &str) -> Answer {
        let user = self.user()?;
        let room = if asked.starts_with('#') {
            self.by_alias(asked)?
        } else {
            let mut there = self.state.rooms.iter().filter(|room| room.is_there(self.now_ms));
            let missing = || refuse(400, "M_UNKNOWN", "Missing via to query remote room");
            there.find(|room| room.id == asked).ok_or_else(missing)?
        };
        let rule = room.join_rules.at(self.now_ms).map_or("", String::as_str);
        if !room.is_world_readable(self.now_ms) && !matches!(rule, "public" | "knock") {
            // What a private room answers was not recorded.
            return Err(refuse(404, "M_NOT_FOUND", "Room not found or is not accessible"));
        }
        let mut summary = room.item(self.now_ms);
        summary["room_version"] = json!(room.version.to_string());
        if room.encrypted_ms.is_some_and(|at| at <= self.now_ms) {
            summary["encryption"] = json!("m.megolm.v1.aes-sha2");
        }
        if user.is_some() {
            summary["membership"] = json!("leave");
        }
        Ok(summary)
    }

    fn is_member(&self, user: &str, room: &str) -> bool {
        let found = self.state.users.iter().find(|known| known.id == user);
        found.is_some_and(|user| user.joined_at(room, self.now_ms).is_some())
    }

    /// A room for its members, and for somebody who is not in it: where the history is world-readable. Private, deleted
    /// and never-existing rooms answer with the same words.
    fn readable(&self, id: &str) -> Result<&'a Room, Response> {
        let user = match self.user()? {
            Some(user) => user,
            None if self.state.reads_without_token => "None",
            None => return Err(missing_token()),
        };
        let mut there = self.state.rooms.iter().filter(|room| room.is_there(self.now_ms));
        let is_member = self.is_member(user, id);
        let room =
            there.find(|room| room.id == id && (is_member || room.is_world_readable(self.now_ms)));
        room.ok_or_else(|| {
            let error = format!("User {user} not in room {id}, and room previews are disabled");
            refuse(403, "M_FORBIDDEN", &error)
        })
    }

    fn room(&self, id: &str, rest: &[&str]) -> Answer {
        let room = self.readable(id)?;
        match *rest {
            ["messages"] => self.messages(room),
            ["event", event] => {
                let found = self.event(room, event)?;
                Ok(room.json(found, self.now_ms))
            }
            ["state"] => {
                let current = self.current_state(room);
                Ok(current.into_iter().map(|event| room.json(event, self.now_ms)).collect())
            }
            ["state", kind] => self.state_of(room, kind, ""),
            ["state", kind, key] => self.state_of(room, kind, key),
            ["relations", event, "m.replace"] | ["relations", event, "m.replace", _] => {
                self.event(room, event)?;
                let is_edit = |e: &&Event| {
                    let relation = &e.content["m.relates_to"];
                    relation["rel_type"] == "m.replace" && relation["event_id"] == *event
                };
                let edits = room.arrived(self.now_ms).iter().rev().filter(is_edit);
                let chunk: Vec<Value> = edits.map(|edit| room.json(edit, self.now_ms)).collect();
                Ok(json!({"chunk": chunk}))
            }
            ["timestamp_to_event"] => self.by_time(room),
            _ => Err(refuse(404, "M_UNRECOGNIZED", "Unrecognized request")),
        }
    }

    fn event(&self, room: &'a Room, id: &str) -> Result<&'a Event, Response> {
        let arrived = room.arrived(self.now_ms);
        let found = room.places.get(id).and_then(|place| arrived.get(*place));
        let missing = || refuse(404, "M_NOT_FOUND", "Event not found.");
        found.filter(|event| event.is_world_readable).ok_or_else(missing)
    }

    pub(super) fn current_state(&self, room: &'a Room) -> Vec<&'a Event> {
        let mut current = std::collections::BTreeMap::new();
        for event in room.arrived(self.now_ms).iter().filter(|event| event.state_key.is_some()) {
            current.insert((event.kind.as_str(), event.state_key.as_deref()), event);
        }
        current.into_values().collect()
    }

    /// The content of one piece of state.
    fn state_of(&self, room: &'a Room, kind: &str, key: &str) -> Answer {
        let current = self.current_state(room);
        let is_asked =
            |event: &&Event| event.kind == kind && event.state_key.as_deref() == Some(key);
        let missing = || refuse(404, "M_NOT_FOUND", "Event not found.");
        Ok(current.into_iter().find(is_asked).ok_or_else(missing)?.content.clone())
    }

    fn by_time(&self, room: &Room) -> Answer {
        let ts = self.request.parameter("ts").and_then(|ts| ts.parse::<i64>().ok()).unwrap_or(0);
        let mut arrived = room.arrived(self.now_ms).iter();
        let found = match self.request.parameter("dir").as_deref() {
            Some("b") => arrived.rev().find(|event| event.origin_ms <= ts),
            _ => arrived.find(|event| event.origin_ms >= ts),
        };
        let missing = || refuse(404, "M_NOT_FOUND", &format!("Unable to find event from {ts}"));
        let event = found.ok_or_else(missing)?;
        Ok(json!({"event_id": event.id, "origin_server_ts": event.origin_ms}))
    }

    fn position(&self, name: &str) -> Result<Option<Position>, Response> {
        let Some(token) = self.request.parameter(name) else { return Ok(None) };
        let parsed = Position::parse(&token);
        let bad = || refuse(400, "M_UNKNOWN", &format!("'{name}' parameter is invalid"));
        parsed.map(Some).ok_or_else(bad)
    }

    /// A page of history. `end` is absent where the server found no event at all; where it found
    /// some and may show none of them, the chunk is empty and `end` is there.
    fn messages(&self, room: &Room) -> Answer {
        let is_back = match self.request.parameter("dir").as_deref() {
            Some("b") => true,
            Some("f") => false,
            _ => {
                return Err(refuse(
                    400,
                    "M_MISSING_PARAM",
                    "Missing required query parameter: 'dir'",
                ));
            }
        };
        let (from, to) = (self.position("from")?, self.position("to")?);
        let limit = self.request.parameter("limit").and_then(|limit| limit.parse().ok());
        let limit = limit.unwrap_or(10).clamp(1, 1000);
        let filter = self.request.parameter("filter").unwrap_or_default();
        let filter = Filter(serde_json::from_str(&filter).unwrap_or(Value::Null));
        let arrived = room.arrived(self.now_ms);
        let position = |place: usize, event: &Event| Position {
            depth: place as u64 + 1,
            stream: event.stream,
        };
        let newest =
            arrived.iter().enumerate().next_back().map(|(place, event)| position(place, event));
        let nowhere = Position { depth: 0, stream: 0 };
        let from = from.unwrap_or(if is_back { newest.unwrap_or(nowhere) } else { nowhere });
        let before_from = from.count_before(arrived);
        let before_to = to.map(|to| to.count_before(arrived));
        let (first, last) = if is_back {
            (before_to.unwrap_or(0), before_from)
        } else {
            (before_from, before_to.unwrap_or(arrived.len()))
        };
        let between = arrived.iter().enumerate().take(last).skip(first);
        let wanted = between.filter(|(_, event)| filter.takes(event));
        let places: Vec<(usize, &Event)> =
            if is_back { wanted.rev().take(limit).collect() } else { wanted.take(limit).collect() };
        let seen = places.iter().filter(|(_, event)| event.is_world_readable);
        let chunk: Vec<Value> = seen.map(|(_, event)| room.json(event, self.now_ms)).collect();
        let mut page = json!({"chunk": chunk, "start": from.written()});
        if let Some((place, event)) = places.last() {
            let mut end = position(*place, event);
            // Going back, the token stands before the last event: the stream alone says so.
            end.stream -= u64::from(is_back);
            page["end"] = json!(end.written());
        }
        Ok(page)
    }
}

/// Side, members and room of a room list's token.
fn token_edge(token: &str) -> Option<(String, (u64, String))> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = decoded.splitn(3, ' ');
    let side = parts.next().filter(|side| matches!(*side, "n" | "p"))?;
    let members = parts.next()?.parse().ok()?;
    Some((side.to_owned(), (members, parts.next()?.to_owned())))
}
