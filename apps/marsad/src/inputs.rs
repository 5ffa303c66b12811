//! The files that the paths of a command stand for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use marsad_interpret::Format;

use crate::failure::Failure;
use crate::source;

/// Inputs in the order they are read.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) paths: Vec<PathBuf>,
    /// Files in folders that are not inputs but an export's own pictures and documents.
    pub(crate) left_out: u64,
}

/// A folder is all its files, sorted, hidden ones left out.
pub(crate) fn inputs(paths: &[PathBuf]) -> Result<Inputs, Failure> {
    let mut inputs = Inputs::default();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.paths.push(path.clone());
            continue;
        }
        let kind =
            fs::metadata(path).with_context(|| format!("cannot read '{}'", path.display()))?;
        if !kind.is_dir() {
            inputs.paths.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        walk(path, &mut found)?;
        if found.is_empty() {
            return Err(Failure::failed(format!("the folder '{}' holds no files", path.display())));
        }
        let all = found.len();
        let kept = without_attachments(found);
        inputs.left_out += (all - kept.len()) as u64;
        inputs.paths.extend(kept);
    }
    Ok(inputs)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read '{}'", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let is_hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link could leave the folder or go round in circles: it is not followed.
        let kind = fs::symlink_metadata(&path)
            .with_context(|| format!("cannot read '{}'", path.display()))?;
        if is_hidden || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Leaves out what belongs to an export whose posts name files: everything in folders below it, and
/// what is of no format beside it. Somebody posted those files; read as inputs they could claim
/// posts of anybody.
fn without_attachments(found: Vec<PathBuf>) -> Vec<PathBuf> {
    let formats: Vec<Option<Format>> = found.iter().map(|path| format_of(path)).collect();
    let exports: Vec<&Path> = found
        .iter()
        .zip(&formats)
        .filter(|(_, format)| format.is_some_and(Format::names_files))
        .filter_map(|(path, _)| path.parent())
        .collect();
    let is_input = |path: &Path, format: Option<Format>| {
        let Some(folder) = path.parent() else { return true };
        let is_below = exports.iter().any(|export| folder != *export && folder.starts_with(export));
        let is_beside = exports.contains(&folder);
        !is_below && (format.is_some() || !is_beside)
    };
    let kept: Vec<bool> =
        found.iter().zip(&formats).map(|(path, format)| is_input(path, *format)).collect();
    found.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(path, _)| path).collect()
}

/// What a file is by its beginning; what cannot be read is said when it is imported.
fn format_of(path: &Path) -> Option<Format> {
    let mut source = source::open(path).ok()?;
    let head = source.head().ok()?;
    marsad_interpret::recognise(&source.name, &head)
}
