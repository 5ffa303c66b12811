//! The web hook of MAX: a stand-in delivers over real sockets to the real process, while visits come
//! once an hour.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use marsad_mock::botapi::{Delivering, Draft, Flavour, Kind, Retry, deliver};
use marsad_mock::{BotApi, FaultKind, Faults};
use serde_json::{Value, json};

use crate::bench::{rows, texts};
use crate::platforms::{Desk, now_ms, up_of};
use crate::streams::{stop, time};
use crate::watch::scraped;

const TOKEN: &str = "s3cret-token-of-the-desk";
const SECRET: &str = "s3cret_of-the-hook";
const LUNCH: &str = "Soup of the day";

/// The figure of a name.
type Figure<'a> = dyn Fn(&str) -> Option<u64> + 'a;

/// A channel that is watched, one that is not, and a chat that is nobody's business.
struct World {
    api: Arc<BotApi>,
    weather: i64,
    others: [i64; 2],
    desk: Desk,
    listen: String,
    metrics: String,
    _delivering: Delivering,
}

impl World {
    fn new() -> Self {
        let begin = now_ms() - 1_000_000;
        let api = Arc::new(BotApi::new(Flavour::Max, TOKEN));
        api.set_retry(Retry { first_ms: 200, factor: 1.2, tries: 60, ..Retry::default() });
        api.set_holds_polls(true);
        let weather = api.add_channel("weather", "Weather", 1100, begin);
        let family = api.add_channel("family", "Family", 4, begin);
        api.set_kind(family, Kind::Dialog).unwrap();
        let elsewhere = api.add_channel("elsewhere", "Elsewhere", 70, begin);
        for hour in 0..20 {
            let text = format!("Hour {hour}: wind {} kn", hour % 17);
            api.post(weather, begin + 10 + hour, Draft::text(text)).unwrap();
        }
        let mut desk = Desk::of("poll_s = 3600\n", &[("max", api.clone())]);
        let [listen, metrics] = [(); 2].map(|()| free());
        let settings = std::fs::read_to_string(desk.bench.path("a/marsad.toml")).unwrap();
        let hook = format!("hook = {{ listen = \"{listen}\", url = \"http://{listen}/max\" }}\n");
        desk.bench.write("a/marsad.toml", settings + &hook);
        desk.bench.variables = vec![
            ("MARSAD_MAX_TOKEN", TOKEN.to_owned()),
            ("MARSAD_MAX_HOOK_SECRET", SECRET.to_owned()),
        ];
        desk.run(&["sources", "add", &format!("max:{weather}")]);
        let delivering = deliver(api.clone(), now_ms);
        let others = [family, elsewhere];
        Self { api, weather, others, desk, listen, metrics, _delivering: delivering }
    }

    /// Starts the watch and waits until news come by the hook.
    fn start(&self) -> Child {
        let watch =
            self.desk.bench.spawn_heard(&["--archive", "a", "watch", "--metrics", &self.metrics]);
        self.wait("live", &|figure| figure("marsad_stream_live{stream=\"max\"}") == Some(1));
        watch
    }

