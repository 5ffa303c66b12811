//! Fingerprints as columns, one row a post.

use marsad_types::Corpus;
use rayon::prelude::*;

use crate::fingerprint::{BINS, Fingerprint, Fingerprinter};

/// Fingerprints of posts, row by row with [`marsad_types::Posts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prints {
    /// Hash of the normalised text.
    pub body: Vec<u128>,
    /// One-permutation minhash.
    pub signature: Vec<[u8; BINS]>,
    /// Words and numbers.
    pub tokens: Vec<u32>,
    /// Letters.
    pub letters: Vec<u32>,
    lines: Lists,
    grams: Lists,
}

/// A list of hashes a row, end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lists {
    ends: Vec<u64>,
    values: Vec<u32>,
}

impl Lists {
    fn push(&mut self, values: &[u32]) {
        self.values.extend_from_slice(values);
        self.ends.push(self.values.len() as u64);
    }

    fn get(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before));
        let end = self.ends.get(row).copied().unwrap_or(0);
        self.values.get(start.copied().unwrap_or(0) as usize..end as usize).unwrap_or(&[])
    }

    fn append(&mut self, other: &Self) {
        let base = self.values.len() as u64;
        self.values.extend_from_slice(&other.values);
        self.ends.extend(other.ends.iter().map(|end| base + end));
    }
}

/// Rows one task fingerprints.
const CHUNK: usize = 8192;

impl Prints {
    /// Room for so many posts.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            body: Vec::with_capacity(rows),
            signature: Vec::with_capacity(rows),
            tokens: Vec::with_capacity(rows),
            letters: Vec::with_capacity(rows),
            lines: Lists { ends: Vec::with_capacity(rows), values: Vec::new() },
            grams: Lists { ends: Vec::with_capacity(rows), values: Vec::new() },
        }
    }

    /// Appends the print of one post.
    pub fn push(&mut self, print: &Fingerprint) {
        self.body.push(print.body);
        self.signature.push(print.signature);
        self.tokens.push(print.tokens);
        self.letters.push(print.letters);
        self.lines.push(&print.lines);
        self.grams.push(&print.grams);
    }

    /// Appends a row of another; nothing where it has no such row.
    pub fn push_row(&mut self, other: &Self, row: usize) {
        let Some(body) = other.body.get(row) else { return };
        self.body.push(*body);
        self.signature.extend(other.signature.get(row));
        self.tokens.extend(other.tokens.get(row));
        self.letters.extend(other.letters.get(row));
        self.lines.push(other.lines(row));
        self.grams.push(other.grams(row));
    }

    /// Line hashes of a row; none for a text of fewer than two lines.
    pub fn lines(&self, row: usize) -> &[u32] {
        self.lines.get(row)
    }

    /// Winnowed word grams of a row; none for a text of fewer than twelve words.
    pub fn grams(&self, row: usize) -> &[u32] {
        self.grams.get(row)
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// No row.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Fingerprints all posts of a corpus, on all cores.
    pub fn of(corpus: &Corpus) -> Self {
        let rows = corpus.posts.len();
        let parts: Vec<Self> = (0..rows.div_ceil(CHUNK))
            .into_par_iter()
            .map_init(Fingerprinter::new, |fingerprinter, chunk| {
                let range = chunk * CHUNK..rows.min((chunk + 1) * CHUNK);
                let mut part = Self::with_capacity(range.len());
                for row in range {
                    part.push(&fingerprinter.fingerprint(corpus.posts.text.get(row)));
                }
                part
            })
            .collect();
        let mut all = Self::with_capacity(rows);
        for part in &parts {
            all.append(part);
        }
        all
    }

    /// Appends all rows of another.
    pub fn append(&mut self, other: &Self) {
        self.body.extend_from_slice(&other.body);
        self.signature.extend_from_slice(&other.signature);
        self.tokens.extend_from_slice(&other.tokens);
        self.letters.extend_from_slice(&other.letters);
        self.lines.append(&other.lines);
        self.grams.append(&other.grams);
    }
}
