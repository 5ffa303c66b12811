//! Bundles: what is packed verifies, and whatever is changed in one is found and named.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use std::io::Cursor;

use marsad_evidence::{
    Bundle, BundleReport, Error, NewRecord, Options, RecordKind, Signer, Store, Verifier,
    check_bundle, prepare,
};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn signer() -> Signer {
    Signer::new("weather.example/log", &[7; 32]).unwrap()
}

fn make(dir: &std::path::Path) -> Store {
    let options = Options { signer: Some(signer()), segment_bytes_max: 6000 };
    let mut store = Store::open_with(dir, options).unwrap();
    for n in 0..30u32 {
        if n == 20 {
            let entry = NewRecord {
                kind: RecordKind::Audit,
                target: String::new(),
                content_type: "application/json",
                at: NOON,
                fields: vec![],
                payload: br#"{"action":"import","what":"import","operator":"night desk"}"#,
            };
            store.append(prepare(&entry)).unwrap();
        }
        let payload = match n % 3 {
            0 => format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\ntrain {n} is late\n"),
            _ => format!("{n}: rain, then sun in الرياض\n").repeat(20),
        };
        let record = NewRecord {
            kind: if n % 3 == 0 { RecordKind::Response } else { RecordKind::Chunk },
            target: match n % 3 {
                0 => format!("https://t.example.org/s/Weather?before={n}"),
                _ => format!("urn:marsad:import:weather#{n}"),
            },
            content_type: if n % 3 == 0 {
                "application/http; msgtype=response"
            } else {
                "text/csv"
            },
            at: Timestamp(NOON.0 + i64::from(n)),
            fields: vec![("Marsad-Line", n.to_string())],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
        if n == 11 {
            store.commit(NOON).unwrap();
        }
    }
    store.commit(NOON).unwrap();
    store
}

fn pack(store: &Store, leaves: &[u64]) -> Vec<u8> {
    let bundle = Bundle {
        leaves,
        title: "Weather first",
        created: NOON,
        pages: &[("https://t.example.org/s/Weather?before=3".to_owned(), NOON, "Page".to_owned())],
        files: &[(
            "finding.json".to_owned(),
            br#"{"measure":"primacy","version":1,"rows":[]}"#.to_vec(),
        )],
    };
    let mut out = Vec::new();
    store.reader().export_wacz(&bundle, &mut Cursor::new(Vec::new()), &mut out).unwrap();
    out
}

fn check(bundle: &[u8], key: Option<&Verifier>) -> BundleReport {
    check_bundle(&mut Cursor::new(bundle), key).unwrap()
}

#[test]
fn a_bundle_verifies_offline_with_and_without_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = make(dir.path());
    let bundle = pack(&store, &[9, 3, 5, 3, 30]);
    let report = check(&bundle, Some(&signer().verifier()));
    assert!(report.is_sound(), "{:?}", report.failures);
    assert_eq!(report.records.iter().map(|r| r.0).collect::<Vec<_>>(), [3, 5, 9, 30]);
    assert_eq!(report.head, store.head());
    assert_eq!(report.origin, "weather.example/log");
    assert_eq!(report.holds.len(), 4, "{:?}", report.holds);
    let report = check(&bundle, None);
    assert!(report.is_sound() && report.open.iter().any(|open| open.contains("--key")));
    let other = Signer::new("weather.example/log", &[8; 32]).unwrap().verifier();
    assert!(!check(&bundle, Some(&other)).is_sound());
    if let Some(out) = std::env::var_os("MARSAD_KEEP_BUNDLE") {
        std::fs::write(out, bundle).unwrap(); // for the validators of others
    }
}

#[test]
fn a_flipped_byte_anywhere_in_a_bundle_is_found_and_the_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = make(dir.path());
    let act = store.reader().leaves(0, &|kind| kind == RecordKind::Audit).unwrap();
    let bundle = pack(&store, &[3, 4, 9, act[0]]);
    assert!(check(&bundle, None).holds.iter().any(|holds| holds.contains("1 entries")));
    for place in (0..bundle.len()).step_by(41).chain(bundle.len() - 60..bundle.len()) {
        let mut changed = bundle.clone();
        changed[place] ^= 1 << (place % 8);
        let report = check(&changed, None);
        assert!(!report.is_sound(), "byte {place}");
    }
    for name in [
        "archive/evidence.warc.gz",
        "indexes/index.cdx",
        "pages/pages.jsonl",
        "marsad/checkpoint",
        "marsad/key.txt",
        "marsad/records.jsonl",
        "marsad/4.tlog-proof",
        "marsad/custody.jsonl",
        "marsad/audit.jsonl",
        "marsad/README.txt",
        "files/finding.json",
        "datapackage.json",
        "datapackage-digest.json",
    ] {
        let is_header = |at: &usize| {
            let header = &bundle[*at..];
            header.starts_with(b"PK\x03\x04") && header[30..].starts_with(name.as_bytes())
        };
        let at = 30 + (0..bundle.len() - 30).find(is_header).unwrap();
        for place in [1, 12, 30] {
            let mut changed = bundle.clone();
            changed[at + name.len() + place - 1] ^= 1;
            let report = check(&changed, None);
            assert!(report.failures.iter().any(|(file, _)| file == name), "{name}: {report:?}");
        }
    }
}

#[test]
fn a_bundle_cut_anywhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let bundle = pack(&make(dir.path()), &[3]);
    for kept in (0..bundle.len()).step_by(97) {
        assert!(!check(&bundle[..kept], None).is_sound(), "{kept}");
    }
}

#[test]
fn an_erased_record_is_not_packed() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = make(dir.path());
    store.erase(&[5], "asked", NOON).unwrap();
    let bundle = Bundle { leaves: &[4, 5], title: "", created: NOON, pages: &[], files: &[] };
    let result = store.reader().export_wacz(&bundle, &mut Cursor::new(Vec::new()), &mut Vec::new());
    assert!(matches!(result, Err(Error::Erased { leaf: 5 })));
    assert!(check(&pack(&store, &[4, 6]), None).is_sound());
}

#[test]
fn a_file_name_that_climbs_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = make(dir.path());
    for name in ["../x", "/x", "a/b", "", ".hidden"] {
        let files = [(name.to_owned(), Vec::new())];
        let bundle = Bundle { leaves: &[], title: "", created: NOON, pages: &[], files: &files };
        let mut out = Vec::new();
        let result = store.reader().export_wacz(&bundle, &mut Cursor::new(Vec::new()), &mut out);
        assert!(matches!(result, Err(Error::Field { .. })), "{name}");
    }
}
