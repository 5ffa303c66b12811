//! A message before it is posted.

use serde_json::{Value, json};

/// What is about to be posted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Its text.
    pub text: String,
    /// The user's name.
    pub by: String,
    /// The platform's kind of a line (`uj`, `au`, `r`, `room_changed_topic`, `e2e`).
    pub kind: Option<String>,
    /// The message whose thread it belongs to.
    pub thread: Option<String>,
    /// Attachments as the platform writes them.
    pub attachments: Vec<Value>,
    /// A name shown instead of the user's.
    pub alias: Option<String>,
    /// Whether it is kept from view.
    pub is_hidden: bool,
}

impl Draft {
    /// A text by `press`.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), by: "press".to_owned(), ..Self::default() }
    }

    /// A line of the platform, of a kind.
    pub fn system(kind: &str, text: impl Into<String>) -> Self {
        Self { kind: Some(kind.to_owned()), ..Self::text(text) }
    }

    /// Something that nobody outside can read.
    pub fn encrypted(cipher: impl Into<String>) -> Self {
        Self::system("e2e", cipher)
    }

    /// The same in the thread of a message.
    #[must_use]
    pub fn in_thread(self, of: &str) -> Self {
        Self { thread: Some(of.to_owned()), ..self }
    }

    /// The same with a quote of another message, by its link.
    #[must_use]
    pub fn quoting(mut self, link: &str, by: &str, text: &str) -> Self {
        self.attachments.push(json!({"message_link": link, "author_name": by, "text": text}));
        self
    }

    /// The same with a picture.
    #[must_use]
    pub fn with_image(mut self, title: &str, address: &str) -> Self {
        self.attachments.push(json!({"title": title, "title_link": address, "image_url": address}));
        self
    }
}
