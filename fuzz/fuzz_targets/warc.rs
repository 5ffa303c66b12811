//! WARC headers: read or refused; what is read has its mandatory fields within the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use marsad_evidence::warc::{END, FIELDS_MAX, HEADER_BYTES_MAX, Header};

fuzz_target!(|bytes: &[u8]| {
    let Ok(Some(header)) = Header::parse(bytes) else { return };
    assert!(header.bytes <= HEADER_BYTES_MAX && header.fields().len() <= FIELDS_MAX);
    assert!(bytes[..header.bytes].ends_with(END));
    for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"] {
        assert!(header.get(name).is_some());
    }
    // Bytes behind the header change nothing of it.
    assert_eq!(Header::parse(&bytes[..header.bytes]).unwrap().unwrap(), header);
});
