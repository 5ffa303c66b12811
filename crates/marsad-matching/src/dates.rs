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

/// The same for one with more hours and short dates ("24.05", "12:17"): a list of hours.
pub(crate) const HOURS_MAX: usize = 2;

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
pub(crate) fn undated(scanner: &Scanner, place: usize) -> &[u32] {
    standing(scanner, place, moving(scanner, place))
}

/// The same, where it is known what the token is of that which changes.
pub(crate) fn standing(scanner: &Scanner, place: usize, moves: Option<Moving>) -> &[u32] {
    let Some(token) = scanner.tokens.get(place) else { return &[] };
    if moves.is_some() { &DATE } else { scanner.token_codes(token) }
}

/// Whether a token is an hour or a short date, by its form.
pub(crate) fn is_hour(scanner: &Scanner, place: usize) -> bool {
    let Some(token) = scanner.tokens.get(place) else { return false };
    let codes = scanner.token_codes(token);
    token.kind == TokenKind::Number
        && codes.iter().filter(|code| **code == u32::from(b'.')).count() == 1
        && has_form(codes)
}

/// What changes in a frame from post to post.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Moving {
    /// A counter of the post ("51 views"), which moves with every look.
    Count,
    /// The number of an issue.
    Issue,
    /// A day, month, year or hour.
    Date,
}

/// What a token is of that which changes in a frame, if it is.
pub(crate) fn moving(scanner: &Scanner, place: usize) -> Option<Moving> {
    let tokens = &scanner.tokens;
    let token = tokens.get(place)?;
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
        TokenKind::Number if is(before, word, is_number_sign) => Some(Moving::Issue),
        TokenKind::Number => {
            let is_near = |kind, what| is(before, kind, what) || is(after, kind, what);
            let is_date = has_form(codes()) || is_day(codes()) && is_near(word, is_month);
            let is_count = || is_count(codes()) && is_near(word, is_counted);
            if is_date { Some(Moving::Date) } else { is_count().then_some(Moving::Count) }
        }
        TokenKind::Word => {
            let is_month =
                (is(before, number, is_day) || is(after, number, is_day)) && is_month(codes());
            is_month.then_some(Moving::Date)
        }
        TokenKind::Link | TokenKind::Mention => None,
    }
}

/// What changes most among some tokens.
pub(crate) fn most_moving(
    scanner: &Scanner,
    places: impl Iterator<Item = usize>,
) -> Option<Moving> {
    places.filter_map(|place| moving(scanner, place)).max()
}

/// Times, dates and years by their form and size: 81.44 is a rate.
fn has_form(codes: &[u32]) -> bool {
    let mut parts = [(0usize, 0u16); 4];
    for (place, part) in codes.split(|code| *code == u32::from(b'.')).enumerate() {
        let (Some(slot), Some(number)) = (parts.get_mut(place), number(part)) else { return false };
        *slot = (part.len(), number);
    }
    let is_year = |year: u16| (1900..2100).contains(&year);
    let is_day_of_month = |day: u16, month: u16| day <= 31 && month <= 12;
    let is_time = |hour: u16, minute: u16| hour < 24 && minute < 60;
    match parts {
        [(4, year), (0, _), ..] => is_year(year),
        [(1..=2, a), (2, b), (0, _), _] => is_time(a, b) || is_day_of_month(a, b),
        [(1..=2, a), (1..=2, b), (2 | 4, c), (0, _)] => {
            is_day_of_month(a, b) || is_day_of_month(b, a) || is_time(a, b) && c < 60
        }
        [(4, year), (1..=2, month), (1..=2, day), (0, _)] => {
            is_year(year) && is_day_of_month(day, month)
        }
        _ => false,
    }
}

/// A number of up to four digits.
fn number(digits: &[u32]) -> Option<u16> {
    let digit = |code: &u32| char::from_u32(*code).and_then(|c| c.to_digit(10));
    let add = |sum: u16, code: &u32| Some(sum * 10 + u16::try_from(digit(code)?).ok()?);
    (1..=4).contains(&digits.len()).then(|| digits.iter().try_fold(0, add)).flatten()
}

/// The minute of the day that some tokens name as an hour ("22.03 20:10").
pub(crate) fn clock<'a>(
    (text, scanner): (&str, &Scanner),
    mut tokens: impl Iterator<Item = &'a Token>,
) -> Option<u16> {
    tokens.find_map(|token| {
        let written = text.get(token.source_start as usize..token.source_end as usize)?;
        let is_hour = written.contains(':') && has_form(scanner.token_codes(token));
        is_hour.then(|| minute(scanner.token_codes(token))).flatten()
    })
}

