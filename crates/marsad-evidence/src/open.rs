//! Opening a store: make it, or bring it back to its last checkpoint.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::checkpoint::{Checkpoint, Head};
use crate::disk::{Appender, Disk, Open, read_exact_at, replace};
use crate::error::{Doing, Failure};
use crate::layout::{self, ENTRY_BYTES, Entry, HASH_BYTES, HEAD_BYTES, HeadEntry};
use crate::note::{NoteError, Signer};
use crate::reader::{Identity, Reader, format_text, identity_of};
use crate::store::{Options, Segment, Store};
use crate::tiles::{TileWriter, cut_off};
use crate::{Error, hex, index};

impl Store {
    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: Options,
    ) -> Result<Self, Error> {
        disk.create_dir(dir).doing("create", dir)?;
        let lock_path = layout::path(dir, layout::LOCK_FILE);
        let lock = disk.lock(&lock_path).doing("lock", &lock_path)?;
        let lock = lock.ok_or_else(|| Error::Busy(dir.to_owned()))?;
        let identity = match identity_of(disk.as_ref(), dir)? {
            Some(identity) => identity,
            None => create(disk.as_ref(), dir, &options)?,
        };
        check_key(&identity, &options)?;
        let head = identity.checkpoint.head;
        let reader = Reader::at(Arc::clone(&disk), dir, identity)?;
        let mut repairs = Vec::new();
        remove_temporary(disk.as_ref(), dir, &mut repairs)?;
        let mut append = |name: &str, kept: u64| -> Result<Appender, Error> {
            let (file, cut) = Appender::open(disk.as_ref(), name, dir, kept)?;
            if cut > 0 {
                repairs.push(cut_off(name, cut));
            }
            Ok(file)
        };
        let index = append(layout::INDEX_FILE, head.size * ENTRY_BYTES as u64)?;
        let salts = append(layout::SALTS_FILE, head.size * HASH_BYTES)?;
        let heads = append(layout::HEADS_FILE, heads_kept(disk.as_ref(), dir, &head)?)?;
        let last = last_entry(&index, &head)?;
        let file = match last {
            Some(last) => Some(append(&layout::segment_file(last.segment), last.end())?),
            None => None,
        };
        let number = last.map_or(0, |last| last.segment);
        let segment = Segment { number, file, new_name: false };
        remove_segments_after(disk.as_ref(), dir, number, &mut repairs)?;
        let tiles = TileWriter::open(&disk, dir, &head, &mut repairs)?;
        let (dir, table) = (dir.to_owned(), OnceLock::new());
        let mut store = Self {
            disk,
            dir,
            options,
            lock,
            reader,
            segment,
            index,
            salts,
            heads,
            tiles,
            table,
            repairs,
            halted: false,
        };
        store.finish_erasing()?;
        Ok(store)
    }
}

/// Makes an empty log. The file `format` comes last: without it there is no log yet, and a crash on
/// the way is simply followed by another try.
fn create(disk: &dyn Disk, dir: &Path, options: &Options) -> Result<Identity, Error> {
    for folder in [layout::WARC_FOLDER, layout::LOG_FOLDER, layout::TILES_FOLDER] {
        let folder = layout::path(dir, folder);
        disk.create_dir(&folder).doing("create", &folder)?;
    }
    refuse_leftovers(disk, dir)?;
    for name in [layout::INDEX_FILE, layout::SALTS_FILE, layout::HEADS_FILE] {
        Appender::open(disk, name, dir, 0)?;
    }
    Appender::open(disk, &layout::tiles_file(0), dir, 0)?;
    let origin = match &options.signer {
        Some(signer) => signer.name().to_owned(),
        None => random_origin()?,
    };
    let checkpoint = Checkpoint::new(&origin, Head::default(), options.signer.as_ref());
    let folders = [layout::WARC_FOLDER, layout::TILES_FOLDER, layout::LOG_FOLDER];
    for folder in folders.map(|folder| layout::path(dir, folder)) {
        disk.sync_dir(&folder).doing("sync", &folder)?;
    }
    let path = layout::path(dir, layout::CHECKPOINT_FILE);
    replace(disk, &path, checkpoint.note.as_bytes())?;
    let key = options.signer.as_ref().map(Signer::verifier);
    let format = format_text(&origin, key.as_ref());
    replace(disk, &layout::path(dir, layout::FORMAT_FILE), format.as_bytes())?;
    if let Some(above) = dir.parent().filter(|above| !above.as_os_str().is_empty()) {
        disk.sync_dir(above).doing("sync", above)?;
    }
    Ok(Identity { checkpoint, key })
}

