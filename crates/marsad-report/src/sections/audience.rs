//! Subscribers as they were seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, close, day, not_shown, open, says_nothing, table_end, table_head};
use crate::answer::{Answer, Wording};
use crate::chart::lines::{Track, draw};
use crate::finding::{Row, platform_of};
use crate::format;
use crate::markup::{Markup, Name, put};

const KEY: &str = "audience";
const LINES_MAX: usize = 8;
const ROWS_MAX: usize = 25;

/// All looks at one channel.
struct Seen<'a> {
    channel: &'a str,
    looks: Vec<(f64, f64)>,
    largest: f64,
    largest_at: Option<marsad_types::Timestamp>,
    last_at: Option<marsad_types::Timestamp>,
}

/// Channels by their largest number, those of the largest network first where there is one.
fn seen<'a>(context: &Context<'a>) -> (Vec<Seen<'a>>, bool) {
    let members: BTreeSet<&str> = context
        .network
        .map(|network| network.texts("channels"))
        .unwrap_or_default()
        .into_iter()
        .collect();
    let mut channels: BTreeMap<&str, Vec<Row<'a>>> = BTreeMap::new();
    for row in context.finding(KEY).rows() {
        channels.entry(row.text("channel")).or_default().push(row);
    }
    let of_network = channels.keys().any(|channel| members.contains(channel));
    let mut seen: Vec<Seen<'a>> = channels
        .into_iter()
        .filter(|(channel, _)| !of_network || members.contains(channel))
        .map(|(channel, rows)| look(channel, &rows))
        .collect();
    seen.sort_by(|a, b| b.largest.total_cmp(&a.largest).then(a.channel.cmp(b.channel)));
    (seen, of_network)
}

fn look<'a>(channel: &'a str, rows: &[Row<'a>]) -> Seen<'a> {
    let middle = |row: &Row<'_>| {
        let ends = (row.number("subscribers_min"), row.number("subscribers_max"));
        row.number("subscribers").or(match ends {
            (Some(low), Some(high)) => Some(low.midpoint(high)),
            (one, other) => one.or(other),
        })
    };
    let mut seen =
        Seen { channel, looks: Vec::new(), largest: 0.0, largest_at: None, last_at: None };
    for row in rows {
        let (Some(at), Some(subscribers)) = (row.time("at"), middle(row)) else { continue };
        seen.looks.push((at.0 as f64 / marsad_types::Timestamp::DAY_MS as f64, subscribers));
        seen.last_at = seen.last_at.max(Some(at));
        if subscribers > seen.largest {
            seen.largest = subscribers;
            seen.largest_at = Some(at);
        }
    }
    seen.looks.sort_by(|a, b| a.0.total_cmp(&b.0));
    seen
}

/// The answer at the top: the largest channel of the platform that was settled last.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "How many follow?";
    let anchor = "audience";
    let (seen, of_network) = seen(context);
    let latest = context.finding("migration").rows().max_by_key(|row| row.text("first_at"));
    let platform = latest.map(|row| row.text("platform")).filter(|_| of_network);
    let on_latest = seen.iter().find(|seen| Some(platform_of(seen.channel)) == platform);
    let Some(channel) = on_latest.or(seen.first()) else {
        return Some(Answer {
            question,
            figure: "Unknown".to_owned(),
            sentence: "No subscriber number was seen.".to_owned(),
            support: String::new(),
            wording: Wording::NotEstimable,
            anchor,
        });
    };
    let place = platform.map_or_else(
        || "of all channels".to_owned(),
        |platform| format!("of the network on {}", Name(format::platform(platform))),
    );
    Some(Answer {
        question,
        figure: format::number(channel.largest),
        sentence: format!(
            "subscribers at most: the largest channel {place}, {}, on {}.",
            Name(channel.channel),
            day(channel.largest_at)
        ),
        support: format!("{} seen; never added up", format::counted(seen.len() as u64, "channel")),
        wording: Wording::Observed,
        anchor,
    })
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "audience",
        "Who could read it",
        "Subscribers as the platform showed them when we looked. They are never added up: readers of \
         different channels overlap, and numbers can be bought.",
    );
    let finding = context.finding(KEY);
    if !says_nothing(page, finding, "No subscriber number was seen in the window.") {
        let (seen, of_network) = seen(context);
        put_picture(page, context, &seen, of_network);
        put_table(page, &seen);
        super::method::put(page, finding);
    }
    close(page);
}

fn put_picture(page: &mut Markup, context: &Context<'_>, seen: &[Seen<'_>], of_network: bool) {
    let end = seen.iter().filter_map(|seen| seen.last_at).max();
    // The largest of every platform first, then the largest of the rest.
    let mut platforms = BTreeSet::new();
    let (first, rest): (Vec<&Seen<'_>>, Vec<&Seen<'_>>) =
        seen.iter().partition(|seen| platforms.insert(platform_of(seen.channel)));
    let mut drawn: Vec<&Seen<'_>> = first.into_iter().chain(rest).take(LINES_MAX).collect();
    drawn.sort_by(|a, b| b.largest.total_cmp(&a.largest));
    let tracks: Vec<Track> = drawn
        .into_iter()
        .map(|seen| Track {
            name: seen.channel.to_owned(),
            class: context.class(seen.channel),
            points: seen.looks.clone(),
            dashed: seen
                .last_at
                .zip(end)
                .is_some_and(|(last, end)| end.0 - last.0 > 15 * marsad_types::Timestamp::DAY_MS),
        })
        .collect();
    let whose =
        if of_network { "the largest channels of the network" } else { "the largest channels" };
    put!(
        page,
        "<figure>{}<figcaption>Subscribers over time: {whose}, each platform’s largest included. A hollow \
         end means that nothing was seen after it.</figcaption></figure>",
        draw(&tracks, &context.bands, "Subscribers over time")
    );
}

fn put_table(page: &mut Markup, seen: &[Seen<'_>]) {
    put!(page, "<details><summary>The channels in numbers</summary>");
    let columns = [
        ("Channel", false),
        ("Most", true),
        ("on", false),
        ("At last look", true),
        ("on", false),
        ("Looks", true),
    ];
    table_head(page, "Subscribers by channel", &columns);
    for channel in seen.iter().take(ROWS_MAX) {
        put!(
            page,
            "<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            Name(channel.channel),
            format::number(channel.largest),
            day(channel.largest_at),
            channel.looks.last().map_or_else(String::new, |(_, last)| format::number(*last)),
            day(channel.last_at),
            format::count(channel.looks.len() as u64)
        );
    }
    table_end(page);
    not_shown(page, ROWS_MAX.min(seen.len()), seen.len(), "marsad measure audience");
    put!(page, "</details>");
}
