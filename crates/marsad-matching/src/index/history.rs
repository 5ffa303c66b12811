//! What is kept of every post and text, in files that only grow.

use std::path::Path;

use super::bytes::{Fields, Record};
use super::error::Error;
use super::log::{Blobs, Log, Records};
use crate::fingerprint::BINS;
use crate::group::media::Marks;
use crate::group::resolve::{Extra, Home, Known};
use crate::mask::Frame;
use crate::pdq::{Pdq, WORDS as PDQ_WORDS};

/// No frame.
pub(super) const NO_FRAME: u64 = u64::MAX;
/// Bits of a frame's name that say its length.
const FRAME_LENGTH: u32 = 24;

const POST: usize = 37;
const TEXT: usize = 50;
const SIGNED: usize = 4 + BINS;
const EXTRA: usize = 13;
const TAUGHT: usize = 12;
const FILE: usize = 57;
const SERIES: usize = 4;

/// A post.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct PostRow {
    pub(super) channel: u32,
    pub(super) published_at: i64,
    /// [`marsad_types::NONE`] for an empty text.
    pub(super) text: u32,
    pub(super) home: Home,
    /// Its id in the channel.
    pub(super) id_at: u64,
    pub(super) id_bytes: u32,
}

/// A distinct text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct TextRow {
    /// First post with it.
    pub(super) row: u32,
    pub(super) channel: u32,
    /// The frame that was masked; [`NO_FRAME`] for none.
    pub(super) frame: u64,
    pub(super) at: u64,
    pub(super) bytes: u32,
    pub(super) tokens: u32,
    pub(super) letters: u32,
    pub(super) grams: u32,
    pub(super) known: Known,
}

/// A file that a post carries.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct FileRow {
    pub(super) marks: Marks,
    /// Comparable text of the post.
    pub(super) text: Option<u32>,
    pub(super) statement: u32,
}

/// The files.
pub(super) struct History {
    posts: Records<POST>,
    ids: Blobs,
    texts: Records<TEXT>,
    bodies: Blobs,
    signed: Records<SIGNED>,
    extras: Records<EXTRA>,
    frames: Blobs,
    taught: Records<TAUGHT>,
    channels: Blobs,
    files: Records<FILE>,
    series: Records<SERIES>,
}

/// How long each file is believed to be.
pub(super) type Lengths = [u64; History::FILES];

impl History {
    /// How many files.
    pub(super) const FILES: usize = 11;

    pub(super) fn open(folder: &Path, lengths: &Lengths) -> Result<Self, Error> {
        let [posts, ids, texts, bodies, signed, extras, frames, taught, channels, files, series] =
            *lengths;
        let path = |name: &str| folder.join(format!("{name}.log"));
        Ok(Self {
            posts: Records::open(path("posts"), posts)?,
            ids: Blobs::open(path("ids"), ids)?,
            texts: Records::open(path("texts"), texts)?,
            bodies: Blobs::open(path("bodies"), bodies)?,
            signed: Records::open(path("signatures"), signed)?,
            extras: Records::open(path("extras"), extras)?,
            frames: Blobs::open(path("frames"), frames)?,
            taught: Records::open(path("taught"), taught)?,
            channels: Blobs::open(path("channels"), channels)?,
            files: Records::open(path("files"), files)?,
            series: Records::open(path("series"), series)?,
        })
    }

    fn logs(&self) -> [&Log; Self::FILES] {
        [
            self.posts.log(),
            self.ids.log(),
            self.texts.log(),
            self.bodies.log(),
            self.signed.log(),
            self.extras.log(),
            self.frames.log(),
            self.taught.log(),
            self.channels.log(),
            self.files.log(),
            self.series.log(),
        ]
    }

    /// Bytes of each file, written or not.
    pub(super) fn lengths(&self) -> Lengths {
        self.logs().map(Log::len)
    }

    /// Bytes of memory.
    pub(super) fn held(&self) -> usize {
        self.logs().iter().map(|log| log.held()).sum()
    }

    /// Makes all of it last.
    pub(super) fn sync(&mut self) -> Result<(), Error> {
        self.posts.sync()?;
        self.ids.sync()?;
        self.texts.sync()?;
        self.bodies.sync()?;
        self.signed.sync()?;
        self.extras.sync()?;
        self.frames.sync()?;
        self.taught.sync()?;
        self.channels.sync()?;
        self.files.sync()?;
        self.series.sync()
    }

    /// How many posts.
    pub(super) fn posts(&self) -> u32 {
        self.posts.len() as u32
    }

    /// How many distinct texts.
    pub(super) fn texts(&self) -> u32 {
        self.texts.len() as u32
    }

