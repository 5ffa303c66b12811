//! The fixed words for how far a number may be believed, and the short answers at the top.

use crate::markup::{Markup, put};

/// The contract's five levels of wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    Observed,
    Consistent,
    WellSupported,
    Chance,
    NotEstimable,
}

impl Wording {
    pub(crate) const ALL: [Self; 5] =
        [Self::Observed, Self::WellSupported, Self::Consistent, Self::Chance, Self::NotEstimable];

    pub(crate) fn parse(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wording| wording.as_str() == words)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Consistent => "consistent with",
            Self::WellSupported => "well supported",
            Self::Chance => "not distinguishable from chance",
            Self::NotEstimable => "not estimable",
        }
    }

    /// What it means, for the reader's guide.
    pub(crate) fn explained(self) -> &'static str {
        match self {
            Self::Observed => "a direct record: somebody can look it up in the evidence",
            Self::Consistent => "one method excludes chance",
            Self::WellSupported => {
                "two independent methods exclude chance, corrected for the number of tests, and the \
                 least kind reading of undecided cases agrees"
            }
            Self::Chance => "the numbers would often look like this with nothing behind them",
            Self::NotEstimable => "too little was seen to say anything",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Consistent => "consistent",
            Self::WellSupported => "supported",
            Self::Chance => "chance",
            Self::NotEstimable => "unknown",
        }
    }

    /// How many of four marks are filled; a sign beside the words that also works without colour.
    fn strength(self) -> usize {
        match self {
            Self::NotEstimable => 0,
            Self::Chance => 1,
            Self::Consistent => 2,
            Self::WellSupported => 3,
            Self::Observed => 4,
        }
    }
}

/// The label beside a claim.
pub(crate) fn badge(wording: Wording) -> String {
    let filled = wording.strength();
    let marks: String = (0..4).map(|nth| if nth < filled { '●' } else { '○' }).collect();
    format!(
        "<span class=\"badge {}\"><span class=\"marks\" aria-hidden=\"true\">{marks}</span> {}</span>",
        wording.class(),
        wording.as_str()
    )
}

/// One answer at the top of the page.
pub(crate) struct Answer {
    pub(crate) question: &'static str,
    /// A few characters in large type.
    pub(crate) figure: String,
    /// Escaped HTML.
    pub(crate) sentence: String,
    /// Escaped HTML: interval, n, test.
    pub(crate) support: String,
    pub(crate) wording: Wording,
    /// Section that carries the rest.
    pub(crate) anchor: &'static str,
}

impl Answer {
    pub(crate) fn put(&self, page: &mut Markup) {
        put!(
            page,
            "<article class=\"answer\"><h3>{}</h3><p class=\"figure\">{}</p><p class=\"says\">{}</p>\
             <p class=\"support\">{}</p><p class=\"level\">{} <a href=\"#{}\">the details</a></p></article>",
            self.question,
            self.figure,
            self.sentence,
            self.support,
            badge(self.wording),
            self.anchor
        );
    }
}
