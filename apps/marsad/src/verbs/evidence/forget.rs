//! `marsad evidence erase` and `retain`: posts leave the evidence and everything made from it.

use std::collections::BTreeSet;
use std::process::ExitCode;

use marsad_capture::{Connector, Memory, Source};
use marsad_desk::State;
use marsad_types::{ChannelKey, Names, PostKey, Timestamp};
use serde_json::json;

use crate::archive::Archive;
use crate::audit::{Act, Action};
use crate::cli::{Context, EraseOptions, RetainOptions, platform};
use crate::failure::Failure;
use crate::pipeline::forget::{Wanted, carry_out, scan};
use crate::settings::Settings;
use crate::{clock, output};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn erase(context: &Context, options: &EraseOptions) -> Result<ExitCode, Failure> {
    if options.reason.trim().is_empty() {
        return Err(Failure::usage("--reason is empty; a tombstone says why"));
    }
    let parsed = options.posts.iter().map(|post| post.parse::<PostKey>());
    let keys: BTreeSet<PostKey> =
        parsed.collect::<Result<_, _>>().map_err(|error| Failure::usage(error.to_string()))?;
    let archive = context.open()?;
    let (keys, contents) = filed(&archive, keys)?;
    let act = Act::new(Action::Erase, "evidence erase", options);
    let wanted = Wanted::Posts { keys, contents };
    let gone = forget(context, &archive, &wanted, (&act, &options.reason, options.dry_run))?;
    if gone == 0 {
        let posts = options.posts.join(", ");
        return Err(Failure::failed(format!("the evidence has no post {posts}")));
    }
    warn_of_watched(context, &archive, &wanted)?;
    Ok(ExitCode::SUCCESS)
}

/// A channel that is still watched brings an erased post back, as long as its platform shows it.
fn warn_of_watched(context: &Context, archive: &Archive, wanted: &Wanted) -> Result<(), Failure> {
    let Wanted::Posts { keys, .. } = wanted else { return Ok(()) };
    if !archive.has_desk() {
        return Ok(());
    }
    for source in archive.desk()?.sources()? {
        let Some(connector) = Connector::of(&source.platform) else { continue };
        let name = format!("{}:{}", source.platform, source.name);
        let Ok(named) = Source::parse(&name) else { continue };
        let memory: Memory = serde_json::from_str(&source.memory)?;
        let id = connector.key(&named, &memory);
        let is_theirs = |key: &PostKey| {
            key.channel.platform == named.platform
                && (key.channel.id == id || key.channel.id == named.name)
        };
        if source.state == State::Watched && keys.iter().any(is_theirs) {
            output::say(
                context,
                &format!(
                    "note: {name} is still watched: what its platform still shows comes back with the next look; `marsad sources pause {name}` prevents that"
                ),
            );
        }
    }
    Ok(())
}

pub(super) fn retain(context: &Context, options: &RetainOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let settings = Settings::of(archive.root())?;
    if settings.retention.is_empty() {
        return Err(Failure::usage(
            "marsad.toml has no retention rule; write [[retention]] with days = 365 and, if it is for one platform only, platform = \"telegram\"",
        ));
    }
    let now = clock::now();
    let mut rules = Vec::new();
    for rule in &settings.retention {
        let platform = rule.platform.as_deref().map(platform).transpose()?;
        rules.push((platform, Timestamp(now.0 - i64::from(rule.days) * DAY_MS)));
    }
    let act = Act::new(Action::Erase, "evidence retain", options);
    let told = (&act, "older than the retention rules allow", options.dry_run);
    forget(context, &archive, &Wanted::Older(rules), told)?;
    Ok(ExitCode::SUCCESS)
}

/// What a post whose source gave it no id is known by: channel, time, text.
type Content = (ChannelKey, i64, String);

/// The same posts under every key they are filed under (a name of their channel, its id), and what
/// those say whose source gave them no id.
fn filed(
    archive: &Archive,
    mut keys: BTreeSet<PostKey>,
) -> Result<(BTreeSet<PostKey>, BTreeSet<Content>), Failure> {
    let lake = archive.lake()?;
    let names = Names::of(&lake.channel_rows()?);
    let resolved = |key: &PostKey| PostKey {
        channel: names.resolve(&key.channel).clone(),
        post: key.post.clone(),
    };
    let wanted: BTreeSet<PostKey> = keys.iter().map(resolved).collect();
    let mut contents = BTreeSet::new();
    lake.each_post(&mut |row| {
        let post = row.post;
        let key = PostKey { channel: post.channel, post: row.id };
        if wanted.contains(&resolved(&key)) {
            contents.insert((key.channel.clone(), post.published_at.0, post.text));
            keys.insert(key);
        }
    })?;
    Ok((keys, contents))
}

/// Scans, erases unless it is a dry run, and tells; gives how many observations of posts go.
fn forget(
    context: &Context,
    archive: &Archive,
    wanted: &Wanted,
    (act, reason, is_dry): (&Act, &str, bool),
) -> Result<u64, Failure> {
    let at = clock::now();
    let store = archive.store()?;
    let plan = scan(archive, &store, wanted, at)?;
    let (posts, records, rewritten) = (plan.posts, plan.leaves.len(), plan.rewritten);
    let media = plan.files;
    if posts > 0 && !is_dry {
        carry_out(archive, store, plan, (act, reason, at))?;
    }
    if context.json {
        output::json(&json!({
            "posts": posts, "media": media, "records": records, "rewritten": rewritten,
            "dry_run": is_dry,
        }))?;
        return Ok(posts);
    }
    let verb = if is_dry { "would be erased" } else { "erased" };
    let files = if media == 0 { String::new() } else { format!(" and {media} files of theirs") };
    output::line(&format!(
        "{posts} observations of posts{files} {verb}, in {records} records of the log"
    ))?;
    if rewritten > 0 {
        output::say(
            context,
            &format!(
                "note: {rewritten} other posts of those files are kept as they were read, no longer as the bytes that came: their format means something as a whole only"
            ),
        );
    }
    if posts > 0 && !is_dry {
        output::say(
            context,
            "not reached: the files that were imported (importing one again brings it back), exports and bundles given away, backups, lines that were not understood",
        );
    }
    Ok(posts)
}
