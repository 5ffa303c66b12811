//! Pages of Twitter's API v2, one a line or all in one list.

use std::io::BufRead;

use hashbrown::HashMap;
use marsad_types::{
    Channel, ChannelKey, Forward, Platform, Post, PostId, Reading, Resolution, Timestamp,
};
use serde::Deserialize;

use crate::Manifest;
use crate::document::{each_value, walk_document};
use crate::json::{self, Nested, Object, Reason, Value, missing};
use crate::lines::Problems;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    data: Nested<Vec<Nested<Object<Tweet<'a>>>>>,
    #[serde(borrow, default)]
    includes: Nested<Object<Includes<'a>>>,
}

#[derive(Deserialize)]
struct Includes<'a> {
    #[serde(borrow, default)]
    users: Nested<Vec<Nested<Object<User<'a>>>>>,
    #[serde(borrow, default)]
    tweets: Nested<Vec<Nested<Object<Tweet<'a>>>>>,
}

#[derive(Deserialize)]
struct Tweet<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(borrow, default)]
    text: Value<'a>,
    #[serde(borrow, default)]
    created_at: Value<'a>,
    #[serde(borrow, default)]
    author_id: Value<'a>,
    #[serde(borrow, default)]
    lang: Value<'a>,
    #[serde(borrow, default)]
    referenced_tweets: Nested<Vec<Nested<Object<Reference<'a>>>>>,
    #[serde(borrow, default)]
    public_metrics: Nested<Object<Metrics<'a>>>,
    #[serde(borrow, default)]
    entities: Nested<Object<Entities<'a>>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Value<'a>,
    #[serde(borrow, default)]
    id: Value<'a>,
}

#[derive(Deserialize)]
struct Metrics<'a> {
    #[serde(borrow, default)]
    retweet_count: Value<'a>,
    #[serde(borrow, default)]
    impression_count: Value<'a>,
}

#[derive(Deserialize)]
struct Entities<'a> {
    #[serde(borrow, default)]
    urls: Nested<Vec<Nested<Object<Address<'a>>>>>,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow, default)]
    expanded_url: Value<'a>,
    #[serde(borrow, default)]
    url: Value<'a>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow, default)]
    id: Value<'a>,
    #[serde(borrow, default)]
    username: Value<'a>,
    #[serde(borrow, default)]
    name: Value<'a>,
    #[serde(borrow, default)]
    protected: Value<'a>,
}

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    walk_document(input, sink, |walker, batch| {
        each_value(walker, batch, &mut |bytes, line, batch| {
            if let Err(Reason(reason)) = page(&platform, bytes, line, &mut batch.reading) {
                batch.reading.rows += 1;
                batch.reading.problem(line, reason);
            }
        })
    });
}

/// The tweets that a page includes beside its own, by id.
type Included = HashMap<String, (Option<ChannelKey>, Option<Timestamp>, Option<String>)>;

fn page(platform: &Platform, bytes: &[u8], line: u64, reading: &mut Reading) -> Result<(), Reason> {
    let page: Page<'_> = json::object(bytes)?;
    let tweets = page.data.get("data", "a list of tweets")?.ok_or_else(|| missing("data"))?;
    let includes = page.includes.there().map(|Object(includes)| includes);
    let (users, tweets_beside) =
        includes.map_or((Nested::Absent, Nested::Absent), |i| (i.users, i.tweets));
    let mut included = Included::new();
    for Object(tweet) in
        tweets_beside.there().unwrap_or_default().into_iter().filter_map(Nested::there)
    {
        let Some(id) = tweet.id.optional_id("id")? else { continue };
        let author = tweet.author_id.optional_id("author_id")?;
        let author = author.map(|author| ChannelKey::new(platform.clone(), &author));
        let text = tweet.text.text("text")?.map(std::borrow::Cow::into_owned);
        included.insert(id.into(), (author, tweet.created_at.time("created_at")?, text));
    }
    let mut seen_at = None;
    for tweet in tweets {
        reading.rows += 1;
        let read = match tweet {
            Nested::There(Object(tweet)) => post(platform, tweet, &included, (line, &mut *reading)),
            _ => Err(Reason("the tweet is not an object".to_owned())),
        };
        match read {
            Ok(post) => {
                seen_at = seen_at.max(Some(post.published_at));
                reading.posts.push(post);
            }
            Err(Reason(reason)) => reading.problem(line, reason),
        }
    }
    // A page was made no earlier than its newest tweet; that is when its users were seen.
    let Some(seen_at) = seen_at else { return Ok(()) };
    for Object(user) in users.there().unwrap_or_default().into_iter().filter_map(Nested::there) {
        let observation = account(platform, user, seen_at).map(Some);
        if let Some(channel) = reading.without(line, observation) {
            reading.channels.push(Channel { line, ..channel });
        }
    }
    Ok(())
}

