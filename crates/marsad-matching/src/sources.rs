//! Lines by which a channel says where it has a report from: "Forwarded from Valley Desk",
//! "Источник: …", "المصدر: …".
//!
//! The next one who passes the report on leaves the line out or sets another. A line is one when it
//! is short and begins as one does; where its first word may begin a report as well ("Source of the
//! river found"), a sign stands behind it, or nothing but a link or a mention.

use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};

use crate::labels::first_word;
use crate::mask::run_hash;
use crate::normalise::Scanner;

/// Words of such a line at most.
pub(crate) const SOURCE_WORDS_MAX: usize = 8;
/// Words of its beginning at most.
pub(crate) const OPENING_WORDS_MAX: usize = 3;

/// Beginnings that begin nothing else.
const FORWARDED: [&str; 14] = [
    "forwarded from",
    "forwarded message from",
    "fwd from",
    "reposted from",
    "repost from",
    "переслано из",
    "переслано от",
    "переслано с",
    "репост из",
    "репост от",
    "محولة من",
    "معاد توجيهها من",
    "منقول من",
    "منقول عن",
];
/// Beginnings behind which a sign stands.
const SOURCES: [&str; 11] = [
    "source",
    "sources",
    "fwd",
    "via",
    "h/t",
    "источник",
    "источники",
    "фото",
    "المصدر",
    "مصدر",
    "نقلا عن",
];

/// How a line may begin that names a source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Whatever follows.
    Forwarded,
    /// With a sign behind it.
    Source,
}

/// The opening of such a hash of words, one after the other.
pub(crate) fn opening(hash: u64) -> Option<Opening> {
    static HASHES: OnceLock<HashMap<u64, Opening>> = OnceLock::new();
    let hashes = || {
        let mut scanner = Scanner::default();
        let mut hash = |words: &str| {
            scanner.scan(words);
            let words = scanner.tokens.iter().map(|token| scanner.token_codes(token));
            words.fold(0, run_hash)
        };
        let forwarded = FORWARDED.map(|words| (hash(words), Opening::Forwarded));
        forwarded.into_iter().chain(SOURCES.map(|words| (hash(words), Opening::Source))).collect()
    };
    HASHES.get_or_init(hashes).get(&hash).copied()
}

/// Whether a text of several lines may name its source in one, before it is read.
pub(crate) fn may_name(text: &str) -> bool {
    static FIRST: OnceLock<HashSet<u64>> = OnceLock::new();
    let first = || FORWARDED.iter().chain(&SOURCES).filter_map(|words| first_word(words)).collect();
    let is_first =
        |line: &str| first_word(line).is_some_and(|word| FIRST.get_or_init(first).contains(&word));
    text.contains('\n') && text.lines().any(is_first)
}
