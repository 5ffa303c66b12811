//! Interruptions and damage.

use std::fs;

use crate::bench::{Bench, post};

fn lines(count: usize) -> String {
    (0..count)
        .map(|n| {
            post(
                "telegram:a",
                &n.to_string(),
                "2019-11-30T10:00:00Z",
                &format!("The ferry number {n} leaves in the morning"),
            )
        })
        .collect()
}

#[test]
fn what_the_evidence_holds_and_the_lake_does_not_is_filed_at_the_next_import() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(3000));
    bench.write("b.ndjson", post("telegram:b", "1", "2019-11-30T10:00:00Z", "Another ferry"));
    let first = bench.json(&["import", "a.ndjson"]);
    // As if the machine had stopped after the evidence was committed and before the lake was.
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    assert_eq!(bench.bad(1, &["doctor"]), "");
    let second = bench.run(&["import", "--json", "b.ndjson"]);
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("3000 posts that the evidence already held were filed now"), "{said}");
    let summary: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(summary["posts_added"], 1);
    assert!(summary["evidence"]["size"].as_u64() > first["evidence"]["size"].as_u64());
    assert_eq!(bench.json(&["import", "a.ndjson"])["posts_duplicate"], 3000);
    bench.good(&["doctor"]);
}

#[test]
fn the_same_bytes_under_other_settings_are_other_evidence() {
    let bench = Bench::new();
    bench.write("a.csv", "channel,time,text\na,2019-11-30,The ferry leaves\n");
    let import = |platform: &'static str| {
        let map = ["--map", "channel=channel", "--map", "text=text", "--map", "published_at=time"];
        bench
            .json(&[&["import", "--as", "csv", "--platform", platform, "a.csv"][..], &map].concat())
    };
    assert_eq!(import("telegram")["posts_added"], 1);
    assert_eq!(import("tamtam")["posts_added"], 1);
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    // Both imports can be made again from the evidence alone.
    assert_eq!(import("telegram")["posts_duplicate"], 1);
    assert_eq!(import("tamtam")["posts_duplicate"], 1);
}

#[test]
fn a_flipped_byte_is_found_and_named() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(2000));
    bench.json(&["import", "a.ndjson"]);
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
    let folder = bench.path("marsad-archive/evidence/warc");
    let path = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let said = bench.bad(3, &["evidence", "status"]);
    assert!(said.contains("does not verify"), "{said}");
}

#[test]
fn a_second_writer_is_refused_with_a_sentence() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(10));
    bench.json(&["import", "a.ndjson"]);
    let held = marsad_evidence::Store::open(&bench.path("marsad-archive/evidence")).unwrap();
    let said = bench.bad(1, &["import", "a.ndjson"]);
    assert!(said.starts_with("error: ") && said.trim_end().lines().count() == 1, "{said}");
    drop(held);
    bench.json(&["import", "a.ndjson"]);
}

#[test]
fn repeated_posts_without_ids_are_all_kept_also_when_whole_chunks_repeat() {
    let bench = Bench::new();
    let row =
        "a,2019-11-30,The ferry leaves in the morning as it does on every other day of the week\n";
    // Three times the same two megabytes: equal chunks at other places of the file.
    let rows = 2 * (1 << 20) / row.len() * 3;
    bench.write("a.csv", format!("channel,time,text\n{}", row.repeat(rows)));
    let map = ["--map", "channel=channel", "--map", "text=text", "--map", "published_at=time"];
    let arguments =
        [&["import", "--as", "csv", "--platform", "telegram", "a.csv"][..], &map].concat();
    assert_eq!(bench.json(&arguments)["posts_added"], rows);
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    let again = bench.json(&arguments);
    assert_eq!(again["posts_duplicate"], rows, "{again}");
}
