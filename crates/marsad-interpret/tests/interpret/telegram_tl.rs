//! Answers to an account's questions, read without the library that asked. More of it in
//! `marsad-capture`, where that library writes them.

use marsad_interpret::{Exchange, Reader, Reading, read_exchange};
use marsad_types::{Platform, Timestamp};
use proptest::prelude::*;

use crate::common::{problems, short};

const CHANNEL: &str = "1900000001";
const AT: Timestamp = Timestamp(1_795_409_000_000);
const HISTORY: &str = "messages.getHistory?channel=1900000001&offset_id=0&min_id=0&limit=100";

fn read(call: &str, body: &[u8], channel: Option<&str>, steady: Option<bool>) -> Reading {
    let platform = Platform::new("telegram").unwrap();
    let is_error = body.starts_with(&0x2144_ca19_u32.to_le_bytes());
    read_exchange(&Exchange {
        reader: Reader::TelegramTl,
        platform: &platform,
        url: &format!("mtproto://telegram.org/230/{call}"),
        status: if is_error { 400 } else { 200 },
        headers: &[],
        body,
        at: AT,
        channel,
        previous: None,
        steady,
    })
}

fn fixture() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/telegram-tl/history.tl");
    std::fs::read(path).unwrap()
}

fn error(word: &str) -> Vec<u8> {
    let mut body = [0x2144_ca19_u32.to_le_bytes(), 400_u32.to_le_bytes()].concat();
    body.push(u8::try_from(word.len()).unwrap());
    body.extend_from_slice(word.as_bytes());
    body.resize(body.len().next_multiple_of(4), 0);
    body
}

#[test]
fn a_page_that_was_kept_is_read_without_the_library() {
    let reading = read(HISTORY, &fixture(), Some(CHANNEL), None);
    assert_eq!(reading.problems, []);
    let posts = short(&reading.posts);
    assert_eq!(posts.len(), 13);
    assert_eq!(
        posts[0],
        "telegram:1900000001/2 2026-11-23T02:14:20Z Wind 11 kn 👍 see https://example.org/a?b=1 now"
    );
    assert_eq!(reading.channels[0].title.as_deref(), Some("Coast Weather"));
    // Nobody says which channel is public: nothing of it is read.
    let reading = read(HISTORY, &fixture(), None, None);
    assert_eq!(problems(&reading), ["1: nobody says of which channel these messages are"]);
    assert!(reading.posts.is_empty() && reading.channels.is_empty());
    let other = HISTORY.replace("1900000001", "5");
    let reading = read(&other, &fixture(), Some("5"), None);
    assert!(reading.posts.is_empty(), "{reading:?}");
}

#[test]
fn what_is_of_a_later_layer_is_said_and_what_stands_before_is_read() {
    let mut body = fixture();
    // The first message's constructor, as if a later layer had another.
    let number = 0x7600_b9d3_u32.to_le_bytes();
    let places: Vec<usize> =
        (0..body.len() - 4).filter(|at| body[*at..*at + 4] == number).collect();
    body[places[4]..places[4] + 4].copy_from_slice(&0x0bad_c0de_u32.to_le_bytes());
    let reading = read(HISTORY, &body, Some(CHANNEL), None);
    assert_eq!(
        problems(&reading),
        [
            "1: the answer is not whole: it has a part of a kind that is not known (0x0badc0de); a newer Marsad may know it; what stands before is read"
        ]
    );
    assert_eq!(reading.posts.len(), 4);
}

#[test]
fn refusals_are_facts_about_a_channel_where_they_are_ones() {
    let full = "channels.getFullChannel?channel=1900000001";
    for (call, word, channel, expected) in [
        (full, "CHANNEL_PRIVATE", Some(CHANNEL), "1900000001 private CHANNEL_PRIVATE"),
        (
            "contacts.resolveUsername?name=coast",
            "USERNAME_NOT_OCCUPIED",
            None,
            "coast gone USERNAME_NOT_OCCUPIED",
        ),
        (
            "contacts.resolveUsername?name=coast",
            "USERNAME_INVALID",
            Some(CHANNEL),
            "1900000001 gone USERNAME_INVALID",
        ),
        (full, "FLOOD_WAIT_31", Some(CHANNEL), ""),
        (full, "FLOOD_PREMIUM_WAIT_3", Some(CHANNEL), ""),
        (full, "CHANNEL_INVALID", Some(CHANNEL), ""),
        (
            full,
            "AUTH_KEY_UNREGISTERED",
            Some(CHANNEL),
            "problem 1: Telegram answered 'AUTH_KEY_UNREGISTERED'",
        ),
    ] {
        let reading = read(call, &error(word), channel, None);
        let seen = reading.channels.iter().map(|seen| {
            let cause = seen.status_cause.as_deref().unwrap_or_default();
            format!("{} {} {cause}", seen.key.id, seen.status.as_str())
        });
        let said: Vec<String> = seen
            .chain(problems(&reading).iter().map(|problem| format!("problem {problem}")))
            .collect();
        assert_eq!(said.join(""), expected, "{word}");
        assert_eq!(reading.rows, 1);
    }
    let blind = read(full, &error("CHANNEL_PRIVATE"), Some(CHANNEL), Some(false));
    assert_eq!(blind.channels[0].status.as_str(), "error");
}

#[test]
fn texts_within_texts_without_end_are_no_danger() {
    // A page block of bold text of bold text of …
    let mut body = 0xc776_ba4e_u32.to_le_bytes().to_vec();
    for _ in 0..50_000 {
        body.extend_from_slice(&0x6724_abc4_u32.to_le_bytes());
    }
    let reading = read(HISTORY, &body, Some(CHANNEL), None);
    assert_eq!(reading.problems.len(), 1);
    let deep = vec![0x6724_abc4_u32.to_le_bytes(); 60_000].concat();
    let reading = read(HISTORY, &deep, Some(CHANNEL), None);
    assert!(problems(&reading)[0].contains("nested too deep"), "{:?}", problems(&reading));
    let long = vec![0; 5 << 20];
    assert_eq!(
        problems(&read(HISTORY, &long, Some(CHANNEL), None)),
        ["1: the answer is not whole: the answer is longer than 4 MiB"]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read(
        call in prop_oneof![
            Just(HISTORY),
            Just("channels.getMessages?channel=1900000001&id=1,2"),
            Just("channels.getFullChannel?channel=1900000001"),
            Just("contacts.resolveUsername?name=coast"),
            Just("messages.sendMessage"),
            Just(""),
        ],
        start in prop_oneof![
            Just(0xc776_ba4e_u32), Just(0x1d73_e7ea), Just(0xe5d7_d19c), Just(0x7f07_7ad9), Just(0x2144_ca19), any::<u32>(),
        ],
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let body = [&start.to_le_bytes()[..], &rest].concat();
        let reading = read(call, &body, Some(CHANNEL), None);
        prop_assert!(reading.rows > 0);
    }
}
