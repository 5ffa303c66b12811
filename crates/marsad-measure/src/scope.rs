//! What a measure is asked to look at.

use hashbrown::HashSet;
use marsad_types::{ChannelId, ChannelKey, Platform, Timestamp};
use serde_json::{Map, Value, json};

use crate::finding::Extent;
use crate::study::Study;

/// Start included, end excluded; open where `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// First instant.
    pub since: Option<Timestamp>,
    /// First instant after.
    pub until: Option<Timestamp>,
}

/// The options that all measures share. Statements are selected by their first appearance in the
/// archive, posts by their publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of time.
    pub window: Window,
    /// Only these; all when empty.
    pub platforms: Vec<Platform>,
    /// Only these; all when empty.
    pub channels: Vec<ChannelKey>,
    /// Only channels of this network.
    pub network: Option<Vec<ChannelKey>>,
    /// What rows call that network; its id when `None`.
    pub network_name: Option<String>,
    /// Rows at most.
    pub limit: Option<usize>,
}

/// A scope made quick to ask.
pub(crate) struct Selected<'a> {
    scope: &'a Scope,
    channels: Vec<bool>,
    extent: Extent,
    from: i64,
    to: i64,
    unknown: Vec<String>,
}

impl<'a> Selected<'a> {
    pub(crate) fn new(study: &Study<'_>, scope: &'a Scope) -> Self {
        let keys = study.corpus().channels.keys();
        let named: HashSet<&ChannelKey> = scope.channels.iter().collect();
        let network: Option<HashSet<&ChannelKey>> =
            scope.network.as_ref().map(|members| members.iter().collect());
        let wanted = |key: &ChannelKey| {
            (scope.platforms.is_empty() || scope.platforms.contains(&key.platform))
                && (named.is_empty() || named.contains(key))
                && network.as_ref().is_none_or(|members| members.contains(key))
        };
        let asked = scope.channels.iter().chain(scope.network.iter().flatten());
        let unknown = asked
            .filter(|key| study.corpus().channels.find(key).is_none())
            .map(ToString::to_string)
            .collect();
        let (first, end) = study.extent();
        let extent = Extent { from: scope.window.since.or(first), to: scope.window.until.or(end) };
        Self {
            scope,
            channels: keys.iter().map(wanted).collect(),
            extent,
            from: scope.window.since.map_or(i64::MIN, |t| t.0),
            to: scope.window.until.map_or(i64::MAX, |t| t.0),
            unknown,
        }
    }

    pub(crate) fn scope(&self) -> &Scope {
        self.scope
    }

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    pub(crate) fn channel(&self, id: ChannelId) -> bool {
        self.channels.get(id as usize).copied().unwrap_or(false)
    }

    pub(crate) fn time(&self, at: i64) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether a row of the posts counts.
    pub(crate) fn post(&self, study: &Study<'_>, row: u32) -> bool {
        self.channel(study.channel(row)) && self.time(study.time(row))
    }

    pub(crate) fn limit(&self) -> usize {
        self.scope.limit.unwrap_or(usize::MAX)
    }

    pub(crate) fn parameters(&self) -> Map<String, Value> {
        let scope = self.scope;
        let mut parameters = Map::new();
        let mut add = |name: &str, value: Value| parameters.insert(name.to_owned(), value);
        add("since", json!(scope.window.since.map(|t| t.to_string())));
        add("until", json!(scope.window.until.map(|t| t.to_string())));
        add("platforms", json!(scope.platforms.iter().map(Platform::as_str).collect::<Vec<_>>()));
        let names: Vec<String> = scope.channels.iter().map(ToString::to_string).collect();
        add("channels", json!(names));
        let network = scope.network.as_deref().map(|members| self.network_name(members));
        add("network", json!(network));
        add("limit", json!(scope.limit));
        parameters
    }

    /// What rows call the network that was asked for.
    pub(crate) fn network_name(&self, members: &[ChannelKey]) -> String {
        self.scope.network_name.clone().unwrap_or_else(|| crate::study::network_id(members))
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        if self.unknown.is_empty() {
            return Vec::new();
        }
        vec![format!("not in the archive: {}", self.unknown.join(", "))]
    }
}
