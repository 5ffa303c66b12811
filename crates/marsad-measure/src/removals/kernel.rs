//! The ids of one channel: which were seen, which are explained, which are left.

use std::collections::BTreeMap;

use marsad_types::TakenBy;

/// Pictures in an album at most.
const ALBUM_MAX: u64 = 10;
/// In a gap of more ids than this nobody asks which were erased here: a gap of that size is another
/// numbering, not somebody's deletions.
const ERASED_GAP_MAX: u64 = 100_000;

/// A post that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) id: u64,
    /// When published, milliseconds.
    pub(super) at: i64,
    /// How coarse that is, milliseconds.
    pub(super) resolution: u32,
    /// The platform said later that it is not there.
    pub(super) is_gone: bool,
}

/// What is known of a channel's ids.
#[derive(Debug, Default)]
pub(super) struct Ids {
    seen: Vec<Seen>,
    taken: BTreeMap<u64, TakenBy>,
}

/// What a stretch comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) posts: u64,
    pub(super) deleted_seen: u64,
    pub(super) taken: BTreeMap<TakenBy, u64>,
    pub(super) erased: u64,
    pub(super) unseen_min: u64,
    pub(super) unseen_max: u64,
    /// Ids go up with time.
    pub(super) in_order: bool,
}

impl Ids {
    pub(super) fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    /// An id that bears no post of its own.
    pub(super) fn take(&mut self, id: u64, by: TakenBy) {
        self.taken.entry(id).or_insert(by);
    }

    /// Everything is there: in the order of the ids, each once.
    pub(super) fn settle(&mut self) {
        self.seen.sort_unstable_by_key(|seen| (seen.id, !seen.is_gone, seen.at));
        self.seen.dedup_by_key(|seen| seen.id);
    }

    /// Counts the ids from the first to the last post published in a stretch; `None` where there is
    /// no such post.
    pub(super) fn count(
        &self,
        (from, to): (i64, i64),
        is_erased: &dyn Fn(u64) -> bool,
    ) -> Option<Counted> {
        let is_in = |seen: &Seen| from <= seen.at && seen.at < to;
        let first = self.seen.iter().position(is_in)?;
        let last = self.seen.iter().rposition(is_in)?;
        let stretch = self.seen.get(first..=last)?;
        let mut counted = Counted {
            first: stretch.first()?.id,
            last: stretch.last()?.id,
            posts: stretch.len() as u64,
            deleted_seen: stretch.iter().filter(|seen| seen.is_gone).count() as u64,
            in_order: stretch.iter().all(is_in),
            ..Counted::default()
        };
        for pair in stretch.windows(2) {
            let [before, after] = pair else { continue };
            let ends = after.at.saturating_add(i64::from(after.resolution));
            counted.in_order &= ends > before.at;
            self.count_gap((before.id, after.id), is_erased, &mut counted);
        }
        Some(counted)
    }

    /// The ids between two that were seen.
    fn count_gap(
        &self,
        (before, after): (u64, u64),
        is_erased: &dyn Fn(u64) -> bool,
        counted: &mut Counted,
    ) {
        let (Some(from), true) = (before.checked_add(1), after - before > 1) else { return };
        // Explained ids cut the gap into runs.
        let mut explained: Vec<u64> = Vec::new();
        for (id, by) in self.taken.range(from..after) {
            *counted.taken.entry(*by).or_default() += 1;
            explained.push(*id);
        }
        if after - from <= ERASED_GAP_MAX {
            let erased = (from..after).filter(|id| !self.taken.contains_key(id) && is_erased(*id));
            let erased: Vec<u64> = erased.collect();
            counted.erased += erased.len() as u64;
            explained.extend(erased);
            explained.sort_unstable();
        }
        let mut begin = from;
        for end in explained.into_iter().chain([after]) {
            let run = end - begin;
            counted.unseen_max += run;
            counted.unseen_min += run.div_ceil(ALBUM_MAX);
            begin = end.saturating_add(1);
        }
    }
}
