//! A disk in memory that forgets what was not synced, and fails when told to.
//!
//! Model: a write may reach the platter whole, in part, or not at all, and in any order, until its
//! file is synced; names made, renamed or removed in a folder are kept up to some point of their
//! order until the folder is synced.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Disk, DiskFile, Open};

/// What goes wrong at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// That operation fails, later ones work again.
    Once,
    /// It and everything after it fails, half of a write having been done: the power went.
    PowerCut,
    /// It and all later writes that need room fail.
    Full,
}

#[derive(Debug, Clone)]
enum FileChange {
    Write(u64, Vec<u8>),
    Size(u64),
}

#[derive(Debug, Clone)]
enum NameChange {
    Link(PathBuf, usize),
    Unlink(PathBuf),
}

#[derive(Debug, Clone, Default)]
struct Content {
    seen: Vec<u8>,
    synced: Vec<u8>,
    unsynced: Vec<FileChange>,
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    names_synced: BTreeMap<PathBuf, usize>,
    names_unsynced: BTreeMap<PathBuf, Vec<NameChange>>, // by folder
    operations: u64,
    fault: Option<(u64, Fault)>,
    struck: bool,
    short_writes: bool,
    locked: bool,
}

/// The disk; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

/// A small generator, so that a seed names one crash exactly (SplitMix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

fn apply(bytes: &mut Vec<u8>, change: &FileChange) {
    match change {
        FileChange::Size(size) => bytes.resize(*size as usize, 0),
        FileChange::Write(at, written) => {
            let end = *at as usize + written.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[*at as usize..end].copy_from_slice(written);
        }
    }
}

fn rename(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Link(path, file) => {
            names.insert(path.clone(), *file);
        }
        NameChange::Unlink(path) => {
            names.remove(path);
        }
    }
}

impl State {
    /// Counts an operation that changes the disk, and says whether it fails and how.
    fn step(&mut self, needs_room: bool) -> Result<(), Fault> {
        self.operations += 1;
        let fault = match self.fault {
            Some((at, Fault::Once)) if self.operations == at => Fault::Once,
            Some((at, Fault::PowerCut)) if self.operations >= at => Fault::PowerCut,
            Some((at, Fault::Full)) if self.operations >= at && needs_room => Fault::Full,
            _ => return Ok(()),
        };
        self.struck = true;
        Err(fault)
    }

    fn name(&mut self, folder: &Path, change: NameChange) {
        rename(&mut self.names, &change);
        self.names_unsynced.entry(folder.to_owned()).or_default().push(change);
    }
}

fn failed(fault: Fault) -> io::Error {
    match fault {
        Fault::Full => io::ErrorKind::StorageFull.into(),
        Fault::Once | Fault::PowerCut => io::Error::other("made to fail"),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

impl SimulatedDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Makes the operation with this number (from 1, counted from now) fail.
    pub(crate) fn fail_at(&self, number: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.operations + number, fault));
    }

    /// Takes the fault back, and says whether it has struck.
    pub(crate) fn heal(&self) -> bool {
        let mut state = self.state();
        state.fault = None;
        std::mem::take(&mut state.struck)
    }

    /// Operations so far that changed the disk.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Makes every write stop half way.
    pub(crate) fn write_short(&self) {
        self.state().short_writes = true;
    }

    /// What a power cut leaves: everything synced, and some of the rest.
    pub(crate) fn after_crash(&self, chance: &mut Chance) -> Self {
        let state = self.state();
        let mut names = state.names_synced.clone();
        for changes in state.names_unsynced.values() {
            let kept = chance.below(changes.len() as u64 + 1) as usize;
            changes.iter().take(kept).for_each(|change| rename(&mut names, change));
        }
        let mut files = Vec::new();
        for content in &state.files {
            let mut bytes = content.synced.clone();
            for change in &content.unsynced {
                match (chance.below(3), change) {
                    (0, _) => {}
                    (1, FileChange::Write(at, written)) => {
                        let torn = chance.below(written.len() as u64 + 1) as usize;
                        apply(&mut bytes, &FileChange::Write(*at, written[..torn].to_vec()));
                    }
                    _ => apply(&mut bytes, change),
                }
            }
            files.push(Content { seen: bytes.clone(), synced: bytes, unsynced: Vec::new() });
        }
        let state = State { files, names_synced: names.clone(), names, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// All files as they are seen now.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let state = self.state();
        state
            .names
            .iter()
            .map(|(path, file)| (path.clone(), state.files[*file].seen.clone()))
            .collect()
    }
}

impl Disk for SimulatedDisk {
    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(()) // folders are always there in this model
    }

    fn open(&self, path: &Path, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state();
        let file = match (state.names.get(path).copied(), how) {
            (Some(file), _) => file,
            (None, Open::Write) => {
                state.step(true).map_err(failed)?;
                state.files.push(Content::default());
                let file = state.files.len() - 1;
                state.name(&folder_of(path), NameChange::Link(path.to_owned(), file));
                file
            }
            (None, Open::Read | Open::Edit) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Arc::new(OpenFile { disk: self.clone(), file, is_lock: false }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(true).map_err(failed)?;
        let file = state.names.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        let folder = folder_of(to);
        state.name(&folder, NameChange::Link(to.to_owned(), file)); // one step in a journal
        state.name(&folder, NameChange::Unlink(from.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(false).map_err(failed)?;
        state.name(&folder_of(path), NameChange::Unlink(path.to_owned()));
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(false).map_err(failed)?;
        for change in state.names_unsynced.remove(path).unwrap_or_default() {
            rename(&mut state.names_synced, &change);
        }
        Ok(())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        let within = state.names.keys().filter(|name| name.parent() == Some(path));
        Ok(within.map(|name| name.file_name().unwrap().to_str().unwrap().to_owned()).collect())
    }

    fn lock(&self, _path: &Path) -> io::Result<Option<Arc<dyn DiskFile>>> {
        let mut state = self.state();
        if std::mem::replace(&mut state.locked, true) {
            return Ok(None);
        }
        Ok(Some(Arc::new(OpenFile { disk: self.clone(), file: usize::MAX, is_lock: true })))
    }
}

#[derive(Debug)]
struct OpenFile {
    disk: SimulatedDisk,
    file: usize,
    is_lock: bool,
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if self.is_lock {
            self.disk.state().locked = false;
        }
    }
}

impl OpenFile {
    fn change(&self, change: FileChange) {
        let mut state = self.disk.state();
        let content = &mut state.files[self.file];
        apply(&mut content.seen, &change);
        content.unsynced.push(change);
    }
}

impl DiskFile for OpenFile {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let bytes = &state.files[self.file].seen;
        let left = bytes.get(offset as usize..).unwrap_or_default();
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let stepped = self.disk.state().step(true);
        let half = bytes.len().div_ceil(2);
        if let Err(fault) = stepped {
            if fault != Fault::Once {
                self.change(FileChange::Write(offset, bytes[..half / 2].to_vec()));
            }
            return Err(failed(fault));
        }
        let count = if self.disk.state().short_writes { half } else { bytes.len() };
        self.change(FileChange::Write(offset, bytes[..count].to_vec()));
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.file].seen.len() as u64)
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.disk.state().step(false).map_err(failed)?;
        self.change(FileChange::Size(size));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.step(false).map_err(failed)?;
        let content = &mut state.files[self.file];
        content.synced = content.seen.clone();
        content.unsynced.clear();
        Ok(())
    }
}
