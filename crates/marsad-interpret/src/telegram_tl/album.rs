//! Messages that were sent together are one post.

use std::collections::BTreeMap;

use marsad_types::{Post, PostId};

use super::value::Object;

/// The group that a page ends in: where more may follow, its other messages may be there.
pub(super) fn oldest(messages: &[&Object<'_>]) -> Option<i64> {
    messages.iter().min_by_key(|message| message.number("id"))?.number("grouped_id")
}

/// A post's number.
pub(super) fn number(post: &Post) -> Option<i64> {
    match &post.id {
        PostId::Given(id) => id.parse().ok(),
        PostId::Derived => None,
    }
}

/// Posts, those of one group joined under the lowest number, the oldest first.
pub(super) fn joined(mut parts: Vec<(Option<i64>, Post)>) -> Vec<Post> {
    parts.sort_by_key(|(_, post)| number(post));
    let (mut posts, mut first): (Vec<Post>, BTreeMap<i64, usize>) = Default::default();
    for (group, part) in parts {
        let known = group.and_then(|group| first.get(&group).copied());
        if let Some(post) = known.and_then(|at| posts.get_mut(at)) {
            join(post, part);
            continue;
        }
        if let Some(group) = group {
            first.insert(group, posts.len());
        }
        posts.push(part);
    }
    posts
}

/// Adds a later message of the group.
fn join(post: &mut Post, part: Post) {
    if !part.text.is_empty() && !post.text.is_empty() {
        post.text.push('\n');
    }
    post.text.push_str(&part.text);
    for link in part.links {
        if !post.links.contains(&link) {
            post.links.push(link);
        }
    }
    post.media.extend(part.media);
    post.edited_at = post.edited_at.max(part.edited_at);
    post.views = post.views.max(part.views);
    post.forwards = post.forwards.max(part.forwards);
    post.forward = post.forward.take().or(part.forward);
    post.reply_to = post.reply_to.take().or(part.reply_to);
}
