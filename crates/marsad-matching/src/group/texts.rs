//! The distinct texts of a corpus: posts that are equal after normalisation and masking.

use hashbrown::{HashMap, HashSet};
use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use super::Options;
use super::repeated::{self, Entry, each_repeated};
use crate::fingerprint::BINS;
use crate::frames::MaskedPrint;
use crate::prints::Prints;

/// The distinct texts, in the order of their first post.
#[derive(Default)]
pub(crate) struct Texts {
    /// First row with the text.
    pub(crate) row: Vec<u32>,
    /// Text of each row; [`NONE`] for an empty text.
    pub(crate) of_row: Vec<u32>,
    /// Words and letters, after masking.
    pub(crate) size: Vec<Size>,
    /// Print of the masked text: position in the list of masked prints; [`NONE`] where nothing was
    /// masked.
    masked: Vec<u32>,
}

/// How much there is of a text.
#[derive(Clone, Copy, Default)]
pub(crate) struct Size {
    pub(crate) tokens: u32,
    pub(crate) letters: u32,
}

impl Size {
    /// Long enough to be compared otherwise than for equality.
    pub(crate) fn is_comparable(self, options: &Options) -> bool {
        self.tokens >= options.near_tokens_min && self.letters >= options.near_letters_min
    }
}

/// Which text has a body.
type Bodied = HashMap<u128, u32>;

/// The hashes by which a post has the text of an earlier one.
#[derive(Clone, Copy)]
pub(crate) struct Bodies {
    /// As it stands.
    raw: u128,
    /// Without lines.
    lines_only: u128,
    /// Without lines and runs.
    own: u128,
}

impl Bodies {
    /// Of a post, and of its masked print where something was masked.
    pub(crate) fn of(raw: u128, masked: Option<&MaskedPrint>) -> Self {
        let own = masked.map_or(raw, |masked| masked.print.body);
        let lines_only = masked.and_then(|masked| masked.lines_only.as_ref());
        Self { raw, lines_only: lines_only.map_or(own, |print| print.body), own }
    }

    /// All three, some of them equal.
    pub(crate) fn all(self) -> [u128; 3] {
        [self.raw, self.lines_only, self.own]
    }

    /// The text, if it is known. `may_differ` says whether a text whose frame differs may be it.
    pub(crate) fn equal(
        self,
        known: impl Fn(u128) -> Option<u32>,
        may_differ: impl FnOnce(u32) -> bool,
    ) -> Option<u32> {
        known(self.raw).or_else(|| {
            let text = known(self.lines_only).or_else(|| known(self.own))?;
            (self.own == self.raw || may_differ(text)).then_some(text)
        })
    }
}

/// A signature that stands for a text: its own, and the masked one where it was masked.
#[derive(Clone, Copy)]
pub(crate) struct Signed {
    pub(crate) text: u32,
    /// Position among the posts' signatures and, after them, the masked ones.
    print: u32,
}

/// The signatures of all posts and of all masked texts.
pub(crate) struct Signatures<'a> {
    prints: &'a [[u8; BINS]],
    masked: Vec<[u8; BINS]>,
}

impl Signatures<'_> {
    /// The signature meant.
    #[inline]
    pub(crate) fn get(&self, one: Signed) -> &[u8; BINS] {
        const NOTHING: [u8; BINS] = [0; BINS];
        let place = one.print as usize;
        let masked = || self.masked.get(place - self.prints.len());
        self.prints.get(place).or_else(masked).unwrap_or(&NOTHING)
    }
}

/// The word grams of texts, after masking.
pub(crate) struct Grams<'a> {
    pub(crate) texts: &'a Texts,
    pub(crate) prints: &'a Prints,
    pub(crate) masked: &'a [MaskedPrint],
}

