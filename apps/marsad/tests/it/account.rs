//! Telegram by an account: without the feature one sentence; with it the program against a server
//! that speaks MTProto on a local port.

use crate::bench::Bench;

#[test]
#[cfg(not(feature = "mtproto"))]
fn a_program_without_the_feature_says_so_in_one_sentence() {
    let bench = Bench::new();
    bench.good(&["--archive", "a", "init"]);
    let said = bench.bad(2, &["--archive", "a", "sources", "login", "telegram"]);
    assert_eq!(
        said,
        "error: Telegram can be read by an account, but this Marsad was built without it (cargo build --features mtproto builds it with)\n"
    );
    bench.write("a/marsad.toml", "[telegram]\naccount = true\n");
    let said = bench.bad(2, &["--archive", "a", "sources", "add", "telegram:railnotices"]);
    assert!(said.ends_with("take 'account = true' out to read the web preview\n"), "{said}");
}

#[test]
#[cfg(feature = "mtproto")]
fn without_a_session_one_sentence_says_what_to_do() {
    let bench = Bench::new();
    bench.good(&["--archive", "a", "init"]);
    bench.write("a/marsad.toml", "[telegram]\naccount = true\n");
    let output = bench.run(&["--archive", "a", "sources", "add", "telegram:railnotices"]);
    let (stdout, said) = crate::bench::texts(&output);
    assert!(output.status.success() && stdout.starts_with("1 sources added"), "{said}");
    assert!(said.contains("no Telegram account is logged in; marsad sources login"), "{said}");
    let said = bench.bad(1, &["--archive", "a", "watch", "--once"]);
    assert!(said.contains("no Telegram account is logged in; marsad sources login"), "{said}");
    let said = bench.bad(2, &["--archive", "a", "sources", "login", "telegram"]);
    assert!(said.contains("my.telegram.org"), "{said}");
    let said = bench.bad(1, &["--archive", "a", "sources", "logout", "telegram"]);
    assert_eq!(said, "error: no Telegram account is logged in\n");
}

#[cfg(feature = "mtproto")]
mod with_a_server {
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use marsad_mock::telegram::account::{Account, serve};
    use marsad_mock::telegram::{Draft, Status, Telegram};
    use marsad_mock::{FaultKind, Faults, Limit, Served};
    use serde_json::{Value, json};

    use crate::bench::{Bench, rows, texts};

    const RAIL: &str = "telegram:railnotices";
    const HASH: &str = "0123456789abcdef-of-the-desk";
    const PHONE: &str = "+15550100777";

    #[expect(clippy::disallowed_methods, reason = "the mock lives in the program's time")]
    fn now_ms() -> i64 {
        i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
    }

    fn key() -> [u8; 256] {
        std::array::from_fn(|at| u8::try_from(at).unwrap().wrapping_mul(167) ^ 0x5c)
    }

    struct Desk {
        telegram: Arc<Telegram>,
        account: Arc<Account>,
        served: Served,
        bench: Bench,
    }

    impl Desk {
        fn new(channels: &[(&str, i64)]) -> Self {
            let telegram = Arc::new(Telegram::new());
            for (name, posts) in channels {
                let begin = now_ms() - posts * 60_000 - 3_600_000;
                telegram.add_channel(name, &format!("Desk {name}"), 1133, begin);
                for minute in 0..*posts {
                    let text = format!("{name}: minute {minute}, all lines run");
                    let is_album = minute % 9 == 4;
                    let draft = if is_album { Draft::album(2, text) } else { Draft::text(text) };
                    telegram.post(name, begin + minute * 60_000, draft).unwrap();
                }
            }
            let account = Arc::new(Account::new(telegram.clone()));
            let served = serve(account.clone(), key(), now_ms).unwrap();
            let mut bench = Bench::new();
            bench.variables = vec![
                ("MARSAD_TELEGRAM_API_ID", "12345".to_owned()),
                ("MARSAD_TELEGRAM_API_HASH", HASH.to_owned()),
            ];
            bench.good(&["--archive", "a", "init"]);
            let settings = "poll_s = 1\n[telegram]\naccount = true\nrequests_per_s = 500\n";
            bench.write("a/marsad.toml", settings);
            Self { telegram, account, served, bench }
        }

        fn session_path(&self) -> PathBuf {
            let card = std::fs::read_to_string(self.bench.path("a/archive.json")).unwrap();
            let card: Value = serde_json::from_str(&card).unwrap();
            self.bench.path(&format!("keys/{}.telegram", card["id"].as_str().unwrap()))
        }

