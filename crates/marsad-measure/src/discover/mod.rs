//! `measure discover`: channels worth a human's look. Definitions in `method.md`.

mod copies;
mod named;
mod rank;
mod reach;
mod reasons;
mod references;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use hashbrown::HashSet;
use marsad_types::{ChannelId, ChannelKey, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::finding::{Finding, Method, Wording, written};
use crate::scope::{Scope, Selected};
use crate::study::Study;
use copies::{Copy, Overlap, copies, overlaps, published};
use rank::{Ranked, draw, ranked};
pub use reach::{Reach, ReachEstimate};
pub use reasons::Reason;
pub use references::ReasonKind;
use references::{Candidate, Directory, Reference, referred};

const METHOD: Method = Method { measure: "discover", text: include_str!("method.md") };

/// Seeds named behind a row.
const SEEDS_SHOWN: usize = 10;

/// What the archive does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscoverOptions {
    /// The watch list, as `platform:name` or `platform:id`: the seeds where the scope names none, and
    /// never candidates.
    pub watched: Vec<ChannelKey>,
    /// What somebody does not want to be told of again, in the same forms.
    pub rejected: Vec<ChannelKey>,
}

/// How a row came into a short list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Draw {
    /// By its score.
    Rank,
    /// By lot among those that the score leaves out.
    Lot,
}

/// What a score is the product of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Factors {
    /// Sum over the seeds of 1 − (1 − ρ)^n, n their weighted references.
    pub references: f64,
    /// ln(1 + channels / (1 + channels outside the seeds that refer to it)).
    pub specificity: f64,
    /// Half of it for every three days since the last reference.
    pub recency: f64,
    /// (shared + 1) / (own + 2) statements; ½ where none of its statements are known.
    pub similarity: f64,
}

/// A channel worth a look.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiscoverRow {
    /// From 1, by score.
    pub rank: u64,
    /// The channel, or its name where no more is known.
    pub candidate: String,
    /// Where it is.
    pub platform: String,
    /// How `sources add` takes it; `None` for a number without a name on Telegram.
    pub source: Option<String>,
    /// Whether something shows that the name is a channel's; a bare link can be a person's.
    pub is_channel: bool,
    /// The product of the factors.
    pub score: f64,
    /// What it is the product of.
    pub factors: Factors,
    /// The reasons in words.
    pub why: String,
    /// Why, the kind that counts most first.
    pub reasons: Vec<Reason>,
    /// First reference of a seed, or shared statement.
    #[serde(serialize_with = "written")]
    pub first_at: Timestamp,
    /// The last.
    #[serde(serialize_with = "written")]
    pub last_at: Timestamp,
    /// Seeds that refer to it or share statements with it, most references first; ten at most.
    pub seeds: Vec<String>,
    /// How many there are.
    pub seeds_total: u64,
    /// Channels outside the seeds that refer to it.
    pub outside: u64,
    /// Its posts in the archive.
    pub posts_known: u64,
    /// Of the test of shared statements; `None` where it has none in the archive.
    pub p: Option<f64>,
    /// Benjamini-Yekutieli over all channels outside the seeds.
    pub q: Option<f64>,
    /// How it came into a list of limited length.
    pub draw: Draw,
    /// Observed: seeds refer to it, by direct record. Consistent with: it shares more statements with
    /// them than is usual.
    pub wording: Wording,
}

/// The channels to start from.
struct Seeds {
    is_seed: Vec<bool>,
    count: usize,
    /// In words, for the parameters.
    of: &'static str,
}

/// Channels that are worth a look, best first. Nothing is looked up and nothing is added to the
/// watch list.
pub fn discover(
    study: &Study<'_>,
    scope: &Scope,
    options: &DiscoverOptions,
) -> Finding<DiscoverRow, Reach> {
    let selected = Selected::new(study, scope);
    let directory = Directory::of(study);
    let watched: HashSet<ChannelKey> =
        options.watched.iter().map(|key| directory.resolve(key).0).collect();
    let seeds = seeds(study, scope, &watched);
    let (mut candidates, only_mentioned) = referred(study, &selected, &directory, &seeds.is_seed);
    let statements = published(study, &selected);
    let overlaps = overlaps(&statements, &seeds.is_seed);
    copies(study, &statements, &seeds.is_seed, &overlaps, &mut |copy| {
        take_copy(study, &mut candidates, &copy);
    });
    let is_new = |key: &ChannelKey, candidate: &Candidate| {
        let is_seed = candidate.id.is_some_and(|id| seeds.is_seed.get(id as usize) == Some(&true));
        !is_seed
            && !watched.contains(key)
            && (scope.platforms.is_empty() || scope.platforms.contains(&key.platform))
    };
    candidates.retain(|key, candidate| is_new(key, candidate));
    let reach = reach::estimate(&candidates);
    let rejected: HashSet<ChannelKey> =
        options.rejected.iter().map(|key| directory.resolve(key).0).collect();
    let found = candidates.len();
    candidates.retain(|key, _| !rejected.contains(key));
    let all = candidates.len();
    let end = selected.extent().to.map_or(0, |t| t.0);
    let ranked = draw(ranked(study, candidates, &overlaps, end), selected.limit());
    let posts_of = posts_of(study);
    let rows = ranked.into_iter().map(|ranked| row(study, &directory, ranked, &posts_of)).collect();
    let finding = Finding::of(study, &selected, METHOD, (rows, reach))
        .with("threshold", study.threshold())
        .with("seeds", seeds.of)
        .with("seed_channels", seeds.count)
        .with("watched_channels", watched.len())
        .with("rho", rank::RHO)
        .with("recency_half_life_d", rank::HALF_LIFE_D)
        .with("weights", weights())
        .with("lot_share", rank::LOT_SHARE)
        .with("lot_seed", rank::LOT_SEED)
        .with("candidates", all);
    let finding = noting(finding, only_mentioned, &seeds);
    if all == found {
        return finding;
    }
    finding.noting(format!(
        "channels that somebody rejected and are left out (`--rejected` shows them): {}",
        found - all
    ))
}

