//! Reading: by leaf, in order, by digest. Every record handed out matches its leaf.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

use crate::Error;
use crate::checkpoint::{Checkpoint, Head};
use crate::disk::{Disk, DiskFile, Open, read_exact_at, read_small};
use crate::error::{Doing, Failure};
use crate::index::{self, DigestTable};
use crate::layout::{self, ENTRY_BYTES, Entry, HASH_BYTES};
use crate::merkle::{self, Hash, sha256};
use crate::note::{NOTE_BYTES_MAX, NoteError, Verifier};
use crate::record::{self, Record, RecordKind, leaf_of};
use crate::tiles::{TileReader, check_edge};

/// Segments kept open; a system allows about a thousand files.
const SEGMENTS_OPEN_MAX: usize = 16;
/// Leaves whose entries are read together.
pub(crate) const SLAB_LEAVES: u64 = 1024;
/// Bytes of a segment read ahead.
const WINDOW_BYTES: u64 = 1 << 20;

/// Reads a log as it was when it was opened; later appends do not show. Any number may be open
/// beside the writer.
#[derive(Debug)]
pub struct Reader {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) key: Option<Verifier>,
    pub(crate) tiles: TileReader,
    index: Arc<dyn DiskFile>,
    salts: Arc<dyn DiskFile>,
    segments: Mutex<VecDeque<(u32, Arc<dyn DiskFile>)>>,
    table: OnceLock<DigestTable>,
}

/// What the log's own files say of neighbouring leaves.
#[derive(Debug, Default)]
pub(crate) struct Slab {
    pub(crate) from: u64,
    pub(crate) entries: Vec<Option<Entry>>,
    pub(crate) salts: Vec<Hash>,
    pub(crate) leaves: Vec<Hash>,
}

/// What is known of one leaf.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) leaf: u64,
    pub(crate) entry: Option<Entry>,
    pub(crate) salt: Hash,
    pub(crate) hash: Hash,
}

impl Slab {
    pub(crate) fn row(&self, leaf: u64) -> Option<Row> {
        let place = leaf.checked_sub(self.from)? as usize;
        let (entry, salt) = (*self.entries.get(place)?, *self.salts.get(place)?);
        Some(Row { leaf, entry, salt, hash: *self.leaves.get(place)? })
    }
}

/// What a folder says it is.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) checkpoint: Checkpoint,
    /// The key that signs, as the log itself names it: it finds damage, not deceit.
    pub(crate) key: Option<Verifier>,
}

/// Reads the checkpoint and the file `format`; `None` when there is no log at all.
pub(crate) fn identity_of(disk: &dyn Disk, dir: &Path) -> Result<Option<Identity>, Error> {
    let format = read_small(disk, &layout::path(dir, layout::FORMAT_FILE), 4096)?;
    let Some(format) = format else { return Ok(None) };
    let failure = |file: &str, to: usize, reason: String| -> Error {
        Failure { leaf: None, file: file.to_owned(), from: 0, to: to as u64, reason }.into()
    };
    let text = String::from_utf8_lossy(&format).into_owned();
    let mut lines = text.split_terminator('\n');
    let version = lines.next().unwrap_or_default();
    if version != layout::FORMAT {
        return Err(Error::Version { found: version.to_owned(), known: layout::FORMAT });
    }
    let (origin, key) = (lines.next().unwrap_or_default(), lines.next());
    let key = key.map(Verifier::parse).transpose();
    let key = key.map_err(|e| failure(layout::FORMAT_FILE, format.len(), e.to_string()))?;
    if text != format_text(origin, key.as_ref()) {
        let reason = "it is not in its form".to_owned();
        return Err(failure(layout::FORMAT_FILE, format.len(), reason));
    }
    let path = layout::path(dir, layout::CHECKPOINT_FILE);
    let note = read_small(disk, &path, NOTE_BYTES_MAX as u64)?;
    let Some(note) = note else {
        return Err(failure(layout::CHECKPOINT_FILE, 0, "there is none".to_owned()));
    };
    let wrong = |error: NoteError| {
        let reason = format!("{error}; or the file '{}' is wrong", layout::FORMAT_FILE);
        failure(layout::CHECKPOINT_FILE, note.len(), reason)
    };
    let checkpoint = Checkpoint::parse(&note).map_err(wrong)?;
    if checkpoint.origin != origin {
        return Err(wrong(NoteError::Malformed("it is another log's")));
    }
    match &key {
        Some(key) => checkpoint.verify(key).map_err(wrong)?,
        None if checkpoint.signed()?.signatures.is_empty() => {}
        None => return Err(wrong(NoteError::Malformed("it is signed, but the log names no key"))),
    }
    Ok(Some(Identity { checkpoint, key }))
}

