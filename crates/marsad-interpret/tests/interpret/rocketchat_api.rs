//! Answers of Rocket.Chat's REST API to the watcher's own questions.

use marsad_interpret::{Exchange, Previous, Reader, Reading, read_exchange};
use marsad_types::{Author, Channel, Platform, Status, Timestamp};
use proptest::prelude::*;

use crate::common::{problems, short};

const ROOM: &str = "chat.example.org/weather";
const AT: Timestamp = Timestamp(1_795_400_100_000);
const HISTORY: &str = "channels.history?roomId=GENERALweather0001&count=100";

struct Asked<'a> {
    route: &'a str,
    status: u16,
    channel: Option<&'a str>,
    newest: Option<&'a str>,
    steady: Option<bool>,
}

fn asked(route: &str) -> Asked<'_> {
    Asked { route, status: 200, channel: Some(ROOM), newest: None, steady: None }
}

fn read(asked: &Asked<'_>, body: &str) -> Reading {
    let url = format!("https://chat.example.org/api/v1/{}", asked.route);
    let platform = Platform::new("rocketchat").unwrap();
    let at = Timestamp(AT.0 - 60_000);
    read_exchange(&Exchange {
        reader: Reader::RocketChat,
        platform: &platform,
        url: &url,
        status: asked.status,
        headers: &[],
        body: body.as_bytes(),
        at: AT,
        channel: asked.channel,
        previous: asked.newest.map(|newest| Previous { at, newest }),
        steady: asked.steady,
    })
}

fn history(messages: &[&str]) -> Reading {
    let body = format!("{{\"messages\":[{}],\"success\":true}}", messages.join(","));
    read(&Asked { newest: Some("1795400000130"), ..asked(HISTORY) }, &body)
}

fn message(id: &str, rest: &str) -> String {
    format!(
        r#"{{"_id":"{id}","rid":"GENERALweather0001","ts":"2026-11-23T02:13:20.130Z",
        "u":{{"_id":"rb","username":"press","name":"Press desk"}},
        "_updatedAt":"2026-11-23T02:13:20.135Z",{rest}}}"#
    )
}

