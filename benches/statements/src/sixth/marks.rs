//! Markup, punctuation, lines and signs around the same words.
#![expect(clippy::unnecessary_wraps, reason = "one signature for every change of the table")]

use crate::chance::Chance;
use crate::sixth::edits::sentences;
use crate::sixth::lexicon::{Lexicon, Tongue};

type Changed = Option<String>;

/// Bold, italic or struck in the marks of messengers, all of it or its beginning.
pub(super) fn markdown(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mark = chance.word(&["**", "__", "*", "_", "~~", "`", "||"]);
    if chance.one_in(2) {
        return Some(
            text.lines().map(|line| format!("{mark}{line}{mark}")).collect::<Vec<_>>().join("\n"),
        );
    }
    let words: Vec<&str> = text.split(' ').collect();
    let start = chance.below(words.len() / 2);
    let end = (start + 2 + chance.below(8)).min(words.len());
    Some(
        format!(
            "{} {mark}{}{mark} {}",
            words[..start].join(" "),
            words[start..end].join(" "),
            words[end..].join(" ")
        )
        .trim()
        .to_owned(),
    )
}

/// Tags and entities of HTML left in the text.
pub(super) fn html(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let tag = chance.word(&["b", "i", "strong", "em", "u"]);
    let text = text.replace('"', "&quot;").replace('\n', "<br>").replace('\'', "&#39;");
    if chance.one_in(2) {
        return Some(format!("<{tag}>{text}</{tag}>"));
    }
    let mut parts = sentences(&text).into_iter();
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    Some(format!("<p><{tag}>{first}</{tag}> {}</p>", rest.join(" ")))
}

/// A few words made a link.
pub(super) fn linked(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() < 6 {
        return None;
    }
    let start = chance.below(words.len() - 4);
    let end = start + 1 + chance.below(3);
    let page = format!("https://example.org/{}", 1000 + chance.below(9000));
    let anchor = words[start..end].join(" ");
    let anchor = match chance.below(3) {
        0 => format!("<a href=\"{page}\">{anchor}</a>"),
        1 => format!("{anchor} ({page})"),
        _ => format!("[{anchor}]({page})"),
    };
    Some(
        format!("{} {anchor} {}", words[..start].join(" "), words[end..].join(" "))
            .trim()
            .to_owned(),
    )
}

/// Another hand's full stops, commas, quotation marks and dashes.
pub(super) fn punctuation(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let mut text = text.to_owned();
    let (open, close) =
        *chance.pick(&[("«", "»"), ("“", "”"), ("\"", "\""), ("„", "“"), ("'", "'")]);
    for quote in ["«", "“", "„"] {
        text = text.replace(quote, open);
    }
    for quote in ["»", "”"] {
        text = text.replace(quote, close);
    }
    let dash = chance.word(&["—", "–", "-", "--"]);
    for other in ["—", "–", " - "] {
        text = text.replace(other, if other == " - " { " – " } else { dash });
    }
    // Figures keep their points.
    let has_figures = text.chars().any(char::is_numeric);
    text = match chance.below(5) {
        0 => text.trim_end_matches(['.', '!', '؟', '?']).to_owned(),
        1 => text.replace(". ", " .. ").replace('!', "!!!"),
        2 => text.replace(", ", " , ").replace(". ", " . "),
        3 if !has_figures => text.replace(['.', ',', '،', '؛', ';'], ""),
        _ => format!("{}!!", text.trim_end_matches('.')),
    };
    if lexicon.tongue == Tongue::Arabic {
        text =
            if text.contains('،') { text.replace('،', ",") } else { text.replace(", ", "، ") };
    }
    Some(text)
}

/// A line for each sentence, lines of a fixed width, or paragraphs.
pub(super) fn lines(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('\n') {
        return Some(flat);
    }
    if chance.one_in(3) {
        let width = 25 + chance.below(35);
        let mut wrapped = String::new();
        let mut length = 0;
        for word in flat.split(' ') {
            length += word.chars().count() + 1;
            wrapped.push_str(word);
            wrapped.push(if length > width { '\n' } else { ' ' });
            length = if length > width { 0 } else { length };
        }
        return Some(wrapped.trim_end().to_owned());
    }
    let gap = chance.word(&["\n", "\n\n", "\n\n\n"]);
    Some(sentences(&flat).join(gap))
}

/// Small pictures between the sentences.
pub(super) fn emoji(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    const SIGNS: [&str; 14] =
        ["🔹", "🔸", "✅", "❗️", "📌", "👉", "🔥", "💬", "▪️", "😡", "🙏🏻", "1️⃣", "🇪🇺", "👇"];
    let sign = chance.word(&SIGNS);
    let mut parts = Vec::new();
    for sentence in sentences(text) {
        let other = if chance.one_in(3) { chance.word(&SIGNS) } else { sign };
        parts.push(match chance.below(3) {
            0 => format!("{other}{sentence}"),
            1 => format!("{other} {sentence}"),
            _ => format!("{sentence} {other}{other}"),
        });
    }
    Some(parts.join(if chance.one_in(2) { "\n" } else { " " }))
}

/// Words of the text made hashtags where they stand.
pub(super) fn tagged(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| {
            let word = &words[*at];
            word.chars().count() > 4 && word.chars().next().is_some_and(char::is_alphabetic)
        })
        .collect();
    if long.is_empty() {
        return None;
    }
    for _ in 0..=chance.below(3) {
        let at = *chance.pick(&long);
        if words[at].starts_with('#') {
            continue;
        }
        let next = words.get(at + 1).filter(|next| next.chars().all(char::is_alphabetic)).cloned();
        match next.filter(|_| words[at].chars().all(char::is_alphabetic) && chance.one_in(3)) {
            Some(next) => {
                words[at] = format!("#{}_{next}", words[at]);
                words[at + 1].clear();
            }
            None => words[at].insert(0, '#'),
        }
    }
    words.retain(|word| !word.is_empty());
    Some(words.join(" "))
}

/// Hashtags of the copier before or after the text.
pub(super) fn more_tags(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let mut tags: Vec<&str> =
        (0..=chance.below(4)).map(|_| lexicon.one("hashtag", chance)).collect();
    tags.dedup();
    let tags = tags.join(" ");
    Some(match chance.below(3) {
        0 => format!("{tags}\n{text}"),
        1 => format!("{text} {tags}"),
        _ => format!("{text}\n\n{tags}"),
    })
}

/// The hour or the day before the text.
pub(super) fn stamped(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let time = format!("{:02}:{:02}", chance.below(24), chance.below(60));
    Some(match chance.below(5) {
        0 => format!("[{time}] {text}"),
        1 => format!("🕔 {time} | {text}"),
        2 => format!("{time} GMT — {text}"),
        3 => format!("{} {}\n{text}", 1 + chance.below(28), lexicon.one("month", chance)),
        _ => format!("{text}\n{:02}.{:02}.2025 {time}", 1 + chance.below(28), 1 + chance.below(12)),
    })
}

/// A mark of haste before the text.
pub(super) fn urgent(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let mark = lexicon.one("urgent", chance);
    Some(format!("{mark}{}{text}", chance.word(&[" ", "\n", "\n\n"])))
}
