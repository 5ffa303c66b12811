//! Counts every match and keeps the best, in an order that the cut of the index does not change.
//!
//! tantivy's own scores depend on deleted documents and on the order in which segments happen to
//! add numbers up; the same archive indexed in three steps would be ranked differently from one
//! indexed at once. So matching is tantivy's and ranking is ours: BM25 (Robertson and Zaragoza
//! 2009, k1 = 1.2, b = 0.75) over posts that are not deleted, with a fixed mean length instead of
//! the corpus's, summed in the order of the query.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{
    DocAddress, DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED,
    Term,
};

use crate::Error;
use crate::compile::Ranking;
use crate::schema::{Fields, POST, PUBLISHED_AT};
use crate::search::Sort;

const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Words of a post of middling length.
const WORDS_MEAN: f64 = 20.0;

/// A word with what it is worth in this index.
struct Weighted {
    term: Term,
    weight: f64,
}

/// Collects the best `limit` matches of a sort.
pub(crate) struct Best {
    sort: Sort,
    limit: usize,
    words: Vec<Weighted>,
    fields: Fields,
}

/// One match that was kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) at: DocAddress,
    pub(crate) score: f64,
    pub(crate) published_at: i64,
    pub(crate) post: String,
}

impl Best {
    pub(crate) fn new(
        searcher: &Searcher,
        fields: Fields,
        ranking: Vec<Ranking>,
        (sort, limit): (Sort, usize),
    ) -> Result<Self, Error> {
        let posts = searcher.num_docs() as f64;
        let mut words = Vec::new();
        if sort == Sort::Relevance {
            for Ranking { term, weight } in ranking {
                let found = posts_with(searcher, &term)? as f64;
                let idf = (1.0 + (posts - found + 0.5) / (found + 0.5)).ln();
                words.push(Weighted { term, weight: weight * idf * (K1 + 1.0) });
            }
        }
        Ok(Self { sort, limit, words, fields })
    }
}

/// How many posts hold a word, deleted ones not counted.
fn posts_with(searcher: &Searcher, term: &Term) -> Result<u64, Error> {
    let mut found = 0;
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(term.field())?;
        found += match reader.alive_bitset() {
            None => u64::from(inverted.doc_freq(term)?),
            Some(alive) => inverted
                .read_postings(term, IndexRecordOption::Basic)?
                .map_or(0, |postings| u64::from(postings.doc_freq_given_deletes(alive))),
        };
    }
    Ok(found)
}

impl Collector for Best {
    /// How many match, and the best of them in order.
    type Fruit = (u64, Vec<Kept>);
    type Child = Segment;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<Segment> {
        let mut words = Vec::new();
        for word in &self.words {
            let inverted = reader.inverted_index(word.term.field())?;
            let postings = inverted.read_postings(&word.term, IndexRecordOption::WithFreqs)?;
            words.extend(postings.map(|postings| (postings, word.weight)));
        }
        Ok(Segment {
            ordinal,
            sort: self.sort,
            limit: self.limit,
            words,
            lengths: reader.get_fieldnorms_reader(self.fields.exact)?,
            times: reader.fast_fields().i64(PUBLISHED_AT)?,
            posts: reader.fast_fields().str(POST)?,
            total: 0,
            best: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<(u64, Vec<Kept>)>) -> tantivy::Result<Self::Fruit> {
        let total = segments.iter().map(|(total, _)| total).sum();
        let mut best: Vec<Kept> = segments.into_iter().flat_map(|(_, best)| best).collect();
        best.sort_by(|a, b| {
            let place = |kept: &Kept| place(self.sort, kept.score, kept.published_at);
            place(b).cmp(&place(a)).then_with(|| a.post.cmp(&b.post))
        });
        best.truncate(self.limit);
        Ok((total, best))
    }
}

/// The greater, the better.
fn place(sort: Sort, score: f64, published_at: i64) -> (Rank, i64) {
    match sort {
        Sort::Relevance => (Rank(score), published_at),
        Sort::Newest => (Rank(0.0), published_at),
        Sort::Oldest => (Rank(0.0), published_at.saturating_neg()),
    }
}

/// A score, in its total order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank(f64);

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// A match of one segment: its place, then its key's number (keys are numbered in their order, and
/// the lower is the better), its score and document.
type Candidate = (Rank, i64, Reverse<u64>, Rank, DocId);

/// The matches of one segment.
pub(crate) struct Segment {
    ordinal: SegmentOrdinal,
    sort: Sort,
    limit: usize,
    words: Vec<(SegmentPostings, f64)>,
    lengths: FieldNormReader,
    times: Column<i64>,
    posts: Option<StrColumn>,
    total: u64,
    best: BinaryHeap<Reverse<Candidate>>,
}

impl Segment {
    fn score(&mut self, doc: DocId) -> f64 {
        let length = f64::from(self.lengths.fieldnorm(doc));
        let norm = K1 * (1.0 - B + B * length / WORDS_MEAN);
        let mut score = 0.0;
        for (postings, weight) in &mut self.words {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() == doc {
                let count = f64::from(postings.term_freq());
                score += *weight * count / (count + norm);
            }
        }
        score
    }
}

impl SegmentCollector for Segment {
    type Fruit = (u64, Vec<Kept>);

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        if self.limit == 0 || doc == TERMINATED {
            return;
        }
        let score = self.score(doc);
        let time = self.times.first(doc).unwrap_or(0);
        let (rank, moment) = place(self.sort, score, time);
        if self.best.len() >= self.limit
            && self.best.peek().is_some_and(|Reverse(worst)| (worst.0, worst.1) > (rank, moment))
        {
            return;
        }
        let key = self.posts.as_ref().and_then(|posts| posts.ords().first(doc)).unwrap_or(0);
        self.best.push(Reverse((rank, moment, Reverse(key), Rank(score), doc)));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }

    fn harvest(self) -> Self::Fruit {
        let kept = self.best.into_iter().map(|Reverse((_, _, Reverse(key), score, doc))| {
            let mut post = String::new();
            if let Some(posts) = &self.posts {
                // A key that cannot be read is empty: the order among equals is all that hangs on it.
                drop(posts.ord_to_str(key, &mut post));
            }
            let published_at = self.times.first(doc).unwrap_or(0);
            let at = DocAddress::new(self.ordinal, doc);
            Kept { at, score: score.0, published_at, post }
        });
        (self.total, kept.collect())
    }
}
