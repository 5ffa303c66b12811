//! The watch on every other platform of the story, each against a stateful stand-in on a local port.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use marsad_mock::{
    BotApi, Faults, Matrix, Mock, RocketChat, Served, Truth, botapi, matrix, rocketchat, serve,
};
use serde_json::Value;

use crate::bench::{Bench, rows};

const TOKEN: &str = "s3cret-token-of-the-desk";

#[expect(clippy::disallowed_methods, reason = "the mock lives in the real time of the program")]
pub(crate) fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// An archive that is told where a platform is.
pub(crate) struct Desk {
    _served: Vec<Served>,
    pub(crate) bench: Bench,
}

impl Desk {
    fn new(platform: &str, mock: Arc<dyn Mock>) -> Self {
        Self::of("", &[(platform, mock)])
    }

    /// With settings of its own, and several platforms.
    pub(crate) fn of(settings: &str, mocks: &[(&str, Arc<dyn Mock>)]) -> Self {
        let bench = Bench::new();
        bench.good(&["--archive", "a", "init"]);
        let (mut settings, mut all) = (settings.to_owned(), Vec::new());
        for (platform, mock) in mocks {
            let served = serve(Arc::clone(mock), now_ms).unwrap();
            let url = served.url();
            let table = format!("[{platform}]\nurl = \"{url}\"\nrequests_per_s = 500\n");
            settings.push_str(&table);
            all.push(served);
        }
        bench.write("a/marsad.toml", settings);
        Self { _served: all, bench }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        self.bench.json(&[&["--archive", "a"], arguments].concat())
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.bench.good(&["--archive", "a", "export", "ndjson", "--out", "all.ndjson"]);
        let written = std::fs::read_to_string(self.bench.path("all.ndjson")).unwrap();
        let lines = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut lines: Vec<Value> = lines.filter(|line| line["kind"] == "post").collect();
        lines.sort_by_key(|line| (line["id"].to_string(), line["version"].as_u64()));
        lines
    }

    /// The last known text of every post.
    pub(crate) fn held(&self) -> BTreeSet<(String, String)> {
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let mut last = std::collections::BTreeMap::new();
        for line in self.lines() {
            if line["deleted_at"].is_null() {
                last.insert(text(&line, "id"), text(&line, "text"));
            } else {
                last.remove(&text(&line, "id"));
            }
        }
        last.into_iter().collect()
    }

    /// No credential stands in any file of the archive.
    pub(crate) fn is_clean_of(&self, token: &str) {
        let mut folders = vec![self.bench.path("a")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let mut bytes = std::fs::read(&path).unwrap();
                if path.extension().is_some_and(|extension| extension == "zst") {
                    bytes = zstd::decode_all(bytes.as_slice()).unwrap_or(bytes);
                }
                let found = memchr::memmem::find(&bytes, token.as_bytes());
                assert_eq!(found, None, "{}", path.display());
            }
        }
    }
}

fn up(truth: &Truth) -> BTreeSet<(String, String)> {
    let now = now_ms();
    let up = truth.posts.iter().filter(|post| post.is_up(now));
    up.map(|post| (post.post.clone(), post.text(now).unwrap().to_owned())).collect()
}

/// The same of one channel.
pub(crate) fn up_of(truth: &Truth, channel: &str) -> BTreeSet<(String, String)> {
    let posts = truth.posts.iter().filter(|post| post.channel == channel).cloned().collect();
    up(&Truth { posts, ..Truth::default() })
}

