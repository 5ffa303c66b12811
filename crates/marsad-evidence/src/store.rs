//! The writer: append, then commit.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use marsad_types::Timestamp;

use crate::Error;
use crate::checkpoint::{Checkpoint, Head};
use crate::disk::{Appender, Disk, DiskFile, RealDisk, Replacement, sync_together};
use crate::error::Doing;
use crate::index::{self, DigestTable};
use crate::layout::{self, ENTRY_BYTES, Entry, HeadEntry};
use crate::merkle::Hash;
use crate::note::Signer;
use crate::reader::{Reader, Records};
use crate::record::{Made, NewRecord, Prepared, Record, RecordKind, key_of, prepare};
use crate::tiles::TileWriter;

/// Where an appended record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its position in the log.
    pub leaf: u64,
    /// SHA-256 of its payload.
    pub digest: Hash,
    /// False when this record was there before (see [`Store::find`]): `leaf` is the old one.
    pub new: bool,
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Signs every checkpoint; without it checkpoints are not signed.
    pub signer: Option<Signer>,
    /// A segment is ended before it would grow beyond this.
    pub segment_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { signer: None, segment_bytes_max: 256 << 20 }
    }
}

/// The one writer of a log.
///
/// Appended records are acknowledged by [`Store::commit`], not before: a crash loses what was not
/// committed and nothing else.
#[derive(Debug)]
pub struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    #[expect(dead_code, reason = "held: dropping it lets the next writer in")]
    pub(crate) lock: Arc<dyn DiskFile>,
    pub(crate) reader: Reader,
    pub(crate) segment: Segment,
    pub(crate) index: Appender,
    pub(crate) salts: Appender,
    pub(crate) heads: Appender,
    pub(crate) tiles: TileWriter,
    pub(crate) table: OnceLock<DigestTable>,
    pub(crate) repairs: Vec<String>,
    /// Set while a write is under way and left set when it fails: nothing is written after bytes
    /// of which we do not know whether they stand.
    pub(crate) halted: bool,
}

/// The WARC file that grows.
#[derive(Debug)]
pub(crate) struct Segment {
    /// From 1; 0 before the first.
    pub(crate) number: u32,
    pub(crate) file: Option<Appender>,
    /// Its name is not on disk for certain yet.
    pub(crate) new_name: bool,
}