    fn wait(&self, what: &str, holds: &dyn Fn(&Figure<'_>) -> bool) {
        let mut seen = String::new();
        for _ in 0..600 {
            std::thread::sleep(Duration::from_millis(50));
            if TcpStream::connect(&self.metrics).is_err() {
                continue;
            }
            seen = scraped(&self.metrics);
            let figure = |name: &str| -> Option<u64> {
                let line = seen.lines().find(|line| line.starts_with(name))?;
                line.rsplit_once(' ')?.1.parse().ok()
            };
            if holds(&figure) {
                return;
            }
        }
        panic!("{what}: {seen}");
    }

    fn wait_posts(&self, posts: u64) {
        self.wait("posts", &|figure| figure("marsad_posts_total") == Some(posts));
    }

    /// Waits until everything was received.
    fn wait_delivered(&self) {
        for _ in 0..600 {
            std::thread::sleep(Duration::from_millis(50));
            if self.api.undelivered() == 0 {
                assert_eq!(self.api.given_up(), 0);
                return;
            }
        }
        panic!("{} deliveries wait", self.api.undelivered());
    }

    /// Something happens everywhere; of that the watcher is to know one post.
    fn happens(&self, text: &str) -> String {
        for chat in self.others {
            self.api.post(chat, now_ms(), Draft::text(LUNCH).by("Anna Oddname")).unwrap();
        }
        self.api.post(self.weather, now_ms(), Draft::text(text)).unwrap()
    }

    /// Delivers these bytes; gives the status of the answer.
    fn deliver(&self, secret: Option<&str>, body: &[u8]) -> u16 {
        let secret = secret.map(|secret| format!("X-Max-Bot-Api-Secret: {secret}\r\n"));
        let head = format!(
            "POST /max HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
            secret.unwrap_or_default(),
            body.len()
        );
        said(&self.listen, &[head.as_bytes(), body].concat())
    }

    fn update(&self, kind: &str, at: i64, mid: &str, text: &str) -> Value {
        json!({"update_type": kind, "timestamp": at, "message": {
            "recipient": {"chat_id": self.weather, "chat_type": "channel"}, "timestamp": at,
            "body": {"mid": mid, "seq": 7, "text": text}}})
    }

    /// The last known texts are those that are up; no version stands twice; nothing of anybody else is
    /// in any file; and the evidence gives the same again.
    fn is_true(&self) -> Vec<Value> {
        let lines = self.desk.lines();
        let (held, up) = (held(&lines), up_of(&self.api.truth(), &self.weather.to_string()));
        assert_eq!(
            held.symmetric_difference(&up).collect::<Vec<_>>(),
            Vec::<&(String, String)>::new()
        );
        let names: BTreeSet<_> = lines
            .iter()
            .map(|l| (l["id"].to_string(), l["text"].to_string(), l["deleted_at"].is_null()))
            .collect();
        assert_eq!(names.len(), lines.len(), "no version twice");
        self.desk.bench.good(&["--archive", "a", "evidence", "status"]);
        self.desk.bench.good(&["--archive", "a", "rebuild"]);
        assert_eq!(self.desk.lines(), lines);
        for nobodys in [LUNCH, "Oddname", "Family", "Elsewhere", TOKEN, SECRET] {
            self.desk.is_clean_of(nobodys);
        }
        lines
    }
}

/// The last known text of every post that is not known to be gone, in whatever order the versions came.
fn held(lines: &[Value]) -> BTreeSet<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let order = |line: &Value| {
        (time(&line["edited_at"]), time(&line["observed_at"]), line["version"].as_u64())
    };
    let mut posts: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for line in lines {
        posts.entry(text(line, "id")).or_default().push(line);
    }
    posts.retain(|_, versions| versions.iter().all(|line| line["deleted_at"].is_null()));
    let last = |versions: Vec<&Value>| {
        text(versions.into_iter().max_by_key(|line| order(line)).unwrap(), "text")
    };
    posts.into_iter().map(|(id, versions)| (id, last(versions))).collect()
}

fn free() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().to_string()
}

