//! What every small world is made of: actors, their posts, and what an observer sees of them.

use std::io::{self, Write};

use crate::Summary;
use crate::change::{Change, Frame};
use crate::grammar::Language;
use crate::line::{
    ChannelLine, CoverageLine, DAY, EventLine, ForwardLine, HOUR, Line, MINUTE, PostLine, Seconds,
    day_name, stamp, write_line,
};

pub(crate) const TELEGRAM: &str = "telegram";
pub(crate) const TAMTAM: &str = "tamtam";
pub(crate) const MATRIX: &str = "matrix";
pub(crate) const ROCKETCHAT: &str = "rocketchat";

/// What a channel is in its world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The network's first voice on a platform.
    Official,
    /// A branch of the network with a subject of its own.
    Affiliate,
    /// Passes on what the network says.
    Mirror,
    /// Stands outside.
    Independent,
}

/// A channel.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) platform: &'static str,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) role: Role,
    pub(crate) language: Language,
    pub(crate) created: Seconds,
    /// Last instant with posts.
    pub(crate) last: Seconds,
    /// When the platform removed it.
    pub(crate) gone: Option<Seconds>,
    /// Share of the statements around that it carries.
    pub(crate) carries: f64,
    /// Own posts a day.
    pub(crate) own_a_day: f64,
    /// Hour of the day around which it posts.
    pub(crate) hour: i64,
    pub(crate) frame: Option<Frame>,
    pub(crate) subscribers: u64,
    /// Days until it has them all.
    pub(crate) growth_d: f64,
}

impl Actor {
    /// Whether it can post at an instant.
    pub(crate) fn posts_at(&self, at: Seconds) -> bool {
        self.created <= at && at < self.last
    }

    pub(crate) fn in_network(&self) -> bool {
        self.role != Role::Independent
    }

    /// `platform:id`, as the contract writes it.
    pub(crate) fn key(&self) -> String {
        format!("{}:{}", self.platform, self.id)
    }

    fn subscribers_at(&self, at: Seconds) -> u64 {
        let age_d = (at - self.created) as f64 / DAY as f64;
        let grown = (age_d / self.growth_d).clamp(0.0, 1.0).powf(0.6);
        (self.subscribers as f64 * grown).round() as u64
    }
}

/// Why a post says what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tie {
    /// In its own words.
    Own,
    /// Carries a statement.
    Statement(usize, Change),
    /// Strings several statements together.
    Digest(Vec<usize>),
    /// Own words with a few words of a statement in them.
    Quote(usize),
}

/// A post before ids are given.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) actor: usize,
    pub(crate) at: Seconds,
    pub(crate) text: String,
    pub(crate) language: Language,
    pub(crate) links: Vec<String>,
    /// Position of the draft that it forwards.
    pub(crate) forward: Option<usize>,
    pub(crate) tie: Tie,
}

/// A stretch in which the observer saw nothing of a platform.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) platform: &'static str,
    pub(crate) from: Seconds,
    pub(crate) to: Seconds,
}

/// Something that somebody says happened.
pub(crate) struct Claim {
    pub(crate) name: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) source: &'static str,
    pub(crate) says: &'static str,
}

/// A small world, whole in memory.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) actors: Vec<Actor>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) from: Seconds,
    pub(crate) to: Seconds,
    /// Channels are looked at daily from here on, every second week before.
    pub(crate) close_watch: Seconds,
}

/// How coarse a platform's clock is, in seconds.
pub(crate) fn resolution(platform: &str) -> Seconds {
    if platform == TELEGRAM || platform == TAMTAM { MINUTE } else { 1 }
}

fn poll(platform: &str) -> Seconds {
    if platform == TELEGRAM { 5 * MINUTE } else { MINUTE }
}

/// What the platform shows of an instant.
pub(crate) fn shown(platform: &str, at: Seconds) -> Seconds {
    at - at.rem_euclid(resolution(platform))
}

