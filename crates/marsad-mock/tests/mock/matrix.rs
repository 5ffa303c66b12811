//! Synapse's rules as recorded: who may read, tokens both ways, edits, deletions, the room list.

use std::collections::{BTreeMap, BTreeSet};

use marsad_mock::matrix::{Draft, Visibility};
use marsad_mock::{FaultKind, Faults, Limit, Matrix, Mock, PostKind, Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_400_000_000;

struct Desk {
    matrix: Matrix,
    token: String,
    room: String,
}

fn desk() -> Desk {
    let matrix = Matrix::new();
    let token = matrix.add_user("desk", "s3cret-desk");
    let room = matrix.add_room("coast-weather", "Coast Weather Desk", 5, 0);
    Desk { matrix, token, room }
}

fn encode(id: &str) -> String {
    id.replace('!', "%21").replace(':', "%3A").replace('#', "%23").replace('$', "%24")
}

impl Desk {
    fn ask(&self, path: &str, now_ms: i64) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let request =
            Request::get(format!("/_matrix/client/{path}")).with_header("Authorization", &bearer);
        self.matrix.answer(&request, now_ms)
    }

    fn get(&self, path: &str) -> Value {
        let response = self.ask(path, NOW);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        response.value()
    }

    fn in_room(&self, room: &str, rest: &str, now_ms: i64) -> Response {
        self.ask(&format!("v3/rooms/{}/{rest}", encode(room)), now_ms)
    }

    fn messages(&self, query: &str) -> Value {
        self.get(&format!("v3/rooms/{}/messages?{query}", encode(&self.room)))
    }

    fn post(&self, at_ms: i64, text: &str) -> String {
        self.matrix.post(&self.room, at_ms, Draft::text(text)).unwrap()
    }
}

fn bodies(page: &Value) -> Vec<&str> {
    let chunk = page["chunk"].as_array().unwrap().iter();
    chunk.map(|e| e["content"]["body"].as_str().unwrap_or(e["type"].as_str().unwrap())).collect()
}

fn refusal(response: &Response) -> (u16, String, String) {
    let value = response.value();
    (
        response.status,
        value["errcode"].as_str().unwrap().into(),
        value["error"].as_str().unwrap().into(),
    )
}

