//! The few words whose meaning matching knows: those that carry no fact, those that stand for each
//! other, and those that are a fact.
//!
//! Everything else about words is left to where they stand ([`super::slots`]). The lists are text
//! beside this file: `function.txt` and `values.txt` hold closed classes (articles, prepositions;
//! numerals, days, months, directions), `alike.txt` what newsrooms vary when they pass a report on
//! (verbs of saying, short forms, near synonyms), `opposites.txt` words that turn a report
//! ("approved", "rejected"), `attribution.txt` those by which it names its source,
//! `negations.txt` "not" and its like.

use std::cell::RefCell;
use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};

use super::view::hash_word;
use crate::normalise::{Scanner, is_digit, stem_word};

const ATTRIBUTION: &str = include_str!("attribution.txt");
const FUNCTION: &str = include_str!("function.txt");
const ALIKE: &str = include_str!("alike.txt");
const NEGATIONS: &str = include_str!("negations.txt");
const OPPOSITES: &str = include_str!("opposites.txt");
const VALUES: &str = include_str!("values.txt");

/// The lists, by hash of a word as it is compared.
#[derive(Default)]
struct Lexicon {
    /// Value a word is.
    values: HashMap<u64, u16>,
    /// Figure that a numeral stands for.
    figures: HashMap<u64, u64>,
    /// Which numerals there may be, by the last bits of their hashes: most words are none.
    may_be_figure: Bits,
    /// Words by which a report names its source.
    attribution: HashSet<u64>,
    /// Words that turn a sentence round.
    negations: HashSet<u64>,
    /// Words that turn a sentence that they are put into.
    refusals: HashSet<u64>,
    /// Groups of words that carry no fact: these forms alone.
    function: HashMap<u64, Vec<u16>>,
    /// Groups of words that stand for each other, by form and by stem.
    alike: HashMap<u64, Vec<u16>>,
    /// Scales a word is on and its side, by form and by stem.
    sides: HashMap<u64, Vec<(u16, u16)>>,
}

/// A set of hashes that answers "no" or "perhaps".
struct Bits([u64; 64]);

impl Default for Bits {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Bits {
    fn place(hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize % 64, 1 << (hash % 64))
    }

