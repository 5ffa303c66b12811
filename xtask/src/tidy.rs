//! Checks of the tree itself.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A file of ours is one room.
const FILE_LINES_MAX: usize = 600;
const LIB_LINES_MAX: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Files of the repository with an extension, as git knows them.
fn files(extension: &str) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == extension))
        .map(|name| root().join(name))
        .filter(|path| path.is_file())
        .collect()
}

#[test]
fn dependencies_point_down() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let floors: BTreeMap<&str, u64> = packages
        .iter()
        .filter_map(|p| Some((p["name"].as_str()?, p["metadata"]["marsad"]["floor"].as_u64()?)))
        .collect();
    assert!(floors.len() >= 10, "manifests state their floor: {floors:?}");
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some(floor) = floors.get(name) else { continue };
        for dependency in package["dependencies"].as_array().unwrap() {
            let is_dev = dependency["kind"] == "dev";
            let dependency = dependency["name"].as_str().unwrap();
            if !is_dev && floors.get(dependency).is_some_and(|below| below >= floor) {
                wrong.push(format!("{name} (floor {floor}) must not depend on {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_lake_names_arrow_parquet_and_delta() {
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let heavy = dependency["name"].as_str().unwrap();
            let is_heavy = ["arrow", "parquet", "delta_kernel", "datafusion", "ballista"]
                .iter()
                .any(|prefix| heavy.starts_with(prefix));
            assert!(!is_heavy || name == "marsad-lake", "{name} must not name {heavy}");
        }
    }
}

#[test]
fn there_is_one_arrow_in_the_tree() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let count = lock.matches("name = \"arrow-array\"").count();
    assert_eq!(count, 1, "two versions of Arrow would be built and could not exchange batches");
}

#[test]
fn every_crate_is_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        assert!(map.contains(name), "ARCHITECTURE.md does not name {name}");
    }
}

#[test]
fn every_manifest_takes_the_lints() {
    for path in files("toml").iter().filter(|path| path.ends_with("Cargo.toml")) {
        let written = fs::read_to_string(path).unwrap();
        let is_member = written.contains("[package]") && !path.starts_with(root().join("fuzz"));
        assert!(!is_member || written.contains("[lints]\nworkspace = true"), "{}", path.display());
    }
}

#[test]
fn files_are_one_room_each() {
    for path in files("rs") {
        let written = fs::read_to_string(&path).unwrap();
        let code = written.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = code.lines().count();
        let max = if path.ends_with("lib.rs") { LIB_LINES_MAX } else { FILE_LINES_MAX };
        assert!(lines <= max, "{} has {lines} lines; at most {max}", path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    // Written in two pieces, so that this file does not find itself.
    let words = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    for path in files("rs") {
        let written = fs::read_to_string(&path).unwrap();
        for word in words {
            assert!(!written.contains(word), "{} contains {word}", path.display());
        }
    }
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut numbers: Vec<u32> = files("md")
        .iter()
        .filter(|path| path.parent().is_some_and(|folder| folder.ends_with("docs/decisions")))
        .filter_map(|path| path.file_name()?.to_str()?.split('-').next()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    let expected: Vec<u32> = (1..=numbers.len() as u32).collect();
    assert_eq!(numbers, expected);
}
