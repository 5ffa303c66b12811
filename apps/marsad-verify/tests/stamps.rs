//! Who signed a time-stamp, against a real authority (OpenSSL's, local). `--features stamps`.

#![cfg(feature = "stamps")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests, outside of #[test]"
)]

mod authority;

use std::path::Path;
use std::process::Command;

use marsad_evidence::stamp::request;
use marsad_evidence::{
    Bundle, NewRecord, RecordKind, STAMP_TYPE, Store, attestation_record, head_text, prepare,
};
use marsad_types::Timestamp;

use crate::authority::{Authority, RSA, openssl};

const NOON: Timestamp = Timestamp(1_575_136_500_000);

/// An archive with a time-stamp by that authority, and a bundle from it.
fn archive(dir: &Path, change: impl Fn(&mut Vec<u8>)) {
    let mut store = Store::open(&dir.join("archive/evidence")).unwrap();
    let record = |payload: &'static [u8]| {
        let (kind, target) = (RecordKind::Chunk, "urn:marsad:import:trains#0".to_owned());
        let content_type = "text/plain";
        prepare(&NewRecord { kind, target, content_type, at: NOON, fields: vec![], payload })
    };
    let leaf = store.append(record(b"train 7 is late\n")).unwrap().leaf;
    let head = store.commit(NOON).unwrap();
    let text = head_text(&store.reader().checkpoint().origin, &head);
    std::fs::write(dir.join("tsq"), request(text.as_bytes(), [5; 8])).unwrap();
    openssl(dir, "ts -reply -config cnf -section tsa1 -queryfile tsq -out tsr");
    let mut reply = std::fs::read(dir.join("tsr")).unwrap();
    change(&mut reply);
    let stamp = attestation_record((head.size, "local"), STAMP_TYPE, NOON, &reply);
    store.append(prepare(&stamp)).unwrap();
    store.commit(NOON).unwrap();
    let mut scratch = tempfile::tempfile().unwrap();
    let out = std::fs::File::create(dir.join("trains.wacz")).unwrap();
    let bundle = Bundle { leaves: &[leaf], title: "", created: NOON, pages: &[], files: &[] };
    store.reader().export_wacz(&bundle, &mut scratch, out).unwrap();
}

fn run(dir: &Path, roots: &str, path: &str) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_marsad-verify");
    let words = ["--roots", roots, path];
    let output = Command::new(program).args(words).current_dir(dir).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

const PATHS: [&str; 2] = ["archive", "trains.wacz"];

#[track_caller]
fn refused(dir: &Path, roots: &str, reason: &str) {
    for path in PATHS {
        let (code, text) = run(dir, roots, path);
        assert!(code == 3 && text.contains(reason), "{path}: {code}: {text}");
    }
}

#[test]
fn a_token_is_followed_to_a_root_that_was_given_and_to_no_other() {
    let kinds = [
        RSA,
        Authority { digest: "sha512", ess: "sha1", own: "rsa:3072", ..RSA },
        Authority { root: "p384", middle: "p256", own: "p256", ..RSA },
        Authority { root: "p384", middle: "p384", own: "p384", digest: "sha384", ..RSA },
    ];
    let other = tempfile::tempdir().unwrap();
    if !RSA.make(other.path()) {
        return;
    }
    let stranger = "-keyout s.key -out stranger.pem -days 9 -subj /CN=Stranger";
    openssl(other.path(), &format!("req -x509 -newkey rsa:2048 -nodes {stranger}"));
    for kind in kinds {
        let dir = tempfile::tempdir().unwrap();
        assert!(kind.make(dir.path()));
        std::fs::copy(other.path().join("root.pem"), dir.path().join("other.pem")).unwrap();
        std::fs::copy(other.path().join("stranger.pem"), dir.path().join("stranger.pem")).unwrap();
        archive(dir.path(), |_| {});
        for path in PATHS {
            let (code, text) = run(dir.path(), "root.pem", path);
            assert_eq!(code, 0, "{path}: {text}");
            assert!(text.contains("signed by 'CN=tsa', whom the root 'CN=root'"), "{path}: {text}");
            assert!(!text.contains("whether the authority signed"), "{path}: {text}");
            assert!(text.contains("had been withdrawn"), "{path}: {text}");
        }
        // Another key under the same name, and none of the name at all.
        refused(dir.path(), "other.pem", "the signature of 'CN=root' on a certificate");
        refused(dir.path(), "stranger.pem", "no root that was given vouches for 'CN=root'");
    }
}

#[test]
fn what_is_not_signed_by_an_authority_for_time_stamps_is_refused() {
    let wrong = [
        // A certificate that is no authority's vouches for the signer.
        (Authority { middle_extensions: "leaf", ..RSA }, "may not vouch for others"),
        (Authority { root: "rsa:1024", ..RSA }, "fewer than 2048"),
        (Authority { days: "-1", ..RSA }, "was not valid at"),
    ];
    for (kind, reason) in wrong {
        let dir = tempfile::tempdir().unwrap();
        if !kind.make(dir.path()) {
            return;
        }
        archive(dir.path(), |_| {});
        refused(dir.path(), "root.pem", reason);
    }
}

#[test]
fn a_token_with_any_byte_of_its_signed_parts_changed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    if !RSA.make(dir.path()) {
        return;
    }
    // The signature is the token's end; certificates and attributes stand before it.
    for back in [1, 100, 255] {
        let folder = dir.path().join(format!("back-{back}"));
        std::fs::create_dir(&folder).unwrap();
        for name in ["cnf", "serial", "tsa.pem", "tsa.key", "middle.pem", "root.pem"] {
            std::fs::copy(dir.path().join(name), folder.join(name)).unwrap();
        }
        archive(&folder, |reply| {
            let at = reply.len() - back;
            reply[at] ^= 1;
        });
        refused(&folder, "root.pem", "its signature: it was not made with this key");
    }
}

#[test]
fn roots_that_are_none_are_wrong_usage() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("no.pem"), "nothing\n").unwrap();
    for roots in ["no.pem", "absent.pem"] {
        let (code, text) = run(dir.path(), roots, ".");
        assert!(code == 2 && text.contains(roots), "{code}: {text}");
    }
}
