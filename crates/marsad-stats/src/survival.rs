//! How long things last: Kaplan and Meier with delayed entry, restricted means, the log-rank test.

use crate::normal::{normal_quantile, normal_upper};
use crate::proportion::Interval;

/// One life as we followed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// Age at which we began to follow it (0: from its start).
    pub entry: f64,
    /// Age at its end, or at our last look.
    pub exit: f64,
    /// Whether it ended.
    pub ended: bool,
}

/// The curve after one age at which lives ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Age.
    pub age: f64,
    /// Followed just before.
    pub at_risk: u64,
    /// Ended here.
    pub ended: u64,
    /// Share that lasts longer.
    pub survival: f64,
    /// Its interval on the log(-log) scale; `None` where survival is 0.
    pub interval: Option<Interval>,
}

/// A Kaplan-Meier curve.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// Steps by age.
    pub steps: Vec<Step>,
    /// Lives behind it.
    pub lives: usize,
}

impl KaplanMeier {
    /// The curve of some lives, with intervals at `level`. A life counts at an age when its entry
    /// is below it and its exit not; lives that end before they begin are left out.
    pub fn of(lives: &[Life], level: f64) -> Self {
        let mut valid: Vec<Life> = lives.iter().copied().filter(|l| l.exit > l.entry).collect();
        valid.sort_unstable_by(|a, b| a.exit.total_cmp(&b.exit));
        let mut entries: Vec<f64> = valid.iter().map(|l| l.entry).collect();
        entries.sort_unstable_by(f64::total_cmp);
        let z = normal_quantile(0.5 + level / 2.0);
        let (mut steps, mut survival, mut greenwood) = (Vec::new(), 1.0f64, 0.0f64);
        let mut left = 0usize;
        for group in valid.chunk_by(|a, b| a.exit == b.exit) {
            let Some(age) = group.first().map(|l| l.exit) else { continue };
            let entered = entries.partition_point(|entry| *entry < age);
            let at_risk = (entered - left) as f64;
            let ended = group.iter().filter(|l| l.ended).count() as f64;
            left += group.len();
            if ended == 0.0 {
                continue;
            }
            survival *= 1.0 - ended / at_risk;
            greenwood += ended / (at_risk * (at_risk - ended));
            let interval = log_log_interval(survival, greenwood, z);
            let (at_risk, ended) = (at_risk as u64, ended as u64);
            steps.push(Step { age, at_risk, ended, survival, interval });
        }
        Self { steps, lives: valid.len() }
    }

    /// Share that lasts longer than `age`.
    pub fn at(&self, age: f64) -> f64 {
        let reached = self.steps.partition_point(|step| step.age <= age);
        reached.checked_sub(1).and_then(|i| self.steps.get(i)).map_or(1.0, |step| step.survival)
    }

    /// First age at which half or fewer are left; `None` while more are.
    pub fn median(&self) -> Option<f64> {
        self.steps.iter().find(|step| step.survival <= 0.5).map(|step| step.age)
    }

    /// Ages at which the interval's ends fall to one half; an end that never does is `None`.
    pub fn median_interval(&self) -> (Option<f64>, Option<f64>) {
        let falls = |end: fn(&Interval) -> f64| {
            let below = |step: &&Step| step.interval.as_ref().is_none_or(|i| end(i) <= 0.5);
            self.steps.iter().find(below).map(|step| step.age)
        };
        (falls(|i| i.low), falls(|i| i.high))
    }

    /// Mean life up to `horizon` (area under the curve) and its standard error.
    pub fn restricted_mean(&self, horizon: f64) -> (f64, f64) {
        let mut areas = Vec::new(); // area from each step to the next
        let (mut area, mut survival, mut since) = (0.0, 1.0, 0.0);
        for step in self.steps.iter().take_while(|step| step.age < horizon) {
            areas.push(survival * (step.age - since));
            (survival, since) = (step.survival, step.age);
        }
        areas.push(survival * (horizon - since));
        area += areas.iter().sum::<f64>();
        let (mut beyond, mut variance) = (area, 0.0);
        for (step, before) in self.steps.iter().zip(&areas).take(areas.len() - 1) {
            beyond -= before;
            let (n, d) = (step.at_risk as f64, step.ended as f64);
            if n > d {
                variance += beyond * beyond * d / (n * (n - d));
            }
        }
        (area, variance.sqrt())
    }
}

