//! Differences between two texts, whole sentences aside.

use std::ops::Range;

use super::align::Hunk;
use super::view::View;

/// Whether words are sentences of their own; nothing is.
pub(super) fn is_sentence(view: &View, range: &Range<usize>) -> bool {
    let begins = |place: usize| view.words.get(place).is_none_or(|word| word.begins);
    range.is_empty() || begins(range.start) && begins(range.end)
}

/// A place where one of two texts has whole sentences of its own beside words that differ, in two:
/// the words, and the sentences.
pub(super) fn without_sentences(a: &View, b: &View, hunk: Hunk) -> Vec<Hunk> {
    let swap = |Hunk { a, b }: Hunk| Hunk { a: b, b: a };
    if let Some(parts) = split(a, b, &hunk) {
        return parts.to_vec();
    }
    let swapped = swap(hunk);
    match split(b, a, &swapped) {
        Some(parts) => parts.map(swap).to_vec(),
        None => vec![swap(swapped)],
    }
}

/// The same where the second has the sentences.
fn split(a: &View, b: &View, hunk: &Hunk) -> Option<[Hunk; 2]> {
    let begins = |view: &View, place: usize| view.words.get(place).is_none_or(|word| word.begins);
    let inner = |view: &View, range: &Range<usize>| -> Vec<usize> {
        (range.start + 1..range.end).filter(|place| begins(view, *place)).collect()
    };
    if hunk.a.is_empty() || !inner(a, &hunk.a).is_empty() {
        return None;
    }
    let inner = inner(b, &hunk.b);
    let part = |a: Range<usize>, b: Range<usize>| Hunk { a, b };
    if begins(a, hunk.a.end) && begins(b, hunk.b.end) && !begins(a, hunk.a.start) {
        let to = *inner.first()?;
        let end = hunk.a.end;
        return Some([part(hunk.a.clone(), hunk.b.start..to), part(end..end, to..hunk.b.end)]);
    }
    if begins(a, hunk.a.start) && begins(b, hunk.b.start) && !begins(a, hunk.a.end) {
        let from = *inner.last()?;
        let start = hunk.a.start;
        return Some([
            part(start..start, hunk.b.start..from),
            part(hunk.a.clone(), from..hunk.b.end),
        ]);
    }
    None
}

/// The part of some words that belongs to the sentence of the word behind them.
pub(super) fn last_sentence(view: &View, range: Range<usize>) -> Range<usize> {
    let begins = |place: &usize| view.words.get(*place).is_some_and(|word| word.begins);
    let from = (range.start + 1..=range.end).rev().find(begins).unwrap_or(range.start);
    from..range.end
}

/// The part of some words that belongs to the sentence of the word before them.
pub(super) fn first_sentence(view: &View, range: Range<usize>) -> Range<usize> {
    let begins = |place: &usize| view.words.get(*place).is_some_and(|word| word.begins);
    let to = range.clone().find(begins).unwrap_or(range.end);
    range.start..to
}
