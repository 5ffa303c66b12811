//! The realtime interface of a Rocket.Chat server: DDP over a websocket, one conversation a host.
//!
//! A machine without a socket or a clock. [`Realtime::next`] says what to do: open the conversation,
//! say something, hang up. What the server says comes in by [`Realtime::hear`]; before that
//! [`Realtime::keeps`] says of which channel a frame is to be kept. Kept are messages and deletions of
//! channels that are watched and that a visit has found public, whole and as they came; everything
//! else, and the answer to our login before all, is dropped.
//!
//! REST stays what a channel is read by: nothing that is heard here moves a cursor. When a
//! subscription begins, a visit is asked for, which reads what was missed. A line of the system that
//! says that a channel may not be public any more ends its subscription until a visit has looked.
//!
//! A server that refuses the conversation or our user is left alone for an hour; one that is not there
//! is tried again, as often as the budget's back-off allows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use super::Host;
use super::ddp::{self, Change, Frame, What};
use crate::{Answer, Limit, Memory, Nudge, Places, Public, Secret, Source, Turn};

/// The reader of the frames.
const READER: &str = "rocketchat-realtime";
/// Without a word of the server for so long it is asked whether it is there …
const QUIET_MS: i64 = 45_000;
/// … and after so much longer it is not.
const PATIENCE_MS: i64 = 30_000;
/// A server that refuses is left alone for so long.
const OFF_MS: i64 = 3_600_000;
const LIMIT: Limit = Limit::per_second(1);

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Open a conversation at this address, when this lane may be asked.
    Dial {
        /// `http://` or `https://`.
        url: String,
        /// What is counted together against `limit`.
        lane: String,
        /// How often this lane may be asked.
        limit: Limit,
    },
    /// Say this.
    Say(Saying),
    /// End the conversation.
    HangUp,
}

/// A text for the server. It may prove who we are: it is never kept, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Saying(String);

impl Saying {
    /// The text, to be sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Saying(…)")
    }
}

/// How a stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No channel of the host is known to be public yet.
    Idle,
    /// Not there, or not yet: why, where something was wrong.
    Away(Option<String>),
    /// News come as they happen, of so many channels.
    Live(usize),
    /// The server refuses: why.
    Off(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// No conversation.
    Away,
    /// A conversation was asked for.
    Dialing,
    /// It is open, and the server has not greeted yet.
    Connecting,
    /// Our user is shown: the method's id.
    Login(String),
    /// Rooms can be subscribed to.
    Open,
    /// Ended by us; the socket has not said so yet.
    Leaving,
}

/// What is known of a room's subscriptions in this conversation.
#[derive(Debug, Default)]
struct Room {
    key: String,
    messages: Option<String>,
    deletions: Option<String>,
    is_ready: bool,
    refusal: Option<String>,
}

/// The conversation with one host.
#[derive(Debug)]
pub struct Realtime {
    url: String,
    lane: String,
    token: Option<String>,
    rooms: BTreeMap<String, Room>,
    memory: Memory,
    phase: Phase,
    says: VecDeque<String>,
    nudges: Vec<Nudge>,
    /// Channels in doubt since an earlier process that a visit was asked for.
    asked: BTreeSet<String>,
    /// Subscriptions, methods and pings so far.
    numbers: u64,
    heard_at: i64,
    pinged_at: Option<i64>,
    /// Why there is no conversation.
    why: Option<String>,
    off_until: Option<i64>,
}

impl Realtime {
    /// The host of a source, where its platform has such streams.
    pub fn host(source: &Source, places: &Places) -> Option<String> {
        let is_it = source.platform.as_str() == "rocketchat";
        is_it.then(|| Host::of(source, places).name())
    }

    /// The conversation with the host of a source. `memory` is the stream's own: which channels are
    /// in doubt.
    pub fn new(source: &Source, places: &Places, memory: Memory) -> Self {
        let host = Host::of(source, places);
        let token = match &host.place.secret {
            Secret::Headers(fields) => {
                let token = fields.iter().find(|(name, _)| *name == "X-Auth-Token");
                token.map(|(_, token)| token.clone())
            }
            Secret::None | Secret::Query(..) | Secret::Posted { .. } => None,
        };
        Self {
            url: format!("{}/websocket", host.base()),
            lane: format!("{}/websocket", host.name()),
            token,
            rooms: BTreeMap::new(),
            memory,
            phase: Phase::Away,
            says: VecDeque::new(),
            nudges: Vec::new(),
            asked: BTreeSet::new(),
            numbers: 0,
            heard_at: 0,
            pinged_at: None,
            why: None,
            off_until: None,
        }
    }

