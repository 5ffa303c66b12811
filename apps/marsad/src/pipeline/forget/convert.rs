//! A document that means something as a whole only: what stays of it is written anew.
//!
//! Taking a message out of a JSON document would change what the rest says. So the document's
//! records go, and its other posts are kept as they were read, as marsad-ndjson: no longer the bytes
//! that came, which whoever erases is told.

use std::collections::BTreeMap;

use marsad_evidence::{Error, NewRecord, Prepared, RecordKind, Store, prepare};
use marsad_interpret::{Cutter, Format, Manifest};
use marsad_lake::{ExportRow, Filer};
use marsad_types::{Author, Post, PostId, Reading, Removal, Timestamp};
use serde_json::Value;

use super::files::Names;
use super::{Plan, Replacement, Wanted, refuse};
use crate::archive::{Archive, Pseudonyms, hex};
use crate::failure::Failure;
use crate::pipeline::chunks::{KeptChunk, read_kept};
use crate::pipeline::exchange;
use crate::pipeline::filing::append_list;
use crate::pipeline::media::{Files, KeptFile};
use crate::pipeline::recover::{Run, replaces, replaces_record};
use crate::verbs::export::{channel_line, post_line, removed_line, taken_line};

/// A document written anew, ready to be kept.
#[derive(Debug)]
pub(crate) struct Converted {
    manifest: Prepared,
    import: String,
    chunks: Vec<Prepared>,
    /// The files that its posts name.
    files: Vec<KeptFile>,
    /// The records that listed the old chunks.
    replaces: Option<String>,
}

impl Converted {
    /// Appends settings, chunks and the list of them, and gives the chunks' leaves; the caller commits.
    pub(crate) fn append(self, store: &mut Store, at: Timestamp) -> Result<Vec<u64>, Failure> {
        store.append(self.manifest)?;
        let mut leaves = Vec::new();
        for chunk in self.chunks {
            leaves.push(store.append(chunk)?.leaf);
        }
        append_list(store, &self.import, (&leaves, &self.files), self.replaces, at)?;
        Ok(leaves)
    }
}

