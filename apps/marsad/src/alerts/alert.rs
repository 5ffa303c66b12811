//! An alert: what it says, and its JSON.

use marsad_measure::{Wording, statement_name};
use marsad_types::{ChannelKey, PostKey, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::event::{Lag, Span};
use super::rule::Rule;
use crate::archive::hex;

/// Characters quoted of a post.
const QUOTE_MAX: usize = 120;

/// What a rule has to tell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert {
    /// The rule's number in the desk's book.
    pub(crate) rule: u64,
    /// What it is about: the rule tells each once.
    pub(crate) key: String,
    fields: Map<String, Value>,
}

/// An alert being written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) at: Timestamp,
    pub(super) wording: Wording,
    /// One sentence.
    pub(super) what: String,
    pub(super) channel: ChannelKey,
    /// Named by its first post.
    pub(super) statement: Option<PostKey>,
    /// The posts behind it.
    pub(super) posts: Vec<(PostKey, Span)>,
    pub(super) lag: Option<Lag>,
    pub(super) quote: Option<String>,
    /// What this kind has besides.
    pub(super) more: Vec<(&'static str, Value)>,
}

impl Draft {
    pub(super) fn new(key: String, at: Timestamp, channel: ChannelKey, what: String) -> Self {
        Self {
            key,
            at,
            wording: Wording::Observed,
            what,
            channel,
            statement: None,
            posts: Vec::new(),
            lag: None,
            quote: None,
            more: Vec::new(),
        }
    }

    /// The alert, in the order of the fields that `docs/guide/alerts.md` promises.
    pub(super) fn of(self, rule: &Rule) -> Alert {
        let mut fields = Map::new();
        let mut add = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        add("rule", json!(rule.name));
        add("kind", json!(rule.kind.as_str()));
        add("at", json!(self.at.to_string()));
        add("wording", json!(self.wording.as_str()));
        add("what", json!(self.what));
        add("platform", json!(self.channel.platform.as_str()));
        add("channel", json!(self.channel.to_string()));
        let statement = self.statement.map(|first| statement_name(&first.to_string()));
        add("statement", json!(statement));
        let first = self.posts.iter().map(|(_, span)| span.from).min();
        add("first_at", json!(first.map(|at| Timestamp(at).to_string())));
        add("lag_s", json!(self.lag.map(|lag| lag.middle)));
        add("lag_min_s", json!(self.lag.map(|lag| lag.least)));
        add("lag_max_s", json!(self.lag.map(|lag| lag.most)));
        let posts = self.posts.iter().map(|(post, span)| {
            let time = |ms| Timestamp(ms).to_string();
            json!({"post": post.to_string(), "from": time(span.from), "to": time(span.to)})
        });
        add("posts", posts.collect());
        for (name, value) in self.more {
            add(name, value);
        }
        if let Some(quote) = self.quote {
            add("quote", json!(quote));
        }
        Alert { rule: rule.id, key: self.key, fields }
    }
}

impl Alert {
    /// The JSON that goes out. `archive` makes the id one of its own among archives: the same alert
    /// has the same id however often it is sent.
    pub(crate) fn to_json(&self, archive: &str) -> Value {
        let mut all = Map::new();
        all.insert("id".to_owned(), json!(self.id(archive)));
        all.extend(self.fields.clone());
        Value::Object(all)
    }

    pub(crate) fn id(&self, archive: &str) -> String {
        let mut hash = Sha256::new();
        let rule = self.fields.get("rule").and_then(Value::as_str).unwrap_or_default();
        for part in [archive, rule, &self.key] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hex(hash.finalize().get(..16).unwrap_or_default())
    }

    #[cfg(test)]
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn field(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }
}

/// One line for people, of an alert's JSON.
pub(crate) fn line(alert: &Value) -> String {
    let quote = match text(alert, "quote") {
        "" => String::new(),
        quote => format!(" — {quote}"),
    };
    plain(&format!("alert {}: {}{quote}", text(alert, "rule"), text(alert, "what")))
}

/// The same with everything it rests on, for a letter or a notice.
pub(crate) fn letter(alert: &Value) -> String {
    let mut lines = vec![format!("{}.", plain(text(alert, "what"))), String::new()];
    if !text(alert, "quote").is_empty() {
        lines.extend([format!("  {}", plain(text(alert, "quote"))), String::new()]);
    }
    let posts = alert.get("posts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !posts.is_empty() {
        lines.push("Posts, each published between the two times:".to_owned());
    }
    for post in posts {
        let (from, to) = (text(post, "from"), text(post, "to"));
        lines.push(format!("  {}  {from} .. {to}", plain(text(post, "post"))));
    }
    lines.push(format!(
        "Rule {} ({}), {}. Raised {}. Alert {}.",
        text(alert, "rule"),
        text(alert, "kind"),
        text(alert, "wording"),
        text(alert, "at"),
        text(alert, "id")
    ));
    lines.push(String::new());
    lines.join("\n")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// On one line, and nothing that a terminal would obey.
fn plain(text: &str) -> String {
    let is_hidden =
        |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}

/// The beginning of a post.
pub(super) fn quote(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(QUOTE_MAX).collect();
    let mark = if cut.len() < line.len() { "…" } else { "" };
    (!cut.is_empty()).then(|| plain(&format!("{cut}{mark}")))
}

/// A length of time in words: `61 s`, `2 h 3 min`, `5 d`.
pub(super) fn spoken(ms: i64) -> String {
    let s = ms.max(0) / 1000;
    let (large, name, small, small_name) = match s {
        ..120 => return format!("{s} s"),
        120..7200 => (s / 60, "min", s % 60, "s"),
        7200..172_800 => (s / 3600, "h", s % 3600 / 60, "min"),
        _ => (s / 86_400, "d", s % 86_400 / 3600, "h"),
    };
    if small == 0 {
        format!("{large} {name}")
    } else {
        format!("{large} {name} {small} {small_name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spoken_and_quotes_hide_nothing() {
        for (ms, said) in [
            (61_000, "61 s"),
            (600_000, "10 min"),
            (7_380_000, "2 h 3 min"),
            (432_000_000, "5 d"),
            (-5, "0 s"),
        ] {
            assert_eq!(spoken(ms), said);
        }
        assert_eq!(quote(" \n "), None);
        assert_eq!(quote("a\u{202E}b\u{1b}[31m\nc").unwrap(), "a b [31m c");
        let long = "x".repeat(121);
        assert_eq!(quote(&long).unwrap().chars().count(), QUOTE_MAX + 1);
    }
}
