//! What each character means to the normaliser: one lookup, no branching on blocks.
//!
//! Rules and their sources are in the parent module's table.

use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// What a character is, after folding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// Leaves no trace; a word goes on across it.
    Delete,
    /// Ends a word.
    Space,
    /// Ends a word and a line.
    Newline,
    /// Punctuation, symbols, emoji: end a word.
    Separator,
    /// A letter of a script with look-alikes elsewhere.
    Latin,
    /// As `Latin`.
    Cyrillic,
    /// As `Latin`.
    Greek,
    /// Any other letter or kept mark.
    Other,
    /// A character that is a word by itself (Han, kana).
    Single,
    /// `0` to `9` after folding.
    Digit,
    /// Inside a word: no trace; elsewhere a separator.
    Apostrophe,
    /// `. , : / -`: joins digits, ends words, and may start a link.
    Joint,
    /// `@`: mentions and addresses.
    At,
    /// `&`: HTML entities.
    Ampersand,
    /// `<`: HTML tags.
    Tag,
    /// Becomes several characters.
    Expand,
    /// A mark that may compose with what stands before it: the text takes the slow path.
    Compose,
    /// U+20E3: takes the digit before it along.
    Keycap,
}

impl Kind {
    /// Whether it stands in a word as it is.
    #[inline]
    pub(super) fn is_letter(self) -> bool {
        matches!(self, Self::Latin | Self::Cyrillic | Self::Greek | Self::Other | Self::Digit)
    }
}

/// A kind and the folded code point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// Folded code point; 0 where the kind leaves none.
    pub(super) code: u32,
}

const BMP: usize = 0x1_0000;

/// Packed entries of the basic plane: `code | kind << 24`.
static TABLE: LazyLock<Box<[Entry]>> = LazyLock::new(|| {
    (0..BMP as u32)
        .map(|code| char::from_u32(code).map_or(SEPARATOR, classify))
        .collect::<Vec<_>>()
        .into_boxed_slice()
});

const SEPARATOR: Entry = Entry { kind: Kind::Separator, code: 0 };
const DELETE: Entry = Entry { kind: Kind::Delete, code: 0 };

/// The table, resolved once a text.
#[derive(Clone, Copy)]
pub(super) struct Table {
    basic: &'static [Entry],
}

impl Table {
    pub(super) fn get() -> Self {
        Self { basic: &TABLE }
    }

    #[inline]
    pub(super) fn entry(self, c: char) -> Entry {
        match self.basic.get(c as usize) {
            Some(entry) => *entry,
            None => beyond_basic(c),
        }
    }
}

fn beyond_basic(c: char) -> Entry {
    // Emoji and pictographs are nearly all that occurs here.
    if matches!(c as u32, 0x1_F000..=0x1_FAFF) && c.nfkc().eq(std::iter::once(c)) {
        return SEPARATOR;
    }
    classify(c)
}

/// Invisible characters, tatweel, harakat and Quranic marks.
fn is_deleted(c: char) -> bool {
    matches!(c as u32,
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0x206A..=0x206F
        | 0x061C | 0xFEFF | 0x00AD | 0x034F | 0x180E | 0xFE00..=0xFE0F | 0xE_0000..=0xE_01EF
        | 0x0640 | 0x064B..=0x0653 | 0x0655..=0x065F | 0x0670
        | 0x0610..=0x061A | 0x06D6..=0x06ED | 0x08D3..=0x08FF
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7)
        // U+06DD, U+06DE, U+06E9 are signs, not marks, but stand in Quranic text only.
        && !matches!(c as u32, 0x06EE..=0x06EF)
}

fn classify(c: char) -> Entry {
    if is_deleted(c) {
        return DELETE;
    }
    if let Some(kind) = special(c) {
        return Entry { kind, code: c as u32 };
    }
    if c.is_whitespace() {
        return Entry { kind: Kind::Space, code: 0 };
    }
    if canonical_combining_class(c) != 0 || is_nfkc_quick(std::iter::once(c)) == IsNormalized::Maybe
    {
        return Entry { kind: Kind::Compose, code: kept_mark(c) };
    }
    let mut composed = c.nfkc();
    let Some(first) = composed.next() else { return SEPARATOR };
    if composed.next().is_none() {
        return fold(first);
    }
    let worded = c.nfkc().any(char::is_alphanumeric);
    if worded { Entry { kind: Kind::Expand, code: c as u32 } } else { SEPARATOR }
}

