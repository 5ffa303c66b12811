//! Column scans: the posts of a selection as the columns that measures work on.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use marsad_matching::Prints;
use marsad_types::{
    Channel, ChannelId, ChannelKey, Channels, Corpus, Coverage, Forwards, NONE, Names, Platform,
    Posts, Strings, Taken, Timestamp,
};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use rayon::prelude::*;

use crate::contents::Stretch;
use crate::piece::{Piece, Source};
use crate::read::sort_taken;
use crate::table::{DataFile, Partition};
use crate::versions::Versions;
use crate::{Error, Lake, contents};

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
        let (mut corpus, prints) = assemble(pieces, &names)?;
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
fn assemble(pieces: Vec<Piece<'_>>, names: &Names) -> Result<(Corpus, Prints), Error> {
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
    let versions = Versions::find(&pieces, &ids, &ranks)?;
    let (order, stretches) = ordered(&pieces, &ids, &versions);
    let mut corpus = gather_posts(&pieces, &order, (channels, names), &versions);
    // What the pieces hold is copied; the texts need their memory.
    let sources: Vec<Source<'_>> = pieces.into_iter().map(|piece| piece.source).collect();
    let (texts, prints) = contents::gather(&sources, &order, stretches)?;
    corpus.posts.text = texts;
    Ok((corpus, prints))
}

/// A row: time, channel, piece, row in the piece.
pub(crate) type Row = (i64, ChannelId, u32, u32);

