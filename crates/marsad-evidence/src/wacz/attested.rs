//! What others attested, in a bundle: packed, and checked without the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::check::Check;
use crate::attest::{self, Attestation, Attested, head_text};
use crate::checkpoint::{Checkpoint, Head};
use crate::merkle::{Hash, verify_consistency};
use crate::reader::Reader;
use crate::record::RecordKind;
use crate::warc::Header;
use crate::witness::Witness;
use crate::{Error, note::NoteError};

/// More than a tree of 2^63 leaves needs.
const HASHES_MAX: usize = 128;

fn head_file(size: u64) -> String {
    format!("marsad/{size}.head.txt")
}

fn consistency_file(size: u64) -> String {
    format!("marsad/{size}.consistency")
}

fn token_file(leaf: u64) -> String {
    format!("marsad/{leaf}.tsr")
}

impl Reader {
    /// Of each authority and of the witnesses the earliest attestation that covers all of these
    /// records (acts aside, which come last always), else their latest.
    pub(super) fn attested(&self, leaves: &[u64]) -> Result<Vec<Attestation>, Error> {
        let acts = self.leaves(0, &|kind| kind == RecordKind::Audit)?;
        let acts: BTreeSet<u64> = acts.into_iter().collect();
        let last = leaves.iter().filter(|leaf| !acts.contains(leaf)).max().copied().unwrap_or(0);
        let mut chosen: BTreeMap<String, Attestation> = BTreeMap::new();
        for attestation in self.attestations()? {
            let held = chosen.get(&attestation.authority);
            if held.is_none_or(|held| held.head.size <= last) {
                chosen.insert(attestation.authority.clone(), attestation);
            }
        }
        Ok(chosen.into_values().collect())
    }

    /// The files that make attestations checkable without the archive.
    pub(super) fn attested_files(
        &self,
        attested: &[Attestation],
    ) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let mut files = BTreeMap::new();
        for Attestation { leaf, head, says, .. } in attested {
            let text = head_text(&self.checkpoint().origin, head);
            files.insert(head_file(head.size), text.into_bytes());
            let mut lines = String::new();
            for hash in self.consistency(head.size)? {
                lines.push_str(&BASE64.encode(hash));
                lines.push('\n');
            }
            files.insert(consistency_file(head.size), lines.into_bytes());
            if matches!(says, Attested::Stamp(_)) {
                files.insert(token_file(*leaf), self.record(*leaf)?.payload);
            }
        }
        Ok(files)
    }
}

/// An attestation among the records of a bundle, not yet compared with anything.
pub(super) struct Found {
    pub(super) leaf: u64,
    pub(super) header: Header,
    pub(super) payload: Vec<u8>,
}

