//! What can go wrong, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the index. The index is derived: whatever happens to it, it is built again from the
/// lake, and nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the index open. Wait for it, or end it.
    #[error("another Marsad has the index '{}' open; wait until it is done, or stop it", .0.display())]
    Busy(PathBuf),
    /// The disk refused. What was flushed before is there at the next opening.
    #[error("cannot {doing} '{}': {source}", .path.display())]
    Disk {
        /// What we were doing, a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The bytes are not those that were written. Build the index again.
    #[error("the index file '{}' is damaged; build the index again", .0.display())]
    Damaged(PathBuf),
    /// Made by another version, or with other options. Build the index again.
    #[error("the index '{folder}' was made {how}; build the index again", folder = .folder.display())]
    Other {
        /// The index.
        folder: PathBuf,
        /// What is different.
        how: &'static str,
    },
    /// There is an index already, or something else. Name an empty folder.
    #[error("'{}' is not empty; name a new folder for the index, or remove this one", .0.display())]
    NotEmpty(PathBuf),
    /// More texts or posts than the 32-bit numbers of the index can name.
    #[error("the index '{}' is full", .0.display())]
    Full(PathBuf),
    /// An earlier write failed, so nothing more is written. Open the index again.
    #[error("the index stopped after a failed write; open it again")]
    Halted,
}

/// Adds what was being done to an error of the system.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Disk { doing, path: path.to_owned(), source })
    }
}
