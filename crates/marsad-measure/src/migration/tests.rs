use marsad_stats::Random;
use marsad_types::Status;

use super::*;
use crate::testing::{DAY, World, key, sentence, study, time};

/// A home platform for a year; a short attempt that was removed; a later one that lasts.
fn moved() -> (World, Scope) {
    let (mut world, mut random) = (World::default(), Random::new(3));
    let start = time("2019-01-01T12:00:00Z");
    for day in 0..360 {
        let text = sentence(&mut random);
        let at = start + day * DAY;
        world.post("telegram:home", at, &text);
        if (100..108).contains(&day) && day % 2 == 0 {
            world.post("tamtam:first", at + 60_000, &text);
            world.post("tamtam:second", at + 90_000, &text);
        }
        if day >= 340 && day % 5 > 0 {
            world.post("tamtam:third", at + 60_000, &text);
            world.post("tamtam:third", at + 120_000, &text);
        }
        if (200..210).contains(&day) {
            world.post("matrix:room", at + 60_000, &text);
        }
    }
    for name in ["tamtam:first", "tamtam:second"] {
        let seen = world.seen(name, start + 104 * DAY, Status::Alive);
        seen.subscribers = Some(70);
        world.seen(name, start + 108 * DAY, Status::Gone);
    }
    world.seen("tamtam:third", start + 350 * DAY, Status::Alive).subscribers = Some(1100);
    world.seen("matrix:room", start + 300 * DAY, Status::Alive);
    let names =
        ["telegram:home", "tamtam:first", "tamtam:second", "tamtam:third", "matrix:room"].map(key);
    let scope = Scope {
        network: Some(names.to_vec()),
        network_name: Some("weather".into()),
        ..Scope::default()
    };
    (world, scope)
}

fn cards(world: &World, scope: &Scope, options: MigrationOptions) -> Vec<AttemptRow> {
    let corpus = world.corpus();
    let rows = migration(&study(&corpus), scope, &options).rows;
    let card = |row| match row {
        MigrationRow::Attempt(card) => Some(card),
        MigrationRow::Daily(_) => None,
    };
    rows.into_iter().filter_map(card).collect()
}

#[test]
fn a_silence_ends_an_attempt_and_every_attempt_has_a_card() {
    let (world, scope) = moved();
    let cards = cards(&world, &scope, MigrationOptions::default());
    let told: Vec<_> = cards
        .iter()
        .map(|c| (c.rank, c.platform.as_str(), c.first_at.to_string(), c.posts, c.end))
        .collect();
    assert_eq!(
        told,
        [
            (1, "telegram", "2019-01-01T12:00:00Z".into(), 360, AttemptEnd::Active),
            (2, "tamtam", "2019-12-08T12:01:00Z".into(), 32, AttemptEnd::Active),
            (3, "matrix", "2019-07-20T12:01:00Z".into(), 10, AttemptEnd::Left),
            (4, "tamtam", "2019-04-11T12:01:00Z".into(), 8, AttemptEnd::Removed),
        ]
    );
    let (home, last, first) = (&cards[0], &cards[1], &cards[3]);
    assert_eq!((home.statement_share, home.half_gone_d), (1.0, None));
    assert_eq!((last.statements, last.subscribers_max), (16, Some(1100)));
    assert!((last.statement_share - 16.0 / 19.0).abs() < 0.06, "{last:?}");
    assert_eq!((last.posts_per_day_peak, last.days_active), (2, 16));
    assert_eq!((first.channels_total, first.channels_peak, first.statements), (2, 2, 4));
    assert_eq!(first.subscribers_max, Some(70));
    // Four statements of the thirty that the network published in the length of a silence.
    assert!((first.statement_share - 4.0 / 30.0).abs() < 0.01, "{first:?}");
    let days = first.half_gone_d.unwrap();
    assert!((days - 8.0).abs() < 0.01, "{days}");
}

#[test]
fn a_longer_silence_joins_attempts() {
    let (world, scope) = moved();
    let patient = MigrationOptions { silence_days: 300, ..MigrationOptions::default() };
    let cards = cards(&world, &scope, patient);
    assert_eq!(cards.len(), 3);
    assert_eq!(cards.iter().filter(|card| card.platform == "tamtam").count(), 1);
}

#[test]
fn days_tell_posts_channels_and_the_share_of_that_day() {
    let (world, scope) = moved();
    let corpus = world.corpus();
    let options = MigrationOptions { daily: true, ..MigrationOptions::default() };
    let finding = migration(&study(&corpus), &scope, &options);
    let json = serde_json::to_value(&finding).unwrap();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 360 + 4 + 16 + 10);
    let day = rows.iter().find(|r| r["platform"] == "tamtam" && r["day"] == "2019-04-11").unwrap();
    assert_eq!((&day["posts"], &day["channels_active"]), (&2.into(), &2.into()));
    assert_eq!(day["statement_share"], 1.0);
    assert_eq!(day["network"], "weather");
}

#[test]
fn without_a_network_there_are_no_attempts_and_a_note_says_so() {
    let (world, _) = moved();
    let corpus = world.corpus();
    let scope = Scope { platforms: vec![crate::testing::platform("max")], ..Scope::default() };
    let finding = migration(&study(&corpus), &scope, &MigrationOptions::default());
    assert!(finding.rows.is_empty());
    assert!(finding.notes.iter().any(|note| note.starts_with("no network")));
}