fn bots(flavour: botapi::Flavour, platform: &str, variable: &'static str) {
    let mock = Arc::new(BotApi::new(flavour, TOKEN));
    let begin = now_ms() - 1_000_000;
    let chat = mock.add_channel("railnotices", "Rail notices", 1100, begin);
    let private = mock.add_channel("deskonly", "Desk", 3, begin);
    mock.set_public(private, begin, false).unwrap();
    let mut mids = Vec::new();
    for number in 0..130 {
        // Some share a millisecond.
        let at = begin + 1000 * (number / 3);
        let draft = botapi::Draft::text(format!("Notice {number}: line 3, every 20 minutes"));
        mids.push(mock.post(chat, at, draft).unwrap());
    }
    let mut desk = Desk::new(platform, mock.clone());
    let source = format!("{platform}:{chat}");
    desk.bench.variables.push((variable, TOKEN.to_owned()));
    desk.run(&["sources", "add", &source]);
    let named = format!("{platform}:{private}");
    let sentence = desk.bench.bad(1, &["--archive", "a", "sources", "add", &named]);
    let expected =
        format!("error: {named} is not a public channel; Marsad watches public channels only");
    assert!(sentence.contains(&expected), "{sentence}");
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 130, "{report}");
    assert_eq!(desk.held(), up(&mock.truth()));
    let line = &desk.lines()[0];
    assert_eq!(line["channel"], chat.to_string());
    let now = now_ms() - 10;
    mock.edit(&mids[120], now, "Platform 4 closed").unwrap();
    mock.delete(&mids[111], now).unwrap();
    mock.post(chat, now, botapi::Draft::text("All lines run")).unwrap();
    mock.gate().set_faults(Some(Faults::new(3, 0.05).of(&[
        marsad_mock::FaultKind::Failed(503),
        marsad_mock::FaultKind::Malformed,
        marsad_mock::FaultKind::CutShort,
    ])));
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 1, "{report}");
    assert_eq!(report["versions_added"], 1, "{report}");
    assert_eq!(report["deleted"], 1, "{report}");
    mock.gate().set_faults(None);
    assert_eq!(desk.held(), up(&mock.truth()));
    let audience = desk.run(&["measure", "audience"]);
    assert!(rows(&audience).iter().any(|row| row["subscribers"] == 1100), "{audience}");
    let before = desk.lines();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.lines(), before);
    desk.is_clean_of(TOKEN);

    // The account's own news: of channels that are watched, and of nothing else.
    for chat in [chat, private] {
        mock.set_bot(chat, now_ms() - 10, true).unwrap();
    }
    mock.set_holds_polls(true);
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    mock.post(private, now_ms(), botapi::Draft::text("Lunch at one")).unwrap();
    mock.post(chat, now_ms(), botapi::Draft::text("Gale warning")).unwrap();
    // The poll after the news says by its marker that the news were received.
    let posted = now_ms();
    let is_next = |seen: &marsad_mock::Seen| {
        seen.at_ms > posted && seen.path.contains("/updates") && seen.path.contains("marker=")
    };
    for _ in 0..200 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        if mock.gate().log().iter().any(is_next) {
            break;
        }
    }
    let stopped = std::process::Command::new("kill").arg(watch.id().to_string()).status();
    assert!(stopped.unwrap().success() && watch.wait().unwrap().success());
    assert_eq!(desk.held(), up_of(&mock.truth(), &chat.to_string()));
    desk.is_clean_of("Lunch at one");
}

#[test]
fn tamtam() {
    bots(botapi::Flavour::TamTam, "tamtam", "MARSAD_TAMTAM_TOKEN");
}

#[test]
fn max() {
    bots(botapi::Flavour::Max, "max", "MARSAD_MAX_TOKEN");
}

