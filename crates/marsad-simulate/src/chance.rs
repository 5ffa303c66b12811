//! Chance that is the same everywhere: xoshiro256++ seeded by SplitMix64 (Blackman and Vigna),
//! our own so that an upgrade of a library never changes a world.

/// A stream of chance.
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    state: [u64; 4],
}

/// SplitMix64's step: a well mixed word for every counter.
pub(crate) fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Chance {
    /// A stream from a number.
    pub(crate) fn new(seed: u64) -> Self {
        let mut word = seed;
        let state = std::array::from_fn(|_| {
            word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix(word)
        });
        Self { state }
    }

    /// A stream of its own for one part of a world, so that parts do not disturb each other.
    pub(crate) fn named(seed: u64, part: &str) -> Self {
        let named = part.bytes().fold(seed, |hash, byte| mix(hash ^ u64::from(byte)));
        Self::new(named)
    }

    pub(crate) fn word(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        out
    }

    /// A number in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number in 0..n (0 where n is 0), by multiply and shift.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(n)) >> 64) as u64
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = last.saturating_sub(first).max(0) as u64 + 1;
        first + self.below(span) as i64
    }

    /// One of some.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u64) as usize)
    }

    /// A waiting time with this mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A count with this mean (Knuth's product for small means, which are all we have).
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        let floor = (-mean).exp();
        let (mut count, mut product) = (0, self.unit());
        while product > floor {
            count += 1;
            product *= self.unit();
        }
        count
    }

    /// A positive number with this median; `spread` is the standard deviation of its logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.unit()).cos();
        median * (spread * normal).exp()
    }

    /// Brings a list into chance order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_are_those_of_the_published_generator() {
        // SplitMix64 from seed 0 begins e220a8397b1dcdaf (Vigna's splitmix64.c).
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn means_are_about_right() {
        let mut chance = Chance::new(7);
        let n = 20_000;
        let units: f64 = (0..n).map(|_| chance.unit()).sum::<f64>() / f64::from(n);
        let counts: u64 = (0..n).map(|_| chance.poisson(2.5)).sum();
        let waits: f64 = (0..n).map(|_| chance.exponential(3.0)).sum::<f64>() / f64::from(n);
        assert!((units - 0.5).abs() < 0.02, "{units}");
        assert!((counts as f64 / f64::from(n) - 2.5).abs() < 0.1, "{counts}");
        assert!((waits - 3.0).abs() < 0.15, "{waits}");
    }
}
