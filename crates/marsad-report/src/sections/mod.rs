//! The page's sections: each answers one question, shows its picture, its table and its sources.

pub(crate) mod attempts;
pub(crate) mod audience;
mod beside;
pub(crate) mod channels;
pub(crate) mod firsts;
pub(crate) mod guide;
pub(crate) mod limits;
pub(crate) mod method;
pub(crate) mod networks;
pub(crate) mod statements;
pub(crate) mod surge;

use std::collections::BTreeSet;

use marsad_types::{Bound, Timestamp};

use crate::ReportInput;
use crate::chart::Band;
use crate::finding::{Finding, Row, platform_of};
use crate::format;
use crate::markup::{Markup, Text, put};

/// What every section sees.
pub(crate) struct Context<'a> {
    pub(crate) input: &'a ReportInput,
    platforms: Vec<String>,
    /// Claimed interventions, in days.
    pub(crate) bands: Vec<Band>,
    /// The network with most channels, if any was found.
    pub(crate) network: Option<Row<'a>>,
}

/// Colours there are; further platforms share the last.
const COLOURS: usize = 6;

impl<'a> Context<'a> {
    pub(crate) fn new(input: &'a ReportInput) -> Self {
        let networks = Finding::of(input, "networks");
        let network = networks.rows().max_by_key(|row| row.list("channels").len());
        Self {
            input,
            platforms: platforms(input),
            bands: Finding::of(input, "events").rows().filter_map(band).collect(),
            network,
        }
    }

    pub(crate) fn finding(&self, key: &str) -> Finding<'a> {
        Finding::of(self.input, key)
    }

    /// The class that colours a platform, or a channel by its platform.
    pub(crate) fn class(&self, name: &str) -> String {
        let platform = if name.contains(':') { platform_of(name) } else { name };
        let place = self.platforms.iter().position(|known| known == platform);
        format!("p{}", place.unwrap_or(COLOURS - 1).min(COLOURS - 1))
    }
}

/// All platforms named anywhere, by name, so that a colour means the same everywhere.
fn platforms(input: &ReportInput) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (key, fields) in [
        ("primacy_platform", ["leader", "follower"]),
        ("migration", ["platform", "platform"]),
        ("surge", ["platform", "platform"]),
    ] {
        for row in Finding::of(input, key).rows() {
            names.extend(fields.map(|field| row.text(field).to_owned()));
        }
    }
    for row in Finding::of(input, "statements").rows() {
        names.extend(row.texts("platforms").into_iter().map(str::to_owned));
    }
    for row in Finding::of(input, "audience").rows() {
        names.insert(platform_of(row.text("channel")).to_owned());
    }
    names.remove("");
    names.into_iter().collect()
}

/// From when to when a claimed intervention lasted; a bare date as its end includes that day.
pub(crate) fn event_span(event: Row<'_>) -> Option<(Timestamp, Timestamp)> {
    let from = Timestamp::parse_bound(event.text("from"), Bound::Start).ok()?;
    let to = Timestamp::parse_bound(event.text("to"), Bound::End).ok()?;
    Some((from, to.max(from)))
}

fn band(event: Row<'_>) -> Option<Band> {
    let (from, to) = event_span(event)?;
    let days = |at: Timestamp| at.0 as f64 / Timestamp::DAY_MS as f64;
    Some(Band {
        name: event.text("name").chars().take(40).collect(),
        from: days(from),
        to: days(to),
    })
}

/// Opens a section with its question and, in one paragraph, what the reader will see.
pub(crate) fn open(page: &mut Markup, id: &str, title: &str, lead: &str) {
    put!(page, "<section id=\"{id}\"><h2>{title}</h2><p class=\"lead\">{lead}</p>");
}

pub(crate) fn close(page: &mut Markup) {
    put!(page, "</section>");
}

/// A sentence in place of what is not there.
pub(crate) fn absent(page: &mut Markup, sentence: &str) {
    put!(page, "<p class=\"absent\">{sentence}</p>");
}

/// Says so when a finding is missing or has no rows; true when the section has nothing more to say.
pub(crate) fn says_nothing(page: &mut Markup, finding: Finding<'_>, empty: &str) -> bool {
    if finding.is_missing() {
        absent(page, "This was not measured for this report.");
        return true;
    }
    if finding.is_empty() {
        absent(page, empty);
        method::put(page, finding);
        return true;
    }
    false
}

/// How many are not shown, and how to get them.
pub(crate) fn not_shown(page: &mut Markup, shown: usize, all: usize, command: &str) {
    if all > shown {
        put!(
            page,
            "<p class=\"more\">{} more not shown here; <code>{}</code> lists all {}.</p>",
            format::count((all - shown) as u64),
            Text(command),
            format::count(all as u64)
        );
    }
}

/// A head of a table: names and whether the column holds numbers.
pub(crate) fn table_head(page: &mut Markup, caption: &str, columns: &[(&str, bool)]) {
    put!(page, "<div class=\"wide\"><table><caption>{caption}</caption><thead><tr>");
    for (name, numeric) in columns {
        let class = if *numeric { " class=\"n\"" } else { "" };
        put!(page, "<th scope=\"col\"{class}>{name}</th>");
    }
    put!(page, "</tr></thead><tbody>");
}

pub(crate) fn table_end(page: &mut Markup) {
    put!(page, "</tbody></table></div>");
}

/// A platform's name in its colour.
pub(crate) fn platform_tag(context: &Context<'_>, name: &str) -> String {
    format!("<span class=\"tag {}\">{}</span>", context.class(name), Text(format::platform(name)))
}

/// A time as a machine and as a reader want it.
pub(crate) fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "unknown".to_owned(),
        |at| format!("<time datetime=\"{at}\">{}</time>", format::moment(at)),
    )
}

/// The same, only the day.
pub(crate) fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "unknown".to_owned(),
        |at| format!("<time datetime=\"{at}\">{}</time>", format::day(at.day())),
    )
}

/// "91 % to 99 %".
pub(crate) fn share_range((low, high): (f64, f64)) -> String {
    format!("{} to {}", format::share(low), format::share(high))
}
