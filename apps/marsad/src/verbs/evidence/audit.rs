//! `marsad evidence audit`: who looked, exported, imported, erased, as it stands in the log.

use std::process::ExitCode;

use clap::Parser as _;
use marsad_evidence::{Reader, RecordKind};
use serde_json::{Map, Value, json};

use crate::archive::Archive;
use crate::audit::{self, ENTRY_TYPE, act_of, canonical};
use crate::cli::{AuditOptions, Cli, Context};
use crate::failure::Failure;
use crate::output;

/// Columns for people; JSON has all fields.
const COLUMNS: [&str; 7] = ["leaf", "at", "action", "what", "subject", "operator", "account"];

pub(super) fn run(context: &Context, options: &AuditOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let reader = archive.reader()?;
    let head = reader.head();
    let mut rows = entries(&reader)?;
    if let Some(command) = &options.command {
        let wanted = digest_of(&archive, command)?;
        rows.retain(|row| row.get("parameters").and_then(Value::as_str) == Some(&wanted));
    }
    if let Some(limit) = options.limit {
        rows.drain(..rows.len().saturating_sub(limit));
    }
    let waiting = audit::waiting(&archive);
    let rows: Vec<Value> = rows.into_iter().map(Value::Object).collect();
    let told = json!({
        "archive": {"log_size": head.size, "root": head.root_hex()},
        "rows": rows,
        "waiting": waiting,
        "notes": ["a name under `account` is a keyed pseudonym of the operating system's account; `operator` is what marsad.toml or MARSAD_OPERATOR said"],
    });
    output::finding(context, &told, &COLUMNS)?;
    if !waiting.is_empty() {
        output::say(
            context,
            &format!("{} more wait until the next command that writes to the log", waiting.len()),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The trail in the order of the log; the digest of what an export gave out stands beside it.
pub(crate) fn entries(reader: &Reader) -> Result<Vec<Map<String, Value>>, Failure> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for leaf in reader.leaves(0, &|kind| kind == RecordKind::Audit)? {
        let record = reader.record(leaf)?;
        let entry: Value = serde_json::from_slice(&record.payload).unwrap_or_default();
        let (Value::Object(entry), ENTRY_TYPE) = (entry, record.content_type.as_str()) else {
            continue; // a later Marsad's
        };
        let of = entry.get("of").and_then(Value::as_str);
        let exported = of.and_then(|id| {
            rows.iter_mut().rev().find(|row| row.get("id").and_then(Value::as_str) == Some(id))
        });
        if let Some(exported) = exported {
            let given = ["at", "sha256", "bytes"]
                .map(|name| (name.to_owned(), entry.get(name).cloned().unwrap_or_default()));
            exported.insert("output".to_owned(), given.into_iter().collect());
            continue;
        }
        let mut row = Map::new();
        row.insert("leaf".to_owned(), Value::from(leaf));
        row.extend(entry);
        rows.push(row);
    }
    Ok(rows)
}

/// The keyed digest of a command as somebody may have typed it.
fn digest_of(archive: &Archive, command: &str) -> Result<String, Failure> {
    let words = std::iter::once("marsad").chain(command.split_whitespace());
    let read = Cli::try_parse_from(words.filter(|word| !word.is_empty()));
    let verb = read.map_err(|error| {
        let reason = error.to_string();
        Failure::usage(format!(
            "--command '{command}': {}",
            reason.lines().next().unwrap_or_default().trim_start_matches("error: ")
        ))
    })?;
    let act = act_of(&verb.verb).ok_or_else(|| {
        Failure::usage(format!("--command '{command}': this is not written down"))
    })?;
    let keyed = archive.pseudonyms()?;
    Ok(keyed.keyed_digest("marsad/parameters/v1", &canonical(&act.parameters)))
}
