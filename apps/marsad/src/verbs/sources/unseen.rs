//! What was not seen of a source, from what the archive holds of it.

use std::collections::BTreeMap;

use marsad_capture::Source;
use marsad_lake::Selection;
use marsad_measure::{RemovalsOptions, RemovalsRow, RemovalsSum, removal_rows, removal_sum};
use marsad_types::{ChannelKey, Names};
use serde_json::Value;

use crate::archive::Archive;
use crate::failure::Failure;
use crate::verbs::measure::marks;

/// Bounds of what is gone, by channel.
pub(super) struct Unseen {
    names: Names,
    rows: BTreeMap<String, Vec<RemovalsRow>>,
}

impl Unseen {
    /// Reads what the archive holds; nothing where there are no posts yet.
    pub(super) fn of(archive: &Archive) -> Result<Self, Failure> {
        let (corpus, _) = archive.lake()?.corpus(&Selection::default())?;
        let marks = marks(archive)?;
        let is_erased = |channel: &ChannelKey, id: &str| {
            marks.as_ref().is_some_and(|marks| marks.takes_id(channel, id))
        };
        let options = RemovalsOptions { is_erased: &is_erased };
        let mut rows: BTreeMap<String, Vec<RemovalsRow>> = BTreeMap::new();
        for row in removal_rows(&corpus, &|_| true, (i64::MIN, i64::MAX), options) {
            rows.entry(row.channel.clone()).or_default().push(row);
        }
        Ok(Self { names: Names::of(&corpus.observations), rows })
    }

    /// What is told of a source; `None` where nothing can be.
    pub(super) fn of_source(&self, source: &Source) -> Option<Value> {
        let named = ChannelKey::new(source.platform.clone(), &source.name);
        let rows = self.rows.get(&self.names.resolve(&named).to_string())?;
        let sum: RemovalsSum = removal_sum(rows);
        serde_json::to_value(sum).ok()
    }
}
