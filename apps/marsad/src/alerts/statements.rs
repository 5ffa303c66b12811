//! The index of statements that a watch keeps: made from the lake, brought up to it, thrown away
//! with it.
//!
//! `archive/index/statements/` is the matcher's own; beside it `covers.json` says how far it goes:
//! of which lake, up to which leaf of the log, with how many posts. Where that does not add up, the
//! index is built again.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use compact_str::CompactString;
use marsad_lake::{Lake, Selection};
use marsad_matching::index::Error;
use marsad_matching::{Answer, Arrival, Index, Options};
use marsad_types::{ChannelKey, Post, PostId, PostKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::event::Belongs;
use crate::archive::{Archive, write_synced};
use crate::failure::Failure;
use crate::pipeline::exchange;
use crate::pipeline::filing::Filing;
use crate::progress;

/// More posts than this are not added one by one: a build takes a hundredth of the time a post.
const ADDED_MAX: u64 = 50_000;

/// How far the index goes.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Covers {
    /// The lake's name; none while it has no posts.
    lake: Option<String>,
    /// Every post that was read from a leaf below this is in the index and was heard.
    position: u64,
    /// Posts that the lake had then.
    filed: u64,
    /// Posts that the index had then.
    indexed: u64,
}

/// The index, open.
pub(super) struct Statements {
    index: Index,
    folder: PathBuf,
    lake: Option<String>,
}

/// Posts that came while watching and that no rule heard of: the process died before.
pub(super) type Unheard = Vec<Post>;

impl Statements {
    /// Opens the index and brings it up to the lake; builds it where that is not possible.
    pub(super) fn open(
        archive: &Archive,
        filing: &Filing,
        is_quiet: bool,
    ) -> Result<(Self, Unheard), Failure> {
        let folder = archive.root().join("index");
        let lake = archive.lake()?;
        let id = lake.id()?;
        let covers = Covers::read(&folder).filter(|covers| covers.lake == id);
        let unfiled = |covers: &Covers| filing.filer.posts().saturating_sub(covers.filed);
        let mut unheard = Unheard::new();
        if let Some(covers) = covers {
            let are_few = unfiled(&covers) <= ADDED_MAX;
            let missing = Missing::of(&lake, filing, covers.position, are_few)?;
            unheard = missing.unheard;
            if are_few {
                let opened = match Index::open(&inner(&folder), &Options::default()) {
                    Err(busy @ Error::Busy(_)) => return Err(busy.into()),
                    opened => opened.ok(),
                };
                if let Some(index) = opened {
                    let mut own = Self { index, folder: folder.clone(), lake: id.clone() };
                    if own.catch_up(&missing.others, &unheard, &covers, filing)? {
                        return Ok((own, unheard));
                    }
                }
            }
        }
        let index = build(&folder, &lake, filing.filer.posts(), is_quiet)?;
        Ok((Self { index, folder, lake: id }, unheard))
    }

