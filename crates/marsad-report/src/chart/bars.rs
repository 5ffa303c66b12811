//! Counts over time: one panel per series, one scale for all, days that stand out marked.

use super::{
    Band, LEFT, Picture, RIGHT, Scale, WIDTH, band_names, bands, day_axis, ticks, value_axis,
};
use crate::format;

/// One panel.
#[derive(Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) class: String,
    /// Day number and count, in any order.
    pub(crate) days: Vec<(i64, f64)>,
    /// Days with a label over their bar.
    pub(crate) marked: Vec<(i64, String)>,
}

/// All panels of a picture.
#[derive(Clone, Copy)]
pub(crate) struct Panels<'a> {
    pub(crate) title: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) series: &'a [Series],
    pub(crate) bands: &'a [Band],
    pub(crate) from: i64,
    /// Included.
    pub(crate) to: i64,
    /// Days in one bar.
    pub(crate) step: i64,
    pub(crate) panel_height: f64,
}

const HEAD: f64 = 50.0;
/// Nothing that is there is drawn thinner.
const THINNEST: f64 = 1.6;

/// Draws the panels below each other over one axis of time.
pub(crate) fn draw(panels: &Panels<'_>) -> String {
    let each = panels.panel_height + HEAD;
    let height = panels.series.len() as f64 * each + 34.0;
    let names: Vec<String> = panels.series.iter().map(describe).collect();
    let mut picture = Picture::new(height, panels.title, &names.join("; "));
    let binned: Vec<Vec<(i64, f64)>> = panels.series.iter().map(|s| gathered(s, panels)).collect();
    let most = binned.iter().flatten().map(|(_, count)| *count).fold(0.0, f64::max);
    let marks = ticks(most, if panels.panel_height > 100.0 { 4 } else { 2 });
    let across = Scale {
        from: panels.from as f64,
        to: (panels.to + 1) as f64,
        start: LEFT,
        end: WIDTH - RIGHT,
    };
    for (nth, (series, bins)) in panels.series.iter().zip(&binned).enumerate() {
        let top = nth as f64 * each + HEAD;
        let bottom = top + panels.panel_height;
        let up =
            Scale { from: 0.0, to: marks.last().copied().unwrap_or(1.0), start: bottom, end: top };
        value_axis(&mut picture, &up, &marks, WIDTH - RIGHT);
        bands(&mut picture, panels.bands, &across, [top - 12.0, bottom]);
        if nth == 0 {
            band_names(&mut picture, panels.bands, &across, top - 3.0);
        }
        picture.label("panel", (0.0, top - 22.0), &series.name);
        picture.label("note end", (WIDTH - RIGHT, top - 22.0), &most_of(bins, panels));
        put_bars(&mut picture, panels, (series, bins), (&across, &up));
    }
    day_axis(&mut picture, &across, height - 34.0);
    picture.finish()
}

fn put_bars(
    picture: &mut Picture,
    panels: &Panels<'_>,
    (series, bins): (&Series, &[(i64, f64)]),
    (across, up): (&Scale, &Scale),
) {
    let width = across.at(across.from + panels.step as f64) - across.start;
    let air = if width > 5.0 { 1.0 } else { 0.0 };
    for (day, count) in bins {
        let x = across.at(*day as f64);
        let y = up.at(*count).min(up.start - if *count > 0.0 { THINNEST } else { 0.0 });
        let until = if panels.step > 1 { " and after" } else { "" };
        let tip =
            format!("{}{until}: {} {}", format::day(*day), format::number(*count), panels.unit);
        let marked = series.marked.iter().any(|(marked, _)| marked == day) && panels.step == 1;
        let class =
            if marked { format!("{} outstanding", series.class) } else { series.class.clone() };
        let whole = width.min(across.end - x);
        picture.bar(&class, [x + air / 2.0, y, (whole - air).max(0.8), up.start - y], &tip);
    }
    for (day, words) in &series.marked {
        let Some((_, count)) = bins.iter().find(|(bin, _)| bin == day) else { continue };
        let x = across.at(*day as f64) + width / 2.0;
        let y = up.at(*count) - 5.0;
        let (class, x) = if x < LEFT + 110.0 {
            ("strong", x - width / 2.0)
        } else if x > WIDTH - 140.0 {
            ("strong end", x + width / 2.0)
        } else {
            ("strong middle", x)
        };
        picture.label(class, (x, y), words);
    }
}

/// "most in a week: 553 (from 4 Nov 2019)".
fn most_of(bins: &[(i64, f64)], panels: &Panels<'_>) -> String {
    let most = bins.iter().fold(None, |most: Option<(i64, f64)>, bin| match most {
        Some(known) if known.1 >= bin.1 => Some(known),
        _ => Some(*bin),
    });
    let Some((day, count)) = most else { return String::new() };
    let (unit, from) = if panels.step == 1 { ("day", "") } else { ("week", "from ") };
    format!("most in a {unit}: {} ({from}{})", format::number(count), format::day(day))
}

/// Counts by step, only inside of the picture.
fn gathered(series: &Series, panels: &Panels<'_>) -> Vec<(i64, f64)> {
    let mut bins = std::collections::BTreeMap::new();
    for (day, count) in
        series.days.iter().filter(|(day, _)| (panels.from..=panels.to).contains(day))
    {
        let bin = panels.from + (day - panels.from).div_euclid(panels.step) * panels.step;
        *bins.entry(bin).or_insert(0.0) += count;
    }
    bins.into_iter().collect()
}

fn describe(series: &Series) -> String {
    let largest = series.days.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    match largest {
        Some((day, count)) => {
            format!("{}: most on {} ({})", series.name, format::day(*day), format::number(*count))
        }
        None => format!("{}: nothing", series.name),
    }
}
