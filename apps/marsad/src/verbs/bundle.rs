//! What goes into a bundle beside the records themselves: the settings they were read with, the acts
//! that led to it, a page for each record.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use marsad_evidence::{Bundle, Reader, RecordKind};
use marsad_lake::Place;
use marsad_types::{PostKey, Timestamp};
use serde_json::Value;

use crate::cli::Context;
use crate::failure::Failure;
use crate::pipeline::exchange::REFERS_TO;
use crate::verbs::evidence::entries;
use crate::{clock, output};

/// Posts that the title of a page names.
const POSTS_NAMED: usize = 3;

/// What a bundle is made from.
pub(crate) struct Contents<'a> {
    pub(crate) title: String,
    /// The act that makes it, as the audit trail calls it.
    pub(crate) what: &'a str,
    /// Records that it must hold.
    pub(crate) leaves: BTreeSet<u64>,
    /// Files to add.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Where the posts behind it were read.
    pub(crate) posts: &'a BTreeMap<PostKey, Vec<Place>>,
}

/// Writes a bundle; gives how many records it holds.
pub(crate) fn write(
    reader: &Reader,
    contents: &Contents<'_>,
    path: &Path,
) -> Result<usize, Failure> {
    let mut imports = BTreeSet::new();
    let mut leaves = contents.leaves.clone();
    let titles = titles(contents.posts);
    let mut pages: Vec<(String, Timestamp, String)> = Vec::new();
    for leaf in &contents.leaves {
        let record = reader.record(*leaf)?;
        // What came again stands where it came first.
        if let Some(Ok(whole)) = record.field(REFERS_TO).map(str::parse) {
            leaves.insert(whole);
        }
        // The settings it was read with: without them the bytes of a table say little.
        if let Some(import) = record.field("Marsad-Import") {
            let digest = crate::pipeline::digest_of(import);
            let manifest = digest.map(|digest| reader.find(RecordKind::Manifest, "", &digest));
            leaves.extend(manifest.transpose()?.flatten());
            imports.insert(import.to_owned());
        }
        if !record.target.is_empty() {
            let title = titles.get(leaf).cloned().unwrap_or_else(|| record.target.clone());
            pages.push((record.target, record.at, title));
        }
    }
    for place in contents.posts.values().flatten() {
        leaves.extend(crate::pipeline::records_of_files(reader, place)?);
    }
    leaves.extend(custody(reader, &imports, contents.what)?);
    let leaves: Vec<u64> = leaves.into_iter().collect();
    let bundle = Bundle {
        leaves: &leaves,
        title: &contents.title,
        created: clock::now(),
        pages: &pages,
        files: &contents.files,
    };
    let file = File::create(path).with_context(|| format!("cannot write '{}'", path.display()))?;
    let mut out = BufWriter::new(file);
    let mut scratch = tempfile::tempfile().context("cannot make a temporary file")?;
    reader.export_wacz(&bundle, &mut scratch, &mut out)?;
    out.flush().with_context(|| format!("cannot write '{}'", path.display()))?;
    Ok(leaves.len())
}

/// Which posts stand in which record.
fn titles(posts: &BTreeMap<PostKey, Vec<Place>>) -> BTreeMap<u64, String> {
    let mut named: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (key, places) in posts {
        for place in places {
            named.entry(place.leaf).or_default().push(format!("{key} (line {})", place.line));
        }
    }
    let title = |posts: Vec<String>| {
        let more = posts.len().saturating_sub(POSTS_NAMED);
        let shown = posts.into_iter().take(POSTS_NAMED).collect::<Vec<_>>().join(", ");
        if more == 0 { shown } else { format!("{shown} and {more} more") }
    };
    named.into_iter().map(|(leaf, posts)| (leaf, title(posts))).collect()
}

/// The acts that belong to the bundle: who imported what is in it, who erased anything, who made it.
/// What else was looked at here is nobody's business who gets the bundle.
fn custody(reader: &Reader, imports: &BTreeSet<String>, what: &str) -> Result<Vec<u64>, Failure> {
    let mut leaves = Vec::new();
    let mut made = None;
    for row in entries(reader)? {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(leaf) = row.get("leaf").and_then(Value::as_u64) else { continue };
        let brought = row.get("imports").and_then(Value::as_array).into_iter().flatten();
        let mut brought = brought.filter_map(Value::as_str);
        match text("action") {
            "import" if brought.any(|import| imports.contains(import)) => leaves.push(leaf),
            "erase" => leaves.push(leaf),
            "export" if text("what") == what => made = Some(leaf),
            _ => {}
        }
    }
    leaves.extend(made);
    Ok(leaves)
}

/// What everybody who makes a bundle is told.
pub(crate) fn tell_care(context: &Context, path: &Path) {
    output::say(
        context,
        "it holds the bytes as they came, names of people included: give it with care",
    );
    output::say(context, &format!("check it anywhere: marsad-verify {}", path.display()));
}
