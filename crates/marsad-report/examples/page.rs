//! Makes a page from finding documents on disk: `cargo run --example page -- input.json page.html`.
//!
//! The input has `title`, `made_at`, `archive`, `findings` (documents by name) and `lags` (`leader`,
//! `follower`, `lags_s`).

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};

use marsad_report::{ArchiveFacts, LagSeries, ReportInput, html};
use marsad_types::Timestamp;
use serde_json::Value;

const KEYS: [&str; 9] = [
    "statements",
    "primacy_platform",
    "primacy_channel",
    "surge",
    "audience",
    "networks",
    "migration",
    "migration_daily",
    "events",
];

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let usage = || Error::new(ErrorKind::InvalidInput, "usage: page input.json page.html");
    let (source, target) =
        (arguments.next().ok_or_else(usage)?, arguments.next().ok_or_else(usage)?);
    let document: Value = serde_json::from_slice(&std::fs::read(source)?)?;
    std::fs::write(target, html(&read(&document)))
}

fn read(document: &Value) -> ReportInput {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or("").to_owned();
    let archive = &document["archive"];
    let count = |name: &str| archive[name].as_u64().unwrap_or(0);
    let findings: BTreeMap<&'static str, Value> = KEYS
        .into_iter()
        .filter_map(|key| Some((key, document["findings"].get(key)?.clone())))
        .collect();
    let lags = |value: &Value| LagSeries {
        leader: text(value, "leader"),
        follower: text(value, "follower"),
        lags_s: value["lags_s"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect(),
    };
    ReportInput {
        title: text(document, "title"),
        made_at: text(document, "made_at").parse().unwrap_or(Timestamp(0)),
        archive: ArchiveFacts {
            name: text(archive, "name"),
            version: count("version"),
            log_size: count("log_size"),
            root: text(archive, "root"),
            posts: count("posts"),
            channels: count("channels"),
            problems: count("problems"),
            files: count("files"),
        },
        findings,
        lags: document["lags"].as_array().into_iter().flatten().map(lags).collect(),
        comparisons: Vec::new(),
    }
}
