//! An event of a Matrix room, as exports and the client-server API hold it.

use std::borrow::Cow;

use compact_str::CompactString;
use marsad_types::Media;
use serde::Deserialize;

use crate::json::{Maybe, Nested, Object, Reason, Value};

#[derive(Deserialize)]
pub(crate) struct Event<'a> {
    #[serde(rename = "type", borrow, default)]
    pub(crate) kind: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) room_id: Value<'a>,
    #[serde(rename = "event_id", borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) sender: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) origin_server_ts: Value<'a>,
    /// There in state events only, often empty.
    #[serde(borrow, default)]
    pub(crate) state_key: Value<'a>,
    /// What a redaction takes away, in rooms of versions 1 to 10; later it stands in the content.
    #[serde(borrow, default)]
    pub(crate) redacts: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) content: Nested<Object<Content<'a>>>,
    #[serde(borrow, default)]
    pub(crate) unsigned: Nested<Object<Unsigned<'a>>>,
}

#[derive(Deserialize, Default)]
pub(crate) struct Content<'a> {
    #[serde(borrow, default)]
    pub(crate) msgtype: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) body: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) filename: Value<'a>,
    #[serde(rename = "m.new_content", borrow, default)]
    pub(crate) edited: Nested<Object<NewContent<'a>>>,
    #[serde(rename = "m.relates_to", borrow, default)]
    pub(crate) relates_to: Nested<Object<Relation<'a>>>,
    #[serde(borrow, default)]
    pub(crate) redacts: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) history_visibility: Value<'a>,
}

#[derive(Deserialize)]
pub(crate) struct NewContent<'a> {
    #[serde(borrow, default)]
    pub(crate) msgtype: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) body: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) filename: Value<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Relation<'a> {
    #[serde(borrow, default)]
    pub(crate) rel_type: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) event_id: Value<'a>,
    #[serde(borrow, default)]
    is_falling_back: Value<'a>,
    #[serde(rename = "m.in_reply_to", borrow, default)]
    in_reply_to: Nested<Object<Reply<'a>>>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default)]
    event_id: Value<'a>,
}

/// What the asked server adds to an event.
#[derive(Deserialize, Default)]
pub(crate) struct Unsigned<'a> {
    #[serde(borrow, default)]
    pub(crate) redacted_because: Nested<Object<Because<'a>>>,
    #[serde(rename = "m.relations", borrow, default)]
    pub(crate) relations: Nested<Object<Relations<'a>>>,
    /// The content of the state that this one replaced.
    #[serde(borrow, default)]
    pub(crate) prev_content: Nested<Object<PrevContent<'a>>>,
    #[serde(borrow, default)]
    pub(crate) replaces_state: Value<'a>,
}

/// The redaction that took an event's content away.
#[derive(Deserialize)]
pub(crate) struct Because<'a> {
    #[serde(borrow, default)]
    pub(crate) origin_server_ts: Value<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Relations<'a> {
    #[serde(rename = "m.replace", borrow, default)]
    pub(crate) replace: Nested<Object<Replacement<'a>>>,
}

/// The last valid edit, which the asked server puts beside the original.
#[derive(Deserialize)]
pub(crate) struct Replacement<'a> {
    #[serde(rename = "event_id", borrow, default)]
    pub(crate) id: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) sender: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) origin_server_ts: Value<'a>,
    #[serde(borrow, default)]
    pub(crate) content: Nested<Object<Content<'a>>>,
}

#[derive(Deserialize)]
pub(crate) struct PrevContent<'a> {
    #[serde(borrow, default)]
    pub(crate) history_visibility: Value<'a>,
}

/// What a post says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) media: Vec<Media>,
}

/// Whether events of this type are posts.
pub(crate) fn is_post(kind: &str) -> bool {
    kind == "m.room.message" || kind == "m.sticker"
}

