//! Offline proofs in the form of c2sp.org/tlog-proof: that a record stands in the log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::Error;
use crate::checkpoint::Checkpoint;
use crate::merkle::{Hash, sha256, verify_inclusion};
use crate::note::{NoteError, Verifier};
use crate::reader::Reader;
use crate::record::leaf_of;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// More than a tree of 2^63 leaves needs.
const HASHES_MAX: usize = 63;

/// A proof that one leaf stands in the tree of a checkpoint.
///
/// The text form carries the record's salt as `extra`, so that proof, record and nothing else
/// suffice; of an erased record there is no salt and only the leaf hash can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Position of the record.
    pub index: u64,
    /// Salt of the record.
    pub salt: Option<Hash>,
    /// Hashes on the way to the root, the leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The head they lead to.
    pub checkpoint: Checkpoint,
}

impl Proof {
    /// The text of a `.tlog-proof` file.
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(salt) = self.salt {
            text += &["extra ", &BASE64.encode(salt), "\n"].concat();
        }
        text += &["index ", &self.index.to_string(), "\n"].concat();
        for hash in &self.hashes {
            text.push_str(&BASE64.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint.note);
        text
    }

    /// Reads such a file; nothing is verified yet.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let wrong = NoteError::Malformed;
        let text = std::str::from_utf8(bytes).ok().ok_or(wrong("the proof is not UTF-8"))?;
        let (proof, note) = text.split_once("\n\n").ok_or(wrong("the proof has no checkpoint"))?;
        let mut lines = proof.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(wrong("the proof does not begin with c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let salt = extra.and_then(|line| line.strip_prefix("extra ")).map(hash).transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let index = index.and_then(|n| n.parse().ok()).ok_or(wrong("the proof has no index"))?;
        let hashes: Vec<Hash> = lines.take(HASHES_MAX + 1).map(hash).collect::<Result<_, _>>()?;
        if hashes.len() > HASHES_MAX {
            return Err(wrong("the proof is longer than any tree is high"));
        }
        Ok(Self { index, salt, hashes, checkpoint: Checkpoint::parse(note.as_bytes())? })
    }

    /// Whether a leaf hash stands where the proof says.
    pub fn proves_leaf(&self, leaf: &Hash) -> bool {
        let head = &self.checkpoint.head;
        verify_inclusion(leaf, self.index, &self.hashes, (head.size, &head.root))
    }

    /// Whether the record with this header block (from `WARC/1.1` to the empty line) stands where
    /// the proof says. The block's bytes are bound by the digest that the header names.
    pub fn proves_header(&self, header_block: &[u8]) -> bool {
        self.salt.is_some_and(|salt| self.proves_leaf(&leaf_of(&salt, &sha256(header_block))))
    }

    /// Checks the checkpoint's signature by a key.
    pub fn verify_signature(&self, key: &Verifier) -> Result<(), NoteError> {
        self.checkpoint.verify(key)
    }
}

fn hash(line: &str) -> Result<Hash, NoteError> {
    let bytes = BASE64.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(NoteError::Malformed("a line of the proof is no hash of 32 bytes"))
}

impl Reader {
    /// Proof that a record stands in this reader's head.
    pub fn proof(&self, leaf: u64) -> Result<Proof, Error> {
        let salt = match self.salt(leaf) {
            Ok(salt) => Some(salt),
            Err(Error::Erased { .. }) => None,
            Err(error) => return Err(error),
        };
        let hashes = self.inclusion(leaf)?;
        Ok(Proof { index: leaf, salt, hashes, checkpoint: self.checkpoint().clone() })
    }
}
