//! Letters that look alike in Latin, Cyrillic and Greek, folded within a word to the script of its
//! majority.
//!
//! The pairs are those of Unicode's confusables (UTS 39, `confusables.txt`) whose two sides are
//! plain letters, after case folding: a capital that looks alike makes its small letter a pair
//! (В and B: в and b), because case is gone by then.

/// Latin, Cyrillic, Greek; 0 where the script has no look-alike.
const ALIKE: &[(char, char, char)] = &[
    ('a', 'а', 'α'),
    ('b', 'в', 'β'),
    ('c', 'с', '\0'),
    ('d', 'ԁ', '\0'),
    ('e', 'е', 'ε'),
    ('h', 'н', 'η'),
    ('i', 'і', 'ι'),
    ('j', 'ј', '\0'),
    ('k', 'к', 'κ'),
    ('l', 'ӏ', '\0'),
    ('m', 'м', 'μ'),
    ('n', '\0', 'ν'),
    ('o', 'о', 'ο'),
    ('p', 'р', 'ρ'),
    ('q', 'ԛ', '\0'),
    ('s', 'ѕ', '\0'),
    ('t', 'т', 'τ'),
    ('w', 'ԝ', '\0'),
    ('x', 'х', 'χ'),
    ('y', 'у', 'υ'),
    ('z', '\0', 'ζ'),
    // Second look-alikes of a letter: folded to it, never from it.
    ('c', '\0', 'ϲ'),
    ('e', 'ҽ', '\0'),
    ('h', 'һ', '\0'),
    ('y', 'ү', '\0'),
];

/// A script with look-alikes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
}

/// The script of a folded letter, if it is one of the three.
pub(super) fn script(code: u32) -> Option<Script> {
    match code {
        0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => Some(Script::Latin),
        0x0400..=0x052F => Some(Script::Cyrillic),
        0x0370..=0x03FF | 0x1F00..=0x1FFF => Some(Script::Greek),
        _ => None,
    }
}

/// The look-alike of a letter in a script.
fn alike(code: u32, wanted: Script) -> Option<u32> {
    let row = ALIKE
        .iter()
        .find(|row| [row.0, row.1, row.2].into_iter().any(|c| c != '\0' && c as u32 == code))?;
    let found = match wanted {
        Script::Latin => row.0,
        Script::Cyrillic => row.1,
        Script::Greek => row.2,
    };
    (found != '\0').then_some(found as u32)
}

/// Whether a letter could be a look-alike of one in that script.
pub(super) fn could_be(code: u32, wanted: Script) -> bool {
    script(code) == Some(wanted) || alike(code, wanted).is_some()
}

/// Folds a word of mixed scripts. Letters that only one script has decide; then the number of
/// letters; then Latin, Cyrillic, Greek.
pub(super) fn fold_word(word: &mut [u32]) {
    if let Some(target) = majority(word) {
        fold_to(word, target);
    }
}

/// The script of at least four fifths of the letters that have one.
pub(super) fn main_script(codes: &[u32]) -> Option<Script> {
    let mut counts = [0usize; 3];
    for code in codes {
        match script(*code) {
            Some(Script::Latin) => counts[0] += 1,
            Some(Script::Cyrillic) => counts[1] += 1,
            Some(Script::Greek) => counts[2] += 1,
            None => {}
        }
    }
    let all: usize = counts.iter().sum();
    let most = |(_, count): &(_, usize)| count * 5 >= all * 4;
    let scripts = [Script::Latin, Script::Cyrillic, Script::Greek];
    scripts.into_iter().zip(counts).find(most).map(|(script, _)| script)
}

/// Folds every letter that has a look-alike in the script.
pub(super) fn fold_to(word: &mut [u32], target: Script) {
    for code in word {
        if script(*code).is_some_and(|own| own != target)
            && let Some(other) = alike(*code, target)
        {
            *code = other;
        }
    }
}

/// Folds Latin letters that look like Arabic ones (UTS 39: l and alef, o and heh) in a word that is
/// mostly Arabic.
pub(super) fn fold_to_arabic(word: &mut [u32]) {
    let arabic = word.iter().filter(|code| (0x0620..=0x06FF).contains(*code)).count();
    if arabic * 2 <= word.len() {
        return;
    }
    for code in word {
        match char::from_u32(*code) {
            Some('l' | 'i') => *code = u32::from('\u{0627}'),
            Some('o') => *code = u32::from('\u{0647}'),
            _ => {}
        }
    }
}

/// Whether two folded words look the same though their letters are of different scripts.
pub(crate) fn look_alike(a: &[u32], b: &[u32]) -> bool {
    let shape = |code: &u32| alike(*code, Script::Latin).unwrap_or(*code);
    a.len() == b.len() && a.iter().map(shape).eq(b.iter().map(shape))
}

fn majority(word: &[u32]) -> Option<Script> {
    const SCRIPTS: [Script; 3] = [Script::Latin, Script::Cyrillic, Script::Greek];
    let score = |wanted: Script| {
        let own = word.iter().filter(|code| script(**code) == Some(wanted));
        let (mut distinct, mut all) = (0u32, 0u32);
        for code in own {
            all += 1;
            let shared = SCRIPTS.iter().any(|s| *s != wanted && alike(*code, *s).is_some());
            distinct += u32::from(!shared);
        }
        (distinct, all)
    };
    let mut best: Option<((u32, u32), Script)> = None;
    for candidate in SCRIPTS {
        let score = score(candidate);
        if score.1 > 0 && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, script)| script)
}
