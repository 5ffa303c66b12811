//! TamTam's and MAX's rules: tokens, who may read what, the two bounds, the marker.

use std::collections::BTreeSet;

use marsad_mock::botapi::{Draft, Flavour, Kind, Status};
use marsad_mock::{BotApi, FaultKind, Faults, Mock, Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_400_000_000;

fn ask(api: &BotApi, path: &str, now_ms: i64) -> Response {
    let joint = if path.contains('?') { '&' } else { '?' };
    let request =
        Request::get(format!("/{path}{joint}access_token=t")).with_header("Authorization", "t");
    api.answer(&request, now_ms)
}

fn get(api: &BotApi, path: &str) -> Value {
    let response = ask(api, path, NOW);
    assert_eq!(response.status, 200, "{path}: {}", response.text());
    response.value()
}

fn code(api: &BotApi, path: &str) -> (u16, String) {
    let response = ask(api, path, NOW);
    (response.status, response.value()["code"].as_str().unwrap_or_default().to_owned())
}

fn coast(flavour: Flavour) -> (BotApi, i64) {
    let api = BotApi::new(flavour, "t");
    let chat = api.add_channel("coastweather", "Coast Weather", 15_230, 0);
    (api, chat)
}

fn mids(messages: &Value) -> Vec<String> {
    let mids = messages["messages"].as_array().unwrap().iter();
    mids.map(|m| m["body"]["mid"].as_str().unwrap().to_owned()).collect()
}

fn kinds(updates: &Value) -> Vec<&str> {
    updates["updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["update_type"].as_str().unwrap())
        .collect()
}

#[test]
fn tamtam_wants_its_token_in_the_query_and_max_in_a_header() {
    let in_query = Request::get("/me?access_token=t");
    let in_header = Request::get("/me").with_header("Authorization", "t");
    let bearer = Request::get("/me").with_header("Authorization", "Bearer t");
    let (tamtam, _) = coast(Flavour::TamTam);
    let (max, _) = coast(Flavour::Max);
    let statuses =
        |api: &BotApi| [&in_query, &in_header, &bearer].map(|r| api.answer(r, NOW).status);
    assert_eq!(statuses(&tamtam), [200, 401, 401]);
    assert_eq!(statuses(&max), [401, 200, 401]);
    let refusal = tamtam.answer(&in_header, NOW).value();
    assert_eq!(refusal, json!({"code": "verify.token", "message": "Invalid access_token"}));
    assert_eq!(
        (get(&tamtam, "me")["name"].is_string(), get(&max, "me")["first_name"].is_string()),
        (true, true)
    );
}

#[test]
fn a_channel_is_found_by_id_and_by_link() {
    let (api, chat) = coast(Flavour::TamTam);
    for asked in [chat.to_string(), "coastweather".to_owned(), "@CoastWeather".to_owned()] {
        let found = get(&api, &format!("chats/{asked}"));
        assert_eq!((&found["chat_id"], &found["type"]), (&json!(chat), &json!("channel")));
        assert_eq!(
            (&found["is_public"], &found["link"]),
            (&json!(true), &json!("https://tt.me/coastweather"))
        );
        assert_eq!(
            (&found["participants_count"], &found["status"]),
            (&json!(15_230), &json!("active"))
        );
    }
    assert_eq!(code(&api, "chats/nosuch"), (404, "not.found".to_owned()));
    assert!(chat < 0);
    let (max, chat) = coast(Flavour::Max);
    let shown = get(&max, &format!("chats/{chat}"));
    assert_eq!(
        (&shown["link"], shown.get("chat_message_id")),
        (&json!("https://max.ru/coastweather"), None)
    );
    max.set_kind(chat, Kind::Chat).unwrap();
    assert_eq!(code(&max, "chats/coastweather").0, 404, "links lead to channels only");
}

#[test]
fn what_is_private_is_denied_unless_the_bot_is_in_it() {
    let (api, chat) = coast(Flavour::TamTam);
    api.set_public(chat, 0, false).unwrap();
    let private = get(&api, &format!("chats/{chat}"));
    assert_eq!((&private["is_public"], &private["link"]), (&json!(false), &Value::Null));
    assert_eq!(code(&api, "chats/coastweather").0, 404);
    api.set_bot(chat, 1, false).unwrap();
    assert_eq!(code(&api, &format!("chats/{chat}")), (403, "chat.denied".to_owned()));
    assert_eq!(code(&api, &format!("messages?chat_id={chat}")), (403, "chat.denied".to_owned()));
    let (dialogs, chat) = coast(Flavour::TamTam);
    dialogs.set_kind(chat, Kind::Dialog).unwrap();
    let dialog = get(&dialogs, &format!("chats/{chat}"));
    assert_eq!((&dialog["is_public"], &dialog["participants_count"]), (&json!(false), &json!(2)));
}

#[test]
fn a_public_channel_without_the_bot_is_read_on_tamtam_and_not_on_max() {
    for (flavour, status) in [(Flavour::TamTam, 200), (Flavour::Max, 403)] {
        let (api, chat) = coast(flavour);
        api.set_bot(chat, 1, false).unwrap();
        assert_eq!(ask(&api, &format!("messages?chat_id={chat}"), NOW).status, status);
    }
}

#[test]
fn status_is_a_fact_of_the_chat_and_gone_is_404() {
    let (api, chat) = coast(Flavour::TamTam);
    api.set_status(chat, NOW - 10, Status::Suspended).unwrap();
    assert_eq!(get(&api, &format!("chats/{chat}"))["status"], "suspended");
    assert_eq!(code(&api, &format!("messages?chat_id={chat}")).0, 403);
    api.set_status(chat, NOW, Status::Gone).unwrap();
    assert_eq!(code(&api, &format!("chats/{chat}")).0, 404);
    assert_eq!(code(&api, &format!("messages?chat_id={chat}")).0, 404);
}

#[test]
fn chats_are_the_bots_own_page_by_page_and_withdrawn_on_max() {
    let (api, first) = coast(Flavour::TamTam);
    let others: Vec<i64> =
        (0..4).map(|i| api.add_channel(&format!("line{i}"), "Line", 5, 0)).collect();
    api.set_bot(others[1], 1, false).unwrap();
    let page = get(&api, "chats?count=2");
    assert_eq!(page["chats"][0]["chat_id"], first);
    let next = get(&api, &format!("chats?count=2&marker={}", page["marker"]));
    assert_eq!(next["chats"][0]["chat_id"], others[2]);
    assert_eq!((next["chats"].as_array().unwrap().len(), &next["marker"]), (2, &Value::Null));
    assert_eq!(code(&coast(Flavour::Max).0, "chats").0, 404);
}

#[test]
fn from_is_the_newer_bound_and_both_are_inclusive() {
    let (api, chat) = coast(Flavour::TamTam);
    let posted: Vec<String> = (0..120)
        .map(|i| api.post(chat, NOW - 1200 + i * 10, Draft::text(format!("Hour {i}"))).unwrap())
        .collect();
    let all = get(&api, &format!("messages?chat_id={chat}"));
    assert_eq!((mids(&all).len(), all.get("marker")), (50, None));
    assert_eq!(mids(&all)[0], posted[119]);
    let within = format!("messages?chat_id={chat}&from={}&to={}", NOW - 1000, NOW - 1020);
    assert_eq!(
        mids(&get(&api, &within)),
        [posted[20].clone(), posted[19].clone(), posted[18].clone()]
    );
    let turned = format!("messages?chat_id={chat}&from={}&to={}", NOW - 1020, NOW - 1000);
    assert!(mids(&get(&api, &turned)).is_empty());
    for bad in ["count=0", "count=101", "from=x"] {
        assert_eq!(
            code(&api, &format!("messages?chat_id={chat}&{bad}")),
            (400, "proto.payload".to_owned())
        );
    }
    assert_eq!(code(&api, "messages").0, 400);
    let some = get(&api, &format!("messages?message_ids={},{},nosuch", posted[3], posted[1]));
    assert_eq!(mids(&some), [posted[3].clone(), posted[1].clone()]);
}

#[test]
fn a_message_has_a_long_seq_views_only_in_lists_and_no_time_of_its_edit() {
    let (api, chat) = coast(Flavour::TamTam);
    let mid = api.post(chat, NOW - 50, Draft::text("Fog until noon").with_views(1260)).unwrap();
    api.edit(&mid, NOW - 10, "Fog until two").unwrap();
    let message = get(&api, &format!("messages?chat_id={chat}"))["messages"][0].clone();
    assert!(message["body"]["seq"].as_i64().unwrap() > 1 << 53);
    assert_eq!(
        (&message["body"]["text"], &message["stat"]["views"]),
        (&json!("Fog until two"), &json!(1260))
    );
    assert_eq!((&message["timestamp"], message.get("sender")), (&json!(NOW - 50), None));
    assert!(message["url"].as_str().unwrap().starts_with("https://tt.me/coastweather/"));
    assert!(!message.to_string().contains(&(NOW - 10).to_string()), "an edit has no time here");
    assert_eq!(get(&api, &format!("messages/{mid}")).get("stat"), None);
    api.set_public(chat, NOW, false).unwrap();
    assert_eq!(get(&api, &format!("messages/{mid}")).get("url"), None);
    api.delete(&mid, NOW).unwrap();
    assert_eq!(code(&api, &format!("messages/{mid}")).0, 404);
    assert!(mids(&get(&api, &format!("messages?chat_id={chat}"))).is_empty());
}

#[test]
fn forwards_and_replies_carry_their_links() {
    let (api, chat) = coast(Flavour::TamTam);
    let source = "mid.fffffffb00000001";
    let forward = || Draft::forward(-70_000_000_000_002, source, "Line 3: every 20 minutes");
    api.post(chat, NOW - 30, forward()).unwrap();
    api.post(chat, NOW - 20, forward().without_body()).unwrap();
    api.post(chat, NOW - 10, Draft::text("14 kn").replying(source, "12 kn").by("Duty editor"))
        .unwrap();
    let page = get(&api, &format!("messages?chat_id={chat}"));
    let [reply, bare, forwarded] = [0, 1, 2].map(|i| &page["messages"][i]);
    assert_eq!(
        (&forwarded["link"]["type"], &forwarded["link"]["chat_id"]),
        (&json!("forward"), &json!(-70_000_000_000_002_i64))
    );
    assert_eq!(
        (&forwarded["link"]["message"]["mid"], &forwarded["body"]["text"]),
        (&json!(source), &Value::Null)
    );
    assert_eq!(bare["body"], Value::Null);
    assert_eq!((&reply["link"]["type"], reply["link"].get("chat_id")), (&json!("reply"), None));
    assert_eq!(reply["sender"]["name"], "Duty editor");
}

#[test]
fn a_marker_commits_what_was_before_it_and_that_is_gone() {
    let (api, chat) = coast(Flavour::TamTam);
    let mid = api.post(chat, NOW - 50, Draft::text("Fog")).unwrap();
    api.edit(&mid, NOW - 40, "Fog until two").unwrap();
    api.delete(&mid, NOW - 30).unwrap();
    let first = get(&api, "updates?limit=2");
    assert_eq!(kinds(&first), ["message_created", "message_edited"]);
    assert_eq!(first["updates"][0]["message"]["body"]["text"], "Fog");
    assert_eq!(first["updates"][1]["timestamp"], NOW - 40);
    assert_eq!(first["updates"][0]["message"].get("stat"), None);
    assert_eq!(kinds(&get(&api, "updates")).len(), 3, "nothing was committed yet");
    let rest = get(&api, &format!("updates?marker={}", first["marker"]));
    assert_eq!(kinds(&rest), ["message_removed"]);
    assert_eq!(
        (&rest["updates"][0]["message_id"], &rest["updates"][0]["chat_id"]),
        (&json!(mid), &json!(chat))
    );
    assert_eq!(
        kinds(&get(&api, "updates?marker=0")),
        ["message_removed"],
        "what was before is gone"
    );
    let empty = get(&api, &format!("updates?marker={}", rest["marker"]));
    assert_eq!((kinds(&empty).len(), &empty["marker"]), (0, &rest["marker"]));
    assert_eq!(kinds(&get(&api, "updates")).len(), 0);
}

#[test]
fn without_a_marker_max_gives_only_the_latest_update() {
    let (api, chat) = coast(Flavour::Max);
    for i in 0..3 {
        api.post(chat, NOW - 50 + i, Draft::text(format!("Hour {i}"))).unwrap();
    }
    let latest = get(&api, "updates");
    assert_eq!(latest["updates"].as_array().unwrap().len(), 1);
    assert_eq!(latest["updates"][0]["message"]["body"]["text"], "Hour 2");
    api.post(chat, NOW - 10, Draft::text("Hour 3")).unwrap();
    api.post(chat, NOW - 9, Draft::text("Hour 4")).unwrap();
    assert_eq!(kinds(&get(&api, &format!("updates?marker={}", latest["marker"]))).len(), 2);
}

#[test]
fn updates_come_from_where_the_bot_is_and_of_the_wanted_types() {
    let (api, chat) = coast(Flavour::TamTam);
    api.set_bot(chat, NOW - 90, false).unwrap();
    api.post(chat, NOW - 80, Draft::text("unheard")).unwrap();
    api.set_bot(chat, NOW - 70, true).unwrap();
    api.set_title(chat, NOW - 60, "Coast Desk").unwrap();
    api.add_update(NOW - 50, "story_published", json!({"chat_id": chat}));
    api.post(chat, NOW + 1, Draft::text("later")).unwrap();
    assert_eq!(
        kinds(&get(&api, "updates")),
        ["bot_removed", "bot_added", "chat_title_changed", "story_published"]
    );
    let wanted = get(&api, "updates?types=bot_added,message_created&limit=1");
    assert_eq!((kinds(&wanted), &wanted["marker"]), (vec!["bot_added"], &json!(2)));
    assert_eq!(code(&api, "updates?limit=1001").0, 400);
}

#[test]
fn an_empty_poll_is_held_for_its_timeout_where_asked_for() {
    let (api, chat) = coast(Flavour::TamTam);
    let poll = Request::get("/updates?access_token=t&timeout=20&marker=0");
    let other = Request::get(format!("/messages?access_token=t&chat_id={chat}"));
    assert!(!api.holds(&poll, NOW, NOW), "not by default");
    api.set_holds_polls(true);
    let held = [NOW, NOW + 19_999, NOW + 20_000].map(|now| api.holds(&poll, NOW, now));
    assert_eq!(held, [true, true, false]);
    assert!(!api.holds(&other, NOW, NOW));
    api.post(chat, NOW + 5000, Draft::text("Fog")).unwrap();
    assert!(api.holds(&poll, NOW, NOW + 4999) && !api.holds(&poll, NOW, NOW + 5000));
}

#[test]
fn a_broken_answer_commits_nothing() {
    let (api, chat) = coast(Flavour::TamTam);
    api.post(chat, NOW - 50, Draft::text("Fog")).unwrap();
    api.gate()
        .set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::CutShort, FaultKind::Malformed])));
    for _ in 0..8 {
        ask(&api, "updates?marker=1", NOW);
    }
    api.gate().set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::TooMany])));
    assert_eq!(code(&api, "me"), (429, "too.many.requests".to_owned()));
    api.gate().set_faults(None);
    assert_eq!(kinds(&get(&api, "updates")).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The safe way back: `from` = the last timestamp, dropping `mid`s already seen.
    #[test]
    fn paging_back_visits_every_message_once(
        posts in prop::collection::vec((0_i64..60, prop::bool::weighted(0.2)), 0..250),
    ) {
        let (api, chat) = coast(Flavour::TamTam);
        let mut standing = BTreeSet::new();
        for (at, is_deleted) in posts {
            let mid = api.post(chat, NOW - 100 + at, Draft::text("notice")).unwrap();
            if is_deleted {
                api.delete(&mid, NOW - 10).unwrap();
            } else {
                standing.insert(mid);
            }
        }
        let (mut visited, mut seen) = (Vec::new(), BTreeSet::new());
        let mut from = NOW;
        loop {
            let page = get(&api, &format!("messages?chat_id={chat}&count=50&from={from}"));
            let fresh: Vec<String> = mids(&page).into_iter().filter(|mid| seen.insert(mid.clone())).collect();
            if fresh.is_empty() {
                break;
            }
            visited.extend(fresh);
            from = page["messages"].as_array().unwrap().last().unwrap()["timestamp"].as_i64().unwrap();
        }
        prop_assert_eq!(visited.len(), standing.len());
        prop_assert_eq!(visited.into_iter().collect::<BTreeSet<_>>(), standing);
    }
}
