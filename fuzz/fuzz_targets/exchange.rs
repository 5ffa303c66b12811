//! Answers of platforms: any status, address and body is read without a panic, twice alike.

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

fuzz_target!(|input: &[u8]| {
    let [which, how, body @ ..] = input else { return };
    let platform = Platform::new("telegram").unwrap();
    let at = Timestamp(1_795_400_000_000);
    let exchange = Exchange {
        reader: Reader::ALL[usize::from(*which) % Reader::ALL.len()],
        platform: &platform,
        url: URLS[usize::from(*how) % URLS.len()],
        status: if how & 4 == 0 { 200 } else { 503 },
        headers: &[],
        body,
        at,
        channel: (how & 8 != 0).then_some("1900000001"),
        previous: (how & 16 != 0).then_some(Previous { at, newest: "60" }),
        steady: (how & 32 != 0).then_some(how & 64 == 0),
    };
    let (first, second) = (read_exchange(&exchange), read_exchange(&exchange));
    assert!(first.posts == second.posts && first.channels == second.channels);
    assert!(first.removals == second.removals && first.problems == second.problems);
});
