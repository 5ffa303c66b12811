//! What others attest: tokens of a real authority (OpenSSL's, local), cosignatures of a witness.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests, outside of #[test]"
)]

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use marsad_evidence::merkle::sha256;
use marsad_evidence::stamp::{StampError, Token, request};
use marsad_evidence::{
    Attested, Bundle, COSIGNED_TYPE, Error, Head, NewRecord, Options, RecordKind, STAMP_TYPE,
    Signer, Store, Witness, attestation_record, check_bundle, check_bundle_with, head_text, hex,
    prepare,
};
use marsad_types::Timestamp;

const NOON: Timestamp = Timestamp(1_575_136_500_000);
const ORIGIN: &str = "weather.example/log";

fn store(dir: &Path) -> Store {
    let signer = Some(Signer::new(ORIGIN, &[7; 32]).unwrap());
    Store::open_with(dir, Options { signer, ..Options::default() }).unwrap()
}

fn add(store: &mut Store, from: u32, to: u32) -> Head {
    for n in from..to {
        let payload = format!("train {n} is late\n");
        let record = NewRecord {
            kind: RecordKind::Chunk,
            target: format!("urn:marsad:import:trains#{n}"),
            content_type: "text/plain",
            at: NOON,
            fields: vec![],
            payload: payload.as_bytes(),
        };
        store.append(prepare(&record)).unwrap();
    }
    store.commit(NOON).unwrap()
}

fn attest(store: &mut Store, size: u64, content_type: &str, payload: &[u8]) -> u64 {
    let authority = if content_type == STAMP_TYPE { "local" } else { "" };
    let record = attestation_record((size, authority), content_type, NOON, payload);
    let receipt = store.append(prepare(&record)).unwrap();
    store.commit(NOON).unwrap();
    receipt.leaf
}

