//! As much of the Bot API's answers as paging needs. Their meaning is the interpreter's.

use serde_json::Value;

use crate::Answer;

/// What paging needs of one post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// When it was published, epoch ms.
    pub(crate) at: i64,
    /// Its `mid`; a pure forward may come without one.
    pub(crate) mid: Option<String>,
}

/// A page of posts, in any order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) posts: Vec<Shown>,
    /// One post has a public address; posts of what is not public have none.
    pub(crate) has_address: bool,
}

impl Page {
    /// The page; `None` where the answer has no list of messages, or none of them a time.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let messages = answer.get("messages")?.as_array()?;
        let posts = messages.iter().filter_map(|message| {
            let mid = message.pointer("/body/mid").and_then(Value::as_str);
            let at = message.get("timestamp")?.as_i64()?;
            Some(Shown { at, mid: mid.filter(|mid| is_mid(mid)).map(str::to_owned) })
        });
        let posts: Vec<Shown> = posts.collect();
        let url = |message: &Value| message.get("url")?.as_str().map(str::is_empty);
        let has_address = messages.iter().any(|message| url(message) == Some(false));
        // Messages without times would look like the end of the channel.
        let is_page = messages.is_empty() || !posts.is_empty();
        is_page.then_some(Self { posts, has_address })
    }

    /// The time of its oldest post, epoch ms.
    pub(crate) fn lowest(&self) -> Option<i64> {
        self.posts.iter().map(|post| post.at).min()
    }

    /// The time of its newest post, epoch ms.
    pub(crate) fn highest(&self) -> Option<i64> {
        self.posts.iter().map(|post| post.at).max()
    }

    pub(crate) fn shows(&self, mid: &str) -> bool {
        self.posts.iter().any(|post| post.mid.as_deref() == Some(mid))
    }
}

/// A `mid` can stand in an address and in the memory as it is.
fn is_mid(mid: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let is_name = mid.starts_with(|c: char| c.is_ascii_alphanumeric());
    is_name && mid.len() <= 256 && mid.bytes().all(plain)
}

/// What a chat says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    kind: String,
    is_public: bool,
    /// `active`, `removed`, `left`, `closed`, `suspended` or another word.
    pub(crate) status: String,
    /// The name in its link.
    pub(crate) name: Option<String>,
}

impl Chat {
    /// The chat; `None` where the answer is none.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let chat: Value = serde_json::from_slice(body).ok()?;
        let text = |field: &str| chat.get(field).and_then(Value::as_str).unwrap_or_default();
        let name = text("link").trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        Some(Self {
            id: chat.get("chat_id")?.as_i64()?,
            kind: chat.get("type")?.as_str()?.to_owned(),
            is_public: chat.get("is_public").and_then(Value::as_bool).unwrap_or(false),
            status: text("status").to_owned(),
            name: (!name.is_empty()).then(|| name.to_owned()),
        })
    }

    /// Why it is not watched; `None` for a public channel.
    pub(crate) fn refusal(&self) -> Option<String> {
        if self.kind != "channel" {
            let kind: String = self.kind.chars().take(40).collect();
            return Some(format!("a {kind}, not a channel"));
        }
        (!self.is_public).then(|| "a channel that is not public".to_owned())
    }
}

/// The platform's word for why it refuses, else the status.
pub(crate) fn code(answer: &Answer) -> String {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let word = |field: &str| body.as_ref().and_then(|body| body.get(field)?.as_str());
    let code = word("code").or_else(|| word("error")).filter(|code| !code.is_empty());
    let short = |code: &str| code.chars().take(40).collect();
    code.map_or_else(|| format!("HTTP {}", answer.status), short)
}

/// The marker of the next updates and how many came; `None` where the answer has no list of them.
pub(crate) fn marker(body: &[u8]) -> Option<(Option<i64>, usize)> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let updates = answer.get("updates")?.as_array()?;
    Some((answer.get("marker").and_then(Value::as_i64), updates.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_is_read_whatever_else_is_in_it() {
        let body =
            br#"{"messages":[{"timestamp":5,"body":{"mid":"mid.b","seq":109000000000000260}},
            {"timestamp":4,"body":null,"url":"https://tt.me/coast/4"},{"body":{"mid":"x"}},7,
            {"timestamp":3,"body":{"mid":"a/b"}}]}"#;
        let page = Page::read(body).unwrap();
        let shown = |at, mid: Option<&str>| Shown { at, mid: mid.map(str::to_owned) };
        assert_eq!(page.posts, [shown(5, Some("mid.b")), shown(4, None), shown(3, None)]);
        assert_eq!((page.lowest(), page.highest(), page.has_address), (Some(3), Some(5), true));
        assert_eq!(Page::read(b"{\"messages\":[").as_ref(), None);
        assert_eq!(Page::read(b"{\"messages\":[{\"timestamp\":\"5\"}]}").as_ref(), None);
        assert_eq!(Page::read(b"{\"code\":\"proto.payload\"}").as_ref(), None);
    }

    #[test]
    fn only_public_channels_are_not_refused() {
        let chat = |kind: &str, rest: &str| {
            Chat::read(format!("{{\"chat_id\":-7,\"type\":\"{kind}\"{rest}}}").as_bytes()).unwrap()
        };
        let public = chat("channel", r#","is_public":true,"link":"https://tt.me/coast/""#);
        assert_eq!((public.refusal(), public.name.as_deref()), (None, Some("coast")));
        for (kind, rest) in [
            ("channel", ""),
            ("channel", r#","is_public":false"#),
            ("chat", r#","is_public":true"#),
            ("dialog", r#","is_public":true"#),
            ("newkind", r#","is_public":true"#),
        ] {
            assert!(chat(kind, rest).refusal().is_some(), "{kind}{rest}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _: (Option<Page>, Option<Chat>) = (Page::read(&bytes), Chat::read(&bytes));
            let answer = Answer { status: 403, headers: Vec::new(), body: bytes.clone() };
            prop_assert!(!code(&answer).is_empty());
            let _: Option<(Option<i64>, usize)> = marker(&bytes);
        }
    }
}