/// The file `format`: version, origin and, when the log is signed, its verifier key.
pub(crate) fn format_text(origin: &str, key: Option<&Verifier>) -> String {
    let key = key.map_or_else(String::new, |key| format!("{}\n", key.text()));
    format!("{}\n{origin}\n{key}", layout::FORMAT)
}

impl Reader {
    pub(crate) fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let identity = identity_of(disk.as_ref(), dir)?;
        let identity = identity.ok_or_else(|| Error::Absent(dir.to_owned()))?;
        Self::at(disk, dir, identity)
    }

    pub(crate) fn at(disk: Arc<dyn Disk>, dir: &Path, identity: Identity) -> Result<Self, Error> {
        let Identity { checkpoint, key } = identity;
        let tiles = TileReader::new(Arc::clone(&disk), dir);
        check_edge(&tiles, &checkpoint.head)?;
        let open = |name| {
            let path = layout::path(dir, name);
            disk.open(&path, Open::Read).doing("open", &path)
        };
        let (index, salts) = (open(layout::INDEX_FILE)?, open(layout::SALTS_FILE)?);
        let (dir, segments, table) = (dir.to_owned(), Mutex::default(), OnceLock::new());
        Ok(Self { disk, dir, checkpoint, key, tiles, index, salts, segments, table })
    }

    /// The head that this reader sees.
    pub fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// The checkpoint of that head.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// One record.
    ///
    /// # Errors
    /// `Unknown`, `Erased`; `Broken` when its bytes do not match its leaf.
    pub fn record(&self, leaf: u64) -> Result<Record, Error> {
        let row = self.slab(leaf, 1)?.row(leaf).ok_or_else(|| index::broken(leaf))?;
        let entry = row.entry.ok_or_else(|| index::broken(leaf))?;
        if entry.erased {
            return Err(Error::Erased { leaf });
        }
        let frame = Window::default().read(self, &entry).map_err(|e| missing(e, leaf, &entry))?;
        Ok(check(&row, &frame).map_err(|mut faults| faults.remove(0))?)
    }

    /// Records from leaf `from` on, in order, one in memory at a time; erased ones are passed over.
    ///
    /// After an error the next record follows.
    pub fn records(&self, from: u64) -> Records<'_> {
        Records { reader: self, next: from, slab: Slab::default(), window: Window::default() }
    }

    /// The leaf of a record that is there: by its kind and the digest of its payload, a chunk also
    /// by its target.
    ///
    /// The first call reads the whole index (64 bytes a record).
    pub fn find(
        &self,
        kind: RecordKind,
        target: &str,
        digest: &Hash,
    ) -> Result<Option<u64>, Error> {
        let key = record::key_of(kind, target, digest);
        for leaf in self.table()?.candidates(&key) {
            let entry = self.entry(leaf)?;
            if kind == entry.kind && !entry.erased && entry.key == key {
                return Ok(Some(leaf));
            }
        }
        Ok(None)
    }

    /// How many records of a kind there are, erased ones included.
    pub fn count(&self, kind: RecordKind) -> Result<u64, Error> {
        let mut count = 0;
        self.each_entry(0, &mut |_, entry| count += u64::from(entry.kind == kind))?;
        Ok(count)
    }

    /// The leaves from `from` on whose kind is wanted, in the order of the log, erased ones left
    /// out. Reads the index, not the records.
    pub fn leaves(
        &self,
        from: u64,
        is_wanted: &dyn Fn(RecordKind) -> bool,
    ) -> Result<Vec<u64>, Error> {
        let mut leaves = Vec::new();
        self.each_entry(from, &mut |leaf, entry| {
            if !entry.erased && is_wanted(entry.kind) {
                leaves.push(leaf);
            }
        })?;
        Ok(leaves)
    }

    fn each_entry(&self, from: u64, take: &mut dyn FnMut(u64, &Entry)) -> Result<(), Error> {
        let (mut from, size) = (from, self.head().size);
        while from < size {
            let leaves = (SLAB_LEAVES * 16).min(size - from);
            let mut bytes = vec![0; leaves as usize * ENTRY_BYTES];
            self.fill(&self.index, layout::INDEX_FILE, from, &mut bytes)?;
            for (leaf, entry) in (from..).zip(bytes.as_chunks::<ENTRY_BYTES>().0) {
                take(leaf, &Entry::from_bytes(entry).ok_or_else(|| index::broken(leaf))?);
            }
            from += leaves;
        }
        Ok(())
    }

    /// The key that the log says it is signed with. Whoever must not trust this folder compares it
    /// with the key as its owner publishes it.
    pub fn key(&self) -> Option<&Verifier> {
        self.key.as_ref()
    }

    /// Leaf hash of a record, erased or not.
    pub fn leaf_hash(&self, leaf: u64) -> Result<Hash, Error> {
        Ok(self.slab(leaf, 1)?.row(leaf).ok_or_else(|| index::broken(leaf))?.hash)
    }

    /// Salt of a record, without which its leaf cannot be rebuilt.
    ///
    /// # Errors
    /// `Erased` when it is gone for good.
    pub fn salt(&self, leaf: u64) -> Result<Hash, Error> {
        let row = self.slab(leaf, 1)?.row(leaf).ok_or_else(|| index::broken(leaf))?;
        if row.entry.is_some_and(|entry| entry.erased) {
            return Err(Error::Erased { leaf });
        }
        Ok(row.salt)
    }

    /// A tile of the tree as C2SP tlog-tiles serves it: up to 256 hashes end to end.
    pub fn tile(&self, level: u32, number: u64) -> Result<Vec<u8>, Error> {
        let from = number * layout::TILE_HASHES;
        let held = layout::tiles_hashes(level, self.head().size);
        let Some(left) = held.checked_sub(from).filter(|left| *left > 0) else {
            return Err(Error::Unknown {
                leaf: from << (level * layout::TILE_HEIGHT),
                size: self.head().size,
            });
        };
        let count = left.min(layout::TILE_HASHES) as usize;
        Ok(self.tiles.hashes(level, from, count)?.concat())
    }

    /// Inclusion proof of a leaf in this reader's head; the leaf's sibling first.
    pub fn inclusion(&self, leaf: u64) -> Result<Vec<Hash>, Error> {
        merkle::inclusion(&self.tiles, leaf, self.head().size)
    }

    /// Proof that this reader's head goes on from an earlier size.
    pub fn consistency(&self, old: u64) -> Result<Vec<Hash>, Error> {
        merkle::consistency(&self.tiles, old, self.head().size)
    }

    /// The head that the log had when it held so many leaves.
    ///
    /// # Errors
    /// `Unknown` when it does not hold so many.
    pub fn head_at(&self, size: u64) -> Result<Head, Error> {
        let held = self.head().size;
        if size > held {
            return Err(Error::Unknown { leaf: size, size: held });
        }
        Ok(Head { size, root: merkle::root(&self.tiles, size)? })
    }

    /// Whether this log is `old` with more leaves behind it, or the same.
    pub fn extends(&self, old: &Head) -> Result<bool, Error> {
        if old.size > self.head().size {
            return Ok(false);
        }
        Ok(merkle::root(&self.tiles, old.size)? == old.root)
    }

    fn table(&self) -> Result<&DigestTable, Error> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = DigestTable::load(self.index.as_ref(), self.head().size)?;
        Ok(self.table.get_or_init(|| table))
    }

    fn entry(&self, leaf: u64) -> Result<Entry, Error> {
        let mut bytes = [0; ENTRY_BYTES];
        self.fill(&self.index, layout::INDEX_FILE, leaf, &mut bytes)?;
        Entry::from_bytes(&bytes).ok_or_else(|| index::broken(leaf))
    }

    /// Entries, salts and leaf hashes of up to `count` leaves from `from`.
    pub(crate) fn slab(&self, from: u64, count: u64) -> Result<Slab, Error> {
        let size = self.head().size;
        if from >= size {
            return Err(Error::Unknown { leaf: from, size });
        }
        let count = count.min(size - from) as usize;
        let mut entries = vec![0; count * ENTRY_BYTES];
        self.fill(&self.index, layout::INDEX_FILE, from, &mut entries)?;
        let mut salts = vec![0; count * HASH_BYTES as usize];
        self.fill(&self.salts, layout::SALTS_FILE, from, &mut salts)?;
        let leaves = self.tiles.hashes(0, from, count)?;
        let entries = entries.as_chunks::<ENTRY_BYTES>().0;
        let entries = entries.iter().map(|bytes| Entry::from_bytes(bytes)).collect();
        Ok(Slab { from, entries, salts: salts.as_chunks::<32>().0.to_vec(), leaves })
    }

    /// Fills `into` with what fixed-size file `name` holds from leaf `from` on.
    fn fill(
        &self,
        file: &Arc<dyn DiskFile>,
        name: &str,
        from: u64,
        into: &mut [u8],
    ) -> Result<(), Error> {
        let each = if name == layout::INDEX_FILE { ENTRY_BYTES as u64 } else { HASH_BYTES };
        read_exact_at(file.as_ref(), from * each, into).map_err(|source| {
            if source.kind() != std::io::ErrorKind::UnexpectedEof {
                return Error::Disk { doing: "read", path: layout::path(&self.dir, name), source };
            }
            let reason = "acknowledged bytes are missing".to_owned();
            let (from, to) = (from * each, from * each + into.len() as u64);
            Failure { leaf: None, file: name.to_owned(), from, to, reason }.into()
        })
    }

    fn segment(&self, number: u32) -> std::io::Result<Arc<dyn DiskFile>> {
        let mut open = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = open.iter().find(|(known, _)| *known == number) {
            return Ok(Arc::clone(file));
        }
        let path = layout::path(&self.dir, &layout::segment_file(number));
        let file = self.disk.open(&path, Open::Read)?;
        if open.len() == SEGMENTS_OPEN_MAX {
            open.pop_front();
        }
        open.push_back((number, Arc::clone(&file)));
        Ok(file)
    }
}

