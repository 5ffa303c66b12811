//! `marsad evidence stamp` and `cosign`: what others say of a head of the log is kept in the log.
//!
//! Nothing here dials out: a request is written to a file, and so is the command that sends it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use marsad_evidence::stamp::{REPLY_BYTES_MAX, Token, request};
use marsad_evidence::{
    Attested, COSIGNED_TYPE, Checkpoint, NewRecord, Reader, STAMP_TYPE, Witness,
    attestation_record, head_text, prepare,
};
use marsad_types::Timestamp;
use serde_json::{Value, json};

use crate::archive::{Archive, write_synced};
use crate::audit;
use crate::cli::{Context, CosignOptions, StampOptions};
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{clock, output};

/// An authority's clock that is further away than this from ours is worth a word.
const CLOCKS_APART_MS: i64 = 5 * 60 * 1000;

/// Requests and answers lie here until the answers are in the log.
fn folder(archive: &Archive) -> PathBuf {
    archive.root().join("stamps")
}

pub(super) fn stamp(context: &Context, options: &StampOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let settings = Settings::of(archive.root())?;
    if settings.authority.is_empty() {
        return Err(Failure::usage(
            "marsad.toml names no authority; write [[authority]] with name = \"desk\" and url = \"http://…\"",
        ));
    }
    match &options.reply {
        None => ask(context, &archive, &settings),
        Some(path) => keep(context, &archive, &settings, (path, options.authority.as_deref())),
    }
}

