//! Two texts beside each other: whether what differs is a fact.

use std::ops::Range;

use super::align::{Hunk, hunks};
use super::lexicon::{is_alike, is_function, is_negation, is_opposed, is_refusal, same_value};
use super::sentences::{first_sentence, is_sentence, last_sentence, without_sentences};
use super::slide::slid;
use super::spelling::{Doubt, is_misspelt, is_turned, letters, sorted};
use super::view::{View, Word};
use crate::normalise::look_alike;

/// Words of a fact at most: a name, a place, a day; more of them are another wording.
const FACT_WORDS: usize = 3;

/// A text that is filled in like a form has so many words at most; longer ones are retouched by
/// editors. Of 17 real pairs that a bound of 40 kept apart, 15 were the same to a reader.
const FORM_WORDS_MAX: usize = 20;

/// The same in a script without capitals. Precision on the third hand is 0.988 with 40 (seeds 9 to
/// 20) and 0.995 with 60 and with 80 (seeds 9 to 14).
const CASELESS_WORDS_MAX: usize = 60;

/// Two texts laid beside each other.
pub(super) struct Laid<'a> {
    a: &'a View,
    b: &'a View,
    /// Hashes of the words; words that are one but for spelling have one hash.
    words_a: Vec<u64>,
    words_b: Vec<u64>,
    /// Where they differ, in order; none for texts too long.
    hunks: Vec<Hunk>,
}

impl<'a> Laid<'a> {
    pub(super) fn new(a: &'a View, b: &'a View, twins: &[(usize, usize)]) -> Self {
        let hashes = |view: &View| view.words.iter().map(|word| word.hash).collect::<Vec<_>>();
        let (words_a, mut words_b) = (hashes(a), hashes(b));
        for (place, twin) in twins {
            if let (Some(slot), Some(word)) = (words_b.get_mut(*twin), words_a.get(*place)) {
                *slot = *word;
            }
        }
        let hunks = hunks(&words_a, &words_b).unwrap_or_default();
        let hunks = slid((a, &words_a), (b, &words_b), hunks);
        let hunks = hunks.into_iter().flat_map(|hunk| without_sentences(a, b, hunk)).collect();
        Self { a, b, words_a, words_b, hunks }
    }

    /// Whether a few words stand where the other text has a few others, they are no matter of style,
    /// and nothing else was edited: an editor who exchanges a word mostly leaves one out or puts one
    /// in as well, a form that is filled in anew does not, and a form is short: in a long text a few
    /// other words are an editor's. Days, months, numbers and directions are facts in any company.
    pub(super) fn has_fact(&self, doubt: &Doubt) -> bool {
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
        let words = self.words_a.len().min(self.words_b.len());
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
    pub(super) fn negates(&self, doubt: &Doubt) -> (bool, bool) {
        let within = |view: &View, place: usize, of: fn(&Hunk) -> &Range<usize>| {
            let all = view.words.len();
            !self.hunks.iter().map(of).any(|range| {
                let at_edge = range.start == 0 || range.end == all;
                let is_apart = range.len() > FACT_WORDS || is_sentence(view, range);
                range.contains(&place) && at_edge && is_apart
            })
        };
        let is_put_in = |place: usize, of: fn(&Hunk) -> (&Range<usize>, &Range<usize>)| {
            self.hunks.iter().map(of).any(|(own, other)| own.contains(&place) && other.is_empty())
        };
        let says = |view: &View, place: usize, of: fn(&Hunk) -> (&Range<usize>, &Range<usize>)| {
            view.words.get(place).is_some_and(|word| {
                is_negation(word.hash) || is_refusal(word.hash) && is_put_in(place, of)
            })
        };
        let first = doubt
            .a
            .iter()
            .any(|at| says(self.a, *at, |h| (&h.a, &h.b)) && within(self.a, *at, |h| &h.a));
        let second = doubt
            .b
            .iter()
            .any(|at| says(self.b, *at, |h| (&h.b, &h.a)) && within(self.b, *at, |h| &h.b));
        (first, second)
    }

    /// Whether the second has a negation within what it has of the first ("will not open"), however
    /// much it says besides; with a word put in, it is that word which it turns ("a not public yard").
    pub(super) fn is_denied(&self, doubt: &Doubt) -> bool {
        let all = (self.words_a.len(), self.words_b.len());
        let is_put_in = |Hunk { a, b }: &Hunk| {
            let at_edge = a.start == 0 || b.start == 0 || a.end == all.0 || b.end == all.1;
            let words = self.words_b.get(b.clone()).unwrap_or(&[]);
            let is_bare = words.iter().all(|word| is_negation(*word) || is_function(*word));
            a.is_empty() && is_bare && !at_edge && !is_sentence(self.b, b)
        };
        let negates =
            |place: &usize| self.b.words.get(*place).is_some_and(|word| is_negation(word.hash));
        let mut negations = doubt.b.iter().filter(|place| negates(place));
        negations
            .any(|place| self.hunks.iter().any(|hunk| hunk.b.contains(place) && is_put_in(hunk)))
    }
}

/// Runs of neighbouring places.
fn runs(places: &[usize]) -> Vec<Range<usize>> {
    let runs = places.chunk_by(|a, b| a + 1 == *b);
    runs.filter_map(|run| Some(*run.first()?..run.last()? + 1)).collect()
}
