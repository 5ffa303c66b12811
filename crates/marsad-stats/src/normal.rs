//! The normal distribution.

use std::f64::consts::PI;

use statrs::function::erf::erfc_inv;

use crate::tail::probability;

/// P(Z >= z), accurate to about twelve digits everywhere; far out it stops above zero.
pub fn normal_upper(z: f64) -> f64 {
    if z.is_nan() {
        return 1.0;
    }
    if z < 0.0 {
        return 1.0 - normal_upper(-z);
    }
    let ln_density = -0.5 * z * z - 0.5 * (2.0 * PI).ln();
    if z < 3.0 {
        // One half minus density times z + z^3/3 + z^5/15 + ... (Marsaglia 2004).
        let (mut sum, mut term, mut odd) = (z, z, 1.0);
        while term > sum * 1e-17 {
            odd += 2.0;
            term *= z * z / odd;
            sum += term;
        }
        return 0.5 - ln_density.exp() * sum;
    }
    // Mills' ratio as a continued fraction, from its far end: 1 / (z + 1 / (z + 2 / (z + ...))).
    let tail = (1..=200u32).rev().fold(z, |inner, i| z + f64::from(i) / inner);
    probability(ln_density - tail.ln())
}

/// The value below which a standard normal falls with probability `p`.
pub fn normal_quantile(p: f64) -> f64 {
    let p = p.clamp(0.0, 1.0);
    let mut z = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p);
    if !z.is_finite() {
        return z;
    }
    for _ in 0..2 {
        let error = if z > 0.0 { (1.0 - p) - normal_upper(z) } else { normal_upper(-z) - p };
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        if density <= 0.0 {
            break;
        }
        z -= error / density;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_points() {
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.025) + 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_upper(1.959_963_984_540_054) - 0.025).abs() < 1e-13);
        assert!((normal_upper(10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-12);
        assert!((normal_upper(3.0) / 1.349_898_031_630_094_5e-3 - 1.0).abs() < 1e-12);
        assert!((normal_upper(-1.0) - 0.841_344_746_068_543).abs() < 1e-13);
        assert!(normal_upper(60.0) > 0.0);
        assert_eq!(normal_quantile(0.5), 0.0);
    }
}
