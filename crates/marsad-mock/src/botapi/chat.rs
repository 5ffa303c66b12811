//! A chat and its messages.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::{Flavour, Kind, Status, user};
use crate::time::Timeline;
use crate::truth::{PostKind, TrueChannel, TruePost, TrueVersion};

/// `seq` begins beyond 2^53, so that readers who take it for a double are caught.
const SEQ_FIRST: i64 = 109_000_000_000_000_000;

/// Instant and running number: the order of messages.
pub(super) type Key = (i64, u64);

#[derive(Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) links: Timeline<String>,
    pub(super) titles: Timeline<String>,
    pub(super) created_ms: i64,
    pub(super) kind: Kind,
    pub(super) is_public: Timeline<bool>,
    pub(super) has_bot: Timeline<bool>,
    pub(super) statuses: Timeline<Status>,
    pub(super) participants: Timeline<u64>,
    pub(super) messages: BTreeMap<Key, Message>,
}

#[derive(Debug)]
pub(super) struct Message {
    at_ms: i64,
    number: u64,
    draft: Draft,
    pub(super) texts: Timeline<String>,
    pub(super) views: Timeline<u64>,
    pub(super) deleted_ms: Option<i64>,
}

/// A message's id.
pub(super) fn mid(chat: i64, number: u64) -> String {
    format!("mid.{:08x}{number:08x}", chat as u32)
}

impl Chat {
    pub(super) fn post(&mut self, key: Key, draft: Draft) -> Key {
        let (at_ms, number) = key;
        let message = Message {
            at_ms,
            number,
            texts: Timeline::new(at_ms, draft.text.clone().unwrap_or_default()),
            views: Timeline::new(at_ms, draft.views),
            draft,
            deleted_ms: None,
        };
        self.messages.insert(key, message);
        key
    }

    pub(super) fn has_bot(&self, now_ms: i64) -> bool {
        self.has_bot.at(now_ms) == Some(&true)
    }

    pub(super) fn is_public(&self, now_ms: i64) -> bool {
        self.kind != Kind::Dialog && self.is_public.at(now_ms) == Some(&true)
    }

    pub(super) fn status(&self, now_ms: i64) -> Status {
        self.statuses.at(now_ms).copied().unwrap_or(Status::Gone)
    }

    pub(super) fn is_there(&self, now_ms: i64) -> bool {
        self.created_ms <= now_ms && self.status(now_ms) != Status::Gone
    }

    pub(super) fn link(&self, now_ms: i64) -> &str {
        self.links.at(now_ms).map_or("", String::as_str)
    }

    /// Messages in view within inclusive bounds, the newest first.
    pub(super) fn newest_first(
        &self,
        (newest_ms, oldest_ms): (i64, i64),
        now_ms: i64,
    ) -> impl Iterator<Item = &Message> {
        let bounds = (oldest_ms, 0)..=(newest_ms, u64::MAX);
        let range = (oldest_ms <= newest_ms).then(|| self.messages.range(bounds));
        let newest_first = range.into_iter().flatten().rev().map(|(_, message)| message);
        newest_first.filter(move |message| message.is_up(now_ms))
    }

    pub(super) fn json(&self, flavour: Flavour, now_ms: i64) -> Value {
        let is_public = self.is_public(now_ms);
        let link = is_public.then(|| format!("{}/{}", flavour.site(), self.link(now_ms)));
        let participants = match self.kind {
            Kind::Dialog => 2,
            _ => self.participants.at(now_ms).copied().unwrap_or(0),
        };
        let last =
            self.newest_first((now_ms, i64::MIN), now_ms).next().map(|message| message.at_ms);
        let mut chat = json!({
            "chat_id": self.id, "type": self.kind.as_str(), "status": self.status(now_ms).as_str(),
            "title": self.titles.at(now_ms), "icon": {"url": "https://i.example.invalid/icon.jpg"},
            "last_event_time": last.unwrap_or(self.created_ms), "participants_count": participants,
            "owner_id": null, "participants": null, "is_public": is_public, "link": link,
            "description": "Hourly notices", "dialog_with_user": null,
            "messages_count": self.newest_first((now_ms, i64::MIN), now_ms).count(),
            "pinned_message": null,
        });
        if flavour == Flavour::TamTam {
            chat["chat_message_id"] = Value::Null;
        }
        chat
    }

