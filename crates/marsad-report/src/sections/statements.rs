//! The statements with most copies: words, spread, posts.

use std::collections::BTreeMap;

use super::{
    Context, beside, close, moment, not_shown, open, platform_tag, says_nothing, table_end,
    table_head,
};
use crate::answer::{Answer, Wording};
use crate::chart::spread;
use crate::finding::{Finding, Row, channel_of, platform_of};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

/// Statements shown in each group.
const SHOWN: usize = 6;
const MEMBERS_MAX: usize = 60;
const KEY: &str = "statements";

/// The answer at the top.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "What was repeated?";
    let anchor = "statements";
    let Some(row) = finding.rows().max_by_key(|row| row.count("posts")) else {
        return Some(Answer {
            question,
            figure: "Nothing".to_owned(),
            sentence: "No statement was seen twice.".to_owned(),
            support: String::new(),
            wording: Wording::Observed,
            anchor,
        });
    };
    let across = finding.rows().filter(|row| row.list("platforms").len() > 1).count() as u64;
    let listed = finding.rows().count() as u64;
    let all = found_in_all(finding).unwrap_or(listed);
    let support = if all > listed {
        format!(
            "{} listed here, {} of them on more than one platform",
            format::count(listed),
            format::count(across)
        )
    } else {
        format!("{} of them on more than one platform", format::count(across))
    };
    Some(Answer {
        question,
        figure: format::counted(all, "statement"),
        sentence: format!(
            "appeared more than once. The most repeated stands in {} of {}.",
            format::counted(row.count("posts"), "post"),
            format::counted(row.count("channels"), "channel")
        ),
        support,
        wording: Wording::Observed,
        anchor,
    })
}

/// "200 of 1290 statements shown" is how the measure says that there are more.
fn found_in_all(finding: Finding<'_>) -> Option<u64> {
    let note = finding.notes().find(|note| note.ends_with(" statements shown"))?;
    note.split_whitespace().nth(2)?.parse().ok()
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "statements",
        "What was repeated most",
        "Posts are one statement when they carry the same text after small changes are undone: marks, \
         stretched letters, invisible characters, frames, cuts. Each dot is a post.",
    );
    let finding = context.finding(KEY);
    let nothing = "No statement was seen twice: every post stands alone.";
    if !says_nothing(page, finding, nothing) {
        let (across, alone) = shown(finding);
        let count = across.len() + alone.len();
        let groups = [("On more than one platform", across), ("On one platform", alone)];
        for (title, rows) in groups.iter().filter(|(_, rows)| !rows.is_empty()) {
            put!(page, "<h3>{title}</h3>");
            for row in rows {
                put_statement(page, context, *row);
            }
        }
        not_shown(page, count, finding.rows().count(), "marsad measure statements --members");
        super::method::put(page, finding);
    }
    close(page);
}

/// The statements that are shown: those on more than one platform, those on one.
pub(crate) fn shown(finding: Finding<'_>) -> (Vec<Row<'_>>, Vec<Row<'_>>) {
    let (mut across, mut alone): (Vec<Row<'_>>, Vec<Row<'_>>) =
        finding.rows().partition(|row| row.list("platforms").len() > 1);
    across.truncate(SHOWN);
    alone.truncate(SHOWN);
    (across, alone)
}

fn put_statement(page: &mut Markup, context: &Context<'_>, row: Row<'_>) {
    let quote = row.text("quote");
    let ellipsis = if quote.chars().count() >= 120 { "…" } else { "" };
    put!(
        page,
        "<article class=\"statement\"><blockquote dir=\"auto\">{}{ellipsis}</blockquote>",
        Text(quote)
    );
    let platforms: Vec<String> =
        row.texts("platforms").into_iter().map(|p| platform_tag(context, p)).collect();
    put!(
        page,
        "<p class=\"meta\"><b>{}</b> in <b>{}</b> on {} · first {} in {}</p>",
        format::counted(row.count("posts"), "post"),
        format::counted(row.count("channels"), "channel"),
        platforms.join(" "),
        moment(row.time("first_at")),
        Name(channel_of(row.text("first_post")))
    );
    put_spread(page, context, row);
    let first = row.text("first_post");
    let mut comparisons = context.input.comparisons.iter();
    if let Some(comparison) = comparisons.find(|c| c.sides.first().is_some_and(|s| s.post == first))
    {
        beside::put(page, comparison);
    }
    put_members(page, row);
    put!(page, "</article>");
}

fn put_spread(page: &mut Markup, context: &Context<'_>, row: Row<'_>) {
    let Some(first) = row.time("first_at") else { return };
    let mut lanes: BTreeMap<&str, f64> = BTreeMap::new();
    let members: Vec<(&str, &str, f64)> = row
        .rows("members")
        .filter_map(|member| {
            let at = member.time("published_at")?;
            let post = member.text("post");
            Some((platform_of(post), post, (at.0 - first.0) as f64 / 1000.0))
        })
        .collect();
    for (platform, _, after) in &members {
        let earliest = lanes.entry(platform).or_insert(f64::INFINITY);
        *earliest = earliest.min(*after);
    }
    if members.is_empty() {
        return;
    }
    // The platform that was first stands on top.
    let mut order: Vec<(&str, f64)> = lanes.into_iter().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
    let drawn: Vec<spread::Lane> = order
        .iter()
        .map(|(platform, _)| spread::Lane {
            name: format::platform(platform).chars().take(13).collect(),
            class: context.class(platform),
        })
        .collect();
    let copies: Vec<spread::Copy<'_>> = members
        .iter()
        .filter_map(|(platform, post, after)| {
            let lane = order.iter().position(|(name, _)| name == platform)?;
            Some(spread::Copy { lane, after_s: *after, tip: post })
        })
        .take(2000)
        .collect();
    put!(
        page,
        "<figure>{}</figure>",
        spread::draw(&drawn, &copies, "Posts of this statement over time")
    );
}

fn put_members(page: &mut Markup, row: Row<'_>) {
    let all = row.list("members").len();
    if all == 0 {
        return;
    }
    put!(page, "<details><summary>Its posts, by time</summary>");
    let columns =
        [("Published (UTC)", false), ("Post", false), ("Relation", false), ("Similarity", true)];
    table_head(page, "Posts of this statement", &columns);
    for member in row.rows("members").take(MEMBERS_MAX) {
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            moment(member.time("published_at")),
            Name(member.text("post")),
            Text(member.text("relation")),
            member.number("similarity").map_or_else(String::new, |s| format::decimal(s, 2))
        );
    }
    table_end(page);
    not_shown(page, MEMBERS_MAX.min(all), all, "marsad measure statements --members");
    put!(page, "</details>");
}
