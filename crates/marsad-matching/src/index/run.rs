//! A sorted run on disk: keys to values, never changed once written.
//!
//! Pages of [`PAGE`] bytes hold entries (key, value) by space, key and value, and end in a checksum
//! over themselves and their place. After the pages come the **fences**, the upper 32 bits of each
//! page's first key, which alone are kept in memory; so a look-up reads the page that it needs,
//! seldom a second one, and checks it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::bytes::Fields;
use super::error::{Doing, Error};
use super::space::Space;

/// Bytes of a page. Four times more would save 3 bytes of memory for 127 entries and cost each
/// look-up the copy and the checksum of what it does not ask for.
const PAGE: usize = 1024;
/// Bytes of a page's checksum.
const SUM: usize = 8;
/// Bytes of a value.
const VALUE: usize = 4;
/// Pages read or written at once in a merge.
const PAGES_AT_ONCE: usize = 256;
const MAGIC: &[u8; 8] = b"mrsdrun1";
/// Bytes after the fences: where they start, their checksum, the magic.
const END: usize = 24;

/// A key and a value.
pub(super) type Entry = (u128, u32);

/// Bytes of a key.
fn width(space: Space) -> usize {
    if space.is_wide() { 16 } else { 4 }
}

/// Entries of a full page.
fn of_page(space: Space) -> usize {
    (PAGE - SUM) / (width(space) + VALUE)
}

/// Upper 32 bits of a key.
fn fence(space: Space, key: u128) -> u32 {
    if space.is_wide() { (key >> 96) as u32 } else { key as u32 }
}

/// The pages of one space.
#[derive(Default)]
struct Section {
    first_page: u64,
    entries: u64,
    fences: Vec<u32>,
}

/// A run.
pub(super) struct Run {
    path: PathBuf,
    file: File,
    /// By space.
    sections: Vec<Section>,
}

impl Run {
    /// Opens a run and reads its fences.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Damaged(path));
            }
            file => file.doing("open", &path)?,
        };
        let length = file.metadata().doing("read", &path)?.len();
        let damaged = || Error::Damaged(path.clone());
        let end_at = length.checked_sub(END as u64).ok_or_else(damaged)?;
        let mut end = [0; END];
        file.read_exact_at(&mut end, end_at).doing("read", &path)?;
        let mut fields = Fields(&end);
        let (fences_at, stored) = (fields.u64(), fields.u64());
        let bytes = end_at.checked_sub(fences_at).ok_or_else(damaged)?;
        let mut fences = vec![0; bytes as usize];
        file.read_exact_at(&mut fences, fences_at).doing("read", &path)?;
        if fields.bytes(8) != MAGIC || xxh3_64(&fences) != stored {
            return Err(damaged());
        }
        let mut fields = Fields(&fences);
        let mut sections = Vec::with_capacity(Space::COUNT);
        let mut first_page = 0;
        for space in Space::all() {
            let entries = fields.u64();
            let pages = entries.div_ceil(of_page(space) as u64);
            let fences = (0..pages).map(|_| fields.u32()).collect();
            sections.push(Section { first_page, entries, fences });
            first_page += pages;
        }
        if first_page * PAGE as u64 != fences_at || !fields.0.is_empty() {
            return Err(damaged());
        }
        Ok(Self { path, file, sections })
    }

    /// How many entries.
    pub(super) fn len(&self) -> u64 {
        self.sections.iter().map(|section| section.entries).sum()
    }

    /// Bytes of memory.
    pub(super) fn held(&self) -> usize {
        self.sections.iter().map(|section| section.fences.capacity() * 4).sum()
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends the values of a key.
    pub(super) fn find(&self, space: Space, key: u128, into: &mut Vec<u32>) -> Result<(), Error> {
        let Some(section) = self.sections.get(space.place()) else { return Ok(()) };
        let wanted = fence(space, key);
        let first = section.fences.partition_point(|fence| *fence < wanted).saturating_sub(1);
        let mut buffer = [0; PAGE];
        for (page, fence) in section.fences.iter().enumerate().skip(first) {
            if *fence > wanted {
                break;
            }
            let number = section.first_page + page as u64;
            self.file.read_exact_at(&mut buffer, number * PAGE as u64).doing("read", &self.path)?;
            let entries = self.checked(space, page, &buffer)?;
            let from = entries.partition_point(|other| other < key);
            for place in from..entries.len() {
                let (other, value) = entries.get(place);
                if other != key {
                    return Ok(());
                }
                into.push(value);
            }
        }
        Ok(())
    }

    /// The entries of a page that was read.
    fn checked<'a>(
        &self,
        space: Space,
        page: usize,
        bytes: &'a [u8],
    ) -> Result<Entries<'a>, Error> {
        let damaged = || Error::Damaged(self.path.clone());
        let section = self.sections.get(space.place()).ok_or_else(damaged)?;
        let (body, stored) = bytes.split_at(bytes.len().saturating_sub(SUM));
        let place = section.first_page + page as u64;
        if Fields(stored).u64() != xxh3_64_with_seed(body, place) {
            return Err(damaged());
        }
        let before = page as u64 * of_page(space) as u64;
        let entries = section.entries.saturating_sub(before).min(of_page(space) as u64);
        let stride = width(space) + VALUE;
        let bytes = body.get(..entries as usize * stride).ok_or_else(damaged)?;
        Ok(Entries { bytes, is_wide: space.is_wide() })
    }

    /// The entries of a space in order.
    pub(super) fn scan(&self, space: Space) -> Scan<'_> {
        Scan { run: self, space, page: 0, entries: Vec::new(), next: 0 }
    }
}

