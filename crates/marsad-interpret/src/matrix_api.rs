//! Answers of a Matrix homeserver's client-server API to a reader who is in no room.
//!
//! A post is a message or sticker; its times are those of its sender's server, which nobody checks.
//! What counts of an answer:
//!
//! - **Edits** are versions of the post that they replace, if they are by its author. They carry no
//!   time of the original, so they are read where the original stands in the same answer: as an
//!   event beside it, or put into it by the server, which does so with the last edit. The connector
//!   asks for the original of an edit that came alone; of several edits between two such looks the
//!   last is read, and all are in the evidence.
//! - **Removals** are redactions that the server carried out. A redaction of something outside the
//!   answer is handed on, although it may have been a reaction: then there is no such post.
//! - **Public** is what was sent while the room was world-readable and not encrypted. Where an answer
//!   shows when that changed, nothing is read on the other side of it.
//! - **403 and 404** are the same for a room that is private, removed, or never was: a room that was
//!   watched is then `private`, cause `private_or_removed`.

mod page;

use std::borrow::Cow;

use compact_str::CompactString;
use marsad_types::{Channel, ChannelKey, Reading, Status};
use serde::Deserialize;

use crate::Exchange;
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;
use crate::matrix_event::Event;
use page::Page;

/// An answer is one record.
const LINE: u64 = 1;
const ROOM_BYTES_MAX: usize = 255;

/// What was asked for, by the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call<'a> {
    Alias,
    Summary,
    State(&'a str),
    Messages {
        is_backwards: bool,
    },
    Event,
    /// Which rooms our account is in.
    Joined,
    /// What happened in those that are watched.
    Sync,
}

/// Reads one answer.
pub(crate) fn read(exchange: &Exchange<'_>) -> Reading {
    let mut reading = Reading::default();
    let Some((call, room)) = call_of(exchange.url) else {
        reading.problem(LINE, "the address is none of those that are read");
        return reading;
    };
    reading.rows = 1;
    let room = exchange.channel.map(CompactString::from).or(room);
    let asked = Asked { exchange, room };
    if exchange.status != 200 {
        asked.refused(call, &mut reading);
        return reading;
    }
    let read = match call {
        Call::Alias | Call::Joined => Ok(()),
        Call::Sync => asked.sync(&mut reading),
        Call::Summary => asked.summary(&mut reading),
        Call::State(kind) => asked.state(kind, &mut reading),
        Call::Messages { is_backwards } => asked.messages(is_backwards, &mut reading),
        Call::Event => asked.event(&mut reading),
    };
    if let Err(Reason(reason)) = read {
        reading.problem(LINE, reason);
    }
    reading
}

/// The call, and the room's id where the address names it.
fn call_of(url: &str) -> Option<(Call<'_>, Option<CompactString>)> {
    let (_, path) = url.split_once("/_matrix/client/")?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut parts = path.split('/').skip(1);
    match path.split_once('/') {
        Some((_, "sync")) => return Some((Call::Sync, None)),
        Some((_, "joined_rooms")) => return Some((Call::Joined, None)),
        _ => {}
    }
    let (first, second, third, fourth) = (parts.next()?, parts.next()?, parts.next(), parts.next());
    let call = match (first, third) {
        ("directory", Some(_)) => return Some((Call::Alias, None)),
        ("room_summary", None) => Call::Summary,
        ("rooms", Some("messages")) => {
            Call::Messages { is_backwards: query.split('&').any(|part| part == "dir=b") }
        }
        ("rooms", Some("event")) => Call::Event,
        ("rooms", Some("state")) => Call::State(fourth?),
        _ => return None,
    };
    let id = unescaped(second);
    Some((call, id.starts_with('!').then_some(id)))
}

/// What it means for a room that this call was refused; `None` when it means nothing.
fn meaning(call: Call<'_>, status: u16, is_homeserver: bool) -> Option<(Status, &'static str)> {
    let is_messages = matches!(call, Call::Messages { .. });
    let is_visibility = call == Call::State("m.room.history_visibility");
    let is_part = call == Call::Event || matches!(call, Call::State(_)) && !is_visibility;
    match status {
        // We are asked to wait.
        429 => None,
        401 => Some((Status::Error, "account_refused")),
        500.. => Some((Status::Error, "server_failed")),
        _ if !is_homeserver => Some((Status::Error, "no_homeserver")),
        // A place in the pages that the server no longer knows.
        400 if is_messages => None,
        // Servers may show strangers nothing: whether the room is public is asked elsewhere.
        403 | 404 if is_messages => Some((Status::Error, "posts_forbidden")),
        // No such event, no such state.
        400 | 403 | 404 if is_part => None,
        400 | 403 | 404 => Some((Status::Private, "private_or_removed")),
        _ => Some((Status::Error, "no_homeserver")),
    }
}

