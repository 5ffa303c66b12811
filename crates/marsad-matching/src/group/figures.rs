//! Figures and the words around them.

use super::view::View;

/// Whether a figure stands where the other text has another: after the same word, one of several
/// where both have as many; or before the same word, where neither figure stands anywhere in the other
/// text.
pub(super) fn other_figure(a: &View, b: &View) -> bool {
    let (figures_a, figures_b) = (figures(a), figures(b));
    let behind = |figures: &[Figure], word: u64| {
        let mut numbers: Vec<u64> =
            figures.iter().filter(|f| f.before == word).map(|f| f.number).collect();
        numbers.sort_unstable();
        numbers
    };
    let one_of_several = figures_a.iter().any(|x| {
        let (own, others) = (behind(&figures_a, x.before), behind(&figures_b, x.before));
        own.len() > 1 && own.len() == others.len() && own != others
    });
    if one_of_several {
        return true;
    }
    let has = |figures: &[Figure], number: u64| figures.iter().any(|f| f.number == number);
    figures_a.iter().any(|x| {
        let after = |y: &Figure| x.before == y.before;
        let other_after = figures_b.iter().any(|y| after(y) && y.number != x.number)
            && !figures_b.iter().any(|y| after(y) && y.number == x.number);
        let mine_elsewhere = |y: &Figure| {
            figures_a.iter().any(|own| own.before == y.before && own.number == y.number)
        };
        let replaced_after =
            other_after && figures_b.iter().any(|y| after(y) && !mine_elsewhere(y));
        let replaced_before = !has(&figures_b, x.number)
            && figures_b.iter().any(|y| x.after == y.after && !has(&figures_a, y.number));
        replaced_after || replaced_before
    })
}

/// A number and the nearest words around it; 0 and 1 at the ends.
struct Figure {
    number: u64,
    before: u64,
    after: u64,
}

fn figures(view: &View) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    let mut before = 0;
    for word in &view.words {
        if word.is_number {
            figures.push(Figure { number: word.hash, before, after: 1 });
            continue;
        }
        before = word.hash;
        for figure in figures.iter_mut().rev().take_while(|figure| figure.after == 1) {
            figure.after = word.hash;
        }
    }
    figures
}

/// Whether no figure of a part stands replaced in the whole: another number between the same
/// words, or beside one of them where the part's number is nowhere in the whole.
pub(crate) fn figures_within(part: &View, whole: &View) -> bool {
    let whole_figures = figures(whole);
    // The last word of a text that was cut may be cut itself.
    let last = part.words.last().filter(|word| part.trails_off && word.is_number);
    let own = figures(part);
    let checked = own.len() - usize::from(last.is_some());
    own.iter().take(checked).all(|x| {
        let beside = |y: &&Figure| y.before == x.before || y.after == x.after;
        let between = |y: &&Figure| y.before == x.before && y.after == x.after;
        let same = |y: &&Figure| y.number == x.number;
        let kept = whole_figures.iter().any(|y| same(&y) && beside(&y));
        let nowhere = !whole_figures.iter().any(|y| same(&y));
        let replaced =
            whole_figures.iter().any(|y| !same(&y) && (between(&y) || nowhere && beside(&y)));
        kept || !replaced
    })
}
