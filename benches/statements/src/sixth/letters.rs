//! The same letters in other characters, for all languages and for Cyrillic and Latin ones.
#![expect(clippy::unnecessary_wraps, reason = "one signature for every change of the table")]

use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;
use crate::sixth::lexicon::{Lexicon, Tongue};

type Changed = Option<String>;

/// Characters that do not show.
pub(super) fn invisible(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    const NONE: [char; 8] = [
        '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{2060}', '\u{FEFF}',
        '\u{00AD}',
    ];
    let every = 4 + chance.below(30);
    let some: Vec<char> = (0..2).map(|_| *chance.pick(&NONE)).collect();
    let mut changed = String::new();
    for letter in text.chars() {
        changed.push(letter);
        if chance.one_in(every) {
            changed.push(*chance.pick(&some));
        }
    }
    Some(changed)
}

/// Marks of direction around the lines.
pub(super) fn direction(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let (open, close) = *chance.pick(&[
        ('\u{202B}', '\u{202C}'),
        ('\u{2067}', '\u{2069}'),
        ('\u{200F}', '\u{200F}'),
        ('\u{061C}', '\u{061C}'),
    ]);
    let lines: Vec<String> = text.lines().map(|line| format!("{open}{line}{close}")).collect();
    Some(lines.join("\n"))
}

/// Other spaces.
pub(super) fn spaces(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let space = *chance.pick(&["\u{00A0}", "  ", "\u{2009}", "\u{202F}", " \u{00A0}"]);
    let every = 1 + chance.below(4);
    let mut changed = String::new();
    for letter in text.chars() {
        if letter == ' ' && chance.one_in(every) {
            changed.push_str(space);
        } else {
            changed.push(letter);
        }
    }
    Some(changed)
}

/// Letters of the other alphabet that look the same.
pub(super) fn lookalikes(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    const PAIRS: [(char, char); 17] = [
        ('а', 'a'),
        ('о', 'o'),
        ('е', 'e'),
        ('с', 'c'),
        ('р', 'p'),
        ('х', 'x'),
        ('у', 'y'),
        ('К', 'K'),
        ('М', 'M'),
        ('В', 'B'),
        ('Н', 'H'),
        ('Т', 'T'),
        ('А', 'A'),
        ('О', 'O'),
        ('С', 'C'),
        ('Е', 'E'),
        ('Р', 'P'),
    ];
    let to_latin = lexicon.tongue == Tongue::Russian;
    let every = 1 + chance.below(6);
    let other = |c: char| {
        let found = PAIRS.iter().find(|(own, latin)| c == if to_latin { *own } else { *latin });
        found.map(|(own, latin)| if to_latin { *latin } else { *own })
    };
    let changed = text.chars().map(|c| match other(c) {
        Some(other) if chance.one_in(every) => other,
        _ => c,
    });
    Some(changed.collect())
}

/// Marks apart from their letters.
pub(super) fn decomposed(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    Some(text.nfd().collect())
}

/// Yo written or not.
pub(super) fn yo(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    const WORDS: [(&str, &str); 15] = [
        ("еще", "ещё"),
        ("ее", "её"),
        ("нее", "неё"),
        ("идет", "идёт"),
        ("пройдет", "пройдёт"),
        ("ждет", "ждёт"),
        ("счет", "счёт"),
        ("самолет", "самолёт"),
        ("полет", "полёт"),
        ("учет", "учёт"),
        ("мое", "моё"),
        ("твое", "твоё"),
        ("свое", "своё"),
        ("причем", "причём"),
        ("зеленый", "зелёный"),
    ];
    if text.contains(['ё', 'Ё']) {
        return Some(text.replace('ё', "е").replace('Ё', "Е"));
    }
    let with = text.split(' ').map(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphabetic());
        let found = WORDS.iter().find(|(without, _)| *without == bare);
        found.map_or_else(|| word.to_owned(), |(without, with)| word.replace(without, with))
    });
    Some(with.collect::<Vec<_>>().join(" "))
}

/// Everything in capitals.
pub(super) fn capitals(text: &str, lexicon: &Lexicon, _: &mut Chance) -> Changed {
    (lexicon.tongue != Tongue::Arabic).then(|| text.to_uppercase())
}

/// The first line or words in capitals.
pub(super) fn capital_start(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let words: Vec<&str> = text.split(' ').collect();
    let count = 3 + chance.below(6);
    if lexicon.tongue == Tongue::Arabic || words.len() < count {
        return None;
    }
    let (start, rest) = words.split_at(count);
    Some(format!("{} {}", start.join(" ").to_uppercase(), rest.join(" ")).trim_end().to_owned())
}

/// Letters of the mathematical alphabets, which apps offer as fonts.
pub(super) fn fancy(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    // Bold, sans-serif bold and monospaced: no gaps in these alphabets.
    let base = *chance.pick(&[0x1D400, 0x1D5D4, 0x1D670]);
    let only_start = chance.one_in(2);
    let shaped = text.chars().enumerate().map(|(place, c)| {
        let code = match c {
            _ if only_start && place > 60 => None,
            'A'..='Z' => char::from_u32(base + u32::from(c) - 0x41),
            'a'..='z' => char::from_u32(base + 26 + u32::from(c) - 0x61),
            _ => None,
        };
        code.unwrap_or(c)
    });
    (lexicon.tongue == Tongue::English).then(|| shaped.collect())
}

/// One or two words with a letter hidden, as is done to pass filters.
pub(super) fn hidden(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| {
            words.get(*at).is_some_and(|word| {
                word.chars().count() > 4 && word.chars().all(char::is_alphabetic)
            })
        })
        .collect();
    if long.len() < 6 {
        return None;
    }
    for _ in 0..=chance.below(2) {
        let word = &mut words[*chance.pick(&long)];
        let mut letters: Vec<String> = word.chars().map(String::from).collect();
        *word = match chance.below(3) {
            0 => letters.join("."),
            1 => letters.join("-"),
            _ => {
                let middle = letters.len() / 2;
                letters[middle] = chance.word(&["*", "@", "·"]).into();
                letters.concat()
            }
        };
    }
    Some(words.join(" "))
}
