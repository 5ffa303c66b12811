//! `marsad demo`: a small world, everything run on it, a report.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_measure::{
    By, MigrationOptions, PrimacyOptions, ResolutionRule, Scope, StatementsOptions,
};
use marsad_simulate::{Settings, World};
use serde_json::{Map, Value};

use crate::archive::Archive;
use crate::cli::{Context, DemoOptions};
use crate::failure::Failure;
use crate::pipeline::{self, Request};
use crate::verbs::measure::Loaded;
use crate::verbs::{report, simulate};
use crate::{clock, output};

pub(crate) fn run(context: &Context, options: &DemoOptions) -> Result<ExitCode, Failure> {
    let started = clock::stopwatch();
    let folder = options.dir.as_path();
    let archive_folder = folder.join("archive");
    clear(folder, &archive_folder)?;

    step(
        "1. A small world with known truth: a network of weather, rail and football channels moves to another platform",
    )?;
    let world = folder.join("world");
    let settings = Settings { world: World::Article, seed: options.seed, posts: None };
    let written = simulate::write(&settings, &world)?;
    output::line(&format!(
        "   {} posts in {} channels: {}",
        written.posts,
        written.channels,
        world.display()
    ))?;

    step("2. Import: bytes to the evidence log first, then their posts to the lake")?;
    let (archive, _) = Archive::open_or_create(&archive_folder)?;
    let request =
        Request { paths: vec![world.join("world.ndjson")], quiet: true, ..Request::default() };
    let summary = pipeline::import(&archive, &request, clock::now())?;
    let root = summary.head.map(|head| head.root_hex()).unwrap_or_default();
    output::line(&format!(
        "   {} posts, {} problems, {:.1} s; evidence root {}",
        summary.posts_added,
        summary.problems,
        summary.elapsed.as_secs_f64(),
        root.get(..16).unwrap_or_default()
    ))?;

    step("3. Measure")?;
    measures(&archive)?;

    step("4. Report")?;
    let page = folder.join("report.html");
    let bytes =
        report::write(&archive, &page, "A network moves: the demo world", None, context.quiet)?;
    let shown = std::path::absolute(&page).unwrap_or(page);
    output::line(&format!("   {} ({} kB): open it in a browser", shown.display(), bytes / 1000))?;

    output::line(&format!(
        "\nDone in {:.1} s. Next, with this archive or your own files:",
        started.elapsed().as_secs_f64()
    ))?;
    let archive = archive_folder.display();
    for command in [
        format!("marsad --archive {archive} measure statements --min-platforms 2 --limit 10"),
        format!("marsad --archive {archive} measure primacy --by channel --limit 10 --json"),
        format!("less {}   (what is true in this world)", world.join("truth.json").display()),
        "marsad --archive mine import result.json   (a Telegram Desktop export of a public channel)".to_owned(),
        "marsad import --help   (csv and other formats)".to_owned(),
    ] {
        output::line(&format!("   {command}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn step(text: &str) -> Result<(), Failure> {
    output::line(&format!("\n{text}"))
}

/// Makes the demo's folder, without what an earlier demo left there. Only folders that a demo made
/// are touched: an archive without the demo's mark is somebody's.
fn clear(folder: &Path, archive: &Path) -> Result<(), Failure> {
    let mark = folder.join("made-by-marsad-demo");
    let is_there = archive.try_exists().unwrap_or(false);
    if is_there && !mark.try_exists().unwrap_or(false) {
        return Err(Failure::failed(format!(
            "'{}' holds an archive that no demo made; choose another folder with --dir",
            folder.display()
        )));
    }
    if is_there {
        fs::remove_dir_all(archive)
            .with_context(|| format!("cannot clear '{}'", archive.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make '{}'", folder.display()))?;
    Ok(fs::write(&mark, "").with_context(|| format!("cannot write '{}'", mark.display()))?)
}

/// The measures of the story, a short table each.
fn measures(archive: &Archive) -> Result<(), Failure> {
    let loaded = Loaded::open(archive, true)?;
    let study = loaded.study(0.8);
    let scope = Scope::default();
    let few = Scope { limit: Some(6), ..Scope::default() };

    let options = StatementsOptions { min_posts: 2, min_platforms: 2, members: false };
    let statements = serde_json::to_value(marsad_measure::statements(&study, &scope, &options))?;
    let count = statements.get("rows").and_then(Value::as_array).map_or(0, Vec::len);
    output::line(&format!("   statements on two platforms or more: {count}"))?;

    let options = PrimacyOptions { by: By::Platform, resolution: ResolutionRule::Auto };
    show(
        "who was first, by platform",
        &serde_json::to_value(marsad_measure::primacy(&study, &scope, &options))?,
        &[
            "leader",
            "follower",
            "statements",
            "leader_first",
            "follower_first",
            "undecided",
            "lag_median_s",
            "wording",
        ],
    )?;
    let surge = serde_json::to_value(marsad_measure::surge(&study, &scope))?;
    show(
        "days with most new channels",
        &most(surge, "new_channels", 4),
        &["day", "platform", "new_channels", "expected", "p", "wording"],
    )?;
    show(
        "networks",
        &serde_json::to_value(marsad_measure::networks(&study, &few))?,
        &["network", "platforms", "statements", "first_at", "last_at", "wording"],
    )?;
    let options = MigrationOptions { silence_days: 30, daily: false };
    show(
        "where it went: attempts by platform",
        &serde_json::to_value(marsad_measure::migration(&study, &scope, &options))?,
        &[
            "rank",
            "platform",
            "first_at",
            "last_at",
            "channels_total",
            "subscribers_max",
            "posts",
            "statement_share",
            "end",
        ],
    )
}

/// The rows with the largest value of a field.
fn most(mut finding: Value, field: &str, count: usize) -> Value {
    if let Some(rows) = finding.get_mut("rows").and_then(Value::as_array_mut) {
        rows.sort_by_key(|row| {
            std::cmp::Reverse(row.get(field).and_then(Value::as_u64).unwrap_or(0))
        });
        rows.truncate(count);
    }
    finding
}

fn show(title: &str, finding: &Value, columns: &[&str]) -> Result<(), Failure> {
    let rows = finding.get("rows").and_then(Value::as_array);
    let rows: Vec<Map<String, Value>> =
        rows.into_iter().flatten().filter_map(Value::as_object).cloned().collect();
    output::line(&format!("   {title}"))?;
    if rows.is_empty() {
        return output::line("   none");
    }
    output::line(&output::table(&rows, columns))
}
