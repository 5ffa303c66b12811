//! An answer without some of its posts: what somebody asked to have forgotten is still on its
//! platform, and is taken out before the answer is kept.
//!
//! The bytes of the posts go, their line breaks and all other bytes stay. Whether that worked is
//! not believed but tried: what is left must read as the answer did, without those posts. Where it
//! does not, there is no answer to be kept, only what was read of the others.

mod html;
mod json;

use std::collections::BTreeSet;
use std::ops::Range;

use marsad_types::{Post, PostId, Reading};

use crate::{Exchange, Reader, read_exchange};

/// What is left of an answer.
#[derive(Debug)]
pub struct Left {
    /// How many posts were taken out.
    pub posts: u64,
    /// The answer's body without them; `None` where they cannot be taken out of the bytes.
    pub body: Option<Vec<u8>>,
    /// What is read without them; of the body that is left, where there is one.
    pub reading: Reading,
}

/// Takes posts out of an answer; `None` where it holds none of them.
pub fn without(exchange: &Exchange<'_>, goes: &dyn Fn(&Post) -> bool) -> Option<Left> {
    let mut before = read_exchange(exchange);
    let all = before.posts.iter().chain(&before.retold);
    let ids: BTreeSet<&str> = all.filter(|post| goes(post)).map(id_of).collect();
    if ids.is_empty() {
        return None;
    }
    let ranges = match exchange.reader {
        Reader::TelegramWeb => html::ranges(exchange.body, &ids),
        Reader::Matrix
        | Reader::RocketChat
        | Reader::RocketChatRealtime
        | Reader::BotApi
        | Reader::BotApiHook => json::ranges(exchange.body, &ids),
        // Lengths stand before what they are of: nothing can be taken out.
        Reader::TelegramTl => Vec::new(),
    };
    let body = blank(exchange.body, ranges);
    let after = read_exchange(&Exchange { body: &body, ..exchange.clone() });
    let posts = ids.len() as u64;
    before.posts.retain(|post| !goes(post));
    before.retold.retain(|post| !goes(post));
    let is_same = after.posts == before.posts
        && after.retold == before.retold
        && after.channels == before.channels
        && after.removals == before.removals
        && after.problems == before.problems;
    Some(if is_same {
        Left { posts, body: Some(body), reading: after }
    } else {
        Left { posts, body: None, reading: before }
    })
}

fn id_of(post: &Post) -> &str {
    match &post.id {
        PostId::Given(id) => id,
        PostId::Derived => "",
    }
}

/// The bytes without those of the ranges, whose line breaks stay: every other line keeps its number.
fn blank(body: &[u8], mut ranges: Vec<Range<usize>>) -> Vec<u8> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let (mut kept, mut at) = (Vec::with_capacity(body.len()), 0);
    for range in ranges {
        let (start, end) = (range.start.max(at), range.end.min(body.len()).max(at));
        kept.extend_from_slice(body.get(at..start).unwrap_or_default());
        let going = body.get(start..end).unwrap_or_default();
        kept.extend(going.iter().filter(|byte| **byte == b'\n'));
        at = end;
    }
    kept.extend_from_slice(body.get(at..).unwrap_or_default());
    kept
}
