//! How lags are spread: bars of equal width around zero, the rest gathered at the two ends.

use super::{LEFT, Picture, RIGHT, Scale, WIDTH, ticks, value_axis};
use crate::format;

/// Widths of bars that a reader can count in, seconds.
const WIDTHS: [f64; 12] = [
    1.0,
    5.0,
    15.0,
    60.0,
    300.0,
    900.0,
    3600.0,
    10_800.0,
    43_200.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
];
const BARS_MAX: f64 = 17.0;
const HEIGHT: f64 = 252.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 222.0;

/// What to draw.
pub(crate) struct Lags<'a> {
    pub(crate) seconds: &'a [f64],
    pub(crate) leader: &'a str,
    pub(crate) follower: &'a str,
    /// Classes of the two sides' colours.
    pub(crate) classes: [&'a str; 2],
    pub(crate) median_s: Option<f64>,
}

/// Bars on both sides of an exact zero: nth bar to the right holds lags in (nth·width, (nth+1)·width].
struct Bins {
    width: f64,
    before: Vec<u64>,
    zero: u64,
    after: Vec<u64>,
    far_before: u64,
    far_after: u64,
}

impl Bins {
    fn of(lags: &[f64]) -> Self {
        let mut sorted: Vec<f64> = lags.iter().copied().filter(|lag| lag.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let nth = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
            sorted.get(nth).copied().unwrap_or(0.0)
        };
        let (low, high) = (at(0.05).min(0.0), at(0.95).max(0.0));
        // Clocks that show minutes have no lags between the minutes.
        let minutes = sorted.iter().all(|lag| lag % 60.0 == 0.0);
        let width = width_for(low, high, at(0.5)).max(if minutes { 60.0 } else { 0.0 });
        let bars = |reach: f64| ((reach / width).ceil() + 1.0).clamp(2.0, BARS_MAX) as usize;
        let mut bins = Self {
            width,
            before: vec![0; bars(-low)],
            zero: 0,
            after: vec![0; bars(high)],
            far_before: 0,
            far_after: 0,
        };
        for lag in sorted {
            bins.add(lag);
        }
        for bars in [&mut bins.before, &mut bins.after] {
            // Empty bars before a far one show nothing; one stays to show that there is air.
            let filled = bars.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
            bars.truncate((filled + 1).max(2));
        }
        bins
    }

    fn add(&mut self, lag: f64) {
        if lag == 0.0 {
            self.zero += 1;
            return;
        }
        let (bars, far) = if lag > 0.0 {
            (&mut self.after, &mut self.far_after)
        } else {
            (&mut self.before, &mut self.far_before)
        };
        let place = (lag.abs() / self.width).ceil() as usize;
        match place.checked_sub(1).and_then(|place| bars.get_mut(place)) {
            Some(count) => *count += 1,
            None => *far += 1,
        }
    }

    /// Bars left of zero, the far ones included.
    fn left(&self) -> usize {
        self.before.len() + 1
    }

    /// All bars from left to right: smallest lag, largest lag, count, which side.
    fn bars(&self) -> Vec<Bar> {
        let edge = |nth: usize| nth as f64 * self.width;
        let far = edge(self.before.len());
        let mut bars = vec![Bar {
            lags: (f64::NEG_INFINITY, -far),
            count: self.far_before,
            side: Side::Follower,
        }];
        for (nth, count) in self.before.iter().enumerate().rev() {
            bars.push(Bar {
                lags: (-edge(nth + 1), -edge(nth)),
                count: *count,
                side: Side::Follower,
            });
        }
        bars.push(Bar { lags: (0.0, 0.0), count: self.zero, side: Side::Tie });
        for (nth, count) in self.after.iter().enumerate() {
            bars.push(Bar { lags: (edge(nth), edge(nth + 1)), count: *count, side: Side::Leader });
        }
        let far = edge(self.after.len());
        bars.push(Bar { lags: (far, f64::INFINITY), count: self.far_after, side: Side::Leader });
        bars
    }
}

/// Fine enough to see the middle lag, coarse enough for the bars to fit.
fn width_for(low: f64, high: f64, middle: f64) -> f64 {
    let fits = |width: &f64| (high - low) / width <= BARS_MAX;
    let by_range = WIDTHS.into_iter().find(fits).unwrap_or((high - low).max(1.0) / BARS_MAX);
    let by_middle = WIDTHS.into_iter().rev().find(|width| *width <= middle.abs());
    by_middle.map_or(by_range, |width| width.min(by_range))
}

struct Bar {
    lags: (f64, f64),
    count: u64,
    side: Side,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Leader,
    Follower,
    Tie,
}

impl Bar {
    fn is_far(&self) -> bool {
        self.lags.0.is_infinite() || self.lags.1.is_infinite()
    }

