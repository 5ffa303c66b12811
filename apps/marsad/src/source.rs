//! Input files as they are: plain, `.gz` or `.zst`, told apart by their first bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Context as _;
use marsad_interpret::{Manifest, Reduction};

use crate::beside::Folder;
use crate::failure::Failure;

/// Research dumps are packed with windows up to 2^31 bytes; the decoder takes no more memory than that.
const ZSTD_WINDOW_LOG_MAX: u32 = 31;
const READ_BYTES: usize = 1 << 20;

/// One input: a name for people and its decompressed bytes.
pub(crate) struct Source {
    /// File name without folders, as kept in the evidence.
    pub(crate) name: String,
    /// As the user wrote it, for messages.
    pub(crate) path: String,
    /// The file itself; none for standard input.
    pub(crate) file: Option<PathBuf>,
    /// Its public part, when it was reduced to that.
    reduced: Option<File>,
    /// Decompressed.
    pub(crate) bytes: Box<dyn BufRead + Send>,
    /// Bytes of the file, compressed, when known.
    pub(crate) total: Option<u64>,
    /// Bytes of the file read so far, compressed.
    pub(crate) done: Arc<AtomicU64>,
    /// Whether it was packed and ended before it should, where that is forgiven.
    pub(crate) ended_early: Arc<AtomicBool>,
}

/// Opens one input; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Source, Failure> {
    let written = path.display().to_string();
    let done = Arc::new(AtomicU64::new(0));
    let is_stdin = path.as_os_str() == "-";
    let (raw, total): (Box<dyn Read + Send>, Option<u64>) = if is_stdin {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).with_context(|| format!("cannot read '{written}'"))?;
        let total = file.metadata().map(|m| m.len()).ok();
        (Box::new(file), total)
    };
    let counted = Counted { inner: raw, done: Arc::clone(&done) };
    let mut buffered = BufReader::with_capacity(READ_BYTES, counted);
    let magic = buffered.fill_buf().with_context(|| format!("cannot read '{written}'"))?;
    let bytes: Box<dyn BufRead + Send> = if magic.starts_with(&[0x1f, 0x8b]) {
        let decoder = flate2::bufread::MultiGzDecoder::new(buffered);
        Box::new(BufReader::with_capacity(READ_BYTES, decoder))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        Box::new(BufReader::with_capacity(READ_BYTES, decoder))
    } else {
        Box::new(buffered)
    };
    let name = if is_stdin { "-".to_owned() } else { file_name(path) };
    let file = (!is_stdin).then(|| path.to_owned());
    let ended_early = Arc::new(AtomicBool::new(false));
    Ok(Source { name, path: written, file, reduced: None, bytes, total, done, ended_early })
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A web archive says itself where a record is cut: one that breaks off is read up to there.
const WARC_MAGIC: &[u8] = b"WARC/";

/// How much of a file its format is recognised by.
const HEAD_BYTES: u64 = 64 << 10;

impl Source {
    /// The first bytes, decompressed; they are read again afterwards.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, Failure> {
        let mut head = Vec::new();
        let mut limited = (&mut self.bytes).take(HEAD_BYTES);
        let read = limited.read_to_end(&mut head);
        if let Err(error) = read {
            let is_forgiven =
                error.kind() == io::ErrorKind::UnexpectedEof && head.starts_with(WARC_MAGIC);
            if !is_forgiven {
                return Err(error).with_context(|| format!("cannot read '{}'", self.path))?;
            }
            self.ended_early.store(true, Ordering::Relaxed);
            self.bytes = Box::new(io::empty());
        }
        let rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        self.bytes = Box::new(io::Cursor::new(head.clone()).chain(rest));
        Ok(head)
    }

    /// Takes a packed file that ends early for one that ends there: its format says itself which of
    /// its records are cut.
    pub(crate) fn forgive_early_end(&mut self) {
        let rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        let ended_early = Arc::clone(&self.ended_early);
        self.bytes = Box::new(Forgiving { inner: rest, is_over: false, ended_early });
    }

    /// Replaces the bytes by the public part of a whole account's export. The rest is read past
    /// and written nowhere; the public part goes through a nameless temporary file.
    pub(crate) fn reduce(&mut self, manifest: &Manifest) -> Result<Reduction, Failure> {
        let mut reduced =
            BufWriter::new(tempfile::tempfile().context("cannot make a temporary file")?);
        let reduction = marsad_interpret::reduce(manifest, &mut self.bytes, &mut reduced)
            .context("cannot write a temporary file")?;
        let mut file = reduced.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.reduced = Some(file.try_clone()?);
        self.bytes = Box::new(BufReader::with_capacity(READ_BYTES, file));
        Ok(reduction)
    }
}

/// The bytes of an input a second time.
pub(crate) enum Again {
    File(PathBuf),
    /// The public part of one.
    Reduced(File),
}

impl Source {
    /// What [`Again::open`] needs once the bytes are given away; none for standard input.
    pub(crate) fn again(&mut self) -> Option<(Folder, Again)> {
        let path = self.file.clone()?;
        let folder = Folder::of(&path);
        Some((folder, self.reduced.take().map_or(Again::File(path), Again::Reduced)))
    }
}

impl Again {
    /// From the beginning, decompressed.
    pub(crate) fn open(self) -> Result<Box<dyn BufRead + Send>, Failure> {
        match self {
            Self::File(path) => Ok(open(&path)?.bytes),
            Self::Reduced(mut file) => {
                file.rewind()?;
                Ok(Box::new(BufReader::with_capacity(READ_BYTES, file)))
            }
        }
    }
}

/// Ends where a packed file breaks off.
struct Forgiving {
    inner: Box<dyn BufRead + Send>,
    is_over: bool,
    ended_early: Arc<AtomicBool>,
}

impl Read for Forgiving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Forgiving {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.is_over {
            return Ok(&[]);
        }
        let read = self.inner.fill_buf();
        if read.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
            self.ended_early.store(true, Ordering::Relaxed);
            self.is_over = true;
            return Ok(&[]);
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
    }
}

struct Counted {
    inner: Box<dyn Read + Send>,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
