//! Taking frames out of a scanned text.

use crate::dates::{
    DATED_WORDS_MAX, HOURS_MAX, Moving, clock, is_hour, issue, most_moving, moving, standing,
};
use crate::fingerprint::{count_letters, hashed_lines};
use crate::labels::{LABEL_WORDS_MAX, is_label};
use crate::normalise::{Scanner, Token};
use crate::sources::{OPENING_WORDS_MAX, Opening, SOURCE_WORDS_MAX, may_name, opening};

/// Longest run of words learnt or masked at one end.
pub(crate) const RUN_MAX: usize = 20;

/// Words and letters that a run at the start leaves at least: of a bulletin it may be half.
const REST_AFTER_START: (u32, u32) = (3, 12);
/// Words and letters that a run at the end leaves at least.
const REST_BEFORE_END: (u32, u32) = (2, 8);

/// Words and letters of a text that is compared otherwise than for equality.
pub(crate) const COMPARABLE: (u32, u32) = (8, 30);

/// A post of no more words is told apart by the date or the hashtags its channel sets above it:
/// "storm warning" under the name of a town, "light wind" under a day. A longer one says it itself.
const LABELLED_WORDS_MAX: usize = 40;
/// The same for hashtags alone, which say what a post is about.
const TAGGED_WORDS_MAX: usize = 12;

/// What to take out: lines by hash, runs of words at the start and at the end by hash.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    lines: Vec<u32>,
    starts: Vec<u64>,
    ends: Vec<u64>,
    /// Those of the three that hold the hour of publishing ([`crate::stamps`]).
    stamps: Vec<u64>,
}

impl Frame {
    pub(crate) fn set_lines(&mut self, mut lines: Vec<u32>) {
        lines.sort_unstable();
        lines.dedup();
        self.lines = lines;
    }

    pub(crate) fn set_runs(&mut self, mut starts: Vec<u64>, mut ends: Vec<u64>) {
        starts.sort_unstable();
        ends.sort_unstable();
        self.starts = starts;
        self.ends = ends;
    }

    pub(crate) fn set_stamps(&mut self, mut stamps: Vec<u64>) {
        stamps.sort_unstable();
        self.stamps = stamps;
    }

    /// Lines, starts, ends and stamps, to be kept somewhere.
    pub(crate) fn parts(&self) -> (&[u32], [&[u64]; 3]) {
        (&self.lines, [&self.starts, &self.ends, &self.stamps])
    }

    pub(crate) fn absorb(&mut self, other: &Self) {
        self.lines.extend_from_slice(&other.lines);
        self.lines.sort_unstable();
        self.lines.dedup();
        let runs = [
            (&mut self.starts, &other.starts),
            (&mut self.ends, &other.ends),
            (&mut self.stamps, &other.stamps),
        ];
        for (own, others) in runs {
            own.extend_from_slice(others);
            own.sort_unstable();
            own.dedup();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len() + self.starts.len() + self.ends.len()
    }

    pub(crate) fn has_line(&self, line: u32) -> bool {
        self.lines.binary_search(&line).is_ok()
    }

    fn is_stamp(&self, part: u64) -> bool {
        self.stamps.binary_search(&part).is_ok()
    }

    pub(crate) fn has_runs(&self) -> bool {
        !self.starts.is_empty() || !self.ends.is_empty()
    }
}

/// Hash of a run of words, one word longer.
pub(crate) fn run_hash(before: u64, word: &[u32]) -> u64 {
    let mut hash = before ^ 0x51_7C_C1_B7_27_22_0A_95;
    for code in word {
        hash = (hash ^ u64::from(*code)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    }
    hash.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ (hash >> 29)
}

/// What was taken out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Masked {
    /// Lines and runs, not one of the two.
    pub(crate) lines_and_runs: bool,
    /// A date with them.
    pub(crate) is_dated: bool,
}

/// What a text is masked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// To be the same as another whatever is around it.
    Body,
    /// To be compared with another. Runs go where enough is left to compare: the heading of a bulletin
    /// may be half of it. In one channel parts of a frame that hold a date stay: the same words on
    /// another day are another statement.
    Pair {
        /// Whether the two posts stand in one channel.
        same_channel: bool,
    },
}

impl Purpose {
    fn keeps_dates(self) -> bool {
        self == Self::Pair { same_channel: true }
    }
}