/// Replaces `%XX`; what is no UTF-8 then is no room's id.
fn unescaped(part: &str) -> CompactString {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = byte.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_or_else(|_| CompactString::from(part), CompactString::from)
}

#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow, default)]
    room_id: Value<'a>,
    #[serde(borrow, default)]
    name: Value<'a>,
    #[serde(borrow, default)]
    topic: Value<'a>,
    #[serde(borrow, default)]
    canonical_alias: Value<'a>,
    #[serde(borrow, default)]
    num_joined_members: Value<'a>,
    #[serde(borrow, default)]
    world_readable: Value<'a>,
    #[serde(borrow, default)]
    encryption: Value<'a>,
    /// The name that the field has in the specification's draft.
    #[serde(rename = "im.nheko.summary.encryption", borrow, default)]
    encryption_draft: Value<'a>,
}

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow, default)]
    history_visibility: Value<'a>,
    #[serde(borrow, default)]
    replacement_room: Value<'a>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(borrow, default)]
    errcode: Value<'a>,
}

/// Who may read a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Public,
    Members,
    Encrypted,
}

#[derive(Deserialize)]
struct Messages<'a> {
    #[serde(borrow, default)]
    chunk: Nested<Vec<Nested<Object<Event<'a>>>>>,
}

#[derive(Deserialize)]
struct Sync<'a> {
    #[serde(borrow, default)]
    next_batch: Value<'a>,
    #[serde(borrow, default)]
    rooms: Nested<Object<Rooms<'a>>>,
}

#[derive(Deserialize)]
struct Rooms<'a> {
    #[serde(borrow, default)]
    join: Nested<Object<Named<'a>>>,
}

/// Rooms by their ids.
#[derive(Deserialize)]
#[serde(transparent)]
struct Named<'a>(#[serde(borrow)] std::collections::BTreeMap<String, Nested<Object<Joined<'a>>>>);

#[derive(Deserialize)]
struct Joined<'a> {
    #[serde(borrow, default)]
    state: Nested<Object<Part<'a>>>,
    #[serde(borrow, default)]
    timeline: Nested<Object<Part<'a>>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    events: Nested<Vec<Nested<Object<Event<'a>>>>>,
}

/// An answer, and the room that was asked about where that is known.
struct Asked<'e> {
    exchange: &'e Exchange<'e>,
    room: Option<CompactString>,
}

