//! One request before it is sent.

use std::fmt;

use crate::Limit;

/// The method of a question in Telegram's own protocol: its body is the bytes that are asked.
pub const INVOKE: &str = "INVOKE";

/// A request that a connector wants to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// `GET`, `POST`, `PUT` or `DELETE`; [`INVOKE`] for a question that is no HTTP.
    pub method: &'static str,
    /// Where, without credentials: this is what is kept.
    pub url: String,
    /// Header fields, without credentials.
    pub headers: Vec<(&'static str, String)>,
    /// Body; empty for `GET`.
    pub body: Vec<u8>,
    /// What proves who asks; never kept, never printed.
    pub secret: Secret,
    /// What is counted together against `limit`: a host, or a host and a route.
    pub lane: String,
    /// How often this lane may be asked.
    pub limit: Limit,
    /// What is counted besides, with its own limit: a kind of question that a platform limits more.
    pub also: Option<(String, Limit)>,
    /// The word of the reader that understands the answer.
    pub reader: &'static str,
    /// The platform's stable id of the channel, when it is known.
    pub channel: Option<String>,
    /// The last look at the channel's newest posts before this visit, epoch ms, and the newest post
    /// then (its id or its time in ms): what is newer was not there yet.
    pub previous: Option<(i64, String)>,
    /// Milliseconds that the platform itself may take before it answers, for questions that wait for
    /// something to happen.
    pub holds_ms: u64,
}

impl Ask {
    /// A `GET` of the address.
    pub fn get(url: String, reader: &'static str, (lane, limit): (String, Limit)) -> Self {
        Self {
            method: "GET",
            url,
            headers: Vec::new(),
            body: Vec::new(),
            secret: Secret::None,
            lane,
            limit,
            also: None,
            reader,
            channel: None,
            previous: None,
            holds_ms: 0,
        }
    }
}

/// A credential, added at the moment of asking.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Secret {
    /// The address is open to everybody.
    #[default]
    None,
    /// Header fields.
    Headers(Vec<(&'static str, String)>),
    /// A parameter of the query.
    Query(&'static str, String),
    /// Header fields, and a body that holds a credential, in place of the question's own.
    Posted {
        /// The fields.
        fields: Vec<(&'static str, String)>,
        /// The body.
        body: String,
    },
}

impl Secret {
    /// Takes every credential out of a text, such as an error's.
    pub fn taken_out(&self, text: &str) -> String {
        let values: Vec<&str> = match self {
            Self::None => Vec::new(),
            Self::Headers(fields) | Self::Posted { fields, .. } => {
                fields.iter().map(|(_, value)| value.as_str()).collect()
            }
            Self::Query(_, value) => vec![value.as_str()],
        };
        let mut clean = text.to_owned();
        for value in values.into_iter().filter(|value| !value.is_empty()) {
            clean = clean.replace(value, "…");
        }
        clean
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Headers(_) => "Headers(…)",
            Self::Query(..) => "Query(…)",
            Self::Posted { .. } => "Posted(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_printed_nowhere() {
        let secret = Secret::Query("access_token", "s3cret".into());
        let mut ask =
            Ask::get("https://example.org/".into(), "bot-api", ("x".into(), Limit::per_second(1)));
        ask.secret = secret.clone();
        assert!(!format!("{ask:?}").contains("s3cret"));
        assert_eq!(
            secret.taken_out("cannot reach https://example.org/?access_token=s3cret"),
            "cannot reach https://example.org/?access_token=…"
        );
        ask.secret = Secret::Posted { fields: Vec::new(), body: "s3cret".into() };
        assert!(!format!("{ask:?}").contains("s3cret"));
    }
}