#[test]
fn matrix_rooms() {
    let mock = Arc::new(Matrix::new());
    let begin = now_ms() - 1_000_000;
    let room = mock.add_room("rail", "Rail notices", 42, begin);
    let shared = mock.add_room("desk", "Desk", 3, begin);
    mock.set_visibility(&shared, begin, matrix::Visibility::Shared).unwrap();
    let mut events = Vec::new();
    for number in 0..230 {
        let draft = matrix::Draft::text(format!("Notice {number}: line 3, every 20 minutes"));
        events.push(mock.post(&room, begin + 1000 * number, draft).unwrap());
    }
    let mut desk = Desk::new("matrix", mock.clone());
    let token = mock.add_user("desk", "s3cret");
    desk.bench.variables.push(("MARSAD_MATRIX_TOKEN", token.clone()));
    let alias = mock.truth().channels[0].names.last().unwrap().1.clone();
    let source = format!("matrix:{alias}");
    desk.run(&["sources", "add", &source]);
    let named = format!("matrix:{shared}");
    let sentence = desk.bench.bad(1, &["--archive", "a", "sources", "add", &named]);
    assert!(sentence.contains("is not a public channel"), "{sentence}");
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 230, "{report}");
    assert_eq!(desk.held(), up(&mock.truth()));
    let now = now_ms() - 10;
    mock.edit(&room, &events[220], now, "Platform 4 closed").unwrap();
    mock.delete(&room, &events[215], now).unwrap();
    mock.post(&room, now, matrix::Draft::text("All lines run")).unwrap();
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 1, "{report}");
    assert_eq!(report["versions_added"], 1, "{report}");
    assert_eq!(report["deleted"], 1, "{report}");
    assert_eq!(desk.held(), up(&mock.truth()));
    // Of two edits between two looks the later one is told first; it is the last known text even so.
    for (before, text) in [(400, "Platform 5 closed"), (200, "Platform 5 open")] {
        mock.edit(&room, &events[219], now_ms() - before, text).unwrap();
    }
    assert_eq!(desk.run(&["watch", "--once"])["versions_added"], 2);
    mock.delete(&room, &events[219], now_ms() - 10).unwrap();
    assert_eq!(desk.run(&["watch", "--once"])["deleted"], 1);
    let lines = desk.lines();
    let gone = |line: &&Value| line["id"] == *events[219] && !line["deleted_at"].is_null();
    assert_eq!(lines.iter().find(gone).unwrap()["text"], "Platform 5 open");
    let before = desk.lines();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.lines(), before);
    desk.is_clean_of(&token);
}

#[test]
fn rocketchat_rooms() {
    let mock = Arc::new(RocketChat::new());
    let begin = now_ms() - 1_000_000;
    let room = mock.add_channel("rail", "Rail notices", 42, begin);
    let team = mock.add_channel("desk", "Desk", 3, begin);
    mock.set_kind(&team, begin, rocketchat::Kind::Private).unwrap();
    let login = mock.add_user("reader", "s3cret");
    mock.set_bypasses_limit("reader").unwrap();
    let mut ids = Vec::new();
    for number in 0..130 {
        let draft = rocketchat::Draft::text(format!("Notice {number}: line 3, every 20 minutes"));
        ids.push(mock.post(&room, begin + 1000 * (number / 2), draft).unwrap());
    }
    let mut desk = Desk::new("rocketchat", mock.clone());
    desk.bench.variables.push(("MARSAD_ROCKETCHAT_USER", login.user_id.clone()));
    desk.bench.variables.push(("MARSAD_ROCKETCHAT_TOKEN", login.token.clone()));
    desk.run(&["sources", "add", "rocketchat:chat.example.org/rail"]);
    let named = "rocketchat:chat.example.org/desk";
    let sentence = desk.bench.bad(1, &["--archive", "a", "sources", "add", named]);
    assert!(sentence.contains("is not a public channel"), "{sentence}");
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 130, "{report}");
    assert_eq!(desk.held(), up(&mock.truth()));
    assert_eq!(desk.lines()[0]["channel"], "chat.example.org/rail");
    let now = now_ms() - 20;
    mock.edit(&room, &ids[120], now, "Platform 4 closed").unwrap();
    mock.delete(&room, &ids[111], now).unwrap();
    mock.post(&room, now, rocketchat::Draft::text("All lines run")).unwrap();
    let report = desk.run(&["watch", "--once"]);
    assert_eq!(report["posts_added"], 1, "{report}");
    assert_eq!(report["versions_added"], 1, "{report}");
    assert_eq!(report["deleted"], 1, "{report}");
    assert_eq!(desk.held(), up(&mock.truth()));
    let before = desk.lines();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.lines(), before);
    desk.is_clean_of(&login.token);
}
