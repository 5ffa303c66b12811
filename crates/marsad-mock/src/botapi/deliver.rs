//! The delivering: what is due goes over real sockets, each update by a thread of its own.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{BotApi, Delivery};
use crate::serve::TICK;

/// The platform waits so long for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
const HEADERS_MAX: usize = 32;

/// Deliveries under way; they end when this is dropped.
#[derive(Debug)]
pub struct Delivering {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Delivering {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Delivers what is due to whoever is subscribed. `clock` gives milliseconds since 1970 UTC.
pub fn deliver(api: Arc<BotApi>, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Delivering {
    let stop = Arc::new(AtomicBool::new(false));
    let (told, clock) = (Arc::clone(&stop), Arc::new(clock));
    let thread = thread::spawn(move || {
        while !told.load(Ordering::SeqCst) {
            for delivery in api.due(clock()) {
                let (api, clock) = (Arc::clone(&api), Arc::clone(&clock));
                thread::spawn(move || {
                    let status = post(&delivery).unwrap_or(0);
                    api.told(&delivery, clock(), status == 200);
                });
            }
            thread::sleep(TICK);
        }
    });
    Delivering { stop, thread: Some(thread) }
}

/// Posts a delivery to an address of `http://`; gives the status of the answer.
fn post(delivery: &Delivery) -> io::Result<u16> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
    let rest = delivery.url.strip_prefix("http://").ok_or_else(wrong)?;
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(at).ok_or_else(wrong)?;
    let address = host.to_socket_addrs()?.next().ok_or_else(wrong)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let path = if path.is_empty() { "/" } else { path };
    let secret = delivery.secret.as_ref();
    let secret =
        secret.map_or_else(String::new, |secret| format!("X-Max-Bot-Api-Secret: {secret}\r\n"));
    let length = delivery.body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{secret}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&delivery.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut headers);
    parsed.parse(&answer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    parsed.code.ok_or_else(wrong)
}
