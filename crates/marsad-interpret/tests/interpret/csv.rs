//! Tables: the map, the times, RFC 4180 and what breaks it.

use marsad_interpret::{Manifest, Reading};
use marsad_types::{Author, PostId};
use proptest::prelude::*;

use crate::common::{csv, problems, read_all, read_cut, short};

const MAP: [(&str, &str); 4] =
    [("channel", "chat"), ("text", "words"), ("published_at", "at"), ("id", "nr")];

fn read(file: &str) -> Reading {
    read_all(&csv(file.as_bytes(), &MAP), file.as_bytes())
}

fn with_extra(file: &str, extra: &[(&str, &str)]) -> (Manifest, Reading) {
    let map: Vec<_> = MAP.iter().chain(extra).copied().collect();
    let manifest = csv(file.as_bytes(), &map);
    let reading = read_all(&manifest, file.as_bytes());
    (manifest, reading)
}

#[test]
fn a_table_is_read_by_its_map() {
    let file = crate::common::fixture("posts.csv");
    let map = [
        ("channel", "chat"),
        ("text", "words"),
        ("published_at", "at"),
        ("id", "nr"),
        ("author", "by"),
        ("views", "seen"),
        ("subscribers", "readers"),
        ("title", "name"),
        ("forward_of", "from"),
        ("links", "urls"),
    ];
    let reading = read_all(&csv(&file, &map), &file);
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:weatherdesk/1 2019-11-30T17:55:00Z Gale, in the \"strait\"\nuntil noon",
            "telegram:weatherdesk/2 2019-11-30T18:55:00Z ",
            "telegram:railnotices/1 2019-11-30T18:00:00Z القطار كل عشرين دقيقة",
            "telegram:railnotices/2 2019-11-30T19:00:00Z Line 3",
        ]
    );
    assert_eq!(
        problems(&reading),
        ["6: views is 'lots'; expected a whole number; the rest is kept without it"]
    );
    let lines: Vec<u64> = reading.posts.iter().map(|post| post.line).collect();
    assert_eq!(lines, [2, 4, 5, 6], "a record's line is the one it begins on");
    assert_eq!(reading.posts[0].author, Author::Name("Duty editor".to_owned()));
    assert_eq!(reading.posts[0].views, Some(1204));
    assert_eq!(reading.posts[0].links, ["https://example.org/a,b", "https://example.org/c"]);
    let forward = reading.posts[2].forward.as_ref().unwrap();
    assert_eq!(forward.channel.to_string(), "tamtam:weatherdesk2");
    assert_eq!(forward.post.as_deref(), Some("9"));
    let seen: Vec<_> = reading.channels.iter().map(|c| (c.line, c.subscribers)).collect();
    assert_eq!(seen, [(2, Some(15230)), (5, Some(80)), (6, Some(81))], "only changes are noted");
    assert_eq!(reading.channels[0].title.as_deref(), Some("Weather desk"));
    assert_eq!(reading.channels[0].observed_at, reading.posts[0].published_at);
}

#[test]
fn times_are_read_in_every_promised_form() {
    let cases = [
        ("2019-11-30T17:55:00Z", "2019-11-30T17:55:00Z"),
        ("2019-11-30T18:55:00+01:00", "2019-11-30T17:55:00Z"),
        ("2019-11-30 17:55", "2019-11-30T17:55:00Z"),
        ("2019-11-30 17:55:07", "2019-11-30T17:55:07Z"),
        ("2019-11-30", "2019-11-30T00:00:00Z"),
        ("1575136500", "2019-11-30T17:55:00Z"),
        ("1575136500.25", "2019-11-30T17:55:00.25Z"),
        ("1575136500000", "2019-11-30T17:55:00Z"),
        ("0", "1970-01-01T00:00:00Z"),
    ];
    for (written, expected) in cases {
        let reading = read(&format!("chat,nr,at,words\na,1,{written},x\n"));
        assert_eq!(problems(&reading), [""; 0], "{written}");
        assert_eq!(reading.posts[0].published_at.to_string(), expected, "{written}");
        assert_eq!(reading.posts[0].resolution, None);
    }
    for wrong in ["yesterday", "", "20191130", "1e9", "99999999999999999", "30.11.2019", "-"] {
        let reading = read(&format!("chat,nr,at,words\na,1,{wrong},x\na,2,2019-11-30,y\n"));
        assert_eq!(reading.problems.len(), 1, "{wrong}");
        assert_eq!(reading.posts.len(), 1);
    }
}

