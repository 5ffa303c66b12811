//! `measure primacy`: who publishes first, pair by pair. Definitions in `method.md`.

mod kernel;
#[cfg(test)]
mod tests;

use hashbrown::HashMap;
use marsad_stats::{
    benjamini_yekutieli, benjamini_yekutieli_of, clopper_pearson, hodges_lehmann, median,
    poisson_binomial_upper, sign_test, wilcoxon,
};
use rayon::prelude::*;
use serde::Serialize;

use crate::finding::{Finding, Method, Nothing, Wording};
use crate::scope::{Scope, Selected};
use crate::study::Study;
use kernel::{Appearance, Pair, Table, order};

const METHOD: Method = Method { measure: "primacy", text: include_str!("method.md") };

/// Significance level of every claim.
const LEVEL: f64 = 0.05;
/// Fewer decided statements cannot reach p < .05, however one-sided.
const DECIDED_MIN: u32 = 6;
/// Posts shown behind a row.
const EXAMPLES: usize = 5;

/// What the two sides of a pair are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Platforms.
    #[default]
    Platform,
    /// Channels.
    Channel,
}

/// How coarse a clock is taken to be where nothing is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResolutionRule {
    /// One second.
    #[default]
    Stated,
    /// One minute for a channel with 20 or more posts whose times all fall on :00, else one second.
    Auto,
}

/// What to compare, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrimacyOptions {
    /// The sides.
    pub by: By,
    /// Clocks without a stated resolution.
    pub resolution: ResolutionRule,
}

/// A pair, once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrimacyRow {
    /// The side more often first (by name when even).
    pub leader: String,
    /// The other.
    pub follower: String,
    /// Statements that appeared on both.
    pub statements: u64,
    /// Of those, first at the leader.
    pub leader_first: u64,
    /// First at the follower.
    pub follower_first: u64,
    /// Intervals overlap.
    pub undecided: u64,
    /// Leader's share of the decided; `None` where none is.
    pub share: Option<f64>,
    /// Clopper-Pearson.
    pub share_ci95: Option<[f64; 2]>,
    /// The same share with all undecided given to the follower, and to the leader.
    pub share_bounds: [f64; 2],
    /// Exact two-sided sign test.
    pub sign_p: f64,
    /// The same; what `q` corrects.
    pub p: f64,
    /// Benjamini-Yekutieli over all pairs of the table.
    pub q: f64,
    /// So many firsts of the leader, if every channel that published a statement were as likely to
    /// be its first: what the sizes of the two sides alone explain. The side as a whole and its best
    /// channel are both looked at. Two-sided; `None` where the sign test tells nothing from chance.
    pub size_p: Option<f64>,
    /// Signed-rank test of the lags; `None` where all are zero.
    pub wilcoxon_p: Option<f64>,
    /// Follower minus leader, middle of all lags, seconds.
    pub lag_median_s: f64,
    /// Hodges-Lehmann, seconds.
    pub lag_hl_s: f64,
    /// Its interval; `None` below six statements.
    pub lag_ci95_s: Option<[f64; 2]>,
    /// How far to believe it.
    pub wording: Wording,
    /// First few statements: leader's post, follower's post, lag in seconds.
    pub examples: Vec<(String, String, f64)>,
}

/// A pair with what was decided before its row is written.
struct Judged {
    pair: Pair,
    sign_p: f64,
    q: f64,
    size_p: Option<f64>,
    wording: Wording,
}

/// What the tests beyond the sign test say of a pair.
struct Looked {
    rank_p: f64,
    size_p: f64,
    same_way: bool,
}

impl Pair {
    fn decided(&self) -> u32 {
        self.a_first + self.b_first
    }

    fn statements(&self) -> u32 {
        self.decided() + self.undecided
    }

    /// Whether the side that comes first by name leads.
    fn a_leads(&self) -> bool {
        self.a_first >= self.b_first
    }

    fn leader_first(&self) -> u32 {
        self.a_first.max(self.b_first)
    }

    fn follower_first(&self) -> u32 {
        self.a_first.min(self.b_first)
    }

