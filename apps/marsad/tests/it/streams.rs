//! Live streams: a workspace's realtime interface and a homeserver's sync, read by the real process
//! over real sockets, while visits come once an hour.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use marsad_mock::{Matrix, RocketChat, matrix, rocketchat};

use crate::bench::rows;
use crate::platforms::{Desk, now_ms, up_of};
use crate::watch::scraped;

const SLOW: &str = "poll_s = 3600\n";

/// The figures of a name, one for each of its labels.
type Figures<'a> = dyn Fn(&str) -> Vec<u64> + 'a;

/// A workspace and a homeserver, each with a channel that is watched and one that is nobody's business.
struct World {
    chat: Arc<RocketChat>,
    weather: String,
    lunch: String,
    home: Arc<Matrix>,
    coast: String,
    editors: String,
    tokens: [String; 2],
    desk: Desk,
    metrics: String,
}

impl World {
    fn new() -> Self {
        let begin = now_ms() - 1_000_000;
        let chat = Arc::new(RocketChat::new());
        chat.set_rate(None);
        let login = chat.add_user("desk", "p");
        let weather = chat.add_channel("weather", "Weather", 1100, begin);
        let lunch = chat.add_channel("lunch", "Lunch", 3, begin);
        let home = Arc::new(Matrix::new());
        let token = home.add_user("desk", "p");
        let coast = home.add_room("coast", "Coast Weather", 12, begin);
        let editors = home.add_room("editors", "Editors", 3, begin);
        home.set_visibility(&editors, begin + 1, matrix::Visibility::Joined).unwrap();
        for room in [&coast, &editors] {
            home.join("desk", room, begin + 2).unwrap();
        }
        for hour in 0..20 {
            let text = format!("Hour {hour}: wind {} kn", hour % 17);
            chat.post(&weather, begin + 10 + hour, rocketchat::Draft::text(&text)).unwrap();
            home.post(&coast, begin + 10 + hour, matrix::Draft::text(&text)).unwrap();
        }
        let mut desk = Desk::of(SLOW, &[("rocketchat", chat.clone()), ("matrix", home.clone())]);
        desk.bench.variables = vec![
            ("MARSAD_ROCKETCHAT_USER", login.user_id.clone()),
            ("MARSAD_ROCKETCHAT_TOKEN", login.token.clone()),
            ("MARSAD_MATRIX_TOKEN", token.clone()),
        ];
        desk.run(&[
            "sources",
            "add",
            "rocketchat:chat.example.org/weather",
            "matrix:#coast:marsad.test",
        ]);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let metrics = free.local_addr().unwrap().to_string();
        let tokens = [login.token, token];
        Self { chat, weather, lunch, home, coast, editors, tokens, desk, metrics }
    }

    fn start(&self) -> Child {
        self.desk.bench.spawn_heard(&["--archive", "a", "watch", "--metrics", &self.metrics])
    }