#[test]
fn messages_are_posts_and_lines_of_the_system_are_not() {
    let reading = history(&[
        &message(
            "m2",
            r#""msg":"Platform 4 closed","tmid":"m1","editedAt":{"$date":1795400050000},
            "reactions":{":x:":{"usernames":["reader.one"]}},"ts2":1,
            "urls":[{"url":"https://example.org/a","meta":{}},7]"#,
        )
        .replace(".130Z", ".131Z"),
        &message("m1", r#""msg":"Notice 130""#),
        &message("s1", r#""msg":"anna","t":"uj""#),
        &message("s2", r#""msg":"x","t":"room_changed_topic""#),
        &message("h1", r#""msg":"an older text","_hidden":true,"parent":"m1""#),
        &message("e1", r#""msg":"q83v","t":"e2e""#),
        &message("e2", r#""msg":"q83v","t":"e2e""#),
        &message("r1", r#""msg":"","t":"rm","editedAt":"2026-11-23T02:14:10.000Z""#),
        r#"{"_id":"x","msg":"no time"}"#,
        "7",
    ]);
    assert_eq!(
        short(&reading.posts),
        [
            "rocketchat:chat.example.org%2Fweather/m2 2026-11-23T02:13:20.131Z Platform 4 closed",
            "rocketchat:chat.example.org%2Fweather/m1 2026-11-23T02:13:20.13Z Notice 130",
        ]
    );
    let post = &reading.posts[0];
    assert_eq!(post.reply_to.as_deref(), Some("m1"));
    assert_eq!(post.edited_at, Some(Timestamp(1_795_400_050_000)));
    assert_eq!(post.links, ["https://example.org/a"]);
    assert_eq!(post.author, Author::Name("press".into()));
    let seen: Vec<_> = reading.posts.iter().map(|post| post.observed_prev).collect();
    assert_eq!(seen, [Some(Timestamp(AT.0 - 60_000)), None]);
    let [removal] = reading.removals.as_slice() else { panic!("{reading:?}") };
    assert_eq!((removal.post.as_str(), removal.at), ("r1", Timestamp(1_795_400_050_000)));
    assert_eq!(
        problems(&reading),
        [
            "1: field 'ts' is missing",
            "1: the message is not an object",
            "1: 2 messages are encrypted; they are not read",
        ]
    );
    assert_eq!(reading.rows, 10);
    assert!(!format!("{reading:?}").contains("reader.one"), "reactions name people");
}

#[test]
fn a_quote_is_an_answer_in_its_room_and_a_forward_from_another() {
    let link = |place: &str| format!("https://chat.example.org/{place}?msg=q1");
    let quoting = |place: &str, words: &str| {
        let link = link(place);
        message(
            "m1",
            &format!(
                r#""msg":"[ ]({link}) {words}","urls":[{{"url":"{link}"}},{{"url":"https://example.org/b"}}],
                "attachments":[{{"message_link":"{link}","author_name":"press","text":"Wind 11 kn",
                "ts":"2026-11-22T00:00:00.000Z"}}]"#
            ),
        )
    };
    let same = history(&[&quoting("channel/weather", "Still valid")]);
    let post = &same.posts[0];
    assert_eq!((post.reply_to.as_deref(), post.forward.as_ref()), (Some("q1"), None));
    assert_eq!(
        (post.text.as_str(), post.links.as_slice()),
        ("Still valid", ["https://example.org/b".to_owned()].as_slice())
    );

    let other = history(&[&quoting("channel/%D9%86%D8%B4%D8%B1%D8%A9", "")]);
    let post = &other.posts[0];
    let forward = post.forward.as_ref().unwrap();
    assert_eq!(forward.channel.id, "chat.example.org/نشرة");
    assert_eq!(forward.post.as_deref(), Some("q1"));
    assert_eq!(forward.published_at.unwrap().to_string(), "2026-11-22T00:00:00Z");
    assert_eq!((post.text.as_str(), post.reply_to.as_deref()), ("Wind 11 kn", None));

    // What is not public is neither named nor shown.
    let private = history(&[&quoting("group/desk", "As agreed")]);
    let post = &private.posts[0];
    assert_eq!((post.text.as_str(), post.forward.as_ref()), ("As agreed", None));
    let private = history(&[&quoting("direct/anna", "")]);
    assert_eq!(private.posts[0].text, "");
}

#[test]
fn attachments_are_media_or_what_a_bot_says() {
    let reading = history(&[
        &message(
            "m1",
            r#""msg":"","attachments":[{"title":"map.png","title_link":"/file-upload/x/map.png",
            "image_url":"/file-upload/x/map.png","type":"file","description":"The harbour"}]"#,
        ),
        &message(
            "m2",
            r#""msg":"","attachments":[{"title":"Line 3","title_link":"https://example.org/3",
            "text":"Trains every 20 minutes"},{"video_url":"/v.mp4"},{"audio_url":"/a.mp3"},{"type":"file"}]"#,
        ),
        &message("m3", r#""msg":"own words","attachments":[{"text":"a card"}]"#),
        &message("m4", r#""msg":7"#),
    ]);
    let texts: Vec<&str> = reading.posts.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, ["The harbour", "Line 3\nTrains every 20 minutes", "own words"]);
    let kinds = |at: usize| {
        reading.posts[at].media.iter().map(|file| file.kind.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (kinds(0), kinds(1)),
        (vec!["image".into()], vec!["video".into(), "audio".into(), "file".into()])
    );
    assert_eq!(reading.posts[1].links, ["https://example.org/3"]);
    assert!(reading.posts[0].links.is_empty());
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn changes_are_versions_and_removals() {
    let edited = message("m1", r#""msg":"Platform 5","editedAt":"2026-11-23T02:14:00.000Z""#);
    let body = format!(
        r#"{{"result":{{"updated":[{edited}],"deleted":[{{"_id":"m0","_deletedAt":"2026-11-23T02:14:30.000Z"}},
        {{"_id":"m9","_deletedAt":7}},{{"_id":null}},5]}},"success":true}}"#
    );
    let route = "chat.syncMessages?roomId=GENERALweather0001&lastUpdate=2026-11-23T02:13:20.135Z";
    let reading = read(&asked(route), &body);
    assert_eq!(reading.posts[0].edited_at, Some(Timestamp(1_795_400_040_000)));
    let gone: Vec<_> = reading.removals.iter().map(|gone| (gone.post.as_str(), gone.at)).collect();
    assert_eq!(gone, [("m0", Timestamp(1_795_400_070_000)), ("m9", AT)]);
    assert_eq!((reading.problems.len(), reading.rows), (3, 5));

    let deleted = r#"{"messages":[{"_id":"m0"},{"_id":"m1"}],"total":2,"success":true}"#;
    let reading = read(&asked("chat.getDeletedMessages?roomId=r&since=x"), deleted);
    let gone: Vec<_> = reading.removals.iter().map(|gone| (gone.post.as_str(), gone.at)).collect();
    assert_eq!(gone, [("m0", AT), ("m1", AT)]);
    assert_eq!((reading.posts.len(), reading.problems.len()), (0, 0));

    let one = format!(r#"{{"message":{},"success":true}}"#, message("m1", r#""msg":"one""#));
    assert_eq!(read(&asked("chat.getMessage?msgId=m1"), &one).posts.len(), 1);
}

fn room(fields: &str) -> String {
    format!(
        r#"{{"channel":{{"_id":"GENERALweather0001","name":"weather","fname":"Coast weather",
        "usersCount":1260,"topic":"Hourly","description":"Wind and waves","announcement":"",
        "ts":"2026-11-01T00:00:00.000Z",{fields}}},"success":true}}"#
    )
}

