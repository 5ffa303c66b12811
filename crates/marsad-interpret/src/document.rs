//! What the formats that are read as one stream share: batches, and values one by one.

use std::io::BufRead;

use marsad_types::Reading;
use memchr::memchr_iter;

use crate::lines::Problems;
use crate::walk::{Captured, Fault, Walker};

/// Readings are handed on when they hold this many posts or problems.
const BATCH: usize = 4096;

/// A reading that grows, and where it goes when it is large enough.
pub(crate) struct Batch<'s> {
    pub(crate) reading: Reading,
    sink: &'s mut dyn FnMut(Reading),
}

impl Batch<'_> {
    /// Hands the reading on if it is large enough.
    pub(crate) fn hand_on(&mut self) {
        if self.reading.posts.len().max(self.reading.problems.len()) >= BATCH {
            (self.sink)(std::mem::take(&mut self.reading));
        }
    }
}

/// Walks a document with `walk`; where it breaks becomes a problem, and the last batch is handed on.
pub(crate) fn walk_document(
    input: &mut dyn BufRead,
    sink: &mut dyn FnMut(Reading),
    walk: impl FnOnce(&mut Walker<'_>, &mut Batch<'_>) -> Result<(), Fault>,
) {
    let mut batch = Batch { reading: Reading::default(), sink };
    match Walker::new(input) {
        Ok(mut walker) => {
            if let Err(fault) = walk(&mut walker, &mut batch) {
                batch.reading.problem(walker.line(), fault.reason());
            }
        }
        Err(fault) => batch.reading.problem(1, fault.reason()),
    }
    let Batch { reading, sink } = batch;
    sink(reading);
}

/// Calls `each` with the bytes and line of every element of the list that comes next.
pub(crate) fn each_element<'s>(
    walker: &mut Walker<'_>,
    batch: &mut Batch<'s>,
    each: &mut dyn FnMut(&[u8], u64, &mut Batch<'s>),
) -> Result<(), Fault> {
    let mut first = walker.open_list()?;
    let mut bytes = Vec::new();
    while walker.next_element(&mut first)? {
        value(walker, &mut bytes, batch, each)?;
    }
    Ok(())
}

/// Calls `each` with every value of the document, whether they stand one after the other (a line
/// each, usually) or in one list.
pub(crate) fn each_value<'s>(
    walker: &mut Walker<'_>,
    batch: &mut Batch<'s>,
    each: &mut dyn FnMut(&[u8], u64, &mut Batch<'s>),
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    while let Some(begin) = walker.peek()? {
        if begin == b'[' {
            each_element(walker, batch, each)?;
        } else {
            value(walker, &mut bytes, batch, each)?;
        }
    }
    Ok(())
}

/// Captures one value and hands it to `each`, with the line it begins on.
pub(crate) fn value<'s>(
    walker: &mut Walker<'_>,
    bytes: &mut Vec<u8>,
    batch: &mut Batch<'s>,
    each: &mut dyn FnMut(&[u8], u64, &mut Batch<'s>),
) -> Result<(), Fault> {
    bytes.clear();
    if walker.capture(bytes)? == Captured::Whole {
        let line = walker.line() - memchr_iter(b'\n', bytes).count() as u64;
        each(bytes, line, batch);
    } else {
        batch.reading.rows += 1;
        batch.reading.problem(walker.line(), "the value is longer than 16 MiB; it is not read");
    }
    batch.hand_on();
    Ok(())
}