        /// A session as a login leaves it: the key that both sides have.
        fn put_session(&self, is_complete: bool) {
            let session = json!({"version": 1, "api_id": 12345, "centre": 2,
                "address": self.served.address().to_string(), "key": STANDARD.encode(key()),
                "is_complete": is_complete});
            std::fs::write(self.session_path(), session.to_string()).unwrap();
            self.set_mode(0o600);
        }

        fn set_mode(&self, mode: u32) {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(self.session_path(), mode).unwrap();
        }

        fn run(&self, arguments: &[&str]) -> Value {
            self.bench.json(&[&["--archive", "a"], arguments].concat())
        }

        /// (id, version) to the line.
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

        /// What is up, by id and text.
        fn expected(&self) -> Vec<(String, String)> {
            let truth = self.telegram.truth();
            let up = truth.posts.iter().filter(|post| post.is_up(now_ms()));
            let mut up: Vec<(String, String)> =
                up.map(|p| (p.post.clone(), p.text(now_ms()).unwrap().to_owned())).collect();
            up.sort();
            up
        }

        fn held(&self) -> Vec<(String, String)> {
            let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
            let mut held: Vec<_> =
                self.posts().values().map(|line| (text(line, "id"), text(line, "text"))).collect();
            held.sort();
            held
        }

