//! The realtime interface beside visits over REST, against a stateful workspace in simulated time:
//! conversations that are cut, hosts that refuse, processes that die, rooms that close.

use std::collections::BTreeSet;

use marsad_capture::{
    Answer, Budget, Connector, Heard, Look, Memory, Nudge, Place, Places, Plan, Public, Realtime,
    RealtimeStep, Secret, Source, Standing, Turn,
};
use marsad_mock::rocketchat::{Draft, Kind, Login};
use marsad_mock::{FaultKind, Faults, Mock as _, Request, RocketChat, Talk};
use proptest::prelude::*;

use crate::known::{Kept, Known};

const HOST: &str = "chat.example.org";

struct Room {
    name: String,
    id: String,
    memory: Memory,
    is_watched: bool,
    checked_at: Option<i64>,
}

struct World {
    mock: RocketChat,
    login: Option<Login>,
    now: i64,
    rooms: Vec<Room>,
    budget: Budget,
    realtime: Realtime,
    talk: Option<Box<dyn Talk>>,
    /// What a process that dies leaves of the stream.
    memory: Memory,
    known: Known,
    frames: usize,
    dialed: usize,
    secrets: BTreeSet<String>,
}

fn places(login: Option<&Login>) -> Places {
    let headers = |login: &Login| {
        vec![("X-User-Id", login.user_id.clone()), ("X-Auth-Token", login.token.clone())]
    };
    let secret = login.map_or(Secret::None, |login| Secret::Headers(headers(login)));
    Places { rocketchat: Place { secret, ..Place::default() }, ..Places::default() }
}

fn source(name: &str) -> Source {
    Source::parse(&format!("rocketchat:{HOST}/{name}")).unwrap()
}

impl World {
    fn new(rooms: usize) -> Self {
        let mock = RocketChat::new();
        mock.set_rate(None);
        let login = mock.add_user("desk", "p");
        let mut watched = Vec::new();
        for n in 0..rooms {
            let name = format!("room{n}");
            let id = mock.add_channel(&name, "Coast Weather", 12, 1000);
            let (memory, is_watched, checked_at) = (Memory::default(), true, None);
            watched.push(Room { name, id, memory, is_watched, checked_at });
        }
        // Public, and nobody watches it.
        mock.add_channel("other", "Other", 12, 1000);
        let realtime = Realtime::new(&source("room0"), &places(Some(&login)), Memory::default());
        let mut world = Self {
            mock,
            login: Some(login),
            now: 100_000,
            rooms: watched,
            budget: Budget::new(1),
            realtime,
            talk: None,
            memory: Memory::default(),
            known: Known::default(),
            frames: 0,
            dialed: 0,
            secrets: BTreeSet::new(),
        };
        for n in 0..rooms {
            world.visit(n, Turn::Check);
            world.visit(n, Turn::Follow);
        }
        world
    }

    fn public(&self) -> Vec<Public> {
        let watched = self.rooms.iter().filter(|room| room.is_watched);
        let public = watched.filter_map(|room| {
            let (id, checked_at) = (room.memory.channel.clone()?, room.checked_at);
            Some(Public { id, key: format!("{HOST}/{}", room.name), checked_at })
        });
        public.collect()
    }

    fn visit(&mut self, n: usize, turn: Turn) {
        let began = self.now;
        let room = &self.rooms[n];
        if !room.is_watched {
            return;
        }
        let plan = match turn {
            Turn::Check => Plan::check(),
            _ => Plan::follow(20),
        };
        let places = places(self.login.as_ref());
        let memory = room.memory.clone();
        let mut visit = Connector::RocketChat.visit(&source(&room.name), &places, memory, plan);
        let mut tries = 0;
        while let Some(ask) = visit.next() {
            let path = ask.url.strip_prefix(&format!("https://{HOST}")).unwrap();
            let mut request = Request::get(path);
            if let Secret::Headers(fields) = &ask.secret {
                for (name, value) in fields {
                    request = request.with_header(name, value);
                }
            }
            let response = self.mock.answer(&request, self.now);
            self.now += 20;
            let heard = if response.fault.is_none() {
                let (status, headers, body) = (response.status, response.headers, response.body);
                self.known.take(&Kept {
                    reader: ask.reader,
                    url: &ask.url,
                    status,
                    channel: ask.channel.as_deref(),
                    body: &body,
                    at: self.now,
                });
                let answer = Answer { status, headers, body };
                self.now += answer.wait_ms(self.now).unwrap_or(0);
                visit.hear(&answer, self.now)
            } else {
                Heard::Again("no answer".to_owned())
            };
            match heard {
                Heard::Understood => {
                    tries = 0;
                    self.rooms[n].memory = visit.memory().clone();
                }
                Heard::Again(why) if tries == 6 => visit.give_up(why),
                Heard::Again(_) => tries += 1,
            }
        }
        let room = &mut self.rooms[n];
        match visit.end().look {
            Look::NotPublic(_) | Look::Absent(_) => room.is_watched = false,
            Look::Saw if turn == Turn::Check => room.checked_at = Some(began),
            _ => {}
        }
    }

