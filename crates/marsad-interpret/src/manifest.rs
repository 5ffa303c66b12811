//! The settings of one import, kept beside its chunks so that it can be read again.

use std::collections::BTreeMap;

use marsad_types::Platform;
use serde::{Deserialize, Serialize};

use crate::Format;

/// Everything that [`crate::read`] needs beside the bytes of a chunk.
///
/// Holds no time and no path, so that equal files imported with equal settings have equal
/// manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// How the bytes are read.
    pub format: Format,
    /// Name of the file without its folder; empty when unknown.
    pub source: String,
    /// What `--platform` said.
    pub platform: Option<Platform>,
    /// What `--map` said: (field, column).
    pub csv_map: Vec<(String, String)>,
    /// What `--map-format` said: (field, strftime pattern).
    pub time_formats: Vec<(String, String)>,
    /// Header record of a table as it stands in the file, without byte order mark and line ending.
    pub header: Option<Vec<u8>>,
    /// Delimiter of a table.
    pub delimiter: u8,
    /// Whether public groups are read beside public channels (`telegram-desktop`).
    pub groups: bool,
    /// The operator's word that a source which cannot show it is public (`discord`, `matrix`).
    pub stated_public: bool,
    /// The channel of a source that does not name its own (`rocketchat`).
    pub channel: Option<String>,
    /// RFC 3339 time at which the source was taken, for sources that do not say it themselves.
    pub observed_at: Option<String>,
}

/// A manifest that cannot be read back: written by a newer version, or spoilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError(pub String);

impl std::fmt::Display for ManifestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the settings of an import cannot be read: {}", self.0)
    }
}

impl std::error::Error for ManifestError {}

/// Version of the written form.
const VERSION: u32 = 1;

/// The written form. Maps are sorted, absent settings are left out.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    format: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    map: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    map_format: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delimiter: Option<char>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    groups: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    stated_public: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    observed_at: Option<String>,
}

/// A header is text, but its bytes must come back exactly even where it is not UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Header {
    Text(String),
    Bytes(Vec<u8>),
}

impl Manifest {
    /// Settings of a format where the operator said nothing else.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            source: String::new(),
            platform: None,
            csv_map: Vec::new(),
            time_formats: Vec::new(),
            header: None,
            delimiter: b',',
            groups: false,
            stated_public: false,
            channel: None,
            observed_at: None,
        }
    }

    /// One line of JSON; equal settings give equal text, whatever order they were given in.
    pub fn to_json(&self) -> String {
        let header = self.header.as_ref().map(|bytes| match std::str::from_utf8(bytes) {
            Ok(text) => Header::Text(text.to_owned()),
            Err(_) => Header::Bytes(bytes.clone()),
        });
        let written = Written {
            version: VERSION,
            format: self.format.as_str().to_owned(),
            source: self.source.clone(),
            platform: self.platform.as_ref().map(|name| name.as_str().to_owned()),
            map: self.csv_map.iter().cloned().collect(),
            map_format: self.time_formats.iter().cloned().collect(),
            header,
            delimiter: (self.delimiter != b',').then_some(char::from(self.delimiter)),
            groups: self.groups,
            stated_public: self.stated_public,
            channel: self.channel.clone(),
            observed_at: self.observed_at.clone(),
        };
        // Only maps with keys that are no strings can fail here, and there are none.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads what [`Manifest::to_json`] wrote.
    ///
    /// # Errors
    /// [`ManifestError`] names what is wrong: another version, an unknown format, no JSON.
    pub fn from_json(written: &str) -> Result<Self, ManifestError> {
        let written: Written =
            serde_json::from_str(written).map_err(|error| ManifestError(error.to_string()))?;
        if written.version != VERSION {
            let found = written.version;
            return Err(ManifestError(format!("version is {found}, expected {VERSION}")));
        }
        let format = Format::parse(&written.format)
            .ok_or_else(|| ManifestError(format!("format '{}' is not known", written.format)))?;
        let platform = written.platform.map(|name| Platform::new(&name)).transpose();
        Ok(Self {
            format,
            source: written.source,
            platform: platform.map_err(|error| ManifestError(error.to_string()))?,
            csv_map: written.map.into_iter().collect(),
            time_formats: written.map_format.into_iter().collect(),
            header: written.header.map(|header| match header {
                Header::Text(text) => text.into_bytes(),
                Header::Bytes(bytes) => bytes,
            }),
            delimiter: written.delimiter.map_or(b',', |c| u8::try_from(c).unwrap_or(b',')),
            groups: written.groups,
            stated_public: written.stated_public,
            channel: written.channel,
            observed_at: written.observed_at,
        })
    }

    /// The platform that was said, else the format's own.
    pub(crate) fn platform_or_default(&self) -> Option<Platform> {
        let default = || self.format.default_platform().and_then(|name| Platform::new(name).ok());
        self.platform.clone().or_else(default)
    }

    /// The column that a field is read from.
    pub(crate) fn column(&self, field: &str) -> Option<&str> {
        self.csv_map.iter().find(|(name, _)| name == field).map(|(_, column)| column.as_str())
    }

    /// The pattern of a time field.
    pub(crate) fn time_format(&self, field: &str) -> Option<&str> {
        self.time_formats
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, pattern)| pattern.as_str())
    }
}
