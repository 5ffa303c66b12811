//! What can go wrong with the book.

use std::path::{Path, PathBuf};

/// The book could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused.
    #[error("cannot use the desk's book '{0}': {1}")]
    Sqlite(PathBuf, #[source] rusqlite::Error),
    /// Written by a newer program.
    #[error("the desk's book '{0}' is of version {1}, which this program does not know")]
    Newer(PathBuf, i64),
}

impl Error {
    pub(crate) fn at(path: &Path) -> impl Fn(rusqlite::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::Sqlite(path.clone(), error)
    }
}
