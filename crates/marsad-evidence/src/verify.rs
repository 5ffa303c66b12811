//! Checking everything: each leaf from its bytes, the tree from its leaves, the head from the tree.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Error;
use marsad_types::Timestamp;

use crate::checkpoint::Head;
use crate::disk::{Open, read_small};
use crate::erase::ERASED_FIELD;
use crate::error::Failure;
use crate::layout::{self, Entry, HASH_BYTES, HEAD_BYTES, HeadEntry, TILE_HASHES};
use crate::merkle::{Frontier, Hash};
use crate::reader::{Reader, SLAB_LEAVES, Window, at_entry, check};
use crate::record::RecordKind;
use crate::store::Store;
use crate::tiles::tile_root;

/// Failures kept in full; a disk gone bad has millions.
const FAILURES_MAX: usize = 1000;

/// What a full check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The head checked.
    pub head: Head,
    /// Records whose bytes were read and matched or failed.
    pub records: u64,
    /// Records erased, with their tombstones.
    pub erased: u64,
    /// Payload bytes hashed.
    pub payload_bytes: u64,
    /// What does not verify, in the order of leaves and files; at most 1000.
    pub failures: Vec<Failure>,
    /// How many there are in all.
    pub failures_total: u64,
}

impl Verdict {
    /// Everything verifies.
    pub fn is_sound(&self) -> bool {
        self.failures_total == 0
    }

    fn fail(&mut self, failure: Failure) {
        self.failures_total += 1;
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    fn join(&mut self, other: Self) {
        self.records += other.records;
        self.erased += other.erased;
        self.payload_bytes += other.payload_bytes;
        self.failures_total += other.failures_total;
        self.failures.extend(other.failures);
    }
}

impl Store {
    /// Checks everything committed; see [`Reader::verify`].
    pub fn verify(&self) -> Result<Verdict, Error> {
        self.reader.verify()
    }
}

/// What one worker found.
#[derive(Debug, Default)]
struct Findings {
    verdict: Verdict,
    erased: BTreeSet<u64>,
    tombstones: BTreeSet<u64>,
}

/// Hands out neighbouring leaves to the workers: few enough that each of them has many turns, since
/// a record may be a hundred bytes or a megabyte.
struct Batches {
    next: AtomicU64,
    leaves: u64,
    size: u64,
}

impl Batches {
    fn new(size: u64, workers: u64) -> Self {
        let leaves = (size / (workers * 16)).clamp(4, SLAB_LEAVES);
        Self { next: AtomicU64::new(0), leaves, size }
    }

