//! Answers of the TamTam (and MAX) Bot API's `/messages`, one a line or one in a file.
//!
//! A message is read when its chat is a channel and it has a public address; the answers say
//! nothing else about who may see it. An answer to a question of our own is read by
//! [`crate::bot_api`], which may know that the chat is public.

use std::io::BufRead;

use marsad_types::{
    Author, ChannelKey, Forward, Media, Platform, Post, PostId, Reading, Resolution,
};
use serde::Deserialize;

use crate::Manifest;
use crate::document::{each_value, walk_document};
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    messages: Nested<Vec<Nested<Object<Message<'a>>>>>,
    #[serde(borrow, default)]
    code: Value<'a>,
}

/// One message, in a list of them or alone.
#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow, default)]
    sender: Nested<Object<Sender<'a>>>,
    #[serde(borrow, default)]
    recipient: Nested<Object<Recipient<'a>>>,
    #[serde(borrow, default)]
    timestamp: Value<'a>,
    #[serde(borrow, default)]
    link: Nested<Object<Link<'a>>>,
    #[serde(borrow, default)]
    body: Nested<Object<Body<'a>>>,
    #[serde(borrow, default)]
    stat: Nested<Object<Stat<'a>>>,
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct Sender<'a> {
    #[serde(borrow, default)]
    user_id: Value<'a>,
}

#[derive(Deserialize)]
struct Recipient<'a> {
    #[serde(borrow, default)]
    chat_id: Value<'a>,
    #[serde(borrow, default)]
    chat_type: Value<'a>,
}

#[derive(Deserialize)]
struct Link<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    chat_id: Value<'a>,
    #[serde(borrow, default)]
    message: Nested<Object<Body<'a>>>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    mid: Value<'a>,
    #[serde(borrow, default)]
    text: Value<'a>,
    #[serde(borrow, default)]
    attachments: Nested<Vec<Nested<Object<Attachment<'a>>>>>,
    #[serde(borrow, default)]
    markup: Nested<Vec<Nested<Object<Markup<'a>>>>>,
}

/// A stretch of the text: bold, a mention, a link.
#[derive(Deserialize)]
struct Markup<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    payload: Nested<Object<Payload<'a>>>,
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct Stat<'a> {
    #[serde(borrow, default)]
    views: Value<'a>,
}

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    walk_document(input, sink, |walker, batch| {
        each_value(walker, batch, &mut |bytes, line, batch| {
            if let Err(Reason(reason)) = answer(&platform, bytes, line, &mut batch.reading) {
                batch.reading.rows += 1;
                batch.reading.problem(line, reason);
            }
        })
    });
}

fn answer(
    platform: &Platform,
    bytes: &[u8],
    line: u64,
    reading: &mut Reading,
) -> Result<(), Reason> {
    let answer: Answer<'_> = json::object(bytes)?;
    if let Some(code) = answer.code.text("code")? {
        return Err(Reason(format!("the platform answered '{}'", json::shorten(&code))));
    }
    let messages = answer.messages.get("messages", "a list")?.ok_or_else(|| missing("messages"))?;
    for message in messages {
        reading.rows += 1;
        let read = match message {
            Nested::There(Object(message)) => post(platform, message, None),
            _ => Err(Reason("the message is not an object".to_owned())),
        };
        match read {
            Ok(post) => reading.posts.push(Post { line, ..post }),
            Err(Reason(reason)) => reading.problem(line, reason),
        }
    }
    Ok(())
}

/// The reason of a message whose chat is not known to be public.
pub(crate) const NOT_PUBLIC: &str = "the message is not in a public channel; it is not read";

