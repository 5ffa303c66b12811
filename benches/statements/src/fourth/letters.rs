//! Changes of letters that a reader does not see, or reads over.

use super::lexicon::Language;
use crate::chance::Chance;

/// Other ways to write the same word in the same script.
pub(super) fn variants(text: &str, language: Language, chance: &mut Chance) -> String {
    match language {
        Language::Arabic => arabic(text, chance),
        Language::Russian => russian(text, chance),
        Language::English => english(text, chance),
    }
}

fn arabic(text: &str, chance: &mut Chance) -> String {
    let [hamza, ends, tatweel, vowels, digits, persian] =
        [2, 2, 4, 5, 2, 6].map(|often| chance.one_in(often));
    let none = !(hamza || ends || tatweel || vowels || digits || persian);
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let eastern = if chance.one_in(3) { '۰' } else { '٠' };
    for (at, letter) in letters.iter().copied().enumerate() {
        let next = letters.get(at + 1).copied();
        let last = next.is_none_or(|c| !c.is_alphabetic());
        let inner = letter_joins(letter) && next.is_some_and(is_arabic);
        out.push(match letter {
            'أ' | 'إ' | 'آ' if hamza || none => 'ا',
            'ة' if last && (ends || none) => 'ه',
            'ى' if last && ends => 'ي',
            'ي' if last && ends && chance.one_in(2) => 'ى',
            'ي' if persian => 'ی',
            'ك' if persian => 'ک',
            ',' if digits => '،',
            '?' if digits => '؟',
            '0'..='9' if digits => {
                char::from_u32(eastern as u32 + letter as u32 - '0' as u32).unwrap_or(letter)
            }
            '٠'..='٩' if digits => {
                char::from_u32('0' as u32 + letter as u32 - '٠' as u32).unwrap_or(letter)
            }
            other => other,
        });
        if tatweel && inner && chance.one_in(9) {
            out.extend(std::iter::repeat_n('ـ', 1 + chance.below(3)));
        }
        if vowels && is_arabic(letter) && chance.one_in(3) {
            out.push(*chance.pick(&['َ', 'ُ', 'ِ', 'ْ', 'ّ']));
        }
    }
    out
}

fn is_arabic(letter: char) -> bool {
    ('\u{0621}'..='\u{063A}').contains(&letter) || ('\u{0641}'..='\u{064A}').contains(&letter)
}

fn letter_joins(letter: char) -> bool {
    is_arabic(letter)
        && !matches!(
            letter,
            'ا' | 'أ' | 'إ' | 'آ' | 'د' | 'ذ' | 'ر' | 'ز' | 'و' | 'ؤ' | 'ة' | 'ى' | 'ء'
        )
}

fn russian(text: &str, chance: &mut Chance) -> String {
    if text.contains('ё') {
        return text.replace('ё', "е").replace('Ё', "Е");
    }
    let dotted = [
        ("еще", "ещё"),
        ("ее ", "её "),
        ("пошел", "пошёл"),
        ("идет", "идёт"),
        ("нашел", "нашёл"),
        ("самолет", "самолёт"),
        ("берет", "берёт"),
        ("дает", "даёт"),
        ("остается", "остаётся"),
        ("трех", "трёх"),
        ("четырех", "четырёх"),
        ("ребенк", "ребёнк"),
        ("произошел", "произошёл"),
        ("днем", "днём"),
        ("причем", "причём"),
        ("моем", "моём"),
        ("учетом", "учётом"),
        ("вертолет", "вертолёт"),
    ];
    let mut out = text.to_owned();
    for (plain, with) in dotted {
        out = out.replace(plain, with);
    }
    if out == text || chance.one_in(4) {
        // A headline in capitals.
        let end = out.find(['.', '\n', ',', ':']).unwrap_or(out.len());
        let head = out[..end].to_uppercase();
        out.replace_range(..end, &head);
    }
    out
}

fn english(text: &str, chance: &mut Chance) -> String {
    let spellings = [
        ("colour", "color"),
        ("honour", "honor"),
        ("favour", "favor"),
        ("grey", "gray"),
        ("centre", "center"),
        ("'", "’"),
        ("to-day", "today"),
        ("to-morrow", "tomorrow"),
        ("&", "and"),
        ("travell", "travel"),
    ];
    let mut out = text.to_owned();
    for (one, other) in spellings {
        out = out.replace(one, other);
    }
    if out == text || chance.one_in(4) {
        let end = out.find(['.', '\n', ',', ':', ';']).unwrap_or(out.len());
        let head = out[..end].to_uppercase();
        out.replace_range(..end, &head);
    }
    out
}

/// Characters without a shape, in words and around them.
pub(super) fn invisible(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 12] = [
        '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{00AD}', '\u{2060}',
        '\u{FEFF}', '\u{202B}', '\u{FE0F}', '\u{2068}', '\u{061C}',
    ];
    let own = [*chance.pick(&MARKS), *chance.pick(&MARKS)];
    let often = 4 + chance.below(30);
    let mut out = String::new();
    if chance.one_in(2) {
        out.push(own[0]);
    }
    for letter in text.chars() {
        out.push(letter);
        if chance.one_in(often) {
            out.push(*chance.pick(&own));
        }
    }
    out
}

