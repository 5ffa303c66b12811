//! Alert rules, and what was sent by each: no alert twice.

use marsad_types::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::{Desk, Error};

/// A rule on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number in the book.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it looks for and where it tells: the app's own JSON.
    pub definition: String,
    /// It notes what it would have sent, and sends nothing.
    pub is_shadow: bool,
    /// When it was put on the list.
    pub added_at: Timestamp,
}

/// An alert that was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it is about; with the rule it is one alert.
    pub key: String,
    /// When it was raised.
    pub at: Timestamp,
    /// What it says: the app's own JSON.
    pub alert: String,
}

/// An alert on its way to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The rule's number.
    pub rule: u64,
    /// What the alert is about.
    pub key: String,
    /// Where it is to go, as the rule writes it.
    pub place: String,
    /// When it was raised.
    pub at: Timestamp,
    /// What it says: the app's own JSON.
    pub alert: String,
    /// How often it was tried.
    pub tries: u32,
}

/// How a rule's alerts went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Alerts raised.
    pub raised: u64,
    /// The last one.
    pub last_at: Option<Timestamp>,
    /// Deliveries that did not arrive yet.
    pub waiting: u64,
    /// Why the latest of those did not.
    pub failure: Option<String>,
}

impl Desk {
    /// Puts a rule on the list, in place of one of the same name.
    pub fn add_rule(
        &mut self,
        name: &str,
        definition: &str,
        is_shadow: bool,
        at: Timestamp,
    ) -> Result<u64, Error> {
        self.db
            .query_row(
                "insert into rule (name, definition, is_shadow, added_ms) values (?1, ?2, ?3, ?4)
                 on conflict (name) do update set definition = excluded.definition, is_shadow = excluded.is_shadow
                 returning id",
                params![name, definition, is_shadow, at.0],
                |row| row.get::<_, i64>(0),
            )
            .map(i64::cast_unsigned)
            .map_err(self.wrong())
    }

    /// Takes a rule off the list; says whether it was there.
    pub fn remove_rule(&mut self, name: &str) -> Result<bool, Error> {
        let removed = self.db.execute("delete from rule where name = ?1", [name]);
        Ok(removed.map_err(self.wrong())? == 1)
    }

    /// All rules, by name.
    pub fn rules(&self) -> Result<Vec<Rule>, Error> {
        let ask = "select id, name, definition, is_shadow, added_ms from rule order by name";
        let mut select = self.db.prepare(ask).map_err(self.wrong())?;
        let rows = select
            .query_map([], |row| {
                Ok(Rule {
                    id: row.get::<_, i64>(0)?.cast_unsigned(),
                    name: row.get(1)?,
                    definition: row.get(2)?,
                    is_shadow: row.get(3)?,
                    added_at: Timestamp(row.get(4)?),
                })
            })
            .map_err(self.wrong())?;
        rows.collect::<Result<_, _>>().map_err(self.wrong())
    }

    /// Notes an alert before it is sent, and where it is to go; false when this rule raised it
    /// before.
    pub fn raise(
        &mut self,
        rule: u64,
        (key, alert): (&str, &str),
        places: &[String],
        at: Timestamp,
    ) -> Result<bool, Error> {
        let wrong = self.wrong();
        let raise = self.db.transaction().map_err(&wrong)?;
        let is_new = raise
            .prepare_cached("insert into sent (rule, key, at_ms, alert) values (?1, ?2, ?3, ?4) on conflict do nothing")
            .and_then(|mut insert| insert.execute(params![rule.cast_signed(), key, at.0, alert]))
            .map_err(&wrong)?
            == 1;
        for place in places.iter().filter(|_| is_new) {
            raise
                .prepare_cached("insert into delivery (rule, key, place, due_ms) values (?1, ?2, ?3, ?4) on conflict do nothing")
                .and_then(|mut insert| insert.execute(params![rule.cast_signed(), key, place, at.0]))
                .map_err(&wrong)?;
        }
        raise.commit().map_err(&wrong)?;
        Ok(is_new)
    }

    /// Whether a rule raised this before.
    pub fn was_raised(&self, rule: u64, key: &str) -> Result<bool, Error> {
        let found: Option<i64> = self
            .db
            .query_row(
                "select 1 from sent where rule = ?1 and key = ?2",
                params![rule.cast_signed(), key],
                |row| row.get(0),
            )
            .optional()
            .map_err(self.wrong())?;
        Ok(found.is_some())
    }

