//! The tables, by version.

use rusqlite::Connection;

const VERSION: i64 = 3;

const TABLES: &str = "
    create table source (
        id integer primary key,
        platform text not null,
        name text not null,
        added_ms integer not null,
        state text not null default 'watched',
        why text,
        is_canary integer not null default 0,
        status text,
        cause text,
        status_ms integer,
        looked_ms integer,
        saw_ms integer,
        failures integer not null default 0,
        failure text,
        memory text not null default '{}',
        unique (platform, name)
    ) strict;
    create table rule (
        id integer primary key,
        name text not null unique,
        definition text not null,
        is_shadow integer not null default 0,
        added_ms integer not null
    ) strict;
";

/// Alerts and their deliveries. Version 1 had one delivery an alert and nothing that raised any, so
/// there is nothing to take over.
const ALERTS: &str = "
    drop table if exists sent;
    create table sent (
        rule integer not null references rule (id) on delete cascade,
        key text not null,
        at_ms integer not null,
        alert text not null,
        primary key (rule, key)
    ) strict;
    create table delivery (
        rule integer not null,
        key text not null,
        place text not null,
        due_ms integer not null,
        tries integer not null default 0,
        delivered_ms integer,
        failure text,
        primary key (rule, key, place),
        foreign key (rule, key) references sent (rule, key) on delete cascade
    ) strict;
    create index waiting on delivery (due_ms) where delivered_ms is null;
";

/// Channels that were offered and declined.
const REJECTED: &str = "
    create table rejected (
        platform text not null,
        name text not null,
        at_ms integer not null,
        reason text not null,
        primary key (platform, name)
    ) strict;
";

/// Until when a platform asked not to be asked.
const WAITS: &str = "
    create table if not exists wait (
        lane text primary key,
        until_ms integer not null
    ) strict;
";

pub(crate) enum Refused {
    Sqlite(rusqlite::Error),
    Newer(i64),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(crate) fn prepare(db: &mut Connection) -> Result<(), Refused> {
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.pragma_update(None, "journal_mode", "wal")?;
    // After a power cut the last changes may be missing: then something is read twice, and known.
    db.pragma_update(None, "synchronous", "normal")?;
    db.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: an alert may quote a post that is to be forgotten.
    db.pragma_update(None, "secure_delete", true)?;
    let make = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = make.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > VERSION {
        return Err(Refused::Newer(version));
    }
    if version < 1 {
        make.execute_batch(TABLES)?;
    }
    if version < 2 {
        make.execute_batch(ALERTS)?;
    }
    if version < 3 {
        make.execute_batch(REJECTED)?;
    }
    // A book without it loses nothing: it is made where it is not, in every version.
    make.execute_batch(WAITS)?;
    make.pragma_update(None, "user_version", VERSION)?;
    make.commit()?;
    Ok(())
}
