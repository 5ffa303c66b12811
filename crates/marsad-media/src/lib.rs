//! Pictures of strangers: bytes to pixels within limits, pixels to a PDQ hash.
//!
//! **What.** JPEG, PNG, WebP and GIF, told apart by their first bytes; of an animation the first
//! frame. Alpha is ignored and an orientation in EXIF is not applied, as in PDQ's reference.
//!
//! **Main path.** [`hash_picture`].
//!
//! **Invariants.** Total over any bytes: no panic comes out, and what a picture may ask for is
//! bounded before it is decoded ([`PIXELS_MAX`], [`SIDE_MAX`], [`DECODER_BYTES_MAX`]); large pictures
//! are decoded one at a time. Equal bytes give equal answers.
//!
//! **Not here.** The hash itself (`marsad_matching::pdq`), files, digests of bytes, video.

mod decode;

use std::panic::{AssertUnwindSafe, catch_unwind};

use marsad_matching::pdq::{self, Hashed};

pub use decode::{DECODER_BYTES_MAX, PIXELS_MAX, SIDE_MAX};

/// Why bytes have no PDQ hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHash {
    /// Of none of the four formats.
    #[error("it is no JPEG, PNG, WebP or GIF")]
    NotAPicture,
    /// It declares more than is decoded: [`SIDE_MAX`], [`PIXELS_MAX`], [`DECODER_BYTES_MAX`].
    #[error("it declares more pixels than are decoded")]
    TooLarge,
    /// Less than five pixels wide or high.
    #[error("it has {width}×{height} pixels, too few for a hash")]
    TooSmall {
        /// As decoded.
        width: u32,
        /// As decoded.
        height: u32,
    },
    /// It cannot be decoded.
    #[error("it cannot be decoded: {0}")]
    Broken(String),
}

/// Decodes a picture and hashes it.
///
/// # Errors
/// [`NoHash`] for whatever is no picture that can be hashed; nothing else.
pub fn hash_picture(bytes: &[u8]) -> Result<Hashed, NoHash> {
    // Decoders are other people's code and meet hostile bytes here: a panic in one is an answer
    // about these bytes, not the end of an import.
    catch_unwind(AssertUnwindSafe(|| decode_and_hash(bytes)))
        .unwrap_or_else(|_| Err(NoHash::Broken("the decoder panicked".to_owned())))
}

fn decode_and_hash(bytes: &[u8]) -> Result<Hashed, NoHash> {
    let picture = decode::decode(bytes)?;
    let (width, height) = picture.dimensions();
    pdq::hash(picture.as_raw(), width as usize, height as usize)
        .ok_or(NoHash::TooSmall { width, height })
}
