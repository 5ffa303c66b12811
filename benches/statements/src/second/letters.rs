//! What happens to letters, digits and the spaces between them.

use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;
use crate::second::change::{is_arabic, per_letter, per_word};

/// Full vowels as in a textbook: shadda with a vowel, tanwin, sukun.
pub(crate) fn vowels(text: &str, chance: &mut Chance) -> String {
    const MARKS: [&str; 9] = [
        "\u{064E}",
        "\u{064F}",
        "\u{0650}",
        "\u{0652}",
        "\u{064B}",
        "\u{064C}",
        "\u{064D}",
        "\u{0651}\u{064E}",
        "\u{0650}\u{0651}",
    ];
    per_letter(text, chance, 2, |c, chance| {
        is_arabic(c).then(|| format!("{c}{}", chance.pick(&MARKS)))
    })
}

/// Dagger alef, madda and hamza above and below, the small signs of recitation.
pub(crate) fn rare_marks(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 10] = [
        '\u{0670}', '\u{0653}', '\u{0656}', '\u{06D6}', '\u{06DA}', '\u{06DF}', '\u{06E1}',
        '\u{06E5}', '\u{06EB}', '\u{06ED}',
    ];
    per_letter(text, chance, 9, |c, chance| {
        is_arabic(c).then(|| format!("{c}{}", chance.pick(&MARKS)))
    })
}

/// Long stretched letters.
pub(crate) fn stretched(text: &str, chance: &mut Chance) -> String {
    per_word(text, chance, 3, |word, chance| {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 3 || !letters.iter().all(|c| is_arabic(*c)) {
            return word.to_owned();
        }
        let at = 1 + chance.below(letters.len() - 1);
        let (start, end) = letters.split_at(at);
        let bar = "\u{0640}".repeat(1 + chance.below(6));
        format!("{}{bar}{}", start.iter().collect::<String>(), end.iter().collect::<String>())
    })
}

/// Hamza written, left off, or on another seat; wasla; teh marbuta and heh; yeh without dots.
pub(crate) fn hamza(text: &str, chance: &mut Chance) -> String {
    per_letter(text, chance, 2, |c, chance| {
        let to: &[&str] = match c {
            'ا' => &["أ", "إ", "ٱ", "ا\u{0654}", "ا\u{0655}", "آ"],
            'أ' | 'إ' | 'آ' => &["ا", "ٱ"],
            'ى' => &["ي"],
            'ي' => &["ى", "ی"],
            'ة' => &["ه"],
            'ه' => &["ہ"],
            'ك' => &["ک"],
            _ => return None,
        };
        // A bare alef keeps its form more often than not.
        (c != 'ا' || chance.one_in(2)).then(|| (*chance.pick(to)).to_owned())
    })
}

/// All letters in presentation forms, as some old keyboards and PDF files give them.
pub(crate) fn presentation(text: &str, chance: &mut Chance) -> String {
    let forms: Vec<(char, char)> = ('\u{FE80}'..='\u{FEFC}')
        .filter_map(|form| {
            let plain: Vec<char> = std::iter::once(form).nfkc().collect();
            (plain.len() == 1).then(|| (plain[0], form))
        })
        .collect();
    let lam_alef = text.replace("لا", "\u{FEFB}").replace("لأ", "\u{FEF7}");
    per_letter(&lam_alef, chance, 1, |c, chance| {
        let of: Vec<char> = forms.iter().filter(|(p, _)| *p == c).map(|(_, f)| *f).collect();
        (!of.is_empty()).then(|| chance.pick(&of).to_string())
    })
}

/// Nothing to see between the letters.
pub(crate) fn invisible(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 9] = [
        '\u{200B}',
        '\u{200C}',
        '\u{200D}',
        '\u{2060}',
        '\u{FEFF}',
        '\u{00AD}',
        '\u{2063}',
        '\u{FE0F}',
        '\u{E0041}',
    ];
    per_letter(text, chance, 3, |c, chance| {
        c.is_alphabetic().then(|| format!("{c}{}", chance.pick(&MARKS)))
    })
}

/// Marks of direction: isolates, embeddings, letter marks, nested and left open.
pub(crate) fn direction(text: &str, chance: &mut Chance) -> String {
    let inside = per_word(text, chance, 2, |word, chance| match chance.below(5) {
        0 => format!("\u{2068}{word}\u{2069}"),
        1 => format!("\u{200E}{word}\u{200F}"),
        2 => format!("\u{061C}{word}"),
        3 => format!("\u{202A}{word}\u{202C}"),
        _ => format!("\u{2067}{word}"),
    });
    format!("\u{202E}\u{202D}{inside}")
}

