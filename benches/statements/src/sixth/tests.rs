//! Worlds from texts of our own, so that nothing outside is needed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn bases() -> Vec<String> {
    let mut chance = Chance::new(77);
    let mut bases = Vec::new();
    for tongue in TONGUES {
        let lexicon = Lexicon::of(tongue);
        for _ in 0..90 {
            let pattern = lexicon.one("story", &mut chance);
            bases.push(fill(pattern, &mut Values::new(), &lexicon, &mut chance));
        }
    }
    bases
}

#[test]
fn a_seed_gives_one_world_and_another_seed_another() {
    let bases = bases();
    let texts =
        |seed| world(&bases, seed).posts.into_iter().map(|post| post.text).collect::<Vec<_>>();
    assert_eq!(texts(1), texts(1));
    assert_ne!(texts(1), texts(2));
}

#[test]
fn worlds_have_the_size_and_the_channels_that_are_promised() {
    for seed in 1..4 {
        let world = world(&bases(), seed);
        assert!((1300..3500).contains(&world.posts.len()), "{}", world.posts.len());
        let channels: BTreeSet<usize> = world.posts.iter().map(|post| post.channel).collect();
        assert!(channels.len() >= 40, "{}", channels.len());
        assert!(world.posts.is_sorted_by_key(|post| post.at));
    }
}

#[test]
fn every_kind_of_change_and_of_decoy_occurs() {
    let bases = bases();
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for seed in 1..7 {
        kinds.extend(world(&bases, seed).posts.iter().map(|post| post.kind));
    }
    let mut wanted: Vec<&str> = changes::CHANGES.iter().map(|change| change.name).collect();
    wanted.extend([
        "original",
        "frame only",
        "nested frame",
        "repeat",
        "combination",
        "digest",
        "digest of cut items",
        "digest of a series",
        "short",
        "short in a frame",
        "greeting",
        "same event",
        "opposite",
        "correction",
        "quote",
        "series number",
        "series place",
        "series date",
        "series score",
        "series figures",
    ]);
    for kind in wanted {
        assert!(kinds.remove(kind), "{kind}");
    }
    assert!(kinds.is_empty(), "{kinds:?}");
}

#[test]
fn nothing_is_left_to_fill_in() {
    for post in world(&bases(), 3).posts {
        assert!(!post.text.contains(['{', '}']), "{}", post.text);
        assert!(!post.text.contains("\\n"), "{}", post.text);
        assert!(!post.carries.is_empty() && !post.text.trim().is_empty());
    }
}

#[test]
fn different_statements_have_different_texts() {
    let world = world(&bases(), 4);
    let mut texts: BTreeMap<String, &[usize]> = BTreeMap::new();
    for post in &world.posts {
        let known = texts.entry(seen(&post.text, usize::MAX)).or_insert(&post.carries);
        assert_eq!(*known, post.carries, "{}", post.text);
    }
}
