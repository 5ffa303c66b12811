//! The fourth hand: worlds whose writer had not read the rules of grouping.
//!
//! Truth: a post carries a statement where it holds the statement's text, whole or at least three
//! fifths of it in one piece, in whatever frame and with whatever small changes. A sentence
//! added or left out at an end, one word exchanged for a synonym, a named source, a comment beside
//! the whole text leave the statement what it is. Another figure, place, date, name, score or
//! stage in the words of one form is another statement, however few words differ.
//!
//! A digest carries every statement that it holds as an item, in full. So a digest and a post
//! of one of its items are a true pair, and so are two digests with an item in common, whatever
//! their other items; two digests with a heading in common and no item are not.
//!
//! The shares were set before anything was run: nearly half of the statements are posted again;
//! what a re-post shows is in `changes`; one post in four belongs to a family of look-alikes
//! (series, updates, adverts, formulas and so on). A text of a given length and language is as
//! likely as it is in the files. Forwards and pictures are left to the other hands.

#![expect(clippy::string_slice, reason = "ends that were found in the text itself")]

mod changes;
mod channels;
mod decoys;
mod ends;
mod letters;
mod lexicon;
mod marks;
mod series;
mod texts;

use std::path::Path;

use channels::Channel;
use lexicon::Language;
use texts::{Base, Pools, words};

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use crate::problem::Problem;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;
/// Where a world begins, in days since 1970.
const FIRST_DAY: i64 = 20_520;
const DIGESTS: usize = 20;

/// A world in the making.
struct Builder {
    chance: Chance,
    channels: Vec<Channel>,
    posts: Vec<Labelled>,
    statements: usize,
    /// Texts that no post has yet, for sentences that are added.
    fresh: Vec<Base>,
}

/// Makes the world of a seed; empty where the files are not there.
pub(crate) fn build(data: &Path, seed: u64) -> Result<World, Problem> {
    let mut chance = Chance::new(seed ^ 0x4_4A4D);
    let pools = texts::read(data, &mut chance)?;
    if pools.bases.is_empty() {
        return Ok(World { posts: Vec::new() });
    }
    Ok(world(pools, chance))
}

fn world(pools: Pools, mut chance: Chance) -> World {
    let channels = channels::make(&mut chance);
    let mut builder =
        Builder { chance, channels, posts: Vec::new(), statements: 0, fresh: Vec::new() };
    let bases = decoys::build(&mut builder, pools);
    builder.statements_again(&bases);
    let mut posts = builder.posts;
    posts.sort_by_key(|post| post.at);
    World { posts }
}

impl Builder {
    fn statement(&mut self) -> usize {
        self.statements += 1;
        self.statements
    }

    fn at(&mut self) -> i64 {
        FIRST_DAY * DAY + self.chance.below(14 * 1440) as i64 * MINUTE
    }

    /// A later time: most copies come within the hour.
    fn after(&mut self, at: i64) -> i64 {
        at + MINUTE
            * match self.chance.below(20) {
                0..=9 => 1 + self.chance.below(60),
                10..=16 => 60 + self.chance.below(1380),
                _ => 1440 + self.chance.below(5 * 1440),
            } as i64
    }

    fn channel(&mut self, language: Language) -> usize {
        let all: Vec<usize> = self.channels_of(language);
        *self.chance.pick(&all)
    }

    fn channels_of(&self, language: Language) -> Vec<usize> {
        let of =
            |(number, channel): (usize, &Channel)| (channel.language == language).then_some(number);
        self.channels.iter().enumerate().filter_map(of).collect()
    }

