//! Numbers in a fixed order of bytes, little end first.

use crate::group::resolve::Home;
use crate::statement::Relation;

/// Reads numbers one after the other; past the end they are 0, which a checksum has ruled out.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((first, rest)) = self.0.split_first_chunk::<N>() else {
            self.0 = &[];
            return [0; N];
        };
        self.0 = rest;
        *first
    }

    pub(super) fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    pub(super) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.take())
    }

    pub(super) fn u128(&mut self) -> u128 {
        u128::from_le_bytes(self.take())
    }

    pub(super) fn f32(&mut self) -> f32 {
        f32::from_le_bytes(self.take())
    }

    /// So many bytes, or as many as there are.
    pub(super) fn bytes(&mut self, many: usize) -> &'a [u8] {
        let (first, rest) = self.0.split_at(many.min(self.0.len()));
        self.0 = rest;
        first
    }

    /// As [`Record::put_home`] wrote it.
    pub(super) fn home(&mut self) -> Home {
        let (statement, similarity) = (self.u32(), self.f32());
        let relation = match self.u8() {
            0 => Relation::First,
            1 => Relation::Forward,
            2 => Relation::Exact,
            3 => Relation::Near,
            4 => Relation::Contained,
            _ => Relation::Media,
        };
        Home { statement, relation, similarity }
    }
}

/// A record while it is filled.
pub(super) struct Record<const N: usize> {
    pub(super) bytes: [u8; N],
    filled: usize,
}

impl<const N: usize> Record<N> {
    pub(super) fn new() -> Self {
        Self { bytes: [0; N], filled: 0 }
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.filled..self.filled + bytes.len()) {
            room.copy_from_slice(bytes);
        }
        self.filled += bytes.len();
        debug_assert!(self.filled <= N, "a record has room for its fields");
    }

    /// The statement, how similar, and how: 9 bytes.
    pub(super) fn put_home(&mut self, home: Home) {
        self.put(&home.statement.to_le_bytes());
        self.put(&home.similarity.to_le_bytes());
        self.put(&[home.relation as u8]);
    }
}
