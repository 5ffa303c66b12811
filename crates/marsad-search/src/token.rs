//! The one way from a text to what is indexed, searched and marked.

use std::ops::Range;

use marsad_matching::normalise::{TokenKind, Word, loose_word, stem_word, words};
use unicode_normalization::char::canonical_combining_class;

/// A longer word is cut: nobody types it, and a dictionary is no place for it.
const WORD_BYTES_MAX: usize = 200;
/// A link is indexed as the words of its address, up to so many.
const LINK_WORDS_MAX: usize = 16;

const TATWEEL: char = '\u{0640}';

/// A word of a text in both its forms, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// As the matcher compares it.
    pub(crate) exact: String,
    /// Without affixes and inflection.
    pub(crate) loose: String,
    /// Bytes of the original text.
    pub(crate) source: Range<usize>,
    /// Number of the word in the text, for phrases.
    pub(crate) position: u32,
}

/// The words of a text.
///
/// A link gives the words of its address without the scheme; `@name` gives itself and, at the same
/// place, the name; an e-mail address gives nothing, because it leads to a person.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut position = 0;
    for word in words(text) {
        match word.kind {
            TokenKind::Word | TokenKind::Number => {
                let end = with_marks(text, word.source.end);
                tokens.push(token(&word, word.source.start..end, position));
                position += 1;
            }
            TokenKind::Link => position = link(text, &word, position, &mut tokens),
            TokenKind::Mention => {
                mention(&word, position, &mut tokens);
                position += 1;
            }
        }
    }
    tokens
}

/// The end of a word with the marks on its last letter, which the normaliser does not count to it:
/// what is shown as the word ends there.
fn with_marks(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or("");
    let is_mark = |c: char| c == TATWEEL || canonical_combining_class(c) != 0;
    end + rest.find(|c| !is_mark(c)).unwrap_or(rest.len())
}

fn token(word: &Word, source: Range<usize>, position: u32) -> Token {
    let exact = cut(&word.text).to_owned();
    let loose = loose(&exact, word.kind);
    Token { exact, loose, source, position }
}

fn mention(word: &Word, position: u32, tokens: &mut Vec<Token>) {
    let Some(name) = word.text.strip_prefix('@') else { return };
    let whole = cut(&word.text).to_lowercase();
    let source = word.source.clone();
    tokens.push(Token { loose: whole.clone(), exact: whole, source: source.clone(), position });
    if let [name] = words(name).as_slice() {
        tokens.push(token(name, source, position));
    }
}

/// The words of an address; gives the next position.
fn link(text: &str, link: &Word, mut position: u32, tokens: &mut Vec<Token>) -> u32 {
    let written = text.get(link.source.clone()).unwrap_or("");
    let address = written.split_once("://").map_or(written, |(_, address)| address);
    let mut from = link.source.start + (written.len() - address.len());
    let end = position + LINK_WORDS_MAX as u32;
    for part in address.split_inclusive(|c: char| !c.is_alphanumeric()) {
        for word in words(part).iter().filter(|word| word.kind.is_matched() && word.text != "www") {
            if position < end {
                let source = from + word.source.start..from + word.source.end;
                tokens.push(token(word, source, position));
                position += 1;
            }
        }
        from += part.len();
    }
    position
}

fn cut(word: &str) -> &str {
    let end = word.floor_char_boundary(WORD_BYTES_MAX);
    word.get(..end).unwrap_or(word)
}

/// The stem of a word; a number is folded only.
fn loose(exact: &str, kind: TokenKind) -> String {
    if kind == TokenKind::Word { stem_word(exact) } else { loose_word(exact) }
}

/// Which of the two forms an index field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Exact,
    Loose,
}

/// Our words as tantivy takes them.
#[derive(Debug, Clone)]
pub(crate) struct Analyser {
    pub(crate) form: Form,
}

/// The words of one text, one after the other.
pub(crate) struct Stream {
    tokens: std::vec::IntoIter<Token>,
    form: Form,
    current: tantivy::tokenizer::Token,
}

impl tantivy::tokenizer::Tokenizer for Analyser {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream {
            tokens: tokens(text).into_iter(),
            form: self.form,
            current: tantivy::tokenizer::Token::default(),
        }
    }
}

impl tantivy::tokenizer::TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(next) = self.tokens.next() else { return false };
        self.current.offset_from = next.source.start;
        self.current.offset_to = next.source.end;
        self.current.position = next.position as usize;
        self.current.text = match self.form {
            Form::Exact => next.exact,
            Form::Loose => next.loose,
        };
        true
    }

    fn token(&self) -> &tantivy::tokenizer::Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut tantivy::tokenizer::Token {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.exact).collect()
    }

    fn loose_of(word: &str) -> String {
        tokens(word).first().map(|token| token.loose.clone()).unwrap_or_default()
    }

    #[test]
    fn forms_of_one_word_share_the_loose_form() {
        for forms in [
            &["الحكومة", "والحكومه", "حكومة", "الحُكُومَة", "الحـكـومة"][..],
            &["дождь", "дождя", "дождём", "Дожди"],
            &["train", "trains", "Trains"],
        ] {
            let all: Vec<String> = forms.iter().map(|form| loose_of(form)).collect();
            assert!(all.iter().all(|form| *form == all[0]), "{forms:?} {all:?}");
        }
    }

    #[test]
    fn a_link_is_the_words_of_its_address_and_an_e_mail_address_is_nothing() {
        assert_eq!(
            exact("see https://www.example.org/news/42 now"),
            ["see", "example", "org", "news", "42", "now"]
        );
        assert_eq!(exact("ask desk@example.org today"), ["ask", "today"]);
        assert_eq!(
            exact("from @WeatherDesk today"),
            ["from", "@weatherdesk", "weatherdesk", "today"]
        );
    }

    #[test]
    fn the_words_of_a_link_stand_where_they_are_written() {
        let text = "🚆 see https://example.org/пример now";
        let found: Vec<&str> =
            tokens(text).iter().map(|t| text.get(t.source.clone()).unwrap()).collect();
        assert_eq!(found, ["see", "example", "org", "пример", "now"]);
    }

    proptest! {
        #[test]
        fn any_text_gives_words_inside_it_in_order(text in "\\PC*") {
            let all = tokens(&text);
            for token in &all {
                prop_assert!(text.get(token.source.clone()).is_some(), "{token:?}");
                prop_assert!(!token.exact.is_empty() && !token.loose.is_empty(), "{token:?}");
            }
            prop_assert!(all.is_sorted_by_key(|token| token.position));
        }
    }
}
