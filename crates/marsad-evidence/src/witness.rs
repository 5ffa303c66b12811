//! Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519): somebody else saw this head, and
//! saw that the log only went on since the last one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use marsad_types::Timestamp;

use crate::merkle::sha256;
use crate::note::{Note, NoteError, check_name};
use crate::{hex, layout};

const COSIGNATURE: u8 = 0x04;

/// The key of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    name: String,
    key: VerifyingKey,
    id: [u8; 4],
}

impl Witness {
    /// Reads a witness's verifier key: `<name>+<key id>+<base64 of 0x04 and the key>`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::Key("a witness's key is name+id+base64, of the type 0x04");
        let mut parts = text.trim().splitn(3, '+');
        let name = parts.next().ok_or_else(wrong)?;
        let id = parts.next().ok_or_else(wrong)?;
        let key = parts.next().and_then(|b| BASE64.decode(b).ok()).ok_or_else(wrong)?;
        check_name(name)?;
        let public: [u8; 32] = match key.split_first() {
            Some((&COSIGNATURE, public)) => public.try_into().ok().ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let key = VerifyingKey::from_bytes(&public)
            .ok()
            .ok_or(NoteError::Key("not a point of Ed25519"))?;
        let named = [name.as_bytes(), &[b'\n', COSIGNATURE], &public].concat();
        let [a, b, c, d, ..] = sha256(&named);
        let witness = Self { name: name.to_owned(), key, id: [a, b, c, d] };
        let fits = hex(&witness.id) == id;
        if fits { Ok(witness) } else { Err(NoteError::Key("the id does not fit the key")) }
    }

    /// Name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When this witness saw the checkpoint.
    ///
    /// # Errors
    /// `Unsigned` when it did not cosign, `Forged` when its cosignature does not fit.
    pub fn verify(&self, note: &Note<'_>) -> Result<Timestamp, NoteError> {
        let mut seen = None;
        let ours = note.signatures.iter().filter(|s| s.name == self.name && s.id == self.id);
        for signature in ours {
            let forged = || NoteError::Forged(self.name.clone());
            let time = layout::part(&signature.bytes, 0).map(u64::from_be_bytes);
            let bytes: Option<[u8; 64]> =
                signature.bytes.get(8..).and_then(|rest| rest.try_into().ok());
            let (time, bytes) = time.zip(bytes).ok_or_else(forged)?;
            let text = format!("cosignature/v1\ntime {time}\n{}", note.text);
            let signature = Signature::from_bytes(&bytes);
            self.key.verify_strict(text.as_bytes(), &signature).ok().ok_or_else(forged)?;
            seen = seen.max(Some(time));
        }
        let seconds = seen.ok_or_else(|| NoteError::Unsigned(self.name.clone()))?;
        let ms = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1000));
        Ok(Timestamp(ms.ok_or_else(|| NoteError::Forged(self.name.clone()))?))
    }
}
