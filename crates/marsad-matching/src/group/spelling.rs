//! Words that are one but for spelling: slips, other endings, splits.

use super::lexicon::{is_negation, same_value};
use super::view::{View, Word};
use crate::normalise::look_alike;

/// Places of words that only one of two texts has.
#[derive(Default)]
pub(super) struct Doubt {
    pub(super) a: Vec<usize>,
    pub(super) b: Vec<usize>,
    /// Words that are one but for spelling.
    pub(super) twins: Vec<(usize, usize)>,
}

/// Places of the words that only one of two texts has, counting repeats.
pub(super) fn only(a: &View, b: &View) -> (Vec<usize>, Vec<usize>) {
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    loop {
        match (a.sorted.get(i), b.sorted.get(j)) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                i += 1;
                j += 1;
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                only_a.push(x.1 as usize);
                i += 1;
            }
            (_, Some(y)) => {
                only_b.push(y.1 as usize);
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
    paired((a, words_a), (b, words_b), usize::MAX).unwrap_or_default()
}

/// The same; none where more words of the first than `left_most` are left.
fn paired(
    (a, words_a): (&View, Vec<usize>),
    (b, words_b): (&View, Vec<usize>),
    left_most: usize,
) -> Option<Doubt> {
    if letters(a, words_a.iter().copied()) == letters(b, words_b.iter().copied()) {
        return Some(Doubt::default());
    }
    let mut left = Doubt { b: words_b, ..Doubt::default() };
    for place in words_a {
        let Some(word) = a.words.get(place) else { continue };
        let twin = left.b.iter().position(|other| {
            b.words.get(*other).is_some_and(|other| is_variant((a, word), (b, other)))
        });
        match twin {
            Some(twin) => left.twins.push((place, left.b.remove(twin))),
            None => left.a.push(place),
        }
        if left.a.len() > left_most {
            return None;
        }
    }
    Some(left)
}

/// Words of `a` with a twin in `b`, spelling apart; none where more than `left_most` have none.
pub(crate) fn twins(a: &View, b: &View, left_most: usize) -> Option<usize> {
    let (only_a, only_b) = only(a, b);
    let left = paired((a, only_a), (b, only_b), left_most)?;
    Some(a.words.len() - left.a.len())
}

/// The letters of some words, end to end.
pub(super) fn letters(view: &View, places: impl Iterator<Item = usize>) -> Vec<u32> {
    let words = places.filter_map(|place| view.words.get(place));
    words.flat_map(|word| view.spelling(word)).copied().collect()
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
    let is_swap = a.first() == b.get(1) && a.get(1) == b.first();
    if a.first() != b.first() && !is_swap {
        return false;
    }
    let shorter = a.len().min(b.len());
    if shorter > 3 && once(a).eq(once(b)) {
        return true;
    }
    let allowed = match shorter {
        0 | 1 => return false,
        2..=6 => 1,
        _ => 2,
    };
    let is_same_length = a.len() == b.len();
    is_within(a, b, allowed) && (shorter > 3 || !is_same_length || sorted(a) == sorted(b))
}

/// Letters, those that stand twice or more once.
fn once(word: &[u32]) -> impl Iterator<Item = u32> {
    word.chunk_by(|a, b| a == b).filter_map(|run| run.first().copied())
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

/// Whether so many insertions, deletions, substitutions and swaps of neighbours, or fewer, make one
/// word the other (optimal string alignment, Damerau).
fn is_within(a: &[u32], b: &[u32], edits: usize) -> bool {
    if a.len().abs_diff(b.len()) > edits {
        return false;
    }
    // What both begin or end with stays in some best alignment.
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same..).unwrap_or(&[]), b.get(same..).unwrap_or(&[]));
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.split_at(a.len() - same).0, b.split_at(b.len() - same).0);
    let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) else {
        return a.len().max(b.len()) <= edits;
    };
    let Some(left) = edits.checked_sub(1) else { return false };
    let is_swapped = || match (rest_a, rest_b) {
        ([u, rest_a @ ..], [v, rest_b @ ..]) => x == v && u == y && is_within(rest_a, rest_b, left),
        _ => false,
    };
    is_within(rest_a, rest_b, left)
        || is_within(rest_a, b, left)
        || is_within(a, rest_b, left)
        || is_swapped()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table of optimal string alignment.
    fn edits(a: &[u32], b: &[u32]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i.max(j)
                } else {
                    let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let one_sided = table[i - 1][j].min(table[i][j - 1]) + 1;
                    let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swapped = if is_swap { table[i - 2][j - 2] + 1 } else { usize::MAX };
                    replaced.min(one_sided).min(swapped)
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn few_edits_are_counted_as_the_whole_table_counts_them(
            a in prop::collection::vec(0u32..4, 0..9), b in prop::collection::vec(0u32..4, 0..9),
        ) {
            for most in 0..=3 {
                prop_assert_eq!(is_within(&a, &b, most), edits(&a, &b) <= most);
            }
        }
    }
}
