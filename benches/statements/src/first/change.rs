//! What channels do to a text when they post it again.

use crate::chance::Chance;

/// A change and its name in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Change {
    Same,
    Harakat,
    Tatweel,
    Alef,
    Maksura,
    Persian,
    Digits,
    Presentation,
    Invisible,
    Bidi,
    Emoji,
    Markdown,
    Html,
    Link,
    Mention,
    Hashtags,
    Capitals,
    Quotes,
    LookAlikes,
    FullWidth,
    Decomposed,
    Typo,
    Typos,
    WordLost,
    WordAdded,
    Breaking,
    LineBreaks,
    CutLong,
    CutShort,
    Comment,
}

impl Change {
    pub(crate) const ALL: [Self; 30] = [
        Self::Same,
        Self::Harakat,
        Self::Tatweel,
        Self::Alef,
        Self::Maksura,
        Self::Persian,
        Self::Digits,
        Self::Presentation,
        Self::Invisible,
        Self::Bidi,
        Self::Emoji,
        Self::Markdown,
        Self::Html,
        Self::Link,
        Self::Mention,
        Self::Hashtags,
        Self::Capitals,
        Self::Quotes,
        Self::LookAlikes,
        Self::FullWidth,
        Self::Decomposed,
        Self::Typo,
        Self::Typos,
        Self::WordLost,
        Self::WordAdded,
        Self::Breaking,
        Self::LineBreaks,
        Self::CutLong,
        Self::CutShort,
        Self::Comment,
    ];

    /// Its name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Same => "unchanged",
            Self::Harakat => "vowels",
            Self::Tatweel => "stretched",
            Self::Alef => "alef",
            Self::Maksura => "maksura",
            Self::Persian => "persian",
            Self::Digits => "digits",
            Self::Presentation => "presentation",
            Self::Invisible => "invisible",
            Self::Bidi => "direction",
            Self::Emoji => "emoji",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Link => "link",
            Self::Mention => "mention",
            Self::Hashtags => "hashtags",
            Self::Capitals => "capitals",
            Self::Quotes => "punctuation",
            Self::LookAlikes => "look-alikes",
            Self::FullWidth => "full width",
            Self::Decomposed => "decomposed",
            Self::Typo => "typo",
            Self::Typos => "typos",
            Self::WordLost => "word lost",
            Self::WordAdded => "word added",
            Self::Breaking => "alarm",
            Self::LineBreaks => "line breaks",
            Self::CutLong => "cut",
            Self::CutShort => "cut short",
            Self::Comment => "comment",
        }
    }

    /// Whether the text has anything that this changes.
    pub(crate) fn applies(self, text: &str) -> bool {
        let arabic = text.chars().any(|c| ('\u{0620}'..='\u{064A}').contains(&c));
        let words = text.split_whitespace().count();
        match self {
            Self::Harakat
            | Self::Tatweel
            | Self::Alef
            | Self::Maksura
            | Self::Persian
            | Self::Presentation => arabic,
            Self::Digits => arabic && text.contains(|c: char| c.is_ascii_digit()),
            Self::Capitals | Self::LookAlikes | Self::Decomposed => !arabic,
            Self::FullWidth => text.is_ascii(),
            Self::CutLong => words >= 24,
            Self::CutShort => words >= 34,
            Self::Typos | Self::WordLost | Self::WordAdded => words >= 16,
            _ => true,
        }
    }

    /// The changed text.
    #[expect(clippy::too_many_lines, reason = "one arm a change")]
    pub(crate) fn apply(self, text: &str, chance: &mut Chance) -> String {
        match self {
            Self::Same => text.to_owned(),
            Self::Harakat => after_letters(
                text,
                chance,
                3,
                &['\u{064E}', '\u{064F}', '\u{0650}', '\u{0651}', '\u{0652}', '\u{0670}'],
            ),
            Self::Tatweel => after_letters(text, chance, 5, &['\u{0640}']),
            Self::Invisible => after_letters(
                text,
                chance,
                4,
                &['\u{200B}', '\u{200C}', '\u{FEFF}', '\u{00AD}', '\u{2060}'],
            ),
            Self::Bidi => format!("\u{202B}{}\u{202C}", text.replace(' ', " \u{200F}")),
            Self::Alef => swap(
                text,
                chance,
                &[('ا', 'أ'), ('ا', 'إ'), ('أ', 'ا'), ('إ', 'ا'), ('آ', 'ا'), ('ا', 'ٱ')],
            ),
            Self::Maksura => swap(text, chance, &[('ي', 'ى'), ('ى', 'ي'), ('ة', 'ه'), ('ه', 'ة')]),
            Self::Persian => swap(text, chance, &[('ي', 'ی'), ('ك', 'ک'), ('ه', 'ہ')]),
            Self::Digits => text
                .chars()
                .map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x0660 + d)).unwrap_or(c))
                .collect(),
            Self::Presentation => {
                text.replace("لا", "ﻻ").replace("لأ", "ﻷ").replace('م', "ﻣ").replace('ن', "ﻧ")
            }
            Self::Emoji => words(text, |word: &str| {
                if chance.one_in(4) {
                    format!("{word} {}", chance.pick(&["🔥", "⚡️", "🇫🇷", "👍🏽", "❗️", "➡️"]))
                } else {
                    word.to_owned()
                }
            }),
            Self::Markdown => {
                words(
                    text,
                    |word| if chance.one_in(4) { format!("**{word}**") } else { word.to_owned() },
                )
            }
            Self::Html => words(text, |word: &str| {
                if chance.one_in(4) { format!("<b>{word}</b>") } else { word.to_owned() }
            }),
            Self::Link => format!(
                "{text} https://example.org/{}?utm={}",
                chance.below(100_000),
                chance.below(1000)
            ),
            Self::Mention => {
                format!("@channel_{} {text} @desk{}", chance.below(1000), chance.below(100))
            }
            Self::Hashtags => words(text, |word: &str| {
                if word.chars().all(char::is_alphabetic) && chance.one_in(5) {
                    format!("#{word}")
                } else {
                    word.to_owned()
                }
            }),
            Self::Capitals => text.to_uppercase(),
            Self::Quotes => text
                .replace(['"', '«', '»', '“', '”'], "'")
                .replace(" - ", " — ")
                .replace('.', " .")
                .replace(',', "،"),
            Self::LookAlikes => swap(
                text,
                chance,
                &[
                    ('a', 'а'),
                    ('o', 'о'),
                    ('e', 'е'),
                    ('c', 'с'),
                    ('p', 'р'),
                    ('а', 'a'),
                    ('о', 'o'),
                    ('е', 'e'),
                    ('с', 'c'),
                    ('р', 'p'),
                ],
            ),
            Self::FullWidth => text
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() {
                        char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)
                    } else {
                        c
                    }
                })
                .collect(),
            Self::Decomposed => {
                text.replace('й', "и\u{0306}").replace('ё', "е\u{0308}").replace('é', "e\u{0301}")
            }
            Self::Typo => typo(text, chance),
            Self::Typos => typo(&typo(text, chance), chance),
            Self::WordLost => without_word(text, chance),
            Self::WordAdded => with_word(text, chance),
            Self::Breaking => format!(
                "{} {text}",
                chance.pick(&["❗️❗️", "BREAKING:", "Срочно!", "عاجل:", "⚡️ Update:"])
            ),
            Self::LineBreaks => text.replace(". ", ".\n\n"),
            Self::CutLong => cut(text, 55 + chance.below(25)),
            Self::CutShort => cut(text, 38 + chance.below(12)),
            Self::Comment => format!(
                "{text}\n\n{}",
                chance.pick(&[
                    "What do you think of it?",
                    "Что вы об этом думаете?",
                    "ما رأيكم في هذا الخبر؟",
                    "More soon."
                ])
            ),
        }
    }
}