/// Bytes of a segment read ahead, so that small records do not cost a call each.
#[derive(Debug, Default)]
pub(crate) struct Window {
    segment: u32,
    from: u64,
    bytes: Vec<u8>,
    ahead: u64,
}

impl Window {
    /// One that reads ahead.
    pub(crate) fn ahead() -> Self {
        Self { ahead: WINDOW_BYTES, ..Self::default() }
    }

    /// The frame of an entry.
    pub(crate) fn read(&mut self, reader: &Reader, entry: &Entry) -> std::io::Result<Vec<u8>> {
        let wanted = u64::from(entry.frame_bytes);
        let within = entry.offset.checked_sub(self.from).filter(|_| self.segment == entry.segment);
        let held = within.and_then(|at| self.bytes.get(at as usize..(at + wanted) as usize));
        if let Some(frame) = held {
            return Ok(frame.to_vec());
        }
        let file = reader.segment(entry.segment)?;
        let left = file.size()?.saturating_sub(entry.offset);
        if left < wanted {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.bytes.resize(wanted.max(self.ahead.min(left)) as usize, 0);
        (self.segment, self.from) = (entry.segment, entry.offset);
        if let Err(error) = read_exact_at(file.as_ref(), entry.offset, &mut self.bytes) {
            self.bytes.clear();
            return Err(error);
        }
        Ok(self.bytes.get(..wanted as usize).unwrap_or_default().to_vec())
    }
}

fn missing(error: std::io::Error, leaf: u64, entry: &Entry) -> Error {
    let file = layout::segment_file(entry.segment);
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::NotFound => {
            let reason = "the record is not there".to_owned();
            Failure { leaf: Some(leaf), file, from: entry.offset, to: entry.end(), reason }.into()
        }
        _ => Error::Disk { doing: "read", path: file.into(), source: error },
    }
}

