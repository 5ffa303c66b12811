//! One card for every attempt of a network on a platform, and its weeks.

use std::collections::BTreeMap;

use super::{
    Context, close, day, not_shown, open, platform_tag, says_nothing, table_end, table_head,
};
use crate::answer::{Answer, Wording};
use crate::chart::bars::{Panels, Series, draw};
use crate::finding::Row;
use crate::format;
use crate::markup::{Markup, Name, Text, put};

const KEY: &str = "migration";
const CARDS_MAX: usize = 12;
const ROWS_MAX: usize = 30;

/// The answer at the top.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "Where did it go?";
    let anchor = "attempts";
    let rows = of_main_network(context);
    let Some(latest) = rows.iter().max_by_key(|row| row.text("first_at")) else {
        return Some(Answer {
            question,
            figure: "Nowhere".to_owned(),
            sentence: "No network was found, so no move can be told.".to_owned(),
            support: String::new(),
            wording: Wording::NotEstimable,
            anchor,
        });
    };
    let others: Vec<String> = rows
        .iter()
        .filter(|row| row.0 != latest.0)
        .map(|row| Name(format::platform(row.text("platform"))).to_string())
        .collect();
    let mut distinct: Vec<String> = Vec::new();
    for name in others {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    let sentence = if distinct.is_empty() {
        format!("One stay was seen, since {}.", day(latest.time("first_at")))
    } else {
        format!(
            "is the latest of {} stays, since {}; others were on {}.",
            rows.len(),
            day(latest.time("first_at")),
            format::listed(&distinct)
        )
    };
    Some(Answer {
        question,
        figure: Name(format::platform(latest.text("platform"))).to_string(),
        sentence,
        support: format!(
            "{} · {} · {}",
            format::counted(latest.count("channels_total"), "channel"),
            format::counted(latest.count("posts"), "post"),
            ending(latest.text("end"))
        ),
        wording: Wording::Observed,
        anchor,
    })
}

/// Rows of the network with most channels; all rows where networks are not told apart.
fn of_main_network<'a>(context: &Context<'a>) -> Vec<Row<'a>> {
    let rows = || context.finding(KEY).rows();
    let mut posts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows() {
        *posts.entry(row.text("network")).or_default() += row.count("posts");
    }
    let largest =
        context.network.map(|network| network.text("network")).filter(|id| posts.contains_key(id));
    let busiest = posts.iter().max_by_key(|(_, posts)| **posts).map(|(id, _)| *id);
    let Some(main) = largest.or(busiest) else { return Vec::new() };
    rows().filter(|row| row.text("network") == main).collect()
}

fn ending(end: &str) -> &'static str {
    match end {
        "active" => "still active at the end of the window",
        "left" => "left: silent, but still there",
        "removed" => "removed: most channels gone within its last week",
        _ => "how it ended is not known",
    }
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "attempts",
        "Where it settled, attempt by attempt",
        "An attempt is a stay of one network on one platform; a silence of a month ends it. The rank is \
         by the share of the network’s statements that the attempt carried, not by its channels.",
    );
    let finding = context.finding(KEY);
    if !says_nothing(page, finding, "No network was found, so there are no attempts to compare.") {
        let mut rows = of_main_network(context);
        rows.sort_by_key(|row| row.text("first_at"));
        put!(page, "<div class=\"cards\">");
        for row in rows.iter().take(CARDS_MAX) {
            put_card(page, context, *row);
        }
        put!(page, "</div>");
        not_shown(page, CARDS_MAX.min(rows.len()), rows.len(), "marsad measure migration");
        put_weeks(page, context);
        put_others(page, context, rows.first().map_or("", |row| row.text("network")));
        super::limits::put_beside(page, context);
        super::method::put(page, finding);
    }
    close(page);
}

