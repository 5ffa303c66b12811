//! People who are not channels become keyed pseudonyms.

use std::fs;
use std::path::Path;

use crate::bench::Bench;

const NAME: &str = "Petronella Quillfeather";

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_planted_name_is_in_no_table_export_or_report() {
    let bench = Bench::new();
    let line = format!(
        r#"{{"kind":"post","platform":"telegram","channel":"a","id":"1","published_at":"2019-11-30T10:00:00Z","text":"The ferry leaves","author":"{NAME}"}}"#
    );
    bench.write("a.ndjson", format!("{line}\n"));
    bench.json(&["import", "a.ndjson"]);
    bench.good(&["export", "ndjson", "--out", "all.ndjson"]);
    bench.good(&["export", "csv", "--out", "all.csv"]);
    bench.good(&["report", "--out", "report.html"]);
    let mut found = Vec::new();
    files(&bench.path("marsad-archive/lake"), &mut found);
    found.extend(["all.ndjson", "all.csv", "report.html"].map(|name| bench.path(name)));
    assert!(found.len() > 5);
    for path in found {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Petronella"), "{}", path.display());
    }
    let exported = fs::read_to_string(bench.path("all.ndjson")).unwrap();
    let exported: serde_json::Value =
        serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    let pid = exported["author_pid"].as_str().unwrap();
    assert!(pid.len() == 25 && pid.starts_with('p'), "{pid}");
    // Another archive has another key: the same name is another pseudonym there.
    bench.json(&["--archive", "other", "import", "a.ndjson"]);
    bench.good(&["--archive", "other", "export", "csv", "--out", "other.csv"]);
    assert!(!fs::read_to_string(bench.path("other.csv")).unwrap().contains(pid));
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
