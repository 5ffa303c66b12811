//! What platforms deliver to us: a small HTTP server on a port of this machine, behind the desk's own
//! reverse proxy, which ends TLS.
//!
//! Only a `POST` that shows the secret has its body read. What is read is handed over, and answered when
//! whoever took it has it safe: 200 then, 503 where that did not come in time or will not come, so that
//! the platform delivers it again. Everything is bounded: connections, heads, bodies and the time that
//! each may take.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderName};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use crate::HookSecret;
use crate::fetch::Came;

/// The field that the secret comes in.
const SECRET: HeaderName = HeaderName::from_static("x-max-bot-api-secret");
/// Longest delivery: one message with what hangs on it is a few KiB.
const BODY_BYTES_MAX: usize = 1 << 20;
const HEAD_BYTES_MAX: usize = 16 << 10;
const FIELDS_MAX: usize = 64;
/// Connections at a time; others wait before they are taken.
const CONNECTIONS_MAX: usize = 64;
/// For a head; also how long a connection may be without a question.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// The platform waits 30 s for an answer.
const KEEP_PATIENCE: Duration = Duration::from_secs(15);
/// Before the next connection, where the system gave none.
const PAUSE: Duration = Duration::from_millis(100);

/// What was not let in, so far.
#[derive(Debug, Default)]
pub struct Receipts {
    strangers: AtomicU64,
    unfit: AtomicU64,
}

impl Receipts {
    /// Requests without the secret, or with another one.
    pub fn strangers(&self) -> u64 {
        self.strangers.load(Ordering::Relaxed)
    }

    /// Requests that showed the secret and were too large, too slow or no `POST`.
    pub fn unfit(&self) -> u64 {
        self.unfit.load(Ordering::Relaxed)
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Safe, or nothing of ours: it need not come again.
    Safe,
    /// It is none.
    Unread,
}

/// Something that was delivered, by who showed the secret. Where it is dropped, it comes again.
#[derive(Debug)]
pub struct Delivery {
    body: Vec<u8>,
    reply: oneshot::Sender<Taken>,
}

impl Delivery {
    /// What came.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// It is safe, or nothing of ours: it need not come again.
    pub fn received(self) {
        // Who delivered may have gone, and delivers it again.
        self.reply.send(Taken::Safe).ok();
    }

    /// It cannot be read.
    pub fn unread(self) {
        self.reply.send(Taken::Unread).ok();
    }
}

/// A port that deliveries come in by.
#[derive(Debug)]
pub(crate) struct Door {
    port: TcpListener,
    guard: Arc<Guard>,
}

/// What every connection needs.
#[derive(Debug)]
struct Guard {
    secret: HookSecret,
    receipts: Arc<Receipts>,
}

impl Door {
    pub(crate) fn new(
        port: TcpListener,
        secret: HookSecret,
    ) -> std::io::Result<(Self, Arc<Receipts>)> {
        port.set_nonblocking(true)?;
        let receipts = Arc::new(Receipts::default());
        let guard = Arc::new(Guard { secret, receipts: Arc::clone(&receipts) });
        Ok((Self { port, guard }, receipts))
    }

    /// Takes connections until the process ends.
    pub(crate) async fn open(self, came: Sender<Came>) {
        let Ok(port) = tokio::net::TcpListener::from_std(self.port) else { return };
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            match port.accept().await {
                Ok((stream, _)) => {
                    let (guard, came) = (Arc::clone(&self.guard), came.clone());
                    tokio::spawn(async move {
                        converse(stream, guard, came).await;
                        drop(place);
                    });
                }
                // No file descriptor is left, or the other side has gone.
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

async fn converse(stream: TcpStream, guard: Arc<Guard>, came: Sender<Came>) {
    let answer = service_fn(|request| {
        let (guard, came) = (Arc::clone(&guard), came.clone());
        async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = guard.judge(request, &came).await;
            Ok::<_, Infallible>(response)
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_header_size(HEAD_BYTES_MAX)
        .max_headers(FIELDS_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    // Who goes in the middle of a request delivers it again.
    drop(connection.await);
}

impl Guard {
    /// Lets a request in or not; the status that it is answered with.
    async fn judge(&self, request: Request<Incoming>, came: &Sender<Came>) -> StatusCode {
        let shown = request.headers().get(SECRET);
        if !shown.is_some_and(|shown| self.secret.is(shown.as_bytes())) {
            self.receipts.strangers.fetch_add(1, Ordering::Relaxed);
            return StatusCode::UNAUTHORIZED;
        }
        let body = match read(request).await {
            Ok(body) => body,
            Err(status) => {
                self.receipts.unfit.fetch_add(1, Ordering::Relaxed);
                return status;
            }
        };
        let (reply, taken) = oneshot::channel();
        if came.send(Came::Delivered(Delivery { body, reply })).is_err() {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        match timeout(KEEP_PATIENCE, taken).await {
            Ok(Ok(Taken::Safe)) => StatusCode::OK,
            Ok(Ok(Taken::Unread)) => StatusCode::BAD_REQUEST,
            Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// The body of a request that may have one.
async fn read(request: Request<Incoming>) -> Result<Vec<u8>, StatusCode> {
    if request.method() != Method::POST {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let told =
        request.headers().get(CONTENT_LENGTH).and_then(|told| told.to_str().ok()?.parse().ok());
    if told.is_some_and(|bytes: u64| bytes > BODY_BYTES_MAX as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = request.into_body();
    if body.is_end_stream() {
        return Ok(Vec::new());
    }
    match timeout(BODY_PATIENCE, Limited::new(body, BODY_BYTES_MAX).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
