//! Shares with their intervals, one line each, around one half; and how a pair's statements divide.

use super::{Picture, Scale, WIDTH};
use crate::format;

/// One line of the picture.
pub(crate) struct Estimate {
    pub(crate) name: String,
    pub(crate) share: f64,
    pub(crate) interval: (f64, f64),
    pub(crate) n: u64,
    pub(crate) class: String,
}

const ROW: f64 = 26.0;
const NAMES: f64 = 290.0;

/// Draws the estimates, in the order given.
pub(crate) fn draw(estimates: &[Estimate], title: &str) -> String {
    let height = estimates.len() as f64 * ROW + 50.0;
    let description = "a dot is the share of decided statements, the line its 95 % interval; \
                       the dashed line is one half";
    let mut picture = Picture::new(height, title, description);
    let scale = Scale { from: 0.0, to: 1.0, start: NAMES + 10.0, end: WIDTH - 130.0 };
    let bottom = height - 30.0;
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let x = scale.at(tick);
        picture.line(if tick == 0.5 { "half" } else { "grid" }, [x, 6.0, x, bottom]);
        picture.label("tick middle", (x, bottom + 18.0), &format::share(tick));
    }
    for (nth, estimate) in estimates.iter().enumerate() {
        let y = 20.0 + nth as f64 * ROW;
        let shown: String = if estimate.name.chars().count() > 46 {
            estimate.name.chars().take(45).chain(['…']).collect()
        } else {
            estimate.name.clone()
        };
        picture.label("row end", (NAMES, y + 4.0), &shown);
        let (low, high) = estimate.interval;
        picture.line("interval", [scale.at(low), y, scale.at(high), y]);
        let tip = format!(
            "{}: {} ({} to {}), n = {}",
            estimate.name,
            format::share(estimate.share),
            format::share(low),
            format::share(high),
            format::count(estimate.n)
        );
        picture.dot(&estimate.class, (scale.at(estimate.share), y), &tip);
        let value = format!("{}  n = {}", format::share(estimate.share), format::count(estimate.n));
        picture.label("row", (WIDTH - 118.0, y + 4.0), &value);
    }
    picture.finish()
}

/// Leader first, undecided, follower first, as one bar.
pub(crate) fn divided(parts: &[(String, u64, &str)], title: &str) -> String {
    let total: u64 = parts.iter().map(|(_, count, _)| count).sum();
    let words: Vec<String> =
        parts.iter().map(|(name, count, _)| format!("{name}: {}", format::count(*count))).collect();
    let mut picture = Picture::new(64.0, title, &words.join(", "));
    let mut x = 0.0;
    for (nth, (name, count, class)) in parts.iter().enumerate() {
        let width = WIDTH * *count as f64 / total.max(1) as f64;
        let tip = format!("{name}: {}", format::counted(*count, "statement"));
        picture.bar(class, [x, 6.0, (width - 1.5).max(0.0), 26.0], &tip);
        if width > 34.0 {
            picture.label("inside middle", (x + width / 2.0, 24.0), &format::count(*count));
        }
        let (anchor, at) = match nth {
            0 => ("note", 0.0),
            1 => ("note middle", WIDTH / 2.0),
            _ => ("note end", WIDTH),
        };
        picture.label(anchor, (at, 52.0), &format!("{name}: {}", format::count(*count)));
        x += width;
    }
    picture.finish()
}
