//! The same picture or file under posts that have no text to compare.
//!
//! Two files are the same when their SHA-256 is, or when both have a PDQ hash of quality 50 or more
//! and at most 31 of 256 bits differ (the thresholds of PDQ's authors). With 16 bands of 16 bits,
//! two hashes 31 bits apart have a band that differs in one bit at most: 17 look-ups a band miss
//! nothing.
//!
//! Text goes first: a file tells two posts together only where one of them has no comparable text.
//! A file under five different texts is a logo or a stock picture and says nothing from then on; a
//! post is judged by what came before.

use hashbrown::HashMap;
use marsad_types::{Corpus, Media};
use xxhash_rust::xxh3::xxh3_128;

use super::Options;
use super::texts::Texts;
use crate::pdq::Pdq;

/// A file under so many different texts says nothing.
const TEXTS_MAX: usize = 4;

/// A file that a post carries, and how much it is like the file's first instance.
pub(crate) type Carries = (u32, f32);

/// Which file each post carries, by row; posts without files, and stock files, are left out.
pub(crate) struct Carried {
    rows: Vec<(u32, Carries)>,
}

impl Carried {
    /// Finds the files of all posts.
    pub(crate) fn find(corpus: &Corpus, texts: &Texts, options: &Options) -> Self {
        let mut files = Files::default();
        let mut order: Vec<&(u32, Media)> = corpus.posts.media.iter().collect();
        order.sort_by_key(|(row, _)| *row);
        let carried = order.into_iter().filter_map(|(row, media)| {
            let text = texts.of_row.get(*row as usize).copied();
            let text = text.filter(|text| texts.size(*text).is_comparable(options));
            files.carry(&Marks::of(media)?, text).map(|carries| (*row, carries))
        });
        let mut rows: Vec<(u32, Carries)> = carried.collect();
        rows.sort_by_key(|(row, (file, _))| (*row, *file));
        Self { rows }
    }

    /// The files of a row, each with its similarity to the file's first instance.
    pub(super) fn of(&self, row: usize) -> &[(u32, Carries)] {
        if self.rows.is_empty() {
            return &[];
        }
        let from = self.rows.partition_point(|(other, _)| (*other as usize) < row);
        let to = self.rows.partition_point(|(other, _)| *other as usize <= row);
        self.rows.get(from..to).unwrap_or(&[])
    }
}

/// What tells files apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Marks {
    /// Hash of the SHA-256.
    pub(crate) sha: Option<u128>,
    /// PDQ hash of good quality.
    pub(crate) pdq: Option<Pdq>,
}

impl Marks {
    /// Of a file that has any.
    pub(crate) fn of(media: &Media) -> Option<Self> {
        let sha = media.sha256.as_ref().map(|sha| xxh3_128(sha.to_ascii_lowercase().as_bytes()));
        let good = media.pdq_quality.is_none_or(|quality| quality >= Pdq::QUALITY_MIN);
        let pdq = media.pdq.as_deref().filter(|_| good).and_then(Pdq::parse);
        (sha.is_some() || pdq.is_some()).then_some(Self { sha, pdq })
    }
}

/// Files known so far; the first instance of each stands for it.
#[derive(Default)]
pub(crate) struct Files {
    by_sha: HashMap<u128, u32>,
    pictures: Vec<(Pdq, u32)>,
    by_band: HashMap<(u8, u16), Vec<u32>>,
    /// Comparable texts above each file, one more than may be at most.
    texts: Vec<Vec<u32>>,
}

impl Files {
    /// How many files.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The file, if it is known, and how much the instance is like its first one.
    pub(crate) fn find(&self, marks: &Marks) -> Option<Carries> {
        let known = marks.sha.and_then(|sha| self.by_sha.get(&sha)).map(|file| (*file, 1.0));
        known.or_else(|| marks.pdq.as_ref().and_then(|pdq| self.alike(pdq)))
    }

    /// Whether a file says anything, above so many texts and this one.
    pub(crate) fn says(&self, file: u32, text: Option<u32>) -> bool {
        self.texts.get(file as usize).is_none_or(|texts| {
            let more = text.is_some_and(|text| !texts.contains(&text));
            texts.len() + usize::from(more) <= TEXTS_MAX
        })
    }

    /// Takes in a file under a post of some comparable text; none when it says nothing.
    pub(crate) fn carry(&mut self, marks: &Marks, text: Option<u32>) -> Option<Carries> {
        let found = self.find(marks);
        let (file, similarity) = found.unwrap_or((self.texts.len() as u32, 1.0));
        if found.is_none() {
            self.texts.push(Vec::new());
        }
        if let Some(sha) = marks.sha {
            self.by_sha.entry(sha).or_insert(file);
        }
        if let (Some(pdq), None) = (marks.pdq, found) {
            let place = self.pictures.len() as u32;
            self.pictures.push((pdq, file));
            for (band, key) in pdq.words().iter().enumerate() {
                self.by_band.entry((band as u8, *key)).or_default().push(place);
            }
        }
        if let (Some(text), Some(texts)) = (text, self.texts.get_mut(file as usize))
            && texts.len() <= TEXTS_MAX
            && !texts.contains(&text)
        {
            texts.push(text);
        }
        self.says(file, None).then_some((file, similarity))
    }

    /// The nearest known picture within reach; the earliest of equals.
    fn alike(&self, pdq: &Pdq) -> Option<(u32, f32)> {
        let mut best: Option<(u32, u32)> = None;
        for (band, key) in pdq.words().iter().enumerate() {
            let near = std::iter::once(*key).chain((0..16).map(|bit| key ^ (1 << bit)));
            let places = near.filter_map(|key| self.by_band.get(&(band as u8, key))).flatten();
            for place in places {
                let Some((other, _)) = self.pictures.get(*place as usize) else { continue };
                let distance = pdq.distance(other);
                if distance <= Pdq::DISTANCE_MAX
                    && best.is_none_or(|best| (distance, *place) < best)
                {
                    best = Some((distance, *place));
                }
            }
        }
        let (distance, place) = best?;
        let (_, file) = self.pictures.get(place as usize)?;
        Some((*file, 1.0 - distance as f32 / 256.0))
    }
}