    fn split(&self) -> (u32, u32) {
        (self.leader_first(), self.decided())
    }

    fn sign_p(&self) -> f64 {
        sign_test(u64::from(self.a_first), u64::from(self.b_first))
    }

    /// Still significant, and led by the same side, with all undecided given to the follower.
    fn survives_undecided(&self) -> bool {
        let against = self.follower_first() + self.undecided;
        self.leader_first() > against
            && sign_test(u64::from(self.leader_first()), u64::from(against)) < LEVEL
    }
}

/// Compares every pair of sides that shares a statement; most shared statements first.
pub fn primacy(study: &Study<'_>, scope: &Scope, options: &PrimacyOptions) -> Finding<PrimacyRow> {
    let selected = Selected::new(study, scope);
    let (side_of, names) = sides(study, options.by);
    let auto = options.resolution == ResolutionRule::Auto;
    let table = Table::new(study, &selected, &side_of, auto);
    let minute_clocks = minute_clocks(study, &selected);
    let second_look =
        (!auto && minute_clocks > 0).then(|| Table::new(study, &selected, &side_of, true).pairs());
    let mut judged = judge(study, &table, second_look.as_deref());
    judged.sort_unstable_by_key(|j| (std::cmp::Reverse(j.pair.statements()), j.pair.a, j.pair.b));
    let (found, unknown) = (judged.len(), estimable_not(&judged));
    judged.truncate(selected.limit());
    let intervals = intervals(&judged);
    let mut rows: Vec<PrimacyRow> =
        judged.par_iter().map(|judged| row(study, &table, &names, judged)).collect();
    for (row, judged) in rows.iter_mut().zip(&judged) {
        row.share_ci95 = intervals.get(&judged.pair.split()).copied().flatten();
    }
    let mut finding = Finding::of(study, &selected, METHOD, (rows, Nothing {}))
        .with("by", if options.by == By::Platform { "platform" } else { "channel" })
        .with("resolution", if auto { "auto" } else { "stated" })
        .with("threshold", study.threshold())
        .with("tests", found);
    if unknown > 0 {
        finding = finding.noting(format!(
            "{unknown} of {found} pairs are not estimable: fewer than {DECIDED_MIN} statements have a \
             decided order, so even a unanimous one has p > .05"
        ));
    }
    if minute_clocks > 0 && !auto {
        finding = finding.noting(format!(
            "{minute_clocks} channels show only full minutes and state no resolution; they were read \
             as seconds; `--resolution auto` reads them as minutes, and no row is well supported that \
             does not hold there too"
        ));
    }
    finding.noting("order is that of published times; when we looked never decides who was first")
}

/// The lags behind one row of [`primacy`], for a picture of their distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Lags {
    /// Side more often first.
    pub leader: String,
    /// The other.
    pub follower: String,
    /// Seconds between the middles of the intervals, a statement each; negative where the follower
    /// was first.
    pub lags_s: Vec<f64>,
}

/// Lags of every pair of sides that shares a statement, by the names of the sides.
pub fn lags_of_pairs(study: &Study<'_>, scope: &Scope, options: &PrimacyOptions) -> Vec<Lags> {
    let selected = Selected::new(study, scope);
    let (side_of, names) = sides(study, options.by);
    let table = Table::new(study, &selected, &side_of, options.resolution == ResolutionRule::Auto);
    let name = |side: u32| names.get(side as usize).cloned().unwrap_or_default();
    let of = |pair: &Pair| {
        let a_leads = pair.a_leads();
        let (leader, follower) = if a_leads { (pair.a, pair.b) } else { (pair.b, pair.a) };
        let lags_s = lags(&table.shared(pair.a, pair.b), a_leads);
        Lags { leader: name(leader), follower: name(follower), lags_s }
    };
    table.pairs().iter().map(of).collect()
}

