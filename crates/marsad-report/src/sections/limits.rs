//! What was not seen, and by whom what was claimed.

use marsad_types::Timestamp;

use super::{Context, close, day, event_span, not_shown, open};
use crate::finding::{Finding, Row};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

const EVENTS_MAX: usize = 20;

/// The section.
pub(crate) fn put(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "limits",
        "What was not seen",
        "Absence from this page is not absence from the world. Only public channels are watched, and \
         only those on the list or in the files that were imported.",
    );
    let facts = &context.input.archive;
    put!(page, "<ul class=\"limits\">");
    put!(
        page,
        "<li>Filed: {} and {} from {}.</li>",
        format::counted(facts.posts, "post"),
        format::counted(facts.channels, "channel"),
        format::counted(facts.files, "file")
    );
    match facts.problems {
        0 => put!(page, "<li>Nothing in the input remained without being understood.</li>"),
        problems => put!(
            page,
            "<li><b>{}</b> in the input could not be understood; the bytes are kept, the reasons are filed with them.</li>",
            format::counted(problems, "place")
        ),
    }
    put_coverage(page, context);
    put_removals(page, context);
    put!(
        page,
        "<li>Subscribers and views are what platforms show; they can be wrong or bought.</li></ul>"
    );
    put_events(page, context);
    close(page);
}

/// The widest coverage that any finding states.
fn put_coverage(page: &mut Markup, context: &Context<'_>) {
    let widest = context
        .input
        .findings
        .keys()
        .filter_map(|key| Finding::of(context.input, key).part("coverage"))
        .max_by_key(|coverage| coverage.count("channels"));
    let Some(coverage) = widest else {
        put!(page, "<li>No finding states its coverage.</li>");
        return;
    };
    let gaps = coverage.count("gaps");
    match coverage.number("watched_share") {
        None => put!(
            page,
            "<li>How long which channel was watched is not known for this archive, so what was not \
             collected cannot be told from what was not published.</li>"
        ),
        Some(share) => put!(
            page,
            "<li>Of {}, the average one was watched {} of the window, with {} in all.</li>",
            format::counted(coverage.count("channels"), "channel"),
            format::share(share),
            format::counted(gaps, "gap")
        ),
    }
}

/// What is gone, as far as it can be told; stands where every number that depends on it is read.
fn put_removals(page: &mut Markup, context: &Context<'_>) {
    put!(page, "<li>Deleted posts count with the text that was last known. ");
    let total = context.finding("removals").part("total");
    let Some(total) = total.filter(|total| total.count("channels") > 0) else {
        put!(
            page,
            "What was deleted before it was collected is not here, and how much that is cannot be told: \
             no channel with consecutive ids was watched.</li>"
        );
        return;
    };
    put!(page, "{}</li>", removals_sentence(total));
}

/// The same beside a finding that it bears on.
pub(crate) fn put_beside(page: &mut Markup, context: &Context<'_>) {
    let total = context.finding("removals").part("total");
    if let Some(total) = total.filter(|total| total.count("channels") > 0) {
        let sentence = removals_sentence(total);
        put!(page, "<p class=\"support\">What is not among these numbers: {sentence}</p>");
    }
}

/// The bounds, in one sentence.
pub(crate) fn removals_sentence(total: Row<'_>) -> String {
    let (least, most) = (total.count("unseen_min"), total.count("unseen_max"));
    let unseen = if least == most {
        format::count(least)
    } else {
        format!("{} to {}", format::count(least), format::count(most))
    };
    let share = total.number("gone_share_min").map_or_else(String::new, |share| {
        format!(", at least {} of what was published there", format::share(share))
    });
    format!(
        "In {} with consecutive ids, while watched, {} of {} posts seen were later found gone, and {unseen} \
         more were gone before the first look{share}; <code>marsad measure removals</code> lists them.",
        format::counted(total.count("channels"), "channel"),
        format::count(total.count("deleted_seen")),
        format::count(total.count("posts")),
    )
}

/// Claims are shown with who makes them; none is a finding of ours.
fn put_events(page: &mut Markup, context: &Context<'_>) {
    let events: Vec<Row<'_>> = context.finding("events").rows().collect();
    if events.is_empty() {
        return;
    }
    put!(
        page,
        "<h3>Claimed interventions</h3><p>Shaded in the pictures. What others say, with who says it; what \
         they brought about is not for this page to say.</p><ul class=\"events\">"
    );
    for event in events.iter().take(EVENTS_MAX) {
        put_event(page, *event);
    }
    put!(page, "</ul>");
    not_shown(page, EVENTS_MAX.min(events.len()), events.len(), "marsad event list");
}

fn put_event(page: &mut Markup, event: Row<'_>) {
    put!(page, "<li><b><bdi>{}</bdi></b>", Text(event.text("name")));
    let platform = event.text("platform");
    if !platform.is_empty() {
        put!(page, " on {}", Text(format::platform(platform)));
    }
    if let Some((from, to)) = event_span(event) {
        let last = Timestamp((to.0 - 1).max(from.0));
        put!(page, ", {}", day(Some(from)));
        if last.day() != from.day() {
            put!(page, " to {}", day(Some(last)));
        }
    }
    if !event.text("claim").is_empty() {
        put!(page, ": “<bdi>{}</bdi>”", Text(event.text("claim")));
    }
    match event.text("source") {
        "" => put!(page, " <span class=\"source\">no source was given</span></li>"),
        source => put!(page, " <span class=\"source\">source: {}</span></li>", Name(source)),
    }
}
