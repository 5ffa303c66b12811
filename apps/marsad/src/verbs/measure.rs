//! `marsad measure`: one finding.

use std::collections::BTreeMap;
use std::process::ExitCode;

use marsad_desk::{Rejected, Watched};
use marsad_evidence::Head;
use marsad_lake::{Lake, Membership, Selection};
use marsad_matching::Prints;
use marsad_measure::{
    ArchiveRef, By, DiscoverOptions, MigrationOptions, PrimacyOptions, RemovalsOptions,
    ResolutionRule, Scope, StatementsOptions, Study, Window,
};
use marsad_types::{ChannelKey, Corpus, Platform};
use serde_json::Value;

use crate::archive::Archive;
use crate::cli::{Context, MeasureOptions, ScopeOptions, channel};
use crate::failure::Failure;
use crate::pipeline::erased::Marks;
use crate::verbs::explain;
use crate::{output, progress};

pub(crate) fn run(context: &Context, options: &MeasureOptions) -> Result<ExitCode, Failure> {
    if options.list {
        return list(context);
    }
    let name = known(options)?;
    let loaded = Loaded::open(&context.open()?, context.quiet)?;
    if !options.explain.is_empty() {
        return explain::run(context, &loaded, options);
    }
    let study = loaded.study(options.threshold);
    if name == "statements" && options.threshold == THRESHOLD {
        file_memberships(context, &study)?;
    }
    let (finding, columns) = find(&loaded, &study, options)?;
    output::finding(context, &finding, columns)?;
    Ok(ExitCode::SUCCESS)
}

/// The measure that is asked for, with everything that can be wrong about the command itself.
pub(crate) fn known(options: &MeasureOptions) -> Result<&str, Failure> {
    let name = options.name.as_deref().unwrap_or_default();
    if !marsad_measure::catalogue().iter().any(|(known, _)| *known == name) {
        let names: Vec<&str> = marsad_measure::catalogue().iter().map(|(name, _)| *name).collect();
        return Err(Failure::usage(format!(
            "there is no measure '{name}'; measures are: {}",
            names.join(", ")
        )));
    }
    options.scope.window()?;
    options.scope.platforms()?;
    Ok(name)
}

/// The finding that is asked for, and its columns for people.
pub(crate) fn find(
    loaded: &Loaded,
    study: &Study<'_>,
    options: &MeasureOptions,
) -> Result<(Value, Shown), Failure> {
    let scope = scope(loaded, study, &options.scope)?;
    let name = known(options)?;
    let (mut finding, columns) = match name {
        "discover" => {
            let wanted = loaded.discover_options(options.rejected);
            (serde_json::to_value(marsad_measure::discover(study, &scope, &wanted))?, DISCOVER)
        }
        "removals" => (removals(loaded, study, &scope)?, REMOVALS),
        _ => compute(name, study, &scope, options)?,
    };
    name_channels(&mut finding, &names(&loaded.corpus));
    Ok((finding, columns))
}

/// What is gone, erased ids told apart from gaps.
pub(crate) fn removals(
    loaded: &Loaded,
    study: &Study<'_>,
    scope: &Scope,
) -> Result<Value, Failure> {
    let is_erased = |channel: &ChannelKey, id: &str| loaded.is_erased(channel, id);
    let options = RemovalsOptions { is_erased: &is_erased };
    Ok(serde_json::to_value(marsad_measure::removals(study, scope, options))?)
}

/// The options that all measures share, with the channels and the network that they name.
pub(crate) fn scope(
    loaded: &Loaded,
    study: &Study<'_>,
    options: &ScopeOptions,
) -> Result<Scope, Failure> {
    let (since, until) = options.window()?;
    Ok(Scope {
        window: Window { since, until },
        platforms: options.platforms()?,
        channels: channels(&loaded.corpus, options)?,
        network: network(study, options.network.as_deref())?,
        network_name: options.network.clone(),
        limit: options.limit,
    })
}

/// The threshold whose memberships stand in the lake's `statements` table.
pub(crate) const THRESHOLD: f64 = 0.8;

/// Keeps which post belongs to which statement in the lake, for readers that are not ours. An
/// archive that cannot be written is measured all the same.
fn file_memberships(context: &Context, study: &Study<'_>) -> Result<(), Failure> {
    let corpus = study.corpus();
    let rows = || {
        let mut rows = Vec::new();
        for statement in study.statements().iter().filter(|s| s.members.len() > 1) {
            let name = study.statement_id(statement);
            for member in &statement.members {
                let row = member.post as usize;
                let channel = corpus.posts.channel.get(row).and_then(|id| corpus.channels.key(*id));
                let Some(channel) = channel else { continue };
                rows.push(Membership {
                    statement: name.clone(),
                    channel: channel.clone(),
                    post: corpus.posts.post.get(row).to_owned(),
                    relation: member.relation.as_str(),
                    similarity: f64::from(member.similarity),
                });
            }
        }
        rows
    };
    if let Err(error) = context.open()?.lake()?.file_statements(&rows) {
        output::say(context, &format!("note: the statements table was not written: {error}"));
    }
    Ok(())
}

