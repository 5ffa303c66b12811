//! Everything that was planted, counted from what was written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::dates::{ACTION_FROM, ACTION_TO, FLAGSHIP, FROM, MOVE, NINE, TAMTAM_2018, TO};
use super::statements::Statement;
use crate::Summary;
use crate::change::Change;
use crate::line::{DAY, Seconds, day_name, stamp};
use crate::world::{
    Actor, Draft, Keys, MATRIX, ROCKETCHAT, Role, Scene, TAMTAM, TELEGRAM, Tie, resolution,
};

/// Version of the file's shape.
const VERSION: u32 = 1;

/// What the truth is read from.
pub(super) struct Told<'a> {
    pub(super) scene: &'a Scene,
    pub(super) keys: &'a Keys,
    pub(super) statements: &'a [Statement],
    pub(super) seed: u64,
}

/// First appearances of a statement, by platform.
type Firsts = BTreeMap<&'static str, Seconds>;

impl Told<'_> {
    pub(super) fn all(&self, summary: &Summary) -> Value {
        let firsts = self.firsts();
        json!({
            "truth": VERSION,
            "world": "article",
            "seed": self.seed,
            "window": {"from": stamp(FROM), "to": stamp(TO)},
            "lines": {
                "posts": summary.posts, "channel_observations": summary.observations,
                "coverage": summary.coverage, "events": summary.events,
            },
            "channels": summary.channels,
            "network": self.network(),
            "move": {"from": TELEGRAM, "to": TAMTAM, "at": stamp(MOVE)},
            "action_days": {"from": stamp(ACTION_FROM), "to": stamp(ACTION_TO), "platform": TELEGRAM},
            "primacy": {
                "whole": primacy(firsts.values(), |_| true),
                "since_move": primacy(firsts.values(), |first| first >= MOVE),
                "before_move": primacy(firsts.values(), |first| first < MOVE),
            },
            "flagship": self.flagship(&firsts),
            "new_channels": self.new_channels(),
            "nine": {"platform": TAMTAM, "day": day_name(NINE), "new_channels": 9},
            "attempts": self.attempts(),
            "audience": {"channel": "tamtam:mawsim", "subscribers_max": 1100},
            "links": self.links(),
            "activity": self.activity(),
            "removals": self.removals(),
            "gaps": self.scene.gaps.iter().map(|gap| json!({
                "platform": gap.platform, "from": stamp(gap.from), "to": stamp(gap.to),
            })).collect::<Vec<_>>(),
            "statements": self.memberships(),
            "quotes": self.quotes(),
        })
    }

    fn drafts(&self) -> impl Iterator<Item = (usize, &Draft, &Actor)> {
        self.keys.order.iter().filter_map(|&nth| {
            let draft = self.scene.drafts.get(nth)?;
            Some((nth, draft, self.scene.actors.get(draft.actor)?))
        })
    }

    fn post_key(&self, nth: usize, actor: &Actor) -> String {
        format!("{}/{}", actor.key(), self.keys.id(nth))
    }

    /// Whole copies only: digests and excerpts are no appearance.
    fn firsts(&self) -> BTreeMap<usize, Firsts> {
        let mut firsts: BTreeMap<usize, Firsts> = BTreeMap::new();
        for (_, draft, actor) in self.drafts() {
            let Tie::Statement(number, change) = draft.tie else { continue };
            if change.is_whole() {
                let first =
                    firsts.entry(number).or_default().entry(actor.platform).or_insert(draft.at);
                *first = draft.at.min(*first);
            }
        }
        firsts
    }

    fn network(&self) -> Value {
        let members = self.scene.actors.iter().filter(|actor| actor.in_network());
        let mut platforms: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut officials = Vec::new();
        for actor in members.clone() {
            platforms.entry(actor.platform).or_default().push(actor.key());
            if actor.role == Role::Official {
                officials.push(actor.key());
            }
        }
        let of_the_nine =
            |actor: &&Actor| actor.platform == TAMTAM && actor.role == Role::Affiliate;
        let affiliates: Vec<String> = members.filter(of_the_nine).map(Actor::key).collect();
        json!({"officials": officials, "nine_affiliates": affiliates, "channels": platforms})
    }

    fn flagship(&self, firsts: &BTreeMap<usize, Firsts>) -> Value {
        let number = self.statements.iter().position(|statement| statement.at == FLAGSHIP);
        let first = number.and_then(|number| firsts.get(&number));
        json!({
            "statement": number.map(name),
            "first_at": first.map(|first| {
                first.iter().map(|(platform, at)| (*platform, stamp(*at))).collect::<BTreeMap<_, _>>()
            }),
        })
    }

    fn new_channels(&self) -> Value {
        let rows = |births: Vec<(String, String, u64)>| -> Vec<Value> {
            births.into_iter().map(|(platform, day, count)| {
                json!({"platform": platform, "day": day, "new_channels": count})
            }).collect()
        };
        let since_move = |actor: &&Actor| actor.platform == TAMTAM && actor.created >= MOVE;
        json!({
            "network": rows(self.scene.births(Actor::in_network)),
            "all": rows(self.scene.births(|_| true)),
            "tamtam_since_move": self.scene.actors.iter().filter(since_move).count(),
        })
    }

    fn attempts(&self) -> Vec<Value> {
        let all = [
            (TELEGRAM, (FROM, TO), "active"),
            (TAMTAM, TAMTAM_2018, "removed"),
            (MATRIX, super::dates::MATRIX_2018, "left"),
            (ROCKETCHAT, super::dates::ROCKETCHAT_2018, "left"),
            (TAMTAM, (MOVE, TO), "active"),
        ];
        all.into_iter().map(|(platform, span, end)| self.attempt(platform, span, end)).collect()
    }

    fn attempt(&self, platform: &str, (from, to): (Seconds, Seconds), end: &str) -> Value {
        let mut channels = BTreeSet::new();
        let (mut posts, mut times, mut statements) = (0u64, Vec::new(), BTreeSet::new());
        for (_, draft, actor) in self.drafts() {
            let here = actor.platform == platform && actor.in_network();
            if here && (from..to).contains(&draft.at) {
                channels.insert(draft.actor);
                posts += 1;
                times.push(draft.at);
                if let Tie::Statement(number, _) = draft.tie {
                    statements.insert(number);
                }
            }
        }
        let subscribers =
            channels.iter().filter_map(|&a| Some(self.scene.actors.get(a)?.subscribers));
        json!({
            "platform": platform,
            "first_at": times.iter().min().map(|at| stamp(*at)),
            "last_at": times.iter().max().map(|at| stamp(*at)),
            "channels_total": channels.len(), "posts": posts, "statements": statements.len(),
            "subscribers_of_largest": subscribers.max(), "end": end,
        })
    }

    fn links(&self) -> Value {
        let share = |from: Seconds, to: Seconds| -> Value {
            let (mut posts, mut linked) = (0u64, 0u64);
            for (_, draft, actor) in self.drafts() {
                if actor.in_network() && (from..to).contains(&draft.at) {
                    posts += 1;
                    linked += u64::from(!draft.links.is_empty());
                }
            }
            json!({"posts": posts, "with_links": linked, "share": linked as f64 / posts.max(1) as f64})
        };
        json!({"before": share(FROM, MOVE), "after": share(MOVE, TO)})
    }

    fn activity(&self) -> Value {
        let a_day = |from: Seconds, to: Seconds| -> f64 {
            let here = |(_, draft, actor): &(usize, &Draft, &Actor)| {
                actor.platform == TELEGRAM && actor.in_network() && (from..to).contains(&draft.at)
            };
            self.drafts().filter(here).count() as f64 / ((to - from) as f64 / DAY as f64)
        };
        let before = a_day(ACTION_FROM - 30 * DAY, ACTION_FROM);
        let after = a_day(ACTION_TO, TO);
        json!({"platform": TELEGRAM, "posts_a_day_before": before, "posts_a_day_after": after,
               "ratio": after / before})
    }

    fn removals(&self) -> Value {
        let gone = |platform: &str, from: Seconds| {
            let is = |actor: &&Actor| {
                actor.platform == platform && actor.gone.is_some_and(|gone| gone >= from)
            };
            self.scene.actors.iter().filter(is).count()
        };
        let before = |actor: &&Actor| {
            actor.platform == TELEGRAM && actor.in_network() && actor.created < ACTION_FROM
        };
        json!({
            "telegram_network_before": self.scene.actors.iter().filter(before).count(),
            "telegram_gone": gone(TELEGRAM, ACTION_FROM),
            "tamtam_gone_since_move": gone(TAMTAM, MOVE),
        })
    }

    fn memberships(&self) -> Vec<Value> {
        let mut posts: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        let mut digests: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (nth, draft, actor) in self.drafts() {
            let key = self.post_key(nth, actor);
            match &draft.tie {
                Tie::Statement(number, change) => {
                    posts.entry(*number).or_default().push(member(&key, draft, *change));
                }
                Tie::Digest(numbers) => {
                    for number in numbers {
                        digests.entry(*number).or_default().push(key.clone());
                    }
                }
                Tie::Own | Tie::Quote(_) => {}
            }
        }
        let statements = self.statements.iter().enumerate();
        statements
            .map(|(number, statement)| {
                json!({
                    "statement": name(number),
                    "topic": statement.topic.as_str(),
                    "lang": statement.language.tag(),
                    "by_network": statement.by_network,
                    "posts": posts.remove(&number).unwrap_or_default(),
                    "digests": digests.remove(&number).unwrap_or_default(),
                })
            })
            .collect()
    }

    fn quotes(&self) -> Vec<Value> {
        self.drafts()
            .filter_map(|(nth, draft, actor)| match draft.tie {
                Tie::Quote(number) => {
                    Some(json!({"post": self.post_key(nth, actor), "statement": name(number)}))
                }
                _ => None,
            })
            .collect()
    }
}

