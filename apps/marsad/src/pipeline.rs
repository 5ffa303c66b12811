//! The main path of an import: bytes to evidence, then their meaning to the lake.
//!
//! ```text
//! cut (thread)  ─►  prepare + read + fingerprint (all cores)  ─►  append, identify (in order)  ─►  file
//! ```
//!
//! Each step hands over a product; no step knows the next one. What is filed always lags behind
//! what is committed to the evidence log, never the other way round.

mod chunks;
pub(crate) mod erased;
pub(crate) mod exchange;
pub(crate) mod filing;
pub(crate) mod forget;
mod media;
mod recover;
mod summary;
pub(crate) mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use marsad_interpret::{Format, Manifest, Reduction, SetupError, WACZ_BYTES_MAX};
use marsad_types::{Platform, Timestamp};
use serde_json::{Value, json};

use self::filing::Filing;
pub(crate) use self::media::records_of_files;
pub(crate) use self::recover::{digest_of, rebuild, recover};
pub(crate) use self::summary::Summary;
use crate::archive::Archive;
use crate::audit::{Act, Action, Entry};
use crate::failure::Failure;
use crate::inputs::{Inputs, inputs};
use crate::source::{self, Source};

/// How files are to be imported.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) format: Option<Format>,
    pub(crate) platform: Option<Platform>,
    pub(crate) map: Vec<(String, String)>,
    pub(crate) map_format: Vec<(String, String)>,
    pub(crate) channel: Option<String>,
    pub(crate) stated_public: bool,
    pub(crate) groups: bool,
    pub(crate) observed_at: Option<String>,
    pub(crate) quiet: bool,
}

impl Request {
    /// What was typed, for the audit trail's digest.
    fn typed(&self) -> Value {
        json!({
            "paths": self.paths.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "format": self.format.map(Format::as_str),
            "platform": self.platform.as_ref().map(Platform::as_str),
            "map": self.map,
            "map_format": self.map_format,
            "channel": self.channel,
            "public": self.stated_public,
            "groups": self.groups,
            "observed_at": self.observed_at,
        })
    }
}

/// Imports all files of the request into the archive.
pub(crate) fn import(
    archive: &Archive,
    request: &Request,
    at: Timestamp,
) -> Result<Summary, Failure> {
    let Inputs { paths, left_out } = inputs(&request.paths)?;
    let mut filing = Filing::begin(archive)?;
    recover(archive, &mut filing)?;
    if left_out > 0 {
        filing.summary.notes.push(format!(
            "{left_out} files that belong to exports were not read as inputs of their own"
        ));
    }
    let before = filing.store.next_leaf();
    let mut imports = Vec::new();
    for path in paths {
        let mut source = source::open(&path)?;
        let (manifest, reduction) = set_up(&mut source, request)?;
        let (import, is_new) = filing.keep_manifest(&manifest, at)?;
        if let Some(reduction) = &reduction {
            filing.note_reduction(reduction, &import, is_new, at)?;
        }
        imports.push(import.clone());
        let (ended_early, name) = (Arc::clone(&source.ended_early), source.name.clone());
        chunks::import_file(&mut filing, source, &manifest, (import, at), request.quiet)?;
        note_early_end(&ended_early, &name, &mut filing.summary);
    }
    if filing.store.next_leaf() > before {
        // Importing the same thing twice adds nothing, and so there is nothing to tell.
        let act = Act { imports, ..Act::new(Action::Import, "import", &request.typed()) };
        filing.store.append(Entry::of(archive, &act)?.prepared())?;
    }
    filing.finish(at)
}

/// Reads all files of the request and says what would be understood. Writes nothing.
pub(crate) fn dry_run(request: &Request) -> Result<Summary, Failure> {
    let mut summary = Summary::default();
    for path in inputs(&request.paths)?.paths {
        let mut source = source::open(&path)?;
        let (manifest, _) = set_up(&mut source, request)?;
        let (ended_early, name) = (Arc::clone(&source.ended_early), source.name.clone());
        chunks::read_only(source, &manifest, &mut summary)?;
        note_early_end(&ended_early, &name, &mut summary);
    }
    Ok(summary)
}

fn note_early_end(ended_early: &AtomicBool, name: &str, summary: &mut Summary) {
    if ended_early.load(Ordering::Relaxed) {
        let note = format!("'{name}' is packed and breaks off; what could be unpacked was read");
        summary.notes.push(note);
    }
}

/// Whether the request fits its files, as far as their beginnings tell. Writes nothing.
pub(crate) fn check(request: &Request) -> Result<(), Failure> {
    for path in inputs(&request.paths)?.paths {
        // Standard input can be read once only: it is checked when it is imported.
        if path.as_os_str() == "-" {
            continue;
        }
        let mut source = source::open(&path)?;
        let (manifest, head) = stated(&mut source, request)?;
        if !marsad_interpret::needs_reduction(manifest.format, &head) {
            settle(&source, manifest, &head)?;
        }
    }
    Ok(())
}

/// The settings of an input, completed from its beginning. A file that mixes private chats with
/// public channels is reduced to its public part before anything is kept.
fn set_up(
    source: &mut Source,
    request: &Request,
) -> Result<(Manifest, Option<Reduction>), Failure> {
    let (manifest, head) = stated(source, request)?;
    if manifest.format == Format::Warc {
        source.forgive_early_end();
    }
    if !marsad_interpret::needs_reduction(manifest.format, &head) {
        return Ok((settle(source, manifest, &head)?, None));
    }
    let reduction = source.reduce(&manifest)?;
    let head = source.head()?;
    Ok((settle(source, manifest, &head)?, Some(reduction)))
}

/// What the user said about an input, and its beginning.
fn stated(source: &mut Source, request: &Request) -> Result<(Manifest, Vec<u8>), Failure> {
    let head = source.head()?;
    let recognised = || marsad_interpret::recognise(&source.name, &head);
    let Some(format) = request.format.or_else(recognised) else {
        return Err(unknown_format(source));
    };
    let mut manifest = Manifest::new(format);
    manifest.source.clone_from(&source.name);
    manifest.platform.clone_from(&request.platform);
    manifest.csv_map.clone_from(&request.map);
    manifest.time_formats.clone_from(&request.map_format);
    manifest.channel.clone_from(&request.channel);
    manifest.stated_public = request.stated_public;
    manifest.groups = request.groups;
    manifest.observed_at.clone_from(&request.observed_at);
    Ok((manifest, head))
}

fn settle(source: &Source, manifest: Manifest, head: &[u8]) -> Result<Manifest, Failure> {
    let is_long = source.total.is_some_and(|bytes| bytes > WACZ_BYTES_MAX);
    if manifest.format == Format::Wacz && is_long {
        return Err(Failure::failed(format!(
            "cannot read '{}': it is longer than 512 MiB; unpack it and import what lies in its folder 'archive'",
            source.path
        )));
    }
    marsad_interpret::prepare(manifest, head).map_err(|error| set_up_failure(source, &error))
}

fn unknown_format(source: &Source) -> Failure {
    let words: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
    Failure::failed(format!(
        "cannot read '{}': its format is not recognised; say it with --as, one of: {}",
        source.path,
        words.join(", ")
    ))
}

fn set_up_failure(source: &Source, error: &SetupError) -> Failure {
    let sentence = format!("cannot read '{}': {error}", source.path);
    if error.usage { Failure::Usage(sentence) } else { Failure::failed(sentence) }
}
