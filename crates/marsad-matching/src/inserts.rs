//! Advertisements and the like: lines that stand beside other texts wherever they appear.
//!
//! A statement stands alone somewhere, or always beside the same other lines; a digest lists it among
//! many. A long line that three channels set under three different texts, and none without one, is what
//! they were paid or asked to pass on: no part of what the post says. A line that is itself in several
//! posts, a greeting, is no such text: it may as well be the insert. Nor do copies of one text say much.

use std::cmp::Reverse;

use hashbrown::{HashMap, HashSet};
use marsad_types::Corpus;
use rayon::prelude::*;

use crate::fingerprint::{Fingerprinter, each_feature, hashed_lines};
use crate::frames::Frames;
use crate::normalise::Scanner;
use crate::prints::Prints;

/// Words of an insert at least: a shorter line may be a title or a formula.
const WORDS_MIN: usize = 12;
/// Channels, and texts that are not alike, beside which it stands at least.
const TEXTS_MIN: usize = 3;
/// Posts of a channel whose frame is known well enough to tell it from a text.
const POSTS_MIN: usize = 10;
/// Words of a text beside it at least.
const TEXT_WORDS_MIN: usize = 4;
/// Lines beside it at most: more are a digest.
const LINES_MAX: usize = 6;
/// Posts that are looked at.
const POSTS_MAX: usize = 16;
/// Share of the features of the shorter of two texts from which on they are alike.
const ALIKE: f32 = 0.3;

/// The inserts among some lines; `seen` holds each line with the rows where it stands, sorted.
pub(crate) fn inserts(
    corpus: &Corpus,
    prints: &Prints,
    frames: &Frames,
    seen: &[(u32, u32)],
) -> Vec<u32> {
    let mut posts = vec![0usize; corpus.channels.len()];
    for channel in &corpus.posts.channel {
        if let Some(count) = posts.get_mut(*channel as usize) {
            *count += 1;
        }
    }
    let search = Search { corpus, prints, frames, posts: &posts, seen };
    let groups: Vec<&[(u32, u32)]> =
        seen.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() >= TEXTS_MIN).collect();
    let likely = groups.into_par_iter().map_init(Scanner::default, |scanner, group| {
        search.is_insert(group, &HashSet::new(), scanner).then_some(group)
    });
    let mut likely = search.never_alone(likely.flatten_iter().collect());
    // A statement may have another advertisement beside it each time: what stands in most posts is
    // the insert, and what is left without it stands alone.
    likely.sort_by_key(|group| (Reverse(group.len()), group.first().copied()));
    let (mut inserts, mut scanner) = (HashSet::new(), Scanner::default());
    for group in likely {
        if search.is_insert(group, &inserts, &mut scanner) {
            inserts.extend(group.first().map(|(line, _)| *line));
        }
    }
    inserts.into_iter().collect()
}

/// Where inserts are looked for.
struct Search<'a> {
    corpus: &'a Corpus,
    prints: &'a Prints,
    frames: &'a Frames,
    /// Posts of each channel.
    posts: &'a [usize],
    /// Each line with the rows where it stands, sorted.
    seen: &'a [(u32, u32)],
}

