//! Change points by PELT (Killick, Fearnhead and Eckley 2012): the exact optimum, every position tried.

/// What a segment costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Sum of squared distances from the segment's mean.
    Squares,
    /// Twice the negative log-likelihood of a Poisson count with one rate.
    Poisson,
}

/// Ends of the segments that minimise cost + `penalty` per segment, the last end being `values.len()`.
///
/// No segment is shorter than `length_min` (at least 1). For Poisson a penalty of 2 ln n is the
/// usual one; for squares, 2 ln n times the variance of the noise.
pub fn pelt(values: &[f64], cost: Cost, penalty: f64, length_min: usize) -> Vec<usize> {
    let (n, shortest) = (values.len(), length_min.max(1));
    if n == 0 {
        return Vec::new();
    }
    let sums = Sums::of(values);
    let mut best = vec![f64::INFINITY; n + 1];
    let mut previous = vec![0usize; n + 1];
    best[0] = -penalty;
    // (start, when it was found hopeless): it may still win while a cut there would be too short.
    let mut starts: Vec<(usize, usize)> = vec![(0, usize::MAX)];
    for end in shortest..=n {
        starts.retain(|(_, hopeless_at)| end < hopeless_at.saturating_add(shortest));
        for (start, _) in &starts {
            if end - start < shortest {
                continue;
            }
            let total = best[*start] + sums.cost(cost, *start, end) + penalty;
            if total < best[end] {
                best[end] = total;
                previous[end] = *start;
            }
        }
        for (start, hopeless_at) in &mut starts {
            let hopeless = *hopeless_at == usize::MAX
                && end - *start >= shortest
                && best[*start] + sums.cost(cost, *start, end) > best[end];
            if hopeless {
                *hopeless_at = end;
            }
        }
        if best[end].is_finite() {
            starts.push((end, usize::MAX));
        }
    }
    if !best[n].is_finite() {
        return vec![n]; // shorter than one segment may be: it is one all the same
    }
    let mut ends = vec![n];
    let mut end = previous[n];
    while end > 0 {
        ends.push(end);
        end = previous[end];
    }
    ends.reverse();
    ends
}

/// Running sums, so that any segment's cost takes constant time.
struct Sums {
    plain: Vec<f64>,
    squared: Vec<f64>,
}

impl Sums {
    fn of(values: &[f64]) -> Self {
        let (mut plain, mut squared) = (vec![0.0], vec![0.0]);
        let (mut sum, mut square) = (0.0, 0.0);
        for value in values {
            sum += value;
            square += value * value;
            plain.push(sum);
            squared.push(square);
        }
        Self { plain, squared }
    }

    fn cost(&self, cost: Cost, start: usize, end: usize) -> f64 {
        let length = (end - start) as f64;
        let sum = self.plain[end] - self.plain[start];
        match cost {
            Cost::Squares => self.squared[end] - self.squared[start] - sum * sum / length,
            Cost::Poisson if sum <= 0.0 => 0.0,
            Cost::Poisson => 2.0 * (sum - sum * (sum / length).ln()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_jump_in_a_rate_is_found_where_it_is() {
        let mut counts = vec![1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0];
        counts.extend([9.0, 11.0, 8.0, 10.0, 9.0, 12.0]);
        let penalty = 2.0 * (counts.len() as f64).ln();
        assert_eq!(pelt(&counts, Cost::Poisson, penalty, 1), [10, 16]);
        assert_eq!(pelt(&[0.0; 30], Cost::Poisson, 3.0, 1), [30]);
        assert_eq!(pelt(&[], Cost::Poisson, 3.0, 1), Vec::<usize>::new());
        assert_eq!(pelt(&[5.0], Cost::Squares, 3.0, 2), [1]);
    }

    fn best_by_force(values: &[f64], cost: Cost, penalty: f64, shortest: usize) -> f64 {
        let sums = Sums::of(values);
        let mut best = vec![f64::INFINITY; values.len() + 1];
        best[0] = 0.0;
        for end in 1..=values.len() {
            for start in 0..end {
                if end - start >= shortest {
                    best[end] = best[end].min(best[start] + sums.cost(cost, start, end) + penalty);
                }
            }
        }
        best[values.len()]
    }

    proptest! {
        #[test]
        fn pruning_never_loses_the_optimum(
            values in prop::collection::vec(0u32..20, 4..40), penalty in 0.5f64..30.0, shortest in 1usize..4
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            for cost in [Cost::Squares, Cost::Poisson] {
                let sums = Sums::of(&values);
                let mut start = 0;
                let mut total = 0.0;
                for end in pelt(&values, cost, penalty, shortest) {
                    total += sums.cost(cost, start, end) + penalty;
                    start = end;
                }
                let expected = best_by_force(&values, cost, penalty, shortest);
                prop_assert!((total - expected).abs() < 1e-6, "{} {}", total, expected);
            }
        }
    }
}
