//! Whether an authority signed its time-stamp token: RFC 3161 §2.4.2 over RFC 5652 §5.4 and §5.6.
//!
//! **Main path.** [`check`] → the token's one signer → its signed attributes against the content →
//! the signature ([`keys`]) → the certificates up to a root that the user gave ([`chain`]).
//!
//! **Not here.** What the token says: `marsad-evidence` has compared it with the head that it is for.
//! Whether a certificate was withdrawn: that takes the network. Other algorithms than RSA (PKCS #1 v1.5)
//! and ECDSA on P-256 and P-384, with SHA-256, SHA-384 or SHA-512: those are refused by name, and
//! `openssl ts -verify` checks them.

mod chain;
mod keys;

use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, AnyRef, Encode as _, Reader as _, Sequence, SliceReader};
use marsad_evidence::stamp::Token;
use x509_cert::certificate::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use self::keys::{Digest, digest};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Certificates of roots that the user trusts.
#[derive(Debug)]
pub(crate) struct Roots(Vec<Certificate>);

impl Roots {
    /// Reads a file of certificates in PEM form.
    pub(crate) fn read(file: &str) -> Result<Self, String> {
        let written =
            std::fs::read(file).map_err(|error| format!("cannot read '{file}': {error}"))?;
        let roots = Certificate::load_pem_chain(&written)
            .map_err(|error| format!("'{file}' holds no certificates in PEM form: {error}"))?;
        if roots.is_empty() {
            return Err(format!("'{file}' holds no certificate"));
        }
        Ok(Self(roots))
    }
}

/// Checks who signed an answer (`application/timestamp-reply`); gives a sentence.
///
/// # Errors
/// A sentence that says what does not hold.
pub(crate) fn check(reply: &[u8], roots: &Roots) -> Result<String, String> {
    let token = Token::read(reply).map_err(|error| error.to_string())?;
    let signed =
        signed_data(reply).map_err(|error| format!("its token cannot be read: {error}"))?;
    let content = &signed.encap_content_info;
    let bytes = content.econtent.as_ref().map(Any::decode_as::<OctetString>).and_then(Result::ok);
    let bytes = bytes.ok_or("its token has no content")?;
    if content.econtent_type != TST_INFO {
        return Err("its token is no time-stamp".to_owned());
    }
    let [signer] = signed.signer_infos.0.as_slice() else {
        return Err("its token has not one signature, as RFC 3161 wants it".to_owned());
    };
    let given = certificates(&signed);
    let certificate = given.iter().find(|given| is_of(signer, given));
    let certificate = certificate.ok_or("its token does not hold its signer's certificate")?;
    signature(signer, bytes.as_bytes(), certificate)?;
    chain::may_stamp(certificate)?;
    let root = chain::up(certificate, &given, &roots.0, token.at)?;
    Ok(format!(
        "it is signed by '{}', whom the root '{}' vouches for",
        certificate.tbs_certificate().subject(),
        root.tbs_certificate().subject()
    ))
}

/// SEQUENCE { status, token }
fn signed_data(reply: &[u8]) -> der::Result<SignedData> {
    let mut reader = SliceReader::new(reply)?;
    let token = reader.sequence(|answer| -> der::Result<ContentInfo> {
        answer.decode::<AnyRef<'_>>()?;
        answer.decode()
    })?;
    reader.finish()?;
    if token.content_type != SIGNED_DATA {
        return Err(der::ErrorKind::OidUnknown { oid: token.content_type }.into());
    }
    token.content.decode_as()
}

fn certificates(signed: &SignedData) -> Vec<Certificate> {
    let set = signed.certificates.iter().flat_map(|set| set.0.iter());
    set.filter_map(|choice| match choice {
        cms::cert::CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
        cms::cert::CertificateChoices::Other(_) => None,
    })
    .collect()
}

fn is_of(signer: &SignerInfo, certificate: &Certificate) -> bool {
    let of = certificate.tbs_certificate();
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == *of.issuer() && named.serial_number == *of.serial_number()
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            matches!(of.get_extension::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *named)
        }
    }
}

