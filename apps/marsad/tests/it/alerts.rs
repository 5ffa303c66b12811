//! Alerts as a desk gets them: signed, once, across failures and deaths; and tried on the past.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use marsad_mock::telegram::{Draft, Status};
use marsad_mock::{BotApi, Served, Telegram, botapi, serve};
use serde_json::Value;
use sha2::Sha256;

use crate::bench::{Bench, rows, texts};
use crate::forget::holders_in;

const RAIL: &str = "telegram:railnotices";
const TOKEN: &str = "s3cret-token-of-the-desk";
const SECRET: &str = "s3cret-of-the-webhook";

#[expect(clippy::disallowed_methods, reason = "the mock lives in the real time of the program")]
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A request that came, and when.
#[derive(Debug, Clone)]
struct Came {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
    at_ms: i64,
}

impl Came {
    fn alert(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As `docs/guide/alerts.md` tells a receiver to check it.
    fn is_signed(&self, secret: &str) -> bool {
        let Some(signature) = self.headers.get("marsad-signature") else { return false };
        let (t, v1) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{t}.{}", self.body).as_bytes());
        let digest = mac.finalize().into_bytes();
        let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.concat() == v1 && (t.parse::<i64>().unwrap() - self.at_ms / 1000).abs() <= 2
    }
}

/// Somebody who is told over HTTP; `answer` says how the n-th request is answered, 0 for not at all.
struct Receiver {
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    fn new(answer: fn(usize) -> u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let seen = Arc::clone(&came);
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming().flatten() {
                let Some(request) = request(&stream) else { continue };
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request);
                    seen.len() - 1
                };
                let status = answer(number);
                if status == 0 {
                    unanswered.push(stream);
                    continue;
                }
                let mut stream = stream;
                let answer = format!(
                    "HTTP/1.1 {status} x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                );
                drop(stream.write_all(answer.as_bytes()));
            }
        });
        Self { url, came }
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    fn waited_for(&self, many: usize) -> Vec<Came> {
        until(|| self.came().len() >= many);
        self.came()
    }
}

fn request(stream: &TcpStream) -> Option<Came> {
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        lines.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Came { line: line.trim_end().to_owned(), headers, body, at_ms: now_ms() })
}

#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    let mut tries = 0;
    while !is_so() {
        tries += 1;
        assert!(tries < 1200, "a minute has gone by");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Telegram and TamTam, an archive that watches a channel on each.
struct Desk {
    telegram: Arc<Telegram>,
    tamtam: Arc<BotApi>,
    chat: i64,
    _served: [Served; 2],
    bench: Bench,
}

impl Desk {
    fn new() -> Self {
        let begin = now_ms() - 40 * 3_600_000;
        let telegram = Arc::new(Telegram::new());
        telegram.add_channel("railnotices", "Rail notices", 1100, begin);
        for hour in 0..30 {
            let text =
                format!("Hour {hour}: wind {} kn, visibility good, all lines run", hour % 17);
            telegram.post("railnotices", begin + hour * 3_600_000, Draft::text(text)).unwrap();
        }
        let tamtam = Arc::new(BotApi::new(botapi::Flavour::TamTam, TOKEN));
        let chat = tamtam.add_channel("railnotices2", "Rail notices", 90, begin);
        let served =
            [serve(telegram.clone(), now_ms).unwrap(), serve(tamtam.clone(), now_ms).unwrap()];
        let mut bench = Bench::new();
        bench.good(&["--archive", "a", "init"]);
        let settings = format!(
            "poll_s = 1\n[telegram]\nurl = \"{}\"\nrequests_per_s = 500\n[tamtam]\nurl = \"{}\"\nrequests_per_s = 500\n",
            served[0].url(),
            served[1].url()
        );
        bench.write("a/marsad.toml", settings);
        bench.variables.push(("MARSAD_TAMTAM_TOKEN", TOKEN.to_owned()));
        bench.variables.push(("MARSAD_WEBHOOK_SECRET", SECRET.to_owned()));
        let desk = Self { telegram, tamtam, chat, _served: served, bench };
        desk.run(&["sources", "add", RAIL, &format!("tamtam:{chat}")]);
        desk
    }

    fn run(&self, arguments: &[&str]) -> Value {
        self.bench.json(&[&["--archive", "a"], arguments].concat())
    }

    fn add(&self, arguments: &[&str]) {
        self.run(&[&["alerts", "add"], arguments].concat());
    }

    /// One pass; gives what stood on stderr.
    fn pass(&self) -> String {
        let output = self.bench.run(&["--archive", "a", "watch", "--once"]);
        let (_, stderr) = texts(&output);
        assert!(output.status.success(), "{stderr}");
        stderr
    }

    fn say(&self, text: &str) {
        self.telegram.post("railnotices", now_ms(), Draft::text(text)).unwrap();
    }

    fn listed(&self, name: &str) -> Value {
        let list = self.run(&["alerts", "list"]);
        rows(&list).iter().find(|row| row["name"] == name).unwrap().clone()
    }
}

fn lines(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.starts_with("alert ")).collect()
}

