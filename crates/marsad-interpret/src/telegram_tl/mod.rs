//! Answers of Telegram to an account's questions: bytes of its type language, as they came.
//!
//! `contacts.resolveUsername` says what stands behind a name, `channels.getFullChannel` is an
//! observation of a channel, `messages.getHistory` a page of posts, newest first, and
//! `channels.getMessages` single ones: what is empty there is not there any more.
//!
//! **Who may see it.** A channel with a public name. The asker names the channel in the exchange
//! only when it had one; an answer in which it has none any more says so, and its posts are not
//! read. Of the people in an answer nothing is read but the number of who wrote a post in a group.
//!
//! **Albums.** Messages of one group are one post with the lowest of their numbers, as the web shows
//! it. Where a full page may end within a group, the next page has it whole: it is read there. Single
//! messages that are parts of an album are not read.

mod album;
mod message;
mod refused;
mod schema;
mod value;

use marsad_types::{Channel, ChannelKey, Post, Reading, Removal, Status, Timestamp};

use self::message::Message;
use self::value::Object;
use crate::Exchange;
use crate::json::shorten;
use crate::lines::Problems;

/// Every answer is one record of one line.
const LINE: u64 = 1;

/// What was asked: the address names it, so that the log can be read without the library.
struct Call<'a> {
    method: &'a str,
    parameters: &'a str,
}

impl<'a> Call<'a> {
    fn of(url: &'a str) -> Self {
        let (path, parameters) = url.split_once('?').unwrap_or((url, ""));
        Self { method: path.rsplit('/').next().unwrap_or_default(), parameters }
    }

    fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut pairs = self.parameters.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.parameter(name)?.parse().ok()
    }
}

/// Reads one answer.
pub(crate) fn read(exchange: &Exchange<'_>) -> Reading {
    let mut reading = Reading::default();
    let call = Call::of(exchange.url);
    if exchange.status != 200 {
        refused::read(exchange, &call, &mut reading);
        return reading;
    }
    let (answer, fault) = value::read(exchange.body);
    if let Some(answer) = &answer {
        let look = Look { exchange, call: &call, answer, is_whole: fault.is_none() };
        look.read(&mut reading);
    }
    if let Some(fault) = fault {
        reading.rows = reading.rows.max(1);
        let said = answer.map_or("", |_| "; what stands before is read");
        reading.problem(LINE, format!("the answer is not whole: {fault}{said}"));
    }
    reading
}

/// An answer and what was asked.
struct Look<'a> {
    exchange: &'a Exchange<'a>,
    call: &'a Call<'a>,
    answer: &'a Object<'a>,
    /// Its bytes end where it ends.
    is_whole: bool,
}

