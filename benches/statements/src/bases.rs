//! Base texts: real posts and sentences of three languages, read at run time and never copied.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use crate::chance::Chance;
use crate::problem::Problem;

/// A file of texts: its name, its column, and another column that must hold a value.
pub(crate) type Source = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// What the first hand builds on.
pub(crate) const FIRST: [Source; 3] = [
    ("arabic-tweets-arsarcasm-v2/tweets.csv.zst", "tweet", None),
    ("tg-ru-news-24ch/posts_before_2024-12-01.csv.zst", "text", None),
    ("neardup-en-pan-paraphrase/pan_train.csv.zst", "s1", None),
];

/// What the second hand builds on: other files where there are any.
pub(crate) const SECOND: [Source; 5] = [
    ("arabic-diacritics-tashkeela/val_2500.csv.zst", "undiacritized", None),
    ("arabic-tweets-arsarcasm-v2/tweets.csv.zst", "tweet", None),
    ("tg-ru-channels-15/posts.csv.zst", "text", None),
    ("tg-ru-news-24ch/overlap_dev_2024-11-27_30.csv.zst", "text", None),
    ("ira-troll-tweets/small_2016-10-03_07.csv.zst", "content", Some(("language", "English"))),
];

/// What the third hand builds on, beside texts of its own making.
pub(crate) const THIRD: [Source; 5] = [
    ("arabic-diacritics-tashkeela/val_2500.csv.zst", "diacritized", None),
    ("ira-troll-tweets/arabic_script_rows.csv.zst", "content", None),
    ("neardup-en-pan-paraphrase/pan_train.csv.zst", "s2", None),
    ("tg-ru-news-24ch/posts_before_2024-12-01.csv.zst", "text", None),
    ("ira-troll-tweets/small_2016-10-03_07.csv.zst", "content", Some(("language", "Russian"))),
];

/// What the sixth hand builds on, beside texts of its own making.
pub(crate) const SIXTH: [Source; 8] = [
    ("ira-troll-tweets/arabic_script_rows.csv.zst", "content", None),
    ("arabic-tweets-arsarcasm-v2/tweets.csv.zst", "tweet", None),
    ("arabic-diacritics-tashkeela/val_2500.csv.zst", "diacritized", None),
    ("tg-ru-channels-15/posts.csv.zst", "text", None),
    ("tg-ru-news-24ch/posts_before_2024-12-01.csv.zst", "text", None),
    ("neardup-en-pan-paraphrase/pan_train.csv.zst", "s1", None),
    ("ira-troll-tweets/small_2016-10-03_07.csv.zst", "content", Some(("language", "English"))),
    ("ira-troll-tweets/small_2016-10-03_07.csv.zst", "content", Some(("language", "Russian"))),
];

/// Texts of 14 to 90 words, `each` of each source, without those that share a run of five words
/// with another.
pub(crate) fn read(
    data: &Path,
    sources: &[Source],
    seed: u64,
    each: usize,
) -> Result<Vec<String>, Problem> {
    let mut runs: BTreeSet<String> = BTreeSet::new();
    let mut chosen = Vec::new();
    let mut chance = Chance::new(seed ^ 0x4D);
    for (file, column, only) in sources {
        let path = data.join(file);
        let Ok(raw) = File::open(&path) else {
            println!("SKIPPED: {} is not there", path.display());
            continue;
        };
        let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(raw)?);
        let headers = csv.headers()?.clone();
        let place = |name: &str| headers.iter().position(|h| h == name);
        let column = place(column).ok_or_else(|| format!("no text column in {file}"))?;
        let only = only.and_then(|(name, value)| Some((place(name)?, value)));
        let mut texts: Vec<String> = csv
            .records()
            .filter_map(|record| {
                let record = record.ok()?;
                let wanted = only.is_none_or(|(at, value)| record.get(at) == Some(value));
                if wanted { record.get(column).map(str::to_owned) } else { None }
            })
            .collect();
        shuffle(&mut texts, &mut chance);
        let before = chosen.len();
        for text in texts {
            let Some(plain) = plain(&text) else { continue };
            let words: Vec<&str> = plain.split(' ').collect();
            let own: Vec<String> =
                words.windows(5).map(|run| run.join(" ").to_lowercase()).collect();
            if own.iter().any(|run| runs.contains(run)) {
                continue;
            }
            runs.extend(own);
            chosen.push(plain);
            if chosen.len() - before == each {
                break;
            }
        }
    }
    shuffle(&mut chosen, &mut chance);
    Ok(chosen)
}

/// A text of 14 to 90 words without links and mentions; none that invites to a channel.
fn plain(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|w| !w.contains("http") && !w.contains("](") && !w.contains('@'))
        .collect();
    let fits = (14..=90).contains(&words.len()) && !text.contains("одпис");
    fits.then(|| words.join(" "))
}

fn shuffle(texts: &mut [String], chance: &mut Chance) {
    for last in (1..texts.len()).rev() {
        texts.swap(last, chance.below(last + 1));
    }
}
