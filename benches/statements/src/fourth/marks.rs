//! Changes around the words: marks, signs, links, small pictures.

use super::lexicon::Language;
use super::texts::sentence_ends;
use crate::chance::Chance;

const EMOJI: [&str; 18] = [
    "❗️",
    "⚡️",
    "🔥",
    "👇",
    "😱",
    "🙏",
    "🚆",
    "⚽️",
    "🌧",
    "👉🏻",
    "➡️",
    "✔️",
    "🔻",
    "▪️",
    "☝️",
    "👨‍👩‍👧",
    "🇷🇺",
    "★",
];

pub(super) fn emoji(text: &str, chance: &mut Chance) -> String {
    let own = *chance.pick(&EMOJI);
    match chance.below(5) {
        0 => format!("{own}{text}"),
        1 => format!("{own} {text} {own}"),
        2 => format!("{text} {own}{}{own}", chance.pick(&EMOJI)),
        3 => at_sentences(text, |sentence| format!("{own} {sentence}")),
        _ => {
            // In the middle of words' row.
            let words: Vec<&str> = text.split(' ').collect();
            let often = 6 + chance.below(8);
            let with = |word: &str, chance: &mut Chance| {
                if chance.one_in(often) {
                    format!("{word} {}", chance.pick(&EMOJI))
                } else {
                    word.to_owned()
                }
            };
            let row: Vec<String> = words.into_iter().map(|word| with(word, chance)).collect();
            format!("{own} {}", row.join(" "))
        }
    }
}

fn at_sentences(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut from = 0;
    let mut out = Vec::new();
    for end in sentence_ends(text) {
        out.push(change(text[from..end].trim()));
        from = end;
    }
    if out.is_empty() { change(text) } else { out.join("\n") }
}

/// Bold, italics, links on words, marks of a page.
pub(super) fn markup(text: &str, chance: &mut Chance) -> String {
    let end = sentence_ends(text).first().copied().unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    match chance.below(7) {
        0 => format!("**{head}**{rest}"),
        1 => format!("<b>{head}</b>{rest}"),
        2 => format!("__{text}__"),
        3 => {
            let page = text.replace('&', "&amp;").replace('"', "&quot;").replace('«', "&laquo;");
            format!("<p>{}</p>", page.replace('»', "&raquo;").replace('\n', "<br>"))
        }
        4 => {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let at = chance.below(words.len());
            let link = format!("[{}](https://example.org/{})", words[at], chance.below(90_000));
            words[at] = link;
            words.join(" ")
        }
        5 => {
            let bold = |word: &str, chance: &mut Chance| {
                if chance.one_in(7) { format!("**{word}**") } else { word.to_owned() }
            };
            let words: Vec<String> = text.split(' ').map(|word| bold(word, chance)).collect();
            words.join(" ")
        }
        _ => at_sentences(text, |sentence| format!("> {sentence}")),
    }
}

/// Signs put on words, or a line of tags.
pub(super) fn hashtags(text: &str, language: Language, chance: &mut Chance) -> String {
    let tags = language.lexicon().tags;
    match chance.below(5) {
        0 | 1 => {
            let long =
                |word: &str| word.chars().count() > 4 && word.chars().all(char::is_alphabetic);
            let words: Vec<&str> = text.split(' ').collect();
            let mut out: Vec<String> = Vec::new();
            let mut joins = false;
            for (at, word) in words.iter().enumerate() {
                let next = words.get(at + 1).is_some_and(|next| long(next));
                if std::mem::take(&mut joins) {
                    if let Some(last) = out.last_mut() {
                        *last = format!("{last}_{word}");
                    }
                } else if long(word) && chance.one_in(6) {
                    out.push(format!("#{word}"));
                    joins = next && chance.one_in(4);
                } else {
                    out.push((*word).to_owned());
                }
            }
            if out.iter().any(|word| word.starts_with('#')) {
                out.join(" ")
            } else {
                format!("#{text}")
            }
        }
        2 => format!("{} {}\n{text}", chance.word(tags), chance.word(tags)),
        _ => {
            let line: Vec<&str> = (0..=chance.below(4)).map(|_| chance.word(tags)).collect();
            format!("{text}\n\n{}", line.join(" "))
        }
    }
}

pub(super) fn links(text: &str, chance: &mut Chance) -> String {
    let number = chance.below(900_000);
    match chance.below(6) {
        0 => format!("{text} https://example.org/news/{number}"),
        1 => format!("{text}\n\nhttps://youtu.be/x{number}"),
        2 => format!("{text}\nvia @desk{}", number % 1000),
        3 => format!("https://t.me/feed{}/{}\n{text}", number % 100, number % 5000),
        4 => format!("{text}\n[.](https://telegra.ph/file/{number}.jpg)"),
        _ => format!("@desk{}: {text} https://example.org/{number}?utm_source=tg", number % 1000),
    }
}

/// Quotation marks, dashes, spaces, line breaks.
pub(super) fn punctuation(text: &str, chance: &mut Chance) -> String {
    let mut out = text.to_owned();
    let mut changes = 0;
    while changes < 1 + chance.below(3) {
        changes += 1;
        out = match chance.below(7) {
            0 => {
                let (open, close) =
                    *chance.pick(&[("“", "”"), ("\"", "\""), ("„", "“"), ("'", "'"), ("«", "»")]);
                let mut inside = false;
                let quote = |letter: char| match letter {
                    '«' | '“' | '„' => open.to_owned(),
                    '»' | '”' => close.to_owned(),
                    '"' => {
                        inside = !inside;
                        if inside { open } else { close }.to_owned()
                    }
                    other => other.to_string(),
                };
                out.chars().map(quote).collect()
            }
            1 => out.replace(" – ", " - ").replace(" — ", " - "),
            2 => out.replace("...", "…").trim_end_matches(['.', '!']).to_owned(),
            3 => at_sentences(&out, |sentence| format!("{sentence}\n")).trim().to_owned(),
            4 => out.replace('\n', " "),
            5 => out.replace(", ", " , ").replace('!', "!!!"),
            _ => {
                let space = *chance.pick(&["  ", "\u{a0}", " \u{2009}"]);
                let mut often = 0;
                let wide = |letter: char| {
                    often += usize::from(letter == ' ');
                    if letter == ' ' && often.is_multiple_of(4) {
                        space.to_owned()
                    } else {
                        letter.to_string()
                    }
                };
                out.chars().map(wide).collect()
            }
        };
    }
    if out != text {
        return out;
    }
    match chance.below(4) {
        0 => format!("{text}\n\n."),
        1 => format!("{}!!", text.trim_end_matches('.')),
        2 => format!("— {text}"),
        _ => text.replacen(' ', "\n", 1),
    }
}
