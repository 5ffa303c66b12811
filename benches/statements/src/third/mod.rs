//! The world of the third hand: a blind test. It was written from the list of what channels do,
//! before its writer had read the rules of grouping, with texts of its own making beside real ones
//! and with other frames, changes and decoys than the first two hands.

mod arabic;
mod changes;
mod decoys;
mod edits;
mod english;
mod frames;
mod letters;
mod russian;
mod stories;
mod tongue;

use std::collections::BTreeSet;

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use changes::{LETTERS, Place, WORDS};
use frames::Frame;
use tongue::Tongue;

/// English, Russian, Arabic.
const TONGUES: [&Tongue; 3] = [&english::ENGLISH, &russian::RUSSIAN, &arabic::ARABIC];
/// Channels that post all the time, a dozen a language, and channels of a few posts.
const STEADY: usize = 36;
const YOUNG: usize = 45;
/// Statements made of sentences of our own, in each language.
const STORIES: usize = 80;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;
const DAYS: usize = 60;

/// A post before its channel dressed it.
struct Draft {
    at: i64,
    channel: usize,
    body: String,
    carries: Vec<usize>,
    role: Role,
    kind: &'static str,
}

/// A statement as it first appeared.
struct First {
    statement: usize,
    body: String,
    language: usize,
    channel: usize,
    at: i64,
}

struct Builder {
    chance: Chance,
    frames: Vec<Frame>,
    drafts: Vec<Draft>,
    statements: usize,
    /// Texts to go on with after another.
    spare: Vec<String>,
    /// Texts kept for what must have nothing to do with others.
    others: Vec<String>,
    /// Openings and bulletins so far: none is made twice.
    used: BTreeSet<String>,
}

/// Builds a world from base texts.
pub(crate) fn build(bases: &[String], seed: u64) -> World {
    let mut chance = Chance::new(seed ^ 0x7412D);
    let frames = (0..STEADY + YOUNG)
        .map(|number| {
            let language = language_of(number);
            Frame::of(number, language, TONGUES[language], &mut chance)
        })
        .collect();
    let (spare, used): (Vec<_>, Vec<_>) = bases.iter().enumerate().partition(|(at, _)| at % 4 == 0);
    let (spare, others): (Vec<_>, Vec<_>) = spare
        .into_iter()
        .map(|(_, base)| base.clone())
        .enumerate()
        .partition(|(at, _)| at % 3 == 0);
    let texts_of = |some: Vec<(usize, String)>| some.into_iter().map(|(_, text)| text).collect();
    let mut builder = Builder {
        chance,
        frames,
        drafts: Vec::new(),
        statements: 0,
        spare: texts_of(spare),
        others: texts_of(others),
        used: BTreeSet::new(),
    };
    let mut texts: Vec<String> = used.into_iter().map(|(_, base)| base.clone()).collect();
    for number in 0..STORIES * 3 {
        let story = stories::story(TONGUES[number % 3], &mut builder.used, &mut builder.chance);
        let at = builder.chance.below(texts.len() + 1);
        texts.insert(at, story);
    }
    let mut firsts: Vec<First> = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let first = builder.original(text);
        // One in five has a double with another fact: its copies keep every word.
        if number % 5 == 0 {
            builder.faithful_copies(&first);
            builder.other_facts(&first);
        } else {
            builder.copies(&first);
            firsts.push(first);
        }
    }
    for group in firsts.chunks(30) {
        builder.digests(group);
        builder.headlines(group);
        builder.quotes(group);
    }
    builder.decoys();
    builder.dressed()
}

/// The language of a channel.
fn language_of(channel: usize) -> usize {
    channel / 12 % 3
}

/// The language of a text, by its letters.
fn language(text: &str) -> usize {
    let share = |from: char, to: char| text.chars().filter(|c| (from..=to).contains(c)).count();
    let (latin, cyrillic, arabic) =
        (share('A', 'z'), share('\u{400}', '\u{4FF}'), share('\u{600}', '\u{6FF}'));
    if arabic > latin.max(cyrillic) { 2 } else { usize::from(cyrillic > latin) }
}

impl Builder {
    fn new_statement(&mut self) -> usize {
        self.statements += 1;
        self.statements - 1
    }

    /// A channel, nearly always of that language, mostly a steady one.
    fn channel(&mut self, language: usize) -> usize {
        loop {
            let young = self.chance.one_in(9);
            let channel =
                if young { STEADY + self.chance.below(YOUNG) } else { self.chance.below(STEADY) };
            if language_of(channel) == language || self.chance.one_in(40) {
                return channel;
            }
        }
    }

    fn any_time(&mut self) -> i64 {
        self.chance.below(DAYS * 1440) as i64 * MINUTE + self.chance.below(60_000) as i64
    }

    /// A minute to two days later, mostly within hours.
    fn later(&mut self, than: i64) -> i64 {
        let most = *self.chance.pick(&[30, 300, 300, 2880]);
        than + MINUTE + self.chance.below(most) as i64 * MINUTE + self.chance.below(60_000) as i64
    }

