//! The shape of one Telethon line, both generations of names side by side.

use std::fmt;

use compact_str::CompactString;
use marsad_types::Media;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::json::{Nested, Object, Value};

#[derive(serde::Deserialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "_", borrow, default)]
    pub(super) name: Value<'a>,
    #[serde(rename = "_type", borrow, default)]
    pub(super) name_in_4cat: Value<'a>,
    #[serde(rename = "_chat", borrow, default)]
    pub(super) chat: Nested<Object<ChatLine<'a>>>,
    #[serde(borrow, default)]
    pub(super) id: Value<'a>,
    #[serde(borrow, default)]
    pub(super) date: Value<'a>,
    #[serde(borrow, default)]
    pub(super) edit_date: Value<'a>,
    #[serde(borrow, default)]
    pub(super) message: Value<'a>,
    #[serde(borrow, default)]
    pub(super) views: Value<'a>,
    #[serde(borrow, default)]
    pub(super) forwards: Value<'a>,
    #[serde(borrow, default)]
    pub(super) post: Value<'a>,
    #[serde(borrow, default)]
    pub(super) post_author: Value<'a>,
    #[serde(borrow, default)]
    pub(super) retrieved_utc: Value<'a>,
    #[serde(default)]
    pub(super) to_id: Nested<Object<Peer>>,
    #[serde(default)]
    pub(super) peer_id: Nested<Object<Peer>>,
    #[serde(default)]
    pub(super) from_id: Sender,
    #[serde(borrow, default)]
    pub(super) fwd_from: Nested<Object<Origin<'a>>>,
    #[serde(borrow, default)]
    pub(super) reply_to_msg_id: Value<'a>,
    #[serde(borrow, default)]
    pub(super) reply_to: Nested<Object<Reply<'a>>>,
    #[serde(borrow, default)]
    pub(super) entities: Nested<Vec<Nested<Object<Entity<'a>>>>>,
    #[serde(borrow, default)]
    pub(super) media: Nested<Object<MediaLine<'a>>>,
    #[serde(borrow, default)]
    pub(super) full_chat: Nested<Object<FullChat<'a>>>,
    #[serde(borrow, default)]
    pub(super) chats: Nested<Vec<Nested<Object<ChatLine<'a>>>>>,
    #[serde(borrow, default)]
    pub(super) title: Value<'a>,
    #[serde(borrow, default)]
    pub(super) username: Value<'a>,
    #[serde(borrow, default)]
    pub(super) restricted: Value<'a>,
    #[serde(borrow, default)]
    pub(super) participants_count: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct ChatLine<'a> {
    #[serde(borrow, default)]
    pub(super) id: Value<'a>,
    #[serde(borrow, default)]
    pub(super) title: Value<'a>,
    #[serde(borrow, default)]
    pub(super) username: Value<'a>,
    #[serde(borrow, default)]
    pub(super) date: Value<'a>,
    #[serde(borrow, default)]
    pub(super) restricted: Value<'a>,
    #[serde(borrow, default)]
    pub(super) participants_count: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct FullChat<'a> {
    #[serde(borrow, default)]
    pub(super) id: Value<'a>,
    #[serde(borrow, default)]
    pub(super) about: Value<'a>,
    #[serde(borrow, default)]
    pub(super) participants_count: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct Origin<'a> {
    #[serde(default)]
    pub(super) from_id: Sender,
    #[serde(borrow, default)]
    pub(super) channel_id: Value<'a>,
    #[serde(borrow, default)]
    pub(super) channel_post: Value<'a>,
    #[serde(borrow, default)]
    pub(super) date: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(super) reply_to_msg_id: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct Entity<'a> {
    #[serde(rename = "_", borrow, default)]
    pub(super) name: Value<'a>,
    #[serde(rename = "_type", borrow, default)]
    pub(super) name_in_4cat: Value<'a>,
    #[serde(borrow, default)]
    pub(super) offset: Value<'a>,
    #[serde(borrow, default)]
    pub(super) length: Value<'a>,
    #[serde(borrow, default)]
    pub(super) url: Value<'a>,
}

