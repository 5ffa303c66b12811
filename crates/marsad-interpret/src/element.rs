//! Element's "Export chat" of one Matrix room.
//!
//! An encrypted room is exported decrypted, without a mark: its encryption event is where reading
//! stops. Edits are versions of the post they replace. Times are those of the sender's server.

use std::io::BufRead;

use compact_str::CompactString;
use hashbrown::HashMap;
use marsad_types::{
    Author, Channel, ChannelKey, Platform, Post, PostId, Reading, Resolution, Timestamp,
};
use memchr::memmem;

use crate::Manifest;
use crate::document::{Batch, each_element, walk_document};
use crate::json::{self, Object, Reason, missing};
use crate::lines::Problems;
use crate::matrix_event::{Event, Said, is_post};
use crate::prepare::{SetupError, refused, stated_public};
use crate::walk::{Fault, Walker};

/// Refuses an encrypted room; asks for the statement where no event shows that the room is open.
pub(crate) fn prepare(manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    // In JSON a quote inside a text is escaped, so these bytes are keys and values, never a text.
    let has = |needle: &str| {
        let spaced = needle.replace(':', ": ");
        memmem::find(head, needle.as_bytes()).is_some()
            || memmem::find(head, spaced.as_bytes()).is_some()
    };
    if has("\"type\":\"m.room.encryption\"") {
        return Err(refused("the room is encrypted; Marsad reads public rooms only"));
    }
    let is_open = has("\"history_visibility\":\"world_readable\"");
    if is_open {
        Ok(manifest)
    } else {
        stated_public(manifest, "the export does not show that its room is public")
    }
}

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let mut room = Room { platform, key: None, encrypted: false, published: HashMap::new() };
    let mut about = About::default();
    walk_document(input, sink, |walker, batch| document(&mut room, &mut about, walker, batch));
}

#[derive(Default)]
struct About {
    title: Option<String>,
    topic: Option<String>,
    last_seen: Option<(Timestamp, u64)>,
}

struct Room {
    platform: Platform,
    key: Option<ChannelKey>,
    encrypted: bool,
    /// When the posts so far were published: an edit names its post, not its time.
    published: HashMap<CompactString, Timestamp>,
}

fn document(
    room: &mut Room,
    about: &mut About,
    walker: &mut Walker<'_>,
    batch: &mut Batch<'_>,
) -> Result<(), Fault> {
    let mut first = walker.open_object()?;
    while let Some(field) = walker.next_key(&mut first)? {
        match field.as_str() {
            "room_name" => about.title = walker.text()?,
            "topic" => about.topic = walker.text()?,
            "messages" => each_element(walker, batch, &mut |bytes, line, batch| {
                batch.reading.rows += 1;
                match room.event(bytes, line) {
                    Ok(Some(post)) => {
                        let seen = post.edited_at.unwrap_or(post.published_at);
                        about.last_seen = about.last_seen.max(Some((seen, line)));
                        batch.reading.posts.push(post);
                    }
                    Ok(None) => {}
                    Err(Reason(reason)) => batch.reading.problem(line, reason),
                }
            })?,
            _ => walker.skip()?,
        }
    }
    if let (Some(key), Some((observed_at, line))) = (room.key.clone(), about.last_seen) {
        batch.reading.channels.push(Channel {
            title: about.title.take(),
            description: about.topic.take(),
            line,
            ..Channel::seen(key, observed_at)
        });
    }
    Ok(())
}

impl Room {
    /// A post or a version of one; `None` for events that are neither.
    fn event(&mut self, bytes: &[u8], number: u64) -> Result<Option<Post>, Reason> {
        let event: Event<'_> = json::object(bytes)?;
        let kind = event.kind.required_text("type")?;
        if kind == "m.room.encryption" && !std::mem::replace(&mut self.encrypted, true) {
            return Err(Reason("the room is encrypted from here on; nothing more is read".into()));
        }
        if !is_post(&kind) || self.encrypted {
            return Ok(None);
        }
        let key = self.key(&event.room_id.required_id("room_id")?)?;
        let id = event.id.required_id("event_id")?;
        let at = event.origin_server_ts.milliseconds("origin_server_ts")?;
        let at = at.ok_or_else(|| missing("origin_server_ts"))?;
        let content = event.content.get("content", "an object")?.map(|Object(content)| content);
        let mut content = content.ok_or_else(|| missing("content"))?;
        let sender = event.sender.text("sender")?;
        let author = sender.map_or(Author::Unknown, |name| Author::Name(name.into_owned()));
        let base = Post {
            resolution: Some(Resolution { ms: 1 }),
            author,
            line: number,
            ..Post::new(key, PostId::Derived, at, String::new())
        };
        if let Some(target) = content.edits()? {
            let published_at = self.published.get(&target).copied().ok_or_else(|| {
                Reason("an edit of a post that the export does not hold".to_owned())
            })?;
            let Said { text, media } = content.new_words(true)?;
            let id = PostId::Given(target);
            return Ok(Some(Post { id, published_at, edited_at: Some(at), text, media, ..base }));
        }
        let reply_to = content.reply_to()?;
        // A redacted event keeps its place and loses its body: there is nothing left to read.
        let Some(Said { text, media }) = content.said(&kind, reply_to.is_some())? else {
            return Ok(None);
        };
        self.published.insert(id.clone(), at);
        Ok(Some(Post { id: PostId::Given(id), text, media, reply_to, ..base }))
    }

    /// The one room of the file.
    fn key(&mut self, id: &str) -> Result<ChannelKey, Reason> {
        let key = self.key.get_or_insert_with(|| ChannelKey::new(self.platform.clone(), id));
        if key.id.as_str() == id {
            return Ok(key.clone());
        }
        Err(Reason("the event is of another room than the first".to_owned()))
    }
}
