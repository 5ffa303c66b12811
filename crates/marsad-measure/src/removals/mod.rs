//! `measure removals`: posts that are gone, and ids under which nothing was ever seen. Definitions in
//! `method.md`.

mod kernel;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use marsad_types::{ChannelKey, Corpus, Coverage, Outcome, TakenBy, Timestamp};
use serde::Serialize;

use crate::finding::{Finding, Method, Wording, written};
use crate::scope::{Scope, Selected};
use crate::study::Study;
use kernel::{Counted, Ids, Seen};

const METHOD: Method = Method { measure: "removals", text: include_str!("method.md") };

/// Platforms that number a channel's messages one after the other.
const CONSECUTIVE: [&str; 1] = ["telegram"];

/// Whether an id of a channel was erased here by request.
pub type IsErased<'a> = &'a dyn Fn(&ChannelKey, &str) -> bool;

/// What else the measure has to know.
#[derive(Clone, Copy)]
pub struct RemovalsOptions<'a> {
    /// Ids that were erased here leave a gap that is none of the channel's.
    pub is_erased: IsErased<'a>,
}

/// One channel in one stretch of watching.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RemovalsRow {
    /// The channel.
    pub channel: String,
    /// From when it was watched.
    #[serde(serialize_with = "written")]
    pub from: Timestamp,
    /// Until when, excluded.
    #[serde(serialize_with = "written")]
    pub to: Timestamp,
    /// The longest time between two looks, as far as it is stated.
    pub poll_s: Option<u64>,
    /// Id of the first post seen that was published in the stretch.
    pub first_id: u64,
    /// Id of the last one.
    pub last_id: u64,
    /// Ids from the one to the other.
    pub ids: u64,
    /// Ids under which a post was seen.
    pub posts: u64,
    /// Of these, the platform later said that they are not there.
    pub deleted_seen: u64,
    /// Further pictures of posts that were seen.
    pub album_ids: Option<u64>,
    /// Lines of the platform.
    pub service_ids: Option<u64>,
    /// Messages that are there and could not be read.
    pub unread_ids: Option<u64>,
    /// Erased here by request.
    pub erased_ids: Option<u64>,
    /// Posts gone before the first look: at least so many.
    pub unseen_min: Option<u64>,
    /// At most so many.
    pub unseen_max: Option<u64>,
    /// Lower bound of what was removed among these ids.
    pub gone_min: Option<u64>,
    /// Its share of the posts that were seen or must have been.
    pub gone_share_min: Option<f64>,
    /// A direct record, or nothing that can be told.
    pub wording: Wording,
}

/// All rows together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RemovalsSum {
    /// Channels with a row that can be told.
    pub channels: u64,
    /// Posts seen in them.
    pub posts: u64,
    /// Seen, then gone.
    pub deleted_seen: u64,
    /// Gone before the first look: at least.
    pub unseen_min: u64,
    /// At most.
    pub unseen_max: u64,
    /// Lower bound of what was removed.
    pub gone_min: u64,
    /// Its share; `None` where nothing was seen.
    pub gone_share_min: Option<f64>,
}

/// What stands beside the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RemovalsTotal {
    /// Of all rows, those beyond the limit too.
    pub total: RemovalsSum,
}

/// What is gone of each channel that was watched, stretch by stretch.
pub fn removals(
    study: &Study<'_>,
    scope: &Scope,
    options: RemovalsOptions<'_>,
) -> Finding<RemovalsRow, RemovalsTotal> {
    let selected = Selected::new(study, scope);
    let corpus = study.corpus();
    let wanted = |key: &ChannelKey| {
        corpus.channels.find(key).is_some_and(|id| selected.channel(id) && study.is_known(id))
    };
    let window = (
        scope.window.since.map_or(i64::MIN, |at| at.0),
        scope.window.until.map_or(i64::MAX, |at| at.0),
    );
    let mut rows = rows(corpus, &wanted, window, options);
    let with_posts = |key: &&ChannelKey| wanted(key) && is_consecutive(key);
    let known = corpus.channels.keys().iter().filter(with_posts).count();
    let others = corpus.channels.keys().iter().filter(|key| wanted(key) && !is_consecutive(key));
    let others = others.count();
    let told: BTreeSet<&str> = rows.iter().map(|row| row.channel.as_str()).collect();
    let silent = known.saturating_sub(told.len());
    let total = RemovalsTotal { total: sum(&rows) };
    rows.truncate(selected.limit());
    let mut finding = Finding::of(study, &selected, METHOD, (rows, total));
    if others > 0 {
        finding = finding.noting(format!(
            "{others} channels are on platforms whose ids are not consecutive: gaps tell nothing there"
        ));
    }
    if silent > 0 {
        finding = finding.noting(format!(
            "{silent} channels have no post in a stretch that was watched: what was deleted there before it was collected is not known"
        ));
    }
    finding
}

fn is_consecutive(key: &ChannelKey) -> bool {
    CONSECUTIVE.contains(&key.platform.as_str())
}

/// The rows of the wanted channels, by channel and time.
pub fn rows(
    corpus: &Corpus,
    wanted: &dyn Fn(&ChannelKey) -> bool,
    (since, until): (i64, i64),
    options: RemovalsOptions<'_>,
) -> Vec<RemovalsRow> {
    let mut rows = Vec::new();
    for (key, ids) in ids(corpus, wanted) {
        for Stretch { from, to, poll_s } in stretches(corpus, key) {
            let (from, to) = (from.max(since), to.min(until));
            if from >= to {
                continue;
            }
            let erased = |id: u64| (options.is_erased)(key, &id.to_string());
            let Some(counted) = ids.count((from, to), &erased) else { continue };
            rows.push(row(key, (from, to), poll_s, &counted));
        }
    }
    rows
}

