//! Twitter's transparency releases, the FiveThirtyEight/Clemson tables, and API v2 pages.
//!
//! An account is a channel here, by its stable id. Both tables state minutes; the resolution says
//! so. (API pages are in [`pages`].)

pub(crate) mod pages;

use marsad_types::{
    Channel, ChannelKey, Forward, Platform, Post, PostId, Reading, Resolution, Timestamp,
};

use crate::csv::{count, links, text};
use crate::json::Reason;
use crate::lines::Problems;
use crate::named::{Described, Names, cell, filled};
use crate::rows::{Row, each_row};
use crate::times::TimeRule;
use crate::{Chunk, Manifest};

/// Where the columns of either table stand.
struct Columns {
    names: Names,
    platform: Platform,
    time_rule: TimeRule,
    id: usize,
    account: usize,
    text: usize,
    time: usize,
    handle: Option<usize>,
    title: Option<usize>,
    description: Option<usize>,
    followers: Option<usize>,
    created: Option<usize>,
    lang: Option<usize>,
    reply_to: Option<usize>,
    reply_account: Option<usize>,
    retweet_of: Option<usize>,
    retweet_account: Option<usize>,
    retweets: Option<usize>,
    links: Vec<usize>,
}

impl Columns {
    fn find(manifest: &Manifest) -> Result<Self, String> {
        let names = Names::of(manifest)?;
        let platform = manifest.platform_or_default().ok_or("no platform is named")?;
        if names.find("alt_external_id").is_some() {
            return Self::clemson(names, platform);
        }
        let find = |name: &str| names.find(name);
        Ok(Self {
            platform,
            time_rule: TimeRule::Auto,
            id: names.required("tweetid")?,
            account: names.required("userid")?,
            text: names.required("tweet_text")?,
            time: names.required("tweet_time")?,
            handle: find("user_screen_name"),
            title: find("user_display_name"),
            description: find("user_profile_description"),
            followers: find("follower_count"),
            created: find("account_creation_date"),
            lang: find("tweet_language"),
            reply_to: find("in_reply_to_tweetid"),
            reply_account: find("in_reply_to_userid"),
            retweet_of: find("retweet_tweetid"),
            retweet_account: find("retweet_userid"),
            retweets: find("retweet_count"),
            links: find("urls").into_iter().collect(),
            names,
        })
    }

    /// `external_author_id` is spoilt in this table (9.06E+17); the alternative column is whole.
    fn clemson(names: Names, platform: Platform) -> Result<Self, String> {
        let steps = ["tco1_step1", "tco2_step1", "tco3_step1"];
        Ok(Self {
            platform,
            time_rule: TimeRule::new("%m/%d/%Y %H:%M")?,
            id: names.required("tweet_id")?,
            account: names.required("alt_external_id")?,
            text: names.required("content")?,
            time: names.required("publish_date")?,
            handle: names.find("author"),
            title: None,
            description: None,
            followers: names.find("followers"),
            created: None,
            lang: None, // words such as "English", not tags
            reply_to: None,
            reply_account: None,
            retweet_of: None,
            retweet_account: None,
            retweets: None,
            links: steps.iter().filter_map(|step| names.find(step)).collect(),
            names,
        })
    }
}

/// Whether the header is one of the two tables'.
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    Columns::find(manifest).map(|_| ())
}

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let columns = match Columns::find(manifest) {
        Ok(columns) => columns,
        Err(reason) => return reading.problem(chunk.first_line, reason),
    };
    let mut accounts = Described::default();
    each_row(chunk, columns.names.shape(), reading, |row, reading| {
        match read_row(&columns, row, &mut accounts, reading) {
            Ok(post) => reading.posts.push(post),
            Err(Reason(reason)) => reading.problem(row.line, reason),
        }
    });
}

fn read_row(
    columns: &Columns,
    row: &Row<'_>,
    accounts: &mut Described,
    reading: &mut Reading,
) -> Result<Post, Reason> {
    let account = filled(row, columns.account, "the account id")?;
    let id = filled(row, columns.id, "the tweet id")?;
    let time = filled(row, columns.time, "the time")?;
    let published_at = columns.time_rule.read(&time).map_err(Reason)?;
    let words = text(row, columns.text, "the text")?.into_owned();
    let key = ChannelKey::new(columns.platform.clone(), &account);
    let observation = account_of(columns, row, &key, published_at);
    if let Some(observation) = reading.without(row.line, observation.map(Some)) {
        accounts.note(observation, reading);
    }
    let retweets = cell(row, columns.retweets)?;
    let retweets = count(&retweets).map_err(|shown| Reason(format!("retweet_count is '{shown}'")));
    let lang = cell(row, columns.lang)?;
    let reply_to = cell(row, columns.reply_to)?;
    let to_itself = cell(row, columns.reply_account)? == account;
    let mut addresses = Vec::new();
    for place in &columns.links {
        addresses.extend(links(&cell(row, Some(*place))?));
    }
    Ok(Post {
        resolution: Some(Resolution::MINUTE),
        lang: (!lang.is_empty() && lang != "und").then(|| lang.as_ref().into()),
        forward: origin(columns, row)?,
        reply_to: (to_itself && !reply_to.is_empty()).then(|| reply_to.as_ref().into()),
        links: addresses,
        forwards: reading.without(row.line, retweets),
        line: row.line,
        ..Post::new(key, PostId::Given(id.as_ref().into()), published_at, words)
    })
}

fn origin(columns: &Columns, row: &Row<'_>) -> Result<Option<Forward>, Reason> {
    let account = cell(row, columns.retweet_account)?;
    let id = cell(row, columns.retweet_of)?;
    if account.is_empty() {
        return Ok(None);
    }
    let channel = ChannelKey::new(columns.platform.clone(), &account);
    let post = (!id.is_empty()).then(|| id.as_ref().into());
    Ok(Some(Forward { channel, post, published_at: None }))
}

fn account_of(
    columns: &Columns,
    row: &Row<'_>,
    key: &ChannelKey,
    at: Timestamp,
) -> Result<Channel, Reason> {
    let words = |place: Option<usize>| -> Result<Option<String>, Reason> {
        let words = cell(row, place)?;
        Ok((!words.is_empty()).then(|| words.into_owned()))
    };
    let followers = cell(row, columns.followers)?;
    let followers = count(&followers).map_err(|shown| Reason(format!("followers is '{shown}'")))?;
    let created = words(columns.created)?;
    Ok(Channel {
        handle: words(columns.handle)?,
        title: words(columns.title)?,
        description: words(columns.description)?,
        created_at: created.and_then(|date| date.parse().ok()),
        subscribers: followers,
        line: row.line,
        ..Channel::seen(key.clone(), at)
    })
}
