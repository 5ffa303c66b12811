//! The watch list and how far each source is read.

use marsad_types::{Status, Timestamp};
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Desk, Error};

/// Whether a source is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is.
    Watched,
    /// A human stopped it for now.
    Paused,
    /// It is not a public channel, or its name is another channel's now: a human must decide.
    Refused,
    /// Not a channel: what the platform tells our account of all its channels together.
    Account,
}

impl State {
    /// The word in the book and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watched => "watched",
            Self::Paused => "paused",
            Self::Refused => "refused",
            Self::Account => "account",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "paused" => Self::Paused,
            "refused" => Self::Refused,
            "account" => Self::Account,
            _ => Self::Watched,
        }
    }
}

/// Whether a source was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It is on the list already.
    Known,
}

/// A source on the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// Its number in the book.
    pub id: u64,
    /// Where it is.
    pub platform: String,
    /// Its name there.
    pub name: String,
    /// When it was put on the list.
    pub added_at: Timestamp,
    /// Whether it is watched.
    pub state: State,
    /// Why it is not.
    pub why: Option<String>,
    /// It is known to be steady: when it cannot be read, we are blind, not it.
    pub is_canary: bool,
    /// What it was when last seen.
    pub status: Option<Status>,
    /// Why, where the platform shows it.
    pub cause: Option<String>,
    /// Since when it is that.
    pub status_at: Option<Timestamp>,
    /// The last look, whatever came of it.
    pub looked_at: Option<Timestamp>,
    /// The last look that saw.
    pub saw_at: Option<Timestamp>,
    /// Looks in a row that failed.
    pub failures: u32,
    /// Why the last one failed.
    pub failure: Option<String>,
    /// How far it is read: its connector's own JSON.
    pub memory: String,
}

/// What a look says of the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Its state.
    pub status: Status,
    /// Why, where the platform shows it.
    pub cause: Option<String>,
}

const COLUMNS: &str = "id, platform, name, added_ms, state, why, is_canary, status, cause, status_ms, looked_ms, saw_ms, failures, failure, memory";

fn watched(row: &Row<'_>) -> rusqlite::Result<Watched> {
    let time = |at| row.get::<_, Option<i64>>(at).map(|ms| ms.map(Timestamp));
    let status: Option<String> = row.get(7)?;
    Ok(Watched {
        id: row.get::<_, i64>(0)?.cast_unsigned(),
        platform: row.get(1)?,
        name: row.get(2)?,
        added_at: Timestamp(row.get(3)?),
        state: State::parse(&row.get::<_, String>(4)?),
        why: row.get(5)?,
        is_canary: row.get(6)?,
        status: status.as_deref().and_then(Status::parse),
        cause: row.get(8)?,
        status_at: time(9)?,
        looked_at: time(10)?,
        saw_at: time(11)?,
        failures: row.get(12)?,
        failure: row.get(13)?,
        memory: row.get(14)?,
    })
}

impl Desk {
    /// Puts a source on the list.
    pub fn add(&mut self, platform: &str, name: &str, at: Timestamp) -> Result<Added, Error> {
        let added = self
            .db
            .execute(
                "insert into source (platform, name, added_ms) values (?1, ?2, ?3) on conflict do nothing",
                params![platform, name, at.0],
            )
            .map_err(self.wrong())?;
        Ok(if added == 1 { Added::New } else { Added::Known })
    }

    /// Takes a source off the list, with its cursor; says whether it was there.
    pub fn remove(&mut self, id: u64) -> Result<bool, Error> {
        let removed = self
            .db
            .execute("delete from source where id = ?1", [id.cast_signed()])
            .map_err(self.wrong())?;
        Ok(removed == 1)
    }

    /// All sources, by platform and name.
    pub fn sources(&self) -> Result<Vec<Watched>, Error> {
        let ask = format!("select {COLUMNS} from source order by platform, name");
        let mut select = self.db.prepare(&ask).map_err(self.wrong())?;
        let rows = select.query_map([], watched).map_err(self.wrong())?;
        rows.collect::<Result<_, _>>().map_err(self.wrong())
    }

    /// One source by its name.
    pub fn source(&self, platform: &str, name: &str) -> Result<Option<Watched>, Error> {
        let ask = format!("select {COLUMNS} from source where platform = ?1 and name = ?2");
        let found = self.db.query_row(&ask, [platform, name], watched);
        found.optional().map_err(self.wrong())
    }

    /// Watches it again, pauses it or refuses it.
    pub fn set_state(&mut self, id: u64, state: State, why: Option<&str>) -> Result<(), Error> {
        self.change(
            "update source set state = ?2, why = ?3 where id = ?1",
            params![id.cast_signed(), state.as_str(), why],
        )
    }

