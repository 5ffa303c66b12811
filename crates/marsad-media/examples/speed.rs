//! How fast pictures are hashed on one core: `cargo run --release -p marsad-media --example speed [FILE…]`.
//!
//! Processor time where the system tells it (Linux), so that other work on the machine counts little;
//! else the clock on the wall. The mean of 100 runs: the system counts in steps of some milliseconds.
//!
//! Without files, a 1280×960 JPEG made here: waves with some noise over them, so that its size is that
//! of a photograph.

#![expect(clippy::print_stdout, reason = "it prints figures")]

use std::error::Error;
use std::io::Cursor;
use std::time::Instant;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use marsad_matching::pdq;
use marsad_media::hash_picture;

const ROUNDS: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let mut pictures = Vec::new();
    for path in std::env::args().skip(1) {
        pictures.push((path.clone(), std::fs::read(path)?));
    }
    if pictures.is_empty() {
        pictures.push(("1280x960 JPEG, quality 85".to_owned(), made()?));
    }
    for (name, bytes) in pictures {
        let pixels = image::load_from_memory(&bytes)?.into_rgb8();
        let (width, height) = (pixels.width() as usize, pixels.height() as usize);
        println!("{name}: {width}x{height}, {} bytes", bytes.len());
        per_second("decode", &mut || {
            image::load_from_memory(&bytes).map(image::DynamicImage::into_rgb8).is_ok()
        });
        per_second("PDQ", &mut || pdq::hash(&pixels, width, height).is_some());
        per_second("both", &mut || hash_picture(&bytes).is_ok());
    }
    Ok(())
}

/// The mean of [`ROUNDS`] runs.
fn per_second(what: &str, run: &mut dyn FnMut() -> bool) {
    let wall = Instant::now();
    let now = || on_processor().unwrap_or_else(|| wall.elapsed().as_secs_f64());
    let begin = now();
    for _ in 0..ROUNDS {
        assert!(run(), "{what} failed");
    }
    let mean = (now() - begin) / f64::from(ROUNDS);
    println!("  {what:6} {:7.2} ms, {:6.1} pictures/s on one core", mean * 1e3, 1.0 / mean);
}

/// Seconds that this thread has run.
fn on_processor() -> Option<f64> {
    let written = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = written.split_ascii_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn made() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(1280, 960, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = |t: u32| (t % 500).abs_diff(250) * 220 / 250 + (state >> 27);
        Rgb([wave(x * 3 + y) as u8, wave(y * 5 + x) as u8, wave(x + y) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture)?;
    Ok(bytes.into_inner())
}
