//! `marsad rebuild`: everything above the evidence, made again from it.

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::Context;
use crate::failure::Failure;
use crate::{output, pipeline, search_index};

pub(crate) fn run(context: &Context) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let lake = archive.lake_folder();
    let before = archive.root().join("lake-before-rebuild");
    // The log is checked by opening it as its one writer, before anything is moved.
    drop(archive.store()?);
    let is_there = lake.try_exists().unwrap_or(false);
    if is_there && !before.try_exists().unwrap_or(false) {
        fs::rename(&lake, &before).with_context(|| format!("cannot move '{}'", lake.display()))?;
    } else if is_there {
        // An earlier rebuild was interrupted: what it made is thrown away, the old lake kept.
        fs::remove_dir_all(&lake).with_context(|| format!("cannot clear '{}'", lake.display()))?;
    }
    search_index::forget(&archive)?;
    let summary = pipeline::rebuild(&archive)?;
    if before.try_exists().unwrap_or(false) {
        fs::remove_dir_all(&before)
            .with_context(|| format!("cannot clear '{}'", before.display()))?;
    }
    if context.json {
        output::json(&summary.to_json())?;
    } else {
        output::line(&format!(
            "{} posts, {} new versions and {} found gone, from the evidence of {} imports and of the watch, {:.1} s",
            summary.posts_added,
            summary.versions_added,
            summary.deleted,
            summary.files,
            summary.elapsed.as_secs_f64()
        ))?;
    }
    for note in &summary.notes {
        output::say(context, &format!("note: {note}"));
    }
    Ok(ExitCode::SUCCESS)
}
