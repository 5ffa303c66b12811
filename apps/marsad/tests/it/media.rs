//! Pictures beside an export: kept, hashed, recognised, and nothing else of the disk.

use std::fs;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use marsad_evidence::{RecordKind, Store};
use serde_json::{Value, json};

use crate::bench::{Bench, rows};

/// The picture of PDQ's synthetic vectors number `k`.
pub(crate) fn picture(k: u32, width: u32, height: u32) -> RgbImage {
    let triangle = |t: u32, p: u32| if t % (2 * p) < p { t % (2 * p) } else { 2 * p - t % (2 * p) };
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([0, 1, 2].map(|c| {
            let (p, q) = (97 + 13 * k, 61 + 7 * c);
            let a = triangle(x * (3 + k) + y * (1 + c), p) * 255 / p;
            let b = triangle(y * (5 + 2 * k) + 2 * x, q) * 255 / q;
            ((2 * a + b) / 3) as u8
        }))
    })
}

pub(crate) fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub(crate) fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes
}

/// A message of Telegram Desktop with nothing but a photo.
pub(crate) fn photo(id: u32, path: &str) -> Value {
    let at = 1_574_000_000 + id * 60;
    json!({
        "id": id, "type": "message", "date": "2019-11-17T14:13:20", "date_unixtime": at.to_string(),
        "text": "", "text_entities": [], "photo": path, "width": 320, "height": 240,
    })
}

fn chat(kind: &str, id: u32, messages: &[Value]) -> Value {
    json!({"name": format!("Channel {id}"), "type": kind, "id": id, "messages": messages})
}

pub(crate) fn export(bench: &Bench, folder: &str, id: u32, messages: &[Value]) {
    let written = chat("public_channel", id, messages).to_string();
    bench.write(&format!("{folder}/result.json"), written);
}

/// The media of every post that the archive holds, by post, every version in its order.
pub(crate) fn media(bench: &Bench) -> Vec<(String, Value)> {
    bench.good(&["export", "ndjson", "--out", "all.ndjson"]);
    let exported = fs::read_to_string(bench.path("all.ndjson")).unwrap();
    let lines = exported.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let posts = lines.filter(|line| line["kind"] == "post");
    let mut media: Vec<(String, Value)> = posts
        .map(|post| {
            let key = format!("{}/{}", post["channel"], post["id"]).replace('"', "");
            (key, post["media"].clone())
        })
        .collect();
    media.sort_by(|a, b| a.0.cmp(&b.0));
    media
}

