//! Tail probabilities of counts, accurate far out.
//!
//! Point probabilities are Loader's saddle-point form ("Fast and Accurate Computation of Binomial
//! Probabilities", 2000), which loses no digits to cancelling logarithms of factorials; tails are sums
//! from the largest term outwards, kept in log space until the last step.

use std::f64::consts::{LN_2, PI};

use statrs::function::gamma::ln_gamma;

use crate::normal::normal_upper;

/// Two-sided exact sign test: how likely so uneven a split of `first + second` fair coins is.
///
/// 1 when nothing was decided. Six unanimous items are the fewest that reach p < .05.
pub fn sign_test(first: u64, second: u64) -> f64 {
    let n = first + second;
    let fewer = first.min(second);
    if n == 0 || first == second {
        return 1.0;
    }
    if n <= 120 {
        // All 2^n patterns fit: counted, not approximated.
        let (mut patterns, mut binomial) = (0u128, 1u128);
        for k in 0..=u128::from(fewer) {
            patterns += binomial;
            binomial = binomial * (u128::from(n) - k) / (k + 1);
        }
        return (2.0 * patterns as f64 / 2f64.powi(n as i32)).min(1.0);
    }
    let largest = ln_binomial_point(fewer, n, 0.5);
    // Towards zero the terms shrink by k / (n - k + 1).
    let lower = ln_sum_from(largest, (1..=fewer).rev().map(|k| k as f64 / (n - k + 1) as f64));
    probability(LN_2 + lower)
}

/// P(X >= k) of a binomial with `n` trials of probability `p`.
pub fn binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let odds = p / (1.0 - p);
    if k as f64 > n as f64 * p {
        let up = (k..n).map(|j| (n - j) as f64 / (j + 1) as f64 * odds);
        return probability(ln_sum_from(ln_binomial_point(k, n, p), up));
    }
    let down = (1..k).rev().map(|j| j as f64 / (n - j + 1) as f64 / odds);
    1.0 - probability(ln_sum_from(ln_binomial_point(k - 1, n, p), down))
}

/// P(X >= k) of a Poisson count with the given mean.
pub fn poisson_upper(k: u64, mean: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if mean.is_nan() || mean <= 0.0 {
        return 0.0;
    }
    if k as f64 > mean {
        let up = (k..).map(|j| mean / (j + 1) as f64);
        return probability(ln_sum_from(ln_poisson_point(k as f64, mean), up));
    }
    let down = (1..k).rev().map(|j| j as f64 / mean);
    1.0 - probability(ln_sum_from(ln_poisson_point((k - 1) as f64, mean), down))
}

/// P(X >= k) of the next unit's count, after `shape` events (prior included) in `exposure` units:
/// a Poisson tail averaged over what is not known about its rate (gamma posterior).
///
/// With Jeffreys' prior, `shape` is the number of events seen before plus one half.
pub fn gamma_poisson_upper(k: u64, shape: f64, exposure: f64) -> f64 {
    let defined = shape > 0.0 && exposure > 0.0;
    if k == 0 || !defined {
        return 1.0;
    }
    let again = 1.0 / (exposure + 1.0);
    let point = |j: u64| {
        let j = j as f64;
        ln_gamma(j + shape) - ln_gamma(shape) - ln_gamma(j + 1.0)
            + shape * (exposure * again).ln()
            + j * again.ln()
    };
    let ratio = |j: u64| (j as f64 + shape) / (j + 1) as f64 * again;
    if k as f64 > shape / exposure {
        return probability(ln_sum_from(point(k), (k..).map(ratio)));
    }
    let down = (1..k).rev().map(|j| 1.0 / ratio(j - 1));
    1.0 - probability(ln_sum_from(point(k - 1), down))
}

/// P(X >= k) successes of independent trials that each have their own probability.
///
/// Exact up to 2,000 trials; beyond, normal with continuity and skewness correction (Volkova 1996).
pub fn poisson_binomial_upper(k: u64, chances: &[f64]) -> f64 {
    const EXACT_MAX: usize = 2_000;
    if k == 0 {
        return 1.0;
    }
    if k > chances.len() as u64 {
        return 0.0;
    }
    if chances.len() <= EXACT_MAX {
        let mut points = vec![1.0f64];
        for chance in chances.iter().map(|p| p.clamp(0.0, 1.0)) {
            points.push(0.0);
            for successes in (1..points.len()).rev() {
                points[successes] =
                    points[successes] * (1.0 - chance) + points[successes - 1] * chance;
            }
            points[0] *= 1.0 - chance;
        }
        let tail: f64 = points.iter().skip(k as usize).rev().sum();
        let possible = chances.iter().filter(|p| **p > 0.0).count() as u64 >= k;
        return if possible { tail.clamp(f64::MIN_POSITIVE, 1.0) } else { 0.0 };
    }
    let mean: f64 = chances.iter().sum();
    let variance: f64 = chances.iter().map(|p| p * (1.0 - p)).sum();
    let third: f64 = chances.iter().map(|p| p * (1.0 - p) * (1.0 - 2.0 * p)).sum();
    let spread = variance.sqrt().max(f64::MIN_POSITIVE);
    let z = (k as f64 - 0.5 - mean) / spread;
    let skew = third / (spread * spread * spread);
    // Edgeworth's first term, only where it is small beside the tail itself.
    let plain = normal_upper(z);
    let correction = skew / 6.0 * (z * z - 1.0) * (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    if correction.abs() < 0.5 * plain { plain + correction } else { plain }
}

/// An urn: `marked` of `size` are marked, `drawn` are taken without putting back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// All there are.
    pub size: u64,
    /// Those that count.
    pub marked: u64,
    /// Those taken.
    pub drawn: u64,
}