/// A mark that stays when nothing composes with it: 0 for those of Latin, Cyrillic and Greek
/// (stacked marks are decoration or evasion), for Hebrew points and for hamza above.
fn kept_mark(c: char) -> u32 {
    let dropped = matches!(c as u32,
        0x0300..=0x036F | 0x0483..=0x0489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
        | 0xFE20..=0xFE2F | 0x0654 | 0x0711 | 0x0730..=0x074A);
    if dropped { 0 } else { c as u32 }
}

fn special(c: char) -> Option<Kind> {
    Some(match c {
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Kind::Newline,
        '\'' | '\u{2019}' | '\u{02BC}' | '\u{2018}' | '\u{02BB}' | '\u{FF07}' => Kind::Apostrophe,
        '.' | ',' | ':' | '/' | '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}'
        | '\u{2212}' | '\u{066B}' | '\u{066C}' | '\u{FF0E}' | '\u{FF0C}' | '\u{FF1A}'
        | '\u{060C}' => Kind::Joint,
        '@' | '\u{FF20}' => Kind::At,
        '&' => Kind::Ampersand,
        '<' => Kind::Tag,
        '\u{20E3}' => Kind::Keycap,
        '\u{FDFC}' | '\u{FDFD}' => Kind::Expand,
        _ => return None,
    })
}

/// What an expanding character becomes: NFKC, and the two ligatures that NFKC leaves alone
/// (CAMeL tools, `normalize_unicode`).
pub(super) fn expansion(c: char) -> Expansion {
    match c {
        '\u{FDFD}' => Expansion::Phrase("بسم الله الرحمن الرحيم".chars()),
        '\u{FDFC}' => Expansion::Phrase("ريال".chars()),
        _ => Expansion::Composed(Box::new(c.nfkc())),
    }
}

/// The characters of an expansion.
pub(super) enum Expansion {
    Phrase(std::str::Chars<'static>),
    Composed(Box<unicode_normalization::Recompositions<std::option::IntoIter<char>>>),
}

impl Iterator for Expansion {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Phrase(chars) => chars.next(),
            Self::Composed(chars) => chars.next(),
        }
    }
}

/// Letter folding after NFKC.
fn fold(c: char) -> Entry {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let code = fold_letter(lower) as u32;
    let kind = match code {
        0x30..=0x39 => Kind::Digit,
        0x61..=0x7A | 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x24F | 0x1E00..=0x1EFF => Kind::Latin,
        0x0400..=0x0482 | 0x048A..=0x052F => Kind::Cyrillic,
        0x0370..=0x0373 | 0x0376..=0x037D | 0x0386 | 0x0388..=0x03FF | 0x1F00..=0x1FFF => {
            Kind::Greek
        }
        0x3041..=0x30FA | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0x2_0000..=0x3_FFFF => Kind::Single,
        _ if lower.is_alphanumeric() || is_combining_mark(lower) => Kind::Other,
        _ => return special(c).map_or(SEPARATOR, |kind| Entry { kind, code: c as u32 }),
    };
    Entry { kind, code }
}

fn fold_letter(c: char) -> char {
    match c {
        // Alef with madda, hamza or wasla (Lucene ArabicNormalizer; wasla: CAMeL tools).
        '\u{0622}' | '\u{0623}' | '\u{0625}' | '\u{0671}' | '\u{0672}' | '\u{0673}' => '\u{0627}',
        // Alef maksura, Persian yeh, yeh barree (Lucene Arabic and PersianNormalizer).
        '\u{0649}' | '\u{06CC}' | '\u{06D2}' => '\u{064A}',
        // Keheh, swash kaf.
        '\u{06A9}' | '\u{06AA}' => '\u{0643}',
        // Teh marbuta (Lucene ArabicNormalizer), heh goal and its kin (PersianNormalizer).
        '\u{0629}' | '\u{06C0}' | '\u{06C1}' | '\u{06C2}' | '\u{06C3}' | '\u{06D5}'
        | '\u{06BE}' => '\u{0647}',
        // Arabic-Indic and extended Arabic-Indic digits.
        '\u{0660}'..='\u{0669}' => digit(c as u32 - 0x0660),
        '\u{06F0}'..='\u{06F9}' => digit(c as u32 - 0x06F0),
        'ё' => 'е',
        'ς' => 'σ',
        _ => c,
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}
