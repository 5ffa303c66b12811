//! What is kept of a text at import: a hash, a signature, counts and line hashes.
//!
//! **Features** are hashes of all runs of five code points of the normalised text without white
//! space (a shorter text is one feature). Characters rather than words, because Arabic writes
//! conjunctions and articles onto the word and one changed letter must not cost three shingles.
//!
//! **The signature** is a one-permutation minhash (Li, Owen, Zhang 2012) with 64 bins, empty bins
//! filled by optimal densification (Shrivastava 2017), eight bits kept of each minimum (Li and
//! König 2010). Two signatures agree in a byte with probability J + (1 - J)/256. Four bytes are a
//! band: 16 bands, so that texts with J = 0.8 share one with probability 0.9998, with J = 0.5
//! 0.64.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::dates::{DATED_WORDS_MAX, HOURS_MAX, is_hour, undated};
use crate::grams::{GRAM_TOKENS_MIN, winnow};
use crate::mask::run_hash;
use crate::normalise::Scanner;

/// Version of everything stored beside a post: normaliser, features, signature. A stored column of
/// another version is computed again.
pub const FINGERPRINT_VERSION: u32 = 6;

/// Code points of a feature.
pub(crate) const SHINGLE: usize = 5;
/// Bins of the signature, one byte each.
pub(crate) const BINS: usize = 64;

/// Below this many tokens, or [`BARE_LETTERS`], links and mentions are part of the identity: what
/// is left says too little ("Breaking:" and a link).
const BARE_TOKENS: u32 = 3;
/// See [`BARE_TOKENS`].
const BARE_LETTERS: u32 = 12;

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the normalised text (xxh3, 128 bits, UTF-8, white space only between numbers); 0
    /// for a text with nothing to match.
    pub body: u128,
    /// One-permutation minhash, see the module.
    pub signature: [u8; BINS],
    /// Words and numbers.
    pub tokens: u32,
    /// Code points of words and numbers that are not digits.
    pub letters: u32,
    /// Hashes of the normalised lines, when there are two or more; else none.
    pub lines: Vec<u32>,
    /// Winnowed hashes of four words in a row, sorted, for a text of eight words or more.
    pub grams: Vec<u32>,
}

impl Default for Fingerprint {
    /// The fingerprint of an empty text.
    fn default() -> Self {
        let (lines, grams) = (Vec::new(), Vec::new());
        Self { body: 0, signature: [0; BINS], tokens: 0, letters: 0, lines, grams }
    }
}

/// Scratch buffers for many texts.
#[derive(Default)]
pub struct Fingerprinter {
    pub(crate) scanner: Scanner,
    bytes: Vec<u8>,
    words: Vec<u64>,
}

impl Fingerprinter {
    /// Empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a text.
    pub fn fingerprint(&mut self, text: &str) -> Fingerprint {
        self.scanner.scan(text);
        self.of_scanned()
    }

    /// The fingerprint of what the scanner holds now.
    pub(crate) fn of_scanned(&mut self) -> Fingerprint {
        let matched = self.scanner.tokens.iter().filter(|token| token.kind.is_matched());
        let tokens = matched.count() as u32;
        let letters = count_letters(&self.scanner.codes);
        let mut lines = Vec::new();
        self.hash_lines(&mut lines);
        let mut grams = Vec::new();
        if tokens >= GRAM_TOKENS_MIN {
            self.hash_words();
            winnow(&self.words, &mut grams);
        }
        let body = self.body(tokens, letters);
        let signature = signature(&self.scanner.codes);
        Fingerprint { body, signature, tokens, letters, lines, grams }
    }

    fn hash_words(&mut self) {
        self.words.clear();
        let matched = self.scanner.tokens.iter().filter(|token| token.kind.is_matched());
        self.words.extend(matched.map(|token| run_hash(0, self.scanner.token_codes(token))));
    }

    fn body(&mut self, tokens: u32, letters: u32) -> u128 {
        self.bytes.clear();
        push_utf8(&self.scanner.codes, &mut self.bytes);
        if is_bare(tokens, letters) {
            for token in self.scanner.tokens.iter().filter(|token| !token.kind.is_matched()) {
                self.bytes.push(0x1F);
                self.bytes.extend_from_slice(self.scanner.written(token).as_bytes());
            }
        }
        if self.bytes.is_empty() { 0 } else { xxh3_128(&self.bytes).max(1) }
    }

    fn hash_lines(&mut self, lines: &mut Vec<u32>) {
        if self.scanner.tokens.last().is_none_or(|token| token.line == 0) {
            return;
        }
        lines.extend(hashed_lines(&self.scanner).map(|line| line.hash));
        if lines.len() < 2 {
            lines.clear();
        }
    }
}

/// Whether words alone say too little to be a statement.
pub(crate) fn is_bare(tokens: u32, letters: u32) -> bool {
    tokens < BARE_TOKENS || letters < BARE_LETTERS
}

/// A line as frames know it.
pub(crate) struct HashedLine {
    pub(crate) line: u32,
    pub(crate) hash: u32,
    /// Whether it holds a date, which its hash does not show.
    pub(crate) is_dated: bool,
    /// Whether it is of hashtags, which its hash does not show.
    pub(crate) is_tags: bool,
}

/// Hash of a line of hashtags, whichever they are: tags change from post to post as dates do.
const TAGS: &[u8] = &[0x1E];

