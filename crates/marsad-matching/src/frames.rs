//! What a channel puts on every post: learnt from its own posts, and masked before matching.
//!
//! **Lines.** A line is a frame of its channel when it stands among the first three or the last
//! four lines of at least 30 % (and three) of a stretch of its posts, of at least five; or, for
//! slogans and rubrics that take turns, of 10 % and five. Dates, times and issue numbers in a line
//! are taken as one ([`crate::dates`]), links stand for a line without words. Stretches
//! are of 100 posts in the order of time, and a post is masked with what its own and the two
//! neighbouring stretches teach: footers change over the years, and the answer must not depend on
//! the order of the input. Posts with the same text count once, or a statement that a channel
//! repeats would be taken for its footer.
//!
//! **Runs.** Posts of one line carry their slogan in the line. A run of words at the start or end
//! is a frame as often as a line when it has three words and twelve letters, shorter ones at 60 %
//! ("В Москве" may well start a third of a city's news), and is masked only where it is set off from
//! the text ([`crate::mask`]). Learnt from a sample, the texts with the smallest
//! hashes: uniform, and the same in any order.
//!
//! **Everywhere.** A line in more than 0.5 % of all posts and more than 20 channels is boilerplate:
//! a greeting, a formula, a verse. So is an insert, an advertisement that several channels set under
//! their posts ([`crate::inserts`]).
//!
//! When lines leave nothing, the frame is the statement, and nothing is masked; a run must leave a few
//! words ([`crate::mask`]), since at the start of a bulletin it may be half of it.

use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use std::sync::Arc;

use crate::dates::undated;
use crate::fingerprint::{Fingerprint, Fingerprinter, hashed_lines};
use crate::inserts::inserts;
use crate::labels::may_begin;
use crate::mask::{Frame, Masker, Purpose, RUN_MAX, run_hash};
use crate::normalise::Scanner;
use crate::prints::Prints;
use crate::sources::may_name;
use crate::stamps::stamps;

/// Posts of a stretch.
pub(crate) const STRETCH: usize = 100;
/// Fewest distinct texts that teach anything.
const TEACHERS_MIN: usize = 5;
/// Lines looked at from the start and from the end of a post.
const HEAD_LINES: usize = 3;
/// See [`HEAD_LINES`].
const TAIL_LINES: usize = 4;
/// Texts looked at for runs at first, and when two of them share one.
pub(crate) const SAMPLE_SMALL: usize = 12;
/// See [`SAMPLE_SMALL`].
const SAMPLE: usize = 48;
/// Words of the runs in the first look.
const SHARED_WORDS: usize = 3;
/// Posts that one task masks.
const CHUNK: usize = 1024;
/// Boilerplate stands in more channels than this.
const BOILERPLATE_CHANNELS: usize = 20;
/// Boilerplate stands in more than one post of so many.
const BOILERPLATE_ONE_IN: usize = 200;

/// The frames of all channels.
#[derive(Default)]
pub(crate) struct Frames {
    learnt: Vec<Arc<Frame>>,
    /// Position in `learnt` for each row; [`NONE`] where there is nothing to mask.
    of_row: Vec<u32>,
    boilerplate: Arc<Frame>,
}

/// The print of a post without its frame; `lines` is empty.
pub(crate) struct MaskedPrint {
    /// Row of the post.
    pub(crate) row: u32,
    /// Without lines and runs.
    pub(crate) print: Fingerprint,
    /// Without lines alone, where that is less: a run may be half of a bulletin, and other
    /// channels have not learnt it.
    pub(crate) lines_only: Option<Fingerprint>,
    /// Whether a date was masked: in its own channel the post is another one than the same words
    /// under another date.
    pub(crate) is_dated: bool,
}

impl Frames {
    /// The frame of a row.
    pub(crate) fn of(&self, row: usize) -> Option<&Frame> {
        self.of_row.get(row).and_then(|frame| self.learnt.get(*frame as usize)).map(Arc::as_ref)
    }

    /// Frames of some rows.
    pub(crate) fn of_rows(
        learnt: Vec<Arc<Frame>>,
        of_row: Vec<u32>,
        boilerplate: Arc<Frame>,
    ) -> Self {
        Self { learnt, of_row, boilerplate }
    }

    /// The frames of the first rows alone.
    #[cfg(test)]
    pub(crate) fn first_rows(&self, rows: usize) -> Self {
        let of_row = self.of_row.iter().copied().take(rows).collect();
        Self::of_rows(self.learnt.clone(), of_row, Arc::clone(&self.boilerplate))
    }

