//! A room and its events.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Visibility;
use super::draft::Parts;
use crate::time::Timeline;
use crate::truth::{PostKind, TrueChannel, TruePost, TrueVersion};
use crate::{Unknown, chance};

#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) aliases: Timeline<Option<String>>,
    pub(super) titles: Timeline<String>,
    pub(super) members: Timeline<u64>,
    pub(super) visibilities: Timeline<Visibility>,
    pub(super) join_rules: Timeline<String>,
    pub(super) is_listed: Timeline<bool>,
    pub(super) encrypted_ms: Option<i64>,
    pub(super) gone_ms: Option<i64>,
    /// In the order they arrived; the first has depth 1.
    pub(super) events: Vec<Event>,
    pub(super) places: BTreeMap<String, usize>,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) sender: String,
    pub(super) kind: String,
    pub(super) content: Value,
    pub(super) state_key: Option<String>,
    /// When it arrived.
    pub(super) at_ms: i64,
    /// When its sender's server says it was sent.
    pub(super) origin_ms: i64,
    /// Its place in the server's stream.
    pub(super) stream: u64,
    /// Whether somebody who is not in the room may ever see it.
    pub(super) is_world_readable: bool,
    /// The event it deletes.
    redacts: Option<String>,
    /// Place of the event that deleted it.
    redacted_by: Option<usize>,
    /// Places of events that edit it.
    edits: Vec<usize>,
    /// Places of events in its thread.
    replies: Vec<usize>,
    /// Place of the state that it replaced.
    replaces: Option<usize>,
}

impl Room {
    fn append(&mut self, stream: &mut u64, at_ms: i64, parts: Parts) -> usize {
        let (sender, kind, content, origin_ms) = parts;
        *stream += 1;
        let at_ms = self.events.last().map_or(at_ms, |last| last.at_ms.max(at_ms));
        let id = format!("${}", chance::id(13, *stream, 43));
        let place = self.events.len();
        // A change of visibility is seen under the better of the rules before and after it.
        let rule = self.events.iter().rev().find(|e| e.kind == "m.room.history_visibility");
        let is_open = |content: &Value| content["history_visibility"] == "world_readable";
        let is_world_readable =
            rule.is_some_and(|rule| is_open(&rule.content)) || is_open(&content);
        self.places.insert(id.clone(), place);
        self.events.push(Event {
            id,
            sender,
            kind,
            content,
            state_key: None,
            at_ms,
            origin_ms: origin_ms.unwrap_or(at_ms),
            stream: *stream,
            is_world_readable,
            redacts: None,
            redacted_by: None,
            edits: Vec::new(),
            replies: Vec::new(),
            replaces: None,
        });
        place
    }

    pub(super) fn push(&mut self, stream: &mut u64, at_ms: i64, parts: Parts) -> String {
        let relation = &parts.2["m.relates_to"];
        let kind = relation["rel_type"].as_str().unwrap_or_default().to_owned();
        let target = relation["event_id"].as_str().and_then(|id| self.places.get(id)).copied();
        let place = self.append(stream, at_ms, parts);
        if let Some(target) = target.and_then(|target| self.events.get_mut(target)) {
            match kind.as_str() {
                "m.replace" => target.edits.push(place),
                "m.thread" => target.replies.push(place),
                _ => {}
            }
        }
        self.events.get(place).map(|event| event.id.clone()).unwrap_or_default()
    }

    pub(super) fn push_state(&mut self, stream: &mut u64, at_ms: i64, kind: &str, content: Value) {
        let sender = "@press:marsad.test".to_owned();
        let key = if kind == "m.room.member" { sender.clone() } else { String::new() };
        let is_same = |event: &Event| event.kind == kind && event.state_key.as_ref() == Some(&key);
        let replaces = self.events.iter().rposition(is_same);
        let place = self.append(stream, at_ms, (sender, kind.to_owned(), content, None));
        if let Some(event) = self.events.get_mut(place) {
            event.state_key = Some(key);
            event.replaces = replaces;
        }
    }

