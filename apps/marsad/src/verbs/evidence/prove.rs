//! `marsad evidence prove`: a bundle with the records that a post was read from, and their proofs.

use std::fs::File;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_evidence::{Bundle, RecordKind};
use marsad_types::PostKey;
use serde_json::json;

use crate::cli::{Context, ProveOptions};
use crate::failure::Failure;
use crate::{clock, output};

pub(super) fn run(context: &Context, options: &ProveOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let reader = archive.reader()?;
    let key: PostKey = options.post.parse().map_err(|error| Failure::usage(format!("{error}")))?;
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
        if let Some(digest) = record.field("Marsad-Import").and_then(crate::pipeline::digest_of) {
            leaves.extend(reader.find(RecordKind::Manifest, "", &digest)?);
        }
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
