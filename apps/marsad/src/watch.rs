//! The watch: visits to sources, their answers into the log, their posts into the lake.
//!
//! **Main path.** [`Watch::begin`] → [`Watch::step`] again and again: begin visits that are due →
//! ask what they want, as fast as each host allows → keep the answers and commit them → read them,
//! let the visits hear them → move the cursors → … → [`Watch::finish`].
//!
//! **Invariants.** Bytes before anything else: an answer is committed to the log before it is read,
//! before a cursor moves, before anybody is told. A process that is killed anywhere asks again for
//! what it had not kept, and files at its next start what it had.
//!
//! **Not here.** What is asked (`marsad-capture`), what it means (`marsad-interpret`).

mod accounts;
mod again;
mod asking;
mod eligible;
mod hook;
mod ledger;
mod live;
mod metrics;
mod pulse;
mod sight;
mod turns;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use marsad_capture::{
    Answer, Ask, Budget, Connector, Done, Fetcher, Heard, Look, Memory, Missed, Outcome, Places,
    Schedule, Source, Turn, Visit,
};
use marsad_desk::{Desk, State, Watched};
use marsad_types::{Platform, Reading, Timestamp};

use self::again::Again;
pub(crate) use self::eligible::{Eligible, answer_to_one, eligible};
use self::hook::Hooked;
use self::ledger::{Ledger, Was};
use self::live::{Live, Told};
pub(crate) use self::metrics::Metrics;
pub(crate) use self::pulse::Pulse;
pub(crate) use self::turns::Pace;
pub(crate) use self::view::Report;
use crate::account;
use crate::alerts::Alerts;
use crate::archive::Archive;
use crate::audit;
use crate::clock;
use crate::failure::Failure;
use crate::pipeline::exchange::{self, Seen};
use crate::pipeline::filing::Filing;
use crate::pipeline::recover;
use crate::pipeline::work::work_out;
use crate::settings::Settings;

/// Visits to one host at a time: while one is answered, the next is ready.
const PARALLEL: u32 = 2;
/// Asks under way at a time, over all hosts.
const UNDER_WAY_MAX: usize = 64;
/// The longest sleep: a signal to stop is heard within it.
const NAP_MS: i64 = 200;
/// The same while alerts are on their way: their receivers' answers make room for the next.
const TELLING_NAP_MS: i64 = 5;
/// What was read is filed in the lake at least so often.
const FILE_EVERY_MS: i64 = 20_000;
/// Small files in the lake are joined after so many filings.
const COMPACT_EVERY: u32 = 60;

/// A visit under way.
struct Active {
    source: Source,
    connector: Connector,
    visit: Box<dyn Visit>,
    lane: String,
    turn: Turn,
    began: Timestamp,
    tries: u32,
    /// The ask under way, and when it was sent.
    asked: Option<(Ask, Timestamp)>,
    /// The first look before this visit.
    looked_at: Option<i64>,
    /// The last answer that was none said that we are not let in.
    is_kept_out: bool,
}

/// An answer in the log, not acknowledged yet.
struct Kept {
    id: u64,
    ask: Ask,
    answer: Answer,
    reading: Reading,
    leaf: u64,
    is_new: bool,
    at: Timestamp,
}

/// The watch of one archive.
pub(crate) struct Watch {
    archive: Archive,
    desk: Desk,
    filing: Filing,
    places: Places,
    fetcher: Fetcher,
    agent: String,
    budget: Budget,
    schedule: Schedule,
    pace: Pace,
    sources: BTreeMap<u64, Watched>,
    active: BTreeMap<u64, Active>,
    /// When the last visit of this process to a source began that asked whether it is public and heard
    /// yes.
    checked: BTreeMap<u64, i64>,
    live: Live,
    hooked: Option<Hooked>,
    /// What is for the terminal, beside alerts.
    said: Vec<String>,
    told: Told,
    /// Sources that wait until the steady channels were seen.
    held: Vec<u64>,
    again: Again,
    ledger: Ledger,
    alerts: Alerts,
    began: Timestamp,
    filed_at: Timestamp,
    filings: u32,
    pub(crate) report: Report,
}

