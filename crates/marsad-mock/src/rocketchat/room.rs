//! A room, its messages, and what changed in it when.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::{Kind, User};
use crate::Unknown;
use crate::chance;
use crate::time::Timeline;
use crate::truth::{PostKind, TrueChannel, TruePost, TrueVersion};

/// A change is stored, stamped and seen so long after it happened.
pub(super) const LAG_MS: i64 = 5;

/// Instant and running number: the order of messages and of changes.
pub(super) type Key = (i64, u64);

#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: String,
    pub(super) names: Timeline<String>,
    pub(super) title: String,
    pub(super) created_ms: i64,
    pub(super) kinds: Timeline<Kind>,
    pub(super) is_encrypted: Timeline<bool>,
    pub(super) is_archived: Timeline<bool>,
    pub(super) members: Timeline<u64>,
    pub(super) gone_ms: Option<i64>,
    pub(super) messages: BTreeMap<Key, Message>,
    pub(super) keys: BTreeMap<String, Key>,
    /// By the instant they are seen from.
    pub(super) changes: BTreeMap<Key, Change>,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) at_ms: i64,
    draft: Draft,
    texts: Timeline<String>,
    /// When it was touched without an edit: a reply in its thread, a reaction.
    touches: Vec<i64>,
    replies: Vec<i64>,
    reactions: Vec<(i64, String)>,
    deleted_ms: Option<i64>,
    leaves_line: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) message: Key,
    pub(super) is_deletion: bool,
}

/// How instants are written: ISO in REST, `{"$date": ms}` in the realtime interface.
pub(super) type Dates = fn(i64) -> Value;

impl Room {
    pub(super) fn post(&mut self, at_ms: i64, number: u64, draft: Draft) -> String {
        let id = chance::id(4, number, 17);
        let key = (at_ms, number);
        if let Some(parent) = draft.thread.clone() {
            self.touch(&parent, at_ms, |parent| parent.replies.push(at_ms));
        }
        let texts = Timeline::new(at_ms, draft.text.clone());
        let message = Message {
            id: id.clone(),
            at_ms,
            draft,
            texts,
            touches: Vec::new(),
            replies: Vec::new(),
            reactions: Vec::new(),
            deleted_ms: None,
            leaves_line: false,
        };
        self.messages.insert(key, message);
        self.keys.insert(id.clone(), key);
        self.note(at_ms, key, false);
        id
    }

    fn note(&mut self, at_ms: i64, message: Key, is_deletion: bool) {
        let number = self.changes.len() as u64;
        self.changes.insert((at_ms + LAG_MS, number), Change { message, is_deletion });
    }

    fn key(&self, id: &str) -> Result<Key, Unknown> {
        self.keys.get(id).copied().ok_or_else(|| Unknown(format!("{}/{id}", self.id)))
    }

    fn touch(&mut self, id: &str, at_ms: i64, change: impl FnOnce(&mut Message)) {
        let Ok(key) = self.key(id) else { return };
        if let Some(message) = self.messages.get_mut(&key) {
            change(message);
            message.touches.push(at_ms);
        }
        self.note(at_ms, key, false);
    }

    pub(super) fn edit(&mut self, id: &str, at_ms: i64, text: &str) -> Result<(), Unknown> {
        let key = self.key(id)?;
        if let Some(message) = self.messages.get_mut(&key) {
            message.texts.set(at_ms, text.to_owned());
        }
        self.note(at_ms, key, false);
        Ok(())
    }

    pub(super) fn react(&mut self, id: &str, at_ms: i64, emoji: &str) -> Result<(), Unknown> {
        self.key(id)?;
        self.touch(id, at_ms, |message| message.reactions.push((at_ms, emoji.to_owned())));
        Ok(())
    }

    pub(super) fn delete(
        &mut self,
        id: &str,
        at_ms: i64,
        leaves_line: bool,
    ) -> Result<(), Unknown> {
        let key = self.key(id)?;
        if let Some(message) = self.messages.get_mut(&key) {
            message.deleted_ms = Some(at_ms);
            message.leaves_line = leaves_line;
        }
        self.note(at_ms, key, !leaves_line);
        Ok(())
    }

    pub(super) fn is_there(&self, now_ms: i64) -> bool {
        self.created_ms <= now_ms && self.gone_ms.is_none_or(|gone| gone > now_ms)
    }

    pub(super) fn name(&self, now_ms: i64) -> &str {
        self.names.at(now_ms).map_or("", String::as_str)
    }

