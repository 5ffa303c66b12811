//! Frames of DDP, as Rocket.Chat's realtime interface speaks it. As much of them as the conversation
//! needs: what messages mean is the interpreter's.

use serde_json::{Value, json};

/// The collection that new and changed messages come in.
const MESSAGES: &str = "stream-room-messages";
/// The collection of what else happens in a room; of it we ask for deletions alone.
const ROOM: &str = "stream-notify-room";
const DELETION: &str = "/deleteMessage";
/// Lines of the system after which a room may not be a public channel any more.
const CLOSING: [&str; 5] = [
    "room_changed_privacy",
    "room_e2e_enabled",
    "user-added-room-to-team",
    "user-converted-to-team",
    "e2e",
];
/// How long a reason of the server's is that is shown.
const REASON_CHARS_MAX: usize = 80;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    Connected,
    /// It does not speak this version.
    Failed,
    Ping(Option<String>),
    /// The answer to a method: its id, and why not.
    Result(String, Option<String>),
    /// These subscriptions have begun.
    Ready(Vec<String>),
    /// This one has not, or has ended: why, where it says so.
    NoSub(String, Option<String>),
    /// Something that was said is no good.
    Error(String),
    /// Something happened in a room.
    Changed(Change),
    /// All that is of no use here.
    Other,
}

/// What happened in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The room's id.
    pub(super) room: String,
    pub(super) what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Messages, deletions: what is read.
    Posts,
    /// The room may not be public any more.
    Closing,
    /// Who comes and goes, what the room is called.
    Nothing,
}

impl Frame {
    /// Reads a frame; what is none, or of an unknown kind, is `Other`.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let frame: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
        let text = |name: &str| frame.get(name).and_then(Value::as_str).map(str::to_owned);
        let reason = || frame.get("error").filter(|error| !error.is_null()).map(reason);
        match text("msg").as_deref() {
            Some("connected") => Self::Connected,
            Some("failed") => Self::Failed,
            Some("ping") => Self::Ping(text("id")),
            Some("result") => text("id").map_or(Self::Other, |id| Self::Result(id, reason())),
            Some("ready") => {
                let subs = frame.get("subs").and_then(Value::as_array).into_iter().flatten();
                Self::Ready(subs.filter_map(Value::as_str).map(str::to_owned).collect())
            }
            Some("nosub") => text("id").map_or(Self::Other, |id| Self::NoSub(id, reason())),
            Some("error") => Self::Error(shortened(&text("reason").unwrap_or_default())),
            Some("changed") => change(&frame).map_or(Self::Other, Self::Changed),
            _ => Self::Other,
        }
    }
}

/// The server's own word for why not.
fn reason(error: &Value) -> String {
    let word = |name: &str| match error.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let said = word("reason").or_else(|| word("error")).or_else(|| word("message"));
    shortened(&said.unwrap_or_else(|| "no reason given".to_owned()))
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect()
}

fn change(frame: &Value) -> Option<Change> {
    let event = frame.pointer("/fields/eventName")?.as_str()?;
    let args = frame.pointer("/fields/args")?.as_array()?;
    match frame.get("collection")?.as_str()? {
        MESSAGES => {
            // A frame that speaks of another room too is nobody's.
            let is_of_room = |arg: &Value| arg.get("rid").and_then(Value::as_str) == Some(event);
            if args.is_empty() || !args.iter().all(is_of_room) {
                return None;
            }
            let kinds = || args.iter().map(|arg| arg.get("t").and_then(Value::as_str));
            let is_post = |kind: Option<&str>| matches!(kind, None | Some("" | "rm"));
            let what = match () {
                () if kinds().any(|kind| kind.is_some_and(|kind| CLOSING.contains(&kind))) => {
                    What::Closing
                }
                () if kinds().all(is_post) => What::Posts,
                () => What::Nothing,
            };
            Some(Change { room: event.to_owned(), what })
        }
        ROOM => {
            let room = event.strip_suffix(DELETION)?.to_owned();
            let is_id = |arg: &Value| arg.get("_id").is_some_and(Value::is_string);
            let what = if args.iter().all(is_id) { What::Posts } else { What::Nothing };
            Some(Change { room, what })
        }
        _ => None,
    }
}

