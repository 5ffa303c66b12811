//! What the store asks of a file system: few words, so that tests can make each of them fail.

#[cfg(test)]
pub(crate) mod simulated;

use std::fmt::Debug;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Doing, Failure};
use crate::{Error, layout};

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// It must be there; never written.
    Read,
    /// Made when absent; its bytes are kept.
    Write,
    /// It must be there; its bytes are kept.
    Edit,
}

/// A file system.
pub(crate) trait Disk: Send + Sync + Debug {
    /// Makes a folder and those above it; fine when it is there.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    fn open(&self, path: &Path, how: Open) -> io::Result<Arc<dyn DiskFile>>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes names created, renamed or removed in a folder survive a power cut.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Names in a folder, sorted.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Puts several files on disk; when it returns without an error, all of them are. The order among
    /// them is nobody's business.
    fn sync_all(&self, files: &[(&dyn DiskFile, &Path)]) -> Result<(), Error> {
        files.iter().try_for_each(|(file, path)| file.sync().doing("sync", path))
    }
    /// Takes the writer's lock; `None` when somebody else has it. Held until dropped.
    fn lock(&self, path: &Path) -> io::Result<Option<Arc<dyn DiskFile>>>;
}

/// An open file. Reads and writes may be short, as the system's are.
pub(crate) trait DiskFile: Send + Sync + Debug {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;
    fn size(&self) -> io::Result<u64>;
    fn set_size(&self, size: u64) -> io::Result<()>;
    fn sync(&self) -> io::Result<()>;
}

/// Reads all of `into`, or says that the file is too short.
pub(crate) fn read_exact_at(
    file: &dyn DiskFile,
    mut offset: u64,
    mut into: &mut [u8],
) -> io::Result<()> {
    while !into.is_empty() {
        let read = match file.read_at(offset, into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset += read as u64;
        into = into.get_mut(read..).unwrap_or_default();
    }
    Ok(())
}

/// Writes all of `bytes`.
pub(crate) fn write_all_at(
    file: &dyn DiskFile,
    mut offset: u64,
    mut bytes: &[u8],
) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = match file.write_at(offset, bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            written => written?,
        };
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        offset += written as u64;
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Reads a whole small file; `None` when there is none.
pub(crate) fn read_small(
    disk: &dyn Disk,
    path: &Path,
    bytes_max: u64,
) -> Result<Option<Vec<u8>>, Error> {
    let file = match disk.open(path, Open::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).doing("open", path),
    };
    let size = file.size().doing("read", path)?;
    if size > bytes_max {
        let too_long = io::Error::new(io::ErrorKind::InvalidData, "the file is too long");
        return Err(too_long).doing("read", path);
    }
    let mut bytes = vec![0; size as usize];
    read_exact_at(file.as_ref(), 0, &mut bytes).doing("read", path)?;
    Ok(Some(bytes))
}

/// Replaces a small file in one step: a reader sees the old bytes or the new, also after a crash.
pub(crate) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let next = Replacement::write(disk, path, bytes)?;
    next.file.sync().doing("sync", &next.temporary)?;
    next.put(disk, path)
}

/// A small file written beside the one that it is to replace.
#[derive(Debug)]
pub(crate) struct Replacement {
    file: Arc<dyn DiskFile>,
    temporary: PathBuf,
}

impl Replacement {
    /// Writes it; the file that it is to replace is as before.
    pub(crate) fn write(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".tmp");
        let temporary = PathBuf::from(name);
        let file = disk.open(&temporary, Open::Write).doing("create", &temporary)?;
        file.set_size(0).doing("write", &temporary)?;
        write_all_at(file.as_ref(), 0, bytes).doing("write", &temporary)?;
        Ok(Self { file, temporary })
    }

    /// Puts it in place. It must have been synced, and with it everything that it speaks of.
    pub(crate) fn put(self, disk: &dyn Disk, path: &Path) -> Result<(), Error> {
        disk.rename(&self.temporary, path).doing("replace", path)?;
        let folder = path.parent().unwrap_or(path);
        disk.sync_dir(folder).doing("sync", folder)
    }
}

/// Bytes at the end of a file: gathered, written, synced.
///
/// A failed write leaves the file with a tail that no checkpoint names.
#[derive(Debug)]
pub(crate) struct Appender {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    written: u64,
    buffer: Vec<u8>,
    unsynced: bool,
}

/// Bytes gathered before they are written.
const BUFFER_BYTES: usize = 1 << 20;