/// Letters of another script or block with the same look.
pub(super) fn lookalikes(text: &str, language: Language, chance: &mut Chance) -> String {
    match language {
        Language::Arabic => presentation(text),
        Language::Russian => {
            let often = 1 + chance.below(4);
            exchange(text, "аеорсухАВЕКМНОРСТХ", "aeopcyxABEKMHOPCTX", often, chance)
        }
        Language::English if chance.one_in(3) => {
            let often = 1 + chance.below(4);
            exchange(text, "aeopcyxABEKMHOPCTX", "аеорсухАВЕКМНОРСТХ", often, chance)
        }
        Language::English if chance.one_in(2) => shifted(text, 0xFF21, 0xFF41, 0xFF10),
        Language::English => shifted(text, 0x1D400, 0x1D41A, 0x1D7CE),
    }
}

fn exchange(text: &str, from: &str, to: &str, often: usize, chance: &mut Chance) -> String {
    let one = |letter: char, chance: &mut Chance| {
        let place = from.chars().position(|c| c == letter)?;
        if chance.one_in(often) { to.chars().nth(place) } else { None }
    };
    text.chars().map(|letter| one(letter, chance).unwrap_or(letter)).collect()
}

/// Full-width or bold mathematical letters and digits.
fn shifted(text: &str, capital: u32, small: u32, digit: u32) -> String {
    let one = |letter: char| {
        let code = letter as u32;
        char::from_u32(match letter {
            'A'..='Z' => capital + code - 'A' as u32,
            'a'..='z' => small + code - 'a' as u32,
            '0'..='9' => digit + code - '0' as u32,
            _ => code,
        })
    };
    text.chars().map(|letter| one(letter).unwrap_or(letter)).collect()
}

/// Arabic as old programs leave it: each letter in the form it has in its word.
fn presentation(text: &str) -> String {
    // Letter, its first form, whether it has four forms (alone, last, first, middle) or two.
    const FORMS: [(char, u32, bool); 36] = [
        ('ء', 0xFE80, false),
        ('آ', 0xFE81, false),
        ('أ', 0xFE83, false),
        ('ؤ', 0xFE85, false),
        ('إ', 0xFE87, false),
        ('ئ', 0xFE89, true),
        ('ا', 0xFE8D, false),
        ('ب', 0xFE8F, true),
        ('ة', 0xFE93, false),
        ('ت', 0xFE95, true),
        ('ث', 0xFE99, true),
        ('ج', 0xFE9D, true),
        ('ح', 0xFEA1, true),
        ('خ', 0xFEA5, true),
        ('د', 0xFEA9, false),
        ('ذ', 0xFEAB, false),
        ('ر', 0xFEAD, false),
        ('ز', 0xFEAF, false),
        ('س', 0xFEB1, true),
        ('ش', 0xFEB5, true),
        ('ص', 0xFEB9, true),
        ('ض', 0xFEBD, true),
        ('ط', 0xFEC1, true),
        ('ظ', 0xFEC5, true),
        ('ع', 0xFEC9, true),
        ('غ', 0xFECD, true),
        ('ف', 0xFED1, true),
        ('ق', 0xFED5, true),
        ('ك', 0xFED9, true),
        ('ل', 0xFEDD, true),
        ('م', 0xFEE1, true),
        ('ن', 0xFEE5, true),
        ('ه', 0xFEE9, true),
        ('و', 0xFEED, false),
        ('ى', 0xFEEF, false),
        ('ي', 0xFEF1, true),
    ];
    let form = |letter: char| FORMS.iter().find(|(of, _, _)| *of == letter);
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let Some((_, first, four)) = form(*letter) else {
            out.push(*letter);
            continue;
        };
        let before = at > 0 && form(letters[at - 1]).is_some_and(|(_, _, four)| *four);
        let before = before && *letter != 'ء';
        let after = *four && letters.get(at + 1).is_some_and(|c| *c != 'ء' && form(*c).is_some());
        let shape = match (before, after) {
            (false, false) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (true, true) => 3,
        };
        out.push(char::from_u32(first + shape).unwrap_or(*letter));
    }
    out
}

/// One slip of the finger for every twenty words or so.
pub(super) fn typos(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let slips = 1 + text.split_whitespace().count() / 25;
    for _ in 0..slips {
        let inside: Vec<usize> = (1..letters.len().saturating_sub(2))
            .filter(|at| letters[at - 1..at + 2].iter().all(|c| c.is_alphabetic()))
            .collect();
        if inside.is_empty() {
            break;
        }
        let at = *chance.pick(&inside);
        match chance.below(3) {
            0 => letters.swap(at, at + 1),
            1 => letters.insert(at, letters[at]),
            _ => {
                letters.remove(at);
            }
        }
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn shaped_letters_are_the_same_letters() {
        let text = "انطلق القطار رقم 12 من الرباط، سماء صافية";
        let shaped = presentation(text);
        assert_ne!(shaped, text);
        assert_eq!(shaped.nfkc().collect::<String>(), text);
        let wide = shifted("Train 12 to Ghent", 0xFF21, 0xFF41, 0xFF10);
        assert_eq!(wide.nfkc().collect::<String>(), "Train 12 to Ghent");
    }

    #[test]
    fn what_is_invisible_is_all_that_is_put_in() {
        for seed in 0..50 {
            let text = "Поезд идёт в Тверь без остановок";
            let changed = invisible(text, &mut Chance::new(seed));
            assert_eq!(changed.replace(|c| !text.contains(c), ""), text);
        }
    }
}
