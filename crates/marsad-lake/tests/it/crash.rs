//! A crash between the commits of two tables, and what the next opening makes of it.

use std::fs;
use std::path::{Path, PathBuf};

use marsad_lake::{Filer, Lake};
use marsad_types::{Channel, ChannelKey, Coverage, Event, Outcome, Platform, Problem, Timestamp};

use crate::world::{channel, post, take};

/// The tables in the order in which they are committed.
const COMMITTED: [&str; 6] =
    ["channels", "coverage", "events", "problems", "fingerprints", "posts"];

/// Takes a row of every kind, told apart by a letter; `leaf` is the record that they are read from.
fn take_all(filer: &mut Filer, letter: char, leaf: u64) {
    let at: Timestamp = "2019-12-01T12:00:00Z".parse().unwrap();
    let key: ChannelKey = channel(&format!("tamtam:desk-{letter}"));
    filer.take_channel(Channel::seen(key, at), leaf);
    let platform = Platform::new("tamtam").unwrap();
    let (from, to, poll_s, outcome) = (at, Timestamp(at.0 + 1000), None, Outcome::Ok);
    let channel = Some(format!("desk-{letter}").into());
    let stretch =
        Coverage { platform: platform.clone(), channel, from, to, poll_s, outcome, line: 1 };
    filer.take_coverage(stretch, leaf);
    let name = format!("timetable {letter}");
    let event =
        Event { name, platform: Some(platform), from, to, source: None, claim: None, line: 1 };
    filer.take_event(event, leaf);
    let problem = |line| Problem { line, reason: format!("{letter} is no time") };
    for line in [1, 1, 2] {
        filer.take_problem(problem(line), leaf, "a.ndjson");
    }
    let text = format!("train {letter} is late this morning, says the station");
    let id = letter.to_string();
    take(filer, post("telegram:desk", &id, "2019-11-30T17:56:00Z", &text), leaf);
}

/// Stands where a table's next commit would be written, so that this commit fails as it would if the
/// power went before it.
fn block(root: &Path, table: &str) -> PathBuf {
    let log = root.join(table).join("_delta_log");
    let commits = fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path());
    let count = commits.filter(|path| path.extension().is_some_and(|e| e == "json")).count();
    let path = log.join(format!("{count:020}.json"));
    fs::write(&path, "").unwrap();
    path
}

/// Every row of every table as text, sorted, without where it was read from.
fn rows(lake: &Lake) -> Vec<String> {
    let mut rows = Vec::new();
    rows.extend(lake.channel_rows().unwrap().iter().map(|row| format!("{}", row.key)));
    rows.extend(lake.coverage_rows().unwrap().iter().map(|row| format!("{row:?}")));
    rows.extend(lake.event_rows().unwrap().iter().map(|row| format!("{row:?}")));
    rows.extend(lake.problem_rows().unwrap().iter().map(|row| format!("{row:?}")));
    lake.each_post(&mut |row| rows.push(format!("{} {}", row.id, row.post.text))).unwrap();
    rows.sort();
    rows
}

#[test]
fn a_crash_before_any_table_s_commit_loses_no_row_and_doubles_none() {
    let wanted = {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = Lake::open(folder.path()).unwrap();
        let mut filer = Filer::default();
        for (letter, leaf) in [('a', 0), ('b', 1), ('c', 2)] {
            take_all(&mut filer, letter, leaf);
        }
        lake.file(&filer.take_batch(), 3).unwrap();
        rows(&lake)
    };
    assert_eq!(wanted.len(), 3 * 7);
    for table in COMMITTED {
        let folder = tempfile::tempdir().unwrap();
        let mut lake = Lake::open(folder.path()).unwrap();
        let mut filer = lake.filer().unwrap();
        take_all(&mut filer, 'a', 0);
        lake.file(&filer.take_batch(), 1).unwrap();
        take_all(&mut filer, 'b', 1);
        let blocked = block(folder.path(), table);
        assert!(lake.file(&filer.take_batch(), 2).is_err(), "{table}");
        fs::remove_file(blocked).unwrap();
        // The next opening knows what was committed; what it files with the rest are other rows.
        let mut lake = Lake::open(folder.path()).unwrap();
        assert_eq!(lake.position().unwrap(), 1, "{table}");
        let mut filer = lake.filer().unwrap();
        take_all(&mut filer, 'b', 1);
        take_all(&mut filer, 'c', 2);
        lake.file(&filer.take_batch(), 2).unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        assert_eq!(rows(&lake), wanted, "{table}");
        assert_eq!(lake.counts().unwrap().fingerprints, 3, "{table}");
    }
}
