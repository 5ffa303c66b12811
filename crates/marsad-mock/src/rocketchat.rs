//! A Rocket.Chat workspace: REST, the limiter, and the realtime interface.
//!
//! After the project's notes, the published schemas and the platform's own source. A change is seen
//! five milliseconds after it happened, because `_updatedAt` is always later than `ts`.

mod draft;
mod realtime;
mod rest;
mod room;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use draft::Draft;

use crate::chance;
use crate::gate::Gate;
use crate::http::{Request, Response};
use crate::time::Timeline;
use crate::truth::Truth;
use crate::{Mock, Talk, Unknown};
use room::Room;

/// What a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A public channel of the workspace (`t: "c"`).
    Public,
    /// A public channel of a team: listed to its members only.
    Team,
    /// A private group (`p`), to others as if it were not there.
    Private,
    /// Direct messages (`d`), to others as if they were not there.
    Direct,
    /// A chat with a visitor of a web site (`l`), which `channels.info` shows.
    Livechat,
}

impl Kind {
    fn letter(self) -> &'static str {
        match self {
            Self::Public | Self::Team => "c",
            Self::Private => "p",
            Self::Direct => "d",
            Self::Livechat => "l",
        }
    }
}

/// What a client needs to speak as a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// For `X-User-Id`.
    pub user_id: String,
    /// For `X-Auth-Token`.
    pub token: String,
}

/// A stand-in of a workspace.
#[derive(Debug, Default)]
pub struct RocketChat {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    gate: Gate,
    state: Mutex<State>,
    /// Calls by route and client: when the window began, and how many.
    windows: Mutex<BTreeMap<(String, String), (i64, u32)>>,
}

#[derive(Debug)]
struct State {
    users: Vec<User>,
    rooms: Vec<Room>,
    messages: u64,
    /// Calls and the window's length in milliseconds, for each route and client.
    rate: Option<(u32, i64)>,
    allows_anonymous_read: bool,
    shows_deleted: bool,
    /// When conversations were cut.
    cuts: Vec<i64>,
    has_realtime: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            rooms: Vec::new(),
            messages: 0,
            rate: Some((10, 60_000)),
            allows_anonymous_read: false,
            shows_deleted: false,
            cuts: Vec::new(),
            has_realtime: true,
        }
    }
}

#[derive(Debug, Clone)]
struct User {
    id: String,
    name: String,
    password: String,
    token: String,
    joined: Vec<String>,
    sees_joined_only: bool,
    bypasses_limit: bool,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room_mut(&mut self, id: &str) -> Result<&mut Room, Unknown> {
        let found = self.rooms.iter_mut().find(|room| room.id == id);
        found.ok_or_else(|| Unknown(id.to_owned()))
    }

    fn user_mut(&mut self, name: &str) -> Result<&mut User, Unknown> {
        let found = self.users.iter_mut().find(|user| user.name == name);
        found.ok_or_else(|| Unknown(name.to_owned()))
    }

    fn user_of_token(&self, token: &str) -> Option<&User> {
        self.users.iter().find(|user| user.token == token)
    }
}

impl RocketChat {
    /// A workspace without users and rooms, with the platform's default limit: 10 calls per 60
    /// seconds for each route and client.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its gate: limit, faults, log.
    pub fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    fn change<T>(
        &self,
        room: &str,
        change: impl FnOnce(&mut Room) -> Result<T, Unknown>,
    ) -> Result<T, Unknown> {
        change(self.inner.state().room_mut(room)?)
    }

    /// Adds a user who may see public channels.
    pub fn add_user(&self, name: &str, password: &str) -> Login {
        let mut state = self.inner.state();
        let number = state.users.len() as u64;
        let id = chance::id(1, number, 17);
        let token = chance::id(2, number, 43);
        state.users.push(User {
            id: id.clone(),
            name: name.to_owned(),
            password: password.to_owned(),
            token: token.clone(),
            joined: Vec::new(),
            sees_joined_only: false,
            bypasses_limit: false,
        });
        Login { user_id: id, token }
    }

    /// Lets a user see only what they joined (`view-joined-room` without `view-c-room`).
    ///
    /// # Errors
    /// [`Unknown`] where there is no such user or room; so in all that follows.
    pub fn set_sees_joined_only(&self, user: &str) -> Result<(), Unknown> {
        self.inner.state().user_mut(user)?.sees_joined_only = true;
        Ok(())
    }

    /// Frees a user from the limit (`api-bypass-rate-limit`).
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_bypasses_limit(&self, user: &str) -> Result<(), Unknown> {
        self.inner.state().user_mut(user)?.bypasses_limit = true;
        Ok(())
    }

