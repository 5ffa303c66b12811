//! DiscordChatExporter's JSON of one channel.
//!
//! The file cannot show that its server is public; the operator states it, and the statement is
//! kept in the manifest. Direct messages and private threads are refused whatever is stated.

use std::io::BufRead;

use marsad_types::{
    Author, Channel, ChannelKey, Forward, Media, Platform, Post, PostId, Reading, Resolution,
    Timestamp,
};
use serde::Deserialize;

use crate::Manifest;
use crate::document::{Batch, each_element, walk_document};
use crate::files;
use crate::json::{self, Nested, Object, Reason, Value, missing, shorten};
use crate::lines::Problems;
use crate::prepare::{SetupError, refused, stated_public};
use crate::telethon::line::kind_of_mime;
use crate::walk::{Fault, Walker};

/// Types of channels that everybody in a server can read.
const OPEN_TYPES: [&str; 8] = [
    "GuildTextChat",
    "GuildNews",
    "GuildNewsThread",
    "GuildPublicThread",
    "GuildForum",
    "GuildVoiceChat",
    "GuildStageVoice",
    "GuildMedia",
];

#[derive(Deserialize)]
struct Room<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    name: Value<'a>,
    #[serde(borrow, default)]
    topic: Value<'a>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    timestamp: Value<'a>,
    #[serde(rename = "timestampEdited", borrow, default)]
    edited: Value<'a>,
    #[serde(borrow, default)]
    content: Value<'a>,
    #[serde(borrow, default)]
    author: Nested<Object<Person<'a>>>,
    #[serde(borrow, default)]
    attachments: Nested<Vec<Nested<Object<Attachment<'a>>>>>,
    #[serde(borrow, default)]
    reference: Nested<Object<Reference<'a>>>,
    #[serde(rename = "forwardedMessage", borrow, default)]
    forwarded: Nested<Object<Forwarded<'a>>>,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
}

#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(rename = "fileName", borrow, default)]
    name: Value<'a>,
    /// An address, or a path where the export was made with its media.
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(rename = "messageId", borrow, default)]
    message: Value<'a>,
    #[serde(rename = "channelId", borrow, default)]
    channel: Value<'a>,
}

#[derive(Deserialize)]
struct Forwarded<'a> {
    #[serde(borrow, default)]
    timestamp: Value<'a>,
    #[serde(borrow, default)]
    content: Value<'a>,
    #[serde(borrow, default)]
    attachments: Nested<Vec<Nested<Object<Attachment<'a>>>>>,
}

/// Refuses private kinds, and asks for the statement.
pub(crate) fn prepare(manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    let kind = crate::shape::nested_text(head, "channel", "type");
    match kind.as_deref() {
        Some(kind) if OPEN_TYPES.contains(&kind) => {
            stated_public(manifest, "a Discord export cannot show that its server is public")
        }
        Some(kind) => {
            let kind = shorten(kind);
            Err(refused(format!("the channel is a {kind}; Marsad reads public channels only")))
        }
        None => {
            Err(refused("the file does not say at its beginning what type of channel it holds"))
        }
    }
}

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    walk_document(input, sink, |walker, batch| document(&platform, walker, batch));
}

fn document(
    platform: &Platform,
    walker: &mut Walker<'_>,
    batch: &mut Batch<'_>,
) -> Result<(), Fault> {
    let mut channel: Option<Channel> = None;
    let mut first = walker.open_object()?;
    let mut complete = false;
    while let Some(field) = walker.next_key(&mut first)? {
        match (field.as_str(), &mut channel) {
            ("channel", _) => {
                let mut bytes = Vec::new();
                walker.capture(&mut bytes)?;
                match room(platform, &bytes) {
                    Ok(room) => channel = Some(room),
                    Err(Reason(reason)) => batch.reading.problem(walker.line(), reason),
                }
            }
            ("messages", Some(channel)) => {
                each_element(walker, batch, &mut |bytes, line, batch| {
                    batch.reading.rows += 1;
                    match message(&channel.key, bytes, line) {
                        Ok(Some(post)) => {
                            channel.observed_at = channel.observed_at.max(post.published_at);
                            channel.line = line;
                            files::keep(&mut batch.reading, post);
                        }
                        Ok(None) => {}
                        Err(Reason(reason)) => batch.reading.problem(line, reason),
                    }
                })?;
            }
            ("messages", None) => {
                batch
                    .reading
                    .problem(walker.line(), "the messages of a channel that is not public");
                walker.skip()?;
            }
            ("messageCount", _) => {
                complete = true;
                walker.skip()?;
            }
            _ => walker.skip()?,
        }
    }
    if !complete {
        batch.reading.problem(walker.line(), "the export is cut: its count of messages is missing");
    }
    batch.reading.channels.extend(channel.filter(|seen| seen.line > 0));
    Ok(())
}

