//! Answers of platforms as records of the log, and such records as readings.
//!
//! An answer is a WARC response beside its request, both without credentials; a frame of a stream is a
//! resource at the address of its conversation. What went over HTTP stands as HTTP; what went in
//! Telegram's own protocol stands as its bytes alone. What the reading needs
//! beside the bytes, such as the look before, stands in the record's own fields: the log alone gives
//! the same reading again.

use marsad_capture::{Answer, Ask, INVOKE, RpcError};
use marsad_evidence::{
    NewRecord, Prepared, REVISIT_PROFILE, Record, RecordKind, Store, digest_name, merkle::sha256,
    prepare,
};
use marsad_interpret::{Chunk, Exchange, Format, Manifest, Previous, Reader};
use marsad_types::{Platform, Problem, Reading, Timestamp};

use super::erased::{LEFT_OUT_FIELD, Marks};
use super::forget::convert;
use crate::archive::Pseudonyms;

const READER: &str = "Marsad-Reader";
const PLATFORM: &str = "Marsad-Platform";
const CHANNEL: &str = "Marsad-Channel";
/// RFC 3339 time, a space, the newest post then.
const PREVIOUS: &str = "Marsad-Previous";
/// How many things that were not of public channels were left out before the answer was kept.
const LEFT_OUT: &str = "Marsad-Left-Out";
/// In a revisit: the leaf of the record that holds the body.
pub(crate) const REFERS_TO: &str = "Marsad-Refers-To";
const RESPONSE_TYPE: &str = "application/http; msgtype=response";
/// Header fields that tell something of a body that is not kept whole.
const DIGESTS: [&str; 5] = ["etag", "content-md5", "digest", "content-digest", "repr-digest"];
/// `yes` or `no`.
const STEADY: &str = "Marsad-Steady";
/// Media type of questions and answers in Telegram's type language; the address names the layer.
const TL_TYPE: &str = "application/vnd.marsad.telegram-tl";
/// Media type of a frame: the text that came, as it came.
const FRAME_TYPE: &str = "application/json";
/// Media type of what the watch itself noted: marsad-ndjson lines, coverage mostly.
const LEDGER_TYPE: &str = "application/vnd.marsad.ledger+x-ndjson";
/// Under which name the ledger's lines stand in tables.
const LEDGER_NAME: &str = "watch";

/// Where an answer is kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) leaf: u64,
    /// Its record's id.
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) status: u16,
}

/// An answer and what is known beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) ask: &'a Ask,
    pub(crate) answer: &'a Answer,
    /// When it was asked.
    pub(crate) at: Timestamp,
    /// Whether a steady channel could be read lately.
    pub(crate) steady: Option<bool>,
    /// Things that the answer had beside these, of chats that are not public.
    pub(crate) left_out: u64,
}

