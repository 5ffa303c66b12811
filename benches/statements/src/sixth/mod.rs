//! The sixth hand: real posts and neutral texts of our own in 54 channels of three languages,
//! posted again as channels do it, among bulletins, pairs of writers, quotes and opposites that
//! are statements of their own.
//!
//! Written as an examiner would, from the promise alone: without having read the rules of
//! grouping or the other hands. Where a fair reader would hesitate whether two texts are one
//! statement, the pair is not made: a bulletin's words are never touched, a text that is cut
//! keeps twelve words and two fifths of itself, an edit changes two words or drops a fifth.

mod arabic;
mod changes;
mod channels;
mod decoys;
mod digests;
mod edits;
mod extent;
mod letters;
pub(crate) mod lexicon;
mod marks;
mod series;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use crate::bases;
use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use crate::problem::Problem;
use changes::Bears;
use channels::{Channel, EACH};
use lexicon::{Lexicon, TONGUES, Tongue, Values, fill};

/// The first moment of a world.
const START: i64 = 1_740_000_000_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// How long a world lasts.
const DAYS: usize = 20;

/// Real texts of each language.
const REAL: usize = 95;
/// Texts of our own of each language.
const OWN: usize = 25;

/// Words in which two texts of our own must differ: a text may be cut short after a few more.
const OPENING: usize = 9;

/// A text that is a statement.
#[derive(Clone)]
struct Said {
    statement: usize,
    body: String,
    tongue: Tongue,
    at: i64,
    channel: usize,
}

/// Where and when a post is.
type Place = (usize, i64);

/// What a post is for, and its kind.
type Label = (Role, &'static str);

struct Builder {
    lexicons: Vec<Lexicon>,
    channels: Vec<Channel>,
    posts: Vec<Labelled>,
    statements: usize,
    texts: BTreeSet<String>,
    chance: Chance,
}

/// The world of a seed; empty where there are no real texts.
pub(crate) fn build(data: &Path, seed: u64) -> Result<World, Problem> {
    let bases = bases::read(data, &bases::SIXTH, seed ^ 0x51D7, 90)?;
    Ok(if bases.is_empty() { World { posts: Vec::new() } } else { world(&bases, seed) })
}

fn world(bases: &[String], seed: u64) -> World {
    let mut chance = Chance::new(seed ^ 0x0006_A11D);
    let lexicons: Vec<Lexicon> = TONGUES.into_iter().map(Lexicon::of).collect();
    let channels = channels::channels(&lexicons, &mut chance);
    let mut builder = Builder {
        lexicons,
        channels,
        posts: Vec::new(),
        statements: 0,
        texts: BTreeSet::new(),
        chance,
    };
    let said = builder.ordinary(bases);
    builder.digests(&said);
    builder.decoys(&said);
    builder.series();
    builder.posts.sort_by_key(|post| (post.at, post.channel));
    World { posts: builder.posts }
}

/// Letters and digits of a text's first words, as a reader sees them.
fn seen(text: &str, words: usize) -> String {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty())
        .take(words)
        .collect();
    words.join(" ")
}

/// Whether a real text is one: words of one language, few tags.
fn is_readable(text: &str) -> bool {
    let words = text.split(' ').filter(|word| {
        word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.starts_with('#')
    });
    words.count() > 10 && text.matches('#').count() < 4
}

impl Builder {
    fn lexicon(&self, tongue: Tongue) -> &Lexicon {
        &self.lexicons[tongue as usize]
    }

