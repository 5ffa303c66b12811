//! The watch against a stateful t.me on a local port: real sockets, real process, real time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use marsad_mock::telegram::{Draft, Status};
use marsad_mock::{Faults, Served, Telegram, serve};
use serde_json::Value;

use crate::bench::{Bench, rows, texts};

const RAIL: &str = "telegram:railnotices";

#[expect(clippy::disallowed_methods, reason = "the mock lives in the real time of the program")]
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A watched world: the mock, its port, and an archive that is told where it is.
struct Desk {
    mock: Arc<Telegram>,
    _served: Served,
    bench: Bench,
}

impl Desk {
    /// Channels with so many posts each, an hour apart, the last one an hour ago.
    fn new(channels: &[(&str, i64)]) -> Self {
        Self::with_clock(channels, now_ms)
    }

    /// The same, on a platform whose own clock this is.
    fn with_clock(
        channels: &[(&str, i64)],
        clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        let mock = Arc::new(Telegram::new());
        for (name, posts) in channels {
            let begin = now_ms() - posts * 3_600_000 - 3_600_000;
            mock.add_channel(name, &format!("Desk {name}"), 1100, begin);
            for hour in 0..*posts {
                let text = format!("{name}: hour {hour}, wind {} kn, visibility good", hour % 17);
                let draft = if hour % 9 == 4 { Draft::album(2, text) } else { Draft::text(text) };
                mock.post(name, begin + hour * 3_600_000, draft).unwrap();
            }
        }
        let served = serve(mock.clone(), clock).unwrap();
        let bench = Bench::new();
        bench.good(&["--archive", "a", "init"]);
        let settings =
            format!("poll_s = 1\n[telegram]\nurl = \"{}\"\nrequests_per_s = 500\n", served.url());
        bench.write("a/marsad.toml", settings);
        Self { mock, _served: served, bench }
    }

    fn run(&self, arguments: &[&str]) -> Value {
        self.bench.json(&[&["--archive", "a"], arguments].concat())
    }

    /// Every line of the archive that speaks of a post: (channel, id, version) to the line.
    fn posts(&self) -> BTreeMap<(String, String, u64), Value> {
        self.bench.good(&["--archive", "a", "export", "ndjson", "--out", "all.ndjson"]);
        let written = std::fs::read_to_string(self.bench.path("all.ndjson")).unwrap();
        let lines = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let posts = lines.filter(|line| line["kind"] == "post").map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            ((text("channel"), text("id"), line["version"].as_u64().unwrap()), line)
        });
        posts.collect()
    }

    /// What the archive should hold of the posts that are up.
    fn expected(&self) -> BTreeSet<(String, String)> {
        let truth = self.mock.truth();
        let up = truth.posts.iter().filter(|post| post.is_up(now_ms()));
        up.map(|post| (post.post.clone(), post.text(now_ms()).unwrap().to_owned())).collect()
    }

    fn held(&self) -> BTreeSet<(String, String)> {
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        self.posts().values().map(|line| (text(line, "id"), text(line, "text"))).collect()
    }
}

#[test]
fn one_pass_reads_everything_and_the_next_adds_nothing() {
    let desk = Desk::new(&[("railnotices", 70), ("coastweather", 3)]);
    let added = desk.run(&["sources", "add", RAIL, "https://t.me/coastweather"]);
    assert_eq!(added["added"], 2);
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["sources"], 2);
    assert_eq!(report["posts_added"], 73);
    assert_eq!((&report["problems"], &report["deleted"]), (&0.into(), &0.into()));
    assert_eq!(desk.held(), desk.expected());
    let posts = desk.posts();
    let first = posts.values().next().unwrap();
    assert_eq!(first["channel"], "1900000001");
    assert_eq!(first["published_resolution_s"], 1);
    assert!(first["observed_at"].is_string());
    let again = desk.run(&["watch", "--once"]);
    assert_eq!((&again["posts_added"], &again["versions_added"]), (&0.into(), &0.into()));
    desk.bench.good(&["--archive", "a", "evidence", "status"]);
    // A handle and a number are one channel.
    let audience = desk.run(&["measure", "audience", "--channel", "railnotices"]);
    assert!(rows(&audience).iter().any(|row| row["subscribers"] == 1100), "{audience}");
    assert!(rows(&audience).iter().all(|row| row["channel"] == "telegram:1900000001"));
}

