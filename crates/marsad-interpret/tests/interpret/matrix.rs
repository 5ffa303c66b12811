//! Answers of a Matrix homeserver, written by hand after what Synapse 1.163 answers.

use marsad_interpret::{Exchange, Previous, Reader, Reading, read_exchange};
use marsad_types::{Author, Platform, Status, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{problems, short};

const ROOM: &str = "!coast:weather.example";
const HOME: &str = "https://weather.example/_matrix/client";
const PAGE: &str = "v3/rooms/%21coast%3Aweather.example/messages?dir=b&limit=100";
const AT: Timestamp = Timestamp(1_795_400_100_000);

struct Asked<'a> {
    path: &'a str,
    status: u16,
    channel: Option<&'a str>,
    previous: Option<Previous<'a>>,
    steady: Option<bool>,
}

const WATCHED: Asked<'_> =
    Asked { path: PAGE, status: 200, channel: Some(ROOM), previous: None, steady: None };

fn heard(asked: &Asked<'_>, body: &[u8]) -> Reading {
    read_exchange(&Exchange {
        reader: Reader::Matrix,
        platform: &Platform::new("matrix").unwrap(),
        url: &format!("{HOME}/{}", asked.path),
        status: asked.status,
        headers: &[],
        body,
        at: AT,
        channel: asked.channel,
        previous: asked.previous,
        steady: asked.steady,
    })
}

fn page(chunk: &[Value]) -> Reading {
    let body = json!({"chunk": chunk, "start": "t9-9", "end": "t1-1"});
    heard(&WATCHED, body.to_string().as_bytes())
}

/// The n-th second of the room, by the same author.
fn event(n: i64, kind: &str, content: Value) -> Value {
    let mut event = json!({"type": kind, "event_id": format!("${n}"), "room_id": ROOM,
        "sender": "@press:weather.example", "origin_server_ts": 1_795_400_000_000_i64 + n * 1000,
        "unsigned": {"age": 5}});
    event["content"] = content;
    event
}

fn says(n: i64, text: &str) -> Value {
    event(n, "m.room.message", json!({"msgtype": "m.text", "body": text}))
}

fn edit(n: i64, of: i64, text: &str) -> Value {
    let new = json!({"msgtype": "m.text", "body": text});
    let relation = json!({"rel_type": "m.replace", "event_id": format!("${of}")});
    event(
        n,
        "m.room.message",
        json!({"msgtype": "m.text", "body": format!(" * {text}"), "m.new_content": new, "m.relates_to": relation}),
    )
}

fn state(n: i64, kind: &str, content: Value) -> Value {
    let mut event = event(n, kind, content);
    event["state_key"] = json!("");
    event
}

fn visibility(n: i64, before: Option<&str>, now: &str) -> Value {
    let mut event = state(n, "m.room.history_visibility", json!({"history_visibility": now}));
    if let Some(before) = before {
        event["unsigned"]["prev_content"] = json!({"history_visibility": before});
    }
    event
}

fn by(mut event: Value, sender: &str) -> Value {
    event["sender"] = json!(sender);
    event
}

#[test]
fn a_page_of_messages_is_read_oldest_first() {
    let image =
        json!({"msgtype": "m.image", "body": "radar.png", "url": "mxc://weather.example/a"});
    let captioned =
        json!({"msgtype": "m.video", "body": "Storm over the strait", "filename": "a.mp4"});
    let sticker = event(4, "m.sticker", json!({"body": "A sun with glasses", "url": "mxc://x/y"}));
    let reading = page(&[
        sticker,
        event(3, "m.room.message", captioned),
        event(2, "m.room.message", image),
        says(1, "Gale warning"),
        state(0, "m.room.name", json!({"name": "Coast"})),
    ]);
    assert_eq!(
        short(&reading.posts),
        [
            "matrix:!coast:weather.example/$1 2026-11-23T02:13:21Z Gale warning",
            "matrix:!coast:weather.example/$2 2026-11-23T02:13:22Z ",
            "matrix:!coast:weather.example/$3 2026-11-23T02:13:23Z Storm over the strait",
            "matrix:!coast:weather.example/$4 2026-11-23T02:13:24Z ",
        ]
    );
    let kinds: Vec<&str> = reading
        .posts
        .iter()
        .flat_map(|post| &post.media)
        .map(|media| media.kind.as_str())
        .collect();
    assert_eq!(kinds, ["image", "video", "sticker"]);
    let first = &reading.posts[0];
    assert_eq!(first.author, Author::Name("@press:weather.example".to_owned()));
    assert_eq!((first.resolution.unwrap().ms, first.observed_first), (1, Some(AT)));
    assert_eq!((reading.rows, problems(&reading).len(), reading.channels.len()), (5, 0, 0));
}

