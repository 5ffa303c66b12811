//! `marsad export wacz`: a finding with the records behind it, their proofs, and who handled them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use marsad_evidence::{Reader, RecordKind};
use marsad_measure::Study;
use marsad_types::PostKey;
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::cli::{Context, MeasureOptions};
use crate::failure::Failure;
use crate::output;
use crate::verbs::bundle::{self, Contents};
use crate::verbs::measure::{Loaded, find, known};
use crate::verbs::report;

/// Measures that rest on posts of statements; the others rest on everything that was observed.
const OF_STATEMENTS: [&str; 3] = ["statements", "primacy", "networks"];

pub(super) fn run(
    context: &Context,
    path: &Path,
    options: &MeasureOptions,
) -> Result<ExitCode, Failure> {
    let mut options = options.clone();
    options.name.get_or_insert_with(|| "statements".to_owned());
    options.members = true; // a finding in a bundle names its posts
    let name = known(&options)?.to_owned();
    let archive = context.open()?;
    let reader = archive.reader()?;
    let loaded = Loaded::open(&archive, context.quiet)?;
    let study = loaded.study(options.threshold);
    let (finding, _) = find(&loaded, &study, &options)?;
    let mut keys = cited(&finding);
    let is_whole = !OF_STATEMENTS.contains(&name.as_str());
    if name != "statements" && !is_whole {
        keys.extend(behind(&study, &loaded, &options)?);
    }
    let posts = archive.lake()?.places_of(&keys)?;
    let mut leaves: BTreeSet<u64> = posts.values().flatten().map(|place| place.leaf).collect();
    if is_whole {
        leaves.extend(everything(&reader, loaded.reference.log_size)?);
    }
    if leaves.is_empty() {
        return Err(Failure::failed(format!(
            "this finding of '{name}' rests on no post; there is nothing to bundle"
        )));
    }
    let contents = Contents {
        title: format!("{name}: a finding with its evidence"),
        what: &format!("export wacz {name}"),
        leaves,
        files: files(&archive, &finding, &posts, &options)?,
        posts: &posts,
    };
    let records = bundle::write(&reader, &contents, path)?;
    if context.json {
        let told = json!({"measure": name, "posts": posts.len(), "records": records, "file": path});
        output::json(&told)?;
    } else {
        output::line(&format!(
            "{}: the finding, {} posts behind it, {records} records with their proofs",
            path.display(),
            posts.len()
        ))?;
        bundle::tell_care(context, path);
    }
    Ok(ExitCode::SUCCESS)
}

/// Every post that a finding names, wherever it names it.
fn cited(finding: &Value) -> BTreeSet<PostKey> {
    fn collect(value: &Value, found: &mut BTreeSet<PostKey>) {
        match value {
            Value::String(text) => found.extend(text.parse::<PostKey>()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    if let Some(rows) = finding.get("rows") {
        collect(rows, &mut found);
    }
    found
}

/// The posts of all repeated statements in the same scope: what the pairs of a row were counted on.
fn behind(
    study: &Study<'_>,
    loaded: &Loaded,
    options: &MeasureOptions,
) -> Result<BTreeSet<PostKey>, Failure> {
    let mut options = options.clone();
    options.name = Some("statements".to_owned());
    options.scope.limit = None;
    Ok(cited(&find(loaded, study, &options)?.0))
}

/// Every record that posts or observations are read from, as far as the finding looked.
fn everything(reader: &Reader, size: u64) -> Result<Vec<u64>, Failure> {
    let is_read =
        |kind| matches!(kind, RecordKind::Chunk | RecordKind::Resource | RecordKind::Response);
    let mut leaves = reader.leaves(0, &is_read)?;
    leaves.retain(|leaf| *leaf < size);
    Ok(leaves)
}

/// The finding, the posts behind it with their places, and the page for people.
fn files(
    archive: &Archive,
    finding: &Value,
    posts: &std::collections::BTreeMap<PostKey, Vec<marsad_lake::Place>>,
    options: &MeasureOptions,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut places = String::new();
    for (key, versions) in posts {
        for place in versions {
            let line = json!({"post": key.to_string(), "version": place.version, "record": place.leaf, "line": place.line});
            places.push_str(&line.to_string());
            places.push('\n');
        }
    }
    let page = tempfile::NamedTempFile::new()?;
    report::write(archive, page.path(), "The report", options.scope.network.as_deref(), true)?;
    let mut files = vec![
        ("finding.json".to_owned(), serde_json::to_vec_pretty(finding)?),
        ("report.html".to_owned(), std::fs::read(page.path())?),
    ];
    if !places.is_empty() {
        // An empty table is no table to the readers of data packages.
        files.push(("posts.jsonl".to_owned(), places.into_bytes()));
    }
    Ok(files)
}
