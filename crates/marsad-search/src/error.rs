use std::path::{Path, PathBuf};

/// What can go wrong with the index. It can always be thrown away and made again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made, locked or cleared.
    #[error("the search folder '{}' cannot be used: {cause}", path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The index cannot be read or written; deleting its folder is safe.
    #[error("the search index cannot be used, and is made again when its folder is deleted: {0}")]
    Index(#[from] tantivy::TantivyError),
}

impl Error {
    pub(crate) fn folder(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |cause| Self::Folder { path: path.to_owned(), cause }
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::Index(tantivy::TantivyError::from(cause))
    }
}
