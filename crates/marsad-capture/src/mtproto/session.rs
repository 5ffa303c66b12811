//! What an account's session is on this machine: a key that opens the account. A secret.

use std::fmt;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grammers_session::SessionData;
use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;
/// The data centre that is asked first; it says which one the account belongs to.
const FIRST_CENTRE: i32 = 2;

/// A session: where the account lives and the key that both sides have. Prints neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub(super) api_id: i32,
    pub(super) centre: i32,
    pub(super) address: SocketAddr,
    pub(super) key: [u8; 256],
    /// Somebody logged in with it.
    is_complete: bool,
}

/// Why a written session is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Not what this program writes.
    #[error("it is not a session that this program wrote")]
    Unknown,
    /// Written by a newer program.
    #[error("a newer Marsad wrote it (version {0})")]
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    api_id: i32,
    centre: i32,
    address: SocketAddr,
    key: String,
    is_complete: bool,
}

impl Session {
    pub(super) fn new(api_id: i32, centre: Centre, key: [u8; 256]) -> Self {
        Self { api_id, centre: centre.number, address: centre.address, key, is_complete: false }
    }

    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Whether somebody logged in with it; a login that was cut off goes on with its key.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Reads what [`Session::written`] gave.
    ///
    /// # Errors
    /// Says what it is instead; nothing of it is repeated.
    pub fn read(text: &str) -> Result<Self, SessionError> {
        let written: Written =
            serde_json::from_str(text).map_err(|_secret| SessionError::Unknown)?;
        if written.version > VERSION {
            return Err(SessionError::Newer(written.version));
        }
        let key = STANDARD.decode(&written.key).map_err(|_secret| SessionError::Unknown)?;
        let key = key.try_into().map_err(|_secret: Vec<u8>| SessionError::Unknown)?;
        let Written { api_id, centre, address, is_complete, .. } = written;
        Ok(Self { api_id, centre, address, key, is_complete })
    }

    /// What is to be kept, for the desk alone: whoever has it is the account.
    pub fn written(&self) -> String {
        let Self { api_id, centre, address, is_complete, .. } = *self;
        let key = STANDARD.encode(self.key);
        let written = Written { version: VERSION, api_id, centre, address, key, is_complete };
        serde_json::to_string(&written).unwrap_or_default()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

/// One of Telegram's data centres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Centre {
    pub(super) number: i32,
    pub(super) address: SocketAddr,
}

impl Centre {
    /// Telegram's own, as grammers knows them.
    pub(super) fn known(number: i32) -> Option<Self> {
        let known = SessionData::default().dc_options;
        known.get(&number).map(|option| Self { number, address: option.ipv4.into() })
    }

    /// The one to begin with: `ADDRESS:PORT` or `NUMBER@ADDRESS:PORT` where somebody says so, for
    /// Telegram's test servers.
    pub(super) fn first(said: Option<&str>) -> Result<Self, String> {
        let wrong = |said: &str| {
            format!(
                "'{said}' is no data centre; write NUMBER@ADDRESS:PORT, for example 2@149.154.167.40:443"
            )
        };
        match said {
            None => Self::known(FIRST_CENTRE).ok_or_else(|| wrong("")),
            Some(said) => {
                let (number, address) = said.split_once('@').unwrap_or(("2", said));
                let read = number.parse().ok().zip(address.parse().ok());
                read.map(|(number, address)| Self { number, address }).ok_or_else(|| wrong(said))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_reads_back_and_prints_nothing() {
        let centre = Centre::first(Some("4@127.0.0.1:4430")).unwrap();
        let mut session = Session::new(12_345, centre, [7; 256]);
        assert_eq!(Session::read(&session.written()), Ok(session.clone()));
        session.complete();
        assert!(Session::read(&session.written()).unwrap().is_complete());
        assert_eq!(format!("{session:?}"), "Session(…)");
        assert_eq!(Session::read("{\"version\":1}"), Err(SessionError::Unknown));
        let newer = session.written().replace("\"version\":1", "\"version\":2");
        assert_eq!(Session::read(&newer), Err(SessionError::Newer(2)));
    }

    #[test]
    fn telegrams_own_data_centres_are_known_and_others_can_be_named() {
        assert_eq!(Centre::first(None).unwrap().number, 2);
        assert_eq!((1..=5).filter_map(Centre::known).count(), 5);
        assert_eq!(Centre::known(9), None);
        assert_eq!(Centre::first(Some("127.0.0.1:1")).unwrap().number, 2);
        assert!(Centre::first(Some("x@y")).unwrap_err().starts_with("'x@y' is no data centre"));
    }
}
