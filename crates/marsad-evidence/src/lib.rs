//! Keeps bytes so that anybody can check later that they are the bytes that came.
//!
//! **What.** An append-only log of WARC/1.1 records with an RFC 6962 Merkle tree over them.
//!
//! **Main path.** [`prepare`] (any thread) → [`Store::append`] → [`Store::commit`] (now it is
//! acknowledged) → [`Store::open_read`] → [`Reader::records`].
//!
//! **Invariants.** Acknowledged means on disk: the checkpoint is written last and names only synced
//! bytes. One writer (a file lock), any number of readers. A payload stored under a kind is not
//! stored again. A record that is handed out matches its leaf. A store that failed to write stops.
//!
//! **Not here.** What the bytes mean; clocks (times come in); keys (the signer comes in).
//!
//! # Format
//!
//! `marsad-evidence 1`; in full in `docs/formats/evidence.md`.
//!
//! | file | holds |
//! |---|---|
//! | `format` | the line above and the log's name (origin) |
//! | `warc/000001.warc.zst` | records, one zstd frame each; `zstd -dc` gives a WARC/1.1 file |
//! | `log/index` | 64 bytes a leaf: digest, place, length, kind |
//! | `log/salts` | 32 random bytes a leaf; apart, so that they can be erased |
//! | `log/tiles/L` | C2SP tiles of level L end to end |
//! | `log/heads` | 56 bytes a commit: size, time, root |
//! | `log/erasing` | there only while records are being erased |
//! | `checkpoint` | the last head in C2SP checkpoint form; written last, by rename |
//! | `lock` | empty; locked by the writer |
//!
//! Entry of a record = SHA-256(salt || SHA-256(header block)); the header block, from `WARC/1.1` to
//! the empty line, names the digest of the block (`WARC-Block-Digest`), so the payload is hashed
//! once. Leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right). Without the salt a
//! leaf says nothing of the record.

mod attest;
mod checkpoint;
mod disk;
mod erase;
mod error;
#[cfg(test)]
mod faults;
mod index;
mod layout;
pub mod merkle;
pub mod note;
mod open;
mod proof;
mod reader;
mod record;
pub mod stamp;
mod store;
mod tiles;
mod verify;
mod wacz;
pub mod warc;
mod witness;

pub use attest::{Attestation, Attested, COSIGNED_TYPE, STAMP_TYPE, attestation_record, head_text};
pub use checkpoint::{Checkpoint, Head};
pub use error::{Error, Failure};
pub use merkle::Hash;
pub use note::{Signer, Verifier};
pub use proof::Proof;
pub use reader::{Reader, Records};
pub use record::{
    NewRecord, PAYLOAD_BYTES_MAX, Prepared, REVISIT_PROFILE, Record, RecordKind, entry_of, leaf_of,
    prepare,
};
pub use store::{Options, Receipt, Store};
pub use verify::Verdict;
pub use wacz::{
    Bundle, BundleReport, check_bundle, check_bundle_with, cosigned, stamp_holds, witnesses_open,
};
pub use witness::Witness;

/// Bytes as lowercase hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// `sha256:<64 lowercase hex>`, the way every digest is written.
pub fn digest_name(digest: &Hash) -> String {
    format!("sha256:{}", hex(digest))
}
