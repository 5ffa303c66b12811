//! Texts to a form in which the same statement looks the same.
//!
//! | step | rule | source |
//! |---|---|---|
//! | composition | NFKC; U+FDFD and U+FDFC spelled out | UAX 15; CAMeL tools `normalize_unicode` |
//! | invisible | zero width, bidi, soft hyphen, variation selectors, tags: no trace | ours |
//! | Persian, Urdu | ی ے → ي; ک → ك; ۀ ہ ھ ە → ه; hamza above dropped | Lucene `PersianNormalizer`; ھ ە ours |
//! | alef | آ أ إ → ا; ٱ → ا | Lucene `ArabicNormalizer`; CAMeL tools |
//! | maksura, teh marbuta | ى → ي; ة → ه | Lucene |
//! | marks | tatweel, U+064B..0652: no trace; also U+0610..061A, 0653..065F, 0670, 06D6..06ED, 08D3..08FF, Hebrew points | Lucene; the rest ours |
//! | digits | ٠..٩, ۰..۹ → 0..9; one mark between digits is `.`; a comma before three digits is none; a minus right before a number stays | ours |
//! | letters | lower case; ё → е; ς → σ; stacked marks dropped after composition | ours |
//! | look-alikes | Latin, Cyrillic, Greek within a word to its majority; beside such a word, one of look-alikes alone to the script of four fifths of the text | UTS 39 pairs |
//! | apostrophe | between letters: no trace | ours |
//! | links, mentions | one token each, not matched | ours |
//! | HTML, markdown, `#`, emoji, punctuation | separate words, leave nothing; a keycap takes its digit along; `<br>` ends a line | ours |
//!
//! Hamza carriers ؤ ئ stay in [`norm_std`]; [`norm_loose`] folds them to ء and takes off the
//! affixes of Lucene's light stemmer, for search only.
//!
//! **Invariants.** [`norm_std`] is idempotent (a stem is not stemmed again, so [`norm_loose`] is
//! meant to be applied once, to index and query alike). A text with and without harakat gives the same form.
//! Plain Latin, Cyrillic and Arabic take one pass and one table lookup a character; only a text
//! with a mark that may compose is composed first.

mod confusable;
mod links;
mod loose;
mod scan;
mod stem;
mod table;

use std::ops::Range;

pub(crate) use confusable::look_alike;
pub use loose::{loose_word, norm_loose};
pub use scan::TokenKind;
pub(crate) use scan::{Scanner, Token, is_digit};
pub use stem::stem_word;

/// A token of a text and where it stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Normalised; a link or mention as written.
    pub text: String,
    /// Bytes of the original text.
    pub source: Range<usize>,
    /// Line, from 0; empty lines do not count.
    pub line: u32,
    /// What it is.
    pub kind: TokenKind,
}

/// The normalised tokens of a text joined by single spaces, links and mentions as written.
pub fn norm_std(text: &str) -> String {
    let mut scanner = Scanner::default();
    scanner.scan(text);
    let mut joined = String::with_capacity(text.len());
    each_word(&scanner, |_, word| {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    });
    joined
}

/// The normalised tokens of a text with their places in the original.
pub fn words(text: &str) -> Vec<Word> {
    let mut scanner = Scanner::default();
    scanner.scan(text);
    let mut words = Vec::with_capacity(scanner.tokens.len());
    each_word(&scanner, |token, word| {
        words.push(Word {
            text: word.to_owned(),
            source: token.source_start as usize..token.source_end as usize,
            line: token.line,
            kind: token.kind,
        });
    });
    words
}

fn each_word(scanner: &Scanner, mut take: impl FnMut(&Token, &str)) {
    let mut word = String::new();
    for token in &scanner.tokens {
        if token.kind.is_matched() {
            word.clear();
            word.extend(scanner.token_codes(token).iter().filter_map(|c| char::from_u32(*c)));
            take(token, &word);
        } else {
            take(token, scanner.written(token));
        }
    }
}

#[cfg(test)]
mod tests;
