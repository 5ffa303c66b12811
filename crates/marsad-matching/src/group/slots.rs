//! What tells two texts apart that are alike: the slots of a template.
//!
//! A bulletin of today and of yesterday agree in nearly all their characters. They are different
//! statements when a **figure** stands where the other has another figure: after the same word, or
//! before the same word where neither figure stands anywhere in the other text. Numbers that only
//! one side has are additions (a date line, a telephone number in a footer), and
//! the same digits in another format (`12:30`, `12.30`; `20 000`, `20000`) are the same figure.
//!
//! A **few words** where the other text has a few others (a town, a name, "open" and "closed") make
//! two statements when nothing else was edited within a sentence: a form was filled in anew. In two
//! texts that were edited, days, months, numbers in words and directions do ([`super::lexicon`]),
//! and so does a pair that changes places ("from A to B"). Words of saying, articles and the like do
//! not, nor does what stands before or after a text in a sentence of its own. In a **series** (the
//! two posts stand in one channel, or one of the two has such a sibling in its own channel) any word
//! replaced counts. A **negation** that only one side has makes them different statements, other than
//! in what was added before or after.
//!
//! Spelling does not count: words within one edit (two from seven letters on) that begin alike,
//! other endings, and words split or joined.

use std::ops::Range;
use std::sync::OnceLock;

use super::align::{Hunk, hunks};
use super::lexicon::{is_alike, is_attribution, is_function, is_opposed, same_value};
use super::view::{View, Word, hash_word};
use crate::normalise::look_alike;

/// What tells two texts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "five findings that do not exclude each other")]
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
    Slots { figure, word, fact, first_negates, second_negates }
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
    let left = without_spelling(a, only_a, b, only_b);
    (a.words.len() - left.a.len(), a.words.len(), b.words.len())
}

/// The longest run of words that two texts share word for word: its length, and where it begins in
/// each; none for very long texts.
pub(crate) fn core(a: &View, b: &View) -> (usize, usize, usize) {
    if a.words.len() > CORE_WORDS_MAX || b.words.len() > CORE_WORDS_MAX {
        return (0, 0, 0);
    }
    let mut longest = (0, 0, 0);
    let mut above = vec![0usize; b.words.len() + 1];
    let mut row = above.clone();
    for (i, x) in a.words.iter().enumerate() {
        let cells = b.words.iter().zip(&above).zip(row.iter_mut().skip(1));
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

/// Words of a source named, or a label set, before or behind a report.
const SOURCE_WORDS_MAX: usize = 5;

/// Whether a short text stands in another word for word, one slip aside, in sentences or lines of
/// its own, with their number, label or source or without; its beginning, where it was cut.
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
        before.is_empty() || is_number || is_label || names_source(from..place)
    };
    let is_end = |place: usize| {
        let to = (place..=whole.words.len()).find(|at| begins(*at)).unwrap_or(place);
        to == place || names_source(place..to)
    };
    // The last word of a text that was cut may be cut itself.
    let words = part.words.get(..part.words.len() - usize::from(part.trails_off)).unwrap_or(&[]);
    let cost = |(own, other): (&Word, &Word)| {
        let slip = || {
            let is_number = own.is_number || other.is_number;
            !is_number && is_variant((part, own), (whole, other))
        };
        if own.hash == other.hash { 0 } else { 2 - usize::from(slip()) }
    };
    let is_about_equal = |run: &[Word]| {
        let mut left = 1usize;
        words.iter().zip(run).all(|pair| {
            let paid = left.checked_sub(cost(pair));
            left = paid.unwrap_or(0);
            paid.is_some()
        })
    };
    whole.words.windows(words.len().max(1)).enumerate().any(|(place, run)| {
        is_start(place) && (part.trails_off || is_end(place + words.len())) && is_about_equal(run)
    })
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

/// Words of a fact at most: a name, a place, a day; more of them are another wording.
const FACT_WORDS: usize = 3;

/// A text that is filled in like a form has so many words at most. Of four worlds of the third hand
/// precision is 0.994 with 40, 0.991 with 25 and 0.996 without a bound; real posts that editors
/// retouched are mostly longer.
const FORM_WORDS_MAX: usize = 20;

/// The same in a script without capitals.
const CASELESS_WORDS_MAX: usize = 80;

/// Two texts laid beside each other.
struct Laid<'a> {
    a: &'a View,
    b: &'a View,
    /// Hashes of the words; words that are one but for spelling have one hash.
    words_a: Vec<u64>,
    words_b: Vec<u64>,
    /// Where they differ, in order; none for texts too long.
    hunks: Vec<Hunk>,
}

