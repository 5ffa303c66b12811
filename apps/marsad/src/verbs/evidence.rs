//! `marsad evidence`: is everything still what it was, and what the log's head is.

mod attest;
mod audit;
mod forget;
mod prove;

use std::process::ExitCode;

use serde_json::json;

pub(crate) use self::audit::entries;
use crate::cli::{Context, EvidenceOptions, EvidenceVerb};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context, options: &EvidenceOptions) -> Result<ExitCode, Failure> {
    match &options.verb {
        EvidenceVerb::Status => status(context),
        EvidenceVerb::Checkpoint => checkpoint(context),
        EvidenceVerb::Prove(wanted) => prove::run(context, wanted),
        EvidenceVerb::Audit(wanted) => audit::run(context, wanted),
        EvidenceVerb::Stamp(wanted) => attest::stamp(context, wanted),
        EvidenceVerb::Cosign(wanted) => attest::cosign(context, wanted),
        EvidenceVerb::Erase(wanted) => forget::erase(context, wanted),
        EvidenceVerb::Lift(wanted) => forget::lift(context, wanted),
        EvidenceVerb::Retain(wanted) => forget::retain(context, wanted),
    }
}

fn checkpoint(context: &Context) -> Result<ExitCode, Failure> {
    let reader = context.open()?.reader()?;
    let (head, note) = (reader.head(), &reader.checkpoint().note);
    if context.json {
        output::json(&json!({"size": head.size, "root": head.root_hex(), "checkpoint": note}))?;
    } else {
        output::line(note.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn status(context: &Context) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let reader = archive.reader()?;
    let head = reader.head();
    let verdict = reader.verify()?;
    // Where the log does not verify there is no word about what others said of it.
    let attested = if verdict.is_sound() { attest::told(&archive, &reader)? } else { Vec::new() };
    let failures: Vec<String> = verdict.failures.iter().map(ToString::to_string).collect();
    if context.json {
        output::json(&json!({
            "size": head.size,
            "root": head.root_hex(),
            "ok": verdict.is_sound(),
            "records": verdict.records,
            "erased": verdict.erased,
            "payload_bytes": verdict.payload_bytes,
            "attestations": attested,
            "failures": failures,
        }))?;
    } else {
        output::line(&format!("{} records, root {}", head.size, head.root_hex()))?;
        if verdict.is_sound() {
            output::line(&format!(
                "every record matches its leaf, and the leaves match the root ({:.1} MB read, {} erased)",
                verdict.payload_bytes as f64 / 1e6,
                verdict.erased
            ))?;
        }
        for attestation in &attested {
            output::line(attest::sentence(attestation))?;
        }
    }
    match failures.first() {
        None => Ok(ExitCode::SUCCESS),
        Some(first) => Err(Failure::Evidence(format!(
            "the evidence does not verify: {first} ({} in all)",
            verdict.failures_total
        ))),
    }
}
