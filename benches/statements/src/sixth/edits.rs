//! The same statement in slightly other words, as a careless or careful editor leaves it.
#![expect(clippy::unnecessary_wraps, reason = "one signature for every change of the table")]

use crate::chance::Chance;
use crate::sixth::lexicon::Lexicon;

type Changed = Option<String>;

/// The sentences of a text with their full stops.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (place, letter) in text.char_indices() {
        let is_end = letter.is_whitespace() && ['.', '!', '?', '؟', '؛', '…'].contains(&before);
        if let (true, Some(sentence)) = (is_end, text.get(start..place))
            && sentence.split_whitespace().count() > 2
        {
            found.push(sentence.trim());
            start = place;
        }
        before = letter;
    }
    found.extend(text.get(start..).map(str::trim).filter(|rest| !rest.is_empty()));
    found
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')
}

/// Replaces words that stand in a list, `count` of them or none.
fn replaced(
    text: &str,
    list: &str,
    count: usize,
    lexicon: &Lexicon,
    chance: &mut Chance,
) -> Changed {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let mut hits: Vec<(usize, &str)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let known = lexicon.pairs(list).filter(|(left, _)| *left == bare(word).to_lowercase());
        let known: Vec<&str> = known.map(|(_, right)| right).collect();
        if !known.is_empty() {
            hits.push((at, chance.word(&known)));
        }
    }
    if hits.len() < count {
        return None;
    }
    for _ in 0..count {
        let (at, new) = hits.swap_remove(chance.below(hits.len()));
        let old = bare(&words[at]).to_owned();
        let new = match old.chars().next().filter(|first| first.is_uppercase()) {
            Some(_) => new
                .chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .chain(new.chars().skip(1))
                .collect(),
            None => new.to_owned(),
        };
        words[at] = words[at].replacen(&old, &new, 1);
    }
    Some(words.join(" "))
}

/// One word replaced by another of its meaning.
pub(super) fn one_word(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    (text.split(' ').count() > 13).then(|| replaced(text, "synonym", 1, lexicon, chance)).flatten()
}

/// Two words replaced.
pub(super) fn two_words(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    (text.split(' ').count() > 21).then(|| replaced(text, "synonym", 2, lexicon, chance)).flatten()
}

/// Figures written otherwise: thousands apart, digits for words, a percent sign, a point in the hour.
pub(super) fn figures(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> Changed {
    let mut text = text.to_owned();
    if let Some(changed) = replaced(&text, "numeral", 1, lexicon, chance) {
        text = changed;
    }
    let separator = chance.word(&[" ", ",", "\u{00A0}", "'", "."]);
    let words = text.split(' ').map(|word| {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let tail = word.get(digits.len()..).unwrap_or("");
        let is_year = matches!(digits.parse::<u64>(), Ok(1900..=2099));
        if digits.len() > 3 && digits.bytes().all(|b| b.is_ascii_digit()) && !is_year {
            let (thousands, rest) = digits.split_at(digits.len() - 3);
            return format!("{thousands}{separator}{rest}{tail}");
        }
        match digits.split_once(':') {
            Some((hour, minute)) if hour.len() < 3 && minute.len() == 2 => {
                format!("{}.{minute}{tail}", hour.trim_start_matches('0'))
            }
            _ => word.to_owned(),
        }
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// A clause of at most a fifth of the words left out, neither the first nor the last.
pub(super) fn clause_dropped(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let words = text.split_whitespace().count();
    let clauses: Vec<&str> = text.split_inclusive([',', '،', '.', ';', '؛', '!']).collect();
    if words < 24 || clauses.len() < 3 {
        return None;
    }
    let fits = |clause: &str| (3..=words / 5).contains(&clause.split_whitespace().count());
    let inner: Vec<usize> =
        (1..clauses.len() - 1).filter(|at| clauses.get(*at).is_some_and(|c| fits(c))).collect();
    if inner.is_empty() {
        return None;
    }
    let dropped = *chance.pick(&inner);
    let kept = clauses.iter().enumerate().filter(|(at, _)| *at != dropped);
    Some(kept.map(|(_, clause)| *clause).collect())
}

/// Two sentences in the other order.
pub(super) fn order_swapped(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mut parts = sentences(text);
    if parts.len() < 2 || parts.iter().any(|part| part.split(' ').count() < 4) {
        return None;
    }
    let at = chance.below(parts.len() - 1);
    parts.swap(at, at + 1);
    Some(parts.join(" "))
}

/// Slips of the finger, one in about fourteen words, three at most.
pub(super) fn typos(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| {
            let letters = words[*at].chars().filter(|c| c.is_alphabetic()).count();
            letters > 4 && letters == words[*at].chars().count()
        })
        .collect();
    if long.len() < 4 {
        return None;
    }
    for _ in 0..(words.len() / 14).clamp(1, 3) {
        let word = &mut words[*chance.pick(&long)];
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() < 4 {
            continue;
        }
        let at = 1 + chance.below(letters.len() - 3);
        match chance.below(3) {
            0 => letters.swap(at, at + 1),
            1 => drop(letters.remove(at)),
            _ => letters.insert(at, letters[at]),
        }
        *word = letters.into_iter().collect();
    }
    Some(words.join(" "))
}
