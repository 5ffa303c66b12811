//! Changes that channels make to a text which they post again.

use super::letters;
use super::texts::{Lang, keys};
use super::words;
use crate::chance::Chance;

/// The kinds of change and how many copies of a hundred have each.
pub(super) const KINDS: [(&str, usize); 17] = [
    ("frame only", 14),
    ("letters", 8),
    ("digits", 3),
    ("invisible", 6),
    ("confusables", 5),
    ("width", 4),
    ("marks", 8),
    ("emoji", 7),
    ("links", 6),
    ("punctuation", 3),
    ("cut", 8),
    ("edit", 6),
    ("typos", 4),
    ("sentence dropped", 8),
    ("sentence added", 5),
    ("comment", 3),
    ("combination", 10),
];

/// Draws a kind by its share.
pub(super) fn kind(chance: &mut Chance) -> &'static str {
    let total = KINDS.iter().map(|(_, share)| share).sum();
    let mut at = chance.below(total);
    for (kind, share) in KINDS {
        if at < share {
            return kind;
        }
        at -= share;
    }
    "frame only"
}

/// The text with one change, and the name of the change; another kind is drawn where the first
/// would leave the text as it is. `more` holds sentences that no other post holds.
pub(super) fn change(
    text: &str,
    lang: Lang,
    wanted: &'static str,
    more: &mut Vec<String>,
    chance: &mut Chance,
) -> (String, &'static str) {
    let mut name = wanted;
    for _ in 0..8 {
        let changed = match name {
            "combination" => Some(combination(text, lang, more, chance)),
            name => one(text, lang, name, more, chance),
        };
        if let Some(changed) = changed.filter(|c| name == "frame only" || c != text) {
            return (changed, name);
        }
        name = kind(chance);
    }
    (text.to_owned(), "frame only")
}

fn one(
    text: &str,
    lang: Lang,
    kind: &str,
    more: &mut Vec<String>,
    chance: &mut Chance,
) -> Option<String> {
    let count = text.split_whitespace().count();
    Some(match kind {
        "letters" => letters::variants(text, lang, chance),
        "digits" => letters::digits(text, chance),
        "invisible" => letters::invisible(text, chance),
        "confusables" => letters::confusables(text, lang, chance),
        "width" => letters::width(text, lang, chance),
        "marks" => marks(text, chance),
        "emoji" => emoji(text, chance),
        "links" => links(text, chance),
        "punctuation" => punctuation(text, chance),
        "cut" if count >= 20 => cut(text, lang, chance),
        "edit" if count >= 12 => edit(text, lang, chance),
        "typos" => typos(text, chance),
        "sentence dropped" => dropped(text, chance)?,
        "sentence added" if count >= 14 => added(text, &more.pop()?, chance),
        "comment" => comment(text, lang, chance),
        "frame only" => text.to_owned(),
        _ => return None,
    })
}

/// One change of signs, or none where the text has nothing that it changes.
pub(super) fn signs(text: &str, lang: Lang, kind: &str, chance: &mut Chance) -> String {
    one(text, lang, kind, &mut Vec::new(), chance).unwrap_or_else(|| text.to_owned())
}

/// Two or three changes at once; at most one takes words away or adds some.
fn combination(text: &str, lang: Lang, more: &mut Vec<String>, chance: &mut Chance) -> String {
    const WORDS: [&str; 5] = ["cut", "edit", "typos", "sentence dropped", "sentence added"];
    const SIGNS: [&str; 9] = [
        "letters",
        "digits",
        "invisible",
        "confusables",
        "marks",
        "emoji",
        "links",
        "punctuation",
        "width",
    ];
    let mut changed = text.to_owned();
    if !chance.one_in(3) {
        changed = one(&changed, lang, chance.word(&WORDS), more, chance).unwrap_or(changed);
    }
    let first = chance.below(SIGNS.len());
    for step in 0..=chance.below(2) {
        let kind = SIGNS[(first + step * (1 + chance.below(3))) % SIGNS.len()];
        changed = one(&changed, lang, kind, more, chance).unwrap_or(changed);
    }
    changed
}

/// Words with what stands between them kept: pieces end after white space.
fn pieces(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '\n']).collect()
}

/// Sentences, each with what follows it.
fn sentences(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for piece in pieces(text) {
        let Some(last) = out.last_mut() else { break };
        last.push_str(piece);
        let ends = piece.trim_end().ends_with(['.', '!', '?', '؟', '…']) || piece.ends_with('\n');
        if ends && last.split_whitespace().count() >= 3 {
            out.push(String::new());
        }
    }
    out.retain(|s| !s.trim().is_empty());
    out
}

