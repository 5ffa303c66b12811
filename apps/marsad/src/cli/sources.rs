//! What people type after `marsad sources`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::ScopeOptions;

#[derive(Debug, Args)]
pub(crate) struct SourcesOptions {
    #[command(subcommand)]
    pub(crate) verb: SourcesVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesVerb {
    /// Watch public channels: names, links, or files with one on each line
    Add(AddOptions),
    /// What is watched, and how it goes
    List,
    /// Channels worth a look, in the form that `add` takes, each with the reason; adds nothing
    Suggest(SuggestOptions),
    /// Channels that are not to be suggested again; without a name: which those are
    Reject(RejectOptions),
    /// Watch no longer; what was read stays
    Remove(NamedOptions),
    /// Stop for now
    Pause(NamedOptions),
    /// Go on, also with a source that was refused
    Resume(NamedOptions),
    /// Ask the platforms whether sources are there and public
    Check(CheckOptions),
    /// Let the desk's Telegram account in: asks for phone number, code and password
    Login(LoginOptions),
    /// End the account's session, here and at Telegram's
    Logout(LoginOptions),
    /// Where a platform delivers the bot's news; with --remove: no longer
    Hook(HookOptions),
}

/// A platform that delivers news to a web hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum HookPlatform {
    Max,
}

#[derive(Debug, Args)]
pub(crate) struct HookOptions {
    /// Which
    #[arg(value_enum, value_name = "PLATFORM")]
    pub(crate) platform: HookPlatform,
    /// End the subscription: of the address in marsad.toml, else of --url
    #[arg(long)]
    pub(crate) remove: bool,
    /// Another address, as the list shows it
    #[arg(long, value_name = "URL", requires = "remove")]
    pub(crate) url: Option<String>,
}

/// A platform that is read by an account of the desk's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AccountPlatform {
    Telegram,
}

#[derive(Debug, Args)]
pub(crate) struct LoginOptions {
    /// Where
    #[arg(value_enum, value_name = "PLATFORM")]
    pub(crate) platform: AccountPlatform,
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// telegram:NAME, tamtam:CHAT, max:CHAT, matrix:#room:server, rocketchat:HOST/NAME, links, files
    #[arg(required = true, value_name = "CHANNEL|LINK|FILE")]
    pub(crate) sources: Vec<String>,
    /// These are known to be steady: when they cannot be read, we are blind, and no channel is
    /// taken for gone
    #[arg(long)]
    pub(crate) canary: bool,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct SuggestOptions {
    /// Which channels the suggestions start from, and of what time; the watch list where none is named
    #[command(flatten)]
    pub(crate) scope: ScopeOptions,
    /// Also those that somebody rejected, with the reason
    #[arg(long)]
    pub(crate) rejected: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RejectOptions {
    /// As `marsad sources suggest` writes them
    #[arg(value_name = "CHANNEL")]
    pub(crate) sources: Vec<String>,
    /// Why not
    #[arg(long, value_name = "TEXT", conflicts_with = "lift")]
    pub(crate) reason: Option<String>,
    /// Take it back: they may be suggested again
    #[arg(long, requires = "sources")]
    pub(crate) lift: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NamedOptions {
    /// As `marsad sources list` writes them
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// As `marsad sources list` writes them; all, when none is named
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
}
