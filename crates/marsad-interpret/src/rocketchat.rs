//! Rocket.Chat's room export: one object a line, without ids and without the room.
//!
//! The operator names the room. Ids are derived when filed. `User_1` and its like are numbered
//! anew in each export and name nobody.

use marsad_types::{Author, ChannelKey, Media, Post, PostId, Reading, Resolution, Timestamp};
use serde::Deserialize;

use crate::files;
use crate::json::{self, Maybe, Nested, Object, Reason, Value, missing};
use crate::lines::{Problems, each_line};
use crate::prepare::{SetupError, usage};
use crate::{Chunk, Manifest};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    msg: Value<'a>,
    #[serde(borrow, default)]
    username: Value<'a>,
    #[serde(borrow, default)]
    ts: Time<'a>,
    #[serde(rename = "type", borrow, default)]
    system: Value<'a>,
    #[serde(borrow, default)]
    attachments: Nested<Vec<Nested<Object<Attachment<'a>>>>>,
}

/// ISO text, or `{"$date": ms}` in other dumps.
#[derive(Deserialize, Default)]
#[serde(untagged)]
pub(crate) enum Time<'a> {
    #[serde(borrow)]
    Dated(Dated<'a>),
    Text(std::borrow::Cow<'a, str>),
    Other(serde::de::IgnoredAny),
    #[default]
    Missing,
}

#[derive(Deserialize)]
pub(crate) struct Dated<'a> {
    #[serde(rename = "$date", borrow)]
    date: Value<'a>,
}

#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(borrow, default)]
    image_type: Value<'a>,
    #[serde(rename = "fileId", borrow, default)]
    id: Value<'a>,
    #[serde(rename = "fileName", borrow, default)]
    name: Value<'a>,
}

/// Asks for the room, which the export does not name.
pub(crate) fn prepare(manifest: Manifest) -> Result<Manifest, SetupError> {
    if manifest.channel.is_some() {
        return Ok(manifest);
    }
    Err(usage("a Rocket.Chat export does not name its room; add --channel HOST/NAME"))
}

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let (Some(platform), Some(room)) = (manifest.platform_or_default(), &manifest.channel) else {
        return reading.problem(chunk.first_line, "the room is not named");
    };
    let key = ChannelKey::new(platform, room);
    each_line(chunk, reading, |bytes, number, reading| match read_line(&key, bytes) {
        Ok(Some(post)) => files::keep(reading, Post { line: number, ..post }),
        Ok(None) => {}
        Err(Reason(reason)) => reading.problem(number, reason),
    });
}

/// A post; `None` for a message of the system (joins, leaves, changes of the topic).
fn read_line(key: &ChannelKey, bytes: &[u8]) -> Result<Option<Post>, Reason> {
    let line: Line<'_> = json::object(bytes)?;
    if line.system.text("type")?.is_some_and(|kind| !kind.is_empty()) {
        return Ok(None);
    }
    let published_at = line.ts.instant("ts")?.ok_or_else(|| missing("ts"))?;
    let text = line.msg.text("msg")?.ok_or_else(|| missing("msg"))?.into_owned();
    let attachments = line.attachments.there().unwrap_or_default().into_iter();
    let attachments = attachments.filter_map(Nested::there);
    let media = attachments.map(|Object(attachment)| {
        let is_image = matches!(attachment.image_type, Value::Text(_));
        let kind = if is_image { "image" } else { "file" };
        Media { kind: kind.into(), file: asset(&attachment), ..Media::default() }
    });
    let name = line.username.text("username")?.filter(|name| !is_number_of_export(name));
    Ok(Some(Post {
        resolution: Some(Resolution { ms: 1 }),
        media: media.collect(),
        author: name.map_or(Author::Unknown, |name| Author::Name(name.into_owned())),
        ..Post::new(key.clone(), PostId::Derived, published_at, text)
    }))
}

/// Where an export with attachments puts the bytes of one.
fn asset(attachment: &Attachment<'_>) -> Option<String> {
    let (Value::Text(id), Value::Text(name)) = (&attachment.id, &attachment.name) else {
        return None;
    };
    Some(format!("assets/{id}-{name}"))
}

fn is_number_of_export(name: &str) -> bool {
    let number = name.strip_prefix("User_");
    name.is_empty() || number.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

impl Time<'_> {
    pub(crate) fn instant(self, field: &str) -> Maybe<Timestamp> {
        match self {
            Self::Missing => Ok(None),
            Self::Text(text) | Self::Dated(Dated { date: Value::Text(text) }) => {
                Value::Text(text).time(field)
            }
            Self::Dated(dated) => dated.date.milliseconds(field),
            Self::Other(_) => Err(Reason(format!("field '{field}' is not a time"))),
        }
    }
}
