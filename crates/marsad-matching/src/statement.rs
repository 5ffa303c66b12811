//! What grouping hands over.

use smallvec::SmallVec;

/// How a post belongs to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The earliest.
    First,
    /// The platform says so.
    Forward,
    /// Equal after normalisation and masking.
    Exact,
    /// Jaccard similarity at or above the threshold.
    Near,
    /// Contained in the other, or containing it.
    Contained,
    /// Same picture or file.
    Media,
}

impl Relation {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Forward => "forward",
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Contained => "contained",
            Self::Media => "media",
        }
    }
}

/// A post in a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Row in the corpus.
    pub post: u32,
    /// How it belongs.
    pub relation: Relation,
    /// Jaccard similarity to the first, containment for `Contained`, 1 where equal or said by the
    /// platform.
    pub similarity: f32,
    /// Whether it counts as an appearance of the statement: false for a digest.
    pub appears: bool,
}

/// Posts of a statement; most stand alone, and those lie in place.
pub type Members = SmallVec<[Member; 1]>;

/// The same statement wherever it appears.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statement {
    /// By time and row; the first one is where it appeared first. Never empty.
    pub members: Members,
}

/// All statements of a corpus: every post is in at least one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statements {
    /// By the row of the first member.
    pub statements: Vec<Statement>,
    /// What was done on the way, for the notes of a finding.
    pub tally: Tally,
}

/// Counts of what grouping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Posts with a part masked as a channel's frame or as boilerplate.
    pub masked_posts: usize,
    /// Lines, prefixes and suffixes learnt as frames of channels.
    pub frames: usize,
    /// Lines masked because they stand everywhere in the corpus.
    pub boilerplate_lines: usize,
    /// Pairs of posts compared in full.
    pub verified_pairs: usize,
    /// Pairs alike enough, but different in figures or in the slot of a template.
    pub template_pairs: usize,
    /// Pairs left out because a bucket was too full.
    pub capped_pairs: usize,
}
