//! Labelled pairs of other people: what "the same statement" means for them, and how often it is
//! seen.
//!
//! Their labels say "paraphrase", ours say "the same text, little changed". A pair labelled as one
//! counts as the same statement where at most 15 of 100 words were changed (edit distance
//! over words, after case, marks and the forms of alef are folded, by code of this file alone); a
//! paraphrase in other words is left out: finding it is no error and missing it is none. A pair
//! labelled otherwise is a different statement however alike it looks.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use marsad_matching::{Options, Prints, explain, group};
use unicode_normalization::UnicodeNormalization;

use crate::post::{Labelled, Role, World};
use crate::problem::Problem;
use crate::score::Score;

/// Share of words that may differ in the same statement.
const CHANGED_MAX: f64 = 0.15;

/// A file of pairs: name, file, columns of the texts and the label, the label of paraphrases.
const SETS: [(&str, &str, [&str; 3], &str); 2] = [
    ("ans", "neardup-ar-news-titles-ans/stance_train_dev.csv.zst", ["s1", "s2", "stance"], "agree"),
    ("pan", "neardup-en-pan-paraphrase/pan_train.csv.zst", ["s1", "s2", "label"], "1"),
];

/// What is true of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    Same,
    /// A paraphrase in other words.
    Reworded,
    Different,
}

struct Pair {
    left: String,
    right: String,
    truth: Truth,
}

/// Writes the pairs for the peers.
pub(crate) fn write(data: &Path, folder: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)?;
    for (name, file, columns, label) in SETS {
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}.pairs")))?);
        for pair in read(&data.join(file), columns, label)? {
            writeln!(out, "{}", serde_json::to_string(&[pair.left, pair.right])?)?;
        }
        out.flush()?;
    }
    Ok(())
}

/// Scores ours and theirs.
pub(crate) fn score(data: &Path, folder: &Path) -> Result<(), Problem> {
    for (name, file, columns, label) in SETS {
        let pairs = read(&data.join(file), columns, label)?;
        if pairs.is_empty() {
            continue;
        }
        let count = |truth: Truth| pairs.iter().filter(|pair| pair.truth == truth).count();
        println!("== labelled pairs: {name}");
        println!(
            "{} the same, {} reworded (left out), {} different",
            count(Truth::Same),
            count(Truth::Reworded),
            count(Truth::Different)
        );
        let ours: Vec<(bool, f64)> = pairs.iter().map(judge).collect();
        let joined: Vec<f64> =
            ours.iter().map(|(joined, _)| f64::from(u8::from(*joined))).collect();
        line("ours", at(&pairs, &joined, 0.5));
        line("ours, labels as they stand", as_labelled(&pairs, &joined, 0.5));
        let similarity: Vec<f64> = ours.iter().map(|(_, similarity)| *similarity).collect();
        thresholds("ours, similarity alone", &pairs, &similarity);
        for library in ["datasketch", "rensa"] {
            for tokens in ["words", "char5"] {
                let path = folder.join(format!("{name}.{library}.{tokens}.scores"));
                let Ok(written) = std::fs::read_to_string(path) else { continue };
                let scores: Vec<f64> = written.lines().map(str::parse).collect::<Result<_, _>>()?;
                thresholds(&format!("{library} {tokens}"), &pairs, &scores);
            }
        }
        println!();
    }
    Ok(())
}

fn read(path: &Path, columns: [&str; 3], label: &str) -> Result<Vec<Pair>, Problem> {
    let Ok(raw) = File::open(path) else {
        println!("SKIPPED: {} is not there", path.display());
        return Ok(Vec::new());
    };
    let mut csv = csv::Reader::from_reader(zstd::stream::read::Decoder::new(raw)?);
    let headers = csv.headers()?.clone();
    let place = |name: &str| headers.iter().position(|h| h == name).ok_or("no such column");
    let [left, right, labels] = columns;
    let (left, right, labels) = (place(left)?, place(right)?, place(labels)?);
    let mut pairs = Vec::new();
    for record in csv.records() {
        let record = record?;
        let field = |at: usize| record.get(at).unwrap_or("").to_owned();
        let (left, right, said) = (field(left), field(right), field(labels));
        // "other" of ANS is neither.
        if said == "other" {
            continue;
        }
        let truth = match said == label {
            false => Truth::Different,
            true if changed(&left, &right) <= CHANGED_MAX => Truth::Same,
            true => Truth::Reworded,
        };
        pairs.push(Pair { left, right, truth });
    }
    Ok(pairs)
}

