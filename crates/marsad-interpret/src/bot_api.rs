//! Answers of TamTam's and MAX's Bot API to questions of our own, and what it delivers to a web hook.
//!
//! `/chats/{id}` is an observation of a channel, `/messages` and `/messages/{mid}` are posts,
//! `/updates` is what happened in all chats of the account; a delivery is one update.
//!
//! **Who may see it.** The asker asks `/chats` first, and names the channel in the exchange only
//! when that said `channel` and `is_public`: a message of that channel is then read even where its
//! `url` is null, which the platform's papers do not rule out. In `/updates` there is no such word:
//! a message is read when its chat is a channel and it has an address, a new title only beside such
//! a message. A removal has nothing but ids and is handed on for any chat; it says something only
//! of a post that was filed before. A delivery is kept only of a channel that was found public, which
//! its record names.
//!
//! **What is late.** A delivery that is not received is repeated, for hours, each on its own: an older
//! one may come after a newer one, and after a look that saw more. What comes late, or tells of a time
//! before the last look, is therefore dated by the platform's own word, not by its coming.

use marsad_types::{Channel, ChannelKey, Post, Reading, Removal, Status, Timestamp};
use serde::Deserialize;

use crate::Exchange;
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;
use crate::tamtam::{Message, NOT_PUBLIC, post};

/// Every answer is one record of one line.
const LINE: u64 = 1;
/// What is delivered so long after it happened was delivered in vain before: the platform waits 30 s
/// for an answer and longer before it repeats.
const LATE_MS: i64 = 30_000;

#[derive(Deserialize)]
struct Messages<'a> {
    #[serde(borrow, default)]
    messages: Nested<Vec<Nested<Object<Message<'a>>>>>,
    #[serde(borrow, default)]
    code: Value<'a>,
}

#[derive(Deserialize)]
struct Chat<'a> {
    #[serde(rename = "chat_id", borrow, default)]
    id: Value<'a>,
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    status: Value<'a>,
    #[serde(borrow, default)]
    title: Value<'a>,
    #[serde(borrow, default)]
    description: Value<'a>,
    #[serde(borrow, default)]
    participants_count: Value<'a>,
    #[serde(borrow, default)]
    messages_count: Value<'a>,
    #[serde(borrow, default)]
    is_public: Value<'a>,
    #[serde(borrow, default)]
    link: Value<'a>,
}

#[derive(Deserialize)]
struct Updates<'a> {
    #[serde(borrow, default)]
    updates: Nested<Vec<Nested<Object<Update<'a>>>>>,
}