/// The posts of statements, with the relation of each.
pub(crate) fn relations(bench: &Bench) -> Vec<Vec<(String, String)>> {
    let finding = bench.json(&["measure", "statements", "--members"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let member = |member: &Value| (text(&member["post"]), text(&member["relation"]));
    let of = |row: &Value| row["members"].as_array().unwrap().iter().map(member).collect();
    rows(&finding).iter().map(of).collect()
}

fn pair(first: &str, second: &str) -> Vec<Vec<(String, String)>> {
    let member = |post: &str, relation: &str| (format!("telegram:{post}"), relation.to_owned());
    vec![vec![member(first, "first"), member(second, "media")]]
}

#[test]
fn one_picture_in_two_encodings_is_one_statement_and_survives_a_rebuild() {
    let bench = Bench::new();
    let (same, other) = (picture(4, 320, 240), picture(1, 320, 240));
    bench.write("a/photos/photo_1.png", png(&same));
    bench.write("b/photos/photo_1.jpg", jpeg(&same, 60));
    bench.write("b/photos/photo_2.jpg", jpeg(&other, 60));
    export(&bench, "a", 11, &[photo(1, "photos/photo_1.png")]);
    export(&bench, "b", 22, &[photo(2, "photos/photo_1.jpg"), photo(3, "photos/photo_2.jpg")]);
    let paths = ["import", "a/result.json", "b/result.json"];
    let first = bench.json(&paths);
    assert_eq!(first["posts_added"], 3, "{first}");
    assert_eq!((&first["media_added"], &first["media_missing"]), (&json!(3), &json!(0)), "{first}");
    let again = bench.json(&paths);
    assert_eq!((&again["posts_added"], &again["versions_added"]), (&json!(0), &json!(0)));
    assert_eq!((&again["media_added"], &again["evidence"]), (&json!(0), &first["evidence"]));
    assert_eq!(relations(&bench), pair("11/1", "22/2"));
    let before = media(&bench);
    for (post, media) in &before {
        assert_eq!(media[0]["sha256"].as_str().unwrap().len(), 64, "{post}");
        assert_eq!(media[0]["pdq"].as_str().unwrap().len(), 64, "{post}");
        assert_eq!(media[0]["pdq_quality"], 100, "{post}");
    }
    // The first is one of the reference's own vectors.
    let reference = "83f5de4194aac1ff8155c1ff8154c1ff8155c1ff8155815581002baa2bff2bea";
    assert_eq!(before[0].1[0]["pdq"], reference);

    // From the evidence alone: neither the lake nor the files are there any more.
    for folder in ["marsad-archive/lake", "a", "b"] {
        fs::remove_dir_all(bench.path(folder)).unwrap();
    }
    bench.good(&["rebuild"]);
    assert_eq!(media(&bench), before);
    assert_eq!(relations(&bench), pair("11/1", "22/2"));
    assert!(bench.good(&["evidence", "status"]).contains("every record matches"));

    // What proves a post proves its picture, and not another's: settings, chunk, picture and list,
    // and who imported and who made the bundle.
    bench.good(&["evidence", "prove", "telegram:22/2", "--out", "post.wacz"]);
    let mut bundle = fs::File::open(bench.path("post.wacz")).unwrap();
    let report = marsad_evidence::check_bundle(&mut bundle, None).unwrap();
    assert!(report.is_sound() && report.records.len() == 6, "{report:?}");
}

#[test]
fn an_import_with_pictures_that_is_killed_leaves_all_of_them_or_none() {
    let pictures = 40;
    let fill = |bench: &Bench| {
        let messages: Vec<Value> =
            (0..pictures).map(|n| photo(n + 1, &format!("photos/{n}.jpg"))).collect();
        export(bench, "a", 11, &messages);
        for n in 0..pictures {
            bench.write(&format!("a/photos/{n}.jpg"), jpeg(&picture(n % 7, 300 + n, 200), 80));
        }
    };
    let whole = Bench::new();
    fill(&whole);
    whole.json(&["import", "a/result.json"]);
    let bench = Bench::new();
    fill(&bench);
    let index = bench.path("marsad-archive/evidence/log/index");
    for records in [1, 3, 20, 43, 44] {
        let mut import = bench.spawn(&["import", "--quiet", "a/result.json"]);
        let has_grown = || fs::metadata(&index).is_ok_and(|m| m.len() >= records * 64);
        while !has_grown() && import.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        import.kill().unwrap();
        import.wait().unwrap();
    }
    bench.json(&["import", "a/result.json"]);
    assert_eq!(media(&bench), media(&whole));
    // Acts are records too; an import that was killed may not have come to tell of itself.
    let held = |bench: &Bench| {
        let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
        [RecordKind::Manifest, RecordKind::Chunk, RecordKind::Resource]
            .map(|kind| reader.count(kind).unwrap())
    };
    assert_eq!(held(&bench), held(&whole));
}

#[test]
fn a_picture_that_comes_later_is_known_then_and_one_that_goes_is_not_forgotten() {
    let bench = Bench::new();
    let same = picture(4, 320, 240);
    let missing = "(File not included. Change data exporting settings to download.)";
    export(&bench, "a", 11, &[photo(1, "photos/1.png"), photo(9, missing)]);
    export(&bench, "b", 22, &[photo(2, "photos/1.jpg")]);
    let first = bench.json(&["import", "a/result.json", "b/result.json"]);
    assert_eq!((&first["posts_added"], &first["media_added"]), (&json!(3), &json!(0)), "{first}");
    assert_eq!((&first["media_missing"], &first["problems"]), (&json!(2), &json!(0)), "{first}");
    assert_eq!(relations(&bench), Vec::<Vec<_>>::new());

    bench.write("a/photos/1.png", png(&same));
    bench.write("b/photos/1.jpg", jpeg(&same, 75));
    let second = bench.json(&["import", "a/result.json", "b/result.json"]);
    assert_eq!((&second["media_added"], &second["versions_added"]), (&json!(2), &json!(2)));
    assert_eq!(relations(&bench), pair("11/1", "22/2"));

    // The json alone once more: it says less than is known, which is nothing new.
    fs::remove_dir_all(bench.path("a/photos")).unwrap();
    let third = bench.json(&["import", "a/result.json"]);
    assert_eq!((&third["versions_added"], &third["posts_added"]), (&json!(0), &json!(0)));
    let before = media(&bench);
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    bench.good(&["rebuild"]);
    assert_eq!(media(&bench), before);
    assert_eq!(relations(&bench), pair("11/1", "22/2"));
}

#[test]
fn the_order_in_which_bare_and_whole_exports_come_does_not_matter() {
    let found = |order: [&str; 2]| {
        let bench = Bench::new();
        for (folder, id) in [("whole", 11), ("bare", 11), ("other", 22)] {
            export(&bench, folder, id, &[photo(id, "photos/1.jpg")]);
        }
        bench.write("whole/photos/1.jpg", jpeg(&picture(4, 320, 240), 90));
        bench.write("other/photos/1.jpg", jpeg(&picture(4, 320, 240), 50));
        for folder in [order[0], order[1], "other"] {
            bench.json(&["import", &format!("{folder}/result.json")]);
        }
        relations(&bench)
    };
    assert_eq!(found(["whole", "bare"]), pair("11/11", "22/22"));
    assert_eq!(found(["bare", "whole"]), pair("11/11", "22/22"));
}

/// A PNG that declares 65,500 by 65,500 pixels in a few bytes.
fn bomb() -> Vec<u8> {
    let mut bytes = png(&picture(1, 8, 8));
    bytes[16..20].copy_from_slice(&65_500_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&65_500_u32.to_be_bytes());
    let crc = !bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

#[test]
fn hostile_pictures_are_kept_and_have_no_hash() {
    let bench = Bench::new();
    let mut cut = jpeg(&picture(4, 320, 240), 80);
    cut.truncate(150);
    let files = [
        ("one.png", png(&picture(1, 1, 1))),
        ("cut.jpg", cut),
        ("bomb.png", bomb()),
        ("empty.jpg", Vec::new()),
        ("page.jpg", b"<html><script>alert(1)</script></html>".to_vec()),
    ];
    let mut messages = Vec::new();
    for (n, (name, bytes)) in files.iter().enumerate() {
        bench.write(&format!("a/photos/{name}"), bytes);
        messages.push(photo(n as u32 + 1, &format!("photos/{name}")));
    }
    export(&bench, "a", 11, &messages);
    let summary = bench.json(&["import", "a/result.json"]);
    assert_eq!((&summary["posts_added"], &summary["media_added"]), (&json!(5), &json!(5)));
    assert_eq!(summary["problems"], 0, "{summary}");
    for (post, media) in media(&bench) {
        assert!(media[0]["sha256"].is_string() && media[0]["pdq"].is_null(), "{post}: {media}");
    }
    assert!(bench.good(&["evidence", "status"]).contains("every record matches"));
}

#[test]
fn a_path_that_leaves_the_folder_is_not_followed() {
    let bench = Bench::new();
    let secret = png(&picture(4, 320, 240));
    let outside = bench.write("secret.png", &secret);
    bench.write("a/photos/good.png", png(&picture(1, 320, 240)));
    let absolute = outside.to_str().unwrap().to_owned();
    let mut paths = vec!["../secret.png", "photos/../../secret.png", &absolute, "..\\secret.png"];
    let said_aloud = paths.len();
    if cfg!(unix) {
        paths.extend(["photos/link.png", "linked/secret.png"]);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../secret.png", bench.path("a/photos/link.png")).unwrap();
        std::os::unix::fs::symlink("..", bench.path("a/linked")).unwrap();
    }
    paths.extend(["photos", "photos/good.png"]);
    let messages: Vec<Value> =
        paths.iter().enumerate().map(|(n, path)| photo(n as u32 + 1, path)).collect();
    export(&bench, "a", 11, &messages);
    let output = bench.run(&["import", "a/result.json", "--json"]);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["posts_added"], paths.len(), "{summary}");
    assert_eq!((&summary["problems"], &summary["media_added"]), (&json!(said_aloud), &json!(1)));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is not in the input's folder; it is not read"), "{said}");
    assert!(said.contains("it is a link, and links are not followed") || !cfg!(unix), "{said}");
    let known = media(&bench).into_iter().filter(|(_, media)| media[0]["sha256"].is_string());
    assert_eq!(known.count(), 1);
    // The problems are there again after a rebuild: they are read from the evidence.
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    bench.good(&["rebuild"]);
    let doctor = bench.good(&["doctor"]);
    assert!(doctor.contains(&format!("{said_aloud} lines were not understood")), "{doctor}");
}

#[test]
fn of_a_whole_account_only_the_public_channels_pictures_are_kept() {
    let bench = Bench::new();
    let (public, private) = ("chats/chat_1/photos/1.png", "chats/chat_2/photos/1.png");
    bench.write(&format!("account/{public}"), png(&picture(4, 320, 240)));
    bench.write(&format!("account/{private}"), png(&picture(1, 320, 240)));
    let list = [
        chat("public_channel", 11, &[photo(1, public)]),
        chat("personal_chat", 5, &[photo(2, private)]),
    ];
    let account = json!({"about": "Here is the data you requested.", "chats": {"list": list}});
    bench.write("account/result.json", account.to_string());
    let summary = bench.json(&["import", "account/result.json"]);
    assert_eq!((&summary["posts_added"], &summary["media_added"]), (&json!(1), &json!(1)));
    assert_eq!(summary["media_missing"], 0, "{summary}");
    let known = media(&bench);
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].1[0]["pdq_quality"], 100);
}

