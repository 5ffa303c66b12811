//! marsad-ndjson against the contract, good and broken.

use crate::common::{manifest, problems, read_all, read_cut, short};
use marsad_interpret::Format;
use marsad_types::{Author, Outcome, Post, Reading, Status};
use proptest::prelude::*;

fn check(line: &str, expected: &str) {
    let file = format!("{GOOD}\n{line}\n{GOOD}\n");
    let reading = read(file.as_bytes());
    assert_eq!(reading.posts.len(), 2, "the neighbours of {line} are kept");
    assert_eq!(problems(&reading), [format!("2: {expected}")], "{line}");
    assert_eq!(reading.rows, 3);
}

fn read(file: &[u8]) -> Reading {
    read_all(&manifest(Format::MarsadNdjson, file), file)
}

fn read_post(line: &str) -> Post {
    let mut reading = read(line.as_bytes());
    assert_eq!(problems(&reading), [""; 0], "{line}");
    reading.posts.remove(0)
}

const GOOD: &str = r#"{"kind":"post","platform":"telegram","channel":"weatherdesk","id":"42","published_at":"2019-11-30T17:55:00Z","text":"gale"}"#;

fn post_with(fields: &str) -> String {
    format!(
        r#"{{"kind":"post","platform":"telegram","channel":"weatherdesk","id":"42","published_at":"2019-11-30T17:55:00Z",{fields}}}"#
    )
}

