//! Forgetting: posts leave the evidence, and everything that was made from it.
//!
//! **Main path.** [`scan`] reads the whole evidence again and says which records hold what is to go
//! ([`Plan`]) → [`carry_out`] throws the derived tables away, writes what stays of those records,
//! erases them with tombstones in one commit, and makes the tables again.
//!
//! **Invariants.** Nothing is erased before it is certain what stays: the replacement of a record
//! reads as the record without the posts that went, or nothing happens at all. Leaves and proofs
//! stay valid. The derived tables go first, so that no crash leaves them behind.
//!
//! **Not here.** Lines that were not understood have no post to ask for; copies elsewhere.

mod convert;
mod redact;

use std::collections::BTreeSet;
use std::fs;

use anyhow::Context as _;
use marsad_evidence::{Prepared, Store};
use marsad_interpret::{Cutting, Manifest};
use marsad_types::{ChannelKey, Platform, Post, PostId, PostKey, Timestamp};

use super::recover::{Run, manifest, runs};
use super::{digest_of, rebuild};
use crate::archive::Archive;
use crate::audit::{self, Act, Entry};
use crate::failure::Failure;

/// Everything in an archive that is made from the evidence.
const DERIVED: [&str; 3] = ["lake", "lake-before-rebuild", "search"];

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
    /// Records that hold them.
    pub(crate) leaves: Vec<u64>,
    /// Posts that stay, but not as the bytes that came: their file means something as a whole only.
    pub(crate) rewritten: u64,
    replacements: Vec<Replacement>,
}

/// What stays of erased records.
#[derive(Debug)]
enum Replacement {
    /// A chunk without some of its lines.
    Chunk(Prepared),
    /// A document, written anew as marsad-ndjson.
    Document(convert::Converted),
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
    for run in runs(store, 0)? {
        let digest = digest_of(&run.import);
        let manifest = digest.map(|digest| manifest(store, &digest)).transpose()?.flatten();
        let Some(manifest) = manifest else { continue };
        if manifest.format.cutting() == Cutting::Whole {
            convert::document(archive, store, (&run, &manifest), (wanted, at), &mut plan)?;
            continue;
        }
        for leaf in &run.chunks {
            // An import that was made twice lists the same chunks twice.
            if seen.insert(*leaf) {
                redact::chunk(store, (&run, &manifest), *leaf, (wanted, at), &mut plan)?;
            }
        }
    }
    plan.leaves.sort_unstable();
    plan.leaves.dedup();
    Ok(plan)
}

/// Does it: nothing made from the evidence stays behind, the records go, what stays is made again.
pub(crate) fn carry_out(
    archive: &Archive,
    mut store: Store,
    plan: Plan,
    (act, reason, at): (&Act, &str, Timestamp),
) -> Result<(), Failure> {
    for name in DERIVED {
        let folder = archive.root().join(name);
        if folder.try_exists().unwrap_or(false) {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot clear '{}'", folder.display()))?;
        }
    }
    let waited = audit::absorb(archive, &mut store)?;
    for replacement in plan.replacements {
        match replacement {
            Replacement::Chunk(prepared) => drop(store.append(prepared)?),
            Replacement::Document(converted) => converted.append(&mut store, at)?,
        }
    }
    store.append(Entry::of(archive, act)?.prepared())?;
    // Commits all of the above together with the tombstones, then overwrites.
    store.erase(&plan.leaves, reason, at)?;
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
