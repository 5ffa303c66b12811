//! The rules at work: events in, alerts out. No clock, no disk, no network.
//!
//! **Invariants.** The same events in the same order give the same alerts, whether they come from a
//! watch or from the past. A rule says each thing once. Order between posts comes from the intervals
//! of their published times; where those overlap, that is said and nothing is decided.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use marsad_measure::Wording;
use marsad_search::Entry;
use marsad_stats::{binomial_upper, median};
use marsad_types::{Platform, PostKey, Status};
use serde_json::json;

use super::alert::{Alert, Draft, quote, spoken};
use super::event::{Change, Event, Sighting, Span};
use super::memory::{Appearance, Known, Memory};
use super::rule::{Kind, Of, Rule};

/// Posts named in an alert, at most.
const POSTS_MAX: usize = 10;

/// Rules and what they remember.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    rules: Vec<Rule>,
    memory: Memory,
    /// Number of a rule and what it said.
    said: HashSet<(usize, String)>,
    /// Number of a rule and what bursts, with the last post of that burst.
    bursts: BTreeMap<(usize, String), i64>,
}

impl Engine {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        let has_mirrors = rules.iter().any(|rule| matches!(rule.kind, Kind::Mirror { .. }));
        Self { rules, memory: Memory::new(has_mirrors), ..Self::default() }
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Hears what happened; gives what is to be told of it.
    pub(crate) fn hear(&mut self, event: &Event<'_>) -> Vec<Alert> {
        if let Event::Post(seen) = event {
            self.memory.note(seen);
        }
        let rules = std::mem::take(&mut self.rules);
        let mut alerts = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let drafts = match event {
                Event::Post(seen) => self.on_post(number, rule, seen),
                Event::Status(change) => on_change(rule, change).into_iter().collect(),
            };
            for draft in drafts {
                if self.said.insert((number, draft.key.clone())) {
                    alerts.push(draft.of(rule));
                }
            }
        }
        self.rules = rules;
        alerts
    }

    fn on_post(&mut self, number: usize, rule: &Rule, seen: &Sighting<'_>) -> Vec<Draft> {
        if seen.at.0.saturating_sub(seen.published.from) > rule.max_age_ms {
            return Vec::new();
        }
        match &rule.kind {
            Kind::NewStatement { platform, min_channels, within_ms } => {
                let platform = platform.as_ref();
                if *min_channels > 1 {
                    let wanted = (platform, *min_channels, *within_ms);
                    self.of_statements(seen, |known, statement| {
                        spread(self, seen, (known, statement), wanted)
                    })
                } else {
                    new_statement(seen, platform).into_iter().collect()
                }
            }
            Kind::Crossing { from, to } => {
                let wanted = (from.as_ref(), to.as_ref());
                self.of_statements(seen, |known, statement| {
                    crossing(self, seen, (known, statement), wanted)
                })
            }
            Kind::Query { written, query } => {
                let entry = Entry {
                    platform: &seen.post.channel.platform,
                    channel: &seen.post.channel.id,
                    post: &seen.post.post,
                    published_at: marsad_types::Timestamp(seen.published.from),
                    text: seen.text,
                    lang: seen.lang,
                    deleted_at: None,
                    edited_at: None,
                    observed_first: Some(seen.at),
                    version: 1,
                };
                query.holds(&entry).then(|| answers(seen, written)).into_iter().collect()
            }
            Kind::Mirror { min_statements, share } => {
                mirror(&self.memory, seen, *min_statements, *share).into_iter().collect()
            }
            Kind::Burst { of, .. } => {
                let mut drafts = Vec::new();
                if *of != Of::Statement {
                    drafts.extend(self.burst(number, rule, seen, None));
                }
                if *of != Of::Channel {
                    for statement in statements(seen) {
                        drafts.extend(self.burst(number, rule, seen, Some(statement)));
                    }
                }
                drafts
            }
            Kind::Gone { .. } => Vec::new(),
        }
    }

    fn of_statements(
        &self,
        seen: &Sighting<'_>,
        say: impl Fn(&Known, &PostKey) -> Option<Draft>,
    ) -> Vec<Draft> {
        let known = statements(seen)
            .into_iter()
            .filter_map(|statement| Some((self.memory.statement(statement)?, statement)));
        known.filter_map(|(known, statement)| say(known, statement)).collect()
    }

    /// The posts behind an alert by time, the first ones where there are many.
    fn named(&self, known: &[Appearance]) -> Vec<(PostKey, Span)> {
        let mut posts: Vec<(PostKey, Span)> =
            known.iter().filter_map(|one| self.memory.post(one)).collect();
        posts.sort_by(|(a, at), (b, bt)| (at, a).cmp(&(bt, b)));
        posts.truncate(POSTS_MAX);
        posts
    }

    /// More posts in the window that ends with this one than the time before lets expect.
    fn burst(
        &mut self,
        number: usize,
        rule: &Rule,
        seen: &Sighting<'_>,
        statement: Option<&PostKey>,
    ) -> Option<Draft> {
        let Kind::Burst { window_ms, before_ms, min, p, .. } = rule.kind else { return None };
        let times = match statement {
            None => self.memory.posts(&seen.post.channel),
            Some(statement) => self.memory.statement(statement)?.times.as_slice(),
        };
        let counted = Counted::at(times, seen.published.from, window_ms, before_ms)?;
        let found_p = counted.p();
        if counted.inside < min || found_p > p {
            return None;
        }
        let subject = statement.map_or_else(|| seen.post.channel.to_string(), ToString::to_string);
        let last = self.bursts.insert((number, subject.clone()), seen.published.from);
        if last.is_some_and(|last| seen.published.from - last <= window_ms) {
            return None; // the same burst goes on
        }
        let expected = counted.expected();
        let of =
            statement.map_or_else(|| subject.clone(), |first| format!("the statement of {first}"));
        let what = format!(
            "{} posts of {of} within {}, {expected:.2} expected from the {} before (p = {found_p:.1e} if posts come evenly)",
            counted.inside,
            spoken(window_ms),
            spoken(counted.before_ms),
        );
        let key = format!("{subject}|{}", counted.first_at);
        let channel = seen.post.channel.clone();
        Some(Draft {
            statement: statement.cloned(),
            posts: vec![(seen.post.clone(), seen.published)],
            quote: quote(seen.text),
            more: vec![
                ("count", json!(counted.inside)),
                ("window_s", json!(window_ms / 1000)),
                ("expected", json!(expected)),
                ("before_s", json!(counted.before_ms / 1000)),
                ("p", json!(found_p)),
            ],
            ..Draft::new(key, seen.at, channel, what)
        })
    }
}