fn put_card(page: &mut Markup, context: &Context<'_>, row: Row<'_>) {
    let rank = row.count("rank");
    let ranked =
        if rank > 0 { format!("<span class=\"rank\">rank {rank}</span>") } else { String::new() };
    put!(
        page,
        "<article class=\"card {}\"><h3>{} {ranked}</h3><p class=\"when\">{} to {}</p><dl>",
        context.class(row.text("platform")),
        Text(format::platform(row.text("platform"))),
        day(row.time("first_at")),
        day(row.time("last_at"))
    );
    let mut item = |name: &str, value: Option<String>| {
        let value = value.unwrap_or_else(|| "unknown".to_owned());
        put!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    };
    let count = |name: &str| row.number(name).map(format::number);
    item("Statements carried", row.number("statement_share").map(format::share));
    let at_once = count("channels_peak").map(|peak| format!(" <small>({peak} at once)</small>"));
    item(
        "Channels",
        count("channels_total").map(|all| format!("{all}{}", at_once.unwrap_or_default())),
    );
    item("Largest channel’s subscribers", count("subscribers_max"));
    item("Posts", count("posts"));
    item("Most posts in a day", count("posts_per_day_peak"));
    item("Days with posts", count("days_active"));
    if let Some(days) = count("half_gone_d") {
        item("Half of its channels gone after", Some(format!("{days} days")));
    }
    put!(page, "</dl><p class=\"end\">{}</p></article>", ending(row.text("end")));
}

/// Posts over time, a panel per platform, one scale.
fn put_weeks(page: &mut Markup, context: &Context<'_>) {
    let finding = context.finding("migration_daily");
    if finding.is_missing() || finding.is_empty() {
        put!(page, "<p class=\"absent\">The daily numbers were not handed to this report.</p>");
        return;
    }
    let main = of_main_network(context).first().map_or("", |row| row.text("network"));
    let told_apart = finding.rows().any(|row| row.text("network") == main);
    let mut platforms: BTreeMap<&str, Vec<(i64, f64)>> = BTreeMap::new();
    for row in finding.rows().filter(|row| !told_apart || row.text("network") == main) {
        if let (Some(at), Some(posts)) = (row.time("day"), row.number("posts")) {
            platforms.entry(row.text("platform")).or_default().push((at.day(), posts));
        }
    }
    let days = || platforms.values().flatten().map(|(day, _)| *day);
    let (Some(from), Some(to)) = (days().min(), days().max()) else { return };
    let mut series: Vec<Series> = platforms
        .iter()
        .map(|(platform, days)| Series {
            name: format::platform(platform).to_owned(),
            class: context.class(platform),
            days: days.clone(),
            marked: Vec::new(),
        })
        .collect();
    series.sort_by_key(|series| series.days.iter().map(|(day, _)| *day).min());
    series.truncate(6);
    let step = if to - from > 120 { 7 } else { 1 };
    let unit = if step == 7 { "week" } else { "day" };
    let title = format!("Posts of the network per {unit}");
    let panels = Panels {
        title: &title,
        unit: "posts",
        series: &series,
        bands: &context.bands,
        from,
        to,
        step,
        panel_height: 64.0,
    };
    put!(
        page,
        "<figure>{}<figcaption>{title}, platform by platform, all on one scale so that sizes compare.\
         </figcaption></figure>",
        draw(&panels)
    );
}

fn put_others(page: &mut Markup, context: &Context<'_>, main: &str) {
    let others: Vec<Row<'_>> =
        context.finding(KEY).rows().filter(|row| row.text("network") != main).collect();
    if others.is_empty() {
        return;
    }
    put!(page, "<details><summary>Attempts of other networks ({})</summary>", others.len());
    let columns = [
        ("Network", false),
        ("Platform", false),
        ("From", false),
        ("To", false),
        ("Channels", true),
        ("Posts", true),
        ("End", false),
    ];
    table_head(page, "Attempts of other networks", &columns);
    for row in others.iter().take(ROWS_MAX) {
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td>{}</td></tr>",
            Name(row.text("network")),
            platform_tag(context, row.text("platform")),
            day(row.time("first_at")),
            day(row.time("last_at")),
            format::count(row.count("channels_total")),
            format::count(row.count("posts")),
            Text(row.text("end"))
        );
    }
    table_end(page);
    not_shown(page, ROWS_MAX.min(others.len()), others.len(), "marsad measure migration");
    put!(page, "</details>");
}
