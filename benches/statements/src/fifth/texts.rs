//! Base texts of three languages: 9 to 250 words, long and short in fixed shares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use crate::chance::Chance;
use crate::problem::Problem;

/// The language of a text and of a channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Lang {
    Ar,
    Ru,
    En,
}

impl Lang {
    pub(super) const ALL: [Self; 3] = [Self::Ar, Self::Ru, Self::En];

    /// One of three values, by language.
    pub(super) fn of<T: Copy>(self, of: [T; 3]) -> T {
        of[self as usize]
    }
}

/// Texts of one language: some to be statements, some short, some to be taken apart.
#[derive(Default)]
pub(super) struct Pool {
    /// Statements of 9 to 250 words.
    pub(super) bodies: Vec<String>,
    /// Texts of 4 to 8 words.
    pub(super) shorts: Vec<String>,
    /// Texts that no post carries whole: quotes and added sentences come from these.
    pub(super) spare: Vec<String>,
}

/// A file, its column, a column that must hold a value, and the language.
type Source = (&'static str, &'static str, Option<(&'static str, &'static str)>, Lang);

const SOURCES: [Source; 8] = [
    ("arabic-tweets-arsarcasm-v2/tweets.csv.zst", "tweet", None, Lang::Ar),
    ("arabic-diacritics-tashkeela/val_2500.csv.zst", "undiacritized", None, Lang::Ar),
    ("ira-troll-tweets/arabic_script_rows.csv.zst", "content", None, Lang::Ar),
    ("tg-ru-news-24ch/posts_before_2024-12-01.csv.zst", "text", None, Lang::Ru),
    ("tg-ru-news-24ch/overlap_dev_2024-11-27_30.csv.zst", "text", None, Lang::Ru),
    ("tg-ru-channels-15/posts.csv.zst", "text", None, Lang::Ru),
    ("neardup-en-pan-paraphrase/pan_train.csv.zst", "s2", None, Lang::En),
    (
        "ira-troll-tweets/small_2016-10-03_07.csv.zst",
        "content",
        Some(("language", "English")),
        Lang::En,
    ),
];

/// Of a hundred bodies: how many have up to 13, 40, 90 and 250 words.
const LENGTHS: [(usize, usize); 4] = [(13, 16), (40, 44), (90, 28), (250, 12)];

/// Of a hundred bodies, those in each language.
const SHARES: [usize; 3] = [40, 34, 26];

/// Short texts and spare ones, of each language.
const SHORTS: usize = 400;
const SPARE: usize = 60;

/// Reads pools for about `bodies` statements; empty where the data is not there.
pub(super) fn read(data: &Path, bodies: usize, chance: &mut Chance) -> Result<[Pool; 3], Problem> {
    let mut raw: [Vec<String>; 3] = Default::default();
    for (file, column, only, lang) in SOURCES {
        let path = data.join(file);
        let Ok(opened) = File::open(&path) else {
            println!("SKIPPED: {} is not there", path.display());
            continue;
        };
        let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(opened)?);
        let headers = csv.headers()?.clone();
        let place = |name: &str| headers.iter().position(|h| h == name);
        let column = place(column).ok_or_else(|| format!("no text column in {file}"))?;
        let only = only.and_then(|(name, value)| Some((place(name)?, value)));
        for record in csv.records() {
            let record = record?;
            if only.is_none_or(|(at, value)| record.get(at) == Some(value)) {
                raw[lang as usize].extend(record.get(column).and_then(plain));
            }
        }
    }
    let mut pools: [Pool; 3] = Default::default();
    for (lang, mut texts) in raw.into_iter().enumerate() {
        shuffle(&mut texts, chance);
        pools[lang] = choose(texts, bodies * SHARES[lang] / 100);
        shuffle(&mut pools[lang].bodies, chance);
    }
    Ok(pools)
}

fn choose(texts: Vec<String>, wanted: usize) -> Pool {
    let mut seen = Seen::default();
    let mut pool = Pool::default();
    let mut full = [0; LENGTHS.len()];
    for text in texts {
        let enough = full.iter().zip(LENGTHS).all(|(n, (_, share))| *n >= wanted * share / 100);
        if enough && pool.shorts.len() >= SHORTS && pool.spare.len() >= SPARE {
            break;
        }
        let words = text.split_whitespace().count();
        let class = LENGTHS.iter().position(|(most, _)| words <= *most);
        let Some(class) = class.filter(|_| words >= 4) else { continue };
        let short = words < 9;
        let body = !short && full[class] < wanted * LENGTHS[class].1 / 100;
        let room =
            if short { pool.shorts.len() < SHORTS } else { body || pool.spare.len() < SPARE };
        if !room || !seen.is_new(&text) {
            continue;
        }
        if short {
            pool.shorts.push(text);
        } else if body {
            full[class] += 1;
            pool.bodies.push(text);
        } else {
            pool.spare.push(text);
        }
    }
    pool
}

