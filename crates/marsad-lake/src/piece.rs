//! One file of posts as columns, with the fingerprints beside it.

use arrow_array::{Int32Array, Int64Array, ListArray, StringArray, TimestampMicrosecondArray};
use hashbrown::HashSet;
use marsad_matching::{FINGERPRINT_VERSION, Fingerprint, Fingerprinter, Prints};
use marsad_types::{ChannelId, ChannelKey, Media, NONE, Platform, Posts, Timestamp};
use parquet::file::metadata::RowGroupMetaData;

use crate::Error;
use crate::corpus::Selection;
use crate::read::{Cells, Rows, media, read_file};
use crate::table::DataFile;

/// The columns that a corpus needs.
const COLUMNS: [&str; 18] = [
    "channel",
    "post",
    "version",
    "published_at",
    "published_resolution_ms",
    "observed_first",
    "edited_at",
    "deleted_at",
    "text",
    "forward_platform",
    "forward_channel",
    "forward_post",
    "forward_at",
    "links.list.element",
    "media.list.element",
    "links",
    "media",
    "row",
];

/// The columns of fingerprints that are read beside them.
const PRINT_COLUMNS: [&str; 8] = [
    "fingerprint_version",
    "body",
    "signature",
    "tokens",
    "letters",
    "lines.list.element",
    "lines",
    "grams",
];

/// Which version of a post was published first: not edited before edited, seen before seen later,
/// then the number that the source or the filer gave.
pub(crate) type VersionOrder = (bool, i64, i64, u32);

/// The rows of one file, with ids that hold inside the file only.
#[derive(Default)]
pub(crate) struct Piece {
    platform: Option<Platform>,
    pub(crate) channels: Vec<ChannelKey>,
    pub(crate) posts: Posts,
    /// Row, original's channel, its post id or nothing, its time.
    pub(crate) forwards: Vec<(u32, ChannelKey, String, i64)>,
    /// Rows that are a later version.
    pub(crate) versions: Vec<(u32, VersionOrder)>,
    /// Rows of inputs whose order and multiplicity count; never merged.
    pub(crate) peer_rows: HashSet<u32>,
    pub(crate) prints: Prints,
}

impl Piece {
    /// Reads what a selection wants of a file.
    pub(crate) fn read(
        file: &DataFile,
        prints: Option<&DataFile>,
        selection: &Selection,
    ) -> Result<Self, Error> {
        let Ok(platform) = Platform::new(&file.partition.platform) else {
            return Ok(Self::default());
        };
        let of_platform = selection.channels.iter().filter(|c| c.platform == platform);
        let wanted: HashSet<&str> = of_platform.map(|c| c.id.as_str()).collect();
        let everything = selection.channels.is_empty();
        let mut piece = Self { platform: Some(platform), ..Self::default() };
        // Which rows of the file were taken, for the fingerprints beside them.
        let mut taken: Vec<bool> = Vec::new();
        let keep = |group: &RowGroupMetaData| prints.is_some() || selection.wants_group(group);
        read_file(file, Some(&COLUMNS), &keep, &mut |rows| {
            let cells = PostCells::of(rows);
            for row in 0..rows.len() {
                let channel = cells.channel.get(row).unwrap_or("");
                let time = cells.published_at.get(row).unwrap_or(Timestamp(0)).0;
                let is_wanted =
                    selection.wants_time(time) && (everything || wanted.contains(channel));
                taken.push(is_wanted);
                if is_wanted {
                    piece.take(&cells, row, channel, time);
                }
            }
        })?;
        piece.read_prints(prints, &taken)?;
        Ok(piece)
    }

    /// The post of a row.
    pub(crate) fn key(&self, ids: &[ChannelId], row: u32) -> (ChannelId, String) {
        let channel = self.posts.channel.get(row as usize);
        let channel = channel.and_then(|channel| ids.get(*channel as usize)).copied();
        (channel.unwrap_or(NONE), self.posts.post.get(row as usize).to_owned())
    }

    /// The rank of the key that a row is filed under.
    pub(crate) fn rank(&self, ranks: &[u32], row: u32) -> u32 {
        let channel = self.posts.channel.get(row as usize);
        channel.and_then(|channel| ranks.get(*channel as usize)).copied().unwrap_or(0)
    }

    /// Whether anything is known of the files of a row.
    pub(crate) fn knows_files(&self, row: u32) -> bool {
        let start = self.posts.media.partition_point(|(at, _)| *at < row);
        let mut files = self.posts.media.iter().skip(start).take_while(|(at, _)| *at == row);
        files.any(|(_, file)| file.sha256.is_some() || file.pdq.is_some())
    }

