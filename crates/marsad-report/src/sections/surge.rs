//! New channels per day.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Context, close, not_shown, open, platform_tag, says_nothing, table_end, table_head};
use crate::answer::{Answer, Wording, badge};
use crate::chart::bars::{Panels, Series, draw};
use crate::finding::{Finding, Row};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

const KEY: &str = "surge";
const PANELS_MAX: usize = 5;
const ROWS_MAX: usize = 15;
/// Longer windows get a close view of the day that stands out.
const CLOSE_VIEW_D: i64 = 100;
/// Days marked in a panel.
const MARKED: usize = 1;

/// The answer at the top.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "When did new channels appear?";
    let anchor = "surge";
    let Some(row) = outstanding(finding) else {
        return Some(Answer {
            question,
            figure: "None".to_owned(),
            sentence: "No new channel appeared in the window.".to_owned(),
            support: String::new(),
            wording: Wording::Observed,
            anchor,
        });
    };
    let surprising = is_surprising(row);
    let sentence = if surprising {
        format!(
            "on {} on {}, far more than the days before would lead one to expect.",
            Name(format::platform(row.text("platform"))),
            day_of(row).map_or_else(String::new, format::day)
        )
    } else {
        "at most in one day: no day stands out from the others.".to_owned()
    };
    Some(Answer {
        question,
        figure: format::counted(row.count("new_channels"), "new channel"),
        sentence,
        support: expectation(row),
        wording: wording(row),
        anchor,
    })
}

fn expectation(row: Row<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(expected) = row.number("expected") {
        parts.push(format!("{} expected", format::number(expected)));
    }
    for name in ["p", "q"] {
        if let Some(p) = row.number(name) {
            parts.push(format::probability(name, p));
        }
    }
    parts.join(" · ")
}

fn day_of(row: Row<'_>) -> Option<i64> {
    row.time("day").map(marsad_types::Timestamp::day)
}

fn wording(row: Row<'_>) -> Wording {
    let said = Wording::parse(row.text("wording"));
    said.unwrap_or(if is_surprising(row) { Wording::Consistent } else { Wording::Chance })
}

/// Whether chance would rarely do this: corrected where the measure corrects, else as it is.
fn is_surprising(row: Row<'_>) -> bool {
    let p = row.number("q").or_else(|| row.number("p"));
    p.is_some_and(|p| p < 0.05) && Wording::parse(row.text("wording")) != Some(Wording::Chance)
}

/// The least expected day; the larger one where several are as unlikely.
fn outstanding(finding: Finding<'_>) -> Option<Row<'_>> {
    let unlikely = |row: &Row<'_>| row.number("q").or_else(|| row.number("p")).unwrap_or(1.0);
    finding.rows().min_by(|a, b| {
        let larger = b.count("new_channels").cmp(&a.count("new_channels"));
        unlikely(a).total_cmp(&unlikely(b)).then(larger)
    })
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "surge",
        "New channels, day by day",
        "A channel is new on the day it was created, or was first seen where the platform does not say. \
         The expected number comes from the days before.",
    );
    let finding = context.finding(KEY);
    if !says_nothing(page, finding, "No new channel appeared in the window.") {
        let series = series(context, finding);
        put_pictures(page, context, &series, outstanding(finding).and_then(day_of));
        put_change_points(page, finding);
        put_table(page, context, finding);
        super::method::put(page, finding);
    }
    close(page);
}

