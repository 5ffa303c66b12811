//! The one place that reads the clock.

use marsad_types::Timestamp;

/// Now, UTC.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// Starts measuring how long something takes.
pub(crate) fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}
