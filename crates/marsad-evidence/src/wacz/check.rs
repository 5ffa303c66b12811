//! Checking a bundle, offline and without the archive it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use flate2::Crc;
use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::attested::Found;
use super::zip::{self, Member};
use super::{
    AUDIT, CHECKPOINT, CUSTODY, FILES, INDEX, KEY, PACKAGE, PACKAGE_DIGEST, PAGES, README, RECORDS,
    WARC, package_digest, proof_file,
};
use crate::checkpoint::{Checkpoint, Head};
use crate::merkle::sha256;
use crate::note::Verifier;
use crate::proof::Proof;
use crate::record::{PAYLOAD_BYTES_MAX, RecordKind};
use crate::warc::{self, Header};
use crate::witness::Witness;
use crate::{digest_name, hex};

/// Largest file of a bundle that is read as a whole; the WARC is read record by record.
const SMALL_BYTES_MAX: u64 = 256 << 20;

/// What a check of a bundle found, in sentences without a full stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleReport {
    /// Name of the log the records come from.
    pub origin: String,
    /// The head that the proofs lead to.
    pub head: Head,
    /// Leaf and address of each record that verifies.
    pub records: Vec<(u64, String)>,
    /// What was checked and holds.
    pub holds: Vec<String>,
    /// What does not hold: (file, reason).
    pub failures: Vec<(String, String)>,
    /// Leaf and answer of each time-stamp that is for its head. Nobody has checked who signed it.
    pub tokens: Vec<(u64, Vec<u8>)>,
    /// What this check cannot say.
    pub open: Vec<String>,
}

impl BundleReport {
    /// Nothing failed.
    pub fn is_sound(&self) -> bool {
        self.failures.is_empty()
    }

    pub(super) fn fail(&mut self, file: &str, reason: impl Into<String>) {
        self.failures.push((file.to_owned(), reason.into()));
    }
}

/// Checks a bundle; with a key, also that the log's owner signed it.
///
/// # Errors
/// Only when the file cannot be read at all; everything else is in the report.
pub fn check_bundle(
    file: &mut (impl Read + Seek),
    key: Option<&Verifier>,
) -> io::Result<BundleReport> {
    check_bundle_with(file, key, &[])
}

/// The same, with the keys of witnesses whose cosignatures count.
///
/// # Errors
/// As [`check_bundle`].
pub fn check_bundle_with(
    file: &mut (impl Read + Seek),
    key: Option<&Verifier>,
    witnesses: &[Witness],
) -> io::Result<BundleReport> {
    let mut report = BundleReport::default();
    let members = match zip::members(file) {
        Ok(members) => members,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            report.fail("the ZIP file", error.to_string());
            return Ok(report);
        }
        Err(error) => return Err(error),
    };
    let (audit, attestations) = (Vec::new(), Vec::new());
    let mut check = Check { file, members: BTreeMap::new(), report, audit, attestations };
    for member in members {
        if let Some(twice) = check.members.insert(member.name.clone(), member) {
            check.report.fail(&twice.name, "it is in the bundle twice");
        }
    }
    check.files()?;
    check.checkpoint(key)?;
    let rows = check.records()?;
    check.attestations(witnesses)?;
    check.index(&rows)?;
    check.pages_and_custody()?;
    Ok(check.report)
}

pub(super) struct Check<'a, F> {
    file: &'a mut F,
    members: BTreeMap<String, Member>,
    pub(super) report: BundleReport,
    pub(super) attestations: Vec<Found>,
    /// What the audit records of the bundle say, a line each.
    audit: Vec<u8>,
}

/// A record as the bundle lists it, and what was found there.
struct Row {
    leaf: u64,
    id: String,
    offset: u64,
    length: u64,
    target: String,
    member_digest: String,
}

