//! Whatever fails, and whenever the power goes: nothing acknowledged is lost, nothing half-written
//! is believed.

use std::path::Path;
use std::sync::Arc;

use marsad_types::Timestamp;

use crate::disk::simulated::{Chance, Fault, SimulatedDisk};
use crate::merkle::sha256;
use crate::reader::Reader;
use crate::{Error, Head, NewRecord, Options, RecordKind, Signer, Store, prepare};

const DIR: &str = "/archive/evidence";
const NOON: Timestamp = Timestamp(1_575_136_500_000);

fn open(disk: &SimulatedDisk) -> Result<Store, Error> {
    let signer = Some(Signer::new("weather.example/log", &[7; 32]).unwrap());
    let options = Options { signer, segment_bytes_max: 2500 };
    Store::open_on(Arc::new(disk.clone()), Path::new(DIR), options)
}

fn payload(n: u64) -> Vec<u8> {
    format!("{n}: rain, then sun\n").repeat(n as usize % 7 + 1).into_bytes()
}

fn record(n: u64) -> crate::Prepared {
    prepare(&NewRecord {
        kind: RecordKind::Chunk,
        target: format!("urn:marsad:import:weather#{n}"),
        content_type: "text/plain",
        at: NOON,
        fields: vec![("Marsad-Line", n.to_string())],
        payload: &payload(n),
    })
}

fn find(store: &Store, n: u64) -> Result<Option<u64>, Error> {
    let target = format!("urn:marsad:import:weather#{n}");
    store.find(RecordKind::Chunk, &target, &sha256(&payload(n)))
}

/// What the outside world was told.
#[derive(Debug, Default, Clone)]
struct Told {
    head: Head,
    payloads: u64,
    /// A commit was under way: its records may be there or not, as a whole.
    trying: u64,
}

/// Opens, then commits records in groups of 1, 2, 3 … until `groups` are in or something fails.
fn work(disk: &SimulatedDisk, groups: u64, told: &mut Told) -> Result<(), Error> {
    let mut store = open(disk)?;
    for group in 1..=groups {
        let wanted = told.payloads + group;
        told.trying = wanted;
        for n in told.payloads..wanted {
            store.append(record(n))?;
        }
        told.head = store.commit(NOON)?;
        told.payloads = wanted;
    }
    Ok(())
}

/// Opens after the fault and checks that what was told holds.
fn check(disk: &SimulatedDisk, told: &Told, what: &str) -> Store {
    let store = open(disk).unwrap_or_else(|error| panic!("{what}: {error}"));
    let head = store.head();
    assert!(store.reader().extends(&told.head).unwrap(), "{what}: the acknowledged head is lost");
    let read: Vec<_> = store.records(0).map(Result::unwrap).collect();
    let chunks: Vec<_> = read.iter().filter(|r| r.kind == RecordKind::Chunk).collect();
    let count = chunks.len() as u64;
    let whole = count == told.payloads || count == told.trying;
    assert!(whole, "{what}: {count} records of {} or {}", told.payloads, told.trying);
    assert!(chunks.iter().zip(0..).all(|(chunk, n)| chunk.payload == payload(n)), "{what}");
    let verdict = store.verify().unwrap();
    assert!(verdict.is_sound(), "{what}: {:?}", verdict.failures);
    assert_eq!(read.len() as u64, head.size);
    store
}

/// After the check the log goes on as if nothing had been.
fn goes_on(mut store: Store, told: &Told, what: &str) {
    for n in 0..told.trying + 2 {
        store.append(record(n)).unwrap();
    }
    store.commit(NOON).unwrap();
    let chunks = store.records(0).map(Result::unwrap).filter(|r| r.kind == RecordKind::Chunk);
    assert_eq!(chunks.count() as u64, told.trying + 2, "{what}: nothing twice, nothing missing");
    assert!(store.verify().unwrap().is_sound(), "{what}");
}

/// Lets operation 1, 2, 3 … fail until one run meets no fault; says how many failed.
fn fail_each(fault: Fault, mut after: impl FnMut(u64, &SimulatedDisk, &Told)) -> u64 {
    for n in 1.. {
        let disk = SimulatedDisk::default();
        disk.fail_at(n, fault);
        let mut told = Told::default();
        let result = work(&disk, 4, &mut told);
        if !disk.heal() {
            result.unwrap();
            return n - 1;
        }
        assert!(result.is_err(), "operation {n} failed and nobody was told");
        after(n, &disk, &told);
    }
    0
}

