//! 4CAT's Telegram table. (Its NDJSON is raw Telethon and is read as such.)
//!
//! The table names a channel by its public name only, so the name is the channel's id here; an
//! origin is named the same way where the table has its name, else by its number.

use marsad_types::{
    Author, ChannelKey, Forward, Media, Platform, Post, PostId, Reading, Timestamp,
};

use crate::csv::count;
use crate::json::Reason;
use crate::lines::Problems;
use crate::named::{Names, cell, filled};
use crate::rows::{Row, each_row};
use crate::telethon::RESOLUTION;
use crate::times::read_unix;
use crate::{Chunk, Manifest};

/// Where the columns stand; older exports lack some.
struct Columns {
    names: Names,
    platform: Platform,
    id: usize,
    chat: usize,
    body: usize,
    time: usize,
    edited: Option<usize>,
    author: Option<usize>,
    author_username: Option<usize>,
    reply_to: Option<usize>,
    views: Option<usize>,
    origin_id: Option<usize>,
    origin_username: Option<usize>,
    origin_time: Option<usize>,
    link: Option<usize>,
    attachment: Option<usize>,
}

impl Columns {
    fn find(manifest: &Manifest) -> Result<Self, String> {
        let names = Names::of(manifest)?;
        let missing =
            |reason: String| format!("{reason}; for another 4CAT data set use --as csv with --map");
        Ok(Self {
            platform: manifest.platform_or_default().ok_or("no platform is named")?,
            id: names.required("id").map_err(missing)?,
            chat: names.required("chat").map_err(missing)?,
            body: names.required("body").map_err(missing)?,
            time: names.required("unix_timestamp").map_err(missing)?,
            edited: names.find("unix_timestamp_edited"),
            author: names.find("author"),
            author_username: names.find("author_username"),
            reply_to: names.find("reply_to"),
            views: names.find("views"),
            origin_id: names.find("author_forwarded_from_id"),
            origin_username: names.find("author_forwarded_from_username"),
            origin_time: names.find("unix_timestamp_forwarded_from"),
            link: names.find("link_attached"),
            attachment: names.find("attachment_type"),
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
    each_row(chunk, columns.names.shape(), reading, |row, reading| {
        match read_row(&columns, row, reading) {
            Ok(post) => reading.posts.push(post),
            Err(Reason(reason)) => reading.problem(row.line, reason),
        }
    });
}

fn read_row(columns: &Columns, row: &Row<'_>, reading: &mut Reading) -> Result<Post, Reason> {
    let chat = filled(row, columns.chat, "chat")?;
    let written = filled(row, columns.id, "id")?;
    // "chat-number", and a chat's name may hold '-' too.
    let id = written.rsplit_once('-').map_or(written.as_ref(), |(_, id)| id);
    let published_at = instant(&filled(row, columns.time, "unix_timestamp")?)?;
    let text = crate::csv::text(row, columns.body, "body")?.into_owned();
    let key = ChannelKey::new(columns.platform.clone(), &chat);
    let edited = cell(row, columns.edited)?;
    let edited = if edited.is_empty() { Ok(None) } else { instant(&edited).map(Some) };
    let views = cell(row, columns.views)?;
    let views = count(&views).map_err(|shown| Reason(format!("views is '{shown}'")));
    let link = cell(row, columns.link)?;
    let reply_to = cell(row, columns.reply_to)?;
    Ok(Post {
        resolution: Some(RESOLUTION),
        edited_at: reading.without(row.line, edited),
        forward: reading.without(row.line, origin(columns, row)),
        reply_to: (!reply_to.is_empty()).then(|| reply_to.as_ref().into()),
        links: if link.is_empty() { Vec::new() } else { vec![link.into_owned()] },
        media: media(&cell(row, columns.attachment)?),
        views: reading.without(row.line, views),
        author: author(columns, row, &chat)?,
        line: row.line,
        ..Post::new(key, PostId::Given(id.into()), published_at, text)
    })
}

fn instant(written: &str) -> Result<Timestamp, Reason> {
    let read = read_unix(written).map_err(Reason)?;
    read.ok_or_else(|| Reason("unix_timestamp is not a number of seconds".to_owned()))
}

fn origin(columns: &Columns, row: &Row<'_>) -> Result<Option<Forward>, Reason> {
    let name = cell(row, columns.origin_username)?;
    let number = cell(row, columns.origin_id)?;
    let id = if name.is_empty() { number } else { name };
    if id.is_empty() {
        return Ok(None);
    }
    let time = cell(row, columns.origin_time)?;
    let published_at = if time.is_empty() { None } else { Some(instant(&time)?) };
    let channel = ChannelKey::new(columns.platform.clone(), &id);
    Ok(Some(Forward { channel, post: None, published_at }))
}

/// Who wrote it, unless it is the channel itself.
fn author(columns: &Columns, row: &Row<'_>, chat: &str) -> Result<Author, Reason> {
    let username = cell(row, columns.author_username)?;
    let author = cell(row, columns.author)?;
    let is_channel = author.is_empty() || username == chat || author == chat;
    Ok(if is_channel { Author::Unknown } else { Author::Name(author.into_owned()) })
}

fn media(attachment: &str) -> Vec<Media> {
    let kind = match attachment {
        "" | "url" => return Vec::new(),
        "photo" => "image",
        "video" => "video",
        "audio" => "audio",
        "document" => "file",
        other => other,
    };
    vec![Media { kind: kind.into(), ..Media::default() }]
}