    fn post(
        &mut self,
        (channel, at): (usize, i64),
        body: &str,
        carries: Vec<usize>,
        what: (Role, &'static str),
    ) {
        let text = self.channels[channel].frame(body, at, &mut self.chance);
        self.posts.push(Labelled {
            channel,
            at,
            text,
            carries,
            role: what.0,
            kind: what.1,
            frame: self.channels[channel].style,
            forward_of: None,
            media: None,
        });
    }

    /// A re-post; nothing of it is cut where a text is its figures.
    fn again(&mut self, base: &Base, from: (usize, i64), statement: usize, whole: bool) {
        let fresh = &mut self.fresh;
        let mut sentence = |most: usize| {
            let fits = |one: &Base| one.language == base.language && words(&one.text).len() <= most;
            let place = fresh.iter().rposition(fits)?;
            Some(fresh.remove(place).text)
        };
        let (mut text, mut kind) = (base.text.clone(), "verbatim");
        for _ in 0..20 {
            (text, kind) = changes::repost(base, &mut self.chance, &mut sentence);
            let cuts = matches!(
                kind,
                "cut" | "read more" | "sentence dropped" | "combination" | "synonym"
            );
            if !(whole && cuts) {
                break;
            }
            (text, kind) = (base.text.clone(), "verbatim");
        }
        let channel = if self.chance.one_in(10) { from.0 } else { self.channel(base.language) };
        let at = self.after(from.1);
        self.post((channel, at), &text, vec![statement], (Role::Copy, kind));
    }

    /// Statements, their re-posts, and digests of them.
    fn statements_again(&mut self, bases: &[Base]) {
        let mut items: Vec<(usize, &Base)> = Vec::new();
        for base in bases {
            let statement = self.statement();
            if words(&base.text).len() <= 45 && self.chance.one_in(3) {
                items.push((statement, base));
                if self.chance.one_in(6) {
                    continue;
                }
            }
            let (channel, at) = (self.channel(base.language), self.at());
            let posted = self.ornament(base);
            self.post((channel, at), &posted, vec![statement], (Role::Original, "original"));
            let copies = match self.chance.below(20) {
                0..=10 => 0,
                11..=15 => 1,
                16 | 17 => 2,
                18 => 3,
                _ => 4 + self.chance.below(4),
            };
            for _ in 0..copies {
                let seen = if posted != base.text && self.chance.one_in(2) {
                    Base { language: base.language, text: posted.clone(), marked: None }
                } else {
                    base.clone()
                };
                self.again(&seen, (channel, at), statement, false);
            }
        }
        self.digests(&items);
    }

    /// What the first post has beside its words.
    fn ornament(&mut self, base: &Base) -> String {
        let (text, chance) = (base.text.as_str(), &mut self.chance);
        match chance.below(100) {
            0..=11 => marks::links(text, chance),
            12..=19 => marks::emoji(text, chance),
            20..=27 => marks::hashtags(text, base.language, chance),
            28..=33 => ends::label(text, base.language, chance),
            34..=39 => ends::source(text, base.language, chance),
            40..=44 => marks::markup(text, chance),
            _ => text.to_owned(),
        }
    }

    fn digests(&mut self, items: &[(usize, &Base)]) {
        for _ in 0..DIGESTS {
            let language = *self.chance.pick(&[
                Language::Russian,
                Language::Russian,
                Language::Arabic,
                Language::English,
            ]);
            let mut of: Vec<(usize, &Base)> =
                items.iter().filter(|(_, base)| base.language == language).copied().collect();
            texts::shuffle(&mut of, &mut self.chance);
            of.truncate(3 + self.chance.below(5));
            if of.len() < 3 {
                continue;
            }
            let (channel, at) = (self.channel(language), self.at());
            self.digest(channel, at, language, &of);
            // Another channel takes it over, with an item less.
            if self.chance.one_in(4) {
                of.pop();
                let (channel, at) = (self.channel(language), self.after(at));
                self.digest(channel, at, language, &of);
            }
        }
    }

    fn digest(&mut self, channel: usize, at: i64, language: Language, of: &[(usize, &Base)]) {
        let chance = &mut self.chance;
        let mut lines: Vec<String> = Vec::new();
        if !chance.one_in(6) {
            lines.push(chance.word(language.lexicon().digests).to_owned());
        }
        let bullet = chance.word(&["{n}. ", "{n}) ", "• ", "- ", "— ", "▪️ ", "🔹", "**{n}** "]);
        for (number, (_, base)) in of.iter().enumerate() {
            let mut item = base.text.replace('\n', " ");
            match chance.below(10) {
                0 => item = item.trim_end_matches('.').to_owned(),
                1 => item = marks::links(&item, chance),
                2 => item = format!("{item};"),
                3 => item = marks::markup(&item, chance),
                _ => {}
            }
            lines.push(format!("{}{item}", bullet.replace("{n}", &(number + 1).to_string())));
        }
        let body = lines.join(if chance.one_in(2) { "\n" } else { "\n\n" });
        let carries = of.iter().map(|(statement, _)| *statement).collect();
        self.post((channel, at), &body, carries, (Role::Digest, "digest"));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::lexicon::LANGUAGES;
    use super::*;

    /// A world of made words.
    fn made(seed: u64) -> Vec<Labelled> {
        let mut chance = Chance::new(seed);
        let mut pools = Pools { bases: Vec::new(), short: Vec::new(), headlines: Vec::new() };
        let syllables =
            [["ба", "ро", "ти", "ку"], ["با", "رو", "تي", "كو"], ["ba", "ro", "ti", "ku"]];
        for (language, syllables) in LANGUAGES.into_iter().zip(syllables) {
            for number in 0..180 {
                let count = if number < 8 { 6 } else { 10 + number % 80 };
                let mut words: Vec<String> =
                    (0..count).map(|_| (0..4).map(|_| chance.word(&syllables)).collect()).collect();
                words.push(language.lexicon().synonyms[0].0.to_owned());
                let text = words.chunks(9).map(|run| run.join(" ")).collect::<Vec<_>>().join(". ");
                let base = Base { language, text, marked: None };
                if number < 8 { &mut pools.short } else { &mut pools.bases }.push(base);
            }
        }
        pools.headlines.push(("يوم بارد في المدينة".to_owned(), "يوم حار في المدينة".to_owned()));
        world(pools, chance).posts
    }

    #[test]
    fn a_seed_gives_one_world_in_the_order_of_time_and_another_seed_another() {
        let texts = |posts: &[Labelled]| posts.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
        let posts = made(1);
        assert!(posts.len() > 300, "{}", posts.len());
        assert_eq!(texts(&posts), texts(&made(1)));
        assert_ne!(texts(&posts), texts(&made(2)));
        assert!(posts.is_sorted_by_key(|post| post.at));
    }

    #[test]
    fn every_kind_and_every_frame_is_in_some_world() {
        let posts: Vec<Labelled> = (1..8).flat_map(made).collect();
        let kinds: BTreeSet<&str> = posts.iter().map(|post| post.kind).collect();
        let wanted = [
            "verbatim",
            "punctuation",
            "links",
            "emoji",
            "markup",
            "hashtags",
            "letters",
            "source",
            "label",
            "cut",
            "read more",
            "sentence added",
            "sentence dropped",
            "quoted whole",
            "typo",
            "synonym",
            "invisible",
            "look-alikes",
            "combination",
            "digest",
            "series",
            "advert",
            "update",
            "formula",
            "headline",
            "same topic",
            "quote in common",
            "short in a frame",
        ];
        for kind in wanted {
            assert!(kinds.contains(kind), "{kind} is not in {kinds:?}");
        }
        let frames: BTreeSet<&str> = posts.iter().map(|post| post.frame).collect();
        assert_eq!(frames.len(), 7, "{frames:?}");
    }
}