    /// Adds a post; `row` says everything but where the id is.
    pub(super) fn push_post(&mut self, row: PostRow, id: &str) -> Result<(), Error> {
        let id_at = self.ids.push(id.as_bytes())?;
        let mut record = Record::<POST>::new();
        record.put(&row.channel.to_le_bytes());
        record.put(&row.published_at.to_le_bytes());
        record.put(&row.text.to_le_bytes());
        record.put_home(row.home);
        record.put(&id_at.to_le_bytes());
        record.put(&(id.len() as u32).to_le_bytes());
        self.posts.push(&record.bytes).map(drop)
    }

    pub(super) fn post(&self, row: u32) -> Result<PostRow, Error> {
        let record = self.posts.get(row)?;
        let mut fields = Fields(&record);
        Ok(PostRow {
            channel: fields.u32(),
            published_at: fields.i64(),
            text: fields.u32(),
            home: fields.home(),
            id_at: fields.u64(),
            id_bytes: fields.u32(),
        })
    }

    /// The id of a post in its channel.
    pub(super) fn id(&self, post: &PostRow) -> Result<String, Error> {
        let mut bytes = Vec::new();
        self.ids.get(post.id_at, post.id_bytes, &mut bytes)?;
        String::from_utf8(bytes).map_err(|_not_utf8| self.ids.log().damaged())
    }

    /// Adds a text; `row` says everything but where it is.
    pub(super) fn push_text(&mut self, row: TextRow, text: &str) -> Result<(), Error> {
        let at = self.bodies.push(text.as_bytes())?;
        let mut record = Record::<TEXT>::new();
        record.put(&row.row.to_le_bytes());
        record.put(&row.channel.to_le_bytes());
        record.put(&row.frame.to_le_bytes());
        record.put(&at.to_le_bytes());
        for number in [text.len() as u32, row.tokens, row.letters, row.grams] {
            record.put(&number.to_le_bytes());
        }
        record.put_home(row.known.home);
        record.put(&[u8::from(row.known.leads)]);
        self.texts.push(&record.bytes).map(drop)
    }

    pub(super) fn text(&self, text: u32) -> Result<TextRow, Error> {
        let record = self.texts.get(text)?;
        let mut fields = Fields(&record);
        Ok(TextRow {
            row: fields.u32(),
            channel: fields.u32(),
            frame: fields.u64(),
            at: fields.u64(),
            bytes: fields.u32(),
            tokens: fields.u32(),
            letters: fields.u32(),
            grams: fields.u32(),
            known: Known { home: fields.home(), leads: fields.u8() != 0 },
        })
    }

    /// A text as written.
    pub(super) fn body(&self, text: &TextRow, into: &mut Vec<u8>) -> Result<(), Error> {
        self.bodies.get(text.at, text.bytes, into)
    }

    /// A text is not what was written.
    pub(super) fn damaged_text(&self) -> Error {
        self.bodies.log().damaged()
    }

    /// Adds a signature of a text and says its number.
    pub(super) fn push_signed(&mut self, text: u32, signature: &[u8; BINS]) -> Result<u32, Error> {
        let mut record = Record::<SIGNED>::new();
        record.put(&text.to_le_bytes());
        record.put(signature);
        self.signed.push(&record.bytes)
    }

    /// A signature and its text.
    pub(super) fn signed(&self, number: u32) -> Result<(u32, [u8; BINS]), Error> {
        let record = self.signed.get(number)?;
        let (text, signature) = record.split_at(4);
        Ok((Fields(text).u32(), signature.try_into().unwrap_or([0; BINS])))
    }

    pub(super) fn push_extra(&mut self, extra: Extra) -> Result<u32, Error> {
        let mut record = Record::<EXTRA>::new();
        record.put(&extra.text.to_le_bytes());
        record.put(&extra.statement.to_le_bytes());
        record.put(&extra.similarity.to_le_bytes());
        record.put(&[u8::from(extra.appears)]);
        self.extras.push(&record.bytes)
    }

    pub(super) fn extra(&self, number: u32) -> Result<Extra, Error> {
        let record = self.extras.get(number)?;
        let mut fields = Fields(&record);
        Ok(Extra {
            text: fields.u32(),
            statement: fields.u32(),
            similarity: fields.f32(),
            appears: fields.u8() != 0,
        })
    }

    /// How many texts stand in a statement besides their own.
    pub(super) fn extras(&self) -> u32 {
        self.extras.len() as u32
    }

    /// Adds a frame and names it.
    pub(super) fn push_frame(&mut self, frame: &Frame) -> Result<u64, Error> {
        let (lines, hashes @ [starts, ends, stamps]) = frame.parts();
        let mut bytes = Vec::new();
        for count in [lines.len(), starts.len(), ends.len(), stamps.len()] {
            bytes.extend_from_slice(&(count as u32).to_le_bytes());
        }
        bytes.extend(lines.iter().flat_map(|line| line.to_le_bytes()));
        bytes.extend(hashes.into_iter().flatten().flat_map(|hash| hash.to_le_bytes()));
        let at = self.frames.push(&bytes)?;
        Ok(at << FRAME_LENGTH | bytes.len() as u64)
    }

