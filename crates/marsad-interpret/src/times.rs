//! Times as tables write them: RFC 3339, unix seconds and milliseconds, or a strftime pattern.

use jiff::fmt::strtime;
use marsad_types::Timestamp;

use crate::json::shorten;

/// How the times of one column are read.
#[derive(Debug, Clone)]
pub(crate) enum TimeRule {
    /// RFC 3339, the same with a space or without a zone (UTC), a date, or a unix time.
    Auto,
    /// A pattern.
    Pattern(Pattern),
}

/// A strftime pattern; the numeric ones are also read by hand, because jiff's general reader
/// takes ten times as long.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    written: String,
    quick: Option<Vec<Token>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

impl TimeRule {
    /// The rule of a `--map-format`.
    ///
    /// # Errors
    /// The sentence says why the pattern cannot name an instant.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let rule = Pattern { quick: tokens(pattern), written: pattern.to_owned() };
        // A pattern is good if what it writes reads back as the same day.
        let sample = jiff::civil::date(2019, 11, 30).at(17, 55, 7, 0);
        let zoned = sample
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|error| format!("'{pattern}' cannot be tried: {error}"))?;
        let written = strtime::format(pattern, &zoned)
            .map_err(|error| format!("'{pattern}' is not a time pattern: {error}"))?;
        let day = rule.read(&written).map(Timestamp::day);
        if day != Some(zoned.timestamp().as_second().div_euclid(86_400)) {
            return Err(format!("'{pattern}' does not name a year, a month and a day"));
        }
        Ok(Self::Pattern(rule))
    }

    /// The instant, or the sentence that says what was expected.
    pub(crate) fn read(&self, written: &str) -> Result<Timestamp, String> {
        let trimmed = written.trim();
        match self {
            Self::Auto => read_auto(trimmed),
            Self::Pattern(pattern) => pattern.read(trimmed).ok_or_else(|| {
                format!("'{}' does not follow '{}'", shorten(trimmed), pattern.written)
            }),
        }
    }
}

impl Pattern {
    fn read(&self, written: &str) -> Option<Timestamp> {
        let quick = self.quick.as_ref().and_then(|tokens| read_tokens(tokens, written.as_bytes()));
        quick.or_else(|| self.read_general(written))
    }

    fn read_general(&self, written: &str) -> Option<Timestamp> {
        let parsed = strtime::parse(&self.written, written).ok()?;
        if let Ok(instant) = parsed.to_timestamp() {
            return Some(Timestamp(instant.as_millisecond()));
        }
        let civil = parsed
            .to_datetime()
            .or_else(|_no_clock| parsed.to_date().map(jiff::civil::DateTime::from))
            .ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }
}

/// A pattern of plain numbers as tokens; `None` where it has anything else.
fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let spelled =
        pattern.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%R", "%H:%M");
    let mut bytes = spelled.bytes();
    while let Some(byte) = bytes.next() {
        let token = match byte {
            b'%' => match bytes.next()? {
                b'Y' => Token::Year,
                b'm' => Token::Month,
                b'd' => Token::Day,
                b'H' => Token::Hour,
                b'M' => Token::Minute,
                b'S' => Token::Second,
                _ => return None,
            },
            _ => Token::Literal(byte),
        };
        tokens.push(token);
    }
    let count = |token: Token| tokens.iter().filter(|t| **t == token).count();
    let has_date = [Token::Year, Token::Month, Token::Day].into_iter().all(|t| count(t) == 1);
    let is_plain = [Token::Hour, Token::Minute, Token::Second].into_iter().all(|t| count(t) <= 1);
    (has_date && is_plain).then_some(tokens)
}

/// Reads the numbers by hand; `None` leaves the text to the general reader.
fn read_tokens(tokens: &[Token], written: &[u8]) -> Option<Timestamp> {
    let mut rest = written;
    let mut plain = *b"0000-00-00T00:00:00";
    for token in tokens {
        let (start, width) = match token {
            Token::Literal(byte) => {
                rest = rest.strip_prefix(std::slice::from_ref(byte))?;
                continue;
            }
            Token::Year => (0, 4),
            Token::Month => (5, 2),
            Token::Day => (8, 2),
            Token::Hour => (11, 2),
            Token::Minute => (14, 2),
            Token::Second => (17, 2),
        };
        let digits = rest.iter().take(width).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || (width == 4 && digits != 4) {
            return None;
        }
        let (number, after) = rest.split_at_checked(digits)?;
        plain.get_mut(start + width - digits..start + width)?.copy_from_slice(number);
        rest = after;
    }
    if !rest.is_empty() {
        return None;
    }
    std::str::from_utf8(&plain).ok()?.parse().ok()
}

/// Below this a unix time counts seconds (until the year 5138), from it on milliseconds.
const MILLISECONDS_FROM: f64 = 1e11;
/// Above this a number is no time that any platform has seen (year 5138 in milliseconds).
const MILLISECONDS_TO: f64 = 1e14;

fn read_auto(written: &str) -> Result<Timestamp, String> {
    if let Some(unix) = read_unix(written)? {
        return Ok(unix);
    }
    written.parse().map_err(|_not_a_time| {
        format!(
            "'{}' is not a time; expected RFC 3339, YYYY-MM-DD HH:MM[:SS] or unix time",
            shorten(written)
        )
    })
}

/// A unix time in seconds (fractions allowed) or milliseconds; `None` when it is no number.
pub(crate) fn read_unix(written: &str) -> Result<Option<Timestamp>, String> {
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let is_number = unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && unsigned.starts_with(|c: char| c.is_ascii_digit());
    if !is_number {
        return Ok(None);
    }
    let looks_like_date =
        written.len() == 8 && (written.starts_with("19") || written.starts_with("20"));
    if looks_like_date {
        return Err(format!("'{written}' may be a date or a unix time; name it with %Y%m%d"));
    }
    let shown = || format!("'{}' is not a unix time in seconds or milliseconds", shorten(written));
    if let Ok(whole) = written.parse::<i64>()
        && whole.unsigned_abs() < MILLISECONDS_FROM as u64
    {
        return Ok(Some(Timestamp::from_seconds(whole)));
    }
    let number: f64 = written.parse().map_err(|error| format!("{}: {error}", shown()))?;
    if number.abs() >= MILLISECONDS_TO {
        return Err(shown());
    }
    let in_seconds = number.abs() < MILLISECONDS_FROM;
    Ok(Some(Timestamp((if in_seconds { number * 1000.0 } else { number }).round() as i64)))
}
