//! One message of a page.

use compact_str::CompactString;
use hashbrown::HashSet;
use marsad_types::{
    Author, ChannelKey, Forward, Media, Post, PostId, Reading, Taken, TakenBy, Timestamp,
};

use super::address;
use super::numbers::shown;
use crate::Previous;
use crate::html::Element;
use crate::json::{Maybe, Reason, shorten};
use crate::lines::Problems;
use crate::telethon::RESOLUTION;

/// Class of a message's element.
pub(super) const MESSAGE: &str = "tgme_widget_message";

/// Class of what a message answers.
const REPLY: &str = "tgme_widget_message_reply";

/// What a message's page says for all of its messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) key: &'a ChannelKey,
    /// The channel's public name.
    pub(super) name: &'a str,
    /// When the page was asked for, when that is known.
    pub(super) at: Option<Timestamp>,
    pub(super) previous: Option<Previous<'a>>,
}

/// The channel's name and the post's id.
pub(super) fn name_and_id(message: Element<'_>) -> Option<(&str, &str)> {
    let (name, id) = message.attribute("data-post")?.split_once('/')?;
    (address::is_name(name) && address::is_post(id)).then_some((name, id))
}

/// Reads a message; `None` for a service line.
pub(super) fn read(
    message: Element<'_>,
    place: &Place<'_>,
    reading: &mut Reading,
) -> Result<Option<Post>, Reason> {
    let (name, id) = name_and_id(message)
        .ok_or_else(|| Reason("a message has no 'data-post' of a public channel".to_owned()))?;
    if !name.eq_ignore_ascii_case(place.name) {
        let name = shorten(name);
        return Err(Reason(format!("message {id} is of another channel, '{name}'")));
    }
    if message.has_class("service_message") {
        reading.taken.push(taken(message, place, id, TakenBy::Service));
        return Ok(None);
    }
    if message.is_cut() {
        return Err(Reason(format!("the page ends inside of message {id}")));
    }
    if message.is_broken() {
        return Err(Reason(format!("message {id} is not UTF-8")));
    }
    if is_a_persons(message) {
        return Err(Reason(format!("message {id} is a person's in a group; it is not read")));
    }
    let published_at = time(message, id)?;
    let body = body(message);
    let mut media = media(message);
    let mut text = body.map(Element::text).unwrap_or_default();
    if text.is_empty() {
        text = poll_text(message);
    }
    if text.is_empty() && media.is_empty() {
        reading.problem(
            message.line(),
            format!("message {id} shows nothing of a known kind; it is kept without text"),
        );
        media.push(kind("other"));
    }
    let views = reading.without(message.line(), views(message));
    let pictures = pictures(message, place.name).filter(|picture| *picture != id);
    reading.taken.extend(pictures.map(|picture| taken(message, place, &picture, TakenBy::Album)));
    let is_newer = |previous: &Previous<'_>| is_newer(id, previous.newest);
    Ok(Some(Post {
        resolution: Some(RESOLUTION),
        observed_first: place.at,
        observed_prev: place.previous.filter(is_newer).map(|previous| previous.at),
        forward: forward(message, place.key),
        reply_to: reply(message, place.name),
        links: links(message, body),
        media,
        views,
        author: signature(message),
        line: message.line(),
        ..Post::new(place.key.clone(), PostId::Given(id.into()), published_at, text)
    }))
}

/// An id of the channel that bears no post of its own.
pub(super) fn taken(message: Element<'_>, place: &Place<'_>, id: &str, by: TakenBy) -> Taken {
    Taken { channel: place.key.clone(), id: id.into(), by, line: message.line() }
}

/// The ids of an album's pictures, its own among them: addresses such as `t.me/NAME/70?single`.
fn pictures<'p>(message: Element<'p>, name: &'p str) -> impl Iterator<Item = CompactString> + 'p {
    let wraps = message.inside().filter(|e| e.has_class("tgme_widget_message_grouped_wrap"));
    let links = wraps.flat_map(Element::inside).filter_map(|e| e.attribute("href"));
    links.filter(|href| href.ends_with("?single")).filter_map(move |href| {
        let (of, post) = address::public_post(href)?;
        of.eq_ignore_ascii_case(name).then_some(post)
    })
}

/// Whether a person in a group wrote it: then the author is named beside the group. What a message
/// answers bears its author too.
fn is_a_persons(message: Element<'_>) -> bool {
    let found = message.pick(|element| {
        let is_author = element.has_class("tgme_widget_message_author_name");
        (is_author || element.has_class(REPLY)).then_some(is_author)
    });
    found.contains(&true)
}

/// Whether a post was not there yet when another was the newest: ids go up.
fn is_newer(id: &str, newest: &str) -> bool {
    id.parse::<u64>().ok().zip(newest.parse::<u64>().ok()).is_some_and(|(id, newest)| id > newest)
}

