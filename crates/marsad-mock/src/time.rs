//! How the platforms write instants, and values that change with time.

/// `2026-11-22T11:43:20+00:00`, the seconds that t.me shows.
pub(crate) fn seconds_with_offset(ms: i64) -> String {
    strftime(ms, "%Y-%m-%dT%H:%M:%S+00:00")
}

/// `2026-11-22T11:43:20.130Z`, as JavaScript's `toISOString`.
pub(crate) fn iso_ms(ms: i64) -> String {
    strftime(ms, "%Y-%m-%dT%H:%M:%S.%3fZ")
}

/// `11:43`.
pub(crate) fn hour_minute(ms: i64) -> String {
    strftime(ms, "%H:%M")
}

fn strftime(ms: i64, pattern: &str) -> String {
    // Outside the years -9999..9999 there is no date; a mock's caller then sees 1970.
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().strftime(pattern).to_string()
}

/// Milliseconds of an ISO 8601 instant.
pub(crate) fn parse_iso(written: &str) -> Option<i64> {
    written.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// Values with the instant from which each holds.
#[derive(Debug, Clone)]
pub(crate) struct Timeline<T>(Vec<(i64, T)>);

impl<T: Clone> Timeline<T> {
    pub(crate) fn new(at_ms: i64, value: T) -> Self {
        Self(vec![(at_ms, value)])
    }

    /// Lets a value hold from an instant on; of two at one instant the later set wins.
    pub(crate) fn set(&mut self, at_ms: i64, value: T) {
        let place = self.0.partition_point(|(at, _)| *at <= at_ms);
        self.0.insert(place, (at_ms, value));
    }

    /// The value at an instant; before the first, the first.
    pub(crate) fn at(&self, now_ms: i64) -> Option<&T> {
        let place = self.0.partition_point(|(at, _)| *at <= now_ms).max(1);
        self.0.get(place - 1).map(|(_, value)| value)
    }

    /// How often it changed up to an instant, and when last.
    pub(crate) fn changes(&self, now_ms: i64) -> (usize, Option<i64>) {
        let place = self.0.partition_point(|(at, _)| *at <= now_ms).max(1);
        (place - 1, self.0.get(place - 1).map(|(at, _)| *at))
    }

    pub(crate) fn all(&self) -> &[(i64, T)] {
        &self.0
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_platforms_write_them() {
        assert_eq!(seconds_with_offset(1_795_400_000_999), "2026-11-23T02:13:20+00:00");
        assert_eq!(iso_ms(1_795_400_000_130), "2026-11-23T02:13:20.130Z");
        assert_eq!(iso_ms(1_795_400_000_000), "2026-11-23T02:13:20.000Z");
        assert_eq!(parse_iso("2026-11-23T02:13:20.130Z"), Some(1_795_400_000_130));
        assert_eq!(parse_iso("yesterday"), None);
    }

    #[test]
    fn a_timeline_shows_what_holds_at_an_instant() {
        let mut title = Timeline::new(10, "a");
        title.set(30, "c");
        title.set(20, "b");
        let seen: Vec<_> = [5, 10, 25, 99].iter().filter_map(|at| title.at(*at)).collect();
        assert_eq!(seen, [&"a", &"a", &"b", &"c"]);
        assert_eq!(title.changes(25), (1, Some(20)));
    }
}
