//! Digests as web archives write them: `sha1:BASE32`, `sha256:hex`.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Whether the bytes have the digest; `None` where its kind is not known here.
pub(crate) fn holds(written: &str, bytes: &[u8]) -> Option<bool> {
    let (kind, value) = written.split_once(':')?;
    let value = value.trim_end_matches('=');
    let found = match kind.to_ascii_lowercase().as_str() {
        "sha1" | "sha-1" => Sha1::digest(bytes).to_vec(),
        "sha256" | "sha-256" => Sha256::digest(bytes).to_vec(),
        _ => return None,
    };
    let forms = [base32(&found), hex(&found)];
    Some(forms.iter().any(|form| form.eq_ignore_ascii_case(value)))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// RFC 4648, section 6, without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut count) = (String::new(), 0u32, 0);
    let mut push = |bits: u32| {
        let letter = ALPHABET.get((bits & 31) as usize).copied().unwrap_or(b'A');
        text.push(char::from(letter));
    };
    for byte in bytes {
        bits = ((bits & 0xff) << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            push(bits >> count);
        }
    }
    if count > 0 {
        push(bits << (5 - count));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_writings_of_both_digests_are_known() {
        // RFC 4648's own examples of the alphabet.
        let examples = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (text, expected) in examples {
            assert_eq!(base32(text.as_bytes()), expected);
        }
        // The digest of nothing, as every archive of a redirect has it.
        assert_eq!(holds("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b""), Some(true));
        assert_eq!(holds("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", b""), Some(true));
        assert_eq!(holds("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"x"), Some(false));
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!((holds(empty, b""), holds(empty, b"x")), (Some(true), Some(false)));
        assert_eq!((holds("md5:00", b""), holds("none", b"")), (None, None));
    }
}
