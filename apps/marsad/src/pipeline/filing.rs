//! The part of an import that happens in order: append to the evidence, identify, file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use marsad_evidence::{NewRecord, Prepared, RecordKind, Store, prepare};
use marsad_interpret::{Manifest, Reduction};
use marsad_lake::{Batch, ExportRow, Filed, Filer, Lake};
use marsad_matching::Fingerprinter;
use marsad_types::{Author, Post, PostId, PostKey, Problem, Removal, Timestamp};
use serde_json::json;

use super::erased::Marks;
use super::media::KeptFile;
use super::recover::REPLACES_FIELD;
use super::summary::Summary;
use super::work::Worked;
use crate::archive::{Archive, Pseudonyms, hex};
use crate::audit;
use crate::failure::Failure;
use crate::interpreter::OtherInterpreter;

/// A batch is filed when it holds this many posts …
const BATCH_POSTS_MAX: usize = 100_000;
/// … or this much text: together the bound on memory, whatever the size of the input.
const BATCH_TEXT_MAX: usize = 64 << 20;
/// Removals of posts that were never seen; more than these are forgotten.
const UNSEEN_MAX: usize = 10_000;
/// More files than this in one partition are joined when an import ends.
const PARTITION_FILES_MAX: usize = 24;

/// Media type of the record that lists the chunks of an import.
pub(crate) const RUN_TYPE: &str = "application/vnd.marsad.import+json";

/// An import under way.
pub(crate) struct Filing {
    pub(crate) store: Store,
    pub(crate) pseudonyms: Pseudonyms,
    /// What was erased and is not kept again.
    pub(crate) marks: Marks,
    pub(crate) filer: Filer,
    pub(crate) summary: Summary,
    /// Posts that are gone, with the leaf that says so: filed with what was last known of them.
    removals: Vec<(Removal, u64)>,
    /// Posts that are gone and were never seen. What a platform delivers may come in another order
    /// than it happened in: such a post may still come.
    unseen: BTreeMap<PostKey, (Removal, u64)>,
    lake: LakeWriter,
    archive: Archive,
    started: Instant,
}

impl Filing {
    pub(crate) fn begin(archive: &Archive) -> Result<Self, Failure> {
        let started = crate::clock::stopwatch();
        let mut store = archive.store()?;
        let waited = audit::absorb(archive, &mut store)?;
        store.commit(crate::clock::now())?;
        waited.done();
        let lake = archive.lake()?;
        let filer = lake.filer()?;
        let mut summary = Summary::default();
        summary.notes.extend(store.repairs().iter().cloned());
        if let Some(interpreter) = OtherInterpreter::of(&lake)? {
            summary.notes.push(format!("{interpreter}: {}", interpreter.mend()));
        }
        let pseudonyms = archive.pseudonyms()?;
        let marks = Marks::read(store.reader(), pseudonyms.clone())?;
        Ok(Self {
            store,
            pseudonyms,
            marks,
            filer,
            summary,
            removals: Vec::new(),
            unseen: BTreeMap::new(),
            lake: LakeWriter::start(lake),
            archive: archive.clone(),
            started,
        })
    }

    /// Keeps the settings of an import; gives their name in the evidence and whether they are new.
    pub(crate) fn keep_manifest(
        &mut self,
        manifest: &Manifest,
        at: Timestamp,
    ) -> Result<(String, bool), Failure> {
        let written = manifest.to_json();
        let prepared = prepare(&NewRecord {
            kind: RecordKind::Manifest,
            target: String::new(),
            content_type: "application/json",
            at,
            fields: Vec::new(),
            payload: written.as_bytes(),
        });
        let receipt = self.store.append(prepared)?;
        Ok((hex(&receipt.digest), receipt.new))
    }

