//! The part of an import that any core can do for one chunk, without knowing the others.

use hashbrown::HashSet;
use marsad_evidence::{NewRecord, Prepared, RecordKind, prepare};
use marsad_interpret::{Chunk, Manifest};
use marsad_matching::{Fingerprint, Fingerprinter};
use marsad_types::{Author, Post, Reading, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::erased::{LEFT_OUT_FIELD, Marks};
use crate::archive::Pseudonyms;

/// What every chunk of one file shares.
pub(crate) struct FileContext<'a> {
    pub(crate) manifest: &'a Manifest,
    /// SHA-256 of the manifest, hex: names the import in the evidence.
    pub(crate) import: String,
    pub(crate) at: Timestamp,
    pub(crate) pseudonyms: &'a Pseudonyms,
    pub(crate) marks: &'a Marks,
}

/// A reading with everything that can be computed without knowing the other chunks.
pub(crate) struct Worked {
    pub(crate) reading: Reading,
    /// One for each post of the reading.
    pub(crate) prints: Vec<Fingerprint>,
    /// One for each post of the reading.
    pub(crate) pids: Vec<Option<String>>,
    /// Hashes of the channels met.
    pub(crate) channels: HashSet<u64>,
    /// Posts that were erased here and are left out of it.
    pub(crate) left_out: u64,
}

/// The record of one chunk of an imported file.
pub(crate) fn chunk_record(context: &FileContext<'_>, chunk: &Chunk<'_>) -> Prepared {
    chunk_record_without(context, chunk, 0)
}

/// The same of a chunk from which so many posts were left out.
pub(crate) fn chunk_record_without(
    context: &FileContext<'_>,
    chunk: &Chunk<'_>,
    left_out: u64,
) -> Prepared {
    let left_out = (left_out > 0).then(|| (LEFT_OUT_FIELD, left_out.to_string()));
    prepare(&NewRecord {
        kind: RecordKind::Chunk,
        target: format!("urn:marsad:import:{}#{}", context.import, chunk.ordinal),
        content_type: "application/octet-stream",
        at: context.at,
        fields: [
            ("Marsad-Import", context.import.clone()),
            ("Marsad-Ordinal", chunk.ordinal.to_string()),
            ("Marsad-Line", chunk.first_line.to_string()),
        ]
        .into_iter()
        .chain(left_out)
        .collect(),
        payload: chunk.bytes,
    })
}

/// Fingerprints, pseudonyms and channel hashes of a reading.
pub(crate) fn work_out(mut reading: Reading, pseudonyms: &Pseudonyms) -> Worked {
    let mut fingerprinter = Fingerprinter::new();
    let channels = channel_hashes(&reading);
    let prints = reading.posts.iter().map(|post| fingerprinter.fingerprint(&post.text)).collect();
    let pids = reading.posts.iter_mut().map(|post| pseudonym(post, pseudonyms)).collect();
    Worked { reading, prints, pids, channels, left_out: 0 }
}

/// Hashes of the channels that a reading names as its own.
pub(crate) fn channel_hashes(reading: &Reading) -> HashSet<u64> {
    let mut hashes: HashSet<u64> = reading.channels.iter().map(|c| channel_hash(&c.key)).collect();
    let mut last = None;
    for post in &reading.posts {
        // Posts of a channel mostly stand together: hash on change only.
        if last != Some(&post.channel) {
            hashes.insert(channel_hash(&post.channel));
            last = Some(&post.channel);
        }
    }
    hashes
}

fn channel_hash(key: &marsad_types::ChannelKey) -> u64 {
    xxh3_64(key.id.as_bytes()) ^ xxh3_64(key.platform.as_str().as_bytes()).rotate_left(32)
}

/// Takes the name off a post and gives its pseudonym.
fn pseudonym(post: &mut Post, pseudonyms: &Pseudonyms) -> Option<String> {
    match std::mem::take(&mut post.author) {
        Author::Unknown => None,
        Author::Pseudonym(pid) => Some(pid),
        Author::Name(name) => Some(pseudonyms.of(post.channel.platform.as_str(), &name)),
    }
}
