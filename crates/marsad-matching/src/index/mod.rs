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
//! **In memory.** A fixed part: what arrived since the last flush (about 1.2 KB a post, at most
//! [`RECENT_POSTS`]), a megabyte a file, 64 MB of posts to learn frames from. A part that grows: 4
//! bytes for each page of 1 KB of the runs and a bit a text, together less than two bytes a post;
//! about 300 bytes a channel; 200 bytes a distinct picture, at most a million ([`pictures`]).

mod bulk;
mod bytes;
mod error;
mod history;
mod log;
mod look;
mod manifest;
mod pictures;
mod recent;
mod run;
mod runs;
mod settle;
mod space;
mod teacher;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use marsad_types::{ChannelKey, Channels, Media, NONE, PostKey, Timestamp};
use xxhash_rust::xxh3::Xxh3;

pub use error::Error;

use crate::group::Options;
use crate::group::media::Marks;
use crate::group::resolve::{Coming, Extra, Forward, Home, Known, Placed, each_part, place};
use crate::statement::Relation;
use error::Doing;
use history::{FileRow, History, PostRow, TextRow};
use look::{Looked, Scratch};
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

/// Where a post belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The statement, named by its first post; by the post itself where it leads.
    pub statement: PostKey,
    /// When that was published.
    pub first_published_at: Timestamp,
    /// How the post belongs there.
    pub relation: Relation,
    /// How similar it is, as in [`crate::Member`].
    pub similarity: f32,
    /// Whether the post leads a statement of its own.
    pub is_new: bool,
    /// Whether the post was here before; then nothing was added.
    pub is_known: bool,
    /// Other statements that the post holds.
    pub holds: Vec<Held>,
    /// Posts of other statements that turn out to hold this one: digests that came before it.
    pub held_by: Vec<PostKey>,
}

