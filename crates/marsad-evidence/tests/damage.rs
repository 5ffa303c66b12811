//! What the store makes of files that were cut or changed behind its back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, outside of #[test]")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use marsad_evidence::merkle::{verify_consistency, verify_inclusion};
use marsad_evidence::{Error, Failure, NewRecord, Options, RecordKind, Signer, Store, prepare};
use marsad_types::Timestamp;
use proptest::prelude::*;

const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn options() -> Options {
    Options {
        segment_bytes_max: 25_000,
        signer: Some(Signer::new("weather.example/log", &[7; 32]).unwrap()),
    }
}

fn payload(n: u32) -> Vec<u8> {
    (0..=n % 90).flat_map(|i| format!("{},rain,{}\n", n, i * n).into_bytes()).collect()
}

fn append(store: &mut Store, numbers: std::ops::Range<u32>) {
    for n in numbers {
        let record = NewRecord {
            kind: if n % 5 == 0 { RecordKind::Note } else { RecordKind::Chunk },
            target: format!("urn:marsad:import:weather#{n}"),
            content_type: "text/csv",
            at: NOON,
            fields: vec![("Marsad-Line", n.to_string())],
            payload: &payload(n),
        };
        store.append(prepare(&record)).unwrap();
    }
}

/// A log of some 300 records in two commits and several segments.
fn make(dir: &Path) -> Store {
    let mut store = Store::open_with(dir, options()).unwrap();
    append(&mut store, 0..150);
    store.commit(NOON).unwrap();
    append(&mut store, 150..270);
    store.commit(NOON).unwrap();
    store
}

fn files(dir: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for folder in ["", "warc", "log", "log/tiles"] {
        for entry in std::fs::read_dir(dir.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, path);
            }
        }
    }
    found
}

/// What a full check says, opening included.
fn failures(dir: &Path) -> Vec<Failure> {
    let failure = |error| match error {
        Error::Broken(failure) => vec![*failure],
        Error::Version { .. } => {
            vec![Failure {
                leaf: None,
                file: "format".to_owned(),
                from: 0,
                to: 100,
                reason: String::new(),
            }]
        }
        error => panic!("{error}"),
    };
    let reader = match Store::open_read(dir) {
        Ok(reader) => reader,
        Err(error) => return failure(error),
    };
    match reader.verify() {
        Ok(verdict) => verdict.failures,
        Err(error) => failure(error),
    }
}

#[test]
fn a_sound_log_has_no_failures_and_all_its_proofs_verify() {
    let dir = tempfile::tempdir().unwrap();
    let store = make(dir.path());
    assert_eq!(failures(dir.path()), []);
    let head = store.head();
    let reader = store.reader();
    for leaf in (0..head.size).step_by(7) {
        let proof = reader.inclusion(leaf).unwrap();
        let hash = reader.leaf_hash(leaf).unwrap();
        assert!(verify_inclusion(&hash, leaf, &proof, (head.size, &head.root)));
    }
    for (_, old) in reader.heads().unwrap() {
        let proof = reader.consistency(old.size).unwrap();
        assert!(verify_consistency((old.size, &old.root), (head.size, &head.root), &proof));
        assert!(reader.extends(&old).unwrap());
        let other = marsad_evidence::Head { root: [1; 32], ..old };
        assert!(!reader.extends(&other).unwrap());
    }
}

#[test]
fn a_flipped_byte_anywhere_is_found_and_its_place_is_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(make(dir.path()));
    for (name, path) in files(dir.path()) {
        let sound = std::fs::read(&path).unwrap();
        let step = (sound.len() / 30).max(1);
        for place in (0..sound.len()).step_by(step).chain(sound.len().checked_sub(1)) {
            let mut bytes = sound.clone();
            bytes[place] ^= 1 << (place % 8);
            std::fs::write(&path, bytes).unwrap();
            let failures = failures(dir.path());
            let named = failures.iter().any(|failure| {
                let within = failure.from <= place as u64 && (place as u64) < failure.to;
                let either = failure.reason.contains(&format!("'{name}'")); // one of two files
                failure.file == name && within || either
            });
            let tree = failures.iter().any(|failure| failure.file == "log/tiles");
            assert!(named || tree && name.starts_with("log/tiles"), "{name} {place}: {failures:?}");
            let record = name.starts_with("warc/") || name == "log/index" || name == "log/salts";
            assert!(!record || failures.iter().any(|f| f.leaf.is_some()), "{name} {place}");
        }
        std::fs::write(&path, sound).unwrap();
    }
    assert_eq!(failures(dir.path()), []);
}

/// Opens a copy of a damaged log and says what is there: the head, or why it is refused.
fn reopened(dir: &Path) -> Result<u64, Error> {
    let store = Store::open_with(dir, options())?;
    let verdict = store.verify()?;
    assert!(verdict.is_sound(), "half-written bytes are believed: {:?}", verdict.failures);
    Ok(store.head().size)
}

