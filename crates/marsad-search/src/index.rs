//! An index on disk: what it covers, who may write it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use marsad_types::ChannelKey;
use serde::{Deserialize, Serialize};
use tantivy::{IndexReader, ReloadPolicy, Searcher, Term};

use crate::Error;
use crate::schema::{Fields, INDEX_VERSION, analysers, schema};

/// What an index was made from. It stands inside the index's own commit, so that the two cannot
/// differ; an index whose first commit never came covers nothing and is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers {
    /// Version of the way of indexing.
    index_version: u32,
    /// Version of the normaliser.
    normaliser: u32,
    /// The lake it was made from, by a name that a rebuilt lake does not share.
    pub lake: String,
    /// Version of that lake.
    pub version: u64,
    /// Every row read from a leaf of the evidence log below this is covered.
    pub position: u64,
    /// Rows of post versions that are covered.
    pub rows: u64,
    /// Of these, rows of leaves at or above `position`: an interrupted replay files such.
    pub ahead: u64,
}

impl Covers {
    /// What an index of this lake covers.
    pub fn new(lake: String, version: u64, position: u64) -> Self {
        Self {
            index_version: INDEX_VERSION,
            normaliser: marsad_matching::FINGERPRINT_VERSION,
            lake,
            version,
            position,
            rows: 0,
            ahead: 0,
        }
    }

    fn is_ours(&self) -> bool {
        self.index_version == INDEX_VERSION
            && self.normaliser == marsad_matching::FINGERPRINT_VERSION
    }
}

/// An index that is whole.
pub struct Index {
    pub(crate) inner: tantivy::Index,
    pub(crate) fields: Fields,
    pub(crate) reader: IndexReader,
    covers: Covers,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("covers", &self.covers).finish_non_exhaustive()
    }
}

fn files(folder: &Path) -> PathBuf {
    folder.join("index")
}

impl Index {
    /// Opens the index in a folder; `None` when there is none that can be believed: unfinished,
    /// damaged, or of another version.
    pub fn open(folder: &Path) -> Option<Self> {
        let mut inner = tantivy::Index::open_in_dir(files(folder)).ok()?;
        let (schema, fields) = schema();
        if inner.schema() != schema {
            return None;
        }
        inner.set_tokenizers(analysers());
        let covers: Covers = serde_json::from_str(&inner.load_metas().ok()?.payload?).ok()?;
        if !covers.is_ours() {
            return None;
        }
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().ok()?;
        Some(Self { inner, fields, reader, covers })
    }

    /// What it was made from.
    pub fn covers(&self) -> &Covers {
        &self.covers
    }

    /// Posts in it.
    pub fn posts(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether every file is what it was when it was written; reads all of them.
    ///
    /// # Errors
    /// [`Error::Index`] when a file cannot be read.
    pub fn is_sound(&self) -> Result<bool, Error> {
        Ok(self.inner.validate_checksum()?.is_empty())
    }

    /// Whether a post of this channel is in it.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn has_channel(&self, channel: &ChannelKey) -> Result<bool, Error> {
        let term = Term::from_field_text(self.fields.channel, &channel.to_string());
        Ok(self.searcher().doc_freq(&term)? > 0)
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }
}

/// The right to change the index of a folder. One process has it at a time; it ends when dropped,
/// also by a crash.
#[derive(Debug)]
pub struct Lock {
    folder: PathBuf,
    /// Held open: the system's lock lives as long.
    _file: File,
}

impl Lock {
    /// Waits until no other process changes the index; `waiting` is called once when there is one.
    ///
    /// # Errors
    /// [`Error::Folder`] when the folder cannot be made or locked.
    pub fn wait(folder: &Path, waiting: &mut dyn FnMut()) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::folder(folder))?;
        let path = folder.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::folder(folder))?;
        if file.try_lock().is_err() {
            waiting();
            file.lock().map_err(Error::folder(folder))?;
        }
        Ok(Self { folder: folder.to_owned(), _file: file })
    }

    /// The index as it is now; `None` as in [`Index::open`].
    pub fn index(&self) -> Option<Index> {
        Index::open(&self.folder)
    }

    /// Throws away what is there.
    ///
    /// # Errors
    /// [`Error::Folder`] when it cannot be deleted.
    pub fn clear(&self) -> Result<(), Error> {
        let path = files(&self.folder);
        if path.try_exists().map_err(Error::folder(&self.folder))? {
            fs::remove_dir_all(&path).map_err(Error::folder(&self.folder))?;
        }
        Ok(())
    }

    /// Throws away what is there and makes an empty index, which covers nothing yet.
    pub(crate) fn create(&self) -> Result<(tantivy::Index, Fields), Error> {
        self.clear()?;
        let path = files(&self.folder);
        fs::create_dir_all(&path).map_err(Error::folder(&self.folder))?;
        let (schema, fields) = schema();
        let mut index = tantivy::Index::create_in_dir(&path, schema)?;
        index.set_tokenizers(analysers());
        Ok((index, fields))
    }
}
