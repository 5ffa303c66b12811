//! The lines of a chunk, numbered as in the file.

use memchr::memchr;

use crate::cut::BOM;
use crate::json::{Maybe, Reason};
use crate::{Chunk, RECORD_MAX, Reading};

/// Calls `each` with every line that is not blank, without its line ending.
///
/// A byte order mark in front of the file is not part of its first line. Counts the rows; a piece
/// of an oversized record is one row and one problem.
pub(crate) fn each_line(
    chunk: &Chunk<'_>,
    reading: &mut Reading,
    mut each: impl FnMut(&[u8], u64, &mut Reading),
) {
    if chunk.is_oversized() {
        oversized(chunk, reading);
        return;
    }
    let mut rest = chunk.bytes;
    if chunk.ordinal == 0 {
        rest = rest.strip_prefix(BOM).unwrap_or(rest);
    }
    let mut number = chunk.first_line;
    while !rest.is_empty() {
        let (line, after) = match memchr(b'\n', rest) {
            Some(at) => (rest.get(..at), rest.get(at + 1..)),
            None => (Some(rest), None),
        };
        let line = line.unwrap_or_default().trim_ascii();
        if !line.is_empty() {
            reading.rows += 1;
            each(line, number, reading);
        }
        rest = after.unwrap_or_default();
        number += 1;
    }
}

/// The one problem of a piece that is too long to be read.
pub(crate) fn oversized(chunk: &Chunk<'_>, reading: &mut Reading) {
    reading.rows += 1;
    let limit = RECORD_MAX >> 20;
    let reason = format!("the record is longer than {limit} MiB; it is kept but not read");
    reading.problem(chunk.first_line, reason);
}

/// Notes a problem; the shorthand that every format uses.
pub(crate) trait Problems {
    /// Adds one problem.
    fn problem(&mut self, line: u64, reason: impl Into<String>);

    /// A part without which the record is still worth keeping: what was not understood of it
    /// becomes a problem, and the part is absent.
    fn without<T>(&mut self, line: u64, part: Maybe<T>) -> Option<T> {
        part.unwrap_or_else(|Reason(reason)| {
            self.problem(line, format!("{reason}; the rest is kept without it"));
            None
        })
    }
}

impl Problems for Reading {
    fn problem(&mut self, line: u64, reason: impl Into<String>) {
        self.problems.push(marsad_types::Problem { line, reason: reason.into() });
    }
}