#[test]
fn edits_and_deletions_are_versions_and_a_rebuild_gives_the_same() {
    let desk = Desk::new(&[("railnotices", 45)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["watch", "--once"]);
    desk.mock.edit("railnotices", 40, now_ms() - 10, "Platform 4 closed").unwrap();
    desk.mock.delete("railnotices", 12, now_ms() - 10).unwrap();
    desk.mock.post("railnotices", now_ms() - 10, Draft::text("Line 3: every 20 minutes")).unwrap();
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 1);
    assert_eq!(report["versions_added"], 1);
    assert_eq!(report["deleted"], 1);
    let posts = desk.posts();
    let line = |id: &str, version| &posts[&("1900000001".to_owned(), id.to_owned(), version)];
    assert_eq!(line("40", 2)["text"], "Platform 4 closed");
    assert!(line("12", 2)["deleted_at"].is_string());
    assert_eq!(line("12", 2)["text"], line("12", 1)["text"]);
    assert_eq!(line("12", 2)["published_at"], line("12", 1)["published_at"]);
    // Found once is found.
    assert_eq!(desk.run(&["watch", "--once"])["deleted"], 0);
    let before = desk.posts();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.posts(), before);
    // The second look knows when the first was, and a new post came between.
    let new = posts.values().find(|line| line["text"] == "Line 3: every 20 minutes").unwrap();
    assert!(new["observed_prev_at"].as_str() < new["observed_at"].as_str());
}

#[test]
fn what_is_not_public_is_refused_and_not_watched() {
    let desk = Desk::new(&[("harbourchat", 3)]);
    desk.mock.set_status("harbourchat", now_ms() - 10, Status::Group { online: 41 }).unwrap();
    let sentence = desk.bench.bad(1, &["--archive", "a", "sources", "add", "telegram:harbourchat"]);
    let expected =
        "error: telegram:harbourchat is not a public channel; Marsad watches public channels only";
    assert!(sentence.contains(expected), "{sentence}");
    assert_eq!(rows(&desk.run(&["sources", "list"])).len(), 0);
    let sentence = desk.bench.bad(1, &["--archive", "a", "sources", "add", "https://t.me/+AbCdEf"]);
    assert!(sentence.contains("is not a public channel"), "{sentence}");
    assert_eq!(desk.posts().len(), 0);
    let sentence = desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
    assert!(sentence.contains("nothing is watched"), "{sentence}");
}

#[test]
fn a_channel_that_is_gone_is_told_and_blindness_is_not_taken_for_it() {
    let desk = Desk::new(&[("railnotices", 5), ("steadydesk", 5)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["sources", "add", "--canary", "telegram:steadydesk"]);
    desk.run(&["watch", "--once"]);
    // Everything looks gone, the steady channel too: that is us.
    for name in ["railnotices", "steadydesk"] {
        desk.mock.set_status(name, now_ms() - 10, Status::Gone).unwrap();
    }
    let sentence = desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
    assert!(sentence.contains("so this one is not taken for gone"), "{sentence}");
    let list = desk.run(&["sources", "list"]);
    assert!(rows(&list).iter().all(|row| row["status"] == "alive"), "{list}");
    desk.mock.set_status("steadydesk", now_ms() - 10, Status::Public).unwrap();
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["status_changes"], 1, "{report}");
    let list = desk.run(&["sources", "list"]);
    let row = rows(&list).iter().find(|row| row["source"] == RAIL).unwrap();
    assert_eq!(row["status"], "gone");
    desk.mock.set_status("railnotices", now_ms() - 10, Status::PreviewOff).unwrap();
    desk.run(&["watch", "--once"]);
    let list = desk.run(&["sources", "list"]);
    let row = rows(&list).iter().find(|row| row["source"] == RAIL).unwrap();
    assert_eq!(
        (&row["status"], &row["status_cause"]),
        (&"restricted".into(), &"preview_unavailable".into())
    );
}

