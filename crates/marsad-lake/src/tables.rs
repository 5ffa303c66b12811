//! The lake: all tables together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::schema::{
    CHANNELS, COVERAGE, EVENTS, FINGERPRINTS, Layout, POSTS, PROBLEMS, STATEMENTS, TAKEN,
};
use crate::table::{Engine, INTERPRETER, Part, Table, engine, folder_url};
use crate::write::{
    channel_parts, coverage_parts, event_parts, membership_parts, post_parts, problem_parts,
    taken_parts,
};
use crate::{Batch, Error};
use marsad_types::ChannelKey;

/// The Delta tables of one archive.
///
/// Opening reads the tables' logs, never the data.
pub struct Lake {
    root: PathBuf,
    engine: Arc<Engine>,
    pub(crate) posts: Option<Table>,
    pub(crate) fingerprints: Option<Table>,
    pub(crate) channels: Option<Table>,
    pub(crate) coverage: Option<Table>,
    pub(crate) taken: Option<Table>,
    pub(crate) events: Option<Table>,
    pub(crate) problems: Option<Table>,
    /// Whether `fingerprints` is known to have the files of `posts` and no others.
    pub(crate) is_settled: bool,
    /// Version of the interpreter that reads what is filed from now on.
    interpreter: Option<u32>,
}

/// One post's membership in a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// Name of the statement.
    pub statement: String,
    /// The post's channel.
    pub channel: ChannelKey,
    /// Its id there.
    pub post: String,
    /// The contract's word.
    pub relation: &'static str,
    /// Similarity to the first post; of a digest the containment.
    pub similarity: f64,
}

/// How much is filed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Post versions.
    pub posts: u64,
    /// Observations of channels.
    pub channels: u64,
    /// Problems.
    pub problems: u64,
    /// Fingerprints: one for each post version, except after a crash, until the next filing.
    pub fingerprints: u64,
    /// Data files.
    pub files: u64,
    /// Bytes of data files.
    pub bytes: u64,
}