    pub(super) fn truth(&self) -> TrueChannel {
        let statuses = self.statuses.all().iter();
        TrueChannel {
            channel: self.id.to_string(),
            names: self.links.all().to_vec(),
            subscribers: self.participants.all().to_vec(),
            statuses: statuses.map(|(at, status)| (*at, status.as_str().to_owned())).collect(),
        }
    }

    pub(super) fn true_posts(&self) -> impl Iterator<Item = TruePost> {
        self.messages.values().map(|message| TruePost {
            channel: self.id.to_string(),
            post: mid(self.id, message.number),
            published_ms: message.at_ms,
            versions: message.texts.all().iter().map(TrueVersion::of).collect(),
            deleted_ms: message.deleted_ms,
            kind: PostKind::Post,
        })
    }
}

impl Message {
    pub(super) fn is_up(&self, now_ms: i64) -> bool {
        self.at_ms <= now_ms && self.deleted_ms.is_none_or(|deleted| deleted > now_ms)
    }

    /// The message, as updates and `/messages/{mid}` carry it: without views.
    pub(super) fn json(&self, chat: &Chat, flavour: Flavour, now_ms: i64) -> Value {
        let mut json = Map::new();
        let mut put = |name: &str, value: Value| json.insert(name.to_owned(), value);
        if let Some(by) = &self.draft.by {
            put("sender", user(flavour, by, self.at_ms));
        }
        put(
            "recipient",
            json!({"chat_id": chat.id, "chat_type": chat.kind.as_str(), "user_id": null}),
        );
        put("timestamp", json!(self.at_ms));
        if let Some(forward) = &self.draft.forward {
            let message = json!({"mid": forward.mid, "seq": SEQ_FIRST - 1_000_000_000_000_001,
                "text": forward.text, "attachments": null});
            put("link", json!({"type": "forward", "chat_id": forward.chat_id, "message": message}));
        } else if let Some((answered, quoted)) = &self.draft.reply_to {
            let message =
                json!({"mid": answered, "seq": SEQ_FIRST, "text": quoted, "attachments": null});
            put("link", json!({"type": "reply", "message": message}));
        }
        put("body", if self.draft.has_no_body { Value::Null } else { self.body(chat, now_ms) });
        if chat.is_public(now_ms) && (chat.kind == Kind::Channel || flavour == Flavour::TamTam) {
            let url = format!("{}/{}/{:06}", flavour.site(), chat.link(now_ms), self.number);
            put("url", json!(url));
        }
        Value::Object(json)
    }

    /// The message as `GET /messages` carries it: a channel's with views.
    pub(super) fn json_with_views(&self, chat: &Chat, flavour: Flavour, now_ms: i64) -> Value {
        let mut json = self.json(chat, flavour, now_ms);
        if chat.kind == Kind::Channel {
            json["stat"] = json!({"views": self.views.at(now_ms)});
        }
        json
    }

    fn body(&self, chat: &Chat, now_ms: i64) -> Value {
        let is_edited = self.texts.changes(now_ms).0 > 0;
        let text = self.texts.at(now_ms).filter(|_| is_edited || self.draft.text.is_some());
        let attachments = match self.draft.attachments.as_slice() {
            [] => Value::Null,
            attachments => json!(attachments),
        };
        json!({"mid": mid(chat.id, self.number), "seq": SEQ_FIRST + self.number as i64,
            "text": text, "attachments": attachments})
    }
}
