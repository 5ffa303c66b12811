//! What a visit needs of an answer: numbers, and whether what is shown is public.

use std::collections::BTreeSet;

use grammers_tl_types::{Deserializable, Serializable, enums, types};

use super::address::PAGE;
use crate::Answer;

/// A channel as an answer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) id: i64,
    pub(super) access: Option<i64>,
    /// The name by which everybody can find it.
    pub(super) name: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Channel,
    Group,
    /// The messages that readers send to a channel.
    Letters,
}

impl Shown {
    fn of(chat: &enums::Chat) -> Option<Self> {
        let enums::Chat::Channel(channel) = chat else { return None };
        let kind = match (channel.monoforum, channel.broadcast) {
            (true, _) => Kind::Letters,
            (false, true) => Kind::Channel,
            (false, false) => Kind::Group,
        };
        let bought = channel.usernames.iter().flatten().find_map(|name| {
            let enums::Username::Username(name) = name;
            name.active.then(|| name.username.clone())
        });
        let own = channel.username.clone().filter(|name| !name.is_empty());
        let name = own.or(bought);
        Some(Self { id: channel.id, access: channel.access_hash, name, kind })
    }

    /// Why it is not watched.
    pub(super) fn refusal(&self, may_read_groups: bool) -> Option<&'static str> {
        match (self.kind, &self.name) {
            (Kind::Letters, _) => Some("the letters that readers send to a channel"),
            (_, None) => Some("it has no public name"),
            (Kind::Group, _) if !may_read_groups => Some(
                "a public group, not a channel; marsad.toml allows those with groups = true under [telegram]",
            ),
            (Kind::Group | Kind::Channel, Some(_)) => None,
        }
    }
}

/// What stands behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    Channel(Shown),
    /// A channel that does not let us in.
    Forbidden,
    /// Something that is never watched.
    Other(&'static str),
}

impl Named {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let enums::contacts::ResolvedPeer::Peer(found) =
            enums::contacts::ResolvedPeer::from_bytes(body).ok()?;
        Self::of(&found)
    }

    fn of(found: &types::contacts::ResolvedPeer) -> Option<Self> {
        let id = match &found.peer {
            enums::Peer::User(_) => return Some(Self::Other("a person's account or a bot")),
            enums::Peer::Chat(_) => return Some(Self::Other("a private group")),
            enums::Peer::Channel(channel) => channel.channel_id,
        };
        let chat = found.chats.iter().find(|chat| chat.id() == id)?;
        match Shown::of(chat) {
            Some(shown) => Some(Self::Channel(shown)),
            None => matches!(chat, enums::Chat::ChannelForbidden(_)).then_some(Self::Forbidden),
        }
    }
}

/// The channel in the answer to a question for it.
pub(super) fn full(body: &[u8], id: i64) -> Option<Shown> {
    let enums::messages::ChatFull::Full(full) = enums::messages::ChatFull::from_bytes(body).ok()?;
    full.chats.iter().filter_map(Shown::of).find(|shown| shown.id == id)
}

/// One message, as far as paging goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    id: i32,
    group: Option<i64>,
    is_post: bool,
}

/// Messages of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// By number, the lowest first; without those that are not there.
    seen: Vec<Seen>,
    /// Those that are not there any more.
    pub(super) gone: BTreeSet<i32>,
    pub(super) channel: Option<Shown>,
}

impl Page {
    pub(super) fn read(body: &[u8], id: i64) -> Option<Self> {
        let parts = Parts::of(enums::messages::Messages::from_bytes(body).ok()?)?;
        let (mut seen, mut gone) = (Vec::new(), BTreeSet::new());
        for message in &parts.messages {
            match message {
                enums::Message::Empty(empty) => drop(gone.insert(empty.id)),
                enums::Message::Message(post) => {
                    seen.push(Seen { id: post.id, group: post.grouped_id, is_post: true });
                }
                enums::Message::Service(line) => {
                    seen.push(Seen { id: line.id, group: None, is_post: false });
                }
            }
        }
        seen.sort_unstable();
        let channel = parts.chats.iter().filter_map(Shown::of).find(|shown| shown.id == id);
        Some(Self { seen, gone, channel })
    }