#[test]
fn the_past_is_told_and_nothing_is_sent_or_noted() {
    let bench = Bench::new();
    bench.json(&["simulate", "article", "--seed", "1", "--out", "world"]);
    bench.json(&["import", "world/world.ndjson"]);
    bench.good(&["alerts", "add", "crossing", "from=tamtam", "to=telegram", "--name", "out"]);
    bench.good(&["alerts", "add", "crossing", "from=telegram", "to=tamtam", "--name", "in"]);
    let silent = "webhook:http://127.0.0.1:9/nobody";
    bench.good(&["alerts", "add", "new-statement", "min_channels=3", "within=6h", "--to", silent]);
    bench.good(&["alerts", "add", "gone"]);
    let out = bench.json(&["alerts", "test", "--name", "out"]);
    let told = rows(&out);
    // The story: TamTam first, Telegram a minute later.
    let primacy = bench.json(&["measure", "primacy", "--by", "platform"]);
    let pair = rows(&primacy)
        .iter()
        .find(|row| row["leader"] == "tamtam" && row["follower"] == "telegram");
    assert!(told.len() as u64 >= pair.unwrap()["leader_first"].as_u64().unwrap(), "{}", told.len());
    for row in told {
        assert_eq!(
            (&row["kind"], &row["platform"]),
            (&"crossing".into(), &"telegram".into()),
            "{row}"
        );
        assert!(row["lag_min_s"].as_f64() <= row["lag_s"].as_f64(), "{row}");
        assert_eq!(row["posts"].as_array().unwrap().len(), 2, "{row}");
        assert_eq!(row["id"].as_str().unwrap().len(), 32, "{row}");
        let what = row["what"].as_str().unwrap();
        for word in ["coordinated", "same operator", "caused"] {
            assert!(!what.contains(word), "{what}");
        }
    }
    let ids: BTreeSet<&str> = told.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), told.len(), "each once");
    let all = bench.json(&["alerts", "test"]);
    assert!(rows(&all).len() > told.len());
    let since = bench.json(&["alerts", "test", "--since", "2019-12-01"]);
    let later = rows(&all).iter().filter(|row| row["at"].as_str().unwrap() >= "2019-12-01").count();
    assert_eq!(rows(&since).len(), later);
    assert!(later < rows(&all).len());
    assert_eq!(out, bench.json(&["alerts", "test", "--name", "out"]), "the same again");
    let list = bench.json(&["alerts", "list"]);
    assert_eq!(rows(&list).len(), 4);
    assert!(rows(&list).iter().all(|row| row["raised"] == 0 && row["waiting"] == 0), "{list}");
    let trail = bench.json(&["evidence", "audit"]);
    let acts = |what: &str| rows(&trail).iter().filter(|row| row["what"] == what).count();
    assert_eq!((acts("alerts add"), acts("alerts test")), (4, 4), "{trail}");
}

#[test]
fn rules_are_refused_replaced_and_removed_in_sentences() {
    let bench = Bench::new();
    let said = bench.bad(2, &["alerts", "add", "storm"]);
    assert!(
        said.contains("kinds are: new-statement, crossing, query, gone, mirror, burst"),
        "{said}"
    );
    bench.good(&["alerts", "add", "gone"]);
    let said = bench.bad(2, &["alerts", "add", "gone"]);
    assert!(said.contains("give this one another --name"), "{said}");
    let told = bench.json(&["alerts", "add", "gone", "platform=max", "--name", "gone"]);
    assert_eq!(told["replaced"], true);
    let said =
        bench.bad(2, &["alerts", "add", "gone", "--name", "m", "--to", "mailto:night@example.org"]);
    assert!(said.contains("[smtp]"), "{said}");
    let said = bench.bad(2, &["alerts", "add", "query", "q=rain channel:nobody"]);
    assert!(said.contains("no channel 'nobody'"), "{said}");
    bench.bad(1, &["alerts", "test", "--name", "x"]);
    bench.bad(1, &["alerts", "remove", "gone", "x"]);
    assert_eq!(bench.json(&["alerts", "remove", "gone"])["removed"], 1);
    let said = bench.bad(1, &["alerts", "test"]);
    assert!(said.contains("no alert to test"), "{said}");
}

