//! Saved pages and web archives, through the program.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::bench::{Bench, shared};

fn page(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pages/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A record of a page, packed alone.
fn record(url: &str, at: &str, body: &[u8]) -> Vec<u8> {
    let block = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", body].concat();
    let header = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {at}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    gzip(&[header.as_bytes(), &block, b"\r\n\r\n"].concat())
}

fn history(at: &str, body: &[u8]) -> Vec<u8> {
    record("https://t.me/s/tramnotices", at, body)
}

fn exported(bench: &Bench, name: &str) -> String {
    bench.good(&["export", "ndjson", "--out", name]);
    std::fs::read_to_string(bench.path(name)).unwrap()
}

fn counts(told: &Value) -> [&Value; 4] {
    ["rows", "posts_added", "posts_duplicate", "problems"].map(|name| &told[name])
}

#[test]
fn a_packed_archive_is_read_again_from_the_evidence_alike() {
    let bench = Bench::new();
    let gone = b"<html><body><div class=\"tgme_widget_message\"><div class=\"tgme_widget_message_error\">Post not found</div></div></body></html>";
    // Longer than a chunk of the evidence: pages of another host stand between.
    let filler = vec![b'x'; 900_000];
    let file = [
        history("2026-11-23T02:13:20Z", &page("history.html")),
        record("https://example.org/", "2026-11-23T02:14:00Z", &filler),
        record("https://example.org/b", "2026-11-23T02:14:00Z", &filler),
        record("https://t.me/tramnotices/5?embed=1", "2026-11-23T04:00:00Z", gone),
    ]
    .concat();
    bench.write("crawl.warc.gz", &file);
    let told = bench.json(&["import", "crawl.warc.gz"]);
    assert_eq!(counts(&told), [7, 5, 0, 0], "{told}");
    let first = exported(&bench, "first.ndjson");
    let lines: Vec<Value> = first.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |id: &str| lines.iter().filter(|l| l["id"] == id).cloned().collect::<Vec<_>>();
    assert_eq!(of("2")[0]["observed_at"], "2026-11-23T02:13:20Z");
    assert_eq!(of("2")[0]["text"], "Line 4 is diverted\nfrom nine & until noon");
    assert_eq!((&of("2")[0]["views"], &of("3")[0]["views"]), (&Value::from(812), &Value::Null));
    assert_eq!(of("5").last().unwrap()["deleted_at"], "2026-11-23T04:00:00Z");
    let channel = lines.iter().find(|line| line["kind"] == "channel").unwrap();
    assert_eq!(
        (&channel["channel"], &channel["handle"]),
        (&"1900000031".into(), &"tramnotices".into())
    );
    assert_eq!(
        (&channel["subscribers_min"], &channel["subscribers"]),
        (&15_150.into(), &Value::Null)
    );
    let again = bench.json(&["import", "crawl.warc.gz"]);
    assert_eq!((&again["posts_added"], &again["versions_added"]), (&0.into(), &0.into()));
    bench.json(&["rebuild"]);
    assert_eq!(exported(&bench, "second.ndjson"), first);
    bench.good(&["evidence", "prove", "telegram:1900000031/2", "--out", "proof.wacz"]);
    // Erasing one post keeps the others, and what is known of their end.
    bench.good(&["evidence", "erase", "telegram:1900000031/2", "--reason", "asked for"]);
    let left = exported(&bench, "left.ndjson");
    let ids = |id: &str| left.matches(&format!("\"id\":\"{id}\"")).count();
    assert_eq!((ids("2"), ids("3"), ids("5")), (0, 1, 2), "{left}");
    assert!(left.contains("\"deleted_at\":\"2026-11-23T04:00:00Z\""));
}

#[test]
fn an_archive_that_breaks_off_is_read_up_to_there() {
    let bench = Bench::new();
    let whole = history("2026-11-23T02:13:20Z", &page("history.html"));
    let second =
        record("https://t.me/tramnotices/2?embed=1", "2026-11-23T03:00:00Z", &page("post.html"));
    let cut = [whole.as_slice(), &second[..second.len() / 2]].concat();
    bench.write("cut.warc.gz", &cut);
    let output = bench.run(&["import", "cut.warc.gz", "--json"]);
    let (stdout, stderr) = crate::bench::texts(&output);
    assert!(output.status.success(), "{stderr}");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&told["posts_added"], &told["problems"]), (&5.into(), &1.into()));
    assert!(stderr.contains("'cut.warc.gz' is packed and breaks off"), "{stderr}");
    assert!(stderr.contains("is cut: "), "{stderr}");
    bench.bad(4, &["import", "--strict", "cut.warc.gz"]);
    // Other formats do not say themselves what is missing: there it stays an error.
    let lines =
        gzip(crate::bench::post("telegram:a", "1", "2026-11-22T10:00:00Z", "rain").as_bytes());
    bench.write("cut.ndjson.gz", &lines[..lines.len() - 12]);
    bench.bad(1, &["import", "--as", "marsad-ndjson", "cut.ndjson.gz"]);
}

#[test]
fn our_own_bundle_says_that_it_holds_no_pages() {
    let bench = Bench::new();
    bench.write("history.html", page("history.html"));
    bench.json(&["import", "history.html"]);
    bench.good(&["evidence", "prove", "telegram:1900000031/2", "--out", "proof.wacz"]);
    let output = bench.run(&["import", "proof.wacz", "--json"]);
    let (stdout, stderr) = crate::bench::texts(&output);
    assert!(output.status.success(), "{stderr}");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(told["posts_added"], 0);
    assert!(stderr.contains("parts of files that Marsad imported"), "{stderr}");
}

#[test]
fn the_web_archives_of_the_platform_notes_are_imported_and_rebuilt() {
    let Some(folder) = shared("platforms/fixtures/imports") else { return };
    for (name, posts, problems) in [
        ("tme.warc.gz", 38, 0),
        ("tme_truncated.warc.gz", 20, 1),
        ("tme.wacz", 38, 0),
        ("tme_with_pages.wacz", 38, 0),
    ] {
        let bench = Bench::new();
        let path = folder.join(name);
        let told = bench.json(&["import", path.to_str().unwrap()]);
        assert_eq!(
            (&told["posts_added"], &told["problems"]),
            (&posts.into(), &problems.into()),
            "{name}"
        );
        let first = exported(&bench, "first.ndjson");
        bench.json(&["rebuild"]);
        assert_eq!(exported(&bench, "second.ndjson"), first, "{name}");
    }
}
