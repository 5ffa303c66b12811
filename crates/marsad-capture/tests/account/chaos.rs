//! One account and several channels through faults, floods and deaths, in simulated time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use marsad_capture::{Answer, Budget, Heard, Memory, Plan, RpcError, Visit};
use marsad_mock::telegram::account::Account;
use marsad_mock::telegram::{Draft, Telegram};
use marsad_mock::{Faults, Limit};
use proptest::prelude::*;

use crate::desk::{BEGIN, Kept, places, read, visit_of};

const CHANNELS: [&str; 3] = ["coastweather", "railnotices", "footballdesk"];

/// What happens next.
#[derive(Debug, Clone)]
enum Event {
    Post {
        channel: usize,
        posts: u32,
        album: u32,
    },
    Edit {
        channel: usize,
        back: usize,
    },
    Delete {
        channel: usize,
        back: usize,
    },
    /// A visit to each channel, in this order, of this kind.
    Round {
        kind: u8,
    },
    /// The process dies after so many answers from now.
    Die {
        after: u32,
    },
    Pause {
        ms: i64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..3_usize, 1..160_u32, 0..4_u32)
            .prop_map(|(channel, posts, album)| Event::Post { channel, posts, album }),
        2 => (0..3_usize, 0..60_usize).prop_map(|(channel, back)| Event::Edit { channel, back }),
        2 => (0..3_usize, 0..60_usize).prop_map(|(channel, back)| Event::Delete { channel, back }),
        6 => (0..4_u8).prop_map(|kind| Event::Round { kind }),
        2 => (0..9_u32).prop_map(|after| Event::Die { after }),
        1 => (0..5_000_000_i64).prop_map(|ms| Event::Pause { ms }),
    ]
}

struct World {
    telegram: Arc<Telegram>,
    account: Account,
    now_ms: i64,
    memories: BTreeMap<&'static str, Memory>,
    kept: Kept,
    budget: Budget,
    /// Survives a death: how long Telegram asked to wait.
    waits_until_ms: i64,
    /// Questions that came before the end of a wait that was heard.
    too_early: u32,
    dies_after: Option<u32>,
    made: u32,
}

impl World {
    fn new(seed: u64, share: f64) -> Self {
        let telegram = Arc::new(Telegram::new());
        for name in CHANNELS {
            telegram.add_channel(name, name, 100, BEGIN);
        }
        let account = Account::new(telegram.clone());
        account.gate().set_faults(Some(Faults::new(seed, share)));
        account.gate().set_limit(Some(Limit::per_second(1)));
        Self {
            telegram,
            account,
            now_ms: BEGIN,
            memories: CHANNELS.map(|name| (name, Memory::default())).into(),
            kept: Kept::default(),
            budget: Budget::new(seed),
            waits_until_ms: 0,
            too_early: 0,
            dies_after: None,
            made: 0,
        }
    }

    fn post(&mut self, name: &str, posts: u32, album: u32) {
        for number in 0..posts {
            self.now_ms += 10;
            self.made += 1;
            let text = format!("{name} {}", self.made);
            let is_album = album > 0 && number % 5 == 2;
            let draft = if is_album { Draft::album(album + 1, text) } else { Draft::text(text) };
            self.telegram.post(name, self.now_ms, draft).unwrap();
        }
    }

