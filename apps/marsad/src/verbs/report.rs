//! `marsad report`: one page that tells what happened.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_evidence::RecordKind;
use marsad_matching::{Piece, Role};
use marsad_measure::{
    By, MigrationOptions, PrimacyOptions, ResolutionRule, Scope, StatementsOptions, Study,
};
use marsad_report::{ArchiveFacts, Comparison, LagSeries, Mark, ReportInput, Side};
use marsad_types::{Event, Platform};
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::cli::{Context, ReportOptions};
use crate::failure::Failure;
use crate::verbs::explain;
use crate::verbs::measure::{Loaded, network, removals};
use crate::{clock, output, progress};

/// Statements shown with their posts.
const STATEMENTS_SHOWN: usize = 60;

pub(crate) fn run(context: &Context, options: &ReportOptions) -> Result<ExitCode, Failure> {
    let path = context
        .out
        .as_deref()
        .ok_or_else(|| Failure::usage("say where to with --out FILE.html"))?;
    let is_html = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"));
    if !is_html {
        return Err(Failure::usage(format!(
            "'{}' is not .html; this build writes .html",
            path.display()
        )));
    }
    let archive = context.open()?;
    let title = options.title.clone().unwrap_or_else(|| "What happened".to_owned());
    let bytes = write(&archive, path, &title, options.network.as_deref(), context.quiet)?;
    output::line(&format!("written: {} ({} kB)", path.display(), bytes / 1000))?;
    Ok(ExitCode::SUCCESS)
}

/// Computes every finding and writes the page; gives its size in bytes.
pub(crate) fn write(
    archive: &Archive,
    path: &Path,
    title: &str,
    network_id: Option<&str>,
    quiet: bool,
) -> Result<usize, Failure> {
    let loaded = Loaded::open(archive, quiet)?;
    let spinner = progress::spinner("measuring", quiet);
    let study = loaded.study(0.8);
    let scope = Scope {
        network: network(&study, network_id)?,
        network_name: network_id.map(str::to_owned),
        ..Scope::default()
    };
    let mut findings = findings(&study, &scope, &loaded.corpus.events)?;
    findings.insert("removals", removals(&loaded, &study, &scope)?);
    let input = ReportInput {
        title: title.to_owned(),
        made_at: clock::now(),
        archive: facts(archive, &loaded)?,
        lags: lags(&study, &scope),
        comparisons: comparisons(&loaded, findings.get("statements"))?,
        findings,
    };
    let page = marsad_report::html(&input);
    spinner.finish_and_clear();
    fs::write(path, &page).with_context(|| format!("cannot write '{}'", path.display()))?;
    Ok(page.len())
}

fn facts(archive: &Archive, loaded: &Loaded) -> Result<ArchiveFacts, Failure> {
    let counts = archive.lake()?.counts()?;
    Ok(ArchiveFacts {
        name: archive.root().display().to_string(),
        version: loaded.reference.version,
        log_size: loaded.reference.log_size,
        root: loaded.reference.root.clone(),
        posts: loaded.corpus.posts.len() as u64,
        channels: loaded.corpus.channels.len() as u64,
        problems: counts.problems,
        files: archive.reader()?.count(RecordKind::Manifest)?,
    })
}

fn findings(
    study: &Study<'_>,
    scope: &Scope,
    events: &[Event],
) -> Result<BTreeMap<&'static str, Value>, Failure> {
    let primacy = |by| {
        let options = PrimacyOptions { by, resolution: ResolutionRule::Auto };
        serde_json::to_value(marsad_measure::primacy(study, scope, &options))
    };
    let migration = |daily| {
        let options = MigrationOptions { silence_days: 30, daily };
        serde_json::to_value(marsad_measure::migration(study, scope, &options))
    };
    let statements = StatementsOptions { min_posts: 2, min_platforms: 1, members: true };
    let few = Scope { limit: Some(STATEMENTS_SHOWN), ..scope.clone() };
    let mut findings = BTreeMap::new();
    findings.insert(
        "statements",
        serde_json::to_value(marsad_measure::statements(study, &few, &statements))?,
    );
    findings.insert("primacy_platform", primacy(By::Platform)?);
    findings.insert("primacy_channel", primacy(By::Channel)?);
    findings.insert("surge", serde_json::to_value(marsad_measure::surge(study, scope))?);
    findings.insert("audience", serde_json::to_value(marsad_measure::audience(study, scope))?);
    findings.insert("networks", serde_json::to_value(marsad_measure::networks(study, scope))?);
    findings.insert("migration", migration(false)?);
    findings.insert("migration_daily", migration(true)?);
    let claims: Vec<Value> = events.iter().map(claim).collect();
    findings.insert("events", json!({"rows": claims}));
    Ok(findings)
}

/// The lags behind the pairs of platforms, for the picture of their distribution.
fn lags(study: &Study<'_>, scope: &Scope) -> Vec<LagSeries> {
    let options = PrimacyOptions { by: By::Platform, resolution: ResolutionRule::Auto };
    let series = marsad_measure::lags_of_pairs(study, scope, &options).into_iter();
    series
        .map(|lags| LagSeries { leader: lags.leader, follower: lags.follower, lags_s: lags.lags_s })
        .collect()
}

/// The first post of each statement shown, beside the copy that differs most from it.
fn comparisons(loaded: &Loaded, statements: Option<&Value>) -> Result<Vec<Comparison>, Failure> {
    let mut comparisons = Vec::new();
    let corpus = &loaded.corpus;
    for wanted in statements.map(marsad_report::wanted).unwrap_or_default() {
        let first = explain::row(corpus, &wanted.first)?;
        for other in &wanted.others {
            let row = explain::row(corpus, other)?;
            // Copies that agree to the letter need no comparison.
            if corpus.posts.text.get(row) != corpus.posts.text.get(first) {
                comparisons.push(comparison(loaded, [&wanted.first, other], [first, row]));
                break;
            }
        }
    }
    Ok(comparisons)
}

fn comparison(loaded: &Loaded, posts: [&str; 2], rows: [usize; 2]) -> Comparison {
    let [left, right] = rows;
    let matching = marsad_matching::Options::default();
    let explanation =
        marsad_matching::explain(&loaded.corpus, &loaded.prints, (left, right), &matching);
    let side = |post: &str, row: usize, pieces: &[Piece]| Side {
        post: post.to_owned(),
        text: loaded.corpus.posts.text.get(row).to_owned(),
        marks: pieces.iter().filter_map(|p| Some((p.source.clone(), mark(p.role)?))).collect(),
    };
    let [first, other] = posts;
    Comparison {
        sides: [side(first, left, &explanation.left), side(other, right, &explanation.right)],
        similarity: f64::from(explanation.similarity),
        reason: explanation.reason,
    }
}

fn mark(role: Role) -> Option<Mark> {
    match role {
        Role::Shared => None,
        Role::Own => Some(Mark::Own),
        Role::Masked => Some(Mark::Masked),
        Role::Unmatched => Some(Mark::NotCompared),
    }
}

fn claim(event: &Event) -> Value {
    json!({
        "name": event.name,
        "platform": event.platform.as_ref().map(Platform::as_str),
        "from": event.from.to_string(),
        "to": event.to.to_string(),
        "source": event.source,
        "claim": event.claim,
    })
}
