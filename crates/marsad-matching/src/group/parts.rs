//! What a text has of another: a run of words, or all of it in sentences of its own.

use std::ops::Range;

use super::lexicon::is_attribution;
use super::spelling::is_variant;
use super::view::{View, Word};

/// Words of an item at least.
const ITEM_WORDS_MIN: usize = 12;

/// Words of a greeting or label before a text at most.
const GREETING_WORDS_MAX: usize = 12;

/// Share of a text that stands in another as an item cut short: from its beginning on, at the start
/// of a sentence, up to an ellipsis.
pub(crate) fn cut_item(part: &View, whole: &View) -> Option<f32> {
    let may_be_cut = |place: usize, word: &Word| word.is_cut || word.begins_line && place > 0;
    if !whole.words.iter().enumerate().any(|(place, word)| may_be_cut(place, word)) {
        return None;
    }
    let (words, in_part, in_whole) = core(&part.words, &whole.words);
    let at = |place: usize| whole.words.get(place);
    let number = in_whole.checked_sub(1).and_then(at).filter(|word| word.is_number);
    // A greeting has a line of its own, and so has the item then.
    let is_greeted = in_part <= GREETING_WORDS_MAX
        && part.words.get(in_part).is_some_and(|word| word.begins_line)
        && [number, at(in_whole)].into_iter().flatten().any(|word| word.begins_line);
    let starts = at(in_whole).is_some_and(|word| word.begins) || number.is_some();
    let starts = in_part == 0 && starts || is_greeted;
    let is_cut = |word: &Word| word.is_cut;
    let after = (part.words.get(in_part + words), at(in_whole + words));
    // Within a word, and then a line of something else: no sentence ends so.
    let ends_line = || at(in_whole + words + 1).is_some_and(|next| next.begins_line);
    let is_within_word = matches!(after, (Some(own), Some(cut)) if {
        let (own, left) = (part.spelling(own), whole.spelling(cut));
        own.starts_with(left) && (cut.is_cut || ends_line() && own.len() > left.len())
    });
    let last = (in_whole + words).checked_sub(1).and_then(at);
    let is_cut = last.is_some_and(is_cut) || is_within_word;
    let is_item = words >= ITEM_WORDS_MIN && starts && is_cut;
    is_item.then(|| words as f32 / part.words.len().max(1) as f32)
}

/// Shorter sentences of a part are not looked for beside it.
const SENTENCE_WORDS_MIN: usize = 4;

/// Longest text that is looked through for a core.
const CORE_WORDS_MAX: usize = 600;

/// The longest run of words that two texts share word for word: its length, and where it begins in
/// each; none for very long texts.
pub(crate) fn core(a: &[Word], b: &[Word]) -> (usize, usize, usize) {
    if a.len() > CORE_WORDS_MAX || b.len() > CORE_WORDS_MAX {
        return (0, 0, 0);
    }
    let mut longest = (0, 0, 0);
    let mut above = vec![0usize; b.len() + 1];
    let mut row = above.clone();
    for (i, x) in a.iter().enumerate() {
        let cells = b.iter().zip(&above).zip(row.iter_mut().skip(1));
        for (j, ((y, before), here)) in cells.enumerate() {
            *here = if x.hash == y.hash { before + 1 } else { 0 };
            if *here > longest.0 {
                longest = (*here, i + 1 - *here, j + 1 - *here);
            }
        }
        std::mem::swap(&mut above, &mut row);
    }
    longest
}

/// How many words the longest run that two texts share has, where it has more than half of the
/// shorter one's: such a run goes through the middle of that one. None for very long texts.
pub(crate) fn core_by_middle(a: &[Word], b: &[Word]) -> Option<usize> {
    if a.len() > CORE_WORDS_MAX || b.len() > CORE_WORDS_MAX {
        return None;
    }
    let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let middle = shorter.len() / 2;
    let (head, tail) = (shorter.get(..middle)?, shorter.get(middle..)?);
    let same = |(x, y): &(&Word, &Word)| x.hash == y.hash;
    let through = |place: usize| {
        let (before, after) = longer.split_at(place);
        let before = head.iter().rev().zip(before.iter().rev()).take_while(same).count();
        before + tail.iter().zip(after).take_while(same).count()
    };
    let first = tail.first()?.hash;
    let places = longer.iter().enumerate().filter(|(_, word)| word.hash == first);
    let longest = places.map(|(place, _)| through(place)).max()?;
    (longest * 2 > shorter.len()).then_some(longest)
}

/// Words between two sentences of a part that a whole may have of its own.
const BETWEEN_WORDS_MAX: usize = 80;

