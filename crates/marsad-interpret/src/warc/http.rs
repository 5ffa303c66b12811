//! An answer over HTTP as a WARC record keeps it: taken apart, its encodings taken off.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memmem;

/// More encodings than this on one body are no page.
const ENCODINGS_MAX: usize = 3;

/// An answer taken apart.
#[derive(Debug)]
pub(super) struct Answer<'b> {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    /// The body as it went over the line.
    pub(super) raw: &'b [u8],
}

impl<'b> Answer<'b> {
    /// Takes the block of a `response` record apart; `None` where it is no answer over HTTP.
    pub(super) fn parse(block: &'b [u8]) -> Option<Self> {
        let end = |mark: &[u8]| memmem::find(block, mark).map(|at| (at, at + mark.len()));
        let (head, body) = match (end(b"\r\n\r\n"), end(b"\n\n")) {
            (Some(crlf), Some(lf)) => crlf.min(lf),
            (crlf, lf) => crlf.or(lf)?,
        };
        let head = String::from_utf8_lossy(block.get(..head)?);
        let mut lines = head.lines();
        let mut first = lines.next()?.split_ascii_whitespace();
        first.next().filter(|version| version.starts_with("HTTP/"))?;
        let status = first.next()?.parse().ok()?;
        let fields = lines.filter_map(|line| line.split_once(':'));
        let headers =
            fields.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
        Some(Self { status, headers, raw: block.get(body..)? })
    }

    /// A page without HTTP around it.
    pub(super) fn resource(block: &'b [u8]) -> Self {
        Self { status: 200, headers: Vec::new(), raw: block }
    }

    /// The first field of this name, whatever its case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body without its chunks. Some writers take them off and leave the word.
    pub(super) fn unchunked(&self) -> Result<Vec<u8>, String> {
        let coding = self.header("Transfer-Encoding").unwrap_or_default();
        let is_chunked = coding.to_ascii_lowercase().contains("chunked");
        if !is_chunked || chunk_size(self.raw).is_none() {
            return Ok(self.raw.to_vec());
        }
        let (mut body, mut rest) = (Vec::new(), self.raw);
        loop {
            let (size, after) = chunk_size(rest).ok_or("its chunks do not hold together")?;
            if size == 0 {
                return Ok(body);
            }
            let chunk = after.get(..size).ok_or("its last chunk is cut")?;
            body.extend_from_slice(chunk);
            let next = after.get(size..).unwrap_or_default();
            rest = next.strip_prefix(b"\r\n").or(next.strip_prefix(b"\n")).unwrap_or(next);
        }
    }

    /// The body as the server meant it, at most `limit` bytes and one more.
    pub(super) fn decoded(&self, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
        let codings = self.header("Content-Encoding").unwrap_or_default().to_ascii_lowercase();
        let codings: Vec<&str> = codings.split(',').map(str::trim).collect();
        if codings.len() > ENCODINGS_MAX {
            return Err("it is packed more often than any page".to_owned());
        }
        let mut body = body;
        for coding in codings.into_iter().rev() {
            body = decode(coding, body, limit)?;
        }
        Ok(body)
    }
}

/// The size of a chunk and what follows its line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (line, rest) = bytes.split_at_checked(end + 1)?;
    let line = std::str::from_utf8(line).ok()?.trim();
    let digits = line.split(';').next().unwrap_or(line).trim();
    let is_hex = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let size = is_hex.then(|| usize::from_str_radix(digits, 16).ok()).flatten()?;
    Some((size, rest))
}

fn decode(coding: &str, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
    let packed = body.as_slice();
    let unpacked = match coding {
        "" | "identity" => return Ok(body),
        // Some writers unpack and leave the word; a page does not begin as a packed one does.
        "gzip" | "x-gzip" if !packed.starts_with(&[0x1f, 0x8b]) => return Ok(body),
        "gzip" | "x-gzip" => limited(MultiGzDecoder::new(packed), limit),
        "deflate" => limited(ZlibDecoder::new(packed), limit)
            .or_else(|_no_header| limited(DeflateDecoder::new(packed), limit)),
        "br" => limited(brotli_decompressor::Decompressor::new(packed, 4096), limit),
        _ => return Err("it is packed in a way that is not known".to_owned()),
    };
    match unpacked {
        Ok(unpacked) => Ok(unpacked),
        Err(_) if packed.trim_ascii_start().starts_with(b"<") => Ok(body),
        Err(error) => Err(format!("it cannot be unpacked ({error})")),
    }
}

