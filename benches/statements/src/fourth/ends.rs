//! Changes that take words away or put words of one's own around.

use super::lexicon::Language;
use super::texts::{sentence_ends, words};
use crate::chance::Chance;

pub(super) fn label(text: &str, language: Language, chance: &mut Chance) -> String {
    format!("{} {text}", chance.word(language.lexicon().labels))
}

/// Somebody is named who said it.
pub(super) fn source(text: &str, language: Language, chance: &mut Chance) -> String {
    let lexicon = language.lexicon();
    if chance.one_in(2) {
        format!("{}{text}", chance.word(lexicon.sources_before))
    } else {
        let plain = text.trim_end_matches(['.', ' ']);
        format!("{plain}{}", chance.word(lexicon.sources_after))
    }
}

/// The first three fifths to nine tenths, at least eight words.
fn opening(text: &str, chance: &mut Chance) -> Option<String> {
    let count = words(text).len();
    let keep = (count * (60 + chance.below(30)) / 100).max(8);
    if keep >= count {
        return None;
    }
    let mut seen = 0;
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() {
            inside = false;
            if seen == keep {
                let opening = text[..at].trim_end_matches([',', ':', '-', ' ', '.']);
                return Some(opening.to_owned());
            }
        } else if !std::mem::replace(&mut inside, true) {
            seen += 1;
        }
    }
    None
}

pub(super) fn cut(text: &str, chance: &mut Chance) -> Option<String> {
    let opening = opening(text, chance)?;
    Some(format!("{opening}{}", chance.word(&["…", "...", " [...]", " …", ""])))
}

pub(super) fn more(text: &str, language: Language, chance: &mut Chance) -> String {
    let tail = chance.word(language.lexicon().more);
    let number = chance.below(100_000);
    let opening = opening(text, chance).filter(|_| !chance.one_in(3));
    let opening = opening.map_or_else(|| text.to_owned(), |opening| format!("{opening}…"));
    match chance.below(3) {
        0 => format!("{opening}\n\n{tail} https://example.org/{number}"),
        1 => format!("{opening} [{tail}](https://example.org/{number})"),
        _ => format!("{opening}\n{tail}"),
    }
}

/// A sentence at an end that the others do not have.
pub(super) fn added(text: &str, sentence: &str, chance: &mut Chance) -> String {
    let stop = if text.ends_with(['.', '!', '?', '…', '؟']) { "" } else { "." };
    match chance.below(4) {
        0 => format!("{}. {text}", sentence.trim_end_matches('.')),
        1 => format!("{text}{stop}\n\n{sentence}"),
        _ => format!("{text}{stop} {sentence}"),
    }
}

/// The first or the last sentence goes, where that is a third of the text at most.
pub(super) fn dropped(text: &str, chance: &mut Chance) -> Option<String> {
    let ends = sentence_ends(text);
    let (first, before_last) = (*ends.first()?, *ends.iter().rev().nth(1)?);
    let at_start = chance.one_in(4);
    let kept = if at_start { &text[first..] } else { &text[..before_last] };
    let fits =
        |kept: &str| words(kept).len() * 3 >= words(text).len() * 2 && words(kept).len() >= 8;
    fits(kept).then(|| kept.trim().to_owned())
}

/// The whole text in quotation marks with words of one's own before or after.
pub(super) fn quoted(text: &str, language: Language, chance: &mut Chance) -> String {
    let comment = chance.word(language.lexicon().comments);
    match chance.below(4) {
        0 => format!("{comment}\n\n«{text}»"),
        1 => format!("“{text}”\n{comment}"),
        2 => format!("{comment}\n———\n{text}"),
        _ => format!("{comment}\n> {}", text.replace('\n', "\n> ")),
    }
}

/// One word exchanged for another that means the same.
pub(super) fn synonym(text: &str, language: Language, chance: &mut Chance) -> Option<String> {
    if words(text).len() < 12 {
        return None;
    }
    let row: Vec<&str> = text.split(' ').collect();
    let known = language.lexicon().synonyms;
    let found: Vec<(usize, &str)> = row
        .iter()
        .enumerate()
        .filter_map(|(at, word)| known.iter().find(|(of, _)| of == word).map(|(_, to)| (at, *to)))
        .collect();
    if found.is_empty() {
        return None;
    }
    let (at, to) = *chance.pick(&found);
    let mut row = row;
    row[at] = to;
    Some(row.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_or_a_dropped_sentence_leaves_three_fifths() {
        let text = "Поезд до Твери ушёл утром по расписанию. Пассажиры заняли места заранее и \
                    пили чай с лимоном. Следующий отправится завтра в полдень с того же пути.";
        let all = words(text).len();
        for seed in 0..100 {
            let chance = &mut Chance::new(seed);
            let kept = cut(text, chance).map_or(all, |cut| words(&cut).len());
            assert!(kept * 5 >= all * 3 - 5 && kept <= all, "{kept} of {all}");
            let kept = dropped(text, chance).map_or(all, |rest| words(&rest).len());
            assert!(kept * 3 >= all * 2, "{kept} of {all}");
        }
    }
}
