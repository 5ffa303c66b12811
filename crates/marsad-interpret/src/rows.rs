//! Records of a table (RFC 4180), borrowed from the chunk they stand in.
//!
//! One scanner decides where records end, the same way [`crate::Cutter`] does, so that a table
//! reads alike whole and in chunks. What it reads equals csv-core (a test compares them); unlike
//! csv-core it copies nothing and says where a quote was never closed.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr3};

use crate::cut::BOM;
use crate::lines::{Problems, oversized};
use crate::{Chunk, Reading};

/// One field of a record, as a range of the chunk.
#[derive(Debug, Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    /// The range includes quotes that must be taken out.
    mixed: bool,
}

/// One record.
#[derive(Debug, Default)]
pub(crate) struct Row<'a> {
    bytes: &'a [u8],
    cells: Vec<Cell>,
    start: usize,
    end: usize,
    /// Line of the file on which it begins.
    pub(crate) line: u64,
    /// A quote was opened and the bytes ended.
    open: bool,
}

impl<'a> Row<'a> {
    /// Fields.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The bytes of a field, without its quotes; empty when there is no such field.
    pub(crate) fn bytes(&self, index: usize) -> Cow<'a, [u8]> {
        let Some(cell) = self.cells.get(index) else { return Cow::Borrowed(&[]) };
        let raw = self.bytes.get(cell.start..cell.end).unwrap_or_default();
        if cell.mixed { Cow::Owned(unquote(raw)) } else { Cow::Borrowed(raw) }
    }

    /// The text of a field.
    ///
    /// # Errors
    /// The position in the field of the first byte that is not UTF-8.
    pub(crate) fn text(&self, index: usize) -> Result<Cow<'a, str>, usize> {
        match self.bytes(index) {
            Cow::Borrowed(bytes) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to())
            }
            Cow::Owned(bytes) => String::from_utf8(bytes)
                .map(Cow::Owned)
                .map_err(|error| error.utf8_error().valid_up_to()),
        }
    }
}

/// Takes the quotes out of a field that begins with one.
fn unquote(raw: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    let mut rest = raw.strip_prefix(b"\"").unwrap_or(raw);
    loop {
        let Some(at) = memchr(b'"', rest) else {
            plain.extend_from_slice(rest);
            return plain;
        };
        plain.extend_from_slice(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let Some(inner) = after.strip_prefix(b"\"") else {
            plain.extend_from_slice(after); // closed: what follows is taken as it stands
            return plain;
        };
        plain.push(b'"');
        rest = inner;
    }
}

/// Walks the records of some bytes.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
    line: u64,
    delimiter: u8,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(bytes: &'a [u8], first_line: u64, delimiter: u8) -> Self {
        Self { bytes, at: 0, end: bytes.len(), line: first_line, delimiter }
    }

    /// Reads the next record into `row`; false at the end. Blank lines are no records.
    pub(crate) fn next_into(&mut self, row: &mut Row<'a>) -> bool {
        while let Some(byte) = self.bytes.get(self.at).filter(|_| self.at < self.end) {
            match byte {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ => break,
            }
            self.at += 1;
        }
        if self.at >= self.end {
            return false;
        }
        row.bytes = self.bytes;
        row.cells.clear();
        row.start = self.at;
        row.line = self.line;
        row.open = false;
        while self.next_cell(row) {}
        row.end = self.at;
        self.line += self.newlines(row.start, row.end);
        true
    }

    fn newlines(&self, start: usize, end: usize) -> u64 {
        memchr_iter(b'\n', self.bytes.get(start..end).unwrap_or_default()).count() as u64
    }

    /// Reads one field; true when another follows in the same record.
    fn next_cell(&mut self, row: &mut Row<'a>) -> bool {
        let start = self.at;
        let window = self.bytes.get(..self.end).unwrap_or(self.bytes);
        let quoted = quoted(window, start);
        let from = quoted.as_ref().map_or(start, |quoted| quoted.after);
        let rest = window.get(from..).unwrap_or_default();
        let stop = memchr3(self.delimiter, b'\n', b'\r', rest).map_or(self.end, |at| from + at);
        row.cells.push(match quoted {
            None => Cell { start, end: stop, mixed: false },
            Some(Quoted { after, closed, doubled }) => {
                row.open |= !closed;
                let is_whole = closed && !doubled && after == stop;
                if is_whole {
                    Cell { start: start + 1, end: after - 1, mixed: false }
                } else {
                    Cell { start, end: stop, mixed: true }
                }
            }
        });
        let ended_by = window.get(stop).copied();
        let is_crlf = ended_by == Some(b'\r') && window.get(stop + 1) == Some(&b'\n');
        self.at = (stop + 1 + usize::from(is_crlf)).min(self.end);
        ended_by == Some(self.delimiter)
    }
}

