//! Interruptions and damage.

use std::fs;

use marsad_evidence::{Options, Signer, Store};

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
fn an_import_that_is_killed_is_completed_by_the_next_one() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(20_000));
    let index = bench.path("marsad-archive/evidence/log/index");
    for records in 1..4u64 {
        let mut import = bench.spawn(&["import", "--quiet", "a.ndjson"]);
        // Killed as soon as the log has grown so far, wherever the import is by then.
        let has_grown = || fs::metadata(&index).is_ok_and(|m| m.len() >= records * 64);
        while !has_grown() && import.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        import.kill().unwrap();
        import.wait().unwrap();
    }
    let summary = bench.json(&["import", "a.ndjson"]);
    let known =
        summary["posts_added"].as_u64().unwrap() + summary["posts_duplicate"].as_u64().unwrap();
    assert_eq!(known, 20_000, "{summary}");
    bench.good(&["export", "csv", "--out", "posts.csv"]);
    let rows = csv::Reader::from_path(bench.path("posts.csv")).unwrap().into_records().count();
    assert_eq!(rows, 20_000, "nothing lost, nothing twice");
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
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
fn the_lake_can_be_thrown_away_and_made_again() {
    let bench = Bench::new();
    bench.json(&["simulate", "quiet", "--seed", "4", "--posts", "1500", "--out", "world"]);
    bench.json(&["import", "world/world.ndjson"]);
    let map = [
        "--map",
        "channel=channel",
        "--map",
        "text=text",
        "--map",
        "published_at=time",
        "--platform",
        "telegram",
    ];
    let csv = |bench: &Bench, rows: usize| {
        let row = "a,2019-11-30,The ferry leaves in the morning\n";
        bench.write("a.csv", format!("channel,time,text\n{}", row.repeat(rows)));
        bench.json(&[&["import", "--as", "csv", "a.csv"][..], &map].concat())
    };
    // A file without ids that grows: the old rows are known, also after a rebuild.
    assert_eq!(csv(&bench, 40)["posts_added"], 40);
    bench.write("b.ndjson", [lines(3), "nonsense\n".to_owned()].concat());
    bench.json(&["import", "b.ndjson"]);
    assert_eq!(csv(&bench, 60)["posts_added"], 20);
    bench.good(&["export", "ndjson", "--out", "before.ndjson"]);
    let before = bench.json(&["measure", "statements", "--min-posts", "1"]);
    let doctor = bench.good(&["doctor"]);
    let said = bench.json(&["rebuild"]);
    assert_eq!(said["problems"], 1, "{said}");
    bench.good(&["export", "ndjson", "--out", "after.ndjson"]);
    let sorted = |name: &str| {
        let text = fs::read_to_string(bench.path(name)).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted("before.ndjson"), sorted("after.ndjson"));
    assert_eq!(before["rows"], bench.json(&["measure", "statements", "--min-posts", "1"])["rows"]);
    let count = |text: &str| text.lines().find(|line| line.contains("problems")).map(str::to_owned);
    assert_eq!(count(&doctor), count(&bench.good(&["doctor"])));
    assert_eq!(csv(&bench, 60)["posts_added"], 0);
}

