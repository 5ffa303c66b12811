//! A Matrix homeserver, as Synapse 1.163 was measured: public rooms read without joining, and sync of
//! rooms that somebody made a user join.
//!
//! Reads alone: no call joins. Where the recorded answers are silent, this says so at the
//! place: the summary of a private room, a room list's bad token.

mod draft;
mod rest;
mod room;
mod sync;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

pub use draft::Draft;

use crate::gate::Gate;
use crate::http::{Request, Response};
use crate::time::Timeline;
use crate::truth::Truth;
use crate::{Mock, Unknown, chance};
use room::Room;

/// Who may read a room's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody, without joining.
    WorldReadable,
    /// Members, all of it.
    Shared,
    /// Members, from when they were invited.
    Invited,
    /// Members, from when they joined.
    Joined,
}

impl Visibility {
    fn as_str(self) -> &'static str {
        match self {
            Self::WorldReadable => "world_readable",
            Self::Shared => "shared",
            Self::Invited => "invited",
            Self::Joined => "joined",
        }
    }
}

/// A stand-in of a homeserver, `marsad.test`.
#[derive(Debug, Default)]
pub struct Matrix {
    gate: Gate,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    users: Vec<User>,
    rooms: Vec<Room>,
    /// Events of the whole server so far: its stream.
    stream: u64,
    lists_without_token: bool,
    allows_guests: bool,
    reads_without_token: bool,
    /// Places in sync of an earlier one are unknown.
    epoch: u64,
}

#[derive(Debug, Clone)]
struct User {
    id: String,
    password: Option<String>,
    token: String,
    /// Rooms with when they were joined and left.
    joined: Vec<(String, i64, Option<i64>)>,
}

impl User {
    /// Since when the user is in a room, if so at an instant.
    fn joined_at(&self, room: &str, now_ms: i64) -> Option<i64> {
        let stays = self.joined.iter().filter(|(id, from, until)| {
            id == room && *from <= now_ms && until.is_none_or(|until| until > now_ms)
        });
        stays.map(|(_, from, _)| *from).max()
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            rooms: Vec::new(),
            stream: 0,
            lists_without_token: true,
            allows_guests: true,
            reads_without_token: false,
            epoch: 0,
        }
    }
}

impl State {
    /// The room and the server's stream, to append to.
    fn room(&mut self, id: &str) -> Result<(&mut Room, &mut u64), Unknown> {
        let found = self.rooms.iter_mut().find(|room| room.id == id);
        Ok((found.ok_or_else(|| Unknown(id.to_owned()))?, &mut self.stream))
    }

    fn user(&mut self, name: &str) -> Result<&mut User, Unknown> {
        let id = format!("@{name}:marsad.test");
        let found = self.users.iter_mut().find(|user| user.id == id);
        found.ok_or(Unknown(id))
    }

    fn add_user(&mut self, id: String, password: Option<String>) -> User {
        let token = format!("syt_{}", chance::id(11, self.users.len() as u64, 32));
        let user = User { id, password, token, joined: Vec::new() };
        self.users.push(user.clone());
        user
    }
}

impl Matrix {
    /// A homeserver without rooms, which lists its rooms without a token and takes guests.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its gate: limit, faults, log.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a user `@name:marsad.test` and gives its access token.
    pub fn add_user(&self, name: &str, password: &str) -> String {
        let id = format!("@{name}:marsad.test");
        self.state().add_user(id, Some(password.to_owned())).token
    }