    /// The word of the reader that understands the frames.
    pub fn reader(&self) -> &'static str {
        READER
    }

    /// Where the conversation is held: what is kept with its frames.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What its attempts are counted against.
    pub fn lane(&self) -> &str {
        &self.lane
    }

    /// How far it came: which channels are in doubt.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Visits to channels that are asked for, each once.
    pub fn nudges(&mut self) -> Vec<Nudge> {
        std::mem::take(&mut self.nudges)
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        if let (Some(_), Some(why)) = (self.off_until, &self.why) {
            return Standing::Off(why.clone());
        }
        if self.rooms.is_empty() {
            return Standing::Idle;
        }
        let live = self.rooms.values().filter(|room| room.is_ready).count();
        let refusal = self.rooms.values().find_map(|room| room.refusal.as_ref());
        match (&self.phase, refusal) {
            (Phase::Open, _) if live > 0 => Standing::Live(live),
            (Phase::Open, Some(why)) => Standing::Off(format!(
                "the server gives no live news of its channels ({why}); they are read by visits alone"
            )),
            _ => Standing::Away(self.why.clone()),
        }
    }

    /// The channels of this host that are watched and were found public. To be called whenever that
    /// may have changed.
    pub fn watch(&mut self, public: &[Public]) {
        self.memory.settle(public);
        self.asked.retain(|id| public.iter().any(|room| room.id == *id));
        let is_sure = |room: &&Public| !self.memory.doubts(&room.id);
        let sure: BTreeMap<&str, &str> = public
            .iter()
            .filter(is_sure)
            .map(|room| (room.id.as_str(), room.key.as_str()))
            .collect();
        let gone: Vec<String> =
            self.rooms.keys().filter(|id| !sure.contains_key(id.as_str())).cloned().collect();
        for id in gone {
            self.leave(&id);
        }
        for (id, key) in sure {
            let room = self.rooms.entry(id.to_owned()).or_default();
            key.clone_into(&mut room.key);
            let is_new = room.messages.is_none();
            if is_new && self.phase == Phase::Open {
                self.subscribe(id);
            }
        }
        for room in public {
            if self.memory.doubts(&room.id) && self.asked.insert(room.id.clone()) {
                self.nudge(Nudge { channel: room.id.clone(), turn: Turn::Check });
            }
        }
    }

    fn nudge(&mut self, nudge: Nudge) {
        if !self.nudges.contains(&nudge) {
            self.nudges.push(nudge);
        }
    }

    fn leave(&mut self, id: &str) {
        let Some(room) = self.rooms.remove(id) else { return };
        for sub in room.messages.into_iter().chain(room.deletions) {
            self.say(ddp::unsubscribe(&sub));
        }
    }

    fn say(&mut self, text: String) {
        if matches!(self.phase, Phase::Connecting | Phase::Login(_) | Phase::Open) {
            self.says.push_back(text);
        }
    }

    fn number(&mut self) -> String {
        self.numbers += 1;
        self.numbers.to_string()
    }

    fn subscribe(&mut self, id: &str) {
        let (messages, deletions) = (self.number(), self.number());
        self.say(ddp::messages(&messages, id));
        self.say(ddp::deletions(&deletions, id));
        if let Some(room) = self.rooms.get_mut(id) {
            room.messages = Some(messages);
            room.deletions = Some(deletions);
            room.is_ready = false;
            room.refusal = None;
        }
    }

    fn open(&mut self) {
        self.phase = Phase::Open;
        self.why = None;
        for id in self.rooms.keys().cloned().collect::<Vec<_>>() {
            self.subscribe(&id);
        }
    }

    /// What is to be done now; `None` when nothing is.
    pub fn next(&mut self, now: i64) -> Option<Step> {
        if self.off_until.is_some_and(|until| now >= until) {
            self.off_until = None;
            self.why = None;
        }
        match self.phase {
            Phase::Leaving | Phase::Dialing => return None,
            Phase::Away if self.off_until.is_some() || self.rooms.is_empty() => return None,
            Phase::Away => {
                let (url, lane) = (self.url.clone(), self.lane.clone());
                return Some(Step::Dial { url, lane, limit: LIMIT });
            }
            Phase::Connecting | Phase::Login(_) | Phase::Open => {}
        }
        if let Some(text) = self.says.pop_front() {
            return Some(Step::Say(Saying(text)));
        }
        if self.rooms.is_empty() {
            return Some(self.hang_up(None));
        }
        self.listen(now)
    }

    /// Whether the server is still there.
    fn listen(&mut self, now: i64) -> Option<Step> {
        let is_open = self.phase == Phase::Open;
        match self.pinged_at {
            Some(at) if now - at >= PATIENCE_MS => {
                Some(self.hang_up(Some("the server says nothing any more")))
            }
            None if !is_open && now - self.heard_at >= PATIENCE_MS => {
                Some(self.hang_up(Some("the server does not answer")))
            }
            None if is_open && now - self.heard_at >= QUIET_MS => {
                self.pinged_at = Some(now);
                let id = self.number();
                Some(Step::Say(Saying(ddp::ping(&id))))
            }
            _ => None,
        }
    }

    fn hang_up(&mut self, why: Option<&str>) -> Step {
        self.phase = Phase::Leaving;
        self.says.clear();
        self.why = why.map(str::to_owned).or_else(|| self.why.take());
        Step::HangUp
    }

    /// The conversation was asked for.
    pub fn dialed(&mut self) {
        self.phase = Phase::Dialing;
    }

    /// It is open.
    pub fn opened(&mut self, now: i64) {
        self.phase = Phase::Connecting;
        self.heard_at = now;
        self.pinged_at = None;
        self.says = VecDeque::from([ddp::connect()]);
    }

    /// The server does not open it. Gives whether it may be tried again soon.
    pub fn refused(&mut self, answer: &Answer, now: i64) -> bool {
        let is_passing = answer.status == 429 || answer.status >= 500;
        if is_passing {
            self.closed(&format!("HTTP {}", answer.status));
        } else {
            let why = format!(
                "the server opens no websocket (HTTP {}); its channels are read by visits alone",
                answer.status
            );
            self.off(&why, now);
            self.phase = Phase::Away;
        }
        is_passing
    }

    /// It has ended, or could not be had.
    pub fn closed(&mut self, why: &str) {
        if self.phase != Phase::Leaving {
            self.why = Some(why.to_owned());
        }
        self.phase = Phase::Away;
        self.says.clear();
        for room in self.rooms.values_mut() {
            *room = Room { key: std::mem::take(&mut room.key), ..Room::default() };
        }
    }

    fn off(&mut self, why: &str, now: i64) {
        self.off_until = Some(now + OFF_MS);
        self.why = Some(why.to_owned());
        for room in self.rooms.values_mut() {
            *room = Room { key: std::mem::take(&mut room.key), ..Room::default() };
        }
    }

    /// The channel whose posts a frame brings, if it is to be kept: only then, and before it is heard.
    pub fn keeps(&self, frame: &[u8]) -> Option<(&str, &str)> {
        let Frame::Changed(Change { room, what: What::Posts }) = Frame::read(frame) else {
            return None;
        };
        let (id, room) = self.rooms.get_key_value(&room)?;
        (self.phase == Phase::Open).then_some((id.as_str(), room.key.as_str()))
    }

    /// Hears a frame. What posts say is not remembered here, so that it does not matter whether it is
    /// kept already. Gives what ends the conversation,
    /// where something does.
    pub fn hear(&mut self, frame: &[u8], now: i64) -> Option<Step> {
        if matches!(self.phase, Phase::Away | Phase::Dialing | Phase::Leaving) {
            return None; // of a conversation that has ended
        }
        self.heard_at = now;
        self.pinged_at = None;
        match Frame::read(frame) {
            Frame::Connected if self.phase == Phase::Connecting => match self.token.clone() {
                Some(token) => {
                    let id = self.number();
                    self.say(ddp::login(&id, &token));
                    self.phase = Phase::Login(id);
                }
                None => self.open(),
            },
            Frame::Failed => {
                let why = "the server speaks another version of the realtime interface; its channels are read by visits alone";
                self.off(why, now);
                return Some(self.hang_up(Some(why)));
            }
            Frame::Ping(id) => self.say(ddp::pong(id.as_deref())),
            Frame::Result(id, error) if self.phase == Phase::Login(id.clone()) => match error {
                None => self.open(),
                Some(why) => {
                    let why = format!(
                        "the user is refused ({why}); see MARSAD_ROCKETCHAT_USER and MARSAD_ROCKETCHAT_TOKEN"
                    );
                    self.off(&why, now);
                    return Some(self.hang_up(Some(&why)));
                }
            },
            Frame::Ready(subs) => self.hear_ready(&subs),
            Frame::NoSub(sub, why) => self.hear_no_sub(&sub, why),
            Frame::Error(reason) => {
                let why = format!("the server did not understand us: {reason}");
                return Some(self.hang_up(Some(&why)));
            }
            Frame::Changed(Change { room, what: What::Closing })
                if self.rooms.contains_key(&room) =>
            {
                self.memory.doubt(&room, now);
                self.leave(&room);
                self.asked.insert(room.clone());
                self.nudge(Nudge { channel: room, turn: Turn::Check });
            }
            _ => {}
        }
        None
    }

    fn hear_ready(&mut self, subs: &[String]) {
        let mut begun = Vec::new();
        for (id, room) in &mut self.rooms {
            if room.messages.as_ref().is_some_and(|sub| subs.contains(sub)) && !room.is_ready {
                room.is_ready = true;
                begun.push(id.clone());
            }
        }
        for channel in begun {
            self.nudge(Nudge { channel, turn: Turn::Follow });
        }
    }

    fn hear_no_sub(&mut self, sub: &str, why: Option<String>) {
        let mut rooms = self.rooms.iter_mut();
        let is_it = |room: &Room| room.messages.as_deref() == Some(sub);
        let Some((id, room)) = rooms.find(|(_, room)| is_it(room)) else { return };
        room.is_ready = false;
        room.refusal = Some(why.unwrap_or_else(|| "it ended the subscription".to_owned()));
        // It may be another room's now, or nobody's.
        let nudge = Nudge { channel: id.clone(), turn: Turn::Check };
        self.nudge(nudge);
    }
}