impl Grams<'_> {
    /// How many texts.
    pub(crate) fn texts(&self) -> usize {
        self.texts.len()
    }

    /// The grams of a text.
    #[inline]
    pub(crate) fn of(&self, text: u32) -> &[u32] {
        match self.texts.mask(text, self.masked) {
            Some(mask) => &mask.print.grams,
            None => self.prints.grams(self.texts.first_row(text)),
        }
    }
}

impl Texts {
    /// Finds the distinct texts. A post has the text of an earlier one when the two are equal as
    /// they stand or equal once masked.
    pub(crate) fn find(
        corpus: &Corpus,
        prints: &Prints,
        masked: &[MaskedPrint],
        options: &Options,
    ) -> Self {
        Self::with_bodies(corpus, prints, masked, options).0
    }

    /// All bodies by which a later post would have one of the texts.
    pub(crate) fn bodies(
        corpus: &Corpus,
        prints: &Prints,
        masked: &[MaskedPrint],
        options: &Options,
    ) -> Vec<(u128, u32)> {
        let (texts, known) = Self::with_bodies(corpus, prints, masked, options);
        let raw = |row: u32| prints.body.get(row as usize).copied().unwrap_or(0);
        let own = texts.row.iter().enumerate().map(|(text, row)| (raw(*row), text as u32));
        let own = own.filter(|(body, _)| !known.contains_key(body));
        known.iter().map(|(body, text)| (*body, *text)).chain(own).collect()
    }

    /// The texts; and which of them has a body, of all bodies that a masked post has.
    ///
    /// Nearly all posts have none of those: they are told from each other by dealing
    /// ([`super::repeated`]) rather than one by one in a map larger than any cache.
    fn with_bodies(
        corpus: &Corpus,
        prints: &Prints,
        masked: &[MaskedPrint],
        options: &Options,
    ) -> (Self, Bodied) {
        let rows = corpus.posts.len().min(prints.len());
        let raw = prints.body.get(..rows).unwrap_or(&[]);
        let bodies_of = |masked: &MaskedPrint| {
            Bodies::of(raw.get(masked.row as usize).copied().unwrap_or(0), Some(masked)).all()
        };
        let of_masked: HashSet<u128> = masked.iter().flat_map(bodies_of).collect();
        let is_of_masked: Vec<bool> = raw.par_iter().map(|body| of_masked.contains(body)).collect();
        let firsts = first_with(raw);
        let mut texts = Self { of_row: vec![NONE; rows], ..Self::default() };
        let mut known = Bodied::with_capacity(of_masked.len());
        let mut masks = masked.iter().enumerate().peekable();
        for (row, raw) in raw.iter().copied().enumerate() {
            let mask = masks.next_if(|(_, masked)| masked.row as usize == row);
            if raw == 0 {
                continue;
            }
            let size = mask.map_or_else(
                || size_of(prints, row),
                |(_, m)| Size { tokens: m.print.tokens, letters: m.print.letters },
            );
            let text = if is_of_masked.get(row) == Some(&false) {
                let first = firsts.get(row).and_then(|first| texts.of_row.get(*first as usize));
                first.copied().unwrap_or_else(|| texts.push(row, size, NONE))
            } else {
                let bodies = Bodies::of(raw, mask.map(|(_, masked)| masked));
                let is_dated = mask.is_some_and(|(_, masked)| masked.is_dated);
                let equal = bodies.equal(
                    |body| known.get(&body).copied(),
                    |text| {
                        size.is_comparable(options) && !is_dated
                            || !texts.same_channel(corpus, text, row)
                    },
                );
                let text = equal.unwrap_or_else(|| {
                    texts.push(row, size, mask.map_or(NONE, |(place, _)| place as u32))
                });
                for body in bodies.all() {
                    known.entry(body).or_insert(text);
                }
                text
            };
            if let Some(slot) = texts.of_row.get_mut(row) {
                *slot = text;
            }
        }
        (texts, known)
    }

