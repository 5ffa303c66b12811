//! Sync of joined rooms beside visits to them, against a stateful homeserver in simulated time: faults,
//! deaths, places that are forgotten, rooms that close, and a server that shows its members everything.

use std::collections::BTreeSet;

use marsad_capture::{
    Answer, Ask, Connector, Heard, Look, Memory, Nudge, Place, Places, Plan, Public, Secret,
    Source, Turn, Visit,
};
use marsad_mock::matrix::{Draft, Visibility};
use marsad_mock::{FaultKind, Faults, Matrix, Mock as _, Request};
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use crate::known::{Kept, Known};

/// A room of the watch list.
struct Room {
    id: String,
    memory: Memory,
    is_watched: bool,
    checked_at: Option<i64>,
}

struct World {
    mock: Matrix,
    places: Places,
    now: i64,
    rooms: Vec<Room>,
    /// The stream's memory.
    memory: Memory,
    known: Known,
    /// Addresses asked.
    asked: Vec<String>,
    left_out: u64,
    secrets: BTreeSet<String>,
}

impl World {
    /// So many rooms, all watched and visited once; of them the first is not joined.
    fn new(rooms: usize) -> Self {
        let mock = Matrix::new();
        let token = mock.add_user("desk", "p");
        mock.add_user("press", "p");
        let mut watched = Vec::new();
        for n in 0..rooms {
            let id = mock.add_room(&format!("room{n}"), "Coast Weather", 12, 1000);
            if n > 0 {
                mock.join("desk", &id, 2000).unwrap();
            }
            let (memory, is_watched, checked_at) = (Memory::default(), true, None);
            watched.push(Room { id, memory, is_watched, checked_at });
        }
        let private = mock.add_room("editors", "Editors", 3, 1000);
        mock.set_visibility(&private, 1001, Visibility::Joined).unwrap();
        mock.join("desk", &private, 2000).unwrap();
        mock.post(&private, 3000, Draft::text("Editors only, from the start")).unwrap();
        let secret = Secret::Headers(vec![("Authorization", format!("Bearer {token}"))]);
        let url = Url::parse("https://matrix.example").ok();
        let places =
            Places { matrix: Place { url, secret, per_second: None }, ..Places::default() };
        let mut world = Self {
            mock,
            places,
            now: 10_000,
            rooms: watched,
            memory: Memory::default(),
            known: Known::default(),
            asked: Vec::new(),
            left_out: 0,
            secrets: BTreeSet::from(["Editors only".to_owned()]),
        };
        for n in 0..rooms {
            world.visit(n, Turn::Check, usize::MAX);
            world.visit(n, Turn::Follow, usize::MAX);
        }
        world
    }

    fn public(&self) -> Vec<Public> {
        let watched = self.rooms.iter().filter(|room| room.is_watched);
        let public = watched.filter_map(|room| {
            let (id, checked_at) = (room.memory.channel.clone()?, room.checked_at);
            Some(Public { key: id.clone(), id, checked_at })
        });
        public.collect()
    }

    fn request(ask: &Ask) -> Request {
        let path = ask.url.strip_prefix("https://matrix.example").unwrap();
        let Secret::Headers(fields) = &ask.secret else { panic!("no account: {ask:?}") };
        fields
            .iter()
            .fold(Request::get(path), |request, (name, value)| request.with_header(name, value))
    }

    /// Lets a visit ask until it is over or the process dies: at an answer that is kept and not heard.
    /// Gives the visits that it asks for.
    fn run(
        &mut self,
        mut visit: Box<dyn Visit>,
        answers: usize,
        remember: &mut dyn FnMut(&mut Self, &Memory),
    ) -> (Option<Look>, Vec<Nudge>) {
        let (mut nudges, mut tries) = (Vec::new(), 0);
        for answer in 0.. {
            let Some(ask) = visit.next() else { break };
            assert!(answer < 5000, "the visit does not end: {ask:?}");
            self.asked.push(ask.url.clone());
            let (request, asked_at) = (Self::request(&ask), self.now);
            while self.mock.holds(&request, asked_at, self.now) {
                self.now += 1000;
            }
            let response = self.mock.answer(&request, self.now);
            self.now += 50;
            let whole = response.fault.is_none();
            let (status, headers, body) = (response.status, response.headers, response.body);
            let heard = if whole {
                let (came, left_out) = visit.reduced(Answer { status, headers, body });
                self.left_out += left_out;
                self.known.take(&Kept {
                    reader: ask.reader,
                    url: &ask.url,
                    status,
                    channel: ask.channel.as_deref(),
                    body: &came.body,
                    at: self.now,
                });
                if answer >= answers {
                    return (None, nudges);
                }
                self.now += came.wait_ms(self.now).unwrap_or(0);
                visit.hear(&came, self.now)
            } else {
                Heard::Again("no answer".to_owned())
            };
            match heard {
                Heard::Understood => {
                    remember(self, visit.memory());
                    nudges.extend(visit.nudges());
                    tries = 0;
                }
                Heard::Again(why) if tries == 5 => visit.give_up(why),
                Heard::Again(_) => tries += 1,
            }
        }
        nudges.extend(visit.nudges());
        (Some(visit.end().look), nudges)
    }