/// Markdown, HTML or the marks of an export.
pub(super) fn marks(text: &str, chance: &mut Chance) -> String {
    let (open, close) = *chance.pick(&[
        ("**", "**"),
        ("__", "__"),
        ("*", "*"),
        ("<b>", "</b>"),
        ("<i>", "</i>"),
        ("`", "`"),
        ("<strong>", "</strong>"),
        ("~~", "~~"),
        ("||", "||"),
        ("_", "_"),
        ("<u>", "</u>"),
    ]);
    let html = open.starts_with('<');
    let words = pieces(text);
    let mut out = String::new();
    let all = chance.one_in(4);
    let first = if chance.one_in(2) { 0 } else { chance.below(words.len()) };
    let mut left = 0;
    for (place, word) in words.iter().enumerate() {
        let body = word.trim_end();
        let start = !all && left == 0 && (place == first || chance.one_in(25)) && !body.is_empty();
        if start {
            left = 1 + chance.below(5);
            out.push_str(open);
        }
        out.push_str(body);
        if left > 0 {
            left -= 1;
            if left == 0 || place + 1 == words.len() {
                out.push_str(close);
                left = 0;
            }
        }
        let space = word.get(body.len()..).unwrap_or("");
        out.push_str(if html && space == "\n" { "<br>\n" } else { space });
    }
    if html {
        out = out.replace(" & ", " &amp; ").replace('"', "&quot;");
        if chance.one_in(3) {
            out = out.replacen(' ', "&nbsp;", 3);
        }
    }
    match all {
        true if chance.one_in(3) => format!("> {}", out.replace('\n', "\n> ")),
        true => format!("{open}{out}{close}"),
        false => out,
    }
}

/// Emoji, dingbats and signs of hashtags, before, within and after.
fn emoji(text: &str, chance: &mut Chance) -> String {
    const SIGNS: [&str; 18] = [
        "🔴",
        "⚡️",
        "❗️",
        "🚆",
        "🌧",
        "⚽️",
        "👇",
        "🔹",
        "▪️",
        "✅",
        "📌",
        "👨‍👩‍👧",
        "🇨🇭",
        "★",
        "✦",
        "➡️",
        "☎️",
        "①",
    ];
    let sign = chance.word(&SIGNS);
    let other = chance.word(&SIGNS);
    let often = 4 + chance.below(20);
    let tags = chance.one_in(2);
    let mut out = String::new();
    for piece in pieces(text) {
        if chance.one_in(often) {
            let plain = piece.chars().next().is_some_and(char::is_alphabetic);
            if tags && plain {
                out.push('#');
            } else {
                out.push_str(if chance.one_in(3) { other } else { sign });
                out.push_str(if chance.one_in(3) { "" } else { " " });
            }
        }
        out.push_str(piece);
    }
    match chance.below(3) {
        0 => format!("{sign}{sign}{sign} {out}"),
        1 => format!("{sign} {out} {other}"),
        _ => format!("{out}{other}{other}"),
    }
}

/// Links and mentions put in, within and after.
fn links(text: &str, chance: &mut Chance) -> String {
    let number = 1000 + chance.below(90_000);
    let link = match chance.below(6) {
        0 => format!("https://t.me/c{number}/{}", chance.below(900)),
        1 => format!("https://example.org/news/{number}?utm_source=chan&utm_medium=post"),
        2 => format!("@desk_{number}"),
        3 => format!("https://tt.me/join/x{number}Qb"),
        4 => format!("bit.ly/3{number}"),
        _ => format!("https://matrix.to/#/#room{number}:example.org"),
    };
    let mut words: Vec<String> = pieces(text).into_iter().map(str::to_owned).collect();
    match chance.below(4) {
        0 => format!("{text}\n{link}"),
        1 => format!("{link}\n\n{text}"),
        2 => {
            let at = chance.below(words.len());
            words.insert(at, format!("{link} "));
            words.concat()
        }
        _ => {
            // a link under words, as exports write it
            let at = chance.below(words.len());
            let body = words[at].trim_end().to_owned();
            words[at] = words[at].replacen(&body, &format!("[{body}]({link})"), 1);
            words.concat()
        }
    }
}

/// Other marks between words, other white space, other line breaks.
fn punctuation(text: &str, chance: &mut Chance) -> String {
    match chance.below(5) {
        0 => text.replace([',', '.', '،', '!', ':', ';', '"', '«', '»'], ""),
        1 => text.replace('\n', " "),
        2 => text.replace(". ", ".\n\n").replace("، ", "،\n").replace(", ", " ,"),
        3 => text.replace(", ", "، ").replace('-', "—").replace('.', " . "),
        _ => text.replace(' ', "  ").replace('!', "!!!").replace('.', "..."),
    }
}

/// The beginning of a text, at least eight words and 45 to 85 of a hundred.
pub(super) fn cut(text: &str, lang: Lang, chance: &mut Chance) -> String {
    let words = pieces(text);
    let keep = (words.len() * (45 + chance.below(41)) / 100).max(8).min(words.len());
    let kept = words[..keep].concat();
    let more = chance.word(words::MORE[lang as usize]);
    let kept = kept.trim_end();
    match chance.below(4) {
        0 => format!("{kept}…"),
        1 => format!("{kept}..."),
        2 => format!("{kept}… {more} https://t.me/full{}", chance.below(900)),
        _ => format!("{kept} [...]\n{more}"),
    }
}

