//! WARC/1.1 header blocks (ISO 28500:2017): written strictly, read with limits.

use crate::Error;

/// First line of every record.
pub const VERSION: &str = "WARC/1.1";
/// Longest header block that is read, the empty line included.
pub const HEADER_BYTES_MAX: usize = 64 << 10;
/// Most fields in a header block.
pub const FIELDS_MAX: usize = 200;
/// What stands after every block.
pub const END: &[u8] = b"\r\n\r\n";

/// Fields that may stand once only; all but `WARC-Concurrent-To` in the standard.
const REPEATABLE: &str = "WARC-Concurrent-To";

/// A header block that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// No empty line within the limit.
    #[error("the header does not end within {HEADER_BYTES_MAX} bytes")]
    Endless,
    /// The first line names neither WARC/1.0 nor WARC/1.1.
    #[error("the record does not begin with {VERSION}")]
    NotWarc,
    /// More than [`FIELDS_MAX`] fields.
    #[error("the header has more than {FIELDS_MAX} fields")]
    TooManyFields,
    /// A line is no `Name: value`, or is not UTF-8, or has a control character.
    #[error("header line {0} is not 'Name: value' in UTF-8")]
    Line(usize),
    /// A field that may stand once stands twice.
    #[error("the header has '{0}' twice")]
    Twice(String),
    /// One of the four mandatory fields is absent or has no sensible value.
    #[error("the header has no usable '{0}'")]
    Mandatory(&'static str),
}

/// A header block read: its fields in order, and where the block begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    fields: Vec<(String, String)>,
    /// Bytes of the header block, the empty line included: the block begins here.
    pub bytes: usize,
    /// Bytes of the block.
    pub content_length: u64,
}

impl Header {
    /// Reads the header block at the start of `bytes`; `Ok(None)` when more bytes are needed.
    ///
    /// # Errors
    /// [`HeaderError`], each variant a reason to stop reading this file.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, HeaderError> {
        let window = bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes);
        let Some(end) = window.windows(4).position(|four| four == END) else {
            let full = window.len() == HEADER_BYTES_MAX;
            return if full { Err(HeaderError::Endless) } else { Ok(None) };
        };
        let text = window.get(..end).unwrap_or_default();
        let mut lines = text.split(|b| *b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l));
        let first = lines.next().unwrap_or_default();
        if first != VERSION.as_bytes() && first != b"WARC/1.0" {
            return Err(HeaderError::NotWarc);
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for (number, line) in lines.enumerate() {
            let (name, value) = field(line).ok_or(HeaderError::Line(number + 2))?;
            if fields.len() == FIELDS_MAX {
                return Err(HeaderError::TooManyFields);
            }
            let once = !name.eq_ignore_ascii_case(REPEATABLE);
            if once && fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Err(HeaderError::Twice(name.to_owned()));
            }
            fields.push((name.to_owned(), value.to_owned()));
        }
        let mut header = Self { fields, bytes: end + END.len(), content_length: 0 };
        for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date"] {
            header.get(name).filter(|v| !v.is_empty()).ok_or(HeaderError::Mandatory(name))?;
        }
        header.content_length = header
            .get("Content-Length")
            .filter(|written| written.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|written| written.parse().ok())
            .ok_or(HeaderError::Mandatory("Content-Length"))?;
        Ok(Some(header))
    }

    /// Value of a field, whatever the case of its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All fields in the order they stand.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

/// Splits `Name: value`. One space after the colon is syntax; all else is the value, so that what
/// we wrote comes back exactly.
fn field(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?;
    let (name, value) = text.split_once(':')?;
    let value = value.strip_prefix(' ').unwrap_or(value);
    let plain = !value.contains(|c: char| c.is_control() && c != '\t');
    (is_token(name) && plain).then_some((name, value))
}

fn is_token(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&b);
    !name.is_empty() && name.bytes().all(allowed)
}

/// Writes a header block field by field.
#[derive(Debug)]
pub(crate) struct HeaderWriter {
    text: String,
    fields: usize,
}

impl HeaderWriter {
    pub(crate) fn new() -> Self {
        let mut text = String::with_capacity(768);
        text.push_str(VERSION);
        text.push_str("\r\n");
        Self { text, fields: 0 }
    }

    /// Adds a field; the value must be free of control characters, CR, LF and NUL among them.
    pub(crate) fn field(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let wrong = |reason| Err(Error::Field { name: name.to_owned(), reason });
        if !is_token(name) {
            return wrong("a field name has letters, digits and hyphens only");
        }
        if value.contains(char::is_control) {
            return wrong("a value must not contain line breaks, NUL or other control characters");
        }
        if self.fields == FIELDS_MAX {
            return wrong("a record has at most 200 fields");
        }
        self.fields += 1;
        for part in [name, ": ", value, "\r\n"] {
            self.text.push_str(part);
        }
        if self.text.len() + 2 > HEADER_BYTES_MAX {
            return wrong("the header would be longer than 64 KiB");
        }
        Ok(())
    }

    /// Ends the block with the empty line.
    pub(crate) fn finish(mut self) -> String {
        self.text.push_str("\r\n");
        self.text
    }
}

/// A URI as WARC 1.1 wants it: no brackets around it, no blanks, no control characters.
pub(crate) fn check_uri(name: &str, uri: &str) -> Result<(), Error> {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    let has_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let plain = !uri.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
    if has_scheme && plain {
        return Ok(());
    }
    let reason = "it is not a URI such as urn:marsad:import:...; percent-encode blanks";
    Err(Error::Field { name: name.to_owned(), reason })
}
