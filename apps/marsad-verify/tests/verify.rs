//! The program as a sceptic runs it, and what it drags along.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use marsad_evidence::{Bundle, NewRecord, Options, RecordKind, Signer, Store, prepare};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn signer() -> Signer {
    Signer::new("weather.example/log", &[7; 32]).unwrap()
}

/// An archive with eight records, and a bundle of three of them.
fn make(dir: &Path) -> Store {
    let options = Options { signer: Some(signer()), ..Options::default() };
    let mut store = Store::open_with(&dir.join("archive/evidence"), options).unwrap();
    for n in 0..8 {
        let payload = format!("train {n} is late\n");
        let record = NewRecord {
            kind: RecordKind::Chunk,
            target: format!("urn:marsad:import:trains#{n}"),
            content_type: "text/plain",
            at: NOON,
            fields: vec![],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
        store.commit(NOON).unwrap();
    }
    let mut scratch = tempfile::tempfile().unwrap();
    let out = std::fs::File::create(dir.join("trains.wacz")).unwrap();
    let bundle = Bundle { leaves: &[2, 3, 5], title: "", created: NOON, pages: &[], files: &[] };
    store.reader().export_wacz(&bundle, &mut scratch, out).unwrap();
    store
}

fn run(arguments: &[&str], dir: &Path) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_marsad-verify");
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_sound_bundle_and_a_sound_archive_verify() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = make(dir.path());
    let key = signer().verifier().text();
    let (code, text) = run(&["trains.wacz"], dir.path());
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("2  urn:marsad:import:trains#1"), "{text}");
    assert!(text.contains("It verifies"), "{text}");
    let (code, text) = run(&["--key", &key, "trains.wacz"], dir.path());
    assert!(code == 0 && text.contains("signed by the key you gave"), "{text}");
    let checkpoint = dir.path().join("archive/evidence/checkpoint");
    std::fs::copy(checkpoint, dir.path().join("earlier")).unwrap();
    store.erase(&[4], "asked for", NOON).unwrap();
    for path in ["archive", "archive/evidence"] {
        let (code, text) = run(&["--key", &key, "--earlier", "earlier", path], dir.path());
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("goes on from the 9 records"), "{text}");
        assert!(text.contains("1 records were erased"), "{text}");
    }
    let (code, text) = run(&["--json", "archive"], dir.path());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, json["verifies"].as_bool(), json["size"].as_u64()),
        (0, Some(true), Some(10))
    );
}

#[test]
fn a_changed_byte_ends_with_code_3_and_names_the_place() {
    let dir = tempfile::tempdir().unwrap();
    drop(make(dir.path()));
    let path = dir.path().join("archive/evidence/warc/000001.warc.zst");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&path, bytes).unwrap();
    let (code, text) = run(&["archive"], dir.path());
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("warc/000001.warc.zst bytes "), "{text}");
    let path = dir.path().join("trains.wacz");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[400] ^= 4;
    std::fs::write(&path, bytes).unwrap();
    let (code, text) = run(&["trains.wacz"], dir.path());
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("archive/evidence.warc.gz: "), "{text}");
}

#[test]
fn another_key_or_another_log_s_checkpoint_does_not_pass() {
    let dir = tempfile::tempdir().unwrap();
    drop(make(dir.path()));
    let other = Signer::new("weather.example/log", &[8; 32]).unwrap().verifier().text();
    for path in ["trains.wacz", "archive"] {
        let (code, text) = run(&["--key", &other, path], dir.path());
        assert_eq!(code, 3, "{text}");
    }
    let earlier = format!("weather.example/log\n3\n{}\n\n", "A".repeat(43) + "=");
    std::fs::write(dir.path().join("earlier"), earlier).unwrap();
    let (code, text) = run(&["--earlier", "earlier", "archive"], dir.path());
    assert!(code == 3 && text.contains("contradicts the earlier checkpoint"), "{text}");
}

#[test]
fn wrong_usage_ends_with_code_2_and_a_missing_file_with_1() {
    let dir = tempfile::tempdir().unwrap();
    for wrong in [&[][..], &["--keys", "a"], &["a", "b"], &["--key"], &["--key", "x", "a"]] {
        let (code, text) = run(wrong, dir.path());
        assert!(code == 2 && text.starts_with("error: "), "{text}");
    }
    for absent in ["no.wacz", "."] {
        assert_eq!(run(&[absent], dir.path()).0, 1);
    }
    assert_eq!(run(&["--help"], dir.path()).0, 0);
}

/// Who must trust this program should be able to read all that it links: other people's crates,
/// without those that only run while it is compiled.
#[test]
fn it_links_about_forty_crates_at_most() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let edges = "normal,no-proc-macro";
    let tree = ["tree", "-p", "marsad-verify", "-e", edges, "--prefix", "none", "--offline"];
    let output = Command::new(cargo).args(tree).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    let crates: BTreeSet<_> = names.filter(|name| !name.starts_with("marsad-")).collect();
    assert!((2..=42).contains(&crates.len()), "{}: {crates:?}", crates.len());
}