        /// Every file of the archive that has these bytes in it.
        fn files_with(&self, word: &[u8]) -> Vec<PathBuf> {
            let (mut folders, mut found) = (vec![self.bench.path("a")], Vec::new());
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                        continue;
                    }
                    let bytes = std::fs::read(&path).unwrap();
                    // Records are packed one by one.
                    let plain = zstd::stream::decode_all(bytes.as_slice()).unwrap_or_default();
                    let has = |bytes: &[u8]| bytes.windows(word.len()).any(|part| part == word);
                    if has(&bytes) || has(&plain) {
                        found.push(path);
                    }
                }
            }
            found
        }
    }

    #[test]
    fn one_pass_reads_everything_over_the_wire_and_a_rebuild_gives_the_same() {
        let desk = Desk::new(&[("railnotices", 130), ("coastweather", 3)]);
        desk.put_session(true);
        assert_eq!(desk.run(&["sources", "add", RAIL, "https://t.me/coastweather"])["added"], 2);
        let report = desk.run(&["watch", "--once"]);
        assert_eq!(report["posts_added"], 133);
        assert_eq!((&report["problems"], &report["deleted"]), (&0.into(), &0.into()));
        assert_eq!(desk.held(), desk.expected());
        let posts = desk.posts();
        let first = posts.values().next().unwrap();
        assert_eq!(first["channel"], "1900000001");
        assert_eq!((&first["views"], &first["published_resolution_s"]), (&1.into(), &1.into()));
        let again = desk.run(&["watch", "--once"]);
        assert_eq!((&again["posts_added"], &again["versions_added"]), (&0.into(), &0.into()));
        let audience = desk.run(&["measure", "audience", "--channel", "railnotices"]);
        assert!(rows(&audience).iter().any(|row| row["subscribers"] == 1133), "{audience}");

        let ids: Vec<u32> =
            desk.telegram.truth().posts.iter().take(130).map(|p| p.post.parse().unwrap()).collect();
        desk.telegram.edit("railnotices", ids[120], now_ms(), "Line 2 is closed").unwrap();
        desk.telegram.delete("railnotices", ids[125], now_ms()).unwrap();
        let report = desk.run(&["watch", "--once"]);
        assert_eq!((&report["versions_added"], &report["deleted"]), (&1.into(), &1.into()));
        let before = desk.posts();
        let gone: Vec<_> = before.values().filter(|line| line["deleted_at"].is_string()).collect();
        assert_eq!((gone.len(), gone[0]["id"].as_str()), (1, Some(ids[125].to_string().as_str())));
        desk.bench.good(&["--archive", "a", "rebuild"]);
        assert_eq!(desk.posts(), before);
        desk.bench.good(&["--archive", "a", "evidence", "status"]);
        let doctor = desk.bench.good(&["--archive", "a", "doctor"]);
        assert!(doctor.contains("Telegram is read by an account that is logged in"), "{doctor}");
        assert!(doctor.contains("telegram (account): 2 sources at 500.00 requests"), "{doctor}");
    }

    #[test]
    fn the_web_and_an_account_give_the_same_posts_in_one_archive() {
        let desk = Desk::new(&[("railnotices", 60)]);
        let web = marsad_mock::serve(desk.telegram.clone(), now_ms).unwrap();
        let settings = format!("[telegram]\nurl = \"{}\"\nrequests_per_s = 500\n", web.url());
        desk.bench.write("a/marsad.toml", &settings);
        desk.run(&["sources", "add", RAIL]);
        assert_eq!(desk.run(&["watch", "--once"])["posts_added"], 60);
        desk.put_session(true);
        desk.bench.write("a/marsad.toml", settings + "account = true\n");
        let report = desk.run(&["watch", "--once"]);
        assert_eq!((&report["posts_added"], &report["versions_added"]), (&0.into(), &0.into()));
        assert_eq!(desk.held(), desk.expected());
    }

    #[test]
    fn deaths_and_faults_lose_nothing_and_nothing_comes_twice() {
        let desk = Desk::new(&[("railnotices", 150), ("coastweather", 90)]);
        desk.put_session(true);
        desk.run(&["sources", "add", RAIL, "telegram:coastweather"]);
        let kinds = [FaultKind::Failed(500), FaultKind::CutShort, FaultKind::Malformed];
        desk.account.gate().set_faults(Some(Faults::new(11, 0.1).of(&kinds)));
        for round in 0..6_u64 {
            let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
            std::thread::sleep(Duration::from_millis(60 + round * 167 % 700));
            let text = format!("Notice {round}: all lines run");
            desk.telegram.post("railnotices", now_ms(), Draft::text(text)).unwrap();
            std::thread::sleep(Duration::from_millis(40 + round * 131 % 400));
            watch.kill().unwrap();
            watch.wait().unwrap();
        }
        desk.account.gate().set_faults(None);
        desk.run(&["watch", "--once"]);
        assert_eq!(desk.held(), desk.expected());
        desk.bench.good(&["--archive", "a", "evidence", "status"]);
        let before = desk.posts();
        desk.bench.good(&["--archive", "a", "rebuild"]);
        assert_eq!(desk.posts(), before);
    }

    #[test]
    fn what_was_erased_is_not_kept_again_though_telegram_still_shows_it() {
        let desk = Desk::new(&[("railnotices", 45)]);
        desk.put_session(true);
        desk.run(&["sources", "add", RAIL]);
        desk.run(&["watch", "--once"]);
        let going = "minute 43,";
        let before = desk.posts();
        let gone = before.values().find(|line| line["text"].as_str().unwrap().contains(going));
        let post = format!("{RAIL}/{}", gone.unwrap()["id"].as_str().unwrap());
        let erase = ["evidence", "erase", "--reason", "asked for by the station", &post];
        assert!(desk.run(&erase)["posts"].as_u64() > Some(0));
        assert_eq!(desk.files_with(going.as_bytes()), Vec::<PathBuf>::new());
        // Lengths stand before what they are of: nothing is cut out of an answer; what was read of the
        // others is kept in its place.
        desk.telegram.post("railnotices", now_ms() - 10, Draft::text("Line 3 is closed")).unwrap();
        let report = desk.run(&["watch", "--once"]);
        assert_eq!((&report["posts_added"], &report["versions_added"]), (&1.into(), &0.into()));
        assert_eq!(desk.files_with(going.as_bytes()), Vec::<PathBuf>::new());
        let after = desk.posts();
        assert_eq!(after.len(), before.len());
        assert!(after.values().any(|line| line["text"] == "Line 3 is closed"));
        desk.bench.good(&["--archive", "a", "evidence", "status"]);
        desk.bench.good(&["--archive", "a", "rebuild"]);
        assert_eq!(desk.posts(), after);
        let lift = ["evidence", "lift", &post, "--reason", "the station withdrew its request"];
        assert_eq!(desk.run(&lift)["lifted"], 1);
        desk.run(&["watch", "--once"]);
        assert_eq!(desk.held(), desk.expected());
    }

    #[test]
    fn a_wait_that_telegram_asks_for_outlives_the_process_and_is_shown() {
        let desk = Desk::new(&[("railnotices", 5)]);
        desk.put_session(true);
        desk.run(&["sources", "add", RAIL]);
        // The second question is refused: eight seconds of waiting.
        let limit = Limit { requests: 1, window_ms: 8000, refuses: true };
        desk.account.gate().set_limit(Some(limit));
        let mut watch = desk.bench.spawn(&["--archive", "a", "watch"]);
        let floods = || desk.account.gate().log().iter().filter(|seen| seen.status == 420).count();
        let came = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            floods() > 0
        });
        // What came is kept and heard within this.
        std::thread::sleep(Duration::from_millis(800));
        watch.kill().unwrap();
        watch.wait().unwrap();
        desk.account.gate().set_limit(None);
        assert!(came, "{:?}", desk.account.gate().log());
        let (_, told) = texts(&desk.bench.run(&["--archive", "a", "sources", "list"]));
        let note = "note: telegram (account) asked to wait; nothing is asked until";
        assert!(told.contains(note), "{told}");
        desk.run(&["watch", "--once"]);
        assert_eq!((desk.account.asked_while_waiting(), floods()), (0, 1));
        assert_eq!(desk.held(), desk.expected());
    }

    #[test]
    fn logging_in_keeps_a_session_and_nothing_that_was_typed() {
        let desk = Desk::new(&[("railnotices", 5)]);
        desk.put_session(false);
        desk.account.set_login(PHONE, "72931");
        let arguments = ["--archive", "a", "sources", "login", "telegram"];
        let output = desk.bench.typed(&arguments, &format!("{PHONE}\n11111\n72931\n"));
        let (stdout, stderr) = texts(&output);
        assert!(output.status.success(), "{stderr}");
        assert!(stdout.starts_with("logged in; the session lies in "), "{stdout}");
        assert!(stderr.contains("error: the code is not the one that was sent\n"), "{stderr}");
        let session = std::fs::read_to_string(desk.session_path()).unwrap();
        assert!(session.contains("\"is_complete\":true"), "{session}");
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(desk.session_path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        desk.run(&["sources", "add", RAIL]);
        assert_eq!(desk.run(&["watch", "--once"])["posts_added"], 5);
        let encoded = STANDARD.encode(key());
        for secret in [PHONE, "72931", HASH, encoded.as_str()] {
            assert!(!session.contains(secret) || secret == encoded, "{secret}");
            assert_eq!(desk.files_with(secret.as_bytes()), Vec::<PathBuf>::new(), "{secret}");
            assert!(!stdout.contains(secret) && !stderr.contains(secret), "{secret}");
        }
        assert_eq!(desk.files_with(&key()[..32]), Vec::<PathBuf>::new());
        let again = desk.bench.bad(1, &arguments);
        assert!(again.contains("an account is logged in already"), "{again}");

        // What others can read is not used.
        desk.set_mode(0o644);
        let said = desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
        assert!(said.contains("others can read it (mode 644)"), "{said}");
        desk.set_mode(0o600);
        desk.bench.good(&["--archive", "a", "sources", "logout", "telegram"]);
        assert!(desk.account.is_logged_out() && !desk.session_path().try_exists().unwrap());
        let said = desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
        assert!(said.contains("no Telegram account is logged in"), "{said}");
    }

    #[test]
    fn what_is_no_public_channel_is_refused_with_its_reason() {
        let desk = Desk::new(&[("railnotices", 5), ("dutyofficer", 0), ("railtalk", 3)]);
        desk.put_session(true);
        desk.telegram.set_status("dutyofficer", now_ms() - 1000, Status::Person).unwrap();
        desk.telegram.set_status("railtalk", now_ms() - 1000, Status::Group { online: 2 }).unwrap();
        let output = desk.bench.run(&[
            "--archive",
            "a",
            "sources",
            "add",
            "telegram:dutyofficer",
            "telegram:railtalk",
        ]);
        assert_eq!(output.status.code(), Some(1));
        let (_, told) = texts(&output);
        for line in [
            "note: telegram:dutyofficer: a person's account or a bot",
            "error: telegram:dutyofficer is not a public channel; Marsad watches public channels only",
            "error: telegram:railtalk is not a public channel; Marsad watches public channels only",
        ] {
            assert!(told.contains(line), "{told}");
        }
        assert!(told.contains("note: telegram:railtalk: a public group"), "{told}");
        desk.bench.write(
            "a/marsad.toml",
            "[telegram]\naccount = true\ngroups = true\nrequests_per_s = 500\n",
        );
        desk.run(&["sources", "add", "telegram:railtalk"]);
        assert_eq!(desk.run(&["watch", "--once"])["posts_added"], 3);
        let posts = desk.posts();
        assert!(posts.values().all(|line| line["author_pid"].is_string()), "{posts:?}");
        assert!(desk.files_with(b"7000000001").is_empty());
    }

    #[test]
    fn a_session_that_telegram_ended_fails_the_look_and_takes_no_channel_for_gone() {
        let desk = Desk::new(&[("railnotices", 5)]);
        desk.put_session(true);
        desk.run(&["sources", "add", RAIL]);
        desk.run(&["watch", "--once"]);
        desk.account.set_revoked(true);
        let said = desk.bench.bad(1, &["--archive", "a", "watch", "--once"]);
        assert!(said.contains("AUTH_KEY_UNREGISTERED"), "{said}");
        assert!(said.contains("marsad sources login telegram"), "{said}");
        let list = desk.run(&["sources", "list"]);
        assert_eq!(rows(&list)[0]["status"], "alive");
    }
}
