//! Rank methods for paired differences: Wilcoxon's signed-rank test, Hodges and Lehmann's estimate.

use crate::normal::{normal_quantile, normal_upper};
use crate::proportion::Interval;

/// Up to this many non-zero differences without ties the test is exact.
const EXACT_MAX: usize = 50;

/// Outcome of the signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// The smaller of the two rank sums.
    pub statistic: f64,
    /// Two-sided.
    pub p: f64,
    /// Differences that are not zero.
    pub n: usize,
    /// Whether `p` comes from the exact distribution.
    pub exact: bool,
}

/// Wilcoxon's signed-rank test of differences around zero; `None` when none differs from zero.
///
/// Zeros are dropped. Exact for 50 or fewer without ties, else normal with continuity and tie
/// correction (as `scipy.stats.wilcoxon(..., correction=True)`).
pub fn wilcoxon(differences: &[f64]) -> Option<Wilcoxon> {
    let mut kept: Vec<f64> =
        differences.iter().copied().filter(|d| *d != 0.0 && d.is_finite()).collect();
    kept.sort_unstable_by(|a, b| a.abs().total_cmp(&b.abs()));
    let n = kept.len();
    if n == 0 {
        return None;
    }
    let (mut positive, mut ties) = (0.0f64, 0.0f64);
    let mut start = 0;
    for group in kept.chunk_by(|a, b| a.abs() == b.abs()) {
        let size = group.len() as f64;
        let rank = start as f64 + f64::midpoint(size, 1.0);
        positive += rank * group.iter().filter(|d| **d > 0.0).count() as f64;
        ties += size * size * size - size;
        start += group.len();
    }
    let total = (n * (n + 1)) as f64 / 2.0;
    let statistic = positive.min(total - positive);
    let exact = n <= EXACT_MAX && ties == 0.0;
    let p = if exact { exact_p(statistic as usize, n) } else { normal_p(statistic, n, ties) };
    Some(Wilcoxon { statistic, p, n, exact })
}

fn exact_p(statistic: usize, n: usize) -> f64 {
    let counts = signed_rank_counts(n);
    let lower: f64 = counts.iter().take(statistic + 1).sum();
    (2.0 * lower / 2f64.powi(n as i32)).min(1.0)
}

fn normal_p(statistic: f64, n: usize, ties: f64) -> f64 {
    let n = n as f64;
    let mean = n * (n + 1.0) / 4.0;
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
    if variance <= 0.0 {
        return 1.0;
    }
    let distance = (mean - statistic - 0.5).max(0.0);
    (2.0 * normal_upper(distance / variance.sqrt())).min(1.0)
}

/// In how many of the 2^n sign patterns the positive ranks sum to 0, 1, 2, ...; exact below 2^53.
fn signed_rank_counts(n: usize) -> Vec<f64> {
    let mut counts = vec![0.0; n * (n + 1) / 2 + 1];
    counts[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..counts.len()).rev() {
            counts[sum] += counts[sum - rank];
        }
    }
    counts
}

/// Hodges and Lehmann's pseudo-median and the interval that inverts the signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HodgesLehmann {
    /// Median of all means of two (the same one twice included).
    pub estimate: f64,
    /// `None` when so few differences cannot reach the level (below six for 95 %).
    pub interval: Option<Interval>,
}

