//! Forgetting: posts leave the evidence, and everything that was made from it.
//!
//! **Main path.** [`scan`] reads the whole evidence again and says which records hold what is to go
//! ([`Plan`]) → [`carry_out`] throws the derived tables away, writes what stays of those records,
//! erases them with tombstones in one commit, and makes the tables again.
//!
//! **Invariants.** Nothing is erased before it is certain what stays: the replacement of a record
//! reads as the record without the posts that went, or nothing happens at all. Leaves and proofs
//! stay valid. The derived tables go first, so that no crash leaves them behind. Files go with the
//! last post of any import that names them, and so does the list that says what they were. What was
//! asked to be forgotten is marked in the same commit, so that it is not kept again.
//!
//! **Not here.** Lines that were not understood have no post to ask for; copies elsewhere.

pub(super) mod convert;
mod files;
pub(super) mod redact;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context as _;
use marsad_evidence::{Prepared, Store};
use marsad_interpret::{Cutting, Manifest};
use marsad_types::{ChannelKey, Platform, Post, PostId, PostKey, Timestamp};

use self::files::{All, Names};
use super::erased::{self, Erased};
use super::filing::append_list;
use super::media::KeptFile;
use super::recover::{Run, manifest, replaces, runs};
use super::{digest_of, rebuild};
use crate::archive::Archive;
use crate::audit::{self, Act, Entry};
use crate::failure::Failure;

/// Everything in an archive that is made from the evidence.
const DERIVED: [&str; 4] = ["lake", "lake-before-rebuild", "search", "index"];

/// Which posts are to go.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// These: by their ids, or, where the source gave none, by channel, time and text, since posts
    /// without ids that are equal in all three cannot be told apart.
    Posts { keys: BTreeSet<PostKey>, contents: BTreeSet<(ChannelKey, i64, String)> },
    /// Posts of a platform (of all, when it is absent) published before a time.
    Older(Vec<(Option<Platform>, Timestamp)>),
}

impl Wanted {
    pub(crate) fn takes(&self, post: &Post) -> bool {
        match (self, &post.id) {
            (Self::Posts { keys, .. }, PostId::Given(id)) => {
                keys.contains(&PostKey { channel: post.channel.clone(), post: id.clone() })
            }
            (Self::Posts { contents, .. }, PostId::Derived) => {
                contents.contains(&(post.channel.clone(), post.published_at.0, post.text.clone()))
            }
            (Self::Older(rules), _) => rules.iter().any(|(platform, before)| {
                post.published_at < *before
                    && platform.as_ref().is_none_or(|p| *p == post.channel.platform)
            }),
        }
    }
}

/// What is to be done, complete before anything is changed.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Observations of posts that go; a post may have been observed more than once.
    pub(crate) posts: u64,
    /// Files that no other post names.
    pub(crate) files: u64,
    /// Records that hold all that, or list it.
    pub(crate) leaves: BTreeSet<u64>,
    /// Posts that stay, but not as the bytes that came: their file means something as a whole only.
    pub(crate) rewritten: u64,
    replacements: Vec<Replacement>,
}

/// What stays of erased records.
#[derive(Debug)]
enum Replacement {
    /// A chunk without some of its lines, and the leaf in whose place it stands.
    Chunk(u64, Prepared),
    /// A document, written anew as marsad-ndjson.
    Document(convert::Converted),
    /// What an import is made of, with the leaves of its chunks as they were before.
    List { import: String, chunks: Vec<u64>, files: Vec<KeptFile>, replaces: Option<String> },
}

