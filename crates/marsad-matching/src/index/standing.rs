//! What the index holds, read again: for whoever must know the past before the next post arrives.

use std::collections::BTreeMap;

use marsad_types::{ChannelKey, PostKey, Timestamp};

use super::Index;
use super::error::Error;
use crate::group::resolve::Extra;
use crate::statement::Relation;

/// A post as it stands in the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The post.
    pub post: PostKey,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its statement, named by its first post.
    pub statement: PostKey,
    /// When that was published.
    pub first_published_at: Timestamp,
    /// How the post belongs there.
    pub relation: Relation,
    /// Other statements in which it counts as an appearance, by their first posts.
    pub appears_in: Vec<PostKey>,
}

impl Index {
    /// Reads every post that was published at or after a time, in the order of arrival; after a
    /// build that is the order of time.
    pub fn each_since(
        &self,
        since: Timestamp,
        take: &mut dyn FnMut(Standing),
    ) -> Result<(), Error> {
        let mut extras: BTreeMap<u32, Vec<Extra>> = BTreeMap::new();
        for number in 0..self.history.extras() {
            let extra = self.history.extra(number)?;
            extras.entry(extra.text).or_default().push(extra);
        }
        for row in 0..self.len() {
            let post = self.history.post(row)?;
            if post.published_at < since.0 {
                continue;
            }
            let home = post.home.statement;
            let held = self.holds(extras.get(&post.text).cloned().unwrap_or_default(), home)?;
            let appears = held.into_iter().filter(|held| held.appears);
            take(Standing {
                post: self.key(row)?,
                published_at: Timestamp(post.published_at),
                statement: self.key(home)?,
                first_published_at: Timestamp(self.history.post(home)?.published_at),
                relation: post.home.relation,
                appears_in: appears.map(|held| held.statement).collect(),
            });
        }
        Ok(())
    }

    /// Whether a post is here.
    pub fn has(&mut self, channel: &ChannelKey, id: &str) -> Result<bool, Error> {
        let arrival = super::Arrival {
            channel,
            id,
            published_at: Timestamp(0),
            text: "",
            forward_of: None,
            media: &[],
        };
        Ok(self.row_of(&arrival)?.is_some())
    }
}