/// The time of the message: others on it are lengths of films and voices.
fn time(message: Element<'_>, id: &str) -> Result<Timestamp, Reason> {
    let date = message.find("tgme_widget_message_date");
    let time = date.and_then(|date| date.inside().find_map(|e| e.attribute("datetime")));
    let time = time.ok_or_else(|| Reason(format!("message {id} has no time")))?;
    time.parse().map_err(|_not_a_time| {
        Reason(format!("the time of message {id} is '{}', which is none", shorten(time)))
    })
}

/// Where the text stands: the innermost of the elements that bear its class, because albums nest
/// them. A quoted text bears another.
fn body(message: Element<'_>) -> Option<Element<'_>> {
    message.inside().filter(|element| element.has_class("js-message_text")).last()
}

/// The question and the answers, a line each: what a reader of the channel reads.
fn poll_text(message: Element<'_>) -> String {
    let parts = ["tgme_widget_message_poll_question", "tgme_widget_message_poll_option_text"];
    let lines = message.pick(|e| parts.iter().any(|part| e.has_class(part)).then(|| e.text()));
    lines.join("\n")
}

/// Views as shown, where they are shown whole: a rounded number would look like a measured one.
fn views(message: Element<'_>) -> Maybe<u64> {
    let Some(element) = message.find("tgme_widget_message_views") else { return Ok(None) };
    let written = element.text();
    match shown(&written) {
        Some(views) => Ok(views.exact()),
        None => Err(Reason(format!("views are '{}', which is no number", shorten(&written)))),
    }
}

fn signature(message: Element<'_>) -> Author {
    let signed = message.find("tgme_widget_message_from_author").map(Element::text);
    let signed = signed.filter(|name| !name.is_empty());
    signed.map_or(Author::Unknown, Author::Name)
}

/// The origin, where the page leads to a post of a public channel. An address without a post may be
/// a person's, a name without an address is hidden: neither is an origin.
fn forward(message: Element<'_>, own: &ChannelKey) -> Option<Forward> {
    let from = message.find("tgme_widget_message_forwarded_from_name")?;
    let (name, post) = address::public_post(from.attribute("href")?)?;
    let channel = ChannelKey::new(own.platform.clone(), &name);
    Some(Forward { channel, post: Some(post), published_at: None })
}

/// The post of the same channel that this one answers.
fn reply(message: Element<'_>, name: &str) -> Option<CompactString> {
    let reply = message.find(REPLY)?;
    let (to, post) = address::public_post(reply.attribute("href")?)?;
    to.eq_ignore_ascii_case(name).then_some(post)
}

/// Addresses in the text and of the page shown below it. Hashtags and mentions are no addresses.
fn links(message: Element<'_>, body: Option<Element<'_>>) -> Vec<String> {
    let in_text = body.into_iter().flat_map(Element::inside).filter(|e| !is_mention(*e));
    let shown = message.inside().filter(|e| e.has_class("tgme_widget_message_link_preview"));
    let (mut links, mut seen) = (Vec::new(), HashSet::new());
    for element in in_text.chain(shown).filter(|e| e.name() == "a") {
        let link = element.attribute("href").and_then(address::written);
        links.extend(link.filter(|link| seen.insert(link.clone())));
    }
    links
}

/// `@name`, which Telegram itself makes an address of.
fn is_mention(link: Element<'_>) -> bool {
    let text = link.text();
    let Some(mentioned) = text.strip_prefix('@') else { return false };
    let name = link.attribute("href").and_then(address::public_name);
    name.is_some_and(|name| name.eq_ignore_ascii_case(mentioned))
}

/// Classes of attached things and what they are. An album's pictures are one each.
const KINDS: [(&str, &str); 16] = [
    ("tgme_widget_message_photo_wrap", "image"),
    ("tgme_widget_message_video_player", "video"),
    ("tgme_widget_message_roundvideo_player", "video"),
    ("tgme_widget_message_roundvideo", "video"),
    ("tgme_widget_message_voice_player", "audio"),
    ("tgme_widget_message_voice", "audio"),
    ("tgme_widget_message_location_wrap", "location"),
    ("tgme_widget_message_sticker_wrap", "sticker"),
    ("tgme_widget_message_sticker", "sticker"),
    ("tgme_widget_message_tgsticker", "sticker"),
    ("tgme_widget_message_videosticker", "sticker"),
    ("tgme_widget_message_contact_wrap", "contact"),
    ("tgme_widget_message_poll", "poll"),
    ("tgme_widget_message_game", "other"),
    ("tgme_widget_message_invoice", "other"),
    // What the web does not show; inside of a player it is only what old browsers are told.
    ("message_media_not_supported", "other"),
];

fn media(message: Element<'_>) -> Vec<Media> {
    let kinds = message.pick(|element| {
        if element.has_class("tgme_widget_message_document_wrap") {
            let is_sound = element.find("tgme_widget_message_document_icon");
            let is_sound = is_sound.is_some_and(|icon| icon.has_class("audio"));
            return Some(if is_sound { "audio" } else { "file" });
        }
        KINDS.iter().find(|(class, _)| element.has_class(class)).map(|(_, kind)| *kind)
    });
    kinds.into_iter().map(kind).collect()
}

fn kind(kind: &str) -> Media {
    Media { kind: kind.into(), ..Media::default() }
}
