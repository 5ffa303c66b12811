//! Telegram Desktop's export: one chat, a whole account, and what is wrong with either.

use marsad_interpret::{
    Format, Manifest, Reading, needs_reduction, prepare, read_document, recognise, reduce,
};
use marsad_types::Author;
use proptest::prelude::*;

use crate::common::{fixture, problems, read_all, shared, short};

const FORMAT: Format = Format::TelegramDesktop;

fn read(file: &[u8]) -> Reading {
    let manifest = prepare(Manifest::new(FORMAT), file).unwrap();
    read_with(&manifest, file)
}

fn read_with(manifest: &Manifest, mut file: &[u8]) -> Reading {
    let mut all = Reading::default();
    read_document(manifest, &mut file, &mut |part| {
        all.posts.extend(part.posts);
        all.channels.extend(part.channels);
        all.problems.extend(part.problems);
        all.rows += part.rows;
    });
    all
}

#[test]
fn a_channel_is_read_with_its_pitfalls() {
    let file = fixture("telegram_desktop.json");
    assert_eq!(recognise("anything", &file), Some(FORMAT));
    assert!(!needs_reduction(FORMAT, &file));
    let reading = read(&file);
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000001/2 2026-11-23T02:13:20Z Gale warning for the strait",
            "telegram:1900000001/3 2026-11-23T03:13:20Z Line 3 every 20 minutes see timetable https://example.org/l3",
            "telegram:1900000001/4 2026-11-23T04:13:20Z ",
            "telegram:1900000001/5 2026-11-23T05:13:20Z Which page first?\nWeather\nTrains",
            "telegram:1900000001/7 2026-11-23T06:13:20Z Line one\u{b}line two",
        ]
    );
    let [first, second, photo, poll, _] = &reading.posts[..] else { panic!() };
    assert_eq!(first.edited_at.unwrap().to_string(), "2026-11-23T02:20:00Z");
    assert_eq!(first.author, Author::Name("Duty editor".to_owned()));
    assert_eq!(second.links, ["https://example.org/t", "https://example.org/l3"]);
    assert_eq!(second.forward.as_ref().unwrap().channel.to_string(), "telegram:1900000002");
    assert_eq!(second.reply_to.as_deref(), Some("2"));
    assert_eq!((second.author.clone(), photo.media[0].kind.as_str()), (Author::Unknown, "image"));
    assert_eq!(poll.media[0].kind, "poll");
    assert_eq!(
        problems(&reading),
        [
            "9: message 6 is of a kind that Telegram Desktop left out",
            "11: message 8 has only a local time without a zone; export it again with a newer Telegram Desktop",
            "12: not understood as JSON: unexpected end of hex escape (column 88)",
        ]
    );
    let lines: Vec<u64> = reading.posts.iter().map(|post| post.line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 10]);
    let channel = &reading.channels[0];
    assert_eq!(channel.title.as_deref(), Some("Coast Weather"));
    assert_eq!(channel.created_at.unwrap().to_string(), "2026-11-20T08:00:00Z");
    assert_eq!(channel.observed_at.to_string(), "2026-11-23T06:13:20Z");
    assert_eq!(reading.rows, 9);
}

