//! What is on disk is a state that was, or is refused.

use std::fs;
use std::path::Path;

use marsad_types::Corpus;
use proptest::prelude::*;

use super::super::{Error, Index};
use super::world::{Spec, corpus, insert, spec};
use crate::group::Options;
use crate::statement::Statement;

/// Inserts all posts with a flush now and then, and gives the statements at the last flush and how
/// many posts there were.
fn filled(folder: &Path, corpus: &Corpus, every: usize) -> (Vec<Statement>, u32) {
    let mut index = Index::create(folder, &Options::default()).unwrap();
    let mut last = (Vec::new(), 0);
    for row in 0..corpus.posts.len() {
        if row % every == 0 {
            index.flush().unwrap();
            last = (index.statements().unwrap(), index.len());
        }
        insert(&mut index, corpus, row).unwrap();
    }
    last
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|file| fs::metadata(file).unwrap().len() > 0);
    files.sort();
    files
}

/// The state of a folder, unless it is refused on opening, on reading, or on asking.
fn state(folder: &Path, corpus: &Corpus) -> Result<Vec<Statement>, Error> {
    let mut index = Index::open(folder, &Options::default())?;
    let statements = index.statements()?;
    for row in 0..corpus.posts.len() {
        super::world::arrive(corpus, row, |arrival| index.query(arrival))?;
    }
    Ok(statements)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_file_cut_short_is_refused_or_was_not_believed(
        specs in prop::collection::vec(spec(4), 1..40),
        every in 1usize..9, which in any::<prop::sample::Index>(), at in 0.0f64..1.0,
    ) {
        let corpus = corpus(&specs, false);
        let folder = tempfile::tempdir().unwrap();
        let (last, _) = filled(folder.path(), &corpus, every);
        let files = files(folder.path());
        let file = &files[which.index(files.len())];
        let length = fs::metadata(file).unwrap().len();
        let cut = fs::OpenOptions::new().write(true).open(file).unwrap();
        cut.set_len((length as f64 * at) as u64).unwrap();
        match state(folder.path(), &corpus) {
            Ok(statements) => prop_assert_eq!(statements, last),
            Err(Error::Damaged(_) | Error::Other { .. }) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_flipped_bit_is_refused_or_changes_nothing(
        specs in prop::collection::vec(spec(4), 1..40),
        every in 1usize..9, which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(), bit in 0u32..8,
    ) {
        let corpus = corpus(&specs, false);
        let folder = tempfile::tempdir().unwrap();
        let (last, _) = filled(folder.path(), &corpus, every);
        let files = files(folder.path());
        let file = &files[which.index(files.len())];
        let mut bytes = fs::read(file).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        fs::write(file, bytes).unwrap();
        match state(folder.path(), &corpus) {
            Ok(statements) => prop_assert_eq!(statements, last),
            Err(Error::Damaged(_) | Error::Other { .. }) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_process_killed_in_a_flush_loses_what_was_not_flushed_and_goes_on(
        specs in prop::collection::vec(spec(4), 2..40), every in 1usize..9, step in 0usize..3,
    ) {
        let corpus = corpus(&specs, true);
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default();
        let mut index = Index::create(folder.path(), &options).unwrap();
        let mut flushed = (Vec::new(), 0);
        for row in 0..specs.len() {
            if row % every == 0 {
                index.flush().unwrap();
                flushed = (index.statements().unwrap(), index.len());
            }
            insert(&mut index, &corpus, row).unwrap();
        }
        let all = index.statements().unwrap();
        if step > 0 {
            index.history.sync().unwrap();
        }
        if step > 1 {
            index.runs.flush().unwrap();
        }
        drop(index);
        let mut index = Index::open(folder.path(), &options).unwrap();
        prop_assert_eq!((index.statements().unwrap(), index.len()), flushed);
        for row in index.len() as usize..specs.len() {
            insert(&mut index, &corpus, row).unwrap();
        }
        prop_assert_eq!(index.statements().unwrap(), all);
    }
}

#[test]
fn an_index_of_other_options_is_refused_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(&[Spec::story(0, 0)], false);
    filled(folder.path(), &corpus, 1);
    let options = Options { threshold: 0.7, ..Options::default() };
    let error = Index::open(folder.path(), &options).map(drop).unwrap_err().to_string();
    assert!(error.contains("with other options; build the index again"), "{error}");
}

#[test]
fn an_index_has_one_user_and_a_new_one_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::default();
    let index = Index::create(folder.path(), &options).unwrap();
    assert!(matches!(Index::open(folder.path(), &options), Err(Error::Busy(_))));
    drop(index);
    assert!(matches!(Index::create(folder.path(), &options), Err(Error::NotEmpty(_))));
    assert!(Index::open(folder.path(), &options).unwrap().is_empty());
}
