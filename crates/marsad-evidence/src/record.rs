//! One record: made on any thread, read back and checked against its leaf.

use std::cell::RefCell;

use marsad_types::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::merkle::{Hash, leaf_hash, sha256};
use crate::warc::{self, Header, HeaderWriter};
use crate::{Error, digest_name, hex};

/// Largest payload of one record.
pub const PAYLOAD_BYTES_MAX: u64 = 256 << 20;
/// `WARC-Profile` of a [`RecordKind::Revisit`] (WARC/1.1 §6.7.2): the same payload came again.
pub const REVISIT_PROFILE: &str =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
const ZSTD_LEVEL: i32 = 1;
const FRAME_FIELDS: [&str; 8] = [
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Date",
    "WARC-Target-URI",
    "WARC-Block-Digest",
    "Marsad-Kind",
    "Content-Type",
    "Content-Length",
];

/// What a record is for us; each is one WARC type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// What wrote this segment and how; the store's own, first in each segment (`warcinfo`).
    Info,
    /// What an import brought: files, digests, chunks (`metadata`).
    Manifest,
    /// Lines of an imported file (`resource`).
    Chunk,
    /// Bytes that came without HTTP around them, such as an answer of an API (`resource`).
    Resource,
    /// What we asked over HTTP (`request`).
    Request,
    /// What came back over HTTP, headers included (`response`).
    Response,
    /// The same payload came again (`revisit`).
    Revisit,
    /// Something we say about other records (`metadata`).
    Note,
    /// Who looked, exported, approved (`metadata`).
    Audit,
    /// Why a record was erased (`metadata`).
    Tombstone,
}

impl RecordKind {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 10] = [
        Self::Info,
        Self::Manifest,
        Self::Chunk,
        Self::Resource,
        Self::Request,
        Self::Response,
        Self::Revisit,
        Self::Note,
        Self::Audit,
        Self::Tombstone,
    ];

    /// The word in `Marsad-Kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Manifest => "manifest",
            Self::Chunk => "chunk",
            Self::Resource => "resource",
            Self::Request => "request",
            Self::Response => "response",
            Self::Revisit => "revisit",
            Self::Note => "note",
            Self::Audit => "audit",
            Self::Tombstone => "tombstone",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The `WARC-Type` it is written as.
    pub fn warc_type(self) -> &'static str {
        match self {
            Self::Info => "warcinfo",
            Self::Chunk | Self::Resource => "resource",
            Self::Request => "request",
            Self::Response => "response",
            Self::Revisit => "revisit",
            Self::Manifest | Self::Note | Self::Audit | Self::Tombstone => "metadata",
        }
    }

    /// Whether a payload stored under this kind is never stored again. Acts (an audit, a request)
    /// are kept each time, however alike.
    pub fn is_deduplicated(self) -> bool {
        matches!(self, Self::Manifest | Self::Chunk | Self::Resource)
    }

    /// Code in the index, from 1.
    pub(crate) fn code(self) -> u8 {
        self as u8 + 1
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// Where the payload begins in the block, for types that have one (WARC/1.1 §5.9).
    fn payload_of(self, block: &[u8]) -> Option<&[u8]> {
        match self.warc_type() {
            "resource" => Some(block),
            "request" | "response" => {
                let head = block.windows(4).position(|four| four == warc::END)?;
                block.get(head + 4..).filter(|body| !body.is_empty())
            }
            _ => None,
        }
    }
}

/// A record to be kept.
#[derive(Debug, Clone)]
pub struct NewRecord<'a> {
    /// What it is.
    pub kind: RecordKind,
    /// URI of what the bytes are, such as `urn:marsad:import:<sha256>#<ordinal>`; may be empty for
    /// `metadata` kinds.
    pub target: String,
    /// Media type of the payload.
    pub content_type: &'a str,
    /// When the capture began.
    pub at: Timestamp,
    /// Further fields: our own (`Marsad-…`) or the standard's; not those that are made from the
    /// rest of the record.
    pub fields: Vec<(&'static str, String)>,
    /// The block of the record: the bytes as they came.
    pub payload: &'a [u8],
}

