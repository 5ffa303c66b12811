//! Pairs of texts worth comparing: those whose signatures share a band and agree in enough bytes.
//!
//! Band by band: sort (key, signature) and look inside runs of equal keys, so that the work is
//! sequential in memory and needs few bands at a time.

use rayon::prelude::*;

use super::texts::Signed;
use crate::fingerprint::BINS;

/// Bytes of a band.
const BAND: usize = 4;
/// Bands of a signature.
const BANDS: usize = BINS / BAND;
/// A text is compared with the first and with the nearest so many of its bucket.
const BUCKET_MAX: usize = 64;

/// Two texts by their position in the list of distinct texts, earlier first.
pub(super) type Pair = (u32, u32);

/// Candidate pairs and how many were left out of crowded buckets.
pub(super) struct Candidates {
    /// Sorted by the later text.
    pub(super) pairs: Vec<Pair>,
    pub(super) capped: usize,
}

/// All pairs that share a band and agree in at least `agree_min` bytes.
pub(super) fn near(signed: &[Signed], agree_min: u32) -> Candidates {
    let per_band: Vec<(Vec<Pair>, usize)> =
        (0..BANDS).into_par_iter().map(|band| of_band(band, signed, agree_min)).collect();
    let capped = per_band.iter().map(|(_, capped)| capped).sum();
    let mut pairs: Vec<Pair> = per_band.into_iter().flat_map(|(pairs, _)| pairs).collect();
    pairs.par_sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
    pairs.dedup();
    Candidates { pairs, capped }
}

fn of_band(band: usize, signed: &[Signed], agree_min: u32) -> (Vec<Pair>, usize) {
    let mut keyed: Vec<u64> = signed
        .iter()
        .enumerate()
        .map(|(place, one)| u64::from(band_key(&one.signature, band)) << 32 | place as u64)
        .collect();
    keyed.sort_unstable();
    let mut pairs = Vec::new();
    let mut capped = 0;
    let one = |key: &u64| signed.get((*key & u64::from(u32::MAX)) as usize);
    for run in keyed.chunk_by(|a, b| a >> 32 == b >> 32) {
        for (place, later) in run.iter().enumerate().skip(1) {
            let near_from = place.saturating_sub(BUCKET_MAX);
            let head = run.get(..near_from.min(BUCKET_MAX)).unwrap_or(&[]);
            let tail = run.get(near_from..place).unwrap_or(&[]);
            capped += place - head.len() - tail.len();
            let Some(later) = one(later) else { continue };
            for earlier in head.iter().chain(tail).filter_map(one) {
                if earlier.text != later.text
                    && agreement(&earlier.signature, &later.signature) >= agree_min
                    && !shares_band_before(&earlier.signature, &later.signature, band)
                {
                    pairs.push((earlier.text, later.text));
                }
            }
        }
    }
    (pairs, capped)
}

/// Four bytes of the signature.
fn band_key(signature: &[u8; BINS], band: usize) -> u32 {
    let bytes = signature.get(band * BAND..(band + 1) * BAND).and_then(|b| b.try_into().ok());
    u32::from_le_bytes(bytes.unwrap_or_default())
}

/// Whether another band found the pair already.
fn shares_band_before(a: &[u8; BINS], b: &[u8; BINS], band: usize) -> bool {
    (0..band).any(|earlier| band_key(a, earlier) == band_key(b, earlier))
}

/// Bytes in which two signatures agree.
#[inline]
fn agreement(a: &[u8; BINS], b: &[u8; BINS]) -> u32 {
    a.iter().zip(b).map(|(x, y)| u32::from(x == y)).sum()
}
