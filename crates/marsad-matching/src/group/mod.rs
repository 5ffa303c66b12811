//! Posts to statements: leader clustering in the order of time.

mod candidates;
mod verify;

use hashbrown::HashMap;
use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use crate::fingerprint::{BINS, Fingerprinter};
use crate::prints::Prints;
use crate::statement::{Member, Relation, Statement, Statements, Tally};
use candidates::Pair;

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Smallest Jaccard similarity of near copies.
    pub threshold: f32,
    /// Smallest containment of a statement inside a longer post.
    pub containment: f32,
    /// Words a contained statement has at least.
    pub containment_tokens_min: u32,
    /// A text of fewer words matches exactly or not at all.
    pub near_tokens_min: u32,
    /// A text of fewer letters matches exactly or not at all.
    pub near_letters_min: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threshold: 0.8,
            containment: 0.9,
            containment_tokens_min: 12,
            near_tokens_min: 8,
            near_letters_min: 30,
        }
    }
}

/// The distinct texts of a corpus, in the order of their first post.
struct Texts {
    /// First row with the text.
    row: Vec<u32>,
    signature: Vec<[u8; BINS]>,
    /// Text of each row; [`NONE`] for an empty text.
    of_row: Vec<u32>,
}

/// Groups all posts of a corpus into statements.
pub fn group(corpus: &Corpus, prints: &Prints, options: &Options) -> Statements {
    let texts = distinct(corpus, prints);
    let eligible: Vec<u32> = (0..texts.row.len() as u32)
        .filter(|text| {
            let row = texts.row.get(*text as usize).map_or(0, |row| *row as usize);
            prints.tokens.get(row).is_some_and(|n| *n >= options.near_tokens_min)
                && prints.letters.get(row).is_some_and(|n| *n >= options.near_letters_min)
        })
        .collect();
    // Four standard errors of the estimate below the threshold: nothing is lost.
    let agree_min = ((options.threshold - 0.2).max(0.0) * BINS as f32) as u32;
    let found = candidates::near(&texts.signature, &eligible, agree_min);
    let verified = verify_pairs(corpus, &texts, &found.pairs, options.threshold);
    let tally =
        Tally { verified_pairs: found.pairs.len(), capped_pairs: found.capped, ..Tally::default() };
    resolve(corpus, &texts, &verified, tally)
}

fn distinct(corpus: &Corpus, prints: &Prints) -> Texts {
    let rows = corpus.posts.len().min(prints.len());
    let mut texts = Texts { row: Vec::new(), signature: Vec::new(), of_row: vec![NONE; rows] };
    let mut first: HashMap<u128, u32> = HashMap::with_capacity(rows);
    for (row, body) in prints.body.iter().enumerate().take(rows) {
        if *body == 0 {
            continue;
        }
        let text = *first.entry(*body).or_insert_with(|| {
            texts.row.push(row as u32);
            texts.signature.push(prints.signature.get(row).copied().unwrap_or([0; BINS]));
            texts.row.len() as u32 - 1
        });
        if let Some(slot) = texts.of_row.get_mut(row) {
            *slot = text;
        }
    }
    texts
}

/// The similarity of each pair at or above the threshold.
fn verify_pairs(
    corpus: &Corpus,
    texts: &Texts,
    pairs: &[Pair],
    threshold: f32,
) -> Vec<(Pair, f32)> {
    let text_of = |text: u32| {
        let row = texts.row.get(text as usize).map_or(usize::MAX, |row| *row as usize);
        corpus.posts.text.get(row)
    };
    pairs
        .par_chunks(1024)
        .map_init(
            || (Fingerprinter::new(), Vec::new(), Vec::new(), NONE),
            |(fingerprinter, own, other, held), chunk| {
                let mut kept = Vec::new();
                for (earlier, later) in chunk {
                    if *held != *later {
                        fingerprinter.scanner.scan(text_of(*later));
                        verify::features(&fingerprinter.scanner.codes, own);
                        *held = *later;
                    }
                    fingerprinter.scanner.scan(text_of(*earlier));
                    verify::features(&fingerprinter.scanner.codes, other);
                    let similarity = verify::jaccard(own, other);
                    if similarity >= threshold {
                        kept.push(((*earlier, *later), similarity));
                    }
                }
                kept
            },
        )
        .flatten_iter()
        .collect()
}

/// Walks the posts in order: each joins the statement of its original, of its text, or of the most
/// similar leader; or leads one of its own.
fn resolve(corpus: &Corpus, texts: &Texts, verified: &[(Pair, f32)], tally: Tally) -> Statements {
    let rows = texts.of_row.len();
    let mut statements: Vec<Statement> = Vec::new();
    // Statement and similarity of each text; whether the text leads it.
    let mut home: Vec<Option<(u32, f32)>> = vec![None; texts.row.len()];
    let mut leads: Vec<bool> = vec![false; texts.row.len()];
    let mut originals: HashMap<(u32, &str), u32> = HashMap::new();
    let mut at = 0;
    for row in 0..rows {
        let text = texts.of_row.get(row).copied().unwrap_or(NONE);
        let is_first = texts.row.get(text as usize).is_some_and(|first| *first as usize == row);
        let mut joined: Option<(u32, f32)> = None;
        if is_first {
            while let Some(((earlier, later), similarity)) = verified.get(at)
                && *later <= text
            {
                at += 1;
                let leading = leads.get(*earlier as usize).copied().unwrap_or(false);
                if *later == text && leading && joined.is_none_or(|(_, best)| *similarity > best) {
                    let statement = home.get(*earlier as usize).copied().flatten();
                    joined = statement.map(|(statement, _)| (statement, *similarity));
                }
            }
        } else {
            joined = home.get(text as usize).copied().flatten();
        }
        let origin = origin(corpus, row);
        let original = origin.and_then(|key| originals.get(&key).copied());
        let (statement, relation, similarity) = match (original, joined) {
            (Some(statement), _) => (statement, Relation::Forward, 1.0),
            (None, Some((statement, similarity))) => {
                let relation = if origin.is_some()
                    || corpus.posts.forward.get(row).is_some_and(|f| *f != NONE)
                {
                    Relation::Forward
                } else if similarity >= 1.0 {
                    Relation::Exact
                } else {
                    Relation::Near
                };
                (statement, relation, similarity)
            }
            (None, None) => {
                statements.push(Statement::default());
                (statements.len() as u32 - 1, Relation::First, 1.0)
            }
        };
        if let Some(slot) = home.get_mut(text as usize)
            && slot.is_none()
        {
            *slot = Some((statement, similarity));
            if relation == Relation::First
                && let Some(lead) = leads.get_mut(text as usize)
            {
                *lead = true;
            }
        }
        if let Some(key) = origin {
            originals.entry(key).or_insert(statement);
        }
        let own = corpus.posts.channel.get(row).map(|c| (*c, corpus.posts.post.get(row)));
        if let Some(own) = own {
            originals.entry(own).or_insert(statement);
        }
        if let Some(statement) = statements.get_mut(statement as usize) {
            statement.members.push(Member {
                post: row as u32,
                relation,
                similarity,
                appears: true,
            });
        }
    }
    Statements { statements, tally }
}

/// Channel and post id of the original of a forward.
fn origin(corpus: &Corpus, row: usize) -> Option<(u32, &str)> {
    let forward = corpus.posts.forward.get(row).copied().filter(|forward| *forward != NONE)?;
    let channel = corpus.forwards.channel.get(forward as usize)?;
    let post = corpus.forwards.post.get(forward as usize);
    (!post.is_empty()).then_some((*channel, post))
}
