//! The audit trail: who looked and exported stands in the log, whatever happens.

use std::fs;
use std::path::Path;

use marsad_evidence::{Options, RecordKind, Signer, Store};
use serde_json::Value;

use crate::bench::{Bench, post, rows, texts};

const TEXT: &str = "The ferry to the island leaves at nine in the morning unless the wind is high";

fn bench() -> Bench {
    let bench = Bench::new();
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", TEXT),
        post("tamtam:b", "2", "2019-11-30T10:01:00Z", TEXT),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    bench
}

fn signer(bench: &Bench) -> Signer {
    let mut keys = fs::read_dir(bench.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = keys.find(|path| path.extension().is_some_and(|e| e == "log")).unwrap();
    Signer::parse(&fs::read_to_string(key).unwrap()).unwrap()
}

/// The archive's writer, as another process would hold it.
fn writer(bench: &Bench) -> Store {
    let options = Options { signer: Some(signer(bench)), ..Options::default() };
    Store::open_with(&bench.path("marsad-archive/evidence"), options).unwrap()
}

fn acts(bench: &Bench) -> Vec<String> {
    let trail = bench.json(&["evidence", "audit"]);
    let what = |row: &Value| {
        format!("{} {}", row["action"].as_str().unwrap(), row["what"].as_str().unwrap())
    };
    rows(&trail).iter().map(what).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn who_looked_and_exported_stands_in_the_log_with_the_digest_of_what_went_out() {
    let bench = bench();
    bench.json(&["measure", "statements"]);
    bench.good(&["export", "csv", "--out", "all.csv"]);
    bench.good(&["report", "--out", "report.html"]);
    bench.good(&["evidence", "prove", "telegram:a/1", "--out", "post.wacz"]);
    bench.good(&["measure", "--list"]);
    bench.good(&["doctor"]);
    bench.good(&["evidence", "status"]);
    let all = [
        "import import",
        "look measure statements",
        "export export csv",
        "export report",
        "export evidence prove",
    ];
    assert_eq!(acts(&bench), all);
    let trail = bench.json(&["evidence", "audit"]);
    let rows = rows(&trail);
    let bytes = fs::read(bench.path("all.csv")).unwrap();
    let digest = marsad_evidence::hex(&marsad_evidence::merkle::sha256(&bytes));
    assert_eq!(rows[2]["output"]["sha256"], digest.as_str());
    assert_eq!(rows[2]["output"]["bytes"], bytes.len());
    assert_eq!(rows[4]["subject"], "telegram:a/1");
    let account = rows[1]["account"].as_str().unwrap();
    assert!(account.starts_with('p') && account.len() == 25, "{account}");
    assert!(rows.iter().all(|row| row["account"] == account && row["operator"].is_null()));
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
    // Whoever holds the key can ask who typed a certain command.
    bench.json(&["measure", "primacy", "--by", "channel"]);
    bench.json(&["measure", "primacy"]);
    let asked = ["evidence", "audit", "--command", "measure primacy --by channel"];
    assert_eq!(crate::bench::rows(&bench.json(&asked)).len(), 1);
    bench.bad(2, &["evidence", "audit", "--command", "frobnicate"]);
    bench.bad(2, &["evidence", "audit", "--command", "doctor"]);
}

#[test]
fn looking_changes_no_finding_and_a_second_import_still_adds_nothing() {
    let bench = bench();
    let first = bench.json(&["measure", "statements", "--members"]);
    let size = |bench: &Bench| bench.json(&["evidence", "checkpoint"])["size"].as_u64().unwrap();
    let before = size(&bench);
    let second = bench.json(&["measure", "statements", "--members"]);
    assert_eq!(first, second, "the same archive, the same answer, to the letter");
    assert!(size(&bench) > before, "and yet the look stands in the log");
    bench.good(&["doctor"]);
    let before = size(&bench);
    let again = bench.run(&["import", "--json", "a.ndjson"]);
    let (stdout, stderr) = texts(&again);
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(summary["posts_duplicate"], 2);
    assert_eq!(summary["evidence"]["size"], before, "nothing was added");
    assert!(!stderr.contains("interrupted"), "{stderr}");
    assert_eq!(first, bench.json(&["measure", "statements", "--members"]));
    bench.json(&["rebuild"]);
    let rebuilt = bench.json(&["measure", "statements", "--members"]);
    assert_eq!(first["rows"], rebuilt["rows"]);
}

#[test]
fn what_was_typed_and_who_typed_it_cannot_be_read_in_the_log() {
    let bench = bench();
    let planted = "petronella-quillfeather";
    bench.bad(1, &["measure", "statements", "--channel", planted]);
    bench.good(&["report", "--title", planted, "--out", "report.html"]);
    bench.bad(2, &["evidence", "prove", planted, "--out", "none.wacz"]);
    bench.bad(2, &["measure", planted]);
    let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    let mut audits = 0;
    for record in reader.records(0).map(Result::unwrap) {
        let whole = [record.header_block(), &record.payload].concat();
        let text = String::from_utf8_lossy(&whole);
        assert!(!text.contains(planted), "{text}");
        if record.kind == RecordKind::Audit {
            audits += 1;
            assert!(!String::from_utf8_lossy(&record.payload).contains("uid:"), "{text}");
        }
    }
    assert!(audits >= 4, "attempts that failed are acts too");
}

#[test]
fn a_desk_is_named_by_the_settings_and_by_the_environment() {
    let bench = bench();
    bench.write("marsad-archive/marsad.toml", "operator = \"night desk\"\n");
    bench.json(&["measure", "statements"]);
    let trail = bench.json(&["evidence", "audit"]);
    assert_eq!(rows(&trail)[1]["operator"], "night desk");
    bench.write("marsad-archive/marsad.toml", "operator = 7\n");
    let said = bench.bad(2, &["measure", "statements"]);
    assert!(said.contains("marsad.toml"), "{said}");
}

#[test]
fn a_look_while_another_process_writes_is_taken_in_by_the_next_writer_once() {
    let bench = bench();
    let held = writer(&bench);
    bench.json(&["measure", "statements"]);
    bench.json(&["measure", "primacy"]);
    assert_eq!(acts(&bench), ["import import"]);
    let trail = bench.json(&["evidence", "audit"]);
    assert_eq!(trail["waiting"].as_array().unwrap().len(), 2);
    drop(held);
    // As if the machine had stopped after the commit and before the files were removed.
    copy(&bench.path("marsad-archive/audit-waiting"), &bench.path("kept"));
    bench.json(&["import", "a.ndjson"]);
    copy(&bench.path("kept"), &bench.path("marsad-archive/audit-waiting"));
    bench.json(&["measure", "surge"]);
    let all =
        ["import import", "look measure statements", "look measure primacy", "look measure surge"];
    assert_eq!(acts(&bench), all);
    assert!(bench.json(&["evidence", "audit"])["waiting"].as_array().unwrap().is_empty());
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
}

#[test]
fn an_archive_that_cannot_be_written_is_read_and_it_is_said_or_refused_as_the_settings_ask() {
    let bench = bench();
    // Permissions would not stop the superuser; a folder where a file must be does.
    fs::remove_file(bench.path("marsad-archive/evidence/lock")).unwrap();
    fs::create_dir(bench.path("marsad-archive/evidence/lock")).unwrap();
    bench.write("marsad-archive/audit-waiting", "in the way");
    let output = bench.run(&["measure", "statements", "--json", "--quiet"]);
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success() && stdout.starts_with('{'), "{stderr}");
    assert!(stderr.contains("warning: this is NOT in the audit trail"), "{stderr}");
    bench.write("marsad-archive/marsad.toml", "[audit]\nrequired = true\n");
    let said = bench.bad(1, &["measure", "statements"]);
    assert!(said.contains("marsad.toml requires"), "{said}");
}

#[test]
fn a_log_that_was_put_back_to_an_older_state_is_refused_by_every_verb() {
    let bench = bench();
    let evidence = bench.path("marsad-archive/evidence");
    copy(&evidence, &bench.path("older"));
    bench.write("b.ndjson", post("telegram:a", "9", "2019-12-01T10:00:00Z", TEXT));
    bench.json(&["import", "b.ndjson"]);
    fs::remove_dir_all(&evidence).unwrap();
    copy(&bench.path("older"), &evidence);
    for arguments in [
        &["evidence", "status"][..],
        &["evidence", "checkpoint"],
        &["import", "b.ndjson"],
        &["measure", "statements"],
        &["report", "--out", "r.html"],
        &["rebuild"],
    ] {
        let said = bench.bad(3, arguments);
        assert!(said.contains("contradicts its last checkpoint"), "{arguments:?}: {said}");
    }
    let said = bench.run(&["doctor"]);
    assert!(texts(&said).0.contains("contradicts its last checkpoint"));
    // On purpose: the sentence names the file to delete, and what the lake has is made again.
    let mut keys = fs::read_dir(bench.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let path = keys.find(|path| path.extension().is_some_and(|e| e == "checkpoint")).unwrap();
    fs::remove_file(path).unwrap();
    let said = bench.bad(3, &["measure", "statements"]);
    assert!(said.contains("marsad rebuild"), "{said}");
    bench.json(&["rebuild"]);
    assert_eq!(bench.json(&["import", "b.ndjson"])["posts_added"], 1);
}

#[test]
fn a_log_whose_tree_contradicts_its_checkpoint_is_refused_by_every_verb() {
    let bench = bench();
    let path = bench.path("marsad-archive/evidence/log/tiles/0");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    for arguments in [
        &["evidence", "status"][..],
        &["import", "a.ndjson"],
        &["measure", "statements"],
        &["export", "csv", "--out", "all.csv"],
        &["rebuild"],
    ] {
        let said = bench.bad(3, arguments);
        assert!(said.contains("log/tiles bytes 0.."), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert!(!bench.path("all.csv").try_exists().unwrap());
}
