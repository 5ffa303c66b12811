//! TGDataset: one JSON object of gigabytes, channel number to channel.
//!
//! Read member by member; a channel's messages are two maps, texts and media. The data set does
//! not say when it counted subscribers, so they are read only where the operator says it
//! (`observed_at` of the manifest); else a channel is seen when its last message was.

use std::io::BufRead;

use marsad_types::{Author, Channel, ChannelKey, Forward, Media, Post, PostId, Reading, Timestamp};
use serde::Deserialize;

use crate::Manifest;
use crate::document::{Batch, value, walk_document};
use crate::json::{self, Reason, Value, missing};
use crate::lines::Problems;
use crate::telethon::{RESOLUTION, bare_id, note_undated};
use crate::walk::{Fault, Walker};

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let taken = manifest.observed_at.as_deref().and_then(|time| time.parse().ok());
    let mut undated = 0;
    walk_document(input, sink, |walker, batch| {
        let mut first = walker.open_object()?;
        while let Some(id) = walker.next_key(&mut first)? {
            let id = id.parse().map_or(id, bare_id);
            let key = ChannelKey::new(platform.clone(), &id);
            undated += u64::from(channel(&key, taken, walker, batch)?);
        }
        note_undated(undated, walker.line(), &mut batch.reading);
        Ok(())
    });
}

/// What a channel says of itself, before and after its messages.
#[derive(Default)]
struct About {
    fields: Vec<(String, Vec<u8>)>,
    last_seen: Option<Timestamp>,
}

/// Reads one channel; true when its subscribers had to be left out.
fn channel(
    key: &ChannelKey,
    taken: Option<Timestamp>,
    walker: &mut Walker<'_>,
    batch: &mut Batch<'_>,
) -> Result<bool, Fault> {
    let mut about = About::default();
    let line = walker.line();
    let mut first = walker.open_object()?;
    while let Some(field) = walker.next_key(&mut first)? {
        match field.as_str() {
            "text_messages" | "generic_media" => messages(key, &mut about, walker, batch)?,
            _ => {
                let mut bytes = Vec::new();
                walker.capture(&mut bytes)?;
                about.fields.push((field, bytes));
            }
        }
    }
    let mut observed = None;
    match about.observation(key, taken) {
        Ok(observation) => observed = observation,
        Err(Reason(reason)) => batch.reading.problem(line, reason),
    }
    let Some((mut channel, undated)) = observed else { return Ok(false) };
    channel.line = line;
    batch.reading.channels.push(channel);
    Ok(undated)
}

fn messages(
    key: &ChannelKey,
    about: &mut About,
    walker: &mut Walker<'_>,
    batch: &mut Batch<'_>,
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    let mut first = walker.open_object()?;
    while let Some(id) = walker.next_key(&mut first)? {
        value(walker, &mut bytes, batch, &mut |bytes, line, batch| {
            batch.reading.rows += 1;
            match message(key, &id, bytes, line) {
                Ok(post) => {
                    about.last_seen = about.last_seen.max(Some(post.published_at));
                    batch.reading.posts.push(post);
                }
                Err(Reason(reason)) => batch.reading.problem(line, reason),
            }
        })?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    message: Value<'a>,
    #[serde(borrow, default)]
    date: Value<'a>,
    #[serde(borrow, default)]
    author: Value<'a>,
    #[serde(borrow, default)]
    forwarded_from_id: Value<'a>,
    #[serde(borrow, default)]
    forwarded_message_date: Value<'a>,
    #[serde(borrow, default)]
    media_id: Value<'a>,
    #[serde(borrow, default)]
    extension: Value<'a>,
}

fn message(key: &ChannelKey, id: &str, bytes: &[u8], number: u64) -> Result<Post, Reason> {
    let line: Line<'_> = json::object(bytes)?;
    if id.is_empty() {
        return Err(Reason("the message has no id".to_owned()));
    }
    let published_at = line.date.instant("date")?.ok_or_else(|| missing("date"))?;
    let text = line.message.text("message")?.unwrap_or_default().into_owned();
    let forward = origin_id(&line.forwarded_from_id)?.map(|origin| Forward {
        channel: ChannelKey::new(key.platform.clone(), &origin),
        post: None,
        published_at: None,
    });
    let at = line.forwarded_message_date.instant("forwarded_message_date")?;
    let is_file =
        !matches!(line.media_id, Value::Missing) || !matches!(line.extension, Value::Missing);
    let extension = line.extension.text("extension")?.unwrap_or_default().to_ascii_lowercase();
    let author = line.author.optional_id("author")?;
    Ok(Post {
        resolution: Some(RESOLUTION),
        forward: forward.map(|forward| Forward { published_at: at, ..forward }),
        media: if is_file { vec![file(&extension)] } else { Vec::new() },
        author: author.map_or(Author::Unknown, |name| Author::Name(name.into())),
        line: number,
        ..Post::new(key.clone(), PostId::Given(id.into()), published_at, text)
    })
}

/// The data set's README says integers, its sample has floats: both are the same number.
fn origin_id(value: &Value<'_>) -> Result<Option<String>, Reason> {
    if let Value::Float(number) = value
        && number.fract() == 0.0
        && number.abs() < 9e15
    {
        return Ok(Some(bare_id(*number as i128)));
    }
    let is_absent = matches!(value, Value::Missing | Value::Null);
    match value.whole() {
        Some(number) => Ok(Some(bare_id(number))),
        None if is_absent => Ok(None),
        None => Err(Reason("field 'forwarded_from_id' is not a number".to_owned())),
    }
}

fn file(extension: &str) -> Media {
    let kind = match extension.trim_start_matches('.') {
        "jpg" | "jpeg" | "png" | "webp" | "gif" => "image",
        "mp4" | "mov" | "webm" | "mkv" | "avi" => "video",
        "mp3" | "ogg" | "oga" | "m4a" | "wav" | "opus" => "audio",
        _ => "file",
    };
    Media { kind: kind.into(), ..Media::default() }
}

impl About {
    fn value(&self, field: &str) -> Value<'_> {
        let bytes = self.fields.iter().find(|(name, _)| name == field).map(|(_, bytes)| bytes);
        bytes.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }

    /// One observation, and whether its subscribers had to be left out.
    fn observation(
        &self,
        key: &ChannelKey,
        taken: Option<Timestamp>,
    ) -> Result<Option<(Channel, bool)>, Reason> {
        let created_at = self.value("creation_date").instant("creation_date")?;
        let Some(observed_at) = taken.or(self.last_seen).or(created_at) else { return Ok(None) };
        let text = |field: &str| -> Result<Option<String>, Reason> {
            let text = self.value(field).text(field)?;
            Ok(text.filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned))
        };
        let subscribers = self.value("n_subscribers").count("n_subscribers")?;
        let channel = Channel {
            handle: text("username")?,
            title: text("title")?,
            description: text("description")?,
            created_at,
            subscribers: subscribers.filter(|_| taken.is_some()),
            ..Channel::seen(key.clone(), observed_at)
        };
        Ok(Some((channel, taken.is_none() && subscribers.is_some())))
    }
}
