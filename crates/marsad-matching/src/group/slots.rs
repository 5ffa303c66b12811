//! What tells two texts apart that are alike: the slots of a template.
//!
//! A bulletin of today and of yesterday agree in nearly all their characters. They are different
//! statements when a **figure** stands where the other has another figure: after the same word, or
//! before the same word where neither figure stands anywhere in the other text. Numbers that only
//! one side has are additions (a date line, a telephone number in a footer), and
//! the same digits in another format (`12:30`, `12.30`; `20 000`, `20000`) are the same figure.
//!
//! Days, months, numbers in words, directions, outcomes and their opposites ([`super::lexicon`]) make
//! two statements where one stands for another, and so does a pair that changes places ("from A to
//! B"). Where nothing else was edited within a sentence, one name for another does, and in a short
//! text any **few words** for a few others: a form was filled in anew. Words of saying, short forms,
//! near synonyms and articles do not, nor does what stands before or after a text in a sentence of
//! its own. In a **series** (the two posts stand in one channel, or one of the two has such a sibling
//! in its own channel) any word replaced counts. A **negation** that only one side has makes them
//! different statements, other than in what was added before or after.
//!
//! Spelling does not count: words within one edit (two from seven letters on) that begin alike,
//! other endings, and words split or joined.

use super::figures::other_figure;
use super::laid::Laid;
use super::spelling::{only, without_spelling};
use super::view::View;

/// What tells two texts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "six findings that do not exclude each other")]
pub(crate) struct Slots {
    /// A figure stands where the other has another.
    pub(crate) figure: bool,
    /// A word stands where the other has another, or may: told by the neighbours alone.
    pub(crate) word: bool,
    /// A few words stand where the other has a few others, and they are no matter of style.
    pub(crate) fact: bool,
    /// The first text says "not" where the second does not.
    pub(crate) first_negates: bool,
    /// The second text says "not" where the first does not.
    pub(crate) second_negates: bool,
    /// It does within what it has of the first.
    pub(crate) second_denies: bool,
}

/// Compares word by word, as multisets with neighbours.
pub(crate) fn slots(a: &View, b: &View) -> Slots {
    let figure = !a.digits().eq(b.digits()) && other_figure(a, b);
    let (only_a, only_b) = only(a, b);
    let split = |places: &[usize], view: &View| -> (Vec<usize>, Vec<usize>) {
        places.iter().partition(|place| view.words.get(**place).is_some_and(|w| w.is_number))
    };
    let (_, words_a) = split(&only_a, a);
    let (_, words_b) = split(&only_b, b);
    let doubt = without_spelling(a, words_a, b, words_b);
    let laid = Laid::new(a, b, &doubt.twins);
    let fact = laid.has_fact(&doubt);
    let (first_negates, second_negates) = laid.negates(&doubt);
    let word = replaced(a, &doubt.a, b, &doubt.b);
    let second_denies = second_negates && laid.is_denied(&doubt);
    Slots { figure, word, fact, first_negates, second_negates, second_denies }
}

/// Whether a word of one side stands where the other side has one: after or before the same word,
/// or at the same end of the text.
fn replaced(a: &View, places_a: &[usize], b: &View, places_b: &[usize]) -> bool {
    if places_a.is_empty() || places_b.is_empty() {
        return false;
    }
    let sides_b: Vec<(u64, u64)> =
        places_b.iter().map(|place| sides(b, *place, places_b)).collect();
    places_a.iter().any(|place| {
        let (before, after) = sides(a, *place, places_a);
        sides_b
            .iter()
            .any(|(other_before, other_after)| before == *other_before || after == *other_after)
    })
}

/// The nearest words before and after that are not themselves in doubt; 0 and 1 at the ends.
fn sides(view: &View, place: usize, doubted: &[usize]) -> (u64, u64) {
    let settled = |place: &usize| doubted.binary_search(place).is_err();
    let hash = |place: usize| view.words.get(place).map(|word| word.hash);
    let before = (0..place).rev().find(settled).and_then(hash);
    let after = (place + 1..view.words.len()).find(settled).and_then(hash);
    (before.unwrap_or(0), after.unwrap_or(1))
}
