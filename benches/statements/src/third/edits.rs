//! Changes of words that leave the statement what it is.

use super::tongue::Tongue;
use crate::chance::Chance;

/// The sentences of a text, each with its full stop.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        all.extend(line.split_inclusive(['.', '!', '?', '؟', '…']).fold(
            Vec::new(),
            |mut found: Vec<String>, part| {
                // A figure or a short word before the stop: "9.30", "St."
                let last = found.last_mut();
                match last {
                    Some(last) if !part.starts_with(' ') || last.chars().count() < 12 => {
                        last.push_str(part);
                    }
                    _ => found.push(part.trim_start().to_owned()),
                }
                found
            },
        ));
    }
    all.iter().map(|sentence| sentence.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The beginning, from six tenths up, and at least fifteen words.
pub(super) fn cut(text: &str, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let least = (words.len() * 6 / 10).max(15);
    let kept = least + chance.below((words.len().checked_sub(least + 2)?).max(1));
    let end = *chance.pick(&["…", "...", " […]", "… (read on)", "… читать далее", "… للمزيد"]);
    Some(format!("{}{end}", words.get(..kept)?.join(" ")))
}

/// Cut in the middle of a word, as a limit of length does.
pub(super) fn cut_short(text: &str, chance: &mut Chance) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let kept = letters.len() * (7 + chance.below(3)) / 10;
    let text: String = letters.get(..kept)?.iter().collect();
    (count(&text) >= 15).then(|| format!("{}...", text.trim_end()))
}

/// One sentence of three or more is gone; it was not most of the text.
pub(super) fn sentence_gone(text: &str, chance: &mut Chance) -> Option<String> {
    let mut all = sentences(text);
    if all.len() < 3 {
        return None;
    }
    let at = chance.below(all.len());
    let gone = all.remove(at);
    let rest = all.join(" ");
    (count(&gone) * 3 <= count(text) && count(&rest) >= 14).then_some(rest)
}

/// The sentences in another order.
pub(super) fn reordered(text: &str, chance: &mut Chance) -> Option<String> {
    let mut all = sentences(text);
    if all.len() < 2 {
        return None;
    }
    let turn = 1 + chance.below(all.len() - 1);
    all.rotate_left(turn);
    Some(all.join(" "))
}

pub(super) fn comment(text: &str, tongue: &Tongue, chance: &mut Chance) -> String {
    let comment = chance.word(tongue.comments);
    match chance.below(3) {
        0 => format!("{comment}\n\n{text}"),
        1 => format!("{text}\n\n{comment}"),
        _ => format!("{text} {comment}"),
    }
}

pub(super) fn source(text: &str, tongue: &Tongue, chance: &mut Chance) -> String {
    let source = super::stories::fill(chance.word(tongue.sources), tongue, chance);
    format!("{source} {text}")
}

/// One or two words for others that mean the same; none if the text has no such word.
pub(super) fn synonyms(text: &str, tongue: &Tongue, chance: &mut Chance) -> Option<String> {
    let mut left = 1 + chance.below(2);
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let from = chance.below(words.len().max(1));
    let places: Vec<usize> = (from..words.len()).chain(0..from).collect();
    let mut changed = false;
    for at in places {
        let Some(word) = words.get_mut(at) else { continue };
        let bare = word.trim_end_matches([',', '.', '!', ':', '،']).to_owned();
        let end = word.get(bare.len()..).unwrap_or("").to_owned();
        let twin = tongue.synonyms.iter().find_map(|(a, b)| match bare.as_str() {
            w if w == *a => Some(*b),
            w if w == *b => Some(*a),
            _ => None,
        });
        if let Some(twin) = twin {
            *word = format!("{twin}{end}");
            changed = true;
            left -= 1;
            if left == 0 {
                break;
            }
        }
    }
    changed.then(|| words.join(" "))
}

/// A word put in that says nothing new.
pub(super) fn filler(text: &str, tongue: &Tongue, chance: &mut Chance) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = 1 + chance.below(words.len().saturating_sub(1));
    words.insert(at.min(words.len()), chance.word(tongue.fillers));
    words.join(" ")
}

/// A word of one to three letters without a figure left out: "the", "и", "من". Not a negation.
pub(super) fn small_word_gone(text: &str, chance: &mut Chance) -> Option<String> {
    const KEPT: [&str; 10] = ["no", "not", "не", "ни", "нет", "لا", "لم", "لن", "ما", "غير"];
    let mut words: Vec<&str> = text.split(' ').collect();
    let small: Vec<usize> = (0..words.len())
        .filter(|at| {
            let word = words[*at];
            word.chars().all(char::is_alphabetic)
                && word.chars().count() <= 3
                && !KEPT.contains(&word.to_lowercase().as_str())
                && word.chars().next().is_some_and(|c| !c.is_uppercase())
        })
        .collect();
    if small.is_empty() {
        return None;
    }
    words.remove(*chance.pick(&small));
    Some(words.join(" "))
}

/// One to three slips of the keyboard in words of five letters or more.
pub(super) fn slips(text: &str, chance: &mut Chance) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().count() >= 5 && words[*at].chars().all(char::is_alphabetic))
        .collect();
    if long.is_empty() {
        return text.to_owned();
    }
    for _ in 0..=chance.below(3) {
        let at = *chance.pick(&long);
        let mut letters: Vec<char> = words[at].chars().collect();
        let place = 1 + chance.below(letters.len() - 2);
        match chance.below(4) {
            0 => letters.swap(place, place + 1),
            1 => {
                letters.remove(place);
            }
            2 => letters.insert(place, letters[place]),
            _ => letters[place] = letters[place - 1],
        }
        words[at] = letters.into_iter().collect();
    }
    words.join(" ")
}

/// Thousands and decimals set otherwise: "1250" as "1 250" or "1,250", "7.5" as "7,5".
pub(super) fn figures_set_otherwise(text: &str, chance: &mut Chance) -> Option<String> {
    let gap = *chance.pick(&[" ", "\u{00A0}", ",", "."]);
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let digits = word.chars().take_while(char::is_ascii_digit).count();
            let rest = word.get(digits..).unwrap_or("");
            if digits >= 4 && !rest.contains(|c: char| c.is_ascii_digit()) {
                let (front, back) = word.split_at(digits - 3);
                return format!("{front}{gap}{back}");
            }
            word.to_owned()
        })
        .collect();
    let changed = words.join(" ");
    (changed != text).then_some(changed)
}

/// Taken further: another sentence at the end, shorter than the text.
pub(super) fn further(text: &str, more: &str) -> Option<String> {
    let more: Vec<&str> = more.split(' ').take(count(text) * 6 / 10).collect();
    (more.len() >= 6).then(|| format!("{text} {}", more.join(" ")))
}