impl Appender {
    /// Goes on after the first `kept` bytes; what follows them is cut off. Says how much that was.
    ///
    /// # Errors
    /// `Broken` when there are fewer than `kept` bytes: acknowledged ones are missing.
    pub(crate) fn open(
        disk: &dyn Disk,
        name: &str,
        dir: &Path,
        kept: u64,
    ) -> Result<(Self, u64), Error> {
        let path = layout::path(dir, name);
        let how = if kept == 0 { Open::Write } else { Open::Edit };
        let file = disk.open(&path, how).doing("open", &path)?;
        let size = file.size().doing("read", &path)?;
        if size < kept {
            let reason = "acknowledged bytes are missing".to_owned();
            let failure =
                Failure { leaf: None, file: name.to_owned(), from: size, to: kept, reason };
            return Err(failure.into());
        }
        if size > kept {
            file.set_size(kept).doing("cut", &path)?;
            file.sync().doing("sync", &path)?;
        }
        let appender = Self { file, path, written: kept, buffer: Vec::new(), unsynced: false };
        Ok((appender, size.saturating_sub(kept)))
    }

    /// The file, without what is only gathered.
    pub(crate) fn file(&self) -> &dyn DiskFile {
        self.file.as_ref()
    }

    /// Bytes that the file holds, the gathered ones not among them.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// What is pushed and only gathered so far.
    pub(crate) fn gathered(&self) -> &[u8] {
        &self.buffer
    }

    /// Where the next byte will stand.
    pub(crate) fn end(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Reads back bytes that were pushed whole: still gathered, or written already.
    pub(crate) fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), Error> {
        let Some(gathered) = offset.checked_sub(self.written) else {
            return read_exact_at(self.file.as_ref(), offset, into).doing("read", &self.path);
        };
        let range = gathered as usize..gathered as usize + into.len();
        match self.buffer.get(range) {
            Some(bytes) => into.copy_from_slice(bytes),
            None => {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof))
                    .doing("read", &self.path);
            }
        }
        Ok(())
    }

    /// Replaces bytes that are written already.
    pub(crate) fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        write_all_at(self.file.as_ref(), offset, bytes).doing("write", &self.path)?;
        self.unsynced = true;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        write_all_at(self.file.as_ref(), self.written, &self.buffer).doing("write", &self.path)?;
        self.written += self.buffer.len() as u64;
        self.unsynced |= !self.buffer.is_empty();
        self.buffer.clear();
        Ok(())
    }

    /// Puts everything pushed so far on disk.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        self.flush()?;
        if self.unsynced {
            self.file.sync().doing("sync", &self.path)?;
            self.unsynced = false;
        }
        Ok(())
    }
}

/// Puts everything pushed to several files on disk, and a file that is to replace another.
pub(crate) fn sync_together(
    disk: &dyn Disk,
    files: &mut [&mut Appender],
    next: &Replacement,
) -> Result<(), Error> {
    for file in files.iter_mut() {
        file.flush()?;
    }
    let waiting = files.iter().filter(|file| file.unsynced);
    let mut waiting: Vec<(&dyn DiskFile, &Path)> =
        waiting.map(|file| (file.file.as_ref(), file.path.as_path())).collect();
    waiting.push((next.file.as_ref(), &next.temporary));
    disk.sync_all(&waiting)?;
    for file in files.iter_mut() {
        file.unsynced = false;
    }
    Ok(())
}

/// The file system of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn open(&self, path: &Path, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(how != Open::Read).create(how == Open::Write).truncate(false);
        Ok(Arc::new(options.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        // Windows cannot open a folder to sync it; its renames are journalled.
        if cfg!(windows) { Ok(()) } else { File::open(path)?.sync_all() }
    }

    /// All at once: a file system writes its journal once for syncs that wait together.
    fn sync_all(&self, files: &[(&dyn DiskFile, &Path)]) -> Result<(), Error> {
        std::thread::scope(|scope| {
            let sync = |(file, path): &(&dyn DiskFile, &Path)| file.sync().doing("sync", path);
            let running: Vec<_> =
                files.iter().map(|file| scope.spawn(move || sync(file))).collect();
            running.into_iter().try_for_each(|one| {
                let stopped = || io::Error::other("a thread that synced stopped unexpectedly");
                one.join().unwrap_or_else(|_| Err(stopped()).doing("sync", Path::new("evidence")))
            })
        })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Arc<dyn DiskFile>>> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Arc::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl DiskFile for File {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, into, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, into, offset)
    }

    #[cfg(unix)]
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::write_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_write(self, bytes, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data() // a grown length is synced with the bytes; times are not needed
    }
}
