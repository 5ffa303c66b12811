use std::path::PathBuf;

/// What can go wrong with the lake. It can always be made again from the evidence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table cannot be opened or committed: damaged, newer than this program, or another writer
    /// was faster. Nothing of this commit is visible.
    #[error("the lake table '{table}' cannot be used: {cause}")]
    Table {
        /// Its name.
        table: &'static str,
        /// What the Delta kernel says.
        #[source]
        cause: Box<delta_kernel::KernelError>,
    },
    /// A data file cannot be read or written.
    #[error("the lake file '{}' cannot be used: {cause}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A data file is not the Parquet that its table says.
    #[error("the lake file '{}' is damaged: {cause}", path.display())]
    Parquet {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        cause: parquet::errors::ParquetError,
    },
    /// A table lacks a column that this program files.
    #[error(
        "the lake table '{0}' was made by an older Marsad; `marsad rebuild` makes it again from the evidence"
    )]
    Older(&'static str),
    /// The system gives no random numbers, which name the files.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The folder's name cannot be written as an address.
    #[error("the lake folder '{}' has no absolute path", .0.display())]
    Folder(PathBuf),
}

impl Error {
    pub(crate) fn table(table: &'static str) -> impl FnOnce(delta_kernel::KernelError) -> Self {
        move |cause| Self::Table { table, cause: Box::new(cause) }
    }

    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |cause| Self::File { path: path.to_owned(), cause }
    }

    pub(crate) fn parquet(
        path: &std::path::Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self + '_ {
        move |cause| Self::Parquet { path: path.to_owned(), cause }
    }
}