/// A little more than `limit` at most: a page that unpacks to gigabytes costs no memory.
fn limited(decoder: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;
    use std::io::Write as _;

    const LIMIT: usize = 1 << 20;

    fn read(block: &[u8]) -> Result<(u16, Vec<u8>), String> {
        let answer = Answer::parse(block).ok_or("no answer")?;
        let body = answer.unchunked()?;
        Ok((answer.status, answer.decoded(body, LIMIT)?))
    }

    fn chunked(body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for chunk in body.chunks(7) {
            bytes.extend_from_slice(format!("{:X};x=1\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        bytes
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn answer(fields: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn every_coding_of_a_page_is_taken_off() {
        let page = b"<html>rain in the north, rain in the south, rain in the west</html>";
        let check = |fields: &str, body: &[u8]| {
            assert_eq!(read(&answer(fields, body)), Ok((200, page.to_vec())), "{fields}");
        };
        check("Server: x", page);
        check("transfer-encoding: Chunked", &chunked(page));
        check("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", &chunked(&gzip(page)));
        check("Content-Encoding: gzip, gzip", &gzip(&gzip(page)));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(page).unwrap();
        check("Content-Encoding: deflate", &zlib.finish().unwrap());
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(page).unwrap();
        check("Content-Encoding: deflate", &deflate.finish().unwrap());
        // `printf '<html>…' | brotli -q 5`
        check("Content-Encoding: br", &brotli(page));
        // Taken off already, the words left standing.
        check("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", page);
        check("Content-Encoding: br", page);
    }

    /// One uncompressed meta-block (RFC 7932, 9.2): window 16, last empty block behind it.
    fn brotli(body: &[u8]) -> Vec<u8> {
        // Bits from the lowest: 0 (window 2^16), 0 (not last), 00 (4 nibbles), length - 1, 1.
        let bits: u32 = ((body.len() as u32 - 1) << 4) | (1 << 20);
        let mut bytes = bits.to_le_bytes()[..3].to_vec();
        bytes.extend_from_slice(body);
        bytes.push(0b11);
        bytes
    }

    #[test]
    fn what_does_not_hold_together_is_said() {
        let cut = chunked(b"<html>rain</html>");
        let check = |fields: &str, body: &[u8], reason: &str| {
            assert_eq!(read(&answer(fields, body)), Err(reason.to_owned()), "{fields}");
        };
        check("Transfer-Encoding: chunked", &cut[..cut.len() - 9], "its last chunk is cut");
        check("Transfer-Encoding: chunked", b"3\r\nabc\r\nxyz", "its chunks do not hold together");
        check("Content-Encoding: zstd", b"x", "it is packed in a way that is not known");
        check(
            "Content-Encoding: gzip,gzip,gzip,gzip",
            b"x",
            "it is packed more often than any page",
        );
        assert_eq!(read(b"SSH-2.0 hello\r\n\r\n"), Err("no answer".to_owned()));
    }

    #[test]
    fn a_page_that_unpacks_to_gigabytes_stops_at_the_limit() {
        let bomb = gzip(&vec![b' '; 64 << 20]);
        let (_, body) = read(&answer("Content-Encoding: gzip", &bomb)).unwrap();
        assert_eq!(body.len(), LIMIT + 1);
    }

    proptest! {
        #[test]
        fn any_block_is_read_or_refused(
            fields in prop_oneof![Just("Content-Encoding: br"), Just("Content-Encoding: gzip"), Just("Content-Encoding: deflate"), Just("Transfer-Encoding: chunked")],
            body in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            drop(read(&answer(fields, &body)));
            drop(read(&body));
        }

        #[test]
        fn chunks_come_off_as_they_went_on(body in proptest::collection::vec(any::<u8>(), 1..200)) {
            prop_assert_eq!(read(&answer("Transfer-Encoding: chunked", &chunked(&body))).unwrap().1, body);
        }
    }
}
