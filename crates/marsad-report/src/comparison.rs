//! Two posts of one statement beside each other: what the page is told, and which it asks for.

use std::ops::Range;

use serde_json::Value;

use crate::finding::{Finding, Row};
use crate::sections::statements::shown;

/// Two posts of a statement compared on their original texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The first post and the one that differs most from it.
    pub sides: [Side; 2],
    /// Jaccard similarity of the masked texts.
    pub similarity: f64,
    /// Why they are one statement, or are not by themselves; one sentence, lower case.
    pub reason: String,
}

/// One of two posts that are compared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Side {
    /// `platform:channel/post`.
    pub post: String,
    /// Its text as published.
    pub text: String,
    /// Marked words as bytes of the text, in order. Words in both texts need no mark.
    pub marks: Vec<(Range<usize>, Mark)>,
}

/// What a word is in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// In this text only.
    Own,
    /// Masked: a frame of one of the two channels, or boilerplate.
    Masked,
    /// A link or mention: not compared.
    NotCompared,
}

/// Posts that are wanted beside each other: the first of a statement, and the others from the most
/// different to the least; the page shows the first of them whose text differs at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The first post.
    pub first: String,
    /// The others.
    pub others: Vec<String>,
}

/// Others that are tried at most for one statement.
const OTHERS_MAX: usize = 50;

/// Which comparisons the page of a finding of `statements` (with members) has room for.
pub fn wanted(statements: &Value) -> Vec<Wanted> {
    let (across, alone) = shown(Finding::of_value(statements));
    across.into_iter().chain(alone).filter_map(wanted_of).collect()
}

fn wanted_of(row: Row<'_>) -> Option<Wanted> {
    let first = row.text("first_post");
    let mut others: Vec<(f64, &str)> = row
        .rows("members")
        .filter(|member| member.text("post") != first)
        .map(|member| (member.number("similarity").unwrap_or(1.0), member.text("post")))
        .collect();
    others.sort_by(|a, b| a.0.total_cmp(&b.0));
    let others: Vec<String> =
        others.into_iter().take(OTHERS_MAX).map(|(_, post)| post.to_owned()).collect();
    let is_some = !first.is_empty() && !others.is_empty();
    is_some.then(|| Wanted { first: first.to_owned(), others })
}
