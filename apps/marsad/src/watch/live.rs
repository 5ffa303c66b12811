//! Streams over a websocket: one conversation with each host that has one.
//!
//! A frame of a watched channel is committed to the log before it is read, as an answer is; it moves no
//! cursor. One that comes while the same channel is being asked about waits for that answer, which may
//! have been written before it: so the log has them in the order in which they are true.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use marsad_capture::{
    Connector, FrameHeard, Memory, Nudge, Public, Realtime, RealtimeStep, Source, Standing,
};
use marsad_desk::{State, Watched};
use marsad_types::{Reading, Timestamp};

use super::{Watch, connector_of};
use crate::failure::Failure;
use crate::pipeline::exchange::Frame;
use crate::pipeline::filing::Filing;
use crate::pipeline::work::work_out;

/// How often it is looked which channels are public.
const PUBLIC_EVERY_MS: i64 = 1000;
/// Frames that wait for answers; more than that, and the visits' next looks have to do.
const WAITING_MAX: usize = 10_000;

/// The conversations of a watch.
#[derive(Debug, Default)]
pub(super) struct Live {
    lines: BTreeMap<String, Line>,
    /// Conversations so far: each has a number of its own.
    tickets: u64,
    waiting: VecDeque<Fresh>,
    looked_at: i64,
}

/// The conversation with one host.
#[derive(Debug)]
struct Line {
    /// Its number in the book.
    id: u64,
    realtime: Realtime,
    ticket: u64,
    /// As it was last told.
    told: Standing,
    memory: Memory,
}

/// A frame of a channel, to be kept.
#[derive(Debug)]
struct Fresh {
    host: String,
    source: u64,
    key: String,
    bytes: Vec<u8>,
    at: Timestamp,
}

/// A frame in the log, not acknowledged yet.
pub(super) struct KeptFrame {
    reading: Reading,
    leaf: u64,
    url: String,
    at: Timestamp,
}

impl Watch {
    /// The channels of a platform that are watched, were found public, and of which a visit has read the
    /// newest posts: what happens to a post that a stream tells of is then the next visit's to find.
    pub(super) fn public_on(&self, platform: &str) -> Vec<Public> {
        let watched = self
            .sources
            .values()
            .filter(|source| source.platform == platform && source.state == State::Watched);
        watched.filter_map(|source| self.public(source)).collect()
    }

    fn public(&self, watched: &Watched) -> Option<Public> {
        let (connector, name) = connector_of(watched)?;
        let memory: Memory = serde_json::from_str(&watched.memory).ok()?;
        let key = connector.key(&name, &memory);
        let checked_at = self.checked.get(&watched.id).copied();
        memory.looked_at?;
        Some(Public { id: memory.channel?, key, checked_at })
    }

    /// Plans the visits that a stream asks for.
    pub(super) fn take_nudges(&mut self, platform: &str, nudges: Vec<Nudge>, now: Timestamp) {
        for Nudge { channel, turn } in nudges {
            let watched = self.sources.values().filter(|source| source.platform == platform);
            let mut found = watched.filter(|source| {
                let memory: Option<Memory> = serde_json::from_str(&source.memory).ok();
                memory.and_then(|memory| memory.channel).as_ref() == Some(&channel)
            });
            let Some(source) = found.next() else { continue };
            let Some((connector, name)) = connector_of(source) else { continue };
            let lane = connector.lane(&name, &self.places);
            self.schedule.plan(&lane, source.id, turn, now.0);
        }
    }

    /// Opens conversations, says what is to be said; gives the moment when the next may be opened.
    pub(super) fn tend_streams(&mut self, now: Timestamp) -> Result<i64, Failure> {
        if !self.pace.goes_on() {
            return Ok(i64::MAX);
        }
        if now.0 - self.live.looked_at >= PUBLIC_EVERY_MS {
            self.live.looked_at = now.0;
            self.take_hosts(now)?;
        }
        let mut wake = i64::MAX;
        let hosts: Vec<String> = self.live.lines.keys().cloned().collect();
        for host in hosts {
            wake = wake.min(self.tend(&host, now));
            self.note_stream(&host, now)?;
        }
        Ok(wake)
    }