fn noting(
    finding: Finding<DiscoverRow, Reach>,
    only_mentioned: usize,
    seeds: &Seeds,
) -> Finding<DiscoverRow, Reach> {
    let lots = finding.rows.iter().filter(|row| row.draw == Draw::Lot).count();
    let mut finding = finding.noting(
        "nothing was looked up and nothing is watched because of this; a row is a reason to look, not \
         a claim about who runs a channel",
    );
    if only_mentioned > 0 {
        finding = finding.noting(format!(
            "names that stand only after an @ and are not listed, since they may be people's: \
             {only_mentioned}"
        ));
    }
    if lots > 0 {
        finding = finding.noting(format!(
            "rows drawn by lot from those that the score leaves out (draw: lot), so that what it \
             misses can be seen: {lots}"
        ));
    }
    if seeds.count == 0 {
        finding = finding.noting("no seed is in the archive");
    }
    finding
}

fn weights() -> serde_json::Value {
    use ReasonKind::{Copy, Description, Forward, Link, Mention};
    [Forward, Link, Description, Mention, Copy]
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), json!(kind.weight())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The channels that a scope names, else those watched, else all that have posts.
fn seeds(study: &Study<'_>, scope: &Scope, watched: &HashSet<ChannelKey>) -> Seeds {
    let named: HashSet<&ChannelKey> = scope.channels.iter().collect();
    let network: Option<HashSet<&ChannelKey>> =
        scope.network.as_ref().map(|members| members.iter().collect());
    let of = match (named.is_empty(), &network) {
        (false, _) => "channels",
        (true, Some(_)) => "network",
        (true, None) if !watched.is_empty() => "watch list",
        (true, None) => "all channels with posts",
    };
    let with_posts = posts_of(study);
    let is_seed: Vec<bool> = study
        .corpus()
        .channels
        .keys()
        .iter()
        .zip(&with_posts)
        .map(|(key, posts)| match of {
            "watch list" => watched.contains(key),
            "all channels with posts" => *posts > 0,
            _ => {
                (named.is_empty() || named.contains(key))
                    && network.as_ref().is_none_or(|members| members.contains(key))
            }
        })
        .collect();
    let count = is_seed.iter().filter(|is| **is).count();
    Seeds { is_seed, count, of }
}

/// Posts of each channel.
fn posts_of(study: &Study<'_>) -> Vec<u64> {
    let mut counts = vec![0; study.corpus().channels.len()];
    for channel in &study.corpus().posts.channel {
        if let Some(count) = counts.get_mut(*channel as usize) {
            *count += 1;
        }
    }
    counts
}

fn take_copy(study: &Study<'_>, candidates: &mut BTreeMap<ChannelKey, Candidate>, copy: &Copy) {
    let Some(key) = study.corpus().channels.key(copy.candidate) else { return };
    let candidate = candidates.entry(key.clone()).or_default();
    candidate.id = Some(copy.candidate);
    candidate.is_channel = true;
    candidate.add(Reference {
        seed: copy.seed,
        kind: ReasonKind::Copy,
        at: study.time(copy.rows.0.max(copy.rows.1)), // rows are in the order of time
        rows: copy.rows,
    });
}

fn row(
    study: &Study<'_>,
    directory: &Directory<'_>,
    ranked: Ranked,
    posts_of: &[u64],
) -> DiscoverRow {
    let Ranked { rank, key, candidate, overlap, factors, draw } = ranked;
    let (first_at, last_at) = candidate.times();
    let name = |id: &ChannelId| {
        study.corpus().channels.key(*id).map(ToString::to_string).unwrap_or_default()
    };
    let seeds = candidate.seeds();
    let reasons = reasons::reasons(study, &candidate, overlap.as_ref());
    let copied = overlap.as_ref().is_some_and(Overlap::is_reason);
    DiscoverRow {
        rank,
        platform: key.platform.to_string(),
        source: directory.source(&key, candidate.id),
        is_channel: candidate.is_channel,
        score: factors.references * factors.specificity * factors.recency * factors.similarity,
        factors,
        why: reasons::why(&reasons),
        reasons,
        first_at: Timestamp(first_at),
        last_at: Timestamp(last_at),
        seeds: seeds.iter().take(SEEDS_SHOWN).map(name).collect(),
        seeds_total: seeds.len() as u64,
        outside: candidate.outside.len() as u64,
        posts_known: candidate
            .id
            .and_then(|id| posts_of.get(id as usize))
            .copied()
            .unwrap_or_default(),
        p: overlap.map(|overlap| overlap.p),
        q: overlap.map(|overlap| overlap.q),
        draw,
        wording: if copied { Wording::Consistent } else { Wording::Observed },
        candidate: key.to_string(),
    }
}
