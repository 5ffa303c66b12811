//! What the archive holds beside what happened.

use anyhow::{Context as _, Result};
use hashbrown::HashMap;
use marsad_mock::Truth;
use serde_json::{Value, json};

/// Counts what is lost, doubled, or wrong. A post that was deleted before anybody could look is not
/// lost; a text that was replaced before anybody could look is not either.
pub(crate) fn compare(truth: &Truth, held: &str, now_ms: i64) -> Result<Value> {
    // Truth names a channel by its handle, the archive by its number: handles are in the order of
    // the numbers, which the platform counts downwards.
    let number = |at: usize| (1_900_000_001 + at).to_string();
    let numbers: HashMap<&str, String> = truth
        .channels
        .iter()
        .enumerate()
        .map(|(at, channel)| (channel.channel.as_str(), number(at)))
        .collect();
    let mut lines: HashMap<(String, String), Vec<Value>> = HashMap::new();
    for line in held.lines() {
        let line: Value = serde_json::from_str(line).context("the export is not JSON")?;
        if line["kind"] == "post" {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            lines.entry((text("channel"), text("id"))).or_default().push(line);
        }
    }
    let (mut lost, mut doubled, mut stale, mut found_gone, mut wrongly_gone, mut posts) =
        (0, 0, 0, 0, 0, 0);
    for post in &truth.posts {
        let key =
            (numbers.get(post.channel.as_str()).cloned().unwrap_or_default(), post.post.clone());
        let versions = lines.remove(&key).unwrap_or_default();
        let is_up = post.is_up(now_ms);
        posts += u64::from(is_up);
        lost += u64::from(is_up && versions.is_empty());
        let mut seen: Vec<(&str, bool)> = versions
            .iter()
            .map(|line| (line["text"].as_str().unwrap_or_default(), line["deleted_at"].is_null()))
            .collect();
        let before = seen.len();
        seen.sort_unstable();
        seen.dedup();
        doubled += (before - seen.len()) as u64;
        let says_gone = seen.iter().any(|(_, is_there)| !is_there);
        found_gone += u64::from(!is_up && says_gone);
        wrongly_gone += u64::from(is_up && says_gone);
        let last = post.text(now_ms).unwrap_or_default();
        let knows_last = seen.iter().any(|(text, _)| *text == last);
        stale += u64::from(is_up && !versions.is_empty() && !knows_last);
    }
    let gone = truth.posts.iter().filter(|post| !post.is_up(now_ms)).count();
    Ok(json!({
        "posts_up": posts,
        "lost": lost,
        "doubled": doubled,
        "from_nowhere": lines.len(),
        "edits_not_known": stale,
        "deleted": gone,
        "deleted_and_known": found_gone,
        "taken_for_deleted": wrongly_gone,
    }))
}