/// What is known of the ids of each wanted channel.
fn ids<'c>(
    corpus: &'c Corpus,
    wanted: &dyn Fn(&ChannelKey) -> bool,
) -> BTreeMap<&'c ChannelKey, Ids> {
    let mut all: BTreeMap<&ChannelKey, Ids> = BTreeMap::new();
    let takes: Vec<bool> =
        corpus.channels.keys().iter().map(|key| is_consecutive(key) && wanted(key)).collect();
    let posts = &corpus.posts;
    for (row, channel) in posts.channel.iter().enumerate() {
        if takes.get(*channel as usize) != Some(&true) {
            continue;
        }
        let (Some(key), Ok(id)) = (corpus.channels.key(*channel), posts.post.get(row).parse())
        else {
            continue;
        };
        let at = posts.published_at.get(row).copied().unwrap_or(i64::MIN);
        let resolution = posts.resolution_ms.get(row).copied().unwrap_or(0).max(1000);
        let is_gone = posts.deleted_at.get(row).is_some_and(|at| *at != i64::MIN);
        all.entry(key).or_default().see(Seen { id, at, resolution, is_gone });
    }
    for taken in &corpus.taken {
        if let (Some(ids), Ok(id)) = (all.get_mut(&taken.channel), taken.id.parse()) {
            ids.take(id, taken.by);
        }
    }
    all.values_mut().for_each(Ids::settle);
    all
}

struct Stretch {
    from: i64,
    to: i64,
    poll_s: Option<u64>,
}

/// The stretches that name a channel, or its platform as a whole: the ledger holds one for each look,
/// sorted by platform and channel.
fn of_channel<'c>(
    corpus: &'c Corpus,
    key: &ChannelKey,
    channel: Option<&str>,
) -> impl Iterator<Item = &'c Coverage> + use<'c> {
    let place = |stretch: &Coverage| {
        stretch.platform.cmp(&key.platform).then_with(|| stretch.channel.as_deref().cmp(&channel))
    };
    let start = corpus.coverage.partition_point(|stretch| place(stretch) == Ordering::Less);
    let end = corpus.coverage.partition_point(|stretch| place(stretch) != Ordering::Greater);
    corpus.coverage.get(start..end).unwrap_or_default().iter()
}

/// When a channel was watched, itself or with its whole platform; stretches that touch are one.
fn stretches(corpus: &Corpus, key: &ChannelKey) -> Vec<Stretch> {
    let of_it = of_channel(corpus, key, Some(key.id.as_str())).chain(of_channel(corpus, key, None));
    let of_it = of_it.filter(|stretch| stretch.outcome == Outcome::Ok);
    let mut sorted: Vec<(i64, i64, Option<u64>)> =
        of_it.map(|stretch| (stretch.from.0, stretch.to.0, stretch.poll_s)).collect();
    sorted.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::new();
    for (from, to, poll_s) in sorted {
        match joined.last_mut() {
            Some(last) if from <= last.to => {
                last.to = last.to.max(to);
                last.poll_s = last.poll_s.max(poll_s);
            }
            _ => joined.push(Stretch { from, to, poll_s }),
        }
    }
    joined
}

fn row(
    key: &ChannelKey,
    (from, to): (i64, i64),
    poll_s: Option<u64>,
    counted: &Counted,
) -> RemovalsRow {
    let told = |count: u64| counted.in_order.then_some(count);
    let by = |by: TakenBy| told(counted.taken.get(&by).copied().unwrap_or(0));
    let gone = counted.deleted_seen + counted.unseen_min;
    RemovalsRow {
        channel: key.to_string(),
        from: Timestamp(from),
        to: Timestamp(to),
        poll_s,
        first_id: counted.first,
        last_id: counted.last,
        ids: counted.last - counted.first + 1,
        posts: counted.posts,
        deleted_seen: counted.deleted_seen,
        album_ids: by(TakenBy::Album),
        service_ids: by(TakenBy::Service),
        unread_ids: by(TakenBy::Unread),
        erased_ids: told(counted.erased),
        unseen_min: told(counted.unseen_min),
        unseen_max: told(counted.unseen_max),
        gone_min: told(gone),
        gone_share_min: told(gone).and_then(|gone| share(gone, counted.posts, counted.unseen_min)),
        wording: if counted.in_order { Wording::Observed } else { Wording::NotEstimable },
    }
}

/// Of the posts that were seen or must have been there.
fn share(gone: u64, posts: u64, unseen: u64) -> Option<f64> {
    let all = posts + unseen;
    (all > 0).then(|| gone as f64 / all as f64)
}

/// All of these rows together.
pub fn sum(rows: &[RemovalsRow]) -> RemovalsSum {
    let mut sum = RemovalsSum::default();
    let mut last = "";
    for row in rows.iter().filter(|row| row.gone_min.is_some()) {
        sum.channels += u64::from(row.channel != last);
        last = &row.channel;
        sum.posts += row.posts;
        sum.deleted_seen += row.deleted_seen;
        sum.unseen_min += row.unseen_min.unwrap_or(0);
        sum.unseen_max += row.unseen_max.unwrap_or(0);
    }
    sum.gone_min = sum.deleted_seen + sum.unseen_min;
    sum.gone_share_min = share(sum.gone_min, sum.posts, sum.unseen_min);
    sum
}
