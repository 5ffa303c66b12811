use marsad_stats::Random;
use proptest::prelude::*;

use super::*;
use crate::testing::{DAY, MINUTE, World, platform, sentence, study, time};

fn by_platform(world: &World) -> Finding<PrimacyRow> {
    let corpus = world.corpus();
    primacy(&study(&corpus), &Scope::default(), &PrimacyOptions::default())
}

/// `n` statements on two platforms, the second `lag_ms` after the first.
fn pairs(n: i64, lag_ms: i64, resolution_ms: u32) -> World {
    let mut random = Random::new(1);
    let mut world = World::default();
    let start = time("2019-11-30T17:55:00Z");
    for i in 0..n {
        let text = sentence(&mut random);
        world.post_at("tamtam:desk", start + i * DAY, resolution_ms, &text);
        world.post_at("telegram:desk", start + i * DAY + lag_ms, resolution_ms, &text);
    }
    world
}

#[test]
fn a_minute_apart_on_minute_clocks_is_first_and_the_same_minute_is_not() {
    let rows = by_platform(&pairs(6, MINUTE, 60_000)).rows;
    let row = &rows[0];
    assert_eq!((row.leader.as_str(), row.follower.as_str()), ("tamtam", "telegram"));
    assert_eq!((row.statements, row.leader_first, row.undecided), (6, 6, 0));
    assert_eq!((row.sign_p, row.p, row.q), (0.03125, 0.03125, 0.03125));
    assert_eq!((row.lag_median_s, row.lag_hl_s), (60.0, 60.0));
    assert_eq!(row.lag_ci95_s, Some([60.0, 60.0]));
    assert_eq!(row.share, Some(1.0));
    assert_eq!(row.examples[0], ("tamtam:desk/1".into(), "telegram:desk/2".into(), 60.0));
    let same = by_platform(&pairs(6, 59_000, 60_000)).rows;
    assert_eq!((same[0].leader_first, same[0].undecided), (0, 6));
    assert_eq!((same[0].share, same[0].wording), (None, Wording::NotEstimable));
    assert_eq!(same[0].share_bounds, [0.0, 1.0]);
}

#[test]
fn a_second_is_the_resolution_where_none_is_stated() {
    assert_eq!(by_platform(&pairs(6, 1000, 0)).rows[0].leader_first, 6);
    assert_eq!(by_platform(&pairs(6, 999, 0)).rows[0].undecided, 6);
}

#[test]
fn a_coarse_and_a_fine_clock_meet_in_the_middle() {
    let mut world = World::default();
    let at = time("2019-11-30T17:55:00Z");
    let text = sentence(&mut Random::new(3));
    world.post_at("tamtam:desk", at, 60_000, &text);
    world.post_at("telegram:desk", at + 45_000, 1000, &text);
    let row = &by_platform(&world).rows[0];
    assert_eq!(row.undecided, 1);
    assert_eq!(row.lag_median_s, 15.5); // 45.5 s against the middle of the minute
}

#[test]
fn a_hundred_and_twelve_to_five_is_well_supported() {
    let mut random = Random::new(5);
    let mut world = World::default();
    let start = time("2019-06-01T00:00:00Z");
    for i in 0..120i64 {
        let text = sentence(&mut random);
        let lag = if i < 112 {
            MINUTE
        } else if i < 117 {
            -MINUTE
        } else {
            0
        };
        world.post_at("tamtam:desk", start + i * DAY, 60_000, &text);
        world.post_at("telegram:desk", start + i * DAY + lag, 60_000, &text);
    }
    let row = &by_platform(&world).rows[0];
    assert_eq!((row.leader_first, row.follower_first, row.undecided), (112, 5, 3));
    assert!((row.sign_p / 2.109_260_082_461_931_8e-27 - 1.0).abs() < 1e-9);
    let [low, high] = row.share_ci95.unwrap();
    assert!((low - 0.903).abs() < 0.001 && (high - 0.986).abs() < 0.001, "{low} {high}");
    assert_eq!(row.wording, Wording::WellSupported);
    assert_eq!(row.lag_hl_s, 60.0);
}

