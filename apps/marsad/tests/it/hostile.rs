//! Input that means harm, or nothing: no good line is lost, nothing panics.

use crate::bench::{Bench, post, shared};

const GOOD: &str =
    "The ferry to the island leaves at nine in the morning as long as the wind stays low";

#[test]
fn hostile_lines_lose_no_good_line() {
    let bench = Bench::new();
    let mut bytes: Vec<u8> = b"\xEF\xBB\xBF".to_vec();
    let good = |bytes: &mut Vec<u8>, n: usize| {
        bytes.extend(
            post("telegram:a", &format!("g{n}"), "2019-11-30T10:00:00Z", GOOD).into_bytes(),
        );
    };
    let bad: Vec<Vec<u8>> = vec![
        b"{\"kind\":\"post\",\"platform\":\"telegram\",".to_vec(),
        b"\xff\xfe\xfd".to_vec(),
        b"\0\0\0".to_vec(),
        vec![b'['; 200_000],
        [b"{\"kind\":\"post\",\"x\":".as_slice(), &vec![b'{'; 5000]].concat(),
        vec![b'x'; 3 << 20],
        br#"{"kind":"post","platform":7,"channel":[],"id":{},"published_at":true,"text":null}"#.to_vec(),
        br#"{"kind":"post","platform":"telegram","channel":"a","id":"z","published_at":"99999-01-01T00:00:00Z","text":"far"}"#.to_vec(),
        br#"{"kind":"post","platform":"telegram","channel":"a","id":"z","published_at":1e308,"text":"far"}"#.to_vec(),
        br#"{"kind":"channel","platform":"telegram","channel":"p","observed_at":"2019-11-30","visibility":"private"}"#.to_vec(),
        br#"{"kind":"nonsense"}"#.to_vec(),
        b"\xed\xa0\x80".to_vec(),
    ];
    for (n, line) in bad.iter().enumerate() {
        good(&mut bytes, n);
        bytes.extend(line);
        bytes.extend(if n % 2 == 0 { b"\r\n".as_slice() } else { b"\n" });
    }
    good(&mut bytes, bad.len());
    bench.write("bad.ndjson", &bytes);
    let summary = bench.json(&["import", "bad.ndjson"]);
    assert_eq!(summary["posts_added"], bad.len() + 1, "{summary}");
    assert_eq!(summary["problems"], bad.len(), "{summary}");
    assert_eq!(bench.json(&["import", "bad.ndjson"])["posts_added"], 0);
    // The problems are filed once, with their lines.
    let doctor = bench.good(&["doctor"]);
    assert!(doctor.contains(&format!("{} lines were not understood", bad.len())), "{doctor}");
}

#[test]
fn the_json_test_suite_loses_no_neighbour() {
    let Some(folder) = shared("golden/hostile/json/test_parsing") else { return };
    let bench = Bench::new();
    let mut bytes = Vec::new();
    let mut count = 0;
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read(&path).unwrap();
        if text.contains(&b'\n') {
            continue; // several lines: not one record
        }
        bytes.extend(text);
        bytes.push(b'\n');
        bytes.extend(
            post("telegram:a", &count.to_string(), "2019-11-30T10:00:00Z", GOOD).into_bytes(),
        );
        count += 1;
    }
    bench.write("suite.ndjson", &bytes);
    let summary = bench.json(&["import", "--as", "marsad-ndjson", "suite.ndjson"]);
    assert!(count > 250);
    assert_eq!(summary["posts_added"], count, "{summary}");
}

#[test]
fn naughty_strings_survive_import_and_report() {
    let Some(path) = shared("golden/hostile/blns.json") else { return };
    let bench = Bench::new();
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let lines: String = strings
        .iter()
        .enumerate()
        .map(|(n, text)| {
            post(
                "telegram:a/b%c",
                &n.to_string(),
                "2019-11-30T10:00:00Z",
                &format!("{text} {GOOD}"),
            )
        })
        .collect();
    bench.write("blns.ndjson", lines);
    assert_eq!(bench.json(&["import", "blns.ndjson"])["posts_added"], strings.len());
    bench.json(&["measure", "statements", "--members"]);
    bench.good(&["report", "--out", "report.html"]);
    let page = std::fs::read_to_string(bench.path("report.html")).unwrap();
    assert!(!page.contains("<script>alert"), "texts are escaped");
}

#[test]
fn a_broken_package_keeps_what_came_before_the_damage() {
    let bench = Bench::new();
    let lines: String = (0..5000)
        .map(|n| post("telegram:a", &n.to_string(), "2019-11-30T10:00:00Z", &format!("{GOOD} {n}")))
        .collect();
    let mut packed = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    packed.truncate(packed.len() / 2);
    bench.write("cut.ndjson.zst", packed);
    let said = bench.bad(1, &["import", "cut.ndjson.zst"]);
    assert!(said.contains("cut.ndjson.zst"), "{said}");
    // The whole file again: only the rest is added, and nothing is lost.
    bench.write("cut.ndjson.zst", zstd::encode_all(lines.as_bytes(), 1).unwrap());
    let summary = bench.json(&["import", "cut.ndjson.zst"]);
    let known =
        summary["posts_added"].as_u64().unwrap() + summary["posts_duplicate"].as_u64().unwrap();
    assert_eq!(known, 5000, "{summary}");
    assert_eq!(
        bench.json(&["measure", "statements", "--min-posts", "1"])["archive"]["log_size"],
        summary["evidence"]["size"]
    );
}