/// The quoted part at the beginning of a field.
struct Quoted {
    /// Just after the closing quote, or the end of the bytes.
    after: usize,
    closed: bool,
    doubled: bool,
}

fn quoted(window: &[u8], start: usize) -> Option<Quoted> {
    if window.get(start) != Some(&b'"') {
        return None;
    }
    let mut doubled = false;
    let mut from = start + 1;
    while let Some(at) = memchr(b'"', window.get(from..).unwrap_or_default()) {
        let after = from + at + 1;
        if window.get(after) != Some(&b'"') {
            return Some(Quoted { after, closed: true, doubled });
        }
        doubled = true;
        from = after + 1;
    }
    Some(Quoted { after: window.len(), closed: false, doubled })
}

/// What a record of a table must look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) delimiter: u8,
    pub(crate) width: usize,
}

impl Shape {
    fn fits(self, row: &Row<'_>) -> bool {
        row.len() == self.width && !row.open
    }

    fn complaint(self, row: &Row<'_>) -> String {
        if row.open {
            return "a quote is opened and never closed".to_owned();
        }
        format!("the record has {} fields; expected {}", row.len(), self.width)
    }
}

/// Calls `each` with every record that fits the shape; the others become problems.
///
/// The header (the first record of the file) is skipped. A record over several lines that does not
/// fit may come from a stray quote that swallowed good lines: if anything in it fits after its
/// first line, those are read and only the lines that do not fit are problems.
pub(crate) fn each_row<'a>(
    chunk: &Chunk<'a>,
    shape: Shape,
    reading: &mut Reading,
    mut each: impl FnMut(&Row<'a>, &mut Reading),
) {
    if chunk.is_oversized() {
        oversized(chunk, reading);
        return;
    }
    let is_first = chunk.ordinal == 0;
    let after_bom = chunk.bytes.strip_prefix(BOM).filter(|_| is_first);
    let bytes = after_bom.unwrap_or(chunk.bytes);
    let mut rows = Rows::new(bytes, chunk.first_line, shape.delimiter);
    let mut row = Row::default();
    if is_first {
        rows.next_into(&mut row);
    }
    while rows.next_into(&mut row) {
        if shape.fits(&row) {
            reading.rows += 1;
            each(&row, reading);
            continue;
        }
        let mut good = 0u64;
        rows.mend(&row, shape, &mut |row| good += u64::from(shape.fits(row)));
        if good == 0 {
            reading.rows += 1;
            reading.problem(row.line, shape.complaint(&row));
            continue;
        }
        rows.mend(&row, shape, &mut |row| {
            reading.rows += 1;
            if shape.fits(row) {
                each(row, reading);
            } else {
                reading.problem(row.line, shape.complaint(row));
            }
        });
    }
}

impl<'a> Rows<'a> {
    /// Reads a record that does not fit again: its first line alone, then what follows it.
    fn mend(&self, broken: &Row<'a>, shape: Shape, each: &mut dyn FnMut(&Row<'a>)) {
        let mut rows =
            Rows { end: broken.end, ..Rows::new(self.bytes, broken.line, self.delimiter) };
        rows.at = broken.start;
        let mut row = Row::default();
        while rows.next_into(&mut row) {
            let content = self.bytes.get(row.start..row.end).unwrap_or_default();
            if !shape.fits(&row)
                && let Some(first_line) = memchr(b'\n', content)
            {
                rows.at = row.start + first_line + 1;
                rows.line = row.line + 1;
            }
            each(&row);
        }
    }
}

