//! Samples for reading by eye: matches and near misses of real posts, without their scores.
//!
//! Strata are fixed: matches by relation, those near the thresholds taken more often; near misses
//! are pairs that share rare runs of words and were not judged the same statement. What was judged
//! and why goes to another file, to be opened when the reading is done. A third lists all pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use marsad_matching::{Options, Prints, Relation, Statements, explain, group};
use marsad_types::Corpus;
use serde_json::json;

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use crate::problem::Problem;
use crate::score;

/// A run of so many words is rare where few posts hold it.
const RUN: usize = 4;
const POSTS_MAX: usize = 12;
/// Candidates compared in full.
const CANDIDATES_MAX: usize = 2500;

/// Where the posts are: file, columns of channel, time and text; an absent one is numbered.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a Path,
    pub(crate) channel: Option<&'a str>,
    pub(crate) time: Option<&'a str>,
    pub(crate) text: &'a str,
}

/// A pair, what was judged, and why.
struct Judged {
    stratum: &'static str,
    rows: (usize, usize),
    reason: String,
    similarity: f32,
    containment: f32,
}

type Strata = BTreeMap<&'static str, Vec<Judged>>;

/// Strata of matches and their parts of a hundred.
const MATCHES: [(&str, usize); 5] = [
    ("exact", 15),
    ("near, close to the threshold", 30),
    ("near", 15),
    ("contained, close to the threshold", 25),
    ("contained", 15),
];

/// Strata of near misses and their parts of a hundred.
const MISSES: [(&str, usize); 6] = [
    ("a figure", 20),
    ("a word in a series", 15),
    ("similarity 0.5 to 0.8", 25),
    ("containment 0.6 to 0.9", 20),
    ("alike, and apart all the same", 15),
    ("too short", 5),
];

/// Writes `each` matches and `each` near misses to `blind.ndjson` and `key.ndjson`, and every match
/// to `pairs.csv`.
pub(crate) fn sample(
    source: &Source<'_>,
    folder: &Path,
    each: usize,
    seed: u64,
) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)?;
    let (world, names) = read(source)?;
    let corpus = world.corpus();
    let prints = Prints::of(&corpus);
    let found = group(&corpus, &prints, &Options::default());
    list(&world, &names, &found, &folder.join("pairs.csv"))?;
    let mut chance = Chance::new(seed);
    let matches = matches(&world, &found);
    println!("{} posts; matches: {:?}", world.posts.len(), counts(&matches));
    let mut chosen = choose(matches, &MATCHES, each, &mut chance);
    let mut candidates = candidates(&world, &together(&found));
    shuffle(&mut candidates, &mut chance);
    candidates.truncate(CANDIDATES_MAX);
    let misses = misses(&corpus, &prints, candidates);
    println!("near misses among candidates: {:?}", counts(&misses));
    chosen.extend(choose(misses, &MISSES, each, &mut chance));
    shuffle(&mut chosen, &mut chance);
    write(&world, &chosen, folder)
}

fn counts(strata: &Strata) -> BTreeMap<&'static str, usize> {
    strata.iter().map(|(name, judged)| (*name, judged.len())).collect()
}

/// Every match, with the first post of its statement.
fn list(world: &World, names: &[String], found: &Statements, path: &Path) -> Result<(), Problem> {
    let mut list = csv::Writer::from_path(path)?;
    list.write_record([
        "first_channel",
        "first_row",
        "channel",
        "row",
        "hours",
        "relation",
        "similarity",
    ])?;
    for statement in &found.statements {
        let first = statement.members[0].post as usize;
        for member in statement.members.iter().skip(1) {
            let row = member.post as usize;
            let (a, b) = (&world.posts[first], &world.posts[row]);
            list.write_record([
                &names[a.channel],
                &first.to_string(),
                &names[b.channel],
                &row.to_string(),
                &((b.at - a.at) / 3_600_000).to_string(),
                member.relation.as_str(),
                &format!("{:.3}", member.similarity),
            ])?;
        }
    }
    list.flush()?;
    Ok(())
}

/// Pairs of posts in one statement.
fn together(found: &Statements) -> BTreeSet<(usize, usize)> {
    score::found(found).into_iter().map(score::rows).collect()
}

fn matches(world: &World, found: &Statements) -> Strata {
    let mut strata = Strata::new();
    for statement in &found.statements {
        let first = statement.members[0].post as usize;
        for member in statement.members.iter().skip(1) {
            let row = member.post as usize;
            let is_equal = world.posts[first].text == world.posts[row].text;
            let stratum = match (member.relation, member.similarity) {
                (Relation::Exact, _) if is_equal => "exact, to the letter",
                (Relation::Exact, _) => "exact",
                (Relation::Near, s) if s < 0.88 => "near, close to the threshold",
                (Relation::Near, _) => "near",
                (Relation::Contained, s) if s < 0.96 => "contained, close to the threshold",
                (Relation::Contained, _) => "contained",
                _ => continue,
            };
            strata.entry(stratum).or_default().push(Judged {
                stratum,
                rows: (first, row),
                reason: member.relation.as_str().to_owned(),
                similarity: member.similarity,
                containment: 0.0,
            });
        }
    }
    strata
}

