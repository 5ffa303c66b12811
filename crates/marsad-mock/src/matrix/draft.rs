//! An event before it is sent.

use serde_json::{Value, json};

/// What is about to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    sender: String,
    kind: String,
    content: Value,
    origin_ms: Option<i64>,
}

/// An event's sender, type and content, and the time its sender's server claims.
pub(super) type Parts = (String, String, Value, Option<i64>);

impl Draft {
    /// An event of any type by `@press:marsad.test`.
    pub fn event(kind: &str, content: Value) -> Self {
        let sender = "@press:marsad.test".to_owned();
        Self { sender, kind: kind.to_owned(), content, origin_ms: None }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::event("m.room.message", json!({"msgtype": "m.text", "body": text.into()}))
    }

    /// A picture.
    pub fn image(name: &str, address: &str) -> Self {
        let info = json!({"h": 480, "w": 640, "mimetype": "image/png", "size": 20480});
        let content = json!({"msgtype": "m.image", "body": name, "url": address, "info": info});
        Self::event("m.room.message", content)
    }

    /// Something that nobody outside can read.
    pub fn encrypted(cipher: &str) -> Self {
        let content = json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": cipher,
            "device_id": "D", "sender_key": "k", "session_id": "abc"});
        Self::event("m.room.encrypted", content)
    }

    /// A reaction to an event.
    pub fn reaction(event: &str, emoji: &str) -> Self {
        let relation = json!({"rel_type": "m.annotation", "event_id": event, "key": emoji});
        Self::event("m.reaction", json!({"m.relates_to": relation}))
    }

    /// An edit of an event; it counts only where the sender is the same.
    pub fn edit(event: &str, text: &str) -> Self {
        let content = json!({
            "msgtype": "m.text", "body": format!(" * {text}"),
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event},
        });
        Self::event("m.room.message", content)
    }

    /// The same by somebody, `@name:marsad.test`.
    #[must_use]
    pub fn by(self, sender: &str) -> Self {
        Self { sender: sender.to_owned(), ..self }
    }

    /// The same with another time of its sender's server; times there are not to be trusted.
    #[must_use]
    pub fn stamped(self, origin_ms: i64) -> Self {
        Self { origin_ms: Some(origin_ms), ..self }
    }

    /// The same as an answer to an event.
    #[must_use]
    pub fn replying(mut self, event: &str) -> Self {
        self.content["m.relates_to"] = json!({"m.in_reply_to": {"event_id": event}});
        self
    }

    /// The same in the thread of an event.
    #[must_use]
    pub fn in_thread(mut self, event: &str) -> Self {
        self.content["m.relates_to"] = json!({"rel_type": "m.thread", "event_id": event,
            "is_falling_back": true, "m.in_reply_to": {"event_id": event}});
        self
    }

    pub(super) fn into_parts(self) -> Parts {
        (self.sender, self.kind, self.content, self.origin_ms)
    }
}
