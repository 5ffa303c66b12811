//! RFC 3161 time-stamps: what is asked of an authority, and what its answer says.
//!
//! **Not here.** The authority's signature and its certificates: `openssl ts -verify` checks them,
//! and the exact command is given wherever a token is shown.

use marsad_types::Timestamp;

use crate::merkle::{Hash, sha256};

/// Longest answer that is read; real ones with their certificates have some 6 kB.
pub const REPLY_BYTES_MAX: usize = 256 << 10;

/// SEQUENCE { OID 2.16.840.1.101.3.4.2.1 (SHA-256), NULL }
const SHA256: [u8; 15] = [0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0];
/// 1.2.840.113549.1.7.2
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// 1.2.840.113549.1.9.16.1.4
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Not the DER of a time-stamp answer.
    #[error("it is no answer of a time-stamping authority: {0}")]
    Malformed(&'static str),
    /// The authority refused.
    #[error("the authority refused (status {0})")]
    Refused(u64),
    /// The token is for other bytes.
    #[error("its token is for other bytes than these")]
    OtherBytes,
    /// The token answers another request.
    #[error("its token does not bear the number that was sent")]
    OtherRequest,
}

/// The request for a time-stamp on some bytes: DER of 69 bytes, to be sent as
/// `application/timestamp-query`. The nonce's first byte is made positive, so that the shape is
/// always the same.
pub fn request(stamped: &[u8], nonce: [u8; 8]) -> Vec<u8> {
    let [first, rest @ ..] = nonce;
    let imprint = [&SHA256[..], &tagged(OCTETS, &sha256(stamped))].concat();
    let nonce = [&[first & 0x3f | 0x40][..], &rest].concat();
    let parts = [
        tagged(INTEGER, &[1]),
        tagged(SEQUENCE, &imprint),
        tagged(INTEGER, &nonce),
        vec![1, 1, 0xff], // certReq: the answer brings the authority's certificate
    ];
    tagged(SEQUENCE, &parts.concat())
}

/// Tag, length (below 128), content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8][..], content].concat()
}

/// What a granted answer says. Its signature has not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// When the authority says the bytes existed.
    pub at: Timestamp,
    /// SHA-256 of the bytes.
    pub imprint: Hash,
    /// The number that the request sent.
    pub nonce: Option<Vec<u8>>,
    /// The token's own number, in hex.
    pub serial: String,
}

impl Token {
    /// Reads an answer (`application/timestamp-reply`), and the request, for its nonce.
    ///
    /// # Errors
    /// Each way in which it is no granted answer to a SHA-256 request.
    pub fn read(reply: &[u8]) -> Result<Self, StampError> {
        if reply.len() > REPLY_BYTES_MAX {
            return Err(StampError::Malformed("it is longer than 256 KiB"));
        }
        let mut outer = Der(reply);
        let mut answer = outer.inside(SEQUENCE, "it is no DER sequence")?;
        if !outer.0.is_empty() {
            return Err(StampError::Malformed("something follows it"));
        }
        let mut status = answer.inside(SEQUENCE, "it has no status")?;
        let status = number(status.take(INTEGER, "it has no status")?);
        if status > 1 {
            return Err(StampError::Refused(status)); // 0 granted, 1 granted with modifications
        }
        let mut token = answer.inside(SEQUENCE, "it has no token")?;
        if token.take(OID, "its token has no type")? != SIGNED_DATA {
            return Err(StampError::Malformed("its token is not signed data"));
        }
        let mut signed = token.inside(EXPLICIT_0, "its token is empty")?;
        let mut signed = signed.inside(SEQUENCE, "its token is empty")?;
        signed.take(INTEGER, "its token has no version")?;
        signed.take(SET, "its token names no digest")?;
        let mut content = signed.inside(SEQUENCE, "its token has no content")?;
        if content.take(OID, "its token's content has no type")? != TST_INFO {
            return Err(StampError::Malformed("its token is no time-stamp"));
        }
        let mut content = content.inside(EXPLICIT_0, "its token has no content")?;
        let content = content.take(OCTETS, "its token has no content")?;
        Self::info(&mut Der(content))
    }

