//! Changes of letters: what keyboards, fonts and filters make of a text.

use unicode_normalization::UnicodeNormalization;

use super::texts::Lang;
use crate::chance::Chance;

/// Writes each letter anew.
fn each(text: &str, mut change: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        change(c, &mut out);
    }
    out
}

fn is_arabic_letter(c: char) -> bool {
    ('\u{621}'..='\u{64A}').contains(&c) && c != '\u{640}'
}

/// Spelling that people and keyboards choose freely in a language.
pub(super) fn variants(text: &str, lang: Lang, chance: &mut Chance) -> String {
    match lang {
        Lang::Ar => match chance.below(5) {
            0 => each(text, |c, out| {
                out.push(match c {
                    'أ' | 'إ' | 'آ' => 'ا',
                    'ة' => 'ه',
                    'ى' => 'ي',
                    c => c,
                });
            }),
            1 => each(text, |c, out| {
                out.push(match c {
                    'ي' => 'ی',
                    'ك' => 'ک',
                    'ه' => 'ہ',
                    c => c,
                });
            }),
            2 => diacritics(text, chance),
            3 => tatweel(text, chance),
            _ => {
                let text = diacritics(text, chance);
                each(&text, |c, out| out.push(if c == 'ا' && chance.one_in(8) { 'ٱ' } else { c }))
            }
        },
        Lang::Ru => match chance.below(3) {
            0 => text.replace('ё', "е").replace('Ё', "Е").replace(['«', '»'], "\""),
            1 => text.nfd().collect(),
            _ => each(text, |c, out| {
                out.push(if c == 'е' && chance.one_in(12) { 'ё' } else { c });
            }),
        },
        Lang::En => match chance.below(3) {
            0 => text
                .replace('\'', "\u{2019}")
                .replace(" \"", " \u{201C}")
                .replace('"', "\u{201D}")
                .replace("fi", "\u{FB01}")
                .replace("fl", "\u{FB02}"),
            1 => text.to_uppercase(),
            _ => each(text, |c, out| {
                out.push(c);
                if "aeiou".contains(c) && chance.one_in(9) {
                    out.push(*chance.pick(&['\u{301}', '\u{308}', '\u{300}']));
                }
            }),
        },
    }
}

fn diacritics(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 7] =
        ['\u{64E}', '\u{64F}', '\u{650}', '\u{652}', '\u{651}', '\u{64B}', '\u{670}'];
    let often = 1 + chance.below(4);
    each(text, |c, out| {
        out.push(c);
        if is_arabic_letter(c) && chance.one_in(often) {
            out.push(*chance.pick(&MARKS));
        }
    })
}

fn tatweel(text: &str, chance: &mut Chance) -> String {
    const JOINING: &str = "بتثجحخسشصضطظعغفقكلمنهي";
    let often = 2 + chance.below(8);
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (place, c) in letters.iter().enumerate() {
        out.push(*c);
        let joins = letters.get(place + 1).is_some_and(|next| is_arabic_letter(*next));
        if joins && JOINING.contains(*c) && chance.one_in(often) {
            out.extend(std::iter::repeat_n('\u{640}', 1 + chance.below(4)));
        }
    }
    out
}

/// Digits of another script.
pub(super) fn digits(text: &str, chance: &mut Chance) -> String {
    let zero = *chance.pick(&['\u{660}', '\u{6F0}', '\u{660}', '\u{FF10}', '\u{1D7CE}', '\u{966}']);
    each(text, |c, out| {
        let value = c
            .to_digit(10)
            .or_else(|| ('\u{660}'..='\u{669}').contains(&c).then(|| c as u32 - 0x660));
        let other = value.and_then(|v| {
            let western = (c as u32) > 0x100 && zero == '\u{660}';
            char::from_u32(v + if western { '0' as u32 } else { zero as u32 })
        });
        out.push(other.unwrap_or(c));
    })
}

/// Characters that are not seen.
pub(super) fn invisible(text: &str, chance: &mut Chance) -> String {
    const UNSEEN: [char; 10] = [
        '\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}', '\u{200F}',
        '\u{200E}', '\u{61C}', '\u{180E}',
    ];
    let one = *chance.pick(&UNSEEN);
    let often = 2 + chance.below(14);
    let within_words = !chance.one_in(3);
    let mut out = each(text, |c, out| {
        if c == ' ' && chance.one_in(6) {
            out.push(*chance.pick(&['\u{A0}', '\u{2009}', '\u{202F}', '\u{3000}']));
        } else {
            out.push(c);
        }
        if (c.is_alphabetic() == within_words) && chance.one_in(often) {
            out.push(if chance.one_in(3) { *chance.pick(&UNSEEN) } else { one });
        }
    });
    if chance.one_in(4) {
        out = format!("\u{202B}{out}\u{202C}");
    }
    out
}