/// Median of the n(n+1)/2 Walsh averages and its interval; `None` for an empty sample.
///
/// Zeros count like any difference; R's `wilcox.test` drops them first, and so may a caller.
///
/// The averages are never held: each wanted one is found by halving over the numbers themselves,
/// counting in one pass how many averages are not larger; exact, in time proportional to n log n.
pub fn hodges_lehmann(differences: &[f64], level: f64) -> Option<HodgesLehmann> {
    let mut sorted: Vec<f64> = differences.iter().copied().filter(|d| d.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as u64;
    if n == 0 {
        return None;
    }
    let pairs = n * (n + 1) / 2;
    let lower = kth_walsh(&sorted, pairs.div_ceil(2));
    let estimate = if pairs % 2 == 1 {
        lower
    } else {
        f64::midpoint(lower, kth_walsh(&sorted, pairs / 2 + 1))
    };
    let interval = critical_rank(n as usize, level).map(|rank| Interval {
        low: kth_walsh(&sorted, rank),
        high: kth_walsh(&sorted, pairs + 1 - rank),
    });
    Some(HodgesLehmann { estimate, interval })
}

/// The rank r such that the r-th smallest and r-th largest Walsh averages bound the interval.
fn critical_rank(n: usize, level: f64) -> Option<u64> {
    let half = (1.0 - level) / 2.0;
    if n > EXACT_MAX {
        let size = n as f64;
        let mean = size * (size + 1.0) / 4.0;
        let deviation = (size * (size + 1.0) * (2.0 * size + 1.0) / 24.0).sqrt();
        return Some((mean - normal_quantile(1.0 - half) * deviation).round().max(1.0) as u64);
    }
    let limit = half * 2f64.powi(n as i32);
    let mut below = 0.0;
    let mut rank = 0;
    for count in signed_rank_counts(n) {
        below += count;
        if below > limit {
            break;
        }
        rank += 1;
    }
    (rank > 0).then_some(rank)
}

/// The k-th smallest (from 1) of all (x_i + x_j) / 2 with i <= j.
fn kth_walsh(sorted: &[f64], k: u64) -> f64 {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    let (mut low, mut high) = (ordered(first + first), ordered(last + last));
    while low < high {
        let middle = low + high.abs_diff(low).div_euclid(2) as i64;
        if sums_up_to(sorted, unordered(middle)) >= k {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    unordered(low) / 2.0
}

/// How many pairs i <= j have x_i + x_j <= limit; one sweep from both ends.
fn sums_up_to(sorted: &[f64], limit: f64) -> u64 {
    let mut count = 0u64;
    let mut end = sorted.len();
    for (i, x) in sorted.iter().enumerate() {
        while end > i && sorted.get(end - 1).is_some_and(|y| x + y > limit) {
            end -= 1;
        }
        if end <= i {
            break;
        }
        count += (end - i) as u64;
    }
    count
}

/// Whole numbers in the order of the numbers they stand for.
fn ordered(x: f64) -> i64 {
    let bits = (x + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn unordered(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LAGS: [f64; 12] =
        [60.0, 120.0, 45.0, -30.0, 15.0, 300.0, 75.0, -10.0, 90.0, 20.0, 0.0, 33.0];

    #[test]
    fn the_same_lags_as_the_oracle() {
        let test = wilcoxon(&LAGS).unwrap();
        assert!(test.exact && test.n == 11);
        assert_eq!((test.statistic, test.p), (5.0, 0.009_765_625));
        assert!((normal_p(5.0, 11, 0.0) - 0.014_483_277_052_317_407).abs() < 1e-9);
        let nonzero: Vec<f64> = LAGS.into_iter().filter(|l| *l != 0.0).collect();
        assert_eq!(hodges_lehmann(&nonzero, 0.95).unwrap().estimate, 50.0);
        assert_eq!(hodges_lehmann(&LAGS, 0.95).unwrap().estimate, 45.0);
        assert_eq!(wilcoxon(&[0.0, 0.0]), None);
        assert_eq!(hodges_lehmann(&[], 0.95), None);
    }

    #[test]
    fn five_differences_have_no_95_percent_interval() {
        let five = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
        assert_eq!((five.estimate, five.interval), (3.0, None));
        let six = hodges_lehmann(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.95).unwrap();
        assert_eq!(six.interval, Some(Interval { low: 1.0, high: 6.0 }));
    }

    #[test]
    fn a_hundred_thousand_lags_need_no_walsh_table() {
        let lags: Vec<f64> = (0..100_000).map(|i| f64::from(i % 997) - 400.0).collect();
        let found = hodges_lehmann(&lags, 0.95).unwrap();
        let interval = found.interval.unwrap();
        assert!((found.estimate - 97.0).abs() < 1.0, "{found:?}");
        assert!(interval.low < found.estimate && found.estimate < interval.high);
        assert!(interval.high - interval.low < 5.0);
    }

    proptest! {
        #[test]
        fn selection_equals_sorting_all_walsh_averages(lags in prop::collection::vec(-500i32..500, 1..60)) {
            let lags: Vec<f64> = lags.into_iter().map(|l| f64::from(l) / 2.0).collect();
            let mut all = Vec::new();
            for (i, a) in lags.iter().enumerate() {
                for b in &lags[i..] {
                    all.push((a + b) / 2.0);
                }
            }
            all.sort_by(f64::total_cmp);
            let expected = crate::quantile_sorted(&all, 0.5).unwrap();
            let found = hodges_lehmann(&lags, 0.95).unwrap();
            prop_assert!((found.estimate - expected).abs() < 1e-12);
            let turned: Vec<f64> = lags.iter().map(|l| -l).collect();
            let other = hodges_lehmann(&turned, 0.95).unwrap();
            prop_assert!((found.estimate + other.estimate).abs() < 1e-12);
            prop_assert_eq!(wilcoxon(&lags).map(|w| w.p), wilcoxon(&turned).map(|w| w.p));
        }
    }
}
