//! As much of Rocket.Chat's answers as paging needs. Their meaning is the interpreter's.

use marsad_types::Timestamp;
use serde_json::Value;

use crate::{Answer, Memory};

/// What paging needs of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// When it was published, epoch ms.
    pub(crate) at: i64,
    pub(crate) id: String,
    /// When anything about it changed last, epoch ms.
    pub(crate) changed: Option<i64>,
    /// A line of the system stands in its place: a join, a removal.
    pub(crate) is_system: bool,
}

/// Messages of a room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) posts: Vec<Shown>,
    /// The room that they are in.
    pub(crate) room: Option<String>,
    /// How many there are in all, where the answer says so.
    pub(crate) total: Option<usize>,
}

impl Page {
    /// `messages` of an answer; `None` where there is no such list, or nothing in it has an id and
    /// a time.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let messages = answer.get("messages")?.as_array()?;
        let total = answer.get("total").and_then(Value::as_u64);
        Self::of(messages, total.map(|total| total as usize))
    }

    fn of(messages: &[Value], total: Option<usize>) -> Option<Self> {
        let posts: Vec<Shown> = messages.iter().filter_map(shown).collect();
        let room = messages.iter().find_map(|message| message.get("rid")?.as_str());
        let is_page = messages.is_empty() || !posts.is_empty();
        is_page.then(|| Self { posts, room: room.map(str::to_owned), total })
    }

    /// The time of its oldest message, epoch ms.
    pub(crate) fn lowest(&self) -> Option<i64> {
        self.posts.iter().map(|post| post.at).min()
    }

    /// The time of its newest message, epoch ms.
    pub(crate) fn highest(&self) -> Option<i64> {
        self.posts.iter().map(|post| post.at).max()
    }

    /// Remembers its posts; a page has the newest first.
    pub(crate) fn remember(&self, memory: &mut Memory, max: usize) {
        for post in self.posts.iter().rev().filter(|post| !post.is_system) {
            memory.insert_timed(post.at, &post.id, max);
        }
    }

    /// Remembers its posts while there is room.
    pub(crate) fn remember_older(&self, memory: &mut Memory, max: usize) {
        let mut posts: Vec<&Shown> = self.posts.iter().filter(|post| !post.is_system).collect();
        posts.sort_by_key(|post| std::cmp::Reverse(post.at));
        for post in posts {
            if memory.recent.len() < max {
                memory.insert_timed(post.at, &post.id, max);
            }
        }
    }
}

fn shown(message: &Value) -> Option<Shown> {
    let id = message.get("_id")?.as_str()?;
    let kind = message.get("t").and_then(Value::as_str).unwrap_or_default();
    let is_id = (1..=256).contains(&id.len()) && !id.contains(char::is_whitespace);
    is_id.then_some(())?;
    Some(Shown {
        at: instant(message.get("ts")?)?,
        id: id.to_owned(),
        changed: message.get("_updatedAt").and_then(instant),
        is_system: !kind.is_empty(),
    })
}

fn instant(value: &Value) -> Option<i64> {
    value.as_str()?.parse::<Timestamp>().ok().map(|at| at.0)
}

/// What changed in a room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) updated: Page,
    /// Ids of messages that were deleted.
    pub(crate) deleted: Vec<String>,
    /// The newest change, epoch ms.
    pub(crate) newest: Option<i64>,
}

impl Changes {
    /// `None` where the answer has no such lists.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let list = |name: &str| answer.pointer(&format!("/result/{name}"))?.as_array();
        let (updated, deleted) = (list("updated")?, list("deleted")?);
        let updated = Page::of(updated, None)?;
        let changed = updated.posts.iter().filter_map(|post| post.changed);
        let times = deleted.iter().filter_map(|gone| gone.get("_deletedAt").and_then(instant));
        let newest = changed.chain(times).max();
        Some(Self { newest, deleted: ids(deleted), updated })
    }
}

fn ids(list: &[Value]) -> Vec<String> {
    list.iter().filter_map(|gone| gone.get("_id")?.as_str()).map(str::to_owned).collect()
}

/// Ids of deleted messages, and how many there are in all.
pub(crate) fn deleted(body: &[u8]) -> Option<(Vec<String>, usize)> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let list = answer.get("messages")?.as_array()?;
    let total = answer.get("total").and_then(Value::as_u64).unwrap_or(0);
    Some((ids(list), total as usize))
}

/// What a room says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    kind: String,
    is_encrypted: bool,
    /// A channel of a team, and not the team's own: the team may be private.
    is_of_team: bool,
}

