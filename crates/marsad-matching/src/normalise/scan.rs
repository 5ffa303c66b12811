//! The scanner: one pass over a text, into folded code points and tokens, in reused buffers.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

use super::confusable;
use super::links::{self, Break, Mention, Span};
use super::table::{Entry, Kind, Table, expansion};

/// The mark between two numbers that stand side by side, so that `1 23` and `12 3` differ though
/// white space leaves no trace elsewhere.
pub(crate) const GAP: u32 = b' ' as u32;

/// Bit of letters of other scripts among those of a word, which stand in the order of [`Kind`] from
/// Latin on.
const OTHER: u8 = 1 << (Kind::Other as u8 - Kind::Latin as u8);

/// Bit of digits among them.
const DIGIT: u8 = 1 << (Kind::Digit as u8 - Kind::Latin as u8);

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// Letters.
    Word,
    /// Holds a digit.
    Number,
    /// An address on the web.
    Link,
    /// `@name` or `name@host`.
    Mention,
}

impl TokenKind {
    /// Whether the token takes part in matching.
    pub fn is_matched(self) -> bool {
        matches!(self, Self::Word | Self::Number)
    }
}

/// A token: where it stands among the code points, and in the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    /// First code point; a link or mention has none.
    pub(crate) start: u32,
    /// After the last code point.
    pub(crate) end: u32,
    /// First byte in the source.
    pub(crate) source_start: u32,
    /// After the last byte in the source.
    pub(crate) source_end: u32,
    /// Line, from 0; empty lines do not count.
    pub(crate) line: u32,
    /// What it is.
    pub(crate) kind: TokenKind,
    /// For a link or mention, which of those written, from 0; see [`Scanner::written`].
    pub(crate) written: u32,
    /// Part of a hashtag.
    pub(crate) is_tag: bool,
}

/// Scratch buffers and the result of the last scan.
#[derive(Default)]
pub(crate) struct Scanner {
    /// Folded code points of words and numbers, without white space but for [`GAP`].
    pub(crate) codes: Vec<u32>,
    /// Tokens in order.
    pub(crate) tokens: Vec<Token>,
    /// Links and mentions as written, end to end; see [`Scanner::written`].
    verbatim: String,
    verbatim_ends: Vec<u32>,
    composed: String,
    /// (byte in `composed`, byte in the source) at the start of each composed stretch.
    composed_from: Vec<(u32, u32)>,
    word: Word,
    line: u32,
    line_pending: bool,
    has_mixed: bool,
    is_composed: bool,
}

/// The word being read.
#[derive(Default, Clone, Copy)]
struct Word {
    open: bool,
    start: u32,
    source_start: u32,
    source_end: u32,
    scripts: u8,
    has_digit: bool,
}

/// How a pass ended.
#[derive(PartialEq, Eq)]
enum Pass {
    Done,
    /// A mark may compose with what stands before it.
    Compose,
}

impl Scanner {
    /// Reads a text; the result stays in `codes` and `tokens` until the next scan.
    pub(crate) fn scan(&mut self, text: &str) {
        self.is_composed = false;
        if self.pass(text) == Pass::Compose {
            let mut composed = std::mem::take(&mut self.composed);
            self.compose(text, &mut composed);
            self.is_composed = true;
            self.pass(&composed);
            self.composed = composed;
            self.point_back();
        }
        self.fold_whole_words();
        self.mark_tags(text);
    }

    /// Which words are hashtags, or parts of one (`#old_town`).
    fn mark_tags(&mut self, text: &str) {
        // The first byte of the full-width sign; most texts have neither.
        const FULL_WIDTH: u8 = 0xEF;
        if memchr::memchr2(b'#', FULL_WIDTH, text.as_bytes()).is_none() {
            return;
        }
        let mut tag_until = None;
        for token in self.tokens.iter_mut().filter(|token| token.kind.is_matched()) {
            let before = text.get(..token.source_start as usize).unwrap_or("");
            token.is_tag = before.ends_with(['#', '\u{FF03}'])
                || tag_until == token.source_start.checked_sub(1) && before.ends_with('_');
            tag_until = token.is_tag.then_some(token.source_end);
        }
    }

    /// The code points of a token.
    pub(crate) fn token_codes(&self, token: &Token) -> &[u32] {
        self.codes.get(token.start as usize..token.end as usize).unwrap_or(&[])
    }

    /// A link or mention as written.
    pub(crate) fn written(&self, token: &Token) -> &str {
        let nth = token.written as usize;
        let start = nth.checked_sub(1).and_then(|before| self.verbatim_ends.get(before));
        let end = self.verbatim_ends.get(nth).copied().unwrap_or(0);
        self.verbatim.get(start.copied().unwrap_or(0) as usize..end as usize).unwrap_or("")
    }

