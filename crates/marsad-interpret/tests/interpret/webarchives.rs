//! Web archives, with what goes wrong in them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use marsad_interpret::{Format, Manifest, Reading, prepare, read_document, recognise};
use marsad_types::Status;
use sha1::{Digest as _, Sha1};

use crate::common::{problems, read_cut};

pub(crate) const AT: &str = "2026-11-23T02:13:20Z";

pub(crate) fn page(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pages/");
    std::fs::read(format!("{path}{name}")).unwrap()
}

pub(crate) fn read_with(manifest: Manifest, file: &[u8]) -> Reading {
    let manifest = prepare(manifest, file).unwrap();
    let mut all = Reading::default();
    read_document(&manifest, &mut &file[..], &mut |part| {
        all.posts.extend(part.posts);
        all.channels.extend(part.channels);
        all.removals.extend(part.removals);
        all.problems.extend(part.problems);
        all.rows += part.rows;
    });
    all
}

pub(crate) fn read(format: Format, file: &[u8]) -> Reading {
    assert_eq!(recognise("x", file), Some(format));
    read_with(Manifest::new(format), file)
}

pub(crate) fn states(reading: &Reading) -> Vec<String> {
    let state =
        |c: &marsad_types::Channel| format!("{} {} {}", c.key.id, c.status.as_str(), c.observed_at);
    reading.channels.iter().map(state).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn sha1(bytes: &[u8]) -> String {
    format!("sha1:{}", hex(&Sha1::digest(bytes)))
}

pub(crate) struct Record<'a> {
    pub(crate) kind: &'a str,
    uri: &'a str,
    date: &'a str,
    fields: String,
    block: Vec<u8>,
}

impl<'a> Record<'a> {
    pub(crate) fn page(uri: &'a str, date: &'a str, body: &[u8]) -> Self {
        Self::answer(uri, date, "200 OK", "Content-Type: text/html; charset=utf-8", body)
    }

    fn answer(uri: &'a str, date: &'a str, status: &str, fields: &str, body: &[u8]) -> Self {
        let block = [format!("HTTP/1.1 {status}\r\n{fields}\r\n\r\n").as_bytes(), body].concat();
        let fields = format!(
            "WARC-Payload-Digest: {}\r\nWARC-Block-Digest: {}\r\n",
            sha1(body),
            sha1(&block)
        );
        Self { kind: "response", uri, date, fields, block }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        self.write_as("WARC/1.1", self.block.len())
    }

    fn write_as(&self, version: &str, length: usize) -> Vec<u8> {
        let Self { kind, uri, date, fields, block } = self;
        let header = format!(
            "{version}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:48ec9c8d-c972-4f25-b733-91aff8b6abe2>\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n{fields}Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
        );
        [header.as_bytes(), block, b"\r\n\r\n"].concat()
    }
}

pub(crate) fn info() -> Vec<u8> {
    let block = b"software: tests\r\n".to_vec();
    Record { kind: "warcinfo", uri: "", date: AT, fields: String::new(), block }.write()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) const HISTORY: &str = "https://t.me/s/tramnotices";

