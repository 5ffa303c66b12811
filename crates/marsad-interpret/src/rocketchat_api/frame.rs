//! Frames of the realtime interface: a message that is new or changed, or a deletion.
//!
//! A message has the form that it has in REST, but for its times, which are `{"$date": ms}`: an edit is
//! the same message with an `editedAt`.

use serde::Deserialize;

use super::{Answer, Deleted, List, Message};
use crate::json::{self, Nested, Object, Reason, Value, missing};

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    collection: Value<'a>,
    #[serde(borrow, default)]
    fields: Nested<Object<Event<'a>>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "eventName", borrow, default)]
    name: Value<'a>,
}

/// The frame of a message that is new or changed.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow, default)]
    fields: Nested<Object<Messages<'a>>>,
}

#[derive(Deserialize)]
struct Messages<'a> {
    #[serde(borrow, default)]
    args: List<Message<'a>>,
}

/// The frame of a deletion.
#[derive(Deserialize)]
struct Gone<'a> {
    #[serde(borrow, default)]
    fields: Nested<Object<Deletions<'a>>>,
}

#[derive(Deserialize)]
struct Deletions<'a> {
    #[serde(borrow, default)]
    args: List<Deleted<'a>>,
}

impl Answer<'_> {
    pub(super) fn read_frame(mut self, body: &[u8]) -> Result<(), Reason> {
        let head: Head<'_> = json::object(body)?;
        let fields = head.fields.get("fields", "an object")?;
        let Object(event) = fields.ok_or_else(|| missing("fields"))?;
        let event = event.name.required_text("eventName")?;
        match head.collection.required_text("collection")?.as_ref() {
            "stream-room-messages" => {
                let Said { fields } = json::object(body)?;
                let args = fields.there().map(|Object(fields)| fields.args);
                self.messages(args.unwrap_or_default(), "args")?;
            }
            "stream-notify-room" if event.ends_with("/deleteMessage") => {
                let Gone { fields } = json::object(body)?;
                let args = fields.there().map(|Object(fields)| fields.args);
                self.deleted(args.unwrap_or_default(), "args")?;
            }
            _ => return Err(Reason("no stream of ours has this name".to_owned())),
        }
        self.note_encrypted();
        Ok(())
    }
}
