//! The bot interfaces of TamTam and of MAX, its descendant.
//!
//! After the published schemas and the project's notes. Where those are silent, this says so at the
//! place: the status of `/chats` on MAX, what a closed chat answers.

mod chat;
mod deliver;
mod draft;
mod hook;
mod rest;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

pub use deliver::{Delivering, deliver};
pub use draft::{Draft, Forward};
pub use hook::{Delivery, Retry};

use crate::gate::Gate;
use crate::http::{Request, Response};
use crate::time::Timeline;
use crate::truth::Truth;
use crate::{Mock, Unknown};
use chat::{Chat, Key};
use hook::Hooks;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// TamTam: the token in the query, public channels readable, `/chats` lists the bot's own.
    TamTam,
    /// MAX: the token in `Authorization`, only where the bot is an admin, no `/chats`.
    Max,
}

impl Flavour {
    fn site(self) -> &'static str {
        match self {
            Self::TamTam => "https://tt.me",
            Self::Max => "https://max.ru",
        }
    }
}

/// What a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A channel.
    Channel,
    /// A group chat.
    Chat,
    /// A dialog of two, never public.
    Dialog,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Chat => "chat",
            Self::Dialog => "dialog",
        }
    }
}

/// A chat's status, as the platform names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All is well.
    Active,
    /// The bot was removed.
    Removed,
    /// The bot left.
    Left,
    /// The chat was closed.
    Closed,
    /// The chat was suspended (TamTam only).
    Suspended,
    /// There is no such chat any more: 404.
    Gone,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Removed => "removed",
            Self::Left => "left",
            Self::Closed => "closed",
            Self::Suspended => "suspended",
            Self::Gone => "gone",
        }
    }
}

/// A stand-in of a bot interface, for one bot.
#[derive(Debug)]
pub struct BotApi {
    flavour: Flavour,
    token: String,
    gate: Gate,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    chats: Vec<Chat>,
    /// Where each message stands: its chat's place, and its key there.
    places: BTreeMap<String, (usize, Key)>,
    messages: u64,
    /// Updates in the order of their instants.
    updates: Vec<Update>,
    /// Updates before this one are gone.
    committed: usize,
    holds_polls: bool,
    hooks: Hooks,
}

#[derive(Debug)]
struct Update {
    at_ms: i64,
    /// Updates before it, in whatever order they happened.
    number: u64,
    value: Value,
}

impl State {
    fn chat(&mut self, id: i64) -> Result<(usize, &mut Chat), Unknown> {
        let mut found = self.chats.iter_mut().enumerate();
        found.find(|(_, chat)| chat.id == id).ok_or_else(|| Unknown(id.to_string()))
    }

    fn update(&mut self, at_ms: i64, kind: &str, fields: Value) {
        let mut update = json!({"update_type": kind, "timestamp": at_ms});
        if let (Some(update), Value::Object(fields)) = (update.as_object_mut(), fields) {
            update.extend(fields);
        }
        let number = self.updates.len() as u64;
        let place = self.updates.partition_point(|known| known.at_ms <= at_ms);
        self.updates.insert(place, Update { at_ms, number, value: update });
    }
}

impl BotApi {
    /// An interface for a bot with this token.
    pub fn new(flavour: Flavour, token: &str) -> Self {
        Self { flavour, token: token.to_owned(), gate: Gate::default(), state: Mutex::default() }
    }

    /// Its gate: limit, faults, log.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Whether an empty `/updates` is held for its `timeout`; else it is answered at once, which is
    /// what a test wants whose clock stands still.
    pub fn set_holds_polls(&self, holds: bool) {
        self.state().holds_polls = holds;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, chat: i64, change: impl FnOnce(&mut Chat)) -> Result<(), Unknown> {
        change(self.state().chat(chat)?.1);
        Ok(())
    }

    /// Adds a public channel that the bot is in, and gives its id, -70000000000001 and down.
    pub fn add_channel(&self, link: &str, title: &str, participants: u64, at_ms: i64) -> i64 {
        let mut state = self.state();
        let id = -70_000_000_000_001 - state.chats.len() as i64;
        state.chats.push(Chat {
            id,
            links: Timeline::new(at_ms, link.to_owned()),
            titles: Timeline::new(at_ms, title.to_owned()),
            created_ms: at_ms,
            kind: Kind::Channel,
            is_public: Timeline::new(at_ms, true),
            has_bot: Timeline::new(at_ms, true),
            statuses: Timeline::new(at_ms, Status::Active),
            participants: Timeline::new(at_ms, participants),
            messages: BTreeMap::new(),
        });
        id
    }

    /// Makes a chat something else than a channel, from the start.
    ///
    /// # Errors
    /// [`Unknown`] where there is no such chat or message; so in all that follows.
    pub fn set_kind(&self, chat: i64, kind: Kind) -> Result<(), Unknown> {
        self.change(chat, |chat| chat.kind = kind)
    }

