//! Answers of the Bot API to the watcher's own questions.

use marsad_interpret::{Exchange, Previous, Reader, Reading, read_exchange};
use marsad_types::{Channel, Platform, Status, Timestamp};
use proptest::prelude::*;

use crate::common::{problems, short};

const CHAT: &str = "-70000000000001";
const AT: Timestamp = Timestamp(1_795_400_100_000);

/// A question and who asks it.
struct Asked<'a> {
    path: &'a str,
    status: u16,
    channel: Option<&'a str>,
    newest: Option<&'a str>,
    steady: Option<bool>,
}

fn asked(path: &str) -> Asked<'_> {
    Asked { path, status: 200, channel: Some(CHAT), newest: None, steady: None }
}

fn read(asked: &Asked<'_>, body: &str) -> Reading {
    let url = format!("https://botapi.tamtam.chat{}", asked.path);
    let platform = Platform::new("tamtam").unwrap();
    let at = Timestamp(AT.0 - 60_000);
    let exchange = Exchange {
        reader: Reader::BotApi,
        platform: &platform,
        url: &url,
        status: asked.status,
        headers: &[],
        body: body.as_bytes(),
        at: AT,
        channel: asked.channel,
        previous: asked.newest.map(|newest| Previous { at, newest }),
        steady: asked.steady,
    };
    read_exchange(&exchange)
}

fn message(chat: &str, kind: &str, time: i64, mid: &str, url: &str) -> String {
    format!(
        r#"{{"recipient":{{"chat_id":{chat},"chat_type":"{kind}","user_id":null}},"timestamp":{time},
        "body":{{"mid":"{mid}","seq":109000000000000260,"text":"Hour 260: wind 11 kn","attachments":null,
        "markup":[{{"type":"link","from":0,"length":4,"url":"https://example.org/a"}},{{"type":"glow"}}]}},
        "stat":{{"views":1260}},"url":{url}}}"#
    )
}

const MESSAGES: &str = "/messages?chat_id=-70000000000001&count=100";

#[test]
fn posts_of_the_channel_that_was_asked_for_are_read_with_and_without_an_address() {
    let url = "\"https://tt.me/coastweather/4\"";
    let list = [
        message(CHAT, "channel", 1_795_400_000_002, "mid.2", url),
        message(CHAT, "channel", 1_795_400_000_001, "mid.1", "null"),
        message("-8", "channel", 1_795_400_000_001, "mid.x", "null"),
        message(CHAT, "chat", 1_795_400_000_001, "mid.y", "null"),
    ];
    let body = format!("{{\"messages\":[{}]}}", list.join(","));
    let newest = Some("1795400000001");
    let reading = read(&Asked { newest, ..asked(MESSAGES) }, &body);
    assert_eq!(
        short(&reading.posts),
        [
            "tamtam:-70000000000001/mid.2 2026-11-23T02:13:20.002Z Hour 260: wind 11 kn",
            "tamtam:-70000000000001/mid.1 2026-11-23T02:13:20.001Z Hour 260: wind 11 kn",
        ]
    );
    let said = "1: the message is not in a public channel; it is not read";
    assert_eq!(problems(&reading), [said, said]);
    assert_eq!(reading.rows, 4);
    // What shares the millisecond of the newest post then may have been there.
    let seen: Vec<_> = reading.posts.iter().map(|post| post.observed_prev).collect();
    assert_eq!(seen, [Some(Timestamp(AT.0 - 60_000)), None]);
    let post = &reading.posts[0];
    assert_eq!((post.observed_first, post.views, post.edited_at), (Some(AT), Some(1260), None));
    assert_eq!(post.links, ["https://example.org/a"]);

    // Nobody knows the channel: only an address shows that it is public.
    let reading = read(&Asked { channel: None, ..asked(MESSAGES) }, &body);
    assert_eq!((reading.posts.len(), reading.problems.len()), (1, 3));
}

