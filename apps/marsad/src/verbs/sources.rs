//! `marsad sources`: what is watched.

mod hook;
mod reject;
mod suggest;
mod unseen;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_capture::{Source, SourceError};
use marsad_desk::{Added, Desk, State, Watched};
use serde_json::{Value, json};

use self::unseen::Unseen;
use crate::account;
use crate::archive::Archive;
use crate::audit::{self, Act, Action};
use crate::cli::{Context, SourcesOptions, SourcesVerb};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::watch::{Eligible, eligible};
use crate::{clock, output};

/// More sources than this are not asked for when they are added: the first watch does.
const CHECKED_MAX: usize = 20;
const COLUMNS: [&str; 7] =
    ["source", "state", "status", "status_cause", "saw_at", "failures", "why"];

pub(crate) fn run(context: &Context, options: &SourcesOptions) -> Result<ExitCode, Failure> {
    match &options.verb {
        SourcesVerb::Add(add) => {
            let (archive, _) = Archive::open_or_create(&context.archive)?;
            self::add(context, &archive, &add.sources, add.canary)
        }
        SourcesVerb::List => list(context, &context.open()?.desk()?),
        SourcesVerb::Suggest(wanted) => suggest::run(context, wanted),
        SourcesVerb::Reject(options) => reject::run(context, options),
        SourcesVerb::Remove(named) => decide(context, "remove", &named.sources, &|desk, source| {
            desk.remove(source.id).map(drop)
        }),
        SourcesVerb::Pause(named) => decide(context, "pause", &named.sources, &|desk, source| {
            desk.set_state(source.id, State::Paused, None)
        }),
        SourcesVerb::Resume(named) => decide(context, "resume", &named.sources, &|desk, source| {
            desk.set_state(source.id, State::Watched, None)
        }),
        SourcesVerb::Check(named) => check(context, &named.sources),
        SourcesVerb::Login(wanted) => account::login(context, wanted.platform),
        SourcesVerb::Logout(wanted) => account::logout(context, wanted.platform),
        SourcesVerb::Hook(wanted) => hook::run(context, wanted),
    }
}

/// What was written: sources, and sentences about what is none.
#[derive(Default)]
struct Named {
    sources: Vec<Source>,
    wrong: Vec<SourceError>,
}

/// Servers known to run Rocket.Chat: the one that settings name, and those of the list.
fn rocketchat_servers(archive: &Archive) -> Result<BTreeSet<String>, Failure> {
    let mut servers = BTreeSet::new();
    let place = Settings::of(archive.root())?.places()?.rocketchat;
    servers.extend(place.url.as_ref().and_then(|url| server_of(url.as_str())));
    if archive.has_desk() {
        let listed = archive.desk()?.sources()?.into_iter();
        let listed = listed.filter(|source| source.platform == "rocketchat");
        servers.extend(listed.filter_map(|source| Some(source.name.split_once('/')?.0.to_owned())));
    }
    Ok(servers)
}

/// Host and port of an address.
fn server_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next().map(str::to_owned)
}

/// Names, links, and files with one of either on each line.
fn named(written: &[String], archive: &Archive) -> Result<Named, Failure> {
    let servers = rocketchat_servers(archive)?;
    let knows = |server: &str| servers.contains(server);
    let mut named = Named::default();
    let mut take = |written: &str| match Source::parse_knowing(written, &knows) {
        Ok(source) if named.sources.contains(&source) => {}
        Ok(source) => named.sources.push(source),
        Err(error) => named.wrong.push(error),
    };
    for word in written {
        let path = Path::new(word);
        if Source::parse_knowing(word, &knows).is_ok() || !path.is_file() {
            take(word);
            continue;
        }
        let lines = fs::read_to_string(path)
            .with_context(|| format!("cannot read '{}'", path.display()))?;
        for line in lines.lines() {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if !line.is_empty() && !line.starts_with('#') {
                take(line);
            }
        }
    }
    Ok(named)
}