impl Watch {
    /// Opens everything; files what an earlier watch kept and did not file.
    pub(crate) fn begin(
        archive: &Archive,
        mut desk: Desk,
        pace: Pace,
        is_quiet: bool,
    ) -> Result<Self, Failure> {
        let settings = Settings::of(archive.root())?;
        let mut filing = Filing::begin(archive)?;
        recover(archive, &mut filing)?;
        let agent = settings.agent();
        let mut fetcher = Fetcher::start(&agent, settings.timeout()).map_err(Failure::failed)?;
        let places = settings.places()?;
        let listed = desk.sources()?;
        let asks_telegram = |source: &Watched| {
            source.state == State::Watched && source.platform == account::PLATFORM
        };
        if listed.iter().any(asks_telegram) {
            account::join(archive, (&settings, &places), &mut fetcher)?;
        }
        let alerts = Alerts::begin(archive, &mut desk, &filing, (&settings, is_quiet))?;
        let now = clock::now();
        let all = (&settings, &places);
        let hooked = pace.goes_on().then(|| Hooked::begin(all, &fetcher, &mut desk, now));
        let hooked = hooked.transpose()?.flatten();
        let mut budget = Budget::new(now.0.cast_unsigned());
        for (lane, until) in desk.waits(now)? {
            budget.resume(&lane, until.0);
        }
        let mut watch = Self {
            archive: archive.clone(),
            desk,
            filing,
            places,
            fetcher,
            agent,
            budget,
            schedule: Schedule::new(PARALLEL),
            pace,
            sources: BTreeMap::new(),
            active: BTreeMap::new(),
            checked: BTreeMap::new(),
            live: Live::default(),
            hooked,
            said: Vec::new(),
            told: Told::new(),
            held: Vec::new(),
            again: Again::default(),
            ledger: Ledger::default(),
            alerts,
            began: now,
            filed_at: now,
            filings: 0,
            report: Report::default(),
        };
        watch.take_list(now)?;
        Ok(watch)
    }

    /// Takes over the watch list, and plans first visits. Steady channels come first: by them it is
    /// judged whether others are gone or we are blind.
    fn take_list(&mut self, now: Timestamp) -> Result<(), Failure> {
        let (mut canaries, mut listed) = (Vec::new(), BTreeSet::new());
        for source in self.desk.sources()? {
            if source.state != State::Watched {
                continue;
            }
            listed.insert(source.id);
            if self.sources.contains_key(&source.id) {
                continue;
            }
            if source.is_canary { &mut canaries } else { &mut self.held }.push(source.id);
            self.sources.insert(source.id, source);
        }
        listed.extend(self.take_accounts(now)?);
        let gone: Vec<u64> =
            self.sources.keys().filter(|id| !listed.contains(id)).copied().collect();
        for id in gone {
            self.sources.remove(&id);
            self.schedule.remove(id);
        }
        let watched = self.sources.values().filter(|source| source.state == State::Watched);
        self.report.sources = watched.count() as u64;
        self.plan_first(canaries, now);
        if self.pace.goes_on() {
            self.release(now);
        }
        Ok(())
    }

    fn release(&mut self, now: Timestamp) {
        let held = std::mem::take(&mut self.held);
        self.plan_first(held, now);
    }

    fn plan_first(&mut self, sources: Vec<u64>, now: Timestamp) {
        for id in sources {
            let Some(source) = self.sources.get(&id) else { continue };
            let Some((connector, name)) = connector_of(source) else { continue };
            let lane = connector.lane(&name, &self.places);
            for (turn, due) in self.pace.first_turns(source, now) {
                self.schedule.plan(&lane, id, turn, due);
            }
        }
    }

    /// Whether all that was planned is done.
    pub(crate) fn is_over(&self) -> bool {
        self.held.is_empty() && self.is_idle()
    }

    fn is_idle(&self) -> bool {
        self.active.is_empty() && self.schedule.next_due().is_none()
    }

    /// One round: what can be asked is asked; what came is kept, read and heard.
    pub(crate) fn step(&mut self) -> Result<(), Failure> {
        let now = clock::now();
        if self.is_idle() {
            self.release(now);
        }
        self.begin_visits(now)?;
        let wake = self.ask(now)?.min(self.tend_streams(now)?).min(self.tend_hook(now)?);
        let nap = if self.alerts.is_telling() { TELLING_NAP_MS } else { NAP_MS };
        let wait = (wake - clock::now().0).clamp(0, nap);
        let mut came = Vec::new();
        // Everything that is there by now shares one commit.
        let first = Duration::from_millis(wait.cast_unsigned());
        came.extend(self.fetcher.next(first));
        while let Some(done) = self.fetcher.next(Duration::ZERO) {
            came.push(done);
        }
        self.overhear(clock::now());
        self.take_deliveries(clock::now());
        if !came.is_empty() || self.has_frames() || self.has_deliveries(clock::now()) {
            self.take(came)?;
        }
        self.alerts.round(&mut self.desk, clock::now())?;
        self.file_if_due(clock::now())
    }