/// The signed attributes are about this content and this certificate, and the signature is over them.
fn signature(signer: &SignerInfo, content: &[u8], certificate: &Certificate) -> Result<(), String> {
    let attribute = |wanted: ObjectIdentifier| {
        let mut found = signer.signed_attrs.iter().flat_map(|all| all.iter());
        let found = found.find(|attribute| attribute.oid == wanted)?;
        let [value] = found.values.as_slice() else { return None };
        Some(value)
    };
    let kind = attribute(CONTENT_TYPE).and_then(|value| value.decode_as().ok());
    if kind != Some(TST_INFO) {
        return Err("its signature is not for a time-stamp".to_owned());
    }
    let hash = Digest::named(&signer.digest_alg.oid)?;
    let told = attribute(MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetString>().ok());
    if told.is_none_or(|told| told.as_bytes() != digest(hash, content)) {
        return Err("its signature is for another content".to_owned());
    }
    let named = attribute(SIGNING_CERTIFICATE_V2).or_else(|| attribute(SIGNING_CERTIFICATE));
    let named = named.ok_or("its signature does not name its certificate")?;
    let whole = certificate.to_der().map_err(|error| error.to_string())?;
    if !names(named, attribute(SIGNING_CERTIFICATE_V2).is_some(), &whole) {
        return Err("its signature names another certificate".to_owned());
    }
    let signed = signer.signed_attrs.to_der().map_err(|error| error.to_string())?;
    let key = certificate.tbs_certificate().subject_public_key_info();
    keys::verify(
        key,
        (&signer.signature_algorithm, Some(hash)),
        &signed,
        signer.signature.as_bytes(),
    )
    .map_err(|reason| format!("its signature: {reason}"))
}

/// RFC 5035: `SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }`; the first is the signer's.
#[derive(Sequence)]
struct NamedV2 {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    rest: Option<Any>,
}

/// RFC 2634: the same with SHA-1.
#[derive(Sequence)]
struct NamedV1 {
    hash: OctetString,
    #[asn1(optional = "true")]
    rest: Option<Any>,
}

#[derive(Sequence)]
struct Named {
    certificates: Vec<Any>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

/// Whether an attribute names this certificate by its hash.
fn names(attribute: &Any, is_v2: bool, certificate: &[u8]) -> bool {
    let Ok(named) = attribute.decode_as::<Named>() else { return false };
    let Some(first) = named.certificates.first() else { return false };
    if !is_v2 {
        let first = first.decode_as::<NamedV1>();
        return first.is_ok_and(|first| first.hash.as_bytes() == keys::sha1(certificate));
    }
    let Ok(first) = first.decode_as::<NamedV2>() else { return false };
    let hash = first.algorithm.map_or(Ok(Digest::Sha256), |named| Digest::named(&named.oid));
    hash.is_ok_and(|hash| first.hash.as_bytes() == digest(hash, certificate))
}

#[cfg(test)]
#[path = "../tests/authority/mod.rs"]
mod authority;

#[cfg(test)]
mod tests {
    use super::authority::{Authority, RSA, openssl};
    use super::*;

    #[test]
    fn whatever_byte_of_an_answer_is_changed_it_says_what_was_signed_or_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let kind = Authority { root: "p256", middle: "p256", own: "p256", ..RSA };
        if !kind.make(dir.path()) {
            return;
        }
        let asked = marsad_evidence::stamp::request(b"the head", [5; 8]);
        std::fs::write(dir.path().join("tsq"), asked).unwrap();
        openssl(dir.path(), "ts -reply -config cnf -section tsa1 -queryfile tsq -out tsr");
        let reply = std::fs::read(dir.path().join("tsr")).unwrap();
        let roots = Roots::read(dir.path().join("root.pem").to_str().unwrap()).unwrap();
        let (said, token) = (check(&reply, &roots).unwrap(), Token::read(&reply).unwrap());
        let mut refused = 0;
        for at in (0..reply.len()).step_by(3) {
            let mut changed = reply.clone();
            changed[at] ^= 1 << (at % 8);
            match check(&changed, &roots) {
                Ok(now) => {
                    assert_eq!(
                        (now, Token::read(&changed).unwrap()),
                        (said.clone(), token.clone())
                    );
                }
                Err(_) => refused += 1,
            }
            assert!(check(&reply[..at], &roots).is_err(), "cut at {at}");
        }
        assert!(refused * 3 > reply.len() * 9 / 10, "{refused} of {} / 3", reply.len());
    }

    #[test]
    fn a_certificate_that_is_for_more_or_less_than_time_stamps_signs_none() {
        let dir = tempfile::tempdir().unwrap();
        if !RSA.make(dir.path()) {
            return;
        }
        for (extensions, may) in
            [("tsa", true), ("both", false), ("lax", false), ("leaf", false), ("agreement", false)]
        {
            let line = format!("-extfile cnf -extensions {extensions} -out x.pem");
            openssl(dir.path(), &format!("x509 -req -in tsa.csr -signkey tsa.key {line}"));
            let read = Roots::read(dir.path().join("x.pem").to_str().unwrap()).unwrap();
            assert_eq!(chain::may_stamp(&read.0[0]).is_ok(), may, "{extensions}");
        }
    }
}
