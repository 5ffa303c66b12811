//! From a certificate to a root that the user gave: RFC 5280 §6.1, as far as time-stamps need it.

use der::Encode as _;
use der::asn1::ObjectIdentifier;
use marsad_types::Timestamp;
use x509_cert::certificate::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use super::keys;

/// id-kp-timeStamping
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// Extensions that may be marked critical: the constraints that are checked below, and policies, of
/// which none is asked for.
const UNDERSTOOD: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.19"), // basicConstraints
    ObjectIdentifier::new_unwrap("2.5.29.15"), // keyUsage
    EXTENDED_KEY_USAGE,
    ObjectIdentifier::new_unwrap("2.5.29.32"), // certificatePolicies
];
/// Certificates between an authority and its root.
const DEPTH_MAX: usize = 8;

/// The certificate is for time-stamps and nothing else (RFC 3161 §2.3).
pub(super) fn may_stamp(certificate: &Certificate) -> Result<(), String> {
    let of = certificate.tbs_certificate();
    let usage = of.get_extension::<ExtendedKeyUsage>();
    if !matches!(usage, Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING]) {
        return Err(format!("the certificate of '{}' is not for time-stamps alone", of.subject()));
    }
    match of.get_extension::<KeyUsage>() {
        Ok(None) => Ok(()),
        Ok(Some((_, usage))) if usage.digital_signature() || usage.non_repudiation() => Ok(()),
        _ => Err(format!("the certificate of '{}' is not for signatures", of.subject())),
    }
}

/// Goes up from a certificate to one of the roots; all of them valid when the token was made.
///
/// # Errors
/// A sentence: no way up, or what does not hold on it.
pub(super) fn up<'a>(
    certificate: &Certificate,
    given: &[Certificate],
    roots: &'a [Certificate],
    at: Timestamp,
) -> Result<&'a Certificate, String> {
    let mut below = certificate.clone();
    for depth in 0..DEPTH_MAX {
        is_in_order(&below, at)?;
        if let Some(root) = roots.iter().find(|root| **root == below) {
            return Ok(root);
        }
        let mut reason = None;
        let mut try_one = |above: &Certificate| {
            if above.tbs_certificate().subject() != below.tbs_certificate().issuer() {
                return false;
            }
            let tried = vouches(above, &below, depth, at);
            let is_good = tried.is_ok();
            reason = tried.err().or(reason.take());
            is_good
        };
        if let Some(root) = roots.iter().find(|root| try_one(root)) {
            return Ok(root);
        }
        let Some(above) = given.iter().find(|above| **above != below && try_one(above)) else {
            let issuer = below.tbs_certificate().issuer();
            let missing = || format!("no root that was given vouches for '{issuer}'");
            return Err(reason.unwrap_or_else(missing));
        };
        below = above.clone();
    }
    Err(format!("there are more than {DEPTH_MAX} certificates between it and a root"))
}

/// The certificate above may issue others, at this depth, and signed the one below.
fn vouches(
    above: &Certificate,
    below: &Certificate,
    depth: usize,
    at: Timestamp,
) -> Result<(), String> {
    is_in_order(above, at)?;
    let of = above.tbs_certificate();
    let name = of.subject();
    let may = match of.get_extension::<BasicConstraints>() {
        Ok(Some((_, limits))) => {
            limits.ca && limits.path_len_constraint.is_none_or(|most| depth <= usize::from(most))
        }
        _ => false,
    };
    let signs = match of.get_extension::<KeyUsage>() {
        Ok(None) => true,
        Ok(Some((_, usage))) => usage.key_cert_sign(),
        Err(_) => false,
    };
    if !may || !signs {
        return Err(format!("the certificate of '{name}' may not vouch for others"));
    }
    let signed = below.tbs_certificate().to_der().map_err(|error| error.to_string())?;
    let signature = below.signature().as_bytes().unwrap_or_default();
    let algorithm = (below.signature_algorithm(), None);
    keys::verify(of.subject_public_key_info(), algorithm, &signed, signature)
        .map_err(|reason| format!("the signature of '{name}' on a certificate: {reason}"))
}

/// Valid at a time, and without limits that nobody here understands.
fn is_in_order(certificate: &Certificate, at: Timestamp) -> Result<(), String> {
    let of = certificate.tbs_certificate();
    let seconds = u64::try_from(at.0 / 1000).unwrap_or(0);
    let validity = of.validity();
    let (from, to) =
        (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
    if seconds < from.as_secs() || seconds > to.as_secs() {
        return Err(format!("the certificate of '{}' was not valid at {at}", of.subject()));
    }
    if of.signature() != certificate.signature_algorithm() {
        return Err(format!("the certificate of '{}' names two algorithms", of.subject()));
    }
    let mut extensions = of.extensions().into_iter().flatten();
    match extensions.find(|one| one.critical && !UNDERSTOOD.contains(&one.extn_id)) {
        None => Ok(()),
        Some(unknown) => Err(format!(
            "the certificate of '{}' has a limit that is not checked here ({})",
            of.subject(),
            unknown.extn_id
        )),
    }
}
