//! What can go wrong, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the evidence log. Unless a variant says otherwise, nothing on disk has changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process writes to this archive. Wait for it, or end it.
    #[error("another Marsad is writing to '{}'; wait until it is done, or stop it", .0.display())]
    Busy(PathBuf),
    /// The disk refused. What was not committed is gone at the next opening; what was, is there.
    #[error("cannot {doing} '{}': {source}", .path.display())]
    Disk {
        /// What we were doing, a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The bytes on disk are not those that were acknowledged. Keep the folder as it is.
    #[error("evidence does not verify: {0}")]
    Broken(Box<Failure>),
    /// A record cannot be written as it is; mend the value.
    #[error("cannot record '{name}': {reason}")]
    Field {
        /// Name of the WARC field.
        name: String,
        /// What is wrong with its value.
        reason: &'static str,
    },
    /// A payload above [`crate::PAYLOAD_BYTES_MAX`].
    #[error("a record of {bytes} bytes is too large; at most {max} fit")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// zstd refused, for want of memory most likely.
    #[error("cannot compress a record: {0}")]
    Compress(io::Error),
    /// There is no such leaf in the log.
    #[error("the log has no record {leaf}; it holds {size}")]
    Unknown {
        /// The leaf asked for.
        leaf: u64,
        /// Leaves in the log.
        size: u64,
    },
    /// The record was erased; its proof still holds and a tombstone says why.
    #[error("record {leaf} was erased")]
    Erased {
        /// The leaf.
        leaf: u64,
    },
    /// An earlier write failed, so nothing more is written. Open the store again.
    #[error("the evidence log stopped after a failed write; open it again")]
    Halted,
    /// There is no evidence log here.
    #[error("'{}' holds no evidence log", .0.display())]
    Absent(PathBuf),
    /// The log was written by a newer Marsad.
    #[error("the evidence log has format '{found}'; this Marsad reads '{known}'")]
    Version {
        /// What the log says.
        found: String,
        /// What we read.
        known: &'static str,
    },
    /// A key, a note or a signature is not what it should be.
    #[error("{0}")]
    Note(#[from] crate::note::NoteError),
    /// The system gave no random bytes for a salt.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// One thing that does not verify, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The record, where one is concerned.
    pub leaf: Option<u64>,
    /// File under the evidence folder.
    pub file: String,
    /// First byte concerned.
    pub from: u64,
    /// End of the bytes concerned, excluded.
    pub to: u64,
    /// One sentence without a full stop.
    pub reason: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(leaf) = self.leaf {
            write!(f, "record {leaf}, ")?;
        }
        write!(f, "{} bytes {}..{}: {}", self.file, self.from, self.to, self.reason)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Broken(Box::new(failure))
    }
}

/// Adds what we were doing and to which file.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Disk { doing, path: path.to_owned(), source })
    }
}