    fn take(&self) -> Range<u64> {
        let from = self.next.fetch_add(1, Ordering::Relaxed) * self.leaves;
        from.min(self.size)..(from + self.leaves).min(self.size)
    }
}

impl Reader {
    /// Reads every record, rebuilds every leaf, the tree and the head from them, and names what does
    /// not fit. Uses all processors; holds a few records in memory.
    ///
    /// # Errors
    /// `Disk` when a file cannot be read at all; what is read and wrong is in the verdict.
    pub fn verify(&self) -> Result<Verdict, Error> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let batches = Batches::new(self.head().size, threads as u64);
        let found = Mutex::new(Vec::new());
        let tree = std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let findings = self.verify_batches(&batches);
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(findings);
                });
            }
            self.verify_tree()
        });
        let mut all =
            Findings { verdict: Verdict { head: self.head(), ..tree? }, ..Findings::default() };
        for findings in found.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let findings = findings?;
            all.verdict.join(findings.verdict);
            all.erased.extend(findings.erased);
            all.tombstones.extend(findings.tombstones);
        }
        for leaf in all.erased.difference(&all.tombstones) {
            all.verdict.fail(at_entry(*leaf, "it was erased, but no tombstone says why"));
        }
        for leaf in all.tombstones.difference(&all.erased) {
            all.verdict.fail(at_entry(*leaf, "a tombstone says it was erased, but it is there"));
        }
        let order = |f: &Failure| (f.leaf.unwrap_or(u64::MAX), f.file.clone(), f.from);
        all.verdict.failures.sort_by_key(order);
        all.verdict.failures.truncate(FAILURES_MAX);
        Ok(all.verdict)
    }

    fn verify_batches(&self, batches: &Batches) -> Result<Findings, Error> {
        let mut findings = Findings::default();
        let mut window = Window::ahead();
        loop {
            let leaves = batches.take();
            if leaves.is_empty() {
                return Ok(findings);
            }
            match self.verify_batch(leaves, &mut window, &mut findings) {
                Err(Error::Broken(failure)) => findings.verdict.fail(*failure),
                other => other?,
            }
        }
    }

    fn verify_batch(
        &self,
        leaves: Range<u64>,
        window: &mut Window,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let before = leaves.start.saturating_sub(1); // one more, to see where its frame ended
        let slab = self.slab(before, leaves.end - before)?;
        let mut last = slab.row(before).and_then(|row| row.entry).filter(|_| leaves.start > 0);
        for leaf in leaves {
            let Some(row) = slab.row(leaf) else { break };
            let Some(entry) = row.entry else {
                findings.verdict.fail(at_entry(leaf, "the index entry is not readable"));
                last = None;
                continue;
            };
            self.verify_place(leaf, last.as_ref(), &entry, &mut findings.verdict);
            last = Some(entry);
            let frame = match window.read(self, &entry) {
                Ok(frame) => frame,
                Err(error) => {
                    findings.verdict.fail(at_frame(
                        leaf,
                        &entry,
                        &format!("not readable: {error}"),
                    ));
                    findings.verdict.fail(at_entry(leaf, "or the index points elsewhere"));
                    continue;
                }
            };
            if entry.erased {
                findings.verdict.erased += 1;
                findings.erased.insert(leaf);
                verify_erased(leaf, &entry, (&row.salt, &frame), &mut findings.verdict);
                continue;
            }
            findings.verdict.records += 1;
            findings.verdict.payload_bytes += u64::from(entry.payload_bytes);
            match check(&row, &frame) {
                Err(faults) => faults.into_iter().for_each(|fault| findings.verdict.fail(fault)),
                Ok(record) if record.kind == RecordKind::Tombstone => {
                    let erased =
                        record.field(ERASED_FIELD).and_then(|leaf| leaf.parse::<u64>().ok());
                    findings.tombstones.extend(erased.filter(|erased| *erased < leaf));
                }
                Ok(record) if record.kind == RecordKind::Note => match self.attestation(&record) {
                    Err(Error::Broken(failure)) => findings.verdict.fail(*failure),
                    other => drop(other?),
                },
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Frames stand end to end; a segment begins with what describes it and ends with its last frame.
    fn verify_place(&self, leaf: u64, last: Option<&Entry>, entry: &Entry, verdict: &mut Verdict) {
        let starts = entry.offset == 0 && entry.kind == RecordKind::Info;
        let fits = match last {
            _ if leaf == 0 => starts && entry.segment == 1,
            Some(last) if last.segment == entry.segment => entry.offset == last.end(),
            Some(last) => starts && last.segment.checked_add(1) == Some(entry.segment),
            None => true, // the entry before is reported already
        };
        if !fits {
            verdict.fail(at_entry(leaf, "it does not go on where the record before it ends"));
            if leaf > 0 {
                verdict.fail(at_entry(leaf - 1, "or that record's length is wrong"));
            }
        }
        let Some(last) = last.filter(|last| last.segment != entry.segment) else { return };
        let file = layout::segment_file(last.segment);
        let path = layout::path(&self.dir, &file);
        let size = self.disk.open(&path, Open::Read).and_then(|file| file.size());
        let size = size.unwrap_or(0); // a missing segment is reported record by record
        if size > last.end() {
            let reason = "bytes that belong to no record".to_owned();
            verdict.fail(Failure { leaf: None, file, from: last.end(), to: size, reason });
        }
    }

    /// The tree from the leaf hashes up: every tile, every head, the root.
    fn verify_tree(&self) -> Result<Verdict, Error> {
        let mut verdict = Verdict::default();
        let heads = self.read_heads(&mut verdict)?;
        let mut heads = heads.iter().peekable();
        let mut frontier = Frontier::default();
        let size = self.head().size;
        let mut from = 0;
        while from < size {
            let count = TILE_HASHES.min(size - from);
            let tile = self.tiles.hashes(0, from, count as usize)?;
            for hash in &tile {
                frontier.push(*hash);
                let Some(head) = heads.next_if(|head| head.1.head.size == frontier.size()) else {
                    continue;
                };
                if head.1.head.root != frontier.root() {
                    verdict.fail(at_head(head.0, "it is not the root of the leaves up to it"));
                }
            }
            from += count;
        }
        if let Some(head) = heads.next() {
            verdict.fail(at_head(head.0, "it is out of order"));
        }
        if frontier.root() != self.head().root {
            let reason = "the leaves do not give the root that the checkpoint names".to_owned();
            let (file, to) = (layout::tiles_file(0), size * HASH_BYTES);
            verdict.fail(Failure { leaf: None, file, from: 0, to, reason });
        }
        self.verify_levels(&mut verdict)?;
        Ok(verdict)
    }

    fn verify_levels(&self, verdict: &mut Verdict) -> Result<(), Error> {
        for level in 1.. {
            let hashes = layout::tiles_hashes(level, self.head().size);
            for place in 0..hashes {
                let below =
                    self.tiles.hashes(level - 1, place * TILE_HASHES, TILE_HASHES as usize)?;
                let root: Hash = tile_root(&below);
                if self.tiles.hashes(level, place, 1)?.first() != Some(&root) {
                    let reason = "this hash is not the root of the tile below it";
                    let (from, to) = (place * HASH_BYTES, (place + 1) * HASH_BYTES);
                    let file = layout::tiles_file(level);
                    verdict.fail(Failure { leaf: None, file, from, to, reason: reason.to_owned() });
                    let (from, to) = (from * TILE_HASHES, to * TILE_HASHES);
                    let reason = format!("or one of the leaves {}..{}", from / 32, to / 32);
                    let file = layout::tiles_file(level - 1);
                    verdict.fail(Failure { leaf: None, file, from, to, reason });
                }
            }
            if hashes == 0 {
                break;
            }
        }
        Ok(())
    }

    /// When which head was acknowledged, oldest first, up to ours.
    ///
    /// # Errors
    /// `Broken` when the list is not what was written.
    pub fn heads(&self) -> Result<Vec<(Timestamp, Head)>, Error> {
        let mut verdict = Verdict::default();
        let heads = self.read_heads(&mut verdict)?;
        match verdict.failures.pop() {
            Some(failure) => Err(failure.into()),
            None => Ok(heads.into_iter().map(|(_, entry)| (entry.at, entry.head)).collect()),
        }
    }

    /// The list of heads up to ours, each with its place.
    fn read_heads(&self, verdict: &mut Verdict) -> Result<Vec<(u64, HeadEntry)>, Error> {
        let path = layout::path(&self.dir, layout::HEADS_FILE);
        let bytes = read_small(self.disk.as_ref(), &path, u64::MAX)?.unwrap_or_default();
        let mut heads = Vec::new();
        for (place, bytes) in (0..).zip(bytes.as_chunks::<HEAD_BYTES>().0) {
            match HeadEntry::from_bytes(bytes) {
                Some(entry) if entry.head.size > self.head().size => break, // a later commit's
                Some(entry) => heads.push((place, entry)),
                None => verdict.fail(at_head(place, "the bytes are not those that were written")),
            }
        }
        let last = heads.last().map_or_else(Head::default, |(_, last)| last.head);
        if last != self.head() {
            verdict.fail(at_head(heads.len() as u64, "the checkpoint's head is not in the list"));
        }
        Ok(heads)
    }
}

fn verify_erased(leaf: u64, entry: &Entry, bytes: (&Hash, &[u8]), verdict: &mut Verdict) {
    let (salt, frame) = bytes;
    if *salt != [0; 32] {
        let (file, from) = (layout::SALTS_FILE.to_owned(), leaf * HASH_BYTES);
        let reason = "the record was erased, its salt was not".to_owned();
        let to = from + HASH_BYTES;
        verdict.fail(Failure { leaf: Some(leaf), file, from, to, reason });
    }
    if entry.key != [0; 32] || entry.payload_bytes != 0 || entry.check != 0 {
        verdict.fail(at_entry(leaf, "the record was erased, its digest was not"));
    }
    if frame != layout::erased_frame(entry.frame_bytes) {
        verdict.fail(at_frame(leaf, entry, "the record was erased, its bytes were not"));
    }
}

fn at_frame(leaf: u64, entry: &Entry, reason: &str) -> Failure {
    let file = layout::segment_file(entry.segment);
    Failure {
        leaf: Some(leaf),
        file,
        from: entry.offset,
        to: entry.end(),
        reason: reason.to_owned(),
    }
}

fn at_head(place: u64, reason: &str) -> Failure {
    let (from, file) = (place * HEAD_BYTES as u64, layout::HEADS_FILE.to_owned());
    let to = from + HEAD_BYTES as u64;
    Failure { leaf: None, file, from, to, reason: reason.to_owned() }
}
