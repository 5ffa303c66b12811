//! Requests and responses, without a transport.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Writes to a string, which cannot fail.
macro_rules! put {
    ($to:expr, $($written:tt)*) => {
        write!($to, $($written)*).ok()
    };
}
pub(crate) use put;

/// A request as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// Path with its query, percent-encoded.
    pub path: String,
    /// Headers, names as they came.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from its transfer.
    pub body: Vec<u8>,
    /// Who asks: the address, where there is one. Limits are per client.
    pub client: String,
}

/// How the transport is to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is ever answered; the connection stays open.
    Silence,
    /// The whole body is announced, this many bytes of it are sent, and the connection closes.
    CutShort(usize),
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers; length and connection are the server's to add.
    pub headers: Vec<(String, String)>,
    /// The whole body, also where the transport is to break.
    pub body: Vec<u8>,
    /// How the transport is to break; with [`Fault::Silence`] the rest means nothing.
    pub fault: Option<Fault>,
}

impl Request {
    /// A `GET` of a path with its query.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), path: path.into(), ..Self::default() }
    }

    /// A `POST` of JSON.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let json = ("Content-Type".to_owned(), "application/json".to_owned());
        Self {
            method: "POST".to_owned(),
            path: path.into(),
            headers: vec![json],
            body: body.to_string().into_bytes(),
            client: String::new(),
        }
    }

    /// The same with a header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path without its query, in decoded segments.
    pub fn segments(&self) -> Vec<String> {
        let path = self.path.split('?').next().unwrap_or_default();
        path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect()
    }

    /// The first value of a parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key) == name).then(|| decode(&value.replace('+', " ")))
        })
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

fn decode(written: &str) -> String {
    percent_decode_str(written).decode_utf8_lossy().into_owned()
}

impl Response {
    /// JSON with a status.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A page with a status.
    pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// A body of a type with a status.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), fault: None }
    }

    /// The same with a header more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The first header of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null where it is none.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_a_path_is_cut_before_it_is() {
        let request = Request::get("/rooms/%21a%2Fb/messages?dir=b&filter=%7B%22x%22%3A1%7D&q=a+b");
        assert_eq!(request.segments(), ["rooms", "!a/b", "messages"]);
        assert_eq!(request.parameter("filter").as_deref(), Some("{\"x\":1}"));
        assert_eq!(request.parameter("q").as_deref(), Some("a b"));
        assert_eq!(request.parameter("from"), None);
    }
}
