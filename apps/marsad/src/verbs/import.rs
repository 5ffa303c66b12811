//! `marsad import`: files to evidence, evidence to posts.

use std::process::ExitCode;

use marsad_interpret::Format;

use crate::archive::Archive;
use crate::cli::{Context, ImportOptions, platform};
use crate::failure::{Failure, NOT_UNDERSTOOD};
use crate::pipeline::{self, Request, Summary};
use crate::{clock, output};

pub(crate) fn run(context: &Context, options: &ImportOptions) -> Result<ExitCode, Failure> {
    let request = request(context, options)?;
    let summary = if options.dry_run {
        pipeline::dry_run(&request)?
    } else {
        // Everything that can be wrong with the command is found before an archive is made.
        pipeline::check(&request)?;
        let (archive, _) = Archive::open_or_create(&context.archive)?;
        pipeline::import(&archive, &request, clock::now())?
    };
    if context.json {
        output::json(&summary.to_json())?;
    } else {
        tell(&summary, options.dry_run)?;
    }
    tell_problems(context, &summary);
    let is_strict_failure = options.strict && summary.problems > 0;
    Ok(if is_strict_failure { ExitCode::from(NOT_UNDERSTOOD) } else { ExitCode::SUCCESS })
}

/// The request that the options mean.
fn request(context: &Context, options: &ImportOptions) -> Result<Request, Failure> {
    let format = options.format.as_deref().map(|word| {
        Format::parse(word).ok_or_else(|| {
            let words: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
            Failure::usage(format!("'{word}' is no format; formats are: {}", words.join(", ")))
        })
    });
    Ok(Request {
        paths: options.paths.clone(),
        format: format.transpose()?,
        platform: options.platform.as_deref().map(platform).transpose()?,
        map: pairs("--map", &options.map)?,
        map_format: pairs("--map-format", &options.map_format)?,
        channel: options.channel.clone(),
        stated_public: options.public,
        groups: options.groups,
        observed_at: options.observed_at.clone(),
        quiet: context.quiet,
    })
}

fn pairs(option: &str, written: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| {
        let (field, value) = text.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{option} '{text}' has no '='; write {option} FIELD=COLUMN"))
        })?;
        Ok((field.to_owned(), value.to_owned()))
    };
    written.iter().map(pair).collect()
}

fn tell(summary: &Summary, is_dry: bool) -> Result<(), Failure> {
    if is_dry {
        for sample in &summary.samples {
            output::line(&format!(
                "{}  {}  {}",
                sample.published_at,
                sample.channel,
                sample.text.replace('\n', " ")
            ))?;
        }
        return output::line(&format!(
            "{} rows in {} files: {} posts in {} channels, {} problems; nothing was written",
            summary.rows,
            summary.files,
            summary.posts_added,
            summary.channels.len(),
            summary.problems
        ));
    }
    let seconds = summary.elapsed.as_secs_f64();
    output::line(&format!(
        "{} rows in {} files, {seconds:.1} s ({:.0} rows/s)",
        summary.rows,
        summary.files,
        summary.rows as f64 / seconds.max(0.001)
    ))?;
    output::line(&format!(
        "{} posts added, {} known already, {} new versions, {} channels, {} problems",
        summary.posts_added,
        summary.posts_duplicate,
        summary.versions_added,
        summary.channels.len(),
        summary.problems
    ))?;
    if summary.media.added > 0 {
        output::line(&format!("{} pictures and files added", summary.media.added))?;
    }
    if let Some(head) = &summary.head {
        output::line(&format!("evidence: {} records, root {}", head.size, head.root_hex()))?;
    }
    Ok(())
}

fn tell_problems(context: &Context, summary: &Summary) {
    for note in summary.all_notes() {
        output::say(context, &format!("note: {note}"));
    }
    for (file, problem) in &summary.shown {
        output::say(context, &format!("problem: {file} line {}: {}", problem.line, problem.reason));
    }
    let more = summary.problems.saturating_sub(summary.shown.len() as u64);
    if more > 0 {
        output::say(
            context,
            &format!("and {more} more problems; `marsad doctor` counts them by reason"),
        );
    }
}
