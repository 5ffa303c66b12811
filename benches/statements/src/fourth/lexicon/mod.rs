//! What channels write around other people's words, in three languages.

mod arabic;
mod english;
mod russian;

/// The language of a text and of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    Arabic,
    Russian,
    English,
}

/// All three, in the order of their shares.
pub(super) const LANGUAGES: [Language; 3] =
    [Language::Russian, Language::Arabic, Language::English];

/// The words of one language.
pub(super) struct Lexicon {
    pub(super) labels: &'static [&'static str],
    pub(super) sources_before: &'static [&'static str],
    pub(super) sources_after: &'static [&'static str],
    pub(super) more: &'static [&'static str],
    pub(super) comments: &'static [&'static str],
    pub(super) tags: &'static [&'static str],
    pub(super) synonyms: &'static [(&'static str, &'static str)],
    pub(super) names: &'static [&'static str],
    pub(super) slogans: &'static [&'static str],
    pub(super) invitations: &'static [&'static str],
    pub(super) headers: &'static [&'static str],
    pub(super) dated: &'static [&'static str],
    pub(super) digests: &'static [&'static str],
    pub(super) formulas: &'static [&'static str],
    pub(super) months: &'static [&'static str],
}

impl Language {
    pub(super) fn lexicon(self) -> &'static Lexicon {
        match self {
            Self::Arabic => &arabic::WORDS,
            Self::Russian => &russian::WORDS,
            Self::English => &english::WORDS,
        }
    }
}