fn list(context: &Context) -> Result<ExitCode, Failure> {
    if context.json {
        let measures: serde_json::Map<String, Value> = marsad_measure::catalogue()
            .iter()
            .map(|(name, line)| ((*name).to_owned(), Value::from(*line)))
            .collect();
        output::json(&Value::Object(measures))?;
    } else {
        for (name, line) in marsad_measure::catalogue() {
            output::line(&format!("{name:<12} {line}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The archive's columns in memory, and which state of it they are.
pub(crate) struct Loaded {
    pub(crate) corpus: Corpus,
    pub(crate) prints: Prints,
    pub(crate) reference: ArchiveRef,
    /// The watch list, whatever the state of a source.
    pub(crate) watched: Vec<ChannelKey>,
    /// What somebody does not want to be suggested.
    pub(crate) rejected: Vec<Rejected>,
    /// What was erased by request; none without the archive's key.
    marks: Option<Marks>,
}

impl Loaded {
    pub(crate) fn open(archive: &Archive, quiet: bool) -> Result<Self, Failure> {
        let spinner = progress::spinner("reading the archive", quiet);
        let lake = archive.lake()?;
        let (corpus, prints) = lake.corpus(&Selection::default())?;
        let reference = reference(archive, &lake)?;
        spinner.finish_and_clear();
        let (watched, marks) = (watched(archive)?, marks(archive)?);
        let rejected = if archive.has_desk() { archive.desk()?.rejected()? } else { Vec::new() };
        Ok(Self { corpus, prints, reference, watched, rejected, marks })
    }

    /// What discovery leaves out: what is watched, and what somebody rejected, unless that is wanted.
    pub(crate) fn discover_options(&self, with_rejected: bool) -> DiscoverOptions {
        let rejected = self.rejected.iter().filter(|_| !with_rejected);
        let rejected = rejected.filter_map(|row| {
            let platform = Platform::new(&row.platform).ok()?;
            Some(ChannelKey::new(platform, &row.name))
        });
        DiscoverOptions { watched: self.watched.clone(), rejected: rejected.collect() }
    }

    /// Whether an id of a channel was an erased post's.
    pub(crate) fn is_erased(&self, channel: &ChannelKey, id: &str) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.takes_id(channel, id))
    }

    pub(crate) fn study(&self, threshold: f64) -> Study<'_> {
        Study::new(&self.corpus, &self.prints, self.reference.clone(), threshold)
    }
}

pub(crate) fn marks(archive: &Archive) -> Result<Option<Marks>, Failure> {
    let Ok(pseudonyms) = archive.pseudonyms() else { return Ok(None) };
    if !archive.evidence_folder().try_exists().unwrap_or(false) {
        return Ok(None);
    }
    Marks::read(&archive.reader()?, pseudonyms).map(Some)
}

/// The watch list. Looking makes no desk where there is none.
fn watched(archive: &Archive) -> Result<Vec<ChannelKey>, Failure> {
    if !archive.has_desk() {
        return Ok(Vec::new());
    }
    let sources = archive.desk()?.sources()?;
    let key = |source: &Watched| {
        Platform::new(&source.platform).ok().map(|platform| ChannelKey::new(platform, &source.name))
    };
    Ok(sources.iter().filter_map(key).collect())
}

/// The state that findings cite: the log as far as the lake has filed it. What stands behind that,
/// such as who looked, changes no finding (docs/decisions/0007).
fn reference(archive: &Archive, lake: &Lake) -> Result<ArchiveRef, Failure> {
    let position = lake.position()?;
    let held = archive.head()?.size;
    let head = if held == 0 && position == 0 {
        Head::default()
    } else if position > held {
        return Err(Failure::Evidence(format!(
            "the lake was filed from {position} records, but the evidence log holds {held}: they do not belong together; put the right evidence back, or run `marsad rebuild`"
        )));
    } else {
        archive.reader()?.head_at(position)?
    };
    Ok(ArchiveRef { version: lake.version(), log_size: head.size, root: head.root_hex() })
}

/// What people call a channel: its latest title, else its latest handle.
pub(crate) fn names(corpus: &Corpus) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    // By channel and time: the latest comes last.
    for seen in &corpus.observations {
        if let Some(name) = seen.title.as_ref().or(seen.handle.as_ref()) {
            names.insert(seen.key.to_string(), name.clone());
        }
    }
    names
}

/// Adds `leader_name`, `follower_name`, `channel_name` and `candidate_name` beside the keys of rows that have them.
pub(crate) fn name_channels(finding: &mut Value, names: &BTreeMap<String, String>) {
    let rows = finding.get_mut("rows").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
        for field in ["leader", "follower", "channel", "candidate"] {
            let name = row.get(field).and_then(Value::as_str).and_then(|key| names.get(key));
            if let Some(name) = name.cloned() {
                row.insert(format!("{field}_name"), Value::from(name));
            }
        }
    }
}