    fn take(&mut self, cells: &PostCells<'_>, row: usize, channel: &str, time: i64) {
        let Some(platform) = &self.platform else { return };
        let at = self.posts.len() as u32;
        if self.channels.last().is_none_or(|last| last.id != channel) {
            self.channels.push(ChannelKey::new(platform.clone(), channel));
        }
        let moment = |cells: &Cells<'_, TimestampMicrosecondArray>| {
            cells.get(row).map_or(i64::MIN, |time| time.0)
        };
        self.posts.channel.push(self.channels.len() as u32 - 1);
        self.posts.post.push(cells.post.get(row).unwrap_or(""));
        self.posts.published_at.push(time);
        self.posts.resolution_ms.push(cells.resolution.get(row).unwrap_or(0));
        self.posts.observed_first.push(moment(&cells.observed_first));
        self.posts.deleted_at.push(moment(&cells.deleted_at));
        self.posts.text.push(cells.text.get(row).unwrap_or(""));
        let links = cells.links.texts(row).into_iter().map(|link| (at, link));
        self.posts.links.extend(links);
        let written = cells.media.texts(row);
        let files: Vec<Media> = written.iter().map(|written| media(written)).collect();
        self.posts.media.extend(files.into_iter().map(|file| (at, file)));
        if let Some(origin) = cells.forward_channel.get(row)
            && let Some(Ok(of)) = cells.forward_platform.get(row).map(Platform::new)
        {
            let post = cells.forward_post.get(row).unwrap_or("").to_owned();
            let published = moment(&cells.forward_at);
            self.forwards.push((at, ChannelKey::new(of, origin), post, published));
        }
        let version = cells.version.get(row).unwrap_or(1);
        let edited = moment(&cells.edited_at);
        let is_peer_row = cells.peer_row.get(row).is_some();
        let is_later = version > 1 || edited != i64::MIN || moment(&cells.deleted_at) != i64::MIN;
        if is_peer_row {
            self.peer_rows.insert(at);
        } else if is_later {
            let order = (edited != i64::MIN, edited, moment(&cells.observed_first), version);
            self.versions.push((at, order));
        }
    }

    /// Fingerprints beside the posts; made anew from the text where there are none of this version.
    fn read_prints(&mut self, file: Option<&DataFile>, taken: &[bool]) -> Result<(), Error> {
        let mut print = Fingerprint::default();
        let mut at = 0;
        let mut is_current = true;
        if let Some(file) = file {
            self.prints = Prints::with_capacity(self.posts.len());
            read_file(file, Some(&PRINT_COLUMNS), &|_| true, &mut |rows| {
                let cells = PrintCells::of(rows);
                for row in 0..rows.len() {
                    let is_taken = taken.get(at).copied().unwrap_or(false);
                    at += 1;
                    is_current &= cells.version.get(row) == Some(FINGERPRINT_VERSION);
                    if is_taken && is_current {
                        is_current = cells.fill(row, &mut print).is_some();
                        self.prints.push(&print);
                    }
                }
            })?;
        }
        if !is_current || self.prints.len() != self.posts.len() {
            let mut fingerprinter = Fingerprinter::new();
            self.prints = Prints::with_capacity(self.posts.len());
            for text in self.posts.text.iter() {
                self.prints.push(&fingerprinter.fingerprint(text));
            }
        }
        Ok(())
    }
}

/// The columns of a batch of posts.
struct PostCells<'a> {
    channel: Cells<'a, StringArray>,
    post: Cells<'a, StringArray>,
    version: Cells<'a, Int32Array>,
    published_at: Cells<'a, TimestampMicrosecondArray>,
    resolution: Cells<'a, Int32Array>,
    observed_first: Cells<'a, TimestampMicrosecondArray>,
    edited_at: Cells<'a, TimestampMicrosecondArray>,
    deleted_at: Cells<'a, TimestampMicrosecondArray>,
    text: Cells<'a, StringArray>,
    forward_platform: Cells<'a, StringArray>,
    forward_channel: Cells<'a, StringArray>,
    forward_post: Cells<'a, StringArray>,
    forward_at: Cells<'a, TimestampMicrosecondArray>,
    links: Cells<'a, ListArray>,
    media: Cells<'a, ListArray>,
    peer_row: Cells<'a, Int64Array>,
}

impl<'a> PostCells<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        Self {
            channel: rows.text_cells("channel"),
            post: rows.text_cells("post"),
            version: rows.int_cells("version"),
            published_at: rows.time_cells("published_at"),
            resolution: rows.int_cells("published_resolution_ms"),
            observed_first: rows.time_cells("observed_first"),
            edited_at: rows.time_cells("edited_at"),
            deleted_at: rows.time_cells("deleted_at"),
            text: rows.text_cells("text"),
            forward_platform: rows.text_cells("forward_platform"),
            forward_channel: rows.text_cells("forward_channel"),
            forward_post: rows.text_cells("forward_post"),
            forward_at: rows.time_cells("forward_at"),
            links: rows.list_cells("links"),
            media: rows.list_cells("media"),
            peer_row: rows.long_cells("row"),
        }
    }
}

/// The columns of a batch of fingerprints.
struct PrintCells<'a> {
    version: Cells<'a, Int32Array>,
    body: Cells<'a, arrow_array::BinaryArray>,
    signature: Cells<'a, arrow_array::BinaryArray>,
    tokens: Cells<'a, Int32Array>,
    letters: Cells<'a, Int32Array>,
    lines: Cells<'a, ListArray>,
    grams: Cells<'a, arrow_array::BinaryArray>,
}

impl<'a> PrintCells<'a> {
    fn of(rows: &Rows<'a>) -> Self {
        Self {
            version: rows.int_cells("fingerprint_version"),
            body: rows.byte_cells("body"),
            signature: rows.byte_cells("signature"),
            tokens: rows.int_cells("tokens"),
            letters: rows.int_cells("letters"),
            lines: rows.list_cells("lines"),
            grams: rows.byte_cells("grams"),
        }
    }

    /// Reads one row; `None` when it is not what this version writes.
    fn fill(&self, row: usize, print: &mut Fingerprint) -> Option<()> {
        print.body = u128::from_le_bytes(self.body.get(row)?.try_into().ok()?);
        print.signature = self.signature.get(row)?.try_into().ok()?;
        print.tokens = self.tokens.get(row)?;
        print.letters = self.letters.get(row)?;
        self.lines.ints(row, &mut print.lines);
        print.grams.clear();
        let (grams, rest) = self.grams.get(row)?.as_chunks::<4>();
        print.grams.extend(grams.iter().map(|gram| u32::from_le_bytes(*gram)));
        rest.is_empty().then_some(())
    }
}