/// The statements that a post appears in, its own first.
fn statements<'a>(seen: &'a Sighting<'_>) -> Vec<&'a PostKey> {
    let belongs = seen.belongs.as_ref();
    let all = belongs.map(|belongs| std::iter::once(&belongs.statement).chain(&belongs.appears_in));
    all.into_iter().flatten().collect()
}

fn new_statement(seen: &Sighting<'_>, platform: Option<&Platform>) -> Option<Draft> {
    let channel = &seen.post.channel;
    let is_new = seen.belongs.as_ref().is_some_and(|belongs| belongs.is_new);
    // A picture without words leads a statement too; there is nothing to say about it yet.
    let is_wanted = platform.is_none_or(|platform| *platform == channel.platform);
    if !is_new || !is_wanted || seen.text.trim().is_empty() {
        return None;
    }
    let what = format!("a statement seen for the first time, in {}", seen.post);
    Some(Draft {
        statement: Some(seen.post.clone()),
        posts: vec![(seen.post.clone(), seen.published)],
        quote: quote(seen.text),
        ..Draft::new(seen.post.to_string(), seen.at, channel.clone(), what)
    })
}

/// A new statement in its n-th channel.
fn spread(
    engine: &Engine,
    seen: &Sighting<'_>,
    (known, statement): (&Known, &PostKey),
    (platform, min_channels, within_ms): (Option<&Platform>, usize, i64),
) -> Option<Draft> {
    let soon: Vec<Appearance> = {
        let from = known.first()?.published.from;
        let is_soon = |one: &&Appearance| one.published.from - from <= within_ms;
        known.appearances.iter().filter(is_soon).cloned().collect()
    };
    let first = engine.memory.post(known.first()?)?;
    let is_wanted = platform.is_none_or(|platform| *platform == first.0.channel.platform);
    // A statement that is older than what is remembered is not new, whoever repeats it now.
    let is_new = seen.belongs.as_ref().is_none_or(|belongs| {
        belongs.statement != *statement || belongs.first_at.0 >= first.1.from - within_ms
    });
    if soon.len() < min_channels || !is_wanted || !is_new {
        return None;
    }
    let posts = engine.named(&soon);
    let last = soon.iter().map(|one| one.published.from).max().unwrap_or(first.1.from);
    let what = format!(
        "a statement first seen in {} is in {} channels within {}",
        first.0,
        soon.len(),
        spoken(last - first.1.from)
    );
    let platforms: std::collections::BTreeSet<String> =
        posts.iter().map(|(post, _)| post.channel.platform.to_string()).collect();
    Some(Draft {
        statement: Some(statement.clone()),
        posts,
        quote: quote(seen.text),
        more: vec![("channels", json!(soon.len())), ("platforms", json!(platforms))],
        ..Draft::new(statement.to_string(), seen.at, seen.post.channel.clone(), what)
    })
}

