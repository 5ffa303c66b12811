//! Word grams: what a text shares with a text that holds it.
//!
//! Word 4-grams, winnowed over windows of four (Schleimer, Wilkerson, Aiken 2003): two texts that
//! share a run of seven words share a gram, in whichever of the two the run is the smaller part,
//! and only two in five grams are kept.

/// Words of a gram.
const GRAM: usize = 4;
/// Grams of a window, of which the smallest is kept.
const WINDOW: usize = 4;
/// A text of fewer words has no grams: it is too short to be told from what another text says.
pub(crate) const GRAM_TOKENS_MIN: u32 = 8;

/// The winnowed grams of a text, distinct and sorted, from the hashes of its words.
pub(crate) fn winnow(words: &[u64], kept: &mut Vec<u32>) {
    kept.clear();
    if words.len() < GRAM_TOKENS_MIN as usize {
        return;
    }
    let mut window = [u32::MAX; WINDOW];
    for (place, gram) in words.array_windows::<GRAM>().enumerate() {
        let mixed = gram.iter().fold(0u64, |hash, word| {
            (hash.rotate_left(19) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        if let Some(slot) = window.get_mut(place % WINDOW) {
            *slot = (mixed >> 32) as u32;
        }
        if place + 1 >= WINDOW
            && let Some(least) = window.iter().min()
            && kept.last() != Some(least)
        {
            kept.push(*least);
        }
    }
    kept.sort_unstable();
    kept.dedup();
}
