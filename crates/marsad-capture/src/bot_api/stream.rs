//! What happened in all chats of the account since the last time: `GET /updates`, long polling.
//!
//! To send a marker is to say that everything before it was received: those updates are gone then.
//! A marker is therefore taken only from an answer that is kept, and sent only after that. Without
//! one TamTam gives everything since the last one sent, and MAX the latest update alone.
//!
//! Only kinds that speak of channels are asked for. The account's private chats have messages too,
//! in the same answers: they are left out before an answer is kept.

use serde_json::Value;

use super::{Host, READER, page};
use crate::visit::unusable;
use crate::{Answer, Ask, Heard, Limit, Look, Memory, Outcome, Public, Visit};

/// Updates in one answer at most; the platform's own most is 1000.
const UPDATES_MAX: usize = 100;
/// Seconds that the platform waits for something to happen; its own most is 90.
const WAIT_S: u64 = 30;
const KINDS: &str =
    "message_created,message_edited,message_removed,chat_title_changed,bot_added,bot_removed";

/// The chat that an update is of.
pub(super) fn chat_of(update: &Value) -> Option<i64> {
    let chat = update.pointer("/message/recipient/chat_id").or_else(|| update.get("chat_id"));
    chat.and_then(Value::as_i64)
}

/// One long poll, and more while answers are full.
pub(crate) struct BotApiStream {
    host: Host,
    memory: Memory,
    is_over: bool,
    look: Look,
    followed: bool,
    /// Chats that are watched, and so were found public.
    public: Vec<i64>,
}

impl BotApiStream {
    pub(crate) fn new(host: Host, memory: Memory, public: &[Public]) -> Self {
        let look = host.without_token();
        Self {
            host,
            memory,
            is_over: look.is_some(),
            look: look.map_or(Look::Saw, Look::Failed),
            followed: false,
            public: public.iter().filter_map(|chat| chat.id.parse().ok()).collect(),
        }
    }

    fn is_public(&self, update: &Value) -> bool {
        chat_of(update).is_some_and(|chat| self.public.contains(&chat))
    }

    fn stop(&mut self, look: Look) -> Heard {
        self.look = look;
        self.is_over = true;
        Heard::Understood
    }
}

impl Visit for BotApiStream {
    fn next(&mut self) -> Option<Ask> {
        if self.is_over {
            return None;
        }
        let mut url = format!(
            "{}/updates?limit={UPDATES_MAX}&timeout={WAIT_S}&types={KINDS}",
            self.host.base()
        );
        if let Some(marker) = &self.memory.token {
            url = format!("{url}&marker={marker}");
        }
        // A poll that waits must not hold up the questions to the same host.
        let lane = (format!("{}/updates", self.host.name()), Limit::per_second(1));
        let mut ask = Ask::get(url, READER, lane);
        ask.secret = self.host.place.secret.clone();
        ask.holds_ms = WAIT_S * 1000;
        Some(ask)
    }

    fn admit(&mut self, public: &[Public]) {
        self.public = public.iter().filter_map(|chat| chat.id.parse().ok()).collect();
    }

    fn reduced(&self, answer: Answer) -> (Answer, u64) {
        if answer.status != 200 {
            return (answer, 0);
        }
        let Ok(mut read) = serde_json::from_slice::<Value>(&answer.body) else {
            // Of what cannot be read nobody knows whose it is.
            return (Answer { body: Vec::new(), ..answer }, 1);
        };
        let Some(updates) = read.get_mut("updates").and_then(Value::as_array_mut) else {
            return (answer, 0);
        };
        let before = updates.len();
        updates.retain(|update| self.is_public(update));
        let left_out = (before - updates.len()) as u64;
        if left_out == 0 {
            return (answer, 0);
        }
        (Answer { body: read.to_string().into_bytes(), ..answer }, left_out)
    }

    fn hear(&mut self, answer: &Answer, at_ms: i64) -> Heard {
        if let Some(why) = unusable(answer) {
            return Heard::Again(why);
        }
        match answer.status {
            200 => {}
            401 => return self.stop(self.host.refused_token(answer)),
            405 => {
                let why = "the platform gives no updates while a web hook stands; `marsad sources hook max` shows it, --remove ends it";
                return self.stop(Look::Failed(why.to_owned()));
            }
            _ => {
                let why = format!("the platform gives no updates: {}", page::code(answer));
                return self.stop(Look::Failed(why));
            }
        }
        let Some((marker, updates)) = page::marker(&answer.body) else {
            return Heard::Again("the answer is cut or has no list of updates".to_owned());
        };
        let moved = marker.map(|marker| marker.to_string());
        let goes_on = updates >= UPDATES_MAX && moved.is_some() && moved != self.memory.token;
        self.memory.token = moved.or_else(|| self.memory.token.take());
        if !goes_on {
            self.is_over = true;
            self.followed = true;
            self.memory.looked_at = Some(at_ms);
        }
        Heard::Understood
    }

    fn give_up(&mut self, why: String) {
        self.stop(Look::Failed(why));
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    fn end(&self) -> Outcome {
        Outcome { look: self.look.clone(), has_older: false, followed: self.followed }
    }
}