    fn begin_visits(&mut self, now: Timestamp) -> Result<(), Failure> {
        while self.fetcher.under_way() < UNDER_WAY_MAX {
            let waiting: Vec<String> =
                self.budget.waiting(now.0).map(|(lane, _)| lane.to_owned()).collect();
            let next =
                self.schedule.next(now.0, &|lane| !waiting.iter().any(|known| known == lane));
            let Some((lane, id, turn)) = next else { break };
            match self.begin_visit(id, turn, &lane, now)? {
                Some(active) => drop(self.active.insert(id, active)),
                None => self.schedule.done(&lane, id),
            }
        }
        Ok(())
    }

    /// A visit to a source that is still on the list.
    fn begin_visit(
        &self,
        id: u64,
        turn: Turn,
        lane: &str,
        now: Timestamp,
    ) -> Result<Option<Active>, Failure> {
        let Some(watched) = self.sources.get(&id) else { return Ok(None) };
        let Some((connector, source)) = connector_of(watched) else { return Ok(None) };
        let memory: Memory = serde_json::from_str(&watched.memory)?;
        let looked_at = memory.looked_at;
        let visit = if watched.state == State::Account {
            let public = self.public_on(&watched.platform);
            Connector::stream(&watched.platform, &self.places, memory, &public)
        } else {
            let plan = self.pace.plan(turn, &memory);
            Some(connector.visit(&source, &self.places, memory, plan))
        };
        let (lane, began) = (lane.to_owned(), now);
        Ok(visit.map(|visit| Active {
            source,
            connector,
            visit,
            lane,
            turn,
            began,
            tries: 0,
            asked: None,
            looked_at,
            is_kept_out: false,
        }))
    }

    /// Keeps answers, commits them, and only then reads them and lets their visits go on.
    fn take(&mut self, came: Vec<Done>) -> Result<(), Failure> {
        let now = clock::now();
        let mut kept = Vec::new();
        for Done { ticket, result } in came {
            if self.hear_hook(ticket, &result, now) {
                continue;
            }
            let asked = self.active.get_mut(&ticket).and_then(|active| active.asked.take());
            let Some((ask, at)) = asked else { continue };
            // A platform that waits for something to happen answers of the time when it did.
            let at = if ask.holds_ms > 0 { now } else { at };
            match result {
                Err(missed) => self.miss(ticket, &ask, &missed, now),
                Ok(answer) => kept.extend(self.keep(ticket, ask, answer, at)?),
            }
        }
        let frames = self.keep_frames()?;
        self.filing.store.commit(now)?;
        let mut memories = Vec::new();
        for kept in kept {
            let id = kept.id;
            if let Some(memory) = self.hear(kept, now)? {
                memories.push((id, memory));
            }
        }
        self.hear_frames(frames)?;
        self.desk.remember(&memories)?;
        for (id, memory) in memories {
            if let Some(source) = self.sources.get_mut(&id) {
                source.memory = memory;
            }
        }
        self.receive(now)
    }

    /// Appends an answer and its question to the log; it is acknowledged with the next commit.
    fn keep(
        &mut self,
        id: u64,
        ask: Ask,
        answer: Answer,
        at: Timestamp,
    ) -> Result<Option<Kept>, Failure> {
        self.admit(id);
        let Some(active) = self.active.get(&id) else { return Ok(None) };
        let platform = active.source.platform.clone();
        let steady = self.steady(id, active);
        let (answer, left_out) = active.visit.reduced(answer);
        let seen = Seen { platform: &platform, ask: &ask, answer: &answer, at, steady, left_out };
        self.filing.keep(seen.request(&self.agent))?;
        // What was forgotten by request may still be there: it is left out of what is kept.
        let left = seen.without_erased(&self.filing.marks, &self.filing.pseudonyms);
        let mut whole = None;
        let (record, reading) = left.unwrap_or_else(|| {
            let record = if let Some(kept) = self.again.find(&ask, &answer) {
                seen.revisit(kept)
            } else {
                let record = seen.response();
                whole = record.id().map(str::to_owned);
                record
            };
            (record, seen.read())
        });
        let (leaf, is_new) = self.filing.keep(record)?;
        if let Some(id) = whole {
            let kept = exchange::Kept { leaf, id, at, status: answer.status };
            self.again.note(&ask, &answer, kept);
        }
        Ok(Some(Kept { id, ask, answer, reading, leaf, is_new, at }))
    }