#[test]
fn an_unstated_minute_clock_never_makes_a_well_supported_first() {
    let mut random = Random::new(8);
    let mut world = World::default();
    let start = time("2019-06-01T00:00:00Z");
    for i in 0..40i64 {
        let text = sentence(&mut random);
        let at = start + i * DAY + (random.unit() * 3_600_000.0) as i64;
        // Both publish at the same moment; one shows only the minute and does not say so.
        world.post("tamtam:desk", at - at.rem_euclid(MINUTE), &text);
        world.post("telegram:desk", at - at.rem_euclid(1000), &text);
    }
    let finding = by_platform(&world);
    assert!(finding.rows[0].leader_first >= 38, "{:?}", finding.rows[0]);
    assert_eq!(finding.rows[0].wording, Wording::Consistent);
    assert!(finding.notes.iter().any(|note| note.contains("full minutes")));
    let corpus = world.corpus();
    let auto = PrimacyOptions { resolution: ResolutionRule::Auto, ..PrimacyOptions::default() };
    let rows = primacy(&study(&corpus), &Scope::default(), &auto).rows;
    assert_eq!((rows[0].undecided, rows[0].wording), (40, Wording::NotEstimable));
    assert!(rows[0].lag_hl_s.abs() < 10.0);
}

#[test]
fn only_the_earliest_post_of_a_side_counts_and_sides_can_be_channels() {
    let mut world = World::default();
    let at = time("2019-11-30T17:55:00Z");
    let text = sentence(&mut Random::new(4));
    world.post("telegram:late", at + 500_000, &text);
    world.post("telegram:early", at, &text);
    world.post("telegram:early", at + 9_000, &text);
    world.post("tamtam:desk", at + 4_000, &text);
    let row = &by_platform(&world).rows[0];
    assert_eq!((row.leader.as_str(), row.statements, row.lag_median_s), ("telegram", 1, 4.0));
    let corpus = world.corpus();
    let by = PrimacyOptions { by: By::Channel, ..PrimacyOptions::default() };
    let study = study(&corpus);
    let rows = primacy(&study, &Scope::default(), &by).rows;
    let led: Vec<(&str, &str)> =
        rows.iter().map(|r| (r.leader.as_str(), r.follower.as_str())).collect();
    assert_eq!(
        led,
        [
            ("telegram:early", "tamtam:desk"),
            ("tamtam:desk", "telegram:late"),
            ("telegram:early", "telegram:late")
        ]
    );
    let scope = Scope { platforms: vec![platform("telegram")], ..Scope::default() };
    assert_eq!(primacy(&study, &scope, &by).rows.len(), 1);
    let scope = Scope { limit: Some(2), ..Scope::default() };
    assert_eq!(primacy(&study, &scope, &by).rows.len(), 2);
}

#[test]
fn a_finding_reads_as_the_contract_says() {
    let world = pairs(8, MINUTE, 60_000);
    let json = serde_json::to_value(by_platform(&world)).unwrap();
    for field in
        ["measure", "version", "parameters", "window", "archive", "coverage", "rows", "notes"]
    {
        assert!(json.get(field).is_some(), "{field}");
    }
    assert_eq!(json["measure"], "primacy");
    assert_eq!(json["version"], 1);
    assert_eq!(json["archive"]["version"], 3);
    assert_eq!(json["window"]["from"], "2019-11-30T17:55:00Z");
    assert_eq!(json["coverage"]["channels"], 2);
    assert!(json["coverage"]["watched_share"].is_null());
    assert_eq!(json["rows"][0]["wording"], "well supported");
    assert_eq!(json["rows"][0]["share_ci95"].as_array().unwrap().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_order_of_input_changes_nothing(seed in 0u64..1000) {
        let mut world = crate::testing::quiet(seed, crate::testing::Pace::Mixed);
        let by = PrimacyOptions { by: By::Channel, ..PrimacyOptions::default() };
        let corpus = world.corpus();
        let before = serde_json::to_string(&primacy(&study(&corpus), &Scope::default(), &by)).unwrap();
        world.shuffle(seed);
        let corpus = world.corpus();
        let after = serde_json::to_string(&primacy(&study(&corpus), &Scope::default(), &by)).unwrap();
        prop_assert_eq!(before, after);
    }
}