#[test]
fn a_file_beside_the_export_is_named_and_one_elsewhere_is_a_problem() {
    let message = |id: u32, fields: &str| {
        format!(
            r#"{{"id":{id},"type":"message","date":"x","date_unixtime":"1795400000","text":"",{fields}}}"#
        )
    };
    let absent = "(File not included. Change data exporting settings to download.)";
    let messages = [
        message(1, r#""photo":"photos/photo_1@23-11-2026.jpg","width":4,"height":3"#),
        message(2, r#""file":"video_files/rain.mp4","media_type":"video_file""#),
        message(3, &format!(r#""photo":"{absent}""#)),
        message(4, r#""photo":"../../etc/passwd""#),
        message(5, r#""file":"C:\\secret.png","mime_type":"image/png""#),
        message(6, r#""file":"files/map.png","mime_type":"image/png""#),
    ];
    let head = r#"{"name":"A","type":"public_channel","id":1,"messages":"#;
    let reading = read(format!("{head}[{}]}}", messages.join(",\n")).as_bytes());
    let media = reading.posts.iter().map(|post| &post.media[0]);
    let found: Vec<(&str, Option<&str>)> =
        media.map(|media| (media.kind.as_str(), media.file.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("image", Some("photos/photo_1@23-11-2026.jpg")),
            ("video", Some("video_files/rain.mp4")),
            ("image", None),
            ("image", None),
            ("image", None),
            ("image", Some("files/map.png")),
        ]
    );
    assert_eq!(
        problems(&reading),
        [
            "4: the file '../../etc/passwd' is not in the input's folder; it is not read",
            "5: the file 'C:/secret.png' is not in the input's folder; it is not read",
        ]
    );
}

#[test]
fn a_private_chat_is_refused_in_one_sentence() {
    for kind in ["personal_chat", "private_group", "public_supergroup", "saved_messages"] {
        let file = format!(r#"{{"name":"A","type":"{kind}","id":1,"messages":[]}}"#);
        let error = prepare(Manifest::new(FORMAT), file.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the chat is a {kind}; Marsad reads public channels only")
        );
        assert!(!error.usage);
        let sneaked = read_with(&Manifest::new(FORMAT), file.as_bytes());
        assert_eq!((sneaked.posts.len(), sneaked.problems.len()), (0, 1));
    }
    let group = Manifest { groups: true, ..Manifest::new(FORMAT) };
    let file = br#"{"name":"A","type":"public_supergroup","id":1,"messages":[{"id":1,"type":"message","date_unixtime":"5","from_id":"user77","text":"a"}]}"#;
    let reading = read_with(&prepare(group, file).unwrap(), file);
    assert_eq!(reading.posts[0].author, Author::Name("77".to_owned()));
    assert!(prepare(Manifest::new(FORMAT), b"{\"messages\":[").is_err());
}

fn reduced(file: &[u8]) -> (marsad_interpret::Reduction, Vec<u8>) {
    let mut output = Vec::new();
    let mut input = file;
    let done = reduce(&Manifest::new(FORMAT), &mut input, &mut output).unwrap();
    (done, output)
}

#[test]
fn an_account_is_reduced_to_its_public_part() {
    let file = fixture("telegram_account.json");
    assert_eq!(recognise("result.json", &file), Some(FORMAT));
    assert!(needs_reduction(FORMAT, &file));
    assert!(prepare(Manifest::new(FORMAT), &file).unwrap_err().message.contains("reduce it first"));
    let (done, output) = reduced(&file);
    assert_eq!((done.chats_kept, done.messages_kept, done.stopped), (2, 3, None));
    assert_eq!(
        done.chats_dropped.into_iter().collect::<Vec<_>>(),
        [
            ("personal_chat".to_owned(), 1),
            ("private_group".to_owned(), 1),
            ("unknown".to_owned(), 1)
        ]
    );
    assert_eq!(done.sections_dropped, ["about", "personal_information", "contacts", "sessions"]);
    let written = String::from_utf8(output.clone()).unwrap();
    for private in ["Alex", "station", "+10000000", "Lunch", "192.0.2.1"] {
        assert!(!written.contains(private), "{private} is not kept");
    }
    let reading = read(&output);
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000001/2 2026-11-23T02:13:20Z Gale \u{b}warning",
            "telegram:1900000004/9 2026-11-23T03:13:20Z Line 3",
        ]
    );
    assert_eq!(reading.channels.len(), 2);
    let (again, same) = reduced(&output);
    assert_eq!((again.chats_kept, same), (2, output), "reducing twice changes nothing");
}

#[test]
fn a_cut_document_keeps_what_came_before_and_says_where_it_ends() {
    let file = fixture("telegram_desktop.json");
    let manifest = prepare(Manifest::new(FORMAT), &file).unwrap();
    for cut in (0..file.len()).step_by(37) {
        let reading = read_with(&manifest, &file[..cut]);
        let said = reading.problems.last().unwrap();
        assert_eq!(said.reason, "the document ends here, before it is complete");
    }
    let account = fixture("telegram_account.json");
    for cut in (0..account.len() - 3).step_by(41) {
        let (done, output) = reduced(&account[..cut]);
        assert!(done.stopped.is_some(), "{cut}");
        let manifest = Manifest::new(FORMAT);
        assert!(!read_with(&manifest, &output).problems.is_empty(), "reading it says so too");
    }
}

#[test]
fn the_fixtures_of_the_platform_notes_are_read() {
    let Some(folder) = shared("platforms/fixtures/imports") else { return };
    for name in ["strict", "invalid_escape"] {
        let file = std::fs::read(folder.join(format!("telegram_desktop_{name}.json"))).unwrap();
        let reading = read(&file);
        assert_eq!(
            (reading.posts.len(), reading.problems.len(), reading.rows),
            (5, 1, 7),
            "{name}"
        );
        assert_eq!(read_all(&Manifest::new(FORMAT), &file).posts, reading.posts);
    }
    let account = std::fs::read(folder.join("telegram_desktop_full_account.json")).unwrap();
    let (done, output) = reduced(&account);
    assert_eq!((done.chats_kept, done.messages_kept), (1, 2));
    assert_eq!(read(&output).posts.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_reduced_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), place in 0usize..3000) {
        let mut file = fixture("telegram_account.json");
        let place = place.min(file.len());
        file.splice(place..place, bytes);
        let (_, output) = reduced(&file);
        drop(read_with(&Manifest::new(FORMAT), &output));
        drop(read_with(&Manifest::new(FORMAT), &file));
    }
}