    /// Says, and keeps in the evidence, what was left out of a file before it was kept.
    pub(crate) fn note_reduction(
        &mut self,
        reduction: &Reduction,
        import: &str,
        is_new: bool,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let dropped: u64 = reduction.chats_dropped.values().sum();
        self.summary.notes.push(format!(
            "the file is a whole account: {} public channels were kept; {dropped} other chats and {} sections were left out and stored nowhere",
            reduction.chats_kept,
            reduction.sections_dropped.len()
        ));
        if let Some(reason) = &reduction.stopped {
            self.summary
                .notes
                .push(format!("the account's file could not be read to its end: {reason}"));
        }
        if !is_new {
            return Ok(());
        }
        let written = serde_json::to_vec(&json!({
            "reduction_of": import,
            "chats_kept": reduction.chats_kept,
            "messages_kept": reduction.messages_kept,
            "chats_dropped": reduction.chats_dropped,
            "sections_dropped": reduction.sections_dropped,
            "stopped": reduction.stopped,
        }))?;
        self.store.append(prepare(&NewRecord {
            kind: RecordKind::Note,
            target: String::new(),
            content_type: "application/json",
            at,
            fields: vec![("Marsad-Import", import.to_owned())],
            payload: &written,
        }))?;
        Ok(())
    }

    /// Keeps which chunks an import was made of, in their order, and which files beside it its posts
    /// name: what a replay reads again. The same import again is the same record.
    pub(crate) fn keep_run(
        &mut self,
        import: &str,
        (chunks, files): (&[u64], &[KeptFile]),
        at: Timestamp,
    ) -> Result<(), Failure> {
        append_list(&mut self.store, import, (chunks, files), None, at)
    }

    /// Appends a chunk to the evidence; gives its leaf and whether it is new.
    pub(crate) fn keep(&mut self, prepared: Prepared) -> Result<(u64, bool), Failure> {
        let receipt = self.store.append(prepared)?;
        Ok((receipt.leaf, receipt.new))
    }

    /// Takes what was read; `place` gives the leaf of a line and whether that record is new, which
    /// says whether its problems are to be filed.
    pub(crate) fn take(&mut self, worked: Worked, place: &dyn Fn(u64) -> (u64, bool), file: &str) {
        let Worked { reading, prints, pids, channels, left_out } = worked;
        self.summary.left_out += left_out;
        self.summary.rows += reading.rows;
        self.summary.channels.extend(channels);
        for ((post, print), pid) in reading.posts.into_iter().zip(prints).zip(pids) {
            let line = post.line;
            let gone = self.was_gone(&post);
            self.removals.extend(gone);
            match self.filer.take(post, print, pid, place(line).0) {
                Filed::Added => self.summary.posts_added += 1,
                Filed::Version => self.summary.versions_added += 1,
                Filed::Duplicate => self.summary.posts_duplicate += 1,
                Filed::TimeOutOfRange => {
                    let reason = "published_at lies outside the years 1 to 9999".to_owned();
                    self.take_problem(Problem { line, reason }, place, file);
                }
            }
        }
        for channel in reading.channels {
            let leaf = place(channel.line).0;
            self.filer.take_channel(channel, leaf);
        }
        for coverage in reading.coverage {
            let leaf = place(coverage.line).0;
            self.filer.take_coverage(coverage, leaf);
        }
        for taken in reading.taken {
            let leaf = place(taken.line).0;
            self.filer.take_taken(taken, leaf);
        }
        for event in reading.events {
            let leaf = place(event.line).0;
            self.filer.take_event(event, leaf);
        }
        for removal in reading.removals {
            let leaf = place(removal.line).0;
            self.removals.push((removal, leaf));
        }
        for problem in reading.problems {
            self.take_problem(problem, place, file);
        }
    }

    /// The removal of a post that is told of only now, and as it was before that.
    fn was_gone(&mut self, post: &Post) -> Option<(Removal, u64)> {
        let PostId::Given(id) = &post.id else { return None };
        if self.unseen.is_empty() {
            return None;
        }
        let key = PostKey { channel: post.channel.clone(), post: id.clone() };
        let (gone, _) = self.unseen.get(&key)?;
        let was_before = post.observed_first.is_some_and(|seen| seen <= gone.at);
        self.unseen.remove(&key).filter(|_| was_before)
    }

