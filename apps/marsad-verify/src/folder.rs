//! An archive, or the evidence folder of one: every record, the whole tree.

use std::path::PathBuf;

use marsad_evidence::{
    Attested, Checkpoint, Error, Reader, Store, cosigned, stamp_holds, witnesses_open,
};

use crate::arguments::Arguments;
use crate::report::Report;

/// Checks an evidence folder.
pub(crate) fn check(arguments: &Arguments) -> Result<Report, String> {
    let dir = evidence_folder(arguments)?;
    let mut report =
        Report { subject: format!("the archive '{}'", dir.display()), ..Report::default() };
    let reader = match Store::open_read(&dir) {
        Ok(reader) => reader,
        Err(Error::Broken(failure)) => {
            report.failures.push(failure.to_string());
            return Ok(report);
        }
        Err(error) => return Err(error.to_string()),
    };
    report.origin.clone_from(&reader.checkpoint().origin);
    report.head = reader.head();
    let verdict = match reader.verify() {
        Ok(verdict) => verdict,
        Err(Error::Broken(failure)) => {
            report.failures.push(failure.to_string());
            return Ok(report);
        }
        Err(error) => return Err(error.to_string()),
    };
    report.records = verdict.records;
    if verdict.is_sound() {
        report.holds.push(format!(
            "all {} records ({} bytes) are the bytes that were logged, and lead to the root {}",
            verdict.records,
            verdict.payload_bytes,
            reader.head().root_hex()
        ));
    }
    if verdict.erased > 0 {
        report.holds.push(format!(
            "{} records were erased, each with a tombstone in the log; their place in the log stands",
            verdict.erased
        ));
        report.open.push(format!("what the {} erased records said", verdict.erased));
    }
    let unnamed = verdict.failures_total.saturating_sub(verdict.failures.len() as u64);
    report.failures.extend(verdict.failures.iter().map(ToString::to_string));
    if unnamed > 0 {
        report.failures.push(format!("and {unnamed} more"));
    }
    check_signature(&reader, arguments, &mut report);
    if report.failures.is_empty() {
        tell_attestations(&reader, arguments, &mut report)?;
    }
    if let Some(earlier) = &arguments.earlier {
        check_earlier(&reader, earlier, &mut report)?;
    }
    let times = "the times in the records are the archive's own: outside authorities confirm heads of \
                 the log, where that is said above, and nothing else";
    report.open.push(times.to_owned());
    Ok(report)
}

/// The folder itself, or `evidence` in it.
fn evidence_folder(arguments: &Arguments) -> Result<PathBuf, String> {
    for dir in [arguments.path.clone(), arguments.path.join("evidence")] {
        if dir.join("format").is_file() {
            return Ok(dir);
        }
    }
    let name = arguments.path.display();
    if arguments.path.join("datapackage.json").is_file() {
        return Err(format!("'{name}' is an unpacked bundle; give the .wacz file itself"));
    }
    Err(format!("'{name}' holds no evidence log"))
}

fn check_signature(reader: &Reader, arguments: &Arguments, report: &mut Report) {
    match (&arguments.key, reader.key()) {
        (Some(key), _) => match reader.checkpoint().verify(key) {
            Ok(()) => report.holds.push(format!("the checkpoint is signed by {}", key.text())),
            Err(error) => report.failures.push(format!("checkpoint: {error}")),
        },
        (None, Some(key)) => report.open.push(format!(
            "who signed: the checkpoint fits the key that the folder itself names, {}; compare it \
             with the key that its owner published, or give that one with --key",
            key.text()
        )),
        (None, None) => {
            report.open.push("who kept this log: its checkpoints are not signed".to_owned());
        }
    }
}

/// What authorities and witnesses said of heads of the log.
fn tell_attestations(
    reader: &Reader,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<(), String> {
    for attestation in reader.attestations().map_err(|error| error.to_string())? {
        match &attestation.says {
            Attested::Stamp(token) => {
                report.holds.push(stamp_holds(&attestation, token));
                report.open.push(format!(
                    "whether the authority signed its token: `marsad evidence prove` and `export \
                     wacz` pack it with the command that checks it (record {})",
                    attestation.leaf
                ));
                let reply = reader.record(attestation.leaf).map_err(|error| error.to_string())?;
                report.stamp(arguments, attestation.leaf, &reply.payload);
            }
            Attested::Cosigned(checkpoint) => {
                let size = attestation.head.size;
                let (holds, failures) = cosigned(checkpoint, size, &arguments.witnesses);
                report.holds.extend(holds);
                report.failures.extend(failures);
                if arguments.witnesses.is_empty() {
                    report.open.push(witnesses_open(checkpoint));
                }
            }
        }
    }
    Ok(())
}

fn check_earlier(reader: &Reader, earlier: &Checkpoint, report: &mut Report) -> Result<(), String> {
    let same = earlier.origin == reader.checkpoint().origin;
    let extends = reader.extends(&earlier.head).map_err(|error| error.to_string())?;
    if same && extends {
        let size = earlier.head.size;
        report
            .holds
            .push(format!("the log goes on from the {size} records of the earlier checkpoint"));
    } else if same {
        report.failures.push("checkpoint: the log contradicts the earlier checkpoint".to_owned());
    } else {
        report.failures.push("checkpoint: the earlier checkpoint is of another log".to_owned());
    }
    Ok(())
}
