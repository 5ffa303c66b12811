//! One message of a Rocket.Chat room.

use marsad_types::{
    Author, ChannelKey, Forward, Media, Platform, Post, PostId, Resolution, Timestamp,
};
use serde::Deserialize;
use url::Url;

use crate::json::{Nested, Object, Reason, Value, missing};
use crate::rocketchat::Time;

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(rename = "_id", borrow, default)]
    id: Value<'a>,
    #[serde(borrow, default)]
    msg: Value<'a>,
    #[serde(borrow, default)]
    ts: Time<'a>,
    #[serde(rename = "_updatedAt", borrow, default)]
    updated_at: Time<'a>,
    #[serde(rename = "editedAt", borrow, default)]
    edited_at: Time<'a>,
    #[serde(borrow, default)]
    u: Nested<Object<User<'a>>>,
    #[serde(rename = "t", borrow, default)]
    system: Value<'a>,
    #[serde(borrow, default)]
    tmid: Value<'a>,
    #[serde(rename = "_hidden", borrow, default)]
    hidden: Value<'a>,
    #[serde(borrow, default)]
    attachments: Nested<Vec<Nested<Object<Attachment<'a>>>>>,
    #[serde(borrow, default)]
    urls: Nested<Vec<Nested<Object<Address<'a>>>>>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow, default)]
    username: Value<'a>,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    title: Value<'a>,
    #[serde(borrow, default)]
    title_link: Value<'a>,
    #[serde(borrow, default)]
    text: Value<'a>,
    #[serde(borrow, default)]
    description: Value<'a>,
    #[serde(borrow, default)]
    message_link: Value<'a>,
    #[serde(borrow, default)]
    ts: Time<'a>,
    #[serde(borrow, default)]
    image_url: Value<'a>,
    #[serde(borrow, default)]
    video_url: Value<'a>,
    #[serde(borrow, default)]
    audio_url: Value<'a>,
}

/// What a message is.
#[derive(Debug)]
pub(crate) enum Kind {
    Post(Box<Post>),
    /// A line that says that the post was removed, since when.
    Removed(String, Option<Timestamp>),
    /// Nobody outside the room can read it.
    Encrypted,
    /// A line of the system, or something that is kept from view.
    Silent,
}

pub(crate) fn read(key: &ChannelKey, message: Message<'_>) -> Result<Kind, Reason> {
    let id = message.id.required_id("_id")?;
    if matches!(message.hidden, Value::Bool(true)) {
        return Ok(Kind::Silent);
    }
    match message.system.text("t")?.as_deref() {
        None | Some("") => {}
        Some("rm") => {
            let at = message.edited_at.instant("editedAt")?;
            let at = at.or(message.updated_at.instant("_updatedAt")?);
            return Ok(Kind::Removed(id.into(), at));
        }
        Some("e2e") => return Ok(Kind::Encrypted),
        Some(_) => return Ok(Kind::Silent),
    }
    let published_at = message.ts.instant("ts")?.ok_or_else(|| missing("ts"))?;
    let written = message.msg.text("msg")?.unwrap_or_default();
    let mut shown = Shown::default();
    for Object(attachment) in objects(message.attachments) {
        shown.add(&key.platform, attachment)?;
    }
    let mut links = Vec::new();
    for Object(address) in objects(message.urls) {
        links.extend(address.url.text("urls.url")?.map(std::borrow::Cow::into_owned));
    }
    links.retain(|link| !shown.quotes.iter().any(|quote| quote.link == *link));
    for link in shown.links {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    let mut reply_to = message.tmid.optional_id("tmid")?;
    let text = without_quotes(&written, &shown.quotes);
    let mut forward = None;
    let mut quoted = String::new();
    for quote in shown.quotes {
        let Some(origin) = quote.origin else { continue };
        if origin.channel == *key {
            reply_to = reply_to.or(origin.post);
        } else if forward.is_none() {
            forward = Some(origin);
            quoted = quote.text;
        }
    }
    // What is only passed on shows the original's words.
    let own = [text, shown.texts.join("\n"), quoted];
    let text = own.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default();
    let user = message.u.there().map(|Object(user)| user.username.text("u.username"));
    let name = user.transpose()?.flatten().filter(|name| !name.is_empty());
    Ok(Kind::Post(Box::new(Post {
        resolution: Some(Resolution { ms: 1 }),
        edited_at: message.edited_at.instant("editedAt")?,
        forward,
        reply_to,
        links,
        media: shown.media,
        author: name.map_or(Author::Unknown, |name| Author::Name(name.into_owned())),
        ..Post::new(key.clone(), PostId::Given(id), published_at, text)
    })))
}

fn objects<'a, T>(
    list: Nested<Vec<Nested<Object<T>>>>,
) -> impl Iterator<Item = Object<T>> + use<'a, T>
where
    T: 'a,
{
    list.there().unwrap_or_default().into_iter().filter_map(Nested::there)
}