/// The place of a part in a much longer whole: around the longest run of words that both have, and as
/// far as the part's other sentences stand, since a whole may have its own between them. What it says
/// elsewhere is no matter of the part.
pub(crate) fn place(part: &View, whole: &View) -> Option<View> {
    let words = part.words.len();
    let room = words / 4 + 4;
    if whole.words.len() <= words + 2 * room {
        return None;
    }
    let (longest, in_part, in_whole) = core(&part.words, &whole.words);
    let begins = |place: &usize| whole.words.get(*place).is_none_or(|word| word.begins);
    // Where the part is a few sentences of the whole, it ends where they end.
    let start = in_whole.saturating_sub(in_part);
    let near = |place: usize| [place, place + 1, place.saturating_sub(1)];
    let at_start = near(start).into_iter().find(begins);
    let mut from = at_start.unwrap_or(start.saturating_sub(room));
    let end = (in_whole + words).saturating_sub(in_part).min(whole.words.len());
    let at_end = near(end).into_iter().find(begins);
    let mut to = at_end.unwrap_or(end + room).min(whole.words.len());
    let reach = from.saturating_sub(BETWEEN_WORDS_MAX)..to + BETWEEN_WORDS_MAX;
    let reach = reach.start..reach.end.min(whole.words.len());
    for sentence in part.words.chunk_by(|_, next| !next.begins) {
        let stands_in = |range: Range<usize>| {
            let (run, in_sentence, at) = core(sentence, whole.words.get(range.clone())?);
            let start = (range.start + at).saturating_sub(in_sentence);
            (run * 2 >= sentence.len()).then_some(start..start + sentence.len())
        };
        if sentence.len() >= SENTENCE_WORDS_MIN
            && stands_in(from..to).is_none()
            && let Some(there) = stands_in(reach.clone())
        {
            (from, to) = (from.min(there.start), to.max(there.end).min(whole.words.len()));
        }
    }
    (longest > 0).then(|| whole.window(from..to))
}

/// Words that lead over to a report, or name its source behind it, at most.
const OPENING_WORDS_MAX: usize = 4;
/// Words of a source named, or a label set, before or behind a report.
const SOURCE_WORDS_MAX: usize = 5;

/// Words of a remark at least.
const REMARK_WORDS_MIN: usize = 3;

/// A slip in so many words is none in what stands word for word.
const SLIP_WORDS: usize = 4;

/// Whether a short text stands in another word for word, slips aside, in sentences or lines of
/// its own, with their number, label or source or a remark behind it or without; its beginning,
/// where it was cut.
pub(crate) fn stands_alone(part: &View, whole: &View) -> bool {
    let begins = |place: usize| whole.words.get(place).is_none_or(|word| word.begins);
    let names_source = |range: Range<usize>| {
        let words = whole.words.get(range).unwrap_or(&[]);
        words.len() <= SOURCE_WORDS_MAX && words.iter().any(|word| is_attribution(word.hash))
    };
    let is_start = |place: usize| {
        let from = (0..=place).rev().find(|at| begins(*at)).unwrap_or(0);
        let before = whole.words.get(from..place).unwrap_or(&[]);
        let is_number = before.len() == 1 && before.iter().all(|word| word.is_number);
        let is_introduced = whole.words.get(place).is_some_and(|word| word.is_introduced);
        let is_label = is_introduced && before.len() <= SOURCE_WORDS_MAX;
        // "By the way, …"
        let follows_comma = whole.words.get(place).is_some_and(|word| word.follows_comma);
        let is_label = is_label || follows_comma && before.len() <= OPENING_WORDS_MAX;
        before.is_empty() || is_number || is_label || names_source(from..place)
    };
    let is_end = |place: usize| {
        let to = (place..=whole.words.len()).find(|at| begins(*at)).unwrap_or(place);
        // "… (Valley Desk)", "… — Valley Desk"
        let is_aside = whole.words.get(place).is_some_and(|word| word.is_aside);
        to == place || names_source(place..to) || is_aside && to - place <= OPENING_WORDS_MAX
    };
    // The last word of a text that was cut may be cut itself.
    let words = part.words.get(..part.words.len() - usize::from(part.trails_off)).unwrap_or(&[]);
    let is_slip = |own: &Word, other: &Word| {
        !own.is_number && !other.is_number && is_variant((part, own), (whole, other))
    };
    let is_about_equal = |run: &[Word]| {
        let mut others = words.iter().zip(run).filter(|(own, other)| own.hash != other.hash);
        let slips = others.clone().count();
        slips <= words.len() / SLIP_WORDS && others.all(|(own, other)| is_slip(own, other))
    };
    // A headline has no full stop, so a remark behind it may follow at once.
    let is_remarked = |place: usize| {
        let to = (place..=whole.words.len()).find(|at| begins(*at)).unwrap_or(place);
        let rest = whole.words.get(place..to).unwrap_or(&[]);
        rest.len() >= REMARK_WORDS_MIN && !rest.iter().any(|word| word.is_number)
    };
    whole.words.windows(words.len().max(1)).enumerate().any(|(place, run)| {
        let is_end = |end: usize| part.trails_off || is_end(end) || is_remarked(end);
        is_start(place) && is_about_equal(run) && is_end(place + words.len())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(hashes: &[u64]) -> Vec<Word> {
        hashes.iter().map(|hash| Word { hash: *hash, ..Word::default() }).collect()
    }

    proptest! {
        #[test]
        fn a_run_of_more_than_half_is_found_through_the_middle(
            before in prop::collection::vec(0u64..4, 0..6),
            shared in prop::collection::vec(0u64..4, 0..12),
            after in prop::collection::vec(0u64..4, 0..6),
            other in prop::collection::vec(0u64..4, 0..6),
        ) {
            let a = words(&[before.as_slice(), &shared, &after].concat());
            let b = words(&[other.as_slice(), &shared, &before].concat());
            let (longest, ..) = core(&a, &b);
            let wanted = (longest * 2 > a.len().min(b.len())).then_some(longest);
            prop_assert_eq!(core_by_middle(&a, &b), wanted);
        }
    }
}