#[test]
fn a_webhook_that_fails_twice_is_told_signed_and_once() {
    let desk = Desk::new();
    let receiver = Receiver::new(|n| if n < 2 { 500 } else { 200 });
    let place = format!("webhook:{}/in/s3cret-path", receiver.url);
    desk.add(&["query", "q=storm", "--name", "storm", "--to", &place, "--to", "terminal"]);
    desk.pass();
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
    desk.say("A storm is expected on the coast tonight");
    let came = receiver.waited_for(3);
    // Told once: nothing comes after the answer that was good.
    let posted = desk.telegram.truth().posts.len();
    desk.say("The storm is over the harbour now");
    let later = receiver.waited_for(4);
    assert!(
        std::process::Command::new("kill").arg(watch.id().to_string()).status().unwrap().success()
    );
    assert!(watch.wait().unwrap().success());
    assert_eq!(posted, 31);
    assert_eq!(receiver.came().len(), 4, "{:?}", receiver.came());
    assert!(came.iter().take(3).all(|one| one.body == came[0].body), "the same alert each time");
    assert!(later.iter().all(|one| one.is_signed(SECRET) && !one.is_signed("another")));
    assert_eq!(came[0].line, "POST /in/s3cret-path HTTP/1.1");
    let alert = came[0].alert();
    assert_eq!((&alert["rule"], &alert["kind"]), (&"storm".into(), &"query".into()));
    assert_eq!(alert["quote"], "A storm is expected on the coast tonight");
    assert_eq!(alert["channel"], "telegram:1900000001");
    assert_ne!(alert["id"], later[3].alert()["id"]);
    let row = desk.listed("storm");
    assert_eq!((&row["raised"], &row["waiting"]), (&2.into(), &0.into()), "{row}");
    assert!(!row.to_string().contains("s3cret-path"), "{row}");
    assert_eq!(lines(&desk.pass()), Vec::<&str>::new(), "nothing is told again");
}

#[test]
fn a_statement_that_crosses_is_told_within_seconds() {
    let desk = Desk::new();
    let receiver = Receiver::new(|_| 200);
    desk.add(&[
        "crossing",
        "from=tamtam",
        "to=telegram",
        "--to",
        &format!("webhook:{}/", receiver.url),
    ]);
    desk.add(&["new-statement", "min_channels=2", "--name", "spread", "--shadow"]);
    desk.add(&["new-statement", "platform=tamtam", "--name", "seen", "--shadow"]);
    desk.pass();
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
    let text = "The night train to the coast leaves from platform four tonight, an hour late";
    let first = desk.tamtam.post(desk.chat, now_ms(), botapi::Draft::text(text)).unwrap();
    // Read first: a statement is named by the first post that was seen. And a second later, as clocks
    // go.
    until(|| desk.listed("seen")["raised"] == 1);
    std::thread::sleep(Duration::from_millis(1100));
    let posted_at = now_ms();
    desk.say(text);
    let came = receiver.waited_for(1);
    watch.kill().unwrap();
    watch.wait().unwrap();
    let alert = came[0].alert();
    assert_eq!(alert["posts"][0]["post"], format!("tamtam:{}/{first}", desk.chat), "{alert}");
    assert_eq!((&alert["from_platform"], &alert["order"]), (&"tamtam".into(), &"decided".into()));
    let (least, most) =
        (alert["lag_min_s"].as_f64().unwrap(), alert["lag_max_s"].as_f64().unwrap());
    assert!(least >= 0.0 && most < 60.0, "{alert}");
    // A poll a second, and two on a busy machine.
    let latency_ms = came[0].at_ms - posted_at;
    eprintln!("from publication to the receiver: {latency_ms} ms");
    assert!(latency_ms < 20_000, "{latency_ms} ms");
    assert_eq!(desk.listed("spread")["raised"], 1, "noted, and told to nobody");
    // What the watch told is what the past tells.
    desk.pass();
    let past = desk.run(&["alerts", "test", "--name", "crossing"]);
    assert_eq!(rows(&past).len(), 1);
    for field in ["id", "what", "statement", "lag_s", "posts", "first_at"] {
        assert_eq!(rows(&past)[0][field], alert[field], "{field}");
    }
}

