//! Small worlds for tests: hand-made posts, and generated ones with known truth.

use marsad_matching::Prints;
use marsad_stats::Random;
use marsad_types::{
    Channel, ChannelKey, Corpus, Coverage, NONE, Outcome, Platform, Status, Timestamp,
};

use crate::{ArchiveRef, Study};

pub(crate) const DAY: i64 = Timestamp::DAY_MS;
pub(crate) const MINUTE: i64 = 60_000;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    channel: ChannelKey,
    id: String,
    at: i64,
    resolution_ms: u32,
    text: String,
    gone: i64,
    forward: Option<ChannelKey>,
    links: Vec<String>,
}

/// Posts and observations to be.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    drafts: Vec<Draft>,
    pub(crate) observations: Vec<Channel>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) taken: Vec<marsad_types::Taken>,
}

pub(crate) fn key(name: &str) -> ChannelKey {
    name.parse().unwrap()
}

pub(crate) fn time(written: &str) -> i64 {
    written.parse::<Timestamp>().unwrap().0
}

impl World {
    pub(crate) fn post(&mut self, channel: &str, at: i64, text: &str) {
        self.post_at(channel, at, 0, text);
    }

    pub(crate) fn post_at(&mut self, channel: &str, at: i64, resolution_ms: u32, text: &str) {
        let id = format!("{}", self.drafts.len() + 1);
        let text = text.to_owned();
        let channel = key(channel);
        let (forward, links) = (None, Vec::new());
        let gone = i64::MIN;
        self.drafts.push(Draft { channel, id, at, resolution_ms, text, gone, forward, links });
    }

    /// A post with an id of its own.
    pub(crate) fn post_as(&mut self, channel: &str, id: &str, at: i64, text: &str) {
        self.post(channel, at, text);
        self.drafts.last_mut().unwrap().id = id.to_owned();
    }

    /// The posts with this id were found missing.
    pub(crate) fn gone(&mut self, id: &str, at: i64) {
        self.drafts.iter_mut().filter(|draft| draft.id == id).for_each(|draft| draft.gone = at);
    }

    /// The last post is a forward.
    pub(crate) fn forwarded(&mut self, from: &str) {
        self.drafts.last_mut().unwrap().forward = Some(key(from));
    }

    /// The last post has a link beside its text.
    pub(crate) fn linked(&mut self, to: &str) {
        self.drafts.last_mut().unwrap().links.push(to.to_owned());
    }

    pub(crate) fn seen(&mut self, channel: &str, at: i64, status: Status) -> &mut Channel {
        let mut seen = Channel::seen(key(channel), Timestamp(at));
        seen.status = status;
        self.observations.push(seen);
        self.observations.last_mut().unwrap()
    }

    pub(crate) fn watched(&mut self, channel: &str, from: i64, to: i64) {
        let ChannelKey { platform, id } = key(channel);
        self.coverage.push(Coverage {
            platform,
            channel: Some(id),
            from: Timestamp(from),
            to: Timestamp(to),
            poll_s: Some(60),
            outcome: Outcome::Ok,
            line: 0,
        });
    }

    /// Everything of another world too, with ids that this one does not have.
    pub(crate) fn join(&mut self, other: Self) {
        let renamed = |draft: Draft| Draft { id: format!("o{}", draft.id), ..draft };
        self.drafts.extend(other.drafts.into_iter().map(renamed));
        self.observations.extend(other.observations);
        self.coverage.extend(other.coverage);
        self.taken.extend(other.taken);
    }

    pub(crate) fn shuffle(&mut self, seed: u64) {
        let mut random = Random::new(seed);
        random.shuffle(&mut self.drafts);
        random.shuffle(&mut self.observations);
    }

    /// The columns, in the order that the lake promises for posts; channels as they come.
    pub(crate) fn corpus(&self) -> Corpus {
        let mut corpus = Corpus::default();
        for draft in &self.drafts {
            corpus.channels.intern(&draft.channel);
        }
        let mut sorted: Vec<&Draft> = self.drafts.iter().collect();
        sorted.sort_by(|a, b| (a.at, &a.channel, &a.id).cmp(&(b.at, &b.channel, &b.id)));
        for draft in sorted {
            let posts = &mut corpus.posts;
            posts.channel.push(corpus.channels.intern(&draft.channel));
            posts.post.push(&draft.id);
            posts.published_at.push(draft.at);
            posts.resolution_ms.push(draft.resolution_ms);
            posts.observed_first.push(i64::MIN);
            posts.deleted_at.push(draft.gone);
            posts.text.push(&draft.text);
            posts.forward.push(corpus.forwards.channel.len() as u32);
            match &draft.forward {
                Some(origin) => {
                    corpus.forwards.channel.push(corpus.channels.intern(origin));
                    corpus.forwards.post.push("");
                    corpus.forwards.published_at.push(i64::MIN);
                }
                None => *posts.forward.last_mut().unwrap() = NONE,
            }
            let row = posts.forward.len() as u32 - 1;
            posts.links.extend(draft.links.iter().map(|link| (row, link.clone())));
        }
        for seen in &self.observations {
            corpus.channels.intern(&seen.key);
        }
        corpus.taken.clone_from(&self.taken);
        corpus.observations.clone_from(&self.observations);
        corpus.observations.sort_by(|a, b| (&a.key, a.observed_at).cmp(&(&b.key, b.observed_at)));
        corpus.coverage.clone_from(&self.coverage);
        corpus.coverage.sort_by(|a, b| {
            (&a.platform, &a.channel, a.from).cmp(&(&b.platform, &b.channel, b.from))
        });
        corpus
    }
}