/// One to three small changes of words; figures and negations stay.
fn edit(text: &str, lang: Lang, chance: &mut Chance) -> String {
    let mut words: Vec<String> = pieces(text).into_iter().map(str::to_owned).collect();
    let most = (words.len() / 14).clamp(1, 6);
    for _ in 0..=chance.below(most) {
        let at = chance.below(words.len() - 1);
        let bare = keys(&words[at]).concat();
        let keeps = bare.chars().any(|c| c.is_ascii_digit() || c.is_numeric())
            || words::NEGATIONS.contains(&bare.as_str())
            || words[at].ends_with('\n');
        match chance.below(4) {
            0 if !keeps => {
                words.remove(at);
            }
            1 => words.insert(at, format!("{} ", chance.word(words::FILLERS[lang as usize]))),
            2 if !keeps && !words[at + 1].ends_with('\n') && at + 2 < words.len() => {
                words.swap(at, at + 1);
            }
            _ if !keeps => {
                words[at] = format!("{} ", chance.word(words::FILLERS[lang as usize]));
            }
            _ => {}
        }
    }
    words.concat()
}

/// Letters left out, doubled or swapped in some words.
fn typos(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let wrong = (letters.len() / 90).clamp(1, 8);
    for _ in 0..=chance.below(wrong) {
        let at = chance.below(letters.len().saturating_sub(2));
        let inner = letters[at..].iter().take(2).all(|c| c.is_alphabetic());
        if !inner {
            continue;
        }
        match chance.below(3) {
            0 => {
                letters.remove(at);
            }
            1 => letters.insert(at, letters[at]),
            _ => letters.swap(at, at + 1),
        }
    }
    letters.into_iter().collect()
}

/// One sentence left out, not more than a third of the text.
fn dropped(text: &str, chance: &mut Chance) -> Option<String> {
    let mut sentences = sentences(text);
    if sentences.len() < 3 {
        return None;
    }
    let all = text.split_whitespace().count();
    let small: Vec<usize> = (0..sentences.len())
        .filter(|at| sentences[*at].split_whitespace().count() * 3 <= all)
        .collect();
    if small.is_empty() {
        return None;
    }
    sentences.remove(*chance.pick(&small));
    Some(sentences.concat().trim_end().to_owned())
}

/// One sentence put in, short against the text.
fn added(text: &str, sentence: &str, chance: &mut Chance) -> String {
    let most = (text.split_whitespace().count() * 2 / 5).max(4);
    let sentence: Vec<&str> = sentence.split_whitespace().take(most).collect();
    let sentence = sentence.join(" ");
    let mut sentences = sentences(text);
    match chance.below(3) {
        0 => format!("{sentence}\n{text}"),
        1 => {
            let at = chance.below(sentences.len() + 1);
            sentences.insert(at, format!("{sentence} "));
            sentences.concat()
        }
        _ => format!("{text}\n{sentence}"),
    }
}

/// A channel's word about what it posts again.
fn comment(text: &str, lang: Lang, chance: &mut Chance) -> String {
    let said = chance.word(words::COMMENTS[lang as usize]);
    match chance.below(3) {
        0 => format!("{said}\n\n{text}"),
        1 => format!("{text}\n\n{said}"),
        _ => format!("{said}\n«{text}»"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The night train leaves at 21:40 from the second platform today. It carries \
                        bicycles in the last car. Breakfast is served after the border. Bring a \
                        ticket and a blanket.";

    #[test]
    fn every_kind_changes_a_text_and_keeps_most_of_its_words() {
        let own = keys(TEXT);
        for (kind, _) in KINDS {
            for seed in 0..30 {
                let mut chance = Chance::new(seed);
                let mut more = vec!["Rain is expected at noon".to_owned()];
                let (changed, name) = change(TEXT, Lang::En, kind, &mut more, &mut chance);
                assert!(!changed.is_empty());
                if name == kind
                    && ["marks", "links", "emoji", "comment", "sentence added", "edit"]
                        .contains(&kind)
                {
                    let words = keys(&changed);
                    let kept = own.iter().filter(|w| words.contains(w)).count();
                    assert!(kept * 10 >= own.len() * 8, "{kind}: {changed}");
                }
            }
        }
    }

    #[test]
    fn a_cut_keeps_eight_words_and_a_dropped_sentence_two_thirds() {
        for seed in 0..50 {
            let mut chance = Chance::new(seed);
            let cut = cut(TEXT, Lang::En, &mut chance);
            assert!(keys(&cut).len() >= 8);
            let left = dropped(TEXT, &mut chance).unwrap();
            assert!(keys(&left).len() * 3 >= keys(TEXT).len() * 2 - 3, "{left}");
        }
    }
}
