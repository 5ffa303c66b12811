//! Column scans: the posts of a selection as the columns that measures work on.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use marsad_matching::Prints;
use marsad_types::{
    ChannelId, ChannelKey, Channels, Corpus, Forwards, Media, NONE, Platform, Posts, Strings,
    Timestamp,
};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use rayon::prelude::*;

use crate::read::{Rows, media, read_file};
use crate::table::{DataFile, Partition};
use crate::{Error, Lake};

/// Which posts to read. Empty lists and `None` mean all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these platforms.
    pub platforms: Vec<Platform>,
    /// Only these channels.
    pub channels: Vec<ChannelKey>,
    /// Published at or after.
    pub since: Option<Timestamp>,
    /// Published before.
    pub until: Option<Timestamp>,
}

impl Selection {
    fn wants_partition(&self, partition: &Partition) -> bool {
        let platform = partition.platform.as_str();
        let of_platforms =
            self.platforms.is_empty() || self.platforms.iter().any(|p| p.as_str() == platform);
        let of_channels = self.channels.is_empty()
            || self.channels.iter().any(|c| c.platform.as_str() == platform);
        let month = partition.month.as_str();
        let after = self.since.is_none_or(|since| month >= since.month_name().as_str());
        let before = self.until.is_none_or(|until| month <= until.month_name().as_str());
        of_platforms && of_channels && after && before
    }

    /// Whether a row group can hold a wanted row, by its least and greatest values.
    fn wants_group(&self, group: &RowGroupMetaData) -> bool {
        let find = |name: &str| {
            group
                .columns()
                .iter()
                .find(|c| c.column_path().string() == name)
                .and_then(|c| c.statistics())
        };
        if let Some(Statistics::Int64(times)) = find("published_at") {
            let micros = |t: Timestamp| t.0.saturating_mul(1000);
            let too_early =
                self.since.zip(times.max_opt()).is_some_and(|(since, max)| *max < micros(since));
            let too_late =
                self.until.zip(times.min_opt()).is_some_and(|(until, min)| *min >= micros(until));
            if too_early || too_late {
                return false;
            }
        }
        if let Some(Statistics::ByteArray(ids)) = find("channel")
            && let (Some(min), Some(max)) = (ids.min_bytes_opt(), ids.max_bytes_opt())
            && !self.channels.is_empty()
        {
            return self.channels.iter().any(|c| c.id.as_bytes() >= min && c.id.as_bytes() <= max);
        }
        true
    }

    fn wants_time(&self, time: i64) -> bool {
        self.since.is_none_or(|since| time >= since.0)
            && self.until.is_none_or(|until| time < until.0)
    }
}

/// The columns that a corpus needs.
const COLUMNS: [&str; 19] = [
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
    "evidence",
];

/// The rows of one file, with ids that hold inside the file only.
#[derive(Default)]
struct Piece {
    platform: Option<Platform>,
    channels: Vec<ChannelKey>,
    posts: Posts,
    forwards: Vec<(u32, ChannelKey, String, i64)>,
    /// Rows that are a later version or a row of a peer format: (row, order among versions, row number).
    versions: Vec<(u32, VersionOrder)>,
    prints: Prints,
}

/// Which version of a post was published first: not edited before edited, seen before seen later,
/// then the number that the source or the filer gave.
type VersionOrder = (bool, i64, i64, u32);

impl Lake {
    /// The posts of a selection in their first-published version, with their fingerprints, and
    /// all channels, coverage and events.
    ///
    /// # Shape
    /// Sorted by (published_at, channel key, post id); equal archives give equal corpora.
    pub fn corpus(&self, selection: &Selection) -> Result<(Corpus, Prints), Error> {
        let wanted = |partition: &Partition| selection.wants_partition(partition);
        let files = self.posts.as_ref().map_or(Ok(Vec::new()), |table| table.files(&wanted))?;
        let prints =
            self.fingerprints.as_ref().map_or(Ok(Vec::new()), |table| table.files(&wanted))?;
        let prints: BTreeMap<&str, &DataFile> =
            prints.iter().map(|file| (file.name.as_str(), file)).collect();
        let pieces: Vec<Piece> = files
            .par_iter()
            .map(|file| read_piece(file, prints.get(file.name.as_str()).copied(), selection))
            .collect::<Result<_, _>>()?;
        let (mut corpus, prints) = assemble(&pieces);
        corpus.observations = self.channel_rows()?;
        corpus.coverage = self.coverage_rows()?;
        corpus.events = self.event_rows()?;
        for channel in &corpus.observations {
            corpus.channels.intern(&channel.key);
        }
        Ok((corpus, prints))
    }
}

