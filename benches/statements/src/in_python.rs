//! The worlds of the seventh and the eighth hand: written in Python by people who had read neither
//! the rules of matching nor the other hands (`benches/statements/seventh`, `eighth`), read here as
//! tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use marsad_types::Timestamp;

use crate::post::{Labelled, Role, World};
use crate::problem::Problem;

/// Makes a world by running the hand's package, and reads it.
pub(crate) fn build(hand: &str, data: &Path, seed: u64) -> Result<World, Problem> {
    if !data.try_exists()? {
        return Ok(World { posts: Vec::new() });
    }
    let scratch = std::env::temp_dir();
    let table = scratch.join(format!("{hand}-{}-{seed}.csv", std::process::id()));
    let made = Command::new("python3")
        .args(["-m", hand, &seed.to_string()])
        .arg(&table)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MARSAD_SHARED", data.parent().unwrap_or(data).canonicalize()?)
        .env("EIGHTH_POOL", scratch.join("marsad-eighth-pool.json"))
        .output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into());
    }
    let world = read(&table);
    std::fs::remove_file(&table)?;
    world
}

/// Reads a table with the columns channel, time, text, statements, kind, in the order of time.
fn read(table: &Path) -> Result<World, Problem> {
    let (mut numbers, mut kinds) = (Numbers::default(), Kinds::default());
    let mut posts = Vec::new();
    for row in csv::Reader::from_path(table)?.deserialize() {
        let [channel, time, text, statements, kind]: [String; 5] = row?;
        let carries: Vec<usize> =
            statements.split(' ').map(|statement| numbers.of(statement)).collect();
        let role = match kind.split('+').next() {
            Some("digest") => Role::Digest,
            Some("orig" | "orig_own") => Role::Original,
            _ => Role::Copy,
        };
        posts.push(Labelled {
            channel: numbers.of(&channel),
            at: time.parse::<Timestamp>()?.0,
            frame: language(&text),
            text,
            carries,
            role,
            kind: kinds.of(&kind),
            forward_of: None,
            media: None,
        });
    }
    Ok(World { posts })
}

/// Numbers for names, in the order in which they come.
#[derive(Default)]
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    fn of(&mut self, name: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

/// One change by its name, several as "combination"; for hard material what it is.
#[derive(Default)]
struct Kinds(BTreeMap<String, &'static str>);

impl Kinds {
    /// Names are few, and live as long as the program.
    fn of(&mut self, kind: &str) -> &'static str {
        const HARD: [&str; 9] = [
            "series",
            "opposite",
            "two-reports",
            "two",
            "short",
            "frame",
            "event",
            "denial",
            "digest",
        ];
        let (first, rest) =
            kind.split_once("-copy:").or(kind.split_once('+')).unwrap_or((kind, ""));
        let is_plain = rest.is_empty() || HARD.contains(&first);
        let first = if first == "two" { "two-reports" } else { first };
        let name = if is_plain { first } else { "combination" };
        self.0.entry(name.to_owned()).or_insert_with(|| name.to_owned().leak())
    }
}

/// The language of most letters.
fn language(text: &str) -> &'static str {
    let count = |script: std::ops::RangeInclusive<char>| {
        text.chars().filter(|letter| script.contains(letter)).count()
    };
    let languages = [("en", 'A'..='z'), ("ru", 'а'..='я'), ("ar", '\u{620}'..='\u{6FF}')];
    let most = languages.into_iter().max_by_key(|(_, script)| count(script.clone()));
    most.map_or("other", |(language, _)| language)
}