impl Look<'_> {
    fn read(&self, reading: &mut Reading) {
        match (self.call.method, self.answer.name) {
            ("contacts.resolveUsername", "contacts.resolvedPeer") => self.resolved(reading),
            ("channels.getFullChannel", "messages.chatFull") => self.full(reading),
            (
                "messages.getHistory" | "channels.getMessages",
                "messages.channelMessages" | "messages.messagesSlice" | "messages.messages",
            ) => self.messages(reading),
            (method, name) => {
                reading.rows += 1;
                if !self.is_whole {
                    return; // that is said
                }
                let method = shorten(method);
                reading.problem(LINE, format!("'{name}' is no answer to '{method}'"));
            }
        }
    }

    /// The channel that was asked for, where it is in the answer.
    fn channel(&self, id: &str) -> Option<&Object<'_>> {
        self.answer
            .objects("chats")
            .find(|chat| chat.number("id").is_some_and(|number| number.to_string() == id))
            .filter(|chat| chat.name == "channel")
    }

    fn key(&self, id: &str) -> ChannelKey {
        ChannelKey::new(self.exchange.platform.clone(), id)
    }

    /// What stands behind a name. What is no public channel is not read.
    fn resolved(&self, reading: &mut Reading) {
        reading.rows += 1;
        let id = self.answer.object("peer").and_then(message::channel_of);
        let channel = id.as_deref().and_then(|id| self.channel(id));
        let Some((channel, id)) = channel.zip(id) else { return };
        if channel.has("broadcast") && public_name(channel).is_some() {
            reading.channels.push(self.seen(channel, &id));
        }
    }

    fn full(&self, reading: &mut Reading) {
        reading.rows += 1;
        let full = self.answer.object("full_chat").filter(|full| full.name == "channelFull");
        let id = full.and_then(|full| full.number("id")).map(|id| id.to_string());
        let Some(((full, id), channel)) =
            full.zip(id.clone()).zip(id.and_then(|id| self.channel(&id)))
        else {
            if self.is_whole {
                reading.problem(LINE, "the answer is about no channel");
            }
            return;
        };
        if self.exchange.channel != Some(id.as_str()) {
            return reading.problem(LINE, "the answer is about another channel; it is not read");
        }
        let mut seen = self.seen(channel, &id);
        if seen.status != Status::Private {
            seen.description = full.words("about");
            seen.subscribers = full.count("participants_count").or(seen.subscribers);
        }
        reading.channels.push(seen);
    }

    fn messages(&self, reading: &mut Reading) {
        let messages: Vec<&Object<'_>> = self.answer.objects("messages").collect();
        reading.rows += messages.len().max(1) as u64;
        let asked = self.call.parameter("channel").filter(|id| !id.is_empty());
        let Some(id) = asked.filter(|id| self.exchange.channel == Some(id)) else {
            return reading.problem(LINE, "nobody says of which channel these messages are");
        };
        let key = self.key(id);
        // Its own word is missing where the answer is cut; the asker knew then that it is public.
        let seen = self.channel(id).map(|channel| self.seen(channel, id));
        let is_private = seen.as_ref().is_some_and(|seen| seen.status == Status::Private);
        let mut seen = seen;
        if !is_private {
            let created = self.posts(&messages, &key, reading);
            if let Some(seen) = &mut seen {
                seen.created_at = created;
                if self.is_empty(&messages) && seen.status == Status::Alive {
                    seen.status = Status::Empty;
                }
            }
        }
        reading.channels.extend(seen);
    }

    /// Whether everything was asked for and nothing is there.
    fn is_empty(&self, messages: &[&Object<'_>]) -> bool {
        let is_all = ["offset_id", "min_id"].iter().all(|name| self.call.number(name) == Some(0));
        self.call.method == "messages.getHistory" && is_all && messages.is_empty()
    }

    /// Adds the posts; gives when the channel was made, where a message says so.
    fn posts(
        &self,
        messages: &[&Object<'_>],
        key: &ChannelKey,
        reading: &mut Reading,
    ) -> Option<Timestamp> {
        let is_history = self.call.method == "messages.getHistory";
        let limit = self.call.number("limit").unwrap_or(u64::MAX);
        let may_go_on = !self.is_whole || messages.len() as u64 >= limit;
        let open = album::oldest(messages).filter(|_| may_go_on);
        let (mut created, mut parts) = (None, Vec::new());
        for message in messages {
            let group = message.number("grouped_id");
            if message.name == "messageEmpty" {
                self.removed(message, key, reading);
                continue;
            }
            if group.is_some() && (group == open || !is_history) {
                continue;
            }
            match message::read(message, key) {
                Ok(Message::Post(post)) => parts.push((group, *post)),
                Ok(Message::Created(at)) => created = Some(at),
                Ok(Message::Service) => {}
                Err(reason) => reading.problem(LINE, reason),
            }
        }
        let posts = album::joined(parts).into_iter().map(|post| self.observed(post, reading));
        let posts: Vec<Post> = posts.collect();
        reading.posts.extend(posts);
        created
    }

    /// A post as it was seen in this answer.
    fn observed(&self, mut post: Post, reading: &mut Reading) -> Post {
        if post.text.is_empty() && post.media.is_empty() && post.links.is_empty() {
            let reason = "a message shows nothing of a known kind; it is kept without text";
            reading.problem(LINE, reason);
            post.media.push(marsad_types::Media { kind: "other".into(), ..Default::default() });
        }
        let newest = self.exchange.previous.filter(|previous| {
            let numbers = album::number(&post).zip(previous.newest.parse().ok());
            numbers.is_some_and(|(id, newest): (i64, i64)| id > newest)
        });
        let observed_prev = newest.map(|previous| previous.at);
        Post { observed_first: Some(self.exchange.at), observed_prev, ..post }
    }

    /// The platform's own word that a message is not there: it was asked for by its number.
    fn removed(&self, message: &Object<'_>, key: &ChannelKey, reading: &mut Reading) {
        let Some(id) = message.number("id") else { return };
        if self.call.method != "channels.getMessages" || self.exchange.steady == Some(false) {
            return;
        }
        let (channel, post, at) = (key.clone(), id.to_string().into(), self.exchange.at);
        reading.removals.push(Removal { channel, post, at, line: LINE });
    }

    /// What the channel shows of itself.
    fn seen(&self, channel: &Object<'_>, id: &str) -> Channel {
        let mut seen = Channel { line: LINE, ..Channel::seen(self.key(id), self.exchange.at) };
        let Some(handle) = public_name(channel) else {
            // Nothing of what is not public is read.
            seen.status = Status::Private;
            seen.status_cause = Some("no_public_name".to_owned());
            return seen;
        };
        seen.handle = Some(handle);
        seen.title = channel.words("title");
        seen.subscribers = channel.count("participants_count");
        let reasons = channel.objects("restriction_reason").filter_map(|reason| {
            let (reason, platform) = reason.words("reason").zip(reason.words("platform"))?;
            Some(format!("{reason}-{platform}"))
        });
        let reasons: Vec<String> = reasons.collect();
        if channel.has("restricted") {
            seen.status = Status::Restricted;
            let cause = shorten(&reasons.join(" "));
            seen.status_cause = Some(cause).filter(|cause| !cause.is_empty());
        }
        seen
    }
}

/// The name by which everybody can find it.
fn public_name(channel: &Object<'_>) -> Option<String> {
    let bought = channel.objects("usernames").find(|name| name.has("active"));
    channel.words("username").or_else(|| bought.and_then(|name| name.words("username")))
}
