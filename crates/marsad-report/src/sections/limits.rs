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
    put!(
        page,
        "<li>Deleted posts count with the text that was last known; what was deleted before we looked is not here.</li>"
    );
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
