//! Channels worth watching: found in worlds with known truth, suggested, added by a human.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::bench::{Bench, post, rows};

/// From its officials, the article's network comes back without any link.
pub(crate) fn the_network_comes_back(bench: &Bench, truth: &Value) {
    let texts = |list: &Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    };
    let officials = texts(&truth["network"]["officials"]);
    let platforms = truth["network"]["channels"].as_object().unwrap();
    let network: BTreeSet<String> = platforms.values().flat_map(texts).collect();
    let mut arguments = vec!["measure", "discover", "--channel"];
    arguments.extend(officials.iter().map(String::as_str));
    let finding = bench.json(&arguments);
    let candidates = rows(&finding).iter().map(|row| row["candidate"].as_str().unwrap());
    let found: BTreeSet<String> = candidates.map(str::to_owned).collect();
    let hidden: Vec<&String> = network.difference(&officials).collect();
    let back = hidden.iter().filter(|key| found.contains(**key)).count();
    assert!(back * 20 >= hidden.len() * 19, "{back} of {} came back", hidden.len());
    let outside: Vec<&String> = found.difference(&network).collect();
    assert!(outside.len() * 50 <= found.len(), "{} of {}: {outside:?}", outside.len(), found.len());
    // Each platform's attempt is among them, and nothing is asserted.
    for platform in ["telegram", "tamtam", "matrix", "rocketchat"] {
        assert!(found.iter().any(|key| key.starts_with(platform)), "{platform}");
    }
    for row in rows(&finding) {
        let wording = row["wording"].as_str().unwrap();
        assert!(["observed", "consistent with"].contains(&wording), "{row}");
        assert!(!row["reasons"][0]["posts"].as_array().unwrap().is_empty(), "{row}");
    }
}

/// In a quiet world no channel shares more with another than is usual.
pub(crate) fn nothing_stands_out(bench: &Bench) {
    let statements = bench.json(&["measure", "statements", "--limit", "1"]);
    let first = rows(&statements)[0]["first_post"].as_str().unwrap();
    let finding =
        bench.json(&["measure", "discover", "--channel", first.split_once('/').unwrap().0]);
    assert!(rows(&finding).iter().all(|row| row["wording"] != "consistent with"), "{finding}");
}

/// A desk that forwards one channel, links to others, and mentions somebody.
fn desk(bench: &Bench) {
    let mut lines = String::new();
    for day in 1..=3 {
        let mut line: Value = serde_json::from_str(&post(
            "telegram:desk",
            &format!("f{day}"),
            &format!("2019-11-0{day}T10:00:00Z"),
            &format!("Notice {day}: the coast road is closed between the harbour and the station"),
        ))
        .unwrap();
        line["forward_of"] = json!({"platform": "telegram", "channel": "CoastWeather", "id": "7"});
        lines += &line.to_string();
        lines.push('\n');
    }
    for (id, text) in [
        ("1", "Trains: https://t.me/s/railnotices, thanks to @somebody"),
        ("2", "Rooms: https://matrix.to/#/%23rail:example.org and https://t.me/+AbCdEf"),
        ("3", "Found at t.me/harbour_news"),
    ] {
        lines += &post("telegram:desk", id, "2019-11-03T11:00:00Z", text);
    }
    bench.write("a.ndjson", lines);
    bench.json(&["--archive", "a", "import", "a.ndjson"]);
    // Nobody answers there: what is added is looked at by the first watch.
    bench.write(
        "a/marsad.toml",
        "[telegram]\nurl = \"http://127.0.0.1:9\"\n[matrix]\nurl = \"http://127.0.0.1:9\"\n",
    );
}

#[test]
fn suggestions_are_lines_that_a_human_adds() {
    let bench = Bench::new();
    desk(&bench);
    let written =
        bench.good(&["--archive", "a", "sources", "suggest", "--channel", "telegram:desk"]);
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(
        lines,
        [
            "telegram:coastweather # 3 forwards by 1 channel",
            "matrix:#rail:example.org # 1 link by 1 channel",
            "telegram:harbour_news # 1 link by 1 channel; a link that may be a person's",
            "telegram:railnotices # 1 link by 1 channel",
        ]
    );
    assert!(!written.contains("somebody"));
    // Nothing is added by that, and looking is written down.
    assert!(!bench.path("a/desk.sqlite").try_exists().unwrap());
    let trail = bench.json(&["--archive", "a", "evidence", "audit"]);
    assert!(trail.to_string().contains("sources suggest"), "{trail}");
    let told = bench.json(&[
        "--archive",
        "a",
        "sources",
        "suggest",
        "--limit",
        "2",
        "--channel",
        "telegram:desk",
    ]);
    assert_eq!((&told["suggested"], rows(&told).len()), (&json!(2), 2));
    assert_eq!(rows(&told)[0]["reasons"][0]["kind"], "forward");
    // A human strikes a line, and adds the rest: those are not suggested again.
    bench.write("new.txt", lines[..1].join("\n"));
    let added = bench.json(&["--archive", "a", "sources", "add", "new.txt"]);
    assert_eq!(added["added"], 1, "{added}");
    let again = bench.good(&["--archive", "a", "sources", "suggest", "--channel", "telegram:desk"]);
    assert_eq!(again.lines().collect::<Vec<_>>(), &lines[1..]);
    let finding = bench.json(&["--archive", "a", "measure", "discover"]);
    assert_eq!(finding["parameters"]["seeds"], "watch list");
}

fn reject<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--archive", "a", "sources", "reject"][..], more].concat()
}

