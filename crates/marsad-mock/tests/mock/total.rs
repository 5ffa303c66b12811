//! Whatever is asked, something is answered: no mock panics, and none answers past its words.

use marsad_mock::botapi::Flavour;
use marsad_mock::{BotApi, Faults, Matrix, Mock, Request, RocketChat, Telegram};
use marsad_mock::{botapi, matrix, rocketchat, telegram};
use proptest::prelude::*;

const NOW: i64 = 1_795_400_000_000;

/// All mocks, each with a channel, a post that was edited, one that was deleted, and faults.
fn all(share: f64) -> (Vec<Box<dyn Mock>>, Vec<String>) {
    let web = Telegram::new();
    web.add_channel("coast", "Coast", 10, 0);
    let desk = Matrix::new();
    let room = desk.add_room("coast", "Coast", 10, 0);
    let chat = RocketChat::new();
    let login = chat.add_user("reader", "secret");
    let channel = chat.add_channel("coast", "Coast", 10, 0);
    let bots = [BotApi::new(Flavour::TamTam, "t"), BotApi::new(Flavour::Max, "t")];
    let mut words = vec![room.clone(), channel.clone(), login.token, login.user_id];
    for at in NOW - 30..NOW {
        web.post("coast", at, telegram::Draft::album(2, "pier")).unwrap();
        words.push(desk.post(&room, at, matrix::Draft::text("fog")).unwrap());
        words.push(chat.post(&channel, at, rocketchat::Draft::text("fog")).unwrap());
    }
    for bot in &bots {
        let chat = bot.add_channel("coast", "Coast", 10, 0);
        let mid = bot.post(chat, NOW - 9, botapi::Draft::text("fog")).unwrap();
        bot.edit(&mid, NOW - 8, "fog until two").unwrap();
        words.extend([mid, chat.to_string()]);
    }
    words.push(desk.add_user("desk", "secret"));
    desk.set_reads_without_token(true);
    chat.set_rate(None);
    let [tamtam, max] = bots;
    let faults = Faults::new(5, share);
    for gate in [web.gate(), desk.gate(), chat.gate(), tamtam.gate(), max.gate()] {
        gate.set_faults(Some(faults.clone()));
    }
    (vec![Box::new(web), Box::new(desk), Box::new(chat), Box::new(tamtam), Box::new(max)], words)
}

const SEGMENTS: [&str; 33] = [
    "s",
    "coast",
    "_matrix",
    "client",
    "v3",
    "v1",
    "r0",
    "publicRooms",
    "directory",
    "room",
    "rooms",
    "messages",
    "event",
    "relations",
    "m.replace",
    "state",
    "timestamp_to_event",
    "room_summary",
    "login",
    "register",
    "api",
    "channels.history",
    "channels.list",
    "channels.messages",
    "chat.syncMessages",
    "chat.getDeletedMessages",
    "chats",
    "updates",
    "subscriptions",
    "me",
    "websocket",
    "%23",
    "..",
];

/// Paths that lead somewhere: which mock, and the path, with the places of its own words.
const PATHS: [(usize, &str); 22] = [
    (0, "/s/coast?"),
    (0, "/coast?"),
    (0, "/coast/3?"),
    (1, "/_matrix/client/v3/publicRooms?"),
    (1, "/_matrix/client/v3/rooms/{0}/messages?dir=b&"),
    (1, "/_matrix/client/v3/rooms/{0}/messages?dir=f&"),
    (1, "/_matrix/client/v3/rooms/{0}/event/{4}?"),
    (1, "/_matrix/client/v1/rooms/{0}/relations/{4}/m.replace?"),
    (1, "/_matrix/client/v1/rooms/{0}/timestamp_to_event?"),
    (1, "/_matrix/client/v1/room_summary/{0}?"),
    (2, "/api/v1/channels.list?"),
    (2, "/api/v1/channels.info?roomId={1}&"),
    (2, "/api/v1/channels.history?roomId={1}&"),
    (2, "/api/v1/channels.messages?roomId={1}&"),
    (2, "/api/v1/chat.syncMessages?roomId={1}&"),
    (2, "/api/v1/chat.getDeletedMessages?roomId={1}&since=2026-11-23T02:13:20.000Z&"),
    (2, "/api/v1/chat.getThreadMessages?tmid={5}&"),
    (3, "/messages?access_token=t&chat_id=-70000000000001&"),
    (3, "/updates?access_token=t&"),
    (3, "/chats?access_token=t&"),
    (4, "/messages?chat_id=-70000000000001&"),
    (4, "/updates?"),
];

