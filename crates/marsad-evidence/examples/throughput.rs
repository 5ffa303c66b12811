//! How fast chunks go in, come back and verify: `throughput FILE DIR`.

use std::path::Path;
use std::time::Instant;

use marsad_evidence::{NewRecord, RecordKind, Store, prepare};
use marsad_types::Timestamp;

const CHUNK_BYTES: usize = 1 << 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: throughput FILE DIR";
    let (file, dir) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let bytes = std::fs::read(file)?;
    let chunks: Vec<_> = bytes.chunks(CHUNK_BYTES).collect();
    let say = |what: &str, started: Instant| {
        let seconds = started.elapsed().as_secs_f64();
        let rate = bytes.len() as f64 / 1e6 / seconds;
        writeln(&format!("{what}: {seconds:.3} s, {rate:.0} MB/s"))
    };
    let started = Instant::now();
    let digests = chunks
        .iter()
        .map(|chunk| marsad_evidence::merkle::sha256(chunk))
        .fold(0u32, |n, digest| n + u32::from(digest[0] < 128));
    say(
        &format!("SHA-256 alone (one thread; {digests} of the digests begin with a 0 bit)"),
        started,
    )?;
    let started = Instant::now();
    let prepared: Vec<_> = chunks
        .iter()
        .enumerate()
        .map(|(ordinal, payload)| {
            prepare(&NewRecord {
                kind: RecordKind::Chunk,
                target: format!("urn:marsad:import:bench#{ordinal}"),
                content_type: "text/csv",
                at: Timestamp(0),
                fields: vec![("Marsad-Line", ordinal.to_string())],
                payload,
            })
        })
        .collect();
    say("prepare (one thread)", started)?;
    let stored: usize = prepared.iter().map(marsad_evidence::Prepared::stored_bytes).sum();
    let mut store = Store::open(Path::new(&dir))?;
    let started = Instant::now();
    for record in prepared {
        store.append(record)?;
    }
    store.commit(Timestamp(0))?;
    say("append and one commit", started)?;
    writeln(&format!("{} chunks, {:.1} MB stored", chunks.len(), stored as f64 / 1e6))?;
    let started = Instant::now();
    let read: usize = store.records(0).map(|r| r.map_or(0, |r| r.payload.len())).sum();
    say(&format!("read back {read} bytes"), started)?;
    let started = Instant::now();
    let verdict = store.verify()?;
    say(&format!("verify, {} records, sound: {}", verdict.records, verdict.is_sound()), started)
}

fn writeln(line: &str) -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write as _;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