impl<F: Read + Seek> Check<'_, F> {
    /// A small file; `None` when it is not there or too large.
    pub(super) fn small(&mut self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(member) = self.members.get(name).filter(|m| m.bytes <= SMALL_BYTES_MAX) else {
            return Ok(None);
        };
        zip::read_at(self.file, member.from, member.bytes as usize).map(Some)
    }

    /// Lines of JSON, each with its number; what is no JSON fails.
    fn json_lines(&mut self, name: &str) -> io::Result<Vec<(usize, Value)>> {
        let bytes = self.small(name)?.unwrap_or_default();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty())) {
            match serde_json::from_slice(line) {
                Ok(value) => lines.push((number, value)),
                Err(error) => self.report.fail(name, format!("line {number}: {error}")),
            }
        }
        Ok(lines)
    }

    /// Every file is listed with its digest and length, and every listed file is there.
    fn files(&mut self) -> io::Result<()> {
        for name in [WARC, INDEX, PAGES, CHECKPOINT, RECORDS, CUSTODY, README] {
            if !self.members.contains_key(name) {
                self.report.fail(name, "it is missing");
            }
        }
        let package = self.small(PACKAGE)?.unwrap_or_default();
        let digest = package_digest(&package);
        if self.small(PACKAGE_DIGEST)?.unwrap_or_default() != digest.as_bytes() {
            self.report.fail(PACKAGE, format!("it is not what {PACKAGE_DIGEST} says"));
            self.report.fail(PACKAGE_DIGEST, format!("or this file is wrong about {PACKAGE}"));
        }
        let listed: Value = serde_json::from_slice(&package).unwrap_or_default();
        let mut unlisted: BTreeSet<String> = self.members.keys().cloned().collect();
        unlisted.remove(PACKAGE);
        unlisted.remove(PACKAGE_DIGEST);
        let resources = listed.get("resources").and_then(Value::as_array);
        for resource in resources.map_or(&[][..], Vec::as_slice) {
            let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
            let path = text("path").to_owned();
            if !unlisted.remove(&path) {
                self.report.fail(&path, "it is listed, but it is not in the bundle");
                continue;
            }
            let (digest, bytes) = self.digest(&path)?;
            let listed_bytes = resource.get("bytes").and_then(Value::as_u64);
            if digest != text("hash") || listed_bytes != Some(bytes) {
                self.report.fail(&path, format!("its bytes are not those that {PACKAGE} lists"));
            }
        }
        for path in unlisted {
            self.report.fail(&path, format!("it is in the bundle, but {PACKAGE} does not list it"));
        }
        for path in [PACKAGE, PACKAGE_DIGEST] {
            self.digest(path)?;
        }
        if self.report.is_sound() {
            let files = self.members.len();
            self.report.holds.push(format!("all {files} files have the SHA-256 that is listed"));
        }
        Ok(())
    }

    /// SHA-256 and length of a file, which is also compared with its CRC-32.
    fn digest(&mut self, name: &str) -> io::Result<(String, u64)> {
        let Some(member) = self.members.get(name) else { return Ok((String::new(), 0)) };
        let (bytes, expected) = (member.bytes, member.crc);
        self.file.seek(io::SeekFrom::Start(member.from))?;
        let (mut sha, mut crc) = (Sha256::new(), Crc::new());
        let mut buffer = vec![0; 1 << 20];
        let mut left = bytes;
        while left > 0 {
            let count = left.min(buffer.len() as u64) as usize;
            let Some(part) = buffer.get_mut(..count) else { break };
            self.file.read_exact(part)?;
            sha.update(&*part);
            crc.update(part);
            left -= count as u64;
        }
        if crc.sum() != expected {
            self.report.fail(name, "its bytes do not have the CRC-32 of the ZIP file");
        }
        Ok((digest_name(&sha.finalize().into()), bytes))
    }

    fn checkpoint(&mut self, key: Option<&Verifier>) -> io::Result<()> {
        let note = self.small(CHECKPOINT)?.unwrap_or_default();
        let checkpoint = match Checkpoint::parse(&note) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                self.report.fail(CHECKPOINT, error.to_string());
                return Ok(());
            }
        };
        self.report.origin.clone_from(&checkpoint.origin);
        self.report.head = checkpoint.head;
        let own = self.small(KEY)?.map(|text| String::from_utf8_lossy(&text).into_owned());
        let own = match own.as_deref().map(Verifier::parse).transpose() {
            Ok(own) => own,
            Err(error) => {
                self.report.fail(KEY, error.to_string());
                None
            }
        };
        let Some(used) = key.or(own.as_ref()) else {
            let open = "the log is not signed: nothing here shows who kept it";
            self.report.open.push(open.to_owned());
            return Ok(());
        };
        match checkpoint.verify(used) {
            Err(error) => self.report.fail(CHECKPOINT, error.to_string()),
            Ok(()) if key.is_some() => {
                let holds = format!("the checkpoint is signed by the key you gave, {}", used.text());
                self.report.holds.push(holds);
            }
            Ok(()) => self.report.open.push(format!(
                "the checkpoint is signed by the key inside the bundle, {}; compare it with the key \
                 that its owner published, or give that one with --key",
                used.text()
            )),
        }
        Ok(())
    }

    /// Each record's digests, its place, and its proof.
    fn records(&mut self) -> io::Result<Vec<Row>> {
        let before = self.report.failures.len();
        let mut rows = Vec::new();
        for (number, line) in self.json_lines(RECORDS)? {
            let field = |name: &str| line.get(name).and_then(Value::as_u64);
            let id = line.get("id").and_then(Value::as_str);
            match (field("leaf"), id, field("offset"), field("length")) {
                (Some(leaf), Some(id), Some(offset), Some(length)) => rows.push(Row {
                    leaf,
                    id: id.to_owned(),
                    offset,
                    length,
                    target: String::new(),
                    member_digest: String::new(),
                }),
                _ => self.report.fail(RECORDS, format!("line {number} lists no record")),
            }
        }
        let warc = self.members.get(WARC).map_or((0, 0), |warc| (warc.from, warc.bytes));
        let mut next = rows.first().map_or(warc.1, |row| row.offset);
        self.info(warc.0, next)?;
        let mut last = None;
        for row in &mut rows {
            let in_place = row.offset == next && row.offset.saturating_add(row.length) <= warc.1;
            if !in_place || last.is_some_and(|last| last >= row.leaf) {
                self.report.fail(RECORDS, format!("record {} is out of its place", row.leaf));
                break;
            }
            (next, last) = (row.offset + row.length, Some(row.leaf));
            let member = read_member(self.file, warc.0 + row.offset, row.length)?;
            if let Err(reason) = self.record(row, &member)? {
                self.report.fail(WARC, format!("record {}: {reason}", row.leaf));
            }
        }
        if next != warc.1 {
            self.report.fail(WARC, "it has bytes that belong to no listed record");
        }
        let known: BTreeSet<String> = rows.iter().map(|row| proof_file(row.leaf)).collect();
        let names: Vec<String> = self.members.keys().cloned().collect();
        for name in names.iter().filter(|name| name.ends_with(".tlog-proof")) {
            if !known.contains(name) {
                self.report.fail(name, "it proves a record that is not in the bundle");
            }
        }
        if self.report.failures.len() == before {
            self.report.holds.push(format!(
                "all {} records have the digests they name, and each stands in the log '{}' of {} \
                 records with root {}",
                rows.len(),
                self.report.origin,
                self.report.head.size,
                hex(&self.report.head.root)
            ));
        }
        Ok(rows)
    }

    /// The WARC begins with one record of its own, which says what the file is.
    fn info(&mut self, from: u64, bytes: u64) -> io::Result<()> {
        let member = read_member(self.file, from, bytes)?;
        match unpack(&member) {
            Ok((header, _, _)) if header.get("WARC-Type") == Some("warcinfo") => {}
            Ok(_) => self.report.fail(WARC, "it does not begin with a warcinfo record"),
            Err(reason) => self.report.fail(WARC, format!("its first record: {reason}")),
        }
        Ok(())
    }

    /// One record against its digests and its proof; the inner error is what does not hold.
    fn record(&mut self, row: &mut Row, member: &[u8]) -> io::Result<Result<(), String>> {
        let (header, header_block, block) = match unpack(member) {
            Ok(record) => record,
            Err(reason) => return Ok(Err(reason)),
        };
        if header.get("WARC-Record-ID") != Some(row.id.as_str()) {
            return Ok(Err(format!("it is not the record {}", row.id)));
        }
        header.get("WARC-Target-URI").unwrap_or_default().clone_into(&mut row.target);
        row.member_digest = digest_name(&sha256(member));
        let name = proof_file(row.leaf);
        let note = self.small(CHECKPOINT)?.unwrap_or_default();
        let Some(proof) = self.small(&name)? else {
            return Ok(Err("there is no proof of it".to_owned()));
        };
        let reason = match Proof::parse(&proof) {
            Err(error) => error.to_string(),
            Ok(proof) if proof.index != row.leaf => "it proves another record".to_owned(),
            Ok(proof) if proof.checkpoint.note.as_bytes() != note => {
                format!("it does not lead to {CHECKPOINT}")
            }
            Ok(proof) if !proof.proves_header(&header_block) => {
                "it does not lead from the record to the root".to_owned()
            }
            Ok(_) => {
                if header.get("Marsad-Kind") == Some(RecordKind::Audit.as_str()) {
                    self.audit.extend_from_slice(&block);
                    self.audit.push(b'\n');
                }
                if header.get("Marsad-Kind") == Some(RecordKind::Note.as_str()) {
                    let found = Found { leaf: row.leaf, header: header.clone(), payload: block };
                    self.attestations.push(found);
                }
                self.report.records.push((row.leaf, row.target.clone()));
                return Ok(Ok(()));
            }
        };
        self.report.fail(&name, reason);
        Ok(Ok(()))
    }

    /// The index names each record that has an address, in its place, with its digest.
    fn index(&mut self, rows: &[Row]) -> io::Result<()> {
        let before = self.report.failures.len();
        let text = self.small(INDEX)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let by_offset: BTreeMap<u64, &Row> = rows.iter().map(|row| (row.offset, row)).collect();
        let mut named = BTreeSet::new();
        let mut last = "";
        for line in text.lines() {
            if line < last {
                self.report.fail(INDEX, "its lines are not sorted");
            }
            last = line;
            let json = line.splitn(3, ' ').nth(2).unwrap_or_default();
            let entry: Value = serde_json::from_str(json).unwrap_or_default();
            let number = |name: &str| entry.get(name).and_then(Value::as_u64);
            let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
            let row = number("offset").and_then(|offset| by_offset.get(&offset));
            let fits = row.is_some_and(|row| {
                number("length") == Some(row.length)
                    && text("url") == row.target
                    && text("recordDigest") == row.member_digest
            });
            match row {
                Some(row) if fits => drop(named.insert(row.leaf)),
                _ => self.report.fail(INDEX, format!("'{}' is not where it says", text("url"))),
            }
        }
        for row in rows.iter().filter(|row| !row.target.is_empty() && !named.contains(&row.leaf)) {
            self.report.fail(INDEX, format!("record {} is not in it", row.leaf));
        }
        if self.report.failures.len() == before {
            self.report.holds.push("the index leads to each record".to_owned());
        }
        Ok(())
    }

    fn pages_and_custody(&mut self) -> io::Result<()> {
        let pages = self.json_lines(PAGES)?;
        let first = pages.first().and_then(|(_, page)| page.get("format"));
        if first.and_then(Value::as_str) != Some("json-pages-1.0") {
            self.report.fail(PAGES, "it does not begin with the format line");
        }
        let heads = self.json_lines(CUSTODY)?;
        let last = heads.last().map(|(_, head)| head);
        let root = last.and_then(|head| head.get("root")).and_then(Value::as_str);
        if root != Some(&self.report.head.root_hex()) {
            self.report.fail(CUSTODY, "it does not end with the checkpoint's head");
        }
        let audit = self.small(AUDIT)?.unwrap_or_default();
        if audit != self.audit {
            self.report.fail(AUDIT, "it is not what the audit records of the bundle say");
        } else if !audit.is_empty() {
            let entries = audit.split(|b| *b == b'\n').count() - 1;
            let holds = format!(
                "the custody list has {entries} entries (who imported, exported, erased), each of \
                 them a record of the log"
            );
            self.report.holds.push(holds);
        }
        let times = "the times in the custody list and in the records are the archive's own: \
                     outside authorities confirm heads of the log, where that is said above, and \
                     nothing else";
        self.report.open.push(times.to_owned());
        if self.members.keys().any(|name| name.starts_with(FILES)) {
            let open =
                "whether what lies in files/ follows from the records: it is as it was packed";
            self.report.open.push(open.to_owned());
        }
        Ok(())
    }
}

