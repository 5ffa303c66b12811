//! Telethon's `to_json`, one object a line; also the Pushshift Telegram files and 4CAT's raw export.
//!
//! Both generations of field names are read: `to_id` and `peer_id`, origins as numbers and as
//! peers. Service messages are no posts; accounts of people are not imported. People who write in
//! a group are named by their number, which becomes a pseudonym when it is filed.

pub(crate) mod line;

use marsad_types::{
    Author, Channel, ChannelKey, Forward, Platform, Post, PostId, Reading, Resolution, Status,
    Taken, TakenBy, Timestamp,
};

use crate::json::{self, Nested, Object, Reason, missing};
use crate::lines::{Problems, each_line};
use crate::{Chunk, Manifest};
use line::{ChatLine, Entity, Line, Sender};

/// The clock of Telegram counts seconds.
pub(crate) const RESOLUTION: Resolution = Resolution { ms: 1000 };

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let context = Context { platform, manifest };
    let (mut people, mut undated) = (0u64, 0u64);
    each_line(chunk, reading, |bytes, number, reading| {
        let understood = context.read_line(bytes, number, reading);
        match understood {
            Ok(Kind::Person) => people += 1,
            Ok(Kind::Undated) => undated += 1,
            Ok(Kind::Filed | Kind::Service) => {}
            Err(Reason(reason)) => reading.problem(number, reason),
        }
    });
    if people > 0 {
        let reason = format!("{people} accounts of people are left out; only channels are read");
        reading.problem(chunk.first_line, reason);
    }
    note_undated(undated, chunk.first_line, reading);
}

/// The one problem for channels whose subscribers were counted nobody says when.
pub(crate) fn note_undated(channels: u64, line: u64, reading: &mut Reading) {
    if channels > 0 {
        let reason = format!(
            "no time of retrieval is stated; the subscribers of {channels} channels are left out"
        );
        reading.problem(line, reason);
    }
}

/// What a line was.
enum Kind {
    Filed,
    /// A channel without its subscribers: it is not said when they were counted.
    Undated,
    Service,
    Person,
}

struct Context<'m> {
    platform: Platform,
    manifest: &'m Manifest,
}