    /// Makes a chat public or private.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_public(&self, chat: i64, at_ms: i64, is_public: bool) -> Result<(), Unknown> {
        self.change(chat, |chat| chat.is_public.set(at_ms, is_public))
    }

    /// Sets a chat's status.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_status(&self, chat: i64, at_ms: i64, status: Status) -> Result<(), Unknown> {
        self.change(chat, |chat| chat.statuses.set(at_ms, status))
    }

    /// Sets how many participants a chat has.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_subscribers(&self, chat: i64, at_ms: i64, count: u64) -> Result<(), Unknown> {
        self.change(chat, |chat| chat.participants.set(at_ms, count))
    }

    /// Gives a chat another link.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn rename(&self, chat: i64, at_ms: i64, link: &str) -> Result<(), Unknown> {
        self.change(chat, |chat| chat.links.set(at_ms, link.to_owned()))
    }

    /// Adds the bot to a chat, or takes it out; updates come only from where it is.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_bot(&self, chat: i64, at_ms: i64, is_in: bool) -> Result<(), Unknown> {
        let user = user(self.flavour, "Duty", at_ms);
        let mut state = self.state();
        let (_, found) = state.chat(chat)?;
        found.has_bot.set(at_ms, is_in);
        let is_channel = found.kind == Kind::Channel;
        let kind = if is_in { "bot_added" } else { "bot_removed" };
        state.update(at_ms, kind, json!({"chat_id": chat, "user": user, "is_channel": is_channel}));
        Ok(())
    }

    /// Sets a chat's title.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_title(&self, chat: i64, at_ms: i64, title: &str) -> Result<(), Unknown> {
        let user = user(self.flavour, "Duty", at_ms);
        let mut state = self.state();
        let (_, found) = state.chat(chat)?;
        found.titles.set(at_ms, title.to_owned());
        if found.has_bot(at_ms) {
            let fields = json!({"chat_id": chat, "user": user, "title": title});
            state.update(at_ms, "chat_title_changed", fields);
        }
        Ok(())
    }

    /// Posts and gives the message's `mid`.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn post(&self, chat: i64, at_ms: i64, draft: Draft) -> Result<String, Unknown> {
        let mut state = self.state();
        let number = state.messages;
        let (place, found) = state.chat(chat)?;
        let key = found.post((at_ms, number), draft);
        let mid = chat::mid(chat, number);
        state.messages += 1;
        state.places.insert(mid.clone(), (place, key));
        self.tell(&mut state, "message_created", &mid, at_ms)?;
        Ok(mid)
    }

    /// Changes a message's text; only the update says when.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn edit(&self, mid: &str, at_ms: i64, text: &str) -> Result<(), Unknown> {
        let mut state = self.state();
        state.message(mid)?.texts.set(at_ms, text.to_owned());
        self.tell(&mut state, "message_edited", mid, at_ms)
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn delete(&self, mid: &str, at_ms: i64) -> Result<(), Unknown> {
        let mut state = self.state();
        state.message(mid)?.deleted_ms = Some(at_ms);
        self.tell(&mut state, "message_removed", mid, at_ms)
    }

    /// Sets how often a message was seen.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_views(&self, mid: &str, at_ms: i64, views: u64) -> Result<(), Unknown> {
        self.state().message(mid)?.views.set(at_ms, views);
        Ok(())
    }

    /// Adds an update of any kind, as a platform does that grew since the schema was written.
    pub fn add_update(&self, at_ms: i64, kind: &str, fields: Value) {
        self.state().update(at_ms, kind, fields);
    }

    /// What a perfect watcher would know; chats by their ids.
    pub fn truth(&self) -> Truth {
        let state = self.state();
        Truth {
            channels: state.chats.iter().map(Chat::truth).collect(),
            posts: state.chats.iter().flat_map(Chat::true_posts).collect(),
        }
    }

    /// Tells the bot of a message, where it is in the chat.
    fn tell(&self, state: &mut State, kind: &str, mid: &str, at_ms: i64) -> Result<(), Unknown> {
        let unknown = || Unknown(mid.to_owned());
        let (place, key) = *state.places.get(mid).ok_or_else(unknown)?;
        let chat = state.chats.get(place).ok_or_else(unknown)?;
        let message = chat.messages.get(&key).ok_or_else(unknown)?;
        if !chat.has_bot(at_ms) {
            return Ok(());
        }
        let fields = if kind == "message_removed" {
            json!({"message_id": mid, "chat_id": chat.id, "user_id": 591_582_322_454_i64})
        } else {
            json!({"message": message.json(chat, self.flavour, at_ms)})
        };
        state.update(at_ms, kind, fields);
        Ok(())
    }
}

impl State {
    fn message(&mut self, mid: &str) -> Result<&mut chat::Message, Unknown> {
        let unknown = || Unknown(mid.to_owned());
        let (place, key) = *self.places.get(mid).ok_or_else(unknown)?;
        let chat = self.chats.get_mut(place).ok_or_else(unknown)?;
        chat.messages.get_mut(&key).ok_or_else(unknown)
    }
}

/// A user, as the flavour writes one.
fn user(flavour: Flavour, name: &str, at_ms: i64) -> Value {
    let id = 591_582_322_454_i64;
    match flavour {
        Flavour::TamTam => json!({"user_id": id, "name": name, "username": null, "is_bot": false,
            "last_activity_time": at_ms}),
        Flavour::Max => json!({"user_id": id, "first_name": name, "last_name": null,
            "username": null, "is_bot": false, "last_activity_time": at_ms}),
    }
}

impl Mock for BotApi {
    fn answer(&self, request: &Request, now_ms: i64) -> Response {
        self.gate.pass(self, request, now_ms)
    }

    fn holds(&self, request: &Request, asked_ms: i64, now_ms: i64) -> bool {
        let state = self.state();
        let waits_ms = rest::timeout_ms(request).filter(|_| state.holds_polls);
        waits_ms.is_some_and(|ms| now_ms < asked_ms + ms) && !self.has_news(&state, request, now_ms)
    }
}