    /// Takes in what an answer says, and lets its visit go on; gives how far that came.
    fn hear(&mut self, kept: Kept, now: Timestamp) -> Result<Option<String>, Failure> {
        let Kept { id, ask, answer, reading, leaf, is_new, at } = kept;
        self.note_sight(id, &reading, at)?;
        let worked = work_out(reading, &self.filing.pseudonyms);
        let posts = (worked.reading.posts.as_slice(), &self.filing.filer);
        self.alerts.hear_posts(&mut self.desk, posts, at)?;
        self.filing.take(worked, &|_| (leaf, is_new), &ask.url);
        let told = answer.wait_ms(now.0);
        if let Some(wait) = told {
            self.budget.wait(&ask.lane, wait, now.0);
            self.desk.set_wait(&ask.lane, Timestamp(now.0.saturating_add(wait)))?;
        }
        let Some(active) = self.active.get_mut(&id) else { return Ok(None) };
        match active.visit.hear(&answer, at.0) {
            Heard::Understood => {
                active.tries = 0;
                self.budget.answered(&ask.lane);
                let memory = serde_json::to_string(active.visit.memory())?;
                let (nudges, platform) = (active.visit.nudges(), active.source.platform.clone());
                self.take_nudges(platform.as_str(), nudges, now);
                Ok(Some(memory))
            }
            Heard::Again(why) => {
                if told.is_none() {
                    self.budget.failed(&ask.lane, now.0);
                }
                self.again(id, why, Some(answer.status));
                Ok(None)
            }
        }
    }

    fn miss(&mut self, id: u64, ask: &Ask, missed: &Missed, now: Timestamp) {
        self.budget.failed(&ask.lane, now.0);
        self.again(id, ask.secret.taken_out(&missed.to_string()), None);
    }

    /// The same ask again later, or the end of the visit. Who is not let in does not insist.
    fn again(&mut self, id: u64, why: String, status: Option<u16>) {
        let most = self.pace.tries();
        let Some(active) = self.active.get_mut(&id) else { return };
        active.tries += 1;
        active.is_kept_out = matches!(status, Some(401 | 403 | 420 | 429 | 451));
        let is_shut = active.is_kept_out && !matches!(status, Some(420 | 429));
        if active.tries >= if is_shut { 2 } else { most } {
            active.visit.give_up(why);
        }
    }

    /// Notes how a visit went, and plans the next ones.
    fn end_visit(&mut self, id: u64, now: Timestamp) -> Result<(), Failure> {
        let Some(mut active) = self.active.remove(&id) else { return Ok(()) };
        self.schedule.done(&active.lane, id);
        self.take_nudges(active.source.platform.as_str(), active.visit.nudges(), now);
        let outcome = active.visit.end();
        let look = self.judge(id, &active, outcome.look, now);
        let outcome = Outcome { look, ..outcome };
        let key = active.connector.key(&active.source, active.visit.memory());
        let was = Was {
            looked_at: active.looked_at.map(Timestamp),
            began: active.began,
            is_kept_out: active.is_kept_out,
        };
        if self.sources.get(&id).is_some_and(|source| source.state == State::Account) {
            return self.note_account(id, &active, &outcome, now);
        }
        if active.turn == Turn::Check && outcome.look == Look::Saw {
            self.checked.insert(id, active.began.0);
        }
        self.ledger.note((&active.source.platform, &key), was, &outcome, now);
        self.note_outcome(id, &active, &outcome, now)?;
        let Some(source) = self.sources.get(&id) else { return Ok(()) };
        for (turn, due) in self.pace.next_turns(active.turn, source, &outcome, now) {
            self.schedule.plan(&active.lane, id, turn, due);
        }
        Ok(())
    }

