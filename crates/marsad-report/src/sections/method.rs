//! Under every section: window, coverage, method, parameters, notes.

use serde_json::Value;

use crate::finding::Finding;
use crate::format;
use crate::markup::{Markup, Text, put};

const NOTES_MAX: usize = 30;

/// One line that is always visible, the rest folded.
pub(crate) fn put(page: &mut Markup, finding: Finding<'_>) {
    put!(page, "<div class=\"method\"><p>{}</p>", facts(finding).join(" · "));
    let text = finding.field("method").and_then(Value::as_str).unwrap_or("");
    let notes: Vec<&str> = finding.notes().collect();
    if !notes.is_empty() {
        put!(page, "<ul class=\"notes\">");
        for note in notes.iter().take(NOTES_MAX) {
            put!(page, "<li>{}</li>", Text(note));
        }
        put!(page, "</ul>");
    }
    put!(page, "<details><summary>Method and parameters</summary>");
    if text.is_empty() {
        put!(page, "<p>The measure brought no description of its method.</p>");
    }
    prose(page, text);
    put_parameters(page, finding);
    put!(page, "</details></div>");
}

fn facts(finding: Finding<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(window) = finding.part("window") {
        let end = |name| window.time(name).map(|at| format::day(at.day()));
        let from = end("from").unwrap_or_else(|| "the beginning".to_owned());
        // The end is excluded: midnight of the next day means the day before.
        let to = window.time("to").map(|at| format::day(marsad_types::Timestamp(at.0 - 1).day()));
        facts.push(format!("Window: {from} to {}", to.unwrap_or_else(|| "the end".to_owned())));
    }
    if let Some(coverage) = finding.part("coverage") {
        facts.push(format::counted(coverage.count("channels"), "channel"));
        facts.push(match coverage.number("watched_share") {
            Some(share) => format!("watched {} of the time", format::share(share)),
            None => "how much was watched is not known".to_owned(),
        });
        facts.push(format::counted(coverage.count("gaps"), "gap"));
    }
    if let Some(archive) = finding.part("archive") {
        facts.push(format!("archive version {}", format::count(archive.count("version"))));
    }
    facts
}

fn put_parameters(page: &mut Markup, finding: Finding<'_>) {
    let Some(parameters) = finding.field("parameters").and_then(Value::as_object) else { return };
    if parameters.is_empty() {
        return;
    }
    put!(page, "<dl class=\"parameters\">");
    for (name, value) in parameters {
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        put!(page, "<div><dt>{}</dt><dd>{}</dd></div>", Text(name), Text(&written));
    }
    put!(page, "</dl>");
}

/// Our own method pages are light Markdown: headings, lists, code, paragraphs.
fn prose(page: &mut Markup, text: &str) {
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if block.starts_with('#') {
            let (head, rest) = block.split_once('\n').unwrap_or((block, ""));
            put!(page, "<h4>{}</h4>", Code(head.trim_start_matches('#').trim()));
            prose(page, rest);
        } else if block.starts_with("- ") || block.starts_with("* ") {
            put!(page, "<ul>");
            for item in items(block) {
                put!(page, "<li>{}</li>", Code(&item));
            }
            put!(page, "</ul>");
        } else {
            put!(page, "<p>{}</p>", Code(block));
        }
    }
}

/// List items, wrapped lines joined.
fn items(block: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in block.lines() {
        let start = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (start, items.last_mut()) {
            (Some(start), _) => items.push(start.to_owned()),
            (None, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            (None, None) => items.push(line.trim().to_owned()),
        }
    }
    items
}

/// Text with `code` between backticks; `**` is dropped.
struct Code<'a>(&'a str);

impl std::fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (nth, part) in self.0.split('`').enumerate() {
            if nth % 2 == 1 {
                write!(f, "<code>{}</code>", Text(part))?;
            } else {
                write!(f, "{}", Text(&part.replace("**", "")))?;
            }
        }
        Ok(())
    }
}
