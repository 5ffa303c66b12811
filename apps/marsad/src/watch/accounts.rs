//! What a platform tells our account, by questions that wait: a source beside the channels.

use std::collections::BTreeSet;

use marsad_capture::{Connector, Look, Outcome, Turn};
use marsad_desk::{State, Watched};
use marsad_types::Timestamp;

use super::{Active, Watch};
use crate::failure::Failure;

/// The name of the source that is a platform's news for our account.
pub(super) const ACCOUNT: &str = "updates";
/// Between two looks whether a channel is known to be public.
const NOBODY_MS: i64 = 1000;
/// Between two questions to a platform that has nothing for us, at most.
const PAUSE_MS_MAX: i64 = 60_000;

impl Watch {
    /// Where a platform tells our account what happens in all its channels, that is a source of its own,
    /// beside the channels that are watched there.
    pub(super) fn take_accounts(&mut self, now: Timestamp) -> Result<BTreeSet<u64>, Failure> {
        let platforms: BTreeSet<String> =
            self.sources.values().map(|source| source.platform.clone()).collect();
        let mut accounts = BTreeSet::new();
        for platform in platforms {
            let connector = Connector::of(&platform);
            let has_stream = connector.is_some_and(|known| known.has_stream(&self.places));
            // What is delivered is not asked for as well: the platform would refuse.
            let is_hooked = self.hooked.as_ref().is_some_and(|hooked| hooked.platform == platform);
            if !has_stream || is_hooked || !self.pace.goes_on() {
                continue;
            }
            self.desk.add(&platform, ACCOUNT, now)?;
            let Some(account) = self.desk.source(&platform, ACCOUNT)? else { continue };
            self.desk.set_state(account.id, State::Account, None)?;
            accounts.insert(account.id);
            if !self.sources.contains_key(&account.id) {
                let account = Watched { state: State::Account, ..account };
                self.schedule.plan(
                    &format!("{platform}/{ACCOUNT}"),
                    account.id,
                    Turn::Follow,
                    now.0,
                );
                self.sources.insert(account.id, account);
            }
        }
        Ok(accounts)
    }

    /// Tells a question that waited which channels are public by now.
    pub(super) fn admit(&mut self, id: u64) {
        let account = self.sources.get(&id).filter(|source| source.state == State::Account);
        let Some(account) = account else { return };
        let public = self.public_on(&account.platform);
        if let Some(active) = self.active.get_mut(&id) {
            active.visit.admit(&public);
        }
    }

    /// Notes how a look at what a platform tells our account went, and plans the next. One that failed
    /// is no channel's: it is told once, and the visits go on.
    pub(super) fn note_account(
        &mut self,
        id: u64,
        active: &Active,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let failure = match &outcome.look {
            Look::Failed(why) => Some(why.as_str()),
            _ => None,
        };
        let platform = active.source.platform.as_str();
        let was_failing = self.sources.get(&id).is_some_and(|account| account.failures > 0);
        if let Some(why) = failure {
            self.desk.failed(id, now, why)?;
            self.say_stream(platform, why);
        } else if outcome.followed {
            self.desk.saw(id, now)?;
        }
        if failure.is_some() || was_failing {
            self.desk.set_state(id, State::Account, failure)?;
        }
        if let Some(account) = self.sources.get_mut(&id) {
            account.looked_at = Some(now);
            account.failures = if failure.is_some() { account.failures + 1 } else { 0 };
            account.saw_at = if outcome.followed { Some(now) } else { account.saw_at };
        }
        let pause = match failure {
            None if outcome.followed => 0,
            None if self.public_on(platform).is_empty() => NOBODY_MS,
            // The account is in none of the rooms, or the platform refuses.
            _ => self.pace.poll_ms().min(PAUSE_MS_MAX),
        };
        self.schedule.plan(&active.lane, id, Turn::Follow, now.0 + pause);
        Ok(())
    }
}