fn room(platform: &Platform, bytes: &[u8]) -> Result<Channel, Reason> {
    let room: Room<'_> = json::object(bytes)?;
    let kind = room.kind.required_text("channel.type")?;
    if !OPEN_TYPES.contains(&kind.as_ref()) {
        let kind = shorten(&kind);
        return Err(Reason(format!("a {kind} is not read; Marsad reads public channels only")));
    }
    let key = ChannelKey::new(platform.clone(), &room.id.required_id("channel.id")?);
    Ok(Channel {
        title: room.name.text("channel.name")?.map(std::borrow::Cow::into_owned),
        description: room.topic.text("channel.topic")?.map(std::borrow::Cow::into_owned),
        ..Channel::seen(key, Timestamp(i64::MIN))
    })
}

/// A post; `None` for a message of Discord itself (joins, pins, calls).
fn message(channel: &ChannelKey, bytes: &[u8], number: u64) -> Result<Option<Post>, Reason> {
    let line: Line<'_> = json::object(bytes)?;
    let kind = line.kind.text("type")?.unwrap_or_default();
    if kind != "Default" && kind != "Reply" {
        return Ok(None);
    }
    let id = PostId::Given(line.id.required_id("id")?);
    let published_at = line.timestamp.required_time("timestamp")?;
    let mut text = line.content.text("content")?.ok_or_else(|| missing("content"))?.into_owned();
    let mut media = attached(line.attachments);
    let reference = line.reference.there().map(|Object(reference)| reference);
    let forwarded = line.forwarded.there().map(|Object(forwarded)| forwarded);
    let (mut forward, mut reply_to) = (None, None);
    if let Some(reference) = reference {
        let is_forward = reference.kind.text("reference.type")?.as_deref() == Some("Forward");
        let message = reference.message.optional_id("reference.messageId")?;
        if is_forward {
            let origin = reference.channel.optional_id("reference.channelId")?;
            forward = origin.map(|id| Forward {
                channel: ChannelKey { platform: channel.platform.clone(), id },
                post: message,
                published_at: None,
            });
        } else {
            reply_to = message;
        }
    }
    if let Some(original) = forwarded {
        let published_at = original.timestamp.time("forwardedMessage.timestamp")?;
        forward = forward.map(|forward| Forward { published_at, ..forward });
        if text.is_empty() {
            text = original.content.text("forwardedMessage.content")?.unwrap_or_default().into();
        }
        media.extend(attached(original.attachments));
    }
    let person = line.author.there().and_then(|Object(person)| person.id.id("author.id").ok()?);
    Ok(Some(Post {
        resolution: Some(Resolution { ms: 1 }),
        edited_at: line.edited.time("timestampEdited")?,
        forward,
        reply_to,
        media,
        author: person.map_or(Author::Unknown, |id| Author::Name(id.into())),
        line: number,
        ..Post::new(channel.clone(), id, published_at, text)
    }))
}

fn attached(attachments: Nested<Vec<Nested<Object<Attachment<'_>>>>>) -> Vec<Media> {
    let attachments = attachments.there().unwrap_or_default().into_iter();
    let attachments = attachments.filter_map(Nested::there);
    let media = attachments.map(|Object(Attachment { name, url })| {
        let name = name.text("fileName").ok().flatten().unwrap_or_default().to_ascii_lowercase();
        let ending = name.rsplit('.').next().unwrap_or("");
        let kind = kind_of_mime(match ending {
            "png" | "jpg" | "jpeg" | "gif" | "webp" => "image/",
            "mp4" | "mov" | "webm" => "video/",
            "mp3" | "ogg" | "wav" | "m4a" => "audio/",
            _ => "",
        });
        Media { kind: kind.into(), file: files::named(&url), ..Media::default() }
    });
    media.collect()
}