#[test]
fn every_look_stands_in_the_ledger_with_how_it_went() {
    let desk = Desk::new(&[("railnotices", 5)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["watch", "--once"]);
    desk.run(&["watch", "--once"]);
    let outcomes = |desk: &Desk| -> Vec<(String, String)> {
        desk.posts();
        let written = std::fs::read_to_string(desk.bench.path("all.ndjson")).unwrap();
        let lines = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let coverage = lines.filter(|line| line["kind"] == "coverage");
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        coverage.map(|line| (text(&line, "channel"), text(&line, "outcome"))).collect()
    };
    let ok = ("1900000001".to_owned(), "ok".to_owned());
    assert_eq!(outcomes(&desk), [ok.clone(), ok.clone()]);
    desk.mock
        .gate()
        .set_faults(Some(Faults::new(1, 1.0).of(&[marsad_mock::FaultKind::Failed(403)])));
    desk.bench.write("a/marsad.toml", {
        let settings = std::fs::read_to_string(desk.bench.path("a/marsad.toml")).unwrap();
        settings.replace("poll_s = 1", "poll_s = 60")
    });
    desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
    let blocked = ("1900000001".to_owned(), "blocked".to_owned());
    assert_eq!(outcomes(&desk), [ok.clone(), ok, blocked]);
}

#[test]
fn faults_lose_nothing() {
    let desk = Desk::new(&[("railnotices", 120), ("coastweather", 60)]);
    desk.run(&["sources", "add", RAIL, "telegram:coastweather"]);
    let kinds = [
        marsad_mock::FaultKind::Failed(503),
        marsad_mock::FaultKind::CutShort,
        marsad_mock::FaultKind::Malformed,
    ];
    desk.mock.gate().set_faults(Some(Faults::new(7, 0.1).of(&kinds)));
    desk.run(&["watch", "--once"]);
    assert_eq!(desk.held(), desk.expected());
}

#[test]
fn ten_deaths_lose_nothing_and_nothing_comes_twice() {
    let desk = Desk::new(&[("railnotices", 150), ("coastweather", 90)]);
    desk.run(&["sources", "add", RAIL, "telegram:coastweather"]);
    for round in 0..10_u64 {
        let mut watch: Child = desk.bench.spawn(&["--archive", "a", "watch"]);
        std::thread::sleep(Duration::from_millis(60 + round * 67 % 500));
        let text = format!("Notice {round}: all lines run");
        desk.mock.post("railnotices", now_ms(), Draft::text(text)).unwrap();
        std::thread::sleep(Duration::from_millis(40 + round * 131 % 400));
        watch.kill().unwrap();
        watch.wait().unwrap();
    }
    desk.run(&["watch", "--once"]);
    assert_eq!(desk.held(), desk.expected());
    assert_eq!(desk.posts().len(), desk.expected().len(), "each once, in one version");
    desk.bench.good(&["--archive", "a", "evidence", "status"]);
    let before = desk.posts();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.posts(), before);
}

/// What a Prometheus would read.
pub(crate) fn scraped(address: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_running_watch_shows_its_figures_and_stops_when_told() {
    let desk = Desk::new(&[("railnotices", 30)]);
    desk.run(&["sources", "add", RAIL]);
    let address = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().to_string()
    };
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch", "--metrics", &address]);
    let figure = |name: &str| {
        let text = scraped(&address);
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok())
    };
    let waited = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        std::net::TcpStream::connect(&address).is_ok() && figure("marsad_posts_total") == Some(30)
    });
    assert!(waited, "{}", scraped(&address));
    let doctor = desk.bench.run(&["--archive", "a", "doctor"]);
    let (told, _) = texts(&doctor);
    assert!(told.contains("1 sources at 500.00 requests a second"), "{told}");
    let stop = std::process::Command::new("kill").arg(watch.id().to_string()).status().unwrap();
    assert!(stop.success());
    assert!(watch.wait().unwrap().success());
    // What was read was filed, though nobody waited for it.
    assert_eq!(desk.held(), desk.expected());
}

