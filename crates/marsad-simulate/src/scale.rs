//! A world of any size, written as it is made: nothing is kept but the words.
//!
//! Every choice is a function of (seed, number of the post), so a copy finds the text that it copies
//! by making it again. Copies of copies give the heavy tail of popularity (preferential attachment).

mod text;

use std::io::{self, Write};

use serde_json::json;

use crate::Summary;
use crate::article::dates::date;
use crate::chance::mix;
use crate::line::{DAY, HOUR, Seconds, day_name, stamp};
use text::{Texts, push_number};

const POSTS: u64 = 1_000_000;
const SPAN: Seconds = 365 * DAY;
const PLATFORMS: [&str; 4] = ["telegram", "tamtam", "matrix", "rocketchat"];
/// Bytes gathered before they are handed on.
const BLOCK: usize = 1 << 18;

/// Writes the world and its counts.
pub(crate) fn write(
    seed: u64,
    posts_wanted: Option<u64>,
    posts: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Summary> {
    let total = posts_wanted.unwrap_or(POSTS);
    let maker = Maker::new(seed, total);
    let mut counts = Counts::default();
    let mut block = Vec::with_capacity(BLOCK + 65_536);
    maker.write_channels(&mut block, posts)?;
    let mut clock = Clock::default();
    for nth in 0..total {
        maker.push_post(nth, &mut clock, &mut counts, &mut block);
        if block.len() >= BLOCK {
            posts.write_all(&block)?;
            block.clear();
        }
    }
    posts.write_all(&block)?;
    let told = json!({
        "truth": 1, "world": "scale", "seed": seed,
        "window": {"from": stamp(maker.from), "to": stamp(maker.from + SPAN)},
        "lines": {"posts": total, "channel_observations": maker.channels, "coverage": 0, "events": 0},
        "channels": maker.channels,
        "originals": counts.originals, "copies": counts.copies,
        "copies_by_change": {
            "exact": counts.exact, "forward": counts.forwards, "frame": counts.framed,
            "emoji": counts.emoji, "cut": counts.cut,
        },
    });
    serde_json::to_writer_pretty(&mut *truth, &told)?;
    truth.write_all(b"\n")?;
    Ok(Summary {
        posts: total,
        channels: maker.channels,
        observations: maker.channels,
        ..Summary::default()
    })
}

#[derive(Default)]
struct Counts {
    originals: u64,
    copies: u64,
    exact: u64,
    forwards: u64,
    framed: u64,
    emoji: u64,
    cut: u64,
}

/// How a copy in this world differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twist {
    Exact,
    Forward,
    Framed,
    Emoji,
    Cut,
}

struct Maker {
    seed: u64,
    total: u64,
    channels: u64,
    from: Seconds,
    texts: Texts,
}

/// The date part of the time, kept while the day lasts.
#[derive(Default)]
struct Clock {
    day: Seconds,
    name: String,
}

impl Maker {
    fn new(seed: u64, total: u64) -> Self {
        let channels = (total / 250).clamp(20, 200_000);
        Self { seed, total, channels, from: date(2019, 1, 1), texts: Texts::new(seed) }
    }

    /// A word of chance for one choice about one post.
    fn draw(&self, nth: u64, choice: u64) -> u64 {
        mix(self.seed ^ mix(nth ^ (choice << 56)))
    }

    fn write_channels(&self, block: &mut Vec<u8>, out: &mut dyn Write) -> io::Result<()> {
        for channel in 0..self.channels {
            let created = stamp(self.from - (self.draw(channel, 9) % (900 * DAY as u64)) as i64);
            let observed = stamp(self.from + HOUR);
            let platform = platform_of(channel);
            let subscribers = 12_000_000 / (channel + 40) + self.draw(channel, 10) % 90;
            writeln!(
                block,
                "{{\"kind\":\"channel\",\"platform\":\"{platform}\",\"channel\":\"c{channel}\",\
                 \"handle\":\"channel_{channel}\",\"title\":\"Channel {channel}\",\"created_at\":\"{created}\",\
                 \"observed_at\":\"{observed}\",\"subscribers\":{subscribers},\"status\":\"alive\",\
                 \"visibility\":\"public\"}}"
            )?;
            if block.len() >= BLOCK {
                out.write_all(block)?;
                block.clear();
            }
        }
        Ok(())
    }

    /// Heavy-tailed: the share of a channel falls about as 1/rank.
    fn channel_of(&self, nth: u64) -> u64 {
        let unit = (self.draw(nth, 1) >> 11) as f64 / (1u64 << 53) as f64;
        let rank = ((self.channels as f64 + 1.0).powf(unit) - 1.0) as u64;
        rank.min(self.channels - 1)
    }

    /// Evenly spread with a little disorder inside each step, so that times never go back.
    fn time_of(&self, nth: u64) -> Seconds {
        self.from + (u128::from(nth) * SPAN as u128 / u128::from(self.total.max(1))) as Seconds
    }