#[derive(serde::Deserialize)]
pub(super) struct MediaLine<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Value<'a>,
    #[serde(rename = "_type", borrow, default)]
    name_in_4cat: Value<'a>,
    #[serde(borrow, default)]
    document: Nested<Object<Document<'a>>>,
    #[serde(borrow, default)]
    webpage: Nested<Object<Page<'a>>>,
}

#[derive(serde::Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    mime_type: Value<'a>,
}

#[derive(serde::Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    url: Value<'a>,
}

impl MediaLine<'_> {
    /// The attached file by its kind, or the address of a shown page.
    pub(super) fn read(self) -> (Vec<Media>, Option<String>) {
        let name = self.name.text("_").ok().flatten();
        let name = name.or_else(|| self.name_in_4cat.text("_type").ok().flatten());
        let kind: &str = match capitalised(name.as_deref().unwrap_or("")).as_str() {
            "MessageMediaWebPage" => {
                let page = self.webpage.there();
                let url = page.and_then(|Object(page)| page.url.text("url").ok().flatten());
                return (Vec::new(), url.map(std::borrow::Cow::into_owned));
            }
            "" | "MessageMediaEmpty" => return (Vec::new(), None),
            "MessageMediaPhoto" => "image",
            "MessageMediaPoll" => "poll",
            "MessageMediaGeo" | "MessageMediaGeoLive" | "MessageMediaVenue" => "location",
            "MessageMediaDocument" => {
                let document = self.document.there();
                let mime =
                    document.and_then(|Object(d)| d.mime_type.text("mime_type").ok().flatten());
                kind_of_mime(mime.as_deref().unwrap_or(""))
            }
            _ => "other",
        };
        (vec![Media { kind: CompactString::from(kind), ..Media::default() }], None)
    }
}

/// A type name with a capital first letter.
pub(super) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// `image`, `video`, `audio` or `file`.
pub(crate) fn kind_of_mime(mime: &str) -> &'static str {
    match mime.split('/').next().unwrap_or("") {
        "image" => "image",
        "video" => "video",
        "audio" => "audio",
        _ => "file",
    }
}

/// A peer: exactly one of the three numbers is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Peer {
    channel_id: Option<i128>,
    user_id: Option<i128>,
}

impl Peer {
    pub(super) fn channel(&self) -> Option<i128> {
        self.channel_id
    }

    pub(super) fn person(&self) -> Option<i128> {
        self.user_id
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Written<'a> {
            #[serde(borrow, default)]
            channel_id: Value<'a>,
            #[serde(borrow, default)]
            user_id: Value<'a>,
        }
        let written = Written::deserialize(deserializer)?;
        Ok(Self { channel_id: written.channel_id.whole(), user_id: written.user_id.whole() })
    }
}

/// Who sent something: a number (a person, in old dumps) or a peer.
#[derive(Debug, Clone, Default)]
pub(super) enum Sender {
    #[default]
    Unknown,
    Person(i128),
    Peer(Peer),
}

impl<'de> Deserialize<'de> for Sender {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnySender)
    }
}

struct AnySender;

impl<'de> Visitor<'de> for AnySender {
    type Value = Sender;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Sender, E> {
        Ok(Sender::Unknown)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Sender, E> {
        Ok(Sender::Unknown)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Sender, E> {
        Ok(Sender::Unknown)
    }
    fn visit_str<E>(self, _: &str) -> Result<Sender, E> {
        Ok(Sender::Unknown)
    }
    fn visit_i64<E>(self, id: i64) -> Result<Sender, E> {
        Ok(Sender::Person(id.into()))
    }
    fn visit_u64<E>(self, id: u64) -> Result<Sender, E> {
        Ok(Sender::Person(id.into()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sender, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Sender::Unknown)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sender, A::Error> {
        let map = serde::de::value::MapAccessDeserializer::new(map);
        Peer::deserialize(map).map(Sender::Peer)
    }
}
