//! WACZ 1.1: a ZIP with WARC files, their index, and the digests of both.
//!
//! A file in it is read when the data package lists it and it has the digest listed there, and when
//! the data package has the digest that its own file names. Which pages there are the WARC files
//! say: lists of pages and indexes are not needed, and some writers leave them out. Nothing is
//! written anywhere, so a name can lead nowhere; one that tries is not read.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder};
use marsad_types::Reading;
use memchr::memchr_iter;
use rawzip::{CompressionMethod, ZipArchive};
use serde_json::Value;

use crate::Manifest;
use crate::json::shorten;
use crate::warc::{Archive, Source, holds};

/// Longest file that is read: it is held in memory, because its directory stands at its end.
pub const WACZ_BYTES_MAX: u64 = 512 << 20;
/// All of a file unpacked; what goes beyond is made to fill disks.
const UNPACKED_BYTES_MAX: u64 = 4 << 30;
/// Longest data package, and longest packed WARC file that is unpacked at once.
const SMALL_BYTES_MAX: u64 = 64 << 20;
/// Most files in one.
const MEMBERS_MAX: usize = 100_000;

const PACKAGE: &str = "datapackage.json";
const PACKAGE_DIGEST: &str = "datapackage-digest.json";

/// Whether a ZIP begins as a WACZ does: its first file is one of those that the format names.
pub(crate) fn is_head(head: &[u8]) -> bool {
    let length = head.get(26..28).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes);
    let name = head.get(30..30 + usize::from(length)).unwrap_or_default();
    let starts = ["archive/", "indexes/", "pages/", "logs/", "fuzzy.json", "datapackage"];
    starts.iter().any(|start| name.starts_with(start.as_bytes()))
}

pub(crate) fn read(manifest: &Manifest, input: &mut dyn BufRead, sink: &mut dyn FnMut(Reading)) {
    let Some(platform) = manifest.platform_or_default() else { return };
    let mut archive = Archive::new(&platform, sink);
    let mut bytes = Vec::new();
    let read = input.take(WACZ_BYTES_MAX + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        archive.problem(1, format!("the input cannot be read further: {error}"));
    } else if bytes.len() as u64 > WACZ_BYTES_MAX {
        archive.problem(1, "the file is longer than 512 MiB; import the WARC files in it instead");
    } else {
        let mut file = File { bytes: &bytes, left: UNPACKED_BYTES_MAX, lines: (0, 1) };
        if let Err(reason) = file.read(&mut archive) {
            archive.problem(1, reason);
        }
    }
    archive.finish();
}

/// A file in the ZIP.
#[derive(Debug, Clone)]
struct Member<'b> {
    /// Its bytes as they are packed.
    packed: &'b [u8],
    /// Where they begin in the ZIP.
    at: usize,
    method: CompressionMethod,
}

struct File<'b> {
    bytes: &'b [u8],
    /// Bytes that may still be unpacked.
    left: u64,
    /// Bytes whose line breaks are counted, and the line there.
    lines: (usize, u64),
}

