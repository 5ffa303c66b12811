//! Real texts of 8 to 300 words, read at run time and never copied into the repository.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use super::lexicon::Language;
use crate::chance::Chance;
use crate::problem::Problem;

/// A real text.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub(super) language: Language,
    pub(super) text: String,
    /// The same text with its vowel marks, where the file has both.
    pub(super) marked: Option<String>,
}

/// What a world is made of. No two of these texts share a run of four words, but for the two of
/// a headline.
pub(super) struct Pools {
    pub(super) bases: Vec<Base>,
    /// Texts of four to seven words.
    pub(super) short: Vec<Base>,
    /// Two headlines of nearly the same words and another meaning, as people labelled them.
    pub(super) headlines: Vec<(String, String)>,
}

/// How a file is read.
struct Source {
    file: &'static str,
    columns: &'static [&'static str],
    language: Language,
    how: How,
    /// How many texts of it a world wants, and how many short ones.
    wanted: (usize, usize),
}

enum How {
    /// Posts with lines: those of the channel's own frame go.
    Lines,
    /// Words: links and names go.
    Words,
    /// Single sentences: three to eight of them make a long text now and then.
    Sentences,
}

const SOURCES: [Source; 7] = [
    Source {
        file: "tg-ru-news-24ch/posts_before_2024-12-01.csv.zst",
        columns: &["text"],
        language: Language::Russian,
        how: How::Lines,
        wanted: (240, 20),
    },
    Source {
        file: "tg-ru-channels-15/posts.csv.zst",
        columns: &["text"],
        language: Language::Russian,
        how: How::Lines,
        wanted: (25, 2),
    },
    Source {
        file: "arabic-tweets-arsarcasm-v2/tweets.csv.zst",
        columns: &["tweet"],
        language: Language::Arabic,
        how: How::Words,
        wanted: (125, 16),
    },
    Source {
        file: "arabic-diacritics-tashkeela/val_2500.csv.zst",
        columns: &["undiacritized", "diacritized"],
        language: Language::Arabic,
        how: How::Words,
        wanted: (70, 0),
    },
    Source {
        file: "ira-troll-tweets/arabic_script_rows.csv.zst",
        columns: &["content"],
        language: Language::Arabic,
        how: How::Words,
        wanted: (30, 6),
    },
    Source {
        file: "neardup-en-pan-paraphrase/pan_train.csv.zst",
        columns: &["s1"],
        language: Language::English,
        how: How::Sentences,
        wanted: (105, 12),
    },
    Source {
        file: "tgdataset-sample-and-labels/sample_messages.csv.zst",
        columns: &["message"],
        language: Language::English,
        how: How::Words,
        wanted: (20, 2),
    },
];

const HEADLINES: &str = "neardup-ar-news-titles-ans/stance_train_dev.csv.zst";
const HEADLINES_WANTED: usize = 14;

/// Marks of a line that belongs to the channel and not to the text.
const OF_THE_CHANNEL: [&str; 10] =
    ["http", "t.me", "@", "](", "одпис", "рислать", "аш канал", "еклам", "rid", "рисоединя"];

/// Reads the texts of one world.
pub(super) fn read(data: &Path, chance: &mut Chance) -> Result<Pools, Problem> {
    let mut runs = BTreeSet::new();
    let mut pools = Pools { bases: Vec::new(), short: Vec::new(), headlines: Vec::new() };
    for row in rows(data, HEADLINES, &["s1", "s2", "stance"], chance)? {
        let [one, other, stance] = row.as_slice() else { continue };
        let long = |text: &str| words(text).len() >= 6;
        let told_apart = stance == "disagree" && key(one) != key(other);
        if !told_apart || !long(one) || !long(other) {
            continue;
        }
        let both = [own_runs(one), own_runs(other)].concat();
        if both.iter().all(|run| !runs.contains(run)) {
            runs.extend(both);
            pools.headlines.push((one.clone(), other.clone()));
        }
        if pools.headlines.len() == HEADLINES_WANTED {
            break;
        }
    }
    for source in &SOURCES {
        let mut left = source.wanted;
        let mut waiting: Vec<String> = Vec::new();
        let mut long = 0;
        for row in rows(data, source.file, source.columns, chance)? {
            let Some(first) = row.first() else { continue };
            let (text, marked) = match source.how {
                How::Lines => (lines_of(first), None),
                How::Words => (words_of(first), row.get(1).map(|text| words_of(text))),
                How::Sentences => (words_of(first), None),
            };
            if !is_of(source.language, &text) || left == (0, 0) {
                continue;
            }
            let count = words(&text).len();
            let own = own_runs(&text);
            let room = match count {
                4..=7 => left.1 > 0,
                8..=300 => left.0 > 0,
                _ => false,
            };
            if !room || own.iter().any(|run| runs.contains(run)) {
                continue;
            }
            runs.extend(own);
            let base = |text: String, marked| Base { language: source.language, text, marked };
            if count < 8 {
                left.1 -= 1;
                pools.short.push(base(text, None));
                continue;
            }
            // One text in five of single sentences is several of them.
            if matches!(source.how, How::Sentences) && long * 5 < source.wanted.0 - left.0 {
                waiting.push(text);
                if waiting.len() == 3 + long % 6 {
                    pools.bases.push(base(std::mem::take(&mut waiting).join(" "), None));
                    left.0 -= 1;
                    long += 1;
                }
                continue;
            }
            left.0 -= 1;
            pools.bases.push(base(text, marked));
        }
    }
    shuffle(&mut pools.bases, chance);
    shuffle(&mut pools.short, chance);
    Ok(pools)
}

