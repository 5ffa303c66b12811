//! The contract's letters: exit codes, sentences, shapes.

use serde_json::json;

use crate::bench::{Bench, post, rows};

const STATEMENT: &str =
    "The night train from the coast will leave forty minutes late because of heavy rain";

#[test]
fn an_import_answers_with_the_contract_s_object_and_a_second_one_adds_nothing() {
    let bench = Bench::new();
    let lines = [
        post("telegram:desk", "1", "2019-11-30T17:56:00Z", STATEMENT),
        post("tamtam:desk2", "9", "2019-11-30T17:55:00Z", STATEMENT),
        "{\"kind\":\"post\"}\n".to_owned(),
    ];
    bench.write("a.ndjson", lines.concat());
    let first = bench.json(&["import", "a.ndjson"]);
    for (name, value) in [
        ("files", 1),
        ("rows", 3),
        ("posts_added", 2),
        ("posts_duplicate", 0),
        ("versions_added", 0),
        ("channels", 2),
        ("problems", 1),
    ] {
        assert_eq!(first[name], value, "{name} in {first}");
    }
    assert!(first["seconds"].is_number());
    assert_eq!(first["evidence"]["root"].as_str().unwrap().len(), 64);
    let second = bench.json(&["import", "a.ndjson"]);
    assert_eq!(second["posts_added"], 0);
    assert_eq!(second["posts_duplicate"], 2);
    assert_eq!(second["evidence"], first["evidence"], "the log has not grown");
    assert_eq!(
        bench.json(&["measure", "statements"])["archive"]["log_size"],
        first["evidence"]["size"]
    );
}

#[test]
fn problems_exit_with_4_only_when_strict() {
    let bench = Bench::new();
    bench.write(
        "a.ndjson",
        [post("telegram:desk", "1", "2019-11-30", STATEMENT), "nonsense\n".to_owned()].concat(),
    );
    let said = bench.bad(4, &["import", "--strict", "a.ndjson"]);
    assert!(said.contains("a.ndjson line 2"), "{said}");
    assert_eq!(bench.json(&["import", "a.ndjson"])["problems"], 1);
}

#[test]
fn wrong_usage_exits_with_2_and_names_the_way_out() {
    let bench = Bench::new();
    bench.write("posts.csv", "id,text,date\n1,rain,2019-11-30\n");
    bench.bad(2, &["frobnicate"]);
    let said = bench.bad(2, &["measure", "nonsense"]);
    assert!(said.contains("primacy"), "{said}");
    let map = ["--platform", "telegram", "--map", "channel=id", "--map", "published_at=date"];
    let said = bench.bad(
        2,
        &[&["import", "--as", "csv", "--map", "text=tekst", "posts.csv"][..], &map].concat(),
    );
    assert!(
        said.contains("error: cannot read 'posts.csv': column 'tekst' is not there; columns are: id, text, date"),
        "{said}"
    );
    let said = bench.bad(2, &["import", "--as", "nonsense", "posts.csv"]);
    assert!(said.contains("marsad-ndjson"), "{said}");
    bench.bad(2, &["measure", "primacy", "--since", "yesterday"]);
    assert!(
        !bench.path("marsad-archive").try_exists().unwrap(),
        "a wrong command makes no archive"
    );
}

