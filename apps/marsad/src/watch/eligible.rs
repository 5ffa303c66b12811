//! Whether sources are there and public, before anybody watches them. Nothing of the answers is kept.

use std::time::Duration;

use marsad_capture::{
    Answer, Budget, Connector, Fetcher, Heard, Look, Memory, Missed, Plan, Source, Visit,
};
use marsad_types::Timestamp;

use crate::clock;
use crate::failure::Failure;
use crate::settings::Settings;

/// How often an ask is repeated.
const TRIES: u32 = 3;
const NAP: Duration = Duration::from_mins(1);

/// What a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Eligible {
    /// A public channel.
    Yes,
    /// A public channel whose posts are not shown.
    KeptOut(String),
    /// Not one, or nothing at all.
    No,
    /// It could not be asked.
    Unknown(String),
}

/// Asks for each source, one after the other.
pub(crate) fn eligible(
    settings: &Settings,
    sources: &[Source],
) -> Result<Vec<(Source, Eligible)>, Failure> {
    let places = settings.places()?;
    let mut fetcher =
        Fetcher::start(&settings.agent(), settings.timeout()).map_err(Failure::failed)?;
    let mut budget = Budget::new(0);
    let mut found = Vec::new();
    for source in sources {
        let Some(connector) = Connector::of(source.platform.as_str()) else { continue };
        let visit = connector.visit(source, &places, Memory::default(), Plan::check());
        let look = look(&mut fetcher, &mut budget, visit);
        let is = match look {
            Look::Saw => Eligible::Yes,
            Look::KeptOut(cause) => Eligible::KeptOut(cause),
            Look::Absent(_) | Look::NotPublic(_) | Look::Replaced(_) => Eligible::No,
            Look::Failed(why) => Eligible::Unknown(why),
        };
        found.push((source.clone(), is));
    }
    Ok(found)
}

fn look(fetcher: &mut Fetcher, budget: &mut Budget, mut visit: Box<dyn Visit>) -> Look {
    let mut tries = 0;
    while let Some(ask) = visit.next() {
        let now = clock::now().0;
        let ready = budget.ready_at(&ask.lane, ask.limit, now);
        std::thread::sleep(Duration::from_millis((ready - now).max(0).cast_unsigned()));
        let at: Timestamp = clock::now();
        budget.asked(&ask.lane, ask.limit, at.0);
        fetcher.send(at.0.cast_unsigned(), ask.clone());
        let came = answer_to(fetcher, at.0.cast_unsigned());
        let heard = match came {
            Some(Ok(answer)) => {
                if let Some(wait) = answer.wait_ms(at.0) {
                    budget.wait(&ask.lane, wait, at.0);
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
    visit.end().look
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
