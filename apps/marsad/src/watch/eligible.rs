//! Whether sources are there and public, before anybody watches them. Nothing of the answers is kept.

use std::time::Duration;

use marsad_capture::{
    Answer, Ask, Budget, Connector, Fetcher, Heard, Look, Memory, Missed, Plan, Source, Visit,
};
use marsad_desk::Desk;
use marsad_types::Timestamp;

use crate::account;
use crate::archive::Archive;
use crate::clock;
use crate::failure::Failure;
use crate::settings::Settings;

/// How often an ask is repeated.
const TRIES: u32 = 3;
/// Somebody sits before the terminal: longer than this is not waited.
const WAIT_MS_MAX: i64 = 90_000;
const NAP: Duration = Duration::from_mins(1);

/// What a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Eligible {
    /// A public channel.
    Yes,
    /// A public channel whose posts are not shown.
    KeptOut(String),
    /// Not one, or nothing at all; with the reason where the platform shows one.
    No(String),
    /// It could not be asked.
    Unknown(String),
}

/// Asks for each source, one after the other.
pub(crate) fn eligible(
    archive: &Archive,
    desk: &mut Desk,
    sources: &[Source],
) -> Result<Vec<(Source, Eligible)>, Failure> {
    let settings = Settings::of(archive.root())?;
    let places = settings.places()?;
    let mut fetcher =
        Fetcher::start(&settings.agent(), settings.timeout()).map_err(Failure::failed)?;
    let is_account = |source: &Source| source.platform.as_str() == account::PLATFORM;
    let mut barred = None;
    if sources.iter().any(is_account) {
        let joined = account::join(archive, (&settings, &places), &mut fetcher);
        barred = joined.err().map(|failure| failure.sentence());
    }
    let mut budget = Budget::new(0);
    for (lane, until) in desk.waits(clock::now())? {
        budget.resume(&lane, until.0);
    }
    let mut found = Vec::new();
    for source in sources {
        let Some(connector) = Connector::of(source.platform.as_str()) else { continue };
        if let Some(why) = barred.as_ref().filter(|_| is_account(source)) {
            found.push((source.clone(), Eligible::Unknown(why.clone())));
            continue;
        }
        let visit = connector.visit(source, &places, Memory::default(), Plan::check());
        let look = look(&mut fetcher, (&mut budget, desk), visit)?;
        let is = match look {
            Look::Saw => Eligible::Yes,
            Look::KeptOut(cause) => Eligible::KeptOut(cause),
            Look::Absent(why) | Look::NotPublic(why) | Look::Replaced(why) => Eligible::No(why),
            Look::Failed(why) => Eligible::Unknown(why),
        };
        found.push((source.clone(), is));
    }
    Ok(found)
}

fn look(
    fetcher: &mut Fetcher,
    (budget, desk): (&mut Budget, &mut Desk),
    mut visit: Box<dyn Visit>,
) -> Result<Look, Failure> {
    let mut tries = 0;
    while let Some(ask) = visit.next() {
        let now = clock::now().0;
        let also =
            ask.also.as_ref().map_or(now, |(lane, limit)| budget.ready_at(lane, *limit, now));
        let ready = budget.ready_at(&ask.lane, ask.limit, now).max(also);
        if ready - now > WAIT_MS_MAX {
            let seconds = (ready - now + 999) / 1000;
            visit.give_up(format!("{} is not to be asked for {seconds} s more", ask.lane));
            continue;
        }
        std::thread::sleep(Duration::from_millis((ready - now).max(0).cast_unsigned()));
        let at: Timestamp = clock::now();
        budget.asked(&ask.lane, ask.limit, at.0);
        if let Some((lane, limit)) = &ask.also {
            budget.asked(lane, *limit, at.0);
        }
        fetcher.send(at.0.cast_unsigned(), ask.clone());
        let came = answer_to(fetcher, at.0.cast_unsigned());
        let heard = match came {
            Some(Ok(answer)) => {
                if let Some(wait) = answer.wait_ms(at.0) {
                    let now = clock::now();
                    budget.wait(&ask.lane, wait, now.0);
                    desk.set_wait(&ask.lane, Timestamp(now.0.saturating_add(wait)))?;
                }
                visit.hear(&answer, at.0)
            }
            Some(Err(missed)) => Heard::Again(ask.secret.taken_out(&missed.to_string())),
            None => Heard::Again("no answer in time".to_owned()),
        };
        let Heard::Again(why) = heard else {
            tries = 0;
            continue;
        };
        tries += 1;
        budget.failed(&ask.lane, at.0);
        if tries >= TRIES {
            visit.give_up(why);
        }
    }
    Ok(visit.end().look)
}

/// The answer to one question; one that comes late, to an earlier question, is nobody's.
fn answer_to(fetcher: &mut Fetcher, ticket: u64) -> Option<Result<Answer, Missed>> {
    while let Some(done) = fetcher.next(NAP) {
        if done.ticket == ticket {
            return Some(done.result);
        }
    }
    None
}

/// The answer to one question of which nothing is kept, such as one about our own account.
pub(crate) fn answer_to_one(settings: &Settings, ask: Ask) -> Result<Answer, Failure> {
    let mut fetcher =
        Fetcher::start(&settings.agent(), settings.timeout()).map_err(Failure::failed)?;
    let secret = ask.secret.clone();
    fetcher.send(0, ask);
    match answer_to(&mut fetcher, 0) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(missed)) => Err(Failure::failed(secret.taken_out(&missed.to_string()))),
        None => Err(Failure::failed("no answer in time")),
    }
}