    /// There may be more below it.
    pub(super) fn is_full(&self) -> bool {
        self.seen.len() + self.gone.len() >= PAGE as usize
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    pub(super) fn highest(&self) -> Option<i32> {
        self.seen.last().map(|seen| seen.id)
    }

    /// The group that it may end in the middle of: its messages are read with the next page.
    fn open(&self) -> Option<i64> {
        self.seen.first()?.group.filter(|_| self.is_full())
    }

    fn closed(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        let open = self.open();
        self.seen.iter().filter(move |seen| open.is_none() || seen.group != open)
    }

    /// Everything from this number up to the page's top is on it whole.
    pub(super) fn lowest(&self) -> Option<i32> {
        self.closed().next().or(self.seen.first()).map(|seen| seen.id)
    }

    /// Its posts, an album under its lowest number.
    pub(super) fn posts(&self) -> BTreeSet<i32> {
        let mut groups = BTreeSet::new();
        let posts = self.closed().filter(|seen| seen.is_post);
        posts
            .filter(|seen| seen.group.is_none_or(|group| groups.insert(group)))
            .map(|s| s.id)
            .collect()
    }
}

/// What the kinds of answers with messages have in common.
struct Parts {
    messages: Vec<enums::Message>,
    chats: Vec<enums::Chat>,
}

impl Parts {
    fn of(answer: enums::messages::Messages) -> Option<Self> {
        use enums::messages::Messages;
        let (messages, chats) = match answer {
            Messages::Messages(found) => (found.messages, found.chats),
            Messages::Slice(found) => (found.messages, found.chats),
            Messages::ChannelMessages(found) => (found.messages, found.chats),
            Messages::NotModified(_) => return None,
        };
        Some(Self { messages, chats })
    }
}

/// A name's answer without what it says of people and of what is not public.
pub(super) fn reduced_name(answer: Answer, may_read_groups: bool) -> (Answer, u64) {
    let Ok(enums::contacts::ResolvedPeer::Peer(mut found)) =
        enums::contacts::ResolvedPeer::from_bytes(&answer.body)
    else {
        return (answer, 0);
    };
    let is_fine = match Named::of(&found) {
        Some(Named::Channel(shown)) => shown.refusal(may_read_groups).is_none(),
        Some(Named::Forbidden) => true,
        Some(Named::Other(_)) | None => false,
    };
    let left_out = found.users.len() + if is_fine { 0 } else { found.chats.len() };
    if left_out == 0 {
        return (answer, 0);
    }
    found.users.clear();
    if !is_fine {
        found.chats = found.chats.into_iter().filter_map(nameless).collect();
    }
    let body = enums::contacts::ResolvedPeer::Peer(found).to_bytes();
    (Answer { body, ..answer }, left_out as u64)
}

/// What says why it is refused, and no more: neither what it calls itself nor its picture.
fn nameless(chat: enums::Chat) -> Option<enums::Chat> {
    let enums::Chat::Channel(channel) = chat else { return None };
    let (title, photo) = (String::new(), enums::ChatPhoto::Empty);
    Some(enums::Chat::Channel(types::Channel { title, photo, ..channel }))
}

/// A page of a channel that is not public any more, without what stands on it.
pub(super) fn reduced_page(answer: Answer, id: i64, may_read_groups: bool) -> (Answer, u64) {
    let Ok(page) = enums::messages::Messages::from_bytes(&answer.body) else { return (answer, 0) };
    let enums::messages::Messages::ChannelMessages(mut page) = page else { return (answer, 0) };
    let shown = page.chats.iter().filter_map(Shown::of).find(|shown| shown.id == id);
    if shown.is_none_or(|shown| shown.refusal(may_read_groups).is_none()) {
        return (answer, 0);
    }
    let before = page.messages.len() + page.users.len() + page.chats.len();
    page.messages.clear();
    page.users.clear();
    page.chats.retain(|chat| chat.id() == id);
    page.chats = page.chats.into_iter().filter_map(nameless).collect();
    let left_out = before - page.chats.len();
    let body = enums::messages::Messages::ChannelMessages(page).to_bytes();
    (Answer { body, ..answer }, left_out as u64)
}

/// The description of a channel that is not public any more, without it.
pub(super) fn reduced_full(answer: Answer, id: i64, may_read_groups: bool) -> (Answer, u64) {
    let Ok(enums::messages::ChatFull::Full(mut found)) =
        enums::messages::ChatFull::from_bytes(&answer.body)
    else {
        return (answer, 0);
    };
    let shown = found.chats.iter().filter_map(Shown::of).find(|shown| shown.id == id);
    if shown.is_none_or(|shown| shown.refusal(may_read_groups).is_none()) {
        return (answer, 0);
    }
    let left_out = 1 + found.users.len() + found.chats.len();
    found.users.clear();
    found.chats.retain(|chat| chat.id() == id);
    found.chats = found.chats.into_iter().filter_map(nameless).collect();
    if let enums::ChatFull::ChannelFull(full) = &mut found.full_chat {
        full.about = String::new();
        full.chat_photo = enums::Photo::Empty(types::PhotoEmpty { id: 0 });
        (full.participants_count, full.admins_count, full.online_count) = (None, None, None);
        (full.exported_invite, full.pending_suggestions) = (None, None);
        (full.requests_pending, full.recent_requesters) = (None, None);
        full.bot_info.clear();
    }
    let body = enums::messages::ChatFull::Full(found).to_bytes();
    (Answer { body, ..answer }, left_out as u64)
}