impl Context<'_> {
    fn read_line(&self, bytes: &[u8], number: u64, reading: &mut Reading) -> Result<Kind, Reason> {
        let mut line: Line<'_> = json::object(bytes)?;
        let name = line.name.take().text("_")?.or(line.name_in_4cat.take().text("_type")?);
        // MTProto's own JSON writes the same names with a small first letter.
        match name.as_deref().map(line::capitalised).as_deref() {
            Some("Message") => {
                let post = self.post(line, number, reading)?;
                reading.posts.push(post);
                Ok(Kind::Filed)
            }
            Some("MessageService") => {
                reading.taken.extend(self.service(line, number));
                Ok(Kind::Service)
            }
            Some("MessageEmpty") => Ok(Kind::Service),
            Some("ChatFull") => self.full_chat(line, number, reading),
            Some("Channel") => {
                let seen_at = line.retrieved_utc.instant("retrieved_utc")?;
                let chat = ChatLine {
                    id: line.id,
                    title: line.title,
                    username: line.username,
                    date: line.date,
                    restricted: line.restricted,
                    participants_count: line.participants_count,
                };
                self.channel(chat, Details { seen_at, number, ..Details::default() }, reading)
            }
            Some("User" | "UserFull") => Ok(Kind::Person),
            Some(other) => {
                let shown = json::shorten(other);
                Err(Reason(format!("type '{shown}' is not one that is read here")))
            }
            None => Err(missing("_")),
        }
    }

    fn key(&self, number: i128) -> ChannelKey {
        ChannelKey::new(self.platform.clone(), &bare_id(number))
    }

    /// A line of the platform in a channel.
    fn service(&self, line: Line<'_>, number: u64) -> Option<Taken> {
        let peer = line.peer_id.there().or_else(|| line.to_id.there()).map(|Object(peer)| peer);
        let chat = line.chat.there().map(|Object(chat)| chat);
        let channel = match peer {
            Some(peer) => peer.channel()?,
            None => chat.and_then(|chat| chat.id.whole())?,
        };
        let id = line.id.required_id("id").ok()?;
        Some(Taken { channel: self.key(channel), id, by: TakenBy::Service, line: number })
    }

    fn post(&self, line: Line<'_>, number: u64, reading: &mut Reading) -> Result<Post, Reason> {
        let peer = line.peer_id.there().or_else(|| line.to_id.there()).map(|Object(peer)| peer);
        let chat = line.chat.there().map(|Object(chat)| chat);
        let channel = match peer {
            Some(peer) => peer.channel().ok_or_else(|| {
                Reason("the message is in a private chat; only channels are read".to_owned())
            })?,
            None => chat.and_then(|chat| chat.id.whole()).ok_or_else(|| missing("peer_id"))?,
        };
        let id = PostId::Given(line.id.required_id("id")?);
        let published_at = line.date.instant("date")?.ok_or_else(|| missing("date"))?;
        let text = line.message.text("message")?.unwrap_or_default().into_owned();
        let entities = line.entities.there().unwrap_or_default();
        let mut links: Vec<String> = entities
            .into_iter()
            .filter_map(Nested::there)
            .filter_map(|Object(entity)| link_of(entity, &text))
            .collect();
        let attached = line.media.there().map(|Object(media)| media.read());
        let (media, page) = attached.unwrap_or_default();
        links.extend(page.filter(|page| !links.contains(page)).into_iter().collect::<Vec<_>>());
        let is_post = matches!(line.post, json::Value::Bool(true));
        let origin = line.fwd_from.there().map(|Object(origin)| origin);
        let reply = line.reply_to.there().and_then(|Object(reply)| reply.reply_to_msg_id.whole());
        let reply = reply.or_else(|| line.reply_to_msg_id.whole());
        Ok(Post {
            resolution: Some(RESOLUTION),
            observed_first: reading.without(number, line.retrieved_utc.instant("retrieved_utc")),
            edited_at: reading.without(number, line.edit_date.instant("edit_date")),
            forward: origin.and_then(|origin| self.forward(origin, number, reading)),
            reply_to: reply.map(|id| compact_str::format_compact!("{id}")),
            links,
            media,
            views: reading.without(number, line.views.count("views")),
            forwards: reading.without(number, line.forwards.count("forwards")),
            author: author(line.post_author.text("post_author")?, line.from_id, is_post),
            line: number,
            ..Post::new(self.key(channel), id, published_at, text)
        })
    }

    /// The origin, when it is a channel; a person or a hidden name is none.
    fn forward(
        &self,
        origin: line::Origin<'_>,
        line: u64,
        reading: &mut Reading,
    ) -> Option<Forward> {
        let of_peer = match origin.from_id {
            Sender::Peer(peer) => peer.channel(),
            Sender::Person(_) | Sender::Unknown => None,
        };
        let channel = of_peer.or_else(|| origin.channel_id.whole())?;
        let post = reading.without(line, origin.channel_post.id("fwd_from.channel_post"));
        let published_at = reading.without(line, origin.date.instant("fwd_from.date"));
        Some(Forward { channel: self.key(channel), post, published_at })
    }

    fn full_chat(
        &self,
        line: Line<'_>,
        number: u64,
        reading: &mut Reading,
    ) -> Result<Kind, Reason> {
        let Object(full) = line.full_chat.there().ok_or_else(|| missing("full_chat"))?;
        let id = full.id.whole();
        let chats = line.chats.there().unwrap_or_default();
        let mut chats = chats.into_iter().filter_map(Nested::there).map(|Object(c)| c);
        let chat = chats.find(|chat| id.is_none() || chat.id.whole() == id);
        let details = Details {
            description: full.about.text("about")?.map(std::borrow::Cow::into_owned),
            subscribers: reading
                .without(number, full.participants_count.count("participants_count")),
            seen_at: line.retrieved_utc.instant("retrieved_utc")?,
            number,
        };
        self.channel(chat.ok_or_else(|| missing("chats"))?, details, reading)
    }

    /// One observation. The dumps do not say when they looked: without a time of retrieval the
    /// only instant at which the channel is known to have been there is its creation, and counts
    /// of another day are left out.
    fn channel(
        &self,
        chat: ChatLine<'_>,
        details: Details,
        reading: &mut Reading,
    ) -> Result<Kind, Reason> {
        let number = details.number;
        let id = chat.id.whole().ok_or_else(|| missing("id"))?;
        let handle = chat.username.text("username")?.filter(|name| !name.is_empty());
        let handle = handle.ok_or_else(|| {
            Reason("the channel has no public name; only public channels are read".to_owned())
        })?;
        let created_at = reading.without(number, chat.date.instant("date"));
        let taken = self.manifest.observed_at.as_deref().and_then(|time| time.parse().ok());
        let seen_at = details.seen_at.or(taken);
        let counted = reading.without(number, chat.participants_count.count("participants_count"));
        let subscribers = details.subscribers.or(counted);
        let undated = seen_at.is_none() && subscribers.is_some();
        let restricted = matches!(chat.restricted, json::Value::Bool(true));
        reading.channels.push(Channel {
            handle: Some(handle.into_owned()),
            title: chat.title.text("title")?.map(std::borrow::Cow::into_owned),
            description: details.description.filter(|about| !about.is_empty()),
            created_at,
            subscribers: subscribers.filter(|_| seen_at.is_some()),
            status: if restricted { Status::Restricted } else { Status::Alive },
            status_cause: restricted.then(|| "restricted".to_owned()),
            line: number,
            ..Channel::seen(
                self.key(id),
                seen_at.or(created_at).ok_or_else(|| missing("retrieved_utc"))?,
            )
        });
        Ok(if undated { Kind::Undated } else { Kind::Filed })
    }
}

