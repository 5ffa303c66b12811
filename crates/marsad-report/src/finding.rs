//! Reads the contract's finding documents without trusting them: a field may be missing or odd.

use marsad_types::Timestamp;
use serde_json::Value;

use crate::ReportInput;

/// What a measure answered, or that it was not asked.
#[derive(Clone, Copy)]
pub(crate) struct Finding<'a>(Option<&'a Value>);

/// A row of it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a>(pub(crate) &'a Value);

impl<'a> Finding<'a> {
    pub(crate) fn of(input: &'a ReportInput, key: &str) -> Self {
        Self(input.findings.get(key).filter(|value| value.is_object()))
    }

    /// A document by itself.
    pub(crate) fn of_value(value: &'a Value) -> Self {
        Self(Some(value).filter(|value| value.is_object()))
    }

    pub(crate) fn is_missing(self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn rows(self) -> impl Iterator<Item = Row<'a>> + Clone {
        self.list("rows").iter().map(Row)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.list("rows").is_empty()
    }

    pub(crate) fn notes(self) -> impl Iterator<Item = &'a str> {
        self.list("notes").iter().filter_map(Value::as_str)
    }

    pub(crate) fn field(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// The document read as one row, for fields outside of `rows`.
    pub(crate) fn part(self, name: &str) -> Option<Row<'a>> {
        self.field(name).map(Row)
    }

    fn list(self, name: &str) -> &'a [Value] {
        self.field(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Row<'a> {
    /// A text; empty where there is none.
    pub(crate) fn text(self, name: &str) -> &'a str {
        self.0.get(name).and_then(Value::as_str).unwrap_or("")
    }

    pub(crate) fn number(self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64).filter(|number| number.is_finite())
    }

    /// A number that counts; 0 where there is none.
    pub(crate) fn count(self, name: &str) -> u64 {
        self.number(name).map_or(0, |number| number.max(0.0).round() as u64)
    }

    /// An interval.
    pub(crate) fn range(self, name: &str) -> Option<(f64, f64)> {
        let ends = self.0.get(name)?.as_array()?;
        let end = |nth: usize| ends.get(nth)?.as_f64().filter(|end| end.is_finite());
        Some((end(0)?, end(1)?))
    }

    pub(crate) fn time(self, name: &str) -> Option<Timestamp> {
        self.text(name).parse().ok()
    }

    pub(crate) fn list(self, name: &str) -> &'a [Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Texts of a list.
    pub(crate) fn texts(self, name: &str) -> Vec<&'a str> {
        self.list(name).iter().filter_map(Value::as_str).collect()
    }

    /// Rows of a list.
    pub(crate) fn rows(self, name: &str) -> impl Iterator<Item = Row<'a>> + Clone {
        self.list(name).iter().map(Row)
    }
}

/// Platform of a key `platform:…`.
pub(crate) fn platform_of(key: &str) -> &str {
    key.split_once(':').map_or("", |(platform, _)| platform)
}

/// Channel key of a post key.
pub(crate) fn channel_of(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(channel, _)| channel)
}