/// The post of a message. `public` is a channel that is known to be public: its messages are read
/// without an address too.
pub(crate) fn post(
    platform: &Platform,
    message: Message<'_>,
    public: Option<&str>,
) -> Result<Post, Reason> {
    let recipient = message.recipient.get("recipient", "an object")?;
    let Object(recipient) = recipient.ok_or_else(|| missing("recipient"))?;
    let kind = recipient.chat_type.required_text("chat_type")?;
    let chat = recipient.chat_id.id("chat_id")?;
    let has_address = message.url.text("url")?.is_some_and(|url| !url.is_empty());
    let is_known = chat.is_some() && public == chat.as_deref();
    if kind != "channel" || !(has_address || is_known) {
        return Err(Reason(NOT_PUBLIC.to_owned()));
    }
    let chat = chat.ok_or_else(|| missing("chat_id"))?;
    let channel = ChannelKey { platform: platform.clone(), id: chat };
    let at = message.timestamp.milliseconds("timestamp")?.ok_or_else(|| missing("timestamp"))?;
    let body = message.body.get("body", "an object")?.map(|Object(body)| body);
    let body = body.ok_or_else(|| missing("body"))?;
    let id = PostId::Given(body.mid.required_id("mid")?);
    let mut text = body.text.text("text")?.unwrap_or_default().into_owned();
    let (mut media, mut links) = attached(body.attachments)?;
    links.extend(marked(body.markup)?);
    let (mut forward, mut reply_to) = (None, None);
    if let Some(Object(link)) = message.link.get("link", "an object")? {
        let kind = link.kind.text("link.type")?.unwrap_or_default();
        let original = link.message.get("link.message", "an object")?.map(|Object(body)| body);
        let original = original.ok_or_else(|| missing("link.message"))?;
        let mid = original.mid.optional_id("link.message.mid")?;
        if kind == "forward" {
            let origin = link.chat_id.optional_id("link.chat_id")?;
            let origin = origin.map(|id| ChannelKey { platform: platform.clone(), id });
            forward = origin.map(|channel| Forward { channel, post: mid, published_at: None });
            // A pure forward has no text of its own: what it shows is the original's.
            if text.is_empty() {
                text = original.text.text("link.message.text")?.unwrap_or_default().into_owned();
                let (more_media, more_links) = attached(original.attachments)?;
                media.extend(more_media);
                links.extend(more_links);
                links.extend(marked(original.markup)?);
            }
        } else {
            reply_to = mid;
        }
    }
    let sender = message.sender.there().and_then(|Object(sender)| sender.user_id.whole());
    let views = message.stat.there().map_or(Ok(None), |Object(stat)| stat.views.count("views"))?;
    Ok(Post {
        resolution: Some(Resolution { ms: 1 }),
        forward,
        reply_to,
        links,
        media,
        views,
        author: sender.map_or(Author::Unknown, |id| Author::Name(id.to_string())),
        ..Post::new(channel, id, at, text)
    })
}

/// Files and shared addresses; kinds that are not known are kept by their own name.
fn attached(
    list: Nested<Vec<Nested<Object<Attachment<'_>>>>>,
) -> Result<(Vec<Media>, Vec<String>), Reason> {
    let (mut media, mut links) = (Vec::new(), Vec::new());
    for Object(attachment) in list.there().unwrap_or_default().into_iter().filter_map(Nested::there)
    {
        let kind = attachment.kind.required_text("attachments.type")?;
        match kind.as_ref() {
            "inline_keyboard" => {}
            "share" => {
                let payload = attachment.payload.there().map(|Object(payload)| payload.url);
                let url = payload.map_or(Ok(None), |url| url.text("payload.url"))?;
                links.extend(url.map(std::borrow::Cow::into_owned));
            }
            kind => media.push(Media { kind: json::shorten(kind).into(), ..Media::default() }),
        }
    }
    Ok((media, links))
}

/// Addresses behind words of the text.
fn marked(list: Nested<Vec<Nested<Object<Markup<'_>>>>>) -> Result<Vec<String>, Reason> {
    let mut links = Vec::new();
    for Object(mark) in list.there().unwrap_or_default().into_iter().filter_map(Nested::there) {
        let is_link = matches!(&mark.kind, Value::Text(kind) if kind == "link");
        if is_link && let Some(url) = mark.url.text("markup.url")? {
            links.push(url.into_owned());
        }
    }
    Ok(links)
}