    /// Adds what is missing; says whether the index then has what the lake has, but for the posts
    /// that are to be heard first.
    fn catch_up(
        &mut self,
        others: &[Post],
        unheard: &[Post],
        covers: &Covers,
        filing: &Filing,
    ) -> Result<bool, Failure> {
        for post in others {
            match self.add(post) {
                Ok(_) => {}
                Err(Error::Damaged(_)) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        let mut coming = 0;
        for post in unheard {
            let key = key_of(post);
            coming += u64::from(!self.index.has(&key.channel, &key.post)?);
        }
        let has = u64::from(self.index.len()) + coming;
        Ok(has.checked_sub(covers.indexed) == filing.filer.posts().checked_sub(covers.filed))
    }

    /// Says where a post belongs and remembers it; `None` when it was known.
    pub(super) fn hear(&mut self, post: &Post) -> Result<Option<Belongs>, Error> {
        Ok(self.add(post)?.filter(|answer| !answer.is_known).map(Belongs::from))
    }

    /// The same for a post that may have been added without being heard.
    pub(super) fn hear_again(&mut self, post: &Post) -> Result<Option<Belongs>, Error> {
        Ok(self.add(post)?.map(Belongs::from))
    }

    fn add(&mut self, post: &Post) -> Result<Option<Answer>, Error> {
        let PostId::Given(id) = &post.id else { return Ok(None) };
        let forward = post.forward.as_ref();
        let forward_of: Option<(&ChannelKey, &str)> = forward.map(|forward| {
            (&forward.channel, forward.post.as_ref().map_or("", CompactString::as_str))
        });
        let arrival = Arrival {
            channel: &post.channel,
            id,
            published_at: post.published_at,
            text: &post.text,
            forward_of,
            media: &post.media,
        };
        self.index.insert(&arrival).map(Some)
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// Makes everything last that was heard so far. To be called when everything that was read is in
    /// the log and handed to the lake.
    pub(super) fn keep(&mut self, archive: &Archive, filing: &Filing) -> Result<(), Failure> {
        if self.lake.is_none() {
            filing.settle()?;
            self.lake = archive.lake()?.id()?;
        }
        self.index.flush()?;
        let covers = Covers {
            lake: self.lake.clone(),
            position: filing.store.head().size,
            filed: filing.filer.posts(),
            indexed: u64::from(self.index.len()),
        };
        covers.write(&self.folder)
    }
}

/// The matcher's own folder.
fn inner(folder: &Path) -> PathBuf {
    folder.join("statements")
}

fn build(folder: &Path, lake: &Lake, posts: u64, is_quiet: bool) -> Result<Index, Failure> {
    if folder.try_exists().unwrap_or(false) {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot clear '{}'", folder.display()))?;
    }
    let note = format!("building the index of statements over {posts} posts");
    let spinner = progress::spinner(&note, is_quiet);
    let (corpus, prints) = lake.corpus(&Selection::default())?;
    let index = Index::build(&inner(folder), &corpus, &prints, &Options::default())?;
    spinner.finish_and_clear();
    Ok(index)
}

impl Covers {
    fn read(folder: &Path) -> Option<Self> {
        let written = fs::read(folder.join("covers.json")).ok()?;
        serde_json::from_slice(&written).ok()
    }

    /// In place of the one before, whole or not at all.
    fn write(&self, folder: &Path) -> Result<(), Failure> {
        let (path, new) = (folder.join("covers.json"), folder.join("covers.new"));
        write_synced(&new, &serde_json::to_vec(self)?)?;
        Ok(fs::rename(&new, &path).with_context(|| format!("cannot write '{}'", path.display()))?)
    }
}

fn key_of(post: &Post) -> PostKey {
    let id = match &post.id {
        PostId::Given(id) => id.clone(),
        PostId::Derived => CompactString::default(),
    };
    PostKey { channel: post.channel.clone(), post: id }
}

/// What the lake has from a leaf on: posts that came while watching, and others.
struct Missing {
    unheard: Unheard,
    others: Vec<Post>,
}

impl Missing {
    /// `others` only where they are to be added one by one: a large import would fill the memory.
    fn of(
        lake: &Lake,
        filing: &Filing,
        position: u64,
        keeps_others: bool,
    ) -> Result<Self, Failure> {
        // The first version of each; a later one alone is a post that was known before.
        let mut first: BTreeMap<PostKey, (u32, u64, Post)> = BTreeMap::new();
        let mut watched: BTreeMap<u64, bool> = BTreeMap::new();
        let mut failed = None;
        lake.each_post_from(position, &mut |row, leaf| {
            if let Entry::Vacant(unknown) = watched.entry(leaf) {
                match filing.store.record(leaf) {
                    Ok(record) => drop(unknown.insert(exchange::is_watched(&record))),
                    Err(error) => failed = Some(error),
                }
            }
            let is_kept = keeps_others || watched.get(&leaf) == Some(&true);
            let key = key_of(&row.post);
            if is_kept && first.get(&key).is_none_or(|(version, ..)| row.version < *version) {
                first.insert(key, (row.version, leaf, row.post));
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        let (mut unheard, mut others) = (Vec::new(), Vec::new());
        for (_, (version, leaf, post)) in first {
            if version == 1 && watched.get(&leaf) == Some(&true) {
                unheard.push((leaf, post));
            } else if keeps_others {
                others.push(post);
            }
        }
        unheard.sort_by_key(|(leaf, post)| (*leaf, post.published_at));
        others.sort_by_key(|post| post.published_at);
        Ok(Self { unheard: unheard.into_iter().map(|(_, post)| post).collect(), others })
    }
}

/// The keys of posts that are still to be heard.
pub(super) fn keys(posts: &[Post]) -> BTreeSet<PostKey> {
    posts.iter().map(key_of).collect()
}

/// From when on what the index holds is told to the rules again.
pub(super) fn remembered_since(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_sub(super::rule::MEMORY_MS))
}
