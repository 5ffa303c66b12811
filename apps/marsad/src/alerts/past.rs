//! Rules on the past: what they would have told, had everything been watched as it was published.

use std::collections::BTreeMap;

use marsad_lake::Lake;
use marsad_matching::{Relation, Statement};
use marsad_types::{Channel, ChannelKey, Corpus, PostKey, Resolution, Status, Timestamp};

use super::alert::Alert;
use super::engine::Engine;
use super::event::{Belongs, Change, Event, Sighting, Span};
use super::rule::{Kind, Rule};
use crate::failure::Failure;

/// What of the past is gone through.
pub(crate) struct Past<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) statements: &'a [Statement],
    /// Languages that posts state, where a rule asks for one.
    pub(crate) langs: BTreeMap<PostKey, String>,
}

impl Past<'_> {
    /// Everything that the rules would have told, in the order of time, each with its time.
    pub(crate) fn told(&self, rules: Vec<Rule>) -> Vec<(Timestamp, Alert)> {
        let mut engine = Engine::new(rules);
        let belongs = belongs(self.corpus, self.statements);
        let mut changes = changes(&self.corpus.observations).into_iter().peekable();
        let mut told = Vec::new();
        let mut hear = |at: Timestamp, event: &Event<'_>| {
            told.extend(engine.hear(event).into_iter().map(|alert| (at, alert)));
        };
        for (row, belongs) in belongs.into_iter().enumerate() {
            let at = self.corpus.published_at(row);
            while let Some(change) = changes.next_if(|change| change.at <= at) {
                hear(change.at, &Event::Status(change));
            }
            if let Some(seen) = self.sighting(row, belongs) {
                hear(at, &Event::Post(seen));
            }
        }
        for change in changes {
            hear(change.at, &Event::Status(change));
        }
        told
    }

    fn sighting(&self, row: usize, belongs: Option<Belongs>) -> Option<Sighting<'_>> {
        let post = key(self.corpus, row)?;
        let at = self.corpus.published_at(row);
        let stated = self.corpus.posts.resolution_ms.get(row).copied().filter(|ms| *ms > 0);
        Some(Sighting {
            published: Span::of(at, stated.map(|ms| Resolution { ms })),
            at,
            text: self.corpus.posts.text.get(row),
            lang: self.langs.get(&post).map(String::as_str),
            belongs,
            post,
        })
    }
}

/// The languages that posts state, where a rule looks for words.
pub(crate) fn langs(lake: &Lake, rules: &[Rule]) -> Result<BTreeMap<PostKey, String>, Failure> {
    let mut langs = BTreeMap::new();
    if !rules.iter().any(|rule| matches!(rule.kind, Kind::Query { .. })) {
        return Ok(langs);
    }
    lake.each_text(0, &mut |row| {
        if let Some(lang) = row.lang {
            let channel = ChannelKey::new(row.platform.clone(), row.channel);
            langs.insert(PostKey { channel, post: row.post.into() }, lang.to_owned());
        }
    })?;
    Ok(langs)
}

fn key(corpus: &Corpus, row: usize) -> Option<PostKey> {
    let channel = corpus.posts.channel.get(row).and_then(|id| corpus.channels.key(*id))?;
    Some(PostKey { channel: channel.clone(), post: corpus.posts.post.get(row).into() })
}

/// Where each row belongs.
fn belongs(corpus: &Corpus, statements: &[Statement]) -> Vec<Option<Belongs>> {
    let rows = corpus.posts.len();
    let mut homes: Vec<Option<(usize, Relation)>> = vec![None; rows];
    let mut others: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (number, statement) in statements.iter().enumerate() {
        for member in &statement.members {
            let row = member.post as usize;
            let (Some(home), Some(others)) = (homes.get_mut(row), others.get_mut(row)) else {
                continue;
            };
            // A post is at home where it does more than hold the statement among others.
            let is_home = match home {
                None => true,
                Some((_, relation)) => {
                    *relation == Relation::Contained && member.relation != Relation::Contained
                }
            };
            if is_home {
                if let Some((other, _)) = home.replace((number, member.relation)) {
                    others.push(other);
                }
            } else if member.appears {
                others.push(number);
            }
        }
    }
    let first = |number: usize| {
        let first = statements.get(number)?.members.first()?.post as usize;
        Some((key(corpus, first)?, corpus.published_at(first)))
    };
    let appears = |number: &usize, row: usize| {
        let members = &statements.get(*number)?.members;
        members.iter().find(|member| member.post as usize == row)?.appears.then_some(())?;
        first(*number)
    };
    let both = homes.into_iter().zip(others).enumerate();
    both.map(|(row, (home, others))| {
        let (number, relation) = home?;
        let (statement, first_at) = first(number)?;
        let appearing = others.iter().filter_map(|number| appears(number, row));
        let appears_in = appearing.map(|(statement, _)| statement).collect();
        Some(Belongs { statement, first_at, is_new: relation == Relation::First, appears_in })
    })
    .collect()
}

/// How channels changed from one observation to the next, by time.
fn changes(observations: &[Channel]) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before: Option<(&ChannelKey, Status, Timestamp, Timestamp)> = None;
    for seen in observations.iter().filter(|seen| seen.status != Status::Error) {
        let same = before.filter(|(key, ..)| **key == seen.key);
        let since = match same {
            Some((_, was, since, _)) if was == seen.status => since,
            _ => seen.observed_at,
        };
        if let Some((_, was, since, seen_at)) = same
            && was != seen.status
        {
            let name = seen.handle.as_ref().map_or_else(
                || seen.key.to_string(),
                |handle| format!("{}:{handle}", seen.key.platform),
            );
            changes.push(Change {
                channel: seen.key.clone(),
                source: name,
                was,
                since,
                seen_at: Some(seen_at),
                is: seen.status,
                cause: seen.status_cause.clone(),
                at: seen.observed_at,
            });
        }
        before = Some((&seen.key, seen.status, since, seen.observed_at));
    }
    changes.sort_by(|a, b| (a.at, &a.channel).cmp(&(b.at, &b.channel)));
    changes
}
