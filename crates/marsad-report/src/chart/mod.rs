//! Pictures as inline SVG: no library, no script, colours by class so that light and dark work.

pub(crate) mod bars;
pub(crate) mod forest;
pub(crate) mod histogram;
pub(crate) mod lines;
pub(crate) mod spread;

use crate::format;
use crate::markup::{Markup, Text, put};

/// All pictures are this wide in their own units; the page scales them.
pub(crate) const WIDTH: f64 = 760.0;

/// An SVG with a title and a description for those who cannot see it.
pub(crate) struct Picture {
    body: Markup,
    height: f64,
    title: String,
    description: String,
}

impl Picture {
    pub(crate) fn new(height: f64, title: &str, description: &str) -> Self {
        Self {
            body: Markup::default(),
            height,
            title: title.to_owned(),
            description: description.to_owned(),
        }
    }

    pub(crate) fn body(&mut self) -> &mut Markup {
        &mut self.body
    }

    /// A horizontal or vertical line.
    pub(crate) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        put!(
            self.body,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    /// A rectangle with a tooltip.
    pub(crate) fn bar(&mut self, class: &str, [x, y, width, height]: [f64; 4], tip: &str) {
        put!(
            self.body,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
            width.max(0.0),
            height.max(0.0),
            Text(tip)
        );
    }

    /// A label; `class` says how it is anchored (`start`, `middle`, `end`).
    pub(crate) fn label(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        put!(self.body, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", Text(text));
    }

    /// A round mark with a tooltip.
    pub(crate) fn dot(&mut self, class: &str, (x, y): (f64, f64), tip: &str) {
        put!(
            self.body,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"><title>{}</title></circle>",
            Text(tip)
        );
    }

    pub(crate) fn finish(self) -> String {
        format!(
            "<div class=\"picture\"><svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{}. {}\">\
             <title>{}</title><desc>{}</desc>{}</svg></div>",
            self.height,
            Text(&self.title),
            Text(&self.description),
            Text(&self.title),
            Text(&self.description),
            self.body
        )
    }
}

/// Maps numbers to places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Scale {
    pub(crate) fn at(&self, value: f64) -> f64 {
        let span = self.to - self.from;
        if span == 0.0 {
            return self.start;
        }
        self.start + (value - self.from) / span * (self.end - self.start)
    }
}

/// Whole, round numbers from 0 to `most` or just above, about `wanted` of them; for counts.
pub(crate) fn ticks(most: f64, wanted: usize) -> Vec<f64> {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let rough = most / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough);
    let step = step.unwrap_or(power * 10.0).max(1.0);
    (0..=(most / step).ceil() as usize).map(|nth| nth as f64 * step).collect()
}

/// Day numbers and labels for an axis of days.
pub(crate) fn day_ticks(from: i64, to: i64) -> Vec<(i64, String)> {
    let span = (to - from).max(1);
    if span <= 100 {
        let step = [1, 2, 4, 7, 14].into_iter().find(|step| span / step <= 10).unwrap_or(14);
        let first = from + (-from).rem_euclid(step);
        return (first..=to)
            .step_by(step as usize)
            .map(|day| (day, format::short_day(day)))
            .collect();
    }
    let months = [1, 2, 3, 6, 12, 24, 60].into_iter().find(|step| span / (30 * step) <= 9);
    let months = months.unwrap_or(120);
    let is_tick = |day: &i64| {
        format::civil(*day).is_some_and(|(year, month, date)| {
            date == 1 && (year * 12 + month as i64 - 1) % months == 0
        })
    };
    let name = |day: i64| {
        let (year, month, _) = format::civil(day).unwrap_or_default();
        (day, format!("{} {year}", format::month_name(month)))
    };
    (from..=to).filter(is_tick).map(name).collect()
}

/// A vertical axis with grid lines up to `end`.
pub(crate) fn value_axis(picture: &mut Picture, scale: &Scale, marks: &[f64], end: f64) {
    for mark in marks {
        let y = scale.at(*mark);
        picture.line(if *mark == 0.0 { "axis" } else { "grid" }, [LEFT, y, end, y]);
        picture.label("tick end", (LEFT - 8.0, y + 4.0), &format::number(*mark));
    }
}

/// A horizontal axis of days.
pub(crate) fn day_axis(picture: &mut Picture, scale: &Scale, y: f64) {
    for (day, name) in day_ticks(scale.from as i64, scale.to as i64) {
        let x = scale.at(day as f64);
        if x > WIDTH - RIGHT - 8.0 && scale.end > WIDTH - RIGHT - 1.0 {
            continue;
        }
        picture.line("axis", [x, y, x, y + 5.0]);
        picture.label("tick middle", (x, y + 20.0), &name);
    }
}

pub(crate) const LEFT: f64 = 52.0;
pub(crate) const RIGHT: f64 = 14.0;

/// A stretch of time that somebody says mattered, in days.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Band {
    pub(crate) name: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// Draws those bands that fall into the picture.
pub(crate) fn bands(picture: &mut Picture, bands: &[Band], scale: &Scale, [top, bottom]: [f64; 2]) {
    for band in bands.iter().filter(|band| band.to > scale.from && band.from < scale.to) {
        let (from, to) = (scale.at(band.from.max(scale.from)), scale.at(band.to.min(scale.to)));
        picture.bar("band", [from, top, (to - from).max(3.0), bottom - top], &band.name);
    }
}

/// Names them, once in a picture; a name that has no room behind the one before is left out.
pub(crate) fn band_names(picture: &mut Picture, bands: &[Band], scale: &Scale, y: f64) {
    let mut taken = f64::NEG_INFINITY;
    for band in bands.iter().filter(|band| band.to > scale.from && band.from < scale.to) {
        let (from, to) = (scale.at(band.from.max(scale.from)), scale.at(band.to.min(scale.to)));
        let long = band.name.chars().count() as f64 * 7.0;
        let near_end = to + long > WIDTH - RIGHT;
        let (class, x) =
            if near_end { ("note end", from - 5.0) } else { ("note", to.max(from + 3.0) + 5.0) };
        let start = if near_end { x - long } else { x };
        if start > taken {
            picture.label(class, (x, y), &band.name);
            taken = start + long;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_largest_value() {
        assert_eq!(ticks(9.0, 4), [0.0, 5.0, 10.0]);
        assert_eq!(ticks(1.0, 4), [0.0, 1.0]);
        assert_eq!(ticks(0.0, 4).first(), Some(&0.0));
        assert!(ticks(f64::NAN, 4).len() < 10);
    }

    #[test]
    fn days_get_few_labels_however_long_the_time() {
        for span in [1, 5, 30, 99, 200, 640, 4000] {
            let marks = day_ticks(18_000, 18_000 + span);
            assert!(marks.len() <= 12, "{span}: {}", marks.len());
        }
    }
}
