//! The desk's book: what is watched, how far each source is read, how long platforms are not to be
//! asked, which alerts there are and which were sent. One SQLite file, no service.
//!
//! **Main path.** [`Desk::open`] → [`Desk::add`] → [`Desk::sources`] → [`Desk::remember`].
//!
//! **Invariants.** Nothing here is evidence: it can be lost, and what was seen is still there. What
//! a cursor speaks of is kept before the cursor moves, so a process that dies reads again and loses
//! nothing. Every change is one transaction.
//!
//! **Not here.** What a cursor means (the connectors' own JSON), credentials, clocks.

mod alerts;
mod error;
mod rejected;
mod schema;
mod sources;
mod waits;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use alerts::{Delivery, Rule, Sent, Told};
pub use error::Error;
pub use rejected::Rejected;
pub use sources::{Added, Sight, State, Watched};

/// The open book.
#[derive(Debug)]
pub struct Desk {
    path: PathBuf,
    db: Connection,
}

impl Desk {
    /// Opens the book, and makes it when there is none.
    ///
    /// # Errors
    /// [`Error::Newer`] for a book of a newer program; `Sqlite` for anything the file refuses.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let db = Connection::open(path).map_err(Error::at(path))?;
        let mut desk = Self { path: path.to_owned(), db };
        schema::prepare(&mut desk.db).map_err(|error| match error {
            schema::Refused::Sqlite(error) => Error::at(path)(error),
            schema::Refused::Newer(version) => Error::Newer(path.to_owned(), version),
        })?;
        Ok(desk)
    }

    fn wrong(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        Error::at(&self.path)
    }
}