impl<'a> Laid<'a> {
    fn new(a: &'a View, b: &'a View, twins: &[(usize, usize)]) -> Self {
        let hashes = |view: &View| view.words.iter().map(|word| word.hash).collect::<Vec<_>>();
        let (words_a, mut words_b) = (hashes(a), hashes(b));
        for (place, twin) in twins {
            if let (Some(slot), Some(word)) = (words_b.get_mut(*twin), words_a.get(*place)) {
                *slot = *word;
            }
        }
        let hunks = hunks(&words_a, &words_b).unwrap_or_default();
        let hunks = hunks.into_iter().flat_map(|hunk| without_sentences(a, b, hunk)).collect();
        Self { a, b, words_a, words_b, hunks }
    }

    /// Whether a few words stand where the other text has a few others, they are no matter of style,
    /// and nothing else was edited: an editor who exchanges a word mostly leaves one out or puts one
    /// in as well, a form that is filled in anew does not, and a form is short: in a long text a few
    /// other words are an editor's. Days, months, numbers and directions are facts in any company.
    fn has_fact(&self, doubt: &Doubt) -> bool {
        let facts = || self.hunks.iter().filter(|hunk| self.is_fact(hunk));
        if facts().any(|hunk| self.is_other_value(hunk)) {
            return true;
        }
        let is_edited = self.hunks.iter().any(|hunk| self.is_edit(hunk));
        if !is_edited && facts().any(|hunk| self.may_be_form(hunk)) {
            return true;
        }
        self.is_turned_round() || self.has_moved_fact(doubt)
    }

    /// Whether words were put in, left out or written anew within a sentence: other than articles
    /// and the like.
    fn is_edit(&self, Hunk { a, b }: &Hunk) -> bool {
        let at_edge = a.start == 0
            || b.start == 0
            || a.end == self.words_a.len()
            || b.end == self.words_b.len();
        let is_other = a.len().max(b.len()) > FACT_WORDS || a.is_empty() || b.is_empty();
        let is_plain = |words: &[u64], range: &Range<usize>| {
            words.get(range.clone()).unwrap_or(&[]).iter().all(|word| is_function(*word))
        };
        let is_whole = is_sentence(self.a, a) && is_sentence(self.b, b);
        let is_small = is_plain(&self.words_a, a) && is_plain(&self.words_b, b);
        !at_edge && is_other && !is_whole && !is_small
    }

    /// One day for another, one number in words for another, "approved" for "rejected".
    fn is_other_value(&self, Hunk { a, b }: &Hunk) -> bool {
        let (a, b) = (self.a.words.get(a.clone()), self.b.words.get(b.clone()));
        let (a, b) = (a.unwrap_or(&[]), b.unwrap_or(&[]));
        let differ = |word: &Word, other: &Word| {
            same_value(word.hash, other.hash) == Some(false)
                || is_opposed(self.a.spelling(word), self.b.spelling(other))
                || is_turned(self.a.spelling(word), self.b.spelling(other))
        };
        a.len().max(b.len()) <= FACT_WORDS
            && a.iter().any(|word| b.iter().any(|other| differ(word, other)))
    }

    /// Whether words replaced here may be a form filled in anew: in a short text, or one name for
    /// another in any. In a script without capitals any word may be a name.
    fn may_be_form(&self, hunk: &Hunk) -> bool {
        let words = self.words_a.len().max(self.words_b.len());
        let has_case = letters(self.a, hunk.a.clone()).iter().all(|code| *code < 0x0590);
        let most = if has_case { FORM_WORDS_MAX } else { CASELESS_WORDS_MAX };
        words <= most || self.is_other_name(hunk)
    }

    /// One name for another; in a text of capitals any word may be one.
    fn is_other_name(&self, Hunk { a, b }: &Hunk) -> bool {
        let has_name = |view: &View, range: &Range<usize>| {
            view.words.get(range.clone()).unwrap_or(&[]).iter().any(|word| word.is_name)
        };
        (self.a.has_names || self.b.has_names)
            && (has_name(self.a, a) || !self.a.has_names)
            && (has_name(self.b, b) || !self.b.has_names)
    }

