//! The server's side of MTProto 2.0's encryption, with a key that both sides have already: the
//! exchange that makes one needs the private half of a key of Telegram's.

use grammers_crypto::aes::{ige_decrypt, ige_encrypt};
use sha2::{Digest as _, Sha256};

/// The key that both sides have.
pub(super) type Key = [u8; 256];

/// Where the parts of the key begin: for what the client sends, and for what the server does.
const OF_CLIENT: usize = 0;
const OF_SERVER: usize = 8;

/// What stands in a sealed packet.
#[derive(Debug)]
pub(super) struct Packet {
    /// Which key it was sealed with, by its number.
    pub(super) key_number: [u8; 8],
    pub(super) session: [u8; 8],
    pub(super) message: i64,
    pub(super) body: Vec<u8>,
}

fn sha256(parts: [&[u8]; 2]) -> Option<[u8; 32]> {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
    }
    sha.finalize().as_slice().try_into().ok()
}

/// The number of a message: it must fit its content.
fn number(key: &Key, side: usize, plain: &[u8]) -> Option<[u8; 16]> {
    let whole = sha256([key.get(88 + side..120 + side)?, plain])?;
    whole.get(8..24)?.try_into().ok()
}

/// Key and vector for a message of this number.
fn aes(key: &Key, side: usize, number: &[u8; 16]) -> Option<([u8; 32], [u8; 32])> {
    let a = sha256([number, key.get(side..side + 36)?])?;
    let b = sha256([key.get(40 + side..76 + side)?, number])?;
    let mixed = |outer: &[u8; 32], inner: &[u8; 32]| -> Option<[u8; 32]> {
        let parts = [outer.get(..8)?, inner.get(8..24)?, outer.get(24..)?];
        parts.concat().try_into().ok()
    };
    Some((mixed(&a, &b)?, mixed(&b, &a)?))
}

/// Opens what a client sealed; `None` where it did not.
pub(super) fn open(key: &Key, packet: &[u8]) -> Option<Packet> {
    let (key_number, rest) = packet.split_first_chunk::<8>()?;
    let (given, sealed) = rest.split_first_chunk::<16>()?;
    let mut plain = sealed.to_vec();
    if plain.is_empty() || plain.len() % 16 != 0 {
        return None;
    }
    let (aes_key, vector) = aes(key, OF_CLIENT, given)?;
    ige_decrypt(&mut plain, &aes_key, &vector);
    if number(key, OF_CLIENT, &plain)? != *given {
        return None;
    }
    let length = u32::from_le_bytes(plain.get(28..32)?.try_into().ok()?) as usize;
    Some(Packet {
        key_number: *key_number,
        session: plain.get(8..16)?.try_into().ok()?,
        message: i64::from_le_bytes(plain.get(16..24)?.try_into().ok()?),
        body: plain.get(32..32usize.checked_add(length)?)?.to_vec(),
    })
}

/// Seals a message of the server's to the session of that packet.
pub(super) fn seal(key: &Key, to: &Packet, message: i64, body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).ok()?;
    let mut plain = [
        &[0; 8][..],
        &to.session,
        &message.to_le_bytes(),
        &1_u32.to_le_bytes(),
        &length.to_le_bytes(),
        body,
    ]
    .concat();
    // At least 12 bytes, to a multiple of 16.
    plain.resize((plain.len() + 12).next_multiple_of(16), 0);
    let number = number(key, OF_SERVER, &plain)?;
    let (aes_key, vector) = aes(key, OF_SERVER, &number)?;
    ige_encrypt(&mut plain, &aes_key, &vector);
    Some([&to.key_number[..], &number, &plain].concat())
}