    /// Gives the posts that are gone their last known content, from the rows that wait or the lake.
    fn settle_removals(&mut self) -> Result<(), Failure> {
        if self.removals.is_empty() {
            return Ok(());
        }
        let removals = std::mem::take(&mut self.removals);
        let key = |removal: &Removal| PostKey {
            channel: removal.channel.clone(),
            post: removal.post.clone(),
        };
        let mut wanted: BTreeSet<PostKey> = removals.iter().map(|(gone, _)| key(gone)).collect();
        let mut known: BTreeMap<PostKey, (u32, Post)> = BTreeMap::new();
        for filed in &self.filer.batch().posts {
            let name = PostKey { channel: filed.post.channel.clone(), post: filed.id.clone() };
            let order = filed.post.version_order(filed.version);
            let is_later = |(number, post): &(u32, Post)| post.version_order(*number) < order;
            if wanted.contains(&name) && known.get(&name).is_none_or(is_later) {
                let author = filed.author_pid.clone().map_or(Author::Unknown, Author::Pseudonym);
                known.insert(name, (filed.version, Post { author, ..filed.post.clone() }));
            }
        }
        wanted.retain(|name| !known.contains_key(name));
        if !wanted.is_empty() {
            let found = self.lake.latest(wanted)?;
            known.extend(found.into_iter().map(|(name, row)| (name, (row.version, row.post))));
        }
        let mut fingerprinter = Fingerprinter::new();
        for (gone, leaf) in removals {
            let Some((_, last)) = known.get(&key(&gone)) else {
                // A post that was never seen says nothing by being gone.
                if self.unseen.len() >= UNSEEN_MAX {
                    self.unseen.pop_first();
                }
                self.unseen.insert(key(&gone), (gone, leaf));
                continue;
            };
            let post = Post {
                deleted_at: Some(gone.at),
                observed_first: Some(gone.at),
                observed_prev: None,
                version: None,
                author: Author::Unknown,
                line: gone.line,
                ..last.clone()
            };
            let pid = match &last.author {
                Author::Pseudonym(pid) => Some(pid.clone()),
                Author::Unknown | Author::Name(_) => None,
            };
            let print = fingerprinter.fingerprint(&post.text);
            if self.filer.take(post, print, pid, leaf) == Filed::Version {
                self.summary.deleted += 1;
            }
        }
        Ok(())
    }

    fn take_problem(&mut self, problem: Problem, place: &dyn Fn(u64) -> (u64, bool), file: &str) {
        self.summary.add_problem(file, &problem);
        let (leaf, is_new) = place(problem.line);
        if is_new {
            self.filer.take_problem(problem, leaf, file);
        }
    }

    /// Files the batch if it is large: the evidence is committed first.
    pub(crate) fn file_if_large(&mut self, at: Timestamp) -> Result<(), Failure> {
        let batch = self.filer.batch();
        if batch.posts.len() >= BATCH_POSTS_MAX || batch.text_bytes >= BATCH_TEXT_MAX {
            self.file_now(at)?;
        }
        Ok(())
    }

    /// Files the batch of a replay if it is large, or in any case at its end. `position` is what is
    /// replayed whole: after another interruption the replay begins there again.
    pub(crate) fn file_replayed(&mut self, position: u64, at_end: bool) -> Result<(), Failure> {
        let batch = self.filer.batch();
        let is_large = batch.posts.len() >= BATCH_POSTS_MAX || batch.text_bytes >= BATCH_TEXT_MAX;
        if is_large || at_end {
            self.settle_removals()?;
            let batch = self.filer.swap_batch(self.lake.emptied());
            self.lake.send(batch, position)?;
        }
        Ok(())
    }

    /// Commits the evidence, then hands the batch to the lake's writer.
    pub(crate) fn file_now(&mut self, at: Timestamp) -> Result<(), Failure> {
        let before = self.store.head();
        self.settle_removals()?;
        let head = self.store.commit(at)?;
        if self.filer.batch().is_empty() && head.size == before.size {
            return Ok(());
        }
        let batch = self.filer.swap_batch(self.lake.emptied());
        self.lake.send(batch, head.size)
    }

    /// Waits until everything that was handed to the lake is in it.
    pub(crate) fn settle(&self) -> Result<(), Failure> {
        self.lake.latest(BTreeSet::new()).map(drop)
    }

    /// Joins small files of the lake, on its own thread.
    pub(crate) fn compact(&mut self) -> Result<(), Failure> {
        self.lake.compact()
    }

    /// Files the rest and says what was done.
    pub(crate) fn finish(mut self, at: Timestamp) -> Result<Summary, Failure> {
        self.file_now(at)?;
        let mut lake = self.lake.finish()?;
        lake.compact(PARTITION_FILES_MAX)?;
        self.summary.head = Some(self.store.head());
        self.archive.remember(self.store.reader().checkpoint())?;
        self.summary.elapsed = self.started.elapsed();
        Ok(self.summary)
    }
}

