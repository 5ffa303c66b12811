//! `measure surge`: new channels a day against the usual rate. Definitions in `method.md`.

mod births;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use marsad_stats::{
    Cost, benjamini_yekutieli_of, binomial_upper, gamma_poisson_upper, pelt, poisson_upper,
};
use marsad_types::{ChannelId, Timestamp};
use serde::Serialize;

use crate::finding::{Finding, Method, Wording};
use crate::scope::{Scope, Selected};
use crate::study::Study;
pub use births::Basis;
use births::{Birth, births};

const METHOD: Method = Method { measure: "surge", text: include_str!("method.md") };

const LEVEL: f64 = 0.05;
/// Fewer days before tell nothing about a usual rate.
const DAYS_BEFORE_MIN: i64 = 7;
/// Jeffreys' prior: half a birth before anything was seen.
const PRIOR_BIRTHS: f64 = 0.5;
/// Channels named behind a row.
const CHANNELS_SHOWN: usize = 100;

/// A day on which channels of a network (or of none) came to be on a platform.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurgeRow {
    /// Where.
    pub platform: String,
    /// Whose; `None` for channels of no network.
    pub network: Option<String>,
    /// `2019-12-01`, UTC.
    pub day: String,
    /// Channels born that day.
    pub new_channels: u64,
    /// By the same network's rate on the same platform on all days before.
    pub expected: f64,
    /// So many or more at that rate.
    pub p: f64,
    /// Benjamini-Yekutieli over every day of every platform and network, days without a birth too.
    pub q: f64,
    /// How far to believe that the day stands out.
    pub wording: Wording,
    /// How most of the births are known.
    pub basis: Basis,
    /// The channels, by name.
    pub channels: Vec<String>,
}

/// A day on which the rate of births changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangePoint {
    /// Where.
    pub platform: String,
    /// Whose; `None` for channels of no network.
    pub network: Option<String>,
    /// First day of the new rate.
    pub day: String,
    /// Births a day before, back to the last change.
    pub before_per_day: f64,
    /// Births a day from then on, up to the next.
    pub after_per_day: f64,
}

/// What stands beside the rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ChangePoints {
    /// By platform, network and day.
    pub change_points: Vec<ChangePoint>,
}

/// Births of one network (or none) on one platform.
struct Series {
    platform: u32,
    network: Option<String>,
    births: BTreeMap<i64, Vec<Birth>>,
}

/// A day before its q is known.
struct Tested<'a> {
    series: &'a Series,
    day: i64,
    expected: f64,
    p: f64,
    /// How likely a day with so many is anywhere in the series, if its births fell at random.
    scan_p: f64,
    estimable: bool,
}

/// New channels a day, and when their rate changed.
pub fn surge(study: &Study<'_>, scope: &Scope) -> Finding<SurgeRow, ChangePoints> {
    let selected = Selected::new(study, scope);
    let (all, older) = births(study);
    let reach = study.reach().unwrap_or((0, 0));
    let (first_day, last_day) = (Timestamp(reach.0).day(), Timestamp(reach.1).day());
    let before = all.iter().filter(|birth| Timestamp(birth.at).day() < first_day).count();
    let series = series(study, &selected, all, first_day..=last_day);
    let days = last_day - first_day + 1;
    let tested: Vec<Tested<'_>> =
        series.iter().flat_map(|series| test(series, first_day, days)).collect();
    let p: Vec<f64> = tested.iter().map(|t| if t.estimable { t.p } else { 1.0 }).collect();
    let q = benjamini_yekutieli_of(&p, series.len() as u64 * days.max(0) as u64);
    let mut rows: Vec<SurgeRow> = tested
        .iter()
        .zip(q)
        .filter(|(tested, _)| selected.time(middle_of(tested.day)))
        .map(|(tested, q)| row(study, tested, q))
        .collect();
    rows.truncate(selected.limit());
    let changes = ChangePoints {
        change_points: series
            .iter()
            .flat_map(|series| changes(study, series, first_day, days))
            .filter(|(day, _)| selected.time(middle_of(*day)))
            .map(|(_, change)| change)
            .collect(),
    };
    Finding::of(study, &selected, METHOD, (rows, changes))
        .with("days_tested", days.max(0) * series.len() as i64)
        .noting(format!(
            "{older} channels without a known creation time were there when the archive begins and \
             {before} were created before; they are not counted as new"
        ))
        .noting(
            "a rate is that of the archive: a platform nobody watched before shows no channels before",
        )
}

/// The middle of a day decides whether it lies in the window.
fn middle_of(day: i64) -> i64 {
    day * Timestamp::DAY_MS + Timestamp::DAY_MS / 2
}

