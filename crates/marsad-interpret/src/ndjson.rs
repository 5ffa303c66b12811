//! marsad-ndjson, version 1: our own interchange, one JSON object a line.
//!
//! A field with another type than the contract's makes its whole line a problem: a half-read line
//! of our own format would hide somebody's broken exporter.

use marsad_types::{
    Author, Bound, Channel, ChannelKey, Coverage, Event, Forward, Media, Outcome, Platform, Post,
    PostId, Reading, Removal, Resolution, Status, Taken, TakenBy,
};
use serde::Deserialize;

use crate::json::{self, Maybe, Nested, Object, Reason, Value, missing, shorten};
use crate::lines::{Problems, each_line};
use crate::{Chunk, Manifest};

/// Every field of every kind; unknown keys are ignored.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    platform: Value<'a>,
    #[serde(borrow, default)]
    channel: Value<'a>,
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(borrow, default)]
    published_at: Value<'a>,
    #[serde(borrow, default)]
    published_resolution_s: Value<'a>,
    #[serde(borrow, default)]
    observed_at: Value<'a>,
    #[serde(borrow, default)]
    observed_prev_at: Value<'a>,
    #[serde(borrow, default)]
    edited_at: Value<'a>,
    #[serde(borrow, default)]
    deleted_at: Value<'a>,
    #[serde(borrow, default)]
    version: Value<'a>,
    #[serde(borrow, default)]
    text: Value<'a>,
    #[serde(borrow, default)]
    lang: Value<'a>,
    #[serde(borrow, default)]
    author: Value<'a>,
    #[serde(borrow, default)]
    author_pid: Value<'a>,
    #[serde(borrow, default)]
    forward_of: Nested<Object<Origin<'a>>>,
    #[serde(borrow, default)]
    reply_to: Value<'a>,
    #[serde(borrow, default)]
    links: Nested<Vec<Value<'a>>>,
    #[serde(borrow, default)]
    media: Nested<Vec<Nested<Object<File<'a>>>>>,
    #[serde(borrow, default)]
    views: Value<'a>,
    #[serde(borrow, default)]
    forwards: Value<'a>,
    #[serde(borrow, default)]
    handle: Value<'a>,
    #[serde(borrow, default)]
    title: Value<'a>,
    #[serde(borrow, default)]
    description: Value<'a>,
    #[serde(borrow, default)]
    created_at: Value<'a>,
    #[serde(borrow, default)]
    subscribers: Value<'a>,
    #[serde(borrow, default)]
    subscribers_min: Value<'a>,
    #[serde(borrow, default)]
    subscribers_max: Value<'a>,
    #[serde(borrow, default)]
    status: Value<'a>,
    #[serde(borrow, default)]
    status_cause: Value<'a>,
    #[serde(borrow, default)]
    visibility: Value<'a>,
    #[serde(borrow, default)]
    from: Value<'a>,
    #[serde(borrow, default)]
    to: Value<'a>,
    #[serde(borrow, default)]
    poll_s: Value<'a>,
    #[serde(borrow, default)]
    outcome: Value<'a>,
    #[serde(borrow, default)]
    by: Value<'a>,
    #[serde(borrow, default)]
    name: Value<'a>,
    #[serde(borrow, default)]
    source: Value<'a>,
    #[serde(borrow, default)]
    claim: Value<'a>,
}

#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(borrow, default)]
    platform: Value<'a>,
    #[serde(borrow, default)]
    channel: Value<'a>,
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(borrow, default)]
    published_at: Value<'a>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    sha256: Value<'a>,
    #[serde(borrow, default)]
    pdq: Value<'a>,
    #[serde(borrow, default)]
    pdq_quality: Value<'a>,
}

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    each_line(chunk, reading, |line, number, reading| {
        let understood = read_line(manifest, line, number, reading);
        if let Err(Reason(reason)) = understood {
            reading.problem(number, reason);
        }
    });
}

fn read_line(
    manifest: &Manifest,
    bytes: &[u8],
    number: u64,
    reading: &mut Reading,
) -> Result<(), Reason> {
    let mut line: Line<'_> = json::object(bytes)?;
    let kind = line.kind.take().required_text("kind")?;
    let stated = line.platform.take().platform("platform")?;
    let platform = stated.or_else(|| manifest.platform.clone());
    check_visibility(line.visibility.take())?;
    let needed = || platform.clone().ok_or_else(|| missing("platform"));
    match kind.as_ref() {
        "post" => reading.posts.push(post(&mut line, needed()?, number)?),
        "channel" => reading.channels.push(channel(&mut line, needed()?, number)?),
        "coverage" => reading.coverage.push(coverage(&mut line, needed()?, number)?),
        "taken" => reading.taken.push(taken(&mut line, needed()?, number)?),
        "removed" => reading.removals.push(removed(&mut line, needed()?, number)?),
        "event" => reading.events.push(event(&mut line, platform, number)?),
        other => {
            let shown = shorten(other);
            return Err(Reason(format!(
                "kind is '{shown}'; expected post, channel, coverage, taken or event"
            )));
        }
    }
    Ok(())
}

