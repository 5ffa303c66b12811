//! The realtime interface: DDP over a websocket.

use std::sync::Arc;

use serde_json::{Value, json};

use super::room::Room;
use super::{Inner, Kind, State};
use crate::{Talk, chance};

/// The server asks whether the client is there when it has heard nothing for so long.
const PING_MS: i64 = 30_000;

pub(super) fn open(inner: Arc<Inner>, now_ms: i64) -> Box<dyn Talk> {
    let session = chance::id(5, now_ms.unsigned_abs(), 17);
    Box::new(Ddp {
        inner,
        session,
        opened_ms: now_ms,
        heard_ms: now_ms,
        has_greeted: false,
        user: None,
        subs: Vec::new(),
    })
}

struct Ddp {
    inner: Arc<Inner>,
    session: String,
    opened_ms: i64,
    heard_ms: i64,
    /// Whether it said which server it is, as the platform's framework does before anything else.
    has_greeted: bool,
    user: Option<String>,
    subs: Vec<Sub>,
}

struct Sub {
    id: String,
    room: String,
    stream: Stream,
    /// Everything seen until here is told.
    told_ms: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Messages,
    Deletions,
}

fn date(ms: i64) -> Value {
    json!({"$date": ms})
}

impl Talk for Ddp {
    fn hear(&mut self, text: &str, now_ms: i64) -> Vec<String> {
        self.heard_ms = now_ms;
        let said: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let id = said["id"].as_str().unwrap_or_default();
        match said["msg"].as_str() {
            Some("connect") => {
                vec![json!({"msg": "connected", "session": self.session}).to_string()]
            }
            Some("ping") if id.is_empty() => vec![json!({"msg": "pong"}).to_string()],
            Some("ping") => vec![json!({"msg": "pong", "id": id}).to_string()],
            Some("pong") => Vec::new(),
            Some("method") => self.method(id, &said, now_ms),
            Some("sub") => vec![self.subscribe(id, &said, now_ms).to_string()],
            Some("unsub") => {
                self.subs.retain(|sub| sub.id != id);
                vec![json!({"msg": "nosub", "id": id}).to_string()]
            }
            _ => vec![
                json!({"msg": "error", "reason": "Bad request", "offendingMessage": said})
                    .to_string(),
            ],
        }
    }

    fn due(&mut self, now_ms: i64) -> Vec<String> {
        let state = self.inner.state();
        let mut due = Vec::new();
        if !std::mem::replace(&mut self.has_greeted, true) {
            due.push(json!({"server_id": "0"}).to_string());
        }
        for sub in &mut self.subs {
            let Some(room) = state.rooms.iter().find(|room| room.id == sub.room) else { continue };
            due.extend(news(&state, room, sub, now_ms));
            sub.told_ms = sub.told_ms.max(now_ms);
        }
        if now_ms - self.heard_ms >= PING_MS {
            self.heard_ms = now_ms;
            due.push(json!({"msg": "ping"}).to_string());
        }
        due
    }

    fn is_over(&self, now_ms: i64) -> bool {
        let state = self.inner.state();
        state.cuts.iter().any(|cut| self.opened_ms < *cut && *cut <= now_ms)
    }
}

/// What a subscription has not been told yet, in the order it was seen.
fn news(state: &State, room: &Room, sub: &Sub, now_ms: i64) -> Vec<String> {
    let wants_deletions = sub.stream == Stream::Deletions;
    let changes = room.seen_changes(sub.told_ms, now_ms);
    let mut told = Vec::new();
    for change in changes.filter(|change| change.is_deletion == wants_deletions) {
        let Some(message) = room.messages.get(&change.message) else { continue };
        let (collection, event, argument) = match sub.stream {
            Stream::Messages if message.is_up(now_ms) => {
                let argument = message.json(&room.id, &state.users, now_ms, date);
                ("stream-room-messages", room.id.clone(), argument)
            }
            Stream::Messages => continue,
            Stream::Deletions => {
                let event = format!("{}/deleteMessage", room.id);
                ("stream-notify-room", event, json!({"_id": message.id}))
            }
        };
        told.push(
            json!({
                "msg": "changed", "collection": collection, "id": "id",
                "fields": {"eventName": event, "args": [argument]},
            })
            .to_string(),
        );
    }
    told
}

impl Ddp {
    fn method(&mut self, id: &str, said: &Value, now_ms: i64) -> Vec<String> {
        let updated = json!({"msg": "updated", "methods": [id]}).to_string();
        if said["method"].as_str() != Some("login") {
            let error = json!({"isClientSafe": true, "error": 404, "reason": "Method not found",
                "message": "Method not found [404]", "errorType": "Meteor.Error"});
            return vec![json!({"msg": "result", "id": id, "error": error}).to_string(), updated];
        }
        let token = said["params"][0]["resume"].as_str().unwrap_or_default();
        let state = self.inner.state();
        let mut said = vec![updated];
        if let Some(user) = state.user_of_token(token) {
            self.user = Some(user.id.clone());
            let expires = date(now_ms + 90 * 86_400_000);
            let result = json!({"msg": "result", "id": id, "result":
                {"id": user.id, "token": token, "tokenExpires": expires, "type": "resume"}});
            // What the server tells of our own account.
            let fields =
                json!({"username": user.name, "emails": [{"address": "desk@example.org"}]});
            let own =
                json!({"msg": "added", "collection": "users", "id": user.id, "fields": fields});
            said.extend([result.to_string(), own.to_string()]);
        } else {
            let reason = "You've been logged out by the server. Please log in again.";
            let result = json!({"msg": "result", "id": id, "error": {"isClientSafe": true, "error": 403,
                "reason": reason, "message": format!("{reason} [403]"), "errorType": "Meteor.Error"}});
            said.push(result.to_string());
        }
        said
    }

    fn subscribe(&mut self, id: &str, said: &Value, now_ms: i64) -> Value {
        let event = said["params"][0].as_str().unwrap_or_default();
        let (room, stream) = match said["name"].as_str() {
            Some("stream-room-messages") => (event, Some(Stream::Messages)),
            Some("stream-notify-room") => match event.strip_suffix("/deleteMessage") {
                Some(room) => (room, Some(Stream::Deletions)),
                None => (event, None),
            },
            _ => (event, None),
        };
        let Some(stream) = stream.filter(|_| self.reads(room, now_ms)) else {
            return json!({"msg": "nosub", "id": id, "error": {"isClientSafe": true,
                "error": "not-allowed", "message": "[not-allowed]", "errorType": "Meteor.Error"}});
        };
        self.subs.push(Sub { id: id.to_owned(), room: room.to_owned(), stream, told_ms: now_ms });
        json!({"msg": "ready", "subs": [id]})
    }

    fn reads(&self, room: &str, now_ms: i64) -> bool {
        let state = self.inner.state();
        let Some(room) = state.rooms.iter().find(|r| r.id == room) else { return false };
        let is_public = matches!(room.kind(now_ms), Kind::Public | Kind::Team);
        let user = state.users.iter().find(|user| Some(&user.id) == self.user.as_ref());
        let is_allowed = match user {
            Some(user) => user.joined.contains(&room.id) || is_public && !user.sees_joined_only,
            None => is_public && state.allows_anonymous_read,
        };
        room.is_there(now_ms) && is_allowed
    }
}