#[test]
fn a_pattern_of_the_operator_is_followed() {
    let cases = [
        ("%m/%d/%Y %H:%M", "11/30/2019 17:55", "2019-11-30T17:55:00Z"),
        ("%m/%d/%Y %H:%M", "6/2/2017 6:03", "2017-06-02T06:03:00Z"),
        ("%d.%m.%Y", "30.11.2019", "2019-11-30T00:00:00Z"),
        ("%Y%m%d", "20191130", "2019-11-30T00:00:00Z"),
        ("%a %b %d %H:%M:%S %z %Y", "Sat Nov 30 18:55:00 +0100 2019", "2019-11-30T17:55:00Z"),
        ("%d %b %Y %I:%M %p", "30 Nov 2019 05:55 PM", "2019-11-30T17:55:00Z"),
    ];
    for (pattern, written, expected) in cases {
        let file = format!("chat,nr,at,words\na,1,{written},x\na,2,never,x\n");
        let mut manifest = csv(file.as_bytes(), &MAP);
        manifest.time_formats = vec![("published_at".to_owned(), pattern.to_owned())];
        let manifest = marsad_interpret::prepare(manifest, file.as_bytes()).unwrap();
        let reading = read_all(&manifest, file.as_bytes());
        assert_eq!(reading.posts[0].published_at.to_string(), expected, "{pattern}");
        assert_eq!(
            problems(&reading),
            [format!("3: published_at: 'never' does not follow '{pattern}'")]
        );
    }
}

#[test]
fn a_row_of_another_width_is_a_problem_and_the_next_one_is_read() {
    let reading = read("chat,nr,at,words\na,1,2019-11-30\na,2,2019-11-30,x,y\n\na,3,2019-11-30,z");
    assert_eq!(
        problems(&reading),
        ["2: the record has 3 fields; expected 4", "3: the record has 5 fields; expected 4"]
    );
    assert_eq!(short(&reading.posts), ["telegram:a/3 2019-11-30T00:00:00Z z"]);
    assert_eq!(reading.rows, 3);
}

#[test]
fn empty_ids_and_channels_are_problems_and_no_id_column_means_a_derived_id() {
    let reading = read("chat,nr,at,words\n,1,2019-11-30,x\na,,2019-11-30,x\n");
    assert_eq!(problems(&reading), ["2: the channel is empty", "3: the id is empty"]);
    let file = "chat,at,words\na,2019-11-30,x\na,2019-11-30,x\n";
    let reading = read_all(&csv(file.as_bytes(), &MAP[..3]), file.as_bytes());
    assert!(reading.posts.iter().all(|post| post.id == PostId::Derived));
    assert_eq!(reading.posts.len(), 2);
}

#[test]
fn a_stray_quote_costs_one_line_not_the_file() {
    let good = "a,1,2019-11-30,\"fine, \"\"quoted\"\"\"\n";
    for broken in ["a,2,2019-11-30,\"never closed", "a,\"2,2019-11-30,x", "\"a,2"] {
        let file = format!("chat,nr,at,words\n{good}{broken}\n{good}{good}");
        let reading = read(&file);
        assert_eq!(reading.posts.len(), 3, "{broken}: {:?}", problems(&reading));
        assert_eq!(reading.problems.len(), 1, "{broken}: {:?}", problems(&reading));
        assert_eq!(reading.problems[0].line, 3);
    }
    // The same where the file is far longer than the longest record.
    let many = "a,1,2019-11-30,a plain text without any quotes\n".repeat(500_000);
    let file = format!("chat,nr,at,words\na,2,2019-11-30,\"never closed\n{many}");
    let reading = read(&file);
    assert_eq!((reading.posts.len(), reading.problems.len()), (500_000, 1));
    assert_eq!(reading.posts.last().unwrap().line, 500_002);
}

