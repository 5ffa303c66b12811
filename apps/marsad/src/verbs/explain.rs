//! `marsad measure statements --explain POST POST`: why two posts are one statement, or are not.

use std::process::ExitCode;

use marsad_matching::{Explanation, Options, Piece, Role, explain};
use marsad_types::{Corpus, Names, PostKey};
use serde_json::{Value, json};

use crate::cli::{Context, MeasureOptions};
use crate::failure::Failure;
use crate::output;
use crate::verbs::measure::Loaded;

pub(crate) fn run(
    context: &Context,
    loaded: &Loaded,
    options: &MeasureOptions,
) -> Result<ExitCode, Failure> {
    let [left, right] = options.explain.as_slice() else {
        return Err(Failure::usage("--explain takes two posts: platform:channel/post"));
    };
    let corpus = &loaded.corpus;
    let rows = (row(corpus, left)?, row(corpus, right)?);
    let matching = Options { threshold: options.threshold as f32, ..Options::default() };
    let explanation = explain(corpus, &loaded.prints, rows, &matching);
    let texts = (corpus.posts.text.get(rows.0), corpus.posts.text.get(rows.1));
    if context.json {
        return output::json(&json!({
            "posts": [left, right],
            "similarity": explanation.similarity,
            "left_in_right": explanation.left_in_right,
            "right_in_left": explanation.right_in_left,
            "reason": explanation.reason,
            "left": pieces(texts.0, &explanation.left),
            "right": pieces(texts.1, &explanation.right),
        }))
        .map(|()| ExitCode::SUCCESS);
    }
    tell(&explanation, texts, (left, right))?;
    Ok(ExitCode::SUCCESS)
}

/// The row of a post in the corpus; a channel may be written by its id or by a name of its own.
pub(crate) fn row(corpus: &Corpus, written: &str) -> Result<usize, Failure> {
    let key: PostKey = written.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let names = Names::of(&corpus.observations);
    let channel = corpus.channels.find(names.resolve(&key.channel));
    let mut rows = 0..corpus.posts.len();
    let is_it = |row: &usize| {
        corpus.posts.channel.get(*row).copied() == channel
            && corpus.posts.post.get(*row) == key.post
    };
    let found = channel.and_then(|_| rows.find(is_it));
    found.ok_or_else(|| Failure::failed(format!("the archive has no post {key}")))
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Shared => "shared",
        Role::Own => "own",
        Role::Masked => "masked",
        Role::Unmatched => "not compared",
    }
}

fn pieces(text: &str, pieces: &[Piece]) -> Vec<Value> {
    let source = |piece: &Piece| text.get(piece.source.clone()).unwrap_or_default().to_owned();
    pieces.iter().map(|piece| json!({"text": source(piece), "role": word(piece.role)})).collect()
}

/// Both texts with marks around what is not shared.
fn tell(
    explanation: &Explanation,
    texts: (&str, &str),
    posts: (&str, &str),
) -> Result<(), Failure> {
    for (text, pieces, post) in
        [(texts.0, &explanation.left, posts.0), (texts.1, &explanation.right, posts.1)]
    {
        output::line(&format!("{post}\n    {}\n", marked(text, pieces)))?;
    }
    output::line("[own] {masked: a frame or boilerplate} <not compared: a link or mention>")?;
    output::line(&format!(
        "similarity {:.3}; {:.3} of the first is in the second, {:.3} of the second in the first",
        explanation.similarity, explanation.left_in_right, explanation.right_in_left
    ))?;
    output::line(&explanation.reason)
}

/// Words in the order of the text; runs of one role share one pair of marks.
fn marked(text: &str, pieces: &[Piece]) -> String {
    let mut written = String::new();
    for run in pieces.chunk_by(|a, b| a.role == b.role) {
        let words: Vec<&str> =
            run.iter().filter_map(|piece| text.get(piece.source.clone())).collect();
        let words = words.join(" ");
        if !written.is_empty() {
            written.push(' ');
        }
        let (open, close) = match run.first().map(|piece| piece.role) {
            Some(Role::Own) => ("[", "]"),
            Some(Role::Masked) => ("{", "}"),
            Some(Role::Unmatched) => ("<", ">"),
            _ => ("", ""),
        };
        written.extend([open, &words, close]);
    }
    written
}
