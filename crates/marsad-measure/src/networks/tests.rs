use crate::testing::{Pace, moving, quiet, study};
use crate::{
    AttemptRow, By, MigrationOptions, MigrationRow, PrimacyOptions, Scope, Wording, migration,
    networks, primacy, surge,
};

fn attempts(rows: Vec<MigrationRow>) -> Vec<AttemptRow> {
    let card = |row| match row {
        MigrationRow::Attempt(card) => Some(card),
        MigrationRow::Daily(_) => None,
    };
    rows.into_iter().filter_map(card).collect()
}

#[test]
fn a_moving_network_is_one_network_and_bystanders_stay_outside() {
    for seed in 0..4 {
        let corpus = moving(seed).corpus();
        let study = study(&corpus);
        let rows = networks(&study, &Scope::default()).rows;
        assert_eq!(rows.len(), 1, "{seed}: {rows:#?}");
        let names: Vec<String> = rows[0].channels.iter().map(ToString::to_string).collect();
        assert!(names.iter().all(|name| !name.contains("trains")), "{names:?}");
        for name in ["telegram:official", "tamtam:official", "matrix:official", "tamtam:affiliate3"]
        {
            assert!(names.iter().any(|n| n == name), "{seed}: {name} is missing from {names:?}");
        }
        assert!(names.len() >= 22, "{seed}: {names:?}");
        assert!(rows[0].stability > 0.3 && rows[0].q < 0.05);
        assert_eq!(study.network(&rows[0].network).map(|members| members.len()), Some(names.len()));
    }
}

#[test]
fn the_story_of_the_move_can_be_read_from_the_findings() {
    let corpus = moving(1).corpus();
    let study = study(&corpus);
    let scope = Scope::default();
    let first = primacy(&study, &scope, &PrimacyOptions::default()).rows;
    assert_eq!((first[0].leader.as_str(), first[0].follower.as_str()), ("tamtam", "telegram"));

    let officials = Scope {
        channels: vec![
            crate::testing::key("tamtam:official"),
            crate::testing::key("telegram:official"),
        ],
        ..Scope::default()
    };
    let row = primacy(&study, &officials, &PrimacyOptions::default()).rows.remove(0);
    assert_eq!((row.leader.as_str(), row.wording), ("tamtam", Wording::WellSupported));
    assert_eq!(row.lag_hl_s, 60.0);

    let births = surge(&study, &scope);
    let day = births.rows.iter().find(|r| r.day == "2019-12-01" && r.platform == "tamtam").unwrap();
    assert_eq!((day.new_channels, day.wording), (9, Wording::WellSupported), "{day:?}");
    assert!(day.network.is_some());
    assert!(
        births
            .extra
            .change_points
            .iter()
            .any(|c| c.platform == "tamtam" && c.day.starts_with("2019-1")),
        "{:?}",
        births.extra
    );

    let cards = attempts(migration(&study, &scope, &MigrationOptions::default()).rows);
    let rank = |platform: &str, year: &str| {
        cards
            .iter()
            .find(|c| c.platform == platform && c.first_at.to_string().starts_with(year))
            .map(|c| (c.rank, c.channels_total, c.subscribers_max))
    };
    let (now, channels, subscribers) = rank("tamtam", "2019").unwrap();
    assert_eq!((channels, subscribers), (10, Some(1100)), "{cards:#?}");
    assert!(now < rank("matrix", "2018").unwrap().0, "{cards:#?}");
    assert!(now < rank("tamtam", "2018").unwrap().0, "{cards:#?}");
}

#[test]
fn quiet_worlds_hold_nothing_above_chance() {
    let mut above = Vec::new();
    for seed in 0..50 {
        let corpus = quiet(seed, Pace::Even).corpus();
        let study = study(&corpus);
        let scope = Scope::default();
        for by in [By::Platform, By::Channel] {
            let options = PrimacyOptions { by, resolution: crate::ResolutionRule::Auto };
            for row in primacy(&study, &scope, &options).rows {
                if row.wording > Wording::Chance {
                    above.push(format!(
                        "{seed} {} {} {} {}",
                        row.leader, row.follower, row.q, row.leader_first
                    ));
                }
            }
        }
        let births = surge(&study, &scope);
        for row in births.rows.iter().filter(|row| row.wording > Wording::Chance) {
            above.push(format!("{seed} surge {row:?}"));
        }
        above.extend(births.extra.change_points.iter().map(|c| format!("{seed} change {c:?}")));
    }
    // Five per cent of quiet worlds may show something by each of three roads.
    assert!(above.len() <= 5, "{}\n{}", above.len(), above.join("\n"));
}

#[test]
fn quiet_worlds_hold_no_network_even_with_fast_and_slow_channels() {
    for seed in 0..50 {
        let corpus = quiet(seed, Pace::Mixed).corpus();
        let rows = networks(&study(&corpus), &Scope::default()).rows;
        assert!(
            rows.is_empty(),
            "{seed}: {:?} {:?} {:?}",
            rows[0].q,
            rows[0].examples,
            rows[0].wording
        );
    }
}

#[test]
fn findings_do_not_depend_on_the_order_of_input() {
    let mut world = moving(2);
    let told = |world: &crate::testing::World| {
        let corpus = world.corpus();
        let study = study(&corpus);
        let scope = Scope::default();
        let options = MigrationOptions::default();
        [
            serde_json::to_string(&networks(&study, &scope)).unwrap(),
            serde_json::to_string(&surge(&study, &scope)).unwrap(),
            serde_json::to_string(&migration(&study, &scope, &options)).unwrap(),
        ]
    };
    let before = told(&world);
    for seed in 0..3 {
        world.shuffle(seed);
        for (was, is) in before.iter().zip(told(&world)) {
            let differ = was.bytes().zip(is.bytes()).position(|(a, b)| a != b);
            let around = differ.map(|at| {
                (was.get(at.saturating_sub(120)..at + 60), is.get(at.saturating_sub(120)..at + 60))
            });
            assert!(*was == is, "{around:?}");
        }
    }
}