    /// Takes over which channels of which hosts are public.
    fn take_hosts(&mut self, now: Timestamp) -> Result<(), Failure> {
        let mut hosts: BTreeMap<String, (Source, Vec<Public>)> = BTreeMap::new();
        for watched in self.sources.values().filter(|source| source.state == State::Watched) {
            if !Connector::of(&watched.platform).is_some_and(Connector::has_realtime) {
                continue;
            }
            let Some((_, name)) = connector_of(watched) else { continue };
            let Some(host) = Realtime::host(&name, &self.places) else { continue };
            let (_, public) = hosts.entry(host).or_insert_with(|| (name, Vec::new()));
            public.extend(self.public(watched));
        }
        let gone = self.live.lines.iter_mut().filter(|(host, _)| !hosts.contains_key(*host));
        gone.for_each(|(_, line)| line.realtime.watch(&[]));
        for (host, (name, public)) in hosts {
            if !self.live.lines.contains_key(&host) {
                let platform = name.platform.as_str();
                self.desk.add(platform, &host, now)?;
                let Some(account) = self.desk.source(platform, &host)? else { continue };
                self.desk.set_state(account.id, State::Account, None)?;
                let memory: Memory = serde_json::from_str(&account.memory)?;
                let realtime = Realtime::new(&name, &self.places, memory.clone());
                let (id, told) = (account.id, Standing::Idle);
                let line = Line { id, realtime, ticket: 0, told, memory };
                self.live.lines.insert(host.clone(), line);
            }
            if let Some(line) = self.live.lines.get_mut(&host) {
                line.realtime.watch(&public);
            }
        }
        Ok(())
    }

    fn tend(&mut self, host: &str, now: Timestamp) -> i64 {
        let Some(line) = self.live.lines.get_mut(host) else { return i64::MAX };
        while let Some(step) = line.realtime.next(now.0) {
            match step {
                RealtimeStep::Dial { url, lane, limit } => {
                    let ready = self.budget.ready_at(&lane, limit, now.0);
                    if ready > now.0 {
                        return ready;
                    }
                    self.budget.asked(&lane, limit, now.0);
                    self.report.requests += 1;
                    self.live.tickets += 1;
                    line.ticket = self.live.tickets;
                    line.realtime.dialed();
                    self.fetcher.dial(line.ticket, url);
                }
                RealtimeStep::Say(saying) => self.fetcher.say(line.ticket, saying.text()),
                RealtimeStep::HangUp => self.fetcher.hang_up(line.ticket),
            }
        }
        i64::MAX
    }

    /// Takes in what was overheard; frames that are to be kept wait for [`Watch::keep_frames`].
    pub(super) fn overhear(&mut self, now: Timestamp) {
        while let Some(overheard) = self.fetcher.overheard() {
            let lines = self.live.lines.iter_mut();
            let found = lines.into_iter().find(|(_, line)| line.ticket == overheard.ticket);
            let Some((host, line)) = found else { continue };
            let lane = line.realtime.lane().to_owned();
            match overheard.heard {
                FrameHeard::Opened => line.realtime.opened(now.0),
                FrameHeard::Refused(answer) => {
                    if line.realtime.refused(&answer, now.0) {
                        match answer.wait_ms(now.0) {
                            Some(wait) => self.budget.wait(&lane, wait, now.0),
                            None => self.budget.failed(&lane, now.0),
                        }
                    }
                }
                FrameHeard::Closed(why) => {
                    line.realtime.closed(&why);
                    self.budget.failed(&lane, now.0);
                }
                FrameHeard::Frame(bytes) => {
                    let key = line.realtime.keeps(&bytes).map(|(_, key)| key.to_owned());
                    let step = line.realtime.hear(&bytes, now.0);
                    if step == Some(RealtimeStep::HangUp) {
                        self.fetcher.hang_up(line.ticket);
                    }
                    let Some(key) = key else { continue };
                    let named =
                        |source: &&Watched| source.name == key && source.platform == "rocketchat";
                    let source = self.sources.values().find(named).map(|source| source.id);
                    if let (Some(source), true) = (source, self.live.waiting.len() < WAITING_MAX) {
                        let (host, at) = (host.clone(), now);
                        self.live.waiting.push_back(Fresh { host, source, key, bytes, at });
                    }
                }
            }
        }
    }

    /// Whether a frame waits that may be kept now.
    pub(super) fn has_frames(&self) -> bool {
        self.live.waiting.iter().any(|fresh| !self.is_asked(fresh.source))
    }

    /// Whether a question about a source is under way.
    pub(super) fn is_asked(&self, source: u64) -> bool {
        self.active.get(&source).is_some_and(|active| active.asked.is_some())
    }

