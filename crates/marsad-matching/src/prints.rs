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
    line_ends: Vec<u32>,
    lines: Vec<u32>,
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
            line_ends: Vec::with_capacity(rows),
            lines: Vec::new(),
        }
    }

    /// Appends the print of one post.
    pub fn push(&mut self, print: &Fingerprint) {
        self.body.push(print.body);
        self.signature.push(print.signature);
        self.tokens.push(print.tokens);
        self.letters.push(print.letters);
        self.lines.extend_from_slice(&print.lines);
        self.line_ends.push(self.lines.len() as u32);
    }

    /// Appends the print of one post from its stored columns.
    #[expect(clippy::too_many_arguments, reason = "one parameter a column of the lake's table")]
    pub fn push_parts(
        &mut self,
        body: u128,
        signature: [u8; BINS],
        tokens: u32,
        letters: u32,
        lines: &[u32],
    ) {
        self.body.push(body);
        self.signature.push(signature);
        self.tokens.push(tokens);
        self.letters.push(letters);
        self.lines.extend_from_slice(lines);
        self.line_ends.push(self.lines.len() as u32);
    }

    /// Line hashes of a row; none for a text of fewer than two lines.
    pub fn lines(&self, row: usize) -> &[u32] {
        let start = row.checked_sub(1).and_then(|before| self.line_ends.get(before));
        let end = self.line_ends.get(row).copied().unwrap_or(0);
        self.lines.get(start.copied().unwrap_or(0) as usize..end as usize).unwrap_or(&[])
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
        let base = self.lines.len() as u32;
        self.body.extend_from_slice(&other.body);
        self.signature.extend_from_slice(&other.signature);
        self.tokens.extend_from_slice(&other.tokens);
        self.letters.extend_from_slice(&other.letters);
        self.lines.extend_from_slice(&other.lines);
        self.line_ends.extend(other.line_ends.iter().map(|end| base + end));
    }
}
