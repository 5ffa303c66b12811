//! Mocks on a port: keep-alive, faults on the wire, stopping.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use marsad_mock::telegram::Draft;
use marsad_mock::{FaultKind, Faults, HandClock, Served, Telegram, serve};

const NOW: i64 = 1_795_400_000_000;

fn served() -> (Arc<Telegram>, Served, HandClock) {
    let telegram = Arc::new(Telegram::new());
    telegram.add_channel("coastweather", "Coast Weather", 10, 0);
    telegram.post("coastweather", NOW, Draft::text("Fog in the harbour")).unwrap();
    telegram.post("coastweather", NOW + 1000, Draft::text("Fog is lifting")).unwrap();
    let clock = HandClock::new(NOW);
    let hand = clock.clone();
    let served = serve(telegram.clone(), move || hand.now_ms()).unwrap();
    (telegram, served, clock)
}

fn ask(stream: &mut TcpStream, path: &str) {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: t.me\r\n\r\n").unwrap();
}

/// One response: its head, and the body as far as it came.
fn hear(stream: &mut TcpStream) -> (String, Vec<u8>, usize) {
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    let head_end = loop {
        if let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut buffer).unwrap() {
            0 => panic!("closed before a head: {heard:?}"),
            n => heard.extend_from_slice(&buffer[..n]),
        }
    };
    let head = String::from_utf8(heard[..head_end].to_vec()).unwrap();
    let length = head.lines().find_map(|l| l.strip_prefix("Content-Length: ")).unwrap();
    let length: usize = length.parse().unwrap();
    while heard.len() < head_end + length {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            n => heard.extend_from_slice(&buffer[..n]),
        }
    }
    (head, heard[head_end..].to_vec(), length)
}

#[test]
fn one_connection_carries_many_requests_and_the_clock_moves_what_is_seen() {
    let (telegram, served, clock) = served();
    let mut stream = TcpStream::connect(served.address()).unwrap();
    ask(&mut stream, "/s/coastweather");
    let (head, body, _) = hear(&mut stream);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("text/html"), "{head}");
    assert!(!String::from_utf8(body).unwrap().contains("lifting"));
    clock.advance(1000);
    ask(&mut stream, "/s/coastweather");
    assert!(String::from_utf8(hear(&mut stream).1).unwrap().contains("lifting"));
    ask(&mut stream, "/s/nosuchname");
    assert!(hear(&mut stream).0.starts_with("HTTP/1.1 302 Found\r\n"));
    let log = telegram.gate().log();
    assert_eq!(log.len(), 3);
    assert_eq!((log[1].at_ms, log[1].client.as_str()), (NOW + 1000, "127.0.0.1"));
    assert!(served.url().starts_with("http://127.0.0.1:"));
}

#[test]
fn a_cut_body_is_announced_whole_and_the_connection_closes() {
    let (telegram, served, _) = served();
    telegram.gate().set_faults(Some(Faults::new(3, 1.0).of(&[FaultKind::CutShort])));
    let mut stream = TcpStream::connect(served.address()).unwrap();
    ask(&mut stream, "/s/coastweather");
    let (_, body, announced) = hear(&mut stream);
    assert!(body.len() < announced, "{} of {announced}", body.len());
}

#[test]
fn silence_lasts_until_the_client_gives_up() {
    let (telegram, served, _) = served();
    telegram.gate().set_faults(Some(Faults::new(3, 1.0).of(&[FaultKind::Silence])));
    let mut stream = TcpStream::connect(served.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(150))).unwrap();
    ask(&mut stream, "/s/coastweather");
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
}

#[test]
fn a_dropped_server_listens_no_more() {
    let (_, served, _) = served();
    let address = served.address();
    drop(served);
    assert!(TcpStream::connect(address).is_err());
}
