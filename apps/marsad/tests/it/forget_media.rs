//! Forgetting posts with pictures: what only they name goes with them, and nothing else does.

use std::fs;

use marsad_evidence::{Options, Record, RecordKind, Signer, Store, merkle};
use marsad_types::Timestamp;
use serde_json::{Value, json};

use crate::bench::{Bench, post};
use crate::forget::{ERASE, holders};
use crate::media::{export, jpeg, media, photo, picture, png, relations};

/// The record that lists what an import is made of.
const LIST: &str = "application/vnd.marsad.import+json";

fn hex(digest: [u8; 32]) -> String {
    digest.map(|byte| format!("{byte:02x}")).concat()
}

/// Whether the record of some bytes is there. When it is not, neither the bytes nor their digest are
/// anywhere.
#[track_caller]
fn is_kept(bench: &Bench, bytes: &[u8]) -> bool {
    let digest = merkle::sha256(bytes);
    let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    let is_kept = reader.find(RecordKind::Resource, "", &digest).unwrap().is_some();
    let places = [holders(bench, bytes), holders(bench, hex(digest))];
    assert_eq!(places.map(|files| !files.is_empty()), [is_kept; 2], "bytes and digest");
    is_kept
}

/// Erases a post, and checks that every other post is as before with its files, also after another
/// rebuild; gives how many files went.
#[track_caller]
fn erase(bench: &Bench, key: &str) -> u64 {
    let gone = key.split_once(':').unwrap().1;
    let others = |bench: &Bench| {
        let mut media = media(bench);
        media.retain(|(post, _)| post != gone);
        media
    };
    let (before, held) = (others(bench), media(bench).len());
    let dry = bench.json(&[&ERASE[..], &["--dry-run", key]].concat());
    assert_eq!(media(bench).len(), held, "a dry run changes nothing");
    let told = bench.json(&[&ERASE[..], &[key]].concat());
    for name in ["posts", "records", "rewritten", "media"] {
        assert_eq!(dry[name], told[name], "{name}");
    }
    assert_eq!(media(bench), before);
    bench.json(&["rebuild"]);
    assert_eq!(media(bench), before, "made again from the evidence: the same");
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
    bench.good(&["doctor"]);
    told["media"].as_u64().unwrap()
}

/// The bundle that proves a post holds its picture and the list that ties the two together.
#[track_caller]
fn proves(bench: &Bench, key: &str, picture: &[u8]) {
    bench.good(&["evidence", "prove", key, "--out", "post.wacz"]);
    let mut bundle = fs::File::open(bench.path("post.wacz")).unwrap();
    let report = marsad_evidence::check_bundle(&mut bundle, None).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    let records: Vec<Record> =
        report.records.iter().map(|(leaf, _)| reader.record(*leaf).unwrap()).collect();
    assert!(records.iter().any(|record| record.payload == picture));
    let digest = hex(merkle::sha256(picture));
    let lists = records.iter().filter(|record| record.content_type == LIST);
    let lists = lists.map(|list| serde_json::from_slice::<Value>(&list.payload).unwrap());
    let names = |list: &Value| list["files"].to_string().contains(&digest);
    assert_eq!(lists.filter(names).count(), 1, "{report:?}");
}