    fn event(&self, id: &str) -> Result<&Event, Unknown> {
        let found = self.places.get(id).and_then(|place| self.events.get(*place));
        found.ok_or_else(|| Unknown(format!("{}/{id}", self.id)))
    }

    pub(super) fn sender(&self, id: &str) -> Result<String, Unknown> {
        Ok(self.event(id)?.sender.clone())
    }

    pub(super) fn redact(
        &mut self,
        stream: &mut u64,
        at_ms: i64,
        id: &str,
    ) -> Result<String, Unknown> {
        let sender = self.sender(id)?;
        let mut content = json!({"reason": "wrong room"});
        if self.version >= 11 {
            content["redacts"] = json!(id);
        }
        let parts = (sender, "m.room.redaction".to_owned(), content, None);
        let place = self.append(stream, at_ms, parts);
        if let Some(target) = self.places.get(id).copied()
            && let Some(target) = self.events.get_mut(target)
        {
            target.redacted_by = Some(place);
        }
        let redaction = self.events.get_mut(place).ok_or_else(|| Unknown(id.to_owned()))?;
        redaction.redacts = Some(id.to_owned());
        Ok(redaction.id.clone())
    }

    /// Events that arrived by an instant, the first first.
    pub(super) fn arrived(&self, now_ms: i64) -> &[Event] {
        let count = self.events.partition_point(|event| event.at_ms <= now_ms);
        self.events.get(..count).unwrap_or_default()
    }

    pub(super) fn is_there(&self, now_ms: i64) -> bool {
        let created = self.events.first().is_some_and(|event| event.at_ms <= now_ms);
        created && self.gone_ms.is_none_or(|gone| gone > now_ms)
    }

    pub(super) fn is_world_readable(&self, now_ms: i64) -> bool {
        self.visibilities.at(now_ms) == Some(&Visibility::WorldReadable)
    }

    pub(super) fn alias(&self, now_ms: i64) -> Option<&str> {
        self.aliases.at(now_ms).and_then(Option::as_deref)
    }

    fn redaction(&self, event: &Event, now_ms: i64) -> Option<&Event> {
        self.arrived(now_ms).get(event.redacted_by?)
    }

    /// The edit that holds: the latest by the sender of the original that is not deleted.
    fn edit(&self, event: &Event, now_ms: i64) -> Option<&Event> {
        let arrived = self.arrived(now_ms);
        let edits = event.edits.iter().filter_map(|place| arrived.get(*place));
        edits
            .filter(|edit| edit.sender == event.sender && self.redaction(edit, now_ms).is_none())
            .max_by_key(|edit| (edit.origin_ms, edit.stream))
    }

    /// An event as it is sent to somebody who is not in the room.
    pub(super) fn json(&self, event: &Event, now_ms: i64) -> Value {
        let mut json = self.bare(event, now_ms);
        json["unsigned"]["membership"] = json!("leave");
        if let Some(redaction) = self.redaction(event, now_ms) {
            let because = self.bare(redaction, now_ms);
            json["content"] = json!({});
            json["redacted_because"] = because.clone();
            json["unsigned"]["redacted_because"] = because;
            json["unsigned"]["redacted_by"] = json!(redaction.id);
            return json;
        }
        let edit = self.edit(event, now_ms).map(|edit| ("m.replace", self.bare(edit, now_ms)));
        for (name, relation) in edit.into_iter().chain(self.thread(event, now_ms)) {
            json["unsigned"]["m.relations"][name] = relation;
        }
        if let Some(replaced) = event.replaces.and_then(|place| self.events.get(place)) {
            json["prev_content"] = replaced.content.clone();
            json["replaces_state"] = json!(replaced.id);
            json["unsigned"]["prev_content"] = replaced.content.clone();
            json["unsigned"]["prev_sender"] = json!(replaced.sender);
            json["unsigned"]["replaces_state"] = json!(replaced.id);
        }
        json
    }