impl Search<'_> {
    /// Those lines that are no post's whole text: a post of one line has none among its prints.
    fn never_alone<'a>(&self, groups: Vec<&'a [(u32, u32)]>) -> Vec<&'a [(u32, u32)]> {
        let mut fingerprinter = Fingerprinter::new();
        let mut of_body: HashMap<u128, &[(u32, u32)]> = HashMap::new();
        for group in groups {
            let Some((line, row)) = group.first() else { continue };
            let text = self.corpus.posts.text.get(*row as usize);
            let alone = written(&mut fingerprinter.scanner, text, *line);
            of_body.insert(fingerprinter.fingerprint(alone).body, group);
        }
        if !of_body.is_empty() {
            self.prints.body.iter().for_each(|body| _ = of_body.remove(body));
        }
        of_body.into_values().collect()
    }

    /// Whether a line, with the rows where it stands, is an insert; `others` are.
    fn is_insert(
        &self,
        group: &[(u32, u32)],
        others: &HashSet<u32>,
        scanner: &mut Scanner,
    ) -> bool {
        let channel = |row: u32| self.corpus.posts.channel.get(row as usize).copied();
        let mut channels: Vec<u32> = group.iter().filter_map(|(_, row)| channel(*row)).collect();
        channels.sort_unstable();
        channels.dedup();
        if channels.len() < TEXTS_MIN {
            return false;
        }
        let mut bodies = HashSet::new();
        let mut texts: Vec<HashSet<u64>> = Vec::new();
        let (mut own, mut copies) = (0, 0);
        for (line, row) in group {
            if bodies.len() >= POSTS_MAX {
                break;
            }
            let body = self.prints.body.get(*row as usize).copied().unwrap_or(0);
            if !bodies.insert(body) {
                continue;
            }
            match self.beside((*line, *row), others, scanner) {
                Beside::Nothing => return false,
                Beside::Unclear => {}
                Beside::Text { features, is_own } => {
                    if texts.iter().any(|other| is_alike(other, &features)) {
                        copies += 1;
                    } else {
                        texts.push(features);
                        own += usize::from(is_own);
                    }
                }
            }
        }
        own >= TEXTS_MIN && texts.len() >= copies
    }

    /// Whether a line stands in few posts.
    fn is_rare(&self, line: u32) -> bool {
        let from = self.seen.partition_point(|(other, _)| *other < line);
        self.seen.get(from + TEXTS_MIN - 1).is_none_or(|(other, _)| *other != line)
    }

    /// What stands beside a line in a post, its channel's frame and some lines aside.
    fn beside(
        &self,
        (line, row): (u32, u32),
        aside: &HashSet<u32>,
        scanner: &mut Scanner,
    ) -> Beside {
        let row = row as usize;
        scanner.scan(self.corpus.posts.text.get(row));
        let frame = self.frames.of(row);
        let (mut own_words, mut texts, mut texts_before) = (0, 0, 0);
        let (mut rare, mut common) = (Words::default(), Words::default());
        for hashed in hashed_lines(scanner).filter(|hashed| !aside.contains(&hashed.hash)) {
            let tokens = || {
                let matched = scanner.tokens.iter().filter(|token| token.kind.is_matched());
                matched.filter(|token| token.line == hashed.line)
            };
            if hashed.hash == line {
                own_words = tokens().count();
                texts_before = texts;
            } else if !frame.is_some_and(|frame| frame.has_line(hashed.hash)) {
                let words = if self.is_rare(hashed.hash) { &mut rare } else { &mut common };
                for token in tokens() {
                    words.codes.extend_from_slice(scanner.token_codes(token));
                }
                let count = tokens().count();
                words.count += count;
                words.lines += usize::from(count > 0);
                texts += usize::from(count >= TEXT_WORDS_MIN);
            }
        }
        let (words, lines) = (rare.count + common.count, rare.lines + common.lines);
        if own_words < WORDS_MIN || words == 0 {
            return Beside::Nothing;
        }
        let channel = self.corpus.posts.channel.get(row).copied().unwrap_or(u32::MAX);
        let is_known = self.posts.get(channel as usize).is_some_and(|posts| *posts >= POSTS_MIN);
        let is_between = texts_before > 0 && texts_before < texts;
        if !is_known || words < TEXT_WORDS_MIN || lines > LINES_MAX || is_between {
            return Beside::Unclear;
        }
        let is_own = rare.count >= TEXT_WORDS_MIN;
        let mut features = HashSet::new();
        each_feature(if is_own { &rare.codes } else { &common.codes }, |feature| {
            features.insert(feature);
        });
        Beside::Text { features, is_own }
    }
}

/// Words of some lines.
#[derive(Default)]
struct Words {
    lines: usize,
    count: usize,
    codes: Vec<u32>,
}

/// What stands beside a line.
enum Beside {
    /// The line stands alone, or is too short.
    Nothing,
    /// A text or a frame that is not known yet.
    Unclear,
    /// A text: its features, and whether it stands in few posts.
    Text { features: HashSet<u64>, is_own: bool },
}

/// A line as it stands in a text.
fn written<'a>(scanner: &mut Scanner, text: &'a str, line: u32) -> &'a str {
    scanner.scan(text);
    let Some(place) = hashed_lines(scanner).find(|hashed| hashed.hash == line) else { return "" };
    let mut tokens = scanner.tokens.iter().filter(|token| token.line == place.line);
    let Some(first) = tokens.next() else { return "" };
    let last = tokens.next_back().unwrap_or(first);
    let (start, end) = (first.source_start, last.source_end);
    text.get(start as usize..end as usize).unwrap_or("")
}

fn is_alike(a: &HashSet<u64>, b: &HashSet<u64>) -> bool {
    let shared = a.intersection(b).count();
    shared as f32 >= ALIKE * a.len().min(b.len()) as f32
}
