//! Pages of t.me in web archives (WARC 1.0 and 1.1).
//!
//! Read are `response` records (and `resource` records that are pages) of an address of Telegram,
//! also inside of one of the Internet Archive. A page was there when its record says; one of the
//! Internet Archive when that archive took it. What does not have the digest it names, or is cut,
//! is not believed.

mod digest;
mod http;
mod record;

use std::collections::BTreeMap;
use std::io::BufRead;

use compact_str::CompactString;
use jiff::fmt::rfc2822;
use marsad_types::{Channel, Platform, Post, PostId, Reading, Removal, Taken, Timestamp};

pub(crate) use digest::holds;
use http::Answer;
pub(crate) use record::Source;
use record::{Fault, Header};

use crate::json::shorten;
use crate::lines::Problems;
use crate::telegram_web::address::{self, Asked};
use crate::telegram_web::{Look, PAGE_BYTES_MAX};
use crate::{Manifest, Previous};

/// Longest block of a page's record: a page, even packed badly.
const BLOCK_BYTES_MAX: u64 = 16 << 20;
/// Readings are handed on when they hold this many posts.
const BATCH_POSTS: usize = 4096;

/// Reads a WARC file.
pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let mut archive = Archive::new(&platform, sink);
    archive.take(Source::plain(input, 1));
    archive.finish();
}

/// What was read of the records of one file so far.
pub(crate) struct Archive<'s> {
    platform: &'s Platform,
    reading: Reading,
    sink: &'s mut dyn FnMut(Reading),
    /// Names, in small letters, and the numbers of their channels.
    numbers: BTreeMap<String, CompactString>,
    /// The newest post of a channel by its name, and when that was seen.
    newest: BTreeMap<String, (Timestamp, u64)>,
    /// What pages said, by payload digest and address, for when they come again.
    pages: BTreeMap<(String, String), Vec<Channel>>,
    /// What was said of channels by name before their number was known.
    unnumbered: (Vec<Channel>, Vec<Removal>),
    counts: Counts,
    line: u64,
}

#[derive(Debug, Default)]
struct Counts {
    /// Records of pages of Telegram.
    pages: u64,
    /// Responses of other addresses.
    others: u64,
    /// Revisits of pages that are not in the file.
    unresolved: u64,
    /// Chunks of files that Marsad imported.
    imported: u64,
}

/// What stands in the header of a record that is read.
struct Captured {
    /// The address as the record has it.
    uri: String,
    /// The address of Telegram in it.
    address: String,
    /// When, as the record says.
    date: Option<Timestamp>,
    /// The Internet Archive's time, where the page is one of its copies.
    copied: Option<String>,
}

impl<'s> Archive<'s> {
    pub(crate) fn new(platform: &'s Platform, sink: &'s mut dyn FnMut(Reading)) -> Self {
        Self {
            platform,
            reading: Reading::default(),
            sink,
            numbers: BTreeMap::new(),
            newest: BTreeMap::new(),
            pages: BTreeMap::new(),
            unnumbered: (Vec::new(), Vec::new()),
            counts: Counts::default(),
            line: 1,
        }
    }

    /// Notes a problem of the file.
    pub(crate) fn problem(&mut self, line: u64, reason: impl Into<String>) {
        self.reading.problem(line, reason);
    }

    /// Reads records until they end.
    pub(crate) fn take(&mut self, mut source: Source<'_>) {
        let ended = loop {
            match source.next() {
                Ok(None) => break Ok(()),
                Ok(Some(header)) => {
                    if let Err(fault) = self.record(&header, &mut source) {
                        break Err(fault);
                    }
                }
                Err(fault) => break Err(fault),
            }
        };
        self.line = source.line();
        if let Err(Fault(reason)) = ended {
            let rest = source.rest();
            self.reading.problem(self.line, format!("{reason}; the rest of {rest} is not read"));
        }
    }

    /// Says what is left to say, and hands on the last of it.
    pub(crate) fn finish(mut self) {
        let (channels, removals) = std::mem::take(&mut self.unnumbered);
        for mut channel in channels {
            self.number(&mut channel.key.id);
            self.reading.channels.push(channel);
        }
        for mut removal in removals {
            self.number(&mut removal.channel.id);
            self.reading.removals.push(removal);
        }
        let Counts { pages, others, unresolved, imported } = self.counts;
        let line = self.line;
        if unresolved > 0 {
            let reason = format!(
                "{unresolved} records say that a page came again that is not in this file; they are not read"
            );
            self.reading.problem(line, reason);
        }
        if imported > 0 {
            let reason = format!(
                "{imported} records are parts of files that Marsad imported, not pages; import those files"
            );
            self.reading.problem(line, reason);
        }
        if pages == 0 {
            let reason =
                format!("no page of t.me is in it; {others} answers of other hosts are not read");
            self.reading.problem(line, reason);
        }
        (self.sink)(self.reading);
    }

