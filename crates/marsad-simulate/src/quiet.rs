//! A world with nothing to find: channels that go their own ways.
//!
//! Different rates, hours and languages, common news in everybody's own words, greetings that are
//! alike by chance. Whatever a measure finds here above `not distinguishable from chance` is its own.

use std::io::{self, Write};

use serde_json::json;

use crate::Summary;
use crate::article::dates::date;
use crate::background::{Crowd, common_news, gather, greetings, own_posts};
use crate::chance::Chance;
use crate::grammar::{Grammars, Language};
use crate::line::{HOUR, stamp};
use crate::world::{Gap, MATRIX, Scene, TAMTAM, TELEGRAM};

const POSTS: u64 = 8000;

/// Makes the world and writes it with its truth; `posts` is a size to aim at.
pub(crate) fn write(
    seed: u64,
    posts_wanted: Option<u64>,
    posts: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Summary> {
    let grammars = Grammars::new();
    let (from, to) = (date(2019, 9, 1), date(2019, 12, 16));
    let gap_from = date(2019, 10, 20) + 3 * HOUR;
    let mut scene = Scene {
        gaps: vec![Gap { platform: TELEGRAM, from: gap_from, to: gap_from + 7 * HOUR }],
        from,
        to,
        close_watch: to,
        ..Scene::default()
    };
    // 60 channels, 106 days, lognormal rates (mean 1.28 medians): about this many posts each day.
    let own_a_day = posts_wanted.unwrap_or(POSTS) as f64 / (60.0 * 106.0 * 1.28) * 0.85;
    let crowd = |platform, language, channels| Crowd {
        platform,
        language,
        channels,
        own_a_day,
        created_before: date(2019, 8, 1),
    };
    let crowds = [
        crowd(TELEGRAM, Language::Arabic, 16),
        crowd(TELEGRAM, Language::English, 14),
        crowd(TAMTAM, Language::Russian, 10),
        crowd(TAMTAM, Language::Arabic, 10),
        crowd(MATRIX, Language::English, 10),
    ];
    let mut chance = Chance::named(seed, "quiet/crowds");
    for crowd in &crowds {
        gather(&mut scene, crowd, &mut chance);
    }
    own_posts(&mut scene, &grammars, &mut Chance::named(seed, "quiet/own"));
    common_news(&mut scene, 1.2, &grammars, &mut Chance::named(seed, "quiet/news"));
    greetings(&mut scene, 1.0, &grammars, &mut Chance::named(seed, "quiet/greetings"));
    let summary = scene.write(&scene.keys(), posts)?;
    let told = json!({
        "truth": 1, "world": "quiet", "seed": seed,
        "window": {"from": stamp(from), "to": stamp(to)},
        "lines": {
            "posts": summary.posts, "channel_observations": summary.observations,
            "coverage": summary.coverage, "events": summary.events,
        },
        "channels": summary.channels,
        "statements": [],
        "expected": "nothing above 'not distinguishable from chance'; only greetings are alike, by chance",
    });
    serde_json::to_writer_pretty(&mut *truth, &told)?;
    truth.write_all(b"\n")?;
    Ok(summary)
}
