//! marsad-verify: checks a bundle or an evidence folder, offline, and explains what it found.
//!
//! **Main path.** [`arguments`] → [`bundle`] or [`folder`] → [`report::Report`] → words or JSON.
//!
//! **Invariants.** No network, nothing written, no other part of Marsad needed. What could not be
//! checked is said as plainly as what was. Exit codes: 0 verifies, 1 not readable, 2 wrong usage,
//! 3 does not verify.
//!
//! **Not here.** The checks themselves: `marsad-evidence` makes them, `docs/formats/evidence.md`
//! describes them so that they can be repeated without this program.

mod arguments;
mod bundle;
mod folder;
mod report;
#[cfg_attr(not(feature = "stamps"), path = "stamps/absent.rs")]
mod stamps;

use std::io::Write as _;
use std::process::ExitCode;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    let written: Vec<String> =
        std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let arguments = match Arguments::read(&written) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return say(arguments::HELP, ExitCode::SUCCESS),
        Err(error) => return complain(&error, 2),
    };
    let is_folder = arguments.path.is_dir();
    let checked = if is_folder { folder::check(&arguments) } else { bundle::check(&arguments) };
    let report = match checked {
        Ok(report) => report,
        Err(error) => return complain(&error, 1),
    };
    let code = if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) };
    say(&if arguments.json { report.json() } else { report.words() }, code)
}

fn say(text: &str, code: ExitCode) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE, // a closed pipe: the reader has not read the verdict
    }
}

fn complain(error: &str, code: u8) -> ExitCode {
    let told = writeln!(std::io::stderr(), "error: {error}");
    if told.is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE }
}
