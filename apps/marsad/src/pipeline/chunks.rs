//! One file: cut into chunks, worked on by all cores, taken in order.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek as _};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context as _;
use hashbrown::HashSet;
use indicatif::ProgressBar;
use marsad_evidence::{Prepared, Store};
use marsad_interpret::{Chunk, Cutter, Cutting, Format, Manifest, Piece};
use marsad_types::{Post, Reading, Timestamp};
use rayon::prelude::*;

use super::filing::Filing;
use super::forget::{convert, redact};
use super::media::{self, Files, KeptFile};
use super::summary::Summary;
use super::work::{FileContext, Worked, chunk_record, chunk_record_without, work_out};
use crate::failure::Failure;
use crate::progress;
use crate::source::Source;

/// Chunks worked on together: enough to keep every core busy, few enough to stay small.
const GROUP_CHUNKS: usize = 8;

type Group = io::Result<Vec<Piece>>;

/// Imports one file.
pub(crate) fn import_file(
    filing: &mut Filing,
    source: Source,
    manifest: &Manifest,
    (import, at): (String, Timestamp),
    quiet: bool,
) -> Result<(), Failure> {
    filing.filer.begin_file();
    filing.summary.files += 1;
    let (pseudonyms, marks) = (filing.pseudonyms.clone(), filing.marks.clone());
    let context = FileContext { manifest, import, at, pseudonyms: &pseudonyms, marks: &marks };
    let bar = progress::bytes_bar(source.total, &source.name, quiet);
    if manifest.format.cutting() == Cutting::Whole || manifest.format.names_files() {
        import_document(filing, source, &context, &bar)?;
    } else {
        let kept = import_lines(filing, source, &context, &bar)?;
        filing.keep_run(&context.import, (&kept, &[]), at)?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// A format whose chunks are independent: three stages, one behind the other, bounded queues.
fn import_lines(
    filing: &mut Filing,
    source: Source,
    context: &FileContext<'_>,
    bar: &ProgressBar,
) -> Result<Vec<u64>, Failure> {
    let Source { path, bytes, done, .. } = source;
    let name = context.manifest.source.as_str();
    let mut kept = Vec::new();
    thread::scope(|scope| -> Result<(), Failure> {
        let (cut_sender, cut) = sync_channel::<Group>(1);
        let (worked_sender, worked) = sync_channel::<io::Result<Vec<(Prepared, Worked)>>>(1);
        scope.spawn(move || cut_groups(bytes, context.manifest, &cut_sender));
        scope.spawn(move || work_groups(&cut, context, &worked_sender));
        for group in worked {
            for (prepared, worked) in
                group.with_context(|| format!("cannot read '{path}' further"))?
            {
                let (leaf, is_new) = filing.keep(prepared)?;
                kept.push(leaf);
                filing.take(worked, &|_| (leaf, is_new), name);
            }
            filing.file_if_large(context.at)?;
            bar.set_position(done.load(Ordering::Relaxed));
        }
        Ok(())
    })?;
    Ok(kept)
}

/// Reads and cuts until the end or until nobody listens any more.
fn cut_groups(mut bytes: Box<dyn BufRead + Send>, manifest: &Manifest, sender: &SyncSender<Group>) {
    let mut cutter = Cutter::new(manifest);
    let mut group = Vec::with_capacity(GROUP_CHUNKS);
    loop {
        let taken = match bytes.fill_buf() {
            Ok([]) => break,
            Ok(read) => {
                group.extend(cutter.push(read));
                read.len()
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                // What was read before the damage is good: it goes on before the error does.
                group.extend(cutter.finish());
                if sender.send(Ok(group)).is_ok() {
                    drop(sender.send(Err(error)));
                }
                return;
            }
        };
        bytes.consume(taken);
        if group.len() >= GROUP_CHUNKS && sender.send(Ok(std::mem::take(&mut group))).is_err() {
            return;
        }
    }
    group.extend(cutter.finish());
    drop(sender.send(Ok(group)));
}

fn work_groups(
    cut: &Receiver<Group>,
    context: &FileContext<'_>,
    sender: &SyncSender<io::Result<Vec<(Prepared, Worked)>>>,
) {
    for group in cut {
        let worked = group.and_then(|pieces| {
            pieces.into_par_iter().map(|piece| work_piece(&piece.as_chunk(), context)).collect()
        });
        if sender.send(worked).is_err() {
            return;
        }
    }
}

/// Reads a chunk; what was erased here is left out of its bytes first.
fn work_piece(chunk: &Chunk<'_>, context: &FileContext<'_>) -> io::Result<(Prepared, Worked)> {
    let reading = marsad_interpret::read(context.manifest, chunk);
    let goes = |post: &Post| context.marks.takes(post);
    let Some(line) = reading.posts.iter().find(|post| goes(post)).map(|post| post.line) else {
        return Ok((chunk_record(context, chunk), work_out(reading, context.pseudonyms)));
    };
    let left = redact::without(context.manifest, chunk, &reading, &goes);
    let (bytes, after) = left.ok_or_else(|| {
        io::Error::other(format!(
            "the post in line {line} was erased here by request and cannot be taken out; take it out of the file, or lift the erasure with `marsad evidence lift`"
        ))
    })?;
    let left_out = (reading.posts.len() - after.posts.len()) as u64;
    let kept = Chunk { bytes: &bytes, ..*chunk };
    let record = chunk_record_without(context, &kept, left_out);
    let worked = work_out(after, context.pseudonyms);
    Ok((record, Worked { left_out, ..worked }))
}

/// A format that only means something as one stream, or whose posts name files beside it: all its
/// bytes, those files and the record that ties them together are kept and committed at once, so
/// that after an interruption there is all of it or nothing; then it is read back from the evidence.
fn import_document(
    filing: &mut Filing,
    mut source: Source,
    context: &FileContext<'_>,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    if let Some((whole, left_out)) = erased_in(&mut source, context)? {
        filing.summary.left_out += left_out;
        return import_without(filing, whole, context);
    }
    let again = source.again().filter(|_| context.manifest.format.names_files());
    let Source { path, bytes, done, .. } = source;
    let mut kept = Vec::new();
    thread::scope(|scope| -> Result<(), Failure> {
        let (sender, cut) = sync_channel::<Group>(1);
        scope.spawn(move || cut_groups(bytes, context.manifest, &sender));
        for group in cut {
            for piece in group.with_context(|| format!("cannot read '{path}' further"))? {
                let (leaf, is_new) = filing.keep(chunk_record(context, &piece.as_chunk()))?;
                kept.push(KeptChunk { first_line: piece.first_line, leaf, is_new });
            }
            bar.set_position(done.load(Ordering::Relaxed));
        }
        Ok(())
    })?;
    let files = match again {
        None => Vec::new(),
        // What is not committed yet cannot be read back: the names are looked up in the input itself.
        Some((folder, again)) => {
            let names = media::names(context.manifest, &mut again.open()?);
            media::keep_files(filing, &folder, names, context.at)?
        }
    };
    let chunks: Vec<u64> = kept.iter().map(|chunk| chunk.leaf).collect();
    filing.keep_run(&context.import, (&chunks, &files), context.at)?;
    filing.store.commit(context.at)?;
    take_document(filing, context.manifest, &kept, &files)?;
    filing.file_if_large(context.at)
}

/// A document's reading without what was erased here; `None` where it holds nothing of that, and then
/// it can be read again. Nothing is looked at where nothing was erased.
fn erased_in(
    source: &mut Source,
    context: &FileContext<'_>,
) -> Result<Option<(Reading, u64)>, Failure> {
    if context.marks.is_empty() {
        return Ok(None);
    }
    let path = source.path.clone();
    let mut spool = tempfile::tempfile().context("cannot make a temporary file")?;
    io::copy(&mut source.bytes, &mut spool)
        .with_context(|| format!("cannot read '{path}' further"))?;
    spool.rewind()?;
    let (mut whole, mut left_out) = (Reading::default(), 0);
    let mut input = BufReader::new(spool.try_clone()?);
    marsad_interpret::read_document(context.manifest, &mut input, &mut |part| {
        left_out += part.posts.iter().filter(|post| context.marks.takes(post)).count();
    });
    spool.rewind()?;
    if left_out == 0 {
        source.bytes = Box::new(BufReader::new(spool));
        return Ok(None);
    }
    let mut input = BufReader::new(spool);
    marsad_interpret::read_document(context.manifest, &mut input, &mut |part| {
        whole.posts.extend(part.posts.into_iter().filter(|post| !context.marks.takes(post)));
        whole.channels.extend(part.channels);
        whole.removals.extend(part.removals);
        whole.taken.extend(part.taken);
    });
    Ok(Some((whole, left_out as u64)))
}

/// Keeps what was read of a document, as marsad-ndjson, because some of its posts were erased here.
fn import_without(
    filing: &mut Filing,
    mut whole: Reading,
    context: &FileContext<'_>,
) -> Result<(), Failure> {
    let name = &context.manifest.source;
    let anew = convert::anew(&mut whole, context.manifest, context.pseudonyms, context.at);
    let anew = anew.ok_or_else(|| {
        Failure::failed(format!(
            "'{name}' holds posts that were erased here by request and cannot be taken out; take them out of the file, or lift the erasure with `marsad evidence lift`"
        ))
    })?;
    let before = filing.store.next_leaf();
    let leaves = anew.append(&mut filing.store, context.at)?;
    filing.store.commit(context.at)?;
    let manifest = Manifest { source: name.clone(), ..Manifest::new(Format::MarsadNdjson) };
    for (ordinal, leaf) in leaves.into_iter().enumerate() {
        let record = filing.store.record(leaf)?;
        let first_line = record.field("Marsad-Line").and_then(|line| line.parse().ok());
        let (bytes, first_line) = (record.payload.as_slice(), first_line.unwrap_or(1));
        let chunk = Chunk { bytes, first_line, ordinal: ordinal as u64 };
        let reading = marsad_interpret::read(&manifest, &chunk);
        let worked = work_out(reading, context.pseudonyms);
        filing.take(worked, &|_| (leaf, leaf >= before), name);
    }
    filing.summary.notes.push(format!(
        "'{name}' holds posts that were erased here by request: they were left out, and the others are kept as they were read, without the files beside them"
    ));
    Ok(())
}

/// A chunk of a document in the evidence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptChunk {
    pub(crate) first_line: u64,
    pub(crate) leaf: u64,
    pub(crate) is_new: bool,
}

