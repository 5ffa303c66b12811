//! Pairs of texts worth comparing: those whose signatures share a band and agree in enough bytes.

use super::repeated::{Entry, Size, each_repeated};
use super::texts::{Signatures, Signed};
use crate::fingerprint::BINS;
use rayon::prelude::*;

/// Bytes of a band.
const BAND: usize = 4;
/// Bands of a signature.
pub(crate) const BANDS: usize = BINS / BAND;
/// Bands looked at together: a pass over the signatures costs the same for one and for four.
const BANDS_AT_ONCE: usize = 4;
/// A text is compared with the first and with the nearest so many of its bucket.
pub(crate) const BUCKET_MAX: usize = 64;

/// Two texts by their position in the list of distinct texts, earlier first.
pub(crate) type Pair = (u32, u32);

/// Candidate pairs and how many were left out of crowded buckets.
pub(super) struct Candidates {
    /// Sorted by the later text.
    pub(super) pairs: Vec<Pair>,
    pub(super) capped: usize,
}

/// What a bucket says.
enum Said {
    Pair(Pair),
    Capped(usize),
}

/// All pairs that share a band and agree in at least `agree_min` bytes.
pub(super) fn near(signed: &[Signed], signatures: &Signatures<'_>, agree_min: u32) -> Candidates {
    let mut pairs = Vec::new();
    let mut capped = 0;
    for first in (0..BANDS).step_by(BANDS_AT_ONCE) {
        let size = Size {
            items: signed.len(),
            count: signed.len() * BANDS_AT_ONCE,
            spaces: BANDS_AT_ONCE,
        };
        let said = each_repeated(
            size,
            |range, deal| {
                let start = range.start;
                for (place, one) in signed.get(range).unwrap_or(&[]).iter().enumerate() {
                    let signature = signatures.get(*one);
                    for band in 0..BANDS_AT_ONCE {
                        deal.take(band, band_key(signature, first + band), (start + place) as u32);
                    }
                }
            },
            |run, out| of_bucket(run, signed, signatures, agree_min, out),
        );
        for one in said {
            match one {
                Said::Pair(pair) => pairs.push(pair),
                Said::Capped(some) => capped += some,
            }
        }
    }
    pairs.par_sort_unstable_by_key(|(earlier, later)| (*later, *earlier));
    pairs.dedup();
    Candidates { pairs, capped }
}

fn of_bucket(
    run: &[Entry],
    signed: &[Signed],
    signatures: &Signatures<'_>,
    agree_min: u32,
    out: &mut Vec<Said>,
) {
    let one = |entry: &Entry| signed.get(entry.value() as usize);
    for (place, later) in run.iter().enumerate().skip(1) {
        let near_from = place.saturating_sub(BUCKET_MAX);
        let head = run.get(..near_from.min(BUCKET_MAX)).unwrap_or(&[]);
        let tail = run.get(near_from..place).unwrap_or(&[]);
        let left_out = place - head.len() - tail.len();
        if left_out > 0 {
            out.push(Said::Capped(left_out));
        }
        let Some(later) = one(later) else { continue };
        let signature = signatures.get(*later);
        for earlier in head.iter().chain(tail).filter_map(one) {
            if earlier.text != later.text
                && agreement(signatures.get(*earlier), signature) >= agree_min
            {
                out.push(Said::Pair((earlier.text, later.text)));
            }
        }
    }
}

/// Four bytes of the signature.
pub(crate) fn band_key(signature: &[u8; BINS], band: usize) -> u32 {
    let bytes = signature.get(band * BAND..(band + 1) * BAND).and_then(|b| b.try_into().ok());
    u32::from_le_bytes(bytes.unwrap_or_default())
}

/// Bytes in which two signatures agree. The sum of so few fits a byte, and so the compiler takes
/// sixteen at a time.
#[inline]
pub(crate) fn agreement(a: &[u8; BINS], b: &[u8; BINS]) -> u32 {
    const { assert!(BINS <= u8::MAX as usize) };
    a.iter().zip(b).fold(0u8, |sum, (x, y)| sum.wrapping_add(u8::from(x == y))).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agreement_counts_equal_bytes(
            a in prop::array::uniform32(0u8..4), b in prop::array::uniform32(0u8..4),
        ) {
            let double = |half: [u8; 32]| -> [u8; BINS] {
                std::array::from_fn(|place| half[place % 32].wrapping_mul(85))
            };
            let (a, b) = (double(a), double(b));
            let equal = a.iter().zip(&b).filter(|(x, y)| x == y).count();
            prop_assert_eq!(agreement(&a, &b), equal as u32);
        }
    }
}
