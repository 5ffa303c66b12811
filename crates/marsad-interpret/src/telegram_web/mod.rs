//! Pages of Telegram's public preview: the history of a channel (`t.me/s/NAME`), what stands behind
//! a name (`t.me/NAME`), one post (`t.me/NAME/N?embed=1`).
//!
//! Which kind a page is, its content says. The pages round: a rounded number of subscribers is an
//! interval, a rounded number of views is left out, and an edit is shown without its time. The
//! number of a channel stands in an undocumented attribute; it is the key only where all messages
//! of the page agree. Groups and people are not read.

pub(crate) mod address;
mod landing;
mod message;
mod numbers;
mod preview;
mod saved;

use marsad_types::{Channel, ChannelKey, Platform, Reading, Removal, Status, Timestamp};

use crate::html::Page;
use crate::lines::Problems;
use crate::{Exchange, Previous};
use address::Asked;

/// Longest page that is read; those of Telegram have a tenth of it.
pub(crate) const PAGE_BYTES_MAX: usize = 4 << 20;

pub(crate) use saved::read as read_saved;

/// What is known of a page beside its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Look<'a> {
    pub(crate) platform: &'a Platform,
    /// What was asked for; `None` when nobody says.
    pub(crate) asked: Option<Asked>,
    /// When; `None` when nobody says.
    pub(crate) at: Option<Timestamp>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) previous: Option<Previous<'a>>,
    pub(crate) steady: Option<bool>,
}

/// Reads an answer of Telegram's web server.
pub(crate) fn read(exchange: &Exchange<'_>) -> Reading {
    let look = Look {
        platform: exchange.platform,
        asked: address::asked(exchange.url),
        at: Some(exchange.at),
        channel: exchange.channel.filter(|id| !id.is_empty()),
        previous: exchange.previous,
        steady: exchange.steady,
    };
    let mut reading = Reading::default();
    look.answer(exchange.status, exchange.body, &mut reading);
    reading
}

impl Look<'_> {
    /// Reads an answer of any status.
    pub(crate) fn answer(&self, status: u16, body: &[u8], reading: &mut Reading) {
        match status {
            200 => self.page(body, reading),
            // That there is no preview may mean a group, a person or nobody: the page behind the
            // name says which.
            300..=399 => reading.rows += 1,
            other => {
                reading.rows += 1;
                self.not_told(&format!("http_{other}"), reading);
            }
        }
    }

    /// Reads a page by its content.
    pub(crate) fn page(&self, body: &[u8], reading: &mut Reading) {
        if body.len() > PAGE_BYTES_MAX {
            let limit = PAGE_BYTES_MAX >> 20;
            return self.not_known(format!("the page is longer than {limit} MiB"), reading);
        }
        let page = Page::parse(body);
        if page.is_cut() {
            reading.problem(1, "the page ends before its end; what stands whole on it is read");
        }
        if page.find("tgme_channel_history").or(page.find("tgme_channel_info")).is_some() {
            preview::history(self, &page, reading);
        } else if page.find(message::MESSAGE).is_some() {
            preview::single(self, &page, reading);
        } else if page.find("tgme_page").is_some() {
            landing::read(self, &page, reading);
        } else {
            let reason = "the page is none of those of Telegram that are known; it is not read";
            self.not_known(reason.to_owned(), reading);
        }
    }

    /// The key by which a channel goes: the number its page shows, what the asker knows, its name.
    fn key(&self, number: Option<&str>, name: Option<&str>) -> Option<ChannelKey> {
        let asked = self.asked.as_ref().map(Asked::name);
        let id = number.or(self.channel).or(name).or(asked)?;
        Some(ChannelKey::new(self.platform.clone(), id))
    }

    /// A page that cannot be read, and so says nothing of its channel.
    fn not_known(&self, reason: String, reading: &mut Reading) {
        reading.rows += 1;
        reading.problem(1, reason);
        if self.at.is_some() && (self.channel.is_some() || self.asked.is_some()) {
            self.not_told("unknown_page", reading);
        }
    }

    /// An answer that says nothing of the channel.
    fn not_told(&self, cause: &str, reading: &mut Reading) {
        let (Some(key), Some(at)) = (self.key(None, None), self.at) else {
            let reason = format!("the answer is '{cause}', and nobody says of which channel");
            return reading.problem(1, reason);
        };
        let channel = Channel { line: 1, ..Channel::seen(key, at) };
        reading.channels.push(self.judged(channel, Status::Error, Some(cause)));
    }

    /// An observation with its state. Bad news while nobody could see anything is no news.
    fn judged(&self, channel: Channel, status: Status, cause: Option<&str>) -> Channel {
        let blind = status != Status::Alive && self.steady == Some(false);
        let (status, cause) =
            if blind { (Status::Error, Some("no_sight")) } else { (status, cause) };
        Channel { status, status_cause: cause.map(str::to_owned), ..channel }
    }

    /// The platform's own word that a post is not there.
    fn removed(&self, name: &str, post: &str, reading: &mut Reading) {
        let (Some(channel), Some(at)) = (self.key(None, Some(name)), self.at) else {
            let reason =
                format!("post {post} is not there; say with --observed-at when you looked");
            return reading.problem(1, reason);
        };
        if self.steady == Some(false) {
            let channel = Channel { line: 1, ..Channel::seen(channel, at) };
            reading.channels.push(self.judged(channel, Status::Error, None));
            return;
        }
        reading.removals.push(Removal { channel, post: post.into(), at, line: 1 });
    }
}
