//! Channels that were offered and that a human does not want to watch.

use marsad_types::Timestamp;
use rusqlite::params;

use crate::{Desk, Error};

/// A channel that somebody declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where it is.
    pub platform: String,
    /// Its name or id there.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Desk {
    /// Notes that a channel is not wanted; the latest reason stands.
    pub fn reject(
        &mut self,
        (platform, name): (&str, &str),
        reason: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        self.change(
            "insert into rejected (platform, name, at_ms, reason) values (?1, ?2, ?3, ?4)
             on conflict (platform, name) do update set at_ms = excluded.at_ms, reason = excluded.reason",
            params![platform, name, at.0, reason],
        )
    }

    /// Takes that back; says whether it was there.
    pub fn lift_rejection(&mut self, platform: &str, name: &str) -> Result<bool, Error> {
        let lifted = self
            .db
            .execute("delete from rejected where platform = ?1 and name = ?2", [platform, name])
            .map_err(self.wrong())?;
        Ok(lifted == 1)
    }

    /// Everything that was declined, by platform and name.
    pub fn rejected(&self) -> Result<Vec<Rejected>, Error> {
        let ask = "select platform, name, at_ms, reason from rejected order by platform, name";
        let mut select = self.db.prepare(ask).map_err(self.wrong())?;
        let rows = select
            .query_map([], |row| {
                Ok(Rejected {
                    platform: row.get(0)?,
                    name: row.get(1)?,
                    at: Timestamp(row.get(2)?),
                    reason: row.get(3)?,
                })
            })
            .map_err(self.wrong())?;
        rows.collect::<Result<_, _>>().map_err(self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_declined_is_kept_with_its_reason_until_that_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        desk.reject(("telegram", "raildesk"), "a shop", Timestamp(1)).unwrap();
        desk.reject(("telegram", "raildesk"), "sells tickets", Timestamp(2)).unwrap();
        desk.reject(("max", "-7"), "a game", Timestamp(3)).unwrap();
        drop(desk);
        let mut desk = Desk::open(&path).unwrap();
        let told = desk.rejected().unwrap();
        assert_eq!(told.len(), 2);
        assert_eq!((told[1].at, told[1].reason.as_str()), (Timestamp(2), "sells tickets"));
        assert!(desk.lift_rejection("max", "-7").unwrap());
        assert!(!desk.lift_rejection("max", "-7").unwrap());
        assert_eq!(desk.rejected().unwrap().len(), 1);
    }
}
