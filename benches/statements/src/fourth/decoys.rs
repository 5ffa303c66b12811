//! Families of posts that look alike and are each their own statement.

use std::collections::BTreeSet;

use super::Builder;
use super::lexicon::{LANGUAGES, Language};
use super::series;
use super::texts::{Base, Pools, key, sentence_ends, words};
use crate::post::Role;

const SERIES: usize = 14;
const ADVERTS: usize = 5;
const UPDATES: usize = 10;
const SPLITS: usize = 10;
const QUOTES: usize = 12;
const FORMULAS: usize = 3;
const FRESH: usize = 110;

/// Makes the families and gives back the texts that are left.
pub(super) fn build(builder: &mut Builder, pools: Pools) -> Vec<Base> {
    let Pools { mut bases, mut short, headlines } = pools;
    forms(builder);
    for (one, other) in headlines {
        for text in [one, other] {
            let channel = builder.channel(Language::Arabic);
            own(builder, channel, &text, "headline");
        }
    }
    splits(builder, &mut bases);
    quotes(builder, &mut bases, &mut short);
    formulas(builder, &mut bases);
    in_a_frame(builder, short);
    builder.fresh = take(&mut bases, FRESH, |base| (8..=24).contains(&words(&base.text).len()));
    bases
}

/// A post of its own statement.
fn own(builder: &mut Builder, channel: usize, text: &str, kind: &'static str) -> (usize, i64) {
    let (statement, at) = (builder.statement(), builder.at());
    builder.post((channel, at), text, vec![statement], (Role::Decoy, kind));
    (statement, at)
}

fn language(builder: &mut Builder) -> Language {
    use Language::{Arabic, English, Russian};
    *builder.chance.pick(&[Russian, Russian, Arabic, Arabic, English])
}

/// Bulletins, adverts, updates; one bulletin of six is posted again by another channel.
fn forms(builder: &mut Builder) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let families = [("series", SERIES), ("advert", ADVERTS), ("update", UPDATES)];
    for (kind, count) in families {
        for _ in 0..count {
            let language = language(builder);
            let texts = match kind {
                "series" => series::bulletins(language, &mut builder.chance),
                "advert" => series::adverts(language, &mut builder.chance),
                _ => series::updates(language, &mut builder.chance),
            };
            let home = builder.channel(language);
            let at_home = builder.chance.below(10) < 7;
            for text in texts {
                if !seen.insert(key(&text).join(" ")) {
                    continue;
                }
                let channel = if at_home { home } else { builder.channel(language) };
                let (statement, at) = own(builder, channel, &text, kind);
                if builder.chance.one_in(6) {
                    let base = Base { language, text, marked: None };
                    builder.again(&base, (channel, at), statement, true);
                }
            }
        }
    }
}

/// Two parts of one long story: the same matter, other words.
fn splits(builder: &mut Builder, bases: &mut Vec<Base>) {
    let long = |base: &Base| words(&base.text).len() >= 70 && sentence_ends(&base.text).len() >= 4;
    for base in take(bases, SPLITS, long) {
        let ends = sentence_ends(&base.text);
        let (one, other) = base.text.split_at(ends[ends.len() / 2 - 1]);
        for part in [one, other] {
            let channel = builder.channel(base.language);
            own(builder, channel, part.trim(), "same topic");
        }
    }
}

/// A quote of a few words in two texts that have nothing else in common.
fn quotes(builder: &mut Builder, bases: &mut Vec<Base>, short: &mut Vec<Base>) {
    for quote in take(short, QUOTES, |base| words(&base.text).len() >= 5) {
        let around = |base: &Base| {
            base.language == quote.language && (14..=60).contains(&words(&base.text).len())
        };
        for base in take(bases, 2, around) {
            let text = match builder.chance.below(3) {
                0 => format!("«{}»\n\n{}", quote.text, base.text),
                1 => format!("{} — «{}»", base.text, quote.text),
                _ => format!("{}: \"{}\"", base.text.trim_end_matches('.'), quote.text),
            };
            let channel = builder.channel(base.language);
            own(builder, channel, &text, "quote in common");
        }
    }
}

/// A greeting or a formula that everybody knows, before other bodies.
fn formulas(builder: &mut Builder, bases: &mut Vec<Base>) {
    for language in LANGUAGES {
        for _ in 0..FORMULAS {
            let formula = builder.chance.word(language.lexicon().formulas);
            let brief = |base: &Base| {
                base.language == language && (8..=25).contains(&words(&base.text).len())
            };
            let count = 2 + builder.chance.below(2);
            for base in take(bases, count, brief) {
                let channel = builder.channel(language);
                let text = match builder.chance.below(3) {
                    0 => format!("{} {formula}", base.text),
                    1 => format!("{formula} {}", base.text),
                    _ => format!("{formula}\n\n{}", base.text),
                };
                own(builder, channel, &text, "formula");
            }
        }
    }
}

/// Short bodies in one heavy frame.
fn in_a_frame(builder: &mut Builder, short: Vec<Base>) {
    for base in short {
        let mut channels = builder.channels_of(base.language);
        channels.retain(|channel| builder.channels[*channel].style == "heavy");
        channels.truncate(2);
        if let Some(channel) = channels.first().copied() {
            let channel =
                channels.last().copied().filter(|_| builder.chance.one_in(3)).unwrap_or(channel);
            own(builder, channel, &base.text, "short in a frame");
        }
    }
}

/// Takes the first texts that are wanted out of the pool.
fn take(from: &mut Vec<Base>, count: usize, wanted: impl Fn(&Base) -> bool) -> Vec<Base> {
    let mut taken = Vec::new();
    let mut left = Vec::new();
    for base in from.drain(..) {
        if taken.len() < count && wanted(&base) {
            taken.push(base);
        } else {
            left.push(base);
        }
    }
    *from = left;
    taken
}
