//! Thousands of channels and what happens in them within an hour.

use anyhow::Result;
use marsad_mock::Telegram;
use marsad_mock::telegram::Draft;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// The hour begins: 2026-11-01T00:00:00Z.
pub(crate) const BEGIN_MS: i64 = 1_793_491_200_000;
const HOUR_MS: i64 = 3_600_000;

/// The name of a channel.
pub(crate) fn name(number: u32) -> String {
    format!("weatherdesk{number:05}")
}

/// Fills channels with posts of the day before and of the hour; some are edited, some deleted.
pub(crate) fn fill(mock: &Telegram, channels: u32, seed: u64) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(seed);
    for number in 0..channels {
        let name = name(number);
        mock.add_channel(
            &name,
            &format!("Weather desk {number}"),
            100 + u64::from(number),
            BEGIN_MS - 24 * HOUR_MS,
        );
        let mut times = Vec::new();
        for _ in 0..chance.random_range(3..30) {
            times.push(BEGIN_MS - chance.random_range(0..24 * HOUR_MS));
        }
        for _ in 0..chance.random_range(0..6) {
            times.push(BEGIN_MS + chance.random_range(0..HOUR_MS));
        }
        times.sort_unstable();
        let mut posts = Vec::new();
        for (at, time) in times.iter().enumerate() {
            let wind: u32 = chance.random_range(0..40);
            let text = format!("Desk {number}, notice {at}: wind {wind} kn, visibility good");
            posts.push((mock.post(&name, *time, Draft::text(text))?, *time));
        }
        for (post, time) in posts {
            let from = time.max(BEGIN_MS);
            let later = (from + chance.random_range(1000..HOUR_MS)).min(BEGIN_MS + HOUR_MS - 1);
            match chance.random_range(0..100) {
                _ if later <= time => {}
                0..=1 => mock.edit(
                    &name,
                    post,
                    later,
                    &format!("Desk {number}: corrected notice {post}"),
                )?,
                2 => mock.delete(&name, post, later)?,
                _ => {}
            }
        }
    }
    Ok(())
}