/// Reads a kept document back and takes what it says.
pub(crate) fn take_document(
    filing: &mut Filing,
    manifest: &Manifest,
    kept: &[KeptChunk],
    files: &[KeptFile],
) -> Result<(), Failure> {
    let pseudonyms = filing.pseudonyms.clone();
    let mut readings = Vec::new();
    let mut files = Files::new(&filing.store, &filing.filer, files);
    // The reader borrows the store, so its readings are taken after it: bounded by a document's
    // posts, not by its bytes.
    let mut filled = Ok(());
    read_kept(&filing.store, manifest, kept, &mut |mut reading| {
        if filled.is_ok() {
            filled = files.fill(&mut reading);
            readings.push(work_out(reading, &pseudonyms));
        }
    });
    drop(files);
    filled?;
    for worked in readings {
        let leaf_of = |line: u64| {
            let at = kept.partition_point(|chunk| chunk.first_line <= line).saturating_sub(1);
            kept.get(at).map_or((0, false), |chunk| (chunk.leaf, chunk.is_new))
        };
        filing.take(worked, &leaf_of, &manifest.source);
    }
    Ok(())
}

/// Reads a kept document back.
pub(crate) fn read_kept(
    store: &Store,
    manifest: &Manifest,
    kept: &[KeptChunk],
    take: &mut dyn FnMut(Reading),
) {
    let mut input = KeptDocument { store, kept, next: 0, chunk: Cursor::new(Vec::new()) };
    marsad_interpret::read_document(manifest, &mut input, take);
}