/// The columns of a header record.
pub(crate) fn header_columns(header: &[u8], delimiter: u8) -> Vec<String> {
    let header = header.strip_prefix(BOM).unwrap_or(header);
    let mut row = Row::default();
    Rows::new(header, 1, delimiter).next_into(&mut row);
    (0..row.len()).map(|at| String::from_utf8_lossy(&row.bytes(at)).into_owned()).collect()
}

/// The header record at the beginning of a file, as it stands there, without its line ending.
///
/// `None` when `head` ends before the record does and so cannot hold all of it.
pub(crate) fn header_record(head: &[u8], delimiter: u8) -> Option<Vec<u8>> {
    let head = head.strip_prefix(BOM).unwrap_or(head);
    let mut row = Row::default();
    if !Rows::new(head, 1, delimiter).next_into(&mut row) || row.open {
        return None;
    }
    let record = head.get(row.start..row.end)?;
    Some(trim_line_end(record).to_vec())
}

fn trim_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What csv-core makes of the bytes.
    fn by_csv_core(bytes: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = bytes;
        loop {
            let mut out = [0; 64];
            let (result, taken, given) = reader.read_field(rest, &mut out);
            rest = &rest[taken..];
            field.extend_from_slice(&out[..given]);
            match result {
                csv_core::ReadFieldResult::Field { record_end } => {
                    record.push(std::mem::take(&mut field));
                    if record_end {
                        records.push(std::mem::take(&mut record));
                    }
                }
                csv_core::ReadFieldResult::End => return records,
                _ => {}
            }
        }
    }

    fn by_us(bytes: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let (mut rows, mut row) = (Rows::new(bytes, 1, delimiter), Row::default());
        let mut records = Vec::new();
        while rows.next_into(&mut row) {
            records.push((0..row.len()).map(|at| row.bytes(at).into_owned()).collect());
        }
        records
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn records_and_fields_are_those_of_csv_core(text in "[ab,;\"\"\n\r ]{0,24}", semicolon: bool) {
            let delimiter = if semicolon { b';' } else { b',' };
            prop_assert_eq!(by_us(text.as_bytes(), delimiter), by_csv_core(text.as_bytes(), delimiter));
        }
    }

    #[test]
    fn the_spectrum_of_tricky_tables_is_read_as_it_means() {
        let root = std::env::var_os("MARSAD_SHARED").map_or_else(
            || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
            std::path::PathBuf::from,
        );
        let folder = root.join("golden/hostile/csv");
        if !folder.try_exists().unwrap_or(false) {
            eprintln!("SKIPPED: {} is not there", folder.display());
            return;
        }
        let mut tables = 0;
        for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let meaning = std::fs::read(folder.join("json").join(format!("{name}.json"))).unwrap();
            let meaning: serde_json::Value = serde_json::from_slice(&meaning).unwrap();
            let meant = meaning.as_array().cloned().unwrap_or_else(|| vec![meaning.clone()]);
            let file = std::fs::read(&path).unwrap();
            let mut records = by_us(&file, b',').into_iter().map(|record| {
                record.into_iter().map(|b| String::from_utf8(b).unwrap()).collect::<Vec<_>>()
            });
            let header = records.next().unwrap();
            let read: Vec<_> = records.collect();
            assert_eq!(read.len(), meant.len(), "{name}");
            for (record, object) in read.iter().zip(&meant) {
                for (column, value) in header.iter().zip(record) {
                    if name == "location_coordinates" && column.trim() == "Contact Phone Number" {
                        continue; // table and meaning have two different numbers there
                    }
                    assert_eq!(object[column], *value, "{name}");
                }
            }
            tables += 1;
        }
        assert_eq!(tables, 12);
    }

    #[test]
    fn a_record_knows_the_line_it_begins_on() {
        let (mut rows, mut row) =
            (Rows::new(b"\n\na,\"b\nc\"\r\n\r\nd,e", 1, b','), Row::default());
        assert!(rows.next_into(&mut row));
        assert_eq!(row.line, 3);
        assert!(rows.next_into(&mut row));
        assert_eq!(row.line, 6);
        assert!(!rows.next_into(&mut row));
    }
}