#[test]
fn a_picture_goes_with_the_last_post_that_names_it() {
    let bench = Bench::new();
    let [own, other, shared] = [0, 1, 4].map(|k| png(&picture(k, 320, 240)));
    for (name, bytes) in [("1", &own), ("2", &other), ("3", &shared), ("4", &shared)] {
        bench.write(&format!("a/photos/{name}.png"), bytes);
    }
    let messages: Vec<Value> = (1..5).map(|n| photo(n, &format!("photos/{n}.png"))).collect();
    export(&bench, "a", 11, &messages);
    // Another channel has one of them too, under another name.
    bench.write("b/photos/x.png", &other);
    export(&bench, "b", 22, &[photo(9, "photos/x.png")]);
    bench.json(&["import", "a/result.json"]);
    bench.json(&["import", "b/result.json"]);
    let known = media(&bench);
    assert!(known.iter().all(|(_, media)| media[0]["pdq_quality"] == 100), "{known:?}");
    let kept = |bench: &Bench| [&own, &other, &shared].map(|bytes| is_kept(bench, bytes));
    assert_eq!(kept(&bench), [true; 3]);

    assert_eq!(erase(&bench, "telegram:11/1"), 1);
    assert_eq!(kept(&bench), [false, true, true]);
    let statement = |first: &str, last: &str| {
        let found = relations(&bench);
        let posts = found.iter().map(|row| row.iter().map(|member| &*member.0).collect());
        posts.collect::<Vec<Vec<&str>>>().contains(&vec![first, last])
    };
    assert!(statement("telegram:11/3", "telegram:11/4"));
    assert!(statement("telegram:11/2", "telegram:22/9"));
    proves(&bench, "telegram:11/4", &shared);
    proves(&bench, "telegram:22/9", &other);

    assert_eq!(erase(&bench, "telegram:11/3"), 0, "another post of the import still names it");
    proves(&bench, "telegram:11/4", &shared);
    assert_eq!(erase(&bench, "telegram:11/2"), 0, "another import still names it");
    assert_eq!(kept(&bench), [false, true, true]);
    proves(&bench, "telegram:22/9", &other);
    assert_eq!(erase(&bench, "telegram:11/4"), 1);
    assert_eq!(kept(&bench), [false, true, false]);

    // By age, the rest.
    bench.write("marsad-archive/marsad.toml", "[[retention]]\ndays = 365\n");
    let told = bench.json(&["evidence", "retain"]);
    assert_eq!((&told["posts"], &told["media"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!(kept(&bench), [false; 3]);
    assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
}

/// A message of a Rocket.Chat room with a picture.
fn message(minute: u32, text: &str, file: &str) -> String {
    let line = json!({
        "msg": text, "username": "press", "ts": format!("2019-11-23T03:{minute}:20.000Z"),
        "attachments": [{
            "type": "file", "title": "map.jpg", "image_type": "image/jpeg", "remote": false,
            "url": "/file-upload/x/map.jpg", "fileId": file, "fileName": "map.jpg",
        }],
    });
    format!("{line}\n")
}

#[test]
fn a_format_of_single_lines_loses_the_pictures_of_single_lines() {
    let bench = Bench::new();
    let (own, shared) = (jpeg(&picture(0, 320, 240), 70), jpeg(&picture(4, 320, 240), 70));
    let lines = [("10", "Rain", "p"), ("11", "Sun", "q"), ("12", "Fog", "r")];
    let lines = lines.map(|(at, text, file)| message(at.parse().unwrap(), text, file));
    bench.write("r/messages.json", lines.concat());
    let room = ["import", "--channel", "chat.example.org/notices", "r/messages.json"];
    // Bare at first: the files came later, and are another list of the same lines.
    bench.json(&room);
    for (name, bytes) in [("p", &own), ("q", &shared), ("r", &shared)] {
        bench.write(&format!("r/assets/{name}-map.jpg"), bytes);
    }
    assert_eq!(bench.json(&room)["media_added"], 2);
    let key = |text: &str| {
        bench.good(&["export", "ndjson", "--out", "all.ndjson"]);
        let exported = fs::read_to_string(bench.path("all.ndjson")).unwrap();
        let mut lines = exported.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let line = lines.find(|line| line["text"] == text).unwrap();
        let channel = line["channel"].as_str().unwrap().replace('/', "%2F");
        format!("rocketchat:{channel}/{}", line["id"].as_str().unwrap())
    };
    let (rain, sun, fog) = (key("Rain"), key("Sun"), key("Fog"));
    let kept = |bench: &Bench| [&own, &shared].map(|bytes| is_kept(bench, bytes));
    for (key, files, left) in
        [(&rain, 1, [false, true]), (&sun, 0, [false, true]), (&fog, 1, [false; 2])]
    {
        let before: Vec<(String, Value)> = media(&bench);
        let told = bench.json(&[&ERASE[..], &[key]].concat());
        assert_eq!((&told["posts"], &told["media"]), (&json!(1), &json!(files)), "{told}");
        let after = media(&bench);
        assert!(after.len() < before.len() && after.iter().all(|post| before.contains(post)));
        assert_eq!(kept(&bench), left);
        bench.json(&["rebuild"]);
        assert_eq!(media(&bench), after);
        assert_eq!(bench.json(&["evidence", "status"])["ok"], true);
        if key != &fog {
            proves(&bench, &fog, &shared);
        }
    }
    assert!(media(&bench).is_empty());
}

#[test]
fn posts_of_an_import_that_was_interrupted_stay_when_one_goes() {
    let bench = Bench::new();
    let line = |id: &str, text: &str| post("telegram:a", id, "2019-11-30T10:00:00Z", text);
    bench.write("a.ndjson", [line("1", "Rain"), line("2", "Sun"), line("3", "Fog")].concat());
    bench.json(&["import", "a.ndjson"]);
    // As after an interruption: everything but the list of its chunks.
    let evidence = bench.path("marsad-archive/evidence");
    let reader = Store::open_read(&evidence).unwrap();
    let list = reader.records(0).map(Result::unwrap).find(|record| record.content_type == LIST);
    let mut keys = fs::read_dir(bench.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = keys.find(|path| path.extension().is_some_and(|e| e == "log")).unwrap();
    let signer = Signer::parse(&fs::read_to_string(key).unwrap()).unwrap();
    let options = Options { signer: Some(signer), ..Options::default() };
    let mut store = Store::open_with(&evidence, options).unwrap();
    store.erase(&[list.unwrap().leaf], "a test", Timestamp(0)).unwrap();
    drop(store);
    for (key, left) in [("telegram:a/1", 2), ("telegram:a/2", 1)] {
        bench.json(&[&ERASE[..], &[key]].concat());
        assert_eq!(media(&bench).len(), left, "{key}");
    }
}
