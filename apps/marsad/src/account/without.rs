//! What a program says that was built without the feature.

use std::process::ExitCode;

use marsad_capture::Fetcher;

use super::NOT_BUILT;
use crate::archive::Archive;
use crate::cli::Context;
use crate::failure::Failure;
use crate::settings::Settings;

fn not_built() -> Failure {
    Failure::usage(format!("Telegram can be read by an account, but {NOT_BUILT}"))
}

pub(super) fn join(_: &Archive, _: &Settings, _: &mut Fetcher) -> Result<(), Failure> {
    Err(not_built())
}

pub(super) fn login(_: &Context) -> Result<ExitCode, Failure> {
    Err(not_built())
}

pub(super) fn logout(_: &Context) -> Result<ExitCode, Failure> {
    Err(not_built())
}

pub(super) fn standing(_: &Archive) -> Result<(String, Option<String>), Failure> {
    Err(not_built())
}
