//! C2SP signed notes with Ed25519: a text, an empty line, signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::merkle::sha256;
use crate::{hex, layout};

/// Longest note that is read.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
const SIGNATURES_MAX: usize = 64;
const ED25519: u8 = 0x01;

/// A note or a key that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is no signed note.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// A key cannot be read.
    #[error("not a key: {0}")]
    Key(&'static str),
    /// A signature by a key that we know does not fit the text.
    #[error("the signature by '{0}' does not fit the text")]
    Forged(String),
    /// No signature by a key that we know.
    #[error("the note bears no signature by '{0}'")]
    Unsigned(String),
    /// The log is signed, and the key was not given.
    #[error("this log is signed by '{0}'; its key is needed to go on writing")]
    KeyNeeded(String),
    /// The key belongs to another log.
    #[error("the signing key is for '{key}', but this log is '{log}'")]
    OtherLog {
        /// Name of the key.
        key: String,
        /// Origin of the log.
        log: String,
    },
}

/// Signs checkpoints. The key lives outside the archive; whoever opens the store hands it in.
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.name) // never the key
    }
}

impl Signer {
    /// A key from its 32 secret bytes and its name, the origin of the log it signs.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(secret) })
    }

    /// A new random key.
    pub fn generate(name: &str) -> Result<Self, crate::Error> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self::new(name, &secret)?)
    }

    /// Reads `PRIVATE+KEY+<name>+<key id>+<base64>`, as [`Signer::secret_text`] writes it.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::Key("expected PRIVATE+KEY+name+id+base64");
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or_else(wrong)?;
        let mut parts = rest.splitn(3, '+');
        let name = parts.next().ok_or_else(wrong)?;
        let id = parts.next().ok_or_else(wrong)?;
        let key = parts.next().and_then(|b| BASE64.decode(b).ok()).ok_or_else(wrong)?;
        let secret = match key.split_first() {
            Some((&ED25519, secret)) => secret.try_into().ok().ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let signer = Self::new(name, secret)?;
        let fits = hex(&signer.verifier().id) == id;
        if fits { Ok(signer) } else { Err(NoteError::Key("the id does not fit the key")) }
    }

    /// The secret key as one line, for a file that only its owner can read.
    pub fn secret_text(&self) -> String {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        let id = hex(&self.verifier().id);
        format!("PRIVATE+KEY+{}+{id}+{}\n", self.name, BASE64.encode(key))
    }

    /// The name of the key: the origin of its log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.name.clone(), self.key.verifying_key())
    }

    /// The note of a text: the text, an empty line, our signature. The text ends with a newline.
    pub fn sign(&self, text: &str) -> String {
        let mut signature = self.verifier().id.to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.name, BASE64.encode(signature))
    }
}

/// Checks signatures of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
    id: [u8; 4],
}

impl Verifier {
    fn new(name: String, key: VerifyingKey) -> Self {
        let mut bytes = name.as_bytes().to_vec();
        bytes.extend_from_slice(&[b'\n', ED25519]);
        bytes.extend_from_slice(key.as_bytes());
        let [a, b, c, d, ..] = sha256(&bytes);
        Self { name, key, id: [a, b, c, d] }
    }

    /// Reads a C2SP verifier key: `<name>+<key id>+<base64>`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::Key("expected name+id+base64");
        let mut parts = text.trim().splitn(3, '+');
        let name = parts.next().ok_or_else(wrong)?;
        let id = parts.next().ok_or_else(wrong)?;
        let key = parts.next().and_then(|b| BASE64.decode(b).ok()).ok_or_else(wrong)?;
        check_name(name)?;
        let public: [u8; 32] = match key.split_first() {
            Some((&ED25519, public)) => public.try_into().ok().ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let key = VerifyingKey::from_bytes(&public)
            .ok()
            .ok_or(NoteError::Key("not a point of Ed25519"))?;
        let verifier = Self::new(name.to_owned(), key);
        let fits = hex(&verifier.id) == id;
        if fits { Ok(verifier) } else { Err(NoteError::Key("the id does not fit the key")) }
    }

    /// The verifier key as C2SP writes it.
    pub fn text(&self) -> String {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex(&self.id), BASE64.encode(key))
    }

    /// Name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks that a note bears this key's signature. Signatures by unknown keys are passed over.
    pub fn verify(&self, note: &Note<'_>) -> Result<(), NoteError> {
        let mut signed = false;
        for signature in &note.signatures {
            if signature.name != self.name || signature.id != self.id {
                continue;
            }
            let bytes: Option<[u8; 64]> = signature.bytes.as_slice().try_into().ok();
            let fits = bytes.is_some_and(|bytes| {
                let signature = Signature::from_bytes(&bytes);
                self.key.verify_strict(note.text.as_bytes(), &signature).is_ok()
            });
            if !fits {
                return Err(NoteError::Forged(self.name.clone()));
            }
            signed = true;
        }
        if signed { Ok(()) } else { Err(NoteError::Unsigned(self.name.clone())) }
    }
}

/// A signed note taken apart; nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    /// The signed text, its last newline included.
    pub text: &'a str,
    /// The signatures in order.
    pub signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Its id.
    pub id: [u8; 4],
    /// What follows the id: 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Takes a note apart. A text without any signature is read too, so that a log without a key
    /// has checkpoints of the same form; whoever needs a signature asks [`Verifier::verify`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed("longer than 64 KiB"));
        }
        let whole = std::str::from_utf8(bytes).ok().ok_or(NoteError::Malformed("not UTF-8"))?;
        if whole.contains(|c: char| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed("it has a control character"));
        }
        let split = whole.rfind("\n\n").ok_or(NoteError::Malformed("no empty line"))?;
        let (text, rest) = whole.split_at(split + 1);
        let lines = rest.strip_prefix('\n').unwrap_or_default();
        if !lines.is_empty() && !lines.ends_with('\n') {
            return Err(NoteError::Malformed("the last line does not end"));
        }
        let signatures: Vec<_> = lines.lines().map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed("more than 64 signatures"));
        }
        Ok(Self { text, signatures })
    }
}

fn signature(line: &str) -> Result<NoteSignature, NoteError> {
    let wrong = || NoteError::Malformed("a line after the text is no signature");
    let rest = line.strip_prefix("\u{2014} ").ok_or_else(wrong)?;
    let (name, encoded) = rest.split_once(' ').ok_or_else(wrong)?;
    check_name(name).ok().ok_or_else(wrong)?;
    let bytes = BASE64.decode(encoded).ok().ok_or_else(wrong)?;
    let id = layout::part(&bytes, 0).ok_or_else(wrong)?;
    let bytes = bytes.get(4..).filter(|rest| !rest.is_empty()).ok_or_else(wrong)?.to_vec();
    Ok(NoteSignature { name: name.to_owned(), id, bytes })
}

/// Key names have no blank and no `+`.
pub(crate) fn check_name(name: &str) -> Result<(), NoteError> {
    let fits = !name.is_empty()
        && name.len() <= 256
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    if fits { Ok(()) } else { Err(NoteError::Key("a key name has no blank and no '+'")) }
}