/// A statement inside a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its first post.
    pub statement: PostKey,
    /// Share of it in the post.
    pub similarity: f32,
    /// Whether the post counts as an appearance: false in a digest.
    pub appears: bool,
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
            let heard = (&looked.print, arrival.text);
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

    /// Finds the place of a post that was looked at.
    fn at(&mut self, arrival: &Arrival<'_>, looked: &Looked) -> Result<At, Error> {
        let original = arrival.forward_of;
        let original = original.map(|(channel, id)| (!id.is_empty()).then(|| name_of(channel, id)));
        let forward = self.forward(original)?;
        let has_text = looked.text != NONE && looked.size.is_comparable(&self.options);
        let marks: Vec<Marks> = arrival.media.iter().filter_map(Marks::of).collect();
        let comparable = has_text.then_some(looked.text);
        let carries = self.pictures.look(&marks, comparable);
        let coming = Coming {
            text: looked.of_text,
            links: &looked.links,
            forward,
            media: self.pictures.home(&carries, has_text),
            next: self.history.posts(),
        };
        let known = |text: u32| looked.known(text);
        let placed = place(coming, &known);
        let mut extras = Vec::new();
        if looked.is_new() {
            let own = (looked.text, placed.home.statement);
            each_part(own, &looked.links, &known, |extra| extras.push(extra));
        }
        let original = original.flatten().filter(|_| forward == Forward::Yes);
        Ok(At { placed, extras, marks, comparable, original })
    }

    /// Files a post at its place.
    fn remember(
        &mut self,
        arrival: &Arrival<'_>,
        (channel, looked): (u32, &Looked),
        at: &At,
    ) -> Result<(), Error> {
        let row = self.history.posts();
        let Home { statement, .. } = at.placed.home;
        if looked.is_new() {
            self.remember_text(arrival.text, (channel, looked), at.placed.text)?;
        }
        for body in &looked.bodies {
            self.runs.push(Space::BODY, *body, looked.text);
        }
        for text in &looked.in_series {
            self.in_series.set(*text);
            self.history.push_series(*text)?;
        }
        for extra in &at.extras {
            let number = self.history.push_extra(*extra)?;
            self.runs.push(Space::EXTRA, u128::from(extra.text), number);
        }
        let post = PostRow {
            channel,
            published_at: arrival.published_at.0,
            text: looked.text,
            home: at.placed.home,
            id_at: 0,
            id_bytes: 0,
        };
        self.history.push_post(post, arrival.id)?;
        if let Some(original) = at.original {
            self.runs.push(Space::POST, original, row);
        }
        let own = name_of(arrival.channel, arrival.id);
        if at.original != Some(own) {
            self.runs.push(Space::POST, own, row);
        }
        for marks in &at.marks {
            let file = FileRow { marks: *marks, text: at.comparable, statement };
            self.history.push_file(&file)?;
            self.pictures.push(&file);
        }
        Ok(())
    }

    /// Files a new text.
    fn remember_text(
        &mut self,
        text: &str,
        (channel, looked): (u32, &Looked),
        known: Known,
    ) -> Result<(), Error> {
        let row = TextRow {
            row: self.history.posts(),
            channel,
            frame: looked.frame,
            at: 0,
            bytes: 0,
            tokens: looked.size.tokens,
            letters: looked.size.letters,
            grams: looked.grams().len() as u32,
            known,
        };
        self.history.push_text(row, text)?;
        let options = self.options;
        for signature in looked.signatures(|size| size.is_comparable(&options)) {
            let signed = self.history.push_signed(looked.text, signature)?;
            for band in 0..crate::group::candidates::BANDS {
                let key = crate::group::candidates::band_key(signature, band);
                self.runs.push(Space::band(band), u128::from(key), signed);
            }
        }
        for gram in looked.grams() {
            self.runs.push(Space::GRAM, u128::from(*gram), looked.text);
        }
        Ok(())
    }

    /// Puts a place into words.
    fn answer(&mut self, arrival: &Arrival<'_>, looked: &Looked, at: &At) -> Result<Answer, Error> {
        let Home { statement, relation, similarity } = at.placed.home;
        let is_new = relation == Relation::First;
        let own = || PostKey { channel: arrival.channel.clone(), post: arrival.id.into() };
        let (key, first_published_at) = if is_new {
            (own(), arrival.published_at)
        } else {
            (self.key(statement)?, Timestamp(self.history.post(statement)?.published_at))
        };
        let mut answer = Answer {
            statement: key,
            first_published_at,
            relation,
            similarity,
            is_new,
            is_known: false,
            holds: Vec::new(),
            held_by: Vec::new(),
        };
        let mut held = at.extras.clone();
        held.retain(|extra| extra.text == looked.text);
        if looked.of_text.is_some() {
            held = self.extras_of(looked.text)?;
        }
        answer.holds = self.holds(held, statement)?;
        for extra in at.extras.iter().filter(|extra| extra.text != looked.text) {
            let text = self.history.text(extra.text)?;
            answer.held_by.push(self.key(text.row)?);
        }
        Ok(answer)
    }

    /// The answer to a post that is here already.
    fn answer_again(&mut self, row: u32) -> Result<Answer, Error> {
        let post = self.history.post(row)?;
        let Home { statement, relation, similarity } = post.home;
        let first = self.history.post(statement)?;
        let held = if post.text == NONE { Vec::new() } else { self.extras_of(post.text)? };
        Ok(Answer {
            statement: self.key(statement)?,
            first_published_at: Timestamp(first.published_at),
            relation,
            similarity,
            is_new: relation == Relation::First,
            is_known: true,
            holds: self.holds(held, statement)?,
            held_by: Vec::new(),
        })
    }

    /// Where a text stands besides its own statement.
    fn extras_of(&mut self, text: u32) -> Result<Vec<Extra>, Error> {
        self.runs.find(Space::EXTRA, u128::from(text), &mut self.scratch.values)?;
        self.scratch.values.iter().map(|number| self.history.extra(*number)).collect()
    }

    /// Puts what a post holds into words, each statement once.
    fn holds(&self, mut extras: Vec<Extra>, own: u32) -> Result<Vec<Held>, Error> {
        extras.retain(|extra| extra.statement != own);
        extras.sort_by(|a, b| {
            a.statement.cmp(&b.statement).then(b.similarity.total_cmp(&a.similarity))
        });
        extras.dedup_by_key(|extra| extra.statement);
        let held = extras.iter().map(|extra| {
            let Extra { statement, similarity, appears, .. } = *extra;
            Ok(Held { statement: self.key(statement)?, similarity, appears })
        });
        held.collect()
    }

    /// The key of a row.
    fn key(&self, row: u32) -> Result<PostKey, Error> {
        let post = self.history.post(row)?;
        let channel = self.channels.key(post.channel).cloned();
        let channel = channel.ok_or_else(|| Error::Damaged(self.folder.clone()))?;
        Ok(PostKey { channel, post: self.history.id(&post)?.into() })
    }
}

/// The place of a post.
struct At {
    placed: Placed,
    /// Texts that stand in a statement besides their own.
    extras: Vec<Extra>,
    marks: Vec<Marks>,
    /// Its text, if that is long enough to compare.
    comparable: Option<u32>,
    /// Name of its original, where that is not known yet.
    original: Option<u128>,
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
