//! Any table with a header, read by the operator's map of columns.
//!
//! A row whose channel, id or time is not understood is a problem. A value beside them that is not
//! understood (a view count, an origin) is a problem too, but the post is kept without it: tables
//! come from the world, and a post must not be lost for its view count.

use std::borrow::Cow;

use compact_str::CompactString;
use hashbrown::HashMap;
use marsad_types::{
    Author, Channel, ChannelKey, Forward, Platform, Post, PostId, PostKey, Reading, Timestamp,
};

use crate::json::{Reason, shorten};
use crate::lines::Problems;
use crate::rows::{Row, Shape, each_row, header_columns};
use crate::times::TimeRule;
use crate::{Chunk, Manifest};

/// Fields that `--map` knows, in the order in which help names them.
pub(crate) const FIELDS: [&str; 10] = [
    "channel",
    "text",
    "published_at",
    "id",
    "author",
    "subscribers",
    "views",
    "forward_of",
    "links",
    "title",
];
/// Those that must be mapped.
pub(crate) const REQUIRED: [&str; 3] = ["channel", "text", "published_at"];
/// Those that are times.
pub(crate) const TIMES: [&str; 1] = ["published_at"];

/// Where each field stands.
pub(crate) struct Columns {
    platform: Platform,
    shape: Shape,
    channel: usize,
    text: usize,
    published_at: usize,
    time: TimeRule,
    id: Option<usize>,
    author: Option<usize>,
    subscribers: Option<usize>,
    views: Option<usize>,
    forward_of: Option<usize>,
    links: Option<usize>,
    title: Option<usize>,
}

impl Columns {
    /// Finds the mapped columns in the header of the manifest.
    ///
    /// # Errors
    /// The sentence names what is missing; [`crate::prepare`] shows it to the operator.
    pub(crate) fn find(manifest: &Manifest) -> Result<Self, String> {
        let header = manifest.header.as_deref().ok_or("the header is missing")?;
        let names = header_columns(header, manifest.delimiter);
        let place = |field: &str| -> Result<Option<usize>, String> {
            manifest.column(field).map(|column| find_column(&names, column)).transpose()
        };
        let required = |field: &str| -> Result<usize, String> {
            place(field)?.ok_or_else(|| format!("no column is mapped to '{field}'"))
        };
        let pattern = manifest.time_format("published_at");
        Ok(Self {
            platform: manifest.platform.clone().ok_or("no platform is named")?,
            shape: Shape { delimiter: manifest.delimiter, width: names.len() },
            channel: required("channel")?,
            text: required("text")?,
            published_at: required("published_at")?,
            time: pattern.map_or(Ok(TimeRule::Auto), TimeRule::new)?,
            id: place("id")?,
            author: place("author")?,
            subscribers: place("subscribers")?,
            views: place("views")?,
            forward_of: place("forward_of")?,
            links: place("links")?,
            title: place("title")?,
        })
    }
}

fn find_column(names: &[String], wanted: &str) -> Result<usize, String> {
    let exact = |name: &&String| name.as_str() == wanted;
    let trimmed = |name: &&String| name.trim() == wanted.trim();
    let same = if names.iter().any(|name| name == wanted) {
        names.iter().filter(exact).count()
    } else {
        names.iter().filter(trimmed).count()
    };
    match same {
        0 => {
            let names = names.join(", ");
            Err(format!("column '{wanted}' is not there; columns are: {names}"))
        }
        1 => {
            let exact = names.iter().position(|name| name == wanted);
            let place = exact.or_else(|| names.iter().position(|n| n.trim() == wanted.trim()));
            place.ok_or_else(|| format!("column '{wanted}' is not there"))
        }
        n => Err(format!("column '{wanted}' is there {n} times; rename all but one")),
    }
}

pub(crate) fn read(manifest: &Manifest, chunk: &Chunk<'_>, reading: &mut Reading) {
    let columns = match Columns::find(manifest) {
        Ok(columns) => columns,
        Err(reason) => {
            reading.problem(chunk.first_line, reason);
            return;
        }
    };
    let mut seen = Observed::default();
    each_row(chunk, columns.shape, reading, |row, reading| {
        if let Err(Reason(reason)) = read_row(&columns, row, &mut seen, reading) {
            reading.problem(row.line, reason);
        }
    });
}

fn read_row(
    columns: &Columns,
    row: &Row<'_>,
    seen: &mut Observed,
    reading: &mut Reading,
) -> Result<(), Reason> {
    let channel = text(row, columns.channel, "channel")?;
    let channel = channel.trim();
    if channel.is_empty() {
        return Err(Reason("the channel is empty".to_owned()));
    }
    let written = text(row, columns.published_at, "published_at")?;
    let published_at =
        columns.time.read(&written).map_err(|reason| Reason(format!("published_at: {reason}")))?;
    let id = match columns.id {
        None => PostId::Derived,
        Some(at) => match text(row, at, "id")?.trim() {
            "" => return Err(Reason("the id is empty".to_owned())),
            id => PostId::Given(CompactString::from(id)),
        },
    };
    let key = ChannelKey::new(columns.platform.clone(), channel);
    let words = text(row, columns.text, "text")?.into_owned();
    let mut optional = Optional { row, reading };
    let post = Post {
        author: optional.words(columns.author, "author").map_or(Author::Unknown, Author::Name),
        views: optional.count(columns.views, "views"),
        forward: optional.origin(columns.forward_of, &columns.platform),
        links: optional.links(columns.links),
        line: row.line,
        ..Post::new(key, id, published_at, words)
    };
    let title = optional.words(columns.title, "title");
    let subscribers = optional.count(columns.subscribers, "subscribers");
    seen.note(&post, title, subscribers, reading);
    reading.posts.push(post);
    Ok(())
}