    pub(super) fn kind(&self, now_ms: i64) -> Kind {
        self.kinds.at(now_ms).copied().unwrap_or(Kind::Private)
    }

    /// Messages in view, the newest first, with `ts` within bounds.
    pub(super) fn newest_first(
        &self,
        (oldest, latest): (Bound<i64>, Bound<i64>),
        now_ms: i64,
    ) -> impl Iterator<Item = &Message> {
        let low = match oldest {
            Bound::Included(ms) => Bound::Included((ms, 0)),
            Bound::Excluded(ms) => Bound::Excluded((ms, u64::MAX)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let high = match latest {
            Bound::Included(ms) => Bound::Included((ms, u64::MAX)),
            Bound::Excluded(ms) => Bound::Excluded((ms, 0)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let is_empty = matches!((&oldest, &latest), (
            Bound::Included(o) | Bound::Excluded(o),
            Bound::Included(l) | Bound::Excluded(l),
        ) if o > l || (o == l && (low == high || matches!(high, Bound::Excluded(_)))));
        let range = (!is_empty).then(|| self.messages.range((low, high)));
        range
            .into_iter()
            .flatten()
            .rev()
            .map(|(_, message)| message)
            .filter(move |message| message.is_up(now_ms) && !message.draft.is_hidden)
    }

    /// Messages in view whose `_updatedAt` is after an instant, in no order.
    pub(super) fn updated_after(&self, ms: i64, now_ms: i64) -> Vec<&Message> {
        let changed: BTreeSet<Key> =
            self.seen_changes(ms, now_ms).map(|change| change.message).collect();
        let messages = changed.iter().filter_map(|key| self.messages.get(key));
        messages.filter(|message| message.is_up(now_ms) && !message.draft.is_hidden).collect()
    }

    /// Ids of messages deleted after an instant with when, the earliest first.
    pub(super) fn deleted_after(&self, ms: i64, now_ms: i64) -> Vec<(&str, i64)> {
        let deletions = self.seen_changes(ms, now_ms).filter(|change| change.is_deletion);
        let messages = deletions.filter_map(|change| self.messages.get(&change.message));
        messages
            .filter_map(|message| Some((message.id.as_str(), message.deleted_ms? + LAG_MS)))
            .collect()
    }

    /// Changes seen after an instant and until now.
    pub(super) fn seen_changes(&self, ms: i64, now_ms: i64) -> impl Iterator<Item = &Change> {
        let bounds = (Bound::Excluded((ms, u64::MAX)), Bound::Included((now_ms, u64::MAX)));
        let range = (ms < now_ms).then(|| self.changes.range(bounds));
        range.into_iter().flatten().map(|(_, change)| change)
    }

    /// What `channels.info` says.
    pub(super) fn info(&self, now_ms: i64, dates: Dates) -> Value {
        let everything = (Bound::Unbounded, Bound::Unbounded);
        let newest = self.newest_first(everything, now_ms).next();
        let mut info = json!({
            "_id": self.id, "t": self.kind(now_ms).letter(), "name": self.name(now_ms),
            "fname": self.title, "msgs": self.newest_first(everything, now_ms).count(),
            "usersCount": self.members.at(now_ms).copied().unwrap_or(0),
            "ts": dates(self.created_ms), "u": {"_id": "HKKPmF8rZh45GMHWH", "username": "admin"},
            "ro": true, "default": false, "sysMes": true, "broadcast": false,
            "encrypted": self.is_encrypted.at(now_ms).copied().unwrap_or(false),
            "topic": "Hourly notices", "description": "", "announcement": "", "customFields": {},
            "_updatedAt": dates(newest.map_or(self.created_ms, |m| m.updated_ms(now_ms))),
        });
        if let Some(fields) = info.as_object_mut() {
            if let Some(newest) = newest {
                fields.insert("lm".to_owned(), dates(newest.at_ms));
            }
            if self.is_archived.at(now_ms) == Some(&true) {
                fields.insert("archived".to_owned(), json!(true));
            }
            if self.kind(now_ms) == Kind::Team {
                fields.insert("teamId".to_owned(), json!("team0000000000001"));
            }
        }
        info
    }

    pub(super) fn truth(&self) -> TrueChannel {
        let kinds = self.kinds.all().iter().map(|(at, kind)| (*at, format!("{kind:?}")));
        TrueChannel {
            channel: self.id.clone(),
            names: self.names.all().to_vec(),
            subscribers: self.members.all().to_vec(),
            statuses: kinds.chain(self.gone_ms.map(|at| (at, "Gone".to_owned()))).collect(),
        }
    }

    pub(super) fn true_posts(&self) -> impl Iterator<Item = TruePost> {
        self.messages.values().map(|message| TruePost {
            channel: self.id.clone(),
            post: message.id.clone(),
            published_ms: message.at_ms,
            versions: message.texts.all().iter().map(TrueVersion::of).collect(),
            deleted_ms: message.deleted_ms,
            kind: match message.draft.kind.as_deref() {
                None => PostKind::Post,
                Some("e2e") => PostKind::Encrypted,
                Some(_) => PostKind::Service,
            },
        })
    }
}

impl Message {
    /// Whether it stands in the room at an instant, as itself or as a line that says it was removed.
    pub(super) fn is_up(&self, now_ms: i64) -> bool {
        self.at_ms + LAG_MS <= now_ms && (self.leaves_line || !self.is_deleted(now_ms))
    }

    fn is_deleted(&self, now_ms: i64) -> bool {
        self.deleted_ms.is_some_and(|at| at + LAG_MS <= now_ms)
    }

    pub(super) fn is_in_thread(&self) -> bool {
        self.draft.thread.is_some()
    }

    pub(super) fn thread(&self) -> Option<&str> {
        self.draft.thread.as_deref()
    }

    /// `_updatedAt`.
    pub(super) fn updated_ms(&self, now_ms: i64) -> i64 {
        let seen = now_ms - LAG_MS;
        let edited = self.texts.changes(seen).1;
        let touched = self.touches.iter().copied().filter(|at| *at <= seen).max();
        let deleted = self.deleted_ms.filter(|at| *at <= seen);
        [Some(self.at_ms), edited, touched, deleted].into_iter().flatten().max().unwrap_or(0)
            + LAG_MS
    }

    /// The message as a user reads it.
    pub(super) fn json(&self, room: &str, users: &[User], now_ms: i64, dates: Dates) -> Value {
        let seen = now_ms - LAG_MS;
        let is_line = self.is_deleted(now_ms);
        let text = if is_line { "" } else { self.texts.at(seen).map_or("", String::as_str) };
        let author = self.author(users);
        let mut json = Map::new();
        let mut put = |name: &str, value: Value| json.insert(name.to_owned(), value);
        put("_id", json!(self.id));
        put("rid", json!(room));
        put("msg", json!(text));
        put("ts", dates(self.at_ms));
        put("u", author.clone());
        put("_updatedAt", dates(self.updated_ms(now_ms)));
        for name in ["urls", "mentions", "channels"] {
            put(name, json!([]));
        }
        let kind = if is_line { Some("rm") } else { self.draft.kind.as_deref() };
        match kind {
            Some(kind) => put("t", json!(kind)),
            None => put(
                "md",
                json!([{"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": text}]}]),
            ),
        };
        if let Some(thread) = &self.draft.thread {
            put("tmid", json!(thread));
        }
        if let Some(alias) = &self.draft.alias {
            put("alias", json!(alias));
        }
        if !self.draft.attachments.is_empty() && !is_line {
            put("attachments", json!(self.draft.attachments));
        }
        let replies: Vec<i64> = self.replies.iter().copied().filter(|at| *at <= seen).collect();
        if let Some(last) = replies.iter().max() {
            put("tcount", json!(replies.len()));
            put("tlm", dates(*last));
        }
        let (edits, edited) = self.texts.changes(seen);
        if let Some(at) = self.deleted_ms.filter(|_| is_line).or(edited.filter(|_| edits > 0)) {
            put("editedAt", dates(at));
            put("editedBy", json!({"_id": author["_id"], "username": author["username"]}));
        }
        let mut reactions = Map::new();
        for (_, emoji) in self.reactions.iter().filter(|(at, _)| *at <= seen) {
            reactions.insert(emoji.clone(), json!({"usernames": ["reader.one"]}));
        }
        if !reactions.is_empty() {
            put("reactions", Value::Object(reactions));
        }
        Value::Object(json)
    }

    fn author(&self, users: &[User]) -> Value {
        let user = users.iter().find(|user| user.name == self.draft.by);
        let id = user.map_or("rbAXPnMktTFbNpwtJ", |user| user.id.as_str());
        json!({"_id": id, "username": self.draft.by, "name": self.draft.by})
    }
}
