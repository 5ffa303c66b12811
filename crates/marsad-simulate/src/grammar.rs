//! Neutral sentences (weather, railways, football) in three languages, from word lists.

use std::collections::BTreeMap;

use crate::chance::Chance;

/// A language of the worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Arabic,
    English,
    Russian,
}

impl Language {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Weather,
    Rail,
    Football,
}

impl Topic {
    pub(crate) const ALL: [Self; 3] = [Self::Weather, Self::Rail, Self::Football];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Weather => "weather",
            Self::Rail => "rail",
            Self::Football => "football",
        }
    }
}

/// The grammars of all languages.
pub(crate) struct Grammars {
    arabic: Grammar,
    english: Grammar,
    russian: Grammar,
}

impl Grammars {
    pub(crate) fn new() -> Self {
        Self {
            arabic: Grammar::parse(include_str!("grammar/ar.txt")),
            english: Grammar::parse(include_str!("grammar/en.txt")),
            russian: Grammar::parse(include_str!("grammar/ru.txt")),
        }
    }

    pub(crate) fn of(&self, language: Language) -> &Grammar {
        match language {
            Language::Arabic => &self.arabic,
            Language::English => &self.english,
            Language::Russian => &self.russian,
        }
    }
}

/// Alternatives by name.
pub(crate) struct Grammar {
    rules: BTreeMap<String, Vec<Vec<Piece>>>,
}

enum Piece {
    Words(String),
    Rule(String),
    Number(i64, i64),
}

/// Deepest nesting of rules; ours need four.
const DEPTH_MAX: u32 = 8;

impl Grammar {
    /// Reads `name: a | b` lines and `name+:` blocks of one alternative a line.
    fn parse(source: &str) -> Self {
        let mut rules: BTreeMap<String, Vec<Vec<Piece>>> = BTreeMap::new();
        let mut block: Option<String> = None;
        for line in source.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(name) = line.strip_suffix("+:") {
                block = Some(name.to_owned());
                continue;
            }
            let listed = line.split_once(": ").filter(|(name, _)| is_rule_name(name));
            match (listed, &block) {
                (Some((name, alternatives)), _) => {
                    block = None;
                    let pieces = alternatives.split(" | ").map(parse_pieces).collect();
                    rules.insert(name.to_owned(), pieces);
                }
                (None, Some(name)) => {
                    rules.entry(name.clone()).or_default().push(parse_pieces(line));
                }
                (None, None) => {}
            }
        }
        Self { rules }
    }

    /// One expansion of a rule.
    pub(crate) fn say(&self, rule: &str, chance: &mut Chance) -> String {
        let mut text = String::new();
        if let Some(pieces) = self.rules.get(rule).and_then(|all| chance.pick(all)) {
            self.expand(pieces, &mut Telling { chance, place: None, depth: 0 }, &mut text);
        }
        text
    }

    /// Headline (with probability) and distinct sentences about a topic; `place` fixes the town,
    /// so that many can speak of the same event in their own words.
    pub(crate) fn tell(&self, order: &Order<'_>, chance: &mut Chance) -> String {
        let topic = order.topic.as_str();
        let mut text = String::new();
        if order.headline {
            let heads = self.rules.get(&format!("{topic}head"));
            if let Some(pieces) = heads.and_then(|all| chance.pick(all)) {
                let mut telling = Telling { chance, place: order.place, depth: 0 };
                self.expand(pieces, &mut telling, &mut text);
                text.push('\n');
            }
        }
        let Some(sentences) = self.rules.get(topic) else { return text };
        let mut chosen: Vec<&Vec<Piece>> = sentences.iter().collect();
        chance.shuffle(&mut chosen);
        chosen.truncate(order.sentences);
        // Asides have many more wordings than a topic has sentences: they keep posts apart.
        let asides = self.rules.get("aside");
        chosen.extend((0..order.asides).filter_map(|_| chance.pick(asides?)));
        chance.shuffle(&mut chosen);
        for (nth, pieces) in chosen.into_iter().enumerate() {
            if nth > 0 {
                text.push(if nth == 2 { '\n' } else { ' ' });
            }
            let mut sentence = String::new();
            let mut telling = Telling { chance, place: order.place, depth: 0 };
            self.expand(pieces, &mut telling, &mut sentence);
            let mut letters = sentence.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        }
        text
    }

    fn expand(&self, pieces: &[Piece], telling: &mut Telling<'_>, text: &mut String) {
        if telling.depth > DEPTH_MAX {
            return;
        }
        for piece in pieces {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Number(first, last) => {
                    text.push_str(&telling.chance.between(*first, *last).to_string());
                }
                Piece::Rule(name) => {
                    if let (true, Some(place)) = (name == "city", telling.place.take()) {
                        text.push_str(place);
                        continue;
                    }
                    let Some(all) = self.rules.get(name) else { continue };
                    let Some(chosen) = telling.chance.pick(all) else { continue };
                    telling.depth += 1;
                    self.expand(chosen, telling, text);
                    telling.depth -= 1;
                }
            }
        }
    }
}

/// What to tell.
pub(crate) struct Order<'a> {
    pub(crate) topic: Topic,
    /// Different sentences on the topic.
    pub(crate) sentences: usize,
    /// Sentences on other things, mixed in.
    pub(crate) asides: usize,
    pub(crate) headline: bool,
    /// The first town named in each sentence, when the event happened somewhere given.
    pub(crate) place: Option<&'a str>,
}

struct Telling<'a> {
    chance: &'a mut Chance,
    place: Option<&'a str>,
    depth: u32,
}

fn is_rule_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn parse_pieces(alternative: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = alternative;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        let (inner, after) = after.split_once('}').unwrap_or((after, ""));
        pieces.push(parse_reference(inner));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    pieces
}

fn parse_reference(inner: &str) -> Piece {
    let range = inner.split_once(':').and_then(|(_, range)| range.split_once('-'));
    let numbers = range.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match numbers {
        Some((first, last)) => Piece::Number(first, last),
        None => Piece::Rule(inner.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_is_named_exists() {
        let grammars = Grammars::new();
        for language in [Language::Arabic, Language::English, Language::Russian] {
            let grammar = grammars.of(language);
            for needed in
                ["weather", "rail", "football", "opener", "closer", "greeting", "frame", "aside"]
            {
                assert!(grammar.rules.contains_key(needed), "{needed} in {language:?}");
            }
            for (name, alternatives) in &grammar.rules {
                for piece in alternatives.iter().flatten() {
                    if let Piece::Rule(rule) = piece {
                        assert!(grammar.rules.contains_key(rule), "{rule} named by {name}");
                    }
                    if let Piece::Words(words) = piece {
                        assert!(!words.contains(['{', '}', '|']), "{words} in {name}");
                    }
                }
            }
        }
    }
}