#[test]
fn discord_and_rocketchat_exports_bring_their_files_too() {
    let bench = Bench::new();
    let same = picture(4, 320, 240);
    bench.write("d/room.json_Files/map-A1.png", png(&same));
    let discord = json!({
        "guild": {"id": "5", "name": "Harbour"},
        "channel": {"id": "6", "type": "GuildNews", "name": "notices"},
        "messages": [{
            "id": "13", "type": "Default", "timestamp": "2026-11-23T04:13:20.123+02:00", "content": "",
            "author": {"id": "4"},
            "attachments": [{"id": "1", "url": "room.json_Files\\map-A1.png", "fileName": "map.png"}],
        }],
        "messageCount": 1,
    });
    bench.write("d/room.json", discord.to_string());
    bench.write("r/assets/abc-map.jpg", jpeg(&same, 70));
    let rocket = json!({
        "msg": "", "username": "press", "ts": "2026-11-23T03:14:20.000Z",
        "attachments": [{
            "type": "file", "title": "map.jpg", "image_type": "image/jpeg", "remote": false,
            "url": "/file-upload/abc/map.jpg", "fileId": "abc", "fileName": "map.jpg",
        }],
    });
    bench.write("r/messages.json", format!("{rocket}\n"));
    let discord = bench.json(&["import", "--public", "d/room.json"]);
    let room = ["import", "--channel", "chat.example.org/notices", "r/messages.json"];
    let rocket = bench.json(&room);
    assert_eq!((&discord["media_added"], &rocket["media_added"]), (&json!(1), &json!(1)));
    let found = relations(&bench);
    assert_eq!(found.len(), 1, "{found:?}");
    let relations: Vec<&str> = found[0].iter().map(|member| member.1.as_str()).collect();
    assert_eq!(relations, ["first", "media"]);
    let before = media(&bench);
    assert_eq!(bench.json(&room)["posts_duplicate"], 1);
    fs::remove_dir_all(bench.path("marsad-archive/lake")).unwrap();
    bench.good(&["rebuild"]);
    assert_eq!(media(&bench), before);
}

#[test]
fn a_folder_is_imported_without_taking_its_attachments_for_inputs() {
    let bench = Bench::new();
    bench.write("e/one/photos/1.png", png(&picture(4, 320, 240)));
    export(&bench, "e/one", 11, &[photo(1, "photos/1.png")]);
    export(&bench, "e/two", 22, &[photo(2, "photos/1.png")]);
    // Somebody posted a file that claims posts of another channel.
    export(&bench, "e/one/files", 33, &[photo(3, "x.png")]);
    bench.write("e/one/notes.txt", "no format at all");
    let output = bench.run(&["import", "e", "--json"]);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["files"], &summary["posts_added"]), (&json!(2), &json!(2)), "{summary}");
    assert_eq!((&summary["media_added"], &summary["media_missing"]), (&json!(1), &json!(1)));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("3 files that belong to exports were not read as inputs"), "{said}");
    assert!(media(&bench).iter().all(|(post, _)| !post.starts_with("33/")));
}