/// The minute of the day of an hour, normalised ("20.10").
fn minute(codes: &[u32]) -> Option<u16> {
    let (hour, minute) = match codes {
        [hour @ .., point, tens, ones] if *point == u32::from(b'.') => {
            (number(hour)?, number(&[*tens, *ones])?)
        }
        _ => return None,
    };
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The first number of an issue among some tokens.
pub(crate) fn issue(scanner: &Scanner, mut places: impl Iterator<Item = usize>) -> Option<u32> {
    let is_issue = |place: &usize| moving(scanner, *place) == Some(Moving::Issue);
    let token = scanner.tokens.get(places.find(is_issue)?)?;
    let digit = |code: &u32| char::from_u32(*code).and_then(|c| c.to_digit(10));
    let add = |sum: u32, code: &u32| sum.checked_mul(10)?.checked_add(digit(code)?);
    scanner.token_codes(token).iter().try_fold(0, add)
}

fn is_day(codes: &[u32]) -> bool {
    (1..=2).contains(&codes.len()) && codes.iter().all(|code| is_digit(*code))
}

/// What stands before the number of an issue, normalised; "№" is "no".
const NUMBER_SIGNS: [&str; 8] =
    ["no", "issue", "edition", "выпуск", "номер", "випуск", "رقم", "العدد"];

/// Whether a text may hold the number of an issue, before it is read.
pub(crate) fn may_hold_issue(text: &str) -> bool {
    let is_sign = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is = |sign: &&str| word.len() == sign.len() && word.to_lowercase() == **sign;
        NUMBER_SIGNS.iter().any(is)
    };
    text.contains('№') || text.split_whitespace().any(is_sign)
}

fn is_number_sign(codes: &[u32]) -> bool {
    let is = |sign: &&str| sign.chars().map(u32::from).eq(codes.iter().copied());
    NUMBER_SIGNS.iter().any(is)
}

/// What the counters of a post count, normalised: they move with every look.
const COUNTED: &str = "view views read reads like likes share shares repost reposts comment comments \
    просмотр просмотра просмотров лайк лайка лайков репост репоста репостов комментарий комментария \
    комментариев перегляд переглядів مشاهده مشاهدات اعجاب اعجابات تعليق تعليقات مشاركه مشاركات";

fn is_count(codes: &[u32]) -> bool {
    codes.len() <= 9 && codes.iter().all(|code| is_digit(*code) || *code == u32::from(b'.'))
}

fn is_counted(codes: &[u32]) -> bool {
    static WORDS: OnceLock<HashSet<Vec<u32>>> = OnceLock::new();
    WORDS.get_or_init(|| words(COUNTED)).contains(codes)
}

fn words(list: &str) -> HashSet<Vec<u32>> {
    list.split_whitespace().map(|word| word.chars().map(u32::from).collect()).collect()
}

fn is_month(codes: &[u32]) -> bool {
    static NAMES: OnceLock<HashSet<Vec<u32>>> = OnceLock::new();
    const LONGEST: usize = 9;
    codes.len() <= LONGEST && NAMES.get_or_init(|| words(MONTHS)).contains(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(text: &str) -> Vec<bool> {
        let mut scanner = Scanner::default();
        scanner.scan(text);
        (0..scanner.tokens.len()).map(|place| moving(&scanner, place).is_some()).collect()
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
        assert_eq!(dates("👁 1204 views"), [true, false]);
        assert_eq!(dates("51 مشاهدة"), [true, false]);
        assert_eq!(dates("51 cars"), [false; 2]);
        assert_eq!(
            dates("81.44 20,85 24.05.2024 13/5/24 23:59 24:61"),
            [false, false, true, true, true, false]
        );
    }

    #[test]
    fn an_hour_is_read_in_any_digits_and_a_date_is_none() {
        let read = |text: &str| {
            let mut scanner = Scanner::default();
            scanner.scan(text);
            clock((text, &scanner), scanner.tokens.iter())
        };
        assert_eq!(read("22.03 20:10"), Some(20 * 60 + 10));
        assert_eq!(read("desk | 07:25"), Some(7 * 60 + 25));
        assert_eq!(read("٢٢.٠٣ ٠٩:٠٥"), Some(9 * 60 + 5));
        assert_eq!(read("22.03"), None);
        assert_eq!(read("match 31:70"), None);
    }
}