impl Scene {
    /// Adds a post and says where it landed.
    pub(crate) fn post(&mut self, mut draft: Draft) -> usize {
        let platform = self.actors.get(draft.actor).map_or("", |actor| actor.platform);
        draft.at = shown(platform, draft.at);
        self.drafts.push(draft);
        self.drafts.len() - 1
    }

    /// Post keys by draft: ids run in time order within a channel.
    pub(crate) fn keys(&self) -> Keys {
        let mut order: Vec<usize> = (0..self.drafts.len()).collect();
        order.sort_by_key(|&nth| self.drafts.get(nth).map_or((0, 0), |draft| (draft.at, nth)));
        let mut counts = vec![0u64; self.actors.len()];
        let mut ids = vec![0u64; self.drafts.len()];
        for &nth in &order {
            let Some(draft) = self.drafts.get(nth) else { continue };
            if let (Some(count), Some(id)) = (counts.get_mut(draft.actor), ids.get_mut(nth)) {
                *count += 1;
                *id = *count;
            }
        }
        Keys { order, ids }
    }

    /// Writes everything that the observer saw, in the order of time.
    pub(crate) fn write(&self, keys: &Keys, out: &mut dyn Write) -> io::Result<Summary> {
        let mut summary = Summary { channels: self.actors.len() as u64, ..Summary::default() };
        for claim in &self.claims {
            write_line(out, &claim.line())?;
            summary.events += 1;
        }
        summary.coverage = self.write_coverage(out)?;
        let looks = self.looks();
        let mut upcoming = looks.iter().peekable();
        for &nth in &keys.order {
            let Some(draft) = self.drafts.get(nth) else { continue };
            while let Some(look) = upcoming.next_if(|look| look.at <= draft.at) {
                self.write_look(look, out)?;
            }
            self.write_post(nth, keys, out)?;
            summary.posts += 1;
        }
        for look in upcoming {
            self.write_look(look, out)?;
        }
        summary.observations = looks.len() as u64;
        Ok(summary)
    }

    fn write_post(&self, nth: usize, keys: &Keys, out: &mut dyn Write) -> io::Result<()> {
        let Some(draft) = self.drafts.get(nth) else { return Ok(()) };
        let Some(actor) = self.actors.get(draft.actor) else { return Ok(()) };
        let poll_s = poll(actor.platform);
        // Spread over the poll without a draw of its own: the same post is always seen at the same moment.
        let wait = 3 + (nth as i64 * 37) % poll_s;
        let seen = self.seen_at(actor.platform, draft.at + resolution(actor.platform) + wait);
        let line = PostLine {
            platform: actor.platform,
            channel: &actor.id,
            id: keys.id(nth).to_string(),
            published_at: stamp(draft.at),
            published_resolution_s: resolution(actor.platform),
            observed_at: stamp(seen),
            observed_prev_at: Some(stamp((seen - poll_s).min(draft.at))),
            text: &draft.text,
            lang: draft.language.tag(),
            forward_of: draft.forward.and_then(|origin| self.forward_line(origin, keys)),
            links: &draft.links,
            views: Some(actor.subscribers_at(draft.at + DAY) * (31 + nth as u64 % 59) / 100),
        };
        write_line(out, &Line::Post(line))
    }

