//! A query as typed to its parts.

use marsad_types::{Bound, Platform, Timestamp};

use super::{Filter, Node, Query};
use crate::script::Script;
use crate::token::tokens;

/// Brackets inside brackets, at most.
const DEPTH_MAX: usize = 16;
/// Words, phrases and filters of one query, at most.
const PARTS_MAX: usize = 128;

/// A query that cannot be understood. The sentence says what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A quotation mark is open to the end.
    #[error("the quotation mark at character {0} of the query is not closed")]
    Quote(usize),
    /// A bracket is open to the end.
    #[error("the bracket at character {0} of the query is not closed")]
    Bracket(usize),
    /// `OR` without something beside it.
    #[error("OR at character {0} of the query needs something on both sides")]
    Or(usize),
    /// A `-` or `NOT` with nothing after it.
    #[error("the {0} at the end of the query excludes nothing; write -word")]
    Not(&'static str),
    /// A `*` that is not at the end of a word.
    #[error("'{0}' is not understood: a * stands at the end of one word, as in rain*")]
    Star(String),
    /// `field:` and no value.
    #[error("{0}: needs its value right after the colon")]
    NoValue(&'static str),
    /// A value that the field does not take.
    #[error("{0}")]
    Value(String),
    /// Too deep.
    #[error("the query has more than {DEPTH_MAX} brackets or exclusions inside each other")]
    Depth,
    /// Too long.
    #[error("the query has more than {PARTS_MAX} parts")]
    Parts,
}

pub(super) fn parse(written: &str) -> Result<Query, QueryError> {
    let mut parser = Parser {
        chars: written.chars().collect(),
        at: 0,
        parts: 0,
        nested: 0,
        ignored: Vec::new(),
    };
    let root = parser.all(0)?;
    Ok(Query { root, ignored: parser.ignored })
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    parts: usize,
    /// Brackets and exclusions around what is being read.
    nested: usize,
    ignored: Vec<String>,
}

/// What stands between two spaces, before it is given a meaning.
enum Unit {
    Node(Node),
    /// Nothing to search for.
    Nothing,
    Or(usize),
    End,
}

const FIELDS: [&str; 6] = ["platform", "channel", "lang", "script", "since", "until"];

impl Parser {
    /// Everything up to the end or the closing bracket.
    fn all(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut parts: Vec<Node> = Vec::new();
        // Where an OR waits for its right side.
        let mut waiting: Option<usize> = None;
        loop {
            match self.unit(depth)? {
                Unit::Nothing => {}
                Unit::Or(at) => {
                    if parts.is_empty() || waiting.is_some() {
                        return Err(QueryError::Or(at));
                    }
                    waiting = Some(at);
                }
                Unit::Node(node) => match (waiting.take(), parts.pop()) {
                    (Some(_), Some(left)) => parts.push(either(left, node)),
                    (_, last) => {
                        parts.extend(last);
                        parts.push(node);
                    }
                },
                Unit::End => break,
            }
        }
        match (waiting, parts.len(), parts.pop()) {
            (Some(at), ..) => Err(QueryError::Or(at)),
            (None, 1, Some(only)) => Ok(only),
            (None, _, last) => {
                parts.extend(last);
                Ok(Node::All(parts))
            }
        }
    }

    fn unit(&mut self, depth: usize) -> Result<Unit, QueryError> {
        self.skip_space();
        let start = self.at;
        match self.peek() {
            None => Ok(Unit::End),
            Some(')') if depth > 0 => Ok(Unit::End),
            Some('(') => self.bracket(depth).map(Unit::Node),
            Some('|') => {
                self.at += 1;
                Ok(Unit::Or(start + 1))
            }
            Some('-') if self.next_is_content(1) => {
                self.at += 1;
                self.negated("-", depth)
            }
            Some(c) if closing(c).is_some() => {
                let text = self.quoted()?;
                self.phrase(&text)
            }
            Some(_) => self.bare(depth),
        }
    }

    fn bracket(&mut self, depth: usize) -> Result<Node, QueryError> {
        self.enter()?;
        self.at += 1;
        let opened = self.at;
        let inside = self.all(depth + 1)?;
        self.nested -= 1;
        if self.peek() != Some(')') {
            return Err(QueryError::Bracket(opened));
        }
        self.at += 1;
        Ok(inside)
    }

    fn negated(&mut self, sign: &'static str, depth: usize) -> Result<Unit, QueryError> {
        self.enter()?;
        let unit = self.unit(depth)?;
        self.nested -= 1;
        match unit {
            Unit::Node(Node::Not(twice)) => Ok(Unit::Node(*twice)),
            Unit::Node(node) => Ok(Unit::Node(Node::Not(Box::new(node)))),
            Unit::Nothing => Ok(Unit::Nothing),
            Unit::Or(_) | Unit::End => Err(QueryError::Not(sign)),
        }
    }

    fn enter(&mut self) -> Result<(), QueryError> {
        self.nested += 1;
        if self.nested > DEPTH_MAX { Err(QueryError::Depth) } else { Ok(()) }
    }

    fn bare(&mut self, depth: usize) -> Result<Unit, QueryError> {
        let start = self.at;
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace()) {
            if c == ')' && depth > 0 {
                break;
            }
            text.push(c);
            self.at += 1;
            if c == ':'
                && let Some(field) = field(&text)
            {
                return self.filter(field).map(|filter| self.part(Node::Only(filter)))?;
            }
        }
        match text.as_str() {
            "OR" => Ok(Unit::Or(start + 1)),
            "AND" => Ok(Unit::Nothing),
            "NOT" => self.negated("NOT", depth),
            _ if text.contains('*') => self.prefix(&text),
            _ => self.words(&text),
        }
    }

    /// One word is searched in all its forms; what falls into several (`night-train`, a link) is a
    /// phrase.
    fn words(&mut self, text: &str) -> Result<Unit, QueryError> {
        let mut found = tokens(text);
        let at = found.first().map(|first| first.position);
        if found.iter().all(|token| Some(token.position) == at)
            && let Some(first) = (!found.is_empty()).then(|| found.swap_remove(0))
        {
            return self.part(Node::Word { exact: first.exact, loose: first.loose });
        }
        self.phrase(text)
    }

    fn phrase(&mut self, text: &str) -> Result<Unit, QueryError> {
        let mut words: Vec<(u32, String)> = Vec::new();
        for token in tokens(text) {
            // `@name` stands before the name at the same place: what was typed is wanted.
            if words.last().is_none_or(|(position, _)| *position != token.position) {
                words.push((token.position, token.exact));
            }
        }
        let Some(first) = words.first().map(|(position, _)| *position) else {
            self.ignored.push(text.to_owned());
            return Ok(Unit::Nothing);
        };
        self.part(Node::Phrase(words.into_iter().map(|(at, word)| (at - first, word)).collect()))
    }

    fn prefix(&mut self, text: &str) -> Result<Unit, QueryError> {
        let wrong = || QueryError::Star(text.to_owned());
        let start =
            text.strip_suffix('*').filter(|start| !start.contains('*')).ok_or_else(wrong)?;
        let found = tokens(start);
        match found.first() {
            Some(first) if found.iter().all(|token| token.position == first.position) => {
                self.part(Node::Prefix(first.exact.clone()))
            }
            _ => Err(wrong()),
        }
    }

    fn filter(&mut self, field: &'static str) -> Result<Filter, QueryError> {
        let mut value = String::new();
        if self.peek().is_some_and(|c| closing(c).is_some()) {
            value = self.quoted()?;
        } else {
            while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && *c != ')') {
                value.push(c);
                self.at += 1;
            }
        }
        match value.trim() {
            "" => Err(QueryError::NoValue(field)),
            value => read_filter(field, value),
        }
    }

    fn part(&mut self, node: Node) -> Result<Unit, QueryError> {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Err(QueryError::Parts);
        }
        Ok(Unit::Node(node))
    }

    /// The text up to the mark that closes the one here.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let opened = self.at;
        let closes = self.peek().and_then(closing).unwrap_or("\"");
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if closes.contains(c) {
                return Ok(text);
            }
            text.push(c);
        }
        Err(QueryError::Quote(opened + 1))
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next_is_content(&self, ahead: usize) -> bool {
        self.chars.get(self.at + ahead).is_some_and(|c| !c.is_whitespace())
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }
}

