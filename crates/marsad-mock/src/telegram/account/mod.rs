//! What an account of Telegram's is answered: the channels of t.me, in Telegram's type language.
//!
//! After the public schema and the notes on each method. Where those are silent, this says so at the
//! place: which of the two codes a channel that is gone is refused with.

mod login;
mod made;
mod sealed;
mod wire;

pub use wire::serve;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use grammers_tl_types::{
    Cursor, Deserializable, Identifiable, Serializable, enums, functions, types,
};

use super::{Channel, Status, Telegram};
use crate::chance;
use crate::gate::{Effect, Gate, Platform};
use crate::http::{Request, Response};

/// The longest page.
const PAGE_MAX: i32 = 100;

/// An account's side of Telegram: questions and answers are bytes of the type language.
#[derive(Debug)]
pub struct Account {
    telegram: Arc<Telegram>,
    gate: Gate,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Which account it is: channels have another second number for each.
    number: u64,
    /// Not to be asked anything before this, by its own word.
    waits_until_ms: i64,
    asked_while_waiting: u64,
    /// The session is not known any more.
    is_revoked: bool,
    login: login::State,
}

type Refused = (i32, String);

impl Account {
    /// An account that is logged in.
    pub fn new(telegram: Arc<Telegram>) -> Self {
        Self { telegram, gate: Gate::default(), inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its gate: limit, faults, log; paths are the names of methods.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Another account from now on: the second numbers of channels change.
    pub fn change_account(&self) {
        self.inner().number += 1;
    }

    /// Ends the session, or brings it back.
    pub fn set_revoked(&self, is_revoked: bool) {
        self.inner().is_revoked = is_revoked;
    }

    /// Questions that came before the end of a wait that was asked for.
    pub fn asked_while_waiting(&self) -> u64 {
        self.inner().asked_while_waiting
    }

    /// Answers a question that arrives at `now_ms`, in its envelopes or without.
    pub fn invoke(&self, question: &[u8], now_ms: i64) -> Response {
        let body = opened(question);
        let path = format!("/{}", method(body));
        let request = Request {
            method: "INVOKE".to_owned(),
            path,
            body: body.to_vec(),
            client: "account".to_owned(),
            headers: Vec::new(),
        };
        let mut inner = self.inner();
        inner.asked_while_waiting += u64::from(now_ms < inner.waits_until_ms);
        drop(inner);
        let response = self.gate.pass(self, &request, now_ms);
        if let Some(wait) = wait_s(&response) {
            let mut inner = self.inner();
            inner.waits_until_ms = inner.waits_until_ms.max(now_ms + wait * 1000);
        }
        response
    }
}

/// Seconds that an answer asks to wait.
fn wait_s(response: &Response) -> Option<i64> {
    let enums::RpcError::Error(error) = enums::RpcError::from_bytes(&response.body).ok()?;
    error.error_message.strip_prefix("FLOOD_WAIT_")?.parse().ok()
}

fn refusal(code: i32, message: &str) -> Response {
    let body = enums::RpcError::from(types::RpcError {
        error_code: code,
        error_message: message.to_owned(),
    });
    let status = u16::try_from(code.unsigned_abs()).unwrap_or(500);
    Response { status, headers: Vec::new(), body: body.to_bytes(), fault: None }
}

/// The question without `invokeWithLayer`, `initConnection` and `invokeWithoutUpdates` around it.
fn opened(mut question: &[u8]) -> &[u8] {
    loop {
        let Some((number, rest)) = number(question) else { return question };
        let skipped = match number {
            functions::InvokeWithoutUpdates::<Nothing>::CONSTRUCTOR_ID => Some(0),
            functions::InvokeWithLayer::<Nothing>::CONSTRUCTOR_ID => Some(4),
            functions::InitConnection::<Nothing>::CONSTRUCTOR_ID => {
                let mut cursor = Cursor::from_slice(rest);
                let read = functions::InitConnection::<Nothing>::deserialize(&mut cursor);
                read.ok().map(|_| cursor.pos())
            }
            _ => return question,
        };
        let Some(inside) = skipped.and_then(|skipped| rest.get(skipped..)) else {
            return question;
        };
        question = inside;
    }
}

/// Takes no bytes.
struct Nothing;

impl Deserializable for Nothing {
    fn deserialize(_: &mut Cursor<'_>) -> grammers_tl_types::deserialize::Result<Self> {
        Ok(Self)
    }
}

fn number(question: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = question.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn method(question: &[u8]) -> &'static str {
    number(question).map_or("none", |(number, _)| grammers_tl_types::name_for_id(number))
}

/// The question as this function, where it is one.
fn as_call<T: Identifiable + Deserializable>(question: &[u8]) -> Option<T> {
    let (number, rest) = number(question)?;
    (number == T::CONSTRUCTOR_ID).then(|| T::from_bytes(rest).ok())?
}

impl Platform for Account {
    fn route(&self, request: &Request, now_ms: i64, _: Effect) -> Response {
        if self.inner().is_revoked {
            return refusal(401, "AUTH_KEY_UNREGISTERED");
        }
        let answer = self.answer(&request.body, now_ms);
        match answer.unwrap_or_else(|| Err((400, "INPUT_METHOD_INVALID".to_owned()))) {
            Ok(body) => Response { status: 200, headers: Vec::new(), body, fault: None },
            Err((code, message)) => refusal(code, &message),
        }
    }

    fn too_many(&self, wait_ms: i64, _: i64) -> Response {
        let seconds = (wait_ms + 999).div_euclid(1000).max(1);
        refusal(420, &format!("FLOOD_WAIT_{seconds}"))
    }

    fn failed(&self, status: u16) -> Response {
        refusal(i32::from(status), "RPC_CALL_FAIL")
    }
}

impl Account {
    fn answer(&self, question: &[u8], now_ms: i64) -> Option<Result<Vec<u8>, Refused>> {
        if let Some(call) = as_call::<functions::contacts::ResolveUsername>(question) {
            return Some(self.resolved(&call.username, now_ms));
        }
        if let Some(call) = as_call::<functions::channels::GetFullChannel>(question) {
            return Some(self.with(&call.channel, now_ms, |channel, _| {
                made::full(channel, self.access(channel), now_ms)
            }));
        }
        if let Some(call) = as_call::<functions::messages::GetHistory>(question) {
            let enums::InputPeer::Channel(peer) = &call.peer else { return None };
            let input =
                types::InputChannel { channel_id: peer.channel_id, access_hash: peer.access_hash };
            return Some(self.with(&input.into(), now_ms, |channel, channels| {
                let limit = call.limit.clamp(1, PAGE_MAX) as usize;
                let below = if call.offset_id == 0 { i32::MAX } else { call.offset_id };
                let wanted = |id: &i32| *id < below && *id > call.min_id;
                let all = messages((channel, channels), now_ms)?;
                let page = all.into_iter().rev().filter(|message| wanted(&message.id()));
                made::page(channel, self.access(channel), (page.take(limit).collect(), now_ms))
            }));
        }
        if let Some(call) = as_call::<functions::channels::GetMessages>(question) {
            return Some(self.with(&call.channel, now_ms, |channel, channels| {
                let all = messages((channel, channels), now_ms)?;
                let found = call.id.iter().map(|asked| {
                    let enums::InputMessage::Id(asked) = asked else { return made::empty(0) };
                    let there = all.iter().find(|message| message.id() == asked.id);
                    there.cloned().unwrap_or_else(|| made::empty(asked.id))
                });
                made::page(channel, self.access(channel), (found.collect(), now_ms))
            }));
        }
        self.inner().login.answer(question)
    }

    /// The second number of a channel, for this account.
    fn access(&self, channel: &Channel) -> i64 {
        chance::word(self.inner().number + 1, channel.id.unsigned_abs()).cast_signed()
    }

    fn resolved(&self, name: &str, now_ms: i64) -> Result<Vec<u8>, Refused> {
        let channels = self.telegram.channels();
        let found = channels.iter().rev().find(|channel| channel.is_called(name, now_ms));
        let status = found.map_or(Status::Gone, |channel| channel.status(now_ms));
        let is_named = !matches!(status, Status::Gone | Status::Private { .. });
        let made = found.filter(|_| is_named).and_then(|channel| match status {
            Status::Person => made::person(channel),
            _ => made::resolved(channel, self.access(channel), now_ms),
        });
        made.ok_or_else(|| (400, "USERNAME_NOT_OCCUPIED".to_owned()))
    }

    /// Answers about a channel that the account may see.
    fn with(
        &self,
        wanted: &enums::InputChannel,
        now_ms: i64,
        answer: impl FnOnce(&Channel, &[Channel]) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, Refused> {
        let refused = |word: &str| (400, word.to_owned());
        let enums::InputChannel::Channel(wanted) = wanted else {
            return Err(refused("CHANNEL_INVALID"));
        };
        let channels = self.telegram.channels();
        let found = channels.iter().find(|channel| made::bare(channel) == wanted.channel_id);
        let found = found.filter(|channel| self.access(channel) == wanted.access_hash);
        let channel = found.ok_or_else(|| refused("CHANNEL_INVALID"))?;
        match channel.status(now_ms) {
            // Which of the two codes it is, 400 or 406, is not written down.
            Status::Gone | Status::Private { is_member: false } => Err(refused("CHANNEL_PRIVATE")),
            Status::Person => Err(refused("CHANNEL_INVALID")),
            _ => answer(channel, &channels).ok_or_else(|| refused("MSG_ID_INVALID")),
        }
    }
}

/// All messages that are up, the lowest number first.
fn messages(
    (channel, channels): (&Channel, &[Channel]),
    now_ms: i64,
) -> Option<Vec<enums::Message>> {
    let mut messages = Vec::new();
    for (id, post) in channel.posts.iter().filter(|(_, post)| post.is_up(now_ms)) {
        messages.extend(made::messages((channel, channels), *id, post, now_ms)?);
    }
    Some(messages)
}
