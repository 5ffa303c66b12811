//! What arrived since the last flush: keys to values, in memory.

use hashbrown::HashMap;
use std::hash::Hash;

use super::space::{Space, Wanted};

/// Set in a slot that names a list rather than a value.
const LIST: u32 = 1 << 31;

/// Keys to values. Most keys have one value.
struct Table<K> {
    slots: HashMap<K, u32>,
    lists: Vec<Vec<u32>>,
}

impl<K: Hash + Eq> Table<K> {
    fn new() -> Self {
        Self { slots: HashMap::new(), lists: Vec::new() }
    }

    fn push(&mut self, key: K, value: u32, wanted: Wanted) {
        let lists = &mut self.lists;
        self.slots
            .entry(key)
            .and_modify(|slot| {
                if *slot & LIST == 0 {
                    lists.push(vec![*slot]);
                    *slot = LIST | (lists.len() as u32 - 1);
                }
                if let Some(list) = lists.get_mut((*slot & !LIST) as usize) {
                    list.push(value);
                    // Twice the tail, so that a crowded list is seldom moved.
                    if list.len() > wanted.most().saturating_add(wanted.last) {
                        list.drain(wanted.first..list.len() - wanted.last);
                    }
                }
            })
            .or_insert(value);
    }

    fn find(&self, key: &K, into: &mut Vec<u32>) {
        let Some(slot) = self.slots.get(key) else { return };
        into.extend_from_slice(self.values(slot));
    }

    fn values<'a>(&'a self, slot: &'a u32) -> &'a [u32] {
        if slot & LIST == 0 {
            return std::slice::from_ref(slot);
        }
        self.lists.get((slot & !LIST) as usize).map_or(&[], Vec::as_slice)
    }

    fn held(&self) -> usize {
        let lists: usize = self.lists.iter().map(|list| list.capacity() * 4).sum();
        self.slots.capacity() * (size_of::<(K, u32)>() + 2) + self.lists.capacity() * 24 + lists
    }
}

/// What arrived since the last flush.
pub(super) struct Recent {
    /// By space and key.
    narrow: Table<(u8, u32)>,
    wide: Table<(u8, u128)>,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { narrow: Table::new(), wide: Table::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.narrow.slots.is_empty() && self.wide.slots.is_empty()
    }

    /// Adds a value, larger than those before it.
    pub(super) fn push(&mut self, space: Space, key: u128, value: u32) {
        let place = space.place() as u8;
        if space.is_wide() {
            self.wide.push((place, key), value, space.wanted());
        } else {
            self.narrow.push((place, key as u32), value, space.wanted());
        }
    }

    /// Appends the values of a key.
    pub(super) fn find(&self, space: Space, key: u128, into: &mut Vec<u32>) {
        let place = space.place() as u8;
        if space.is_wide() {
            self.wide.find(&(place, key), into);
        } else {
            self.narrow.find(&(place, key as u32), into);
        }
    }

    /// The entries of a space by key and value.
    pub(super) fn sorted(&self, space: Space) -> Vec<(u128, u32)> {
        let place = space.place() as u8;
        let mut entries: Vec<(u128, u32)> = Vec::new();
        if space.is_wide() {
            let own = self.wide.slots.iter().filter(|((other, _), _)| *other == place);
            for ((_, key), slot) in own {
                entries.extend(self.wide.values(slot).iter().map(|value| (*key, *value)));
            }
        } else {
            let own = self.narrow.slots.iter().filter(|((other, _), _)| *other == place);
            for ((_, key), slot) in own {
                let values = self.narrow.values(slot).iter();
                entries.extend(values.map(|value| (u128::from(*key), *value)));
            }
        }
        entries.sort_unstable();
        entries
    }

    /// Forgets all and keeps the room.
    pub(super) fn clear(&mut self) {
        self.narrow.slots.clear();
        self.narrow.lists.clear();
        self.wide.slots.clear();
        self.wide.lists.clear();
    }

    /// Bytes, about.
    pub(super) fn held(&self) -> usize {
        self.narrow.held() + self.wide.held()
    }
}