#[derive(Deserialize)]
struct Update<'a> {
    #[serde(rename = "update_type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    timestamp: Value<'a>,
    #[serde(borrow, default)]
    message: Nested<Object<Message<'a>>>,
    #[serde(borrow, default)]
    message_id: Value<'a>,
    #[serde(borrow, default)]
    chat_id: Value<'a>,
    #[serde(borrow, default)]
    title: Value<'a>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(borrow, default)]
    code: Value<'a>,
    #[serde(borrow, default)]
    error: Value<'a>,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call<'a> {
    Chat,
    Messages,
    Message(&'a str),
    Updates,
    Other,
}

impl<'a> Call<'a> {
    /// By the end of the path: a mirror may stand under a path of its own.
    fn of(exchange: &Exchange<'a>) -> Self {
        let path = exchange.url.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.rsplit('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some(_), Some("chats")) => Self::Chat,
            (Some(mid), Some("messages")) => Self::Message(mid),
            (Some("messages"), _) => Self::Messages,
            (Some("updates"), _) => Self::Updates,
            _ => Self::Other,
        }
    }
}

/// Reads one answer.
pub(crate) fn read(exchange: &Exchange<'_>) -> Reading {
    let mut reading = Reading::default();
    let call = Call::of(exchange);
    let body = exchange.body.trim_ascii();
    let read = match call {
        _ if exchange.status != 200 => {
            refused(exchange, call, &mut reading);
            Ok(())
        }
        Call::Chat => chat(exchange, body, &mut reading),
        Call::Messages => messages(exchange, body, &mut reading),
        Call::Message(_) => json::object(body).and_then(|message| {
            reading.rows += 1;
            let post = posted(exchange, message, exchange.channel)?;
            reading.posts.push(post);
            Ok(())
        }),
        Call::Updates => updates(exchange, body, &mut reading),
        Call::Other => Err(Reason("no question of ours has this address".to_owned())),
    };
    if let Err(Reason(reason)) = read {
        reading.rows = reading.rows.max(1);
        reading.problem(LINE, reason);
    }
    reading
}

/// A post as it was seen in this answer.
fn posted(
    exchange: &Exchange<'_>,
    message: Message<'_>,
    public: Option<&str>,
) -> Result<Post, Reason> {
    let post = post(exchange.platform, message, public)?;
    Ok(Post {
        observed_first: Some(exchange.at),
        observed_prev: exchange.absent_at(post.published_at),
        line: LINE,
        ..post
    })
}

fn messages(exchange: &Exchange<'_>, body: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let answer: Messages<'_> = json::object(body)?;
    if let Some(code) = answer.code.text("code")? {
        return Err(Reason(format!("the platform answered '{}'", json::shorten(&code))));
    }
    let messages = answer.messages.get("messages", "a list")?.ok_or_else(|| missing("messages"))?;
    for message in messages {
        reading.rows += 1;
        let read = match message {
            Nested::There(Object(message)) => posted(exchange, message, exchange.channel),
            _ => Err(Reason("the message is not an object".to_owned())),
        };
        match read {
            Ok(post) => reading.posts.push(post),
            Err(Reason(reason)) => reading.problem(LINE, reason),
        }
    }
    Ok(())
}

fn chat(exchange: &Exchange<'_>, body: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let chat: Chat<'_> = json::object(body)?;
    reading.rows += 1;
    let id = chat.id.required_id("chat_id")?;
    let kind = chat.kind.required_text("type")?;
    let is_public = kind == "channel" && matches!(chat.is_public, Value::Bool(true));
    let was_public = exchange.channel == Some(id.as_str());
    let key = ChannelKey { platform: exchange.platform.clone(), id };
    let mut channel = Channel { line: LINE, ..Channel::seen(key, exchange.at) };
    let word = reading.without(LINE, chat.status.text("status")).unwrap_or_default();
    match word.as_ref() {
        "closed" if is_public || was_public => channel.status = Status::Gone,
        _ if !is_public && was_public => channel.status = Status::Private,
        _ if !is_public => return Err(Reason("the chat is not a public channel".to_owned())),
        "removed" | "left" | "suspended" => channel.status = Status::Restricted,
        "active" | "" => {}
        other => {
            let other = json::shorten(other);
            let reason = format!("field 'status' is '{other}', which is not known; it is there");
            reading.problem(LINE, reason);
        }
    }
    let says_more = !matches!(word.as_ref(), "active" | "") && channel.status != Status::Private;
    channel.status_cause = says_more.then(|| json::shorten(&word));
    if is_public {
        let owned =
            |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        channel.title = owned(reading.without(LINE, chat.title.text("title")));
        channel.description = owned(reading.without(LINE, chat.description.text("description")));
        channel.subscribers =
            reading.without(LINE, chat.participants_count.count("participants_count"));
        let link = owned(reading.without(LINE, chat.link.text("link"))).unwrap_or_default();
        let name = link.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        channel.handle = (!name.is_empty()).then(|| name.to_owned());
        let posts = reading.without(LINE, chat.messages_count.count("messages_count"));
        if posts == Some(0) && channel.status == Status::Alive {
            channel.status = Status::Empty;
        }
    }
    reading.channels.push(channel);
    Ok(())
}

/// An answer other than 200: a fact about the channel or the post where it is one.
fn refused(exchange: &Exchange<'_>, call: Call<'_>, reading: &mut Reading) {
    reading.rows += 1;
    let status = exchange.status;
    let code = code(exchange);
    let said = code.as_ref().map_or(String::new(), |code| format!(" '{code}'"));
    let is_about_it = matches!(call, Call::Chat | Call::Messages | Call::Message(_));
    let (403 | 404, true, Some(id)) = (status, is_about_it, exchange.channel) else {
        return reading.problem(LINE, format!("the platform answered HTTP {status}{said}"));
    };
    if exchange.steady == Some(false) {
        let reason = format!(
            "the platform answered HTTP {status}{said}, and a steady channel could not be read \
             either: it says nothing"
        );
        return reading.problem(LINE, reason);
    }
    let key = ChannelKey::new(exchange.platform.clone(), id);
    match (call, status) {
        (Call::Message(mid), 404) => {
            reading.removals.push(Removal {
                channel: key,
                post: mid.into(),
                at: exchange.at,
                line: LINE,
            });
        }
        (Call::Message(_), _) => {
            reading.problem(LINE, format!("the platform answered HTTP {status}{said}"));
        }
        _ => {
            let is_gone = status == 404;
            reading.channels.push(Channel {
                status: if is_gone { Status::Gone } else { Status::Restricted },
                status_cause: Some(code.unwrap_or_else(|| format!("HTTP {status}"))),
                line: LINE,
                ..Channel::seen(key, exchange.at)
            });
        }
    }
}

/// The platform's word for why it refuses.
fn code(exchange: &Exchange<'_>) -> Option<String> {
    let refusal: Refusal<'_> = json::object(exchange.body.trim_ascii()).ok()?;
    let text = |value: Value<'_>| match value {
        Value::Text(text) if !text.is_empty() => Some(json::shorten(&text)),
        _ => None,
    };
    text(refusal.code).or_else(|| text(refusal.error))
}