fn openssl(dir: &Path, arguments: &str) -> bool {
    let words = arguments.split_whitespace();
    let output = Command::new("openssl").args(words).current_dir(dir).output().unwrap();
    if !output.status.success() {
        eprintln!("openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Weather authority
[tsa_cert]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[other_cert]
basicConstraints = critical,CA:FALSE
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
ess_cert_id_chain = no
";

/// A certificate authority and a time-stamping authority under it; `None` without OpenSSL.
fn authority(dir: &Path) -> Option<()> {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("SKIPPED: there is no openssl here");
        return None;
    }
    std::fs::write(dir.join("ca.cnf"), CONFIG).unwrap();
    std::fs::write(dir.join("serial"), "01\n").unwrap();
    for line in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Root -sha256",
        "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -config ca.cnf",
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -sha256 -extfile ca.cnf -extensions tsa_cert -out tsa.pem",
    ] {
        assert!(openssl(dir, line), "{line}");
    }
    Some(())
}

fn reply(dir: &Path, request: &[u8]) -> Vec<u8> {
    std::fs::write(dir.join("head.tsq"), request).unwrap();
    let line = "ts -reply -config ca.cnf -section tsa1 -queryfile head.tsq -out head.tsr";
    assert!(openssl(dir, line));
    std::fs::read(dir.join("head.tsr")).unwrap()
}

#[test]
fn a_request_has_the_fixed_shape_and_openssl_reads_it() {
    let made = request(b"bytes", [0xff, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(made.len(), 69);
    assert_eq!(hex(&made[..5]), "3043020101");
    let dir = tempfile::tempdir().unwrap();
    let Some(()) = authority(dir.path()) else { return };
    std::fs::write(dir.path().join("head.tsq"), &made).unwrap();
    let output = Command::new("openssl")
        .args(["ts", "-query", "-in", "head.tsq", "-text"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Hash Algorithm: sha256"), "{text}");
    assert!(text.contains("Nonce: 0x7F02030405060708"), "{text}");
    assert!(text.contains("Certificate required: yes"), "{text}");
}

#[test]
fn a_token_is_read_and_whatever_does_not_answer_the_request_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let Some(()) = authority(dir.path()) else { return };
    let asked = request(b"the head", [1, 2, 3, 4, 5, 6, 7, 8]);
    let answer = reply(dir.path(), &asked);
    let token = Token::read(&answer).unwrap();
    assert_eq!(token.imprint, sha256(b"the head"));
    assert_eq!(token.check(b"the head", Some(&asked)), Ok(()));
    assert!(token.at > Timestamp(1_700_000_000_000), "{}", token.at);
    assert_eq!(token.check(b"the heap", Some(&asked)), Err(StampError::OtherBytes));
    let other = request(b"the head", [9; 8]);
    assert_eq!(token.check(b"the head", Some(&other)), Err(StampError::OtherRequest));
    // Cut anywhere, followed by something, not even DER, far too long.
    for kept in 0..answer.len() {
        assert!(Token::read(&answer[..kept]).is_err(), "{kept}");
    }
    assert!(Token::read(&[&answer[..], b"x"].concat()).is_err());
    assert!(Token::read(b"<html><body>Not found</body></html>").is_err());
    assert!(Token::read(&vec![0x30; 5 << 20]).is_err());
    // A refusal: a digest that the authority does not know.
    let mut unknown = asked.clone();
    unknown[20] = 0x7f; // the algorithm's last arc
    std::fs::write(dir.path().join("head.tsq"), &unknown).unwrap();
    let line = "ts -reply -config ca.cnf -section tsa1 -queryfile head.tsq -out refused.tsr";
    openssl(dir.path(), line);
    let refused = std::fs::read(dir.path().join("refused.tsr")).unwrap();
    assert_eq!(Token::read(&refused), Err(StampError::Refused(2)));
}

fn pack(store: &Store, leaves: &[u64]) -> Vec<u8> {
    let bundle = Bundle { leaves, title: "Trains", created: NOON, pages: &[], files: &[] };
    let mut out = Vec::new();
    store.reader().export_wacz(&bundle, &mut Cursor::new(Vec::new()), &mut out).unwrap();
    out
}

/// A file of a bundle; they are stored without compression.
fn member(bundle: &[u8], name: &str) -> Vec<u8> {
    let is_header = |at: &usize| {
        let header = &bundle[*at..];
        header.starts_with(b"PK\x03\x04") && header[30..].starts_with(name.as_bytes())
    };
    let at = (0..bundle.len() - 30).find(is_header).unwrap();
    let bytes = u32::from_le_bytes(bundle[at + 22..at + 26].try_into().unwrap()) as usize;
    bundle[at + 30 + name.len()..][..bytes].to_vec()
}

#[test]
fn a_token_on_an_earlier_head_travels_with_a_bundle_and_openssl_verifies_it_there() {
    let dir = tempfile::tempdir().unwrap();
    let Some(()) = authority(dir.path()) else { return };
    let mut store = store(&dir.path().join("log"));
    let head = add(&mut store, 0, 20);
    let text = head_text(ORIGIN, &head);
    let leaf = attest(
        &mut store,
        head.size,
        STAMP_TYPE,
        &reply(dir.path(), &request(text.as_bytes(), [5; 8])),
    );
    add(&mut store, 20, 33);
    assert!(store.verify().unwrap().is_sound());
    let attested = store.reader().attestations().unwrap();
    assert!(matches!(&attested[..], [one] if one.leaf == leaf && one.head == head));
    let bundle = pack(&store, &[3, 7]);
    let report = check_bundle(&mut Cursor::new(&bundle), None).unwrap();
    assert!(report.is_sound(), "{:?}", report.failures);
    assert!(report.holds.iter().any(|h| h.contains("first 21 records")), "{:?}", report.holds);
    let command = report.open.iter().find(|open| open.contains("openssl ts")).unwrap();
    let (head_name, token_name) =
        (format!("marsad/{}.head.txt", head.size), format!("marsad/{leaf}.tsr"));
    assert!(command.contains(&head_name) && command.contains(&token_name), "{command}");
    // The command that the check names, on what the bundle holds.
    std::fs::write(dir.path().join("data"), member(&bundle, &head_name)).unwrap();
    std::fs::write(dir.path().join("token"), member(&bundle, &token_name)).unwrap();
    let verify = "ts -verify -data data -in token -CAfile ca.pem";
    assert!(openssl(dir.path(), verify));
    std::fs::write(dir.path().join("data"), b"another head").unwrap();
    assert!(!openssl(dir.path(), verify));
    // A record that came after the stamped head is covered by none, and the bundle says so by size.
    let later = pack(&store, &[25]);
    let report = check_bundle(&mut Cursor::new(&later), None).unwrap();
    assert!(report.is_sound() && report.holds.iter().any(|h| h.contains("first 21 records")));
    for name in [&head_name, &token_name, &format!("marsad/{}.consistency", head.size)] {
        let whole = member(&bundle, name);
        let at = bundle.windows(whole.len()).position(|w| w == whole).unwrap();
        let mut changed = bundle.clone();
        changed[at + 5] ^= 1;
        let report = check_bundle(&mut Cursor::new(&changed), None).unwrap();
        let named = report.failures.iter().filter(|(file, _)| file == name).count();
        assert!(named >= 2 || name.ends_with(".head.txt"), "{name}: {:?}", report.failures);
        assert!(named >= 1, "{name}: {:?}", report.failures);
    }
}

#[test]
fn a_token_for_another_head_is_found_by_the_full_check() {
    let dir = tempfile::tempdir().unwrap();
    let Some(()) = authority(dir.path()) else { return };
    let mut store = store(&dir.path().join("log"));
    let head = add(&mut store, 0, 9);
    let other = head_text(ORIGIN, &Head { size: head.size, root: [9; 32] });
    let asked = request(other.as_bytes(), [5; 8]);
    let leaf = attest(&mut store, head.size, STAMP_TYPE, &reply(dir.path(), &asked));
    let verdict = store.verify().unwrap();
    assert!(verdict.failures.iter().any(|f| f.leaf == Some(leaf)), "{verdict:?}");
    assert!(matches!(store.reader().attestations(), Err(Error::Broken(_))));
}

/// A witness that cosigns as c2sp.org/tlog-cosignature says.
struct Cosigner(SigningKey);

impl Cosigner {
    fn id(&self) -> [u8; 4] {
        let public = self.0.verifying_key();
        let named = [b"witness.example/w1\n\x04", &public.as_bytes()[..]].concat();
        sha256(&named)[..4].try_into().unwrap()
    }

    fn key(&self) -> String {
        let public = [&[4u8][..], self.0.verifying_key().as_bytes()].concat();
        format!("witness.example/w1+{}+{}", hex(&self.id()), BASE64.encode(public))
    }

    fn line(&self, text: &str, seconds: u64) -> String {
        let signed = format!("cosignature/v1\ntime {seconds}\n{text}");
        let signature = self.0.sign(signed.as_bytes()).to_bytes();
        let bytes = [&self.id()[..], &seconds.to_be_bytes(), &signature].concat();
        format!("\u{2014} witness.example/w1 {}\n", BASE64.encode(bytes))
    }
}

#[test]
fn a_witness_is_believed_only_for_the_head_that_it_saw() {
    let cosigner = Cosigner(SigningKey::from_bytes(&[3; 32]));
    let witness = Witness::parse(&cosigner.key()).unwrap();
    assert_eq!(witness.name(), "witness.example/w1");
    assert!(Witness::parse(&cosigner.key().replace("w1", "w2")).is_err());
    let log_key = Signer::new(ORIGIN, &[7; 32]).unwrap().verifier().text();
    assert!(Witness::parse(&log_key).is_err(), "a log's key is no witness's");
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let head = add(&mut store, 0, 12);
    let note = store.reader().checkpoint().note.clone();
    let text = head_text(ORIGIN, &head);
    let cosigned = note.clone() + &cosigner.line(&text, 1_575_136_600);
    let read = |note: &str| {
        let parsed = marsad_evidence::Checkpoint::parse(note.as_bytes()).unwrap();
        witness.verify(&parsed.signed().unwrap()).map_err(|error| error.to_string())
    };
    assert_eq!(read(&cosigned), Ok(Timestamp(1_575_136_600_000)));
    assert!(read(&note).unwrap_err().contains("no signature by"));
    let forged = note.clone() + &cosigner.line("another\n1\nAAAA\n", 1_575_136_600);
    assert!(read(&forged).unwrap_err().contains("does not fit"));

    attest(&mut store, head.size, COSIGNED_TYPE, cosigned.as_bytes());
    assert!(store.verify().unwrap().is_sound());
    let attested = store.reader().attestations().unwrap();
    assert!(matches!(attested[0].says, Attested::Cosigned(_)));
    let bundle = pack(&store, &[3]);
    let check = |witnesses: &[Witness]| {
        check_bundle_with(&mut Cursor::new(&bundle), None, witnesses).unwrap()
    };
    let report = check(&[witness]);
    assert!(report.is_sound(), "{:?}", report.failures);
    assert!(report.holds.iter().any(|h| h.contains("'witness.example/w1' saw the log's first 13")));
    let report = check(&[]);
    assert!(report.is_sound() && report.open.iter().any(|open| open.contains("--witness")));
    let stranger = Cosigner(SigningKey::from_bytes(&[4; 32]));
    let stranger = Witness::parse(&stranger.key()).unwrap();
    let report = check(&[stranger]);
    assert!(report.is_sound() && !report.holds.iter().any(|h| h.contains("saw the log")));
}
