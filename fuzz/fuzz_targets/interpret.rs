//! Every format: any bytes are read without a panic, whole and in pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use marsad_interpret::{Chunk, Cutter, Format, Manifest, needs_reduction, prepare, read, read_document, recognise, reduce};

fuzz_target!(|input: &[u8]| {
    let Some((which, bytes)) = input.split_first() else { return };
    let format = Format::ALL[usize::from(*which) % Format::ALL.len()];
    let mut manifest = Manifest::new(format);
    manifest.platform = marsad_types::Platform::new("telegram").ok();
    manifest.channel = Some("host/weather".to_owned());
    manifest.stated_public = true;
    manifest.csv_map = ["channel", "text", "published_at"].map(|f| (f.to_owned(), f.to_owned())).to_vec();
    let _ = recognise("a", bytes);
    let Ok(manifest) = prepare(manifest, bytes) else { return };
    let mut rows = 0;
    read_document(&manifest, &mut &bytes[..], &mut |part| rows += part.rows);
    let mut cutter = Cutter::new(&manifest);
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    let mut pieces = cutter.push(first);
    pieces.extend(cutter.push(rest));
    pieces.extend(cutter.finish());
    let cut: Vec<u8> = pieces.iter().flat_map(|piece| piece.as_chunk().bytes.to_vec()).collect();
    for piece in &pieces {
        drop(read(&manifest, &piece.as_chunk()));
    }
    drop(read(&manifest, &Chunk { bytes, first_line: 1, ordinal: 1 }));
    assert!(cut.len() <= bytes.len());
    if needs_reduction(manifest.format, bytes) {
        drop(reduce(&manifest, &mut &bytes[..], &mut Vec::new()));
    }
});
