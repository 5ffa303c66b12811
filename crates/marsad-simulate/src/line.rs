//! marsad-ndjson, version 1, as it is written.

use std::io::{self, Write};

use marsad_types::Timestamp;
use serde::Serialize;

/// Seconds since 1970, the worlds' own unit.
pub(crate) type Seconds = i64;

pub(crate) const MINUTE: Seconds = 60;
pub(crate) const HOUR: Seconds = 3600;
pub(crate) const DAY: Seconds = 86_400;

/// RFC 3339 of an instant.
pub(crate) fn stamp(at: Seconds) -> String {
    Timestamp::from_seconds(at).to_string()
}

/// `2019-12-01` of an instant.
pub(crate) fn day_name(at: Seconds) -> String {
    Timestamp::day_name(Timestamp::from_seconds(at).day())
}

/// One line of the file.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Line<'a> {
    Post(PostLine<'a>),
    Channel(ChannelLine<'a>),
    Coverage(CoverageLine<'a>),
    Event(EventLine<'a>),
}

#[derive(Debug, Serialize)]
pub(crate) struct PostLine<'a> {
    pub(crate) platform: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) id: String,
    pub(crate) published_at: String,
    pub(crate) published_resolution_s: i64,
    pub(crate) observed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) observed_prev_at: Option<String>,
    pub(crate) text: &'a str,
    pub(crate) lang: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forward_of: Option<ForwardLine<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) links: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) views: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ForwardLine<'a> {
    pub(crate) platform: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) id: String,
    pub(crate) published_at: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ChannelLine<'a> {
    pub(crate) platform: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) handle: &'a str,
    pub(crate) title: &'a str,
    pub(crate) created_at: String,
    pub(crate) observed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subscribers: Option<u64>,
    pub(crate) status: &'a str,
    pub(crate) visibility: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct CoverageLine<'a> {
    pub(crate) platform: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<&'a str>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) poll_s: i64,
    pub(crate) outcome: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct EventLine<'a> {
    pub(crate) name: &'a str,
    pub(crate) platform: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) source: &'a str,
    pub(crate) claim: &'a str,
}

/// Writes one line.
pub(crate) fn write_line(out: &mut dyn Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
