//! Marsad: watches public channels, recognises statements, says who was first, keeps evidence.
//!
//! The main path: parse arguments, `match` on the verb, one file per verb in `verbs/`.
//! Data goes to stdout, everything else to stderr.

mod account;
mod alerts;
mod archive;
mod audit;
mod beside;
mod cli;
mod clock;
mod failure;
mod inputs;
mod interpreter;
mod output;
mod pipeline;
mod progress;
mod search_index;
mod settings;
mod source;
mod verbs;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Verb};
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let context = cli::Context::new(cli.common)?;
    let act = audit::act_of(&cli.verb);
    let begun = act.map(|act| audit::begin(&context, &act)).transpose()?.flatten();
    let code = verb(&context, cli.verb)?;
    if let (Some(begun), Some(path)) = (begun, &context.out) {
        begun.wrote(&context, path)?;
    }
    Ok(code)
}

fn verb(context: &cli::Context, verb: Verb) -> Result<ExitCode, Failure> {
    match verb {
        Verb::Demo(options) => verbs::demo::run(context, &options),
        Verb::Init => verbs::init::run(context),
        Verb::Doctor => verbs::doctor::run(context),
        Verb::Import(options) => verbs::import::run(context, &options),
        Verb::Watch(options) => verbs::watch::run(context, &options),
        Verb::Sources(options) => verbs::sources::run(context, &options),
        Verb::Alerts(options) => verbs::alerts::run(context, &options),
        Verb::Measure(options) => verbs::measure::run(context, &options),
        Verb::Search(options) => verbs::search::run(context, &options),
        Verb::Report(options) => verbs::report::run(context, &options),
        Verb::Export(options) => verbs::export::run(context, &options),
        Verb::Evidence(options) => verbs::evidence::run(context, &options),
        Verb::Rebuild => verbs::rebuild::run(context),
        Verb::Simulate(options) => verbs::simulate::run(context, &options),
        Verb::Completions(options) => verbs::completions::run(&options),
    }
}
