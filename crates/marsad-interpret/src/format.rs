//! The formats by their contract words, and how each may be cut.

use std::fmt;

/// A format of input, by the word of `import --as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Our own interchange, one JSON object a line.
    MarsadNdjson,
    /// Any table with a header, read by the operator's map of columns.
    Csv,
    /// `result.json` of Telegram Desktop: one chat, or the public part of an account.
    TelegramDesktop,
    /// Telethon's `to_json`, one object a line; also the Pushshift files.
    Telethon,
    /// Input of CooRTweet: `object_id,account_id,content_id,timestamp_share`.
    Coortweet,
    /// Input of the coordination-network-toolkit, eight columns by position.
    Cnt,
}

/// How a file of a format may be cut into chunks that are read on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutting {
    /// At any newline; chunks are independent.
    Lines,
    /// At a newline outside quotes; chunks are independent.
    CsvRecords,
    /// At a newline where there is one, but the chunks only mean something as one stream.
    Whole,
}

impl Format {
    /// All formats that can be read.
    pub const ALL: [Self; 6] = [
        Self::MarsadNdjson,
        Self::Csv,
        Self::TelegramDesktop,
        Self::Telethon,
        Self::Coortweet,
        Self::Cnt,
    ];

    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MarsadNdjson => "marsad-ndjson",
            Self::Csv => "csv",
            Self::TelegramDesktop => "telegram-desktop",
            Self::Telethon => "telethon",
            Self::Coortweet => "coortweet",
            Self::Cnt => "cnt",
        }
    }

    /// Reads the contract's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// How its files may be cut.
    pub fn cutting(self) -> Cutting {
        match self {
            Self::MarsadNdjson | Self::Telethon => Cutting::Lines,
            Self::Csv | Self::Coortweet | Self::Cnt => Cutting::CsvRecords,
            Self::TelegramDesktop => Cutting::Whole,
        }
    }

    /// The platform that the format itself names; `None` where a line, a map or the operator does.
    pub fn own_platform(self) -> Option<&'static str> {
        match self {
            Self::TelegramDesktop | Self::Telethon => Some("telegram"),
            Self::MarsadNdjson | Self::Csv | Self::Coortweet | Self::Cnt => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
