//! CrowdTangle's exports of Facebook pages and groups.
//!
//! Times carry the abbreviation of a zone; only those that mean one offset everywhere are read.

use marsad_types::{Channel, ChannelKey, Platform, Post, PostId, Reading, Resolution, Timestamp};

use crate::csv::{count, text};
use crate::json::{Reason, shorten};
use crate::lines::Problems;
use crate::named::{Described, Names, cell, filled};
use crate::rows::{Row, each_row};
use crate::{Chunk, Manifest};

struct Columns {
    names: Names,
    platform: Platform,
    title: usize,
    channel: usize,
    time: usize,
    message: usize,
    url: usize,
    handle: Option<usize>,
    description: Option<usize>,
    created: Option<usize>,
    followers: Option<usize>,
    shares: Option<usize>,
    views: Option<usize>,
    links: [Option<usize>; 2],
}

impl Columns {
    fn find(manifest: &Manifest) -> Result<Self, String> {
        let names = Names::of(manifest)?;
        Ok(Self {
            platform: manifest.platform_or_default().ok_or("no platform is named")?,
            title: names.required("Page Name").or_else(|_page| names.required("Group Name"))?,
            channel: names.required("Facebook Id")?,
            time: names.required("Post Created")?,
            message: names.required("Message")?,
            url: names.required("URL")?,
            handle: names.find("User Name"),
            description: names.find("Page Description"),
            created: names.find("Page Created"),
            followers: names.find("Followers at Posting"),
            shares: names.find("Shares"),
            views: names.find("Total Views"),
            links: [names.find("Final Link"), names.find("Link")],
            names,
        })
    }
}

/// Whether the header has what is needed.
pub(crate) fn check(manifest: &Manifest) -> Result<(), String> {
    Columns::find(manifest).map(|_| ())
}

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let columns = match Columns::find(manifest) {
        Ok(columns) => columns,
        Err(reason) => return reading.problem(chunk.first_line, reason),
    };
    let mut pages = Described::default();
    each_row(chunk, columns.names.shape(), reading, |row, reading| {
        match read_row(&columns, row, &mut pages, reading) {
            Ok(post) => reading.posts.push(post),
            Err(Reason(reason)) => reading.problem(row.line, reason),
        }
    });
}

fn read_row(
    columns: &Columns,
    row: &Row<'_>,
    pages: &mut Described,
    reading: &mut Reading,
) -> Result<Post, Reason> {
    let channel = filled(row, columns.channel, "Facebook Id")?;
    let url = filled(row, columns.url, "URL")?;
    let published_at = instant(&filled(row, columns.time, "Post Created")?)?;
    let words = text(row, columns.message, "Message")?.into_owned();
    let key = ChannelKey::new(columns.platform.clone(), &channel);
    let observation = page(columns, row, &key, published_at).map(Some);
    if let Some(observation) = reading.without(row.line, observation) {
        pages.note(observation, reading);
    }
    let link = [cell(row, columns.links[0])?, cell(row, columns.links[1])?];
    let link = link.into_iter().find(|link| !link.is_empty() && link != "N/A");
    Ok(Post {
        resolution: Some(Resolution::DEFAULT),
        links: link.map(std::borrow::Cow::into_owned).into_iter().collect(),
        views: reading.without(row.line, number(row, columns.views, "Total Views")),
        forwards: reading.without(row.line, number(row, columns.shares, "Shares")),
        line: row.line,
        ..Post::new(key, PostId::Given(post_id(&url).into()), published_at, words)
    })
}

/// The last part of the address, which is the post's number; the whole address where it is none.
fn post_id(url: &str) -> &str {
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    if is_number { last } else { url }
}

fn number(row: &Row<'_>, at: Option<usize>, name: &str) -> Result<Option<u64>, Reason> {
    let written = cell(row, at)?;
    count(&written).map_err(|shown| Reason(format!("{name} is '{shown}'; expected a whole number")))
}

fn page(
    columns: &Columns,
    row: &Row<'_>,
    key: &ChannelKey,
    at: Timestamp,
) -> Result<Channel, Reason> {
    let words = |place: Option<usize>| -> Result<Option<String>, Reason> {
        let words = cell(row, place)?;
        Ok((!words.is_empty() && words != "N/A").then(|| words.into_owned()))
    };
    Ok(Channel {
        handle: words(columns.handle)?,
        title: words(Some(columns.title))?,
        description: words(columns.description)?,
        created_at: words(columns.created)?.and_then(|time| time.parse().ok()),
        subscribers: number(row, columns.followers, "Followers at Posting")?,
        line: row.line,
        ..Channel::seen(key.clone(), at)
    })
}

/// Hours east of UTC of the abbreviations that mean one zone (IST, BST, CST and their like, which
/// mean several, are not here; CST and CDT stand for the United States, where the tool was made).
const ZONES: [(&str, i64); 16] = [
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("WEST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

fn instant(written: &str) -> Result<Timestamp, Reason> {
    let wrong = || {
        let shown = shorten(written);
        Reason(format!("Post Created is '{shown}'; expected a time and a known zone, such as CET"))
    };
    let (time, zone) = written.rsplit_once(' ').ok_or_else(wrong)?;
    let hours = ZONES.iter().find(|(name, _)| *name == zone).map(|(_, hours)| *hours);
    let hours = hours.ok_or_else(wrong)?;
    let local: Timestamp = time.parse().map_err(|_not_a_time| wrong())?;
    Ok(Timestamp(local.0 - hours * 3_600_000))
}
