//! When things happen in the article world.

use crate::line::{DAY, HOUR, MINUTE, Seconds};

/// Midnight UTC of a date (Howard Hinnant's `days_from_civil`).
pub(crate) const fn date(year: i64, month: i64, day: i64) -> Seconds {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) * DAY
}

/// First and last instant of the archive.
pub(crate) const FROM: Seconds = date(2018, 3, 15);
pub(crate) const TO: Seconds = date(2019, 12, 16);

/// The action days, end excluded.
pub(crate) const ACTION_FROM: Seconds = date(2019, 11, 21);
pub(crate) const ACTION_TO: Seconds = date(2019, 11, 23);

/// The new place opens.
pub(crate) const MOVE: Seconds = date(2019, 11, 29);

/// Nine affiliates on one day.
pub(crate) const NINE: Seconds = date(2019, 12, 1);

/// Channels are looked at daily from here.
pub(crate) const CLOSE_WATCH: Seconds = date(2019, 11, 10);

/// The statement that the story quotes: minute shown on the new place; a minute later on the old.
pub(crate) const FLAGSHIP: Seconds = date(2019, 11, 30) + 17 * HOUR + 55 * MINUTE;

/// New channels on the new place by day from [`MOVE`], the official one and the nine included.
pub(crate) const NEW_BY_DAY: [u64; 16] = [6, 5, 9, 5, 4, 3, 4, 2, 3, 2, 1, 2, 1, 1, 1, 0];

/// The earlier attempts: from, to (excluded).
pub(crate) const TAMTAM_2018: (Seconds, Seconds) = (date(2018, 4, 9), date(2018, 4, 24));
pub(crate) const MATRIX_2018: (Seconds, Seconds) = (date(2018, 11, 12), date(2019, 1, 20));
pub(crate) const ROCKETCHAT_2018: (Seconds, Seconds) = (date(2018, 12, 15), date(2019, 3, 10));