#[test]
fn killed_between_raising_and_delivering_it_is_delivered_by_the_next() {
    let desk = Desk::new();
    let deaf = Receiver::new(|n| if n == 0 { 0 } else { 200 });
    desk.add(&["query", "q=storm", "--name", "storm", "--to", &format!("webhook:{}/", deaf.url)]);
    desk.pass();
    let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
    desk.say("A storm is expected on the coast tonight");
    let came = deaf.waited_for(1);
    watch.kill().unwrap();
    watch.wait().unwrap();
    desk.pass();
    let again = deaf.waited_for(2);
    assert_eq!(came[0].alert(), again[1].alert(), "with the same id");
    desk.pass();
    assert_eq!(deaf.came().len(), 2);
    assert_eq!(desk.listed("storm")["raised"], 1);
}

#[test]
fn ten_deaths_lose_no_alert_and_raise_none_twice() {
    let desk = Desk::new();
    let receiver = Receiver::new(|_| 200);
    let place = format!("webhook:{}/", receiver.url);
    desk.add(&["query", "q=storm", "--name", "storm", "--to", &place]);
    desk.add(&["new-statement", "--name", "new", "--shadow"]);
    desk.pass();
    let known = desk.listed("new")["raised"].as_u64().unwrap();
    for round in 0..10_u64 {
        let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
        std::thread::sleep(Duration::from_millis(100 + round * 67 % 500));
        desk.say(&format!(
            "Warning {round} of a storm: {}",
            "wind and rain ".repeat(round as usize + 3)
        ));
        std::thread::sleep(Duration::from_millis(150 + round * 263 % 1700));
        watch.kill().unwrap();
        watch.wait().unwrap();
    }
    desk.pass();
    let mut posts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for came in receiver.came() {
        let alert = came.alert();
        let post = alert["posts"][0]["post"].as_str().unwrap().to_owned();
        posts.entry(post).or_default().insert(alert["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(posts.len(), 10, "{posts:?}");
    assert!(posts.values().all(|ids| ids.len() == 1), "what comes twice has one id: {posts:?}");
    let row = desk.listed("storm");
    assert_eq!((&row["raised"], &row["waiting"]), (&10.into(), &0.into()), "{row}");
    let past = desk.run(&["alerts", "test", "--name", "storm"]);
    assert_eq!(rows(&past).len(), 10);
    assert!(desk.listed("new")["raised"].as_u64().unwrap() > known);
}

#[test]
fn a_channel_that_goes_is_told_on_the_terminal_once() {
    let desk = Desk::new();
    desk.add(&["gone", "channel=telegram:railnotices"]);
    assert_eq!(lines(&desk.pass()), Vec::<&str>::new());
    desk.telegram.set_status("railnotices", now_ms() - 10, Status::Gone).unwrap();
    let told = desk.pass();
    assert_eq!(lines(&told).len(), 1, "{told}");
    assert!(told.contains("alert gone: telegram:railnotices was alive at "), "{told}");
    assert_eq!(lines(&desk.pass()), Vec::<&str>::new());
}

/// A server that takes letters; speaks as little SMTP as a letter needs.
fn letters() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let letters: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&letters);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            stream.write_all(b"220 sink\r\n").unwrap();
            let (mut letter, mut is_body) = (String::new(), false);
            loop {
                let mut line = String::new();
                if lines.read_line(&mut line).unwrap_or(0) == 0 {
                    break;
                }
                letter.push_str(&line);
                if is_body && line != ".\r\n" {
                    continue;
                }
                is_body = line.starts_with("DATA");
                if line == ".\r\n" {
                    kept.lock().unwrap().push(std::mem::take(&mut letter));
                }
                let answer = if is_body { "354 go on\r\n" } else { "250 ok\r\n" };
                if stream.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    (port, letters)
}

#[test]
fn a_letter_and_a_notice_carry_the_alert() {
    let mut desk = Desk::new();
    let (port, letters) = letters();
    let room = Receiver::new(|_| 200);
    let settings = std::fs::read_to_string(desk.bench.path("a/marsad.toml")).unwrap();
    let settings = format!(
        "{settings}[smtp]\nhost = \"127.0.0.1\"\nport = {port}\nfrom = \"desk@example.org\"\n[matrix]\nurl = \"{}\"\n",
        room.url
    );
    desk.bench.write("a/marsad.toml", settings);
    desk.bench.variables.push(("MARSAD_MATRIX_TOKEN", TOKEN.to_owned()));
    let to = ["--to", "mailto:night@example.org", "--to", "matrix:!desk:example.org"];
    desk.add(&[&["query", "q=storm", "--name", "storm"], &to[..]].concat());
    desk.pass();
    desk.say("A storm is expected on the coast tonight");
    desk.pass();
    until(|| letters.lock().unwrap().len() == 1);
    let letter = letters.lock().unwrap()[0].clone();
    assert!(letter.contains("RCPT TO:<night@example.org>"), "{letter}");
    assert!(letter.contains("Subject: Marsad alert: storm (query)"), "{letter}");
    assert!(letter.contains("A storm is expected on the coast tonight"), "{letter}");
    assert!(letter.contains("telegram:1900000001/31"), "{letter}");
    let notice = room.waited_for(1)[0].clone();
    let path = "PUT /_matrix/client/v3/rooms/!desk:example.org/send/m.room.message/";
    assert!(notice.line.starts_with(path), "{}", notice.line);
    assert_eq!(notice.headers.get("authorization"), Some(&format!("Bearer {TOKEN}")));
    let body = notice.alert();
    assert_eq!(body["msgtype"], "m.notice");
    assert!(body["body"].as_str().unwrap().contains("A storm is expected"), "{body}");
    let id = notice.line.split(['/', ' ']).nth_back(2).unwrap();
    assert!(letter.contains(&format!("Message-ID: <{id}@example.org>")), "{letter}");
    assert_eq!(desk.listed("storm")["waiting"], 0);
}

#[test]
fn what_is_erased_is_in_no_alert_and_in_no_index() {
    let desk = Desk::new();
    desk.add(&["query", "q=quokkafield", "--name", "field", "--shadow"]);
    desk.add(&["new-statement", "--shadow"]);
    desk.pass();
    desk.say("The quokkafield match is put off until the grass is dry");
    desk.pass();
    assert_eq!(desk.listed("field")["raised"], 1);
    let folder = desk.bench.path("a");
    let held = holders_in(&folder, "quokkafield");
    assert!(held.iter().any(|name| name.contains("desk.sqlite")), "{held:?}");
    assert!(held.iter().any(|name| name.contains("index/statements")), "{held:?}");
    let post = "telegram:1900000001/31";
    desk.run(&["evidence", "erase", post, "--reason", "asked for by the club"]);
    // The rule is a person's own word, and stays.
    let mut desk_file = std::fs::read(desk.bench.path("a/desk.sqlite")).unwrap();
    desk_file.retain(u8::is_ascii);
    let text = String::from_utf8(desk_file).unwrap();
    assert!(!text.contains("quokkafield match"), "no quote is left");
    let held = holders_in(&folder, "quokkafield match");
    assert_eq!(held, Vec::<String>::new());
    // The index is made again, and the next watch goes on.
    let told = desk.pass();
    assert!(!told.contains("index of statements"), "{told}");
    assert_eq!(desk.listed("field")["raised"], 1);
}

#[test]
fn without_an_index_the_other_rules_go_on_and_it_is_said() {
    let desk = Desk::new();
    desk.add(&["query", "q=storm", "--name", "storm"]);
    desk.add(&["crossing"]);
    desk.bench.write("a/index", "somebody's file");
    desk.say("A storm is expected on the coast tonight");
    let told = desk.pass();
    assert!(told.contains("so these alerts are silent: crossing"), "{told}");
    assert!(told.contains("alert storm: telegram:1900000001/31 answers storm"), "{told}");
    std::fs::remove_file(desk.bench.path("a/index")).unwrap();
    // A damaged one is made again without a word.
    assert!(!desk.pass().contains("silent"));
    let manifest = desk.bench.path("a/index/statements/manifest");
    let mut bytes = std::fs::read(&manifest).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&manifest, bytes).unwrap();
    assert!(!desk.pass().contains("silent"));
    // So is one that does not know what was imported meanwhile.
    let line =
        crate::bench::post("max:7", "1", "2019-11-30T10:00:00Z", "Ferries run every hour today");
    desk.bench.write("more.ndjson", line);
    desk.run(&["import", "more.ndjson"]);
    assert!(!desk.pass().contains("silent"));
}
