//! The stream path: a post is matched against all history as it arrives.
//!
//! **What.** [`Index::insert`] says at once which statement a post belongs to, and remembers it;
//! [`Index::query`] says it without remembering. With the same frames of channels, posts that
//! arrive in the order of time get exactly the statements of [`crate::group`]: both paths call the
//! same functions ([`crate::group::judge`], [`crate::group::resolve`]), and grouping judges a post
//! by what came before it.
//!
//! **What differs.** Grouping learns a channel's frame from posts on both sides; a stream knows the
//! past only ([`teacher`]). A post that arrives after later ones is judged by all that is here.
//! [`Index::build`] settles both.
//!
//! **On disk.** Posts, texts, signatures in files that only grow ([`history`]); keys to them in
//! sorted runs that are merged as they become many ([`runs`]); a manifest says what is believed
//! ([`manifest`]). A process that dies loses what arrived since the last flush and nothing else;
//! [`Index::len`] says how many posts are here. Whatever is damaged, or was made by other rules, is
//! refused: the index is derived, and is built again.
//!
//! **In memory.** A part that does not grow, at most about 170 MB: what arrived since the last flush
//! (about 1.2 KB a post, at most [`RECENT_POSTS`]), two megabytes a file that grows, 64 MB of posts
//! to learn frames from. A part that grows: 4 bytes for each page of 1 KB of the runs and a bit a
//! text, together one byte a post; about 130 bytes a channel; 200 bytes a distinct picture, at most a
//! million ([`pictures`]).
//!
//! **Not here.** Threads: a flush happens in the call that makes it necessary, and the largest merge
//! writes all runs again.

mod answer;
mod bulk;
mod bytes;
mod error;
mod history;
mod log;
mod look;
mod manifest;
mod pictures;
mod place;
mod recent;
mod run;
mod runs;
mod settle;
mod space;
mod standing;
mod teacher;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use marsad_types::{ChannelKey, Channels, Media, NONE, Timestamp};
use xxhash_rust::xxh3::Xxh3;

pub use answer::{Answer, Held};
pub use error::Error;
pub use standing::Standing;

use crate::group::Options;
use error::Doing;
use history::History;
use look::Scratch;
use manifest::Manifest;
use pictures::Pictures;
use runs::Runs;
use space::Space;
use teacher::Teacher;

/// Posts that arrive between two flushes at most.
pub const RECENT_POSTS: u32 = 1 << 16;

/// A post that arrives.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Where it stands.
    pub channel: &'a ChannelKey,
    /// Its id there, unescaped.
    pub id: &'a str,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its text as first published.
    pub text: &'a str,
    /// Channel and id of the post it was forwarded from; the id is empty where unknown.
    pub forward_of: Option<(&'a ChannelKey, &'a str)>,
    /// Attached files.
    pub media: &'a [Media],
}

/// What an index takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Posts.
    pub posts: u32,
    /// Distinct texts.
    pub texts: u32,
    /// Bytes on disk at the last flush.
    pub disk_bytes: u64,
    /// Bytes of memory that do not grow with the history, about.
    pub fixed_bytes: u64,
    /// Bytes of memory that grow with it, about.
    pub growing_bytes: u64,
}

/// An index of all posts.
pub struct Index {
    folder: PathBuf,
    options: Options,
    history: History,
    runs: Runs,
    channels: Channels,
    in_series: Bits,
    pictures: Pictures,
    teacher: Teacher,
    /// Names of frames given by row, instead of the channels' own.
    given_names: Vec<u64>,
    /// Posts since the last flush.
    recent: u32,
    recent_max: u32,
    halted: bool,
    scratch: Scratch,
    _lock: File,
}

/// One bit a text.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn get(&self, place: u32) -> bool {
        self.0.get(place as usize / 64).is_some_and(|word| word >> (place % 64) & 1 != 0)
    }

    fn set(&mut self, place: u32) {
        let word = place as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (place % 64);
        }
    }
}

impl Index {
    /// Makes an empty index in an empty or new folder.
    pub fn create(folder: &Path, options: &Options) -> Result<Self, Error> {
        fs::create_dir_all(folder).doing("create", folder)?;
        let mut names = fs::read_dir(folder).doing("read", folder)?;
        if names.next().is_some() {
            return Err(Error::NotEmpty(folder.to_owned()));
        }
        let runs = Vec::new();
        Manifest { lengths: [0; History::FILES], boilerplate: history::NO_FRAME, runs }
            .write(folder, options)?;
        Self::open(folder, options)
    }

    /// Opens an index as of its last flush.
    pub fn open(folder: &Path, options: &Options) -> Result<Self, Error> {
        let lock = lock(folder)?;
        let Manifest { lengths, boilerplate, runs } = Manifest::read(folder, options)?;
        remove_others(folder, &runs)?;
        let history = History::open(folder, &lengths)?;
        let mut channels = Channels::default();
        history.each_channel(|key| {
            channels.intern(&key.parse().ok()?);
            Some(())
        })?;
        let mut in_series = Bits::default();
        history.each_series(|text| in_series.set(text))?;
        let mut pictures = Pictures::default();
        history.each_file(|file| pictures.push(&file))?;
        Ok(Self {
            folder: folder.to_owned(),
            options: *options,
            teacher: Teacher::open(&history, boilerplate)?,
            runs: Runs::open(folder, runs)?,
            history,
            channels,
            in_series,
            pictures,
            given_names: Vec::new(),
            recent: 0,
            recent_max: RECENT_POSTS,
            halted: false,
            scratch: Scratch::default(),
            _lock: lock,
        })
    }