impl Room {
    /// The room; `None` where the answer is none.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let room = answer.get("channel")?;
        let is = |field: &str| room.get(field).and_then(Value::as_bool).unwrap_or(false);
        let text = |field: &str| room.get(field)?.as_str().filter(|text| !text.is_empty());
        Some(Self {
            id: text("_id")?.to_owned(),
            name: text("name").map(str::to_owned),
            kind: text("t")?.to_owned(),
            is_encrypted: is("encrypted"),
            is_of_team: text("teamId").is_some() && !is("teamMain"),
        })
    }

    /// Why it is not watched; `None` for a public channel. A team's own room is a channel only
    /// where the team is public.
    pub(crate) fn refusal(&self) -> Option<String> {
        let why = match self.kind.as_str() {
            "c" if self.is_encrypted => "an encrypted channel",
            "c" if self.is_of_team => "a channel of a team, which may be private",
            "c" => return None,
            "p" => "a private group",
            "d" => "direct messages",
            "l" => "a chat with a visitor of a web site",
            _ => "a room of an unknown kind",
        };
        Some(why.to_owned())
    }
}

/// The platform's word for why it refuses, else the status.
pub(crate) fn code(answer: &Answer) -> String {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let word = |field: &str| body.as_ref().and_then(|body| body.get(field)?.as_str());
    // Where there is no type of its own, it stands in brackets at the end of the sentence.
    let in_brackets = |text: &str| -> Option<String> {
        let (_, last) = text.strip_suffix(']')?.rsplit_once('[')?;
        Some(last.to_owned())
    };
    let kind = word("errorType").map(str::to_owned);
    let said = || word("error").map(|text| in_brackets(text).unwrap_or_else(|| text.to_owned()));
    let code = kind.or_else(said).filter(|code| !code.is_empty());
    let code = code.unwrap_or_else(|| format!("HTTP {}", answer.status));
    code.chars().take(60).collect()
}

/// An instant as the platform writes it: three digits behind the second.
pub(crate) fn iso(ms: i64) -> String {
    let whole = Timestamp(ms - ms.rem_euclid(1000)).to_string();
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), ms.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_read_whatever_else_is_in_them() {
        let body = br#"{"messages":[{"_id":"b","rid":"r1","ts":"2026-11-23T02:13:20.130Z","_updatedAt":"2026-11-23T02:13:20.135Z"},
            {"_id":"a","ts":"2026-11-23T02:13:20.130Z","t":"uj"},{"_id":"x"},7],"total":40}"#;
        let page = Page::read(body).unwrap();
        let at = 1_795_400_000_130;
        let shown = |id: &str, changed, is_system| Shown { at, id: id.into(), changed, is_system };
        assert_eq!(page.posts, [shown("b", Some(at + 5), false), shown("a", None, true)]);
        assert_eq!((page.room.as_deref(), page.total), (Some("r1"), Some(40)));
        assert_eq!(Page::read(b"{\"messages\":[{}]}"), None);
        assert_eq!(Page::read(b"{\"success\":true}"), None);
        assert_eq!(iso(at), "2026-11-23T02:13:20.130Z");
    }

    #[test]
    fn only_public_channels_are_not_refused() {
        let room = |fields: &str| {
            Room::read(format!("{{\"channel\":{{\"_id\":\"r\",{fields}}}}}").as_bytes()).unwrap()
        };
        assert_eq!(room(r#""t":"c","encrypted":false"#).refusal(), None);
        assert_eq!(room(r#""t":"c","teamId":"x","teamMain":true"#).refusal(), None);
        for private in [
            r#""t":"c","encrypted":true"#,
            r#""t":"c","teamId":"x""#,
            r#""t":"p""#,
            r#""t":"d""#,
            r#""t":"l""#,
            r#""t":"v""#,
        ] {
            assert!(room(private).refusal().is_some(), "{private}");
        }
    }

    #[test]
    fn the_reason_is_found_where_it_stands() {
        let code = |body: &str| {
            code(&Answer { status: 400, headers: Vec::new(), body: body.as_bytes().to_vec() })
        };
        assert_eq!(code(r#"{"error":"x [e1]","errorType":"e2"}"#), "e2");
        assert_eq!(code(r#"{"error":"Not here. [error-room-not-found]"}"#), "error-room-not-found");
        assert_eq!(code(r#"{"error":"unauthorized"}"#), "unauthorized");
        assert_eq!(code("<html>"), "HTTP 400");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _: (Option<Page>, Option<Room>) = (Page::read(&bytes), Room::read(&bytes));
            let _: (Option<Changes>, _) = (Changes::read(&bytes), deleted(&bytes));
        }
    }
}