/// The rows of a file in an order of chance; none where the file is not there.
fn rows(
    data: &Path,
    file: &str,
    columns: &[&str],
    chance: &mut Chance,
) -> Result<Vec<Vec<String>>, Problem> {
    let path = data.join(file);
    let Ok(raw) = File::open(&path) else {
        println!("SKIPPED: {} is not there", path.display());
        return Ok(Vec::new());
    };
    let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(raw)?);
    let headers = csv.headers()?.clone();
    let places: Option<Vec<usize>> =
        columns.iter().map(|name| headers.iter().position(|header| header == *name)).collect();
    let places = places.ok_or_else(|| format!("a column of {columns:?} is not in {file}"))?;
    let mut rows: Vec<Vec<String>> = csv
        .records()
        .filter_map(|record| {
            let record = record.ok()?;
            places.iter().map(|place| record.get(*place).map(str::to_owned)).collect()
        })
        .collect();
    shuffle(&mut rows, chance);
    Ok(rows)
}

/// A post without the lines of its channel, line breaks kept.
fn lines_of(text: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    for line in text.lines() {
        if OF_THE_CHANNEL.iter().any(|mark| line.contains(mark)) {
            continue;
        }
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() && kept.last().is_none_or(String::is_empty) {
            continue;
        }
        kept.push(line);
    }
    kept.join("\n").trim().to_owned()
}

/// A text in one line without links and names.
fn words_of(text: &str) -> String {
    let keep =
        |word: &&str| !word.contains("http") && !word.contains('@') && !word.contains("t.me");
    text.split_whitespace().filter(keep).collect::<Vec<_>>().join(" ")
}

/// Whether most letters are of the language's script.
fn is_of(language: Language, text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let own = |c: &char| match language {
        Language::Arabic => ('\u{0620}'..='\u{064A}').contains(c),
        Language::Russian => ('\u{0400}'..='\u{04FF}').contains(c),
        Language::English => c.is_ascii_alphabetic(),
    };
    text.chars().filter(own).count() * 10 >= letters * 8
}

/// The words of a text as a reader sees them: lower case, letters and digits alone.
pub(super) fn key(text: &str) -> Vec<String> {
    let plain = |c: char| match c {
        'ё' => Some('е'),
        'أ' | 'إ' | 'آ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        c => c.is_alphanumeric().then_some(c),
    };
    let word = |word: &str| word.to_lowercase().chars().filter_map(plain).collect::<String>();
    text.split_whitespace().map(word).filter(|word| !word.is_empty()).collect()
}

fn own_runs(text: &str) -> Vec<String> {
    let key = key(text);
    key.windows(4.min(key.len()).max(1)).map(|run| run.join(" ")).collect()
}

pub(super) fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

pub(super) fn shuffle<T>(items: &mut [T], chance: &mut Chance) {
    for last in (1..items.len()).rev() {
        items.swap(last, chance.below(last + 1));
    }
}

/// Where sentences of at least four words end, the last one too.
pub(super) fn sentence_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut from = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, c)| *c);
        let stops =
            matches!(letter, '.' | '!' | '?' | '…' | '؟') && next.is_none_or(char::is_whitespace);
        let breaks = next == Some('\n') || next.is_none();
        let end = at + letter.len_utf8();
        if (stops || breaks) && words(&text[from..end]).len() >= 4 {
            ends.push(end);
            from = end;
        }
    }
    if let Some(last) = ends.last_mut() {
        *last = text.len();
    }
    ends
}
