//! `measure statements`: the same statement wherever it reappears.

#[cfg(test)]
mod tests;

use marsad_types::{ChannelId, Timestamp};
use rayon::prelude::*;
use serde::Serialize;

use crate::finding::{Finding, Method, Nothing, written};
use crate::scope::{Scope, Selected};
use crate::study::Study;

/// Longest quote, in characters.
const QUOTE_CHARS: usize = 120;

const METHOD: Method = Method {
    measure: "statements",
    text: "Posts are one statement when their texts are equal after normalisation and masking, alike \
        in Jaccard similarity at or above the threshold, contained, forwarded, or share a picture or \
        file; a member is alike to the first post, so statements do not chain. Times are those of \
        publication.",
};

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementsOptions {
    /// Fewest posts.
    pub min_posts: usize,
    /// Fewest platforms.
    pub min_platforms: usize,
    /// Whether to list the posts.
    pub members: bool,
}

impl Default for StatementsOptions {
    fn default() -> Self {
        Self { min_posts: 2, min_platforms: 1, members: false }
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatementRow {
    /// Stable id.
    pub statement: String,
    /// Posts in scope, digests that contain it included.
    pub posts: u64,
    /// Channels of those.
    pub channels: u64,
    /// Platforms of those, by name.
    pub platforms: Vec<String>,
    /// First publication in scope.
    #[serde(serialize_with = "written")]
    pub first_at: Timestamp,
    /// Last publication in scope.
    #[serde(serialize_with = "written")]
    pub last_at: Timestamp,
    /// The post that was first in scope.
    pub first_post: String,
    /// First 120 characters of that.
    pub quote: String,
    /// The posts, by time, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<MemberRow>>,
}

/// One post of a statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemberRow {
    /// Its key.
    pub post: String,
    /// When.
    #[serde(serialize_with = "written")]
    pub published_at: Timestamp,
    /// How it belongs.
    pub relation: &'static str,
    /// How alike it is to the first.
    pub similarity: f64,
}

/// A statement before its row is written out.
struct Listed {
    statement: u32,
    posts: u32,
    first: i64,
}

/// Lists statements, most posts first, then earliest.
pub fn statements(
    study: &Study<'_>,
    scope: &Scope,
    options: &StatementsOptions,
) -> Finding<StatementRow> {
    let selected = Selected::new(study, scope);
    let mut listed: Vec<Listed> = (0..study.statements().len() as u32)
        .into_par_iter()
        .filter_map(|statement| list(study, &selected, options, statement))
        .collect();
    listed.sort_unstable_by_key(|l| (std::cmp::Reverse(l.posts), l.first, l.statement));
    let found = listed.len();
    listed.truncate(selected.limit());
    let rows: Vec<StatementRow> =
        listed.par_iter().map(|l| row(study, &selected, options, l.statement)).collect();
    let shown = rows.len();
    let mut finding = Finding::of(study, &selected, METHOD, (rows, Nothing {}))
        .with("min_posts", options.min_posts)
        .with("min_platforms", options.min_platforms)
        .with("members", options.members)
        .with("threshold", study.threshold());
    finding.notes.extend(study.matching_notes());
    if shown < found {
        finding = finding.noting(format!("{shown} of {found} statements shown"));
    }
    finding
}

fn list(
    study: &Study<'_>,
    selected: &Selected<'_>,
    options: &StatementsOptions,
    at: u32,
) -> Option<Listed> {
    let statement = study.statements().get(at as usize)?;
    let enough = statement.members.len() >= options.min_posts;
    if !enough || !selected.time(study.time(statement.members.first()?.post)) {
        return None;
    }
    let (mut posts, mut first) = (0u32, None);
    let mut platforms: Vec<u32> = Vec::new();
    for member in statement.members.iter().filter(|member| selected.post(study, member.post)) {
        posts += 1;
        first = first.or(Some(study.time(member.post)));
        let platform = study.platform_of(study.channel(member.post));
        if !platforms.contains(&platform) {
            platforms.push(platform);
        }
    }
    let listed = posts as usize >= options.min_posts && platforms.len() >= options.min_platforms;
    listed.then_some(Listed { statement: at, posts, first: first? })
}

fn row(
    study: &Study<'_>,
    selected: &Selected<'_>,
    options: &StatementsOptions,
    at: u32,
) -> StatementRow {
    let corpus = study.corpus();
    let statement = &study.statements()[at as usize];
    let members: Vec<_> =
        statement.members.iter().filter(|member| selected.post(study, member.post)).collect();
    let mut channels: Vec<ChannelId> = members.iter().map(|m| study.channel(m.post)).collect();
    channels.sort_unstable();
    channels.dedup();
    let mut platforms: Vec<u32> = channels.iter().map(|c| study.platform_of(*c)).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let names = platforms.iter().filter_map(|p| study.platforms().get(*p as usize));
    let first = members.first().map_or(0, |member| member.post);
    let last = members.iter().map(|member| study.time(member.post)).max().unwrap_or(i64::MIN);
    let written_members = options.members.then(|| {
        members
            .iter()
            .map(|member| MemberRow {
                post: corpus.post_key(member.post as usize),
                published_at: corpus.published_at(member.post as usize),
                relation: member.relation.as_str(),
                similarity: (f64::from(member.similarity) * 1e4).round() / 1e4,
            })
            .collect()
    });
    StatementRow {
        statement: study.statement_id(statement),
        posts: members.len() as u64,
        channels: channels.len() as u64,
        platforms: names.map(ToString::to_string).collect(),
        first_at: corpus.published_at(first as usize),
        last_at: Timestamp(last),
        first_post: corpus.post_key(first as usize),
        quote: corpus.posts.text.get(first as usize).chars().take(QUOTE_CHARS).collect(),
        members: written_members,
    }
}
