use marsad_stats::Random;
use marsad_types::Status;
use serde_json::json;

use super::*;
use crate::testing::{DAY, Pace, World, key, moving, platform, quiet, sentence, study, time};

const START: &str = "2019-11-01T00:00:00Z";

fn asked(channels: &[&str]) -> Scope {
    Scope { channels: channels.iter().map(|name| key(name)).collect(), ..Scope::default() }
}

fn found(world: &World, scope: &Scope, watched: &[&str]) -> Finding<DiscoverRow, Reach> {
    let options = DiscoverOptions {
        watched: watched.iter().map(|name| key(name)).collect(),
        ..DiscoverOptions::default()
    };
    discover(&study(&world.corpus()), scope, &options)
}

fn names(finding: &Finding<DiscoverRow, Reach>) -> Vec<&str> {
    finding.rows.iter().map(|row| row.candidate.as_str()).collect()
}

/// Two seeds and one channel beside them; the last post is six days after the first.
fn small() -> World {
    let mut random = Random::new(5);
    let mut world = World::default();
    let start = time(START);
    let mut say = |world: &mut World, channel: &str, day: i64, more: &str| {
        let text = format!("{}{more}", sentence(&mut random));
        world.post_at(channel, start + day * DAY, 1000, &text);
    };
    for day in 0..3 {
        say(&mut world, "telegram:desk", day, "");
        world.forwarded("telegram:CoastWeather");
    }
    say(&mut world, "telegram:desk2", 3, " more: https://t.me/coastweather/7");
    world.linked("https://t.me/coastweather/7");
    say(&mut world, "telegram:beside", 3, " t.me/coastweather");
    say(&mut world, "telegram:desk", 3, " https://t.me/harbour_news and @railnotices, @somebody");
    say(&mut world, "telegram:beside", 3, " https://t.me/s/railnotices");
    say(&mut world, "telegram:desk", 6, " @somebody");
    world
}

#[test]
fn scores_are_the_method_s_by_hand() {
    let finding = found(&small(), &asked(&["telegram:desk", "telegram:desk2"]), &[]);
    assert_eq!(
        names(&finding),
        ["telegram:coastweather", "telegram:harbour_news", "telegram:railnotices"]
    );
    let row = &finding.rows[0];
    // Three forwards by one seed, a link by another: (1 − 0.7³) + (1 − 0.7^0.8).
    assert!((row.factors.references - (0.657 + 0.248_241_353_35)).abs() < 1e-9, "{row:?}");
    // Three channels have posts, one outside the seeds refers to it: ln(1 + 3/2).
    assert!((row.factors.specificity - 0.916_290_731_9).abs() < 1e-9, "{row:?}");
    // Named last three days (and the last post's second) before the end: a half.
    assert!((row.factors.recency - 0.5).abs() < 1e-5 && row.factors.recency < 0.5, "{row:?}");
    assert_eq!(row.factors.similarity, 0.5);
    assert!((row.score - 0.905_241_353_35 * 0.916_290_731_9 * 0.25).abs() < 1e-5, "{row:?}");
    assert_eq!((row.seeds_total, row.outside, row.posts_known), (2, 1, 0));
    assert_eq!((row.p, row.wording, row.draw), (None, Wording::Observed, Draw::Rank));
    assert_eq!(row.source.as_deref(), Some("telegram:coastweather"));
    assert_eq!(row.why, "3 forwards by 1 channel; 1 link by 1 channel");
    let kinds: Vec<(ReasonKind, u64, u64)> =
        row.reasons.iter().map(|reason| (reason.kind, reason.count, reason.seeds)).collect();
    assert_eq!(kinds, [(ReasonKind::Forward, 3, 1), (ReasonKind::Link, 1, 1)]);
    assert_eq!(row.reasons[0].posts, ["telegram:desk/3", "telegram:desk/2", "telegram:desk/1"]);
    assert_eq!(row.first_at, START.parse().unwrap());
    // A link without more may be a person's; a preview and a forward are a channel's.
    let is_channel: Vec<bool> = finding.rows.iter().map(|row| row.is_channel).collect();
    assert_eq!(is_channel, [true, false, true]);
    // A mention counts because somebody links the name; @somebody may be a person.
    assert_eq!(finding.rows[2].reasons[0].kind, ReasonKind::Mention);
    assert!(finding.notes.iter().any(|note| note.ends_with("may be people's: 1")));
    assert!(!serde_json::to_string(&finding).unwrap().contains("somebody"));
}

