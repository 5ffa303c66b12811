//! Notes, checkpoints, keys and proofs: read or refused, and what is read is written back the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use marsad_evidence::note::Note;
use marsad_evidence::{Checkpoint, Proof, Signer, Verifier};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert!(note.text.ends_with('\n'));
        let key = Signer::new("weather.example/log", &[7; 32]).unwrap().verifier();
        drop(key.verify(&note));
    }
    if let Ok(checkpoint) = Checkpoint::parse(bytes) {
        assert_eq!(checkpoint.note.as_bytes(), bytes);
    }
    if let Ok(proof) = Proof::parse(bytes) {
        let _ = proof.proves_header(b"WARC/1.1\r\n\r\n");
        assert_eq!(Proof::parse(proof.text().as_bytes()).unwrap(), proof);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = Verifier::parse(text) {
        assert_eq!(Verifier::parse(&key.text()).unwrap(), key);
    }
    drop(Signer::parse(text));
});