#[test]
fn erased_while_watched_is_erased() {
    let desk = Desk::new(&[("railnotices", 30)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["watch", "--once"]);
    let before = desk.posts();
    let erased = desk.bench.run(&[
        "--archive",
        "a",
        "evidence",
        "erase",
        "telegram:1900000001/9",
        "--reason",
        "asked for",
    ]);
    let (_, told) = texts(&erased);
    assert!(erased.status.success(), "{told}");
    assert!(told.contains("telegram:railnotices is still watched"), "{told}");
    let after = desk.posts();
    let id = |posts: &BTreeMap<(String, String, u64), Value>| -> BTreeSet<String> {
        posts.keys().map(|(_, id, _)| id.clone()).collect()
    };
    let gone: Vec<String> = id(&before).difference(&id(&after)).cloned().collect();
    assert_eq!(gone, ["9"]);
    desk.bench.good(&["--archive", "a", "evidence", "status"]);
}

/// Between two looks: what is published after the first one lies in a stretch that was watched.
fn a_while() {
    std::thread::sleep(Duration::from_millis(1200));
}

#[test]
fn ids_that_nobody_saw_bound_what_was_deleted_before_the_look() {
    let desk = Desk::new(&[("railnotices", 5)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["watch", "--once"]);
    a_while();
    let post = |draft| desk.mock.post("railnotices", now_ms(), draft).unwrap();
    let first = post(Draft::text("Platform 4 closed"));
    post(Draft::service("Rail pinned a message"));
    post(Draft::album(3, "Three pictures of the pier"));
    desk.mock.skip("railnotices", 2).unwrap();
    post(Draft::text("Line 3: every 20 minutes"));
    desk.run(&["watch", "--once"]);
    desk.mock.delete("railnotices", first, now_ms() - 10).unwrap();
    desk.run(&["watch", "--once"]);
    let removals = desk.run(&["measure", "removals"]);
    let row = &rows(&removals)[0];
    assert_eq!(row["channel"], "telegram:1900000001", "{removals}");
    let count = |name: &str| row[name].as_u64().unwrap();
    assert_eq!(["ids", "posts", "deleted_seen"].map(count), [8, 3, 1], "{removals}");
    assert_eq!(["service_ids", "album_ids", "erased_ids"].map(count), [1, 2, 0], "{removals}");
    assert_eq!(["unseen_min", "unseen_max", "gone_min"].map(count), [1, 2, 2], "{removals}");
    assert_eq!(removals["total"]["gone_share_min"], 0.5);
    let check = desk.run(&["sources", "check"]);
    let row = &rows(&check)[0];
    assert_eq!((&row["unseen_min"], &row["unseen_max"]), (&1.into(), &2.into()), "{check}");
    // All of it stands in the export, and in what is made again.
    desk.bench.good(&["--archive", "a", "export", "ndjson", "--out", "all.ndjson"]);
    desk.bench.json(&["--archive", "b", "import", "all.ndjson"]);
    let there = desk.bench.json(&["--archive", "b", "measure", "removals"]);
    assert_eq!(there["rows"], removals["rows"]);
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.run(&["measure", "removals"])["rows"], removals["rows"]);
    desk.bench.good(&["--archive", "a", "report", "--out", "r.html"]);
    let page = std::fs::read_to_string(desk.bench.path("r.html")).unwrap();
    assert!(page.contains("1 of 3 posts seen were later found gone, and 1 to 2 more"), "{page}");
}

/// The records of a bundle: its one file that is packed, a member a record.
fn unpacked(bundle: &[u8]) -> String {
    let magic: &[u8] = &[0x1f, 0x8b, 0x08];
    let start = bundle.windows(3).position(|window| window == magic).unwrap();
    let mut bytes = Vec::new();
    let mut members = flate2::read::MultiGzDecoder::new(&bundle[start..]);
    // What follows the last member is not packed: the decoder says so, and has read the rest.
    drop(members.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn what_was_erased_is_not_kept_again_though_its_platform_still_shows_it() {
    let desk = Desk::new(&[("railnotices", 45)]);
    desk.run(&["sources", "add", RAIL]);
    desk.run(&["watch", "--once"]);
    let id_of = |desk: &Desk, text: &str| {
        let posts = desk.posts();
        let line = posts.values().find(|line| line["text"].as_str().unwrap().contains(text));
        line.map(|line| line["id"].as_str().unwrap().to_owned())
    };
    let (gone, going) = (id_of(&desk, "hour 43,").unwrap(), "hour 43,");
    let folder = desk.bench.path("a");
    let post = format!("telegram:railnotices/{gone}");
    let erase = ["evidence", "erase", "--reason", "asked for by the station", &post];
    let erased = desk.run(&erase);
    assert!(erased["posts"].as_u64() > Some(0), "{erased}");
    assert_eq!(crate::forget::holders_in(&folder, going), Vec::<String>::new());
    let before = desk.posts();
    // Its neighbours are read again, and a new post stands on the same page.
    desk.mock.post("railnotices", now_ms() - 10, Draft::text("Line 3: every 20 minutes")).unwrap();
    let report = desk.run(&["watch", "--once"]);
    assert_eq!((&report["posts_added"], &report["versions_added"]), (&1.into(), &0.into()));
    assert_eq!(crate::forget::holders_in(&folder, going), Vec::<String>::new());
    let after = desk.posts();
    assert_eq!(after.len(), before.len() + 1);
    // The page is in the log with all its other bytes: the new post is proved by them.
    let new = id_of(&desk, "Line 3: every 20 minutes").unwrap();
    let proof = ["--archive", "a", "evidence", "prove", &format!("telegram:railnotices/{new}")];
    desk.bench.good(&[&proof[..], &["--out", "new.wacz"]].concat());
    let mut bundle = std::fs::File::open(desk.bench.path("new.wacz")).unwrap();
    assert!(marsad_evidence::check_bundle(&mut bundle, None).unwrap().is_sound());
    let packed = unpacked(&std::fs::read(desk.bench.path("new.wacz")).unwrap());
    assert!(packed.contains("tgme_widget_message") && packed.contains("Line 3: every 20"));
    assert!(packed.contains("Marsad-Erased-Left-Out: 1") && !packed.contains(going));
    desk.run(&["evidence", "status"]);
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.posts(), after);
    // Nor does it come back in a file.
    let line = |id: &str, text: &str| {
        crate::bench::post("telegram:railnotices", id, "2019-11-30T10:00:00Z", text)
    };
    desk.bench.write("f.ndjson", [line(&gone, going), line("900", "Fog")].concat());
    for added in [1, 0] {
        let import = desk.run(&["import", "f.ndjson"]);
        assert_eq!((&import["posts_added"], &import["left_out"]), (&added.into(), &1.into()));
    }
    assert_eq!(crate::forget::holders_in(&folder, going), Vec::<String>::new());
    // Lifting is a decision with a reason.
    desk.bench.bad(2, &["--archive", "a", "evidence", "lift", &post]);
    let other = ["--archive", "a", "evidence", "lift", "telegram:railnotices/7", "--reason", "x"];
    let sentence = desk.bench.bad(1, &other);
    assert!(sentence.contains("telegram:railnotices/7 is not marked as erased"), "{sentence}");
    let lift = ["evidence", "lift", &post, "--reason", "the station withdrew its request"];
    assert_eq!(desk.run(&lift)["lifted"], 1);
    desk.run(&["watch", "--once"]);
    assert_eq!(id_of(&desk, going), Some(gone));
    desk.run(&["evidence", "status"]);
}

#[test]
fn a_page_that_comes_again_unchanged_is_kept_once() {
    let began = now_ms();
    // Its pages bear the time at which they were made: they are the same while it stands still.
    let desk = Desk::with_clock(&[("railnotices", 30)], move || began);
    desk.run(&["sources", "add", RAIL]);
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
    std::thread::sleep(Duration::from_secs(6));
    let stop = std::process::Command::new("kill").arg(watch.id().to_string()).status().unwrap();
    assert!(stop.success() && watch.wait().unwrap().success());
    let folder = desk.bench.path("a");
    let counted = |kind| {
        let reader = marsad_evidence::Store::open_read(&folder.join("evidence")).unwrap();
        reader.count(kind).unwrap()
    };
    let again = counted(marsad_evidence::RecordKind::Revisit);
    assert!(again >= 2, "{again} pages came again");
    desk.run(&["evidence", "status"]);
    let everything = |desk: &Desk| {
        desk.posts();
        let written = std::fs::read_to_string(desk.bench.path("all.ndjson")).unwrap();
        let mut lines: Vec<String> = written.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let before = everything(&desk);
    assert!(before.iter().filter(|line| line.contains("\"channel\"")).count() > 30);
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(everything(&desk), before, "every look is made again from the one page");
    // Whoever goes, goes from the page and from everything that refers to it.
    let erase = ["evidence", "erase", "telegram:railnotices/31", "--reason", "asked for"];
    assert!(desk.run(&erase)["posts"].as_u64() > Some(again));
    assert_eq!(crate::forget::holders_in(&folder, "hour 27,"), Vec::<String>::new());
    desk.run(&["evidence", "status"]);
    let kept: Vec<String> =
        before.into_iter().filter(|line| !line.contains("\"id\":\"31\"")).collect();
    assert_eq!(everything(&desk), kept);
}
