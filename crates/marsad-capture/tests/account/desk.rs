//! What the tests of an account share: a desk that asks, keeps, reads and remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use marsad_capture::{
    Account as Settings, Answer, Ask, Connector, Heard, Look, Memory, Outcome, Places, Plan,
    Source, Visit,
};
use marsad_interpret::{Exchange, Previous, Reader, Reading, read_exchange};
use marsad_mock::telegram::account::Account;
use marsad_mock::telegram::{Draft, Telegram};
use marsad_types::{Channel, Platform, Timestamp};

pub(crate) const BEGIN: i64 = 1_795_400_000_000;
/// More questions than any visit of these tests takes.
const ASKS_MAX: usize = 3000;

pub(crate) fn places(may_read_groups: bool) -> Places {
    let account = Settings { may_read_groups, per_second: None };
    Places { account: Some(account), ..Places::default() }
}

pub(crate) fn visit_of(name: &str, places: &Places, memory: &Memory, plan: Plan) -> Box<dyn Visit> {
    let source = Source::parse(name).unwrap();
    Connector::Telegram.visit(&source, places, memory.clone(), plan)
}

/// A world with one channel of so many posts, a minute apart; every seventh is an album of three.
pub(crate) fn world(posts: u32) -> Arc<Telegram> {
    let telegram = Arc::new(Telegram::new());
    telegram.add_channel("coastweather", "Coast Weather", 15_231, BEGIN);
    for number in 0..posts {
        let text = format!("Hour {number}: wind {} kn", number % 40);
        let draft = if number % 7 == 3 { Draft::album(3, text) } else { Draft::text(text) };
        telegram.post("coastweather", BEGIN + i64::from(number) * 60_000, draft).unwrap();
    }
    telegram
}

/// Everything that was kept, and what it says.
#[derive(Default)]
pub(crate) struct Kept {
    /// Texts of each post in the order they were read, equal ones in a row once.
    pub(crate) posts: BTreeMap<(String, String), Vec<String>>,
    pub(crate) removed: BTreeSet<(String, String)>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) problems: Vec<String>,
}

pub(crate) fn read(ask: &Ask, answer: &Answer, at_ms: i64) -> Reading {
    let platform = Platform::new("telegram").unwrap();
    let previous = ask.previous.as_ref();
    read_exchange(&Exchange {
        reader: Reader::parse(ask.reader).unwrap(),
        platform: &platform,
        url: &ask.url,
        status: answer.status,
        headers: &answer.headers,
        body: &answer.body,
        at: Timestamp(at_ms),
        channel: ask.channel.as_deref(),
        previous: previous.map(|(at, newest)| Previous { at: Timestamp(*at), newest }),
        steady: None,
    })
}

impl Kept {
    pub(crate) fn take(&mut self, reading: Reading) {
        for post in reading.posts {
            let marsad_types::PostId::Given(id) = &post.id else { panic!("{post:?}") };
            let key = (post.channel.id.to_string(), id.to_string());
            let texts = self.posts.entry(key).or_default();
            if texts.last() != Some(&post.text) {
                texts.push(post.text);
            }
        }
        for gone in reading.removals {
            self.removed.insert((gone.channel.id.to_string(), gone.post.to_string()));
        }
        self.channels.extend(reading.channels);
        self.problems.extend(reading.problems.into_iter().map(|problem| problem.reason));
    }
}

/// What a visit came to.
pub(crate) struct Run {
    pub(crate) memory: Memory,
    /// `None` where it was cut off.
    pub(crate) outcome: Option<Outcome>,
    /// Methods and parameters, in the order they were asked.
    pub(crate) asked: Vec<String>,
    pub(crate) kept: Kept,
    pub(crate) left_out: u64,
}

impl Run {
    pub(crate) fn look(&self) -> &Look {
        &self.outcome.as_ref().unwrap().look
    }
}

/// Lets a visit ask until it is over or has heard `cut_after` answers; a question a second. An answer
/// that is none is given up at the third try.
pub(crate) fn drive(
    account: &Account,
    mut visit: Box<dyn Visit>,
    (mut now_ms, cut_after): (i64, Option<usize>),
) -> Run {
    let (mut asked, mut tries, mut kept, mut left_out) = (Vec::new(), 0, Kept::default(), 0);
    let outcome = loop {
        let Some(ask) = visit.next() else { break Some(visit.end()) };
        if cut_after == Some(asked.len()) {
            break None;
        }
        assert_eq!(visit.next().as_ref(), Some(&ask), "the question stays the same");
        assert!(asked.len() < ASKS_MAX, "the visit does not end: {ask:?}");
        asked.push(ask.url.splitn(5, '/').nth(4).unwrap().to_owned());
        now_ms += 1000;
        let came = account.invoke(&ask.body, now_ms);
        let answer = Answer { status: came.status, headers: came.headers, body: came.body };
        let (answer, left) = visit.reduced(answer);
        left_out += left;
        kept.take(read(&ask, &answer, now_ms));
        match visit.hear(&answer, now_ms) {
            Heard::Understood => tries = 0,
            Heard::Again(why) if tries == 2 => visit.give_up(why),
            Heard::Again(_) => tries += 1,
        }
    };
    Run { memory: visit.memory().clone(), outcome, asked, kept, left_out }
}