/// A message that another one shows.
struct Quote {
    /// Its address, as written.
    link: String,
    text: String,
    /// Where it stands, where that is a public channel.
    origin: Option<Forward>,
}

/// What attachments bring to a message.
#[derive(Default)]
struct Shown {
    quotes: Vec<Quote>,
    texts: Vec<String>,
    links: Vec<String>,
    media: Vec<Media>,
}

impl Shown {
    fn add(&mut self, platform: &Platform, attachment: Attachment<'_>) -> Result<(), Reason> {
        let text = attachment.text.text("attachments.text")?.unwrap_or_default().into_owned();
        if let Some(link) = attachment.message_link.text("message_link")? {
            let published_at = attachment.ts.instant("attachments.ts")?;
            let origin = origin(platform, &link).map(|found| Forward { published_at, ..found });
            self.quotes.push(Quote { link: link.into_owned(), text, origin });
            return Ok(());
        }
        let is_there = |value: &Value<'_>| matches!(value, Value::Text(text) if !text.is_empty());
        let is_file = matches!(&attachment.kind, Value::Text(kind) if kind == "file");
        let kind = match () {
            () if is_there(&attachment.image_url) => Some("image"),
            () if is_there(&attachment.video_url) => Some("video"),
            () if is_there(&attachment.audio_url) => Some("audio"),
            () if is_file => Some("file"),
            () => None,
        };
        if let Some(kind) = kind {
            self.media.push(Media { kind: kind.into(), ..Media::default() });
            // A file's title is its name, its address the server's own.
            let said = attachment.description.text("attachments.description")?;
            self.texts
                .extend(said.filter(|said| !said.is_empty()).map(std::borrow::Cow::into_owned));
            return Ok(());
        }
        let title = attachment.title.text("attachments.title")?.unwrap_or_default().into_owned();
        self.texts.extend([title, text].into_iter().filter(|part| !part.is_empty()));
        let link = attachment.title_link.text("attachments.title_link")?;
        self.links
            .extend(link.filter(|link| link.contains("://")).map(std::borrow::Cow::into_owned));
        Ok(())
    }
}

/// The post that a message's address names: `https://HOST/channel/NAME?msg=ID`. Groups and direct
/// messages are not public and are not named.
fn origin(platform: &Platform, link: &str) -> Option<Forward> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let (kind, name) = (parts.next()?, parts.next()?);
    if kind != "channel" {
        return None;
    }
    // The query's decoding is the path's, but for `+`, which stands for itself in a path.
    let written = format!("name={}", name.replace('+', "%2B"));
    let name = url::form_urlencoded::parse(written.as_bytes()).next()?.1.into_owned();
    let post = url.query_pairs().find(|(field, _)| field == "msg").map(|(_, id)| id.into());
    let channel = ChannelKey::new(platform.clone(), &format!("{host}{port}/{name}"));
    Some(Forward { channel, post, published_at: None })
}

/// A text without the addresses of what it quotes: `[ ](ADDRESS)` before the words, which readers do
/// not see.
fn without_quotes(written: &str, quotes: &[Quote]) -> String {
    let mut text = written.trim_start();
    for quote in quotes {
        let mark = format!("[ ]({})", quote.link);
        text = text.strip_prefix(mark.as_str()).unwrap_or(text).trim_start();
    }
    if quotes.is_empty() { written.to_owned() } else { text.to_owned() }
}