fn read_piece(
    file: &DataFile,
    prints: Option<&DataFile>,
    selection: &Selection,
) -> Result<Piece, Error> {
    let Ok(platform) = Platform::new(&file.partition.platform) else { return Ok(Piece::default()) };
    let wanted: HashSet<&str> = selection
        .channels
        .iter()
        .filter(|c| c.platform == platform)
        .map(|c| c.id.as_str())
        .collect();
    let everything = selection.channels.is_empty();
    let mut piece = Piece { platform: Some(platform), ..Piece::default() };
    // Which rows of the file were taken, for the fingerprints beside them.
    let mut taken: Vec<bool> = Vec::new();
    let keep = |group: &RowGroupMetaData| prints.is_some() || selection.wants_group(group);
    read_file(file, Some(&COLUMNS), &keep, &mut |rows| {
        for row in 0..rows.len() {
            let channel = rows.text("channel", row).unwrap_or("");
            let time = rows.time("published_at", row).unwrap_or(Timestamp(0)).0;
            let is_wanted = selection.wants_time(time) && (everything || wanted.contains(channel));
            taken.push(is_wanted);
            if is_wanted {
                piece.take(rows, row, channel, time);
            }
        }
    })?;
    piece.read_prints(prints, &taken)?;
    Ok(piece)
}

impl Piece {
    fn take(&mut self, rows: &Rows<'_>, row: usize, channel: &str, time: i64) {
        let Some(platform) = self.platform.clone() else { return };
        let at = self.posts.len() as u32;
        if self.channels.last().is_none_or(|last| last.id != channel) {
            self.channels.push(ChannelKey::new(platform, channel));
        }
        let moment = |name| rows.time(name, row).map_or(i64::MIN, |t| t.0);
        self.posts.channel.push(self.channels.len() as u32 - 1);
        self.posts.post.push(rows.text("post", row).unwrap_or(""));
        self.posts.published_at.push(time);
        self.posts.resolution_ms.push(rows.int("published_resolution_ms", row).unwrap_or(0));
        self.posts.observed_first.push(moment("observed_first"));
        self.posts.deleted_at.push(moment("deleted_at"));
        self.posts.text.push(rows.text("text", row).unwrap_or(""));
        let links = rows.texts("links", row).into_iter().map(|link| (at, link));
        self.posts.links.extend(links);
        let files: Vec<Media> =
            rows.texts("media", row).iter().map(|written| media(written)).collect();
        self.posts.media.extend(files.into_iter().map(|file| (at, file)));
        if let Some(origin) = rows.text("forward_channel", row)
            && let Some(Ok(of)) = rows.text("forward_platform", row).map(Platform::new)
        {
            let post = rows.text("forward_post", row).unwrap_or("").to_owned();
            self.forwards.push((at, ChannelKey::new(of, origin), post, moment("forward_at")));
        }
        let version = rows.int("version", row).unwrap_or(1);
        let edited = moment("edited_at");
        let is_peer_row = rows.long("row", row).is_some();
        if !is_peer_row && (version > 1 || edited != i64::MIN || moment("deleted_at") != i64::MIN) {
            let order = (edited != i64::MIN, edited, moment("observed_first"), version);
            self.versions.push((at, order));
        }
    }

    /// The post of a row.
    fn key(&self, ids: &[ChannelId], row: u32) -> (ChannelId, String) {
        let channel = self.posts.channel.get(row as usize);
        let channel = channel.and_then(|channel| ids.get(*channel as usize)).copied();
        (channel.unwrap_or(NONE), self.posts.post.get(row as usize).to_owned())
    }

    /// Whether anything is known of the files of a row.
    fn knows_files(&self, row: u32) -> bool {
        let start = self.posts.media.partition_point(|(at, _)| *at < row);
        let files = self.posts.media.iter().skip(start).take_while(|(at, _)| *at == row);
        files.into_iter().any(|(_, file)| file.sha256.is_some() || file.pdq.is_some())
    }

