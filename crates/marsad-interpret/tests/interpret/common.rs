//! What the tests of this crate share.

use std::path::PathBuf;

use marsad_interpret::{Cutter, Format, Manifest, Reading, prepare, read};
use marsad_types::{Platform, Post};

/// The folder of shared reference data, or `None` with a loud word.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MARSAD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let path = root.join(part);
    if path.try_exists().unwrap_or(false) {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}

/// A fixture of our own.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/inputs/");
    std::fs::read(format!("{path}{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Settings of a format without a word from the operator, checked against the file.
pub(crate) fn manifest(format: Format, file: &[u8]) -> Manifest {
    prepare(Manifest::new(format), file).unwrap()
}

/// Settings of a table.
pub(crate) fn csv(file: &[u8], map: &[(&str, &str)]) -> Manifest {
    let mut manifest = Manifest::new(Format::Csv);
    manifest.platform = Some(Platform::new("telegram").unwrap());
    manifest.csv_map = map.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
    prepare(manifest, file).unwrap()
}

/// Cuts a file into chunks of at most `chunk_max` bytes (pushed in odd slices) and reads each.
pub(crate) fn read_cut(manifest: &Manifest, file: &[u8], chunk_max: usize) -> Reading {
    let mut cutter = Cutter::with_chunk_max(manifest, chunk_max);
    let mut pieces = Vec::new();
    for slice in file.chunks(7919) {
        pieces.extend(cutter.push(slice));
    }
    pieces.extend(cutter.finish());
    let mut whole = Reading::default();
    let mut bytes = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        assert_eq!(piece.ordinal, place as u64);
        bytes.extend_from_slice(&piece.bytes);
        let part = read(manifest, &piece.as_chunk());
        whole.posts.extend(part.posts);
        whole.channels.extend(part.channels);
        whole.coverage.extend(part.coverage);
        whole.taken.extend(part.taken);
        whole.events.extend(part.events);
        whole.removals.extend(part.removals);
        whole.problems.extend(part.problems);
        whole.rows += part.rows;
    }
    assert!(bytes == file, "the chunks end to end are the file");
    whole
}

/// Reads a file in chunks of the usual size.
pub(crate) fn read_all(manifest: &Manifest, file: &[u8]) -> Reading {
    read_cut(manifest, file, marsad_interpret::CHUNK_MAX)
}

/// `channel/id time text` of every post, for short comparisons.
pub(crate) fn short(posts: &[Post]) -> Vec<String> {
    let id = |post: &Post| match &post.id {
        marsad_types::PostId::Given(id) => id.to_string(),
        marsad_types::PostId::Derived => "-".to_owned(),
    };
    posts
        .iter()
        .map(|post| format!("{}/{} {} {}", post.channel, id(post), post.published_at, post.text))
        .collect()
}

/// `line: reason` of every problem.
pub(crate) fn problems(reading: &Reading) -> Vec<String> {
    reading.problems.iter().map(|p| format!("{}: {}", p.line, p.reason)).collect()
}