    /// The post that a post copies; about a third copy something, mostly something recent.
    fn copied_by(&self, nth: u64) -> Option<u64> {
        let draw = self.draw(nth, 2);
        if nth < 50 || !draw.is_multiple_of(3) {
            return None;
        }
        let unit = ((self.draw(nth, 3) >> 11) as f64 + 1.0) / (1u64 << 53) as f64;
        let back = 1.0 + 40.0 * (unit.powf(-1.1) - 1.0); // Pareto delay, median 46 posts
        Some(nth.saturating_sub(back.min(nth as f64) as u64).min(nth - 1))
    }

    /// The first post of a chain of copies, whose number makes the text.
    fn original_of(&self, mut nth: u64) -> u64 {
        while let Some(earlier) = self.copied_by(nth) {
            nth = earlier;
        }
        nth
    }

    fn twist_of(&self, nth: u64) -> Twist {
        match self.draw(nth, 4) % 100 {
            0..=49 => Twist::Exact,
            50..=61 => Twist::Forward,
            62..=79 => Twist::Framed,
            80..=89 => Twist::Emoji,
            _ => Twist::Cut,
        }
    }

    fn push_post(&self, nth: u64, clock: &mut Clock, counts: &mut Counts, block: &mut Vec<u8>) {
        let channel = self.channel_of(nth);
        block.extend_from_slice(b"{\"kind\":\"post\",\"platform\":\"");
        block.extend_from_slice(platform_of(channel).as_bytes());
        block.extend_from_slice(b"\",\"channel\":\"c");
        push_number(block, channel);
        block.extend_from_slice(b"\",\"id\":\"");
        push_number(block, nth + 1);
        block.extend_from_slice(b"\",\"published_at\":\"");
        clock.push(self.time_of(nth), block);
        block.extend_from_slice(b"\",\"text\":\"");
        let copied = self.copied_by(nth);
        let twist = copied.map(|_| self.twist_of(nth));
        let original = copied.map_or(nth, |earlier| self.original_of(earlier));
        self.push_text(original, twist, channel, block);
        block.push(b'"');
        if let (Some(Twist::Forward), Some(earlier)) = (twist, copied) {
            let source = self.channel_of(earlier);
            block.extend_from_slice(b",\"forward_of\":{\"platform\":\"");
            block.extend_from_slice(platform_of(source).as_bytes());
            block.extend_from_slice(b"\",\"channel\":\"c");
            push_number(block, source);
            block.extend_from_slice(b"\",\"id\":\"");
            push_number(block, earlier + 1);
            block.extend_from_slice(b"\"}");
        }
        block.extend_from_slice(b",\"views\":");
        push_number(block, self.draw(nth, 5) % 4000 / (channel + 1) + self.draw(nth, 6) % 40);
        block.extend_from_slice(b"}\n");
        counts.add(twist);
    }

    fn push_text(&self, original: u64, twist: Option<Twist>, channel: u64, block: &mut Vec<u8>) {
        let word = self.draw(original, 7);
        match twist {
            Some(Twist::Framed) => {
                self.texts.push(word, 1.0, block);
                block.extend_from_slice("\\n• Channel ".as_bytes());
                push_number(block, channel);
            }
            Some(Twist::Emoji) => {
                block.extend_from_slice("📌 ".as_bytes());
                self.texts.push(word, 1.0, block);
            }
            Some(Twist::Cut) => {
                self.texts.push(word, 0.93, block);
                block.extend_from_slice("…".as_bytes());
            }
            Some(Twist::Exact | Twist::Forward) | None => self.texts.push(word, 1.0, block),
        }
    }
}

fn platform_of(channel: u64) -> &'static str {
    // Seven of ten channels stand on the first platform.
    let place = match mix(channel) % 10 {
        0..=6 => 0,
        7 | 8 => 1,
        _ => 2 + (channel % 2) as usize,
    };
    PLATFORMS.get(place).copied().unwrap_or("telegram")
}

impl Clock {
    fn push(&mut self, at: Seconds, block: &mut Vec<u8>) {
        let day = at.div_euclid(DAY);
        if day != self.day || self.name.is_empty() {
            self.day = day;
            self.name = day_name(at);
        }
        block.extend_from_slice(self.name.as_bytes());
        let second = at.rem_euclid(DAY);
        for (mark, part) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
            block.push(mark);
            block.push(b'0' + (part / 10) as u8);
            block.push(b'0' + (part % 10) as u8);
        }
        block.push(b'Z');
    }
}

impl Counts {
    fn add(&mut self, twist: Option<Twist>) {
        let Some(twist) = twist else {
            self.originals += 1;
            return;
        };
        self.copies += 1;
        let count = match twist {
            Twist::Exact => &mut self.exact,
            Twist::Forward => &mut self.forwards,
            Twist::Framed => &mut self.framed,
            Twist::Emoji => &mut self.emoji,
            Twist::Cut => &mut self.cut,
        };
        *count += 1;
    }
}