/// Writes the request for the head as it is now, and what to do with it.
fn ask(context: &Context, archive: &Archive, settings: &Settings) -> Result<ExitCode, Failure> {
    let reader = archive.reader()?;
    let head = reader.head();
    let text = head_text(&reader.checkpoint().origin, &head);
    let folder = folder(archive);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make '{}'", folder.display()))?;
    let path = folder.join(format!("{}.tsq", head.size));
    if !path.try_exists().unwrap_or(false) {
        let mut nonce = [0u8; 8];
        getrandom::fill(&mut nonce).context("the system gives no random numbers")?;
        write_synced(&folder.join(format!("{}.head.txt", head.size)), text.as_bytes())?;
        write_synced(&path, &request(text.as_bytes(), nonce))?;
    }
    let mut commands = Vec::new();
    for authority in &settings.authority {
        check_name(&authority.name)?;
        let reply = folder.join(format!("{}.{}.tsr", head.size, authority.name));
        commands.push(json!({
            "authority": authority.name,
            "send": format!(
                "curl -sS -H 'Content-Type: application/timestamp-query' --data-binary @{} -o {} {}",
                path.display(), reply.display(), authority.url
            ),
            "keep": format!(
                "marsad --archive {} evidence stamp --reply {} --authority {}",
                archive.root().display(), reply.display(), authority.name
            ),
        }));
    }
    if context.json {
        output::json(
            &json!({"size": head.size, "root": head.root_hex(), "request": path, "commands": commands}),
        )?;
    } else {
        output::line(&format!(
            "{}: a request for the head of {} records",
            path.display(),
            head.size
        ))?;
        for command in &commands {
            for name in ["send", "keep"] {
                output::line(command.get(name).and_then(Value::as_str).unwrap_or_default())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares an answer with the request it belongs to and keeps it.
fn keep(
    context: &Context,
    archive: &Archive,
    settings: &Settings,
    (path, authority): (&Path, Option<&str>),
) -> Result<ExitCode, Failure> {
    let named = settings.authority.iter().find(|known| authority == Some(known.name.as_str()));
    let ((Some(authority), _, _) | (None, None, [authority])) =
        (named, authority, &settings.authority[..])
    else {
        let names: Vec<&str> = settings.authority.iter().map(|a| a.name.as_str()).collect();
        return Err(Failure::usage(format!(
            "say which authority answered with --authority, one of: {}",
            names.join(", ")
        )));
    };
    check_name(&authority.name)?;
    let reply = read(path, REPLY_BYTES_MAX)?;
    let cannot =
        |reason: String| Failure::failed(format!("cannot keep '{}': {reason}", path.display()));
    let token = Token::read(&reply).map_err(|error| cannot(error.to_string()))?;
    let size = asked(archive, &token).ok_or_else(|| {
        cannot("it answers no request that `marsad evidence stamp` wrote".to_owned())
    })?;
    let now = clock::now();
    let record = attestation_record((size, &authority.name), STAMP_TYPE, now, &reply);
    let leaf = append(archive, &record, now)?;
    if (token.at.0 - now.0).abs() > CLOCKS_APART_MS {
        output::warn(&format!(
            "the authority's time is {}, this machine's is {now}: they are more than five minutes apart",
            token.at
        ));
    }
    if context.json {
        output::json(
            &json!({"leaf": leaf, "size": size, "at": token.at.to_string(), "authority": authority.name}),
        )?;
    } else {
        output::line(&format!(
            "kept as record {leaf}: '{}' says that the log's first {size} records were there at {}",
            authority.name, token.at
        ))?;
        let roots = authority.roots.as_deref().unwrap_or("ROOTS.pem");
        let folder = folder(archive);
        output::say(
            context,
            &format!(
                "its signature is not checked here; do so with: openssl ts -verify -data {}/{size}.head.txt -in {} -CAfile {roots}",
                folder.display(),
                path.display()
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The size of the head whose request a token answers.
fn asked(archive: &Archive, token: &Token) -> Option<u64> {
    let files = fs::read_dir(folder(archive)).ok()?.filter_map(Result::ok);
    let mut sizes: Vec<u64> = files
        .filter_map(|file| file.file_name().to_str()?.strip_suffix(".tsq")?.parse().ok())
        .collect();
    sizes.sort_unstable();
    sizes.into_iter().find(|size| {
        let file = |name: String| fs::read(folder(archive).join(name)).ok();
        let text = file(format!("{size}.head.txt")).unwrap_or_default();
        let request = file(format!("{size}.tsq"));
        request.is_some_and(|request| token.check(&text, Some(&request)).is_ok())
    })
}

pub(super) fn cosign(context: &Context, options: &CosignOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let witnesses = witnesses(&Settings::of(archive.root())?)?;
    if witnesses.is_empty() {
        return Err(Failure::usage(
            "marsad.toml names no witness; write [[witness]] with key = \"name+id+base64\"",
        ));
    }
    let path = &options.note;
    let cannot =
        |reason: String| Failure::failed(format!("cannot keep '{}': {reason}", path.display()));
    let note = read(path, marsad_evidence::note::NOTE_BYTES_MAX)?;
    let checkpoint = Checkpoint::parse(&note).map_err(|error| cannot(error.to_string()))?;
    let reader = archive.reader()?;
    let is_ours = checkpoint.origin == reader.checkpoint().origin;
    if !is_ours || !reader.extends(&checkpoint.head)? {
        return Err(cannot("it is no checkpoint of this log".to_owned()));
    }
    if let Some(key) = reader.key() {
        checkpoint.verify(key).map_err(|error| cannot(error.to_string()))?;
    }
    let signed = checkpoint.signed().map_err(|error| cannot(error.to_string()))?;
    let mut seen = Vec::new();
    for witness in &witnesses {
        match witness.verify(&signed) {
            Ok(at) => seen.push((witness.name().to_owned(), at)),
            Err(marsad_evidence::note::NoteError::Unsigned(_)) => {}
            Err(error) => return Err(cannot(error.to_string())),
        }
    }
    if seen.is_empty() {
        return Err(cannot("no witness of marsad.toml has cosigned it".to_owned()));
    }
    let (now, size) = (clock::now(), checkpoint.head.size);
    let leaf = append(&archive, &attestation_record((size, ""), COSIGNED_TYPE, now, &note), now)?;
    let who: Vec<Value> =
        seen.iter().map(|(name, at)| json!({"witness": name, "at": at.to_string()})).collect();
    if context.json {
        output::json(&json!({"leaf": leaf, "size": size, "witnesses": who}))?;
    } else {
        for (name, at) in &seen {
            output::line(&format!(
                "kept as record {leaf}: the witness '{name}' saw the log's first {size} records at {at}"
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn witnesses(settings: &Settings) -> Result<Vec<Witness>, Failure> {
    let parse = |key: &str| {
        Witness::parse(key)
            .map_err(|error| Failure::usage(format!("marsad.toml, witness '{key}': {error}")))
    };
    settings.witness.iter().map(|witness| parse(&witness.key)).collect()
}

/// What `status` tells of attestations, each with a sentence.
pub(super) fn told(archive: &Archive, reader: &Reader) -> Result<Vec<Value>, Failure> {
    let witnesses = witnesses(&Settings::of(archive.root())?)?;
    let mut told = Vec::new();
    for attestation in reader.attestations()? {
        let (leaf, size) = (attestation.leaf, attestation.head.size);
        match &attestation.says {
            Attested::Stamp(token) => told.push(json!({
                "leaf": leaf, "size": size, "kind": "rfc3161", "by": attestation.authority,
                "at": token.at.to_string(),
                "sentence": format!(
                    "the first {size} records were there at {}, says the authority '{}' (record {leaf}; its signature is openssl's to check)",
                    token.at, attestation.authority
                ),
            })),
            Attested::Cosigned(checkpoint) => {
                for witness in &witnesses {
                    let seen = checkpoint.signed().and_then(|note| witness.verify(&note));
                    let Ok(at) = seen else { continue };
                    told.push(json!({
                        "leaf": leaf, "size": size, "kind": "cosignature", "by": witness.name(),
                        "at": at.to_string(),
                        "sentence": format!(
                            "the witness '{}' saw the first {size} records at {at} (record {leaf})",
                            witness.name()
                        ),
                    }));
                }
            }
        }
    }
    Ok(told)
}

pub(super) fn sentence(attestation: &Value) -> &str {
    attestation.get("sentence").and_then(Value::as_str).unwrap_or_default()
}

fn append(archive: &Archive, record: &NewRecord<'_>, at: Timestamp) -> Result<u64, Failure> {
    let mut store = archive.store()?;
    let waited = audit::absorb(archive, &mut store)?;
    let leaf = store.append(prepare(record))?.leaf;
    store.commit(at)?;
    waited.done();
    archive.remember(store.reader().checkpoint())?;
    Ok(leaf)
}

fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let size = fs::metadata(path).with_context(|| format!("cannot read '{}'", path.display()))?;
    if size.len() > bytes_max as u64 {
        return Err(Failure::failed(format!(
            "'{}' is longer than {bytes_max} bytes; that is no such answer",
            path.display()
        )));
    }
    Ok(fs::read(path).with_context(|| format!("cannot read '{}'", path.display()))?)
}

/// A name stands in file names and commands.
fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "marsad.toml: the authority's name '{name}' must be of letters, digits and hyphens"
    )))
}