/// One series per platform, of the largest network where networks are told apart.
fn series(context: &Context<'_>, finding: Finding<'_>) -> Vec<Series> {
    let mut groups: BTreeMap<(&str, &str), Vec<Row<'_>>> = BTreeMap::new();
    for row in finding.rows() {
        groups.entry((row.text("network"), row.text("platform"))).or_default().push(row);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    let total = |rows: &[Row<'_>]| rows.iter().map(|row| row.count("new_channels")).sum::<u64>();
    groups.sort_by_key(|(key, rows)| (std::cmp::Reverse(total(rows)), *key));
    groups.truncate(PANELS_MAX);
    let networks: BTreeSet<&str> = groups.iter().map(|((network, _), _)| *network).collect();
    let told_apart = networks.len() > 1;
    let series = groups.into_iter().map(|((network, platform), rows)| {
        let mut marked: Vec<Row<'_>> =
            rows.iter().copied().filter(|row| is_surprising(*row)).collect();
        marked.sort_by_key(|row| std::cmp::Reverse(row.count("new_channels")));
        let of = match (told_apart, network) {
            (false, _) => String::new(),
            (true, "") => ", channels of no network".to_owned(),
            (true, network) => format!(", network {network}"),
        };
        Series {
            name: format!("{}{of}", format::platform(platform)),
            class: context.class(platform),
            days: rows
                .iter()
                .filter_map(|row| Some((day_of(*row)?, row.count("new_channels") as f64)))
                .collect(),
            marked: marked
                .into_iter()
                .take(MARKED)
                .filter_map(|row| {
                    let day = day_of(row)?;
                    let words =
                        format!("{}: {} new", format::short_day(day), row.count("new_channels"));
                    Some((day, words))
                })
                .collect(),
        }
    });
    series.collect()
}

fn put_pictures(page: &mut Markup, context: &Context<'_>, series: &[Series], peak: Option<i64>) {
    let days = || series.iter().flat_map(|s| s.days.iter().map(|(day, _)| *day));
    let (Some(from), Some(to)) = (days().min(), days().max()) else { return };
    let mut panels = Panels {
        title: "New channels per day",
        unit: "new channels",
        series,
        bands: &context.bands,
        from,
        to,
        step: 1,
        panel_height: if series.len() > 3 { 70.0 } else { 110.0 },
    };
    let long = to - from > CLOSE_VIEW_D;
    if let (true, Some(peak)) = (long, peak) {
        // A close view shows only who has something in it.
        let (close_from, close_to) = ((peak - 25).max(from), (peak + 25).min(to));
        let inside =
            |s: &&Series| s.days.iter().any(|(day, _)| (close_from..=close_to).contains(day));
        let near: Vec<Series> = series.iter().filter(inside).map(Series::clone).collect();
        let close = Panels { series: &near, from: close_from, to: close_to, ..panels };
        put!(
            page,
            "<figure>{}<figcaption>New channels per day around the day that stands out. All panels share \
             one scale.</figcaption></figure>",
            draw(&close)
        );
    }
    panels.step = if long { 7 } else { 1 };
    let unit = if long { "week" } else { "day" };
    let title = format!("New channels per {unit}, the whole window");
    panels.title = &title;
    put!(page, "<figure>{}<figcaption>{title}.</figcaption></figure>", draw(&panels));
}

fn put_change_points(page: &mut Markup, finding: Finding<'_>) {
    let points = finding.field("change_points").and_then(Value::as_array);
    let Some(points) = points.filter(|points| !points.is_empty()) else { return };
    put!(page, "<p>The rate of new channels changed on:</p><ul class=\"points\">");
    for point in points.iter().take(ROWS_MAX) {
        let row = Row(point);
        let platform = row.text("platform");
        let day =
            day_of(row).map_or_else(|| Text(point.as_str().unwrap_or("")).to_string(), format::day);
        let network = row.text("network");
        let whose =
            if network.is_empty() { String::new() } else { format!(", network {}", Name(network)) };
        let place = if platform.is_empty() {
            String::new()
        } else {
            format!(" on {}", Text(format::platform(platform)))
        };
        let rate = |name: &str| row.number(name).map(format::number);
        let change = match (rate("before_per_day"), rate("after_per_day")) {
            (Some(before), Some(after)) => format!(": from {before} to {after} a day"),
            _ => String::new(),
        };
        put!(page, "<li>{day}{place}{whose}{change}</li>");
    }
    put!(page, "</ul>");
}

fn put_table(page: &mut Markup, context: &Context<'_>, finding: Finding<'_>) {
    let mut rows: Vec<Row<'_>> = finding.rows().collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.count("new_channels")), row.text("day")));
    put!(page, "<details><summary>The days with most new channels</summary>");
    let columns = [
        ("Day", false),
        ("Platform", false),
        ("New", true),
        ("Expected", true),
        ("Chance", true),
        ("How sure", false),
        ("Channels", false),
    ];
    table_head(page, "Days with most new channels", &columns);
    for row in rows.iter().take(ROWS_MAX) {
        let channels: Vec<String> =
            row.texts("channels").into_iter().take(12).map(|key| Name(key).to_string()).collect();
        put!(
            page,
            "<tr><td class=\"d\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td>{}</td><td>{}</td></tr>",
            day_of(*row).map_or_else(String::new, format::day),
            platform_tag(context, row.text("platform")),
            format::count(row.count("new_channels")),
            row.number("expected").map_or_else(String::new, format::number),
            row.number("p").map_or_else(String::new, |p| format::probability("p", p)),
            badge(wording(*row)),
            channels.join(", ")
        );
    }
    table_end(page);
    not_shown(page, ROWS_MAX.min(rows.len()), rows.len(), "marsad measure surge");
    put!(page, "</details>");
}
