//! Chance from numbers alone, so that the same run can be had again.

/// SplitMix64's step (Steele, Lea and Flood 2014): a well mixed word for every counter.
pub(crate) fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A word that belongs to a seed and a number.
pub(crate) fn word(seed: u64, number: u64) -> u64 {
    mix(mix(seed) ^ number)
}

/// A number in 0..1 from a word.
pub(crate) fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

/// A number in 0..n (0 where n is 0) from a word, by multiply and shift.
pub(crate) fn below(word: u64, n: usize) -> usize {
    ((u128::from(word) * n as u128) >> 64) as usize
}

/// Characters of an id, `length` of them, that belong to a seed and a number.
pub(crate) fn id(seed: u64, number: u64, length: usize) -> String {
    const LETTERS: &[u8; 55] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
    (0..length as u64)
        .filter_map(|place| {
            let at = below(word(mix(seed) ^ number, place), LETTERS.len());
            LETTERS.get(at).map(|letter| char::from(*letter))
        })
        .collect()
}