/// A field's text; the reason names the field when it is not UTF-8.
pub(crate) fn text<'a>(row: &Row<'a>, at: usize, field: &str) -> Result<Cow<'a, str>, Reason> {
    row.text(at).map_err(|byte| Reason(format!("{field} is not UTF-8 at byte {byte}")))
}

/// The fields without which the post is still a post.
struct Optional<'r, 'a> {
    row: &'r Row<'a>,
    reading: &'r mut Reading,
}

impl Optional<'_, '_> {
    fn get<T>(
        &mut self,
        at: Option<usize>,
        field: &str,
        understand: impl FnOnce(&str) -> Result<Option<T>, String>,
    ) -> Option<T> {
        let read = match text(self.row, at?, field) {
            Ok(written) => understand(written.trim()).map_err(Reason),
            Err(reason) => Err(reason),
        };
        self.reading.without(self.row.line, read)
    }

    fn words(&mut self, at: Option<usize>, field: &str) -> Option<String> {
        self.get(at, field, |written| Ok((!written.is_empty()).then(|| written.to_owned())))
    }

    fn count(&mut self, at: Option<usize>, field: &str) -> Option<u64> {
        self.get(at, field, |written| {
            count(written).map_err(|shown| format!("{field} is '{shown}'; expected a whole number"))
        })
    }

    fn origin(&mut self, at: Option<usize>, own: &Platform) -> Option<Forward> {
        self.get(at, "forward_of", |written| {
            origin(written, own)
                .map_err(|shown| format!("forward_of is '{shown}'; expected platform:channel/post"))
        })
    }

    fn links(&mut self, at: Option<usize>) -> Vec<String> {
        let found = self.get(at, "links", |written| Ok(Some(links(written))));
        found.unwrap_or_default()
    }
}

/// A count as tables write it: `1204`, `1,204`, `1204.0`; the usual words for "not there" are absent.
pub(crate) fn count(written: &str) -> Result<Option<u64>, String> {
    const ABSENT: [&str; 8] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];
    if ABSENT.contains(&written) {
        return Ok(None);
    }
    let whole = written.split_once('.').map_or(Some(written), |(whole, fraction)| {
        fraction.bytes().all(|b| b == b'0').then_some(whole)
    });
    let grouped = whole.is_some_and(|whole| {
        whole.split(',').skip(1).all(|group| group.len() == 3) && !whole.starts_with(',')
    });
    let number = whole.filter(|_| grouped).and_then(|whole| {
        if whole.contains(',') { whole.replace(',', "").parse().ok() } else { whole.parse().ok() }
    });
    number.map(Some).ok_or_else(|| shorten(written))
}

/// An origin: `platform:channel/post`, `channel/post` or `channel`.
///
/// What stands before the first `:` is a platform if it can be one. An address (`https://…`) is no
/// key: which channel it means is its platform's to say, so it is refused.
fn origin(written: &str, own: &Platform) -> Result<Option<Forward>, String> {
    if written.is_empty() {
        return Ok(None);
    }
    let refused = || shorten(written);
    if written.contains("://") {
        return Err(refused());
    }
    let names_platform =
        written.split_once(':').is_some_and(|(before, _)| Platform::new(before).is_ok());
    let key = if names_platform { written.to_owned() } else { format!("{own}:{written}") };
    if key.contains('/') {
        let key: PostKey = key.parse().map_err(|_not_a_key| refused())?;
        return Ok(Some(Forward {
            channel: key.channel,
            post: Some(key.post),
            published_at: None,
        }));
    }
    let channel = key.parse().map_err(|_not_a_key| refused())?;
    Ok(Some(Forward { channel, post: None, published_at: None }))
}

/// Addresses of one cell: parted by white space or `|`, and by `,` or `;` where a new address
/// begins after it (both stand inside addresses too). Brackets and quotes of a list are dropped.
pub(crate) fn links(written: &str) -> Vec<String> {
    let mut links = Vec::new();
    for part in written.split(|c: char| c.is_whitespace() || c == '|') {
        let mut rest = part;
        while let Some((address, after)) = next_address(rest) {
            keep_link(address, &mut links);
            rest = after;
        }
        keep_link(rest, &mut links);
    }
    links
}

/// Splits at the first `,` or `;` after which an address begins.
fn next_address(part: &str) -> Option<(&str, &str)> {
    part.match_indices([',', ';']).find_map(|(at, _)| {
        let (before, after) = (part.get(..at)?, part.get(at + 1..)?);
        let bare = after.trim_start_matches(['\'', '"', '[', ',', ';']);
        let begins = bare.starts_with("http://") || bare.starts_with("https://");
        begins.then_some((before, after))
    })
}

fn keep_link(address: &str, links: &mut Vec<String>) {
    let address = address.trim_matches(['[', ']', '\'', '"', ',', ';']);
    if !address.is_empty() {
        links.push(address.to_owned());
    }
}

/// What was last said about each channel in this chunk, so that only changes are noted.
#[derive(Default)]
struct Observed(HashMap<CompactString, (Option<String>, Option<u64>)>);

impl Observed {
    fn note(
        &mut self,
        post: &Post,
        title: Option<String>,
        subscribers: Option<u64>,
        reading: &mut Reading,
    ) {
        if title.is_none() && subscribers.is_none() {
            return;
        }
        let said = (title, subscribers);
        if self.0.get(&post.channel.id) == Some(&said) {
            return;
        }
        let observed_at: Timestamp = post.published_at;
        reading.channels.push(Channel {
            title: said.0.clone(),
            subscribers,
            line: post.line,
            ..Channel::seen(post.channel.clone(), observed_at)
        });
        self.0.insert(post.channel.id.clone(), said);
    }
}
