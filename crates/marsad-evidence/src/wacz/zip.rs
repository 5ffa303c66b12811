//! ZIP as we need it (PKWARE APPNOTE 4.4): files stored, not compressed, one after the other.
//!
//! The bytes around the files follow from names, lengths and checksums alone, so a reader rebuilds
//! and compares them: nothing can hide between two files.

use std::io::{self, Read, Seek, SeekFrom, Write};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_BYTES: u64 = 22;
const CENTRAL_BYTES: usize = 46;
/// 1980-01-01, the earliest date that the format knows: the time is told elsewhere.
const DATE: u16 = 0x0021;
const VERSION: u16 = 10;
/// Bit 11: names are UTF-8.
const FLAGS: u16 = 0x0800;
/// Most files in a bundle, and most bytes of its directory.
const FILES_MAX: usize = 65_534;
const DIRECTORY_BYTES_MAX: u32 = 32 << 20;

/// A file in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Where its bytes begin.
    pub(crate) from: u64,
    pub(crate) bytes: u64,
    pub(crate) crc: u32,
}

impl Member {
    fn local_header(&self) -> Vec<u8> {
        let mut header = LOCAL.to_le_bytes().to_vec();
        self.common(&mut header);
        header.extend_from_slice(&[0; 2]); // no extra field
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    fn central_header(&self) -> Vec<u8> {
        let mut header = CENTRAL.to_le_bytes().to_vec();
        header.extend_from_slice(&VERSION.to_le_bytes());
        self.common(&mut header);
        header.extend_from_slice(&[0; 2 + 2 + 2 + 2 + 4]); // no extra, comment, disk, attributes
        let start = self.from - self.local_header().len() as u64;
        header.extend_from_slice(&(start as u32).to_le_bytes());
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    fn common(&self, header: &mut Vec<u8>) {
        for short in [VERSION, FLAGS, 0, 0, DATE] {
            header.extend_from_slice(&short.to_le_bytes());
        }
        for long in [self.crc, self.bytes as u32, self.bytes as u32] {
            header.extend_from_slice(&long.to_le_bytes());
        }
        header.extend_from_slice(&(self.name.len() as u16).to_le_bytes());
    }
}

fn end_record(members: &[Member], directory: &[u8], at: u64) -> Vec<u8> {
    let mut end = END.to_le_bytes().to_vec();
    for short in [0, 0, members.len() as u16, members.len() as u16] {
        end.extend_from_slice(&short.to_le_bytes());
    }
    for long in [directory.len() as u32, at as u32] {
        end.extend_from_slice(&long.to_le_bytes());
    }
    end.extend_from_slice(&[0; 2]);
    end
}

/// Writes files one after the other.
pub(crate) struct ZipWriter<W: Write> {
    out: W,
    at: u64,
    members: Vec<Member>,
}

impl<W: Write> ZipWriter<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, at: 0, members: Vec::new() }
    }

    /// Adds a file whose checksum and length are known; `from` gives its bytes.
    pub(crate) fn add(
        &mut self,
        name: &str,
        (bytes, crc): (u64, u32),
        mut from: impl Read,
    ) -> io::Result<()> {
        let mut member = Member { name: name.to_owned(), from: 0, bytes, crc };
        let header = member.local_header();
        member.from = self.at + header.len() as u64;
        let fits = u32::try_from(member.from + bytes).is_ok() && self.members.len() < FILES_MAX;
        if !fits || name.len() > usize::from(u16::MAX) {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a bundle holds 4 GB and 65534 files at most; export fewer records",
            ));
        }
        self.out.write_all(&header)?;
        let copied = io::copy(&mut from, &mut self.out)?;
        if copied != bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = member.from + bytes;
        self.members.push(member);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        let directory: Vec<u8> = self.members.iter().flat_map(Member::central_header).collect();
        self.out.write_all(&directory)?;
        self.out.write_all(&end_record(&self.members, &directory, self.at))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Reads the directory and checks that every byte outside of the files is as [`ZipWriter`] writes it.
///
/// # Errors
/// `InvalidData` with a sentence when it is not; the system's error otherwise.
pub(crate) fn members(file: &mut (impl Read + Seek)) -> io::Result<Vec<Member>> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let size = file.seek(SeekFrom::End(0))?;
    let at_end = size.checked_sub(END_BYTES).ok_or_else(|| wrong("it is too short for a ZIP"))?;
    let end = read_at(file, at_end, END_BYTES as usize)?;
    let count = short(&end, 10).unwrap_or(0);
    let directory_bytes = long(&end, 12).unwrap_or(0);
    let at = u64::from(long(&end, 16).unwrap_or(0));
    let in_place = at + u64::from(directory_bytes) == at_end;
    if !in_place || directory_bytes > DIRECTORY_BYTES_MAX {
        return Err(wrong("it does not end as a ZIP written by Marsad"));
    }
    let directory = read_at(file, at, directory_bytes as usize)?;
    let mut members = Vec::new();
    let mut rest = directory.as_slice();
    while let (Some(name_bytes), Some(start)) = (short(rest, 28), long(rest, 42)) {
        let name = rest.get(CENTRAL_BYTES..CENTRAL_BYTES + usize::from(name_bytes));
        let name = name.and_then(|name| std::str::from_utf8(name).ok());
        let name = name.ok_or_else(|| wrong("a name in its directory is not readable"))?;
        let bytes = u64::from(long(rest, 24).unwrap_or(0));
        let mut member =
            Member { name: name.to_owned(), from: 0, bytes, crc: long(rest, 16).unwrap_or(0) };
        member.from = u64::from(start) + member.local_header().len() as u64;
        rest = rest.get(CENTRAL_BYTES + name.len()..).unwrap_or_default();
        members.push(member);
    }
    let rebuilt: Vec<u8> = members.iter().flat_map(Member::central_header).collect();
    if rebuilt != directory || end != end_record(&members, &directory, at) {
        return Err(wrong("its directory is not as Marsad writes it"));
    }
    debug_assert_eq!(usize::from(count), members.len());
    let mut next = 0;
    for member in &members {
        let header = member.local_header();
        let in_place =
            next + header.len() as u64 == member.from && member.from + member.bytes <= at;
        if !in_place || read_at(file, next, header.len())? != header {
            return Err(wrong(&format!(
                "the header of '{}' is not as Marsad writes it",
                member.name
            )));
        }
        next = member.from + member.bytes;
    }
    if next == at { Ok(members) } else { Err(wrong("it has bytes that belong to no file")) }
}

/// `count` bytes from `at`.
pub(crate) fn read_at(file: &mut (impl Read + Seek), at: u64, count: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; count];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    crate::layout::part(bytes, at).map(u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    crate::layout::part(bytes, at).map(u32::from_le_bytes)
}