/// What was chosen before: a text that shares a run of words, or most of its words, is not new.
#[derive(Default)]
struct Seen {
    runs: BTreeSet<String>,
    holders: BTreeMap<String, Vec<u32>>,
    sizes: Vec<usize>,
}

impl Seen {
    fn is_new(&mut self, text: &str) -> bool {
        let words = keys(text);
        let length = if words.len() < 9 { 3 } else { 5 };
        let run = |run: &[String]| run.join(" ");
        if words.len() < 4 || words.windows(length).any(|w| self.runs.contains(&run(w))) {
            return false;
        }
        let set: BTreeSet<&String> = words.iter().collect();
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for word in &set {
            for holder in self.holders.get(*word).into_iter().flatten() {
                *shared.entry(*holder).or_default() += 1;
            }
        }
        let most = |(holder, n): (&u32, &usize)| {
            let smaller = self.sizes[*holder as usize].min(set.len());
            *n >= 4 && *n * 100 >= smaller * 55
        };
        if shared.iter().any(most) {
            return false;
        }
        let number = self.sizes.len() as u32;
        for word in &set {
            // words that half of all texts hold tell nothing and cost much
            let holders = self.holders.entry((*word).clone()).or_default();
            if holders.len() < 100 {
                holders.push(number);
            }
        }
        self.sizes.push(set.len());
        self.runs.extend(words.windows(5).map(run));
        if words.len() < 9 {
            self.runs.extend(words.windows(3).map(run));
        }
        true
    }
}

/// The words of a text, without marks and case.
pub(super) fn keys(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.to_lowercase().replace('ё', "е").replace(['أ', 'إ', 'آ'], "ا"))
        .collect()
}

/// What a channel's own frame says, in the texts of others: lines with these are left out.
const FRAMES: [&str; 12] = [
    "одпис",
    "рислать",
    "рислал",
    "Читать нас",
    "@",
    "t.me",
    "бота",
    "http",
    "омокод",
    "RT ",
    "РЕКЛАМА",
    "erid",
];

/// A text without marks, links, mentions and the frame it stood in.
fn plain(text: &str) -> Option<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let shown = without_targets(line).replace("**", "").replace("__", "").replace('`', "");
        let words: Vec<&str> = shown
            .split_whitespace()
            .filter(|w| !w.contains("http") && !w.starts_with('@') && *w != "RT")
            .collect();
        let line = words.join(" ");
        if !line.is_empty() && !FRAMES.iter().any(|frame| line.contains(frame)) {
            lines.push(line);
        }
    }
    let text = lines.join("\n").trim_matches(['\'', '"', ' ']).to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = |w: &&&str| w.chars().any(char::is_alphabetic);
    let mostly_words = words.iter().filter(letters).count() * 10 >= words.len() * 7;
    let fits = (4..=250).contains(&words.len()) && mostly_words && !text.contains("<<");
    fits.then_some(text)
}

/// `[shown](target)` becomes `shown`.
fn without_targets(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        let (start, shown) = before.rsplit_once('[').unwrap_or((before, ""));
        out.push_str(start);
        out.push_str(shown);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

/// Mixes the order.
pub(super) fn shuffle<T>(texts: &mut [T], chance: &mut Chance) {
    for last in (1..texts.len()).rev() {
        texts.swap(last, chance.below(last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_links_marks_and_the_frame_of_its_channel() {
        let text =
            "**Bridge** [closed](https://example.org/a) on Friday\n\n[Подписаться](https://t.me/x)";
        assert_eq!(plain(text).as_deref(), Some("Bridge closed on Friday"));
        assert_eq!(plain("three words only"), None);
    }

    #[test]
    fn a_text_that_shares_a_run_or_most_words_is_not_new() {
        let mut seen = Seen::default();
        let first = "The old bridge over the river will stay closed until the end of May";
        assert!(seen.is_new(first));
        assert!(
            !seen.is_new("Again the old bridge over the river is painted by many young people")
        );
        assert!(!seen.is_new("River bridge closed: old, until May end will stay the over"));
        assert!(seen.is_new("A night train leaves at nine and carries bicycles in the last car"));
    }
}