    fn add(&mut self, hash: u64) {
        let (word, bit) = Self::place(hash);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn has(&self, hash: u64) -> bool {
        let (word, bit) = Self::place(hash);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(Lexicon::read)
}

impl Lexicon {
    fn read() -> Self {
        let mut lexicon = Self::default();
        let mut scanner = Scanner::default();
        for (value, words) in groups(VALUES) {
            let mut figure = None;
            each_word(&mut scanner, words, |codes| {
                let word = hash_word(codes);
                lexicon.values.insert(word, value);
                let is_figure = codes.iter().all(|code| is_digit(*code));
                figure = figure.or(is_figure.then_some(word));
                if let Some(figure) = figure {
                    lexicon.figures.insert(word, figure);
                    lexicon.may_be_figure.add(word);
                }
            });
        }
        lexicon.attribution = set(&mut scanner, ATTRIBUTION);
        let (negations, refusals) = NEGATIONS.split_once("\n\n").unwrap_or((NEGATIONS, ""));
        lexicon.negations = set(&mut scanner, negations);
        lexicon.refusals = set(&mut scanner, refusals);
        for (group, words) in groups(FUNCTION) {
            each_word(&mut scanner, words, |codes| {
                add(&mut lexicon.function, hash_word(codes), group);
            });
        }
        for (group, words) in groups(ALIKE) {
            each_word(&mut scanner, words, |codes| {
                add(&mut lexicon.alike, hash_word(codes), group);
                add(&mut lexicon.alike, hash_stem(codes), group);
            });
        }
        for (scale, sides) in (0..).zip(OPPOSITES.split("\n\n")) {
            for (side, words) in groups(sides) {
                each_word(&mut scanner, words, |codes| {
                    add(&mut lexicon.sides, hash_word(codes), (scale, side));
                    add(&mut lexicon.sides, hash_stem(codes), (scale, side));
                });
            }
        }
        lexicon
    }
}

/// The lines of a list that hold words, numbered.
fn groups(list: &'static str) -> impl Iterator<Item = (u16, &'static str)> {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    (0..).zip(lines)
}

/// The words of a list, whatever their group.
fn set(scanner: &mut Scanner, list: &'static str) -> HashSet<u64> {
    let mut set = HashSet::new();
    for (_, words) in groups(list) {
        each_word(scanner, words, |codes| {
            set.insert(hash_word(codes));
        });
    }
    set
}

fn each_word(scanner: &mut Scanner, words: &str, mut take: impl FnMut(&[u32])) {
    scanner.scan(words);
    for token in &scanner.tokens {
        take(scanner.token_codes(token));
    }
}

fn add<G: PartialEq>(words: &mut HashMap<u64, Vec<G>>, word: u64, group: G) {
    let groups = words.entry(word).or_default();
    if !groups.contains(&group) {
        groups.push(group);
    }
}

fn hash_stem(codes: &[u32]) -> u64 {
    let word: String = codes.iter().filter_map(|code| char::from_u32(*code)).collect();
    let stem: Vec<u32> = stem_word(&word).chars().map(u32::from).collect();
    hash_word(&stem)
}

thread_local! {
    /// Stems of words met before, by hash: a stem takes a microsecond, and words come again.
    static STEMS: RefCell<HashMap<u64, u64>> = RefCell::new(HashMap::new());
}

/// Stems remembered at most, 16 bytes each.
const STEMS_MAX: usize = 1 << 16;

/// Hashes of a word as it stands and of its stem.
fn forms(codes: &[u32]) -> [u64; 2] {
    let form = hash_word(codes);
    let stem = STEMS.with_borrow_mut(|stems| {
        if stems.len() >= STEMS_MAX {
            stems.clear();
        }
        *stems.entry(form).or_insert_with(|| hash_stem(codes))
    });
    [form, stem]
}

/// Whether two words stand for each other without a change of what is said, in any of their forms.
pub(super) fn is_alike(a: &[u32], b: &[u32]) -> bool {
    let lexicon = lexicon();
    let (a, b) = (forms(a), forms(b));
    let share = |map: &HashMap<u64, Vec<u16>>, a: u64, b: u64| {
        let (Some(a), Some(b)) = (map.get(&a), map.get(&b)) else { return false };
        a.iter().any(|group| b.contains(group))
    };
    let alike = || a.iter().any(|a| b.iter().any(|b| share(&lexicon.alike, *a, *b)));
    (share(&lexicon.function, a[0], b[0]) || alike())
        && same_value(a[0], b[0]) != Some(false)
        && !lexicon.are_opposed(a, b)
}

/// Whether one word turns what the other says: they stand on two sides of a scale, and nowhere on
/// one.
pub(super) fn is_opposed(a: &[u32], b: &[u32]) -> bool {
    lexicon().are_opposed(forms(a), forms(b))
}

impl Lexicon {
    fn are_opposed(&self, a: [u64; 2], b: [u64; 2]) -> bool {
        let of = |forms: [u64; 2]| {
            forms.into_iter().filter_map(|form| self.sides.get(&form)).flatten().copied()
        };
        let any =
            |same_side: bool| of(a).any(|x| of(b).any(|y| x.0 == y.0 && (x.1 == y.1) == same_side));
        any(false) && !any(true)
    }
}

/// Whether a word carries no fact.
pub(super) fn is_function(word: u64) -> bool {
    lexicon().function.contains_key(&word)
}

/// Whether a report names its source by this word.
pub(super) fn is_attribution(word: u64) -> bool {
    lexicon().attribution.contains(&word)
}

/// Whether a word turns a sentence round.
pub(super) fn is_negation(word: u64) -> bool {
    lexicon().negations.contains(&word)
}

/// The hash of the figure that a numeral stands for; of any other word, its own.
pub(super) fn as_figure(word: u64) -> u64 {
    let lexicon = lexicon();
    if !lexicon.may_be_figure.has(word) {
        return word;
    }
    lexicon.figures.get(&word).copied().unwrap_or(word)
}

/// Whether a word turns a sentence that it is put into.
pub(super) fn is_refusal(word: u64) -> bool {
    lexicon().refusals.contains(&word)
}

/// Whether two words are one value, where each is a known one.
pub(super) fn same_value(a: u64, b: u64) -> Option<bool> {
    let values = &lexicon().values;
    Some(values.get(&a)? == values.get(&b)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(word: &str) -> Vec<u32> {
        let mut scanner = Scanner::default();
        scanner.scan(word);
        scanner.codes.clone()
    }

    fn alike(a: &str, b: &str) -> bool {
        is_alike(&codes(a), &codes(b))
    }

    fn hash(word: &str) -> u64 {
        hash_word(&codes(word))
    }

    #[test]
    fn words_of_saying_are_alike_and_words_that_turn_are_not() {
        for (a, b) in [
            ("said", "Stated"),
            ("около", "примерно"),
            ("وأعلن", "واعلن"),
            ("врачи", "медиков"),
            ("миллионов", "млн"),
            ("lorries", "trucks"),
            ("السيارات", "المركبات"),
        ] {
            assert!(alike(a, b), "{a} {b}");
            assert!(alike(b, a), "{b} {a}");
        }
        for (a, b) in [
            ("before", "after"),
            ("up", "down"),
            ("won", "drew"),
            ("rain", "snow"),
            ("до", "после"),
            ("вырос", "упал"),
            ("قبل", "بعد"),
            ("ارتفع", "انخفض"),
        ] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn outcomes_are_opposed_in_all_their_forms() {
        let opposed = |a: &str, b: &str| is_opposed(&codes(a), &codes(b));
        for (a, b) in [
            ("approved", "rejected"),
            ("opens", "closed"),
            ("закрыто", "открыты"),
            ("одобрили", "отклонила"),
            ("يرتفع", "ينخفض"),
            ("разрешат", "запретят"),
            ("подорожает", "подешевеет"),
            ("южной", "восточной"),
        ] {
            assert!(opposed(a, b) && opposed(b, a), "{a} {b}");
        }
        for (a, b) in [("approved", "adopted"), ("open", "north"), ("вырос", "поднялся")]
        {
            assert!(!opposed(a, b), "{a} {b}");
        }
    }

    #[test]
    fn values_differ_and_their_forms_do_not() {
        assert_eq!(same_value(hash("June"), hash("July")), Some(false));
        assert_eq!(same_value(hash("июнь"), hash("июня")), Some(true));
        assert_eq!(same_value(hash("девять"), hash("десять")), Some(false));
        assert_eq!(same_value(hash("الأربعاء"), hash("الاربعاء")), Some(true));
        assert_eq!(same_value(hash("June"), hash("gate")), None);
        assert_eq!(same_value(hash("десять"), hash("11")), Some(false));
    }

    #[test]
    fn numerals_stand_for_figures() {
        for (word, figure) in [("ten", "10"), ("десяти", "10"), ("عشر", "10"), ("сорок", "40")]
        {
            assert_eq!(as_figure(hash(word)), hash(figure), "{word}");
        }
        assert_eq!(as_figure(hash("gate")), hash("gate"));
        assert_eq!(as_figure(hash("second")), hash("second"));
    }

    #[test]
    fn no_value_is_in_two_lines() {
        let mut seen: HashMap<u64, u16> = HashMap::new();
        let mut scanner = Scanner::default();
        for (value, words) in groups(VALUES) {
            each_word(&mut scanner, words, |codes| {
                let before = seen.insert(hash_word(codes), value);
                assert!(before.is_none_or(|before| before == value), "{words}");
            });
        }
    }
}
