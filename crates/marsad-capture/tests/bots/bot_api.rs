//! TamTam and MAX: paging by time over posts that share milliseconds, deletions, refusals.

use std::collections::BTreeSet;

use marsad_capture::{
    Answer, Ask, Connector, Look, Memory, Place, Places, Plan, Public, Secret, Source,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{Run, drive, json as answer, parameter};

const CHAT: &str = "-70000000000001";

fn places() -> Places {
    let token = |secret| Place { secret, ..Place::default() };
    Places {
        tamtam: token(Secret::Query("access_token", "t".into())),
        max: token(Secret::Headers(vec![("Authorization", "t".into())])),
        ..Places::default()
    }
}

/// The platform, as far as its papers say.
#[derive(Debug, Clone, Default)]
struct Server {
    /// (published, mid), in the order they were published.
    posts: Vec<(i64, String)>,
    made: usize,
    /// When the last one was published, epoch ms, even if it was deleted since.
    clock: i64,
    /// Fields of the chat that differ from a public channel's.
    chat: Vec<(&'static str, Value)>,
    has_no_addresses: bool,
    /// Everything ever shown.
    shown: BTreeSet<String>,
}

impl Server {
    fn publish(&mut self, after_ms: i64) {
        self.clock = self.clock.max(1_795_400_000_000) + after_ms;
        self.made += 1;
        self.posts.push((self.clock, format!("mid.fffffffc{:08x}", self.made)));
    }

    fn with(gaps: &[i64]) -> Self {
        let mut server = Self::default();
        for gap in gaps {
            server.publish(*gap);
        }
        server
    }

    fn delete(&mut self, at: usize) {
        if !self.posts.is_empty() {
            self.posts.remove(at % self.posts.len());
        }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        assert_ne!(ask.secret, Secret::None);
        assert_eq!((ask.method, ask.reader), ("GET", "bot-api"));
        let path = ask.url.split(['?']).next().unwrap().splitn(4, '/').nth(3).unwrap();
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["chats", CHAT | "@coastweather"] => answer(200, &self.chat()),
            ["messages"] => self.page(&ask.url),
            ["messages", mid] => match self.posts.iter().find(|(_, known)| known == mid) {
                Some(post) => answer(200, &self.message(post)),
                None => answer(404, &json!({"code": "not.found", "message": "No message"})),
            },
            _ => answer(404, &json!({"code": "not.found", "message": "No chat"})),
        }
    }

    fn chat(&self) -> Value {
        let mut chat = json!({"chat_id": -70_000_000_000_001_i64, "type": "channel",
            "status": "active", "title": "Coast weather", "icon": null, "participants_count": 1260,
            "last_event_time": 0, "is_public": true, "description": null,
            "link": "https://tt.me/coastweather"});
        for (field, value) in &self.chat {
            chat[*field] = value.clone();
        }
        chat
    }

    fn message(&self, (at, mid): &(i64, String)) -> Value {
        let url = (!self.has_no_addresses).then(|| format!("https://tt.me/coastweather/{mid}"));
        json!({"recipient": {"chat_id": -70_000_000_000_001_i64, "chat_type": "channel"},
            "timestamp": at, "body": {"mid": mid, "seq": 109_000_000_000_000_260_i64,
            "text": "wind 11 kn", "attachments": null}, "stat": {"views": 3}, "url": url})
    }

    fn page(&mut self, url: &str) -> Answer {
        let number = |name| parameter(url, name).map(|n| n.parse::<i64>().unwrap());
        assert_eq!(parameter(url, "chat_id").as_deref(), Some(CHAT));
        let (from, to) = (number("from").unwrap_or(i64::MAX), number("to").unwrap_or(0));
        let count = number("count").unwrap_or(50);
        if to >= from || !(1..=100).contains(&count) {
            return answer(400, &json!({"code": "proto.payload", "message": "bad bounds"}));
        }
        let within = self.posts.iter().rev().filter(|(at, _)| (to..=from).contains(at));
        let page: Vec<_> = within.take(count as usize).cloned().collect();
        self.shown.extend(page.iter().map(|(_, mid)| mid.clone()));
        let messages: Vec<Value> = page.iter().map(|post| self.message(post)).collect();
        answer(200, &json!({ "messages": messages }))
    }

    /// Posts that are there and were never shown, within the bounds that the memory says it knows.
    fn holes(&self, memory: &Memory) -> Vec<&str> {
        let number = |text: &Option<String>| text.as_ref().map(|n| n.parse::<i64>().unwrap());
        let (Some(oldest), Some(newest)) = (number(&memory.oldest), number(&memory.newest)) else {
            return Vec::new();
        };
        let known = self.posts.iter().filter(|(at, _)| (oldest + 1..newest).contains(at));
        known.map(|(_, mid)| mid.as_str()).filter(|mid| !self.shown.contains(*mid)).collect()
    }

    fn recent(&self, posts: usize) -> Vec<String> {
        let last = self.posts.iter().skip(self.posts.len().saturating_sub(posts));
        last.map(|(at, mid)| format!("{at} {mid}")).collect()
    }
}

fn visit_named(name: &str, server: &mut Server, memory: &Memory, plan: Plan) -> Run {
    let source = Source::parse(name).unwrap();
    let connector = Connector::of(source.platform.as_str()).unwrap();
    let visit = connector.visit(&source, &places(), memory.clone(), plan);
    drive(visit, None, |ask| server.answer(ask))
}

fn visit(server: &mut Server, memory: &Memory, plan: Plan) -> Run {
    visit_named("tamtam:-70000000000001", server, memory, plan)
}

fn recheck(posts: usize) -> Plan {
    Plan { check: false, follow: false, backfill: 0, recheck: posts, remember: 100 }
}

#[test]
fn a_channel_is_read_whole_and_then_only_what_is_new() {
    let mut server = Server::with(&[7; 250]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    let first = run.outcome.unwrap();
    assert_eq!((first.look, first.has_older, first.followed), (Look::Saw, false, true));
    assert_eq!(server.shown.len(), 250);
    assert_eq!(run.asked[0], "/chats/-70000000000001");
    assert_eq!(run.asked[1], "/messages?chat_id=-70000000000001&count=100");
    assert_eq!(run.asked.len(), 1 + 1 + 3);
    assert_eq!(run.memory.handle.as_deref(), Some("coastweather"));
    assert_eq!(Vec::from(run.memory.recent.clone()), server.recent(100));

    server.publish(5);
    server.publish(0);
    let newest = run.memory.newest.clone().unwrap();
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    let below = newest.parse::<i64>().unwrap() - 1;
    assert_eq!(run.asked, [format!("/messages?chat_id=-70000000000001&count=100&to={below}")]);
    assert_eq!(server.shown.len(), 252);
    assert_eq!(Vec::from(run.memory.recent.clone()), server.recent(100));
}

#[test]
fn a_post_in_the_millisecond_of_the_newest_one_known_is_not_lost() {
    let mut server = Server::with(&[10, 10]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.publish(0);
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    assert_eq!(server.shown.len(), 3);
    assert_eq!(Vec::from(run.memory.recent), server.recent(100));
}

#[test]
fn a_full_page_that_ends_in_the_millisecond_of_the_newest_one_known_goes_on() {
    let mut server = Server::with(&[10]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.publish(0);
    server.publish(0);
    (0..99).for_each(|_| server.publish(1));
    let run = visit(&mut server, &run.memory, Plan::follow(100));
    assert_eq!((server.shown.len(), run.asked.len()), (102, 2));
}

#[test]
fn a_visit_that_is_cut_off_goes_on_where_it_was_and_then_looks_at_the_top_again() {
    let mut server = Server::with(&[10; 3]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    let (newest, looked_at) = (run.memory.newest.clone(), run.memory.looked_at);
    (0..250).for_each(|_| server.publish(1));
    let source = Source::parse("tamtam:-70000000000001").unwrap();
    let follow = Plan::follow(100);
    let cut = Connector::BotApi.visit(&source, &places(), run.memory, follow);
    let cut = drive(cut, Some(2), |ask| server.answer(ask));
    // Nothing newer is known yet than what reaches without a hole.
    assert_eq!((&cut.memory.newest, cut.memory.looked_at), (&newest, looked_at));
    server.publish(1);
    let run = visit(&mut server, &cut.memory, follow);
    assert_eq!((run.asked.len(), server.shown.len()), (2, 254));
    assert_eq!(run.memory.newest, Some(server.clock.to_string()));
    assert!(run.outcome.unwrap().followed);
    assert_eq!((run.memory.token, run.memory.looked_at), (None, Some(1_795_400_000_200)));
}

#[test]
fn looking_again_at_posts_that_are_all_there_asks_for_none_of_them() {
    // The page ends within a millisecond: its other posts are on the next one.
    let mut gaps = vec![1; 20];
    gaps.extend([0; 10]);
    gaps.extend([1; 95]);
    let mut server = Server::with(&gaps);
    let run = visit(&mut server, &Memory::default(), Plan::everything(120));
    let run = visit(&mut server, &run.memory, Plan { remember: 120, ..recheck(120) });
    assert_eq!(run.asked.len(), 2, "{:?}", run.asked);
}

#[test]
fn a_page_that_is_full_of_one_millisecond_fails_loudly() {
    let mut server = Server::with(&[0; 101]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    let Look::Failed(why) = run.outcome.unwrap().look else { panic!("it went on") };
    assert!(why.starts_with("100 or more posts share the millisecond 1795400000000;"), "{why}");

    // One less, and there is nothing that cannot be reached.
    let mut server = Server::with(&[0; 99]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    assert_eq!((run.outcome.unwrap().look, run.memory.is_whole), (Look::Saw, true));
}

#[test]
fn a_link_is_asked_for_its_chat_first_and_may_lead_to_another_later() {
    let mut server = Server::with(&[1, 1]);
    let follow = Plan::follow(100);
    let run = visit_named("tamtam:coastweather", &mut server, &Memory::default(), follow);
    assert_eq!(run.asked[0], "/chats/@coastweather");
    assert_eq!((run.memory.channel.as_deref(), run.asked.len()), (Some(CHAT), 2));
    server.chat = vec![("chat_id", json!(-8))];
    let check = Plan::check();
    let run = visit_named("tamtam:coastweather", &mut server, &run.memory, check);
    assert_eq!(run.outcome.unwrap().look, Look::Replaced("-8".into()));
    assert_eq!(run.memory.channel.as_deref(), Some(CHAT));
}

#[test]
fn what_is_no_public_channel_is_not_read() {
    for (field, value, why) in [
        ("type", json!("chat"), "a chat, not a channel"),
        ("type", json!("dialog"), "a dialog, not a channel"),
        ("is_public", json!(false), "a channel that is not public"),
        ("is_public", json!("yes"), "a channel that is not public"),
    ] {
        let mut server = Server::with(&[1; 5]);
        server.chat = vec![(field, value)];
        for plan in [Plan::everything(100), Plan::follow(100), Plan::check()] {
            let run = visit(&mut server, &Memory::default(), plan);
            assert_eq!(run.outcome.unwrap().look, Look::NotPublic(why.into()));
            assert_eq!((run.asked.len(), server.shown.len()), (1.min(run.asked.len()), 0));
            assert_eq!(run.memory.channel, None);
        }
    }
}

#[test]
fn a_channel_whose_posts_have_no_address_is_asked_again_who_may_see_it() {
    let mut server = Server::with(&[1; 5]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.publish(5);
    server.has_no_addresses = true;
    let again = visit(&mut server, &run.memory, Plan { backfill: 0, ..recheck(100) });
    assert_eq!(again.outcome.unwrap().look, Look::Saw);
    server.chat = vec![("is_public", json!(false))];
    let plan = Plan { recheck: 100, ..Plan::follow(100) };
    let run = visit(&mut server, &run.memory, plan);
    assert_eq!(run.asked.last().unwrap(), "/chats/-70000000000001");
    assert_eq!(run.asked.len(), 2);
    assert!(matches!(run.outcome.unwrap().look, Look::NotPublic(_)));
}

#[test]
fn a_deleted_post_is_found_confirmed_and_forgotten() {
    let mut server = Server::with(&[3; 150]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(120));
    let gone: Vec<String> = [149, 100, 40, 10].map(|at| server.posts[at].1.clone()).into();
    for at in [149, 100, 40, 10] {
        server.posts.remove(at);
    }
    let run = visit(&mut server, &run.memory, recheck(120));
    let asked = |mid: &String| run.asked.contains(&format!("/messages/{mid}"));
    assert_eq!(gone.iter().map(asked).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(run.asked.len(), 2 + 3);
    assert_eq!(Vec::from(run.memory.recent), server.recent(117));

    // Nothing left at all: the end of the channel covers everything.
    let mut server = Server::with(&[3; 4]);
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    server.posts.clear();
    let run = visit(&mut server, &run.memory, Plan::everything(100));
    assert_eq!(run.memory.recent.len(), 0);
    assert_eq!(run.asked.iter().filter(|path| path.starts_with("/messages/")).count(), 4);
}

#[test]
fn refusals_are_told_apart() {
    let refused = |status: u16, code: &str, memory: &Memory, plan: Plan| {
        let source = Source::parse("max:-70000000000001").unwrap();
        let visit = Connector::BotApi.visit(&source, &places(), memory.clone(), plan);
        let run = drive(visit, None, |_| answer(status, &json!({"code": code, "message": "no"})));
        run.outcome.unwrap().look
    };
    let known = Memory { channel: Some(CHAT.into()), ..Memory::default() };
    let (check, follow) = (Plan::check(), Plan::follow(100));
    let look = refused(401, "verify.token", &known, follow);
    let why = "the token is refused (verify.token); see MARSAD_MAX_TOKEN";
    assert_eq!(look, Look::Failed(why.into()));
    assert_eq!(refused(403, "chat.denied", &known, check), Look::Absent("chat.denied".into()));
    assert_eq!(refused(403, "chat.denied", &known, follow), Look::KeptOut("chat.denied".into()));
    assert_eq!(refused(404, "not.found", &known, check), Look::Absent("not.found".into()));
    assert_eq!(refused(404, "", &known, follow), Look::Absent("HTTP 404".into()));
    let Look::Failed(why) = refused(400, "proto.payload", &known, follow) else { panic!() };
    assert!(why.ends_with("(HTTP 400, proto.payload)"), "{why}");
    let Look::Failed(why) = refused(429, "too.many.requests", &known, follow) else { panic!() };
    assert!(why.contains("429"), "{why}");
    // A page that is none, such as an error with a good status.
    assert!(matches!(refused(200, "proto.payload", &known, follow), Look::Failed(_)));
    assert!(matches!(refused(200, "proto.payload", &known, check), Look::Failed(_)));
}

#[test]
fn a_closed_channel_is_absent() {
    let mut server = Server::with(&[1; 5]);
    server.chat = vec![("status", json!("closed")), ("is_public", json!(false))];
    let run = visit(&mut server, &Memory::default(), Plan::everything(100));
    assert_eq!(run.outcome.unwrap().look, Look::Absent("closed".into()));
    assert!(server.shown.is_empty());
}

#[test]
fn without_a_token_nothing_is_asked() {
    let source = Source::parse("max:-70000000000001").unwrap();
    let none = Places::default();
    let visit = Connector::BotApi.visit(&source, &none, Memory::default(), Plan::check());
    let run = drive(visit, None, |_| unreachable!("nothing is asked"));
    let why = "max answers only to a bot's token; set MARSAD_MAX_TOKEN to watch it";
    assert_eq!(run.outcome.unwrap().look, Look::Failed(why.into()));
    let stream = Connector::stream("tamtam", &none, Memory::default(), &[]).unwrap();
    let run = drive(stream, None, |_| unreachable!("nothing is asked"));
    let Look::Failed(why) = run.outcome.unwrap().look else { panic!("it asked") };
    assert!(why.contains("MARSAD_TAMTAM_TOKEN"), "{why}");
}

#[test]
fn each_platform_is_asked_at_its_own_place_with_its_own_token() {
    let ask = |name: &str, places: &Places| {
        let source = Source::parse(name).unwrap();
        Connector::BotApi.visit(&source, places, Memory::default(), Plan::check()).next().unwrap()
    };
    let tamtam = ask("tamtam:-7", &places());
    assert_eq!(tamtam.url, "https://botapi.tamtam.chat/chats/-7");
    assert!(matches!(tamtam.secret, Secret::Query("access_token", _)));
    let max = ask("max:-7", &places());
    assert_eq!(max.url, "https://platform-api2.max.ru/chats/-7");
    assert!(matches!(&max.secret, Secret::Headers(fields) if fields[0].0 == "Authorization"));
    let mut elsewhere = places();
    elsewhere.max.url = Some("http://127.0.0.1:4012/api/".parse().unwrap());
    let max = ask("max:-7", &elsewhere);
    assert_eq!(
        (max.url.as_str(), max.lane.as_str()),
        ("http://127.0.0.1:4012/api/chats/-7", "127.0.0.1:4012")
    );
}

#[test]
fn what_is_not_of_a_watched_channel_is_never_kept() {
    let public = [Public { id: "-7".to_owned(), key: "-7".to_owned(), checked_at: None }];
    let stream = Connector::stream("max", &places(), Memory::default(), &public).unwrap();
    let message = |chat: i64, text: &str| {
        json!({"update_type": "message_created", "timestamp": 1, "message": {
            "recipient": {"chat_id": chat, "chat_type": "channel"},
            "body": {"mid": "mid.1", "seq": 109_000_000_000_000_260_i64, "text": text},
        }})
    };
    let removed = json!({"update_type": "message_removed", "chat_id": -8, "message_id": "mid.2"});
    let updates = [message(-7, "Gale warning"), message(-8, "Lunch at one"), removed];
    let (kept, left_out) = stream.reduced(answer(200, &json!({"updates": updates, "marker": 9})));
    let text = String::from_utf8(kept.body).unwrap();
    assert_eq!(left_out, 2);
    assert!(text.contains("Gale warning") && !text.contains("Lunch"), "{text}");
    assert!(text.contains("109000000000000260") && text.contains("\"marker\":9"), "{text}");
    // What changed while the question waited counts for what comes.
    let mut stream = stream;
    stream.admit(&[]);
    let (kept, left_out) = stream.reduced(answer(200, &json!({"updates": updates, "marker": 9})));
    assert_eq!((kept.body, left_out), (br#"{"updates":[],"marker":9}"#.to_vec(), 3));
    // Nobody knows whose a broken answer is.
    let broken =
        Answer { body: b"{\"updates\":[{\"text\":\"Lunch".to_vec(), ..answer(200, &json!({})) };
    assert_eq!(stream.reduced(broken).0.body, b"");
}

#[test]
fn the_stream_sends_a_marker_only_after_its_updates_are_kept() {
    let stream = |memory| Connector::stream("max", &places(), memory, &[]).unwrap();
    let batch = |updates: usize, marker: Value| {
        let update = json!({"update_type": "hologram_shown", "timestamp": 1});
        answer(200, &json!({"updates": vec![update; updates], "marker": marker}))
    };
    let mut answers = vec![batch(100, json!(200)), batch(3, json!(203))].into_iter();
    let run = drive(stream(Memory::default()), None, |_| answers.next().unwrap());
    let marker = |path: &String| parameter(&format!("https://x{path}"), "marker");
    assert_eq!(run.asked.iter().map(marker).collect::<Vec<_>>(), [None, Some("200".into())]);
    assert_eq!(run.memory.token.as_deref(), Some("203"));
    assert!(run.outcome.unwrap().followed);

    // Cut off before the second answer: the first one is kept, and only its marker is known.
    let mut visit = stream(Memory::default());
    let _first = visit.next().unwrap();
    visit.hear(&batch(100, json!(200)), 5);
    assert_eq!(visit.memory().token.as_deref(), Some("200"));
    assert!(matches!(
        visit.hear(&answer(200, &json!({"updates": "x"})), 6),
        marsad_capture::Heard::Again(_)
    ));
    assert_eq!(visit.memory().token.as_deref(), Some("200"));
    // No marker, no step; and a full batch that does not move on is not asked for ever.
    let known = Memory { token: Some("7".into()), ..Memory::default() };
    let run = drive(stream(known.clone()), None, |_| batch(100, Value::Null));
    assert_eq!((run.memory.token.as_deref(), run.asked.len()), (Some("7"), 1));
    let run = drive(stream(known), None, |_| answer(405, &json!({"code": "method.not.allowed"})));
    assert!(matches!(run.outcome.unwrap().look, Look::Failed(_)));
    assert!(Connector::stream("telegram", &places(), Memory::default(), &[]).is_none());
}

/// What happens beside the visits.
#[derive(Debug, Clone)]
enum Act {
    Publish(Vec<i64>),
    Delete(usize),
    /// A visit of this kind, cut off after so many answers; the number of a post to delete and
    /// whether one is published while it goes on.
    Visit(u8, Option<usize>, Option<usize>, bool),
}

fn gaps(posts: std::ops::Range<usize>) -> impl Strategy<Value = Vec<i64>> {
    // Runs of one millisecond, but never as many as fill a page.
    prop::collection::vec(prop_oneof![4 => Just(0_i64), 3 => 1..4_i64], posts).prop_map(|gaps| {
        let capped = gaps.into_iter().enumerate();
        capped.map(|(at, gap)| if at % 40 == 0 { gap.max(1) } else { gap }).collect()
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => gaps(1..180).prop_map(Act::Publish),
        1 => any::<usize>().prop_map(Act::Delete),
        4 => (0..4_u8, prop::option::of(0..4_usize), prop::option::of(any::<usize>()), any::<bool>())
            .prop_map(|(kind, cut, delete, publish)| Act::Visit(kind, cut, delete, publish)),
    ]
}

fn plan(kind: u8) -> Plan {
    match kind {
        0 => Plan::follow(100),
        1 => recheck(60),
        2 => Plan { backfill: 1, follow: false, ..Plan::follow(100) },
        _ => Plan::everything(100),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_post_is_seen_without_holes_whatever_cuts_in(
        start in gaps(0..350), acts in prop::collection::vec(act(), 0..12)
    ) {
        let (mut server, mut memory) = (Server::with(&start), Memory::default());
        let source = Source::parse("tamtam:-70000000000001").unwrap();
        for act in acts {
            match act {
                Act::Publish(gaps) => gaps.iter().for_each(|gap| server.publish(*gap)),
                Act::Delete(at) => server.delete(at),
                Act::Visit(kind, cut, delete, publish) => {
                    let visit = Connector::BotApi.visit(&source, &places(), memory, plan(kind));
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
                    prop_assert!(!matches!(run.outcome.map(|end| end.look), Some(Look::Failed(_))));
                    memory = run.memory;
                }
            }
            prop_assert_eq!(server.holes(&memory), Vec::<&str>::new());
        }
        // Twice: the second sees what the first found missing.
        for _ in 0..2 {
            let run = visit(&mut server, &memory, Plan::everything(100));
            prop_assert_eq!(run.outcome.unwrap().look, Look::Saw);
            memory = run.memory;
        }
        prop_assert!(memory.is_whole);
        for (_, mid) in &server.posts {
            prop_assert!(server.shown.contains(mid), "{} was never shown", mid);
        }
        let recent = Vec::from(memory.recent);
        let alive: BTreeSet<String> = server.recent(usize::MAX / 2).into_iter().collect();
        prop_assert!(recent.iter().all(|post| alive.contains(post)), "a deleted post is remembered");
        let distinct: BTreeSet<&String> = recent.iter().collect();
        prop_assert_eq!(distinct.len(), recent.len());
    }
}