    /// Notes that an alert arrived at a place.
    pub fn delivered(
        &mut self,
        rule: u64,
        (key, place): (&str, &str),
        at: Timestamp,
    ) -> Result<(), Error> {
        self.change(
            "update delivery set delivered_ms = ?4, tries = tries + 1, failure = null where rule = ?1 and key = ?2 and place = ?3",
            params![rule.cast_signed(), key, place, at.0],
        )
    }

    /// Notes that an alert did not arrive, and when it is tried again; never, where there is no such
    /// time.
    pub fn not_delivered(
        &mut self,
        rule: u64,
        (key, place): (&str, &str),
        why: &str,
        again_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        let due_ms = again_at.map_or(i64::MAX, |at| at.0);
        self.change(
            "update delivery set tries = tries + 1, failure = ?4, due_ms = ?5 where rule = ?1 and key = ?2 and place = ?3",
            params![rule.cast_signed(), key, place, why, due_ms],
        )
    }

    /// Alerts that are to be delivered by now, the oldest first.
    pub fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, Error> {
        self.due_except(now, limit, &[])
    }

    /// The same without those for some places.
    pub fn due_except(
        &self,
        now: Timestamp,
        limit: u32,
        places: &[&str],
    ) -> Result<Vec<Delivery>, Error> {
        let except = serde_json::to_string(places).unwrap_or_default();
        let ask =
            "select rule, key, place, at_ms, alert, tries from delivery join sent using (rule, key)
            where delivered_ms is null and due_ms <= ?1
            and place not in (select value from json_each(?3))
            order by at_ms, rule, key, place limit ?2";
        let mut select = self.db.prepare_cached(ask).map_err(self.wrong())?;
        let rows = select
            .query_map(params![now.0, limit, except], |row| {
                Ok(Delivery {
                    rule: row.get::<_, i64>(0)?.cast_unsigned(),
                    key: row.get(1)?,
                    place: row.get(2)?,
                    at: Timestamp(row.get(3)?),
                    alert: row.get(4)?,
                    tries: row.get(5)?,
                })
            })
            .map_err(self.wrong())?;
        rows.collect::<Result<_, _>>().map_err(self.wrong())
    }

    /// The alerts that a rule raised, the latest first.
    pub fn raised(&self, rule: u64, limit: u32) -> Result<Vec<Sent>, Error> {
        let ask =
            "select key, at_ms, alert from sent where rule = ?1 order by at_ms desc, key limit ?2";
        let mut select = self.db.prepare(ask).map_err(self.wrong())?;
        let rows = select
            .query_map(params![rule.cast_signed(), limit], |row| {
                Ok(Sent { key: row.get(0)?, at: Timestamp(row.get(1)?), alert: row.get(2)? })
            })
            .map_err(self.wrong())?;
        rows.collect::<Result<_, _>>().map_err(self.wrong())
    }

    /// How a rule's alerts went.
    pub fn told(&self, rule: u64) -> Result<Told, Error> {
        let one = |ask: &str| {
            self.db.query_row(ask, [rule.cast_signed()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
            })
        };
        let (raised, last) =
            one("select count(*), max(at_ms) from sent where rule = ?1").map_err(self.wrong())?;
        let (waiting, _) =
            one("select count(*), null from delivery where rule = ?1 and delivered_ms is null")
                .map_err(self.wrong())?;
        let failure = self
            .db
            .query_row(
                "select failure from delivery where rule = ?1 and delivered_ms is null and failure is not null
                 order by tries desc, key limit 1",
                [rule.cast_signed()],
                |row| row.get(0),
            )
            .optional()
            .map_err(self.wrong())?;
        Ok(Told {
            raised: raised.cast_unsigned(),
            last_at: last.map(Timestamp),
            waiting: waiting.cast_unsigned(),
            failure,
        })
    }

