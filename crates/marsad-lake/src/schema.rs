//! The tables of the lake: their columns, and how they are cut into partitions.

use std::sync::Arc;

use delta_kernel::schema::{ArrayType, DataType, SchemaRef, StructField, StructType};

use crate::Error;

/// One table: its name and columns; `partitioned` tables are cut by platform and month.
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) partitioned: bool,
    columns: fn() -> Vec<StructField>,
    /// Columns whose least and greatest values are kept per file, for pruning.
    pub(crate) indexed: &'static str,
}

pub(crate) const POSTS: Layout = Layout {
    name: "posts",
    partitioned: true,
    columns: posts,
    indexed: "channel,published_at,version",
};
pub(crate) const FINGERPRINTS: Layout = Layout {
    name: "fingerprints",
    partitioned: true,
    columns: fingerprints,
    indexed: "channel,published_at",
};
pub(crate) const CHANNELS: Layout = Layout {
    name: "channels",
    partitioned: false,
    columns: channels,
    indexed: "platform,channel,observed_at",
};
pub(crate) const COVERAGE: Layout =
    Layout { name: "coverage", partitioned: false, columns: coverage, indexed: "platform,from,to" };
pub(crate) const TAKEN: Layout =
    Layout { name: "taken", partitioned: false, columns: taken, indexed: "platform,channel" };
pub(crate) const EVENTS: Layout =
    Layout { name: "events", partitioned: false, columns: events, indexed: "from,to" };
pub(crate) const PROBLEMS: Layout =
    Layout { name: "problems", partitioned: false, columns: problems, indexed: "evidence" };

pub(crate) const STATEMENTS: Layout = Layout {
    name: "statements",
    partitioned: false,
    columns: statements,
    indexed: "statement,platform,channel",
};

/// Names of all tables, in the order of the way of the data.
pub const TABLES: [&str; 8] =
    ["posts", "fingerprints", "channels", "coverage", "taken", "events", "problems", "statements"];

/// Partition columns of the partitioned tables.
pub(crate) const PARTITIONS: [&str; 2] = ["platform", "month"];

impl Layout {
    /// The table's schema as Delta keeps it.
    pub(crate) fn schema(&self) -> Result<SchemaRef, Error> {
        StructType::try_new((self.columns)()).map(Arc::new).map_err(Error::table(self.name))
    }
}

fn text(name: &str) -> StructField {
    StructField::nullable(name, DataType::STRING)
}

fn time(name: &str) -> StructField {
    StructField::nullable(name, DataType::TIMESTAMP)
}

fn long(name: &str) -> StructField {
    StructField::nullable(name, DataType::LONG)
}

fn int(name: &str) -> StructField {
    StructField::nullable(name, DataType::INTEGER)
}

/// One observed version of a post a row.
fn posts() -> Vec<StructField> {
    vec![
        text("platform"),
        text("month"),
        text("channel"),
        text("post"),
        int("version"),
        time("published_at"),
        int("published_resolution_ms"),
        time("observed_first"),
        time("observed_prev"),
        time("edited_at"),
        time("deleted_at"),
        text("text"),
        text("lang"),
        text("forward_platform"),
        text("forward_channel"),
        text("forward_post"),
        time("forward_at"),
        text("reply_to"),
        StructField::nullable("links", ArrayType::new(DataType::STRING, false)),
        // kind|sha256|pdq|quality, empty where unknown: flat, so that every reader understands it
        StructField::nullable("media", ArrayType::new(DataType::STRING, false)),
        long("views"),
        long("forwards"),
        text("author_pid"),
        text("object"),
        long("row"),
        long("evidence"),
        long("line"),
    ]
}

/// One post version's text fingerprint a row; the same rows in the same order as the file of
/// `posts` with the same path, so that the two are read side by side without a join.
fn fingerprints() -> Vec<StructField> {
    vec![
        text("platform"),
        text("month"),
        text("channel"),
        text("post"),
        int("version"),
        time("published_at"),
        int("fingerprint_version"),
        StructField::nullable("body", DataType::BINARY),
        StructField::nullable("signature", DataType::BINARY),
        int("tokens"),
        int("letters"),
        StructField::nullable("lines", ArrayType::new(DataType::INTEGER, false)),
        // four bytes each, little-endian: a list would take longer to read than the texts
        StructField::nullable("grams", DataType::BINARY),
    ]
}

/// One observation of a channel a row.
fn channels() -> Vec<StructField> {
    vec![
        text("platform"),
        text("channel"),
        text("handle"),
        text("title"),
        text("description"),
        time("created_at"),
        time("observed_at"),
        long("subscribers"),
        long("subscribers_min"),
        long("subscribers_max"),
        text("status"),
        text("status_cause"),
        long("evidence"),
        long("line"),
    ]
}

/// One stretch of watching a row.
fn coverage() -> Vec<StructField> {
    vec![
        text("platform"),
        text("channel"),
        time("from"),
        time("to"),
        long("poll_s"),
        text("outcome"),
        long("evidence"),
        long("line"),
    ]
}

/// One id without a post of its own a row.
fn taken() -> Vec<StructField> {
    vec![
        text("platform"),
        text("channel"),
        text("post"),
        text("by"),
        long("evidence"),
        long("line"),
    ]
}

/// One claimed intervention a row.
fn events() -> Vec<StructField> {
    vec![
        text("name"),
        text("platform"),
        time("from"),
        time("to"),
        text("source"),
        text("claim"),
        long("evidence"),
        long("line"),
    ]
}

/// One post's membership in a statement a row, as of the posts of `posts_version`.
fn statements() -> Vec<StructField> {
    vec![
        text("statement"),
        text("platform"),
        text("channel"),
        text("post"),
        text("relation"),
        StructField::nullable("similarity", DataType::DOUBLE),
        long("posts_version"),
    ]
}

/// One thing that was not understood a row.
fn problems() -> Vec<StructField> {
    vec![long("evidence"), text("source"), long("line"), text("reason")]
}