    fn visit(&mut self, n: usize, turn: Turn, answers: usize) -> Option<Look> {
        let began = self.now;
        let room = &self.rooms[n];
        if !room.is_watched {
            return None;
        }
        let source = Source::parse(&format!("matrix:{}", room.id)).unwrap();
        let plan = match turn {
            Turn::Check => Plan::check(),
            _ => Plan::follow(20),
        };
        let visit = Connector::Matrix.visit(&source, &self.places, room.memory.clone(), plan);
        let (look, _) = self.run(visit, answers, &mut |world, memory| {
            world.rooms[n].memory = memory.clone();
        });
        let room = &mut self.rooms[n];
        match &look {
            Some(Look::NotPublic(_)) => room.is_watched = false,
            Some(Look::Saw) if turn == Turn::Check => room.checked_at = Some(began),
            _ => {}
        }
        look
    }

    /// One look at the stream, and the visits that it asks for.
    fn sync(&mut self, answers: usize, follows: bool) -> Option<Look> {
        let visit = Connector::stream("matrix", &self.places, self.memory.clone(), &self.public());
        let (look, nudges) = self.run(visit.unwrap(), answers, &mut |world, memory| {
            world.memory = memory.clone();
        });
        for Nudge { channel, turn } in nudges.into_iter().filter(|_| follows) {
            let n = self.rooms.iter().position(|room| room.id == channel).unwrap();
            self.visit(n, turn, usize::MAX);
        }
        look
    }

    fn post(&mut self, n: usize) -> String {
        let text = format!("Hour {}: all lines run", self.now);
        let id = self.mock.post(&self.rooms[n].id, self.now, Draft::text(&text)).unwrap();
        self.now += 1;
        id
    }

    /// Everything public is known as it is, and nothing else was ever kept.
    fn check(&self) {
        for secret in self.secrets.iter().map(String::as_str).chain([
            "@anna",
            "m.typing",
            "push_rules",
            "presence",
            "one_time_keys",
            "m.heroes",
            "membership\":\"join\",\"displayname",
        ]) {
            assert!(!self.known.holds(secret), "{secret} was kept");
        }
        for post in self.mock.truth().posts {
            let text = post.text(self.now).unwrap();
            let is_watched = self.rooms.iter().any(|r| r.id == post.channel && r.is_watched);
            let is_secret = self.secrets.contains(&post.versions[0].text);
            if !is_watched || is_secret || post.published_ms > self.now {
                continue;
            }
            match self.known.of(&post.post) {
                Some((_, true)) => assert!(post.deleted_ms.is_some(), "{} is there", post.post),
                Some((known, false)) => {
                    assert_eq!((known, post.deleted_ms), (text, None), "{}", post.post);
                }
                None => assert!(post.deleted_ms.is_some(), "{text} is not known"),
            }
        }
    }
}

fn calls(asked: &[String], call: &str) -> usize {
    asked.iter().filter(|url| url.contains(call)).count()
}

