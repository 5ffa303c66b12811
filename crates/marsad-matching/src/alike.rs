//! The posts that are like one post: each compared with it by the rules of grouping.

use hashbrown::HashSet;
use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use crate::explain::reason;
use crate::fingerprint::{each_feature, is_bare};
use crate::frames::Frames;
use crate::group::{Options, Verdict, compare};
use crate::normalise::Scanner;
use crate::prints::Prints;
use crate::statement::Relation;

/// A post that is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// Row in the corpus.
    pub row: usize,
    /// Jaccard similarity; the containment where one contains the other.
    pub similarity: f32,
    /// How it belongs; `None` when it is alike and yet another statement, as `reason` says.
    pub relation: Option<Relation>,
    /// The reason in one sentence, lower case.
    pub reason: &'static str,
}

/// A text is compared in full when this share of the features of the shorter of the two is in the
/// longer one as written: far below any threshold, to leave room for what masking takes away.
const SHARED_MIN: f32 = 0.3;
/// Rows one task looks at.
const CHUNK: usize = 4096;

/// Finds every post like the one in `row`, most alike first, then in the order of time. Looks at
/// every text once: nothing is missed for want of a candidate.
pub fn alike(corpus: &Corpus, prints: &Prints, row: usize, options: &Options) -> Vec<Alike> {
    let mut scanner = Scanner::default();
    scanner.scan(corpus.posts.text.get(row));
    let mut features = HashSet::new();
    each_feature(&scanner.codes, |feature| {
        features.insert(feature);
    });
    let rows: Vec<usize> = (0..corpus.posts.len()).filter(|other| *other != row).collect();
    let candidates: Vec<usize> = rows
        .par_chunks(CHUNK)
        .map_init(Scanner::default, |scanner, chunk| {
            let shares = |other: &usize| {
                scanner.scan(corpus.posts.text.get(*other));
                shares_enough(&features, &scanner.codes) || is_forward(corpus, row, *other)
            };
            chunk.iter().copied().filter(shares).collect::<Vec<_>>()
        })
        .flatten()
        .collect();
    let frames = Frames::learn(corpus, prints);
    let judged = |other: &usize| judge(corpus, prints, &frames, (row, *other), options);
    let mut found: Vec<Alike> = candidates.par_iter().filter_map(judged).collect();
    found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.row.cmp(&b.row)));
    found
}

fn shares_enough(features: &HashSet<u64>, codes: &[u32]) -> bool {
    let (mut all, mut shared) = (0usize, 0usize);
    each_feature(codes, |feature| {
        all += 1;
        shared += usize::from(features.contains(&feature));
    });
    let shorter = all.min(features.len());
    shorter > 0 && shared as f32 >= SHARED_MIN * shorter as f32
}

fn judge(
    corpus: &Corpus,
    prints: &Prints,
    frames: &Frames,
    rows: (usize, usize),
    options: &Options,
) -> Option<Alike> {
    let compared = compare(corpus, frames, rows, options);
    let similarity = compared.similarity;
    let found =
        |relation, similarity, reason| Some(Alike { row: rows.1, similarity, relation, reason });
    if is_forward(corpus, rows.0, rows.1) {
        return found(
            Some(Relation::Forward),
            1.0,
            "the platform says that one forwards the other",
        );
    }
    let why = reason(compared.verdict);
    match compared.verdict {
        Verdict::Equal if differ_in_links(prints, rows) => None,
        Verdict::Equal => found(Some(Relation::Exact), 1.0, why),
        Verdict::Near(_) => found(Some(Relation::Near), similarity, why),
        Verdict::Contained => found(Some(Relation::Contained), similarity, why),
        Verdict::Figures | Verdict::Negated | Verdict::Series | Verdict::Words => {
            found(None, similarity, why)
        }
        Verdict::Empty | Verdict::Short | Verdict::Apart => None,
    }
}

/// Texts with hardly a word are told apart by their links.
fn differ_in_links(prints: &Prints, (a, b): (usize, usize)) -> bool {
    let count = |column: &[u32], row: usize| column.get(row).copied().unwrap_or(0);
    let bare = |row| is_bare(count(&prints.tokens, row), count(&prints.letters, row));
    (bare(a) || bare(b)) && prints.body.get(a) != prints.body.get(b)
}

/// Whether one of the two forwards the other.
fn is_forward(corpus: &Corpus, a: usize, b: usize) -> bool {
    let of = |post: usize, origin: usize| {
        let at = corpus.posts.forward.get(post).copied().unwrap_or(NONE) as usize;
        let is_channel =
            corpus.forwards.channel.get(at).copied() == corpus.posts.channel.get(origin).copied();
        at != NONE as usize
            && is_channel
            && !corpus.forwards.post.get(at).is_empty()
            && corpus.forwards.post.get(at) == corpus.posts.post.get(origin)
    };
    of(a, b) || of(b, a)
}
