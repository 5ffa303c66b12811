//! `result.json` of Telegram Desktop: one public channel, or the public part of a whole account.
//!
//! A whole account's file mixes private chats with public channels; [`reduce`] takes the public
//! part out of it before anything is kept. The reader here refuses private chats too, so that no
//! way around the reduction leads into the archive.

mod message;
mod reduce;

use std::io::BufRead;

use compact_str::CompactString;
use marsad_types::{Channel, ChannelKey, Platform, Reading, Taken, TakenBy, Timestamp};

use crate::document::{Batch, each_element, walk_document};
use crate::files;
use crate::json::Reason;
use crate::lines::Problems;
use crate::prepare::{SetupError, refused};
use crate::shape::{Outline, outline};
use crate::walk::{Fault, Walker};
use crate::{Format, Manifest};
use message::Message;
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

/// Refuses a file that holds a private chat, or an account that was not reduced, before its bytes
/// are kept.
pub(crate) fn prepare(manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    let outline = outline(head);
    if needs_reduction(Format::TelegramDesktop, head) {
        // Whoever forgets to reduce must not keep somebody's private chats by it.
        let is_reduced = outline.first_key() == Some("chats");
        let refusal =
            || refused("the file holds a whole account with its private chats; reduce it first");
        return is_reduced.then_some(manifest).ok_or_else(refusal);
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

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let document = Document { manifest, platform };
    walk_document(input, sink, |walker, batch| document.read(walker, batch));
}

/// A line of the platform, which has an id and is no post.
fn service(channel: &ChannelKey, id: CompactString, line: u64) -> Taken {
    Taken { channel: channel.clone(), id, by: TakenBy::Service, line }
}

struct Document<'m> {
    manifest: &'m Manifest,
    platform: Platform,
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

impl Document<'_> {
    /// The top of the document: a chat itself, or lists of chats.
    fn read(&self, walker: &mut Walker<'_>, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let mut chat = Chat::default();
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            match key.as_str() {
                "chats" | "left_chats" => self.chats(walker, batch)?,
                _ => self.chat_field(&key, &mut chat, (walker, batch))?,
            }
        }
        self.close(&chat, batch);
        Ok(())
    }

    fn chats(&self, walker: &mut Walker<'_>, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            if key != "list" {
                walker.skip()?;
                continue;
            }
            let mut first = walker.open_list()?;
            while walker.next_element(&mut first)? {
                self.chat(walker, batch)?;
            }
        }
        Ok(())
    }

    fn chat(&self, walker: &mut Walker<'_>, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let mut chat = Chat::default();
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            self.chat_field(&key, &mut chat, (walker, batch))?;
        }
        self.close(&chat, batch);
        Ok(())
    }

    fn chat_field(
        &self,
        key: &str,
        chat: &mut Chat,
        (walker, batch): (&mut Walker<'_>, &mut Batch<'_>),
    ) -> Result<(), Fault> {
        match key {
            "name" => chat.name = walker.text()?,
            "type" => chat.kind = walker.text()?,
            "id" => chat.id = walker.text()?,
            "messages" => self.messages(chat, walker, batch)?,
            _ => walker.skip()?,
        }
        Ok(())
    }

    fn messages(
        &self,
        chat: &mut Chat,
        walker: &mut Walker<'_>,
        batch: &mut Batch<'_>,
    ) -> Result<(), Fault> {
        let public = chat.kind.as_deref().is_some_and(|kind| is_public(self.manifest, kind));
        let (true, Some(key)) = (public, self.key(chat)) else {
            let kind = chat.kind.as_deref().map_or_else(|| "chat".to_owned(), crate::json::shorten);
            let reason = if public {
                "the channel has no id; its messages are not read".to_owned()
            } else {
                format!("a {kind} is not read; Marsad reads public channels only")
            };
            batch.reading.problem(walker.line(), reason);
            return walker.skip();
        };
        each_element(walker, batch, &mut |bytes, line, batch| {
            batch.reading.rows += 1;
            match message::read(bytes, &key, line) {
                Ok(Message::Post(post)) => {
                    let seen = post.edited_at.max(Some(post.published_at));
                    chat.last_seen = chat.last_seen.max(seen.map(|seen| (seen, line)));
                    files::keep(&mut batch.reading, *post);
                }
                Ok(Message::Created(id, at)) => {
                    chat.created_at = Some(at);
                    batch.reading.taken.push(service(&key, id, line));
                }
                Ok(Message::Service(id)) => batch.reading.taken.push(service(&key, id, line)),
                Err(Reason(reason)) => batch.reading.problem(line, reason),
            }
        })
    }

    fn key(&self, chat: &Chat) -> Option<ChannelKey> {
        let number = chat.id.as_deref()?.parse().ok()?;
        Some(ChannelKey::new(self.platform.clone(), &crate::telethon::bare_id(number)))
    }

    /// Notes what the chat says of itself, seen when its last message was.
    fn close(&self, chat: &Chat, batch: &mut Batch<'_>) {
        let (Some(key), Some((observed_at, line))) = (self.key(chat), chat.last_seen) else {
            return;
        };
        batch.reading.channels.push(Channel {
            title: chat.name.clone(),
            created_at: chat.created_at,
            line,
            ..Channel::seen(key, observed_at)
        });
    }
}
