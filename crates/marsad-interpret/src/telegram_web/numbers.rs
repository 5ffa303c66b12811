//! Numbers as Telegram's pages show them: whole, or rounded with a letter.

/// What a shown number may stand for, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Shown {
    /// The number, when the page shows it whole.
    pub(super) fn exact(self) -> Option<u64> {
        (self.min == self.max).then_some(self.min)
    }
}

/// Below this a number is shown whole.
const ROUNDED_FROM: u64 = 1000;

/// Reads `812`, `15 230`, `12.5K` (12450 to 12549), `1.25M`; half of the last digit shown either
/// way. `None` where it is no such number.
pub(super) fn shown(written: &str) -> Option<Shown> {
    let plain: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let (digits, unit) = match plain.chars().last()? {
        'K' | 'k' => (plain.trim_end_matches(['K', 'k']), 1_000),
        'M' | 'm' => (plain.trim_end_matches(['M', 'm']), 1_000_000),
        'B' | 'b' => (plain.trim_end_matches(['B', 'b']), 1_000_000_000),
        _ => (plain.as_str(), 1),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && is_number(whole) && is_number(part) && part.len() <= 3;
    if !fits || (unit == 1 && !part.is_empty()) || digits.ends_with('.') {
        return None;
    }
    let step = unit / 10u64.pow(part.len() as u32);
    let count: u64 = [whole, part].concat().parse().ok()?;
    let value = count.checked_mul(step)?;
    if unit == 1 || step < 2 {
        return Some(Shown { min: value, max: value });
    }
    let half = step / 2;
    let min = value.saturating_sub(half).max(ROUNDED_FROM);
    Some(Shown { min, max: value.checked_add(half - 1)?.max(min) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_rounded_number_is_an_interval() {
        let check = |written: &str, expected: Option<(u64, u64)>| {
            assert_eq!(shown(written).map(|s| (s.min, s.max)), expected, "{written}");
        };
        check("812", Some((812, 812)));
        check("0", Some((0, 0)));
        check("15\u{a0}230", Some((15_230, 15_230)));
        check("12.5K", Some((12_450, 12_549)));
        check("15.2K", Some((15_150, 15_249)));
        check("1.25M", Some((1_245_000, 1_254_999)));
        check("3.6K", Some((3_550, 3_649)));
        check("1K", Some((1_000, 1_499)));
        for wrong in [
            "",
            "K",
            ".5K",
            "12.K",
            "12.5",
            "1,2K",
            "-3",
            "1.2345K",
            "99999999999999999999",
            "99999999999999999M",
            "many",
        ] {
            check(wrong, None);
        }
    }

    proptest! {
        /// Rounded to the digits shown and read back, a number lies in its interval.
        #[test]
        fn a_number_lies_in_what_is_shown_of_it(number in 1_000u64..900_000_000, places in 0usize..=2) {
            let (unit, letter) = if number < 1_000_000 { (1e3, 'K') } else { (1e6, 'M') };
            let step = unit / 10f64.powi(places as i32);
            let count = (number as f64 / step + 0.5).floor() as u64;
            let scale = 10u64.pow(places as u32);
            let written = if places == 0 { format!("{count}{letter}") }
                else { format!("{}.{:0places$}{letter}", count / scale, count % scale) };
            let read = shown(&written).unwrap();
            prop_assert!(read.min <= number && number <= read.max, "{number} {written} {read:?}");
        }

        #[test]
        fn any_text_is_a_number_or_none(written in "\\PC*") {
            if let Some(read) = shown(&written) {
                prop_assert!(read.min <= read.max);
            }
        }
    }
}
