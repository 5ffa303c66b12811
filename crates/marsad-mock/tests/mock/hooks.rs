//! Web hooks: who is subscribed, what is delivered when, and for how long it is repeated.

use marsad_mock::botapi::{Delivery, Draft, Flavour, Retry};
use marsad_mock::{BotApi, FaultKind, Faults, Mock, Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_400_000_000;
const URL: &str = "https://desk.example/max";
const HOUR: i64 = 3_600_000;

fn max() -> (BotApi, i64) {
    let api = BotApi::new(Flavour::Max, "t");
    let chat = api.add_channel("coastweather", "Coast Weather", 15_230, 0);
    (api, chat)
}

fn asked(api: &BotApi, request: Request) -> Response {
    api.answer(&request.with_header("Authorization", "t"), NOW)
}

fn subscribe(api: &BotApi, body: &Value) -> u16 {
    asked(api, Request::post("/subscriptions", body)).status
}

fn text(delivery: &Delivery) -> String {
    let update: Value = serde_json::from_slice(&delivery.body).unwrap();
    update["message"]["body"]["text"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_subscription_stands_until_it_is_ended_and_excludes_long_polling() {
    let (api, _) = max();
    assert_eq!(asked(&api, Request::get("/updates")).status, 200);
    for bad in [
        json!({"url": "http://desk.example/max"}),
        json!({"url": URL, "secret": "1234"}),
        json!({"url": URL, "secret": "with space"}),
        json!({"url": URL, "secret": 12345}),
        json!({}),
    ] {
        assert_eq!(subscribe(&api, &bad), 400, "{bad}");
    }
    assert_eq!(subscribe(&api, &json!({"url": URL, "secret": "s3cret-of-desk"})), 200);
    let list = asked(&api, Request::get("/subscriptions")).value();
    assert_eq!(
        (&list["subscriptions"][0]["url"], list["subscriptions"].as_array().unwrap().len()),
        (&json!(URL), 1)
    );
    assert!(!list.to_string().contains("s3cret"), "what it shows is told to nobody");
    assert_eq!(asked(&api, Request::get("/updates")).status, 405);
    let end = |url: &str| Request {
        method: "DELETE".to_owned(),
        ..Request::get(format!("/subscriptions?url={url}"))
    };
    assert_eq!(asked(&api, end("https://elsewhere.example")).status, 404);
    assert_eq!(asked(&api, end("https%3A%2F%2Fdesk.example%2Fmax")).status, 200);
    assert_eq!((api.subscribed().len(), asked(&api, Request::get("/updates")).status), (0, 200));
    api.gate().set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::CutShort])));
    subscribe(&api, &json!({"url": URL}));
    assert!(api.subscribed().is_empty(), "a broken answer changes nothing");
}

#[test]
fn what_is_not_received_is_repeated_ever_later_and_the_deaf_are_unsubscribed() {
    let (api, chat) = max();
    api.post(chat, NOW - 10, Draft::text("Before")).unwrap();
    let kinds = json!(["message_created"]);
    subscribe(&api, &json!({"url": URL, "secret": "s3cret-of-desk", "update_types": kinds}));
    let mid = api.post(chat, NOW + 10, Draft::text("Fog")).unwrap();
    api.edit(&mid, NOW + 20, "Fog until noon").unwrap();
    assert_eq!(api.due(NOW), []);
    let due = api.due(NOW + 30);
    assert_eq!(due.iter().map(text).collect::<Vec<_>>(), ["Fog"], "since then, and of this kind");
    assert_eq!((due[0].url.as_str(), due[0].secret.as_deref()), (URL, Some("s3cret-of-desk")));
    assert_eq!(api.due(NOW + HOUR), [], "it is on its way");
    let (mut at, mut waits) = (NOW + 30, Vec::new());
    api.told(&due[0], at, false);
    loop {
        let again = (0..24 * 3600).find(|s| !api.due(at + s * 1000).is_empty());
        let Some(s) = again else { break };
        at += s * 1000;
        waits.push(s);
        api.told(&due[0], at, false);
        if api.subscribed().is_empty() {
            break;
        }
    }
    assert_eq!(waits[..5], [60, 150, 375, 938, 2344], "{waits:?}");
    assert!(api.subscribed().is_empty() && at - NOW >= 8 * HOUR, "after eight hours: {waits:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is received when: all of it is delivered in the end, and nothing that was received again.
    #[test]
    fn everything_is_delivered_once_it_is_received(
        posts in prop::collection::vec(0..5000_i64, 1..12), seed in any::<u64>(),
    ) {
        let (api, chat) = max();
        api.set_retry(Retry { first_ms: 100, factor: 1.0, tries: 600, patience_ms: HOUR });
        subscribe(&api, &json!({"url": URL}));
        for (number, at) in posts.iter().enumerate() {
            api.post(chat, NOW + at, Draft::text(number.to_string())).unwrap();
        }
        let (mut word, mut received) = (seed | 1, Vec::new());
        for at in (NOW..NOW + 60_000).step_by(50) {
            for delivery in api.due(at) {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let is_received = word >> 62 == 0;
                if is_received {
                    received.push(text(&delivery));
                }
                api.told(&delivery, at, is_received);
            }
        }
        received.sort_by_key(|number| number.parse::<usize>().unwrap());
        let all: Vec<String> = (0..posts.len()).map(|number| number.to_string()).collect();
        prop_assert_eq!(received, all);
        prop_assert_eq!((api.undelivered(), api.given_up()), (0, 0));
    }
}
