//! Objects of the type language, made of what the mock holds.

use grammers_tl_types::{Deserializable, Serializable, enums, types};

use super::super::draft::{Draft, LinkPreview, Media, Reaction};
use super::super::post::Post;
use super::super::{Channel, Status};

/// An object in which nothing is said that need not be: read from these bytes.
fn blank<T: Deserializable>(parts: &[&[u8]]) -> Option<T> {
    T::from_bytes(&parts.concat()).ok()
}

const ZERO: [u8; 4] = [0; 4];
const LONG: [u8; 8] = [0; 8];

fn seconds(ms: i64) -> i32 {
    i32::try_from(ms.div_euclid(1000)).unwrap_or(i32::MAX)
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The number by which the type language knows it.
pub(super) fn bare(channel: &Channel) -> i64 {
    -channel.id
}

fn peer(channel: &Channel) -> enums::Peer {
    types::PeerChannel { channel_id: bare(channel) }.into()
}

fn chat(channel: &Channel, access: i64, now_ms: i64) -> Option<enums::Chat> {
    let empty = enums::ChatPhoto::Empty.to_bytes();
    let made: types::Channel = blank(&[&ZERO, &ZERO, &LONG, &ZERO, &empty, &ZERO])?;
    let status = channel.status(now_ms);
    let is_group = matches!(status, Status::Group { .. });
    let has_name = !matches!(status, Status::Private { .. });
    Some(enums::Chat::Channel(types::Channel {
        left: true,
        broadcast: !is_group,
        megagroup: is_group,
        id: bare(channel),
        access_hash: Some(access),
        title: channel.title.at(now_ms).cloned().unwrap_or_default(),
        username: has_name.then(|| channel.name(now_ms).to_owned()),
        date: channel.names.all().first().map_or(0, |(at, _)| seconds(*at)),
        ..made
    }))
}

fn user(id: i64, name: &str) -> Option<enums::User> {
    let made: types::User = blank(&[&ZERO, &ZERO, &LONG])?;
    Some(enums::User::User(types::User { id, first_name: Some(name.to_owned()), ..made }))
}

/// A name that leads to a person.
pub(super) fn person(channel: &Channel) -> Option<Vec<u8>> {
    let id = bare(channel);
    let users = vec![user(id, "Duty Officer")?];
    let peer = types::PeerUser { user_id: id }.into();
    let found = types::contacts::ResolvedPeer { peer, chats: Vec::new(), users };
    Some(enums::contacts::ResolvedPeer::from(found).to_bytes())
}

/// A name that leads to a channel or a group.
pub(super) fn resolved(channel: &Channel, access: i64, now_ms: i64) -> Option<Vec<u8>> {
    let chats = vec![chat(channel, access, now_ms)?];
    let found = types::contacts::ResolvedPeer { peer: peer(channel), chats, users: Vec::new() };
    Some(enums::contacts::ResolvedPeer::from(found).to_bytes())
}

/// The channel itself.
pub(super) fn full(channel: &Channel, access: i64, now_ms: i64) -> Option<Vec<u8>> {
    let photo = enums::Photo::Empty(types::PhotoEmpty { id: 0 }).to_bytes();
    let notify: types::PeerNotifySettings = blank(&[&ZERO])?;
    let notify = enums::PeerNotifySettings::from(notify).to_bytes();
    let bots = Vec::<enums::BotInfo>::new().to_bytes();
    let made: types::ChannelFull =
        blank(&[&ZERO, &ZERO, &LONG, &ZERO, &ZERO, &ZERO, &ZERO, &photo, &notify, &bots, &ZERO])?;
    let full = types::ChannelFull {
        id: bare(channel),
        about: channel.description.at(now_ms).cloned().unwrap_or_default(),
        participants_count: channel.subscribers.at(now_ms).map(|number| count(*number)),
        ..made
    };
    let chats = vec![chat(channel, access, now_ms)?];
    let full_chat = enums::ChatFull::ChannelFull(full);
    let answer = types::messages::ChatFull { full_chat, chats, users: Vec::new() };
    Some(enums::messages::ChatFull::from(answer).to_bytes())
}

/// Messages of a channel, with everybody who is named in them.
pub(super) fn page(
    channel: &Channel,
    access: i64,
    (messages, now_ms): (Vec<enums::Message>, i64),
) -> Option<Vec<u8>> {
    let authors = messages.iter().filter_map(|message| match message {
        enums::Message::Message(message) => message.from_id.clone(),
        _ => None,
    });
    let users = authors.filter_map(|peer| match peer {
        enums::Peer::User(peer) => user(peer.user_id, "Duty Officer"),
        _ => None,
    });
    let answer = types::messages::ChannelMessages {
        inexact: false,
        pts: 1,
        count: count(channel.posts.len() as u64),
        offset_id_offset: None,
        topics: Vec::new(),
        chats: vec![chat(channel, access, now_ms)?],
        users: users.collect(),
        messages,
    };
    Some(enums::messages::Messages::from(answer).to_bytes())
}

/// A message that is not there.
pub(super) fn empty(id: i32) -> enums::Message {
    types::MessageEmpty { id, peer_id: None }.into()
}

/// The messages of a post: one, or one for each picture of an album.
pub(super) fn messages(
    (channel, channels): (&Channel, &[Channel]),
    id: u32,
    post: &Post,
    now_ms: i64,
) -> Option<Vec<enums::Message>> {
    if post.draft.service {
        return Some(vec![service(channel, id, post)?]);
    }
    let parts = post.messages();
    let first = message((channel, channels), id, post, now_ms)?;
    let mut messages = Vec::new();
    for part in 0..parts {
        let mut message = first.clone();
        message.id = count(u64::from(id + part));
        message.grouped_id = (parts > 1).then(|| bare(channel) * 1000 + i64::from(id));
        if part > 0 {
            message.message = String::new();
            message.entities = None;
        }
        messages.push(message.into());
    }
    Some(messages)
}

fn service(channel: &Channel, id: u32, post: &Post) -> Option<enums::Message> {
    let title = channel.title.all().first().map(|(_, title)| title.clone()).unwrap_or_default();
    let action: enums::MessageAction = if post.draft.text == "Channel created" {
        types::MessageActionChannelCreate { title }.into()
    } else {
        types::MessageActionCustomAction { message: post.draft.text.clone() }.into()
    };
    let (of, action) = (peer(channel).to_bytes(), action.to_bytes());
    let made: types::MessageService = blank(&[&ZERO, &ZERO, &of, &ZERO, &action])?;
    let (id, date) = (count(u64::from(id)), seconds(post.at_ms));
    Some(types::MessageService { id, date, post: true, ..made }.into())
}

fn message(
    (channel, channels): (&Channel, &[Channel]),
    id: u32,
    post: &Post,
    now_ms: i64,
) -> Option<types::Message> {
    let of = peer(channel).to_bytes();
    let made: types::Message = blank(&[&ZERO, &ZERO, &ZERO, &of, &ZERO, &ZERO])?;
    let draft = &post.draft;
    let text = post.text(now_ms).to_owned();
    let (edits, edited_at) = post.texts.changes(now_ms);
    let is_group = matches!(channel.status(now_ms), Status::Group { .. });
    let author = types::PeerUser { user_id: 7_000_000_001 + i64::from(id % 3) };
    let reactions = reactions(draft);
    Some(types::Message {
        post: !is_group,
        id: count(u64::from(id)),
        from_id: is_group.then(|| author.into()),
        fwd_from: draft.forward.as_ref().and_then(|_| forward(draft, channels, post.at_ms)),
        reply_to: draft.reply_to.and_then(reply),
        date: seconds(post.at_ms),
        entities: links(&text),
        message: text,
        media: media(draft)?,
        views: post.views.at(now_ms).map(|views| count(*views)),
        forwards: Some(0),
        edit_date: edited_at.filter(|_| edits > 0).map(seconds),
        post_author: draft.signature.clone(),
        reactions,
        ..made
    })
}

fn reply(id: u32) -> Option<enums::MessageReplyHeader> {
    let made: types::MessageReplyHeader = blank(&[&ZERO])?;
    let reply_to_msg_id = Some(count(u64::from(id)));
    Some(types::MessageReplyHeader { reply_to_msg_id, ..made }.into())
}

/// A public source that the mock holds is named by its number; any other by what it is called.
fn forward(draft: &Draft, channels: &[Channel], at_ms: i64) -> Option<enums::MessageFwdHeader> {
    let made: types::MessageFwdHeader = blank(&[&ZERO, &ZERO])?;
    let origin = draft.forward.as_ref()?;
    let post = origin.post.as_ref().and_then(|post| post.split_once('/'));
    let known = post.and_then(|(name, id)| {
        let channel = channels.iter().find(|channel| channel.is_called(name, i64::MAX))?;
        Some((peer(channel), id.parse().ok()))
    });
    let date = seconds(at_ms);
    let header = match known {
        Some((from, id)) => {
            types::MessageFwdHeader { from_id: Some(from), channel_post: id, date, ..made }
        }
        None => types::MessageFwdHeader { from_name: Some(origin.name.clone()), date, ..made },
    };
    Some(header.into())
}

fn reactions(draft: &Draft) -> Option<enums::MessageReactions> {
    let results = draft.reactions.iter().map(|(reaction, number)| {
        let reaction = match reaction {
            Reaction::Emoji(emoticon) => types::ReactionEmoji { emoticon: emoticon.clone() }.into(),
            Reaction::Custom(id) => {
                types::ReactionCustomEmoji { document_id: id.cast_signed() }.into()
            }
            Reaction::Paid => enums::Reaction::Paid,
        };
        types::ReactionCount { chosen_order: None, reaction, count: count(*number) }.into()
    });
    let results: Vec<enums::ReactionCount> = results.collect();
    let made = types::MessageReactions {
        min: false,
        can_see_list: false,
        reactions_as_tags: false,
        results,
        recent_reactions: None,
        top_reactors: None,
    };
    (!draft.reactions.is_empty()).then(|| made.into())
}

/// Addresses in a text, by their place in UTF-16.
fn links(text: &str) -> Option<Vec<enums::MessageEntity>> {
    let (mut entities, mut offset) = (Vec::new(), 0);
    for word in text.split_inclusive([' ', '\n']) {
        let length = word.trim_end().encode_utf16().count();
        if word.starts_with("https://") || word.starts_with("http://") {
            let (offset, length) = (count(offset), count(length as u64));
            entities.push(types::MessageEntityUrl { offset, length }.into());
        }
        offset += word.encode_utf16().count() as u64;
    }
    (!entities.is_empty()).then_some(entities)
}

/// `Some(None)` where nothing is attached.
#[expect(clippy::option_option, reason = "nothing attached is not the same as nothing made")]
fn media(draft: &Draft) -> Option<Option<enums::MessageMedia>> {
    let Some(attached) = &draft.media else {
        return match &draft.link_preview {
            Some(preview) => page_shown(preview).map(Some),
            None => Some(None),
        };
    };
    let media = match attached {
        Media::Photo | Media::Album(_) => {
            let made: types::MessageMediaPhoto = blank(&[&ZERO])?;
            made.into()
        }
        Media::Video(s) | Media::Voice(s) => {
            let is_voice = matches!(attached, Media::Voice(_));
            file(if is_voice { "audio/ogg" } else { "video/mp4" }, Some((is_voice, *s)))?
        }
        Media::Round => file("video/mp4", Some((false, 10)))?,
        Media::File(..) => file("application/pdf", None)?,
        Media::Sticker => file("image/webp", None)?,
        Media::Location(lat, long) => {
            let place =
                types::GeoPoint { long: *long, lat: *lat, access_hash: 0, accuracy_radius: None };
            types::MessageMediaGeo { geo: place.into() }.into()
        }
        Media::Poll(question, options, _) => poll(question, options)?,
        Media::NotSupported => enums::MessageMedia::Unsupported,
    };
    Some(Some(media))
}

fn page_shown(preview: &LinkPreview) -> Option<enums::MessageMedia> {
    let address = preview.address.clone();
    let made: types::WebPage = blank(&[&ZERO, &LONG, &ZERO, &ZERO, &ZERO])?;
    let page = types::WebPage { url: address.clone(), display_url: address, ..made };
    let page = enums::WebPage::Page(page).to_bytes();
    let made: types::MessageMediaWebPage = blank(&[&ZERO, &page])?;
    Some(made.into())
}

fn file(mime_type: &str, lasts: Option<(bool, u32)>) -> Option<enums::MessageMedia> {
    let attributes = lasts.map(|(is_voice, s)| -> enums::DocumentAttribute {
        if is_voice {
            let (title, performer, waveform) = (None, None, None);
            let duration = count(u64::from(s));
            types::DocumentAttributeAudio { voice: true, duration, title, performer, waveform }
                .into()
        } else {
            types::DocumentAttributeVideo {
                round_message: false,
                supports_streaming: false,
                nosound: false,
                duration: f64::from(s),
                w: 640,
                h: 360,
                preload_prefix_size: None,
                video_start_ts: None,
                video_codec: None,
            }
            .into()
        }
    });
    let document = types::Document {
        id: 1,
        access_hash: 1,
        file_reference: Vec::new(),
        date: 0,
        mime_type: mime_type.to_owned(),
        size: 1,
        thumbs: None,
        video_thumbs: None,
        dc_id: 2,
        attributes: attributes.into_iter().collect(),
    };
    let made: types::MessageMediaDocument = blank(&[&ZERO])?;
    let document = Some(enums::Document::Document(document));
    Some(types::MessageMediaDocument { document, ..made }.into())
}

fn words(text: &str) -> enums::TextWithEntities {
    types::TextWithEntities { text: text.to_owned(), entities: Vec::new() }.into()
}

fn poll(question: &str, options: &[(String, u8)]) -> Option<enums::MessageMedia> {
    let asked = words(question).to_bytes();
    let none = Vec::<enums::PollAnswer>::new().to_bytes();
    let made: types::Poll = blank(&[&LONG, &ZERO, &asked, &none, &LONG])?;
    let answers = options.iter().map(|(option, _)| {
        let text = words(option);
        let (media, added_by, date) = (None, None, None);
        types::PollAnswer { text, option: Vec::new(), media, added_by, date }.into()
    });
    let poll = types::Poll { answers: answers.collect(), ..made };
    let results: types::PollResults = blank(&[&ZERO])?;
    let media = types::MessageMediaPoll {
        poll: poll.into(),
        results: results.into(),
        attached_media: None,
    };
    Some(media.into())
}
