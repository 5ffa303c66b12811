//! Columns of a table by the names its makers gave them.

use std::borrow::Cow;

use compact_str::CompactString;
use hashbrown::HashMap;
use marsad_types::{Channel, Reading};

use crate::Manifest;
use crate::csv::text;
use crate::json::Reason;
use crate::rows::{Row, Shape, header_columns};

/// The names of a header.
pub(crate) struct Names {
    names: Vec<String>,
    delimiter: u8,
}

impl Names {
    pub(crate) fn of(manifest: &Manifest) -> Result<Self, String> {
        let header = manifest.header.as_deref().ok_or("the header is missing")?;
        let names = header_columns(header, manifest.delimiter);
        Ok(Self { names, delimiter: manifest.delimiter })
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape { delimiter: self.delimiter, width: self.names.len() }
    }

    /// Where a column stands; exports of other years may lack it.
    pub(crate) fn find(&self, wanted: &str) -> Option<usize> {
        self.names.iter().position(|name| name.trim() == wanted)
    }

    /// Where a column stands without which nothing can be read.
    pub(crate) fn required(&self, wanted: &str) -> Result<usize, String> {
        self.find(wanted).ok_or_else(|| {
            let names = self.names.join(", ");
            format!("column '{wanted}' is not there; columns are: {names}")
        })
    }
}

/// The trimmed text of a cell; empty when the table has no such column.
pub(crate) fn cell<'a>(row: &Row<'a>, at: Option<usize>) -> Result<Cow<'a, str>, Reason> {
    let Some(at) = at else { return Ok(Cow::Borrowed("")) };
    Ok(match text(row, at, "a field")? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    })
}

/// The text of a cell that must not be empty.
pub(crate) fn filled<'a>(row: &Row<'a>, at: usize, name: &str) -> Result<Cow<'a, str>, Reason> {
    let written = cell(row, Some(at))?;
    if written.is_empty() {
        return Err(Reason(format!("{name} is empty")));
    }
    Ok(written)
}

/// Channels as rows describe them, noted only when the description changes within a chunk.
#[derive(Default)]
pub(crate) struct Described(HashMap<CompactString, Channel>);

impl Described {
    pub(crate) fn note(&mut self, channel: Channel, reading: &mut Reading) {
        let is_known = self.0.get(&channel.key.id).is_some_and(|last| {
            let last =
                Channel { observed_at: channel.observed_at, line: channel.line, ..last.clone() };
            last == channel
        });
        if !is_known {
            self.0.insert(channel.key.id.clone(), channel.clone());
            reading.channels.push(channel);
        }
    }
}
