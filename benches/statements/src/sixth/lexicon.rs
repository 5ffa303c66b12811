//! Word lists and text patterns of three languages, read from the text files beside this one.

use std::collections::BTreeMap;

use crate::chance::Chance;

/// A language of the worlds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tongue {
    Arabic,
    Russian,
    English,
}

/// All languages.
pub(crate) const TONGUES: [Tongue; 3] = [Tongue::Arabic, Tongue::Russian, Tongue::English];

impl Tongue {
    /// The language that most letters of a text are of; none if it is mixed.
    pub(super) fn of(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let share = |is: fn(char) -> bool| text.chars().filter(|c| is(*c)).count() * 10;
        if share(|c| ('\u{0620}'..='\u{064A}').contains(&c)) > letters * 8 {
            Some(Self::Arabic)
        } else if share(|c| ('а'..='я').contains(&c) || ('А'..='Я').contains(&c)) > letters * 8
        {
            Some(Self::Russian)
        } else if share(|c| c.is_ascii_alphabetic()) > letters * 9 {
            Some(Self::English)
        } else {
            None
        }
    }
}

/// The lists of one language by name.
pub(crate) struct Lexicon {
    pub(super) tongue: Tongue,
    lists: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Lexicon {
    pub(super) fn of(tongue: Tongue) -> Self {
        let files = match tongue {
            Tongue::Arabic => {
                [include_str!("lexicon/arabic.txt"), include_str!("lexicon/arabic_texts.txt")]
            }
            Tongue::Russian => {
                [include_str!("lexicon/russian.txt"), include_str!("lexicon/russian_texts.txt")]
            }
            Tongue::English => {
                [include_str!("lexicon/english.txt"), include_str!("lexicon/english_texts.txt")]
            }
        };
        let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in files {
            let mut list = "";
            for line in file.lines() {
                let header = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                // A list's name has no space; "[read more]" is an entry.
                match header.filter(|name| name.chars().all(|c| c.is_ascii_lowercase())) {
                    Some(name) => list = name,
                    None if line.is_empty() || line.starts_with("# ") => {}
                    None => lists.entry(list).or_default().push(line),
                }
            }
        }
        Self { tongue, lists }
    }

    pub(super) fn list(&self, name: &str) -> &[&'static str] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn one(&self, name: &str, chance: &mut Chance) -> &'static str {
        chance.word(self.list(name))
    }

    /// The lists whose entries are `left | right`.
    pub(super) fn pairs(&self, name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.list(name).iter().filter_map(|line| line.split_once(" | "))
    }
}

/// What the slots of a text were filled with.
pub(crate) type Values = BTreeMap<String, String>;

/// Fills the slots of a pattern: one value for one slot, other values for other slots of a kind.
pub(super) fn fill(
    pattern: &str,
    values: &mut Values,
    lexicon: &Lexicon,
    chance: &mut Chance,
) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((slot, tail)) = after.split_once('}') else { break };
        text.push_str(before);
        let known = values.get(slot).cloned();
        let value = known.unwrap_or_else(|| draw(slot, values, lexicon, chance));
        values.insert(slot.to_owned(), value.clone());
        text.push_str(&value);
        rest = tail;
    }
    text.push_str(rest);
    text.replace("\\n", "\n")
}

fn draw(slot: &str, values: &Values, lexicon: &Lexicon, chance: &mut Chance) -> String {
    let once = |chance: &mut Chance| {
        let range = slot.get(1..).and_then(|range| range.split_once('-'));
        let range = range.and_then(|(low, high)| {
            Some((low.parse::<usize>().ok()?, high.parse::<usize>().ok()?))
        });
        if let Some((low, high)) = range {
            return (low + chance.below(high - low + 1)).to_string();
        }
        let kind = slot.trim_end_matches(|c: char| c.is_ascii_digit());
        if kind == "hour" {
            return format!("{:02}:{:02}", 6 + chance.below(17), 5 * chance.below(12));
        }
        lexicon.one(kind, chance).to_owned()
    };
    let mut value = once(chance);
    for _ in 0..40 {
        if !values.values().any(|taken| *taken == value) {
            break;
        }
        value = once(chance);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every slot of every pattern has a list or is a number, and no list is empty.
    #[test]
    fn nothing_is_left_to_fill_in() {
        let mut chance = Chance::new(1);
        for tongue in TONGUES {
            let lexicon = Lexicon::of(tongue);
            for (name, list) in &lexicon.lists {
                assert!(list.len() > 2, "{tongue:?} {name}");
                for pattern in list {
                    let mut values = Values::new();
                    for given in ["handle", "link", "quote"] {
                        values.insert(given.to_owned(), given.to_uppercase());
                    }
                    let text = fill(pattern, &mut values, &lexicon, &mut chance);
                    assert!(!text.contains(['{', '}']), "{tongue:?} {name}: {text}");
                    assert!(values.values().all(|value| !value.is_empty()), "{name}: {pattern}");
                }
            }
        }
    }

    #[test]
    fn languages_have_the_same_lists() {
        let names = |tongue| Lexicon::of(tongue).lists.keys().copied().collect::<Vec<_>>();
        let mut russian = names(Tongue::Russian);
        russian.retain(|name| *name != "inplace");
        assert_eq!(names(Tongue::English), russian);
        assert_eq!(names(Tongue::English), names(Tongue::Arabic));
    }
}
