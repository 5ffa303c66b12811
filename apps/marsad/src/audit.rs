//! Who looked, exported, imported, erased: written into the log before anything is shown.
//!
//! **Main path.** [`act_of`] says what a command is → [`begin`] writes it down → the verb runs →
//! [`Begun::wrote`] adds the digest of the file that was given out.
//!
//! **Invariants.** There is no switch. Whoever acts stands there as a desk's name and as a keyed
//! pseudonym of his account; what he typed as a keyed digest, because it may be anything. When
//! another process writes to the log, the entry waits on disk and the next writer takes it in. When
//! nothing can be written at all, that is said whatever `--quiet` says, and refused where
//! `marsad.toml` says so.
//!
//! **Not here.** Showing the trail: `verbs/evidence/audit.rs`.

mod act;
mod waiting;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use marsad_evidence::{NewRecord, Prepared, RecordKind, Store, hex, prepare};
use marsad_types::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) use self::act::{Act, Action, act_of, canonical};
pub(crate) use self::waiting::{absorb, entries as waiting};
use crate::archive::Archive;
use crate::cli::Context;
use crate::clock;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// How long a look waits for a writer before its entry is left for that writer.
const PATIENCE: Duration = Duration::from_millis(60);
/// Media type of an entry.
pub(crate) const ENTRY_TYPE: &str = "application/vnd.marsad.audit+json";

/// An act that stands in the trail.
#[derive(Debug)]
pub(crate) struct Begun {
    id: String,
}

/// Writes down what is about to be done; `None` where there is no archive to write to.
///
/// # Errors
/// `Evidence` when the log does not verify. `Failed` when the act could not be written down and
/// `marsad.toml` asks for that.
pub(crate) fn begin(context: &Context, act: &Act) -> Result<Option<Begun>, Failure> {
    let card = context.archive.join("archive.json");
    if !card.try_exists().unwrap_or(false) {
        return Ok(None); // the verb says so in its own words
    }
    let archive = context.open()?;
    let entry = Entry::of(&archive, act)?;
    write_down(&archive, &entry)?;
    Ok(Some(Begun { id: entry.id }))
}

impl Begun {
    /// Adds which bytes were given out.
    pub(crate) fn wrote(&self, context: &Context, path: &Path) -> Result<(), Failure> {
        let Ok(file) = File::open(path) else { return Ok(()) }; // nothing was given out
        let (digest, bytes) =
            digest(file).with_context(|| format!("cannot read '{}'", path.display()))?;
        let archive = context.open()?;
        let rest = json!({"of": self.id, "sha256": digest, "bytes": bytes});
        write_down(&archive, &Entry::new(Action::Output, &rest)?)
    }
}

/// An entry as it stands in the log.
#[derive(Debug)]
pub(crate) struct Entry {
    id: String,
    at: Timestamp,
    payload: Vec<u8>,
}

impl Entry {
    /// The entry of an act: who, what, with which parameters.
    pub(crate) fn of(archive: &Archive, act: &Act) -> Result<Self, Failure> {
        let settings = Settings::of(archive.root())?;
        // Without the key nobody can be named, nor what was typed be hidden.
        let pseudonyms = archive.pseudonyms().ok();
        let account = pseudonyms.as_ref().zip(account());
        let account = account.map(|(keyed, account)| keyed.of("operating-system", &account));
        let parameters = pseudonyms
            .as_ref()
            .map(|keyed| keyed.keyed_digest("marsad/parameters/v1", &canonical(&act.parameters)));
        Self::new(
            act.action,
            &json!({
                "what": act.what,
                "subject": act.subject,
                "imports": act.imports,
                "operator": settings.operator,
                "account": account,
                "parameters": parameters,
            }),
        )
    }

    fn new(action: Action, rest: &Value) -> Result<Self, Failure> {
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).context("the system gives no random numbers")?;
        let (id, at) = (hex(&random), clock::now());
        let mut entry = json!({
            "version": 1,
            "id": id,
            "at": at.to_string(),
            "action": action.as_str(),
            "software": concat!("Marsad/", env!("CARGO_PKG_VERSION")),
        });
        if let (Some(entry), Some(rest)) = (entry.as_object_mut(), rest.as_object()) {
            entry.extend(rest.clone());
        }
        Ok(Self { id, at, payload: serde_json::to_vec(&entry)? })
    }

    /// The record of this entry.
    pub(crate) fn prepared(&self) -> Prepared {
        record(self.at, &self.payload)
    }
}

fn record(at: Timestamp, payload: &[u8]) -> Prepared {
    prepare(&NewRecord {
        kind: RecordKind::Audit,
        target: String::new(),
        content_type: ENTRY_TYPE,
        at,
        fields: Vec::new(),
        payload,
    })
}

/// Into the log; where that is not possible, among the waiting ones; else said loudly.
fn write_down(archive: &Archive, entry: &Entry) -> Result<(), Failure> {
    let refused = match append(archive, entry) {
        Ok(()) => return Ok(()),
        Err(failure @ (Failure::Evidence(_) | Failure::Usage(_))) => return Err(failure),
        Err(Failure::PipeClosed) => "the log's disk closed".to_owned(),
        Err(Failure::Failed(error)) => format!("{error:#}"),
    };
    if waiting::leave(archive, &entry.id, entry.at, &entry.payload).is_ok() {
        return Ok(());
    }
    if Settings::of(archive.root())?.audit.required {
        return Err(Failure::failed(format!(
            "this would not stand in the audit trail, and marsad.toml requires that it does: {refused}"
        )));
    }
    output::warn(&format!(
        "this is NOT in the audit trail, because nothing can be written to '{}': {refused}",
        archive.root().display()
    ));
    Ok(())
}

/// One group: what waited, the entry, one sync of everything.
fn append(archive: &Archive, entry: &Entry) -> Result<(), Failure> {
    let mut store: Store = archive.store_within(PATIENCE)?;
    let waited = absorb(archive, &mut store)?;
    store.append(entry.prepared())?;
    store.commit(entry.at)?;
    waited.done();
    archive.remember(store.reader().checkpoint())
}

/// SHA-256 and length of what stands in a file.
fn digest(mut file: File) -> std::io::Result<(String, u64)> {
    let (mut sha, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex(&sha.finalize()), bytes));
        }
        sha.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

/// The account of the operating system, as it owns the files that it makes.
#[cfg(unix)]
fn account() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let made = tempfile::tempfile().and_then(|file| file.metadata()).ok()?;
    Some(format!("uid:{}", made.uid()))
}

#[cfg(not(unix))]
fn account() -> Option<String> {
    Some(crate::settings::account()).filter(|name| !name.is_empty())
}
