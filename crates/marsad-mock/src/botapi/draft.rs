//! A message before it is posted.

use serde_json::Value;

/// What is about to be posted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its text; none where there is none.
    pub text: Option<String>,
    /// Views from the start.
    pub views: u64,
    /// Who wrote it; none where it is posted as the channel.
    pub by: Option<String>,
    /// What it forwards.
    pub forward: Option<Forward>,
    /// The `mid` that it answers, with the text quoted there.
    pub reply_to: Option<(String, String)>,
    /// Attachments as the platform writes them.
    pub attachments: Vec<Value>,
    /// Whether the message comes without a body, as a pure forward can.
    pub has_no_body: bool,
}

/// What is forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// The chat it comes from.
    pub chat_id: i64,
    /// Its `mid` there.
    pub mid: String,
    /// Its text.
    pub text: String,
}

impl Draft {
    /// A text, posted as the channel.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), views: 1, ..Self::default() }
    }

    /// A forward without words of its own.
    pub fn forward(chat_id: i64, mid: &str, text: &str) -> Self {
        let forward = Forward { chat_id, mid: mid.to_owned(), text: text.to_owned() };
        Self { forward: Some(forward), views: 1, ..Self::default() }
    }

    /// The same without a body; nothing then carries its `mid`.
    #[must_use]
    pub fn without_body(self) -> Self {
        Self { has_no_body: true, ..self }
    }

    /// The same with views.
    #[must_use]
    pub fn with_views(self, views: u64) -> Self {
        Self { views, ..self }
    }

    /// The same, by a person.
    #[must_use]
    pub fn by(self, name: &str) -> Self {
        Self { by: Some(name.to_owned()), ..self }
    }

    /// The same as an answer.
    #[must_use]
    pub fn replying(self, mid: &str, quoted: &str) -> Self {
        Self { reply_to: Some((mid.to_owned(), quoted.to_owned())), ..self }
    }

    /// The same with an attachment.
    #[must_use]
    pub fn with(mut self, attachment: Value) -> Self {
        self.attachments.push(attachment);
        self
    }
}
