//! `marsad watch`: collects from the watch list until stopped, or once.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use crate::cli::{Context, WatchOptions};
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;
use crate::watch::{Pace, Report, Watch};

/// Looked at again for edits and deletions.
const RECHECK: usize = 100;
const POLL_S: u32 = 60;

pub(crate) fn run(context: &Context, options: &WatchOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let settings = Settings::of(archive.root())?;
    let recheck = settings.recheck.unwrap_or(RECHECK);
    let pace = if options.once {
        Pace::once(recheck)
    } else {
        Pace::steadily(settings.poll_s.unwrap_or(POLL_S), recheck)
    };
    let stop = stop_on_signal()?;
    let mut watch = Watch::begin(&archive, archive.desk()?, pace, context.quiet)?;
    if watch.report.sources == 0 {
        return Err(Failure::failed(
            "nothing is watched; add a channel with `marsad sources add`, for example telegram:NAME",
        ));
    }
    let is_done = |watch: &Watch| options.once && watch.is_over();
    while !stop.load(Ordering::Relaxed) && !is_done(&watch) {
        watch.step()?;
    }
    let report = watch.finish()?;
    tell(context, &report)?;
    for sentence in &report.refused {
        output::error(sentence);
    }
    let saw_nothing = report.failed > 0 && report.failed >= report.sources;
    let is_bad = !report.refused.is_empty() || saw_nothing;
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(context: &Context, report: &Report) -> Result<(), Failure> {
    if context.json {
        output::json(&report.to_json())?;
    } else {
        output::line(&format!(
            "{} sources, {} requests, {:.1} s waited because platforms asked for it",
            report.sources,
            report.requests,
            report.waits_ms as f64 / 1000.0
        ))?;
        output::line(&format!(
            "{} posts added, {} new versions, {} found gone, {} changes of status, {} problems",
            report.posts_added,
            report.versions_added,
            report.deleted,
            report.status_changes,
            report.problems
        ))?;
    }
    for note in &report.notes {
        output::say(context, &format!("note: {note}"));
    }
    Ok(())
}

/// Set by the first Ctrl-C or SIGTERM: what is under way is then kept and filed. A second one ends
/// the process; nothing that was acknowledged is lost.
fn stop_on_signal() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if heard.swap(true, Ordering::Relaxed) {
            std::process::abort();
        }
    })
    .context("cannot listen for the signal to stop")?;
    Ok(stop)
}
