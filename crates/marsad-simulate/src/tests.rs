//! The worlds keep their promises: same bytes for the same seed, valid lines, true truth.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::{Settings, Summary, World, write};
use marsad_types::{ChannelKey, Platform, Timestamp};
use serde_json::Value;

struct Made {
    lines: Vec<u8>,
    truth: Vec<u8>,
    summary: Summary,
}

fn make(world: World, seed: u64, posts: Option<u64>) -> Made {
    let (mut lines, mut truth) = (Vec::new(), Vec::new());
    let summary = write(&Settings { world, seed, posts }, &mut lines, &mut truth).unwrap();
    Made { lines, truth, summary }
}

fn values(made: &Made) -> Vec<Value> {
    let lines = made.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn post_key(line: &Value) -> String {
    let platform = Platform::new(text(line, "platform")).unwrap();
    format!("{}/{}", ChannelKey::new(platform, text(line, "channel")), text(line, "id"))
}

const SMALL: [(World, Option<u64>); 3] =
    [(World::Article, None), (World::Quiet, Some(2000)), (World::Scale, Some(3000))];

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    for (world, posts) in SMALL {
        let (first, again, other) =
            (make(world, 7, posts), make(world, 7, posts), make(world, 8, posts));
        assert!(first.lines == again.lines && first.truth == again.truth, "{world:?}");
        assert!(first.lines != other.lines, "{world:?}");
    }
}

#[test]
fn every_line_has_what_the_contract_requires() {
    for (world, posts) in SMALL {
        let made = make(world, 3, posts);
        let (mut keys, mut counts) = (BTreeSet::new(), BTreeMap::new());
        for line in values(&made) {
            let kind = text(&line, "kind").to_owned();
            Platform::new(text(&line, "platform")).unwrap();
            let times: &[&str] = match kind.as_str() {
                "post" => &["published_at"],
                "channel" => &["observed_at", "created_at"],
                "coverage" | "event" => &["from", "to"],
                other => panic!("unknown kind {other}"),
            };
            for field in times {
                text(&line, field).parse::<Timestamp>().unwrap();
            }
            if kind == "post" {
                assert!(keys.insert(post_key(&line)), "{line}");
                assert!(!text(&line, "text").is_empty());
            }
            *counts.entry(kind).or_insert(0u64) += 1;
        }
        let count = |kind: &str| counts.get(kind).copied().unwrap_or(0);
        let Summary { posts, observations, coverage, events, .. } = made.summary;
        let seen = [count("post"), count("channel"), count("coverage"), count("event")];
        assert_eq!(seen, [posts, observations, coverage, events]);
        let truth: Value = serde_json::from_slice(&made.truth).unwrap();
        assert_eq!(truth["lines"]["posts"], posts);
        assert_eq!(truth["world"], world.as_str());
    }
}

