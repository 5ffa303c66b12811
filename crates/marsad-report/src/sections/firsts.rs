//! Who was first, platform against platform.

use super::{
    Context, close, not_shown, open, platform_tag, says_nothing, share_range, table_end, table_head,
};
use crate::answer::{Answer, Wording, badge};
use crate::chart::{forest, histogram};
use crate::finding::{Row, platform_of};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

/// Pairs with a picture of their own.
const PICTURED: usize = 3;
const ROWS_MAX: usize = 20;
const KEY: &str = "primacy_platform";

/// The answer at the top.
pub(crate) fn answer(context: &Context<'_>) -> Option<Answer> {
    let finding = context.finding(KEY);
    if finding.is_missing() {
        return None;
    }
    let question = "Who was first?";
    let Some(row) = headline_row(context) else {
        return Some(Answer {
            question,
            figure: "—".to_owned(),
            sentence: "No statement was seen on two platforms.".to_owned(),
            support: String::new(),
            wording: Wording::NotEstimable,
            anchor: "first",
        });
    };
    let wording = wording(row);
    let (leader, follower) = (row.text("leader"), row.text("follower"));
    let (leader, follower) = (format::platform(leader), format::platform(follower));
    let (leads, decided) =
        (row.count("leader_first"), row.count("leader_first") + row.count("follower_first"));
    let clear = matches!(wording, Wording::Consistent | Wording::WellSupported | Wording::Observed);
    let sentence = if clear {
        format!(
            "{} published first in {} of the {} statements it shares with {} whose order is certain. \
             Typical lead: {}.",
            Name(leader),
            format::count(leads),
            format::count(decided),
            Name(follower),
            lead(row)
        )
    } else if wording == Wording::NotEstimable {
        format!(
            "{} and {} share {} whose order is certain; with fewer than six nobody can be told to be first.",
            Name(leader),
            Name(follower),
            format::counted(decided, "statement")
        )
    } else {
        format!(
            "Neither {} nor {} was reliably first: {} came first in {} of {} statements whose order is certain.",
            Name(leader),
            Name(follower),
            Name(leader),
            format::count(leads),
            format::count(decided)
        )
    };
    let figure = match wording {
        _ if clear => Name(leader).to_string(),
        Wording::NotEstimable => "Too few to tell".to_owned(),
        _ => "No clear first".to_owned(),
    };
    Some(Answer { question, figure, sentence, support: support(row), wording, anchor: "first" })
}

/// The pair with most statements whose order could be judged, else the pair with most statements.
fn headline_row<'a>(context: &Context<'a>) -> Option<Row<'a>> {
    let rows = || context.finding(KEY).rows();
    let judged = rows().filter(|row| wording(*row) != Wording::NotEstimable);
    judged
        .max_by_key(|row| row.count("statements"))
        .or_else(|| rows().max_by_key(|row| row.count("statements")))
}

fn wording(row: Row<'_>) -> Wording {
    Wording::parse(row.text("wording")).unwrap_or(Wording::NotEstimable)
}

fn lead(row: Row<'_>) -> String {
    row.number("lag_median_s").map_or_else(|| "unknown".to_owned(), format::span)
}

fn support(row: Row<'_>) -> String {
    let mut parts = Vec::new();
    if let (Some(share), Some(range)) = (row.number("share"), row.range("share_ci95")) {
        parts.push(format!(
            "{} first (95 % interval {})",
            format::share(share),
            share_range(range)
        ));
    }
    parts.push(format!(
        "{}, {} undecided",
        format::counted(row.count("statements"), "statement"),
        format::count(row.count("undecided"))
    ));
    if let Some(p) = row.number("sign_p") {
        parts.push(format::probability("p", p));
    }
    parts.join(" · ")
}

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "first",
        "Who was first",
        "For every statement seen on two platforms we compare its earliest post on each. A time is an \
         interval as wide as the platform’s clock is coarse; where intervals overlap the order is \
         undecided and is counted as such.",
    );
    let finding = context.finding(KEY);
    if !says_nothing(page, finding, "No statement was seen on two platforms, so nobody was first.")
    {
        let rows: Vec<Row<'_>> = finding.rows().collect();
        for row in rows.iter().take(PICTURED) {
            put_pair(page, context, *row);
        }
        if rows.len() > 1 {
            put_forest(page, context, &rows);
            put_table(page, context, &rows);
        }
        super::limits::put_beside(page, context);
        super::method::put(page, finding);
    }
    close(page);
}