/// The entries of a page.
struct Entries<'a> {
    bytes: &'a [u8],
    is_wide: bool,
}

impl Entries<'_> {
    fn stride(&self) -> usize {
        VALUE + if self.is_wide { 16 } else { 4 }
    }

    fn len(&self) -> usize {
        self.bytes.len() / self.stride()
    }

    #[inline]
    fn get(&self, place: usize) -> Entry {
        let from = place * self.stride();
        let mut fields = Fields(self.bytes.get(from..).unwrap_or(&[]));
        let key = if self.is_wide { fields.u128() } else { u128::from(fields.u32()) };
        (key, fields.u32())
    }

    /// The first place whose key is not before.
    fn partition_point(&self, is_before: impl Fn(u128) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if is_before(self.get(middle).0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Reads a space from its start.
pub(super) struct Scan<'a> {
    run: &'a Run,
    space: Space,
    /// Next page to read.
    page: usize,
    entries: Vec<Entry>,
    next: usize,
}

impl Scan<'_> {
    /// The next entry.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Error> {
        if self.next == self.entries.len() {
            self.read()?;
        }
        let entry = self.entries.get(self.next).copied();
        self.next += usize::from(entry.is_some());
        Ok(entry)
    }

    fn read(&mut self) -> Result<(), Error> {
        self.entries.clear();
        self.next = 0;
        let Some(section) = self.run.sections.get(self.space.place()) else { return Ok(()) };
        let pages = (section.fences.len() - self.page).min(PAGES_AT_ONCE);
        let mut buffer = vec![0; pages * PAGE];
        let at = (section.first_page + self.page as u64) * PAGE as u64;
        self.run.file.read_exact_at(&mut buffer, at).doing("read", &self.run.path)?;
        for bytes in buffer.chunks(PAGE) {
            let page = self.run.checked(self.space, self.page, bytes)?;
            self.entries.extend((0..page.len()).map(|place| page.get(place)));
            self.page += 1;
        }
        Ok(())
    }
}

