//! A request to an answer.

use marsad_types::{ChannelKey, Platform, PostKey, Timestamp};
use tantivy::TantivyDocument;
use tantivy::schema::Value as _;

use crate::Error;
use crate::collect::{Best, Kept};
use crate::compile::{all, any, matching, ranking, term};
use crate::index::Index;
use crate::query::{Filter, Node, Query};
use crate::schema::UNSTATED;
use crate::script::Script;
use crate::snippet::{Snippet, snippet};

/// What comes first. Equal ones are in the order of time, newest first (`Oldest`: oldest first),
/// then of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// What answers the words best.
    Relevance,
    /// By publication, newest first.
    Newest,
    /// By publication, oldest first.
    Oldest,
}

/// What is asked for. Empty lists and `None` mean all.
#[derive(Debug, Clone)]
pub struct Request {
    /// The words.
    pub query: Query,
    /// Only these platforms.
    pub platforms: Vec<Platform>,
    /// Only these channels; `Some` of none matches nothing.
    pub channels: Option<Vec<ChannelKey>>,
    /// Published at or after.
    pub since: Option<Timestamp>,
    /// Published before.
    pub until: Option<Timestamp>,
    /// Only posts whose platform stated one of these languages.
    pub langs: Vec<String>,
    /// Only posts in one of these scripts.
    pub scripts: Vec<Script>,
    /// What comes first.
    pub sort: Sort,
    /// At most so many hits.
    pub limit: usize,
}

impl Request {
    /// All posts that answer a query, best first, up to a limit.
    pub fn new(query: Query, limit: usize) -> Self {
        Self {
            query,
            platforms: Vec::new(),
            channels: None,
            since: None,
            until: None,
            langs: Vec::new(),
            scripts: Vec::new(),
            sort: Sort::Relevance,
            limit,
        }
    }

    /// Query and filters as one.
    fn nodes(&self) -> Vec<Node> {
        let only = |filter| Node::Only(filter);
        let mut nodes = vec![self.query.root.clone()];
        let mut add = |any: Vec<Node>| {
            if !any.is_empty() {
                nodes.push(Node::Any(any));
            }
        };
        add(self.platforms.iter().map(|p| only(Filter::Platform(p.clone()))).collect());
        add(self.channels.iter().map(|keys| only(channels(keys))).collect());
        add(self.scripts.iter().map(|script| only(Filter::Script(*script))).collect());
        add(self.since.iter().map(|time| only(Filter::Since(*time))).collect());
        add(self.until.iter().map(|time| only(Filter::Until(*time))).collect());
        nodes
    }
}

fn channels(keys: &[ChannelKey]) -> Filter {
    Filter::Channel { written: String::new(), keys: keys.to_vec() }
}

/// A post that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which post.
    pub post: PostKey,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was found missing; then the text is the last that was known.
    pub deleted_at: Option<Timestamp>,
    /// The language that the platform stated.
    pub lang: Option<String>,
    /// The text as published.
    pub text: String,
    /// The part of it that answers, with the words marked.
    pub snippet: Snippet,
    /// How well it answers; 0 when not sorted by that.
    pub score: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many posts answer, exactly.
    pub total: u64,
    /// The first of them.
    pub hits: Vec<Hit>,
    /// How many more would answer if they stated a language; 0 unless languages were asked for.
    pub unstated: u64,
}

impl Index {
    /// Finds posts.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged; it is made again when its folder is deleted.
    pub fn search(&self, request: &Request) -> Result<Answer, Error> {
        let searcher = self.searcher();
        let fields = &self.fields;
        let nodes = request.nodes();
        let matched = || nodes.iter().map(|node| matching(node, fields));
        let lang = |lang: &String| term(fields.lang, &lang.to_lowercase());
        let langs = || any(request.langs.iter().map(lang).collect());
        let mut parts: Vec<_> = matched().collect();
        if !request.langs.is_empty() {
            parts.push(langs());
        }
        let wanted = request.query.wanted();
        let best =
            Best::new(&searcher, *fields, ranking(&wanted, fields), (request.sort, request.limit))?;
        let (total, kept) = searcher.search(&all(parts), &best)?;
        let hits =
            kept.iter().map(|kept| self.hit(&searcher, kept, &wanted)).collect::<Result<_, _>>()?;
        let mut unstated = 0;
        if !request.langs.is_empty() {
            let parts = matched().chain([term(fields.lang, UNSTATED)]).collect();
            unstated = searcher.search(&all(parts), &tantivy::collector::Count)? as u64;
        }
        Ok(Answer { total, hits, unstated })
    }

    fn hit(
        &self,
        searcher: &tantivy::Searcher,
        kept: &Kept,
        wanted: &[&Node],
    ) -> Result<Hit, Error> {
        let document: TantivyDocument = searcher.doc(kept.at)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        let body = text(self.fields.text).unwrap_or("").to_owned();
        let deleted_at = document.get_first(self.fields.deleted_at).and_then(|v| v.as_i64());
        let wrong = |error: marsad_types::KeyError| {
            Error::Index(tantivy::TantivyError::SchemaError(error.to_string()))
        };
        Ok(Hit {
            post: kept.post.parse().map_err(wrong)?,
            published_at: Timestamp(kept.published_at),
            deleted_at: deleted_at.map(Timestamp),
            lang: text(self.fields.stated_lang).map(str::to_owned),
            snippet: snippet(&body, wanted),
            text: body,
            score: kept.score,
        })
    }
}