    /// A post that is up, counted from the newest.
    fn up(&self, name: &str, back: usize) -> Option<u32> {
        let truth = self.telegram.truth();
        let posts = truth.posts.iter().rev().filter(|p| p.channel == name && p.is_up(self.now_ms));
        posts.skip(back).map(|post| post.post.parse().unwrap()).next()
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Post { channel, posts, album } => self.post(CHANNELS[channel], posts, album),
            Event::Edit { channel, back } => {
                self.now_ms += 1000;
                self.made += 1;
                if let Some(id) = self.up(CHANNELS[channel], back) {
                    let text = format!("edited {}", self.made);
                    self.telegram.edit(CHANNELS[channel], id, self.now_ms, &text).unwrap();
                }
            }
            Event::Delete { channel, back } => {
                self.now_ms += 1000;
                if let Some(id) = self.up(CHANNELS[channel], back) {
                    self.telegram.delete(CHANNELS[channel], id, self.now_ms).unwrap();
                }
            }
            Event::Round { kind } => {
                let check = Plan { remember: 60, ..Plan::check() };
                let plan = match kind {
                    0 => Plan::follow(60),
                    1 => Plan { check: false, follow: true, recheck: 60, ..check },
                    2 => Plan { check: false, backfill: 2, ..check },
                    _ => Plan { follow: true, ..check },
                };
                for name in CHANNELS {
                    self.visit(name, plan);
                }
            }
            Event::Die { after } => self.dies_after = Some(after),
            Event::Pause { ms } => self.now_ms += ms,
        }
    }

    /// A visit as the watch makes it: what Telegram says about waiting is obeyed, an answer is kept
    /// before it is heard, the memory moves after it was heard.
    fn visit(&mut self, name: &'static str, plan: Plan) {
        let memory = self.memories[name].clone();
        let mut visit = visit_of(&format!("telegram:{name}"), &places(false), &memory, plan);
        let mut tries = 0;
        while let Some(ask) = visit.next() {
            let ready = self.budget.ready_at(&ask.lane, ask.limit, self.now_ms);
            self.now_ms = ready.max(self.now_ms + 1);
            self.budget.asked(&ask.lane, ask.limit, self.now_ms);
            self.too_early += u32::from(self.now_ms < self.waits_until_ms);
            let came = self.account.invoke(&ask.body, self.now_ms);
            if self.dies_after == Some(0) {
                self.die();
                return;
            }
            self.dies_after = self.dies_after.map(|left| left - 1);
            let heard = if came.fault.is_some() {
                self.budget.failed(&ask.lane, self.now_ms);
                Heard::Again("nothing came".to_owned())
            } else {
                let status = RpcError::status_of(&came.body);
                let answer = Answer { status, headers: came.headers, body: came.body };
                self.hear(&mut *visit, (&ask, &answer))
            };
            match heard {
                Heard::Understood => {
                    tries = 0;
                    self.memories.insert(name, visit.memory().clone());
                }
                Heard::Again(why) if tries == 3 => visit.give_up(why),
                Heard::Again(_) => tries += 1,
            }
        }
    }

    fn hear(
        &mut self,
        visit: &mut dyn Visit,
        (ask, answer): (&marsad_capture::Ask, &Answer),
    ) -> Heard {
        self.kept.take(read(ask, answer, self.now_ms));
        let told = answer.wait_ms(self.now_ms);
        if let Some(wait) = told {
            self.budget.wait(&ask.lane, wait, self.now_ms);
            self.waits_until_ms = self.waits_until_ms.max(self.now_ms + wait);
        }
        let heard = visit.hear(answer, self.now_ms);
        match (&heard, told) {
            (Heard::Understood, _) => self.budget.answered(&ask.lane),
            (Heard::Again(_), None) => self.budget.failed(&ask.lane, self.now_ms),
            (Heard::Again(_), Some(_)) => {}
        }
        heard
    }

    /// What is not on disk is gone; how long to wait is on disk.
    fn die(&mut self) {
        self.dies_after = None;
        self.now_ms += 1500; // a process takes its time to start
        self.budget = Budget::new(7);
        let left = self.waits_until_ms - self.now_ms;
        if left > 0 {
            self.budget.wait("telegram (account)", left, self.now_ms);
        }
    }

    /// Everything is quiet and nothing fails any more.
    fn settle(&mut self) {
        self.account.gate().set_faults(None);
        self.dies_after = None;
        for _ in 0..2 {
            for name in CHANNELS {
                self.visit(name, Plan::everything(60));
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.too_early, 0, "asked while it was to wait");
        prop_assert_eq!(self.account.gate().over_limit(), 0, "asked too often");
        let ids: BTreeMap<String, &str> = CHANNELS
            .iter()
            .zip(1_900_000_001_i64..)
            .map(|(name, id)| (id.to_string(), *name))
            .collect();
        let truth = self.telegram.truth();
        let mut known = BTreeSet::new();
        for ((channel, id), texts) in &self.kept.posts {
            let Some(post) = truth.post(ids[channel], id) else {
                return Err(TestCaseError::fail(format!("{channel}/{id} was never posted")));
            };
            // Each text once, and in the order in which they were written.
            let written: Vec<&str> = post.versions.iter().map(|v| v.text.as_str()).collect();
            let mut rest = written.iter();
            let is_part = texts.iter().all(|text| rest.any(|known| known == text));
            prop_assert!(is_part, "{channel}/{id}: {texts:?} of {written:?}");
            known.insert((ids[channel], id.as_str()));
        }
        let gone: BTreeSet<(&str, &str)> =
            self.kept.removed.iter().map(|(channel, id)| (ids[channel], id.as_str())).collect();
        for post in &truth.posts {
            let key = (post.channel.as_str(), post.post.as_str());
            let is_up = post.is_up(self.now_ms);
            prop_assert!(!is_up || known.contains(&key), "{key:?} is lost");
            prop_assert!(!is_up || !gone.contains(&key), "{key:?} is up and was taken for gone");
        }
        // The last posts are known as they are now, and gone ones are not among them.
        for (channel, name) in &ids {
            let recent = &self.memories[name].recent;
            prop_assert!(
                !recent.is_empty()
                    || truth.posts.iter().all(|p| p.channel != **name || !p.is_up(self.now_ms))
            );
            for id in recent {
                let post = truth.post(name, id).unwrap();
                prop_assert!(post.is_up(self.now_ms), "{name}/{id} is gone and still remembered");
                let last = self.kept.posts[&(channel.clone(), id.clone())].last();
                prop_assert_eq!(last.map(String::as_str), post.text(self.now_ms));
            }
        }
        prop_assert!(
            self.kept.problems.iter().all(|p| p.contains("not whole")
                || p.contains("RPC_CALL_FAIL")
                || p.contains("no error that is known")),
            "{:?}",
            self.kept.problems
        );
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_nothing_comes_twice_and_nothing_is_asked_while_it_is_to_wait(
        events in prop::collection::vec(event(), 1..28),
        seed in any::<u64>(),
        share in 0.0..0.35_f64,
    ) {
        let mut world = World::new(seed, share);
        for event in &events {
            world.happen(event);
        }
        world.settle();
        world.check()?;
    }
}
