//! Exact comparison of two texts.

use super::view::View;

/// The distinct features of a text, to be counted in another's: an open table of half the size it
/// could hold, built in a third of the time of sorting.
#[derive(Default)]
pub(crate) struct Features {
    distinct: Vec<u64>,
    table: Vec<u64>,
}

impl Features {
    /// Forgets all, and makes room for so many.
    pub(crate) fn reset(&mut self, most: usize) {
        self.distinct.clear();
        self.table.clear();
        self.table.resize((most * 2).next_power_of_two(), EMPTY);
    }

    /// Adds a feature unless it is there.
    #[inline]
    pub(crate) fn add(&mut self, feature: u64) {
        let feature = feature.max(1);
        let place = self.place(feature);
        if let Some(slot) = self.table.get_mut(place)
            && *slot == EMPTY
        {
            *slot = feature;
            self.distinct.push(feature);
        }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.distinct.len()
    }

    /// How many are in both.
    fn common(&self, other: &Self) -> usize {
        let (fewer, more) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        let has = |feature: &&u64| more.table.get(more.place(**feature)) == Some(*feature);
        fewer.distinct.iter().filter(has).count()
    }

    /// Where a feature is, or would be.
    #[inline]
    fn place(&self, feature: u64) -> usize {
        let mask = self.table.len().wrapping_sub(1);
        let mut place = feature as usize & mask;
        while self.table.get(place).is_some_and(|slot| *slot != EMPTY && *slot != feature) {
            place = (place + 1) & mask;
        }
        place
    }
}

/// No feature: hashes of 0 are taken as 1.
const EMPTY: u64 = 0;

/// How alike two texts are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likeness {
    /// Jaccard similarity of the features; 0 for two empty sets, which match nothing.
    pub(crate) jaccard: f32,
    /// Share of the first's features in the second.
    pub(crate) first_in_second: f32,
    /// Share of the second's features in the first.
    pub(crate) second_in_first: f32,
}

/// Compares the features of two views.
pub(crate) fn likeness(a: &View, b: &View) -> Likeness {
    let common = a.features.common(&b.features);
    let share = |of: usize| if of == 0 { 0.0 } else { common as f32 / of as f32 };
    Likeness {
        jaccard: share(a.features.len() + b.features.len() - common),
        first_in_second: share(a.features.len()),
        second_in_first: share(b.features.len()),
    }
}
