//! From the evidence alone: files what the log holds and the lake does not, after an interruption
//! or when the lake is to be made again.

use std::collections::{BTreeMap, BTreeSet};

use marsad_evidence::{Record, RecordKind, Store};
use marsad_interpret::{Chunk, Cutting, Manifest};
use marsad_types::Timestamp;
use serde::Deserialize;

use super::chunks::{KeptChunk, take_document};
use super::exchange;
use super::filing::{Filing, RUN_TYPE};
use super::media::{Files, KeptFile};
use super::summary::Summary;
use super::work::work_out;
use crate::archive::Archive;
use crate::failure::Failure;

/// Replays the records that the lake has not filed, if there are any, and says so.
pub(crate) fn recover(archive: &Archive, filing: &mut Filing) -> Result<(), Failure> {
    let lake = archive.lake()?;
    let position = lake.position()?;
    drop(lake);
    let runs = runs(&filing.store, position)?;
    if runs.is_empty() {
        return Ok(()); // what stands there are acts, such as a look: nothing to file
    }
    replay(filing, runs, position)?;
    let recovered = std::mem::take(&mut filing.summary);
    let posts = recovered.posts_added + recovered.versions_added;
    filing.summary = Summary { notes: recovered.notes, ..Summary::default() };
    filing.summary.notes.push(format!(
        "an earlier import was interrupted: {posts} posts that the evidence already held were filed now"
    ));
    Ok(())
}

/// Makes the whole lake again from the evidence.
pub(crate) fn rebuild(archive: &Archive) -> Result<Summary, Failure> {
    let mut filing = Filing::begin(archive)?;
    let runs = runs(&filing.store, 0)?;
    replay(&mut filing, runs, 0)?;
    filing.finish(Timestamp(0))
}

/// Names the leaves in whose place a record stands, the oldest first: a chunk without the lines that
/// were to go, or an import that had to be listed anew. All of them, because those between may be
/// erased too and tell nothing any more.
pub(crate) const REPLACES_FIELD: &str = "Marsad-Replaces";

fn replaced_by(record: &Record) -> Vec<u64> {
    let leaves = record.field(REPLACES_FIELD).unwrap_or_default().split(' ');
    leaves.filter_map(|leaf| leaf.parse().ok()).collect()
}

/// What a record says that stands in the place of `leaf`, which stood in the place of others.
pub(super) fn replaces(others: &[u64], leaf: u64) -> String {
    let leaves = others.iter().chain([&leaf]).map(u64::to_string);
    leaves.collect::<Vec<_>>().join(" ")
}

/// What a record says that stands in the place of this one.
pub(super) fn replaces_record(record: &Record) -> String {
    replaces(&replaced_by(record), record.leaf)
}

/// One import as the log tells it, or answers that came one after the other while watching.
#[derive(Default)]
pub(super) struct Run {
    /// Its settings; none of a watch.
    pub(super) import: String,
    /// The chunks are answers, each a thing of its own.
    pub(super) is_watch: bool,
    pub(super) chunks: Vec<u64>,
    /// The files beside its input that its posts name.
    pub(super) files: Vec<KeptFile>,
    /// The leaf that completes it; everything below is filed when it is.
    pub(super) end: u64,
    /// The record that lists its chunks; an interrupted import has none.
    pub(super) leaf: Option<u64>,
    /// The lists in whose place that record stands.
    pub(super) replaced: Vec<u64>,
}

impl Run {
    /// Where it stands among the others.
    fn place(&self) -> u64 {
        if self.is_watch {
            return self.chunks.first().copied().unwrap_or(u64::MAX);
        }
        self.replaced.first().copied().or(self.leaf).unwrap_or(u64::MAX)
    }
}

