//! `marsad evidence`: is everything still what it was, and what the log's head is.

use std::fs::File;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_evidence::{Bundle, Reader, RecordKind, Store};
use marsad_types::PostKey;
use serde_json::json;

use crate::archive::Archive;
use crate::cli::{Context, EvidenceOptions};
use crate::failure::Failure;
use crate::{clock, output, pipeline};

pub(crate) fn run(context: &Context, options: &EvidenceOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let reader = Store::open_read(&archive.evidence_folder())?;
    let head = reader.head();
    if options.what == "prove" {
        return prove(context, &archive, &reader, options);
    }
    if options.what == "checkpoint" {
        let note = &reader.checkpoint().note;
        if context.json {
            output::json(&json!({"size": head.size, "root": head.root_hex(), "checkpoint": note}))?;
        } else {
            output::line(note.trim_end())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let verdict = reader.verify()?;
    let failures: Vec<String> = verdict.failures.iter().map(ToString::to_string).collect();
    if context.json {
        output::json(&json!({
            "size": head.size,
            "root": head.root_hex(),
            "ok": verdict.is_sound(),
            "records": verdict.records,
            "erased": verdict.erased,
            "payload_bytes": verdict.payload_bytes,
            "failures": failures,
        }))?;
    } else {
        output::line(&format!("{} records, root {}", head.size, head.root_hex()))?;
        if verdict.is_sound() {
            output::line(&format!(
                "every record matches its leaf, and the leaves match the root ({:.1} MB read, {} erased)",
                verdict.payload_bytes as f64 / 1e6,
                verdict.erased
            ))?;
        }
    }
    match failures.first() {
        None => Ok(ExitCode::SUCCESS),
        Some(first) => Err(Failure::Evidence(format!(
            "the evidence does not verify: {first} ({} in all)",
            verdict.failures_total
        ))),
    }
}

/// Writes a bundle with the records that a post was read from, and their proofs.
fn prove(
    context: &Context,
    archive: &Archive,
    reader: &Reader,
    options: &EvidenceOptions,
) -> Result<ExitCode, Failure> {
    let written = options.post.as_deref().ok_or_else(|| {
        Failure::usage(
            "say which post: marsad evidence prove platform:channel/post --out FILE.wacz",
        )
    })?;
    let key: PostKey = written.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let path = context
        .out
        .as_deref()
        .ok_or_else(|| Failure::usage("say where to with --out FILE.wacz"))?;
    let places = archive.lake()?.places(&key)?;
    if places.is_empty() {
        return Err(Failure::failed(format!("the archive has no post {key}")));
    }
    let mut leaves = Vec::new();
    let mut pages = Vec::new();
    for place in &places {
        let record = reader.record(place.leaf)?;
        leaves.push(place.leaf);
        // The settings it was read with: without them the bytes of a table say little.
        if let Some(digest) = record.field("Marsad-Import").and_then(pipeline::digest_of) {
            leaves.extend(reader.find(RecordKind::Manifest, "", &digest)?);
        }
        leaves.extend(pipeline::records_of_files(reader, place)?);
        pages.push((
            record.target.clone(),
            record.at,
            format!("{key}, line {} of its file", place.line),
        ));
    }
    let rows: Vec<_> = places
        .iter()
        .map(|p| json!({"post": key.to_string(), "version": p.version, "record": p.leaf, "line": p.line}))
        .collect();
    let finding = serde_json::to_vec_pretty(&json!({"post": key.to_string(), "versions": rows}))?;
    let title = format!("Evidence of {key}");
    let files = [("post.json".to_owned(), finding)];
    let bundle = Bundle {
        leaves: &leaves,
        title: &title,
        created: clock::now(),
        pages: &pages,
        files: &files,
    };
    let file = File::create(path).with_context(|| format!("cannot write '{}'", path.display()))?;
    let mut scratch = tempfile::tempfile().context("cannot make a temporary file")?;
    reader.export_wacz(&bundle, &mut scratch, file)?;
    let records = places.len();
    if context.json {
        output::json(&json!({"post": key.to_string(), "records": records, "file": path}))?;
    } else {
        output::line(&format!(
            "{}: {records} versions of {key} with their records and proofs",
            path.display()
        ))?;
        output::say(
            context,
            "it holds the bytes as they came, names of people included: give it with care",
        );
        output::say(context, &format!("check it anywhere: marsad-verify {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
