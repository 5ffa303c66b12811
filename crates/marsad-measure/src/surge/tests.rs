use marsad_stats::Random;
use marsad_types::Status;

use super::*;
use crate::Window;
use crate::testing::{DAY, World, key, sentence, study, time};

const START: &str = "2019-10-01T00:00:00Z";

/// An old channel that posts every day for 60 days, so that the archive has a length.
fn archive() -> (World, Random) {
    let (mut world, mut random) = (World::default(), Random::new(2));
    for day in 0..60 {
        world.post("telegram:old", time(START) + day * DAY, &sentence(&mut random));
    }
    (world, random)
}

#[test]
fn nine_channels_on_one_day_stand_out() {
    let (mut world, _) = archive();
    let day = time("2019-11-20T09:00:00Z");
    for n in 0..9 {
        let seen = world.seen(&format!("tamtam:affiliate{n}"), day + DAY, Status::Alive);
        seen.created_at = Some(Timestamp(day + n * 600_000));
    }
    let lone = world.seen("tamtam:alone", day + DAY, Status::Alive);
    lone.created_at = Some(Timestamp(day - 20 * DAY));
    let corpus = world.corpus();
    let finding = surge(&study(&corpus), &Scope::default());
    assert_eq!(finding.rows.len(), 2);
    let (quiet, full) = (&finding.rows[0], &finding.rows[1]);
    assert_eq!((quiet.new_channels, quiet.wording), (1, Wording::Chance));
    assert_eq!((full.day.as_str(), full.new_channels), ("2019-11-20", 9));
    assert_eq!((full.basis, full.wording), (Basis::CreatedAt, Wording::WellSupported));
    assert!((full.expected - 1.5 / 50.0).abs() < 1e-12, "{full:?}");
    assert!(full.p < 1e-9 && full.q < 1e-6);
    assert_eq!(full.channels.len(), 9);
    let changes = &finding.extra.change_points;
    assert!(changes.iter().any(|change| change.day == "2019-11-20"), "{changes:?}");
    let json = serde_json::to_value(&finding).unwrap();
    assert!(json["change_points"].is_array() && json["rows"][1]["basis"] == "created_at");
    assert!(json["rows"][1]["network"].is_null());
}

#[test]
fn channels_that_were_there_before_are_not_born_with_the_archive() {
    let (mut world, mut random) = archive();
    for day in 2..50 {
        world.post("telegram:weekly", time(START) + day * DAY, &sentence(&mut random));
    }
    for day in 30..60 {
        world.post("telegram:later", time(START) + day * DAY, &sentence(&mut random));
    }
    let corpus = world.corpus();
    let finding = surge(&study(&corpus), &Scope::default());
    let days: Vec<(&str, Basis)> =
        finding.rows.iter().map(|row| (row.day.as_str(), row.basis)).collect();
    assert_eq!(days, [("2019-10-31", Basis::FirstPost)]);
    assert!(finding.notes.iter().any(|note| note.starts_with("2 channels without")));
}

#[test]
fn a_first_look_at_many_channels_is_no_surge() {
    let (mut world, _) = archive();
    for n in 0..20 {
        world.seen(&format!("matrix:room{n}"), time("2019-11-20T00:00:00Z"), Status::Alive);
    }
    let corpus = world.corpus();
    let rows = surge(&study(&corpus), &Scope::default()).rows;
    assert_eq!((rows[0].new_channels, rows[0].basis), (20, Basis::FirstSeen));
    assert_eq!(rows[0].wording, Wording::NotEstimable);
}

#[test]
fn a_network_and_a_window_narrow_the_rows() {
    let (mut world, _) = archive();
    for n in 0..4 {
        let seen = world.seen(&format!("tamtam:a{n}"), time("2019-11-28T00:00:00Z"), Status::Alive);
        seen.created_at = Some(Timestamp(time("2019-11-10T00:00:00Z") + n * 5 * DAY));
    }
    let corpus = world.corpus();
    let study = study(&corpus);
    let scope = Scope {
        network: Some(vec![key("tamtam:a0"), key("tamtam:a1"), key("tamtam:a3")]),
        network_name: Some("weather".into()),
        window: Window { since: Some("2019-11-12".parse().unwrap()), until: None },
        ..Scope::default()
    };
    let rows = surge(&study, &scope).rows;
    let days: Vec<&str> = rows.iter().map(|row| row.day.as_str()).collect();
    assert_eq!(days, ["2019-11-15", "2019-11-25"]);
    assert!(rows.iter().all(|row| row.network.as_deref() == Some("weather")));
}