/// Edit distance over folded words, as a share of the longer text.
fn changed(left: &str, right: &str) -> f64 {
    let (left, right) = (folded(left), folded(right));
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut corner = above[0];
        above[0] = row + 1;
        for (place, b) in right.iter().enumerate() {
            let replaced = corner + usize::from(a != b);
            corner = above[place + 1];
            above[place + 1] = replaced.min(corner + 1).min(above[place] + 1);
        }
    }
    above[right.len()] as f64 / left.len().max(right.len()).max(1) as f64
}

fn folded(text: &str) -> Vec<String> {
    let fold = |c: char| match c {
        'أ' | 'إ' | 'آ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        '\u{0660}'..='\u{0669}' => char::from_u32(c as u32 - 0x0660 + 0x30),
        '\u{064B}'..='\u{0652}' | '\u{0640}' => None,
        _ => Some(c),
    };
    let kept: String = text.to_lowercase().nfkc().filter_map(fold).collect();
    let letters = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    kept.split_whitespace().map(letters).filter(|word| !word.is_empty()).collect()
}

/// Whether grouping joins the two as posts of two channels, and how alike it finds them.
fn judge(pair: &Pair) -> (bool, f64) {
    let post = |channel: usize, text: &str| Labelled {
        channel,
        at: channel as i64 * 60_000,
        text: text.to_owned(),
        carries: Vec::new(),
        role: Role::Original,
        kind: "pair",
        frame: "bare",
        forward_of: None,
        media: None,
    };
    let world = World { posts: vec![post(0, &pair.left), post(1, &pair.right)] };
    let corpus = world.corpus();
    let prints = Prints::of(&corpus);
    let options = Options::default();
    let joined = group(&corpus, &prints, &options).statements.iter().any(|s| s.members.len() > 1);
    (joined, f64::from(explain(&corpus, &prints, (0, 1), &options).similarity))
}

fn at(pairs: &[Pair], scores: &[f64], threshold: f64) -> Score {
    let mut score = Score::default();
    for (pair, similarity) in pairs.iter().zip(scores) {
        let is_found = *similarity >= threshold;
        match (pair.truth, is_found) {
            (Truth::Same, true) => score.right += 1,
            (Truth::Same, false) => score.missed += 1,
            (Truth::Different, true) => score.wrong += 1,
            _ => {}
        }
    }
    score
}

/// The same, with every paraphrase as the same statement, which is not what the product promises.
fn as_labelled(pairs: &[Pair], scores: &[f64], threshold: f64) -> Score {
    let mut score = at(pairs, scores, threshold);
    for (pair, similarity) in pairs.iter().zip(scores) {
        if pair.truth == Truth::Reworded {
            let is_found = *similarity >= threshold;
            score.right += usize::from(is_found);
            score.missed += usize::from(!is_found);
        }
    }
    score
}

/// At 0.5, at 0.8, and at the threshold that suits these very pairs best.
fn thresholds(name: &str, pairs: &[Pair], scores: &[f64]) {
    for threshold in [0.5, 0.8] {
        line(&format!("{name} at {threshold:.1}"), at(pairs, scores, threshold));
    }
    let best = (1..=100)
        .map(|percent| f64::from(percent) / 100.0)
        .max_by(|a, b| at(pairs, scores, *a).f1().total_cmp(&at(pairs, scores, *b).f1()));
    if let Some(best) = best {
        line(&format!("{name}, best: {best:.2}"), at(pairs, scores, best));
        line("  the same, labels as they stand", as_labelled(pairs, scores, best));
    }
}

fn line(name: &str, score: Score) {
    println!(
        "{name:34} precision {:.4} recall {:.4} F1 {:.4} (right {} wrong {} missed {})",
        score.precision(),
        score.recall(),
        score.f1(),
        score.right,
        score.wrong,
        score.missed
    );
}
