//! Which values share a key, among so many that most keys occur once.
//!
//! Entries are dealt into buckets by the high bits of their keys, small enough for a core's cache;
//! in each bucket a table of counts by the low bits drops what occurs once, and the rest is sorted.
//! So the work is linear in the entries, mostly sequential in memory, and the same for ten thousand
//! posts and for ten million. More than [`PASS_MAX`] entries are taken in several passes over the
//! keys' range, which bounds the memory.

use rayon::prelude::*;

/// Entries of a bucket, about: they and the counts (four times as many bytes) stay in a core's
/// second-level cache.
const BUCKET: usize = 1 << 15;
/// Most entries held at once: 256 MB.
const PASS_MAX: usize = 1 << 25;
/// Most buckets of a pass, so that dealing keeps to the translation cache.
const BUCKETS_MAX: usize = 1 << 10;
/// Parts that are dealt at the same time.
const PARTS: usize = 16;

/// A key and a value, which go by the key first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry(u64);

impl Entry {
    pub(super) fn new(key: u32, value: u32) -> Self {
        Self(u64::from(key) << 32 | u64::from(value))
    }

    pub(super) fn key(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) fn value(self) -> u32 {
        self.0 as u32
    }
}

/// How much there is.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// What has entries.
    pub(super) items: usize,
    /// Entries of all items, about.
    pub(super) count: usize,
    /// Spaces of keys, at least one.
    pub(super) spaces: usize,
}

/// Takes entries and deals them into the buckets of a pass.
pub(super) struct Dealer {
    hands: Vec<Vec<Entry>>,
    pass: usize,
    /// Passes times buckets of a space.
    places: usize,
    /// Buckets of a space are two to the power of so many.
    bits: u32,
}

impl Dealer {
    /// An entry of a space of keys.
    #[inline]
    pub(super) fn take(&mut self, space: usize, key: u32, value: u32) {
        let place = scaled(key, self.places);
        if place >> self.bits == self.pass {
            let bucket = space << self.bits | place & ((1 << self.bits) - 1);
            if let Some(hand) = self.hands.get_mut(bucket) {
                hand.push(Entry::new(key, value));
            }
        }
    }
}

/// Calls `of_run` with the values of each key that occurs more than once, in the order of the
/// values, and gathers what it says, in no order.
///
/// `entries` gives its second argument the space, key and value of each entry of the items in
/// a range of `0..items`; keys of different spaces have nothing to do with each other.
pub(super) fn each_repeated<R: Send>(
    size: Size,
    entries: impl Fn(std::ops::Range<usize>, &mut Dealer) + Sync,
    of_run: impl Fn(&[Entry], &mut Vec<R>) + Sync,
) -> Vec<R> {
    let Size { items, count, spaces } = size;
    let passes = count.div_ceil(PASS_MAX).next_power_of_two().max(1);
    let of_space = (count / passes / BUCKET / spaces).next_power_of_two();
    let most = (BUCKETS_MAX / spaces).max(1);
    let bits = of_space.min(1 << most.ilog2()).trailing_zeros();
    let buckets = spaces << bits;
    let slice = items.div_ceil(PARTS).max(1);
    let mut found = Vec::new();
    for pass in 0..passes {
        let dealt: Vec<Vec<Vec<Entry>>> = (0..items.div_ceil(slice))
            .into_par_iter()
            .map(|part| {
                let range = part * slice..items.min((part + 1) * slice);
                let expected = count / passes / buckets / PARTS;
                let hand = || Vec::with_capacity(expected + expected / 4);
                let hands = (0..buckets).map(|_| hand()).collect();
                let mut dealer = Dealer { hands, pass, places: passes << bits, bits };
                entries(range, &mut dealer);
                dealer.hands
            })
            .collect();
        let of_bucket = |bucket: usize| {
            let mut results = Vec::new();
            let parts: Vec<&[Entry]> =
                dealt.iter().filter_map(|hands| hands.get(bucket)).map(Vec::as_slice).collect();
            for run in repeated(&parts).chunk_by(|a, b| a.key() == b.key()) {
                if run.len() > 1 {
                    of_run(run, &mut results);
                }
            }
            results
        };
        let results: Vec<Vec<R>> = (0..buckets).into_par_iter().map(of_bucket).collect();
        found.extend(results.into_iter().flatten());
    }
    found
}

/// Where a key lies when all keys are dealt to so many places in order.
fn scaled(key: u32, places: usize) -> usize {
    ((u64::from(key) * places as u64) >> 32) as usize
}

/// The entries whose key may occur more than once, sorted.
fn repeated(parts: &[&[Entry]]) -> Vec<Entry> {
    let count: usize = parts.iter().map(|part| part.len()).sum();
    let mut seen = vec![0u8; (count * 4).next_power_of_two()];
    let mask = seen.len() - 1;
    // High bits chose the bucket: the low ones tell its keys apart.
    let slot = |entry: &Entry| entry.key() as usize & mask;
    for entry in parts.iter().copied().flatten() {
        if let Some(times) = seen.get_mut(slot(entry)) {
            *times = times.saturating_add(1);
        }
    }
    let again = |entry: &&Entry| seen.get(slot(entry)).is_some_and(|times| *times > 1);
    let mut kept: Vec<Entry> = parts.iter().copied().flatten().filter(again).copied().collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_runs_are_those_of_sorting_everything(
            keys in prop::collection::vec(prop_oneof![0u32..40, any::<u32>()], 0..400),
        ) {
            let mut found = each_repeated(
                Size { items: keys.len(), count: keys.len(), spaces: 2 },
                |range, deal| {
                    for place in range {
                        deal.take(place % 2, keys[place], place as u32);
                    }
                },
                |run, out| out.push(run.iter().map(|e| (e.key(), e.value())).collect::<Vec<_>>()),
            );
            found.sort();
            let mut all: Vec<(usize, u32, u32)> =
                keys.iter().enumerate().map(|(place, key)| (place % 2, *key, place as u32)).collect();
            all.sort_unstable();
            let mut wanted: Vec<Vec<(u32, u32)>> = all
                .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
                .filter(|run| run.len() > 1)
                .map(|run| run.iter().map(|one| (one.1, one.2)).collect())
                .collect();
            wanted.sort();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn many_entries_are_dealt_to_many_buckets_and_none_is_lost() {
        // Every key twice, far apart.
        let count = BUCKET * 8;
        let runs = each_repeated(
            Size { items: count, count, spaces: 1 },
            |range, deal| {
                for place in range {
                    let key = (place % (count / 2)) as u32;
                    deal.take(0, key.wrapping_mul(0x9E37_79B9), place as u32);
                }
            },
            |run, out| out.push(run.len()),
        );
        assert_eq!(runs.len(), count / 2);
        assert!(runs.iter().all(|length| *length == 2));
    }
}