#[test]
fn the_article_world_tells_the_article() {
    let made = make(World::Article, 1, None);
    let truth: Value = serde_json::from_slice(&made.truth).unwrap();
    assert!((20_000..40_000).contains(&made.summary.posts), "{:?}", made.summary);
    let flagship = &truth["flagship"]["first_at"];
    assert_eq!(flagship["tamtam"], "2019-11-30T17:55:00Z");
    assert_eq!(flagship["telegram"], "2019-11-30T17:56:00Z");
    let pair = &truth["primacy"]["since_move"][0];
    assert_eq!((text(pair, "leader"), text(pair, "follower")), ("tamtam", "telegram"));
    let share = pair["leader_first"].as_f64().unwrap() / pair["statements"].as_f64().unwrap();
    assert!((0.75..0.95).contains(&share), "{pair}");
    assert!(truth["activity"]["ratio"].as_f64().unwrap() < 0.4);
    assert_eq!(truth["removals"]["tamtam_gone_since_move"], 0);
    let shares = ["before", "after"].map(|side| truth["links"][side]["share"].as_f64().unwrap());
    assert!(shares[0] > 0.3 && shares[1] < 0.1, "{shares:?}");
    let posts: Vec<u64> = truth["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["posts"].as_u64().unwrap())
        .collect();
    let [_, tamtam_2018, matrix, rocketchat, tamtam_2019] = posts[..] else { panic!("{posts:?}") };
    assert!(tamtam_2018 < matrix && matrix < rocketchat && rocketchat < tamtam_2019, "{posts:?}");
}

#[test]
fn the_truth_of_the_article_agrees_with_its_lines() {
    let made = make(World::Article, 2, None);
    let truth: Value = serde_json::from_slice(&made.truth).unwrap();
    let lines = values(&made);
    let posts: BTreeMap<String, &Value> = lines
        .iter()
        .filter(|line| line["kind"] == "post")
        .map(|line| (post_key(line), line))
        .collect();
    for statement in truth["statements"].as_array().unwrap() {
        for member in statement["posts"].as_array().unwrap() {
            let line = posts.get(text(member, "post")).expect("a planted post is in the file");
            assert_eq!(line["published_at"], member["published_at"]);
            assert_eq!(line["forward_of"].is_object(), member["change"] == "forward", "{line}");
        }
    }
    let channels = lines.iter().filter(|line| line["kind"] == "channel");
    let mut births: BTreeMap<String, String> = BTreeMap::new();
    let mut largest = 0;
    for line in channels {
        let key = format!("{}:{}", text(line, "platform"), text(line, "channel"));
        if key == "tamtam:mawsim" {
            largest = largest.max(line["subscribers"].as_u64().unwrap());
        }
        births.insert(key, text(line, "created_at").to_owned());
    }
    let nine = births
        .iter()
        .filter(|(key, at)| key.starts_with("tamtam:") && at.starts_with("2019-12-01"));
    assert_eq!((nine.count(), largest), (9, 1100));
}

#[test]
fn statements_of_the_article_are_not_near_duplicates_of_each_other() {
    let made = make(World::Article, 1, None);
    let truth: Value = serde_json::from_slice(&made.truth).unwrap();
    let lines = values(&made);
    let texts: BTreeMap<String, &str> = lines
        .iter()
        .filter(|line| line["kind"] == "post")
        .map(|line| (post_key(line), text(line, "text")))
        .collect();
    let statements = truth["statements"].as_array().unwrap().iter().step_by(12);
    let shingles: Vec<Vec<u64>> =
        statements.map(|statement| shingles(texts[text(&statement["posts"][0], "post")])).collect();
    for (nth, a) in shingles.iter().enumerate() {
        for b in shingles.iter().skip(nth + 1) {
            let shared = a.iter().filter(|shingle| b.binary_search(shingle).is_ok()).count();
            let jaccard = shared as f64 / (a.len() + b.len() - shared) as f64;
            assert!(jaccard < 0.6, "{jaccard}");
        }
    }
}

/// Runs of five letters, hashed, sorted.
fn shingles(text: &str) -> Vec<u64> {
    let letters: Vec<char> = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let hash =
        |run: &[char]| run.iter().fold(0u64, |hash, c| hash.wrapping_mul(0x100_0193) ^ *c as u64);
    let all: BTreeSet<u64> = letters.windows(5).map(hash).collect();
    all.into_iter().collect()
}

#[test]
fn the_article_world_refuses_another_size() {
    let settings = Settings { world: World::Article, seed: 1, posts: Some(10) };
    let error = write(&settings, &mut io::sink(), &mut io::sink()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

/// Remembers the largest piece that it was given.
#[derive(Default)]
struct Gauge {
    bytes: usize,
    largest: usize,
}

impl Write for Gauge {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes += piece.len();
        self.largest = self.largest.max(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_world_leaves_in_small_pieces_and_a_third_of_it_is_copied() {
    let mut gauge = Gauge::default();
    let mut truth = Vec::new();
    let settings = Settings { world: World::Scale, seed: 1, posts: Some(40_000) };
    write(&settings, &mut gauge, &mut truth).unwrap();
    assert!(
        gauge.bytes > 10_000_000 && gauge.largest < 400_000,
        "{} {}",
        gauge.bytes,
        gauge.largest
    );
    let truth: Value = serde_json::from_slice(&truth).unwrap();
    let copies = truth["copies"].as_f64().unwrap() / 40_000.0;
    assert!((0.31..0.36).contains(&copies), "{copies}");
}

#[test]
fn names_of_worlds_read_back() {
    for world in World::ALL {
        assert_eq!(World::parse(world.as_str()), Some(world));
    }
    assert_eq!(World::parse("loud"), None);
}
