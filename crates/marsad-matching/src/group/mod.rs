//! Posts to statements: leader clustering in the order of time.
//!
//! Frames are learnt and masked ([`crate::frames`]), posts with equal texts become one text
//! ([`texts`]), pairs of texts that may be alike are found ([`candidates`], [`contain`]), compared
//! in full ([`judge`], [`slots`]), and resolved in the order of time ([`resolve`]).

mod candidates;
mod contain;
mod judge;
mod resolve;
mod slots;
mod texts;
mod verify;
mod view;

use marsad_types::Corpus;

use crate::fingerprint::BINS;
use crate::frames::Frames;
use crate::prints::Prints;
use crate::statement::{Statements, Tally};
use judge::Judge;
use texts::Texts;

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Smallest Jaccard similarity of near copies.
    pub threshold: f32,
    /// Smallest containment of a statement inside a longer post.
    pub containment: f32,
    /// Words a contained statement has at least.
    pub containment_tokens_min: u32,
    /// A text of fewer words matches exactly or not at all.
    pub near_tokens_min: u32,
    /// A text of fewer letters matches exactly or not at all.
    pub near_letters_min: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threshold: 0.8,
            containment: 0.9,
            containment_tokens_min: 12,
            near_tokens_min: 8,
            near_letters_min: 30,
        }
    }
}

/// How far below the threshold the estimate may lie: four standard errors of 64 bins at 0.8.
const ESTIMATE_SLACK: f32 = 0.2;

/// Groups all posts of a corpus into statements.
pub fn group(corpus: &Corpus, prints: &Prints, options: &Options) -> Statements {
    let frames = Frames::learn(corpus, prints);
    let masked = frames.masked_prints(corpus, prints);
    let texts = Texts::find(corpus, prints, &masked, options);
    let agree_min = ((options.threshold - ESTIMATE_SLACK).max(0.0) * BINS as f32) as u32;
    let near = candidates::near(&texts.signed(prints, &masked, options), agree_min);
    let containing = contain::candidates(corpus, &frames, &texts, options);
    let judge = Judge { corpus, frames: &frames, texts: &texts, options };
    let (links, template_pairs) = judge.links(&near.pairs, &containing);
    let tally = Tally {
        masked_posts: masked.len(),
        frames: frames.len(),
        boilerplate_lines: frames.boilerplate().len(),
        verified_pairs: near.pairs.len() + containing.len(),
        template_pairs,
        capped_pairs: near.capped,
    };
    Statements { statements: resolve::resolve(corpus, &texts, &links), tally }
}
