//! Pairs of posts worth comparing: those whose signatures share a band and agree in enough bytes.
//!
//! Band by band: sort (key, text) and look inside runs of equal keys, so that the work is
//! sequential in memory and needs one band at a time.

use rayon::prelude::*;

use crate::fingerprint::BINS;

/// Bytes of a band.
pub(crate) const BAND: usize = 4;
/// Bands of a signature.
pub(crate) const BANDS: usize = BINS / BAND;
/// A text is compared with the first and with the nearest so many of its bucket.
const BUCKET_MAX: usize = 64;

/// Two texts by their position in the list of distinct texts, earlier first.
pub(super) type Pair = (u32, u32);

/// Candidate pairs and how many were left out of crowded buckets.
pub(super) struct Candidates {
    pub(super) pairs: Vec<Pair>,
    pub(super) capped: usize,
}

/// All pairs that share a band and agree in at least `agree_min` bytes, sorted by the later text.
pub(super) fn near(signatures: &[[u8; BINS]], eligible: &[u32], agree_min: u32) -> Candidates {
    let per_band: Vec<(Vec<Pair>, usize)> = (0..BANDS)
        .into_par_iter()
        .map(|band| of_band(band, signatures, eligible, agree_min))
        .collect();
    let capped = per_band.iter().map(|(_, capped)| capped).sum();
    let mut pairs: Vec<Pair> = per_band.into_iter().flat_map(|(pairs, _)| pairs).collect();
    pairs.par_sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
    pairs.dedup();
    Candidates { pairs, capped }
}

fn of_band(
    band: usize,
    signatures: &[[u8; BINS]],
    eligible: &[u32],
    agree_min: u32,
) -> (Vec<Pair>, usize) {
    let mut keyed: Vec<(u32, u32)> = eligible
        .iter()
        .filter_map(|text| {
            let signature = signatures.get(*text as usize)?;
            Some((band_key(signature, band), *text))
        })
        .collect();
    keyed.sort_unstable();
    let mut pairs = Vec::new();
    let mut capped = 0;
    for run in keyed.chunk_by(|a, b| a.0 == b.0) {
        for (place, (_, later)) in run.iter().enumerate().skip(1) {
            let near_from = place.saturating_sub(BUCKET_MAX);
            let head = run.get(..near_from.min(BUCKET_MAX)).unwrap_or(&[]);
            let tail = run.get(near_from..place).unwrap_or(&[]);
            capped += place - head.len() - tail.len();
            for (_, earlier) in head.iter().chain(tail) {
                let (Some(a), Some(b)) =
                    (signatures.get(*earlier as usize), signatures.get(*later as usize))
                else {
                    continue;
                };
                if agreement(a, b) >= agree_min && !shares_band_before(a, b, band) {
                    pairs.push((*earlier, *later));
                }
            }
        }
    }
    (pairs, capped)
}

/// Four bytes of the signature.
pub(crate) fn band_key(signature: &[u8; BINS], band: usize) -> u32 {
    let bytes = signature.get(band * BAND..(band + 1) * BAND).and_then(|b| b.try_into().ok());
    u32::from_le_bytes(bytes.unwrap_or_default())
}

/// Whether another band found the pair already.
fn shares_band_before(a: &[u8; BINS], b: &[u8; BINS], band: usize) -> bool {
    (0..band).any(|earlier| band_key(a, earlier) == band_key(b, earlier))
}

/// Bytes in which two signatures agree.
#[inline]
pub(crate) fn agreement(a: &[u8; BINS], b: &[u8; BINS]) -> u32 {
    a.iter().zip(b).map(|(x, y)| u32::from(x == y)).sum()
}