    /// The frame of a name.
    pub(super) fn frame(&self, name: u64) -> Result<Frame, Error> {
        let mut frame = Frame::default();
        if name == NO_FRAME {
            return Ok(frame);
        }
        let mut bytes = Vec::new();
        let length = name as u32 & ((1 << FRAME_LENGTH) - 1);
        self.frames.get(name >> FRAME_LENGTH, length, &mut bytes)?;
        let mut fields = Fields(&bytes);
        let [lines, starts, ends, stamps] = std::array::from_fn(|_| fields.u32());
        frame.set_lines((0..lines).map(|_| fields.u32()).collect());
        let mut hashes = |count: u32| (0..count).map(|_| fields.u64()).collect();
        frame.set_runs(hashes(starts), hashes(ends));
        frame.set_stamps(hashes(stamps));
        Ok(frame)
    }

    /// Notes the frame of a channel from now on.
    pub(super) fn push_taught(&mut self, channel: u32, frame: u64) -> Result<(), Error> {
        let mut record = Record::<TAUGHT>::new();
        record.put(&channel.to_le_bytes());
        record.put(&frame.to_le_bytes());
        self.taught.push(&record.bytes).map(drop)
    }

    /// The frames of channels, in the order of learning.
    pub(super) fn each_taught(&self, mut take: impl FnMut(u32, u64)) -> Result<(), Error> {
        for number in 0..self.taught.len() as u32 {
            let record = self.taught.get(number)?;
            let mut fields = Fields(&record);
            take(fields.u32(), fields.u64());
        }
        Ok(())
    }

    pub(super) fn push_channel(&mut self, key: &str) -> Result<(), Error> {
        self.channels.push(&(key.len() as u32).to_le_bytes())?;
        self.channels.push(key.as_bytes()).map(drop)
    }

    /// The channels in the order of their ids.
    pub(super) fn each_channel(
        &self,
        mut take: impl FnMut(&str) -> Option<()>,
    ) -> Result<(), Error> {
        let damaged = || self.channels.log().damaged();
        let (mut at, mut bytes) = (0, Vec::new());
        while at < self.channels.log().len() {
            self.channels.get(at, 4, &mut bytes)?;
            let length = Fields(&bytes).u32();
            at = Blobs::after(at, 4);
            self.channels.get(at, length, &mut bytes)?;
            at = Blobs::after(at, length);
            str::from_utf8(&bytes).ok().and_then(&mut take).ok_or_else(damaged)?;
        }
        Ok(())
    }

    pub(super) fn push_file(&mut self, file: &FileRow) -> Result<(), Error> {
        let mut record = Record::<FILE>::new();
        record.put(&file.marks.sha.unwrap_or(0).to_le_bytes());
        let pdq = file.marks.pdq.as_ref().map_or([0; PDQ_WORDS], |pdq| *pdq.words());
        for word in pdq {
            record.put(&word.to_le_bytes());
        }
        record.put(&[u8::from(file.marks.sha.is_some()) | u8::from(file.marks.pdq.is_some()) << 1]);
        record.put(&file.text.unwrap_or(marsad_types::NONE).to_le_bytes());
        record.put(&file.statement.to_le_bytes());
        self.files.push(&record.bytes).map(drop)
    }

    /// The files of posts, in order.
    pub(super) fn each_file(&self, mut take: impl FnMut(FileRow)) -> Result<(), Error> {
        for number in 0..self.files.len() as u32 {
            let record = self.files.get(number)?;
            let mut fields = Fields(&record);
            let sha = fields.u128();
            let pdq = Pdq::of_words(std::array::from_fn(|_| fields.u16()));
            let has = fields.u8();
            let marks =
                Marks { sha: (has & 1 != 0).then_some(sha), pdq: (has & 2 != 0).then_some(pdq) };
            let text = Some(fields.u32()).filter(|text| *text != marsad_types::NONE);
            take(FileRow { marks, text, statement: fields.u32() });
        }
        Ok(())
    }

    /// Notes that a text is an item of a series.
    pub(super) fn push_series(&mut self, text: u32) -> Result<(), Error> {
        self.series.push(&text.to_le_bytes()).map(drop)
    }

    /// The items of series.
    pub(super) fn each_series(&self, mut take: impl FnMut(u32)) -> Result<(), Error> {
        for number in 0..self.series.len() as u32 {
            take(u32::from_le_bytes(self.series.get(number)?));
        }
        Ok(())
    }
}