/// P(X >= k) marked ones among the drawn: the statistically validated network's test
/// (Tumminello et al. 2011) of two channels that share `k` of `size` statements.
pub fn hypergeometric_upper(k: u64, urn: Population) -> f64 {
    let size = urn.size;
    // The two roles are interchangeable; one order makes them so to the last digit.
    let (marked, drawn) =
        (urn.marked.min(urn.drawn).min(size), urn.marked.max(urn.drawn).min(size));
    let urn = Population { size, marked, drawn };
    let least = (marked + drawn).saturating_sub(size);
    let most = marked.min(drawn);
    if k <= least {
        return 1.0;
    }
    if k > most {
        return 0.0;
    }
    let unmarked_left = |j: u64| (size - marked + j - drawn) as f64;
    let ratio =
        |j: u64| ((marked - j) * (drawn - j)) as f64 / ((j + 1) as f64 * (unmarked_left(j) + 1.0));
    if k as f64 > marked as f64 * drawn as f64 / size as f64 {
        return probability(ln_sum_from(ln_hypergeometric_point(k, urn), (k..most).map(ratio)));
    }
    let down = (least..k - 1).rev().map(|j| 1.0 / ratio(j));
    1.0 - probability(ln_sum_from(ln_hypergeometric_point(k - 1, urn), down))
}

/// A probability from its logarithm; one that underflows stops above zero.
pub(crate) fn probability(ln: f64) -> f64 {
    if ln == f64::NEG_INFINITY {
        return 0.0;
    }
    ln.exp().clamp(f64::MIN_POSITIVE, 1.0)
}

/// ln of first * (1 + r1 + r1 r2 + ...), stopped when what follows can no longer be seen.
fn ln_sum_from(ln_first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut term) = (1.0f64, 1.0f64);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term < sum * 1e-18 || !term.is_finite() {
            break;
        }
    }
    ln_first + sum.ln()
}

fn ln_binomial_point(k: u64, n: u64, p: f64) -> f64 {
    ln_binomial_raw(k as f64, n as f64, p)
}

fn ln_binomial_raw(k: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if k == 0.0 {
        return n * (-p).ln_1p();
    }
    if k == n {
        return n * p.ln();
    }
    let main = stirling_error(n)
        - stirling_error(k)
        - stirling_error(n - k)
        - deviance(k, n * p)
        - deviance(n - k, n * q);
    main - 0.5 * ((2.0 * PI).ln() + k.ln() + (-k / n).ln_1p())
}

fn ln_poisson_point(k: f64, mean: f64) -> f64 {
    if k == 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * (2.0 * PI * k).ln()
}

fn ln_hypergeometric_point(k: u64, urn: Population) -> f64 {
    let Population { size, marked, drawn } = urn;
    if drawn == size {
        return 0.0; // everything is taken: k is `marked` for certain
    }
    let p = drawn as f64 / size as f64;
    ln_binomial_raw(k as f64, marked as f64, p)
        + ln_binomial_raw((drawn - k) as f64, (size - marked) as f64, p)
        - ln_binomial_raw(drawn as f64, size as f64, p)
}

/// ln n! minus Stirling's main term.
fn stirling_error(n: f64) -> f64 {
    if n <= 0.0 {
        return 0.0;
    }
    if n <= 15.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    let series = 1.0 / 1680.0 - (1.0 / 1188.0) / square;
    let series = 1.0 / 1260.0 - series / square;
    let series = 1.0 / 360.0 - series / square;
    (1.0 / 12.0 - series / square) / n
}