/// The lines in order, hashed by their words, dates apart; by their links and mentions where there
/// are no words. Lines of hashtags, with links and mentions or without, are all one.
pub(crate) fn hashed_lines(scanner: &Scanner) -> impl Iterator<Item = HashedLine> {
    let mut bytes = Vec::new();
    let mut from = 0;
    scanner.tokens.chunk_by(|a, b| a.line == b.line).map(move |tokens| {
        bytes.clear();
        let mut is_dated = false;
        let mut any_word = false;
        let words = tokens.iter().filter(|token| token.kind.is_matched()).count();
        let places = from..from + tokens.len();
        let hours = places.clone().filter(|place| is_hour(scanner, *place)).count();
        let may_be_dated = words <= DATED_WORDS_MAX && hours <= HOURS_MAX;
        for place in places {
            let Some(token) = scanner.tokens.get(place) else { continue };
            if token.kind.is_matched() {
                any_word = true;
                let codes =
                    if may_be_dated { undated(scanner, place) } else { scanner.token_codes(token) };
                is_dated |= codes.first().is_some_and(|code| *code > 0x10_FFFF);
                push_utf8(codes, &mut bytes);
            }
        }
        let is_tags =
            any_word && tokens.iter().all(|token| token.is_tag || !token.kind.is_matched());
        if is_tags {
            bytes.clear();
            bytes.extend_from_slice(TAGS);
        }
        if !any_word {
            for token in tokens {
                bytes.push(0x1F);
                bytes.extend_from_slice(scanner.written(token).as_bytes());
            }
        }
        from += tokens.len();
        let line = tokens.first().map_or(0, |token| token.line);
        HashedLine { line, hash: xxh3_64(&bytes) as u32, is_dated, is_tags }
    })
}

/// Digits and the marks among them are not letters; they all come before `@`.
pub(crate) fn count_letters(codes: &[u32]) -> u32 {
    codes.iter().filter(|code| **code >= 0x40).count() as u32
}

fn push_utf8(codes: &[u32], bytes: &mut Vec<u8>) {
    for code in codes {
        let code = *code;
        match code {
            0..0x80 => bytes.push(code as u8),
            0x80..0x800 => {
                bytes.extend_from_slice(&[0xC0 | (code >> 6) as u8, 0x80 | (code & 0x3F) as u8]);
            }
            _ => {
                let mut buffer = [0; 4];
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}

/// Odd multipliers of the rolling hash and its finish (from splitmix64 and xxh64).
const ROLL: u64 = 0x9E37_79B9_7F4A_7C15;
const FINISH: u64 = 0xD6E8_FEB8_6659_FD93;

/// Calls `take` with the hash of each feature, repeated ones included.
pub(crate) fn each_feature(codes: &[u32], mut take: impl FnMut(u64)) {
    const OUT: u64 =
        ROLL.wrapping_mul(ROLL).wrapping_mul(ROLL).wrapping_mul(ROLL).wrapping_mul(ROLL);
    if codes.is_empty() {
        return;
    }
    let mut rolling = 0u64;
    let head = codes.len().min(SHINGLE);
    for code in codes.iter().take(head) {
        rolling = rolling.wrapping_mul(ROLL).wrapping_add(u64::from(*code) + 1);
    }
    take(finish(rolling));
    for (old, new) in codes.iter().zip(codes.iter().skip(SHINGLE)) {
        rolling = rolling
            .wrapping_mul(ROLL)
            .wrapping_add(u64::from(*new) + 1)
            .wrapping_sub((u64::from(*old) + 1).wrapping_mul(OUT));
        take(finish(rolling));
    }
}

#[inline]
const fn finish(mut h: u64) -> u64 {
    h ^= h >> 32;
    h = h.wrapping_mul(FINISH);
    h ^= h >> 32;
    h = h.wrapping_mul(FINISH);
    h ^ (h >> 32)
}

/// Where an empty bin looks first, second and so on for a bin to take its minimum from.
static PROBES: [[u8; PROBES_KEPT]; BINS] = {
    let mut probes = [[0; PROBES_KEPT]; BINS];
    let mut bin = 0;
    while bin < BINS {
        let mut attempt = 0;
        while attempt < PROBES_KEPT {
            probes[bin][attempt] = probe(bin, attempt as u64 + 1) as u8;
            attempt += 1;
        }
        bin += 1;
    }
    probes
};
/// A text of ten features needs more for one bin in two hundred: (54/64)³².
const PROBES_KEPT: usize = 32;

/// The bin at which an empty one looks at an attempt.
const fn probe(bin: usize, attempt: u64) -> usize {
    finish((bin as u64) << 32 | attempt) as usize % BINS
}

/// The signature of a normalised text; all zero for an empty one.
pub(crate) fn signature(codes: &[u32]) -> [u8; BINS] {
    const EMPTY: u64 = u64::MAX;
    let mut minima = [EMPTY; BINS];
    each_feature(codes, |hash| {
        let bin = (hash >> 58) as usize % BINS;
        if let Some(minimum) = minima.get_mut(bin) {
            *minimum = (*minimum).min(hash);
        }
    });
    let mut signature = [0; BINS];
    if codes.is_empty() {
        return signature;
    }
    for (bin, byte) in signature.iter_mut().enumerate() {
        let mut minimum = minima[bin];
        let mut attempt = 0;
        while minimum == EMPTY {
            minimum = minima[match PROBES[bin].get(attempt) {
                Some(kept) => usize::from(*kept) % BINS,
                None => probe(bin, attempt as u64 + 1),
            }];
            attempt += 1;
        }
        *byte = minimum as u8;
    }
    signature
}
