//! Changes of letters and marks: the words stay what they are.

use unicode_normalization::UnicodeNormalization;

use crate::chance::Chance;

fn each(text: &str, mut change: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        change(letter, &mut out);
    }
    out
}

fn is_arabic(letter: char) -> bool {
    ('\u{0621}'..='\u{064A}').contains(&letter)
}

/// Alef without hamza, yeh for alef maksura, heh for teh marbuta, and Persian letters.
pub(super) fn arabic_variants(text: &str, chance: &mut Chance) -> String {
    let persian = chance.one_in(3);
    each(text, |letter, out| {
        out.push(match letter {
            'أ' | 'إ' | 'آ' if !chance.one_in(4) => 'ا',
            'ى' if !chance.one_in(3) => 'ي',
            'ة' if chance.one_in(2) => 'ه',
            'ي' if persian => 'ی',
            'ك' if persian => 'ک',
            other => other,
        });
    })
}

pub(super) fn tatweel(text: &str, chance: &mut Chance) -> String {
    each(text, |letter, out| {
        out.push(letter);
        // These letters join to the next one.
        if "بتثجحخسشصضطظعغفقكلمنهي".contains(letter) && chance.one_in(5) {
            (0..=chance.below(3)).for_each(|_| out.push('ـ'));
        }
    })
}

pub(super) fn harakat(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 7] =
        ['\u{064E}', '\u{064F}', '\u{0650}', '\u{0652}', '\u{0651}', '\u{064B}', '\u{0670}'];
    let often = 2 + chance.below(4);
    each(text, |letter, out| {
        out.push(letter);
        if is_arabic(letter) && chance.one_in(often) {
            out.push(*chance.pick(&MARKS));
        }
    })
}

/// The shapes that old documents hold: a code point for each form of a letter.
pub(super) fn presentation_forms(text: &str, chance: &mut Chance) -> String {
    let text = text.replace("لا", "\u{FEFB}").replace("لأ", "\u{FEF7}");
    let shapes: Vec<(char, char)> = ('\u{FE80}'..='\u{FEF4}')
        .filter_map(|shape| {
            let mut plain = std::iter::once(shape).nfkc();
            let letter = plain.next()?;
            plain.next().is_none().then_some((letter, shape))
        })
        .collect();
    each(&text, |letter, out| {
        let forms: Vec<char> =
            shapes.iter().filter(|(plain, _)| *plain == letter).map(|(_, shape)| *shape).collect();
        out.push(if forms.is_empty() { letter } else { *chance.pick(&forms) });
    })
}

/// Digits of another script.
pub(super) fn other_digits(text: &str, chance: &mut Chance) -> String {
    let zero = *chance.pick(&[0x0660, 0x06F0, 0xFF10, 0x1D7CE]);
    each(text, |letter, out| {
        let digit = letter.to_digit(10).and_then(|digit| char::from_u32(zero + digit));
        out.push(digit.unwrap_or(letter));
    })
}

/// Marks that are not seen, in words and around them.
pub(super) fn unseen(text: &str, chance: &mut Chance) -> String {
    const MARKS: [char; 8] = [
        '\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{00AD}', '\u{180E}',
        '\u{034F}',
    ];
    let mark = *chance.pick(&MARKS);
    let often = 3 + chance.below(12);
    each(text, |letter, out| {
        out.push(letter);
        if letter.is_alphabetic() && chance.one_in(often) {
            out.push(mark);
        }
    })
}

/// Marks of direction around words and lines.
pub(super) fn direction(text: &str, chance: &mut Chance) -> String {
    let (open, close) = *chance.pick(&[
        ("\u{2067}", "\u{2069}"),
        ("\u{202B}", "\u{202C}"),
        ("\u{200F}", "\u{200F}"),
        ("\u{200E}", ""),
        ("\u{061C}", ""),
    ]);
    let dress = |word: &str| format!("{open}{word}{close}");
    let words: Vec<String> = text
        .split(' ')
        .map(|word| if chance.one_in(4) { dress(word) } else { word.to_owned() })
        .collect();
    dress(&words.join(" "))
}

/// Letters of another script that look the same, in some words.
pub(super) fn look_alikes(text: &str, chance: &mut Chance) -> String {
    const PAIRS: [(char, char); 17] = [
        ('a', 'а'),
        ('c', 'с'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('x', 'х'),
        ('y', 'у'),
        ('i', 'і'),
        ('B', 'В'),
        ('H', 'Н'),
        ('K', 'К'),
        ('M', 'М'),
        ('T', 'Т'),
        ('A', 'А'),
        ('E', 'Е'),
        ('O', 'О'),
        ('C', 'С'),
    ];
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            if !chance.one_in(3) {
                return word.to_owned();
            }
            each(word, |letter, out| {
                let twin = PAIRS.iter().find_map(|(latin, cyrillic)| match letter {
                    l if l == *latin => Some(*cyrillic),
                    l if l == *cyrillic => Some(*latin),
                    _ => None,
                });
                out.push(twin.unwrap_or(letter));
            })
        })
        .collect();
    words.join(" ")
}

