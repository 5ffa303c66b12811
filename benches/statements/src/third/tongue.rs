//! What the third hand needs of a language.

/// Sentences about one matter: openings, and what may follow.
pub(super) struct Topic {
    pub(super) openings: &'static [&'static str],
    pub(super) follow: &'static [&'static str],
}

/// The words of a language. `{name}` in a sentence is replaced by a value of the list `name`;
/// `{n}`, `{nn}` and `{k}` by a figure below 10, below 100 and in the thousands.
pub(super) struct Tongue {
    pub(super) lists: &'static [(&'static str, &'static [&'static str])],
    pub(super) topics: &'static [Topic],
    /// One sentence or two whose meaning one word turns: `[this|that]`.
    pub(super) turned: &'static [&'static str],
    /// Reports of a series; a line each in a table.
    pub(super) bulletins: &'static [&'static str],
    /// Words that may stand for each other without a change of meaning.
    pub(super) synonyms: &'static [(&'static str, &'static str)],
    /// What a channel adds: before a text, after it, and a word within.
    pub(super) sources: &'static [&'static str],
    pub(super) comments: &'static [&'static str],
    pub(super) fillers: &'static [&'static str],
    /// Fifteen to thirty words that many channels put before or after whatever they say.
    pub(super) formulas: &'static [&'static str],
    pub(super) digest_leads: &'static [&'static str],
    pub(super) headline_leads: &'static [&'static str],
    pub(super) subscribe: &'static [&'static str],
    /// A footer of its own wording for each channel.
    pub(super) mottos: &'static [&'static str],
    pub(super) hashtags: &'static [&'static str],
    /// Two or three reports of one matter in different words.
    pub(super) matters: &'static [&'static [&'static str]],
    /// Texts of a few words, a word apart.
    pub(super) shorts: &'static [[&'static str; 2]],
}

impl Tongue {
    pub(super) fn list(&self, name: &str) -> &'static [&'static str] {
        self.lists.iter().find(|(known, _)| *known == name).map_or(&[], |(_, values)| *values)
    }
}