    fn info(outer: &mut Der<'_>) -> Result<Self, StampError> {
        let mut info = outer.inside(SEQUENCE, "the time-stamp is no sequence")?;
        info.take(INTEGER, "the time-stamp has no version")?;
        info.take(OID, "the time-stamp has no policy")?;
        let mut imprint = info.inside(SEQUENCE, "the time-stamp has no imprint")?;
        let mut algorithm = imprint.inside(SEQUENCE, "the imprint has no algorithm")?;
        if Some(algorithm.take(OID, "the imprint has no algorithm")?) != SHA256.get(4..13) {
            return Err(StampError::OtherBytes);
        }
        let imprint = imprint.take(OCTETS, "the time-stamp has no imprint")?;
        let imprint = imprint.try_into().ok().ok_or(StampError::OtherBytes)?;
        let serial = crate::hex(info.take(INTEGER, "the time-stamp has no number")?);
        let at = info.take(TIME, "the time-stamp has no time")?;
        let at = time(at).ok_or(StampError::Malformed("its time is not readable"))?;
        let mut nonce = None;
        while let Some((tag, value)) = info.next() {
            if tag == INTEGER {
                nonce = Some(value.to_vec()); // accuracy and ordering have other tags
            }
        }
        Ok(Self { at, imprint, nonce, serial })
    }

    /// Whether this token is for these bytes and answers this request.
    ///
    /// # Errors
    /// `OtherBytes`, `OtherRequest`.
    pub fn check(&self, stamped: &[u8], request: Option<&[u8]>) -> Result<(), StampError> {
        if self.imprint != sha256(stamped) {
            return Err(StampError::OtherBytes);
        }
        let Some(request) = request else { return Ok(()) };
        let sent = nonce_of(request).ok_or(StampError::OtherRequest)?;
        if self.nonce.as_deref() == Some(sent) { Ok(()) } else { Err(StampError::OtherRequest) }
    }
}

/// The number in a request that [`request`] made.
fn nonce_of(request: &[u8]) -> Option<&[u8]> {
    let mut request = Der(request).next()?.1;
    let mut last = None;
    while let Some((tag, value)) = Der::advance(&mut request) {
        if tag == INTEGER {
            last = Some(value);
        }
    }
    last
}

/// DER, as far as it is needed: tags of one byte, definite lengths.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        Self::advance(&mut self.0)
    }

    fn advance(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
        let (tag, after) = rest.split_first()?;
        let (first, mut after) = after.split_first()?;
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let count = length & 0x7f;
            let digits = after.get(..count).filter(|_| (1..=4).contains(&count))?;
            length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            after = after.get(count..)?;
        }
        let content = after.get(..length)?;
        *rest = after.get(length..)?;
        Some((*tag, content))
    }

    fn take(&mut self, tag: u8, missing: &'static str) -> Result<&'a [u8], StampError> {
        let found = self.next().filter(|(found, _)| *found == tag);
        found.map(|(_, content)| content).ok_or(StampError::Malformed(missing))
    }

    fn inside(&mut self, tag: u8, missing: &'static str) -> Result<Der<'a>, StampError> {
        self.take(tag, missing).map(Der)
    }
}

fn number(digits: &[u8]) -> u64 {
    if digits.len() > 8 {
        return u64::MAX;
    }
    digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit))
}

/// `20261125031500Z`, with a fraction where the authority gives one.
fn time(written: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(written).ok()?;
    let part = |from: usize, to: usize| text.get(from..to);
    let is_plain = text.bytes().take(14).all(|b| b.is_ascii_digit());
    let rest = text.get(14..).filter(|_| is_plain)?.strip_suffix('Z')?;
    let written = format!(
        "{}-{}-{}T{}:{}:{}{rest}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    written.parse().ok()
}
