//! What tells two texts apart that are alike: the slots of a template.
//!
//! A bulletin of today and of yesterday agree in nearly all their characters. They are different
//! statements when a **figure** stands where the other has another figure: after the same word, or
//! before the same word where neither figure stands anywhere in the other text. Numbers that only
//! one side has are additions (a date line, a telephone number in a footer), and
//! the same digits in another format (`12:30`, `12.30`; `20 000`, `20000`) are the same figure.
//!
//! A **word** replaced by another in the same place (a town) counts only where there is a series:
//! the two posts stand in one channel, or one of the two has such a sibling in its own channel.
//! A **negation** that only one side has makes them different statements.
//!
//! Spelling does not count: words within one edit (two from eight letters on), and words split or
//! joined.

use std::sync::OnceLock;

use super::view::{View, hash_word};

/// What tells two texts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four findings that do not exclude each other")]
pub(crate) struct Slots {
    /// A figure stands where the other has another.
    pub(crate) figure: bool,
    /// A word stands where the other has another.
    pub(crate) word: bool,
    /// The first text says "not" where the second does not.
    pub(crate) first_negates: bool,
    /// The second text says "not" where the first does not.
    pub(crate) second_negates: bool,
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
    let (words_a, words_b) = without_spelling(a, words_a, b, words_b);
    let word = replaced(a, &words_a, b, &words_b);
    let negates = |view: &View, places: &[usize]| {
        let mut words = places.iter().filter_map(|place| view.words.get(*place));
        words.any(|word| is_negation(word.hash))
    };
    Slots {
        figure,
        word,
        first_negates: negates(a, &words_a),
        second_negates: negates(b, &words_b),
    }
}

/// Words that turn a sentence round, normalised: English, Russian and Ukrainian, Arabic.
const NEGATIONS: [&str; 24] = [
    "not",
    "no",
    "never",
    "cannot",
    "cant",
    "dont",
    "doesnt",
    "didnt",
    "wont",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "hasnt",
    "havent",
    "не",
    "нет",
    "ни",
    "нельзя",
    "لا",
    "لم",
    "لن",
    "ليس",
    "ليست",
];

fn is_negation(word: u64) -> bool {
    static HASHES: OnceLock<[u64; NEGATIONS.len()]> = OnceLock::new();
    let hashes = HASHES.get_or_init(|| {
        NEGATIONS.map(|word| hash_word(&word.chars().map(u32::from).collect::<Vec<_>>()))
    });
    hashes.contains(&word)
}

/// Whether a figure stands where the other text has another: after the same word; or before the
/// same word, where neither figure stands anywhere in the other text.
fn other_figure(a: &View, b: &View) -> bool {
    let (figures_a, figures_b) = (figures(a), figures(b));
    let has = |figures: &[Figure], number: u64| figures.iter().any(|f| f.number == number);
    figures_a.iter().any(|x| {
        let after = |y: &Figure| x.before == y.before;
        let other_after = figures_b.iter().any(|y| after(y) && y.number != x.number)
            && !figures_b.iter().any(|y| after(y) && y.number == x.number);
        let mine_elsewhere = |y: &Figure| {
            figures_a.iter().any(|own| own.before == y.before && own.number == y.number)
        };
        let replaced_after =
            other_after && figures_b.iter().any(|y| after(y) && !mine_elsewhere(y));
        let replaced_before = !has(&figures_b, x.number)
            && figures_b.iter().any(|y| x.after == y.after && !has(&figures_a, y.number));
        replaced_after || replaced_before
    })
}

/// A number and the nearest words around it; 0 and 1 at the ends.
struct Figure {
    number: u64,
    before: u64,
    after: u64,
}

fn figures(view: &View) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    let mut before = 0;
    for word in &view.words {
        if word.is_number {
            figures.push(Figure { number: word.hash, before, after: 1 });
            continue;
        }
        before = word.hash;
        for figure in figures.iter_mut().rev().take_while(|figure| figure.after == 1) {
            figure.after = word.hash;
        }
    }
    figures
}

