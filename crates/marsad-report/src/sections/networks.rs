//! Channels that move together.

use super::{
    Context, close, day, not_shown, open, platform_tag, says_nothing, table_end, table_head,
};
use crate::answer::{Answer, Wording, badge};
use crate::finding::{Row, platform_of};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

const KEY: &str = "networks";
const SHOWN: usize = 8;
const CHANNELS_MAX: usize = 200;
const TIES_MAX: usize = 20;

/// The answer at the top.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "Which channels move together?";
    let anchor = "networks";
    let total = finding.rows().count() as u64;
    let Some(row) = context.network else {
        return Some(Answer {
            question,
            figure: "No network".to_owned(),
            sentence: "No group of channels shares statements more closely in time than its own habits explain."
                .to_owned(),
            support: String::new(),
            wording: Wording::Chance,
            anchor,
        });
    };
    let platforms = row
        .0
        .get("platforms")
        .and_then(serde_json::Value::as_object)
        .map_or(0, serde_json::Map::len);
    Some(Answer {
        question,
        figure: format::counted(total, "network"),
        sentence: format!(
            "The largest has {} on {} and shares {}.",
            format::counted(row.list("channels").len() as u64, "channel"),
            format::counted(platforms as u64, "platform"),
            format::counted(row.count("statements"), "statement")
        ),
        support: support(row),
        wording: wording(row),
        anchor,
    })
}

fn support(row: Row<'_>) -> String {
    let stability = row.number("stability").map(|s| format!("stability {}", format::decimal(s, 2)));
    let weakest = row.number("q").map(|q| format!("weakest tie {}", format::probability("q", q)));
    [stability, weakest].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn wording(row: Row<'_>) -> Wording {
    Wording::parse(row.text("wording")).unwrap_or(Wording::Consistent)
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "networks",
        "Channels that move together",
        "Groups of channels that share statements more, and closer in time, than their own timing habits \
         explain. That says that they are synchronised; it does not say who runs them or why.",
    );
    let finding = context.finding(KEY);
    let nothing =
        "No group of channels shares statements more closely in time than its own habits explain.";
    if !says_nothing(page, finding, nothing) {
        let all = finding.rows().count();
        for (nth, row) in finding.rows().take(SHOWN).enumerate() {
            put_network(page, context, row, nth == 0);
        }
        not_shown(page, SHOWN.min(all), all, "marsad measure networks");
        super::method::put(page, finding);
    }
    close(page);
}

fn put_network(page: &mut Markup, context: &Context<'_>, row: Row<'_>, first: bool) {
    let channels = row.texts("channels");
    put!(
        page,
        "<article class=\"network\"><h3>Network {} {}</h3><p class=\"meta\"><b>{}</b> · {} · {} to {}</p>",
        Name(row.text("network")),
        badge(wording(row)),
        format::counted(channels.len() as u64, "channel"),
        format::counted(row.count("statements"), "statement"),
        day(row.time("first_at")),
        day(row.time("last_at"))
    );
    if let Some(platforms) = row.0.get("platforms").and_then(serde_json::Value::as_object) {
        put!(page, "<p class=\"platforms\">");
        for (platform, count) in platforms {
            let count = count.as_f64().map_or_else(String::new, format::number);
            put!(page, "{} {count} ", platform_tag(context, platform));
        }
        put!(page, "</p>");
    }
    let open = if first { " open" } else { "" };
    put!(page, "<details{open}><summary>Its channels</summary>");
    let communities = row.list("communities");
    if communities.len() > 1 {
        for (nth, community) in communities.iter().enumerate() {
            let keys: Vec<&str> = community
                .as_array()
                .map_or(&[] as &[serde_json::Value], Vec::as_slice)
                .iter()
                .filter_map(serde_json::Value::as_str)
                .collect();
            put!(
                page,
                "<h4>Community {} <small>{}</small></h4>",
                nth + 1,
                format::counted(keys.len() as u64, "channel")
            );
            put_channels(page, context, &keys);
        }
    } else {
        put_channels(page, context, &channels);
    }
    put!(page, "</details>");
    put_ties(page, row);
    put!(page, "</article>");
}

/// The strongest ties: both channels, statements shared, containment.
fn put_ties(page: &mut Markup, row: Row<'_>) {
    let ties = row.list("examples");
    if ties.is_empty() {
        return;
    }
    let of = row
        .number("ties")
        .map_or_else(String::new, |ties| format!(" (of {})", format::number(ties)));
    put!(page, "<details><summary>Its strongest ties{of}</summary>");
    let columns = [
        ("Channel", false),
        ("Channel", false),
        ("Shared statements", true),
        ("Of the smaller", true),
    ];
    table_head(page, "Pairs that share most", &columns);
    for tie in ties.iter().take(TIES_MAX) {
        let name = |nth: usize| tie.get(nth).and_then(serde_json::Value::as_str).unwrap_or("");
        let number = |nth: usize| tie.get(nth).and_then(serde_json::Value::as_f64);
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Name(name(0)),
            Name(name(1)),
            number(2).map_or_else(String::new, format::number),
            number(3).map_or_else(String::new, format::share)
        );
    }
    table_end(page);
    put!(page, "</details>");
}

fn put_channels(page: &mut Markup, context: &Context<'_>, channels: &[&str]) {
    put!(page, "<ul class=\"chips\">");
    for key in channels.iter().take(CHANNELS_MAX) {
        put!(page, "<li class=\"{}\">{}</li>", context.class(platform_of(key)), Text(key));
    }
    put!(page, "</ul>");
    not_shown(page, CHANNELS_MAX.min(channels.len()), channels.len(), "marsad measure networks");
}