/// The bytes of a document, chunk by chunk from the evidence.
struct KeptDocument<'a> {
    store: &'a Store,
    kept: &'a [KeptChunk],
    next: usize,
    chunk: Cursor<Vec<u8>>,
}

impl Read for KeptDocument<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for KeptDocument<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.chunk.fill_buf()?.is_empty() {
            let Some(chunk) = self.kept.get(self.next) else { break };
            let record = self.store.record(chunk.leaf).map_err(io::Error::other)?;
            self.chunk = Cursor::new(record.payload);
            self.next += 1;
        }
        self.chunk.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.chunk.consume(count);
    }
}

/// Reads a file and counts what would be understood.
pub(crate) fn read_only(
    source: Source,
    manifest: &Manifest,
    summary: &mut Summary,
) -> Result<(), Failure> {
    summary.files += 1;
    let Source { path, mut bytes, .. } = source;
    if manifest.format.cutting() == Cutting::Whole {
        marsad_interpret::read_document(manifest, &mut bytes, &mut |reading| {
            count(&reading, manifest, summary);
        });
        return Ok(());
    }
    thread::scope(|scope| {
        let (sender, cut) = sync_channel::<Group>(1);
        scope.spawn(move || cut_groups(bytes, manifest, &sender));
        for group in cut {
            let group = group.with_context(|| format!("cannot read '{path}' further"))?;
            let readings: Vec<_> = group
                .par_iter()
                .map(|piece| marsad_interpret::read(manifest, &piece.as_chunk()))
                .collect();
            for reading in readings {
                count(&reading, manifest, summary);
            }
        }
        Ok(())
    })
}

fn count(reading: &Reading, manifest: &Manifest, summary: &mut Summary) {
    summary.rows += reading.rows;
    summary.posts_added += reading.posts.len() as u64;
    let channels: HashSet<u64> = super::work::channel_hashes(reading);
    summary.channels.extend(channels);
    for post in &reading.posts {
        summary.add_sample(post);
    }
    for problem in &reading.problems {
        summary.add_problem(&manifest.source, problem);
    }
}