    /// Texts of one row each.
    pub(crate) fn one_a_row(size: Vec<Size>) -> Self {
        let row: Vec<u32> = (0..size.len() as u32).collect();
        Self { of_row: row.clone(), masked: vec![NONE; row.len()], row, size }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.row.len()
    }

    /// First row of a text.
    pub(crate) fn first_row(&self, text: u32) -> usize {
        self.row.get(text as usize).map_or(usize::MAX, |row| *row as usize)
    }

    /// Size of a text.
    pub(crate) fn size(&self, text: u32) -> Size {
        self.size.get(text as usize).copied().unwrap_or_default()
    }

    fn push(&mut self, row: usize, size: Size, mask: u32) -> u32 {
        self.row.push(row as u32);
        self.size.push(size);
        self.masked.push(mask);
        self.row.len() as u32 - 1
    }

    fn mask<'a>(&self, text: u32, masked: &'a [MaskedPrint]) -> Option<&'a MaskedPrint> {
        self.masked.get(text as usize).and_then(|place| masked.get(*place as usize))
    }

    /// The signatures of the texts long enough to compare, by text. A masked text has two: where
    /// one of two copies stands in a channel too young to teach its frame, the texts as they stand
    /// are what they share.
    pub(crate) fn signed<'a>(
        &self,
        prints: &'a Prints,
        masked: &[MaskedPrint],
        options: &Options,
    ) -> (Vec<Signed>, Signatures<'a>) {
        let mut signed = Vec::with_capacity(self.len());
        let mut signatures = Signatures { prints: &prints.signature, masked: Vec::new() };
        for text in 0..self.len() as u32 {
            let row = self.first_row(text);
            let mask = self.mask(text, masked);
            for print in mask.iter().flat_map(|m| std::iter::once(&m.print).chain(&m.lines_only)) {
                let size = Size { tokens: print.tokens, letters: print.letters };
                if size.is_comparable(options) {
                    let place = signatures.prints.len() + signatures.masked.len();
                    signatures.masked.push(print.signature);
                    signed.push(Signed { text, print: place as u32 });
                }
            }
            if size_of(prints, row).is_comparable(options) {
                signed.push(Signed { text, print: row as u32 });
            }
        }
        (signed, signatures)
    }

    /// In one channel a short rest in another frame is another statement ("light wind" under
    /// Monday's heading and under Tuesday's); across channels frames say nothing.
    fn same_channel(&self, corpus: &Corpus, text: u32, row: usize) -> bool {
        let channel = &corpus.posts.channel;
        channel.get(self.first_row(text)) == channel.get(row)
    }
}

/// For each row the first one with the same body, or [`NONE`] where that is itself.
fn first_with(bodies: &[u128]) -> Vec<u32> {
    let body = |entry: &Entry| bodies.get(entry.value() as usize).copied().unwrap_or(0);
    let again: Vec<(u32, u32)> = each_repeated(
        repeated::Size { items: bodies.len(), count: bodies.len(), spaces: 1 },
        |range, deal| {
            let some = bodies.get(range.clone()).unwrap_or(&[]);
            for (row, body) in range.zip(some).filter(|(_, body)| **body != 0) {
                deal.take(0, *body as u32, row as u32);
            }
        },
        |run, again| {
            // Mostly one body: the key is a part of it.
            let mut firsts: Vec<(u128, u32)> = Vec::new();
            for entry in run {
                match firsts.iter().find(|(first, _)| *first == body(entry)) {
                    Some((_, first)) => again.push((entry.value(), *first)),
                    None => firsts.push((body(entry), entry.value())),
                }
            }
        },
    );
    let mut firsts = vec![NONE; bodies.len()];
    for (row, first) in again {
        if let Some(slot) = firsts.get_mut(row as usize) {
            *slot = first;
        }
    }
    firsts
}

fn size_of(prints: &Prints, row: usize) -> Size {
    Size {
        tokens: prints.tokens.get(row).copied().unwrap_or(0),
        letters: prints.letters.get(row).copied().unwrap_or(0),
    }
}
