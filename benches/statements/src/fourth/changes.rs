//! What a channel does to a text that it posts again.

use super::lexicon::Language;
use super::texts::Base;
use super::{ends, letters, marks};
use crate::chance::Chance;

/// A change, in the order in which several are made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Change {
    Dropped,
    Cut,
    More,
    Synonym,
    Letters,
    Typo,
    Lookalikes,
    Added,
    Source,
    Punctuation,
    Markup,
    Quoted,
    Label,
    Hashtags,
    Emoji,
    Links,
    Invisible,
    Verbatim,
}

use Change::{
    Added, Cut, Dropped, Emoji, Hashtags, Invisible, Label, Letters, Links, Lookalikes, Markup,
    More, Punctuation, Quoted, Source, Synonym, Typo, Verbatim,
};

/// How many of a hundred re-posts show each change alone. What a desk sees most is the text as
/// it was in another frame; then marks and links; words changed are rare.
const SHARES: [(Change, usize, &str); 18] = [
    (Verbatim, 20, "verbatim"),
    (Punctuation, 9, "punctuation"),
    (Links, 9, "links"),
    (Emoji, 8, "emoji"),
    (Markup, 7, "markup"),
    (Hashtags, 6, "hashtags"),
    (Letters, 6, "letters"),
    (Source, 5, "source"),
    (Label, 4, "label"),
    (Cut, 4, "cut"),
    (More, 4, "read more"),
    (Added, 4, "sentence added"),
    (Dropped, 4, "sentence dropped"),
    (Quoted, 3, "quoted whole"),
    (Typo, 2, "typo"),
    (Synonym, 2, "synonym"),
    (Invisible, 2, "invisible"),
    (Lookalikes, 1, "look-alikes"),
];

/// Of a hundred re-posts so many show two to four changes at once.
const COMBINED: usize = 28;

/// The text again, and the kind of its change. `fresh` gives a text of so many words at most
/// that no other post has.
pub(super) fn repost(
    base: &Base,
    chance: &mut Chance,
    mut fresh: impl FnMut(usize) -> Option<String>,
) -> (String, &'static str) {
    if chance.below(100) < COMBINED {
        let wanted = 2 + chance.below(3);
        let mut chosen: Vec<Change> = Vec::new();
        for _ in 0..20 {
            let (change, _) = draw(chance);
            let shortens = |c: &Change| matches!(c, Dropped | Cut | More);
            let twice =
                chosen.contains(&change) || (shortens(&change) && chosen.iter().any(shortens));
            if change != Verbatim && !twice && chosen.len() < wanted {
                chosen.push(change);
            }
        }
        chosen.sort_unstable();
        let mut text = base.text.clone();
        let mut made = 0;
        for change in chosen {
            if let Some(changed) = apply(change, &text, base, chance, &mut fresh) {
                made += usize::from(changed != text);
                text = changed;
            }
        }
        if made >= 2 {
            return (text, "combination");
        }
    }
    for _ in 0..12 {
        let (change, kind) = draw(chance);
        if let Some(text) = apply(change, &base.text, base, chance, &mut fresh)
            && (text != base.text || change == Verbatim)
        {
            return (text, kind);
        }
    }
    (base.text.clone(), "verbatim")
}

fn draw(chance: &mut Chance) -> (Change, &'static str) {
    let mut ball = chance.below(SHARES.iter().map(|(_, share, _)| share).sum());
    for (change, share, kind) in SHARES {
        if ball < share {
            return (change, kind);
        }
        ball -= share;
    }
    (Verbatim, "verbatim")
}

fn apply(
    change: Change,
    text: &str,
    base: &Base,
    chance: &mut Chance,
    fresh: &mut impl FnMut(usize) -> Option<String>,
) -> Option<String> {
    let language: Language = base.language;
    Some(match change {
        Verbatim => text.to_owned(),
        Letters => match &base.marked {
            Some(marked) if text == base.text => marked.clone(),
            _ => letters::variants(text, language, chance),
        },
        Invisible => letters::invisible(text, chance),
        Lookalikes => letters::lookalikes(text, language, chance),
        Typo => letters::typos(text, chance),
        Emoji => marks::emoji(text, chance),
        Markup => marks::markup(text, chance),
        Hashtags => marks::hashtags(text, language, chance),
        Links => marks::links(text, chance),
        Punctuation => marks::punctuation(text, chance),
        Label => ends::label(text, language, chance),
        Source => ends::source(text, language, chance),
        Cut => return ends::cut(text, chance),
        More => ends::more(text, language, chance),
        Added => ends::added(text, &fresh(super::words(text).len() / 2)?, chance),
        Dropped => return ends::dropped(text, chance),
        Quoted => ends::quoted(text, language, chance),
        Synonym => return ends::synonym(text, language, chance),
    })
}