impl Content<'_> {
    /// What it says; nothing when it has no body, as after a redaction.
    pub(crate) fn said(&mut self, kind: &str, is_reply: bool) -> Maybe<Said> {
        let Some(body) = self.body.take().text("body")? else { return Ok(None) };
        if kind == "m.sticker" {
            // The body of a sticker describes the picture; nobody wrote it.
            return Ok(Some(Said { text: String::new(), media: one("sticker") }));
        }
        said(self.msgtype.take(), body, self.filename.take(), is_reply).map(Some)
    }

    /// The post that it is an edit of.
    pub(crate) fn edits(&self) -> Maybe<CompactString> {
        let Nested::There(Object(relation)) = &self.relates_to else { return Ok(None) };
        if relation.rel_type.clone().text("rel_type")?.as_deref() != Some("m.replace") {
            return Ok(None);
        }
        relation.event_id.clone().required_id("m.relates_to.event_id").map(Some)
    }

    /// The post that it answers. In a thread that is the post that began it, unless its writer chose
    /// another: clients name the last post of the thread for readers that know no threads.
    pub(crate) fn reply_to(&mut self) -> Maybe<CompactString> {
        let Some(Object(relation)) = self.relates_to.take().there() else { return Ok(None) };
        let falls_back = matches!(relation.is_falling_back, Value::Bool(true));
        if falls_back && relation.rel_type.text("rel_type")?.as_deref() == Some("m.thread") {
            return relation.event_id.optional_id("m.relates_to.event_id");
        }
        let reply = relation.in_reply_to.there();
        reply.map_or(Ok(None), |Object(reply)| reply.event_id.optional_id("in_reply_to"))
    }

    /// What an edit puts in the place of what its post said.
    pub(crate) fn new_words(&mut self, is_reply: bool) -> Result<Said, Reason> {
        let new = self.edited.take().get("m.new_content", "an object")?;
        let Some(Object(new)) = new else {
            return Err(Reason("an edit without 'm.new_content'".to_owned()));
        };
        let body = new.body.text("m.new_content.body")?.unwrap_or_default();
        said(new.msgtype, body, new.filename, is_reply)
    }
}

fn said(
    msgtype: Value<'_>,
    body: Cow<'_, str>,
    filename: Value<'_>,
    is_reply: bool,
) -> Result<Said, Reason> {
    let kind = match msgtype.text("msgtype")?.as_deref() {
        Some("m.image") => "image",
        Some("m.video") => "video",
        Some("m.audio") => "audio",
        Some("m.file") => "file",
        Some("m.location") => "location",
        _ => {
            let text = if is_reply { without_quote(&body) } else { &body };
            return Ok(Said { text: text.to_owned(), media: Vec::new() });
        }
    };
    // The body of a file is its name, unless it has a name beside: then the body is a caption.
    let name = filename.text("filename")?;
    let is_name = kind != "location" && name.is_none_or(|name| name.is_empty() || name == body);
    let text = if is_name { String::new() } else { body.into_owned() };
    Ok(Said { text, media: one(kind) })
}

fn one(kind: &str) -> Vec<Media> {
    vec![Media { kind: kind.into(), ..Media::default() }]
}

/// The text of an answer without the quote that older clients put in front of it: what another said,
/// with that person's account. Matrix 1.13 did away with it (MSC2781).
fn without_quote(body: &str) -> &str {
    if !(body.starts_with("> <@") || body.starts_with("> * <@")) {
        return body;
    }
    let mut rest = body;
    while rest.starts_with('>') {
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    rest.strip_prefix('\n').unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quote_of_an_answer_is_not_its_text() {
        let quoted = "> <@press:example.org> Gale warning\n> from noon\n\nFerries stop\n> at noon";
        assert_eq!(without_quote(quoted), "Ferries stop\n> at noon");
        assert_eq!(without_quote("> * <@press:example.org> waves\n\nYes"), "Yes");
        for whole in ["> as the proverb says\n\nYes", "Ferries stop", "", ">"] {
            assert_eq!(without_quote(whole), whole);
        }
    }
}
