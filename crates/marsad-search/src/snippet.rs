//! The part of a text that answers a query, as it was written, and where the words stand in it.

use std::ops::Range;

use crate::query::Node;
use crate::token::{Token, tokens};

/// Characters of a snippet, at most.
const CHARACTERS_MAX: usize = 240;
/// Characters shown before the first marked word of a window.
const LEAD: usize = 60;

/// A part of a text on one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// As written, with `…` where more text is; line breaks and other controls are spaces.
    pub text: String,
    /// Bytes of `text` that answer, in order, none overlapping.
    pub marks: Vec<Range<usize>>,
}

impl Snippet {
    /// The marks as characters (Unicode scalar values), for languages that count so.
    pub fn character_marks(&self) -> Vec<[usize; 2]> {
        let count = |at: usize| self.text.get(..at).map_or(0, |head| head.chars().count());
        self.marks.iter().map(|mark| [count(mark.start), count(mark.end)]).collect()
    }
}

/// A word of the text that answers the part of the query with this number.
struct Mark {
    source: Range<usize>,
    part: usize,
}

/// Cuts the window with most of the query's parts out of a text.
pub(crate) fn snippet(text: &str, wanted: &[&Node]) -> Snippet {
    let words = tokens(text);
    let marks = marks(&words, wanted);
    let window = window(text, &words, &marks);
    write(text, window, &marks)
}

/// The words that answer, in the order of the text.
fn marks(words: &[Token], wanted: &[&Node]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (part, node) in wanted.iter().enumerate() {
        let mut mark = |token: &Token| marks.push(Mark { source: token.source.clone(), part });
        match node {
            Node::Word { loose, .. } => {
                words.iter().filter(|token| token.loose == *loose).for_each(&mut mark);
            }
            Node::Prefix(start) => {
                let begins = |token: &&Token| {
                    token.exact.starts_with(start.as_str())
                        || token.loose.starts_with(start.as_str())
                };
                words.iter().filter(begins).for_each(&mut mark);
            }
            Node::Phrase(phrase) => {
                for at in 0..words.len() {
                    if let Some(found) = phrase_at(words.get(at..).unwrap_or(&[]), phrase) {
                        found.into_iter().for_each(&mut mark);
                    }
                }
            }
            _ => {}
        }
    }
    marks.sort_by_key(|mark| (mark.source.start, mark.source.end));
    marks
}

/// The words of a phrase that begins with the first of these.
fn phrase_at<'a>(words: &'a [Token], phrase: &[(u32, String)]) -> Option<Vec<&'a Token>> {
    let first = words.first()?;
    if phrase.first().is_none_or(|(_, word)| *word != first.exact) {
        return None;
    }
    phrase
        .iter()
        .map(|(place, word)| {
            let position = first.position + place;
            let near = words.iter().take_while(|token| token.position <= position);
            near.into_iter().find(|token| token.position == position && token.exact == *word)
        })
        .collect()
}

/// Which bytes of the text are shown: all of a short one, else whole words around the marks that
/// answer most parts of the query.
fn window(text: &str, words: &[Token], marks: &[Mark]) -> Range<usize> {
    if text.chars().nth(CHARACTERS_MAX).is_none() {
        return 0..text.len();
    }
    let mut best = (0, 0);
    for (at, first) in marks.iter().enumerate() {
        let end = after(text, first.source.start, CHARACTERS_MAX - LEAD);
        let inside = marks.iter().skip(at).take_while(|mark| mark.source.end <= end);
        let mut parts: Vec<usize> = inside.map(|mark| mark.part).collect();
        parts.sort_unstable();
        parts.dedup();
        if parts.len() > best.0 {
            best = (parts.len(), first.source.start);
        }
    }
    let earliest = before(text, best.1, LEAD);
    let start = match earliest {
        0 => 0,
        _ => words
            .iter()
            .map(|token| token.source.start)
            .find(|start| *start >= earliest)
            .filter(|start| *start <= best.1)
            .unwrap_or(earliest),
    };
    let latest = after(text, start, CHARACTERS_MAX);
    if latest == text.len() {
        return start..latest;
    }
    let ends = words.iter().map(|token| token.source.end);
    let end = ends.take_while(|end| *end <= latest).last().filter(|end| *end > start);
    start..end.unwrap_or(latest)
}

/// The byte so many characters after another, or the end.
fn after(text: &str, from: usize, characters: usize) -> usize {
    let rest = text.get(from..).unwrap_or("");
    rest.char_indices().nth(characters).map_or(text.len(), |(at, _)| from + at)
}

