//! Bundles: whatever the bytes are, there is a verdict and no panic. Nobody else has the key, so
//! nothing but the seed itself may verify by it.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use marsad_evidence::{Signer, check_bundle};

fuzz_target!(|bytes: &[u8]| {
    let report = check_bundle(&mut Cursor::new(bytes), None).unwrap();
    if report.is_sound() {
        let key = Signer::new("weather.example/log", &[7; 32]).unwrap().verifier();
        let signed = check_bundle(&mut Cursor::new(bytes), Some(&key)).unwrap();
        assert!(report.records.iter().all(|(leaf, _)| *leaf < report.head.size));
        drop(signed);
    }
});