/// Checks a record's frame against everything the log says of it.
///
/// # Errors
/// Each place that may be at fault: a wrong leaf can be a wrong salt or a wrong tile.
pub(crate) fn check(row: &Row, frame: &[u8]) -> Result<Record, Vec<Failure>> {
    let leaf = row.leaf;
    let Some(entry) = row.entry else { return Err(vec![at_entry(leaf, "it is not readable")]) };
    let at_frame = |reason: String| Failure {
        leaf: Some(leaf),
        file: layout::segment_file(entry.segment),
        from: entry.offset,
        to: entry.end(),
        reason,
    };
    if xxh3_64(frame) != entry.check {
        let reason = "the bytes are not those that were written".to_owned();
        return Err(vec![at_frame(reason), at_entry(leaf, "or its check value is wrong")]);
    }
    let record = record::decode(leaf, frame, entry.payload_bytes).map_err(|reason| {
        vec![at_frame(reason), at_entry(leaf, "or the index points elsewhere")]
    })?;
    if record::key_of(record.kind, &record.target, &record.digest) != entry.key
        || record.kind != entry.kind
    {
        return Err(vec![
            at_entry(leaf, "the index tells another key or kind"),
            at_frame("or the record is another one".to_owned()),
        ]);
    }
    if leaf_of(&row.salt, &sha256(record.header_block())) != row.hash {
        let reason = "salt, record and leaf hash do not fit together";
        let place = |file: String, reason: &str| Failure {
            leaf: Some(leaf),
            file,
            from: leaf * HASH_BYTES,
            to: (leaf + 1) * HASH_BYTES,
            reason: reason.to_owned(),
        };
        return Err(vec![
            place(layout::SALTS_FILE.to_owned(), reason),
            place(layout::tiles_file(0), reason),
            at_frame(reason.to_owned()),
        ]);
    }
    Ok(record)
}

