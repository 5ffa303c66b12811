//! Straight-line regression, plain and with errors that remember the day before.

/// A fitted line.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// One coefficient a column.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub errors: Vec<f64>,
    /// What the line leaves.
    pub residuals: Vec<f64>,
    /// Autocorrelation of the errors; 0 for least squares.
    pub rho: f64,
    /// Rows minus columns.
    pub freedom: usize,
}

/// Ordinary least squares of `y` on rows of columns (give a column of ones for an intercept).
/// `None` when rows and `y` do not fit, there are no more rows than columns, or columns depend on
/// each other.
pub fn least_squares(rows: &[Vec<f64>], y: &[f64]) -> Option<Fit> {
    let columns = rows.first()?.len();
    let fits = rows.len() == y.len() && rows.iter().all(|row| row.len() == columns);
    if !fits || rows.len() <= columns || columns == 0 {
        return None;
    }
    // Orthogonalise the columns (modified Gram-Schmidt), remembering how: X = Q R.
    let mut q: Vec<Vec<f64>> =
        (0..columns).map(|c| rows.iter().map(|row| row[c]).collect()).collect();
    let mut r = vec![vec![0.0; columns]; columns];
    for c in 0..columns {
        let size = dot(&q[c], &q[c]).sqrt();
        let before = rows.iter().map(|row| row[c] * row[c]).sum::<f64>().sqrt();
        if size.is_nan() || size <= before * 1e-11 || size == 0.0 {
            return None;
        }
        r[c][c] = size;
        q[c].iter_mut().for_each(|v| *v /= size);
        let unit = q[c].clone();
        for later in c + 1..columns {
            let along = dot(&unit, &q[later]);
            r[c][later] = along;
            q[later].iter_mut().zip(&unit).for_each(|(v, u)| *v -= along * u);
        }
    }
    let projected: Vec<f64> = q.iter().map(|column| dot(column, y)).collect();
    let coefficients = back_substitute(&r, &projected);
    let residuals: Vec<f64> =
        rows.iter().zip(y).map(|(row, y)| y - dot(row, &coefficients)).collect();
    let freedom = rows.len() - columns;
    let variance = dot(&residuals, &residuals) / freedom as f64;
    let mut spread = vec![0.0; columns]; // diagonal of (X'X)^-1 = R^-1 R^-T
    for c in 0..columns {
        let mut unit = vec![0.0; columns];
        unit[c] = 1.0;
        for (row, value) in back_substitute(&r, &unit).into_iter().enumerate() {
            spread[row] += value * value;
        }
    }
    let errors = spread.into_iter().map(|s| (s * variance).sqrt()).collect();
    Some(Fit { coefficients, errors, residuals, rho: 0.0, freedom })
}

/// Prais and Winsten's regression with AR(1) errors, iterated until the autocorrelation settles.
/// `residuals` are those of the untransformed rows.
pub fn prais_winsten(rows: &[Vec<f64>], y: &[f64]) -> Option<Fit> {
    let mut fit = least_squares(rows, y)?;
    let mut rho = 0.0;
    for _ in 0..500 {
        let e = &fit.residuals;
        let lagged: f64 = e.iter().zip(e.iter().skip(1)).map(|(a, b)| a * b).sum();
        let before: f64 = e.iter().take(e.len() - 1).map(|a| a * a).sum();
        let next: f64 = if before > 0.0 { (lagged / before).clamp(-0.999, 0.999) } else { 0.0 };
        let settled = (next - rho).abs() < 1e-12;
        rho = next;
        let first = (1.0 - rho * rho).sqrt();
        let transform = |now: f64, last: Option<f64>| last.map_or(now * first, |l| now - rho * l);
        let changed_rows: Vec<Vec<f64>> = rows
            .iter()
            .enumerate()
            .map(|(i, row)| {
                let last = i.checked_sub(1).and_then(|j| rows.get(j));
                row.iter().enumerate().map(|(c, v)| transform(*v, last.map(|l| l[c]))).collect()
            })
            .collect();
        let changed_y: Vec<f64> = y
            .iter()
            .enumerate()
            .map(|(i, v)| transform(*v, i.checked_sub(1).and_then(|j| y.get(j)).copied()))
            .collect();
        fit = least_squares(&changed_rows, &changed_y)?;
        fit.residuals =
            rows.iter().zip(y).map(|(row, y)| y - dot(row, &fit.coefficients)).collect();
        fit.rho = rho;
        if settled {
            break;
        }
    }
    Some(fit)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// x with R x = b for an upper triangle R.
fn back_substitute(r: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut x = vec![0.0; n];
    for row in (0..n).rev() {
        let rest: f64 = (row + 1..n).map(|c| r[row][c] * x[c]).sum();
        x[row] = (b[row] - rest) / r[row][row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points_on_it() {
        let rows: Vec<Vec<f64>> = (0..5).map(|t| vec![1.0, f64::from(t)]).collect();
        let y: Vec<f64> = (0..5).map(|t| 3.0 - 2.0 * f64::from(t)).collect();
        let fit = least_squares(&rows, &y).unwrap();
        assert!((fit.coefficients[0] - 3.0).abs() < 1e-12);
        assert!((fit.coefficients[1] + 2.0).abs() < 1e-12);
        assert_eq!(fit.freedom, 3);
    }

    #[test]
    fn what_cannot_be_told_apart_is_not_estimated() {
        let same = vec![vec![1.0, 2.0], vec![2.0, 4.0], vec![3.0, 6.0]];
        assert_eq!(least_squares(&same, &[1.0, 2.0, 3.0]), None);
        assert_eq!(least_squares(&[], &[]), None);
        assert_eq!(least_squares(&[vec![1.0]], &[1.0]), None);
    }
}
