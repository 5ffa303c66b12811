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
    /// Telethon's `to_json`, one object a line; also the Pushshift files and 4CAT's NDJSON.
    Telethon,
    /// Input of CooRTweet: `object_id,account_id,content_id,timestamp_share`.
    Coortweet,
    /// Input of the coordination-network-toolkit, eight columns by position.
    Cnt,
    /// TGDataset: one object, channel number to channel.
    Tgdataset,
    /// 4CAT's Telegram table.
    FourCat,
    /// Zeeschuimer's captures, one item a line.
    Zeeschuimer,
    /// Tables of Twitter's transparency releases and of FiveThirtyEight/Clemson.
    Twitter,
    /// Pages of Twitter's API v2; `twitter` becomes this by the file's content.
    TwitterPages,
    /// CrowdTangle's exports of pages and groups.
    Crowdtangle,
    /// DiscordChatExporter's JSON.
    Discord,
    /// Element's chat export.
    Matrix,
    /// Rocket.Chat's room export, one object a line.
    Rocketchat,
    /// Answers of TamTam's `/messages`.
    Tamtam,
    /// A saved page of Telegram's public preview.
    TelegramWeb,
    /// Web archive with pages of Telegram's public preview.
    Warc,
    /// The same, packed with its index.
    Wacz,
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

use Cutting::{CsvRecords, Lines, Whole};

/// What the contract says of one format: its word, its cutting, and the platform it is about.
struct Facts(&'static str, Cutting, Home);

/// Where posts of a format live.
#[derive(Clone, Copy)]
enum Home {
    /// Always there.
    Always(&'static str),
    /// There unless the operator says otherwise.
    Usually(&'static str),
    /// The lines or the operator say it.
    Stated,
}

impl Format {
    /// All formats that can be read.
    pub const ALL: [Self; 19] = [
        Self::MarsadNdjson,
        Self::Csv,
        Self::TelegramDesktop,
        Self::Telethon,
        Self::Coortweet,
        Self::Cnt,
        Self::Tgdataset,
        Self::FourCat,
        Self::Zeeschuimer,
        Self::Twitter,
        Self::TwitterPages,
        Self::Crowdtangle,
        Self::Discord,
        Self::Matrix,
        Self::Rocketchat,
        Self::Tamtam,
        Self::TelegramWeb,
        Self::Warc,
        Self::Wacz,
    ];

    fn facts(self) -> Facts {
        use Home::{Always, Stated, Usually};
        match self {
            Self::MarsadNdjson => Facts("marsad-ndjson", Lines, Stated),
            Self::Csv => Facts("csv", CsvRecords, Stated),
            Self::TelegramDesktop => Facts("telegram-desktop", Whole, Always("telegram")),
            Self::Telethon => Facts("telethon", Lines, Always("telegram")),
            Self::Coortweet => Facts("coortweet", CsvRecords, Usually("other")),
            Self::Cnt => Facts("cnt", CsvRecords, Usually("other")),
            Self::Tgdataset => Facts("tgdataset", Whole, Always("telegram")),
            Self::FourCat => Facts("4cat", CsvRecords, Always("telegram")),
            Self::Zeeschuimer => Facts("zeeschuimer", Lines, Usually("twitter")),
            Self::Twitter => Facts("twitter", CsvRecords, Usually("twitter")),
            Self::TwitterPages => Facts("twitter-v2", Whole, Usually("twitter")),
            Self::Crowdtangle => Facts("crowdtangle", CsvRecords, Usually("facebook")),
            Self::Discord => Facts("discord", Whole, Usually("discord")),
            Self::Matrix => Facts("matrix", Whole, Usually("matrix")),
            Self::Rocketchat => Facts("rocketchat", Lines, Usually("rocketchat")),
            Self::Tamtam => Facts("tamtam", Whole, Usually("tamtam")),
            Self::TelegramWeb => Facts("telegram-web", Whole, Always("telegram")),
            Self::Warc => Facts("warc", Whole, Always("telegram")),
            Self::Wacz => Facts("wacz", Whole, Always("telegram")),
        }
    }

    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        self.facts().0
    }

    /// Reads the contract's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// How its files may be cut.
    pub fn cutting(self) -> Cutting {
        self.facts().1
    }

    /// Whether its posts name files that lie beside it, by paths from its folder.
    pub fn names_files(self) -> bool {
        matches!(self, Self::TelegramDesktop | Self::Discord | Self::Rocketchat)
    }

    /// The platform that the format itself names; `None` where a line, a map or the operator does.
    pub fn own_platform(self) -> Option<&'static str> {
        match self.facts().2 {
            Home::Always(name) => Some(name),
            Home::Usually(_) | Home::Stated => None,
        }
    }

    /// The platform when the operator says nothing.
    pub fn default_platform(self) -> Option<&'static str> {
        match self.facts().2 {
            Home::Always(name) | Home::Usually(name) => Some(name),
            Home::Stated => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
