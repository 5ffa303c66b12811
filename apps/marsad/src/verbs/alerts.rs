//! `marsad alerts`: who is told what.

use std::process::ExitCode;

use marsad_desk::{Desk, Rule as Row};
use marsad_measure::Study;
use marsad_types::{Bound, Timestamp};
use serde_json::{Value, json};

use super::measure::Loaded;
use crate::alerts::past::{Past, langs};
use crate::alerts::rule::{Definition, Kind, Place, Rule};
use crate::alerts::{self, line_of};
use crate::archive::Archive;
use crate::audit::{self, Act, Action};
use crate::cli::{AddAlertOptions, AlertsOptions, AlertsVerb, Context, TestAlertsOptions};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{clock, output};

/// As `measure` groups.
const THRESHOLD: f64 = 0.8;
const LIST: [&str; 9] =
    ["name", "kind", "options", "to", "shadow", "raised", "last_at", "waiting", "failure"];

pub(crate) fn run(context: &Context, options: &AlertsOptions) -> Result<ExitCode, Failure> {
    match &options.verb {
        AlertsVerb::Add(wanted) => add(context, wanted)?,
        AlertsVerb::List => list(context)?,
        AlertsVerb::Test(wanted) => test(context, wanted)?,
        AlertsVerb::Remove(wanted) => remove(context, &wanted.names)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn add(context: &Context, wanted: &AddAlertOptions) -> Result<(), Failure> {
    let name = wanted.name.clone().unwrap_or_else(|| wanted.kind.clone());
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::usage("--name is empty; call the rule something"));
    }
    let definition =
        Definition::typed(&wanted.kind, &wanted.options, &wanted.to).map_err(Failure::usage)?;
    let rule = definition.rule(&name, wanted.shadow).map_err(Failure::usage)?;
    let (archive, _) = Archive::open_or_create(&context.archive)?;
    let mut desk = archive.desk()?;
    let known = desk.rules()?.into_iter().any(|row| row.name == name);
    if known && wanted.name.is_none() {
        return Err(Failure::usage(format!(
            "there is an alert '{name}' already; give this one another --name"
        )));
    }
    let row = Row {
        id: 0,
        name: name.clone(),
        definition: serde_json::to_string(&definition)?,
        is_shadow: wanted.shadow,
        added_at: clock::now(),
    };
    alerts::read(&row, &archive.lake()?).map_err(Failure::usage)?;
    let settings = Settings::of(archive.root())?;
    check_places(context, &settings, &rule)?;
    decide(context, "add", std::slice::from_ref(&name), wanted)?;
    desk.add_rule(&name, &row.definition, wanted.shadow, row.added_at)?;
    if context.json {
        output::json(&json!({"name": name, "kind": wanted.kind, "replaced": known}))?;
    } else {
        let places: Vec<String> = rule.places.iter().map(Place::shown).collect();
        let whom = if wanted.shadow { "nobody (shadow)".to_owned() } else { places.join(", ") };
        let word = if known { "replaced" } else { "added" };
        output::line(&format!("alert '{name}' {word}; the next watch tells {whom}"))?;
    }
    Ok(())
}

/// What would never arrive is refused; what arrives unsigned is said.
fn check_places(context: &Context, settings: &Settings, rule: &Rule) -> Result<(), Failure> {
    for place in &rule.places {
        match place {
            Place::Mail(_) if settings.mail_server().is_none() => {
                return Err(Failure::usage(
                    "marsad.toml names no server for mail; write [smtp] with host and from",
                ));
            }
            Place::Webhook(_) if Settings::webhook_secret().is_none() => output::say(
                context,
                "note: MARSAD_WEBHOOK_SECRET is not set; what is sent is not signed until a watch has it",
            ),
            Place::Matrix(_)
                if settings.places()?.matrix.secret == marsad_capture::Secret::None =>
            {
                output::say(context, "note: MARSAD_MATRIX_TOKEN is not set; a watch needs it");
            }
            _ => {}
        }
    }
    Ok(())
}

fn list(context: &Context) -> Result<(), Failure> {
    let desk = context.open()?.desk()?;
    let rows = desk.rules()?.iter().map(|row| listed(&desk, row)).collect::<Result<Vec<_>, _>>()?;
    output::finding(context, &json!({"alerts": rows.len(), "rows": rows}), &LIST)
}