/// Letters of another script that look alike, within words.
pub(super) fn confusables(text: &str, lang: Lang, chance: &mut Chance) -> String {
    const LATIN: &str = "aceopxyiABCEHKMOPTX";
    const CYRILLIC: &str = "асеорхуіАВСЕНКМОРТХ";
    const ARABIC: &str = "كيهىا";
    const LIKE_ARABIC: &str = "ڪیھیl";
    const GREEK: [(char, char); 6] =
        [('o', 'ο'), ('v', 'ν'), ('A', 'Α'), ('E', 'Ε'), ('о', 'ο'), ('р', 'ρ')];
    let (from, to) = match lang {
        Lang::Ar => (ARABIC, LIKE_ARABIC),
        Lang::Ru => (CYRILLIC, LATIN),
        Lang::En => (LATIN, CYRILLIC),
    };
    let often = 1 + chance.below(4);
    let greek = lang != Lang::Ar && chance.one_in(4);
    each(text, |c, out| {
        let alike = match from.chars().position(|f| f == c) {
            Some(at) => to.chars().nth(at),
            None => None,
        };
        let alike = match GREEK.iter().find(|(f, _)| greek && *f == c) {
            Some((_, like)) => Some(*like),
            None => alike,
        };
        // a Latin stroke for alef is rare: it breaks the line's direction
        let seldom = c == 'ا' && !chance.one_in(12);
        out.push(alike.filter(|_| !seldom && chance.one_in(often)).unwrap_or(c));
    })
}

/// Letters of another width, or in the forms of old fonts.
pub(super) fn width(text: &str, lang: Lang, chance: &mut Chance) -> String {
    match lang {
        Lang::Ar => presentation(text),
        Lang::Ru => match chance.below(2) {
            0 => each(text, |c, out| {
                out.push(c);
                // stress marks, on some vowels only
                if "аеиоуыэюя".contains(c) && chance.one_in(7) {
                    out.push('\u{301}');
                }
            }),
            _ => wide(text),
        },
        Lang::En => match chance.below(3) {
            0 => wide(text),
            1 => styled(text, 0x1D5D4, 0x1D5EE),
            _ => styled(text, 0x1D400, 0x1D41A),
        },
    }
}

/// Full-width forms of ASCII.
fn wide(text: &str) -> String {
    each(text, |c, out| {
        let wide = ('!'..='~').contains(&c).then(|| char::from_u32(c as u32 + 0xFEE0)).flatten();
        out.push(wide.unwrap_or(c));
    })
}

/// Mathematical letters that pass for bold type.
fn styled(text: &str, upper: u32, lower: u32) -> String {
    each(text, |c, out| {
        let other = match c {
            'A'..='Z' => char::from_u32(c as u32 - 'A' as u32 + upper),
            'a'..='z' => char::from_u32(c as u32 - 'a' as u32 + lower),
            _ => None,
        };
        out.push(other.unwrap_or(c));
    })
}

/// Arabic presentation forms B: the isolated form of each letter, lam-alef as one sign.
fn presentation(text: &str) -> String {
    const ISOLATED: [(char, char); 36] = [
        ('ء', '\u{FE80}'),
        ('آ', '\u{FE81}'),
        ('أ', '\u{FE83}'),
        ('ؤ', '\u{FE85}'),
        ('إ', '\u{FE87}'),
        ('ئ', '\u{FE89}'),
        ('ا', '\u{FE8D}'),
        ('ب', '\u{FE91}'),
        ('ة', '\u{FE93}'),
        ('ت', '\u{FE97}'),
        ('ث', '\u{FE9B}'),
        ('ج', '\u{FE9F}'),
        ('ح', '\u{FEA3}'),
        ('خ', '\u{FEA7}'),
        ('د', '\u{FEA9}'),
        ('ذ', '\u{FEAB}'),
        ('ر', '\u{FEAD}'),
        ('ز', '\u{FEAF}'),
        ('س', '\u{FEB3}'),
        ('ش', '\u{FEB7}'),
        ('ص', '\u{FEBB}'),
        ('ض', '\u{FEBF}'),
        ('ط', '\u{FEC3}'),
        ('ظ', '\u{FEC7}'),
        ('ع', '\u{FECB}'),
        ('غ', '\u{FECF}'),
        ('ف', '\u{FED3}'),
        ('ق', '\u{FED7}'),
        ('ك', '\u{FEDB}'),
        ('ل', '\u{FEDF}'),
        ('م', '\u{FEE3}'),
        ('ن', '\u{FEE7}'),
        ('ه', '\u{FEEB}'),
        ('و', '\u{FEED}'),
        ('ى', '\u{FEEF}'),
        ('ي', '\u{FEF3}'),
    ];
    let text = text.replace("لا", "\u{FEFB}").replace("لأ", "\u{FEF7}");
    each(&text, |c, out| {
        let form = ISOLATED.iter().find(|(letter, _)| *letter == c);
        out.push(form.map_or(c, |(_, form)| *form));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_widths_fold_back_to_the_text() {
        let folded = |text: &str| text.nfkc().collect::<String>();
        let arabic = "لا قطار إلى الميناء غدا";
        assert_eq!(folded(&presentation(arabic)), arabic);
        assert_eq!(folded(&wide("Rain, 5 mm!")), "Rain, 5 mm!");
        assert_eq!(folded(&styled("Rain", 0x1D5D4, 0x1D5EE)), "Rain");
    }

    #[test]
    fn digits_keep_their_value() {
        let mut chance = Chance::new(3);
        for _ in 0..20 {
            let changed = digits("at 17:05", &mut chance);
            assert_ne!(changed, "at 17:05");
            assert_eq!(changed.chars().count(), 8);
        }
    }
}