#[test]
fn a_post_newer_than_all_that_was_known_was_not_there_at_the_last_look() {
    let looked = Timestamp(1_795_400_050_000);
    let previous = Some(Previous { at: looked, newest: "1795400001000" });
    let body = json!({"chunk": [edit(3, 1, "c"), says(2, "b"), says(1, "a")]}).to_string();
    let reading = heard(&Asked { previous, ..WATCHED }, body.as_bytes());
    let absent: Vec<_> = reading.posts.iter().map(|post| post.observed_prev).collect();
    assert_eq!(absent, [None, Some(looked), Some(looked)]);
}

#[test]
fn edits_are_versions_of_their_post_if_they_are_its_authors() {
    let mut original = says(1, "Gale from 18:00");
    let mut last = edit(4, 1, "Gale from 20:00");
    last["unsigned"] = json!({});
    original["unsigned"]["m.relations"] = json!({"m.replace": last});
    let reading = page(&[
        edit(6, 9, "of a post elsewhere"),
        by(edit(5, 1, "No gale"), "@other:weather.example"),
        edit(4, 1, "Gale from 20:00"),
        edit(3, 1, "Gale from 19:00"),
        event(
            2,
            "m.room.message",
            json!({"body": " * x", "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
        ),
        original.clone(),
    ]);
    assert_eq!(
        short(&reading.posts),
        [
            "matrix:!coast:weather.example/$1 2026-11-23T02:13:21Z Gale from 18:00",
            "matrix:!coast:weather.example/$1 2026-11-23T02:13:21Z Gale from 19:00",
            "matrix:!coast:weather.example/$1 2026-11-23T02:13:21Z Gale from 20:00",
        ]
    );
    let edited: Vec<_> =
        reading.posts.iter().map(|p| p.edited_at.map(|at| at.to_string())).collect();
    let at = |second: u8| Some(format!("2026-11-23T02:13:{second}Z"));
    assert_eq!(edited, [None, at(23), at(24)]);
    assert_eq!(
        problems(&reading),
        [
            "1: an edit by another than the post's author; it is not read",
            "1: an edit without 'm.new_content'",
        ]
    );

    // The post alone, asked for because its edit came without it.
    let one = Asked { path: "v3/rooms/%21coast%3Aweather.example/event/%241", ..WATCHED };
    let alone = heard(&one, original.to_string().as_bytes());
    let all = short(&reading.posts);
    assert_eq!(short(&alone.posts), [all[0].clone(), all[2].clone()]);
    original["unsigned"]["m.relations"]["m.replace"]["sender"] = json!("@other:weather.example");
    assert_eq!(heard(&one, original.to_string().as_bytes()).posts.len(), 1);
}

#[test]
fn redactions_take_posts_away() {
    let redaction = |n: i64, content: Value| event(n, "m.room.redaction", content);
    let redacted = |n: i64, kind: &str, by: i64| {
        let mut event = event(n, kind, json!({}));
        event["unsigned"]["redacted_because"] = redaction(by, json!({"redacts": format!("${n}")}));
        event
    };
    let mut old_form = redaction(9, json!({}));
    old_form["redacts"] = json!("$-7");
    let mut later = redaction(11, json!({"redacts": "$-8"}));
    later["origin_server_ts"] = json!(AT.0 + 1_000_000_000); // by a clock that is wrong
    let reading = page(&[
        later,
        redaction(10, json!({"redacts": "$1"})), // was not carried out: $1 is there
        old_form,
        redaction(8, json!({"redacts": "$2"})),
        redaction(7, json!({"redacts": "$3"})),
        redacted(3, "m.reaction", 7),
        redacted(2, "m.room.message", 8),
        says(1, "Fog"),
    ]);
    let removals: Vec<(&str, i64)> = reading
        .removals
        .iter()
        .map(|r| (r.post.as_str(), (r.at.0 - 1_795_400_000_000) / 1000))
        .collect();
    assert_eq!(removals, [("$-7", 9), ("$-8", 100), ("$2", 8)]);
    assert_eq!(reading.removals[0].channel.to_string(), "matrix:!coast:weather.example");
    assert_eq!((reading.posts.len(), problems(&reading).len()), (1, 0));
}

#[test]
fn an_answer_is_read_without_what_it_quotes() {
    let quoted = "> <@desk:weather.example> Gale warning\n\nFerries stop at 18:30";
    let answer = |relation: Value| {
        let content = json!({"msgtype": "m.text", "body": quoted, "m.relates_to": relation});
        let reading = page(&[event(2, "m.room.message", content)]);
        (reading.posts[0].text.clone(), reading.posts[0].reply_to.clone())
    };
    let reply = json!({"m.in_reply_to": {"event_id": "$1"}});
    assert_eq!(answer(reply), ("Ferries stop at 18:30".to_owned(), Some("$1".into())));
    assert_eq!(answer(json!({})), (quoted.to_owned(), None));
    let thread = |falls_back: bool| {
        let reply = json!({"event_id": "$8"});
        json!({"rel_type": "m.thread", "event_id": "$5", "is_falling_back": falls_back, "m.in_reply_to": reply})
    };
    assert_eq!(answer(thread(true)).1, Some("$5".into()));
    assert_eq!(answer(thread(false)).1, Some("$8".into()));
}

#[test]
fn what_was_not_sent_to_everybody_is_not_read() {
    let reading = page(&[
        says(9, "open again"),
        visibility(8, Some("shared"), "world_readable"),
        says(7, "for members"),
        visibility(6, Some("world_readable"), "shared"),
        says(5, "open"),
    ]);
    let texts = |reading: &Reading| -> Vec<String> {
        reading.posts.iter().map(|post| post.text.clone()).collect()
    };
    assert_eq!(texts(&reading), ["open", "open again"]);
    assert_eq!(problems(&reading), ["1: sent while the room was not world-readable; not read"]);
    let opened = page(&[
        says(3, "open"),
        visibility(2, Some("joined"), "world_readable"),
        says(1, "for members"),
    ]);
    assert_eq!(texts(&opened), ["open"]);
    // The first word on it: before that a room is its members'.
    let opened = page(&[says(3, "open"), visibility(2, None, "world_readable"), says(1, "x")]);
    assert_eq!(texts(&opened), ["open"]);

    let secret = event(3, "m.room.encrypted", json!({"ciphertext": "AwgA"}));
    let reading = page(&[
        says(5, "not encrypted"),
        secret.clone(),
        secret,
        state(2, "m.room.encryption", json!({"algorithm": "m.megolm.v1.aes-sha2"})),
        says(1, "before"),
    ]);
    assert_eq!(texts(&reading), ["before"]);
    assert_eq!(
        problems(&reading),
        ["1: encrypted, not read (2 times)", "1: sent after the room was encrypted; not read"]
    );
}

#[test]
fn what_is_not_understood_is_said_and_the_rest_is_kept() {
    let mut strange = says(4, "x");
    strange["origin_server_ts"] = json!("noon");
    let mut other = says(3, "x");
    other["room_id"] = json!("!other:weather.example");
    let poll = event(5, "m.poll.start", json!({}));
    let reaction = event(6, "m.reaction", json!({"m.relates_to": {"rel_type": "m.annotation"}}));
    let reading = page(&[
        json!(7),
        reaction,
        poll.clone(),
        poll,
        strange,
        other,
        event(2, "m.room.message", json!({"msgtype": "m.text"})),
        says(1, "kept"),
    ]);
    assert_eq!(reading.posts.len(), 1);
    assert_eq!(
        problems(&reading),
        [
            "1: an event of another room than the one asked about",
            "1: an event that is not an object",
            "1: events of type 'm.poll.start' are not read (2 times)",
            "1: field 'body' is missing",
            "1: field 'origin_server_ts' is a text; expected a time in unix milliseconds",
        ]
    );
    for body in ["", "<html>", "[]", "{}", r#"{"chunk": 5}"#] {
        let reading = heard(&WATCHED, body.as_bytes());
        assert_eq!((reading.posts.len(), reading.problems.len()), (0, 1), "{body}");
    }
    let elsewhere = heard(&Asked { path: "v3/presence", ..WATCHED }, b"{}");
    assert_eq!(problems(&elsewhere), ["1: the address is none of those that are read"]);
}

#[test]
fn a_summary_is_an_observation_of_the_room() {
    let asked = Asked {
        path: "v1/room_summary/%21coast%3Aweather.example?via=x",
        channel: None,
        ..WATCHED
    };
    let mut summary = json!({"room_id": ROOM, "name": "Coast", "topic": "Hourly notices",
        "canonical_alias": "#coast:weather.example", "num_joined_members": 41, "world_readable": true,
        "join_rule": "public", "room_version": "12"});
    let reading = heard(&asked, summary.to_string().as_bytes());
    let [channel] = &reading.channels[..] else { panic!("{:?}", reading.channels) };
    assert_eq!(channel.key.to_string(), "matrix:!coast:weather.example");
    assert_eq!(channel.handle.as_deref(), Some("#coast:weather.example"));
    assert_eq!(
        (channel.title.as_deref(), channel.description.as_deref(), channel.subscribers),
        (Some("Coast"), Some("Hourly notices"), Some(41))
    );
    assert_eq!((channel.status, channel.observed_at), (Status::Alive, AT));

    // Of a room that is not public nothing but that is filed, and only if it was watched.
    let watched = Asked { channel: Some(ROOM), ..asked };
    for (field, value, status, cause) in [
        ("world_readable", json!(false), Status::Private, "not_world_readable"),
        ("encryption", json!("m.megolm.v1.aes-sha2"), Status::Restricted, "encrypted"),
    ] {
        summary[field] = value;
        let body = summary.to_string();
        let reading = heard(&asked, body.as_bytes());
        assert_eq!((reading.channels.len(), reading.problems.len()), (0, 1));
        let reading = heard(&watched, body.as_bytes());
        let [channel] = &reading.channels[..] else { panic!("{:?}", reading.channels) };
        assert_eq!((channel.status, channel.status_cause.as_deref()), (status, Some(cause)));
        assert_eq!((&channel.title, &channel.handle), (&None, &None));
    }
}

#[test]
fn refusals_say_of_a_watched_room_what_they_can() {
    let refused = |path: &str, status: u16, code: &str, steady: Option<bool>| {
        let body = json!({"errcode": code, "error": "no"}).to_string();
        let asked = Asked { path, status, channel: Some(ROOM), previous: None, steady };
        let reading = heard(&asked, body.as_bytes());
        assert_eq!((reading.problems.len(), reading.posts.len()), (0, 0));
        let channel = reading.channels.into_iter().next();
        channel.map(|channel| (channel.status, channel.status_cause.unwrap_or_default()))
    };
    let summary = "v1/room_summary/%21coast%3Aweather.example";
    let state = "v3/rooms/%21coast%3Aweather.example/state/m.room.tombstone";
    let is = |status: Status, cause: &str| Some((status, cause.to_owned()));
    let gone = is(Status::Private, "private_or_removed");
    assert_eq!(refused(summary, 404, "M_NOT_FOUND", Some(true)), gone);
    assert_eq!(refused(summary, 400, "M_UNKNOWN", None), gone);
    assert_eq!(refused(summary, 404, "M_NOT_FOUND", Some(false)), is(Status::Error, "no_sight"));
    assert_eq!(refused(summary, 404, "M_UNRECOGNIZED", None), None);
    assert_eq!(refused(PAGE, 403, "M_FORBIDDEN", None), is(Status::Error, "posts_forbidden"));
    assert_eq!(refused(PAGE, 401, "M_UNKNOWN_TOKEN", None), is(Status::Error, "account_refused"));
    assert_eq!(refused(PAGE, 502, "", None), is(Status::Error, "server_failed"));
    assert_eq!(refused(PAGE, 400, "M_UNKNOWN", None), None);
    assert_eq!(refused(PAGE, 429, "M_LIMIT_EXCEEDED", None), None);
    assert_eq!(refused(state, 404, "M_NOT_FOUND", None), None);
    assert_eq!(refused("v3/directory/room/%23coast%3Ax", 404, "M_NOT_FOUND", None), None);
    let never = Asked { path: summary, status: 404, channel: None, ..WATCHED };
    let reading = heard(&never, br#"{"errcode":"M_NOT_FOUND"}"#);
    assert_eq!(problems(&reading), ["1: the homeserver answered HTTP 404, M_NOT_FOUND"]);
}

#[test]
fn a_room_that_another_replaces_is_said_and_not_followed() {
    let asked =
        Asked { path: "v3/rooms/%21coast%3Aweather.example/state/m.room.tombstone", ..WATCHED };
    let next = "!7AmSZG1f-_OFdSacMbwXlI_YJ7TY9GiD1unV_9mQC1I"; // as long as they are, said whole
    let body = json!({"body": "This room has been replaced", "replacement_room": next}).to_string();
    let reading = heard(&asked, body.as_bytes());
    let [channel] = &reading.channels[..] else { panic!("{:?}", reading.channels) };
    assert_eq!(channel.status_cause, Some(format!("replaced_by {next}")));
    let said = "takes its place; it is watched when somebody adds it";
    assert_eq!(problems(&reading), [format!("1: the room says that room {next} {said}")]);
}

proptest! {
    #[test]
    fn any_bytes_are_read(
        path in prop::sample::select(vec![
            PAGE,
            "v3/rooms/%21coast/messages?dir=f",
            "v1/room_summary/%ff",
            "v3/directory/room/%23a",
            "v3/rooms/%21coast/state/m.room.tombstone",
            "v3/rooms/%21coast/event/%241",
            "",
        ]),
        status in prop::sample::select(vec![200_u16, 200, 200, 400, 401, 403, 404, 429, 500]),
        body in prop::collection::vec(any::<u8>(), 0..300),
        steady in any::<Option<bool>>(),
    ) {
        heard(&Asked { path, status, steady, ..WATCHED }, &body);
        heard(&Asked { path, status, steady, channel: None, ..WATCHED }, &body);
    }

    #[test]
    fn any_events_are_read_and_a_post_is_read_once(
        chunk in prop::collection::vec(any_event(), 0..12)
    ) {
        let reading = page(&chunk);
        let mut firsts: Vec<_> = reading.posts.iter().filter(|p| p.edited_at.is_none()).map(|p| &p.id).collect();
        let all = firsts.len();
        firsts.sort_by_key(|id| format!("{id:?}"));
        firsts.dedup();
        prop_assert_eq!(firsts.len(), all);
        prop_assert!(reading.posts.iter().all(|post| !post.text.starts_with(" * ")));
    }
}

/// Events with fields missing or of another kind.
fn any_event() -> impl Strategy<Value = Value> {
    let whole = prop_oneof![
        (0..6_i64).prop_map(|n| says(n, "Fog")),
        (6..9_i64, 0..6_i64).prop_map(|(n, of)| edit(n, of, "Sun")),
        (6..9_i64, 0..6_i64).prop_map(|(n, of)| event(
            n,
            "m.room.redaction",
            json!({"redacts": format!("${of}")})
        )),
        (0..6_i64).prop_map(|n| visibility(n, None, "world_readable")),
    ];
    let broken = prop::option::of((
        prop::sample::select(vec![
            "type",
            "event_id",
            "sender",
            "content",
            "unsigned",
            "origin_server_ts",
        ]),
        prop::sample::select(vec![
            json!(null),
            json!(7),
            json!("x"),
            json!([1]),
            json!({"body": []}),
        ]),
    ));
    (whole, broken).prop_map(|(mut event, broken)| {
        if let Some((field, value)) = broken {
            event[field] = value;
        }
        event
    })
}

/// An answer of sync: rooms with their state and what was said.
fn sync(rooms: &[(&str, &[Value], &[Value])]) -> Reading {
    let mut join = serde_json::Map::new();
    for (room, state, timeline) in rooms {
        let bare = |events: &[Value]| -> Vec<Value> {
            let mut events = events.to_vec();
            for event in &mut events {
                event.as_object_mut().unwrap().remove("room_id");
            }
            events
        };
        let timeline = json!({"events": bare(timeline), "limited": false, "prev_batch": "t1"});
        let room_of = json!({"state": {"events": bare(state)}, "timeline": timeline});
        join.insert((*room).to_owned(), room_of);
    }
    let body = json!({"next_batch": "s9_1", "rooms": {"join": join}});
    let asked = Asked { path: "v3/sync?timeout=30000&since=s8", channel: None, ..WATCHED };
    heard(&asked, body.to_string().as_bytes())
}

#[test]
fn sync_reads_as_pages_of_its_rooms_do() {
    let said = [says(1, "Fog"), edit(2, 1, "Sun"), says(3, "Rain")];
    let other = [says(4, "All lines run"), event(5, "m.room.redaction", json!({"redacts": "$9"}))];
    let reading = sync(&[(ROOM, &[], &said), ("!rail", &[], &other)]);
    let newest_first: Vec<Value> = said.iter().rev().cloned().collect();
    let page = page(&newest_first);
    let of = |room: &str| -> Vec<_> {
        reading.posts.iter().filter(|post| post.channel.id == room).cloned().collect()
    };
    assert_eq!((of(ROOM), of("!rail").len()), (page.posts, 1));
    assert_eq!((reading.removals.len(), reading.removals[0].channel.id.as_str()), (1, "!rail"));
    assert_eq!((reading.rows, reading.problems.len(), reading.channels.len()), (5, 0, 0));
}

#[test]
fn of_a_room_that_its_state_shows_to_be_closed_nothing_is_read() {
    let said = [says(2, "For members")];
    for (closed, why) in [
        (visibility(1, None, "shared"), "not world-readable"),
        (state(1, "m.room.encryption", json!({"algorithm": "m.megolm.v1.aes-sha2"})), "encrypted"),
    ] {
        let reading = sync(&[(ROOM, &[closed], &said)]);
        assert_eq!(reading.posts.len(), 0);
        assert!(problems(&reading)[0].contains(why), "{:?}", problems(&reading));
    }
    let open = visibility(1, None, "world_readable");
    assert_eq!(sync(&[(ROOM, &[open], &said)]).posts.len(), 1);
}

#[test]
fn an_answer_of_sync_that_is_none_is_a_problem_and_what_is_odd_in_one_is_passed_over() {
    let asked = Asked { path: "v3/sync?timeout=30000", channel: None, ..WATCHED };
    for (body, problems) in [
        ("{\"next_batch\":\"s1\"}", 0),
        (
            "{\"next_batch\":\"s1\",\"rooms\":{\"join\":{\"!a\":7,\"!b\":{\"timeline\":[],\"state\":{\"events\":[7]}}}}}",
            2,
        ),
        ("{\"rooms\":{}}", 1),
        ("{\"next_batch\":\"s1\",\"rooms\":[]}", 1),
        ("[]", 1),
        ("", 1),
    ] {
        let reading = heard(&asked, body.as_bytes());
        assert_eq!((reading.problems.len(), reading.posts.len()), (problems, 0), "{body}");
    }
    let joined = Asked { path: "v3/joined_rooms", channel: None, ..WATCHED };
    assert_eq!(heard(&joined, b"{\"joined_rooms\":[\"!a\"]}").problems.len(), 0);
    let refused = heard(&Asked { status: 401, ..joined }, b"{\"errcode\":\"M_UNKNOWN_TOKEN\"}");
    assert_eq!((refused.problems.len(), refused.channels.len()), (1, 0));
}

proptest! {
    #[test]
    fn any_answer_of_sync_is_read(chunk in prop::collection::vec(any_event(), 0..12), body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut events = chunk;
        events.retain(Value::is_object);
        sync(&[(ROOM, &events, &events)]);
        heard(&Asked { path: "v3/sync", channel: None, ..WATCHED }, &body);
    }
}