    /// Appends the frames that may be kept now to the log; they are acknowledged with the next commit.
    pub(super) fn keep_frames(&mut self) -> Result<Vec<KeptFrame>, Failure> {
        let waiting = std::mem::take(&mut self.live.waiting);
        let mut kept = Vec::new();
        for fresh in waiting {
            if self.is_asked(fresh.source) {
                self.live.waiting.push_back(fresh);
                continue;
            }
            let Some(line) = self.live.lines.get(&fresh.host) else { continue };
            let Some(watched) = self.sources.get(&fresh.source) else { continue };
            let Some((_, name)) = connector_of(watched) else { continue };
            let memory: Memory = serde_json::from_str(&watched.memory)?;
            let frame = Frame {
                platform: &name.platform,
                reader: line.realtime.reader(),
                url: line.realtime.url(),
                channel: &fresh.key,
                previous: memory.previous(),
                bytes: &fresh.bytes,
                at: fresh.at,
            };
            kept.extend(keep_frame(&mut self.filing, &frame)?);
        }
        Ok(kept)
    }

    /// Takes in what kept frames say.
    pub(super) fn hear_frames(&mut self, kept: Vec<KeptFrame>) -> Result<(), Failure> {
        for KeptFrame { reading, leaf, url, at } in kept {
            self.report.frames += 1;
            let worked = work_out(reading, &self.filing.pseudonyms);
            let posts = (worked.reading.posts.as_slice(), &self.filing.filer);
            self.alerts.hear_posts(&mut self.desk, posts, at)?;
            self.filing.take(worked, &|_| (leaf, true), &url);
        }
        Ok(())
    }

    /// Notes how a conversation stands where that has changed: in the book, and for the terminal.
    fn note_stream(&mut self, host: &str, now: Timestamp) -> Result<(), Failure> {
        let Some(line) = self.live.lines.get_mut(host) else { return Ok(()) };
        let nudges = line.realtime.nudges();
        if *line.realtime.memory() != line.memory {
            line.memory = line.realtime.memory().clone();
            self.desk.remember(&[(line.id, serde_json::to_string(&line.memory)?)])?;
        }
        let (standing, id) = (line.realtime.standing(), line.id);
        let was = std::mem::replace(&mut line.told, standing.clone());
        let lane = line.realtime.lane().to_owned();
        self.take_nudges("rocketchat", nudges, now);
        if standing == was {
            return Ok(());
        }
        let name = format!("rocketchat:{host}");
        match standing {
            Standing::Live(_) => {
                self.budget.answered(&lane);
                self.desk.saw(id, now)?;
                self.desk.set_state(id, State::Account, None)?;
            }
            Standing::Off(why) => {
                self.desk.failed(id, now, &why)?;
                self.desk.set_state(id, State::Account, Some(&why))?;
                self.say_stream(&name, &why);
            }
            Standing::Away(Some(why)) => self.desk.failed(id, now, &why)?,
            Standing::Away(None) | Standing::Idle => {}
        }
        Ok(())
    }

    /// Tells once of a stream that there is nothing from it.
    pub(super) fn say_stream(&mut self, name: &str, why: &str) {
        let line = format!("{name}: no live news: {why}");
        if self.told.insert(line.clone()) {
            self.said.push(line);
        }
    }

    /// Each stream by its name, and whether news come by it now.
    pub(super) fn streams(&self) -> Vec<(String, bool)> {
        let lines = self.live.lines.iter().map(|(host, line)| {
            let is_live = matches!(line.told, Standing::Live(_));
            (format!("rocketchat:{host}"), is_live)
        });
        let hooked = self.hooked.iter();
        let hooked = hooked.map(|hooked| (hooked.platform.to_owned(), hooked.is_live()));
        let accounts = self.sources.values().filter(|source| source.state == State::Account);
        let accounts = accounts.map(|account| {
            (account.platform.clone(), account.failures == 0 && account.saw_at.is_some())
        });
        lines.chain(hooked).chain(accounts).collect()
    }
}

/// Appends a frame to the log; `None` where it is not to be read.
pub(super) fn keep_frame(
    filing: &mut Filing,
    frame: &Frame<'_>,
) -> Result<Option<KeptFrame>, Failure> {
    let reading = frame.read();
    // What was forgotten by request is not taken up again: a frame is of one post.
    if reading.posts.iter().any(|post| filing.marks.takes(post)) {
        return Ok(None);
    }
    let (leaf, is_new) = filing.keep(frame.record())?;
    // The very same frame was kept and read before, and may have been erased since.
    let (url, at) = (frame.url.to_owned(), frame.at);
    Ok(is_new.then_some(KeptFrame { reading, leaf, url, at }))
}

/// Sentences that were told once.
pub(super) type Told = BTreeSet<String>;
