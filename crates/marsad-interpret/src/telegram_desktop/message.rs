//! One message of Telegram Desktop's export.

use std::borrow::Cow;

use compact_str::CompactString;
use marsad_types::{Author, ChannelKey, Forward, Media, Post, PostId, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::files;
use crate::json::{Nested, Object, Reason, Value, missing, not_json, shorten};
use crate::telethon::RESOLUTION;

/// What a message was.
pub(super) enum Message {
    Post(Box<Post>),
    /// The service message that says when the channel was made.
    Created(CompactString, Timestamp),
    /// Another line of the platform.
    Service(CompactString),
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    date: Value<'a>,
    #[serde(borrow, default)]
    date_unixtime: Value<'a>,
    #[serde(borrow, default)]
    edited_unixtime: Value<'a>,
    #[serde(borrow, default)]
    action: Value<'a>,
    #[serde(borrow, default)]
    author: Value<'a>,
    #[serde(borrow, default)]
    from_id: Value<'a>,
    #[serde(borrow, default)]
    forwarded_from_id: Value<'a>,
    #[serde(borrow, default)]
    reply_to_message_id: Value<'a>,
    #[serde(borrow, default)]
    reply_to_peer_id: Value<'a>,
    #[serde(default)]
    text: Words,
    #[serde(default)]
    text_entities: Words,
    #[serde(borrow, default)]
    photo: Value<'a>,
    #[serde(borrow, default)]
    file: Value<'a>,
    #[serde(borrow, default)]
    media_type: Value<'a>,
    #[serde(borrow, default)]
    mime_type: Value<'a>,
    #[serde(borrow, default)]
    poll: Nested<Object<Poll<'a>>>,
    #[serde(borrow, default)]
    location_information: Value<'a>,
    #[serde(borrow, default)]
    contact_information: Value<'a>,
}

#[derive(Deserialize)]
struct Poll<'a> {
    #[serde(borrow, default)]
    question: Value<'a>,
    #[serde(borrow, default)]
    answers: Nested<Vec<Nested<Object<Answer<'a>>>>>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    text: Value<'a>,
}

/// A text, or parts of one that mix plain texts with marked ones.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Plain(String),
    Parts(Vec<Part>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Plain(String),
    Marked {
        #[serde(rename = "type", default)]
        kind: String,
        text: String,
        href: Option<String>,
    },
    Other(IgnoredAny),
}

impl Default for Words {
    fn default() -> Self {
        Self::Parts(Vec::new())
    }
}

impl Words {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Parts(parts) => parts.iter().map(Part::text).collect::<String>().into(),
            Self::Other(_) => Cow::Borrowed(""),
        }
    }

    fn links(&self) -> Vec<String> {
        let Self::Parts(parts) = self else { return Vec::new() };
        let mut links = Vec::new();
        for part in parts {
            let Part::Marked { kind, text, href } = part else { continue };
            let link = match kind.as_str() {
                "link" => Some(text.trim().to_owned()),
                "text_link" => href.clone(),
                _ => None,
            };
            links.extend(link.filter(|link| !link.is_empty()));
        }
        links
    }
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Marked { text, .. } => text,
            Self::Other(_) => "",
        }
    }
}

/// Reads one message; its bytes may hold the `\x0B` that Telegram Desktop writes for control
/// characters and JSON does not know.
pub(super) fn read(bytes: &[u8], channel: &ChannelKey, line: u64) -> Result<Message, Reason> {
    match serde_json::from_slice::<Line<'_>>(bytes) {
        Ok(message) => understand(message, channel, line),
        Err(error) => {
            let Some(repaired) = with_legal_escapes(bytes) else { return Err(not_json(&error)) };
            let message = serde_json::from_slice(&repaired).map_err(|error| not_json(&error))?;
            understand(message, channel, line)
        }
    }
}

/// The same bytes with `\xHH` written as `\u00HH`; `None` when there is nothing to repair.
fn with_legal_escapes(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut legal = Vec::with_capacity(bytes.len() + 16);
    let mut rest = bytes;
    let mut repaired = false;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, escape) = rest.split_at_checked(at)?;
        legal.extend_from_slice(before);
        let is_hex = escape.get(2..4).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let taken = if escape.get(1) == Some(&b'x') && is_hex {
            legal.extend_from_slice(b"\\u00");
            legal.extend_from_slice(escape.get(2..4)?);
            repaired = true;
            4
        } else {
            legal.extend_from_slice(escape.get(..2).unwrap_or(escape));
            2
        };
        rest = escape.get(taken..).unwrap_or_default();
    }
    legal.extend_from_slice(rest);
    repaired.then_some(legal)
}

fn understand(line: Line<'_>, channel: &ChannelKey, number: u64) -> Result<Message, Reason> {
    let id = line.id.clone().required_id("id")?;
    let kind = line.kind.clone().required_text("type")?;
    match kind.as_ref() {
        "message" => post(line, id, channel, number).map(|post| Message::Post(Box::new(post))),
        "service" => {
            let is_birth = line.action.text("action")?.as_deref() == Some("create_channel");
            let at = if is_birth { instant(&line.date_unixtime, "date_unixtime")? } else { None };
            Ok(match at {
                Some(at) => Message::Created(id, at),
                None => Message::Service(id),
            })
        }
        "unsupported" => {
            Err(Reason(format!("message {id} is of a kind that Telegram Desktop left out")))
        }
        other => {
            Err(Reason(format!("message {id} has type '{}', which is not known", shorten(other))))
        }
    }
}

