//! `measure audience`: subscribers as they were seen, channel by channel.

use marsad_types::Timestamp;
use serde::Serialize;

use crate::finding::{Finding, Method, Nothing, Wording, written};
use crate::scope::{Scope, Selected};
use crate::study::Study;

const METHOD: Method = Method {
    measure: "audience",
    text: "Subscriber numbers as the platform showed them at the time of each look. Never summed: the \
        same person may follow many channels of a network, and numbers can be bought.",
};

/// One look at a channel's subscribers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceRow {
    /// The channel.
    pub channel: String,
    /// Its name at that time, where known.
    pub handle: Option<String>,
    /// When we looked.
    #[serde(serialize_with = "written")]
    pub at: Timestamp,
    /// As shown, where exact.
    pub subscribers: Option<u64>,
    /// Lower end, where the platform rounds.
    pub subscribers_min: Option<u64>,
    /// Upper end, where the platform rounds.
    pub subscribers_max: Option<u64>,
    /// A direct record.
    pub wording: Wording,
}

/// All observations of subscribers in scope, by channel and time.
pub fn audience(study: &Study<'_>, scope: &Scope) -> Finding<AudienceRow> {
    let selected = Selected::new(study, scope);
    let corpus = study.corpus();
    let mut rows: Vec<AudienceRow> = corpus
        .observations
        .iter()
        .filter(|seen| corpus.channels.find(&seen.key).is_some_and(|id| selected.channel(id)))
        .filter(|seen| selected.time(seen.observed_at.0))
        .filter(|seen| seen.subscribers.or(seen.subscribers_min).or(seen.subscribers_max).is_some())
        .map(|seen| AudienceRow {
            channel: seen.key.to_string(),
            handle: seen.handle.clone(),
            at: seen.observed_at,
            subscribers: seen.subscribers,
            subscribers_min: seen.subscribers_min,
            subscribers_max: seen.subscribers_max,
            wording: Wording::Observed,
        })
        .collect();
    rows.sort_by(|a, b| (&a.channel, a.at, a.subscribers).cmp(&(&b.channel, b.at, b.subscribers)));
    rows.dedup();
    rows.truncate(selected.limit());
    Finding::of(study, &selected, METHOD, (rows, Nothing {}))
        .noting("subscribers of different channels are never added up: their readers overlap")
}
