//! Meta's reference pictures beside the hashes of the C++ reference: with the pixels of its own JPEG
//! decoder, and with ours.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot set itself up fails, and says loudly what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use marsad_matching::pdq::{self, Pdq};
use marsad_media::hash_picture;

/// Pictures whose pixels are others in our JPEG decoder than in the reference's (libjpeg-turbo): by
/// how many bits the hash then differs, and the quality.
const OTHER_PIXELS: [(&str, u32, u8); 4] =
    [("wee.jpg", 2, 100), ("q0122.jpg", 2, 100), ("q0004.jpg", 2, 4), ("q0003.jpg", 6, 2)];

/// Of the reference's 44 pictures, those that the shared data holds.
const AT_HAND: usize = 31;

/// A picture at hand and what the reference says of it.
struct Vector {
    path: PathBuf,
    hash: Pdq,
    quality: u8,
}

impl Vector {
    fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }
}

/// The shared data, when it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MARSAD_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join(path);
    if !path.try_exists().unwrap() {
        eprintln!("SKIPPED: {} is not there; set MARSAD_SHARED", path.display());
        return None;
    }
    Some(path)
}

fn vectors() -> Option<Vec<Vector>> {
    let table = shared("golden/pdq/pdq_reference_vectors.csv")?;
    let pictures = shared("data/pdq-images")?;
    let mut found = Vec::new();
    for row in csv::Reader::from_path(table).unwrap().records() {
        let row = row.unwrap();
        let path = pictures.join(row[0].strip_prefix("pdq/data/").unwrap());
        if path.try_exists().unwrap() {
            let hash = Pdq::parse(&row[3]).unwrap();
            found.push(Vector { path, hash, quality: row[4].parse().unwrap() });
        }
    }
    assert_eq!(found.len(), AT_HAND);
    Some(found)
}

#[test]
fn with_our_decoder_the_hashes_are_the_references_but_for_four_named_pictures() {
    let Some(vectors) = vectors() else { return };
    for vector in vectors {
        let name = vector.name();
        let found = hash_picture(&std::fs::read(&vector.path).unwrap()).unwrap();
        let other = OTHER_PIXELS.iter().find(|other| other.0 == name);
        let expected = other.map_or((0, vector.quality), |(_, distance, q)| (*distance, *q));
        assert_eq!((found.hash.distance(&vector.hash), found.quality), expected, "{name}");
        assert!(expected.0 <= 2 || vector.quality < 80, "{name}: PDQ's authors allow 10 bits");
    }
}

const DECODE: &str = "
import sys
from PIL import Image
for path in sys.argv[1:]:
    picture = Image.open(path).convert('RGB')
    for side in picture.size:
        sys.stdout.buffer.write(side.to_bytes(4, 'little'))
    sys.stdout.buffer.write(picture.tobytes())
";

#[test]
fn with_the_references_pixels_every_hash_and_quality_is_equal() {
    let Some(vectors) = vectors() else { return };
    let Some(python) = std::env::var_os("MARSAD_PYTHON") else {
        eprintln!("SKIPPED: MARSAD_PYTHON is not set; `make test` sets it");
        return;
    };
    let paths = vectors.iter().map(|vector| &vector.path);
    let output = Command::new(python).args(["-c", DECODE]).args(paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = output.stdout.as_slice();
    for vector in &vectors {
        let mut side = || {
            let bytes = rest.split_off(..4).unwrap().try_into().unwrap();
            u32::from_le_bytes(bytes) as usize
        };
        let (width, height) = (side(), side());
        let pixels = rest.split_off(..width * height * 3).unwrap();
        let found = pdq::hash(pixels, width, height).unwrap();
        assert_eq!((found.hash, found.quality), (vector.hash, vector.quality), "{}", vector.name());
    }
    assert!(rest.is_empty());
}
