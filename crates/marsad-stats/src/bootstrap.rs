//! Bootstrap intervals with a given seed.

use crate::normal::{normal_quantile, normal_upper};
use crate::proportion::Interval;
use crate::quantile::quantile_sorted;
use crate::random::Random;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// Resamples; 2,000 is usual.
    pub draws: usize,
    /// Where the generator starts.
    pub seed: u64,
    /// Confidence level.
    pub level: f64,
}

/// Percentile interval of a statistic of `units`; draw whole blocks by making each a unit.
/// `None` below two units.
pub fn percentile_interval<T>(
    units: &[T],
    how: Bootstrap,
    statistic: impl Fn(&[&T]) -> f64,
) -> Option<Interval> {
    let sorted = resampled(units, how, &statistic)?;
    let half = (1.0 - how.level) / 2.0;
    ends(&sorted, half, 1.0 - half)
}

/// Efron's bias-corrected and accelerated interval. `None` below two units, or where the
/// statistic does not vary.
pub fn bca_interval<T>(
    units: &[T],
    how: Bootstrap,
    statistic: impl Fn(&[&T]) -> f64,
) -> Option<Interval> {
    let sorted = resampled(units, how, &statistic)?;
    let all: Vec<&T> = units.iter().collect();
    let whole = statistic(&all);
    let below = sorted.iter().filter(|s| **s < whole).count() as f64;
    let equal = sorted.iter().filter(|s| **s == whole).count() as f64;
    let bias = normal_quantile((below + equal / 2.0) / sorted.len() as f64);
    let left_out: Vec<f64> = (0..all.len())
        .map(|skip| {
            let rest: Vec<&T> =
                all.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, unit)| *unit).collect();
            statistic(&rest)
        })
        .collect();
    let mean = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let (mut squares, mut cubes) = (0.0f64, 0.0f64);
    for value in &left_out {
        let off = mean - value;
        squares += off * off;
        cubes += off * off * off;
    }
    if squares == 0.0 || !bias.is_finite() {
        return None;
    }
    let acceleration = cubes / (6.0 * squares.powf(1.5));
    let place = |p: f64| {
        let z = bias + normal_quantile(p);
        1.0 - normal_upper(bias + z / (1.0 - acceleration * z))
    };
    let half = (1.0 - how.level) / 2.0;
    ends(&sorted, place(half), place(1.0 - half))
}

fn resampled<T>(units: &[T], how: Bootstrap, statistic: impl Fn(&[&T]) -> f64) -> Option<Vec<f64>> {
    if units.len() < 2 || how.draws == 0 {
        return None;
    }
    let mut random = Random::new(how.seed);
    let mut drawn: Vec<&T> = Vec::with_capacity(units.len());
    let mut values = Vec::with_capacity(how.draws);
    for _ in 0..how.draws {
        drawn.clear();
        drawn.extend((0..units.len()).filter_map(|_| units.get(random.below(units.len()))));
        values.push(statistic(&drawn));
    }
    values.sort_unstable_by(f64::total_cmp);
    Some(values)
}

fn ends(sorted: &[f64], low: f64, high: f64) -> Option<Interval> {
    Some(Interval { low: quantile_sorted(sorted, low)?, high: quantile_sorted(sorted, high)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[&f64]) -> f64 {
        values.iter().copied().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn ninety_five_percent_intervals_hold_the_mean_about_that_often() {
        let mut random = Random::new(11);
        let how = Bootstrap { draws: 400, seed: 5, level: 0.95 };
        let (mut plain, mut corrected) = (0, 0);
        for _ in 0..200 {
            let sample: Vec<f64> = (0..40).map(|_| normal_quantile(random.unit())).collect();
            let holds = |i: Interval| i.low <= 0.0 && 0.0 <= i.high;
            plain += usize::from(percentile_interval(&sample, how, mean).is_some_and(holds));
            corrected += usize::from(bca_interval(&sample, how, mean).is_some_and(holds));
        }
        assert!((176..=198).contains(&plain), "{plain}");
        assert!((176..=198).contains(&corrected), "{corrected}");
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_little_gives_none() {
        let sample = [1.0, 4.0, 2.0, 8.0, 5.0];
        let how = Bootstrap { draws: 500, seed: 1, level: 0.9 };
        assert_eq!(
            percentile_interval(&sample, how, mean),
            percentile_interval(&sample, how, mean)
        );
        assert_eq!(percentile_interval(&[1.0], how, mean), None);
        assert_eq!(bca_interval(&[3.0, 3.0, 3.0], how, mean), None);
    }
}