    /// Says whether a source is known to be steady.
    pub fn set_canary(&mut self, id: u64, is_canary: bool) -> Result<(), Error> {
        self.change(
            "update source set is_canary = ?2 where id = ?1",
            params![id.cast_signed(), is_canary],
        )
    }

    /// Remembers how far sources are read, all at once: what that speaks of is kept already.
    pub fn remember(&mut self, memories: &[(u64, String)]) -> Result<(), Error> {
        let wrong = self.wrong();
        let keep = self.db.transaction().map_err(&wrong)?;
        for (id, memory) in memories {
            let mut update = keep
                .prepare_cached("update source set memory = ?2 where id = ?1")
                .map_err(&wrong)?;
            update.execute(params![id.cast_signed(), memory]).map_err(&wrong)?;
        }
        keep.commit().map_err(&wrong)
    }

    /// Notes a look that saw.
    pub fn saw(&mut self, id: u64, at: Timestamp) -> Result<(), Error> {
        self.change(
            "update source set looked_ms = ?2, saw_ms = ?2, failures = 0, failure = null where id = ?1",
            params![id.cast_signed(), at.0],
        )
    }

    /// Notes a look that failed.
    pub fn failed(&mut self, id: u64, at: Timestamp, why: &str) -> Result<(), Error> {
        self.change(
            "update source set looked_ms = ?2, failures = failures + 1, failure = ?3 where id = ?1",
            params![id.cast_signed(), at.0, why],
        )
    }

    /// Notes what a channel is; gives what it was when that was something else.
    pub fn sighted(
        &mut self,
        id: u64,
        sight: &Sight,
        at: Timestamp,
    ) -> Result<Option<Sight>, Error> {
        let was: Option<(Option<String>, Option<String>)> = self
            .db
            .query_row(
                "select status, cause from source where id = ?1",
                [id.cast_signed()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(self.wrong())?;
        let was =
            was.and_then(|(status, cause)| Some(Sight { status: Status::parse(&status?)?, cause }));
        if was.as_ref() == Some(sight) {
            return Ok(None);
        }
        self.change(
            "update source set status = ?2, cause = ?3, status_ms = ?4 where id = ?1",
            params![id.cast_signed(), sight.status.as_str(), sight.cause, at.0],
        )?;
        Ok(was)
    }

    pub(crate) fn change(&self, update: &str, values: impl rusqlite::Params) -> Result<(), Error> {
        let mut statement = self.db.prepare_cached(update).map_err(self.wrong())?;
        statement.execute(values).map_err(self.wrong())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_its_cursors_survive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        assert_eq!(desk.add("telegram", "weatherdesk", Timestamp(1)).unwrap(), Added::New);
        assert_eq!(desk.add("telegram", "weatherdesk", Timestamp(2)).unwrap(), Added::Known);
        desk.add("max", "-70000000000001", Timestamp(3)).unwrap();
        let id = desk.source("telegram", "weatherdesk").unwrap().unwrap().id;
        desk.remember(&[(id, "{\"newest\":\"7\"}".to_owned())]).unwrap();
        desk.failed(id, Timestamp(4), "no answer in time").unwrap();
        desk.set_state(id, State::Paused, Some("holidays")).unwrap();
        drop(desk);
        let desk = Desk::open(&path).unwrap();
        let sources = desk.sources().unwrap();
        assert_eq!(sources.len(), 2);
        let known = desk.source("telegram", "weatherdesk").unwrap().unwrap();
        assert_eq!((known.memory.as_str(), known.failures), ("{\"newest\":\"7\"}", 1));
        assert_eq!((known.state, known.why.as_deref()), (State::Paused, Some("holidays")));
    }

    #[test]
    fn a_change_of_status_is_told_once_and_the_first_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("desk.sqlite")).unwrap();
        desk.add("telegram", "weatherdesk", Timestamp(1)).unwrap();
        let id = desk.source("telegram", "weatherdesk").unwrap().unwrap().id;
        let alive = Sight { status: Status::Alive, cause: None };
        let gone = Sight { status: Status::Gone, cause: None };
        assert_eq!(desk.sighted(id, &alive, Timestamp(2)).unwrap(), None);
        assert_eq!(desk.sighted(id, &gone, Timestamp(3)).unwrap(), Some(alive));
        assert_eq!(desk.sighted(id, &gone, Timestamp(4)).unwrap(), None);
        let known = desk.source("telegram", "weatherdesk").unwrap().unwrap();
        assert_eq!(known.status_at, Some(Timestamp(3)));
    }

    #[test]
    fn a_newer_book_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        drop(Desk::open(&path).unwrap());
        let db = rusqlite::Connection::open(&path).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Desk::open(&path), Err(Error::Newer(_, 99))));
    }
}