/// The byte so many characters before another, or the start.
fn before(text: &str, from: usize, characters: usize) -> usize {
    let head = text.get(..from).unwrap_or("");
    head.char_indices().rev().nth(characters.saturating_sub(1)).map_or(0, |(at, _)| at)
}

/// Copies the window onto one line, moving the marks along.
fn write(text: &str, window: Range<usize>, marks: &[Mark]) -> Snippet {
    let mut snippet = Snippet::default();
    if window.start > 0 {
        snippet.text.push('…');
    }
    // Where the next mark begins, and where the open one ends.
    let mut coming =
        marks.iter().map(|mark| &mark.source).filter(|m| m.start >= window.start).peekable();
    let mut open: Option<(usize, usize)> = None;
    let shown = text.get(window.clone()).unwrap_or("");
    for (at, c) in shown.char_indices() {
        let at = window.start + at;
        close(&mut open, at, &mut snippet);
        while let Some(mark) = coming.next_if(|mark| mark.start <= at) {
            match &mut open {
                Some((_, end)) => *end = (*end).max(mark.end),
                None if mark.end > at => open = Some((snippet.text.len(), mark.end)),
                None => {}
            }
        }
        snippet.text.push(if c.is_control() { ' ' } else { c });
    }
    close(&mut open, usize::MAX, &mut snippet);
    if window.end < text.len() {
        snippet.text.push('…');
    }
    snippet
}

fn close(open: &mut Option<(usize, usize)>, at: usize, snippet: &mut Snippet) {
    if let Some((start, _)) = open.take_if(|(_, end)| at >= *end) {
        snippet.marks.push(start..snippet.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use proptest::prelude::*;

    fn marked(text: &str, query: &str) -> String {
        let query = Query::parse(query).unwrap();
        let snippet = snippet(text, &query.wanted());
        let mut written = String::new();
        let mut from = 0;
        for mark in &snippet.marks {
            written += snippet.text.get(from..mark.start).unwrap();
            written.extend(["[", snippet.text.get(mark.clone()).unwrap(), "]"]);
            from = mark.end;
        }
        written + snippet.text.get(from..).unwrap()
    }

    #[test]
    fn words_are_marked_as_they_were_written() {
        for (text, query, expected) in [
            ("The Night-Train is late", "train", "The Night-[Train] is late"),
            ("قالت الحُكومـــةُ اليوم", "حكومة", "قالت [الحُكومـــةُ] اليوم"),
            ("🚆🚆 ﺍﻟﺤﻜﻮﻣﺔ اليوم", "الحكومة", "🚆🚆 [ﺍﻟﺤﻜﻮﻣﺔ] اليوم"),
            ("wea\u{200B}ther 👩‍👩‍👧 today", "weather", "[wea\u{200B}ther] 👩‍👩‍👧 today"),
            ("Пoезд опоздал", "поезда", "[Пoезд] опоздал"),
            ("cafe\u{301} café", "café", "[cafe\u{301}] [café]"),
            (
                "a night train, the night, a train",
                "\"night train\"",
                "a [night] [train], the night, a train",
            ),
            ("foggy fog and frost", "fog*", "[foggy] [fog] and frost"),
            ("rain\nand\tsnow", "snow -rain", "rain and [snow]"),
            ("see https://example.org/rain/42", "rain", "see https://example.org/[rain]/42"),
            ("by @weather_desk", "@weather_desk", "by [@weather_desk]"),
        ] {
            assert_eq!(marked(text, query), expected, "{query}");
        }
    }

    #[test]
    fn a_long_text_is_cut_to_whole_words_around_what_answers() {
        let text = format!(
            "{} the night train waits for rain {}",
            "word ".repeat(200),
            "more ".repeat(200)
        );
        let shown = marked(&text, "rain train");
        assert!(shown.contains("[train] waits for [rain]"), "{shown}");
        assert!(shown.starts_with("…word ") && shown.ends_with("more…"), "{shown}");
        assert!(shown.chars().count() <= CHARACTERS_MAX + 6, "{shown}");
    }

    proptest! {
        #[test]
        fn any_text_and_query_give_marks_that_stand_in_order(text in "\\PC{0,400}", query in "\\PC{0,12}") {
            let Ok(query) = Query::parse(&query) else { return Ok(()) };
            let made = snippet(&text, &query.wanted());
            let mut from = 0;
            for mark in &made.marks {
                prop_assert!(mark.start >= from && mark.end > mark.start);
                prop_assert!(made.text.get(mark.clone()).is_some());
                from = mark.end;
            }
        }
    }
}
