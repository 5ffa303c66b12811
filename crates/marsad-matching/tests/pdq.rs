//! PDQ against the C++ reference: pictures made by a formula, with the hashes that it gave for them.

use marsad_matching::pdq::{Pdq, hash};
use proptest::prelude::*;

/// (k, width, height, amplitude, hash, quality); those under quality 50 are near ties, which expose
/// a wrong table of cosines.
const VECTORS: [(usize, usize, usize, usize, &str, u8); 22] = [
    (0, 64, 64, 100, "efc6aea4454e141ea24ef61ee41e48de9f5ed4e6f5decff41441009f55548011", 100),
    (0, 65, 64, 100, "efd6aea0454e9016624e761e6c1ec55636dedc66795e47fc94810817ddd48899", 100),
    (1, 128, 128, 100, "5558eff067f045526007ca0742a533b742a54ab41ff5ebf0cef59ea5baa5000f", 100),
    (2, 129, 127, 100, "a0079552a207afe3a2a7aae0a2a72fe1d2a7aaa02aa7ffe52aa57fe0554a554a", 100),
    (3, 200, 150, 100, "012a0a350b1f2a350a1f6a35533faa35af206b15fb15ab15ff15aa55aa5f00ff", 100),
    (4, 320, 240, 100, "83f5de4194aac1ff8155c1ff8154c1ff8155c1ff8155815581002baa2bff2bea", 100),
    (5, 512, 512, 100, "8001d5557ffe50017fbe40006800aaaa75550000eaaaffff68002aaa7fffffff", 100),
    (6, 600, 400, 100, "5555f5795555fff75554d555514055551000555500045555ffff0000ffffaaaa", 100),
    (0, 1280, 720, 100, "0000aaaaffff5555ffff5400f9ff0000aaaafeff55d5a0aad5f700a0d5d50080", 100),
    (1, 720, 1280, 100, "554500005540000000005555fffd5555fffdffdd5575ffff55555541f9e05555", 100),
    (2, 333, 777, 100, "b5404800e40042aa1bffb7551bffb4001bffe0004aaa1fff0bea1ff51bea1f55", 100),
    (3, 5, 5, 100, "c1f0c1f03e0f3e0f3b0e6c5b2b4a9326c4f1c1f0c1f0c1f03e0f3e0f3b0e6cdb", 25),
    (4, 5, 600, 100, "749dd6b5d4b57e1f2b4ad4b5b3e0749d2b4a81e0ebdac1f02b4a81e0cbf081e0", 100),
    (5, 17, 900, 100, "bd02fc47beaa9e65fefbebaa4500fe225500fefffbaa5100545171007411fd00", 100),
    (0, 300, 200, 60, "a955aa5500bf8b7f00ffeb5500fffe0000fffe0054aafe0054aa01ff54aa01ff", 100),
    (1, 300, 200, 30, "00ff1daa08ffbd8028d53dc0a8fffd00a855fd00a955bc40a95503ff00ff03ff", 100),
    (2, 300, 200, 15, "70ea59fef0aa11fff288585050ac59aef0aa59eaf000f1aaf000a555a7ffa5d5", 41),
    (3, 300, 200, 10, "a0ff01ffe0d5a1ffe0d5e1ffe0d5a1fbe055e1e5e055e100e0004aaa4aaa4baa", 23),
    (4, 300, 200, 6, "e8ffc1ff607f41aae8ffc3fbe8eac2ab680a41aae90ac0aac002c080955595ff", 3),
    (5, 300, 200, 3, "c40894fec35581fec345d4f5c354c0f5c144d5d0c150c1c4c05495553fff3fff", 0),
    (6, 300, 200, 1, "8ff7997b9ff181be9d5584ab97d784ab9b5581ff87548108800080002aaa7fff", 0),
    (0, 256, 256, 0, "000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e", 0),
];

/// A triangle wave.
fn triangle(t: usize, p: usize) -> usize {
    let m = t % (2 * p);
    if m < p { m } else { 2 * p - m }
}

/// The picture of a vector.
fn picture(k: usize, width: usize, height: usize, amplitude: usize) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for c in 0..3 {
                let (p, q) = (97 + 13 * k, 61 + 7 * c);
                let a = triangle(x * (3 + k) + y * (1 + c), p) * 255 / p;
                let b = triangle(y * (5 + 2 * k) + 2 * x, q) * 255 / q;
                let v = (2 * a + b) / 3;
                rgb.push(((v * amplitude + 128 * (100 - amplitude)) / 100) as u8);
            }
        }
    }
    rgb
}

#[test]
fn hash_and_quality_are_those_of_the_reference() {
    for (k, width, height, amplitude, expected, quality) in VECTORS {
        let found = hash(&picture(k, width, height, amplitude), width, height).unwrap();
        let name = format!("k {k}, {width}x{height}, amplitude {amplitude}");
        assert_eq!((found.hash.to_string().as_str(), found.quality), (expected, quality), "{name}");
    }
}

#[test]
fn a_picture_of_less_than_five_pixels_has_no_hash() {
    for (width, height) in [(0, 0), (0, 9), (9, 0), (1, 1), (4, 5), (5, 4), (4, 900)] {
        assert_eq!(hash(&vec![7; width * height * 3], width, height), None, "{width}x{height}");
    }
    assert!(hash(&[7; 75], 5, 5).is_some());
}

#[test]
fn pixels_that_are_not_there_give_no_hash() {
    assert_eq!(hash(&[7; 74], 5, 5), None);
    assert_eq!(hash(&[], usize::MAX, 5), None);
    assert_eq!(hash(&[], 1 << 40, 1 << 40), None);
}

#[test]
fn a_flat_picture_has_quality_zero() {
    for value in [0, 1, 77, 128, 255] {
        assert_eq!(hash(&vec![value; 300 * 200 * 3], 300, 200).unwrap().quality, 0);
    }
}

#[test]
fn a_hash_is_64_digits_and_nothing_else_is_one() {
    let written = VECTORS[0].4;
    let read = Pdq::parse(written).unwrap();
    assert_eq!(read.to_string(), written);
    assert_eq!(Pdq::parse(&written.to_uppercase()), Some(read));
    let rest = "0".repeat(62);
    for wrong in ["", "0", &rest, &format!("000{rest}"), &format!("+0{rest}"), &format!("é{rest}")]
    {
        assert_eq!(Pdq::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn the_distance_counts_bits() {
    let read = |written: &str| Pdq::parse(written).unwrap();
    let (zero, one) = (read(&"0".repeat(64)), read(&"f".repeat(64)));
    assert_eq!((zero.distance(&zero), zero.distance(&one)), (0, 256));
    assert_eq!(zero.distance(&read(&format!("8{}3", "0".repeat(62)))), 3);
}

proptest! {
    /// Whatever the size and the pixels.
    #[test]
    fn any_picture_has_one_hash_of_its_own(
        width in 5_usize..300, height in 5_usize..300, seed in any::<u64>(),
    ) {
        let mut state = seed;
        let rgb: Vec<u8> = (0..width * height * 3)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        let found = hash(&rgb, width, height).unwrap();
        prop_assert_eq!(Pdq::parse(&found.hash.to_string()), Some(found.hash));
        prop_assert_eq!(hash(&rgb, width, height), Some(found));
        prop_assert!(found.quality <= 100);
    }
}