/// How many words of each text have a twin in the other, spelling apart; (words of `a` with a twin,
/// words of `a`, words of `b`).
pub(crate) fn twins(a: &View, b: &View) -> (usize, usize, usize) {
    let (only_a, only_b) = only(a, b);
    let (left_a, _) = without_spelling(a, only_a, b, only_b);
    (a.words.len() - left_a.len(), a.words.len(), b.words.len())
}

/// Words of the longest run that two texts share word for word; none for very long texts.
pub(crate) fn core(a: &View, b: &View) -> usize {
    if a.words.len() > CORE_WORDS_MAX || b.words.len() > CORE_WORDS_MAX {
        return 0;
    }
    let mut longest = 0;
    let mut above = vec![0usize; b.words.len() + 1];
    let mut row = above.clone();
    for x in &a.words {
        for ((y, before), here) in b.words.iter().zip(&above).zip(row.iter_mut().skip(1)) {
            *here = if x.hash == y.hash { before + 1 } else { 0 };
            longest = longest.max(*here);
        }
        std::mem::swap(&mut above, &mut row);
    }
    longest
}

/// Longest text that is looked through for a core.
const CORE_WORDS_MAX: usize = 600;

/// Whether no figure of a part stands replaced in the whole: another number between the same
/// words, or beside one of them where the part's number is nowhere in the whole.
pub(crate) fn figures_within(part: &View, whole: &View) -> bool {
    let whole_figures = figures(whole);
    // The last word of a text that was cut may be cut itself.
    let last = part.words.last().filter(|word| part.trails_off && word.is_number);
    let own = figures(part);
    let checked = own.len() - usize::from(last.is_some());
    own.iter().take(checked).all(|x| {
        let beside = |y: &&Figure| y.before == x.before || y.after == x.after;
        let between = |y: &&Figure| y.before == x.before && y.after == x.after;
        let same = |y: &&Figure| y.number == x.number;
        let kept = whole_figures.iter().any(|y| same(&y) && beside(&y));
        let nowhere = !whole_figures.iter().any(|y| same(&y));
        let replaced =
            whole_figures.iter().any(|y| !same(&y) && (between(&y) || nowhere && beside(&y)));
        kept || !replaced
    })
}

/// Places of the words that only one of two texts has, counting repeats.
fn only(a: &View, b: &View) -> (Vec<usize>, Vec<usize>) {
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

/// Takes out words that differ in spelling only, or in where they are split.
fn without_spelling(
    a: &View,
    words_a: Vec<usize>,
    b: &View,
    words_b: Vec<usize>,
) -> (Vec<usize>, Vec<usize>) {
    let letters = |view: &View, places: &[usize]| -> Vec<u32> {
        let words = places.iter().filter_map(|place| view.words.get(*place));
        words.flat_map(|word| view.spelling(word).to_vec()).collect()
    };
    if letters(a, &words_a) == letters(b, &words_b) {
        return (Vec::new(), Vec::new());
    }
    let mut left_b = words_b;
    let mut left_a = Vec::new();
    for place in words_a {
        let Some(word) = a.words.get(place) else { continue };
        let twin = left_b.iter().position(|other| {
            b.words
                .get(*other)
                .is_some_and(|other| is_misspelt(a.spelling(word), b.spelling(other)))
        });
        match twin {
            Some(twin) => drop(left_b.remove(twin)),
            None => left_a.push(place),
        }
    }
    (left_a, left_b)
}

/// One edit apart, or two from eight letters on; words of three letters or fewer have no typos.
fn is_misspelt(a: &[u32], b: &[u32]) -> bool {
    let shorter = a.len().min(b.len());
    let allowed = match shorter {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    a.len().abs_diff(b.len()) <= allowed && edits(a, b) <= allowed
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
