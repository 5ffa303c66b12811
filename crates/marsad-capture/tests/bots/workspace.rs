//! Visits to a stateful Rocket.Chat workspace with its limiter, in simulated time.

use std::collections::BTreeSet;

use marsad_capture::{
    Answer, Budget, Connector, Heard, Look, Memory, Outcome, Place, Places, Plan, Secret, Source,
};
use marsad_mock::rocketchat::{Draft, Kind, Login};
use marsad_mock::{Faults, Mock as _, Request, RocketChat};

/// Asks, waits and hears as the watcher does.
struct Driver<'a> {
    mock: &'a RocketChat,
    login: Option<Login>,
    budget: Budget,
    now: i64,
    asked: Vec<String>,
    refused: u32,
    /// Ids of messages in answers, and of those said to be deleted.
    shown: BTreeSet<String>,
    gone: BTreeSet<String>,
}

impl<'a> Driver<'a> {
    fn new(mock: &'a RocketChat, login: Option<Login>) -> Self {
        let (shown, gone) = (BTreeSet::new(), BTreeSet::new());
        let budget = Budget::new(1);
        Self { mock, login, budget, now: 10_000_000, asked: Vec::new(), refused: 0, shown, gone }
    }

    fn secret(&self) -> Secret {
        let headers = |login: &Login| {
            vec![("X-Auth-Token", login.token.clone()), ("X-User-Id", login.user_id.clone())]
        };
        self.login.as_ref().map_or(Secret::None, |login| Secret::Headers(headers(login)))
    }

    fn visit(&mut self, memory: &Memory, plan: Plan) -> (Memory, Outcome) {
        let source = Source::parse("rocketchat:chat.example.org/weather").unwrap();
        let place = Place { secret: self.secret(), ..Place::default() };
        let places = Places { rocketchat: place, ..Places::default() };
        let mut visit = Connector::RocketChat.visit(&source, &places, memory.clone(), plan);
        while let Some(ask) = visit.next() {
            self.now = self.budget.ready_at(&ask.lane, ask.limit, self.now);
            self.budget.asked(&ask.lane, ask.limit, self.now);
            let path = ask.url.strip_prefix("https://chat.example.org").unwrap();
            let mut request = Request::get(path);
            if let Secret::Headers(fields) = &ask.secret {
                for (name, value) in fields {
                    request = request.with_header(name, value);
                }
            }
            let route = path.split(['/', '?']).nth(3).unwrap().to_owned();
            let response = self.mock.answer(&request, self.now);
            self.now += 50;
            self.asked.push(route);
            assert!(self.asked.len() < 5000, "the visit does not end: {ask:?}");
            if response.fault.is_some() {
                self.budget.failed(&ask.lane, self.now);
                continue;
            }
            let (status, headers, body) = (response.status, response.headers, response.body);
            self.refused += u32::from(status == 429);
            let answer = Answer { status, headers, body };
            match answer.wait_ms(self.now) {
                Some(ms) => self.budget.wait(&ask.lane, ms, self.now),
                None if status >= 429 => self.budget.failed(&ask.lane, self.now),
                None => self.budget.answered(&ask.lane),
            }
            if visit.hear(&answer, self.now) == Heard::Understood {
                self.note(&answer);
            }
        }
        (visit.memory().clone(), visit.end())
    }

    fn note(&mut self, answer: &Answer) {
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let is_deletions = self.asked.last().unwrap() == "chat.getDeletedMessages";
        let ids = |pointer: &str| {
            let list = body.pointer(pointer).and_then(|list| list.as_array());
            let ids = list.into_iter().flatten().filter_map(|one| one["_id"].as_str());
            ids.map(str::to_owned).collect::<Vec<_>>()
        };
        let messages = if is_deletions { &mut self.gone } else { &mut self.shown };
        messages.extend(ids("/messages"));
        self.shown.extend(ids("/result/updated"));
        self.gone.extend(ids("/result/deleted"));
    }

    fn up(&self) -> BTreeSet<String> {
        let truth = self.mock.truth();
        truth
            .posts
            .iter()
            .filter(|post| post.is_up(self.now))
            .map(|post| post.post.clone())
            .collect()
    }
}

fn workspace(posts: i64) -> (RocketChat, String, Login) {
    let mock = RocketChat::new();
    let login = mock.add_user("desk", "p");
    let room = mock.add_channel("weather", "Coast Weather", 1100, 0);
    let mut first: Option<String> = None;
    for hour in 0..posts {
        let draft = Draft::text(format!("Hour {hour}: wind {} kn", hour % 20));
        let draft = match (&first, hour % 7) {
            (Some(first), 3) => draft.in_thread(first),
            (_, 4) => Draft::system("uj", "anna"),
            _ => draft,
        };
        // Two and two share a millisecond.
        let id = mock.post(&room, 1000 + hour / 2, draft).unwrap();
        first.get_or_insert(id);
    }
    (mock, room, login)
}

