//! Header blocks of others: read within limits, or refused with the reason.

use marsad_evidence::warc::{FIELDS_MAX, HEADER_BYTES_MAX, Header, HeaderError};
use proptest::prelude::*;

const SOUND: &str = "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:a>\r\n\
                     WARC-Date: 2019-11-30T17:55:00Z\r\nContent-Length: 5\r\n\r\n";

/// The sound header with one more line, or with a part replaced.
fn read(header: &str) -> Result<Option<Header>, HeaderError> {
    Header::parse(format!("{header}train\r\n\r\n").as_bytes())
}

fn with(line: &str) -> Result<Option<Header>, HeaderError> {
    read(&SOUND.replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n")))
}

#[test]
fn a_sound_header_gives_its_fields_and_where_the_block_begins() {
    let header = read(SOUND).unwrap().unwrap();
    assert_eq!((header.bytes, header.content_length), (SOUND.len(), 5));
    assert_eq!(header.get("warc-TYPE"), Some("resource"));
    assert!(read(&SOUND.replace("WARC/1.1", "WARC/1.0")).is_ok(), "the older version is read too");
    assert_eq!(Header::parse(&SOUND.as_bytes()[..40]), Ok(None), "more bytes are needed");
    let odd = with("X-Odd:  two blanks: and a colon ").unwrap().unwrap();
    assert_eq!(odd.get("X-Odd"), Some(" two blanks: and a colon "), "one blank is syntax");
}

#[test]
fn what_a_hostile_header_does_is_refused() {
    assert_eq!(read(&SOUND.replace("WARC/1.1", "HTTP/1.1")), Err(HeaderError::NotWarc));
    assert_eq!(with("content-length: 9"), Err(HeaderError::Twice("content-length".to_owned())));
    assert!(with("WARC-Concurrent-To: <a>\r\nWARC-Concurrent-To: <b>").is_ok());
    for line in ["no colon", ": no name", " folded: line", "a b: c", "a: b\0c", "a: b\rc"] {
        assert!(matches!(with(line), Err(HeaderError::Line(6))), "{line:?}");
    }
    for length in ["", "-1", "+5", "5 ", "0x5", "99999999999999999999999"] {
        let wrong = SOUND.replace("Length: 5", &format!("Length: {length}"));
        assert_eq!(read(&wrong), Err(HeaderError::Mandatory("Content-Length")), "{length:?}");
    }
    for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date"] {
        let wrong = SOUND.replace(name, "X-Other");
        assert_eq!(read(&wrong), Err(HeaderError::Mandatory(name)));
    }
    let many: Vec<String> = (0..FIELDS_MAX).map(|n| format!("X-{n}: y")).collect();
    assert_eq!(with(&many.join("\r\n")), Err(HeaderError::TooManyFields));
    let long = format!("X-Long: {}", "y".repeat(HEADER_BYTES_MAX));
    assert_eq!(with(&long), Err(HeaderError::Endless));
    assert_eq!(Header::parse(&vec![b'a'; HEADER_BYTES_MAX]), Err(HeaderError::Endless));
}

proptest! {
    #[test]
    fn a_header_changed_anywhere_is_read_or_refused(at in 0..SOUND.len(), byte in any::<u8>()) {
        let mut bytes = SOUND.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(Some(header)) = Header::parse(&bytes) {
            prop_assert!(header.bytes <= bytes.len());
            prop_assert!(header.fields().len() >= 4);
        }
    }
}
