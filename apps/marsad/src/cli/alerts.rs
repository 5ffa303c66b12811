//! What people type after `marsad alerts`.

use clap::{Args, Subcommand};
use serde::Serialize;

pub(super) const ALERTS_EXAMPLES: &str = "Kinds and what they take:
  new-statement  platform=P min_channels=1 within=24h     said for the first time, or in its n-th channel
  crossing       from=P to=P                              a statement on one more platform
  query          q='storm harbour'                        a post that answers a search
  gone           platform=P channel=C                     a watched channel that is not there any more
  mirror         min_statements=5 share=0.8               a channel that repeats an older one
  burst          of=channel window=10m before=7d min=5 p=1e-6
  every kind     max_age=24h                              older posts tell nothing

Examples:
  marsad alerts add crossing from=tamtam to=telegram
  marsad alerts add query q='storm (harbour OR coast)' --name storm --to mailto:night@example.org
  marsad alerts add gone platform=telegram --to webhook:https://desk.example.org/in --to terminal
  marsad alerts test --since 2019-11-29 --name storm      (what it would have told; sends nothing)
  marsad alerts list
  marsad alerts remove storm";

#[derive(Debug, Args)]
pub(crate) struct AlertsOptions {
    #[command(subcommand)]
    pub(crate) verb: AlertsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsVerb {
    /// Tell when something happens; `marsad alerts --help` names the kinds
    Add(AddAlertOptions),
    /// The rules, and how their alerts went
    List,
    /// What rules would have told of the past; sends nothing, marks nothing
    Test(TestAlertsOptions),
    /// Tell no longer; what was told is forgotten with the rule
    Remove(RemoveAlertsOptions),
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct AddAlertOptions {
    /// new-statement, crossing, query, gone, mirror or burst
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    /// What narrows it
    #[arg(value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,
    /// What the rule is called; its kind, where nothing is said. One of that name is replaced
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// terminal, webhook:URL, mailto:ADDRESS or matrix:!room:server; may be repeated
    #[arg(long = "to", value_name = "WHERE")]
    pub(crate) to: Vec<String>,
    /// Note what would have been told; tell nobody
    #[arg(long)]
    pub(crate) shadow: bool,
}

#[derive(Debug, Args, Serialize)]
pub(crate) struct TestAlertsOptions {
    /// What happened from this time or date on
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<String>,
    /// Only this rule
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveAlertsOptions {
    /// As `marsad alerts list` writes them
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
}
