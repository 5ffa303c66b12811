//! The events of one answer: which are posts, which are versions of one, which take one away.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use marsad_types::{Author, ChannelKey, Post, PostId, Reading, Removal, Resolution, Timestamp};

use super::LINE;
use crate::Exchange;
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;
use crate::matrix_event::{Because, Content, Event, Replacement, Said, Unsigned, is_post};

/// How the types of events begin that hold no words for readers.
const SILENT: [&str; 4] = ["m.reaction", "m.call.", "m.key.verification.", "m.beacon"];

/// The events of one answer, oldest first.
pub(super) struct Page<'e> {
    exchange: &'e Exchange<'e>,
    key: ChannelKey,
    at: Timestamp,
    is_open: bool,
    is_encrypted: bool,
    originals: Vec<Original>,
    /// Where in `originals` a post stands.
    places: BTreeMap<CompactString, usize>,
    /// Events that are no posts: what takes them away takes no post away.
    others: BTreeSet<CompactString>,
    removals: BTreeMap<CompactString, Timestamp>,
    /// Posts that events here are edits of, whether or not they are read.
    edited: BTreeMap<CompactString, Timestamp>,
    /// Reasons of problems and how often: one problem an answer.
    notes: BTreeMap<String, u64>,
}

/// A post of the answer.
struct Original {
    post: Post,
    sender: Option<String>,
    /// The edits that were read.
    edits: BTreeSet<CompactString>,
    versions: Vec<Post>,
}

struct Edit<'a> {
    of: CompactString,
    id: CompactString,
    sender: Value<'a>,
    at: Timestamp,
    content: Content<'a>,
}

impl<'e> Page<'e> {
    pub(super) fn new(key: ChannelKey, exchange: &'e Exchange<'e>) -> Self {
        Self {
            exchange,
            key,
            at: exchange.at,
            is_open: true,
            is_encrypted: false,
            originals: Vec::new(),
            places: BTreeMap::new(),
            others: BTreeSet::new(),
            removals: BTreeMap::new(),
            edited: BTreeMap::new(),
            notes: BTreeMap::new(),
        }
    }

