//! `marsad sources suggest`: what `measure discover` ranks, in the form that `sources add` takes.
//!
//! Nothing is added and no platform is asked: adding is a human's yes.

use std::process::ExitCode;

use marsad_capture::Source;
use marsad_measure::{DiscoverOptions, DiscoverRow, discover};
use serde_json::{Value, json};

use crate::cli::{Context, SuggestOptions};
use crate::failure::Failure;
use crate::output;
use crate::verbs::measure::{Loaded, THRESHOLD, scope};

/// Suggestions where no limit is given.
const LIMIT: usize = 20;

pub(super) fn run(context: &Context, options: &SuggestOptions) -> Result<ExitCode, Failure> {
    let loaded = Loaded::open(&context.open()?, context.quiet)?;
    let study = loaded.study(THRESHOLD);
    let mut scope = scope(&loaded, &study, &options.scope)?;
    scope.limit.get_or_insert(LIMIT);
    let wanted = DiscoverOptions { watched: loaded.watched.clone() };
    let finding = discover(&study, &scope, &wanted);
    let sources: Vec<Option<Source>> = finding.rows.iter().map(source).collect();
    if context.json || context.out.is_some() {
        let rows: Vec<Value> = finding.rows.iter().zip(&sources).map(told).collect();
        let document = json!({
            "suggested": sources.iter().flatten().count(),
            "rows": rows,
            "notes": finding.notes,
            "archive": finding.archive,
        });
        output::finding(context, &document, &["source", "why"])?;
        return Ok(ExitCode::SUCCESS);
    }
    for (row, source) in finding.rows.iter().zip(&sources) {
        output::line(&line(row, source.as_ref()))?;
    }
    if finding.rows.is_empty() {
        output::say(context, "no channel to suggest");
    }
    for note in &finding.notes {
        output::say(context, &format!("note: {note}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What can be put on the list: a name or id that a connector takes.
fn source(row: &DiscoverRow) -> Option<Source> {
    Source::parse(row.source.as_deref()?).ok()
}

/// A line that `sources add FILE` reads: the source, then a comment; a comment alone where the
/// channel cannot be added by what is known of it.
fn line(row: &DiscoverRow, source: Option<&Source>) -> String {
    let doubt = if row.is_channel { "" } else { "; a link that may be a person's" };
    let lot = match row.draw {
        marsad_measure::Draw::Rank => "",
        marsad_measure::Draw::Lot => "; drawn by lot",
    };
    let rest = format!("{}{doubt}{lot}", row.why);
    match source {
        Some(source) => format!("{source} # {rest}"),
        None => format!("# {}: cannot be added by what is known of it; {rest}", row.candidate),
    }
}

fn told((row, source): (&DiscoverRow, &Option<Source>)) -> Value {
    json!({
        "source": source.as_ref().map(ToString::to_string),
        "candidate": row.candidate,
        "why": row.why,
        "is_channel": row.is_channel,
        "rank": row.rank,
        "score": row.score,
        "draw": row.draw,
        "wording": row.wording,
        "reasons": row.reasons,
    })
}
