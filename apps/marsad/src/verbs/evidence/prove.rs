//! `marsad evidence prove`: a bundle with the records that a post was read from, and their proofs.

use std::collections::BTreeSet;
use std::process::ExitCode;

use marsad_types::PostKey;
use serde_json::json;

use crate::cli::{Context, ProveOptions};
use crate::failure::Failure;
use crate::output;
use crate::verbs::bundle::{self, Contents};

pub(super) fn run(context: &Context, options: &ProveOptions) -> Result<ExitCode, Failure> {
    let key: PostKey = options.post.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let path = context
        .out
        .as_deref()
        .ok_or_else(|| Failure::usage("say where to with --out FILE.wacz"))?;
    let archive = context.open()?;
    let reader = archive.reader()?;
    let posts = archive.lake()?.places_of(&BTreeSet::from([key.clone()]))?;
    let Some(places) = posts.get(&key) else {
        return Err(Failure::failed(format!("the archive has no post {key}")));
    };
    let versions: Vec<_> = places
        .iter()
        .map(|p| json!({"post": key.to_string(), "version": p.version, "record": p.leaf, "line": p.line}))
        .collect();
    let said = json!({"post": key.to_string(), "versions": versions});
    let contents = Contents {
        title: format!("Evidence of {key}"),
        what: "evidence prove",
        leaves: places.iter().map(|place| place.leaf).collect(),
        files: vec![("post.json".to_owned(), serde_json::to_vec_pretty(&said)?)],
        posts: &posts,
    };
    bundle::write(&reader, &contents, path)?;
    let records = places.len();
    if context.json {
        output::json(&json!({"post": key.to_string(), "records": records, "file": path}))?;
    } else {
        output::line(&format!(
            "{}: {records} versions of {key} with their records and proofs",
            path.display()
        ))?;
        bundle::tell_care(context, path);
    }
    Ok(ExitCode::SUCCESS)
}