fn check_visibility(visibility: Value<'_>) -> Result<(), Reason> {
    match visibility.text("visibility")? {
        Some(word) if word != "public" => {
            let shown = shorten(&word);
            Err(Reason(format!("visibility is '{shown}'; only what is public is read")))
        }
        _ => Ok(()),
    }
}

fn post(line: &mut Line<'_>, platform: Platform, number: u64) -> Result<Post, Reason> {
    let key = ChannelKey { platform, id: line.channel.take().required_id("channel")? };
    let id = PostId::Given(line.id.take().required_id("id")?);
    let published_at = line.published_at.take().required_time("published_at")?;
    let media = media(line.media.take())?;
    let text = match line.text.take().text("text")? {
        Some(text) => text.into_owned(),
        None if media.is_empty() => return Err(missing("text")),
        None => String::new(),
    };
    let forward = forward(line.forward_of.take(), &key.platform)?;
    Ok(Post {
        resolution: resolution(&line.published_resolution_s)?,
        observed_first: line.observed_at.take().time("observed_at")?,
        observed_prev: line.observed_prev_at.take().time("observed_prev_at")?,
        edited_at: line.edited_at.take().time("edited_at")?,
        deleted_at: line.deleted_at.take().time("deleted_at")?,
        version: version(line.version.take())?,
        lang: line.lang.take().text("lang")?.filter(|tag| !tag.is_empty()).map(Into::into),
        forward,
        reply_to: line.reply_to.take().optional_id("reply_to")?,
        links: links(line.links.take())?,
        media,
        views: line.views.take().count("views")?,
        forwards: line.forwards.take().count("forwards")?,
        author: author(line.author.take(), line.author_pid.take())?,
        line: number,
        ..Post::new(key, id, published_at, text)
    })
}

fn channel(line: &mut Line<'_>, platform: Platform, number: u64) -> Result<Channel, Reason> {
    let key = ChannelKey { platform, id: line.channel.take().required_id("channel")? };
    let observed_at = line.observed_at.take().required_time("observed_at")?;
    Ok(Channel {
        handle: owned(line.handle.take(), "handle")?.filter(|handle| !handle.is_empty()),
        title: owned(line.title.take(), "title")?,
        description: owned(line.description.take(), "description")?,
        created_at: line.created_at.take().time("created_at")?,
        subscribers: line.subscribers.take().count("subscribers")?,
        subscribers_min: line.subscribers_min.take().count("subscribers_min")?,
        subscribers_max: line.subscribers_max.take().count("subscribers_max")?,
        status: status(line.status.take())?,
        status_cause: owned(line.status_cause.take(), "status_cause")?,
        line: number,
        ..Channel::seen(key, observed_at)
    })
}

fn coverage(line: &mut Line<'_>, platform: Platform, number: u64) -> Result<Coverage, Reason> {
    let from = line.from.take().required_time("from")?;
    let to = line.to.take().bound("to", Bound::End)?.ok_or_else(|| missing("to"))?;
    if to < from {
        return Err(Reason("the stretch ends before it begins".to_owned()));
    }
    let word = line.outcome.take().required_text("outcome")?;
    let outcome = Outcome::parse(&word).ok_or_else(|| {
        Reason(format!("outcome is '{}'; expected ok, failed or blocked", shorten(&word)))
    })?;
    Ok(Coverage {
        platform,
        channel: line.channel.take().id("channel")?,
        from,
        to,
        poll_s: line.poll_s.take().count("poll_s")?,
        outcome,
        line: number,
    })
}

fn taken(line: &mut Line<'_>, platform: Platform, number: u64) -> Result<Taken, Reason> {
    let channel = ChannelKey { platform, id: line.channel.take().required_id("channel")? };
    let id = line.id.take().required_id("id")?;
    let word = line.by.take().required_text("by")?;
    let by = TakenBy::parse(&word).ok_or_else(|| {
        Reason(format!("by is '{}'; expected album, service or unread", shorten(&word)))
    })?;
    Ok(Taken { channel, id, by, line: number })
}

