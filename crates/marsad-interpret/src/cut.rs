//! Cuts a stream of bytes into chunks that end where a record ends.
//!
//! A chunk holds at most [`CHUNK_MAX`] bytes, or exactly one record that is longer. A record of
//! [`RECORD_MAX`] bytes or more is given up: its pieces are all at least that long, and nothing
//! else is, so that whoever reads the chunks later knows such a piece by its length alone.

use memchr::{memchr, memchr_iter, memrchr};

use crate::{Cutting, Manifest};

/// Bytes of a chunk, unless one record alone is longer.
pub const CHUNK_MAX: usize = 1 << 20;
/// A record this long or longer is not read; its bytes are kept and it becomes a problem.
pub const RECORD_MAX: usize = 16 << 20;

pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Records end to end, borrowed from wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The bytes as they came, final newline included.
    pub bytes: &'a [u8],
    /// Line of the file on which the chunk begins, from 1.
    pub first_line: u64,
    /// Position among the chunks of the file, from 0.
    pub ordinal: u64,
}

impl Chunk<'_> {
    /// Whether this is a piece of a record that is too long to be read.
    pub fn is_oversized(&self) -> bool {
        self.bytes.len() >= RECORD_MAX
    }
}

/// A chunk that owns its bytes, as [`Cutter`] hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// Line of the file on which the piece begins, from 1.
    pub first_line: u64,
    /// Position among the pieces of the file, from 0.
    pub ordinal: u64,
}

impl Piece {
    /// The same, borrowed.
    pub fn as_chunk(&self) -> Chunk<'_> {
        Chunk { bytes: &self.bytes, first_line: self.first_line, ordinal: self.ordinal }
    }
}

/// Feed it the decompressed file in slices of any size; it hands back the chunks.
///
/// Memory: one chunk, or up to two [`RECORD_MAX`] while a record without an end goes by.
#[derive(Debug)]
pub struct Cutter {
    cutting: Cutting,
    delimiter: u8,
    chunk_max: usize,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were looked at (`CsvRecords`; other cuttings: without a newline).
    scanned: usize,
    /// End of a record in the buffer where a cut is possible; 0 when there is none yet.
    boundary: usize,
    quoted: bool,
    first_line: u64,
    ordinal: u64,
}

/// Bytes taken at once from a slice, so that a slice of any length costs no quadratic moving.
const STEP: usize = 1 << 18;

impl Cutter {
    /// A cutter for the format (and delimiter) of a manifest.
    pub fn new(manifest: &Manifest) -> Self {
        Self::with_chunk_max(manifest, CHUNK_MAX)
    }

    /// The same with another size of chunk, at least 1 byte.
    pub fn with_chunk_max(manifest: &Manifest, chunk_max: usize) -> Self {
        Self {
            cutting: manifest.format.cutting(),
            delimiter: manifest.delimiter,
            chunk_max: chunk_max.clamp(1, CHUNK_MAX),
            buffer: Vec::new(),
            scanned: 0,
            boundary: 0,
            quoted: false,
            first_line: 1,
            ordinal: 0,
        }
    }