fn copy(from: &Path, to: &Path) {
    for folder in ["warc", "log/tiles"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
    }
    for (name, path) in files(from) {
        std::fs::copy(path, to.join(name)).unwrap();
    }
}

#[test]
fn a_cut_into_acknowledged_bytes_is_refused_not_repaired() {
    let dir = tempfile::tempdir().unwrap();
    drop(make(dir.path()));
    let last_segment = files(dir.path()).into_keys().rfind(|name| name.starts_with("warc/"));
    let names = ["log/index", "log/salts", "log/heads", "log/tiles/0", "log/tiles/1", "checkpoint"];
    let names = names.into_iter().map(str::to_owned).chain(last_segment);
    for name in names {
        let size = std::fs::metadata(dir.path().join(&name)).unwrap().len();
        for kept in [0, 1, size / 2, size - 1] {
            let copied = tempfile::tempdir().unwrap();
            copy(dir.path(), copied.path());
            let file = std::fs::OpenOptions::new().write(true).open(copied.path().join(&name));
            file.unwrap().set_len(kept).unwrap();
            let result = reopened(copied.path());
            assert!(matches!(result, Err(Error::Broken(_))), "{name} cut to {kept}: {result:?}");
        }
        let copied = tempfile::tempdir().unwrap();
        copy(dir.path(), copied.path());
        std::fs::remove_file(copied.path().join(&name)).unwrap();
        let result = reopened(copied.path());
        assert!(result.is_err(), "{name} removed: {result:?}");
    }
    let copied = tempfile::tempdir().unwrap();
    copy(dir.path(), copied.path());
    std::fs::remove_file(copied.path().join("format")).unwrap();
    assert!(matches!(reopened(copied.path()), Err(Error::Broken(_))), "a log is never made anew");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A crash may leave any part of what was written after the checkpoint, file by file.
    #[test]
    fn whatever_stays_of_an_unfinished_commit_only_the_committed_part_is_believed(
        cuts in proptest::collection::vec(0.0f64..=1.0, 16), more in 1u32..120,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = make(dir.path());
        let acknowledged = store.head();
        let checkpoint = std::fs::read(dir.path().join("checkpoint")).unwrap();
        let before: BTreeMap<_, _> = files(dir.path()).into_iter()
            .map(|(name, path)| (name, std::fs::metadata(path).unwrap().len())).collect();
        append(&mut store, 1000..1000 + more);
        store.commit(NOON).unwrap();
        drop(store);
        std::fs::write(dir.path().join("checkpoint"), checkpoint).unwrap();
        let mut cut_any = false;
        for ((name, path), cut) in files(dir.path()).into_iter().zip(cuts.into_iter().cycle()) {
            if name == "checkpoint" || name == "format" {
                continue;
            }
            let kept = before.get(&name).copied().unwrap_or(0);
            let now = std::fs::metadata(&path).unwrap().len();
            let size = kept + ((now - kept) as f64 * cut) as u64;
            std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(size).unwrap();
            cut_any |= size > kept;
        }
        prop_assert_eq!(reopened(dir.path()).unwrap(), acknowledged.size);
        let mut store = Store::open_with(dir.path(), options()).unwrap();
        prop_assert_eq!(store.head(), acknowledged);
        prop_assert!(store.repairs().is_empty(), "the first opening has mended all");
        append(&mut store, 1000..1000 + more);
        store.commit(NOON).unwrap();
        prop_assert!(store.verify().unwrap().is_sound());
        prop_assert!(cut_any || more > 0);
    }

    #[test]
    fn any_payloads_read_back_in_order(payloads in proptest::collection::vec(
        proptest::collection::vec(any::<u8>(), 0..3000), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open_with(dir.path(), options()).unwrap();
        let mut expected: Vec<&Vec<u8>> = Vec::new();
        for (n, payload) in payloads.iter().enumerate() {
            let receipt = store.append(prepare(&NewRecord {
                kind: RecordKind::Chunk,
                target: format!("urn:marsad:import:a#{n}"),
                content_type: "application/octet-stream",
                at: NOON,
                fields: vec![],
                payload,
            })).unwrap();
            prop_assert_eq!(receipt.new, !expected.contains(&payload));
            if receipt.new {
                expected.push(payload);
            }
            if n % 7 == 3 {
                store.commit(NOON).unwrap();
            }
        }
        store.commit(NOON).unwrap();
        let reader = Store::open_read(dir.path()).unwrap();
        let read: Vec<_> = reader.records(0).map(Result::unwrap)
            .filter(|r| r.kind == RecordKind::Chunk).map(|r| r.payload).collect();
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), expected);
        prop_assert!(reader.verify().unwrap().is_sound());
    }
}
