//! From 64×64 values of brightness to a hash and its quality.

use super::dct::{DCT, FREQUENCIES};
use super::downsample::{Block, downsample};
use super::{Pdq, SIDE, WORDS};

/// Least side of a picture that is hashed.
const SIDE_MIN: usize = 5;

/// The hash of a picture, and how much there was to tell it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// The hash; noise when the quality is low.
    pub hash: Pdq,
    /// 0 (flat) to 100 (rich in gradients).
    pub quality: u8,
}

/// Hashes `width`×`height` pixels of red, green and blue, row by row from the top.
///
/// `None` for pictures less than five pixels wide or high, and when `rgb` is too short.
pub fn hash(rgb: &[u8], width: usize, height: usize) -> Option<Hashed> {
    if width < SIDE_MIN || height < SIDE_MIN {
        return None;
    }
    let block = downsample(rgb, width, height)?;
    Some(Hashed { hash: bits(&transform(&block)), quality: quality(&block) })
}

/// Sum of the quantised steps between neighbours, over 90, at most 100.
fn quality(block: &Block) -> u8 {
    let step = |u: f32, v: f32| ((u - v) * 100.0 / 255.0) as i32;
    let mut sum = 0_u32;
    for rows in block.windows(2) {
        let [above, below] = rows else { continue };
        sum += above.iter().zip(below).map(|(u, v)| step(*u, *v).unsigned_abs()).sum::<u32>();
    }
    for row in block {
        sum += row.windows(2).map(|pair| step(pair[0], pair[1]).unsigned_abs()).sum::<u32>();
    }
    (sum / 90).min(100) as u8
}

type Frequencies = [[f32; FREQUENCIES]; FREQUENCIES];

/// D·A·Dᵀ for the first 16 frequencies but the constant one; plain sums in index order.
fn transform(block: &Block) -> Frequencies {
    let mut half = [[0.0_f32; SIDE]; FREQUENCIES];
    for (out, cosines) in half.iter_mut().zip(&DCT) {
        for (cosine, row) in cosines.iter().zip(block) {
            for (sum, value) in out.iter_mut().zip(row) {
                *sum += cosine * value;
            }
        }
    }
    let mut full = [[0.0_f32; FREQUENCIES]; FREQUENCIES];
    for (out, row) in full.iter_mut().zip(&half) {
        for (sum, cosines) in out.iter_mut().zip(&DCT) {
            for (value, cosine) in row.iter().zip(cosines) {
                *sum += value * cosine;
            }
        }
    }
    full
}

/// A bit for each frequency: whether it is above the median (the 128th of 256). The first frequency
/// is the lowest bit, and the lowest bit is written last.
fn bits(frequencies: &Frequencies) -> Pdq {
    let mut sorted = frequencies.as_flattened().to_vec();
    let (_, median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
    let mut words = [0_u16; WORDS];
    for (word, row) in words.iter_mut().rev().zip(frequencies) {
        for (at, value) in row.iter().enumerate() {
            *word |= u16::from(*value > *median) << at;
        }
    }
    Pdq(words)
}
