//! The log's figures, one JSON object a line; `benches/evidence/bench.py` runs it beside peers.
//!
//!     figures append DIR RECORDS PAYLOAD_BYTES GROUP     appends, a sync for each group
//!     figures verify DIR                                 reads and checks everything
//!     figures open DIR                                   opens to read, and to write
//!     figures payload FILE RECORDS PAYLOAD_BYTES         the payloads alone, for others to hash

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a program for the bench: it says what is wrong and stops"
)]

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use marsad_evidence::{NewRecord, Prepared, RecordKind, Store, prepare};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);
const WORDS: [&str; 16] = [
    "rain",
    "train",
    "ferry",
    "harbour",
    "مطر",
    "قطار",
    "late",
    "north",
    "дождь",
    "поезд",
    "match",
    "goal",
    "wind",
    "coast",
    "nine",
    "morning",
];

/// Text that packs about as well as posts do.
fn payload(record: u64, bytes: usize) -> Vec<u8> {
    let mut state = record.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = format!("{{\"id\":{record},\"text\":\"").into_bytes();
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.extend_from_slice(WORDS[(state % 16) as usize].as_bytes());
        text.extend_from_slice(format!(" {} ", state >> 50).as_bytes());
    }
    text.truncate(bytes);
    text
}

fn made(record: u64, payload: &[u8]) -> Prepared {
    prepare(&NewRecord {
        kind: RecordKind::Chunk,
        target: format!("urn:marsad:import:bench#{record}"),
        content_type: "application/json",
        at: NOON,
        fields: vec![],
        payload,
    })
}

/// Applies a function to every item, on all processors where there are enough items for that.
fn on_all<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if items.len() < threads * 2 {
        return items.iter().map(work).collect();
    }
    std::thread::scope(|scope| {
        let work = &work;
        let parts = items.chunks(items.len().div_ceil(threads));
        let running: Vec<_> = parts
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

/// Prepared on all processors, appended in order, as an import does it. Making the payloads up is not
/// counted.
fn append(dir: &Path, records: u64, bytes: usize, group: u64) {
    let mut store = Store::open(dir).unwrap();
    let (mut preparing, mut whole, mut commits) = (0.0, 0.0, 0);
    let mut from = 0;
    while from < records {
        let to = records.min(from + group);
        let numbers: Vec<u64> = (from..to).collect();
        let payloads = on_all(&numbers, |n| (*n, payload(*n, bytes)));
        let started = Instant::now();
        let prepared = on_all(&payloads, |(n, payload)| made(*n, payload));
        preparing += started.elapsed().as_secs_f64();
        for prepared in prepared {
            store.append(prepared).unwrap();
        }
        store.commit(NOON).unwrap();
        whole += started.elapsed().as_secs_f64();
        commits += 1;
        from = to;
    }
    println!(
        "{{\"what\":\"append\",\"records\":{records},\"bytes\":{bytes},\"group\":{group},\"commits\":{commits},\"seconds\":{whole:.4},\"preparing\":{preparing:.4}}}"
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|n| n.parse::<u64>().ok()).unwrap();
    let path = Path::new(arguments.get(1).map_or("", String::as_str));
    match arguments.first().map(String::as_str) {
        Some("append") => append(path, number(2), number(3) as usize, number(4)),
        Some("payload") => {
            let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
            for record in 0..number(2) {
                file.write_all(&payload(record, number(3) as usize)).unwrap();
            }
            file.flush().unwrap();
        }
        Some("verify") => {
            let started = Instant::now();
            let verdict = Store::open_read(path).unwrap().verify().unwrap();
            let (seconds, bytes) = (started.elapsed().as_secs_f64(), verdict.payload_bytes);
            assert!(verdict.is_sound(), "{:?}", verdict.failures.first());
            println!(
                "{{\"what\":\"verify\",\"records\":{},\"bytes\":{bytes},\"seconds\":{seconds:.4}}}",
                verdict.records
            );
        }
        Some("open") => {
            let started = Instant::now();
            let size = Store::open_read(path).unwrap().head().size;
            let reading = started.elapsed().as_secs_f64();
            let started = Instant::now();
            let mut store = Store::open(path).unwrap();
            let writing = started.elapsed().as_secs_f64();
            let started = Instant::now();
            let act = NewRecord {
                kind: RecordKind::Audit,
                target: String::new(),
                content_type: "application/json",
                at: NOON,
                fields: vec![],
                payload: br#"{"action":"look"}"#,
            };
            store.append(prepare(&act)).unwrap();
            store.commit(NOON).unwrap();
            let act = started.elapsed().as_secs_f64();
            println!(
                "{{\"what\":\"open\",\"records\":{size},\"read_s\":{reading:.5},\"write_s\":{writing:.5},\"act_s\":{act:.5}}}"
            );
        }
        other => panic!("append, verify, open or payload, not {other:?}"),
    }
}
