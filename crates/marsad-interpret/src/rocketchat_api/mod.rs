//! Answers of Rocket.Chat's REST API to questions of our own, and frames of its realtime interface.
//!
//! A channel goes by `HOST/NAME`, which the asker says; rooms' own ids are not the world's. Who may
//! see a room stands in `channels.info` alone: the asker reads messages only after that said that
//! it is a public channel, or as nobody, where everybody may read. "Public" is then public to the
//! members of the workspace.
//!
//! That there is no room of a **name** says little: it may have been renamed, or become a private
//! one. That there is none of an **id** that was known says that it is gone for us.

mod frame;
mod message;

use marsad_types::{Channel, ChannelKey, Post, Reading, Removal, Status, Timestamp};
use serde::Deserialize;

use crate::Exchange;
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;
use crate::rocketchat::Time;
use message::{Kind, Message};

/// Every answer is one record of one line.
const LINE: u64 = 1;

/// A list whose elements may each be something else.
type List<T> = Nested<Vec<Nested<Object<T>>>>;

#[derive(Deserialize)]
struct Messages<'a> {
    #[serde(borrow, default)]
    messages: List<Message<'a>>,
}

#[derive(Deserialize)]
struct Single<'a> {
    #[serde(borrow, default)]
    message: Nested<Object<Message<'a>>>,
}

#[derive(Deserialize)]
struct Sync<'a> {
    #[serde(borrow, default)]
    result: Nested<Object<Changes<'a>>>,
}

#[derive(Deserialize)]
struct Changes<'a> {
    #[serde(borrow, default)]
    updated: List<Message<'a>>,
    #[serde(borrow, default)]
    deleted: List<Deleted<'a>>,
}

#[derive(Deserialize)]
struct Removed<'a> {
    #[serde(borrow, default)]
    messages: List<Deleted<'a>>,
}

#[derive(Deserialize)]
struct Deleted<'a> {
    #[serde(rename = "_id", borrow, default)]
    id: Value<'a>,
    #[serde(rename = "_deletedAt", borrow, default)]
    at: Time<'a>,
}

#[derive(Deserialize)]
struct Info<'a> {
    #[serde(borrow, default)]
    channel: Nested<Object<Room<'a>>>,
}

#[derive(Deserialize)]
struct Room<'a> {
    #[serde(borrow, default)]
    t: Value<'a>,
    #[serde(borrow, default)]
    name: Value<'a>,
    #[serde(borrow, default)]
    fname: Value<'a>,
    #[serde(borrow, default)]
    topic: Value<'a>,
    #[serde(borrow, default)]
    description: Value<'a>,
    #[serde(rename = "usersCount", borrow, default)]
    users: Value<'a>,
    #[serde(borrow, default)]
    msgs: Value<'a>,
    #[serde(borrow, default)]
    ts: Time<'a>,
    #[serde(borrow, default)]
    encrypted: Value<'a>,
    #[serde(borrow, default)]
    archived: Value<'a>,
    #[serde(rename = "teamId", borrow, default)]
    team: Value<'a>,
    #[serde(rename = "teamMain", borrow, default)]
    team_main: Value<'a>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(borrow, default)]
    error: Value<'a>,
    #[serde(rename = "errorType", borrow, default)]
    kind: Value<'a>,
}

/// Reads one answer.
pub(crate) fn read(exchange: &Exchange<'_>) -> Reading {
    let body = exchange.body.trim_ascii();
    let path = exchange.url.split(['?', '#']).next().unwrap_or_default();
    let route = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    with_channel(exchange, |answer| {
        if exchange.status == 200 { answer.read(route, body) } else { answer.refused() }
    })
}

/// Reads one frame.
pub(crate) fn read_frame(exchange: &Exchange<'_>) -> Reading {
    with_channel(exchange, |answer| answer.read_frame(exchange.body.trim_ascii()))
}

