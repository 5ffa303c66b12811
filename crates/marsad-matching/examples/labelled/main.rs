//! Precision, recall and F1 of grouping on worlds with known truth, by kind of change.
//!
//! `labelled [SEEDS] [SHOW]`: base texts are real posts under `../shared/data` (or
//! `$MARSAD_SHARED`), read at run time and never copied; without them there is nothing to measure.
//! SHOW is the number of wrong pairs printed.
#![expect(clippy::print_stdout, reason = "a tool that prints")]
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a tool, not the product")]

mod chance;
mod change;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use marsad_matching::{Options, Piece, Prints, Role, Statements, explain, group};
use marsad_types::Corpus;
use world::World;

/// Base texts of each language.
const BASES: usize = 500;

#[derive(Default, Clone, Copy)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: usize| -> usize {
        arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(otherwise)
    };
    let (seeds, show) = (number(0, 3), number(1, 0));
    let data = std::env::var_os("MARSAD_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let mut kinds: BTreeMap<String, Score> = BTreeMap::new();
    for seed in 1..=seeds as u64 {
        let bases = bases(&data.join("data"), seed)?;
        let world = world::build(&bases, seed);
        let corpus = world.corpus();
        let prints = Prints::of(&corpus);
        let found = group(&corpus, &prints, &Options::default());
        let all = score(&world, (&corpus, &prints, &found), &mut kinds, show);
        println!(
            "seed {seed}: {} posts in {} channels, {}",
            world.posts.len(),
            corpus.channels.len(),
            line(all)
        );
    }
    for (kind, score) in kinds {
        println!("{kind:14} {}", line(score));
    }
    Ok(())
}

fn line(score: Score) -> String {
    let precision = score.right as f64 / (score.right + score.wrong).max(1) as f64;
    let recall = score.right as f64 / (score.right + score.missed).max(1) as f64;
    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
    format!(
        "precision {precision:.4} recall {recall:.4} F1 {f1:.4} (pairs {} wrong {} missed {})",
        score.right, score.wrong, score.missed
    )
}

/// Pairs of posts in one statement, against pairs that carry one.
fn score(
    world: &World,
    result: (&Corpus, &Prints, &Statements),
    kinds: &mut BTreeMap<String, Score>,
    show: usize,
) -> Score {
    let (corpus, prints, found) = result;
    let mut predicted: BTreeSet<(usize, usize)> = BTreeSet::new();
    for statement in &found.statements {
        add_pairs(statement.members.iter().map(|m| m.post as usize).collect(), &mut predicted);
    }
    let mut carriers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, post) in world.posts.iter().enumerate() {
        for statement in &post.carries {
            carriers.entry(*statement).or_default().push(number);
        }
    }
    let mut truth = BTreeSet::new();
    for posts in carriers.into_values() {
        add_pairs(posts, &mut truth);
    }
    let mut all = Score::default();
    let mut shown = 0;
    for pair in predicted.union(&truth) {
        let (a, b) = (&world.posts[pair.0], &world.posts[pair.1]);
        let kind = kinds.entry(kind_of(&a.kind, &b.kind)).or_default();
        let (is_predicted, is_true) = (predicted.contains(pair), truth.contains(pair));
        for score in [kind, &mut all] {
            score.right += usize::from(is_predicted && is_true);
            score.wrong += usize::from(is_predicted && !is_true);
            score.missed += usize::from(!is_predicted && is_true);
        }
        if is_predicted != is_true && shown < show {
            shown += 1;
            let what = if is_true { "MISSED" } else { "WRONG" };
            let why = explain(corpus, prints, *pair, &Options::default());
            let masked = |text: &str, pieces: &[Piece]| -> String {
                let masked = pieces.iter().filter(|p| p.role == Role::Masked);
                masked.filter_map(|p| text.get(p.source.clone())).collect::<Vec<_>>().join(" ")
            };
            println!(
                "  {} {:.2} masked A {:?} B {:?}",
                why.reason,
                why.similarity,
                masked(&a.text, &why.left),
                masked(&b.text, &why.right)
            );
            println!(
                "{what} {} / {}\n  A c{} {:?}\n  B c{} {:?}",
                a.kind, b.kind, a.channel, a.text, b.channel, b.text
            );
        }
    }
    all
}

/// Two changed copies of one text are counted apart: their changes add up.
fn kind_of(a: &str, b: &str) -> String {
    let plain = |kind: &str| matches!(kind, "original" | "series" | "short" | "digest" | "quote");
    match (plain(a), plain(b)) {
        (true, false) if a == "original" => b.to_owned(),
        (false, true) if b == "original" => a.to_owned(),
        _ if a == b => a.to_owned(),
        (false, false) => "both changed".to_owned(),
        _ if a == "digest" || b == "digest" => "digest".to_owned(),
        _ => format!("{} {}", a.min(b), a.max(b)),
    }
}

fn add_pairs(mut posts: Vec<usize>, pairs: &mut BTreeSet<(usize, usize)>) {
    posts.sort_unstable();
    posts.dedup();
    for (place, later) in posts.iter().enumerate() {
        pairs.extend(posts[..place].iter().map(|earlier| (*earlier, *later)));
    }
}

/// Real texts of three languages, without those that share a run of five words with another.
fn bases(data: &Path, seed: u64) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let sources = [
        ("arabic-tweets-arsarcasm-v2/tweets.csv.zst", "tweet"),
        ("tg-ru-news-24ch/posts_before_2024-12-01.csv.zst", "text"),
        ("neardup-en-pan-paraphrase/pan_train.csv.zst", "s1"),
    ];
    let mut runs: BTreeSet<String> = BTreeSet::new();
    let mut chosen = Vec::new();
    let mut chance = chance::Chance::new(seed ^ 0x4D);
    for (file, column) in sources {
        let path = data.join(file);
        let Ok(raw) = File::open(&path) else {
            println!("SKIPPED: {} is not there", path.display());
            continue;
        };
        let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(raw)?);
        let column = csv.headers()?.iter().position(|h| h == column);
        let column = column.ok_or_else(|| format!("no text column in {file}"))?;
        let mut texts: Vec<String> =
            csv.records().filter_map(|r| r.ok()?.get(column).map(str::to_owned)).collect();
        for last in (1..texts.len()).rev() {
            texts.swap(last, chance.below(last + 1));
        }
        let before = chosen.len();
        for text in texts {
            let plain: Vec<&str> = text
                .split_whitespace()
                .filter(|w| !w.contains("http") && !w.contains("](") && !w.contains('@'))
                .collect();
            if !(14..=90).contains(&plain.len()) || text.contains("одпис") {
                continue;
            }
            let own: Vec<String> =
                plain.windows(5).map(|run| run.join(" ").to_lowercase()).collect();
            if own.iter().any(|run| runs.contains(run)) {
                continue;
            }
            runs.extend(own);
            chosen.push(plain.join(" "));
            if chosen.len() - before == BASES {
                break;
            }
        }
    }
    for last in (1..chosen.len()).rev() {
        chosen.swap(last, chance.below(last + 1));
    }
    Ok(chosen)
}