/// Scratch buffers for masking.
#[derive(Default)]
pub(crate) struct Masker {
    /// For callers that need a second scanner.
    pub(crate) scanner: Scanner,
    dropped: Vec<bool>,
    lines_only: Vec<bool>,
    codes: Vec<u32>,
    is_dated: bool,
    /// Lines and runs with an hour, and the minute of the day.
    clocks: Vec<(u64, u16)>,
    /// Lines and runs with the number of an issue and no date, and that number.
    issues: Vec<(u64, u32)>,
}

impl Masker {
    /// Takes frames out of a scanned text; none, and nothing changed, when there is nothing to take
    /// out or what would be left says nothing.
    pub(crate) fn mask<'a>(
        &mut self,
        (text, scanner): (&str, &mut Scanner),
        frames: impl Iterator<Item = &'a Frame> + Clone,
        purpose: Purpose,
    ) -> Option<Masked> {
        self.begin(scanner);
        let mut any_line = self.drop_lines((text, scanner), &frames, purpose);
        any_line |= self.drop_sources(text, scanner);
        any_line |= self.drop_label(text, scanner);
        self.lines_only.clone_from(&self.dropped);
        let dated_lines = self.is_dated;
        let (mut any_start, mut any_end) = (false, false);
        for frame in frames {
            any_start |= self.drop_run((text, scanner), frame, End::Start, purpose);
            any_end |= self.drop_run((text, scanner), frame, End::End, purpose);
        }
        any_start |= any_start && self.drop_label(text, scanner);
        let rest = match purpose {
            Purpose::Pair { .. } => COMPARABLE,
            Purpose::Body if any_start => REST_AFTER_START,
            Purpose::Body => REST_BEFORE_END,
        };
        if (any_start || any_end) && self.take_out(scanner, rest) {
            return Some(Masked { lines_and_runs: any_line, is_dated: self.is_dated });
        }
        std::mem::swap(&mut self.dropped, &mut self.lines_only);
        let masked = Masked { lines_and_runs: false, is_dated: dated_lines };
        (any_line && self.take_out(scanner, (1, 1))).then_some(masked)
    }

    /// As [`Masker::mask`], lines alone.
    pub(crate) fn mask_lines<'a>(
        &mut self,
        (text, scanner): (&str, &mut Scanner),
        frames: &(impl Iterator<Item = &'a Frame> + Clone),
    ) -> bool {
        self.begin(scanner);
        let any_line = self.drop_lines((text, scanner), frames, Purpose::Body);
        let any_source = self.drop_sources(text, scanner);
        let any_label = self.drop_label(text, scanner);
        (any_line || any_source || any_label) && self.take_out(scanner, (1, 1))
    }

    fn begin(&mut self, scanner: &Scanner) {
        self.dropped.clear();
        self.dropped.resize(scanner.tokens.len(), false);
        self.is_dated = false;
        self.clocks.clear();
        self.issues.clear();
    }

    /// The hours in what the last call of [`Masker::mask`] found to take out: the line or run, and the
    /// minute of the day.
    pub(crate) fn clocks(&self) -> &[(u64, u16)] {
        &self.clocks
    }

    /// The numbers of issues in what it found, likewise.
    pub(crate) fn issues(&self) -> &[(u64, u32)] {
        &self.issues
    }

    /// Remembers of a line or run what the platform may say too.
    fn note(
        &mut self,
        (text, scanner): (&str, &Scanner),
        part: u64,
        places: impl Iterator<Item = usize> + Clone,
    ) {
        let tokens = places.clone().filter_map(|place| scanner.tokens.get(place));
        self.clocks.extend(clock((text, scanner), tokens).map(|minute| (part, minute)));
        if most_moving(scanner, places.clone()) == Some(Moving::Issue) {
            self.issues.extend(issue(scanner, places).map(|number| (part, number)));
        }
    }

    /// Which tokens the last successful [`Masker::mask`] took out.
    pub(crate) fn dropped(&self) -> &[bool] {
        &self.dropped
    }

    fn drop_lines<'a>(
        &mut self,
        (text, scanner): (&str, &Scanner),
        frames: &(impl Iterator<Item = &'a Frame> + Clone),
        purpose: Purpose,
    ) -> bool {
        let has_lines = frames.clone().any(|frame| !frame.lines.is_empty());
        let several = scanner.tokens.last().is_some_and(|token| token.line > 0);
        if !has_lines || !several {
            return false;
        }
        let words = scanner.tokens.iter().filter(|token| token.kind.is_matched() && !token.is_tag);
        let words = words.take(LABELLED_WORDS_MAX + 1).count();
        let on_line = |place: usize, line: u32| {
            scanner.tokens.get(place).is_some_and(|token| token.line == line)
        };
        let mut any = false;
        for line in hashed_lines(scanner) {
            if !frames.clone().any(|frame| frame.has_line(line.hash)) {
                continue;
            }
            let part = u64::from(line.hash);
            let is_stamp = || frames.clone().any(|frame| frame.is_stamp(part));
            let places = || (0..scanner.tokens.len()).filter(|place| on_line(*place, line.line));
            let is_dated = || line.is_dated && most_moving(scanner, places()) > Some(Moving::Count);
            let tells = line.is_tags && words <= TAGGED_WORDS_MAX
                || words <= LABELLED_WORDS_MAX && is_dated() && !is_stamp();
            if tells && purpose.keeps_dates() {
                continue;
            }
            any = true;
            self.is_dated |= tells;
            if line.is_dated {
                self.note((text, scanner), part, places());
            }
            for (token, dropped) in scanner.tokens.iter().zip(&mut self.dropped) {
                *dropped |= token.line == line.line;
            }
        }
        any
    }

    /// Drops lines that name a source.
    fn drop_sources(&mut self, text: &str, scanner: &Scanner) -> bool {
        let several = scanner.tokens.last().is_some_and(|token| token.line > 0);
        if !several || !may_name(text) {
            return false;
        }
        let mut any = false;
        let mut from = 0;
        for tokens in scanner.tokens.chunk_by(|a, b| a.line == b.line) {
            let line = from..from + tokens.len();
            from = line.end;
            let words: Vec<usize> = line.clone().filter(|at| is_word(scanner, *at)).collect();
            if words.len() > SOURCE_WORDS_MAX {
                continue;
            }
            let mut hash = 0;
            let is_source = words.iter().take(OPENING_WORDS_MAX).any(|place| {
                let codes = scanner.tokens.get(*place).map(|token| scanner.token_codes(token));
                hash = run_hash(hash, codes.unwrap_or(&[]));
                let is_all = || words.last() == Some(place) && tokens.len() > words.len();
                match opening(hash) {
                    Some(Opening::Forwarded) => true,
                    Some(Opening::Source) => {
                        is_all() || End::Start.is_set_off(text, scanner, *place)
                    }
                    None => false,
                }
            });
            any |= is_source;
            for dropped in self.dropped.get_mut(line).unwrap_or(&mut []) {
                *dropped |= is_source;
            }
        }
        any
    }

    /// Drops the label that what is left begins with.
    fn drop_label(&mut self, text: &str, scanner: &Scanner) -> bool {
        let is_kept = |(token, dropped): (&Token, &bool)| token.kind.is_matched() && !dropped;
        let Some(first) = scanner.tokens.iter().zip(&self.dropped).position(is_kept) else {
            return false;
        };
        let line = scanner.tokens.get(first).map(|token| token.line);
        let words = scanner.tokens.iter().enumerate().skip(first).take(LABEL_WORDS_MAX);
        let words = words.take_while(|(_, word)| word.kind.is_matched() && Some(word.line) == line);
        let (mut hash, mut last) = (0, None);
        for (place, word) in words {
            hash = run_hash(hash, scanner.token_codes(word));
            if is_label(hash) && End::Start.is_set_off(text, scanner, place) {
                last = Some(place);
            }
        }
        let Some(last) = last else { return false };
        for dropped in self.dropped.get_mut(first..=last).unwrap_or(&mut []) {
            *dropped = true;
        }
        true
    }

    /// Drops the longest known run at one end of what is left.
    fn drop_run(
        &mut self,
        (text, scanner): (&str, &Scanner),
        frame: &Frame,
        end: End,
        purpose: Purpose,
    ) -> bool {
        let known = if end == End::Start { &frame.starts } else { &frame.ends };
        if known.is_empty() {
            return false;
        }
        let tokens = scanner.tokens.len();
        let places = (0..tokens).map(|n| if end == End::Start { n } else { tokens - 1 - n });
        let kept = places
            .filter(|place| self.dropped.get(*place) == Some(&false) && is_word(scanner, *place));
        let mut hash = 0;
        let (mut most, mut hours) = (None, 0);
        let mut longest = None;
        for (place, token) in kept.take(RUN_MAX).enumerate() {
            let moves = moving(scanner, token);
            most = most.max(moves);
            hours += usize::from(moves.is_some() && is_hour(scanner, token));
            if most.is_some() && (place >= DATED_WORDS_MAX || hours > HOURS_MAX) {
                break;
            }
            hash = run_hash(hash, standing(scanner, token, moves));
            let is_frame = known.binary_search(&hash).is_ok()
                && end.is_set_off(text, scanner, token)
                && !(most.is_some() && end == End::Start && introduces(text, scanner, token));
            if is_frame {
                let tells = most > Some(Moving::Count) && !frame.is_stamp(hash);
                if !tells || !purpose.keeps_dates() {
                    longest = Some((hash, token, most.is_some(), tells));
                }
            }
        }
        let Some((hash, last, moves, tells)) = longest else {
            return false;
        };
        self.is_dated |= tells;
        // Links and mentions outside the run go with it.
        let run = match end {
            End::Start => 0..last + 1,
            End::End => last..scanner.tokens.len(),
        };
        if moves {
            self.note((text, scanner), hash, run.clone());
        }
        for dropped in self.dropped.get_mut(run).unwrap_or(&mut []) {
            *dropped = true;
        }
        true
    }

    /// Rebuilds the scanner without the dropped tokens, unless too little would be left.
    fn take_out(
        &mut self,
        scanner: &mut Scanner,
        (least_tokens, least_letters): (u32, u32),
    ) -> bool {
        self.codes.clear();
        let mut tokens = 0;
        for (token, dropped) in scanner.tokens.iter().zip(&self.dropped) {
            if token.kind.is_matched() && !dropped {
                tokens += 1;
                Scanner::append(&mut self.codes, scanner.token_codes(token));
            }
        }
        if tokens < least_tokens || count_letters(&self.codes) < least_letters {
            return false;
        }
        self.codes.clear();
        let mut dropped = self.dropped.iter();
        let mut kept: Vec<Token> = Vec::with_capacity(scanner.tokens.len());
        for token in &scanner.tokens {
            if dropped.next() == Some(&true) {
                continue;
            }
            let start = Scanner::append(&mut self.codes, scanner.token_codes(token));
            kept.push(Token { start, end: self.codes.len() as u32, ..*token });
        }
        scanner.tokens = kept;
        std::mem::swap(&mut scanner.codes, &mut self.codes);
        true
    }
}

