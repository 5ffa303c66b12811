//! `marsad evidence`: is everything still what it was, and what the log's head is.

use std::process::ExitCode;

use marsad_evidence::Store;
use serde_json::json;

use crate::cli::{Context, EvidenceOptions};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context, options: &EvidenceOptions) -> Result<ExitCode, Failure> {
    let archive = context.open()?;
    let reader = Store::open_read(&archive.evidence_folder())?;
    let head = reader.head();
    if options.what == "checkpoint" {
        if context.json {
            output::json(&json!({"size": head.size, "root": head.root_hex()}))?;
        } else {
            output::line(&format!("{} records, root {}", head.size, head.root_hex()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let verdict = reader.verify()?;
    let failures: Vec<String> = verdict.failures.iter().map(ToString::to_string).collect();
    if context.json {
        output::json(&json!({
            "size": head.size,
            "root": head.root_hex(),
            "ok": verdict.is_sound(),
            "records": verdict.records,
            "erased": verdict.erased,
            "payload_bytes": verdict.payload_bytes,
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
    }
    match failures.first() {
        None => Ok(ExitCode::SUCCESS),
        Some(first) => Err(Failure::Evidence(format!(
            "the evidence does not verify: {first} ({} in all)",
            verdict.failures_total
        ))),
    }
}
