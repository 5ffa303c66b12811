//! What a channel sets before a report to call for attention: "BREAKING:", "Срочно!", "عاجل |".
//!
//! A label says nothing of what is reported, and whoever passes the report on leaves it out or sets
//! another. It is masked at the beginning of a text, where more than a space follows it ("Urgent
//! repairs" is none). Words that deny or correct ("Fake:") are no labels.

use std::sync::OnceLock;

use hashbrown::HashSet;

use crate::mask::run_hash;
use crate::normalise::Scanner;

/// Words of a label at most.
pub(crate) const LABEL_WORDS_MAX: usize = 3;

/// Labels as newsrooms and channels write them, in small letters.
const LABELS: [&str; 88] = [
    "breaking",
    "breaking news",
    "just in",
    "urgent",
    "developing",
    "developing story",
    "update",
    "updated",
    "live",
    "now",
    "right now",
    "alert",
    "news alert",
    "exclusive",
    "official",
    "officially",
    "important",
    "attention",
    "flash",
    "hot",
    "new",
    "news",
    "more",
    "watch",
    "video",
    "photo",
    "photos",
    "read",
    "lightning",
    "headline",
    "this just in",
    "breaking update",
    "срочно",
    "срочная новость",
    "срочные новости",
    "молния",
    "только что",
    "сейчас",
    "прямо сейчас",
    "главное",
    "важно",
    "внимание",
    "эксклюзив",
    "обновление",
    "обновлено",
    "обновляется",
    "официально",
    "новость",
    "новости",
    "видео",
    "фото",
    "стало известно",
    "это важно",
    "срочно важно",
    "главная новость",
    "новость часа",
    "экстренно",
    "экстренное сообщение",
    "последние новости",
    "оперативно",
    "عاجل",
    "خبر عاجل",
    "عاجل جدا",
    "الان",
    "الآن",
    "هام",
    "هام جدا",
    "مهم",
    "حصري",
    "حصريا",
    "تحديث",
    "متابعة",
    "بالفيديو",
    "بالصور",
    "فيديو",
    "صور",
    "شاهد",
    "تنبيه",
    "انتباه",
    "خبر",
    "رسميا",
    "رسمي",
    "عاجل الان",
    "عاجل الآن",
    "اخر الاخبار",
    "آخر الأخبار",
    "ورد الان",
    "ورد الآن",
];

/// Hashes of the labels' words, one after the other.
pub(crate) fn is_label(hash: u64) -> bool {
    static HASHES: OnceLock<HashSet<u64>> = OnceLock::new();
    let hashes = || {
        let mut scanner = Scanner::default();
        let hash = |label: &&str| {
            scanner.scan(label);
            let words = scanner.tokens.iter().map(|token| scanner.token_codes(token));
            words.fold(0, run_hash)
        };
        LABELS.iter().map(hash).collect()
    };
    HASHES.get_or_init(hashes).contains(&hash)
}

/// Whether a text may begin with a label, before it is read: by its first word.
pub(crate) fn may_begin(text: &str) -> bool {
    static FIRST: OnceLock<HashSet<u64>> = OnceLock::new();
    let first = || LABELS.iter().filter_map(|label| first_word(label)).collect();
    first_word(text).is_some_and(|word| FIRST.get_or_init(first).contains(&word))
}

/// Letters of the longest first word of a label, and more.
const FIRST_LETTERS_MAX: usize = 16;

/// Hash of the first word in small letters, without Arabic marks and stretching; none for a longer
/// one.
pub(crate) fn first_word(text: &str) -> Option<u64> {
    let is_mark =
        |c: char| matches!(c, '\u{640}' | '\u{64B}'..='\u{652}' | '\u{200B}'..='\u{200F}');
    let word = text.chars().skip_while(|c| !is_letter(*c));
    let word = word.take_while(|c| is_letter(*c) || is_mark(*c)).filter(|c| !is_mark(*c));
    let mut letters = 0;
    let mut hash = 0u64;
    let mut add = |small: char| {
        hash = (hash.rotate_left(5) ^ u64::from(small)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    };
    for letter in word {
        letters += 1;
        if letters > FIRST_LETTERS_MAX {
            return None;
        }
        match letter {
            'A'..='Z' => add(letter.to_ascii_lowercase()),
            'a'..='z' | '\u{430}'..='\u{44F}' | '\u{620}'..='\u{64A}' => add(letter),
            _ => letter.to_lowercase().for_each(&mut add),
        }
    }
    (letters > 0).then_some(hash)
}

/// [`char::is_alphabetic`], without its tables for the letters that nearly all texts are of: every
/// text of a corpus is asked for its first word.
fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphabetic(),
        '\u{400}'..='\u{481}' | '\u{620}'..='\u{64A}' => true,
        _ => c.is_alphabetic(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_unicode() {
        for c in '\0'..='\u{FFFF}' {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
        for c in ('\u{430}'..='\u{44F}').chain('\u{620}'..='\u{64A}') {
            assert!(c.to_lowercase().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn a_label_is_known_by_its_first_word_in_any_writing() {
        for text in ["⚡️ BREAKING: rain", "Срочно! Дождь", "🔴 عـــاجل | مطر", "JUST IN | rain"]
        {
            assert!(may_begin(text), "{text}");
        }
        for text in ["Rain", "", "Breakingly", "12:30", "Дождь срочно"] {
            assert!(!may_begin(text), "{text}");
        }
    }
}