fn log_log_interval(survival: f64, greenwood: f64, z: f64) -> Option<Interval> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let ln = survival.ln();
    let reach = z * greenwood.sqrt() / ln.abs();
    let end = |sign: f64| survival.powf((sign * reach).exp());
    Some(Interval { low: end(1.0), high: end(-1.0) })
}

/// Whether two groups end at different rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// One degree of freedom.
    pub chi_squared: f64,
    /// Its tail.
    pub p: f64,
}

/// The log-rank test of two groups; `None` when no age has both groups at risk and an end.
pub fn log_rank(one: &[Life], other: &[Life]) -> Option<LogRank> {
    let mut ages: Vec<f64> =
        one.iter().chain(other).filter(|l| l.ended && l.exit > l.entry).map(|l| l.exit).collect();
    ages.sort_unstable_by(f64::total_cmp);
    ages.dedup();
    let (mut excess, mut variance) = (0.0, 0.0);
    for age in ages {
        let count = |lives: &[Life], only_ends: bool| {
            let counted = |l: &&Life| {
                let here = l.entry < age && l.exit >= age && l.exit > l.entry;
                here && (!only_ends || (l.ended && l.exit == age))
            };
            lives.iter().filter(counted).count() as f64
        };
        let (risk_one, risk_other) = (count(one, false), count(other, false));
        let (ends_one, ends) = (count(one, true), count(one, true) + count(other, true));
        let risk = risk_one + risk_other;
        excess += ends_one - ends * risk_one / risk;
        if risk > 1.0 {
            variance += ends * risk_one * risk_other * (risk - ends) / (risk * risk * (risk - 1.0));
        }
    }
    if variance <= 0.0 {
        return None;
    }
    let chi_squared: f64 = excess * excess / variance;
    Some(LogRank { chi_squared, p: 2.0 * normal_upper(chi_squared.sqrt()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(ages: &[(f64, bool)]) -> Vec<Life> {
        ages.iter().map(|(exit, ended)| Life { entry: 0.0, exit: *exit, ended: *ended }).collect()
    }

    #[test]
    fn a_small_curve_by_hand() {
        let curve =
            KaplanMeier::of(&lives(&[(1.0, true), (2.0, true), (2.0, false), (4.0, true)]), 0.95);
        let seen: Vec<(f64, u64, f64)> =
            curve.steps.iter().map(|s| (s.age, s.at_risk, s.survival)).collect();
        assert_eq!(seen, [(1.0, 4, 0.75), (2.0, 3, 0.5), (4.0, 1, 0.0)]);
        assert_eq!(curve.median(), Some(2.0));
        assert_eq!((curve.at(0.5), curve.at(3.0), curve.at(9.0)), (1.0, 0.5, 0.0));
        // 1 + 0.75 + 0.5 up to age 3.
        assert!((curve.restricted_mean(3.0).0 - 2.25).abs() < 1e-12);
    }

    #[test]
    fn nobody_and_nothing_have_no_median() {
        assert_eq!(KaplanMeier::of(&[], 0.95).median(), None);
        assert_eq!(KaplanMeier::of(&lives(&[(5.0, false)]), 0.95).median(), None);
        assert_eq!(log_rank(&[], &lives(&[(1.0, true)])), None);
    }

    #[test]
    fn late_entries_do_not_count_before_we_saw_them() {
        let followed = [
            (0.0, 5.0, true),
            (3.0, 8.0, true),
            (6.0, 11.0, true),
            (0.0, 14.0, false),
            (10.0, 20.0, true),
            (12.0, 30.0, true),
        ];
        let lives: Vec<Life> = followed
            .iter()
            .map(|(entry, exit, ended)| Life { entry: *entry, exit: *exit, ended: *ended })
            .collect();
        let curve = KaplanMeier::of(&lives, 0.95);
        for (age, expected) in
            [(5.0, 2.0 / 3.0), (8.0, 4.0 / 9.0), (11.0, 8.0 / 27.0), (20.0, 4.0 / 27.0)]
        {
            assert!((curve.at(age) - expected).abs() < 1e-12, "{age}");
        }
    }
}