/// Reads the evidence and says what has to go. Changes nothing.
pub(crate) fn scan(
    archive: &Archive,
    store: &Store,
    wanted: &Wanted,
    at: Timestamp,
) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    let mut seen = BTreeSet::new();
    let mut all = All::default();
    let runs = runs(store, 0)?;
    for run in &runs {
        if run.is_watch {
            convert::answers(archive, store, run, (wanted, at), &mut plan)?;
            continue;
        }
        let digest = digest_of(&run.import);
        let manifest = digest.map(|digest| manifest(store, &digest)).transpose()?.flatten();
        let Some(manifest) = manifest else {
            all.keep(run);
            continue;
        };
        let mut names = Names::of(run);
        if manifest.format.cutting() == Cutting::Whole {
            let into = (&mut names, &mut plan);
            convert::document(archive, store, (run, &manifest), (wanted, at), into)?;
            all.add(names);
            continue;
        }
        for leaf in &run.chunks {
            // An import that was made twice lists the same chunks twice; its files may be others.
            let is_done = !seen.insert(*leaf);
            if is_done && run.files.is_empty() {
                continue;
            }
            let (chunk, into) = ((*leaf, is_done), (&mut names, &mut plan));
            redact::chunk(store, (run, &manifest), chunk, (wanted, at), into)?;
        }
        list_anew(run, &names, &mut plan);
        all.add(names);
    }
    all.plan(store, &mut plan)?;
    Ok(plan)
}

/// Plans for the list of an import whose chunks are replaced. One that names files goes: it says what
/// they were. An import that was interrupted has none, and its new chunks would be nobody's.
fn list_anew(run: &Run, names: &Names<'_>, plan: &mut Plan) {
    let is_touched = run.chunks.iter().any(|leaf| plan.leaves.contains(leaf));
    if !is_touched || (run.files.is_empty() && run.leaf.is_some()) {
        return;
    }
    let replaces = run.leaf.map(|leaf| replaces(&run.replaced, leaf));
    let (import, chunks) = (run.import.clone(), run.chunks.clone());
    plan.replacements.push(Replacement::List { import, chunks, files: names.left(), replaces });
    plan.leaves.extend(run.leaf);
}

/// Does it: nothing made from the evidence stays behind, the records go, what stays is made again.
pub(crate) fn carry_out(
    archive: &Archive,
    mut store: Store,
    (plan, marked): (Plan, &[Erased]),
    (act, reason, at): (&Act, &str, Timestamp),
) -> Result<(), Failure> {
    for name in DERIVED {
        let folder = archive.root().join(name);
        if folder.try_exists().unwrap_or(false) {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot clear '{}'", folder.display()))?;
        }
    }
    // Alerts quote posts. Which of them quote those that go is not asked: a quote is a courtesy.
    if archive.has_desk() {
        archive.desk()?.forget_quotes()?;
    }
    let waited = audit::absorb(archive, &mut store)?;
    let mut renewed = BTreeMap::new();
    for replacement in plan.replacements {
        match replacement {
            Replacement::Chunk(old, anew) => {
                renewed.insert(old, store.append(anew)?.leaf);
            }
            Replacement::Document(converted) => drop(converted.append(&mut store, at)?),
            Replacement::List { import, mut chunks, files, replaces } => {
                for leaf in &mut chunks {
                    *leaf = renewed.get(leaf).copied().unwrap_or(*leaf);
                }
                chunks.retain(|leaf| !plan.leaves.contains(leaf));
                if !chunks.is_empty() {
                    append_list(&mut store, &import, (&chunks, &files), replaces, at)?;
                }
            }
        }
    }
    let keyed = archive.pseudonyms()?;
    for post in marked {
        store.append(erased::record(&keyed, post, at))?;
    }
    let leaves: Vec<u64> = plan.leaves.into_iter().collect();
    store.append(Entry::of(archive, act)?.prepared())?;
    // Commits all of the above together with the tombstones, then overwrites.
    store.erase(&leaves, reason, at)?;
    waited.done();
    archive.remember(store.reader().checkpoint())?;
    drop(store);
    rebuild(archive).map(drop)
}

/// One import that cannot lose single posts.
fn refuse(run: &Run, manifest: &Manifest, line: u64) -> Failure {
    Failure::failed(format!(
        "the post in line {line} of '{}' (import {}, {}) cannot be taken out of its record without changing how the rest is read; nothing was erased",
        manifest.source,
        run.import.get(..16).unwrap_or_default(),
        manifest.format.as_str()
    ))
}
