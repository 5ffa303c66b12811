//! PDQ: a hash of 256 bits under which a picture stays near itself when it is re-encoded, resized or
//! lightly edited.
//!
//! Our own code after Meta's published algorithm (ThreatExchange `pdq`, © Meta Platforms, BSD-3-Clause),
//! in the form that HMA and python-threatexchange exchange: the hash of the picture at its full size.
//! The command-line tool's variant, which squeezes large pictures to 512×512 first, is another hash.
//!
//! [`hash`] takes decoded pixels; nothing here reads files.

mod dct;
mod downsample;
mod hash;

use std::fmt;

pub use hash::{Hashed, hash};

/// Rows and columns of what a picture is reduced to before it is transformed.
const SIDE: usize = 64;

/// Parts that a hash is taken apart in for look-ups; sixteen bits each.
pub(crate) const WORDS: usize = 16;

/// A PDQ hash: 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pdq([u16; WORDS]);

impl Pdq {
    /// Most bits in which two hashes of one picture differ, by PDQ's authors.
    pub const DISTANCE_MAX: u32 = 31;
    /// Least quality at which a hash tells pictures apart, by PDQ's authors.
    pub const QUALITY_MIN: u8 = 50;

    /// Reads 64 hexadecimal digits, of either case.
    pub fn parse(written: &str) -> Option<Self> {
        let digits: &[u8; 4 * WORDS] = written.as_bytes().try_into().ok()?;
        let mut words = [0; WORDS];
        for (word, digits) in words.iter_mut().zip(digits.as_chunks::<4>().0) {
            for digit in digits {
                let value = char::from(*digit).to_digit(16)?;
                *word = *word << 4 | value as u16;
            }
        }
        Some(Self(words))
    }

    /// In how many of the 256 bits two hashes differ.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// The hash of such parts.
    pub(crate) fn of_words(words: [u16; WORDS]) -> Self {
        Self(words)
    }

    /// The hash in parts, in the order of its digits.
    pub(crate) fn words(&self) -> &[u16; WORDS] {
        &self.0
    }
}

/// 64 lowercase hexadecimal digits, highest bit first.
impl fmt::Display for Pdq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(f, "{word:04x}"))
    }
}
