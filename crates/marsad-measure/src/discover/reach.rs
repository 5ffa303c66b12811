//! How much of what is there two roads have seen (Chapman's estimator).

use std::collections::BTreeMap;

use marsad_stats::normal_quantile;
use marsad_types::ChannelKey;
use serde::Serialize;

use super::references::{Candidate, ReasonKind};

/// With fewer found by both roads the estimator is biased (Robson and Regier 1964).
const BOTH_MIN: u64 = 7;

/// What stands beside the rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Reach {
    /// How many channels the seeds point to, seen and unseen.
    pub reach: ReachEstimate,
}

/// Channels that two roads lead to, before any limit.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ReachEstimate {
    /// By forwards.
    pub by_forwards: u64,
    /// By links, descriptions and mentions.
    pub by_links: u64,
    /// By both.
    pub by_both: u64,
    /// Chapman's N̂; `None` with fewer than seven found by both.
    pub estimated: Option<f64>,
    /// Its 95 % interval (normal), never below what was seen.
    pub estimated_ci95: Option<(f64, f64)>,
    /// Seen of estimated.
    pub share_seen: Option<f64>,
}

/// N̂ = (n₁+1)(n₂+1)/(m+1) − 1 with Seber's variance; a lower bound when the roads depend on each
/// other, as they do when both start from the same seeds.
pub(super) fn estimate(candidates: &BTreeMap<ChannelKey, Candidate>) -> Reach {
    let (mut by_forwards, mut by_links, mut by_both) = (0, 0, 0);
    for candidate in candidates.values() {
        let has = |wanted: &[ReasonKind]| candidate.latest.keys().any(|kind| wanted.contains(kind));
        let forwards = has(&[ReasonKind::Forward]);
        let links = has(&[ReasonKind::Link, ReasonKind::Description, ReasonKind::Mention]);
        by_forwards += u64::from(forwards);
        by_links += u64::from(links);
        by_both += u64::from(forwards && links);
    }
    Reach { reach: chapman(by_forwards, by_links, by_both) }
}

pub(super) fn chapman(by_forwards: u64, by_links: u64, by_both: u64) -> ReachEstimate {
    let counted = ReachEstimate { by_forwards, by_links, by_both, ..ReachEstimate::default() };
    if by_both < BOTH_MIN {
        return counted;
    }
    let (one, other, both) = (by_forwards as f64, by_links as f64, by_both as f64);
    let seen = one + other - both;
    let estimated = (one + 1.0) * (other + 1.0) / (both + 1.0) - 1.0;
    let variance = (one + 1.0) * (other + 1.0) * (one - both) * (other - both)
        / ((both + 1.0).powi(2) * (both + 2.0));
    let reach = normal_quantile(0.975) * variance.sqrt();
    ReachEstimate {
        estimated: Some(estimated),
        estimated_ci95: Some(((estimated - reach).max(seen), estimated + reach)),
        share_seen: Some((seen / estimated).min(1.0)),
        ..counted
    }
}
