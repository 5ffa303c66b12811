//! Forgetting: what is erased is gone from everything, and everything else stays as it was.

use std::fs;
use std::path::Path;

use marsad_evidence::Store;

use crate::bench::{Bench, post};

const GOING: &str = "quokkafield";

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/inputs").join(name);
    fs::read(path).unwrap()
}

/// Everything under a folder, records of the evidence unpacked.
fn everything(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, found);
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|extension| extension == "zst") {
            bytes.extend(zstd::decode_all(bytes.as_slice()).unwrap());
        }
        found.push((path.display().to_string(), bytes));
    }
}

/// Files of the archive that hold a word.
pub(crate) fn holders(bench: &Bench, word: impl AsRef<[u8]>) -> Vec<String> {
    holders_in(&bench.path("marsad-archive"), word)
}

/// Files of a folder that hold a word.
pub(crate) fn holders_in(folder: &Path, word: impl AsRef<[u8]>) -> Vec<String> {
    let word = word.as_ref();
    let mut found = Vec::new();
    everything(folder, &mut found);
    assert!(found.len() > 10);
    let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    found.into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

fn exported(bench: &Bench) -> Vec<String> {
    bench.good(&["export", "ndjson", "--out", "all.ndjson"]);
    let text = fs::read_to_string(bench.path("all.ndjson")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Erases, and checks that exactly the posts that say the word are gone.
#[track_caller]
fn erase(bench: &Bench, arguments: &[&str], observations: u64) {
    let before = exported(bench);
    bench.good(&["evidence", "prove", "telegram:kept/1", "--out", "kept.wacz"]);
    let checkpoint = bench.good(&["evidence", "checkpoint"]);
    let earlier =
        marsad_evidence::Checkpoint::parse(format!("{}\n", checkpoint.trim_end()).as_bytes());
    let earlier = earlier.unwrap().head;
    assert!(!holders(bench, GOING).is_empty());
    let dry = bench.json(&[arguments, &["--dry-run"]].concat());
    assert_eq!((&dry["posts"], &dry["dry_run"]), (&observations.into(), &true.into()), "{dry}");
    assert_eq!(before, exported(bench), "a dry run changes nothing");
    let told = bench.json(arguments);
    assert_eq!(told["posts"], observations, "{told}");
    assert_eq!(holders(bench, GOING), Vec::<String>::new());
    let kept: Vec<String> = before.iter().filter(|line| !line.contains(GOING)).cloned().collect();
    assert!(kept.len() < before.len());
    let after = exported(bench);
    assert_eq!(after, kept);
    // The log only went on, every record that stays verifies, and an older bundle still does.
    let status = bench.json(&["evidence", "status"]);
    assert_eq!(status["ok"], true, "{status}");
    assert_eq!(status["erased"], told["records"]);
    let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
    assert!(reader.extends(&earlier).unwrap());
    let mut bundle = fs::File::open(bench.path("kept.wacz")).unwrap();
    assert!(marsad_evidence::check_bundle(&mut bundle, None).unwrap().is_sound());
    bench.json(&["rebuild"]);
    assert_eq!(after, exported(bench), "made again from the evidence: the same");
    bench.good(&["doctor"]);
    let trail = bench.json(&["evidence", "audit"]);
    let acts = crate::bench::rows(&trail).iter().filter(|row| row["action"] == "erase");
    assert_eq!(acts.count(), 1);
}

fn kept() -> String {
    let text = "The ferry to the island leaves at nine in the morning";
    post("telegram:kept", "1", "2019-11-30T10:00:00Z", text)
}

pub(crate) const ERASE: [&str; 4] = ["evidence", "erase", "--reason", "asked for by the station"];

#[test]
fn a_post_is_gone_from_every_import_version_and_table() {
    let bench = Bench::new();
    let line = |id: &str, text: &str| post("telegram:a", id, "2019-11-30T10:00:00Z", text);
    let going = format!("The {GOING} match is called off");
    let first =
        [line("1", "Rain in the north"), line("2", &going), "nonsense\n".to_owned(), kept()];
    bench.write("a.ndjson", first.concat());
    // Again in another file, where it adds nothing to the tables; and another version of it.
    bench.write("b.ndjson", [line("2", &going), line("3", "Sun in the south")].concat());
    bench.write("c.ndjson", [line("2", &format!("{going}, no: it is played"))].concat());
    for file in ["a.ndjson", "b.ndjson", "c.ndjson"] {
        bench.json(&["import", file]);
    }
    erase(&bench, &[&ERASE[..], &["telegram:a/2"]].concat(), 3);
    // Nothing of it comes back with what is imported later, and what stayed is still known.
    bench.write("d.ndjson", [line("1", "Rain in the north"), line("4", "Fog")].concat());
    let later = bench.json(&["import", "d.ndjson"]);
    assert_eq!((&later["posts_added"], &later["posts_duplicate"]), (&1.into(), &1.into()));
    stays_erased(&bench, &["import", "a.ndjson"], 1);
    stays_erased(&bench, &["import", "c.ndjson"], 1);
    bench.bad(1, &[&ERASE[..], &["telegram:a/2"]].concat());
    bench.bad(2, &[&ERASE[..], &["nonsense"]].concat());
    bench.bad(2, &["evidence", "erase", "telegram:a/1"]);
}

#[test]
fn posts_that_share_a_record_can_go_one_after_the_other() {
    let bench = Bench::new();
    let line = |id: &str, text: &str| post("telegram:a", id, "2019-11-30T10:00:00Z", text);
    let texts = ["Rain", "Sun", "Fog", "Hail"];
    let lines: Vec<String> = (1..5).zip(texts).map(|(n, t)| line(&n.to_string(), t)).collect();
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    let before = exported(&bench);
    for (gone, id) in (1..4).zip(["telegram:a/1", "telegram:a/2", "telegram:a/3"]) {
        assert_eq!(bench.json(&[&ERASE[..], &[id]].concat())["posts"], 1);
        assert_eq!(exported(&bench), before[gone..]);
    }
    assert_eq!(holders(&bench, "Fog"), Vec::<String>::new());
}

#[test]
fn a_row_of_a_table_goes_with_all_its_lines_and_its_equals() {
    let bench = Bench::new();
    bench.write("kept.ndjson", kept());
    bench.json(&["import", "kept.ndjson"]);
    let going = format!("\"The {GOING} match\nis called off\"");
    let rows = [
        "channel,time,text\n".to_owned(),
        "a,2019-11-30,\"Rain\nin the north\"\n".to_owned(),
        format!("a,2019-11-30,{going}\n"),
        "a,2019-11-30,Sun\n".to_owned(),
        format!("a,2019-11-30,{going}\n"),
        "a,not a time,Fog\n".to_owned(),
        "a,2019-11-30,Sun\n".to_owned(),
    ];
    bench.write("a.csv", rows.concat());
    let map = ["--map", "channel=channel", "--map", "text=text", "--map", "published_at=time"];
    let import = [&["import", "--as", "csv", "--platform", "telegram", "a.csv"][..], &map].concat();
    assert_eq!(bench.json(&import)["posts_added"], 5);
    let line = exported(&bench).into_iter().find(|line| line.contains(GOING)).unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let key = format!("telegram:a/{}", line["id"].as_str().unwrap());
    erase(&bench, &[&ERASE[..], &[&key]].concat(), 2);
    let chunks = || {
        let reader = Store::open_read(&bench.path("marsad-archive/evidence")).unwrap();
        reader.count(marsad_evidence::RecordKind::Chunk).unwrap()
    };
    let before = chunks();
    stays_erased(&bench, &import, 2);
    assert_eq!(chunks(), before, "what is left of the file is the chunk that the erasure left");
}

/// The same file again brings nothing back.
#[track_caller]
fn stays_erased(bench: &Bench, import: &[&str], left_out: u64) {
    let before = exported(bench);
    for _ in 0..2 {
        let told = bench.json(import);
        assert_eq!((&told["posts_added"], &told["versions_added"]), (&0.into(), &0.into()));
        assert_eq!(told["left_out"], left_out, "{told}");
        assert_eq!(exported(bench), before);
        assert_eq!(holders(bench, GOING), Vec::<String>::new());
    }
    bench.json(&["rebuild"]);
    assert_eq!(exported(bench), before);
    bench.json(&["evidence", "status"]);
}

#[test]
fn a_message_of_a_whole_document_goes_and_the_others_are_kept_as_read() {
    let bench = Bench::new();
    bench.write("kept.ndjson", kept());
    bench.json(&["import", "kept.ndjson"]);
    let document = String::from_utf8(fixture("telegram_desktop.json")).unwrap();
    bench.write("result.json", document.replace("Gale warning", GOING));
    let added = bench.json(&["import", "result.json"])["posts_added"].as_u64().unwrap();
    // The same message in another version, learned later, keeps its number.
    let id = "telegram:1900000001";
    bench.write("later.ndjson", post(id, "3", "2026-11-23T03:13:20Z", "Another text"));
    assert_eq!(bench.json(&["import", "later.ndjson"])["versions_added"], 1);
    assert_eq!(holders(&bench, "Duty editor").len(), 1, "the evidence alone");
    let erased = [&ERASE[..], &["telegram:1900000001/2"]].concat();
    erase(&bench, &erased, 1);
    stays_erased(&bench, &["import", "result.json"], 1);
    assert!(added > 2);
    assert_eq!(holders(&bench, "Duty editor"), Vec::<String>::new(), "nor is it written anew");
}

#[test]
fn retention_rules_take_what_is_too_old_on_their_platform() {
    let bench = Bench::new();
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", &format!("The {GOING} match is off")),
        post("tamtam:b", "1", "2019-11-30T10:00:00Z", "The train is late"),
        post("telegram:kept", "1", "2999-11-30T10:00:00Z", "The ferry leaves at nine"),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    bench.bad(2, &["evidence", "retain"]);
    let rule = "[[retention]]\nplatform = \"telegram\"\ndays = 365\n";
    bench.write("marsad-archive/marsad.toml", rule);
    erase(&bench, &["evidence", "retain"], 1);
    assert_eq!(bench.json(&["evidence", "retain"])["posts"], 0);
}

#[test]
fn a_row_that_counts_by_its_order_goes_and_the_others_keep_their_places() {
    let bench = Bench::new();
    let rows = "object_id,account_id,content_id,timestamp_share\n\
                o1,a,c1,1575108000\no1,b,c2,1575108010\no1,a,c3,1575108020\n";
    bench.write("a.csv", rows);
    bench.json(&["import", "--as", "coortweet", "--platform", "telegram", "a.csv"]);
    let before = exported(&bench);
    let line: serde_json::Value = serde_json::from_str(&before[0]).unwrap();
    let channel = line["channel"].as_str().unwrap();
    let key = format!("telegram:{channel}/{}", line["id"].as_str().unwrap());
    assert_eq!(bench.json(&[&ERASE[..], &[&key]].concat())["posts"], 1);
    assert_eq!(exported(&bench), before[1..]);
    assert_eq!(bench.json(&["evidence", "status"])["erased"], 1);
}
