//! Bundles: some records with their proofs in a WACZ 1.1.1 file that anybody can check offline.
//!
//! ```text
//! archive/evidence.warc.gz       the records, header blocks byte for byte as they stand in the log
//! indexes/index.cdx              where each one is
//! pages/pages.jsonl              what a viewer opens first
//! marsad/checkpoint              the head that the proofs lead to
//! marsad/key.txt                 the log's verifier key as the log names it, when it is signed
//! marsad/records.jsonl           leaf, record id and place of each record
//! marsad/<leaf>.tlog-proof
//! marsad/custody.jsonl           when which head of the log was acknowledged
//! marsad/<size>.head.txt         an earlier head that others attested, as it was stamped
//! marsad/<size>.consistency      that the log only went on from it
//! marsad/<leaf>.tsr              an authority's token on it, as it came
//! marsad/audit.jsonl             the payloads of the audit records among them, a line each
//! marsad/README.txt              how to check this without us
//! files/…                        whatever the caller adds: the finding, the report
//! datapackage.json, datapackage-digest.json
//! ```
//!
//! No folder holds another: py-wacz 0.6 looks one level deep only.

mod attested;
mod check;
pub(crate) mod zip;

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::{Compression, Crc, GzBuilder};
use marsad_types::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use attested::{cosigned, stamp_holds, witnesses_open};
pub use check::{BundleReport, check_bundle, check_bundle_with};

use crate::error::Doing;
use crate::merkle::sha256;
use crate::reader::Reader;
use crate::record::{NewRecord, Record, RecordKind, header_text};
use crate::wacz::zip::ZipWriter;
use crate::{Error, digest_name, warc};

pub(crate) const WARC: &str = "archive/evidence.warc.gz";
pub(crate) const INDEX: &str = "indexes/index.cdx";
pub(crate) const PAGES: &str = "pages/pages.jsonl";
pub(crate) const CHECKPOINT: &str = "marsad/checkpoint";
pub(crate) const KEY: &str = "marsad/key.txt";
pub(crate) const RECORDS: &str = "marsad/records.jsonl";
pub(crate) const CUSTODY: &str = "marsad/custody.jsonl";
pub(crate) const AUDIT: &str = "marsad/audit.jsonl";
pub(crate) const README: &str = "marsad/README.txt";
pub(crate) const FILES: &str = "files/";
pub(crate) const PACKAGE: &str = "datapackage.json";
pub(crate) const PACKAGE_DIGEST: &str = "datapackage-digest.json";

/// What a bundle is to hold beside the records.
#[derive(Debug, Clone)]
pub struct Bundle<'a> {
    /// Leaves of the records; order and repeats do not matter.
    pub leaves: &'a [u64],
    /// Title for people.
    pub title: &'a str,
    /// When the bundle is made.
    pub created: Timestamp,
    /// What a viewer lists: (address of a record, time, title).
    pub pages: &'a [(String, Timestamp, String)],
    /// Files to add under `files/`: (name, bytes), such as `finding.json`.
    pub files: &'a [(String, Vec<u8>)],
}

/// A file of the bundle as the data package lists it.
struct Listed {
    path: String,
    digest: String,
    bytes: u64,
    crc: u32,
}

/// The proof file of a leaf.
pub(crate) fn proof_file(leaf: u64) -> String {
    format!("marsad/{leaf}.tlog-proof")
}