#[test]
fn a_cut_file_keeps_its_whole_rows() {
    let reading = read("chat,nr,at,words\na,1,2019-11-30,x\na,2,2019-11-30,\"cut in the mid");
    assert_eq!(short(&reading.posts), ["telegram:a/1 2019-11-30T00:00:00Z x"]);
    assert_eq!(problems(&reading), ["3: a quote is opened and never closed"]);
}

#[test]
fn text_in_another_encoding_is_a_problem_that_says_so() {
    let file = b"chat,nr,at,words\na,1,2019-11-30,\xc8\xc9\xca\na,2,2019-11-30,x\n";
    let reading = read_all(&csv(file, &MAP), file);
    assert_eq!(problems(&reading), ["2: text is not UTF-8 at byte 0"]);
    assert_eq!(reading.posts.len(), 1);
}

#[test]
fn bom_crlf_and_other_delimiters_are_seen() {
    for (head, delimiter) in [("\u{feff}", ";"), ("", "\t"), ("\u{feff}", ","), ("", "|")] {
        let file = "chat,nr,at,words\r\na,1,2019-11-30,\"x\r\ny\"\r\n".replace(',', delimiter);
        let reading = read(&format!("{head}{file}"));
        assert_eq!(short(&reading.posts), ["telegram:a/1 2019-11-30T00:00:00Z x\r\ny"]);
        assert_eq!(reading.posts[0].line, 2);
    }
    let quoted = read("\u{feff}\"chat\",\"nr\",at,words\na,1,2019-11-30,x\n");
    assert_eq!(quoted.posts.len(), 1);
}

#[test]
fn links_and_origins_are_read_as_documented() {
    let file = "chat,nr,at,words,urls,from\n\
        a,1,2019-11-30,x,\"['https://a.example/1', 'https://b.example/2,3']\",b/7\n\
        a,2,2019-11-30,x,https://a.example/1;https://b.example/2,b\n\
        a,3,2019-11-30,x,,!room:host\n\
        a,4,2019-11-30,x,,https://t.me/b/7\n";
    let (_, reading) = with_extra(file, &[("links", "urls"), ("forward_of", "from")]);
    assert_eq!(reading.posts[0].links, ["https://a.example/1", "https://b.example/2,3"]);
    assert_eq!(reading.posts[1].links, ["https://a.example/1", "https://b.example/2"]);
    let origin = |at: usize| {
        let forward = reading.posts[at].forward.clone();
        forward.map(|f| (f.channel.to_string(), f.post.map(|post| post.to_string())))
    };
    assert_eq!(origin(0), Some(("telegram:b".to_owned(), Some("7".to_owned()))));
    assert_eq!(origin(1), Some(("telegram:b".to_owned(), None)));
    assert_eq!(origin(2), Some(("telegram:!room:host".to_owned(), None)));
    assert_eq!(origin(3), None);
    assert_eq!(problems(&reading).len(), 1);
}

fn table() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => Just("a,1,2019-11-30,plain\n".to_owned()),
        2 => Just("a,1,2019-11-30,\"two\nlines, \"\"here\"\"\"\r\n".to_owned()),
        1 => Just("a,1,2019-11-30,\"open\n".to_owned()),
        1 => Just("\"\n".to_owned()),
        1 => Just("\n\r\n".to_owned()),
        1 => "[a,\"\n\r1]{0,12}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn chunks_of_any_size_read_like_the_whole(rows in table(), chunk_max in 1usize..400) {
        let file = format!("chat,nr,at,words\n{rows}");
        let manifest = csv(file.as_bytes(), &MAP);
        let whole = read_all(&manifest, file.as_bytes());
        let cut = read_cut(&manifest, file.as_bytes(), chunk_max);
        prop_assert_eq!(short(&whole.posts), short(&cut.posts));
        prop_assert_eq!(problems(&whole), problems(&cut));
        let lines = |reading: &Reading| reading.posts.iter().map(|p| p.line).collect::<Vec<_>>();
        prop_assert_eq!(lines(&whole), lines(&cut));
        prop_assert_eq!(whole.rows, cut.rows);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = [b"chat,nr,at,words\n".to_vec(), bytes].concat();
        drop(read_all(&csv(&file, &MAP), &file));
    }
}
