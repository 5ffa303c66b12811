//! Statements made of sentences, and real texts whose facts are changed.

use std::collections::BTreeSet;

use super::tongue::{Tongue, Topic};
use crate::chance::Chance;

/// A sentence with its slots filled.
pub(super) fn fill(sentence: &str, tongue: &Tongue, chance: &mut Chance) -> String {
    let mut out = String::new();
    let mut rest = sentence;
    let mut before = "";
    while let Some((text, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(text);
        match name {
            "n" => out.push_str(&(1 + chance.below(9)).to_string()),
            "nn" => out.push_str(&(10 + chance.below(89)).to_string()),
            "k" => out.push_str(&(1000 + chance.below(8800)).to_string()),
            _ => {
                let values = tongue.list(name);
                let mut value = chance.word(values);
                while value == before {
                    value = chance.word(values);
                }
                before = value;
                out.push_str(value);
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    let mut letters = out.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => out,
    }
}

/// An opening that was not used before.
pub(super) fn opening(
    topic: &Topic,
    tongue: &Tongue,
    used: &mut BTreeSet<String>,
    chance: &mut Chance,
) -> String {
    loop {
        let opening = fill(chance.word(topic.openings), tongue, chance);
        if used.insert(opening.clone()) {
            return opening;
        }
    }
}

/// An opening and up to three of the sentences that may follow, in their order.
pub(super) fn story(tongue: &Tongue, used: &mut BTreeSet<String>, chance: &mut Chance) -> String {
    let topic = chance.pick(tongue.topics);
    let mut text = opening(topic, tongue, used, chance);
    let mut taken = 0;
    for sentence in topic.follow {
        if taken < 3 && chance.one_in(2) {
            text = format!("{text} {}", fill(sentence, tongue, chance));
            taken += 1;
        }
    }
    text
}

/// A text that one word turns, and its other side; with a sentence more, now and then.
pub(super) fn turned(template: &str, tongue: &Tongue, chance: &mut Chance) -> [String; 2] {
    let filled = fill(template, tongue, chance);
    let (start, rest) = filled.split_once('[').expect("a slot");
    let (slot, end) = rest.split_once(']').expect("a slot");
    let (one, other) = slot.split_once('|').expect("two words");
    let mut sides = [one, other].map(|word| {
        let mut letters = word.chars();
        let first = letters.next().filter(|_| start.is_empty());
        let word = match first {
            Some(first) => first.to_uppercase().chain(letters).collect(),
            None => word.to_owned(),
        };
        format!("{start}{word}{end}")
    });
    if chance.one_in(2) {
        let topic = chance.pick(tongue.topics);
        let more = fill(chance.word(topic.follow), tongue, chance);
        for side in &mut sides {
            side.push(' ');
            side.push_str(&more);
        }
    }
    sides
}

/// The text with one fact changed: a figure, or a word of a list (a town, a day, a number in
/// words, a name), and what kind of fact it was.
pub(super) fn other_fact(
    text: &str,
    tongue: &Tongue,
    chance: &mut Chance,
) -> Option<(String, &'static str)> {
    const FACTS: [(&str, &str); 8] = [
        ("town", "other place"),
        ("in", "other place"),
        ("day", "other day"),
        ("month", "other day"),
        ("num", "figure in words"),
        ("nums", "figure in words"),
        ("person", "other name"),
        ("dir", "other side"),
    ];
    if chance.one_in(3)
        && let Some(changed) = other_figure(text, chance)
    {
        return Some((changed, "other figure"));
    }
    let mut fitting: Vec<(&str, &str, &str)> = Vec::new();
    for (list, kind) in FACTS {
        for value in tongue.list(list) {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let whole = text.split_once(value).is_some_and(|(before, after)| {
                edge(before.chars().next_back()) && edge(after.chars().next())
            });
            if whole {
                fitting.push((list, value, kind));
            }
        }
    }
    if fitting.is_empty() {
        return other_figure(text, chance).map(|changed| (changed, "other figure"));
    }
    let (list, value, kind) = *chance.pick(&fitting);
    let mut other = chance.word(tongue.list(list));
    while other == value {
        other = chance.word(tongue.list(list));
    }
    Some((text.replace(value, other), kind))
}

/// One figure of the text for another.
fn other_figure(text: &str, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let figures: Vec<usize> = (0..words.len())
        .filter(|at| {
            let bare = words[*at].trim_matches(|c: char| !c.is_alphanumeric());
            !bare.is_empty() && bare.len() < 7 && bare.chars().all(|c| c.is_ascii_digit())
        })
        .collect();
    if figures.is_empty() {
        return None;
    }
    let at = *chance.pick(&figures);
    let bare = words[at].trim_matches(|c: char| !c.is_alphanumeric());
    let old: usize = bare.parse().ok()?;
    let new = old + 1 + chance.below(old.max(8));
    let changed = words[at].replace(bare, &new.to_string());
    let words: Vec<&str> = words
        .iter()
        .enumerate()
        .map(|(place, word)| if place == at { changed.as_str() } else { *word })
        .collect();
    Some(words.join(" "))
}