    /// One round of the stream, as the watch does it.
    fn round(&mut self, follows: bool) {
        self.realtime.watch(&self.public());
        while let Some(step) = self.realtime.next(self.now) {
            match step {
                RealtimeStep::Dial { url, lane, limit } => {
                    if self.budget.ready_at(&lane, limit, self.now) > self.now {
                        break;
                    }
                    self.budget.asked(&lane, limit, self.now);
                    self.dialed += 1;
                    self.realtime.dialed();
                    let path = url.strip_prefix(&format!("https://{HOST}")).unwrap();
                    self.talk = self.mock.talk(&Request::get(path), self.now);
                    if self.talk.is_some() {
                        self.realtime.opened(self.now);
                    } else {
                        let answer = Answer { status: 404, headers: vec![], body: vec![] };
                        assert!(!self.realtime.refused(&answer, self.now));
                    }
                }
                RealtimeStep::Say(saying) => {
                    assert!(!format!("{saying:?}").contains("resume"));
                    let said = self.talk.as_mut().unwrap().hear(saying.text(), self.now);
                    for text in said {
                        self.take_frame(&text);
                    }
                }
                RealtimeStep::HangUp => self.end("we hung up"),
            }
        }
        let due = self.talk.as_mut().map(|talk| talk.due(self.now)).unwrap_or_default();
        for text in due {
            self.take_frame(&text);
        }
        if self.talk.as_ref().is_some_and(|talk| talk.is_over(self.now)) {
            self.end("the server hung up");
        }
        if matches!(self.realtime.standing(), Standing::Live(_)) {
            self.budget.answered(self.realtime.lane());
        }
        self.memory = self.realtime.memory().clone();
        for Nudge { channel, turn } in self.realtime.nudges() {
            let n = self.rooms.iter().position(|room| room.id == channel).unwrap();
            if follows {
                self.visit(n, turn);
            }
        }
        self.now += 100;
    }

    fn end(&mut self, why: &str) {
        self.talk = None;
        self.realtime.closed(why);
        self.budget.failed(self.realtime.lane(), self.now);
    }

    fn take_frame(&mut self, text: &str) {
        let frame = text.as_bytes();
        if let Some((_, key)) = self.realtime.keeps(frame) {
            self.frames += 1;
            self.known.take(&Kept {
                reader: self.realtime.reader(),
                url: self.realtime.url(),
                status: 200,
                channel: Some(key),
                body: frame,
                at: self.now,
            });
        }
        if self.realtime.hear(frame, self.now) == Some(RealtimeStep::HangUp) {
            self.end("we hung up");
        }
    }

    fn rounds(&mut self, times: usize) {
        (0..times).for_each(|_| self.round(true));
    }

    /// The process dies: what is left is what was remembered.
    fn dies(&mut self) {
        self.talk = None;
        self.budget = Budget::new(1);
        let places = places(self.login.as_ref());
        self.realtime = Realtime::new(&source("room0"), &places, self.memory.clone());
    }

    fn post(&mut self, n: usize) -> String {
        let text = format!("Hour {}: all lines run", self.now);
        let id = self.mock.post(&self.rooms[n].id, self.now, Draft::text(&text)).unwrap();
        self.now += 1;
        id
    }

    /// A line of the system after which the room is something else.
    fn closes(&mut self, n: usize, kind: Kind) {
        let room = self.rooms[n].id.clone();
        self.mock.set_kind(&room, self.now, kind).unwrap();
        let line = Draft::system("room_changed_privacy", "Private");
        self.mock.post(&room, self.now, line).unwrap();
        self.now += 10;
    }

