//! Files that only grow: records of one size, found by their number, and runs of bytes, found by
//! where they start.
//!
//! What is appended is held in memory, at most [`TAIL_MAX`] bytes, and read from there until it is
//! written. Each record carries four bytes of checksum over itself and its place, so that neither a
//! flipped bit nor a record of another place is believed.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::error::{Doing, Error};

/// Bytes held back before they are written.
const TAIL_MAX: usize = if cfg!(test) { 300 } else { 1 << 20 };
/// Bytes of a checksum.
const SUM: usize = 4;

/// A file that only grows.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    /// Bytes written.
    written: u64,
    /// Bytes that a power cut does not lose.
    synced: u64,
    /// Bytes to be written after them.
    tail: Vec<u8>,
}

impl Log {
    /// Opens a file of which `length` bytes are believed; the rest is cut off.
    pub(super) fn open(path: PathBuf, length: u64) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).doing("open", &path)?;
        let there = file.metadata().doing("read", &path)?.len();
        if there < length {
            return Err(Error::Damaged(path));
        }
        file.set_len(length).doing("cut", &path)?;
        Ok(Self { path, file, written: length, synced: length, tail: Vec::new() })
    }

    /// Bytes, written or not.
    pub(super) fn len(&self) -> u64 {
        self.written + self.tail.len() as u64
    }

    /// Bytes of the unwritten end.
    pub(super) fn held(&self) -> usize {
        self.tail.capacity()
    }

    /// Appends bytes and says where they start.
    pub(super) fn append(&mut self, parts: &[&[u8]]) -> Result<u64, Error> {
        if self.tail.len() >= TAIL_MAX {
            self.write()?;
        }
        let start = self.len();
        for part in parts {
            self.tail.extend_from_slice(part);
        }
        Ok(start)
    }

    /// Reads bytes that were appended together.
    pub(super) fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        let damaged = || Error::Damaged(self.path.clone());
        if start < self.written {
            return self.file.read_exact_at(into, start).doing("read", &self.path);
        }
        let from = (start - self.written) as usize;
        let held = self.tail.get(from..from + into.len()).ok_or_else(damaged)?;
        into.copy_from_slice(held);
        Ok(())
    }

    /// Writes what is held back; the system may still lose it.
    fn write(&mut self) -> Result<(), Error> {
        self.file.write_all_at(&self.tail, self.written).doing("write", &self.path)?;
        self.written += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }

    /// Writes what is held back so that a power cut does not lose it.
    pub(super) fn sync(&mut self) -> Result<(), Error> {
        if !self.tail.is_empty() {
            self.write()?;
        }
        if self.synced < self.written {
            self.file.sync_data().doing("write", &self.path)?;
            self.synced = self.written;
        }
        Ok(())
    }

    /// The file is not what was written.
    pub(super) fn damaged(&self) -> Error {
        Error::Damaged(self.path.clone())
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn sum(bytes: &[u8], place: u64) -> [u8; SUM] {
    (xxh3_64_with_seed(bytes, place) as u32).to_le_bytes()
}

/// Records of one size.
pub(super) struct Records<const N: usize> {
    log: Log,
}

impl<const N: usize> Records<N> {
    /// Bytes of a record with its checksum.
    const STRIDE: usize = N + SUM;

    pub(super) fn open(path: PathBuf, length: u64) -> Result<Self, Error> {
        if !length.is_multiple_of(Self::STRIDE as u64) {
            return Err(Error::Damaged(path));
        }
        Ok(Self { log: Log::open(path, length)? })
    }

    /// How many.
    pub(super) fn len(&self) -> u64 {
        self.log.len() / Self::STRIDE as u64
    }

    /// Appends a record and says its number.
    pub(super) fn push(&mut self, record: &[u8; N]) -> Result<u32, Error> {
        let number = self.len();
        let full = || Error::Full(self.log.path().to_owned());
        // The upper half is left to marks in memory.
        let short = u32::try_from(number).ok().filter(|number| *number < 1 << 31);
        let short = short.ok_or_else(full)?;
        self.log.append(&[record, &sum(record, number)])?;
        Ok(short)
    }

    /// The record of a number.
    pub(super) fn get(&self, number: u32) -> Result<[u8; N], Error> {
        let mut record = [0; N];
        let start = u64::from(number) * Self::STRIDE as u64;
        if start >= self.log.len() {
            return Err(self.log.damaged());
        }
        let mut checked = [0; 128];
        let checked = checked.get_mut(..Self::STRIDE).ok_or_else(|| self.log.damaged())?;
        self.log.read(start, checked)?;
        let (bytes, stored) = checked.split_at(N);
        if stored != sum(bytes, u64::from(number)) {
            return Err(self.log.damaged());
        }
        record.copy_from_slice(bytes);
        Ok(record)
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    pub(super) fn sync(&mut self) -> Result<(), Error> {
        self.log.sync()
    }
}

/// Runs of bytes of any length.
pub(super) struct Blobs {
    log: Log,
}

impl Blobs {
    pub(super) fn open(path: PathBuf, length: u64) -> Result<Self, Error> {
        Ok(Self { log: Log::open(path, length)? })
    }

    /// Appends bytes and says where they start.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<u64, Error> {
        let start = self.log.len();
        self.log.append(&[bytes, &sum(bytes, start)])
    }

    /// The bytes that start there.
    pub(super) fn get(&self, start: u64, length: u32, into: &mut Vec<u8>) -> Result<(), Error> {
        let end = start.checked_add(u64::from(length) + SUM as u64);
        if end.is_none_or(|end| end > self.log.len()) {
            return Err(self.log.damaged());
        }
        into.clear();
        into.resize(length as usize + SUM, 0);
        self.log.read(start, into)?;
        let (bytes, stored) = into.split_at(length as usize);
        if stored != sum(bytes, start) {
            return Err(self.log.damaged());
        }
        into.truncate(length as usize);
        Ok(())
    }

    /// Where the bytes after those end.
    pub(super) fn after(start: u64, length: u32) -> u64 {
        start + u64::from(length) + SUM as u64
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    pub(super) fn sync(&mut self) -> Result<(), Error> {
        self.log.sync()
    }
}
