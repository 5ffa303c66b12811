//! Which payloads are stored already: a compact table over the index file.

use hashbrown::HashTable;

use crate::Error;
use crate::disk::{DiskFile, read_exact_at};
use crate::error::{Doing, Failure};
use crate::layout::{ENTRY_BYTES, Entry, INDEX_FILE};
use crate::merkle::Hash;

/// Entries read in one go.
const ENTRIES_READ: u64 = 16 << 10;

/// 7 bytes of the digest and 5 of the leaf: 13 bytes a place with the table's own.
///
/// Seven bytes only choose candidates; the whole digest is compared in the index file.
#[derive(Debug, Clone, Copy)]
struct Slot([u8; 12]);

impl Slot {
    fn new(digest: &Hash, leaf: u64) -> Self {
        let [.., a, b, c, d, e] = leaf.to_be_bytes();
        let [p, q, r, s, t, u, v, ..] = *digest;
        Self([p, q, r, s, t, u, v, a, b, c, d, e])
    }

    fn prefix(self) -> [u8; 7] {
        let [p, q, r, s, t, u, v, ..] = self.0;
        [p, q, r, s, t, u, v]
    }

    fn leaf(self) -> u64 {
        let [.., a, b, c, d, e] = self.0;
        u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
    }
}

/// Spreads 56 uniform bits over 64: hashbrown wants some in the top seven.
fn spread(prefix: [u8; 7]) -> u64 {
    let [p, q, r, s, t, u, v] = prefix;
    u64::from_le_bytes([p, q, r, s, t, u, v, p])
}

/// Digests of stored payloads, as candidates for leaves.
#[derive(Debug, Default)]
pub(crate) struct DigestTable {
    slots: HashTable<Slot>,
}

impl DigestTable {
    /// Reads the first `size` entries of the index.
    pub(crate) fn load(index: &dyn DiskFile, size: u64) -> Result<Self, Error> {
        let mut table = Self { slots: HashTable::with_capacity(size as usize) };
        let mut bytes = Vec::new();
        let mut leaf = 0;
        while leaf < size {
            let count = ENTRIES_READ.min(size - leaf);
            bytes.resize(count as usize * ENTRY_BYTES, 0);
            read_exact_at(index, leaf * ENTRY_BYTES as u64, &mut bytes)
                .doing("read", std::path::Path::new(INDEX_FILE))?;
            table.add(&bytes, leaf)?;
            leaf += count;
        }
        Ok(table)
    }

    /// Takes the entries of the leaves from `leaf` on.
    pub(crate) fn add(&mut self, entries: &[u8], leaf: u64) -> Result<(), Error> {
        for (leaf, entry) in (leaf..).zip(entries.as_chunks::<ENTRY_BYTES>().0) {
            let entry = Entry::from_bytes(entry).ok_or_else(|| broken(leaf))?;
            if !entry.erased {
                self.insert(&entry.key, leaf);
            }
        }
        Ok(())
    }

    pub(crate) fn insert(&mut self, digest: &Hash, leaf: u64) {
        let slot = Slot::new(digest, leaf);
        self.slots.insert_unique(spread(slot.prefix()), slot, |slot| spread(slot.prefix()));
    }

    /// Leaves whose digest begins like this one, smallest first.
    pub(crate) fn candidates(&self, digest: &Hash) -> Vec<u64> {
        let prefix = Slot::new(digest, 0).prefix();
        let like = self.slots.iter_hash(spread(prefix)).filter(|slot| slot.prefix() == prefix);
        let mut leaves: Vec<u64> = like.map(|slot| slot.leaf()).collect();
        leaves.sort_unstable();
        leaves
    }

    /// Forgets a leaf.
    pub(crate) fn remove(&mut self, digest: &Hash, leaf: u64) {
        let wanted = Slot::new(digest, leaf);
        let same = |slot: &Slot| slot.0 == wanted.0;
        if let Ok(found) = self.slots.find_entry(spread(wanted.prefix()), same) {
            found.remove();
        }
    }
}

/// The index entry of a leaf is none.
pub(crate) fn broken(leaf: u64) -> Error {
    let from = leaf * ENTRY_BYTES as u64;
    let reason = "the index entry is not readable".to_owned();
    let to = from + ENTRY_BYTES as u64;
    Failure { leaf: Some(leaf), file: INDEX_FILE.to_owned(), from, to, reason }.into()
}
