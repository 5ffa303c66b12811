//! Names and sizes of everything under the evidence folder; the format's one place.

use std::path::{Path, PathBuf};

use marsad_types::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::checkpoint::Head;
use crate::merkle::Hash;
use crate::record::RecordKind;

/// First line of the file `format`; raised when an older Marsad could misread the folder.
pub(crate) const FORMAT: &str = "marsad-evidence 1";
pub(crate) const FORMAT_FILE: &str = "format";
pub(crate) const LOCK_FILE: &str = "lock";
pub(crate) const CHECKPOINT_FILE: &str = "checkpoint";
pub(crate) const WARC_FOLDER: &str = "warc";
pub(crate) const LOG_FOLDER: &str = "log";
pub(crate) const TILES_FOLDER: &str = "log/tiles";
pub(crate) const INDEX_FILE: &str = "log/index";
pub(crate) const SALTS_FILE: &str = "log/salts";
pub(crate) const HEADS_FILE: &str = "log/heads";
pub(crate) const ERASING_FILE: &str = "log/erasing";

pub(crate) const HASH_BYTES: u64 = 32;
pub(crate) const ENTRY_BYTES: usize = 64;
pub(crate) const HEAD_BYTES: usize = 56;
/// Hashes in a tile, and levels of the tree that one tile spans (C2SP tlog-tiles).
pub(crate) const TILE_HASHES: u64 = 256;
pub(crate) const TILE_HEIGHT: u32 = 8;

/// `warc/000001.warc.zst`
pub(crate) fn segment_file(number: u32) -> String {
    format!("{WARC_FOLDER}/{number:06}.warc.zst")
}

/// Number of a segment from its name in the folder.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".warc.zst")?;
    let number = digits.parse().ok()?;
    (segment_file(number).ends_with(name) && digits.len() >= 6).then_some(number)
}

/// `log/tiles/0`: the tiles of a level end to end, the partial one last.
pub(crate) fn tiles_file(level: u32) -> String {
    format!("{TILES_FOLDER}/{level}")
}

/// Hashes that a level holds in a tree of `size` leaves.
pub(crate) fn tiles_hashes(level: u32, size: u64) -> u64 {
    size.checked_shr(level * TILE_HEIGHT).unwrap_or(0)
}

pub(crate) fn path(dir: &Path, file: &str) -> PathBuf {
    let mut path = dir.to_owned();
    path.extend(file.split('/'));
    path
}

/// Where a record stands and what it is, one per leaf: 64 bytes, integers little-endian.
///
/// `key 32 | offset 8 | check 8 | frame_bytes 4 | segment 4 | payload_bytes 4 | kind 1 | erased 1 | 0 0`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// SHA-256 of the payload; of a chunk SHA-256(target URI || 0x00 || SHA-256 of the payload).
    /// Zeros once erased.
    pub(crate) key: Hash,
    /// Where the frame begins in its segment.
    pub(crate) offset: u64,
    /// XXH3-64 of the frame, so that a flipped byte is found even where zstd would not care.
    pub(crate) check: u64,
    pub(crate) frame_bytes: u32,
    pub(crate) segment: u32,
    /// Bytes of the payload; 0 once erased.
    pub(crate) payload_bytes: u32,
    pub(crate) kind: RecordKind,
    pub(crate) erased: bool,
}

impl Entry {
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.frame_bytes))
    }

    pub(crate) fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..32].copy_from_slice(&self.key);
        bytes[32..40].copy_from_slice(&self.offset.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.check.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.frame_bytes.to_le_bytes());
        bytes[52..56].copy_from_slice(&self.segment.to_le_bytes());
        bytes[56..60].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[60] = self.kind.code();
        bytes[61] = u8::from(self.erased);
        bytes
    }

    /// `None` when the bytes are no entry: an unknown kind or a bit set where none may be.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let erased = match bytes.get(61..64)? {
            [0, 0, 0] => false,
            [1, 0, 0] => true,
            _ => return None,
        };
        Some(Self {
            key: part(bytes, 0)?,
            offset: u64::from_le_bytes(part(bytes, 32)?),
            check: u64::from_le_bytes(part(bytes, 40)?),
            frame_bytes: u32::from_le_bytes(part(bytes, 48)?),
            segment: u32::from_le_bytes(part(bytes, 52)?),
            payload_bytes: u32::from_le_bytes(part(bytes, 56)?),
            kind: RecordKind::from_code(*bytes.get(60)?)?,
            erased,
        })
    }
}

/// One line of the list of heads: what was acknowledged, and when. 56 bytes, integers little-endian.
///
/// `size 8 | at 8 (milliseconds) | root 32 | check 8`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeadEntry {
    pub(crate) head: Head,
    pub(crate) at: Timestamp,
}

impl HeadEntry {
    pub(crate) fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[..8].copy_from_slice(&self.head.size.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.at.0.to_le_bytes());
        bytes[16..48].copy_from_slice(&self.head.root);
        let check = xxh3_64(&bytes[..48]);
        bytes[48..].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// `None` when the bytes are not those that were written.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let check = u64::from_le_bytes(part(bytes, 48)?);
        if xxh3_64(bytes.get(..48)?) != check {
            return None;
        }
        let size = u64::from_le_bytes(part(bytes, 0)?);
        let at = Timestamp(i64::from_le_bytes(part(bytes, 8)?));
        Some(Self { head: Head { size, root: part(bytes, 16)? }, at })
    }
}

/// What stands where a record was erased: a zstd skippable frame of zeros (RFC 8878 §3.1.2), so that
/// `zstd -dc` passes over it and every other record stays where it is.
pub(crate) fn erased_frame(bytes: u32) -> Vec<u8> {
    let mut frame = vec![0; bytes as usize];
    let head = [0x184D_2A50u32.to_le_bytes(), bytes.saturating_sub(8).to_le_bytes()].concat();
    for (to, from) in frame.iter_mut().zip(head) {
        *to = from;
    }
    frame
}

/// `N` bytes from `at`.
pub(crate) fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}
