//! Spaces of keys: what is looked up by what.

use crate::group::candidates::{BANDS, BUCKET_MAX};
use crate::group::contain::{FIRST_MAX, NEAREST_MAX};

/// A space of keys. Values are numbers that grow in the order of arrival.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Space(u8);

/// Which values of a key are ever asked for: the first and the last so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wanted {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Wanted {
    const ALL: Self = Self { first: usize::MAX, last: 0 };

    /// Of how many values some are left out.
    pub(super) fn most(self) -> usize {
        self.first.saturating_add(self.last)
    }

    /// The values wanted of these.
    pub(super) fn of(self, values: &[u32]) -> impl Iterator<Item = u32> {
        let near_from = values.len().saturating_sub(self.last);
        let head = values.get(..near_from.min(self.first)).unwrap_or(&[]);
        let tail = values.get(near_from..).unwrap_or(&[]);
        head.iter().chain(tail).copied()
    }
}

impl Space {
    /// Grams to texts.
    pub(super) const GRAM: Self = Self(BANDS as u8);
    /// Texts to what they hold besides their own statement.
    pub(super) const EXTRA: Self = Self(BANDS as u8 + 1);
    /// Bodies to texts.
    pub(super) const BODY: Self = Self(BANDS as u8 + 2);
    /// Names of posts to posts: the one of that name, or the first forward of it.
    pub(super) const POST: Self = Self(BANDS as u8 + 3);
    /// How many spaces.
    pub(super) const COUNT: usize = BANDS + 4;

    /// Four bytes of a signature to signatures.
    pub(super) fn band(band: usize) -> Self {
        Self(band as u8)
    }

    /// All spaces in order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// Its place among all.
    pub(super) fn place(self) -> usize {
        usize::from(self.0)
    }

    /// Whether keys have 128 bits rather than 32.
    pub(super) fn is_wide(self) -> bool {
        self == Self::BODY || self == Self::POST
    }

    /// Which values are ever asked for.
    pub(super) fn wanted(self) -> Wanted {
        if self.place() < BANDS {
            Wanted { first: BUCKET_MAX, last: BUCKET_MAX }
        } else if self == Self::GRAM {
            Wanted { first: FIRST_MAX, last: NEAREST_MAX }
        } else {
            Wanted::ALL
        }
    }
}