impl Reader {
    /// Writes a bundle. The WARC is made in `scratch` (an empty file), because its digest must be
    /// known before it is packed; one record at a time is in memory.
    ///
    /// # Errors
    /// `Erased`, `Unknown`, `Broken` for a record that cannot be given; `Disk` for `out`: then what
    /// was written of it is no bundle.
    pub fn export_wacz(
        &self,
        bundle: &Bundle<'_>,
        scratch: &mut (impl Read + Write + Seek),
        out: impl Write,
    ) -> Result<(), Error> {
        let here = Path::new(WARC);
        let mut leaves = bundle.leaves.to_vec();
        let attested = self.attested(&leaves)?;
        leaves.extend(attested.iter().map(|attestation| attestation.leaf));
        leaves.sort_unstable();
        leaves.dedup();
        let mut writer = WarcWriter::new(scratch);
        writer.info(bundle, &self.checkpoint().origin)?;
        let mut audit = Vec::new();
        for leaf in &leaves {
            let record = self.record(*leaf)?;
            writer.record(&record)?;
            if record.kind == RecordKind::Audit {
                audit.extend_from_slice(&record.payload);
                audit.push(b'\n');
            }
        }
        let (warc, index, records) = writer.finish();
        let mut pack = Packer { zip: ZipWriter::new(out), listed: Vec::new() };
        scratch.seek(SeekFrom::Start(0)).doing("read", here)?;
        pack.zip.add(WARC, (warc.bytes, warc.crc), &mut *scratch).doing("write", here)?;
        pack.listed.push(warc);
        pack.add(INDEX, index.as_bytes())?;
        pack.add(PAGES, pages(bundle).as_bytes())?;
        pack.add(CHECKPOINT, self.checkpoint().note.as_bytes())?;
        if let Some(key) = self.key() {
            pack.add(KEY, format!("{}\n", key.text()).as_bytes())?;
        }
        pack.add(RECORDS, records.as_bytes())?;
        for leaf in &leaves {
            pack.add(&proof_file(*leaf), self.proof(*leaf)?.text().as_bytes())?;
        }
        for (path, bytes) in self.attested_files(&attested)? {
            pack.add(&path, &bytes)?;
        }
        pack.add(CUSTODY, self.custody()?.as_bytes())?;
        if !audit.is_empty() {
            pack.add(AUDIT, &audit)?;
        }
        pack.add(README, include_str!("wacz/README.txt").as_bytes())?;
        for (name, bytes) in bundle.files {
            check_file_name(name)?;
            pack.add(&format!("{FILES}{name}"), bytes)?;
        }
        let package = package(bundle, &pack.listed);
        pack.add(PACKAGE, package.as_bytes())?;
        pack.add(PACKAGE_DIGEST, package_digest(package.as_bytes()).as_bytes())?;
        pack.zip.finish().map(drop).doing("write", here)
    }

    fn custody(&self) -> Result<String, Error> {
        let mut lines = String::new();
        for (at, head) in self.heads()? {
            let line = json!({ "at": at.to_string(), "size": head.size, "root": head.root_hex() });
            push_line(&mut lines, &line);
        }
        Ok(lines)
    }
}

/// Packs files and remembers them for the data package.
struct Packer<W: Write> {
    zip: ZipWriter<W>,
    listed: Vec<Listed>,
}

impl<W: Write> Packer<W> {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let file = Listed::new(path, bytes);
        self.zip.add(path, (file.bytes, file.crc), bytes).doing("write", Path::new(path))?;
        self.listed.push(file);
        Ok(())
    }
}

impl Listed {
    fn new(path: &str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        let digest = digest_name(&sha256(bytes));
        Self { path: path.to_owned(), digest, bytes: bytes.len() as u64, crc: crc.sum() }
    }
}

fn push_line(lines: &mut String, value: &Value) {
    lines.push_str(&value.to_string());
    lines.push('\n');
}

fn check_file_name(name: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('.') {
        return Ok(());
    }
    let reason = "a file in a bundle has letters, digits, hyphens and dots in its name";
    Err(Error::Field { name: name.to_owned(), reason })
}

fn pages(bundle: &Bundle<'_>) -> String {
    let first = json!({ "format": "json-pages-1.0", "id": "pages", "title": "All Pages" });
    let mut lines = format!("{first}\n");
    for (url, at, title) in bundle.pages {
        let page = json!({ "url": url, "ts": at.to_string(), "title": title });
        push_line(&mut lines, &page);
    }
    lines
}

fn package(bundle: &Bundle<'_>, listed: &[Listed]) -> String {
    let name = |path: &str| path.replace('/', "-").to_lowercase(); // names must differ
    let resources: Vec<Value> = listed
        .iter()
        .map(|file| {
            let Listed { path, digest, bytes, crc: _ } = file;
            json!({ "name": name(path), "path": path, "hash": digest, "bytes": bytes })
        })
        .collect();
    let package = json!({
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": bundle.title,
        "created": bundle.created.to_string(),
        "software": concat!("Marsad/", env!("CARGO_PKG_VERSION")),
        "resources": resources,
    });
    format!("{package:#}\n")
}

/// The file that vouches for `datapackage.json`, to the byte.
fn package_digest(package: &[u8]) -> String {
    let digest = digest_name(&sha256(package));
    format!("{{\n  \"path\": \"{PACKAGE}\",\n  \"hash\": \"{digest}\"\n}}\n")
}