#[test]
fn a_failed_operation_loses_nothing_acknowledged() {
    let failed = fail_each(Fault::Once, |n, disk, told| {
        let what = format!("operation {n} failed");
        goes_on(check(disk, told, &what), told, &what);
    });
    assert!(failed > 60, "{failed}");
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    fail_each(Fault::Full, |n, disk, told| {
        let what = format!("full at operation {n}");
        goes_on(check(disk, told, &what), told, &what);
    });
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_acknowledged() {
    fail_each(Fault::PowerCut, |n, disk, told| {
        for seed in 0..5 {
            let what = format!("power cut at operation {n}, seed {seed}");
            let disk = disk.after_crash(&mut Chance(seed));
            goes_on(check(&disk, told, &what), told, &what);
        }
    });
}

#[test]
fn a_power_cut_while_mending_after_a_power_cut_loses_nothing_acknowledged() {
    fail_each(Fault::PowerCut, |n, disk, told| {
        let crashed = disk.after_crash(&mut Chance(n));
        for m in 1.. {
            let again = crashed.after_crash(&mut Chance(0)); // a copy: all of it is synced
            again.fail_at(m, Fault::PowerCut);
            drop(open(&again));
            if !again.heal() {
                break;
            }
            let what = format!("power cuts at {n} and {m}");
            drop(check(&again.after_crash(&mut Chance(n)), told, &what));
        }
    });
}

#[test]
fn short_writes_are_finished() {
    let disk = SimulatedDisk::default();
    disk.write_short();
    let mut told = Told::default();
    work(&disk, 6, &mut told).unwrap();
    drop(check(&disk.after_crash(&mut Chance(1)), &told, "short writes"));
}

#[test]
fn a_store_that_failed_writes_nothing_more() {
    let disk = SimulatedDisk::default();
    let mut store = open(&disk).unwrap();
    store.append(record(0)).unwrap();
    disk.fail_at(1, Fault::Once);
    assert!(matches!(store.commit(NOON), Err(Error::Disk { .. })));
    let before = disk.contents();
    assert!(matches!(store.append(record(1)), Err(Error::Halted)));
    assert!(matches!(store.commit(NOON), Err(Error::Halted)));
    assert_eq!(disk.contents(), before);
}

#[test]
fn a_reader_beside_the_writer_sees_only_whole_commits() {
    let disk = SimulatedDisk::default();
    let mut told = Told::default();
    work(&disk, 3, &mut told).unwrap();
    let mut store = open(&disk).unwrap();
    store.append(record(100)).unwrap();
    let reader = Reader::open(Arc::new(disk.clone()), Path::new(DIR)).unwrap();
    assert_eq!(reader.head(), told.head);
    let head = store.commit(NOON).unwrap();
    assert_eq!(reader.head(), told.head, "a reader stays where it was opened");
    assert!(reader.verify().unwrap().is_sound());
    let later = Reader::open(Arc::new(disk), Path::new(DIR)).unwrap();
    assert_eq!(later.head(), head);
    assert!(later.extends(&reader.head()).unwrap());
}

/// Three commits, then records 2 and 5 (of two segments) are forgotten.
fn erase(disk: &SimulatedDisk, told: &mut Told) -> Result<(), Error> {
    work(disk, 3, told)?;
    let mut store = open(disk)?;
    let leaves = ERASED.map(|n| find(&store, n));
    let leaves: Vec<u64> = leaves.into_iter().map(|leaf| leaf.unwrap().unwrap()).collect();
    told.trying = u64::MAX;
    store.append(record(REPLACEMENT))?; // what stays of an erased record goes with the erasure
    store.erase(&leaves, "asked for by the station master", NOON)?;
    told.trying = 0;
    Ok(())
}

const ERASED: [u64; 2] = [2, 5];
const REPLACEMENT: u64 = 500;

/// Either all of the erasure happened or nothing; all of it when it was acknowledged.
fn check_erased(disk: &SimulatedDisk, told: &Told, what: &str) {
    let mut store = open(disk).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(store.reader().extends(&told.head).unwrap(), "{what}");
    let verdict = store.verify().unwrap();
    assert!(verdict.is_sound(), "{what}: {:?}", verdict.failures);
    let there = ERASED.map(|n| find(&store, n).unwrap().is_some());
    let chunks = store.records(0).map(Result::unwrap).filter(|r| r.kind == RecordKind::Chunk);
    let mut numbers: Vec<_> = chunks.map(|r| r.payload).collect();
    let replaced = find(&store, REPLACEMENT).unwrap().is_some();
    assert_eq!(replaced, there == [false, false], "{what}: what stays, or what was, never neither");
    numbers.retain(|read| *read != payload(REPLACEMENT));
    if there == [false, false] {
        let kept = (0..told.payloads).filter(|n| !ERASED.contains(n)).map(payload);
        assert_eq!(numbers, kept.collect::<Vec<_>>(), "{what}");
        assert_eq!(verdict.erased, 2, "{what}");
    } else {
        assert_eq!(there, [true, true], "{what}");
        assert_eq!(numbers.len() as u64, told.payloads, "{what}");
        assert_ne!(told.trying, 0, "{what}: the erasure was acknowledged");
    }
    assert!(store.append(record(1000)).unwrap().new);
    store.commit(NOON).unwrap();
    assert!(store.verify().unwrap().is_sound(), "{what}");
}

#[test]
fn an_erasure_happens_whole_or_not_at_all_whatever_fails() {
    let sound = SimulatedDisk::default();
    work(&sound, 3, &mut Told::default()).unwrap();
    let before = sound.operations();
    for n in before + 1.. {
        let disk = SimulatedDisk::default();
        disk.fail_at(n, if n % 2 == 0 { Fault::PowerCut } else { Fault::Once });
        let mut told = Told::default();
        let result = erase(&disk, &mut told);
        if !disk.heal() {
            result.unwrap();
            assert!(n > before + 20, "an erasure has many steps");
            check_erased(&disk.after_crash(&mut Chance(n)), &told, "acknowledged");
            break;
        }
        for seed in 0..8 {
            let what = format!("operation {n} failed, then a power cut, seed {seed}");
            check_erased(&disk.after_crash(&mut Chance(seed)), &told, &what);
        }
        check_erased(&disk, &told, &format!("operation {n} failed"));
    }
}