/// A log whose `format` file is gone must not be taken for an empty folder.
fn refuse_leftovers(disk: &dyn Disk, dir: &Path) -> Result<(), Error> {
    let folder = layout::path(dir, layout::WARC_FOLDER);
    let segments = disk.list(&folder).doing("list", &folder)?;
    let path = layout::path(dir, layout::INDEX_FILE);
    let indexed = match disk.open(&path, Open::Read) {
        Ok(file) => file.size().doing("read", &path)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error).doing("open", &path),
    };
    if segments.is_empty() && indexed == 0 {
        return Ok(());
    }
    let reason = "it is missing, but there are records".to_owned();
    let file = layout::FORMAT_FILE.to_owned();
    Err(Failure { leaf: None, file, from: 0, to: 0, reason }.into())
}

/// `marsad.invalid/<32 hex digits>`: a name that no other log has and no web address can have.
fn random_origin() -> Result<String, Error> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random)?;
    Ok(format!("marsad.invalid/{}", hex(&random)))
}

/// A signed log goes on signed, by its own key, and an unsigned one unsigned.
fn check_key(identity: &Identity, options: &Options) -> Result<(), Error> {
    let given = options.signer.as_ref().map(Signer::verifier);
    if given == identity.key {
        return Ok(());
    }
    let log = identity.checkpoint.origin.clone();
    Err(match given {
        None => NoteError::KeyNeeded(log).into(),
        Some(given) => NoteError::OtherLog { key: given.text(), log }.into(),
    })
}

fn remove_temporary(disk: &dyn Disk, dir: &Path, repairs: &mut Vec<String>) -> Result<(), Error> {
    for name in disk.list(dir).doing("list", dir)? {
        if name == "checkpoint.tmp" || name == "format.tmp" {
            let path = dir.join(&name);
            disk.remove(&path).doing("remove", &path)?;
            repairs.push(format!("removed {name}, unfinished"));
        }
    }
    Ok(())
}

fn remove_segments_after(
    disk: &dyn Disk,
    dir: &Path,
    last: u32,
    repairs: &mut Vec<String>,
) -> Result<(), Error> {
    let folder = layout::path(dir, layout::WARC_FOLDER);
    for name in disk.list(&folder).doing("list", &folder)? {
        if layout::segment_number(&name).is_some_and(|number| number > last) {
            let path = folder.join(&name);
            disk.remove(&path).doing("remove", &path)?;
            repairs.push(format!("removed {}/{name}: no checkpoint names it", layout::WARC_FOLDER));
        }
    }
    Ok(())
}

fn last_entry(index: &Appender, head: &Head) -> Result<Option<Entry>, Error> {
    let Some(last) = head.size.checked_sub(1) else { return Ok(None) };
    let mut bytes = [0; ENTRY_BYTES];
    index.read(last * ENTRY_BYTES as u64, &mut bytes)?;
    Entry::from_bytes(&bytes).map(Some).ok_or_else(|| index::broken(last))
}

/// Bytes of the list of heads up to the committed one; a crash may have left one more.
fn heads_kept(disk: &dyn Disk, dir: &Path, head: &Head) -> Result<u64, Error> {
    if head.size == 0 {
        return Ok(0);
    }
    let path = layout::path(dir, layout::HEADS_FILE);
    let file = disk.open(&path, Open::Read).doing("open", &path)?;
    let mut count = file.size().doing("read", &path)? / HEAD_BYTES as u64;
    while let Some(last) = count.checked_sub(1) {
        let mut bytes = [0; HEAD_BYTES];
        read_exact_at(file.as_ref(), last * HEAD_BYTES as u64, &mut bytes).doing("read", &path)?;
        if HeadEntry::from_bytes(&bytes).is_some_and(|entry| entry.head == *head) {
            return Ok(count * HEAD_BYTES as u64);
        }
        count = last;
    }
    let reason = "the list of heads does not hold the checkpoint's".to_owned();
    let file = layout::HEADS_FILE.to_owned();
    Err(Failure { leaf: None, file, from: 0, to: 0, reason }.into())
}