    /// Fingerprints beside the posts; made anew from the text where there are none of this version.
    fn read_prints(&mut self, file: Option<&DataFile>, taken: &[bool]) -> Result<(), Error> {
        let mut lines = Vec::new();
        let mut at = 0;
        let mut is_current = true;
        if let Some(file) = file {
            read_file(file, None, &|_| true, &mut |rows| {
                for row in 0..rows.len() {
                    let is_taken = taken.get(at).copied().unwrap_or(false);
                    at += 1;
                    is_current &= rows.int("fingerprint_version", row)
                        == Some(marsad_matching::FINGERPRINT_VERSION);
                    if !is_taken || !is_current {
                        continue;
                    }
                    let body = rows.bytes("body", row).and_then(|b| b.try_into().ok());
                    let signature = rows.bytes("signature", row).and_then(|b| b.try_into().ok());
                    let (Some(body), Some(signature)) = (body, signature) else {
                        is_current = false;
                        continue;
                    };
                    let count = |name| rows.int(name, row).unwrap_or(0);
                    rows.ints("lines", row, &mut lines);
                    self.prints.push_parts(
                        u128::from_le_bytes(body),
                        signature,
                        count("tokens"),
                        count("letters"),
                        &lines,
                    );
                }
            })?;
        }
        if !is_current || self.prints.len() != self.posts.len() {
            let mut fingerprinter = marsad_matching::Fingerprinter::new();
            self.prints = Prints::default();
            for text in self.posts.text.iter() {
                self.prints.push(&fingerprinter.fingerprint(text));
            }
        }
        Ok(())
    }
}

/// Puts the pieces in the order of the corpus, one row a post.
fn assemble(pieces: &[Piece]) -> (Corpus, Prints) {
    let mut keys: Vec<ChannelKey> = pieces
        .iter()
        .flat_map(|piece| piece.channels.iter().chain(piece.forwards.iter().map(|f| &f.1)))
        .cloned()
        .collect();
    keys.sort_unstable();
    keys.dedup();
    // Ids in the order of the keys: comparing ids is comparing keys.
    let mut channels = Channels::default();
    for key in &keys {
        channels.intern(key);
    }
    let ids: Vec<Vec<ChannelId>> = pieces
        .iter()
        .map(|piece| piece.channels.iter().map(|key| channels.find(key).unwrap_or(NONE)).collect())
        .collect();
    let (dropped, files) = later_versions(pieces, &ids);
    let mut order: Vec<(i64, ChannelId, u32, u32)> = Vec::new();
    for (at, (piece, ids)) in pieces.iter().zip(&ids).enumerate() {
        for row in 0..piece.posts.len() {
            if dropped.contains(&(at as u32, row as u32)) {
                continue;
            }
            let id = piece.posts.channel.get(row).and_then(|c| ids.get(*c as usize)).copied();
            let time = piece.posts.published_at.get(row).copied().unwrap_or(0);
            order.push((time, id.unwrap_or(NONE), at as u32, row as u32));
        }
    }
    let post = |piece: u32, row: u32| {
        pieces.get(piece as usize).map_or("", |piece| piece.posts.post.get(row as usize))
    };
    order.par_sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| post(a.2, a.3).cmp(post(b.2, b.3)))
    });
    gather(pieces, &order, channels, &files)
}

/// A row: piece and row in it.
type Place = (u32, u32);

/// The first version of a post so far.
type Best = Option<(VersionOrder, Place)>;

/// Rows that are not the first-published version of their post; and, for rows that are, of whose
/// files nothing is known, the row that knows them.
fn later_versions(
    pieces: &[Piece],
    ids: &[Vec<ChannelId>],
) -> (HashSet<Place>, HashMap<Place, Place>) {
    let mut dropped = HashSet::new();
    if pieces.iter().all(|piece| piece.versions.is_empty()) {
        return (dropped, HashMap::new());
    }
    let mut best: HashMap<(ChannelId, String), Best> = HashMap::new();
    for (piece, ids) in pieces.iter().zip(ids) {
        for (row, _) in &piece.versions {
            best.insert(piece.key(ids, *row), None);
        }
    }
    // What another row knows of the files of a post, until it is clear which row is the first.
    let mut knowing: Vec<(VersionOrder, Place)> = Vec::new();
    for (at, (piece, ids)) in pieces.iter().zip(ids).enumerate() {
        let orders: HashMap<u32, VersionOrder> = piece.versions.iter().copied().collect();
        for row in 0..piece.posts.len() as u32 {
            let Some(slot) = best.get_mut(&piece.key(ids, row)) else { continue };
            let seen = piece.posts.observed_first.get(row as usize).copied().unwrap_or(i64::MIN);
            let order = orders.get(&row).copied().unwrap_or((false, i64::MIN, seen, 1));
            let candidate = (order, (at as u32, row));
            if piece.knows_files(row) {
                knowing.push(candidate);
            }
            match slot {
                Some(first) if first.0 <= candidate.0 => {
                    dropped.insert(candidate.1);
                }
                _ => {
                    if let Some(first) = slot.replace(candidate) {
                        dropped.insert(first.1);
                    }
                }
            }
        }
    }
    knowing.sort_unstable();
    let files = files_known(pieces, ids, &best, &knowing);
    (dropped, files)
}

