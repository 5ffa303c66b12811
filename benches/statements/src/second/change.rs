//! The changes of the second hand, from the list of what channels do and the rules of
//! normalisation.

use crate::chance::Chance;
use crate::second::{edits, letters, marks};

/// The order in which changes are made to one copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// Cuts, additions and edits of words: at most one of them to a copy.
    Words,
    /// Letters, digits and punctuation.
    Letters,
    /// Marks, pictures, tags and links, which no later change takes apart.
    Marks,
}

/// A change and when it can be made.
pub(crate) struct Change {
    pub(crate) kind: &'static str,
    /// When it is made: edits of words first, then letters, then marks around them.
    pub(crate) turn: Turn,
    pub(crate) applies: fn(&str) -> bool,
    pub(crate) apply: fn(&str, &mut Chance) -> String,
}

macro_rules! changes {
    ($($kind:literal $turn:ident $applies:expr, $apply:path;)*) => {
        &[$(Change { kind: $kind, turn: Turn::$turn, applies: $applies, apply: $apply },)*]
    };
}

/// All of them.
pub(crate) const CHANGES: &[Change] = changes! {
    "vowels" Letters arabic, letters::vowels;
    "rare marks" Letters arabic, letters::rare_marks;
    "stretched" Letters arabic, letters::stretched;
    "hamza" Letters arabic, letters::hamza;
    "presentation" Letters arabic, letters::presentation;
    "invisible" Letters any, letters::invisible;
    "direction" Letters any, letters::direction;
    "look-alikes" Letters not_arabic, letters::look_alikes;
    "fancy letters" Letters latin, letters::fancy;
    "digits" Letters figures, letters::digits;
    "spaces" Letters any, letters::spaces;
    "decomposed" Letters not_latin, letters::apart;
    "shouted" Letters not_arabic, letters::shouted;
    "markdown" Marks any, marks::markdown;
    "html" Marks any, marks::html;
    "pictures" Marks any, marks::pictures;
    "joined tags" Marks any, marks::joined_tags;
    "tags" Marks any, marks::tags;
    "added tags" Marks any, marks::added_tags;
    "links" Marks any, marks::links;
    "punctuation" Letters any, marks::punctuation;
    "greeting" Words any, edits::greeted;
    "typos" Words any, edits::typos;
    "word changed" Words of_18, edits::word_changed;
    "word moved" Words of_18, edits::word_moved;
    "word lost" Words of_18, edits::word_lost;
    "cut" Words of_24, edits::cut;
    "cut short" Words of_40, edits::cut_short;
    "comment" Words any, edits::commented;
    "extended" Words any, edits::extended;
    "alarm" Words any, edits::alarmed;
};

fn any(_: &str) -> bool {
    true
}

pub(crate) fn is_arabic(c: char) -> bool {
    ('\u{0620}'..='\u{064A}').contains(&c) || ('\u{0671}'..='\u{06D3}').contains(&c)
}

pub(crate) fn arabic(text: &str) -> bool {
    text.chars().any(is_arabic)
}

fn not_arabic(text: &str) -> bool {
    !arabic(text)
}

fn latin(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii())
}

fn not_latin(text: &str) -> bool {
    !text.is_ascii()
}

fn figures(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn of_18(text: &str) -> bool {
    words(text) >= 18
}

fn of_24(text: &str) -> bool {
    words(text) >= 24
}

fn of_40(text: &str) -> bool {
    words(text) >= 40
}

/// Changes about one letter in `one_in` where the change applies.
pub(crate) fn per_letter(
    text: &str,
    chance: &mut Chance,
    one_in: usize,
    change: impl Fn(char, &mut Chance) -> Option<String>,
) -> String {
    let mut changed = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        let other = if chance.one_in(one_in) { change(c, chance) } else { None };
        match other {
            Some(other) => changed.push_str(&other),
            None => changed.push(c),
        }
    }
    changed
}

/// Changes about one word in `one_in`.
pub(crate) fn per_word(
    text: &str,
    chance: &mut Chance,
    one_in: usize,
    change: impl Fn(&str, &mut Chance) -> String,
) -> String {
    let change =
        |word: &str| if chance.one_in(one_in) { change(word, chance) } else { word.to_owned() };
    text.split(' ').map(change).collect::<Vec<_>>().join(" ")
}

/// Changes one run of one to four words.
pub(crate) fn stretch(
    text: &str,
    chance: &mut Chance,
    change: impl Fn(&str, &mut Chance) -> String,
) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let from = chance.below(words.len());
    let to = (from + 1 + chance.below(4)).min(words.len());
    let run = change(&words[from..to].join(" "), chance);
    let mut changed: Vec<&str> = words[..from].to_vec();
    changed.push(&run);
    changed.extend(&words[to..]);
    changed.join(" ")
}
