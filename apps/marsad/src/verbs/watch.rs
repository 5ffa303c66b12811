//! `marsad watch`: collects from the watch list until stopped, or once.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use indicatif::ProgressBar;
use marsad_types::Timestamp;

use crate::cli::{Context, WatchOptions};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::watch::{Metrics, Pace, Pulse, Report, Watch};
use crate::{clock, output, progress};

pub(crate) fn run(context: &Context, options: &WatchOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let settings = Settings::of(archive.root())?;
    let recheck = settings.recheck();
    let pace =
        if options.once { Pace::once(recheck) } else { Pace::steadily(settings.poll_s(), recheck) };
    let stop = stop_on_signal()?;
    let mut watch = Watch::begin(&archive, archive.desk()?, pace, context.quiet)?;
    if watch.report.sources == 0 {
        return Err(Failure::failed(
            "nothing is watched; add a channel with `marsad sources add`, for example telegram:NAME",
        ));
    }
    let metrics = options.metrics.map(Metrics::serve).transpose()?;
    if let Some(metrics) = &metrics {
        output::say(context, &format!("figures: http://{}/metrics", metrics.address));
    }
    let mut view = View::new(context, metrics);
    let is_done = |watch: &Watch| options.once && watch.is_over();
    while !stop.load(Ordering::Relaxed) && !is_done(&watch) {
        watch.step()?;
        view.tell(context, &watch.said());
        view.show(&watch);
    }
    view.bar.finish_and_clear();
    let report = watch.finish()?;
    view.tell(context, &report.alerts);
    tell(context, &report)?;
    for sentence in &report.refused {
        output::error(sentence);
    }
    let saw_nothing = report.failed > 0 && report.failed >= report.sources;
    let is_bad = !report.refused.is_empty() || saw_nothing;
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How it goes, once a second: a line on a terminal, and figures where they are asked for.
struct View {
    bar: ProgressBar,
    metrics: Option<Metrics>,
    shown: Pulse,
    shown_at: Timestamp,
}

const SHOW_EVERY_MS: i64 = 1000;

impl View {
    fn new(context: &Context, metrics: Option<Metrics>) -> Self {
        let bar = progress::spinner("watching", context.quiet);
        Self { bar, metrics, shown: Pulse::default(), shown_at: Timestamp(0) }
    }

    /// Alerts, a line each, above the line that moves.
    fn tell(&self, context: &Context, alerts: &[String]) {
        for line in alerts {
            self.bar.suspend(|| output::say(context, line));
        }
    }

    fn show(&mut self, watch: &Watch) {
        let now = clock::now();
        let ms = now.0 - self.shown_at.0;
        if ms < SHOW_EVERY_MS {
            return;
        }
        let pulse = watch.pulse(now);
        self.bar.set_message(pulse.line(&self.shown, ms as f64 / 1000.0));
        if let Some(metrics) = &self.metrics {
            metrics.show(pulse.metrics());
        }
        (self.shown, self.shown_at) = (pulse, now);
    }
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
