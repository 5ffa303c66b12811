//! Bytes to pixels of red, green and blue, within limits.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
};

use crate::NoHash;

/// Most pixels on a side.
pub const SIDE_MAX: u32 = 16_384;
/// Most pixels in all, checked on what the picture declares before anything is decoded.
pub const PIXELS_MAX: u64 = 64_000_000;
/// Most bytes that a decoder may ask for.
pub const DECODER_BYTES_MAX: u64 = 256 << 20;

/// A picture of more pixels waits until no other such picture is being decoded: the bound on memory,
/// however many processors there are.
const PIXELS_AT_ONCE: u64 = 16_000_000;

static LARGE: Mutex<()> = Mutex::new(());

/// Decodes the first frame.
pub(crate) fn decode(bytes: &[u8]) -> Result<RgbImage, NoHash> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| NoHash::Broken(error.to_string()))?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(NoHash::NotAPicture);
    }
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX {
        return Err(NoHash::TooLarge);
    }
    limits.reserve(decoder.total_bytes()).map_err(|error| refusal(&error))?;
    decoder.set_limits(limits).map_err(|error| refusal(&error))?;
    let is_large = pixels > PIXELS_AT_ONCE;
    let _turn = is_large.then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    Ok(picture.into_rgb8())
}

fn refusal(error: &ImageError) -> NoHash {
    match error {
        ImageError::Limits(_) => NoHash::TooLarge,
        error => NoHash::Broken(error.to_string()),
    }
}