fn add(
    context: &Context,
    archive: &Archive,
    written: &[String],
    is_canary: bool,
) -> Result<ExitCode, Failure> {
    let named = named(written, archive)?;
    if !named.sources.is_empty() {
        note(context, "add", &named.sources)?;
    }
    let mut desk = archive.desk()?;
    let (mut added, mut known) = (Vec::new(), 0);
    for source in &named.sources {
        let (platform, name) = (source.platform.as_str(), source.name.as_str());
        if desk.lift_rejection(platform, name)? {
            let sentence = format!("note: {source} was rejected before; that is lifted");
            output::say(context, &sentence);
        }
        match desk.add(platform, name, clock::now())? {
            Added::New => added.push(source.clone()),
            Added::Known => known += 1,
        }
        if let Some(listed) = desk.source(platform, name)?.filter(|_| is_canary) {
            desk.set_canary(listed.id, true)?;
        }
    }
    let refused = refused(context, archive, &mut desk, &added)?;
    let added = added.len() - refused.len();
    if context.json {
        let wrong = named.wrong.iter().map(ToString::to_string);
        let refused: Vec<String> = refused.iter().cloned().chain(wrong).collect();
        output::json(&json!({"added": added, "known": known, "refused": refused}))?;
    } else {
        output::line(&format!("{added} sources added, {known} were on the list already"))?;
    }
    for sentence in &refused {
        output::error(sentence);
    }
    for error in &named.wrong {
        output::error(&error.to_string());
    }
    let is_private = named.wrong.iter().any(|error| matches!(error, SourceError::NotPublic(_)));
    Ok(match (refused.is_empty() && !is_private, named.wrong.is_empty()) {
        (false, _) => ExitCode::FAILURE,
        (true, false) => ExitCode::from(2),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// Asks the platforms whether new sources are there and public, and takes off the list what is not:
/// a sentence each. What cannot be asked now is asked by the first watch.
fn refused(
    context: &Context,
    archive: &Archive,
    desk: &mut Desk,
    added: &[Source],
) -> Result<Vec<String>, Failure> {
    let mut refused = Vec::new();
    if added.len() > CHECKED_MAX {
        output::say(context, "note: so many sources are looked at by the first `marsad watch`");
        return Ok(refused);
    }
    for (source, is) in eligible(archive, desk, added)? {
        match is {
            Eligible::Yes => {}
            Eligible::KeptOut(cause) => output::say(
                context,
                &format!(
                    "note: {source} does not show its posts ({cause}); it is watched all the same"
                ),
            ),
            Eligible::Unknown(why) => output::say(
                context,
                &format!(
                    "note: {source} could not be looked at ({why}); the first watch looks again"
                ),
            ),
            Eligible::No(why) => {
                output::say(context, &format!("note: {source}: {why}"));
                if let Some(listed) = desk.source(source.platform.as_str(), &source.name)? {
                    desk.remove(listed.id)?;
                }
                refused.push(format!(
                    "{source} is not a public channel; Marsad watches public channels only"
                ));
            }
        }
    }
    Ok(refused)
}

fn row(source: &Watched) -> Value {
    let time = |at: Option<marsad_types::Timestamp>| at.map(|at| at.to_string());
    json!({
        "source": format!("{}:{}", source.platform, source.name),
        "state": source.state.as_str(),
        "why": source.why,
        "canary": source.is_canary,
        "status": source.status.map(marsad_types::Status::as_str),
        "status_cause": source.cause,
        "status_at": time(source.status_at),
        "added_at": source.added_at.to_string(),
        "looked_at": time(source.looked_at),
        "saw_at": time(source.saw_at),
        "failures": source.failures,
        "failure": source.failure,
    })
}

fn list(context: &Context, desk: &Desk) -> Result<ExitCode, Failure> {
    let rows: Vec<Value> = desk.sources()?.iter().map(row).collect();
    output::finding(context, &json!({"sources": rows.len(), "rows": rows}), &COLUMNS)?;
    for (lane, until) in desk.waits(clock::now())? {
        output::say(
            context,
            &format!("note: {lane} asked to wait; nothing is asked until {until}"),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Does something to sources that are on the list; says which are not.
fn decide(
    context: &Context,
    what: &str,
    written: &[String],
    act: &dyn Fn(&mut Desk, &Watched) -> Result<(), marsad_desk::Error>,
) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let named = named(written, &archive)?;
    let mut desk = archive.desk()?;
    if let Some(error) = named.wrong.first() {
        return Err(Failure::usage(error.to_string()));
    }
    let mut found = Vec::new();
    for source in &named.sources {
        let listed = desk.source(source.platform.as_str(), &source.name)?;
        found.push(listed.ok_or_else(|| {
            Failure::failed(format!("{source} is not on the list; `marsad sources list` shows it"))
        })?);
    }
    note(context, what, &named.sources)?;
    for source in &found {
        act(&mut desk, source)?;
    }
    let count = found.len();
    if context.json {
        output::json(&json!({what: count}))?;
    } else {
        output::line(&format!("{what}: {count} sources"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks for sources of the list, and shows what they are now; nothing is kept.
fn check(context: &Context, written: &[String]) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let named = named(written, &archive)?;
    if let Some(error) = named.wrong.first() {
        return Err(Failure::usage(error.to_string()));
    }
    let mut sources = named.sources;
    if sources.is_empty() {
        for listed in archive.desk()?.sources()? {
            if listed.state == State::Account {
                continue; // a stream, no channel
            }
            sources.extend(Source::parse(&format!("{}:{}", listed.platform, listed.name)));
        }
    }
    let unseen = Unseen::of(&archive)?;
    let mut rows = Vec::new();
    let mut all_are = true;
    for (source, is) in eligible(&archive, &mut archive.desk()?, &sources)? {
        all_are &= !matches!(is, Eligible::No(_));
        let (word, why) = match is {
            Eligible::Yes => ("public", None),
            Eligible::KeptOut(cause) => ("restricted", Some(cause)),
            Eligible::No(why) => ("not public", Some(why)),
            Eligible::Unknown(why) => ("unknown", Some(why)),
        };
        let mut row = json!({"source": source.to_string(), "is": word, "why": why});
        if let (Some(row), Some(Value::Object(sum))) =
            (row.as_object_mut(), unseen.of_source(&source))
        {
            row.extend(sum);
        }
        rows.push(row);
    }
    let found = json!({"sources": rows.len(), "rows": rows});
    let columns = [
        "source",
        "is",
        "why",
        "posts",
        "deleted_seen",
        "unseen_min",
        "unseen_max",
        "gone_share_min",
    ];
    output::finding(context, &found, &columns)?;
    Ok(if all_are { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is watched is a decision: it stands in the audit trail.
fn note(context: &Context, what: &str, sources: &[Source]) -> Result<(), Failure> {
    let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let mut act = Act::new(Action::Decide, &format!("sources {what}"), &names);
    act.subject = Some(names.join(" "));
    audit::begin(context, &act).map(drop)
}