    /// What a channel sets around a text in sentences and lines of its own is no fact, nor a word
    /// that was cut off.
    fn is_fact(&self, hunk: &Hunk) -> bool {
        let (mut a, mut b) = (hunk.a.clone(), hunk.b.clone());
        let (end_a, end_b) = (a.end == self.words_a.len(), b.end == self.words_b.len());
        if a.start == 0 || b.start == 0 {
            (a, b) = (last_sentence(self.a, a), last_sentence(self.b, b));
        }
        if end_a || end_b {
            (a, b) = (first_sentence(self.a, a), first_sentence(self.b, b));
        }
        let few = 1..=FACT_WORDS;
        if !few.contains(&a.len()) || !few.contains(&b.len()) || self.is_style(&a, &b) {
            return false;
        }
        if self.is_other_value(&Hunk { a: a.clone(), b: b.clone() }) {
            return true;
        }
        let (letters_a, letters_b) = (letters(self.a, a), letters(self.b, b));
        let is_cut = (end_a || end_b) && (self.a.trails_off || self.b.trails_off)
            || end_a && letters_b.starts_with(&letters_a)
            || end_b && letters_a.starts_with(&letters_b);
        let is_slip = is_misspelt(&letters_a, &letters_b) || look_alike(&letters_a, &letters_b);
        !is_cut && letters_a != letters_b && !is_slip
    }

    /// Whether two things change places: around words ("from A to B", "from B to A"), or before a
    /// figure ("A – B 3:1", "B – A 3:1"). A word moved to its neighbour's place is a matter of style.
    fn is_turned_round(&self) -> bool {
        let is_number =
            |view: &View, place: usize| view.words.get(place).is_some_and(|word| word.is_number);
        let edits = self.hunks.iter().filter(|hunk| self.is_edit(hunk)).count();
        self.hunks.array_windows().any(|[one, other]| {
            let own = usize::from(self.is_edit(one)) + usize::from(self.is_edit(other));
            let (out, put) = if one.b.is_empty() { (one, other) } else { (other, one) };
            let (x, y) = (self.words_a.get(out.a.clone()), self.words_b.get(put.b.clone()));
            let (x, y) = (x.unwrap_or(&[]), y.unwrap_or(&[]));
            let is_move = out.b.is_empty() && put.a.is_empty() && x.len() <= 2 * FACT_WORDS;
            if !is_move || x.is_empty() || sorted(x) != sorted(y) {
                return false;
            }
            let between = other.a.start - one.a.end;
            let before_figure = is_number(self.a, other.a.end) && is_number(self.b, other.b.end);
            let is_around = x != y && edits <= own;
            between <= FACT_WORDS && (is_around || x.len() <= FACT_WORDS && before_figure)
        })
    }

    /// Articles, words of saying and the like.
    fn is_style(&self, a: &Range<usize>, b: &Range<usize>) -> bool {
        let words = |view: &'a View, range: &Range<usize>| view.words.get(range.clone());
        let mut left_a = words(self.a, a).unwrap_or(&[]).to_vec();
        let mut left_b = words(self.b, b).unwrap_or(&[]).to_vec();
        left_a.retain(|word| {
            let spelling = self.a.spelling(word);
            let twin = left_b.iter().position(|other| is_alike(spelling, self.b.spelling(other)));
            twin.map(|twin| left_b.remove(twin)).is_none()
        });
        let says_nothing = |words: &[Word]| words.iter().all(|word| is_function(word.hash));
        let is_one_side = left_a.is_empty() || left_b.is_empty();
        is_one_side || says_nothing(&left_a) && says_nothing(&left_b)
    }

    /// The same for sentences in another order: words between the same two neighbours on both sides;
    /// for days and numbers, two on one side and one on the other.
    fn has_moved_fact(&self, doubt: &Doubt) -> bool {
        if doubt.a.is_empty() || doubt.b.is_empty() {
            return false;
        }
        let runs_b = runs(&doubt.b);
        runs(&doubt.a).iter().any(|a| {
            runs_b.iter().any(|b| {
                let hunk = Hunk { a: a.clone(), b: b.clone() };
                let is_value = || self.is_other_value(&hunk);
                match self.same_neighbours(a, b) {
                    0..=2 => false,
                    3 => is_value() && self.is_fact(&hunk),
                    _ => self.is_fact(&hunk) && (is_value() || self.may_be_form(&hunk)),
                }
            })
        })
    }

    /// How many of the two words before and the two after are the same; none unless those next to
    /// it are.
    fn same_neighbours(&self, a: &Range<usize>, b: &Range<usize>) -> usize {
        let word = |words: &[u64], at: Option<usize>| at.and_then(|at| words.get(at)).copied();
        let same = |a: Option<usize>, b: Option<usize>| {
            let found = word(&self.words_a, a);
            found.is_some() && found == word(&self.words_b, b)
        };
        let ends = |view: &View, place: usize| view.words.get(place).is_none_or(|word| word.begins);
        let both_begin = ends(self.a, a.start) && ends(self.b, b.start);
        let both_end = ends(self.a, a.end) && ends(self.b, b.end);
        let before = |by: usize| {
            by == 1 && both_begin || same(a.start.checked_sub(by), b.start.checked_sub(by))
        };
        let after =
            |by: usize| by == 1 && both_end || same(Some(a.end + by - 1), Some(b.end + by - 1));
        if !before(1) || !after(1) {
            return 0;
        }
        2 + usize::from(before(2)) + usize::from(after(2))
    }

