//! The asking: the only place that opens a connection.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use tokio::sync::mpsc as queue;
use url::Url;

use crate::{Answer, Ask, INVOKE, Missed, Secret};

/// Longest answer that is read.
const BODY_BYTES_MAX: usize = 32 << 20;
const CONNECT_MS: u64 = 10_000;

/// One ask is over.
#[derive(Debug)]
pub struct Done {
    /// What the sender called it.
    pub ticket: u64,
    /// What came.
    pub result: Result<Answer, Missed>,
}

/// Asks on a thread of its own, any number at a time.
#[derive(Debug)]
pub struct Fetcher {
    asks: queue::UnboundedSender<(u64, Ask)>,
    /// Questions in Telegram's own protocol, where an account is logged in.
    account: Option<queue::UnboundedSender<(u64, Ask)>>,
    sender: Sender<Done>,
    done: Receiver<Done>,
    under_way: usize,
}

impl Fetcher {
    /// `agent` names the program and whom to write to; an answer is waited for at most `patience`,
    /// beyond what its question holds.
    ///
    /// # Errors
    /// The system gives no thread, or no store of root certificates.
    pub fn start(agent: &str, patience: Duration) -> Result<Self, String> {
        let client = Client::builder()
            .user_agent(agent)
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .build()
            .map_err(|error| format!("cannot ask over HTTP: {}", chain(&error)))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("cannot ask over HTTP: {error}"))?;
        let (asks, mut waiting) = queue::unbounded_channel::<(u64, Ask)>();
        let (sender, done) = channel();
        let answers = sender.clone();
        thread::Builder::new()
            .name("fetcher".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    while let Some((ticket, ask)) = waiting.recv().await {
                        let wait = patience + Duration::from_millis(ask.holds_ms);
                        tokio::spawn(answer(client.clone(), (ticket, ask), wait, answers.clone()));
                    }
                });
            })
            .map_err(|error| format!("cannot ask over HTTP: {error}"))?;
        Ok(Self { asks, account: None, sender, done, under_way: 0 })
    }

    /// Asks in Telegram's own protocol too, as this account; an answer is waited for at most so long.
    ///
    /// # Errors
    /// The system gives no thread.
    #[cfg(feature = "mtproto")]
    pub fn log_in(&mut self, session: crate::Session, patience: Duration) -> Result<(), String> {
        let (asks, waiting) = queue::unbounded_channel();
        crate::mtproto::serve(session, patience, waiting, self.sender.clone())?;
        self.account = Some(asks);
        Ok(())
    }

    /// Sends a question; its answer comes by [`Fetcher::next`] under this ticket.
    pub fn send(&mut self, ticket: u64, ask: Ask) {
        let queue = if ask.method == INVOKE { self.account.as_ref() } else { Some(&self.asks) };
        let sent = queue.is_some_and(|queue| queue.send((ticket, ask)).is_ok());
        if !sent {
            let why = "there is no connection that this can be asked by".to_owned();
            let result = Err(Missed::Unreachable(why));
            drop(self.sender.send(Done { ticket, result }));
        }
        self.under_way += 1;
    }

    /// Waits at most so long for the next answer.
    pub fn next(&mut self, wait: Duration) -> Option<Done> {
        match self.done.recv_timeout(wait) {
            Ok(done) => {
                self.under_way -= 1;
                Some(done)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Questions without an answer yet.
    pub fn under_way(&self) -> usize {
        self.under_way
    }
}

async fn answer(client: Client, (ticket, ask): (u64, Ask), patience: Duration, done: Sender<Done>) {
    let result = match tokio::time::timeout(patience, exchange(&client, &ask)).await {
        Ok(result) => result,
        Err(_) => Err(Missed::Timeout),
    };
    // Nobody listens any more when the watch has ended.
    drop(done.send(Done { ticket, result }));
}

async fn exchange(client: &Client, ask: &Ask) -> Result<Answer, Missed> {
    let missed = |error: reqwest::Error| missed(&error, &ask.secret);
    let method = match ask.method {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        _ => Method::GET,
    };
    let mut url = Url::parse(&ask.url)
        .map_err(|error| Missed::Unreachable(format!("{}: {error}", ask.url)))?;
    let mut headers = HeaderMap::new();
    let secret: &[(&'static str, String)] = match &ask.secret {
        Secret::None => &[],
        Secret::Headers(fields) => fields,
        Secret::Query(name, value) => {
            url.query_pairs_mut().append_pair(name, value);
            &[]
        }
    };
    for (name, value) in ask.headers.iter().chain(secret) {
        let field =
            HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
        let Some((name, value)) = field else {
            return Err(Missed::Unreachable(format!("the field '{name}' cannot be sent")));
        };
        headers.insert(name, value);
    }
    let request = client.request(method, url).headers(headers).body(ask.body.clone());
    let mut response = request.send().await.map_err(missed)?;
    let status = response.status().as_u16();
    let own = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers = response.headers().iter().map(own).collect();
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(missed)? {
        if body.len() + bytes.len() > BODY_BYTES_MAX {
            return Err(Missed::TooLong);
        }
        body.extend_from_slice(&bytes);
    }
    Ok(Answer { status, headers, body })
}

fn missed(error: &reqwest::Error, secret: &Secret) -> Missed {
    if error.is_timeout() {
        return Missed::Timeout;
    }
    if error.is_body() || error.is_decode() {
        return Missed::Cut;
    }
    Missed::Unreachable(secret.taken_out(&chain(error)))
}

/// An error with its causes, the last of which says what happened.
fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    sentence
}
