//! Inputs of the two coordination tools, whose rows keep their order and multiplicity.
//!
//! A row's number is its line after the header, from 0; where a text has line breaks the numbers
//! skip, which changes neither order nor multiplicity.

use compact_str::CompactString;
use marsad_types::{Author, ChannelKey, Platform, Post, PostId, Reading, Timestamp};

use crate::csv::text;
use crate::json::{Reason, shorten};
use crate::lines::Problems;
use crate::rows::{Row, Shape, each_row, header_columns};
use crate::{Chunk, Format, Manifest};

/// Columns of `coortweet`, found by name in any order.
pub(crate) const COORTWEET: [&str; 4] =
    ["object_id", "account_id", "content_id", "timestamp_share"];
/// Columns of `cnt`, taken by position.
pub(crate) const CNT: [&str; 8] =
    ["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"];

/// Where the four columns of CooRTweet stand, and how wide a row is.
struct Places {
    shape: Shape,
    object: usize,
    account: usize,
    content: usize,
    time: usize,
}

impl Places {
    fn find(manifest: &Manifest) -> Result<Self, String> {
        let header = manifest.header.as_deref().ok_or("the header is missing")?;
        let names = header_columns(header, manifest.delimiter);
        let place = |wanted: &str| {
            names.iter().position(|name| name.trim() == wanted).ok_or_else(|| {
                let names = names.join(", ");
                format!("column '{wanted}' is not there; columns are: {names}")
            })
        };
        Ok(Self {
            shape: Shape { delimiter: manifest.delimiter, width: names.len() },
            object: place("object_id")?,
            account: place("account_id")?,
            content: place("content_id")?,
            time: place("timestamp_share")?,
        })
    }
}

/// Whether the header has what the format needs.
///
/// # Errors
/// The sentence names what is missing.
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    if manifest.format == Format::Coortweet {
        return Places::find(manifest).map(|_| ());
    }
    let header = manifest.header.as_deref().unwrap_or_default();
    let width = header_columns(header, manifest.delimiter).len();
    if width == CNT.len() {
        return Ok(());
    }
    let expected = CNT.join(",");
    Err(format!("the header has {width} columns; cnt has 8 by position: {expected}"))
}

pub(crate) fn read_coortweet(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let places = match Places::find(manifest) {
        Ok(places) => places,
        Err(reason) => {
            reading.problem(chunk.first_line, reason);
            return;
        }
    };
    let Some(platform) = manifest.platform_or_default() else { return };
    each_row(chunk, places.shape, reading, |row, reading| {
        match coortweet_row(&places, &platform, row) {
            Ok(post) => reading.posts.push(post),
            Err(Reason(reason)) => reading.problem(row.line, reason),
        }
    });
}

fn coortweet_row(places: &Places, platform: &Platform, row: &Row<'_>) -> Result<Post, Reason> {
    let account = filled(row, places.account, "account_id")?;
    let content = filled(row, places.content, "content_id")?;
    let time = seconds(&text(row, places.time, "timestamp_share")?)?;
    let object = text(row, places.object, "object_id")?;
    let key = ChannelKey { platform: platform.clone(), id: account };
    Ok(Post {
        // R reads NA as "no object"; an empty object is an object like any other there.
        object: (object != "NA").then(|| object.into_owned()),
        row: Some(row_number(row)),
        line: row.line,
        ..Post::new(key, PostId::Given(content), time, String::new())
    })
}

pub(crate) fn read_cnt(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let shape = Shape { delimiter: manifest.delimiter, width: CNT.len() };
    each_row(chunk, shape, reading, |row, reading| match cnt_row(&platform, row) {
        Ok(post) => reading.posts.push(post),
        Err(Reason(reason)) => reading.problem(row.line, reason),
    });
}

fn cnt_row(platform: &Platform, row: &Row<'_>) -> Result<Post, Reason> {
    let id = filled(row, 0, "message_id")?;
    let user = filled(row, 1, "user_id")?;
    let username = text(row, 2, "username")?;
    let repost = text(row, 3, "repost_id")?;
    let reply = text(row, 4, "reply_id")?;
    let message = text(row, 5, "message")?.into_owned();
    let time = seconds(&text(row, 6, "timestamp")?)?;
    let urls = text(row, 7, "urls")?;
    let key = ChannelKey { platform: platform.clone(), id: user };
    Ok(Post {
        object: (!repost.is_empty()).then(|| repost.into_owned()),
        reply_to: (!reply.is_empty()).then(|| reply.into()),
        links: urls.split(' ').filter(|url| !url.is_empty()).map(str::to_owned).collect(),
        author: if username.is_empty() {
            Author::Unknown
        } else {
            Author::Name(username.into_owned())
        },
        row: Some(row_number(row)),
        line: row.line,
        ..Post::new(key, PostId::Given(id), time, message)
    })
}

fn row_number(row: &Row<'_>) -> u64 {
    row.line.saturating_sub(2)
}

fn filled(row: &Row<'_>, at: usize, column: &str) -> Result<CompactString, Reason> {
    let written = text(row, at, column)?;
    if written.is_empty() {
        return Err(Reason(format!("{column} is empty")));
    }
    Ok(CompactString::from(written))
}

/// Numeric seconds, fractions allowed; kept to the millisecond.
fn seconds(written: &str) -> Result<Timestamp, Reason> {
    let trimmed = written.trim();
    let wrong = || Reason(format!("the time is '{}'; expected unix seconds", shorten(trimmed)));
    if let Ok(whole) = trimmed.parse::<i64>()
        && whole.unsigned_abs() < SECONDS_MAX
    {
        return Ok(Timestamp::from_seconds(whole));
    }
    let number: f64 = trimmed.parse().map_err(|_not_a_number| wrong())?;
    let fits = number.is_finite() && number.abs() < SECONDS_MAX as f64;
    if fits { Ok(Timestamp((number * 1000.0).round() as i64)) } else { Err(wrong()) }
}

/// The year 9999; anything above is no second.
const SECONDS_MAX: u64 = 253_402_300_800;
