//! Rocket.Chat: history by time, changes by `syncMessages`, offsets where nobody is logged in.

use std::collections::{BTreeMap, BTreeSet};

use marsad_capture::{
    Answer, Ask, Connector, Limit, Look, Memory, Missed, Place, Places, Plan, Secret, Source,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{Run, drive, json as answer, parameter};

const NAME: &str = "rocketchat:chat.example.org/weather";
const ROOM: &str = "GENERALweather0001";

fn places(has_user: bool) -> Places {
    let headers = vec![("X-Auth-Token", "t".to_owned()), ("X-User-Id", "u".to_owned())];
    let secret = if has_user { Secret::Headers(headers) } else { Secret::None };
    Places { rocketchat: Place { secret, ..Place::default() }, ..Places::default() }
}

#[derive(Debug, Clone)]
struct Post {
    id: String,
    at: i64,
    changed: i64,
    version: u32,
}

/// A workspace with one room, as far as the platform's source says.
#[derive(Debug, Clone)]
struct Server {
    posts: Vec<Post>,
    /// (id, when).
    trash: Vec<(String, i64)>,
    clock: i64,
    made: usize,
    /// Milliseconds by which the clock of the server that writes next is behind.
    behind: i64,
    /// The most messages of one page.
    most: usize,
    allows_everybody: bool,
    room: Vec<(&'static str, Value)>,
    /// The last version of each post that was shown.
    shown: BTreeMap<String, u32>,
    told: BTreeSet<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            posts: Vec::new(),
            trash: Vec::new(),
            clock: 1_795_400_000_000,
            made: 0,
            behind: 0,
            most: 100,
            allows_everybody: true,
            room: Vec::new(),
            shown: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }
}

fn iso(ms: i64) -> String {
    marsad_types::Timestamp(ms).to_string()
}

impl Server {
    fn with(gaps: &[i64]) -> Self {
        let mut server = Self::default();
        for gap in gaps {
            server.publish(*gap);
        }
        server
    }

    fn publish(&mut self, after_ms: i64) {
        self.clock += after_ms;
        self.made += 1;
        let id = format!("m{:016}", self.made);
        let (at, changed) = (self.clock, self.clock + 5 - self.behind);
        self.posts.push(Post { id, at, changed, version: 1 });
    }

    fn edit(&mut self, at: usize) {
        self.clock += 1;
        let (posts, clock, behind) = (self.posts.len(), self.clock, self.behind);
        if let Some(post) = self.posts.get_mut(at % posts.max(1)) {
            post.version += 1;
            post.changed = clock - behind;
        }
    }

    fn delete(&mut self, at: usize) {
        self.clock += 1;
        if !self.posts.is_empty() {
            let post = self.posts.remove(at % self.posts.len());
            self.trash.push((post.id, self.clock - self.behind));
        }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        assert_eq!((ask.method, ask.reader), ("GET", "rocketchat"));
        assert_eq!(ask.channel.as_deref(), Some("chat.example.org/weather"));
        let path = ask.url.strip_prefix("https://chat.example.org/api/v1/").unwrap();
        let route = path.split('?').next().unwrap();
        assert_eq!(ask.lane, format!("chat.example.org/{route}"));
        assert_eq!(ask.limit, Limit { asks: 10, window_ms: 60_000 });
        let room = parameter(&ask.url, "roomId");
        let is_mine = room.as_deref() == Some(ROOM);
        if route == "channels.anonymousread" {
            assert_eq!(parameter(&ask.url, "roomName").as_deref(), Some("weather"));
            return self.everybody(&ask.url);
        }
        assert_ne!(ask.secret, Secret::None);
        match route {
            "channels.info" => self.info(&ask.url),
            "channels.history" if is_mine => self.history(&ask.url),
            "chat.syncMessages" if is_mine => self.sync(&ask.url),
            "chat.getDeletedMessages" if is_mine => self.deleted(&ask.url),
            _ => unreachable!("{}", ask.url),
        }
    }

    fn info(&self, url: &str) -> Answer {
        let mut room = json!({"_id": ROOM, "name": "weather", "t": "c", "encrypted": false});
        for (field, value) in &self.room {
            room[*field] = value.clone();
        }
        let named = parameter(url, "roomName").is_none_or(|name| room["name"] == name.as_str());
        if named && parameter(url, "roomId").is_none_or(|id| room["_id"] == id.as_str()) {
            return answer(200, &json!({"channel": room, "success": true}));
        }
        refuse(400, "error-room-not-found")
    }

    fn show<'a>(&mut self, posts: impl Iterator<Item = &'a Post>) -> Vec<Value> {
        let message = |post: &Post| {
            self.shown.insert(post.id.clone(), post.version);
            json!({"_id": post.id, "rid": ROOM, "msg": format!("version {}", post.version),
                "ts": iso(post.at), "_updatedAt": iso(post.changed), "u": {"username": "press"}})
        };
        posts.map(message).collect()
    }

    fn number(url: &str, name: &str, default: usize) -> usize {
        parameter(url, name).map_or(default, |n| n.parse().unwrap())
    }

    fn history(&mut self, url: &str) -> Answer {
        assert_eq!(parameter(url, "showThreadMessages").as_deref(), Some("true"));
        let time =
            |name| parameter(url, name).map(|t| t.parse::<marsad_types::Timestamp>().unwrap().0);
        let is_inclusive = parameter(url, "inclusive").as_deref() == Some("true");
        let latest = time("latest").unwrap_or(i64::MAX);
        let within = |post: &&Post| post.at < latest || (is_inclusive && post.at == latest);
        let posts = self.posts.clone();
        let (count, offset) = (Self::number(url, "count", 20), Self::number(url, "offset", 0));
        let page = posts.iter().rev().filter(within).skip(offset).take(count.min(self.most));
        let messages = self.show(page);
        answer(200, &json!({"messages": messages, "success": true}))
    }

    fn everybody(&mut self, url: &str) -> Answer {
        if !self.allows_everybody {
            return refuse(400, "error-not-allowed");
        }
        let (count, offset) = (Self::number(url, "count", 50), Self::number(url, "offset", 0));
        let posts = self.posts.clone();
        let messages = self.show(posts.iter().rev().skip(offset).take(count.min(self.most)));
        answer(
            200,
            &json!({"messages": messages, "count": messages.len(), "offset": offset,
            "total": posts.len(), "success": true}),
        )
    }

    fn sync(&mut self, url: &str) -> Answer {
        let since = parameter(url, "lastUpdate").unwrap();
        assert_eq!(since.len(), "2026-11-23T02:13:20.130Z".len());
        let since = since.parse::<marsad_types::Timestamp>().unwrap().0;
        let posts = self.posts.clone();
        let updated = self.show(posts.iter().rev().filter(|post| post.changed > since));
        let deleted = self.trash.iter().filter(|(_, at)| *at > since).cloned();
        let deleted: Vec<(String, i64)> = deleted.collect();
        self.told.extend(deleted.iter().map(|(id, _)| id.clone()));
        let deleted: Vec<Value> =
            deleted.iter().map(|(id, at)| json!({"_id": id, "_deletedAt": iso(*at)})).collect();
        answer(200, &json!({"result": {"updated": updated, "deleted": deleted}, "success": true}))
    }

    fn deleted(&mut self, url: &str) -> Answer {
        let since = parameter(url, "since").unwrap().parse::<marsad_types::Timestamp>().unwrap().0;
        let all: Vec<&(String, i64)> = self.trash.iter().filter(|(_, at)| *at > since).collect();
        let (count, offset) = (Self::number(url, "count", 50), Self::number(url, "offset", 0));
        let page: Vec<String> =
            all.iter().skip(offset).take(count.min(self.most)).map(|(id, _)| id.clone()).collect();
        self.told.extend(page.iter().cloned());
        let messages: Vec<Value> = page.iter().map(|id| json!({ "_id": id })).collect();
        answer(200, &json!({"messages": messages, "total": all.len(), "success": true}))
    }

    /// Posts that are there and were never shown, within what the memory says it knows.
    fn holes(&self, memory: &Memory) -> Vec<&str> {
        let number = |text: &Option<String>| text.as_ref().map(|n| n.parse::<i64>().unwrap());
        let (Some(oldest), Some(newest)) = (number(&memory.oldest), number(&memory.newest)) else {
            return Vec::new();
        };
        let within = self.posts.iter().filter(|post| oldest < post.at && post.at < newest);
        within.map(|post| post.id.as_str()).filter(|id| !self.shown.contains_key(*id)).collect()
    }

    fn recent(&self, posts: usize) -> Vec<String> {
        let last = self.posts.iter().skip(self.posts.len().saturating_sub(posts));
        last.map(|post| format!("{} {}", post.at, post.id)).collect()
    }
}

