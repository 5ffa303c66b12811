//! An index of a whole corpus: grouped first, then written and sorted, which takes a hundredth of
//! inserting post by post.

use std::path::Path;

use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use super::error::Error;
use super::history::{FileRow, History, NO_FRAME, PostRow, TextRow};
use super::manifest::Manifest;
use super::run::Writer;
use super::runs::Runs;
use super::space::Space;
use super::{Index, name_of};
use crate::frames::Frames;
use crate::group::candidates::{BANDS, band_key};
use crate::group::media::Marks;
use crate::group::resolve::{Extra, Home, Known, origin};
use crate::group::texts::{Grams, Signatures, Signed, Texts};
use crate::group::{Grouped, Options};
use crate::prints::Prints;
use crate::statement::{Relation, Statement};

/// Parts in which grams are sorted, so that memory holds a quarter of them.
const GRAM_PARTS: u32 = 4;

impl Index {
    /// Makes the index of a corpus in an empty or new folder.
    pub fn build(
        folder: &Path,
        corpus: &Corpus,
        prints: &Prints,
        options: &Options,
    ) -> Result<Self, Error> {
        Self::build_with(folder, Frames::learn(corpus, prints), (corpus, prints), options)
    }

    /// As [`Index::build`], with given frames.
    pub(super) fn build_with(
        folder: &Path,
        frames: Frames,
        (corpus, prints): (&Corpus, &Prints),
        options: &Options,
    ) -> Result<Self, Error> {
        // Refuses a folder that is in use.
        drop(Self::create(folder, options)?);
        let grouped = Grouped::with(frames, corpus, prints, options);
        let mut bulk = Bulk { corpus, prints, options, grouped, homes: Vec::new() };
        bulk.homes = bulk.homes();
        let mut history = History::open(folder, &[0; History::FILES])?;
        let boilerplate = bulk.write(&mut history)?;
        let mut runs = Runs::open(folder, Vec::new())?;
        bulk.sort(&mut runs)?;
        history.sync()?;
        let runs = runs.numbers().to_vec();
        Manifest { lengths: history.lengths(), boilerplate, runs }.write(folder, options)?;
        drop((history, bulk));
        Self::open(folder, options)
    }
}

/// A corpus that is written.
struct Bulk<'a> {
    corpus: &'a Corpus,
    prints: &'a Prints,
    options: &'a Options,
    grouped: Grouped,
    /// Where each row belongs; the statement is named by its first row.
    homes: Vec<Home>,
}