fn with_channel(
    exchange: &Exchange<'_>,
    read: impl FnOnce(Answer<'_>) -> Result<(), Reason>,
) -> Reading {
    let mut reading = Reading::default();
    let read = match exchange.channel {
        None => Err(Reason("nobody says which channel the answer is about".to_owned())),
        Some(channel) => {
            let key = ChannelKey::new(exchange.platform.clone(), channel);
            read(Answer { exchange, key, encrypted: 0, reading: &mut reading })
        }
    };
    if let Err(Reason(reason)) = read {
        reading.rows = reading.rows.max(1);
        reading.problem(LINE, reason);
    }
    reading
}

struct Answer<'a> {
    exchange: &'a Exchange<'a>,
    key: ChannelKey,
    /// Messages that nobody outside the room can read.
    encrypted: u64,
    reading: &'a mut Reading,
}

impl Answer<'_> {
    fn read(mut self, route: &str, body: &[u8]) -> Result<(), Reason> {
        match route {
            "channels.info" => self.info(json::object(body)?)?,
            "channels.history"
            | "channels.messages"
            | "channels.anonymousread"
            | "chat.getThreadMessages" => {
                let answer: Messages<'_> = json::object(body)?;
                self.messages(answer.messages, "messages")?;
            }
            "chat.getMessage" => {
                let answer: Single<'_> = json::object(body)?;
                let message = answer.message.get("message", "an object")?;
                self.message(message.ok_or_else(|| missing("message"))?);
            }
            "chat.syncMessages" => {
                let answer: Sync<'_> = json::object(body)?;
                let result = answer.result.get("result", "an object")?;
                let Object(changes) = result.ok_or_else(|| missing("result"))?;
                self.messages(changes.updated, "updated")?;
                self.deleted(changes.deleted, "deleted")?;
            }
            "chat.getDeletedMessages" => {
                let answer: Removed<'_> = json::object(body)?;
                self.deleted(answer.messages, "messages")?;
            }
            _ => return Err(Reason("no question of ours has this address".to_owned())),
        }
        self.note_encrypted();
        Ok(())
    }

    fn note_encrypted(&mut self) {
        if self.encrypted > 0 {
            let reason = format!("{} messages are encrypted; they are not read", self.encrypted);
            self.reading.problem(LINE, reason);
        }
    }

    fn messages(&mut self, list: List<Message<'_>>, field: &str) -> Result<(), Reason> {
        for message in list.get(field, "a list")?.ok_or_else(|| missing(field))? {
            match message {
                Nested::There(message) => self.message(message),
                _ => self.spoilt("the message is not an object"),
            }
        }
        Ok(())
    }

    fn spoilt(&mut self, reason: &str) {
        self.reading.rows += 1;
        self.reading.problem(LINE, reason);
    }

    fn message(&mut self, Object(message): Object<Message<'_>>) {
        self.reading.rows += 1;
        match message::read(&self.key, message) {
            Ok(Kind::Post(post)) => {
                let observed_prev = self.exchange.absent_at(post.published_at);
                let observed_first = Some(self.exchange.at);
                self.reading.posts.push(Post {
                    observed_first,
                    observed_prev,
                    line: LINE,
                    ..*post
                });
            }
            Ok(Kind::Removed(id, at)) => self.remove(&id, at),
            Ok(Kind::Encrypted) => self.encrypted += 1,
            Ok(Kind::Silent) => {}
            Err(Reason(reason)) => self.reading.problem(LINE, reason),
        }
    }

    fn remove(&mut self, id: &str, at: Option<Timestamp>) {
        self.reading.removals.push(Removal {
            channel: self.key.clone(),
            post: id.into(),
            at: at.unwrap_or(self.exchange.at),
            line: LINE,
        });
    }

    fn deleted(&mut self, list: List<Deleted<'_>>, field: &str) -> Result<(), Reason> {
        for gone in list.get(field, "a list")?.ok_or_else(|| missing(field))? {
            let Nested::There(Object(gone)) = gone else {
                self.spoilt("the deletion is not an object");
                continue;
            };
            self.reading.rows += 1;
            match gone.id.required_id("_id") {
                Ok(id) => {
                    let at = self.reading.without(LINE, gone.at.instant("_deletedAt"));
                    self.remove(&id, at);
                }
                Err(Reason(reason)) => self.reading.problem(LINE, reason),
            }
        }
        Ok(())
    }

    fn info(&mut self, answer: Info<'_>) -> Result<(), Reason> {
        let room = answer.channel.get("channel", "an object")?;
        let Object(room) = room.ok_or_else(|| missing("channel"))?;
        self.reading.rows += 1;
        let is = |value: &Value<'_>| matches!(value, Value::Bool(true));
        let has_team = matches!(&room.team, Value::Text(id) if !id.is_empty());
        let is_public = room.t.required_text("t")? == "c"
            && !is(&room.encrypted)
            && (!has_team || is(&room.team_main));
        let mut seen = Channel { line: LINE, ..Channel::seen(self.key.clone(), self.exchange.at) };
        if !is_public {
            // Its posts were read before, so that it was public then.
            if self.exchange.previous.is_none() {
                return Err(Reason("the room is not a public channel; it is not read".to_owned()));
            }
            seen.status = Status::Private;
            self.reading.channels.push(seen);
            return Ok(());
        }
        let reading = &mut *self.reading;
        let mut text = |value: Value<'_>, field: &str| {
            let text = reading.without(LINE, value.text(field)).filter(|text| !text.is_empty());
            text.map(std::borrow::Cow::into_owned)
        };
        seen.handle = text(room.name, "name");
        seen.title = text(room.fname, "fname").or_else(|| seen.handle.clone());
        let about = [text(room.topic, "topic"), text(room.description, "description")];
        let about: Vec<String> = about.into_iter().flatten().collect();
        seen.description = (!about.is_empty()).then(|| about.join("\n"));
        seen.created_at = reading.without(LINE, room.ts.instant("ts"));
        seen.subscribers = reading.without(LINE, room.users.count("usersCount"));
        if reading.without(LINE, room.msgs.count("msgs")) == Some(0) {
            seen.status = Status::Empty;
        }
        seen.status_cause = is(&room.archived).then(|| "archived".to_owned());
        reading.channels.push(seen);
        Ok(())
    }

    /// An answer other than 200: a fact about the channel where it is one.
    fn refused(self) -> Result<(), Reason> {
        let status = self.exchange.status;
        let code = code(self.exchange);
        let said = code.as_ref().map_or(String::new(), |code| format!(" '{code}'"));
        let told = format!("the platform answered HTTP {status}{said}");
        let is_by_id = self.exchange.url.contains("roomId=");
        let seen = match (status, code.as_deref()) {
            (400 | 404, Some("error-room-not-found")) if is_by_id => Status::Gone,
            (403, _) | (400, Some("error-not-allowed" | "error-room-archived")) if is_by_id => {
                Status::Restricted
            }
            _ => return Err(Reason(told)),
        };
        if self.exchange.steady == Some(false) {
            let reason =
                format!("{told}, and a steady channel could not be read either: it says nothing");
            return Err(Reason(reason));
        }
        self.reading.rows += 1;
        self.reading.channels.push(Channel {
            status: seen,
            status_cause: code.or_else(|| Some(format!("HTTP {status}"))),
            line: LINE,
            ..Channel::seen(self.key, self.exchange.at)
        });
        Ok(())
    }
}

/// The platform's word for why it refuses: a field of its own, or in brackets at a sentence's end.
fn code(exchange: &Exchange<'_>) -> Option<String> {
    let refusal: Refusal<'_> = json::object(exchange.body.trim_ascii()).ok()?;
    let text = |value: Value<'_>| match value {
        Value::Text(text) if !text.is_empty() => Some(text.into_owned()),
        _ => None,
    };
    let in_brackets = |text: String| {
        let inner = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
        inner.map_or(text.clone(), |(_, code)| code.to_owned())
    };
    let code = text(refusal.kind).or_else(|| text(refusal.error).map(in_brackets))?;
    Some(json::shorten(&code))
}
