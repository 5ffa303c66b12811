//! Pairs of texts of which one may hold the other: they share word grams ([`crate::grams`]).

use rayon::prelude::*;

use super::candidates::Pair;
use super::repeated::{Entry, Size, each_repeated};
use super::texts::Grams;

/// A text is compared with the first and with the nearest so many that share a gram.
pub(crate) const FIRST_MAX: usize = 8;
/// See [`FIRST_MAX`].
pub(crate) const NEAREST_MAX: usize = 24;

/// Pairs that share at least a third of the kept grams of the text that has fewer; sorted by the
/// later text.
pub(super) fn candidates(grams: &Grams<'_>) -> Vec<Pair> {
    let texts = grams.texts();
    let count = (0..texts as u32).into_par_iter().map(|text| grams.of(text).len()).sum();
    let mut hits: Vec<Pair> = each_repeated(
        Size { items: texts, count, spaces: 1 },
        |range, deal| {
            for text in range {
                for gram in grams.of(text as u32) {
                    deal.take(0, *gram, text as u32);
                }
            }
        },
        pairs_of_run,
    );
    hits.par_sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
    let enough = |hits: &&[Pair]| {
        let kept = |text: u32| grams.of(text).len();
        hits.first().is_some_and(|(a, b)| is_enough(hits.len(), kept(*a).min(kept(*b))))
    };
    hits.chunk_by(|a, b| a == b).filter(enough).filter_map(|hits| hits.first().copied()).collect()
}

/// Whether so many shared grams are a third of the fewer, and two where there are two: four words in
/// a row are in many short texts.
pub(crate) fn is_enough(shared: usize, fewer: usize) -> bool {
    shared * 3 >= fewer && shared >= fewer.min(2)
}

fn pairs_of_run(run: &[Entry], pairs: &mut Vec<Pair>) {
    for (place, later) in run.iter().enumerate().skip(1) {
        let near_from = place.saturating_sub(NEAREST_MAX);
        let head = run.get(..near_from.min(FIRST_MAX)).unwrap_or(&[]);
        let tail = run.get(near_from..place).unwrap_or(&[]);
        pairs.extend(head.iter().chain(tail).map(|earlier| (earlier.value(), later.value())));
    }
}
