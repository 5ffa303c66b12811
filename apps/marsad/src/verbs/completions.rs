//! `marsad completions`: what a shell needs to complete our verbs.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsOptions};
use crate::failure::Failure;

pub(crate) fn run(options: &CompletionsOptions) -> Result<ExitCode, Failure> {
    let mut written = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "marsad", &mut written);
    crate::output::line(String::from_utf8_lossy(&written).trim_end())?;
    Ok(ExitCode::SUCCESS)
}
