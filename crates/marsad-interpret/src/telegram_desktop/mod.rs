//! `result.json` of Telegram Desktop: one public channel, or the public part of a whole account.
//!
//! A whole account's file mixes private chats with public channels; [`reduce`] takes the public
//! part out of it before anything is kept. The reader here refuses private chats too, so that no
//! way around the reduction leads into the archive.

mod message;
mod reduce;

use std::io::BufRead;

use marsad_types::{Channel, ChannelKey, Platform, Reading, Timestamp};

use crate::lines::Problems;
use crate::prepare::{SetupError, refused};
use crate::shape::{Outline, outline};
use crate::walk::{Captured, Fault, First, Walker};
use crate::{Format, Manifest};
pub use reduce::{Reduction, needs_reduction, reduce};

/// Types of chats that Telegram Desktop writes.
pub(crate) const CHAT_TYPES: [&str; 10] = [
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "replies",
    "verification_codes",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
];

/// Whether chats of this type are read.
fn is_public(manifest: &Manifest, kind: &str) -> bool {
    kind == "public_channel" || (manifest.groups && kind == "public_supergroup")
}

/// Refuses a file that holds one private chat, before its bytes are kept.
pub(crate) fn prepare(manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    let outline = outline(head);
    if is_account(&outline) || needs_reduction(Format::TelegramDesktop, head) {
        return Ok(manifest);
    }
    match outline.text("type") {
        Some(kind) if is_public(&manifest, kind) => Ok(manifest),
        Some(kind) => {
            let kind = crate::json::shorten(kind);
            Err(refused(format!("the chat is a {kind}; Marsad reads public channels only")))
        }
        None => Err(refused(
            "the file does not say at its beginning what type of chat it holds; \
             export it again as JSON with Telegram Desktop",
        )),
    }
}

/// Whether the keys are those of a whole account (or of its public part).
pub(crate) fn is_account(outline: &Outline) -> bool {
    outline.has("chats") || outline.has("left_chats") || outline.has("personal_information")
}

/// Readings are handed on when they hold this many posts or problems.
const BATCH: usize = 4096;

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Ok(platform) = Platform::new("telegram") else { return };
    let mut document = Document { manifest, platform, reading: Reading::default(), sink };
    let mut line = 1;
    let walked = (|| {
        let mut walker = Walker::new(input)?;
        let walked = document.read(&mut walker);
        line = walker.line();
        walked
    })();
    if let Err(fault) = walked {
        document.reading.problem(line, fault.reason());
    }
    (document.sink)(document.reading);
}

struct Document<'m, 's> {
    manifest: &'m Manifest,
    platform: Platform,
    reading: Reading,
    sink: &'s mut dyn FnMut(Reading),
}

/// What a chat says about itself before its messages.
#[derive(Default)]
struct Chat {
    name: Option<String>,
    kind: Option<String>,
    id: Option<String>,
    created_at: Option<Timestamp>,
    last_seen: Option<(Timestamp, u64)>,
}

impl Document<'_, '_> {
    /// The top of the document: a chat itself, or lists of chats.
    fn read(&mut self, walker: &mut Walker<'_>) -> Result<(), Fault> {
        let mut chat = Chat::default();
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            match key.as_str() {
                "chats" | "left_chats" => self.chats(walker)?,
                _ => self.chat_field(&key, &mut chat, walker)?,
            }
        }
        self.close(&chat);
        Ok(())
    }

    fn chats(&mut self, walker: &mut Walker<'_>) -> Result<(), Fault> {
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            if key != "list" {
                walker.skip()?;
                continue;
            }
            let mut first = walker.open_list()?;
            while walker.next_element(&mut first)? {
                self.chat(walker)?;
            }
        }
        Ok(())
    }

    fn chat(&mut self, walker: &mut Walker<'_>) -> Result<(), Fault> {
        let mut chat = Chat::default();
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            self.chat_field(&key, &mut chat, walker)?;
        }
        self.close(&chat);
        Ok(())
    }

    fn chat_field(
        &mut self,
        key: &str,
        chat: &mut Chat,
        walker: &mut Walker<'_>,
    ) -> Result<(), Fault> {
        match key {
            "name" => chat.name = walker.text()?,
            "type" => chat.kind = walker.text()?,
            "id" => chat.id = walker.text()?,
            "messages" => self.messages(chat, walker)?,
            _ => walker.skip()?,
        }
        Ok(())
    }

    fn messages(&mut self, chat: &mut Chat, walker: &mut Walker<'_>) -> Result<(), Fault> {
        let public = chat.kind.as_deref().is_some_and(|kind| is_public(self.manifest, kind));
        let id = chat.id.as_deref().and_then(|id| id.parse().ok()).map(crate::telethon::bare_id);
        let (true, Some(id)) = (public, id) else {
            let kind = chat.kind.as_deref().map_or_else(|| "chat".to_owned(), crate::json::shorten);
            let reason = if public {
                "the channel has no id; its messages are not read".to_owned()
            } else {
                format!("a {kind} is not read; Marsad reads public channels only")
            };
            self.reading.problem(walker.line(), reason);
            return walker.skip();
        };
        let key = ChannelKey::new(self.platform.clone(), &id);
        let mut first = walker.open_list()?;
        let mut bytes = Vec::new();
        while self.next_message(walker, &mut first, &mut bytes)? {
            self.reading.rows += 1;
            let line = walker.line() - newlines(&bytes);
            match message::read(&bytes, &key, line) {
                Ok(message::Message::Post(post)) => {
                    let seen =
                        (post.published_at.max(post.edited_at.unwrap_or(post.published_at)), line);
                    chat.last_seen = chat.last_seen.max(Some(seen));
                    self.reading.posts.push(*post);
                }
                Ok(message::Message::Created(at)) => chat.created_at = Some(at),
                Ok(message::Message::Service) => {}
                Err(crate::json::Reason(reason)) => self.reading.problem(line, reason),
            }
            self.hand_on();
        }
        Ok(())
    }

    /// Captures the next message that is not oversized.
    fn next_message(
        &mut self,
        walker: &mut Walker<'_>,
        first: &mut First,
        bytes: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        while walker.next_element(first)? {
            bytes.clear();
            if walker.capture(bytes)? == Captured::Whole {
                return Ok(true);
            }
            self.reading.rows += 1;
            self.reading
                .problem(walker.line(), "the message is longer than 16 MiB; it is not read");
        }
        Ok(false)
    }

    /// Notes what the chat says of itself, seen when its last message was.
    fn close(&mut self, chat: &Chat) {
        let id = chat.id.as_deref().and_then(|id| id.parse().ok()).map(crate::telethon::bare_id);
        let (Some(id), Some((observed_at, line))) = (id, chat.last_seen) else { return };
        let key = ChannelKey::new(self.platform.clone(), &id);
        self.reading.channels.push(Channel {
            title: chat.name.clone(),
            created_at: chat.created_at,
            line,
            ..Channel::seen(key, observed_at)
        });
    }

    fn hand_on(&mut self) {
        let is_full = self.reading.posts.len().max(self.reading.problems.len()) >= BATCH;
        if is_full {
            (self.sink)(std::mem::take(&mut self.reading));
        }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
