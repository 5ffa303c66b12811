//! Rocket.Chat's rules: access, paging by time and by offset, deletions, the limiter, the stream.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use marsad_mock::rocketchat::{Draft, Kind, Login};
use marsad_mock::{Faults, HandClock, Mock, PostKind, Request, Response, RocketChat, serve};
use proptest::prelude::*;
use serde_json::{Value, json};
use tungstenite::Message;

const NOW: i64 = 1_795_400_000_000;

struct Desk {
    chat: RocketChat,
    room: String,
    login: Login,
}

/// A workspace with one public channel, a reader, and no limit.
fn desk() -> Desk {
    let chat = RocketChat::new();
    chat.set_rate(None);
    let login = chat.add_user("reader", "secret");
    let room = chat.add_channel("coast-weather", "Coast Weather", 152, 0);
    Desk { chat, room, login }
}

impl Desk {
    fn ask(&self, path: &str, now_ms: i64) -> Response {
        let request = Request::get(format!("/api/v1/{path}"))
            .with_header("X-Auth-Token", &self.login.token)
            .with_header("X-User-Id", &self.login.user_id);
        self.chat.answer(&request, now_ms)
    }

    fn get(&self, path: &str) -> Value {
        let response = self.ask(path, NOW);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        assert_eq!(response.value()["success"], true);
        response.value()
    }

    fn post(&self, at_ms: i64, text: &str) -> String {
        self.chat.post(&self.room, at_ms, Draft::text(text)).unwrap()
    }

    fn sync(&self, since: &str, now_ms: i64) -> Value {
        let path = format!("chat.syncMessages?roomId={}&lastUpdate={since}", self.room);
        self.ask(&path, now_ms).value()["result"].clone()
    }
}