pub(super) fn connect() -> String {
    json!({"msg": "connect", "version": "1", "support": ["1"]}).to_string()
}

pub(super) fn login(id: &str, token: &str) -> String {
    json!({"msg": "method", "method": "login", "id": id, "params": [{"resume": token}]}).to_string()
}

pub(super) fn ping(id: &str) -> String {
    json!({"msg": "ping", "id": id}).to_string()
}

pub(super) fn pong(id: Option<&str>) -> String {
    match id {
        Some(id) => json!({"msg": "pong", "id": id}),
        None => json!({"msg": "pong"}),
    }
    .to_string()
}

/// Asks for a room's messages.
pub(super) fn messages(id: &str, room: &str) -> String {
    json!({"msg": "sub", "id": id, "name": MESSAGES, "params": [room, false]}).to_string()
}

/// Asks for a room's deletions.
pub(super) fn deletions(id: &str, room: &str) -> String {
    let event = format!("{room}{DELETION}");
    json!({"msg": "sub", "id": id, "name": ROOM, "params": [event, false]}).to_string()
}

pub(super) fn unsubscribe(id: &str) -> String {
    json!({"msg": "unsub", "id": id}).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(frame: &str) -> Frame {
        Frame::read(frame.as_bytes())
    }

    #[test]
    fn frames_are_told_apart() {
        assert_eq!(read(r#"{"server_id":"0"}"#), Frame::Other);
        assert_eq!(read(r#"{"msg":"connected","session":"x"}"#), Frame::Connected);
        assert_eq!(read(r#"{"msg":"ping"}"#), Frame::Ping(None));
        assert_eq!(read(r#"{"msg":"ping","id":"7"}"#), Frame::Ping(Some("7".into())));
        let refused = r#"{"msg":"result","id":"1","error":{"error":403,"reason":"Log in again."}}"#;
        assert_eq!(read(refused), Frame::Result("1".into(), Some("Log in again.".into())));
        assert_eq!(read(r#"{"msg":"ready","subs":["2",3]}"#), Frame::Ready(vec!["2".into()]));
        let nosub = r#"{"msg":"nosub","id":"2","error":{"error":"not-allowed"}}"#;
        assert_eq!(read(nosub), Frame::NoSub("2".into(), Some("not-allowed".into())));
        assert_eq!(read("{\"msg\":\"chang"), Frame::Other);
    }

    #[test]
    fn of_what_happens_in_a_room_only_its_messages_and_deletions_are_posts() {
        let what = |collection: &str, event: &str, args: &str| {
            let frame = format!(
                r#"{{"msg":"changed","collection":"{collection}","id":"id","fields":{{"eventName":"{event}","args":{args}}}}}"#
            );
            match read(&frame) {
                Frame::Changed(change) => Some((change.room, change.what)),
                _ => None,
            }
        };
        let room = |what| Some(("r".to_owned(), what));
        assert_eq!(what(MESSAGES, "r", r#"[{"_id":"a","rid":"r"}]"#), room(What::Posts));
        assert_eq!(what(MESSAGES, "r", r#"[{"_id":"a","rid":"r","t":"rm"}]"#), room(What::Posts));
        assert_eq!(what(MESSAGES, "r", r#"[{"_id":"a","rid":"r","t":"uj"}]"#), room(What::Nothing));
        assert_eq!(
            what(MESSAGES, "r", r#"[{"_id":"a","rid":"r","t":"e2e"}]"#),
            room(What::Closing)
        );
        assert_eq!(what(MESSAGES, "r", r#"[{"_id":"a","rid":"other"}]"#), None);
        assert_eq!(what(MESSAGES, "r", r#"[{"_id":"a","rid":"r"},{"_id":"b"}]"#), None);
        assert_eq!(what(ROOM, "r/deleteMessage", r#"[{"_id":"a"}]"#), room(What::Posts));
        assert_eq!(what(ROOM, "r/typing", r#"["anna",true]"#), None);
        assert_eq!(what("stream-notify-user", "u/message", r#"[{"rid":"r"}]"#), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_frame(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            Frame::read(&bytes);
        }
    }
}