    /// Makes a user a member of a room.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn join(&self, user: &str, room: &str) -> Result<(), Unknown> {
        self.inner.state().user_mut(user)?.joined.push(room.to_owned());
        Ok(())
    }

    /// Sets calls and window in milliseconds of the platform's own limiter, or lifts it.
    pub fn set_rate(&self, rate: Option<(u32, i64)>) {
        self.inner.state().rate = rate;
    }

    /// Lets public channels be read without a user.
    pub fn set_anonymous_read(&self, allows: bool) {
        self.inner.state().allows_anonymous_read = allows;
    }

    /// Leaves a line "removed" where a message is deleted from now on (`Message_ShowDeletedStatus`);
    /// such a deletion is told by no other call.
    pub fn set_shows_deleted(&self, shows: bool) {
        self.inner.state().shows_deleted = shows;
    }

    /// Whether conversations over websockets are opened: a proxy before the workspace may not let them
    /// through.
    pub fn set_realtime(&self, opens: bool) {
        self.inner.state().has_realtime = opens;
    }

    /// Cuts all conversations over websockets that were opened before an instant, then.
    pub fn cut_talks(&self, at_ms: i64) {
        self.inner.state().cuts.push(at_ms);
    }

    /// Adds a public channel and gives its id.
    pub fn add_channel(&self, name: &str, title: &str, members: u64, at_ms: i64) -> String {
        let mut state = self.inner.state();
        let id = chance::id(3, state.rooms.len() as u64, 17);
        state.rooms.push(Room {
            id: id.clone(),
            names: Timeline::new(at_ms, name.to_owned()),
            title: title.to_owned(),
            created_ms: at_ms,
            kinds: Timeline::new(at_ms, Kind::Public),
            is_encrypted: Timeline::new(at_ms, false),
            is_archived: Timeline::new(at_ms, false),
            members: Timeline::new(at_ms, members),
            gone_ms: None,
            messages: BTreeMap::new(),
            keys: BTreeMap::new(),
            changes: BTreeMap::new(),
        });
        id
    }

    /// Sets what a room is from an instant on.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_kind(&self, room: &str, at_ms: i64, kind: Kind) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.kinds.set(at_ms, kind);
            Ok(())
        })
    }

    /// Switches the encryption of a room on; its messages are then to be posted as
    /// [`Draft::encrypted`].
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_encrypted(&self, room: &str, at_ms: i64) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.is_encrypted.set(at_ms, true);
            Ok(())
        })
    }

    /// Archives a room.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn archive(&self, room: &str, at_ms: i64) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.is_archived.set(at_ms, true);
            Ok(())
        })
    }

    /// Deletes a room.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn remove(&self, room: &str, at_ms: i64) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.gone_ms = Some(at_ms);
            Ok(())
        })
    }

    /// Gives a room another name.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn rename(&self, room: &str, at_ms: i64, name: &str) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.names.set(at_ms, name.to_owned());
            Ok(())
        })
    }

    /// Sets how many members a room has.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_subscribers(&self, room: &str, at_ms: i64, members: u64) -> Result<(), Unknown> {
        self.change(room, |room| {
            room.members.set(at_ms, members);
            Ok(())
        })
    }

    /// Posts and gives the message's id.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn post(&self, room: &str, at_ms: i64, draft: Draft) -> Result<String, Unknown> {
        let mut state = self.inner.state();
        let number = state.messages;
        let id = state.room_mut(room)?.post(at_ms, number, draft);
        state.messages += 1;
        Ok(id)
    }

    /// Changes a message's text.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn edit(&self, room: &str, id: &str, at_ms: i64, text: &str) -> Result<(), Unknown> {
        self.change(room, |room| room.edit(id, at_ms, text))
    }

    /// Deletes a message: it is gone from history, and only the calls for deletions tell.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn delete(&self, room: &str, id: &str, at_ms: i64) -> Result<(), Unknown> {
        let mut state = self.inner.state();
        let leaves_line = state.shows_deleted;
        state.room_mut(room)?.delete(id, at_ms, leaves_line)
    }

    /// Adds a reaction: `_updatedAt` changes and the text does not.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn react(&self, room: &str, id: &str, at_ms: i64, emoji: &str) -> Result<(), Unknown> {
        self.change(room, |room| room.react(id, at_ms, emoji))
    }

    /// What a perfect watcher would know; channels by their ids.
    pub fn truth(&self) -> Truth {
        let state = self.inner.state();
        Truth {
            channels: state.rooms.iter().map(Room::truth).collect(),
            posts: state.rooms.iter().flat_map(Room::true_posts).collect(),
        }
    }
}

impl Mock for RocketChat {
    fn answer(&self, request: &Request, now_ms: i64) -> Response {
        self.inner.gate.pass(self.inner.as_ref(), request, now_ms)
    }

    fn talk(&self, request: &Request, now_ms: i64) -> Option<Box<dyn Talk>> {
        let is_here = request.segments() == ["websocket"] && self.inner.state().has_realtime;
        is_here.then(|| {
            self.inner.gate.note_talk(request, now_ms);
            realtime::open(Arc::clone(&self.inner), now_ms)
        })
    }
}