#[test]
fn one_post_is_there_or_removed() {
    let body = message(CHAT, "channel", 1_795_400_000_002, "mid.2", "null");
    let reading = read(&asked("/messages/mid.2"), &body);
    assert_eq!((reading.posts.len(), reading.removals.len()), (1, 0));

    let gone = r#"{"code":"not.found","message":"Message not found"}"#;
    let reading = read(&Asked { status: 404, ..asked("/messages/mid.2") }, gone);
    let [removal] = reading.removals.as_slice() else { panic!("{reading:?}") };
    assert_eq!(
        (removal.channel.id.as_str(), removal.post.as_str(), removal.at),
        (CHAT, "mid.2", AT)
    );
    assert_eq!(reading.problems, []);

    // Without a channel it is nobody's, and beside a failing steady channel it says nothing.
    let lost = Asked { status: 404, channel: None, ..asked("/messages/mid.2") };
    assert_eq!(problems(&read(&lost, gone)), ["1: the platform answered HTTP 404 'not.found'"]);
    let shaky = Asked { status: 404, steady: Some(false), ..asked("/messages/mid.2") };
    let reading = read(&shaky, gone);
    assert_eq!((reading.removals.len(), reading.problems.len()), (0, 1));
    // A refusal is no removal.
    let denied = Asked { status: 403, ..asked("/messages/mid.2") };
    let reading = read(&denied, r#"{"code":"access.denied","message":"no"}"#);
    assert_eq!(problems(&reading), ["1: the platform answered HTTP 403 'access.denied'"]);
}

fn chat(fields: &str) -> String {
    format!(
        r#"{{"chat_id":-70000000000001,"title":"Coast weather","icon":null,"last_event_time":0,
        "participants_count":1260,"description":"Wind and waves","messages_count":260,
        "link":"https://tt.me/coastweather",{fields}}}"#
    )
}