    /// How many rows.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// All frames, by number.
    pub(crate) fn learnt(&self) -> &[Arc<Frame>] {
        &self.learnt
    }

    /// The number of a row's frame.
    pub(crate) fn number(&self, row: usize) -> Option<u32> {
        self.of_row.get(row).copied().filter(|number| *number != NONE)
    }

    /// Lines that stand everywhere.
    pub(crate) fn boilerplate(&self) -> &Frame {
        &self.boilerplate
    }

    /// Lines and runs learnt for channels.
    pub(crate) fn len(&self) -> usize {
        self.learnt.iter().map(|frame| frame.len()).sum()
    }

    /// Learns from all posts.
    pub(crate) fn learn(corpus: &Corpus, prints: &Prints) -> Self {
        let rows = corpus.posts.len().min(prints.len());
        let stretches = stretches(corpus, rows);
        let taught: Vec<Frame> = stretches
            .par_iter()
            .map_init(Masker::default, |masker, stretch| {
                teach(corpus, prints, &stretch.rows, masker)
            })
            .collect();
        let mut learnt = Self { of_row: vec![NONE; rows], ..Self::default() };
        for (place, stretch) in stretches.iter().enumerate() {
            let near = place.saturating_sub(1)..taught.len().min(place + 2);
            let mut frame = Frame::default();
            for neighbour in near {
                let same = stretches.get(neighbour).is_some_and(|s| s.channel == stretch.channel);
                if let (true, Some(other)) = (same, taught.get(neighbour)) {
                    frame.absorb(other);
                }
            }
            if frame.len() == 0 {
                continue;
            }
            for row in &stretch.rows {
                if let Some(slot) = learnt.of_row.get_mut(*row as usize) {
                    *slot = learnt.learnt.len() as u32;
                }
            }
            learnt.learnt.push(Arc::new(frame));
        }
        learnt.boilerplate = Arc::new(boilerplate(corpus, prints, &learnt));
        learnt
    }

    /// Masks every post that has something to mask and fingerprints what is left, by row.
    pub(crate) fn masked_prints(&self, corpus: &Corpus, prints: &Prints) -> Vec<MaskedPrint> {
        let rows = self.of_row.len();
        (0..rows.div_ceil(CHUNK))
            .into_par_iter()
            .map_init(
                || (Fingerprinter::new(), Masker::default()),
                |(fingerprinter, masker), chunk| {
                    let mut masked = Vec::new();
                    for row in chunk * CHUNK..rows.min((chunk + 1) * CHUNK) {
                        let frames = [self.of(row), Some(self.boilerplate())];
                        let text = corpus.posts.text.get(row);
                        if !may_mask(frames, prints.lines(row), text) {
                            continue;
                        }
                        let print = masked_print(fingerprinter, masker, text, frames);
                        masked.extend(print.map(|print| MaskedPrint { row: row as u32, ..print }));
                    }
                    masked
                },
            )
            .flatten_iter()
            .collect()
    }
}

/// Whether frames may have something to take out of a post with such lines, or its label.
pub(crate) fn may_mask(frames: [Option<&Frame>; 2], lines: &[u32], text: &str) -> bool {
    let [own, everywhere] = frames;
    // A text of one line names no source beside what it says.
    may_begin(text)
        || !lines.is_empty() && may_name(text)
        || own
            .is_some_and(|frame| frame.has_runs() || lines.iter().any(|line| frame.has_line(*line)))
        || everywhere.is_some_and(|frame| lines.iter().any(|line| frame.has_line(*line)))
}

/// The print of a text, of row 0, without its frame; none when there is nothing to mask.
pub(crate) fn masked_print(
    fingerprinter: &mut Fingerprinter,
    masker: &mut Masker,
    text: &str,
    frames: [Option<&Frame>; 2],
) -> Option<MaskedPrint> {
    fingerprinter.scanner.scan(text);
    let all = frames.into_iter().flatten();
    let what = masker.mask((text, &mut fingerprinter.scanner), all.clone(), Purpose::Body)?;
    let print = without_lines(fingerprinter.of_scanned());
    let mut lines_only = None;
    if what.lines_and_runs {
        fingerprinter.scanner.scan(text);
        if masker.mask_lines((text, &mut fingerprinter.scanner), &all) {
            lines_only = Some(without_lines(fingerprinter.of_scanned()));
        }
    }
    Some(MaskedPrint { row: 0, print, lines_only, is_dated: what.is_dated })
}

fn without_lines(print: Fingerprint) -> Fingerprint {
    Fingerprint { lines: Vec::new(), ..print }
}