/// Letters of mathematics or of full width: bold without markup.
pub(super) fn styled(text: &str, chance: &mut Chance) -> String {
    let (upper, lower) = *chance.pick(&[
        (0x1D5D4, 0x1D5EE),
        (0x1D400, 0x1D41A),
        (0xFF21, 0xFF41),
        (0x1D670, 0x1D68A),
    ]);
    each(text, |letter, out| {
        let shape = match letter {
            'A'..='Z' => char::from_u32(upper + (letter as u32 - 'A' as u32)),
            'a'..='z' => char::from_u32(lower + (letter as u32 - 'a' as u32)),
            _ => None,
        };
        out.push(shape.unwrap_or(letter));
    })
}

/// Signs set otherwise: quotation marks, dashes, spaces, the letter yo, dots.
pub(super) fn signs(text: &str, chance: &mut Chance) -> String {
    let quotes = *chance.pick(&['"', '“', '«', '„']);
    let dash = *chance.pick(&['-', '–', '—', '−']);
    let space = *chance.pick(&["\u{00A0}", "  ", "\u{2009}", "\u{202F}"]);
    let decomposed = chance.one_in(3);
    let changed = each(text, |letter, out| match letter {
        '"' | '“' | '”' | '«' | '»' => out.push(quotes),
        '-' | '–' | '—' => out.push(dash),
        ' ' if chance.one_in(6) => out.push_str(space),
        'ё' => out.push('е'),
        'Ё' => out.push('Е'),
        '،' if chance.one_in(2) => out.push(','),
        '.' if chance.one_in(3) => out.push('!'),
        ',' if chance.one_in(4) => {}
        other => out.push(other),
    });
    if decomposed { changed.nfd().collect() } else { changed }
}

/// Capital letters, all of them or in the first sentence.
pub(super) fn capitals(text: &str, chance: &mut Chance) -> String {
    match text.split_once(". ") {
        Some((first, rest)) if chance.one_in(2) => format!("{}. {rest}", first.to_uppercase()),
        _ => text.to_uppercase(),
    }
}

/// Pictures between sentences and at line ends, with their variation marks and skin tones.
pub(super) fn emoji(text: &str, chance: &mut Chance) -> String {
    const SIGNS: [&str; 10] = ["🚂", "❗️", "👏🏽", "🇳🇴", "1️⃣", "🔭", "⬇️⬇️", "👨‍👩‍👧", "🟢", "➡"];
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let ends = word.ends_with(['.', '!', ':']) || chance.one_in(14);
            if ends && chance.one_in(2) {
                format!("{word} {}", chance.word(&SIGNS))
            } else {
                word.to_owned()
            }
        })
        .collect();
    format!("{} {}", chance.word(&SIGNS), words.join(" "))
}

/// Text markup of messengers.
pub(super) fn markdown(text: &str, chance: &mut Chance) -> String {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match chance.below(5) {
        0 => format!("**{first}** {rest}"),
        1 => {
            let lines: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
            lines.join("\n")
        }
        2 => format!("__{text}__"),
        3 => format!("||{first} {rest}||"),
        _ => {
            let words: Vec<&str> = rest.split(' ').collect();
            let (a, b) = words.split_at(words.len() / 2);
            format!(
                "{first} {} [{}](https://example.org/r/{})",
                a.join(" "),
                b.join(" "),
                chance.below(9999)
            )
        }
    }
}

/// Markup of web pages, with entities.
pub(super) fn html(text: &str, chance: &mut Chance) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;").replace(" — ", " &mdash; ");
    let (first, rest) = text.split_once(' ').unwrap_or((&text, ""));
    match chance.below(4) {
        0 => format!("<b>{first}</b> {rest}"),
        1 => format!("<p>{}</p>", text.replace('\n', "<br/>")),
        2 => format!("{first}&nbsp;{rest}<br>"),
        _ => format!(
            "<a href=\"https://example.org/p?id={}\">{first}</a> {rest}",
            chance.below(9999)
        ),
    }
}

/// Links and mentions that another channel puts in.
pub(super) fn links(text: &str, chance: &mut Chance) -> String {
    let number = chance.below(99_999);
    let link = match chance.below(5) {
        0 => format!("https://news.example/{number}?utm_source=tg&utm_medium=post"),
        1 => format!("t.me/quayside/{number}"),
        2 => format!("@reader{number}"),
        3 => format!("[→](https://example.org/{number})"),
        _ => format!("www.example.com/story-{number}.html"),
    };
    match text.split_once(". ") {
        Some((first, rest)) if chance.one_in(2) => format!("{first} ({link}). {rest}"),
        _ if chance.one_in(2) => format!("{link}\n{text}"),
        _ => format!("{text} {link}"),
    }
}

/// A line for each sentence, or all in one line.
pub(super) fn lines(text: &str, chance: &mut Chance) -> String {
    if text.contains('\n') {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    text.replace(". ", if chance.one_in(2) { ".\n\n" } else { ".\n" })
}