#[test]
fn a_public_channel_is_an_observation() {
    let body = chat(r#""type":"channel","is_public":true,"status":"active""#);
    for channel in [None, Some(CHAT)] {
        let reading = read(&Asked { channel, ..asked("/chats/@coastweather") }, &body);
        let [seen] = reading.channels.as_slice() else { panic!("{reading:?}") };
        let expected = Channel {
            handle: Some("coastweather".into()),
            title: Some("Coast weather".into()),
            description: Some("Wind and waves".into()),
            subscribers: Some(1260),
            line: 1,
            ..Channel::seen("tamtam:-70000000000001".parse().unwrap(), AT)
        };
        assert_eq!((seen, reading.rows, reading.problems.len()), (&expected, 1, 0));
    }
}

#[test]
fn states_of_a_chat_are_the_contracts_words() {
    let known = Some(CHAT);
    for (channel, fields, expected) in [
        (None, r#""type":"channel","is_public":true,"status":"closed""#, Some("gone closed")),
        (known, r#""type":"channel","is_public":false,"status":"closed""#, Some("gone closed")),
        (
            None,
            r#""type":"channel","is_public":true,"status":"removed""#,
            Some("restricted removed"),
        ),
        (
            None,
            r#""type":"channel","is_public":true,"status":"suspended""#,
            Some("restricted suspended"),
        ),
        (None, r#""type":"channel","is_public":true,"status":null"#, Some("alive ")),
        (known, r#""type":"channel","is_public":false,"status":"active""#, Some("private ")),
        (known, r#""type":"chat","is_public":true,"status":"active""#, Some("private ")),
        (None, r#""type":"channel","is_public":false,"status":"active""#, None),
        (None, r#""type":"channel","is_public":false,"status":"closed""#, None),
        (None, r#""type":"chat","is_public":true,"status":"active""#, None),
        (None, r#""type":"channel","status":"active""#, None),
    ] {
        let reading = read(&Asked { channel, ..asked("/chats/-70000000000001") }, &chat(fields));
        let said = |seen: &Channel| {
            format!("{} {}", seen.status.as_str(), seen.status_cause.as_deref().unwrap_or_default())
        };
        let seen: Vec<String> = reading.channels.iter().map(said).collect();
        assert_eq!(seen.first().map(String::as_str), expected, "{fields}");
        let refused = "1: the chat is not a public channel";
        assert_eq!(problems(&reading) == [refused], expected.is_none(), "{fields}");
        // Nothing of what is not public is kept.
        if !fields.contains("\"is_public\":true") || fields.contains("\"chat\"") {
            assert!(reading.channels.iter().all(|seen| seen.title.is_none()), "{fields}");
        }
    }
    let empty = chat(r#""type":"channel","is_public":true,"status":"active","messages_count":0"#);
    let empty = empty.replace("\"messages_count\":260,", "");
    assert_eq!(read(&asked("/chats/-1"), &empty).channels[0].status, Status::Empty);
    let odd = chat(r#""type":"channel","is_public":true,"status":"frozen""#);
    let reading = read(&asked("/chats/-1"), &odd);
    assert_eq!(reading.channels[0].status_cause.as_deref(), Some("frozen"));
    assert_eq!((reading.channels[0].status, reading.problems.len()), (Status::Alive, 1));
}

#[test]
fn refusals_are_facts_about_a_channel_that_is_known() {
    let body = r#"{"code":"chat.denied","message":"no"}"#;
    for (path, status, expected) in [
        ("/chats/-70000000000001", 404, Some((Status::Gone, "chat.denied"))),
        ("/chats/-70000000000001", 403, Some((Status::Restricted, "chat.denied"))),
        (MESSAGES, 403, Some((Status::Restricted, "chat.denied"))),
        (MESSAGES, 404, Some((Status::Gone, "chat.denied"))),
        (MESSAGES, 401, None),
        (MESSAGES, 429, None),
        (MESSAGES, 503, None),
        ("/updates?limit=100", 404, None),
        ("/elsewhere", 404, None),
    ] {
        let reading = read(&Asked { status, ..asked(path) }, body);
        let seen = reading.channels.first();
        let seen = seen.map(|seen| (seen.status, seen.status_cause.as_deref().unwrap()));
        assert_eq!(seen, expected, "{path} {status}");
        let said = format!("1: the platform answered HTTP {status} 'chat.denied'");
        assert_eq!(problems(&reading) == [said], expected.is_none(), "{path} {status}");
        let unknown = read(&Asked { status, channel: None, ..asked(path) }, body);
        assert_eq!((unknown.channels.len(), unknown.problems.len()), (0, 1));
        let shaky = read(&Asked { status, steady: Some(false), ..asked(path) }, body);
        assert_eq!((shaky.channels.len(), shaky.problems.len()), (0, 1));
    }
    // The word is not always there.
    let reading = read(&Asked { status: 404, ..asked(MESSAGES) }, "<html>");
    assert_eq!(reading.channels[0].status_cause.as_deref(), Some("HTTP 404"));
}

#[test]
fn updates_are_posts_versions_removals_and_titles() {
    let url = "\"https://tt.me/coastweather/4\"";
    let public = message(CHAT, "channel", 1_795_400_000_002, "mid.2", url);
    let private = message("-9", "chat", 1_795_400_000_003, "mid.3", "null");
    let dialog = message("9", "dialog", 1_795_400_000_004, "mid.4", "null");
    let body = format!(
        r#"{{"updates":[
        {{"update_type":"message_created","timestamp":1795400000002,"message":{public}}},
        {{"update_type":"message_edited","timestamp":1795400050000,"message":{public}}},
        {{"update_type":"message_created","timestamp":1795400000003,"message":{private}}},
        {{"update_type":"message_edited","timestamp":1795400000004,"message":{dialog}}},
        {{"update_type":"message_removed","timestamp":1795400060000,"message_id":"mid.1","chat_id":{CHAT},"user_id":5}},
        {{"update_type":"chat_title_changed","timestamp":1795400070000,"chat_id":{CHAT},"title":"Coast","user":{{}}}},
        {{"update_type":"chat_title_changed","timestamp":1795400070000,"chat_id":-9,"title":"Family","user":{{}}}},
        {{"update_type":"bot_added","timestamp":1,"chat_id":-9,"is_channel":true,"user":{{"name":"Duty"}}}},
        {{"update_type":"hologram_shown","timestamp":1,"light":[1]}},7],"marker":7}}"#
    );
    let reading = read(&Asked { channel: None, ..asked("/updates?limit=100&marker=6") }, &body);
    assert_eq!(reading.rows, 10);
    let edits: Vec<_> = reading.posts.iter().map(|post| post.edited_at).collect();
    assert_eq!(edits, [None, Some(Timestamp(1_795_400_050_000))]);
    let removal = &reading.removals[0];
    assert_eq!((removal.post.as_str(), removal.at), ("mid.1", Timestamp(1_795_400_060_000)));
    let titles: Vec<_> = reading.channels.iter().map(|seen| seen.title.as_deref()).collect();
    assert_eq!(titles, [Some("Coast")]);
    assert_eq!(
        problems(&reading),
        [
            "1: updates of kind 'hologram_shown' are kept but not read",
            "1: the update is not an object",
            "1: 2 messages are not in public channels; they are not read",
            "1: a title changed in a chat that nothing here shows to be public; it is not read",
        ]
    );
    assert!(!format!("{reading:?}").contains("Family"));
}

/// What is delivered to a web hook, of a channel that was looked at a minute before.
fn delivered(at: i64, body: &str) -> Reading {
    looked(at, at - 60_000, body)
}

/// The same, looked at then.
fn looked(at: i64, before: i64, body: &str) -> Reading {
    let platform = Platform::new("max").unwrap();
    read_exchange(&Exchange {
        reader: Reader::BotApiHook,
        platform: &platform,
        url: "urn:marsad:hook:max",
        status: 200,
        headers: &[],
        body: body.as_bytes(),
        at: Timestamp(at),
        channel: Some(CHAT),
        previous: Some(Previous { at: Timestamp(before), newest: "1795400000001" }),
        steady: None,
    })
}

#[test]
fn a_delivery_is_one_update_and_what_comes_late_is_dated_by_the_platform() {
    const TOLD: i64 = 1_795_400_000_002;
    let update = |kind: &str, chat: &str| {
        let message = message(chat, "channel", TOLD, "mid.2", "null");
        format!(r#"{{"update_type":"{kind}","timestamp":{TOLD},"message":{message}}}"#)
    };
    let seen = |reading: &Reading| {
        let post = &reading.posts[0];
        [post.observed_first, post.observed_prev, post.edited_at].map(|at| at.map(|at| at.0))
    };
    // In time: seen when it came, and not there at the look before.
    let reading = delivered(TOLD + 30_000, &update("message_created", CHAT));
    assert_eq!((reading.posts.len(), reading.rows, reading.problems.len()), (1, 1, 0));
    assert_eq!(seen(&reading), [Some(TOLD + 30_000), Some(TOLD - 30_000), None]);
    // Late: a look that saw more lies between; it does not become newer than what that look saw.
    let reading = delivered(TOLD + 3_600_000, &update("message_edited", CHAT));
    assert_eq!(seen(&reading), [Some(TOLD), None, Some(TOLD)]);
    // A look lies between, however short the time.
    let reading = looked(TOLD + 2000, TOLD + 500, &update("message_created", CHAT));
    assert_eq!(seen(&reading), [Some(TOLD), None, None]);
    let titled = |chat: &str| {
        format!(
            r#"{{"update_type":"chat_title_changed","timestamp":5,"chat_id":{chat},"title":"Coast"}}"#
        )
    };
    assert_eq!(delivered(9, &titled(CHAT)).channels[0].title.as_deref(), Some("Coast"));
    assert!(delivered(9, &titled("-9")).channels.is_empty());
    // Of another chat, as far as this record says, and what is none.
    let private = delivered(TOLD, &update("message_created", "-9"));
    assert_eq!((private.posts.len(), private.problems.len()), (0, 1));
    for body in ["", "[]", "{}", "{\"update_type\":\"message_created\"}", "{\"updates\":[]}"] {
        let reading = delivered(9, body);
        assert_eq!(
            (reading.problems.len(), reading.rows, reading.posts.len()),
            (1, 1, 0),
            "{body}"
        );
    }
    let removed = format!(
        r#"{{"update_type":"message_removed","timestamp":7,"message_id":"mid.2","chat_id":{CHAT}}}"#
    );
    assert_eq!(delivered(TOLD, &removed).removals[0].at, Timestamp(7));
}

#[test]
fn answers_that_are_none_are_problems() {
    for (path, body) in [
        (MESSAGES, "{\"messages\":[{\"recipient\":"),
        (MESSAGES, "{\"code\":\"verify.token\",\"message\":\"Invalid access_token\"}"),
        (MESSAGES, "[]"),
        (MESSAGES, ""),
        ("/chats/-1", "{}"),
        ("/chats/-1", "null"),
        ("/messages/mid.1", "{\"body\":null}"),
        ("/updates", "{\"updates\":{}}"),
        ("/me", "{}"),
    ] {
        let reading = read(&asked(path), body);
        assert_eq!((reading.problems.len(), reading.rows), (1, 1), "{path} {body}");
        assert!(reading.posts.is_empty() && reading.channels.is_empty());
    }
    // A pure forward without a body has no id of its own.
    let body = format!(
        r#"{{"messages":[{{"recipient":{{"chat_id":{CHAT},"chat_type":"channel"}},"timestamp":5,"body":null}}]}}"#
    );
    assert_eq!(problems(&read(&asked(MESSAGES), &body)), ["1: field 'body' is missing"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read(
        path in prop_oneof![Just("/updates"), Just("/messages"), Just("/messages/m"), Just("/chats/-1"), Just("")],
        status in prop_oneof![Just(200_u16), Just(403), Just(404), any::<u16>()],
        body in prop_oneof![
            "\\PC{0,80}",
            "\\{\"(messages|updates|chat_id|body|recipient|type)\":[\\[{\"0-9a-z:,}\\]]{0,60}",
        ],
    ) {
        let reading = read(&Asked { status, ..asked(path) }, &body);
        prop_assert!(reading.rows > 0 || reading.problems.is_empty());
        prop_assert!(delivered(7, &body).rows == 1);
    }
}
