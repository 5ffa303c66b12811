//! A post against all history, nothing changed: its text, what that is like, where it belongs.

use std::sync::Arc;

use marsad_types::{ChannelKey, Corpus, NONE};

use super::error::Error;
use super::history::TextRow;
use super::space::Space;
use super::{Index, name_of};
use crate::fingerprint::{BINS, Fingerprint, Fingerprinter};
use crate::frames::{Frames, MaskedPrint, masked_print, may_mask};
use crate::group::candidates::{BANDS, Pair, agreement, band_key};
use crate::group::contain::is_enough;
use crate::group::judge::{Judge, Link, Pairs, Work};
use crate::group::resolve::{Forward, Known};
use crate::group::texts::{Bodies, Size, Texts};
use crate::mask::{Frame, Masker};

/// Buffers for looking.
#[derive(Default)]
pub(super) struct Scratch {
    fingerprinter: Fingerprinter,
    masker: Masker,
    work: Work,
    pub(super) values: Vec<u32>,
    bytes: Vec<u8>,
}

/// A text as it was found.
pub(super) struct Looked {
    pub(super) print: Fingerprint,
    /// Print of the masked text.
    masked: Option<MaskedPrint>,
    /// Name of the frame it was looked at with.
    pub(super) frame: u64,
    /// Its text, known or the next one; [`NONE`] for an empty text.
    pub(super) text: u32,
    /// What became of the text, unless it is new.
    pub(super) of_text: Option<Known>,
    /// Hashes by which the text was not known yet.
    pub(super) bodies: Vec<u128>,
    /// Of the text; of its first post where it is known.
    pub(super) size: Size,
    /// Links to earlier texts, by these.
    pub(super) links: Vec<Link>,
    /// The earlier texts of the links, by number.
    pub(super) earlier: Vec<(u32, TextRow)>,
    /// Texts found to be items of a series.
    pub(super) in_series: Vec<u32>,
}

impl Looked {
    /// Whether the text is new.
    pub(super) fn is_new(&self) -> bool {
        self.text != NONE && self.of_text.is_none()
    }

    /// The grams of the text.
    pub(super) fn grams(&self) -> &[u32] {
        self.masked.as_ref().map_or(&self.print.grams, |masked| &masked.print.grams)
    }

    /// The signatures of the text that are long enough to compare, in the order of grouping.
    pub(super) fn signatures(
        &self,
        is_comparable: impl Fn(Size) -> bool,
    ) -> impl Iterator<Item = &[u8; BINS]> {
        let masked = self.masked.iter();
        let masked = masked.flat_map(|m| std::iter::once(&m.print).chain(&m.lines_only));
        masked
            .chain([&self.print])
            .filter(move |print| is_comparable(size_of(print)))
            .map(|print| &print.signature)
    }

    /// What became of an earlier text.
    pub(super) fn known(&self, text: u32) -> Option<Known> {
        let place = self.earlier.binary_search_by_key(&text, |(text, _)| *text).ok()?;
        self.earlier.get(place).map(|(_, row)| row.known)
    }
}

fn size_of(print: &Fingerprint) -> Size {
    Size { tokens: print.tokens, letters: print.letters }
}

/// The frames that a text is compared with.
struct Framed {
    name: u64,
    own: Option<Arc<Frame>>,
}

impl Index {
    /// Looks at a text of a channel.
    pub(super) fn look(&mut self, channel: u32, text: &str) -> Result<Looked, Error> {
        let print = self.scratch.fingerprinter.fingerprint(text);
        let framed = self.framed(channel)?;
        let frames = [framed.own.as_deref(), Some(&**self.teacher.boilerplate())];
        let Scratch { fingerprinter, masker, .. } = &mut self.scratch;
        let masked = if print.body != 0 && may_mask(frames, &print.lines, text) {
            masked_print(fingerprinter, masker, text, frames)
        } else {
            None
        };
        let size = masked.as_ref().map_or(size_of(&print), |masked| size_of(&masked.print));
        let mut looked = Looked {
            print,
            masked,
            frame: framed.name,
            text: NONE,
            of_text: None,
            bodies: Vec::new(),
            size,
            links: Vec::new(),
            earlier: Vec::new(),
            in_series: Vec::new(),
        };
        if looked.print.body == 0 {
            return Ok(looked);
        }
        self.look_for_text(channel, &mut looked)?;
        if looked.is_new() {
            let near = self.near(&looked)?;
            let containing = self.containing(&looked)?;
            if !near.is_empty() || !containing.is_empty() {
                self.judge((channel, text, framed.own), &near, &containing, &mut looked)?;
            }
        }
        Ok(looked)
    }

