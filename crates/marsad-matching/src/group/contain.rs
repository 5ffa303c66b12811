//! Pairs of texts of which one may hold the other.
//!
//! Word 4-grams, winnowed over windows of four (Schleimer, Wilkerson, Aiken 2003): two texts that
//! share a run of seven words share a gram, in whichever of the two the run is the smaller part,
//! and only two in five grams are kept.

use marsad_types::Corpus;
use rayon::prelude::*;

use super::Options;
use super::candidates::Pair;
use super::texts::Texts;
use super::view::{View, Viewer, Word};
use crate::frames::Frames;

/// Words of a gram.
const GRAM: usize = 4;
/// Grams of a window, of which the smallest is kept.
const WINDOW: usize = 4;
/// A text is compared with the first and with the nearest so many that share a gram.
const FIRST_MAX: usize = 8;
/// See [`FIRST_MAX`].
const NEAREST_MAX: usize = 24;

/// Pairs that share at least a third of the kept grams of the text that has fewer; sorted by the
/// later text.
pub(super) fn candidates(
    corpus: &Corpus,
    frames: &Frames,
    texts: &Texts,
    options: &Options,
) -> Vec<Pair> {
    let (grams, kept) = grams(corpus, frames, texts, options);
    let mut hits: Vec<Pair> = grams
        .par_chunk_by(|a, b| a >> 32 == b >> 32)
        .filter(|run| run.len() > 1)
        .flat_map_iter(pairs_of_run)
        .collect();
    hits.par_sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
    let enough = |hits: &&[Pair]| {
        let Some((a, b)) = hits.first() else { return false };
        let kept = |text: &u32| kept.get(*text as usize).copied().unwrap_or(0) as usize;
        hits.len() * 3 >= kept(a).min(kept(b))
    };
    hits.chunk_by(|a, b| a == b).filter(enough).filter_map(|hits| hits.first().copied()).collect()
}

/// (gram, text) packed and sorted, and how many grams each text has.
fn grams(
    corpus: &Corpus,
    frames: &Frames,
    texts: &Texts,
    options: &Options,
) -> (Vec<u64>, Vec<u16>) {
    let all: Vec<u32> = (0..texts.len() as u32).collect();
    let parts: Vec<Vec<u64>> = all
        .par_chunks(4096)
        .map_init(
            || (Viewer::default(), View::default(), Vec::new()),
            |(viewer, view, own), chunk| {
                let mut part = Vec::new();
                for text in chunk {
                    if texts.size(*text).tokens < options.containment_tokens_min {
                        continue;
                    }
                    let row = texts.first_row(*text);
                    viewer.view(corpus, frames, (row, row), view);
                    winnow(&view.words, own);
                    part.extend(own.iter().map(|gram| u64::from(*gram) << 32 | u64::from(*text)));
                }
                part
            },
        )
        .collect();
    let mut kept = vec![0u16; texts.len()];
    for packed in parts.iter().flatten() {
        if let Some(count) = kept.get_mut((*packed & u64::from(u32::MAX)) as usize) {
            *count = count.saturating_add(1);
        }
    }
    let mut grams = parts.concat();
    grams.par_sort_unstable();
    (grams, kept)
}

/// The winnowed grams of a text, distinct.
fn winnow(words: &[Word], kept: &mut Vec<u32>) {
    kept.clear();
    let mut window = [u32::MAX; WINDOW];
    for (place, gram) in words.array_windows::<GRAM>().enumerate() {
        let mixed = gram.iter().fold(0u64, |hash, word| {
            (hash.rotate_left(19) ^ word.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        if let Some(slot) = window.get_mut(place % WINDOW) {
            *slot = (mixed >> 32) as u32;
        }
        let is_full = place + 1 >= WINDOW || place + GRAM == words.len();
        if is_full && let Some(least) = window.iter().min() {
            kept.push(*least);
        }
    }
    kept.sort_unstable();
    kept.dedup();
}

fn pairs_of_run(run: &[u64]) -> impl Iterator<Item = Pair> {
    let text = |packed: &u64| (*packed & u64::from(u32::MAX)) as u32;
    run.iter().enumerate().skip(1).flat_map(move |(place, later)| {
        let near_from = place.saturating_sub(NEAREST_MAX);
        let head = run.get(..near_from.min(FIRST_MAX)).unwrap_or(&[]);
        let tail = run.get(near_from..place).unwrap_or(&[]);
        head.iter().chain(tail).map(move |earlier| (text(earlier), text(later)))
    })
}
