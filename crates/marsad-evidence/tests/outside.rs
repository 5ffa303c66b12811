//! A reader that is not ours reads the log's own WARC files, records of every type.

use std::process::Command;

use marsad_evidence::merkle::sha256;
use marsad_evidence::{Error, NewRecord, REVISIT_PROFILE, RecordKind, Store, digest_name, prepare};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_123);
const PAGE: &str = "https://t.example.org/s/Weather";
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nrain\n";

fn record<'a>(kind: RecordKind, target: &str, payload: &'a [u8]) -> NewRecord<'a> {
    let content_type = match kind {
        RecordKind::Request => "application/http; msgtype=request",
        RecordKind::Response | RecordKind::Revisit => "application/http; msgtype=response",
        _ => "application/json",
    };
    let target = target.to_owned();
    NewRecord { kind, target, content_type, at: NOON, fields: vec![], payload }
}

fn revisit() -> Vec<(&'static str, String)> {
    vec![
        ("WARC-Profile", REVISIT_PROFILE.to_owned()),
        ("WARC-Payload-Digest", digest_name(&sha256(b"rain\n"))),
        ("WARC-Refers-To-Target-URI", PAGE.to_owned()),
        ("WARC-Refers-To-Date", NOON.to_string()),
    ]
}

#[test]
fn a_revisit_says_what_came_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    for missing in 0..2 {
        let mut again = record(RecordKind::Revisit, PAGE, b"");
        again.fields = revisit();
        again.fields.remove(missing);
        assert!(matches!(store.append(prepare(&again)), Err(Error::Field { .. })));
    }
}

const CHECK: &str = r#"
import io, sys, contextlib
from warcio.cli import main
from warcio.archiveiterator import ArchiveIterator
path = sys.argv[1]
said = io.StringIO()
with contextlib.redirect_stdout(said):
    try:
        code = main(["check", "-v", path])
    except SystemExit as end:
        code = end.code
assert not code, said.getvalue()
assert "fail" not in said.getvalue().lower(), said.getvalue()
types = [record.rec_type for record in ArchiveIterator(open(path, "rb"))]
# warcio does not check revisits.
assert said.getvalue().count("digest pass") == len([t for t in types if t != "revisit"])
print(" ".join(types))
"#;

#[test]
fn warcio_reads_records_of_every_type_and_all_their_digests_pass() {
    let Some(python) = std::env::var_os("MARSAD_PYTHON") else {
        eprintln!("SKIPPED: MARSAD_PYTHON is not set; `make test` sets it");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(&dir.path().join("log")).unwrap();
    let asked = b"GET /s/Weather HTTP/1.1\r\nHost: t.example.org\r\n\r\n";
    let mut again = record(RecordKind::Revisit, PAGE, b"HTTP/1.1 200 OK\r\n\r\n");
    again.fields = revisit();
    for new in [
        record(RecordKind::Manifest, "", b"{}"),
        record(RecordKind::Chunk, "urn:marsad:import:a#0", "قطار\n".as_bytes()),
        record(RecordKind::Resource, "urn:marsad:tamtam:a:1", b"{\"text\":\"rain\"}"),
        record(RecordKind::Request, PAGE, asked),
        record(RecordKind::Response, PAGE, ANSWER),
        again,
        record(RecordKind::Note, "", b"{}"),
        record(RecordKind::Audit, "", b"{}"),
    ] {
        assert!(store.append(prepare(&new)).unwrap().new);
    }
    store.commit(NOON).unwrap();
    assert!(store.verify().unwrap().is_sound());
    let packed = std::fs::read(dir.path().join("log/warc/000001.warc.zst")).unwrap();
    let plain = dir.path().join("plain.warc");
    std::fs::write(&plain, zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    let script = dir.path().join("check.py");
    std::fs::write(&script, CHECK).unwrap();
    let output = Command::new(python).arg(&script).arg(&plain).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let types = "warcinfo metadata resource resource request response revisit metadata metadata";
    assert_eq!(text.trim(), types, "{}", String::from_utf8_lossy(&output.stderr));
}
