//! People who are not channels become keyed pseudonyms.

use std::fs;
use std::path::Path;

use marsad_evidence::{RecordKind, Store};

use crate::bench::Bench;

const NAME: &str = "Petronella Quillfeather";

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Who is named nowhere above the evidence: by name, by number, by phone.
const PLANTED: [&str; 3] = [NAME, "77012345678", "+7 999 000 11 22"];

/// The same person in every format that can name an author.
fn plant(bench: &Bench) {
    let [name, number, phone] = PLANTED;
    let mut lines = String::new();
    for (author, id) in [name, number, phone].iter().zip(1..) {
        let line = serde_json::json!({
            "kind": "post", "platform": "telegram", "channel": "a", "id": id.to_string(),
            "published_at": "2019-11-30T10:00:00Z", "author": author,
            "text": format!("The ferry to the island leaves at {id} in the morning as always"),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    bench.write("a.ndjson", lines);
    let csv = format!(
        "channel,time,text,who\nb,2019-11-30,The ferry to the island leaves at 1 in the morning as always,{name}\nb,2019-11-30,x,\"{phone}\"\n"
    );
    bench.write("b.csv", csv);
    bench.json(&["import", "a.ndjson"]);
    let map = "--map channel=channel --map text=text --map published_at=time --map author=who";
    let import = ["import", "--as", "csv", "--platform", "telegram", "b.csv"].into_iter();
    bench.json(&import.chain(map.split(' ')).collect::<Vec<_>>());
}

#[track_caller]
fn assert_nobody(what: &str, bytes: &[u8]) {
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    for planted in PLANTED.into_iter().chain(["Petronella", "Quillfeather", "999%20000"]) {
        assert!(!holds(planted), "'{planted}' is in {what}");
    }
}

#[test]
fn a_planted_person_is_in_no_table_export_log_or_url() {
    let bench = Bench::new();
    plant(&bench);
    // Whatever is said while it runs, and whatever is written.
    for arguments in [
        &["export", "ndjson", "--out", "all.ndjson"][..],
        &["export", "csv", "--out", "all.csv"],
        &["export", "parquet", "--out", "all.parquet"],
        &["export", "wacz", "--out", "finding.wacz"],
        &["evidence", "prove", "telegram:a/1", "--out", "post.wacz"],
        &["report", "--out", "report.html"],
        &["measure", "statements", "--members", "--json"],
        &["measure", "statements", "--members", "--out", "rows.csv"],
        &["measure", "networks"],
        &["evidence", "audit", "--json"],
        &["evidence", "status"],
        &["evidence", "erase", "telegram:a/2", "--reason", "asked", "--dry-run"],
        &["doctor"],
        &["rebuild", "--json"],
    ] {
        let output = bench.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        assert_nobody(&format!("{arguments:?}"), &[output.stdout, output.stderr].concat());
    }
    let mut found = Vec::new();
    files(&bench.path("marsad-archive/lake"), &mut found);
    let written =
        ["all.ndjson", "all.csv", "all.parquet", "report.html", "rows.csv"].map(|n| bench.path(n));
    found.extend(written);
    assert!(found.len() > 5);
    for path in found {
        assert_nobody(&path.display().to_string(), &fs::read(&path).unwrap());
    }
    for bundle in ["finding.wacz", "post.wacz"] {
        // Nothing of a bundle is compressed but its WARC, and that says that it may name people.
        let bytes = fs::read(bench.path(bundle)).unwrap();
        assert_nobody(bundle, &bytes);
        let says = b"They may name";
        assert!(bytes.windows(says.len()).any(|window| window == says));
    }
    // The address of a record and the acts of the trail name nobody either.
    let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    let mut payloads = 0;
    for record in reader.records(0).map(Result::unwrap) {
        assert_nobody("a header of the evidence", record.header_block());
        if record.kind == RecordKind::Chunk {
            payloads += usize::from(String::from_utf8_lossy(&record.payload).contains(NAME));
        } else {
            assert_nobody(record.kind.as_str(), &record.payload);
        }
    }
    assert_eq!(payloads, 2, "the evidence alone holds the bytes as they came");
    let exported = fs::read_to_string(bench.path("all.ndjson")).unwrap();
    let pids: Vec<String> = exported
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|line| line["author_pid"].as_str().map(str::to_owned))
        .collect();
    assert!(pids.len() == 5 && pids.iter().all(|pid| pid.len() == 25 && pid.starts_with('p')));
    // Another archive has another key: the same name is another pseudonym there.
    bench.json(&["--archive", "other", "import", "a.ndjson"]);
    bench.good(&["--archive", "other", "export", "csv", "--out", "other.csv"]);
    let other = fs::read_to_string(bench.path("other.csv")).unwrap();
    assert!(pids.iter().all(|pid| !other.contains(pid)));
}

#[cfg(unix)]
#[test]
fn the_key_lies_outside_the_archive_and_is_ours_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    bench.good(&["init"]);
    let keys: Vec<_> =
        fs::read_dir(bench.path("keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!keys.is_empty());
    for key in keys {
        assert_eq!(
            fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            key.display()
        );
    }
}
