//! Column scans: the posts of a selection as the columns that measures work on.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use marsad_matching::Prints;
use marsad_types::{
    Channel, ChannelId, ChannelKey, Channels, Corpus, Coverage, Forwards, NONE, Names, Platform,
    Posts, Strings, Taken, Timestamp,
};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use rayon::prelude::*;

use crate::piece::{Piece, VersionOrder};
use crate::read::sort_taken;
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
    /// With the ids and the names, as they were seen, that posts of the wanted channels may be filed
    /// under.
    fn with_names(&self, looks: &[Channel], names: &Names) -> Self {
        let mut wider = self.clone();
        wider.channels.extend(self.channels.iter().filter_map(|key| names.channel(key)).cloned());
        if wider.channels.is_empty() {
            return wider;
        }
        let mut filed = BTreeSet::new();
        for look in looks.iter().filter(|look| wider.channels.contains(&look.key)) {
            let Some(handle) = look.handle.as_deref() else { continue };
            for name in [handle, &handle.to_lowercase()] {
                let name = ChannelKey::new(look.key.platform.clone(), name);
                if names.channel(&name) == Some(&look.key) {
                    filed.insert(name);
                }
            }
        }
        wider.channels.extend(filed);
        wider
    }

    pub(crate) fn wants_partition(&self, partition: &Partition) -> bool {
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
    pub(crate) fn wants_group(&self, group: &RowGroupMetaData) -> bool {
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

    pub(crate) fn wants_time(&self, time: i64) -> bool {
        self.since.is_none_or(|since| time >= since.0)
            && self.until.is_none_or(|until| time < until.0)
    }
}

impl Lake {
    /// The posts of a selection in their first-published version, with their fingerprints, and
    /// all channels, coverage and events. What is filed under a channel's name (posts, looks,
    /// origins of forwards) stands there under its id, where only one channel ever had the name.
    ///
    /// # Shape
    /// Sorted by (published_at, channel key, post id); equal archives give equal corpora.
    pub fn corpus(&self, selection: &Selection) -> Result<(Corpus, Prints), Error> {
        let observations = self.channel_rows()?;
        let names = Names::of(&observations);
        let selection = &selection.with_names(&observations, &names);
        let wanted = |partition: &Partition| selection.wants_partition(partition);
        let files = self.posts.as_ref().map_or(Ok(Vec::new()), |table| table.files(&wanted))?;
        let prints =
            self.fingerprints.as_ref().map_or(Ok(Vec::new()), |table| table.files(&wanted))?;
        let prints: BTreeMap<&str, &DataFile> =
            prints.iter().map(|file| (file.name.as_str(), file)).collect();
        let pieces: Vec<Piece> = files
            .par_iter()
            .map(|file| Piece::read(file, prints.get(file.name.as_str()).copied(), selection))
            .collect::<Result<_, _>>()?;
        let (mut corpus, prints) = assemble(&pieces, &names);
        corpus.observations = resolved_looks(observations, &names);
        corpus.coverage = resolved_watching(self.coverage_rows()?, &names);
        corpus.taken = resolved_taken(self.taken_rows()?, &names);
        corpus.events = self.event_rows()?;
        for channel in &corpus.observations {
            corpus.channels.intern(&channel.key);
        }
        Ok((corpus, prints))
    }
}

/// Looks filed under a name, as looks at the channel that has it.
fn resolved_looks(mut looks: Vec<Channel>, names: &Names) -> Vec<Channel> {
    let mut any = false;
    for look in &mut looks {
        if let Some(channel) = names.channel(&look.key) {
            look.key = channel.clone();
            any = true;
        }
    }
    if any {
        looks.sort_by(|a, b| (&a.key, a.observed_at, a.line).cmp(&(&b.key, b.observed_at, b.line)));
    }
    looks
}

/// The same for stretches of watching.
fn resolved_watching(mut stretches: Vec<Coverage>, names: &Names) -> Vec<Coverage> {
    let mut any = false;
    for stretch in &mut stretches {
        let name = stretch.channel.as_ref().map(|id| ChannelKey::new(stretch.platform.clone(), id));
        if let Some(channel) = name.as_ref().and_then(|name| names.channel(name)) {
            stretch.channel = Some(channel.id.clone());
            any = true;
        }
    }
    if any {
        stretches.sort_by(|a, b| {
            (&a.platform, &a.channel, a.from, a.to).cmp(&(&b.platform, &b.channel, b.from, b.to))
        });
    }
    stretches
}

/// The same for ids without a post of their own.
fn resolved_taken(mut all: Vec<Taken>, names: &Names) -> Vec<Taken> {
    for taken in &mut all {
        if let Some(channel) = names.channel(&taken.channel) {
            taken.channel = channel.clone();
        }
        taken.line = 0; // the same whatever it was read from
    }
    sort_taken(&mut all);
    all.dedup();
    all
}

/// Puts the pieces in the order of the corpus, one row a post.
fn assemble(pieces: &[Piece], names: &Names) -> (Corpus, Prints) {
    let mut filed: Vec<&ChannelKey> = pieces
        .iter()
        .flat_map(|piece| piece.channels.iter().chain(piece.forwards.iter().map(|f| &f.1)))
        .collect();
    filed.sort_unstable();
    filed.dedup();
    let mut keys: Vec<&ChannelKey> = filed.iter().map(|key| names.resolve(key)).collect();
    keys.sort_unstable();
    keys.dedup();
    // Ids in the order of the keys: comparing ids is comparing keys.
    let mut channels = Channels::default();
    for key in keys {
        channels.intern(key);
    }
    let resolved = |key| channels.find(names.resolve(key)).unwrap_or(NONE);
    let ids: Vec<Vec<ChannelId>> =
        pieces.iter().map(|piece| piece.channels.iter().map(resolved).collect()).collect();
    // Zero for a channel's own id; for its names the place among all keys.
    let rank = |key: &ChannelKey| match names.channel(key) {
        Some(_) => filed.partition_point(|other| *other < key) as u32 + 1,
        None => 0,
    };
    let ranks: Vec<Vec<u32>> =
        pieces.iter().map(|piece| piece.channels.iter().map(rank).collect()).collect();
    let Versions { dropped, files, gone } = later_versions(pieces, &ids, &ranks);
    let mut order: Vec<Row> = Vec::with_capacity(pieces.iter().map(|p| p.posts.len()).sum());
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
    let (mut corpus, prints) = gather(pieces, &order, (channels, names), &files);
    for (deleted, (.., at, row)) in corpus.posts.deleted_at.iter_mut().zip(&order) {
        *deleted = gone.get(&(*at, *row)).copied().unwrap_or(*deleted);
    }
    (corpus, prints)
}

/// A row: piece and row in it.
type Place = (u32, u32);

/// Which row of a post comes first; of two that are alike, the one filed under the channel's own id,
/// then by name.
type Order = (VersionOrder, u32);

/// The first version of a post so far.
type Best = Option<(Order, Place)>;

/// Posts of which there may be several rows: those with a later version, and those filed under a
/// name of their channel, which may be filed under its id too.
fn repeated(
    pieces: &[Piece],
    ids: &[Vec<ChannelId>],
    ranks: &[Vec<u32>],
) -> HashMap<(ChannelId, String), Best> {
    let mut best = HashMap::new();
    for ((piece, ids), ranks) in pieces.iter().zip(ids).zip(ranks) {
        for (row, _) in &piece.versions {
            best.insert(piece.key(ids, *row), None);
        }
        if ranks.iter().all(|rank| *rank == 0) {
            continue;
        }
        for row in 0..piece.posts.len() as u32 {
            if piece.rank(ranks, row) > 0 && !piece.peer_rows.contains(&row) {
                best.insert(piece.key(ids, row), None);
            }
        }
    }
    best
}

/// What is known of posts of which there are several rows.
#[derive(Default)]
struct Versions {
    /// Rows that are not the first-published version of their post.
    dropped: HashSet<Place>,
    /// For rows that are, of whose files nothing is known, the row that knows them.
    files: HashMap<Place, Place>,
    /// For rows that are, when their post was first found missing.
    gone: HashMap<Place, i64>,
}

fn later_versions(pieces: &[Piece], ids: &[Vec<ChannelId>], ranks: &[Vec<u32>]) -> Versions {
    let mut dropped = HashSet::new();
    let mut best = repeated(pieces, ids, ranks);
    if best.is_empty() {
        return Versions::default();
    }
    let mut missing: HashMap<(ChannelId, String), i64> = HashMap::new();
    // What another row knows of the files of a post, until it is clear which row is the first.
    let mut knowing: Vec<(Order, Place)> = Vec::new();
    for (at, ((piece, ids), ranks)) in pieces.iter().zip(ids).zip(ranks).enumerate() {
        let orders: HashMap<u32, VersionOrder> = piece.versions.iter().copied().collect();
        for row in 0..piece.posts.len() as u32 {
            if piece.peer_rows.contains(&row) {
                continue;
            }
            let key = piece.key(ids, row);
            let Some(slot) = best.get_mut(&key) else { continue };
            let deleted = piece.posts.deleted_at.get(row as usize).copied().unwrap_or(i64::MIN);
            if deleted != i64::MIN {
                let first = missing.entry(key).or_insert(deleted);
                *first = deleted.min(*first);
            }
            let seen = piece.posts.observed_first.get(row as usize).copied().unwrap_or(i64::MIN);
            let order = orders.get(&row).copied().unwrap_or((false, i64::MIN, seen, 1));
            let candidate = ((order, piece.rank(ranks, row)), (at as u32, row));
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
    let place = |key| best.get(key).copied().flatten().map(|(_, place)| place);
    let gone = missing.iter().filter_map(|(key, at)| Some((place(key)?, *at))).collect();
    Versions { dropped, files, gone }
}

/// For first versions without a known file, the earliest row of the same version (same text, edited
/// at the same time or never) that knows its files: the post seen again, with what lay beside it.
fn files_known(
    pieces: &[Piece],
    ids: &[Vec<ChannelId>],
    best: &HashMap<(ChannelId, String), Best>,
    knowing: &[(Order, Place)],
) -> HashMap<Place, Place> {
    let mut files = HashMap::new();
    for ((order, _), (at, row)) in knowing {
        let at = *at as usize;
        let (Some(piece), Some(ids)) = (pieces.get(at), ids.get(at)) else { continue };
        let Some(Some(((first_order, _), first))) = best.get(&piece.key(ids, *row)) else {
            continue;
        };
        let Some(other) = pieces.get(first.0 as usize) else { continue };
        let is_same = (first_order.0, first_order.1) == (order.0, order.1)
            && other.posts.text.get(first.1 as usize) == piece.posts.text.get(*row as usize);
        if is_same && !other.knows_files(first.1) {
            files.entry(*first).or_insert((at as u32, *row));
        }
    }
    files
}

/// A row: time, channel, piece, row in the piece.
type Row = (i64, ChannelId, u32, u32);

/// Copies the rows in their order, the posts on one core and their fingerprints on another.
fn gather(
    pieces: &[Piece],
    order: &[Row],
    named: (Channels, &Names),
    files: &HashMap<Place, Place>,
) -> (Corpus, Prints) {
    rayon::join(|| gather_posts(pieces, order, named, files), || gather_prints(pieces, order))
}

fn gather_prints(pieces: &[Piece], order: &[Row]) -> Prints {
    let mut prints = Prints::with_capacity(order.len());
    for (_, _, piece, row) in order {
        if let Some(piece) = pieces.get(*piece as usize) {
            prints.push_row(&piece.prints, *row as usize);
        }
    }
    prints
}

fn gather_posts(
    pieces: &[Piece],
    order: &[Row],
    (mut channels, names): (Channels, &Names),
    files: &HashMap<Place, Place>,
) -> Corpus {
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
            forwards.channel.push(channels.intern(names.resolve(origin)));
            forwards.post.push(post);
            forwards.published_at.push(*published);
            forwards.channel.len() as u32 - 1
        }));
        let (of, knows) = files.get(&(*at, *row)).copied().unwrap_or((*at, *row));
        if let Some(piece) = pieces.get(of as usize) {
            copy_sparse(&piece.posts.media, knows, new, &mut posts.media);
        }
        copy_sparse(&piece.posts.links, *row, new, &mut posts.links);
    }
    Corpus { channels, posts, forwards, ..Corpus::default() }
}

/// Copies the entries of one row of a sparse column, which is sorted by row.
fn copy_sparse<T: Clone>(from: &[(u32, T)], row: u32, new: u32, to: &mut Vec<(u32, T)>) {
    let start = from.partition_point(|(at, _)| *at < row);
    let entries = from.iter().skip(start).take_while(|(at, _)| *at == row);
    to.extend(entries.map(|(_, value)| (new, value.clone())));
}