fn put_pair(page: &mut Markup, context: &Context<'_>, row: Row<'_>) {
    let (leader, follower) = (row.text("leader"), row.text("follower"));
    put!(
        page,
        "<article class=\"pair\"><h3>{} and {} {}</h3>",
        platform_tag(context, leader),
        platform_tag(context, follower),
        badge(wording(row))
    );
    let (leader_name, follower_name) = (format::platform(leader), format::platform(follower));
    let (leader_class, follower_class) = (context.class(leader), context.class(follower));
    let parts = [
        (format!("{leader_name} first"), row.count("leader_first"), leader_class.as_str()),
        ("undecided".to_owned(), row.count("undecided"), "tie"),
        (format!("{follower_name} first"), row.count("follower_first"), follower_class.as_str()),
    ];
    put!(page, "<figure>{}</figure>", forest::divided(&parts, "Statements by who was first"));
    put_lags(page, context, row);
    put_numbers(page, row);
    put_examples(page, row);
    put!(page, "</article>");
}

/// The picture of the lags: those handed over, else those of the statements listed on the page.
fn put_lags(page: &mut Markup, context: &Context<'_>, row: Row<'_>) {
    let (leader, follower) = (row.text("leader"), row.text("follower"));
    let handed =
        context.input.lags.iter().find(|lags| {
            lags.leader == leader && lags.follower == follower && !lags.lags_s.is_empty()
        });
    let listed = if handed.is_none() { listed_lags(context, leader, follower) } else { Vec::new() };
    let lags_s = handed.map_or(listed.as_slice(), |lags| lags.lags_s.as_slice());
    if lags_s.is_empty() {
        put!(page, "<p class=\"absent\">The single lags are not known to this report.</p>");
        return;
    }
    let names = [leader, follower].map(format::platform);
    let classes = [context.class(leader), context.class(follower)];
    let lags = histogram::Lags {
        seconds: lags_s,
        leader: names[0],
        follower: names[1],
        classes: [&classes[0], &classes[1]],
        median_s: row.number("lag_median_s"),
    };
    let source = if handed.is_some() {
        "from the middles of the intervals".to_owned()
    } else {
        format!("for the {} listed on this page", format::counted(lags_s.len() as u64, "statement"))
    };
    put!(
        page,
        "<figure>{}<figcaption>How far apart: statements by the lag of {} behind {}, {source}. The pale \
         bars at the ends gather everything beyond.</figcaption></figure>",
        histogram::draw(&lags),
        Text(names[1]),
        Text(names[0])
    );
}

/// Follower minus leader for the statements that this page lists with their posts.
fn listed_lags(context: &Context<'_>, leader: &str, follower: &str) -> Vec<f64> {
    let first = |statement: Row<'_>, side: &str| {
        statement
            .rows("members")
            .filter(|member| platform_of(member.text("post")) == side)
            .filter(|member| member.text("relation") != "contained")
            .filter_map(|member| member.time("published_at"))
            .min()
    };
    let lag = |statement: Row<'_>| {
        let (first, second) = (first(statement, leader)?, first(statement, follower)?);
        Some((second.0 - first.0) as f64 / 1000.0)
    };
    context.finding("statements").rows().filter_map(lag).collect()
}

