//! Dates, times and issue numbers in a channel's frame: they change from post to post while the
//! frame stays ("Harbour News No. 1024, 24.05.2024").
//!
//! A number is one of them by its form (`12:17`, `24.05`, `2024-05-24`, a year), beside the name of
//! a month, or behind "No.". Other figures are left what they are: a frame with a changing figure
//! of another kind is a bulletin.

use std::sync::OnceLock;

use hashbrown::HashSet;

use crate::normalise::{Scanner, Token, TokenKind, is_digit};

/// A line or run of more words and numbers is none of a frame for its dates: a frame says whose post
/// it is and when, a bulletin says more ("high water is at 6:54 and at 19:12, height 3.05 metres").
pub(crate) const DATED_WORDS_MAX: usize = 12;

/// Stands for a date in hashes of lines and runs.
const DATE: [u32; 1] = [0x11_0000];

/// Months as they stand in dates, normalised: English, Russian, Ukrainian, Arabic (both calendars'
/// names), Persian.
const MONTHS: &str = "january february march april may june july august september october november \
    december jan feb mar apr jun jul aug sep sept oct nov dec \
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря \
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня \
    يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر \
    شباط اذار نيسان ايار حزيران تموز اب ايلول فروردين ارديبهشت خرداد تير مرداد شهريور مهر ابان اذر \
    دي بهمن اسفند";

/// The code points of a token, or one that stands for all dates.
pub(crate) fn undated<'a>(scanner: &'a Scanner, tokens: &[Token], place: usize) -> &'a [u32] {
    let Some(token) = tokens.get(place) else { return &[] };
    if is_date(scanner, tokens, place) { &DATE } else { scanner.token_codes(token) }
}

/// Whether a token is a date or part of one.
pub(crate) fn is_date(scanner: &Scanner, tokens: &[Token], place: usize) -> bool {
    let Some(token) = tokens.get(place) else { return false };
    let near = |place: Option<usize>| {
        place.and_then(|place| tokens.get(place)).filter(|other| other.line == token.line)
    };
    let (before, after) = (near(place.checked_sub(1)), near(place.checked_add(1)));
    let is = |other: Option<&Token>, kind: TokenKind, what: fn(&[u32]) -> bool| {
        other.is_some_and(|other| other.kind == kind && what(scanner.token_codes(other)))
    };
    let codes = || scanner.token_codes(token);
    let (number, word) = (TokenKind::Number, TokenKind::Word);
    match token.kind {
        TokenKind::Number => {
            has_form(codes())
                || is_day(codes()) && (is(before, word, is_month) || is(after, word, is_month))
                || is(before, word, is_number_sign)
        }
        TokenKind::Word => {
            (is(before, number, is_day) || is(after, number, is_day)) && is_month(codes())
        }
        TokenKind::Link | TokenKind::Mention => false,
    }
}

/// Times, dates and years by their form.
fn has_form(codes: &[u32]) -> bool {
    if !codes.iter().all(|code| is_digit(*code) || *code == u32::from(b'.')) {
        return false;
    }
    let mut lengths = [0usize; 4];
    let mut parts = 0;
    for part in codes.split(|code| *code == u32::from(b'.')) {
        let Some(slot) = lengths.get_mut(parts) else { return false };
        *slot = part.len();
        parts += 1;
    }
    let century = |at: usize| {
        let start = codes.get(at..at + 2).unwrap_or(&[]);
        start == [0x31, 0x39] || start == [0x32, 0x30]
    };
    match lengths {
        [4, 0, 0, 0] => parts == 1 && century(0),
        [1..=2, 2, 0, 0] | [1..=2, 1..=2, 2 | 4, 0] | [4, 1..=2, 1..=2, 0] => true,
        _ => false,
    }
}

fn is_day(codes: &[u32]) -> bool {
    (1..=2).contains(&codes.len()) && codes.iter().all(|code| is_digit(*code))
}

/// What stands before the number of an issue, normalised; "№" is "no".
const NUMBER_SIGNS: [&str; 8] =
    ["no", "issue", "edition", "выпуск", "номер", "випуск", "رقم", "العدد"];

fn is_number_sign(codes: &[u32]) -> bool {
    let is = |sign: &&str| sign.chars().map(u32::from).eq(codes.iter().copied());
    NUMBER_SIGNS.iter().any(is)
}

fn is_month(codes: &[u32]) -> bool {
    static NAMES: OnceLock<HashSet<Vec<u32>>> = OnceLock::new();
    const LONGEST: usize = 9;
    let names = || MONTHS.split_whitespace().map(|name| name.chars().map(u32::from).collect());
    codes.len() <= LONGEST && NAMES.get_or_init(|| names().collect()).contains(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(text: &str) -> Vec<bool> {
        let mut scanner = Scanner::default();
        scanner.scan(text);
        (0..scanner.tokens.len()).map(|place| is_date(&scanner, &scanner.tokens, place)).collect()
    }

    #[test]
    fn dates_times_and_issue_numbers_are_told_from_figures() {
        assert_eq!(dates("News No. 1024, 24.05.2024, 12:17"), [false, false, true, true, true]);
        assert_eq!(dates("LEEDS, 24 May (Desk)"), [false, true, true, false]);
        assert_eq!(dates("Минск, 3 августа 2024"), [false, true, true, true]);
        assert_eq!(dates("بيروت 12 أغسطس"), [false, true, true]);
        assert_eq!(dates("wind 5 m/s, 2:1, 5.4 and 1200"), [false; 8]);
        assert_eq!(dates("النشرة رقم 310"), [false, false, true]);
        assert_eq!(dates("Выпуск 12"), [false, true]);
        assert_eq!(dates("you may go"), [false; 3]);
    }
}