    /// Takes the next bytes of the file; returns the chunks that are complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for step in bytes.chunks(STEP) {
            self.buffer.extend_from_slice(step);
            while let Some(end) = self.next_cut() {
                pieces.push(self.take(end));
            }
        }
        pieces
    }

    /// Says that the file ends here; returns the last chunk, if there is any left.
    pub fn finish(mut self) -> Option<Piece> {
        let end = self.buffer.len();
        (end > 0).then(|| self.take(end))
    }

    fn take(&mut self, end: usize) -> Piece {
        // Room for a whole chunk at once: growing step by step would copy it several times.
        let beyond = self.buffer.len() - end;
        let mut rest = Vec::with_capacity(beyond.max(self.chunk_max + STEP));
        rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
        self.buffer.truncate(end);
        let mut bytes = std::mem::replace(&mut self.buffer, rest);
        if bytes.capacity() > 2 * bytes.len() {
            bytes.shrink_to_fit();
        }
        let piece = Piece { first_line: self.first_line, ordinal: self.ordinal, bytes };
        self.first_line += memchr_iter(b'\n', &piece.bytes).count() as u64;
        self.ordinal += 1;
        self.scanned = 0;
        self.boundary = 0;
        self.quoted = false;
        piece
    }

    /// Where the buffer can be cut now; `None` asks for more bytes.
    fn next_cut(&mut self) -> Option<usize> {
        if self.buffer.len() < self.chunk_max {
            return None;
        }
        match self.cutting {
            Cutting::Lines => self.next_line_cut(),
            Cutting::CsvRecords => self.next_record_cut(),
            Cutting::Whole => {
                let window = self.buffer.get(..self.chunk_max)?;
                Some(memrchr(b'\n', window).map_or(self.chunk_max, |at| at + 1))
            }
        }
    }

    fn next_line_cut(&mut self) -> Option<usize> {
        if self.scanned == 0 {
            if let Some(at) = memrchr(b'\n', self.buffer.get(..self.chunk_max)?) {
                return Some(at + 1);
            }
            self.scanned = self.chunk_max;
        }
        if let Some(at) = memchr(b'\n', self.buffer.get(self.scanned..)?) {
            return Some(self.scanned + at + 1);
        }
        self.scanned = self.buffer.len();
        // One piece goes only when the rest is long enough to be known as a piece too.
        (self.buffer.len() >= 2 * RECORD_MAX).then_some(RECORD_MAX)
    }

    fn next_record_cut(&mut self) -> Option<usize> {
        if self.scanned < self.chunk_max {
            self.scan_records(self.chunk_max);
            if self.scanned < self.chunk_max {
                return None; // a quote is the last byte: what it is depends on the next one
            }
        }
        if self.boundary == 0 {
            self.scan_records(self.buffer.len());
        }
        if self.boundary > 0 {
            return Some(self.boundary);
        }
        if self.buffer.len() < RECORD_MAX {
            return None;
        }
        // A quote that never closes must not swallow the file: its first line stands alone.
        let first_line_end = memchr(b'\n', &self.buffer).map(|at| at + 1);
        match first_line_end {
            Some(end) => Some(end),
            None => (self.buffer.len() >= 2 * RECORD_MAX).then_some(RECORD_MAX),
        }
    }

    /// Looks on to `limit`. Below `chunk_max` it keeps the last end of a record, above the first.
    fn scan_records(&mut self, limit: usize) {
        let beyond = limit > self.chunk_max;
        while self.scanned < limit {
            let Some(window) = self.buffer.get(self.scanned..limit) else { return };
            let quote = memchr(b'"', window);
            if self.quoted {
                let Some(at) = quote.map(|at| self.scanned + at) else {
                    self.scanned = limit;
                    return;
                };
                match self.buffer.get(at + 1) {
                    None => {
                        self.scanned = at;
                        return;
                    }
                    Some(b'"') => self.scanned = at + 2,
                    Some(_) => {
                        self.quoted = false;
                        self.scanned = at + 1;
                    }
                }
                continue;
            }
            let plain = window.get(..quote.unwrap_or(window.len())).unwrap_or(window);
            let newline = if beyond { memchr(b'\n', plain) } else { memrchr(b'\n', plain) };
            if let Some(at) = newline {
                self.boundary = self.scanned + at + 1;
                if beyond {
                    return;
                }
            }
            match quote {
                None => self.scanned = limit,
                Some(at) => {
                    self.quoted = self.opens_field(self.scanned + at);
                    self.scanned += at + 1;
                }
            }
        }
    }

    fn opens_field(&self, at: usize) -> bool {
        let after_bom = at == BOM.len() && self.ordinal == 0 && self.buffer.starts_with(BOM);
        let before = at.checked_sub(1).and_then(|before| self.buffer.get(before));
        after_bom || before.is_none_or(|b| *b == self.delimiter || *b == b'\n' || *b == b'\r')
    }
}
