//! Worlds of the fifth hand, written without a look at the matcher or at the other hands.
//!
//! Some four thousand posts of a month in thirty to sixty channels of three languages. Real texts
//! of 9 to 250 words are posted and posted again with the changes that channels make; beside them
//! stand posts that look alike and are not the same: series, short bodies in long frames, shared
//! quotes, formulas, one event in other words, digests without a common item. The shares were
//! fixed before anything was measured.

mod changes;
mod decoys;
mod digest;
mod frame;
mod letters;
mod series;
mod texts;
mod topics;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use crate::problem::Problem;
use frame::Channel;
use texts::{Lang, Pool};

/// The first of March 2024, in milliseconds.
const START: i64 = 1_709_251_200_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1440 * MINUTE;
/// No post is later than this.
const END: i64 = START + 31 * DAY;

/// Statements of real texts a world: posted alone, in digests only, or with a quote or a formula.
const ORIGINALS: usize = 1250;
const BODIES: usize = 1650;

/// Of a hundred statements, those that come again no, one, two, ... six times.
const REPEATS: [usize; 7] = [42, 20, 14, 10, 7, 4, 3];

/// Changes that leave every word: what comes again of a series differs in signs only, because a
/// cut could take away the very figure that tells it from the next one.
const SIGNS: [&str; 9] = [
    "frame only",
    "frame only",
    "frame only",
    "letters",
    "invisible",
    "marks",
    "emoji",
    "links",
    "width",
];

/// A world of a seed; without posts where the data is not there.
pub(crate) fn build(data: &Path, seed: u64) -> Result<World, Problem> {
    let mut chance = Chance::new(seed ^ 0x0005_F1F7);
    let pools = texts::read(data, BODIES, &mut chance)?;
    if pools.iter().any(|pool| pool.bodies.is_empty() || pool.spare.is_empty()) {
        return Ok(World { posts: Vec::new() });
    }
    let channels = frame::channels(&mut chance);
    let mut maker =
        Maker { chance, channels, pools, posts: Vec::new(), seen: BTreeSet::new(), statements: 0 };
    let published = maker.originals();
    maker.quotes();
    maker.formulas();
    maker.short_bodies();
    maker.topics();
    maker.series();
    maker.digests(&published);
    let mut posts = maker.posts;
    posts.sort_by_key(|post| post.at);
    Ok(World { posts })
}

/// A statement that was posted.
struct Published {
    statement: usize,
    lang: Lang,
    body: String,
    at: i64,
}

struct Maker {
    chance: Chance,
    channels: Vec<Channel>,
    pools: [Pool; 3],
    posts: Vec<Labelled>,
    /// Bodies of decoys, so that none comes twice by chance.
    seen: BTreeSet<String>,
    statements: usize,
}

impl Maker {
    fn new_statement(&mut self) -> usize {
        self.statements += 1;
        self.statements - 1
    }

    /// A channel of a language, the busy ones more often; rarely one of another language.
    fn channel(&mut self, lang: Lang, wanted: impl Fn(&Channel) -> bool) -> usize {
        let stray = self.chance.one_in(25);
        let fits = |c: &Channel| (stray || c.lang == lang) && wanted(c);
        let total: usize = self.channels.iter().filter(|c| fits(c)).map(|c| c.weight).sum();
        let mut at = self.chance.below(total.max(1));
        for (number, channel) in self.channels.iter().enumerate() {
            if fits(channel) {
                if at < channel.weight {
                    return number;
                }
                at -= channel.weight;
            }
        }
        self.channels.iter().position(|c| c.lang == lang).unwrap_or(0)
    }

    /// A minute of the first 28 days, seldom at night.
    fn minute(&mut self) -> i64 {
        let day = self.chance.below(28) as i64;
        let hour = if self.chance.one_in(10) { 0 } else { 6 } + self.chance.below(18) as i64;
        START + day * DAY + hour * 60 * MINUTE + self.chance.below(3600) as i64 * 1000
    }