    fn words(&self) -> String {
        let (from, to) = self.lags;
        match (from.is_infinite(), to.is_infinite()) {
            (true, _) => format!("below {}", format::span(to)),
            (_, true) => format!("above {}", format::span(from)),
            _ if self.side == Side::Tie => "the same time".to_owned(),
            _ => format!("{} to {}", format::span(from), format::span(to)),
        }
    }
}

/// Draws the distribution.
pub(crate) fn draw(lags: &Lags<'_>) -> String {
    let bins = Bins::of(lags.seconds);
    let bars = bins.bars();
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let title = format!("How long {} was behind {}", lags.follower, lags.leader);
    let description =
        format!("{} statements, bars of {}", lags.seconds.len(), format::span(bins.width));
    let mut picture = Picture::new(HEIGHT, &title, &description);
    let marks = ticks(most as f64, 4);
    let top_mark = marks.last().copied().unwrap_or(1.0);
    let height = Scale { from: 0.0, to: top_mark, start: BOTTOM, end: TOP };
    value_axis(&mut picture, &height, &marks, WIDTH - RIGHT);
    let slot = (WIDTH - LEFT - RIGHT) / bars.len() as f64;
    for (nth, bar) in bars.iter().enumerate().filter(|(_, bar)| bar.count > 0) {
        let [leader, follower] = lags.classes;
        let side = match bar.side {
            Side::Leader => leader,
            Side::Follower => follower,
            Side::Tie => "tie",
        };
        let class = if bar.is_far() { format!("{side} faint") } else { side.to_owned() };
        let (x, y) = (LEFT + nth as f64 * slot, height.at(bar.count as f64));
        let tip = format!("{}: {}", bar.words(), format::counted(bar.count, "statement"));
        picture.bar(&class, [x + 1.0, y, slot - 2.0, BOTTOM - y], &tip);
        picture.label("value middle", (x + slot / 2.0, y - 4.0), &format::count(bar.count));
    }
    lag_axis(&mut picture, lags, &bins, slot);
    picture.finish()
}

/// Names of the edges, of the two sides, and the median.
fn lag_axis(picture: &mut Picture, lags: &Lags<'_>, bins: &Bins, slot: f64) {
    let zero = LEFT + bins.left() as f64 * slot;
    let place = |lag: f64| {
        let bars = (lag / bins.width).clamp(-(bins.before.len() as f64), bins.after.len() as f64);
        if lag < 0.0 { zero + bars * slot } else { zero + slot + bars * slot }
    };
    picture.label("note end", (zero - 6.0, 12.0), &format!("← {} first", lags.follower));
    picture.label("note", (zero + slot + 6.0, 12.0), &format!("{} first →", lags.leader));
    picture.label("tick middle", (zero + slot / 2.0, BOTTOM + 18.0), "0");
    let all = bins.before.len() + bins.after.len();
    let room = (64.0 / slot).ceil() as usize;
    let every = (all / 9).max(room).max(1);
    for nth in (every..=bins.before.len()).step_by(every) {
        let lag = -(nth as f64) * bins.width;
        put_edge(picture, place(lag), lag);
    }
    for nth in (every..=bins.after.len()).step_by(every) {
        let lag = nth as f64 * bins.width;
        put_edge(picture, place(lag), lag);
    }
    if let Some(median) = lags.median_s {
        let x = if median == 0.0 { zero + slot / 2.0 } else { place(median) };
        picture.line("median", [x, TOP - 10.0, x, BOTTOM]);
        let (class, at) =
            if x > WIDTH - 150.0 { ("strong end", x - 5.0) } else { ("strong", x + 5.0) };
        picture.label(class, (at, TOP - 3.0), &format!("median {}", format::span(median)));
    }
}

fn put_edge(picture: &mut Picture, x: f64, lag: f64) {
    picture.line("axis", [x, BOTTOM, x, BOTTOM + 5.0]);
    picture.label("tick middle", (x, BOTTOM + 18.0), &format::span(lag));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lag_stands_in_one_bar() {
        let lags = [60.0, 60.0, 0.0, -60.0, 120.0, 1e7, -1e7, f64::NAN];
        let bins = Bins::of(&lags);
        assert_eq!(bins.bars().iter().map(|bar| bar.count).sum::<u64>(), 7);
        assert_eq!(bins.zero, 1);
    }

    #[test]
    fn minute_lags_get_bars_of_a_minute() {
        let lags: Vec<f64> = (0..100).map(|nth| f64::from(60 * (1 + nth % 3))).collect();
        let bins = Bins::of(&lags);
        assert_eq!(bins.width, 60.0);
        assert_eq!(bins.after.get(..3), Some(&[34, 33, 33][..]));
    }

    #[test]
    fn no_lags_still_give_a_picture() {
        let lags = Lags {
            seconds: &[],
            leader: "a",
            follower: "b",
            classes: ["p0", "p1"],
            median_s: None,
        };
        assert!(draw(&lags).contains("<svg"));
    }
}
