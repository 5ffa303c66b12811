//! Intervals of a share.

use crate::normal::normal_quantile;
use crate::tail::binomial_upper;

/// From low to high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Clopper and Pearson's exact interval of `k` out of `n`; `None` when `n` is 0.
///
/// Never shorter than promised: at least `level` of such intervals hold the truth.
pub fn clopper_pearson(k: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let half = (1.0 - level) / 2.0;
    // P(X >= k | p) grows with p: the ends are where it reaches half and 1 - half.
    let low = if k == 0 { 0.0 } else { rising_root(half, |p| binomial_upper(k, n, p)) };
    let high = if k == n { 1.0 } else { rising_root(1.0 - half, |p| binomial_upper(k + 1, n, p)) };
    Some(Interval { low, high })
}

/// Wilson's score interval of `k` out of `n`; `None` when `n` is 0.
pub fn wilson(k: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let z = normal_quantile(0.5 + level / 2.0);
    let (n, share) = (n as f64, k as f64 / n as f64);
    let scale = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / scale;
    let reach = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    Some(Interval { low: (centre - reach).max(0.0), high: (centre + reach).min(1.0) })
}

/// Where a rising function on [0, 1] reaches `wanted`, by halving down to the last bit that matters.
fn rising_root(wanted: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if rising(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-15 * high {
            break;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_and_score_intervals_match_the_oracle() {
        let exact = clopper_pearson(9, 11, 0.95).unwrap();
        assert!((exact.low - 0.482_244_147_639_875_44).abs() < 1e-9, "{exact:?}");
        assert!((exact.high - 0.977_168_801_700_040_8).abs() < 1e-9, "{exact:?}");
        let score = wilson(128, 165, 0.95).unwrap();
        assert!((score.low - 0.706_259_946_090_74).abs() < 1e-9, "{score:?}");
        assert!((score.high - 0.832_707_204_723_035_9).abs() < 1e-9, "{score:?}");
        assert_eq!(clopper_pearson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(0, 5, 0.95).unwrap().low, 0.0);
        assert_eq!(clopper_pearson(5, 5, 0.95).unwrap().high, 1.0);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share(n in 1u64..5000, part in 0.0f64..=1.0) {
            let k = ((n as f64) * part) as u64;
            for interval in [clopper_pearson(k, n, 0.95), wilson(k, n, 0.95)] {
                let interval = interval.unwrap();
                let share = k as f64 / n as f64;
                prop_assert!(interval.low <= share + 1e-12 && share <= interval.high + 1e-12);
            }
        }
    }
}
