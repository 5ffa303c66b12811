//! Answers of platforms, frames of their streams and what they deliver, as the log keeps them.

use std::fmt;

use marsad_types::{Platform, Reading, Timestamp};

/// One answer of a platform, or one frame of a stream or delivery to a web hook (then a status of 200
/// and no fields), as it was kept.
#[derive(Debug, Clone)]
pub struct Exchange<'a> {
    /// Which reader understands it.
    pub reader: Reader,
    /// The platform asked.
    pub platform: &'a Platform,
    /// Address asked, credentials taken out.
    pub url: &'a str,
    /// HTTP status; of Telegram's own protocol 200, or the code of its error.
    pub status: u16,
    /// Header fields of the answer, as they came.
    pub headers: &'a [(String, String)],
    /// Body, transfer and content encodings taken off.
    pub body: &'a [u8],
    /// When it was asked.
    pub at: Timestamp,
    /// Stable id of the channel asked for, when the asker knows it: keeps one key for a channel on
    /// answers that do not show its id.
    pub channel: Option<&'a str>,
    /// The asker's last look at the channel's newest posts before this one.
    pub previous: Option<Previous<'a>>,
    /// Whether a channel known to be steady could be read at about that time; `None` when nobody
    /// looked. A negative answer beside `Some(false)` says nothing about the channel.
    pub steady: Option<bool>,
}

/// A look before: posts newer than `newest` were not there yet at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous<'a> {
    /// When.
    pub at: Timestamp,
    /// The newest post then: its id, or its time in epoch milliseconds where ids have no order.
    pub newest: &'a str,
}

/// Who understands an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// Pages of t.me.
    TelegramWeb,
    /// Matrix client-server API.
    Matrix,
    /// Rocket.Chat's REST API.
    RocketChat,
    /// Frames of Rocket.Chat's realtime interface.
    RocketChatRealtime,
    /// TamTam's and MAX's Bot API.
    BotApi,
    /// Updates of that API, one a record, as the platform delivers them to a web hook.
    BotApiHook,
    /// Telegram's own protocol, as an account asks it.
    TelegramTl,
}

impl Reader {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TelegramWeb,
        Self::Matrix,
        Self::RocketChat,
        Self::BotApi,
        Self::BotApiHook,
        Self::RocketChatRealtime,
        Self::TelegramTl,
    ];

    /// The word in the evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TelegramWeb => "telegram-web",
            Self::Matrix => "matrix",
            Self::RocketChat => "rocketchat",
            Self::RocketChatRealtime => "rocketchat-realtime",
            Self::BotApi => "bot-api",
            Self::BotApiHook => "bot-api-hook",
            Self::TelegramTl => "telegram-tl",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reader| reader.as_str() == word)
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Exchange<'_> {
    /// Our last look before the post was there, for a platform that orders its posts by time: it is
    /// known to have been absent then only if it is newer than the newest post of that look.
    pub(crate) fn absent_at(&self, published_at: Timestamp) -> Option<Timestamp> {
        let previous = self.previous?;
        let newest: i64 = previous.newest.parse().ok()?;
        (published_at.0 > newest).then_some(previous.at)
    }

    /// The first field of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter();
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads one answer. Pure and total: what is not understood is a problem of the reading.
pub fn read_exchange(exchange: &Exchange<'_>) -> Reading {
    match exchange.reader {
        Reader::TelegramWeb => crate::telegram_web::read(exchange),
        Reader::BotApi => crate::bot_api::read(exchange),
        Reader::BotApiHook => crate::bot_api::read_delivered(exchange),
        Reader::Matrix => crate::matrix_api::read(exchange),
        Reader::RocketChat => crate::rocketchat_api::read(exchange),
        Reader::TelegramTl => crate::telegram_tl::read(exchange),
        Reader::RocketChatRealtime => crate::rocketchat_api::read_frame(exchange),
    }
}