impl Asked<'_> {
    fn body(&self) -> &[u8] {
        self.exchange.body.trim_ascii()
    }

    fn key(&self, room: &str) -> ChannelKey {
        ChannelKey::new(self.exchange.platform.clone(), room)
    }

    fn seen(&self, room: &str, status: Status, cause: Option<&str>) -> Channel {
        let cause = cause.map(str::to_owned);
        let seen = Channel::seen(self.key(room), self.exchange.at);
        Channel { status, status_cause: cause, line: LINE, ..seen }
    }

    /// What an answer other than 200 says of a room that is watched; of another it says nothing.
    fn refused(&self, call: Call<'_>, reading: &mut Reading) {
        let status = self.exchange.status;
        let refusal: Option<Refusal<'_>> = json::object(self.body()).ok();
        let code = refusal.and_then(|refusal| refusal.errcode.text("errcode").ok().flatten());
        let code = code.unwrap_or_default();
        // An older homeserver that has no summaries: its state is asked for instead.
        if call == Call::Summary && code == "M_UNRECOGNIZED" {
            return;
        }
        // Anything on the web answers 404; a homeserver says why, and that it knows the call.
        let is_homeserver = !code.is_empty() && code != "M_UNRECOGNIZED";
        let Some((state, cause)) = meaning(call, status, is_homeserver) else { return };
        let Some(room) = self.exchange.channel else {
            let code = if code.is_empty() { "no Matrix error" } else { code.as_ref() };
            let code = json::shorten(code);
            reading.problem(LINE, format!("the homeserver answered HTTP {status}, {code}"));
            return;
        };
        // The name of a room that is known may go, the room need not.
        if call == Call::Alias {
            return;
        }
        let has_no_sight = self.exchange.steady == Some(false);
        let (state, cause) =
            if has_no_sight { (Status::Error, "no_sight") } else { (state, cause) };
        reading.channels.push(self.seen(room, state, Some(cause)));
    }

    fn summary(&self, reading: &mut Reading) -> Result<(), Reason> {
        let summary: Summary<'_> = json::object(self.body())?;
        let id = summary.room_id.required_id("room_id")?;
        let is_open = match summary.world_readable {
            Value::Bool(is_open) => is_open,
            Value::Missing | Value::Null => false,
            _ => return Err(Reason("field 'world_readable' is not true or false".to_owned())),
        };
        let algorithm = summary.encryption.text("encryption")?;
        let algorithm = algorithm.or(summary.encryption_draft.text("encryption")?);
        let access = match (algorithm, is_open) {
            (Some(_), _) => Access::Encrypted,
            (None, true) => Access::Public,
            (None, false) => Access::Members,
        };
        if access != Access::Public {
            self.not_public(&id, access, reading);
            return Ok(());
        }
        let mut channel = self.seen(&id, Status::Alive, None);
        let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        channel.handle = owned(reading.without(LINE, summary.canonical_alias.text("alias")));
        channel.title = owned(reading.without(LINE, summary.name.text("name")));
        channel.description = owned(reading.without(LINE, summary.topic.text("topic")));
        let members = summary.num_joined_members.count("num_joined_members");
        channel.subscribers = reading.without(LINE, members);
        reading.channels.push(channel);
        Ok(())
    }

    /// Notes that a room is not public. Of one that was never watched nothing is filed.
    fn not_public(&self, room: &str, access: Access, reading: &mut Reading) {
        let (status, cause) = match access {
            Access::Encrypted => (Status::Restricted, "encrypted"),
            Access::Members | Access::Public => (Status::Private, "not_world_readable"),
        };
        if self.exchange.channel.is_some() {
            reading.channels.push(self.seen(room, status, Some(cause)));
        } else {
            let cause = cause.replace('_', " ");
            reading.problem(LINE, format!("the room is not public ({cause}); it is not read"));
        }
    }

    /// One piece of the room's state.
    fn state(&self, kind: &str, reading: &mut Reading) -> Result<(), Reason> {
        let state: State<'_> = json::object(self.body())?;
        let Some(room) = self.room.as_deref() else { return Err(missing("room_id")) };
        match kind {
            "m.room.history_visibility" => {
                let shown = state.history_visibility.text("history_visibility")?;
                if shown.as_deref() == Some("world_readable") {
                    reading.channels.push(self.seen(room, Status::Alive, None));
                } else {
                    self.not_public(room, Access::Members, reading);
                }
            }
            "m.room.encryption" => self.not_public(room, Access::Encrypted, reading),
            "m.room.tombstone" => {
                let other = state.replacement_room.optional_id("replacement_room")?;
                // An id has 255 bytes at most; what is longer is none.
                let other = other.filter(|id| id.len() <= ROOM_BYTES_MAX);
                let other = other.unwrap_or_else(|| CompactString::from("unknown"));
                let cause = format!("replaced_by {other}");
                reading.channels.push(self.seen(room, Status::Alive, Some(&cause)));
                let reason = format!(
                    "the room says that room {other} takes its place; it is watched when somebody adds it"
                );
                reading.problem(LINE, reason);
            }
            _ => {}
        }
        Ok(())
    }

    fn messages(&self, is_backwards: bool, reading: &mut Reading) -> Result<(), Reason> {
        let answer: Messages<'_> = json::object(self.body())?;
        let chunk = answer.chunk.get("chunk", "a list")?.ok_or_else(|| missing("chunk"))?;
        let mut events = Vec::with_capacity(chunk.len());
        let mut page = self.page()?;
        for event in chunk {
            match event {
                Nested::There(Object(event)) => events.push(event),
                _ => page.note("an event that is not an object"),
            }
        }
        if is_backwards {
            events.reverse();
        }
        reading.rows = events.len() as u64;
        page.read(events);
        page.hand_over(reading);
        Ok(())
    }

    /// What happened in several rooms, each with what is new of its state before what was said.
    fn sync(&self, reading: &mut Reading) -> Result<(), Reason> {
        let answer: Sync<'_> = json::object(self.body())?;
        answer.next_batch.required_text("next_batch")?;
        reading.rows = 0;
        let rooms = answer.rooms.get("rooms", "an object")?;
        let joined = rooms.map(|Object(rooms)| rooms.join.get("join", "an object")).transpose()?;
        for (room, joined) in joined.flatten().map(|Object(Named(rooms))| rooms).unwrap_or_default()
        {
            let mut page = Page::new(self.key(&room), self.exchange);
            let Nested::There(Object(Joined { state, timeline })) = joined else {
                page.note("a room that is not an object");
                page.hand_over(reading);
                continue;
            };
            let mut events = Vec::new();
            for part in [state, timeline] {
                let part = part.there().and_then(|Object(part)| part.events.there());
                for event in part.unwrap_or_default() {
                    match event {
                        Nested::There(Object(event)) => events.push(event),
                        _ => page.note("an event that is not an object"),
                    }
                }
            }
            reading.rows += events.len() as u64;
            page.read(events);
            page.hand_over(reading);
        }
        Ok(())
    }

    /// One event that was asked for by its id.
    fn event(&self, reading: &mut Reading) -> Result<(), Reason> {
        let event: Event<'_> = json::object(self.body())?;
        let mut page = self.page()?;
        page.read(vec![event]);
        page.hand_over(reading);
        Ok(())
    }

    fn page(&self) -> Result<Page<'_>, Reason> {
        let room = self.room.as_deref().ok_or_else(|| missing("room_id"))?;
        Ok(Page::new(self.key(room), self.exchange))
    }
}
