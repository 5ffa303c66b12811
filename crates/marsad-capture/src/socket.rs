//! Conversations over a websocket, on the fetcher's thread and with its client: the same addresses,
//! certificates and limits of time. The handshake is a request like another; what comes after it is
//! frames.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Upgraded};
use tokio::sync::{Semaphore, mpsc as queue};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use crate::Answer;
use crate::fetch::{Came, chain, fields};

/// Longest message that is read.
const FRAME_BYTES_MAX: usize = 8 << 20;
/// Frames that are read ahead of whoever takes them.
const AHEAD_MAX: usize = 1000;

/// Something was heard in a conversation.
#[derive(Debug)]
pub struct Overheard {
    /// What who opened it called it.
    pub ticket: u64,
    /// What.
    pub heard: Heard,
}

/// What was heard.
#[derive(Debug)]
pub enum Heard {
    /// It is open.
    Opened,
    /// The server does not open it: its answer, without the body.
    Refused(Answer),
    /// A message of the server, whole.
    Frame(Vec<u8>),
    /// It has ended, or could not be had: why.
    Closed(String),
}

/// A conversation to be held.
#[derive(Debug)]
pub(crate) struct Talk {
    ticket: u64,
    url: String,
    says: queue::UnboundedReceiver<String>,
    ahead: Arc<Semaphore>,
}

/// Our end of it; the conversation ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    says: queue::UnboundedSender<String>,
    ahead: Arc<Semaphore>,
}

impl Talk {
    pub(crate) fn new(ticket: u64, url: String) -> (Self, Line) {
        let (sender, says) = queue::unbounded_channel();
        let ahead = Arc::new(Semaphore::new(AHEAD_MAX));
        let line = Line { says: sender, ahead: Arc::clone(&ahead) };
        (Self { ticket, url, says, ahead }, line)
    }
}

impl Line {
    pub(crate) fn say(&self, text: &str) {
        // A conversation that has ended says so by itself.
        drop(self.says.send(text.to_owned()));
    }

    /// A frame was taken: there is room for another.
    pub(crate) fn took_one(&self) {
        self.ahead.add_permits(1);
    }
}

/// Opens a conversation and holds it until either side ends it.
pub(crate) async fn hold(client: Client, talk: Talk, patience: Duration, came: Sender<Came>) {
    let ticket = talk.ticket;
    let tell = |heard| came.send(Came::Overheard(Overheard { ticket, heard })).is_ok();
    let heard = match tokio::time::timeout(patience, open(&client, &talk.url)).await {
        Err(_) => Heard::Closed("no answer in time".to_owned()),
        Ok(Err(heard)) => heard,
        Ok(Ok(socket)) => {
            if !tell(Heard::Opened) {
                return;
            }
            let frame = |bytes| tell(Heard::Frame(bytes));
            Heard::Closed(converse(socket, talk, &frame).await)
        }
    };
    tell(heard);
}

async fn open(client: &Client, url: &str) -> Result<WebSocketStream<Upgraded>, Heard> {
    let key = generate_key();
    let closed = |error: reqwest::Error| Heard::Closed(chain(&error));
    let request = client
        .get(url)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", &key);
    let response = request.send().await.map_err(closed)?;
    let status = response.status().as_u16();
    let headers = fields(&response);
    let answer = Answer { status, headers, body: Vec::new() };
    if status != 101 {
        return Err(Heard::Refused(answer));
    }
    if answer.header("Sec-WebSocket-Accept") != Some(derive_accept_key(key.as_bytes()).as_str()) {
        return Err(Heard::Closed("the server speaks no websocket".to_owned()));
    }
    let stream = response.upgrade().await.map_err(closed)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

/// Says and hears; gives why it ended.
async fn converse(
    mut socket: WebSocketStream<Upgraded>,
    talk: Talk,
    tell: &(impl Fn(Vec<u8>) -> bool + Sync),
) -> String {
    let Talk { mut says, ahead, .. } = talk;
    loop {
        // Nothing is read that there is no room for.
        let frame = async {
            let room = ahead.acquire().await;
            (socket.next().await, room)
        };
        let next = match select(pin!(says.recv()), pin!(frame)).await {
            Either::Left((said, _)) => Either::Left(said),
            Either::Right((heard, _)) => Either::Right(heard),
        };
        match next {
            Either::Left(Some(text)) => {
                if let Err(error) = socket.send(Message::text(text)).await {
                    return error.to_string();
                }
            }
            Either::Left(None) => {
                // Whoever does not want to hear the farewell need not.
                drop(socket.close(None).await);
                return "we hung up".to_owned();
            }
            Either::Right((None, _)) => return "the server hung up".to_owned(),
            Either::Right((Some(Err(error)), _)) => return error.to_string(),
            Either::Right((Some(Ok(Message::Text(text))), room)) => {
                if let Ok(room) = room {
                    room.forget(); // given back when the frame is taken
                }
                if !tell(text.as_bytes().to_vec()) {
                    return "nobody listens".to_owned();
                }
            }
            Either::Right((Some(Ok(_)), _)) => {}
        }
    }
}
