//! Keys to values, in memory and in sorted runs on disk.
//!
//! A flush merges what is in memory with the newest runs, as many as are less than
//! [`RATIO`] times as large as all that is newer: so the runs grow geometrically, a look-up reads
//! two or three of them at ten million posts, and an entry is written again a few times for each
//! tenfold of the history.

use std::path::{Path, PathBuf};

use super::error::{Doing, Error};
use super::recent::Recent;
use super::run::{Entry, Run, Scan, Writer};
use super::space::Space;

/// How many times larger a run is than all newer ones together.
const RATIO: u64 = 8;

/// Keys to values.
pub(super) struct Runs {
    folder: PathBuf,
    /// Oldest first.
    sorted: Vec<Run>,
    numbers: Vec<u64>,
    recent: Recent,
    /// Runs that were merged into others; removed once the others are believed.
    merged: Vec<PathBuf>,
}

impl Runs {
    /// Opens the runs of these numbers.
    pub(super) fn open(folder: &Path, numbers: Vec<u64>) -> Result<Self, Error> {
        let folder = folder.to_owned();
        let open = |number: &u64| Run::open(path(&folder, *number));
        let sorted = numbers.iter().map(open).collect::<Result<Vec<Run>, Error>>()?;
        Ok(Self { folder, sorted, numbers, recent: Recent::new(), merged: Vec::new() })
    }

    /// The values of a key, oldest first; of a crowded key, at least those that are wanted.
    pub(super) fn find(&self, space: Space, key: u128, into: &mut Vec<u32>) -> Result<(), Error> {
        into.clear();
        for run in &self.sorted {
            run.find(space, key, into)?;
        }
        self.recent.find(space, key, into);
        Ok(())
    }

    /// Adds a value, larger than those before it.
    pub(super) fn push(&mut self, space: Space, key: u128, value: u32) {
        self.recent.push(space, key, value);
    }

    /// Writes what is in memory to a run, merged with the newest ones.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        let mut newer = self.recent.len() as u64;
        if newer == 0 {
            return Ok(());
        }
        let mut keep = self.sorted.len();
        while let Some(run) = keep.checked_sub(1).and_then(|last| self.sorted.get(last)) {
            if run.len() >= newer * RATIO {
                break;
            }
            newer += run.len();
            keep -= 1;
        }
        let number = self.numbers.last().map_or(0, |last| last + 1);
        let mut writer = Writer::create(path(&self.folder, number))?;
        let old = self.sorted.get(keep..).unwrap_or(&[]);
        for space in Space::all() {
            writer.begin(space)?;
            merge(old, space, &self.recent.sorted(space), &mut writer)?;
        }
        let run = writer.finish()?;
        self.merged.extend(self.sorted.drain(keep..).map(|run| run.path().to_owned()));
        self.numbers.truncate(keep);
        self.sorted.push(run);
        self.numbers.push(number);
        self.recent.clear();
        Ok(())
    }

    /// Writes a first run; `fill` is given the spaces in order.
    pub(super) fn fill(
        &mut self,
        mut fill: impl FnMut(Space, &mut Writer) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut writer = Writer::create(path(&self.folder, 0))?;
        for space in Space::all() {
            writer.begin(space)?;
            fill(space, &mut writer)?;
        }
        self.sorted.push(writer.finish()?);
        self.numbers.push(0);
        Ok(())
    }

    /// Numbers of the runs, oldest first.
    pub(super) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// Removes the runs that were merged into others.
    pub(super) fn remove_merged(&mut self) -> Result<(), Error> {
        for path in self.merged.drain(..) {
            std::fs::remove_file(&path).doing("remove", &path)?;
        }
        Ok(())
    }

    /// Bytes of memory: of what is recent, and of the fences.
    pub(super) fn held(&self) -> (usize, usize) {
        (self.recent.held(), self.sorted.iter().map(Run::held).sum())
    }
}

/// The file of a run.
fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number}.run"))
}

/// Merges a space of some runs, oldest first, and of recent entries.
fn merge(runs: &[Run], space: Space, recent: &[Entry], writer: &mut Writer) -> Result<(), Error> {
    let mut scans: Vec<(Scan<'_>, Option<Entry>)> = Vec::with_capacity(runs.len());
    for run in runs {
        let mut scan = run.scan(space);
        let first = scan.next()?;
        scans.push((scan, first));
    }
    let mut recent = recent.iter().copied().peekable();
    loop {
        // Few runs: the least of their next entries by looking at each.
        let least =
            scans.iter().enumerate().filter_map(|(nth, (_, next))| Some((*next.as_ref()?, nth)));
        let least = least.min();
        match (least, recent.peek()) {
            (Some((entry, _)), Some(newest)) if *newest < entry => {
                writer.push(*newest)?;
                recent.next();
            }
            (Some((entry, nth)), _) => {
                writer.push(entry)?;
                if let Some((scan, next)) = scans.get_mut(nth) {
                    *next = scan.next()?;
                }
            }
            (None, Some(newest)) => {
                writer.push(*newest)?;
                recent.next();
            }
            (None, None) => return Ok(()),
        }
    }
}