const INFO: &str = "channels.info?roomName=weather";

#[test]
fn a_public_channel_is_an_observation() {
    let reading = read(&asked(INFO), &room(r#""t":"c","encrypted":false,"msgs":260"#));
    let expected = Channel {
        handle: Some("weather".into()),
        title: Some("Coast weather".into()),
        description: Some("Hourly\nWind and waves".into()),
        created_at: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        subscribers: Some(1260),
        line: 1,
        ..Channel::seen("rocketchat:chat.example.org%2Fweather".parse().unwrap(), AT)
    };
    assert_eq!((reading.channels.as_slice(), reading.problems.len()), ([expected].as_slice(), 0));
    let archived = read(&asked(INFO), &room(r#""t":"c","archived":true"#));
    assert_eq!(archived.channels[0].status_cause.as_deref(), Some("archived"));
    let empty = read(&asked(INFO), &room(r#""t":"c","msgs":0"#));
    assert_eq!(empty.channels[0].status, Status::Empty);
    let team = read(&asked(INFO), &room(r#""t":"c","teamId":"x","teamMain":true"#));
    assert_eq!(team.channels[0].status, Status::Alive);
}

#[test]
fn a_room_that_is_not_public_is_not_stored() {
    for fields in [
        r#""t":"p""#,
        r#""t":"d""#,
        r#""t":"l""#,
        r#""t":"c","encrypted":true"#,
        r#""t":"c","teamId":"x""#,
    ] {
        let reading = read(&asked(INFO), &room(fields));
        assert_eq!(reading.channels, []);
        assert_eq!(problems(&reading), ["1: the room is not a public channel; it is not read"]);
        // Its posts were read before: that it is not public any more is a fact about it.
        let known = Asked { newest: Some("1"), ..asked(INFO) };
        let reading = read(&known, &room(fields));
        let [seen] = reading.channels.as_slice() else { panic!("{reading:?}") };
        assert_eq!((seen.status, seen.title.as_deref()), (Status::Private, None));
    }
}

#[test]
fn refusals_are_facts_about_a_room_that_is_known_by_its_id() {
    let by_id = "channels.info?roomId=GENERALweather0001";
    let refused =
        |kind: &str| format!(r#"{{"success":false,"error":"no [{kind}]","errorType":"{kind}"}}"#);
    for (route, status, body, expected) in [
        (by_id, 400, refused("error-room-not-found"), Some((Status::Gone, "error-room-not-found"))),
        (INFO, 400, refused("error-room-not-found"), None),
        (
            HISTORY,
            403,
            r#"{"success":false,"error":"unauthorized"}"#.into(),
            Some((Status::Restricted, "unauthorized")),
        ),
        (
            HISTORY,
            400,
            refused("error-not-allowed"),
            Some((Status::Restricted, "error-not-allowed")),
        ),
        ("channels.anonymousread?roomName=weather", 400, refused("error-not-allowed"), None),
        (HISTORY, 400, refused("error-invalid-date"), None),
        (
            HISTORY,
            401,
            r#"{"status":"error","message":"You must be logged in to do this."}"#.into(),
            None,
        ),
        (
            HISTORY,
            429,
            r#"{"success":false,"error":"Error, too many requests. [error-too-many-requests]"}"#
                .into(),
            None,
        ),
        (HISTORY, 404, "<html>".into(), None),
        (HISTORY, 502, String::new(), None),
    ] {
        let reading = read(&Asked { status, ..asked(route) }, &body);
        let seen = reading.channels.first();
        let seen = seen.map(|seen| (seen.status, seen.status_cause.as_deref().unwrap()));
        assert_eq!(seen, expected, "{route} {status}");
        let is_told =
            problems(&reading).first().is_some_and(|told| told.contains(&format!("HTTP {status}")));
        assert_eq!((is_told, reading.rows), (expected.is_none(), 1), "{route} {status}");
        let shaky = read(&Asked { status, steady: Some(false), ..asked(route) }, &body);
        assert_eq!((shaky.channels.len(), shaky.problems.len()), (0, 1));
    }
}

#[test]
fn answers_that_are_none_are_problems() {
    for (route, body) in [
        (HISTORY, "{\"messages\":["),
        (HISTORY, "{\"success\":true}"),
        (HISTORY, "[]"),
        (HISTORY, ""),
        ("chat.syncMessages?roomId=r", "{\"result\":{\"updated\":[]}}"),
        ("chat.getMessage?msgId=m", "{}"),
        (INFO, "{\"channel\":{}}"),
        ("me", "{}"),
    ] {
        let reading = read(&asked(route), body);
        assert_eq!((reading.problems.len(), reading.rows), (1, 1), "{route} {body}");
    }
    let nobody = Asked { channel: None, ..asked(HISTORY) };
    let reading = read(&nobody, "{\"messages\":[]}");
    assert_eq!(problems(&reading), ["1: nobody says which channel the answer is about"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read(
        route in prop_oneof![
            Just("channels.info"), Just("channels.history"), Just("chat.syncMessages"),
            Just("chat.getDeletedMessages"), Just("")
        ],
        status in prop_oneof![Just(200_u16), Just(400), any::<u16>()],
        body in prop_oneof![
            "\\PC{0,80}",
            "\\{\"(messages|result|channel|error)\":[\\[{\"0-9a-z_:,}\\]]{0,60}",
        ],
    ) {
        let reading = read(&Asked { status, ..asked(route) }, &body);
        prop_assert!(reading.rows > 0 || reading.problems.is_empty());
    }
}

/// A frame of the realtime interface.
fn frame(body: &str) -> Reading {
    let platform = Platform::new("rocketchat").unwrap();
    let at = Timestamp(AT.0 - 60_000);
    read_exchange(&Exchange {
        reader: Reader::RocketChatRealtime,
        platform: &platform,
        url: "https://chat.example.org/websocket",
        status: 200,
        headers: &[],
        body: body.as_bytes(),
        at: AT,
        channel: Some(ROOM),
        previous: Some(Previous { at, newest: "1795400000000" }),
        steady: None,
    })
}

fn changed(collection: &str, event: &str, args: &str) -> String {
    format!(
        r#"{{"msg":"changed","collection":"{collection}","id":"id","fields":{{"eventName":"{event}","args":[{args}]}}}}"#
    )
}

#[test]
fn a_frame_reads_as_the_same_message_does_in_rest() {
    let rest = message("m1", r#""msg":"Platform 4 closed","editedAt":"2026-11-23T02:13:25.000Z""#);
    let live = r#"{"_id":"m1","rid":"GENERALweather0001","ts":{"$date":1795400000130},
        "u":{"_id":"rb","username":"press","name":"Press desk"},"_updatedAt":{"$date":1795400005000},
        "msg":"Platform 4 closed","editedAt":{"$date":1795400005000}}"#;
    let live = frame(&changed("stream-room-messages", "GENERALweather0001", live));
    let mut rest = history(&[&rest]);
    assert_eq!(live.posts.len(), 1);
    // Only what is known of the look before differs.
    rest.posts[0].observed_prev = live.posts[0].observed_prev;
    assert_eq!((&live.posts, live.rows), (&rest.posts, rest.rows));
    assert_eq!(live.posts[0].observed_first, Some(AT));
    assert_eq!(live.posts[0].observed_prev, Some(Timestamp(AT.0 - 60_000)));
    assert_eq!(live.posts[0].edited_at, Some(Timestamp(1_795_400_005_000)));
}

#[test]
fn a_frame_tells_deletions_and_nothing_of_people() {
    let gone = frame(&changed("stream-notify-room", "r/deleteMessage", r#"{"_id":"m1"}"#));
    assert_eq!(gone.removals.len(), 1);
    assert_eq!((gone.removals[0].post.as_str(), gone.removals[0].at), ("m1", AT));
    assert_eq!(gone.removals[0].channel.id.as_str(), ROOM);
    let line =
        r#"{"_id":"m2","ts":{"$date":1795400000130},"t":"rm","editedAt":{"$date":1795400005000}}"#;
    let line = frame(&changed("stream-room-messages", "r", line));
    assert_eq!(line.removals[0].at, Timestamp(1_795_400_005_000));
    for other in [
        changed("stream-notify-room", "r/typing", r#""anna",true"#),
        changed("users", "r", ""),
        r#"{"msg":"ping"}"#.to_owned(),
        "{\"msg\":\"chang".to_owned(),
    ] {
        let reading = frame(&other);
        assert_eq!(
            (reading.posts.len(), reading.removals.len(), reading.problems.len()),
            (0, 0, 1)
        );
    }
}

proptest! {
    #[test]
    fn any_frame_is_read(body in "\\PC{0,80}|\\{\"(msg|collection|fields|args)\":[\\[{\"0-9a-z_:,}\\]]{0,60}") {
        let reading = frame(&body);
        prop_assert!(reading.rows > 0);
        let body = changed("stream-room-messages", "r", &body);
        prop_assert!(frame(&body).posts.is_empty());
    }
}