fn after_letters(text: &str, chance: &mut Chance, one_in: usize, marks: &[char]) -> String {
    let mut changed = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        changed.push(c);
        if c.is_alphabetic() && chance.one_in(one_in) {
            changed.push(*chance.pick(marks));
        }
    }
    changed
}

fn swap(text: &str, chance: &mut Chance, pairs: &[(char, char)]) -> String {
    text.chars()
        .map(|c| {
            let to: Vec<char> =
                pairs.iter().filter(|(from, _)| *from == c).map(|(_, to)| *to).collect();
            if !to.is_empty() && chance.one_in(2) { *chance.pick(&to) } else { c }
        })
        .collect()
}

fn words(text: &str, change: impl FnMut(&str) -> String) -> String {
    text.split(' ').map(change).collect::<Vec<_>>().join(" ")
}

fn typo(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..50 {
        let at = chance.below(letters.len().max(3) - 2);
        let plain = |at: usize| letters.get(at).is_some_and(|c| c.is_alphabetic());
        if plain(at) && plain(at + 1) && plain(at.saturating_sub(1)) {
            match chance.below(3) {
                0 => letters.swap(at, at + 1),
                1 => drop(letters.remove(at)),
                _ => letters.insert(at, letters[at]),
            }
            break;
        }
    }
    letters.into_iter().collect()
}

fn without_word(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for _ in 0..20 {
        let at = 1 + chance.below(words.len() - 1);
        if words[at].chars().count() <= 6 && words[at].chars().all(char::is_alphabetic) {
            words.remove(at);
            break;
        }
    }
    words.join(" ")
}

fn with_word(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = 1 + chance.below(words.len() - 1);
    words.insert(at, *chance.pick(&["also", "today", "также", "уже", "اليوم", "ايضا"]));
    words.join(" ")
}

fn cut(text: &str, percent: usize) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let kept = words.len() * percent / 100;
    format!("{}…", words[..kept].join(" "))
}
