//! Exact comparison of two texts.

use crate::fingerprint::each_feature;

/// The distinct features of a text, sorted.
pub(crate) fn features(codes: &[u32], set: &mut Vec<u64>) {
    set.clear();
    each_feature(codes, |hash| set.push(hash));
    set.sort_unstable();
    set.dedup();
}

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

/// Jaccard similarity; 0 for two empty sets, which match nothing.
pub(crate) fn jaccard(a: &[u64], b: &[u64]) -> f32 {
    let common = common(a, b);
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f32 / all as f32 }
}
