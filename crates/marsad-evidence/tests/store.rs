//! What a user of the store can rely on: bytes come back, nothing twice, nothing half-written.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use marsad_evidence::merkle::{Frontier, leaf_hash};
use marsad_evidence::{Error, NewRecord, Options, RecordKind, Store, entry_of, prepare};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn chunk<'a>(target: &str, payload: &'a [u8]) -> NewRecord<'a> {
    NewRecord {
        kind: RecordKind::Chunk,
        target: target.to_owned(),
        content_type: "text/csv",
        at: NOON,
        fields: vec![("Marsad-Line", "1".to_owned()), ("Marsad-Import", "قطار 7".to_owned())],
        payload,
    }
}

fn fill(store: &mut Store, payloads: &[Vec<u8>]) {
    for (ordinal, payload) in payloads.iter().enumerate() {
        let target = format!("urn:marsad:import:weather#{ordinal}");
        store.append(prepare(&chunk(&target, payload))).unwrap();
    }
    store.commit(NOON).unwrap();
}

#[test]
fn what_is_only_gathered_is_known_too_when_an_act_came_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    fill(&mut store, &[b"rain\n".to_vec()]);
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    let act = |payload: &'static [u8]| {
        let target = String::new();
        prepare(&NewRecord { kind: RecordKind::Audit, target, ..chunk("", payload) })
    };
    let first = store.append(act(b"a look")).unwrap();
    assert!(store.append(act(b"a look")).unwrap().new, "acts are kept each time");
    assert_eq!(store.find(RecordKind::Audit, "", &first.digest).unwrap(), Some(first.leaf));
    let known = store.append(prepare(&chunk("urn:marsad:import:weather#0", b"rain\n"))).unwrap();
    assert!(!known.new && known.leaf == 1);
    assert!(store.append(prepare(&chunk("urn:marsad:import:b#0", b"sun\n"))).unwrap().new);
    assert!(!store.append(prepare(&chunk("urn:marsad:import:b#0", b"sun\n"))).unwrap().new);
    store.commit(NOON).unwrap();
    assert_eq!(store.reader().leaves(0, &|kind| kind == RecordKind::Audit).unwrap(), [2, 3]);
    assert_eq!(store.reader().count(RecordKind::Audit).unwrap(), 2);
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn what_was_appended_reads_back_with_its_fields() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let receipt = store.append(prepare(&chunk("urn:marsad:import:a#0", b"rain\n"))).unwrap();
    assert!(receipt.new);
    assert_eq!(receipt.leaf, 1, "leaf 0 describes the segment");
    let head = store.commit(NOON).unwrap();
    assert_eq!(head.size, 2);
    let record = store.record(1).unwrap();
    assert_eq!(record.payload, b"rain\n");
    assert_eq!(record.target, "urn:marsad:import:a#0");
    assert_eq!(record.kind, RecordKind::Chunk);
    assert_eq!(record.content_type, "text/csv");
    assert_eq!(record.at, NOON);
    assert_eq!(record.field("marsad-import"), Some("قطار 7"));
    assert_eq!(
        store.find(RecordKind::Chunk, "urn:marsad:import:a#0", &receipt.digest).unwrap(),
        Some(1)
    );
    assert!(matches!(store.record(2), Err(Error::Unknown { leaf: 2, size: 2 })));
    let reader = Store::open_read(dir.path()).unwrap();
    let kinds: Vec<_> = reader.records(0).map(|record| record.unwrap().kind).collect();
    assert_eq!(kinds, [RecordKind::Info, RecordKind::Chunk]);
    assert_eq!(
        reader.find(RecordKind::Chunk, "urn:marsad:import:a#0", &receipt.digest).unwrap(),
        Some(1)
    );
    assert!(reader.verify().unwrap().is_sound());
}

