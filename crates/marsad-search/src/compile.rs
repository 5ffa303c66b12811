//! A query to what tantivy matches, and to the words that rank what matches.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, Occur, PhraseQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::phrase::Steady;
use crate::query::{Filter, Node};
use crate::schema::Fields;

type Matching = Box<dyn tantivy::query::Query>;

/// Above every character of a word: it is none.
const LAST: char = '\u{10FFFF}';

/// What a post must be to match.
pub(crate) fn matching(node: &Node, fields: &Fields) -> Matching {
    match node {
        Node::Word { loose, .. } => term(fields.loose, loose),
        Node::Phrase(words) => phrase(words, fields),
        Node::Prefix(start) => any(vec![prefix(fields.exact, start), prefix(fields.loose, start)]),
        Node::Only(filter) => condition(filter, fields),
        Node::All(parts) => all(parts.iter().map(|part| matching(part, fields)).collect()),
        Node::Any(parts) => any(parts.iter().map(|part| matching(part, fields)).collect()),
        Node::Not(part) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery)),
            (Occur::MustNot, matching(part, fields)),
        ])),
    }
}

fn condition(filter: &Filter, fields: &Fields) -> Matching {
    match filter {
        Filter::Platform(platform) => term(fields.platform, platform.as_str()),
        Filter::Channel { keys, .. } => {
            any(keys.iter().map(|key| term(fields.channel, &key.to_string())).collect())
        }
        Filter::Lang(lang) => term(fields.lang, lang),
        Filter::Script(script) => term(fields.script, script.as_str()),
        Filter::Since(time) => {
            let from = Term::from_field_i64(fields.published_at, time.0);
            Box::new(RangeQuery::new(Bound::Included(from), Bound::Unbounded))
        }
        Filter::Until(time) => {
            let to = Term::from_field_i64(fields.published_at, time.0);
            Box::new(RangeQuery::new(Bound::Unbounded, Bound::Excluded(to)))
        }
    }
}

pub(crate) fn all(parts: Vec<Matching>) -> Matching {
    match parts.len() {
        0 => Box::new(AllQuery),
        _ => Box::new(BooleanQuery::intersection(parts)),
    }
}

pub(crate) fn any(parts: Vec<Matching>) -> Matching {
    match parts.len() {
        0 => Box::new(EmptyQuery),
        _ => Box::new(BooleanQuery::union(parts)),
    }
}

pub(crate) fn term(field: Field, word: &str) -> Matching {
    Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::Basic))
}

fn phrase(words: &[(u32, String)], fields: &Fields) -> Matching {
    match words {
        [] => Box::new(EmptyQuery),
        [(_, word)] => term(fields.exact, word),
        words => {
            let term = |word: &str| Term::from_field_text(fields.exact, word);
            let terms = words.iter().map(|(place, word)| (*place as usize, term(word)));
            let phrase = PhraseQuery::new_with_offset(terms.collect());
            Box::new(Steady(Box::new(phrase)))
        }
    }
}

fn prefix(field: Field, start: &str) -> Matching {
    let from = Term::from_field_text(field, start);
    let to = Term::from_field_text(field, &format!("{start}{LAST}"));
    Box::new(RangeQuery::new(Bound::Included(from), Bound::Excluded(to)))
}

/// A word that ranks.
pub(crate) struct Ranking {
    pub(crate) term: Term,
    pub(crate) weight: f64,
}

/// A word in another of its forms counts half of what the form that was asked for counts, which
/// counts both: it holds its own stem, too.
const LOOSE_WEIGHT: f64 = 0.5;

/// The words that rank a post: every one that is wanted, once. The beginning of a word matches and
/// does not rank.
pub(crate) fn ranking(wanted: &[&Node], fields: &Fields) -> Vec<Ranking> {
    let mut ranking: Vec<Ranking> = Vec::new();
    let mut add = |field: Field, word: &str, weight: f64| {
        let term = Term::from_field_text(field, word);
        if ranking.iter().all(|known| known.term != term) {
            ranking.push(Ranking { term, weight });
        }
    };
    for node in wanted {
        match node {
            Node::Word { exact, loose } => {
                add(fields.exact, exact, 1.0);
                add(fields.loose, loose, LOOSE_WEIGHT);
            }
            Node::Phrase(words) => words.iter().for_each(|(_, word)| add(fields.exact, word, 1.0)),
            _ => {}
        }
    }
    ranking
}
