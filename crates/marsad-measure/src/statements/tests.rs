use marsad_stats::Random;

use super::*;
use crate::testing::{DAY, World, platform, sentence, study, time};
use crate::{Window, audience};

fn two_statements() -> World {
    let mut random = Random::new(1);
    let (storm, trains) = (sentence(&mut random), sentence(&mut random));
    let mut world = World::default();
    let at = time("2019-11-30T17:55:00Z");
    world.post("tamtam:desk", at, &storm);
    world.post("telegram:desk", at + 60_000, &storm);
    world.post("telegram:copy", at + 90_000, &format!("{storm} https://example.org/x"));
    world.post("telegram:desk", at + 2 * DAY, &trains);
    world.post("telegram:copy", at + 3 * DAY, &trains);
    world.post("telegram:copy", at + 4 * DAY, &sentence(&mut random));
    world
}

fn list(world: &World, scope: &Scope, options: StatementsOptions) -> Vec<StatementRow> {
    let corpus = world.corpus();
    statements(&study(&corpus), scope, &options).rows
}

#[test]
fn statements_are_listed_by_posts_then_time_with_their_members() {
    let options = StatementsOptions { members: true, ..StatementsOptions::default() };
    let rows = list(&two_statements(), &Scope::default(), options);
    assert_eq!(rows.len(), 2);
    let storm = &rows[0];
    assert_eq!((storm.posts, storm.channels), (3, 3));
    assert_eq!(storm.platforms, ["tamtam", "telegram"]);
    assert_eq!(storm.first_post, "tamtam:desk/1");
    assert_eq!(storm.first_at.to_string(), "2019-11-30T17:55:00Z");
    assert_eq!(storm.last_at.to_string(), "2019-11-30T17:56:30Z");
    let members = storm.members.as_ref().unwrap();
    assert_eq!(members.len(), 3);
    assert_eq!((members[0].relation, members[1].relation), ("first", "exact"));
    assert!(rows[1].posts == 2 && rows[1].first_post == "telegram:desk/4");
}

#[test]
fn ids_come_from_the_first_post_and_not_from_the_order_of_input() {
    let mut world = two_statements();
    let before = list(&world, &Scope::default(), StatementsOptions::default());
    world.shuffle(9);
    assert_eq!(before, list(&world, &Scope::default(), StatementsOptions::default()));
    assert!(before[0].statement.len() == 17 && before[0].statement.starts_with('s'));
    assert!(before[0].members.is_none());
}

#[test]
fn a_window_selects_by_first_appearance_and_filters_by_channel() {
    let world = two_statements();
    let from = |written: &str| Scope {
        window: Window { since: Some(written.parse().unwrap()), until: None },
        ..Scope::default()
    };
    // The copies of the storm lie in the window, its first appearance does not.
    let rows = list(&world, &from("2019-11-30T17:55:30Z"), StatementsOptions::default());
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].first_post, "telegram:desk/4");
    let scope = Scope { platforms: vec![platform("telegram")], ..Scope::default() };
    let rows = list(&world, &scope, StatementsOptions::default());
    assert_eq!((rows.len(), rows[0].platforms.len()), (2, 1));
    let wide = StatementsOptions { min_platforms: 2, ..StatementsOptions::default() };
    assert_eq!(list(&world, &Scope::default(), wide).len(), 1);
    let all = StatementsOptions { min_posts: 1, ..StatementsOptions::default() };
    assert_eq!(list(&world, &Scope::default(), all).len(), 3);
    let one = Scope { limit: Some(1), ..Scope::default() };
    assert_eq!(list(&world, &one, StatementsOptions::default()).len(), 1);
}

#[test]
fn a_quote_is_cut_between_characters() {
    let mut world = World::default();
    let long = "قطار الصباح إلى الساحل يتأخر عشر دقائق بسبب الضباب الكثيف فوق الوادي ".repeat(4);
    world.post("telegram:desk", 0, &long);
    world.post("telegram:copy", 1000, &long);
    let rows = list(&world, &Scope::default(), StatementsOptions::default());
    assert_eq!(rows[0].quote.chars().count(), 120);
    assert!(long.starts_with(&rows[0].quote));
}

#[test]
fn coverage_and_unknown_names_are_told() {
    let mut world = two_statements();
    let start = time("2019-11-30T17:55:00Z");
    let end = start + 4 * DAY + 1000;
    world.watched("tamtam:desk", start, end);
    world.watched("telegram:desk", start, start + DAY);
    world.watched("telegram:desk", start + 2 * DAY, end);
    world.watched("telegram:copy", start, end);
    let corpus = world.corpus();
    let study = study(&corpus);
    let options = StatementsOptions::default();
    let finding = statements(&study, &Scope::default(), &options);
    assert_eq!((finding.coverage.channels, finding.coverage.gaps), (3, 1));
    assert!((finding.coverage.watched_share.unwrap() - 11.0 / 12.0).abs() < 1e-4);
    let scope = Scope { channels: vec![crate::testing::key("max:nobody")], ..Scope::default() };
    let finding = statements(&study, &scope, &options);
    assert!(finding.rows.is_empty());
    assert!(finding.notes.iter().any(|note| note.contains("max:nobody")));
}

#[test]
fn watching_outside_of_the_window_is_told_from_none() {
    let mut world = two_statements();
    let notes = |world: &World| {
        let corpus = world.corpus();
        statements(&study(&corpus), &Scope::default(), &StatementsOptions::default()).notes
    };
    let none = "no coverage is known: what was not collected";
    assert!(notes(&world).iter().any(|note| note.starts_with(none)));
    let after = time("2020-01-30T17:55:00Z");
    world.watched("telegram:desk", after, after + DAY);
    let outside = "no coverage within the window is known: what was not collected";
    let notes = notes(&world);
    assert!(notes.iter().any(|note| note.starts_with(outside)), "{notes:?}");
}

#[test]
fn an_empty_archive_has_findings_without_rows() {
    let corpus = World::default().corpus();
    let study = study(&corpus);
    let scope = Scope::default();
    assert!(statements(&study, &scope, &StatementsOptions::default()).rows.is_empty());
    assert!(crate::primacy(&study, &scope, &crate::PrimacyOptions::default()).rows.is_empty());
    assert!(crate::networks(&study, &scope).rows.is_empty());
    assert!(crate::surge(&study, &scope).rows.is_empty());
    assert!(crate::migration(&study, &scope, &crate::MigrationOptions::default()).rows.is_empty());
    assert!(audience(&study, &scope).rows.is_empty());
}

#[test]
fn audience_is_by_channel_and_time_and_never_a_sum() {
    let mut world = two_statements();
    let at = time("2019-12-01T12:00:00Z");
    world.seen("tamtam:desk", at + DAY, marsad_types::Status::Alive).subscribers = Some(1100);
    world.seen("tamtam:desk", at, marsad_types::Status::Alive).subscribers_min = Some(1000);
    world.seen("telegram:desk", at, marsad_types::Status::Alive);
    let corpus = world.corpus();
    let rows = audience(&study(&corpus), &Scope::default()).rows;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.channel.as_str(), row.subscribers, row.subscribers_min))
        .collect();
    assert_eq!(told, [("tamtam:desk", None, Some(1000)), ("tamtam:desk", Some(1100), None)]);
}
