//! Quantiles of a sample.

/// Quantile by linear interpolation (Hyndman and Fan's type 7, the default of R and NumPy);
/// `None` for an empty sample.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_sorted(&sorted, share)
}

/// The same of values in ascending order.
pub fn quantile_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = last as f64 * share.clamp(0.0, 1.0);
    let (below, above) =
        (*sorted.get(place.floor() as usize)?, *sorted.get(place.ceil() as usize)?);
    Some(if below == above { below } else { below + (above - below) * place.fract() })
}

/// The middle value; `None` for an empty sample.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_between_are_interpolated() {
        let sample = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(&sample), Some(2.5));
        assert_eq!(quantile(&sample, 0.0), Some(1.0));
        assert_eq!(quantile(&sample, 1.0), Some(4.0));
        assert_eq!(quantile(&sample, 0.9), Some(3.7));
        assert_eq!(median(&[]), None);
    }
}
