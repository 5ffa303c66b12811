//! Files that posts name: what only posts that go name goes with them.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use marsad_evidence::{RecordKind, Store};
use marsad_types::Post;

use super::Plan;
use crate::archive::hex;
use crate::failure::Failure;
use crate::pipeline::media::{KeptFile, target_of};
use crate::pipeline::recover::{Run, digest_of};

/// Which files the posts of an import name: by a path that its list knows, or by the digest itself.
#[derive(Default)]
pub(super) struct Names<'a> {
    files: &'a [KeptFile],
    by_path: HashMap<&'a str, [u8; 32]>,
    going: BTreeSet<[u8; 32]>,
    staying: BTreeSet<[u8; 32]>,
}

impl<'a> Names<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let files = run.files.as_slice();
        let by_path = files.iter().filter_map(|file| Some((file.path(), file.digest()?)));
        Self { files, by_path: by_path.collect(), ..Self::default() }
    }

    pub(super) fn note(&mut self, post: &Post, goes: bool) {
        let names = if goes { &mut self.going } else { &mut self.staying };
        names.extend(post.media.iter().filter_map(|media| match &media.file {
            Some(path) => self.by_path.get(path.as_str()).copied(),
            None => digest_of(media.sha256.as_deref()?),
        }));
    }

    /// The files of the import that its other posts name.
    pub(super) fn left(&self) -> Vec<KeptFile> {
        let stays = |file: &&KeptFile| file.digest().is_some_and(|d| self.staying.contains(&d));
        self.files.iter().filter(stays).cloned().collect()
    }
}

/// The files that all imports name.
#[derive(Default)]
pub(super) struct All {
    going: BTreeSet<[u8; 32]>,
    staying: BTreeSet<[u8; 32]>,
}

impl All {
    pub(super) fn add(&mut self, names: Names<'_>) {
        self.going.extend(names.going);
        self.staying.extend(names.staying);
    }

    /// Nobody knows what the posts of an import name whose settings cannot be read: all of it stays.
    pub(super) fn keep(&mut self, run: &Run) {
        self.staying.extend(run.files.iter().filter_map(KeptFile::digest));
    }

    /// Plans for the records of what only posts that go name.
    pub(super) fn plan(&self, store: &Store, plan: &mut Plan) -> Result<(), Failure> {
        for digest in self.going.difference(&self.staying) {
            let Some(leaf) = store.find(RecordKind::Resource, "", digest)? else { continue };
            // A file that somebody posted may hold the very bytes of a list.
            if store.record(leaf)?.target == target_of(&hex(digest)) {
                plan.leaves.insert(leaf);
                plan.files += 1;
            }
        }
        Ok(())
    }
}
