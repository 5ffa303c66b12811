//! The same picture or file under posts that have no text to compare.
//!
//! Two files are the same when their SHA-256 is, or when both have a PDQ hash of quality 50 or more
//! and at most 31 of 256 bits differ (the thresholds of PDQ's authors). With 16 bands of 16 bits,
//! two hashes 31 bits apart have a band that differs in one bit at most: 17 look-ups a band miss
//! nothing.
//!
//! Text goes first: a file tells two posts together only where one of them has no comparable text.
//! A file under five different texts is a logo or a stock picture and says nothing.

use hashbrown::HashMap;
use marsad_types::{Corpus, Media};
use xxhash_rust::xxh3::xxh3_128;

use super::Options;
use super::texts::Texts;
use crate::pdq::Pdq;

/// A file under so many different texts says nothing.
const TEXTS_MAX: usize = 4;

/// Which file each post carries, by row; posts without files, and stock files, are left out.
pub(super) struct Carried {
    /// (row, file, similarity to the first instance of the file), by row.
    rows: Vec<(u32, u32, f32)>,
}

impl Carried {
    /// Finds the files of all posts.
    pub(super) fn find(corpus: &Corpus, texts: &Texts, options: &Options) -> Self {
        let mut files = Files::default();
        let mut rows: Vec<(u32, u32, f32)> = corpus
            .posts
            .media
            .iter()
            .filter_map(|(row, media)| files.file(media).map(|(file, alike)| (*row, file, alike)))
            .collect();
        let mut under: Vec<Vec<u32>> = vec![Vec::new(); files.count as usize];
        for (row, file, _) in &rows {
            let text = texts.of_row.get(*row as usize).copied();
            let comparable = text.filter(|text| texts.size(*text).is_comparable(options));
            if let (Some(text), Some(under)) = (comparable, under.get_mut(*file as usize))
                && under.len() <= TEXTS_MAX
                && !under.contains(&text)
            {
                under.push(text);
            }
        }
        rows.retain(|(_, file, _)| under.get(*file as usize).is_some_and(|t| t.len() <= TEXTS_MAX));
        rows.sort_by_key(|(row, file, _)| (*row, *file));
        Self { rows }
    }

    /// The files of a row, each with its similarity to the file's first instance.
    pub(super) fn of(&self, row: usize) -> &[(u32, u32, f32)] {
        if self.rows.is_empty() {
            return &[];
        }
        let from = self.rows.partition_point(|(other, _, _)| (*other as usize) < row);
        let to = self.rows.partition_point(|(other, _, _)| *other as usize <= row);
        self.rows.get(from..to).unwrap_or(&[])
    }
}

/// Files known so far; the first instance of each stands for it.
#[derive(Default)]
struct Files {
    count: u32,
    by_sha: HashMap<u128, u32>,
    pictures: Vec<(Pdq, u32)>,
    by_band: HashMap<(u8, u16), Vec<u32>>,
}

impl Files {
    /// The file and how much the instance is like its first one.
    fn file(&mut self, media: &Media) -> Option<(u32, f32)> {
        let sha = media.sha256.as_ref().map(|sha| xxh3_128(sha.to_ascii_lowercase().as_bytes()));
        let good = media.pdq_quality.is_none_or(|quality| quality >= Pdq::QUALITY_MIN);
        let pdq = media.pdq.as_deref().filter(|_| good).and_then(Pdq::parse);
        let known = sha.and_then(|sha| self.by_sha.get(&sha)).map(|file| (*file, 1.0));
        let found = known.or_else(|| pdq.as_ref().and_then(|pdq| self.alike(pdq)));
        if sha.is_none() && pdq.is_none() {
            return None;
        }
        let (file, similarity) = found.unwrap_or_else(|| {
            self.count += 1;
            (self.count - 1, 1.0)
        });
        if let Some(sha) = sha {
            self.by_sha.entry(sha).or_insert(file);
        }
        if let (Some(pdq), None) = (pdq, found) {
            let place = self.pictures.len() as u32;
            self.pictures.push((pdq, file));
            for (band, key) in pdq.words().iter().enumerate() {
                self.by_band.entry((band as u8, *key)).or_default().push(place);
            }
        }
        Some((file, similarity))
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