/// For first versions without a known file, the earliest row of the same version (same text, edited
/// at the same time or never) that knows its files: the post seen again, with what lay beside it.
fn files_known(
    pieces: &[Piece],
    ids: &[Vec<ChannelId>],
    best: &HashMap<(ChannelId, String), Best>,
    knowing: &[(VersionOrder, Place)],
) -> HashMap<Place, Place> {
    let mut files = HashMap::new();
    for (order, (at, row)) in knowing {
        let at = *at as usize;
        let (Some(piece), Some(ids)) = (pieces.get(at), ids.get(at)) else { continue };
        let Some(Some((first_order, first))) = best.get(&piece.key(ids, *row)) else { continue };
        let Some(other) = pieces.get(first.0 as usize) else { continue };
        let is_same = (first_order.0, first_order.1) == (order.0, order.1)
            && other.posts.text.get(first.1 as usize) == piece.posts.text.get(*row as usize);
        if is_same && !other.knows_files(first.1) {
            files.entry(*first).or_insert((at as u32, *row));
        }
    }
    files
}

fn gather(
    pieces: &[Piece],
    order: &[(i64, ChannelId, u32, u32)],
    mut channels: Channels,
    files: &HashMap<Place, Place>,
) -> (Corpus, Prints) {
    let mut posts = Posts {
        text: Strings::with_capacity(
            order.len(),
            pieces.iter().map(|p| p.posts.text.text_bytes()).sum(),
        ),
        post: Strings::with_capacity(
            order.len(),
            pieces.iter().map(|p| p.posts.post.text_bytes()).sum(),
        ),
        ..Posts::default()
    };
    let mut forwards = Forwards::default();
    let mut prints = Prints::default();
    // The sparse columns of a piece, by row.
    let starts: Vec<HashMap<u32, usize>> = pieces
        .iter()
        .map(|piece| piece.forwards.iter().enumerate().map(|(at, f)| (f.0, at)).collect())
        .collect();
    for (time, channel, at, row) in order {
        let Some(piece) = pieces.get(*at as usize) else { continue };
        let from = *row as usize;
        let new = posts.len() as u32;
        posts.channel.push(*channel);
        posts.published_at.push(*time);
        posts.post.push(piece.posts.post.get(from));
        posts.text.push(piece.posts.text.get(from));
        posts.resolution_ms.push(piece.posts.resolution_ms.get(from).copied().unwrap_or(0));
        posts
            .observed_first
            .push(piece.posts.observed_first.get(from).copied().unwrap_or(i64::MIN));
        posts.deleted_at.push(piece.posts.deleted_at.get(from).copied().unwrap_or(i64::MIN));
        let forward =
            starts.get(*at as usize).and_then(|f| f.get(row)).and_then(|f| piece.forwards.get(*f));
        posts.forward.push(forward.map_or(NONE, |(_, origin, post, published)| {
            forwards.channel.push(channels.intern(origin));
            forwards.post.push(post);
            forwards.published_at.push(*published);
            forwards.channel.len() as u32 - 1
        }));
        let (of, knows) = files.get(&(*at, *row)).copied().unwrap_or((*at, *row));
        if let Some(piece) = pieces.get(of as usize) {
            copy_sparse(&piece.posts.media, knows, new, &mut posts.media);
        }
        copy_sparse(&piece.posts.links, *row, new, &mut posts.links);
        push_print(&mut prints, &piece.prints, from);
    }
    (Corpus { channels, posts, forwards, ..Corpus::default() }, prints)
}

fn push_print(to: &mut Prints, from: &Prints, row: usize) {
    let body = from.body.get(row).copied().unwrap_or_default();
    let signature = from.signature.get(row).copied().unwrap_or([0; 64]);
    let tokens = from.tokens.get(row).copied().unwrap_or_default();
    let letters = from.letters.get(row).copied().unwrap_or_default();
    to.push_parts(body, signature, tokens, letters, from.lines(row));
}

/// Copies the entries of one row of a sparse column, which is sorted by row.
fn copy_sparse<T: Clone>(from: &[(u32, T)], row: u32, new: u32, to: &mut Vec<(u32, T)>) {
    let start = from.partition_point(|(at, _)| *at < row);
    let entries = from.iter().skip(start).take_while(|(at, _)| *at == row);
    to.extend(entries.map(|(_, value)| (new, value.clone())));
}