impl Seen<'_> {
    /// The record of what was asked, without what proves who asked.
    pub(crate) fn request(&self, agent: &str) -> Prepared {
        let ask = self.ask;
        if ask.method == INVOKE {
            return self.record(RecordKind::Request, TL_TYPE, Vec::new(), &ask.body);
        }
        let (host, path) = host_and_path(&ask.url);
        let line = format!("{} {path} HTTP/1.1", ask.method);
        let mut lines = vec![line, format!("Host: {host}"), format!("User-Agent: {agent}")];
        lines.extend(ask.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        let block = [lines.join("\r\n").as_bytes(), b"\r\n\r\n", &ask.body].concat();
        self.record(RecordKind::Request, "application/http; msgtype=request", Vec::new(), &block)
    }

    /// The record of what came back.
    pub(crate) fn response(&self) -> Prepared {
        self.response_with(Vec::new())
    }

    /// What is kept of an answer that holds posts which were erased, with what it says; `None` where
    /// it holds none. The other posts' bytes stay; where the erased ones cannot be taken out of the
    /// bytes, what was read of the others is kept.
    pub(crate) fn without_erased(
        &self,
        marks: &Marks,
        pseudonyms: &Pseudonyms,
    ) -> Option<(Prepared, Reading)> {
        if marks.is_empty() {
            return None;
        }
        let mut answer = self.answer.clone();
        answer
            .headers
            .retain(|(name, _)| !DIGESTS.iter().any(|digest| name.eq_ignore_ascii_case(digest)));
        for (name, _) in &mut answer.headers {
            if name.eq_ignore_ascii_case("content-length") {
                "x-orig-content-length".clone_into(name);
            }
        }
        let mut seen = Seen { answer: &answer, ..*self };
        let left = marsad_interpret::without(&seen.exchange()?, &|post| marks.takes(post))?;
        let field = (LEFT_OUT_FIELD, left.posts.to_string());
        let Some(body) = left.body else {
            let mut reading = left.reading;
            let lines = convert::lines(&mut reading, pseudonyms);
            let kind = RecordKind::Resource;
            let record = seen.record(kind, LEDGER_TYPE, vec![field], &lines);
            return Some((record, read_ledger(&lines)));
        };
        let answer = Answer { body, ..answer.clone() };
        seen.answer = &answer;
        Some((seen.response_with(vec![field]), left.reading))
    }

    /// The record of an answer that is, byte for byte, one that is kept already: what came beside the
    /// body, and where the body stands.
    pub(crate) fn revisit(&self, kept: &Kept) -> Prepared {
        let body = sha256(&self.answer.body);
        let mut fields = self.fields();
        fields.extend([
            ("WARC-Profile", REVISIT_PROFILE.to_owned()),
            ("WARC-Payload-Digest", digest_name(&body)),
            ("WARC-Refers-To", kept.id.clone()),
            ("WARC-Refers-To-Target-URI", self.ask.url.clone()),
            ("WARC-Refers-To-Date", kept.at.to_string()),
            ("WARC-Truncated", "length".to_owned()),
            (REFERS_TO, kept.leaf.to_string()),
        ]);
        self.record(RecordKind::Revisit, RESPONSE_TYPE, fields, &self.head())
    }

    fn response_with(&self, further: Vec<(&'static str, String)>) -> Prepared {
        let mut fields = self.fields();
        fields.extend(further);
        if self.ask.method == INVOKE {
            return self.record(RecordKind::Response, TL_TYPE, fields, &self.answer.body);
        }
        let mut block = self.head();
        block.extend_from_slice(&self.answer.body);
        self.record(RecordKind::Response, RESPONSE_TYPE, fields, &block)
    }

    /// The status line and the header fields, up to the empty line.
    fn head(&self) -> Vec<u8> {
        let mut block = format!("HTTP/1.1 {}\r\n", self.answer.status).into_bytes();
        for (name, value) in &self.answer.headers {
            // The body stands here whole, without the pieces that it came in.
            let is_of_the_wire = name.eq_ignore_ascii_case("transfer-encoding");
            let name = if is_of_the_wire { "x-orig-transfer-encoding" } else { name };
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            block.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        block.extend_from_slice(b"\r\n");
        block
    }

    /// What the reading needs beside the bytes.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let (channel, previous) = (self.ask.channel.as_deref(), self.ask.previous.as_ref());
        let mut fields = fields(self.ask.reader, self.platform, channel, previous);
        if self.left_out > 0 {
            fields.push((LEFT_OUT, self.left_out.to_string()));
        }
        let word = |is_steady| if is_steady { "yes" } else { "no" };
        fields.extend(self.steady.map(|is_steady| (STEADY, word(is_steady).to_owned())));
        fields
    }

    fn record(
        &self,
        kind: RecordKind,
        content_type: &str,
        fields: Vec<(&'static str, String)>,
        payload: &[u8],
    ) -> Prepared {
        let (target, at) = (self.ask.url.clone(), self.at);
        prepare(&NewRecord { kind, target, content_type, at, fields, payload })
    }

    /// The same reading that the record will give.
    pub(crate) fn read(&self) -> Reading {
        self.exchange()
            .map(|exchange| marsad_interpret::read_exchange(&exchange))
            .unwrap_or_default()
    }

    fn exchange(&self) -> Option<Exchange<'_>> {
        let reader = Reader::parse(self.ask.reader)?;
        let previous = self.ask.previous.as_ref();
        Some(Exchange {
            reader,
            platform: self.platform,
            url: &self.ask.url,
            status: self.answer.status,
            headers: &self.answer.headers,
            body: &self.answer.body,
            at: self.at,
            channel: self.ask.channel.as_deref(),
            previous: previous.map(|(at, newest)| Previous { at: Timestamp(*at), newest }),
            steady: self.steady,
        })
    }
}

/// A frame of a stream, of one channel that is watched, and what is known beside it.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) reader: &'a str,
    /// Where the conversation is held.
    pub(crate) url: &'a str,
    pub(crate) channel: &'a str,
    /// The last look at the channel, and the newest post then.
    pub(crate) previous: Option<(i64, String)>,
    pub(crate) bytes: &'a [u8],
    /// When it came.
    pub(crate) at: Timestamp,
}

impl Frame<'_> {
    /// Its record.
    pub(crate) fn record(&self) -> Prepared {
        let fields = fields(self.reader, self.platform, Some(self.channel), self.previous.as_ref());
        prepare(&NewRecord {
            kind: RecordKind::Resource,
            target: self.url.to_owned(),
            content_type: FRAME_TYPE,
            at: self.at,
            fields,
            payload: self.bytes,
        })
    }

    /// The same reading that the record will give.
    pub(crate) fn read(&self) -> Reading {
        let Some(reader) = Reader::parse(self.reader) else { return Reading::default() };
        let previous = self.previous.as_ref();
        marsad_interpret::read_exchange(&Exchange {
            reader,
            platform: self.platform,
            url: self.url,
            status: 200,
            headers: &[],
            body: self.bytes,
            at: self.at,
            channel: Some(self.channel),
            previous: previous.map(|(at, newest)| Previous { at: Timestamp(*at), newest }),
            steady: None,
        })
    }
}