fn listed(desk: &Desk, row: &Row) -> Result<Value, Failure> {
    let written: Definition = serde_json::from_str(&row.definition)?;
    let told = desk.told(row.id)?;
    let shown = |to: &String| Place::parse(to).map_or_else(|why| why, |place| place.shown());
    Ok(json!({
        "name": row.name,
        "kind": written.kind,
        "options": written.options,
        "to": written.to.iter().map(shown).collect::<Vec<_>>(),
        "shadow": row.is_shadow,
        "added_at": row.added_at.to_string(),
        "raised": told.raised,
        "last_at": told.last_at.map(|at| at.to_string()),
        "waiting": told.waiting,
        "failure": told.failure,
    }))
}

fn remove(context: &Context, names: &[String]) -> Result<(), Failure> {
    let mut desk = context.open()?.desk()?;
    let known = desk.rules()?;
    if let Some(name) = names.iter().find(|name| known.iter().all(|row| row.name != **name)) {
        return Err(Failure::failed(format!(
            "there is no alert '{name}'; `marsad alerts list` shows them"
        )));
    }
    decide(context, "remove", names, &names)?;
    for name in names {
        desk.remove_rule(name)?;
    }
    if context.json {
        output::json(&json!({"removed": names.len()}))
    } else {
        output::line(&format!("{} alerts removed", names.len()))
    }
}

/// Who is told what is a decision: it stands in the audit trail.
fn decide(
    context: &Context,
    what: &str,
    names: &[String],
    typed: &impl serde::Serialize,
) -> Result<(), Failure> {
    let mut act = Act::new(Action::Decide, &format!("alerts {what}"), typed);
    act.subject = Some(names.join(" "));
    audit::begin(context, &act).map(drop)
}

fn test(context: &Context, wanted: &TestAlertsOptions) -> Result<(), Failure> {
    let since = wanted.since.as_deref().map(|text| Timestamp::parse_bound(text, Bound::Start));
    let since = since.transpose().map_err(|error| Failure::usage(error.to_string()))?;
    let archive = context.open()?;
    let lake = archive.lake()?;
    let rules = meant(&archive, &lake, wanted.name.as_deref())?;
    let loaded = Loaded::open(&archive, context.quiet)?;
    let langs = langs(&lake, &rules)?;
    let needs_posts = rules.iter().any(|rule| rule.kind.needs_posts());
    let study: Option<Study<'_>> = needs_posts.then(|| loaded.study(THRESHOLD));
    let statements = study.as_ref().map_or(&[][..], Study::statements);
    let past = Past { corpus: &loaded.corpus, statements, langs };
    let only_changes = rules.iter().all(|rule| matches!(rule.kind, Kind::Gone { .. }));
    let count = rules.len();
    let mut rows = Vec::new();
    for (at, alert) in past.told(rules) {
        if since.is_none_or(|since| at >= since) {
            rows.push(alert.to_json(archive.id()));
        }
    }
    let mut notes = vec![
        "nothing was sent and nothing is noted; posts are heard in the order of their publication, as if they had been watched then",
    ];
    if only_changes && loaded.corpus.observations.is_empty() {
        notes.push("no channel was observed, so none can be found gone");
    }
    if context.json || context.out.is_some() {
        let document = json!({
            "alerts": count,
            "posts": loaded.corpus.posts.len(),
            "rows": rows,
            "archive": {
                "version": loaded.reference.version,
                "log_size": loaded.reference.log_size,
                "root": loaded.reference.root,
            },
            "notes": notes,
        });
        return output::finding(context, &document, &[]);
    }
    for row in &rows {
        let at = row.get("at").and_then(Value::as_str).unwrap_or_default();
        output::line(&format!("{at}  {}", line_of(row)))?;
    }
    output::line(&format!("{} alerts of {count} rules would have been told", rows.len()))?;
    for note in notes {
        output::say(context, &format!("note: {note}"));
    }
    Ok(())
}

/// The rules that are to be tried.
fn meant(
    archive: &Archive,
    lake: &marsad_lake::Lake,
    name: Option<&str>,
) -> Result<Vec<Rule>, Failure> {
    let mut rows = archive.desk()?.rules()?;
    if let Some(name) = name {
        rows.retain(|row| row.name == name);
        if rows.is_empty() {
            return Err(Failure::failed(format!(
                "there is no alert '{name}'; `marsad alerts list` shows them"
            )));
        }
    }
    if rows.is_empty() {
        return Err(Failure::failed(
            "there is no alert to test; add one with `marsad alerts add`, for example crossing",
        ));
    }
    let read = |row: &Row| {
        alerts::read(row, lake).map_err(|why| Failure::failed(format!("alert {}: {why}", row.name)))
    };
    rows.iter().map(read).collect()
}
