//! Words put in, moved to where they begin with a sentence.
//!
//! Of "In the office of the north. The hall" beside "The hall" a longest common subsequence may
//! keep the first "the" and tell "office of the north. The" as put in: as short, and not what
//! anybody did. Whoever adds a remark adds whole sentences.

use super::align::Hunk;
use super::sentences::is_sentence;
use super::view::View;

/// A text and the hashes of its words.
type Words<'a> = (&'a View, &'a [u64]);

/// The differences, of which each that is only put in or left out is moved towards the beginning:
/// to one of its kind that it then joins, to the edge of the texts, or to where it is whole
/// sentences. Not towards the end, since [`super::align::hunks`] keeps the first of equal words.
pub(super) fn slid(a: Words<'_>, b: Words<'_>, hunks: Vec<Hunk>) -> Vec<Hunk> {
    let mut settled: Vec<Hunk> = Vec::with_capacity(hunks.len());
    for mut hunk in hunks {
        loop {
            let before = settled.last();
            let kept = hunk.a.start - before.map_or(0, |before| before.a.end);
            let far = reach(a.1, b.1, &hunk).min(kept);
            if far == kept
                && let Some(before) = settled.pop_if(|before| is_one_sided(before, &hunk))
            {
                let moved = earlier(&hunk, far);
                hunk = Hunk { a: before.a.start..moved.a.end, b: before.b.start..moved.b.end };
                continue;
            }
            let is_whole = |moved: &Hunk| {
                moved.a.start == 0
                    || moved.b.start == 0
                    || is_sentence(a.0, &moved.a) && is_sentence(b.0, &moved.b)
            };
            let whole = (0..=far).map(|by| earlier(&hunk, by)).find(is_whole);
            settled.push(whole.unwrap_or(hunk));
            break;
        }
    }
    settled
}

/// By how many words a difference can be moved towards the beginning: as long as the word before
/// it is its last.
fn reach(a: &[u64], b: &[u64], hunk: &Hunk) -> usize {
    let (words, range) = match (hunk.a.is_empty(), hunk.b.is_empty()) {
        (true, false) => (b, &hunk.b),
        (false, true) => (a, &hunk.a),
        _ => return 0,
    };
    let before = words.get(..range.start).unwrap_or(&[]).iter().rev();
    let last = words.get(..range.end).unwrap_or(&[]).iter().rev();
    before.zip(last).take_while(|(before, last)| before == last).count()
}

fn earlier(Hunk { a, b }: &Hunk, by: usize) -> Hunk {
    Hunk { a: a.start - by..a.end - by, b: b.start - by..b.end - by }
}

/// Whether both are put in, or both left out.
fn is_one_sided(one: &Hunk, other: &Hunk) -> bool {
    one.a.is_empty() && other.a.is_empty() || one.b.is_empty() && other.b.is_empty()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::super::align::hunks;
    use super::super::view::Word;
    use super::*;

    /// A text of which each word is a number and may begin a sentence.
    fn text(words: &[(u64, bool)]) -> (View, Vec<u64>) {
        let word =
            |(hash, begins): &(u64, bool)| Word { hash: *hash, begins: *begins, ..Word::default() };
        let hashes = words.iter().map(|(hash, _)| *hash).collect();
        (View { words: words.iter().map(word).collect(), ..View::default() }, hashes)
    }

    proptest! {
        /// What is left between the hunks is the same in both, and there are no more of them.
        #[test]
        fn sliding_changes_nothing_else(
            a in prop::collection::vec((0u64..5, any::<bool>()), 0..20),
            b in prop::collection::vec((0u64..5, any::<bool>()), 0..20),
        ) {
            let ((view_a, a), (view_b, b)) = (text(&a), text(&b));
            let before = hunks(&a, &b).expect("short enough");
            let after = slid((&view_a, &a), (&view_b, &b), before.clone());
            prop_assert!(after.len() <= before.len());
            let without = |words: &[u64], cut: Vec<Range<usize>>| -> Vec<u64> {
                let kept = |place: &usize| !cut.iter().any(|range| range.contains(place));
                (0..words.len()).filter(kept).map(|place| words[place]).collect()
            };
            let left = without(&a, after.iter().map(|hunk| hunk.a.clone()).collect());
            let right = without(&b, after.iter().map(|hunk| hunk.b.clone()).collect());
            prop_assert_eq!(left, right);
        }
    }

    #[test]
    fn a_remark_is_put_in_whole() {
        let words = |words: &[u64], begins: &[usize]| -> Vec<(u64, bool)> {
            words.iter().enumerate().map(|(at, word)| (*word, begins.contains(&at))).collect()
        };
        // "The hall" and "In the office of the north. The hall": 1 is "the".
        let ((view_a, a), (view_b, b)) =
            (text(&words(&[1, 2], &[0])), text(&words(&[5, 1, 6, 7, 1, 8, 1, 2], &[0, 6])));
        let found = slid((&view_a, &a), (&view_b, &b), hunks(&a, &b).expect("short"));
        assert_eq!(found, [Hunk { a: 0..0, b: 0..6 }]);
    }
}