    /// The frame of a channel, or of the next row where frames are given.
    fn framed(&mut self, channel: u32) -> Result<Framed, Error> {
        let name = match self.given_names.get(self.history.posts() as usize) {
            Some(name) => *name,
            None => self.teacher.name(channel),
        };
        Ok(Framed { name, own: self.teacher.frame(&self.history, name)? })
    }

    /// Finds the text that a post has.
    fn look_for_text(&mut self, channel: u32, looked: &mut Looked) -> Result<(), Error> {
        let masked = looked.masked.as_ref();
        let bodies = Bodies::of(looked.print.body, masked);
        let mut found: [(u128, Option<u32>); 3] = bodies.all().map(|body| (body, None));
        for place in 0..found.len() {
            let (before, rest) = found.split_at_mut(place);
            let Some((body, text)) = rest.first_mut() else { break };
            let again = before.iter().find(|(other, _)| other == body);
            if let Some((_, known)) = again {
                *text = *known;
                continue;
            }
            self.runs.find(Space::BODY, *body, &mut self.scratch.values)?;
            *text = self.scratch.values.first().copied();
            if text.is_none() {
                looked.bodies.push(*body);
            }
        }
        let known = |body: u128| found.iter().find(|(other, _)| *other == body)?.1;
        // A text found under another frame may stand in this channel: its row says so.
        let mut rows: Vec<(u32, TextRow)> = Vec::new();
        for text in found.iter().filter_map(|(_, text)| *text) {
            rows.push((text, self.history.text(text)?));
        }
        let row = |text: u32| rows.iter().find(|(other, _)| *other == text).map(|(_, row)| row);
        let options = &self.options;
        let text = bodies.equal(known, |text| {
            let is_dated = masked.is_some_and(|masked| masked.is_dated);
            looked.size.is_comparable(options) && !is_dated
                || row(text).is_none_or(|row| row.channel != channel)
        });
        looked.text = text.unwrap_or(self.history.texts());
        if let Some(row) = text.and_then(row) {
            looked.of_text = Some(row.known);
            looked.size = Size { tokens: row.tokens, letters: row.letters };
        }
        Ok(())
    }

    /// Earlier texts whose signatures share a band with one of this text's and agree in enough
    /// bytes.
    fn near(&mut self, looked: &Looked) -> Result<Vec<u32>, Error> {
        let agree_min = self.options.agree_min();
        let options = &self.options;
        let own: Vec<&[u8; BINS]> = looked.signatures(|size| size.is_comparable(options)).collect();
        let mut near = Vec::new();
        let mut compared: Vec<u32> = Vec::new();
        for (nth, signature) in own.iter().enumerate() {
            compared.clear();
            for band in 0..BANDS {
                let (key, space) = (band_key(signature, band), Space::band(band));
                self.runs.find(space, u128::from(key), &mut self.scratch.values)?;
                // The text's own signatures take places in the bucket too.
                let before = own.iter().take(nth).filter(|other| band_key(other, band) == key);
                self.scratch.values.extend(before.map(|_| NONE));
                let wanted = space.wanted().of(&self.scratch.values);
                compared.extend(wanted.filter(|signed| *signed != NONE));
            }
            compared.sort_unstable();
            compared.dedup();
            for signed in &compared {
                let (text, other) = self.history.signed(*signed)?;
                if agreement(&other, signature) >= agree_min {
                    near.push(text);
                }
            }
        }
        near.sort_unstable();
        near.dedup();
        Ok(near)
    }