impl<'b> File<'b> {
    fn read(&mut self, archive: &mut Archive<'_>) -> Result<(), String> {
        let members = self.members(archive)?;
        let listed = self.listed(&members)?;
        let mut places: Vec<(usize, &String, &Member<'b>)> = Vec::new();
        for (path, digest) in &listed {
            match members.get(path) {
                None => archive.problem(1, format!("'{}' is listed and not there", shorten(path))),
                Some(member) => match self.has_digest(member, digest) {
                    Ok(true) => places.push((member.at, path, member)),
                    Ok(false) => {
                        let path = shorten(path);
                        let reason = format!("'{path}' does not have the digest listed for it");
                        archive
                            .problem(self.line(member.at), format!("{reason}; it is not believed"));
                    }
                    Err(reason) => {
                        let line = self.line(member.at);
                        archive.problem(line, format!("'{}' {reason}", shorten(path)));
                    }
                },
            }
        }
        for (path, member) in &members {
            if is_warc(path) && !listed.contains_key(path) {
                let line = self.line(member.at);
                let reason = "is not listed in the data package; it is not believed";
                archive.problem(line, format!("'{}' {reason}", shorten(path)));
            }
        }
        places.sort_unstable_by_key(|(at, ..)| *at);
        for (_, path, member) in places.into_iter().filter(|(_, path, _)| is_warc(path)) {
            if let Err(reason) = self.warc(member, archive) {
                archive.problem(self.line(member.at), format!("'{}' {reason}", shorten(path)));
            }
        }
        Ok(())
    }

    /// The files by their names; what has a name of two, or one that leads elsewhere, is left out.
    fn members(&self, archive: &mut Archive<'_>) -> Result<BTreeMap<String, Member<'b>>, String> {
        let broken = |error: rawzip::Error| format!("it is no ZIP that can be read: {error}");
        let zip = ZipArchive::from_slice(self.bytes).map_err(broken)?;
        let mut members: BTreeMap<String, Option<Member<'b>>> = BTreeMap::new();
        let mut entries = zip.entries();
        while let Some(entry) = entries.next_entry().map_err(broken)? {
            let written = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
            if entry.is_dir() {
                continue;
            }
            if members.len() == MEMBERS_MAX {
                return Err(format!("it has more than {MEMBERS_MAX} files"));
            }
            if leads_elsewhere(&written) {
                let reason =
                    format!("'{}' leads out of the file; it is not read", shorten(&written));
                archive.problem(1, reason);
                continue;
            }
            let found = zip.get_entry(entry.wayfinder()).map_err(broken)?;
            let at = usize::try_from(found.compressed_data_range().0).unwrap_or(usize::MAX);
            let packed = self.bytes.get(at..).and_then(|rest| rest.get(..found.data().len()));
            let member = Member {
                packed: packed.ok_or("it is no ZIP that can be read: a file lies outside of it")?,
                at,
                method: entry.compression_method(),
            };
            let place = members.entry(written);
            place.and_modify(|member| *member = None).or_insert(Some(member));
        }
        for (path, _) in members.iter().filter(|(_, member)| member.is_none()) {
            let reason = format!("'{}' is in it twice; neither is read", shorten(path));
            archive.problem(1, reason);
        }
        Ok(members.into_iter().filter_map(|(path, member)| Some((path, member?))).collect())
    }

    /// The digests that the data package lists, by path.
    fn listed(
        &mut self,
        members: &BTreeMap<String, Member<'b>>,
    ) -> Result<BTreeMap<String, String>, String> {
        let Some(package) = members.get(PACKAGE) else {
            return Err(format!("there is no {PACKAGE} in it, so nothing in it can be checked"));
        };
        let package = self.small(package).map_err(|reason| format!("{PACKAGE} {reason}"))?;
        if let Some(digest) = members.get(PACKAGE_DIGEST) {
            let digest =
                self.small(digest).map_err(|reason| format!("{PACKAGE_DIGEST} {reason}"))?;
            let named: Value = serde_json::from_slice(&digest).unwrap_or_default();
            let hash = named.get("hash").and_then(Value::as_str).unwrap_or_default();
            if holds(hash, &package) != Some(true) {
                return Err(format!(
                    "{PACKAGE} does not have the digest that {PACKAGE_DIGEST} names; nothing in it is believed"
                ));
            }
        }
        let package: Value = serde_json::from_slice(&package)
            .map_err(|error| format!("{PACKAGE} is no JSON: {error}"))?;
        let resources = package.get("resources").and_then(Value::as_array);
        let resources = resources.ok_or_else(|| format!("{PACKAGE} lists no resources"))?;
        let text = |resource: &Value, field: &str| {
            resource.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let pair = |resource: &Value| {
            Some((text(resource, "path")?, text(resource, "hash").unwrap_or_default()))
        };
        Ok(resources.iter().filter_map(pair).collect())
    }

    fn has_digest(&mut self, member: &Member<'b>, digest: &str) -> Result<bool, String> {
        let held = if member.method == CompressionMethod::STORE {
            holds(digest, member.packed)
        } else {
            holds(digest, &self.small(member)?)
        };
        held.ok_or_else(|| "has a digest of an unknown kind; it is not believed".to_owned())
    }

    /// A file unpacked; only short ones are packed at all.
    fn small(&mut self, member: &Member<'b>) -> Result<Vec<u8>, String> {
        let limit = SMALL_BYTES_MAX.min(self.left);
        let mut bytes = Vec::new();
        let read = match member.method {
            CompressionMethod::STORE => {
                (&mut &*member.packed).take(limit + 1).read_to_end(&mut bytes)
            }
            CompressionMethod::DEFLATE => {
                DeflateDecoder::new(member.packed).take(limit + 1).read_to_end(&mut bytes)
            }
            _ => return Err("is packed in a way that is not known; it is not read".to_owned()),
        };
        read.map_err(|error| format!("cannot be unpacked ({error}); it is not read"))?;
        if bytes.len() as u64 > limit {
            return Err("unpacks to more than 64 MiB; it is not read".to_owned());
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// The records of a WARC file, which is stored as it is, one packed record behind the other.
    fn warc(&mut self, member: &Member<'b>, archive: &mut Archive<'_>) -> Result<(), String> {
        let line = self.line(member.at);
        if member.method != CompressionMethod::STORE {
            let bytes = self.small(member)?;
            return self.records(&bytes, archive, &mut |_, _| line);
        }
        let at = member.at;
        self.records(member.packed, archive, &mut |file, passed| file.line(at + passed))
    }

    fn records(
        &mut self,
        bytes: &[u8],
        archive: &mut Archive<'_>,
        line_at: &mut dyn FnMut(&mut Self, usize) -> u64,
    ) -> Result<(), String> {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            let line = line_at(self, 0);
            archive.take(Source::plain(&mut &*bytes, line));
            return Ok(());
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let passed = bytes.len() - rest.len();
            let line = line_at(self, passed);
            let mut decoder = GzDecoder::new(rest);
            let mut limited = BufReader::new(Limited { inner: &mut decoder, left: &mut self.left });
            archive.take(Source::packed(&mut limited, line));
            let drained = io::copy(&mut limited, &mut io::sink());
            drained.map_err(|error| format!("cannot be unpacked further ({error})"))?;
            let after = decoder.into_inner();
            if after.len() >= rest.len() {
                break;
            }
            rest = after;
        }
        Ok(())
    }

    /// The line of the ZIP on which a byte stands, as the chunks of an import count them.
    fn line(&mut self, at: usize) -> u64 {
        let (counted, line) = if at < self.lines.0 { (0, 1) } else { self.lines };
        let passed = self.bytes.get(counted..at).unwrap_or_default();
        self.lines = (at, line + memchr_iter(b'\n', passed).count() as u64);
        self.lines.1
    }
}

fn is_warc(path: &str) -> bool {
    let has_end = |end: &str| path.len() > end.len() && path.ends_with(end);
    path.starts_with("archive/") && (has_end(".warc.gz") || has_end(".warc"))
}

/// Whether a name leads out of the file it stands in.
fn leads_elsewhere(name: &str) -> bool {
    let is_rooted = name.starts_with(['/', '\\']) || name.contains(':');
    is_rooted || name.split(['/', '\\']).any(|part| part == "..")
}

/// Unpacks no more than is left to unpack.
struct Limited<'l, R> {
    inner: R,
    left: &'l mut u64,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more than 4 GiB"))?;
        Ok(count)
    }
}