    fn draft(
        &mut self,
        (at, channel): (i64, usize),
        body: String,
        carries: Vec<usize>,
        (role, kind): (Role, &'static str),
    ) {
        self.drafts.push(Draft { at, channel, body, carries, role, kind });
    }

    fn original(&mut self, text: &str) -> First {
        let statement = self.new_statement();
        let language = language(text);
        let (at, channel) = (self.any_time(), self.channel(language));
        let role = (Role::Original, "original");
        self.draft((at, channel), text.to_owned(), vec![statement], role);
        First { statement, body: text.to_owned(), language, channel, at }
    }

    /// Another channel's copy: a channel that dates or numbers its posts says a thing once.
    fn other_channel(&mut self, first: &First) -> usize {
        let mut channel = self.channel(first.language);
        while channel == first.channel {
            channel = self.channel(first.language);
        }
        channel
    }

    fn copies(&mut self, first: &First) {
        let mut channels = vec![first.channel];
        for _ in 0..self.chance.below(5) {
            let channel = self.other_channel(first);
            if channels.contains(&channel) {
                continue;
            }
            channels.push(channel);
            let at = self.later(first.at);
            let (body, kind) = self.changed(first);
            self.draft((at, channel), body, vec![first.statement], (Role::Copy, kind));
        }
    }

    /// Copies in which letters and marks may differ, and no word.
    fn faithful_copies(&mut self, first: &First) {
        for _ in 0..self.chance.below(3) {
            let (at, channel) = (self.later(first.at), self.other_channel(first));
            let (body, kind) = self.lettered(&first.body, first.language);
            self.draft((at, channel), body, vec![first.statement], (Role::Copy, kind));
        }
    }

    fn lettered(&mut self, text: &str, language: usize) -> (String, &'static str) {
        let place = Place { tongue: TONGUES[language], language, more: "" };
        for _ in 0..6 {
            let kind = self.chance.word(&LETTERS);
            if let Some(body) = changes::letters(kind, text, &place, &mut self.chance) {
                return (body, kind);
            }
        }
        (text.to_owned(), "unchanged")
    }

    /// One change of words at most, up to two of letters, or the whole post with its frame.
    fn changed(&mut self, first: &First) -> (String, &'static str) {
        let more = self.chance.pick(&self.spare).clone();
        let place =
            Place { tongue: TONGUES[first.language], language: first.language, more: &more };
        if self.chance.one_in(25) {
            let frame = &self.frames[first.channel];
            let day = (first.at / DAY) as usize;
            let body = frame.dress(&first.body, (7, day), place.tongue, &mut self.chance);
            return (body, "with its frame");
        }
        let mut body = first.body.clone();
        let mut kinds: Vec<&'static str> = Vec::new();
        if !self.chance.one_in(3) {
            for _ in 0..4 {
                let kind = self.chance.word(&WORDS);
                if let Some(changed) = changes::words(kind, &body, &place, &mut self.chance) {
                    body = changed;
                    kinds.push(kind);
                    break;
                }
            }
        }
        for _ in 0..*self.chance.pick(&[0, 0, 1, 1, 1, 2]) {
            let kind = self.chance.word(&LETTERS);
            if kinds.contains(&kind) {
                continue;
            }
            if let Some(changed) = changes::letters(kind, &body, &place, &mut self.chance) {
                body = changed;
                kinds.push(kind);
            }
        }
        let kind = match kinds.as_slice() {
            [] => "unchanged",
            [kind] => kind,
            [_, _] => "two changes",
            _ => "three changes",
        };
        (body, kind)
    }

    /// The posts in the order of time, each in its channel's frame.
    fn dressed(mut self) -> World {
        self.drafts.sort_by_key(|draft| draft.at);
        let mut counts = vec![0; self.frames.len()];
        let mut posts = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            let Draft { at, channel, body, carries, role, kind } = draft;
            let frame = &self.frames[channel];
            let tongue = TONGUES[language_of(channel)];
            let when = (counts[channel], (at / DAY) as usize);
            counts[channel] += 1;
            posts.push(Labelled {
                channel,
                at: 1_900_000_000_000 + at,
                text: frame.dress(&body, when, tongue, &mut self.chance),
                carries,
                role,
                kind,
                frame: if channel < STEADY { frame.style } else { "young channel" },
                forward_of: None,
                media: None,
            });
        }
        World { posts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hundred texts of two sentences that share no run of five words.
    fn bases() -> Vec<String> {
        let words = |n: usize, from: usize| -> String {
            (from..from + 14).map(|at| format!("word{n}x{at}")).collect::<Vec<_>>().join(" ")
        };
        (0..200).map(|n| format!("{}. {}. {}.", words(n, 0), words(n, 14), words(n, 28))).collect()
    }

    #[test]
    fn a_seed_gives_one_world_and_another_seed_another() {
        let texts = |seed| -> Vec<String> {
            build(&bases(), seed).posts.into_iter().map(|post| post.text).collect()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn every_change_every_decoy_and_every_frame_is_in_some_world() {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for seed in 1..=6 {
            seen.extend(build(&bases(), seed).posts.iter().flat_map(|p| [p.kind, p.frame]));
        }
        let decoys = [
            "digest",
            "digest first",
            "headlines",
            "quote",
            "meaning turned",
            "turned round",
            "bulletin",
            "formula",
            "same matter",
            "short",
            "other figure",
            "other place",
            "other day",
            "figure in words",
            "other name",
            "other side",
            "with its frame",
        ];
        for kind in WORDS.iter().chain(&LETTERS).chain(&frames::STYLES).chain(&decoys) {
            assert!(seen.contains(kind), "{kind} is missing from {seen:?}");
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for post in build(&bases(), 3).posts {
            assert!(!post.text.contains(['{', '}']), "{}", post.text);
        }
    }

    #[test]
    fn a_turned_text_differs_in_one_word() {
        let mut chance = Chance::new(5);
        for tongue in TONGUES {
            for template in tongue.turned {
                let [one, other] = stories::turned(template, tongue, &mut chance);
                let differing = one.split(' ').zip(other.split(' ')).filter(|(a, b)| a != b);
                assert_eq!(differing.count(), 1, "{one}");
                assert_eq!(one.split(' ').count(), other.split(' ').count());
            }
        }
    }
}
