//! The REST calls, and the limiter before them.

use std::ops::Bound;
use std::sync::PoisonError;

use serde_json::{Value, json};

use super::room::{Message, Room};
use super::{Inner, Kind, State, User};
use crate::gate::{Effect, Platform};
use crate::http::{Request, Response};
use crate::time::{iso_ms, parse_iso};

/// `API_Upper_Count_Limit`.
const COUNT_MAX: usize = 100;

fn iso(ms: i64) -> Value {
    json!(iso_ms(ms))
}

fn success(mut body: Value) -> Response {
    body["success"] = json!(true);
    Response::json(200, &body)
}

/// A refusal: 400 with a type, in the platform's words.
fn failure(kind: &str, text: &str) -> Response {
    Response::json(
        400,
        &json!({"success": false, "error": format!("{text} [{kind}]"), "errorType": kind}),
    )
}

fn room_not_found() -> Response {
    let text = "The required \"roomId\" or \"roomName\" param provided does not match any channel";
    failure("error-room-not-found", text)
}

fn unauthorized() -> Response {
    Response::json(403, &json!({"success": false, "error": "unauthorized"}))
}

fn not_logged_in() -> Response {
    Response::json(401, &json!({"status": "error", "message": "You must be logged in to do this."}))
}

/// A call as far as it is read: who asks, of what, when.
struct Call<'a> {
    request: &'a Request,
    state: &'a State,
    now_ms: i64,
}

impl Platform for Inner {
    fn route(&self, request: &Request, now_ms: i64, effect: Effect) -> Response {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["api", "v1", route] = *segments.as_slice() else {
            return Response::json(
                404,
                &json!({"success": false, "error": "API endpoint not found"}),
            );
        };
        let state = self.state();
        let call = Call { request, state: &state, now_ms };
        let rate = state.rate.filter(|_| !call.user().is_some_and(|user| user.bypasses_limit));
        let Some((calls, window_ms)) = rate else { return call.answer(route) };
        let (began, made) = self.count((route, &request.client), now_ms, window_ms, effect);
        let reset = began + window_ms;
        let response =
            if made > calls { self.too_many(reset - now_ms, now_ms) } else { call.answer(route) };
        response
            .with_header("X-RateLimit-Limit", calls.to_string())
            .with_header("X-RateLimit-Remaining", calls.saturating_sub(made).to_string())
            .with_header("X-RateLimit-Reset", reset.to_string())
    }

    fn too_many(&self, wait_ms: i64, _: i64) -> Response {
        let seconds = (wait_ms + 999).div_euclid(1000).max(1);
        let error = format!(
            "Error, too many requests. Please slow down. You must wait {seconds} seconds before \
             trying this endpoint again. [error-too-many-requests]"
        );
        Response::json(429, &json!({"success": false, "error": error}))
    }

    fn failed(&self, status: u16) -> Response {
        Response::json(status, &json!({"success": false, "error": "Internal server error"}))
    }
}

impl Inner {
    /// Counts a call; when its window began, and calls in it so far.
    fn count(
        &self,
        (route, client): (&str, &str),
        now_ms: i64,
        window_ms: i64,
        effect: Effect,
    ) -> (i64, u32) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry((route.to_owned(), client.to_owned())).or_insert((now_ms, 0));
        let mut now = *window;
        if now.0 + window_ms <= now_ms {
            now = (now_ms, 0);
        }
        now.1 += 1;
        if effect == Effect::Full {
            *window = now;
        }
        now
    }
}