    /// How many posts are here.
    pub fn len(&self) -> u32 {
        self.history.posts()
    }

    /// No post.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it takes.
    pub fn footprint(&self) -> Result<Footprint, Error> {
        let (recent, fences) = self.runs.held();
        let (stretches, frames) = self.teacher.held();
        let mut disk_bytes = 0;
        for entry in fs::read_dir(&self.folder).doing("read", &self.folder)? {
            let entry = entry.doing("read", &self.folder)?;
            disk_bytes += entry.metadata().doing("read", &self.folder)?.len();
        }
        let channels = self.channels.len() * 2 * size_of::<ChannelKey>() + frames;
        let growing = fences + self.in_series.0.capacity() * 8 + channels + self.pictures.held();
        Ok(Footprint {
            posts: self.len(),
            texts: self.history.texts(),
            disk_bytes,
            fixed_bytes: (recent + self.history.held() + stretches) as u64,
            growing_bytes: growing as u64,
        })
    }

    /// Says where a post belongs, and remembers it. A post that is here already is not added.
    pub fn insert(&mut self, arrival: &Arrival<'_>) -> Result<Answer, Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        if let Some(row) = self.row_of(arrival)? {
            return self.answer_again(row);
        }
        if self.recent >= self.recent_max {
            self.flush()?;
        }
        // What fails half-way must not be half remembered.
        self.halted = true;
        let channel = self.intern(arrival.channel)?;
        if let Some((original, _)) = arrival.forward_of {
            self.intern(original)?;
        }
        let looked = self.look(channel, arrival.text)?;
        let at = self.at(arrival, &looked)?;
        self.remember(arrival, (channel, &looked), &at)?;
        let answer = self.answer(arrival, &looked, &at)?;
        if self.given_names.is_empty() {
            let heard = (&looked.print, arrival.text, arrival.published_at.0);
            self.teacher.hear(&mut self.history, channel, heard)?;
        }
        self.recent += 1;
        self.halted = false;
        Ok(answer)
    }

    /// Says where a post would belong.
    pub fn query(&mut self, arrival: &Arrival<'_>) -> Result<Answer, Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        if let Some(row) = self.row_of(arrival)? {
            return self.answer_again(row);
        }
        let channel = self.channels.find(arrival.channel).unwrap_or(NONE);
        let looked = self.look(channel, arrival.text)?;
        let at = self.at(arrival, &looked)?;
        self.answer(arrival, &looked, &at)
    }

    /// Makes everything last that arrived so far.
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.halted {
            return Err(Error::Halted);
        }
        if self.recent == 0 {
            return Ok(());
        }
        self.write()
    }

    /// Writes everything, and then the manifest that believes it.
    fn write(&mut self) -> Result<(), Error> {
        self.halted = true;
        self.history.sync()?;
        self.runs.flush()?;
        let manifest = Manifest {
            lengths: self.history.lengths(),
            boilerplate: self.teacher.boilerplate_name(),
            runs: self.runs.numbers().to_vec(),
        };
        manifest.write(&self.folder, &self.options)?;
        self.runs.remove_merged()?;
        self.recent = 0;
        self.halted = false;
        Ok(())
    }

    fn intern(&mut self, key: &ChannelKey) -> Result<u32, Error> {
        if let Some(channel) = self.channels.find(key) {
            return Ok(channel);
        }
        self.history.push_channel(&key.to_string())?;
        Ok(self.channels.intern(key))
    }

    /// The row of a post that is here already.
    fn row_of(&mut self, arrival: &Arrival<'_>) -> Result<Option<u32>, Error> {
        let Some(channel) = self.channels.find(arrival.channel) else { return Ok(None) };
        let mut rows = std::mem::take(&mut self.scratch.values);
        self.runs.find(Space::POST, name_of(arrival.channel, arrival.id), &mut rows)?;
        let mut found = None;
        for row in &rows {
            let post = self.history.post(*row)?;
            if post.channel == channel && self.history.id(&post)? == arrival.id {
                found = Some(*row);
            }
        }
        self.scratch.values = rows;
        Ok(found)
    }
}

/// Hash of the name of a post.
fn name_of(channel: &ChannelKey, id: &str) -> u128 {
    let mut hash = Xxh3::new();
    for part in [channel.platform.as_str(), &channel.id, id] {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.digest128()
}

/// Keeps others out until dropped.
fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(&path).doing("open", &path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(Error::Disk { doing: "lock", path, source }),
    }
}

/// Removes the runs that no manifest names: a process died while it wrote or removed them.
fn remove_others(folder: &Path, runs: &[u64]) -> Result<(), Error> {
    for entry in fs::read_dir(folder).doing("read", folder)? {
        let path = entry.doing("read", folder)?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        let is_run = path.extension().is_some_and(|extension| extension == "run");
        if is_run && number.is_none_or(|number| !runs.contains(&number)) {
            fs::remove_file(&path).doing("remove", &path)?;
        }
    }
    Ok(())
}
