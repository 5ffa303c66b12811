//! Walks a JSON document of any size, one value in memory at a time.
//!
//! Only the frame is read here: objects, lists, keys. Values are handed on as the bytes they are,
//! so that one spoilt message costs itself and not the document.

use std::io::BufRead;

use memchr::{memchr_iter, memchr2};

use crate::RECORD_MAX;
use crate::cut::BOM;

/// Where the walk stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The document ends before it is complete.
    End,
    /// Another character stands where this one was expected.
    Syntax(&'static str),
    /// The bytes could not be had.
    Input(String),
}

impl Fault {
    /// The reason of a problem.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::End => "the document ends here, before it is complete".to_owned(),
            Self::Syntax(expected) => {
                format!("the document is not JSON from here on: expected {expected}")
            }
            Self::Input(error) => format!("the input cannot be read further: {error}"),
        }
    }
}

/// A document being walked.
pub(crate) struct Walker<'r> {
    input: &'r mut dyn BufRead,
    line: u64,
}

/// A value that was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Captured {
    /// All of it is there.
    Whole,
    /// It is longer than [`RECORD_MAX`]; only its beginning is there.
    Oversized,
}

/// Whether the walk is before the first member of a list or object.
pub(crate) struct First(bool);

impl<'r> Walker<'r> {
    /// Begins at the start of the document, after a byte order mark.
    pub(crate) fn new(input: &'r mut dyn BufRead) -> Result<Self, Fault> {
        let mut walker = Self { input, line: 1 };
        if walker.buffer()?.starts_with(BOM) {
            walker.consume(BOM.len());
        }
        Ok(walker)
    }

    /// Line on which the walk stands, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Begins an object.
    pub(crate) fn open_object(&mut self) -> Result<First, Fault> {
        self.expect(b'{', "'{'").map(|()| First(true))
    }

    /// Begins a list.
    pub(crate) fn open_list(&mut self) -> Result<First, Fault> {
        self.expect(b'[', "'['").map(|()| First(true))
    }

    /// The next character that is no space, without taking it; `None` at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Fault> {
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let spaces = buffer.iter().take_while(|b| b.is_ascii_whitespace()).count();
            if let Some(byte) = buffer.get(spaces).copied() {
                self.consume(spaces);
                return Ok(Some(byte));
            }
            self.consume(spaces);
        }
    }

    /// The next key of the object; `None` at its end.
    pub(crate) fn next_key(&mut self, first: &mut First) -> Result<Option<String>, Fault> {
        if !self.next_member(first, b'}')? {
            return Ok(None);
        }
        let mut key = Vec::new();
        if self.peek()? != Some(b'"') {
            return Err(Fault::Syntax("a key"));
        }
        self.capture(&mut key)?;
        self.expect(b':', "':'")?;
        Ok(Some(text_of(&key)))
    }

    /// Whether the list has another element, which comes next.
    pub(crate) fn next_element(&mut self, first: &mut First) -> Result<bool, Fault> {
        self.next_member(first, b']')
    }

    fn next_member(&mut self, first: &mut First, close: u8) -> Result<bool, Fault> {
        let byte = self.peek()?.ok_or(Fault::End)?;
        if byte == close {
            self.consume(1);
            return Ok(false);
        }
        if !std::mem::replace(&mut first.0, false) {
            self.expect(b',', "','")?;
        }
        Ok(true)
    }

    fn expect(&mut self, wanted: u8, name: &'static str) -> Result<(), Fault> {
        match self.peek()? {
            None => Err(Fault::End),
            Some(byte) if byte == wanted => {
                self.consume(1);
                Ok(())
            }
            Some(_) => Err(Fault::Syntax(name)),
        }
    }

    /// Takes the next value and appends its bytes to `out`.
    pub(crate) fn capture(&mut self, out: &mut Vec<u8>) -> Result<Captured, Fault> {
        let start = out.len();
        self.scan(&mut |bytes| {
            let room = (start + RECORD_MAX).saturating_sub(out.len());
            out.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        })?;
        let is_whole = out.len() - start < RECORD_MAX;
        Ok(if is_whole { Captured::Whole } else { Captured::Oversized })
    }

    /// Takes the next value and forgets it.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        self.scan(&mut |_| {})
    }

    /// Takes the next value as text, when it is a text or a number.
    pub(crate) fn text(&mut self) -> Result<Option<String>, Fault> {
        let mut value = Vec::new();
        self.capture(&mut value)?;
        let is_plain =
            value.first().is_some_and(|b| *b == b'"' || *b == b'-' || b.is_ascii_digit());
        Ok(is_plain.then(|| text_of(&value)))
    }

    fn scan(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), Fault> {
        let begin = self.peek()?.ok_or(Fault::End)?;
        if matches!(begin, b',' | b':' | b'}' | b']') {
            return Err(Fault::Syntax("a value"));
        }
        let mut scan = Scan::default();
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return if scan.is_complete_at_end() { Ok(()) } else { Err(Fault::End) };
            }
            let end = scan.feed(buffer);
            let taken = end.unwrap_or(buffer.len());
            each(buffer.get(..taken).unwrap_or_default());
            self.consume(taken);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn buffer(&mut self) -> Result<&[u8], Fault> {
        loop {
            match self.input.fill_buf() {
                // The borrow of a returned buffer cannot be released in a loop: asked for again.
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::Input(error.to_string())),
            }
        }
        self.input.fill_buf().map_err(|error| Fault::Input(error.to_string()))
    }

    fn consume(&mut self, bytes: usize) {
        if let Ok(buffer) = self.input.fill_buf() {
            let taken = buffer.get(..bytes).unwrap_or(buffer);
            self.line += memchr_iter(b'\n', taken).count() as u64;
        }
        self.input.consume(bytes);
    }
}