/// What stands beside the chat itself.
#[derive(Default)]
struct Details {
    description: Option<String>,
    subscribers: Option<u64>,
    seen_at: Option<Timestamp>,
    number: u64,
}

fn author(signed: Option<std::borrow::Cow<'_, str>>, sender: Sender, is_post: bool) -> Author {
    match (signed, sender) {
        (Some(name), _) if !name.is_empty() => Author::Name(name.into_owned()),
        (_, Sender::Person(id)) if !is_post => Author::Name(id.to_string()),
        (_, Sender::Peer(peer)) if !is_post => {
            peer.person().map_or(Author::Unknown, |id| Author::Name(id.to_string()))
        }
        _ => Author::Unknown,
    }
}

/// The address of an entity: its own, or the part of the text it covers.
fn link_of(entity: Entity<'_>, text: &str) -> Option<String> {
    let name = entity.name.text("_").ok()?.or(entity.name_in_4cat.text("_type").ok()?)?;
    match line::capitalised(&name).as_str() {
        "MessageEntityTextUrl" => entity.url.text("url").ok()?.map(std::borrow::Cow::into_owned),
        "MessageEntityUrl" => {
            let start = usize::try_from(entity.offset.whole()?).ok()?;
            let length = usize::try_from(entity.length.whole()?).ok()?;
            utf16_part(text, start, length).map(str::to_owned)
        }
        _ => None,
    }
}

/// The part of a text that Telegram names by UTF-16 units.
pub(crate) fn utf16_part(text: &str, start: usize, length: usize) -> Option<&str> {
    let (mut units, mut from) = (0usize, None);
    for (at, c) in text.char_indices().chain(std::iter::once((text.len(), '\0'))) {
        if units == start {
            from = Some(at);
        }
        if units == start.checked_add(length)? {
            return text.get(from?..at).filter(|part| !part.is_empty());
        }
        units += c.len_utf16();
    }
    None
}

/// Telegram's bare number of a channel from any of its written forms (`-100…` of the Bot API).
pub(crate) fn bare_id(number: i128) -> String {
    const BOT_API: i128 = 1_000_000_000_000;
    let bare = if number < -BOT_API { -number - BOT_API } else { number.abs() };
    bare.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_of_a_channel_is_the_same_number() {
        for number in [1_900_000_001, -1_900_000_001, -1_001_900_000_001] {
            assert_eq!(bare_id(number), "1900000001");
        }
    }

    #[test]
    fn parts_are_counted_in_utf16_units() {
        let text = "🌧 شاهد https://example.org/a.";
        assert_eq!(utf16_part(text, 8, 21), Some("https://example.org/a"));
        assert_eq!(utf16_part(text, 1, 3), None, "half a pair is no part");
        assert_eq!(utf16_part(text, 8, 22), Some("https://example.org/a."));
        assert_eq!(utf16_part(text, 8, 23), None);
    }
}
