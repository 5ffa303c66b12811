//! Posts to statements: leader clustering in the order of time.
//!
//! Frames are learnt and masked ([`crate::frames`]), posts with equal texts become one text
//! ([`texts`]), pairs of texts that may be alike are found ([`candidates`], [`contain`]), compared
//! in full ([`judge`], [`slots`]), and resolved in the order of time ([`resolve`]).

mod align;
pub(crate) mod candidates;
pub(crate) mod contain;
mod figures;
pub(crate) mod judge;
mod laid;
mod lexicon;
pub(crate) mod media;
mod parts;
mod repeated;
pub(crate) mod resolve;
mod sentences;
mod slide;
mod slots;
mod spelling;
pub(crate) mod texts;
mod verify;
mod view;

use marsad_types::Corpus;

use crate::fingerprint::BINS;
use crate::frames::{Frames, MaskedPrint};
use crate::mask::COMPARABLE;
use crate::prints::Prints;
use crate::statement::{Statements, Tally};
pub(crate) use judge::Basis;
use judge::{Judge, Near, Pairs, containing, near};
use media::Carried;
use resolve::{Found, Resolved};
use slots::Slots;
use texts::{Grams, Texts};
use verify::{Likeness, likeness};
use view::{View, Viewer};

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Smallest Jaccard similarity of near copies.
    pub threshold: f32,
    /// Smallest containment of a statement inside a longer post.
    pub containment: f32,
    /// Words a contained statement has at least; one of fewer, and of eight at least, must stand in
    /// the whole word for word in sentences of its own.
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
            near_tokens_min: COMPARABLE.0,
            near_letters_min: COMPARABLE.1,
        }
    }
}

/// How far below the threshold the estimate may lie: four standard errors of 64 bins at 0.8, and
/// room for texts that are alike but for spelling.
const ESTIMATE_SLACK: f32 = 0.3;

impl Options {
    /// Bytes in which two signatures worth comparing agree at least.
    pub(crate) fn agree_min(&self) -> u32 {
        ((self.threshold - ESTIMATE_SLACK).max(0.0) * BINS as f32) as u32
    }
}

/// Groups all posts of a corpus into statements.
pub fn group(corpus: &Corpus, prints: &Prints, options: &Options) -> Statements {
    let Grouped { texts, resolved, tally, .. } = Grouped::of(corpus, prints, options);
    Statements { statements: resolved.with_extras(&texts.of_row), tally }
}

/// A corpus grouped, with all that was found on the way.
pub(crate) struct Grouped {
    pub(crate) frames: Frames,
    pub(crate) masked: Vec<MaskedPrint>,
    pub(crate) texts: Texts,
    /// Whether a text is an item of a series.
    pub(crate) in_series: Vec<bool>,
    pub(crate) resolved: Resolved,
    pub(crate) tally: Tally,
}

impl Grouped {
    /// Groups all posts of a corpus, with the frames learnt from it.
    pub(crate) fn of(corpus: &Corpus, prints: &Prints, options: &Options) -> Self {
        Self::with(Frames::learn(corpus, prints), corpus, prints, options)
    }

    /// Groups all posts of a corpus, with given frames.
    pub(crate) fn with(
        frames: Frames,
        corpus: &Corpus,
        prints: &Prints,
        options: &Options,
    ) -> Self {
        let masked = frames.masked_prints(corpus, prints);
        let texts = Texts::find(corpus, prints, &masked, options);
        let (signed, signatures) = texts.signed(prints, &masked, options);
        let near = candidates::near(&signed, &signatures, options.agree_min());
        let containing = contain::candidates(&Grams { texts: &texts, prints, masked: &masked });
        let judge = Judge { corpus, frames: &frames, texts: &texts, options };
        let mut in_series = Vec::new();
        let pairs = Pairs { near: &near.pairs, containing: &containing };
        let (links, template_pairs) = judge.links(pairs, &mut in_series);
        let tally = Tally {
            masked_posts: masked.len(),
            frames: frames.len(),
            boilerplate_lines: frames.boilerplate().len(),
            verified_pairs: near.pairs.len() + containing.len(),
            template_pairs,
            capped_pairs: near.capped,
        };
        let carried = Carried::find(corpus, &texts, options);
        let found = Found { corpus, texts: &texts, carried: &carried, options };
        let resolved = resolve::resolve(found, &links);
        Self { frames, masked, texts, in_series, resolved, tally }
    }
}

/// Two posts compared by themselves.
pub(crate) struct Compared {
    pub(crate) likeness: Likeness,
    pub(crate) verdict: Verdict,
    /// The similarity that a member would be given.
    pub(crate) similarity: f32,
}

/// What comes of comparing two posts by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing to compare.
    Empty,
    /// The same code points.
    Equal,
    /// About the same.
    Near(Basis),
    /// Near but for a figure.
    Figures,
    /// Near but for a "not".
    Negated,
    /// Near but for a word, in one channel.
    Series,
    /// Near but for a few words in one place.
    Words,
    /// One holds the other.
    Contained,
    /// Different and too short to be near.
    Short,
    /// None of these.
    Apart,
}

/// Compares two posts as grouping does, series apart: those show among many posts only.
pub(crate) fn compare(
    corpus: &Corpus,
    frames: &Frames,
    rows: (usize, usize),
    options: &Options,
) -> Compared {
    let mut viewer = Viewer::default();
    let (mut a, mut b) = (View::default(), View::default());
    viewer.view(corpus, frames, rows, &mut a);
    viewer.view(corpus, frames, (rows.1, rows.0), &mut b);
    Viewer::features(&mut a);
    Viewer::features(&mut b);
    let likeness = likeness(&a, &b);
    let same_channel = corpus.posts.channel.get(rows.0) == corpus.posts.channel.get(rows.1);
    let verdict = if a.codes.is_empty() || b.codes.is_empty() {
        Verdict::Empty
    } else if a.codes == b.codes {
        Verdict::Equal
    } else if !a.is_comparable(options) || !b.is_comparable(options) {
        Verdict::Short
    } else {
        return judged(options, (&a, &b), likeness, same_channel);
    };
    let similarity = if verdict == Verdict::Equal { 1.0 } else { likeness.jaccard };
    Compared { likeness, verdict, similarity }
}

/// The verdict on two texts that are long enough and not equal.
fn judged(
    options: &Options,
    (a, b): (&View, &View),
    likeness: Likeness,
    same_channel: bool,
) -> Compared {
    let said = |verdict, similarity| Compared { likeness, verdict, similarity };
    if let Some(Near { similarity, basis, apart }) = near(options, a, b) {
        return match apart {
            Slots { figure: true, .. } => said(Verdict::Figures, similarity),
            Slots { word: true, .. } if same_channel => said(Verdict::Series, similarity),
            Slots { fact: true, .. } => said(Verdict::Words, similarity),
            _ => said(Verdict::Near(basis), similarity),
        };
    }
    match containing(options, a, b) {
        Some(found) if found.apart.word && same_channel => said(Verdict::Series, found.share),
        Some(found) if found.apart.fact => said(Verdict::Words, found.share),
        Some(found) => said(Verdict::Contained, found.share),
        None if likeness.jaccard >= options.threshold => said(Verdict::Negated, likeness.jaccard),
        None => said(Verdict::Apart, likeness.jaccard),
    }
}
