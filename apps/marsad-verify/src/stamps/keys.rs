//! One signature by one key.

use der::Encode as _;
use der::asn1::ObjectIdentifier;
use p256::pkcs8::DecodePublicKey as _;
use rsa::pkcs1v15;
use rsa::signature::Verifier as _;
use rsa::signature::hazmat::PrehashVerifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Shortest RSA key that is believed, in bytes: 2048 bits (NIST SP 800-131A).
const RSA_BYTES_MIN: usize = 256;

/// What is hashed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// By its own object identifier.
    pub(super) fn named(oid: &ObjectIdentifier) -> Result<Self, String> {
        match oid.to_string().as_str() {
            "2.16.840.1.101.3.4.2.1" => Ok(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Ok(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Ok(Self::Sha512),
            other => Err(format!("the digest {other} is not checked here")),
        }
    }

    /// By the identifier of a signature with it; `None` for plain RSA, which leaves it to the message.
    fn of_signature(oid: &ObjectIdentifier) -> Result<Option<Self>, String> {
        match oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => Ok(None),
            "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => Ok(Some(Self::Sha256)),
            "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Ok(Some(Self::Sha384)),
            "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Ok(Some(Self::Sha512)),
            other => Err(format!("the algorithm {other} is not checked here")),
        }
    }
}

pub(super) fn digest(with: Digest, bytes: &[u8]) -> Vec<u8> {
    match with {
        Digest::Sha256 => Sha256::digest(bytes).to_vec(),
        Digest::Sha384 => Sha384::digest(bytes).to_vec(),
        Digest::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}

/// Only to compare with the name that older tokens give their certificate; it proves nothing.
pub(super) fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

/// Checks a signature; `stated` is the digest that stands beside it, where one does.
///
/// # Errors
/// A sentence: another signature, or an algorithm that is not checked here.
pub(super) fn verify(
    key: &SubjectPublicKeyInfoOwned,
    (algorithm, stated): (&AlgorithmIdentifierOwned, Option<Digest>),
    message: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    let with = match (Digest::of_signature(&algorithm.oid)?, stated) {
        (Some(own), Some(stated)) if own != stated => {
            return Err("it names two digests".to_owned());
        }
        (own, stated) => own.or(stated).ok_or("it names no digest")?,
    };
    let written = key.to_der().map_err(|error| error.to_string())?;
    let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as().ok());
    let unreadable = |error: &dyn std::fmt::Display| format!("the key cannot be read: {error}");
    let wrong = "it was not made with this key, or not for these bytes";
    if key.algorithm.oid == RSA {
        let key = rsa::PublicKey::from_public_key_der(&written).map_err(|e| unreadable(&e))?;
        return verify_rsa(&key, with, message, signature);
    }
    let hash = digest(with, message);
    match (key.algorithm.oid == EC, curve) {
        (true, Some(P256)) => {
            let key = p256::ecdsa::VerifyingKey::from_public_key_der(&written);
            let key = key.map_err(|e| unreadable(&e))?;
            let read = p256::ecdsa::Signature::from_der(signature).ok().ok_or(wrong)?;
            key.verify_prehash(&hash, &read).ok().ok_or_else(|| wrong.to_owned())
        }
        (true, Some(P384)) => {
            let key = p384::ecdsa::VerifyingKey::from_public_key_der(&written);
            let key = key.map_err(|e| unreadable(&e))?;
            let read = p384::ecdsa::Signature::from_der(signature).ok().ok_or(wrong)?;
            key.verify_prehash(&hash, &read).ok().ok_or_else(|| wrong.to_owned())
        }
        _ => Err("the key is of a kind that is not checked here".to_owned()),
    }
}

fn verify_rsa(
    key: &rsa::PublicKey,
    with: Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    if key.size() < RSA_BYTES_MIN {
        return Err(format!(
            "the RSA key has {} bits; fewer than 2048 prove nothing",
            key.size() * 8
        ));
    }
    let wrong = "it was not made with this key, or not for these bytes";
    let read = pkcs1v15::Signature::try_from(signature).ok().ok_or(wrong)?;
    let key = key.clone();
    let verified = match with {
        Digest::Sha256 => pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, &read),
        Digest::Sha384 => pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(message, &read),
        Digest::Sha512 => pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(message, &read),
    };
    verified.ok().ok_or_else(|| wrong.to_owned())
}
