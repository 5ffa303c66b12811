//! Entries that wait on disk until a writer takes them into the log.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use marsad_evidence::merkle::sha256;
use marsad_evidence::{RecordKind, Store};
use marsad_types::Timestamp;
use serde_json::Value;

use super::record;
use crate::archive::{Archive, write_synced};
use crate::failure::Failure;

/// An entry is a few hundred bytes.
const ENTRY_BYTES_MAX: usize = 64 << 10;

fn folder(archive: &Archive) -> PathBuf {
    archive.root().join("audit-waiting")
}

/// Leaves an entry for the next writer; it is on disk when this returns.
pub(super) fn leave(
    archive: &Archive,
    id: &str,
    at: Timestamp,
    payload: &[u8],
) -> Result<(), Failure> {
    let folder = folder(archive);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make '{}'", folder.display()))?;
    let unfinished = folder.join(format!("{id}.tmp"));
    write_synced(&unfinished, payload)?;
    let path = folder.join(format!("{:015}-{id}.json", at.0));
    fs::rename(&unfinished, &path).with_context(|| format!("cannot write '{}'", path.display()))?;
    sync_folder(&folder)
}

/// What was taken in, to be removed once it is committed.
#[must_use = "what is taken in is removed only after the commit"]
pub(crate) struct Absorbed(Vec<PathBuf>);

impl Absorbed {
    /// Call after the commit. A file that stays is recognised the next time.
    pub(crate) fn done(self) {
        for path in self.0 {
            drop(fs::remove_file(path));
        }
    }
}

/// Appends what waits, each entry once whatever happened before; the caller commits.
pub(crate) fn absorb(archive: &Archive, store: &mut Store) -> Result<Absorbed, Failure> {
    let mut absorbed = Vec::new();
    for (path, at, payload) in read(&folder(archive)) {
        if store.find(RecordKind::Audit, "", &sha256(&payload))?.is_none() {
            store.append(record(at, &payload))?;
        }
        absorbed.push(path);
    }
    Ok(Absorbed(absorbed))
}

/// The entries that wait, oldest first.
pub(crate) fn entries(archive: &Archive) -> Vec<Value> {
    let read = read(&folder(archive)).into_iter();
    read.filter_map(|(_, _, payload)| serde_json::from_slice(&payload).ok()).collect()
}

/// Files that are no entries stay where they are: nobody's words become a record of the log.
fn read(folder: &Path) -> Vec<(PathBuf, Timestamp, Vec<u8>)> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let entry = |path: PathBuf| {
        let payload = fs::read(&path).ok().filter(|bytes| bytes.len() <= ENTRY_BYTES_MAX)?;
        let entry: Value = serde_json::from_slice(&payload).ok()?;
        let at = entry.get("at").and_then(Value::as_str)?.parse().ok()?;
        entry.get("action").and_then(Value::as_str)?;
        Some((path, at, payload))
    };
    paths.into_iter().filter_map(entry).collect()
}

fn sync_folder(folder: &Path) -> Result<(), Failure> {
    if cfg!(unix) {
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("cannot sync '{}'", folder.display()))?;
    }
    Ok(())
}
