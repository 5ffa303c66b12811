//! Forgetting: the bytes, the salt and the digest of a record go; its leaf stays, and with it every
//! root and proof. A tombstone in the log says that it went, and why.
//!
//! Order: the list of leaves (`log/erasing`) is on disk, then the tombstones are committed, then the
//! index, the salts and the records are overwritten and synced, then the list is removed. An opening
//! that finds the list finishes the work when the tombstones are committed, and drops it otherwise.

use std::sync::Arc;

use marsad_types::Timestamp;

use crate::Error;
use crate::disk::{Disk, Open, read_small, replace, write_all_at};
use crate::error::Doing;
use crate::index;
use crate::layout::{self, ENTRY_BYTES, Entry, HASH_BYTES};
use crate::record::{NewRecord, RecordKind, prepare};
use crate::store::Store;

/// Names the leaf that a tombstone speaks of.
pub(crate) const ERASED_FIELD: &str = "Marsad-Erased";
/// Longest list of leaves erased together.
const LIST_BYTES_MAX: u64 = 64 << 20;

impl Store {
    /// Erases records for good, and says in the log that it did and why.
    ///
    /// What is appended and not committed yet is committed with the tombstones. Records erased
    /// before are passed over. Copies that the file system or a backup keeps are not reached, nor is
    /// a digest that another record (a manifest) names.
    ///
    /// # Errors
    /// `Unknown` for a leaf that is not committed; `Field` for one that must stay: what describes a
    /// segment, the audit trail, tombstones. Nothing is erased then.
    pub fn erase(&mut self, leaves: &[u64], reason: &str, at: Timestamp) -> Result<(), Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        let mut leaves = leaves.to_vec();
        leaves.sort_unstable();
        leaves.dedup();
        let mut wanted = Vec::new();
        for leaf in leaves {
            let entry = self.committed_entry(leaf)?;
            let stays =
                matches!(entry.kind, RecordKind::Info | RecordKind::Audit | RecordKind::Tombstone);
            if stays {
                let reason = "records of this kind are not erased";
                return Err(Error::Field { name: format!("{ERASED_FIELD}: {leaf}"), reason });
            }
            if !entry.erased {
                wanted.push(leaf);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let tombstones = wanted.iter().map(|leaf| prepare(&tombstone(*leaf, reason, at)));
        let tombstones = tombstones.map(|made| match made.made {
            Ok(_) => Ok(made),
            Err(error) => Err(error),
        });
        let tombstones: Vec<_> = tombstones.collect::<Result<_, Error>>()?;
        // The head grows by the tombstones at least: a list with this size was committed or not.
        let size = self.next_leaf() + tombstones.len() as u64;
        self.halted = true;
        let path = layout::path(&self.dir, layout::ERASING_FILE);
        let list: Vec<u8> = [size].iter().chain(&wanted).flat_map(|n| n.to_le_bytes()).collect();
        replace(self.disk.as_ref(), &path, &list)?;
        self.halted = false;
        let committed = tombstones.into_iter().try_for_each(|t| self.append(t).map(drop));
        let committed = committed.and_then(|()| self.commit(at));
        self.halted = true; // with the list on disk, nothing else may be committed before it is done
        committed?;
        self.overwrite(&wanted)?;
        self.halted = false;
        Ok(())
    }

    /// Finishes an erasure that a crash interrupted.
    pub(crate) fn finish_erasing(&mut self) -> Result<(), Error> {
        let path = layout::path(&self.dir, layout::ERASING_FILE);
        let Some(list) = read_small(self.disk.as_ref(), &path, LIST_BYTES_MAX)? else {
            return Ok(());
        };
        let mut numbers = list.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let is_committed = numbers.next().is_some_and(|size| size <= self.head().size);
        if !is_committed {
            let report = "dropped an erasure that was not committed; nothing was erased";
            self.repairs.push(report.to_owned());
            return self.overwrite(&[]);
        }
        let leaves: Vec<u64> = numbers.collect();
        self.overwrite(&leaves)?;
        self.repairs.push(format!("finished erasing {} records", leaves.len()));
        Ok(())
    }

    fn committed_entry(&self, leaf: u64) -> Result<Entry, Error> {
        let size = self.head().size;
        if leaf >= size {
            return Err(Error::Unknown { leaf, size });
        }
        let mut bytes = [0; ENTRY_BYTES];
        self.index.read(leaf * ENTRY_BYTES as u64, &mut bytes)?;
        Entry::from_bytes(&bytes).ok_or_else(|| index::broken(leaf))
    }

    /// Overwrites index, salts and records of leaves whose tombstones are committed.
    ///
    /// The index goes first, so that a reader finds "erased" before it finds other bytes.
    fn overwrite(&mut self, leaves: &[u64]) -> Result<(), Error> {
        let mut places = Vec::new();
        for leaf in leaves {
            let entry = self.committed_entry(*leaf)?;
            let erased = Entry { key: [0; 32], check: 0, payload_bytes: 0, erased: true, ..entry };
            self.index.overwrite(leaf * ENTRY_BYTES as u64, &erased.to_bytes())?;
            if let Some(table) = self.table.get_mut() {
                table.remove(&entry.key, *leaf);
            }
            places.push(erased);
        }
        self.index.sync()?;
        for leaf in leaves {
            self.salts.overwrite(leaf * HASH_BYTES, &[0; HASH_BYTES as usize])?;
        }
        self.salts.sync()?;
        for same_segment in places.chunk_by(|a, b| a.segment == b.segment) {
            erase_frames(&self.disk, self, same_segment)?;
        }
        let path = layout::path(&self.dir, layout::ERASING_FILE);
        self.disk.remove(&path).doing("remove", &path)?;
        let folder = layout::path(&self.dir, layout::LOG_FOLDER);
        self.disk.sync_dir(&folder).doing("sync", &folder)
    }
}

fn erase_frames(disk: &Arc<dyn Disk>, store: &Store, entries: &[Entry]) -> Result<(), Error> {
    let Some(first) = entries.first() else { return Ok(()) };
    let path = layout::path(&store.dir, &layout::segment_file(first.segment));
    let file = disk.open(&path, Open::Edit).doing("open", &path)?;
    for entry in entries {
        let frame = layout::erased_frame(entry.frame_bytes);
        write_all_at(file.as_ref(), entry.offset, &frame).doing("write", &path)?;
    }
    file.sync().doing("sync", &path)
}

fn tombstone(leaf: u64, reason: &str, at: Timestamp) -> NewRecord<'_> {
    NewRecord {
        kind: RecordKind::Tombstone,
        target: String::new(),
        content_type: "text/plain; charset=utf-8",
        at,
        fields: vec![(ERASED_FIELD, leaf.to_string())],
        payload: reason.as_bytes(),
    }
}
