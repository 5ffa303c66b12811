//! A time-stamping authority of OpenSSL's, with its certificates, in a folder.

use std::path::Path;
use std::process::Command;

const CONFIG: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Weather authority
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[both]
extendedKeyUsage = critical,timeStamping,serverAuth
[lax]
extendedKeyUsage = timeStamping
[agreement]
keyUsage = critical,keyAgreement
extendedKeyUsage = critical,timeStamping
[tsa1]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = middle.pem
signer_digest = DIGEST
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = ESS
";

/// Runs OpenSSL in a folder.
pub(crate) fn openssl(dir: &Path, arguments: &str) {
    let output =
        Command::new("openssl").args(arguments.split(' ')).current_dir(dir).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "openssl {arguments}: {said}");
}

/// What an authority is made of.
pub(crate) struct Authority {
    pub(crate) root: &'static str,
    pub(crate) middle: &'static str,
    pub(crate) own: &'static str,
    pub(crate) digest: &'static str,
    pub(crate) ess: &'static str,
    pub(crate) middle_extensions: &'static str,
    pub(crate) days: &'static str,
}

/// RSA all the way, as most authorities are today.
pub(crate) const RSA: Authority = Authority {
    root: "rsa:3072",
    middle: "rsa:2048",
    own: "rsa:2048",
    digest: "sha256",
    ess: "sha256",
    middle_extensions: "ca",
    days: "30",
};

impl Authority {
    /// A root, a certificate between, and the authority's own, all under new keys.
    pub(crate) fn make(&self, dir: &Path) -> bool {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("SKIPPED: there is no openssl here");
            return false;
        }
        let config = CONFIG.replace("DIGEST", self.digest).replace("ESS", self.ess);
        std::fs::write(dir.join("cnf"), config).unwrap();
        std::fs::write(dir.join("serial"), "01\n").unwrap();
        let hash = self.digest;
        for (name, key) in [("root", self.root), ("middle", self.middle), ("tsa", self.own)] {
            let key = key.replace("p256", "ec -pkeyopt ec_paramgen_curve:P-256");
            let key = key.replace("p384", "ec -pkeyopt ec_paramgen_curve:P-384");
            let out = format!("-nodes -keyout {name}.key -config cnf -subj /CN={name} -{hash}");
            openssl(dir, &format!("req -new -newkey {key} {out} -out {name}.csr"));
        }
        let sign = |line: &str| {
            openssl(dir, &format!("x509 -req -days {} -{hash} -extfile cnf {line}", self.days));
        };
        sign("-in root.csr -signkey root.key -extensions ca -out root.pem");
        let from_root = "-CA root.pem -CAkey root.key -CAcreateserial";
        let kind = self.middle_extensions;
        sign(&format!("-in middle.csr {from_root} -extensions {kind} -out middle.pem"));
        let from_middle = "-CA middle.pem -CAkey middle.key -CAcreateserial";
        sign(&format!("-in tsa.csr {from_middle} -extensions tsa -out tsa.pem"));
        true
    }
}
