//! As much of a homeserver's answers as paging needs. Their meaning is the interpreter's.
//!
//! Values are taken one by one out of whatever JSON came: an event that somebody made up must not
//! stop the reading of the others.

use serde_json::Value;

use crate::Answer;

/// A page of events.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Ids of posts and edits, as the page has them.
    pub(super) ids: Vec<String>,
    /// How many of them are posts.
    pub(super) posts: usize,
    /// Posts that are edited on the page and are not on it, each with the edit's place in `ids`.
    pub(super) edited: Vec<(usize, String)>,
    /// Events, of any kind.
    pub(super) events: usize,
    /// The latest time on the page, epoch ms.
    pub(super) newest: Option<i64>,
    /// Where the page begins.
    pub(super) start: Option<String>,
    /// Where the next page begins; nothing at the end of the room, or of what was ever public.
    pub(super) end: Option<String>,
    /// By the last such event on the page the room is not public any more.
    pub(super) says_not_public: bool,
}

/// Which way a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    Forward,
}

/// What a room says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) room: String,
    pub(super) alias: Option<String>,
    pub(super) is_world_readable: bool,
    pub(super) is_encrypted: bool,
}

/// The `errcode` of an answer; nothing where the answer is no homeserver's.
pub(super) fn error_code(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    text(body.get("errcode")?)
}

/// The room that an alias stands for.
pub(super) fn read_alias(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    text(body.get("room_id")?).filter(|id| id.starts_with('!') && id.len() <= 255)
}

pub(super) fn read_summary(body: &[u8]) -> Option<Summary> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let draft = body.get("im.nheko.summary.encryption");
    let algorithm = body.get("encryption").or(draft).filter(|value| !value.is_null());
    Some(Summary {
        room: text(body.get("room_id")?)?,
        alias: body.get("canonical_alias").and_then(text),
        is_world_readable: body.get("world_readable").and_then(Value::as_bool) == Some(true),
        is_encrypted: algorithm.is_some(),
    })
}

/// Whether `m.room.history_visibility` says that everybody may read.
pub(super) fn read_visibility(body: &[u8]) -> Option<bool> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(is_open(body.as_object()?.get("history_visibility")))
}

/// Whether it is an event, whole.
pub(super) fn is_event(body: &[u8]) -> bool {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    body.is_some_and(|body| body.get("event_id").is_some())
}

pub(super) fn read(body: &[u8], way: Way) -> Option<Page> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let chunk = body.get("chunk")?.as_array()?;
    let mut page = Page {
        events: chunk.len(),
        start: body.get("start").and_then(text),
        end: body.get("end").and_then(text),
        newest: chunk.iter().filter_map(|event| event.get("origin_server_ts")?.as_i64()).max(),
        ..Page::default()
    };
    let mut edited: Vec<(usize, String)> = Vec::new();
    for event in chunk {
        let Some(id) = post_id(event) else { continue };
        match edit_of(event) {
            Some(target) if target.starts_with('$') => edited.push((page.ids.len(), target)),
            Some(_) => {}
            None => page.posts += 1,
        }
        page.ids.push(id);
    }
    edited.retain(|(_, target)| !page.ids.contains(target));
    page.edited = edited;
    let states = |kind: &'static str| {
        chunk.iter().filter(move |event| {
            event.get("state_key").is_some() && event.get("type").is_some_and(|named| named == kind)
        })
    };
    let shown: Vec<&Value> = states("m.room.history_visibility").collect();
    let last = if way == Way::Back { shown.first() } else { shown.last() };
    let is_closed =
        last.is_some_and(|event| !is_open(event.pointer("/content/history_visibility")));
    page.says_not_public = is_closed || states("m.room.encryption").next().is_some();
    if way == Way::Back && shown.iter().any(|event| begins_public(event)) {
        page.end = None;
    }
    Some(page)
}

/// The id of a post or an edit.
fn post_id(event: &Value) -> Option<String> {
    let id = event.get("event_id").and_then(text)?;
    let is_state = event.get("state_key").is_some();
    let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
    (!is_state && matches!(kind, "m.room.message" | "m.sticker")).then_some(id)
}

/// Posts that are edited by some of these events and are not among them.
pub(super) fn edited_elsewhere(events: &[Value]) -> Vec<String> {
    let there: Vec<String> = events.iter().filter_map(post_id).collect();
    let posts = events.iter().filter(|event| post_id(event).is_some());
    let mut edited: Vec<String> = posts.filter_map(edit_of).collect();
    edited.retain(|target| target.starts_with('$') && !there.contains(target));
    edited.sort_unstable();
    edited.dedup();
    edited
}

/// Whether by this event the room is not public any more.
pub(super) fn closes(event: &Value) -> bool {
    if event.get("state_key").is_none() {
        return false;
    }
    match event.get("type").and_then(Value::as_str) {
        Some("m.room.encryption") => true,
        Some("m.room.history_visibility") => !is_open(event.pointer("/content/history_visibility")),
        _ => false,
    }
}

/// Which of these events, oldest first, everybody may read: a member is shown others too. What was sent
/// while the room was closed, or after it was encrypted, is not; a change of who may read is news for
/// everybody on either side of it.
pub(super) fn public_part(events: &[&Value], is_closed: bool) -> Vec<bool> {
    let change = |event: &Value| {
        let is_it = event.get("type").is_some_and(|kind| kind == "m.room.history_visibility");
        (is_it && event.get("state_key").is_some())
            .then(|| is_open(event.pointer("/content/history_visibility")))
    };
    let first = events.iter().find(|event| change(event).is_some());
    let mut is_open = !is_closed && !first.is_some_and(|event| begins_public(event));
    let mut is_encrypted = false;
    let mut shown = Vec::with_capacity(events.len());
    for event in events {
        let was_open = is_open;
        is_open = change(event).unwrap_or(is_open);
        shown.push((was_open || is_open) && !is_encrypted);
        is_encrypted |= change(event).is_none() && closes(event);
    }
    shown
}

/// Leaves out of a page what not everybody may read; gives how much that is.
pub(super) fn reduce(body: &mut Value, way: Way) -> usize {
    let Some(chunk) = body.get_mut("chunk").and_then(Value::as_array_mut) else { return 0 };
    let mut events: Vec<&Value> = chunk.iter().collect();
    if way == Way::Back {
        events.reverse();
    }
    let mut keeps = public_part(&events, false);
    if way == Way::Back {
        keeps.reverse();
    }
    let before = chunk.len();
    let mut keeps = keeps.into_iter();
    chunk.retain(|_| keeps.next().unwrap_or(true));
    before - chunk.len()
}

/// Whether what is older than this change of who may read was not for everybody: there the room's
/// public history begins.
fn begins_public(event: &Value) -> bool {
    let before = event.pointer("/unsigned/prev_content");
    match before {
        Some(before) => !is_open(before.get("history_visibility")),
        // The first of its kind; or the server does not show what it replaced.
        None => event.pointer("/unsigned/replaces_state").is_none(),
    }
}

fn is_open(visibility: Option<&Value>) -> bool {
    visibility.and_then(Value::as_str) == Some("world_readable")
}

fn edit_of(event: &Value) -> Option<String> {
    let relation = event.pointer("/content/m.relates_to")?;
    let is_edit = relation.get("rel_type")?.as_str()? == "m.replace";
    is_edit.then(|| relation.get("event_id").and_then(text)).flatten()
}

/// A text that is not empty.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
