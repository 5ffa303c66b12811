//! Time-stamps and cosignatures as a desk gets them: a request in a file, an answer from a file.

use std::fs;
use std::process::Command;

use crate::bench::{Bench, post};

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Weather authority
[tsa_cert]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa1]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
";

fn openssl(bench: &Bench, line: &str) -> bool {
    let words = line.split_whitespace();
    Command::new("openssl")
        .args(words)
        .current_dir(bench.path("."))
        .output()
        .unwrap()
        .status
        .success()
}

/// A bench with an archive and a local authority; `None` without OpenSSL.
fn bench() -> Option<Bench> {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("SKIPPED: there is no openssl here");
        return None;
    }
    let bench = Bench::new();
    bench.write("ca.cnf", CONFIG);
    bench.write("serial", "01\n");
    for line in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Root -sha256",
        "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -config ca.cnf",
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -sha256 -extfile ca.cnf -extensions tsa_cert -out tsa.pem",
    ] {
        assert!(openssl(&bench, line), "{line}");
    }
    bench.write("a.ndjson", post("telegram:a", "1", "2019-11-30T10:00:00Z", "The ferry leaves"));
    bench.json(&["import", "a.ndjson"]);
    let settings =
        "[[authority]]\nname = \"local\"\nurl = \"http://tsa.invalid/\"\nroots = \"ca.pem\"\n";
    bench.write("marsad-archive/marsad.toml", settings);
    Some(bench)
}

#[test]
fn a_head_is_stamped_by_a_local_authority_and_the_bundle_carries_its_token() {
    let Some(bench) = bench() else { return };
    let asked = bench.json(&["evidence", "stamp"]);
    let request = asked["request"].as_str().unwrap().to_owned();
    let send = asked["commands"][0]["send"].as_str().unwrap();
    assert!(send.starts_with("curl ") && send.ends_with("http://tsa.invalid/"), "{send}");
    let size = asked["size"].as_u64().unwrap();
    let line =
        format!("ts -reply -config ca.cnf -section tsa1 -queryfile {request} -out answer.tsr");
    assert!(openssl(&bench, &line));
    // The log has grown meanwhile: the answer is about the head that was asked about.
    bench.json(&["measure", "statements"]);
    bench.write("page.html", "<html>Not found</html>");
    let said = bench.bad(1, &["evidence", "stamp", "--reply", "page.html"]);
    assert!(said.contains("no answer of a time-stamping authority"), "{said}");
    bench.bad(2, &["evidence", "stamp", "--reply", "answer.tsr", "--authority", "other"]);
    let kept = bench.json(&["evidence", "stamp", "--reply", "answer.tsr"]);
    assert_eq!(kept["size"], size);
    let status = bench.json(&["evidence", "status"]);
    assert_eq!(status["ok"], true);
    assert_eq!(status["attestations"][0]["by"], "local");
    assert_eq!(status["attestations"][0]["size"], size);
    bench.good(&["evidence", "prove", "telegram:a/1", "--out", "post.wacz"]);
    let mut bundle = fs::File::open(bench.path("post.wacz")).unwrap();
    let report = marsad_evidence::check_bundle(&mut bundle, None).unwrap();
    assert!(report.is_sound(), "{:?}", report.failures);
    let holds = format!("is for the log's first {size} records");
    assert!(report.holds.iter().any(|said| said.contains(&holds)), "{:?}", report.holds);
    // An answer to what nobody asked.
    let stranger = "ts -query -data ca.cnf -sha256 -cert -out other.tsq";
    assert!(openssl(&bench, stranger));
    let line = "ts -reply -config ca.cnf -section tsa1 -queryfile other.tsq -out other.tsr";
    assert!(openssl(&bench, line));
    let said = bench.bad(1, &["evidence", "stamp", "--reply", "other.tsr"]);
    assert!(said.contains("answers no request"), "{said}");
    // The command that is told for its signature, and what it is worth.
    let head = format!("marsad-archive/stamps/{size}.head.txt");
    assert!(openssl(&bench, &format!("ts -verify -data {head} -in answer.tsr -CAfile ca.pem")));
    assert!(!openssl(&bench, "ts -verify -data ca.cnf -in answer.tsr -CAfile ca.pem"));
    bench.json(&["rebuild"]);
    bench.good(&["doctor"]);
}

#[test]
fn without_settings_the_way_out_is_named() {
    let bench = Bench::new();
    bench.good(&["init"]);
    let said = bench.bad(2, &["evidence", "stamp"]);
    assert!(said.contains("[[authority]]"), "{said}");
    bench.write("note", "x");
    let said = bench.bad(2, &["evidence", "cosign", "note"]);
    assert!(said.contains("[[witness]]"), "{said}");
    bench.write("marsad-archive/marsad.toml", "[[witness]]\nkey = \"w+00000000+AAAA\"\n");
    let said = bench.bad(2, &["evidence", "cosign", "note"]);
    assert!(said.contains("marsad.toml, witness"), "{said}");
}

/// A witness's key, and its line under a checkpoint's text.
#[test]
fn a_cosigned_checkpoint_is_kept_when_a_known_witness_signed_it() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use ed25519_dalek::Signer as _;
    let bench = Bench::new();
    bench.write("a.ndjson", post("telegram:a", "1", "2019-11-30T10:00:00Z", "The ferry leaves"));
    bench.json(&["import", "a.ndjson"]);
    let secret = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    let public = secret.verifying_key();
    let named = [&b"w.example/1\n\x04"[..], public.as_bytes()].concat();
    let id = marsad_evidence::merkle::sha256(&named)[..4].to_vec();
    let key = [&[4][..], public.as_bytes()].concat();
    let key = format!("w.example/1+{}+{}", marsad_evidence::hex(&id), BASE64.encode(key));
    bench.write("marsad-archive/marsad.toml", format!("[[witness]]\nkey = \"{key}\"\n"));
    let note = bench.json(&["evidence", "checkpoint"])["checkpoint"].as_str().unwrap().to_owned();
    bench.write("note", &note);
    let said = bench.bad(1, &["evidence", "cosign", "note"]);
    assert!(said.contains("no witness of marsad.toml"), "{said}");
    let text = note.split("\n\n").next().unwrap().to_owned() + "\n";
    let seconds = 1_575_136_600_u64;
    let signature = secret.sign(format!("cosignature/v1\ntime {seconds}\n{text}").as_bytes());
    let bytes = [&id[..], &seconds.to_be_bytes(), &signature.to_bytes()].concat();
    bench.write("note", format!("{note}\u{2014} w.example/1 {}\n", BASE64.encode(bytes)));
    let kept = bench.json(&["evidence", "cosign", "note"]);
    assert_eq!(kept["witnesses"][0]["at"], "2019-11-30T17:56:40Z");
    let status = bench.json(&["evidence", "status"]);
    assert_eq!(status["attestations"][0]["kind"], "cosignature");
    // Of another log, it is nothing.
    bench.json(&["--archive", "other", "import", "a.ndjson"]);
    bench.write("other/marsad.toml", format!("[[witness]]\nkey = \"{key}\"\n"));
    let said = bench.bad(1, &["--archive", "other", "evidence", "cosign", "note"]);
    assert!(said.contains("no checkpoint of this log"), "{said}");
}