fn account(platform: &Platform, user: User<'_>, at: Timestamp) -> Result<Channel, Reason> {
    if matches!(user.protected, Value::Bool(true)) {
        return Err(Reason("the account is protected; only what is public is read".to_owned()));
    }
    let key = ChannelKey::new(platform.clone(), &user.id.required_id("id")?);
    Ok(Channel {
        handle: user.username.text("username")?.map(std::borrow::Cow::into_owned),
        title: user.name.text("name")?.map(std::borrow::Cow::into_owned),
        ..Channel::seen(key, at)
    })
}

fn post(
    platform: &Platform,
    tweet: Tweet<'_>,
    included: &Included,
    (line, reading): (u64, &mut Reading),
) -> Result<Post, Reason> {
    let account = tweet.author_id.required_id("author_id")?;
    let id = PostId::Given(tweet.id.required_id("id")?);
    let published_at = tweet.created_at.required_time("created_at")?;
    let mut text = tweet.text.required_text("text")?.into_owned();
    let (mut forward, mut reply_to) = (None, None);
    let key = ChannelKey::new(platform.clone(), &account);
    let references = tweet.referenced_tweets.there().unwrap_or_default();
    for Object(reference) in references.into_iter().filter_map(Nested::there) {
        let id = reference.id.required_id("referenced_tweets.id")?;
        let original = included.get(id.as_str());
        let author = original.and_then(|(author, ..)| author.clone());
        match reference.kind.text("referenced_tweets.type")?.as_deref() {
            Some("retweeted") => {
                // The tweet's own text is cut with "…"; the original's is whole.
                if let Some((_, _, Some(whole))) = original {
                    text.clone_from(whole);
                }
                let published_at = original.and_then(|(_, at, _)| *at);
                let post = Some(id);
                forward = author.map(|channel| Forward { channel, post, published_at });
            }
            Some("replied_to") if author.as_ref() == Some(&key) => reply_to = Some(id),
            _ => {}
        }
    }
    let metrics = tweet.public_metrics.there().map(|Object(metrics)| metrics);
    let (views, forwards) =
        metrics.map_or_else(Default::default, |m| (m.impression_count, m.retweet_count));
    Ok(Post {
        resolution: Some(Resolution::DEFAULT),
        lang: tweet.lang.text("lang")?.filter(|tag| tag != "und").map(Into::into),
        forward,
        reply_to,
        links: addresses(tweet.entities),
        views: reading.without(line, views.count("impression_count")),
        forwards: reading.without(line, forwards.count("retweet_count")),
        line,
        ..Post::new(key, id, published_at, text)
    })
}

fn addresses(entities: Nested<Object<Entities<'_>>>) -> Vec<String> {
    let urls = entities.there().map(|Object(entities)| entities.urls);
    let urls = urls.and_then(Nested::there).unwrap_or_default();
    let urls = urls.into_iter().filter_map(Nested::there);
    let written = urls.filter_map(|Object(address)| {
        let expanded = address.expanded_url.text("expanded_url").ok().flatten();
        expanded.or_else(|| address.url.text("url").ok().flatten())
    });
    written.map(std::borrow::Cow::into_owned).collect()
}
