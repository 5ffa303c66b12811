//! How long platforms asked us to wait: also a process that starts in between waits.

use marsad_types::Timestamp;
use rusqlite::params;

use crate::{Desk, Error};

impl Desk {
    /// Notes that a host, or an account, is not to be asked anything before this moment. An earlier
    /// moment takes nothing back.
    ///
    /// # Errors
    /// `Sqlite` for anything the file refuses.
    pub fn set_wait(&mut self, lane: &str, until: Timestamp) -> Result<(), Error> {
        let noted = self.db.execute(
            "insert into wait (lane, until_ms) values (?1, ?2)
             on conflict (lane) do update set until_ms = max(until_ms, excluded.until_ms)",
            params![lane, until.0],
        );
        noted.map(drop).map_err(self.wrong())
    }

    /// What is still to be waited for at this moment.
    ///
    /// # Errors
    /// `Sqlite` for anything the file refuses.
    pub fn waits(&self, now: Timestamp) -> Result<Vec<(String, Timestamp)>, Error> {
        let wrong = self.wrong();
        let mut asked = self
            .db
            .prepare("select lane, until_ms from wait where until_ms > ?1 order by lane")
            .map_err(&wrong)?;
        let rows = asked
            .query_map(params![now.0], |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))
            .map_err(&wrong)?;
        rows.collect::<Result<_, _>>().map_err(&wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_is_kept_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        desk.set_wait("telegram (account)", Timestamp(9000)).unwrap();
        desk.set_wait("telegram (account)", Timestamp(5000)).unwrap();
        desk.set_wait("t.me", Timestamp(2000)).unwrap();
        drop(desk);
        let desk = Desk::open(&path).unwrap();
        let left = desk.waits(Timestamp(2000)).unwrap();
        assert_eq!(left, [("telegram (account)".to_owned(), Timestamp(9000))]);
        assert_eq!(desk.waits(Timestamp(9000)).unwrap(), []);
    }
}
