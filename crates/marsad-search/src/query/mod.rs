//! What people ask: words, phrases, exclusions, alternatives, beginnings, filters.
//!
//! | written | means |
//! |---|---|
//! | `storm harbour` | both words, in any of their forms |
//! | `"night train"` | these forms, in this order, side by side; `"حكومة"` one form alone |
//! | `storm OR rain` | either; `OR` joins the two beside it: `harbour storm OR rain` is harbour and one of the two |
//! | `-football`, `-"full time"` | not that |
//! | `fog*` | words that begin so |
//! | `( … )` | what belongs together |
//! | `channel:weatherdesk platform:telegram lang:ar script:arab since:2019-11-29 until:2019-12-01` | filters |

mod holds;
mod parse;

use std::fmt::{self, Display as _};

use marsad_types::{ChannelKey, Platform, Timestamp};

use crate::script::Script;

pub use parse::QueryError;

/// A query that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(crate) root: Node,
    ignored: Vec<String>,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// One word in any of its forms.
    Word { exact: String, loose: String },
    /// Exact forms with their places, counted from the first.
    Phrase(Vec<(u32, String)>),
    /// The beginning of a word.
    Prefix(String),
    /// A condition on the post, not on its words.
    Only(Filter),
    /// All of them; none is everything.
    All(Vec<Self>),
    /// Any of them.
    Any(Vec<Self>),
    /// Not that.
    Not(Box<Self>),
}

/// A condition on a post.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Platform(Platform),
    /// As written, and the channels it names once [`Query::name_channels`] found them.
    Channel {
        written: String,
        keys: Vec<ChannelKey>,
    },
    /// As the platform stated it: a whole tag or its first part, in lower case.
    Lang(String),
    Script(Script),
    Since(Timestamp),
    Until(Timestamp),
}

impl Query {
    /// Reads a query. Empty text is understood: it asks for everything.
    ///
    /// # Errors
    /// One sentence that says what is wrong and where.
    pub fn parse(written: &str) -> Result<Self, QueryError> {
        parse::parse(written)
    }

    /// Whether it says what is wanted, not only what is not.
    pub fn asks(&self) -> bool {
        self.root.asks()
    }

    /// Parts that hold no words (emoji, punctuation) and were left out.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Finds the channels that `channel:` filters name.
    ///
    /// # Errors
    /// Those of `find`.
    pub fn name_channels<E>(
        &mut self,
        find: &mut dyn FnMut(&str) -> Result<Vec<ChannelKey>, E>,
    ) -> Result<(), E> {
        self.root.name_channels(find)
    }

    /// The parts whose words are wanted.
    pub(crate) fn wanted(&self) -> Vec<&Node> {
        let mut wanted = Vec::new();
        self.root.collect_wanted(&mut wanted);
        wanted
    }
}

impl Node {
    fn asks(&self) -> bool {
        match self {
            Self::Not(_) => false,
            Self::All(parts) => parts.iter().any(Self::asks),
            Self::Any(parts) => !parts.is_empty() && parts.iter().all(Self::asks),
            _ => true,
        }
    }

    fn name_channels<E>(
        &mut self,
        find: &mut dyn FnMut(&str) -> Result<Vec<ChannelKey>, E>,
    ) -> Result<(), E> {
        match self {
            Self::Only(Filter::Channel { written, keys }) => *keys = find(written)?,
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.name_channels(find)?;
                }
            }
            Self::Not(part) => part.name_channels(find)?,
            _ => {}
        }
        Ok(())
    }

    fn collect_wanted<'a>(&'a self, wanted: &mut Vec<&'a Self>) {
        match self {
            Self::Word { .. } | Self::Phrase(_) | Self::Prefix(_) => wanted.push(self),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect_wanted(wanted);
                }
            }
            Self::Only(_) | Self::Not(_) => {}
        }
    }
}

/// How the query was understood, with every `AND` and bracket that was left out.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Node::All(parts) => join(f, parts, " AND "),
            root => root.fmt(f),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Node], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        part.fmt(f)?;
    }
    Ok(())
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { exact, .. } => f.write_str(exact),
            Self::Phrase(words) => {
                let words: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
                write!(f, "\"{}\"", words.join(" "))
            }
            Self::Prefix(start) => write!(f, "{start}*"),
            Self::Only(filter) => filter.fmt(f),
            Self::All(parts) => {
                f.write_str("(")?;
                join(f, parts, " AND ")?;
                f.write_str(")")
            }
            Self::Any(parts) => {
                f.write_str("(")?;
                join(f, parts, " OR ")?;
                f.write_str(")")
            }
            Self::Not(part) => write!(f, "NOT {part}"),
        }
    }
}

/// A filter whose value needs quotation marks gets those that it does not hold.
fn quote(f: &mut fmt::Formatter<'_>, field: &str, value: &str) -> fmt::Result {
    let ends_early = value.contains(|c: char| c.is_whitespace() || c == ')');
    let reads_as_quoted = value.starts_with(|c| parse::closing(c).is_some());
    let (open, close) = match value {
        _ if !ends_early && !reads_as_quoted => ("", ""),
        value if value.contains('"') => ("«", "»"),
        _ => ("\"", "\""),
    };
    write!(f, "{field}:{open}{value}{close}")
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform(platform) => write!(f, "platform:{platform}"),
            Self::Channel { written, .. } => quote(f, "channel", written),
            Self::Lang(lang) => quote(f, "lang", lang),
            Self::Script(script) => write!(f, "script:{}", script.as_str()),
            Self::Since(time) => write!(f, "since:{time}"),
            Self::Until(time) => write!(f, "until:{time}"),
        }
    }
}

#[cfg(test)]
mod tests;
