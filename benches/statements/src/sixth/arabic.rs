//! The same Arabic word in other characters.
#![expect(clippy::unnecessary_wraps, reason = "one signature for every change of the table")]

use crate::chance::Chance;
use crate::sixth::lexicon::Lexicon;

type Changed = Option<String>;

/// First code point of a letter's presentation forms and whether it joins the next letter. Forms
/// stand in the order isolated, final, initial, medial; letters that do not join have the first two.
fn forms(letter: char) -> Option<(u32, bool)> {
    const LETTERS: &str = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي";
    const SINGLE: &str = "آأؤإاةدذرزوى";
    let mut code = 0xFE80;
    for known in LETTERS.chars() {
        let joins = !SINGLE.contains(known) && known != 'ء';
        if known == letter {
            return Some((code, joins));
        }
        code += match known {
            'ء' => 1,
            _ if joins => 4,
            _ => 2,
        };
    }
    None
}

/// All letters in the forms that old typesetting writes out.
pub(super) fn presentation(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    let letters: Vec<char> = text.chars().collect();
    let mut shaped = String::new();
    let mut is_joined = false;
    let mut place = 0;
    while let Some(letter) = letters.get(place) {
        let Some((code, joins)) = forms(*letter) else {
            is_joined &= ('\u{064B}'..='\u{0652}').contains(letter);
            shaped.push(*letter);
            place += 1;
            continue;
        };
        let next = letters.get(place + 1).copied();
        let alef = next.filter(|_| *letter == 'ل').and_then(|next| "آأإا".find(next));
        if let Some(alef) = alef {
            // An alef is two bytes long, a ligature has two forms.
            let code = 0xFEF5 + alef as u32 + u32::from(is_joined);
            shaped.extend(char::from_u32(code));
            is_joined = false;
            place += 2;
            continue;
        }
        let will_join = joins && next.is_some_and(|next| next != 'ء' && forms(next).is_some());
        let form = match (is_joined && *letter != 'ء', will_join) {
            (false, false) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (true, true) => 3,
        };
        shaped.extend(char::from_u32(code + form));
        is_joined = will_join;
        place += 1;
    }
    Some(shaped)
}

/// Stretched words.
pub(super) fn tatweel(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let mut stretched = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        stretched.push(letter);
        let joins = forms(letter).is_some_and(|(_, joins)| joins);
        let next = letters.peek().is_some_and(|next| forms(*next).is_some());
        if joins && next && chance.one_in(7) {
            for _ in 0..=chance.below(3) {
                stretched.push('\u{0640}');
            }
        }
    }
    Some(stretched)
}

/// Vowel marks on some of the letters.
pub(super) fn harakat(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    if text.chars().any(|c| ('\u{064B}'..='\u{0652}').contains(&c)) {
        let is_mark = |c: char| ('\u{064B}'..='\u{0652}').contains(&c) || c == '\u{0670}';
        return Some(text.chars().filter(|c| !is_mark(*c)).collect());
    }
    let mut marked = String::new();
    let every = 2 + chance.below(4);
    for letter in text.chars() {
        marked.push(letter);
        if forms(letter).is_some() && !"اآأإىة".contains(letter) && chance.one_in(every) {
            marked
                .push(*chance.pick(&['\u{064E}', '\u{0650}', '\u{064F}', '\u{0652}', '\u{0651}']));
        }
    }
    Some(marked)
}

/// Alef without its hamza, and the carriers that Egypt writes otherwise.
pub(super) fn hamza(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    let text = text.replace("ؤو", "ئو");
    Some(text.chars().map(|c| if "أإآٱ".contains(c) { 'ا' } else { c }).collect())
}

/// Last letters that are often mistaken for each other.
pub(super) fn endings(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let (dotless, marbuta) = (!chance.one_in(3), chance.one_in(2));
    let letters: Vec<char> = text.chars().collect();
    let is_last = |place: usize| letters.get(place + 1).is_none_or(|next| !next.is_alphabetic());
    let changed = letters.iter().enumerate().map(|(place, letter)| match letter {
        'ي' if dotless && is_last(place) => 'ى',
        'ى' if !dotless && is_last(place) => 'ي',
        'ة' if marbuta => 'ه',
        other => *other,
    });
    Some(changed.collect())
}

/// Typed on a Persian keyboard.
pub(super) fn persian(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    let typed = text.chars().map(|c| match c {
        'ي' => 'ی',
        'ك' => 'ک',
        other => other,
    });
    Some(typed.collect())
}

/// Digits of the other kind.
pub(super) fn digits(text: &str, _: &Lexicon, chance: &mut Chance) -> Changed {
    let zero = if chance.one_in(4) { 0x06F0 } else { 0x0660 };
    let other = |c: char| match c {
        '0'..='9' => char::from_u32(zero + u32::from(c) - 0x30).unwrap_or(c),
        '\u{0660}'..='\u{0669}' => char::from_u32(u32::from(c) - 0x0660 + 0x30).unwrap_or(c),
        _ => c,
    };
    Some(text.chars().map(other).collect())
}

/// "And" set off from its word.
pub(super) fn waw(text: &str, _: &Lexicon, _: &mut Chance) -> Changed {
    let words = text.split(' ').map(|word| {
        let rest = word.strip_prefix('و').filter(|rest| {
            rest.starts_with("ال") || ["قال", "كان", "في", "من", "لا"].contains(rest)
        });
        rest.map_or_else(|| word.to_owned(), |rest| format!("و {rest}"))
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::sixth::lexicon::Tongue;

    #[test]
    fn presentation_forms_are_the_letters_again_after_nfkc() {
        let (lexicon, mut chance) = (Lexicon::of(Tongue::Arabic), Chance::new(1));
        for text in ["السلام عليكم", "لآلئ الأمل والإيمان", "سماء مؤمن شيء", "كَتَبَ"]
        {
            let shaped = presentation(text, &lexicon, &mut chance).unwrap();
            assert_ne!(shaped, text);
            assert_eq!(shaped.nfkc().collect::<String>(), text.nfkc().collect::<String>());
        }
        assert_eq!(presentation("لا", &lexicon, &mut chance).unwrap(), "\u{FEFB}");
        assert_eq!(presentation("بيت", &lexicon, &mut chance).unwrap(), "\u{FE91}\u{FEF4}\u{FE96}");
    }
}
