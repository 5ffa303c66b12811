//! Manifests, preparation and recognition.

use marsad_interpret::{Format, Manifest, prepare, recognise};
use marsad_types::Platform;
use proptest::prelude::*;

fn csv(map: &[(&str, &str)]) -> Manifest {
    let mut manifest = Manifest::new(Format::Csv);
    manifest.platform = Some(Platform::new("telegram").unwrap());
    manifest.csv_map = map.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
    manifest
}

fn check(manifest: Manifest, head: &str, expected: &str) {
    let error = prepare(manifest, head.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert!(error.usage);
}

#[test]
fn a_wrong_map_is_refused_with_a_way_out() {
    let full = [("channel", "id"), ("text", "tekst"), ("published_at", "date")];
    check(csv(&full), "id,text,date\n", "column 'tekst' is not there; columns are: id, text, date");
    check(
        csv(&full[..1]),
        "id,text,date\n",
        "csv needs --map text=COLUMN; columns are: id, text, date",
    );
    check(
        Manifest { platform: None, ..csv(&full) },
        "id,tekst,date\n",
        "csv names no platform; add --platform telegram (or another name of a-z 0-9 _ -)",
    );
    check(csv(&full), "id,tekst,date,id\n", "column 'id' is there 2 times; rename all but one");
    check(
        csv(&[("mood", "x")]),
        "x\n",
        "--map mood is not a field; fields are: channel, text, published_at, id, author, subscribers, views, forward_of, links, title",
    );
    let mut timed = csv(&full);
    timed.time_formats = vec![("published_at".to_owned(), "%H:%M".to_owned())];
    check(
        timed,
        "id,tekst,date\n",
        "--map-format published_at: '%H:%M' does not name a year, a month and a day",
    );
    let wrong_platform = Manifest {
        platform: Some(Platform::new("matrix").unwrap()),
        ..Manifest::new(Format::Telethon)
    };
    check(
        wrong_platform,
        "{}",
        "telethon is always platform telegram; leave --platform matrix out",
    );
    let mapped = Manifest { format: Format::MarsadNdjson, ..csv(&full) };
    check(mapped, "{}", "--map is for --as csv; add --as csv or leave --map out");
}

#[test]
fn equal_settings_are_written_alike_and_read_back() {
    let one = csv(&[("text", "b"), ("channel", "a"), ("published_at", "c")]);
    let other = csv(&[("published_at", "c"), ("channel", "a"), ("text", "b")]);
    let one = prepare(one, b"a;b;c\n1;2;3\n").unwrap();
    let other = prepare(other, b"a;b;c\n4;5;6\n").unwrap();
    assert_eq!(one.to_json(), other.to_json());
    assert_eq!(
        one.to_json(),
        r#"{"version":1,"format":"csv","platform":"telegram","map":{"channel":"a","published_at":"c","text":"b"},"header":"a;b;c","delimiter":";"}"#
    );
    let back = Manifest::from_json(&one.to_json()).unwrap();
    assert_eq!(back.to_json(), one.to_json());
    assert_eq!(back.header, one.header);
    for wrong in ["", "{}", r#"{"version":2,"format":"csv"}"#, r#"{"version":1,"format":"xls"}"#] {
        assert!(Manifest::from_json(wrong).is_err(), "{wrong}");
    }
}

fn recognised(name: &str, head: &str, expected: Option<Format>) {
    assert_eq!(recognise(name, head.as_bytes()), expected, "{name}: {head}");
}

#[test]
fn content_decides_before_the_name() {
    let ours = r#"{"platform":"x","kind":"post","text":"a"}"#;
    recognised("result.json", ours, Some(Format::MarsadNdjson));
    recognised("a.txt", &format!("garbage\n[1]\n{ours}\n"), Some(Format::MarsadNdjson));
    recognised("a.txt", &format!("\u{feff}{ours}"), Some(Format::MarsadNdjson));
    recognised("m.ndjson", r#"{"_":"Message","id":1}"#, Some(Format::Telethon));
    recognised("m.ndjson", r#"{"id":1,"date":"x","_":"MessageService"}"#, Some(Format::Telethon));
    let chat =
        "{\n \"name\": \"Coast\",\n \"type\": \"public_channel\",\n \"id\": 1,\n \"messages\": [\n";
    recognised("x.json", chat, Some(Format::TelegramDesktop));
    recognised(
        "x.json",
        "{\"about\": \"a\", \"personal_information\": {",
        Some(Format::TelegramDesktop),
    );
    recognised(
        "c.csv",
        "content_id,account_id,object_id,timestamp_share\n",
        Some(Format::Coortweet),
    );
    recognised(
        "c.csv",
        "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n",
        Some(Format::Cnt),
    );
    recognised("c.csv", "id,text,date\n1,2,3\n", None);
    recognised("/a/b/posts.ndjson.zst", "", Some(Format::MarsadNdjson));
    recognised("", "", None);
}

proptest! {
    #[test]
    fn any_head_is_looked_at_without_a_panic(name in "\\PC{0,10}", head in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(recognise(&name, &head).is_none_or(|format| Format::ALL.contains(&format)));
        for format in Format::ALL {
            drop(prepare(Manifest::new(format), &head));
        }
    }

    #[test]
    fn any_header_comes_back_from_the_manifest(header in proptest::collection::vec(any::<u8>(), 0..40), delimiter in 1u8..127) {
        let manifest = Manifest { header: Some(header), delimiter, ..csv(&[("a", "b")]) };
        prop_assert_eq!(Manifest::from_json(&manifest.to_json()).unwrap(), manifest);
    }
}