const NAMES: [&str; 26] = [
    "before",
    "after",
    "embed",
    "q",
    "dir",
    "from",
    "to",
    "limit",
    "since",
    "filter",
    "ts",
    "roomId",
    "roomName",
    "latest",
    "oldest",
    "inclusive",
    "offset",
    "count",
    "lastUpdate",
    "next",
    "previous",
    "type",
    "marker",
    "chat_id",
    "message_ids",
    "access_token",
];

const VALUES: [&str; 24] = [
    "",
    "0",
    "1",
    "-1",
    "20",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "b",
    "f",
    "t1-1_0",
    "t0-0",
    "s5_0",
    "t-",
    "UPDATED",
    "DELETED",
    "true",
    "2026-11-23T02:13:20.000Z",
    "-009999-01-01T00:00:00Z",
    "%7B%22types%22%3A5%7D",
    "bm8",
    "t",
];

/// A word of a list, or one of the mock's own.
fn choose(list: &[&str], own: &[String], which: usize) -> String {
    match list.get(which % (list.len() + own.len())) {
        Some(word) => (*word).to_owned(),
        None => own[which % own.len()].replace('!', "%21").replace('$', "%24"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_request_is_answered(
        requests in prop::collection::vec(
            (0_usize..44, prop::collection::vec(0_usize..500, 0..7), prop::collection::vec((0_usize..26, 0_usize..500), 0..4)),
            1..40,
        ),
        now_ms in prop_oneof![Just(NOW), Just(0), Just(-1_000_000_000_000), 0_i64..4_000_000_000_000],
        share in prop_oneof![Just(0.0), Just(0.5)],
    ) {
        let (mocks, words) = all(share);
        for (which, path, query) in requests {
            let query: Vec<String> = query
                .iter()
                .map(|(name, value)| format!("{}={}", NAMES[*name], choose(&VALUES, &words, *value)))
                .collect();
            let (mock, path) = PATHS.get(which).map_or_else(
                || {
                    let path: Vec<String> = path.iter().map(|w| choose(&SEGMENTS, &words, *w)).collect();
                    (which % 5, format!("/{}?", path.join("/")))
                },
                |(mock, path)| {
                    let own = |path: String, n: usize| path.replace(&format!("{{{n}}}"), &choose(&[], &words, n));
                    (*mock, [0, 1, 4, 5].into_iter().fold((*path).to_owned(), own))
                },
            );
            let request = Request::get(path + &query.join("&"))
                .with_header("X-Auth-Token", &words[2])
                .with_header("X-User-Id", &words[3]);
            let request = if mock == 4 { request.with_header("Authorization", "t") } else { request };
            let response = mocks[mock].answer(&request, now_ms);
            let is_answer = (200..=503).contains(&response.status);
            prop_assert!(response.fault.is_some() || is_answer, "{}", request.path);
        }
    }

    #[test]
    fn bytes_that_are_no_address_are_answered_too(path in ".{0,60}", body in prop::collection::vec(any::<u8>(), 0..60)) {
        let (mocks, _) = all(0.0);
        for mock in &mocks {
            for method in ["GET", "POST", "PUT"] {
                let path = format!("/{path}");
                let request = Request { method: method.to_owned(), path, body: body.clone(), ..Request::default() };
                prop_assert!(mock.answer(&request, NOW).status >= 200);
            }
        }
    }
}

#[test]
fn whatever_is_said_over_a_websocket_is_answered_or_passed_over() {
    let (mocks, words) = all(0.0);
    let mut talk = mocks[2].talk(&Request::get("/websocket"), NOW).unwrap();
    for said in [
        "",
        "{",
        "[]",
        "null",
        "{\"msg\":5}",
        "{\"msg\":\"sub\",\"params\":{}}",
        "{\"msg\":\"method\",\"method\":\"login\"}",
    ] {
        talk.hear(said, NOW);
        talk.due(NOW);
    }
    assert!(words.len() > 60);
}
