//! Visits to a stateful t.me, in simulated time: no socket, no clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]

use std::collections::BTreeSet;

use marsad_capture::{
    Answer, Budget, Connector, Heard, Look, Memory, Outcome, Place, Places, Plan, Source,
};
use marsad_mock::telegram::{Draft, OldName, Status};
use marsad_mock::{Fault, Faults, Limit, Mock as _, Request, Telegram};
use proptest::prelude::*;

const SECOND: i64 = 1000;

/// Asks, waits and hears as the watcher does.
struct Driver<'a> {
    mock: &'a Telegram,
    budget: Budget,
    now: i64,
    asked: u32,
    /// Posts that some kept page showed, and posts that a kept answer said are not there.
    shown: BTreeSet<u64>,
    gone: BTreeSet<u64>,
}

impl<'a> Driver<'a> {
    fn new(mock: &'a Telegram) -> Self {
        let (shown, gone) = (BTreeSet::new(), BTreeSet::new());
        Self { mock, budget: Budget::new(1), now: 1_000_000, asked: 0, shown, gone }
    }

    /// Visits until the end, or until so many answers were heard: then the process dies.
    fn visit(&mut self, memory: &Memory, plan: Plan, dies_after: u32) -> (Memory, Option<Outcome>) {
        let source = Source::parse("telegram:coastweather").unwrap();
        let places = Places { telegram: Place::default(), ..Places::default() };
        let mut visit = Connector::Telegram.visit(&source, &places, memory.clone(), plan);
        let (mut kept, mut heard) = (memory.clone(), 0);
        while let Some(ask) = visit.next() {
            if heard >= dies_after {
                return (kept, None);
            }
            self.now = self.budget.ready_at(&ask.lane, ask.limit, self.now);
            self.budget.asked(&ask.lane, ask.limit, self.now);
            self.asked += 1;
            assert!(self.asked < 5000, "the visit does not end: {ask:?}");
            let path = ask.url.strip_prefix("https://t.me").unwrap();
            let response = self.mock.answer(&Request::get(path), self.now);
            self.now += 50;
            if matches!(response.fault, Some(Fault::Silence | Fault::CutShort(_))) {
                self.budget.failed(&ask.lane, self.now);
                continue;
            }
            let (status, headers, body) = (response.status, response.headers, response.body);
            let answer = Answer { status, headers, body };
            self.note(&answer, path);
            match visit.hear(&answer, self.now) {
                Heard::Understood => {
                    self.budget.answered(&ask.lane);
                    heard += 1;
                    // What is remembered survives as text.
                    let written = serde_json::to_string(visit.memory()).unwrap();
                    kept = serde_json::from_str(&written).unwrap();
                }
                Heard::Again(_) => self.budget.failed(&ask.lane, self.now),
            }
        }
        (kept, Some(visit.end()))
    }

    /// What the interpreter would take from a page: only of whole ones.
    fn note(&mut self, answer: &Answer, path: &str) {
        let text = String::from_utf8_lossy(&answer.body);
        if answer.status != 200 || !text.contains("</html>") {
            return;
        }
        for part in text.split("data-post=\"coastweather/").skip(1) {
            let number: String = part.chars().take_while(char::is_ascii_digit).collect();
            self.shown.extend(number.parse::<u64>());
        }
        if path.contains("embed=1") && text.contains("Post not found") {
            let number = path.split(['/', '?']).nth(2).unwrap();
            self.gone.insert(number.parse().unwrap());
        }
    }
}

fn world(posts: u32) -> Telegram {
    let mock = Telegram::new();
    mock.add_channel("coastweather", "Coast Weather", 1100, 0);
    for hour in 0..posts {
        let draft = if hour % 7 == 3 {
            Draft::album(3, format!("Hour {hour}: three views of the harbour"))
        } else {
            Draft::text(format!("Hour {hour}: wind {} kn", hour % 20))
        };
        mock.post("coastweather", i64::from(hour), draft).unwrap();
    }
    mock
}

