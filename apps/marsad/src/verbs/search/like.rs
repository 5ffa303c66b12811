//! `marsad search --like POST`: the posts that say the same, and by which rule.

use std::process::ExitCode;

use marsad_matching::{Alike, Options, alike};
use marsad_types::PostKey;
use serde_json::{Value, json};

use super::{print, window};
use crate::cli::{Context, SearchOptions, platform};
use crate::failure::Failure;
use crate::verbs::explain::row;
use crate::verbs::measure::{Loaded, names};
use crate::{output, progress};

pub(super) fn run(
    context: &Context,
    options: &SearchOptions,
    written: &str,
) -> Result<ExitCode, Failure> {
    let post: PostKey = written.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let (since, until) = window(options)?;
    let platforms: Vec<_> =
        options.platforms.iter().map(|name| platform(name)).collect::<Result<_, _>>()?;
    let loaded = Loaded::open(&context.open()?, context.quiet)?;
    let corpus = &loaded.corpus;
    let at = row(corpus, written)?;
    let mut found = like(context, &loaded, at);
    found.retain(|one| {
        let time = corpus.published_at(one.row);
        let channel = corpus.posts.channel.get(one.row).and_then(|id| corpus.channels.key(*id));
        let is_on =
            channel.is_some_and(|key| platforms.is_empty() || platforms.contains(&key.platform));
        is_on && since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until)
    });
    let total = found.len();
    found.truncate(options.limit);
    let document = document(&loaded, &post, (total, &found));
    if context.json || context.out.is_some() {
        output::finding(context, &document, &[])?;
    } else {
        tell(&loaded, &document)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The one place that finds them: a scan of all texts today.
fn like(context: &Context, loaded: &Loaded, at: usize) -> Vec<Alike> {
    let spinner = progress::spinner("comparing", context.quiet);
    let found = alike(&loaded.corpus, &loaded.prints, at, &Options::default());
    spinner.finish_and_clear();
    found
}

fn document(loaded: &Loaded, post: &PostKey, (total, found): (usize, &[Alike])) -> Value {
    let names = names(&loaded.corpus);
    let rows: Vec<Value> = found
        .iter()
        .map(|one| {
            let key = loaded.corpus.post_key(one.row);
            let channel = key.split_once('/').map_or("", |(channel, _)| channel);
            json!({
                "post": key,
                "platform": channel.split_once(':').map_or("", |(platform, _)| platform),
                "channel": channel,
                "title": names.get(channel),
                "published_at": loaded.corpus.published_at(one.row).to_string(),
                "text": loaded.corpus.posts.text.get(one.row),
                "similarity": (f64::from(one.similarity) * 1e3).round() / 1e3,
                "relation": one.relation.map(marsad_matching::Relation::as_str),
                "reason": one.reason,
            })
        })
        .collect();
    json!({
        "like": post.to_string(),
        "total": total,
        "rows": rows,
        "archive": {
            "version": loaded.reference.version,
            "log_size": loaded.reference.log_size,
            "root": loaded.reference.root,
        },
        "notes": [],
    })
}

fn tell(loaded: &Loaded, document: &Value) -> Result<(), Failure> {
    let text = |row: &Value, name: &str| {
        print::plain(row.get(name).and_then(Value::as_str).unwrap_or_default())
    };
    for row in document.get("rows").and_then(Value::as_array).into_iter().flatten() {
        let similarity = row.get("similarity").and_then(Value::as_f64).unwrap_or(0.0);
        let relation = row.get("relation").and_then(Value::as_str).unwrap_or("another");
        output::line(&format!(
            "{similarity:.3} {relation:<9} {}  {}  {}",
            text(row, "published_at"),
            text(row, "post"),
            text(row, "title")
        ))?;
        if row.get("relation").is_some_and(Value::is_null) {
            output::line(&format!("    another statement: {}", text(row, "reason")))?;
        }
        output::line(&format!("    {}\n", output::one_line(&text(row, "text"))))?;
    }
    let total = document.get("total").and_then(Value::as_u64).unwrap_or(0);
    let of = loaded.corpus.posts.len();
    output::line(&format!("{total} of {of} posts are like {}", text(document, "like")))
}