fn misses(corpus: &Corpus, prints: &Prints, candidates: Vec<(usize, usize)>) -> Strata {
    let mut strata = Strata::new();
    for rows in candidates {
        let why = explain(corpus, prints, rows, &Options::default());
        let containment = why.left_in_right.max(why.right_in_left);
        let is_apart = why.reason.starts_with("not alike");
        let stratum = match why.reason.as_str() {
            reason if reason.contains("a figure") => "a figure",
            reason if reason.contains("a word") => "a word in a series",
            reason if reason.contains("too short") => "too short",
            _ if is_apart && why.similarity >= 0.5 => "similarity 0.5 to 0.8",
            _ if is_apart && containment >= 0.6 => "containment 0.6 to 0.9",
            _ if is_apart => continue,
            _ => "alike, and apart all the same",
        };
        let (reason, similarity) = (why.reason, why.similarity);
        let judged = Judged { stratum, rows, reason, similarity, containment };
        strata.entry(stratum).or_default().push(judged);
    }
    strata
}

fn write(world: &World, chosen: &[Judged], folder: &Path) -> Result<(), Problem> {
    let mut blind = BufWriter::new(File::create(folder.join("blind.ndjson"))?);
    let mut key = BufWriter::new(File::create(folder.join("key.ndjson"))?);
    for (number, judged) in chosen.iter().enumerate() {
        let (a, b) = (&world.posts[judged.rows.0], &world.posts[judged.rows.1]);
        writeln!(
            blind,
            "{}",
            json!({"n": number, "same_channel": a.channel == b.channel, "hours": (b.at - a.at) / 3_600_000, "a": a.text, "b": b.text})
        )?;
        writeln!(
            key,
            "{}",
            json!({"n": number, "stratum": judged.stratum, "reason": judged.reason, "similarity": judged.similarity, "containment": judged.containment})
        )?;
    }
    blind.flush()?;
    key.flush()?;
    Ok(())
}

/// By share of each stratum, of what there is; one pair a post, so that no family fills the sample.
fn choose(
    mut strata: Strata,
    shares: &[(&'static str, usize)],
    each: usize,
    chance: &mut Chance,
) -> Vec<Judged> {
    let mut chosen = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    let mut rest = Vec::new();
    for (name, share) in shares {
        let mut judged = strata.remove(name).unwrap_or_default();
        shuffle(&mut judged, chance);
        let mut taken = 0;
        for pair in judged {
            let is_new = !seen.contains(&pair.rows.0) && !seen.contains(&pair.rows.1);
            if is_new && taken < share * each / 100 {
                taken += 1;
                seen.extend([pair.rows.0, pair.rows.1]);
                chosen.push(pair);
            } else {
                rest.push(pair);
            }
        }
    }
    shuffle(&mut rest, chance);
    for pair in rest {
        if chosen.len() < each && !seen.contains(&pair.rows.0) && !seen.contains(&pair.rows.1) {
            seen.extend([pair.rows.0, pair.rows.1]);
            chosen.push(pair);
        }
    }
    chosen
}

/// Pairs that share two rare runs of words and are not in one statement.
fn candidates(world: &World, together: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, post) in world.posts.iter().enumerate() {
        let lower = post.text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let runs: BTreeSet<String> = words.windows(RUN).map(|run| run.join(" ")).collect();
        for run in runs {
            holders.entry(run).or_default().push(row);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for rows in holders.values().filter(|rows| rows.len() <= POSTS_MAX) {
        for (place, later) in rows.iter().enumerate() {
            for earlier in &rows[..place] {
                *shared.entry((*earlier, *later)).or_default() += 1;
            }
        }
    }
    let apart = shared.into_iter().filter(|(pair, count)| *count >= 2 && !together.contains(pair));
    apart.map(|(pair, _)| pair).collect()
}

fn shuffle<T>(items: &mut [T], chance: &mut Chance) {
    for last in (1..items.len()).rev() {
        items.swap(last, chance.below(last + 1));
    }
}

/// The posts by time, and the names of the channels.
fn read(source: &Source<'_>) -> Result<(World, Vec<String>), Problem> {
    let raw = File::open(source.file)?;
    let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(raw)?);
    let headers = csv.headers()?.clone();
    let place = |name: &str| headers.iter().position(|h| h == name).ok_or("no such column");
    let text = place(source.text)?;
    let channel = source.channel.map(place).transpose()?;
    let time = source.time.map(place).transpose()?;
    let mut channels: BTreeMap<String, usize> = BTreeMap::new();
    let mut posts = Vec::new();
    for (number, record) in csv.records().enumerate() {
        let record = record?;
        let field = |at: usize| record.get(at).unwrap_or("");
        let name = channel.map_or_else(|| number.to_string(), |at| field(at).to_owned());
        let count = channels.len();
        let channel = *channels.entry(name).or_insert(count);
        let at = match time {
            None => number as i64 * 60_000,
            Some(time) => match field(time).parse::<marsad_types::Timestamp>() {
                Ok(at) => at.0,
                Err(_) => continue,
            },
        };
        posts.push(Labelled {
            channel,
            at,
            text: field(text).to_owned(),
            carries: Vec::new(),
            role: Role::Original,
            kind: "real",
            frame: "real",
            forward_of: None,
            media: None,
        });
    }
    posts.sort_by_key(|post| (post.at, post.channel));
    let mut names = vec![String::new(); channels.len()];
    for (name, number) in channels {
        names[number] = name;
    }
    Ok((World { posts }, names))
}