/// x ln(x / mean) + mean - x without cancellation near x = mean (Loader's `bd0`).
fn deviance(x: f64, mean: f64) -> f64 {
    if (x - mean).abs() >= 0.1 * (x + mean) {
        return if x == 0.0 { mean } else { x * (x / mean).ln() + mean - x };
    }
    let v = (x - mean) / (x + mean);
    let mut sum = (x - mean) * v;
    let mut power = 2.0 * x * v;
    for j in 1..1000u32 {
        power *= v * v;
        let next = sum + power / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) {
        let error = (found - expected).abs() / expected.abs().max(1e-300);
        assert!(error < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn six_of_six_is_the_fewest_that_convinces() {
        for (n, p) in [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125), (8, 0.007_812_5)] {
            near(sign_test(n, 0), p);
            near(sign_test(0, n), p);
        }
        near(sign_test(9, 2), 0.065_429_687_5);
        assert_eq!(sign_test(0, 0), 1.0);
        assert_eq!(sign_test(4, 4), 1.0);
        for fewer in [0, 17, 48, 59] {
            let largest = ln_binomial_point(fewer, 120, 0.5);
            let terms = (1..=fewer).rev().map(|k| k as f64 / (121 - k) as f64);
            near(sign_test(fewer, 120 - fewer), 2.0 * ln_sum_from(largest, terms).exp());
        }
    }

    #[test]
    fn tails_keep_their_digits_far_out() {
        // 2 * (1 + 117 + C(117,2) + ...) / 2^117 summed in whole numbers.
        near(sign_test(112, 5), 2.109_260_082_461_931_8e-27);
        near(sign_test(2000, 0), f64::MIN_POSITIVE);
        near(poisson_upper(9, 0.1), 2.518_652_835_530_115e-15);
        assert!(poisson_upper(1000, 0.001) > 0.0);
        near(poisson_upper(3, 5.0), 0.875_347_980_516_918_7);
        near(binomial_upper(8, 10, 0.5), 0.054_687_5);
        near(binomial_upper(2, 10, 0.5), 0.989_257_812_5);
    }

    #[test]
    fn an_uncertain_rate_has_a_heavier_tail_than_a_known_one() {
        // Geometric when the shape is one: P(X >= k) = (1 / (exposure + 1))^k.
        near(gamma_poisson_upper(3, 1.0, 4.0), 0.008);
        near(gamma_poisson_upper(1, 1.0, 0.25), 0.8);
        near(gamma_poisson_upper(2, 1.0, 0.25), 0.64);
        let (known, uncertain) = (poisson_upper(9, 0.1), gamma_poisson_upper(9, 5.0, 50.0));
        assert!(known < uncertain && uncertain < 1e-9);
    }

    #[test]
    fn shared_draws_match_the_oracle() {
        let p =
            |k, size, marked, drawn| hypergeometric_upper(k, Population { size, marked, drawn });
        near(p(6, 500, 20, 25), 0.000_203_225_241_017_862_97);
        near(p(1, 500, 20, 25), 0.648_805_864_651_354_8);
        near(p(28, 60, 40, 40), 0.311_532_459_571_818_7);
        near(p(5, 1000, 5, 5), 1.212_078_422_050_565e-13);
        assert_eq!(p(0, 10, 3, 3), 1.0);
        assert_eq!(p(4, 10, 3, 3), 0.0);
        assert_eq!(p(3, 10, 3, 10), 1.0);
    }

    #[test]
    fn unequal_trials_reduce_to_equal_ones_and_far_many_agree_with_exact() {
        for k in [1, 5, 9, 12] {
            near(poisson_binomial_upper(k, &[0.3; 12]), binomial_upper(k, 12, 0.3));
        }
        near(poisson_binomial_upper(2, &[0.5, 0.25, 1.0]), 0.625);
        assert_eq!(poisson_binomial_upper(2, &[0.5, 0.0]), 0.0);
        let many = poisson_binomial_upper(1600, &vec![0.3; 5000]);
        assert!((many / binomial_upper(1600, 5000, 0.3) - 1.0).abs() < 0.02, "{many}");
    }

    proptest! {
        #[test]
        fn tails_fall_and_stay_probabilities(n in 1u64..400, p in 0.001f64..0.999, mean in 0.001f64..300.0) {
            let (mut binomial, mut poisson) = (1.0, 1.0);
            for k in 0..=n {
                let (b, s) = (binomial_upper(k, n, p), poisson_upper(k, mean));
                prop_assert!(b <= binomial + 1e-12 && s <= poisson + 1e-12);
                prop_assert!(b > 0.0 && s > 0.0);
                (binomial, poisson) = (b, s);
            }
            prop_assert!((binomial_upper(n, n, p).ln() - n as f64 * p.ln()).abs() < 1e-8 * n as f64 || p.powf(n as f64) < 1e-300);
        }

        #[test]
        fn the_two_roles_in_an_urn_are_interchangeable(size in 1u64..200, a in 0u64..200, b in 0u64..200, k in 0u64..200) {
            let (marked, drawn) = (a.min(size), b.min(size));
            let one = hypergeometric_upper(k, Population { size, marked, drawn });
            let other = hypergeometric_upper(k, Population { size, marked: drawn, drawn: marked });
            prop_assert_eq!(one, other);
        }
    }
}
