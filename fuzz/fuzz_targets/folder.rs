//! An evidence folder with some bytes changed, anywhere: index, salts, tiles, heads, records,
//! checkpoint, format. It opens or is refused, and it never verifies unless nothing was changed.
//!
//! Most inputs change a folder of a dozen records: a run reads and hashes every record. Those that
//! change one of 300 records, which make a second level of tiles, take three times as long without
//! a sanitizer.

#![no_main]

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use marsad_evidence::{Checkpoint, NewRecord, Options, RecordKind, Signer, Store, prepare};
use marsad_types::Timestamp;

const FILES: [&str; 8] = [
    "log/tiles/0",
    "log/index",
    "log/salts",
    "log/heads",
    "warc/000001.warc.zst",
    "checkpoint",
    "format",
    "log/tiles/1", // only in the large folder
];
const SMALL: u32 = 12;
const LARGE: u32 = 300;

struct Sound {
    dir: tempfile::TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
}

thread_local! {
    static SOUND: [OnceCell<Sound>; 2] = const { [const { OnceCell::new() }; 2] };
}

fn sound(records: u32) -> Sound {
    let dir = tempfile::Builder::new().tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let signer = Some(Signer::new("weather.example/log", &[7; 32]).unwrap());
    let options = Options { signer, ..Options::default() };
    let mut store = Store::open_with(dir.path(), options).unwrap();
    for n in 0..records {
        let payload = format!("{n}: rain\n");
        let record = NewRecord {
            kind: RecordKind::Chunk,
            target: format!("urn:marsad:import:weather#{n}"),
            content_type: "text/plain",
            at: Timestamp(1_575_136_500_000),
            fields: vec![],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
        if n % (records / 3) == 0 {
            store.commit(Timestamp(1_575_136_500_000)).unwrap();
        }
    }
    store.erase(&[7], "asked for", Timestamp(1_575_136_500_000)).unwrap();
    drop(store);
    let read = |name: &&str| {
        let path = dir.path().join(name);
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    };
    let there = FILES.len() - usize::from(records == SMALL);
    let files = FILES[..there].iter().map(read).collect();
    Sound { dir, files }
}

/// Which file, where, and the bytes that stand there from now on; the file may grow or be cut.
fn change(sound: &Sound, input: &[u8]) -> Option<(usize, Vec<u8>)> {
    let [which, how, a, b, c, rest @ ..] = input else { return None };
    let which = usize::from(*which) % sound.files.len();
    let mut bytes = sound.files[which].1.clone();
    let at = (usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c)) % (bytes.len() + 1);
    match how % 3 {
        0 => bytes.truncate(at),
        1 => drop(bytes.splice(at..at, rest.iter().copied())),
        _ => {
            for (place, byte) in bytes.iter_mut().skip(at).zip(rest) {
                *place = *byte;
            }
        }
    }
    Some((which, bytes))
}

fn look(dir: &Path) -> bool {
    let Ok(reader) = Store::open_read(dir) else { return false };
    for record in reader.records(0).take(SMALL as usize) {
        drop(record); // the rest is read by the check below
    }
    for leaf in [0, 7, 255, 256, 301] {
        drop(reader.proof(leaf));
        drop(reader.head_at(leaf));
        drop(reader.consistency(leaf));
    }
    drop(reader.heads());
    drop(reader.count(RecordKind::Chunk));
    reader.verify().is_ok_and(|verdict| verdict.is_sound())
}

fuzz_target!(|input: &[u8]| {
    SOUND.with(|[small, large]| {
        let is_large = input.first().is_some_and(|which| *which >= 0xf0);
        let sound = if is_large {
            large.get_or_init(|| sound(LARGE))
        } else {
            small.get_or_init(|| sound(SMALL))
        };
        let Some((which, bytes)) = change(sound, input) else { return };
        let (path, before) = &sound.files[which];
        std::fs::write(path, &bytes).unwrap();
        let is_sound = look(sound.dir.path());
        std::fs::write(path, before).unwrap();
        // Bytes behind the checkpoint are the rest of a write that was never acknowledged, and a
        // note may bear further signatures of keys that nobody knows.
        let head = |note: &[u8]| Checkpoint::parse(note).map(|checkpoint| checkpoint.head);
        let is_tail = match FILES[which] {
            "format" => false,
            "checkpoint" => head(&bytes) == head(before),
            _ => bytes.starts_with(before),
        };
        assert!(!is_sound || is_tail || bytes == *before, "{} changed and verifies", FILES[which]);
    });
});
