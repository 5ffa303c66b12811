//! One message of a channel.

use marsad_types::{Author, ChannelKey, Forward, Media, Post, PostId, Timestamp};

use super::value::Object;
use crate::telethon::line::kind_of_mime;
use crate::telethon::{RESOLUTION, utf16_part};

/// What a message is.
pub(super) enum Message {
    Post(Box<Post>),
    /// When the channel was made.
    Created(Timestamp),
    /// A line of the platform: pinned, renamed, a new picture.
    Service,
}

/// Reads a message of this channel; the reason where it is none that can be read.
pub(super) fn read(message: &Object<'_>, key: &ChannelKey) -> Result<Message, String> {
    let id = message.number("id").unwrap_or_default();
    let of = message.object("peer_id").and_then(channel_of);
    if of.as_deref() != Some(key.id.as_str()) {
        return Err(format!("message {id} is of another chat; it is not read"));
    }
    let date = message.number("date").ok_or_else(|| format!("message {id} has no date"))?;
    let date = Timestamp::from_seconds(date);
    if message.name == "messageService" {
        let action = message.object("action").map(|action| action.name);
        let is_birth = action == Some("messageActionChannelCreate");
        return Ok(if is_birth { Message::Created(date) } else { Message::Service });
    }
    let mut text = message.words("message").unwrap_or_default();
    let mut links = links(message, &text);
    let mut media = Vec::new();
    if let Some(attached) = message.object("media") {
        let found = attached_to(attached);
        media.extend(found.kind.map(|kind| Media { kind: kind.into(), ..Media::default() }));
        links.extend(found.link.filter(|link| !links.contains(link)));
        if text.is_empty() {
            text = found.text;
        }
    }
    if let Some(rich) = message.object("rich_message").filter(|_| text.is_empty()) {
        flatten(rich, &mut text);
        text.truncate(text.trim_end().len());
    }
    let edited = message.number("edit_date").filter(|_| !message.has("edit_hide"));
    Ok(Message::Post(Box::new(Post {
        resolution: Some(RESOLUTION),
        edited_at: edited.map(Timestamp::from_seconds),
        forward: message.object("fwd_from").and_then(|origin| forward(origin, key)),
        reply_to: reply(message, key),
        links,
        media,
        views: message.count("views"),
        forwards: message.count("forwards"),
        author: author(message),
        line: 1,
        ..Post::new(key.clone(), PostId::Given(id.to_string().into()), date, text)
    })))
}

/// The bare number of a peer that is a channel.
pub(super) fn channel_of(peer: &Object<'_>) -> Option<String> {
    (peer.name == "peerChannel").then(|| peer.number("channel_id").map(|id| id.to_string()))?
}

/// Who signed it, or the number of the account that wrote it in a group: a person, who becomes a
/// pseudonym before anything is filed.
fn author(message: &Object<'_>) -> Author {
    if let Some(signed) = message.words("post_author") {
        return Author::Name(signed);
    }
    let from = message.object("from_id").filter(|peer| peer.name == "peerUser");
    let id = from.and_then(|peer| peer.number("user_id"));
    id.map_or(Author::Unknown, |id| Author::Name(id.to_string()))
}

/// The origin, where it is a channel. A person's, or a hidden one, is none.
fn forward(origin: &Object<'_>, own: &ChannelKey) -> Option<Forward> {
    let channel = channel_of(origin.object("from_id")?)?;
    let post = origin.number("channel_post").map(|id| id.to_string().into());
    let published_at = origin.number("date").map(Timestamp::from_seconds);
    let channel = ChannelKey::new(own.platform.clone(), &channel);
    Some(Forward { channel, post, published_at })
}

/// The post of the same channel that this one answers.
fn reply(message: &Object<'_>, own: &ChannelKey) -> Option<compact_str::CompactString> {
    let to = message.object("reply_to").filter(|to| to.name == "messageReplyHeader")?;
    let elsewhere = to.object("reply_to_peer_id");
    if elsewhere.is_some_and(|peer| channel_of(peer).as_deref() != Some(own.id.as_str())) {
        return None;
    }
    to.number("reply_to_msg_id").map(|id| id.to_string().into())
}

/// Addresses in the text, as written or behind its words. Mentions and numbers are none.
fn links(message: &Object<'_>, text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for entity in message.objects("entities") {
        let link = match entity.name {
            "messageEntityTextUrl" => entity.words("url"),
            "messageEntityUrl" => {
                let part = entity.count("offset").zip(entity.count("length"));
                let part = part.and_then(|(at, length)| {
                    utf16_part(text, usize::try_from(at).ok()?, usize::try_from(length).ok()?)
                });
                part.map(|part| part.trim().to_owned())
            }
            _ => None,
        };
        links.extend(link.filter(|link| !link.is_empty() && !links.contains(link)));
    }
    links
}

#[derive(Default)]
struct Attached {
    kind: Option<&'static str>,
    link: Option<String>,
    /// What a reader of the channel reads in it.
    text: String,
}

/// What is attached, by its kind. The bytes are not fetched.
fn attached_to(media: &Object<'_>) -> Attached {
    let of = |kind| Attached { kind: Some(kind), ..Attached::default() };
    match media.name {
        "messageMediaEmpty" => Attached::default(),
        "messageMediaPhoto" => of("image"),
        "messageMediaDocument" => of(media.object("document").map_or("file", document)),
        "messageMediaGeo" | "messageMediaGeoLive" | "messageMediaVenue" => of("location"),
        "messageMediaContact" => of("contact"),
        "messageMediaWebPage" => {
            let page = media.object("webpage").and_then(|page| page.words("url"));
            Attached { link: page, ..Attached::default() }
        }
        "messageMediaPoll" => Attached { text: poll(media), ..of("poll") },
        _ => of("other"),
    }
}

fn document(document: &Object<'_>) -> &'static str {
    let kinds = document.objects("attributes").filter_map(|attribute| match attribute.name {
        "documentAttributeSticker" | "documentAttributeCustomEmoji" => Some("sticker"),
        "documentAttributeVideo" | "documentAttributeAnimated" => Some("video"),
        "documentAttributeAudio" => Some("audio"),
        _ => None,
    });
    // A sticker that moves is a sticker.
    let kind = kinds.min_by_key(|kind| *kind != "sticker");
    kind.unwrap_or_else(|| kind_of_mime(&document.text("mime_type").unwrap_or_default()))
}

/// The question and the answers, a line each.
fn poll(media: &Object<'_>) -> String {
    let Some(poll) = media.object("poll") else { return String::new() };
    let words = |of: &Object<'_>, name| of.object(name).and_then(|text| text.words("text"));
    let question = words(poll, "question");
    let answers = poll.objects("answers").filter_map(|answer| words(answer, "text"));
    question.into_iter().chain(answers).collect::<Vec<_>>().join("\n")
}

/// The words of a text with paragraphs, a line each.
fn flatten(part: &Object<'_>, text: &mut String) {
    match part.name {
        "textPlain" => text.push_str(&part.text("text").unwrap_or_default()),
        "textCustomEmoji" => text.push_str(&part.text("alt").unwrap_or_default()),
        name => {
            part.inside().for_each(|inner| flatten(inner, text));
            let ends_line = name.starts_with("pageBlock") || name.starts_with("pageListItem");
            if ends_line && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }
}