fn ids(messages: &Value) -> Vec<String> {
    messages.as_array().unwrap().iter().map(|m| m["_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_login_gives_what_the_headers_need() {
    let desk = desk();
    let login = |password: &str| {
        let body = json!({"user": "reader", "password": password});
        desk.chat.answer(&Request::post("/api/v1/login", &body), NOW)
    };
    let good = login("secret").value();
    assert_eq!(good["status"], "success");
    assert_eq!(good["data"]["userId"], desk.login.user_id.as_str());
    assert_eq!(good["data"]["authToken"], desk.login.token.as_str());
    assert_eq!(login("wrong").status, 401);
    let bare = desk.chat.answer(&Request::get("/api/v1/channels.list"), NOW);
    assert_eq!(bare.status, 401);
    assert_eq!(bare.value()["message"], "You must be logged in to do this.");
    assert_eq!(bare.value()["status"], "error");
}

#[test]
fn channels_are_listed_and_found_by_id_and_name_and_private_ones_are_not() {
    let desk = desk();
    let private = desk.chat.add_channel("closed-desk", "Closed", 3, 0);
    desk.chat.set_kind(&private, 0, Kind::Private).unwrap();
    let team = desk.chat.add_channel("a-team", "Team", 3, 0);
    desk.chat.set_kind(&team, 0, Kind::Team).unwrap();
    let live = desk.chat.add_channel("visitor", "Visitor", 2, 0);
    desk.chat.set_kind(&live, 0, Kind::Livechat).unwrap();
    let list = desk.get("channels.list");
    assert_eq!((ids(&list["channels"]), &list["total"]), (vec![desk.room.clone()], &json!(1)));
    let info = &desk.get("channels.info?roomName=coast-weather")["channel"];
    assert_eq!(
        (&info["t"], &info["usersCount"], &info["encrypted"]),
        (&json!("c"), &json!(152), &json!(false))
    );
    assert_eq!(desk.get(&format!("channels.info?roomId={live}"))["channel"]["t"], "l");
    for missing in [format!("roomId={private}"), "roomName=nosuch".to_owned()] {
        let refusal = desk.ask(&format!("channels.info?{missing}"), NOW);
        assert_eq!(refusal.status, 400);
        assert_eq!(refusal.value()["errorType"], "error-room-not-found");
        assert!(refusal.value()["error"].as_str().unwrap().ends_with("[error-room-not-found]"));
    }
    desk.chat.join("reader", &team).unwrap();
    assert_eq!(desk.get("channels.list")["total"], 2);
    desk.chat.set_encrypted(&desk.room, NOW).unwrap();
    desk.chat.archive(&desk.room, NOW).unwrap();
    let info = &desk.get("channels.info?roomName=coast-weather")["channel"];
    assert_eq!((&info["encrypted"], &info["archived"]), (&json!(true), &json!(true)));
    desk.chat.remove(&desk.room, NOW + 1).unwrap();
    assert_eq!(desk.ask("channels.info?roomName=coast-weather", NOW + 1).status, 400);
}

#[test]
fn history_is_newest_first_with_exclusive_bounds_and_no_total() {
    let desk = desk();
    let posted: Vec<String> =
        (0..30).map(|i| desk.post(NOW - 30_000 + i * 1000, "notice")).collect();
    let path = format!("channels.history?roomId={}", desk.room);
    let newest = desk.get(&path);
    assert_eq!(newest["total"], Value::Null);
    let shown = ids(&newest["messages"]);
    assert_eq!(shown.len(), 20, "the default");
    assert_eq!(shown[0], posted[29]);
    let first = newest["messages"][0].clone();
    assert_eq!(first["ts"], "2026-11-23T02:13:19.000Z");
    assert_eq!(first["_updatedAt"], "2026-11-23T02:13:19.005Z");
    let bounds = "latest=2026-11-23T02:13:19.000Z&oldest=2026-11-23T02:13:16.000Z";
    let within = ids(&desk.get(&format!("{path}&{bounds}"))["messages"]);
    assert_eq!(within, [posted[28].clone(), posted[27].clone()]);
    let inclusive = ids(&desk.get(&format!("{path}&{bounds}&inclusive=true"))["messages"]);
    assert_eq!(inclusive.len(), 4);
    let offset = ids(&desk.get(&format!("{path}&count=500&offset=28"))["messages"]);
    assert_eq!(offset, [posted[1].clone(), posted[0].clone()]);
    let turned = "latest=2026-11-23T02:13:16.000Z&oldest=2026-11-23T02:13:19.000Z";
    assert!(ids(&desk.get(&format!("{path}&{turned}"))["messages"]).is_empty());
    let bad = desk.ask(&format!("{path}&latest=yesterday"), NOW);
    assert_eq!(bad.status, 400);
}

#[test]
fn a_count_ends_at_a_hundred() {
    let desk = desk();
    for i in 0..130 {
        desk.post(NOW - 1000 + i, "notice");
    }
    let all = desk.get(&format!("channels.messages?roomId={}&count=500", desk.room));
    assert_eq!((&all["count"], &all["total"]), (&json!(100), &json!(130)));
    let rest = desk.get(&format!("channels.messages?roomId={}&count=100&offset=100", desk.room));
    assert_eq!(rest["count"], 30);
}

#[test]
fn who_sees_joined_rooms_only_gets_403_and_a_short_list() {
    let desk = desk();
    desk.chat.set_sees_joined_only("reader").unwrap();
    for call in ["messages", "history"] {
        let refusal = desk.ask(&format!("channels.{call}?roomId={}", desk.room), NOW);
        assert_eq!((refusal.status, &refusal.value()["error"]), (403, &json!("unauthorized")));
    }
    assert_eq!(desk.get("channels.list")["total"], 0);
    desk.chat.join("reader", &desk.room).unwrap();
    assert_eq!(desk.get("channels.list")["total"], 1);
    desk.get(&format!("channels.messages?roomId={}", desk.room));
}

#[test]
fn anonymous_read_needs_no_headers_and_is_off_by_default() {
    let desk = desk();
    desk.post(NOW - 100, "Platform 4 closed");
    let path = format!("/api/v1/channels.anonymousread?roomId={}", desk.room);
    assert_eq!(desk.chat.answer(&Request::get(path.as_str()), NOW).status, 400);
    desk.chat.set_anonymous_read(true);
    let read = desk.chat.answer(&Request::get(path.as_str()), NOW);
    assert_eq!((read.status, &read.value()["total"]), (200, &json!(1)));
}

#[test]
fn sync_carries_new_edited_and_deleted_messages() {
    let desk = desk();
    let old = desk.post(NOW - 9000, "Wind 12 kn");
    let edited = desk.post(NOW - 8000, "Fog until noon");
    let deleted = desk.post(NOW - 7000, "Ferry at 18:30");
    desk.chat.edit(&desk.room, &edited, NOW - 1000, "Fog until two").unwrap();
    desk.chat.delete(&desk.room, &deleted, NOW - 900).unwrap();
    let new = desk.post(NOW - 800, "Gale warning");
    let result = desk.sync("2026-11-23T02:13:15.000Z", NOW);
    assert_eq!(ids(&result["updated"]), [new.clone(), edited.clone()], "by ts, the newest first");
    assert_eq!(
        result["deleted"],
        json!([{"_id": deleted, "_deletedAt": "2026-11-23T02:13:19.105Z"}])
    );
    let changed = &result["updated"][1];
    assert_eq!(
        (&changed["msg"], &changed["editedAt"]),
        (&json!("Fog until two"), &json!("2026-11-23T02:13:19.000Z"))
    );
    assert_eq!(changed["ts"], "2026-11-23T02:13:12.000Z", "an edit keeps the time of posting");
    let history = ids(&desk.get(&format!("channels.history?roomId={}", desk.room))["messages"]);
    assert_eq!(history, [new, edited, old], "a deleted message vanishes from history");
    let since = "since=2026-11-23T02:13:15.000Z";
    let told = desk.get(&format!("chat.getDeletedMessages?roomId={}&{since}", desk.room));
    assert_eq!(told["messages"], json!([{"_id": deleted}]));
    assert_eq!(desk.ask(&format!("chat.getMessage?msgId={deleted}"), NOW).status, 400);
    assert_eq!(desk.ask(&format!("chat.getDeletedMessages?roomId={}", desk.room), NOW).status, 400);
}

#[test]
fn an_update_is_after_its_lastupdate_and_seen_once_it_is_stored() {
    let desk = desk();
    let id = desk.post(NOW, "notice");
    assert!(ids(&desk.sync("2026-11-23T02:13:00.000Z", NOW + 4)["updated"]).is_empty());
    assert_eq!(ids(&desk.sync("2026-11-23T02:13:20.004Z", NOW + 5)["updated"]), [id]);
    assert!(ids(&desk.sync("2026-11-23T02:13:20.005Z", NOW + 9)["updated"]).is_empty());
}

#[test]
fn a_reply_or_a_reaction_updates_a_message_without_an_edit() {
    let desk = desk();
    let parent = desk.post(NOW - 9000, "Timetable changes");
    let reply = desk
        .chat
        .post(&desk.room, NOW - 500, Draft::text("From Monday").in_thread(&parent))
        .unwrap();
    let liked = desk.post(NOW - 8000, "Line 3 runs again");
    desk.chat.react(&desk.room, &liked, NOW - 400, ":train:").unwrap();
    let result = desk.sync("2026-11-23T02:13:19.000Z", NOW);
    assert_eq!(ids(&result["updated"]), [reply.clone(), liked, parent.clone()]);
    assert_eq!(
        result["updated"][1]["reactions"][":train:"]["usernames"].as_array().unwrap().len(),
        1
    );
    assert_eq!(
        (&result["updated"][2]["tcount"], &result["updated"][2]["editedAt"]),
        (&json!(1), &Value::Null)
    );
    let stamps = [1, 2].map(|i| result["updated"][i]["_updatedAt"].as_str().unwrap());
    assert_eq!(stamps, ["2026-11-23T02:13:19.605Z", "2026-11-23T02:13:19.505Z"]);
    let thread = desk.get(&format!("chat.getThreadMessages?tmid={parent}"));
    assert_eq!(
        (ids(&thread["messages"]), &thread["messages"][0]["tmid"]),
        (vec![reply], &json!(parent))
    );
    let flat = desk.get(&format!("channels.history?roomId={}&showThreadMessages=false", desk.room));
    assert_eq!(ids(&flat["messages"]).len(), 2);
}

#[test]
fn lines_of_the_platform_encrypted_and_hidden_messages_are_told_apart() {
    let desk = desk();
    desk.chat.post(&desk.room, NOW - 90, Draft::system("uj", "reader")).unwrap();
    desk.chat.post(&desk.room, NOW - 80, Draft::encrypted("AwgAEnc=")).unwrap();
    desk.chat.post(&desk.room, NOW - 70, Draft { is_hidden: true, ..Draft::text("kept") }).unwrap();
    desk.chat
        .post(
            &desk.room,
            NOW - 60,
            Draft::text("").quoting("https://chat/x?msg=m1", "press", "Fog"),
        )
        .unwrap();
    let history = desk.get(&format!("channels.history?roomId={}", desk.room));
    let kinds: Vec<&Value> =
        history["messages"].as_array().unwrap().iter().map(|m| &m["t"]).collect();
    assert_eq!(kinds, [&Value::Null, &json!("e2e"), &json!("uj")]);
    assert_eq!(history["messages"][0]["attachments"][0]["message_link"], "https://chat/x?msg=m1");
    let kinds: Vec<PostKind> = desk.chat.truth().posts.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [PostKind::Service, PostKind::Encrypted, PostKind::Post, PostKind::Post]);
}

#[test]
fn where_deletions_leave_a_line_no_other_call_tells() {
    let desk = desk();
    desk.chat.set_shows_deleted(true);
    let id = desk.post(NOW - 1000, "Ferry at 18:30");
    desk.chat.delete(&desk.room, &id, NOW - 500).unwrap();
    let result = desk.sync("2026-11-23T02:13:00.000Z", NOW);
    assert_eq!(
        (&result["updated"][0]["t"], &result["updated"][0]["msg"]),
        (&json!("rm"), &json!(""))
    );
    assert_eq!(result["deleted"], json!([]));
}

#[test]
fn a_cursor_pages_by_the_millisecond_and_loses_what_shares_it() {
    let desk = desk();
    for at in [100, 200, 200, 300] {
        desk.post(NOW - 1000 + at, "notice");
    }
    let page = |next: &str| {
        let path =
            format!("chat.syncMessages?roomId={}&type=UPDATED&count=2&next={next}", desk.room);
        desk.get(&path)["result"].clone()
    };
    let first = page("0");
    assert_eq!(ids(&first["updated"]).len(), 2);
    let second = page(first["cursor"]["next"].as_str().unwrap());
    assert_eq!(ids(&second["updated"]).len(), 1, "one of the two at 200 is lost");
    assert_eq!(second["cursor"]["next"], Value::Null);
    let both = format!("chat.syncMessages?roomId={}&type=UPDATED&next=1&previous=2", desk.room);
    assert_eq!(desk.ask(&both, NOW).value()["errorType"], "error-cursor-conflict");
    let none = format!("chat.syncMessages?roomId={}", desk.room);
    assert_eq!(desk.ask(&none, NOW).value()["errorType"], "error-param-required");
}

#[test]
fn ten_calls_a_minute_for_each_route_and_client() {
    let desk = desk();
    desk.chat.set_rate(Some((10, 60_000)));
    let history = format!("channels.history?roomId={}", desk.room);
    for call in 0..10 {
        let answer = desk.ask(&history, NOW + call);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("10"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some((9 - call).to_string().as_str()));
        assert_eq!(answer.header("x-ratelimit-reset"), Some((NOW + 60_000).to_string().as_str()));
    }
    let refusal = desk.ask(&history, NOW + 18_000);
    assert_eq!(refusal.status, 429);
    assert_eq!(
        refusal.value()["error"],
        "Error, too many requests. Please slow down. You must wait 42 seconds before trying this \
         endpoint again. [error-too-many-requests]"
    );
    assert_eq!(
        (refusal.header("retry-after"), refusal.header("x-ratelimit-remaining")),
        (None, Some("0"))
    );
    assert_eq!(desk.ask("channels.list", NOW + 18_000).status, 200, "another route");
    assert_eq!(desk.ask(&history, NOW + 60_000).status, 200, "the next window");
    assert_eq!(desk.chat.gate().over_limit(), 1);
    desk.chat.set_bypasses_limit("reader").unwrap();
    for _ in 0..20 {
        assert_eq!(desk.ask(&history, NOW + 60_001).status, 200);
    }
}

#[test]
fn a_fault_takes_no_call_from_the_limit() {
    let desk = desk();
    desk.chat.set_rate(Some((1, 60_000)));
    desk.chat.gate().set_faults(Some(Faults::new(1, 1.0)));
    for _ in 0..5 {
        desk.ask("channels.list", NOW);
    }
    desk.chat.gate().set_faults(None);
    assert_eq!(desk.ask("channels.list", NOW).status, 200);
    assert_eq!(desk.chat.gate().over_limit(), 0);
}

fn said(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

#[test]
fn the_stream_tells_messages_edits_and_deletions_as_they_come() {
    let desk = desk();
    let mut talk = desk.chat.talk(&Request::get("/websocket"), NOW).unwrap();
    let hear = |talk: &mut Box<dyn marsad_mock::Talk>, text: Value, at: i64| {
        said(&talk.hear(&text.to_string(), at))
    };
    assert_eq!(said(&talk.due(NOW)), [json!({"server_id": "0"})]);
    let hello = hear(&mut talk, json!({"msg": "connect", "version": "1", "support": ["1"]}), NOW);
    assert_eq!(hello[0]["msg"], "connected");
    let sub = json!({"msg": "sub", "id": "2", "name": "stream-room-messages", "params": [desk.room, false]});
    assert_eq!(hear(&mut talk, sub.clone(), NOW)[0]["msg"], "nosub", "nobody is logged in");
    let wrong = json!({"msg": "method", "id": "0", "method": "login", "params": [{"resume": "x"}]});
    assert_eq!(hear(&mut talk, wrong, NOW)[1]["error"]["error"], 403);
    let login = json!({"msg": "method", "id": "1", "method": "login", "params": [{"resume": desk.login.token}]});
    assert_eq!(hear(&mut talk, login, NOW)[1]["result"]["id"], desk.login.user_id.as_str());
    assert_eq!(hear(&mut talk, sub, NOW)[0], json!({"msg": "ready", "subs": ["2"]}));
    let event = format!("{}/deleteMessage", desk.room);
    let deletions =
        json!({"msg": "sub", "id": "3", "name": "stream-notify-room", "params": [event, false]});
    assert_eq!(hear(&mut talk, deletions, NOW)[0]["msg"], "ready");
    let id = desk.post(NOW + 100, "Platform 4 closed");
    desk.chat.edit(&desk.room, &id, NOW + 200, "Platform 5 closed").unwrap();
    desk.chat.delete(&desk.room, &id, NOW + 300).unwrap();
    assert!(talk.due(NOW + 104).is_empty());
    let new = said(&talk.due(NOW + 105));
    assert_eq!(new.len(), 1);
    assert_eq!(
        (&new[0]["msg"], &new[0]["collection"]),
        (&json!("changed"), &json!("stream-room-messages"))
    );
    assert_eq!(new[0]["fields"]["eventName"], desk.room.as_str());
    let argument = &new[0]["fields"]["args"][0];
    assert_eq!(
        (&argument["msg"], &argument["ts"]),
        (&json!("Platform 4 closed"), &json!({"$date": NOW + 100}))
    );
    assert!(talk.due(NOW + 105).is_empty(), "told once");
    assert_eq!(said(&talk.due(NOW + 250))[0]["fields"]["args"][0]["msg"], "Platform 5 closed");
    let gone = said(&talk.due(NOW + 400));
    assert_eq!(gone[0]["fields"], json!({"eventName": event, "args": [{"_id": id}]}));
    assert_eq!(said(&talk.due(NOW + 40_000)), [json!({"msg": "ping"})]);
    assert!(talk.hear(&json!({"msg": "pong"}).to_string(), NOW + 40_001).is_empty());
    desk.chat.cut_talks(NOW + 50_000);
    assert!(!talk.is_over(NOW + 49_999) && talk.is_over(NOW + 50_000));
    assert!(desk.chat.talk(&Request::get("/elsewhere"), NOW).is_none());
}

#[test]
fn a_websocket_on_a_port_speaks_the_same() {
    let Desk { chat, room, login } = desk();
    let chat = Arc::new(chat);
    let clock = HandClock::new(NOW);
    let hand = clock.clone();
    let served = serve(chat.clone(), move || hand.now_ms()).unwrap();
    let url = format!("ws://{}/websocket", served.address());
    let stream = std::net::TcpStream::connect(served.address()).unwrap();
    let (mut socket, _) = tungstenite::client(url, stream).unwrap();
    assert_eq!(chat.gate().log()[0].status, 101);
    let hear = |socket: &mut tungstenite::WebSocket<std::net::TcpStream>, wanted: &str| loop {
        let Message::Text(text) = socket.read().unwrap() else { continue };
        let value: Value = serde_json::from_str(text.as_str()).unwrap();
        if value["msg"] == wanted {
            return value;
        }
    };
    let say = |socket: &mut tungstenite::WebSocket<std::net::TcpStream>, value: Value| {
        socket.send(Message::text(value.to_string())).unwrap();
    };
    say(&mut socket, json!({"msg": "connect", "version": "1", "support": ["1"]}));
    hear(&mut socket, "connected");
    say(
        &mut socket,
        json!({"msg": "method", "id": "1", "method": "login", "params": [{"resume": login.token}]}),
    );
    say(
        &mut socket,
        json!({"msg": "sub", "id": "2", "name": "stream-room-messages", "params": [room, false]}),
    );
    hear(&mut socket, "ready");
    chat.post(&room, NOW + 10, Draft::text("Fog is lifting")).unwrap();
    clock.advance(1000);
    let told = hear(&mut socket, "changed");
    assert_eq!(told["fields"]["args"][0]["msg"], "Fog is lifting");
    chat.cut_talks(NOW + 2000);
    clock.advance(1000);
    assert!(socket.read().is_err(), "the server hung up");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The documented way back: `latest` = the last `ts`, inclusive, dropping ids already seen.
    #[test]
    fn paging_back_by_time_visits_every_message_once(
        posts in prop::collection::vec((0_i64..400, prop::bool::weighted(0.2)), 0..300),
    ) {
        let desk = desk();
        let mut standing = BTreeSet::new();
        for (at, is_deleted) in posts {
            let id = desk.post(NOW - 1000 + at, "notice");
            if is_deleted {
                desk.chat.delete(&desk.room, &id, NOW - 500).unwrap();
            } else {
                standing.insert(id);
            }
        }
        let mut visited: BTreeMap<String, u32> = BTreeMap::new();
        let mut latest = "2026-11-23T02:13:20.000Z".to_owned();
        loop {
            let path = format!("channels.history?roomId={}&count=100&inclusive=true&latest={latest}", desk.room);
            let page = desk.get(&path)["messages"].clone();
            let fresh: Vec<String> = ids(&page).into_iter().filter(|id| !visited.contains_key(id)).collect();
            if fresh.is_empty() {
                break;
            }
            for id in fresh {
                *visited.entry(id).or_default() += 1;
            }
            latest = page.as_array().unwrap().last().unwrap()["ts"].as_str().unwrap().to_owned();
        }
        prop_assert!(visited.values().all(|times| *times == 1));
        prop_assert_eq!(visited.into_keys().collect::<BTreeSet<_>>(), standing);
    }

    /// Watching by `lastUpdate` = the newest `_updatedAt` or `_deletedAt` seen, at any moments, ends
    /// with what stands in the room.
    #[test]
    fn following_by_sync_ends_with_the_truth(
        acts in prop::collection::vec((0_u8..4, 0_usize..40, 0_i64..30), 1..80),
        looks in prop::collection::vec(1_i64..200, 1..12),
    ) {
        let desk = desk();
        let mut at = NOW;
        let mut known: Vec<String> = Vec::new();
        let mut deleted = BTreeSet::new();
        for (act, which, gap) in acts {
            at += gap;
            let chosen = known.get(which).filter(|id| !deleted.contains(*id)).cloned();
            match (act, chosen) {
                (0, Some(id)) => desk.chat.edit(&desk.room, &id, at, &format!("edited {at}")).unwrap(),
                (1, Some(id)) => {
                    desk.chat.delete(&desk.room, &id, at).unwrap();
                    deleted.insert(id);
                }
                _ => known.push(desk.post(at, "posted")),
            }
        }
        let (mut now, mut since) = (NOW, NOW - 1);
        let mut held: BTreeMap<String, String> = BTreeMap::new();
        for wait in looks.into_iter().chain([at - NOW + 10]) {
            now += wait;
            let written = jiff_iso(since);
            let result = desk.sync(&written, now);
            for message in result["updated"].as_array().unwrap() {
                held.insert(message["_id"].as_str().unwrap().into(), message["msg"].as_str().unwrap().into());
                since = since.max(parse(&message["_updatedAt"]));
            }
            for gone in result["deleted"].as_array().unwrap() {
                held.remove(gone["_id"].as_str().unwrap());
                since = since.max(parse(&gone["_deletedAt"]));
            }
        }
        let truth = desk.chat.truth();
        let standing: BTreeMap<String, String> = truth
            .posts
            .iter()
            .filter(|post| post.is_up(now))
            .map(|post| (post.post.clone(), post.text(now).unwrap().to_owned()))
            .collect();
        prop_assert_eq!(held, standing);
    }
}

fn jiff_iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn parse(written: &Value) -> i64 {
    written.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}