/// Finds the end of one value, in any number of slices.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Scan {
    /// Position just after the value, if it ends in these bytes.
    fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
                self.escaped = bytes.get(at) == Some(&b'\\');
                self.in_string = self.escaped;
                at += 1;
                if !self.in_string && self.depth == 0 {
                    return Some(at);
                }
            } else {
                let closes = matches!(byte, b'}' | b']');
                let parts = closes || byte == b',' || byte.is_ascii_whitespace();
                if self.depth == 0 && self.begun && parts {
                    return Some(at); // the end of a number or a word
                }
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    _ if closes => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                at += 1;
                if closes && self.depth == 0 {
                    return Some(at);
                }
            }
            self.begun = true;
        }
        None
    }

    fn is_complete_at_end(&self) -> bool {
        self.begun && self.depth == 0 && !self.in_string
    }
}

/// The text of a JSON string (or number) as written; what is no valid JSON string is taken as far
/// as it can be read, because it is only compared with keys and type names.
fn text_of(written: &[u8]) -> String {
    let plain = || String::from_utf8_lossy(written).trim_matches('"').to_owned();
    serde_json::from_slice(written).unwrap_or_else(|_| plain())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn elements(document: &[u8], buffer: usize) -> (Vec<String>, Option<Fault>) {
        let mut input = BufReader::with_capacity(buffer, document);
        let mut found = Vec::new();
        let walked = (|| {
            let mut walker = Walker::new(&mut input)?;
            let mut first = walker.open_list()?;
            while walker.next_element(&mut first)? {
                let mut value = Vec::new();
                walker.capture(&mut value)?;
                found.push(format!("{}: {}", walker.line(), String::from_utf8_lossy(&value)));
            }
            Ok(())
        })();
        (found, walked.err())
    }

    #[test]
    fn values_are_handed_on_as_they_stand() {
        let document = b"\xEF\xBB\xBF [1 , \"a\\\"],\" ,\n{\"b\":[{}, \"}\"]},null ] ";
        for buffer in 3..40 {
            let (found, fault) = elements(document, buffer);
            assert_eq!(found, ["1: 1", "1: \"a\\\"],\"", "2: {\"b\":[{}, \"}\"]}", "2: null"]);
            assert_eq!(fault, None);
        }
    }

    #[test]
    fn a_cut_or_broken_document_gives_what_came_before() {
        assert_eq!(elements(b"[1,{\"a\":", 64), (vec!["1: 1".to_owned()], Some(Fault::End)));
        assert_eq!(elements(b"[1 2]", 64).1, Some(Fault::Syntax("','")));
        assert_eq!(elements(b"{}", 64).1, Some(Fault::Syntax("'['")));
        assert_eq!(elements(b"[1,]", 64).1, Some(Fault::Syntax("a value")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_alike_with_any_buffer(
            document in "[\\[\\]{}\",:\\\\ \nab1]{0,40}", buffer in 4usize..50,
        ) {
            prop_assert_eq!(elements(document.as_bytes(), buffer), elements(document.as_bytes(), 4096));
        }
    }
}
