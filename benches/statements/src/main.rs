//! Precision, recall and F1 of matching on worlds with known truth, by kind of change, beside
//! peers on the same posts.
//!
//! `statements-bench worlds FOLDER SEEDS` writes the posts for the peers (`peers.py`);
//! `statements-bench score FOLDER SEEDS [SHOW] [HAND]` groups them here, reads what the peers found
//! if it is there, and prints the tables; SEEDS is `8` (1 to 8) or `5-20`, SHOW the number of wrong
//! pairs printed, HAND the only hand whose worlds are wanted.
//! `statements-bench pairs FOLDER` and `statements-bench score-pairs FOLDER` do the same for
//! labelled pairs of other people.
//! `statements-bench sample FOLDER FILE CHANNEL TIME TEXT [EACH] [SEED]` draws matches and near
//! misses from real posts, to be read by eye (`-` for a column that is not there).
//!
//! Base texts are real posts under `../shared/data` (or
//! `$MARSAD_SHARED`), read at run time and never copied; without them there is nothing to measure.
#![expect(clippy::print_stdout, reason = "a tool that prints")]
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a tool, not the product")]

mod bases;
mod chance;
mod eye;
mod fifth;
mod first;
mod fourth;
mod in_python;
mod labelled;
mod peers;
mod post;
mod problem;
mod score;
mod second;
mod sixth;
mod table;
mod third;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use marsad_matching::{Options, Piece, Prints, Role, Statements, explain, group};
use marsad_types::Corpus;
use post::World;
use problem::Problem;
use score::{Pair, Scores, rows};

/// The hands that wrote the worlds.
const HANDS: [&str; 8] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

fn main() -> Result<(), Problem> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| -> usize {
        arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(otherwise)
    };
    let usage = "worlds|score|pairs|score-pairs FOLDER [SEEDS] [SHOW] [HAND]";
    let folder = PathBuf::from(arguments.get(1).ok_or(usage)?);
    let seeds = || seeds(arguments.get(2).map_or("8", String::as_str));
    match arguments.first().map(String::as_str) {
        Some("worlds") => worlds(&folder, seeds()?),
        Some("score") => {
            let hand = arguments.get(4).map(String::as_str);
            scores(&folder, seeds()?, number(3, 0), hand)
        }
        Some("sample") => {
            let column =
                |at: usize| arguments.get(at).map(String::as_str).filter(|name| *name != "-");
            let source = eye::Source {
                file: Path::new(arguments.get(2).ok_or(usage)?),
                channel: column(3),
                time: column(4),
                text: column(5).ok_or(usage)?,
            };
            eye::sample(&source, &folder, number(6, 100), number(7, 1) as u64)
        }
        Some("pairs") => labelled::write(&data(), &folder),
        Some("score-pairs") => labelled::score(&data(), &folder),
        _ => Err(usage.into()),
    }
}

fn data() -> PathBuf {
    let shared = std::env::var_os("MARSAD_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    shared.join("data")
}

fn world(hand: &str, seed: u64) -> Result<World, Problem> {
    if hand == "fourth" {
        return fourth::build(&data(), seed);
    }
    if hand == "fifth" {
        return fifth::build(&data(), seed);
    }
    if hand == "sixth" {
        return sixth::build(&data(), seed);
    }
    if matches!(hand, "seventh" | "eighth") {
        return in_python::build(hand, &data(), seed);
    }
    let (sources, salt, each): (&[bases::Source], u64, usize) = match hand {
        "first" => (&bases::FIRST, 0, 500),
        "second" => (&bases::SECOND, 0xF00D, 200),
        _ => (&bases::THIRD, 0x3A4D, 70),
    };
    let bases = bases::read(&data(), sources, seed ^ salt, each)?;
    Ok(match hand {
        _ if bases.is_empty() => World { posts: Vec::new() },
        "first" => first::build(&bases, seed),
        "second" => second::build(&bases, seed),
        _ => third::build(&bases, seed),
    })
}

/// `8` is the seeds 1 to 8, `5-20` those from 5 to 20.
fn seeds(written: &str) -> Result<RangeInclusive<u64>, Problem> {
    let (first, last) = written.split_once('-').unwrap_or(("1", written));
    Ok(first.parse()?..=last.parse()?)
}

fn worlds(folder: &Path, seeds: RangeInclusive<u64>) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)?;
    for hand in HANDS {
        for seed in seeds.clone() {
            peers::write(&folder.join(format!("{hand}-{seed}.ndjson")), &world(hand, seed)?)?;
        }
    }
    Ok(())
}

fn scores(
    folder: &Path,
    seeds: RangeInclusive<u64>,
    show: usize,
    only: Option<&str>,
) -> Result<(), Problem> {
    for hand in HANDS.into_iter().filter(|hand| only.is_none_or(|only| only == *hand)) {
        let mut ours: Vec<Scores> = Vec::new();
        let mut theirs = peers::Peers::default();
        for seed in seeds.clone() {
            let world = world(hand, seed)?;
            if world.posts.is_empty() {
                return Ok(());
            }
            let truth = score::truth(&world);
            let corpus = world.corpus();
            let prints = Prints::of(&corpus);
            let statements = group(&corpus, &prints, &Options::default());
            let found = score::found(&statements);
            let mut errors: Vec<(Pair, bool)> = Vec::new();
            ours.push(score::score(&world, &truth, &found, |pair, missed| {
                errors.push((pair, missed));
            }));
            let step = (errors.len() / show.max(1)).max(1);
            for (pair, missed) in errors.iter().step_by(step).take(show) {
                print_error(&world, (&corpus, &prints, &statements), *pair, *missed);
            }
            theirs.read(folder, &format!("{hand}-{seed}"), &world, &truth)?;
        }
        table::print(hand, *seeds.start(), &ours, &theirs);
    }
    Ok(())
}

fn print_error(
    world: &World,
    (corpus, prints, statements): (&Corpus, &Prints, &Statements),
    pair: Pair,
    missed: bool,
) {
    let (first, second) = rows(pair);
    let (a, b) = (&world.posts[first], &world.posts[second]);
    let why = explain(corpus, prints, (first, second), &Options::default());
    let masked = |text: &str, pieces: &[Piece]| -> String {
        let masked = pieces.iter().filter(|p| p.role == Role::Masked);
        masked.filter_map(|p| text.get(p.source.clone())).collect::<Vec<_>>().join(" ")
    };
    let memberships = |row: usize| -> Vec<String> {
        let holds = statements.statements.iter().filter_map(|statement| {
            let member = statement.members.iter().find(|member| member.post as usize == row)?;
            let first = statement.members.first()?.post;
            Some(format!("{} {:.2} of {first}", member.relation.as_str(), member.similarity))
        });
        holds.collect()
    };
    println!(
        "{} {} / {} ({} / {}): {} {:.2} {:.2} {:.2}\n  A {first} c{} {:?}\n    masked {:?} {:?}\n  B {second} c{} {:?}\n    masked {:?} {:?}",
        if missed { "MISSED" } else { "WRONG" },
        a.kind,
        b.kind,
        a.frame,
        b.frame,
        why.reason,
        why.similarity,
        why.left_in_right,
        why.right_in_left,
        a.channel,
        a.text,
        masked(&a.text, &why.left),
        memberships(first),
        b.channel,
        b.text,
        masked(&b.text, &why.right),
        memberships(second)
    );
}
