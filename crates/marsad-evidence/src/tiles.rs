//! The tree's hashes on disk: C2SP tiles, those of a level end to end in one file.
//!
//! Level 0 holds the leaf hashes, level 1 the root of each full tile of level 0, and so on; tile N
//! of a level is its bytes `8192 N .. 8192 (N+1)`, so the partial tile is simply the file's end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{Appender, Disk, DiskFile, Open, read_exact_at};
use crate::error::{Doing, Failure};
use crate::layout::{self, HASH_BYTES, TILE_HASHES, TILE_HEIGHT};
use crate::merkle::{self, Frontier, Hash, Nodes, node_hash};
use crate::{Error, Head};

/// Reads hashes of the tree.
#[derive(Debug)]
pub(crate) struct TileReader {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    levels: Mutex<BTreeMap<u32, Arc<dyn DiskFile>>>,
}

impl TileReader {
    pub(crate) fn new(disk: Arc<dyn Disk>, dir: &Path) -> Self {
        Self { disk, dir: dir.to_owned(), levels: Mutex::default() }
    }

    fn level(&self, level: u32) -> Result<Arc<dyn DiskFile>, Error> {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = levels.get(&level) {
            return Ok(Arc::clone(file));
        }
        let path = layout::path(&self.dir, &layout::tiles_file(level));
        let file = self.disk.open(&path, Open::Read).doing("open", &path)?;
        levels.insert(level, Arc::clone(&file));
        Ok(file)
    }

    /// Hashes `from..from + count` of a level.
    pub(crate) fn hashes(&self, level: u32, from: u64, count: usize) -> Result<Vec<Hash>, Error> {
        let mut bytes = vec![0; count * HASH_BYTES as usize];
        let file = self.level(level)?;
        read_exact_at(file.as_ref(), from * HASH_BYTES, &mut bytes).map_err(|source| {
            let path = layout::path(&self.dir, &layout::tiles_file(level));
            if source.kind() == std::io::ErrorKind::UnexpectedEof {
                return short(level, from, from + count as u64);
            }
            Error::Disk { doing: "read", path, source }
        })?;
        Ok(bytes.as_chunks::<32>().0.to_vec())
    }
}

fn short(level: u32, from: u64, to: u64) -> Error {
    let reason = "hashes of the tree are missing".to_owned();
    let (from, to) = (from * HASH_BYTES, to * HASH_BYTES);
    Failure { leaf: None, file: layout::tiles_file(level), from, to, reason }.into()
}

impl Nodes for TileReader {
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error> {
        let (level, within) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let mut row = self.hashes(level, index << within, 1 << within)?;
        while row.len() > 1 {
            row = fold(&row);
        }
        row.first().copied().ok_or_else(|| short(level, index, index + 1))
    }
}

/// The next row up of a complete subtree.
fn fold(row: &[Hash]) -> Vec<Hash> {
    row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect()
}

/// Root of a full tile.
pub(crate) fn tile_root(tile: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for hash in tile {
        frontier.push(*hash);
    }
    frontier.root()
}

/// Appends leaf hashes and keeps the tree above them.
#[derive(Debug)]
pub(crate) struct TileWriter {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    levels: Vec<Level>,
    frontier: Frontier,
    new_names: bool,
}

#[derive(Debug)]
struct Level {
    file: Appender,
    partial: Vec<Hash>,
}

impl TileWriter {
    /// Opens the tree at a committed head, cutting off hashes that belong to no checkpoint.
    ///
    /// # Errors
    /// `Broken` when the right edge of the tiles does not give the head's root.
    pub(crate) fn open(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        head: &Head,
        repairs: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let reader = TileReader::new(Arc::clone(disk), dir);
        let frontier = check_edge(&reader, head)?;
        let mut writer = Self {
            disk: Arc::clone(disk),
            dir: dir.to_owned(),
            levels: Vec::new(),
            frontier,
            new_names: false,
        };
        for level in 0.. {
            let hashes = layout::tiles_hashes(level, head.size);
            if hashes == 0 && level > 0 {
                break;
            }
            let file = layout::tiles_file(level);
            let kept = hashes * HASH_BYTES;
            let (file, cut) = Appender::open(disk.as_ref(), &file, dir, kept)?;
            if cut > 0 {
                repairs.push(cut_off(&layout::tiles_file(level), cut));
            }
            let partial = (hashes % TILE_HASHES) as usize;
            let partial = reader.hashes(level, hashes - partial as u64, partial)?;
            writer.levels.push(Level { file, partial });
        }
        writer.remove_levels_above(repairs)?;
        Ok(writer)
    }

    fn remove_levels_above(&mut self, repairs: &mut Vec<String>) -> Result<(), Error> {
        let folder = layout::path(&self.dir, layout::TILES_FOLDER);
        for name in self.disk.list(&folder).doing("list", &folder)? {
            let stray = name.parse::<usize>().is_ok_and(|level| level >= self.levels.len());
            if stray {
                let path = folder.join(&name);
                self.disk.remove(&path).doing("remove", &path)?;
                repairs.push(format!("removed {}/{name}, unfinished", layout::TILES_FOLDER));
            }
        }
        Ok(())
    }

    pub(crate) fn head(&self) -> Head {
        Head { size: self.frontier.size(), root: self.frontier.root() }
    }

    pub(crate) fn push(&mut self, leaf: Hash) -> Result<(), Error> {
        self.frontier.push(leaf);
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                let name = layout::tiles_file(level as u32);
                let (file, _) = Appender::open(self.disk.as_ref(), &name, &self.dir, 0)?;
                self.levels.push(Level { file, partial: Vec::new() });
                self.new_names = true;
            }
            let Some(Level { file, partial }) = self.levels.get_mut(level) else { break };
            file.push(&hash)?;
            partial.push(hash);
            if (partial.len() as u64) < TILE_HASHES {
                break;
            }
            hash = tile_root(partial);
            partial.clear();
        }
        Ok(())
    }

    /// The files of all levels, to be synced.
    pub(crate) fn files(&mut self) -> impl Iterator<Item = &mut Appender> {
        self.levels.iter_mut().map(|level| &mut level.file)
    }

    /// Makes the names of new levels survive a power cut.
    pub(crate) fn sync_names(&mut self) -> Result<(), Error> {
        if self.new_names {
            let folder = layout::path(&self.dir, layout::TILES_FOLDER);
            self.disk.sync_dir(&folder).doing("sync", &folder)?;
            self.new_names = false;
        }
        Ok(())
    }
}

/// Rebuilds the root from the right edge of the tiles and compares it with a head.
pub(crate) fn check_edge(tiles: &TileReader, head: &Head) -> Result<Frontier, Error> {
    let frontier = merkle::frontier(tiles, head.size)?;
    if frontier.root() == head.root {
        return Ok(frontier);
    }
    let reason = "the tiles do not give the root that the checkpoint names".to_owned();
    let to = layout::tiles_hashes(0, head.size) * HASH_BYTES;
    Err(Failure { leaf: None, file: layout::TILES_FOLDER.to_owned(), from: 0, to, reason }.into())
}

pub(crate) fn cut_off(file: &str, bytes: u64) -> String {
    format!("cut {bytes} bytes off {file} that no checkpoint names")
}
