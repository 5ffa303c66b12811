//! The texts of posts and their fingerprints, in the order of the corpus.
//!
//! They are about four fifths of what a corpus holds. So they are read once it is known where each row
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
const ROWS_PER_CORE: usize = if cfg!(test) { 3 } else { 65_536 };

/// Files whose rows lie in one stretch of the corpus, in which no other file has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The files by their number.
    pub(crate) pieces: Vec<usize>,
    /// Their rows in the order of the corpus.
    pub(crate) rows: Range<usize>,
}

/// Reads the texts and fingerprints of some rows, in their order, stretch by stretch.
pub(crate) fn gather(
    sources: &[Source<'_>],
    order: &[Row],
    stretches: Vec<Stretch>,
) -> Result<(Strings, Prints), Error> {
    let bytes = sources.iter().map(|source| source.text_bytes).sum();
    let mut texts = Strings::with_capacity(order.len(), bytes);
    let mut prints = Prints::with_capacity(order.len());
    let windows = joined(stretches, ROWS_PER_CORE * rayon::current_num_threads());
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

/// The contents of the files of a stretch, by the number of the file.
fn read(sources: &[Source<'_>], window: Option<&Stretch>) -> Result<Vec<Option<Contents>>, Error> {
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

/// Joins neighbours until each has `rows_min` rows at least, but for the last.
fn joined(stretches: Vec<Stretch>, rows_min: usize) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match joined.last_mut().filter(|last| last.rows.len() < rows_min) {
            Some(last) => {
                last.pieces.extend(stretch.pieces);
                last.rows.end = stretch.rows.end;
            }
            None => joined.push(stretch),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use marsad_matching::Fingerprinter;
    use marsad_types::{ChannelKey, Platform, Post, PostId, Timestamp};

    use super::*;
    use crate::{Lake, Selection};

    #[test]
    fn texts_and_fingerprints_stand_beside_their_posts_in_every_stretch() {
        const MONTH: i64 = 30 * 24 * 3600 * 1000;
        let folder = tempfile::tempdir().unwrap();
        let mut lake = Lake::open(folder.path()).unwrap();
        let mut filer = lake.filer().unwrap();
        // Two platforms, two files a month of one, ten months: stretches of one to three files.
        for round in 0..2i64 {
            for n in (0..400).filter(|n| n % 2 == round) {
                let platform = if n % 3 == 0 { "tamtam" } else { "telegram" };
                if platform == "tamtam" && n / 40 % 2 == 1 {
                    continue;
                }
                let desk = ChannelKey::new(Platform::new(platform).unwrap(), "desk");
                let (time, text) = (Timestamp(n * MONTH / 40), format!("train {n} is late today"));
                let post = Post::new(desk, PostId::Given(n.to_string().into()), time, text);
                let print = Fingerprinter::new().fingerprint(&post.text);
                filer.take(post, print, None, n as u64);
            }
            lake.file(&filer.take_batch(), 1000 + round as u64).unwrap();
        }
        let (corpus, prints) = lake.corpus(&Selection::default()).unwrap();
        assert!(corpus.posts.len() > 300);
        for row in 0..corpus.posts.len() {
            let text = format!("train {} is late today", corpus.posts.post.get(row));
            assert_eq!(corpus.posts.text.get(row), text);
        }
        assert_eq!(prints, Prints::of(&corpus));
        assert!(corpus.posts.published_at.is_sorted());
    }

    #[test]
    fn short_stretches_are_joined() {
        let stretch = |pieces: &[usize], rows| Stretch { pieces: pieces.to_vec(), rows };
        let stretches = vec![
            stretch(&[2], 0..3),
            stretch(&[0, 4], 3..7),
            stretch(&[1], 7..17),
            stretch(&[3], 17..18),
        ];
        assert_eq!(joined(stretches.clone(), 1), stretches);
        let wanted = [stretch(&[2, 0, 4], 0..7), stretch(&[1], 7..17), stretch(&[3], 17..18)];
        assert_eq!(joined(stretches.clone(), 5), wanted);
        assert_eq!(joined(stretches, 100), [stretch(&[2, 0, 4, 1, 3], 0..18)]);
        assert_eq!(joined(Vec::new(), 5), []);
    }
}