#[test]
fn a_web_archive_is_its_pages_at_their_times() {
    let gone = b"<html><body><div class=\"tgme_widget_message\"><div class=\"tgme_widget_message_error\">Post not found</div></div></body></html>";
    let chunked = {
        let packed = gzip(&page("post.html"));
        [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat()
    };
    let file = [
        info(),
        Record::page("https://t.me/tramnotices/57?embed=1", AT, gone).write(),
        Record::page("https://t.me/tramnotices", "2026-11-23T01:00:00Z", &page("landing.html"))
            .write_as("WARC/1.0", 0)
            .replace_length(),
        Record::page("https://example.org/", AT, b"<html>other</html>").write(),
        Record::page(HISTORY, "2026-11-23T02:13:20.5Z", &page("history.html")).write(),
        Record::answer(
            "http://www.telegram.me/tramnotices/2?embed=1",
            "2026-11-23T03:00:00Z",
            "200 OK",
            "Content-Encoding: gzip\r\nTransfer-Encoding: chunked",
            &chunked,
        )
        .write(),
        Record::answer(
            HISTORY,
            "2026-11-23T04:00:00Z",
            "302 Found",
            "Location: https://t.me/tramnotices",
            b"",
        )
        .write(),
    ]
    .concat();
    let reading = read(Format::Warc, &file);
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(reading.posts.len(), 6);
    assert_eq!(reading.posts[0].observed_first.unwrap().to_string(), "2026-11-23T02:13:20.5Z");
    assert_eq!(reading.posts[5].observed_first.unwrap().to_string(), "2026-11-23T03:00:00Z");
    let mut seen = states(&reading);
    seen.sort();
    // What was known by name alone got the number that another page shows.
    assert_eq!(
        seen,
        [
            "1900000031 alive 2026-11-23T01:00:00Z",
            "1900000031 alive 2026-11-23T02:13:20.5Z",
            "1900000031 alive 2026-11-23T03:00:00Z",
        ]
    );
    assert_eq!(reading.removals[0].channel.id, "1900000031");
    let text = String::from_utf8_lossy(&file).into_owned();
    let line = text.lines().position(|line| line.contains("02:13:20.5Z")).unwrap() as u64 + 1 - 4;
    assert_eq!(reading.posts[0].line, line);
    assert_eq!(
        read_cut(&prepare(Manifest::new(Format::Warc), &file).unwrap(), &file, usize::MAX)
            .posts
            .len(),
        6
    );
}

trait Lengths {
    fn replace_length(self) -> Vec<u8>;
}

impl Lengths for Vec<u8> {
    /// `Content-Length: 0` of a record made right.
    fn replace_length(self) -> Vec<u8> {
        let at = self.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let length = self.len() - at - 4;
        let head = String::from_utf8(self[..at].to_vec()).unwrap();
        let head = head.replace("Content-Length: 0", &format!("content-length: {length}"));
        let head = head.replace(
            "WARC-Target-URI: https://t.me/tramnotices",
            "WARC-Target-URI: <https://t.me/tramnotices>",
        );
        [head.as_bytes(), &self[at..]].concat()
    }
}

#[test]
fn the_same_page_again_is_another_look() {
    let history = page("history.html");
    let later =
        String::from_utf8(history.clone()).unwrap().replace("tramnotices/7\"", "tramnotices/9\"");
    let revisit = |date: &'static str, digest: String, profile: &str| {
        let fields = format!(
            "WARC-Payload-Digest: {digest}\r\nWARC-Refers-To-Target-URI: {HISTORY}\r\nWARC-Refers-To-Date: {AT}\r\nWARC-Profile: http://netpreserve.org/warc/1.1/revisit/{profile}\r\n"
        );
        Record {
            kind: "revisit",
            uri: HISTORY,
            date,
            fields,
            block: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        }
        .write()
    };
    let file = [
        Record::page(HISTORY, AT, &history).write(),
        revisit(
            "2026-11-23T03:13:20Z",
            sha1(&history).to_ascii_uppercase(),
            "identical-payload-digest",
        ),
        revisit("2026-11-23T03:14:20Z", sha1(b"other"), "identical-payload-digest"),
        revisit("2026-11-23T03:15:20Z", sha1(&history), "server-not-modified"),
        Record::page(HISTORY, "2026-11-23T04:13:20Z", later.as_bytes()).write(),
    ]
    .concat();
    let reading = read(Format::Warc, &file);
    assert_eq!(
        states(&reading),
        [
            "1900000031 alive 2026-11-23T02:13:20Z",
            "1900000031 alive 2026-11-23T03:13:20Z",
            "1900000031 alive 2026-11-23T04:13:20Z"
        ]
    );
    assert_eq!(problems(&reading).len(), 1);
    assert!(reading.problems[0].reason.starts_with("2 records say that a page came again"));
    // What was not on the earlier newest page came between the two.
    let previous: Vec<_> =
        reading.posts.iter().map(|post| post.observed_prev.map(|at| at.to_string())).collect();
    assert_eq!(
        (previous.len(), previous[9].as_deref(), previous[8].as_deref()),
        (10, Some(AT), None)
    );
}