/// Some posts of one channel in the order of time.
struct Stretch {
    channel: u32,
    rows: Vec<u32>,
}

/// Posts by channel, in stretches of about [`STRETCH`], channels one after the other.
fn stretches(corpus: &Corpus, rows: usize) -> Vec<Stretch> {
    let channels = corpus.posts.channel.get(..rows).unwrap_or(&[]);
    let ids = channels.iter().max().map_or(0, |last| *last as usize + 1);
    let mut of_channel: Vec<Vec<u32>> = vec![Vec::new(); ids];
    for (row, channel) in channels.iter().enumerate() {
        if let Some(posts) = of_channel.get_mut(*channel as usize) {
            posts.push(row as u32);
        }
    }
    let mut stretches = Vec::new();
    for (channel, posts) in of_channel.iter().enumerate().filter(|(_, posts)| !posts.is_empty()) {
        // Equal parts, so that no stretch is too short to teach.
        let parts = (posts.len() / STRETCH).max(1);
        let size = posts.len().div_ceil(parts);
        for part in posts.chunks(size) {
            stretches.push(Stretch { channel: channel as u32, rows: part.to_vec() });
        }
    }
    stretches
}

/// What one stretch of posts teaches.
pub(crate) fn teach(corpus: &Corpus, prints: &Prints, rows: &[u32], masker: &mut Masker) -> Frame {
    let mut teachers: Vec<(u128, u32)> = rows
        .iter()
        .filter_map(|row| Some((*prints.body.get(*row as usize)?, *row)))
        .filter(|(body, _)| *body != 0)
        .collect();
    teachers.sort_unstable();
    teachers.dedup_by_key(|(body, _)| *body);
    let mut frame = Frame::default();
    if teachers.len() < TEACHERS_MIN {
        return frame;
    }
    frame.set_lines(frequent_lines(corpus, prints, &teachers, &mut masker.scanner));
    let mut runs = Runs::default();
    let sample = teachers.get(..SAMPLE_SMALL.min(teachers.len())).unwrap_or(&[]);
    let mut learning = Learning { frame: &frame, masker, words_max: SHARED_WORDS };
    runs.add(corpus, sample, &mut learning);
    if runs.any_shared() {
        runs = Runs::default();
        let more = teachers.get(..SAMPLE.min(teachers.len())).unwrap_or(&[]);
        learning.words_max = RUN_MAX;
        runs.add(corpus, more, &mut learning);
        frame.set_runs(runs.starts.frequent(runs.texts), runs.ends.frequent(runs.texts));
    }
    let sample = teachers.get(..SAMPLE.min(teachers.len())).unwrap_or(&[]);
    let rows = sample.iter().map(|(_, row)| *row as usize);
    frame.set_stamps(stamps(corpus, rows, &frame, masker));
    frame
}

fn frequent_lines(
    corpus: &Corpus,
    prints: &Prints,
    teachers: &[(u128, u32)],
    scanner: &mut Scanner,
) -> Vec<u32> {
    let mut seen: Vec<(u32, u32)> = Vec::new();
    for (_, row) in teachers {
        let lines = prints.lines(*row as usize);
        let tail = lines.len().saturating_sub(TAIL_LINES).max(HEAD_LINES.min(lines.len()));
        let head = lines.get(..HEAD_LINES.min(lines.len())).unwrap_or(&[]);
        seen.extend(head.iter().chain(lines.get(tail..).unwrap_or(&[])).map(|line| (*line, *row)));
    }
    seen.sort_unstable();
    seen.dedup();
    let texts = teachers.len();
    let mut frequent = Vec::new();
    for posts in seen.chunk_by(|a, b| a.0 == b.0).filter(|posts| posts.len() >= enough(texts)) {
        let Some((line, row)) = posts.first().copied() else { continue };
        // What takes turns and holds a time is a line of a bulletin ("high water 6:54").
        let is_always = posts.len() >= share(texts, 3, 10).max(3);
        if is_always || !is_dated(scanner, corpus.posts.text.get(row as usize), line) {
            frequent.push(line);
        }
    }
    frequent
}

/// Whether a line of a text holds a date.
fn is_dated(scanner: &mut Scanner, text: &str, line: u32) -> bool {
    scanner.scan(text);
    hashed_lines(scanner).any(|other| other.hash == line && other.is_dated)
}

/// How many of so many texts make a frame of what they share: three in ten and three at least; or,
/// for slogans in turn, one in ten and five at least.
fn enough(texts: usize) -> usize {
    share(texts, 3, 10).max(3).min(share(texts, 1, 10).max(5))
}