/// Letters of another script that look the same, fewer than half of each word.
pub(crate) fn look_alikes(text: &str, chance: &mut Chance) -> String {
    const TWINS: [(char, &str); 36] = [
        ('a', "аα"),
        ('c', "сϲ"),
        ('e', "еҽ"),
        ('i', "іι"),
        ('j', "ј"),
        ('o', "оο"),
        ('p', "рρ"),
        ('s', "ѕ"),
        ('x', "хχ"),
        ('y', "у"),
        ('v', "ν"),
        ('A', "АΑ"),
        ('B', "ВΒ"),
        ('C', "С"),
        ('E', "ЕΕ"),
        ('H', "НΗ"),
        ('K', "КΚ"),
        ('M', "МΜ"),
        ('O', "ОΟ"),
        ('P', "РΡ"),
        ('T', "ТΤ"),
        ('X', "ХΧ"),
        ('а', "aα"),
        ('с', "c"),
        ('е', "e"),
        ('о', "oο"),
        ('р', "pρ"),
        ('х', "x"),
        ('у', "y"),
        ('А', "A"),
        ('В', "B"),
        ('Е', "E"),
        ('К', "K"),
        ('М', "M"),
        ('О', "O"),
        ('Т', "T"),
    ];
    per_word(text, chance, 2, |word, chance| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let mut room = letters.saturating_sub(1) / 2;
        let swap = |c: char, chance: &mut Chance| -> char {
            let twin = TWINS.iter().find(|(from, _)| *from == c);
            match twin {
                Some((_, to)) if room > 0 && chance.one_in(2) => {
                    room -= 1;
                    *chance.pick(&to.chars().collect::<Vec<_>>())
                }
                _ => c,
            }
        };
        let mut swap = swap;
        word.chars().map(|c| swap(c, chance)).collect()
    })
}

/// Letters and digits of width, weight or ring.
pub(crate) fn fancy(text: &str, chance: &mut Chance) -> String {
    let style = chance.below(4);
    let shift = |c: char, from: char, to: u32| char::from_u32(to + c as u32 - from as u32);
    text.chars()
        .map(|c| {
            let other = match (style, c) {
                (0, '!'..='~') => shift(c, '!', 0xFF01),
                (1, 'a'..='z') => shift(c, 'a', 0x1_D41A),
                (1, 'A'..='Z') => shift(c, 'A', 0x1_D400),
                (1, '0'..='9') => shift(c, '0', 0x1_D7CE),
                (2, 'a'..='z') => shift(c, 'a', 0x24D0),
                (2, 'A'..='Z') => shift(c, 'A', 0x24B6),
                (3, 'a'..='z') => shift(c, 'a', 0x1_D5EE),
                (3, 'A'..='Z') => shift(c, 'A', 0x1_D5D4),
                _ => None,
            };
            other.unwrap_or(c)
        })
        .collect()
}

/// Digits of another script.
pub(crate) fn digits(text: &str, chance: &mut Chance) -> String {
    let zero = *chance.pick(&[0x0660, 0x06F0, 0xFF10, 0x1_D7EC]);
    text.chars()
        .map(|c| c.to_digit(10).and_then(|d| char::from_u32(zero + d)).unwrap_or(c))
        .collect()
}

/// Spaces of all widths, doubled, and lines broken anew.
pub(crate) fn spaces(text: &str, chance: &mut Chance) -> String {
    const SPACES: [&str; 8] =
        ["\u{00A0}", "\u{2009}", "\u{202F}", "\u{3000}", "  ", "\n", " \n\n", "\t"];
    let mut wide = String::with_capacity(text.len() * 2);
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            let wider: &&str = if chance.one_in(3) { chance.pick(&SPACES) } else { &" " };
            wide.push_str(wider);
        }
        wide.push_str(word);
    }
    wide
}

/// Letters taken apart into base and mark, and capitals.
pub(crate) fn apart(text: &str, _: &mut Chance) -> String {
    text.nfd().collect()
}

/// Shouted, or every word with a capital.
pub(crate) fn shouted(text: &str, chance: &mut Chance) -> String {
    if chance.one_in(2) {
        return text.to_uppercase();
    }
    per_word(text, chance, 1, |word, _| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    })
}