impl Lake {
    /// Opens what is there; a folder without tables is an empty lake.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let url = folder_url(root)?;
        let engine = engine(&url)?;
        let table = |layout| Table::open(&engine, root, layout);
        Ok(Self {
            posts: table(&POSTS)?,
            fingerprints: table(&FINGERPRINTS)?,
            channels: table(&CHANNELS)?,
            coverage: table(&COVERAGE)?,
            taken: table(&TAKEN)?,
            events: table(&EVENTS)?,
            problems: table(&PROBLEMS)?,
            root: root.to_owned(),
            engine,
            is_settled: false,
            interpreter: None,
        })
    }

    /// Says which version of the interpreter reads what is filed from now on. A lake keeps the version
    /// it was made by: rows of that version stay in it, whatever is filed later.
    #[must_use]
    pub fn read_by(mut self, interpreter: u32) -> Self {
        self.interpreter = Some(interpreter);
        self
    }

    /// The version of the interpreter that this lake was made by; `None` when it does not say.
    pub fn interpreter(&self) -> Result<Option<u32>, Error> {
        let made = self.posts.as_ref().map_or(Ok(None), |table| table.property(INTERPRETER))?;
        Ok(made.and_then(|written| written.parse().ok()))
    }

    /// Files a batch: one commit per table that has rows, `posts` last.
    ///
    /// `position` is the size of the evidence log that is filed when this returns. After a crash
    /// between two tables' commits the rows come again: a [`crate::Filer`] of the reopened lake
    /// knows those that are filed.
    ///
    /// # Errors
    /// Nothing of the failed table's commit is visible; filing the same rows again is safe.
    pub fn file(&mut self, batch: &Batch, position: u64) -> Result<(), Error> {
        if !self.is_settled {
            self.settle_fingerprints()?;
        }
        self.is_settled = false; // until the last commit: an error leaves the tables apart
        let name = self.new_name("leaves", position)?;
        let (posts, prints) = post_parts(batch)?;
        self.append(&CHANNELS, &name, &channel_parts(batch)?, position)?;
        self.append(&COVERAGE, &name, &coverage_parts(batch)?, position)?;
        self.append(&TAKEN, &name, &taken_parts(batch)?, position)?;
        self.append(&EVENTS, &name, &event_parts(batch)?, position)?;
        self.append(&PROBLEMS, &name, &problem_parts(batch)?, position)?;
        self.append(&FINGERPRINTS, &name, &prints, position)?;
        // `posts` carries the position that counts, so it comes last and also when it has no rows.
        self.ensure(&POSTS)?;
        if let Some(table) = &mut self.posts {
            table.append(&name, &posts, position)?;
        }
        self.is_settled = true;
        Ok(())
    }

    /// A name that no file of this lake has or ever had.
    ///
    /// A replay files many batches at one position, and a table may be committed when a crash stops
    /// the next one: each commit of any table raises the second number, so that names sort in the
    /// order in which files were made. The rest is random, for tables that somebody put back.
    pub(crate) fn new_name(&self, what: &str, position: u64) -> Result<String, Error> {
        let commits: u64 = self.tables().map(|table| table.version() + 1).sum();
        let mut random = [0; 8];
        getrandom::fill(&mut random)?;
        Ok(format!("{what}-{position:012}-{commits:06}-{:016x}", u64::from_le_bytes(random)))
    }

    fn append(
        &mut self,
        layout: &'static Layout,
        name: &str,
        parts: &[Part],
        position: u64,
    ) -> Result<(), Error> {
        if parts.is_empty() {
            return Ok(());
        }
        self.ensure(layout)?;
        match self.slot(layout) {
            Some(table) => table.append(name, parts, position),
            None => Ok(()),
        }
    }

    fn ensure(&mut self, layout: &'static Layout) -> Result<(), Error> {
        if self.slot(layout).is_none() {
            let made = self.interpreter.filter(|_| layout.name == POSTS.name);
            let table = Table::open_or_create(&self.engine, &self.root, layout, made)?;
            *self.slot(layout) = table;
        }
        Ok(())
    }

    fn slot(&mut self, layout: &'static Layout) -> &mut Option<Table> {
        match layout.name {
            "fingerprints" => &mut self.fingerprints,
            "channels" => &mut self.channels,
            "coverage" => &mut self.coverage,
            "taken" => &mut self.taken,
            "events" => &mut self.events,
            "problems" => &mut self.problems,
            _ => &mut self.posts,
        }
    }

    /// Every leaf of the evidence log below this is filed.
    pub fn position(&self) -> Result<u64, Error> {
        self.posts.as_ref().map_or(Ok(0), Table::position)
    }

    /// Files which post belongs to which statement, in place of what an older state of the posts
    /// gave; does nothing when that is filed already. Readers see the old rows or the new ones.
    pub fn file_statements(&self, rows: &dyn Fn() -> Vec<Membership>) -> Result<(), Error> {
        let version = self.version();
        let Some(mut table) = Table::open_or_create(&self.engine, &self.root, &STATEMENTS, None)?
        else {
            return Ok(());
        };
        if table.position()? == version {
            return Ok(());
        }
        let parts = membership_parts(&rows(), version)?;
        let name = self.new_name("posts", version)?;
        table.overwrite(&name, &parts, version)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The version that findings cite: the Delta version of `posts`.
    pub fn version(&self) -> u64 {
        self.posts.as_ref().map_or(0, Table::version)
    }

    /// How much is filed, from the tables' logs alone.
    pub fn counts(&self) -> Result<Counts, Error> {
        let mut counts = Counts::default();
        for table in self.tables() {
            let files = table.files(&|_| true)?;
            let rows: u64 = files.iter().map(|file| file.rows).sum();
            counts.files += files.len() as u64;
            counts.bytes += files.iter().map(|file| file.bytes).sum::<u64>();
            match table.layout.name {
                "posts" => counts.posts = rows,
                "channels" => counts.channels = rows,
                "fingerprints" => counts.fingerprints = rows,
                "problems" => counts.problems = rows,
                _ => {}
            }
        }
        Ok(counts)
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        [
            &self.posts,
            &self.fingerprints,
            &self.channels,
            &self.coverage,
            &self.taken,
            &self.events,
            &self.problems,
        ]
        .into_iter()
        .flatten()
    }
}