fn refuse(status: u16, kind: &str) -> Answer {
    answer(status, &json!({"success": false, "error": format!("no [{kind}]"), "errorType": kind}))
}

fn visit_as(has_user: bool, server: &mut Server, memory: &Memory, plan: Plan) -> Run {
    let source = Source::parse(NAME).unwrap();
    let visit = Connector::RocketChat.visit(&source, &places(has_user), memory.clone(), plan);
    drive(visit, None, |ask| server.answer(ask))
}

fn visit(server: &mut Server, memory: &Memory, plan: Plan) -> Run {
    visit_as(true, server, memory, plan)
}

fn routes(run: &Run) -> Vec<&str> {
    run.asked.iter().map(|path| path.split(['/', '?']).nth(3).unwrap()).collect()
}

#[test]
fn a_room_is_read_whole_and_then_only_what_changed() {
    let mut server = Server::with(&[7; 250]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    let end = run.outcome.as_ref().unwrap();
    assert_eq!((&end.look, end.has_older, end.followed), (&Look::Saw, false, true));
    assert_eq!(server.shown.len(), 250);
    assert_eq!(run.asked[0], "/api/v1/channels.info?roomName=weather");
    let first =
        "/api/v1/channels.history?roomId=GENERALweather0001&count=100&showThreadMessages=true";
    assert_eq!(run.asked[1], first);
    assert_eq!(run.asked.len(), 1 + 4);
    assert_eq!(run.memory.channel.as_deref(), Some(ROOM));
    assert_eq!(Vec::from(run.memory.recent.clone()), server.recent(100));

    server.clock += 60_000;
    server.edit(3);
    server.delete(200);
    server.publish(0);
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    assert_eq!(routes(&run), ["chat.syncMessages"]);
    assert_eq!(server.shown.get("m0000000000000004"), Some(&2));
    assert_eq!((server.shown.len(), server.told.len()), (251, 1));
    let recent = Vec::from(run.memory.recent.clone());
    assert_eq!(recent, server.recent(100));

    let run = visit(&mut server, &run.memory, Plan::everything(100));
    assert_eq!(routes(&run), ["channels.info", "chat.syncMessages", "chat.getDeletedMessages"]);
}

#[test]
fn posts_of_one_millisecond_are_all_reached() {
    // More of them than a page holds, on a server whose pages are smaller than asked for.
    for (most, posts) in [(100, 350), (30, 95)] {
        let mut server = Server { most, ..Server::with(&vec![0; posts]) };
        let run = visit(&mut server, &Memory::default(), Plan::everything(100));
        assert_eq!(run.outcome.unwrap().look, Look::Saw);
        assert_eq!((server.shown.len(), run.memory.is_whole), (posts, true), "{most}");
    }
}

#[test]
fn changes_of_a_server_whose_clock_is_behind_are_not_lost() {
    let mut server = Server::with(&[10; 3]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.clock += 60_000;
    server.publish(0);
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    server.behind = 2000;
    server.publish(1);
    server.edit(0);
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    assert_eq!(server.shown.len(), 5);
    assert_eq!(server.shown.get("m0000000000000001"), Some(&2));
    assert_eq!(run.memory.newest, Some(server.posts[4].at.to_string()));
}

#[test]
fn rooms_that_are_not_public_are_not_read() {
    for (field, value, why) in [
        ("t", json!("p"), "a private group"),
        ("t", json!("d"), "direct messages"),
        ("t", json!("l"), "a chat with a visitor of a web site"),
        ("encrypted", json!(true), "an encrypted channel"),
        ("teamId", json!("team1"), "a channel of a team, which may be private"),
    ] {
        let mut server = Server::with(&[1; 5]);
        server.room = vec![(field, value)];
        for plan in [Plan::everything(100), Plan::follow(100), Plan::check()] {
            let run = visit(&mut server, &Memory::default(), plan);
            assert_eq!(run.outcome.unwrap().look, Look::NotPublic(why.into()));
            assert_eq!((server.shown.len(), run.memory.channel), (0, None));
        }
    }
}

#[test]
fn a_name_that_is_anothers_now_is_told_and_a_room_that_was_renamed_is_followed() {
    let mut server = Server::with(&[1; 5]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    let mut renamed = server.clone();
    renamed.room = vec![("name", json!("weather-news"))];
    renamed.publish(1);
    let again = visit(&mut renamed, &run.memory, Plan::everything(100));
    assert_eq!(again.asked[1], "/api/v1/channels.info?roomId=GENERALweather0001");
    assert_eq!((again.outcome.unwrap().look, renamed.shown.len()), (Look::Saw, 6));
    assert_eq!(again.memory.handle.as_deref(), Some("weather-news"));

    server.room = vec![("_id", json!("otherRoom00000001"))];
    let again = visit(&mut server, &run.memory, Plan::check());
    assert_eq!(again.outcome.unwrap().look, Look::Replaced("otherRoom00000001".into()));
    server.room = vec![("_id", json!("x")), ("name", json!("y"))];
    let again = visit(&mut server, &run.memory, Plan::check());
    assert_eq!(again.outcome.unwrap().look, Look::Absent("error-room-not-found".into()));
}

#[test]
fn more_changes_than_an_answer_holds_are_read_by_pages() {
    let mut server = Server::with(&[1; 20]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.clock += 60_000;
    (0..250).for_each(|_| server.publish(1));
    let source = Source::parse(NAME).unwrap();
    let follow = |memory: &Memory| {
        Connector::RocketChat.visit(&source, &places(true), memory.clone(), Plan::follow(100))
    };
    let mut late = follow(&run.memory);
    assert!(late.next().unwrap().url.contains("chat.syncMessages"));
    late.give_up(Missed::TooLong.to_string());
    // Cut off on the way: what is known stays what reaches without a hole.
    let cut = drive(follow(late.memory()), Some(2), |ask| server.answer(ask));
    assert_eq!(
        (&cut.memory.newest, cut.memory.looked_at),
        (&run.memory.newest, run.memory.looked_at)
    );
    server.publish(1);
    let again = drive(follow(&cut.memory), None, |ask| server.answer(ask));
    assert_eq!(again.memory.newest, Some(server.clock.to_string()));
    assert_eq!(server.shown.len(), 271);
    let run = drive(follow(&again.memory), None, |ask| server.answer(ask));
    assert_eq!(routes(&run), ["chat.syncMessages"]);
    // Another failure leaves the cursor where it is.
    let mut late = follow(&run.memory);
    late.next().unwrap();
    late.give_up(Missed::Timeout.to_string());
    assert_eq!(late.memory().token, run.memory.token);
}

#[test]
fn refusals_are_told_apart() {
    let known = Memory {
        channel: Some(ROOM.into()),
        newest: Some("5".into()),
        token: Some("@5".into()),
        ..Memory::default()
    };
    let source = Source::parse(NAME).unwrap();
    let look = |given: &Answer, has_user: bool, plan: Plan| {
        let visit = Connector::RocketChat.visit(&source, &places(has_user), known.clone(), plan);
        drive(visit, None, |_| given.clone()).outcome.unwrap().look
    };
    let (check, follow) = (Plan::check(), Plan::follow(100));
    let unauthorized = answer(403, &json!({"success": false, "error": "unauthorized"}));
    assert_eq!(look(&unauthorized, true, follow), Look::KeptOut("unauthorized".into()));
    let denied = refuse(400, "error-not-allowed");
    assert_eq!(look(&denied, true, follow), Look::KeptOut("error-not-allowed".into()));
    let Look::KeptOut(why) = look(&denied, false, follow) else { panic!("it read") };
    assert!(why.ends_with("set MARSAD_ROCKETCHAT_USER and MARSAD_ROCKETCHAT_TOKEN"), "{why}");
    let archived = refuse(400, "error-room-archived");
    assert_eq!(look(&archived, true, check), Look::KeptOut("error-room-archived".into()));
    let nobody = answer(401, &json!({"status": "error", "message": "You must be logged in"}));
    let Look::Failed(why) = look(&nobody, true, check) else { panic!("it went on") };
    assert!(why.contains("MARSAD_ROCKETCHAT_USER"), "{why}");
    let other = answer(404, &json!({"error": "API endpoint not found"}));
    let Look::Failed(why) = look(&other, true, follow) else { panic!("it went on") };
    assert!(why.contains("does not answer as Rocket.Chat"), "{why}");
    let slow = answer(429, &json!({"success": false, "error": "[error-too-many-requests]"}));
    let Look::Failed(why) = look(&slow, true, follow) else { panic!("it went on") };
    assert!(why.contains("429"), "{why}");
    let none = answer(200, &json!({"success": true}));
    for (has_user, plan) in [(true, follow), (true, check), (false, follow)] {
        assert!(matches!(look(&none, has_user, plan), Look::Failed(_)));
    }
}

#[test]
fn a_server_elsewhere_is_asked_there_at_the_pace_that_settings_say() {
    let mut places = places(true);
    places.rocketchat.url = Some("http://127.0.0.1:4011".parse().unwrap());
    places.rocketchat.per_second = Some(50);
    let source = Source::parse("rocketchat:chat.example.org:3000/نشرة").unwrap();
    let mut visit = Connector::RocketChat.visit(&source, &places, Memory::default(), Plan::check());
    let ask = visit.next().unwrap();
    let name = "%D9%86%D8%B4%D8%B1%D8%A9";
    assert_eq!(ask.url, format!("http://127.0.0.1:4011/api/v1/channels.info?roomName={name}"));
    assert_eq!(
        (ask.lane.as_str(), ask.limit),
        ("127.0.0.1:4011/channels.info", Limit::per_second(50))
    );
    assert_eq!(ask.channel.as_deref(), Some("chat.example.org:3000/نشرة"));
}

#[test]
fn without_a_user_a_room_is_read_where_everybody_may() {
    let mut server = Server::with(&[3; 250]);
    let run = visit_as(false, &mut server, &Memory::default(), Plan::everything(100));
    assert_eq!(run.outcome.unwrap().look, Look::Saw);
    assert_eq!((server.shown.len(), run.memory.is_whole), (250, true));
    (0..130).for_each(|_| server.publish(1));
    let run = visit_as(false, &mut server, &run.memory, Plan::follow(100));
    assert_eq!((server.shown.len(), run.asked.len()), (380, 2));
    assert_eq!(run.memory.newest, Some(server.clock.to_string()));
    assert_eq!(Vec::from(run.memory.recent), server.recent(100));
}

#[test]
fn posts_that_deletions_pull_up_are_not_skipped() {
    let mut server = Server::with(&[3; 250]);
    let source = Source::parse(NAME).unwrap();
    let everything = Plan::everything(100);
    let visit = Connector::RocketChat.visit(&source, &places(false), Memory::default(), everything);
    let mut pages = 0;
    let run = drive(visit, None, |ask| {
        let answer = server.answer(ask);
        pages += 1;
        // Thirty of the newest go between the first page and the second.
        if pages == 1 {
            server.posts.truncate(220);
        }
        answer
    });
    assert!(run.memory.is_whole);
    assert_eq!(server.shown.len(), 250);
}

#[test]
fn deletions_are_asked_for_page_by_page() {
    let mut server = Server::with(&[3; 250]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(200));
    (0..150).for_each(|_| server.delete(60));
    let recheck = Plan { follow: false, recheck: 200, ..Plan::follow(200) };
    let run = visit(&mut server, &run.memory, recheck);
    assert_eq!(routes(&run), ["chat.getDeletedMessages"; 2]);
    assert_eq!((server.told.len(), run.memory.recent.len()), (150, 50));
}

/// What happens beside the visits.
#[derive(Debug, Clone)]
enum Act {
    Publish(Vec<i64>),
    Edit(usize),
    Delete(usize),
    /// Seconds pass.
    Wait(i64),
    /// A visit of this kind, cut off after so many answers; the number of a post to delete while it
    /// goes on, and whether one is published.
    Visit(u8, Option<usize>, Option<usize>, bool),
}

fn gaps(posts: std::ops::Range<usize>) -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![4 => Just(0_i64), 3 => 1..4_i64], posts)
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => gaps(1..150).prop_map(Act::Publish),
        1 => any::<usize>().prop_map(Act::Edit),
        1 => any::<usize>().prop_map(Act::Delete),
        1 => (1..100_i64).prop_map(Act::Wait),
        4 => (0..4_u8, prop::option::of(0..4_usize), prop::option::of(any::<usize>()), any::<bool>())
            .prop_map(|(kind, cut, delete, publish)| Act::Visit(kind, cut, delete, publish)),
    ]
}

fn plan(kind: u8) -> Plan {
    match kind {
        0 => Plan::follow(100),
        1 => Plan { follow: false, recheck: 60, ..Plan::follow(100) },
        2 => Plan { backfill: 1, follow: false, ..Plan::follow(100) },
        _ => Plan::everything(100),
    }
}

/// Runs a history of acts; `deletes` lets posts be deleted between the pages of a visit.
fn run(has_user: bool, server: &mut Server, acts: Vec<Act>) -> Result<Memory, TestCaseError> {
    let (source, mut memory) = (Source::parse(NAME).unwrap(), Memory::default());
    for act in acts {
        match act {
            Act::Publish(gaps) => gaps.iter().for_each(|gap| server.publish(*gap)),
            Act::Edit(at) => server.edit(at),
            Act::Delete(at) => server.delete(at),
            Act::Wait(seconds) => server.clock += seconds * 1000,
            Act::Visit(kind, cut, delete, publish) => {
                let visit =
                    Connector::RocketChat.visit(&source, &places(has_user), memory, plan(kind));
                let run = drive(visit, cut, |ask| {
                    let answer = server.answer(ask);
                    if let Some(at) = delete {
                        server.delete(at);
                    }
                    if publish {
                        server.publish(1);
                    }
                    answer
                });
                let look = run.outcome.map(|end| end.look);
                prop_assert!(!matches!(look, Some(Look::Failed(_))), "{:?}", look);
                memory = run.memory;
            }
        }
        prop_assert_eq!(server.holes(&memory), Vec::<&str>::new());
    }
    let end = visit_as(has_user, server, &memory, Plan::everything(100));
    prop_assert_eq!(end.outcome.unwrap().look, Look::Saw);
    prop_assert!(end.memory.is_whole);
    for post in &server.posts {
        prop_assert!(server.shown.contains_key(&post.id), "{} was never shown", post.id);
    }
    let distinct: BTreeSet<&String> = end.memory.recent.iter().collect();
    prop_assert_eq!(distinct.len(), end.memory.recent.len());
    Ok(end.memory)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_post_edit_and_deletion_is_learnt_whatever_cuts_in(
        start in gaps(0..250), acts in prop::collection::vec(act(), 0..12), most in 30..=100_usize
    ) {
        let mut server = Server { most, ..Server::with(&start) };
        let memory = run(true, &mut server, acts)?;
        for post in &server.posts {
            prop_assert_eq!(server.shown.get(&post.id), Some(&post.version), "{}", post.id);
        }
        for (id, _) in &server.trash {
            let is_known = server.shown.contains_key(id);
            prop_assert!(!is_known || server.told.contains(id), "nobody said that {} is gone", id);
        }
        let alive: BTreeSet<String> = server.recent(usize::MAX / 2).into_iter().collect();
        prop_assert!(memory.recent.iter().all(|post| alive.contains(post)));
    }

    #[test]
    fn every_post_is_seen_without_a_user_too(
        start in gaps(0..250), acts in prop::collection::vec(act(), 0..12), most in 60..=100_usize
    ) {
        let mut server = Server { most, ..Server::with(&start) };
        run(false, &mut server, acts)?;
    }
}
