//! What happens around words: marks, pictures, links, mentions, punctuation.

use crate::chance::Chance;
use crate::second::change::{per_word, stretch};

/// Markdown of messengers: bold, italic, struck, hidden, code, links, quotes, headings.
pub(crate) fn markdown(text: &str, chance: &mut Chance) -> String {
    let (open, close) = *chance.pick(&[
        ("__", "__"),
        ("~~", "~~"),
        ("||", "||"),
        ("`", "`"),
        ("***", "***"),
        ("_", "_"),
    ]);
    let marked = stretch(text, chance, |run, _| format!("{open}{run}{close}"));
    match chance.below(4) {
        0 => format!("> {marked}"),
        1 => format!("## {marked}"),
        2 => {
            let number = chance.below(10_000);
            stretch(&marked, chance, |run, _| format!("[{run}](https://t.me/c/{number}/7)"))
        }
        _ => marked,
    }
}

/// HTML as exported: tags with attributes, breaks, entities.
pub(crate) fn html(text: &str, chance: &mut Chance) -> String {
    let safe = text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;");
    let marked = stretch(&safe, chance, |run, chance| match chance.below(4) {
        0 => format!("<a href=\"https://example.org/{}\">{run}</a>", chance.below(1000)),
        1 => format!("<i>{run}</i>"),
        2 => format!("<span class=\"x y\">{run}</span>"),
        _ => format!("<strong>{run}</strong>"),
    });
    let lines = marked.replace(". ", ".<br/>").replace("! ", "!<br>");
    if chance.one_in(2) { format!("<p>{lines}</p>") } else { lines.replacen(' ', "&nbsp;", 2) }
}

/// Emoji with joiners, skin and flags; keycaps; dingbats; rules of line-drawing characters.
pub(crate) fn pictures(text: &str, chance: &mut Chance) -> String {
    const SIGNS: [&str; 14] =
        ["👨‍👩‍👧", "🧑🏿‍🚒", "🇸🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️‍🔥", "✅", "►", "▪️", "❶", "✈︎", "☂️", "♻️", "➤", "🆕"];
    let dotted = per_word(text, chance, 5, |word, chance| match chance.below(3) {
        0 => format!("{word}{}", chance.pick(&SIGNS)),
        1 => format!("{} {word}", chance.pick(&SIGNS)),
        _ => format!("{word} {0}{0}{0}", chance.pick(&SIGNS)),
    });
    match chance.below(3) {
        0 => format!("━━━━━━━━\n{dotted}\n━━━━━━━━"),
        1 => format!("❗️❗️❗️{dotted}"),
        _ => format!("{dotted} ◽️◽️◽️"),
    }
}

/// Neighbouring words joined to a hashtag by an underscore, as is usual in Arabic.
pub(crate) fn joined_tags(text: &str, chance: &mut Chance) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut tagged = String::with_capacity(text.len() + 16);
    let mut place = 0;
    let plain = |word: &str| word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
    while place < words.len() {
        if place > 0 {
            tagged.push(' ');
        }
        let pair = words.get(place..place + 2).filter(|pair| pair.iter().all(|word| plain(word)));
        match pair {
            Some(pair) if chance.one_in(6) => {
                tagged.push('#');
                tagged.push_str(&pair.join("_"));
                place += 2;
            }
            _ => {
                tagged.push_str(words[place]);
                place += 1;
            }
        }
    }
    tagged
}

/// Signs of hashtags on words.
pub(crate) fn tags(text: &str, chance: &mut Chance) -> String {
    per_word(text, chance, 4, |word, _| {
        let plain = word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
        if plain { format!("#{word}") } else { word.to_owned() }
    })
}

/// Two or three hashtags added at the end.
pub(crate) fn added_tags(text: &str, chance: &mut Chance) -> String {
    const TAGS: [&str; 9] = [
        "#weather",
        "#news",
        "#transport",
        "#погода",
        "#новости",
        "#спорт",
        "#عاجل",
        "#الطقس",
        "#اخبار",
    ];
    let (one, two) = (chance.pick(&TAGS), chance.pick(&TAGS));
    format!("{text} {one} {two}")
}

/// Links and mentions added, inside and at the ends.
pub(crate) fn links(text: &str, chance: &mut Chance) -> String {
    let number = chance.below(100_000);
    match chance.below(5) {
        0 => format!("{text}\nhttps://www.example.com/a/{number}?utm_source=tg&id={number}#top"),
        1 => format!("[Source](https://example.net/{number}) {text}"),
        2 => format!("{text} t.me/chan_{number}/{}", chance.below(900)),
        3 => format!("@reader{number} {text} @desk_{number}"),
        _ => {
            let middle = text.match_indices(' ').nth(3).map_or(0, |(at, _)| at);
            let (start, end) = text.split_at(middle);
            format!("{start} http://example.org/{number}.html{end}")
        }
    }
}

/// Quotation marks, dashes, ellipses and commas of another house; or none at all.
pub(crate) fn punctuation(text: &str, chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => text
            .chars()
            .filter(|c| !matches!(c, '.' | ',' | '!' | '«' | '»' | '"' | '،' | ':'))
            .collect(),
        1 => text
            .replace(['"', '«', '»', '“', '”', '„'], "''")
            .replace([',', '،'], " ،")
            .replace('.', "!!!"),
        _ => text
            .replace(" - ", " — ")
            .replace(" – ", " -- ")
            .replace('"', "”")
            .replace(". ", "... "),
    }
}
