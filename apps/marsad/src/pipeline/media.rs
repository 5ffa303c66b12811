//! Files that posts name: their bytes to the evidence first, then what they are back to the posts.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use hashbrown::HashMap;
use marsad_evidence::merkle::sha256;
use marsad_evidence::{NewRecord, Prepared, Reader, RecordKind, Store, prepare};
use marsad_interpret::Manifest;
use marsad_lake::{Filer, Place};
use marsad_matching::pdq::Hashed;
use marsad_types::{Media, Reading, Timestamp};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::filing::{Filing, RUN_TYPE};
use super::recover::{Listed, digest_of, listed};
use crate::archive::hex;
use crate::beside::{Content, Folder, Found, KEPT_BYTES_MAX};
use crate::failure::Failure;

/// Files held in memory together are not more …
const GROUP_FILES: usize = 64;
/// … nor larger than this, a single one that may be kept excepted.
const GROUP_BYTES: u64 = KEPT_BYTES_MAX;

/// One file that a post of an import names, as the record of the import lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFile {
    /// Path from the input's folder.
    path: String,
    /// SHA-256 of its bytes.
    sha256: String,
    bytes: u64,
    /// The record of its bytes; none where it was too large to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
}

impl KeptFile {
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn digest(&self) -> Option<[u8; 32]> {
        digest_of(&self.sha256)
    }
}

/// Names the record of a file's bytes.
pub(crate) fn target_of(sha256: &str) -> String {
    format!("urn:marsad:file:{sha256}")
}

/// The paths that the posts of an input name.
pub(crate) fn names(manifest: &Manifest, input: &mut dyn BufRead) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    marsad_interpret::read_document(manifest, input, &mut |reading| {
        let media = reading.posts.into_iter().flat_map(|post| post.media);
        names.extend(media.filter_map(|media| media.file));
    });
    names
}

/// Appends the bytes of all files that are there; gives what the record of the import lists, in the
/// order of the paths.
pub(crate) fn keep_files(
    filing: &mut Filing,
    folder: &Folder,
    names: BTreeSet<String>,
    at: Timestamp,
) -> Result<Vec<KeptFile>, Failure> {
    let mut kept = Vec::new();
    let mut group: Vec<(String, Found)> = Vec::new();
    for name in names {
        let found = match folder.find(&name) {
            Ok(Some(found)) => found,
            Ok(None) => {
                filing.summary.media.missing += 1;
                continue;
            }
            Err(error) => {
                filing.summary.media.unread(&name, &error);
                continue;
            }
        };
        let bytes: u64 = group.iter().map(|(_, found)| found.bytes).sum();
        if group.len() == GROUP_FILES || bytes + found.bytes > GROUP_BYTES {
            keep_group(filing, std::mem::take(&mut group), at, &mut kept)?;
        }
        group.push((name, found));
    }
    keep_group(filing, group, at, &mut kept)?;
    Ok(kept)
}

/// A file that was read: what it holds, and where that stands.
struct Read {
    sha256: String,
    bytes: u64,
    place: Whereabouts,
}

enum Whereabouts {
    /// In the evidence already.
    Known(u64),
    New(Box<Prepared>),
    TooLarge,
}

fn keep_group(
    filing: &mut Filing,
    group: Vec<(String, Found)>,
    at: Timestamp,
    kept: &mut Vec<KeptFile>,
) -> Result<(), Failure> {
    let store = &filing.store;
    let read: Vec<(String, io::Result<Read>)> = group
        .into_par_iter()
        .map(|(path, found)| Ok((path, read(store, &found, at)?)))
        .collect::<Result<_, Failure>>()?;
    for (path, read) in read {
        let Read { sha256, bytes, place } = match read {
            Ok(read) => read,
            Err(error) => {
                filing.summary.media.unread(&path, &error);
                continue;
            }
        };
        let leaf = match place {
            Whereabouts::Known(leaf) => Some(leaf),
            Whereabouts::New(record) => {
                // The same bytes may have come a moment ago under another name.
                let (leaf, is_new) = filing.keep(*record)?;
                filing.summary.media.added += u64::from(is_new);
                Some(leaf)
            }
            Whereabouts::TooLarge => {
                filing.summary.media.too_large += 1;
                None
            }
        };
        kept.push(KeptFile { path, sha256, bytes, leaf });
    }
    Ok(())
}

