//! A network's days.

use std::collections::BTreeMap;

use marsad_types::{ChannelId, Timestamp};

use super::{Carried, DailyRow, Network, distinct};
use crate::study::Study;
use crate::surge::platform_name;

/// A row for each day and platform with a post.
pub(super) fn days(study: &Study<'_>, network: &Network) -> Vec<DailyRow> {
    let mut days: BTreeMap<(i64, u32), (u64, Vec<ChannelId>)> = BTreeMap::new();
    for post in &network.posts {
        let (posts, channels) = days.entry((Timestamp(post.at).day(), post.platform)).or_default();
        *posts += 1;
        channels.push(post.channel);
    }
    let mut rows = Vec::with_capacity(days.len());
    for ((day, platform), (posts, mut channels)) in days {
        channels.sort_unstable();
        channels.dedup();
        let (all, here) = distinct(between(&network.carried, day), platform);
        rows.push(DailyRow {
            network: network.name.clone(),
            day: Timestamp::day_name(day),
            platform: platform_name(study, platform),
            posts,
            channels_active: channels.len() as u64,
            statement_share: here as f64 / all.max(1) as f64,
        });
    }
    rows
}

fn between(carried: &[Carried], day: i64) -> &[Carried] {
    let start = carried.partition_point(|c| Timestamp(c.at).day() < day);
    let end = carried.partition_point(|c| Timestamp(c.at).day() <= day);
    carried.get(start..end).unwrap_or(&[])
}