fn member(key: &str, draft: &Draft, change: Change) -> Value {
    json!({"post": key, "published_at": stamp(draft.at), "change": change.as_str()})
}

fn name(number: usize) -> String {
    format!("s{number:04}")
}

/// Who was first, by the contract's intervals: A before B if B's begins no earlier than A's ends.
fn primacy<'a>(
    all: impl Iterator<Item = &'a Firsts>,
    counted: impl Fn(Seconds) -> bool,
) -> Vec<Value> {
    let mut pairs: BTreeMap<(&str, &str), [u64; 3]> = BTreeMap::new();
    for firsts in all.filter(|firsts| firsts.values().min().is_some_and(|first| counted(*first))) {
        for (a, a_at) in firsts {
            for (b, b_at) in firsts.iter().filter(|(b, _)| a < *b) {
                let counts = pairs.entry((a, b)).or_default();
                let outcome = if *b_at >= a_at + resolution(a) {
                    0
                } else if *a_at >= b_at + resolution(b) {
                    1
                } else {
                    2
                };
                if let Some(count) = counts.get_mut(outcome) {
                    *count += 1;
                }
            }
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>()));
    pairs
        .into_iter()
        .map(|((a, b), [a_first, b_first, undecided])| {
            let ((leader, leads), (follower, follows)) = if a_first >= b_first {
                ((a, a_first), (b, b_first))
            } else {
                ((b, b_first), (a, a_first))
            };
            json!({
                "leader": leader, "follower": follower, "statements": leads + follows + undecided,
                "leader_first": leads, "follower_first": follows, "undecided": undecided,
            })
        })
        .collect()
}