    /// When a copy follows: soon, within a day, or much later.
    fn later(&mut self, at: i64) -> i64 {
        let lag = match self.chance.below(20) {
            0..10 => 1 + self.chance.below(60),
            10..17 => 60 + self.chance.below(1380),
            _ => 1440 + self.chance.below(18 * 1440),
        };
        let latest = END - 1 - self.chance.below(3_600_000) as i64;
        (at + lag as i64 * MINUTE).min(latest).max(at + MINUTE)
    }

    /// Posts a body in a channel.
    fn post(
        &mut self,
        channel: usize,
        at: i64,
        body: &str,
        label: (Role, &'static str, Vec<usize>),
    ) {
        let (role, kind, carries) = label;
        let from = &self.channels[channel];
        let text = from.post(body, at, at > START + 15 * DAY, &mut self.chance);
        self.posts.push(Labelled {
            channel,
            at,
            text,
            carries,
            role,
            kind,
            frame: from.style,
            forward_of: None,
            media: None,
        });
    }

    /// Real texts, and their copies.
    fn originals(&mut self) -> Vec<Published> {
        let mut published = Vec::new();
        for lang in Lang::ALL {
            for _ in 0..ORIGINALS * lang.of([40, 34, 26]) / 100 {
                let Some(body) = self.pools[lang as usize].bodies.pop() else { break };
                let statement = self.new_statement();
                let (channel, at) = (self.channel(lang, |_| true), self.minute());
                let shown = if self.chance.one_in(6) {
                    changes::marks(&body, &mut self.chance)
                } else {
                    body.clone()
                };
                self.post(channel, at, &shown, (Role::Original, "original", vec![statement]));
                self.copies(channel, &Published { statement, lang, body: body.clone(), at });
                published.push(Published { statement, lang, body, at });
            }
        }
        published
    }

    fn copies(&mut self, first: usize, of: &Published) {
        let mut at_share = self.chance.below(100);
        let repeats = REPEATS.iter().position(|share| {
            let within = at_share < *share;
            at_share = at_share.saturating_sub(*share);
            within
        });
        let (mut text, mut at) = (of.body.clone(), of.at);
        for _ in 0..repeats.unwrap_or(0) {
            let own = self.chance.one_in(8);
            let channel = self.channel(of.lang, |_| true);
            let channel = if own { first } else { channel };
            // one in five copies the copy before it, with what was done to that
            let chained = text != of.body && self.chance.one_in(5);
            if !chained {
                (text, at) = (of.body.clone(), of.at);
            }
            at = self.later(at);
            let kind = changes::kind(&mut self.chance);
            let more = &mut self.pools[of.lang as usize].shorts;
            let (changed, kind) = changes::change(&text, of.lang, kind, more, &mut self.chance);
            let kind = if chained { "combination" } else { kind };
            self.post(channel, at, &changed, (Role::Copy, kind, vec![of.statement]));
            // who copies a copy that lost words would carry less and less of the statement
            let lossy = ["cut", "sentence dropped", "combination"].contains(&kind);
            text = if lossy { of.body.clone() } else { changed };
        }
    }

    /// A post that looks like others; one of `again` is posted again with other signs.
    fn decoy(
        &mut self,
        (kind, again): (&'static str, usize),
        lang: Lang,
        (channel, at): (usize, i64),
        body: &str,
    ) {
        let statement = self.new_statement();
        self.post(channel, at, body, (Role::Decoy, kind, vec![statement]));
        if again > 0 && self.chance.one_in(again) {
            let (other, later) = (self.channel(lang, |_| true), self.later(at));
            let changed = self.other_signs(body, lang);
            self.post(other, later, &changed, (Role::Decoy, kind, vec![statement]));
        }
    }

    /// The body with every word in its place.
    fn other_signs(&mut self, body: &str, lang: Lang) -> String {
        let kind = self.chance.word(&SIGNS);
        changes::signs(body, lang, kind, &mut self.chance)
    }

    /// Digests of what was posted in the day before, of what no one else posts, and their copies.
    fn digests(&mut self, published: &[Published]) {
        for _ in 0..170 {
            let lang = Lang::ALL[[0, 0, 0, 0, 1, 1, 1, 2, 2, 2][self.chance.below(10)] as usize];
            let at = self.minute().max(START + DAY);
            let recent: Vec<&Published> = published
                .iter()
                .filter(|p| p.lang == lang && p.at < at && p.at > at - DAY)
                .collect();
            let mut carries: Vec<usize> = Vec::new();
            let mut items: Vec<String> = Vec::new();
            for _ in 0..3 + self.chance.below(5) {
                let fresh = recent.is_empty() || self.chance.one_in(4);
                if fresh {
                    let Some(body) = self.pools[lang as usize].bodies.pop() else { continue };
                    items.push(body);
                    carries.push(self.new_statement());
                } else {
                    // what many saw is taken more often: the first third of the day before
                    let most = if self.chance.one_in(2) { recent.len() } else { recent.len() / 3 };
                    let one = recent[self.chance.below(most)];
                    if !carries.contains(&one.statement) {
                        items.push(one.body.clone());
                        carries.push(one.statement);
                    }
                }
            }
            if items.len() < 2 {
                continue;
            }
            let shown: Vec<&str> = items.iter().map(String::as_str).collect();
            let body = digest::write(&shown, lang, &mut self.chance);
            let channel = self.channel(lang, |_| true);
            self.post(channel, at, &body, (Role::Digest, "digest", carries.clone()));
            if self.chance.one_in(6) {
                let (other, later) = (self.channel(lang, |_| true), self.later(at));
                let changed = self.other_signs(&body, lang);
                self.post(other, later, &changed, (Role::Digest, "digest", carries));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    /// The world of seed 1, made once.
    fn first() -> Option<&'static World> {
        static WORLD: OnceLock<Option<World>> = OnceLock::new();
        WORLD.get_or_init(|| world(1)).as_ref()
    }

    fn world(seed: u64) -> Option<World> {
        let world = build(&crate::data(), seed).unwrap();
        if world.posts.is_empty() {
            println!("SKIPPED: no shared data");
            return None;
        }
        Some(world)
    }

    #[test]
    fn a_seed_gives_one_world_and_another_seed_another() {
        let (Some(a), Some(b), Some(c)) = (first(), world(1), world(2)) else { return };
        let texts = |w: &World| w.posts.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(a), texts(&b));
        assert_ne!(texts(a), texts(&c));
    }

    #[test]
    fn a_world_has_its_size_and_every_kind() {
        let Some(world) = first() else { return };
        assert!((3000..7000).contains(&world.posts.len()), "{}", world.posts.len());
        let channels: BTreeSet<usize> = world.posts.iter().map(|p| p.channel).collect();
        assert!((25..=60).contains(&channels.len()), "{}", channels.len());
        let kinds: BTreeSet<&str> = world.posts.iter().map(|p| p.kind).collect();
        let others = ["original", "digest", "series", "short body", "quote", "formula", "topic"];
        for kind in changes::KINDS.iter().map(|(kind, _)| *kind).chain(others) {
            assert!(kinds.contains(kind), "{kind} is not there");
        }
        assert!(world.posts.is_sorted_by_key(|p| p.at));
        assert!(world.posts.iter().all(|p| (START..END).contains(&p.at)));
    }

    #[test]
    fn no_marker_of_a_wording_is_left() {
        let Some(world) = first() else { return };
        for post in &world.posts {
            for marker in
                ["<<n:", "<<f:", "<<day", "<<time", "<<city", "<<place", "<<when", "<<a>>"]
            {
                assert!(!post.text.contains(marker), "{}", post.text);
            }
            assert!(!post.text.trim().is_empty());
        }
    }

    #[test]
    fn texts_of_different_statements_are_different() {
        let Some(world) = first() else { return };
        let mut told = std::collections::BTreeMap::new();
        for post in world.posts.iter().filter(|p| p.role != Role::Digest) {
            let words = texts::keys(&post.text).join(" ");
            let before = told.insert(words, post.carries.clone());
            assert!(before.is_none_or(|b| b == post.carries), "{}", post.text);
        }
    }
}