/// What the updates of one answer leave to be said once.
#[derive(Default)]
struct Left {
    /// Messages of chats that are not public channels.
    private: u64,
    /// New titles: (chat, title, when).
    titles: Vec<(compact_str::CompactString, String, Timestamp)>,
}

fn updates(exchange: &Exchange<'_>, body: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let answer: Updates<'_> = json::object(body)?;
    let updates = answer.updates.get("updates", "a list")?.ok_or_else(|| missing("updates"))?;
    let mut left = Left::default();
    for update in updates {
        reading.rows += 1;
        let read = match update {
            Nested::There(Object(update)) => {
                self::update(exchange, update, &mut left, reading).map(drop)
            }
            _ => Err(Reason("the update is not an object".to_owned())),
        };
        match read {
            Err(Reason(reason)) if reason == NOT_PUBLIC => left.private += 1,
            Err(Reason(reason)) => reading.problem(LINE, reason),
            Ok(()) => {}
        }
    }
    if left.private > 0 {
        let private = left.private;
        let reason = format!("{private} messages are not in public channels; they are not read");
        reading.problem(LINE, reason);
    }
    for (chat, title, at) in left.titles {
        let key = ChannelKey { platform: exchange.platform.clone(), id: chat };
        if reading.posts.iter().any(|post| post.channel == key) {
            let seen = Channel { line: LINE, title: Some(title), ..Channel::seen(key, at) };
            reading.channels.push(seen);
        } else {
            reading.problem(
                LINE,
                "a title changed in a chat that nothing here shows to be public; it is not read",
            );
        }
    }
    Ok(())
}

/// Kinds that say nothing about a channel's posts.
const SILENT: [&str; 14] = [
    "message_callback",
    "bot_added",
    "bot_removed",
    "user_added",
    "user_removed",
    "bot_started",
    "bot_stopped",
    "dialog_cleared",
    "dialog_removed",
    "dialog_muted",
    "dialog_unmuted",
    "message_construction_request",
    "message_constructed",
    "message_chat_created",
];

fn update(
    exchange: &Exchange<'_>,
    update: Update<'_>,
    left: &mut Left,
    reading: &mut Reading,
) -> Result<Timestamp, Reason> {
    let kind = update.kind.required_text("update_type")?;
    let at = update.timestamp.milliseconds("timestamp")?.ok_or_else(|| missing("timestamp"))?;
    match kind.as_ref() {
        "message_created" | "message_edited" => {
            let message = update.message.get("message", "an object")?;
            let Object(message) = message.ok_or_else(|| missing("message"))?;
            let post = posted(exchange, message, exchange.channel)?;
            let edited_at = (kind == "message_edited").then_some(at);
            reading.posts.push(Post { edited_at, ..post });
        }
        "message_removed" => {
            let chat = update.chat_id.required_id("chat_id")?;
            let post = update.message_id.required_id("message_id")?;
            let channel = ChannelKey { platform: exchange.platform.clone(), id: chat };
            reading.removals.push(Removal { channel, post, at, line: LINE });
        }
        "chat_title_changed" => {
            let chat = update.chat_id.required_id("chat_id")?;
            let title = update.title.required_text("title")?.into_owned();
            left.titles.push((chat, title, at));
        }
        known if SILENT.contains(&known) => {}
        other => {
            let other = json::shorten(other);
            return Err(Reason(format!("updates of kind '{other}' are kept but not read")));
        }
    }
    Ok(at)
}

/// Whether what a delivery tells of may have been seen otherwise meanwhile.
fn is_late(exchange: &Exchange<'_>, told: Timestamp) -> bool {
    let was_looked = exchange.previous.is_some_and(|previous| previous.at >= told);
    was_looked || exchange.at.0.saturating_sub(told.0) > LATE_MS
}

/// Reads one update, as it is delivered to a web hook.
pub(crate) fn read_delivered(exchange: &Exchange<'_>) -> Reading {
    let (mut reading, mut left) = (Reading { rows: 1, ..Reading::default() }, Left::default());
    let read = json::object(exchange.body.trim_ascii())
        .and_then(|update| self::update(exchange, update, &mut left, &mut reading));
    match read {
        Ok(at) if is_late(exchange, at) => {
            for post in &mut reading.posts {
                post.observed_first = Some(at);
                post.observed_prev = post.observed_prev.filter(|before| *before < at);
            }
        }
        Ok(_) => {}
        Err(Reason(reason)) => reading.problem(LINE, reason),
    }
    let is_it = |id: &str| exchange.channel == Some(id);
    for (chat, title, at) in left.titles.into_iter().filter(|(chat, ..)| is_it(chat)) {
        let key = ChannelKey { platform: exchange.platform.clone(), id: chat };
        let seen = Channel { line: LINE, title: Some(title), ..Channel::seen(key, at) };
        reading.channels.push(seen);
    }
    reading
}