/// Says something to a server; gives the status that it answers with, 0 where it hangs up.
fn said(address: &str, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    // It may have answered and hung up before it has read all.
    stream.write_all(bytes).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

#[test]
fn what_is_delivered_is_kept_before_it_is_answered_and_a_death_loses_nothing() {
    let world = World::new();
    let mut watch = world.start();
    assert_eq!(world.api.subscribed(), [format!("http://{}/max", world.listen)]);
    world.wait_posts(20);
    let mid = world.happens("Gale warning");
    world.wait_posts(21);
    world.api.edit(&mid, now_ms(), "Gale warning from 19:00").unwrap();
    world.wait("edit", &|figure| figure("marsad_versions_total") == Some(1));
    let gone = world.happens("Sunny everywhere");
    world.wait_posts(22);
    world.api.delete(&gone, now_ms()).unwrap();
    world.wait_delivered();

    // In the middle of more of the same it dies, and more happens while it is dead.
    for round in 0..30 {
        world.happens(&format!("Platform {round} closed"));
        std::thread::sleep(Duration::from_millis(7));
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
    let mids: Vec<String> = (0..12).map(|n| world.happens(&format!("Fog at {n}"))).collect();
    std::thread::sleep(Duration::from_millis(30));
    for mid in &mids[..4] {
        world.api.edit(mid, now_ms(), &format!("Fog, told again in {mid}")).unwrap();
    }
    for mid in &mids[2..8] {
        world.api.delete(mid, now_ms()).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(world.api.undelivered() > 20, "{} wait", world.api.undelivered());
    let watch = world.start();
    world.happens("All lines run");
    world.wait_delivered();
    stop(watch);

    // Nobody asked for what is delivered, and what was deleted unseen by any visit is known.
    let log = world.api.gate().log();
    assert!(!log.iter().any(|seen| seen.path.contains("/updates")), "{log:?}");
    let subscribed = log.iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(subscribed, 1, "it stood at the second start");
    assert_eq!(world.api.subscribed().len(), 1, "and stands when the watch has stopped");
    let lines = world.is_true();
    let deleted: BTreeSet<&str> = lines
        .iter()
        .filter(|line| !line["deleted_at"].is_null())
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let expected: BTreeSet<&str> = mids[2..8].iter().chain([&gone]).map(String::as_str).collect();
    assert_eq!(deleted, expected);
    let list = world.desk.run(&["sources", "list"]);
    let states: Vec<_> = rows(&list)
        .iter()
        .map(|row| (row["source"].as_str().unwrap(), row["state"].as_str().unwrap()))
        .collect();
    assert!(states.contains(&("max:updates", "account")), "{list}");
}

#[test]
fn who_does_not_show_the_secret_is_refused_and_no_bytes_do_harm() {
    let world = World::new();
    let watch = world.start();
    world.wait_posts(20);
    let body =
        |text: &str| world.update("message_created", now_ms(), "mid.forged", text).to_string();
    let forged = body("A forged warning");
    for secret in [None, Some(""), Some("s3cret_of-the-hooc"), SECRET.get(1..)] {
        assert_eq!(world.deliver(secret, forged.as_bytes()), 401, "{secret:?}");
    }
    let large = body(&"Quokkafield ".repeat(200_000));
    assert_eq!(world.deliver(Some(SECRET), large.as_bytes()), 413);
    let get = format!(
        "GET /max HTTP/1.1\r\nHost: x\r\nX-Max-Bot-Api-Secret: {SECRET}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(said(&world.listen, get.as_bytes()), 405);
    let chunked = format!(
        "POST /max HTTP/1.1\r\nHost: x\r\nX-Max-Bot-Api-Secret: {SECRET}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    // Of one that lies about its length, or never ends, nothing is taken.
    let piece = format!("{:x}\r\n{}\r\n", 1 << 16, "B".repeat(1 << 16));
    assert_eq!(said(&world.listen, [chunked.as_str(), &piece.repeat(20)].concat().as_bytes()), 413);
    assert_eq!(
        said(&world.listen, &[0x16, 0x03, 0x01, 0x02, 0x00, b'\r', b'\n', b'\r', b'\n']),
        400
    );
    let head = format!("POST / HTTP/1.1\r\nX: {}\r\n\r\n", "y".repeat(1 << 16));
    assert!([431, 0].contains(&said(&world.listen, head.as_bytes())));
    // What is no update is nobody's.
    let mut word = 0x5eed_u64;
    let mut unread = 0;
    for round in 0..60_usize {
        let mut bytes = forged.clone().into_bytes();
        for _ in 0..=round % 5 {
            word = word
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (word >> 33) as usize % bytes.len();
            if round % 3 == 0 { bytes.truncate(at.max(1)) } else { bytes[at] = (word >> 25) as u8 }
        }
        let status = world.deliver(Some(SECRET), &bytes);
        // A changed byte may leave an update of another chat, or one of this channel.
        assert!([200, 400].contains(&status), "{status} {:?}", String::from_utf8_lossy(&bytes));
        unread += u64::from(status == 400);
    }
    for none in ["", "{", "[]", "7", "{}", "{\"updates\":[]}", &"[".repeat(100_000)] {
        assert_eq!(world.deliver(Some(SECRET), none.as_bytes()), 400);
        unread += 1;
    }
    // Of a private chat nothing is kept, by whatever name it comes.
    let mut private = world.update("message_created", now_ms(), "mid.private", LUNCH);
    private["message"]["recipient"]["chat_id"] = json!(world.others[0]);
    assert_eq!(world.deliver(Some(SECRET), private.to_string().as_bytes()), 200);
    let person = json!({"update_type": "user_added", "timestamp": 1, "chat_id": world.weather,
        "user": {"user_id": 7, "first_name": "Anna Oddname"}, "is_channel": true});
    assert_eq!(world.deliver(Some(SECRET), person.to_string().as_bytes()), 200);
    // The very same delivery again is known, and all the same received.
    let twice = world.update("message_created", now_ms(), "mid.twice", "Wind 12 kn").to_string();
    for _ in 0..3 {
        assert_eq!(world.deliver(Some(SECRET), twice.as_bytes()), 200);
    }
    world.wait("counts", &|figure| {
        let became =
            |word: &str| figure(&format!("marsad_hook_requests_total{{became=\"{word}\"}}"));
        let is_so = [became("wrong_secret"), became("again"), became("unread")];
        is_so == [Some(4), Some(2), Some(unread)] && became("unfit") == Some(3)
    });
    let said = stop(watch);
    assert!(said.contains("max: something was delivered without the secret"), "{said}");
    assert!(!said.contains("panicked") && !said.contains(SECRET), "{said}");
    let lines = world.desk.lines();
    assert_eq!(lines.iter().filter(|line| line["id"] == "mid.twice").count(), 1);
    for nobodys in [LUNCH, "Oddname", "Quokkafield", SECRET] {
        world.desk.is_clean_of(nobodys);
    }
    world.desk.bench.good(&["--archive", "a", "evidence", "status"]);
}

#[test]
fn what_comes_late_is_not_taken_for_newer_than_what_a_visit_saw() {
    let world = World::new();
    let watch = world.start();
    world.wait_posts(20);
    let last = world.desk_last();
    let hour = 3_600_000;
    let told = now_ms() - 2 * hour;
    let deliver = |update: &Value| {
        assert_eq!(world.deliver(Some(SECRET), update.to_string().as_bytes()), 200);
    };
    // A visit has seen its last text; what it was before comes now, hours later.
    deliver(&world.update("message_created", told, &last, "Hour 19: wind unknown"));
    // Of one that no visit saw the end comes first, then an edit, then the beginning.
    let removed = json!({"update_type": "message_removed", "timestamp": told + 900,
        "message_id": "mid.short", "chat_id": world.weather, "user_id": 7});
    deliver(&removed);
    world.wait("kept", &|figure| figure("marsad_stream_frames_total") == Some(2));
    std::thread::sleep(Duration::from_secs(21)); // the removal is filed
    deliver(&world.update("message_edited", told + 500, "mid.short", "Fog until two"));
    deliver(&world.update("message_created", told, "mid.short", "Fog until noon"));
    world.wait("kept", &|figure| figure("marsad_stream_frames_total") == Some(4));
    stop(watch);
    let lines = world.desk.lines();
    assert_eq!(held(&lines), up_of(&world.api.truth(), &world.weather.to_string()));
    let of = |id: &str| -> Vec<&Value> { lines.iter().filter(|line| line["id"] == id).collect() };
    let times: Vec<_> = of(&last).iter().map(|line| line["observed_at"].to_string()).collect();
    assert_eq!(of(&last).len(), 2);
    assert!(times[0] != times[1], "{times:?}");
    let gone: Vec<_> = of("mid.short").iter().map(|line| line["deleted_at"].clone()).collect();
    assert!(gone.iter().any(Value::is_string), "{gone:?}");
    world.desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(world.desk.lines(), lines);
}

impl World {
    /// The settings, without the hook.
    fn without_hook(&self) -> String {
        let settings = std::fs::read_to_string(self.desk.bench.path("a/marsad.toml")).unwrap();
        let lines: Vec<&str> = settings.lines().filter(|line| !line.starts_with("hook")).collect();
        lines.join("\n") + "\n"
    }

    /// The id of the newest post.
    fn desk_last(&self) -> String {
        let truth = self.api.truth();
        let weather = self.weather.to_string();
        truth.posts.iter().rfind(|post| post.channel == weather).unwrap().post.clone()
    }
}

/// Erases a post that came as news, and sees it told of again.
fn erased_is_not_kept_again(world: &World) {
    let watch = world.start();
    world.wait_posts(20);
    let mid = world.happens("Gale warning for Tadoussac");
    world.wait_posts(21);
    world.wait_delivered();
    stop(watch);
    let post = format!("max:{}/{mid}", world.weather);
    let prove = ["--archive", "a", "evidence", "prove", &post, "--out", "post.wacz"];
    world.desk.bench.good(&prove);
    let mut bundle = std::fs::File::open(world.desk.bench.path("post.wacz")).unwrap();
    assert!(marsad_evidence::check_bundle(&mut bundle, None).unwrap().is_sound());
    let erased =
        world.desk.run(&["evidence", "erase", "--reason", "asked for by the station", &post]);
    assert!(erased["posts"].as_u64() > Some(0), "{erased}");
    let folder = world.desk.bench.path("a");
    assert_eq!(crate::forget::holders_in(&folder, "Tadoussac"), Vec::<String>::new());
    let watch = world.start();
    world.api.edit(&mid, now_ms(), "Gale warning for Tadoussac, again").unwrap();
    world.happens("All lines run");
    world.wait_posts(1);
    world.wait_delivered();
    stop(watch);
    assert_eq!(crate::forget::holders_in(&folder, "Tadoussac"), Vec::<String>::new());
    let lines = world.desk.lines();
    assert!(!lines.iter().any(|line| line["id"] == *mid));
    assert!(lines.iter().any(|line| line["text"] == "All lines run"));
    world.desk.bench.good(&["--archive", "a", "evidence", "status"]);
    world.desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(world.desk.lines(), lines);
}

#[test]
fn what_cannot_be_kept_in_time_is_put_off_and_comes_again() {
    let world = World::new();
    let settings = std::fs::read_to_string(world.desk.bench.path("a/marsad.toml")).unwrap();
    world.desk.bench.write("a/marsad.toml", format!("timeout_s = 14\n{settings}"));
    let watch = world.start();
    world.wait_posts(20);
    stop(watch);
    // The platform delivers, and does not answer: until then nobody knows what came first.
    world.api.gate().set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::Silence])));
    let asked = world.api.gate().log().len();
    let watch =
        world.desk.bench.spawn_heard(&["--archive", "a", "watch", "--metrics", &world.metrics]);
    while !world.api.gate().log().iter().skip(asked).any(|seen| !seen.path.contains("subscr")) {
        std::thread::sleep(Duration::from_millis(50));
    }
    world.happens("Gale warning");
    world.wait("put off", &|figure| {
        figure("marsad_hook_requests_total{became=\"put_off\"}") == Some(1)
            && figure("marsad_stream_frames_total") == Some(0)
    });
    assert!(world.api.undelivered() > 0);
    world.api.gate().set_faults(None);
    world.wait_posts(1);
    world.wait_delivered();
    stop(watch);
    world.is_true();
}

#[test]
fn an_erased_post_that_is_delivered_again_is_received_and_not_kept() {
    let world = World::new();
    erased_is_not_kept_again(&world);
    assert_eq!(world.api.given_up(), 0);
}

#[test]
fn an_erased_post_that_a_long_poll_tells_of_again_is_not_kept() {
    let world = World::new();
    world.desk.bench.write("a/marsad.toml", world.without_hook());
    for chat in [world.weather, world.others[0]] {
        world.api.set_bot(chat, now_ms() - 10, true).unwrap();
    }
    erased_is_not_kept_again(&world);
    assert!(world.api.gate().log().iter().any(|seen| seen.path.contains("/updates")));
    assert!(world.api.subscribed().is_empty());
}

#[test]
fn what_an_answer_says_of_others_stays_when_a_post_of_it_is_erased() {
    let world = World::new();
    world.desk.bench.write("a/marsad.toml", world.without_hook());
    let gone = world.desk_last();
    let watch = world.start();
    world.wait_posts(20);
    // One answer tells of both.
    let at = now_ms() + 200;
    world.api.delete(&gone, at).unwrap();
    let mid = world.api.post(world.weather, at, Draft::text("Gale over Tadoussac")).unwrap();
    world.wait_posts(21);
    stop(watch);
    let deleted = |world: &World| -> Vec<String> {
        let lines = world.desk.lines();
        let deleted = lines.iter().filter(|line| line["deleted_at"].is_string());
        deleted.map(|line| format!("{} {}", line["id"], line["deleted_at"])).collect()
    };
    let before = deleted(&world);
    assert_eq!(before.len(), 1);
    let post = format!("max:{}/{mid}", world.weather);
    world.desk.run(&["evidence", "erase", "--reason", "asked for by the station", &post]);
    let folder = world.desk.bench.path("a");
    assert_eq!(crate::forget::holders_in(&folder, "Tadoussac"), Vec::<String>::new());
    assert_eq!(deleted(&world), before);
    assert_eq!(world.desk.lines().len(), 21);
}

#[test]
fn what_is_missing_is_said_in_one_sentence_and_a_subscription_can_be_ended() {
    let mut world = World::new();
    let watch = ["--archive", "a", "watch"];
    let hook = ["sources", "hook", "max"];
    assert_eq!(world.desk.run(&hook)["subscriptions"], 0);
    stop(world.start());
    let listed = world.desk.run(&hook);
    let row = &rows(&listed)[0];
    assert_eq!((&row["ours"], listed["subscriptions"].as_u64()), (&json!(true), Some(1)));
    // Long polling says why it has no news.
    let with_hook = std::fs::read_to_string(world.desk.bench.path("a/marsad.toml")).unwrap();
    world.desk.bench.write("a/marsad.toml", world.without_hook());
    let polled =
        world.desk.bench.spawn_heard(&["--archive", "a", "watch", "--metrics", &world.metrics]);
    world.wait("polled", &|figure| figure("marsad_stream_live{stream=\"max\"}") == Some(0));
    std::thread::sleep(Duration::from_millis(1500));
    assert!(stop(polled).contains("`marsad sources hook max` shows it"));
    let (told, _) = texts(&world.desk.bench.run(&["--archive", "a", "doctor"]));
    assert!(told.contains("no live news of max:updates"), "{told}");
    let said = world.desk.bench.bad(2, &["--archive", "a", "sources", "hook", "max", "--remove"]);
    assert!(said.contains("say which with --url"), "{said}");
    world.desk.bench.write("a/marsad.toml", &with_hook);
    let removed = world.desk.run(&["sources", "hook", "max", "--remove"]);
    assert_eq!(removed["removed"], format!("http://{}/max", world.listen));
    assert!(world.api.subscribed().is_empty());
    let said = world.desk.bench.bad(1, &["--archive", "a", "sources", "hook", "max", "--remove"]);
    assert!(said.contains("MAX did not end the subscription of"), "{said}");

    world.desk.bench.write("a/marsad.toml", with_hook.replace("/max\"", "/max\", tls = true"));
    assert!(world.desk.bench.bad(2, &watch).contains("unknown field"), "a setting of its own");
    world
        .desk
        .bench
        .write("a/marsad.toml", with_hook.replace("http://127", "http://desk.example/127"));
    let said = world.desk.bench.bad(2, &watch);
    assert!(said.contains("does not begin with https://"), "{said}");
    world.desk.bench.write("a/marsad.toml", &with_hook);
    let _taken = std::net::TcpListener::bind(&world.listen).unwrap();
    let said = world.desk.bench.bad(1, &watch);
    assert!(
        said.starts_with(&format!("error: cannot take deliveries at {}", world.listen)),
        "{said}"
    );
    for (secret, why) in
        [("", "is open to everybody without a secret"), ("1234", "MAX does not take")]
    {
        world.desk.bench.variables[1].1 = secret.to_owned();
        let said = world.desk.bench.bad(2, &watch);
        assert!(said.contains(why) && said.contains("MARSAD_MAX_HOOK_SECRET"), "{said}");
    }
}