fn up(mock: &Telegram, now: i64) -> BTreeSet<u64> {
    let truth = mock.truth();
    truth
        .posts
        .iter()
        .filter(|post| post.is_up(now))
        .map(|post| post.post.parse().unwrap())
        .collect()
}

#[test]
fn everything_is_read_once_and_then_only_what_is_new() {
    let mock = world(130);
    let mut driver = Driver::new(&mock);
    let (memory, outcome) = driver.visit(&Memory::default(), Plan::everything(100), u32::MAX);
    assert_eq!(outcome, Some(Outcome { look: Look::Saw, has_older: false, followed: true }));
    assert_eq!(driver.shown, up(&mock, driver.now));
    assert_eq!(memory.recent.len(), 100);
    assert_eq!(memory.channel.as_deref(), Some("1900000001"));
    let asked = driver.asked;
    let (_, _) = driver.visit(&memory, Plan::follow(100), u32::MAX);
    assert_eq!(driver.asked - asked, 1);
}

#[test]
fn posts_that_are_gone_are_asked_for_and_found_gone() {
    let mock = world(130);
    let mut driver = Driver::new(&mock);
    let (memory, _) = driver.visit(&Memory::default(), Plan::everything(100), u32::MAX);
    let last: Vec<u64> = memory.recent.iter().map(|post| post.parse().unwrap()).collect();
    let gone = [last[3], last[50], last[98], last[99]];
    for post in gone {
        mock.delete("coastweather", post as u32, driver.now).unwrap();
    }
    // Older than what is looked at again: nobody finds out.
    mock.delete("coastweather", 1, driver.now).unwrap();
    driver.now += SECOND;
    let (memory, _) = driver.visit(&memory, Plan::everything(100), u32::MAX);
    assert_eq!(driver.gone, gone.into_iter().collect());
    assert_eq!(memory.recent.len(), 96);
    let (_, _) = driver.visit(&memory, Plan::everything(100), u32::MAX);
    assert_eq!(driver.gone.len(), 4);
}

#[test]
fn what_is_no_public_channel_is_told_apart() {
    let look = |status: Status| {
        let mock = world(3);
        mock.set_status("coastweather", 500, status).unwrap();
        let mut driver = Driver::new(&mock);
        let (_, outcome) = driver.visit(&Memory::default(), Plan::everything(100), u32::MAX);
        assert_eq!(driver.shown, BTreeSet::new());
        // A page of posts alone sends to the channel's own page.
        let (_, followed) = driver.visit(&Memory::default(), Plan::follow(100), u32::MAX);
        assert_eq!(followed.map(|end| end.look), outcome.as_ref().map(|end| end.look.clone()));
        outcome.unwrap().look
    };
    assert_eq!(look(Status::PreviewOff), Look::KeptOut("preview_unavailable".into()));
    assert_eq!(look(Status::Group { online: 41 }), Look::NotPublic("a public group".into()));
    assert_eq!(look(Status::Gone), Look::Absent("no such name".into()));
    assert_eq!(look(Status::Person), Look::Absent("no such name".into()));
}

#[test]
fn posts_are_read_where_the_channels_own_page_is_not_served() {
    let source = Source::parse("telegram:coastweather").unwrap();
    for memory in
        [Memory::default(), Memory { channel: Some("1900000001".into()), ..Memory::default() }]
    {
        let mock = world(30);
        let plan = Plan::everything(100);
        let mut visit = Connector::Telegram.visit(&source, &Places::default(), memory, plan);
        let mut pages = 0;
        while let Some(ask) = visit.next() {
            let path = ask.url.strip_prefix("https://t.me").unwrap();
            let is_page = path.starts_with("/s/");
            pages += u32::from(is_page);
            let response = mock.answer(&Request::get(path), 1_000_000);
            let status = if is_page { response.status } else { 404 };
            let answer = Answer { status, headers: Vec::new(), body: response.body };
            assert_eq!(visit.hear(&answer, 1), Heard::Understood);
        }
        assert!(pages >= 2);
        assert_eq!(visit.end().look, Look::Saw);
    }
}

