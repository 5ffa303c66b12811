//! The texts of posts and their fingerprints, in the order of the corpus.
//!
//! They are nine tenths of what a corpus holds. So they are read once it is known where each row
//! goes, and of a few files at a time: what is read goes to its place and is dropped, while the next
//! files are read. Held all at once beside the corpus they would double its memory.

use std::ops::Range;

use marsad_matching::Prints;
use marsad_types::Strings;
use rayon::prelude::*;

use crate::Error;
use crate::corpus::Row;
use crate::piece::{Contents, Source};

/// Rows read together at least, for each core.
const ROWS_PER_CORE: usize = 65_536;

/// Files whose rows lie in one stretch of the corpus, in which no other file has any.
#[derive(Default)]
struct Window {
    pieces: Vec<usize>,
    rows: Range<usize>,
}

/// Reads the texts and fingerprints of some rows, in their order.
pub(crate) fn gather(sources: &[Source<'_>], order: &[Row]) -> Result<(Strings, Prints), Error> {
    let bytes = sources.iter().map(|source| source.text_bytes).sum();
    let mut texts = Strings::with_capacity(order.len(), bytes);
    let mut prints = Prints::with_capacity(order.len());
    let windows = windows(sources.len(), order, ROWS_PER_CORE * rayon::current_num_threads());
    let mut loaded = read(sources, windows.first())?;
    for (at, window) in windows.iter().enumerate() {
        let rows = order.get(window.rows.clone()).unwrap_or(&[]);
        let ((), next) = rayon::join(
            || put(&loaded, rows, &mut texts, &mut prints),
            || read(sources, windows.get(at + 1)),
        );
        loaded = next?;
    }
    Ok((texts, prints))
}

/// The contents of the files of a window, by the number of the file.
fn read(sources: &[Source<'_>], window: Option<&Window>) -> Result<Vec<Option<Contents>>, Error> {
    let wanted = window.map_or(&[][..], |window| window.pieces.as_slice());
    let read: Vec<(usize, Contents)> = wanted
        .par_iter()
        .filter_map(|at| Some((*at, sources.get(*at)?)))
        .map(|(at, source)| Ok((at, source.contents()?)))
        .collect::<Result<_, Error>>()?;
    let mut all: Vec<Option<Contents>> = Vec::new();
    all.resize_with(sources.len(), || None);
    for (at, contents) in read {
        if let Some(slot) = all.get_mut(at) {
            *slot = Some(contents);
        }
    }
    Ok(all)
}

fn put(loaded: &[Option<Contents>], rows: &[Row], texts: &mut Strings, prints: &mut Prints) {
    let of = |piece: u32| loaded.get(piece as usize).and_then(Option::as_ref);
    rayon::join(
        || {
            for (_, _, piece, row) in rows {
                texts.push(of(*piece).map_or("", |contents| contents.texts.get(*row as usize)));
            }
        },
        || {
            for (_, _, piece, row) in rows {
                if let Some(contents) = of(*piece) {
                    prints.push_row(&contents.prints, *row as usize);
                }
            }
        },
    );
}

/// Cuts the order where no file reaches across, into stretches of `rows_min` rows at least where
/// that can be.
fn windows(pieces: usize, order: &[Row], rows_min: usize) -> Vec<Window> {
    let mut reach: Vec<Option<Range<usize>>> = vec![None; pieces];
    for (place, (_, _, piece, _)) in order.iter().enumerate() {
        if let Some(reach) = reach.get_mut(*piece as usize) {
            reach.get_or_insert(place..place).end = place + 1;
        }
    }
    let reach = reach.into_iter().enumerate();
    let mut reach: Vec<(usize, Range<usize>)> =
        reach.filter_map(|(piece, reach)| Some((piece, reach?))).collect();
    reach.sort_unstable_by_key(|(_, reach)| reach.start);
    let mut windows = Vec::new();
    let mut window = Window::default();
    for (piece, reach) in reach {
        if reach.start >= window.rows.end && window.rows.len() >= rows_min {
            let rows = window.rows.end..window.rows.end;
            windows.push(std::mem::replace(&mut window, Window { pieces: Vec::new(), rows }));
        }
        window.pieces.push(piece);
        window.rows.end = window.rows.end.max(reach.end);
    }
    windows.push(window);
    windows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn windows_cover_the_order_and_no_file_stands_in_two(
            order in prop::collection::vec((0u32..12, 0u32..40), 0..200), rows_min in 0usize..50,
        ) {
            // Files that hold a stretch each, more or less: their numbers follow the time.
            let mut order: Vec<(u32, u32)> = order;
            order.sort_unstable_by_key(|(piece, jitter)| piece * 20 + jitter);
            let order: Vec<Row> = order.iter().map(|(piece, row)| (0, 0, *piece, *row)).collect();
            let windows = windows(12, &order, rows_min);
            let mut end = 0;
            let mut seen: Vec<usize> = Vec::new();
            for window in &windows {
                prop_assert_eq!(window.rows.start, end);
                end = window.rows.end;
                for (_, _, piece, _) in &order[window.rows.clone()] {
                    prop_assert!(window.pieces.contains(&(*piece as usize)));
                }
                seen.extend(&window.pieces);
            }
            prop_assert_eq!(end, order.len());
            let (_, all_but_last) = windows.split_last().unwrap();
            prop_assert!(all_but_last.iter().all(|window| window.rows.len() >= rows_min));
            let files = seen.len();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(files, seen.len());
        }
    }
}