    fn pattern(&mut self, list: &str, tongue: Tongue) -> &'static str {
        self.lexicons[tongue as usize].one(list, &mut self.chance)
    }

    /// A text from a pattern.
    fn filled(&mut self, pattern: &str, tongue: Tongue, values: &mut Values) -> String {
        let text = fill(pattern, values, &self.lexicons[tongue as usize], &mut self.chance);
        let mut rest = text.chars();
        rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
    }

    /// A number for a new statement; none if its first words were said before.
    fn claim(&mut self, text: &str, words: usize) -> Option<usize> {
        if !self.texts.insert(seen(text, words)) {
            return None;
        }
        self.statements += 1;
        Some(self.statements - 1)
    }

    fn channel_of(&mut self, tongue: Tongue) -> usize {
        tongue as usize * EACH + self.chance.below(EACH)
    }

    fn moment(&mut self) -> i64 {
        START + self.chance.below(DAYS * 24 * 60) as i64 * MINUTE
    }

    /// How long after a post another channel has it.
    fn lag(&mut self) -> i64 {
        let minutes = match self.chance.below(10) {
            0..3 => 1 + self.chance.below(2),
            3..7 => 2 + self.chance.below(6 * 60),
            _ => 60 + self.chance.below(4 * 24 * 60),
        };
        minutes as i64 * MINUTE
    }

    fn post(&mut self, (channel, at): Place, body: &str, carries: Vec<usize>, label: Label) {
        let own = &self.channels[channel];
        let text = own.dress(body, &self.lexicons[own.tongue as usize], &mut self.chance);
        let (role, kind) = label;
        let frame = own.style;
        self.posts.push(Labelled {
            channel,
            at,
            text,
            carries,
            role,
            kind,
            frame,
            forward_of: None,
            media: None,
        });
    }

    /// The first post of a statement, in a channel and at a time drawn by chance.
    fn first(&mut self, statement: usize, body: &str, tongue: Tongue, label: Label) -> Said {
        let (channel, at) = (self.channel_of(tongue), self.moment());
        self.post((channel, at), body, vec![statement], label);
        Said { statement, body: body.to_owned(), tongue, at, channel }
    }

    /// The statement again, once; a decoy's copies keep its kind so that its row tells both signs.
    fn again(&mut self, said: &Said, bears: Bears, label: Option<Label>) {
        let at = said.at + self.lag();
        let carries = vec![said.statement];
        let mut channel = self.channel_of(said.tongue);
        if channel == said.channel {
            channel = said.tongue as usize * EACH + (channel + 1) % EACH;
        }
        let copy = |kind| label.unwrap_or((Role::Copy, kind));
        match self.chance.below(20) {
            0..3 => self.post((channel, at), &said.body, carries, copy("frame only")),
            3 => self.post((said.channel, at), &said.body, carries, copy("repeat")),
            4 if bears != Bears::LettersOnly => {
                // Copied with the frame of the channel it was copied from.
                let other = &self.channels[said.channel];
                let lexicon = &self.lexicons[said.tongue as usize];
                let body = other.dress(&said.body, lexicon, &mut self.chance);
                self.post((channel, at), &body, carries, copy("nested frame"));
            }
            _ => {
                let lexicon = &self.lexicons[said.tongue as usize];
                let (body, kind) = changes::changed(&said.body, bears, lexicon, &mut self.chance);
                self.post((channel, at), &body, carries, copy(kind));
            }
        }
    }

    /// Real texts and our own, and what channels make of them.
    fn ordinary(&mut self, bases: &[String]) -> Vec<Said> {
        let mut all = Vec::new();
        for tongue in TONGUES {
            let real = bases
                .iter()
                .filter(|text| Tongue::of(text) == Some(tongue) && is_readable(text))
                .take(REAL);
            let mut texts: Vec<String> = real.cloned().collect();
            for _ in 0..OWN {
                let pattern = self.pattern("story", tongue);
                texts.push(self.filled(pattern, tongue, &mut Values::new()));
            }
            for mut text in texts {
                let Some(statement) = self.claim(&text, OPENING) else { continue };
                if self.chance.one_in(4) {
                    let gap = if self.chance.one_in(2) { "\n" } else { "\n\n" };
                    text = edits::sentences(&text).join(gap);
                }
                let said = self.first(statement, &text, tongue, (Role::Original, "original"));
                for _ in 0..[0, 1, 1, 2, 3, 4, 6][self.chance.below(7)] {
                    self.again(&said, Bears::All, None);
                }
                all.push(said);
            }
        }
        all
    }
}