impl<'a> Call<'a> {
    fn user(&self) -> Option<&'a User> {
        let user = self.state.user_of_token(self.request.header("X-Auth-Token")?)?;
        (self.request.header("X-User-Id") == Some(user.id.as_str())).then_some(user)
    }

    fn answer(&self, route: &str) -> Response {
        match (self.request.method.as_str(), route) {
            ("POST", "login") => return self.login(),
            ("GET", "channels.anonymousread") => return self.anonymous_read(),
            _ => {}
        }
        let Some(user) = self.user() else { return not_logged_in() };
        match (self.request.method.as_str(), route) {
            ("GET", "me") => {
                success(json!({"_id": user.id, "username": user.name, "active": true}))
            }
            ("GET", "channels.list") => self.list(user),
            ("GET", "channels.info") => self.info(),
            ("GET", "channels.history") => self.history(user),
            ("GET", "channels.messages") => self.messages(user),
            ("GET", "chat.syncMessages") => self.sync(user),
            ("GET", "chat.getDeletedMessages") => self.deleted(user),
            ("GET", "chat.getMessage") => self.message(user),
            ("GET", "chat.getThreadMessages") => self.thread(user),
            _ => Response::json(404, &json!({"success": false, "error": "API endpoint not found"})),
        }
    }

    fn page(&self, default: usize) -> (usize, usize) {
        let number = |name: &str| self.request.parameter(name).and_then(|n| n.parse().ok());
        let count = number("count").filter(|count| *count > 0).unwrap_or(default);
        (number("offset").unwrap_or(0), count.min(COUNT_MAX))
    }

    /// The channel that is asked for, by id or name.
    fn channel(&self) -> Result<&'a Room, Response> {
        let id = self.request.parameter("roomId");
        let name = self.request.parameter("roomName");
        if id.is_none() && name.is_none() {
            let text = "The parameter \"roomId\" or \"roomName\" is required";
            return Err(failure("error-roomid-param-not-provided", text));
        }
        let is_asked = |room: &&Room| match &id {
            Some(id) => room.id == *id,
            None => name.as_deref() == Some(room.name(self.now_ms)),
        };
        let is_channel = |room: &&Room| {
            let kind = room.kind(self.now_ms);
            room.is_there(self.now_ms) && matches!(kind, Kind::Public | Kind::Team | Kind::Livechat)
        };
        self.state.rooms.iter().filter(is_channel).find(is_asked).ok_or_else(room_not_found)
    }

    /// A room by `roomId`, where the user may read it.
    fn readable(&self, user: &User) -> Result<&'a Room, Response> {
        let Some(id) = self.request.parameter("roomId") else {
            let text = "The required \"roomId\" query param is missing";
            return Err(failure("error-param-required", text));
        };
        let mut rooms = self.state.rooms.iter();
        let room = rooms.find(|room| room.id == id && self.reads(user, room));
        room.ok_or_else(|| failure("error-not-allowed", "Not allowed"))
    }

    fn reads(&self, user: &User, room: &Room) -> bool {
        let is_public = matches!(room.kind(self.now_ms), Kind::Public | Kind::Team);
        let has_joined = user.joined.contains(&room.id);
        room.is_there(self.now_ms) && (has_joined || is_public && !user.sees_joined_only)
    }

    fn json(&self, room: &Room, message: &Message) -> Value {
        message.json(&room.id, &self.state.users, self.now_ms, iso)
    }

    fn login(&self) -> Response {
        let asked = self.request.json();
        let name = asked["user"].as_str().or(asked["username"].as_str());
        let found = self.state.users.iter().find(|user| {
            Some(user.name.as_str()) == name && asked["password"].as_str() == Some(&user.password)
        });
        match found {
            Some(user) => Response::json(
                200,
                &json!({"status": "success", "data": {
                    "userId": user.id, "authToken": user.token,
                    "me": {"_id": user.id, "username": user.name, "active": true},
                }}),
            ),
            None => Response::json(
                401,
                &json!({"status": "error", "error": "Unauthorized", "message": "Unauthorized"}),
            ),
        }
    }

    fn list(&self, user: &User) -> Response {
        let (offset, count) = self.page(50);
        let mut rooms: Vec<&Room> = self
            .state
            .rooms
            .iter()
            .filter(|room| {
                let has_joined = user.joined.contains(&room.id);
                room.is_there(self.now_ms)
                    && match room.kind(self.now_ms) {
                        Kind::Public => has_joined || !user.sees_joined_only,
                        Kind::Team => has_joined,
                        _ => false,
                    }
            })
            .collect();
        rooms.sort_by_key(|room| room.name(self.now_ms));
        let page = rooms.iter().skip(offset).take(count);
        let channels: Vec<Value> = page.map(|room| room.info(self.now_ms, iso)).collect();
        let (count, total) = (channels.len(), rooms.len());
        success(json!({"channels": channels, "count": count, "offset": offset, "total": total}))
    }

    fn info(&self) -> Response {
        match self.channel() {
            Ok(room) => success(json!({"channel": room.info(self.now_ms, iso)})),
            Err(refusal) => refusal,
        }
    }

    fn instant(&self, name: &str) -> Result<Option<i64>, Response> {
        let Some(written) = self.request.parameter(name) else { return Ok(None) };
        match parse_iso(&written) {
            Some(ms) => Ok(Some(ms)),
            None => Err(failure("error-invalid-date", "Invalid date")),
        }
    }

    fn history(&self, user: &User) -> Response {
        let bounds = || Ok((self.channel()?, self.instant("latest")?, self.instant("oldest")?));
        let (room, latest, oldest) = match bounds() {
            Ok(bounds) => bounds,
            Err(refusal) => return refusal,
        };
        if !self.reads(user, room) {
            return unauthorized();
        }
        let is_inclusive = self.request.parameter("inclusive").as_deref() == Some("true");
        let bound = if is_inclusive { Bound::Included } else { Bound::Excluded };
        let shows_threads =
            self.request.parameter("showThreadMessages").as_deref() != Some("false");
        let (offset, count) = self.page(20);
        let bounds = (oldest.map_or(Bound::Unbounded, bound), bound(latest.unwrap_or(self.now_ms)));
        let messages = room
            .newest_first(bounds, self.now_ms)
            .filter(|message| shows_threads || !message.is_in_thread());
        let page = messages.skip(offset).take(count).map(|message| self.json(room, message));
        success(json!({"messages": page.collect::<Vec<_>>()}))
    }

    fn messages(&self, user: &User) -> Response {
        match self.channel() {
            Ok(room) if self.reads(user, room) => self.all_of(room),
            Ok(_) => unauthorized(),
            Err(refusal) => refusal,
        }
    }

    fn anonymous_read(&self) -> Response {
        if !self.state.allows_anonymous_read {
            return failure("error-not-allowed", "Enable \"Allow Anonymous Read\"");
        }
        match self.channel() {
            Ok(room) => self.all_of(room),
            Err(refusal) => refusal,
        }
    }

    fn all_of(&self, room: &Room) -> Response {
        let (offset, count) = self.page(50);
        let everything = || room.newest_first((Bound::Unbounded, Bound::Unbounded), self.now_ms);
        let page = everything().skip(offset).take(count);
        let messages: Vec<Value> = page.map(|message| self.json(room, message)).collect();
        let (count, total) = (messages.len(), everything().count());
        success(json!({"messages": messages, "count": count, "offset": offset, "total": total}))
    }

    fn deleted(&self, user: &User) -> Response {
        let since = match self.instant("since") {
            Ok(Some(since)) => since,
            Ok(None) => {
                let text = "The required \"since\" query param is missing.";
                return Response::json(
                    400,
                    &json!({"success": false, "error": format!("[{text}]"), "errorType": text}),
                );
            }
            Err(refusal) => return refusal,
        };
        let room = match self.readable(user) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        let (offset, count) = self.page(50);
        let deleted = room.deleted_after(since, self.now_ms);
        let page: Vec<Value> =
            deleted.iter().skip(offset).take(count).map(|(id, _)| json!({"_id": id})).collect();
        let (count, total) = (page.len(), deleted.len());
        success(json!({"messages": page, "count": count, "offset": offset, "total": total}))
    }

    fn message(&self, user: &User) -> Response {
        let id = self.request.parameter("msgId").unwrap_or_default();
        let found = self.state.rooms.iter().find_map(|room| {
            let message = room.messages.get(room.keys.get(&id)?)?;
            Some((room, message))
        });
        match found.filter(|(room, message)| self.reads(user, room) && message.is_up(self.now_ms)) {
            Some((room, message)) => success(json!({"message": self.json(room, message)})),
            None => Response::json(400, &json!({"success": false})),
        }
    }

    fn thread(&self, user: &User) -> Response {
        let thread = self.request.parameter("tmid").unwrap_or_default();
        let room = self.state.rooms.iter().find(|room| room.keys.contains_key(&thread));
        let Some(room) = room.filter(|room| self.reads(user, room)) else {
            return failure("error-not-allowed", "Not Allowed");
        };
        let (offset, count) = self.page(50);
        let everything = room.newest_first((Bound::Unbounded, Bound::Unbounded), self.now_ms);
        let replies: Vec<&Message> =
            everything.filter(|message| message.thread() == Some(thread.as_str())).collect();
        let page = replies.iter().rev().skip(offset).take(count);
        let messages: Vec<Value> = page.map(|message| self.json(room, message)).collect();
        let (count, total) = (messages.len(), replies.len());
        success(json!({"messages": messages, "count": count, "offset": offset, "total": total}))
    }

    /// Everything after an instant, or a page along a cursor. The cursor is the last shown change's
    /// millisecond and the next page begins after it: changes that share it across a page's end are
    /// lost, as they are on the platform.
    fn sync(&self, user: &User) -> Response {
        let room = match self.readable(user) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        let next = self.request.parameter("next");
        let previous = self.request.parameter("previous");
        let kind = self.request.parameter("type");
        let last_update = self.request.parameter("lastUpdate");
        if last_update.is_none() && kind.is_none() {
            let text = "The \"type\" or \"lastUpdate\" parameters must be provided";
            return failure("error-param-required", text);
        }
        if kind.as_deref().is_some_and(|kind| !matches!(kind, "UPDATED" | "DELETED")) {
            let text = "The \"type\" parameter must be either \"UPDATED\" or \"DELETED\"";
            return failure("error-type-param-not-supported", text);
        }
        if next.is_some() && previous.is_some() {
            let text = "You cannot provide both \"next\" and \"previous\" parameters";
            return failure("error-cursor-conflict", text);
        }
        if (next.is_some() || previous.is_some()) && last_update.is_some() {
            let text =
                "The attributes \"next\", \"previous\" and \"lastUpdate\" cannot be used together";
            return failure("error-cursor-and-lastUpdate-conflict", text);
        }
        if let Some(written) = last_update {
            let Some(since) = parse_iso(&written) else {
                let text = "The \"lastUpdate\" query parameter must be a valid date";
                return failure("error-lastUpdate-param-invalid", text);
            };
            return self.sync_since(room, since);
        }
        if next.is_none() && previous.is_none() {
            // A type alone asks for nothing, and the platform answers so.
            return success(json!({"result": {"updated": [], "deleted": []}}));
        }
        let number = |cursor: Option<String>| cursor.and_then(|cursor| cursor.parse::<i64>().ok());
        self.sync_page(room, number(next), number(previous), kind.as_deref() == Some("DELETED"))
    }

    fn sync_since(&self, room: &Room, since: i64) -> Response {
        let mut updated = room.updated_after(since, self.now_ms);
        updated.sort_by_key(|message| std::cmp::Reverse(message.at_ms));
        let updated: Vec<Value> = updated.iter().map(|message| self.json(room, message)).collect();
        let deleted: Vec<Value> = room
            .deleted_after(since, self.now_ms)
            .iter()
            .rev()
            .map(|(id, at)| json!({"_id": id, "_deletedAt": iso(*at)}))
            .collect();
        success(json!({"result": {"updated": updated, "deleted": deleted}}))
    }

    fn sync_page(
        &self,
        room: &Room,
        next: Option<i64>,
        previous: Option<i64>,
        is_deleted: bool,
    ) -> Response {
        let (_, count) = self.page(20);
        let after = next.unwrap_or(0);
        let mut found: Vec<(i64, Value)> = if is_deleted {
            let deleted = room.deleted_after(after, self.now_ms);
            deleted
                .iter()
                .map(|(id, at)| (*at, json!({"_id": id, "_deletedAt": iso(*at)})))
                .collect()
        } else {
            let updated = room.updated_after(after, self.now_ms);
            updated.iter().map(|m| (m.updated_ms(self.now_ms), self.json(room, m))).collect()
        };
        found.sort_by_key(|(at, _)| *at);
        if let Some(previous) = previous {
            found.retain(|(at, _)| *at < previous);
            found.reverse();
        }
        let has_more = found.len() > count;
        found.truncate(count);
        let first = found.first().map(|(at, _)| at.to_string());
        let last = found.last().map(|(at, _)| at.to_string());
        let (next, previous) = match previous {
            Some(_) => (first, last.filter(|_| has_more)),
            None => (last.filter(|_| has_more), first),
        };
        let messages: Vec<Value> = found.into_iter().map(|(_, message)| message).collect();
        let (updated, deleted) =
            if is_deleted { (Vec::new(), messages) } else { (messages, Vec::new()) };
        let cursor = json!({"next": next, "previous": previous});
        success(json!({"result": {"updated": updated, "deleted": deleted, "cursor": cursor}}))
    }
}
