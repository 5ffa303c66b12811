//! Exact comparison of two texts.

use super::view::View;

/// Common elements of two sorted sets.
pub(crate) fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        i += usize::from(x <= y);
        j += usize::from(y <= x);
        common += usize::from(x == y);
    }
    common
}

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
    let common = common(&a.features, &b.features);
    let share = |of: usize| if of == 0 { 0.0 } else { common as f32 / of as f32 };
    Likeness {
        jaccard: share(a.features.len() + b.features.len() - common),
        first_in_second: share(a.features.len()),
        second_in_first: share(b.features.len()),
    }
}