pub(crate) fn at_entry(leaf: u64, reason: &str) -> Failure {
    let from = leaf * ENTRY_BYTES as u64;
    let to = from + ENTRY_BYTES as u64;
    Failure {
        leaf: Some(leaf),
        file: layout::INDEX_FILE.to_owned(),
        from,
        to,
        reason: reason.to_owned(),
    }
}

/// Records in the order of the log; see [`Reader::records`].
#[derive(Debug)]
pub struct Records<'a> {
    reader: &'a Reader,
    next: u64,
    slab: Slab,
    window: Window,
}

impl Records<'_> {
    fn read(&mut self, leaf: u64) -> Result<Option<Record>, Error> {
        if self.slab.row(leaf).is_none() {
            self.slab = self.reader.slab(leaf, SLAB_LEAVES)?;
            self.window.ahead = WINDOW_BYTES;
        }
        let row = self.slab.row(leaf).ok_or_else(|| index::broken(leaf))?;
        let entry = row.entry.ok_or_else(|| index::broken(leaf))?;
        if entry.erased {
            return Ok(None);
        }
        let frame = self.window.read(self.reader, &entry);
        let frame = frame.map_err(|error| missing(error, leaf, &entry))?;
        Ok(Some(check(&row, &frame).map_err(|mut faults| faults.remove(0))?))
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.reader.head().size {
            let leaf = self.next;
            self.next += 1;
            if let Some(item) = self.read(leaf).transpose() {
                return Some(item);
            }
        }
        None
    }
}
