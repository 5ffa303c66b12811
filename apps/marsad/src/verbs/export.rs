//! `marsad export`: posts and observations for other tools, and for another archive.

mod wacz;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_lake::{ExportRow, Lake};
use marsad_types::{Author, Channel, Coverage, Event, Media, Post, Removal, Taken, Timestamp};
use serde_json::{Map, Value, json};

use crate::cli::{Context, ExportOptions, ScopeOptions};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context, options: &ExportOptions) -> Result<ExitCode, Failure> {
    let path =
        context.out.as_deref().ok_or_else(|| Failure::usage("say where to with --out FILE"))?;
    if options.format == "wacz" {
        return wacz::run(context, path, &options.measure);
    }
    if options.measure.name.is_some() || options.measure.scope != ScopeOptions::default() {
        return Err(Failure::usage(format!(
            "export {} writes everything; only wacz takes a measure and its options",
            options.format
        )));
    }
    let lake = context.open()?.lake()?;
    let rows = if options.format == "parquet" {
        lake.export_posts(path)?
    } else {
        let file =
            File::create(path).with_context(|| format!("cannot write '{}'", path.display()))?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        let rows = match options.format.as_str() {
            "ndjson" => ndjson(&lake, &mut writer)?,
            _ => csv(&lake, &mut writer)?,
        };
        writer.flush().with_context(|| format!("cannot write '{}'", path.display()))?;
        rows
    };
    if context.json {
        output::json(&json!({"rows": rows, "file": path}))?;
    } else {
        output::line(&format!("{rows} rows: {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything as marsad-ndjson: imported into an empty archive it gives the same findings.
fn ndjson(lake: &Lake, writer: &mut dyn Write) -> Result<u64, Failure> {
    let mut rows = 0;
    let mut put = |line: &Value| -> Result<(), Failure> {
        rows += 1;
        serde_json::to_writer(&mut *writer, line)?;
        writer.write_all(b"\n")?;
        Ok(())
    };
    for channel in lake.channel_rows()? {
        put(&channel_line(&channel))?;
    }
    for coverage in lake.coverage_rows()? {
        put(&coverage_line(&coverage))?;
    }
    for taken in lake.taken_rows()? {
        put(&taken_line(&taken))?;
    }
    for event in lake.event_rows()? {
        put(&event_line(&event))?;
    }
    let mut failed = None;
    lake.each_post(&mut |row| {
        if failed.is_none() {
            failed = put(&post_line(&row)).err();
        }
    })?;
    failed.map_or(Ok(rows), Err)
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::from(at.to_string()))
}

pub(crate) fn post_line(row: &ExportRow) -> Value {
    let post = &row.post;
    let mut line = json!({
        "kind": "post",
        "platform": post.channel.platform.as_str(),
        "channel": post.channel.id.as_str(),
        "id": row.id.as_str(),
        "published_at": post.published_at.to_string(),
        "text": post.text,
        "version": row.version,
    });
    let Some(fields) = line.as_object_mut() else { return line };
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            fields.insert(name.to_owned(), value);
        }
    };
    put("published_resolution_s", resolution(post));
    put("observed_at", time(post.observed_first));
    put("observed_prev_at", time(post.observed_prev));
    put("edited_at", time(post.edited_at));
    put("deleted_at", time(post.deleted_at));
    put("lang", post.lang.as_deref().map_or(Value::Null, Value::from));
    put("reply_to", post.reply_to.as_deref().map_or(Value::Null, Value::from));
    put("views", post.views.map_or(Value::Null, Value::from));
    put("forwards", post.forwards.map_or(Value::Null, Value::from));
    if let Author::Pseudonym(pid) = &post.author {
        put("author_pid", Value::from(pid.as_str()));
    }
    if let Some(forward) = &post.forward {
        let origin = json!({
            "platform": forward.channel.platform.as_str(),
            "channel": forward.channel.id.as_str(),
            "id": forward.post.as_deref(),
            "published_at": time(forward.published_at),
        });
        put("forward_of", origin);
    }
    if !post.links.is_empty() {
        put("links", Value::from(post.links.clone()));
    }
    if !post.media.is_empty() {
        put("media", Value::from(post.media.iter().map(media).collect::<Vec<_>>()));
    }
    line
}

/// Seconds, whole where they are whole.
fn resolution(post: &Post) -> Value {
    match post.resolution {
        None => Value::Null,
        Some(resolution) if resolution.ms % 1000 == 0 => Value::from(resolution.ms / 1000),
        Some(resolution) => Value::from(f64::from(resolution.ms) / 1000.0),
    }
}

fn media(media: &Media) -> Value {
    json!({
        "kind": media.kind.as_str(),
        "sha256": media.sha256,
        "pdq": media.pdq,
        "pdq_quality": media.pdq_quality,
    })
}

pub(crate) fn channel_line(channel: &Channel) -> Value {
    json!({
        "kind": "channel",
        "platform": channel.key.platform.as_str(),
        "channel": channel.key.id.as_str(),
        "handle": channel.handle,
        "title": channel.title,
        "description": channel.description,
        "created_at": time(channel.created_at),
        "observed_at": channel.observed_at.to_string(),
        "subscribers": channel.subscribers,
        "subscribers_min": channel.subscribers_min,
        "subscribers_max": channel.subscribers_max,
        "status": channel.status.as_str(),
        "status_cause": channel.status_cause,
        "visibility": "public",
    })
}

fn coverage_line(coverage: &Coverage) -> Value {
    json!({
        "kind": "coverage",
        "platform": coverage.platform.as_str(),
        "channel": coverage.channel.as_deref(),
        "from": coverage.from.to_string(),
        "to": coverage.to.to_string(),
        "poll_s": coverage.poll_s,
        "outcome": coverage.outcome.as_str(),
    })
}

pub(crate) fn taken_line(taken: &Taken) -> Value {
    json!({
        "kind": "taken",
        "platform": taken.channel.platform.as_str(),
        "channel": taken.channel.id.as_str(),
        "id": taken.id.as_str(),
        "by": taken.by.as_str(),
    })
}

pub(crate) fn removed_line(removal: &Removal) -> Value {
    json!({
        "kind": "removed",
        "platform": removal.channel.platform.as_str(),
        "channel": removal.channel.id.as_str(),
        "id": removal.post.as_str(),
        "deleted_at": removal.at.to_string(),
    })
}

fn event_line(event: &Event) -> Value {
    json!({
        "kind": "event",
        "name": event.name,
        "platform": event.platform.as_ref().map(marsad_types::Platform::as_str),
        "from": event.from.to_string(),
        "to": event.to.to_string(),
        "source": event.source,
        "claim": event.claim,
    })
}

/// Every post version as a CSV row, with the columns of the ndjson line flattened.
fn csv(lake: &Lake, writer: &mut dyn Write) -> Result<u64, Failure> {
    const COLUMNS: [&str; 18] = [
        "platform",
        "channel",
        "id",
        "version",
        "published_at",
        "published_resolution_s",
        "observed_at",
        "edited_at",
        "deleted_at",
        "text",
        "lang",
        "forward_of",
        "reply_to",
        "links",
        "views",
        "forwards",
        "author_pid",
        "object",
    ];
    let mut writer = csv::Writer::from_writer(writer);
    writer.write_record(COLUMNS)?;
    let mut rows = 0;
    let mut failed: Option<csv::Error> = None;
    lake.each_post(&mut |row| {
        if failed.is_some() {
            return;
        }
        rows += 1;
        let line = post_line(&row);
        let empty = Map::new();
        let fields = line.as_object().unwrap_or(&empty);
        let record = COLUMNS.iter().map(|name| csv_cell(name, &row, fields));
        failed = writer.write_record(record).err();
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    writer.flush()?;
    Ok(rows)
}

fn csv_cell(name: &str, row: &ExportRow, fields: &Map<String, Value>) -> String {
    match (name, fields.get(name)) {
        ("object", _) => row.post.object.clone().unwrap_or_default(),
        ("links", _) => row.post.links.join(" "),
        ("forward_of", Some(_)) => {
            row.post.forward.as_ref().map_or(String::new(), |forward| match &forward.post {
                Some(post) => {
                    marsad_types::PostKey { channel: forward.channel.clone(), post: post.clone() }
                        .to_string()
                }
                None => forward.channel.to_string(),
            })
        }
        (_, Some(Value::String(text))) => text.clone(),
        (_, None | Some(Value::Null)) => String::new(),
        (_, Some(other)) => other.to_string(),
    }
}
