//! Values over time, one line each, named at its end.

use super::{Band, LEFT, Picture, Scale, WIDTH, band_names, bands, day_axis, ticks, value_axis};
use crate::format;
use crate::markup::put;

/// One line.
pub(crate) struct Track {
    pub(crate) name: String,
    pub(crate) class: String,
    /// Time in days (with fractions) and value, by time.
    pub(crate) points: Vec<(f64, f64)>,
    /// Nothing came after the last point although we looked: the channel was gone.
    pub(crate) dashed: bool,
}

const HEIGHT: f64 = 340.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 306.0;
/// Room for the names at the right.
const NAMES: f64 = 190.0;

/// Draws the lines.
pub(crate) fn draw(tracks: &[Track], marks: &[Band], title: &str) -> String {
    let points = || tracks.iter().flat_map(|track| track.points.iter().copied());
    let most = points().map(|(_, value)| value).fold(0.0, f64::max);
    let from = points().map(|(at, _)| at).fold(f64::INFINITY, f64::min);
    let to = points().map(|(at, _)| at).fold(f64::NEG_INFINITY, f64::max);
    let description = format!("{} channels, largest value {}", tracks.len(), format::number(most));
    let mut picture = Picture::new(HEIGHT, title, &description);
    if !from.is_finite() {
        return picture.finish();
    }
    let marks_up = ticks(most, 5);
    let across = Scale { from, to: to.max(from + 1.0), start: LEFT, end: WIDTH - NAMES };
    let up =
        Scale { from: 0.0, to: marks_up.last().copied().unwrap_or(1.0), start: BOTTOM, end: TOP };
    value_axis(&mut picture, &up, &marks_up, across.end);
    bands(&mut picture, marks, &across, [TOP - 14.0, BOTTOM]);
    band_names(&mut picture, marks, &across, TOP - 4.0);
    day_axis(&mut picture, &across, BOTTOM);
    for track in tracks {
        let places: Vec<String> = track
            .points
            .iter()
            .map(|(at, value)| format!("{:.1},{:.1}", across.at(*at), up.at(*value)))
            .collect();
        put!(
            picture.body(),
            "<polyline class=\"track {}\" points=\"{}\"/>",
            track.class,
            places.join(" ")
        );
        if let Some((at, value)) = track.points.last() {
            let tip = format!(
                "{}: {} on {}",
                track.name,
                format::number(*value),
                format::day(at.floor() as i64)
            );
            let class = if track.dashed { "stop" } else { track.class.as_str() };
            picture.dot(class, (across.at(*at), up.at(*value)), &tip);
        }
    }
    put_names(&mut picture, tracks, (&across, &up));
    picture.finish()
}

/// Names beside the ends, pushed apart so that none covers another.
fn put_names(picture: &mut Picture, tracks: &[Track], (across, up): (&Scale, &Scale)) {
    let mut ends: Vec<(f64, f64, &Track)> = tracks
        .iter()
        .filter_map(|track| {
            let (at, value) = track.points.last()?;
            Some((up.at(*value), across.at(*at), track))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let lowest = BOTTOM - 8.0;
    let mut places: Vec<f64> = Vec::new();
    for (y, ..) in &ends {
        let floor = places.last().map_or(TOP, |last| last + 16.0);
        places.push(y.max(floor));
    }
    let mut ceiling = lowest;
    for place in places.iter_mut().rev() {
        *place = place.min(ceiling);
        ceiling = *place - 16.0;
    }
    for ((y, x, track), place) in ends.iter().zip(places) {
        let name: String = track.name.chars().take(25).collect();
        let start = WIDTH - NAMES + 16.0;
        picture.line(&format!("leader {}", track.class), [x + 6.0, *y, start - 3.0, place]);
        picture.label(&format!("row {}", track.class), (start, place + 4.0), &name);
    }
}
