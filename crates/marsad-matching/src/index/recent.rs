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

    fn each(&self, mut take: impl FnMut(&K, u32)) {
        for (key, slot) in &self.slots {
            for value in self.values(slot) {
                take(key, *value);
            }
        }
    }

    fn len(&self) -> usize {
        let more: usize = self.lists.iter().map(|list| list.len().saturating_sub(1)).sum();
        self.slots.len() + more
    }

    fn clear(&mut self) {
        self.slots.clear();
        self.lists.clear();
    }

    fn held(&self) -> usize {
        let lists: usize = self.lists.iter().map(|list| list.capacity() * 4).sum();
        self.slots.capacity() * (size_of::<(K, u32)>() + 2) + self.lists.capacity() * 24 + lists
    }
}

/// What arrived since the last flush.
pub(super) struct Recent {
    /// By space.
    narrow: Vec<Table<u32>>,
    wide: Vec<Table<u128>>,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self {
            narrow: (0..Space::COUNT).map(|_| Table::new()).collect(),
            wide: (0..Space::COUNT).map(|_| Table::new()).collect(),
        }
    }

    /// Adds a value, larger than those before it.
    pub(super) fn push(&mut self, space: Space, key: u128, value: u32) {
        if let (true, Some(table)) = (space.is_wide(), self.wide.get_mut(space.place())) {
            table.push(key, value, space.wanted());
        } else if let Some(table) = self.narrow.get_mut(space.place()) {
            table.push(key as u32, value, space.wanted());
        }
    }

    /// Appends the values of a key.
    pub(super) fn find(&self, space: Space, key: u128, into: &mut Vec<u32>) {
        if let (true, Some(table)) = (space.is_wide(), self.wide.get(space.place())) {
            table.find(&key, into);
        } else if let Some(table) = self.narrow.get(space.place()) {
            table.find(&(key as u32), into);
        }
    }

    /// The entries of a space by key and value.
    pub(super) fn sorted(&self, space: Space) -> Vec<(u128, u32)> {
        let mut entries = Vec::new();
        if let Some(table) = self.narrow.get(space.place()) {
            table.each(|key, value| entries.push((u128::from(*key), value)));
        }
        if let Some(table) = self.wide.get(space.place()) {
            table.each(|key, value| entries.push((*key, value)));
        }
        entries.sort_unstable();
        entries
    }

    /// How many entries.
    pub(super) fn len(&self) -> usize {
        let narrow: usize = self.narrow.iter().map(Table::len).sum();
        narrow + self.wide.iter().map(Table::len).sum::<usize>()
    }

    /// Forgets all and keeps the room.
    pub(super) fn clear(&mut self) {
        self.narrow.iter_mut().for_each(Table::clear);
        self.wide.iter_mut().for_each(Table::clear);
    }

    /// Bytes, about.
    pub(super) fn held(&self) -> usize {
        let narrow: usize = self.narrow.iter().map(Table::held).sum();
        narrow + self.wide.iter().map(Table::held).sum::<usize>()
    }
}