/// A record ready to append: hashed, salted, compressed.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) kind: RecordKind,
    pub(crate) at: Timestamp,
    pub(crate) digest: Hash,
    /// What the index knows it by; see [`key_of`].
    pub(crate) key: Hash,
    pub(crate) made: Result<Made, Error>,
}

#[derive(Debug)]
pub(crate) struct Made {
    /// `WARC-Record-ID`.
    pub(crate) id: String,
    pub(crate) salt: Hash,
    pub(crate) leaf: Hash,
    pub(crate) frame: Vec<u8>,
    pub(crate) check: u64,
    pub(crate) payload_bytes: u32,
}

impl Prepared {
    /// SHA-256 of the payload.
    pub fn digest(&self) -> &Hash {
        &self.digest
    }

    /// Its `WARC-Record-ID`, by which others refer to it; `None` when it cannot be written.
    pub fn id(&self) -> Option<&str> {
        self.made.as_ref().ok().map(|made| made.id.as_str())
    }

    /// When its capture began.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Bytes it will take on disk; 0 when it cannot be written.
    pub fn stored_bytes(&self) -> usize {
        self.made.as_ref().map_or(0, |made| made.frame.len())
    }
}

/// Hashes, salts and compresses a record: all the work of an append that needs a processor.
///
/// What is wrong with the record is said when it is appended.
pub fn prepare(record: &NewRecord<'_>) -> Prepared {
    let digest = sha256(record.payload);
    let made = make(record, &digest);
    let key = key_of(record.kind, &record.target, &digest);
    Prepared { kind: record.kind, at: record.at, digest, key, made }
}

/// What makes a record one that is there already: the digest of its payload; for a chunk also the
/// place in the import that it is from, because equal lines at two places, or read with two
/// settings, are two things to read again.
pub(crate) fn key_of(kind: RecordKind, target: &str, digest: &Hash) -> Hash {
    if kind != RecordKind::Chunk {
        return *digest;
    }
    let mut joined = Vec::with_capacity(target.len() + 33);
    joined.extend_from_slice(target.as_bytes());
    joined.push(0);
    joined.extend_from_slice(digest);
    sha256(&joined)
}

fn make(record: &NewRecord<'_>, digest: &Hash) -> Result<Made, Error> {
    let bytes = record.payload.len() as u64;
    if bytes > PAYLOAD_BYTES_MAX {
        return Err(Error::TooLarge { bytes, max: PAYLOAD_BYTES_MAX });
    }
    let mut random = [0u8; 48];
    getrandom::fill(&mut random)?;
    let (mut salt, mut name) = ([0; 32], [0; 16]);
    salt.copy_from_slice(&random[..32]);
    name.copy_from_slice(&random[32..]);
    let header = header(record, digest, name)?;
    let frame =
        compress(&[header.as_bytes(), record.payload, warc::END]).map_err(Error::Compress)?;
    let leaf = leaf_of(&salt, &sha256(header.as_bytes()));
    let check = xxh3_64(&frame);
    let id = record_id(name);
    Ok(Made { id, salt, leaf, frame, check, payload_bytes: bytes as u32 })
}

/// Leaf hash of a record: RFC 6962's over the entry SHA-256(salt || SHA-256(header block)).
pub fn leaf_of(salt: &Hash, header: &Hash) -> Hash {
    leaf_hash(&entry_of(salt, header))
}

/// The log entry of a record: SHA-256(salt || SHA-256(header block)).
pub fn entry_of(salt: &Hash, header: &Hash) -> Hash {
    let mut joined = [0u8; 64];
    joined[..32].copy_from_slice(salt);
    joined[32..].copy_from_slice(header);
    sha256(&joined)
}

/// The header block of a record that goes into no log.
pub(crate) fn header_text(record: &NewRecord<'_>) -> Result<String, Error> {
    let mut name = [0; 16];
    getrandom::fill(&mut name)?;
    header(record, &sha256(record.payload), name)
}

