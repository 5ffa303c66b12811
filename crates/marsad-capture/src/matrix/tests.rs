//! The visit against a homeserver of our own making: pages of any size, places that get lost, events
//! that come late, and a reader that dies at any moment.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::{Connector, Places, Secret};

const ROOM: &str = "!coast:weather.example";
const ALIAS: &str = "#coast:weather.example";

/// An event in the order of the room, and what replaced or took it.
#[derive(Debug, Clone)]
struct Sent {
    id: String,
    ts: i64,
    edits: Option<String>,
    redacts: Option<String>,
    state: Option<(&'static str, Value)>,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of the room")]
struct Server {
    room: &'static str,
    world_readable: bool,
    encrypted: bool,
    has_summary: bool,
    shows_posts: bool,
    events: Vec<Sent>,
    page: usize,
    /// Tokens of an earlier one are refused.
    epoch: u32,
    /// Of this many pages one comes empty, with a place to go on.
    empty_one_in: u32,
    /// Forward pages show nothing more, as after a backup with fewer events was put back.
    is_blind: bool,
    asked: u32,
    calls: Vec<String>,
}

impl Server {
    fn new() -> Self {
        let change = |before: Option<&str>, now: &str| {
            let unsigned = before.map_or(json!({}), |before| {
                json!({"prev_content": {"history_visibility": before}, "replaces_state": "$x"})
            });
            json!({"content": {"history_visibility": now}, "unsigned": unsigned})
        };
        let mut server = Self {
            room: ROOM,
            world_readable: true,
            encrypted: false,
            has_summary: true,
            shows_posts: true,
            events: Vec::new(),
            page: 3,
            epoch: 0,
            empty_one_in: u32::MAX,
            is_blind: false,
            asked: 0,
            calls: Vec::new(),
        };
        server.send(
            None,
            None,
            Some(("m.room.history_visibility", change(None, "world_readable"))),
        );
        server
    }

    fn send(
        &mut self,
        edits: Option<String>,
        redacts: Option<String>,
        state: Option<(&'static str, Value)>,
    ) -> String {
        let n = self.events.len();
        let id = format!("${n}");
        let ts = 1000 + n as i64;
        self.events.push(Sent { id: id.clone(), ts, edits, redacts, state });
        id
    }

    fn post(&mut self) -> String {
        self.send(None, None, None)
    }

    fn posts(&self) -> Vec<String> {
        let is_post = |e: &&Sent| e.edits.is_none() && e.redacts.is_none() && e.state.is_none();
        self.events.iter().filter(is_post).map(|e| e.id.clone()).collect()
    }

    fn shown(&self, sent: &Sent) -> Value {
        let mut event = json!({"event_id": sent.id, "room_id": self.room, "sender": "@press:x",
            "origin_server_ts": sent.ts, "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": format!("Hour {}", sent.id)}, "unsigned": {}});
        if let Some(target) = &sent.redacts {
            event["type"] = json!("m.room.redaction");
            event["redacts"] = json!(target);
        }
        if let Some((kind, extra)) = &sent.state {
            event["type"] = json!(kind);
            event["state_key"] = json!("");
            event["content"] = extra["content"].clone();
            event["unsigned"] = extra["unsigned"].clone();
        }
        if let Some(target) = &sent.edits {
            event["content"]["m.relates_to"] = json!({"rel_type": "m.replace", "event_id": target});
        }
        if let Some(last) = self.events.iter().rev().find(|e| e.edits.as_ref() == Some(&sent.id)) {
            event["unsigned"]["m.relations"] = json!({"m.replace": {"event_id": last.id}});
        }
        event
    }

    fn messages(&mut self, url: &Url) -> (u16, Value) {
        if !self.shows_posts {
            return (403, json!({"errcode": "M_FORBIDDEN", "error": "room previews are disabled"}));
        }
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let is_back = query["dir"] == "b";
        let place = match query.get("from") {
            None => Some(self.events.len()),
            Some(token) => token
                .strip_prefix(&format!("t{}-", self.epoch))
                .and_then(|place| place.split('-').next()?.parse().ok()),
        };
        let Some(place) = place else {
            return (400, json!({"errcode": "M_UNKNOWN", "error": "'from' parameter is invalid"}));
        };
        let token = |place: usize| format!("t{}-{place}", self.epoch);
        self.asked += 1;
        let is_empty = self.asked.is_multiple_of(self.empty_one_in);
        let end = if is_back {
            place.saturating_sub(self.page)
        } else {
            (place + self.page).min(self.events.len())
        };
        let (low, high) = (place.min(end), place.max(end));
        let mut chunk: Vec<Value> = self.events
            [low.min(self.events.len())..high.min(self.events.len())]
            .iter()
            .map(|sent| self.shown(sent))
            .collect();
        if is_back {
            chunk.reverse();
        }
        let mut body = json!({"start": token(place), "chunk": chunk});
        if low < high && is_empty {
            // As if a filter had taken all of it.
            body["chunk"] = json!([]);
            body["end"] = json!(format!("{}-{}", token(place), self.asked));
        } else if low < high && (is_back || !self.is_blind) {
            body["end"] = json!(token(end));
        } else if self.is_blind {
            body["chunk"] = json!([]);
        }
        (200, body)
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        let url = Url::parse(&ask.url).unwrap();
        let path = url.path().replace("%21", "!").replace("%3A", ":").replace("%24", "$");
        let path = path.replace("%23", "#").replace("/_matrix/client", "");
        self.calls.push(path.split('/').skip(2).collect::<Vec<_>>().join("/"));
        let not_found = (404, json!({"errcode": "M_NOT_FOUND", "error": "Not found"}));
        let parts: Vec<&str> = path.split('/').collect();
        let (status, body) = match parts.as_slice() {
            ["", "v3", "directory", "room", ALIAS] => (200, json!({"room_id": self.room})),
            ["", "v1", "room_summary", _] if !self.has_summary => {
                (404, json!({"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}))
            }
            ["", "v1", "room_summary", id] if *id == self.room => {
                let mut body = json!({"room_id": id, "world_readable": self.world_readable,
                    "canonical_alias": "#weather:weather.example"});
                if self.encrypted {
                    body["encryption"] = json!("m.megolm.v1.aes-sha2");
                }
                (200, body)
            }
            ["", "v3", "rooms", id, "messages"] if *id == self.room => self.messages(&url),
            ["", "v3", "rooms", _, "event", id] => self
                .events
                .iter()
                .find(|sent| sent.id == *id)
                .map_or(not_found, |sent| (200, self.shown(sent))),
            ["", "v3", "rooms", _, "state", "m.room.history_visibility"] => {
                let word = if self.world_readable { "world_readable" } else { "shared" };
                (200, json!({"history_visibility": word}))
            }
            ["", "v3", "rooms", _, "state", "m.room.encryption"] if self.encrypted => {
                (200, json!({"algorithm": "m.megolm.v1.aes-sha2"}))
            }
            _ => not_found,
        };
        Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }
}

fn begin(name: &str, memory: Memory, plan: Plan) -> Box<dyn Visit> {
    let source = Source::parse(&format!("matrix:{name}")).unwrap();
    Connector::of("matrix").unwrap().visit(&source, &Places::default(), memory, plan)
}

/// Visits until the end, or until so many answers are heard.
fn visit(
    server: &mut Server,
    heard: &mut Vec<Value>,
    (memory, plan): (Memory, Plan),
    answers: usize,
) -> (Memory, Option<Outcome>) {
    let mut visit = begin(ALIAS, memory, plan);
    for _ in 0..answers {
        let Some(ask) = visit.next() else { return (visit.memory().clone(), Some(visit.end())) };
        assert_eq!(visit.next().unwrap(), ask, "the same question until its answer is understood");
        let answer = server.answer(&ask);
        heard.push(serde_json::from_slice(&answer.body).unwrap());
        if let Heard::Again(why) = visit.hear(&answer, 10_000) {
            visit.give_up(why);
        }
    }
    (visit.memory().clone(), None)
}

fn whole(server: &mut Server, memory: Memory, plan: Plan) -> (Memory, Outcome, Vec<Value>) {
    let mut heard = Vec::new();
    let (memory, outcome) = visit(server, &mut heard, (memory, plan), 100_000);
    (memory, outcome.unwrap(), heard)
}

/// Every event in any of the answers.
fn events(heard: &[Value]) -> Vec<&Value> {
    let pages = heard.iter().filter_map(|body| body["chunk"].as_array()).flatten();
    pages.chain(heard.iter().filter(|body| body["event_id"].is_string())).collect()
}

fn ids(heard: &[Value]) -> BTreeSet<String> {
    events(heard).iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
}

fn everything() -> Plan {
    Plan::everything(10)
}

#[test]
fn a_room_is_read_to_its_beginning_and_then_only_what_is_new() {
    let mut server = Server::new();
    for _ in 0..10 {
        server.post();
    }
    let (memory, outcome, heard) = whole(&mut server, Memory::default(), everything());
    assert_eq!(outcome, Outcome { look: Look::Saw, has_older: false, followed: true });
    assert!(server.posts().iter().all(|post| ids(&heard).contains(post)));
    assert_eq!(memory.channel.as_deref(), Some(ROOM));
    assert_eq!(memory.handle.as_deref(), Some("#weather:weather.example"));
    assert_eq!(memory.newest.as_deref(), Some("1010"));
    assert_eq!(memory.recent.iter().cloned().collect::<Vec<_>>(), server.posts());

    server.calls.clear();
    let (memory, _, heard) = whole(&mut server, memory, Plan::follow(10));
    assert_eq!((server.calls.len(), heard.len()), (1, 1));
    let new = server.post();
    let (memory, outcome, heard) = whole(&mut server, memory, Plan::follow(10));
    assert_eq!(ids(&heard), BTreeSet::from([new.clone()]));
    assert_eq!((memory.recent.back(), outcome.followed), (Some(&new), true));
}

#[test]
fn an_edit_of_an_old_post_is_asked_for_before_the_page_is_done_with() {
    let mut server = Server::new();
    for _ in 0..10 {
        server.post();
    }
    let (memory, ..) = whole(&mut server, Memory::default(), everything());
    let edit = server.send(Some("$1".to_owned()), None, None);
    let mut follow = begin(ALIAS, memory.clone(), Plan::follow(10));
    let tail = follow.next().unwrap();
    follow.hear(&server.answer(&tail), 10_000);
    assert!(follow.next().unwrap().url.ends_with("/event/%241"));
    assert_eq!(follow.memory().token, memory.token);
    // The server cannot show it: after three tries the page goes on without it.
    let failed = Answer { status: 500, headers: Vec::new(), body: Vec::new() };
    assert!(matches!(follow.hear(&failed, 10_000), Heard::Again(_)));
    assert!(matches!(follow.hear(&failed, 10_000), Heard::Again(_)));
    assert_eq!(follow.hear(&failed, 10_000), Heard::Understood);
    assert_ne!(follow.memory().token, memory.token);

    let (_, _, heard) = whole(&mut server, memory, Plan::follow(10));
    let original = events(&heard).into_iter().find(|event| event["event_id"] == "$1").unwrap();
    assert_eq!(original["unsigned"]["m.relations"]["m.replace"]["event_id"], json!(edit));
}

#[test]
fn what_forward_pages_leave_out_is_found_by_a_second_look() {
    let mut server = Server::new();
    for _ in 0..10 {
        server.post();
    }
    let (memory, ..) = whole(&mut server, Memory::default(), everything());
    server.is_blind = true;
    for _ in 0..7 {
        server.post();
    }
    let edit = server.send(Some("$2".to_owned()), None, None);
    let (memory, _, heard) = whole(&mut server, memory, Plan::follow(10));
    assert_eq!(events(&heard).len(), 0);
    let (memory, _, heard) = whole(&mut server, memory, everything());
    assert!(server.posts().iter().rev().take(10).all(|post| ids(&heard).contains(post)));
    assert!(ids(&heard).contains(&edit) && ids(&heard).contains("$2"));
    assert_eq!(memory.recent.back(), server.posts().last());
}

#[test]
fn a_room_that_is_not_public_is_left_with_nothing_read() {
    let closed = |change: fn(&mut Server)| {
        let mut server = Server::new();
        server.post();
        change(&mut server);
        let (memory, outcome, heard) = whole(&mut server, Memory::default(), everything());
        assert_eq!(events(&heard).len(), 0, "{:?}", server.calls);
        assert_eq!((memory.channel, memory.token), (None, None));
        (outcome.look, server.calls)
    };
    let members = Look::NotPublic("only its members may read it".to_owned());
    let encrypted = Look::NotPublic("the room is encrypted".to_owned());
    assert_eq!(closed(|server| server.world_readable = false).0, members);
    assert_eq!(closed(|server| server.encrypted = true).0, encrypted);
    let (look, calls) = closed(|server| {
        server.has_summary = false;
        server.world_readable = false;
    });
    assert_eq!((look, calls.len()), (members, 3));
    let (look, calls) = closed(|server| {
        server.has_summary = false;
        server.encrypted = true;
    });
    assert_eq!((look, calls.len()), (encrypted, 4));
    let mut server = Server::new();
    server.has_summary = false;
    assert_eq!(whole(&mut server, Memory::default(), everything()).1.look, Look::Saw);
}

#[test]
fn a_room_that_closes_is_asked_about_and_left() {
    for state in ["m.room.encryption", "m.room.history_visibility"] {
        let mut server = Server::new();
        server.post();
        let (memory, ..) = whole(&mut server, Memory::default(), everything());
        let content = json!({"content": {"history_visibility": "shared"}, "unsigned": {}});
        server.send(None, None, Some((state, content)));
        server.encrypted = state == "m.room.encryption";
        server.world_readable = server.encrypted;
        let (after, outcome, _) = whole(&mut server, memory.clone(), Plan::follow(10));
        assert!(matches!(outcome.look, Look::NotPublic(_)), "{state}: {outcome:?}");
        assert_eq!((outcome.followed, &after), (false, &memory));
        // It opens again: nothing was passed over.
        let post = server.post();
        server.encrypted = false;
        server.world_readable = true;
        let (_, outcome, heard) = whole(&mut server, memory, Plan::follow(10));
        assert_eq!(outcome.look, Look::Saw);
        assert!(ids(&heard).contains(&post));
    }
    let mut server = Server::new();
    let (memory, ..) = whole(&mut server, Memory::default(), everything());
    server.shows_posts = false;
    let (_, outcome, _) = whole(&mut server, memory.clone(), Plan::follow(10));
    assert_eq!(outcome.look, Look::KeptOut("posts_forbidden".to_owned()));
    server.room = "!nosuch:x";
    let (_, outcome, _) = whole(&mut server, memory.clone(), Plan::follow(10));
    assert_eq!(outcome.look, absent());
    let (_, outcome, _) = whole(&mut server, memory, Plan::check());
    assert_eq!(outcome.look, Look::Replaced("!nosuch:x".to_owned()));
}

#[test]
fn what_was_never_public_is_not_paged_back_to() {
    let mut server = Server::new();
    server.events.clear();
    let opens = json!({"content": {"history_visibility": "world_readable"},
        "unsigned": {"prev_content": {"history_visibility": "shared"}, "replaces_state": "$x"}});
    server.post();
    server.post();
    server.post();
    server.send(None, None, Some(("m.room.history_visibility", opens)));
    let post = server.post();
    server.page = 2;
    let (memory, outcome, heard) = whole(&mut server, Memory::default(), everything());
    assert!(memory.is_whole && !outcome.has_older);
    assert_eq!(ids(&heard), BTreeSet::from([post, "$3".to_owned()]));
}

#[test]
fn a_token_goes_only_to_the_homeserver_that_is_set() {
    let secret = Secret::Headers(vec![("Authorization", "Bearer s3cret".to_owned())]);
    let source = Source::parse("matrix:#coast:elsewhere.example").unwrap();
    let ask = |url: Option<&str>| {
        let url = url.map(|url| Url::parse(url).unwrap());
        let matrix = Place { url, secret: secret.clone(), per_second: None };
        let places = Places { matrix, ..Places::default() };
        let mut visit = Connector::Matrix.visit(&source, &places, Memory::default(), Plan::check());
        visit.next().unwrap()
    };
    let own = ask(None);
    assert!(own.url.starts_with("https://elsewhere.example/_matrix/client/v3/directory/room/"));
    assert_eq!((own.secret, own.lane.as_str()), (Secret::None, "elsewhere.example"));
    let set = ask(Some("https://matrix.weather.example/"));
    assert!(set.url.starts_with("https://matrix.weather.example/_matrix/"));
    assert_eq!((&set.secret, set.limit), (&secret, Limit::per_second(5)));
    let mut nameless = begin("!abc", Memory::default(), Plan::check());
    assert_eq!(nameless.next(), None);
    assert!(matches!(nameless.end().look, Look::Failed(why) if why.contains("MARSAD_MATRIX_URL")));
}

#[test]
fn no_answer_of_a_homeserver_is_asked_for_again_or_ends_the_visit() {
    let answer = |status: u16, body: &str| {
        let mut visit = begin(ROOM, Memory::default(), Plan::check());
        visit.next().unwrap();
        let answer = Answer { status, headers: Vec::new(), body: body.into() };
        (visit.hear(&answer, 0), visit.end().look)
    };
    for (status, body) in [
        (200, "<html>"),
        (404, "<html>"),
        (301, ""),
        (502, ""),
        (429, "{}"),
        (200, "{\"room_id\":7}"),
    ] {
        assert!(matches!(answer(status, body).0, Heard::Again(_)), "{status} {body}");
    }
    let (heard, look) = answer(401, r#"{"errcode":"M_MISSING_TOKEN"}"#);
    assert_eq!(heard, Heard::Understood);
    assert!(matches!(look, Look::Failed(why) if why.contains("MARSAD_MATRIX_TOKEN")));
    for body in [r#"{"errcode":"M_FORBIDDEN"}"#, r#"{"errcode":"M_NOT_FOUND"}"#] {
        assert_eq!(answer(403, body).1, absent());
    }
}

/// What happens in the room or to the reader.
#[derive(Debug, Clone)]
enum Happens {
    Posts(usize),
    Edit(usize),
    Redaction(usize),
    /// All places in the pages are lost.
    Restore,
    /// Visit and die after so many answers, with the memory of some answers before.
    Dies {
        plan: usize,
        answers: usize,
    },
    Visit(usize),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        (1..8_usize).prop_map(Happens::Posts),
        (0..60_usize).prop_map(Happens::Edit),
        (0..60_usize).prop_map(Happens::Redaction),
        Just(Happens::Restore),
        (0..3_usize, 1..12_usize).prop_map(|(plan, answers)| Happens::Dies { plan, answers }),
        (0..3_usize).prop_map(Happens::Visit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_lost_whatever_happens(
        page in 1..5_usize, empty_one_in in 2..9_u32, all in prop::collection::vec(happens(), 1..40)
    ) {
        let mut server = Server::new();
        server.page = page;
        server.empty_one_in = empty_one_in;
        let (mut memory, mut heard) = (Memory::default(), Vec::new());
        let plans = [
            Plan::everything(4),
            Plan::follow(4),
            Plan { check: false, follow: false, backfill: 2, recheck: 3, remember: 4 },
        ];
        for happens in all {
            let posts = server.posts();
            let pick = |n: usize| (!posts.is_empty()).then(|| posts[n % posts.len()].clone());
            match happens {
                Happens::Posts(n) => (0..n).for_each(|_| drop(server.post())),
                Happens::Edit(n) => {
                    if let Some(post) = pick(n) {
                        server.send(Some(post), None, None);
                    }
                }
                Happens::Redaction(n) => {
                    if let Some(post) = pick(n) {
                        server.send(None, Some(post), None);
                    }
                }
                Happens::Restore => server.epoch += 1,
                Happens::Dies { plan, answers } => {
                    memory = visit(&mut server, &mut heard, (memory, plans[plan]), answers).0;
                }
                Happens::Visit(plan) => {
                    let (after, outcome) =
                        visit(&mut server, &mut heard, (memory, plans[plan]), 100_000);
                    prop_assert!(outcome.is_some());
                    memory = after;
                }
            }
            // What is remembered as the newest has nothing unread below it, down to the oldest.
            if let (Some(newest), true) = (memory.recent.back(), memory.is_whole) {
                let known = ids(&heard);
                let place = posts.iter().position(|post| post == newest);
                let below = &posts[..place.map_or(0, |place| place + 1)];
                prop_assert!(below.iter().all(|post| known.contains(post)));
            }
        }
        let (_, outcome) = visit(&mut server, &mut heard, (memory, plans[0]), 100_000);
        // A place that was lost between two pages backwards is found again by the next visit.
        prop_assert!(outcome.is_some_and(|outcome| outcome.look == Look::Saw));
        let known = ids(&heard);
        prop_assert!(server.events.iter().all(|event| known.contains(&event.id)));
        let events = events(&heard);
        for post in server.posts() {
            let edits = server.events.iter().rev();
            let Some(last) = edits.into_iter().find(|e| e.edits.as_ref() == Some(&post)) else { continue };
            let is_shown = events.iter().any(|event| {
                event["event_id"] == json!(post)
                    && event["unsigned"]["m.relations"]["m.replace"]["event_id"] == json!(last.id)
            });
            prop_assert!(is_shown, "the last edit of {post} was never seen beside it");
        }
    }

    #[test]
    fn any_answer_is_heard(status in prop::sample::select(vec![200_u16, 400, 403, 404]), body in "\\PC{0,80}") {
        let memory = Memory { channel: Some(ROOM.into()), token: Some("t".into()), ..Memory::default() };
        let mut visit = begin(ALIAS, memory, Plan::everything(3));
        for _ in 0..5 {
            if visit.next().is_some() {
                visit.hear(&Answer { status, headers: Vec::new(), body: body.clone().into() }, 0);
            }
        }
    }
}