fn post(
    line: Line<'_>,
    id: CompactString,
    channel: &ChannelKey,
    number: u64,
) -> Result<Post, Reason> {
    let published_at = instant(&line.date_unixtime, "date_unixtime")?.ok_or_else(|| {
        let has_local = !matches!(line.date, Value::Missing | Value::Null);
        if has_local {
            Reason(format!(
                "message {id} has only a local time without a zone; export it again with a newer Telegram Desktop"
            ))
        } else {
            missing("date_unixtime")
        }
    })?;
    let edited_at = instant(&line.edited_unixtime, "edited_unixtime")?;
    let marked = matches!(&line.text_entities, Words::Parts(parts) if !parts.is_empty());
    let words = if marked { &line.text_entities } else { &line.text };
    let mut text = words.text().into_owned();
    let links = words.links();
    let mut media = media(&line)?;
    if let Some(Object(poll)) = line.poll.there() {
        media.push(Media { kind: "poll".into(), ..Media::default() });
        if text.is_empty() {
            text = poll_text(poll);
        }
    }
    let own_reply = matches!(line.reply_to_peer_id, Value::Missing | Value::Null);
    Ok(Post {
        resolution: Some(RESOLUTION),
        edited_at,
        forward: origin(&line.forwarded_from_id, channel),
        reply_to: line
            .reply_to_message_id
            .optional_id("reply_to_message_id")?
            .filter(|_| own_reply),
        links,
        media,
        author: author(line.author, &line.from_id)?,
        line: number,
        ..Post::new(channel.clone(), PostId::Given(id), published_at, text)
    })
}

/// Unix seconds, written as text.
fn instant(value: &Value<'_>, field: &str) -> Result<Option<Timestamp>, Reason> {
    if matches!(value, Value::Missing | Value::Null) {
        return Ok(None);
    }
    let seconds = value.whole().and_then(|seconds| i64::try_from(seconds).ok());
    let seconds = seconds.filter(|seconds| seconds.abs() < 100_000_000_000);
    let seconds =
        seconds.ok_or_else(|| Reason(format!("field '{field}' is not a time in unix seconds")))?;
    Ok(Some(Timestamp::from_seconds(seconds)))
}

/// The origin, when the export names a channel by id; a name alone says who only to a reader.
fn origin(from: &Value<'_>, own: &ChannelKey) -> Option<Forward> {
    let Value::Text(from) = from else { return None };
    let number = from.strip_prefix("channel")?.parse().ok()?;
    let channel = ChannelKey::new(own.platform.clone(), &crate::telethon::bare_id(number));
    Some(Forward { channel, post: None, published_at: None })
}

/// The signature; in a group the writer's number. A channel that posts as itself is nobody.
fn author(signature: Value<'_>, from: &Value<'_>) -> Result<Author, Reason> {
    if let Some(name) = signature.text("author")?.filter(|name| !name.is_empty()) {
        return Ok(Author::Name(name.into_owned()));
    }
    let Value::Text(from) = from else { return Ok(Author::Unknown) };
    let person = from.strip_prefix("user");
    Ok(person.map_or(Author::Unknown, |number| Author::Name(number.to_owned())))
}

/// The attached file by its kind, with the path of its bytes where they were exported.
fn media(line: &Line<'_>) -> Result<Vec<Media>, Reason> {
    let is_there = |value: &Value<'_>| !matches!(value, Value::Missing | Value::Null);
    let mut file = None;
    let kind = if is_there(&line.photo) {
        file = files::named(&line.photo);
        "image"
    } else if is_there(&line.file) {
        file = files::named(&line.file);
        let media_type = line.media_type.clone().text("media_type")?.unwrap_or_default();
        let mime = line.mime_type.clone().text("mime_type")?.unwrap_or_default();
        match media_type.as_ref() {
            "video_file" | "video_message" | "animation" => "video",
            "audio_file" | "voice_message" => "audio",
            "sticker" => "sticker",
            _ => crate::telethon::line::kind_of_mime(&mime),
        }
    } else if is_there(&line.location_information) {
        "location"
    } else if is_there(&line.contact_information) {
        "contact"
    } else {
        return Ok(Vec::new());
    };
    Ok(vec![Media { kind: CompactString::from(kind), file, ..Media::default() }])
}

/// The question and the answers, a line each: what a reader of the channel reads.
fn poll_text(poll: Poll<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut add = |value: Value<'_>| {
        if let Value::Text(text) = value {
            lines.push(text.into_owned());
        }
    };
    add(poll.question);
    for answer in poll.answers.there().unwrap_or_default() {
        if let Some(Object(answer)) = answer.there() {
            add(answer.text);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Option<&str>) {
        let repaired =
            with_legal_escapes(written.as_bytes()).map(|b| String::from_utf8(b).unwrap());
        assert_eq!(repaired.as_deref(), expected, "{written}");
    }

    #[test]
    fn only_illegal_escapes_are_repaired() {
        check(r"one\x0Btwo", Some(r"one\u000Btwo"));
        check(r"\x1fa\n\x7F", Some(r"\u001fa\n\u007F"));
        check(r"a\\x0B", None);
        check(r"\\\x0B", Some(r"\\\u000B"));
        check(r"\xZZ \x", None);
        check(r"\", None);
    }
}