#[test]
fn an_id_without_a_post_is_a_line_of_its_own() {
    let line = |by: &str| {
        format!(r#"{{"kind":"taken","platform":"telegram","channel":"desk","id":"8","by":"{by}"}}"#)
    };
    let reading = read([line("album"), line("nobody")].join("\n").as_bytes());
    assert_eq!(reading.taken.len(), 1);
    assert_eq!((reading.taken[0].id.as_str(), reading.taken[0].by.as_str()), ("8", "album"));
    assert_eq!(problems(&reading), ["2: by is 'nobody'; expected album, service or unread"]);
}

#[test]
fn a_post_that_is_gone_is_a_line_of_its_own() {
    let line = |at: &str| {
        format!(
            r#"{{"kind":"removed","platform":"max","channel":"-7","id":"mid.1","deleted_at":{at}}}"#
        )
    };
    let reading = read([line("\"2026-11-29T21:43:54.747Z\""), line("null")].join("\n").as_bytes());
    let gone: Vec<_> =
        reading.removals.iter().map(|gone| (gone.post.as_str(), gone.at.0)).collect();
    assert_eq!(gone, [("mid.1", 1_795_988_634_747)]);
    assert_eq!(problems(&reading), ["2: field 'deleted_at' is missing"]);
}

#[test]
fn every_field_of_the_contract_is_read() {
    let file = crate::common::fixture("marsad.ndjson");
    let reading = read(&file);
    assert_eq!(problems(&reading), [""; 0]);
    let post = &reading.posts[0];
    assert_eq!(post.channel.to_string(), "telegram:weatherdesk");
    assert_eq!(post.resolution.unwrap().ms, 60_000);
    assert_eq!(post.observed_first.unwrap().to_string(), "2019-11-30T17:56:10Z");
    assert_eq!(post.lang.as_deref(), Some("ar"));
    assert_eq!(post.author, Author::Name("Duty editor".to_owned()));
    let forward = post.forward.as_ref().unwrap();
    assert_eq!(forward.channel.to_string(), "telegram:source");
    assert_eq!(forward.post.as_deref(), Some("7"));
    assert_eq!(forward.published_at.unwrap().to_string(), "2019-11-30T17:50:00Z");
    assert_eq!(post.reply_to.as_deref(), Some("41"));
    assert_eq!(post.links, ["https://example.org/a"]);
    assert_eq!(post.media[0].pdq_quality, Some(100));
    assert_eq!((post.views, post.forwards, post.version), (Some(1200), Some(3), Some(1)));
    assert_eq!(reading.posts[1].deleted_at.unwrap().to_string(), "2019-12-01T00:00:00Z");
    assert_eq!(reading.posts[1].author, Author::Pseudonym("p:91c1".to_owned()));
    let channel = &reading.channels[0];
    assert_eq!(channel.key.to_string(), "tamtam:weatherdesk2");
    assert_eq!((channel.subscribers, channel.status), (Some(1100), Status::Alive));
    assert_eq!(reading.coverage[0].outcome, Outcome::Ok);
    assert_eq!(reading.coverage[1].channel, None);
    let event = &reading.events[0];
    assert_eq!(event.from.to_string(), "2019-11-21T00:00:00Z");
    assert_eq!(event.to.to_string(), "2019-11-23T00:00:00Z", "a date as an end includes that day");
    assert_eq!(reading.rows, 6);
}

#[test]
fn a_field_of_another_type_is_named_with_what_was_expected() {
    check(&post_with(r#""text":5"#), "field 'text' is a whole number; expected a text");
    check(
        &post_with(r#""text":"a","views":"many""#),
        "field 'views' is a text; expected a whole number",
    );
    check(&post_with(r#""text":"a","views":-1"#), "field 'views' is below zero");
    check(
        &post_with(r#""text":"a","links":{}"#),
        "field 'links' is an object; expected a list of texts",
    );
    check(
        &post_with(r#""text":"a","media":["x"]"#),
        "field 'media' is a text; expected a list of objects",
    );
    check(
        &post_with(r#""text":"a","forward_of":"x""#),
        "field 'forward_of' is a text; expected an object",
    );
    check(
        &post_with(r#""text":"a","published_resolution_s":0"#),
        "field 'published_resolution_s' is 0; expected seconds from 0.001 to 4294967",
    );
    check(
        &post_with(r#""text":"a","edited_at":"yesterday""#),
        "field 'edited_at' is 'yesterday'; expected a time such as 2019-11-30T17:55:00Z",
    );
    check(&post_with(r#""views":1"#), "field 'text' is missing");
    check(r#"{"kind":"post","platform":"telegram","id":1}"#, "field 'channel' is missing");
    check(
        r#"{"kind":"post","platform":"telegram","channel":"","id":1}"#,
        "field 'channel' is empty",
    );
    check(
        r#"{"kind":"post","platform":"telegram","channel":1.5,"id":1}"#,
        "field 'channel' is a number; expected a text or a whole number",
    );
}

#[test]
fn what_is_not_a_line_of_ours_is_a_problem_and_the_rest_goes_on() {
    check("[1,2]", "the line is not a JSON object");
    check(r#"["post","telegram","a","1"]"#, "the line is not a JSON object");
    check(
        r#"{"kind":"note","platform":"x"}"#,
        "kind is 'note'; expected post, channel, coverage, taken or event",
    );
    check(r#"{"platform":"x"}"#, "field 'kind' is missing");
    check(
        r#"{"kind":"post","platform":"Tele Gram","channel":"a"}"#,
        "field 'platform' is 'Tele Gram'; expected 1 to 32 of a-z 0-9 _ -",
    );
    check(
        &post_with(r#""text":"a","text":"b""#),
        "not understood as JSON: duplicate field `text` (column 126)",
    );
    check(
        &post_with(r#""text":"a","visibility":"private""#),
        "visibility is 'private'; only what is public is read",
    );
    check(
        r#"{"kind":"coverage","platform":"x","from":"2019-11-30","to":"2019-11-01","outcome":"ok"}"#,
        "the stretch ends before it begins",
    );
    check(
        r#"{"kind":"channel","platform":"x","channel":"a","observed_at":"2019-11-30","status":"lost"}"#,
        "status is 'lost'; expected alive, empty, private, restricted, gone or error",
    );
}

#[test]
fn hostile_lines_cost_only_themselves() {
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    let lines: Vec<Vec<u8>> = vec![
        b"{\"kind\":\"post\",\"text\":\"\xff\xfe\"}".to_vec(),
        b"\0\0\0".to_vec(),
        deep.into_bytes(),
        br#"{"kind":"post","platform":"x","channel":"a","id":"\ud800"}"#.to_vec(),
        br#"{"kind":"post","platform":"x","channel":1e999,"id":"1"}"#.to_vec(),
        vec![b'x'; 2 << 20],
    ];
    for line in lines {
        let file = [GOOD.as_bytes(), b"\r\n", &line, b"\r\n\n  \n", GOOD.as_bytes()].concat();
        let reading = read(&file);
        assert_eq!(reading.posts.len(), 2);
        assert_eq!(reading.problems.len(), 1);
        assert_eq!(reading.problems[0].line, 2);
        assert_eq!(reading.posts[1].line, 5);
    }
}

#[test]
fn a_record_over_the_limit_is_one_problem_and_the_next_line_is_read() {
    for length in [marsad_interpret::RECORD_MAX + 5, 3 * marsad_interpret::RECORD_MAX] {
        let long = vec![b'['; length];
        let file = [GOOD.as_bytes(), b"\n", &long, b"\n", GOOD.as_bytes(), b"\n"].concat();
        let reading = read(&file);
        assert_eq!(reading.posts.iter().map(|p| p.line).collect::<Vec<_>>(), [1, 3]);
        assert!(reading.problems.iter().all(|p| p.line == 2 && p.reason.contains("16 MiB")));
        assert!((1..=2).contains(&reading.problems.len()));
    }
}

#[test]
fn a_byte_order_mark_and_a_missing_last_newline_are_no_problem() {
    let file = [b"\xEF\xBB\xBF", GOOD.as_bytes(), b"\r\n", GOOD.as_bytes()].concat();
    let reading = read(&file);
    assert_eq!((reading.posts.len(), reading.problems.len(), reading.rows), (2, 0, 2));
}

#[test]
fn ids_may_be_numbers_and_unknown_fields_may_be_anything() {
    let post = read_post(
        r#"{"kind":"post","platform":"tamtam","channel":-70000000000001,"id":109000000000000260,"published_at":"2019-11-30 17:55","text":"","media":[{"kind":"image"}],"mood":{"a":[1,{}]},"published_resolution_s":0.5}"#,
    );
    assert_eq!(
        short(std::slice::from_ref(&post)),
        ["tamtam:-70000000000001/109000000000000260 2019-11-30T17:55:00Z "]
    );
    assert_eq!(post.resolution.unwrap().ms, 500);
}

#[test]
fn a_partial_origin_is_taken_as_far_as_it_goes() {
    let own = read_post(&post_with(r#""text":"a","forward_of":{"channel":"b"}"#));
    assert_eq!(own.forward.unwrap().channel.to_string(), "telegram:b");
    let other = read_post(&post_with(
        r#""text":"a","forward_of":{"platform":"matrix","channel":"!r:h","id":7}"#,
    ));
    let forward = other.forward.unwrap();
    assert_eq!(
        (forward.channel.to_string().as_str(), forward.post.as_deref()),
        ("matrix:!r:h", Some("7"))
    );
    assert_eq!(read_post(&post_with(r#""text":"a","forward_of":{}"#)).forward, None);
    assert_eq!(read_post(&post_with(r#""text":"a","forward_of":null"#)).forward, None);
}

#[test]
fn every_json_of_the_test_suite_among_good_lines_leaves_them_alone() {
    let Some(folder) = crate::common::shared("golden/hostile/json/test_parsing") else { return };
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let hostile = std::fs::read(entry.unwrap().path()).unwrap();
        let file = [GOOD.as_bytes(), b"\n", &hostile, b"\n", GOOD.as_bytes(), b"\n"].concat();
        let reading = read(&file);
        assert_eq!(short(&reading.posts).len(), 2);
        files += 1;
    }
    assert!(files > 300);
}

#[test]
fn every_naughty_string_comes_back_as_it_was() {
    let Some(path) = crate::common::shared("golden/hostile/blns.json") else { return };
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for text in strings {
        let written = serde_json::to_string(&text).unwrap();
        assert_eq!(read_post(&post_with(&format!("\"text\":{written}"))).text, text);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic_at_any_chunk_size(
        lines in proptest::collection::vec(prop_oneof![
            Just(GOOD.as_bytes().to_vec()),
            proptest::collection::vec(any::<u8>(), 0..80),
            "\\PC{0,40}".prop_map(String::into_bytes),
        ], 0..30),
        chunk_max in 1usize..2000,
    ) {
        let file = lines.join(&b'\n');
        let manifest = manifest(Format::MarsadNdjson, &file);
        let (whole, cut) = (read_all(&manifest, &file), read_cut(&manifest, &file, chunk_max));
        prop_assert_eq!(whole.posts, cut.posts);
        prop_assert_eq!(whole.problems, cut.problems);
        prop_assert_eq!(whole.rows, cut.rows);
    }

    #[test]
    fn a_valid_line_reads_back(
        channel in "\\PC{1,20}", id in "\\PC{1,20}", text in any::<String>(),
        seconds in 0i64..4_000_000_000, views in proptest::option::of(any::<u64>()),
    ) {
        let time = marsad_types::Timestamp::from_seconds(seconds);
        let line = serde_json::json!({"kind": "post", "platform": "matrix", "channel": channel,
            "id": id, "published_at": time.to_string(), "text": text, "views": views});
        let post = read_post(&line.to_string());
        prop_assert_eq!(post.channel.id.as_str(), channel);
        prop_assert_eq!(post.id, marsad_types::PostId::Given(id.into()));
        prop_assert_eq!(post.published_at, time);
        prop_assert_eq!(post.text, text);
        prop_assert_eq!(post.views, views);
    }
}