/// A statement on one more platform: this post is its only one there.
fn crossing(
    engine: &Engine,
    seen: &Sighting<'_>,
    (known, statement): (&Known, &PostKey),
    (from, to): (Option<&Platform>, Option<&Platform>),
) -> Option<Draft> {
    let here = &seen.post.channel.platform;
    let own = (seen.post.clone(), seen.published);
    let mut others = Vec::new();
    for one in &known.appearances {
        let post = engine.memory.post(one)?;
        if post.0.channel.platform != *here {
            others.push(post);
        } else if post.0 != seen.post {
            return None; // it was here already
        }
    }
    if others.is_empty() && statement.channel.platform != *here {
        // All that is remembered of it is its first post.
        let first_at =
            seen.belongs.as_ref().filter(|belongs| belongs.statement == *statement)?.first_at;
        others.push((statement.clone(), Span::remembered(first_at)));
    }
    let is_on = |wanted: Option<&Platform>, post: &(PostKey, Span)| {
        wanted.is_none_or(|platform| *platform == post.0.channel.platform)
    };
    others.sort_by(|(a, at), (b, bt)| (at, a).cmp(&(bt, b)));
    let fits = |other: &&(PostKey, Span)| {
        let goes = is_on(from, other) && is_on(to, &own);
        let comes = is_on(from, &own) && is_on(to, other);
        if other.1.is_before(own.1) {
            goes
        } else if own.1.is_before(other.1) {
            comes
        } else {
            goes || comes
        }
    };
    let other = others.iter().find(fits)?.clone();
    let (what, pair) = told(&other, &own);
    Some(Draft {
        statement: Some(statement.clone()),
        lag: Some(pair.0.1.lag_s(pair.1.1)),
        more: vec![
            ("from_platform", json!(pair.0.0.channel.platform.as_str())),
            ("to_platform", json!(pair.1.0.channel.platform.as_str())),
            ("order", json!(if pair.0.1.is_before(pair.1.1) { "decided" } else { "undecided" })),
        ],
        posts: vec![pair.0, pair.1],
        quote: quote(seen.text),
        ..Draft::new(format!("{statement}|{here}"), seen.at, seen.post.channel.clone(), what)
    })
}

type Dated = (PostKey, Span);

/// A crossing in words, with the earlier post first.
fn told(other: &Dated, own: &Dated) -> (String, (Dated, Dated)) {
    let pair = if own.1.is_before(other.1) { (own, other) } else { (other, own) };
    let lag = pair.0.1.lag_s(pair.1.1);
    let (first, second) = (&pair.0.0, &pair.1.0);
    let what = if pair.0.1.is_before(pair.1.1) {
        format!(
            "a statement of {first} is on {} too, in {second}, published {} to {} s later",
            second.channel.platform, lag.least, lag.most
        )
    } else {
        format!(
            "a statement of {first} is on {} too, in {second}; which was first the clocks do not say",
            second.channel.platform
        )
    };
    (what, (pair.0.clone(), pair.1.clone()))
}

fn answers(seen: &Sighting<'_>, written: &str) -> Draft {
    let what = format!("{} answers {written}", seen.post);
    let statement = seen.belongs.as_ref().map(|belongs| belongs.statement.clone());
    Draft {
        statement,
        posts: vec![(seen.post.clone(), seen.published)],
        quote: quote(seen.text),
        more: vec![("query", json!(written))],
        ..Draft::new(seen.post.to_string(), seen.at, seen.post.channel.clone(), what)
    }
}