    /// Adds the code points of a word to others, apart from a number before it; says where it
    /// starts.
    pub(crate) fn append(codes: &mut Vec<u32>, word: &[u32]) -> u32 {
        let apart = word.first().is_some_and(|first| is_digit(*first))
            && codes.last().is_some_and(|last| is_digit(*last));
        if apart {
            codes.push(GAP);
        }
        let start = codes.len() as u32;
        codes.extend_from_slice(word);
        start
    }

    fn clear(&mut self) {
        self.codes.clear();
        self.tokens.clear();
        self.verbatim.clear();
        self.verbatim_ends.clear();
        self.word = Word::default();
        self.line = 0;
        self.line_pending = false;
        self.has_mixed = false;
    }

    fn pass(&mut self, text: &str) -> Pass {
        self.clear();
        let table = Table::get();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let entry = table.entry(c);
            let end = text.len() - chars.as_str().len();
            match entry.kind {
                Kind::Latin | Kind::Cyrillic | Kind::Greek | Kind::Other | Kind::Digit => {
                    self.push(entry, end - c.len_utf8(), end);
                    chars = self.letters(text, end, table).chars();
                }
                Kind::Space | Kind::Separator => self.close(),
                Kind::Delete => {}
                Kind::Compose if !self.is_composed => return Pass::Compose,
                _ => {
                    let at = end - c.len_utf8();
                    let next = self.rare(text, Span { start: at, end }, entry, table);
                    if next != end {
                        chars = text.get(next..).unwrap_or("").chars();
                    }
                }
            }
        }
        self.close();
        Pass::Done
    }

    /// Adds a letter or digit, opening a word when none is open.
    #[inline]
    fn push(&mut self, entry: Entry, start: usize, end: usize) {
        if !self.word.open {
            self.open(start);
            if entry.kind == Kind::Digit {
                self.gap();
            }
        }
        self.codes.push(entry.code);
        self.word.scripts |= 1 << (entry.kind as u8 - Kind::Latin as u8);
        self.word.has_digit |= entry.kind == Kind::Digit;
        self.word.source_end = end as u32;
    }

    /// Adds the letters and digits that follow in the open word; says what is left. Nearly all of a
    /// text goes through here.
    #[inline]
    fn letters<'a>(&mut self, text: &'a str, from: usize, table: Table) -> &'a str {
        let rest = text.get(from..).unwrap_or("");
        let (mut scripts, mut end) = (0, 0);
        for (at, c) in rest.char_indices() {
            let Entry { kind, code } = table.entry(c);
            if !kind.is_letter() {
                break;
            }
            self.codes.push(code);
            scripts |= 1 << (kind as u8 - Kind::Latin as u8);
            end = at + c.len_utf8();
        }
        self.word.scripts |= scripts;
        self.word.has_digit |= scripts & DIGIT != 0;
        if end > 0 {
            self.word.source_end = (from + end) as u32;
        }
        rest.get(end..).unwrap_or("")
    }

    fn open(&mut self, source_start: usize) {
        self.start_line();
        self.word = Word {
            open: true,
            start: self.codes.len() as u32,
            source_start: source_start as u32,
            ..Word::default()
        };
    }

    /// Keeps two numbers apart.
    fn gap(&mut self) {
        if self.codes.last().is_some_and(|last| is_digit(*last)) {
            self.codes.push(GAP);
            self.word.start += 1;
        }
    }

    fn start_line(&mut self) {
        if std::mem::take(&mut self.line_pending) && !self.tokens.is_empty() {
            self.line += 1;
        }
    }

    fn close(&mut self) {
        if !self.word.open {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let end = self.codes.len() as u32;
        if end == word.start {
            return;
        }
        let lookalikes = word.scripts & 0b111;
        if !lookalikes.is_power_of_two() && lookalikes != 0 {
            let codes = self.codes.get_mut(word.start as usize..).unwrap_or(&mut []);
            confusable::fold_word(codes);
            self.has_mixed = true;
        }
        if lookalikes != 0 && word.scripts & OTHER != 0 {
            let codes = self.codes.get_mut(word.start as usize..).unwrap_or(&mut []);
            confusable::fold_to_arabic(codes);
        }
        let kind = if word.has_digit { TokenKind::Number } else { TokenKind::Word };
        let start = word.start as usize;
        // 07:25 and 7.25 are one hour, 03.05 and 3.5 one day.
        if let Some([zero, digit, point]) = self.codes.get(start..start + 3)
            && *zero == u32::from(b'0')
            && is_digit(*digit)
            && *point == u32::from(b'.')
        {
            self.codes.remove(start);
        }
        let end = self.codes.len() as u32;
        self.tokens.push(Token {
            start: word.start,
            end,
            source_start: word.source_start,
            source_end: word.source_end,
            line: self.line,
            kind,
            written: 0,
            is_tag: false,
        });
    }

    /// Everything that is not a plain letter, digit or gap; says where to go on.
    fn rare(&mut self, text: &str, here: Span, entry: Entry, table: Table) -> usize {
        match entry.kind {
            Kind::Newline => self.newline(),
            Kind::Single => {
                self.close();
                self.push(Entry { kind: Kind::Other, code: entry.code }, here.start, here.end);
                self.close();
            }
            Kind::Compose if entry.code != 0 => {
                self.push(Entry { kind: Kind::Other, code: entry.code }, here.start, here.end);
            }
            Kind::Apostrophe => self.apostrophe(text, here),
            Kind::Joint => return self.joint(text, here),
            Kind::At => return self.at(text, here),
            Kind::Ampersand => {
                let Some((end, c)) = links::entity_at(text, here.start) else {
                    self.close();
                    return here.end;
                };
                self.plain(table.entry(c), Span { start: here.start, end });
                return end;
            }
            Kind::Tag => {
                let Some((end, how)) = links::tag_at(text, here.start) else {
                    self.close();
                    return here.end;
                };
                if how == Break::Line {
                    self.newline();
                }
                return end;
            }
            Kind::Expand => {
                let c = char::from_u32(entry.code).unwrap_or(' ');
                for part in expansion(c) {
                    self.plain(table.entry(part), here);
                }
            }
            Kind::Keycap => self.drop_keycap(),
            _ => {}
        }
        here.end
    }

    /// A character that came out of an expansion or entity: no rule looks around it.
    fn plain(&mut self, entry: Entry, here: Span) {
        match entry.kind {
            Kind::Latin | Kind::Cyrillic | Kind::Greek | Kind::Other | Kind::Digit => {
                self.push(entry, here.start, here.end);
            }
            Kind::Compose if entry.code != 0 => {
                self.push(Entry { kind: Kind::Other, code: entry.code }, here.start, here.end);
            }
            Kind::Single => {
                self.close();
                self.push(Entry { kind: Kind::Other, code: entry.code }, here.start, here.end);
                self.close();
            }
            Kind::Newline => self.newline(),
            Kind::Delete | Kind::Compose => {}
            _ => self.close(),
        }
    }

    fn newline(&mut self) {
        self.close();
        self.line_pending = true;
    }

    /// Between letters an apostrophe leaves no trace (don't, dont); elsewhere it is a quote.
    fn apostrophe(&mut self, text: &str, here: Span) {
        let next = text.get(here.end..).and_then(|rest| rest.chars().next());
        if !next.is_some_and(char::is_alphabetic) {
            self.close();
        }
    }

    fn joint(&mut self, text: &str, here: Span) -> usize {
        if let Some(link) = links::link_at(text, here.start) {
            self.take_back(link.start);
            self.keep(text, link, TokenKind::Link);
            return link.end;
        }
        let bytes = text.as_bytes();
        let after_digit = self.word.open && self.codes.last().is_some_and(|c| is_digit(*c));
        if after_digit && digit_at(text, here.end) {
            if !is_thousands(text, here) {
                self.codes.push(u32::from(b'.'));
            }
            return here.end;
        }
        let before = here.start.checked_sub(1).and_then(|last| bytes.get(last));
        let is_sign = matches!(text.get(here.start..here.end), Some("-" | "\u{2013}" | "\u{2212}"))
            && before.is_none_or(|b| b.is_ascii_whitespace() || *b == b'(')
            && digit_at(text, here.end);
        self.close();
        if is_sign {
            self.open(here.start);
            self.codes.push(u32::from(b'-'));
        }
        here.end
    }

    fn at(&mut self, text: &str, here: Span) -> usize {
        let Some((span, what)) = links::mention_at(text, here.start) else {
            self.close();
            return here.end;
        };
        if what == Mention::Address {
            self.take_back(span.start);
        }
        self.keep(text, span, TokenKind::Mention);
        span.end
    }

    /// Forgets words that turn out to be the start of a link or address.
    fn take_back(&mut self, source_start: usize) {
        let source_start = source_start as u32;
        if self.word.open && self.word.source_start >= source_start {
            self.codes.truncate(self.word.start as usize);
            self.word.open = false;
        }
        self.close();
        while let Some(last) = self.tokens.last()
            && last.source_start >= source_start
            && last.kind.is_matched()
        {
            self.codes.truncate(last.start as usize);
            self.tokens.pop();
        }
        // A gap before a word that is gone is gone too.
        let kept = self.tokens.iter().rev().find(|token| token.kind.is_matched());
        let end = kept.map_or(0, |token| token.end);
        self.codes.truncate(end as usize);
    }

    fn keep(&mut self, text: &str, span: Span, kind: TokenKind) {
        self.close();
        self.start_line();
        self.verbatim.push_str(text.get(span.start..span.end).unwrap_or(""));
        self.verbatim_ends.push(self.verbatim.len() as u32);
        let end = self.codes.len() as u32;
        self.tokens.push(Token {
            start: end,
            end,
            source_start: span.start as u32,
            source_end: span.end as u32,
            line: self.line,
            kind,
            written: self.verbatim_ends.len() as u32 - 1,
            is_tag: false,
        });
    }

    /// A keycap is an emoji, its digit part of it.
    fn drop_keycap(&mut self) {
        if self.word.open && self.codes.last().is_some_and(|last| is_digit(*last)) {
            self.codes.pop();
            if self.codes.len() as u32 == self.word.start {
                self.word.open = false;
                if self.codes.last() == Some(&GAP) {
                    self.codes.pop();
                }
            }
        }
        self.close();
    }

    /// A word of look-alikes alone is folded to the script of its text where other words of the
    /// text were written with look-alikes: `сор` beside `wеathеr` is `cop`. Without such a word a
    /// text is in two languages, and its words stay what they are.
    fn fold_whole_words(&mut self) {
        if !self.has_mixed {
            return;
        }
        let Some(target) = confusable::main_script(&self.codes) else { return };
        for token in &self.tokens {
            let word = self.codes.get_mut(token.start as usize..token.end as usize);
            if let Some(word) = word
                && word.iter().all(|code| confusable::could_be(*code, target) || is_digit(*code))
            {
                confusable::fold_to(word, target);
            }
        }
    }

    /// NFKC stretch by stretch, so that offsets survive. A stretch begins at a character that
    /// never composes with what stands before it (UAX 15, section 9.1).
    fn compose(&mut self, text: &str, composed: &mut String) {
        composed.clear();
        self.composed_from.clear();
        let table = Table::get();
        let mut stretch = String::new();
        let mut stretch_start = 0;
        for (at, c) in text.char_indices() {
            if table.entry(c).kind == Kind::Delete {
                continue;
            }
            let starts = canonical_combining_class(c) == 0
                && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes;
            if starts {
                self.composed_from.push((composed.len() as u32, stretch_start as u32));
                composed.extend(stretch.nfkc());
                stretch.clear();
                stretch_start = at;
            }
            stretch.push(c);
        }
        self.composed_from.push((composed.len() as u32, stretch_start as u32));
        composed.extend(stretch.nfkc());
        self.composed_from.push((composed.len() as u32, text.len() as u32));
    }

    /// Moves token offsets from the composed text to the source.
    fn point_back(&mut self) {
        let map = &self.composed_from;
        let back = |offset: u32| {
            let next = map.partition_point(|(composed, _)| *composed <= offset);
            next.checked_sub(1).and_then(|at| map.get(at)).map_or(0, |(_, source)| *source)
        };
        for token in &mut self.tokens {
            token.source_start = back(token.source_start);
            // The end is where the stretch after the last character begins.
            let last = token.source_end.saturating_sub(1);
            let next = map.partition_point(|(composed, _)| *composed <= last);
            let end = map.get(next).map_or(token.source_end, |(_, source)| *source);
            token.source_end = end;
        }
    }
}

pub(crate) fn is_digit(code: u32) -> bool {
    (0x30..=0x39).contains(&code)
}

fn digit_at(text: &str, at: usize) -> bool {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    next.is_some_and(is_written_digit)
}

/// A digit of any script or set ("7", "٧", "７", "𝟕").
fn is_written_digit(c: char) -> bool {
    Table::get().entry(c).kind == Kind::Digit
}

/// A comma before exactly three digits, or the Arabic thousands mark, groups digits.
fn is_thousands(text: &str, here: Span) -> bool {
    match text.get(here.start..here.end) {
        Some("\u{066C}") => true,
        Some(",") => {
            let rest = text.get(here.end..).unwrap_or("");
            rest.chars().take(4).take_while(|c| is_written_digit(*c)).count() == 3
        }
        _ => false,
    }
}