/// Writes a run: all entries of the first space by key and value, then those of the next.
pub(super) struct Writer {
    path: PathBuf,
    file: File,
    sections: Vec<Section>,
    space: Option<Space>,
    page: Vec<u8>,
    pages: u64,
    block: Vec<u8>,
    /// The values of the last key, which are still coming.
    key: u128,
    values: Vec<u32>,
}

impl Writer {
    pub(super) fn create(path: PathBuf) -> Result<Self, Error> {
        let file = File::create(&path).doing("create", &path)?;
        Ok(Self {
            path,
            file,
            sections: Vec::with_capacity(Space::COUNT),
            space: None,
            page: Vec::with_capacity(PAGE),
            pages: 0,
            block: Vec::with_capacity(PAGES_AT_ONCE * PAGE),
            key: 0,
            values: Vec::new(),
        })
    }

    /// Begins the next space.
    pub(super) fn begin(&mut self, space: Space) -> Result<(), Error> {
        self.end_space()?;
        self.space = Some(space);
        let first_page = self.pages;
        self.sections.push(Section { first_page, ..Section::default() });
        Ok(())
    }

    /// Adds an entry of this space, not before the last one.
    pub(super) fn push(&mut self, (key, value): Entry) -> Result<(), Error> {
        if key != self.key {
            self.end_key()?;
            self.key = key;
        }
        self.values.push(value);
        Ok(())
    }

    /// Writes the values of the last key that are ever asked for.
    fn end_key(&mut self) -> Result<(), Error> {
        let Some(space) = self.space else { return Ok(()) };
        let values = std::mem::take(&mut self.values);
        for value in space.wanted().of(&values) {
            self.write_entry(space, (self.key, value))?;
        }
        self.values = values;
        self.values.clear();
        Ok(())
    }

    fn write_entry(&mut self, space: Space, (key, value): Entry) -> Result<(), Error> {
        let Some(section) = self.sections.last_mut() else { return Ok(()) };
        if self.page.is_empty() {
            section.fences.push(fence(space, key));
        }
        section.entries += 1;
        let key = key.to_le_bytes();
        self.page.extend_from_slice(key.get(..width(space)).unwrap_or(&[]));
        self.page.extend_from_slice(&value.to_le_bytes());
        if self.page.len() + width(space) + VALUE > PAGE - SUM {
            self.end_page()?;
        }
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Error> {
        if self.page.is_empty() {
            return Ok(());
        }
        self.page.resize(PAGE - SUM, 0);
        self.block.extend_from_slice(&self.page);
        self.block.extend_from_slice(&xxh3_64_with_seed(&self.page, self.pages).to_le_bytes());
        self.page.clear();
        self.pages += 1;
        if self.block.len() >= PAGES_AT_ONCE * PAGE {
            self.write_block()?;
        }
        Ok(())
    }

    fn write_block(&mut self) -> Result<(), Error> {
        let at = self.pages * PAGE as u64 - self.block.len() as u64;
        self.file.write_all_at(&self.block, at).doing("write", &self.path)?;
        self.block.clear();
        Ok(())
    }

    fn end_space(&mut self) -> Result<(), Error> {
        self.end_key()?;
        self.end_page()
    }

    /// Writes the fences, makes all of it last, and opens it.
    pub(super) fn finish(mut self) -> Result<Run, Error> {
        self.end_space()?;
        self.write_block()?;
        let mut fences = Vec::new();
        for section in &self.sections {
            fences.extend_from_slice(&section.entries.to_le_bytes());
            fences.extend(section.fences.iter().flat_map(|fence| fence.to_le_bytes()));
        }
        let at = self.pages * PAGE as u64;
        let stored = xxh3_64(&fences);
        fences.extend_from_slice(&at.to_le_bytes());
        fences.extend_from_slice(&stored.to_le_bytes());
        fences.extend_from_slice(MAGIC);
        self.file.write_all_at(&fences, at).doing("write", &self.path)?;
        self.file.sync_all().doing("write", &self.path)?;
        Run::open(self.path)
    }
}