#[test]
fn seeds_and_what_is_watched_are_no_candidates() {
    let world = small();
    let finding = found(&world, &asked(&["telegram:desk"]), &["telegram:CoastWeather"]);
    assert_eq!(names(&finding), ["telegram:harbour_news", "telegram:railnotices"]);
    // The watch list is the seed set where none is named.
    let finding = found(&world, &Scope::default(), &["telegram:desk2"]);
    assert_eq!(names(&finding), ["telegram:coastweather"]);
    assert_eq!(finding.parameters["seeds"], "watch list");
    let finding = found(&world, &Scope::default(), &[]);
    assert_eq!(
        (finding.parameters["seeds"].clone(), finding.rows.len()),
        (json!("all channels with posts"), 3)
    );
    let elsewhere = Scope { platforms: vec![platform("tamtam")], ..Scope::default() };
    assert!(found(&world, &elsewhere, &[]).rows.is_empty());
}

#[test]
fn a_name_that_only_one_channel_had_is_that_channel() {
    let mut world = small();
    let start = time(START);
    world.seen("telegram:1900000001", start, Status::Alive).handle = Some("CoastWeather".into());
    world.seen("telegram:1900000001", start + DAY, Status::Alive).handle = Some("coast_now".into());
    world.post("telegram:1900000001", start, "wind from the sea, and rain along the coast at noon");
    let finding = found(&world, &asked(&["telegram:desk", "telegram:desk2"]), &[]);
    let row = &finding.rows[0];
    assert_eq!(row.candidate, "telegram:1900000001");
    assert_eq!((row.source.as_deref(), row.posts_known), (Some("telegram:coast_now"), 1));
    // Another channel had the name too: nobody knows which one is meant.
    world.seen("telegram:1900000002", start + 2 * DAY, Status::Alive).handle =
        Some("coastweather".into());
    let finding = found(&world, &asked(&["telegram:desk", "telegram:desk2"]), &[]);
    assert_eq!(finding.rows[0].candidate, "telegram:coastweather");
    // A number alone cannot be written down for `sources add`.
    world.post("telegram:desk", start, "forwarded from a channel whose name nobody knows");
    world.forwarded("telegram:1900000009");
    let finding = found(&world, &asked(&["telegram:desk"]), &[]);
    let row = finding.rows.iter().find(|row| row.candidate == "telegram:1900000009").unwrap();
    assert_eq!(row.source, None);
}

#[test]
fn a_description_is_a_reason_and_a_channel_does_not_recommend_itself() {
    let mut world = small();
    let seen = world.seen("telegram:desk2", time(START), Status::Alive);
    seen.description = Some("Backup: t.me/desk_backup, this one: t.me/desk2".into());
    let finding = found(&world, &asked(&["telegram:desk2"]), &[]);
    let row = finding.rows.iter().find(|row| row.candidate == "telegram:desk_backup").unwrap();
    assert_eq!((row.reasons[0].kind, row.reasons[0].posts.len()), (ReasonKind::Description, 0));
    assert!(!names(&finding).contains(&"telegram:desk2"));
}

#[test]
fn channels_that_repeat_the_seeds_are_found_without_any_link() {
    for seed in 0..5 {
        let world = moving(seed);
        let finding = found(&world, &asked(&["telegram:official", "tamtam:official"]), &[]);
        let rows = names(&finding);
        for n in 0..10 {
            assert!(rows.contains(&format!("telegram:friend{n}").as_str()), "{seed}: {rows:?}");
        }
        for n in 0..9 {
            assert!(rows.contains(&format!("tamtam:affiliate{n}").as_str()), "{seed}: {rows:?}");
        }
        // The attempts of the year before, on two platforms.
        assert!(rows.contains(&"matrix:official"), "{seed}: {rows:?}");
        assert!(!rows.iter().any(|name| name.contains("trains")), "{seed}: {rows:?}");
        let row = &finding.rows[0];
        assert_eq!(row.wording, Wording::Consistent);
        assert!(
            row.q.unwrap() < 0.05 && row.reasons[0].expected.unwrap() < row.reasons[0].count as f64
        );
        assert_eq!(row.reasons[0].posts.len(), 6);
    }
}

/// Evaluated as the methods ask: how many of a hidden half come first.
#[test]
fn a_hidden_half_of_the_network_comes_back() {
    let world = moving(3);
    let mut members: Vec<String> = (0..10).map(|n| format!("telegram:friend{n}")).collect();
    members.extend((0..9).map(|n| format!("tamtam:affiliate{n}")));
    Random::new(7).shuffle(&mut members);
    let (known, hidden) = members.split_at(9);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let finding = found(&world, &asked(&known), &[]);
    let first: Vec<&str> = names(&finding).into_iter().take(hidden.len() + 4).collect();
    let back = hidden.iter().filter(|name| first.contains(&name.as_str())).count();
    assert!(back * 10 >= hidden.len() * 9, "{back} of {}: {first:?}", hidden.len());
}

