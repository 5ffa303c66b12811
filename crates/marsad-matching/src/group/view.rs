//! A text as it is compared: masked, as features and as words.

use std::ops::Range;

use marsad_types::Corpus;

use super::Options;
use super::lexicon::as_figure;
use super::verify::Features;
use crate::fingerprint::{Fingerprinter, count_letters, each_feature};
use crate::frames::Frames;
use crate::labels::may_begin;
use crate::mask::{Masker, Purpose};
use crate::normalise::{Token, TokenKind, is_digit};
use crate::sources::may_name;

/// Most words of a label behind the ellipsis of a cut text.
const LABEL_WORDS: usize = 3;
/// The same for one that is a link or has a line of its own ("Full story at the link").
const LINKED_LABEL_WORDS: usize = 6;
/// Fewest tokens of a text before such a label.
const LABEL_AFTER: usize = 8;

/// What two texts are compared by.
#[derive(Default)]
pub(crate) struct View {
    /// Folded code points without white space.
    pub(crate) codes: Vec<u32>,
    /// Distinct features.
    pub(crate) features: Features,
    /// Words and numbers in order.
    pub(crate) words: Vec<Word>,
    /// Hashes of the words and their places, sorted.
    pub(crate) sorted: Vec<(u64, u32)>,
    /// How many of the code points are letters.
    pub(crate) letters: u32,
    /// Whether the text as written ends in an ellipsis, a label behind it aside.
    pub(crate) trails_off: bool,
    /// Whether capitals say which words are names.
    pub(crate) has_names: bool,
}

/// A word or number.
#[expect(clippy::struct_excessive_bools, reason = "eight findings that do not exclude each other")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Word {
    /// Of its code points; of a numeral, of its figure.
    pub(crate) hash: u64,
    /// Place in the code points.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether a sentence or line ends before it.
    pub(crate) begins: bool,
    /// Whether it is the first of its line.
    pub(crate) begins_line: bool,
    /// Whether an ellipsis stands behind it.
    pub(crate) is_cut: bool,
    /// Whether a colon, a closing bracket or a dash stands before it.
    pub(crate) is_introduced: bool,
    /// Whether a comma stands before it.
    pub(crate) follows_comma: bool,
    /// Whether a dash or bracket stands before it.
    pub(crate) is_aside: bool,
    pub(crate) is_number: bool,
    /// Whether it is written with a capital within a sentence.
    pub(crate) is_name: bool,
}

impl View {
    /// Long enough to be compared otherwise than for equality.
    pub(crate) fn is_comparable(&self, options: &Options) -> bool {
        self.words.len() as u32 >= options.near_tokens_min
            && self.letters >= options.near_letters_min
    }

    /// Some of its words, without features.
    pub(crate) fn window(&self, words: Range<usize>) -> Self {
        let mut window = Self {
            codes: self.codes.clone(),
            letters: self.letters,
            features: Features::default(),
            trails_off: self.trails_off && words.end >= self.words.len(),
            has_names: self.has_names,
            words: self.words.get(words).unwrap_or(&[]).to_vec(),
            sorted: Vec::new(),
        };
        window.sort();
        window
    }

    fn sort(&mut self) {
        self.sorted.clear();
        let words = self.words.iter().enumerate();
        self.sorted.extend(words.map(|(place, word)| (word.hash, place as u32)));
        self.sorted.sort_unstable();
    }

    /// The code points of a word.
    pub(crate) fn spelling(&self, word: &Word) -> &[u32] {
        self.codes.get(word.start as usize..word.end as usize).unwrap_or(&[])
    }

    /// The numbers in order as one, with signs and points but without gaps: grouping differs,
    /// figures do not.
    pub(crate) fn digits(&self) -> impl Iterator<Item = u32> {
        let mark = |code: &u32| *code == u32::from(b'-') || *code == u32::from(b'.');
        self.codes.iter().copied().filter(move |code| is_digit(*code) || mark(code))
    }
}

/// Makes views, in reused buffers.
#[derive(Default)]
pub(crate) struct Viewer {
    fingerprinter: Fingerprinter,
    masker: Masker,
}