/// Plans for one document.
pub(super) fn document(
    archive: &Archive,
    store: &Store,
    (run, manifest): (&Run, &Manifest),
    (wanted, at): (&Wanted, Timestamp),
    (names, plan): (&mut Names<'_>, &mut Plan),
) -> Result<(), Failure> {
    let kept = kept(store, run)?;
    let mut whole = Reading::default();
    read_kept(store, manifest, &kept, &mut |reading| {
        whole.posts.extend(reading.posts);
        whole.channels.extend(reading.channels);
        whole.removals.extend(reading.removals);
        whole.taken.extend(reading.taken);
    });
    let gone = whole.removals.iter().filter_map(|gone| removed(gone, &whole.posts));
    let gone: Vec<Post> = gone.collect();
    whole.posts.extend(gone);
    whole.removals.clear();
    for post in &whole.posts {
        names.note(post, wanted.takes(post));
    }
    let before = whole.posts.len();
    let line = whole.posts.iter().find(|post| wanted.takes(post)).map(|post| post.line);
    let Some(line) = line else { return Ok(()) };
    whole.posts.retain(|post| !wanted.takes(post));
    // A filer that knows no post: every picture is looked at.
    Files::new(store, &Filer::default(), &run.files).fill(&mut whole)?;
    let pseudonyms = archive.pseudonyms()?;
    for post in &mut whole.posts {
        name_nobody(post, &pseudonyms);
        post.media.iter_mut().for_each(|media| media.file = None);
    }
    plan.posts += (before - whole.posts.len()) as u64;
    plan.leaves.extend(kept.iter().map(|chunk| chunk.leaf));
    if !run.files.is_empty() {
        plan.leaves.extend(run.leaf); // it says what the files were
    }
    if whole.posts.is_empty() && whole.channels.is_empty() {
        return Ok(());
    }
    plan.rewritten += whole.posts.len() as u64;
    let converted = convert(&whole, manifest, at).ok_or_else(|| refuse(run, manifest, line))?;
    let replaces = run.leaf.map(|leaf| replaces(&run.replaced, leaf));
    let converted = Converted { files: names.left(), replaces, ..converted };
    plan.replacements.push(Replacement::Document(converted));
    Ok(())
}

/// Plans for the answers that came while watching: a page is one record, and holds posts that stay.
pub(super) fn answers(
    archive: &Archive,
    store: &Store,
    run: &Run,
    (wanted, at): (&Wanted, Timestamp),
    plan: &mut Plan,
) -> Result<(), Failure> {
    for leaf in &run.chunks {
        let record = match store.record(*leaf) {
            Ok(record) => record,
            Err(Error::Erased { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut whole = exchange::read(store, &record);
        // Also a record that has only an edit of it, which is read where the post stands.
        let before = whole.posts.len() + whole.retold.len();
        let mut all = whole.posts.iter().chain(&whole.retold);
        let Some(line) = all.find(|post| wanted.takes(post)).map(|post| post.line) else {
            continue;
        };
        whole.posts.retain(|post| !wanted.takes(post));
        whole.retold.retain(|post| !wanted.takes(post));
        whole.removals.retain(|gone| !wanted.takes(&stub(gone)));
        let pseudonyms = archive.pseudonyms()?;
        whole.posts.iter_mut().for_each(|post| name_nobody(post, &pseudonyms));
        plan.posts += (before - whole.posts.len() - whole.retold.len()) as u64;
        plan.leaves.insert(*leaf);
        plan.rewritten += whole.posts.len() as u64;
        let is_empty = whole.posts.is_empty() && whole.channels.is_empty();
        if is_empty && whole.removals.is_empty() {
            continue;
        }
        let mut manifest = Manifest::new(Format::MarsadNdjson);
        manifest.source.clone_from(&record.target);
        let converted =
            convert(&whole, &manifest, at).ok_or_else(|| refuse(run, &manifest, line))?;
        let replaces = Some(replaces_record(&record));
        plan.replacements.push(Replacement::Document(Converted { replaces, ..converted }));
    }
    Ok(())
}

/// A document that is not kept yet, written anew without some of its posts; `None` where the written
/// form does not read back.
pub(crate) fn anew(
    whole: &mut Reading,
    manifest: &Manifest,
    pseudonyms: &Pseudonyms,
    at: Timestamp,
) -> Option<Converted> {
    let gone: Vec<Post> =
        whole.removals.iter().filter_map(|gone| removed(gone, &whole.posts)).collect();
    whole.posts.extend(gone);
    whole.removals.clear();
    for post in &mut whole.posts {
        name_nobody(post, pseudonyms);
        post.media.iter_mut().for_each(|media| media.file = None);
    }
    convert(whole, manifest, at)
}

/// What an answer said of its channel and of its posts, as lines.
pub(crate) fn lines(whole: &mut Reading, pseudonyms: &Pseudonyms) -> Vec<u8> {
    whole.posts.iter_mut().for_each(|post| name_nobody(post, pseudonyms));
    written(whole).unwrap_or_default()
}

/// A post that is gone, as far as its removal knows it.
fn stub(gone: &Removal) -> Post {
    let id = PostId::Given(gone.post.clone());
    Post::new(gone.channel.clone(), id, gone.at, String::new())
}

/// A removal of a post that the same document has: the post as it was last seen, and when it was gone.
fn removed(gone: &Removal, posts: &[Post]) -> Option<Post> {
    let is_it =
        |post: &&Post| post.channel == gone.channel && post.id == PostId::Given(gone.post.clone());
    let last = posts.iter().rfind(is_it)?;
    Some(Post {
        deleted_at: Some(gone.at),
        observed_first: Some(gone.at),
        observed_prev: None,
        version: None,
        line: gone.line,
        ..last.clone()
    })
}

/// The chunks of a document that are still there.
fn kept(store: &Store, run: &Run) -> Result<Vec<KeptChunk>, Failure> {
    let mut kept = Vec::new();
    for leaf in &run.chunks {
        let record = match store.record(*leaf) {
            Ok(record) => record,
            Err(Error::Erased { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let line = record.field("Marsad-Line").and_then(|line| line.parse().ok());
        kept.push(KeptChunk { first_line: line.unwrap_or(1), leaf: *leaf, is_new: false });
    }
    Ok(kept)
}

/// People's names stay behind with the bytes that go.
fn name_nobody(post: &mut Post, pseudonyms: &Pseudonyms) {
    if let Author::Name(name) = &post.author {
        let pid = pseudonyms.of(post.channel.platform.as_str(), name);
        post.author = Author::Pseudonym(pid);
    }
}

/// As lines of marsad-ndjson.
fn written(whole: &Reading) -> Option<Vec<u8>> {
    let mut lines = Vec::new();
    let channels = whole.channels.iter().map(channel_line);
    let taken = whole.taken.iter().map(taken_line);
    let removed = whole.removals.iter().map(removed_line);
    let posts = whole.posts.iter().map(line_of);
    for line in channels.chain(taken).chain(posts).chain(removed) {
        serde_json::to_writer(&mut lines, &line).ok()?;
        lines.push(b'\n');
    }
    Some(lines)
}

/// `None` when the written form does not read back as what was read.
fn convert(whole: &Reading, manifest: &Manifest, at: Timestamp) -> Option<Converted> {
    let lines = written(whole)?;
    let mut anew = Manifest::new(Format::MarsadNdjson);
    anew.source.clone_from(&manifest.source);
    let settings = anew.to_json();
    let import = hex(&marsad_evidence::merkle::sha256(settings.as_bytes()));
    let record = |kind, target: String, fields, payload: &[u8], content_type| {
        prepare(&NewRecord { kind, target, content_type, at, fields, payload })
    };
    let mut cutter = Cutter::new(&anew);
    let mut pieces = cutter.push(&lines);
    pieces.extend(cutter.finish());
    let (mut chunks, mut posts, mut problems, mut removals) = (Vec::new(), Vec::new(), 0, 0);
    for piece in &pieces {
        let chunk = piece.as_chunk();
        let reading = marsad_interpret::read(&anew, &chunk);
        posts.extend(reading.posts);
        problems += reading.problems.len();
        removals += reading.removals.len();
        let fields = vec![
            ("Marsad-Import", import.clone()),
            ("Marsad-Ordinal", chunk.ordinal.to_string()),
            ("Marsad-Line", chunk.first_line.to_string()),
        ];
        let target = format!("urn:marsad:import:{import}#{}", chunk.ordinal);
        chunks.push(record(RecordKind::Chunk, target, fields, chunk.bytes, OCTETS));
    }
    let same = posts.iter().zip(&whole.posts).all(|(new, old)| {
        let old = Post { line: new.line, ..old.clone() };
        *new == old
    });
    let is_whole = same
        && posts.len() == whole.posts.len()
        && removals == whole.removals.len()
        && problems == 0;
    let settings =
        record(RecordKind::Manifest, String::new(), Vec::new(), settings.as_bytes(), JSON);
    let (files, replaces) = (Vec::new(), None);
    is_whole.then_some(Converted { manifest: settings, import, chunks, files, replaces })
}

const OCTETS: &str = "application/octet-stream";
const JSON: &str = "application/json";

fn line_of(post: &Post) -> Value {
    let id = match &post.id {
        PostId::Given(id) => id.clone(),
        PostId::Derived => compact_str::CompactString::default(),
    };
    let version = post.version.unwrap_or(1);
    let mut line = post_line(&ExportRow { post: post.clone(), id, version });
    if let Some(fields) = line.as_object_mut() {
        let absent =
            [("version", post.version.is_none()), ("id", matches!(post.id, PostId::Derived))];
        let absent: BTreeMap<&str, bool> = absent.into_iter().collect();
        fields.retain(|name, _| !absent.get(name.as_str()).copied().unwrap_or(false));
    }
    line
}
