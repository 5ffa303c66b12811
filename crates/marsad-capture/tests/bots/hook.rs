//! The web hook of MAX: the subscription against the stand-in, and the door against whoever knocks.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use marsad_capture::{
    Answer, Ask, Fetcher, Hook, HookPlace, HookSecret, HookStanding, Place, Places, Secret,
};
use marsad_mock::botapi::Flavour;
use marsad_mock::{BotApi, FaultKind, Faults, Mock, Request};
use serde_json::json;

use crate::common::json as answered;

const URL: &str = "https://desk.example/max";
const SECRET: &str = "s3cret_of-the-hook";
const NOW: i64 = 1_795_400_000_000;
const MINUTE: i64 = 60_000;

fn places(token: &str) -> Places {
    let secret = Secret::Headers(vec![("Authorization", token.to_owned())]);
    Places { max: Place { secret, ..Place::default() }, ..Places::default() }
}

fn secret() -> HookSecret {
    HookSecret::parse(SECRET).unwrap()
}

fn hook(places: &Places) -> Hook {
    Hook::new(places, &HookPlace::parse("127.0.0.1:8443", URL).unwrap(), secret())
}

/// What the stand-in answers to a question, credentials and all.
fn ask(api: &BotApi, ask: &Ask, now: i64) -> Answer {
    let path = ask.url.splitn(4, '/').nth(3).unwrap_or_default();
    let (fields, body) = match &ask.secret {
        Secret::Headers(fields) => (fields.clone(), ask.body.clone()),
        Secret::Posted { fields, body } => (fields.clone(), body.clone().into_bytes()),
        Secret::None | Secret::Query(..) => (Vec::new(), ask.body.clone()),
    };
    let headers = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let path = format!("/{path}");
    let request =
        Request { method: ask.method.to_owned(), path, headers, body, ..Request::default() };
    let response = api.answer(&request, now);
    Answer { status: response.status, headers: response.headers, body: response.body }
}

/// Asks until nothing is due; gives the methods.
fn settle(hook: &mut Hook, api: &BotApi, now: i64) -> Vec<&'static str> {
    let mut asked = Vec::new();
    while let Some(question) = hook.next(now) {
        assert_eq!(hook.next(now).as_ref(), Some(&question), "the question stays the same");
        assert!(!format!("{question:?}").contains(SECRET) && !question.url.contains(SECRET));
        asked.push(question.method);
        assert!(asked.len() < 200, "it does not end: {asked:?}");
        // One that was no answer is asked again.
        hook.hear(&ask(api, &question, now), now).ok();
    }
    asked
}

#[test]
fn it_looks_first_subscribes_where_nothing_stands_and_again_when_it_was_dropped() {
    let api = BotApi::new(Flavour::Max, "t");
    let mut hook = hook(&places("t"));
    assert_eq!(hook.standing(), &HookStanding::Unknown);
    assert_eq!(settle(&mut hook, &api, NOW), ["GET", "POST"]);
    assert_eq!(hook.standing(), &HookStanding::Stands);
    assert_eq!((hook.take_made(), hook.take_made()), (true, false));
    assert_eq!(api.subscribed(), [URL]);
    // Another process finds that it stands.
    let mut other = self::hook(&places("t"));
    assert_eq!(settle(&mut other, &api, NOW + MINUTE), ["GET"]);
    assert_eq!(other.standing(), &HookStanding::Stands);
    assert!(!other.take_made());
    assert_eq!(settle(&mut hook, &api, NOW + 9 * MINUTE), Vec::<&str>::new());
    assert_eq!(settle(&mut hook, &api, NOW + 10 * MINUTE), ["GET"]);
    api.drop_subscriptions();
    assert_eq!(settle(&mut hook, &api, NOW + 20 * MINUTE), ["GET", "POST"]);
    assert!(hook.take_made() && api.subscribed() == [URL]);
    // Somebody else's, and one of ours that brings less.
    api.drop_subscriptions();
    let less = json!({"url": URL, "update_types": ["bot_started"]});
    let elsewhere = json!({"url": "https://elsewhere.example/max"});
    for body in [less, elsewhere] {
        let request = Request::post("/subscriptions", &body).with_header("Authorization", "t");
        assert_eq!(api.answer(&request, NOW).status, 200);
    }
    assert_eq!(settle(&mut hook, &api, NOW + 30 * MINUTE), ["GET", "POST"]);
    assert_eq!(api.subscribed().len(), 2, "somebody else's stays");
    let ended = ask(&api, &Hook::end(&places("t"), URL), NOW);
    assert_eq!((Hook::ended(&ended), api.subscribed().len()), (Ok(()), 1));
    let again = ask(&api, &Hook::end(&places("t"), URL), NOW);
    assert_eq!(Hook::ended(&again), Err("not.found".to_owned()));
    let listed = Hook::looked(&ask(&api, &Hook::look(&places("t")), NOW)).unwrap();
    assert_eq!(listed[0].url, "https://elsewhere.example/max");
}

#[test]
fn a_wrong_secret_that_comes_makes_it_subscribe_anew_but_not_for_whoever_knocks() {
    let api = BotApi::new(Flavour::Max, "t");
    let older = json!({"url": URL, "secret": "an-older-one"});
    let request = Request::post("/subscriptions", &older).with_header("Authorization", "t");
    api.answer(&request, NOW);
    let mut hook = hook(&places("t"));
    assert_eq!(settle(&mut hook, &api, NOW), ["GET"]);
    hook.mistrust(NOW + 1);
    assert_eq!(settle(&mut hook, &api, NOW + 1), ["POST"]);
    for second in 2..500 {
        hook.mistrust(NOW + second * 1000);
        assert_eq!(settle(&mut hook, &api, NOW + second * 1000), Vec::<&str>::new());
    }
}

