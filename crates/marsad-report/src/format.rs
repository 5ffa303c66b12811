//! Numbers and times as a reader wants them.

use marsad_types::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// 27,543
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 channel", "9 channels".
pub(crate) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(number))
}

/// 95.7 % without a needless decimal.
pub(crate) fn share(share: f64) -> String {
    let percent = share * 100.0;
    let edge = percent > 0.0 && percent < 0.1;
    let near_all = percent < 100.0 && percent > 99.9;
    match (edge, near_all) {
        (true, _) => "below 0.1 %".to_owned(),
        (_, true) => "above 99.9 %".to_owned(),
        _ => {
            format!("{} %", decimal(percent, usize::from(!(10.0..=99.0).contains(&percent))))
        }
    }
}

/// A number with at most so many decimals.
pub(crate) fn decimal(number: f64, places: usize) -> String {
    let written = format!("{number:.places$}");
    let trimmed = if written.contains('.') {
        written.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        written
    };
    match trimmed.strip_prefix('-') {
        Some("0") => "0".to_owned(),
        Some(positive) => format!("−{positive}"),
        None => trimmed,
    }
}

/// Any number: grouped when large, two decimals when small.
pub(crate) fn number(number: f64) -> String {
    if number.abs() >= 1000.0 {
        let sign = if number < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(number.abs().round() as u64));
    }
    decimal(number, if number.abs() < 10.0 { 2 } else { 1 })
}

/// A span of time: 60 s, 12 min, 3.5 h, 2 d.
pub(crate) fn span(seconds: f64) -> String {
    let size = seconds.abs();
    let (value, unit) = if size < 120.0 {
        (seconds, "s")
    } else if size < 7200.0 {
        (seconds / 60.0, "min")
    } else if size < 172_800.0 {
        (seconds / 3600.0, "h")
    } else {
        (seconds / 86_400.0, "d")
    };
    format!("{} {unit}", decimal(value, 1))
}

/// p = 0.03, p = 2.1 × 10⁻²⁷.
pub(crate) fn probability(name: &str, p: f64) -> String {
    if p >= 0.001 {
        return format!("{name} = {}", decimal(p, 3));
    }
    if p <= 0.0 {
        return format!("{name} below 10⁻³⁰⁰");
    }
    let exponent = p.log10().floor() as i32;
    let power: String = exponent.to_string().chars().map(superscript).collect();
    format!("{name} = {} × 10{power}", decimal(p / 10f64.powi(exponent), 1))
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => {
            char::from_u32(0x2070 + u32::from(digit) - u32::from('0')).unwrap_or('·')
        }
        other => other,
    }
}

/// 30 Nov 2019, 17:55 (UTC is said once on the page).
pub(crate) fn moment(at: Timestamp) -> String {
    let seconds = at.0.div_euclid(1000).rem_euclid(86_400);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let tail = if second == 0 { String::new() } else { format!(":{second:02}") };
    format!("{}, {hour:02}:{minute:02}{tail}", day(at.day()))
}

/// 30 Nov 2019.
pub(crate) fn day(day: i64) -> String {
    match civil(day) {
        Some((year, month, date)) => format!("{date} {} {year}", month_name(month)),
        None => Timestamp::day_name(day),
    }
}

/// 30 Nov.
pub(crate) fn short_day(day: i64) -> String {
    civil(day).map_or_else(String::new, |(_, month, date)| format!("{date} {}", month_name(month)))
}

/// Year, month and date of a day number.
pub(crate) fn civil(day: i64) -> Option<(i64, usize, i64)> {
    let written = Timestamp::day_name(day);
    let mut parts = written.rsplitn(3, '-');
    let date = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    Some((parts.next()?.parse().ok()?, month, date))
}

pub(crate) fn month_name(month: usize) -> &'static str {
    month.checked_sub(1).and_then(|nth| MONTHS.get(nth)).copied().unwrap_or("")
}

/// The platform's own spelling, where we know it.
pub(crate) fn platform(name: &str) -> &str {
    match name {
        "telegram" => "Telegram",
        "tamtam" => "TamTam",
        "max" => "MAX",
        "matrix" => "Matrix",
        "rocketchat" => "Rocket.Chat",
        "twitter" => "Twitter",
        "discord" => "Discord",
        other => other,
    }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_a_newspaper() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(
            [share(0.957), share(0.05), share(1.0), share(0.0)],
            ["96 %", "5 %", "100 %", "0 %"]
        );
        assert_eq!(share(0.9996), "above 99.9 %");
        assert_eq!(
            [span(60.0), span(-90.0), span(600.0), span(90_000.0)],
            ["60 s", "−90 s", "10 min", "25 h"]
        );
        assert_eq!(probability("p", 2.1e-27), "p = 2.1 × 10⁻²⁷");
        assert_eq!(probability("q", 0.03125), "q = 0.031");
        assert_eq!(number(-0.001), "0");
    }

    #[test]
    fn times_read_as_in_a_newspaper() {
        let at: Timestamp = "2019-11-30T17:55:00Z".parse().unwrap();
        assert_eq!(moment(at), "30 Nov 2019, 17:55");
        assert_eq!(moment(Timestamp(at.0 + 3000)), "30 Nov 2019, 17:55:03");
        assert_eq!(short_day(at.day()), "30 Nov");
    }
}