fn read_member(file: &mut (impl Read + Seek), from: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let fits = bytes <= PAYLOAD_BYTES_MAX + SMALL_BYTES_MAX;
    if fits { zip::read_at(file, from, bytes as usize) } else { Ok(Vec::new()) }
}

/// Unpacks a gzip member that holds one WARC record; checks its length and its digests.
fn unpack(member: &[u8]) -> Result<(Header, Vec<u8>, Vec<u8>), String> {
    let bytes_max = PAYLOAD_BYTES_MAX + warc::HEADER_BYTES_MAX as u64 + warc::END.len() as u64;
    let mut plain = Vec::new();
    let mut decoder = GzDecoder::new(member);
    let read = (&mut decoder).take(bytes_max + 1).read_to_end(&mut plain);
    read.map_err(|error| format!("its gzip member does not unpack: {error}"))?;
    let plain_gzip = member.get(..10) == Some(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    if !decoder.into_inner().is_empty() || !plain_gzip || plain.len() as u64 > bytes_max {
        return Err("its gzip member is not as Marsad writes it".to_owned());
    }
    let header = Header::parse(&plain).map_err(|error| error.to_string())?;
    let header = header.ok_or_else(|| "its header has no end".to_owned())?;
    let block = plain.get(header.bytes..).and_then(|rest| rest.strip_suffix(warc::END));
    let block = block.filter(|block| block.len() as u64 == header.content_length);
    let block = block.ok_or_else(|| "its length is not what its header says".to_owned())?;
    let named = header.get("WARC-Block-Digest").ok_or_else(|| "it names no digest".to_owned())?;
    if named != digest_name(&sha256(block)) {
        return Err("its block does not have the digest that its header names".to_owned());
    }
    let (block, header_block) = (block.to_vec(), plain.get(..header.bytes).unwrap_or_default());
    Ok((header, header_block.to_vec(), block))
}
