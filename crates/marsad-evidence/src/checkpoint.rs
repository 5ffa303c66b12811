//! The last acknowledged head, in C2SP checkpoint form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::hex;
use crate::merkle::{Hash, empty_root};
use crate::note::{Note, NoteError, Signer, Verifier, check_name};

/// What the log was at one moment: how many leaves, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
}

impl Head {
    /// The root as 64 lowercase hex digits.
    pub fn root_hex(&self) -> String {
        hex(&self.root)
    }
}

impl Default for Head {
    fn default() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// A head with the log's name, as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Its head.
    pub head: Head,
    /// The note as it stands in the file, signatures included.
    pub note: String,
}

impl Checkpoint {
    /// Makes the note of a head; signed when there is a key.
    pub fn new(origin: &str, head: Head, signer: Option<&Signer>) -> Self {
        let text = format!("{origin}\n{}\n{}\n", head.size, BASE64.encode(head.root));
        let note = signer.map_or_else(|| format!("{text}\n"), |signer| signer.sign(&text));
        Self { origin: origin.to_owned(), head, note }
    }

    /// Reads a checkpoint. Extension lines are allowed and kept in the note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = Note::parse(bytes)?;
        let mut lines = note.text.split_terminator('\n');
        let origin = lines.next().unwrap_or_default();
        check_name(origin).ok().ok_or(NoteError::Malformed("the first line names no log"))?;
        let size = lines.next().unwrap_or_default();
        let plain =
            size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size.parse().ok().filter(|_| plain);
        let size = size.ok_or(NoteError::Malformed("the second line is no size"))?;
        let root = lines.next().and_then(|root| BASE64.decode(root).ok());
        let root = root.and_then(|root| root.try_into().ok());
        let root = root.ok_or(NoteError::Malformed("the third line is no root hash"))?;
        let whole = String::from_utf8_lossy(bytes).into_owned(); // UTF-8, as Note::parse checked
        Ok(Self { origin: origin.to_owned(), head: Head { size, root }, note: whole })
    }

    /// Checks the signature of a key.
    pub fn verify(&self, key: &Verifier) -> Result<(), NoteError> {
        key.verify(&self.signed()?)
    }

    /// The note taken apart, to check signatures.
    pub fn signed(&self) -> Result<Note<'_>, NoteError> {
        Note::parse(self.note.as_bytes())
    }
}