/// A channel whose statements mostly stood in one older channel before.
fn mirror(memory: &Memory, seen: &Sighting<'_>, min: u32, share: f64) -> Option<Draft> {
    let channel = &seen.post.channel;
    let (distinct, shares) = memory.shares(channel)?;
    let enough = |shared: u32| shared >= min && f64::from(shared) >= share * f64::from(distinct);
    let most = |(id, shared): &(u32, u32)| (*shared, std::cmp::Reverse(memory.key(*id)));
    let (other, shared) = shares
        .into_iter()
        .filter(|(_, shared)| enough(*shared))
        .max_by(|a, b| most(a).cmp(&most(b)))?;
    let known = memory.key(other)?;
    let pairs = memory.pairs(channel, other);
    let lags: Vec<f64> =
        pairs.iter().map(|(own, other)| other.published.lag_s(own.published).middle).collect();
    let named = pairs.iter().take(POSTS_MAX / 2).flat_map(|(own, other)| [other, own]);
    let what = format!(
        "{shared} of {distinct} statements of {channel} in the last 30 days stood in {known} at the same time or before: consistent with a mirror of it"
    );
    Some(Draft {
        wording: Wording::Consistent,
        posts: named.filter_map(|one| memory.post(one)).collect(),
        more: vec![
            ("mirrors", json!(known.to_string())),
            ("shared", json!(shared)),
            ("statements", json!(distinct)),
            ("share", json!(f64::from(shared) / f64::from(distinct.max(1)))),
            ("lag_median_s", json!(median(&lags))),
        ],
        ..Draft::new(channel.to_string(), seen.at, channel.clone(), what)
    })
}

fn on_change(rule: &Rule, change: &Change) -> Option<Draft> {
    let Kind::Gone { platform, channel } = &rule.kind else { return None };
    let key = change.channel.to_string();
    let is_there = |status| matches!(status, Status::Alive | Status::Empty);
    let is_meant = platform.as_ref().is_none_or(|platform| *platform == change.channel.platform)
        && channel.as_ref().is_none_or(|meant| *meant == key || *meant == change.source);
    if !is_meant || !is_there(change.was) || is_there(change.is) || change.is == Status::Error {
        return None;
    }
    let seen_at = change.seen_at.unwrap_or(change.since);
    let why = change.cause.as_ref().map_or(String::new(), |cause| format!(" ({cause})"));
    let what = format!(
        "{} was {} at {seen_at} and is {}{why} at {}",
        change.source,
        change.was.as_str(),
        change.is.as_str(),
        change.at
    );
    // One for each time that it was there: what comes back can go again.
    let about = format!("{key}|{}", change.since.0);
    Some(Draft {
        more: vec![
            ("source", json!(change.source)),
            ("was", json!(change.was.as_str())),
            ("is", json!(change.is.as_str())),
            ("cause", json!(change.cause)),
            ("seen_at", json!(seen_at.to_string())),
            ("missed_at", json!(change.at.to_string())),
        ],
        ..Draft::new(about, change.at, change.channel.clone(), what)
    })
}

/// Posts inside a window and in the time before it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counted {
    inside: u64,
    before: u64,
    window_ms: i64,
    before_ms: i64,
    /// The first one inside.
    first_at: i64,
}

impl Counted {
    /// Counts what is in (end - window, end] and in as much as `before_ms` before that; `None` where
    /// less is known before than one window.
    fn at(times: &[i64], end: i64, window_ms: i64, before_ms: i64) -> Option<Self> {
        let begin = end.saturating_sub(window_ms);
        // The post that opens what is known says when counting began, not how often posts come.
        let known_from = (*times.first()?).max(begin.saturating_sub(before_ms));
        let known_ms = begin - known_from;
        if known_ms < window_ms {
            return None;
        }
        let place = |time: i64| times.partition_point(|known| *known <= time);
        let inside = times.get(place(begin)..place(end))?;
        Some(Self {
            inside: inside.len() as u64,
            before: (place(begin) - place(known_from)) as u64,
            window_ms,
            before_ms: known_ms,
            first_at: *inside.first()?,
        })
    }

    fn expected(self) -> f64 {
        self.before as f64 * self.window_ms as f64 / self.before_ms as f64
    }

    /// The chance of so many inside, if posts came at one even rate throughout: of all posts each
    /// falls inside with the window's share of the time (Przyborowski and Wilenski 1940, the exact
    /// test of two Poisson rates). The rate before is not taken as known, so a quiet past does not
    /// make every post a burst. One look's p: a rule looks with every post.
    fn p(self) -> f64 {
        let share = self.window_ms as f64 / (self.window_ms + self.before_ms) as f64;
        binomial_upper(self.inside, self.inside + self.before, share)
    }
}

#[cfg(test)]
mod tests;
