//! Words without their endings, by the letters they are written in.

use std::cell::RefCell;

use frostem::{Algorithm, Stemmer};

use super::loose_word;

thread_local! {
    static STEMMERS: RefCell<Stemmers> = RefCell::new(Stemmers {
        english: Stemmer::new(Algorithm::English),
        russian: Stemmer::new(Algorithm::Russian),
    });
}

struct Stemmers {
    english: Stemmer,
    russian: Stemmer,
}

/// The stem of one word of [`super::words`]: our light stem for Arabic, Snowball's Russian for
/// Cyrillic, its English for Latin letters; other words as they are.
pub fn stem_word(word: &str) -> String {
    let first = word.chars().next().unwrap_or(' ');
    if first > '\u{052F}' {
        return loose_word(word);
    }
    let is_latin = word.bytes().all(|b| b.is_ascii_alphabetic());
    let is_cyrillic = || word.chars().all(|c| ('\u{0400}'..='\u{052F}').contains(&c));
    STEMMERS.with_borrow(|stemmers| {
        if is_latin {
            stemmers.english.stem(word).into_owned()
        } else if is_cyrillic() {
            stemmers.russian.stem(word).into_owned()
        } else {
            word.to_owned()
        }
    })
}