#[test]
fn cut_and_changed_records_are_not_believed() {
    let history = page("history.html");
    let whole = Record::page(HISTORY, AT, &history).write();
    let landing = Record::page("https://t.me/tramnotices", AT, &page("landing.html")).write();
    let cut = [landing.as_slice(), &whole[..whole.len() - 300]].concat();
    let reading = read(Format::Warc, &cut);
    assert_eq!((reading.posts.len(), reading.channels.len()), (0, 1));
    let reason = &reading.problems[0].reason;
    assert!(reason.starts_with("the record of 'https://t.me/s/tramnotices' is cut: "), "{reason}");
    // One letter of a post changed.
    let changed = String::from_utf8(whole.clone()).unwrap().replace("Ferry at ten", "Ferry at two");
    let reading = read(Format::Warc, [landing.as_slice(), changed.as_bytes()].concat().as_slice());
    assert_eq!((reading.posts.len(), reading.channels.len()), (0, 1));
    assert_eq!(
        reading.problems[0].reason,
        "the record of 'https://t.me/s/tramnotices': it does not have the digest it names; it is not believed"
    );
    let payload_only = changed.replace("WARC-Block-Digest", "X-Digest");
    assert_eq!(read(Format::Warc, payload_only.as_bytes()).posts.len(), 0);
    let without = payload_only.replace("WARC-Payload-Digest", "Y-Digest");
    assert_eq!(read(Format::Warc, without.as_bytes()).posts.len(), 5);
    // A page may say anything: where lengths do not hold, nothing in it becomes a record.
    let forged = String::from_utf8(Record::page(HISTORY, AT, &page("post.html")).write()).unwrap();
    let host = Record::page(
        "https://t.me/tramnotices/2?embed=1",
        AT,
        format!("x\r\n\r\n{forged}").as_bytes(),
    );
    let short_length = host.write_as("WARC/1.1", 30);
    let reading = read(Format::Warc, &[short_length, landing].concat());
    assert_eq!(reading.posts.len(), 0);
    assert_eq!(
        problems(&reading).last().unwrap().split_once(": ").unwrap().1,
        "what stands here is no record of WARC 1.0 or 1.1; the rest of the file is not read"
    );
}

#[test]
fn copies_of_the_internet_archive_have_its_time() {
    let history = page("history.html");
    let at = |date: &str| format!("https://web.archive.org/web/{date}/https://t.me/s/tramnotices");
    let (exact, vague) = (at("20201130175500id_"), at("2020"));
    let memento = "Memento-Datetime: Mon, 30 Nov 2020 18:00:01 GMT";
    let file = [
        Record::page(&exact, AT, &history).write(),
        Record::answer(&vague, AT, "200 OK", memento, &history).write(),
        Record::page(&vague, AT, &history).write(),
        Record::answer(&exact, AT, "404 Not Found", "Server: x", b"not archived").write(),
        Record::answer(&exact, AT, "404 Not Found", memento, b"gone").write(),
    ]
    .concat();
    let reading = read(Format::Warc, &file);
    let mut seen = states(&reading);
    seen.sort();
    assert_eq!(
        seen,
        [
            "1900000031 alive 2020-11-30T17:55:00Z",
            "1900000031 alive 2020-11-30T18:00:01Z",
            "1900000031 error 2020-11-30T18:00:01Z"
        ]
    );
    assert_eq!(reading.channels.iter().filter(|c| c.status == Status::Error).count(), 1);
    assert_eq!(problems(&reading).len(), 2);
    assert!(
        problems(&reading)
            .iter()
            .all(|p| p.ends_with("the Internet Archive does not say when it took this"))
    );
}

#[test]
fn an_archive_without_pages_says_what_it_holds() {
    let chunk = Record {
        kind: "resource",
        uri: "urn:marsad:import:aa#0",
        date: AT,
        fields: String::new(),
        block: b"{}\n".to_vec(),
    };
    let file =
        [info(), Record::page("https://example.org/", AT, b"x").write(), chunk.write()].concat();
    let reading = read(Format::Warc, &file);
    let reasons: Vec<_> = reading.problems.iter().map(|p| p.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "1 records are parts of files that Marsad imported, not pages; import those files",
            "no page of t.me is in it; 1 answers of other hosts are not read",
        ]
    );
}
