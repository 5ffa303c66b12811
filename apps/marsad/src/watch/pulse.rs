//! How the watch goes right now: for the person before the terminal, and for Prometheus.

use marsad_capture::Turn;
use marsad_types::Timestamp;

use super::Watch;
use super::hook::{Counts, Hooked};

/// A moment of the watch.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Pulse {
    pub(crate) sources: u64,
    pub(crate) active: u64,
    pub(crate) requests: u64,
    pub(crate) posts: u64,
    pub(crate) versions: u64,
    pub(crate) deleted: u64,
    pub(crate) problems: u64,
    pub(crate) failed: u64,
    pub(crate) status_changes: u64,
    pub(crate) waited_ms: i64,
    /// How long the look that is due longest has been waiting.
    pub(crate) lag_ms: i64,
    /// Visits planned: new posts, checks, second looks, old posts.
    pub(crate) planned: [u64; 4],
    /// Hosts that are not asked now, and for how many milliseconds more.
    pub(crate) waiting: Vec<(String, i64)>,
    /// Hosts that failed so often that they get one try in five minutes.
    pub(crate) broken: u64,
    /// Records in the log.
    pub(crate) records: u64,
    /// Frames of streams that were kept.
    pub(crate) frames: u64,
    /// Streams by their names, and whether news come by them now.
    pub(crate) streams: Vec<(String, bool)>,
    /// What became of deliveries, where there is a web hook.
    pub(crate) hook: Option<Counts>,
}

const TURNS: [(Turn, &str); 4] = [
    (Turn::Follow, "follow"),
    (Turn::Check, "check"),
    (Turn::Recheck, "recheck"),
    (Turn::Backfill, "backfill"),
];

impl Watch {
    /// How it goes now.
    pub(crate) fn pulse(&self, now: Timestamp) -> Pulse {
        let summary = &self.filing.summary;
        Pulse {
            sources: self.report.sources,
            active: self.active.len() as u64,
            requests: self.report.requests,
            posts: summary.posts_added,
            versions: summary.versions_added,
            deleted: summary.deleted,
            problems: self.report.problems + summary.problems,
            failed: self.report.failed,
            status_changes: self.report.status_changes,
            waited_ms: self.budget.waited_ms(),
            lag_ms: self.schedule.lag_ms(Turn::Follow, now.0),
            planned: TURNS.map(|(turn, _)| self.schedule.planned(turn) as u64),
            waiting: self
                .budget
                .waiting(now.0)
                .map(|(lane, until)| (lane.to_owned(), until - now.0))
                .collect(),
            broken: self.budget.broken().count() as u64,
            records: self.filing.store.next_leaf(),
            frames: self.report.frames,
            streams: self.streams(),
            hook: self.hooked.as_ref().map(Hooked::counts),
        }
    }
}

impl Pulse {
    /// One line for a terminal; `before` is the pulse so many seconds ago.
    pub(crate) fn line(&self, before: &Self, seconds: f64) -> String {
        let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds.max(0.1);
        let line = format!(
            "{} sources, {} visits under way, {:.1} requests/s, {} posts ({:.1}/s), oldest look waits {} s",
            self.sources,
            self.active,
            rate(self.requests, before.requests),
            self.posts,
            rate(self.posts, before.posts),
            self.lag_ms / 1000
        );
        let mut parts = vec![line];
        if let Some((host, ms)) = self.waiting.first() {
            let more = self.waiting.len() - 1;
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            parts.push(format!("{host} waits {} s{others}", (ms + 999) / 1000));
        }
        let live = self.streams.iter().filter(|(_, is_live)| *is_live).count();
        match self.streams.len() {
            0 => {}
            all if all == live => parts.push(format!("{live} streams live")),
            all => parts.push(format!("{live} of {all} streams live")),
        }
        if self.failed > 0 {
            parts.push(format!("{} looks failed", self.failed));
        }
        parts.join("; ")
    }

    /// Prometheus' text format, version 0.0.4.
    pub(crate) fn metrics(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut put = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            lines.push(format!("# HELP marsad_{name} {help}"));
            lines.push(format!("# TYPE marsad_{name} {kind}"));
            lines.extend(
                values.iter().map(|(labels, value)| format!("marsad_{name}{labels} {value}")),
            );
        };
        let one = |value: f64| vec![(String::new(), value)];
        let count = |value: u64| one(value as f64);
        put("sources", "gauge", "Sources that are watched.", &count(self.sources));
        put("visits", "gauge", "Visits under way.", &count(self.active));
        put("requests_total", "counter", "Requests sent.", &count(self.requests));
        put("posts_total", "counter", "Posts added.", &count(self.posts));
        put("versions_total", "counter", "New versions of posts.", &count(self.versions));
        put("deleted_total", "counter", "Posts found gone.", &count(self.deleted));
        put(
            "problems_total",
            "counter",
            "What was not understood, and looks that failed.",
            &count(self.problems),
        );
        put("failed_looks_total", "counter", "Looks that saw nothing.", &count(self.failed));
        put(
            "status_changes_total",
            "counter",
            "Channels that became something else.",
            &count(self.status_changes),
        );
        put(
            "waited_seconds_total",
            "counter",
            "Seconds that platforms asked us to wait.",
            &one(self.waited_ms as f64 / 1000.0),
        );
        put(
            "lag_seconds",
            "gauge",
            "How long the look that is due longest has been waiting.",
            &one(self.lag_ms as f64 / 1000.0),
        );
        let planned: Vec<(String, f64)> = TURNS
            .iter()
            .zip(self.planned)
            .map(|((_, word), planned)| (format!("{{kind=\"{word}\"}}"), planned as f64))
            .collect();
        put("visits_planned", "gauge", "Visits planned.", &planned);
        let label = |host: &str| format!("{{host=\"{}\"}}", host.replace(['"', '\\', '\n'], "_"));
        let waiting: Vec<(String, f64)> =
            self.waiting.iter().map(|(host, ms)| (label(host), *ms as f64 / 1000.0)).collect();
        put("host_wait_seconds", "gauge", "How long a host is not asked.", &waiting);
        put("hosts_broken", "gauge", "Hosts that keep failing.", &count(self.broken));
        let label =
            |stream: &str| format!("{{stream=\"{}\"}}", stream.replace(['"', '\\', '\n'], "_"));
        let streams: Vec<(String, f64)> = self
            .streams
            .iter()
            .map(|(stream, is_live)| (label(stream), f64::from(u8::from(*is_live))))
            .collect();
        put("stream_live", "gauge", "Whether news come by a stream (1) or not (0).", &streams);
        put("stream_frames_total", "counter", "Frames of streams kept.", &count(self.frames));
        if let Some(counts) = self.hook {
            let became = counts
                .named()
                .map(|(word, count)| (format!("{{became=\"{word}\"}}"), count as f64));
            put("hook_requests_total", "counter", "Deliveries to the web hook.", &became);
        }
        put("evidence_records", "gauge", "Records in the evidence log.", &count(self.records));
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_prometheus_text_and_a_host_cannot_break_it() {
        let pulse =
            Pulse { posts: 473, waiting: vec![("a\"}\nb".to_owned(), 1500)], ..Pulse::default() };
        let text = pulse.metrics();
        assert!(text.contains("# TYPE marsad_posts_total counter\nmarsad_posts_total 473\n"));
        assert!(text.contains("marsad_host_wait_seconds{host=\"a_}_b\"} 1.5\n"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("marsad_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