/// Side of each channel, and names of the sides in order.
fn sides(study: &Study<'_>, by: By) -> (Vec<u32>, Vec<String>) {
    let keys = study.corpus().channels.keys();
    if by == By::Platform {
        let side_of = (0..keys.len() as u32).map(|channel| study.platform_of(channel)).collect();
        return (side_of, study.platforms().iter().map(ToString::to_string).collect());
    }
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.sort_unstable_by_key(|channel| keys.get(*channel as usize));
    let mut side_of = vec![0; keys.len()];
    for (side, channel) in order.iter().enumerate() {
        if let Some(slot) = side_of.get_mut(*channel as usize) {
            *slot = side as u32;
        }
    }
    let name = |channel: &u32| keys.get(*channel as usize).map(ToString::to_string);
    (side_of, order.iter().filter_map(name).collect())
}

fn minute_clocks(study: &Study<'_>, selected: &Selected<'_>) -> usize {
    (0..study.corpus().channels.len() as u32)
        .filter(|channel| selected.channel(*channel) && study.has_minute_clock(*channel))
        .count()
}

/// q over the whole table, then the wording of each pair.
fn judge(study: &Study<'_>, table: &Table, second_look: Option<&[Pair]>) -> Vec<Judged> {
    let pairs = table.pairs();
    let sign: Vec<f64> = pairs.par_iter().map(Pair::sign_p).collect();
    let q = benjamini_yekutieli(&sign);
    let second: HashMap<(u32, u32), &Pair> =
        second_look.into_iter().flatten().map(|pair| ((pair.a, pair.b), pair)).collect();
    // The other tests matter only where the sign test speaks; those left out count as larger.
    let speaking: Vec<usize> = (0..pairs.len()).filter(|at| q[*at] < LEVEL).collect();
    let looked: Vec<Looked> =
        speaking.par_iter().map(|at| look(study, table, &pairs[*at])).collect();
    let of_all = |p: Vec<f64>| benjamini_yekutieli_of(&p, pairs.len() as u64);
    let rank_q = of_all(looked.iter().map(|looked| looked.rank_p).collect());
    let size_q = of_all(looked.iter().map(|looked| looked.size_p).collect());
    let mut wording: Vec<Wording> = pairs
        .iter()
        .map(
            |pair| {
                if pair.decided() < DECIDED_MIN { Wording::NotEstimable } else { Wording::Chance }
            },
        )
        .collect();
    let mut size_p = vec![None; pairs.len()];
    for (place, at) in speaking.iter().enumerate() {
        let pair = &pairs[*at];
        size_p[*at] = Some(looked[place].size_p);
        if size_q[place] >= LEVEL {
            continue; // the side with more channels is first more often by that alone
        }
        let clocks_agree = second_look.is_none()
            || second.get(&(pair.a, pair.b)).is_some_and(|other| {
                other.a_leads() == pair.a_leads() && other.survives_undecided()
            });
        let supported = rank_q[place] < LEVEL
            && looked[place].same_way
            && pair.survives_undecided()
            && clocks_agree;
        wording[*at] = if supported { Wording::WellSupported } else { Wording::Consistent };
    }
    (0..pairs.len())
        .map(|at| Judged {
            pair: pairs[at],
            sign_p: sign[at],
            q: q[at],
            size_p: size_p[at],
            wording: wording[at],
        })
        .collect()
}

/// The signed-rank test, what sizes explain, and whether the lags lean the way the counts do.
fn look(study: &Study<'_>, table: &Table, pair: &Pair) -> Looked {
    let shared = table.shared(pair.a, pair.b);
    let lags = lags(&shared, pair.a_leads());
    let leader_chances: Vec<f64> = shared
        .iter()
        .filter(|(a, b)| order(a, b) < 2)
        .map(|(a, b)| {
            let (a, b) = (f64::from(a.channels), f64::from(b.channels));
            if pair.a_leads() { a / (a + b) } else { b / (a + b) }
        })
        .collect();
    let by_sides = poisson_binomial_upper(u64::from(pair.leader_first()), &leader_chances);
    let by_channel = one_channel_leads(study, pair, &shared);
    Looked {
        rank_p: wilcoxon(&lags).map_or(1.0, |test| test.p),
        // Two-sided, and the better of two looks.
        size_p: (4.0 * by_sides.min(by_channel)).min(1.0),
        same_way: hodges_lehmann(&lags, 0.95).is_some_and(|centre| centre.estimate > 0.0),
    }
}

