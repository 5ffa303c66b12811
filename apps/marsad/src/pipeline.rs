//! The main path of an import: bytes to evidence, then their meaning to the lake.
//!
//! ```text
//! cut (thread)  ─►  prepare + read + fingerprint (all cores)  ─►  append, identify (in order)  ─►  file
//! ```
//!
//! Each step hands over a product; no step knows the next one. What is filed always lags behind
//! what is committed to the evidence log, never the other way round.

mod chunks;
mod filing;
mod recover;
mod summary;
mod work;

use std::path::PathBuf;

use marsad_interpret::{Format, Manifest, SetupError};
use marsad_types::{Platform, Timestamp};

pub(crate) use self::recover::recover;
pub(crate) use self::summary::Summary;
use self::filing::Filing;
use crate::archive::Archive;
use crate::failure::Failure;
use crate::source::{self, Source};

/// How files are to be imported.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) format: Option<Format>,
    pub(crate) platform: Option<Platform>,
    pub(crate) map: Vec<(String, String)>,
    pub(crate) map_format: Vec<(String, String)>,
    pub(crate) quiet: bool,
}

/// Imports all files of the request into the archive.
pub(crate) fn import(archive: &Archive, request: &Request, at: Timestamp) -> Result<Summary, Failure> {
    let paths = source::files(&request.paths)?;
    let mut filing = Filing::begin(archive)?;
    recover(archive, &mut filing)?;
    for path in paths {
        let mut source = source::open(&path)?;
        let manifest = set_up(&mut source, request)?;
        chunks::import_file(&mut filing, source, &manifest, at, request.quiet)?;
    }
    filing.finish(at)
}

/// Reads all files of the request and says what would be understood. Writes nothing.
pub(crate) fn dry_run(request: &Request) -> Result<Summary, Failure> {
    let mut summary = Summary::default();
    for path in source::files(&request.paths)? {
        let mut source = source::open(&path)?;
        let manifest = set_up(&mut source, request)?;
        chunks::read_only(source, &manifest, &mut summary)?;
    }
    Ok(summary)
}

/// Recognises the format of an input and checks what the user said about it.
fn set_up(source: &mut Source, request: &Request) -> Result<Manifest, Failure> {
    let head = source.head()?;
    let format = match request.format.or_else(|| marsad_interpret::recognise(&source.name, &head)) {
        Some(format) => format,
        None => return Err(unknown_format(source)),
    };
    let mut manifest = Manifest::new(format);
    manifest.source.clone_from(&source.name);
    manifest.platform.clone_from(&request.platform);
    manifest.csv_map.clone_from(&request.map);
    manifest.time_formats.clone_from(&request.map_format);
    marsad_interpret::prepare(manifest, &head).map_err(|error| set_up_failure(source, &error))
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
