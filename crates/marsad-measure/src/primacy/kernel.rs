//! Who was first, counted: integers in, integers out.

use rayon::prelude::*;

use crate::scope::Selected;
use crate::study::{Study, gallop};

/// A side's earliest post of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Appearance {
    /// Position of the side in the order of names.
    pub(super) side: u32,
    /// First instant at which it can have been published.
    pub(super) start: i64,
    /// First instant at which it must have been.
    pub(super) end: i64,
    /// Row of the post.
    pub(super) post: u32,
    /// Channels of the side that published the statement.
    pub(super) channels: u32,
}

impl Appearance {
    /// Twice the middle of the interval, so that halves stay whole.
    fn twice_middle(&self) -> i64 {
        self.start + self.end
    }

    /// Seconds by which `later` follows, from the middles of both intervals.
    pub(super) fn lag_to(&self, later: &Self) -> f64 {
        (later.twice_middle() - self.twice_middle()) as f64 / 2000.0
    }
}

/// Appearances of the statements that have at least two sides.
pub(super) struct Table {
    sides: usize,
    ends: Vec<usize>,
    appearances: Vec<Appearance>,
    /// For each side: positions in `appearances` together with the statement's.
    by_side: Vec<Vec<(u32, u32)>>,
}

/// How often each of two sides was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// The side that comes first by name.
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) a_first: u32,
    pub(super) b_first: u32,
    pub(super) undecided: u32,
}

impl Table {
    /// One pass over the statements; `side_of` names the side of a channel.
    pub(super) fn new(
        study: &Study<'_>,
        selected: &Selected<'_>,
        side_of: &[u32],
        auto: bool,
    ) -> Self {
        let sides = side_of.iter().max().map_or(0, |most| *most as usize + 1);
        let per_statement: Vec<Vec<Appearance>> = study
            .statements()
            .par_iter()
            .filter(|statement| statement.members.len() > 1)
            .map(|statement| {
                let first = statement.members.first().map_or(0, |member| member.post);
                let mut seen: Vec<(Appearance, u32)> = Vec::new();
                if !selected.time(study.time(first)) {
                    return Vec::new();
                }
                for member in Study::appearances(statement) {
                    if selected.post(study, member.post) {
                        let (start, end) = study.interval(member.post, auto);
                        let channel = study.channel(member.post);
                        let side = side_of.get(channel as usize).copied().unwrap_or(0);
                        let post = member.post;
                        seen.push((Appearance { side, start, end, post, channels: 1 }, channel));
                    }
                }
                earliest_of_each_side(seen)
            })
            .filter(|seen| seen.len() > 1)
            .collect();
        let mut table = Self {
            sides,
            ends: Vec::new(),
            appearances: Vec::new(),
            by_side: vec![Vec::new(); sides],
        };
        for (statement, seen) in per_statement.into_iter().enumerate() {
            for appearance in seen {
                let at = table.appearances.len() as u32;
                if let Some(side) = table.by_side.get_mut(appearance.side as usize) {
                    side.push((statement as u32, at));
                }
                table.appearances.push(appearance);
            }
            table.ends.push(table.appearances.len());
        }
        table
    }

    /// Every pair of sides that shares a statement, by a and b.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let fresh = || (vec![[0u32; 3]; self.sides], Vec::<u32>::new());
        (0..self.sides as u32)
            .into_par_iter()
            .map_init(fresh, |(counts, touched), a| {
                for (statement, at) in self.by_side.get(a as usize).into_iter().flatten() {
                    let Some(own) = self.appearances.get(*at as usize) else { continue };
                    for other in self.after(*statement, *at) {
                        let Some(count) = counts.get_mut(other.side as usize) else { continue };
                        if *count == [0; 3] {
                            touched.push(other.side);
                        }
                        count[order(own, other)] += 1;
                    }
                }
                touched.sort_unstable();
                let mut pairs = Vec::with_capacity(touched.len());
                for b in touched.drain(..) {
                    let Some(count) = counts.get_mut(b as usize) else { continue };
                    let [a_first, b_first, undecided] = std::mem::take(count);
                    pairs.push(Pair { a, b, a_first, b_first, undecided });
                }
                pairs
            })
            .flatten_iter()
            .collect()
    }

    /// Appearances of the same statement by sides that come later by name.
    fn after(&self, statement: u32, at: u32) -> &[Appearance] {
        let end = self.ends.get(statement as usize).copied().unwrap_or(0);
        self.appearances.get(at as usize + 1..end).unwrap_or(&[])
    }

    /// Both sides' appearances of what they share, in the order of the statements' first posts.
    pub(super) fn shared(&self, a: u32, b: u32) -> Vec<(Appearance, Appearance)> {
        let side = |side: u32| self.by_side.get(side as usize).map_or(&[][..], Vec::as_slice);
        let (one, other) = (side(a), side(b));
        let turned = one.len() > other.len();
        let (short, long) = if turned { (other, one) } else { (one, other) };
        let mut shared = Vec::new();
        let mut rest = long;
        for (statement, at) in short {
            // The short list leads, so that a small channel beside a huge one costs little.
            rest = rest.get(gallop(rest, |(found, _)| found < statement)..).unwrap_or(&[]);
            let Some((found, at_found)) = rest.first() else { break };
            if found != statement {
                continue;
            }
            let (at_a, at_b) = if turned { (at_found, at) } else { (at, at_found) };
            let appearance = |at: &u32| self.appearances.get(*at as usize).copied();
            if let (Some(x), Some(y)) = (appearance(at_a), appearance(at_b)) {
                shared.push((x, y));
            }
        }
        shared
    }
}

/// The earliest appearance of each side, by side, with its number of channels.
fn earliest_of_each_side(mut seen: Vec<(Appearance, u32)>) -> Vec<Appearance> {
    seen.sort_unstable_by_key(|(a, channel)| (a.side, a.start, a.end, *channel, a.post));
    let mut sides = Vec::new();
    for group in seen.chunk_by(|(a, _), (b, _)| a.side == b.side) {
        let mut channels: Vec<u32> = group.iter().map(|(_, channel)| *channel).collect();
        channels.sort_unstable();
        channels.dedup();
        let first = group.first().map(|(first, _)| *first);
        sides.extend(first.map(|first| Appearance { channels: channels.len() as u32, ..first }));
    }
    sides
}

/// 0: `a` first, 1: `b` first, 2: undecided. One is first if the other's interval begins no earlier
/// than its own ends.
pub(super) fn order(a: &Appearance, b: &Appearance) -> usize {
    if b.start >= a.end {
        0
    } else if a.start >= b.end {
        1
    } else {
        2
    }
}