/// What the reading of a record needs beside its bytes. A server's id may hold anything; a field is
/// one line.
fn fields(
    reader: &str,
    platform: &Platform,
    channel: Option<&str>,
    previous: Option<&(i64, String)>,
) -> Vec<(&'static str, String)> {
    let mut fields = vec![(READER, reader.to_owned()), (PLATFORM, platform.to_string())];
    fields.extend(channel.map(|channel| (CHANNEL, channel.to_owned())));
    fields.extend(previous.map(|(at, newest)| (PREVIOUS, format!("{} {newest}", Timestamp(*at)))));
    for (_, value) in &mut fields {
        value.retain(|c| !c.is_control());
    }
    fields
}

/// The record of lines that the watch noted itself.
pub(crate) fn ledger(lines: &[u8], at: Timestamp) -> Prepared {
    prepare(&NewRecord {
        kind: RecordKind::Resource,
        target: format!("urn:marsad:watch:{}", at.0),
        content_type: LEDGER_TYPE,
        at,
        fields: Vec::new(),
        payload: lines,
    })
}

/// What lines of the ledger say.
pub(crate) fn read_ledger(lines: &[u8]) -> Reading {
    let manifest = Manifest::new(Format::MarsadNdjson);
    marsad_interpret::read(&manifest, &Chunk { bytes: lines, first_line: 1, ordinal: 0 })
}

/// Whether a record is of the watch: an answer, a frame, or what the watch noted.
pub(crate) fn is_watched(record: &Record) -> bool {
    let is_heard =
        matches!(record.kind, RecordKind::Response | RecordKind::Revisit | RecordKind::Resource);
    (is_heard && record.field(READER).is_some())
        || (record.kind == RecordKind::Resource && record.content_type == LEDGER_TYPE)
}

/// Under which name problems of such a record stand.
pub(crate) fn name_of(record: &Record) -> &str {
    if record.content_type == LEDGER_TYPE { LEDGER_NAME } else { &record.target }
}

/// What a record of the watch says; of one that came again, with the body of the one it refers to.
pub(crate) fn read(store: &Store, record: &Record) -> Reading {
    if record.content_type == LEDGER_TYPE {
        return read_ledger(&record.payload);
    }
    if record.kind == RecordKind::Revisit {
        let read = referred(store, record).and_then(|block| read_answer(record, &block));
        let reason = "the answer that this one repeats is not there; it is not read";
        return read.unwrap_or_else(|| unread(reason.to_owned()));
    }
    read_answer(record, &record.payload).unwrap_or_else(|| {
        let reader = record.field(READER).unwrap_or_default();
        unread(match Reader::parse(reader) {
            Some(_) => "the record is not as a watch writes it".to_owned(),
            None => format!(
                "this Marsad does not know how to read '{reader}'; the answer is kept, and a newer one reads it at a rebuild"
            ),
        })
    })
}

/// A record that is counted and not read.
fn unread(reason: String) -> Reading {
    let problems = vec![Problem { line: 1, reason }];
    Reading { problems, rows: 1, ..Reading::default() }
}

/// The block of a revisit with the body that it refers to.
fn referred(store: &Store, record: &Record) -> Option<Vec<u8>> {
    let leaf = record.field(REFERS_TO)?.parse().ok()?;
    let whole = store.record(leaf).ok()?;
    let (.., body) = taken_apart(&whole.payload)?;
    let is_it = record.field("WARC-Payload-Digest") == Some(&digest_name(&sha256(body)));
    is_it.then(|| [record.payload.as_slice(), body].concat())
}

fn read_answer(record: &Record, block: &[u8]) -> Option<Reading> {
    let reader = Reader::parse(record.field(READER)?)?;
    let platform = Platform::new(record.field(PLATFORM)?).ok()?;
    let (status, headers, body) = if record.content_type == TL_TYPE {
        (RpcError::status_of(block), Vec::new(), block)
    } else if record.kind == RecordKind::Resource {
        (200, Vec::new(), block)
    } else {
        taken_apart(block)?
    };
    let previous = record.field(PREVIOUS).and_then(|field| {
        let (at, newest) = field.split_once(' ')?;
        Some(Previous { at: at.parse().ok()?, newest })
    });
    Some(marsad_interpret::read_exchange(&Exchange {
        reader,
        platform: &platform,
        url: &record.target,
        status,
        headers: &headers,
        body,
        at: record.at,
        channel: record.field(CHANNEL),
        previous,
        steady: record.field(STEADY).map(|word| word == "yes"),
    }))
}

type Fields = Vec<(String, String)>;

/// Status, header fields and body of a response's block.
fn taken_apart(block: &[u8]) -> Option<(u16, Fields, &[u8])> {
    let end = memchr::memmem::find(block, b"\r\n\r\n")?;
    let (head, rest) = block.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let field =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some((status, lines.filter_map(field).collect(), rest.get(4..)?))
}

fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
    (host, if path.is_empty() { "/" } else { path })
}
