//! How to read the page and how to check it.

use super::{Context, close, open};
use crate::answer::{Wording, badge};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

/// How to read the page.
pub(crate) fn put_reading(page: &mut Markup) {
    open(
        page,
        "reading",
        "How to read this page",
        "Every claim carries one of five fixed wordings. A result that finds nothing is shown as large as \
         one that does.",
    );
    put!(page, "<dl class=\"words\">");
    for wording in Wording::ALL {
        put!(page, "<div><dt>{}</dt><dd>{}.</dd></div>", badge(wording), wording.explained());
    }
    put!(page, "</dl><ul class=\"reading\">");
    for line in [
        "All times are UTC and are the platforms’ own times of publication. When we looked never decides who was first.",
        "A 95 % interval: of 100 intervals made in this way, about 95 hold the true number. A wide one means that \
         little is known.",
        "p is how often chance alone would give something at least as one-sided; q is the same after correcting for \
         all the tests in the table (Benjamini and Yekutieli).",
        "A forward is what the platform marks as one; a copy is the same text posted again. The two are not mixed.",
        "Moving together is a pattern in time. It is not proof of common direction, and being followed by something \
         is not the same as bringing it about.",
    ] {
        put!(page, "<li>{line}</li>");
    }
    put!(page, "</ul>");
    close(page);
}

/// How to check the page.
pub(crate) fn put_checking(page: &mut Markup, context: &Context<'_>) {
    open(
        page,
        "checking",
        "How to check it",
        "Every number here can be made again from the archive, and the archive can be checked against its \
         log of evidence.",
    );
    let facts = &context.input.archive;
    put!(page, "<dl class=\"archive\"><div><dt>Archive</dt><dd>{}</dd></div>", Name(&facts.name));
    put!(
        page,
        "<div><dt>Version</dt><dd>{}</dd></div><div><dt>Leaves in the log</dt><dd>{}</dd></div>\
         <div><dt>Root of the log</dt><dd><code class=\"root\">{}</code></dd></div></dl>",
        format::count(facts.version),
        format::count(facts.log_size),
        Text(&facts.root)
    );
    put!(page, "<ol class=\"steps\">");
    for (command, says) in [
        ("marsad evidence status", "the root that it prints must be the one above"),
        (
            "marsad measure primacy --json",
            "the numbers under “Who was first”, with all their digits; the parameters stand in that section",
        ),
        ("marsad measure statements --members --json", "every statement with all of its posts"),
        (
            "marsad evidence prove POST --out proof.wacz",
            "a bundle for one post that anybody can check offline",
        ),
        (
            "marsad-verify proof.wacz",
            "checks such a bundle without Marsad and without this archive",
        ),
    ] {
        put!(page, "<li><code>{command}</code><br>{says}</li>");
    }
    put!(page, "</ol>");
    close(page);
}