/// Writes records as gzip members, and what the index and the list of records say of them.
struct WarcWriter<'a, W: Write> {
    out: &'a mut W,
    at: u64,
    digest: Sha256,
    crc: Crc,
    index: Vec<String>,
    records: String,
}

impl<'a, W: Write> WarcWriter<'a, W> {
    fn new(out: &'a mut W) -> Self {
        let (digest, crc) = (Sha256::new(), Crc::new());
        Self { out, at: 0, digest, crc, index: Vec::new(), records: String::new() }
    }

    /// The one record that is not from the log: what this file is.
    fn info(&mut self, bundle: &Bundle<'_>, origin: &str) -> Result<(), Error> {
        let payload = format!(
            "software: Marsad/{}\r\nformat: WARC File Format 1.1\r\nisPartOf: {origin}\r\n",
            env!("CARGO_PKG_VERSION")
        );
        let header = header_text(&NewRecord {
            kind: RecordKind::Info,
            target: String::new(),
            content_type: "application/warc-fields",
            at: bundle.created,
            fields: vec![("WARC-Filename", "evidence.warc.gz".to_owned())],
            payload: payload.as_bytes(),
        })?;
        self.member(header.as_bytes(), payload.as_bytes()).map(drop)
    }

    /// Adds a gzip member; says its digest and length.
    fn member(&mut self, header: &[u8], payload: &[u8]) -> Result<(String, u64), Error> {
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::default());
        let parts = [header, payload, warc::END];
        let written = parts.iter().try_for_each(|part| gzip.write_all(part));
        let member = written.and_then(|()| gzip.finish()).map_err(Error::Compress)?;
        self.out.write_all(&member).doing("write", Path::new(WARC))?;
        self.at += member.len() as u64;
        self.digest.update(&member);
        self.crc.update(&member);
        Ok((digest_name(&sha256(&member)), member.len() as u64))
    }

    fn record(&mut self, record: &Record) -> Result<(), Error> {
        let offset = self.at;
        let (member_digest, length) = self.member(record.header_block(), &record.payload)?;
        let id = record.field("WARC-Record-ID").unwrap_or_default();
        let line = json!({ "leaf": record.leaf, "id": id, "offset": offset, "length": length });
        push_line(&mut self.records, &line);
        if record.target.is_empty() {
            return Ok(());
        }
        let payload_digest = record.field("WARC-Payload-Digest");
        let digest = payload_digest.or(record.field("WARC-Block-Digest")).unwrap_or_default();
        let rest = json!({
            "url": record.target, "digest": digest, "mime": record.content_type,
            "filename": "evidence.warc.gz", "offset": offset, "length": length,
            "status": http_status(record), "recordDigest": member_digest,
        });
        self.index.push(format!("{} {} {rest}\n", surt(&record.target), digits(record.at)));
        Ok(())
    }

    fn finish(mut self) -> (Listed, String, String) {
        self.index.sort_unstable();
        let digest = digest_name(&self.digest.finalize().into());
        let (bytes, crc) = (self.at, self.crc.sum());
        let listed = Listed { path: WARC.to_owned(), digest, bytes, crc };
        (listed, self.index.concat(), self.records)
    }
}

/// `200` of `HTTP/1.1 200 OK`; records without HTTP have none, which CDX writes as a hyphen.
fn http_status(record: &Record) -> &str {
    let line = record.payload.split(|b| *b == b'\r').next().unwrap_or_default();
    let line = std::str::from_utf8(line).unwrap_or_default();
    let status = line.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').nth(1));
    status.filter(|_| record.kind == RecordKind::Response).unwrap_or("-")
}

/// SURT: scheme gone, host turned round with commas, `)`, path. Other schemes stay as they are.
fn surt(url: &str) -> String {
    let lower = url.to_lowercase();
    let Some((_, rest)) = lower.split_once("://") else { return lower };
    let (host, path) =
        rest.split_once('/').map_or((rest, String::new()), |(h, p)| (h, p.to_owned()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.strip_suffix(":443").or(host.strip_suffix(":80")).unwrap_or(host);
    let turned: Vec<&str> = host.split('.').rev().collect();
    format!("{})/{path}", turned.join(","))
}

/// 14 digits, year to second.
fn digits(at: Timestamp) -> String {
    at.to_string().chars().filter(char::is_ascii_digit).take(14).collect()
}
