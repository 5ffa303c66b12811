//! What of the files on disk is believed.
//!
//! Written anew at each flush, synced, and put in place of the last one by a rename. What the files
//! hold beyond it is cut off at the next opening.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::bytes::Fields;
use super::error::{Doing, Error};
use super::history::{History, Lengths};
use crate::fingerprint::FINGERPRINT_VERSION;
use crate::group::Options;

pub(super) const NAME: &str = "manifest";
const MAGIC: &[u8; 8] = b"mrsdidx1";
/// Version of the rules by which texts are judged and of the layout; grows when either changes in
/// a way that the version of the fingerprints does not say.
const RULES_VERSION: u32 = 6;

/// What is believed.
pub(super) struct Manifest {
    pub(super) lengths: Lengths,
    pub(super) boilerplate: u64,
    /// Oldest first.
    pub(super) runs: Vec<u64>,
}

fn of_options(options: &Options) -> [u8; 20] {
    let mut bytes = [0; 20];
    let numbers = [
        options.threshold.to_bits(),
        options.containment.to_bits(),
        options.containment_tokens_min,
        options.near_tokens_min,
        options.near_letters_min,
    ];
    for (room, number) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(numbers) {
        *room = number.to_le_bytes();
    }
    bytes
}

impl Manifest {
    /// Reads it.
    pub(super) fn read(folder: &Path, options: &Options) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let bytes = fs::read(&path).doing("read", &path)?;
        let damaged = || Error::Damaged(path.clone());
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or_else(damaged)?;
        if u64::from_le_bytes(*sum) != xxh3_64(body) {
            return Err(damaged());
        }
        let mut fields = Fields(body);
        let other = |how| Error::Other { folder: folder.to_owned(), how };
        if fields.bytes(8) != MAGIC || fields.u32() != RULES_VERSION {
            return Err(other("by another version of Marsad"));
        }
        if fields.u32() != FINGERPRINT_VERSION {
            return Err(other("from fingerprints of another version"));
        }
        if fields.bytes(20) != of_options(options) {
            return Err(other("with other options"));
        }
        let mut lengths = [0; History::FILES];
        for length in &mut lengths {
            *length = fields.u64();
        }
        let boilerplate = fields.u64();
        let count = fields.u32();
        let runs = (0..count).map(|_| fields.u64()).collect();
        Ok(Self { lengths, boilerplate, runs })
    }

    /// Puts it in place of the last one.
    pub(super) fn write(&self, folder: &Path, options: &Options) -> Result<(), Error> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&RULES_VERSION.to_le_bytes());
        bytes.extend_from_slice(&FINGERPRINT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&of_options(options));
        bytes.extend(self.lengths.iter().flat_map(|length| length.to_le_bytes()));
        bytes.extend_from_slice(&self.boilerplate.to_le_bytes());
        bytes.extend_from_slice(&(self.runs.len() as u32).to_le_bytes());
        bytes.extend(self.runs.iter().flat_map(|run| run.to_le_bytes()));
        let sum = xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        let (path, new) = (folder.join(NAME), folder.join("manifest.new"));
        let mut file = File::create(&new).doing("create", &new)?;
        file.write_all(&bytes).doing("write", &new)?;
        file.sync_all().doing("write", &new)?;
        fs::rename(&new, &path).doing("rename", &path)?;
        File::open(folder).and_then(|folder| folder.sync_all()).doing("write", folder)
    }
}