impl Store {
    /// Opens the log in `dir` for writing, and makes one when there is none.
    ///
    /// What a crash left behind the last checkpoint is cut off; [`Store::repairs`] says so.
    ///
    /// # Errors
    /// `Busy` when another writer is there; `Broken` when the log contradicts its checkpoint or
    /// acknowledged bytes are missing: then nothing has been changed by intent, and nothing should.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        Self::open_with(dir, Options::default())
    }

    /// Opens with a key or other sizes.
    pub fn open_with(dir: &Path, options: Options) -> Result<Self, Error> {
        Self::open_on(Arc::new(RealDisk), dir, options)
    }

    /// Opens for reading; any number of readers beside the one writer.
    pub fn open_read(dir: &Path) -> Result<Reader, Error> {
        Reader::open(Arc::new(RealDisk), dir)
    }

    /// What opening had to mend, a sentence each.
    pub fn repairs(&self) -> &[String] {
        &self.repairs
    }

    /// The last committed head.
    pub fn head(&self) -> Head {
        self.reader.head()
    }

    /// Leaves appended so far, committed or not: the number of the next one.
    pub fn next_leaf(&self) -> u64 {
        self.tiles.head().size
    }

    /// What is committed, to read.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// One committed record; see [`Reader::record`].
    pub fn record(&self, leaf: u64) -> Result<Record, Error> {
        self.reader.record(leaf)
    }

    /// Committed records from a leaf on; see [`Reader::records`].
    pub fn records(&self, from: u64) -> Records<'_> {
        self.reader.records(from)
    }

    /// The leaf of a record that is there, committed or not: by its kind and the digest of its
    /// payload, a chunk also by its target.
    pub fn find(
        &self,
        kind: RecordKind,
        target: &str,
        digest: &Hash,
    ) -> Result<Option<u64>, Error> {
        self.lookup(kind, &key_of(kind, target, digest))
    }

    /// Appends a record, unless its payload is stored under its kind already.
    ///
    /// # Errors
    /// What was wrong with the record (`Field`, `TooLarge`): the log goes on. `Disk`: the log has
    /// stopped; open it again to go on from the last commit.
    pub fn append(&mut self, prepared: Prepared) -> Result<Receipt, Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        let Prepared { kind, at, digest, key, made } = prepared;
        let made = made?;
        if kind.is_deduplicated()
            && let Some(leaf) = self.lookup(kind, &key)?
        {
            return Ok(Receipt { leaf, digest, new: false });
        }
        self.halted = true;
        if self.is_segment_full(made.frame.len() as u64) {
            self.start_segment(at)?;
        }
        let leaf = self.write(kind, &key, &made)?;
        self.halted = false;
        Ok(Receipt { leaf, digest, new: true })
    }

    /// Puts everything appended on disk and publishes the new head.
    ///
    /// Order: records, index, salts, tiles, the list of heads and the next checkpoint are synced, all
    /// at once, and the folders of those that are new; then that checkpoint is renamed over the last
    /// one and its folder synced. When this returns, all of it survives a power cut.
    /// Without anything new, nothing is written.
    pub fn commit(&mut self, at: Timestamp) -> Result<Head, Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        let head = self.tiles.head();
        if head == self.head() {
            return Ok(head);
        }
        self.halted = true;
        self.heads.push(&HeadEntry { head, at }.to_bytes())?;
        let origin = &self.reader.checkpoint.origin;
        let checkpoint = Checkpoint::new(origin, head, self.options.signer.as_ref());
        let path = layout::path(&self.dir, layout::CHECKPOINT_FILE);
        let next = Replacement::write(self.disk.as_ref(), &path, checkpoint.note.as_bytes())?;
        let mut files = vec![&mut self.index, &mut self.salts, &mut self.heads];
        files.extend(self.segment.file.as_mut());
        files.extend(self.tiles.files());
        sync_together(self.disk.as_ref(), &mut files, &next)?;
        self.sync_segment()?; // its name, when it is new
        self.tiles.sync_names()?;
        next.put(self.disk.as_ref(), &path)?;
        self.reader.checkpoint = checkpoint;
        self.halted = false;
        Ok(head)
    }

    fn table(&self) -> Result<&DigestTable, Error> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        // What is gathered and not written yet comes after what the file holds.
        let mut table =
            DigestTable::load(self.index.file(), self.index.written() / ENTRY_BYTES as u64)?;
        table.add(self.index.gathered(), self.index.written() / ENTRY_BYTES as u64)?;
        Ok(self.table.get_or_init(|| table))
    }

    fn lookup(&self, kind: RecordKind, key: &Hash) -> Result<Option<u64>, Error> {
        for leaf in self.table()?.candidates(key) {
            let mut bytes = [0; ENTRY_BYTES];
            self.index.read(leaf * ENTRY_BYTES as u64, &mut bytes)?;
            let entry = Entry::from_bytes(&bytes).ok_or_else(|| index::broken(leaf))?;
            if kind == entry.kind && !entry.erased && entry.key == *key {
                return Ok(Some(leaf));
            }
        }
        Ok(None)
    }

    fn is_segment_full(&self, frame_bytes: u64) -> bool {
        let Some(file) = &self.segment.file else { return true };
        file.end() > 0 && file.end() + frame_bytes > self.options.segment_bytes_max
    }

    fn start_segment(&mut self, at: Timestamp) -> Result<(), Error> {
        self.sync_segment()?;
        let number = self.segment.number + 1;
        let name = layout::segment_file(number);
        let (file, _) = Appender::open(self.disk.as_ref(), &name, &self.dir, 0)?;
        self.segment = Segment { number, file: Some(file), new_name: true };
        let payload = format!(
            "software: Marsad/{}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
             isPartOf: {}\r\nmarsad-format: {}\r\n",
            env!("CARGO_PKG_VERSION"),
            self.reader.checkpoint.origin,
            layout::FORMAT,
        );
        let file_name = name.rsplit('/').next().unwrap_or(&name).to_owned();
        let info = prepare(&NewRecord {
            kind: RecordKind::Info,
            target: String::new(),
            content_type: "application/warc-fields",
            at,
            fields: vec![("WARC-Filename", file_name)],
            payload: payload.as_bytes(),
        });
        self.write(RecordKind::Info, &info.key, &info.made?)?;
        Ok(())
    }

    fn write(&mut self, kind: RecordKind, key: &Hash, made: &Made) -> Result<u64, Error> {
        let leaf = self.next_leaf();
        let Some(file) = &mut self.segment.file else { return Err(Error::Halted) };
        let entry = Entry {
            key: *key,
            offset: file.end(),
            check: made.check,
            frame_bytes: made.frame.len() as u32,
            segment: self.segment.number,
            payload_bytes: made.payload_bytes,
            kind,
            erased: false,
        };
        file.push(&made.frame)?;
        self.index.push(&entry.to_bytes())?;
        self.salts.push(&made.salt)?;
        self.tiles.push(made.leaf)?;
        if let Some(table) = self.table.get_mut() {
            table.insert(key, leaf);
        }
        Ok(leaf)
    }

    fn sync_segment(&mut self) -> Result<(), Error> {
        if let Some(file) = &mut self.segment.file {
            file.sync()?;
        }
        if self.segment.new_name {
            let folder = layout::path(&self.dir, layout::WARC_FOLDER);
            self.disk.sync_dir(&folder).doing("sync", &folder)?;
            self.segment.new_name = false;
        }
        Ok(())
    }
}
