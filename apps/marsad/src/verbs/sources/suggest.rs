//! `marsad sources suggest`: what `measure discover` ranks, in the form that `sources add` takes.
//!
//! Nothing is added and no platform is asked: adding is a human's yes.

use std::process::ExitCode;

use marsad_capture::Source;
use marsad_desk::Rejected;
use marsad_measure::{DiscoverRow, discover};
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
    let finding = discover(&study, &scope, &loaded.discover_options(options.rejected));
    let sources: Vec<Option<Source>> = finding.rows.iter().map(source).collect();
    if context.json || context.out.is_some() {
        let rejected = &loaded.rejected;
        let rows: Vec<Value> =
            finding.rows.iter().zip(&sources).map(|row| told(row, rejected)).collect();
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
        let said = rejection(row, source.as_ref(), &loaded.rejected);
        output::line(&line(row, source.as_ref(), said))?;
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
fn line(row: &DiscoverRow, source: Option<&Source>, said: Option<&Rejected>) -> String {
    let doubt = if row.is_channel { "" } else { "; a link that may be a person's" };
    let lot = match row.draw {
        marsad_measure::Draw::Rank => "",
        marsad_measure::Draw::Lot => "; drawn by lot",
    };
    let said =
        said.map_or_else(String::new, |said| format!("; rejected {}: {}", said.at, said.reason));
    let rest = format!("{}{doubt}{lot}{said}", row.why);
    match source {
        Some(source) => format!("{source} # {rest}"),
        None => format!("# {}: cannot be added by what is known of it; {rest}", row.candidate),
    }
}

/// What somebody said against a channel, by any of its names here.
fn rejection<'r>(
    row: &DiscoverRow,
    source: Option<&Source>,
    rejected: &'r [Rejected],
) -> Option<&'r Rejected> {
    let source = source.map(ToString::to_string);
    rejected.iter().find(|said| {
        let key = format!("{}:{}", said.platform, said.name);
        row.candidate == key || row.source.as_ref() == Some(&key) || source.as_ref() == Some(&key)
    })
}

fn told((row, source): (&DiscoverRow, &Option<Source>), rejected: &[Rejected]) -> Value {
    let said = rejection(row, source.as_ref(), rejected);
    let said = said.map(|said| json!({"at": said.at.to_string(), "reason": said.reason}));
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
        "rejected": said,
    })
}