    fn check(&self) {
        let token = self.login.as_ref().map_or("no token", |login| &login.token);
        for secret in
            self.secrets.iter().map(String::as_str).chain([token, "desk@example.org", "Other room"])
        {
            assert!(!self.known.holds(secret), "{secret} was kept");
        }
        for post in self.mock.truth().posts {
            let is_watched = self.rooms.iter().any(|r| r.id == post.channel && r.is_watched);
            let is_post = post.kind == marsad_mock::PostKind::Post;
            if !is_watched || !is_post || self.secrets.contains(&post.versions[0].text) {
                continue;
            }
            let text = post.text(self.now).unwrap();
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

#[test]
fn posts_edits_and_deletions_come_as_they_happen_and_move_no_cursor() {
    let mut world = World::new(2);
    world.rounds(5);
    assert_eq!(world.realtime.standing(), Standing::Live(2));
    let memories = |world: &World| -> Vec<Memory> {
        world.rooms.iter().map(|room| room.memory.clone()).collect()
    };
    let before = memories(&world);
    let (first, second) = (world.post(0), world.post(1));
    world.rounds(2);
    world.mock.edit(&world.rooms[0].id, &first, world.now, "Platform 4 closed").unwrap();
    world.mock.delete(&world.rooms[1].id, &second, world.now).unwrap();
    world.mock.react(&world.rooms[0].id, &first, world.now + 1, ":+1:").unwrap();
    world.rounds(2);
    assert_eq!(world.known.of(&first), Some(("Platform 4 closed", false)));
    assert!(world.known.removed.contains(&second));
    assert_eq!(memories(&world), before);
    world.check();
    // What REST reads then is the same again.
    let posts = world.known.posts.clone();
    (0..2).for_each(|n| world.visit(n, Turn::Follow));
    assert_eq!(world.known.posts, posts);
    // Nothing but that was kept.
    let other = world.mock.add_channel("noise", "Noise", 3, world.now);
    world.mock.post(&other, world.now, Draft::text("Other room")).unwrap();
    let frames = world.frames;
    world.mock.post(&world.rooms[0].id, world.now, Draft::system("uj", "anna")).unwrap();
    world.rounds(3);
    assert_eq!(world.frames, frames);
    world.check();
}

#[test]
fn a_conversation_that_is_cut_is_opened_again_and_a_visit_reads_what_was_missed() {
    let mut world = World::new(1);
    world.rounds(5);
    world.mock.cut_talks(world.now);
    world.round(true);
    assert!(matches!(world.realtime.standing(), Standing::Away(Some(_))));
    let missed = world.post(0);
    world.rounds(30);
    assert_eq!((world.dialed, world.realtime.standing()), (2, Standing::Live(1)));
    assert!(world.known.of(&missed).is_some());
    world.check();
}

#[test]
fn a_server_that_refuses_is_left_alone_for_an_hour_and_said_in_a_sentence() {
    let mut world = World::new(1);
    world.mock.set_realtime(false);
    world.rounds(50);
    let Standing::Off(why) = world.realtime.standing() else { panic!("it is on") };
    assert_eq!(
        why,
        "the server opens no websocket (HTTP 404); its channels are read by visits alone"
    );
    assert_eq!(world.dialed, 1);
    world.mock.set_realtime(true);
    world.now += 3_600_000;
    world.rounds(5);
    assert_eq!(world.realtime.standing(), Standing::Live(1));

    let mut world = World::new(1);
    world.login = Some(Login { user_id: "x".to_owned(), token: "wrong".to_owned() });
    world.dies();
    world.rounds(20);
    let Standing::Off(why) = world.realtime.standing() else { panic!("it is on") };
    assert!(why.contains("MARSAD_ROCKETCHAT_TOKEN"), "{why}");
    assert_eq!(world.dialed, 1);
}

#[test]
fn a_server_that_gives_no_subscription_is_off_and_nobody_may_listen_where_everybody_may_read() {
    let mut world = World::new(1);
    world.mock.set_sees_joined_only("desk").unwrap();
    world.rounds(5);
    let Standing::Off(why) = world.realtime.standing() else { panic!("it is on") };
    assert!(why.contains("not-allowed"), "{why}");
    // As nobody, where everybody may.
    world.mock.set_anonymous_read(true);
    world.login = None;
    world.dies();
    world.rounds(5);
    assert_eq!(world.realtime.standing(), Standing::Live(1));
}

#[test]
fn a_server_that_says_nothing_is_asked_and_then_left() {
    let mut world = World::new(1);
    world.rounds(5);
    assert_eq!(world.realtime.standing(), Standing::Live(1));
    let quiet = world.now + 46_000;
    let Some(RealtimeStep::Say(ping)) = world.realtime.next(quiet) else { panic!("no ping") };
    assert!(ping.text().contains("\"msg\":\"ping\""));
    assert_eq!(world.realtime.next(quiet + 10_000), None);
    assert_eq!(world.realtime.next(quiet + 30_000), Some(RealtimeStep::HangUp));
    world.realtime.closed("we hung up");
    let Standing::Away(Some(why)) = world.realtime.standing() else { panic!("it is there") };
    assert_eq!(why, "the server says nothing any more");
}

#[test]
fn nothing_is_kept_of_a_room_after_it_closes_whoever_dies_in_between() {
    let mut world = World::new(2);
    world.rounds(5);
    world.closes(0, Kind::Private);
    world.round(false); // it is heard, and the process dies before a visit
    world.dies();
    world.secrets.insert("For members".to_owned());
    for _ in 0..5 {
        world.mock.post(&world.rooms[0].id, world.now, Draft::text("For members")).unwrap();
        world.round(false);
    }
    assert_eq!(world.realtime.standing(), Standing::Live(1));
    world.rounds(5);
    world.check();
    // A line that says so of a room that is public all the same: a visit looks, and it goes on.
    world.closes(1, Kind::Public);
    world.rounds(5);
    let new = world.post(1);
    (0..2).for_each(|_| world.round(false));
    assert!(world.known.of(&new).is_some());
    world.check();
}

#[derive(Debug, Clone)]
enum Happens {
    Posts(usize, usize),
    Edit(usize),
    Deletion(usize),
    Cut,
    Dies,
    Rounds(usize),
    Visit(usize),
    Waits(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..3_usize, 1..9_usize).prop_map(|(room, n)| Happens::Posts(room, n)),
        3 => (0..300_usize).prop_map(Happens::Edit),
        2 => (0..300_usize).prop_map(Happens::Deletion),
        1 => Just(Happens::Cut),
        1 => Just(Happens::Dies),
        5 => (1..30_usize).prop_map(Happens::Rounds),
        1 => (0..3_usize).prop_map(Happens::Visit),
        1 => (0..400_000_i64).prop_map(Happens::Waits),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_all_is_known_in_the_end(
        share in 0.0..0.3_f64, seed in any::<u64>(), all in prop::collection::vec(happens(), 1..50)
    ) {
        let mut world = World::new(3);
        let kinds = [FaultKind::TooMany, FaultKind::Failed(503), FaultKind::CutShort, FaultKind::Malformed];
        world.mock.gate().set_faults(Some(Faults::new(seed, share).of(&kinds)));
        let mut posts: Vec<(usize, String)> = Vec::new();
        for happens in all {
            match happens {
                Happens::Posts(room, n) => for _ in 0..n {
                    let id = world.post(room);
                    posts.push((room, id));
                },
                Happens::Edit(n) if !posts.is_empty() => {
                    let (room, id) = posts[n % posts.len()].clone();
                    let (room, text) = (world.rooms[room].id.clone(), format!("Edit at {}", world.now));
                    world.mock.edit(&room, &id, world.now, &text).unwrap();
                }
                Happens::Deletion(n) if !posts.is_empty() => {
                    let (room, id) = posts.remove(n % posts.len());
                    let room = world.rooms[room].id.clone();
                    world.mock.delete(&room, &id, world.now).unwrap();
                }
                Happens::Cut => world.mock.cut_talks(world.now),
                Happens::Dies => world.dies(),
                Happens::Rounds(n) => world.rounds(n),
                Happens::Visit(room) => world.visit(room, Turn::Follow),
                Happens::Waits(ms) => world.now += ms,
                _ => {}
            }
            world.now += 10;
        }
        world.mock.gate().set_faults(None);
        world.now += 100;
        (0..3).for_each(|room| world.visit(room, Turn::Follow));
        world.check();
    }

    #[test]
    fn while_it_is_live_nothing_needs_a_visit(all in prop::collection::vec((0..2_usize, 0..3_u8), 1..60)) {
        let mut world = World::new(2);
        world.rounds(5);
        let mut posts: Vec<(usize, String)> = Vec::new();
        for (room, what) in all {
            match what {
                1 if !posts.is_empty() => {
                    let (room, id) = &posts[posts.len() / 2];
                    let text = format!("Edit at {}", world.now);
                    world.mock.edit(&world.rooms[*room].id, id, world.now, &text).unwrap();
                }
                2 if posts.len() > 3 => {
                    let (room, id) = posts.remove(1);
                    world.mock.delete(&world.rooms[room].id, &id, world.now).unwrap();
                }
                _ => {
                    let id = world.post(room);
                    posts.push((room, id));
                }
            }
            world.round(false);
        }
        world.round(false);
        world.check();
    }

    #[test]
    fn any_frame_at_any_time_is_heard(frames in prop::collection::vec("\\PC{0,60}|\\{\"msg\":\"(connected|failed|ping|result|ready|nosub|error|changed)\"(,\"id\":\"[0-9]\")?\\}", 0..40)) {
        let mut world = World::new(1);
        world.realtime.watch(&world.public());
        for (n, frame) in frames.iter().enumerate() {
            let now = world.now + n as i64 * 1000;
            match world.realtime.next(now) {
                Some(RealtimeStep::Dial { .. }) => {
                    world.realtime.dialed();
                    world.realtime.opened(now);
                }
                Some(RealtimeStep::HangUp) => world.realtime.closed("enough"),
                _ => {}
            }
            prop_assert!(world.realtime.keeps(frame.as_bytes()).is_none());
            if world.realtime.hear(frame.as_bytes(), now).is_some() {
                world.realtime.closed("enough");
            }
        }
    }
}