fn header(record: &NewRecord<'_>, digest: &Hash, name: [u8; 16]) -> Result<String, Error> {
    let mut writer = HeaderWriter::new();
    writer.field("WARC-Type", record.kind.warc_type())?;
    writer.field("WARC-Record-ID", &record_id(name))?;
    writer.field("WARC-Date", &date(record.at)?)?;
    if !record.target.is_empty() {
        if record.kind == RecordKind::Info {
            let reason = "the standard forbids it on warcinfo";
            return Err(Error::Field { name: "WARC-Target-URI".to_owned(), reason });
        }
        warc::check_uri("WARC-Target-URI", &record.target)?;
        writer.field("WARC-Target-URI", &record.target)?;
    } else if !matches!(record.kind.warc_type(), "warcinfo" | "metadata") {
        let reason = "this kind of record needs one";
        return Err(Error::Field { name: "WARC-Target-URI".to_owned(), reason });
    }
    if record.kind == RecordKind::Revisit {
        for needed in ["WARC-Profile", "WARC-Payload-Digest"] {
            if !record.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case(needed)) {
                let reason = "a revisit says which payload came again, and by which profile";
                return Err(Error::Field { name: needed.to_owned(), reason });
            }
        }
    }
    writer.field("WARC-Block-Digest", &digest_name(digest))?;
    if let Some(payload) = record.kind.payload_of(record.payload) {
        let whole = payload.len() == record.payload.len();
        let payload_digest = if whole { *digest } else { sha256(payload) };
        writer.field("WARC-Payload-Digest", &digest_name(&payload_digest))?;
    }
    writer.field("Marsad-Kind", record.kind.as_str())?;
    for (index, (name, value)) in record.fields.iter().enumerate() {
        let ours = FRAME_FIELDS.iter().any(|known| known.eq_ignore_ascii_case(name));
        let digest =
            name.eq_ignore_ascii_case("WARC-Payload-Digest") && record.kind != RecordKind::Revisit;
        let earlier = record.fields.iter().take(index);
        let twice = !name.eq_ignore_ascii_case("WARC-Concurrent-To")
            && earlier.clone().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if ours || digest || twice {
            let reason = "this field is there already";
            return Err(Error::Field { name: (*name).to_owned(), reason });
        }
        writer.field(name, value)?;
    }
    writer.field("Content-Type", record.content_type)?;
    writer.field("Content-Length", &record.payload.len().to_string())?;
    Ok(writer.finish())
}

/// `WARC-Date`: RFC 3339 in UTC, years 0000 to 9999.
fn date(at: Timestamp) -> Result<String, Error> {
    let written = at.to_string();
    let plain = written.len() >= 20 && written.as_bytes().get(4) == Some(&b'-');
    if plain && written.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return Ok(written);
    }
    let reason = "the time must lie in the years 0000 to 9999";
    Err(Error::Field { name: "WARC-Date".to_owned(), reason })
}

fn record_id(name: [u8; 16]) -> String {
    format!("<urn:uuid:{}>", uuid(name))
}

/// A random UUID (RFC 9562 version 4) from 16 random bytes.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut written = hex(&bytes);
    for dash in [20, 16, 12, 8] {
        written.insert(dash, '-');
    }
    written
}

/// What compressing needs again and again on one thread: a context of about a megabyte.
#[derive(Default)]
struct Scratch {
    compressor: Option<zstd::bulk::Compressor<'static>>,
    plain: Vec<u8>,
    frame: Vec<u8>,
}

/// Scratch above this is given back after use, so that one large record does not stay in memory.
const SCRATCH_BYTES_KEPT: usize = 4 << 20;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// One zstd frame with its content size and checksum.
fn compress(parts: &[&[u8]]) -> Result<Vec<u8>, std::io::Error> {
    SCRATCH.with_borrow_mut(|scratch| {
        let Scratch { compressor, plain, frame } = scratch;
        let compressor = match compressor {
            Some(compressor) => compressor,
            none => {
                let mut made = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
                made.include_checksum(true)?;
                none.insert(made)
            }
        };
        plain.clear();
        for part in parts {
            plain.extend_from_slice(part);
        }
        frame.clear();
        frame.reserve(zstd::zstd_safe::compress_bound(plain.len()));
        compressor.compress_to_buffer(plain.as_slice(), frame)?;
        let exact = frame.as_slice().to_vec();
        if plain.capacity() > SCRATCH_BYTES_KEPT {
            (*plain, *frame) = (Vec::new(), Vec::new());
        }
        Ok(exact)
    })
}

