//! Many tests at once: p becomes q.

/// Benjamini and Hochberg's false discovery rate; for independent tests.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, p.len() as f64)
}

/// Benjamini and Yekutieli's false discovery rate; holds whatever the tests have in common.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    benjamini_yekutieli_of(p, p.len() as u64)
}

/// The same when `tests` were made and only these `p` are at hand: those left out count as not
/// smaller than any given one (pairs that share nothing, days without a birth).
pub fn benjamini_yekutieli_of(p: &[f64], tests: u64) -> Vec<f64> {
    let tests = tests.max(p.len() as u64);
    step_up(p, tests as f64 * harmonic(tests))
}

/// Holm's family-wise error rate.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut running = 0.0f64;
    for (rank, index) in ascending(p).into_iter().enumerate() {
        running = running.max(p[index] * (p.len() - rank) as f64);
        adjusted[index] = running.min(1.0);
    }
    adjusted
}

/// q at rank i is the least of p_(j) * factor / j over all j >= i.
fn step_up(p: &[f64], factor: f64) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut running = 1.0f64;
    for (rank, index) in ascending(p).into_iter().enumerate().rev() {
        running = running.min(p[index] * factor / (rank + 1) as f64);
        adjusted[index] = running;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

/// 1 + 1/2 + ... + 1/n.
fn harmonic(n: u64) -> f64 {
    const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;
    if n <= 100_000 {
        return (1..=n).rev().map(|i| 1.0 / i as f64).sum();
    }
    let n = n as f64;
    n.ln() + EULER_MASCHERONI + 1.0 / (2.0 * n) - 1.0 / (12.0 * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_corrections_match_the_oracle() {
        let p = [0.0001, 0.004, 0.019, 0.03, 0.05, 0.2, 0.6, 0.74, 0.95];
        let close = |found: Vec<f64>, expected: [f64; 9]| {
            for (f, e) in found.iter().zip(expected) {
                assert!((f - e).abs() < 1e-12, "{found:?}");
            }
        };
        close(
            benjamini_hochberg(&p),
            [0.0009, 0.018, 0.057, 0.0675, 0.09, 0.3, 0.771_428_571_428_571_4, 0.8325, 0.95],
        );
        close(
            benjamini_yekutieli(&p),
            [
                0.002_546_071_428_571_428_4,
                0.050_921_428_571_428_57,
                0.161_251_190_476_190_46,
                0.190_955_357_142_857_1,
                0.254_607_142_857_142_87,
                0.848_690_476_190_476_2,
                1.0,
                1.0,
                1.0,
            ],
        );
        close(holm(&p), [0.0009, 0.032, 0.133, 0.18, 0.25, 0.8, 1.0, 1.0, 1.0]);
        assert!(benjamini_yekutieli(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn tests_that_are_not_at_hand_count_as_ones(p in prop::collection::vec(0.0f64..1.0, 1..20), more in 0usize..30) {
            let mut all = p.clone();
            all.resize(p.len() + more, 1.0);
            let (short, long) = (benjamini_yekutieli_of(&p, all.len() as u64), benjamini_yekutieli(&all));
            for (s, l) in short.iter().zip(&long) {
                prop_assert!((s - l).abs() < 1e-12);
            }
        }
    }
}