/// How likely any one channel of the leader is first so often, if every channel that published a
/// statement were as likely to be its first. A source that the others repeat shows here, however
/// many they are.
fn one_channel_leads(study: &Study<'_>, pair: &Pair, shared: &[(Appearance, Appearance)]) -> f64 {
    let led = usize::from(!pair.a_leads());
    let mut firsts: HashMap<u32, u64> = HashMap::new();
    let mut chances = Vec::with_capacity(shared.len());
    for (a, b) in shared {
        let who = order(a, b);
        if who < 2 {
            chances.push(1.0 / f64::from(a.channels + b.channels));
        }
        if who == led {
            let first = if pair.a_leads() { a } else { b };
            *firsts.entry(study.channel(first.post)).or_default() += 1;
        }
    }
    let most = firsts.values().max().copied().unwrap_or(0);
    let channels = study.corpus().channels.len() as f64;
    (poisson_binomial_upper(most, &chances) * channels).min(1.0)
}

/// Follower minus leader, seconds.
fn lags(shared: &[(Appearance, Appearance)], a_leads: bool) -> Vec<f64> {
    let lag = |(a, b): &(Appearance, Appearance)| if a_leads { a.lag_to(b) } else { b.lag_to(a) };
    shared.iter().map(lag).collect()
}

fn estimable_not(judged: &[Judged]) -> usize {
    judged.iter().filter(|judged| judged.wording == Wording::NotEstimable).count()
}

/// The exact interval of every split that occurs, once: most pairs share a statement or two.
fn intervals(judged: &[Judged]) -> HashMap<(u32, u32), Option<[f64; 2]>> {
    let mut splits: Vec<(u32, u32)> = judged.iter().map(|judged| judged.pair.split()).collect();
    splits.sort_unstable();
    splits.dedup();
    let interval = |(first, decided): (u32, u32)| {
        clopper_pearson(u64::from(first), u64::from(decided), 0.95).map(|ci| [ci.low, ci.high])
    };
    splits
        .into_par_iter()
        .map(|split| (split, interval(split)))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

fn row(study: &Study<'_>, table: &Table, names: &[String], judged: &Judged) -> PrimacyRow {
    let Judged { pair, sign_p, q, size_p, wording } = judged;
    let a_leads = pair.a_leads();
    let (leader, follower) = if a_leads { (pair.a, pair.b) } else { (pair.b, pair.a) };
    let shared = table.shared(pair.a, pair.b);
    let lags = lags(&shared, a_leads);
    let centre = hodges_lehmann(&lags, 0.95);
    let (first, second) = (u64::from(pair.leader_first()), u64::from(pair.follower_first()));
    let all = f64::from(pair.statements());
    let undecided = f64::from(pair.undecided);
    let name = |side: u32| names.get(side as usize).cloned().unwrap_or_default();
    let key = |appearance: &Appearance| study.corpus().post_key(appearance.post as usize);
    let examples = shared
        .iter()
        .take(EXAMPLES)
        .map(|(a, b)| if a_leads { (a, b) } else { (b, a) })
        .map(|(leader, follower)| (key(leader), key(follower), leader.lag_to(follower)))
        .collect();
    PrimacyRow {
        leader: name(leader),
        follower: name(follower),
        statements: u64::from(pair.statements()),
        leader_first: first,
        follower_first: second,
        undecided: u64::from(pair.undecided),
        share: (first + second > 0).then(|| first as f64 / (first + second) as f64),
        share_ci95: None,
        share_bounds: [first as f64 / all, (first as f64 + undecided) / all],
        sign_p: *sign_p,
        p: *sign_p,
        q: *q,
        size_p: *size_p,
        wilcoxon_p: wilcoxon(&lags).map(|test| test.p),
        lag_median_s: median(&lags).unwrap_or(0.0),
        lag_hl_s: centre.map_or(0.0, |centre| centre.estimate),
        lag_ci95_s: centre.and_then(|centre| centre.interval).map(|ci| [ci.low, ci.high]),
        wording: *wording,
        examples,
    }
}