#[test]
fn a_record_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let first = store.append(prepare(&chunk("urn:marsad:import:a#0", b"rain\n"))).unwrap();
    let again = store.append(prepare(&chunk("urn:marsad:import:a#0", b"rain\n"))).unwrap();
    assert_eq!((again.leaf, again.new), (first.leaf, false));
    let elsewhere = store.append(prepare(&chunk("urn:marsad:import:a#1", b"rain\n"))).unwrap();
    assert!(elsewhere.new, "the same lines at another place are to be read again");
    let head = store.commit(NOON).unwrap();
    assert_eq!(store.commit(NOON).unwrap(), head, "a commit of nothing changes nothing");
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    let again = store.append(prepare(&chunk("urn:marsad:import:a#0", b"rain\n"))).unwrap();
    assert_eq!((again.leaf, again.new), (first.leaf, false));
    let other = NewRecord { kind: RecordKind::Manifest, ..chunk("urn:marsad:import:c", b"rain\n") };
    assert!(store.append(prepare(&other)).unwrap().new, "another kind is another thing");
}

#[test]
fn a_second_writer_is_refused_with_a_clear_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, Error::Busy(_)));
    assert!(error.to_string().starts_with("another Marsad is writing to "), "{error}");
    drop(store);
    Store::open(dir.path()).unwrap();
}

#[test]
fn segments_rotate_and_each_tells_what_wrote_it() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { segment_bytes_max: 4096, ..Options::default() };
    let mut store = Store::open_with(dir.path(), options.clone()).unwrap();
    let noise = |n: u32| (0..1000u32).map(|i| ((i * i * (n + 7)) >> 3) as u8).collect::<Vec<_>>();
    let payloads: Vec<_> = (0..20).map(noise).collect();
    fill(&mut store, &payloads);
    drop(store);
    let mut store = Store::open_with(dir.path(), options).unwrap();
    fill(&mut store, &(20..40).map(noise).collect::<Vec<_>>());
    assert!(dir.path().join("warc/000005.warc.zst").try_exists().unwrap());
    let read: Vec<_> = store.records(0).map(Result::unwrap).collect();
    let chunks: Vec<_> = read.iter().filter(|r| r.kind == RecordKind::Chunk).collect();
    assert_eq!(chunks.len(), 40);
    assert!(chunks.iter().zip(0..).all(|(record, n)| record.payload == noise(n)));
    let verdict = store.verify().unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.failures);
    assert_eq!(verdict.records, store.head().size);
}

#[test]
fn uncommitted_records_are_gone_after_reopening_and_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    fill(&mut store, &[b"rain".to_vec(), b"sun".to_vec()]);
    let head = store.head();
    for n in 0..3000u32 {
        let payload = n.to_le_bytes().repeat(300);
        store.append(prepare(&chunk("urn:marsad:import:b#0", &payload))).unwrap();
    }
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.head(), head);
    assert!(!store.repairs().is_empty());
    assert!(store.verify().unwrap().is_sound());
    fill(&mut store, &[b"snow".to_vec()]);
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn the_root_is_the_one_of_the_salted_entries() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    fill(&mut store, &[b"rain".to_vec(), b"sun".to_vec(), b"snow".to_vec()]);
    let salts = std::fs::read(dir.path().join("log/salts")).unwrap();
    let mut frontier = Frontier::default();
    for (record, salt) in store.records(0).zip(salts.as_chunks::<32>().0) {
        let header = marsad_evidence::merkle::sha256(record.unwrap().header_block());
        frontier.push(leaf_hash(&entry_of(salt, &header)));
    }
    assert_eq!(frontier.root(), store.head().root);
}

#[test]
fn a_value_with_a_line_break_is_refused_and_the_log_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    for value in ["a\nb", "a\rb", "a\0b"] {
        let mut record = chunk("urn:marsad:import:a#0", b"rain");
        record.fields = vec![("Marsad-Line", value.to_owned())];
        assert!(matches!(store.append(prepare(&record)), Err(Error::Field { .. })));
    }
    for target in ["", "no uri", "urn:a b", "urn:a\r\nX: y"] {
        let result = store.append(prepare(&chunk(target, b"rain")));
        assert!(matches!(result, Err(Error::Field { .. })), "{target}");
    }
    let twice = vec![("Marsad-Line", "1".to_owned()), ("marsad-line", "2".to_owned())];
    let record = NewRecord { fields: twice, ..chunk("urn:marsad:import:a#0", b"rain") };
    assert!(matches!(store.append(prepare(&record)), Err(Error::Field { .. })));
    assert!(store.append(prepare(&chunk("urn:marsad:import:a#0", b"rain"))).unwrap().new);
}