pub(crate) fn study(corpus: &Corpus) -> Study<'_> {
    let archive = ArchiveRef { version: 3, log_size: 7, root: "ab".repeat(32) };
    Study::new(corpus, &Prints::of(corpus), archive, 0.8)
}

pub(crate) fn platform(name: &str) -> Platform {
    Platform::new(name).unwrap()
}

/// A sentence nobody else writes.
pub(crate) fn sentence(random: &mut Random) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ko", "ri", "tem", "lun", "sa", "vor", "mi", "del", "pan", "gu", "hes", "or", "ny",
        "fal", "ti",
    ];
    let words: Vec<String> = (0..14)
        .map(|_| (0..3).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect())
        .collect();
    words.join(" ")
}

/// How fast channels of a quiet world repeat the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// All alike: nobody is first but by chance.
    Even,
    /// Fast and slow ones: some are usually first, but none belong together.
    Mixed,
}

/// Independent channels on clocks of seconds and of minutes, born at random; they write their own,
/// and repeat common news each by itself.
pub(crate) fn quiet(seed: u64, pace: Pace) -> World {
    let mut random = Random::new(seed);
    let mut world = World::default();
    let start = time("2019-10-01T00:00:00Z");
    let days = 60.0;
    let news: Vec<(i64, String, f64)> = (0..60)
        .map(|_| {
            let at = start + (random.unit() * days * DAY as f64) as i64;
            (at, sentence(&mut random), random.unit().powi(2) * 0.8)
        })
        .collect();
    for channel in 0..24 {
        // Half of all channels are on one platform.
        let platform = ["telegram", "telegram", "tamtam", "matrix"][channel % 4];
        let name = format!("{platform}:weather{channel}");
        let minutes = channel % 5 == 1;
        let stated = channel % 10 == 1;
        let clock =
            |at: i64| if minutes { at - at.rem_euclid(MINUTE) } else { at - at.rem_euclid(1000) };
        let resolution = if stated { 60_000 } else { 0 };
        let born = start + (random.unit() * 60.0 * DAY as f64) as i64;
        world.seen(&name, start + 60 * DAY, Status::Alive).created_at = Some(Timestamp(born));
        let mean_s = match pace {
            Pace::Even => 3600.0,
            Pace::Mixed => [90.0, 3600.0, 14_400.0][random.below(3)],
        };
        for _ in 0..20 + random.below(60) {
            let at = born + (random.unit() * ((start + 60 * DAY - born) as f64)) as i64;
            world.post_at(&name, clock(at), resolution, &sentence(&mut random));
        }
        for (at, text, popularity) in &news {
            let lag = -random.unit().max(1e-9).ln() * mean_s * 1000.0;
            if *at > born && random.unit() < *popularity {
                world.post_at(&name, clock(at + lag as i64), resolution, text);
            }
        }
    }
    world
}

/// The official channels and their supporters, attempts elsewhere, and bystanders.
/// Telegram all along; matrix a year before, small; tamtam short in April 2018, then from 29
/// November 2019 with nine affiliates on 1 December.
pub(crate) fn moving(seed: u64) -> World {
    let mut random = Random::new(seed);
    let mut world = World::default();
    let start = time("2018-03-01T00:00:00Z");
    let end = time("2019-12-15T00:00:00Z");
    let tamtam = time("2019-11-29T08:00:00Z");
    let mut cast: Vec<(String, i64, i64, f64)> = vec![
        ("telegram:official".into(), start, end, 1.0),
        ("tamtam:official".into(), tamtam, end, 0.95),
        ("matrix:official".into(), time("2018-12-05T00:00:00Z"), time("2019-01-20T00:00:00Z"), 0.4),
        ("tamtam:early".into(), time("2018-04-10T00:00:00Z"), time("2018-04-18T00:00:00Z"), 0.35),
    ];
    for n in 0..10 {
        cast.push((format!("telegram:friend{n}"), start + n * 20 * DAY, end, 0.5));
    }
    for n in 0..9 {
        let born = time("2019-12-01T09:00:00Z") + n * 7 * MINUTE;
        cast.push((format!("tamtam:affiliate{n}"), born, end, 0.5));
    }
    for (name, born, last, _) in &cast {
        let seen = world.seen(name, (*last).min(end), Status::Alive);
        seen.created_at = Some(Timestamp(*born));
        seen.subscribers = Some(if name == "tamtam:official" { 1100 } else { 200 });
    }
    let mut at = start;
    while at < end {
        at += (random.unit() * 1.2 * DAY as f64) as i64;
        let minute = at - at.rem_euclid(MINUTE);
        let text = sentence(&mut random);
        for (name, born, last, part) in &cast {
            if minute < *born || minute + 2 * MINUTE > *last || random.unit() > *part {
                continue;
            }
            let lag = match name.as_str() {
                "tamtam:official" => 0,
                "telegram:official" => MINUTE,
                _ => 2 * MINUTE + (random.unit() * 90.0) as i64 * MINUTE,
            };
            world.post_at(name, minute + lag, 60_000, &text);
        }
    }
    for (name, born, last, _) in &cast {
        for _ in 0..((last - born) / DAY / 8) {
            let own = born + (random.unit() * (last - born) as f64) as i64;
            world.post_at(name, own - own.rem_euclid(MINUTE), 60_000, &sentence(&mut random));
        }
    }
    for n in 0..15 {
        let name = format!("{}:trains{n}", if n % 3 == 0 { "tamtam" } else { "telegram" });
        for _ in 0..120 {
            let own = start + (random.unit() * (end - start) as f64) as i64;
            world.post_at(&name, own - own.rem_euclid(1000), 0, &sentence(&mut random));
        }
    }
    world
}
