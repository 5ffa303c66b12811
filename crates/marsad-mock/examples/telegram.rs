//! A stand-in of t.me to try the watch on: channels that post as time goes by.
//!
//!     cargo run -p marsad-mock --example telegram -- 20
//!
//! Prints its address; `MARSAD_TELEGRAM_URL` takes it. Channels are weatherdesk0, weatherdesk1, ….
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a tool that prints, stops at errors and lives in real time"
)]

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use marsad_mock::telegram::Draft;
use marsad_mock::{Telegram, serve};

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn main() {
    let channels: u32 = std::env::args().nth(1).map_or(20, |written| written.parse().unwrap());
    let mock = Arc::new(Telegram::new());
    let begin = now_ms() - 86_400_000;
    for number in 0..channels {
        let name = format!("weatherdesk{number}");
        mock.add_channel(&name, &format!("Weather desk {number}"), 1100, begin);
        for hour in 0..24 {
            let text = format!("Desk {number}, hour {hour}: wind {} kn", (hour * 7 + number) % 30);
            mock.post(&name, begin + i64::from(hour) * 3_600_000, Draft::text(text)).unwrap();
        }
    }
    let served = serve(mock.clone(), now_ms).unwrap();
    println!("{}", served.url());
    for turn in 0_u32.. {
        std::thread::sleep(Duration::from_millis(500));
        let name = format!("weatherdesk{}", turn % channels);
        let text = format!("Gale warning {} for the strait, wind {} kn", turn / 3, 30 + turn % 9);
        mock.post(&name, now_ms(), Draft::text(text)).unwrap();
    }
}