#[test]
fn the_same_evidence_gives_the_same_tables_whatever_the_world() {
    for seed in ["1", "2", "3"] {
        let bench = Bench::new();
        bench.json(&["simulate", "quiet", "--seed", seed, "--posts", "400", "--out", "world"]);
        let world = fs::read_to_string(bench.path("world/world.ndjson")).unwrap();
        let lines: Vec<&str> = world.lines().collect();
        let (first, second) = lines.split_at(lines.len() / 2);
        // The halves overlap, so that the second one brings duplicates; somebody looks in between.
        bench.write("second.ndjson", [&first[first.len() / 2..], second].concat().join("\n"));
        bench.write("first.ndjson", first.join("\n"));
        bench.json(&["import", "first.ndjson"]);
        bench.json(&["measure", "statements"]);
        bench.json(&["import", "second.ndjson"]);
        let export = |name: &str| {
            bench.good(&["export", "ndjson", "--out", name]);
            let text = fs::read_to_string(bench.path(name)).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let before = export("before.ndjson");
        assert!(before.len() > 400);
        for _ in 0..2 {
            bench.json(&["rebuild"]);
            assert_eq!(before, export("after.ndjson"), "seed {seed}");
        }
    }
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
fn a_post_is_proved_by_a_bundle_that_verifies_without_us() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(200));
    bench.json(&["import", "a.ndjson"]);
    bench.good(&["evidence", "prove", "telegram:a/42", "--out", "post.wacz"]);
    let mut bundle = fs::File::open(bench.path("post.wacz")).unwrap();
    let report = marsad_evidence::check_bundle(&mut bundle, None).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let checkpoint = bench.good(&["evidence", "checkpoint"]);
    assert!(checkpoint.contains("\u{2014} marsad/"), "signed: {checkpoint}");
    bench.bad(1, &["evidence", "prove", "telegram:a/4242", "--out", "none.wacz"]);
    bench.bad(2, &["evidence", "prove", "nonsense", "--out", "none.wacz"]);
}

#[test]
fn a_finding_is_bundled_with_everything_behind_it() {
    let bench = Bench::new();
    let text = "The ferry to the island leaves at nine in the morning unless the wind is high";
    let both = [
        post("tamtam:b", "2", "2019-11-30T10:00:00Z", text),
        post("telegram:a", "1", "2019-11-30T10:01:00Z", text),
    ];
    bench.write("a.ndjson", both.concat());
    bench.write("b.ndjson", post("telegram:c", "3", "2019-11-30T10:01:00Z", "Something else"));
    bench.json(&["import", "a.ndjson"]);
    bench.json(&["import", "b.ndjson"]);
    let head = bench.json(&["evidence", "checkpoint"])["size"].as_u64().unwrap();
    for (measure, records, posts) in [("statements", 4, 2), ("primacy", 4, 2), ("audience", 9, 0)] {
        let told = bench.json(&["export", "wacz", measure, "--out", "finding.wacz"]);
        assert_eq!((&told["records"], &told["posts"]), (&records.into(), &posts.into()), "{told}");
        let mut bundle = fs::File::open(bench.path("finding.wacz")).unwrap();
        let report = marsad_evidence::check_bundle(&mut bundle, None).unwrap();
        assert!(report.is_sound(), "{:?}", report.failures);
        assert!(report.head.size > head, "the export itself stands in the log it was cut from");
        let mut zip = fs::read(bench.path("finding.wacz")).unwrap();
        let holds = |name: &str| zip.windows(name.len()).any(|w| w == name.as_bytes());
        for name in ["files/finding.json", "files/report.html", "marsad/audit.jsonl"] {
            assert!(holds(name), "{name}");
        }
        zip.clear();
    }
    bench.bad(2, &["export", "wacz", "nonsense", "--out", "x.wacz"]);
    bench.bad(2, &["export", "csv", "primacy", "--out", "x.csv"]);
    bench.bad(2, &["export", "csv", "--since", "2019-11-30", "--out", "x.csv"]);
    bench.bad(1, &["export", "wacz", "--since", "2030-01-01", "--out", "x.wacz"]);
    bench.bad(2, &["measure"]);
}

#[test]
fn a_second_writer_is_refused_with_a_sentence() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines(10));
    bench.json(&["import", "a.ndjson"]);
    let mut keys = fs::read_dir(bench.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = keys.find(|path| path.extension().is_some_and(|e| e == "log")).unwrap();
    let signer = Signer::parse(&fs::read_to_string(key).unwrap()).unwrap();
    let options = Options { signer: Some(signer), ..Options::default() };
    let held = Store::open_with(&bench.path("marsad-archive/evidence"), options).unwrap();
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
