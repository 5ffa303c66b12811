//! When each copy of one statement appeared: a lane per platform, time after the first on a
//! logarithmic axis, because the first minutes matter as much as the days after.

use super::{Picture, Scale, WIDTH};
use crate::format;

/// One copy.
pub(crate) struct Copy<'a> {
    /// Position of its lane.
    pub(crate) lane: usize,
    /// Seconds after the first.
    pub(crate) after_s: f64,
    pub(crate) tip: &'a str,
}

/// A lane.
pub(crate) struct Lane {
    pub(crate) name: String,
    pub(crate) class: String,
}

const NAMES: f64 = 96.0;
const LANE: f64 = 24.0;
const MARKS: [(f64, &str); 9] = [
    (0.0, "first"),
    (60.0, "1 min"),
    (300.0, "5 min"),
    (1800.0, "30 min"),
    (10_800.0, "3 h"),
    (86_400.0, "1 d"),
    (604_800.0, "1 wk"),
    (2_592_000.0, "1 mo"),
    (31_536_000.0, "1 y"),
];

/// Draws the copies.
pub(crate) fn draw(lanes: &[Lane], copies: &[Copy<'_>], title: &str) -> String {
    let last = copies.iter().map(|copy| copy.after_s).fold(300.0, f64::max);
    let height = lanes.len() as f64 * LANE + 34.0;
    let description = format!("{} posts on {} platforms", copies.len(), lanes.len());
    let mut picture = Picture::new(height, title, &description);
    let scale = Scale { from: 0.0, to: stretched(last), start: NAMES + 14.0, end: WIDTH - 16.0 };
    let bottom = lanes.len() as f64 * LANE + 8.0;
    for (seconds, name) in MARKS.into_iter().filter(|(seconds, _)| *seconds <= last * 1.02) {
        let x = scale.at(stretched(seconds));
        picture.line("grid", [x, 4.0, x, bottom]);
        picture.label("tick middle", (x, bottom + 16.0), name);
    }
    for (nth, lane) in lanes.iter().enumerate() {
        let y = nth as f64 * LANE + 16.0;
        picture.label("row end", (NAMES, y + 4.0), &lane.name);
        picture.line("grid", [scale.start, y, scale.end, y]);
    }
    for copy in copies {
        let Some(lane) = lanes.get(copy.lane) else { continue };
        let y = copy.lane as f64 * LANE + 16.0;
        let class = format!("see {}", lane.class);
        picture.dot(
            &class,
            (scale.at(stretched(copy.after_s)), y),
            &format!("{} after: {}", format::span(copy.after_s), copy.tip),
        );
    }
    picture.finish()
}

/// Minutes near the start are as wide as days near the end.
fn stretched(seconds: f64) -> f64 {
    (1.0 + seconds.max(0.0) / 20.0).ln()
}