fn either(left: Node, right: Node) -> Node {
    match left {
        Node::Any(mut parts) => {
            parts.push(right);
            Node::Any(parts)
        }
        left => Node::Any(vec![left, right]),
    }
}

/// The marks that close a quotation which begins with this one; Arabic text is quoted with guillemets
/// in either direction.
pub(super) fn closing(opening: char) -> Option<&'static str> {
    match opening {
        '"' => Some("\""),
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' => Some("\u{201C}\u{201D}\u{201F}\""),
        '«' | '»' => Some("«»"),
        _ => None,
    }
}

fn field(text: &str) -> Option<&'static str> {
    let name = text.strip_suffix(':')?;
    FIELDS.into_iter().find(|known| *known == name)
}

fn read_filter(field: &'static str, value: &str) -> Result<Filter, QueryError> {
    let time = |bound| {
        Timestamp::parse_bound(value, bound).map_err(|error| QueryError::Value(error.to_string()))
    };
    Ok(match field {
        "platform" => Filter::Platform(
            Platform::new(value).map_err(|error| QueryError::Value(error.to_string()))?,
        ),
        "lang" => Filter::Lang(value.to_lowercase()),
        "script" => Filter::Script(script(value)?),
        "since" => Filter::Since(time(Bound::Start)?),
        "until" => Filter::Until(time(Bound::End)?),
        _ => Filter::Channel { written: value.to_owned(), keys: Vec::new() },
    })
}

/// Reads a script's code.
pub(crate) fn script(value: &str) -> Result<Script, QueryError> {
    Script::parse(value).ok_or_else(|| {
        QueryError::Value(format!("'{value}' is no script; scripts are: {}", Script::codes()))
    })
}
