//! Why two posts are the same statement, or are not: on the original texts.

use std::ops::Range;

use marsad_types::Corpus;

use crate::frames::Frames;
use crate::group::{Basis, Options, Verdict, compare};
use crate::mask::{Masker, Purpose};
use crate::normalise::{Scanner, Token};
use crate::prints::Prints;

/// What a stretch of an original text is in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// In both texts.
    Shared,
    /// In this text only.
    Own,
    /// Masked: a frame of one of the two channels, or boilerplate.
    Masked,
    /// A link or mention: not compared.
    Unmatched,
}

/// A word of an original text and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Bytes of the original text.
    pub source: Range<usize>,
    /// Its role.
    pub role: Role,
}

/// How two posts compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Words of the first post, in order.
    pub left: Vec<Piece>,
    /// Words of the second post, in order.
    pub right: Vec<Piece>,
    /// Jaccard similarity of the masked texts.
    pub similarity: f32,
    /// Share of the first in the second.
    pub left_in_right: f32,
    /// Share of the second in the first.
    pub right_in_left: f32,
    /// The reason in one sentence, lower case.
    pub reason: String,
}

/// Longest side of the word-by-word comparison; beyond, words are compared as a set.
const DIFF_WORDS_MAX: usize = 3000;

/// Compares two posts of a corpus as grouping does.
pub fn explain(
    corpus: &Corpus,
    prints: &Prints,
    rows: (usize, usize),
    options: &Options,
) -> Explanation {
    let frames = Frames::learn(corpus, prints);
    let (left, right) =
        (side(corpus, &frames, rows.0, rows.1), side(corpus, &frames, rows.1, rows.0));
    let shared = shared(&left.words, &right.words);
    let compared = compare(corpus, &frames, rows, options);
    Explanation {
        left: left.pieces(|word| shared.iter().any(|(l, _)| *l == word)),
        right: right.pieces(|word| shared.iter().any(|(_, r)| *r == word)),
        similarity: compared.likeness.jaccard,
        left_in_right: compared.likeness.first_in_second,
        right_in_left: compared.likeness.second_in_first,
        reason: reason(compared.verdict).to_owned(),
    }
}

pub(crate) fn reason(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Empty => "one of the two has no words to compare",
        Verdict::Equal => "equal after normalisation and masking",
        Verdict::Near(Basis::Similarity) => "near: similarity reaches the threshold",
        Verdict::Near(Basis::Spelling) => "near: the same words but for spelling",
        Verdict::Near(Basis::Core) => {
            "near: the same run of words, with something of its own before or after it"
        }
        Verdict::Negated => "alike, but one says \"not\" where the other does not",
        Verdict::Figures => "alike, but a figure stands where the other has another",
        Verdict::Series => {
            "alike, but a word stands where the other has another in one channel's series"
        }
        Verdict::Words => "alike, but a few words stand where the other has others",
        Verdict::Contained => "one contains the other",
        Verdict::Short => "too short for anything but equality",
        Verdict::Apart => "not alike enough",
    }
}

/// One post: all its tokens, which were masked, and the words that were compared.
struct Side {
    tokens: Vec<Token>,
    masked: Vec<bool>,
    words: Vec<Vec<u32>>,
}

fn side(corpus: &Corpus, frames: &Frames, row: usize, other: usize) -> Side {
    let mut scanner = Scanner::default();
    let mut masker = Masker::default();
    scanner.scan(corpus.posts.text.get(row));
    let tokens = scanner.tokens.clone();
    let all = [frames.of(row), frames.of(other), Some(frames.boilerplate())];
    let channel = |row: usize| corpus.posts.channel.get(row);
    let purpose = Purpose::Pair { same_channel: channel(row) == channel(other) };
    let changed = masker
        .mask((corpus.posts.text.get(row), &mut scanner), all.into_iter().flatten(), purpose)
        .is_some();
    let masked = if changed { masker.dropped().to_vec() } else { vec![false; tokens.len()] };
    let matched = scanner.tokens.iter().filter(|token| token.kind.is_matched());
    let words = matched.map(|token| scanner.token_codes(token).to_vec()).collect();
    Side { tokens, masked, words }
}

impl Side {
    fn pieces(&self, is_shared: impl Fn(usize) -> bool) -> Vec<Piece> {
        let mut word = 0;
        let tokens = self.tokens.iter().zip(&self.masked);
        tokens
            .map(|(token, masked)| {
                let role = if !token.kind.is_matched() {
                    Role::Unmatched
                } else if *masked {
                    Role::Masked
                } else {
                    word += 1;
                    if is_shared(word - 1) { Role::Shared } else { Role::Own }
                };
                Piece { source: token.source_start as usize..token.source_end as usize, role }
            })
            .collect()
    }
}

/// The longest common subsequence of words, as pairs of places.
fn shared(left: &[Vec<u32>], right: &[Vec<u32>]) -> Vec<(usize, usize)> {
    if left.len() > DIFF_WORDS_MAX || right.len() > DIFF_WORDS_MAX {
        let place = |word: &Vec<u32>| right.iter().position(|other| other == word);
        return left.iter().enumerate().filter_map(|(l, word)| Some((l, place(word)?))).collect();
    }
    let width = right.len() + 1;
    let mut longest = vec![0u16; (left.len() + 1) * width];
    let at = |table: &[u16], l: usize, r: usize| table.get(l * width + r).copied().unwrap_or(0);
    for (l, a) in left.iter().enumerate().rev() {
        for (r, b) in right.iter().enumerate().rev() {
            let best = if a == b {
                at(&longest, l + 1, r + 1) + 1
            } else {
                at(&longest, l + 1, r).max(at(&longest, l, r + 1))
            };
            if let Some(cell) = longest.get_mut(l * width + r) {
                *cell = best;
            }
        }
    }
    let (mut l, mut r) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
        if a == b {
            pairs.push((l, r));
            l += 1;
            r += 1;
        } else if at(&longest, l + 1, r) >= at(&longest, l, r + 1) {
            l += 1;
        } else {
            r += 1;
        }
    }
    pairs
}
