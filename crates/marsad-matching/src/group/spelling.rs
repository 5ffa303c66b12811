//! Words that are one but for spelling: slips, other endings, splits.

use super::lexicon::{is_negation, same_value};
use super::view::{View, Word};
use crate::normalise::look_alike;

/// Places of words that only one of two texts has.
pub(super) struct Doubt {
    pub(super) a: Vec<usize>,
    pub(super) b: Vec<usize>,
    /// Words that are one but for spelling.
    pub(super) twins: Vec<(usize, usize)>,
}

/// Places of the words that only one of two texts has, counting repeats.
pub(super) fn only(a: &View, b: &View) -> (Vec<usize>, Vec<usize>) {
    let sorted = |view: &View| {
        let mut words: Vec<(u64, usize)> =
            view.words.iter().enumerate().map(|(place, word)| (word.hash, place)).collect();
        words.sort_unstable();
        words
    };
    let (sorted_a, sorted_b) = (sorted(a), sorted(b));
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    loop {
        match (sorted_a.get(i), sorted_b.get(j)) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                i += 1;
                j += 1;
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                only_a.push(x.1);
                i += 1;
            }
            (_, Some(y)) => {
                only_b.push(y.1);
                j += 1;
            }
            (_, None) => break,
        }
    }
    only_a.sort_unstable();
    only_b.sort_unstable();
    (only_a, only_b)
}

/// Takes out words that differ in spelling only, or in where they are split.
pub(super) fn without_spelling(
    a: &View,
    words_a: Vec<usize>,
    b: &View,
    words_b: Vec<usize>,
) -> Doubt {
    if letters(a, words_a.iter().copied()) == letters(b, words_b.iter().copied()) {
        return Doubt { a: Vec::new(), b: Vec::new(), twins: Vec::new() };
    }
    let mut left = Doubt { a: Vec::new(), b: words_b, twins: Vec::new() };
    for place in words_a {
        let Some(word) = a.words.get(place) else { continue };
        let twin = left.b.iter().position(|other| {
            b.words.get(*other).is_some_and(|other| is_variant((a, word), (b, other)))
        });
        match twin {
            Some(twin) => left.twins.push((place, left.b.remove(twin))),
            None => left.a.push(place),
        }
    }
    left
}

/// How many words of each text have a twin in the other, spelling apart; (words of `a` with a twin,
/// words of `a`, words of `b`).
pub(crate) fn twins(a: &View, b: &View) -> (usize, usize, usize) {
    let (only_a, only_b) = only(a, b);
    let left = without_spelling(a, only_a, b, only_b);
    (a.words.len() - left.a.len(), a.words.len(), b.words.len())
}

/// The letters of some words, end to end.
pub(super) fn letters(view: &View, places: impl Iterator<Item = usize>) -> Vec<u32> {
    let words = places.filter_map(|place| view.words.get(place));
    words.flat_map(|word| view.spelling(word).to_vec()).collect()
}

/// Whether two words are one: misspelt, or in another form.
pub(super) fn is_variant((a, word): (&View, &Word), (b, other): (&View, &Word)) -> bool {
    let (own, others) = (a.spelling(word), b.spelling(other));
    // "No. 4" is no slip of "not".
    let both_negate = || is_negation(word.hash) && is_negation(other.hash);
    same_value(word.hash, other.hash).unwrap_or_else(|| {
        let is_spelt = is_misspelt(own, others) || is_inflected(own, others);
        is_spelt && !both_negate() || look_alike(own, others)
    })
}

/// One edit apart, or two from seven letters on, or a letter doubled. The first letter stays, but for a swap: errors
/// there are rare (Pollock and Zamora 1984), and a prefix that turns a word is not ("possible",
/// "impossible"). Where the shorter has three letters or fewer, only a swap, or a letter more after
/// the first, is a slip.
pub(super) fn is_misspelt(a: &[u32], b: &[u32]) -> bool {
    let shorter = a.len().min(b.len());
    if shorter > 3 && once(a) == once(b) {
        return true;
    }
    let allowed = match shorter {
        0 | 1 => return false,
        2..=6 => 1,
        _ => 2,
    };
    if a.len().abs_diff(b.len()) > allowed || edits(a, b) > allowed {
        return false;
    }
    let is_swap = a.first() == b.get(1) && a.get(1) == b.first();
    let begins = a.first() == b.first() || is_swap;
    let is_same_length = a.len() == b.len();
    begins && (shorter > 3 || !is_same_length || sorted(a) == sorted(b))
}

/// Letters, those that stand twice or more once.
fn once(word: &[u32]) -> Vec<u32> {
    let mut word = word.to_vec();
    word.dedup();
    word
}

/// Letters of a stem at least.
const STEM: usize = 5;

/// Prefixes that turn a word, normalised.
const TURNING: [&str; 17] = [
    "un",
    "in",
    "im",
    "ir",
    "il",
    "dis",
    "non",
    "anti",
    "de",
    "mis",
    "не",
    "без",
    "бес",
    "анти",
    "контр",
    "дез",
    "вне",
];

/// One stem with other endings, or a word with something before it that does not turn it
/// ("tickets", "airtickets").
fn is_inflected(a: &[u32], b: &[u32]) -> bool {
    let (few, more) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if few.len() < STEM {
        return false;
    }
    let same = few.iter().zip(more).take_while(|(x, y)| x == y).count();
    let endings = more.len() - same;
    if same >= STEM && endings <= 3 && same * 5 >= more.len() * 3 {
        return true;
    }
    let before = more.strip_suffix(few).unwrap_or(&[]);
    before.len() >= 2 && !is_turning(before)
}

/// Whether one word is the other with a prefix that turns it.
pub(super) fn is_turned(a: &[u32], b: &[u32]) -> bool {
    let (few, more) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.len() >= STEM && more.strip_suffix(few).is_some_and(is_turning)
}

fn is_turning(before: &[u32]) -> bool {
    TURNING.iter().any(|prefix| prefix.chars().map(u32::from).eq(before.iter().copied()))
}

pub(super) fn sorted<T: Ord + Copy>(some: &[T]) -> Vec<T> {
    let mut some = some.to_vec();
    some.sort_unstable();
    some
}

/// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string
/// alignment, Damerau).
fn edits(a: &[u32], b: &[u32]) -> usize {
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = at(&above, j) + usize::from(x != y);
            let mut best = replaced.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    at(&above, b.len())
}