/// Reads every import that has a record at or above `position` again, each from its first chunk,
/// because posts without ids are counted by their occurrence in the whole file. What is filed
/// already is recognised and left.
fn replay(filing: &mut Filing, runs: Vec<Run>, position: u64) -> Result<(), Failure> {
    let size = filing.store.head().size;
    // A file that grew was imported as two runs that begin with the same records.
    let mut replayed = BTreeSet::new();
    for run in runs {
        if run.is_watch {
            replay_watch(filing, &run, position)?;
            continue;
        }
        let digest = digest_of(&run.import);
        let manifest =
            digest.and_then(|digest| manifest(&filing.store, &digest).transpose()).transpose()?;
        let Some(manifest) = manifest else {
            filing
                .summary
                .notes
                .push(format!("evidence: the settings of import {} are not there", run.import));
            continue;
        };
        filing.filer.begin_file();
        replay_run(filing, &manifest, &run, (position, &mut replayed))?;
        filing.summary.files += 1;
    }
    filing.file_replayed(size, true)
}

/// The imports to replay: complete ones by their record, the interrupted one by its chunks. What
/// was written anew after an erasure stands in the place of what it replaces, so that versions are
/// counted in the order in which they were learned.
pub(super) fn runs(store: &Store, position: u64) -> Result<Vec<Run>, Failure> {
    let size = store.head().size;
    let mut runs: Vec<Run> = Vec::new();
    let mut open: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut replaced: BTreeMap<u64, u64> = BTreeMap::new();
    let is_read =
        |kind| !matches!(kind, RecordKind::Info | RecordKind::Audit | RecordKind::Request);
    for leaf in store.reader().leaves(position, &is_read)? {
        let record = match store.record(leaf) {
            Ok(record) => record,
            Err(marsad_evidence::Error::Erased { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        if exchange::is_watched(&record) {
            watched(&mut runs, leaf);
            continue;
        }
        let Some(import) = record.field("Marsad-Import").map(str::to_owned) else { continue };
        let stands_for = replaced_by(&record);
        if record.kind == RecordKind::Chunk {
            if stands_for.is_empty() {
                open.entry(import).or_default().push(leaf);
            }
            replaced.extend(stands_for.into_iter().map(|old| (old, leaf)));
        } else if record.content_type == RUN_TYPE {
            open.remove(&import);
            let Listed { chunks, files } = listed(&record);
            runs.retain(|run| !run.leaf.is_some_and(|old| stands_for.contains(&old)));
            let (end, leaf) = (leaf + 1, Some(leaf));
            let replaced = stands_for;
            runs.push(Run { import, chunks, files, end, leaf, replaced, is_watch: false });
        }
    }
    split_watches(&mut runs);
    runs.sort_by_key(Run::place);
    // What is filed whole ends before the list of any import that is yet to come.
    let mut next = size;
    for run in runs.iter_mut().rev() {
        run.end = run.end.min(next);
        next = run.leaf.map_or(next, |leaf| leaf.min(next));
    }
    // Chunks without a record of their import: it was interrupted. Those before `position` are
    // filed, but count for occurrences; they stand right before, or are other imports' too.
    for (import, chunks) in open {
        let before = chunks_before(store, &import, chunks.first().copied().unwrap_or(position))?;
        let chunks = [before, chunks].concat();
        runs.push(Run { import, chunks, end: size, ..Run::default() });
    }
    for leaf in runs.iter_mut().flat_map(|run| run.chunks.iter_mut()) {
        while let Some(new) = replaced.get(leaf) {
            *leaf = *new;
        }
    }
    Ok(runs)
}

/// Adds an answer to those right before it, or begins with it.
fn watched(runs: &mut Vec<Run>, leaf: u64) {
    match runs.last_mut() {
        Some(run) if run.is_watch => {
            run.chunks.push(leaf);
            run.end = leaf + 1;
        }
        _ => runs.push(Run { chunks: vec![leaf], end: leaf + 1, is_watch: true, ..Run::default() }),
    }
}

/// What was written anew in place of an answer stands where that answer stood: between the answers
/// before and after it.
fn split_watches(runs: &mut Vec<Run>) {
    let places: Vec<u64> = runs.iter().filter_map(|run| run.replaced.first().copied()).collect();
    for place in places {
        let around = |run: &&mut Run| {
            run.is_watch && run.chunks.first() < Some(&place) && run.chunks.last() > Some(&place)
        };
        let Some(run) = runs.iter_mut().find(around) else { continue };
        let chunks = run.chunks.split_off(run.chunks.partition_point(|leaf| *leaf < place));
        let end = std::mem::replace(&mut run.end, place);
        runs.push(Run { chunks, end, is_watch: true, ..Run::default() });
    }
}

/// The chunks of an interrupted import that precede its first one at or above the position.
fn chunks_before(store: &Store, import: &str, first: u64) -> Result<Vec<u64>, Failure> {
    let number =
        |record: &Record| record.field("Marsad-Ordinal").and_then(|n| n.parse::<u64>().ok());
    let Some(ordinal) = number(&store.record(first)?) else { return Ok(Vec::new()) };
    let mut chunks: BTreeMap<u64, u64> = BTreeMap::new();
    let mut leaf = first;
    while leaf > 0 && (chunks.len() as u64) < ordinal {
        leaf -= 1;
        let Ok(record) = store.record(leaf) else { continue };
        let is_ours =
            record.kind == RecordKind::Chunk && record.field("Marsad-Import") == Some(import);
        if let Some(at) = number(&record).filter(|at| is_ours && *at < ordinal) {
            chunks.entry(at).or_insert(leaf);
        }
    }
    Ok(chunks.into_values().collect())
}

/// What the record of an import lists.
#[derive(Default, Deserialize)]
pub(crate) struct Listed {
    pub(crate) chunks: Vec<u64>,
    #[serde(default)]
    pub(crate) files: Vec<KeptFile>,
}

pub(crate) fn listed(record: &Record) -> Listed {
    serde_json::from_slice(&record.payload).unwrap_or_default()
}

pub(super) fn manifest(store: &Store, digest: &[u8; 32]) -> Result<Option<Manifest>, Failure> {
    let Some(leaf) = store.find(RecordKind::Manifest, "", digest)? else { return Ok(None) };
    let record = store.record(leaf)?;
    Ok(Manifest::from_json(&String::from_utf8_lossy(&record.payload)).ok())
}

fn replay_watch(filing: &mut Filing, run: &Run, position: u64) -> Result<(), Failure> {
    for leaf in &run.chunks {
        let record = match filing.store.record(*leaf) {
            Ok(record) => record,
            Err(marsad_evidence::Error::Erased { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let worked = work_out(exchange::read(&filing.store, &record), &filing.pseudonyms);
        let is_new = *leaf >= position;
        filing.take(worked, &|_| (*leaf, is_new), exchange::name_of(&record));
        filing.file_replayed(position, false)?;
    }
    filing.file_replayed(position.max(run.end), false)
}

fn replay_run(
    filing: &mut Filing,
    manifest: &Manifest,
    run: &Run,
    (position, replayed): (u64, &mut BTreeSet<u64>),
) -> Result<(), Failure> {
    let mut kept = Vec::new();
    for leaf in &run.chunks {
        let record = match filing.store.record(*leaf) {
            Ok(record) => record,
            Err(marsad_evidence::Error::Erased { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let number = |name| record.field(name).and_then(|written| written.parse::<u64>().ok());
        let first_line = number("Marsad-Line").unwrap_or(1);
        let is_new = *leaf >= position && replayed.insert(*leaf);
        if manifest.format.cutting() == Cutting::Whole {
            kept.push(KeptChunk { first_line, leaf: *leaf, is_new });
            continue;
        }
        let ordinal = number("Marsad-Ordinal").unwrap_or(0);
        let chunk = Chunk { bytes: &record.payload, first_line, ordinal };
        let mut reading = marsad_interpret::read(manifest, &chunk);
        Files::new(&filing.store, &filing.filer, &run.files).fill(&mut reading)?;
        let worked = work_out(reading, &filing.pseudonyms);
        filing.take(worked, &|_| (*leaf, is_new), &manifest.source);
        filing.file_replayed(position, false)?;
    }
    if !kept.is_empty() {
        take_document(filing, manifest, &kept, &run.files)?;
    }
    filing.file_replayed(position.max(run.end), false)
}

/// Reads 64 hex digits.
pub(crate) fn digest_of(written: &str) -> Option<[u8; 32]> {
    let mut digest = [0u8; 32];
    if written.len() != 64 {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(written.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(digest)
}