fn is_word(scanner: &Scanner, place: usize) -> bool {
    scanner.tokens.get(place).is_some_and(|token| token.kind.is_matched())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

/// Whether a run up to a token introduces what follows ("Timetable change from 28 January: …"): with
/// a date, that is a series and no frame.
fn introduces(text: &str, scanner: &Scanner, place: usize) -> bool {
    let end = scanner.tokens.get(place).map_or(0, |token| token.source_end as usize);
    let closes = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && c != ':';
    text.get(end..).unwrap_or("").trim_start_matches(closes).starts_with(':')
}

/// What may stand within a sentence.
const WITHIN: [char; 6] = [' ', '\u{A0}', ',', '\u{60C}', ';', '\u{61B}'];

impl End {
    /// Whether more than a space or a comma stands between a run up to a token and the rest of the
    /// text: a frame is set off from the text, the opening of a series ("Weather for") runs on into
    /// it, and so do its closing words.
    fn is_set_off(self, text: &str, scanner: &Scanner, place: usize) -> bool {
        let (before, after) = match self {
            Self::Start => (Some(place), place + 1),
            Self::End => (place.checked_sub(1), place),
        };
        let from = before.and_then(|at| scanner.tokens.get(at));
        let from = from.map_or(0, |token| token.source_end as usize);
        let to = scanner.tokens.get(after).map_or(text.len(), |token| token.source_start as usize);
        text.get(from..to).unwrap_or("").contains(|c: char| !WITHIN.contains(&c))
    }
}
