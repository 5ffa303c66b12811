//! Less of a text, or more around it.
#![expect(clippy::unnecessary_wraps, reason = "one signature for every change of the table")]

use crate::chance::Chance;
use crate::sixth::channels::{handle, link};
use crate::sixth::lexicon::{Lexicon, Values, fill};

type Changed = Option<String>;

/// Words that a text must keep to be known as the same.
const KEPT: usize = 12;

fn given(lexicon: &Lexicon, chance: &mut Chance) -> Values {
    let handle = handle(chance);
    let mut values = Values::new();
    values.insert("link".to_owned(), link(&handle, chance));
    values.insert("handle".to_owned(), handle);
    values.insert("name".to_owned(), lexicon.one("name", chance).to_owned());
    values
}

fn line(list: &str, lexicon: &Lexicon, chance: &mut Chance) -> String {
    fill(lexicon.one(list, chance), &mut given(lexicon, chance), lexicon, chance)
}

/// The beginning of a text by characters, at least twelve words and two fifths of it, with the word
/// in which it ends broken or not.
fn beginning(text: &str, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let is_word = |word: &str| word.chars().any(char::is_alphanumeric);
    let mut counted = words.iter().enumerate().filter(|(_, word)| is_word(word));
    let (twelfth, _) = counted.nth(KEPT - 1)?;
    let least = (twelfth + 1).max(words.len() * 2 / 5);
    if words.len() < least + 4 {
        return None;
    }
    let kept = least + chance.below((words.len() - least - 2).max(1));
    let mut start = words[..kept].join(" ");
    if chance.one_in(2) {
        let next: Vec<char> = words[kept].chars().collect();
        let part: String = next[..next.len() / 2].iter().collect();
        start = format!("{start} {part}");
    }
    Some(start.trim_end_matches(['.', ',', '،', ':', '—', ' ']).to_owned())
}

/// Cut short with an ellipsis.
pub(super) fn cut(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let start = beginning(text, chance)?;
    Some(format!("{start}{}", chance.word(&["…", "...", " …", " [...]", " (...)", "...."])))
}

/// Cut short with an invitation to read on.
pub(super) fn read_more(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let start = beginning(text, chance)?;
    let more = line("more", lexicon, chance);
    Some(format!("{start}{}{more}", chance.word(&["… ", "...\n", "\n\n", "...\n\n"])))
}

/// Words of the copier before the text.
pub(super) fn comment_before(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let comment = line("before", lexicon, chance);
    Some(format!("{comment}{}{text}", chance.word(&["\n\n", "\n", " "])))
}

/// Words of the copier after the text.
pub(super) fn comment_after(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let comment = line("after", lexicon, chance);
    Some(format!("{text}{}{comment}", chance.word(&["\n\n", "\n", " "])))
}

/// A paragraph of the copier before or after the text.
pub(super) fn long_comment(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let comment = line("long", lexicon, chance);
    Some(if chance.one_in(2) {
        format!("{comment}\n\n{text}")
    } else {
        format!("{text}\n\n{comment}")
    })
}

/// Where the text was found.
pub(super) fn source(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let source = line("source", lexicon, chance);
    Some(match (source.ends_with(':'), chance.one_in(3)) {
        (true, _) | (_, true) => format!("{source}\n{text}"),
        _ => format!("{text}\n\n{source}"),
    })
}

/// The whole text in quotation marks with who wrote it.
pub(super) fn quoted(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let name = lexicon.one("name", chance);
    Some(match chance.below(3) {
        0 => format!("«{text}» — {name}"),
        1 => format!("{name}:\n“{text}”"),
        _ => text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
    })
}
