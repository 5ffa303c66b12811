//! Checks the settings of an import against the beginning of its file, before anything is kept.

use crate::csv::{Columns, FIELDS, REQUIRED, TIMES};
use crate::cut::BOM;
use crate::rows::{header_columns, header_record};
use crate::times::TimeRule;
use crate::{Format, Manifest};

/// Settings that do not fit, in one sentence that names the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupError {
    /// The sentence: lower case, no full stop, without the name of the file.
    pub message: String,
    /// Whether the command was wrong (exit 2) rather than the file (exit 1).
    pub usage: bool,
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SetupError {}

pub(crate) fn usage(message: impl Into<String>) -> SetupError {
    SetupError { message: message.into(), usage: true }
}

pub(crate) fn refused(message: impl Into<String>) -> SetupError {
    SetupError { message: message.into(), usage: false }
}

/// Checks and completes the settings with the head of the file (its first 64 KiB, decompressed).
///
/// # Errors
/// [`SetupError`]: a map that does not fit the header, a missing `--map` or `--platform`, a file
/// that holds nothing public.
pub fn prepare(mut manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    check_platform(&mut manifest)?;
    if manifest.format != Format::Csv && !manifest.csv_map.is_empty() {
        return Err(usage("--map is for --as csv; add --as csv or leave --map out"));
    }
    let content = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let is_json = content.starts_with(b"{") || content.starts_with(b"[");
    manifest.format = match manifest.format {
        Format::FourCat if is_json => Format::Telethon, // 4CAT's NDJSON is raw Telethon
        Format::Twitter if is_json => Format::TwitterPages,
        format => format,
    };
    match manifest.format {
        Format::Csv => prepare_csv(manifest, head),
        Format::Coortweet
        | Format::Cnt
        | Format::FourCat
        | Format::Twitter
        | Format::Crowdtangle => prepare_table(manifest, head),
        Format::TelegramDesktop => crate::telegram_desktop::prepare(manifest, head),
        Format::Discord => crate::discord::prepare(manifest, head),
        Format::Matrix => crate::element::prepare(manifest, head),
        Format::Rocketchat => crate::rocketchat::prepare(manifest),
        Format::Telethon if begins_with_a_person(content) => Err(refused(
            "it holds accounts of people, and they are not kept; Marsad reads channels and their messages",
        )),
        Format::MarsadNdjson
        | Format::Telethon
        | Format::Tgdataset
        | Format::Zeeschuimer
        | Format::TwitterPages
        | Format::Tamtam
        | Format::TelegramWeb
        | Format::Warc
        | Format::Wacz => Ok(manifest),
    }
}

/// Whether the first line is an account: then the file is one of accounts (Pushshift's third file),
/// and its bytes have no place in the evidence.
fn begins_with_a_person(content: &[u8]) -> bool {
    let first = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line: serde_json::Value = serde_json::from_slice(first).unwrap_or_default();
    matches!(line.get("_").and_then(serde_json::Value::as_str), Some("User" | "UserFull"))
}

/// Lets a source pass that cannot show that it is public, when the operator states it.
pub(crate) fn stated_public(manifest: Manifest, why: &str) -> Result<Manifest, SetupError> {
    if manifest.stated_public {
        return Ok(manifest);
    }
    Err(usage(format!("{why}; add --public if you know that it is")))
}

/// Fills in the platform of the format; refuses another where the format has only one.
fn check_platform(manifest: &mut Manifest) -> Result<(), SetupError> {
    let own = manifest.format.own_platform();
    if let (Some(said), Some(own)) = (&manifest.platform, own)
        && said.as_str() != own
    {
        let format = manifest.format;
        return Err(usage(format!(
            "{format} is always platform {own}; leave --platform {said} out"
        )));
    }
    manifest.platform = manifest.platform_or_default();
    Ok(())
}

fn prepare_csv(mut manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    check_map(&manifest)?;
    if manifest.platform.is_none() {
        return Err(usage(
            "csv names no platform; add --platform telegram (or another name of a-z 0-9 _ -)",
        ));
    }
    let (delimiter, header) = find_header(&manifest, head)
        .ok_or_else(|| refused("there is no header; the first line must name the columns"))?;
    let names = header_columns(&header, delimiter).join(", ");
    manifest.delimiter = delimiter;
    manifest.header = Some(header);
    for field in REQUIRED {
        if manifest.column(field).is_none() {
            return Err(usage(format!("csv needs --map {field}=COLUMN; columns are: {names}")));
        }
    }
    Columns::find(&manifest).map_err(usage)?;
    Ok(manifest)
}

fn check_map(manifest: &Manifest) -> Result<(), SetupError> {
    let mut seen: Vec<&str> = Vec::new();
    for (field, _) in &manifest.csv_map {
        if !FIELDS.contains(&field.as_str()) {
            let known = FIELDS.join(", ");
            return Err(usage(format!("--map {field} is not a field; fields are: {known}")));
        }
        if seen.contains(&field.as_str()) {
            return Err(usage(format!("--map {field} is given twice; leave one out")));
        }
        seen.push(field);
    }
    for (field, pattern) in &manifest.time_formats {
        if !TIMES.contains(&field.as_str()) {
            let known = TIMES.join(", ");
            return Err(usage(format!("--map-format {field} is not a time; times are: {known}")));
        }
        TimeRule::new(pattern)
            .map_err(|reason| usage(format!("--map-format {field}: {reason}")))?;
    }
    Ok(())
}

/// The delimiter under which all mapped columns are there; else the one with the most columns.
fn find_header(manifest: &Manifest, head: &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut best: Option<(usize, u8, Vec<u8>)> = None;
    for delimiter in *b",;\t|" {
        let Some(header) = header_record(head, delimiter) else { continue };
        let names = header_columns(&header, delimiter);
        let is_there = |column: &str| names.iter().any(|name| name.trim() == column.trim());
        let found = manifest.csv_map.iter().filter(|(_, column)| is_there(column)).count();
        let rank = found * 10_000 + names.len().min(9_999);
        if best.as_ref().is_none_or(|(so_far, ..)| rank > *so_far) {
            best = Some((rank, delimiter, header));
        }
    }
    best.map(|(_, delimiter, header)| (delimiter, header))
}

fn prepare_table(mut manifest: Manifest, head: &[u8]) -> Result<Manifest, SetupError> {
    let header = header_record(head, manifest.delimiter)
        .ok_or_else(|| refused("there is no header; the first line must name the columns"))?;
    manifest.header = Some(header);
    let checked = match manifest.format {
        Format::FourCat => crate::fourcat::check(&manifest),
        Format::Twitter => crate::twitter::check(&manifest),
        Format::Crowdtangle => crate::crowdtangle::check(&manifest),
        _ => crate::peers::check(&manifest),
    };
    checked.map_err(refused)?;
    Ok(manifest)
}