/// The channels that were asked for: `platform:id` or a handle.
fn channels(corpus: &Corpus, options: &ScopeOptions) -> Result<Vec<ChannelKey>, Failure> {
    let mut found = Vec::new();
    for written in &options.channels {
        let before = found.len();
        if let Some(key) = channel(written).filter(|key| corpus.channels.find(key).is_some()) {
            found.push(key);
        }
        let (platform, handle) = match written.split_once(':') {
            Some((platform, handle)) => (Some(platform), handle),
            None => (None, written.as_str()),
        };
        let handle = handle.trim_start_matches('@');
        for seen in &corpus.observations {
            let is_named =
                seen.handle.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(handle));
            let is_there = platform.is_none_or(|name| seen.key.platform.as_str() == name);
            if is_named && is_there && !found.contains(&seen.key) {
                found.push(seen.key.clone());
            }
        }
        if found.len() == before {
            return Err(Failure::failed(format!(
                "no channel '{written}' is in the archive; write platform:id or a handle"
            )));
        }
    }
    Ok(found)
}

pub(crate) fn network(
    study: &Study<'_>,
    id: Option<&str>,
) -> Result<Option<Vec<ChannelKey>>, Failure> {
    let Some(id) = id else { return Ok(None) };
    match study.network(id) {
        Some(members) => Ok(Some(members)),
        None => Err(Failure::failed(format!(
            "there is no network '{id}' in this archive; `marsad measure networks` names them"
        ))),
    }
}

/// Columns of the table for people; JSON has all fields.
pub(crate) type Shown = &'static [&'static str];

const STATEMENTS: Shown = &["posts", "channels", "platforms", "first_at", "first_post", "quote"];
const PRIMACY: Shown = &[
    "leader",
    "follower",
    "statements",
    "leader_first",
    "follower_first",
    "undecided",
    "share",
    "share_ci95",
    "lag_median_s",
    "lag_ci95_s",
    "q",
    "wording",
];
const AUDIENCE: Shown = &["channel", "at", "subscribers", "subscribers_min", "subscribers_max"];
const SURGE: Shown =
    &["day", "platform", "network", "new_channels", "expected", "p", "q", "wording"];
const NETWORKS: Shown =
    &["network", "platforms", "statements", "first_at", "last_at", "stability", "wording"];
const ATTEMPTS: Shown = &[
    "rank",
    "network",
    "platform",
    "first_at",
    "last_at",
    "channels_total",
    "subscribers_max",
    "posts",
    "statement_share",
    "half_gone_d",
    "end",
];
const DISCOVER: Shown =
    &["rank", "candidate", "source", "score", "why", "outside", "last_at", "draw", "wording"];
const REMOVALS: Shown = &[
    "channel",
    "from",
    "to",
    "posts",
    "deleted_seen",
    "album_ids",
    "service_ids",
    "unseen_min",
    "unseen_max",
    "gone_min",
    "gone_share_min",
    "wording",
];
const DAILY: Shown = &["day", "platform", "posts", "channels_active", "statement_share"];

fn compute(
    name: &str,
    study: &Study<'_>,
    scope: &Scope,
    options: &MeasureOptions,
) -> Result<(Value, Shown), Failure> {
    Ok(match name {
        "statements" => {
            let wanted = StatementsOptions {
                min_posts: options.min_posts,
                min_platforms: options.min_platforms,
                members: options.members,
            };
            let finding = marsad_measure::statements(study, scope, &wanted);
            (serde_json::to_value(finding)?, STATEMENTS)
        }
        "primacy" => {
            let auto = options.resolution == "auto";
            let resolution = if auto { ResolutionRule::Auto } else { ResolutionRule::Stated };
            let by = if options.by == "channel" { By::Channel } else { By::Platform };
            let finding = marsad_measure::primacy(study, scope, &PrimacyOptions { by, resolution });
            (serde_json::to_value(finding)?, PRIMACY)
        }
        "audience" => (serde_json::to_value(marsad_measure::audience(study, scope))?, AUDIENCE),
        "surge" => (serde_json::to_value(marsad_measure::surge(study, scope))?, SURGE),
        "networks" => (serde_json::to_value(marsad_measure::networks(study, scope))?, NETWORKS),
        _ => {
            let wanted = MigrationOptions { silence_days: options.silence, daily: options.daily };
            let finding = marsad_measure::migration(study, scope, &wanted);
            let columns = if options.daily { DAILY } else { ATTEMPTS };
            (serde_json::to_value(finding)?, columns)
        }
    })
}