    /// What an event says of its thread.
    fn thread(&self, event: &Event, now_ms: i64) -> Option<(&'static str, Value)> {
        let arrived = self.arrived(now_ms);
        let replies = event.replies.iter().filter_map(|place| arrived.get(*place));
        let standing: Vec<&Event> =
            replies.filter(|reply| self.redaction(reply, now_ms).is_none()).collect();
        let latest = self.bare(standing.last()?, now_ms);
        Some((
            "m.thread",
            json!({"count": standing.len(), "current_user_participated": false,
                "latest_event": latest}),
        ))
    }

    fn bare(&self, event: &Event, now_ms: i64) -> Value {
        let age = now_ms - event.origin_ms;
        let mut json = json!({
            "age": age, "content": event.content, "event_id": event.id,
            "origin_server_ts": event.origin_ms, "room_id": self.id, "sender": event.sender,
            "type": event.kind, "unsigned": {"age": age}, "user_id": event.sender,
        });
        if let Some(redacts) = &event.redacts {
            json["redacts"] = json!(redacts);
        }
        if let Some(key) = &event.state_key {
            json["state_key"] = json!(key);
        }
        json
    }

    /// An item of the room list; with more, a room's summary.
    pub(super) fn item(&self, now_ms: i64) -> Value {
        let mut item = json!({
            "room_id": self.id, "name": self.titles.at(now_ms), "topic": "Hourly notices",
            "num_joined_members": self.members.at(now_ms).copied().unwrap_or(0),
            "world_readable": self.is_world_readable(now_ms), "guest_can_join": true,
            "join_rule": self.join_rules.at(now_ms),
        });
        if let Some(alias) = self.alias(now_ms) {
            item["canonical_alias"] = json!(alias);
        }
        item
    }

    pub(super) fn truth(&self) -> TrueChannel {
        let names = self.aliases.all().iter();
        let statuses = self.visibilities.all().iter();
        let statuses = statuses.map(|(at, visibility)| (*at, visibility.as_str().to_owned()));
        TrueChannel {
            channel: self.id.clone(),
            names: names.map(|(at, alias)| (*at, alias.clone().unwrap_or_default())).collect(),
            subscribers: self.members.all().to_vec(),
            statuses: statuses.chain(self.gone_ms.map(|at| (at, "gone".to_owned()))).collect(),
        }
    }

    pub(super) fn true_posts(&self) -> impl Iterator<Item = TruePost> {
        let is_edit = |event: &Event| event.content["m.relates_to"]["rel_type"] == "m.replace";
        let said = self.events.iter().filter(move |event| {
            matches!(event.kind.as_str(), "m.room.message" | "m.room.encrypted") && !is_edit(event)
        });
        said.map(|event| TruePost {
            channel: self.id.clone(),
            post: event.id.clone(),
            published_ms: event.at_ms,
            versions: self.versions(event),
            deleted_ms: event.redacted_by.and_then(|by| self.events.get(by)).map(|by| by.at_ms),
            kind: if event.kind == "m.room.encrypted" {
                PostKind::Encrypted
            } else {
                PostKind::Post
            },
        })
    }

    /// The texts that an event had, when an edit came and when one was deleted.
    fn versions(&self, event: &Event) -> Vec<TrueVersion> {
        let edits = || event.edits.iter().filter_map(|place| self.events.get(*place));
        let deletions =
            edits().filter_map(|edit| self.events.get(edit.redacted_by?)).map(|by| by.at_ms);
        let mut instants: Vec<i64> = edits().map(|edit| edit.at_ms).chain(deletions).collect();
        instants.push(event.at_ms);
        instants.sort_unstable();
        instants.dedup();
        let mut versions: Vec<TrueVersion> = Vec::new();
        for at_ms in instants {
            let text = match self.edit(event, at_ms) {
                Some(edit) => &edit.content["m.new_content"]["body"],
                None => &event.content["body"],
            };
            let text = text.as_str().unwrap_or_default().to_owned();
            if versions.last().is_none_or(|last| last.text != text) {
                versions.push(TrueVersion { at_ms, text });
            }
        }
        versions
    }
}