    /// Makes a user `@name:marsad.test` a member of a room from an instant on.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn join(&self, name: &str, room: &str, at_ms: i64) -> Result<(), Unknown> {
        let mut state = self.state();
        state.room(room)?;
        state.user(name)?.joined.push((room.to_owned(), at_ms, None));
        Ok(())
    }

    /// Takes a user out of a room.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn leave(&self, name: &str, room: &str, at_ms: i64) -> Result<(), Unknown> {
        let mut state = self.state();
        for (id, _, until) in &mut state.user(name)?.joined {
            if id == room && until.is_none() {
                *until = Some(at_ms);
            }
        }
        Ok(())
    }

    /// Forgets every place in sync that was given so far, as after a database was put back.
    pub fn forget_places(&self) {
        self.state().epoch += 1;
    }

    /// Whether `publicRooms` needs no token (`allow_public_rooms_without_auth`).
    pub fn set_lists_without_token(&self, lists: bool) {
        self.state().lists_without_token = lists;
    }

    /// Whether guests may register (`allow_guest_access`).
    pub fn set_guests(&self, allows: bool) {
        self.state().allows_guests = allows;
    }

    /// Whether world-readable rooms are read without any token. Synapse never does; a reader that
    /// only wants such a room may.
    pub fn set_reads_without_token(&self, reads: bool) {
        self.state().reads_without_token = reads;
    }

    /// Adds a published, world-readable room with an alias `#name:marsad.test` and the state that a
    /// new room has, and gives its id.
    pub fn add_room(&self, name: &str, title: &str, members: u64, at_ms: i64) -> String {
        let mut state = self.state();
        let number = state.rooms.len() as u64;
        // Rooms of version 12 have ids without a server; take turns.
        let (version, id) = if number.is_multiple_of(2) {
            (11, format!("!{}:marsad.test", chance::id(12, number, 18)))
        } else {
            (12, format!("!{}", chance::id(12, number, 43)))
        };
        let alias = format!("#{name}:marsad.test");
        let mut room = Room {
            id: id.clone(),
            version,
            aliases: Timeline::new(at_ms, Some(alias.clone())),
            titles: Timeline::new(at_ms, title.to_owned()),
            members: Timeline::new(at_ms, members),
            visibilities: Timeline::new(at_ms, Visibility::WorldReadable),
            join_rules: Timeline::new(at_ms, "public".to_owned()),
            is_listed: Timeline::new(at_ms, true),
            encrypted_ms: None,
            gone_ms: None,
            events: Vec::new(),
            places: std::collections::BTreeMap::new(),
        };
        let about = "Hourly notices";
        for (kind, content) in [
            ("m.room.create", json!({"room_version": version.to_string()})),
            ("m.room.member", json!({"displayname": "press", "membership": "join"})),
            ("m.room.power_levels", json!({"ban": 50, "users": {"@press:marsad.test": 100}})),
            ("m.room.canonical_alias", json!({"alias": alias})),
            ("m.room.join_rules", json!({"join_rule": "public"})),
            ("m.room.history_visibility", json!({"history_visibility": "world_readable"})),
            ("m.room.guest_access", json!({"guest_access": "can_join"})),
            ("m.room.name", json!({"name": title})),
            ("m.room.topic", json!({"topic": about, "m.topic": {"m.text": [{"body": about}]}})),
        ] {
            room.push_state(&mut state.stream, at_ms, kind, content);
        }
        state.rooms.push(room);
        id
    }

    /// Posts a message and gives its event id. Events arrive in the order they are posted in: one
    /// that is said to arrive earlier than the last arrives with it.
    ///
    /// # Errors
    /// [`Unknown`] where there is no such room or event; so in all that follows.
    pub fn post(&self, room: &str, at_ms: i64, draft: Draft) -> Result<String, Unknown> {
        let mut state = self.state();
        let (room, stream) = state.room(room)?;
        Ok(room.push(stream, at_ms, draft.into_parts()))
    }

    /// Changes a message's text by its sender, with an event of its own, whose id this gives.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn edit(&self, room: &str, event: &str, at_ms: i64, text: &str) -> Result<String, Unknown> {
        let sender = self.state().room(room)?.0.sender(event)?;
        self.post(room, at_ms, Draft::edit(event, text).by(&sender))
    }

    /// Deletes a message: an event says so, and the message's content becomes empty. Deleting an
    /// edit restores what was before it.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn delete(&self, room: &str, event: &str, at_ms: i64) -> Result<String, Unknown> {
        let mut state = self.state();
        let (room, stream) = state.room(room)?;
        room.redact(stream, at_ms, event)
    }

    fn set(
        &self,
        room: &str,
        at_ms: i64,
        (kind, content): (&str, Value),
        change: impl FnOnce(&mut Room),
    ) -> Result<(), Unknown> {
        let mut state = self.state();
        let (room, stream) = state.room(room)?;
        change(room);
        room.push_state(stream, at_ms, kind, content);
        Ok(())
    }

    /// Sets who may read the history from now on; what was sent before keeps its rule.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_visibility(&self, room: &str, at_ms: i64, to: Visibility) -> Result<(), Unknown> {
        let content = json!({"history_visibility": to.as_str()});
        self.set(room, at_ms, ("m.room.history_visibility", content), |room| {
            room.visibilities.set(at_ms, to);
        })
    }

    /// Sets who may join: `public`, `invite`, `knock`, `restricted`.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_join_rule(&self, room: &str, at_ms: i64, rule: &str) -> Result<(), Unknown> {
        self.set(room, at_ms, ("m.room.join_rules", json!({"join_rule": rule})), |room| {
            room.join_rules.set(at_ms, rule.to_owned());
        })
    }

    /// Gives a room another title.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_title(&self, room: &str, at_ms: i64, title: &str) -> Result<(), Unknown> {
        self.set(room, at_ms, ("m.room.name", json!({"name": title})), |room| {
            room.titles.set(at_ms, title.to_owned());
        })
    }

    /// Gives a room another alias `#name:marsad.test`, or takes it away.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn rename(&self, room: &str, at_ms: i64, name: Option<&str>) -> Result<(), Unknown> {
        let alias = name.map(|name| format!("#{name}:marsad.test"));
        let content = alias.as_ref().map_or_else(|| json!({}), |alias| json!({"alias": alias}));
        self.set(room, at_ms, ("m.room.canonical_alias", content), |room| {
            room.aliases.set(at_ms, alias);
        })
    }

    /// Switches encryption on; messages are then to be posted as [`Draft::encrypted`].
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_encrypted(&self, room: &str, at_ms: i64) -> Result<(), Unknown> {
        let content = json!({"algorithm": "m.megolm.v1.aes-sha2"});
        self.set(room, at_ms, ("m.room.encryption", content), |room| {
            room.encrypted_ms = Some(at_ms);
        })
    }

    /// Closes a room in favour of another.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn tombstone(&self, room: &str, at_ms: i64, replacement: &str) -> Result<(), Unknown> {
        let body = "This room has been replaced";
        let content = json!({"body": body, "replacement_room": replacement});
        self.set(room, at_ms, ("m.room.tombstone", content), |_| {})
    }

    /// Publishes a room in the server's list, or takes it out.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_listed(&self, room: &str, at_ms: i64, is_listed: bool) -> Result<(), Unknown> {
        self.state().room(room)?.0.is_listed.set(at_ms, is_listed);
        Ok(())
    }

    /// Sets how many members a room has.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_subscribers(&self, room: &str, at_ms: i64, members: u64) -> Result<(), Unknown> {
        self.state().room(room)?.0.members.set(at_ms, members);
        Ok(())
    }

    /// Deletes and blocks a room: it then looks as one that never was.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn remove(&self, room: &str, at_ms: i64) -> Result<(), Unknown> {
        self.state().room(room)?.0.gone_ms = Some(at_ms);
        Ok(())
    }

    /// What a perfect watcher would know; rooms by their ids, messages by the ids of their first
    /// events, at the instants when events arrived.
    pub fn truth(&self) -> Truth {
        let state = self.state();
        Truth {
            channels: state.rooms.iter().map(Room::truth).collect(),
            posts: state.rooms.iter().flat_map(Room::true_posts).collect(),
        }
    }
}

impl Mock for Matrix {
    fn answer(&self, request: &Request, now_ms: i64) -> Response {
        self.gate.pass(self, request, now_ms)
    }

    fn holds(&self, request: &Request, asked_ms: i64, now_ms: i64) -> bool {
        let segments = request.segments();
        let is_sync = segments.last().is_some_and(|last| last == "sync");
        is_sync && rest::holds_sync(&self.state(), request, (asked_ms, now_ms))
    }
}
