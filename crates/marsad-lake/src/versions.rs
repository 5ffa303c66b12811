//! Which of several rows of one post is its first-published version, and what the others add.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use marsad_types::{ChannelId, Strings};
use rayon::prelude::*;

use crate::Error;
use crate::piece::{Piece, VersionOrder};

/// A row: piece and row in it.
pub(crate) type Place = (u32, u32);

/// Which row of a post comes first; of two that are alike, the one filed under the channel's own id,
/// then by name.
type Order = (VersionOrder, u32);

/// The first version of a post so far.
type Best = Option<(Order, Place)>;

/// Posts of which there may be several rows: those with a later version, and those filed under a
/// name of their channel, which may be filed under its id too.
fn repeated(
    pieces: &[Piece<'_>],
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
pub(crate) struct Versions {
    /// Rows that are not the first-published version of their post.
    pub(crate) dropped: HashSet<Place>,
    /// For rows that are, of whose files nothing is known, the row that knows them.
    pub(crate) files: HashMap<Place, Place>,
    /// For rows that are, when their post was first found missing.
    pub(crate) gone: HashMap<Place, i64>,
}

impl Versions {
    /// Finds them among all pieces, whose channels have these ids and ranks.
    pub(crate) fn find(
        pieces: &[Piece<'_>],
        ids: &[Vec<ChannelId>],
        ranks: &[Vec<u32>],
    ) -> Result<Self, Error> {
        let mut dropped = HashSet::new();
        let mut best = repeated(pieces, ids, ranks);
        if best.is_empty() {
            return Ok(Self::default());
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
                let seen =
                    piece.posts.observed_first.get(row as usize).copied().unwrap_or(i64::MIN);
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
        let files = files_known(pieces, ids, &best, &knowing)?;
        let place = |key| best.get(key).copied().flatten().map(|(_, place)| place);
        let gone = missing.iter().filter_map(|(key, at)| Some((place(key)?, *at))).collect();
        Ok(Self { dropped, files, gone })
    }
}

/// For first versions without a known file, the earliest row of the same version (same text, edited
/// at the same time or never) that knows its files: the post seen again, with what lay beside it.
fn files_known(
    pieces: &[Piece<'_>],
    ids: &[Vec<ChannelId>],
    best: &HashMap<(ChannelId, String), Best>,
    knowing: &[(Order, Place)],
) -> Result<HashMap<Place, Place>, Error> {
    // The first version, and a row that knows more if it has the same text.
    let mut likely: Vec<(Place, Place)> = Vec::new();
    for ((order, _), place) in knowing {
        let (Some(piece), Some(ids)) = (pieces.get(place.0 as usize), ids.get(place.0 as usize))
        else {
            continue;
        };
        let Some(Some(((first_order, _), first))) = best.get(&piece.key(ids, place.1)) else {
            continue;
        };
        let lacks =
            |first: Place| pieces.get(first.0 as usize).is_some_and(|p| !p.knows_files(first.1));
        if (first_order.0, first_order.1) == (order.0, order.1) && lacks(*first) {
            likely.push((*first, *place));
        }
    }
    // Only theirs are read: the texts at large come when it is known where they go.
    let concerned: BTreeSet<u32> =
        likely.iter().flat_map(|(first, other)| [first.0, other.0]).collect();
    let texts: BTreeMap<u32, Strings> = concerned
        .into_par_iter()
        .filter_map(|at| Some((at, pieces.get(at as usize)?)))
        .map(|(at, piece)| Ok((at, piece.source.texts()?)))
        .collect::<Result<_, Error>>()?;
    let text = |(at, row): Place| texts.get(&at).map(|texts| texts.get(row as usize));
    let mut files = HashMap::new();
    for (first, other) in likely {
        if text(first) == text(other) {
            files.entry(first).or_insert(other);
        }
    }
    Ok(files)
}