/// The rows by time, channel and post id, and the stretches in which they lie. A file is of a month:
/// so it is mostly a few files whose rows are sorted together.
fn ordered(
    pieces: &[Piece<'_>],
    ids: &[Vec<ChannelId>],
    Versions { dropped, .. }: &Versions,
) -> (Vec<Row>, Vec<Stretch>) {
    let post = |piece: u32, row: u32| {
        pieces.get(piece as usize).map_or("", |piece| piece.posts.post.get(row as usize))
    };
    let together = together(pieces);
    let sorted: Vec<Vec<Row>> = together
        .par_iter()
        .map(|together| {
            let mut rows: Vec<Row> = Vec::new();
            for at in together {
                let (Some(piece), Some(ids)) = (pieces.get(*at), ids.get(*at)) else { continue };
                let channels = piece.posts.channel.iter();
                let columns = channels.zip(&piece.posts.published_at).enumerate();
                rows.extend(columns.map(|(row, (channel, time))| {
                    let id = ids.get(*channel as usize).copied().unwrap_or(NONE);
                    (*time, id, *at as u32, row as u32)
                }));
            }
            if !dropped.is_empty() {
                rows.retain(|(.., at, row)| !dropped.contains(&(*at, *row)));
            }
            // Some inputs repeat a post: such rows keep their order.
            rows.par_sort_unstable_by(|a, b| {
                let by_post = || post(a.2, a.3).cmp(post(b.2, b.3));
                let by_place = || (a.2, a.3).cmp(&(b.2, b.3));
                (a.0, a.1).cmp(&(b.0, b.1)).then_with(by_post).then_with(by_place)
            });
            rows
        })
        .collect();
    let mut order: Vec<Row> = Vec::with_capacity(sorted.iter().map(Vec::len).sum());
    let mut stretches = Vec::new();
    for (pieces, rows) in together.into_iter().zip(sorted) {
        let start = order.len();
        order.extend(rows);
        stretches.push(Stretch { pieces, rows: start..order.len() });
    }
    (order, stretches)
}

/// Pieces whose posts lie in one stretch of time, in which no other piece has any; in the order of
/// time.
fn together(pieces: &[Piece<'_>]) -> Vec<Vec<usize>> {
    let span = |(at, piece): (usize, &Piece<'_>)| {
        let times = &piece.posts.published_at;
        Some((*times.iter().min()?, *times.iter().max()?, at))
    };
    let mut spans: Vec<(i64, i64, usize)> = pieces.iter().enumerate().filter_map(span).collect();
    spans.sort_unstable();
    let mut together: Vec<Vec<usize>> = Vec::new();
    let mut end = i64::MIN;
    for (first, last, at) in spans {
        match together.last_mut().filter(|_| first <= end) {
            Some(pieces) => pieces.push(at),
            None => together.push(vec![at]),
        }
        end = end.max(last);
    }
    together
}

/// Copies all columns but the text in their order.
fn gather_posts(
    pieces: &[Piece<'_>],
    order: &[Row],
    (mut channels, names): (Channels, &Names),
    Versions { files, gone, .. }: &Versions,
) -> Corpus {
    let mut posts = Posts::default();
    let mut forwards = Forwards::default();
    let Posts { post, forward, media, links, .. } = &mut posts;
    let whole = || {
        let mut deleted = column(pieces, order, |posts| &posts.deleted_at, i64::MIN);
        for (deleted, (.., at, row)) in deleted.iter_mut().zip(order).filter(|_| !gone.is_empty()) {
            *deleted = gone.get(&(*at, *row)).copied().unwrap_or(*deleted);
        }
        let observed = column(pieces, order, |posts| &posts.observed_first, i64::MIN);
        (deleted, observed, column(pieces, order, |posts| &posts.resolution_ms, 0))
    };
    let sparse = || {
        *post = Strings::with_capacity(
            order.len(),
            pieces.iter().map(|piece| piece.posts.post.text_bytes()).sum(),
        );
        forward.reserve(order.len());
        // The origins of forwards of a piece, by row.
        let starts: Vec<HashMap<u32, usize>> = pieces
            .iter()
            .map(|piece| piece.forwards.iter().enumerate().map(|(at, f)| (f.0, at)).collect())
            .collect();
        for (new, (.., at, row)) in order.iter().enumerate() {
            let Some(piece) = pieces.get(*at as usize) else { continue };
            let new = new as u32;
            post.push(piece.posts.post.get(*row as usize));
            let start = starts.get(*at as usize).and_then(|starts| starts.get(row));
            let origin = start.and_then(|start| piece.forwards.get(*start));
            forward.push(origin.map_or(NONE, |(_, origin, post, published)| {
                forwards.channel.push(channels.intern(names.resolve(origin)));
                forwards.post.push(post);
                forwards.published_at.push(*published);
                forwards.channel.len() as u32 - 1
            }));
            let (of, knows) = files.get(&(*at, *row)).copied().unwrap_or((*at, *row));
            if let Some(piece) = pieces.get(of as usize) {
                copy_sparse(&piece.posts.media, knows, new, media);
            }
            copy_sparse(&piece.posts.links, *row, new, links);
        }
    };
    let ((deleted_at, observed_first, resolution_ms), ()) = rayon::join(whole, sparse);
    let posts = Posts {
        channel: order.par_iter().map(|row| row.1).collect(),
        published_at: order.par_iter().map(|row| row.0).collect(),
        resolution_ms,
        observed_first,
        deleted_at,
        ..posts
    };
    Corpus { channels, posts, forwards, ..Corpus::default() }
}

/// A column in the order of the corpus.
fn column<T: Copy + Send + Sync>(
    pieces: &[Piece<'_>],
    order: &[Row],
    of: impl Fn(&Posts) -> &Vec<T> + Sync,
    none: T,
) -> Vec<T> {
    let values: Vec<&[T]> = pieces.iter().map(|piece| of(&piece.posts).as_slice()).collect();
    let value = |(.., at, row): &Row| values.get(*at as usize)?.get(*row as usize).copied();
    order.par_iter().map(|row| value(row).unwrap_or(none)).collect()
}

/// Copies the entries of one row of a sparse column, which is sorted by row.
fn copy_sparse<T: Clone>(from: &[(u32, T)], row: u32, new: u32, to: &mut Vec<(u32, T)>) {
    let start = from.partition_point(|(at, _)| *at < row);
    let entries = from.iter().skip(start).take_while(|(at, _)| *at == row);
    to.extend(entries.map(|(_, value)| (new, value.clone())));
}