    fn forward_line(&self, origin: usize, keys: &Keys) -> Option<ForwardLine<'_>> {
        let draft = self.drafts.get(origin)?;
        let actor = self.actors.get(draft.actor)?;
        Some(ForwardLine {
            platform: actor.platform,
            channel: &actor.id,
            id: keys.id(origin).to_string(),
            published_at: stamp(draft.at),
        })
    }

    /// A post that falls into a gap is seen when the gap is over.
    fn seen_at(&self, platform: &str, at: Seconds) -> Seconds {
        let gap = self.gaps.iter().find(|gap| gap.platform == platform && gap.covers(at));
        gap.map_or(at, |gap| gap.to + at.rem_euclid(5 * MINUTE))
    }

    /// When somebody looked at which channel.
    fn looks(&self) -> Vec<Look> {
        let mut looks = Vec::new();
        for (position, actor) in self.actors.iter().enumerate() {
            let start = actor.created.max(self.from) + HOUR;
            let mut at = start - start.rem_euclid(HOUR) + 12 * MINUTE;
            while at < self.to {
                looks.push(Look { at, actor: position });
                if actor.gone.is_some_and(|gone| gone <= at) {
                    break; // one look that finds nothing is enough
                }
                let close =
                    at >= self.close_watch || actor.gone.is_some_and(|gone| gone < at + 14 * DAY);
                at += if close { DAY } else { 14 * DAY };
            }
        }
        looks.sort_by_key(|look| (look.at, look.actor));
        looks
    }

    fn write_look(&self, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let Some(actor) = self.actors.get(look.actor) else { return Ok(()) };
        let gone = actor.gone.is_some_and(|gone| gone <= look.at);
        let line = ChannelLine {
            platform: actor.platform,
            channel: &actor.id,
            handle: &actor.id,
            title: &actor.title,
            created_at: stamp(actor.created),
            observed_at: stamp(look.at),
            subscribers: (!gone).then(|| actor.subscribers_at(look.at)),
            status: if gone { "gone" } else { "alive" },
            visibility: "public",
        };
        write_line(out, &Line::Channel(line))
    }

    /// One stretch of watching per channel, interrupted by the platform's gaps.
    fn write_coverage(&self, out: &mut dyn Write) -> io::Result<u64> {
        let mut lines = 0;
        for actor in &self.actors {
            let end = actor.gone.unwrap_or(self.to).min(self.to);
            let mut from = actor.created.max(self.from);
            for gap in self.gaps.iter().filter(|gap| gap.platform == actor.platform) {
                if from < gap.from && gap.to < end {
                    write_stretch(actor, (from, gap.from, "ok"), out)?;
                    write_stretch(actor, (gap.from, gap.to, "failed"), out)?;
                    from = gap.to;
                    lines += 2;
                }
            }
            write_stretch(actor, (from, end, "ok"), out)?;
            lines += 1;
        }
        Ok(lines)
    }

    /// First appearances of a set of channels, counted by platform and day.
    pub(crate) fn births(&self, counted: impl Fn(&Actor) -> bool) -> Vec<(String, String, u64)> {
        let mut births = std::collections::BTreeMap::new();
        let inside = |actor: &&Actor| actor.created >= self.from;
        for actor in self.actors.iter().filter(inside).filter(|actor| counted(actor)) {
            let day = (actor.platform.to_owned(), day_name(actor.created));
            *births.entry(day).or_insert(0u64) += 1;
        }
        births.into_iter().map(|((platform, day), count)| (platform, day, count)).collect()
    }
}

fn write_stretch(
    actor: &Actor,
    (from, to, outcome): (Seconds, Seconds, &str),
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = CoverageLine {
        platform: actor.platform,
        channel: Some(&actor.id),
        from: stamp(from),
        to: stamp(to),
        poll_s: poll(actor.platform),
        outcome,
    };
    write_line(out, &Line::Coverage(line))
}

/// Who looked when.
struct Look {
    at: Seconds,
    actor: usize,
}

/// Posts in time order, and the id each got in its channel.
pub(crate) struct Keys {
    pub(crate) order: Vec<usize>,
    ids: Vec<u64>,
}

impl Keys {
    pub(crate) fn id(&self, draft: usize) -> u64 {
        self.ids.get(draft).copied().unwrap_or(0)
    }
}

impl Gap {
    fn covers(&self, at: Seconds) -> bool {
        self.from <= at && at < self.to
    }
}

impl Claim {
    fn line(&self) -> Line<'_> {
        Line::Event(EventLine {
            name: self.name,
            platform: self.platform,
            from: self.from,
            to: self.to,
            source: self.source,
            claim: self.says,
        })
    }
}
