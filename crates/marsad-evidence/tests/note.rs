//! Signed notes against the C2SP example, and what must not pass.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of #[test]")]

use marsad_evidence::note::{Note, NoteError, Signer, Verifier};
use marsad_evidence::{Checkpoint, Head, NewRecord, Options, Proof, RecordKind, Store, prepare};
use marsad_types::Timestamp;
use proptest::prelude::*;

const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn verify(note: &str) -> Result<(), NoteError> {
    Verifier::parse(KEY).unwrap().verify(&Note::parse(note.as_bytes())?)
}

#[test]
fn the_example_of_the_specification_verifies() {
    assert_eq!(verify(NOTE), Ok(()));
    assert_eq!(Verifier::parse(KEY).unwrap().text(), KEY);
}

#[test]
fn a_changed_text_is_forged_and_a_stranger_s_signature_is_passed_over() {
    assert!(matches!(verify(&NOTE.replace("example m", "example n")), Err(NoteError::Forged(_))));
    let other = Signer::new("example.com/foo", &[3; 32]).unwrap();
    let (text, lines) = NOTE.split_at(NOTE.find("\n\n").unwrap() + 1);
    let strange = other.sign(text);
    assert!(matches!(verify(&strange), Err(NoteError::Unsigned(_))));
    let both = format!("{strange}{}", lines.trim_start());
    assert_eq!(verify(&both), Ok(()));
    let wrong_name = NOTE.replace("\u{2014} example.com/foo", "\u{2014} example.com/bar");
    assert!(matches!(verify(&wrong_name), Err(NoteError::Unsigned(_))));
}

#[test]
fn what_is_no_note_is_refused() {
    let last = format!("{}\n", NOTE.lines().last().unwrap());
    assert!(verify(&format!("{NOTE}{last}")).is_ok(), "a signature twice is no harm");
    for wrong in [
        "",
        "no empty line\n",
        &NOTE.replace('\n', "\r\n"),
        &NOTE.replace("an example", "an\u{7}example"),
        &NOTE.replace('\u{2014}', "-"),
        NOTE.trim_end(),
        &format!("{NOTE}{}", last.repeat(64)),
        &format!("{}{NOTE}", "a".repeat(70_000)),
    ] {
        assert!(matches!(verify(wrong), Err(NoteError::Malformed(_))), "{wrong:.80}");
    }
    assert!(Note::parse(b"\xff\n\n").is_err());
}

#[test]
fn a_key_reads_back_from_its_line_and_shows_no_secret() {
    let signer = Signer::generate("weather.example/log").unwrap();
    let again = Signer::parse(&signer.secret_text()).unwrap();
    assert_eq!(again.verifier(), signer.verifier());
    assert_eq!(format!("{signer:?}"), "Signer(weather.example/log)");
    assert!(Signer::new("two words", &[0; 32]).is_err());
    assert!(Signer::new("a+b", &[0; 32]).is_err());
    for wrong in ["", "PRIVATE+KEY+a", &signer.secret_text().replace("log+", "lag+")] {
        assert!(matches!(Signer::parse(wrong), Err(NoteError::Key(_))));
    }
}

#[test]
fn a_signed_log_is_not_continued_without_its_key_nor_by_another() {
    let dir = tempfile::tempdir().unwrap();
    let with = |seed: u8| Options {
        signer: Some(Signer::new("weather.example/log", &[seed; 32]).unwrap()),
        ..Options::default()
    };
    let store = Store::open_with(dir.path(), with(1)).unwrap();
    assert_eq!(store.reader().checkpoint().origin, "weather.example/log");
    drop(store);
    let error = Store::open(dir.path()).unwrap_err();
    assert!(error.to_string().contains("its key is needed"), "{error}");
    assert!(Store::open_with(dir.path(), with(2)).is_err());
    Store::open_with(dir.path(), with(1)).unwrap();
}

#[test]
fn a_proof_file_proves_its_record_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let signer = Signer::generate("weather.example/log").unwrap();
    let key = signer.verifier();
    let options = Options { signer: Some(signer), ..Options::default() };
    let mut store = Store::open_with(dir.path(), options).unwrap();
    for n in 0..21 {
        let payload = format!("train {n}\n");
        let record = NewRecord {
            kind: RecordKind::Chunk,
            target: format!("urn:marsad:import:a#{n}"),
            content_type: "text/plain",
            at: Timestamp(0),
            fields: vec![],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
    }
    store.commit(Timestamp(0)).unwrap();
    for leaf in 0..22 {
        let text = store.reader().proof(leaf).unwrap().text();
        let proof = Proof::parse(text.as_bytes()).unwrap();
        assert_eq!(proof.text(), text);
        assert_eq!(proof.verify_signature(&key), Ok(()));
        assert!(proof.proves_header(store.record(leaf).unwrap().header_block()));
        let other = store.record((leaf + 1) % 22).unwrap();
        assert!(!proof.proves_header(other.header_block()));
    }
    let text = store.reader().proof(3).unwrap().text();
    for wrong in ["", "c2sp.org/tlog-proof@v1\n", &text.replace("index 3", "index -3")] {
        assert!(Proof::parse(wrong.as_bytes()).is_err());
    }
}

#[test]
fn a_checkpoint_reads_back_and_odd_ones_are_refused() {
    let head = Head { size: 12, root: [9; 32] };
    let checkpoint = Checkpoint::new("weather.example/log", head, None);
    assert_eq!(Checkpoint::parse(checkpoint.note.as_bytes()), Ok(checkpoint.clone()));
    for (from, to) in
        [("\n12\n", "\n012\n"), ("\n12\n", "\n+12\n"), ("CQkJ", "CQk"), ("/log", "/lo g")]
    {
        let note = checkpoint.note.replace(from, to);
        assert!(Checkpoint::parse(note.as_bytes()).is_err(), "{note}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(Note::parse(&bytes));
        drop(Proof::parse(&bytes));
        drop(marsad_evidence::warc::Header::parse(&bytes));
    }
}
