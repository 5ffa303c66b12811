//! Records of a WARC file (ISO 28500:2017, versions 1.0 and 1.1), one after the other.
//!
//! A record is found by the length of the one before and by nothing else: a line of a page may look
//! like the beginning of a record, and must not become one. Where lengths do not hold, reading ends.

use std::io::BufRead;

use memchr::{memchr, memchr_iter};

/// Longest header that is read, and most fields in it.
const HEADER_BYTES_MAX: usize = 64 << 10;
const FIELDS_MAX: usize = 200;
/// Two stand behind each record; some writers add a few.
const BLANK_LINES_MAX: usize = 64;

/// Why reading ends before the file does: one sentence.
#[derive(Debug)]
pub(super) struct Fault(pub(super) String);

/// Where records come from, with the line of the file that is reached.
pub(crate) struct Source<'i> {
    input: &'i mut dyn BufRead,
    line: u64,
    /// Whether the lines of the input are those of the file; packed ones are not.
    counts: bool,
}

impl<'i> Source<'i> {
    /// Bytes as they stand in the file, from this line on.
    pub(crate) fn plain(input: &'i mut dyn BufRead, line: u64) -> Self {
        Self { input, line, counts: true }
    }

    /// Bytes that stand packed on this line of the file.
    pub(crate) fn packed(input: &'i mut dyn BufRead, line: u64) -> Self {
        Self { input, line, counts: false }
    }

    /// The line that is reached.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// What is not read when records cannot be told apart any more.
    pub(super) fn rest(&self) -> &'static str {
        if self.counts { "the file" } else { "the packed record" }
    }

    fn fill(&mut self) -> Result<&[u8], Fault> {
        self.input
            .fill_buf()
            .map_err(|error| Fault(format!("the input cannot be read further: {error}")))
    }

    fn consume(&mut self, count: usize, lines: usize) {
        self.input.consume(count);
        if self.counts {
            self.line += lines as u64;
        }
    }

    /// One line without its ending; `None` at the end of the input.
    fn line_of(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Fault> {
        let mut line = Vec::new();
        loop {
            let buffer = self.fill()?;
            if buffer.is_empty() {
                return Ok((!line.is_empty()).then_some(line));
            }
            let end = memchr(b'\n', buffer);
            let taken = end.map_or(buffer.len(), |at| at + 1);
            line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            self.consume(taken, usize::from(end.is_some()));
            if line.len() > limit {
                return Err(Fault("the header of a record is longer than 64 KiB".to_owned()));
            }
            if end.is_some() {
                let without = line.strip_suffix(b"\n").unwrap_or(&line);
                let length = without.strip_suffix(b"\r").unwrap_or(without).len();
                line.truncate(length);
                return Ok(Some(line));
            }
        }
    }

    /// The header of the next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Header>, Fault> {
        let (mut version, mut line) = (Vec::new(), self.line);
        for _ in 0..=BLANK_LINES_MAX {
            line = self.line;
            match self.line_of(HEADER_BYTES_MAX)? {
                None => return Ok(None),
                Some(read) => version = read,
            }
            if !version.is_empty() {
                break;
            }
        }
        if version != b"WARC/1.1" && version != b"WARC/1.0" {
            return Err(Fault("what stands here is no record of WARC 1.0 or 1.1".to_owned()));
        }
        let mut header = Header { fields: Vec::new(), line, length: 0 };
        let mut bytes = 0;
        loop {
            let Some(field) = self.line_of(HEADER_BYTES_MAX)? else {
                return Err(Fault("the file ends inside of the header of a record".to_owned()));
            };
            if field.is_empty() {
                break;
            }
            bytes += field.len();
            if bytes > HEADER_BYTES_MAX || header.fields.len() == FIELDS_MAX {
                return Err(Fault("the header of a record is longer than 64 KiB".to_owned()));
            }
            header.add(&String::from_utf8_lossy(&field));
        }
        let length = header.get("Content-Length").and_then(|length| length.parse().ok());
        header.length =
            length.ok_or_else(|| Fault("a record does not say how long it is".to_owned()))?;
        Ok(Some(header))
    }

    /// The block of a record, or as much as there is of it.
    pub(super) fn block(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        let mut block = Vec::new();
        self.walk(length, &mut |part| block.extend_from_slice(part))?;
        Ok(block)
    }

    /// Passes a block; says how many bytes there were.
    pub(super) fn skip(&mut self, length: u64) -> Result<u64, Fault> {
        let mut passed = 0;
        self.walk(length, &mut |part| passed += part.len() as u64)?;
        Ok(passed)
    }

    fn walk(&mut self, length: u64, each: &mut dyn FnMut(&[u8])) -> Result<(), Fault> {
        let mut left = length;
        while left > 0 {
            let buffer = self.fill()?;
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let part = buffer.get(..count).unwrap_or_default();
            if part.is_empty() {
                break;
            }
            each(part);
            let lines = memchr_iter(b'\n', part).count();
            self.consume(count, lines);
            left -= count as u64;
        }
        Ok(())
    }
}

/// The header of a record.
#[derive(Debug)]
pub(super) struct Header {
    fields: Vec<(String, String)>,
    /// Line of the file on which the record begins.
    pub(super) line: u64,
    /// Bytes of its block.
    pub(super) length: u64,
}

impl Header {
    fn add(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = self.fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            self.fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// The first field of this name, whatever its case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// An address; version 1.0 wrote brackets around it.
    pub(super) fn uri(&self, name: &str) -> Option<&str> {
        let uri = self.get(name)?;
        Some(uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri))
    }
}
