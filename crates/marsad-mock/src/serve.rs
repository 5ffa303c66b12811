//! A mock on a local port: blocking threads, HTTP/1.1 with keep-alive, websockets.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tungstenite::Message;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::{Role, WebSocket};

use crate::http::{Fault, Request, Response, put};
use crate::{Mock, Talk};

/// How often a waiting connection looks whether the server stops.
pub(crate) const TICK: Duration = Duration::from_millis(20);
/// A request's head and body together.
const REQUEST_BYTES_MAX: usize = 1 << 20;
const HEADERS_MAX: usize = 64;

pub(crate) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A clock that is moved by hand; clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// A clock that shows a time, in milliseconds since 1970 UTC.
    pub fn new(now_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now_ms)))
    }

    /// The time it shows.
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Sets it.
    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }

    /// Moves it forward and gives the new time.
    pub fn advance(&self, ms: i64) -> i64 {
        self.0.fetch_add(ms, Ordering::SeqCst) + ms
    }
}

/// A mock that listens; it stops when this is dropped.
pub struct Served {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Served {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener waits for a connection: give it one.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            listening.join().ok();
        }
    }
}

/// Puts a mock on a free port of 127.0.0.1. `clock` gives milliseconds since 1970 UTC: a
/// [`HandClock`]'s, or the machine's.
///
/// # Errors
/// Where no port can be had.
pub fn serve(
    mock: Arc<dyn Mock>,
    clock: impl Fn() -> i64 + Send + Sync + 'static,
) -> io::Result<Served> {
    let clock: Clock = Arc::new(clock);
    listen(move |stream, stop| {
        let host = Host { mock: Arc::clone(&mock), clock: Arc::clone(&clock), stop };
        // An error here is a client that went away.
        host.converse(stream).ok();
    })
}

/// Listens on a free port of 127.0.0.1 and gives each connection a thread of its own, which is to end
/// when the flag is set.
pub(crate) fn listen(
    converse: impl Fn(TcpStream, Arc<AtomicBool>) + Send + Sync + 'static,
) -> io::Result<Served> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let stop = Arc::new(AtomicBool::new(false));
    let (told, converse) = (Arc::clone(&stop), Arc::new(converse));
    let listening = thread::Builder::new().name("mock".to_owned()).spawn(move || {
        for stream in listener.incoming() {
            if told.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let (converse, told) = (Arc::clone(&converse), Arc::clone(&told));
            thread::spawn(move || converse(stream, told));
        }
    })?;
    Ok(Served { address, stop, listening: Some(listening) })
}

struct Host {
    mock: Arc<dyn Mock>,
    clock: Clock,
    stop: Arc<AtomicBool>,
}

impl Host {
    fn stops(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn converse(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(TICK))?;
        stream.set_nodelay(true)?;
        let client = stream.peer_addr()?.ip().to_string();
        let mut unread = Vec::new();
        while let Some(mut request) = self.read_request(&mut stream, &mut unread)? {
            request.client.clone_from(&client);
            if let Some(key) = request.header("Sec-WebSocket-Key")
                && let Some(talk) = self.mock.talk(&request, (self.clock)())
            {
                return self.hold_talk(stream, key, talk);
            }
            let asked_ms = (self.clock)();
            while self.mock.holds(&request, asked_ms, (self.clock)()) && !self.stops() {
                thread::sleep(TICK);
            }
            let response = self.mock.answer(&request, (self.clock)());
            let closes =
                request.header("Connection").is_some_and(|c| c.eq_ignore_ascii_case("close"));
            match response.fault {
                Some(Fault::Silence) => return self.keep_silent(&mut stream),
                Some(Fault::CutShort(after)) => {
                    send(&mut stream, &response, after)?;
                    return stream.shutdown(Shutdown::Both);
                }
                None => send(&mut stream, &response, usize::MAX)?,
            }
            if closes {
                return stream.shutdown(Shutdown::Both);
            }
        }
        Ok(())
    }

    /// The next request; none when the client is done or the server stops.
    fn read_request(
        &self,
        stream: &mut TcpStream,
        unread: &mut Vec<u8>,
    ) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, used)) = parse(unread)? {
                unread.drain(..used);
                return Ok(Some(request));
            }
            if unread.len() > REQUEST_BYTES_MAX {
                return Err(ErrorKind::InvalidData.into());
            }
            match self.read_some(stream)? {
                Some(bytes) => unread.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
    }

    /// Waits for bytes; none when there are no more.
    fn read_some(&self, stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 8192];
        while !self.stops() {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(n) => return Ok(buffer.get(..n).map(<[u8]>::to_vec)),
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Answers nothing until the client gives up.
    fn keep_silent(&self, stream: &mut TcpStream) -> io::Result<()> {
        while self.read_some(stream)?.is_some() {}
        Ok(())
    }

    fn hold_talk(
        &self,
        mut stream: TcpStream,
        key: &str,
        mut talk: Box<dyn Talk>,
    ) -> io::Result<()> {
        let accept = derive_accept_key(key.as_bytes());
        write!(
            stream,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )?;
        let mut socket = WebSocket::from_raw_socket(stream, Role::Server, None);
        while !self.stops() && !talk.is_over((self.clock)()) {
            let said = match socket.read() {
                Ok(Message::Text(text)) => talk.hear(text.as_str(), (self.clock)()),
                Ok(_) => Vec::new(),
                Err(tungstenite::Error::Io(error)) if is_wait(&error) => Vec::new(),
                Err(_) => return Ok(()),
            };
            for text in said.into_iter().chain(talk.due((self.clock)())) {
                if socket.send(Message::text(text)).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn is_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// A whole request and how many bytes it took; none where bytes are missing.
fn parse(unread: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let status =
        parsed.parse(unread).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
    let httparse::Status::Complete(head) = status else { return Ok(None) };
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: parsed.path.unwrap_or_default().to_owned(),
        ..Request::default()
    };
    for header in parsed.headers.iter() {
        let value = String::from_utf8_lossy(header.value).into_owned();
        request.headers.push((header.name.to_owned(), value));
    }
    let length = request.header("Content-Length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let end = head.saturating_add(length);
    let Some(body) = unread.get(head..end) else { return Ok(None) };
    request.body = body.to_vec();
    Ok(Some((request, end)))
}

/// Sends a response, of the body at most so many bytes.
fn send(stream: &mut TcpStream, response: &Response, body_max: usize) -> io::Result<()> {
    let reason = match response.status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Unknown",
    };
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", response.status);
    for (name, value) in &response.headers {
        put!(head, "{name}: {value}\r\n");
    }
    put!(head, "Content-Length: {}\r\n\r\n", response.body.len());
    let mut bytes = head.into_bytes();
    bytes.extend(response.body.iter().take(body_max));
    stream.write_all(&bytes)?;
    stream.flush()
}