    /// Waits until the figures are so; of several with one name, each.
    fn wait(&self, what: &str, holds: &dyn Fn(&Figures<'_>) -> bool) {
        let mut seen = String::new();
        for _ in 0..600 {
            std::thread::sleep(Duration::from_millis(50));
            if std::net::TcpStream::connect(&self.metrics).is_err() {
                continue;
            }
            seen = scraped(&self.metrics);
            let figures = |name: &str| -> Vec<u64> {
                let lines = seen.lines().filter(|line| line.starts_with(name));
                lines.filter_map(|line| line.rsplit_once(' ')?.1.parse().ok()).collect()
            };
            if holds(&figures) {
                return;
            }
        }
        panic!("{what}: {seen}");
    }

    fn wait_live(&self, streams: usize) {
        self.wait("live", &|figures| {
            let live = figures("marsad_stream_live{");
            live.len() == streams && live.iter().all(|is| *is == 1)
        });
    }

    /// Something happens everywhere; of that the watcher is to know two posts.
    fn happens(&self, what: &str) -> [String; 2] {
        // The stand-in tells of a time that has not come yet to nobody who looked away.
        let at = now_ms() + 100;
        self.chat.post(&self.lunch, at, rocketchat::Draft::text("Soup of the day")).unwrap();
        self.home.post(&self.editors, at, matrix::Draft::text("Soup of the day")).unwrap();
        let said = self.chat.post(&self.weather, at, rocketchat::Draft::text(what)).unwrap();
        [said, self.home.post(&self.coast, at, matrix::Draft::text(what)).unwrap()]
    }

    fn expected(&self) -> BTreeSet<(String, String)> {
        let mut up = up_of(&self.chat.truth(), &self.weather);
        up.extend(up_of(&self.home.truth(), &self.coast));
        up
    }
}

/// A time as it is written: without the zeros at its end, so that its letters have no order.
pub(crate) fn time(written: &serde_json::Value) -> Option<marsad_types::Timestamp> {
    written.as_str().map(|written| written.parse().unwrap())
}

pub(crate) fn stop(mut watch: Child) -> String {
    let told = std::process::Command::new("kill").arg(watch.id().to_string()).status().unwrap();
    assert!(told.success());
    let mut said = String::new();
    watch.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(watch.wait().unwrap().success(), "{said}");
    said
}

#[test]
fn news_come_without_a_visit_and_a_death_loses_and_doubles_nothing() {
    let world = World::new();
    let mut watch = world.start();
    world.wait_live(2);
    world.wait("backfill", &|figures| figures("marsad_posts_total") == [40]);
    let [said, sent] = world.happens("Gale warning");
    world.wait("news", &|figures| figures("marsad_posts_total") == [42]);
    let at = now_ms() + 100;
    world.chat.edit(&world.weather, &said, at, "Gale warning from 19:00").unwrap();
    world.home.edit(&world.coast, &sent, at, "Gale warning from 19:00").unwrap();
    world.wait("edits", &|figures| figures("marsad_versions_total") == [2]);
    let [gone, taken] = world.happens("Sunny everywhere");
    world.wait("more news", &|figures| figures("marsad_posts_total") == [44]);
    let at = now_ms() + 100;
    world.chat.delete(&world.weather, &gone, at).unwrap();
    world.home.delete(&world.coast, &taken, at).unwrap();

    // In the middle of more of the same it dies, and more happens while it is dead.
    for round in 0..20 {
        world.happens(&format!("Platform {round} closed"));
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(150));
    watch.kill().unwrap();
    watch.wait().unwrap();
    let [said, sent] = world.happens("Fog until noon");
    let at = now_ms() + 200;
    world.chat.edit(&world.weather, &said, at, "Fog until two").unwrap();
    world.home.edit(&world.coast, &sent, at, "Fog until two").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let watch = world.start();
    world.wait_live(2);
    world.happens("All lines run");
    std::thread::sleep(Duration::from_secs(2));
    stop(watch);

    assert_eq!(world.desk.held(), world.expected());
    let lines = world.desk.lines();
    let names: BTreeSet<_> = lines
        .iter()
        .map(|line| (line["channel"].to_string(), line["id"].to_string(), line["version"].as_u64()))
        .collect();
    assert_eq!(names.len(), lines.len(), "each once");
    let texts: BTreeSet<_> = lines
        .iter()
        .map(|l| (l["id"].to_string(), l["text"].to_string(), l["deleted_at"].is_null()))
        .collect();
    assert_eq!(texts.len(), lines.len(), "no version twice");
    for line in lines.iter().filter(|line| line["text"] == "Gale warning") {
        let [seen, said] = ["observed_at", "published_at"].map(|name| time(&line[name]).unwrap());
        assert!(seen >= said, "{line}");
    }
    world.desk.bench.good(&["--archive", "a", "evidence", "status"]);
    world.desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(world.desk.lines(), lines);
    for secret in ["Soup of the day", "@anna", "desk@example.org", "one_time_keys"]
        .into_iter()
        .chain(world.tokens.iter().map(String::as_str))
    {
        world.desk.is_clean_of(secret);
    }
    let list = world.desk.run(&["sources", "list"]);
    let states: Vec<_> = rows(&list)
        .iter()
        .map(|row| (row["source"].as_str().unwrap(), row["state"].as_str().unwrap()))
        .collect();
    let streams = states.iter().filter(|(_, state)| *state == "account").count();
    assert_eq!((states.len(), streams), (4, 2), "{list}");
}

#[test]
fn a_server_without_live_news_is_said_and_its_channels_are_read_by_visits() {
    let world = World::new();
    world.chat.set_realtime(false);
    let watch = world.start();
    world.wait("matrix alone", &|figures| {
        let mut live = figures("marsad_stream_live{");
        live.sort_unstable();
        live == [0, 1] && figures("marsad_posts_total") == [40]
    });
    let list = world.desk.run(&["sources", "list"]);
    let why = "the server opens no websocket (HTTP 404); its channels are read by visits alone";
    assert!(rows(&list).iter().any(|row| row["why"] == why), "{list}");
    let said = stop(watch);
    assert!(said.contains(&format!("no live news: {why}")), "{said}");
    assert!(!said.contains("error"), "{said}");
    assert_eq!(world.desk.held(), world.expected());
    let doctor = world.desk.bench.run(&["--archive", "a", "doctor"]);
    let (told, _) = crate::bench::texts(&doctor);
    assert!(told.contains("no live news of rocketchat:127.0.0.1"), "{told}");
}

#[test]
fn a_post_that_a_frame_brought_can_be_proved_and_erased() {
    let world = World::new();
    let watch = world.start();
    world.wait_live(2);
    world.wait("backfill", &|figures| figures("marsad_posts_total") == [40]);
    let [said, _] = world.happens("Gale warning");
    world.wait("news", &|figures| figures("marsad_posts_total") == [42]);
    stop(watch);
    assert!(world.desk.lines().iter().any(|line| line["text"] == "Gale warning"));
    let post = format!("rocketchat:chat.example.org%2Fweather/{said}");
    let prove = ["--archive", "a", "evidence", "prove", &post, "--out", "post.wacz"];
    world.desk.bench.good(&prove);
    let frames = scraped_frames(&world);
    assert!(frames > 0, "the post stands in a frame");
    let erase = ["--archive", "a", "evidence", "erase", &post, "--reason", "asked for"];
    world.desk.bench.good(&erase);
    assert_eq!(world.desk.lines().iter().filter(|line| line["text"] == "Gale warning").count(), 1);
    world.desk.bench.good(&["--archive", "a", "evidence", "status"]);
}

#[test]
fn an_erased_post_that_a_stream_tells_of_again_is_not_kept() {
    let world = World::new();
    let watch = world.start();
    world.wait_live(2);
    world.wait("backfill", &|figures| figures("marsad_posts_total") == [40]);
    let [said, sent] = world.happens("Gale warning for Tadoussac");
    world.wait("news", &|figures| figures("marsad_posts_total") == [42]);
    // An edit is an event of its own in a Matrix room, in an answer without what it edits.
    let at = now_ms() + 100;
    world.chat.edit(&world.weather, &said, at, "Gale over Tadoussac from 18:00").unwrap();
    world.home.edit(&world.coast, &sent, at, "Gale over Tadoussac from 18:00").unwrap();
    world.wait("edits", &|figures| figures("marsad_versions_total") == [2]);
    stop(watch);
    let folder = world.desk.bench.path("a");
    let (place, room) = ("rocketchat:chat.example.org%2Fweather", world.coast.replace('/', "%2F"));
    for post in [format!("{place}/{said}"), format!("matrix:{room}/{sent}")] {
        let erase = ["evidence", "erase", "--reason", "asked for by the station", &post];
        assert!(world.desk.run(&erase)["posts"].as_u64() > Some(0), "{post}");
    }
    assert_eq!(crate::forget::holders_in(&folder, "Tadoussac"), Vec::<String>::new());

    // Its platform still has it, and tells of it once more; what comes after it is kept.
    let watch = world.start();
    world.wait_live(2);
    let at = now_ms() + 100;
    world.chat.edit(&world.weather, &said, at, "Gale over Tadoussac from 19:00").unwrap();
    world.home.edit(&world.coast, &sent, at, "Gale over Tadoussac from 19:00").unwrap();
    std::thread::sleep(Duration::from_millis(400));
    let news = world.happens("Sunny everywhere");
    world.wait("news", &|figures| figures("marsad_posts_total") == [2]);
    stop(watch);
    assert_eq!(crate::forget::holders_in(&folder, "Tadoussac"), Vec::<String>::new());
    let lines = world.desk.lines();
    let has = |id: &String| lines.iter().any(|line| line["id"] == **id);
    assert_eq!(([&said, &sent].map(has), news.each_ref().map(has)), ([false; 2], [true; 2]));
    world.desk.bench.good(&["--archive", "a", "evidence", "status"]);
    world.desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(world.desk.lines(), lines);
}

/// Records of the log that are frames.
fn scraped_frames(world: &World) -> usize {
    let mut frames = 0;
    let mut folders = vec![world.desk.bench.path("a/evidence")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "zst") {
                let bytes = std::fs::read(&path).unwrap();
                let bytes = zstd::decode_all(bytes.as_slice()).unwrap_or_default();
                frames += memchr::memmem::find_iter(&bytes, b"Marsad-Reader: rocketchat-realtime")
                    .count();
            }
        }
    }
    frames
}
