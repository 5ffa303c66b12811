use std::collections::BTreeSet;

use marsad_types::{ChannelKey, Taken, TakenBy, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::testing::{DAY, MINUTE, World, key, study, time};

const DESK: &str = "telegram:weatherdesk";

fn nobody(_: &ChannelKey, _: &str) -> bool {
    false
}

const NONE_ERASED: RemovalsOptions<'_> = RemovalsOptions { is_erased: &nobody };

/// Posts with these ids, a minute apart by id.
fn with_ids(ids: impl IntoIterator<Item = u64>) -> World {
    let mut world = World::default();
    let start = time("2019-11-29T00:00:00Z");
    for id in ids {
        world.post_as(DESK, &id.to_string(), start + id as i64 * MINUTE, &format!("hour {id}"));
    }
    world.watched(DESK, start, start + DAY);
    world
}

fn found(world: &World, options: RemovalsOptions<'_>) -> Finding<RemovalsRow, RemovalsTotal> {
    let corpus = world.corpus();
    removals(&study(&corpus), &Scope::default(), options)
}

fn taken(id: u64, by: TakenBy) -> Taken {
    Taken { channel: key(DESK), id: id.to_string().into(), by, line: 0 }
}

#[test]
fn what_albums_and_lines_of_the_platform_explain_is_not_missing() {
    // 3 is a line of the platform, 5 and 6 are pictures of 4; 8, 9 and 12 were never seen.
    let mut world = with_ids([1, 2, 4, 7, 10, 11, 13]);
    world.gone("11", time("2019-11-29T01:00:00Z"));
    world.taken.push(taken(3, TakenBy::Service));
    world.taken.extend([5, 6].map(|id| taken(id, TakenBy::Album)));
    let finding = found(&world, NONE_ERASED);
    let row = &finding.rows[0];
    assert_eq!((row.first_id, row.last_id, row.ids, row.posts), (1, 13, 13, 7));
    assert_eq!((row.service_ids, row.album_ids), (Some(1), Some(2)));
    // Two runs: 8 and 9 may be one album.
    assert_eq!((row.unseen_min, row.unseen_max), (Some(2), Some(3)));
    assert_eq!((row.deleted_seen, row.gone_min), (1, Some(3)));
    assert_eq!(row.gone_share_min, Some(3.0 / 9.0));
    assert_eq!(finding.extra.total.gone_min, 3);
    assert_eq!(row.wording, Wording::Observed);
}

#[test]
fn a_run_longer_than_an_album_is_more_than_one_post() {
    let finding = found(&with_ids([1, 22]), NONE_ERASED);
    let row = &finding.rows[0];
    assert_eq!((row.unseen_min, row.unseen_max), (Some(2), Some(20)));
}

#[test]
fn nothing_is_counted_where_nobody_watched() {
    let mut world = with_ids([1, 2, 9]);
    world.coverage.clear();
    let finding = found(&world, NONE_ERASED);
    assert!(finding.rows.is_empty());
    assert!(finding.notes.iter().any(|note| note.starts_with("1 channels have no post")));
    // Two stretches: the gap between them lies in neither.
    let start = time("2019-11-29T00:00:00Z");
    world.watched(DESK, start, start + 3 * MINUTE);
    world.watched(DESK, start + 8 * MINUTE, start + DAY);
    let rows = found(&world, NONE_ERASED).rows;
    assert_eq!(rows.iter().map(|row| row.unseen_max).collect::<Vec<_>>(), [Some(0), Some(0)]);
    // Looks that touch are one stretch.
    world.watched(DESK, start + 3 * MINUTE, start + 8 * MINUTE);
    let rows = found(&world, NONE_ERASED).rows;
    assert_eq!((rows.len(), rows[0].unseen_max), (1, Some(6)));
}

#[test]
fn other_platforms_tell_nothing_and_ids_that_jump_about_are_not_estimable() {
    let mut world = with_ids([1, 2]);
    world.post_as("matrix:!room:example.org", "1", time("2019-11-29T00:10:00Z"), "rain");
    world.watched("matrix:!room:example.org", 0, time("2019-12-29T00:10:00Z"));
    world.post_as(DESK, "7", time("2019-11-29T00:00:10Z"), "an older one");
    let finding = found(&world, NONE_ERASED);
    assert_eq!(finding.rows.len(), 1);
    let row = &finding.rows[0];
    assert_eq!((row.wording, row.unseen_max), (Wording::NotEstimable, None));
    assert!(
        finding.notes.iter().any(|note| note.contains("not consecutive")),
        "{:?}",
        finding.notes
    );
}

#[test]
fn what_was_erased_here_is_no_gap_of_the_channel() {
    let erased = |_: &ChannelKey, id: &str| id == "5";
    let options = RemovalsOptions { is_erased: &erased };
    let row = &found(&with_ids([1, 2, 3, 4, 6, 8]), options).rows[0];
    assert_eq!((row.erased_ids, row.unseen_min, row.unseen_max), (Some(1), Some(1), Some(1)));
}

#[test]
fn a_window_cuts_stretches() {
    let corpus = with_ids([1, 4, 5, 9]).corpus();
    let start = time("2019-11-29T00:00:00Z");
    let until = Some(Timestamp(start + 6 * MINUTE));
    let window = crate::Window { since: None, until };
    let scope = Scope { window, ..Scope::default() };
    let finding = removals(&study(&corpus), &scope, NONE_ERASED);
    let row = &finding.rows[0];
    assert_eq!((row.first_id, row.last_id, row.unseen_max), (1, 5, Some(2)));
    assert_eq!(row.to, Timestamp(start + 6 * MINUTE));
}

proptest! {
    /// Every id between the first and the last is exactly one thing, and the bounds hold whatever
    /// was planted.
    #[test]
    fn the_bounds_hold_for_planted_deletions(
        kinds in prop::collection::vec(0u8..6, 2..120),
        erase in any::<bool>(),
    ) {
        // 0, 1: seen; 2: seen and gone; 3: deleted before; 4: a line of the platform; 5: an album of
        // two, deleted before.
        let (mut seen, mut gone, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        let (mut id, mut deleted) = (1u64, Vec::new());
        for kind in kinds {
            match kind {
                0 | 1 => seen.push(id),
                2 => { seen.push(id); gone.push(id); }
                3 => deleted.push((id, 1u64)),
                4 => lines.push(id),
                _ => { deleted.push((id, 2)); id += 1; }
            }
            id += 1;
        }
        let mut world = with_ids(seen.iter().copied());
        for id in &gone {
            world.gone(&id.to_string(), time("2019-11-30T00:00:00Z"));
        }
        world.taken.extend(lines.iter().map(|id| taken(*id, TakenBy::Service)));
        let chosen: BTreeSet<u64> = if erase { seen.iter().step_by(3).copied().collect() } else { BTreeSet::new() };
        let is_erased = |_: &ChannelKey, id: &str| chosen.contains(&id.parse().unwrap());
        let finding = found(&world, RemovalsOptions { is_erased: &is_erased });
        let Some(row) = finding.rows.first() else { return Ok(()) };
        let (first, last) = (row.first_id, row.last_id);
        let inside: Vec<_> = deleted.iter().filter(|(id, _)| first < *id && *id < last).collect();
        let posts = inside.len() as u64;
        let messages: u64 = inside.iter().map(|(_, ids)| *ids).sum();
        prop_assert!(row.unseen_min <= Some(posts) && Some(posts) <= row.unseen_max);
        prop_assert_eq!(row.unseen_max, Some(messages));
        prop_assert_eq!(row.deleted_seen, gone.len() as u64);
        let explained = row.album_ids.unwrap() + row.service_ids.unwrap() + row.unread_ids.unwrap() + row.erased_ids.unwrap();
        prop_assert_eq!(row.ids, row.posts + explained + row.unseen_max.unwrap());
    }
}