#[test]
fn who_was_rejected_is_not_suggested_again_until_that_is_lifted() {
    let bench = Bench::new();
    desk(&bench);
    let suggest = ["--archive", "a", "sources", "suggest", "--channel", "telegram:desk"];
    let before = bench.good(&suggest);
    assert_eq!(rows(&bench.json(&reject(&[]))).len(), 0);
    assert!(!bench.path("a/desk.sqlite").try_exists().unwrap(), "looking makes no book");
    let why = "a port's own notices, no channel of ours";
    bench.bad(2, &reject(&["telegram:harbour_news"]));
    bench.bad(2, &reject(&["harbour news", "--reason", why]));
    let done = bench.json(&reject(&["telegram:Harbour_News", "--reason", why]));
    assert_eq!(done["rejected"], 1);
    let after = bench.good(&suggest);
    assert_eq!(after.lines().count(), before.lines().count() - 1);
    assert!(!after.contains("harbour_news"), "{after}");
    let finding =
        bench.json(&["--archive", "a", "measure", "discover", "--channel", "telegram:desk"]);
    assert!(finding.to_string().contains("rejected and are left out (`--rejected` shows them): 1"));
    let listed = bench.json(&reject(&[]));
    assert_eq!(rows(&listed)[0]["channel"], "telegram:harbour_news");
    assert_eq!(rows(&listed)[0]["reason"], why);
    assert!(rows(&listed)[0]["rejected_at"].is_string());
    let with = bench.good(&[&suggest[..], &["--rejected"]].concat());
    assert!(
        with.lines().any(|line| line.contains("harbour_news") && line.ends_with(why)),
        "{with}"
    );
    let trail = bench.json(&["--archive", "a", "evidence", "audit"]);
    assert!(trail.to_string().contains("sources reject"), "{trail}");
    bench.bad(1, &reject(&["--lift", "telegram:railnotices"]));
    assert_eq!(bench.json(&reject(&["--lift", "telegram:harbour_news"]))["lifted"], 1);
    assert_eq!(bench.good(&suggest), before);
    // Whoever adds a channel has changed their mind.
    bench.json(&reject(&["telegram:harbour_news", "--reason", why]));
    bench.json(&["--archive", "a", "sources", "add", "telegram:harbour_news"]);
    assert_eq!(rows(&bench.json(&reject(&[]))).len(), 0);
}

#[test]
fn a_channel_of_a_server_is_rocketchats_where_that_is_known() {
    let bench = Bench::new();
    desk(&bench);
    let add = |link: &str| bench.run(&["--archive", "a", "sources", "add", link, "--json"]);
    for link in ["https://www.youtube.com/channel/UC1", "https://chat.example.org/channel/rail"] {
        let output = add(link);
        assert_eq!(output.status.code(), Some(2), "{link}");
        let (_, said) = crate::bench::texts(&output);
        assert!(
            said.contains("not known to run Rocket.Chat; if it does, write rocketchat:"),
            "{said}"
        );
    }
    bench.write(
        "a/marsad.toml",
        "[telegram]\nurl = \"http://127.0.0.1:9\"\n[rocketchat]\nurl = \"http://127.0.0.1:9\"\n",
    );
    // The server of the settings is known, and so is one that is on the list.
    assert!(add("http://127.0.0.1:9/channel/rail").status.success());
    assert!(add("rocketchat:chat.example.org/weather").status.success());
    assert!(add("https://chat.example.org/channel/rail").status.success());
    let list = bench.json(&["--archive", "a", "sources", "list"]);
    let names: Vec<&str> = rows(&list).iter().map(|row| row["source"].as_str().unwrap()).collect();
    assert!(names.contains(&"rocketchat:chat.example.org/rail"), "{names:?}");
    assert!(names.contains(&"rocketchat:127.0.0.1:9/rail"), "{names:?}");
}

#[test]
fn a_channel_filed_under_its_name_is_measured_proved_and_erased_by_its_number() {
    let bench = Bench::new();
    let text = "The night train from the coast will leave forty minutes late because of heavy rain";
    let look = json!({"kind": "channel", "platform": "telegram", "channel": "1900000001",
        "handle": "CoastWeather", "observed_at": "2019-12-01T00:00:00Z", "subscribers": 7});
    let lines = [
        post("telegram:coastweather", "1", "2019-11-30T17:55:00Z", text),
        post("telegram:1900000001", "1", "2019-11-30T17:55:00Z", text),
        post("telegram:desk", "9", "2019-11-30T17:56:00Z", text),
        format!("{look}\n"),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    let statements = bench.json(&["measure", "statements"]);
    assert_eq!(
        (&rows(&statements)[0]["posts"], &rows(&statements)[0]["channels"]),
        (&json!(2), &json!(2))
    );
    let first = rows(&statements)[0]["first_post"].as_str().unwrap();
    assert_eq!(first, "telegram:1900000001/1");
    let explained = bench.json(&[
        "measure",
        "statements",
        "--explain",
        "telegram:CoastWeather/1",
        "telegram:desk/9",
    ]);
    assert_eq!(explained["similarity"], 1.0, "{explained}");
    let proved = bench.json(&["evidence", "prove", first, "--out", "post.wacz"]);
    assert_eq!(proved["records"], 2);
    let gone = bench.json(&["evidence", "erase", first, "--reason", "asked for by the channel"]);
    assert_eq!(gone["posts"], 2, "{gone}");
    bench.good(&["export", "ndjson", "--out", "all.ndjson"]);
    let left = std::fs::read_to_string(bench.path("all.ndjson")).unwrap();
    assert!(!left.contains("coastweather") && left.contains("telegram"), "{left}");
}