impl<F: Read + Seek> Check<'_, F> {
    /// Each attestation against the head that it names, and that head against the bundle's.
    pub(super) fn attestations(&mut self, witnesses: &[Witness]) -> io::Result<()> {
        for found in std::mem::take(&mut self.attestations) {
            let named = found.header.get("Marsad-Attests").and_then(|size| size.parse().ok());
            let head = named.map(|size| self.earlier_head(size)).transpose()?;
            let Some(Some(head)) = head else { continue };
            let field = |name: &str| found.header.get(name).map(str::to_owned);
            let content_type = found.header.get("Content-Type").unwrap_or_default();
            let origin = self.report.origin.clone();
            let head_at = |_| Ok((origin.clone(), head));
            let read = attest::read((found.leaf, content_type), &field, &found.payload, &head_at);
            match read {
                Ok(Some(attestation)) => self.tell(&attestation, witnesses, &found.payload)?,
                Ok(None) => {}
                Err(reason) => {
                    self.report.fail(super::WARC, format!("record {}: {reason}", found.leaf));
                }
            }
        }
        Ok(())
    }

    /// The head that was attested, if the log only went on from it.
    fn earlier_head(&mut self, size: u64) -> io::Result<Option<Head>> {
        let (head_name, proof_name) = (head_file(size), consistency_file(size));
        let text = self.small(&head_name)?.unwrap_or_default();
        let head = match Checkpoint::parse(&[&text[..], b"\n"].concat()) {
            Ok(checkpoint) if checkpoint.origin == self.report.origin => checkpoint.head,
            Ok(_) => {
                self.report.fail(&head_name, "it is a head of another log");
                return Ok(None);
            }
            Err(error) => {
                self.report.fail(&head_name, error.to_string());
                return Ok(None);
            }
        };
        let proof = self.small(&proof_name)?.unwrap_or_default();
        let now = self.report.head;
        let goes_on = hashes(&proof).is_ok_and(|proof| {
            verify_consistency((head.size, &head.root), (now.size, &now.root), &proof)
        });
        if head.size != size || !goes_on {
            let reason = "it does not show that the log only went on from the attested head";
            self.report.fail(&proof_name, reason);
            return Ok(None);
        }
        Ok(Some(head))
    }

    fn tell(
        &mut self,
        attestation: &Attestation,
        witnesses: &[Witness],
        payload: &[u8],
    ) -> io::Result<()> {
        let (size, leaf) = (attestation.head.size, attestation.leaf);
        match &attestation.says {
            Attested::Stamp(token) => {
                let name = token_file(leaf);
                if self.small(&name)?.as_deref() != Some(payload) {
                    self.report.fail(&name, format!("it is not the token in record {leaf}"));
                    return Ok(());
                }
                self.report.holds.push(stamp_holds(attestation, token));
                self.report.tokens.push((leaf, payload.to_vec()));
                let (head, token) = (head_file(size), name);
                self.report.open.push(format!(
                    "whether the authority signed the token in record {leaf}; unpack the bundle and run: {}",
                    stamp_command(&head, &token)
                ));
            }
            Attested::Cosigned(checkpoint) => {
                let (holds, failures) = cosigned(checkpoint, size, witnesses);
                self.report.holds.extend(holds);
                for reason in failures {
                    self.report.fail(super::WARC, format!("record {leaf}: {reason}"));
                }
                if witnesses.is_empty() {
                    self.report.open.push(witnesses_open(checkpoint));
                }
            }
        }
        Ok(())
    }
}

/// What a token says, in a sentence.
pub fn stamp_holds(attestation: &Attestation, token: &crate::stamp::Token) -> String {
    format!(
        "the time-stamp of '{}' (number {}) is for the log's first {} records and says that they \
         were there at {}",
        attestation.authority, token.serial, attestation.head.size, token.at
    )
}

/// The command that checks an authority's signature.
pub(crate) fn stamp_command(head: &str, token: &str) -> String {
    format!("openssl ts -verify -data {head} -in {token} -CAfile ROOTS.pem")
}

/// What known witnesses say of a checkpoint: sentences that hold, and what does not.
pub fn cosigned(
    checkpoint: &Checkpoint,
    size: u64,
    witnesses: &[Witness],
) -> (Vec<String>, Vec<String>) {
    let (mut holds, mut failures) = (Vec::new(), Vec::new());
    for witness in witnesses {
        match checkpoint.signed().and_then(|note| witness.verify(&note)) {
            Ok(at) => holds.push(format!(
                "the witness '{}' saw the log's first {size} records at {at}",
                witness.name()
            )),
            Err(NoteError::Unsigned(_)) => {}
            Err(error) => failures.push(error.to_string()),
        }
    }
    (holds, failures)
}

/// That cosignatures are there which nobody can check without keys.
pub fn witnesses_open(checkpoint: &Checkpoint) -> String {
    let note = checkpoint.signed();
    let names: Vec<String> = note
        .map(|note| note.signatures.iter().map(|s| s.name.clone()).collect())
        .unwrap_or_default();
    format!(
        "whether witnesses saw the log's first {} records: the checkpoint of them bears signatures \
         by {}; give a witness's key with --witness",
        checkpoint.head.size,
        names.join(", ")
    )
}

fn hashes(lines: &[u8]) -> Result<Vec<Hash>, NoteError> {
    let wrong = || NoteError::Malformed("a line is no hash of 32 bytes");
    let text = std::str::from_utf8(lines).ok().ok_or_else(wrong)?;
    let hash = |line: &str| BASE64.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
    let hashes = text.lines().take(HASHES_MAX).map(|line| hash(line).ok_or_else(wrong));
    hashes.collect()
}
