//! What channels do to a text that they post again, and which texts may bear it.

use crate::chance::Chance;
use crate::sixth::lexicon::{Lexicon, Tongue};
use crate::sixth::{arabic, edits, extent, letters, marks};

/// What a change touches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Group {
    /// Words of the text itself.
    Words,
    /// The same figures otherwise written.
    Figures,
    /// The same letters otherwise written.
    Letters,
    /// How much of it is there.
    Extent,
    /// Markup, lines, punctuation.
    Marks,
    /// What stands before and after it.
    Around,
}

/// How much change leaves no doubt that a text is the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bears {
    /// Any change of the table.
    All,
    /// None that touches or hides a word: what tells it from its neighbours may be one.
    NoWords,
    /// Only what every reader takes for the same letters.
    LettersOnly,
}

/// A change: a text it does not suit gives none.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) group: Group,
    only: Option<Tongue>,
    /// Even a text of four words is the same after it.
    is_slight: bool,
    make: fn(&str, &Lexicon, &mut Chance) -> Option<String>,
}

type Make = fn(&str, &Lexicon, &mut Chance) -> Option<String>;

const fn change(name: &'static str, group: Group, make: Make) -> Change {
    Change { name, group, only: None, is_slight: false, make }
}

const fn slight(name: &'static str, group: Group, make: Make) -> Change {
    Change { is_slight: true, ..change(name, group, make) }
}

const fn only(tongue: Tongue, own: Change) -> Change {
    Change { only: Some(tongue), ..own }
}

/// Every change.
pub(super) const CHANGES: [Change; 41] = [
    change("one word", Group::Words, edits::one_word),
    change("two words", Group::Words, edits::two_words),
    change("clause dropped", Group::Words, edits::clause_dropped),
    change("order swapped", Group::Words, edits::order_swapped),
    change("typos", Group::Words, edits::typos),
    change("hidden words", Group::Words, letters::hidden),
    change("cut", Group::Extent, extent::cut),
    change("read more", Group::Extent, extent::read_more),
    change("figures", Group::Figures, edits::figures),
    slight("invisible", Group::Letters, letters::invisible),
    slight("direction", Group::Letters, letters::direction),
    slight("spaces", Group::Letters, letters::spaces),
    change("lookalikes", Group::Letters, letters::lookalikes),
    slight("decomposed", Group::Letters, letters::decomposed),
    only(Tongue::Russian, slight("yo", Group::Letters, letters::yo)),
    slight("capitals", Group::Letters, letters::capitals),
    slight("capital start", Group::Letters, letters::capital_start),
    only(Tongue::English, slight("fancy letters", Group::Letters, letters::fancy)),
    only(Tongue::Arabic, slight("presentation forms", Group::Letters, arabic::presentation)),
    only(Tongue::Arabic, slight("tatweel", Group::Letters, arabic::tatweel)),
    only(Tongue::Arabic, slight("harakat", Group::Letters, arabic::harakat)),
    only(Tongue::Arabic, slight("hamza", Group::Letters, arabic::hamza)),
    only(Tongue::Arabic, slight("endings", Group::Letters, arabic::endings)),
    only(Tongue::Arabic, slight("persian letters", Group::Letters, arabic::persian)),
    only(Tongue::Arabic, slight("digits", Group::Letters, arabic::digits)),
    only(Tongue::Arabic, change("waw apart", Group::Letters, arabic::waw)),
    slight("markdown", Group::Marks, marks::markdown),
    change("html", Group::Marks, marks::html),
    change("linked words", Group::Marks, marks::linked),
    slight("punctuation", Group::Marks, marks::punctuation),
    change("lines", Group::Marks, marks::lines),
    change("emoji", Group::Marks, marks::emoji),
    change("hashtagged words", Group::Marks, marks::tagged),
    change("more hashtags", Group::Around, marks::more_tags),
    change("time stamp", Group::Around, marks::stamped),
    change("urgent", Group::Around, marks::urgent),
    change("comment before", Group::Around, extent::comment_before),
    change("comment after", Group::Around, extent::comment_after),
    change("long comment", Group::Around, extent::long_comment),
    change("source line", Group::Around, extent::source),
    change("quoted whole", Group::Around, extent::quoted),
];

/// How often each group is chosen.
const GROUPS: [Group; 13] = [
    Group::Words,
    Group::Words,
    Group::Words,
    Group::Figures,
    Group::Letters,
    Group::Letters,
    Group::Letters,
    Group::Extent,
    Group::Extent,
    Group::Marks,
    Group::Marks,
    Group::Around,
    Group::Around,
];

fn bearable(change: &Change, bears: Bears, tongue: Tongue) -> bool {
    change.only.is_none_or(|only| only == tongue)
        && match bears {
            Bears::All => true,
            Bears::NoWords => !matches!(change.group, Group::Words | Group::Extent),
            Bears::LettersOnly => change.is_slight,
        }
}

fn key(text: &str) -> &str {
    text.trim()
}

/// A changed text and the change's name.
pub(super) fn changed(
    text: &str,
    bears: Bears,
    lexicon: &Lexicon,
    chance: &mut Chance,
) -> (String, &'static str) {
    if bears == Bears::All && chance.one_in(5) {
        return (combined(text, lexicon, chance), "combination");
    }
    for _ in 0..20 {
        let group = *chance.pick(&GROUPS);
        if let Some(made) = of_group(text, group, bears, lexicon, chance) {
            return made;
        }
    }
    (text.to_owned(), "frame only")
}

fn of_group(
    text: &str,
    group: Group,
    bears: Bears,
    lexicon: &Lexicon,
    chance: &mut Chance,
) -> Option<(String, &'static str)> {
    let able: Vec<&Change> = CHANGES
        .iter()
        .filter(|change| change.group == group && bearable(change, bears, lexicon.tongue))
        .collect();
    if able.is_empty() {
        return None;
    }
    let change = chance.pick(&able);
    let made = (change.make)(text, lexicon, chance)?;
    (key(&made) != key(text)).then_some((made, change.name))
}

/// Two or three changes of different groups, inner ones first.
fn combined(text: &str, lexicon: &Lexicon, chance: &mut Chance) -> String {
    let mut groups = GROUPS.to_vec();
    groups.dedup();
    for _ in 0..3 + chance.below(2) {
        groups.remove(chance.below(groups.len()));
    }
    let mut text = text.to_owned();
    let mut is_turned = false;
    for group in groups {
        // The beginning of a text in another order may share nothing with its beginning.
        if is_turned && group == Group::Extent {
            continue;
        }
        for _ in 0..4 {
            if let Some((made, name)) = of_group(&text, group, Bears::All, lexicon, chance) {
                text = made;
                is_turned |= name == "order swapped";
                break;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each change finds a text among a hundred of its language that it suits.
    #[test]
    fn every_change_changes_something() {
        use crate::sixth::lexicon::{TONGUES, Values, fill};
        for change in &CHANGES {
            let mut seen = false;
            for tongue in TONGUES {
                let lexicon = Lexicon::of(tongue);
                let mut chance = Chance::new(3);
                for _ in 0..100 {
                    let pattern = lexicon.one("story", &mut chance);
                    let text = fill(pattern, &mut Values::new(), &lexicon, &mut chance);
                    let able = bearable(change, Bears::All, tongue);
                    let made = (change.make)(&text, &lexicon, &mut chance);
                    seen |= able && made.is_some_and(|made| made != text);
                }
            }
            assert!(seen, "{}", change.name);
        }
    }
}
