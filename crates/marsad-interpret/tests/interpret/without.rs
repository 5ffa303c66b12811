//! Answers without posts that somebody asked to have forgotten.

use marsad_interpret::{Exchange, Left, Reader, read_exchange, without};
use marsad_types::{Platform, Post, PostId};

use crate::telegram_web::{message, page, text};

fn exchange<'a>(reader: Reader, platform: &'a Platform, body: &'a [u8]) -> Exchange<'a> {
    Exchange {
        reader,
        platform,
        url: "https://t.me/s/coastweather",
        status: 200,
        headers: &[],
        body,
        at: "2026-11-23T02:13:20Z".parse().unwrap(),
        channel: None,
        previous: None,
        steady: None,
    }
}

fn has(id: &'static str) -> impl Fn(&Post) -> bool {
    move |post| post.id == PostId::Given(id.into())
}

fn left(body: &str, id: &'static str) -> Option<Left> {
    let platform = Platform::new("telegram").unwrap();
    without(&exchange(Reader::TelegramWeb, &platform, body.as_bytes()), &has(id))
}

#[test]
fn a_page_keeps_every_byte_of_its_other_posts() {
    let quote = "<a class=\"tgme_widget_message_reply user-color-1\" href=\"https://t.me/coastweather/8\"><div class=\"tgme_widget_message_metatext\">Fog at the quokka pier</div></a>";
    let others =
        [message(7, &text("Wind 15 kn")), message(9, &(quote.to_owned() + &text("Clear now")))];
    let gone = message(8, &text("Fog at the quokka pier<div>deep</div>"));
    let body = page("812", &[&others[0], gone.as_str(), &others[1]].map(String::from).concat());
    let left = left(&body, "8").unwrap();
    let kept = String::from_utf8(left.body.unwrap()).unwrap();
    assert!(!kept.contains("quokka"), "{kept}");
    assert!(kept.contains(&others[0]) && kept.contains("Clear now"));
    assert_eq!(kept.lines().count(), body.lines().count(), "every line keeps its number");
    assert_eq!(left.posts, 1);
    assert_eq!(left.reading.posts[1].reply_to.as_deref(), Some("8"), "that it answers stays");
    let platform = Platform::new("telegram").unwrap();
    let again = read_exchange(&exchange(Reader::TelegramWeb, &platform, kept.as_bytes()));
    assert_eq!(format!("{again:?}"), format!("{:?}", left.reading));
}

#[test]
fn what_is_not_there_is_not_taken_out_and_what_is_alone_leaves_no_page() {
    let body = page("812", &message(7, &text("Wind 15 kn")));
    assert!(left(&body, "8").is_none());
    let left = left(&body, "7").unwrap();
    assert!(left.body.is_none(), "a page without its only post reads as another page");
    assert!(left.reading.posts.is_empty());
    assert_eq!(left.reading.channels.len(), 1);
}

/// An answer in JSON without its second message, whose text is 'fog'.
#[track_caller]
fn json_without(reader: Reader, (platform, url, channel): (&str, &str, &str), body: &str) {
    let platform = Platform::new(platform).unwrap();
    let asked =
        Exchange { url, channel: Some(channel), ..exchange(reader, &platform, body.as_bytes()) };
    let before = read_exchange(&asked);
    assert_eq!(before.posts.len(), 3, "{before:?}");
    let left = without(&asked, &|post| post.text == "fog").unwrap();
    let kept = String::from_utf8(left.body.expect("the others' bytes stay")).unwrap();
    assert!(!kept.contains("fog") && kept.contains("wind") && kept.contains("snow"), "{kept}");
    let expected: Vec<&Post> = before.posts.iter().filter(|post| post.text != "fog").collect();
    assert_eq!(left.reading.posts.iter().collect::<Vec<_>>(), expected);
    assert_eq!(left.posts, 1);
}