#[test]
fn what_cannot_be_done_exits_with_1_in_one_sentence() {
    let bench = Bench::new();
    for arguments in
        [&["measure", "statements"][..], &["import", "nothing.csv"], &["evidence", "status"]]
    {
        let said = bench.bad(1, arguments);
        assert!(said.starts_with("error: ") && said.trim_end().lines().count() == 1, "{said}");
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let bench = Bench::new();
    bench.write("a.ndjson", post("telegram:desk", "1", "2019-11-30T17:56:00Z", STATEMENT));
    let said = bench.good(&["import", "--dry-run", "a.ndjson"]);
    assert!(said.contains("telegram:desk") && said.contains("nothing was written"), "{said}");
    assert!(!bench.path("marsad-archive").try_exists().unwrap());
}

#[test]
fn who_was_first_is_told_from_intervals() {
    let bench = Bench::new();
    let mut lines = String::new();
    for n in 0..12 {
        let text = format!(
            "{STATEMENT}, says bulletin {} of the coast line office in town {}",
            ["one", "two", "three", "four"][n % 4],
            [
                "Aden", "Basra", "Cairo", "Dover", "Essen", "Fez", "Ghent", "Haifa", "Izmir",
                "Jena", "Kyoto", "Lagos",
            ][n]
        );
        lines += &post(
            "tamtam:desk2",
            &format!("t{n}"),
            &format!("2019-11-{:02}T17:55:00Z", n + 10),
            &text,
        );
        lines += &post(
            "telegram:desk",
            &format!("g{n}"),
            &format!("2019-11-{:02}T17:56:00Z", n + 10),
            &text,
        );
    }
    bench.write("a.ndjson", lines);
    bench.json(&["import", "a.ndjson"]);
    let finding = bench.json(&["measure", "primacy", "--by", "platform", "--resolution", "auto"]);
    assert_eq!(finding["measure"], "primacy");
    assert_eq!(finding["version"], 1);
    for name in ["parameters", "window", "archive", "coverage", "rows", "notes"] {
        assert!(!finding[name].is_null(), "{name}");
    }
    assert!(finding["coverage"]["watched_share"].is_null());
    let row = &rows(&finding)[0];
    assert_eq!(row["leader"], "tamtam");
    assert_eq!(row["follower"], "telegram");
    assert_eq!(row["statements"], 12, "{row}");
    assert_eq!(row["leader_first"], 12);
    assert_eq!(row["lag_median_s"], 60.0);
    // Two-sided sign test, 12 of 12: 2 * 2^-12.
    assert!((row["sign_p"].as_f64().unwrap() - 2.0_f64.powi(-11)).abs() < 1e-12, "{row}");
}

#[test]
fn a_digest_joins_nothing_and_numbers_make_a_difference() {
    let bench = Bench::new();
    let other = "Football in the harbour town was called off after the pitch had been under water since Monday";
    let digest = format!(
        "Morning digest.\n1. {STATEMENT}.\n2. {other}.\nThat is all for today from the desk."
    );
    let score = |goals: u32| {
        format!(
            "Full time at the harbour ground, the visitors lost the match by {goals} goals to nil tonight"
        )
    };
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", STATEMENT),
        post("telegram:b", "1", "2019-11-30T10:05:00Z", other),
        post("telegram:c", "1", "2019-11-30T12:00:00Z", &digest),
        post("telegram:a", "2", "2019-11-30T13:00:00Z", &score(2)),
        post("telegram:b", "2", "2019-11-30T13:05:00Z", &score(3)),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    let finding = bench.json(&["measure", "statements", "--members"]);
    let found: Vec<_> = rows(&finding)
        .iter()
        .map(|row| {
            let members = row["members"].as_array().unwrap();
            let written = members.iter().map(|m| {
                format!("{} {}", m["post"].as_str().unwrap(), m["relation"].as_str().unwrap())
            });
            written.collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        found,
        [
            ["telegram:a/1 first", "telegram:c/1 contained"],
            ["telegram:b/1 first", "telegram:c/1 contained"],
        ],
        "{finding}"
    );
}

#[test]
fn a_match_is_explained_on_the_original_texts() {
    let bench = Bench::new();
    let other = STATEMENT.replace("forty", "fifty");
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", STATEMENT),
        post("telegram:b", "2", "2019-11-30T10:05:00Z", &format!("\u{2757} {STATEMENT}!")),
        post("telegram:c", "3", "2019-11-30T10:09:00Z", &other),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    let explain = ["measure", "statements", "--explain", "telegram:a/1"];
    let same = bench.json(&[&explain[..], &["telegram:b/2"]].concat());
    assert_eq!(same["similarity"], 1.0, "{same}");
    let said = bench.good(&[&explain[..], &["telegram:c/3"]].concat());
    assert!(said.contains("[forty]") && said.contains("[fifty]"), "{said}");
    bench.bad(1, &[&explain[..], &["telegram:z/9"]].concat());
}

#[test]
fn the_report_shows_a_copy_beside_the_first_as_explain_does() {
    let bench = Bench::new();
    let longer = format!("{STATEMENT}, the railway said");
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", STATEMENT),
        post("telegram:b", "2", "2019-11-30T10:05:00Z", STATEMENT),
        post("tamtam:c", "3", "2019-11-30T10:09:00Z", &longer),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    bench.good(&["report", "--out", "report.html"]);
    let page = std::fs::read_to_string(bench.path("report.html")).unwrap();
    let said = bench.json(&["measure", "statements", "--explain", "telegram:a/1", "tamtam:c/3"]);
    let reason = said["reason"].as_str().unwrap();
    assert!(page.to_lowercase().contains(reason), "{reason}");
    assert!(page.contains(", <mark>the railway said</mark></p>"), "{page}");
}

#[test]
fn a_round_trip_through_export_gives_the_same_findings() {
    let bench = Bench::new();
    bench.json(&["simulate", "article", "--seed", "3", "--out", "world"]);
    bench.json(&["--archive", "one", "import", "world/world.ndjson"]);
    bench.good(&["--archive", "one", "export", "ndjson", "--out", "all.ndjson"]);
    bench.json(&["--archive", "two", "import", "all.ndjson"]);
    for measure in ["statements", "primacy", "surge", "audience", "networks", "migration"] {
        let one = bench.json(&["--archive", "one", "measure", measure]);
        let two = bench.json(&["--archive", "two", "measure", measure]);
        assert_eq!(one["rows"], two["rows"], "{measure}");
        assert_eq!(one["coverage"], two["coverage"], "{measure}");
    }
    assert_eq!(bench.json(&["--archive", "one", "import", "all.ndjson"])["posts_added"], 0);
}

#[test]
fn files_are_written_by_their_extension() {
    let bench = Bench::new();
    let text = STATEMENT;
    bench.write(
        "a.ndjson",
        [
            post("telegram:a", "1", "2019-11-30T10:00:00Z", text),
            post("telegram:b", "1", "2019-11-30T10:00:09Z", text),
        ]
        .concat(),
    );
    bench.json(&["import", "a.ndjson"]);
    for name in ["rows.csv", "rows.json", "rows.parquet"] {
        bench.good(&["measure", "statements", "--out", name]);
        assert!(bench.path(name).metadata().unwrap().len() > 50, "{name}");
    }
    let csv = std::fs::read_to_string(bench.path("rows.csv")).unwrap();
    assert!(
        csv.starts_with("statement,posts,channels,platforms,first_at,last_at,first_post,quote"),
        "{csv}"
    );
    bench.bad(2, &["measure", "statements", "--out", "rows.doc"]);
    bench.good(&["export", "parquet", "--out", "posts.parquet"]);
    bench.good(&["export", "csv", "--out", "posts.csv"]);
    let map = "--map channel=channel --map id=id --map text=text --map published_at=published_at --platform telegram";
    let arguments: Vec<&str> = ["--archive", "two", "import", "--as", "csv", "posts.csv"]
        .into_iter()
        .chain(map.split(' '))
        .collect();
    assert_eq!(bench.json(&arguments)["posts_added"], 2);
}

#[test]
fn measures_are_listed_and_every_verb_helps() {
    let bench = Bench::new();
    let list = bench.json(&["measure", "--list"]);
    for name in ["statements", "primacy", "audience", "surge", "networks", "migration"] {
        assert!(list[name].is_string(), "{name}");
    }
    for verb in [
        "demo",
        "init",
        "doctor",
        "import",
        "measure",
        "report",
        "export",
        "evidence",
        "simulate",
        "completions",
    ] {
        assert!(bench.good(&[verb, "--help"]).contains("Example"), "{verb}");
    }
    assert!(bench.good(&["completions", "bash"]).contains("marsad"));
}

#[test]
fn gz_and_zst_and_standard_input_are_read_as_they_are() {
    use std::io::Write as _;
    let bench = Bench::new();
    let line = |n: u32| post("telegram:a", &n.to_string(), "2019-11-30T10:00:00Z", STATEMENT);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(line(1).as_bytes()).unwrap();
    bench.write("in/a.ndjson.gz", gz.finish().unwrap());
    bench.write("in/b.ndjson.zst", zstd::encode_all(line(2).as_bytes(), 1).unwrap());
    bench.write("in/c.ndjson", line(3));
    let summary = bench.json(&["import", "in"]);
    assert_eq!(summary["files"], 3);
    assert_eq!(summary["posts_added"], 3);
    assert_eq!(bench.json(&["doctor"])["ok"], json!(true));
}
