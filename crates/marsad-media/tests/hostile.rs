//! Bytes that mean harm, or nothing: an answer for each, and no panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use marsad_media::{NoHash, hash_picture};
use proptest::prelude::*;

/// A picture with gradients everywhere.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |t: u32| (t % 64).abs_diff(32) * 7;
        image::Rgb([wave(x * 3 + y) as u8, wave(y * 5 + x) as u8, wave(x + y) as u8])
    })
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const FORMATS: [ImageFormat; 4] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

#[test]
fn four_formats_of_one_picture_have_near_hashes() {
    let picture = picture(120, 90);
    let png = hash_picture(&encoded(&picture, ImageFormat::Png)).unwrap();
    for format in FORMATS {
        let found = hash_picture(&encoded(&picture, format)).unwrap();
        assert!(found.hash.distance(&png.hash) <= 31, "{format:?}");
        assert!(found.quality >= 50, "{format:?}");
    }
}

#[test]
fn what_is_no_picture_is_none() {
    let riff: &[u8] = b"RIFF\x10\0\0\0WAVEfmt \0";
    for bytes in
        [b"".as_slice(), b"GIF", b"BM\x36\0\0\0\0\0\0\0", b"<svg></svg>", b"%PDF-1.4", riff]
    {
        assert_eq!(hash_picture(bytes), Err(NoHash::NotAPicture), "{bytes:?}");
    }
}

#[test]
fn a_picture_of_one_pixel_has_no_hash() {
    for format in FORMATS {
        let found = hash_picture(&encoded(&picture(1, 1), format));
        assert_eq!(found, Err(NoHash::TooSmall { width: 1, height: 1 }), "{format:?}");
    }
}

#[test]
fn alpha_is_ignored_not_composited() {
    let opaque = picture(64, 48);
    let mut clear = image::DynamicImage::ImageRgb8(opaque.clone()).into_rgba8();
    clear.pixels_mut().for_each(|pixel| pixel.0[3] = 0);
    let mut bytes = Cursor::new(Vec::new());
    clear.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let opaque = hash_picture(&encoded(&opaque, ImageFormat::Png));
    assert_eq!(hash_picture(&bytes.into_inner()), opaque);
}

/// A PNG that declares its sides and holds next to nothing.
fn declaring(width: u32, height: u32) -> Vec<u8> {
    let mut png = encoded(&picture(5, 5), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let check = crc(&png[12..29]);
    png[29..33].copy_from_slice(&check.to_be_bytes());
    png
}

/// The check sum of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

#[test]
fn a_bomb_is_refused_by_the_size_that_it_declares() {
    assert!(hash_picture(&declaring(5, 5)).is_ok(), "the check sum is right");
    for (width, height) in [(16_385, 1), (1, 16_385), (16_384, 3_907), (65_500, 65_500)] {
        let found = hash_picture(&declaring(width, height));
        assert_eq!(found, Err(NoHash::TooLarge), "{width}x{height}");
    }
}

#[test]
fn a_gif_that_declares_a_large_screen_is_refused() {
    let mut gif = encoded(&picture(6, 6), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    let found = hash_picture(&gif);
    assert_eq!(found, Err(NoHash::TooLarge));
}

#[test]
fn a_jpeg_that_declares_more_than_it_holds_is_refused_or_gives_what_there_is() {
    let mut jpeg = encoded(&picture(64, 64), ImageFormat::Jpeg);
    let sof = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[sof + 5..sof + 9].copy_from_slice(&[0x3f, 0xff, 0x3f, 0xff]);
    assert_eq!(hash_picture(&jpeg), Err(NoHash::TooLarge));
}

#[test]
fn the_first_frame_of_an_animation_is_the_picture() {
    let (first, second) = (picture(40, 30), RgbImage::new(40, 30));
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for frame in [&first, &second] {
        let frame = image::DynamicImage::ImageRgb8(frame.clone()).into_rgba8();
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let alone = hash_picture(&encoded(&first, ImageFormat::Gif)).unwrap();
    let found = hash_picture(&bytes).unwrap();
    assert_eq!(found.quality, alone.quality);
    assert!(found.hash.distance(&alone.hash) <= 2);
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        drop(hash_picture(&bytes));
    }

    /// The decoders get past the first bytes.
    #[test]
    fn any_bytes_behind_a_real_beginning_have_an_answer(
        format in 0_usize..4, keep in 4_usize..200, rest in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let mut bytes = encoded(&picture(40, 30), FORMATS[format]);
        bytes.truncate(keep);
        bytes.extend(rest);
        let first = hash_picture(&bytes);
        prop_assert_eq!(hash_picture(&bytes), first, "equal bytes have equal answers");
    }

    #[test]
    fn a_picture_cut_or_with_flipped_bits_has_an_answer(
        format in 0_usize..4,
        cut in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 0..20),
    ) {
        let mut bytes = encoded(&picture(40, 30), FORMATS[format]);
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Err(NoHash::Broken(reason)) = hash_picture(&bytes) {
            prop_assert!(!reason.contains("panicked"), "{}", reason);
        }
    }
}
