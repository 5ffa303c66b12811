//! The watch on every other platform of the story, each against a stateful stand-in on a local port.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use marsad_mock::{BotApi, Faults, Matrix, Mock, Served, Truth, botapi, matrix, serve};
use serde_json::Value;

use crate::bench::{Bench, rows};

const TOKEN: &str = "s3cret-token-of-the-desk";

#[expect(clippy::disallowed_methods, reason = "the mock lives in the real time of the program")]
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// An archive that is told where a platform is.
struct Desk {
    _served: Served,
    bench: Bench,
}

impl Desk {
    fn new(platform: &str, mock: Arc<dyn Mock>) -> Self {
        let served = serve(mock, now_ms).unwrap();
        let bench = Bench::new();
        bench.good(&["--archive", "a", "init"]);
        let settings = format!("[{platform}]\nurl = \"{}\"\nrequests_per_s = 500\n", served.url());
        bench.write("a/marsad.toml", settings);
        Self { _served: served, bench }
    }

    fn run(&self, arguments: &[&str]) -> Value {
        self.bench.json(&[&["--archive", "a"], arguments].concat())
    }

    fn lines(&self) -> Vec<Value> {
        self.bench.good(&["--archive", "a", "export", "ndjson", "--out", "all.ndjson"]);
        let written = std::fs::read_to_string(self.bench.path("all.ndjson")).unwrap();
        let lines = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut lines: Vec<Value> = lines.filter(|line| line["kind"] == "post").collect();
        lines.sort_by_key(|line| (line["id"].to_string(), line["version"].as_u64()));
        lines
    }

    /// The last known text of every post.
    fn held(&self) -> BTreeSet<(String, String)> {
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
    fn is_clean_of(&self, token: &str) {
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
    let before = desk.lines();
    desk.bench.good(&["--archive", "a", "rebuild"]);
    assert_eq!(desk.lines(), before);
    desk.is_clean_of(&token);
}
