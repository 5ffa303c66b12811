//! One file of posts as columns: what says where each row goes, and apart from it the texts and the
//! fingerprints beside them.

use std::cell::Cell;

use arrow_array::{Int32Array, Int64Array, ListArray, StringArray, TimestampMicrosecondArray};
use hashbrown::HashSet;
use marsad_matching::{FINGERPRINT_VERSION, Fingerprint, Fingerprinter, Prints};
use marsad_types::{ChannelId, ChannelKey, Media, NONE, Platform, Posts, Strings, Timestamp};
use parquet::file::metadata::RowGroupMetaData;

use crate::Error;
use crate::corpus::Selection;
use crate::read::{Cells, Rows, media, read_file};
use crate::table::DataFile;

/// The columns that a corpus needs, but for the text.
const COLUMNS: [&str; 17] = [
    "channel",
    "post",
    "version",
    "published_at",
    "published_resolution_ms",
    "observed_first",
    "edited_at",
    "deleted_at",
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

/// The rows of one file without their texts, with ids that hold inside the file only.
pub(crate) struct Piece<'a> {
    /// Where the texts are.
    pub(crate) source: Source<'a>,
    platform: Option<Platform>,
    pub(crate) channels: Vec<ChannelKey>,
    /// All columns but the text.
    pub(crate) posts: Posts,
    /// Row, original's channel, its post id or nothing, its time.
    pub(crate) forwards: Vec<(u32, ChannelKey, String, i64)>,
    /// Rows that are a later version.
    pub(crate) versions: Vec<(u32, VersionOrder)>,
    /// Rows of inputs whose order and multiplicity count; never merged.
    pub(crate) peer_rows: HashSet<u32>,
}

/// A file of posts, the fingerprints beside it, and which of its rows are wanted.
pub(crate) struct Source<'a> {
    file: &'a DataFile,
    prints: Option<&'a DataFile>,
    selection: &'a Selection,
    /// For each row of the row groups read.
    taken: Vec<bool>,
    /// Rows taken.
    rows: usize,
    /// Bytes of their texts, as far as the file says.
    pub(crate) text_bytes: usize,
}

/// The texts of the rows of a piece, and their fingerprints.
pub(crate) struct Contents {
    pub(crate) texts: Strings,
    pub(crate) prints: Prints,
}

impl<'a> Piece<'a> {
    /// Reads what a selection wants of a file.
    pub(crate) fn read(
        file: &'a DataFile,
        prints: Option<&'a DataFile>,
        selection: &'a Selection,
    ) -> Result<Self, Error> {
        let mut piece = Self {
            source: Source { file, prints, selection, taken: Vec::new(), rows: 0, text_bytes: 0 },
            platform: Platform::new(&file.partition.platform).ok(),
            channels: Vec::new(),
            posts: Posts::default(),
            forwards: Vec::new(),
            versions: Vec::new(),
            peer_rows: HashSet::new(),
        };
        let Some(platform) = piece.platform.clone() else { return Ok(piece) };
        let of_platform = selection.channels.iter().filter(|c| c.platform == platform);
        let wanted: HashSet<&str> = of_platform.map(|c| c.id.as_str()).collect();
        let everything = selection.channels.is_empty();
        if everything {
            piece.posts = Posts::with_capacity(file.rows as usize, 0);
        }
        let mut taken = Vec::with_capacity(file.rows as usize);
        let bytes = Cell::new(0);
        let keep = |group: &RowGroupMetaData| {
            let is_kept = keeps(prints, selection, group);
            bytes.set(bytes.get() + if is_kept { text_bytes(group) } else { 0 });
            is_kept
        };
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
        let rows = piece.posts.len();
        let text_bytes = bytes.get() * rows / taken.len().max(1);
        piece.source = Source { taken, rows, text_bytes, ..piece.source };
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
}

impl Source<'_> {
    /// The texts of its rows.
    pub(crate) fn texts(&self) -> Result<Strings, Error> {
        let mut texts = Strings::with_capacity(self.rows, self.text_bytes);
        let mut taken = self.taken.iter();
        let keep = |group: &RowGroupMetaData| keeps(self.prints, self.selection, group);
        read_file(self.file, Some(&["text"]), &keep, &mut |rows| {
            let text = rows.text_cells("text");
            for row in 0..rows.len() {
                if taken.next() == Some(&true) {
                    texts.push(text.get(row).unwrap_or(""));
                }
            }
        })?;
        Ok(texts)
    }

    /// The texts of its rows, and the fingerprints beside them; those are made anew where there are
    /// none of this version.
    pub(crate) fn contents(&self) -> Result<Contents, Error> {
        let texts = self.texts()?;
        let prints = match self.filed_prints()? {
            Some(prints) if prints.len() == texts.len() => prints,
            _ => {
                let mut fingerprinter = Fingerprinter::new();
                let mut prints = Prints::with_capacity(texts.len());
                texts.iter().for_each(|text| prints.push(&fingerprinter.fingerprint(text)));
                prints
            }
        };
        Ok(Contents { texts, prints })
    }

    /// The fingerprints beside the posts; `None` where any is not of this version.
    fn filed_prints(&self) -> Result<Option<Prints>, Error> {
        let Some(file) = self.prints else { return Ok(None) };
        let mut prints = Prints::with_capacity(self.rows);
        let mut print = Fingerprint::default();
        let mut taken = self.taken.iter();
        let mut is_current = true;
        read_file(file, Some(&PRINT_COLUMNS), &|_| true, &mut |rows| {
            let cells = PrintCells::of(rows);
            for row in 0..rows.len() {
                let is_taken = taken.next() == Some(&true);
                is_current &= cells.version.get(row) == Some(FINGERPRINT_VERSION);
                if is_taken && is_current {
                    is_current = cells.fill(row, &mut print).is_some();
                    prints.push(&print);
                }
            }
        })?;
        Ok(is_current.then_some(prints))
    }
}

/// Whether a row group is read: with fingerprints beside it, in whose file groups may be cut
/// otherwise, every one.
fn keeps(prints: Option<&DataFile>, selection: &Selection, group: &RowGroupMetaData) -> bool {
    prints.is_some() || selection.wants_group(group)
}

/// Bytes of the texts of a row group, lengths included.
fn text_bytes(group: &RowGroupMetaData) -> usize {
    let text = group.columns().iter().find(|column| column.column_path().string() == "text");
    text.map_or(0, |column| usize::try_from(column.uncompressed_size()).unwrap_or(0))
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
