//! A lake that an older interpreter made, and what `marsad rebuild` makes of the bytes that were kept.

use std::fs;

use marsad_evidence::{Record, RecordKind, Store};
use marsad_interpret::{Chunk, INTERPRETER_VERSION, Manifest, Reading, read};
use marsad_lake::Lake;
use marsad_matching::Fingerprinter;
use marsad_types::Problem;

use crate::bench::{Bench, post, texts};

/// Posts with everything that the older interpreter below does not understand.
fn lines() -> String {
    let post = |n: u32| {
        let line = serde_json::json!({
            "kind": "post", "platform": "telegram", "channel": "coast", "id": n.to_string(),
            "published_at": format!("2019-11-30T10:{:02}:00Z", n % 60),
            "text": format!("The ferry number {n} leaves in the morning\nfrom the northern pier"),
            "links": [format!("https://example.org/{n}")],
            "views": n,
            "forward_of": {"platform": "telegram", "channel": "rail", "id": "7"},
        });
        format!("{line}\n")
    };
    (0..60).map(post).chain(["nonsense\n".to_owned()]).collect()
}

/// Reads a chunk as an interpreter did that understood less: of every fifth post not the time, of no
/// post the links, the views, where it was forwarded from, or a second line of text.
fn read_as_before(manifest: &Manifest, chunk: &Chunk<'_>) -> Reading {
    let mut reading = read(manifest, chunk);
    let (unread, posts) =
        std::mem::take(&mut reading.posts).into_iter().partition(|p| p.line % 5 == 0);
    reading.posts = posts;
    for post in &mut reading.posts {
        post.text = post.text.lines().next().unwrap_or_default().to_owned();
        (post.views, post.forward) = (None, None);
        post.links.clear();
    }
    let unread: Vec<marsad_types::Post> = unread;
    let reason = "published_at is no time".to_owned();
    reading
        .problems
        .extend(unread.iter().map(|p| Problem { line: p.line, reason: reason.clone() }));
    reading
}

/// Makes the lake of an archive again from its evidence, as that interpreter would have.
fn file_as_before(bench: &Bench, interpreter: u32) {
    let folder = bench.path("marsad-archive/lake");
    fs::remove_dir_all(&folder).unwrap();
    let evidence = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    let records: Vec<Record> = evidence.records(0).map(Result::unwrap).collect();
    let manifest = records.iter().find(|record| record.kind == RecordKind::Manifest).unwrap();
    let manifest = Manifest::from_json(std::str::from_utf8(&manifest.payload).unwrap()).unwrap();
    let mut lake = Lake::open(&folder).unwrap().read_by(interpreter);
    let mut filer = lake.filer().unwrap();
    for record in records.iter().filter(|record| record.kind == RecordKind::Chunk) {
        let chunk = Chunk { bytes: &record.payload, first_line: 1, ordinal: 0 };
        let reading = read_as_before(&manifest, &chunk);
        for post in reading.posts {
            let print = Fingerprinter::new().fingerprint(&post.text);
            filer.take(post, print, None, record.leaf);
        }
        for problem in reading.problems {
            filer.take_problem(problem, record.leaf, &manifest.source);
        }
    }
    lake.file(&filer.take_batch(), evidence.head().size).unwrap();
}

/// Everything that users see of an archive's posts and problems.
fn seen(bench: &Bench) -> (Vec<String>, serde_json::Value, Option<String>) {
    bench.good(&["export", "ndjson", "--out", "posts.ndjson"]);
    let text = fs::read_to_string(bench.path("posts.ndjson")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    let statements = bench.json(&["measure", "statements", "--min-posts", "1"])["rows"].clone();
    let doctor = texts(&bench.run(&["doctor"])).0;
    let problems = doctor.lines().find(|line| line.contains("problems")).map(str::to_owned);
    (lines, statements, problems)
}

#[test]
fn what_an_older_interpreter_made_of_the_kept_bytes_is_seen_and_mended() {
    let fresh = Bench::new();
    fresh.write("a.ndjson", lines());
    fresh.json(&["import", "a.ndjson"]);
    fresh.good(&["doctor"]);
    let wanted = seen(&fresh);
    assert_eq!(wanted.0.len(), 60);

    let bench = Bench::new();
    bench.write("a.ndjson", lines());
    bench.json(&["import", "a.ndjson"]);
    file_as_before(&bench, INTERPRETER_VERSION - 1);
    let before = seen(&bench);
    assert_eq!(before.0.len(), 48);
    assert!(before.2.as_ref().unwrap().contains("12 x published_at is no time"), "{before:?}");
    assert_ne!(before.1, wanted.1);
    let output = bench.run(&["doctor"]);
    let said = texts(&output).0;
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("an older interpreter") && said.contains("marsad rebuild"), "{said}");
    // An import says it too, and does not hide it: the old rows are still there.
    bench.write("b.ndjson", lines().lines().next().unwrap());
    let output = bench.run(&["import", "b.ndjson"]);
    assert!(texts(&output).1.contains("marsad rebuild"), "{}", texts(&output).1);
    assert_eq!(bench.run(&["doctor"]).status.code(), Some(1));

    bench.json(&["rebuild"]);
    bench.good(&["doctor"]);
    assert_eq!(seen(&bench), wanted);
    for _ in 0..2 {
        assert_eq!(bench.json(&["import", "a.ndjson"])["posts_added"], 0);
    }
    assert_eq!(seen(&bench), wanted);
}

#[test]
fn a_lake_that_does_not_say_who_made_it_or_names_a_newer_one_is_told() {
    let bench = Bench::new();
    bench.write("a.ndjson", lines());
    bench.json(&["import", "a.ndjson"]);
    file_as_before(&bench, INTERPRETER_VERSION + 1);
    let said = texts(&bench.run(&["doctor"])).0;
    assert!(said.contains("a newer interpreter") && said.contains("MEND"), "{said}");
    // As archives were before lakes said it.
    file_as_before(&bench, INTERPRETER_VERSION);
    bench.good(&["doctor"]);
    let path = bench.path("marsad-archive/lake/posts/_delta_log/00000000000000000000.json");
    let written = fs::read_to_string(&path).unwrap();
    let silent = written.replace("marsad.interpreter", "another.property");
    assert_ne!(written, silent);
    fs::write(&path, silent).unwrap();
    let said = texts(&bench.run(&["doctor"])).0;
    assert!(said.contains("does not say") && said.contains("marsad rebuild"), "{said}");
}

#[test]
fn a_file_that_grew_gives_each_problem_once_when_the_lake_is_made_again() {
    let bench = Bench::new();
    // More than one chunk (1 MiB), so that both imports begin with the same record.
    let body = "The ferry leaves in the morning from the northern pier. ".repeat(200);
    let long = |n: u32| {
        let at = format!("2019-11-30T{:02}:{:02}:00Z", n / 60, n % 60);
        post("telegram:coast", &n.to_string(), &at, &body)
    };
    let mut file = "nonsense\n".to_owned() + &(0..150).map(long).collect::<String>();
    for more in 0..2 {
        file.push_str(&long(200 + more));
        bench.write("a.ndjson", &file);
        bench.json(&["import", "a.ndjson"]);
    }
    let before = seen(&bench);
    assert!(before.2.as_ref().unwrap().contains(" 1 lines were not understood"), "{:?}", before.2);
    for _ in 0..2 {
        bench.json(&["rebuild"]);
        assert!(seen(&bench) == before, "{:?}", seen(&bench).2);
    }
}
