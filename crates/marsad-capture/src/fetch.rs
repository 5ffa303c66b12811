//! The asking: the only place that opens a connection.

use std::collections::{BTreeMap, VecDeque};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, redirect};
use tokio::sync::mpsc as queue;
use url::Url;

use crate::receive::{self, Delivery, Receipts};
use crate::socket::{self, Overheard, Talk};
use crate::{Answer, Ask, HookSecret, INVOKE, Missed, Secret};

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

/// What the thread is given to do.
#[derive(Debug)]
enum Job {
    Ask(u64, Box<Ask>),
    Talk(Talk),
    Receive(receive::Door),
}

/// What the thread gives back.
#[derive(Debug)]
pub(crate) enum Came {
    Done(Done),
    Overheard(Overheard),
    Delivered(Delivery),
}

/// Asks on a thread of its own, any number at a time; holds conversations there, and takes in what is
/// delivered.
#[derive(Debug)]
pub struct Fetcher {
    jobs: queue::UnboundedSender<Job>,
    /// Questions in Telegram's own protocol, where an account is logged in.
    account: Option<queue::UnboundedSender<(u64, Ask)>>,
    sender: Sender<Came>,
    came: Receiver<Came>,
    under_way: usize,
    talks: BTreeMap<u64, socket::Line>,
    overheard: VecDeque<Overheard>,
    delivered: VecDeque<Delivery>,
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
        let (jobs, mut waiting) = queue::unbounded_channel::<Job>();
        let (sender, came) = channel();
        let answers = sender.clone();
        thread::Builder::new()
            .name("fetcher".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    while let Some(job) = waiting.recv().await {
                        let (client, sender) = (client.clone(), answers.clone());
                        match job {
                            Job::Ask(ticket, ask) => {
                                let wait = patience + Duration::from_millis(ask.holds_ms);
                                tokio::spawn(answer(client, (ticket, *ask), wait, sender));
                            }
                            Job::Talk(talk) => {
                                tokio::spawn(socket::hold(client, talk, patience, sender));
                            }
                            Job::Receive(door) => drop(tokio::spawn(door.open(sender))),
                        }
                    }
                });
            })
            .map_err(|error| format!("cannot ask over HTTP: {error}"))?;
        Ok(Self {
            jobs,
            account: None,
            sender,
            came,
            under_way: 0,
            talks: BTreeMap::new(),
            overheard: VecDeque::new(),
            delivered: VecDeque::new(),
        })
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
        let sent = match self.account.as_ref() {
            Some(account) if ask.method == INVOKE => account.send((ticket, ask)).is_ok(),
            None if ask.method == INVOKE => false,
            _ => self.jobs.send(Job::Ask(ticket, Box::new(ask))).is_ok(),
        };
        if !sent {
            let why = "there is no connection that this can be asked by".to_owned();
            let result = Err(Missed::Unreachable(why));
            drop(self.sender.send(Came::Done(Done { ticket, result })));
        }
        self.under_way += 1;
    }

    /// Waits at most so long for the next answer; less where something is overheard or delivered
    /// meanwhile.
    pub fn next(&mut self, wait: Duration) -> Option<Done> {
        let mut wait = wait;
        loop {
            match self.came.recv_timeout(wait) {
                Ok(Came::Done(done)) => {
                    self.under_way -= 1;
                    return Some(done);
                }
                Ok(Came::Overheard(overheard)) => {
                    self.overheard.push_back(overheard);
                    wait = Duration::ZERO;
                }
                Ok(Came::Delivered(delivery)) => {
                    self.delivered.push_back(delivery);
                    wait = Duration::ZERO;
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Questions without an answer yet.
    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// Takes in what is delivered to this port by whoever shows the secret; it comes by
    /// [`Fetcher::delivered`]. Gives the counts of what was not let in.
    ///
    /// # Errors
    /// The port cannot be used without waiting.
    pub fn receive(&self, port: TcpListener, secret: HookSecret) -> std::io::Result<Arc<Receipts>> {
        let (door, receipts) = receive::Door::new(port, secret)?;
        // Without its thread nothing is asked either: that is said there.
        drop(self.jobs.send(Job::Receive(door)));
        Ok(receipts)
    }

    /// The next delivery, of what came by [`Fetcher::next`].
    pub fn delivered(&mut self) -> Option<Delivery> {
        self.delivered.pop_front()
    }

    /// Opens a conversation over a websocket at an address of `http://` or `https://`; what is heard
    /// comes by [`Fetcher::overheard`] under this ticket, which no conversation before had.
    pub fn dial(&mut self, ticket: u64, url: String) {
        let (talk, line) = Talk::new(ticket, url);
        if self.jobs.send(Job::Talk(talk)).is_ok() {
            self.talks.insert(ticket, line);
        }
    }

    /// Says something in a conversation.
    pub fn say(&mut self, ticket: u64, text: &str) {
        if let Some(line) = self.talks.get(&ticket) {
            line.say(text);
        }
    }

    /// Ends a conversation; what is heard of it after that is nothing but its end.
    pub fn hang_up(&mut self, ticket: u64) {
        self.talks.remove(&ticket);
    }

    /// The next thing that was heard in any conversation, of what came by [`Fetcher::next`].
    pub fn overheard(&mut self) -> Option<Overheard> {
        while let Some(overheard) = self.overheard.pop_front() {
            match (&overheard.heard, self.talks.get(&overheard.ticket)) {
                (socket::Heard::Frame(_), Some(line)) => line.took_one(),
                (socket::Heard::Frame(_), None) => continue,
                (socket::Heard::Refused(_) | socket::Heard::Closed(_), _) => {
                    self.talks.remove(&overheard.ticket);
                }
                (socket::Heard::Opened, _) => {}
            }
            return Some(overheard);
        }
        None
    }
}

async fn answer(client: Client, (ticket, ask): (u64, Ask), patience: Duration, done: Sender<Came>) {
    let result = match tokio::time::timeout(patience, exchange(&client, &ask)).await {
        Ok(result) => result,
        Err(_) => Err(Missed::Timeout),
    };
    // Nobody listens any more when the watch has ended.
    drop(done.send(Came::Done(Done { ticket, result })));
}

async fn exchange(client: &Client, ask: &Ask) -> Result<Answer, Missed> {
    let missed = |error: reqwest::Error| missed(&error, &ask.secret);
    let method = match ask.method {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let mut url = Url::parse(&ask.url)
        .map_err(|error| Missed::Unreachable(format!("{}: {error}", ask.url)))?;
    let mut headers = HeaderMap::new();
    let secret: &[(&'static str, String)] = match &ask.secret {
        Secret::None => &[],
        Secret::Headers(fields) | Secret::Posted { fields, .. } => fields,
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
    let body = match &ask.secret {
        Secret::Posted { body, .. } => body.clone().into_bytes(),
        _ => ask.body.clone(),
    };
    let request = client.request(method, url).headers(headers).body(body);
    let mut response = request.send().await.map_err(missed)?;
    let status = response.status().as_u16();
    let headers = fields(&response);
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(missed)? {
        if body.len() + bytes.len() > BODY_BYTES_MAX {
            return Err(Missed::TooLong);
        }
        body.extend_from_slice(&bytes);
    }
    Ok(Answer { status, headers, body })
}

/// The header fields of an answer.
pub(crate) fn fields(response: &Response) -> Vec<(String, String)> {
    let own = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    response.headers().iter().map(own).collect()
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
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    sentence
}