#[test]
fn an_edit_goes_with_what_it_edits_wherever_that_stands() {
    const ROOM: &str = "!r:example.org";
    let event = |n: u64, content: &str| {
        format!(
            r#"{{"type":"m.room.message","event_id":"${n}","sender":"@press:example.org","origin_server_ts":179540000000{n},"content":{content}}}"#
        )
    };
    let said = |text: &str| format!(r#"{{"msgtype":"m.text","body":"{text}"}}"#);
    let edit = |of: u64, text: &str| {
        let new = said(text);
        format!(
            r#"{{"msgtype":"m.text","body":"* {text}","m.new_content":{new},"m.relates_to":{{"rel_type":"m.replace","event_id":"${of}"}}}}"#
        )
    };
    let goes = has("$1");
    let left = |url: &str, body: &str| {
        let platform = Platform::new("matrix").unwrap();
        let asked = exchange(Reader::Matrix, &platform, body.as_bytes());
        without(&Exchange { url, channel: Some(ROOM), ..asked }, &goes)
    };
    let answer = |events: &[String]| {
        let events = events.join(",");
        format!(
            r#"{{"next_batch":"s1","rooms":{{"join":{{"{ROOM}":{{"timeline":{{"events":[{events}]}}}}}}}}}}"#
        )
    };
    let sync = "https://example.org/_matrix/client/v3/sync?since=s0";
    let alone = answer(&[event(3, &edit(1, "quokka")), event(4, &said("wind"))]);
    let kept = left(sync, &alone).unwrap();
    assert_eq!((kept.posts, kept.reading.posts.len()), (1, 1));
    let kept = String::from_utf8(kept.body.unwrap()).unwrap();
    assert!(!kept.contains("quokka") && kept.contains("wind"), "{kept}");
    // Beside it, on a page; an edit of another post stays.
    let page = "https://example.org/_matrix/client/v3/rooms/!r:example.org/messages?dir=f";
    let all = [
        event(1, &said("quokka")),
        event(2, &said("snow")),
        event(3, &edit(1, "quokka too")),
        event(4, &edit(2, "sleet")),
    ];
    let kept = left(page, &format!("{{\"chunk\":[{}]}}", all.join(","))).unwrap();
    assert_eq!((kept.posts, kept.reading.posts.len()), (1, 2));
    let kept = String::from_utf8(kept.body.unwrap()).unwrap();
    assert!(!kept.contains("quokka") && kept.contains("sleet"), "{kept}");
    assert!(left(sync, &answer(&[event(4, &edit(2, "sleet"))])).is_none());
}

#[test]
fn answers_in_json_keep_every_byte_of_their_other_posts() {
    let message = |n: u64, text: &str| {
        format!(
            r#"{{"recipient":{{"chat_id":-7,"chat_type":"channel"}},"timestamp":179540000000{n},
            "body":{{"mid":"mid.{n}","seq":{n},"text":"{text}"}},"stat":{{"views":9}}}}"#
        )
    };
    let three =
        |of: &dyn Fn(u64, &str) -> String| [of(1, "wind"), of(2, "fog"), of(3, "snow")].join(",\n");
    json_without(
        Reader::BotApi,
        ("tamtam", "https://botapi.tamtam.chat/messages?chat_id=-7&count=100", "-7"),
        &format!("{{\"messages\":[{}]}}", three(&message)),
    );
    let message = |n: u64, text: &str| {
        format!(
            r#"{{"_id":"m{n}","rid":"G1","ts":"2026-11-23T02:13:2{n}.130Z","msg":"{text}",
            "u":{{"_id":"rb","username":"press","name":"Press desk"}},"_updatedAt":"2026-11-23T02:13:20.135Z"}}"#
        )
    };
    json_without(
        Reader::RocketChat,
        (
            "rocketchat",
            "https://chat.example.org/api/v1/channels.history?roomId=G1&count=100",
            "chat.example.org/weather",
        ),
        &format!("{{\"messages\":[{}],\"success\":true}}", three(&message)),
    );
    let event = |n: u64, text: &str| {
        format!(
            r#"{{"type":"m.room.message","room_id":"!r:example.org","event_id":"${n}","sender":"@press:example.org",
            "origin_server_ts":179540000000{n},"content":{{"msgtype":"m.text","body":"{text}"}}}}"#
        )
    };
    json_without(
        Reader::Matrix,
        (
            "matrix",
            "https://example.org/_matrix/client/v3/rooms/!r:example.org/messages?dir=b&limit=100",
            "!r:example.org",
        ),
        &format!("{{\"chunk\":[{}],\"start\":\"t9\",\"end\":\"t1\"}}", three(&event)),
    );
}