    fn number(&self, id: &mut CompactString) {
        if let Some(number) = self.numbers.get(id.as_str().to_ascii_lowercase().as_str()) {
            id.clone_from(number);
        }
    }

    fn record(&mut self, header: &Header, source: &mut Source<'_>) -> Result<(), Fault> {
        let kind = header.get("WARC-Type").unwrap_or_default();
        let uri = header.uri("WARC-Target-URI").unwrap_or_default();
        let telegram = match kind {
            "response" | "resource" | "revisit" => address::telegram(uri),
            _ => None,
        };
        let is_long = header.length > BLOCK_BYTES_MAX;
        let Some((address, copied)) = telegram.filter(|_| !is_long) else {
            self.counts.imported += u64::from(uri.starts_with("urn:marsad:import:"));
            self.counts.others += u64::from(kind == "response");
            let passed = source.skip(header.length)?;
            if passed < header.length {
                self.cut(header, passed);
            } else if is_long && address::telegram(uri).is_some() {
                let reason = format!("the record of '{}' is longer than 16 MiB", shorten(uri));
                self.reading.problem(header.line, format!("{reason}; it is not read"));
            }
            return Ok(());
        };
        self.counts.pages += 1;
        let block = source.block(header.length)?;
        if (block.len() as u64) < header.length {
            self.reading.rows += 1;
            self.cut(header, block.len() as u64);
            return Ok(());
        }
        let captured = Captured {
            uri: uri.to_owned(),
            address,
            date: header.get("WARC-Date").and_then(|date| date.parse().ok()),
            copied,
        };
        let part = self.page(header, &captured, &block).unwrap_or_else(|reason| {
            let mut part = Reading { rows: 1, ..Reading::default() };
            part.problem(header.line, format!("the record of '{}': {reason}", shorten(uri)));
            part
        });
        self.keep(part, header.line);
        if self.reading.posts.len() >= BATCH_POSTS {
            (self.sink)(std::mem::take(&mut self.reading));
        }
        Ok(())
    }

    fn cut(&mut self, header: &Header, passed: u64) {
        let uri = shorten(header.uri("WARC-Target-URI").unwrap_or_default());
        let length = header.length;
        let reason = format!(
            "the record of '{uri}' is cut: {passed} of {length} bytes are there; it is not read"
        );
        self.reading.problem(header.line, reason);
    }

    /// What a record says, or why it says nothing.
    fn page(
        &mut self,
        header: &Header,
        captured: &Captured,
        block: &[u8],
    ) -> Result<Reading, String> {
        if header.get("WARC-Block-Digest").and_then(|digest| holds(digest, block)) == Some(false) {
            return Err("it does not have the digest it names; it is not believed".to_owned());
        }
        if header.get("WARC-Type") == Some("revisit") {
            return self.revisit(header, captured);
        }
        let answer = match header.get("WARC-Type") {
            Some("resource") => Answer::resource(block),
            _ => Answer::parse(block).ok_or("it holds no answer over HTTP")?,
        };
        let at = captured.taken(&answer)?;
        let unchunked = answer.unchunked()?;
        if !has_payload_digest(header, &answer, &unchunked) {
            return Err("it does not have the digest it names; it is not believed".to_owned());
        }
        let body = answer.decoded(unchunked, PAGE_BYTES_MAX)?;
        let asked = address::asked(&captured.address);
        let name = asked.as_ref().map(|asked| asked.name().to_ascii_lowercase());
        let known = name.as_ref().and_then(|name| self.numbers.get(name)).cloned();
        let before = name.as_ref().and_then(|name| self.newest.get(name)).copied();
        let before = before.filter(|(seen, _)| *seen < at);
        let newest = before.map(|(_, newest)| newest.to_string()).unwrap_or_default();
        let look = Look {
            platform: self.platform,
            asked: asked.clone(),
            at: Some(at),
            channel: known.as_deref(),
            previous: before.map(|(at, _)| Previous { at, newest: &newest }),
            steady: None,
        };
        let mut part = Reading::default();
        look.answer(answer.status, &body, &mut part);
        if let (Some(name), Some(Asked::Preview { newest: true, .. })) = (&name, &asked) {
            self.note_newest(name, at, &part.posts);
        }
        if let Some(digest) = header.get("WARC-Payload-Digest").filter(|_| answer.status == 200) {
            let key = (digest.to_ascii_uppercase(), captured.uri.clone());
            self.pages.insert(key, part.channels.clone());
        }
        Ok(part)
    }