    /// Reads events, oldest first.
    pub(super) fn read(&mut self, events: Vec<Event<'_>>) {
        self.is_open = was_open(&events);
        let (mut edits, mut last_edits, mut redactions) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            let taken = self.take(event, &mut edits, &mut last_edits, &mut redactions);
            self.without(taken);
        }
        // The server's own word on the last edit comes after those that stand for themselves.
        for edit in edits.into_iter().chain(last_edits) {
            let taken = self.take_edit(edit);
            self.without(taken);
        }
        for (target, at) in redactions {
            // A redaction whose target is still there was not carried out.
            if !self.places.contains_key(&target) && !self.others.contains(&target) {
                self.removals.entry(target).or_insert(at);
            }
        }
    }

    fn take<'a>(
        &mut self,
        mut event: Event<'a>,
        edits: &mut Vec<Edit<'a>>,
        last_edits: &mut Vec<Edit<'a>>,
        redactions: &mut Vec<(CompactString, Timestamp)>,
    ) -> Result<(), Reason> {
        let kind = event.kind.take().required_text("type")?;
        if !matches!(event.state_key, Value::Missing) {
            self.take_state(&kind, event);
            return Ok(());
        }
        let id = event.id.take().required_id("event_id")?;
        let room = event.room_id.take().optional_id("room_id")?;
        if room.is_some_and(|room| room != self.key.id) {
            return Err(Reason("an event of another room than the one asked about".to_owned()));
        }
        let at = event.origin_server_ts.take().milliseconds("origin_server_ts")?;
        let at = at.ok_or_else(|| missing("origin_server_ts"))?;
        let unsigned = event.unsigned.take().there().map(|Object(unsigned)| unsigned);
        let mut unsigned = unsigned.unwrap_or_default();
        if let Some(Object(because)) = unsigned.redacted_because.take().there() {
            self.take_redacted(id, &kind, because);
            return Ok(());
        }
        if kind == "m.room.redaction" {
            redactions.push((redacted(&mut event)?, at.min(self.at)));
            return Ok(());
        }
        if !self.reads(&kind) {
            self.others.insert(id);
            return Ok(());
        }
        let content = event.content.take().get("content", "an object")?;
        let Object(content) = content.ok_or_else(|| missing("content"))?;
        if let Some(of) = content.edits()? {
            self.others.insert(id.clone());
            let last = self.edited.entry(of.clone()).or_insert(at);
            *last = at.max(*last);
            edits.push(Edit { of, id, sender: event.sender.take(), at, content });
            return Ok(());
        }
        last_edits.extend(self.last_edit(&id, unsigned)?);
        let sender = event.sender.take().text("sender")?.map(std::borrow::Cow::into_owned);
        self.take_post(id, &kind, (sender, at), content)
    }

    fn take_post(
        &mut self,
        id: CompactString,
        kind: &str,
        (sender, at): (Option<String>, Timestamp),
        mut content: Content<'_>,
    ) -> Result<(), Reason> {
        let reply_to = content.reply_to()?;
        let said = content.said(kind, reply_to.is_some())?;
        let Said { text, media } = said.ok_or_else(|| missing("body"))?;
        let post = Post {
            resolution: Some(Resolution { ms: 1 }),
            observed_first: Some(self.at),
            observed_prev: self.exchange.absent_at(at),
            author: sender.clone().map_or(Author::Unknown, Author::Name),
            reply_to,
            media,
            line: LINE,
            ..Post::new(self.key.clone(), PostId::Given(id.clone()), at, text)
        };
        if self.places.contains_key(&id) {
            return Ok(());
        }
        self.places.insert(id, self.originals.len());
        let (edits, versions) = (BTreeSet::new(), Vec::new());
        self.originals.push(Original { post, sender, edits, versions });
        Ok(())
    }

    /// The last edit as the server puts it into the post.
    fn last_edit<'a>(
        &mut self,
        of: &CompactString,
        unsigned: Unsigned<'a>,
    ) -> Result<Option<Edit<'a>>, Reason> {
        let relations = unsigned.relations.there();
        let replace = relations.and_then(|Object(relations)| relations.replace.there());
        let Some(Object(Replacement { id, sender, origin_server_ts, content })) = replace else {
            return Ok(None);
        };
        let Some(Object(content)) = content.there() else {
            self.note("a post was edited, and the server shows only that");
            return Ok(None);
        };
        let at = origin_server_ts.milliseconds("origin_server_ts")?;
        let at = at.ok_or_else(|| missing("origin_server_ts"))?;
        let id = id.required_id("event_id")?;
        Ok(Some(Edit { of: of.clone(), id, sender, at, content }))
    }

    fn take_edit(&mut self, mut edit: Edit<'_>) -> Result<(), Reason> {
        let observed_prev = self.exchange.absent_at(edit.at);
        let place = self.places.get(&edit.of).and_then(|at| self.originals.get_mut(*at));
        // Without its original an edit has no time of publication: see the head of the module.
        let Some(original) = place else { return Ok(()) };
        let sender = edit.sender.text("sender")?;
        if sender.is_none() || sender.as_deref() != original.sender.as_deref() {
            return Err(Reason("an edit by another than the post's author; it is not read".into()));
        }
        if original.edits.contains(&edit.id) {
            return Ok(());
        }
        let Said { text, media } = edit.content.new_words(original.post.reply_to.is_some())?;
        original.edits.insert(edit.id);
        let edited_at = Some(edit.at);
        let post = original.post.clone();
        original.versions.push(Post { text, media, edited_at, observed_prev, ..post });
        Ok(())
    }

    /// A redacted edit looks like a redacted post: both are handed on, and only a post is known.
    fn take_redacted(&mut self, id: CompactString, kind: &str, because: Because<'_>) {
        if !is_post(kind) {
            self.others.insert(id);
            return;
        }
        let at = because.origin_server_ts.milliseconds("origin_server_ts").ok().flatten();
        self.removals.insert(id, at.map_or(self.at, |at| at.min(self.at)));
    }

    fn take_state(&mut self, kind: &str, mut event: Event<'_>) {
        match kind {
            "m.room.history_visibility" => {
                let content = event.content.take().there();
                self.is_open = content.is_some_and(|Object(mut content)| {
                    is_world_readable(content.history_visibility.take())
                });
            }
            "m.room.encryption" => self.is_encrypted = true,
            _ => {}
        }
    }

    /// Whether an event of this type is read here; says why not where somebody might miss it.
    fn reads(&mut self, kind: &str) -> bool {
        if kind == "m.room.encrypted" {
            self.note("encrypted, not read");
        } else if !is_post(kind) {
            if !SILENT.iter().any(|begin| kind.starts_with(begin)) {
                self.note(format!("events of type '{}' are not read", json::shorten(kind)));
            }
        } else if self.is_encrypted {
            self.note("sent after the room was encrypted; not read");
        } else if !self.is_open {
            self.note("sent while the room was not world-readable; not read");
        } else {
            return true;
        }
        false
    }

    /// Notes the reason of a problem.
    pub(super) fn note(&mut self, reason: impl Into<String>) {
        *self.notes.entry(reason.into()).or_insert(0) += 1;
    }

    fn without(&mut self, taken: Result<(), Reason>) {
        if let Err(Reason(reason)) = taken {
            self.note(reason);
        }
    }

    /// Hands over what was read.
    pub(super) fn hand_over(self, reading: &mut Reading) {
        for original in self.originals {
            reading.posts.push(original.post);
            reading.posts.extend(original.versions);
        }
        for (post, at) in self.removals {
            let channel = self.key.clone();
            reading.removals.push(Removal { channel, post, at, line: LINE });
        }
        for (post, at) in self.edited {
            let (channel, id) = (self.key.clone(), PostId::Given(post));
            reading.retold.push(Post::new(channel, id, at, String::new()));
        }
        for (reason, times) in self.notes {
            let reason = if times > 1 { format!("{reason} ({times} times)") } else { reason };
            reading.problem(LINE, reason);
        }
    }
}

fn is_world_readable(value: Value<'_>) -> bool {
    matches!(value, Value::Text(text) if text == "world_readable")
}

/// Whether the room was world-readable before the first of these events: the first change among them
/// says what was before. A room is not, before that is said for the first time.
fn was_open(events: &[Event<'_>]) -> bool {
    let is_change = |event: &&Event<'_>| {
        matches!(&event.kind, Value::Text(kind) if kind == "m.room.history_visibility")
            && !matches!(event.state_key, Value::Missing)
    };
    let Some(change) = events.iter().find(is_change) else { return true };
    let Nested::There(Object(unsigned)) = &change.unsigned else { return false };
    match &unsigned.prev_content {
        Nested::There(Object(before)) => is_world_readable(before.history_visibility.clone()),
        // It took another's place, and the server does not show whose.
        _ => !matches!(unsigned.replaces_state, Value::Missing | Value::Null),
    }
}

/// What a redaction takes away: beside its content or, from room version 11 on, in it.
fn redacted(event: &mut Event<'_>) -> Result<CompactString, Reason> {
    if let Some(target) = event.redacts.take().optional_id("redacts")? {
        return Ok(target);
    }
    let content = event.content.take().there().map(|Object(content)| content);
    content.map_or(Value::Missing, |content| content.redacts).required_id("redacts")
}