/// Reads a file and makes its record. What is wrong with the file is the inner error; what is wrong
/// with the evidence is the outer one.
fn read(store: &Store, found: &Found, at: Timestamp) -> Result<io::Result<Read>, Failure> {
    let payload = match found.content() {
        Ok(Content::Whole(payload)) => payload,
        Ok(Content::Hashed { sha256, bytes }) => {
            return Ok(Ok(Read { sha256, bytes, place: Whereabouts::TooLarge }));
        }
        Err(error) => return Ok(Err(error)),
    };
    let digest = sha256(&payload);
    let (sha256, bytes) = (hex(&digest), payload.len() as u64);
    let target = target_of(&sha256);
    if let Some(leaf) = store.find(RecordKind::Resource, &target, &digest)? {
        return Ok(Ok(Read { sha256, bytes, place: Whereabouts::Known(leaf) }));
    }
    let record = prepare(&NewRecord {
        kind: RecordKind::Resource,
        target,
        content_type: media_type(&payload),
        at,
        fields: Vec::new(),
        payload: &payload,
    });
    Ok(Ok(Read { sha256, bytes, place: Whereabouts::New(Box::new(record)) }))
}

/// By the first bytes: what a file says of itself in its name is its sender's word.
fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    }
}

/// What the files of an import are, for its posts; pictures are hashed when they are first asked for.
pub(crate) struct Files<'a> {
    store: &'a Store,
    filer: &'a Filer,
    by_path: HashMap<&'a str, &'a KeptFile>,
    hashed: HashMap<u64, Option<Hashed>>,
}

impl<'a> Files<'a> {
    pub(crate) fn new(store: &'a Store, filer: &'a Filer, files: &'a [KeptFile]) -> Self {
        let by_path = files.iter().map(|file| (file.path.as_str(), file)).collect();
        Self { store, filer, by_path, hashed: HashMap::new() }
    }

    /// Fills in what the files named by a reading are.
    pub(crate) fn fill(&mut self, reading: &mut Reading) -> Result<(), Failure> {
        if self.by_path.is_empty() {
            return Ok(());
        }
        // What a post says of a file without a path stays as it says.
        let is_named = |media: &&mut Media| media.file.is_some();
        for media in reading.posts.iter_mut().flat_map(|post| &mut post.media).filter(is_named) {
            media.sha256 = self.file(media).map(|file| file.sha256.clone());
        }
        self.hash_pictures(reading)?;
        for media in reading.posts.iter_mut().flat_map(|post| &mut post.media).filter(is_named) {
            let leaf = self.file(media).and_then(|file| file.leaf);
            let hashed = leaf.and_then(|leaf| self.hashed.get(&leaf).copied().flatten());
            media.pdq = hashed.map(|hashed| hashed.hash.to_string());
            media.pdq_quality = hashed.map(|hashed| hashed.quality);
            media.file = None;
        }
        Ok(())
    }

    fn file(&self, media: &Media) -> Option<&'a KeptFile> {
        self.by_path.get(media.file.as_deref()?).copied()
    }

    /// Reads the pictures of a reading back from the evidence, on all cores. Those of posts that are
    /// filed already, with the same bytes, are not looked at again.
    fn hash_pictures(&mut self, reading: &Reading) -> Result<(), Failure> {
        let mut leaves = BTreeSet::new();
        for post in reading.posts.iter().filter(|post| !self.filer.knows(post)) {
            let may_be_pictures =
                post.media.iter().filter(|media| !matches!(&*media.kind, "video" | "audio"));
            leaves.extend(may_be_pictures.filter_map(|media| self.file(media)?.leaf));
        }
        let new: Vec<u64> =
            leaves.into_iter().filter(|leaf| !self.hashed.contains_key(leaf)).collect();
        let store = self.store;
        let hashed: Vec<(u64, Option<Hashed>)> = new
            .into_par_iter()
            .map(|leaf| Ok((leaf, hash_record(store, leaf)?)))
            .collect::<Result<_, Failure>>()?;
        self.hashed.extend(hashed);
        Ok(())
    }
}

/// The hash of a kept picture; none where the record is of something else, or erased.
fn hash_record(store: &Store, leaf: u64) -> Result<Option<Hashed>, Failure> {
    match store.record(leaf) {
        Ok(record) => Ok(marsad_media::hash_picture(&record.payload).ok()),
        Err(marsad_evidence::Error::Erased { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The records of the files of a post, and the record that ties them to the chunk it was read from;
/// none where the files were not kept.
pub(crate) fn records_of_files(reader: &Reader, place: &Place) -> Result<Vec<u64>, Failure> {
    let mut leaves = Vec::new();
    for digest in place.files.iter().filter_map(|written| digest_of(written)) {
        leaves.extend(reader.find(RecordKind::Resource, "", &digest)?);
    }
    if leaves.is_empty() {
        return Ok(leaves);
    }
    // It stands behind the chunk: at once where the files came with it, later where they came later.
    for record in reader.records(place.leaf) {
        let record = record?;
        if record.content_type != RUN_TYPE {
            continue;
        }
        let Listed { chunks, files } = listed(&record);
        let has_files = files.iter().any(|file| place.files.contains(&file.sha256));
        if has_files && chunks.contains(&place.leaf) {
            leaves.push(record.leaf);
            break;
        }
    }
    Ok(leaves)
}
