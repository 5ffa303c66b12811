//! Bytes a second and core of fingerprinting, beside what memory gives.
//!
//!     cargo run --release -p marsad-matching --example fingerprint -- posts.csv.zst TEXT_COLUMN
//!
//! Texts lie in memory before the clock starts. Memory's own rate is that of adding up 512 MiB of
//! words on one core, best of five.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at errors")]

use std::hint::black_box;
use std::time::Instant;

use marsad_matching::Fingerprinter;

const WORDS: usize = 64 << 20;
const RUNS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (path, column) = (arguments.next().unwrap(), arguments.next().unwrap());
    let file = std::fs::File::open(path).unwrap();
    let mut reader = csv::Reader::from_reader(zstd::Decoder::new(file).unwrap());
    let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    let texts: Vec<String> =
        reader.records().map(|record| record.unwrap().get(at).unwrap().to_owned()).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let mut fingerprinter = Fingerprinter::new();
        let began = Instant::now();
        for text in &texts {
            black_box(fingerprinter.fingerprint(text));
        }
        best = best.min(began.elapsed().as_secs_f64());
    }
    let words: Vec<u64> = (0..WORDS as u64).collect();
    let mut memory = f64::MAX;
    for _ in 0..RUNS {
        let began = Instant::now();
        black_box(words.iter().fold(0_u64, |sum, word| sum.wrapping_add(*word)));
        memory = memory.min(began.elapsed().as_secs_f64());
    }
    let (prints, memory) = (bytes as f64 / best / 1e6, (WORDS * 8) as f64 / memory / 1e6);
    println!("{} texts, {:.1} MB", texts.len(), bytes as f64 / 1e6);
    println!(
        "fingerprints {prints:.0} MB/s a core, {:.2} us a text",
        best * 1e6 / texts.len() as f64
    );
    println!("memory {memory:.0} MB/s a core: {:.0} times as much", memory / prints);
}