#[test]
fn what_happens_in_joined_rooms_is_told_without_a_visit() {
    let mut world = World::new(3);
    assert_eq!(world.sync(usize::MAX, true), Some(Look::Saw));
    assert_eq!(calls(&world.asked, "joined_rooms"), 1);
    world.asked.clear();
    let (first, second) = (world.post(1), world.post(2));
    world.mock.edit(&world.rooms[1].id, &first, world.now, "Platform 4 closed").unwrap();
    assert_eq!(world.sync(usize::MAX, false), Some(Look::Saw));
    assert_eq!(world.known.of(&first), Some(("Platform 4 closed", false)));
    // An edit and a removal of posts that came before.
    world.now += 10;
    world.mock.edit(&world.rooms[1].id, &first, world.now, "Platform 4 open").unwrap();
    world.mock.delete(&world.rooms[2].id, &second, world.now).unwrap();
    world.sync(usize::MAX, false);
    assert_eq!(world.known.of(&first), Some(("Platform 4 open", false)));
    assert_eq!(world.known.posts[&first].len(), 3);
    assert!(world.known.removed.contains(&second));
    assert_eq!((calls(&world.asked, "/messages"), calls(&world.asked, "/event/")), (0, 1));
    // The room that the account is not in, and the private one that it is in, are not asked about.
    let sync = world.asked.iter().rfind(|url| url.contains("/sync?")).unwrap();
    let filter = Url::parse(sync).unwrap();
    let filter = filter.query_pairs().find(|(name, _)| name == "filter").unwrap().1.into_owned();
    let filter: Value = serde_json::from_str(&filter).unwrap();
    let asked: BTreeSet<&str> =
        filter["room"]["rooms"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(asked, BTreeSet::from([&*world.rooms[1].id, &*world.rooms[2].id]));
    assert!(sync.contains("set_presence=offline") && world.left_out > 0);
    world.check();
}

#[test]
fn a_gap_asks_for_a_visit_and_the_place_is_one_to_go_on_from() {
    let mut world = World::new(2);
    world.sync(usize::MAX, true);
    for _ in 0..120 {
        world.post(1);
    }
    let last = world.post(1);
    world.asked.clear();
    world.sync(usize::MAX, true);
    assert!(calls(&world.asked, "/messages") > 0, "{:?}", world.asked);
    assert!(world.known.of(&last).is_some());
    world.check();
    // The server lost its places: it says how the rooms are now, and nothing is missing.
    world.mock.forget_places();
    let new = world.post(1);
    world.sync(usize::MAX, true);
    assert!(world.known.of(&new).is_some());
    world.check();
}

#[test]
fn nothing_is_kept_of_a_room_after_it_closes() {
    for closing in ["visibility", "encryption"] {
        let mut world = World::new(2);
        world.sync(usize::MAX, true);
        let before = world.post(1);
        let room = world.rooms[1].id.clone();
        match closing {
            "visibility" => world.mock.set_visibility(&room, world.now, Visibility::Shared),
            _ => world.mock.set_encrypted(&room, world.now),
        }
        .unwrap();
        world.now += 1;
        world.secrets.insert("For members".to_owned());
        world.mock.post(&room, world.now, Draft::text("For members")).unwrap();
        // The process dies after it has heard that, and has asked for no visit yet.
        world.sync(usize::MAX, false);
        assert!(world.known.of(&before).is_some(), "{closing}");
        world.now += 1000;
        world.mock.post(&room, world.now, Draft::text("For members, too")).unwrap();
        world.sync(usize::MAX, true);
        assert!(!world.rooms[1].is_watched, "{closing}");
        world.check();
    }
}

#[test]
fn a_room_that_opens_again_is_told_of_again_once_a_visit_has_looked() {
    let mut world = World::new(2);
    world.sync(usize::MAX, true);
    let room = world.rooms[1].id.clone();
    world.mock.set_visibility(&room, world.now, Visibility::Shared).unwrap();
    world.now += 1;
    world.mock.set_visibility(&room, world.now, Visibility::WorldReadable).unwrap();
    world.now += 1;
    world.sync(usize::MAX, false);
    let new = world.post(1);
    world.sync(usize::MAX, false);
    assert_eq!(world.known.of(&new), None, "the room is in doubt");
    assert_eq!(world.visit(1, Turn::Check, usize::MAX), Some(Look::Saw));
    world.visit(1, Turn::Follow, usize::MAX);
    let newer = world.post(1);
    world.sync(usize::MAX, false);
    assert!(world.known.of(&newer).is_some());
    world.check();
}

#[test]
fn a_homeserver_that_refuses_is_said_in_a_sentence() {
    let mut world = World::new(2);
    let wrong = Secret::Headers(vec![("Authorization", "Bearer no".to_owned())]);
    world.places.matrix.secret = wrong;
    let look = world.sync(usize::MAX, true);
    assert!(matches!(look, Some(Look::Failed(why)) if why.contains("MARSAD_MATRIX_TOKEN")));
    // Without an account, or a homeserver that settings name, there is no such stream.
    assert!(!Connector::Matrix.has_stream(&Places::default()));
    assert!(Connector::Matrix.has_stream(&world.places));
}

#[derive(Debug, Clone)]
enum Happens {
    Posts(usize, usize),
    Edit(usize),
    Removal(usize),
    Closes(usize),
    Opens(usize),
    Forgets,
    Sync,
    /// Sync, and die at an answer that is kept and not heard.
    Dies(usize),
    Visit(usize),
    Waits(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..3_usize, 1..9_usize).prop_map(|(room, n)| Happens::Posts(room, n)),
        1 => (0..3_usize, Just(70)).prop_map(|(room, n)| Happens::Posts(room, n)),
        2 => (0..300_usize).prop_map(Happens::Edit),
        2 => (0..300_usize).prop_map(Happens::Removal),
        1 => (1..3_usize).prop_map(Happens::Closes),
        1 => (1..3_usize).prop_map(Happens::Opens),
        1 => Just(Happens::Forgets),
        4 => Just(Happens::Sync),
        3 => (0..4_usize).prop_map(Happens::Dies),
        1 => (0..3_usize).prop_map(Happens::Visit),
        1 => (0..2_000_000_i64).prop_map(Happens::Waits),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_happens_all_is_known_in_the_end_and_nothing_private_ever(
        share in 0.0..0.3_f64, seed in any::<u64>(), all in prop::collection::vec(happens(), 1..40)
    ) {
        let mut world = World::new(3);
        let kinds = [FaultKind::TooMany, FaultKind::Failed(503), FaultKind::CutShort, FaultKind::Malformed];
        world.mock.gate().set_faults(Some(Faults::new(seed, share).of(&kinds)));
        let mut closed = [false; 3];
        let mut posts: Vec<(usize, String)> = Vec::new();
        for happens in all {
            world.now += 100;
            match happens {
                Happens::Posts(room, n) => for _ in 0..n {
                    if closed[room] {
                        let text = format!("Members at {}", world.now);
                        world.mock.post(&world.rooms[room].id, world.now, Draft::text(&text)).unwrap();
                        world.secrets.insert(text);
                        world.now += 1;
                    } else {
                        let id = world.post(room);
                        posts.push((room, id));
                    }
                },
                Happens::Edit(n) | Happens::Removal(n) if !posts.is_empty() => {
                    let (room, id) = posts[n % posts.len()].clone();
                    if closed[room] {
                        continue; // what members do to a post then is theirs
                    }
                    let (room, now) = (world.rooms[room].id.clone(), world.now);
                    if matches!(happens, Happens::Edit(_)) {
                        world.mock.edit(&room, &id, now, &format!("Edit at {now}"))
                    } else {
                        posts.retain(|(_, post)| *post != id);
                        world.mock.delete(&room, &id, now)
                    }.unwrap();
                }
                Happens::Closes(room) if !closed[room] => {
                    closed[room] = true;
                    world.mock.set_visibility(&world.rooms[room].id, world.now, Visibility::Shared).unwrap();
                }
                Happens::Opens(room) if closed[room] => {
                    closed[room] = false;
                    world.mock.set_visibility(&world.rooms[room].id, world.now, Visibility::WorldReadable).unwrap();
                    world.rooms[room].is_watched = true; // somebody resumes it
                }
                Happens::Forgets => world.mock.forget_places(),
                Happens::Sync => drop(world.sync(usize::MAX, true)),
                Happens::Dies(answers) => drop(world.sync(answers, false)),
                Happens::Visit(room) => drop(world.visit(room, Turn::Follow, usize::MAX)),
                Happens::Waits(ms) => world.now += ms,
                _ => {}
            }
        }
        world.mock.gate().set_faults(None);
        world.now += 100;
        world.sync(usize::MAX, true);
        for room in 0..3 {
            world.visit(room, Turn::Check, usize::MAX);
            world.visit(room, Turn::Follow, usize::MAX);
        }
        world.check();
    }

    #[test]
    fn any_answer_is_reduced_and_heard(status in prop::sample::select(vec![200_u16, 400, 401, 403, 404, 500]),
        body in "\\PC{0,80}|\\{\"(next_batch|joined_rooms|rooms)\":[\\[\\]{}\"a:,]{0,20}\\}") {
        let world = World::new(2);
        let mut visit = Connector::stream("matrix", &world.places, world.memory.clone(), &world.public()).unwrap();
        for _ in 0..4 {
            if visit.next().is_some() {
                let came = Answer { status, headers: Vec::new(), body: body.clone().into() };
                let (came, _) = visit.reduced(came);
                visit.hear(&came, 10_000);
            }
        }
        visit.give_up("enough".to_owned());
        prop_assert!(visit.next().is_none());
    }
}