    /// Takes the words of posts out of all alerts, from the file too: what was told stays known.
    pub fn forget_quotes(&mut self) -> Result<(), Error> {
        self.db
            .execute(
                "update sent set alert = json_remove(alert, '$.quote') where json_valid(alert)",
                [],
            )
            .map_err(self.wrong())?;
        // The journal holds the old pages until it is emptied; freed ones are overwritten already.
        self.db
            .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
            .and_then(|()| self.db.execute_batch("vacuum"))
            .and_then(|()| self.db.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())))
            .map_err(self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: [&str; 2] = ["terminal", "webhook:https://desk.example.org/in"];

    fn places() -> Vec<String> {
        TO.map(str::to_owned).to_vec()
    }

    #[test]
    fn no_alert_is_raised_twice_and_each_place_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        let rule = desk.add_rule("gone", "{}", false, Timestamp(1)).unwrap();
        assert_eq!(desk.add_rule("gone", "{\"a\":1}", false, Timestamp(2)).unwrap(), rule);
        let about = "telegram:weatherdesk";
        assert!(desk.raise(rule, (about, "{}"), &places(), Timestamp(3)).unwrap());
        assert!(!desk.raise(rule, (about, "{}"), &places(), Timestamp(4)).unwrap());
        assert_eq!(desk.due(Timestamp(2), 9).unwrap(), []);
        assert_eq!(desk.due(Timestamp(3), 9).unwrap().len(), 2);
        desk.delivered(rule, (about, TO[0]), Timestamp(3)).unwrap();
        desk.not_delivered(rule, (about, TO[1]), "no answer", Some(Timestamp(9))).unwrap();
        // A process that dies in between finds what it had not delivered.
        drop(desk);
        let mut desk = Desk::open(&path).unwrap();
        assert_eq!(desk.due(Timestamp(8), 9).unwrap(), []);
        let due = desk.due(Timestamp(9), 9).unwrap();
        assert_eq!(
            due.iter().map(|d| (d.place.as_str(), d.tries)).collect::<Vec<_>>(),
            [(TO[1], 1)]
        );
        let told = desk.told(rule).unwrap();
        assert_eq!((told.raised, told.waiting), (1, 1));
        assert_eq!(told.failure.as_deref(), Some("no answer"));
        desk.not_delivered(rule, (about, TO[1]), "given up", None).unwrap();
        assert_eq!(desk.due(Timestamp(i64::MAX - 1), 9).unwrap(), []);
        assert!(desk.remove_rule("gone").unwrap());
        assert!(!desk.was_raised(rule, about).unwrap());
    }

    #[test]
    fn a_shadow_is_raised_and_goes_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("desk.sqlite")).unwrap();
        let rule = desk.add_rule("quiet", "{}", true, Timestamp(1)).unwrap();
        assert!(desk.raise(rule, ("a", "{}"), &[], Timestamp(3)).unwrap());
        assert_eq!(desk.due(Timestamp(3), 9).unwrap(), []);
        assert_eq!(desk.raised(rule, 9).unwrap().len(), 1);
    }

    #[test]
    fn quotes_are_forgotten_in_the_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        let rule = desk.add_rule("storm", "{}", false, Timestamp(1)).unwrap();
        for n in 0..200 {
            let alert = format!("{{\"id\":\"{n}\",\"quote\":\"quokkafield {n}\"}}");
            desk.raise(rule, (&n.to_string(), &alert), &places(), Timestamp(n)).unwrap();
        }
        desk.forget_quotes().unwrap();
        assert_eq!(desk.raised(rule, 1).unwrap()[0].alert, "{\"id\":\"199\"}");
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(11).any(|window| window == b"quokkafield");
            assert!(!holds, "{}", path.display());
        }
    }

    #[test]
    fn places_can_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("desk.sqlite")).unwrap();
        let rule = desk.add_rule("gone", "{}", false, Timestamp(1)).unwrap();
        for key in ["a", "b"] {
            desk.raise(rule, (key, "{}"), &places(), Timestamp(3)).unwrap();
        }
        let held = places();
        let left = desk.due_except(Timestamp(3), 9, &[held[0].as_str()]).unwrap();
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|delivery| delivery.place != held[0]));
        assert_eq!(desk.due(Timestamp(3), 9).unwrap().len(), 4);
    }

    #[test]
    fn a_book_of_the_first_version_keeps_its_watch_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        let mut desk = Desk::open(&path).unwrap();
        desk.add("telegram", "weatherdesk", Timestamp(1)).unwrap();
        // As the first version made it.
        desk.db
            .execute_batch("drop table delivery; drop table rejected; pragma user_version = 1")
            .unwrap();
        drop(desk);
        let mut desk = Desk::open(&path).unwrap();
        assert_eq!(desk.sources().unwrap().len(), 1);
        let rule = desk.add_rule("gone", "{}", false, Timestamp(1)).unwrap();
        assert!(desk.raise(rule, ("a", "{}"), &places(), Timestamp(3)).unwrap());
        assert_eq!(desk.due(Timestamp(3), 9).unwrap().len(), 2);
    }
}
