//! After an interruption: files what the evidence holds and the lake does not.

use std::collections::BTreeMap;

use anyhow::Context as _;
use marsad_evidence::{Record, RecordKind};
use marsad_interpret::{Chunk, Cutting, Manifest};

use super::chunks::{KeptChunk, take_document};
use super::filing::Filing;
use super::summary::Summary;
use super::work::work_out;
use crate::archive::Archive;
use crate::failure::Failure;

/// Replays the records that the lake has not filed. Reading begins at the settings of the first
/// import concerned, because derived ids count occurrences from the beginning of a file; what is
/// filed already is recognised and left.
pub(crate) fn recover(archive: &Archive, filing: &mut Filing) -> Result<(), Failure> {
    let position = archive.lake()?.position()?;
    let size = filing.store.head().size;
    if position >= size {
        return Ok(());
    }
    let start = first_needed(filing, position)?;
    let mut replay = Replay { position, manifests: BTreeMap::new(), documents: BTreeMap::new() };
    for leaf in start..size {
        let record = filing.store.record(leaf)?;
        replay.take(filing, &record)?;
    }
    for (import, kept) in std::mem::take(&mut replay.documents) {
        if let Some(manifest) = replay.manifests.get(&import) {
            take_document(filing, manifest, &kept, marsad_types::Timestamp(0))?;
        }
    }
    let recovered = std::mem::take(&mut filing.summary);
    filing.summary = Summary { notes: recovered.notes, ..Summary::default() };
    let posts = recovered.posts_added + recovered.versions_added;
    filing.summary.notes.push(format!(
        "an earlier import was interrupted: {posts} posts that the evidence already held were filed now"
    ));
    Ok(())
}

/// The leaf of the settings of the first import that has chunks to file.
fn first_needed(filing: &Filing, position: u64) -> Result<u64, Failure> {
    for leaf in position..filing.store.head().size {
        let record = filing.store.record(leaf)?;
        if record.kind != RecordKind::Chunk {
            continue;
        }
        let digest = record.field("Marsad-Import").and_then(digest_of);
        if let Some(digest) = digest
            && let Some(manifest) = filing.store.find(RecordKind::Manifest, "", &digest)?
        {
            return Ok(manifest.min(position));
        }
    }
    Ok(position)
}

fn digest_of(written: &str) -> Option<[u8; 32]> {
    let mut digest = [0u8; 32];
    if written.len() != 64 {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(written.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(digest)
}

struct Replay {
    position: u64,
    manifests: BTreeMap<String, Manifest>,
    documents: BTreeMap<String, Vec<KeptChunk>>,
}

impl Replay {
    fn take(&mut self, filing: &mut Filing, record: &Record) -> Result<(), Failure> {
        match record.kind {
            RecordKind::Manifest => {
                let written = String::from_utf8_lossy(&record.payload);
                if let Ok(manifest) = Manifest::from_json(&written) {
                    let digest = crate::archive::hex(&record.digest);
                    self.manifests.insert(digest, manifest);
                }
                Ok(())
            }
            RecordKind::Chunk => self.take_chunk(filing, record),
            _ => Ok(()),
        }
    }

    fn take_chunk(&mut self, filing: &mut Filing, record: &Record) -> Result<(), Failure> {
        let number = |name| record.field(name).and_then(|written| written.parse::<u64>().ok());
        let import = record.field("Marsad-Import").unwrap_or("").to_owned();
        let manifest = self.manifests.get(&import).with_context(|| {
            format!("evidence record {} names settings that are not there", record.leaf)
        })?;
        let ordinal = number("Marsad-Ordinal").unwrap_or(0);
        let first_line = number("Marsad-Line").unwrap_or(1);
        let is_new = record.leaf >= self.position;
        if manifest.format.cutting() == Cutting::Whole {
            let kept = KeptChunk { first_line, leaf: record.leaf, is_new };
            self.documents.entry(import).or_default().push(kept);
            return Ok(());
        }
        if ordinal == 0 {
            filing.filer.begin_file();
        }
        let chunk = Chunk { bytes: &record.payload, first_line, ordinal };
        let reading = marsad_interpret::read(manifest, &chunk);
        let worked = work_out(reading, &filing.pseudonyms);
        let source = manifest.source.clone();
        filing.take(worked, &|_| (record.leaf, is_new), &source);
        Ok(())
    }
}