/// A post that is known from elsewhere and is gone: what is left of an answer that was written anew.
fn removed(line: &mut Line<'_>, platform: Platform, number: u64) -> Result<Removal, Reason> {
    let channel = ChannelKey { platform, id: line.channel.take().required_id("channel")? };
    let post = line.id.take().required_id("id")?;
    Ok(Removal {
        channel,
        post,
        at: line.deleted_at.take().required_time("deleted_at")?,
        line: number,
    })
}

fn event(line: &mut Line<'_>, platform: Option<Platform>, number: u64) -> Result<Event, Reason> {
    let from = line.from.take().required_time("from")?;
    let to = line.to.take().bound("to", Bound::End)?.ok_or_else(|| missing("to"))?;
    if to < from {
        return Err(Reason("the event ends before it begins".to_owned()));
    }
    Ok(Event {
        name: line.name.take().required_text("name")?.into_owned(),
        platform,
        from,
        to,
        source: owned(line.source.take(), "source")?,
        claim: owned(line.claim.take(), "claim")?,
        line: number,
    })
}

fn owned(value: Value<'_>, field: &str) -> Maybe<String> {
    Ok(value.text(field)?.map(std::borrow::Cow::into_owned))
}

fn resolution(value: &Value<'_>) -> Maybe<Resolution> {
    const FIELD: &str = "published_resolution_s";
    let Some(seconds) = value.number(FIELD)? else { return Ok(None) };
    let milliseconds = (seconds * 1000.0).round();
    if !(1.0..=f64::from(u32::MAX)).contains(&milliseconds) {
        return Err(Reason(format!(
            "field '{FIELD}' is {seconds}; expected seconds from 0.001 to 4294967"
        )));
    }
    Ok(Some(Resolution { ms: milliseconds as u32 }))
}

fn version(value: Value<'_>) -> Maybe<u32> {
    let Some(number) = value.count("version")? else { return Ok(None) };
    u32::try_from(number)
        .map(Some)
        .map_err(|_above| Reason("field 'version' is above 4294967295".to_owned()))
}

fn author(name: Value<'_>, pseudonym: Value<'_>) -> Result<Author, Reason> {
    if let Some(pid) = pseudonym.text("author_pid")?.filter(|pid| !pid.is_empty()) {
        return Ok(Author::Pseudonym(pid.into_owned()));
    }
    let name = name.optional_id("author")?;
    Ok(name.map_or(Author::Unknown, |name| Author::Name(name.into())))
}

/// An origin that names no channel says that the post is a forward, but not of what: no origin.
fn forward(origin: Nested<Object<Origin<'_>>>, own: &Platform) -> Maybe<Forward> {
    let Some(Object(origin)) = origin.get("forward_of", "an object")? else { return Ok(None) };
    let platform = origin.platform.platform("forward_of.platform")?;
    let post = origin.id.optional_id("forward_of.id")?;
    let published_at = origin.published_at.time("forward_of.published_at")?;
    let Some(id) = origin.channel.optional_id("forward_of.channel")? else { return Ok(None) };
    let channel = ChannelKey { platform: platform.unwrap_or_else(|| own.clone()), id };
    Ok(Some(Forward { channel, post, published_at }))
}

fn links(list: Nested<Vec<Value<'_>>>) -> Result<Vec<String>, Reason> {
    let list = list.get("links", "a list of texts")?.unwrap_or_default();
    let mut links = Vec::with_capacity(list.len());
    for link in list {
        links.push(link.required_text("links")?.into_owned());
    }
    Ok(links)
}

fn media(list: Nested<Vec<Nested<Object<File<'_>>>>>) -> Result<Vec<Media>, Reason> {
    let list = list.get("media", "a list of objects")?.unwrap_or_default();
    let mut media = Vec::with_capacity(list.len());
    for file in list {
        let Some(Object(file)) = file.get("media", "a list of objects")? else {
            return Err(Reason("field 'media' has a null; expected objects".to_owned()));
        };
        let quality = file.pdq_quality.count("pdq_quality")?;
        let pdq_quality = quality
            .map(u8::try_from)
            .transpose()
            .map_err(|_above| Reason("field 'pdq_quality' is above 100".to_owned()))?;
        media.push(Media {
            kind: file.kind.text("media.kind")?.map_or_else(|| "file".into(), Into::into),
            sha256: owned(file.sha256, "sha256")?,
            pdq: owned(file.pdq, "pdq")?,
            pdq_quality: pdq_quality.map(|quality| quality.min(100)),
            file: None,
        });
    }
    Ok(media)
}

fn status(value: Value<'_>) -> Result<Status, Reason> {
    let Some(word) = value.text("status")? else { return Ok(Status::Alive) };
    Status::parse(&word).ok_or_else(|| {
        Reason(format!(
            "status is '{}'; expected alive, empty, private, restricted, gone or error",
            shorten(&word)
        ))
    })
}
