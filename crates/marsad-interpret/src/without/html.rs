//! Where posts stand on a page of t.me: their messages, and what others quote of them.

use std::collections::BTreeSet;
use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::telegram_web::address;

/// An element that goes, while its end has not come.
struct Going {
    name: Vec<u8>,
    /// Elements of its name that are open, itself among them.
    depth: usize,
    start: usize,
}

/// The ranges of the messages with these ids, and of the insides of what quotes them.
pub(super) fn ranges(body: &[u8], ids: &BTreeSet<&str>) -> Vec<Range<usize>> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let (mut ranges, mut going) = (Vec::new(), None::<Going>);
    for Ok(token) in Tokenizer::new_with_emitter(body, emitter) {
        match token {
            Token::StartTag(tag) => match &mut going {
                Some(open) if open.name == tag.name.0 && !tag.self_closing => open.depth += 1,
                Some(_) => {}
                None => going = begins(&tag, ids),
            },
            Token::EndTag(tag) => {
                let Some(open) = going.as_mut().filter(|open| open.name == tag.name.0) else {
                    continue;
                };
                open.depth -= 1;
                if open.depth == 0 {
                    let is_quote = open.name == b"a";
                    let end = if is_quote { tag.span.start } else { tag.span.end };
                    ranges.push(open.start..end);
                    going = None;
                }
            }
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    ranges.extend(going.map(|open| open.start..body.len()));
    ranges
}

/// Whether an element is a message that goes, or quotes one.
fn begins(tag: &StartTag<usize>, ids: &BTreeSet<&str>) -> Option<Going> {
    let attribute = |name: &[u8]| {
        let mut all = tag.attributes.iter();
        let value = all.find(|(key, _)| key.0 == name).map(|(_, value)| &value.value.0);
        value.and_then(|value| std::str::from_utf8(value).ok())
    };
    let of_message = attribute(b"data-post").and_then(|written| written.split_once('/'));
    let is_quote = attribute(b"class").is_some_and(|classes| {
        classes.split_ascii_whitespace().any(|class| class == "tgme_widget_message_reply")
    });
    let start = if of_message.is_some_and(|(_, id)| ids.contains(id)) {
        tag.span.start
    } else if is_quote && tag.name.0 == b"a" {
        let (_, post) = address::public_post(attribute(b"href")?)?;
        if !ids.contains(post.as_str()) {
            return None;
        }
        tag.span.end
    } else {
        return None;
    };
    let is_leaf = tag.self_closing;
    (!is_leaf).then(|| Going { name: tag.name.0.clone(), depth: 1, start })
}
