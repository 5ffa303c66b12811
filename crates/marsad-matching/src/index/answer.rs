//! Places in words: the keys of posts for their numbers.

use marsad_types::{NONE, PostKey, Timestamp};

use super::error::Error;
use super::look::Looked;
use super::place::At;
use super::space::Space;
use super::{Arrival, Index};
use crate::group::resolve::{Extra, Home};
use crate::statement::Relation;

/// Where a post belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The statement, named by its first post; by the post itself where it leads.
    pub statement: PostKey,
    /// When that was published.
    pub first_published_at: Timestamp,
    /// How the post belongs there.
    pub relation: Relation,
    /// How similar it is, as in [`crate::Member`].
    pub similarity: f32,
    /// Whether the post leads a statement of its own.
    pub is_new: bool,
    /// Whether the post was here before; then nothing was added.
    pub is_known: bool,
    /// Other statements that the post holds.
    pub holds: Vec<Held>,
    /// Posts of other statements that turn out to hold this one: digests that came before it.
    pub held_by: Vec<PostKey>,
}

/// A statement inside a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its first post.
    pub statement: PostKey,
    /// Share of it in the post.
    pub similarity: f32,
    /// Whether the post counts as an appearance: false in a digest.
    pub appears: bool,
}

impl Index {
    /// Puts a place into words.
    pub(super) fn answer(
        &mut self,
        arrival: &Arrival<'_>,
        looked: &Looked,
        at: &At,
    ) -> Result<Answer, Error> {
        let Home { statement, relation, similarity } = at.placed.home;
        let is_new = relation == Relation::First;
        let own = || PostKey { channel: arrival.channel.clone(), post: arrival.id.into() };
        let (key, first_published_at) = if is_new {
            (own(), arrival.published_at)
        } else {
            (self.key(statement)?, Timestamp(self.history.post(statement)?.published_at))
        };
        let mut answer = Answer {
            statement: key,
            first_published_at,
            relation,
            similarity,
            is_new,
            is_known: false,
            holds: Vec::new(),
            held_by: Vec::new(),
        };
        let mut held = at.extras.clone();
        held.retain(|extra| extra.text == looked.text);
        if looked.of_text.is_some() {
            held = self.extras_of(looked.text)?;
        }
        answer.holds = self.holds(held, statement)?;
        for extra in at.extras.iter().filter(|extra| extra.text != looked.text) {
            let text = self.history.text(extra.text)?;
            answer.held_by.push(self.key(text.row)?);
        }
        Ok(answer)
    }

    /// The answer to a post that is here already.
    pub(super) fn answer_again(&mut self, row: u32) -> Result<Answer, Error> {
        let post = self.history.post(row)?;
        let Home { statement, relation, similarity } = post.home;
        let first = self.history.post(statement)?;
        let held = if post.text == NONE { Vec::new() } else { self.extras_of(post.text)? };
        Ok(Answer {
            statement: self.key(statement)?,
            first_published_at: Timestamp(first.published_at),
            relation,
            similarity,
            is_new: relation == Relation::First,
            is_known: true,
            holds: self.holds(held, statement)?,
            held_by: Vec::new(),
        })
    }

    /// Where a text stands besides its own statement.
    fn extras_of(&mut self, text: u32) -> Result<Vec<Extra>, Error> {
        self.runs.find(Space::EXTRA, u128::from(text), &mut self.scratch.values)?;
        self.scratch.values.iter().map(|number| self.history.extra(*number)).collect()
    }

    /// Puts what a post holds into words, each statement once.
    pub(super) fn holds(&self, mut extras: Vec<Extra>, own: u32) -> Result<Vec<Held>, Error> {
        extras.retain(|extra| extra.statement != own);
        extras.sort_by(|a, b| {
            a.statement.cmp(&b.statement).then(b.similarity.total_cmp(&a.similarity))
        });
        extras.dedup_by_key(|extra| extra.statement);
        let held = extras.iter().map(|extra| {
            let Extra { statement, similarity, appears, .. } = *extra;
            Ok(Held { statement: self.key(statement)?, similarity, appears })
        });
        held.collect()
    }

    /// The key of a row.
    pub(super) fn key(&self, row: u32) -> Result<PostKey, Error> {
        let post = self.history.post(row)?;
        let channel = self.channels.key(post.channel).cloned();
        let channel = channel.ok_or_else(|| Error::Damaged(self.folder.clone()))?;
        Ok(PostKey { channel, post: self.history.id(&post)?.into() })
    }
}