#[test]
fn a_renamed_channel_is_followed_and_a_name_that_another_took_is_not() {
    let mock = world(30);
    let mut driver = Driver::new(&mock);
    let (memory, _) = driver.visit(&Memory::default(), Plan::everything(100), u32::MAX);
    mock.rename("coastweather", "coastweathernews", driver.now, OldName::Free).unwrap();
    mock.add_channel("coastweather", "Another", 7, driver.now);
    mock.post("coastweather", driver.now, Draft::text("Line 3: trains every 20 minutes")).unwrap();
    driver.now += SECOND;
    let (after, outcome) = driver.visit(&memory, Plan::everything(100), u32::MAX);
    assert_eq!(outcome.unwrap().look, Look::Replaced("1900000002".into()));
    assert_eq!(after, memory);
}

#[test]
fn an_empty_channel_is_seen_and_its_first_post_is_read() {
    let mock = world(0);
    let mut driver = Driver::new(&mock);
    let (memory, outcome) = driver.visit(&Memory::default(), Plan::everything(100), u32::MAX);
    assert_eq!(outcome.unwrap().look, Look::Saw);
    mock.post("coastweather", driver.now, Draft::text("Platform 4 closed")).unwrap();
    driver.now += SECOND;
    let (_, _) = driver.visit(&memory, Plan::follow(100), u32::MAX);
    assert_eq!(driver.shown.len(), 1);
}

#[derive(Debug, Clone)]
enum Event {
    Post(u32),
    Delete(usize),
    Visit(u32),
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1..60_u32).prop_map(Event::Post),
        1 => (0..40_usize).prop_map(Event::Delete),
        3 => (1..9_u32).prop_map(Event::Visit),
        1 => (1..9_i64).prop_map(Event::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever is posted and deleted, however often the watcher dies and whatever fails on the way:
    /// in the end every post that was up all the time was seen, every post among the last hundred
    /// that was seen and is gone is known to be gone, and nobody was asked too often.
    #[test]
    fn nothing_is_lost(events in prop::collection::vec(event(), 1..25), seed in 0..1000_u64) {
        let mock = world(25);
        mock.gate().set_limit(Some(Limit::per_second(1)));
        mock.gate().set_faults(Some(Faults::new(seed, 0.05)));
        let mut driver = Driver::new(&mock);
        let (mut memory, mut deleted) = (Memory::default(), BTreeSet::new());
        for event in events {
            match event {
                Event::Post(count) => {
                    for number in 0..count {
                        mock.post("coastweather", driver.now, Draft::text(format!("Notice {number}"))).unwrap();
                    }
                }
                Event::Delete(at) => {
                    let post = up(&mock, driver.now).into_iter().rev().nth(at);
                    if let Some(post) = post {
                        mock.delete("coastweather", post as u32, driver.now).unwrap();
                        deleted.insert(post);
                    }
                }
                Event::Visit(dies_after) => {
                    memory = driver.visit(&memory, Plan::everything(100), dies_after).0;
                }
                Event::Wait(seconds) => driver.now += seconds * SECOND,
            }
        }
        driver.now += SECOND;
        let (memory, outcome) = driver.visit(&memory, Plan::everything(100), u32::MAX);
        // A first look whose deaths left nothing known finds deletions a look later.
        driver.visit(&memory, Plan::everything(100), u32::MAX);
        prop_assert_eq!(outcome.unwrap().look, Look::Saw);
        let up = up(&mock, driver.now);
        prop_assert!(up.is_subset(&driver.shown), "not seen: {:?}", up.difference(&driver.shown));
        let lately: BTreeSet<u64> = memory.recent.iter().map(|post| post.parse().unwrap()).collect();
        prop_assert!(lately.is_subset(&up), "taken for there: {:?}", lately.difference(&up));
        prop_assert!(driver.gone.is_subset(&deleted));
        prop_assert_eq!(mock.gate().over_limit(), 0);
    }
}
