//! The small changes that mirrors make to a statement when they post it again.

use crate::chance::Chance;
use crate::grammar::Language;

/// How a copy differs from the statement as first published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// Letter for letter.
    None,
    /// Combining marks and stretched letters (Arabic).
    Marks,
    /// Characters that no reader sees.
    Invisible,
    /// An emoji in front or behind.
    Emoji,
    /// The channel's own line above and below.
    Frame,
    /// The last words replaced by an ellipsis.
    Cut,
    /// Half of it replaced by an ellipsis and a hint.
    Excerpt,
    /// The platform's own forward.
    Forward,
}

impl Change {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "exact",
            Self::Marks => "marks",
            Self::Invisible => "invisible",
            Self::Emoji => "emoji",
            Self::Frame => "frame",
            Self::Cut => "cut",
            Self::Excerpt => "excerpt",
            Self::Forward => "forward",
        }
    }

    /// Whether the copy still carries the whole statement or nearly so. An excerpt is contained in
    /// the statement, not the same.
    pub(crate) fn is_whole(self) -> bool {
        self != Self::Excerpt
    }

    /// The change some mirror makes.
    pub(crate) fn any(language: Language, chance: &mut Chance) -> Self {
        let roll = chance.below(100);
        match roll {
            40..=54 if language == Language::Arabic => Self::Marks,
            0..=54 => Self::None,
            55..=69 => Self::Invisible,
            70..=81 => Self::Emoji,
            82..=93 => Self::Cut,
            _ => Self::Excerpt,
        }
    }
}

/// A channel's own lines around what it copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) above: String,
    pub(crate) below: String,
}

const MARKS: [char; 5] = ['\u{64E}', '\u{64F}', '\u{650}', '\u{652}', '\u{651}'];
const INVISIBLE: [char; 5] = ['\u{200B}', '\u{200C}', '\u{200E}', '\u{200F}', '\u{2060}'];
const EMOJI: [&str; 8] = ["🌧", "🚆", "⚽", "📌", "🔴", "☀️", "📣", "🗓"];
const TATWEEL: char = '\u{640}';

/// Applies one change.
pub(crate) fn apply(change: Change, text: &str, chance: &mut Chance) -> String {
    match change {
        Change::None | Change::Frame | Change::Forward => text.to_owned(),
        Change::Marks => mark(text, chance),
        Change::Invisible => veil(text, chance),
        Change::Emoji => {
            let sign = chance.pick(&EMOJI).copied().unwrap_or("📌");
            if chance.happens(0.5) {
                format!("{sign} {text}")
            } else {
                format!("{text} {sign}{sign}")
            }
        }
        Change::Cut => format!("{}…", first_words(text, 0.93)),
        Change::Excerpt => format!("{}… ⬇️", first_words(text, 0.45)),
    }
}

/// Puts a channel's frame around a text.
pub(crate) fn frame(frame: &Frame, text: &str) -> String {
    match (frame.above.is_empty(), frame.below.is_empty()) {
        (true, true) => text.to_owned(),
        (true, false) => format!("{text}\n\n{}", frame.below),
        (false, true) => format!("{}\n{text}", frame.above),
        (false, false) => format!("{}\n{text}\n\n{}", frame.above, frame.below),
    }
}

fn mark(text: &str, chance: &mut Chance) -> String {
    let mut marked = String::with_capacity(text.len() * 2);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        marked.push(letter);
        let arabic = ('\u{628}'..='\u{64A}').contains(&letter) && letter != TATWEEL;
        let inside = letters.peek().is_some_and(|next| ('\u{621}'..='\u{64A}').contains(next));
        if arabic && chance.happens(0.12) {
            marked.extend(chance.pick(&MARKS));
        }
        // Only letters that join to the next one can be stretched.
        let joins = !matches!(letter, 'ة' | 'د' | 'ذ' | 'ر' | 'ز' | 'و' | 'ى');
        if arabic && inside && joins && chance.happens(0.04) {
            marked.extend([TATWEEL, TATWEEL]);
        }
    }
    marked
}

fn veil(text: &str, chance: &mut Chance) -> String {
    let mut veiled = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        veiled.push(letter);
        if letter.is_alphabetic() && chance.happens(0.05) {
            veiled.extend(chance.pick(&INVISIBLE));
        }
    }
    veiled
}

/// The first words of a text, a share of them, line breaks kept.
fn first_words(text: &str, share: f64) -> String {
    let words = text.split_whitespace().count();
    let keep = ((words as f64 * share).round() as usize).max(1);
    let mut seen = 0;
    let mut in_word = false;
    for (position, letter) in text.char_indices() {
        let space = letter.is_whitespace();
        if in_word && space {
            seen += 1;
            if seen == keep {
                return text.get(..position).unwrap_or(text).to_owned();
            }
        }
        in_word = !space;
    }
    text.to_owned()
}

/// A run of words from the middle of a text, for somebody who quotes it.
pub(crate) fn quote(text: &str, words: usize, chance: &mut Chance) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let room = all.len().saturating_sub(words) as u64;
    let start = chance.below(room + 1) as usize;
    all.iter().skip(start).take(words).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        let dropped = |c: &char| {
            !MARKS.contains(c) && !INVISIBLE.contains(c) && *c != TATWEEL && !c.is_whitespace()
        };
        text.chars().filter(dropped).collect()
    }

    #[test]
    fn marks_and_invisible_characters_leave_the_letters_alone() {
        let mut chance = Chance::new(3);
        let text = "ارتفعت قراءة مقياس الواحة إلى 31 درجة مساء يوم الأحد";
        for change in [Change::Marks, Change::Invisible] {
            let changed = apply(change, text, &mut chance);
            assert_ne!(changed, text);
            assert_eq!(bare(&changed), bare(text));
        }
    }

    #[test]
    fn a_cut_keeps_nearly_all_and_an_excerpt_about_half() {
        let mut chance = Chance::new(3);
        let text = "one two three four five six seven eight nine ten";
        assert_eq!(
            apply(Change::Cut, text, &mut chance),
            "one two three four five six seven eight nine…"
        );
        assert!(apply(Change::Excerpt, text, &mut chance).starts_with("one two three four five…"));
        assert_eq!(quote(text, 50, &mut chance), text);
        assert_eq!(quote(text, 6, &mut chance).split(' ').count(), 6);
    }
}