/// A record read back. Its bytes have been checked against its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Position in the log, from 0.
    pub leaf: u64,
    /// What it is.
    pub kind: RecordKind,
    /// URI of what the bytes are; empty where the record has none.
    pub target: String,
    /// When the capture began.
    pub at: Timestamp,
    /// Media type of the payload.
    pub content_type: String,
    /// SHA-256 of the payload.
    pub digest: Hash,
    /// The bytes as they came.
    pub payload: Vec<u8>,
    pub(crate) header: Header,
    pub(crate) header_text: Vec<u8>,
}

impl Record {
    /// Value of a header field, ours or the standard's.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.header.get(name)
    }

    /// All header fields in the order they stand.
    pub fn fields(&self) -> &[(String, String)] {
        self.header.fields()
    }

    /// The header block as it stands in the WARC, from `WARC/1.1` to the empty line.
    pub fn header_block(&self) -> &[u8] {
        &self.header_text
    }
}

/// Takes a record's frame apart and checks what the record says of itself: the block's digest, its
/// length, the kind. The leaf is the caller's to check, with [`entry_of`] and the salt.
pub(crate) fn decode(leaf: u64, frame: &[u8], payload_bytes: u32) -> Result<Record, String> {
    if u64::from(payload_bytes) > PAYLOAD_BYTES_MAX {
        return Err("the record is larger than any record may be".to_owned());
    }
    let bytes_max = warc::HEADER_BYTES_MAX + payload_bytes as usize + warc::END.len();
    let declared = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    let fits = declared.is_some_and(|declared| declared <= bytes_max as u64);
    let Some(declared) = declared.filter(|_| fits) else {
        return Err("the zstd frame does not say its size, or says too much".to_owned());
    };
    let mut plain = decompress(frame, declared as usize)
        .map_err(|error| format!("the zstd frame does not unpack: {error}"))?;
    let header = Header::parse(&plain).map_err(|error| error.to_string())?;
    let header = header.ok_or_else(|| "the WARC header has no end".to_owned())?;
    let whole = header.bytes as u64 + header.content_length + warc::END.len() as u64;
    let ended = plain.ends_with(warc::END) && whole == plain.len() as u64;
    if !ended || header.content_length != u64::from(payload_bytes) {
        return Err("the WARC record's length is not what its header says".to_owned());
    }
    plain.truncate(plain.len() - warc::END.len());
    let header_text = plain.get(..header.bytes).unwrap_or_default().to_vec();
    plain.drain(..header.bytes);
    let digest = sha256(&plain);
    if header.get("WARC-Block-Digest") != Some(&digest_name(&digest)) {
        return Err("the payload does not have the digest that its header names".to_owned());
    }
    let text = |name| header.get(name).unwrap_or_default().to_owned();
    let kind = header.get("Marsad-Kind").and_then(RecordKind::parse);
    let kind = kind.filter(|kind| header.get("WARC-Type") == Some(kind.warc_type()));
    let at = text("WARC-Date").parse().map_err(|error| format!("WARC-Date: {error}"))?;
    Ok(Record {
        leaf,
        kind: kind.ok_or_else(|| "the record's kind is unknown".to_owned())?,
        target: text("WARC-Target-URI"),
        at,
        content_type: text("Content-Type"),
        digest,
        payload: plain,
        header_text,
        header,
    })
}

thread_local! {
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn decompress(frame: &[u8], bytes: usize) -> std::io::Result<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            none => none.insert(zstd::bulk::Decompressor::new()?),
        };
        unpacker.decompress(frame, bytes)
    })
}
