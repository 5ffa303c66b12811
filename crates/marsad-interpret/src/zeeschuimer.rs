//! Zeeschuimer's captures of what a logged-in browser saw, one item a line.
//!
//! Only Twitter's objects are understood. The captures may hold what only the operator could see,
//! so a protected account is refused; the browser's own traces are not read.

use marsad_types::{Author, ChannelKey, Platform, Post, PostId, Reading, Resolution, Timestamp};
use serde::Deserialize;

use crate::json::{self, Nested, Object, Reason, Value, missing, shorten};
use crate::lines::{Problems, each_line};
use crate::times::TimeRule;
use crate::{Chunk, Manifest};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    source_platform: Value<'a>,
    #[serde(borrow, default)]
    timestamp_collected: Value<'a>,
    #[serde(borrow, default)]
    data: Nested<Object<Tweet<'a>>>,
}

#[derive(Deserialize)]
struct Tweet<'a> {
    #[serde(borrow, default)]
    rest_id: Value<'a>,
    #[serde(borrow, default)]
    legacy: Nested<Object<Legacy<'a>>>,
    #[serde(borrow, default)]
    core: Nested<Object<Core<'a>>>,
    #[serde(borrow, default)]
    views: Nested<Object<Views<'a>>>,
}

#[derive(Deserialize)]
struct Legacy<'a> {
    #[serde(borrow, default)]
    full_text: Value<'a>,
    #[serde(borrow, default)]
    created_at: Value<'a>,
    #[serde(borrow, default)]
    user_id_str: Value<'a>,
    #[serde(borrow, default)]
    lang: Value<'a>,
    #[serde(borrow, default)]
    retweet_count: Value<'a>,
}

#[derive(Deserialize)]
struct Core<'a> {
    #[serde(borrow, default)]
    user_results: Nested<Object<UserResults<'a>>>,
}

#[derive(Deserialize)]
struct UserResults<'a> {
    #[serde(borrow, default)]
    result: Nested<Object<User<'a>>>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow, default)]
    rest_id: Value<'a>,
    #[serde(borrow, default)]
    legacy: Nested<Object<UserLegacy<'a>>>,
}

#[derive(Deserialize)]
struct UserLegacy<'a> {
    #[serde(borrow, default)]
    protected: Value<'a>,
}

#[derive(Deserialize)]
struct Views<'a> {
    #[serde(borrow, default)]
    count: Value<'a>,
}

/// Twitter's own way to write a time.
const TIME: &str = "%a %b %d %H:%M:%S %z %Y";

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let Ok(time_rule) = TimeRule::new(TIME) else { return };
    each_line(chunk, reading, |bytes, number, reading| {
        match read_line(&platform, &time_rule, bytes) {
            Ok(post) => reading.posts.push(Post { line: number, ..post }),
            Err(Reason(reason)) => reading.problem(number, reason),
        }
    });
}

fn read_line(platform: &Platform, time_rule: &TimeRule, bytes: &[u8]) -> Result<Post, Reason> {
    let line: Line<'_> = json::object(bytes)?;
    let source = line.source_platform.required_text("source_platform")?;
    if source != "twitter.com" && source != "x.com" {
        let shown = shorten(&source);
        return Err(Reason(format!("items of '{shown}' are not read, only those of twitter.com")));
    }
    let collected = line.timestamp_collected.milliseconds("timestamp_collected")?;
    let Object(tweet) = line.data.get("data", "an object")?.ok_or_else(|| missing("data"))?;
    post(platform, time_rule, tweet, collected)
}

fn post(
    platform: &Platform,
    time_rule: &TimeRule,
    tweet: Tweet<'_>,
    collected: Option<Timestamp>,
) -> Result<Post, Reason> {
    let legacy = tweet.legacy.get("legacy", "an object")?.ok_or_else(|| missing("legacy"))?;
    let Object(legacy) = legacy;
    let user = tweet.core.there().and_then(|Object(core)| core.user_results.there());
    let user = user.and_then(|Object(results)| results.result.there()).map(|Object(user)| user);
    let (user_id, user_legacy) = user.map_or((Value::Missing, None), |user| {
        (user.rest_id, user.legacy.there().map(|Object(legacy)| legacy))
    });
    if user_legacy.is_some_and(|user| matches!(user.protected, Value::Bool(true))) {
        return Err(Reason("the account is protected; only what is public is read".to_owned()));
    }
    let account = legacy.user_id_str.id("user_id_str")?.or(user_id.id("rest_id")?);
    let account = account.ok_or_else(|| Reason("the item names no account".to_owned()))?;
    let id = tweet.rest_id.required_id("rest_id")?;
    let written = legacy.created_at.required_text("created_at")?;
    let published_at = time_rule.read(&written).map_err(Reason)?;
    let text = legacy.full_text.text("full_text")?.ok_or_else(|| missing("full_text"))?;
    let views = tweet.views.there().and_then(|Object(views)| views.count.whole());
    Ok(Post {
        resolution: Some(Resolution::DEFAULT),
        observed_first: collected,
        lang: legacy.lang.text("lang")?.filter(|tag| tag != "und").map(Into::into),
        views: views.and_then(|views| u64::try_from(views).ok()),
        forwards: legacy.retweet_count.count("retweet_count")?,
        author: Author::Unknown,
        ..Post::new(
            ChannelKey::new(platform.clone(), &account),
            PostId::Given(id),
            published_at,
            text.into_owned(),
        )
    })
}
