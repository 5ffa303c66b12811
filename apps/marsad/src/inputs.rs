//! The files that the paths of a command stand for.

use std::collections::BTreeSet;
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
/// what is of no format beside it. Somebody posted those files: read as inputs they could claim
/// posts of anybody. What lies below an export is not even opened.
fn without_attachments(found: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut shallow_first: Vec<&Path> = found.iter().map(PathBuf::as_path).collect();
    shallow_first.sort_by_key(|path| path.components().count());
    let mut exports: BTreeSet<&Path> = BTreeSet::new();
    let mut of_no_format: BTreeSet<&Path> = BTreeSet::new();
    let mut left_out: BTreeSet<PathBuf> = BTreeSet::new();
    for path in shallow_first {
        if path.ancestors().skip(2).any(|folder| exports.contains(folder)) {
            left_out.insert(path.to_owned());
            continue;
        }
        match (format_of(path), path.parent()) {
            (Some(format), Some(folder)) if format.names_files() => {
                exports.insert(folder);
            }
            (None, _) => {
                of_no_format.insert(path);
            }
            _ => {}
        }
    }
    let beside =
        of_no_format.iter().filter(|path| path.parent().is_some_and(|f| exports.contains(f)));
    left_out.extend(beside.map(|path| path.to_path_buf()));
    found.into_iter().filter(|path| !left_out.contains(path)).collect()
}

/// What a file is by its beginning; what cannot be read is said when it is imported.
fn format_of(path: &Path) -> Option<Format> {
    let mut source = source::open(path).ok()?;
    let head = source.head().ok()?;
    marsad_interpret::recognise(&source.name, &head)
}
