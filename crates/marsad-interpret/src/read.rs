//! From a chunk, or from a whole document, to a reading.

use std::io::BufRead;

use crate::{Chunk, Cutting, Format, Manifest, Reading};

/// Reads one chunk of a format that is cut at records.
///
/// Pure and total: equal chunks give equal readings, and what is not understood is a problem in
/// the reading. A chunk of a [`Cutting::Whole`] format is read as the whole document.
pub fn read(manifest: &Manifest, chunk: &Chunk<'_>) -> Reading {
    let mut reading = Reading::default();
    match manifest.format {
        Format::MarsadNdjson => crate::ndjson::read(manifest, chunk, &mut reading),
        Format::Csv => crate::csv::read(manifest, chunk, &mut reading),
        Format::Coortweet => crate::peers::read_coortweet(manifest, chunk, &mut reading),
        Format::Cnt => crate::peers::read_cnt(manifest, chunk, &mut reading),
        Format::Telethon => crate::telethon::read(manifest, chunk, &mut reading),
        Format::FourCat => crate::fourcat::read(manifest, chunk, &mut reading),
        Format::Zeeschuimer => crate::zeeschuimer::read(manifest, chunk, &mut reading),
        Format::Twitter => crate::twitter::read(manifest, chunk, &mut reading),
        Format::Crowdtangle => crate::crowdtangle::read(manifest, chunk, &mut reading),
        Format::Rocketchat => crate::rocketchat::read(manifest, chunk, &mut reading),
        Format::TelegramDesktop
        | Format::Tgdataset
        | Format::TwitterPages
        | Format::Discord
        | Format::Matrix
        | Format::Tamtam
        | Format::TelegramWeb
        | Format::Warc
        | Format::Wacz => {
            let mut bytes = chunk.bytes;
            read_document(manifest, &mut bytes, &mut |part| append(&mut reading, part));
        }
    }
    reading
}

fn append(reading: &mut Reading, part: Reading) {
    reading.posts.extend(part.posts);
    reading.channels.extend(part.channels);
    reading.coverage.extend(part.coverage);
    reading.events.extend(part.events);
    reading.removals.extend(part.removals);
    reading.taken.extend(part.taken);
    reading.problems.extend(part.problems);
    reading.rows += part.rows;
}

/// Reads a document that only means something as one stream, in bounded memory.
///
/// `sink` gets readings of a few thousand posts, in the order of the document. A format whose
/// chunks can be read alone is cut here, so that a caller with one stream need not know.
pub fn read_document(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    match manifest.format {
        Format::TelegramDesktop => crate::telegram_desktop::read(manifest, input, sink),
        Format::Tgdataset => crate::tgdataset::read(manifest, input, sink),
        Format::TwitterPages => crate::twitter::pages::read(manifest, input, sink),
        Format::Discord => crate::discord::read(manifest, input, sink),
        Format::Matrix => crate::element::read(manifest, input, sink),
        Format::Tamtam => crate::tamtam::read(manifest, input, sink),
        Format::TelegramWeb => crate::telegram_web::read_saved(manifest, input, sink),
        Format::Warc => crate::warc::read(manifest, input, sink),
        Format::Wacz => crate::wacz::read(manifest, input, sink),
        Format::MarsadNdjson
        | Format::Csv
        | Format::Telethon
        | Format::Coortweet
        | Format::Cnt
        | Format::FourCat
        | Format::Zeeschuimer
        | Format::Twitter
        | Format::Crowdtangle
        | Format::Rocketchat => read_in_chunks(manifest, input, sink),
    }
}

fn read_in_chunks(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    debug_assert!(manifest.format.cutting() != Cutting::Whole, "documents are read above");
    let mut cutter = crate::Cutter::new(manifest);
    loop {
        let taken = match input.fill_buf() {
            Ok([]) => break,
            Ok(bytes) => {
                for piece in cutter.push(bytes) {
                    sink(read(manifest, &piece.as_chunk()));
                }
                bytes.len()
            }
            Err(error) => {
                let mut reading = Reading::default();
                let reason = format!("the input cannot be read further: {error}");
                crate::lines::Problems::problem(&mut reading, 0, reason);
                sink(reading);
                break;
            }
        };
        input.consume(taken);
    }
    if let Some(piece) = cutter.finish() {
        sink(read(manifest, &piece.as_chunk()));
    }
}
