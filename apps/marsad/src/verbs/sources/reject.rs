//! `marsad sources reject`: channels that were offered and that somebody does not want.

use std::process::ExitCode;

use marsad_capture::Source;
use marsad_types::ChannelKey;
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::audit::{self, Act, Action};
use crate::cli::{Context, RejectOptions};
use crate::failure::Failure;
use crate::{clock, output};

pub(super) fn run(context: &Context, options: &RejectOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    if options.sources.is_empty() {
        return list(context, &archive);
    }
    let reason = options.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() && !options.lift {
        return Err(Failure::usage("--reason is missing; whoever comes after wants to know why"));
    }
    let named: Vec<ChannelKey> =
        options.sources.iter().map(|written| key(written)).collect::<Result<_, _>>()?;
    let mut desk = archive.desk()?;
    if options.lift {
        let known = desk.rejected()?;
        for key in &named {
            let is_it = |row: &marsad_desk::Rejected| {
                row.platform == key.platform.as_str() && row.name == key.id.as_str()
            };
            if !known.iter().any(is_it) {
                return Err(Failure::failed(format!(
                    "{key} was not rejected; `marsad sources reject` lists what was"
                )));
            }
        }
    }
    let what = if options.lift { "reject --lift" } else { "reject" };
    let names: Vec<String> = named.iter().map(ToString::to_string).collect();
    let mut act = Act::new(Action::Decide, &format!("sources {what}"), &names);
    act.subject = Some(names.join(" "));
    audit::begin(context, &act)?;
    for key in &named {
        let (platform, name) = (key.platform.as_str(), key.id.as_str());
        if options.lift {
            desk.lift_rejection(platform, name)?;
        } else {
            desk.reject((platform, name), reason, clock::now())?;
        }
    }
    let (count, done) = (named.len(), if options.lift { "lifted" } else { "rejected" });
    if context.json {
        output::json(&json!({done: count}))?;
    } else {
        output::line(&format!("{done}: {count} channels"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A source as it is watched, or a channel as findings name it: of some only the number is known.
fn key(written: &str) -> Result<ChannelKey, Failure> {
    if let Ok(source) = Source::parse(written) {
        return Ok(ChannelKey::new(source.platform, &source.name));
    }
    written.parse().map_err(|_not_a_key| {
        Failure::usage(format!(
            "'{written}' names no channel; write it as `marsad sources suggest` does"
        ))
    })
}

fn list(context: &Context, archive: &Archive) -> Result<ExitCode, Failure> {
    // Looking makes no book where there is none.
    let rejected = if archive.has_desk() { archive.desk()?.rejected()? } else { Vec::new() };
    let rows: Vec<Value> = rejected
        .into_iter()
        .map(|row| {
            json!({
                "channel": format!("{}:{}", row.platform, row.name),
                "rejected_at": row.at.to_string(),
                "reason": row.reason,
            })
        })
        .collect();
    let found = json!({"rejected": rows.len(), "rows": rows});
    output::finding(context, &found, &["channel", "rejected_at", "reason"])?;
    Ok(ExitCode::SUCCESS)
}