#[test]
fn refusals_are_said_and_faults_are_asked_again() {
    let api = BotApi::new(Flavour::Max, "another");
    let mut refused = hook(&places("t"));
    assert_eq!(settle(&mut refused, &api, NOW), ["GET"]);
    let why = "the token is refused (verify.token); see MARSAD_MAX_TOKEN";
    assert_eq!(refused.standing(), &HookStanding::Off(why.to_owned()));
    assert!(refused.next(NOW + MINUTE - 1).is_none() && refused.next(NOW + MINUTE).is_some());
    let without = hook(&Places::default());
    assert!(without.next(NOW).is_none());
    let HookStanding::Off(why) = without.standing() else { panic!("it asks as nobody") };
    assert!(why.contains("MARSAD_MAX_TOKEN"), "{why}");

    let mut hook = hook(&places("another"));
    let kinds = [FaultKind::Failed(503), FaultKind::TooMany, FaultKind::Malformed];
    api.gate().set_faults(Some(Faults::new(5, 0.6).of(&kinds)));
    assert!(settle(&mut hook, &api, NOW).len() >= 2);
    assert_eq!((hook.standing(), api.subscribed().len()), (&HookStanding::Stands, 1));
    // An answer that says no, in its own words.
    let place = HookPlace::parse("127.0.0.1:8443", URL).unwrap();
    let mut hook = Hook::new(&places("t"), &place, secret());
    assert_eq!(hook.hear(&answered(200, &json!({"subscriptions": []})), NOW), Ok(()));
    let no = answered(200, &json!({"success": false, "message": "the certificate is not trusted"}));
    assert_eq!(hook.hear(&no, NOW), Ok(()));
    let why = "the platform takes no subscription (the certificate is not trusted)";
    assert_eq!(hook.standing(), &HookStanding::Off(why.to_owned()));
}

/// A door, and who asks behind it.
fn door() -> (Fetcher, String, std::sync::Arc<marsad_capture::Receipts>) {
    let fetcher = Fetcher::start("test", Duration::from_secs(5)).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    let receipts = fetcher.receive(port, secret()).unwrap();
    (fetcher, address, receipts)
}

fn post(body: &str) -> String {
    let length = body.len();
    format!(
        "POST /x HTTP/1.1\r\nHost: x\r\nX-Max-Bot-Api-Secret: {SECRET}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// The status of the next answer.
fn status(stream: &mut TcpStream) -> u16 {
    let mut buffer = [0; 1024];
    let read = stream.read(&mut buffer).unwrap_or(0);
    let answer = String::from_utf8_lossy(&buffer[..read]).into_owned();
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

#[test]
fn a_delivery_is_answered_as_it_went_and_one_that_is_dropped_comes_again() {
    let (mut fetcher, address, receipts) = door();
    let mut stream = TcpStream::connect(&address).unwrap();
    for (number, expected) in [(0, 200), (1, 400), (2, 503)] {
        stream.write_all(post(&format!("{{\"n\":{number}}}")).as_bytes()).unwrap();
        // Nobody waits for a question that is under way elsewhere.
        assert!(fetcher.next(Duration::from_secs(5)).is_none());
        let delivery = fetcher.delivered().unwrap();
        assert_eq!(delivery.body(), format!("{{\"n\":{number}}}").as_bytes());
        match expected {
            200 => delivery.received(),
            400 => delivery.unread(),
            _ => drop(delivery),
        }
        assert_eq!(status(&mut stream), expected);
    }
    let mut stranger = TcpStream::connect(&address).unwrap();
    stranger.write_all(post("{}").replace(SECRET, "s3cret").as_bytes()).unwrap();
    assert_eq!((status(&mut stranger), receipts.strangers(), receipts.unfit()), (401, 1, 0));
    assert!(fetcher.next(Duration::from_millis(50)).is_none() && fetcher.delivered().is_none());
}

#[test]
fn who_says_nothing_or_never_ends_is_hung_up_on_and_keeps_nobody_out() {
    let (mut fetcher, address, receipts) = door();
    let began = Instant::now();
    // One whose body never ends.
    let mut slow = TcpStream::connect(&address).unwrap();
    let head = post("{}").replace("Content-Length: 2", "Content-Length: 200");
    slow.write_all(head.as_bytes()).unwrap();
    // More than there is room for: half of them silent, half in the middle of a head.
    let mut idle: Vec<TcpStream> =
        (0..100).map(|_| TcpStream::connect(&address).unwrap()).collect();
    for stream in idle.iter_mut().step_by(2) {
        stream.write_all(b"POST /x HTTP/1.1\r\nHost: x\r\n").unwrap();
    }
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(post("{\"n\":1}").as_bytes()).unwrap();
    while fetcher.delivered().map(marsad_capture::Delivery::received).is_none() {
        assert!(began.elapsed() < Duration::from_secs(50), "everybody else waits for them");
        assert!(fetcher.next(Duration::from_secs(1)).is_none());
    }
    assert_eq!(status(&mut stream), 200);
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!((status(&mut slow), receipts.unfit()), (408, 1));
}
