//! The web hook of MAX: what the platform delivers, in place of asking it again and again.
//!
//! A delivery of a watched channel is committed to the log before it is answered; one that is not kept
//! is not answered as received, so that it comes again. It moves no cursor, and waits while its channel
//! is being asked about, as a frame of a stream does.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::Arc;

use anyhow::Context as _;
use marsad_capture::{
    Answer, Ask, Delivery, Fetcher, Hook, HookStanding, HookUpdate, Missed, Nudge, Places, Public,
    Receipts, Turn,
};
use marsad_desk::{Desk, State};
use marsad_types::{Platform, Timestamp};

use super::accounts::ACCOUNT;
use super::live::{KeptFrame, keep_frame};
use super::{Watch, connector_of};
use crate::failure::Failure;
use crate::pipeline::exchange::Frame;
use crate::settings::Settings;

/// Deliveries that wait for answers about their channels; more come again later.
const WAITING_MAX: usize = 256;
/// Before the platform takes a delivery for lost it is told that it was.
const WAIT_MS_MAX: i64 = 12_000;

/// The web hook of a watch.
pub(super) struct Hooked {
    /// The account's number in the book.
    pub(super) id: u64,
    pub(super) platform: &'static str,
    hook: Hook,
    receipts: Arc<Receipts>,
    /// The question under way.
    asked: Option<Ask>,
    waiting: VecDeque<Waiting>,
    /// As it was last told.
    told: HookStanding,
    /// Requests with a wrong secret that are told of.
    strangers: u64,
    counts: Counts,
}

/// A delivery of a channel, to be kept.
struct Waiting {
    delivery: Delivery,
    source: u64,
    public: Public,
    at: Timestamp,
}

/// What became of deliveries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// In the log, and read.
    pub(crate) kept: u64,
    /// In the log already, or erased from it.
    pub(crate) again: u64,
    /// Of no channel that is watched and public: nothing of it was kept.
    pub(crate) left_out: u64,
    /// No update.
    pub(crate) unread: u64,
    /// Not kept in time; the platform was told to deliver it again.
    pub(crate) put_off: u64,
    /// Without the secret, or with another one.
    pub(crate) strangers: u64,
    /// With the secret, and too large, too slow or no `POST`.
    pub(crate) unfit: u64,
}

impl Counts {
    /// Each with its word.
    pub(crate) fn named(self) -> [(&'static str, u64); 7] {
        [
            ("kept", self.kept),
            ("again", self.again),
            ("left_out", self.left_out),
            ("unread", self.unread),
            ("put_off", self.put_off),
            ("wrong_secret", self.strangers),
            ("unfit", self.unfit),
        ]
    }
}

impl Hooked {
    /// Listens, where settings say so.
    pub(super) fn begin(
        (settings, places): (&Settings, &Places),
        fetcher: &Fetcher,
        desk: &mut Desk,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let Some(place) = settings.hook()? else { return Ok(None) };
        let secret = Settings::hook_secret()?;
        let port = TcpListener::bind(place.listen);
        let port = port.with_context(|| format!("cannot take deliveries at {}", place.listen))?;
        let receipts = fetcher.receive(port, secret.clone());
        let receipts =
            receipts.with_context(|| format!("cannot take deliveries at {}", place.listen))?;
        let hook = Hook::new(places, &place, secret);
        let platform = hook.platform();
        desk.add(platform, ACCOUNT, now)?;
        let account = desk.source(platform, ACCOUNT)?;
        let Some(account) = account else {
            return Err(Failure::failed("the desk's book does not hold what was just put into it"));
        };
        desk.set_state(account.id, State::Account, None)?;
        Ok(Some(Self {
            id: account.id,
            platform,
            hook,
            receipts,
            asked: None,
            waiting: VecDeque::new(),
            told: HookStanding::Unknown,
            strangers: 0,
            counts: Counts::default(),
        }))
    }

    pub(super) fn is_live(&self) -> bool {
        *self.hook.standing() == HookStanding::Stands
    }