#[test]
fn everything_is_read_within_the_limit_and_then_only_what_changes() {
    let (mock, room, login) = workspace(430);
    let mut driver = Driver::new(&mock, Some(login));
    let (memory, outcome) = driver.visit(&Memory::default(), Plan::everything(100));
    assert_eq!(outcome, Outcome { look: Look::Saw, has_older: false, followed: true });
    assert_eq!(driver.shown, driver.up());
    // Many visits: the limiter never has to speak.
    let mut memory = memory;
    for round in 0..40 {
        let now = driver.now;
        let posted = mock.post(&room, now, Draft::text(format!("Round {round}"))).unwrap();
        if round % 3 == 0 {
            mock.edit(&room, &posted, now + 500, "Corrected").unwrap();
        }
        if round % 4 == 0 {
            let oldest = memory.recent[0].split_once(' ').unwrap().1.to_owned();
            mock.delete(&room, &oldest, now + 700).unwrap();
            driver.now += 1000;
            (memory, _) = driver.visit(&memory, Plan::follow(100));
            assert!(driver.gone.contains(&oldest), "nobody said that {oldest} is gone");
        }
        driver.now += 1000;
        (memory, _) = driver.visit(&memory, Plan::follow(100));
        assert!(driver.shown.is_superset(&driver.up()));
    }
    assert_eq!(driver.refused, 0);
    assert!(driver.asked.iter().skip(20).all(|route| route == "chat.syncMessages"));
}

#[test]
fn a_server_that_fails_now_and_then_costs_no_post() {
    let (mock, _, login) = workspace(430);
    mock.gate().set_faults(Some(Faults::new(7, 0.3)));
    let mut driver = Driver::new(&mock, Some(login));
    let (_, outcome) = driver.visit(&Memory::default(), Plan::everything(100));
    assert_eq!(outcome.look, Look::Saw);
    assert_eq!(driver.shown, driver.up());
}

#[test]
fn a_line_that_says_removed_takes_a_post_out() {
    let (mock, room, login) = workspace(20);
    let mut driver = Driver::new(&mock, Some(login));
    let (memory, _) = driver.visit(&Memory::default(), Plan::everything(100));
    mock.set_shows_deleted(true);
    let last = memory.recent.back().unwrap().split_once(' ').unwrap().1.to_owned();
    mock.delete(&room, &last, driver.now).unwrap();
    driver.now += 1000;
    let (memory, _) = driver.visit(&memory, Plan::follow(100));
    assert!(!memory.recent.iter().any(|line| line.ends_with(&last)));
}

#[test]
fn what_a_room_becomes_is_told_apart() {
    let look = |change: &dyn Fn(&RocketChat, &str, i64)| {
        let (mock, room, login) = workspace(20);
        let mut driver = Driver::new(&mock, Some(login));
        let (memory, _) = driver.visit(&Memory::default(), Plan::everything(100));
        change(&mock, &room, driver.now);
        driver.now += 1000;
        let (memory, outcome) = driver.visit(&memory, Plan::everything(100));
        (outcome.look, memory.handle.unwrap())
    };
    let gone = Look::Absent("error-room-not-found".into());
    let (seen, _) = look(&|mock, room, now| mock.set_kind(room, now, Kind::Private).unwrap());
    assert_eq!(seen, gone);
    assert_eq!(look(&|mock, room, now| mock.remove(room, now).unwrap()).0, gone);
    let (seen, _) = look(&|mock, room, now| mock.set_kind(room, now, Kind::Team).unwrap());
    assert_eq!(seen, Look::NotPublic("a channel of a team, which may be private".into()));
    let (seen, _) = look(&|mock, room, now| mock.set_encrypted(room, now).unwrap());
    assert_eq!(seen, Look::NotPublic("an encrypted channel".into()));
    let renamed = look(&|mock, room, now| mock.rename(room, now, "weather-news").unwrap());
    assert_eq!(renamed, (Look::Saw, "weather-news".into()));
    assert_eq!(look(&|mock, room, now| mock.archive(room, now).unwrap()).0, Look::Saw);
}

#[test]
fn nobody_reads_where_everybody_may_and_only_there() {
    let (mock, room, _) = workspace(430);
    let mut driver = Driver::new(&mock, None);
    let (_, outcome) = driver.visit(&Memory::default(), Plan::everything(100));
    assert!(matches!(outcome.look, Look::KeptOut(_)));
    mock.set_anonymous_read(true);
    let (memory, outcome) = driver.visit(&Memory::default(), Plan::everything(100));
    assert_eq!(outcome.look, Look::Saw);
    assert_eq!(driver.shown, driver.up());
    mock.post(&room, driver.now, Draft::text("new")).unwrap();
    driver.now += 1000;
    driver.visit(&memory, Plan::follow(100));
    assert_eq!(driver.shown, driver.up());
}
