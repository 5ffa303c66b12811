//! Hits for people: a line of where and when, then the text on a line of its own, so that a
//! terminal sets right-to-left text by itself.

use std::io::IsTerminal as _;

use marsad_search::Snippet;
use serde_json::Value;

use super::Found;
use crate::failure::Failure;
use crate::{output, settings};

/// Prints what was found.
pub(super) fn hits(found: &Found<'_>, document: &Value) -> Result<(), Failure> {
    let marks = Marks::here();
    for hit in &found.answer.hits {
        let (handle, title) = found.names.of(&hit.post.channel);
        let gone = hit.deleted_at.map_or(String::new(), |at| format!("  deleted by {at}"));
        // A name may be in Arabic: it stands last, so that it moves nothing else on the line.
        let name = title.or(handle).map_or(String::new(), |name| format!("  {}", plain(name)));
        let post = plain(&hit.post.to_string());
        output::line(&format!("{}  {post}{gone}{name}", hit.published_at))?;
        output::line(&format!("    {}\n", marks.put(&hit.snippet)))?;
    }
    summary(found.answer.total, found.answer.hits.len(), &found.request.query.to_string())?;
    notes(document)
}

/// The last lines: how many, and what was understood.
fn summary(total: u64, shown: usize, understood: &str) -> Result<(), Failure> {
    let asked =
        if understood.is_empty() { String::new() } else { format!(": {}", plain(understood)) };
    let posts = if total == 1 { "post answers" } else { "posts answer" };
    let more = match shown as u64 {
        shown if shown < total => format!(" ({shown} shown; --limit shows more)"),
        _ => String::new(),
    };
    output::line(&format!("{total} {posts}{more}{asked}"))
}

/// Prints a document's notes.
pub(super) fn notes(document: &Value) -> Result<(), Failure> {
    for note in document.get("notes").and_then(Value::as_array).into_iter().flatten() {
        output::line(&format!("note: {}", note.as_str().unwrap_or_default()))?;
    }
    Ok(())
}

/// How words that answer are shown: bold on a terminal, not at all elsewhere.
struct Marks {
    open: &'static str,
    close: &'static str,
}

impl Marks {
    fn here() -> Self {
        if std::io::stdout().is_terminal() && !settings::no_colour() {
            Self { open: "\u{1b}[1;33m", close: "\u{1b}[0m" }
        } else {
            Self { open: "", close: "" }
        }
    }

    fn put(&self, snippet: &Snippet) -> String {
        let mut written = String::new();
        let mut from = 0;
        let text = |range: std::ops::Range<usize>| plain(snippet.text.get(range).unwrap_or(""));
        for mark in &snippet.marks {
            written += &text(from..mark.start);
            written += self.open;
            written += &text(mark.clone());
            written += self.close;
            from = mark.end;
        }
        written + &text(from..snippet.text.len())
    }
}

/// A post's text must not steer the terminal: controls become spaces, and marks that turn the
/// direction of everything after them are left out.
pub(super) fn plain(text: &str) -> String {
    let steers = |c: &char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !steers(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        assert_eq!(plain("rain\u{1b}[2J\u{202E}snow\u{9b}1m"), "rain [2Jsnow 1m");
        assert_eq!(plain("قطار 👩\u{200D}👧"), "قطار 👩\u{200D}👧");
    }
}