impl Viewer {
    /// A post with the frames of both channels masked: what counts as a frame in one of two texts
    /// counts as a frame in the other.
    pub(crate) fn view(
        &mut self,
        corpus: &Corpus,
        frames: &Frames,
        rows: (usize, usize),
        view: &mut View,
    ) {
        let (row, other) = rows;
        let text = corpus.posts.text.get(row);
        let scanner = &mut self.fingerprinter.scanner;
        scanner.scan(text);
        let all = [frames.of(row), frames.of(other), Some(frames.boilerplate())];
        if all.iter().flatten().any(|frame| frame.len() > 0) || may_begin(text) || may_name(text) {
            let channel = |row: usize| corpus.posts.channel.get(row);
            let purpose = Purpose::Pair { same_channel: channel(row) == channel(other) };
            self.masker.mask((text, scanner), all.into_iter().flatten(), purpose);
        }
        let cut = cut(text, &scanner.tokens);
        view.trails_off = cut.is_some();
        let kept = cut.unwrap_or(scanner.tokens.len());
        let tokens = scanner.tokens.get(..kept).unwrap_or(&[]);
        let end = tokens.iter().rfind(|token| token.kind.is_matched()).map_or(0, |last| last.end);
        view.codes.clear();
        view.codes.extend_from_slice(scanner.codes.get(..end as usize).unwrap_or(&[]));
        view.letters = count_letters(&view.codes);
        view.words.clear();
        let mut before: Option<&Token> = None;
        for token in tokens.iter().filter(|token| token.kind.is_matched()) {
            let source = text.get(token.source_start as usize..token.source_end as usize);
            let is_number = token.kind == TokenKind::Number;
            if is_number && source.is_some_and(is_code) {
                continue;
            }
            let gap = before.map_or("", |before| gap(text, before, token));
            // Mostly a space, which says nothing.
            let is_space = gap.len() <= 1;
            if !is_space
                && (gap.contains("..") || gap.contains('\u{2026}'))
                && let Some(last) = view.words.last_mut()
            {
                last.is_cut = true;
            }
            let begins_line = before.is_none_or(|before| before.line != token.line);
            view.words.push(Word {
                hash: as_figure(hash_word(scanner.token_codes(token))),
                start: token.start,
                end: token.end,
                begins: begins_line || !is_space && gap.contains(ENDS),
                begins_line,
                is_cut: false,
                is_introduced: !is_space && gap.contains([':', ']', ')', '\u{2014}', '\u{2013}']),
                follows_comma: !is_space && gap.contains([',', '\u{60C}']),
                is_aside: !is_space && gap.contains(['(', '\u{2014}', '\u{2013}']),
                is_number,
                is_name: is_capital(text, token),
            });
            before = Some(token);
        }
        if view.trails_off
            && let Some(last) = view.words.last_mut()
        {
            last.is_cut = true;
        }
        view.sort();
        view.has_names = !is_title(&view.words);
        view.features.reset(0);
    }

    /// Fills in the features.
    pub(crate) fn features(view: &mut View) {
        view.features.reset(view.codes.len());
        let features = &mut view.features;
        each_feature(&view.codes, |hash| features.add(hash));
    }
}

/// What ends a sentence.
const ENDS: [char; 8] = ['.', '!', '?', '\u{2026}', '\u{061F}', '|', '\n', '\u{2502}'];

/// What stands between two tokens.
fn gap<'a>(text: &'a str, before: &Token, token: &Token) -> &'a str {
    text.get(before.source_end as usize..token.source_start as usize).unwrap_or("")
}

/// Whether a word begins with a capital and stands within a sentence.
fn is_capital(text: &str, token: &Token) -> bool {
    let written = text.get(token.source_start as usize..token.source_end as usize).unwrap_or("");
    if !written.starts_with(char::is_uppercase) {
        return false;
    }
    let before = text.get(..token.source_start as usize).unwrap_or("").trim_end_matches(' ');
    before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-' | '\u{2019}'))
}

/// A headline that writes most words with capitals, or in capitals.
fn is_title(words: &[Word]) -> bool {
    let capitals = words.iter().filter(|word| word.is_name).count();
    let within = words.iter().filter(|word| !word.begins && !word.is_number).count();
    capitals * 2 > within
}

/// Letters and digits in a jumble, as in shortened links and the marks that spam puts behind a
/// text (`8VaU`): no figure. A name with a number (`iPhone15`) is none of them, nor are units.
fn is_code(source: &str) -> bool {
    let letters: Vec<char> = source.chars().filter(|c| c.is_alphanumeric()).collect();
    let kinds = letters.array_windows().filter(|[a, b]| a.is_numeric() != b.is_numeric()).count();
    let rises = letters.array_windows().any(|[a, b]| a.is_lowercase() && b.is_uppercase());
    let is_named = kinds == 1 && letters.first().is_some_and(|first| !first.is_numeric());
    kinds >= 3 || kinds >= 1 && rises && !is_named
}

/// Where a text was cut: after how many of its tokens an ellipsis stands with nothing behind it, or
/// no more than a label ("… Read more").
fn cut(text: &str, tokens: &[Token]) -> Option<usize> {
    let trails_off = |end: usize| {
        let around = [' ', '(', ')', '[', ']', '"', '\u{BB}', '*', '_'];
        let rest = text.get(end..).unwrap_or("").trim_start_matches(around);
        rest.starts_with('\u{2026}') || rest.starts_with("..")
    };
    let matched = tokens.iter().enumerate().filter(|(_, token)| token.kind.is_matched());
    for (behind, (place, token)) in matched.rev().enumerate().take(LINKED_LABEL_WORDS + 1) {
        if trails_off(token.source_end as usize) {
            let rest = || text.get(token.source_end as usize..).unwrap_or("");
            let label = || rest().trim_start_matches([' ', '.', '\u{2026}', '*', '_', '~']);
            if behind > LABEL_WORDS && !label().starts_with(['\n', '[', '<']) {
                return None;
            }
            // A few words and an ellipsis are not a text before a label.
            let is_label = behind == 0 || place >= LABEL_AFTER;
            return is_label.then_some(place + 1);
        }
    }
    None
}

pub(crate) fn hash_word(codes: &[u32]) -> u64 {
    crate::mask::run_hash(0, codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jumble_is_no_figure() {
        for code in ["8VaU", "fjF5T", "a8f3k2", "x1y2z"] {
            assert!(is_code(code), "{code}");
        }
        for figure in ["8", "12:30", "1.200", "5km", "10Km", "3rd", "iPhone15", "G20", "No5", "٨"]
        {
            assert!(!is_code(figure), "{figure}");
        }
    }
}
