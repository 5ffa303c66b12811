//! Small records in groups, and how long an opening takes: `many RECORDS PER_COMMIT DIR`.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use marsad_evidence::{NewRecord, RecordKind, Store, prepare};
use marsad_types::Timestamp;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [records, group, dir] = arguments.as_slice() else {
        return Err("usage: many RECORDS PER_COMMIT DIR".into());
    };
    let (records, group): (u64, u64) = (records.parse()?, group.parse()?);
    let dir = Path::new(dir);
    let mut out = std::io::stdout();
    let mut store = Store::open(dir)?;
    let started = Instant::now();
    let mut bytes = 0;
    for n in 0..records {
        let payload =
            format!("{{\"post\":{n},\"text\":\"the {n} from the coast is late\"}}\n").repeat(4);
        bytes += payload.len();
        store.append(prepare(&NewRecord {
            kind: RecordKind::Resource,
            target: format!("urn:marsad:telegram:weatherdesk:{n}"),
            content_type: "application/json",
            at: Timestamp(1_575_136_500_000),
            fields: vec![],
            payload: payload.as_bytes(),
        }))?;
        if n % group == group - 1 {
            store.commit(Timestamp(0))?;
        }
    }
    let head = store.commit(Timestamp(0))?;
    let seconds = started.elapsed().as_secs_f64();
    let (rate, megabytes) = (records as f64 / seconds, bytes as f64 / 1e6 / seconds);
    writeln!(out, "append: {seconds:.2} s, {rate:.0} records/s, {megabytes:.1} MB/s of payload")?;
    drop(store);
    for what in ["first", "second"] {
        let started = Instant::now();
        let store = Store::open(dir)?;
        writeln!(out, "{what} opening of {} leaves: {:?}", store.head().size, started.elapsed())?;
    }
    let started = Instant::now();
    let found = Store::open(dir)?.find(RecordKind::Manifest, "", &[0; 32])?;
    writeln!(out, "opening and the first look-up ({found:?}): {:?}", started.elapsed())?;
    let started = Instant::now();
    let read = Store::open_read(dir)?.records(0).count();
    writeln!(out, "read {read}: {:?}", started.elapsed())?;
    let started = Instant::now();
    let verdict = Store::open_read(dir)?.verify()?;
    let sound = verdict.is_sound() && verdict.head == head;
    writeln!(out, "verify, sound {sound}: {:?}", started.elapsed())?;
    Ok(())
}