    pub(super) fn counts(&self) -> Counts {
        let (strangers, unfit) = (self.receipts.strangers(), self.receipts.unfit());
        Counts { strangers, unfit, ..self.counts }
    }
}

impl Watch {
    /// Looks whether the platform delivers, and tells how that stands; gives the moment to look again.
    pub(super) fn tend_hook(&mut self, now: Timestamp) -> Result<i64, Failure> {
        let Some(hooked) = self.hooked.as_mut() else { return Ok(i64::MAX) };
        let platform = hooked.platform;
        let is_watched = |state| state == State::Watched;
        let mut sources = self.sources.values();
        if !sources.any(|source| source.platform == platform && is_watched(source.state)) {
            return Ok(i64::MAX);
        }
        let mut wake = i64::MAX;
        if hooked.asked.is_none()
            && let Some(ask) = hooked.hook.next(now.0)
        {
            let ready = self.budget.ready_at(&ask.lane, ask.limit, now.0);
            if ready > now.0 {
                wake = ready;
            } else {
                self.budget.asked(&ask.lane, ask.limit, now.0);
                self.report.requests += 1;
                hooked.asked = Some(ask.clone());
                self.fetcher.send(hooked.id, ask);
            }
        }
        self.note_hook(now)?;
        Ok(wake)
    }

    /// Whether what came under this ticket is about the subscription; hears it then.
    pub(super) fn hear_hook(
        &mut self,
        ticket: u64,
        result: &Result<Answer, Missed>,
        now: Timestamp,
    ) -> bool {
        let Some(hooked) = self.hooked.as_mut().filter(|hooked| hooked.id == ticket) else {
            return false;
        };
        let Some(ask) = hooked.asked.take() else { return true };
        let heard = match result {
            Ok(answer) => {
                if let Some(wait) = answer.wait_ms(now.0) {
                    self.budget.wait(&ask.lane, wait, now.0);
                }
                hooked.hook.hear(answer, now.0)
            }
            Err(missed) => Err(ask.secret.taken_out(&missed.to_string())),
        };
        match heard {
            Ok(()) => self.budget.answered(&ask.lane),
            Err(why) => {
                hooked.hook.missed(&why);
                self.budget.failed(&ask.lane, now.0);
            }
        }
        if hooked.hook.take_made() {
            // What happened before was delivered to nobody: visits read it.
            let platform = hooked.platform;
            let nudge = |public: Public| Nudge { channel: public.id, turn: Turn::Follow };
            let nudges = self.public_on(platform).into_iter().map(nudge).collect();
            self.take_nudges(platform, nudges, now);
        }
        true
    }

    /// Notes how the hook stands where that has changed: in the book, and for the terminal.
    fn note_hook(&mut self, now: Timestamp) -> Result<(), Failure> {
        let Some(hooked) = self.hooked.as_mut() else { return Ok(()) };
        let strangers = hooked.receipts.strangers();
        if strangers > hooked.strangers {
            hooked.strangers = strangers;
            hooked.hook.mistrust(now.0);
            let line = format!(
                "{}: something was delivered without the secret, or with another one; it is refused and nothing of it is kept",
                hooked.platform
            );
            if self.told.insert(line.clone()) {
                self.said.push(line);
            }
        }
        let (standing, id) = (hooked.hook.standing().clone(), hooked.id);
        let was = std::mem::replace(&mut hooked.told, standing.clone());
        if standing == was {
            return Ok(());
        }
        let platform = hooked.platform;
        match standing {
            HookStanding::Unknown => {}
            HookStanding::Stands => {
                self.desk.saw(id, now)?;
                self.desk.set_state(id, State::Account, None)?;
            }
            HookStanding::Off(why) => {
                self.desk.failed(id, now, &why)?;
                self.desk.set_state(id, State::Account, Some(&why))?;
                self.say_stream(platform, &why);
            }
        }
        Ok(())
    }