    /// The same page again: its posts are known, and its channel was there once more.
    fn revisit(&mut self, header: &Header, captured: &Captured) -> Result<Reading, String> {
        let digest = header.get("WARC-Payload-Digest").unwrap_or_default().to_ascii_uppercase();
        let uri = header.uri("WARC-Refers-To-Target-URI").unwrap_or(&captured.uri);
        let same =
            header.get("WARC-Profile").is_none_or(|p| p.ends_with("identical-payload-digest"));
        let seen = self.pages.get(&(digest, uri.to_owned())).filter(|_| same);
        let Some(seen) = seen else {
            self.counts.unresolved += 1;
            return Ok(Reading { rows: 1, ..Reading::default() });
        };
        let at = captured.date.ok_or("it has no usable WARC-Date")?;
        let again = |channel: &Channel| Channel { observed_at: at, ..channel.clone() };
        let channels = seen.iter().map(again).collect();
        Ok(Reading { rows: 1, channels, ..Reading::default() })
    }

    fn note_newest(&mut self, name: &str, at: Timestamp, posts: &[Post]) {
        let ids = posts.iter().filter_map(|post| match &post.id {
            PostId::Given(id) => id.parse::<u64>().ok(),
            PostId::Derived => None,
        });
        let Some(newest) = ids.max() else { return };
        let is_later = self.newest.get(name).is_none_or(|(seen, _)| *seen < at);
        if is_later {
            self.newest.insert(name.to_owned(), (at, newest));
        }
    }

    /// Takes what a page says. What is known by a name alone waits for the number.
    fn keep(&mut self, part: Reading, line: u64) {
        let has_number = |id: &str| id.bytes().all(|b| b.is_ascii_digit());
        for mut channel in part.channels {
            channel.line = line;
            let name = channel.handle.as_ref().map(|name| name.to_ascii_lowercase());
            if !has_number(&channel.key.id) {
                self.unnumbered.0.push(channel);
                continue;
            }
            self.numbers.extend(name.map(|name| (name, channel.key.id.clone())));
            self.reading.channels.push(channel);
        }
        for removal in part.removals {
            let removal = Removal { line, ..removal };
            if has_number(&removal.channel.id) {
                self.reading.removals.push(removal);
            } else {
                self.unnumbered.1.push(removal);
            }
        }
        for mut taken in part.taken {
            self.number(&mut taken.channel.id);
            self.reading.taken.push(Taken { line, ..taken });
        }
        self.reading.posts.extend(part.posts.into_iter().map(|post| Post { line, ..post }));
        for problem in part.problems {
            self.reading.problem(line, problem.reason);
        }
        self.reading.rows += part.rows;
    }
}

impl Captured {
    /// When the page was there.
    fn taken(&self, answer: &Answer<'_>) -> Result<Timestamp, String> {
        let Some(digits) = &self.copied else {
            return self.date.ok_or_else(|| "it has no usable WARC-Date".to_owned());
        };
        let memento = answer
            .header("Memento-Datetime")
            .and_then(|time| rfc2822::DateTimeParser::new().parse_timestamp(time).ok());
        if let Some(memento) = memento {
            return Ok(Timestamp(memento.as_millisecond()));
        }
        // Without that field an error or a redirect is the Internet Archive's own.
        let time = (answer.status == 200).then(|| fourteen(digits)).flatten();
        time.ok_or_else(|| "the Internet Archive does not say when it took this".to_owned())
    }
}

/// `20191130175500`
fn fourteen(digits: &str) -> Option<Timestamp> {
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, time) = (
        [part(0, 4)?, part(4, 6)?, part(6, 8)?].join("-"),
        [part(8, 10)?, part(10, 12)?, part(12, 14)?].join(":"),
    );
    (digits.len() == 14).then(|| format!("{date}T{time}Z").parse().ok())?
}

/// Whether the body has the digest that the record names, if it names one that is known. Writers
/// differ in whether they digest it with its chunks.
fn has_payload_digest(header: &Header, answer: &Answer<'_>, unchunked: &[u8]) -> bool {
    let Some(digest) = header.get("WARC-Payload-Digest") else { return true };
    [answer.raw, unchunked].iter().any(|body| holds(digest, body) != Some(false))
}