fn put_numbers(page: &mut Markup, row: Row<'_>) {
    put!(page, "<dl class=\"numbers\">");
    let mut item = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            put!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    };
    let with_range = |value: String, range: Option<String>| {
        range.map_or(value.clone(), |range| {
            format!("{value} <small>(95 % interval {range})</small>")
        })
    };
    let share = row.number("share").map(format::share);
    item(
        "Share first",
        share.map(|share| with_range(share, row.range("share_ci95").map(share_range))),
    );
    item("All undecided against it, or for it", row.range("share_bounds").map(share_range));
    let spans =
        |(low, high): (f64, f64)| format!("{} to {}", format::span(low), format::span(high));
    let typical = row.number("lag_hl_s").map(format::span);
    item(
        "Typical lag (Hodges–Lehmann)",
        typical.map(|typical| with_range(typical, row.range("lag_ci95_s").map(spans))),
    );
    item("Median lag", row.number("lag_median_s").map(format::span));
    item("Sign test", row.number("sign_p").map(|p| format::probability("p", p)));
    item("Signed-rank test", row.number("wilcoxon_p").map(|p| format::probability("p", p)));
    item(
        "If only the numbers of channels counted",
        row.number("size_p").map(|p| format::probability("p", p)),
    );
    item("Corrected for all pairs", row.number("q").map(|q| format::probability("q", q)));
    put!(page, "</dl>");
}

/// The posts behind a row: leader's, follower's, seconds between.
fn put_examples(page: &mut Markup, row: Row<'_>) {
    let examples = row.list("examples");
    if examples.is_empty() {
        return;
    }
    put!(
        page,
        "<details><summary>Posts behind it ({} of {})</summary>",
        examples.len(),
        row.count("statements")
    );
    table_head(
        page,
        "First posts on each side",
        &[("Leader’s post", false), ("Follower’s post", false), ("Lag", true)],
    );
    for example in examples {
        let part = |nth: usize| example.get(nth).and_then(serde_json::Value::as_str).unwrap_or("");
        let lag = example.get(2).and_then(serde_json::Value::as_f64);
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            Name(part(0)),
            Name(part(1)),
            lag.map_or_else(String::new, format::span)
        );
    }
    table_end(page);
    put!(page, "</details>");
}

fn put_forest(page: &mut Markup, context: &Context<'_>, rows: &[Row<'_>]) {
    let estimates: Vec<forest::Estimate> = rows
        .iter()
        .take(ROWS_MAX)
        .filter_map(|row| {
            let names = [row.text("leader"), row.text("follower")].map(format::platform);
            Some(forest::Estimate {
                name: format!("{} before {}", names[0], names[1]),
                share: row.number("share")?,
                interval: row.range("share_ci95")?,
                n: row.count("leader_first") + row.count("follower_first"),
                class: context.class(row.text("leader")),
            })
        })
        .collect();
    if estimates.len() > 1 {
        put!(
            page,
            "<h3>All pairs of platforms</h3><figure>{}<figcaption>Share of decided statements in which \
             the first-named platform was first, with its 95 % interval; n counts decided statements.\
             </figcaption></figure>",
            forest::draw(&estimates, "Who was first, all pairs of platforms")
        );
    }
}

fn put_table(page: &mut Markup, context: &Context<'_>, rows: &[Row<'_>]) {
    table_head(
        page,
        "All pairs of platforms in numbers",
        &[
            ("More often first", false),
            ("Other", false),
            ("Statements", true),
            ("First", true),
            ("Other first", true),
            ("Undecided", true),
            ("Median lag", true),
            ("q", true),
            ("How sure", false),
        ],
    );
    for row in rows.iter().take(ROWS_MAX) {
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
            platform_tag(context, row.text("leader")),
            platform_tag(context, row.text("follower")),
            format::count(row.count("statements")),
            format::count(row.count("leader_first")),
            format::count(row.count("follower_first")),
            format::count(row.count("undecided")),
            lead(*row),
            row.number("q")
                .map_or_else(String::new, |q| format::probability("", q).replace(" = ", "")),
            badge(wording(*row))
        );
    }
    table_end(page);
    not_shown(page, ROWS_MAX.min(rows.len()), rows.len(), "marsad measure primacy");
}