    /// Takes in what was delivered; what is to be kept waits for [`Watch::receive`].
    pub(super) fn take_deliveries(&mut self, now: Timestamp) {
        let mut public: Option<Vec<Public>> = None;
        while let Some(delivery) = self.fetcher.delivered() {
            let Some(platform) = self.hooked.as_ref().map(|hooked| hooked.platform) else {
                continue;
            };
            let update = HookUpdate::read(delivery.body());
            let public = public.get_or_insert_with(|| self.public_on(platform));
            let chat = update.as_ref().and_then(|update| update.chat.as_ref());
            let channel = public.iter().find(|public| chat == Some(&public.id)).cloned();
            let source = channel.as_ref().and_then(|channel| self.source_of(platform, &channel.id));
            let Some(hooked) = self.hooked.as_mut() else { continue };
            match (update, channel.zip(source)) {
                (None, _) => {
                    hooked.counts.unread += 1;
                    delivery.unread();
                }
                (Some(_), None) => {
                    hooked.counts.left_out += 1;
                    delivery.received();
                }
                (Some(_), Some((public, source))) if hooked.waiting.len() < WAITING_MAX => {
                    hooked.waiting.push_back(Waiting { delivery, source, public, at: now });
                }
                // Dropped, it is told to come again.
                _ => hooked.counts.put_off += 1,
            }
        }
    }

    /// Whether a delivery waits that may be kept now, or has waited too long.
    pub(super) fn has_deliveries(&self, now: Timestamp) -> bool {
        let mut waiting = self.hooked.iter().flat_map(|hooked| &hooked.waiting);
        waiting.any(|waits| !self.is_asked(waits.source) || now.0 - waits.at.0 >= WAIT_MS_MAX)
    }

    /// Commits the deliveries that may be kept now to the log, answers them, and takes in what they say.
    /// What came of the same channel is heard before: it may have seen more than they tell.
    pub(super) fn receive(&mut self, now: Timestamp) -> Result<(), Failure> {
        let (kept, received) = self.keep_deliveries(now)?;
        if received.is_empty() {
            return Ok(());
        }
        self.filing.store.commit(now)?;
        received.into_iter().for_each(Delivery::received);
        self.hear_frames(kept)
    }

    /// Appends the deliveries that may be kept now to the log; they are acknowledged with the next
    /// commit.
    fn keep_deliveries(
        &mut self,
        now: Timestamp,
    ) -> Result<(Vec<KeptFrame>, Vec<Delivery>), Failure> {
        let (mut kept, mut received) = (Vec::new(), Vec::new());
        let Some(hooked) = self.hooked.as_mut() else { return Ok((kept, received)) };
        let (reader, target) = (hooked.hook.reader(), hooked.hook.target());
        let waiting = std::mem::take(&mut hooked.waiting);
        let (mut later, mut counts) = (VecDeque::new(), hooked.counts);
        let platform = Platform::new(hooked.platform)?;
        for waits in waiting {
            if self.is_asked(waits.source) {
                if now.0 - waits.at.0 < WAIT_MS_MAX {
                    later.push_back(waits);
                } else {
                    counts.put_off += 1;
                }
                continue;
            }
            let Some(watched) = self.sources.get(&waits.source) else {
                counts.left_out += 1;
                received.push(waits.delivery);
                continue;
            };
            let memory: marsad_capture::Memory = serde_json::from_str(&watched.memory)?;
            let frame = Frame {
                platform: &platform,
                reader,
                url: target,
                channel: &waits.public.key,
                previous: memory.previous(),
                bytes: waits.delivery.body(),
                at: waits.at,
            };
            match keep_frame(&mut self.filing, &frame)? {
                Some(frame) => {
                    counts.kept += 1;
                    kept.push(frame);
                }
                None => counts.again += 1,
            }
            received.push(waits.delivery);
        }
        if let Some(hooked) = self.hooked.as_mut() {
            hooked.waiting = later;
            hooked.counts = counts;
        }
        Ok((kept, received))
    }

    /// The source on the list that has this id on its platform.
    fn source_of(&self, platform: &str, channel: &str) -> Option<u64> {
        let mut listed = self
            .sources
            .values()
            .filter(|source| source.platform == platform && source.state == State::Watched);
        let is_it = |source: &&marsad_desk::Watched| {
            let memory: Option<marsad_capture::Memory> = serde_json::from_str(&source.memory).ok();
            connector_of(source).is_some()
                && memory.and_then(|memory| memory.channel).as_deref() == Some(channel)
        };
        listed.find(is_it).map(|source| source.id)
    }
}
