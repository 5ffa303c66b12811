//! `marsad evidence erase` and `retain`: posts leave the evidence and everything made from it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use marsad_capture::{Connector, Memory, Source};
use marsad_desk::State;
use marsad_types::{ChannelKey, Names, PostKey, TakenBy, Timestamp};
use serde_json::json;

use crate::archive::Archive;
use crate::audit::{self, Act, Action, Entry};
use crate::cli::{Context, EraseOptions, LiftOptions, RetainOptions, platform};
use crate::failure::Failure;
use crate::pipeline::erased::{self, Erased, Marks};
use crate::pipeline::forget::{Wanted, carry_out, scan};
use crate::settings::Settings;
use crate::{clock, output};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn erase(context: &Context, options: &EraseOptions) -> Result<ExitCode, Failure> {
    if options.reason.trim().is_empty() {
        return Err(Failure::usage("--reason is empty; a tombstone says why"));
    }
    let keys = keys(&options.posts)?;
    let archive = context.open()?;
    let erased = filed(&archive, &keys)?;
    let act = Act::new(Action::Erase, "evidence erase", options);
    let wanted = Wanted::Posts {
        keys: erased.iter().flat_map(|post| post.keys.iter().cloned()).collect(),
        contents: erased.iter().flat_map(|post| post.contents.iter().cloned()).collect(),
    };
    let told = (&act, options.reason.as_str(), options.dry_run);
    let gone = forget(context, &archive, (&wanted, &erased), told)?;
    if gone == 0 {
        let posts = options.posts.join(", ");
        return Err(Failure::failed(format!("the evidence has no post {posts}")));
    }
    warn_of_watched(context, &archive, &wanted)?;
    Ok(ExitCode::SUCCESS)
}

fn keys(written: &[String]) -> Result<BTreeSet<PostKey>, Failure> {
    let parsed = written.iter().map(|post| post.parse::<PostKey>());
    parsed.collect::<Result<_, _>>().map_err(|error| Failure::usage(error.to_string()))
}

/// Lets erased posts be kept again when they are met again: a decision that stands in the log.
pub(super) fn lift(context: &Context, options: &LiftOptions) -> Result<ExitCode, Failure> {
    if options.reason.trim().is_empty() {
        return Err(Failure::usage("--reason is empty; a record says why"));
    }
    let keys = keys(&options.posts)?;
    let archive = context.open()?;
    let posts = filed(&archive, &keys)?;
    let mut store = archive.store()?;
    let marks = Marks::read(store.reader(), archive.pseudonyms()?)?;
    let mut leaves = BTreeSet::new();
    for post in &posts {
        let of_it = marks.records_of(&post.keys);
        if of_it.is_empty() {
            let asked = post.keys.iter().find(|key| keys.contains(key));
            let name = asked.map(ToString::to_string).unwrap_or_default();
            let sentence = format!("{name} is not marked as erased; nothing was changed");
            return Err(Failure::failed(sentence));
        }
        leaves.extend(of_it);
    }
    let at = clock::now();
    let waited = audit::absorb(&archive, &mut store)?;
    store.append(erased::lifting(&leaves, &options.reason, at))?;
    let act = Act::new(Action::Decide, "evidence lift", options);
    store.append(Entry::of(&archive, &act)?.prepared())?;
    store.commit(at)?;
    waited.done();
    archive.remember(store.reader().checkpoint())?;
    let count = keys.len();
    if context.json {
        output::json(&json!({"lifted": count}))?;
    } else {
        output::line(&format!(
            "{count} posts may be kept again; they come back when they are met again"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is watched of a channel may still show an erased post: that is left out, and said.
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
                    "note: {name} is still watched: where its platform still shows the post, it is left out of what is kept"
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
    // What is too old is not marked: the same rules take it again if it comes back.
    forget(context, &archive, (&Wanted::Older(rules), &[]), told)?;
    Ok(ExitCode::SUCCESS)
}

/// The same posts, each under every key it is filed under or may come back under (names of its
/// channel, its id), with its further pictures, and with what it says, for sources without ids.
fn filed(archive: &Archive, keys: &BTreeSet<PostKey>) -> Result<Vec<Erased>, Failure> {
    let lake = archive.lake()?;
    let looks = lake.channel_rows()?;
    let names = Names::of(&looks);
    let resolved = |key: &PostKey| PostKey {
        channel: names.resolve(&key.channel).clone(),
        post: key.post.clone(),
    };
    let mut posts: BTreeMap<PostKey, Erased> = BTreeMap::new();
    for key in keys {
        let post = posts.entry(resolved(key)).or_default();
        post.keys.extend([key.clone(), resolved(key)]);
    }
    for look in &looks {
        let Some(handle) = look.handle.as_deref() else { continue };
        let name = ChannelKey::new(look.key.platform.clone(), handle);
        let channel = names.resolve(&name);
        for (key, post) in posts.iter_mut().filter(|(key, _)| key.channel == *channel) {
            post.keys.insert(PostKey { channel: name.clone(), post: key.post.clone() });
        }
    }
    lake.each_post(&mut |row| {
        let key = PostKey { channel: row.post.channel, post: row.id };
        if let Some(post) = posts.get_mut(&resolved(&key)) {
            let (at, text) = (row.post.published_at.0, row.post.text);
            post.contents.insert((key.channel.clone(), at, text));
            post.keys.insert(key);
        }
    })?;
    let taken = lake.taken_rows()?.into_iter().filter(|taken| taken.by == TakenBy::Album);
    let albums: BTreeSet<PostKey> =
        taken.map(|taken| PostKey { channel: taken.channel, post: taken.id }).collect();
    for post in posts.values_mut() {
        post.pictures = post.keys.iter().flat_map(|key| pictures(key, &albums)).collect();
    }
    Ok(posts.into_values().collect())
}

/// The ids that follow a post's without a hole and are pictures of an album.
fn pictures(key: &PostKey, albums: &BTreeSet<PostKey>) -> Vec<PostKey> {
    let Ok(first) = key.post.parse::<u64>() else { return Vec::new() };
    let picture = |id: u64| PostKey { channel: key.channel.clone(), post: id.to_string().into() };
    let following = (first.saturating_add(1)..).map(picture);
    following.take_while(|picture| albums.contains(picture)).collect()
}

/// Scans, erases unless it is a dry run, and tells; gives how many observations of posts go.
fn forget(
    context: &Context,
    archive: &Archive,
    (wanted, erased): (&Wanted, &[Erased]),
    (act, reason, is_dry): (&Act, &str, bool),
) -> Result<u64, Failure> {
    let at = clock::now();
    let store = archive.store()?;
    let plan = scan(archive, &store, wanted, at)?;
    let (posts, records, rewritten) = (plan.posts, plan.leaves.len(), plan.rewritten);
    let media = plan.files;
    if posts > 0 && !is_dry {
        carry_out(archive, store, (plan, erased), (act, reason, at))?;
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
            "not reached: the files that were imported, exports and bundles given away, backups, lines that were not understood; when the posts are met again, they are left out (`marsad evidence lift` undoes that)",
        );
    }
    Ok(posts)
}
