//! Two texts beside each other, with marks on what only one of them has.

use crate::comparison::{Comparison, Mark, Side};
use crate::format;
use crate::markup::{Markup, Name, Text, put};

/// Letters shown of each text: a digest may be long, the page must not be.
const LETTERS_MAX: usize = 1500;

/// Writes the comparison, folded; print opens it.
pub(crate) fn put(page: &mut Markup, comparison: &Comparison) {
    put!(
        page,
        "<details class=\"beside\"><summary>Beside its most different copy: similarity {}</summary>\
         <p class=\"why\">{}.</p><div class=\"sides\">",
        format::decimal(comparison.similarity, 2),
        Text(&sentence(&comparison.reason))
    );
    let mut is_cut = false;
    for (side, what) in comparison.sides.iter().zip(["First", "Copy"]) {
        put!(page, "<div class=\"side\"><h4>{what}: {}</h4><p dir=\"auto\">", Name(&side.post));
        is_cut |= put_text(page, side);
        put!(page, "</p></div>");
    }
    put!(page, "</div><p class=\"key\">{KEY}");
    if is_cut {
        let [first, copy] = &comparison.sides;
        put!(
            page,
            " Long texts are cut here; <code>marsad measure statements --explain {} {}</code> shows \
             all of them.",
            Text(&first.post),
            Text(&copy.post)
        );
    }
    put!(page, "</p></details>");
}

/// What the marks mean, in the marks themselves.
const KEY: &str = "<mark>marked</mark>: in this text only. <s>struck</s>: not compared, because the \
                   channel puts it on its posts or it stands everywhere. <i>leaning</i>: a link or \
                   mention, not compared.";

/// Writes a text with its marks; true where it was cut.
fn put_text(page: &mut Markup, side: &Side) -> bool {
    let end = side.text.char_indices().nth(LETTERS_MAX).map_or(side.text.len(), |(at, _)| at);
    let mut at = 0;
    for run in side.marks.chunk_by(|a, b| a.1 == b.1 && is_space(&side.text, a.0.end, b.0.start)) {
        let (Some((first, mark)), Some((last, _))) = (run.first(), run.last()) else { continue };
        let (from, to) = (first.start.max(at), last.end.min(end));
        // Marks that do not fit the text, or lie behind the cut, mark nothing.
        let (Some(before), Some(marked)) = (side.text.get(at..from), side.text.get(from..to))
        else {
            continue;
        };
        let element = match mark {
            Mark::Own => "mark",
            Mark::Masked => "s",
            Mark::NotCompared => "i",
        };
        put!(page, "{}<{element}>{}</{element}>", Text(before), Text(marked));
        at = to;
    }
    let rest = side.text.get(at..end).unwrap_or_default();
    let is_cut = end < side.text.len();
    put!(page, "{}{}", Text(rest), if is_cut { " …" } else { "" });
    is_cut
}

/// Whether only spaces and marks of writing stand between two words, and no word without a mark.
fn is_space(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| !between.chars().any(char::is_alphanumeric))
}

fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