/// `parts / of` of `n`, rounded up.
fn share(n: usize, parts: usize, of: usize) -> usize {
    (n * parts).div_ceil(of)
}

/// With what runs are collected.
struct Learning<'a> {
    frame: &'a Frame,
    masker: &'a mut Masker,
    words_max: usize,
}

/// Runs of words at the starts and ends of sampled texts.
#[derive(Default)]
struct Runs {
    starts: Side,
    ends: Side,
    texts: usize,
}

#[derive(Default)]
struct Side {
    /// Hash of the run, whether it is long enough to be a frame at 30 %.
    seen: Vec<(u64, bool)>,
}

impl Runs {
    /// Adds the runs at both ends of some texts, up to so many words.
    fn add(&mut self, corpus: &Corpus, teachers: &[(u128, u32)], learning: &mut Learning<'_>) {
        let Learning { frame, masker, words_max } = learning;
        let mut scanner = std::mem::take(&mut masker.scanner);
        for (_, row) in teachers {
            let text = corpus.posts.text.get(*row as usize);
            scanner.scan(text);
            masker.mask((text, &mut scanner), std::iter::once(*frame), Purpose::Body);
            let words = scanner.tokens.iter().enumerate();
            let words = words.filter(|(_, token)| token.kind.is_matched()).map(|(place, _)| place);
            let count = words.clone().count();
            if count < 2 {
                continue;
            }
            self.texts += 1;
            // A whole text is not its own frame.
            let longest = (count - 1).min(*words_max);
            let codes = |place: usize| undated(&scanner, place);
            self.starts.add(words.clone().take(longest).map(codes));
            self.ends.add(words.rev().take(longest).map(codes));
        }
        masker.scanner = scanner;
    }

    fn any_shared(&mut self) -> bool {
        self.starts.any_shared(self.texts) || self.ends.any_shared(self.texts)
    }
}

impl Side {
    fn add<'a>(&mut self, words: impl Iterator<Item = &'a [u32]>) {
        let mut hash = 0;
        let mut letters = 0;
        for (place, word) in words.enumerate() {
            hash = run_hash(hash, word);
            letters += word.len();
            self.seen.push((hash, place >= 2 && letters >= 12));
        }
    }

    /// Whether a longer look may find a frame.
    fn any_shared(&mut self, texts: usize) -> bool {
        self.seen.sort_unstable();
        self.seen.chunk_by(|a, b| a.0 == b.0).any(|run| {
            let is_long = run.first().is_some_and(|(_, long)| *long);
            run.len() >= if is_long { 2 } else { share(texts, 4, 10).max(3) }
        })
    }

    fn frequent(&mut self, texts: usize) -> Vec<u64> {
        self.seen.sort_unstable();
        let enough = |run: &&[(u64, bool)]| {
            let is_long = run.first().is_some_and(|(_, long)| *long);
            let needed = if is_long { enough(texts) } else { share(texts, 6, 10).max(5) };
            run.len() >= needed
        };
        let runs = self.seen.chunk_by(|a, b| a.0 == b.0).filter(enough);
        runs.filter_map(|run| run.first().map(|(hash, _)| *hash)).collect()
    }
}

/// Lines that stand in many channels and posts; posts with the same text count once. With them the
/// inserts ([`crate::inserts`]).
fn boilerplate(corpus: &Corpus, prints: &Prints, frames: &Frames) -> Frame {
    let rows = frames.of_row.len();
    let of_row = |row: usize| prints.lines(row).iter().map(move |line| (*line, row as u32));
    let mut seen: Vec<(u32, u32)> = (0..rows).flat_map(of_row).collect();
    seen.par_sort_unstable();
    seen.dedup();
    let mut lines = inserts(corpus, prints, frames, &seen);
    for posts in seen.chunk_by(|a, b| a.0 == b.0) {
        if posts.len() * BOILERPLATE_ONE_IN <= rows {
            continue;
        }
        let distinct = |of: &dyn Fn(usize) -> u128| {
            let mut all: Vec<u128> = posts.iter().map(|(_, row)| of(*row as usize)).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        let texts = distinct(&|row| prints.body.get(row).copied().unwrap_or(0));
        let channels =
            distinct(&|row| corpus.posts.channel.get(row).copied().unwrap_or(NONE).into());
        if texts * BOILERPLATE_ONE_IN > rows && channels > BOILERPLATE_CHANNELS {
            lines.extend(posts.first().map(|(line, _)| *line));
        }
    }
    let mut frame = Frame::default();
    frame.set_lines(lines);
    frame
}
