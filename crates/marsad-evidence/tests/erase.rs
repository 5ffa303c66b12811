//! Forgetting: the bytes are gone, the proofs stay.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use marsad_evidence::merkle::verify_inclusion;
use marsad_evidence::{Error, NewRecord, RecordKind, Store, hex, prepare};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn append(store: &mut Store, kind: RecordKind, payload: &str) -> u64 {
    let record = NewRecord {
        kind,
        target: "urn:marsad:import:a#0".to_owned(),
        content_type: "text/plain",
        at: NOON,
        fields: vec![("Marsad-Line", "1".to_owned())],
        payload: payload.as_bytes(),
    };
    store.append(prepare(&record)).unwrap().leaf
}

#[test]
fn an_erased_record_is_gone_from_disk_and_its_proof_holds() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let kept = append(&mut store, RecordKind::Chunk, "the 7:15 is late\n");
    let gone = append(&mut store, RecordKind::Chunk, "Canary Wharf 555-0100\n");
    append(&mut store, RecordKind::Chunk, "rain\n");
    let old = store.commit(NOON).unwrap();
    let leaf = store.reader().leaf_hash(gone).unwrap();
    let salt = store.reader().salt(gone).unwrap();
    let digest = store.record(gone).unwrap().digest;
    let old_proof = store.reader().proof(gone).unwrap();
    store.erase(&[gone, gone], "asked for by the person", NOON).unwrap();
    assert!(matches!(store.record(gone), Err(Error::Erased { .. })));
    assert_eq!(store.find(RecordKind::Chunk, "urn:marsad:import:a#0", &digest).unwrap(), None);
    assert!(old_proof.proves_leaf(&leaf));
    let head = store.head();
    assert!(store.reader().extends(&old).unwrap());
    let proof = store.reader().inclusion(gone).unwrap();
    assert!(verify_inclusion(&leaf, gone, &proof, (head.size, &head.root)));
    assert_eq!(store.reader().proof(gone).unwrap().salt, None);
    let tombstone = store.record(head.size - 1).unwrap();
    assert_eq!(tombstone.kind, RecordKind::Tombstone);
    assert_eq!(tombstone.field("Marsad-Erased"), Some(gone.to_string().as_str()));
    assert_eq!(tombstone.payload, b"asked for by the person");
    for file in ["warc/000001.warc.zst", "log/index", "log/salts"] {
        let bytes = std::fs::read(dir.path().join(file)).unwrap();
        let mut found = zstd::decode_all(bytes.as_slice()).unwrap_or_default();
        found.extend(bytes);
        for needle in [&b"Canary"[..], &salt, &digest, hex(&digest).as_bytes()] {
            assert!(!found.windows(needle.len()).any(|w| w == needle), "{file}");
        }
    }
    let verdict = store.verify().unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.failures);
    assert_eq!(verdict.erased, 1);
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.repairs(), &[] as &[String]);
    assert_eq!(store.record(kept).unwrap().payload, b"the 7:15 is late\n");
    assert!(append(&mut store, RecordKind::Chunk, "Canary Wharf 555-0100\n") > gone);
}

#[test]
fn what_describes_a_segment_or_tells_who_looked_is_not_erased() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let audit = append(&mut store, RecordKind::Audit, "somebody looked");
    let chunk = append(&mut store, RecordKind::Chunk, "rain");
    assert!(matches!(store.erase(&[chunk], "too early", NOON), Err(Error::Unknown { .. })));
    store.commit(NOON).unwrap();
    for leaf in [0, audit] {
        assert!(matches!(store.erase(&[chunk, leaf], "no", NOON), Err(Error::Field { .. })));
    }
    assert_eq!(store.record(chunk).unwrap().payload, b"rain");
    store.erase(&[chunk], "yes", NOON).unwrap();
    let tombstone = store.head().size - 1;
    assert!(matches!(store.erase(&[tombstone], "no", NOON), Err(Error::Field { .. })));
    let head = store.head();
    store.erase(&[chunk], "again", NOON).unwrap();
    assert_eq!(store.head(), head, "what is erased is erased once");
}

#[test]
fn bytes_that_vanish_without_a_tombstone_do_not_verify() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let gone = append(&mut store, RecordKind::Chunk, "rain");
    store.commit(NOON).unwrap();
    drop(store);
    let copy = tempfile::tempdir().unwrap(); // how an erasure looks, made by hand
    let mut other = Store::open(copy.path()).unwrap();
    append(&mut other, RecordKind::Chunk, "rain");
    other.commit(NOON).unwrap();
    other.erase(&[gone], "real", NOON).unwrap();
    // All of the entry but where the frame lies: two frames of the same lines differ in length by a
    // byte or two, because their record ids are random.
    let entry = [64..96, 104..112, 120..128].map(|range| ("log/index", range));
    for (file, range) in entry.into_iter().chain([("log/salts", 32..64)]) {
        let mut bytes = std::fs::read(dir.path().join(file)).unwrap();
        let erased = std::fs::read(copy.path().join(file)).unwrap();
        bytes[range.clone()].copy_from_slice(&erased[range]);
        std::fs::write(dir.path().join(file), bytes).unwrap();
    }
    let verdict = Store::open_read(dir.path()).unwrap().verify().unwrap();
    let reasons: Vec<_> = verdict.failures.iter().map(|f| (f.leaf, f.reason.as_str())).collect();
    assert!(reasons.contains(&(Some(gone), "it was erased, but no tombstone says why")));
}