    /// Earlier texts that share enough grams with this one.
    fn containing(&mut self, looked: &Looked) -> Result<Vec<u32>, Error> {
        let grams = looked.grams();
        let mut hits: Vec<u32> = Vec::new();
        for gram in grams {
            self.runs.find(Space::GRAM, u128::from(*gram), &mut self.scratch.values)?;
            hits.extend(Space::GRAM.wanted().of(&self.scratch.values));
        }
        hits.sort_unstable();
        let mut containing = Vec::new();
        for hits in hits.chunk_by(|a, b| a == b) {
            let Some(text) = hits.first() else { continue };
            let kept = self.history.text(*text)?.grams as usize;
            if is_enough(hits.len(), kept.min(grams.len())) {
                containing.push(*text);
            }
        }
        Ok(containing)
    }

    /// Judges candidates as grouping does, in a corpus of them and the text.
    fn judge(
        &mut self,
        (channel, text, own): (u32, &str, Option<Arc<Frame>>),
        near: &[u32],
        containing: &[u32],
        looked: &mut Looked,
    ) -> Result<(), Error> {
        let mut all: Vec<u32> = near.iter().chain(containing).copied().collect();
        all.sort_unstable();
        all.dedup();
        let mut corpus = Corpus::default();
        let (mut learnt, mut of_row) = (Vec::new(), Vec::new());
        let mut sizes = Vec::with_capacity(all.len() + 1);
        let mut in_series = Vec::with_capacity(all.len() + 1);
        let mut frame_of = |frame: Option<Arc<Frame>>| {
            of_row.push(if frame.is_some() { learnt.len() as u32 } else { NONE });
            learnt.extend(frame);
        };
        for text in &all {
            let row = self.history.text(*text)?;
            self.history.body(&row, &mut self.scratch.bytes)?;
            let body = str::from_utf8(&self.scratch.bytes);
            corpus.posts.text.push(body.map_err(|_not_utf8| self.history.damaged_text())?);
            corpus.posts.channel.push(row.channel);
            sizes.push(Size { tokens: row.tokens, letters: row.letters });
            in_series.push(self.in_series.get(*text));
            frame_of(self.teacher.frame(&self.history, row.frame)?);
            looked.earlier.push((*text, row));
        }
        corpus.posts.text.push(text);
        corpus.posts.channel.push(channel);
        sizes.push(looked.size);
        in_series.push(false);
        frame_of(own);
        let frames = Frames::of_rows(learnt, of_row, Arc::clone(self.teacher.boilerplate()));
        let texts = Texts::one_a_row(sizes);
        let later = all.len() as u32;
        let place = |text: &u32| all.binary_search(text).ok().map(|place| (place as u32, later));
        let near: Vec<Pair> = near.iter().filter_map(place).collect();
        let containing: Vec<Pair> = containing.iter().filter_map(place).collect();
        let judge =
            Judge { corpus: &corpus, frames: &frames, texts: &texts, options: &self.options };
        let before = in_series.clone();
        let pairs = Pairs { near: &near, containing: &containing };
        let mut links = judge.links_here(&mut self.scratch.work, pairs, &mut in_series);
        let number = |place: u32| all.get(place as usize).copied().unwrap_or(looked.text);
        for link in &mut links {
            (link.earlier, link.later) = (number(link.earlier), number(link.later));
        }
        looked.links = links;
        let flagged =
            in_series.iter().zip(&before).enumerate().filter(|(_, (now, then))| now != then);
        looked.in_series = flagged.map(|(place, _)| number(place as u32)).collect();
        Ok(())
    }

    /// What the platform says of a post, and the name of its original where that is not known yet.
    pub(super) fn forward(
        &mut self,
        original: Option<(&ChannelKey, &str)>,
    ) -> Result<(Forward, Option<u128>), Error> {
        let Some((channel, id)) = original else { return Ok((Forward::No, None)) };
        if id.is_empty() {
            return Ok((Forward::Yes, None));
        }
        let name = name_of(channel, id);
        self.runs.find(Space::POST, name, &mut self.scratch.values)?;
        let Some(first) = self.scratch.values.first() else {
            return Ok((Forward::Yes, Some(name)));
        };
        Ok((Forward::Of(self.history.post(*first)?.home.statement), None))
    }
}
