//! `marsad doctor`: what is wrong, and how to mend it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use marsad_capture::{Connector, Limit, Source};
use marsad_desk::State;
use marsad_evidence::RecordKind;
use marsad_interpret::INTERPRETER_VERSION;
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::cli::Context;
use crate::failure::Failure;
use crate::interpreter::OtherInterpreter;
use crate::settings::Settings;
use crate::{account, clock, output, search_index};

/// Problems are shown by reason, the most frequent first, up to so many reasons.
const REASONS_SHOWN: usize = 10;

/// One thing looked at.
struct Check {
    what: &'static str,
    /// What was found.
    found: String,
    /// How to mend it; `None` when it is well.
    mend: Option<String>,
}

pub(crate) fn run(context: &Context) -> Result<ExitCode, Failure> {
    let checks = match Archive::open(&context.archive) {
        Ok(archive) => examine(&archive)?,
        Err(Failure::Failed(error)) => vec![Check {
            what: "archive",
            found: error.to_string(),
            mend: Some("marsad init, or marsad import FILE".to_owned()),
        }],
        Err(other) => return Err(other),
    };
    let is_well = checks.iter().all(|check| check.mend.is_none());
    if context.json {
        let rows: Vec<Value> = checks
            .iter()
            .map(|check| json!({"what": check.what, "found": check.found, "mend": check.mend}))
            .collect();
        output::json(&json!({"ok": is_well, "checks": rows}))?;
    } else {
        for check in &checks {
            let mark = if check.mend.is_none() { "ok  " } else { "MEND" };
            output::line(&format!("{mark} {:<12} {}", check.what, check.found))?;
            if let Some(mend) = &check.mend {
                output::line(&format!("     {:<12} {mend}", ""))?;
            }
        }
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn examine(archive: &Archive) -> Result<Vec<Check>, Failure> {
    let mut checks =
        vec![Check { what: "archive", found: archive.root().display().to_string(), mend: None }];
    checks.push(key(archive)?);
    let head = archive.head();
    checks.push(match &head {
        Ok(head) => well("evidence", format!("{} records, root {}", head.size, head.root_hex())),
        Err(Failure::Failed(error)) => unsound(error.to_string()),
        Err(Failure::Evidence(sentence)) => unsound(sentence.clone()),
        Err(_) => return head.map(|_| Vec::new()),
    });
    let lake = archive.lake()?;
    let counts = lake.counts()?;
    let position = lake.position()?;
    // Acts and what is said about records are nothing to file.
    let behind = archive.reader().ok().map(|reader| {
        let is_filed =
            |kind| matches!(kind, RecordKind::Chunk | RecordKind::Resource | RecordKind::Response);
        reader.leaves(position, &is_filed).map(|leaves| leaves.len())
    });
    let behind = behind.transpose()?.unwrap_or(0);
    checks.push(Check {
        what: "lake",
        found: format!(
            "{} post versions, {} channel observations, {} files, {:.1} MB; filed up to record {position}",
            counts.posts,
            counts.channels,
            counts.files,
            counts.bytes as f64 / 1e6
        ),
        mend: (behind > 0).then(|| {
            format!("{behind} records of an interrupted import are not filed: import its file again, or any other")
        }),
    });
    checks.push(match OtherInterpreter::of(&lake)? {
        None => well("interpreter", format!("version {INTERPRETER_VERSION} read what is filed")),
        Some(other) => Check {
            what: "interpreter",
            found: other.to_string(),
            mend: Some(other.mend().to_owned()),
        },
    });
    checks.extend(search(archive, &lake)?);
    checks.extend(watched(archive)?);
    checks.push(problems(&lake)?);
    Ok(checks)
}

/// What is watched, and how soon that reads a new post: a round of each host at its limit.
fn watched(archive: &Archive) -> Result<Vec<Check>, Failure> {
    let desk = archive.root().join("desk.sqlite");
    if !desk.try_exists().unwrap_or(false) {
        return Ok(Vec::new());
    }
    let settings = Settings::of(archive.root())?;
    let places = settings.places()?;
    let mut hosts: BTreeMap<String, (u64, Limit)> = BTreeMap::new();
    let (mut refused, mut silent, mut failing) = (Vec::new(), Vec::new(), 0);
    let desk = archive.desk()?;
    for listed in desk.sources()? {
        let name = format!("{}:{}", listed.platform, listed.name);
        let source = Source::parse(&name).ok();
        let connector = Connector::of(&listed.platform);
        match (listed.state, source.zip(connector)) {
            (State::Watched, Some((source, connector))) => {
                failing += u64::from(listed.failures > 0);
                let limit = connector.limit(&source, &places);
                hosts.entry(connector.lane(&source, &places)).or_insert((0, limit)).0 += 1;
            }
            (State::Watched, None) | (State::Refused, _) => refused.push(name),
            (State::Account, _) => silent.extend(listed.why.map(|why| format!("{name}: {why}"))),
            (State::Paused, _) => {}
        }
    }
    let mut checks = Vec::from_iter(hook(&settings));
    let standing = account::standing(archive, &places)?;
    checks.extend(standing.map(|(found, mend)| Check { what: "account", found, mend }));
    for (lane, until) in desk.waits(clock::now())? {
        checks.push(well("watch", format!("{lane} asked to wait; nothing is asked until {until}")));
    }
    for (host, (sources, limit)) in hosts {
        let per_s = f64::from(limit.asks) * 1000.0 / f64::from(limit.window_ms.max(1));
        // One look in five is for something else than new posts.
        let round_s = sources as f64 / (per_s * 0.8);
        let soon_s = round_s.max(f64::from(settings.poll_s()));
        checks.push(well(
            "watch",
            format!(
                "{host}: {sources} sources at {per_s:.2} requests a second; a new post is read within about {soon_s:.0} s"
            ),
        ));
    }
    if failing > 0 {
        let found = format!("{failing} sources could not be looked at when last tried");
        let mend = Some("marsad sources list says why".to_owned());
        checks.push(Check { what: "watch", found, mend });
    }
    // Visits read what a stream would have told sooner: nothing that has to be mended.
    checks.extend(silent.into_iter().map(|why| well("stream", format!("no live news of {why}"))));
    if let Some(first) = refused.first() {
        let found = format!("{} sources wait for a decision, the first {first}", refused.len());
        let mend = Some("marsad sources list says why; resume or remove them".to_owned());
        checks.push(Check { what: "watch", found, mend });
    }
    Ok(checks)
}

/// Where MAX delivers news, where settings say so.
fn hook(settings: &Settings) -> Option<Check> {
    let broken = |failure: Failure| Check {
        what: "hook",
        found: "MAX cannot deliver news".to_owned(),
        mend: Some(failure.sentence()),
    };
    let place = match settings.hook() {
        Ok(place) => place?,
        Err(failure) => return Some(broken(failure)),
    };
    let found = format!("MAX delivers to {}, which is to lead to {}", place.url, place.listen);
    Some(Settings::hook_secret().map_or_else(broken, |_| well("hook", found)))
}

fn unsound(found: String) -> Check {
    let mend = "keep the folder as it is; marsad evidence status names the record".to_owned();
    Check { what: "evidence", found, mend: Some(mend) }
}

/// The search index, when there is one: whether it is whole and what it covers. It is only derived:
/// the next search brings it up to the lake.
fn search(archive: &Archive, lake: &marsad_lake::Lake) -> Result<Option<Check>, Failure> {
    let folder = archive.search_folder();
    if !folder.try_exists().unwrap_or(false) {
        return Ok(None);
    }
    let Some(index) = marsad_search::Index::open(&folder) else {
        let found = "not whole; the next search makes it again".to_owned();
        return Ok(Some(well("search", found)));
    };
    if !index.is_sound().unwrap_or(false) {
        return Ok(Some(Check {
            what: "search",
            found: "a file of the index is not what it was".to_owned(),
            mend: Some(format!("delete '{}'; the next search makes it again", folder.display())),
        }));
    }
    let id = lake.id()?.unwrap_or_default();
    let is_current = search_index::covers(&index, lake, &id);
    let state = if is_current { "up to date" } else { "behind; the next search catches up" };
    Ok(Some(well("search", format!("{} posts, {state}", index.posts()))))
}

fn well(what: &'static str, found: String) -> Check {
    Check { what, found, mend: None }
}

fn key(archive: &Archive) -> Result<Check, Failure> {
    let path = archive.key_path()?;
    let is_there = path.try_exists().unwrap_or(false);
    let mend = (!is_there).then(|| {
        "put the key back there, or set MARSAD_KEYS to the folder that holds it; without it no names can be imported".to_owned()
    });
    Ok(Check { what: "key", found: path.display().to_string(), mend })
}

/// What was not understood, by reason. Not a fault of the archive: the bytes are kept.
fn problems(lake: &marsad_lake::Lake) -> Result<Check, Failure> {
    let rows = lake.problem_rows()?;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for row in &rows {
        *reasons.entry(row.reason.clone()).or_default() += 1;
    }
    let mut reasons: Vec<(u64, String)> =
        reasons.into_iter().map(|(reason, n)| (n, reason)).collect();
    reasons.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let shown: Vec<String> =
        reasons.iter().take(REASONS_SHOWN).map(|(n, reason)| format!("{n} x {reason}")).collect();
    let found = if rows.is_empty() {
        "everything imported was understood".to_owned()
    } else {
        format!(
            "{} lines were not understood (kept in the evidence): {}",
            rows.len(),
            shown.join("; ")
        )
    };
    Ok(well("problems", found))
}
