//! Two texts word by word: where one has words that the other has not.

use std::ops::Range;

/// Cells of the largest table; two longer texts are not laid beside each other.
const CELLS_MAX: usize = 1 << 16;

/// A place where two texts differ: words of the first, words of the second; one may be empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Hunk {
    pub(super) a: Range<usize>,
    pub(super) b: Range<usize>,
}

/// The differences left by a longest common subsequence, in order; none for texts too long.
pub(super) fn hunks(a: &[u64], b: &[u64]) -> Option<Vec<Hunk>> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a_rest, b_rest) = (a.get(head..)?, b.get(head..)?);
    let pairs = a_rest.iter().rev().zip(b_rest.iter().rev());
    let tail = pairs.take_while(|(x, y)| x == y).count();
    let a_mid = a_rest.get(..a_rest.len() - tail)?;
    let b_mid = b_rest.get(..b_rest.len() - tail)?;
    if (a_mid.len() + 1).saturating_mul(b_mid.len() + 1) > CELLS_MAX {
        return None;
    }
    let mut found = Vec::new();
    let mut from = (0, 0);
    let end = (a_mid.len(), b_mid.len());
    for at in common(a_mid, b_mid).into_iter().chain(std::iter::once(end)) {
        if at.0 > from.0 || at.1 > from.1 {
            found.push(Hunk { a: head + from.0..head + at.0, b: head + from.1..head + at.1 });
        }
        from = (at.0 + 1, at.1 + 1);
    }
    Some(found)
}

/// A longest common subsequence, as pairs of places.
fn common(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut longest = vec![0u16; (a.len() + 1) * width];
    let at = |table: &[u16], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let best = if x == y {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(usize::from(at(&longest, 0, 0)));
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x == y {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if at(&longest, i + 1, j) >= at(&longest, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(a: &str, b: &str) -> Vec<(String, String)> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let hashes = |words: &[String]| {
            words.iter().map(|word| word.bytes().fold(7, |h, b| h * 31 + u64::from(b))).collect()
        };
        let (a, b) = (words(a), words(b));
        let (x, y): (Vec<u64>, Vec<u64>) = (hashes(&a), hashes(&b));
        let hunks = hunks(&x, &y).unwrap_or_default();
        hunks.into_iter().map(|hunk| (a[hunk.a].join(" "), b[hunk.b].join(" "))).collect()
    }

    #[test]
    fn words_replaced_added_and_left_out_are_told_apart() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(found("the north gate is open", "the north gate is open"), []);
        assert_eq!(found("the north gate", "the south gate"), [pair("north", "south")]);
        assert_eq!(
            found("now the north gate opens", "the north gate opens late"),
            [pair("now", ""), pair("", "late")]
        );
    }

    proptest! {
        /// What is left between the hunks is the same in both.
        #[test]
        fn beside_the_hunks_the_texts_agree(
            a in prop::collection::vec(0u64..6, 0..30), b in prop::collection::vec(0u64..6, 0..30),
        ) {
            let hunks = hunks(&a, &b).expect("short enough");
            let without = |words: &[u64], cut: Vec<Range<usize>>| -> Vec<u64> {
                let kept = |place: &usize| !cut.iter().any(|range| range.contains(place));
                (0..words.len()).filter(kept).map(|place| words[place]).collect()
            };
            let left = without(&a, hunks.iter().map(|hunk| hunk.a.clone()).collect());
            let right = without(&b, hunks.iter().map(|hunk| hunk.b.clone()).collect());
            prop_assert_eq!(left, right);
        }
    }
}
