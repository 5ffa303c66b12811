//! The page: head, answers, sections, foot.

use crate::ReportInput;
use crate::answer::Answer;
use crate::format;
use crate::markup::{Markup, Name, Text, put};
use crate::sections::{
    Context, attempts, audience, channels, firsts, guide, limits, networks, statements, surge,
};

const STYLE: &str = include_str!("style.css");

/// Forbids everything that the page does not carry itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const CONTENTS: [(&str, &str); 10] = [
    ("first", "Who was first"),
    ("channels", "Which channel leads"),
    ("statements", "What was repeated"),
    ("surge", "New channels"),
    ("attempts", "Where it settled"),
    ("audience", "Who could read it"),
    ("networks", "Networks"),
    ("limits", "What was not seen"),
    ("reading", "How to read this"),
    ("checking", "How to check it"),
];

/// Writes the whole page.
pub(crate) fn write(input: &ReportInput) -> String {
    let context = Context::new(input);
    let mut page = Markup::default();
    put_head(&mut page, input);
    put_masthead(&mut page, &context);
    put!(page, "<main>");
    put_answers(&mut page, &context);
    put_contents(&mut page);
    firsts::put(&mut page, &context);
    channels::put(&mut page, &context);
    statements::put(&mut page, &context);
    surge::put(&mut page, &context);
    attempts::put(&mut page, &context);
    audience::put(&mut page, &context);
    networks::put(&mut page, &context);
    limits::put(&mut page, &context);
    guide::put_reading(&mut page);
    guide::put_checking(&mut page, &context);
    put!(
        page,
        "</main><footer><p>Made by Marsad on {} (UTC) from public channels only. Texts and names are those of \
         their authors.</p></footer></body></html>\n",
        format::moment(input.made_at)
    );
    page.finish()
}

fn put_head(page: &mut Markup, input: &ReportInput) {
    put!(
        page,
        "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{}</title><style>{STYLE}</style></head><body>",
        Text(&input.title)
    );
}

fn put_masthead(page: &mut Markup, context: &Context<'_>) {
    let input = context.input;
    put!(
        page,
        "<header><p class=\"brand\">Marsad <span lang=\"ar\" dir=\"rtl\">مرصد</span></p><h1 dir=\"auto\">{}</h1>",
        Text(&input.title)
    );
    let window = context
        .finding("primacy_platform")
        .part("window")
        .or(context.finding("statements").part("window"));
    let mut facts = Vec::new();
    if let Some((from, to)) =
        window.and_then(|window| Some((window.time("from")?, window.time("to")?)))
    {
        let last = marsad_types::Timestamp(to.0 - 1);
        facts.push(format!("{} to {}", format::day(from.day()), format::day(last.day())));
    }
    facts.push(format::counted(input.archive.posts, "post"));
    facts.push(format::counted(input.archive.channels, "channel"));
    facts.push(format!(
        "archive {}, version {}",
        Name(&input.archive.name),
        format::count(input.archive.version)
    ));
    put!(page, "<p class=\"dateline\">{}</p></header>", facts.join(" · "));
}

fn put_answers(page: &mut Markup, context: &Context<'_>) {
    let answers: Vec<Answer> = [
        firsts::answer(context),
        attempts::answer(context),
        surge::answer(context),
        audience::answer(context),
        statements::answer(context),
        networks::answer(context),
    ]
    .into_iter()
    .flatten()
    .collect();
    put!(page, "<section id=\"answers\" aria-label=\"Answers\"><h2 class=\"hidden\">In short</h2>");
    if answers.is_empty() {
        put!(page, "<p class=\"absent\">Nothing was measured for this report.</p>");
    }
    put!(page, "<div class=\"answers\">");
    for answer in &answers {
        answer.put(page);
    }
    put!(page, "</div></section>");
}

fn put_contents(page: &mut Markup) {
    put!(page, "<nav aria-label=\"Contents\"><ol>");
    for (id, title) in CONTENTS {
        put!(page, "<li><a href=\"#{id}\">{title}</a></li>");
    }
    put!(page, "</ol></nav>");
}
