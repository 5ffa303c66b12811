//! Answers of platforms and frames of their streams: any status, address and body is read without a panic, twice alike.

#![no_main]

use libfuzzer_sys::fuzz_target;
use marsad_interpret::{Exchange, Previous, Reader, read_exchange};
use marsad_types::{Platform, Timestamp};

const URLS: [&str; 4] = [
    "https://t.me/s/coastweather",
    "https://t.me/s/coastweather?before=71",
    "https://t.me/coastweather",
    "https://t.me/coastweather/61?embed=1",
];

/// Of a Matrix room, read from outside.
const ROOM: &str = "!coast:weather.example";
const ROOM_URLS: [&str; 6] = [
    "https://weather.example/_matrix/client/v3/sync?since=s1",
    "https://weather.example/_matrix/client/v3/joined_rooms",
    "https://weather.example/_matrix/client/v3/rooms/%21coast%3Aweather.example/messages?dir=b",
    "https://weather.example/_matrix/client/v3/rooms/%21coast%3Aweather.example/event/%241",
    "https://weather.example/_matrix/client/v1/room_summary/%21coast%3Aweather.example",
    "https://weather.example/_matrix/client/v3/rooms/%21coast%3Aweather.example/state/m.room.tombstone",
];

/// What an account asks Telegram.
const TL_URLS: [&str; 4] = [
    "mtproto://telegram.org/230/messages.getHistory?channel=1900000001&offset_id=0&min_id=0&limit=2",
    "mtproto://telegram.org/230/channels.getMessages?channel=1900000001&id=5,6",
    "mtproto://telegram.org/230/channels.getFullChannel?channel=1900000001",
    "mtproto://telegram.org/230/contacts.resolveUsername?name=coastweather",
];
/// Where a conversation is held.
const FRAME_URLS: [&str; 1] = ["https://chat.example.org/websocket"];
/// Of what is delivered.
const HOOK_URLS: [&str; 1] = ["urn:marsad:hook:max"];

fuzz_target!(|input: &[u8]| {
    let [which, how, body @ ..] = input else { return };
    let platform = Platform::new("telegram").unwrap();
    let at = Timestamp(1_795_400_000_000);
    let reader = Reader::ALL[usize::from(*which) % Reader::ALL.len()];
    let (urls, channel): (&[&str], &str) = match reader {
        Reader::Matrix => (&ROOM_URLS[..], ROOM),
        Reader::TelegramTl => (&TL_URLS[..], "1900000001"),
        Reader::BotApiHook => (&HOOK_URLS[..], "-70000000000001"),
        Reader::RocketChatRealtime => (&FRAME_URLS[..], "chat.example.org/weather"),
        _ => (&URLS[..], "1900000001"),
    };
    let exchange = Exchange {
        reader,
        platform: &platform,
        url: urls[usize::from(*how) % urls.len()],
        status: if how & 4 == 0 { 200 } else { 503 },
        headers: &[],
        body,
        at,
        channel: (how & 8 != 0).then_some(channel),
        previous: (how & 16 != 0).then_some(Previous { at, newest: "60" }),
        steady: (how & 32 != 0).then_some(how & 64 == 0),
    };
    let (first, second) = (read_exchange(&exchange), read_exchange(&exchange));
    assert!(first.posts == second.posts && first.channels == second.channels);
    assert!(first.removals == second.removals && first.problems == second.problems);
});