impl Bulk<'_> {
    /// The first row of a statement.
    fn first(&self, statement: u32) -> u32 {
        let statement = self.grouped.resolved.statements.get(statement as usize);
        statement.and_then(|s: &Statement| s.members.first()).map_or(NONE, |first| first.post)
    }

    fn homes(&self) -> Vec<Home> {
        let nowhere = Home { statement: NONE, relation: Relation::First, similarity: 0.0 };
        let mut homes = vec![nowhere; self.grouped.texts.of_row.len()];
        for statement in &self.grouped.resolved.statements {
            let Some(first) = statement.members.first() else { continue };
            for member in &statement.members {
                let (relation, similarity) = (member.relation, member.similarity);
                if let Some(home) = homes.get_mut(member.post as usize) {
                    *home = Home { statement: first.post, relation, similarity };
                }
            }
        }
        homes
    }

    /// Writes posts, texts and the rest, and names the boilerplate.
    fn write(&self, history: &mut History) -> Result<u64, Error> {
        for key in self.corpus.channels.keys() {
            history.push_channel(&key.to_string())?;
        }
        let frames = &self.grouped.frames;
        let boilerplate = match frames.boilerplate() {
            nothing if nothing.len() == 0 => NO_FRAME,
            boilerplate => history.push_frame(boilerplate)?,
        };
        let names = self.write_frames(history)?;
        let name = |row: usize| {
            frames.number(row).and_then(|n| names.get(n as usize)).copied().unwrap_or(NO_FRAME)
        };
        self.write_texts(history, name)?;
        let posts = &self.corpus.posts;
        for (row, home) in self.homes.iter().enumerate() {
            let post = PostRow {
                channel: posts.channel.get(row).copied().unwrap_or(NONE),
                published_at: posts.published_at.get(row).copied().unwrap_or(i64::MIN),
                text: self.grouped.texts.of_row.get(row).copied().unwrap_or(NONE),
                home: *home,
                id_at: 0,
                id_bytes: 0,
            };
            history.push_post(post, posts.post.get(row))?;
        }
        self.write_files(history)?;
        for extra in &self.grouped.resolved.extras {
            let statement = self.first(extra.statement);
            history.push_extra(Extra { statement, ..*extra })?;
        }
        let in_series = self.grouped.in_series.iter().enumerate().filter(|(_, is)| **is);
        for (text, _) in in_series {
            history.push_series(text as u32)?;
        }
        Ok(boilerplate)
    }

    /// Writes all frames, and for each channel that of its last posts.
    fn write_frames(&self, history: &mut History) -> Result<Vec<u64>, Error> {
        let frames = &self.grouped.frames;
        let mut names = Vec::new();
        for frame in frames.learnt() {
            names.push(history.push_frame(frame)?);
        }
        let mut last = vec![None; self.corpus.channels.len()];
        for (row, channel) in self.corpus.posts.channel.iter().enumerate() {
            if let Some(slot) = last.get_mut(*channel as usize) {
                *slot = frames.number(row).and_then(|number| names.get(number as usize));
            }
        }
        for (channel, name) in last.into_iter().enumerate() {
            if let Some(name) = name {
                history.push_taught(channel as u32, *name)?;
            }
        }
        Ok(names)
    }

    fn write_texts(&self, history: &mut History, name: impl Fn(usize) -> u64) -> Result<(), Error> {
        let Grouped { texts, masked, resolved, .. } = &self.grouped;
        let grams = Grams { texts, prints: self.prints, masked };
        for (text, row) in texts.row.iter().enumerate() {
            let (text, at) = (text as u32, *row as usize);
            let size = texts.size(text);
            let known = resolved.known.get(text as usize).copied().flatten();
            let Some(Known { home, leads }) = known else { continue };
            let home = Home { statement: self.first(home.statement), ..home };
            let written = TextRow {
                row: *row,
                channel: self.corpus.posts.channel.get(at).copied().unwrap_or(NONE),
                frame: name(at),
                at: 0,
                bytes: 0,
                tokens: size.tokens,
                letters: size.letters,
                grams: grams.of(text).len() as u32,
                known: Known { home, leads },
            };
            history.push_text(written, self.corpus.posts.text.get(at))?;
        }
        let (signed, signatures) = texts.signed(self.prints, masked, self.options);
        for one in &signed {
            history.push_signed(one.text, signatures.get(*one))?;
        }
        Ok(())
    }

    fn write_files(&self, history: &mut History) -> Result<(), Error> {
        let texts = &self.grouped.texts;
        let mut media: Vec<_> = self.corpus.posts.media.iter().collect();
        media.sort_by_key(|(row, _)| *row);
        for (row, media) in media {
            let text = texts.of_row.get(*row as usize).copied();
            let text = text.filter(|text| texts.size(*text).is_comparable(self.options));
            let home = self.homes.get(*row as usize);
            if let (Some(marks), Some(home)) = (Marks::of(media), home) {
                history.push_file(&FileRow { marks, text, statement: home.statement })?;
            }
        }
        Ok(())
    }

    /// Sorts the keys of everything into a first run.
    fn sort(&self, runs: &mut Runs) -> Result<(), Error> {
        let Grouped { texts, masked, resolved, .. } = &self.grouped;
        let grams = Grams { texts, prints: self.prints, masked };
        let (signed, signatures) = texts.signed(self.prints, masked, self.options);
        runs.fill(|space, writer| match space {
            Space::GRAM => sort_grams(&grams, writer),
            Space::EXTRA => {
                let extras = resolved.extras.iter().enumerate();
                write_sorted(extras.map(|(n, extra)| (extra.text, n as u32)).collect(), writer)
            }
            Space::BODY => {
                // Made again, so that grouping need not keep it.
                let mut bodies = Texts::bodies(self.corpus, self.prints, masked, self.options);
                bodies.par_sort_unstable();
                bodies.into_iter().try_for_each(|body| writer.push(body))
            }
            Space::POST => self.names().into_iter().try_for_each(|name| writer.push(name)),
            band => sort_band(band, &signed, &signatures, writer),
        })
    }

    /// Names of posts: the first row that has or forwards it, and the row itself.
    fn names(&self) -> Vec<(u128, u32)> {
        let Corpus { channels, posts, .. } = self.corpus;
        let name = |channel: u32, id: &str| channels.key(channel).map(|key| name_of(key, id));
        let mut names: Vec<(u128, u32, bool)> = Vec::with_capacity(self.homes.len());
        for row in 0..self.homes.len() {
            let original = origin(self.corpus, row).filter(|(_, id)| !id.is_empty());
            if let Some(name) = original.and_then(|(channel, id)| name(channel, id)) {
                names.push((name, row as u32, false));
            }
            let own = posts.channel.get(row).and_then(|c| name(*c, posts.post.get(row)));
            names.extend(own.map(|name| (name, row as u32, true)));
        }
        names.par_sort_unstable();
        let mut kept: Vec<(u128, u32)> = Vec::with_capacity(names.len());
        for (name, row, is_own) in names {
            let is_first = kept.last().is_none_or(|(last, _)| *last != name);
            if is_first || is_own && kept.last() != Some(&(name, row)) {
                kept.push((name, row));
            }
        }
        kept
    }
}

fn write_sorted(mut entries: Vec<(u32, u32)>, writer: &mut Writer) -> Result<(), Error> {
    entries.par_sort_unstable();
    entries.into_iter().try_for_each(|(key, value)| writer.push((u128::from(key), value)))
}

fn sort_band(
    space: Space,
    signed: &[Signed],
    signatures: &Signatures<'_>,
    writer: &mut Writer,
) -> Result<(), Error> {
    debug_assert!(space.place() < BANDS, "the other spaces are sorted elsewhere");
    let key = |one: &Signed| band_key(signatures.get(*one), space.place());
    let numbered = signed.par_iter().enumerate();
    write_sorted(numbered.map(|(number, one)| (key(one), number as u32)).collect(), writer)
}

fn sort_grams(grams: &Grams<'_>, writer: &mut Writer) -> Result<(), Error> {
    let part_of = |gram: u32| (u64::from(gram) * u64::from(GRAM_PARTS)) >> 32;
    for part in 0..u64::from(GRAM_PARTS) {
        let mut entries = Vec::new();
        for text in 0..grams.texts() as u32 {
            let own = grams.of(text).iter().filter(|gram| part_of(**gram) == part);
            entries.extend(own.map(|gram| (*gram, text)));
        }
        write_sorted(entries, writer)?;
    }
    Ok(())
}