fn series(
    study: &Study<'_>,
    selected: &Selected<'_>,
    births: Vec<Birth>,
    days: std::ops::RangeInclusive<i64>,
) -> Vec<Series> {
    let names = network_of(study, selected);
    let mut series: BTreeMap<(u32, Option<String>), BTreeMap<i64, Vec<Birth>>> = BTreeMap::new();
    for birth in births {
        let day = Timestamp(birth.at).day();
        if !selected.channel(birth.channel) || !days.contains(&day) {
            continue;
        }
        let network = names.get(&birth.channel).cloned();
        let key = (study.platform_of(birth.channel), network);
        series.entry(key).or_default().entry(day).or_default().push(birth);
    }
    series
        .into_iter()
        .map(|((platform, network), births)| Series { platform, network, births })
        .collect()
}

/// Name of each channel's network: the one asked for, else those found.
pub(crate) fn network_of(
    study: &Study<'_>,
    selected: &Selected<'_>,
) -> BTreeMap<ChannelId, String> {
    let corpus = study.corpus();
    if let Some(members) = &selected.scope().network {
        let name = selected.network_name(members);
        let ids = members.iter().filter_map(|key| corpus.channels.find(key));
        return ids.map(|id| (id, name.clone())).collect();
    }
    let found = study.networks().iter();
    found.flat_map(|n| n.members.iter().map(|member| (*member, n.id.clone()))).collect()
}

fn test(series: &Series, first_day: i64, days: i64) -> Vec<Tested<'_>> {
    let total: usize = series.births.values().map(Vec::len).sum();
    let mut before = 0usize;
    let mut tested = Vec::new();
    for (day, born) in &series.births {
        let exposure = day - first_day;
        let count = born.len() as u64;
        let shape = before as f64 + PRIOR_BIRTHS;
        let expected = shape / (exposure.max(1) as f64);
        let one_day = binomial_upper(count, total as u64, 1.0 / days.max(1) as f64);
        let seen_only = born.iter().all(|birth| birth.basis == Basis::FirstSeen);
        tested.push(Tested {
            series,
            day: *day,
            expected,
            p: gamma_poisson_upper(count, shape, exposure.max(1) as f64),
            scan_p: (one_day * days as f64).min(1.0),
            estimable: exposure >= DAYS_BEFORE_MIN && !seen_only,
        });
        before += born.len();
    }
    tested
}

fn row(study: &Study<'_>, tested: &Tested<'_>, q: f64) -> SurgeRow {
    let born = tested.series.births.get(&tested.day).map_or(&[][..], Vec::as_slice);
    let count = born.len() as u64;
    let known = |basis: Basis| born.iter().filter(|birth| birth.basis == basis).count();
    let basis = [Basis::CreatedAt, Basis::FirstPost, Basis::FirstSeen]
        .into_iter()
        .max_by_key(|basis| (known(*basis), std::cmp::Reverse(*basis)))
        .unwrap_or(Basis::FirstSeen);
    let plain_rate = poisson_upper(count, tested.expected) < LEVEL;
    let wording = match () {
        () if !tested.estimable => Wording::NotEstimable,
        () if q < LEVEL && tested.scan_p < LEVEL && plain_rate && basis == Basis::CreatedAt => {
            Wording::WellSupported
        }
        () if q < LEVEL => Wording::Consistent,
        () => Wording::Chance,
    };
    let key = |birth: &Birth| study.corpus().channels.key(birth.channel).map(ToString::to_string);
    let mut channels: Vec<String> = born.iter().filter_map(key).collect();
    channels.sort_unstable();
    channels.truncate(CHANNELS_SHOWN);
    SurgeRow {
        platform: platform_name(study, tested.series.platform),
        network: tested.series.network.clone(),
        day: Timestamp::day_name(tested.day),
        new_channels: count,
        expected: tested.expected,
        p: tested.p,
        q,
        wording,
        basis,
        channels,
    }
}

pub(crate) fn platform_name(study: &Study<'_>, platform: u32) -> String {
    study.platforms().get(platform as usize).map(ToString::to_string).unwrap_or_default()
}

/// Changes of the daily rate by PELT with Poisson cost; three parameters a change (two rates would
/// be one each, the place another), so 3 ln n.
fn changes(
    study: &Study<'_>,
    series: &Series,
    first_day: i64,
    days: i64,
) -> Vec<(i64, ChangePoint)> {
    let counts: Vec<f64> = (0..days)
        .map(|offset| series.births.get(&(first_day + offset)).map_or(0.0, |b| b.len() as f64))
        .collect();
    let ends = pelt(&counts, Cost::Poisson, 3.0 * (counts.len().max(2) as f64).ln(), 1);
    let mut starts = vec![0];
    starts.extend(ends.iter().copied());
    let rate = |from: usize, to: usize| {
        let part = counts.get(from..to).unwrap_or(&[]);
        part.iter().sum::<f64>() / part.len().max(1) as f64
    };
    starts
        .windows(3)
        .filter_map(|window| match window {
            [before, change, after] => Some((*before, *change, *after)),
            _ => None,
        })
        .map(|(before, change, after)| {
            let day = first_day + change as i64;
            let point = ChangePoint {
                platform: platform_name(study, series.platform),
                network: series.network.clone(),
                day: Timestamp::day_name(day),
                before_per_day: rate(before, change),
                after_per_day: rate(change, after),
            };
            (day, point)
        })
        .collect()
}
