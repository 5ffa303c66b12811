//! Words of made-up languages, drawn as often as real words are, and the lengths of real posts.

use crate::chance::{Chance, mix};

/// Words known, half in Arabic letters.
const WORDS: usize = 24_576;
/// Places in the table that turns 16 bits into a word.
const DRAWS: usize = 1 << 16;
/// Places in the table of lengths.
const LENGTHS: usize = 1 << 12;

const LATIN: [&str; 40] = [
    "ka", "re", "lo", "mi", "su", "ta", "ne", "vo", "di", "pa", "ru", "sel", "bor", "tin", "mar",
    "gol", "fen", "har", "wes", "lin", "dor", "ven", "cas", "per", "nor", "tal", "bri", "ste",
    "cro", "ma", "ni", "ko", "la", "se", "to", "ra", "ly", "en", "or", "as",
];
const ARABIC: [&str; 32] = [
    "قا", "مر", "سل", "ني", "با", "تو", "حر", "ري", "لا", "دو", "عا", "شم", "كر", "وا", "مي", "طر",
    "نا", "سو", "جد", "فر", "يا", "خض", "زه", "را", "ها", "من", "بي", "تا", "لي", "مو", "ست", "ون",
];

/// Everything a text is made of.
pub(super) struct Texts {
    letters: String,
    /// End of each word in `letters`; Latin words first, then Arabic ones.
    ends: Vec<u32>,
    /// 16 bits to a rank: low ranks often (Zipf).
    ranks: Vec<u16>,
    /// 12 bits to a number of words: lognormal, median 20, longest about 700.
    lengths: Vec<u16>,
}

impl Texts {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::named(seed, "scale/words");
        let (mut letters, mut ends) = (String::new(), Vec::with_capacity(WORDS));
        for nth in 0..WORDS {
            // Frequent words are short, as in every language.
            let rank = nth % (WORDS / 2);
            let parts = if rank < 60 { 1 } else { chance.between(2, 4) };
            for _ in 0..parts {
                let syllables: &[&str] = if nth < WORDS / 2 { &LATIN } else { &ARABIC };
                letters.push_str(chance.pick(syllables).copied().unwrap_or(""));
            }
            ends.push(letters.len() as u32);
        }
        let mut lengths: Vec<u16> =
            (0..LENGTHS).map(|_| chance.lognormal(20.0, 0.95).clamp(3.0, 700.0) as u16).collect();
        lengths.sort_unstable();
        Self { letters, ends, ranks: zipf_table(), lengths }
    }

    /// The text of a number: always the same, `share` of its words.
    pub(super) fn push(&self, number: u64, share: f64, block: &mut Vec<u8>) {
        let length = self.lengths.get(number as usize % LENGTHS).copied().unwrap_or(20);
        let words = ((f64::from(length) * share).round() as u64).max(1);
        let script = if (number >> 20).is_multiple_of(3) { WORDS / 2 } else { 0 };
        let mut bits = 0;
        for nth in 0..words {
            if nth.is_multiple_of(4) {
                bits = mix(number.wrapping_add(nth));
            }
            if nth > 0 {
                block.push(b' ');
            }
            let rank = self.ranks.get(bits as usize & (DRAWS - 1)).copied().unwrap_or(0);
            block.extend_from_slice(self.word(script + usize::from(rank)).as_bytes());
            bits >>= 16;
        }
    }

    fn word(&self, nth: usize) -> &str {
        let start =
            nth.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(nth).copied().unwrap_or(start);
        self.letters.get(start as usize..end as usize).unwrap_or("")
    }
}

/// Quantiles of a distribution in which the share of rank r falls as 1/(r+3).
fn zipf_table() -> Vec<u16> {
    let ranks = WORDS / 2;
    let weights: Vec<f64> = (0..ranks).map(|rank| 1.0 / (rank as f64 + 3.0)).collect();
    let total: f64 = weights.iter().sum();
    let (mut table, mut reached) = (Vec::with_capacity(DRAWS), 0.0);
    for (rank, weight) in weights.iter().enumerate() {
        reached += weight / total;
        let until = (reached * DRAWS as f64).round() as usize;
        table.resize(until.max(table.len()), rank as u16);
    }
    table
}

/// A number in decimal, without a formatter.
pub(super) fn push_number(block: &mut Vec<u8>, number: u64) {
    let start = block.len();
    let mut rest = number;
    loop {
        block.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = block.get_mut(start..) {
        digits.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gives_the_same_text_and_a_cut_is_its_beginning() {
        let texts = Texts::new(1);
        let (mut whole, mut again, mut cut) = (Vec::new(), Vec::new(), Vec::new());
        texts.push(99, 1.0, &mut whole);
        texts.push(99, 1.0, &mut again);
        texts.push(99, 0.5, &mut cut);
        assert_eq!(whole, again);
        assert!(whole.starts_with(&cut) && cut.len() < whole.len());
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut written = Vec::new();
            push_number(&mut written, number);
            assert_eq!(String::from_utf8(written).unwrap(), number.to_string());
        }
    }
}
