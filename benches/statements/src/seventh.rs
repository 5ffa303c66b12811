//! The worlds of the seventh hand: written in Python by somebody who had read neither the rules of
//! matching nor the other hands (`benches/statements/seventh`), read here as a table.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use marsad_types::Timestamp;

use crate::post::{Labelled, Role, World};
use crate::problem::Problem;

/// Makes a world by running the package, and reads it.
pub(crate) fn build(data: &Path, seed: u64) -> Result<World, Problem> {
    if !data.try_exists()? {
        return Ok(World { posts: Vec::new() });
    }
    let table = std::env::temp_dir().join(format!("seventh-{}-{seed}.csv", std::process::id()));
    let made = Command::new("python3")
        .args(["-m", "seventh", &seed.to_string()])
        .arg(&table)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MARSAD_SHARED", data.parent().unwrap_or(data).canonicalize()?)
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
    let mut numbers = Numbers::default();
    let mut posts = Vec::new();
    for row in csv::Reader::from_path(table)?.deserialize() {
        let [channel, time, text, statements, kind]: [String; 5] = row?;
        let carries: Vec<usize> =
            statements.split(' ').map(|statement| numbers.of(statement)).collect();
        let role = match kind.as_str() {
            "digest" => Role::Digest,
            "orig" => Role::Original,
            _ => Role::Copy,
        };
        posts.push(Labelled {
            channel: numbers.of(&channel),
            at: time.parse::<Timestamp>()?.0,
            text,
            carries,
            role,
            kind: name(&kind),
            frame: language(&channel),
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
fn name(kind: &str) -> &'static str {
    const SINGLE: [&str; 35] = [
        "single",
        "orig",
        "none",
        "digest",
        "series",
        "two-reports",
        "opposite",
        "short",
        "quotes-other",
        "ad-frame",
        "ar-letters",
        "ar-tashkeel",
        "ar-tatweel",
        "ar-persian",
        "ar-digits",
        "ar-forms",
        "invisible",
        "bidi",
        "homoglyph",
        "fullwidth",
        "math",
        "emoji",
        "markdown",
        "html",
        "links",
        "punct",
        "quotes",
        "case",
        "breaks",
        "typo",
        "synonym",
        "word-out",
        "word-in",
        "sentence-out",
        "cut",
    ];
    const AROUND: [&str; 9] = [
        "comment-before",
        "comment-after",
        "source-before",
        "source-after",
        "label",
        "forwarded",
        "source-frame-kept",
        "ad",
        "cut-more",
    ];
    const HARD: [&str; 4] = ["series", "opposite", "two-reports", "short"];
    if let Some((hard, _)) = kind.split_once("-copy:") {
        let full = if hard == "two" { "two-reports" } else { hard };
        return HARD.into_iter().find(|name| *name == full).unwrap_or("combination");
    }
    SINGLE.into_iter().chain(AROUND).find(|name| *name == kind).unwrap_or("combination")
}

fn language(channel: &str) -> &'static str {
    ["ar", "ru", "en"]
        .into_iter()
        .find(|language| channel.contains(&format!(":{language}_")))
        .unwrap_or("other")
}
