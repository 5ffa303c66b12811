//! The changes that a copy may have, with their kinds.

use super::edits;
use super::letters;
use super::tongue::Tongue;
use crate::chance::Chance;

/// What a change needs to know.
pub(super) struct Place<'a> {
    pub(super) tongue: &'a Tongue,
    /// 0 English, 1 Russian, 2 Arabic.
    pub(super) language: usize,
    /// A text that has nothing to do with it, to go on with.
    pub(super) more: &'a str,
}

/// Changes of words, at most one a copy.
pub(super) const WORDS: [&str; 12] = [
    "cut",
    "cut short",
    "sentence gone",
    "reordered",
    "comment",
    "source",
    "synonyms",
    "filler",
    "small word gone",
    "slips",
    "figures set otherwise",
    "further",
];

/// Changes of letters and marks.
pub(super) const LETTERS: [&str; 16] = [
    "letter variants",
    "tatweel",
    "harakat",
    "presentation forms",
    "digits",
    "unseen",
    "direction",
    "look-alikes",
    "styled",
    "signs",
    "capitals",
    "emoji",
    "markdown",
    "html",
    "links",
    "lines",
];

/// Changes the words; none where the text gives no hold.
pub(super) fn words(
    kind: &str,
    text: &str,
    place: &Place<'_>,
    chance: &mut Chance,
) -> Option<String> {
    let tongue = place.tongue;
    match kind {
        "cut" => edits::cut(text, chance),
        "cut short" => edits::cut_short(text, chance),
        "sentence gone" => edits::sentence_gone(text, chance),
        "reordered" => edits::reordered(text, chance),
        "comment" => Some(edits::comment(text, tongue, chance)),
        "source" => Some(edits::source(text, tongue, chance)),
        "synonyms" => edits::synonyms(text, tongue, chance),
        "filler" => Some(edits::filler(text, tongue, chance)),
        "small word gone" => edits::small_word_gone(text, chance),
        "slips" => Some(edits::slips(text, chance)),
        "figures set otherwise" => edits::figures_set_otherwise(text, chance),
        _ => edits::further(text, place.more),
    }
    .filter(|changed| changed != text)
}

/// Changes letters or marks; none where there are none of the kind.
pub(super) fn letters(
    kind: &str,
    text: &str,
    place: &Place<'_>,
    chance: &mut Chance,
) -> Option<String> {
    let arabic = place.language == 2;
    let changed = match kind {
        "letter variants" if arabic => letters::arabic_variants(text, chance),
        "tatweel" if arabic => letters::tatweel(text, chance),
        "harakat" if arabic => letters::harakat(text, chance),
        "presentation forms" if arabic => letters::presentation_forms(text, chance),
        "digits" => letters::other_digits(text, chance),
        "unseen" => letters::unseen(text, chance),
        "direction" => letters::direction(text, chance),
        "look-alikes" if !arabic => letters::look_alikes(text, chance),
        "styled" if place.language == 0 => letters::styled(text, chance),
        "signs" => letters::signs(text, chance),
        "capitals" if !arabic => letters::capitals(text, chance),
        "emoji" => letters::emoji(text, chance),
        "markdown" => letters::markdown(text, chance),
        "html" => letters::html(text, chance),
        "links" => letters::links(text, chance),
        "lines" => letters::lines(text, chance),
        _ => return None,
    };
    Some(changed).filter(|changed| changed != text)
}