    fn note_outcome(
        &mut self,
        id: u64,
        active: &Active,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), Failure> {
        match &outcome.look {
            Look::Saw | Look::KeptOut(_) | Look::Absent(_) => self.desk.saw(id, now)?,
            Look::Failed(why) => {
                self.desk.failed(id, now, why)?;
                self.report.fail(&active.source, why);
            }
            Look::NotPublic(why) => {
                self.report.notes.push(format!("{}: {why}", active.source));
                let sentence = format!(
                    "{} is not a public channel; Marsad watches public channels only",
                    active.source
                );
                self.stop_watching(id, &sentence)?;
                self.report.refused.push(sentence);
            }
            Look::Replaced(other) => {
                let sentence = format!(
                    "the name of {} belongs to another channel now ({other}); it is not watched until somebody decides",
                    active.source
                );
                self.stop_watching(id, &sentence)?;
                self.report.fail(&active.source, &sentence);
            }
        }
        if let Some(source) = self.sources.get_mut(&id) {
            source.looked_at = Some(now);
            // A steady channel that is not seen is our blindness, whatever it looks like.
            let is_blind = source.is_canary && outcome.look != Look::Saw;
            if is_blind || matches!(outcome.look, Look::Failed(_)) {
                source.failures += 1;
            } else {
                (source.failures, source.saw_at) = (0, Some(now));
            }
        }
        Ok(())
    }

    fn stop_watching(&mut self, id: u64, why: &str) -> Result<(), Failure> {
        self.desk.set_state(id, State::Refused, Some(why))?;
        self.sources.remove(&id);
        self.schedule.remove(id);
        Ok(())
    }

    /// Files what was read, when enough waits or enough time has gone by.
    fn file_if_due(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.filing.file_if_large(now)?;
        if now.0 - self.filed_at.0 < FILE_EVERY_MS {
            return Ok(());
        }
        self.filed_at = now;
        if self.pace.goes_on() {
            // Somebody may have added, paused or removed sources meanwhile.
            self.take_list(now)?;
        }
        self.keep_ledger(now)?;
        let waited = audit::absorb(&self.archive, &mut self.filing.store)?;
        self.filing.file_now(now)?;
        waited.done();
        self.archive.remember(self.filing.store.reader().checkpoint())?;
        self.alerts.filed(&mut self.desk, &self.filing)?;
        self.filings += 1;
        if self.filings.is_multiple_of(COMPACT_EVERY) {
            self.filing.compact()?;
        }
        Ok(())
    }

    /// Puts what was noted of the watching itself into the log, and takes it in.
    fn keep_ledger(&mut self, now: Timestamp) -> Result<(), Failure> {
        let lines = self.ledger.take();
        if lines.is_empty() {
            return Ok(());
        }
        let (leaf, is_new) = self.filing.keep(exchange::ledger(&lines, now))?;
        let worked = work_out(exchange::read_ledger(&lines), &self.filing.pseudonyms);
        self.filing.take(worked, &|_| (leaf, is_new), "watch");
        Ok(())
    }

    /// Alerts, and what is to be told of streams, for the terminal since the last time.
    pub(crate) fn said(&mut self) -> Vec<String> {
        let mut said = std::mem::take(&mut self.said);
        said.extend(self.alerts.said());
        said
    }

    /// Files the rest; gives what was done.
    pub(crate) fn finish(mut self) -> Result<Report, Failure> {
        let now = clock::now();
        let under_way: Vec<u64> = self.active.keys().copied().collect();
        for id in under_way {
            if let Some(active) = self.active.get_mut(&id) {
                active.visit.give_up("the watch was stopped".to_owned());
            }
        }
        self.keep_ledger(now)?;
        let mut report = self.report;
        self.filing.file_now(now)?;
        let ending = self.alerts.finish(&mut self.desk, &self.filing)?;
        report.notes.extend(ending.notes);
        report.alerts = ending.said;
        let summary = self.filing.finish(now)?;
        report.waits_ms = self.budget.waited_ms();
        report.take(summary);
        Ok(report)
    }
}

fn connector_of(watched: &Watched) -> Option<(Connector, Source)> {
    let connector = Connector::of(&watched.platform)?;
    let platform = Platform::new(&watched.platform).ok()?;
    Some((connector, Source { platform, name: watched.name.clone() }))
}
