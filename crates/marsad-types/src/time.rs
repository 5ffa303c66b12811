//! Instants and how coarse they are.

use std::fmt;
use std::str::FromStr;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A time that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time; write 2019-11-30T17:55:00Z or 2019-11-30")]
pub struct TimeError(pub String);

impl Timestamp {
    /// One day in milliseconds.
    pub const DAY_MS: i64 = 86_400_000;

    /// From whole seconds.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole days since 1970-01-01, rounded down.
    pub fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY_MS)
    }

    /// `2019-12-01` of a day number from [`Timestamp::day`].
    pub fn day_name(day: i64) -> String {
        let written = Self(day * Self::DAY_MS).to_string();
        written.split_once('T').map_or(written.clone(), |(date, _)| date.to_owned())
    }

    /// `2019-12` of this instant, the lake's partition.
    pub fn month_name(self) -> String {
        let day = Self::day_name(self.day());
        day.rsplit_once('-').map_or(day.clone(), |(month, _)| month.to_owned())
    }

    /// Reads a time at the start of a window (`end` false) or at its end (`end` true).
    ///
    /// A bare date as an end includes that day; everything else is the instant itself.
    ///
    /// # Errors
    /// [`TimeError`] when it is neither RFC 3339 nor a date.
    pub fn parse_bound(written: &str, end: Bound) -> Result<Self, TimeError> {
        let start: Self = written.parse()?;
        let is_date = written.len() == 10;
        Ok(if is_date && end == Bound::End { Self(start.0 + Self::DAY_MS) } else { start })
    }
}

/// Which end of a window a time stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// Included.
    Start,
    /// Excluded; a bare date means the end of that day.
    End,
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{}ms", self.0), // outside the years -9999..9999: still printed, never a panic
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    /// Reads RFC 3339, the same with a space or without a zone (then UTC), or a bare date.
    fn from_str(written: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError(written.to_owned());
        let trimmed = written.trim();
        if let Some(quick) = parse_plain(trimmed.as_bytes()) {
            return Ok(quick);
        }
        if let Ok(instant) = trimmed.parse::<jiff::Timestamp>() {
            return Ok(Self(instant.as_millisecond()));
        }
        let civil = trimmed.parse::<jiff::civil::DateTime>().ok();
        let zoned = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok());
        zoned.map(|zoned| Self(zoned.timestamp().as_millisecond())).ok_or_else(wrong)
    }
}

/// The common shapes without a zone or with `Z`, read without a general parser:
/// `YYYY-MM-DD`, then optionally `T` or space, `HH:MM`, `:SS`, `Z`.
fn parse_plain(b: &[u8]) -> Option<Timestamp> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        b.get(range)?
            .iter()
            .try_fold(0i64, |n, d| d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0')))
    };
    let at = |i: usize, wanted: &[u8]| b.get(i).is_some_and(|c| wanted.contains(c));
    if !at(4, b"-") || !at(7, b"-") {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let mut seconds = 0;
    let mut end = 10;
    if b.len() > 10 {
        if !at(10, b"T ") || !at(13, b":") {
            return None;
        }
        let (hour, minute) = (number(11..13)?, number(14..16)?);
        end = 16;
        let mut second = 0;
        if at(16, b":") {
            second = number(17..19)?;
            end = 19;
        }
        if at(end, b"Z") {
            end += 1;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        seconds = hour * 3600 + minute * 60 + second;
    }
    if end != b.len() || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    Some(Timestamp((days_from_civil(year, month, day) * 86_400 + seconds) * 1000))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// How coarse a platform's clock is: time `t` with resolution `r` means the interval [t, t+r).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Resolution {
    /// Milliseconds.
    pub ms: u32,
}

impl Resolution {
    /// What holds when nothing is stated.
    pub const DEFAULT: Self = Self { ms: 1000 };
    /// A clock that shows minutes.
    pub const MINUTE: Self = Self { ms: 60_000 };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(written: &str, expected: Option<&str>) {
        let read = written.parse::<Timestamp>().ok().map(|t| t.to_string());
        assert_eq!(read.as_deref(), expected, "{written}");
    }

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        check("2019-11-30T17:55:00Z", Some("2019-11-30T17:55:00Z"));
        check("2019-11-30T18:55:00+01:00", Some("2019-11-30T17:55:00Z"));
        check("2019-11-30 17:55", Some("2019-11-30T17:55:00Z"));
        check("2019-11-30 17:55:07", Some("2019-11-30T17:55:07Z"));
        check("2019-11-30T17:55:07.250Z", Some("2019-11-30T17:55:07.25Z"));
        check("2019-11-30", Some("2019-11-30T00:00:00Z"));
        check("2016-02-29", Some("2016-02-29T00:00:00Z"));
        for wrong in ["", "2019-02-29", "2019-13-01", "yesterday", "2019-11-30T25:00:00Z", "17:55"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn a_date_as_an_end_includes_that_day() {
        let end = Timestamp::parse_bound("2019-11-30", Bound::End).unwrap();
        assert_eq!(end.to_string(), "2019-12-01T00:00:00Z");
        assert_eq!(end.month_name(), "2019-12");
        assert_eq!(Timestamp::day_name(end.day()), "2019-12-01");
    }

    proptest! {
        #[test]
        fn the_quick_reader_agrees_with_the_general_one(seconds in -62_000_000_000i64..250_000_000_000) {
            let time = Timestamp::from_seconds(seconds);
            let written = time.to_string();
            let general = written.parse::<jiff::Timestamp>().unwrap().as_millisecond();
            prop_assert_eq!(written.parse::<Timestamp>().unwrap().0, general);
        }

        #[test]
        fn any_text_is_read_or_refused(written in "\\PC*") {
            drop(written.parse::<Timestamp>());
        }
    }
}