    /// Whether the first, or the second, has a negation that the other has not: other than in what
    /// was added before or after a text.
    fn negates(&self, doubt: &Doubt) -> (bool, bool) {
        let within = |view: &View, place: usize, of: fn(&Hunk) -> &Range<usize>| {
            let all = view.words.len();
            !self.hunks.iter().map(of).any(|range| {
                let at_edge = range.start == 0 || range.end == all;
                let is_apart = range.len() > FACT_WORDS || is_sentence(view, range);
                range.contains(&place) && at_edge && is_apart
            })
        };
        let says = |view: &View, place: usize| {
            view.words.get(place).is_some_and(|word| is_negation(word.hash))
        };
        let first = doubt.a.iter().any(|at| says(self.a, *at) && within(self.a, *at, |h| &h.a));
        let second = doubt.b.iter().any(|at| says(self.b, *at) && within(self.b, *at, |h| &h.b));
        (first, second)
    }
}

/// Runs of neighbouring places.
fn runs(places: &[usize]) -> Vec<Range<usize>> {
    let runs = places.chunk_by(|a, b| a + 1 == *b);
    runs.filter_map(|run| Some(*run.first()?..run.last()? + 1)).collect()
}

/// Whether words are sentences of their own; nothing is.
fn is_sentence(view: &View, range: &Range<usize>) -> bool {
    let begins = |place: usize| view.words.get(place).is_none_or(|word| word.begins);
    range.is_empty() || begins(range.start) && begins(range.end)
}

/// A place where one of two texts has whole sentences of its own beside words that differ, in two:
/// the words, and the sentences.
fn without_sentences(a: &View, b: &View, hunk: Hunk) -> Vec<Hunk> {
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
fn last_sentence(view: &View, range: Range<usize>) -> Range<usize> {
    let begins = |place: &usize| view.words.get(*place).is_some_and(|word| word.begins);
    let from = (range.start + 1..=range.end).rev().find(begins).unwrap_or(range.start);
    from..range.end
}

/// The part of some words that belongs to the sentence of the word before them.
fn first_sentence(view: &View, range: Range<usize>) -> Range<usize> {
    let begins = |place: &usize| view.words.get(*place).is_some_and(|word| word.begins);
    let to = range.clone().find(begins).unwrap_or(range.end);
    range.start..to
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

/// Places of words that only one of two texts has.
struct Doubt {
    a: Vec<usize>,
    b: Vec<usize>,
    /// Words that are one but for spelling.
    twins: Vec<(usize, usize)>,
}

/// Takes out words that differ in spelling only, or in where they are split.
fn without_spelling(a: &View, words_a: Vec<usize>, b: &View, words_b: Vec<usize>) -> Doubt {
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

/// The letters of some words, end to end.
fn letters(view: &View, places: impl Iterator<Item = usize>) -> Vec<u32> {
    let words = places.filter_map(|place| view.words.get(place));
    words.flat_map(|word| view.spelling(word).to_vec()).collect()
}

/// Whether two words are one: misspelt, or in another form.
fn is_variant((a, word): (&View, &Word), (b, other): (&View, &Word)) -> bool {
    let (own, others) = (a.spelling(word), b.spelling(other));
    same_value(word.hash, other.hash).unwrap_or_else(|| {
        is_misspelt(own, others) || is_inflected(own, others) || look_alike(own, others)
    })
}

/// One edit apart, or two from seven letters on, or a letter doubled. The first letter stays, but for a swap: errors
/// there are rare (Pollock and Zamora 1984), and a prefix that turns a word is not ("possible",
/// "impossible"). Where the shorter has three letters or fewer, only a swap, or a letter more after
/// the first, is a slip.
fn is_misspelt(a: &[u32], b: &[u32]) -> bool {
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
fn is_turned(a: &[u32], b: &[u32]) -> bool {
    let (few, more) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.len() >= STEM && more.strip_suffix(few).is_some_and(is_turning)
}

fn is_turning(before: &[u32]) -> bool {
    TURNING.iter().any(|prefix| prefix.chars().map(u32::from).eq(before.iter().copied()))
}

fn sorted<T: Ord + Copy>(some: &[T]) -> Vec<T> {
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