#[test]
fn a_token_is_needed_and_has_to_be_known() {
    let desk = desk();
    let path = format!("/_matrix/client/v3/rooms/{}/messages?dir=b", encode(&desk.room));
    let bare = desk.matrix.answer(&Request::get(path.as_str()), NOW);
    assert_eq!(refusal(&bare), (401, "M_MISSING_TOKEN".into(), "Missing access token".into()));
    let wrong = Request::get(path.as_str()).with_header("Authorization", "Bearer x");
    let unknown = desk.matrix.answer(&wrong, NOW);
    assert_eq!(
        refusal(&unknown),
        (401, "M_UNKNOWN_TOKEN".into(), "Invalid access token passed.".into())
    );
    assert_eq!(unknown.value()["soft_logout"], false);
    let login = json!({"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "desk"}, "password": "s3cret-desk"});
    let login = desk.matrix.answer(&Request::post("/_matrix/client/v3/login", &login), NOW).value();
    assert_eq!(
        (&login["access_token"], &login["user_id"]),
        (&json!(desk.token), &json!("@desk:marsad.test"))
    );
    let wrong =
        json!({"type": "m.login.password", "identifier": {"user": "desk"}, "password": "x"});
    let wrong = desk.matrix.answer(&Request::post("/_matrix/client/v3/login", &wrong), NOW);
    assert_eq!((wrong.status, &wrong.value()["errcode"]), (403, &json!("M_FORBIDDEN")));
    desk.matrix.set_reads_without_token(true);
    assert_eq!(desk.matrix.answer(&Request::get(path.as_str()), NOW).status, 200);
}

#[test]
fn a_guest_registers_and_reads_where_guests_may() {
    let desk = desk();
    let register = Request::post("/_matrix/client/v3/register?kind=guest", &json!({}));
    let guest = desk.matrix.answer(&register, NOW).value();
    let token = format!("Bearer {}", guest["access_token"].as_str().unwrap());
    let path = format!("/_matrix/client/v3/rooms/{}/messages?dir=b", encode(&desk.room));
    let read = Request::get(path).with_header("Authorization", &token);
    assert_eq!(desk.matrix.answer(&read, NOW).status, 200);
    desk.matrix.set_guests(false);
    let refused = desk.matrix.answer(&register, NOW);
    assert_eq!(
        (refused.status, &refused.value()["errcode"]),
        (403, &json!("M_GUEST_ACCESS_FORBIDDEN"))
    );
}

#[test]
fn private_deleted_and_never_existing_rooms_say_the_same() {
    let desk = desk();
    let shared = desk.matrix.add_room("rail", "Rail Notices", 3, 0);
    desk.matrix.set_visibility(&shared, 1, Visibility::Shared).unwrap();
    let gone = desk.matrix.add_room("city", "City", 3, 0);
    desk.matrix.remove(&gone, NOW).unwrap();
    for room in [shared.as_str(), gone.as_str(), "!nosuch:marsad.test"] {
        for rest in ["messages?dir=b", "state", "event/x"] {
            let error = format!(
                "User @desk:marsad.test not in room {room}, and room previews are disabled"
            );
            let answer = desk.in_room(room, rest, NOW);
            assert_eq!(refusal(&answer), (403, "M_FORBIDDEN".into(), error));
        }
    }
    assert_eq!(desk.in_room(&gone, "messages?dir=b", NOW - 1).status, 200);
    assert!(!shared.contains(':') && gone.contains(':'), "version 12 has ids without a server");
}

#[test]
fn back_until_end_is_absent_and_an_empty_chunk_with_an_end_is_not_the_end() {
    let desk = desk();
    for hour in 0..48 {
        desk.post(NOW - 4800 + hour * 100, &format!("Hour {hour:02}"));
    }
    // 48 messages and nine events of state: depths 1 to 57.
    let first = desk.messages("dir=b&limit=20");
    let zeros = "_0".repeat(13);
    assert_eq!(first["start"], format!("t57-57{zeros}"));
    assert_eq!(first["end"], format!("t38-37{zeros}"));
    assert_eq!((bodies(&first)[0], bodies(&first)[19]), ("Hour 47", "Hour 28"));
    let second = desk.messages(&format!("dir=b&limit=20&from={}", first["end"].as_str().unwrap()));
    assert_eq!(second["start"], first["end"]);
    assert_eq!((bodies(&second)[0], bodies(&second)[19]), ("Hour 27", "Hour 08"));
    let third = desk.messages(&format!("dir=b&limit=20&from={}", second["end"].as_str().unwrap()));
    // Of the state, only what was sent once the room was world-readable.
    assert_eq!(
        bodies(&third)[8..],
        ["m.room.topic", "m.room.name", "m.room.guest_access", "m.room.history_visibility"]
    );
    assert_eq!(third["end"], format!("t1-0{zeros}"));
    let fourth = desk.messages(&format!("dir=b&limit=20&from={}", third["end"].as_str().unwrap()));
    assert_eq!((bodies(&fourth).len(), fourth.get("end")), (0, None));
    let hidden = desk.messages(&format!("dir=b&limit=3&from=t5-5{zeros}"));
    assert_eq!((bodies(&hidden).len(), &hidden["end"]), (0, &json!(format!("t3-2{zeros}"))));
    assert_eq!(bodies(&desk.messages("dir=b")).len(), 10, "the default");
}

#[test]
fn forward_from_the_start_token_follows_the_room_and_the_tip_has_no_end() {
    let desk = desk();
    desk.post(NOW - 100, "before");
    let start = desk.messages("dir=b&limit=5")["start"].as_str().unwrap().to_owned();
    let tip = desk.messages(&format!("dir=f&from={start}"));
    assert_eq!((bodies(&tip).len(), tip.get("end")), (0, None));
    desk.post(NOW - 50, "Platform 4 closed");
    desk.post(NOW - 40, "Platform 4 open");
    desk.post(NOW + 1, "not yet");
    let tail = desk.messages(&format!("dir=f&limit=1&from={start}"));
    assert_eq!(bodies(&tail), ["Platform 4 closed"]);
    let tail = desk.messages(&format!("dir=f&from={}", tail["end"].as_str().unwrap()));
    assert_eq!(bodies(&tail), ["Platform 4 open"]);
    let end = tail["end"].as_str().unwrap();
    assert_eq!(desk.messages(&format!("dir=f&from={end}")).get("end"), None);
    let gap = desk.messages(&format!("dir=b&from={end}&to={start}"));
    assert_eq!(bodies(&gap), ["Platform 4 open", "Platform 4 closed"]);
    let bad = desk.in_room(&desk.room, "messages?dir=b&from=zzz", NOW);
    assert_eq!(refusal(&bad), (400, "M_UNKNOWN".into(), "'from' parameter is invalid".into()));
    assert_eq!(desk.in_room(&desk.room, "messages", NOW).status, 400);
}

#[test]
fn a_filter_counts_before_the_limit() {
    let desk = desk();
    desk.matrix
        .post(&desk.room, NOW - 90, Draft::image("radar.png", "mxc://marsad.test/Ab"))
        .unwrap();
    for _ in 0..30 {
        desk.post(NOW - 80, "notice");
    }
    let filter =
        "filter=%7B%22types%22%3A%5B%22m.room.message%22%5D%2C%22contains_url%22%3Atrue%7D";
    assert_eq!(bodies(&desk.messages(&format!("dir=b&limit=20&{filter}"))), ["radar.png"]);
}

#[test]
fn an_edit_is_an_event_of_its_own_and_the_original_keeps_its_text() {
    let desk = desk();
    let id = desk.post(NOW - 100, "Gale warning from 18:00");
    let edit = desk.matrix.edit(&desk.room, &id, NOW - 50, "Gale warning from 19:00").unwrap();
    let page = desk.messages("dir=b&limit=2");
    let [newer, original] = [0, 1].map(|i| &page["chunk"][i]);
    assert_eq!(
        (&newer["event_id"], &newer["content"]["body"]),
        (&json!(edit), &json!(" * Gale warning from 19:00"))
    );
    assert_eq!(newer["content"]["m.new_content"]["body"], "Gale warning from 19:00");
    assert_eq!(newer["content"]["m.relates_to"], json!({"rel_type": "m.replace", "event_id": id}));
    assert_eq!(original["content"]["body"], "Gale warning from 18:00");
    assert_eq!(original["unsigned"]["m.relations"]["m.replace"]["event_id"], edit.as_str());
    assert_eq!(original["age"], 100);
    let relations = format!("v1/rooms/{}/relations/{}/m.replace", encode(&desk.room), encode(&id));
    assert_eq!(desk.get(&relations)["chunk"][0]["event_id"], edit.as_str());
    let by_another = Draft::edit(&id, "Fog until noon").by("@other:marsad.test");
    desk.matrix.post(&desk.room, NOW - 40, by_another).unwrap();
    let event = desk.in_room(&desk.room, &format!("event/{}", encode(&id)), NOW).value();
    assert_eq!(event["unsigned"]["m.relations"]["m.replace"]["event_id"], edit.as_str());
    desk.matrix.delete(&desk.room, &edit, NOW - 10).unwrap();
    let event = desk.in_room(&desk.room, &format!("event/{}", encode(&id)), NOW).value();
    assert_eq!(event["unsigned"].get("m.relations"), None, "the original is restored");
    let truth = desk.matrix.truth();
    let texts: Vec<(i64, &str)> =
        truth.posts[0].versions.iter().map(|v| (v.at_ms, v.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            (NOW - 100, "Gale warning from 18:00"),
            (NOW - 50, "Gale warning from 19:00"),
            (NOW - 10, "Gale warning from 18:00")
        ]
    );
    assert_eq!(truth.posts.len(), 1);
}

#[test]
fn a_deletion_empties_the_original_and_says_because_of_what() {
    let desk = desk();
    let other = desk.matrix.add_room("rail", "Rail Notices", 3, 0);
    for room in [&desk.room, &other] {
        let id = desk.matrix.post(room, NOW - 100, Draft::text("wrong room")).unwrap();
        let redaction = desk.matrix.delete(room, &id, NOW - 50).unwrap();
        let page = desk.in_room(room, "messages?dir=b&limit=2", NOW).value();
        let [newer, original] = [0, 1].map(|i| &page["chunk"][i]);
        assert_eq!((&newer["type"], &newer["redacts"]), (&json!("m.room.redaction"), &json!(id)));
        assert_eq!(newer["content"]["redacts"], json!(id), "from version 11 on in the content too");
        assert_eq!((&original["event_id"], &original["content"]), (&json!(id), &json!({})));
        for because in [&original["redacted_because"], &original["unsigned"]["redacted_because"]] {
            assert_eq!(because["event_id"], redaction.as_str());
        }
        assert_eq!(original["unsigned"]["redacted_by"], redaction.as_str());
        let before = desk.in_room(room, "messages?dir=b&limit=1", NOW - 60).value();
        assert_eq!(bodies(&before), ["wrong room"]);
        assert_eq!(desk.matrix.truth().post(room, &id).unwrap().deleted_ms, Some(NOW - 50));
    }
}

#[test]
fn what_was_sent_before_a_room_was_world_readable_is_not_shown() {
    let desk = desk();
    desk.post(NOW - 100, "open");
    desk.matrix.set_visibility(&desk.room, NOW - 90, Visibility::Joined).unwrap();
    desk.post(NOW - 80, "for members");
    assert_eq!(desk.in_room(&desk.room, "messages?dir=b", NOW - 75).status, 403);
    desk.matrix.set_visibility(&desk.room, NOW - 70, Visibility::WorldReadable).unwrap();
    desk.post(NOW - 60, "open again");
    let shown = desk.messages("dir=b&limit=5");
    assert_eq!(
        bodies(&shown),
        ["open again", "m.room.history_visibility", "m.room.history_visibility", "open"]
    );
}

#[test]
fn relations_reactions_encryption_and_untrusted_times_are_as_sent() {
    let desk = desk();
    let id = desk.post(NOW - 100, "Timetable changes");
    desk.matrix.post(&desk.room, NOW - 90, Draft::text("From Monday").in_thread(&id)).unwrap();
    desk.matrix.post(&desk.room, NOW - 80, Draft::text("Line 3 too").replying(&id)).unwrap();
    desk.matrix.post(&desk.room, NOW - 70, Draft::reaction(&id, "👍")).unwrap();
    desk.matrix.set_encrypted(&desk.room, NOW - 60).unwrap();
    desk.matrix
        .post(&desk.room, NOW - 50, Draft::encrypted("AwgAEn").stamped(NOW + 9_000_000))
        .unwrap();
    let page = desk.messages("dir=b&limit=5");
    let relation = |i: usize| page["chunk"][i]["content"]["m.relates_to"].clone();
    assert_eq!(
        (&page["chunk"][0]["type"], &page["chunk"][0]["origin_server_ts"]),
        (&json!("m.room.encrypted"), &json!(NOW + 9_000_000))
    );
    assert_eq!(page["chunk"][1]["state_key"], "");
    assert_eq!(
        (&relation(2)["rel_type"], &relation(2)["key"]),
        (&json!("m.annotation"), &json!("👍"))
    );
    assert_eq!(relation(3)["m.in_reply_to"]["event_id"], id.as_str());
    assert_eq!(relation(4)["rel_type"], "m.thread");
    let parent = desk.in_room(&desk.room, &format!("event/{}", encode(&id)), NOW).value();
    let thread = &parent["unsigned"]["m.relations"]["m.thread"];
    assert_eq!(
        (&thread["count"], &thread["latest_event"]["content"]["body"]),
        (&json!(1), &json!("From Monday"))
    );
    let summary = desk.get(&format!("v1/room_summary/{}", encode(&desk.room)));
    assert_eq!(summary["encryption"], "m.megolm.v1.aes-sha2");
    let kinds: Vec<PostKind> = desk.matrix.truth().posts.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [PostKind::Post, PostKind::Post, PostKind::Post, PostKind::Encrypted]);
    let at = |dir: &str, ts: i64| {
        desk.get(&format!("v1/rooms/{}/timestamp_to_event?ts={ts}&dir={dir}", encode(&desk.room)))
    };
    assert_eq!(at("f", NOW - 100)["event_id"], id.as_str());
    assert_eq!(at("b", NOW - 95)["event_id"], id.as_str());
}

#[test]
fn an_alias_leads_to_a_room_and_moves_with_it() {
    let desk = desk();
    let alias = "v3/directory/room/%23coast-weather%3Amarsad.test";
    assert_eq!(desk.get(alias), json!({"room_id": desk.room, "servers": ["marsad.test"]}));
    let missing = desk.ask("v3/directory/room/%23nosuch%3Amarsad.test", NOW);
    assert_eq!(
        refusal(&missing),
        (404, "M_NOT_FOUND".into(), "Room alias #nosuch:marsad.test not found".into())
    );
    let new = desk.matrix.add_room("coast-new", "Coast Weather Desk", 5, NOW - 30);
    desk.matrix.tombstone(&desk.room, NOW - 20, &new).unwrap();
    desk.matrix.rename(&desk.room, NOW - 10, None).unwrap();
    desk.matrix.rename(&new, NOW - 10, Some("coast-weather")).unwrap();
    let page = desk.messages("dir=b&limit=2");
    assert_eq!(
        (&page["chunk"][0]["type"], &page["chunk"][0]["content"]),
        (&json!("m.room.canonical_alias"), &json!({}))
    );
    assert_eq!(
        (&page["chunk"][1]["type"], &page["chunk"][1]["content"]["replacement_room"]),
        (&json!("m.room.tombstone"), &json!(new))
    );
    let state = |kind: &str| desk.in_room(&desk.room, &format!("state/{kind}"), NOW);
    assert_eq!(state("m.room.tombstone").value()["replacement_room"], new.as_str());
    assert_eq!(state("m.room.member/%40press%3Amarsad.test").value()["membership"], "join");
    assert_eq!(
        refusal(&state("m.room.encryption")),
        (404, "M_NOT_FOUND".into(), "Event not found.".into())
    );
    let all = desk.in_room(&desk.room, "state", NOW).value();
    assert_eq!(all.as_array().unwrap().len(), 10);
    assert_eq!(page["chunk"][0]["prev_content"], json!({"alias": "#coast-weather:marsad.test"}));
    assert_eq!(page["chunk"][0]["unsigned"]["replaces_state"], page["chunk"][0]["replaces_state"]);
    assert_eq!(desk.get(alias)["room_id"], new.as_str());
}

#[test]
fn a_summary_says_what_a_room_is_without_joining() {
    let desk = desk();
    for asked in ["%23coast-weather%3Amarsad.test".to_owned(), encode(&desk.room)] {
        let summary = desk.get(&format!("v1/room_summary/{asked}"));
        assert_eq!(
            (&summary["room_id"], &summary["room_version"]),
            (&json!(desk.room), &json!("11"))
        );
        assert_eq!(
            (&summary["world_readable"], &summary["num_joined_members"]),
            (&json!(true), &json!(5))
        );
        assert_eq!(
            (&summary["join_rule"], &summary["membership"]),
            (&json!("public"), &json!("leave"))
        );
    }
    desk.matrix.set_title(&desk.room, NOW - 1, "Coast Desk").unwrap();
    desk.matrix.set_subscribers(&desk.room, NOW - 1, 6).unwrap();
    let summary = desk.get(&format!("unstable/im.nheko.summary/summary/{}", encode(&desk.room)));
    assert_eq!(
        (&summary["name"], &summary["num_joined_members"]),
        (&json!("Coast Desk"), &json!(6))
    );
    desk.matrix.remove(&desk.room, NOW).unwrap();
    let gone = desk.ask(&format!("v1/room_summary/{}", encode(&desk.room)), NOW);
    assert_eq!(
        refusal(&gone),
        (400, "M_UNKNOWN".into(), "Missing via to query remote room".into())
    );
}

#[test]
fn the_room_list_pages_both_ways_and_is_searched() {
    let desk = desk();
    let rooms: Vec<String> =
        (0..5).map(|i| desk.matrix.add_room(&format!("line{i}"), "Line", 20 - i, 0)).collect();
    desk.matrix.set_listed(&rooms[4], 1, false).unwrap();
    let list = |query: &str| {
        desk.matrix
            .answer(&Request::get(format!("/_matrix/client/v3/publicRooms?{query}")), NOW)
            .value()
    };
    let ids = |list: &Value| -> Vec<String> {
        list["chunk"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["room_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = list("limit=2");
    assert_eq!(
        (ids(&first), &first["total_room_count_estimate"]),
        (rooms[..2].to_vec(), &json!(5))
    );
    assert_eq!(first.get("prev_batch"), None);
    let second = list(&format!("limit=2&since={}", first["next_batch"].as_str().unwrap()));
    assert_eq!(ids(&second), rooms[2..4]);
    let third = list(&format!("limit=2&since={}", second["next_batch"].as_str().unwrap()));
    assert_eq!((ids(&third), third.get("next_batch")), (vec![desk.room.clone()], None));
    let back = list(&format!("limit=2&since={}", third["prev_batch"].as_str().unwrap()));
    assert_eq!(ids(&back), rooms[2..4]);
    let most = format!("limit={}&since={}", usize::MAX, first["next_batch"].as_str().unwrap());
    assert_eq!(ids(&list(&most)).len(), 3);
    assert_eq!(list("since=zzz")["errcode"], "M_INVALID_PARAM");
    let search = json!({"filter": {"generic_search_term": "WEATHER"}, "limit": 10});
    let found =
        desk.matrix.answer(&Request::post("/_matrix/client/v3/publicRooms", &search), NOW).value();
    assert_eq!(ids(&found), std::slice::from_ref(&desk.room));
    desk.matrix.set_lists_without_token(false);
    let closed = desk.matrix.answer(&Request::get("/_matrix/client/v3/publicRooms"), NOW);
    assert_eq!((closed.status, &closed.value()["errcode"]), (401, &json!("M_MISSING_TOKEN")));
    assert_eq!(desk.get("v3/publicRooms")["total_room_count_estimate"], 5);
}

#[test]
fn too_many_requests_say_how_long_to_wait() {
    let desk = desk();
    desk.matrix.gate().set_limit(Some(Limit::per_second(1).refusing()));
    assert_eq!(desk.ask("versions", NOW).status, 200);
    let refused = desk.ask("versions", NOW + 175);
    assert_eq!(
        (refused.status, refused.value()),
        (
            429,
            json!({"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 825})
        )
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    desk.matrix.gate().set_limit(None);
    desk.matrix.gate().set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::Failed(502)])));
    let failed = desk.ask("versions", NOW);
    assert_eq!((failed.status, failed.value()), (502, Value::Null), "a page, no JSON");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Back by `end` until it is absent, forward by `end` from the first `start`: every message once.
    #[test]
    fn paging_both_ways_visits_every_event_once(
        acts in prop::collection::vec((0_u8..6, 0_usize..30), 0..120),
        later in 0_usize..40,
        limit in 1_usize..30,
    ) {
        let desk = desk();
        let mut posted: Vec<String> = Vec::new();
        let mut deleted = BTreeSet::new();
        for (number, (act, which)) in acts.into_iter().enumerate() {
            let at = NOW - 1000 + (number / 3) as i64;
            match (act, posted.get(which).filter(|id| !deleted.contains(*id)).cloned()) {
                (0, Some(id)) => {
                    desk.matrix.edit(&desk.room, &id, at, "edited").unwrap();
                }
                (1, Some(id)) => {
                    desk.matrix.delete(&desk.room, &id, at).unwrap();
                    deleted.insert(id);
                }
                _ => posted.push(desk.post(at, "notice")),
            }
        }
        let mut visits: BTreeMap<String, u32> = BTreeMap::new();
        let mut empty = 0;
        let mut count = |page: &Value| {
            for event in page["chunk"].as_array().unwrap() {
                *visits.entry(event["event_id"].as_str().unwrap().to_owned()).or_default() += 1;
                if event["type"] == "m.room.message" && event["content"] == json!({}) {
                    empty += 1;
                }
            }
        };
        let start = desk.messages(&format!("dir=b&limit={limit}"));
        let mut page = start.clone();
        count(&page);
        while let Some(end) = page["end"].as_str() {
            page = desk.messages(&format!("dir=b&limit={limit}&from={end}"));
            count(&page);
        }
        for _ in 0..later {
            posted.push(desk.post(NOW, "later"));
        }
        let mut from = start["start"].as_str().unwrap().to_owned();
        loop {
            let page = desk.messages(&format!("dir=f&limit={limit}&from={from}"));
            count(&page);
            match page["end"].as_str() {
                Some(end) => from = end.to_owned(),
                None => break,
            }
        }
        prop_assert!(visits.values().all(|times| *times == 1));
        prop_assert!(posted.iter().all(|id| visits.contains_key(id)));
        prop_assert_eq!(empty, deleted.len());
    }
}

#[test]
fn sync_tells_members_what_is_new_and_waits_for_it() {
    let mock = Matrix::new();
    let token = mock.add_user("desk", "p");
    let joined = mock.add_room("coast", "Coast Weather", 3, 1000);
    let other = mock.add_room("rail", "Rail", 3, 1000);
    mock.join("desk", &joined, 2000).unwrap();
    let ask = |since: Option<&str>, filter: &str| {
        let since = since.map_or(String::new(), |since| format!("&since={since}"));
        Request::get(format!("/_matrix/client/v3/sync?timeout=30000&filter={filter}{since}"))
            .with_header("Authorization", &format!("Bearer {token}"))
    };
    let rooms = mock.answer(
        &Request::get("/_matrix/client/v3/joined_rooms")
            .with_header("Authorization", &format!("Bearer {token}")),
        3000,
    );
    assert_eq!(rooms.value()["joined_rooms"], json!([joined]));
    let first = mock.answer(&ask(None, "{}"), 3000).value();
    let whole = &first["rooms"]["join"][&joined]["timeline"];
    assert_eq!((whole["events"].as_array().unwrap().len(), &whole["limited"]), (9, &json!(false)));
    assert!(first["rooms"]["join"].get(&other).is_none());
    assert!(first["presence"].is_object() && first["device_one_time_keys_count"].is_object());
    let place = first["next_batch"].as_str().unwrap().to_owned();
    let next = ask(Some(&place), "{}");
    assert!(mock.holds(&next, 3000, 20_000) && !mock.holds(&next, 3000, 33_000));
    for hour in 0..15 {
        mock.post(&joined, 4000 + hour, Draft::text(format!("Hour {hour}"))).unwrap();
    }
    assert!(!mock.holds(&next, 3000, 5000));
    let news = mock.answer(&next, 5000).value();
    let timeline = &news["rooms"]["join"][&joined]["timeline"];
    assert_eq!(timeline["events"].as_array().unwrap().len(), 10);
    assert_eq!(timeline["limited"], true);
    // What lies before goes on from there.
    let from = timeline["prev_batch"].as_str().unwrap();
    let page = Request::get(format!(
        "/_matrix/client/v3/rooms/{joined}/messages?dir=b&limit=5&from={from}"
    ))
    .with_header("Authorization", &format!("Bearer {token}"));
    assert_eq!(mock.answer(&page, 5000).value()["chunk"][0]["content"]["body"], "Hour 4");
    // Nothing of rooms that are not asked for; a place of before is not known any more.
    let filter = format!("{{\"room\":{{\"rooms\":[\"{other}\"]}}}}").replace('"', "%22");
    assert!(mock.answer(&ask(Some(&place), &filter), 5000).value().get("rooms").is_none());
    mock.forget_places();
    assert_eq!(mock.answer(&next, 5000).status, 400);
}