/// Appends the record that lists what an import is made of; `replaces` names the lists in whose place
/// it stands.
pub(crate) fn append_list(
    store: &mut Store,
    import: &str,
    (chunks, files): (&[u64], &[KeptFile]),
    replaces: Option<String>,
    at: Timestamp,
) -> Result<(), Failure> {
    let mut list = json!({"import": import, "chunks": chunks});
    if let (Some(list), false) = (list.as_object_mut(), files.is_empty()) {
        list.insert("files".to_owned(), serde_json::to_value(files)?);
    }
    let mut fields = vec![("Marsad-Import", import.to_owned())];
    fields.extend(replaces.map(|leaves| (REPLACES_FIELD, leaves)));
    let record = |payload: &[u8]| {
        prepare(&NewRecord {
            kind: RecordKind::Resource,
            target: format!("urn:marsad:import:{import}"),
            content_type: RUN_TYPE,
            at,
            fields: fields.clone(),
            payload,
        })
    };
    let before = store.head().size;
    let receipt = store.append(record(&serde_json::to_vec(&list)?))?;
    // Somebody's file may hold these very bytes, so that a replay would not find the import.
    let is_taken = !receipt.new
        && receipt.leaf < before
        && store.record(receipt.leaf)?.content_type != RUN_TYPE;
    if is_taken {
        store.append(record(&serde_json::to_vec_pretty(&list)?))?;
    }
    Ok(())
}

/// Work for the lake's thread.
enum Job {
    /// File these rows; the evidence up to this position is then filed.
    File(Batch, u64),
    /// Give the last filed version of these posts.
    Latest(BTreeSet<PostKey>, SyncSender<BTreeMap<PostKey, ExportRow>>),
    /// Join small files.
    Compact,
}

/// Files batches on a thread of its own, one behind the other, so that reading goes on meanwhile.
/// At most one batch waits: that bounds the memory.
struct LakeWriter {
    sender: SyncSender<Job>,
    /// Batches that are filed, to be used again.
    emptied: Receiver<Batch>,
    thread: thread::JoinHandle<Result<Lake, marsad_lake::Error>>,
}

impl LakeWriter {
    fn start(mut lake: Lake) -> Self {
        let (sender, jobs) = sync_channel::<Job>(0);
        let (back, emptied) = sync_channel(2);
        let thread = thread::spawn(move || {
            for job in jobs {
                match job {
                    Job::File(batch, position) => {
                        lake.file(&batch, position)?;
                        // Nobody waits for it when the import has ended.
                        drop(back.try_send(batch.emptied()));
                    }
                    Job::Latest(wanted, reply) => drop(reply.send(lake.latest(&wanted)?)),
                    Job::Compact => drop(lake.compact(PARTITION_FILES_MAX)?),
                }
            }
            Ok(lake)
        });
        Self { sender, emptied, thread }
    }

    /// A batch to fill: one that is filed, else a new one.
    fn emptied(&self) -> Batch {
        self.emptied.try_recv().unwrap_or_default()
    }

    fn send(&mut self, batch: Batch, position: u64) -> Result<(), Failure> {
        if self.sender.send(Job::File(batch, position)).is_ok() {
            return Ok(());
        }
        // The thread has ended: `finish` says why, with the lake's own words.
        Err(Failure::failed("the lake could not be written; see `marsad doctor`"))
    }

    fn compact(&self) -> Result<(), Failure> {
        let sent = self.sender.send(Job::Compact);
        sent.map_err(|_stopped| {
            Failure::failed("the lake could not be written; see `marsad doctor`")
        })
    }

    /// The last version of posts, everything sent before included.
    fn latest(&self, wanted: BTreeSet<PostKey>) -> Result<BTreeMap<PostKey, ExportRow>, Failure> {
        let (reply, answer) = sync_channel(1);
        let sent = self.sender.send(Job::Latest(wanted, reply)).is_ok();
        let found = if sent { answer.recv().ok() } else { None };
        found.ok_or_else(|| Failure::failed("the lake could not be read; see `marsad doctor`"))
    }

    fn finish(self) -> Result<Lake, Failure> {
        drop(self.sender);
        match self.thread.join() {
            Ok(filed) => Ok(filed?),
            Err(_) => Err(Failure::failed("the lake's writer stopped unexpectedly")),
        }
    }
}
