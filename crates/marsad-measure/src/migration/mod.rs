//! `measure migration`: where a network tried to settle, and how that went. Definitions in `method.md`.

mod attempt;
mod daily;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use marsad_types::{ChannelId, Timestamp};
use rayon::prelude::*;
use serde::Serialize;

use crate::finding::{Finding, Method, Nothing, written};
use crate::scope::{Scope, Selected};
use crate::study::Study;
use crate::surge::network_of;

const METHOD: Method = Method { measure: "migration", text: include_str!("method.md") };

/// What to tell apart, and in which shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrationOptions {
    /// So many days without a post end an attempt.
    pub silence_days: u32,
    /// A row a day instead of a card an attempt.
    pub daily: bool,
}

impl Default for MigrationOptions {
    fn default() -> Self {
        Self { silence_days: 30, daily: false }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AttemptEnd {
    /// It has not.
    Active,
    /// Silent, but its channels were still there.
    Left,
    /// Most of its channels were found gone around its end.
    Removed,
    /// Nobody looked.
    Unknown,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttemptRow {
    /// Whose.
    pub network: String,
    /// Where.
    pub platform: String,
    /// First post.
    #[serde(serialize_with = "written")]
    pub first_at: Timestamp,
    /// Last post.
    #[serde(serialize_with = "written")]
    pub last_at: Timestamp,
    /// Channels that posted.
    pub channels_total: u64,
    /// Most of them at one time.
    pub channels_peak: u64,
    /// Most subscribers of one channel; `None` where nobody looked.
    pub subscribers_max: Option<u64>,
    /// Posts.
    pub posts: u64,
    /// Most posts on one day, UTC.
    pub posts_per_day_peak: u64,
    /// Statements published here.
    pub statements: u64,
    /// Of the network's statements in that time, or in the length of a silence if that is longer.
    pub statement_share: f64,
    /// Days with a post.
    pub days_active: u64,
    /// Days until half of its channels had been found gone; `None` while fewer are.
    pub half_gone_d: Option<f64>,
    /// How it ended.
    pub end: AttemptEnd,
    /// Among the network's attempts, by statement share; 1 is the largest.
    pub rank: u64,
}

/// One day of a network on a platform.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DailyRow {
    /// Whose.
    pub network: String,
    /// UTC.
    pub day: String,
    /// Where.
    pub platform: String,
    /// Posts.
    pub posts: u64,
    /// Channels that posted.
    pub channels_active: u64,
    /// Of the statements that the network published that day.
    pub statement_share: f64,
}

/// A card or a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MigrationRow {
    /// A card an attempt.
    Attempt(AttemptRow),
    /// A row a day.
    Daily(DailyRow),
}

/// A network's post: everything the kernels need of it.
#[derive(Debug, Clone, Copy)]
struct Posted {
    at: i64,
    platform: u32,
    channel: ChannelId,
    row: u32,
}

/// A network's publication of a statement: when, where, which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Carried {
    at: i64,
    platform: u32,
    statement: u32,
}

/// What one network published in the window, by time.
struct Network {
    name: String,
    posts: Vec<Posted>,
    carried: Vec<Carried>,
}

/// Attempt cards (or days) of the network asked for, else of every network found.
pub fn migration(
    study: &Study<'_>,
    scope: &Scope,
    options: &MigrationOptions,
) -> Finding<MigrationRow> {
    let selected = Selected::new(study, scope);
    let networks = published(study, &selected);
    let none = networks.is_empty();
    let silence_ms = i64::from(options.silence_days.max(1)) * Timestamp::DAY_MS;
    let mut rows: Vec<MigrationRow> = networks
        .par_iter()
        .flat_map_iter(|network| {
            if options.daily {
                daily::days(study, network).into_iter().map(MigrationRow::Daily).collect::<Vec<_>>()
            } else {
                attempt::cards(study, network, silence_ms)
                    .into_iter()
                    .map(MigrationRow::Attempt)
                    .collect()
            }
        })
        .collect();
    rows.truncate(selected.limit());
    let finding = Finding::of(study, &selected, METHOD, (rows, Nothing {}))
        .with("silence_days", options.silence_days)
        .with("daily", options.daily)
        .with("threshold", study.threshold());
    if none {
        return finding
            .noting("no network: none was asked for and none was found (see `measure networks`)");
    }
    finding.noting("subscribers are those of the largest channel, never a sum")
}

/// Posts and statements of each network, largest network first.
fn published(study: &Study<'_>, selected: &Selected<'_>) -> Vec<Network> {
    let names = network_of(study, selected);
    let mut order: BTreeMap<&String, usize> = BTreeMap::new();
    let mut networks: Vec<Network> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; study.corpus().channels.len()];
    for (channel, name) in &names {
        let next = networks.len();
        let at = *order.entry(name).or_insert(next);
        if at == next {
            networks.push(Network { name: name.clone(), posts: Vec::new(), carried: Vec::new() });
        }
        if selected.channel(*channel) {
            place[*channel as usize] = Some(at);
        }
    }
    for row in 0..study.corpus().posts.len() as u32 {
        let (channel, at) = (study.channel(row), study.time(row));
        let network = place.get(channel as usize).copied().flatten();
        if let Some(network) = network.filter(|_| selected.time(at)) {
            let platform = study.platform_of(channel);
            networks[network].posts.push(Posted { at, platform, channel, row });
        }
    }
    for (statement, members) in study.statements().iter().enumerate() {
        for member in Study::appearances(members) {
            let (channel, at) = (study.channel(member.post), study.time(member.post));
            let network = place.get(channel as usize).copied().flatten();
            if let Some(network) = network.filter(|_| selected.time(at)) {
                let platform = study.platform_of(channel);
                let carried = Carried { at, platform, statement: statement as u32 };
                networks[network].carried.push(carried);
            }
        }
    }
    networks.retain(|network| !network.posts.is_empty());
    for network in &mut networks {
        network.posts.sort_unstable_by_key(|post| (post.at, post.row));
        network.carried.sort_unstable();
    }
    networks.sort_by(|a, b| (b.posts.len(), &a.name).cmp(&(a.posts.len(), &b.name)));
    networks
}

/// Distinct statements among publications: all of them, and those on one platform.
fn distinct(carried: &[Carried], platform: u32) -> (usize, usize) {
    let mut all: Vec<u32> = carried.iter().map(|c| c.statement).collect();
    all.sort_unstable();
    all.dedup();
    let here = carried.iter().filter(|c| c.platform == platform);
    let mut here: Vec<u32> = here.map(|c| c.statement).collect();
    here.sort_unstable();
    here.dedup();
    (all.len(), here.len())
}
