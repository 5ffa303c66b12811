//! Data to stdout: one JSON document, or a table for people; to a file by its extension.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use comfy_table::{Attribute, Cell, ContentArrangement, Table};
use serde_json::{Map, Value};

use crate::cli::Context;
use crate::failure::Failure;
use crate::settings;

/// Longest text of a table's cell.
const CELL_CHARACTERS_MAX: usize = 72;

/// Prints a line on stdout.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()?;
    Ok(())
}

/// Says something about the work on stderr, unless quiet.
#[expect(clippy::print_stderr, reason = "everything that is not data goes to stderr")]
pub(crate) fn say(context: &Context, text: &str) {
    if !context.quiet {
        eprintln!("{text}");
    }
}

/// Asks for something to be typed, on stderr and without an end of line.
#[cfg(feature = "mtproto")]
pub(crate) fn prompt(text: &str) -> Result<(), Failure> {
    let mut stderr = std::io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()?;
    Ok(())
}

/// Says on stderr what must not be missed, quiet or not.
#[expect(clippy::print_stderr, reason = "everything that is not data goes to stderr")]
pub(crate) fn warn(text: &str) {
    eprintln!("warning: {text}");
}

/// Says on stderr what went wrong beside what was done.
#[expect(clippy::print_stderr, reason = "everything that is not data goes to stderr")]
pub(crate) fn error(text: &str) {
    eprintln!("error: {text}");
}

/// Prints one JSON document on stdout.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    line(&serde_json::to_string(value)?)
}

/// Prints or writes a finding: whole as JSON, its rows as a table or file.
pub(crate) fn finding(context: &Context, finding: &Value, columns: &[&str]) -> Result<(), Failure> {
    if let Some(path) = &context.out {
        write_file(path, finding)?;
        if !context.json {
            say(context, &format!("written: {}", path.display()));
            return Ok(());
        }
    }
    if context.json {
        return json(finding);
    }
    let rows = rows_of(finding);
    if rows.is_empty() {
        line("no rows")?;
    } else {
        line(&table(&rows, columns))?;
    }
    for note in finding.get("notes").and_then(Value::as_array).into_iter().flatten() {
        line(&format!("note: {}", note.as_str().unwrap_or_default()))?;
    }
    Ok(())
}

fn rows_of(finding: &Value) -> Vec<Map<String, Value>> {
    let rows = finding.get("rows").and_then(Value::as_array);
    rows.into_iter().flatten().filter_map(Value::as_object).cloned().collect()
}

/// A table of some columns; colour only on a terminal.
pub(crate) fn table(rows: &[Map<String, Value>], columns: &[&str]) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() || settings::no_colour() {
        table.force_no_tty();
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table.set_header(columns.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    for row in rows {
        // A channel's name, where one is known, says more to people than its number.
        let value = |name: &&str| row.get(&format!("{name}_name")).or_else(|| row.get(*name));
        table.add_row(columns.iter().map(|name| Cell::new(shown(value(name)))));
    }
    table.to_string()
}

/// A value for people: short numbers, intervals as a..b, lists joined.
fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => one_line(text),
        Some(Value::Number(number)) => {
            number.as_f64().map_or_else(|| number.to_string(), number_shown)
        }
        Some(Value::Array(items)) if items.len() == 2 && items.iter().all(Value::is_number) => {
            items.iter().map(|item| shown(Some(item))).collect::<Vec<_>>().join("..")
        }
        Some(Value::Array(items)) => {
            items.iter().map(|item| shown(Some(item))).collect::<Vec<_>>().join(" ")
        }
        Some(Value::Object(fields)) => {
            let parts = fields.iter().map(|(name, value)| format!("{name}={}", shown(Some(value))));
            parts.collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    }
}

/// A table's cell is one line, and short enough to leave room for the others.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= CELL_CHARACTERS_MAX {
        return line;
    }
    let cut: String = line.chars().take(CELL_CHARACTERS_MAX - 1).collect();
    format!("{cut}…")
}

fn number_shown(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    if number != 0.0 && number.abs() < 1e-3 {
        return format!("{number:.1e}");
    }
    format!("{number:.3}")
}

/// Writes a finding by extension: .json whole, .csv and .parquet its rows.
pub(crate) fn write_file(path: &Path, finding: &Value) -> Result<(), Failure> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let bytes = match extension.as_deref() {
        Some("json") => serde_json::to_vec_pretty(finding)?,
        Some("csv") => csv_bytes(&rows_of(finding))?,
        Some("parquet") => {
            return Ok(marsad_lake::write_rows(path, &rows_of(finding))?);
        }
        _ => {
            return Err(Failure::usage(format!(
                "'{}' has no known extension; write to .json, .csv or .parquet",
                path.display()
            )));
        }
    };
    Ok(fs::write(path, bytes).with_context(|| format!("cannot write '{}'", path.display()))?)
}

/// Rows as CSV: the columns of all rows in the order of their first appearance; lists as JSON.
fn csv_bytes(rows: &[Map<String, Value>]) -> Result<Vec<u8>, Failure> {
    let mut columns: Vec<&str> = Vec::new();
    for row in rows {
        for name in row.keys() {
            if !columns.contains(&name.as_str()) {
                columns.push(name);
            }
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns)?;
    for row in rows {
        writer.write_record(columns.iter().map(|name| match row.get(*name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }))?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}
