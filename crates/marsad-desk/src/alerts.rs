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
    /// The rule's number.
    pub rule: u64,
    /// What it is about; with the rule it is one alert.
    pub key: String,
    /// When it was raised.
    pub at: Timestamp,
    /// What it says: the app's own JSON.
    pub alert: String,
    /// How often it was tried to deliver.
    pub tries: u32,
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

    /// Notes an alert before it is sent; false when this rule raised it before.
    pub fn raise(
        &mut self,
        rule: u64,
        key: &str,
        alert: &str,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let raised = self
            .db
            .execute(
                "insert into sent (rule, key, at_ms, alert) values (?1, ?2, ?3, ?4) on conflict do nothing",
                params![rule.cast_signed(), key, at.0, alert],
            )
            .map_err(self.wrong())?;
        Ok(raised == 1)
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

    /// Notes that an alert arrived.
    pub fn delivered(&mut self, rule: u64, key: &str, at: Timestamp) -> Result<(), Error> {
        self.change(
            "update sent set delivered_ms = ?3, failure = null where rule = ?1 and key = ?2",
            params![rule.cast_signed(), key, at.0],
        )
    }

    /// Notes that an alert could not be delivered, to be tried again.
    pub fn not_delivered(&mut self, rule: u64, key: &str, why: &str) -> Result<(), Error> {
        self.change(
            "update sent set tries = tries + 1, failure = ?3 where rule = ?1 and key = ?2",
            params![rule.cast_signed(), key, why],
        )
    }

    /// Alerts that were raised and did not arrive yet, the oldest first.
    pub fn undelivered(&self) -> Result<Vec<Sent>, Error> {
        let ask = "select rule, key, at_ms, alert, tries from sent where delivered_ms is null order by at_ms, rule, key";
        let mut select = self.db.prepare(ask).map_err(self.wrong())?;
        let rows = select
            .query_map([], |row| {
                Ok(Sent {
                    rule: row.get::<_, i64>(0)?.cast_unsigned(),
                    key: row.get(1)?,
                    at: Timestamp(row.get(2)?),
                    alert: row.get(3)?,
                    tries: row.get(4)?,
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
    fn no_alert_is_raised_twice_and_what_did_not_arrive_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("desk.sqlite")).unwrap();
        let rule = desk.add_rule("gone", "{}", false, Timestamp(1)).unwrap();
        assert_eq!(desk.add_rule("gone", "{\"a\":1}", false, Timestamp(2)).unwrap(), rule);
        assert!(desk.raise(rule, "telegram:weatherdesk", "{}", Timestamp(3)).unwrap());
        assert!(!desk.raise(rule, "telegram:weatherdesk", "{}", Timestamp(4)).unwrap());
        desk.not_delivered(rule, "telegram:weatherdesk", "no answer").unwrap();
        assert_eq!(desk.undelivered().unwrap().first().map(|sent| sent.tries), Some(1));
        desk.delivered(rule, "telegram:weatherdesk", Timestamp(5)).unwrap();
        assert_eq!(desk.undelivered().unwrap(), []);
        assert!(desk.remove_rule("gone").unwrap());
        assert!(!desk.was_raised(rule, "telegram:weatherdesk").unwrap());
    }
}
