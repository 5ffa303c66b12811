//! Who was first, channel against channel.

use super::{Context, close, not_shown, open, says_nothing, table_end, table_head};
use crate::answer::{Wording, badge};
use crate::chart::forest;
use crate::finding::Row;
use crate::format;
use crate::markup::{Markup, Name, put};

const PICTURED: usize = 12;
const ROWS_MAX: usize = 40;
const KEY: &str = "primacy_channel";

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "channels",
        "Which channel leads which",
        "The same comparison for every pair of channels that shares a statement. Pairs with fewer than \
         six decided statements cannot tell an order from chance, however one-sided they look.",
    );
    let finding = context.finding(KEY);
    let nothing = "No two channels shared a statement, so there is no order between them.";
    if !says_nothing(page, finding, nothing) {
        let rows: Vec<Row<'_>> = finding.rows().collect();
        put_summary(page, &rows);
        put_forest(page, context, &rows);
        put_table(page, &rows);
        super::method::put(page, finding);
    }
    close(page);
}

fn wording(row: Row<'_>) -> Wording {
    Wording::parse(row.text("wording")).unwrap_or(Wording::NotEstimable)
}

/// Null results first-class: how many pairs stand at which level.
fn put_summary(page: &mut Markup, rows: &[Row<'_>]) {
    put!(page, "<ul class=\"levels\">");
    for level in Wording::ALL {
        let count = rows.iter().filter(|row| wording(**row) == level).count() as u64;
        if count > 0 {
            put!(page, "<li><b>{}</b> {}</li>", format::counted(count, "pair"), badge(level));
        }
    }
    put!(page, "</ul>");
}

fn put_forest(page: &mut Markup, context: &Context<'_>, rows: &[Row<'_>]) {
    let estimates: Vec<forest::Estimate> = rows
        .iter()
        .filter_map(|row| {
            Some(forest::Estimate {
                name: pair_name(row.text("leader"), row.text("follower")),
                share: row.number("share")?,
                interval: row.range("share_ci95")?,
                n: row.count("leader_first") + row.count("follower_first"),
                class: context.class(row.text("leader")),
            })
        })
        .take(PICTURED)
        .collect();
    if !estimates.is_empty() {
        put!(
            page,
            "<figure>{}<figcaption>The {} pairs with most shared statements: share of decided statements \
             in which the first-named channel was first, with its 95 % interval.</figcaption></figure>",
            forest::draw(&estimates, "Who was first, pairs of channels"),
            estimates.len()
        );
    }
}

/// The platform is said once where both share it.
fn pair_name(leader: &str, follower: &str) -> String {
    match (leader.split_once(':'), follower.split_once(':')) {
        (Some((platform, a)), Some((other, b))) if platform == other => {
            format!("{}: {a} › {b}", format::platform(platform))
        }
        _ => format!("{leader} › {follower}"),
    }
}

fn put_table(page: &mut Markup, rows: &[Row<'_>]) {
    put!(page, "<details><summary>The pairs in numbers</summary>");
    table_head(
        page,
        "Pairs of channels",
        &[
            ("More often first", false),
            ("Other", false),
            ("Statements", true),
            ("First", true),
            ("Other first", true),
            ("Undecided", true),
            ("Median lag", true),
            ("How sure", false),
        ],
    );
    for row in rows.iter().take(ROWS_MAX) {
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
            Name(row.text("leader")),
            Name(row.text("follower")),
            format::count(row.count("statements")),
            format::count(row.count("leader_first")),
            format::count(row.count("follower_first")),
            format::count(row.count("undecided")),
            row.number("lag_median_s").map_or_else(String::new, format::span),
            badge(wording(*row))
        );
    }
    table_end(page);
    not_shown(page, ROWS_MAX.min(rows.len()), rows.len(), "marsad measure primacy --by channel");
    put!(page, "</details>");
}