#[test]
fn in_quiet_worlds_shared_news_is_no_reason() {
    let mut above = Vec::new();
    for seed in 0..25 {
        for pace in [Pace::Even, Pace::Mixed] {
            let corpus = quiet(seed, pace).corpus();
            let mut keys = corpus.channels.keys().to_vec();
            keys.sort();
            Random::new(seed).shuffle(&mut keys);
            keys.truncate(1 + (seed % 6) as usize);
            let scope = Scope { channels: keys, ..Scope::default() };
            let finding = discover(&study(&corpus), &scope, &DiscoverOptions::default());
            above.extend(
                finding.rows.into_iter().map(|row| {
                    format!("{seed} {} {:?} {:?}", row.candidate, row.q, row.reasons[0])
                }),
            );
        }
    }
    assert!(above.len() <= 2, "{}\n{}", above.len(), above.join("\n"));
}

#[test]
fn a_short_list_keeps_a_fifth_for_the_lot() {
    let mut world = World::default();
    let mut random = Random::new(1);
    for n in 0..40 {
        for _ in 0..=n / 8 {
            world.post("telegram:desk", time(START) + n * 1000, &sentence(&mut random));
            world.forwarded(&format!("telegram:channel{n}"));
        }
    }
    let scope = Scope { limit: Some(10), ..asked(&["telegram:desk"]) };
    let finding = found(&world, &scope, &[]);
    let ranks: Vec<u64> = finding.rows.iter().map(|row| row.rank).collect();
    assert_eq!(ranks[..8], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(ranks[8] > 8 && ranks[9] > ranks[8], "{ranks:?}");
    let draws = finding.rows.iter().filter(|row| row.draw == Draw::Lot).count();
    assert_eq!((draws, finding.parameters["candidates"].clone()), (2, json!(40)));
    let four = Scope { limit: Some(4), ..asked(&["telegram:desk"]) };
    assert!(found(&world, &four, &[]).rows.iter().all(|row| row.draw == Draw::Rank));
}

#[test]
fn chapman_s_estimate_by_hand() {
    // 31 · 21 / 11 − 1 with variance 31 · 21 · 20 · 10 / (11² · 12).
    let reach = reach::chapman(30, 20, 10);
    assert!((reach.estimated.unwrap() - 58.181_818_181_8).abs() < 1e-9);
    let (low, high) = reach.estimated_ci95.unwrap();
    assert!((high - (58.181_818_181_8 + 1.959_963_984_5 * 9.469_393_934_5)).abs() < 1e-4, "{high}");
    assert!((low - 40.0).abs() < 1e-9, "not below the 40 seen: {low}");
    assert!((reach.share_seen.unwrap() - 40.0 / 58.181_818_181_8).abs() < 1e-9);
    assert_eq!(reach::chapman(30, 20, 6).estimated, None);
}

#[test]
fn what_is_found_does_not_depend_on_the_order_of_input() {
    let mut world = moving(2);
    let more = small();
    world.join(more);
    let scope = asked(&["telegram:official", "telegram:desk", "telegram:desk2"]);
    let before = serde_json::to_string(&found(&world, &scope, &[])).unwrap();
    for seed in 0..3 {
        world.shuffle(seed);
        assert_eq!(serde_json::to_string(&found(&world, &scope, &[])).unwrap(), before);
    }
}

#[test]
fn what_is_usual_is_counted_by_hand_and_without_those_that_stand_out() {
    let mut statements: Vec<Vec<(ChannelId, u32)>> = vec![vec![(0, 0), (1, 1)]; 8];
    for other in 2..6 {
        statements.extend(vec![vec![(other, 2)]; 10]);
    }
    // Half of the second network channel's statements are its own.
    statements.extend(vec![vec![(0, 0), (1, 1), (6, 3)]; 5]);
    statements.extend(vec![vec![(6, 3)]; 5]);
    let is_seed = [true, false, false, false, false, false, false];
    let overlaps = overlaps(&statements, &is_seed);
    assert_eq!(overlaps[0], None);
    // Both stand out, so that the usual share is that of the four others: ½ of 41 statements.
    let (whole, half) = (overlaps[1].unwrap(), overlaps[6].unwrap());
    assert_eq!((whole.own, whole.shared, half.own, half.shared), (13, 13, 10, 5));
    assert!((whole.expected - 13.0 * 0.5 / 41.0).abs() < 1e-12, "{whole:?}");
    assert!((whole.p / (0.5f64 / 41.0).powi(13) - 1.0).abs() < 1e-9, "{whole:?}");
    // C(10,5) s⁵ (1−s)⁵ and the terms above it, s = 0.5/41.
    assert!((half.p / 6.458_976_1e-8 - 1.0).abs() < 1e-6, "{half:?}");
    // The larger of two p among six: times six times 1 + ½ + … + ⅙, divided by two.
    assert!((half.q / (half.p * 6.0 * 2.45 / 2.0) - 1.0).abs() < 1e-9, "{half:?}");
    assert!(whole.is_reason() && half.is_reason());
    assert!(overlaps[2..6].iter().all(|overlap| !overlap.unwrap().is_reason()));
}
